"""Joins against their definition, written out over lists of rows; in Arrow and in pandas; on the shipped corpus."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from sidelines import join

HOWS = ["within", "contains", "overlaps", "equals", "before", "after"]
DOCUMENTS = ["b", "a", "", "a\0", "Łódź", "🐟", "الف", "文"]
STRINGS = [pa.string(), pa.large_string(), pa.string_view(), pa.dictionary(pa.int8(), pa.string())]
SPANS = pa.list_(pa.struct([("start", pa.int64()), ("end", pa.int64()), ("text", pa.string())]))

Span = tuple[int, int]
Pairs = list[tuple[int, int]]


@dataclass(frozen=True)
class Row:
    """A row of a table: its document and its spans, of which there may be none."""

    document: str
    spans: tuple[Span, ...]


# -- what is true ------------------------------------------------------------------------------------------------------


def lies_in(one: Span, other: Span) -> bool:
    return other[0] <= one[0] and one[1] <= other[1]


def share(one: Span, other: Span) -> bool:
    return bool(set(range(*one)) & set(range(*other)))


def goes(how: str, left: Row, right: Row, rights: list[Row]) -> bool:
    """Whether two rows go together, by the words of the documentation."""
    if left.document != right.document or not left.spans or not right.spans:
        return False
    if how == "within":
        return all(any(lies_in(span, other) for other in right.spans) for span in left.spans)
    if how == "contains":
        return goes("within", right, left, [])
    if how == "overlaps":
        return any(share(span, other) for span in left.spans for other in right.spans)
    if how == "equals":
        return set(left.spans) == set(right.spans)
    far = distance(how, left, right)
    others = (distance(how, left, row) for row in rights if row.document == left.document and row.spans)
    return far is not None and far == min(other for other in others if other is not None)


def distance(how: str, left: Row, right: Row) -> int | None:
    """How many characters stand between two rows; None if right is not on that side."""
    (start, end), (other_start, other_end) = hull(left), hull(right)
    far = other_start - end if how == "before" else start - other_end
    return far if far >= 0 else None


def hull(row: Row) -> Span:
    return min(start for start, _ in row.spans), max(end for _, end in row.spans)


def expected(how: str, left: list[Row], right: list[Row]) -> Pairs:
    return [(i, j) for i, one in enumerate(left) for j, other in enumerate(right) if goes(how, one, other, right)]


# -- how it is drawn and dressed ---------------------------------------------------------------------------------------


def spans_of_a_row(at_most: int) -> st.SearchStrategy[tuple[Span, ...]]:
    """Few places, so that ties, nested, crossing, identical, touching and empty spans are common."""
    span = st.tuples(st.integers(0, 7), st.integers(0, 5)).map(lambda pair: (pair[0], sum(pair)))
    return st.lists(span, max_size=at_most).map(tuple)


def rows(at_most: int, documents: int = 3) -> st.SearchStrategy[list[Row]]:
    chosen = st.lists(st.sampled_from(DOCUMENTS), min_size=1, max_size=documents, unique=True)
    return chosen.flatmap(
        lambda some: st.lists(st.builds(Row, st.sampled_from(some), spans_of_a_row(at_most)), max_size=9)
    )


def table(some: list[Row], strings: pa.DataType = STRINGS[0], chunk: int = 100) -> pa.Table:
    """Rows of one span as `start` and `end`, all rows as the list of spans `parts`; ids are the numbers of the rows."""
    first = [row.spans[0] if row.spans else (None, None) for row in some]
    parts = [[{"start": start, "end": end, "text": "…"} for start, end in row.spans] or None for row in some]
    whole = pa.table(
        {
            "document": pa.array([row.document for row in some], pa.string()).cast(strings),
            "id": pa.array(range(len(some)), pa.int64()),
            "start": pa.array([start for start, _ in first], pa.int64()),
            "end": pa.array([end for _, end in first], pa.int64()),
            "parts": pa.array(parts, SPANS),
        }
    )
    pieces = [whole[at : at + chunk] for at in range(0, len(some), chunk)]
    return pa.concat_tables(pieces) if pieces else whole


def frame(some: list[Row]) -> pd.DataFrame:
    return table(some).to_pandas()


def pairs(made: Any) -> Pairs:
    listed = made.to_pydict() if isinstance(made, pa.Table) else made.to_dict("list")
    return list(zip(listed["left_id"], listed["right_id"], strict=True))


class TestByDefinition:
    @pytest.mark.parametrize("how", HOWS)
    @given(left=rows(1), right=rows(1), strings=st.sampled_from(STRINGS), chunk=st.integers(1, 9))
    @example(left=[], right=[], strings=STRINGS[0], chunk=1)
    @example(left=[Row("a", ((0, 1),))], right=[], strings=STRINGS[3], chunk=1)
    @example(left=[], right=[Row("a", ((0, 1),))], strings=STRINGS[2], chunk=1)
    def test_rows_of_one_span(self, how: str, left: list[Row], right: list[Row], strings: Any, chunk: int) -> None:
        """Every pair that there is, in the order of left and then of right, whatever strings and chunks are."""
        same = expected(how, left, right)
        assert pairs(join(table(left), table(right), how)) == same
        assert pairs(join(table(left, strings, chunk), table(right), how)) == same
        assert pairs(join(table(left), table(right, strings, chunk), how)) == same
        assert pairs(join(frame(left), frame(right), how)) == same

    @pytest.mark.parametrize("how", HOWS)
    @given(left=rows(3), right=rows(3))
    @example(left=[Row("a", ((0, 2), (4, 6)))], right=[Row("a", ((0, 9),)), Row("a", ((4, 9), (0, 2)))])
    @example(left=[Row("a", ((0, 2), (0, 2)))], right=[Row("a", ((0, 2),)), Row("a", ((0, 2), (0, 2), (0, 3)))])
    def test_rows_of_several_spans(self, how: str, left: list[Row], right: list[Row]) -> None:
        """Spans of a list go together, in whatever order, touching, overlapping or twice."""
        same = expected(how, left, right)
        on = {"left_on": "parts", "right_on": "parts"}
        assert pairs(join(table(left, chunk=2), table(right, chunk=3), how, **on)) == same
        assert pairs(join(frame(left), frame(right), how, **on)) == same

    @pytest.mark.parametrize("how", HOWS)
    @given(left=rows(3), right=rows(1))
    def test_one_span_against_several(self, how: str, left: list[Row], right: list[Row]) -> None:
        """On one side a list of spans, on the other rows of one span, with and without sorting."""
        assert pairs(join(table(left), table(right), how, left_on="parts")) == expected(how, left, right)
        assert pairs(join(frame(right), frame(left), how, right_on="parts")) == expected(how, right, left)
        ordered = sorted(right, key=lambda row: (row.document, row.spans))
        assert pairs(join(table(left), table(ordered), how, left_on="parts")) == expected(how, left, ordered)

    @pytest.mark.parametrize("how", HOWS)
    @given(left=rows(1, 8))
    def test_a_table_with_itself(self, how: str, left: list[Row]) -> None:
        """Each row goes with itself, as `merge` has it, where the way to join allows it."""
        found = pairs(join(table(left), table(left), how))
        assert found == expected(how, left, left)
        if how in ("within", "contains", "equals"):
            assert {(at, at) for at, row in enumerate(left) if row.spans} <= set(found)

    @pytest.mark.parametrize("how", HOWS)
    @given(left=rows(2), right=rows(2), shift=st.sampled_from([2**31, 2**40, 2**62, 2**63 - 13]))
    def test_large_offsets(self, how: str, left: list[Row], right: list[Row], shift: int) -> None:
        """Where documents would not fit on one line of an int64, and where numbers of 32 bits would run over."""
        far = [
            [Row(row.document, tuple((a + shift, b + shift) for a, b in row.spans)) for row in side]
            for side in (left, right)
        ]
        found = join(table(far[0]), table(far[1]), how, left_on="parts", right_on="parts")
        assert pairs(found) == expected(how, left, right)
