"""The only model: one Arrow table for each `x-table`, and `documents`, for a batch of documents at a time.

Rows of one document stand together, documents in the order of the batch. A span property becomes three columns,
`NAME_start`, `NAME_end`, `NAME_text`; a list of spans a list of structs. Offsets are code points, half-open, int64.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import chain
from operator import attrgetter
from typing import Any, TypeVar

import numpy as np
import pyarrow as pa
from msgspec import UNSET, Struct

from sidelines import arrow, columns, intervals
from sidelines.codec import Fields
from sidelines.grammar import Grammar
from sidelines.model import Layer, Model, Table
from sidelines.offsets import Bools, Ints, Texts
from sidelines.problems import Spot

T = TypeVar("T")

# Where a value stands: its document, its table (None for the metadata), where the row is in its layer, where it is in
# the row.
Locator = Callable[[int, Table | None, tuple[str | int, ...], tuple[str | int, ...]], Spot]

__all__ = ["Batch", "Document", "Locator", "Rows", "Spans", "documents_schema", "make_batch", "table_schema"]


class Rows(Struct, frozen=True):
    """What was read of one table of one document: sound rows, and index and id of those that were not of its shape.

    `read` is False where nothing is known of the table, because its file could not be read.
    """

    rows: Sequence[Any] = ()
    lost: tuple[tuple[int, str | None], ...] = ()
    read: bool = True


UNREAD = Rows(read=False)


class Document(Struct, frozen=True):
    """One document as it was read: metadata as the codec decodes it, the text's bytes, and rows by table.

    Rows in canonical form are bytes still, a line each, as the grammar of their table reads them.
    """

    id: str
    metadata: Any
    text: bytes
    tables: Mapping[str, Rows | bytes]

    @property
    def size(self) -> int:
        """The bytes that it holds, as far as they are counted: text and lines."""
        return len(self.text) + sum(len(part) for part in self.tables.values() if isinstance(part, bytes))


@dataclass(frozen=True, slots=True)
class Spans:
    """All spans that stand in one place of a table: its rows, a span property, or the items of a list of spans.

    `row[i]` is the row of the batch's table in which span i stands, `item[i]` its index in the list (0 where there is
    none), `document[i]` its document; `start` and `end` are code points of that document; `text` is the surface.
    """

    table: str
    property: str | None
    listed: bool
    row: Ints
    item: Ints
    document: Ints
    start: Ints
    end: Ints
    text: pa.Array

    def where(self, mask: Bools) -> Spans:
        """Those spans for which `mask` is true."""
        if mask.all():
            return self
        at = np.flatnonzero(mask)
        parts = {name: getattr(self, name)[at] for name in ("row", "item", "document", "start", "end")}
        return replace(self, **parts, text=self.text.take(arrow.integers(at)))

    def path(self, position: int) -> tuple[str | int, ...]:
        """Where span `position` stands in its row: nothing, a property, or a property and an index."""
        if self.property is None:
            return ()
        return (self.property, int(self.item[position])) if self.listed else (self.property,)


@dataclass(frozen=True)
class Batch:
    """Some documents of a corpus, as tables.

    `bounds[t][i]:bounds[t][i + 1]` are the rows of document i in the table t. `read[t]` says in which documents the
    table could be read at all, `lost[t]` gives index and id of the rows that could not. `sound[t]` says which rows no
    rule has found fault with so far, `whole[t]` in which documents every row of the table was read and is sound, and
    `intact` which documents have the text that was annotated. `stored[t]` are the derived columns that stood beside the
    table where it was read, if any, and `part` is the name of the files that it was read from, if there are many.
    `lines` are the lines of JSON that the documents were read from, each with its number, where they were.
    """

    model: Model
    language: str
    ids: tuple[str, ...]
    texts: Texts
    documents: pa.Table
    tables: Mapping[str, pa.Table]
    bounds: Mapping[str, Ints]
    lost: Mapping[str, Mapping[int, tuple[tuple[int, str | None], ...]]]
    read: Mapping[str, Bools]
    sound: Mapping[str, Bools]
    whole: Mapping[str, Bools]
    intact: Bools
    stored: Mapping[str, pa.Table] = field(default_factory=dict)
    part: str | None = None
    lines: Sequence[tuple[int, bytes]] = ()
    _memory: dict[Any, Any] = field(default_factory=dict, repr=False, compare=False)

    def column(self, table: str, name: str) -> pa.Array:
        """One column in one piece."""
        return arrow.whole(self.tables[table].column(name))

    def is_(self, table: str, name: str, value: str) -> Bools:
        """The rows whose property has this value; null has none."""
        codes, values = self.distinct(table, name)
        same: Bools = codes == (values.index(value) if value in values else -1)
        return same

    def distinct(self, table: str, name: str) -> tuple[Ints, list[str]]:
        """The different strings of a column, and for each row which it has: one past the last for null."""
        return self._remember(("distinct", table, name), lambda: self._distinct(table, name))

    def facts(self, table: str, name: str, of: Callable[[str], tuple[int, ...]]) -> Ints:
        """What a function says of the string of each row, in a row of numbers; zeros for null."""
        return self._remember(("facts", table, name, of), lambda: self._facts(table, name, of))

    def document(self, table: str) -> Ints:
        """The document of each row of a table, as an index into `ids`."""
        return self._remember(
            ("document", table), lambda: np.repeat(np.arange(len(self.ids)), np.diff(self.bounds[table]))
        )

    def text(self, document: int) -> str:
        """The text of one document."""
        first, last = self.texts.first[document], self.texts.first[document + 1]
        return self._remember(("text", document), lambda: self.texts.data[first:last].tobytes().decode("utf-8"))

    def place(self, owner: Ints, start: Ints, end: Ints) -> tuple[Ints, Ints]:
        """Where spans stand on one long line, on which each owner, a document or a row, has a stretch of its own."""
        length = int(self.texts.characters.max(initial=0))
        return intervals.place(owner, start, length), intervals.place(owner, end, length)

    def ordinal(self, table: str, row: int) -> int:
        """The index of a row in its file; rows that were lost are counted."""
        document = int(np.searchsorted(self.bounds[table], row, "right")) - 1
        index = row - int(self.bounds[table][document])
        for lost, _ in self.lost[table].get(document, ()):
            index += lost <= index
        return index

    def spans(self) -> list[Spans]:
        """Every span of every table, in the order of tables and properties."""
        return self._remember("spans", lambda: [s for table in self.model.tables.values() for s in self._spans(table)])

    def sound_spans(self) -> list[Spans]:
        """The spans of those rows that are sound."""
        return [spans.where(self.sound[spans.table][spans.row]) for spans in self.spans()]

    def spans_of(self, table: str, name: str | None = None) -> Spans:
        """The sound spans of one place: a table's rows, or the property `name` of them."""
        spans = self.everything(table, name)
        return spans.where(self.sound[table][spans.row])

    def everything(self, table: str, name: str | None = None) -> Spans:
        """All spans of one place, sound or not."""
        return next(spans for spans in self.spans() if spans.table == table and spans.property == name)

    def taken(self, table: str, name: str | None) -> frozenset[tuple[int, int, int]]:
        """Where spans of one place stand, as they say: document, start and end."""
        return self._remember(("taken", table, name), lambda: self._taken(table, name))

    def named_once(self, table: str) -> Bools:
        """The rows whose id no other row of the table has in the same document: a reference to another is in doubt."""
        return self._remember(("once", table), lambda: self._named_once(table))

    def target(self, table: str, name: str) -> Ints:
        """For each row, the row of the table that its reference `name` means, in the same document; -1 for none."""
        return self._remember(("target", table, name), lambda: self._target(table, name))

    def find(self, table: str, document: Ints, ids: pa.Array) -> Ints:
        """The row of `table` with each id in the given document; -1 where there is none."""
        own = self.column(table, "id")
        codes = pa.concat_arrays([own, ids]).dictionary_encode()
        code = arrow.numbers(codes.indices).astype(np.int64)
        known = arrow.valid(codes.indices)
        size = max(len(codes.dictionary), 1)
        keys = self.document(table) * size + code[: len(own)]
        order = np.argsort(keys, kind="stable")
        wanted = document * size + code[len(own) :]
        at = np.searchsorted(keys[order], wanted)
        hit = known[len(own) :] & (at < len(own))
        hit[hit] = keys[order[at[hit]]] == wanted[hit]
        rows = np.full(len(ids), -1, np.int64)
        rows[hit] = order[at[hit]]
        return rows

    def without(self, failed: Mapping[str, Ints], documents: Sequence[int] = ()) -> Batch:
        """The same batch with these rows, and all rows of these documents, no longer sound."""
        if not any(map(len, failed.values())) and not len(documents):
            return self
        sound, whole, intact = {}, {}, self.intact.copy()
        intact[list(documents)] = False
        for table, before in self.sound.items():
            sound[table], whole[table] = before.copy(), self.whole[table].copy()
            sound[table][failed.get(table, [])] = False
            whole[table][self.document(table)[~sound[table]]] = False
            for document in documents:
                sound[table][self.bounds[table][document] : self.bounds[table][document + 1]] = False
                whole[table][document] = False
        return replace(self, sound=sound, whole=whole, intact=intact)

    @cached_property
    def english(self) -> Bools:
        """Which documents are in English, by their own language or the corpus's."""
        if "language" not in self.documents.column_names:
            own: list[Any] = [None] * len(self.ids)
        else:
            own = arrow.python(arrow.whole(self.documents.column("language")))
        return np.array([(tag or self.language).lower().split("-")[0] in ("en", "eng") for tag in own], np.bool_)

    def _remember(self, key: Any, make: Callable[[], T]) -> T:
        if key not in self._memory:
            self._memory[key] = make()
        remembered: T = self._memory[key]
        return remembered

    def _distinct(self, table: str, name: str) -> tuple[Ints, list[str]]:
        column = self.column(table, name)
        if not pa.types.is_dictionary(column.type):
            column = column.dictionary_encode()
        values: list[str] = arrow.python(column.dictionary)
        codes = np.where(arrow.valid(column.indices), arrow.numbers(column.indices), len(values))
        return codes.astype(np.int64), values

    def _facts(self, table: str, name: str, of: Callable[[str], tuple[int, ...]]) -> Ints:
        codes, values = self.distinct(table, name)
        said = np.array([*map(of, values), of("")], np.int64)
        said[-1] = 0
        return said[codes]

    def _taken(self, table: str, name: str | None) -> frozenset[tuple[int, int, int]]:
        spans = self.everything(table, name)
        return frozenset(zip(*(part.tolist() for part in (spans.document, spans.start, spans.end)), strict=True))

    def _named_once(self, table: str) -> Bools:
        codes, values = self.distinct(table, "id")
        keys = self.document(table) * (len(values) + 1) + codes
        _, at, counts = np.unique(keys, return_inverse=True, return_counts=True)
        once: Bools = counts[at] == 1
        return once

    def _target(self, table: str, name: str) -> Ints:
        ref = self.model.tables[table].row[name].ref
        assert ref is not None  # only references are asked for
        return self.find(ref, self.document(table), self.column(table, name))

    def _spans(self, table: Table) -> Iterator[Spans]:
        document = self.document(table.name)
        rows = np.arange(len(document))
        if table.row.span:
            yield self._plain(table.name, None, rows, document, "")
        for member in table.row.properties:
            if member.span:
                present = arrow.valid(self.column(table.name, f"{member.name}_start"))
                at = rows if present.all() else np.flatnonzero(present)
                yield self._plain(table.name, member.name, at, document, f"{member.name}_")
            elif member.spans:
                listed = self.column(table.name, member.name)
                lengths = arrow.list_lengths(listed)
                row = np.repeat(rows, lengths)
                item = np.arange(len(row)) - np.repeat(np.cumsum(lengths) - lengths, lengths)
                inner = listed.flatten()
                start, end, text = (inner.field(part) for part in ("start", "end", "text"))
                yield Spans(
                    table.name, member.name, True, row, item, document[row],
                    arrow.numbers(start), arrow.numbers(end), text,
                )  # fmt: skip

    def _plain(self, table: str, name: str | None, rows: Ints, document: Ints, prefix: str) -> Spans:
        start, end, text = (self.column(table, prefix + part) for part in ("start", "end", "text"))
        some = len(rows) < len(start)
        return Spans(
            table, name, False, rows, np.zeros(len(rows), np.int64), document[rows] if some else document,
            arrow.numbers(start)[rows] if some else arrow.numbers(start),
            arrow.numbers(end)[rows] if some else arrow.numbers(end),
            text.take(arrow.integers(rows)) if some else text,
        )  # fmt: skip


def table_schema(table: Table) -> pa.Schema:
    """The Arrow schema of a table as its files say it, `document` first."""
    fields = [pa.field("document", pa.string(), nullable=False, metadata={"description": "The document's id."})]
    for member in table.row.properties:
        if member.span:
            for part in member.properties:
                required = member.required and part.required
                fields.append(columns.field(part, f"{member.name}_{part.name}", required, member.description))
        else:
            fields.append(columns.field(member))
    return pa.schema(fields, metadata={"description": table.description} if table.description else None)


def documents_schema(layer: Layer) -> pa.Schema:
    """The Arrow schema of `documents`: the metadata, `id` as `document`, and the text."""
    fields = [
        columns.field(member, "document" if member.name == "id" else None)
        for member in sorted(layer.root.properties, key=lambda member: member.name != "id")
        if member.name != "$schema"
    ]
    metadata = {"description": "The text, exactly as in its file."}
    description = {"description": layer.root.description} if layer.root.description else None
    return pa.schema([*fields, pa.field("text", pa.large_string(), False, metadata)], metadata=description)


def make_batch(
    model: Model, language: str, documents: Sequence[Document], grammars: Mapping[str, Grammar] | None = None
) -> Batch:
    """Turn documents into tables; `grammars` has those of the tables of which a document holds lines."""
    ids = arrow.strings([document.id for document in documents])
    texts = Texts.of([document.text for document in documents])
    tables, bounds, lost, read, sound, whole = {}, {}, {}, {}, {}, {}
    for name, table in model.tables.items():
        parts = [document.tables.get(name, UNREAD) for document in documents]
        counts = np.fromiter(map(_count, parts), np.int64, len(parts))
        bounds[name] = np.concatenate([np.zeros(1, np.int64), np.cumsum(counts)])
        document = np.repeat(np.arange(len(parts)), counts)
        made = _table_columns(table, parts, document, (grammars or {}).get(name))
        names = ids.take(arrow.integers(document))
        tables[name] = pa.Table.from_arrays([names, *made], schema=table_schema(table))
        lost[name] = {at: part.lost for at, part in enumerate(parts) if isinstance(part, Rows) and part.lost}
        read[name] = np.fromiter((isinstance(part, bytes) or part.read for part in parts), np.bool_, len(parts))
        sound[name] = np.ones(len(document), np.bool_)
        whole[name] = read[name].copy()
        whole[name][list(lost[name])] = False
    return Batch(
        model, language, tuple(document.id for document in documents), texts,
        _documents(model.metadata["document"], documents, texts), tables, bounds, lost, read, sound, whole,
        np.ones(len(documents), np.bool_),
    )  # fmt: skip


def _count(part: Rows | bytes) -> int:
    return len(part.rows) if isinstance(part, Rows) else part.count(b"\n") + bool(part)


def _table_columns(
    table: Table, parts: Sequence[Rows | bytes], document: Ints, grammar: Grammar | None
) -> list[pa.Array]:
    """The columns of the rows of all documents; `document` says of each row whose it is."""
    lines = [part for part in parts if isinstance(part, bytes) and part]
    rows = list(chain.from_iterable(part.rows for part in parts if isinstance(part, Rows)))
    if not lines or grammar is None:
        return list(_row_columns(table, rows))
    read = list(grammar.columns(lines))
    if not rows:
        return read
    # Lines first, then rows: each row of the batch is taken from where it came to stand.
    later = np.fromiter((isinstance(part, Rows) for part in parts), np.bool_, len(parts))[document]
    order = arrow.integers(np.argsort(np.argsort(later, kind="stable"), kind="stable"))
    both = zip(read, _row_columns(table, rows), strict=True)
    return [pa.concat_arrays(columns).take(order) for columns in both]


def _row_columns(table: Table, rows: Sequence[Any]) -> Iterator[pa.Array]:
    for name, member in Fields(table.row.properties):
        items = list(map(attrgetter(name), rows))
        if not member.span:
            yield columns.column(member, items)
            continue
        for part, inner in Fields(member.properties):
            get = attrgetter(part)
            inner_items = list(map(get, items)) if member.required else [i if i is UNSET else get(i) for i in items]
            yield columns.column(inner, inner_items)


def _documents(layer: Layer, documents: Sequence[Document], texts: Texts) -> pa.Table:
    schema = documents_schema(layer)
    fields = {member.name: (name, member) for name, member in Fields(layer.root.properties)}
    made = []
    for column in schema.names[:-1]:
        name, member = fields["id" if column == "document" else column]
        made.append(columns.column(member, [getattr(document.metadata, name) for document in documents]))
    return pa.Table.from_arrays([*made, arrow.large_text(texts.data, texts.first)], schema=schema)
