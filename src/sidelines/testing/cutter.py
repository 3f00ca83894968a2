"""Texts that break tools, and spans cut from them."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from typing import Any, TypeVar

from hypothesis import strategies as st

from sidelines.errors import SidelinesError
from sidelines.marks import CLOSING, OPENING, WHITE_SPACE

__all__ = ["Span", "at_most", "cuts", "edges", "passages", "pick", "prose", "shown", "spans", "texts"]

Span = tuple[int, int]
T = TypeVar("T")

# Astral characters, combining marks, joiners, bidi controls, line separators, U+FEFF, no-break spaces, line breaks, and
# what changes its length when it is normalised or changes case.
_HARD = (
    *"a\u00e9\"\u0301\u0323\u200d\u202a\u202c\u202e\u2066\u2069\u061c\u2028\u2029\x85\v\f\n\r\t\u00a0\u202f\ufeff\u3000",
    *"\U0001f600\U00010348\U000e0041\U0010ffff\x00ß\u0130\ufb01\u212b\u05d0\uac00",
    "\r\n", "e\u0301", "\u1100\u1161", "\U0001f1eb\U0001f1f7", "\U0001f469\u200d\U0001f4bb", "\U0001f44d\U0001f3fd",
)  # fmt: skip

_PIECE = st.one_of(st.sampled_from(_HARD), st.characters(exclude_categories=["Cs"]))


def texts(min_size: int = 0, max_size: int | None = None) -> st.SearchStrategy[str]:
    r"""Texts of every plane of Unicode, with what breaks tools well represented.

    That is astral characters, combining marks, bidi controls, line separators, U+FEFF, no-break spaces and CRLF. There
    are no surrogates, which no UTF-8 file can hold. `min_size` and `max_size` count code points; without `max_size`
    there are up to 60 more than there must be. Shrinks towards the empty text, and the letter a.

    Raises
    ------
    SidelinesError
        when the sizes are negative, or the least is above the greatest.

    >>> from hypothesis import find
    >>> find(texts(), lambda text: "\r\n" in text)
    '\r\n'
    """
    most = at_most(max_size, min_size, 60, "size")
    return st.lists(_PIECE, min_size=min_size, max_size=most).map(lambda pieces: "".join(pieces)[:most])


def at_most(most: int | None, least: int, more: int, what: str) -> int:
    """The greatest number of something; where none is given, so many more than the least."""
    most = least + more if most is None else most
    if not 0 <= least <= most:
        raise SidelinesError(f"expected 0 <= min_{what} <= max_{what}, found {least} and {most}")
    return most


def spans(text: str) -> st.SearchStrategy[dict[str, Any]]:
    """Spans of a text, as rows have them: `start` and `end` in code points, half-open, and `text`, the slice.

    None begins or ends with white space (the rule O005). Of a text that holds nothing else there are no spans, and the
    strategy is empty. Shrinks towards the first character.

    >>> from hypothesis import find
    >>> find(spans(" naïve 👍🏽"), lambda span: span["end"] > 7)
    {'start': 1, 'end': 8, 'text': 'naïve 👍'}
    """
    return cuts(text, edges(text)).map(lambda span: shown(text, span))


def edges(text: str) -> list[int]:
    """The code points at which a span may begin or, counted from the character before, end: no white space."""
    return [at for at, character in enumerate(text) if character not in WHITE_SPACE]


def cuts(text: str, at: Sequence[int], regions: Sequence[Span] | None = None) -> st.SearchStrategy[Span]:
    """Spans as pairs, from the edges `at` of a text, each within one of the regions, if they are given."""
    parts = [at[bisect_left(at, start) : bisect_left(at, end)] for start, end in regions or [(0, len(text))]]
    ends = [(edge, part) for part in parts for edge in part]
    if not ends:
        return st.nothing()

    def span(pair: tuple[int, int]) -> Span:
        first, part = ends[pair[0]]
        last = part[pair[1] % len(part)]
        return min(first, last), max(first, last) + 1

    number = st.integers(0, len(ends) - 1)
    return st.tuples(number, number).map(span)


def pick(draw: st.DrawFn, options: Sequence[T]) -> T:
    """One of some options, which shrinks towards the first; `sampled_from` takes longer to make than to draw from."""
    return options[draw(st.integers(0, len(options) - 1))]


def shown(text: str, span: Span) -> dict[str, Any]:
    """A span as rows have it."""
    return {"start": span[0], "end": span[1], "text": text[span[0] : span[1]]}


# Words that the rules of the built-in layers have something to say about, and what files are changed by.
_PHRASES = (
    "\n", "“Yes,” she said on Monday. ", "\r\n", "\n\n24 October 2018: «Non», a dit ", "last Tuesday", "‘no’ \n",
    "Wednesday 7\xa0November\r\n", "「はい」", " on Sept. 9 ", "said “so “it” is” ", "MAY 1998, é", "\r\n",
)  # fmt: skip
_PIECES = st.lists(st.one_of(texts(min_size=1, max_size=8), st.sampled_from(_PHRASES)), max_size=12)
_PROSE = st.builds("{}{}".format, st.sampled_from(["", "", "", "\ufeff"]), _PIECES.map("".join))


def prose() -> st.SearchStrategy[str]:
    """Texts of several lines, with quotations and days of the calendar among what `texts` has."""
    return _PROSE


def passages(text: str, most: int = 12) -> list[Span]:
    """The first stretches of a text that begin and end with quotation marks, the shortest of each first."""
    found = []
    for start in (at for at, character in enumerate(text) if character in OPENING):
        ends = (at + 1 for at in range(start + 1, len(text)) if text[at] in CLOSING)
        found += [(start, end) for end, _ in zip(ends, range(3), strict=False)]
    return found[:most]
