"""Run the rules over a corpus, phase by phase, and say of each finding where it stands."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import chain
from pathlib import Path
from typing import Any

import numpy as np

from sidelines import arrow
from sidelines.causes import CAUSE, FOLDED, Found, fold
from sidelines.contexts import Contexts
from sidelines.jobs import each, single
from sidelines.opening import AnyReader, open_corpus
from sidelines.problems import Edit, Problem, Report, Spot
from sidelines.reader import Reader
from sidelines.rules.catalogue import PHASES, RULES
from sidelines.rules.finding import Finding
from sidelines.selection import EVERY, Rules, preferences
from sidelines.sources import Limits
from sidelines.stores import Store
from sidelines.tables import Batch

__all__ = ["Progress", "Work", "check", "check_batches", "check_corpus"]

Progress = Callable[[int, int, int], None]  # documents done, documents in all, problems so far


def check(
    path: str | os.PathLike[str] | None = None,
    *,
    select: Rules = None,
    ignore: Rules = None,
    severity: str | None = None,
    progress: Progress | None = None,
    limits: Limits | None = None,
    jobs: int | None = None,
    client: Any = None,
) -> Report:
    """Check a corpus: every file, every offset, every rule.

    Parameters
    ----------
    path:
        a corpus folder, a build, or a folder of JSON Lines (`corpus.json`, `schema/`, and `jsonl/` with a document and
        its layers a line); without one the corpus that the working directory is in, else the shipped one.
    select, ignore:
        the rules that are reported and those that are not, by their codes or how these begin, such as the letter of a
        family; in a sequence, or in a string with commas. The more specific wins. Without them it is as the corpus says
        in `check` of its corpus.json, or in `tool.sidelines` of a pyproject.toml beside it, else every rule.
    severity:
        the least that is reported, "error" or "warning".
    progress:
        called after each batch or shard with the number of documents done, of all documents, and of problems so far.
    limits:
        how large files, lines of JSON and tables may be, if not as `Limits()` has it.
    jobs:
        how many processes check shards of the corpus at the same time; without it as many as there are cores. The
        report is the same for any number.
    client:
        a `distributed.Client` whose workers, which must see `path` as well, do it instead.

    Returns
    -------
    The report: a sequence of `Problem`; `report.ok` when there is no error.

    Raises
    ------
    SidelinesError
        when there is no corpus at `path`, `jobs` is not at least 1, or there is no such rule, severity or setting.

    >>> check().ok, check(select="O,F108", ignore=["O005"]).ok
    (True, True)
    """
    corpus = open_corpus(path, limits)
    given: dict[str, Any] = {"select": select, "ignore": ignore, "severity": severity}
    codes = preferences(corpus.sources, corpus.settings.file, corpus.built, **given).codes
    problems = check_corpus(corpus, codes)
    rows: Counter[str] = Counter()
    done = 0
    for piece in _pieces(corpus, codes, jobs, client):
        problems += piece.problems
        done += piece.documents
        rows.update(piece.rows)
        if progress is not None:
            progress(done, corpus.count, len(problems))
    return Report(problems, corpus.count, dict(rows))


@dataclass(frozen=True, slots=True)
class _Checked:
    """What was found in a batch, or in a shard: its problems, how many documents and rows it has."""

    problems: list[Problem]
    documents: int
    rows: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Work:
    """A shard of a corpus to be worked on by some process; `run` tells the runs apart, of which each reads anew.

    `codes` are the rules whose problems are wanted.
    """

    corpus: Path | Store
    limits: Limits
    shard: Any
    run: str
    codes: frozenset[str] = EVERY

    def open(self) -> AnyReader:
        """The corpus; opened once in each process."""
        return _opened(self.corpus, self.limits, self.run)

    @classmethod
    def of(cls, corpus: AnyReader, shards: Iterable[Any], codes: frozenset[str] = EVERY) -> list[Work]:
        """The work on some shards of a corpus."""
        root = corpus.root.absolute() if isinstance(corpus.root, Path) else corpus.root
        run = os.urandom(8).hex()
        return [cls(root, corpus.sources.limits, shard, run, codes) for shard in shards]


@lru_cache(maxsize=1)
def _opened(root: Path | Store, limits: Limits, run: str) -> AnyReader:
    return open_corpus(root, limits)


def _pieces(corpus: AnyReader, codes: frozenset[str], jobs: int | None, client: Any) -> Iterator[_Checked]:
    if single(len(corpus.shards), jobs, client):
        return map(_checked, check_batches(corpus, codes=codes))
    return each(_check_shard, Work.of(corpus, corpus.shards, codes), jobs, client)


def _checked(batch_and_problems: tuple[Batch, list[Problem]]) -> _Checked:
    batch, problems = batch_and_problems
    return _Checked(problems, len(batch.ids), {table: int(bounds[-1]) for table, bounds in batch.bounds.items()})


def _check_shard(work: Work) -> _Checked:
    parts = list(map(_checked, check_batches(work.open(), [work.shard], work.codes)))
    rows: Counter[str] = Counter()
    for part in parts:
        rows.update(part.rows)
    problems = list(chain.from_iterable(part.problems for part in parts))
    return _Checked(problems, sum(part.documents for part in parts), rows)


def check_corpus(corpus: AnyReader, codes: frozenset[str] = EVERY) -> list[Problem]:
    """The problems of a corpus as a whole, of those rules: its metadata, schemas, names of files, version."""
    problems = list(corpus.problems)
    if "version" in corpus.metadata and not corpus.built:
        for code in ("C001", "C002"):
            problems += RULES[code].load()(corpus.sources, corpus.settings.file, corpus.version)
    return [problem for problem in problems if problem.code in codes]


def check_batches(
    corpus: AnyReader, shards: Sequence[Any] | None = None, codes: frozenset[str] = EVERY
) -> Iterator[tuple[Batch, list[Problem]]]:
    """Each batch of a corpus, or of some of its shards, with the problems of its documents that those rules find."""
    for batch, problems in corpus.batches(shards=shards):
        told = [problem for problem in problems if problem.code in codes]
        yield batch, [*told, *_check_batch(corpus, batch, codes)]


def _check_batch(corpus: AnyReader, batch: Batch, codes: frozenset[str]) -> list[Problem]:
    locate = _Locator(corpus, batch)
    found: list[Found] = []
    whole = batch
    needed = codes.union(FOLDED) if CAUSE in codes else codes
    # A rule that is ignored still keeps the rows that it fails from the phases after it.
    wanted = max((at for at, phase in enumerate(PHASES, 1) if not needed.isdisjoint(phase)), default=0)
    for phase in PHASES[:wanted]:
        failed: dict[str, set[int]] = {}
        documents: set[int] = set()
        for code in phase:
            told = code in needed
            if not told and (phase is PHASES[wanted - 1] or RULES[code].severity == "warning"):
                continue
            for finding in RULES[code].load()(batch):
                if told:
                    found.append(Found(code, finding))
                if RULES[code].severity == "warning":
                    continue
                if finding.table == "documents":
                    documents.add(finding.row or 0)
                elif finding.row is not None:
                    failed.setdefault(finding.table, set()).add(finding.row)
        if failed or documents:
            batch = batch.without({t: np.array(sorted(rows)) for t, rows in failed.items()}, sorted(documents))
    told_ = fold(whole, found) if CAUSE in codes else found
    return [locate(each.among(codes), batch) for each in told_ if each.code in codes]


class _Locator:
    """Turns a finding into a problem: file, pointer, line and column, document, id and span."""

    def __init__(self, corpus: AnyReader, batch: Batch) -> None:
        self.spot = corpus.locator(batch)
        self.mendable = isinstance(corpus, Reader) and isinstance(corpus.root, Path)
        self.contexts = Contexts(batch)

    def __call__(self, found: Found, batch: Batch) -> Problem:
        finding = found.finding
        folded = tuple(self(each, batch) for each in found.folded)
        if finding.table == "documents":
            row = finding.row or 0
            return self._problem(found.code, finding, self.spot(row, None, (), finding.at), batch, row)
        table = batch.model.tables[finding.table]
        if finding.row is None:
            at = finding.document or 0
            return self._problem(found.code, finding, self.spot(at, table, (), (table.key,)), batch, at, table.name)
        at = int(batch.document(table.name)[finding.row])
        spot = self._spot(batch, at, finding.table, finding.row, finding.at)
        id_ = batch.column(table.name, "id")[finding.row].as_py()
        if finding.start is None and table.row.span:
            start, end = (int(arrow.numbers(batch.column(table.name, name))[finding.row]) for name in ("start", "end"))
            finding = replace(finding, start=start, end=end)
        edits = tuple(
            Edit(self._spot(batch, at, place.table, place.row, place.at).pointer, place.start, place.end)
            for place in finding.places
        )
        return self._problem(found.code, finding, spot, batch, at, table.name, id_, edits, folded)

    def _spot(self, batch: Batch, document: int, name: str, row: int, at: tuple[str | int, ...]) -> Spot:
        table = batch.model.tables[name]
        return self.spot(document, table, (table.key, batch.ordinal(name, row)), at)

    def _problem(
        self, code: str, finding: Finding, spot: Spot, batch: Batch, document: int, table: str | None = None,
        id_: str | None = None, edits: tuple[Edit, ...] = (), folded: tuple[Problem, ...] = (),
    ) -> Problem:  # fmt: skip
        at, context = None, ""
        if finding.start is not None and finding.end is not None:
            at, context = self.contexts.around(document, finding.start, finding.end)
        return Problem(
            code, RULES[code].severity, finding.message, *spot, batch.ids[document], table, id_,
            finding.start, finding.end, finding.fix, finding.fixable and self.mendable, edits,
            context or None, at if context else None, folded,
        )  # fmt: skip
