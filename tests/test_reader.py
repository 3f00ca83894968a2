"""Batches of documents: files in order and others side by side, each row where it belongs."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from sidelines.reader import Reader
from tests.strategies import Drawn

TEXT = "one two three"
LONG = 2**62  # an integer of 19 digits, which the lines of rows are not read with


def mark(number: int, **more: Any) -> dict[str, Any]:
    return {"id": f"m{number}", "start": 0, "end": 3, "text": "one", "label": "X", **more}


def corpus(root: Path, marks: dict[str, list[dict[str, Any]]]) -> Reader:
    """A corpus of one text under several names, each with these marks."""
    return Reader(Drawn(dict.fromkeys(marks, TEXT), marks, {name: [] for name in marks}).write(root / "drawn"))


MARKS = {
    "a": [mark(1), mark(2)],
    "b": [mark(3, count=LONG)],
    "c": [],
    "d": [mark(4, count=7)],
    "e": [mark(5), mark(6, count=-LONG), mark(7)],
    "f": [mark(8)],
}


class TestBothRoads:
    @pytest.mark.parametrize("size", [1, 2, 4, 6, 100])
    def test_rows_stand_in_the_order_of_documents(self, tmp_path: Path, size: int) -> None:
        """Whichever road a file took, and however documents are batched."""
        found = []
        for batch, problems in corpus(tmp_path, MARKS).batches(size):
            assert problems == []
            table = batch.tables["marks"]
            found += [[row["document"], row["id"], row["count"]] for row in table.to_pylist()]
            assert [batch.ids[at] for at in batch.document("marks").tolist()] == table["document"].to_pylist()
        assert found == [[name, row["id"], row.get("count")] for name, rows in MARKS.items() for row in rows]

    def test_a_row_out_of_bounds_beside_one_that_is_not_canonical(self, tmp_path: Path) -> None:
        """The sound rows of both are kept, and both are named with their places."""
        marks = {"a": [mark(1), mark(2, weight=1.5)], "b": [mark(3)], "c": [mark(4)]}
        reader = corpus(tmp_path, marks)
        path = reader.root / "annotations" / "b" / "marks.json"
        path.write_bytes(path.read_bytes().replace(b'"m3", ', b'"m3",'))
        ((batch, problems),) = reader.batches()
        places = sorted((problem.code, problem.path, problem.line, problem.pointer) for problem in problems)
        assert places == [
            ("F108", "annotations/b/marks.json", 5, None),
            ("S106", "annotations/a/marks.json", 6, "/marks/1/weight"),
        ]
        assert batch.tables["marks"]["id"].to_pylist() == ["m1", "m3", "m4"]
        assert batch.lost["marks"] == {0: ((1, "m2"),)}
        assert batch.whole["marks"].tolist() == [False, True, True]

    def test_a_reader_that_is_left_early(self, tmp_path: Path) -> None:
        """Who needs one batch need not take the others."""
        for batch, _ in corpus(tmp_path, MARKS).batches(1):
            assert batch.ids == ("a",)
            break
