"""Regular expressions on RE2, Arrow's engine: linear in time, whatever the pattern."""

from __future__ import annotations

from functools import lru_cache

import pyarrow as pa
import pyarrow.compute as pc

from sidelines import arrow

__all__ = ["matches", "mismatches", "refusal"]


def matches(pattern: str, text: str) -> bool:
    """Whether the pattern is found in the text, as JSON Schema has it: anchored only where it says so.

    >>> matches("^[a-z]+$", "abc"), matches("^[a-z]+$", "abc\\n")
    (True, False)
    """
    return not len(mismatches(pattern, arrow.strings([text])))


def mismatches(pattern: str, texts: pa.Array) -> list[int]:
    """The positions of the strings in which the pattern is not found; nulls are passed over."""
    found = pc.match_substring_regex(texts, pattern)
    return [int(at) for at in (arrow.valid(found) & ~arrow.truth(found)).nonzero()[0]]


@lru_cache(maxsize=2**10)  # every schema has the same few, and most corpora the same schemas
def refusal(pattern: str) -> str | None:
    """Why RE2 refuses a pattern; None when it does not.

    >>> refusal("(a"), refusal("^(a+)+$")
    ('missing ): (a', None)
    """
    try:
        pc.match_substring_regex(arrow.strings([""]), pattern)  # without a string, nothing is compiled
    except pa.ArrowInvalid as error:
        return str(error).removeprefix("Invalid regular expression: ")
    return None
