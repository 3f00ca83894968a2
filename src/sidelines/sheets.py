"""What a page shows, as JSON: the corpus with its tables, and each document with its spans and values by column.

Offsets are code points, half-open; dates are ISO 8601. Integers that JavaScript would round are strings.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Any

import msgspec
import numpy as np
import pyarrow as pa

from sidelines import arrow
from sidelines.derive import derive, schemas
from sidelines.display import described, drawn_tables
from sidelines.model import Model, Property, Table
from sidelines.opening import AnyReader
from sidelines.tables import Batch

__all__ = ["Listed", "Sheet", "inert", "outline", "sheets"]

EXACT = 2**53 - 1  # Number.MAX_SAFE_INTEGER of ECMAScript (ECMA-262, 21.1.2.6)
HULL = frozenset({"start", "end", "text"})  # derived columns that the spans say already
# With these, the text of a script element could end it, or open a comment in it (HTML, 4.12.1.3); and the last two
# were no part of a string before ECMAScript 2019. Outside of strings JSON has none of them.
_ESCAPES = {b"<": b"\\u003c", b">": b"\\u003e", b"&": b"\\u0026",
            "\u2028".encode(): b"\\u2028", "\u2029".encode(): b"\\u2029"}  # fmt: skip


class Listed(msgspec.Struct, frozen=True):
    """A document in the list of a page; `fault` says why it cannot be shown."""

    id: str
    title: str | None
    published: str | None
    characters: int
    fault: str | None = None


class Sheet(msgspec.Struct, frozen=True):
    """A document as data: what the list says of it, its language and text, and all of it as JSON that is inert.

    `content` is None where the document cannot be shown.
    """

    listed: Listed
    language: str | None = None
    text: str = ""
    content: bytes | None = None


def inert(value: Any) -> bytes:
    r"""A value as JSON that is text and nothing else, whatever element of a page it stands in.

    >>> inert({"text": "</script>"})
    b'{"text":"\\u003c/script\\u003e"}'
    """
    made = msgspec.json.encode(value)
    for found, escape in _ESCAPES.items():
        made = made.replace(found, escape)
    return made


# -- the corpus --------------------------------------------------------------------------------------------------------


def outline(corpus: AnyReader) -> dict[str, Any]:
    """What a page says of a corpus, without its documents: its metadata, and for each table its marks and columns.

    The marks of a table are the places of its rows in which spans stand: the row itself, called "", or a property. Its
    columns are the other properties, `id` first, and then those that are derived.

    >>> from sidelines.opening import open_corpus
    >>> quotes = next(table for table in outline(open_corpus())["tables"] if table["name"] == "quotes")
    >>> [mark["name"] for mark in quotes["marks"]]
    ['content', 'fragments', 'cue', 'addressee']
    >>> [column["name"] for column in quotes["columns"]]
    ['id', 'kind', 'source', 'parent', 'speech', 'speaker', 'speaker_name']
    """
    said = {name: value for name, value in corpus.metadata.items() if isinstance(value, str)}
    drawn = drawn_tables(corpus.model)
    derived = schemas(corpus.model)
    return {
        "name": corpus.name,
        "title": said.get("title") or corpus.name,
        "version": corpus.version,
        **{name: said.get(name, "") for name in ("language", "licence", "description")},
        "tables": [
            {
                "name": name,
                "layer": table.layer,
                "description": described(corpus.model, name),
                "shown": name in drawn,
                "marks": [
                    {"name": member.name, "description": member.description, "list": member.spans}
                    for member in _marks(table)
                ],
                "columns": list(_columns(table, derived[name])),
            }
            for name, table in corpus.model.tables.items()
        ],
    }


def _marks(table: Table) -> list[Property]:
    """The places of spans; the row itself has no name."""
    row = [Property("", "object", description=table.row.description, span=True)] if table.row.span else []
    return [*row, *(member for member in table.row.properties if member.span or member.spans)]


def _plain(table: Table) -> list[Property]:
    """The properties of a row that are no spans, `id` first."""
    own = HULL if table.row.span else ()
    members = [p for p in table.row.properties if not (p.span or p.spans or p.name in own)]
    return sorted(members, key=lambda member: member.name != "id")


def _derived(table: Table, names: Sequence[str]) -> list[str]:
    stated = {"document"}
    for member in table.row.properties:
        stated |= {f"{member.name}_{part.name}" for part in member.properties} if member.span else {member.name}
    return [name for name in names if name not in stated | HULL]


def _columns(table: Table, schema: pa.Schema) -> Iterator[dict[str, Any]]:
    for member in _plain(table):
        item = member.items if member.items is not None else member
        yield {
            "name": member.name,
            "type": "date" if item.date else item.type,
            "description": member.description,
            "ref": item.ref,
            "list": member.items is not None,
            "derived": False,
        }
    for name in _derived(table, schema.names):
        field = schema.field(name)
        yield {
            "name": name,
            "type": "date" if pa.types.is_date32(field.type) else "string",
            "description": (field.metadata or {}).get(b"description", b"").decode(),
            "ref": None,
            "list": False,
            "derived": True,
        }


# -- the documents -----------------------------------------------------------------------------------------------------


def sheets(batch: Batch, faulty: Collection[str | None] = ()) -> Iterator[Sheet]:
    """Each document of a batch; of those that are faulty what the list says alone.

    >>> from sidelines.checker import check_batches
    >>> from sidelines.opening import open_corpus
    >>> sheet = next(sheets(next(check_batches(open_corpus()))[0]))
    >>> sheet.listed.published, sheet.content[:22]
    ('2018-10-24', b'{"text":"Trump, Putin ')
    """
    about = {name: _values(column) for name, column in _table(batch.documents).items() if name != "text"}
    ids = about.pop("document")
    batch = batch.without({}, [at for at, id_ in enumerate(ids) if id_ in faulty])  # whose offsets lead anywhere
    tables = [_rows(batch.model, name, rows) for name, rows in derive(batch).items() if name != "documents"]
    bounds = [batch.bounds[name].tolist() for name in batch.model.tables]
    for at, (id_, characters) in enumerate(zip(ids, batch.texts.characters.tolist(), strict=True)):
        metadata = [(name, values[at]) for name, values in about.items() if values[at] is not None]
        said = {name: value for name, value in metadata if isinstance(value, str)}
        listed = Listed(id_, said.get("title"), said.get("published"), characters)
        if id_ in faulty:
            yield Sheet(listed)
            continue
        text, language = batch.text(at), said.get("language")
        parts = [
            {kind: [column[first[at] : first[at + 1]] for column in columns] for kind, columns in table.items()}
            for table, first in zip(tables, bounds, strict=True)
        ]
        content = inert({"text": text, "language": language, "metadata": metadata, "tables": parts})
        yield Sheet(listed, language, text, content)


def _table(rows: pa.Table) -> dict[str, pa.Array]:
    return {name: arrow.whole(rows.column(name)) for name in rows.column_names}


def _rows(model: Model, name: str, rows: pa.Table) -> dict[str, list[list[Any]]]:
    """The spans of a table by mark, and its values by column, each with an item for each row."""
    table, columns = model.tables[name], _table(rows)
    names = [*(member.name for member in _plain(table)), *_derived(table, rows.column_names)]
    return {
        "spans": [_spans(member, columns) for member in _marks(table)],
        "values": [_values(columns[column]) for column in names],
    }


def _spans(member: Property, columns: Mapping[str, pa.Array]) -> list[list[int] | None]:
    """For each row start and end, of a list one pair after the other; None where there is nothing."""
    if not member.spans:
        prefix = f"{member.name}_" if member.name else ""
        start, end = columns[f"{prefix}start"], columns[f"{prefix}end"]
        return _with_none(np.column_stack((arrow.numbers(start), arrow.numbers(end))).tolist(), start)
    listed = columns[member.name]
    inner = listed.flatten()
    flat = np.column_stack((arrow.numbers(inner.field("start")), arrow.numbers(inner.field("end")))).ravel().tolist()
    return _with_none(_cut(flat, 2 * arrow.list_lengths(listed)), listed)


# -- values ------------------------------------------------------------------------------------------------------------


def _values(items: pa.Array) -> list[Any]:
    """The values of a column as JSON has them."""
    kind = items.type
    if pa.types.is_dictionary(kind):
        values = [*_values(items.dictionary), None]
        codes = np.where(arrow.valid(items.indices), arrow.numbers(items.indices), len(values) - 1)
        return [values[code] for code in codes.tolist()]
    if pa.types.is_list(kind):
        return _with_none(_cut(_values(items.flatten()), arrow.list_lengths(items)), items)
    if pa.types.is_struct(kind):
        parts = [_values(part) for part in items.flatten()]  # with the nulls of the whole
        made = [
            {field.name: value for field, value in zip(kind, row, strict=True) if value is not None}
            for row in zip(*parts, strict=True)
        ]
        return _with_none(made, items)
    return _with_none(_PLAIN[kind](items), items)


def _strings(items: pa.Array) -> list[str]:
    data, bounds = arrow.utf8(items)
    raw = data.tobytes()
    return [raw[start:end].decode() for start, end in pairwise(bounds.tolist())]


def _integers(items: pa.Array) -> list[Any]:
    numbers = arrow.numbers(items)
    found: list[Any] = numbers.tolist()
    for at in np.flatnonzero((numbers > EXACT) | (numbers < -EXACT)).tolist():
        found[at] = str(found[at])
    return found


def _dates(items: pa.Array) -> list[str]:
    days: list[str] = np.datetime_as_string(arrow.numbers(items).astype("datetime64[D]")).tolist()
    return days


_PLAIN: Mapping[pa.DataType, Callable[[pa.Array], list[Any]]] = {
    pa.string(): _strings,
    pa.int64(): _integers,
    pa.float64(): lambda items: arrow.numbers(items).tolist(),
    pa.bool_(): lambda items: arrow.truth(items).tolist(),
    pa.date32(): _dates,
    pa.null(): lambda items: [None] * len(items),
}


def _with_none(values: list[Any], items: pa.Array) -> list[Any]:
    """The values, but None where a column has null."""
    if items.null_count:
        for at in np.flatnonzero(~arrow.valid(items)).tolist():
            values[at] = None
    return values


def _cut(values: list[Any], lengths: Any) -> list[list[Any]]:
    """A list cut into lists of these lengths."""
    bounds = np.concatenate([np.zeros(1, np.int64), np.cumsum(lengths)])
    return [values[start:end] for start, end in pairwise(bounds.tolist())]
