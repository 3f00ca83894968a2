"""Characters by what they do: quotation marks, as many languages write them, and white space."""

from __future__ import annotations

from functools import cache

import numpy as np
import pyarrow as pa

from sidelines import arrow
from sidelines.units import Ints

__all__ = ["CLOSING", "OPENING", "WHITE_SPACE", "closing", "opening"]

# What opens a quotation in one language closes it in another.
_EITHER = "\"'“”„‟‘’‚‛«»‹›❛❜❝❞⹂＂＇"
_PAIRS = ("「」", "『』", "《》", "〈〉", "〝〞", "﹁﹂", "﹃﹄", "｢｣")  # fmt: skip
OPENING = _EITHER + "".join(pair[0] for pair in _PAIRS)
CLOSING = _EITHER + "".join(pair[1] for pair in _PAIRS) + "〟"

# The property White_Space of the Unicode Character Database (PropList.txt, 17.0).
WHITE_SPACE = (
    "\t\n\v\f\r \x85\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a"
    "\u2028\u2029\u202f\u205f\u3000"
)


def opening(texts: pa.Array) -> Ints:
    """How many bytes long the opening quotation mark is that each text begins with; 0 where there is none.

    >>> opening(arrow.strings(["“Yes.”", "'No.'", "Maybe."])).tolist()
    [3, 1, 0]
    """
    return _mark(texts, OPENING, last=False)


def closing(texts: pa.Array) -> Ints:
    """How many bytes long the closing quotation mark is that each text ends with; 0 where there is none.

    >>> closing(arrow.strings(["“Yes.”", "'No.", ""])).tolist()
    [3, 0, 0]
    """
    return _mark(texts, CLOSING, last=True)


def _mark(texts: pa.Array, marks: str, last: bool) -> Ints:
    data, bounds = arrow.utf8(texts)
    found = np.zeros(len(texts), np.int64)
    for width, numbers in _encoded(marks).items():
        long = np.flatnonzero(np.diff(bounds) >= width)
        at = bounds[1:][long] - width if last else bounds[:-1][long]
        number = sum(data[at + byte].astype(np.int64) << 8 * byte for byte in range(width))
        found[long[np.isin(number, numbers)]] = width
    return found


@cache
def _encoded(marks: str) -> dict[int, list[int]]:
    """The marks in UTF-8, by their length, each as a number; none begins with, or ends in, all of another."""
    encoded = [mark.encode() for mark in marks]
    return {
        width: [int.from_bytes(mark, "little") for mark in encoded if len(mark) == width]
        for width in sorted(set(map(len, encoded)))
    }
