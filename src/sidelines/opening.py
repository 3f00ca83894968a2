"""A corpus opened by what it is: a folder of files, a build, or JSON Lines."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from pathlib import Path

from sidelines.layout import BUILD, FILES, LINES, find_form
from sidelines.lines import LinesReader
from sidelines.parquet import ParquetReader
from sidelines.reader import Reader
from sidelines.sources import Limits
from sidelines.stores import Store

__all__ = ["AnyReader", "open_corpus"]

AnyReader = Reader | ParquetReader | LinesReader
READERS: Mapping[str, Callable[[Path | Store, Limits | None], AnyReader]] = {
    FILES: Reader, BUILD: ParquetReader, LINES: LinesReader,
}  # fmt: skip


def open_corpus(path: str | os.PathLike[str] | Store | None = None, limits: Limits | None = None) -> AnyReader:
    """The reader of the corpus at `path`; without one, of the nearest upwards, else of the shipped one.

    Raises
    ------
    SidelinesError
        when there is neither a corpus, nor a build, nor JSON Lines at `path`.

    >>> open_corpus().name
    'sidelines'
    """
    root, form = find_form(path)
    return READERS[form](root, limits)
