"""What rules of spans find, to the letter: offsets and surfaces, order, overlap and containment."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest

from tests.strategies import Drawn
from tests.test_checker import described, reschema, twice
from tests.test_rules import edit

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
        marks = [mark("m1", 0, 3), mark("m2", 8, 8), mark("m3", 10, 9), mark("m4", 15, 16)]
        assert found(tmp_path, marks, [link("l1", span(0, 3), span(8, 8))]) == [
            "O003 annotations/b/marks.json:6:5 /marks/1 b marks m2 8..8: expected start before end, found 8 and 8",
            "O003 annotations/b/marks.json:7:5 /marks/2 b marks m3 10..9: expected start before end, found 10 and 9",
            "O003 annotations/b/marks.json:11:67 /links/0/parts/1 b links l1 8..8: "
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
            ("Ann" + "-" * 3000, 5, "it stands at 0–3, 5 before"),
            ("Ann" + "-" * 3000, 2000, "it stands at 0–3, 2000 before"),
            ("Ann" + "-" * 3000, 2001, "it does not stand within 2000 characters"),
            ("-" * 500 + "Ann" + "-" * 3000, 2500, "it stands at 500–503, 2000 before"),
            ("-" * 500 + "Ann" + "-" * 3000, 2501, "it does not stand within 2000 characters"),
            ("-" * 2100 + "Ann", 100, "it stands at 2100–2103, 2000 after"),
            ("-" * 2101 + "Ann", 100, "it does not stand within 2000 characters"),
            ("--Ann---", 3, "it stands at 2–5, 1 before"),
            ("--Ann---", 1, "it stands at 2–5, 1 after"),
            ("--Ann-Ann---", 9, "it stands at 6–9, 3 before"),
            ("-----Ann-Ann", 1, "it stands at 5–8, 4 after"),
            ("Ann---------Ann", 5, "it stands at 0–3, 5 before"),
            ("Ann---------Ann", 6, "it stands at 0–3, 6 before"),
            ("Ann---------Ann", 7, "it stands at 12–15, 5 after"),
            ("Ann-Ann-----Ann-Ann", 9, "it stands at 12–15, 3 after"),
        ],
    )
    def test_where_it_stands(self, tmp_path: Path, text: str, start: int, where: str) -> None:
        """The nearest place is told, the earlier of two that are equally near; none beyond 2000 characters."""
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
             "it does not stand within 2000 characters"),
            ("n" * 70, "n" * 40 + "m" + "n" * 29, f"expected ‘{'n' * 60}…’, which stands there, "
             f"found ‘{'n' * 40}m{'n' * 19}…’; it does not stand within 2000 characters"),
        ],
    )  # fmt: skip
    def test_how_it_is_shown(self, tmp_path: Path, here: str, surface: str, said: str) -> None:
        """As code points where both would look alike."""
        text = "Łódź 12 Anna" if here.startswith("A") else f"Łódź 12 {here}"
        end = 8 + len(here)
        links = [link("l1", span(0, 4, "Łódź"), span(8, end, surface))]
        (problem,) = found(tmp_path, [mark("m1", 0, 4, "Łódź"), mark("m2", 5, 7, "12")], links, text)
        assert problem.startswith("O004 annotations/b/marks.json:9:")
        assert problem.endswith(f" /links/0/parts/1/text b links l1 8..{end}: text: {said}")


class TestLayout:
    def test_order(self, tmp_path: Path) -> None:
        """Rows by their first span, longest first; those of which the list is out of order itself are left out."""
        marks = [mark("m2", 8, 10), mark("m1", 0, 3), mark("m3", 0, 10), mark("m4", 15, 17), mark("m5", 15, 17)]
        links = [link("l1", span(8, 10), span(0, 3)), link("l2", span(15, 17))]
        links += [link("l3", span(8, 10), span(19, 22)), link("l4", span(8, 10))]
        rows = "expected rows by start, the longest first; found"
        assert found(tmp_path, marks, links) == [
            f"L001 annotations/b/marks.json:6:5 /marks/1 b marks m1 0..3: {rows} 0–3 ‘Ann’ after 8–10 ‘Bo’",
            f"L001 annotations/b/marks.json:7:5 /marks/2 b marks m3 0..10: {rows} 0–10 ‘Ann and Bo’ after 0–3 ‘Ann’",
            "L001 annotations/b/marks.json:12:67 /links/0/parts/1 b links l1 0..3: "
            "expected spans of a list by start, the longest first; found 0–3 ‘Ann’ after 8–10 ‘Bo’",
            f"L001 annotations/b/marks.json:14:5 /links/2 b links l3 8..10: {rows} 8–10 ‘Bo’ after 15–17 ‘Cy’",
        ]

    def test_overlap(self, tmp_path: Path) -> None:
        """Rows by document, the spans of a list by row; what touches does not overlap."""
        marks = [mark("m1", 0, 7), mark("m2", 4, 10), mark("m3", 8, 10), mark("m4", 11, 14), mark("m5", 11, 14)]
        links = [link("l1", span(0, 7), span(4, 10), span(15, 17), span(17, 18)), link("l2", span(0, 3), span(4, 7))]
        assert found(tmp_path, marks, links) == [
            "L002 annotations/b/marks.json:6:5 /marks/1 b marks m2 4..10: "
            "expected spans to be disjoint or one inside the other (x-overlap: nested), "
            "found 4–10 ‘and Bo’ and 0–7 ‘Ann and’",
            "L002 annotations/b/marks.json:12:71 /links/0/parts/1 b links l1 4..10: "
            "expected no two spans to share a character (x-overlap: none), found 4–10 ‘and Bo’ and 0–7 ‘Ann and’",
        ]

    @pytest.mark.parametrize(("length", "shown"), [(40, "x" * 40), (41, f"{'x' * 18} … {'x' * 18}")])
    def test_a_long_surface_is_cut(self, tmp_path: Path, length: int, shown: str) -> None:
        """Forty characters are shown, or the ends of more."""
        marks = [mark("m1", 50, 53, "yyy"), mark("m2", 0, length, "x" * length)]
        (problem,) = found(tmp_path, marks, [], "x" * 50 + "yyy")
        assert problem.endswith(f"; found 0–{length} ‘{shown}’ after 50–53 ‘yyy’")

    def test_inside(self, tmp_path: Path) -> None:
        """A part of the same row holds the head."""
        links = [link("l1", span(0, 3), head=span(0, 3)), link("l2", span(0, 3), span(8, 10), head=span(4, 7))]
        links += [link("l3", span(4, 10), head=span(0, 3)), link("l4", span(4, 10), head=span(8, 10))]
        expected = "expected a span within a span of 'parts', found"
        assert found(tmp_path, [mark("m1", 0, 3)], links) == [
            f"L003 annotations/b/marks.json:9:115 /links/1/head b links l2 4..7: {expected} 4–7 ‘and’",
            f"L003 annotations/b/marks.json:10:80 /links/2/head b links l3 0..3: {expected} 0–3 ‘Ann’",
        ]


@pytest.fixture
def three(sound: Path) -> Path:
    """The base corpus with a document before `visit` and one after it, the same in all."""
    twice(sound, "early")
    twice(sound)
    return sound


class TestBlocks:
    def test_outside(self, three: Path) -> None:
        """A row is held by one row of the table, of the same document."""

        def change(layer: dict[str, Any]) -> None:
            layer["sentences"][2].update(start=134, end=145, text=".\n\nKarlsson")
            layer["sentences"][3].update(start=146, text="said the two had a “long” talk in 2023.")
            layer["sentences"][0].update(end=29, text="Ann Lee Meets Bo Karlsson\n\nby")

        edit(three, "structure", change)
        expected = "expected a span within a row of blocks, found"
        assert described(three) == [
            "L003 annotations/visit/structure.json:12:5 /sentences/0 visit sentences s1 0..29: "
            f"{expected} 0–29 ‘Ann Lee Meets Bo Karlsson\\u000a\\u000aby’",
            "L003 annotations/visit/structure.json:14:5 /sentences/2 visit sentences s3 134..145: "
            f"{expected} 134–145 ‘.\\u000a\\u000aKarlsson’",
        ]

    def test_a_list_outside(self, own: Path) -> None:
        """What x-inside says of the items of a list is said of each."""

        def change(schema: dict[str, Any]) -> None:
            schema["properties"]["links"]["items"]["properties"]["parts"]["items"]["x-inside"] = "marks"

        reschema(own, "marks", change)
        assert described(own) == [
            "L003 annotations/one/marks.json:11:67 /links/0/parts/1 one links l1 35..38: "
            "expected a span within a row of marks, found 35–38 ‘She’",
            "L003 annotations/one/marks.json:12:28 /links/1/parts/0 one links l2 45..48: "
            "expected a span within a row of marks, found 45–48 ‘End’",
        ]

    def test_uncovered(self, three: Path) -> None:
        """Each stretch without a block is a problem of the table, wherever in the text it is."""

        def change(layer: dict[str, Any]) -> None:
            layer["sentences"] = []
            layer["blocks"] = [
                {"id": "b1", "start": 4, "end": 25, "text": "Lee Meets Bo Karlsson", "kind": "title"},
                {"id": "b2", "start": 56, "end": 135,
                 "text": "Ann Lee and Bo Karlsson met in Oslo on Monday. “We agreed,” Lee told reporters.",
                 "kind": "paragraph"},
                {"id": "b3", "start": 146, "end": 208,
                 "text": "said the two had a “long” talk in 2023. “I said yes,” he said.", "kind": "paragraph"},
            ]  # fmt: skip

        edit(three, "structure", change)
        expected = "expected every character but white space in a block, found"
        where = "L004 annotations/visit/structure.json:4:13 /blocks visit blocks None"
        assert described(three) == [
            f"{where} 0..3: {expected} ‘Ann’ at 0–3 in none",
            f"{where} 137..145: {expected} ‘Karlsson’ at 137–145 in none",
            f"{where} 210..223: {expected} ‘Leave a Reply’ at 210–223 in none",
            f"{where} 27..54: {expected} ‘by Cy Moss, March 6th, 2024’ at 27–54 in none",
        ]

    def test_blocks_out_of_order(self, three: Path) -> None:
        """All is in a block still."""
        edit(three, "structure", lambda layer: layer["blocks"].insert(0, layer["blocks"].pop(1)))
        assert described(three) == [
            "L001 annotations/visit/structure.json:6:5 /blocks/1 visit blocks b1 0..25: expected rows by start, the "
            "longest first; found 0–25 ‘Ann Lee Meets Bo Karlsson’ after 27–54 ‘by Cy Moss, March 6th, 2024’"
        ]

    def test_a_block_in_a_block(self, three: Path) -> None:
        """What follows the inner one is in the outer."""
        inner = {"id": "b9", "start": 60, "end": 63, "text": "Lee", "kind": "paragraph"}
        edit(three, "structure", lambda layer: layer["blocks"].insert(3, inner))
        assert described(three) == [
            "L002 annotations/visit/structure.json:8:5 /blocks/3 visit blocks b9 60..63: "
            "expected no two spans to share a character (x-overlap: none), "
            "found 60–63 ‘Lee’ and 56–135 ‘Ann Lee and Bo Kar … ee told reporters.’"
        ]

    def test_boilerplate(self, three: Path) -> None:
        """Nothing may be annotated in it; in another document it may be a paragraph."""
        mention = {"id": "m12", "start": 210, "end": 215, "text": "Leave", "form": "NAM", "entity": "e1"}
        edit(three, "entities", lambda layer: layer["mentions"].append(mention))
        for name in ("early", "visit-2"):
            path = three / "annotations" / name / "entities.json"
            shutil.copy(three / "annotations" / "visit" / "entities.json", path)
            path.write_bytes(path.read_bytes().replace(b'"visit"', f'"{name}"'.encode()))
            path = path.with_name("structure.json")
            path.write_bytes(path.read_bytes().replace(b'"boilerplate"', b'"paragraph"'))
        assert described(three) == [
            "L005 annotations/visit/entities.json:23:5 /mentions/11 visit mentions m12 210..215: "
            "expected nothing in boilerplate, found 210–215 ‘Leave’"
        ]
