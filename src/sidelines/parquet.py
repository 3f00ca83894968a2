"""A build read as a corpus: the tables of its Parquet files, in batches of documents, as strictly as JSON is read.

What was written by others is taken if it means the same: strings for categories, other widths of integers. What cannot
be read, lacks a column, or has nulls or rows where none may be is a problem of family P, and never an exception.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from itertools import chain
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from sidelines import arrow, columns, patterns
from sidelines.conform import (
    Column,
    as_json,
    columns_off,
    columns_too_many,
    ill_shaped,
    metadata_columns,
    nulls,
    plain,
    table_columns,
    unwritable,
)  # fmt: skip
from sidelines.derive import schemas
from sidelines.errors import SidelinesError
from sidelines.layout import DOCUMENT_ID, LEGAL_ID, BuildFolder, is_reserved
from sidelines.model import Layer, Table
from sidelines.objects import sources_of
from sidelines.offsets import Bools, Ints, Texts
from sidelines.problems import Problem, Spot, names, pointer
from sidelines.settings import Settings
from sidelines.sources import Limits, UnreadableError
from sidelines.stores import Store
from sidelines.tablefile import UNREADABLE, Cursor, File, Wanted, cannot, opened
from sidelines.tables import Batch, Locator, documents_schema, table_schema

__all__ = ["ParquetReader"]

T = TypeVar("T")

BATCH_DOCUMENTS = 1000


class ParquetReader:
    """A build on disk: its metadata and model now, its documents when they are asked for, a batch at a time.

    `problems` holds what is wrong with the build as a whole: its metadata, its schemas, and the names of its files.
    `shards` are the names of its parts, which can be read each by itself; None stands for tables of one file each.
    """

    built = True

    def __init__(self, root: Path | Store, limits: Limits | None = None) -> None:
        self.root = root
        self.folder = BuildFolder(root)
        self.sources = sources_of(root, limits or Limits())
        self.settings = Settings(self.sources, "corpus.json")
        self.model, self.problems = self.settings.model, self.settings.problems
        self.metadata, self.name, self.version = self.settings.metadata, self.settings.name, self.settings.version
        self._wanted: dict[str, Wanted] = {}
        if "document" in self.model.metadata and self.settings.inside("parquet"):
            derived = schemas(self.model)
            self._wanted["documents"] = Wanted.of(
                metadata_columns(self.model.metadata["document"]), derived["documents"]
            )
            for name, table in self.model.tables.items():
                self._wanted[name] = Wanted.of(table_columns(table), derived[name])
        # What is derived may come from another layer: nothing is too much while the schema of one is not known.
        self._model_known = self.settings.layers_known and all(
            layer in self.model.layers for layer in self.settings.layers
        )
        self.shards: tuple[str | None, ...] = self._parts() if self._wanted else ()

    def places(self, part: str | None) -> BuildFolder:
        """Where the files of a shard, or of a batch, stand."""
        return BuildFolder(self.root, part)

    def parts(self, size: int | None, most: int) -> dict[str | None, str | None]:
        """The parts of a build of this one, which are its own, whatever size is meant."""
        if size is not None:
            raise SidelinesError(f"{self.root}: a build that is built again keeps its parts; leave their size out")
        return {shard: shard for shard in self.shards} or {None: None}

    def locator(self, batch: Batch) -> Locator:
        """A function that says where a value of a batch stands: in which file, and in which property of its row."""
        places = self.places(batch.part)

        def spot(document: int, table: Table | None, row: tuple[str | int, ...], at: tuple[str | int, ...]) -> Spot:
            return Spot(places.table("documents" if table is None else table.name), pointer(at))

        return spot

    @cached_property
    def count(self) -> int:
        """The number of documents, as far as they can be read."""
        return sum(self._try(lambda file: file.metadata.num_rows, shard) or 0 for shard in self.shards)

    @property
    def documents(self) -> tuple[str, ...]:
        """The ids of the documents, as far as they can be read."""
        parts = (self._try(lambda file: _ids(file.read(["document"])), shard) or () for shard in self.shards)
        return tuple(chain.from_iterable(parts))

    def batches(
        self, size: int = BATCH_DOCUMENTS, *, shards: Sequence[str | None] | None = None
    ) -> Iterator[tuple[Batch, list[Problem]]]:
        """Read the documents, `size` at a time, with the problems of their files and rows (P…, S1…).

        With `shards`, only those; nothing of a build without a sound schema of its documents' metadata.
        """
        for shard in (self.shards if shards is None else shards) if self._wanted else ():
            yield from _Part(self, shard).batches(size)

    def files(self, shard: str | None) -> Iterator[str]:
        """The paths of the files that a shard is read from."""
        yield from self.settings.files()
        yield from map(self.places(shard).table, self._wanted)

    # -- files ---------------------------------------------------------------------------------------------------------

    def _parts(self) -> tuple[str | None, ...]:
        """The names of the parts of all tables; what stands beside them, or beside the tables, is reported."""
        known = {f"{name}.parquet" for name in self._wanted}
        for entry in self.settings.entries("parquet") if self._model_known else ():
            if entry.name not in known:
                message = f"expected tables of the layers that corpus.json names, found {entry.name!r}"
                message += f"; {names(entry.name, known)}"
                self.problems.append(Problem("F002", "error", message, f"parquet/{entry.name}"))
        folders = [name for name in self._wanted if self.sources.is_folder(self.folder.table(name))]
        found: set[str] = set()
        for name in folders:
            path = self.folder.table(name)
            for entry in self.settings.entries(path):
                if entry.name.endswith(".parquet"):
                    found.add(entry.name)
                else:
                    message = f"expected the parts of a table, files such as part-00000.parquet, found {entry.name!r}"
                    self.problems.append(Problem("F002", "error", message, f"{path}/{entry.name}", table=name))
            if not found:
                message = f"expected the parts of a table in {path}, such as part-00000.parquet, found none"
                self.problems.append(Problem("F001", "error", message, path, table=name))
        return tuple(sorted(found)) if folders else (None,)

    def open(self, name: str, shard: str | None, problems: list[Problem]) -> File | None:
        """The file of a table, if its columns are in order; what is wrong otherwise is added to `problems`."""
        wanted, path = self._wanted[name], self.places(shard).table(name)
        make = partial(Problem, severity="error", path=path, table=name)
        try:
            place = self.sources.locate(path)
            with opened(place) as file:
                found, metadata = file.schema_arrow, file.metadata
        except FileNotFoundError:
            problems.append(make("F001", message=f"expected the file {path}, found none"))
        except UnreadableError as error:
            problems.append(make(error.code, message=error.message))
        except UNREADABLE as error:
            problems.append(make("P105", message=cannot(error)))
        else:
            faults = list(columns_off(found, wanted.columns, wanted.derived))
            if self._model_known:
                faults += columns_too_many(found, wanted.columns, wanted.derived)
            problems += [make("P001", message=fault) for fault in faults]
            if not faults:
                there = {key: kind for key, kind in wanted.derived.items() if key in found.names}
                return File(place, metadata, wanted.columns, there)
        return None

    def last_before(self, shard: str | None) -> str:
        """The id of the last document in the parts before; of what cannot be read, its own problems say more."""
        for earlier in reversed(self.shards[: self.shards.index(shard)]):
            ids = self._try(lambda file: _ids(file.read_row_group(file.num_row_groups - 1, ["document"])), earlier)
            if ids:
                return max(ids)
        return ""

    def _try(self, look: Callable[[pq.ParquetFile], T], shard: str | None) -> T | None:
        """Something about the file of documents; None if it cannot be read."""
        try:
            place = self.sources.locate(self.places(shard).table("documents"))
            with opened(place) as file:
                return look(file)
        except (UnreadableError, *UNREADABLE):
            return None


class _Part:
    """The tables of one shard, read together, in batches of documents."""

    def __init__(self, build: ParquetReader, shard: str | None) -> None:
        self.model, self.language = build.model, build.settings.language
        self.folder = build.places(shard)
        self.most = build.sources.limits.rows
        self.certain = True  # that every document has been found that rows of tables may belong to
        self.problems: list[Problem] = []  # since the last batch
        opened = ((name, build.open(name, shard, self.problems)) for name in ("documents", *build.model.tables))
        self.files = {name: file for name, file in opened if file is not None}
        self.last = build.last_before(shard) if "documents" in self.files else ""

    def batches(self, size: int) -> Iterator[tuple[Batch, list[Problem]]]:
        """One batch or more, the last of them perhaps without documents."""
        cursors = {name: Cursor(file) for name, file in self.files.items() if name != "documents"}
        some = False
        for piece in self._pieces(size) if "documents" in self.files else ():
            documents, unsound = self._documents(piece)
            if documents.num_rows:
                batch = self._batch(documents, cursors)
                self.last = batch.ids[-1]
                yield batch.without({}, unsound), self._told()
                some = True
        for name, cursor in cursors.items() if "documents" in self.files and self.certain else ():
            try:
                document = cursor.rest()
            except UNREADABLE as error:
                self._problem("P105", cannot(error), name)
            else:
                if document is not None:
                    self._strangers(name, document)
        if self.problems or not some:
            none = metadata_columns(self.model.metadata["document"])
            empty = pa.table({c.name: pa.nulls(0, columns.plain_type(c.node)) for c in none})
            yield self._batch(empty, {}), self._told()

    def _told(self) -> list[Problem]:
        told, self.problems = self.problems, []
        return told

    def _problem(
        self, code: str, message: str, table: str, document: str | None = None, id_: str | None = None,
        at: str | None = None,
    ) -> None:  # fmt: skip
        path = self.folder.table(table)
        self.problems.append(Problem(code, "error", message, path, at, None, None, document, table, id_))

    def _pieces(self, size: int) -> Iterator[pa.Table]:
        try:
            yield from self.files["documents"].pieces(size)
        except UNREADABLE as error:
            self._problem("P105", cannot(error), "documents")
            self.certain = False

    def _strangers(self, table: str, document: str) -> None:
        message = f"expected rows in the order of the documents, found rows of {document!r} out of their place"
        self._problem("P003", message, table, document)

    def _documents(self, piece: pa.Table) -> tuple[pa.Table, list[int]]:
        """The rows of `documents` that can be told apart, and which of them have a fault."""
        wanted, last = self.files["documents"].columns, self.last
        own = plain(arrow.whole(piece.column("document")), pa.string())
        misnamed = set(patterns.mismatches(DOCUMENT_ID, own))
        kept: list[int] = []
        bad: set[int] = set()
        for row, id_ in enumerate(arrow.python(own)):
            if id_ is None:
                self._problem("P002", "document: expected a value, found null", "documents")
            elif id_ <= last:
                message = f"expected documents in the order of their ids, each once, found {id_!r} after {last!r}"
                self._problem("P003", message, "documents", id_)
            else:
                if row in misnamed or is_reserved(id_):
                    self._problem("F003", f"document: expected {LEGAL_ID}, found {id_!r}", "documents", id_)
                    bad.add(len(kept))
                kept.append(row)
                last = id_
        if len(kept) < piece.num_rows:
            self.certain = False
            piece = piece.take(arrow.integers(np.array(kept, np.int64)))
        layer = self.model.metadata["document"]
        for row in sorted(ill_shaped(wanted, piece) - bad):
            self._faults(layer, (), "documents", wanted, piece.slice(row, 1), piece.column("document")[row].as_py())
            bad.add(row)
        return piece, sorted(bad)

    def _batch(self, documents: pa.Table, cursors: Mapping[str, Cursor]) -> Batch:
        wanted = metadata_columns(self.model.metadata["document"])
        made = [columns.typed(c.node, arrow.whole(documents.column(c.name))) for c in wanted[:-1]]
        ids = tuple(arrow.python(made[0]))
        data, bounds = arrow.utf8(arrow.whole(documents.column("text")))
        texts = Texts.index(data[bounds[0] : bounds[-1]], bounds - bounds[0])
        text = arrow.large_text(texts.data, texts.first)
        schema = documents_schema(self.model.metadata["document"])
        parts = {name: self._rows(table, ids, cursors.get(name)) for name, table in self.model.tables.items()}
        whole = {}
        for name, part in parts.items():
            whole[name] = part.read.copy()
            whole[name][list(part.lost)] = False
        return Batch(
            self.model, self.language, ids, texts, pa.Table.from_arrays([*made, text], schema=schema),
            {name: part.table for name, part in parts.items()}, {name: part.bounds for name, part in parts.items()},
            {name: part.lost for name, part in parts.items()},
            {name: part.read for name, part in parts.items()},
            {name: np.ones(part.table.num_rows, np.bool_) for name, part in parts.items()},
            whole, np.ones(len(ids), np.bool_), {name: part.derived for name, part in parts.items()},
            self.folder.part,
        )  # fmt: skip

    def _rows(self, table: Table, ids: tuple[str, ...], cursor: Cursor | None) -> _Rows:
        """The rows of one table that belong to these documents; nothing of a table in which they are out of place."""
        unread = np.zeros(len(ids), np.bool_)
        none = _Rows(table_schema(table).empty_table(), pa.table({}), np.zeros(len(ids) + 1, np.int64), {}, unread)
        if cursor is None or cursor.broken:
            return none
        try:
            rows = cursor.take(ids[-1])
        except UNREADABLE as error:
            cursor.broken = True
            self._problem("P105", cannot(error), table.name)
            return none
        owner = arrow.whole(rows.column("document"))
        for row in np.flatnonzero(~arrow.valid(owner)).tolist():
            self._problem(
                "P002", "document: expected a value, found null", table.name, None, rows.column("id")[row].as_py()
            )
        if owner.null_count:
            return none
        found = pc.index_in(owner.dictionary, value_set=arrow.strings(ids))
        document = np.where(arrow.valid(found), arrow.numbers(found), -1)[arrow.numbers(owner.indices)]
        if not self.certain:  # rows of documents that are left out are not astray
            rows, document = rows.filter(arrow.booleans(document >= 0)), document[document >= 0]
        astray = np.flatnonzero((document < 0) | (np.diff(document, prepend=0) < 0))
        if len(astray):
            self._strangers(table.name, rows.column("document")[int(astray[0])].as_py())
            return none
        bounds = np.searchsorted(document, np.arange(len(ids) + 1))
        read = np.diff(bounds) <= self.most
        for at in np.flatnonzero(~read).tolist():
            message = f"{table.name}: expected at most {self.most:,} rows of a document, found {np.diff(bounds)[at]:,}"
            self._problem("S107", message, table.name, ids[at])
        if not read.all():
            rows, document = rows.filter(arrow.booleans(read[document])), document[read[document]]
            bounds = np.searchsorted(document, np.arange(len(ids) + 1))
        lost: dict[int, tuple[tuple[int, str | None], ...]] = {}
        bad = sorted(ill_shaped(cursor.file.columns, rows))
        for row in bad:
            at = int(document[row])
            id_ = rows.column("id")[row].as_py()
            layer = self.model.layers[table.layer]
            self._faults(layer, (table.key, 0), table.name, cursor.file.columns, rows.slice(row, 1), ids[at], id_)
            lost[at] = (*lost.get(at, ()), (row - int(bounds[at]), id_))
        if bad:
            kept = np.setdiff1d(np.arange(rows.num_rows), bad)
            rows, document = rows.take(arrow.integers(kept)), document[kept]
            bounds = np.searchsorted(document, np.arange(len(ids) + 1))
        made = [columns.typed(c.node, arrow.whole(rows.column(c.name))) for c in cursor.file.columns[1:]]
        made.insert(0, arrow.strings(ids).take(arrow.integers(document)))
        typed = pa.Table.from_arrays(made, schema=table_schema(table))
        return _Rows(typed, rows.select(list(cursor.file.derived)), bounds, lost, read)

    def _faults(
        self, layer: Layer, at: tuple[str | int, ...], table: str, wanted: tuple[Column, ...], row: pa.Table,
        document: str, id_: str | None = None,
    ) -> None:  # fmt: skip
        """What is wrong with a row, in the words that JSON would get; of values that are missing, that alone."""
        plainly = [("P002", f"{name}: expected a value, found null") for name, _ in nulls(wanted, row)]
        plainly += [(code, message) for _, code, message in unwritable(wanted, row)]
        for code, message in plainly:
            self._problem(code, message, table, document, id_)
        if plainly:
            return
        from sidelines.shape import explain  # jsonschema is slow to import, and a build in order never needs it

        value: Any = as_json(layer.root if not at else layer.root[str(at[0])].items, row)
        for part in reversed(at):
            value = [value] if isinstance(part, int) else {part: value}
        for code, place, _, message in explain(layer, value):
            if place[: len(at)] == at and len(place) > len(at):
                name = f"{place[-1]}: " if isinstance(place[-1], str) else ""
                self._problem(code, name + message, table, document, id_, pointer(place[len(at) :]))


@dataclass(frozen=True, slots=True)
class _Rows:
    """One table of a batch: its sound rows, the columns derived of them, and what could not be read."""

    table: pa.Table
    derived: pa.Table
    bounds: Ints
    lost: Mapping[int, tuple[tuple[int, str | None], ...]]
    read: Bools


def _ids(rows: pa.Table) -> list[str]:
    """The ids of documents, those that are there."""
    return [id_ for id_ in arrow.python(plain(arrow.whole(rows.column(0)), pa.string())) if id_ is not None]
