"""What rules of offsets and surfaces find, to the letter, in the second of three documents."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.strategies import Drawn
from tests.test_checker import described

TEXT = "Ann and Bo met Cy, who left."
Row = dict[str, Any]


def span(start: int, end: int, text: str | None = None) -> Row:
    """A span of `TEXT`."""
    return {"start": start, "end": end, "text": TEXT[start:end] if text is None else text}


def mark(id: str, start: int, end: int, text: str | None = None) -> Row:
    return {"id": id, **span(start, end, text), "label": "X"}


def link(id: str, *parts: Row, **more: Any) -> Row:
    return {"id": id, "parts": list(parts), **more, "of": "m1"}


def found(tmp_path: Path, marks: list[Row], links: list[Row], text: str = TEXT) -> list[str]:
    """What is found in the second of three documents; the others are sound, and have other lengths and rows."""
    rows = [mark("m1", 0, 3), mark("m2", 8, 10), mark("m3", 15, 17), mark("m4", 15, 17)]
    drawn = Drawn(
        {"a": TEXT * 2, "b": text, "c": TEXT},
        {"a": rows, "b": marks, "c": rows},
        {"a": [link("l1", span(0, 3), span(8, 10))], "b": links, "c": [link("l1", span(0, 3))]},
    )
    return described(drawn.write(tmp_path / "drawn"))


class TestOffsets:
    def test_negative(self, tmp_path: Path) -> None:
        """Each of the two offsets is a problem, with rows and with the spans of a list."""
        marks = [mark("m1", 0, 3), mark("m2", -2, -1, "")]
        assert found(tmp_path, marks, [link("l1", span(0, 3), span(-1, 3, ""))]) == [
            "O001 annotations/b/marks.json:6:27 /marks/1/start b marks m2 -2..-1: start: expected 0 or more, found -2",
            "O001 annotations/b/marks.json:6:38 /marks/1/end b marks m2 -2..-1: end: expected 0 or more, found -1",
            "O001 annotations/b/marks.json:9:77 /links/0/parts/1/start b links l1 -1..3: "
            "start: expected 0 or more, found -1",
        ]

    def test_behind_the_end(self, tmp_path: Path) -> None:
        """The first offset that is outside is told; a span may end where the text does."""
        marks = [mark("m1", 0, 3), mark("m2", 25, 29), mark("m3", 25, 28), mark("m4", 28, 29), mark("m5", 29, 30)]
        expected = "expected at most 28, the length of the text, found"
        assert found(tmp_path, marks, [link("l1", span(0, 3), span(30, 29))]) == [
            f"O002 annotations/b/marks.json:6:38 /marks/1/end b marks m2 25..29: end: {expected} 29",
            f"O002 annotations/b/marks.json:8:38 /marks/3/end b marks m4 28..29: end: {expected} 29",
            f"O002 annotations/b/marks.json:9:27 /marks/4/start b marks m5 29..30: start: {expected} 29",
            f"O002 annotations/b/marks.json:12:77 /links/0/parts/1/start b links l1 30..29: start: {expected} 30",
        ]

    def test_reversed(self, tmp_path: Path) -> None:
        """A span has a character at least."""
        marks = [mark("m1", 0, 3), mark("m2", 8, 8), mark("m3", 10, 9), mark("m4", 15, 16), mark("m5", 28, 28)]
        assert found(tmp_path, marks, [link("l1", span(0, 3), span(8, 8))]) == [
            "O003 annotations/b/marks.json:6:5 /marks/1 b marks m2 8..8: expected start before end, found 8 and 8",
            "O003 annotations/b/marks.json:7:5 /marks/2 b marks m3 10..9: expected start before end, found 10 and 9",
            "O003 annotations/b/marks.json:9:5 /marks/4 b marks m5 28..28: expected start before end, found 28 and 28",
            "O003 annotations/b/marks.json:12:67 /links/0/parts/1 b links l1 8..8: "
            "expected start before end, found 8 and 8",
        ]

    def test_white_space(self, tmp_path: Path) -> None:
        """The span without it is offered, if there is one."""
        marks = [mark("m1", 0, 4), mark("m2", 3, 4), mark("m3", 7, 11), mark("m4", 14, 17), mark("m5", 19, 22)]
        expected = "expected no white space at the ends, found"
        assert found(tmp_path, marks, [link("l1", span(0, 3), span(10, 14)), link("l2", span(8, 10))]) == [
            f"O005 annotations/b/marks.json:5:5 /marks/0 b marks m1 0..4: {expected} ‘Ann ’ (start 0, end 3)",
            f"O005 annotations/b/marks.json:6:5 /marks/1 b marks m2 3..4: {expected} ‘ ’ (leave the span out)",
            f"O005 annotations/b/marks.json:7:5 /marks/2 b marks m3 7..11: {expected} ‘ Bo ’ (start 8, end 10)",
            f"O005 annotations/b/marks.json:8:5 /marks/3 b marks m4 14..17: {expected} ‘ Cy’ (start 15, end 17)",
            f"O005 annotations/b/marks.json:12:67 /links/0/parts/1 b links l1 10..14: {expected} ‘ met’ "
            "(start 11, end 14)",
        ]


class TestSurfaces:
    @pytest.mark.parametrize(
        ("text", "start", "where"),
        [
            ("-" * 5000, 2500, "it does not stand within 2000 characters"),
            ("Ann" + "-" * 3000, 5, "it stands at 0–3, 5 before (start 0, end 3)"),
            ("Ann" + "-" * 3000, 2000, "it stands at 0–3, 2000 before (start 0, end 3)"),
            ("Ann" + "-" * 3000, 2001, "it does not stand within 2000 characters"),
            ("-" * 500 + "Ann" + "-" * 3000, 2500, "it stands at 500–503, 2000 before (start 500, end 503)"),
            ("-" * 500 + "Ann" + "-" * 3000, 2501, "it does not stand within 2000 characters"),
            ("-" * 2100 + "Ann", 100, "it stands at 2100–2103, 2000 after (start 2100, end 2103)"),
            ("-" * 2101 + "Ann", 100, "it does not stand within 2000 characters"),
            ("--Ann---", 3, "it stands at 2–5, 1 before (start 2, end 5)"),
            ("--Ann---", 1, "it stands at 2–5, 1 after (start 2, end 5)"),
            ("--Ann-Ann---", 9, "it stands at 6–9, 3 before"),
            ("-----Ann-Ann", 1, "it stands at 5–8, 4 after"),
            ("Ann---------Ann", 5, "it stands at 0–3, 5 before"),
            ("Ann---------Ann", 6, "it stands at 0–3, 6 before"),
            ("Ann---------Ann", 7, "it stands at 12–15, 5 after"),
            ("Ann-Ann-----Ann-Ann", 9, "it stands at 12–15, 3 after"),
        ],
    )
    def test_where_it_stands(self, tmp_path: Path, text: str, start: int, where: str) -> None:
        """The nearest place is told, the earlier of two that are equally near; none beyond 2000 characters.

        Where it is the only one, it is offered.
        """
        (problem,) = found(tmp_path, [mark("m1", start, start + 3, "Ann")], [], text)
        expected = f"text: expected ‘{text[start : start + 3]}’, which stands there, found ‘Ann’; {where}"
        assert problem.endswith(f" b marks m1 {start}..{start + 3}: {expected}")

    @pytest.mark.parametrize(
        ("here", "surface", "said"),
        [
            ("Ann", "An", "expected ‘Ann’, which stands there, found ‘An’; it does begin there, and ends at 10"),
            ("An", "Ann", "expected ‘An’, which stands there, found ‘Ann’; it does begin there, and ends at 11"),
            ("Ann", "", "expected ‘Ann’, which stands there, found ‘’; it does not stand within 2000 characters"),
            ("Ann", "Ben", "expected ‘Ann’, which stands there, found ‘Ben’; it does not stand within 2000 characters"),
            ("é", "e\u0301", "expected ‘\\u00e9’, which stands there, found ‘e\\u0301’; "
             "it does not stand within 2000 characters (copy the words that stand there)"),
            ("n" * 70, "n" * 35 + "m" + "n" * 34, f"expected …‘{'n' * 55}’, which stands there, "
             f"found …‘{'n' * 20}m{'n' * 34}’; it does not stand within 2000 characters"),
            ("n" * 130, "n" * 70 + "m" + "n" * 59, f"expected …‘{'n' * 60}…’, which stands there, "
             f"found …‘{'n' * 20}m{'n' * 39}…’; it does not stand within 2000 characters"),
            ("n" * 70, "n" * 71, f"expected …‘{'n' * 20}’, which stands there, "
             f"found …‘{'n' * 21}’; it does not stand within 2000 characters"),
            ("é" + "n" * 35, "e\u0301" + "n" * 35, f"expected ‘\\u00e9{'n' * 35}’, which stands there, "
             f"found ‘e\\u0301{'n' * 35}’; it does not stand within 2000 characters (copy the words that stand there)"),
            ("n" * 20 + "é", "n" * 20 + "e\u0301", f"expected ‘{'n' * 20}\\u00e9’, which stands there, "
             f"found ‘{'n' * 20}e\\u0301’; it does not stand within 2000 characters (copy the words that stand there)"),
            ("n" * 21 + "é", "n" * 21 + "e\u0301", f"expected …‘{'n' * 20}\\u00e9’, which stands there, "
             f"found …‘{'n' * 20}e\\u0301’; it does not stand within 2000 characters "
             "(copy the words that stand there)"),
        ],
    )  # fmt: skip
    def test_how_it_is_shown(self, tmp_path: Path, here: str, surface: str, said: str) -> None:
        """As code points where both would look alike, and from shortly before the first difference on."""
        text = "Łódź 12 Anna" if here.startswith("A") else f"Łódź 12 {here}"
        end = 8 + len(here)
        links = [link("l1", span(0, 4, "Łódź"), span(8, end, surface))]
        (problem,) = found(tmp_path, [mark("m1", 0, 4, "Łódź"), mark("m2", 5, 7, "12")], links, text)
        assert problem.startswith("O004 annotations/b/marks.json:9:")
        assert problem.endswith(f" /links/0/parts/1/text b links l1 8..{end}: text: {said}")
