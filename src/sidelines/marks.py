"""Characters by what they do: quotation marks, as many languages write them, and white space."""

from __future__ import annotations

__all__ = ["CLOSING", "OPENING", "WHITE_SPACE", "one_of"]

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


def one_of(characters: str) -> str:
    r"""The class of these characters as a regular expression of RE2.

    >>> one_of("«»")
    '[\\x{ab}\\x{bb}]'
    """
    return "[" + "".join(f"\\x{{{ord(character):x}}}" for character in characters) + "]"
