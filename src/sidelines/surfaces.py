"""Where the words of a span stand, when they do not stand where its offsets say."""

from __future__ import annotations

import re
from html import unescape
from unicodedata import category, normalize

from sidelines.marks import WHITE_SPACE

__all__ = ["NEARBY", "certain_place", "fits", "nearest_place", "same_words"]

NEARBY = 2_000  # characters in which a surface is looked for
IN_WORDS = ("Ll", "Lu", "Lt", "Mn", "Nd")  # scripts without cases may have no blanks between words either
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
    """Text without its control and format characters; as it is where it has no others."""
    return "".join(character for character in text if category(character) not in ("Cc", "Cf")) or text


def certain_place(text: str, start: int, end: int, surface: str) -> tuple[int, int] | None:
    """Where a span stands in truth, if there is one answer alone: start and end in code points.

    That is where its words stand, if they stand once within 2,000 characters of its offsets, as whole words; or where
    it is, if its words are a copy of what stands there and stand nowhere near.

    >>> certain_place("Ann met Bob.", 9, 12, "Bob"), certain_place("Ann met Ann.", 1, 4, "Ann")
    ((8, 11), None)
    >>> certain_place("Ann met Bob.", 8, 11, "Bo")  # perhaps the words are wrong
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
    return None if _within_word(text, first) or _within_word(text, last) else (first, last)


def _within_word(text: str, at: int) -> bool:
    """Whether a word of an alphabet with cases, or a number, stands on both sides of an offset."""
    return 0 < at < len(text) and all(category(character) in IN_WORDS for character in text[at - 1 : at + 1])


def nearest_place(text: str, start: int, surface: str) -> int | None:
    """Where a surface stands, nearest to where it was looked for, within 2,000 characters; None where it does not.

    >>> nearest_place("Ann met Ann.", 1, "Ann"), nearest_place("Ann met Ann.", 1, "Bob")
    (0, None)
    """
    before = text.rfind(surface, max(start - NEARBY, 0), start + len(surface))
    after = text.find(surface, start, start + NEARBY + len(surface))
    places = [at for at in (before, after) if at >= 0]
    return min(places, key=lambda at: abs(at - start)) if places and surface else None
