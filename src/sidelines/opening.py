"""A corpus opened by what it is: a folder of files, or a build."""

from __future__ import annotations

import os

from sidelines.layout import find, is_build
from sidelines.parquet import ParquetReader
from sidelines.reader import Reader
from sidelines.sources import Limits
from sidelines.stores import Store

__all__ = ["AnyReader", "open_corpus"]

AnyReader = Reader | ParquetReader


def open_corpus(path: str | os.PathLike[str] | Store | None = None, limits: Limits | None = None) -> AnyReader:
    """The reader of the corpus at `path`; without one, of the nearest upwards, else of the shipped one.

    Raises
    ------
    SidelinesError
        when there is neither a corpus nor a build at `path`.

    >>> open_corpus().name
    'sidelines'
    """
    root = find(path)
    return ParquetReader(root, limits) if is_build(root) else Reader(root, limits)
