"""How spans meet: every kernel against the plain definition, for all small cases that Hypothesis can think of."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from sidelines import intervals
from sidelines.intervals import circles, crossing, each_circle, inside, meets, out_of_order, overlapping, place
from sidelines.offsets import Ints

Span = tuple[int, int]
# Few places and many spans, so that ties, identical spans and touching ones are common.
SPANS = st.lists(st.tuples(st.integers(0, 7), st.integers(1, 5)).map(lambda pair: (pair[0], sum(pair))), max_size=9)


def arrays(spans: list[Span]) -> tuple[Ints, Ints]:
    return np.array([start for start, _ in spans], np.int64), np.array([end for _, end in spans], np.int64)


def share(one: Span, other: Span) -> bool:
    """Whether two spans have a character in common."""
    return bool(set(range(*one)) & set(range(*other)))


def cross(one: Span, other: Span) -> bool:
    """Whether two spans have characters in common and each has one of its own."""
    left, right = set(range(*one)), set(range(*other))
    return bool(left & right and left - right and right - left)


def by_place(spans: list[Span]) -> list[int]:
    """The numbers of the spans in text order, the longest first."""
    return sorted(range(len(spans)), key=lambda i: (spans[i][0], -spans[i][1], i))


class TestPlace:
    def test_owners_do_not_touch(self) -> None:
        """The end of one owner's stretch is not the beginning of the next."""
        assert place(np.array([0, 1, 1, 2]), np.array([5, 0, 5, 0]), 5).tolist() == [5, 6, 11, 12]

    @given(SPANS, SPANS)
    def test_spans_of_two_owners_never_meet(self, one: list[Span], two: list[Span]) -> None:
        """On the long line, spans overlap exactly where they do within their owner."""
        owner = np.repeat([0, 1], [len(one), len(two)])
        start, end = (place(owner, offsets, 12) for offsets in arrays(one + two))
        shift = len(one)
        expected = overlapping(*arrays(one)) + [(a + shift, b + shift) for a, b in overlapping(*arrays(two))]
        assert overlapping(start, end) == expected


class TestOutOfOrder:
    @given(st.lists(st.tuples(st.integers(0, 1), st.integers(0, 4), st.integers(1, 3)), max_size=9))
    @example([])
    @example([(0, 2, 1), (0, 2, 2), (1, 0, 1)])
    def test_by_definition(self, rows: list[tuple[int, int, int]]) -> None:
        """A span is out of order if the one before it, of the same owner, begins later, or as early and is shorter."""
        expected = [
            now
            for now in range(1, len(rows))
            if rows[now][0] == rows[now - 1][0]
            and (rows[now][1], -rows[now][2]) < (rows[now - 1][1], -rows[now - 1][2])
        ]
        start, end = arrays([(start, start + length) for _, start, length in rows])
        owner = np.array([owner for owner, _, _ in rows], np.int64)
        assert out_of_order(owner, start, end).tolist() == expected

    def test_identical_spans_are_in_order(self) -> None:
        """Two equal spans may stand in either order."""
        assert out_of_order(np.array([0, 0]), *arrays([(1, 3), (1, 3)])).tolist() == []


class TestOverlapping:
    @given(SPANS)
    @example([])
    @example([(0, 1), (0, 1), (0, 1)])
    def test_by_definition(self, spans: list[Span]) -> None:
        """Each span that shares a character with an earlier one, with that earlier one which reaches furthest."""
        order, expected = by_place(spans), []
        for position, later in enumerate(order):
            met = [earlier for earlier in order[:position] if share(spans[later], spans[earlier])]
            if met:
                expected.append((later, max(met, key=lambda earlier: spans[earlier][1])))
        assert overlapping(*arrays(spans)) == expected

    @pytest.mark.parametrize(
        ("spans", "pairs"),
        [
            ([(0, 5), (5, 6)], []),
            ([(5, 6), (0, 5)], []),
            ([(0, 9), (1, 2), (3, 4)], [(1, 0), (2, 0)]),
            ([(3, 4), (3, 4)], [(1, 0)]),
            ([(3, 4), (3, 5)], [(0, 1)]),
        ],
    )
    def test_examples(self, spans: list[Span], pairs: list[tuple[int, int]]) -> None:
        """Touching is not overlapping; of two that begin together the longer one is the earlier."""
        assert overlapping(*arrays(spans)) == pairs


class TestCrossing:
    @given(SPANS)
    @example([])
    @example([(0, 3), (0, 3), (1, 4), (1, 4)])
    def test_by_definition(self, spans: list[Span]) -> None:
        """Each span that crosses an earlier one, in text order, with the first one that it crosses."""
        order, expected = by_place(spans), []
        for position, later in enumerate(order):
            crossed = [earlier for earlier in order[:position] if cross(spans[later], spans[earlier])]
            expected += [(later, crossed[0])] if crossed else []
        assert crossing(*arrays(spans)) == expected

    @pytest.mark.parametrize(
        ("spans", "pairs"),
        [
            ([(0, 2), (1, 3)], [(1, 0)]),
            ([(1, 3), (0, 2)], [(0, 1)]),
            ([(0, 2), (2, 4)], []),
            ([(0, 4), (1, 3), (1, 3), (2, 3)], []),
            ([(0, 4), (0, 2), (2, 4), (3, 4)], []),
            ([(0, 2), (0, 3), (0, 4)], []),
            ([(0, 3), (1, 5), (2, 6)], [(1, 0), (2, 0)]),
        ],
    )
    def test_examples(self, spans: list[Span], pairs: list[tuple[int, int]]) -> None:
        """Nested, touching and identical spans do not cross, in whatever order they are given."""
        assert crossing(*arrays(spans)) == pairs

    @given(SPANS)
    @example([(0, 4), (0, 4), (1, 3), (1, 3), (3, 4), (4, 5)])
    def test_spans_that_nest_are_not_compared_in_pairs(self, spans: list[Span]) -> None:
        """Of spans that nest, however many and in whatever order, no pair is looked at."""
        nested: list[Span] = []
        for span in spans:
            if not any(cross(span, other) for other in nested):
                nested.append(span)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(intervals, "_crossing_pairs", lambda start, end: pytest.fail("compared in pairs"))
            assert crossing(*arrays(nested)) == []


class TestInside:
    @given(SPANS, SPANS)
    @example([], [])
    @example([(0, 1)], [])
    @example([], [(0, 1)])
    def test_by_definition(self, spans: list[Span], outer: list[Span]) -> None:
        """A span is inside where one single outer span holds all of its characters."""
        expected = [any(set(range(*span)) <= set(range(*other)) for other in outer) for span in spans]
        assert inside(*arrays(spans), *arrays(outer)).tolist() == expected

    def test_two_that_touch_are_not_one(self) -> None:
        """A span over the seam of two outer spans lies in neither."""
        assert inside(*arrays([(1, 3), (1, 2), (2, 3)]), *arrays([(0, 2), (2, 4)])).tolist() == [False, True, True]


class TestMeets:
    @given(SPANS, SPANS)
    @example([], [])
    @example([(0, 1)], [])
    @example([], [(0, 1)])
    def test_by_definition(self, spans: list[Span], others: list[Span]) -> None:
        """A span meets others where it shares a character with one of them."""
        expected = [any(share(span, other) for other in others) for span in spans]
        assert meets(*arrays(spans), *arrays(others)).tolist() == expected

    def test_touching_is_not_meeting(self) -> None:
        """Where one ends and the next begins no character is shared."""
        assert meets(*arrays([(0, 2), (4, 5)]), *arrays([(2, 4)])).tolist() == [False, False]


TARGETS = st.lists(st.integers(-1, 9), max_size=10).map(lambda all_: [t if t < len(all_) else -1 for t in all_])


def returns(target: list[int], row: int) -> bool:
    """Whether the targets of a row lead back to it."""
    at = target[row]
    for _ in target:
        if at in (row, -1):
            break
        at = target[at]
    return at == row


class TestCircles:
    @given(TARGETS)
    @example([])
    @example([0])
    @example([1, 2, 3, 4, 5, 6, 7, 8, 9, 0])
    @example([1, 2, 3, 4, 5, 6, 7, 8, 8, -1])
    def test_by_definition(self, target: list[int]) -> None:
        """A row lies on a circle if its targets lead back to it."""
        assert circles(np.array(target, np.int64)).tolist() == [returns(target, row) for row in range(len(target))]

    def test_what_is_given_is_left_alone(self) -> None:
        """The kernel works on a copy."""
        target = np.array([1, -1], np.int64)
        circles(target)
        assert target.tolist() == [1, -1]


class TestEachCircle:
    @pytest.mark.parametrize(
        ("target", "unsound", "found"),
        [
            ([], [], []),
            ([-1, -1], [], []),
            ([0], [], [[0]]),
            ([1, 2, 0], [], [[0, 1, 2]]),
            ([2, 0, 1], [], [[0, 2, 1]]),
            ([1, 3, 3, 4, 1], [], [[1, 3, 4]]),
            ([1, 0, 3, 2], [], [[0, 1], [2, 3]]),
            ([1, 0, 3, 2], [1], [[2, 3]]),
            ([1, 0, 0], [2], [[0, 1]]),
        ],
    )
    def test_examples(self, target: list[int], unsound: list[int], found: list[list[int]]) -> None:
        """Each circle from its first row on, in the direction of the targets; one with an unsound row is left out."""
        sound = np.ones(len(target), np.bool_)
        sound[unsound] = False
        assert each_circle(np.array(target, np.int64), sound) == found

    @given(TARGETS, st.data())
    def test_by_definition(self, target: list[int], data: st.DataObject) -> None:
        """Every row that returns to itself stands in one circle, unless a row of its circle is unsound."""
        sound = np.array([data.draw(st.booleans()) for _ in target], np.bool_)
        expected = []
        for first in range(len(target)):
            circle = [first] if returns(target, first) else []
            while circle and target[circle[-1]] != first:
                circle.append(target[circle[-1]])
            if circle and first == min(circle) and all(sound[row] for row in circle):
                expected.append(circle)
        assert each_circle(np.array(target, np.int64), sound) == expected
