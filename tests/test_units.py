"""Offsets in code points, bytes and UTF-16 units, against Python's own codecs."""

from __future__ import annotations

import pickle
import subprocess
import sys
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sidelines import offsets, units
from sidelines.errors import OffsetError, SidelinesError
from sidelines.offsets import convert
from tests.strategies import texts

UNITS = ["codepoint", "utf8", "utf16"]
PAIRS = [(source, target) for source in UNITS for target in UNITS]
MIXED = "aé€😀"  # one to four bytes, one or two units
EDGES = {"codepoint": [0, 1, 2, 3, 4], "utf8": [0, 1, 3, 6, 10], "utf16": [0, 1, 2, 3, 5]}

several = st.lists(st.none() | texts(12), max_size=6)


def before(text: str, point: int, unit: str) -> int:
    """The units of what stands before a code point, by Python's codecs."""
    if unit == "utf8":
        return len(text[:point].encode())
    return len(text[:point].encode("utf-16-le")) // 2 if unit == "utf16" else point


def edges(text: str, unit: str) -> list[int]:
    return [before(text, point, unit) for point in range(len(text) + 1)]


class Exported:
    """A column of some other library, of which only the stream of Arrow is known."""

    def __init__(self, column: pa.ChunkedArray) -> None:
        self.column = column

    def __arrow_c_stream__(self, schema: object = None) -> object:
        return self.column.__arrow_c_stream__(schema)


def checked(made: pa.Array) -> list[Any]:
    """The values of an array, once Arrow has found nothing wrong with it."""
    made.validate(full=True)
    return list(made.to_pylist())


class TestConvert:
    @pytest.mark.parametrize(("source", "target"), PAIRS)
    def test_characters_of_one_to_four_bytes(self, source: str, target: str) -> None:
        """Every edge of a text that has each length once, in the middle of others."""
        assert convert(["é", MIXED, "ab"], [[0], EDGES[source], [2]], source, target).to_pylist() == [
            [0], EDGES[target], [2],
        ]  # fmt: skip

    @given(several, st.sampled_from(PAIRS))
    def test_every_edge_of_every_text(self, drawn: list[str | None], pair: tuple[str, str]) -> None:
        """What stands before the n-th character has in each unit the length that Python's codecs give it."""
        source, target = pair
        given, expected = ([[] if t is None else edges(t, unit) for t in drawn] for unit in pair)
        made = convert(pa.array(drawn, pa.string()), pa.array(given, pa.list_(pa.int64())), source, target)
        assert made.type == pa.list_(pa.int64())
        wanted = [None if text is None else listed for text, listed in zip(drawn, expected, strict=True)]
        assert checked(made) == wanted
        assert checked(convert(drawn, given, source, target)) == wanted

    @given(several, st.sampled_from(PAIRS), st.data())
    def test_whatever_is_no_edge_is_null(
        self, drawn: list[str | None], pair: tuple[str, str], data: st.DataObject
    ) -> None:
        """Any integer: converted where Python can cut the text, null elsewhere, and at the first an error."""
        source, target = pair
        numbers = st.none() | st.integers(-3, 30) | st.integers(-(2**63), 2**63 - 1)
        given = data.draw(st.lists(numbers, min_size=len(drawn), max_size=len(drawn)))
        expected: list[int | None] = []
        bad = []
        for row, (text, offset) in enumerate(zip(drawn, given, strict=True)):
            known = dict(zip(edges(text, source), edges(text, target), strict=True)) if text is not None else {}
            expected.append(None if offset is None else known.get(offset))
            if text is not None and offset is not None and offset not in known:
                bad.append(row)
        columns = pa.array(drawn, pa.string()), pa.array(given, pa.int64())
        assert checked(convert(*columns, source, target, invalid="null")) == expected
        if not bad:
            assert checked(convert(*columns, source, target)) == expected
            return
        with pytest.raises(OffsetError) as caught:
            convert(*columns, source, target)
        error = caught.value
        text = drawn[bad[0]]
        assert text is not None
        assert (error.row, error.item, error.offset, error.unit) == (bad[0], None, given[bad[0]], source)
        assert error.length == before(text, len(text), source)

    @given(several, st.sampled_from(PAIRS), st.data())
    def test_there_and_back(self, drawn: list[str | None], pair: tuple[str, str], data: st.DataObject) -> None:
        """Offsets in another unit and back again are what they were."""
        source, target = pair
        given = [None if text is None else data.draw(st.sampled_from(edges(text, source))) for text in drawn]
        column = pa.array(drawn, pa.string())
        there = convert(column, pa.array(given, pa.int64()), source, target)
        assert checked(convert(column, there, target, source)) == given

    @given(several, st.data())
    def test_slices_and_chunks(self, drawn: list[str | None], data: st.DataObject) -> None:
        """A slice of columns is converted as if nothing were around it, and chunks need not be the same."""
        given = [[] if text is None else edges(text, "utf8") for text in drawn]
        expected = [None if text is None else edges(text, "utf16") for text in drawn]
        first = data.draw(st.integers(0, len(drawn)))
        last = data.draw(st.integers(first, len(drawn)))
        cut = data.draw(st.integers(first, last))
        column, listed = pa.array(drawn, pa.large_string()), pa.array(given, pa.list_(pa.int64()))
        part = slice(first, last)
        assert checked(convert(column[part], listed[part], "utf8", "utf16")) == expected[part]
        chunks = pa.chunked_array([column[first:cut], column[cut:last]])
        assert checked(convert(chunks, pa.chunked_array([listed[part]]), "utf8", "utf16")) == expected[part]
        assert (
            checked(convert(column[part], pa.chunked_array([listed[first:cut], listed[cut:last]]), "utf8", "utf16"))
            == (expected[part])
        )

    @given(several, st.sampled_from(PAIRS), st.integers(1, 20))
    def test_blocks_of_any_size(self, drawn: list[str | None], pair: tuple[str, str], size: int) -> None:
        """How many bytes are indexed at a time makes no difference."""
        source, target = pair
        given = [[] if text is None else edges(text, source) for text in drawn]
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(units, "BLOCK", size)
            made = convert(pa.array(drawn, pa.string()), pa.array(given, pa.list_(pa.int64())), source, target)
        assert checked(made) == [None if text is None else edges(text, target) for text in drawn]

    def test_text_by_text_in_blocks(self) -> None:
        """A text belongs to the block in which it begins; one that is longer than a block is in one piece."""
        bounds = np.array([7, 9, 9, 17, 18, 40, 41], np.int64)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(units, "BLOCK", 8)
            assert list(units._blocks(bounds)) == [(0, 3), (3, 5), (5, 6)]

    def test_it_is_one_function(self) -> None:
        """`sidelines.offsets.convert`, without a further import."""
        import sidelines

        assert sidelines.offsets.convert is units.convert is offsets.convert


class TestShapes:
    """What texts and offsets may come as."""

    @pytest.mark.parametrize(
        "given",
        [
            [1, 4],
            (1, 4),
            range(1, 5, 3),
            np.array([1, 4]),
            np.array([1, 4], np.uint8),
            np.array([1, 4], np.uint64),
            np.array([1, 4], object),
            [np.int32(1), np.int64(4)],
            pa.array([1, 4]),
            pa.array([1, 4], pa.int32()),
            pa.array([1, 4], pa.uint64()),
            pa.chunked_array([[1], [4]]),
            pd.Series([1, 4]),
            Exported(pa.chunked_array([[1], [4]])),
        ],
        ids=lambda given: type(given).__name__,
    )
    def test_an_integer_for_each_text(self, given: Any) -> None:
        """Sequences, numpy, Arrow and pandas; the answer is a column of int64."""
        made = convert(["éé", MIXED], given, "codepoint", "utf8")
        assert made.type == pa.int64()
        assert checked(made) == [2, 10]

    @pytest.mark.parametrize(
        "given",
        [
            [[0, 2], [3, 4]],
            [(0, 2), range(3, 5)],
            [np.array([0, 2]), [3, np.int16(4)]],
            np.array([[0, 2], [3, 4]]),
            np.array([[0, 2], [3, 4]], object),
            pa.array([[0, 2], [3, 4]]),
            pa.array([[0, 2], [3, 4]], pa.list_(pa.int32())),
            pa.array([[0, 2], [3, 4]], pa.large_list(pa.int64())),
            pa.array([[0, 2], [3, 4]], pa.list_(pa.int64(), 2)),
            pa.chunked_array([[[0, 2]], [[3, 4]]]),
        ],
        ids=lambda given: type(given).__name__,
    )
    def test_a_list_for_each_text(self, given: Any) -> None:
        """Sequences in sequences, numpy in two dimensions, lists of Arrow; the answer is a column of list<int64>."""
        made = convert(["éé", MIXED], given, "codepoint", "utf8")
        assert made.type == pa.list_(pa.int64())
        assert checked(made) == [[0, 4], [6, 10]]

    @pytest.mark.parametrize(
        "given",
        [
            ["éé", MIXED],
            ("éé", MIXED),
            np.array(["éé", MIXED]),
            pa.array(["éé", MIXED]),
            pa.array(["éé", MIXED], pa.large_string()),
            pa.array(["éé", MIXED], pa.string_view()),
            pa.chunked_array([["éé"], [], [MIXED]]),
            pd.Series(["éé", MIXED]),
            Exported(pa.chunked_array([["éé"], [MIXED]])),
        ],
        ids=lambda given: type(given).__name__,
    )
    def test_texts(self, given: Any) -> None:
        """Sequences of str, and columns of strings of every kind."""
        assert checked(convert(given, [[0, 2], [3, 4]], "codepoint", "utf8")) == [[0, 4], [6, 10]]

    def test_nulls(self) -> None:
        """Null is the answer for a null text, a null list and a null offset, whatever else stands there."""
        column = [None, "é", "é", None, ""]
        assert checked(convert(column, [99, None, 1, None, 0], "codepoint", "utf8")) == [None, None, 2, None, 0]
        listed = [[99, 1], [1, None], None, None, []]
        assert checked(convert(column, listed, "codepoint", "utf8")) == [None, [2, None], None, None, []]
        assert checked(convert(pa.array(column), pa.array(listed), "codepoint", "utf8")) == [
            None, [2, None], None, None, [],
        ]  # fmt: skip
        assert checked(convert(pa.nulls(2), [0, 1], "codepoint", "utf8")) == [None, None]
        assert checked(convert(["a", "b"], pa.nulls(2), "codepoint", "utf8")) == [None, None]
        assert checked(convert([None, None], [None, None], "codepoint", "utf8")) == [None, None]

    @pytest.mark.parametrize("given", [[1, 2], [[0, 1], [2]]])
    def test_without_nulls_there_is_no_bitmap(self, given: Any) -> None:
        """Where nothing is null, the answer says so by having no bitmap, neither of lists nor of offsets."""
        made = convert(["é", "éé"], given, "codepoint", "utf8")
        assert all(bitmap is None for bitmap in made.buffers()[::2])

    def test_bytes_under_a_null(self) -> None:
        """What Arrow leaves where a text is null is no text, and moves nothing."""
        bounds = pa.py_buffer(np.array([0, 1, 2, 4], np.int32))
        data = [pa.py_buffer(b"\x05"), bounds, pa.py_buffer(b"a\x80" + "é".encode())]
        column = pa.Array.from_buffers(pa.string(), 3, data)
        assert checked(convert(column, [1, 0, 1], "codepoint", "utf8")) == [1, None, 2]

    @pytest.mark.parametrize(
        "text",
        [[], pa.array([], pa.string()), pa.chunked_array([], pa.large_string())],
        ids=lambda given: type(given).__name__,
    )
    def test_nothing(self, text: Any) -> None:
        """No texts have no offsets, of the type that was given."""
        assert convert(text, [], "utf8", "utf16").type == pa.int64()
        assert convert(text, pa.array([], pa.list_(pa.int64())), "utf8", "utf16").type == pa.list_(pa.int64())
        assert len(convert(text, pa.chunked_array([], pa.int64()), "utf8", "utf16")) == 0

    def test_empty_texts_and_lists(self) -> None:
        """An empty text has one offset, 0; an empty list stays one."""
        assert checked(convert(["", ""], [0, 0], "utf16", "codepoint")) == [0, 0]
        assert checked(convert(["", "a"], [[], []], "utf16", "codepoint")) == [[], []]
        assert checked(convert(["", "a"], np.empty((2, 0), np.int64), "utf16", "codepoint")) == [[], []]

    def test_no_pandas(self) -> None:
        """Neither sequences nor numpy nor Arrow need pandas."""
        code = (
            "import sys, sidelines, numpy as np, pyarrow as pa\n"
            "columns = [pa.chunked_array([pa.nulls(1, pa.string())]), [None], ['a']]\n"
            "for texts in columns:\n"
            "    for given in [[0], [[0]], np.zeros(1, np.int64), pa.nulls(1, pa.list_(pa.int64()))]:\n"
            "        sidelines.offsets.convert(texts, given, 'utf8', 'utf16')\n"
            "assert 'pandas' not in sys.modules\n"
        )
        subprocess.run([sys.executable, "-c", code], check=True)


class TestRefused:
    """The messages, whole."""

    @pytest.mark.parametrize(
        ("given", "unit", "message", "place"),
        [
            (
                [[0], [1, 4]],
                "utf16",
                "offsets[1][1]: expected an offset in UTF-16 units between two characters of texts[1], from 0 to 5, "
                "found 4, inside U+1F600; near ‘aé€😀’",
                (1, 1, 4, "utf16", 5),
            ),
            (
                [2, 2],
                "utf8",
                "offsets[1]: expected an offset in bytes of UTF-8 between two characters of texts[1], from 0 to 10, "
                "found 2, inside U+00E9; near ‘aé€😀’",
                (1, None, 2, "utf8", 10),
            ),
            (
                [15, -1],
                "codepoint",
                "offsets[1]: expected an offset in code points between two characters of texts[1], from 0 to 4, "
                "found -1, before the start; near ‘aé€😀’",
                (1, None, -1, "codepoint", 4),
            ),
            (
                [18, 0],
                "utf8",
                "offsets[0]: expected an offset in bytes of UTF-8 between two characters of texts[0], from 0 to 17, "
                "found 18, past the end; near ‘is\\u2066 little’",
                (0, None, 18, "utf8", 17),
            ),
            (
                [[], [2**63 - 1]],
                "utf16",
                "offsets[1][0]: expected an offset in UTF-16 units between two characters of texts[1], from 0 to 5, "
                "found 9223372036854775807, past the end; near ‘aé€😀’",
                (1, 0, 2**63 - 1, "utf16", 5),
            ),
            (
                [15, -(2**63)],
                "codepoint",
                "offsets[1]: expected an offset in code points between two characters of texts[1], from 0 to 4, "
                "found -9223372036854775808, before the start; near ‘aé€😀’",
                (1, None, -(2**63), "codepoint", 4),
            ),
            *(
                (
                    wide,
                    "codepoint",
                    "offsets[1]: expected an offset in code points between two characters of texts[1], from 0 to 4, "
                    "found 9007199254740993, past the end; near ‘aé€😀’",
                    (1, None, 2**53 + 1, "codepoint", 4),
                )
                for wide in (np.array([15, 2**53 + 1]), [np.int64(15), np.uint64(2**53 + 1)])  # no float64 has it
            ),
        ],
    )
    def test_the_first_is_named(
        self, given: Any, unit: str, message: str, place: tuple[int, int | None, int, str, int]
    ) -> None:
        """Where it stands, what may stand there, what does, and the text around it."""
        with pytest.raises(OffsetError) as caught:
            convert(["what is\u2066 little", MIXED], given, unit, "codepoint")
        assert str(caught.value) == message
        for error in (caught.value, pickle.loads(pickle.dumps(caught.value))):
            assert (error.row, error.item, error.offset, error.unit, error.length) == place
            assert isinstance(error, SidelinesError)
            assert isinstance(error, ValueError)

    @pytest.mark.parametrize("unit", UNITS)
    def test_nothing_is_refused_of_a_null_text(self, unit: str) -> None:
        """Only texts that are there have a length; the error is that of the text behind."""
        with pytest.raises(OffsetError, match=r"^offsets\[1\]\[0\]: .* found 7, past the end"):
            convert([None, "abc"], [[-1, 9], [7]], unit, "utf8")

    @pytest.mark.parametrize(
        ("arguments", "message"),
        [
            (
                (["a"], [0], "utf-16", "utf8"),
                "expected a unit, found 'utf-16'; did you mean 'utf16'? There are: codepoint, utf16, utf8",
            ),
            ((["a"], [0], "utf8", None), "expected a unit, found None; there are: codepoint, utf16, utf8"),
            (
                (["a", "b"], [0], "utf8", "utf16"),
                "expected an offset, or a list of them, for each text, found 1 for 2 texts; several offsets of one "
                "text go into one list",
            ),
            (("ab", [0, 1], "utf8", "utf16"), "texts: expected a sequence of str, found str"),
            ((b"ab", [0, 1], "utf8", "utf16"), "texts: expected a sequence of str, found bytes"),
            ((None, [0, 1], "utf8", "utf16"), "texts: expected a sequence of str, found NoneType"),
            ((["a", 1], [0, 1], "utf8", "utf16"), "texts[1]: expected a str, found 1"),
            ((["a", b"b"], [0, 1], "utf8", "utf16"), "texts[1]: expected a str, found b'b'"),
            (
                (["a", "b\ud83d"], [0, 1], "utf8", "utf16"),
                "texts[1]: expected text, found the lone surrogate U+D83D at 1",
            ),
            ((pa.array([1]), [0], "utf8", "utf16"), "texts: expected a column of strings, found one of int64"),
            ((pa.array([b"a"]), [0], "utf8", "utf16"), "texts: expected a column of strings, found one of binary"),
            ((["a"], 0, "utf8", "utf16"), "offsets: expected a sequence of integers, found int"),
            ((["a"], "0", "utf8", "utf16"), "offsets: expected a sequence of integers, found str"),
            ((["a"], [0.0], "utf8", "utf16"), "offsets[0]: expected an integer of 64 bits, found 0.0"),
            ((["a"], ["0"], "utf8", "utf16"), "offsets[0]: expected an integer of 64 bits, found '0'"),
            ((["a", "b"], [0, True], "utf8", "utf16"), "offsets[1]: expected an integer of 64 bits, found True"),
            (
                (["a"], [2**63], "utf8", "utf16"),
                "offsets[0]: expected an integer of 64 bits, found 9223372036854775808",
            ),
            (
                (["a"], [-(2**63) - 1], "utf8", "utf16"),
                "offsets[0]: expected an integer of 64 bits, found -9223372036854775809",
            ),
            (
                (["a"], np.array([2**63], np.uint64), "utf8", "utf16"),
                "offsets[0]: expected an integer of 64 bits, found 9223372036854775808",
            ),
            ((["a"], np.array([0.5]), "utf8", "utf16"), "offsets[0]: expected an integer of 64 bits, found 0.5"),
            ((["a"], np.array(["0"]), "utf8", "utf16"), "offsets[0]: expected an integer of 64 bits, found '0'"),
            ((["a"], np.array([True]), "utf8", "utf16"), "offsets[0]: expected an integer of 64 bits, found True"),
            (
                (["a"], np.zeros((1, 1, 1), np.int64), "utf8", "utf16"),
                "offsets: expected an array of one or two dimensions, found 3",
            ),
            (
                (["a", "b", "c"], [[0], [], [0, None, "1"]], "utf8", "utf16"),
                "offsets[2][2]: expected an integer of 64 bits, found '1'",
            ),
            (
                (["a", "b", "c"], [[0], [], ["1", 0]], "utf8", "utf16"),
                "offsets[2][0]: expected an integer of 64 bits, found '1'",
            ),
            (
                (["a", "b"], [[0], 0], "utf8", "utf16"),
                "offsets[1]: expected a list of integers, as for other texts, found 0",
            ),
            (
                (["a", "b"], [[0], "0"], "utf8", "utf16"),
                "offsets[1]: expected a list of integers, as for other texts, found '0'",
            ),
            ((["a", "b"], [0, [0]], "utf8", "utf16"), "offsets[1]: expected an integer of 64 bits, found [0]"),
            (
                (["a"], pa.array([0.0]), "utf8", "utf16"),
                "offsets: expected a column of int64 or list<int64>, found one of double",
            ),
            (
                (["a"], pa.array([["0"]]), "utf8", "utf16"),
                "offsets: expected a column of int64 or list<int64>, found one of list<item: string>",
            ),
        ],
    )
    def test_arguments(self, arguments: tuple[Any, ...], message: str) -> None:
        """What is no unit, no text or no offset is refused by what was expected and what was found."""
        for invalid in ("raise", "null"):
            with pytest.raises(SidelinesError) as caught:
                convert(*arguments, invalid=invalid)  # type: ignore[arg-type]
            assert str(caught.value) == message
            assert not isinstance(caught.value, OffsetError)

    def test_what_to_do_with_the_invalid(self) -> None:
        """There are two ways."""
        with pytest.raises(SidelinesError) as caught:
            convert(["a"], [0], "utf8", "utf16", invalid="nul")  # type: ignore[arg-type]
        expected = "expected a value of `invalid`, found 'nul'; did you mean 'null'? There are: null, raise"
        assert str(caught.value) == expected

    def test_bytes_that_are_no_utf8(self) -> None:
        """A column that says it is text and is not, as a careless writer leaves it, is refused."""
        data = [None, pa.py_buffer(np.array([0, 1, 2], np.int32)), pa.py_buffer(b"a\xff")]
        with pytest.raises(SidelinesError, match=r"^texts: expected valid UTF-8, found other bytes \(Invalid UTF8 "):
            convert(pa.Array.from_buffers(pa.string(), 2, data), [0, 0], "utf8", "utf16")

    def test_a_column_that_does_not_fit_64_bits(self) -> None:
        """An unsigned number beyond int64 is not taken for a negative one."""
        with pytest.raises(SidelinesError, match=r"^offsets: expected int64 or list<int64>, found what does not fit "):
            convert(["a"], pa.array([2**63], pa.uint64()), "utf8", "utf16")


class TestTrailing:
    def test_every_byte(self) -> None:
        """Those from 0x80 to 0xBF continue a character (RFC 3629, section 3)."""
        assert units.trailing(np.arange(256).astype(np.uint8)).tolist() == list(range(0x80, 0xC0))

    @given(texts())
    def test_bytes_that_begin_nothing(self, text: str) -> None:
        """They are all bytes but those at which a character begins."""
        raw = text.encode()
        first = {len(text[:at].encode()) for at in range(len(text))}
        found = units.trailing(np.frombuffer(raw, np.uint8))
        assert found.dtype == np.int64
        assert found.tolist() == [at for at in range(len(raw)) if at not in first]
