"""Lines on a terminal: none is too long, nothing is lost, and the margin stands in one column."""

from __future__ import annotations

from itertools import pairwise

import click
import pyte
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sidelines.display import Display, Key, Note, Paragraph, Run, display
from sidelines.galley import galley
from sidelines.reports.excerpts import cells
from tests.strategies import texts
from tests.test_excerpts import Screen, alike
from tests.test_notebooks import hostile_document

KEYS = (Key("names", "[", "]", 2, "Names."), Key("dates", "{", "}", 1, ""))


def on_screen(line: str, width: int) -> list[str]:
    """What each column shows of a line, which must not go on in the next one."""
    screen = Screen(width, 2)
    pyte.Stream(screen).feed(line)
    assert screen.cursor.y == 0
    return [screen.buffer[0][column].data for column in range(width)]


def shown(*paragraphs: Paragraph) -> Display:
    return Display("one", "", KEYS, paragraphs)


def body(made: Display, width: int | None) -> list[str]:
    """The lines below title and legend, without colour."""
    lines = [click.unstyle(line) for line in galley(made, width)]
    return lines[lines.index("") + 1 :]


def paragraph(text: str, notes: tuple[Note, ...] = (), turned: bool = False) -> Paragraph:
    return Paragraph(0, (Run(text),), notes, turned)


ANN = Paragraph(
    0,
    (Run("[", 0, True), Run("Ann Lee", 0), Run("|n1]", 0, True), Run(" met "), Run("[", 0, True), Run("Bo", 0),
     Run("|n2]", 0, True), Run(" on "), Run("{", 1, True), Run("Monday", 1), Run("|d1}", 1, True), Run(".")),
    (Note(0, ("n1", "n2"), "people who meet"), Note(1, ("d1",), "2024-03-04")),
    False,
)  # fmt: skip


def test_a_narrow_terminal() -> None:
    """Lines are broken at spaces, marks stay with their words, and the notes are below."""
    assert [click.unstyle(line) for line in galley(shown(ANN), 30)] == [
        "one",
        "[ ] names  2 rows  Names.",
        "{ } dates   1 row",
        "",
        "[Ann Lee|n1] met [Bo|n2] on",
        "{Monday|d1}.",
        "    n1 n2: people who meet",
        "    d1: 2024-03-04",
    ]


def test_a_wide_terminal() -> None:
    """The notes stand to the right of their paragraph, behind a rule; what is too long for the margin is broken."""
    long = Note(0, ("n1",), "a note that is longer than the margin has room for")
    assert body(shown(ANN, paragraph("No note."), paragraph("So long.", (long,))), 100) == [
        f"{'[Ann Lee|n1] met [Bo|n2] on {Monday|d1}.':<57} │ n1 n2: people who meet",
        f"{'':<57} │ d1: 2024-03-04",
        "",
        "No note.",
        "",
        f"{'So long.':<57} │ n1: a note that is longer than the",
        f"{'':<57} │   margin has room for",
    ]


def test_notes_on_words_from_right_to_left_are_below() -> None:
    """A terminal that turns them round may move what stands beside them."""
    turned = paragraph("שלום עולם", (Note(0, ("n1",), "peace"),), turned=True)
    assert body(shown(turned), 120) == ["שלום עולם", "    n1: peace"]


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("王菲 " + "王" * 11, ["王菲 王王王王王王王", "王王王王"]),  # one cell is left: a wide character needs two
        ("e\u0301" * 21, ["e\u0301" * 20, "e\u0301"]),
        ("a" * 45, ["a" * 20, "a" * 20, "a" * 5]),
        ("one two  three four five", ["one two  three four", "five"]),
        (f"{'a' * 20} b", ["a" * 20, "b"]),
        ("  one", ["  one"]),
        (f"{'a' * 19} {'b' * 25}", ["a" * 19, "b" * 20, "b" * 5]),
    ],
)
def test_wrapping(text: str, lines: list[str]) -> None:
    """Wide characters, clusters, words that are longer than a line, several spaces; 20 cells are the least."""
    assert body(shown(paragraph(text)), 10) == lines


def test_colours_are_not_all() -> None:
    """Text in a span has the colour of its table, its bracket is bold; the seventh table is underlined as well."""
    keys = tuple(Key(f"t{at}", "[", "]", 1, "") for at in range(7))
    runs = (Run("[", 6, True), Run("a", 6), Run("|x]", 6, True), Run("b"))
    *_, line = galley(Display("one", "", keys, (Paragraph(0, runs, (), False),)))
    assert line == (
        "\x1b[36m\x1b[1m\x1b[4m[\x1b[0m\x1b[36m\x1b[4ma\x1b[0m\x1b[36m\x1b[2m\x1b[4m|x\x1b[0m\x1b[36m\x1b[1m\x1b[4m]\x1b[0mb"
    )


def test_nothing_of_a_corpus_moves_the_cursor() -> None:
    """Whatever is in its ids, names, texts and descriptions is shown as code points, on a terminal as in a pipe."""
    for width in (None, 40, 120):
        lines = [click.unstyle(line) for line in galley(display(hostile_document()), width)]
        assert all(line.isprintable() for line in lines)
    assert lines[0].startswith("</pre><script>")


@given(alike(), alike(), st.integers(20, 150))
def test_any_text_on_any_terminal(text: str, note: str, width: int) -> None:
    """No line goes on in the next one, the rule of the margin stands in one column, and only spaces are left out."""
    printed, said = ("".join(cells(part).pieces) for part in (text.replace("│", ""), note))
    made = shown(paragraph(printed, (Note(0, ("n1",), said),)))
    lines = body(made, width)
    screens = [on_screen(line, width) for line in lines]
    if width >= 100:
        columns = {screen.index("│") for screen in screens if "│" in screen}
        assert len(columns) == 1
        lines = [line.split(" │ ")[0] for line in lines]
    else:
        lines = lines[: next(at for at, line in enumerate(lines) if line.startswith("    n1:"))]
    assert "".join(lines).replace(" ", "") == printed.replace(" ", "")


@given(texts(200), st.integers(20, 99))
def test_lines_are_as_full_as_they_can_be(text: str, width: int) -> None:
    """The first word of a line would not have fitted on the line before."""
    printed = " ".join("".join(cells(text).pieces).split())
    lines = body(shown(paragraph(printed)), width)
    assert len(lines) == 1 or all(lines)
    for line, following in pairwise(lines):
        first = cells(f" {following.split(' ')[0]}").widths
        cut = f"{line}{following}" in printed
        assert sum(cells(line).widths) + (first[1] if cut else sum(first)) > width
