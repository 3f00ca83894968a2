"""Regular expressions on RE2: what is found, what is refused, and in linear time."""

from __future__ import annotations

import time

import pyarrow as pa
import pytest

from sidelines.patterns import matches, mismatches, refusal


@pytest.mark.parametrize(
    ("pattern", "text", "found"),
    [
        ("b", "abc", True),
        ("^b", "abc", False),
        ("b$", "abc", False),
        ("", "", True),
        ("^$", "\n", False),
        ("^a$", "a\n", False),
        ("^a$", "b\na", False),
        ("^.$", "\n", False),
        ("^.$", "😀", True),
        ("^.{2}$", "e\u0301", True),
        (r"^\d$", "3", True),
        (r"^\d$", "٣", False),
        (r"^\w$", "é", False),
        (r"^\s$", "\u00a0", False),
        (r"^\pL$", "é", True),
        (r"^\p{Greek}$", "λ", True),
        ("^[^a]$", "\n", True),
        ("(?i)^É$", "é", True),
        ("^K$", "\u212a", False),
        ("\x00", "a\x00b", True),
    ],
)
def test_matches(pattern: str, text: str, found: bool) -> None:
    r"""A pattern is found anywhere, unless anchored; $ is the very end, . a code point, \d and \w are ASCII."""
    assert matches(pattern, text) is found


def test_mismatches() -> None:
    """The positions of those strings in which the pattern is not found; nulls are no mismatches."""
    assert mismatches("^a", pa.array(["a", "ba", None, "ab", ""])) == [1, 4]


def test_mismatches_in_a_slice() -> None:
    """Positions are those of the column that was given, wherever it lies in its buffers."""
    texts = pa.array(["x", "x", None, "x", "a", None, "x", "a", "a", "x"]).slice(2, 7)
    assert mismatches("a", texts) == [1, 4]


@pytest.mark.parametrize("texts", [pa.array([], pa.string()), pa.array([None, None], pa.string())])
def test_mismatches_of_nothing(texts: pa.Array) -> None:
    """No strings, no mismatches."""
    assert mismatches("a", texts) == []


@pytest.mark.parametrize(
    ("pattern", "why"),
    [
        ("(a", "missing ): (a"),
        ("a)", "unexpected ): a)"),
        ("[a", "missing ]: [a"),
        ("*a", "no argument for repetition operator: *"),
        ("a{1001}", "invalid repetition size: {1001}"),
        ("(a{1000}){1000}", "invalid repetition size: {1000}"),
        (r"(a)\1", r"invalid escape sequence: \1"),
        ("(?=a)", "invalid perl operator: (?="),
        ("(?<!a)b", "invalid perl operator: (?<!"),
        (r"\u0041", r"invalid escape sequence: \u"),
        ("a\\", "trailing \\"),
    ],
)
def test_refusal(pattern: str, why: str) -> None:
    """What RE2 does not take, ECMA's look-around and back-references among it, is refused in RE2's own words."""
    assert refusal(pattern) == why


@pytest.mark.parametrize("pattern", ["", "a", "^(a+)+$", "a{1000}", r"\p{Greek}", "(?i)a", "[[:alpha:]]", "é😀"])
def test_no_refusal(pattern: str) -> None:
    """What RE2 takes is not refused."""
    assert refusal(pattern) is None


def test_time_is_linear() -> None:
    """The classic explosion of backtracking engines takes no time."""
    began = time.perf_counter()
    assert not matches("^(a+)+$", "a" * 100_000 + "b")
    assert time.perf_counter() - began < 1
