"""A line of the article with carets under a span, under the same cells in any terminal.

Three things move what is printed away from where it is counted, and each is dealt with where it arises:

- Characters of no cell or of two. Widths are those of `rich`, which has them from the Unicode database. A combining
  mark is part of the cell of its base, and a span that begins with the mark is marked under its base. A mark without a
  base, which would sit on whatever comes before it, is shown as its code point.
- What cannot be seen: it is shown as its code point, as in messages, and carets cover all of that. A line break is ⏎.
  Shown as code points are also the signs that change the width of an emoji in some terminals and in others not.
- The direction of writing. Terminals that know the bidirectional algorithm (UAX #9) turn Hebrew or Arabic words round,
  and others do not, so that no caret could be right in both. A line with such characters is therefore put between
  U+202D and U+202C, which keep what is between them in the order in which it is counted, from left to right. Terminals
  that leave these out of account take the same order from an escape sequence, which `reports.text` adds.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect
from collections.abc import Sequence
from functools import lru_cache
from itertools import accumulate
from typing import NamedTuple

from sidelines.problems import code_points, printable

__all__ = ["RIGHT_TO_LEFT", "Cells", "Excerpt", "cells", "excerpt"]

LINE_BREAK, LEFT_OUT = "⏎", "…"
FORCED, ENDED = "\u202d", "\u202c"  # LEFT-TO-RIGHT OVERRIDE, POP DIRECTIONAL FORMATTING
RIGHT_TO_LEFT = frozenset({"R", "AL", "AN"})
# Variation selectors, regional indicators (halves of flags), emoji modifiers (colours of skin).
UNSTEADY = re.compile("[\ufe00-\ufe0f\U000e0100-\U000e01ef\U0001f1e6-\U0001f1ff\U0001f3fb-\U0001f3ff]")


class Excerpt(NamedTuple):
    """A line of text, the line of carets that goes under it, and whether its order had to be forced."""

    line: str
    carets: str
    forced: bool = False


class Cells(NamedTuple):
    """What is printed, in pieces; how many cells each of them takes; and in which of them each code point is."""

    pieces: Sequence[str]
    widths: Sequence[int]
    owner: Sequence[int]


def excerpt(text: str, start: int, end: int, width: int, encoding: str | None = None) -> Excerpt:
    r"""The part of a text around a span that fits a width, with carets under the span.

    `start` and `end` are code points of the text, half-open; outside of it they stand for its nearest end, and those in
    the wrong order for each other. A span of no character gets one caret, where it is. Of a long span the middle is
    left out. With `encoding`, what that does not have is shown as code points.

    >>> line, carets, _ = excerpt("Zoe met 王菲 in\tOslo.", 8, 10, 40)
    >>> print(line + "\n" + carets)
    Zoe met 王菲 in\u0009Oslo.
            ^^^^
    """
    first, last = sorted((min(max(start, 0), len(text)), min(max(end, 0), len(text))))
    pieces, widths, owner = cells(text, encoding)
    begin = owner[first] if first < len(text) else len(pieces)
    finish = owner[last - 1] + 1 if last > first else begin
    span, taken = _span(pieces, widths, begin, finish, 2 * width // 3)
    rest = width - taken
    before, after = sum(widths[:begin]), sum(widths[finish:])
    left = min(before, max(rest // 2, rest - after))
    head, skipped = _head(pieces, widths, begin, before, left)
    tail = _tail(pieces, widths, finish, after, rest - skipped)
    line, carets = head + span + tail, " " * skipped + "^" * max(taken, 1)
    if not line.isascii() and any(unicodedata.bidirectional(c) in RIGHT_TO_LEFT for c in line):
        return Excerpt(FORCED + line + ENDED, carets, True)
    return Excerpt(line, carets)


def cells(text: str, encoding: str | None = None) -> Cells:
    r"""How a text is printed on one line: with `encoding`, what that does not have is shown as code points.

    >>> print("".join(cells("in\tOslo").pieces), cells("王菲").widths)
    in\u0009Oslo [2, 2]
    """
    if (text.isascii() and text.isprintable()) or all(_shown(c, encoding) == (c, 1) for c in set(text)):
        return Cells(text, [1] * len(text), range(len(text)))
    pieces: list[str] = []
    widths: list[int] = []
    owner: list[int] = []
    based = False  # whether a mark would be put on a character of the text
    for character in text:
        shown, size = _shown(character, encoding)
        if size:
            based = shown == character
            pieces.append(shown)
            widths.append(size)
        elif based:
            pieces[-1] += character
        else:
            pieces.append(escaped := code_points(character)[1:-1])
            widths.append(len(escaped))
        owner.append(len(pieces) - 1)
    return Cells(pieces, widths, owner)


@lru_cache(maxsize=2**12)
def _shown(character: str, encoding: str | None) -> tuple[str, int]:
    """How a character is shown, and in how many cells: a mark that is part of another's cell takes none."""
    from rich.cells import get_character_cell_size as size

    shown = LINE_BREAK if character == "\n" else printable(character)
    if UNSTEADY.match(character):
        shown = code_points(character)[1:-1]
    elif encoding is not None and not shown.isascii():
        try:
            shown.encode(encoding)
        except UnicodeEncodeError:
            shown = code_points(character)[1:-1]
    return shown, size(character) if shown == character else len(shown)


def _span(pieces: Sequence[str], widths: Sequence[int], begin: int, finish: int, most: int) -> tuple[str, int]:
    """The pieces of a span, or its two ends, and their width."""
    taken = sum(widths[begin:finish])
    if taken <= most:
        return "".join(pieces[begin:finish]), taken
    half = (most - len(LEFT_OUT)) // 2
    first = _fitting(widths[begin:finish], half)
    last = _fitting(widths[begin:finish][::-1], half)
    shown = "".join(pieces[begin : begin + first]) + LEFT_OUT + "".join(pieces[finish - last : finish])
    taken = sum(widths[begin : begin + first]) + len(LEFT_OUT) + sum(widths[finish - last : finish])
    return shown, taken


def _head(pieces: Sequence[str], widths: Sequence[int], begin: int, all_: int, room: int) -> tuple[str, int]:
    """What comes before a span, as far as there is room, and its width."""
    if all_ <= room:
        return "".join(pieces[:begin]), all_
    kept = _fitting(widths[:begin][::-1], room - len(LEFT_OUT))
    return LEFT_OUT + "".join(pieces[begin - kept : begin]), len(LEFT_OUT) + sum(widths[begin - kept : begin])


def _tail(pieces: Sequence[str], widths: Sequence[int], finish: int, all_: int, room: int) -> str:
    """What comes after a span, as far as there is room."""
    if all_ <= room:
        return "".join(pieces[finish:])
    kept = _fitting(widths[finish:], room - len(LEFT_OUT))
    return "".join(pieces[finish : finish + kept]) + LEFT_OUT


def _fitting(widths: Sequence[int], room: int) -> int:
    """How many of these widths, from the first on, fit together."""
    return bisect(list(accumulate(widths)), room)
