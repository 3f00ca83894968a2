"""Tables of Parquet files, read for a join part by part: the parts of one name have the rows of the same documents."""

from __future__ import annotations

import os
from collections.abc import Callable, Collection
from typing import Any

import pyarrow as pa

from sidelines.errors import SidelinesError
from sidelines.files import reason
from sidelines.problems import names
from sidelines.stores import Store, StoredFile, place
from sidelines.tablefile import UNREADABLE, opened

__all__ = ["Named", "PartedTable", "parted"]

Named = str | os.PathLike[str]
ENDING = ".parquet"


class PartedTable:
    """A table by its path or URI: a Parquet file, or a folder of parts."""

    def __init__(self, path: Named) -> None:
        self.place = place(os.fspath(path))
        try:
            self.parts: tuple[str, ...] = tuple(self._parts())
        except OSError as error:
            why = f"expected a Parquet file, or a folder of them: {reason(error)}"
            raise SidelinesError(f"{self.place}: {why}") from error
        if not self.parts:
            raise SidelinesError(f"{self.place}: expected the parts of a table, such as part-00000.parquet, found none")

    def _parts(self) -> list[str]:
        if isinstance(self.place, Store):
            if self.place.info("").is_file:
                return [""]
            found = [name for name, info in self.place.list("") if info.is_file]
        else:
            if not self.place.is_dir():
                os.stat(self.place)
                return [""]
            found = os.listdir(self.place)
        return sorted(name for name in found if not name or (name.endswith(ENDING) and not name.startswith(".")))

    def schema(self) -> pa.Schema:
        """The columns of the first part."""
        return self._read(self.parts[0], lambda file: file.schema_arrow)

    def read(self, part: str, columns: Collection[str]) -> pa.Table:
        """The rows of a part, with those of these columns that there are."""
        return self._read(part, lambda file: file.read([n for n in file.schema_arrow.names if n in columns]))

    def _read(self, part: str, how: Callable[[Any], Any]) -> Any:
        at: str | StoredFile = StoredFile(self.place, part) if isinstance(self.place, Store) else str(self.place / part)
        try:
            with opened(at) as file:
                return how(file)
        except UNREADABLE as error:
            where = f"{self.place}/{part}".rstrip("/")
            raise SidelinesError(f"{where}: expected a Parquet file that can be read to its end: {error}") from error


def parted(left: Named, right: Named) -> tuple[PartedTable, PartedTable]:
    """The two tables of a join, whose parts have to be the same."""
    sides = PartedTable(left), PartedTable(right)
    for one, other in (sides, sides[::-1]):
        alone = next((part for part in one.parts if part not in other.parts), None)
        if alone is not None and "" not in (*one.parts, *other.parts):
            near = names(alone, other.parts)
            raise SidelinesError(f"{other.place}: expected the part {alone!r}, as in {one.place}, found none; {near}")
    if sides[0].parts != sides[1].parts:
        raise SidelinesError(f"{left} and {right}: expected two files, or two folders of parts, found one of each")
    return sides
