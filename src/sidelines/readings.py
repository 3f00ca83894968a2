"""How offsets may have been counted: over which variant of a text, in which unit, and from where.

A program that opens a text with its newlines translated, without its byte order mark, normalised or trimmed, counts in
a text of its own. Each such variant is made here with the way back: for every offset in it, the one in the text.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import product
from typing import Any, Literal

import numpy as np

from sidelines.marks import WHITE_SPACE
from sidelines.offsets import Bools, Ints

__all__ = ["Reading", "Variant", "readings", "variants"]

_BLANK = f"[{re.escape(WHITE_SPACE)}]"
_TO_COLLAPSE = f"{_BLANK}{{2,}}|(?! ){_BLANK}"


@dataclass(frozen=True, slots=True)
class Variant:
    """A text as some program had it, and what its offsets are in the text that it was made from.

    A span that begins at offset i of `text` begins at `starts[i]` of the other, and one that ends there ends at
    `ends[i]`; -1 where no character of the other begins, or ends, there. All are code points. `bounds` has, by unit,
    the offsets of the code points of `text`.
    """

    text: str
    starts: Ints
    ends: Ints
    bounds: Mapping[str | None, Ints]

    @classmethod
    def rewritten(cls, text: str, pattern: str, replacement: str) -> Variant:
        r"""A text with every match of a pattern replaced.

        >>> Variant.rewritten("a\r\nb", "\r\n", "\n").starts.tolist()
        [0, 1, 3, 4]
        """
        return cls.of(text, ((*match.span(), replacement) for match in re.finditer(pattern, text)))

    @classmethod
    def of(cls, text: str, changes: Iterable[tuple[int, int, str]]) -> Variant:
        """A text with some of its parts, each given by start and end, replaced by other words."""
        words, done = [], 0
        places = []
        for begin, end, new in changes:
            words += [text[done:begin], new]
            places.append((begin, end, len(new)))
            done = end
        made = "".join([*words, text[done:]])
        first, last, length = np.array(places, np.int64).reshape(-1, 3).T
        shorter = last - first - length
        at = first - (np.cumsum(shorter) - shorter)  # where each begins in the variant
        # What begins behind a change is off by it, and so is what ends there, unless there is nothing in its place.
        starts, ends = (_shifted(len(made) + 1, at + long, shorter) for long in (length, np.maximum(length, 1)))
        for inner, long in zip(at[shorter != 0].tolist(), length[shorter != 0].tolist(), strict=True):
            starts[inner + 1 : inner + long] = ends[inner + 1 : inner + long] = -1
        return cls(made, starts, ends, _bounds(made))


def _shifted(length: int, at: Ints, by: Ints) -> Ints:
    """So many numbers from 0 on, each with all added that stands at or before it."""
    steps = np.ones(length + 1, _kind(length))
    steps[0] = 0
    np.add.at(steps, np.minimum(at, length), by.astype(steps.dtype))
    return np.cumsum(steps, dtype=steps.dtype)[:length]


def _kind(largest: int) -> Any:
    """The smallest type of numbers so large: of a long text there are many."""
    return np.int32 if largest < 2**31 else np.int64


# How many units a character takes, by its code point.
UNITS: Mapping[str, Callable[[Any], Any]] = {
    "UTF-16 code units": lambda points: 1 + (points > 0xFFFF).view(np.uint8),
    "bytes of UTF-8": lambda points: 1 + sum((points > most).view(np.uint8) for most in (0x7F, 0x7FF, 0xFFFF)),
}


def _bounds(text: str) -> dict[str | None, Ints]:
    """The offsets of a text in each unit in which they are others."""
    kind = _kind(4 * len(text))
    own = np.arange(len(text) + 1, dtype=kind)
    if text.isascii():
        return {None: own}
    points = np.frombuffer(text.encode("utf-32-le"), np.uint32)
    bounds: dict[str | None, Ints] = {None: own}
    for unit, width in UNITS.items():
        bounds[unit] = np.zeros(len(text) + 1, kind)
        np.cumsum(width(points), out=bounds[unit][1:])
    return bounds


def _bom_left_out(text: str) -> Variant:
    return Variant.rewritten(text, r"\A\ufeff", "")


def _bom_put_in(text: str) -> Variant:
    return Variant.of(text, [] if text.startswith("\ufeff") else [(0, 0, "\ufeff")])


def _as_python_reads(text: str) -> Variant | None:
    """As a file that is opened with the encoding `utf-8-sig`; None where one variant alone says the same."""
    if not (text.startswith("\ufeff") and "\r\n" in text):
        return None
    found = re.finditer(r"\A\ufeff|\r\n", text)
    return Variant.of(text, ((*match.span(), "\n" if match.end() - match.start() == 2 else "") for match in found))


def _trimmed(text: str) -> Variant:
    return Variant.rewritten(text, rf"\A{_BLANK}+|{_BLANK}+\Z", "")


def _collapsed(text: str) -> Variant:
    return Variant.rewritten(text, _TO_COLLAPSE, " ")


def _trimmed_and_collapsed(text: str) -> Variant:
    found = (match.span() for match in re.finditer(rf"{_TO_COLLAPSE}|\A | \Z", text))
    return Variant.of(text, ((first, last, " " if first > 0 and last < len(text) else "") for first, last in found))


def _normalised(form: Literal["NFC", "NFD"]) -> Callable[[str], Variant | None]:
    def normalise(text: str) -> Variant | None:
        whole = unicodedata.normalize(form, text)
        if whole == text:
            return None
        made = Variant.of(text, _changed_by(form, text))
        return made if made.text == whole else None  # a sequence that its first characters do not tell apart

    return normalise


def _changed_by(form: Literal["NFC", "NFD"], text: str) -> Iterator[tuple[int, int, str]]:
    """The parts of a text, each a character with what combines with it, that a normal form writes otherwise."""
    joins = {character: _joins(character) for character in set(text)}
    bounds = [at for at, character in enumerate(text) if not at or not joins[character]]
    for first, last in zip(bounds, [*bounds[1:], len(text)], strict=True):
        part = text[first:last]
        if not part.isascii() and (new := unicodedata.normalize(form, part)) != part:
            yield first, last, new


def _joins(character: str) -> bool:
    """Whether a character may become one with that before it: a mark, or a vowel or final consonant of Hangul."""
    return unicodedata.category(character)[0] == "M" or "\u1161" <= character <= "\u11ff"


VARIANTS: Mapping[str, Callable[[str], Variant | None]] = {
    "with \\n for each \\r\\n": lambda text: Variant.rewritten(text, "\r\n", "\n"),
    "with \\r\\n for each \\n": lambda text: Variant.rewritten(text, "(?<!\r)\n", "\r\n"),
    "without its byte order mark": _bom_left_out,
    "with a byte order mark before it": _bom_put_in,
    "without its byte order mark, with \\n for each \\r\\n": _as_python_reads,
    "normalised to NFC": _normalised("NFC"),
    "normalised to NFD": _normalised("NFD"),
    "with white space trimmed from its ends": _trimmed,
    "with white space collapsed": _collapsed,
    "with white space trimmed and collapsed": _trimmed_and_collapsed,
    "without the characters beyond U+FFFF": lambda text: Variant.rewritten(text, "[\U00010000-\U0010ffff]", ""),
}


def variants(text: str) -> Iterator[tuple[str | None, Variant]]:
    r"""A text as it is, under None, and its variants, by what was done to it; those that change nothing are left out.

    Each is made when it is asked for: of a long text, all together would be many times as long.

    >>> [name for name, _ in variants("Ann \U0001f44d\n")][:3]
    [None, 'with \\r\\n for each \\n', 'with a byte order mark before it']
    """
    yield None, Variant.of(text, ())
    for name, make in VARIANTS.items():
        variant = make(text)
        if variant is not None and variant.text != text:
            yield name, variant


# What start and end are, counted from 0 and half-open, of bounds as they were written.
CONVENTIONS: Mapping[str | None, Callable[[Ints, Ints], tuple[Ints, Ints]]] = {
    None: lambda start, end: (start, end),
    "the end is that of the last character": lambda start, end: (start, end + 1),
    "the first character is counted as 1": lambda start, end: (start - 1, end - 1),
    "the first character is counted as 1, and the end is that of the last": lambda start, end: (start - 1, end),
    "the end is the length": lambda start, end: (start, start + end),
}


@dataclass(frozen=True, slots=True)
class Reading:
    """One way to read offsets: over a variant of the text, in a unit, by a convention; None is what is right."""

    variant: str | None = None
    unit: str | None = None
    convention: str | None = None

    @property
    def strangeness(self) -> float:
        """In how many respects it is not what is right; another text counts a little more than another convention."""
        parts = ((self.variant, 1.02), (self.unit, 1), (self.convention, 1.01))
        return sum(more for part, more in parts if part is not None)

    @property
    def words(self) -> str:
        """How offsets are read, as the end of a sentence.

        >>> Reading(None, "UTF-16 code units", None).words
        'offsets are read as UTF-16 code units'
        >>> Reading("normalised to NFC", None, "the end is the length").words
        'offsets are read as code points of the text normalised to NFC, and the end is the length'
        """
        what = self.unit or "code points"
        if self.variant is not None:
            what += f" of the text {self.variant}"
        if self.convention is None:
            return f"offsets are read as {what}"
        return self.convention if what == "code points" else f"offsets are read as {what}, and {self.convention}"

    def places(self, variant: Variant, start: Ints, end: Ints) -> tuple[Ints, Ints, Ints, Ints]:
        """Where spans stand: start and end in the text, then in its variant; -1 where they stand nowhere."""
        first, last = CONVENTIONS[self.convention](start, end)
        bounds = variant.bounds[self.unit]
        (first, begins), (last, stops) = (_exact(bounds, given) for given in (first, last))
        there = begins & stops & (first < last)
        first, last = np.where(there, first, 0), np.where(there, last, 0)
        a, b = variant.starts[first], variant.ends[last]
        there &= (a >= 0) & (a < b)
        return tuple(np.where(there, part, -1) for part in (a, b, first, last))  # type: ignore[return-value]


def _exact(bounds: Ints, given: Ints) -> tuple[Ints, Bools]:
    """The positions of some offsets among the bounds of characters, and which of them are such bounds."""
    at = np.searchsorted(bounds, given)
    return at, bounds.take(at, mode="clip") == given


def readings(name: str | None, variant: Variant) -> Iterator[Reading]:
    """Every reading of a text over one of its variants, but the right one."""
    every = (Reading(name, *way) for way in product(variant.bounds, CONVENTIONS))
    return (reading for reading in every if reading.strangeness)
