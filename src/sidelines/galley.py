"""The lines of a document that is shown: on a terminal wrapped and in colour, with notes in the margin; else plain.

The margin is on the right where there is room, else the notes are below their paragraph. So they are where words run
from right to left: a terminal that turns these round may move whatever stands beside them. Such lines are left to the
terminal, which puts them as their readers expect or leaves them in the order of the text; the brackets hold in both.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import groupby, zip_longest
from operator import itemgetter
from typing import NamedTuple

import click

from sidelines.display import Display, Key, Note, Paragraph, Run
from sidelines.errors import count
from sidelines.reports.excerpts import cells

__all__ = ["galley"]

COLOURS = ("cyan", "green", "yellow", "magenta", "blue", "red")
NARROWEST, ROOMY, TEXT, MARGIN = 20, 100, 84, 48  # cells: the least, that of a right margin, of text, of a margin
INDENT = "    "


class _Style(NamedTuple):
    fg: str | None = None
    bold: bool | None = None
    dim: bool | None = None
    underline: bool | None = None


PLAIN, BOLD, DIM = _Style(), _Style(bold=True), _Style(dim=True)
_Part = tuple[str, _Style]


def galley(shown: Display, width: int | None = None, rule: str = "│") -> Iterator[str]:
    """The lines of a document: title, legend, and each paragraph with its notes.

    Lines have escape sequences of colour, which `click.echo` leaves out where they do not belong. Without a `width` in
    cells no line is wrapped; `rule` is what stands between text and margin.

    >>> from sidelines.corpora import read
    >>> from sidelines.display import display
    >>> for line in list(galley(display(read().document(), ["dates"])))[3:5]:
    ...     print(click.unstyle(line))
    Trump, Putin To Meet In Paris [Next Month|d1]
        d1: 2018-11 (2018-11-01 to 2018-11-30), from d2
    """
    width = None if width is None else max(width, NARROWEST)
    head: list[_Part] = [(shown.id, BOLD), (f": {shown.title}" if shown.title else "", PLAIN)]
    yield from map(_styled, _wrapped(head, width))
    longest = [max(map(len, column)) for column in zip(*((key.table, _rows(key)) for key in shown.keys), strict=True)]
    for at, key in enumerate(shown.keys):
        yield from map(_styled, _hanging(_legend(at, key, *longest), width, INDENT))
    for paragraph in shown.paragraphs:
        yield ""
        yield from _paragraph(paragraph, width, rule)


def _rows(key: Key) -> str:
    return count(key.rows, "row")


def _legend(at: int, key: Key, name: int, rows: int) -> list[_Part]:
    mark = _colour(at)._replace(bold=True)
    return [
        (f"{key.opening} {key.closing}", mark), (f" {key.table:<{name}}", _colour(at)),
        (f"  {_rows(key):>{rows}}", PLAIN), (f"  {key.description}" if key.description else "", DIM),
    ]  # fmt: skip


def _paragraph(paragraph: Paragraph, width: int | None, rule: str) -> Iterator[str]:
    text = [part for run in paragraph.runs for part in _parts(run)]
    margin = 0 if width is None or width < ROOMY else min(MARGIN, width * 2 // 5)
    column = min(TEXT, width - margin - 3) if width is not None and margin else width
    if not margin or column is None or paragraph.turned:
        yield from map(_styled, _wrapped(text, column))
        for note in paragraph.notes:
            for line in _hanging(_note(note), None if column is None else column - len(INDENT), "  "):
                yield INDENT + _styled(line)
        return
    beside = [line for note in paragraph.notes for line in _hanging(_note(note), margin, "  ")]
    none: list[_Part] = []
    for left, right in zip_longest(_wrapped(text, column), beside, fillvalue=none):
        gap = [(" " * (column - _size(left)), PLAIN), (f" {rule} ", DIM)] if right else []
        yield _styled([*left, *gap, *right])


def _parts(run: Run) -> Iterator[_Part]:
    """A mark is its bracket, which is bold, and a label; what is in a span has its colour."""
    if run.key is None:
        yield run.text, PLAIN
        return
    colour = _colour(run.key)
    if not run.mark:
        yield run.text, colour
    elif run.text.startswith("|"):
        yield run.text[:-1], colour._replace(dim=True)
        yield run.text[-1], colour._replace(bold=True)
    else:
        yield run.text[0], colour._replace(bold=True)
        yield run.text[1:], colour._replace(dim=True)


def _note(note: Note) -> list[_Part]:
    return [(" ".join(note.ids), _colour(note.key)), (f": {note.text}", PLAIN)]


def _colour(key: int) -> _Style:
    """The colour of a table; after so many tables they come again, underlined."""
    return _Style(COLOURS[key % len(COLOURS)], underline=True if key // len(COLOURS) % 2 else None)


def _styled(parts: Iterable[_Part]) -> str:
    return "".join(
        text if style == PLAIN else click.style(text, **style._asdict())
        for style, same in groupby(parts, key=itemgetter(1))
        if (text := "".join(text for text, _ in same))
    )


# -- wrapping ----------------------------------------------------------------------------------------------------------


@lru_cache(maxsize=2**14)
def _width(text: str) -> int:
    return sum(cells(text).widths)


def _size(parts: Sequence[_Part]) -> int:
    return sum([_width(text) for text, _ in parts])


def _hanging(parts: Iterable[_Part], width: int | None, indent: str) -> Iterator[list[_Part]]:
    """Wrapped lines, all but the first behind an indent."""
    if width is None:
        yield list(parts)
        return
    for at, line in enumerate(_wrapped(parts, width - len(indent))):
        yield [(indent, PLAIN), *line] if at else line


def _words(parts: Iterable[_Part]) -> Iterator[list[_Part]]:
    """What a line is not broken in, in the parts of which it is made; and the spaces between them."""
    word: list[_Part] = []
    for text, style in parts:
        for piece in re.findall(" +|[^ ]+", text):
            if not piece.startswith(" "):
                word.append((piece, style))
                continue
            if word:
                yield word
                word = []
            yield [(piece, style)]
    if word:
        yield word


def _wrapped(parts: Iterable[_Part], width: int | None) -> Iterator[list[_Part]]:
    """Lines of so many cells at most, broken at spaces, which are left out there; a word that is longer is cut."""
    if width is None:
        yield list(parts)
        return
    line: list[_Part] = []
    used = 0
    gap: list[_Part] = []
    for word in _words(parts):
        if word[0][0].startswith(" "):
            gap = [*gap, *word]
            continue
        size, space = _size(word), _size(gap)
        if used + space + size > width and line and (size <= width or used + space + 1 >= width):
            yield line
            line, used, gap, space = [], 0, [], 0
        if used + space + size <= width:
            line += [*gap, *word]
            used, gap = used + space + size, []
            continue
        line += gap
        used, gap = used + space, []
        for text, style in word:
            made = ""
            pieces, widths, _ = cells(text)
            for piece, cell in zip(pieces, widths, strict=True):
                if used + cell > width:
                    yield [*line, (made, style)]
                    line, used, made = [], 0, ""
                made, used = made + piece, used + cell
            line.append((made, style))
    yield line
