"""Mend what has one certain answer: spans that stand elsewhere, white space, order, layout, a stale hash.

A repair never changes what an annotation says about the world, only where it stands. A document is mended in memory and
checked again; where something would be wrong that was not before, it stays as it was.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import unified_diff
from hashlib import sha256
from itertools import chain
from pathlib import Path
from typing import Any

from sidelines.checker import Progress, check, check_batches
from sidelines.errors import SidelinesError
from sidelines.files import replace_file, sweep
from sidelines.jobs import each
from sidelines.layout import FILES, find_form
from sidelines.model import Layer, Property, Table
from sidelines.problems import Problem, Report
from sidelines.reader import Reader
from sidelines.selection import Rules, preferences_at
from sidelines.sources import DEEPEST, Limits, Sources
from sidelines.stores import Store
from sidelines.strictjson import parse
from sidelines.versioned import is_committed
from sidelines.writer import canonical, laid_out

__all__ = ["Change", "Repair", "mend"]

BOM = b"\xef\xbb\xbf"
SHARD_DOCUMENTS = 250
LAYOUT = ("F108", "L001")


@dataclass(frozen=True, slots=True)
class Change:
    """A file that is mended: its path in the corpus, and what it held before and holds after."""

    path: str
    before: bytes
    after: bytes

    @property
    def diff(self) -> str:
        r"""The change as a unified diff.

        >>> print(Change("a.json", b"[1]\n", b"[2]\n").diff, end="")
        --- a.json
        +++ a.json
        @@ -1 +1 @@
        -[1]
        +[2]
        """
        old, new = (part.decode("utf-8", "replace").split("\n") for part in (self.before, self.after))
        return "".join(f"{line}\n" for line in unified_diff(old, new, self.path, self.path, lineterm=""))


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
    `limits`, `jobs` and `client` are as there, too.

    Raises
    ------
    SidelinesError
        when there is no corpus at `path`, it is a build, JSON Lines or in an object store, or a file cannot be written.

    >>> mend(write=False).changes
    ()
    """
    root, form = find_form(path)
    if isinstance(root, Store) or form != FILES:
        what = "one in an object store" if isinstance(root, Store) else "a build or JSON Lines"
        raise SidelinesError(f"{root}: expected a corpus of files on the disk to mend, found {what}; mend its source")
    chosen: dict[str, Any] = {"select": select, "ignore": ignore, "severity": severity}
    codes = preferences_at(root, limits, **chosen).codes
    before = check(root, progress=progress, limits=limits, jobs=jobs, client=client, **chosen)
    hopeful = {problem.document for problem in before if problem.document is not None and _hopeful(problem)}
    corpus = Reader(root, limits)
    changes = [*_tidied(corpus, before)]
    at = [position for position, name in enumerate(corpus.documents) if name in hopeful]
    shards = [at[first : first + SHARD_DOCUMENTS] for first in range(0, len(at), SHARD_DOCUMENTS)]
    work = [_Work(root.absolute(), corpus.sources.limits, codes, tuple(shard)) for shard in shards]
    left: dict[str, list[Problem]] = {}
    for done in each(_mend_shard, work, jobs, client):
        changes += done.changes
        left |= done.left
    if write:
        _write(root, changes)
    tidied = {change.path for change in changes}
    after = [p for p in before if p.document not in left and not (p.code == "F108" and p.path in tidied)]
    return Repair(before, tuple(changes), Report([*after, *chain(*left.values())], before.documents, before.rows))


def _number(report: Iterable[Problem]) -> int:
    return sum(len(problem.folded) or 1 for problem in report)


def _hopeful(problem: Problem) -> bool:
    return problem.fixable or problem.code == "T002"


def _write(root: Path, changes: Sequence[Change]) -> None:
    for folder in {(root / change.path).parent for change in changes}:
        sweep(folder)
    for change in changes:
        place = root / change.path
        replace_file(Path(os.path.realpath(place)) if place.is_symlink() else place, change.after)


def _tidied(corpus: Reader, problems: Iterable[Problem]) -> Iterator[Change]:
    """The files that belong to no document, in canonical form."""
    for problem in problems:
        if problem.code == "F108" and problem.document is None and problem.path is not None:
            raw = corpus.sources.read(problem.path)
            layer = corpus.model.metadata["corpus"] if problem.path == corpus.settings.file else None
            yield Change(problem.path, raw, canonical(raw, layer, corpus.sources.limits.depth))


# -- one document ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Work:
    """Documents, by their positions, that some process mends."""

    root: Path
    limits: Limits
    codes: frozenset[str]
    documents: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class _Done:
    """What was mended, and what is left of the problems of each document."""

    changes: list[Change]
    left: dict[str, list[Problem]]


def _mend_shard(work: _Work) -> _Done:
    changed: dict[str, bytes] = {}
    corpus, sources = Reader(work.root, work.limits, changed), Sources(work.root, work.limits)
    before = _problems(corpus, work.documents)
    left = _mended(corpus, changed, before, work.codes)
    for at in work.documents:
        if _worse(before[at], left[at]):
            _restore(corpus, at, changed, {})
            left[at] = _mend_singly(corpus, at, changed, before[at], work.codes)
    changes = (Change(path, sources.read(path), after) for path, after in sorted(changed.items()))
    real = [change for change in changes if change.before != change.after]
    told = {at: [problem for problem in problems if problem.code in work.codes] for at, problems in left.items()}
    return _Done(real, {corpus.documents[at]: problems for at, problems in told.items()})


def _mend_singly(
    corpus: Reader, at: int, changed: dict[str, bytes], before: list[Problem], codes: frozenset[str]
) -> list[Problem]:
    """Mend one thing after the other, where together they do harm; returns the problems that are left."""
    left, tried = before, set()
    while key := next((k for p in left if _hopeful(p) and p.code in codes and (k := _key(p)) not in tried), None):
        tried.add(key)
        kept = dict(changed)
        after = _mended(corpus, changed, {at: left}, codes, key)[at]
        if _worse(left, after):
            _restore(corpus, at, changed, kept)
        else:
            left = after
    return left


def _restore(corpus: Reader, at: int, changed: dict[str, bytes], kept: Mapping[str, bytes]) -> None:
    """Have the files of a document again as they were."""
    for path in _paths(corpus, at):
        changed.pop(path, None)
        if path in kept:
            changed[path] = kept[path]


def _paths(corpus: Reader, at: int) -> list[str]:
    document = corpus.documents[at]
    layers = (corpus.folder.layer(document, name) for name in corpus.layers)
    return [corpus.folder.metadata(document), *layers]


def _problems(corpus: Reader, documents: Sequence[int]) -> dict[int, list[Problem]]:
    """The problems of each of these documents, by their positions."""
    found: dict[str | None, list[Problem]] = {corpus.documents[at]: [] for at in documents}
    for _, problems in check_batches(corpus, [range(at, at + 1) for at in documents]):
        for problem in problems:
            found[problem.document].append(problem)
    return dict(zip(documents, found.values(), strict=True))


Key = tuple[str, str | None, str | None]


def _key(problem: Problem) -> Key:
    """What tells a problem from others, wherever its row stands."""
    return problem.code, problem.table or problem.path, problem.id


def _worse(before: Iterable[Problem], after: Iterable[Problem]) -> bool:
    """Whether there is a problem that there was not."""
    one, other = (Counter(_key(p) for problem in side for p in (problem, *problem.folded)) for side in (before, after))
    return bool(other - one)


def _mended(
    corpus: Reader,
    changed: dict[str, bytes],
    problems: Mapping[int, list[Problem]],
    codes: frozenset[str],
    only: Key | None = None,
) -> dict[int, list[Problem]]:
    """Mend documents, or one thing alone and what it puts out of order, until nothing more can be.

    Takes and returns the problems of each. All that can be mended at a time is checked at a time.
    """

    def wanted(problem: Problem) -> bool:
        this = only is None or _key(problem) == only or problem.code in LAYOUT
        return this and problem.code in codes and _hopeful(problem)

    left = dict(problems)
    seen: set[tuple[int, int]] = set()
    active = list(left)
    while active := [at for at in active if _step(corpus, changed, list(filter(wanted, left[at])))]:
        left |= _problems(corpus, active)
        states = [(at, hash(tuple(changed.get(path) for path in _paths(corpus, at)))) for at in active]
        active = [at for at, state in zip(active, states, strict=True) if state not in seen]  # or it goes in circles
        seen.update(states)
    return left


def _step(corpus: Reader, changed: dict[str, bytes], problems: Sequence[Problem]) -> bool:
    """Mend these problems, as far as they can be; returns whether anything changed."""
    files: dict[str, list[Problem]] = {}
    for problem in problems:
        files.setdefault(problem.path or "", []).append(problem)
    before = {path: changed.get(path) for path in files}
    for path, found in files.items():
        mended = _mended_file(corpus, path, found)
        if mended is not None:
            changed[path] = mended
    return any(changed.get(path) != content for path, content in before.items())


def _mended_file(corpus: Reader, path: str, problems: Sequence[Problem]) -> bytes | None:
    """A file with its problems mended, in canonical form; None where nothing can be done."""
    raw = corpus.sources.read(path)
    if any(problem.code == "F102" for problem in problems):
        return raw.removeprefix(BOM)
    document = problems[0].document or ""
    layer = _layer(corpus, path, document)
    file = _File(corpus, document, layer, parse(raw, DEEPEST).value)
    # Once rows are sorted, no other problem's pointer leads to its row any more.
    hopes = [REPAIRS[problem.code](file, problem) for problem in sorted(problems, key=lambda p: p.code == "L001")]
    return laid_out(file.value, layer) if any(hopes) else None


def _layer(corpus: Reader, path: str, document: str) -> Layer:
    if path == corpus.folder.metadata(document):
        return corpus.model.metadata["document"]
    return next(layer for name, layer in corpus.model.layers.items() if corpus.folder.layer(document, name) == path)


@dataclass(frozen=True, slots=True)
class _File:
    """A file of a document that is being mended: its value is changed in place."""

    corpus: Reader
    document: str
    layer: Layer
    value: Any

    @property
    def raw_text(self) -> bytes:
        return self.corpus.sources.read(self.corpus.folder.text(self.document))

    def at(self, pointer: str) -> Any:
        found = self.value
        for part in pointer.split("/")[1:]:
            name = part.replace("~1", "/").replace("~0", "~")
            found = found[int(name)] if isinstance(found, list) else found[name]
        return found


# -- repairs: each changes a file's value, and says whether it may have ------------------------------------------------


def _put(file: _File, problem: Problem) -> bool:
    text = file.raw_text.decode("utf-8")
    for edit in problem.edits:
        span = file.at(edit.pointer)
        span["start"], span["end"], span["text"] = edit.start, edit.end, text[edit.start : edit.end]
    return bool(problem.edits)


def _sort(file: _File, problem: Problem) -> bool:
    table = next(table for table in file.layer.tables if table.name == problem.table)
    rows = file.value[table.key]
    listed = [
        row[member.name] for row in rows for member in table.row.properties if member.spans and member.name in row
    ]
    by = table.sorts_by
    first = [_first(row, by, table) for row in rows] if by is not None else []
    if not all(map(_is_span, chain(first, *listed))):
        return False  # of what is not of its schema's shape, the order cannot be known
    for spans in listed:
        spans.sort(key=_order)
    if by is not None:
        rows.sort(key=lambda row: _order(_first(row, by, table)))
    return True


def _first(row: Any, by: Property, table: Table) -> Any:
    """The span that a row is sorted by; None where it has none."""
    if by is table.row:
        return row
    found = row.get(by.name)
    return next(iter(found), None) if by.spans and isinstance(found, list) else found


def _is_span(value: Any) -> bool:
    return isinstance(value, dict) and all(type(value.get(name)) is int for name in ("start", "end"))


def _order(span: Any) -> tuple[int, int]:
    return span["start"], -span["end"]


def _lay_out(file: _File, problem: Problem) -> bool:
    return True


def _count(file: _File, problem: Problem) -> bool:
    file.value["characters"] = len(file.raw_text.decode("utf-8"))
    return True


def _hash(file: _File, problem: Problem) -> bool:
    raw, path = file.raw_text, file.corpus.folder.text(file.document)
    root = file.corpus.root
    if not isinstance(root, Path) or not is_committed(root, path, raw):
        return False
    file.value["sha256"] = sha256(raw).hexdigest()
    return _count(file, problem)


REPAIRS: Mapping[str, Callable[[_File, Problem], bool]] = {
    "F108": _lay_out,
    "T002": _hash,
    "T003": _count,
    "O001": _put,
    "O002": _put,
    "O003": _put,
    "O004": _put,
    "O005": _put,
    "O006": _put,
    "L001": _sort,
}
