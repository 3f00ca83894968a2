"""Which spans of two sets go together, document by document: kernels that find all pairs by search in sorted bounds.

A pair is the number of a span of the first set and that of one of the second; each comes once, in any order. Beside the
input, memory is taken for the pairs and for a block of candidates.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from sidelines.offsets import Bools, Ints

__all__ = ["Pairs", "Runs", "Sorted", "contained", "equal", "following", "sharing"]

Pairs = tuple[Ints, Ints]

BLOCK = 14  # 2**14 spans are searched for together, so that they stay in the cache
CANDIDATES = 18  # 2**18 candidates or so are looked at together


@dataclass(frozen=True, slots=True)
class Runs:
    """The documents of spans, as runs of spans of the same one: the number of the document, and that of the spans."""

    document: Ints
    length: Ints

    def of(self, row: Ints | None) -> Runs:
        """The documents of spans that stand in these rows, if so far the runs are those of rows; rows ascend."""
        if row is None:
            return self
        bounds = np.concatenate([np.zeros(1, np.int64), np.cumsum(self.length)])
        length = np.diff(np.searchsorted(row, bounds))
        some = np.flatnonzero(length)
        return Runs(self.document[some], length[some])

    def each(self) -> Ints:
        """The document of each span."""
        return np.repeat(self.document, self.length)

    def ascend(self) -> bool:
        """Whether the documents are in order, each in one run."""
        return bool((self.document[1:] > self.document[:-1]).all())


@dataclass(frozen=True, slots=True)
class Sorted:
    """Spans by document and start; those of document d are from `first[d]` to `first[d + 1]`.

    `number[i]` is the number that span i had before; None where they were in order.
    """

    number: Ints | None
    first: Ints
    start: Ints
    end: Ints

    @classmethod
    def of(cls, runs: Runs, documents: int, start: Ints, end: Ints, by_end: bool = False) -> Sorted:
        """Sort spans of so many documents, with `by_end` those that begin together by their end; if they are not.

        >>> runs = Runs(np.array([1, 0]), np.array([1, 2]))
        >>> Sorted.of(runs, 2, np.array([5, 4, 1]), np.array([7, 6, 3]))
        Sorted(number=array([2, 1, 0]), first=array([0, 2, 3]), start=array([1, 4, 5]), end=array([3, 6, 7]))
        """
        first = np.zeros(documents + 1, np.int64)
        np.cumsum(np.bincount(runs.document, runs.length, documents).astype(np.int64), out=first[1:])
        if runs.ascend() and not _out_of_order(first, start, end, by_end):
            return cls(None, first, start, end)
        number = _order(runs.each(), start - start.min(), *([end - start] if by_end else []))
        return cls(number, first, start[number], end[number])

    def before(self, at: Ints) -> Ints:
        """The numbers that these spans had."""
        return at if self.number is None else self.number[at]

    def among(self, other: Sorted) -> Pairs:
        """For each span, from where to where the other spans of its document are."""
        count = np.diff(self.first)
        return np.repeat(other.first[:-1], count), np.repeat(other.first[1:], count)


def contained(outer: Sorted, inner: Sorted) -> Pairs:
    """Each outer span with the inner ones that lie within it.

    Candidates are the inner spans that begin in the outer one: the pairs, and those that reach out of it at the end.
    """
    low, high = outer.among(inner)
    first = _search(inner.start, outer.start, low, high)
    last = _search(inner.start, outer.end, first, high, right=True)
    outers, inners = [], []
    for block in _blocks(last - first):
        span, at = _spread(first[block], last[block])
        span += block.start
        within = np.flatnonzero(inner.end[at] <= outer.end[span])
        outers.append(span[within])
        inners.append(at[within])
    return outer.before(np.concatenate(outers)), inner.before(np.concatenate(inners))


def sharing(one: Sorted, other: Sorted) -> Pairs:
    """Each span with the others that share a character with it; none of them may be empty.

    Of two spans that share a character one begins within the other: a pair is found by the one that begins earlier, or
    where they begin together, by the first set's.
    """
    low, high = one.among(other)
    span, later = _spread(_search(other.start, one.start, low, high), _search(other.start, one.end, low, high))
    low, high = other.among(one)
    first, last = _search(one.start, other.start, low, high, right=True), _search(one.start, other.end, low, high)
    earlier, at = _spread(first, last)
    return one.before(np.concatenate([span, at])), other.before(np.concatenate([later, earlier]))


def equal(one: Sorted, other: Sorted) -> Pairs:
    """Each span with the others that have the same bounds; the others are sorted by their end, too."""
    low, high = one.among(other)
    low, high = _equal(other.start, one.start, low, high)
    low, high = _equal(other.end, one.end, low, high)
    span, at = _spread(low, high)
    return one.before(span), other.before(at)


def following(one: Sorted, other: Sorted) -> Pairs:
    """Each span with the first of the others that begin where it ends or behind; all that begin there."""
    low, high = one.among(other)
    first = _search(other.start, one.end, low, high)
    found = np.flatnonzero(first < high)
    nearest = other.start[first[found]]
    last = _search(other.start, nearest, first[found], high[found], right=True)
    span, at = _spread(first[found], last)
    return one.before(found[span]), other.before(at)


def _out_of_order(first: Ints, start: Ints, end: Ints, by_end: bool) -> bool:
    wrong = start[1:] < start[:-1]
    if by_end:
        wrong |= (start[1:] == start[:-1]) & (end[1:] < end[:-1])
    begins = first[(first > 0) & (first < len(start))]
    wrong[begins - 1] = False
    return bool(wrong.any())


def _order(*fields: Ints) -> Ints:
    """The order by several numbers, none of them negative, of which the first counts most."""
    count = len(fields[0])
    bits = [int(field.max()).bit_length() for field in fields]
    if sum(bits) + count.bit_length() > 63:
        return np.lexsort(fields[::-1])
    # All of it in one number, and the place where it was, is sorted several times as fast.
    key = fields[0]
    for field, width in zip((*fields[1:], np.arange(count)), (*bits[1:], count.bit_length()), strict=True):
        key = key << width | field
    key.sort()
    return key & ((1 << count.bit_length()) - 1)


def _search(keys: Ints, wanted: Ints, low: Ints, high: Ints, right: bool = False) -> Ints:
    """As `searchsorted`, with a stretch of the keys for each: from `low[i]` to `high[i]`, which is in order in itself.

    A whole block takes each step of the bisection together, as many as the longest stretch needs.
    """
    if not len(keys):
        return low
    found = np.empty_like(low)
    for begin in range(0, len(low), 1 << BLOCK):
        block = slice(begin, begin + (1 << BLOCK))
        at, end, sought = low[block].copy(), high[block], wanted[block]
        last = end - 1
        step = 1 << int((end - at).max()).bit_length()
        while step := step >> 1:
            key = keys[np.minimum(at + (step - 1), last)]
            less: Bools = key <= sought if right else key < sought
            at += less * step
        np.minimum(at, end, out=found[block])  # past the end, the last key was looked at again
    return found


def _equal(keys: Ints, wanted: Ints, low: Ints, high: Ints) -> Pairs:
    """From where to where in its stretch the keys are those that are wanted."""
    first = _search(keys, wanted, low, high)
    return first, _search(keys, wanted, first, high, right=True)


def _spread(first: Ints, last: Ints) -> Pairs:
    """The number of each stretch, once for every position in it, and the positions."""
    length = last - first
    number = np.repeat(np.arange(len(first)), length)
    shift = first - (np.cumsum(length) - length)
    return number, shift[number] + np.arange(len(number))


def _blocks(counts: Ints) -> Iterator[slice]:
    """Runs of spans that have about so many candidates together, or one span that has more; at least one run."""
    number = np.cumsum(counts) >> CANDIDATES
    bounds = [0, *(np.flatnonzero(np.diff(number)) + 1).tolist(), len(counts)]
    return (slice(*pair) for pair in pairwise(bounds))
