"""One document of a corpus in memory: its text and its rows of every table."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa

from sidelines.checker import check_batches
from sidelines.derive import derive
from sidelines.errors import InvalidCorpusError, SidelinesError, count
from sidelines.model import Model
from sidelines.opening import AnyReader
from sidelines.problems import names
from sidelines.reader import Reader
from sidelines.rules.catalogue import RULES

__all__ = ["UNTRUE", "Document", "pick_document", "read_document"]

UNTRUE = frozenset("FSTO")  # families of the rules without which tables would not be true


@dataclass(frozen=True, slots=True, repr=False)
class Document:
    """A document: its `id`, its `text`, its rows of each table of `tables`, derived columns and all.

    `metadata` are the properties of its file, as far as they are there, and `model` is what the schemas say.
    """

    id: str
    text: str
    metadata: Mapping[str, Any]
    tables: Mapping[str, pa.Table]
    model: Model

    def __repr__(self) -> str:
        rows = ", ".join(f"{name} {table.num_rows}" for name, table in self.tables.items())
        return f"<Document {self.id}: {count(len(self.text), 'character')}; {rows}>"

    def _repr_html_(self) -> str:
        from sidelines.notebooks import document_html

        return document_html(self)


def pick_document(corpus: AnyReader, document: str | None) -> str:
    """The id of the document that is meant; where there is only one, it need not be named.

    Raises
    ------
    SidelinesError
        when there is no such document, or there are several to choose from; the message lists them.
    """
    documents = corpus.documents
    if document in documents:
        return str(document)
    if document is not None:
        raise SidelinesError(f"no document of {corpus.name}: {document!r}; {names(document, documents)}")
    if len(documents) == 1:
        return documents[0]
    few = ", ".join(documents[:10]) + (", …" if len(documents) > 10 else "")
    raise SidelinesError(f"expected a document as well, found {len(documents)} to choose from: {few}")


def read_document(corpus: AnyReader, document: str | None = None) -> Document:
    """Read one document: of a corpus of files nothing else, of another what comes before it as well.

    Raises
    ------
    SidelinesError
        as `pick_document` does.
    InvalidCorpusError
        when a file of it is not in order, its text is not the one that was annotated, or a span does not fit it (rules
        of the families F, S, T and O).
    """
    name = pick_document(corpus, document)
    shards = None
    if isinstance(corpus, Reader):
        at = corpus.documents.index(name)
        shards = [range(at, at + 1)]
    problems = [problem for problem in corpus.problems if problem.severity == "error"]
    codes = frozenset(code for code in RULES if code[0] in UNTRUE)
    batch = None
    for read, found in check_batches(corpus, shards, codes):
        problems += [problem for problem in found if problem.document in (name, None)]
        batch = read if name in read.ids else None
        if problems or batch is not None:
            break
    if problems or batch is None:
        said = "".join(
            f": {count(len(problems), 'problem')}, the first {problem.place}: {problem.code} {problem.message}"
            for problem in problems[:1]
        )
        raise InvalidCorpusError(f"{corpus.root}: {name} cannot be read{said}; `sidelines check` shows all", problems)
    at = batch.ids.index(name)
    bounds = {**batch.bounds, "documents": np.arange(len(batch.ids) + 1)}
    tables = {
        table: rows.slice(int(bounds[table][at]), int(bounds[table][at + 1] - bounds[table][at]))
        for table, rows in derive(batch).items()
    }
    row = tables["documents"]
    values = {name: row.column(name)[0].as_py() for name in row.column_names if name not in ("document", "text")}
    metadata = {name: value for name, value in values.items() if value is not None}
    return Document(name, batch.text(at), metadata, tables, batch.model)
