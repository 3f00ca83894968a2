"""What a join reads of a table or a frame, and what it says where that is not in order."""

from __future__ import annotations

import re
import sys
from datetime import date
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from sidelines import SidelinesError, join
from sidelines.sides import Frame, Side, Spans, Table, both_sides

LISTS = pa.list_(pa.struct([("start", pa.int64()), ("end", pa.int64())]))


def rows(**columns: Any) -> dict[str, Any]:
    """Two rows in order, but for what is given."""
    return {"document": ["a", "a"], "id": ["x", "y"], "start": [0, 5], "end": [3, 7], **columns}


def spans(*parts: tuple[Any, Any]) -> list[dict[str, Any]]:
    return [{"start": start, "end": end} for start, end in parts]


def read(data: Any, on: Any = None) -> list[tuple[int, int, int]]:
    """Row, start and end of every span that is read, which is the same of a table and of a frame."""
    found = []
    for kind in (Frame(pd.DataFrame(data)), Table(pa.table(data))):
        got = Side("left", kind).spans(on)
        row = np.arange(len(got.start)) if got.row is None else got.row
        found.append(list(zip(row.tolist(), got.start.tolist(), got.end.tolist(), strict=True)))
    assert found[0] == found[1]
    return found[0]


def refused(data: Any, message: str, on: Any = None) -> None:
    """A table and a frame of these columns are refused in the same words."""
    for made in (pa.table(data), pd.DataFrame(data)):
        other = pa.table(rows()) if isinstance(made, pa.Table) else pd.DataFrame(rows())
        for left, right, name in ((made, other, "left"), (other, made, "right")):
            with pytest.raises(SidelinesError) as caught:
                join(left, right, **{f"{name}_on": on})
            assert str(caught.value) == message.replace("SIDE", name)


class TestSpans:
    @pytest.mark.parametrize(
        ("columns", "on", "found"),
        [
            ({}, None, [(0, 0, 3), (1, 5, 7)]),
            ({"start": [0, 0], "end": [0, 0]}, None, [(0, 0, 0), (1, 0, 0)]),
            ({"start": [0.0, None], "end": [3.0, None]}, None, [(0, 0, 3)]),
            ({"start": [None, None], "end": [None, None]}, None, []),
            ({"cue_start": [None, 8], "cue_end": [None, 9]}, "cue", [(1, 8, 9)]),
            ({"from": [1, 2], "to": [1, 3]}, ("from", "to"), [(0, 1, 1), (1, 2, 3)]),
            ({"parts": [spans((4, 5), (0, 2)), spans((7, 7))]}, "parts", [(0, 4, 5), (0, 0, 2), (1, 7, 7)]),
            ({"parts": [None, spans((0, 2))]}, "parts", [(1, 0, 2)]),
            ({"parts": [[], spans((0, 2))]}, "parts", [(1, 0, 2)]),
            ({"parts": [None, None]}, "parts", []),
            ({"parts": [[], []]}, "parts", []),
            ({"parts": [spans((0, 2)), None]}, None, [(0, 0, 3), (1, 5, 7)]),
            ({"content": [spans((0, 1), (2, 3)), spans((5, 7))]}, None, [(0, 0, 1), (0, 2, 3), (1, 5, 7)]),
            ({"content": [spans((0, 1), (2, 3)), spans((5, 7))]}, ("start", "end"), [(0, 0, 3), (1, 5, 7)]),
            ({"content": ["said", "done"]}, None, [(0, 0, 3), (1, 5, 7)]),
            ({"content": [["said"], []]}, None, [(0, 0, 3), (1, 5, 7)]),
            ({"content": [[{"value": 1}], None]}, None, [(0, 0, 3), (1, 5, 7)]),
            ({"start": [0, None], "end": [3, None], "content": [spans((0, 3)), None]}, None, [(0, 0, 3)]),
        ],
    )
    def test_what_is_read(self, columns: Any, on: Any, found: Any) -> None:
        """By None the row or its content, by a name a property or a list, by two names the columns."""
        assert read(rows(**columns), on) == found

    def test_content_alone(self) -> None:
        """A table of quotes as it is in its file has no `start` and `end`."""
        assert read({"document": ["a"], "id": ["q"], "content": [spans((0, 1), (4, 6))]}) == [(0, 0, 1), (0, 4, 6)]

    @pytest.mark.parametrize("type_", [pa.int8(), pa.uint64(), pa.float32(), pa.int64()])
    def test_numbers_of_every_width(self, type_: pa.DataType) -> None:
        """Bounds are int64 in whatever they came."""
        table = pa.table(rows(start=pa.array([0, 5], type_)))
        got = Side("left", Table(table)).spans(None)
        assert (got.start.dtype, got.start.tolist()) == (np.dtype(np.int64), [0, 5])

    @pytest.mark.parametrize("type_", [LISTS, pa.large_list(LISTS.value_type), pa.list_(LISTS.value_type, 2)])
    def test_lists_of_every_kind(self, type_: pa.DataType) -> None:
        """In Arrow, in chunks and slices, and in pandas by its Arrow types."""
        items = pa.array([None, spans((9, 9), (8, 9)), None, spans((0, 1), (2, 3))], type_)[1:]
        found = ([1, 1, 3, 3], [9, 8, 0, 2])
        table = pa.table({"parts": pa.chunked_array([pa.array([None], type_), items])})
        frame = pd.DataFrame({"parts": pd.Series(table["parts"].combine_chunks(), dtype=pd.ArrowDtype(type_))})
        for data in (Table(table), Frame(frame)):
            got = Side("left", data).spans("parts")
            assert got.row is not None
            assert (got.row.tolist(), got.start.tolist()) == found

    @pytest.mark.parametrize("empty", [pd.DataFrame(columns=[*rows(), "parts"]), pd.DataFrame(rows(parts=None))[:0]])
    def test_no_rows(self, empty: pd.DataFrame) -> None:
        """A frame without rows may have columns of any type."""
        for on in (None, "parts", ("start", "end")):
            assert join(empty, empty, left_on=on).shape == (0, 3)
            assert join(empty, pd.DataFrame(rows()), right_on=None, left_on=on).shape == (0, 3)

    def test_hull(self) -> None:
        """From the first character of a row to its last, in whatever order its spans stand."""
        row, start, end = np.array([0, 0, 2]), np.array([4, 0, 1]), np.array([5, 2, 9])
        got = Spans(row, start, end).hull()
        assert got.row is not None
        assert (got.row.tolist(), got.start.tolist(), got.end.tolist()) == ([0, 2], [0, 1], [5, 9])


class TestRefusals:
    @pytest.mark.parametrize(
        ("columns", "on", "message"),
        [
            (
                {"start": [0, 8]},
                None,
                "SIDE, row 1 (id y): expected 0 <= start <= end in 'start' and 'end', found 8 and 7",
            ),
            (
                {"start": [-1, 5]},
                None,
                "SIDE, row 0 (id x): expected 0 <= start <= end in 'start' and 'end', found -1 and 3",
            ),
            (
                {"start": [0, None]},
                None,
                "SIDE, row 1 (id y): expected 'start' and 'end', or neither, found one of them",
            ),
            ({"start": [date(2018, 11, 11)] * 2}, None, "SIDE: expected integers in 'start', found date32[day]"),
            ({"start": [False, True]}, None, "SIDE: expected integers in 'start', found bool"),
            ({"document": [1, 2]}, None, "SIDE: expected strings in 'document', found int64"),
            ({"document": ["a", None]}, None, "SIDE, row 1 (id y): expected a document, found none"),
            ({}, "cue", "SIDE_on: there is no span property or list of spans 'cue'; there are none"),
            (
                {"cue_start": [1, 1], "cue_end": [2, 2], "parts": [spans((0, 2)), []], "head_start": [1, 1]},
                "cues",
                "SIDE_on: there is no span property or list of spans 'cues'; did you mean 'cue'? There are: cue, parts",
            ),
            (
                {"form": ["N", "P"]},
                "form",
                "SIDE_on: there is no span property or list of spans 'form'; there are none",
            ),
            (
                {"parts": [["a"], []]},
                "parts",
                "SIDE_on: there is no span property or list of spans 'parts'; there are none",
            ),
            ({}, 3, "SIDE_on: expected a name, a pair of columns or None, found 3"),
            (
                {},
                ("start", "end", "id"),
                "SIDE_on: expected a name, a pair of columns or None, found ('start', 'end', 'id')",
            ),
            (
                {},
                ("star", "end"),
                "SIDE: there is no column 'star'; did you mean 'start'? There are: document, end, id, start",
            ),
            (
                {"parts": [spans((0, 1)), spans((0, 1), (9, 8))]},
                "parts",
                "SIDE, row 1 (id y): expected 0 <= start <= end in 'start' and 'end' of 'parts', found 9 and 8",
            ),
            (
                {"parts": [[], spans((0, 1), (None, 8))]},
                "parts",
                "SIDE, row 1 (id y): expected 'start' and 'end' in every span of 'parts', found null",
            ),
            (
                {"parts": [[], [*spans((0, 1)), None]]},
                "parts",
                "SIDE, row 1 (id y): expected 'start' and 'end' in every span of 'parts', found null",
            ),
            (
                {"parts": [[], spans(("0", "1"))]},
                "parts",
                "SIDE: expected integers in 'start' of 'parts', found string",
            ),
            (
                {"content": [spans((0, 1), (2, 3)), spans((5, 6))]},
                None,
                "SIDE, row 1 (id y): expected 'start' and 'end' around 'content', 5 and 6, found 5 and 7; "
                "SIDE_on='content' or SIDE_on=('start', 'end') says which is meant",
            ),
            (
                {"content": [spans((0, 3)), []]},
                None,
                "SIDE, row 1 (id y): expected 'start' and 'end' around 'content', none, found 5 and 7; "
                "SIDE_on='content' or SIDE_on=('start', 'end') says which is meant",
            ),
        ],
    )
    def test_by_message(self, columns: Any, on: Any, message: str) -> None:
        """What was expected, what was found, on which side and where."""
        refused(rows(**columns), message, on)

    @pytest.mark.parametrize("start", [[0.5, 5.0], [float(2**70), 5.0]])
    def test_numbers_that_are_no_int64(self, start: list[float]) -> None:
        """Neither is rounded, and what Arrow says of it is passed on."""
        for made in (pa.table(rows(start=start)), pd.DataFrame(rows(start=start))):
            with pytest.raises(
                SidelinesError, match=r"^left: expected integers of 64 bits in 'start', found others \(Fl"
            ):
                join(made, made)

    @pytest.mark.parametrize("parts", [[[{"start": 0.5, "end": 2}], []], [[{"start": 2**70, "end": 2}], []]])
    def test_spans_that_are_no_int64(self, parts: list[Any]) -> None:
        """Objects of pandas are not rounded either."""
        with pytest.raises(SidelinesError, match=r"^left: expected .*'(start|parts)'"):
            join(pd.DataFrame(rows(parts=parts)), pd.DataFrame(rows()), left_on="parts")

    @pytest.mark.parametrize("items", [["a", 1], ["a", "\ud800"], [1, 2**70], ["a", [1]]])
    def test_objects_of_several_types(self, items: list[Any]) -> None:
        """A column that Arrow cannot hold is named."""
        frame = pd.DataFrame(rows(document=pd.Series(items, dtype=object)))
        with pytest.raises(SidelinesError, match=r"^left: expected a column of one type, found 'document' \("):
            join(frame, frame)

    @pytest.mark.parametrize("missing", ["document", "id", "start", "end"])
    def test_columns_that_must_be_there(self, missing: str) -> None:
        """Each of the four, and of each only one."""
        less = {name: column for name, column in rows().items() if name != missing}
        refused(less, f"SIDE: there is no column {missing!r}; there are: {', '.join(sorted(less))}")
        for table in (pa.table(rows()), pd.DataFrame(rows())):
            twice = (
                table.append_column(missing, table[missing])
                if isinstance(table, pa.Table)
                else pd.concat([table, table[[missing]]], axis=1)
            )
            with pytest.raises(SidelinesError, match=f"^left: expected one column '{missing}', found 2$"):
                join(twice, table)

    def test_a_dictionary_with_null(self) -> None:
        """A document that is null by its dictionary is none; one that is only in the dictionary is not asked for."""
        values = pa.array(["a", None, "b"])
        for at, row in (([0, 1], 1), ([0, None], 1), ([None, 0], 0)):
            table = pa.table(rows(document=pa.DictionaryArray.from_arrays(pa.array(at, pa.int32()), values)))
            with pytest.raises(SidelinesError, match=f"^left, row {row} .*: expected a document, found none$"):
                join(table, table)
        table = pa.table(rows(document=pa.DictionaryArray.from_arrays(pa.array([0, 2]), values)))
        assert join(table, table)["left_id"].to_pylist() == ["x", "y"]


class TestBothSides:
    @pytest.mark.parametrize(
        ("data", "found"),
        [
            ("mentions", "str; sidelines.load('mentions') is one if there is such a table"),
            (rows(), "dict; pyarrow.table(left) makes one of it"),
            (pa.RecordBatch.from_pydict(rows()), "pyarrow.RecordBatch; pyarrow.table(left) makes one of it"),
            (None, "NoneType"),
            ([rows()], "list"),
            (pd.Series([1]), "pandas.Series"),
        ],
    )
    def test_neither_frame_nor_table(self, data: Any, found: str) -> None:
        """The message says what to pass, where there is a way."""
        message = f"left: expected a pandas.DataFrame or a pyarrow.Table, found {found}"
        with pytest.raises(SidelinesError, match=f"^{re.escape(message)}$"):
            both_sides(data, pa.table(rows()))

    def test_what_the_message_says_works(self) -> None:
        """Dicts, record batches, and whatever else offers its columns, are tables by `pyarrow.table`."""
        for data in (rows(), pa.RecordBatch.from_pydict(rows()), pa.table(rows()).to_reader()):
            assert join(pa.table(data), pa.table(rows())).num_rows == 2

    def test_one_of_each(self) -> None:
        """A frame and a table are not joined."""
        table, frame = pa.table(rows()), pd.DataFrame(rows())
        for left, right, name in ((table, frame, "left"), (frame, table, "right")):
            with pytest.raises(SidelinesError, match=rf"^expected two frames or .*; {name}.to_pandas\(\) makes"):
                both_sides(left, right)

    def test_without_pandas(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Where pandas is not loaded, it is not looked for."""
        monkeypatch.delitem(sys.modules, "pandas")
        with pytest.raises(SidelinesError, match="found dict"):
            both_sides({}, {})
