"""Run the rules over a corpus, phase by phase, and say of each finding where it stands."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import lru_cache

import numpy as np

from sidelines import arrow
from sidelines.opening import AnyReader, open_corpus
from sidelines.problems import Problem, Report, pointer
from sidelines.reader import Reader
from sidelines.rules.catalogue import PHASES, RULES
from sidelines.rules.finding import Finding
from sidelines.sources import DEEPEST, Limits, UnreadableError
from sidelines.strictjson import JSONFault, Tree, parse
from sidelines.tables import Batch

__all__ = ["Progress", "check", "check_batches", "check_corpus"]

Progress = Callable[[int, int, int], None]  # documents done, documents in all, problems so far


def check(
    path: str | os.PathLike[str] | None = None, *, progress: Progress | None = None, limits: Limits | None = None
) -> Report:
    """Check a corpus: every file, every offset, every rule.

    Parameters
    ----------
    path:
        a corpus folder; without one the corpus that the working directory is in, else the shipped one.
    progress:
        called after each batch with the number of documents done, of all documents, and of problems so far.
    limits:
        how large files and tables may be, if not as `Limits()` has it.

    Returns
    -------
    The report: a sequence of `Problem`; `report.ok` when there is no error.

    Raises
    ------
    SidelinesError
        when there is no corpus at `path`.

    >>> check().ok
    True
    """
    corpus = open_corpus(path, limits)
    problems = check_corpus(corpus)
    rows: dict[str, int] = {}
    done = 0
    for batch, found in check_batches(corpus):
        problems += found
        done += len(batch.ids)
        for table, bounds in batch.bounds.items():
            rows[table] = rows.get(table, 0) + int(bounds[-1])
        if progress is not None:
            progress(done, corpus.count, len(problems))
    return Report(problems, corpus.count, rows)


def check_corpus(corpus: AnyReader) -> list[Problem]:
    """The problems of a corpus as a whole: its metadata, schemas, names of files, version."""
    problems = list(corpus.problems)
    if "version" in corpus.metadata and isinstance(corpus, Reader):
        for code in ("C001", "C002"):
            problems += RULES[code].load()(corpus.sources, corpus.version)
    return problems


def check_batches(corpus: AnyReader) -> Iterator[tuple[Batch, list[Problem]]]:
    """Each batch of a corpus with the problems of its documents."""
    for batch, problems in corpus.batches():
        yield batch, [*problems, *_check_batch(corpus, batch)]


def _check_batch(corpus: AnyReader, batch: Batch) -> list[Problem]:
    locate = _Locator(corpus)
    problems: list[Problem] = []
    for phase in PHASES:
        failed: dict[str, set[int]] = {}
        documents: set[int] = set()
        for code in phase:
            for finding in RULES[code].load()(batch):
                problems.append(locate(code, batch, finding))
                if RULES[code].severity == "warning":
                    continue
                if finding.table == "documents":
                    documents.add(finding.row or 0)
                elif finding.row is not None:
                    failed.setdefault(finding.table, set()).add(finding.row)
        if failed or documents:
            batch = batch.without({t: np.array(sorted(rows)) for t, rows in failed.items()}, sorted(documents))
    return problems


class _Locator:
    """Turns a finding into a problem: file, pointer, line and column, document, id and span."""

    def __init__(self, corpus: AnyReader) -> None:
        self.corpus = corpus
        self.tree = lru_cache(maxsize=64)(self._tree)

    def __call__(self, code: str, batch: Batch, finding: Finding) -> Problem:
        if finding.table == "documents":
            document = batch.ids[finding.row or 0]
            return self._problem(code, finding, self.corpus.folder.metadata(document), finding.at, document)
        table = batch.model.tables[finding.table]
        if finding.row is None:
            document = batch.ids[finding.document or 0]
            path = self.corpus.folder.rows(document, table.layer, table.name)
            return self._problem(code, finding, path, (table.key,), document, table.name)
        document = batch.ids[int(batch.document(table.name)[finding.row])]
        path = self.corpus.folder.rows(document, table.layer, table.name)
        row = (table.key, batch.ordinal(table.name, finding.row)) if isinstance(self.corpus, Reader) else ()
        at = (*row, *finding.at)
        id_ = batch.column(table.name, "id")[finding.row].as_py()
        if finding.start is None and table.row.span:
            start, end = (int(arrow.numbers(batch.column(table.name, name))[finding.row]) for name in ("start", "end"))
            finding = replace(finding, start=start, end=end)
        return self._problem(code, finding, path, at, document, table.name, id_)

    def _problem(
        self,
        code: str,
        finding: Finding,
        path: str,
        at: tuple[str | int, ...],
        document: str,
        table: str | None = None,
        id_: str | None = None,
    ) -> Problem:
        tree = self.tree(path) if isinstance(self.corpus, Reader) else None
        line, column = tree.position(at) if tree is not None else (None, None)
        return Problem(
            code, RULES[code].severity, finding.message, path, pointer(at), line, column, document, table, id_,
            finding.start, finding.end, finding.fix,
        )  # fmt: skip

    def _tree(self, path: str) -> Tree | None:
        try:
            return parse(self.corpus.sources.read(path), DEEPEST)
        except (FileNotFoundError, UnreadableError, JSONFault):
            return None  # the file changed while it was being checked
