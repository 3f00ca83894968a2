"""Mend what has one certain answer: spans that stand elsewhere, white space, order, layout, a stale hash.

A repair never changes what an annotation says about the world, only where it stands.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import Any

import msgspec

from sidelines.checker import Progress, check, check_corpus
from sidelines.errors import SidelinesError, count
from sidelines.files import replace_file, sweep
from sidelines.jobs import each
from sidelines.layout import FILES, find_form
from sidelines.mender import Change, Work, is_hopeful, mend_documents
from sidelines.problems import Problem, Report
from sidelines.reader import Reader
from sidelines.remedies import bytes_of, changed_meanwhile, value_of
from sidelines.selection import Rules, preferences_at
from sidelines.sources import Limits, Sources
from sidelines.stores import Store
from sidelines.writer import laid_out, spare_installed

__all__ = ["Change", "Repair", "mend"]

SHARD_DOCUMENTS = 250


@dataclass(frozen=True, slots=True)
class Repair:
    """What `mend` did: the problems that there were, the files that changed, and the problems that are left."""

    before: Report
    changes: tuple[Change, ...]
    after: Report

    @property
    def mended(self) -> int:
        """How many problems there are no longer; those folded under another count."""
        return _number(self.before) - _number(self.after)


def mend(
    path: str | os.PathLike[str] | None = None,
    *,
    write: bool = True,
    select: Rules = None,
    ignore: Rules = None,
    severity: str | None = None,
    progress: Progress | None = None,
    limits: Limits | None = None,
    jobs: int | None = None,
    client: Any = None,
) -> Repair:
    """Check a corpus of files, and mend what has one certain answer.

    That is what `Problem.fixable` says, and a hash or a length in the metadata of a document whose text is committed to
    git as it is. Each file is replaced whole, or stays as it was. With `write=False` nothing is changed, and the result
    is what it would be.

    `select`, `ignore` and `severity` are as for `sidelines.check`: what is not reported is not mended. `progress`,
    `limits`, `jobs` and `client` are as there, too; `progress` is told of the documents that are checked, and then of
    those that are mended.

    Raises
    ------
    SidelinesError
        when there is no corpus at `path`, it is a build, JSON Lines, in an object store or part of an installation, or
        when a file cannot be written or was changed meanwhile.

    >>> mend(write=False).changes
    ()
    """
    root, form = find_form(path)
    if isinstance(root, Store) or form != FILES:
        what = "one in an object store" if isinstance(root, Store) else "a build or JSON Lines"
        raise SidelinesError(f"{root}: expected a corpus of files on the disk to mend, found {what}; mend its source")
    if write:
        spare_installed(root)
    chosen: dict[str, Any] = {"select": select, "ignore": ignore, "severity": severity}
    codes = preferences_at(root, limits, **chosen).codes
    before = check(root, progress=progress, limits=limits, jobs=jobs, client=client, **chosen)
    corpus = Reader(root, limits)
    whole = check_corpus(corpus, codes)
    changes = [*_tidied(corpus, whole)]
    hopeful = {problem.document for problem in before if is_hopeful(problem)}
    at = [position for position, name in enumerate(corpus.documents) if name in hopeful]
    shards = [at[first : first + SHARD_DOCUMENTS] for first in range(0, len(at), SHARD_DOCUMENTS)]
    work = [Work(root.absolute(), corpus.sources.limits, codes, tuple(shard)) for shard in shards]
    left: dict[str | None, list[Problem]] = {}
    for done in each(mend_documents, work, jobs, client):
        changes += done.changes
        left.update(done.left)
        if progress is not None:
            progress(len(left), len(at), sum(map(len, left.values())))
    tidy = Reader(root, limits, {change.path: change.after for change in changes})
    others = [problem for problem in _without(before, whole) if problem.document not in left]
    after = Report([*check_corpus(tidy, codes), *others, *chain(*left.values())], before.documents, before.rows)
    if write:
        _write(root, changes, corpus.sources.limits)
    return Repair(before, tuple(changes), after)


def _number(report: Iterable[Problem]) -> int:
    return sum(len(problem.folded) or 1 for problem in report)


def _without(report: Iterable[Problem], some: Sequence[Problem]) -> list[Problem]:
    """A report without some of its problems."""
    left = Counter(msgspec.json.encode(problem) for problem in some)
    kept = []
    for problem in report:
        key = msgspec.json.encode(problem) if some else b""
        if left[key] > 0:
            left[key] -= 1
        else:
            kept.append(problem)
    return kept


def _write(root: Path, changes: Sequence[Change], limits: Limits) -> None:
    for folder in {(root / change.path).parent for change in changes}:
        sweep(folder)
    sources = Sources(root, limits)
    for done, change in enumerate(changes):
        place = root / change.path
        try:
            if bytes_of(sources, change.path) != change.before:
                raise changed_meanwhile(change.path)
            replace_file(Path(os.path.realpath(place)) if place.is_symlink() else place, change.after)
        except SidelinesError as error:
            before = f"; {count(done, 'file')} of {len(changes)} had been mended before" if done else ""
            raise SidelinesError(f"{error}{before}") from error


def _tidied(corpus: Reader, problems: Iterable[Problem]) -> Iterator[Change]:
    """The files that belong to no document, in canonical form."""
    for problem in problems:
        if problem.code == "F108" and problem.document is None and problem.path is not None:
            raw = bytes_of(corpus.sources, problem.path)
            layer = corpus.model.metadata["corpus"] if problem.path == corpus.settings.file else None
            yield Change(problem.path, raw, laid_out(value_of(corpus.sources, problem.path), layer))
