"""One Parquet file of a table: whether it is in order, and its rows, a piece or a document at a time."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from sidelines import arrow, columns
from sidelines.conform import Column, plain
from sidelines.stores import StoredFile

__all__ = ["UNREADABLE", "Cursor", "File", "Wanted", "cannot", "opened"]

ROWS = 2**16  # that are read of a table at once, of one row group
UNREADABLE = (pa.ArrowException, OSError, ValueError, KeyError)  # what pyarrow raises for a file that is not in order


@dataclass(frozen=True, slots=True)
class Wanted:
    """The columns that a table must have, and those that may have been derived from it."""

    columns: tuple[Column, ...]
    derived: Mapping[str, pa.DataType]

    @classmethod
    def of(cls, wanted: tuple[Column, ...], schema: pa.Schema) -> Wanted:
        """Of the columns of a schema, those that are not wanted are derived."""
        own = {column.name for column in wanted}
        return cls(wanted, {field.name: field.type for field in schema if field.name not in own})


@dataclass(frozen=True, slots=True)
class File:
    """One Parquet file whose columns are in order: those of the schemas, then those that were derived."""

    place: str | StoredFile
    metadata: pq.FileMetaData
    columns: tuple[Column, ...]
    derived: Mapping[str, pa.DataType]

    def pieces(self, size: int) -> Iterator[pa.Table]:
        """Its rows, up to `size` at a time, with types as plain as those of JSON, dates and categories apart."""
        names = [*(column.name for column in self.columns), *self.derived]
        with opened(self.place, owners=True, metadata=self.metadata) as file:
            # Builds have a row group of each table for the same documents: its rows need not be put together again.
            for group in range(file.num_row_groups):
                for piece in file.iter_batches(size, row_groups=[group], columns=names):
                    piece.validate(full=True)
                    made = [column.taken(piece.column(column.name)) for column in self.columns]
                    made += [plain(piece.column(name), kind) for name, kind in self.derived.items()]
                    yield pa.Table.from_arrays(made, names=names)

    def plainly(self, piece: pa.Table) -> pa.Table:
        """The same rows without categories."""
        made = [column.plainly(arrow.whole(piece.column(column.name))) for column in self.columns]
        return pa.Table.from_arrays([*made, *piece.columns[len(made) :]], names=piece.column_names)

    def none(self) -> pa.Table:
        """No rows, with these columns."""
        made = {column.name: column.taken(pa.nulls(0, columns.plain_type(column.node))) for column in self.columns}
        return pa.table(made | {name: pa.nulls(0, kind) for name, kind in self.derived.items()})


class Cursor:
    """The rows of a file, taken document by document."""

    __slots__ = ("_pending", "_pieces", "broken", "file")

    def __init__(self, file: File) -> None:
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
            owner = arrow.whole(pending.column("document"))
            behind = np.append(arrow.truth(pc.greater(owner.dictionary, last)), False)
            later = np.flatnonzero(behind[np.where(arrow.valid(owner), arrow.numbers(owner.indices), -1)])
            if len(later):
                taken.append(pending.slice(0, int(later[0])))
                self._pending = pending.slice(int(later[0]))
                break
            taken.append(pending)
        if len({piece.schema for piece in taken}) > 1:  # what is no category is in some of them
            taken = [self.file.plainly(piece) for piece in taken]
        return pa.concat_tables(taken) if taken else self.file.none()

    def rest(self) -> str | None:
        """The document of the next row; None where there is none."""
        if self.broken:
            return None
        pending = self._pending if self._pending is not None else next(self._pieces, None)
        return None if pending is None or not pending.num_rows else str(pending.column("document")[0].as_py())


@contextmanager
def opened(
    place: str | StoredFile, owners: bool = False, metadata: pq.FileMetaData | None = None
) -> Iterator[pq.ParquetFile]:
    """A Parquet file, perhaps with whose the rows are as a dictionary; with its `metadata`, they are not read again."""
    read = ["document"] if owners else None
    with ExitStack() as stack:
        source: Any = place
        if isinstance(place, StoredFile):
            source = stack.enter_context(place.open())
        elif any("\ud800" <= character <= "\udfff" for character in place):
            source = stack.enter_context(open(place, "rb"))
        ahead = source is not place  # of a network, much at once is as fast as little
        options: dict[str, Any] = {"page_checksum_verification": True, "read_dictionary": read, "pre_buffer": ahead}
        yield stack.enter_context(pq.ParquetFile(source, metadata=metadata, **options))


def cannot(error: Exception) -> str:
    """What is said of a file that cannot be read to its end."""
    why = " ".join(str(error).split())[:200] or type(error).__name__
    return f"expected a Parquet file that can be read to its end, found: {why}"
