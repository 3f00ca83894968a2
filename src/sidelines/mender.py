"""Documents mended in memory, and checked again: what would bring a problem that was not there stays as it was."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from difflib import unified_diff
from pathlib import Path

from sidelines.causes import CAUSE
from sidelines.checker import check_batches
from sidelines.problems import Problem
from sidelines.reader import Reader
from sidelines.remedies import bytes_of, mended_file
from sidelines.selection import EVERY
from sidelines.sources import Limits, Sources

__all__ = ["Change", "Done", "Work", "is_hopeful", "mend_documents"]

LAYOUT = ("F108", "L001")
SINGLE = ("O001", "O002", "O003", "O004")


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
        old, new = (_lines(part.decode("utf-8", "replace")) for part in (self.before, self.after))
        made = unified_diff(old, new, self.path, self.path)
        return "".join(line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n" for line in made)


def _lines(text: str) -> list[str]:
    """The lines of a text with their ends, which are line feeds and nothing else."""
    *lines, last = text.split("\n")
    return [f"{line}\n" for line in lines] + [last] * bool(last)


@dataclass(frozen=True, slots=True)
class Work:
    """Documents, by their positions, that some process mends."""

    root: Path
    limits: Limits
    codes: frozenset[str]
    documents: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Done:
    """What was mended, and what is left of the problems of each document."""

    changes: list[Change]
    left: dict[str, list[Problem]]


def mend_documents(work: Work) -> Done:
    """Mend some documents, as far as they can be; nothing is written."""
    changed: dict[str, bytes] = {}
    corpus, sources = Reader(work.root, work.limits, changed), Sources(work.root, work.limits)
    before = _problems(corpus, work.documents)
    left = _mended(corpus, changed, before, work.codes)
    for at in work.documents:
        if _worse(before[at], left[at]):
            _restore(corpus, at, changed, {})
            left[at] = _mend_some(corpus, at, changed, before[at], work.codes, _keys(before[at], work.codes))
    changes = (Change(path, bytes_of(sources, path), after) for path, after in sorted(changed.items()))
    real = [change for change in changes if change.before != change.after]
    told = left if work.codes == EVERY else _problems(corpus, work.documents, work.codes)
    return Done(real, {corpus.documents[at]: problems for at, problems in told.items()})


def _mend_some(
    corpus: Reader, at: int, changed: dict[str, bytes], before: list[Problem], codes: frozenset[str], keys: list[Key]
) -> list[Problem]:
    """Mend those of some things that together do no harm, by halves; returns the problems that are left."""
    kept = dict(changed)
    after = _mended(corpus, changed, {at: before}, codes, frozenset(keys))[at]
    if not _worse(before, after):
        return after
    _restore(corpus, at, changed, kept)
    if len(keys) < 2:
        return before
    half = len(keys) // 2
    left = _mend_some(corpus, at, changed, before, codes, keys[:half])
    return _mend_some(corpus, at, changed, left, codes, keys[half:])


def _keys(problems: Iterable[Problem], codes: frozenset[str]) -> list[Key]:
    return list(dict.fromkeys(_key(problem) for problem in problems if is_hopeful(problem) and problem.code in codes))


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


def _problems(corpus: Reader, documents: Sequence[int], codes: frozenset[str] = EVERY) -> dict[int, list[Problem]]:
    """The problems of each of these documents, by their positions."""
    found: dict[str | None, list[Problem]] = {corpus.documents[at]: [] for at in documents}
    for _, problems in check_batches(corpus, [range(at, at + 1) for at in documents], codes):
        for problem in problems:
            found[problem.document].append(problem)
    return dict(zip(documents, found.values(), strict=True))


Key = tuple[str, str | None, str | None]


def _key(problem: Problem) -> Key:
    """What tells a problem from others, wherever its row stands."""
    return problem.code, problem.table or problem.path, problem.id


def _worse(before: Iterable[Problem], after: Iterable[Problem]) -> bool:
    """Whether there is a problem that was not there before, and not only hidden.

    Of a row that fails in its offsets, nothing else is judged. Its references and meaning were as they are; where its
    span now stands is to be judged, unless a whole layer was put in its place by a cause.
    """
    one, other = (Counter(_key(p) for problem in side for p in (problem, *problem.folded)) for side in (before, after))
    hidden = {key[1:] for key in one if key[0][0] == "O"}
    moved = any(key[0] == CAUSE for key in one)
    return any(
        not (code[0] in "LQRED" if moved else code[0] in "RED" and (table, id_) in hidden)
        for code, table, id_ in other - one
    )


def _mended(
    corpus: Reader,
    changed: dict[str, bytes],
    problems: Mapping[int, list[Problem]],
    codes: frozenset[str],
    only: frozenset[Key] | None = None,
) -> dict[int, list[Problem]]:
    """Mend documents, or some things in them, until nothing more can be; what that puts out of order is put in order.

    Takes and returns all problems of each. All that can be mended at a time is checked at a time.
    """

    def wanted(at: int, problem: Problem) -> bool:
        if problem.code in LAYOUT and any(path in changed for path in _paths(corpus, at)):
            return True
        if not is_hopeful(problem) or problem.code not in codes or not (only is None or _key(problem) in only):
            return False
        # Of a text that was changed, the words that stand elsewhere may be others, and those that were meant be gone.
        return not (_elsewhere(problem) and any(each.code == "T002" for each in problems[at]))

    left = dict(problems)
    told = left if codes == EVERY else _problems(corpus, list(left), codes | set(LAYOUT))
    seen: set[tuple[int, int]] = set()
    active = list(left)
    while active := [at for at in active if _step(corpus, changed, [p for p in told[at] if wanted(at, p)])]:
        told = _problems(corpus, active, codes | set(LAYOUT))
        left |= told if codes == EVERY else _problems(corpus, active)
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
        mended = mended_file(corpus, path, found)
        if mended is not None:
            changed[path] = mended
    return any(changed.get(path) != content for path, content in before.items())


def _elsewhere(problem: Problem) -> bool:
    """Whether a single span would go where it does not even touch the place that it has."""
    if problem.code not in SINGLE or problem.start is None or problem.end is None:
        return False
    return any(edit.start > problem.end or edit.end < problem.start for edit in problem.edits)


def is_hopeful(problem: Problem) -> bool:
    """Whether it may be that a problem can be mended; of a hash, only git knows."""
    return problem.fixable or problem.code == "T002"
