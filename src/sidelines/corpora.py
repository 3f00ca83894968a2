"""A corpus in memory: what `sidelines.read` returns."""

from __future__ import annotations

import os
from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from sidelines.checker import check_batches
from sidelines.derive import derive
from sidelines.documents import UNTRUE, Document, read_document
from sidelines.errors import InvalidCorpusError, count
from sidelines.frames import pick_table, to_frame
from sidelines.opening import AnyReader, open_corpus
from sidelines.sources import Limits
from sidelines.stores import Store

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Corpus", "read"]


def read(path: str | os.PathLike[str] | None = None, *, limits: Limits | None = None) -> Corpus:
    """Open a corpus folder, a build, or a folder of JSON Lines.

    Without a path it is the corpus around the working directory, else the shipped one. `path` may be the URI of a
    folder in an object store: `s3://bucket/folder`, `gs://bucket/folder`, or another that
    `pyarrow.fs.FileSystem.from_uri` knows.

    `limits` say how large files, lines of JSON and tables may be, if not as `Limits()` has it.

    Raises
    ------
    SidelinesError
        when there is no corpus at `path`.

    >>> corpus = read()
    >>> corpus.name, corpus.tables["quotes"].num_rows
    ('sidelines', 20)
    """
    return Corpus(open_corpus(path, limits))


class Corpus:
    """A corpus on disk: its metadata now, its tables when they are asked for."""

    def __init__(self, reader: AnyReader) -> None:
        self._reader = reader

    def __repr__(self) -> str:
        documents = count(self._reader.count, "document")
        return f"<Corpus {self.name} {self.version}: {documents}, {', '.join(self.table_names)}>"

    def _repr_html_(self) -> str:
        from sidelines.notebooks import corpus_html

        return corpus_html(self)

    @property
    def root(self) -> Path | Store:
        """The folder that holds `corpus/`, `schema/` and `annotations/`, or is a build or one of JSON Lines."""
        return self._reader.root

    @property
    def name(self) -> str:
        """The name in `corpus.json`."""
        return self._reader.name

    @property
    def version(self) -> str:
        """The version in `corpus.json`."""
        return self._reader.version

    @property
    def metadata(self) -> Mapping[str, Any]:
        """The properties of `corpus.json`."""
        return self._reader.metadata

    @property
    def documents(self) -> tuple[str, ...]:
        """The ids of the documents."""
        return self._reader.documents

    @property
    def table_names(self) -> tuple[str, ...]:
        """The names of the tables, `documents` first."""
        return ("documents", *self._reader.model.tables)

    @cached_property
    def tables(self) -> Mapping[str, pa.Table]:
        """Every table, `documents` first, with the derived columns, in memory.

        Raises
        ------
        InvalidCorpusError
            when a file is not in order, a text is not the one that was annotated, or a span does not fit its text
            (rules of the families F, S, T and O): tables of such a corpus would not be true.
        """
        problems = [problem for problem in self._reader.problems if problem.severity == "error"]
        parts: dict[str, list[pa.Table]] = {}
        for batch, faults in check_batches(self._reader):
            problems += [problem for problem in faults if problem.code[0] in UNTRUE]
            if not problems:
                for name, table in derive(batch).items():
                    parts.setdefault(name, []).append(table)
        if problems:
            first = problems[0]
            message = (
                f"{self.root}: {count(len(problems), 'problem')}, the first {first.place}: {first.code} {first.message}"
            )
            raise InvalidCorpusError(f"{message}; `sidelines check` shows all", problems)
        return {name: pa.concat_tables(tables) for name, tables in parts.items()}

    def document(self, id: str | None = None) -> Document:
        """One document, with its rows of every table; the only one need not be named.

        Raises
        ------
        SidelinesError
            when there is no such document, or there are several; the message lists them.
        InvalidCorpusError
            as for `tables`, for this document alone.

        >>> document = read().document("trump-putin-paris-2018")
        >>> document.tables["quotes"].num_rows, document.text[:12]
        (20, 'Trump, Putin')
        """
        return read_document(self._reader, id)

    def frame(self, table: str) -> pd.DataFrame:
        """One table as a pandas DataFrame, typed as `sidelines.load` has it.

        Raises
        ------
        SidelinesError
            when there is no such table; the message lists those that there are.
        InvalidCorpusError
            as for `tables`.
        """
        return to_frame(pick_table(self.tables, table))
