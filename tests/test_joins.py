"""Joins against their definition, written out over lists of rows; in Arrow and in pandas; on the shipped corpus."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

import sidelines
from sidelines import SidelinesError, join

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


LEFT = {
    "id": ["m1", "m2", "m3"],
    "document": ["a", "a", "b"],
    "start": [4, 0, 0],
    "end": [6, 3, 2],
    "text": ["cd", "abc", "xy"],
    "form": ["NAM", "PRO", "NAM"],
}
RIGHT = {
    "document": ["b", "a", "a"],
    "id": [30, 20, 10],
    "kind": ["direct", "mixed", "direct"],
    "start": [0, 0, 4],
    "end": [9, 9, 9],
    "text": ["xy…", "abc…", "cd…"],
}


def tables() -> tuple[pa.Table, pa.Table]:
    return pa.table(LEFT), pa.table(RIGHT)


def frames() -> tuple[pd.DataFrame, pd.DataFrame]:
    return pd.DataFrame(LEFT, index=[7, 7, 9]), pd.DataFrame(RIGHT).set_index("kind", drop=False)


class TestResult:
    def test_the_table_of_pairs(self) -> None:
        """`document`, `left_id` and `right_id`; left rows as they came, of each the right ones as they came."""
        pairs = {"document": ["a", "a", "a", "b"], "left_id": ["m1", "m1", "m2", "m3"], "right_id": [20, 10, 20, 30]}
        assert join(*tables()).to_pydict() == pairs
        pd.testing.assert_frame_equal(join(*frames()), pd.DataFrame(pairs), check_index_type="exact")

    @pytest.mark.parametrize(
        ("columns", "suffixes", "added"),
        [
            (False, ("_l", "_r"), []),
            ([], ("_l", "_r"), []),
            (True, ("_l", "_r"), ["start_l", "end_l", "text_l", "form", "kind", "start_r", "end_r", "text_r"]),
            (["kind", "form"], ("_l", "_r"), ["form", "kind"]),
            (["text"], ("_left", "_right"), ["text_left", "text_right"]),
            (["text"], ("", "_right"), ["text", "text_right"]),
            (("text_right",), ("_left", "_right"), ["text_right"]),
            ({"text_right", "text"}, ("", "_right"), ["text", "text_right"]),
            (iter(["start_left", "form"]), ["_left", "_right"], ["start_left", "form"]),
        ],
    )
    def test_other_columns(self, columns: Any, suffixes: Any, added: list[str]) -> None:
        """In the order of the tables, whatever that of `columns`; with suffixes where both have them."""
        asked = columns if isinstance(columns, bool) else list(columns)
        for sides in (tables(), frames()):
            made = join(*sides, columns=iter(asked) if isinstance(asked, list) else asked, suffixes=suffixes)
            listed = made.column_names if isinstance(made, pa.Table) else list(made)
            assert listed == ["document", "left_id", "right_id", *added]

    def test_values_of_other_columns(self) -> None:
        """Each row has what its two rows have."""
        for sides in (tables(), frames()):
            made = join(*sides, columns=["text", "kind"])
            got = made.to_pydict() if isinstance(made, pa.Table) else made.to_dict("list")
            assert got["text_left"] == ["cd", "cd", "abc", "xy"]
            assert got["kind"] == ["mixed", "direct", "mixed", "direct"]
            assert got["text_right"] == ["abc…", "cd…", "abc…", "xy…"]

    def test_names_that_are_no_strings(self) -> None:
        """Labels of frames may be anything; shared ones become strings by their suffix."""
        left, right = frames()
        made = join(left.assign(**{"x": 1}).rename(columns={"x": 0}), right.rename(columns={"kind": 0}), columns=[0])
        assert list(made) == ["document", "left_id", "right_id", "0_left", "0_right"]
        assert list(join(left.rename(columns={"form": 0}), right, columns=[0])) == [*list(made)[:3], 0]

    @pytest.mark.parametrize(
        ("arguments", "message"),
        [
            ({"how": "withn"}, "how: expected a way to join, found 'withn'; did you mean 'within'? There are: after, "),
            ({"how": None}, "how: expected a way to join, found None; there are: after, before, contains, "),
            ({"columns": ["texts"]}, "columns: there is no other column 'texts'; did you mean 'text'? There are: end"),
            ({"columns": ["id"]}, "columns: there is no other column 'id'; did you mean 'kind'? There are: end"),
            ({"columns": [["a"]]}, "columns: there is no other column ['a']; there are: end, end_left, "),
            ({"columns": "text"}, "columns: expected True, False or a list of names, found 'text'"),
            ({"columns": 1}, "columns: expected True, False or a list of names, found 1"),
            ({"columns": None}, "columns: expected True, False or a list of names, found None"),
            ({"suffixes": ("_left", None)}, "suffixes: expected two strings, found ('_left', None)"),
            ({"suffixes": "_l"}, "suffixes: expected two strings, found '_l'"),
            ({"suffixes": ("a", "b", "c")}, "suffixes: expected two strings, found ('a', 'b', 'c')"),
            ({"columns": True, "suffixes": ("", "")}, "expected columns of different names, found 'start' twice"),
        ],
    )  # fmt: skip
    def test_refusals(self, arguments: Any, message: str) -> None:
        """A wrong argument is answered with what there is."""
        for sides in (tables(), frames()):
            with pytest.raises(SidelinesError) as caught:
                join(*sides, **arguments)
            assert str(caught.value).startswith(message)

    def test_a_name_that_the_result_has(self) -> None:
        """A column `left_id`, of a join before, is refused if it is asked for."""
        left, right = tables()
        left = left.append_column("left_id", left["id"])
        assert join(left, right).num_rows == 4
        with pytest.raises(SidelinesError, match=r"^expected columns of different names, found 'left_id' twice"):
            join(left, right, columns=True)


class TestTypes:
    @pytest.mark.parametrize("strings", STRINGS)
    def test_of_arrow(self, strings: pa.DataType) -> None:
        """Types, nullability and descriptions are those of the columns; nothing of the tables' metadata is kept."""
        fields = [
            pa.field("document", strings, False, {"description": "The document's id."}),
            pa.field("id", pa.int32(), False),
            pa.field("start", pa.int64()),
            pa.field("end", pa.int64()),
            pa.field("parts", SPANS, True),
            pa.field("form", pa.dictionary(pa.int8(), pa.string())),
        ]
        row = {"document": ["a"], "id": [1], "start": [0], "end": [2], "parts": [None], "form": ["NAM"]}
        left = pa.table(
            row, pa.schema([field.with_type(pa.string()) if field.name == "document" else field for field in fields])
        )
        left = left.cast(pa.schema(fields, {"pandas": "{}"}))
        made = join(left, pa.table(RIGHT), columns=["parts", "form"])
        assert made.schema == pa.schema(
            [fields[0], fields[1].with_name("left_id"), pa.field("right_id", pa.int64()), *fields[4:]]
        )
        assert made.schema.metadata is None
        assert made.schema.field("document").metadata == {b"description": b"The document's id."}
        made.validate(full=True)

    def test_of_pandas(self) -> None:
        """Dtypes stay what they are, also where no pair is."""
        dtypes = {
            "category": pd.Categorical(["u", "v"], ["v", "u", "w"], ordered=True),
            "string": pd.array(["x", None], "string"),
            "Int64": pd.array([1, None], "Int64"),
            "boolean": pd.array([True, None], "boolean"),
            "datetime": pd.to_datetime(["2018-11-11", None]),
            "float32": np.array([1, 2], np.float32),
            "object": pd.Series([{1}, None], dtype=object),
            "arrow": pd.array(["x", "y"], pd.ArrowDtype(pa.string())),
        }
        left = pd.DataFrame({"document": pd.Categorical(["b", "a"]), "id": ["x", "y"], "start": 0, "end": 1, **dtypes})
        for right in (frames()[1], frames()[1][:0]):
            made = join(left, right, columns=True)
            assert made.dtypes[list(dtypes)].to_dict() == left.dtypes[list(dtypes)].to_dict()
            assert made.document.dtype == left.document.dtype
            assert made.right_id.dtype == right.id.dtype
            pd.testing.assert_index_equal(made.index, pd.RangeIndex(len(made)), exact=True)
        assert join(left, frames()[1])["left_id"].tolist() == ["x", "y"]

    def test_frames_are_left_alone(self) -> None:
        """What is given is not changed, and not shared."""
        left, right = frames()
        before = left.copy(), right.copy()
        made = join(left, right, columns=True)
        made.loc[0, "start_left"] = 99
        pd.testing.assert_frame_equal(left, before[0])
        pd.testing.assert_frame_equal(right, before[1])

    def test_documents_of_different_types(self) -> None:
        """A category, a dictionary and strings of any width name the same documents."""
        for one in STRINGS:
            for other in STRINGS:
                left, right = (
                    table.set_column(table.column_names.index("document"), "document", table["document"].cast(kind))
                    for table, kind in zip(tables(), (one, other), strict=True)
                )
                made = join(left, right)
                assert made["document"].type == one
                assert made["document"].cast(pa.string()).to_pylist() == ["a", "a", "a", "b"]


class TestShippedCorpus:
    def test_an_interrupted_quote_is_its_two_parts(self) -> None:
        """“It is the American position …,” Bolton said. “It’s not like …”: nobody says “Bolton” here."""
        mentions, quotes = sidelines.load("mentions"), sidelines.load("quotes")
        quote = quotes[quotes.id == "q18"]
        said = join(mentions, quote, columns=["text_left"])
        assert said.text_left.tolist() == ["American", "Russia", "Russian", "they"]
        around = join(mentions, quote, right_on=("start", "end"), columns=["text_left"])
        assert around.text_left.tolist() == ["American", "Russia", "Russian", "they", "Bolton"]
        without = join(mentions, quote.drop(columns="content"), columns=["text_left"])
        pd.testing.assert_frame_equal(without, around)

    def test_files_of_the_corpus(self) -> None:
        """By `load`, by `pandas.read_parquet`, where absent offsets make floats, and in Arrow: the same pairs."""
        names = ("quotes", "sentences")
        loaded = join(*map(sidelines.load, names), left_on="cue")
        read = join(*(pd.read_parquet(sidelines.path(name)) for name in names), left_on="cue")
        arrow = join(*(sidelines.read().tables[name] for name in names), left_on="cue")
        assert len(loaded) == sidelines.load("quotes").cue_start.notna().sum()
        assert pairs(loaded) == pairs(read) == pairs(arrow)

    def test_every_sentence_stands_in_a_block(self) -> None:
        """And every block that is a paragraph has one; spans that nest are found both ways."""
        sentences, blocks = sidelines.load("sentences"), sidelines.load("blocks")
        within, contains = join(sentences, blocks), join(blocks, sentences, "contains")
        assert sorted(zip(within.left_id, within.right_id, strict=True)) == sorted(
            zip(contains.right_id, contains.left_id, strict=True)
        )
        assert within.left_id.tolist() == sentences.id.tolist()
        assert set(blocks.id[blocks.kind == "paragraph"]) <= set(within.right_id)
