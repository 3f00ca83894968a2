"""Which spans go together: every kernel against the plain definition, for small cases that Hypothesis thinks of."""

from __future__ import annotations

from collections.abc import Callable
from itertools import groupby

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from sidelines import pairs
from sidelines.offsets import Ints
from sidelines.pairs import Pairs, Runs, Sorted, contained, equal, following, sharing

Span = tuple[int, int, int]  # document, start, end

# Few places and many spans, so that ties, nested, crossing, identical, touching and empty ones are common.
SPANS = st.lists(st.tuples(st.integers(0, 2), st.integers(-3, 4), st.integers(0, 5)), max_size=9).map(
    lambda drawn: [(document, start, start + length) for document, start, length in drawn]
)
FILLED = SPANS.map(lambda spans: [span for span in spans if span[1] < span[2]])
CASES = [([], []), ([(0, 0, 1)], []), ([], [(0, 0, 1)]), ([(2, 0, 1)], [(0, 0, 1), (2, 0, 1)])]
KERNELS = [contained, sharing, equal, following]


def ints(*items: int) -> Ints:
    return np.array(items, np.int64)


def runs(documents: list[int]) -> Runs:
    found = [(document, len(list(group))) for document, group in groupby(documents)]
    return Runs(ints(*(document for document, _ in found)), ints(*(length for _, length in found)))


def made(spans: list[Span], by_end: bool = True) -> Sorted:
    documents, starts, ends = ([span[part] for span in spans] for part in range(3))
    return Sorted.of(runs(documents), 3, ints(*starts), ints(*ends), by_end)


def listed(found: Pairs) -> list[tuple[int, int]]:
    """Pairs in order; whether one comes twice is kept."""
    return sorted(zip(found[0].tolist(), found[1].tolist(), strict=True))


def expected(one: list[Span], two: list[Span], goes: Callable[[Span, Span], bool]) -> list[tuple[int, int]]:
    return [
        (i, j)
        for i, first in enumerate(one)
        for j, second in enumerate(two)
        if first[0] == second[0] and goes(first, second)
    ]


def follows(one: Span, other: Span, others: list[Span]) -> bool:
    """Whether the other begins where the one ends or behind, and none begins between."""
    starts = [start for document, start, _ in others if document == one[0] and start >= one[2]]
    return bool(starts) and other[1] == min(starts)


def all_cases(test: Callable[..., None]) -> Callable[..., None]:
    for case in CASES:
        test = example(*case)(test)
    return test


class TestRuns:
    @given(st.lists(st.tuples(st.integers(0, 2), st.integers(0, 2)), max_size=9))
    @example([])
    def test_of_the_spans_of_rows(self, drawn: list[tuple[int, int]]) -> None:
        """Each row has a document and some spans; the runs of the rows become runs of the spans."""
        rows = runs([document for document, _ in drawn])
        row = ints(*(at for at, (_, count) in enumerate(drawn) for _ in range(count)))
        spans = rows.of(row)
        assert spans.each().tolist() == [document for document, count in drawn for _ in range(count)]
        assert (spans.length > 0).all()
        assert rows.of(None) is rows

    @pytest.mark.parametrize(
        ("documents", "ascend"), [([], True), ([2], True), ([0, 0, 2], True), ([0, 2, 0], False), ([2, 0], False)]
    )
    def test_ascend(self, documents: list[int], ascend: bool) -> None:
        """Documents may be left out, but not come back."""
        assert runs(documents).ascend() is ascend


class TestSorted:
    @pytest.mark.parametrize("by_end", [False, True])
    @given(SPANS)
    @example([])
    def test_by_document_and_place(self, by_end: bool, spans: list[Span]) -> None:
        """All spans are there, with their numbers, in order."""
        found = made(spans, by_end)
        document = np.repeat(np.arange(3), np.diff(found.first))
        rows = list(zip(document.tolist(), found.start.tolist(), found.end.tolist(), strict=True))
        assert rows == [spans[at] for at in found.before(np.arange(len(spans)))]
        keys = [row if by_end else row[:2] for row in rows]
        assert keys == sorted(keys)

    @pytest.mark.parametrize("by_end", [False, True])
    @given(spans=SPANS)
    @example(spans=[(0, 0, 5), (1, 0, 1)])
    @example(spans=[(0, 0, 5), (0, 0, 1)])
    def test_what_is_in_order_is_not_sorted(self, by_end: bool, spans: list[Span]) -> None:
        """Nor copied; and what is not in order is."""
        for given_ in (spans, sorted(spans)):
            keys = [span if by_end else span[:2] for span in given_]
            assert (made(given_, by_end).number is None) is (keys == sorted(keys))

    @given(SPANS)
    @example([(1, 0, 1), (0, 0, 1)])
    def test_numbers_that_are_too_large_for_one(self, spans: list[Span]) -> None:
        """The order is the same where the fields are not packed."""
        far = [(document, start * 2**59, end * 2**59) for document, start, end in spans]
        one, other = made(spans), made(far)
        for name in ("first", "start", "end"):
            scale = 1 if name == "first" else 2**59
            assert (getattr(one, name) * scale).tolist() == getattr(other, name).tolist()

    @pytest.mark.parametrize("top", [2**57 - 1, 2**57, 2**58])
    def test_the_limit_of_packing(self, top: int) -> None:
        """Of 63 bits the document takes two and the number four, which leaves 57 for the place."""
        starts = [top, 0, top, 5, 0, top, 7, 7]
        found = Sorted.of(runs([2, 1, 0] + [0] * 5), 3, ints(*starts), ints(*starts))
        assert found.start.tolist() == [0, 5, 7, 7, top, top, 0, top]


class TestContained:
    @given(SPANS, SPANS)
    @all_cases
    def test_by_definition(self, outer: list[Span], inner: list[Span]) -> None:
        """An inner span begins not before, and ends not behind, the outer one."""
        found = contained(made(outer), made(inner, by_end=False))
        assert listed(found) == expected(outer, inner, lambda a, b: a[1] <= b[1] and b[2] <= a[2])

    def test_many_candidates(self) -> None:
        """A million, of which none is a pair, are looked at in parts."""
        at = np.arange(1000)
        inner = Sorted.of(Runs(ints(0), ints(1000)), 1, at, at + 5000)
        first, second = contained(Sorted.of(Runs(ints(0), ints(1000)), 1, at, at + 1000), inner)
        assert len(first) == len(second) == 0


class TestSharing:
    @given(FILLED, FILLED)
    @all_cases
    @example([(0, 0, 2)], [(0, 0, 2), (0, 0, 1), (0, 2, 3)])
    def test_by_definition(self, one: list[Span], two: list[Span]) -> None:
        """Two spans go together if a character is in both."""
        same = expected(one, two, lambda a, b: bool(set(range(*a[1:])) & set(range(*b[1:]))))
        assert listed(sharing(made(one), made(two, by_end=False))) == same


class TestEqual:
    @given(SPANS, SPANS)
    @all_cases
    @example([(0, 0, 0)], [(0, 0, 0), (0, 0, 1)])
    def test_by_definition(self, one: list[Span], two: list[Span]) -> None:
        """Two spans go together if their bounds are the same."""
        assert listed(equal(made(one, by_end=False), made(two))) == expected(one, two, lambda a, b: a == b)


class TestFollowing:
    @given(SPANS, SPANS)
    @all_cases
    @example([(0, 0, 1)], [(0, 3, 4), (0, 3, 3), (0, 4, 5)])
    def test_by_definition(self, one: list[Span], two: list[Span]) -> None:
        """Of those that begin where the one ends or behind, the nearest; all of them that begin there."""
        same = expected(one, two, lambda a, b: follows(a, b, two))
        assert listed(following(made(one), made(two, by_end=False))) == same


class TestBlocks:
    @pytest.mark.parametrize("kernel", KERNELS)
    @given(one=FILLED, two=FILLED)
    def test_the_pairs_are_the_same_in_small_blocks(
        self, kernel: Callable[..., Pairs], one: list[Span], two: list[Span]
    ) -> None:
        """However many spans are searched for, and candidates looked at, together."""
        whole = listed(kernel(made(one), made(two)))
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(pairs, "BLOCK", 1)
            patch.setattr(pairs, "CANDIDATES", 1)
            assert listed(kernel(made(one), made(two))) == whole
