"""Carets stand under the cells of the span: on the screen of a terminal, for any text and span."""

from __future__ import annotations

import re
import unicodedata
from unicodedata import name

import pyte
import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import get_character_cell_size
from wcwidth import wcwidth

from sidelines.reports.excerpts import excerpt

UNSTEADY = re.compile("VARIATION SELECTOR|REGIONAL INDICATOR|EMOJI MODIFIER")
WIDE = 1_000  # columns: no line is broken


class Screen(pyte.Screen):
    """A terminal without the bidirectional algorithm.

    pyte drops the rest of what it is given at a character of no cell that is no combining mark; terminals do not.
    """

    def draw(self, data: str) -> None:
        super().draw("".join(c for c in data if unicodedata.category(c) != "Cf"))


def cells(line: str, indent: str = "") -> list[str]:
    """What each column of a terminal shows of a line; the second cell of a wide character shows nothing."""
    screen = Screen(WIDE, 2)
    pyte.Stream(screen).feed(indent + line)
    assert screen.cursor.y == 0
    return [screen.buffer[0][column].data for column in range(len(indent), screen.cursor.x)]


def marked(line: str, carets: str) -> str:
    """What a terminal shows above the carets."""
    return "".join(
        cell for cell, caret in zip(cells(line), carets.ljust(WIDE), strict=False) if caret == "^"
    )  # fmt: skip


def shown(text: str, start: int, end: int, width: int = 200) -> list[str]:
    return list(excerpt(text, start, end, width)[:2])


@pytest.mark.parametrize(
    ("text", "span", "line", "carets"),
    [
        ("Ann Lee met Bo.", (4, 7), "Ann Lee met Bo.", "    ^^^"),
        ("王菲 met Ann.", (0, 2), "王菲 met Ann.", "^^^^"),
        ("王菲 met Ann.", (7, 10), "王菲 met Ann.", "         ^^^"),
        ("👍 Ann", (2, 5), "👍 Ann", "   ^^^"),
        ("Le\u0301 said", (0, 3), "Le\u0301 said", "^^"),
        ("Le\u0301 said", (2, 3), "Le\u0301 said", " ^"),  # the mark alone: under its base
        ("Le\u0301 said", (2, 5), "Le\u0301 said", " ^^^"),
        ("\u0301a", (0, 1), "\\u0301a", "^^^^^^"),  # a mark without a base
        ("a\n\u0301b", (2, 3), "a⏎\\u0301b", "  ^^^^^^"),
        ("a\tb", (2, 3), "a\\u0009b", "       ^"),
        ("a\u200bb\u00a0c", (1, 4), "a\\u200bb\\u00a0c", " ^^^^^^^^^^^^^"),
        ("one\ntwo", (2, 5), "one⏎two", "  ^^^"),
        ("one\r\ntwo", (5, 8), "one\\u000d⏎two", "          ^^^"),
        ("❤\ufe0f ok", (3, 5), "❤\\ufe0f ok", " " * 8 + "^^"),  # wide with it in some terminals, and in others not
        ("👍🏽 ok", (0, 2), "👍\\U0001f3fd ok", "^" * 12),
        ("🇩🇪x", (2, 3), "\\U0001f1e9\\U0001f1eax", " " * 20 + "^"),
        ("Ann", (3, 3), "Ann", "   ^"),
        ("Ann", (1, 1), "Ann", " ^"),
        ("Ann", (-5, 99), "Ann", "^^^"),
        ("Ann", (3, 1), "Ann", " ^^"),
        ("", (0, 4), "", "^"),
        ("e\u0308\u0323x", (3, 4), "e\u0308\u0323x", " ^"),
    ],
)
def test_an_excerpt(text: str, span: tuple[int, int], line: str, carets: str) -> None:
    """Wide, combining and unseen characters, line breaks, offsets at and beyond the ends."""
    assert shown(text, *span) == [line, carets]


@pytest.mark.parametrize(
    ("text", "span", "line", "marks"),
    [
        ("אמר דוד בן גוריון היום", (4, 7), "אמר דוד בן גוריון היום", "דוד"),
        ("قال محمد في 2024.", (4, 8), "قال محمد في 2024.", "محمد"),
        ("Ann said שלום to Bo", (9, 13), "Ann said שלום to Bo", "שלום"),
        ("Ann said שלום to Bo", (17, 19), "Ann said שלום to Bo", "Bo"),
    ],
)
def test_right_to_left(text: str, span: tuple[int, int], line: str, marks: str) -> None:
    """Such a line is kept in the order of its code points, by what Unicode has for that; carets count in that order."""
    found, carets, forced = excerpt(text, *span, 200)
    assert (found, forced) == (f"\u202d{line}\u202c", True)
    assert carets == " " * span[0] + "^" * (span[1] - span[0])
    assert marked(found, carets) == marks


def test_controls_of_direction_in_the_text_do_nothing() -> None:
    """They are shown as code points, so that none of them ends what keeps a line in order."""
    found, carets, _ = excerpt("א\u202c\u202eב", 3, 4, 200)
    assert found == "\u202dא\\u202c\\u202eב\u202c"
    assert carets == " " * 13 + "^"


def test_a_long_line_is_shortened_around_the_span() -> None:
    """On both sides, as far as there is room."""
    text = "a" * 50 + " Ann " + "b" * 50
    assert shown(text, 51, 54, 21) == ["…aaaaaaa Ann bbbbbbb…", "         ^^^"]
    assert shown(text, 0, 2, 10) == ["aaaaaaaaa…", "^^"]
    assert shown(text, 104, 105, 10) == ["…bbbbbbbbb", "         ^"]


def test_the_middle_of_a_long_span_is_left_out() -> None:
    """Its two ends stay, and all of it is marked."""
    text = "x" + "a" * 50 + "b" * 50 + "y"
    assert shown(text, 1, 101, 30) == ["xaaaaaaaaa…bbbbbbbbby", " ^^^^^^^^^^^^^^^^^^^"]


def test_an_encoding_without_the_characters() -> None:
    """What a console cannot show is shown as code points there, which the carets count."""
    assert excerpt("Łódź é\n王x", 8, 9, 90, "latin-1")[:2] == (
        "\\u0141ód\\u017a é\\u000a\\u738bx", " " * 28 + "^",
    )  # fmt: skip


# Characters on whose width pyte's table and rich's agree; of those that take no cell pyte knows combining marks alone.
@st.composite
def alike(draw: st.DrawFn) -> str:
    usual = st.sampled_from(
        "ab \n\t\r\u00a0\u0301\u0308\u0323王한👍\U0001d11eאבםنعé⏎…“\u200b\u202e\u202c\u2028\u0085\ufe0f🇩🏽"
    )
    character = st.one_of(usual, st.characters(exclude_categories=["Cs"])).filter(agreed)
    return "".join(draw(st.lists(character, min_size=1, max_size=60)))


def agreed(character: str) -> bool:
    if not character.isprintable() or UNSTEADY.match(name(character, "")):
        return True
    width = wcwidth(character)
    return width == get_character_cell_size(character) and (width > 0 or unicodedata.combining(character) > 0)


def test_tables_of_widths_agree_on_nearly_all_characters() -> None:
    """What the property leaves out is little: signs on which terminals differ as well."""
    letters = [c for c in map(chr, range(0x20, 0x20000)) if c.isprintable()]
    assert sum(wcwidth(c) != get_character_cell_size(c) for c in letters) < len(letters) / 50


def spelled(text: str) -> list[str]:
    """How each character of a text is to be shown: as itself, as ⏎, or as its code point."""
    found: list[str] = []
    base = False
    for character in text:
        mark = character.isprintable() and wcwidth(character) == 0
        base = character.isprintable() and not UNSTEADY.match(name(character, "")) and (base or not mark)
        escape = f"\\u{ord(character):04x}" if ord(character) < 0x10000 else f"\\U{ord(character):08x}"
        found.append("⏎" if character == "\n" else character if base else escape)
    return found


@given(alike(), st.data())
def test_the_carets_are_under_the_cells_of_the_span(text: str, data: st.DataObject) -> None:
    """For any text and span: a terminal is given character by character, and says which columns each of them takes."""
    start = data.draw(st.integers(0, len(text) - 1))
    end = data.draw(st.integers(start + 1, len(text)))
    screen = Screen(1_000, 2)
    stream = pyte.Stream(screen)
    columns: list[tuple[int, int]] = []
    for part in spelled(text):
        before = screen.cursor.x
        stream.feed(part)
        after = screen.cursor.x
        columns.append((before, after) if after > before else columns[-1])  # a mark is where its base is
    line, carets, forced = excerpt(text, start, end, 10_000)
    assert line == ("\u202d" * forced + "".join(spelled(text)) + "\u202c" * forced)
    first, last = columns[start][0], columns[end - 1][1]
    assert carets == " " * first + "^" * (last - first)
    assert cells(line)[first:last] == [screen.buffer[0][column].data for column in range(first, last)]


@given(alike(), st.integers(-3, 70), st.integers(-3, 70), st.integers(20, 60))
def test_what_is_shown_fits(text: str, start: int, end: int, width: int) -> None:
    """No line is wider than it may be, carets or text, and there is a caret always."""
    line, carets, _ = excerpt(text, start, end, width)
    assert len(cells(line)) <= width
    assert len(carets) <= width + 1
    assert carets.strip(" ").strip("^") == ""
    assert "^" in carets
