"""Text with marks in it: whatever the text and the spans, it is read back as it was written."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sidelines.notation import Mark, end_of_note, read_text, write_text
from tests.strategies import texts

# What means something in the notation, what editors lose, and what sits on the character before it.
AWKWARD = st.text(st.sampled_from("[]{}\\|=# \n\r\t\x00\x85\xa0\u2028\u200d\u0301\ufeff\u202e1a=😀é"), max_size=30)
NOTES = st.sampled_from(["m1", "q1.cue", 'e1 "}{"', 'a {"b": [1, "\\"}"]}', ""])


@st.composite
def marked(draw: st.DrawFn) -> tuple[str, list[Mark]]:
    """A text, and marks of any spans of it: nested, crossing, adjacent, equal."""
    text = draw(st.one_of(texts(), AWKWARD))
    bounds = st.lists(st.integers(0, len(text)), min_size=2, max_size=2, unique=True).map(sorted)
    spans = draw(st.lists(bounds, max_size=8)) if text else []
    marks = [Mark(start, end, draw(NOTES)) for start, end in spans]
    return text, sorted(marks, key=lambda mark: (mark.start, -mark.end))


def bare(marks: list[Mark]) -> list[tuple[int, int, str]]:
    return [(mark.start, mark.end, mark.note) for mark in marks]


class TestRoundTrip:
    @given(marked())
    def test_text_and_marks(self, drawn: tuple[str, list[Mark]]) -> None:
        """Every character and every mark comes back, those of the same span in the same order."""
        text, marks = drawn
        found = read_text(write_text(text, marks))
        assert (found.text, bare(list(found.marks)), list(found.faults)) == (text, bare(marks), [])

    @given(marked())
    def test_nothing_that_could_be_lost_is_written_as_it_is(self, drawn: tuple[str, list[Mark]]) -> None:
        """Each line can be seen as it is, ends with no blank, and begins as no heading does."""
        written = write_text(*drawn)
        for line in written.split("\n"):
            assert line.replace("\u200d", "").replace("\u200c", "").isprintable()
            assert not line.endswith(" ")
            assert not line.startswith("===")

    @given(marked())
    def test_places_are_those_of_the_characters(self, drawn: tuple[str, list[Mark]]) -> None:
        """Where each character stands in what was read, and where it ends."""
        text, marks = drawn
        written = write_text(text, marks)
        found = read_text(written)
        assert len(found.places) == len(text) + 1
        for character, at in zip(text, found.places, strict=False):
            assert written[at] in (character, "\\")

    @given(AWKWARD)
    def test_anything_can_be_read(self, source: str) -> None:
        """A fault for whatever is no notation, never an exception; each inside of what was read."""
        assert all(0 <= fault.at <= len(source) for fault in read_text(source).faults)


class TestWritten:
    @pytest.mark.parametrize(
        ("text", "marks", "written"),
        [
            ("Trump, Putin", [Mark(0, 5, "m1"), Mark(7, 12, "m2")], "[Trump]{m1}, [Putin]{m2}"),
            ("the Finish capital", [Mark(0, 18, "m1"), Mark(4, 10, "m2")], "[the [Finish]{m2} capital]{m1}"),
            ("Moscow", [Mark(0, 6, "m1"), Mark(0, 6, "m2")], "[[Moscow]{m2}]{m1}"),
            ("ab", [Mark(0, 1, "m1"), Mark(1, 2, "m2")], "[a]{m1}[b]{m2}"),
            ("abc", [Mark(0, 2, "m1"), Mark(1, 3, "m2")], "[1|a[b]1{m1}c]{m2}"),
            ("abcde", [Mark(0, 3, "x"), Mark(1, 4, "y"), Mark(2, 5, "z")], "[1|a[2|b[c]1{x}d]2{y}e]{z}"),
            ("[1] {a} \\", [Mark(0, 3, "m1")], "[\\[1\\]]{m1} {a} \\\\"),
            ("3|4", [Mark(0, 3, "m1")], "[3\\|4]{m1}"),
            ("a \r\nb\xa0c\t", [], "a \\r\nb\\~c\\t"),
            ("a \n=== b ", [], "a\\s\n\\=== b\\s"),
            ("e\u0301", [Mark(1, 2, "m1")], "e[\\u{301}]{m1}"),
            ("\ufeffa\u2028", [], "\\u{feff}a\\u{2028}"),
        ],
    )
    def test_how_it_looks(self, text: str, marks: list[Mark], written: str) -> None:
        """Plain brackets where they nest, numbers only where spans cross, an escape only where one is needed."""
        assert write_text(text, marks) == written


class TestFaults:
    @pytest.mark.parametrize(
        ("source", "at", "message"),
        [
            ("a [b c", 2, "expected a ]{…} for this [, found none: ‘[b c’"),
            ("a b] c", 3, "expected ]{…}, which ends a mark, found ‘] c’"),
            ("a b]{m1} c", 3, "expected an opening [ before this ]{…}, found none that is open"),
            ("a [b]{m1}]2{m2}", 9, "expected an opening [2| before this ]2{…}, found none that is open"),
            ("[1|a [1|b]1{m1}]1{m2}", 5, "expected another number than 1, with which a bracket is open already"),
            ("a []{m1}", 2, "expected at least one character between the brackets, found none"),
            ("[a]{m1\nb", 3, "expected a } at the end of the mark, on the same line, found none"),
            ('[a]{m1 "b}', 3, "expected a } at the end of the mark, on the same line, found none"),
            ("a\\qb", 1, "expected an escape, one of \\=, \\[, \\\\, \\], \\r, \\s, \\t, \\|, \\~ or \\u{…} "
                         "with a code point, found ‘\\q’"),
            ("\\u{d800}", 0, "expected an escape, one of \\=, \\[, \\\\, \\], \\r, \\s, \\t, \\|, \\~ or \\u{…} "
                             "with a code point, found ‘\\u{d800}’"),
        ],
    )  # fmt: skip
    def test_each_is_told_where_it_is(self, source: str, at: int, message: str) -> None:
        """One fault, at its character."""
        assert [(fault.at, fault.message) for fault in read_text(source).faults] == [(at, message)]

    def test_a_note_ends_on_its_line(self) -> None:
        """A string may hold braces, and JSON may be nested."""
        assert end_of_note('{a "}" {"b": {}}} c', 0, 19) == 17
        assert end_of_note("{a", 0, 2) is None
