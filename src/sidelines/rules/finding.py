"""What a rule yields: the row, where in it, and what was expected and found. The checker adds paths and lines."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

from sidelines.tables import Batch

__all__ = ["Finding", "Path", "Place", "RuleFunction"]

Path = tuple[str | int, ...]


class Place(NamedTuple):
    """Where the span at `at` in row `row` of a table stands in truth, in code points."""

    table: str
    row: int
    at: Path
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Finding:
    """A fault in row `row` of `table`, at `at` inside the row; `start` and `end` are code points of the document.

    `document` is given where no row is meant: then the fault is the whole table's, or with the table `documents` that
    of the text or its metadata.
    """

    table: str
    row: int | None
    message: str
    at: Path = ()
    document: int | None = None
    start: int | None = None
    end: int | None = None
    fix: str | None = None
    fixable: bool = False
    places: tuple[Place, ...] = ()


RuleFunction = Callable[[Batch], Iterator[Finding]]
