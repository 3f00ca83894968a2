"""A build read as a corpus: the tables of its Parquet files, in batches of documents, as strictly as JSON is read.

What was written by others is taken if it means the same: strings for categories, other widths of integers. What cannot
be read, lacks a column, or has nulls or rows where none may be is a problem of family P, and never an exception.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from sidelines import arrow, columns
from sidelines.derive import schemas
from sidelines.layout import BuildFolder
from sidelines.model import Layer, Property, Table
from sidelines.offsets import Ints, Texts
from sidelines.problems import Problem, names, pointer
from sidelines.settings import Settings
from sidelines.sources import Limits, Sources, UnreadableError
from sidelines.tables import Batch, documents_schema, table_schema

__all__ = ["ParquetReader"]

BATCH_DOCUMENTS = 1000
ROWS = 2**16  # that are read of a table at once
CANNOT = "expected a Parquet file that can be read to its end, found: "
UNREADABLE = (pa.ArrowException, OSError, ValueError, KeyError)  # what pyarrow raises for a file that is not in order


@dataclass(frozen=True, slots=True)
class _Column:
    """A column that a file must have, and what its values are."""

    name: str
    node: Property
    required: bool
    part_of: str | None = None  # the optional span that it is a required part of


@dataclass(frozen=True, slots=True)
class _File:
    """One Parquet file whose columns are in order: those of the schemas, then those that were derived."""

    path: str
    rows: int
    columns: tuple[_Column, ...]
    derived: Mapping[str, pa.DataType]

    def pieces(self, size: int) -> Iterator[pa.Table]:
        """Its rows, up to `size` at a time, with types as plain as those of JSON, dates apart."""
        with pq.ParquetFile(self.path, page_checksum_verification=True) as file:
            for piece in file.iter_batches(size, columns=[*(c.name for c in self.columns), *self.derived]):
                piece.validate(full=True)
                made = {c.name: _plain(piece.column(c.name), columns.plain_type(c.node)) for c in self.columns}
                made |= {name: _plain(piece.column(name), kind) for name, kind in self.derived.items()}
                yield pa.table(made)


class ParquetReader:
    """A build on disk: its metadata and model now, its documents when they are asked for, a batch at a time.

    `problems` holds what is wrong with the build as a whole: its metadata, its schemas, and the columns of its files.
    """

    def __init__(self, root: Path, limits: Limits | None = None) -> None:
        self.root = root
        self.folder = BuildFolder(root)
        self.sources = Sources(root, limits or Limits())
        self.settings = Settings(self.sources, "corpus.json")
        self.model, self.problems = self.settings.model, self.settings.problems
        self.metadata, self.name, self.version = self.settings.metadata, self.settings.name, self.settings.version
        self._files: dict[str, _File] = {}
        if "document" in self.model.metadata and self.settings.inside("parquet"):
            derived = schemas(self.model)
            # What is derived may come from another layer: nothing is too much while the schema of one is not known.
            self._model_known = all(layer in self.model.layers for layer in self.settings.layers)
            self._open("documents", _metadata_columns(self.model.metadata["document"]), derived["documents"])
            for name, table in self.model.tables.items():
                self._open(name, _columns(table), derived[name])

    @property
    def count(self) -> int:
        """The number of documents, as far as they can be read."""
        return self._files["documents"].rows if "documents" in self._files else 0

    @property
    def documents(self) -> tuple[str, ...]:
        """The ids of the documents."""
        if "documents" not in self._files:
            return ()
        with pq.ParquetFile(self._files["documents"].path, page_checksum_verification=True) as file:
            return tuple(arrow.python(_plain(arrow.whole(file.read(["document"]).column(0)), pa.string())))

    def _open(self, name: str, wanted: tuple[_Column, ...], schema: pa.Schema) -> None:
        path = self.folder.table(name)
        try:
            place = self.sources.locate(path)
            with pq.ParquetFile(place) as file:
                found, rows = file.schema_arrow, file.metadata.num_rows
        except FileNotFoundError:
            self._problem("F001", f"expected the file {path}, found none", name)
        except UnreadableError as error:
            self._problem(error.code, error.message, name)
        except UNREADABLE as error:
            self._problem("P105", f"{CANNOT}{_why(error)}", name)
        else:
            derived = {f.name: f.type for f in schema if f.name not in {c.name for c in wanted}}
            faults = list(_columns_off(found, wanted, derived))
            if self._model_known:
                faults += _columns_too_many(found, wanted, derived)
            self.problems += [self._make("P001", fault, name) for fault in faults]
            if not faults:
                there = {key: kind for key, kind in derived.items() if key in found.names}
                self._files[name] = _File(place, rows, wanted, there)

    def _problem(self, code: str, message: str, table: str) -> None:
        self.problems.append(self._make(code, message, table))

    def _make(
        self,
        code: str,
        message: str,
        table: str,
        document: str | None = None,
        id_: str | None = None,
        at: str | None = None,
    ) -> Problem:
        path = self.folder.table(table)
        return Problem(code, "error", message, path, at, None, None, document, table, id_)

    def batches(self, size: int = BATCH_DOCUMENTS) -> Iterator[tuple[Batch, list[Problem]]]:
        """Read the documents, `size` at a time, with the problems of their rows (P…, S1…).

        Nothing is read of a build without documents that can be; `problems` says why.
        """
        if "documents" not in self._files:
            return
        cursors = {name: _Cursor(file) for name, file in self._files.items() if name != "documents"}
        last = ""
        problems: list[Problem] = []
        for piece in self._pieces(size, problems):
            documents, unsound = self._documents(piece, last, problems)
            if documents.num_rows:
                batch = self._batch(documents, cursors, problems)
                last = batch.ids[-1]
                yield batch.without({}, unsound), problems
                problems = []
        whole = not any(problem.code == "P105" and problem.table == "documents" for problem in problems)
        for name, cursor in cursors.items() if whole else ():
            try:
                document = cursor.rest()
            except UNREADABLE as error:
                problems.append(self._make("P105", f"{CANNOT}{_why(error)}", name))
            else:
                if document is not None:
                    self._strangers(name, document, problems)
        if problems or not last:
            none = _metadata_columns(self.model.metadata["document"])
            empty = pa.table({c.name: pa.nulls(0, columns.plain_type(c.node)) for c in none})
            yield self._batch(empty, {}, problems), problems

    def _pieces(self, size: int, problems: list[Problem]) -> Iterator[pa.Table]:
        try:
            yield from self._files["documents"].pieces(size)
        except UNREADABLE as error:
            problems.append(self._make("P105", f"{CANNOT}{_why(error)}", "documents"))

    def _strangers(self, table: str, document: str, problems: list[Problem]) -> None:
        message = f"expected rows in the order of the documents, found rows of {document!r} out of their place"
        problems.append(self._make("P003", message, table, document))

    def _documents(self, piece: pa.Table, last: str, problems: list[Problem]) -> tuple[pa.Table, list[int]]:
        """The rows of `documents` that can be told apart, and which of them have a fault."""
        wanted = self._files["documents"].columns
        ids = [item.as_py() for item in piece.column("document").combine_chunks()]
        kept: list[int] = []
        for row, id_ in enumerate(ids):
            if id_ is None or arrow.whole(piece.column("text"))[row].as_py() is None:
                name = "document" if id_ is None else "text"
                problems.append(self._make("P002", f"{name}: expected a value, found null", "documents", id_))
            elif id_ <= last:
                message = f"expected documents in the order of their ids, each once, found {id_!r} after {last!r}"
                problems.append(self._make("P003", message, "documents", id_))
            else:
                kept.append(row)
                last = id_
        piece = piece if len(kept) == len(ids) else piece.take(arrow.integers(np.array(kept, np.int64)))
        bad = _ill_shaped(wanted, piece)
        layer = self.model.metadata["document"]
        for row in sorted(bad):
            problems += self._faults(
                layer, (), "documents", wanted, piece.slice(row, 1), piece.column("document")[row].as_py()
            )
        return piece, sorted(bad)

    def _batch(self, documents: pa.Table, cursors: Mapping[str, _Cursor], problems: list[Problem]) -> Batch:
        wanted = _metadata_columns(self.model.metadata["document"])
        made = [columns.typed(c.node, arrow.whole(documents.column(c.name))) for c in wanted[:-1]]
        ids = tuple(arrow.python(made[0]))
        data, bounds = arrow.utf8(arrow.whole(documents.column("text")))
        texts = Texts.index(data[bounds[0] : bounds[-1]], bounds - bounds[0])
        text = arrow.large_text(texts.data, texts.first)
        schema = documents_schema(self.model.metadata["document"])
        parts = {name: self._rows(table, ids, cursors.get(name), problems) for name, table in self.model.tables.items()}
        whole = {}
        for name, part in parts.items():
            whole[name] = np.full(len(ids), part.read)
            whole[name][list(part.lost)] = False
        return Batch(
            self.model, self.settings.language, ids, texts, pa.Table.from_arrays([*made, text], schema=schema),
            {name: part.table for name, part in parts.items()}, {name: part.bounds for name, part in parts.items()},
            {name: part.lost for name, part in parts.items()},
            {name: np.full(len(ids), part.read) for name, part in parts.items()},
            {name: np.ones(part.table.num_rows, np.bool_) for name, part in parts.items()},
            whole, np.ones(len(ids), np.bool_), {name: part.derived for name, part in parts.items()},
        )  # fmt: skip

    def _rows(self, table: Table, ids: tuple[str, ...], cursor: _Cursor | None, problems: list[Problem]) -> _Part:
        """The rows of one table that belong to these documents; nothing of a table in which they are out of place."""
        none = _Part(table_schema(table).empty_table(), pa.table({}), np.zeros(len(ids) + 1, np.int64), {}, False)
        if cursor is None or cursor.broken:
            return none
        try:
            rows = cursor.take(ids[-1])
        except UNREADABLE as error:
            cursor.broken = True
            problems.append(self._make("P105", f"{CANNOT}{_why(error)}", table.name))
            return none
        found = pc.index_in(arrow.whole(rows.column("document")), value_set=arrow.strings(ids))
        document = np.where(arrow.valid(found), arrow.numbers(found), -1)
        astray = np.flatnonzero((document < 0) | (np.diff(document, prepend=0) < 0))
        if len(astray):
            self._strangers(table.name, rows.column("document")[int(astray[0])].as_py(), problems)
            return none
        bounds = np.searchsorted(document, np.arange(len(ids) + 1))
        lost: dict[int, tuple[tuple[int, str | None], ...]] = {}
        bad = sorted(_ill_shaped(cursor.file.columns, rows))
        for row in bad:
            at = int(document[row])
            id_ = rows.column("id")[row].as_py()
            layer = self.model.layers[table.layer]
            problems += self._faults(
                layer, (table.key, 0), table.name, cursor.file.columns, rows.slice(row, 1), ids[at], id_
            )
            lost[at] = (*lost.get(at, ()), (row - int(bounds[at]), id_))
        if bad:
            kept = np.setdiff1d(np.arange(rows.num_rows), bad)
            rows, document = rows.take(arrow.integers(kept)), document[kept]
            bounds = np.searchsorted(document, np.arange(len(ids) + 1))
        made = [columns.typed(c.node, arrow.whole(rows.column(c.name))) for c in cursor.file.columns]
        typed = pa.Table.from_arrays(made, schema=table_schema(table))
        return _Part(typed, rows.select(list(cursor.file.derived)), bounds, lost, True)

    def _faults(
        self, layer: Layer, at: tuple[str | int, ...], table: str, wanted: tuple[_Column, ...], row: pa.Table,
        document: str, id_: str | None = None,
    ) -> Iterator[Problem]:  # fmt: skip
        """What is wrong with a row, in the words that JSON would get; of values that are missing, that alone."""
        missing = [name for name, _ in _nulls(wanted, row)]
        for name in missing:
            yield self._make("P002", f"{name}: expected a value, found null", table, document, id_)
        if missing:
            return
        from sidelines.shape import explain  # jsonschema is slow to import, and a build in order never needs it

        value: Any = _as_json(layer.root if not at else layer.root[str(at[0])].items, row)
        for part in reversed(at):
            value = [value] if isinstance(part, int) else {part: value}
        for code, place, _, message in explain(layer, value):
            if place[: len(at)] == at and len(place) > len(at):
                name = f"{place[-1]}: " if isinstance(place[-1], str) else ""
                yield self._make(code, name + message, table, document, id_, pointer(place[len(at) :]))


@dataclass(frozen=True, slots=True)
class _Part:
    """One table of a batch: its sound rows, the columns derived of them, and what could not be read."""

    table: pa.Table
    derived: pa.Table
    bounds: Ints
    lost: Mapping[int, tuple[tuple[int, str | None], ...]]
    read: bool


class _Cursor:
    """The rows of a file, taken document by document."""

    __slots__ = ("_pending", "_pieces", "broken", "file")

    def __init__(self, file: _File) -> None:
        self.file, self.broken = file, False
        self._pieces = file.pieces(ROWS)
        self._pending: pa.Table | None = None

    def take(self, last: str) -> pa.Table:
        """The next rows, up to those of documents behind `last`."""
        taken = []
        while True:
            pending = self._pending if self._pending is not None else next(self._pieces, None)
            self._pending = None
            if pending is None:
                break
            later = np.flatnonzero(arrow.truth(pc.greater(arrow.whole(pending.column("document")), last)))
            if len(later):
                taken.append(pending.slice(0, int(later[0])))
                self._pending = pending.slice(int(later[0]))
                break
            taken.append(pending)
        if not taken:
            taken = [pa.table({c.name: pa.nulls(0, columns.plain_type(c.node)) for c in self.file.columns}
                              | {name: pa.nulls(0, kind) for name, kind in self.file.derived.items()})]  # fmt: skip
        return pa.concat_tables(taken)

    def rest(self) -> str | None:
        """The document of the next row; None where there is none."""
        if self.broken:
            return None
        pending = self._pending if self._pending is not None else next(self._pieces, None)
        return None if pending is None or not pending.num_rows else str(pending.column("document")[0].as_py())


def _metadata_columns(layer: Layer) -> tuple[_Column, ...]:
    nodes = sorted((m for m in layer.root.properties if m.name != "$schema"), key=lambda member: member.name != "id")
    own = (_Column("document" if node.name == "id" else node.name, node, node.required) for node in nodes)
    return (*own, _Column("text", Property("text", "string", True), True))


def _columns(table: Table) -> tuple[_Column, ...]:
    found = [_Column("document", Property("document", "string", True), True)]
    for member in table.row.properties:
        if member.span:
            found += [
                _Column(f"{member.name}_{part.name}", part, part.required and member.required,
                        member.name if part.required and not member.required else None)
                for part in member.properties
            ]  # fmt: skip
        else:
            found.append(_Column(member.name, member, member.required))
    return tuple(found)


def _columns_too_many(
    found: pa.Schema, wanted: tuple[_Column, ...], derived: Mapping[str, pa.DataType]
) -> Iterator[str]:
    """The columns of a file that neither its schema has nor are derived."""
    known = [*(c.name for c in wanted), *derived]
    for name in found.names:
        if name not in known:
            yield f"expected no column {name!r}; {names(name, known)}"


def _columns_off(found: pa.Schema, wanted: tuple[_Column, ...], derived: Mapping[str, pa.DataType]) -> Iterator[str]:
    """What is wrong with the columns that a file must have, or may."""
    twice = {name for name in found.names if found.names.count(name) > 1}
    known = {c.name: columns.plain_type(c.node) for c in wanted} | dict(derived)
    for name in sorted(twice):
        yield f"expected one column {name!r}, found {found.names.count(name)}"
    for name, kind in known.items():
        if name not in found.names:
            if name not in derived:
                yield f"expected a column {name!r} of type {kind}, found none"
        elif name not in twice and not _fits(found.field(name).type, kind):
            yield f"{name}: expected a column of type {kind}, found {found.field(name).type}"


def _fits(found: pa.DataType, wanted: pa.DataType) -> bool:
    """Whether values of one type mean the same in the other."""
    if pa.types.is_dictionary(wanted):
        wanted = wanted.value_type
    if pa.types.is_dictionary(found):
        found = found.value_type
    if pa.types.is_null(found):
        return True  # what pandas makes of a column without a value
    if pa.types.is_string(wanted):
        return any(found == text for text in (pa.string(), pa.large_string(), pa.string_view()))
    if pa.types.is_list(wanted):
        listed = pa.types.is_list(found) or pa.types.is_large_list(found)
        return listed and _fits(found.value_type, wanted.value_type)
    if pa.types.is_struct(wanted):
        if not pa.types.is_struct(found) or [f.name for f in found] != [f.name for f in wanted]:
            return False
        return all(_fits(one.type, other.type) for one, other in zip(found, wanted, strict=True))
    for kind, alike in ((pa.int64(), pa.types.is_integer), (pa.float64(), pa.types.is_floating)):
        if wanted == kind:
            return bool(alike(found))
    return bool(pa.types.is_date(found) if wanted == columns.DATE else found == wanted)


def _plain(items: pa.Array, kind: pa.DataType) -> pa.Array:
    if pa.types.is_dictionary(items.type):
        items = items.dictionary_decode()
    if pa.types.is_dictionary(kind):
        kind = kind.value_type
    return items if items.type == kind else items.cast(kind)


def _ill_shaped(wanted: tuple[_Column, ...], rows: pa.Table) -> set[int]:
    """The rows in which a value is missing, or not of its schema's shape."""
    found = {row for _, row in _nulls(wanted, rows)}
    for column in wanted:
        found |= columns.failing(column.node, arrow.whole(rows.column(column.name)))
    return found


def _nulls(wanted: tuple[_Column, ...], rows: pa.Table) -> Iterator[tuple[str, int]]:
    """The columns and rows in which null stands where none may be."""
    there: dict[str, Any] = {}
    for column in wanted:
        if column.part_of is not None:
            valid = arrow.valid(arrow.whole(rows.column(column.name)))
            there[column.part_of] = there.get(column.part_of, np.zeros(len(valid), np.bool_)) | valid
    for column in wanted:
        items = arrow.whole(rows.column(column.name))
        required = np.full(len(items), column.required) if column.part_of is None else there[column.part_of]
        for row in sorted(_missing(column.node, items, required)):
            yield column.name, row


def _missing(node: Property, items: pa.Array, required: Any) -> set[int]:
    there = arrow.valid(items)
    found = set(np.flatnonzero(~there & required).tolist())
    if node.items is not None:
        lengths = arrow.list_lengths(items)
        rows = np.repeat(np.arange(len(items)), lengths)
        found |= {int(rows[at]) for at in _missing(node.items, items.flatten(), np.full(len(rows), True))}
    for position, member in enumerate(node.properties):
        found |= _missing(member, items.field(position), there & member.required)
    return found


def _as_json(node: Property | None, row: pa.Table) -> dict[str, Any]:
    """A row as the object that a file would have."""
    assert node is not None  # the dialect demands items on every array
    values = {name: row.column(name)[0].as_py() for name in row.column_names}
    made = {}
    for member in node.properties:
        if member.span:
            parts = {part.name: values[f"{member.name}_{part.name}"] for part in member.properties}
            made[member.name] = parts if any(part is not None for part in parts.values()) else None
        elif member.name != "$schema":
            made[member.name] = values["document" if member.name == "id" and "id" not in values else member.name]
    found: dict[str, Any] = _without_nulls(made)
    return found


def _without_nulls(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _without_nulls(member) for name, member in value.items() if member is not None}
    if isinstance(value, list):
        return [_without_nulls(item) for item in value]
    return value.isoformat() if isinstance(value, datetime.date) else value


def _why(error: Exception) -> str:
    return " ".join(str(error).split())[:200] or type(error).__name__
