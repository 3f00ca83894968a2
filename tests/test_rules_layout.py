"""What rules of the layout of spans find, to the letter, in the second of three documents."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest

import sidelines
from tests.strategies import twice
from tests.test_checker import described, reschema, retext
from tests.test_rules import edit
from tests.test_rules_spans import found, link, mark, span


class TestLayout:
    def test_order(self, tmp_path: Path) -> None:
        """Rows by their first span, longest first; those of which the list is out of order itself are left out."""
        marks = [mark("m2", 8, 10), mark("m1", 0, 3), mark("m3", 0, 10), mark("m4", 15, 17), mark("m5", 15, 17)]
        links = [link("l1", span(15, 17)), link("l2", span(8, 10), span(0, 3)), link("l3", span(15, 17))]
        links += [link("l4", span(8, 10), span(19, 22)), link("l5", span(8, 10))]
        rows = "expected rows by start, the longest first; found"
        assert found(tmp_path, marks, links) == [
            f"L001 annotations/b/marks.json:6:5 /marks/1 b marks m1 0..3: {rows} 0–3 ‘Ann’ after 8–10 ‘Bo’",
            f"L001 annotations/b/marks.json:7:5 /marks/2 b marks m3 0..10: {rows} 0–10 ‘Ann and Bo’ after 0–3 ‘Ann’",
            "L001 annotations/b/marks.json:13:67 /links/1/parts/1 b links l2 0..3: "
            "expected spans of a list by start, the longest first; found 0–3 ‘Ann’ after 8–10 ‘Bo’",
            f"L001 annotations/b/marks.json:15:5 /links/3 b links l4 8..10: {rows} 8–10 ‘Bo’ after 15–17 ‘Cy’",
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

    def test_the_first_character_uncovered(self, three: Path) -> None:
        """It is that of its own document, though no line break stands outside of blocks."""
        text = (three / "corpus" / "visit.txt").read_bytes().decode()
        block = {"id": "b1", "start": 1, "end": 223, "text": text[1:], "kind": "paragraph"}
        edit(three, "structure", lambda layer: layer.update(blocks=[block], sentences=[]))
        assert described(three) == [
            "L004 annotations/visit/structure.json:4:13 /blocks visit blocks None 0..1: "
            "expected every character but white space in a block, found ‘A’ at 0–1 in none"
        ]

    @pytest.mark.parametrize(("character", "found"), [("\u2028", []), ("\x1c", ["‘\\u001c’ at 209–210"])])
    def test_white_space_of_unicode_uncovered(self, three: Path, character: str, found: list[str]) -> None:
        """Needs no block; what Python alone takes for white space does."""
        retext(three, "\n\nLeave", f"\n{character}Leave")
        assert described(three) == [
            "L004 annotations/visit/structure.json:4:13 /blocks visit blocks None 209..210: "
            f"expected every character but white space in a block, found {what} in none"
            for what in found
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
        quote = {"id": "q5", "kind": "indirect", "content": [{"start": 210, "end": 217, "text": "Leave a"}]}
        edit(three, "quotes", lambda layer: layer["quotes"].append(quote))
        for name in ("early", "visit-2"):
            path = three / "annotations" / name / "entities.json"
            shutil.copy(three / "annotations" / "visit" / "entities.json", path)
            path.write_bytes(path.read_bytes().replace(b'"visit"', f'"{name}"'.encode()))
            path = path.with_name("structure.json")
            path.write_bytes(path.read_bytes().replace(b'"boilerplate"', b'"paragraph"'))
        assert described(three) == [
            "L005 annotations/visit/entities.json:23:5 /mentions/11 visit mentions m12 210..215: "
            "expected nothing in boilerplate, found 210–215 ‘Leave’",
            "L005 annotations/visit/quotes.json:9:50 /quotes/4/content/0 visit quotes q5 210..217: "
            "expected nothing in boilerplate, found 210–217 ‘Leave a’",
        ]

    def test_blocks_of_no_spans(self, sound: Path) -> None:
        """What is in a block is not known then, nor what is boilerplate."""

        def change(schema: dict[str, Any]) -> None:
            blocks = schema["properties"]["blocks"]
            del blocks["x-overlap"], blocks["items"]["x-span"]
            del schema["properties"]["sentences"]["items"]["x-inside"]

        reschema(sound, "structure", change)
        edit(sound, "structure", lambda layer: layer["blocks"].pop(1))
        assert described(sound) == []

    def test_blocks_of_no_kind(self, sound: Path) -> None:
        """Are not those of the built-in layer, which hold all."""

        def change(schema: dict[str, Any]) -> None:
            kinds = {"type": "array", "items": {"type": "string"}}
            schema["properties"]["blocks"]["items"]["properties"]["kind"] = kinds

        reschema(sound, "structure", change)
        edit(sound, "structure", lambda layer: [row.update(kind=[row["kind"]]) for row in layer["blocks"]])
        edit(sound, "structure", lambda layer: layer["blocks"].pop(1))
        assert described(sound) == []

    def test_a_lost_block(self, three: Path) -> None:
        """Holds what is in no other, perhaps."""
        edit(three, "structure", lambda layer: layer["blocks"][1].update(kind="caption"))
        assert [problem.code for problem in sidelines.check(three)] == ["S104"]
