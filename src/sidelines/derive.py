"""The columns that users would otherwise compute themselves, for the tables of the built-in layers.

A column is added where the table has the properties that it is derived from, and none of that name.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from sidelines import arrow, marks, timex
from sidelines.model import Model
from sidelines.offsets import Bools, Ints, gather
from sidelines.tables import Batch, make_batch

__all__ = ["derive", "schemas"]

Derived = Iterator[tuple[pa.Field, pa.Array]]


def derive(batch: Batch) -> dict[str, pa.Table]:
    """The tables of a batch, `documents` first, each with its derived columns last.

    mentions: `entity_name`, `entity_type`; roles: `person_name`, `polity_name`; quotes: `start`, `end` (the hull of the
    content, code points), `text`, `speech`, `speaker` (entity id), `speaker_name`; dates: `begin`, `until` (half-open;
    null where the value names no calendar interval).
    """
    tables = {"documents": batch.documents}
    for name, table in batch.tables.items():
        for field, column in _DERIVED.get(name, _nothing)(batch):
            if field.name not in table.column_names:
                table = table.append_column(field, column)
        tables[name] = table
    return tables


def schemas(model: Model) -> dict[str, pa.Schema]:
    """The Arrow schema of every table that `derive` returns."""
    if "document" not in model.metadata:
        return {}
    empty = derive(make_batch(model, "", []))
    return {name: table.schema for name, table in empty.items()}


def _mentions(batch: Batch) -> Derived:
    if _linked(batch, "mentions", "entity", "entities") and batch.model.text("entities", "type", "name"):
        entity = batch.target("mentions", "entity")
        yield _field("entity_name", pa.string(), "Name of the entity."), _pick(batch, "entities", "name", entity)
        kind = batch.column("entities", "type")
        yield _field("entity_type", kind.type, "Type of the entity."), arrow.pick(kind, entity)


def _roles(batch: Batch) -> Derived:
    if _linked(batch, "mentions", "entity", "entities") and batch.model.text("entities", "name"):
        for name in ("person", "polity"):
            if _linked(batch, "roles", name, "mentions"):
                entity = _through(batch.target("roles", name), batch.target("mentions", "entity"))
                described = f"Name of the entity that `{name}` mentions."
                yield _field(f"{name}_name", pa.string(), described), _pick(batch, "entities", "name", entity)


def _quotes(batch: Batch) -> Derived:
    if batch.model.lists_spans("quotes", "content"):
        spans = batch.everything("quotes", "content")
        rows = len(batch.document("quotes"))
        counts = np.bincount(spans.row, minlength=rows)
        first = np.minimum(np.cumsum(counts) - counts, max(len(spans.row) - 1, 0))
        some = counts > 0
        start, end = np.zeros(rows, np.int64), np.zeros(rows, np.int64)
        if len(spans.row):
            at = first[some]
            start[some], end[some] = np.minimum.reduceat(spans.start, at), np.maximum.reduceat(spans.end, at)
        yield _field("start", pa.int64(), "Where the content begins, in code points."), arrow.integers(start, some)
        yield _field("end", pa.int64(), "Where the content ends, exclusive."), arrow.integers(end, some)
        # Of a row that is not sound, the offsets may lie outside of the text.
        text = _slices(batch, batch.document("quotes"), start, end, some & batch.sound["quotes"])
        yield _field("text", pa.string(), "The document from start to end."), text
        direct = (
            batch.is_("quotes", "kind", "direct") if batch.model.text("quotes", "kind") else np.zeros(rows, np.bool_)
        )
        change = spans.row[1:] != spans.row[:-1]
        one = np.ones(min(len(spans.row), 1), np.bool_)
        ends = np.concatenate([one, change]), np.concatenate([change, one])
        said = _without_marks(spans.text, direct[spans.row], *ends)
        speech = pc.binary_join(arrow.lists(counts, said), arrow.strings([" "])[0])
        described = "The content without its outer quotation marks; several spans joined by a space."
        yield _field("speech", pa.string(), described), speech
    linked = _linked(batch, "quotes", "source", "mentions") and _linked(batch, "mentions", "entity", "entities")
    if linked and batch.model.text("entities", "name"):
        speaker = _through(batch.target("quotes", "source"), batch.target("mentions", "entity"))
        yield _field("speaker", pa.string(), "Id of the entity that speaks."), _pick(batch, "entities", "id", speaker)
        yield _field("speaker_name", pa.string(), "Name of the entity."), _pick(batch, "entities", "name", speaker)


def _dates(batch: Batch) -> Derived:
    if batch.model.text("dates", "value"):
        facts = batch.facts("dates", "value", timex.facts)
        for at, name, described in ((1, "begin", "First day of the interval that the value names."),
                                    (2, "until", "The day after its last.")):  # fmt: skip
            yield _field(name, pa.date32(), described), arrow.dates(facts[:, at] - arrow.EPOCH, facts[:, at] > 0)


def _nothing(batch: Batch) -> Derived:
    return iter(())


_DERIVED: Mapping[str, Callable[[Batch], Derived]] = {
    "mentions": _mentions,
    "roles": _roles,
    "quotes": _quotes,
    "dates": _dates,
}


def _linked(batch: Batch, table: str, name: str, target: str) -> bool:
    """Whether a property is one reference to that table."""
    return batch.model.refers(table, name, target) and not batch.model.listed(table, name)


def _field(name: str, kind: pa.DataType, description: str) -> pa.Field:
    return pa.field(name, kind, metadata={"description": description})


def _through(first: Ints, second: Ints) -> Ints:
    """Follow two references in a row; -1 where one of them leads nowhere."""
    return np.where(first >= 0, np.append(second, -1)[first], -1)


def _pick(batch: Batch, table: str, name: str, rows: Ints) -> pa.Array:
    return arrow.pick(batch.column(table, name), rows)


def _slices(batch: Batch, document: Ints, start: Ints, end: Ints, valid: Bools) -> pa.Array:
    first, last = batch.texts.byte(document, start), batch.texts.byte(document, end)
    length = np.where(valid, last - first, 0)
    return arrow.text(batch.texts.data.take(gather(first, length)), length, valid)


def _without_marks(texts: pa.Array, direct: Bools, first: Bools, last: Bools) -> pa.Array:
    """Direct speech without its quotation marks: where a span has both, and at the ends of the whole."""
    rows = np.flatnonzero(direct)
    said = texts.take(arrow.integers(rows))
    data, bounds = arrow.utf8(said)
    length, opened, closed = np.diff(bounds), marks.opening(said), marks.closing(said)
    both = (opened > 0) & (closed > 0) & (opened + closed <= length)
    left = np.where(both | first[rows], opened, 0)
    right = np.where(both | (last[rows] & (left + closed <= length)), closed, 0)
    kept = length - left - right
    bare = arrow.text(data.take(gather(bounds[:-1] + left, kept)), kept, np.ones(len(rows), np.bool_))
    index = np.arange(len(texts))
    index[rows] = len(texts) + np.arange(len(rows))
    return pa.concat_arrays([texts, pc.utf8_trim(bare, marks.WHITE_SPACE)]).take(arrow.integers(index))
