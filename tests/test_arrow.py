"""Values in and out of Arrow by its buffers."""

from __future__ import annotations

import datetime
from itertools import pairwise
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import UNSET

from sidelines import arrow
from tests.strategies import texts


def ints(*items: int) -> np.ndarray[Any, np.dtype[np.int64]]:
    return np.array(items, np.int64)


def bools(*items: int) -> np.ndarray[Any, np.dtype[np.bool_]]:
    return np.array(items, np.bool_)


def checked(made: pa.Array, type_: pa.DataType) -> list[Any]:
    """The values of an array that was put together by hand, once Arrow has found nothing wrong with it."""
    made.validate(full=True)
    assert made.type == type_
    return list(made.to_pylist())


class TestIn:
    @pytest.mark.parametrize(
        ("items", "values"),
        [
            ([], []),
            (["a", "", "é😀\0"], ["a", "", "é😀\0"]),
            (["a", UNSET, None], ["a", None, None]),
            ((UNSET,), [None]),
            (["x" * 100, "", "é" * 100], ["x" * 100, "", "é" * 100]),
            (["x" * 24, "é" * 24], ["x" * 24, "é" * 24]),
            (["x" * 24, "é" * 25], ["x" * 24, "é" * 25]),
            (("é", "b"), ["é", "b"]),
            (["ab", "", "c"], ["ab", "", "c"]),
        ],
    )
    def test_strings(self, items: list[Any], values: list[Any]) -> None:
        """None and UNSET are null; an empty string is a string."""
        assert checked(arrow.strings(items), pa.string()) == values

    def test_integers(self) -> None:
        """int64 from numpy, whatever its strides; without `valid` nothing is null."""
        assert checked(arrow.integers(ints(1, -(2**63), 2**63 - 1)), pa.int64()) == [1, -(2**63), 2**63 - 1]
        assert checked(arrow.integers(np.arange(6)[::2]), pa.int64()) == [0, 2, 4]
        assert checked(arrow.integers(ints()), pa.int64()) == []

    def test_integers_with_nulls(self) -> None:
        """Null is where `valid` is False, past the eighth bit, too."""
        valid = bools(1, 0, 1, 1, 1, 1, 1, 1, 0, 1)
        assert checked(arrow.integers(np.arange(10), valid), pa.int64()) == [0, None, 2, 3, 4, 5, 6, 7, None, 9]

    def test_dates(self) -> None:
        """Days from 1970-01-01, before it and after."""
        made = checked(arrow.dates(ints(0, -1, 17828, 0), bools(1, 1, 1, 0)), pa.date32())
        assert made == [datetime.date(1970, 1, 1), datetime.date(1969, 12, 31), datetime.date(2018, 10, 24), None]

    def test_lists(self) -> None:
        """Each list takes its items from where the last one ended; an empty list is not null."""
        inner = arrow.strings(["a", "b", "c"])
        assert checked(arrow.lists(ints(2, 0, 1), inner), pa.list_(pa.string())) == [["a", "b"], [], ["c"]]
        made = arrow.lists(ints(2, 0, 1, 0), inner, bools(1, 0, 1, 1))
        assert checked(made, pa.list_(pa.string())) == [["a", "b"], None, ["c"], []]

    def test_booleans(self) -> None:
        """One bit each, across bytes."""
        assert checked(arrow.booleans(bools(1, 0, 0, 1, 1, 0, 1, 0, 1)), pa.bool_()) == [
            True, False, False, True, True, False, True, False, True,
        ]  # fmt: skip

    def test_text(self) -> None:
        """Strings from their bytes, end to end; lengths are those of bytes."""
        data = np.frombuffer("é😀b".encode(), np.uint8)
        assert checked(arrow.text(data, ints(2, 0, 5), bools(1, 1, 1)), pa.string()) == ["é", "", "😀b"]
        assert checked(arrow.text(data, ints(2, 0, 5), bools(1, 0, 1)), pa.string()) == ["é", None, "😀b"]
        assert checked(arrow.text(data[:0], ints(), bools()), pa.string()) == []

    def test_large_text(self) -> None:
        """Large strings from their bytes and bounds; a document may be empty."""
        data = np.frombuffer("é😀b".encode(), np.uint8)
        assert checked(arrow.large_text(data, ints(0, 2, 2, 7)), pa.large_string()) == ["é", "", "😀b"]
        assert checked(arrow.large_text(data[:0], ints(0)), pa.large_string()) == []

    def test_pick(self) -> None:
        """Items by row, in any order and more than once; a negative row is null, as is a null that is picked."""
        items = arrow.strings(["a", None, "c"])
        assert checked(arrow.pick(items, ints(2, 0, 2)), pa.string()) == ["c", "a", "c"]
        assert checked(arrow.pick(items, ints(2, -1, 1, 0)), pa.string()) == ["c", None, None, "a"]
        assert checked(arrow.pick(items, ints()), pa.string()) == []

    def test_pick_from_nothing(self) -> None:
        """Of an empty column only nulls can be picked."""
        assert checked(arrow.pick(arrow.strings(["a"]), ints(-1, -1)), pa.string()) == [None, None]

    def test_bits(self) -> None:
        """The first value is the lowest bit of the first byte."""
        assert arrow.bits(bools(1, 0, 1, 0, 0, 0, 0, 0, 1)).to_pybytes() == b"\x05\x01"

    def test_buffer(self) -> None:
        """Numbers of a C type, end to end."""
        assert arrow.buffer([1, -1], "i").to_pybytes() == np.array([1, -1], np.int32).tobytes()
        assert arrow.buffer((0.5,), "d").to_pybytes() == np.array([0.5]).tobytes()


class TestOut:
    @pytest.mark.parametrize(
        ("items", "values"),
        [
            (pa.array([3, None, 2**40]).slice(2), [2**40]),
            (pa.array([3, 4], pa.int32()), [3, 4]),
            (pa.array([None, datetime.date(1970, 1, 2)]).slice(1), [1]),
            (pa.array([], pa.int64()), []),
            (pa.Array.from_buffers(pa.int64(), 0, [None, None]), []),
            (pa.array([3]).slice(1), []),
        ],
    )
    def test_numbers(self, items: pa.Array, values: list[int]) -> None:
        """int64, int32 and dates as numpy, from where a slice begins."""
        assert arrow.numbers(items).tolist() == values

    def test_characters(self) -> None:
        """Lengths in code points, from where a slice begins; null has none."""
        strings = pa.array(["é", "", None, "\U0001f600a", "e\u0301"])
        assert arrow.characters(strings).tolist() == [1, 0, 0, 2, 2]
        assert arrow.characters(strings.slice(3)).tolist() == [2, 2]

    def test_numbers_of_another_type(self) -> None:
        """Strings are no numbers."""
        with pytest.raises(KeyError):
            arrow.numbers(pa.array(["1"]))

    @pytest.mark.parametrize(
        ("items", "values"),
        [
            (pa.array(["a", "b"]), [True, True]),
            (pa.array(["a", None, "b"]), [True, False, True]),
            (pa.array([None] * 9 + ["a", None, "b"]).slice(8, 3), [False, True, False]),
            (pa.array([None, "a", "b"]).slice(1), [True, True]),
            (pa.array([], pa.string()), []),
        ],
    )
    def test_valid(self, items: pa.Array, values: list[bool]) -> None:
        """What is not null, from where a slice begins, past the first byte of bits, too."""
        assert arrow.valid(items).tolist() == values

    @pytest.mark.parametrize(
        ("items", "values"),
        [
            (pa.array([True, False, None]), [True, False, False]),
            (pa.array([None] * 9 + [True, False, True]).slice(8), [False, True, False, True]),
            (pa.array([], pa.bool_()), []),
            (pa.Array.from_buffers(pa.bool_(), 0, [None, None]), []),
        ],
    )
    def test_truth(self, items: pa.Array, values: list[bool]) -> None:
        """Null is False."""
        assert arrow.truth(items).tolist() == values

    @pytest.mark.parametrize("type_", [pa.string(), pa.large_string()])
    def test_utf8(self, type_: pa.DataType) -> None:
        """Bytes of the whole column, and where in them the items of a slice begin."""
        data, bounds = arrow.utf8(pa.array(["a", "é", None, "", "b"], type_))
        assert (data.tobytes(), bounds.tolist()) == ("aéb".encode(), [0, 1, 3, 3, 3, 4])
        data, bounds = arrow.utf8(pa.array(["a", "é", None, "", "b"], type_).slice(1, 2))
        assert (data[bounds[0] : bounds[1]].tobytes(), bounds.tolist()) == ("é".encode(), [1, 3, 3])
        assert bounds.dtype == np.int64

    @pytest.mark.parametrize(
        "items", [pa.array([], pa.string()), pa.Array.from_buffers(pa.string(), 0, [None, None, pa.py_buffer(b"")])]
    )
    def test_utf8_of_nothing(self, items: pa.Array) -> None:
        """An empty column has no bytes, and one bound."""
        data, bounds = arrow.utf8(items)
        assert (data.tolist(), bounds.tolist()) == ([], [0])

    def test_utf8_without_bytes(self) -> None:
        """A column of nulls and empty strings has bounds, but no bytes."""
        data, bounds = arrow.utf8(
            pa.Array.from_buffers(pa.string(), 2, [None, pa.py_buffer(bytes(12)), pa.py_buffer(b"")])
        )
        assert (data.tolist(), bounds.tolist()) == ([], [0, 0, 0])

    @pytest.mark.parametrize(
        ("items", "values"),
        [
            (pa.array(["a", None]), ["a", None]),
            (pa.chunked_array([["a", "b"]]), ["a", "b"]),
            (pa.chunked_array([["a"], ["b", None]]), ["a", "b", None]),
            (pa.chunked_array([], pa.string()), []),
        ],
    )
    def test_whole(self, items: pa.Array | pa.ChunkedArray, values: list[str]) -> None:
        """Columns of no, one or several chunks are one array."""
        whole = arrow.whole(items)
        assert isinstance(whole, pa.Array)
        assert checked(whole, pa.string()) == values

    def test_python(self) -> None:
        """Values of every kind as Python has them."""
        items = pa.array([{"a": [1], "b": "x"}, None])
        assert arrow.python(items) == [{"a": [1], "b": "x"}, None]
        assert arrow.python(pa.array(["é", "", "😀b", "z"]).slice(1, 2)) == ["", "😀b"]
        assert arrow.python(pa.array(["é", None], pa.large_string())) == ["é", None]
        assert arrow.python(pa.array(["x", None, "x"]).dictionary_encode()) == ["x", None, "x"]

    @pytest.mark.parametrize(
        ("items", "lengths"),
        [
            (pa.array([["a", "b"], [], None, ["c"]]), [2, 0, 0, 1]),
            (pa.array([["a", "b"], [], None, ["c"]]).slice(1, 2), [0, 0]),
            (pa.array([["a", "b"], [], None, ["c"]]).slice(3), [1]),
            (pa.array([], pa.list_(pa.string())), []),
        ],
    )
    def test_list_lengths(self, items: pa.Array, lengths: list[int]) -> None:
        """Null has no items, as an empty list has none."""
        assert arrow.list_lengths(items).tolist() == lengths

    def test_list_lengths_of_nulls_with_items(self) -> None:
        """Arrow allows a null list to own items: they do not count."""
        items = arrow.lists(ints(2, 1), arrow.strings(["a", "b", "c"]), bools(0, 1))
        assert arrow.list_lengths(items).tolist() == [0, 1]


@given(st.lists(st.none() | texts(5), max_size=20) | st.lists(texts(60), max_size=20), st.data())
def test_strings_in_and_out(items: list[str | None], data: st.DataObject) -> None:
    """What goes into a column of strings comes out of any slice of it."""
    start, end = sorted(data.draw(st.lists(st.integers(0, len(items)), min_size=2, max_size=2)))
    part = arrow.strings(items).slice(start, end - start)
    raw, bounds = arrow.utf8(part)
    assert arrow.python(part) == items[start:end]
    assert arrow.valid(part).tolist() == [item is not None for item in items[start:end]]
    assert [raw[a:b].tobytes() for a, b in pairwise(bounds)] == [(item or "").encode() for item in items[start:end]]


SPAN = pa.struct([pa.field("start", pa.int64(), False), pa.field("text", pa.string())])
COLUMNS = {
    pa.string(): ["a", "", None, "éé", "b"],
    pa.large_string(): ["a", "", None, "éé", "b"],
    pa.string_view(): ["a", "", None, "é" * 20, "b"],
    pa.binary(): [b"a", b"", None, b"\xff", b"b"],
    pa.binary_view(): [b"a", b"", None, b"\xff" * 20, b"b"],
    pa.int16(): [1, 2, None, 4, 5],
    pa.bool_(): [True, False, None, True, True],
    pa.dictionary(pa.int8(), pa.string()): ["a", "b", None, "a", "c"],
    pa.list_(pa.string()): [["a"], [], None, ["b", None], ["c"]],
    pa.list_(pa.field("item", SPAN, False)): [
        [{"start": 1, "text": "a"}],
        [],
        None,
        [{"start": 2, "text": None}] * 3,
        [],
    ],
    SPAN: [{"start": 1, "text": "a"}, {"start": 2, "text": None}, None, {"start": 3, "text": "b"}, None],
    pa.null(): [None] * 5,
}


class TestTake:
    @pytest.mark.parametrize("limit", [arrow.LIMIT, 40, 8, 1])
    @pytest.mark.parametrize("kind", COLUMNS, ids=str)
    def test_every_type(self, kind: pa.DataType, limit: int, monkeypatch: pytest.MonkeyPatch) -> None:
        """Each item at its place and the type of the column, in however many chunks it comes and goes."""
        monkeypatch.setattr(arrow, "LIMIT", limit)
        items = pa.array(COLUMNS[kind], kind)
        rows = ints(4, 0, 0, 3, 2, 1, 3, 3, 4)
        for chunks in ([items], [items[:2], items[2:]], [items[:0], items[:1], items[1:]]):
            taken = arrow.take(pa.chunked_array(chunks, kind), rows)
            taken.validate(full=True)
            assert taken.type == kind
            assert taken.to_pylist() == [COLUMNS[kind][row] for row in rows]
            assert arrow.take(pa.chunked_array(chunks, kind), ints()).to_pylist() == []
        assert arrow.take(pa.chunked_array([], kind), ints()).type == kind

    def test_what_is_large_is_split(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """No chunk is larger than the limit, unless one item is."""
        monkeypatch.setattr(arrow, "LIMIT", 100)
        column = pa.chunked_array([["x" * 30, "y" * 200]])
        taken = arrow.take(column, ints(0, 0, 0, 0, 1, 0, 0))
        assert all(chunk.nbytes <= 100 or len(chunk) == 1 for chunk in taken.chunks)
        assert 1 < taken.num_chunks < 7
        assert taken.to_pylist() == ["x" * 30] * 4 + ["y" * 200] + ["x" * 30] * 2

    @pytest.mark.slow
    def test_more_than_two_gibibytes(self) -> None:
        """Strings that no chunk with offsets of 32 bits could hold, and chunks that could not be put together."""
        column = pa.chunked_array([arrow.strings(["x" * (1 << 20), "y"])])
        taken = arrow.take(column, np.arange(4200) % 2 * -1 + 1)
        assert (taken.type, len(taken)) == (pa.string(), 4200)
        assert taken.nbytes > 2**31
        assert [taken[at].as_py()[0] for at in (0, 1, 4198, 4199)] == ["y", "x", "y", "x"]
        taken = arrow.take(pa.chunked_array(taken.chunks), ints(4199, 0))
        assert taken.to_pylist() == ["x" * (1 << 20), "y"]


class TestRuns:
    KINDS = (
        pa.string(), pa.large_string(), pa.string_view(), pa.dictionary(pa.int8(), pa.string()),
        pa.dictionary(pa.int64(), pa.large_string()),
    )  # fmt: skip

    @staticmethod
    def spread(*columns: pa.ChunkedArray) -> list[list[int]]:
        """The number of each string, once it is seen that there is one for each run."""
        found = arrow.runs(*columns)
        for code, length in found:
            assert (code.dtype, length.dtype) == (np.int64, np.int64)
            assert (length > 0).all()
        return [np.repeat(*run).tolist() for run in found]

    @pytest.mark.parametrize("kind", KINDS, ids=str)
    def test_the_same_string_has_the_same_number(self, kind: pa.DataType) -> None:
        """In whatever column, chunk or run it stands; the first is 0, and null -1."""
        one, two = ["b", "b", "a", None, "b", ""], ["", "c", "a", "a", None]
        first = pa.chunked_array([pa.array(one[:1]), pa.array(one[1:])]).cast(kind)
        second = pa.chunked_array([pa.array(two)])
        assert self.spread(first, second) == [[0, 0, 1, -1, 0, 2], [2, 3, 1, 1, -1]]

    @pytest.mark.parametrize("kind", KINDS, ids=str)
    @given(items=st.lists(st.sampled_from(["a", "b", "", "é", None])), runs=st.integers(1, 5), chunk=st.integers(1, 9))
    def test_by_definition(self, kind: pa.DataType, items: list[str | None], runs: int, chunk: int) -> None:
        """Numbers are equal where strings are, in the order in which these come first."""
        items = [item for item in items for _ in range(runs)]
        distinct = list(dict.fromkeys(item for item in items if item is not None))
        chunks = [pa.array(items[at : at + chunk], pa.string()).cast(kind) for at in range(0, len(items), chunk)]
        assert self.spread(pa.chunked_array(chunks, kind)) == [
            [-1 if item is None else distinct.index(item) for item in items]
        ]

    def test_slices(self) -> None:
        """What lies outside of a slice is not seen."""
        items = pa.array(["x", "b", "b", "a", "x"])
        for sliced in (items[1:4], items.dictionary_encode()[1:4]):
            first, second = self.spread(pa.chunked_array([sliced]), pa.chunked_array([["a"]]))
            assert first[0] == first[1] != first[2] == second[0]

    def test_a_dictionary_with_what_is_not_used_or_there_twice(self) -> None:
        """Equal values are one, and null among them is null."""
        items = pa.DictionaryArray.from_arrays(pa.array([2, 1, 3, 0, None]), pa.array(["a", "b", "a", None, "c"]))
        assert self.spread(pa.chunked_array([items])) == [[0, 1, -1, 0, -1]]

    def test_a_run_goes_on_in_the_next_chunk(self) -> None:
        """As documents do where tables are put together."""
        chunks = [["b", "b", "a", "a"], ["a", "a", "c", "c"], [], ["c", "c"]]
        (code, length) = arrow.runs(pa.chunked_array(chunks, pa.string()))[0]
        assert (code.tolist(), length.tolist()) == ([0, 1, 2], [2, 4, 4])

    def test_nothing(self) -> None:
        """No strings, no chunks, no columns; nothing but null."""
        none, nulls = pa.chunked_array([], pa.string()), pa.chunked_array([pa.nulls(2)])
        empty = [pa.chunked_array([[]] * count, pa.string()) for count in (1, 2)]
        assert self.spread(none, *empty, nulls) == [[], [], [], [-1, -1]]
        assert arrow.runs() == []
