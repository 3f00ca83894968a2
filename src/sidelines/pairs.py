"""Which spans of two sets go together: kernels that find all pairs at once, by search in sorted bounds.

Spans are given by their bounds on one line (`sidelines.intervals.place`), in any order; what is not sorted is sorted
here. A pair is the number of a span of the first set and that of one of the second; each comes once, in any order.
Beside the input, memory is taken for the pairs and for a block of candidates.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

import numpy as np

from sidelines.intervals import place
from sidelines.offsets import Ints

__all__ = ["Pairs", "contained", "equal", "following", "ranks", "sharing"]

Pairs = tuple[Ints, Ints]

BLOCK = 18  # 2**18 candidates or so are looked at together, so that they stay in the cache
FULL = 2**63  # the first number that is no int64


def contained(start: Ints, end: Ints, inner_start: Ints, inner_end: Ints) -> Pairs:
    """Each span with the inner ones that lie within it.

    Candidates are the inner spans that begin in the outer one: the pairs, and those that reach out of it at the end.

    >>> outer, inner = contained(np.array([0, 4]), np.array([5, 9]), np.array([1, 4]), np.array([3, 6]))
    >>> outer.tolist(), inner.tolist()
    ([0, 1], [0, 1])
    """
    order, starts = _sorted(inner_start)
    ends = inner_end if order is None else inner_end[order]
    first, last = np.searchsorted(starts, start), np.searchsorted(starts, end, "right")
    outers, inners = [], []
    for block in _blocks(last - first):
        outer, at = _spread(first[block], last[block])
        outer += block.start
        within = np.flatnonzero(ends[at] <= end[outer])
        outers.append(outer[within])
        inners.append(at[within])
    return np.concatenate(outers), _before(order, np.concatenate(inners))


def sharing(start: Ints, end: Ints, other_start: Ints, other_end: Ints) -> Pairs:
    """Each span with the others that share a character with it; none of them may be empty.

    Of two spans that share a character one begins within the other: every pair is found by the one that begins later,
    and where both begin together, by the other.

    >>> first, second = sharing(np.array([0, 4]), np.array([5, 9]), np.array([4, 9]), np.array([7, 12]))
    >>> first.tolist(), second.tolist()
    ([0, 1], [0, 0])
    """
    order, starts = _sorted(other_start)
    span, at = _spread(np.searchsorted(starts, start), np.searchsorted(starts, end))
    other = _before(order, at)
    order, starts = _sorted(start)
    later_other, at = _spread(np.searchsorted(starts, other_start, "right"), np.searchsorted(starts, other_end))
    return np.concatenate([span, _before(order, at)]), np.concatenate([other, later_other])


def equal(start: Ints, end: Ints, other_start: Ints, other_end: Ints) -> Pairs:
    """Each span with the others that have the same bounds.

    >>> first, second = equal(np.array([0, 4]), np.array([5, 9]), np.array([4, 4]), np.array([9, 5]))
    >>> first.tolist(), second.tolist()
    ([1], [0])
    """
    length, other_length = end - start, other_end - other_start
    longest = max(int(lengths.max(initial=0)) for lengths in (length, other_length))
    if (max(int(starts.max(initial=0)) for starts in (start, other_start)) + 1) * (longest + 1) >= FULL:
        start, other_start = ranks(start, other_start)
        length, other_length = ranks(length, other_length)
        longest = len(length) + len(other_length)
    span, other = place(start, length, longest), place(other_start, other_length, longest)
    order, others = _sorted(other)
    first, at = _spread(np.searchsorted(others, span), np.searchsorted(others, span, "right"))
    return first, _before(order, at)


def following(at: Ints, other: Ints, reach: int) -> Pairs:
    """Each place with the nearest of the others that stand there or behind it, no further than `reach`; all, if many.

    >>> first, second = following(np.array([0, 4]), np.array([3, 3, 9]), 4)
    >>> first.tolist(), second.tolist()
    ([0, 0], [0, 1])
    """
    order, others = _sorted(other)
    first = np.searchsorted(others, at)
    found = np.flatnonzero(first < len(others))
    nearest = others[first[found]]
    near = nearest - at[found] <= reach
    found, nearest = found[near], nearest[near]
    span, position = _spread(first[found], np.searchsorted(others, nearest, "right"))
    return found[span], _before(order, position)


def ranks(*parts: Ints) -> list[Ints]:
    """Small numbers in the place of large ones, in the same order, for all parts together.

    >>> [part.tolist() for part in ranks(np.array([7, 2**60]), np.array([9, 7]))]
    [[0, 2], [1, 0]]
    """
    rank = np.unique(np.concatenate(parts), return_inverse=True)[1]
    return np.split(rank, np.cumsum([len(part) for part in parts[:-1]]))


def _sorted(items: Ints) -> tuple[Ints | None, Ints]:
    """Items in ascending order, and where each of them was; None where they were in order."""
    if (items[1:] >= items[:-1]).all():
        return None, items
    order = np.argsort(items)
    return order, items[order]


def _before(order: Ints | None, at: Ints) -> Ints:
    return at if order is None else order[at]


def _spread(first: Ints, last: Ints) -> Pairs:
    """The number of each range, once for every position in it, and the positions."""
    length = last - first
    number = np.repeat(np.arange(len(first)), length)
    shift = first - (np.cumsum(length) - length)
    return number, shift[number] + np.arange(len(number))


def _blocks(counts: Ints) -> Iterator[slice]:
    """Runs of spans that have about 2**BLOCK candidates together, or one span that has more; at least one run."""
    number = np.cumsum(counts) >> BLOCK
    bounds = [0, *(np.flatnonzero(np.diff(number)) + 1).tolist(), len(counts)]
    return (slice(*pair) for pair in pairwise(bounds))
