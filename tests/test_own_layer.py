"""A layer that no line of Python knows: decoded, checked, in tables and in Parquet by its schema alone."""

from __future__ import annotations

import datetime
from pathlib import Path

import pandas as pd
import pytest

import sidelines


def edit(root: Path, old: str, new: str) -> None:
    path = root / "annotations" / "one" / "marks.json"
    content = path.read_bytes().decode()
    assert old in content
    path.write_bytes(content.replace(old, new, 1).encode())


def test_it_is_clean(own: Path) -> None:
    """Nested spans, a list of spans, references, an enum and a pattern, in a text with \\r\\n and U+2028."""
    assert list(sidelines.check(own)) == []


def test_its_rows_are_a_table(own: Path) -> None:
    """Every property is a column of its type."""
    row = sidelines.read(own).tables["marks"].to_pylist()[2]
    assert row == {
        "document": "one", "id": "m3", "start": 10, "end": 22, "text": "Łukasz\u00a0Nowak", "label": "X", "next": None,
        "also": ["m1", "m2"], "code": "PL-7", "weight": 0.5, "count": -(2**63), "sure": None,
        "seen": datetime.date(2024, 2, 29), "note": "é",
    }  # fmt: skip


def test_its_lists_of_spans_are_columns(own: Path) -> None:
    """A span property is three columns, a list of spans a list of structs."""
    table = sidelines.read(own).tables["links"]
    assert table.column_names == ["document", "id", "parts", "head_start", "head_end", "head_text", "of"]
    assert table.column("parts").to_pylist() == [
        [{"start": 0, "end": 3, "text": "Ann"}, {"start": 35, "end": 38, "text": "She"}],
        [{"start": 45, "end": 48, "text": "End"}],
    ]
    assert table.column("head_text").to_pylist() == ["She", None]


def test_pandas_reads_its_build(own: Path, tmp_path: Path) -> None:
    """Enums are categories, and offsets fit the text."""
    sidelines.build(own, tmp_path / "build")
    marks = pd.read_parquet(tmp_path / "build" / "parquet" / "marks.parquet")
    text = pd.read_parquet(tmp_path / "build" / "parquet" / "documents.parquet").text[0]
    assert marks.label.tolist() == ["X", "Y", "X", "Z"]
    assert marks.label.cat.categories.tolist() == ["X", "Y", "Z"]
    assert [text[start:end] for start, end in zip(marks.start, marks.end, strict=True)] == marks.text.tolist()


@pytest.mark.parametrize(
    ("old", "new", "code", "message"),
    [
        ('"label": "Z"', '"label": "W"', "S104", 'label: expected one of "X", "Y", "Z", found "W"'),
        ('"code": "PL-7"', '"code": "PL7"', "S105", 'code: expected a match of ^[A-Z]{2}-[0-9]{1,3}$, found "PL7"'),
        ('"weight": 0.5', '"weight": 1.5', "S106", "weight: expected at most 1, found 1.5"),
        ('"next": "m3"', '"next": "m9"', "R002",
         "next: 'm9' is no id of marks; there are: m1, m2, m3, m4"),
        ('["m1", "m2"]', '["m1", "m7"]', "R002",
         "also: 'm7' is no id of marks; there are: m1, m2, m3, m4"),
        ('"of": "m4"', '"of": "l1"', "R002", "of: 'l1' is no id of marks; there are: m1, m2, m3, m4"),
        ('"id": "l2"', '"id": "l1"', "R001",
         "id: expected one of its own, found 'l1', which is that of row 1 of links"),
        ('"start": 10,', '"start": 4,', "O004", None),
        ('"head": {"start": 35, "end": 38, "text": "She"}', '"head": {"start": 39, "end": 43, "text": "left"}', "L003",
         "expected a span within a span of 'parts', found 39–43 ‘left’"),
        ('"start": 0, "end": 5, "text": "Ann 😀"', '"start": 0, "end": 12, "text": "Ann 😀 met Łu"', "L002", None),
    ],
)  # fmt: skip
def test_a_fault_in_it_is_found(own: Path, old: str, new: str, code: str, message: str | None) -> None:
    """Enum, pattern, bounds, references, ids, offsets, containment and crossing, each by its rule alone."""
    edit(own, old, new)
    (problem,) = sidelines.check(own)
    assert problem.code == code
    assert message in (None, problem.message)
