"""Where the words of a span stand, when they do not stand where its offsets say."""

from __future__ import annotations

import re
from html import unescape
from unicodedata import category, normalize

from sidelines.marks import WHITE_SPACE

__all__ = ["NEARBY", "certain_place", "fits", "nearest_place", "same_words"]

NEARBY = 2_000  # characters in which a surface is looked for
IN_WORDS = ("Ll", "Lu", "Lt", "Mn", "Nd")  # scripts without cases may have no blanks between words either
WORDS = re.compile(r"\w+")
JOINER = "\u200d"
_BLANKS = re.compile(f"[{re.escape(WHITE_SPACE)}]+")


def fits(text: str, start: int, end: int, surface: str) -> bool:
    """Whether a span points at its own words.

    >>> fits("Ann met Bob.", 8, 11, "Bob"), fits("Ann met Bob.", -4, -1, "Bob")
    (True, False)
    """
    return 0 <= start < end <= len(text) and text[start:end] == surface


def same_words(found: str, stated: str) -> bool:
    r"""Whether one is a copy of the other, made by a program that normalised it.

    That is: they are canonically equivalent (Unicode, UAX #15), differ in white space or in what cannot be seen alone,
    or one has the character references of HTML that the other has resolved.

    >>> same_words("caf\u00e9", "cafe\u0301"), same_words("New\nYork", "New York"), same_words("R&D", "R&amp;D")
    (True, True, True)
    >>> same_words("New York", "NewYork")
    False
    """
    pairs = (
        (normalize("NFC", found), normalize("NFC", stated)),
        (_BLANKS.sub(" ", found), _BLANKS.sub(" ", stated)),
        (_visible(found), _visible(stated)),
        (found, unescape(stated)),
    )
    return any(one == other for one, other in pairs)


def _visible(text: str) -> str:
    """Text without what cannot be seen, as Python has it; as it is where nothing can."""
    return "".join(filter(str.isprintable, text)) or text


def certain_place(text: str, start: int, end: int, surface: str) -> tuple[int, int] | None:
    """Where a span stands in truth, if there is one answer alone: start and end in code points.

    That is where its words stand, if they stand once within 2,000 characters of its offsets, as whole words; or where
    it is, if its words are a copy of what stands there and stand nowhere near. Words are wrong, and not the offsets,
    where these are around other words, as many, and away from those that are looked for: nobody knows then.

    >>> certain_place("Ann met Bob.", 9, 12, "Bob"), certain_place("Ann met Ann.", 1, 4, "Ann")
    ((8, 11), None)
    >>> certain_place("Ann met Bob.", 8, 11, "Bo")  # perhaps the words are wrong
    >>> certain_place("Ann met Bob.", 8, 11, "Ann")
    """
    if not surface:
        return None
    at = start if 0 <= start <= len(text) else end - len(surface)
    low, high = max(at - NEARBY, 0), max(at + NEARBY + len(surface), 0)
    first = text.find(surface, low, high)
    there = text[start:end] if 0 <= start < end else ""
    if same_words(there, surface):
        return (start, end) if first < 0 else None
    last = first + len(surface)
    if first < 0 or text.find(surface, first + 1, high) >= 0 or there.casefold() == surface.casefold():
        return None
    if _within(text, first) or _within(text, last):
        return None
    apart = not start <= last or not first <= end
    return None if apart and _words(text, start, end) == len(WORDS.findall(surface)) else (first, last)


def _words(text: str, start: int, end: int) -> int:
    """How many words a span is around, if it is around words alone and whole; else -1."""
    there = text[start:end] if 0 <= start < end <= len(text) else ""
    whole = there and not _within(text, start) and not _within(text, end)
    return len(WORDS.findall(there)) if whole and there[0].isalnum() and there[-1].isalnum() else -1


def _within(text: str, at: int) -> bool:
    """Whether an offset is within a word of an alphabet with cases, a number, or a character of several code points."""
    if not 0 < at < len(text):
        return False
    before, after = (category(character) for character in text[at - 1 : at + 1])
    joined = after[0] == "M" or JOINER in text[at - 1 : at + 1]
    return joined or (before in IN_WORDS and after in IN_WORDS)


def nearest_place(text: str, start: int, surface: str) -> int | None:
    """Where a surface stands, nearest to where it was looked for, within 2,000 characters; None where it does not.

    >>> nearest_place("Ann met Ann.", 1, "Ann"), nearest_place("Ann met Ann.", 1, "Bob")
    (0, None)
    """
    before = text.rfind(surface, max(start - NEARBY, 0), start + len(surface))
    after = text.find(surface, start, start + NEARBY + len(surface))
    places = [at for at in (before, after) if at >= 0]
    return min(places, key=lambda at: abs(at - start)) if places and surface else None
