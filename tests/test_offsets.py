"""Code points and bytes: the index of a batch of texts."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sidelines.offsets import Ints, Texts, gather
from tests.strategies import texts


def ints(*items: int) -> Ints:
    return np.array(items, np.int64)


class TestTexts:
    def test_ascii_needs_no_index(self) -> None:
        """In ASCII a code point is a byte."""
        index = Texts.of([b"ab", b"", b"cde"])
        assert index.late.tolist() == []
        assert index.first.tolist() == index.origin.tolist() == [0, 2, 2, 5]
        assert index.byte(ints(0, 1, 2, 2), ints(2, 0, 0, 3)).tolist() == [2, 2, 2, 5]

    def test_characters_of_one_to_four_bytes(self) -> None:
        """One entry for each continuation byte: none for a, one for é, two for €, three for 😀."""
        index = Texts.of(["aé".encode(), "€😀b".encode()])
        assert index.first.tolist() == [0, 3, 11]
        assert index.origin.tolist() == [0, 2, 5]
        assert index.characters.tolist() == [2, 3]
        assert index.late.tolist() == [2, 3, 3, 4, 4, 4]
        assert index.byte(ints(0, 0, 0, 1, 1, 1, 1), ints(0, 1, 2, 0, 1, 2, 3)).tolist() == [0, 1, 3, 3, 6, 10, 11]

    @pytest.mark.parametrize("given", [[], [b""], [b"", b""]])
    def test_nothing(self, given: list[bytes]) -> None:
        """No documents and empty ones have no characters."""
        index = Texts.of(given)
        assert index.characters.tolist() == [0] * len(given)
        assert index.byte(ints(), ints()).tolist() == []
        assert index.byte(np.arange(len(given)), np.zeros(len(given), np.int64)).tolist() == [0] * len(given)

    def test_types(self) -> None:
        """Whatever the texts, offsets are int64."""
        for index in (Texts.of([]), Texts.of(["é".encode()])):
            assert {part.dtype for part in (index.first, index.origin, index.late)} == {np.dtype(np.int64)}


class TestEqual:
    @pytest.mark.parametrize(
        ("start", "end", "surface", "same"),
        [
            (0, 2, "ab", True),
            (0, 2, "aB", False),
            (0, 2, "Ab", False),
            (0, 2, "abc", False),
            (0, 2, "a", False),
            (2, 4, "é", True),
            (2, 4, "è", False),
            (2, 5, "e\u0301", False),
            (4, 4, "", True),
            (4, 5, "", False),
            (4, 5, "cd", False),
        ],
    )
    def test_one_row(self, start: int, end: int, surface: str, same: bool) -> None:
        """Bytes are compared, not what they look like."""
        index, raw = Texts.of(["abéc".encode()]), surface.encode()
        found = index.equal(ints(start), ints(end), np.frombuffer(raw, np.uint8), ints(0, len(raw)))
        assert found.tolist() == [same]

    def test_bytes_that_would_be_equal_numbers(self) -> None:
        """Eight bytes are compared as such: as floating-point numbers these would be 0.0 and -0.0."""
        surface = np.frombuffer(b"\x00" * 7 + b"\x80", np.uint8)
        assert Texts.of([bytes(8)]).equal(ints(0), ints(8), surface, ints(0, 8)).tolist() == [False]

    def test_each_row_by_itself(self) -> None:
        """A difference is that of its own row, between equal, empty and longer ones."""
        surfaces = np.frombuffer(b"abxcabcc", np.uint8)
        bounds = ints(0, 2, 2, 4, 7, 8)
        found = Texts.of([b"abc"]).equal(ints(0, 1, 1, 0, 2), ints(2, 1, 3, 2, 3), surfaces, bounds)
        assert found.tolist() == [True, True, False, False, True]

    def test_surfaces_need_not_begin_at_0(self) -> None:
        """The bounds of a slice of a column begin behind the surfaces that were cut off."""
        found = Texts.of([b"abc"]).equal(ints(0, 1), ints(1, 3), np.frombuffer(b"zzzabc", np.uint8), ints(3, 4, 6))
        assert found.tolist() == [True, True]

    @pytest.mark.parametrize("length", [1, 6, 7, 8, 9, 15, 16, 17, 23, 24, 25])
    def test_every_byte_counts(self, length: int) -> None:
        """One wrong byte is found wherever it stands, in short surfaces and in long ones, and so is none."""
        text = bytes(range(length))
        wrong = [text[:at] + b"\x7f" + text[at + 1 :] for at in range(length)]
        surfaces = np.frombuffer(b"".join([text, *wrong, text]), np.uint8)
        start = np.full(length + 2, 3)
        found = Texts.of([b"...", text, b"..."]).equal(start, start + length, surfaces, np.arange(length + 3) * length)
        assert found.tolist() == [True, *[False] * length, True]

    def test_short_and_long_ones_mixed(self) -> None:
        """Rows of every length are compared in one go, up to the last byte of the texts and of the surfaces."""
        text = b"abcdefghijklmnopqrstuvwxyz"
        rows = [(0, 26, text), (20, 26, b"uvwxyz"), (25, 26, b"z"), (18, 26, b"stuvwxyz"), (17, 26, b"rstuvwxy.")]
        rows += [(0, 9, b"abcdefgh."), (0, 0, b""), (3, 4, b"x"), (1, 9, b"abcdefgh"), (18, 26, b"stuvwxyz")]
        start, end = ints(*(start for start, _, _ in rows)), ints(*(end for _, end, _ in rows))
        bounds = ints(0, *np.cumsum([len(surface) for _, _, surface in rows]).tolist())
        surfaces = np.frombuffer(b"".join(surface for _, _, surface in rows), np.uint8)
        assert Texts.of([text]).equal(start, end, surfaces, bounds).tolist() == [
            True, True, True, True, False, False, True, False, False, True,
        ]  # fmt: skip

    def test_no_rows(self) -> None:
        """Of nothing nothing is compared."""
        assert Texts.of([b"abc"]).equal(ints(), ints(), np.empty(0, np.uint8), ints(0)).tolist() == []

    @given(st.lists(texts(20), min_size=1, max_size=3), st.data())
    def test_slices(self, drawn: list[str], data: st.DataObject) -> None:
        """A row is equal where its surface is the slice of its document, and nowhere else."""
        rows: list[tuple[int, int, int, str]] = []
        for _ in range(data.draw(st.integers(0, 6))):
            document = data.draw(st.integers(0, len(drawn) - 1))
            start, end = sorted(data.draw(st.lists(st.integers(0, len(drawn[document])), min_size=2, max_size=2)))
            surface = data.draw(st.just(drawn[document][start:end]) | texts(3))
            rows.append((document, start, end, surface))
        index = Texts.of([text.encode() for text in drawn])
        documents, starts, ends = np.array([row[:3] for row in rows], np.int64).reshape(-1, 3).T
        raw: list[Any] = [row[3].encode() for row in rows]
        bounds = ints(0, *np.cumsum([len(surface) for surface in raw], dtype=np.int64).tolist())
        found = index.equal(
            index.byte(documents, starts), index.byte(documents, ends), np.frombuffer(b"".join(raw), np.uint8), bounds
        )
        assert found.tolist() == [drawn[d][s:e] == surface for d, s, e, surface in rows]


class TestGather:
    @pytest.mark.parametrize(
        ("start", "length", "positions"),
        [
            ([], [], []),
            ([7], [0], []),
            ([7], [2], [7, 8]),
            ([3, 9, 0], [2, 0, 3], [3, 4, 0, 1, 2]),
            ([4, 4], [1, 2], [4, 4, 5]),
        ],
    )
    def test_gather(self, start: list[int], length: list[int], positions: list[int]) -> None:
        """Runs of positions, row after row; rows without any leave nothing."""
        assert gather(ints(*start), ints(*length)).tolist() == positions
