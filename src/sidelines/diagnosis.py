"""Why many spans do not fit: one cause that explains them together, proven by their surfaces.

Two kinds of causes are known: offsets that were counted otherwise (`sidelines.readings`), and a text that was edited
after it was annotated, so that from some character on all offsets are off by the same number.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from sidelines.offsets import Bools, Ints
from sidelines.readings import Reading, Variant, readings, variants
from sidelines.surfaces import NEARBY, fits

__all__ = ["Cause", "Marks", "diagnose"]

FEWEST = 3  # spans that a cause explains: fewer may be a coincidence
SHARE = 0.9  # of all spans, and of those that do not fit, which fit then
SAMPLE = 20  # spans on which a cause is tried first
AHEAD = 8  # spans that tell by how much those from here on are off
EDITS = 5  # places in which a text was edited
LONGEST = 2**23  # characters of a text: its variants take a hundred bytes for each


@dataclass(frozen=True, slots=True)
class Marks:
    """The spans of one layer of one document: offsets as they are written, and the words that they should point at."""

    start: Ints
    end: Ints
    text: Sequence[str]

    def at(self, rows: Ints) -> Marks:
        """Some of them."""
        return Marks(self.start[rows], self.end[rows], [self.text[row] for row in rows.tolist()])

    def fits(self, text: str, row: int, by: int = 0) -> bool:
        """Whether one of them fits when so much is added to its offsets."""
        return fits(text, int(self.start[row]) + by, int(self.end[row]) + by, self.text[row])

    def right(self, text: str) -> Bools:
        """Which fit as they stand."""
        rows = zip(self.start.tolist(), self.end.tolist(), self.text, strict=True)
        return np.fromiter((fits(text, *row) for row in rows), np.bool_, len(self.text))


@dataclass(frozen=True, slots=True)
class Cause:
    """What explains the spans that do not fit.

    `words` ends a sentence that begins with "fit when"; `start` and `end` are where the spans stand in truth, in code
    points, and -1 for those that the cause does not explain. `certain` is False where another cause that explains as
    many puts some of them elsewhere.
    """

    words: str
    start: Ints
    end: Ints
    strangeness: float = 1
    certain: bool = True

    @property
    def explained(self) -> Bools:
        """The spans that fit then."""
        found: Bools = self.start >= 0
        return found


def diagnose(text: str, marks: Marks) -> Cause | None:
    """The cause for which many spans of a layer do not fit its text, if there is one.

    It explains at least three, and nine of ten, of the spans that do not fit, and nine of ten of all. Of those that
    explain the most, the least strange is meant: one deviation in counting, then a text edited in one place, then two
    deviations together, and so on. Of a text of more than eight million characters it is not asked.

    >>> words = ["Ann", "Bob", "Rome"]
    >>> given = Marks(np.array([2, 10, 17]), np.array([5, 13, 21]), words)
    >>> diagnose("👍Ann met Bob in Rome.", given).words
    'offsets are read as UTF-16 code units'
    """
    wrong = ~marks.right(text)
    if int(wrong.sum()) < FEWEST or len(text) > LONGEST:
        return None
    found: list[Cause] = []
    for cause in _causes(text, marks, np.flatnonzero(wrong)):
        explained = cause.explained
        if explained.sum() >= SHARE * len(wrong) and (explained & wrong).sum() >= max(SHARE * wrong.sum(), FEWEST):
            found.append(cause)
    if not found:
        return None
    most = max(int(cause.explained.sum()) for cause in found)
    likely = (cause for cause in found if cause.explained.sum() == most)
    best, *others = sorted(likely, key=lambda cause: cause.strangeness)
    return replace(best, certain=best.certain and all(_same(best, other) for other in others))


def _same(one: Cause, other: Cause) -> bool:
    return bool((one.start == other.start).all() and (one.end == other.end).all())


def _causes(text: str, marks: Marks, wrong: Ints) -> Iterator[Cause]:
    """What may be the cause: those that explain a sample of the spans that do not fit."""
    some = wrong[np.linspace(0, len(wrong) - 1, min(len(wrong), SAMPLE)).astype(np.int64)]
    sample = marks.at(some)
    for name, variant in variants(text):
        for reading in readings(name, variant):
            if _read(text, sample, reading, variant).explained.sum() >= SHARE * len(some):
                yield _read(text, marks, reading, variant)
    for near in (True, False):
        if (edited := _edited(text, marks, near)) is not None:
            yield edited


def _read(text: str, marks: Marks, reading: Reading, variant: Variant) -> Cause:
    """What some spans are by a reading."""
    places = reading.places(variant, marks.start, marks.end)
    rows = zip(*(part.tolist() for part in places), marks.text, strict=True)
    fitting = (a >= 0 and surface in (text[a:b], variant.text[c:d]) for a, b, c, d, surface in rows)
    good = np.fromiter(fitting, np.bool_, len(marks.text))
    return Cause(reading.words, np.where(good, places[0], -1), np.where(good, places[1], -1), reading.strangeness)


def _edited(text: str, marks: Marks, near: bool) -> Cause | None:
    """What the spans are if the text was edited in a few places: all from some character on are off by one number.

    Of several numbers that explain as many, the one that is `near` to that before is taken, or the farthest. It is not
    certain where the last span before an edit would fit behind it as well, or the very last as it stands.
    """
    order = np.lexsort((marks.end, marks.start))
    ordered = marks.at(order)
    by, missed, certain = 0, 0, True
    steps: list[tuple[int, int]] = []
    placed: list[int] = []
    added: list[int] = []
    for at in range(len(order)):
        if not ordered.fits(text, at, by):
            other = _offset(text, ordered, at, by, near)
            if other is None:
                missed += 1
                if len(order) - missed < SHARE * len(order):
                    return None
                continue
            certain = certain and not (placed and ordered.fits(text, placed[-1], other))
            by = other
            steps.append((int(ordered.start[at]), by))
            if len(steps) > EDITS:
                return None
        placed.append(at)
        added.append(by)
    if not steps:
        return None
    certain = certain and not (by and ordered.fits(text, placed[-1], 0))
    start, end = np.full(len(order), -1), np.full(len(order), -1)
    there = order[placed]
    start[there], end[there] = (bound[there] + np.array(added) for bound in (marks.start, marks.end))
    return Cause(_told(steps), start, end, len(steps) + 0.5, certain)


def _told(steps: Sequence[tuple[int, int]]) -> str:
    """What was edited, as the end of a sentence: where offsets begin to be wrong, and by how much."""
    wrong = (f"{abs(by)} too {'small' if by > 0 else 'large'}" if by else "right" for _, by in steps)
    parts = (f"{how} from {first} on" for (first, _), how in zip(steps, wrong, strict=True))
    return f"the text was edited after it was annotated: offsets are {', '.join(parts)}"


def _offset(text: str, marks: Marks, at: int, before: int, near: bool) -> int | None:
    """By how much this span and those after it are off: what explains most of the next few, and three at least."""
    first, surface = int(marks.start[at]), marks.text[at]
    ahead = range(at, min(at + AHEAD, len(marks.text)))
    nearby: dict[int, int] = {}
    place = text.find(surface, max(first - NEARBY, 0), max(first + NEARBY + len(surface), 0)) if surface else -1
    while place >= 0:
        nearby[place - first] = sum(marks.fits(text, row, place - first) for row in ahead)
        place = text.find(surface, place + 1, first + NEARBY + len(surface))
    best = max(nearby, key=lambda by: (nearby[by], -abs(by - before) if near else abs(by - before)), default=None)
    return best if best is not None and nearby[best] >= FEWEST else None
