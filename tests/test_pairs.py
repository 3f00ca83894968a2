"""Which spans go together: every kernel against the plain definition, for small cases that Hypothesis thinks of."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from sidelines import pairs
from sidelines.offsets import Ints
from sidelines.pairs import Pairs, contained, equal, following, ranks, sharing

Span = tuple[int, int]
# Few places and many spans, so that ties, nested, crossing, identical, touching and empty ones are common.
SPANS = st.lists(st.tuples(st.integers(0, 7), st.integers(0, 5)).map(lambda pair: (pair[0], sum(pair))), max_size=9)
FILLED = SPANS.map(lambda spans: [span for span in spans if span[0] < span[1]])
PLACES = st.lists(st.integers(-9, 9), max_size=9)


def arrays(spans: list[Span]) -> tuple[Ints, Ints]:
    return np.array([start for start, _ in spans], np.int64), np.array([end for _, end in spans], np.int64)


def ints(*items: int) -> Ints:
    return np.array(items, np.int64)


def listed(found: Pairs) -> list[tuple[int, int]]:
    """Pairs in order; whether one comes twice is kept."""
    return sorted(zip(found[0].tolist(), found[1].tolist(), strict=True))


def expected(one: list[Span], two: list[Span], goes: Callable[[Span, Span], bool]) -> list[tuple[int, int]]:
    return [(i, j) for i, first in enumerate(one) for j, second in enumerate(two) if goes(first, second)]


class TestContained:
    @given(SPANS, SPANS)
    @example([], [])
    @example([(0, 1)], [])
    @example([], [(0, 1)])
    def test_by_definition(self, outer: list[Span], inner: list[Span]) -> None:
        """An inner span begins not before, and ends not behind, the outer one."""
        found = contained(*arrays(outer), *arrays(inner))
        assert listed(found) == expected(outer, inner, lambda a, b: a[0] <= b[0] and b[1] <= a[1])

    @given(SPANS, SPANS)
    def test_in_small_blocks(self, outer: list[Span], inner: list[Span]) -> None:
        """However many candidates are looked at together, the pairs are the same."""
        whole = contained(*arrays(outer), *arrays(inner))
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(pairs, "BLOCK", 1)
            assert [part.tolist() for part in contained(*arrays(outer), *arrays(inner))] == [p.tolist() for p in whole]

    def test_candidates_are_bounded(self) -> None:
        """A million candidates, of which none is a pair, are looked at in parts."""
        at = np.arange(1000)
        first, second = contained(at, at + 1000, at, at + 5000)
        assert len(first) == len(second) == 0


class TestSharing:
    @given(FILLED, FILLED)
    @example([], [])
    @example([(0, 1)], [])
    @example([], [(0, 1)])
    @example([(0, 2)], [(0, 2), (0, 1), (2, 3)])
    def test_by_definition(self, one: list[Span], two: list[Span]) -> None:
        """Two spans go together if a character is in both."""
        found = sharing(*arrays(one), *arrays(two))
        assert listed(found) == expected(one, two, lambda a, b: bool(set(range(*a)) & set(range(*b))))


class TestEqual:
    @given(SPANS, SPANS)
    @example([], [])
    @example([(0, 1)], [])
    @example([(0, 0)], [(0, 0)])
    def test_by_definition(self, one: list[Span], two: list[Span]) -> None:
        """Two spans go together if their bounds are the same."""
        assert listed(equal(*arrays(one), *arrays(two))) == expected(one, two, lambda a, b: a == b)

    @given(SPANS, SPANS)
    def test_far_along_the_line(self, one: list[Span], two: list[Span]) -> None:
        """Where place and length together are no int64, the pairs are the same."""
        far = 2**63 - 16
        long = [(0, 2**40)]
        moved = [[(start + far, end + far) for start, end in spans] + long for spans in (one, two)]
        same = expected(one, two, lambda a, b: a == b)
        assert listed(equal(*arrays(moved[0]), *arrays(moved[1]))) == sorted([*same, (len(one), len(two))])

    def test_the_last_that_is_an_int64(self) -> None:
        """At the limit nothing runs over, on either side of it."""
        for top in (2**60 - 2, 2**60 - 1, 2**60):
            spans = [(top, top + 7), (top, top), (0, 7)]
            assert listed(equal(*arrays(spans), *arrays(spans))) == [(0, 0), (1, 1), (2, 2)]


class TestFollowing:
    @given(PLACES, PLACES, st.integers(0, 6))
    @example([], [], 1)
    @example([0], [], 1)
    @example([], [0], 1)
    @example([0], [3, 3, 4], 3)
    def test_by_definition(self, at: list[int], other: list[int], reach: int) -> None:
        """The least of those that are not less, all that are equal to it, if it is near enough."""
        same = []
        for i, place in enumerate(at):
            nearest = min((o for o in other if place <= o <= place + reach), default=None)
            same += [(i, j) for j, o in enumerate(other) if o == nearest]
        assert listed(following(ints(*at), ints(*other), reach)) == same


class TestRanks:
    @given(PLACES, PLACES)
    @example([], [])
    def test_order_is_kept(self, one: list[int], two: list[int]) -> None:
        """A rank is the number of different numbers that are less."""
        distinct = sorted({*one, *two})
        got = [part.tolist() for part in ranks(ints(*one), ints(*two))]
        assert got == [[distinct.index(item) for item in part] for part in (one, two)]
