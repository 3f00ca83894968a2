"""What many findings have in common is one problem, and they fold under it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import sidelines
from tests.strategies import Drawn

TEXT = "\U0001f44d Ann and Bo met Cy, who left."
WORDS = ["Ann", "Bo", "Cy", "who"]
Row = dict[str, Any]


def marks(by: int = 0) -> list[Row]:
    starts = [TEXT.index(word) + by for word in WORDS]
    rows = zip(starts, WORDS, strict=True)
    return [
        {"id": f"m{at}", "start": start, "end": start + len(word), "text": word, "label": "X"}
        for at, (start, word) in enumerate(rows, 1)
    ]


def written(tmp_path: Path, marks_of: dict[str, list[Row]], links_of: dict[str, list[Row]] | None = None) -> Path:
    links = {name: (links_of or {}).get(name, []) for name in marks_of}
    return Drawn(dict.fromkeys(marks_of, TEXT), marks_of, links).write(tmp_path / "drawn")


def part(word: str, by: int = 0) -> Row:
    return {"start": TEXT.index(word) + by, "end": TEXT.index(word) + by + len(word), "text": word}


def test_each_document_has_its_cause(tmp_path: Path) -> None:
    """One problem for a layer of a document, at its first span; documents beside it are as they are."""
    root = written(tmp_path, {"a": marks(1), "b": marks(), "c": marks(1)})
    report = sidelines.check(root)
    assert [(p.code, p.path, p.pointer, p.line, p.id, p.start, p.end) for p in report] == [
        ("O006", "annotations/a/marks.json", "/marks/0", 5, "m1", 3, 6),
        ("O006", "annotations/c/marks.json", "/marks/0", 5, "m1", 3, 6),
    ]
    first = report[0]
    assert first.message == "4 of 4 surfaces fit when offsets are read as UTF-16 code units; 0 fit as they stand"
    assert first.fixable
    assert [(p.code, p.id) for p in first.folded] == [("O004", f"m{at}") for at in range(1, 5)]
    assert [(edit.pointer, edit.start, edit.end) for edit in first.edits] == [
        ("/marks/0", 2, 5), ("/marks/1", 10, 12), ("/marks/2", 17, 19), ("/marks/3", 21, 24),
    ]  # fmt: skip


def test_all_tables_of_a_layer_count_together(tmp_path: Path) -> None:
    """Rows that are spans, and lists of spans in another table."""
    links = {"a": [{"id": "l1", "parts": [part("Ann", 1), part("left", 1)], "of": "m1"}]}
    (problem,) = sidelines.check(written(tmp_path, {"a": marks(1)}, links))
    assert problem.message.startswith("6 of 6 surfaces fit")
    assert [edit.pointer for edit in problem.edits][-2:] == ["/links/0/parts/0", "/links/0/parts/1"]
    assert len(problem.folded) == 6


def test_what_the_cause_does_not_explain_stays(tmp_path: Path) -> None:
    """A span that is wrong for a reason of its own is a problem of its own."""
    many = [{**row, "id": f"m{5 * at + copy}"} for at, row in enumerate(marks(1)) for copy in range(5)]
    many[7] |= {"text": "Eve"}
    report = sidelines.check(written(tmp_path, {"a": many}))
    assert [(problem.code, len(problem.folded)) for problem in report] == [("O006", 19), ("O004", 0)]
    assert report[0].message.startswith("19 of 20 surfaces fit")


def test_two_are_no_cause(tmp_path: Path) -> None:
    """They are told one by one."""
    rows = [*marks(1)[:2], *marks()[2:]]
    assert sidelines.check(written(tmp_path, {"a": rows})).counts == {"O004": 2}


@pytest.mark.parametrize(
    ("by", "words", "code"),
    [(900, "900 too large from 902 on", "O002"), (-900, "900 too small from -898 on", "O001")],
)
def test_spans_outside_of_the_text_fold_as_well(tmp_path: Path, by: int, words: str, code: str) -> None:
    """Behind its end, where a text was cut off at its beginning, and before its start."""
    (problem,) = sidelines.check(written(tmp_path, {"a": marks(by)}))
    assert problem.message == (
        f"4 of 4 surfaces fit when the text was edited after it was annotated: offsets are {words}; 0 fit as they stand"
    )
    assert {each.code for each in problem.folded} == {code}


def test_a_cause_that_is_not_certain_offers_no_repair(tmp_path: Path) -> None:
    """Nothing is moved where a span may stand in two places."""
    text = "ab" * 6
    rows = [{"id": f"m{at}", "start": at, "end": at + 2, "text": "ab", "label": "X"} for at in (1, 3, 5)]
    (problem,) = sidelines.check(Drawn({"a": text}, {"a": rows}, {"a": []}).write(tmp_path / "drawn"))
    assert problem.message.endswith("0 fit as they stand; read otherwise, as many fit")
    assert not problem.fixable
    assert problem.edits == ()
    assert problem.fix == "convert the offsets where they were written: there alone it is known how they were counted"
