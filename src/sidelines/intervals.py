"""How spans meet: kernels over all spans of a batch at once.

Spans of different documents are told apart by place: `place` puts every document, or every row, on a stretch of its own
of one long line, so that one sorted array serves a whole batch.
"""

from __future__ import annotations

from itertools import islice

import numpy as np

from sidelines.offsets import Bools, Ints

__all__ = ["circles", "crossing", "each_circle", "inside", "meets", "out_of_order", "overlapping", "place"]


def place(owner: Ints, offsets: Ints, length: int) -> Ints:
    """Positions on one long line: owner i has the stretch from i * (length + 1) on.

    >>> place(np.array([0, 1]), np.array([3, 3]), 10).tolist()
    [3, 14]
    """
    return owner * (length + 1) + offsets


def out_of_order(owner: Ints, start: Ints, end: Ints) -> Ints:
    """The spans that should stand before the one that precedes them, by (start, -end), within one owner.

    >>> out_of_order(np.array([0, 0, 1]), np.array([5, 2, 0]), np.array([6, 3, 1])).tolist()
    [1]
    """
    same = owner[1:] == owner[:-1]
    return np.flatnonzero(same & ((start[1:] < start[:-1]) | ((start[1:] == start[:-1]) & (end[1:] > end[:-1])))) + 1


def overlapping(start: Ints, end: Ints) -> list[tuple[int, int]]:
    """The pairs of spans, later and earlier, that share a character: each later one with the one that reaches furthest.

    >>> overlapping(np.array([0, 4, 5]), np.array([5, 6, 7]))
    [(1, 0), (2, 1)]
    """
    order = np.lexsort((-end, start))
    ends = end[order]
    furthest = np.maximum.accumulate(ends)
    hit = np.flatnonzero(start[order][1:] < furthest[:-1]) + 1
    first = np.searchsorted(furthest, furthest[hit - 1])
    return [(int(order[later]), int(order[earlier])) for later, earlier in zip(hit, first, strict=True)]


def crossing(start: Ints, end: Ints) -> list[tuple[int, int]]:
    """The pairs of spans, later and earlier, that overlap without one lying in the other: one for each later span.

    Spans that nest are matched like brackets, so the brackets are matched by depth and each compared with its own; only
    where one is not are the pairs looked for one by one.

    >>> crossing(np.array([0, 2, 2]), np.array([5, 5, 8]))
    [(2, 0)]
    """
    count = len(start)
    number = np.arange(count)
    at = np.concatenate([start, end])
    # Where they meet, closing brackets come first, the shortest span first; opening ones longest first.
    kind = np.repeat([1, 0], count)
    tie = np.concatenate([-end, -start])
    span = np.concatenate([number, number])
    last = np.concatenate([number, -number])
    order = np.lexsort((last, tie, kind, at))
    step = np.where(kind[order] == 1, 1, -1)
    depth = np.cumsum(step) + (step < 0)
    by_depth = np.argsort(depth, kind="stable")
    brackets = span[order][by_depth]
    if np.array_equal(brackets[0::2], brackets[1::2]):
        return []
    return _crossing_pairs(start, end)


def _crossing_pairs(start: Ints, end: Ints) -> list[tuple[int, int]]:
    pairs: list[tuple[int, int]] = []
    open_: list[int] = []
    for later in np.lexsort((-end, start)):
        open_ = [earlier for earlier in open_ if end[earlier] > start[later]]
        crossed = (earlier for earlier in open_ if end[earlier] < end[later] and start[earlier] < start[later])
        pairs += [(int(later), earlier) for earlier in islice(crossed, 1)]
        open_.append(int(later))
    return pairs


def inside(start: Ints, end: Ints, outer_start: Ints, outer_end: Ints) -> Bools:
    """Whether each span lies within one of the outer spans.

    >>> inside(np.array([1, 4]), np.array([3, 6]), np.array([0, 5]), np.array([4, 9])).tolist()
    [True, False]
    """
    order = np.argsort(outer_start, kind="stable")
    furthest = np.maximum.accumulate(outer_end[order]) if len(order) else outer_end
    at = np.searchsorted(outer_start[order], start, "right") - 1
    found = at >= 0
    found[found] = furthest[at[found]] >= end[found]
    return found


def meets(start: Ints, end: Ints, other_start: Ints, other_end: Ints) -> Bools:
    """Whether each span shares a character with one of the others.

    >>> meets(np.array([1, 4]), np.array([3, 6]), np.array([3]), np.array([5])).tolist()
    [False, True]
    """
    order = np.argsort(other_start, kind="stable")
    furthest = np.maximum.accumulate(other_end[order]) if len(order) else other_end
    at = np.searchsorted(other_start[order], end, "left") - 1
    found = at >= 0
    found[found] = furthest[at[found]] > start[found]
    return found


def circles(target: Ints) -> Bools:
    """Which rows lie on a circle, when each points at `target` (-1: at nothing).

    >>> circles(np.array([1, 0, 0, -1])).tolist()
    [True, True, False, False]
    """
    count = len(target)
    jump = np.append(target, count)
    jump[jump < 0] = count
    # After as many steps as there are rows, whoever is not at the end stands on a circle, and each circle is full.
    for _ in range(count.bit_length()):
        jump = jump[jump]
    on = np.zeros(count + 1, np.bool_)
    on[jump[:count]] = True
    return on[:count]


def each_circle(target: Ints, sound: Bools) -> list[list[int]]:
    """The circles, each from its first row on and all of its rows sound, when each row points at `target`.

    >>> each_circle(np.array([2, 1, 0, 0]), np.ones(4, bool))
    [[0, 2], [1]]
    """
    found: list[list[int]] = []
    seen: set[int] = set()
    for first in np.flatnonzero(circles(target)).tolist():
        circle: list[int] = []
        row = first
        while row not in seen:
            seen.add(row)
            circle.append(row)
            row = int(target[row])
        if circle and sound[circle].all():
            found.append(circle)
    return found
