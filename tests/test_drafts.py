"""Documents of which little is known. What becomes of whole folders is in `test_packages.py`."""

from __future__ import annotations

import pytest
from hypothesis import given

from sidelines.drafts import blocks
from sidelines.marks import WHITE_SPACE
from tests.strategies import texts


@given(texts())
def test_blocks_cover_all_but_white_space(text: str) -> None:
    """Each is its slice, none is empty, and between them is nothing that can be seen."""
    rows = blocks(text)
    left = list(text)
    for row in rows:
        assert row["text"] == text[row["start"] : row["end"]] != ""
        left[row["start"] : row["end"]] = " " * (row["end"] - row["start"])
    assert set(left) <= set(WHITE_SPACE)


@pytest.mark.parametrize("end", ["\n", "\r", "\r\n", "\v", "\f", "\x85", "\u2028", "\u2029"])
def test_every_end_of_a_line_ends_a_block(end: str) -> None:
    """All of Unicode's; a separator of records is a character of the line."""
    assert [row["text"] for row in blocks(f"𝒜 b{end} c\x1cd {end} \t{end}{end}")] == ["𝒜 b", "c\x1cd"]
