"""A corpus opened by what it is: a folder of files, a build, or JSON Lines."""

from __future__ import annotations

import os

from sidelines.layout import find, is_build, is_lines
from sidelines.lines import LinesReader
from sidelines.parquet import ParquetReader
from sidelines.reader import Reader
from sidelines.sources import Limits
from sidelines.stores import Store

__all__ = ["AnyReader", "open_corpus"]

AnyReader = Reader | ParquetReader | LinesReader


def open_corpus(path: str | os.PathLike[str] | Store | None = None, limits: Limits | None = None) -> AnyReader:
    """The reader of the corpus at `path`; without one, of the nearest upwards, else of the shipped one.

    Raises
    ------
    SidelinesError
        when there is neither a corpus, nor a build, nor JSON Lines at `path`.

    >>> open_corpus().name
    'sidelines'
    """
    root = find(path)
    if is_build(root):
        return ParquetReader(root, limits)
    return LinesReader(root, limits) if is_lines(root) else Reader(root, limits)
