"""What rules of quotes find, to the letter, in the second of three documents."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import sidelines
from tests.strategies import twice
from tests.test_checker import described, reschema, retext
from tests.test_rules import edit


@pytest.fixture
def three(sound: Path) -> Path:
    """The base corpus with a document before `visit` and one after it, the same in all."""
    twice(sound, "early")
    twice(sound)
    return sound


def span(start: int, end: int, text: str) -> dict[str, Any]:
    return {"start": start, "end": end, "text": text}


MARKS = "expected quotation marks at both ends of a direct quote, found"


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ([span(104, 114, "We agreed,")], f"/quotes/0/content/0 visit quotes q1 104..114: {MARKS} 'W' and ','"),
        ([span(103, 114, "“We agreed,")], f"/quotes/0/content/0 visit quotes q1 103..114: {MARKS} '“' and ','"),
        ([span(104, 115, "We agreed,”")], f"/quotes/0/content/0 visit quotes q1 104..115: {MARKS} 'W' and '”'"),
        ([span(103, 104, "“")], f"/quotes/0/content/0 visit quotes q1 103..104: {MARKS} '“' and '“'"),
        (
            [span(103, 106, "“We"), span(107, 114, "agreed,")],
            f"/quotes/0/content/1 visit quotes q1 107..114: {MARKS} '“' and ','",
        ),
        (
            [span(104, 106, "We"), span(107, 115, "agreed,”")],
            f"/quotes/0/content/0 visit quotes q1 104..106: {MARKS} 'W' and '”'",
        ),
        ([span(103, 106, "“We"), span(107, 113, "agreed"), span(113, 115, ",”")], None),
        ([span(103, 104, "“"), span(107, 115, "agreed,”")], None),
        ([span(103, 106, "“We"), span(114, 115, "”")], None),
    ],
)
def test_direct_without_marks(three: Path, content: list[dict[str, Any]], said: str | None) -> None:
    """One at the beginning of the first span and one at the end of the last; a mark by itself is not both."""
    edit(three, "quotes", lambda layer: layer["quotes"][0].update(content=content))
    assert [line.partition(" ")[2].partition(" ")[2] for line in described(three)] == ([said] if said else [])


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ([span(103, 115, '"We agreed,"')], []),
        ([span(103, 104, '"')], ["/quotes/0/content/0"]),
        ([span(103, 104, '"'), span(114, 115, '"')], []),
        ([span(103, 104, '"'), span(107, 114, "agreed,")], ["/quotes/0/content/1"]),
    ],
)
def test_a_straight_mark(three: Path, content: list[dict[str, Any]], said: list[str]) -> None:
    """Opens and closes, but by itself not both."""
    for name in ("quotes", "structure"):
        path = three / "annotations" / "visit" / f"{name}.json"
        path.write_bytes(path.read_bytes().replace("“We agreed,”".encode(), b'\\"We agreed,\\"'))
    retext(three, "“We agreed,”", '"We agreed,"')
    edit(three, "quotes", lambda layer: layer["quotes"][0].update(content=content))
    assert [(problem.code, problem.pointer) for problem in sidelines.check(three)] == [("Q001", at) for at in said]


def test_fragments(three: Path) -> None:
    """A mixed quote has some, no other has."""

    def change(layer: dict[str, Any]) -> None:
        del layer["quotes"][1]["fragments"]
        for name in ("cue", "source", "parent"):
            del layer["quotes"][3][name]
        layer["quotes"][3]["fragments"] = [span(194, 197, "yes")]

    edit(three, "quotes", change)
    assert described(three) == [
        "Q002 annotations/visit/quotes.json:6:5 /quotes/1 visit quotes q2 None..None: "
        "expected at least one quoted fragment in a mixed quote, found none",
        "Q006 annotations/visit/quotes.json:8:107 /quotes/3/fragments visit quotes q4 None..None: "
        "expected fragments only in a mixed quote, found them in one of kind indirect",
    ]


def test_cue_and_source_inside(three: Path) -> None:
    """Of the quote itself; what stands in the content of another is no problem."""

    def change(layer: dict[str, Any]) -> None:
        layer["quotes"][2].update(cue=span(189, 193, "said"), source="m10")
        layer["quotes"][1].update(cue=span(172, 176, "talk"))

    edit(three, "quotes", change)
    expected = "expected outside the quote's own content, found"
    assert described(three) == [
        "Q003 annotations/visit/quotes.json:6:189 /quotes/1/cue visit quotes q2 172..176: "
        f"cue: {expected} ‘talk’ at 172–176 in it",
        "Q003 annotations/visit/quotes.json:7:109 /quotes/2/cue visit quotes q3 189..193: "
        f"cue: {expected} ‘said’ at 189–193 in it",
        "Q003 annotations/visit/quotes.json:7:163 /quotes/2/source visit quotes q3 187..188: "
        f"source: {expected} ‘I’ at 187–188 in it",
    ]


def test_parents(three: Path) -> None:
    """A parent's content holds that of its quote."""

    def change(layer: dict[str, Any]) -> None:
        layer["quotes"][2]["content"] = [span(186, 193, "“I said"), span(194, 199, "yes,”")]
        layer["quotes"][3].update(content=[span(194, 197, "yes"), span(197, 201, ",” h")])
        layer["quotes"][1]["parent"] = "q1"

    edit(three, "quotes", change)
    assert described(three) == [
        "Q004 annotations/visit/quotes.json:6:47 /quotes/1/content/0 visit quotes q2 151..184: "
        "expected content within that of its parent 'q1', found 151–184 ‘the two had a “long” talk in 2023’",
        "Q004 annotations/visit/quotes.json:8:93 /quotes/3/content/1 visit quotes q4 197..201: "
        "expected content within that of its parent 'q3', found 197–201 ‘,” h’",
    ]


def test_the_first_row_of_all(sound: Path) -> None:
    """A source, and a parent, as any other."""

    def change(layer: dict[str, Any]) -> None:
        layer["quotes"][0] = {"id": "q1", "kind": "indirect", "content": [span(0, 13, "Ann Lee Meets")], "source": "m1"}
        layer["quotes"][1]["parent"] = "q1"

    edit(sound, "quotes", change)
    assert described(sound) == [
        "Q003 annotations/visit/quotes.json:5:111 /quotes/0/source visit quotes q1 0..7: "
        "source: expected outside the quote's own content, found ‘Ann Lee’ at 0–7 in it",
        "Q004 annotations/visit/quotes.json:6:47 /quotes/1/content/0 visit quotes q2 151..184: "
        "expected content within that of its parent 'q1', found 151–184 ‘the two had a “long” talk in 2023’",
    ]


def test_no_source(three: Path) -> None:
    """Is not the last mention of all."""

    def change(layer: dict[str, Any]) -> None:
        layer["quotes"][3] = {"id": "q4", "kind": "indirect", "content": [span(200, 207, "he said")]}

    edit(three, "quotes", change)
    assert described(three) == []


def test_content_of_another_kind(sound: Path) -> None:
    """Nothing is said of what is not known to be spans."""

    def change(schema: dict[str, Any]) -> None:
        row = schema["properties"]["quotes"]["items"]
        row["properties"]["content"] = {"type": "string"}
        del row["properties"]["fragments"]["x-inside"]

    reschema(sound, "quotes", change)
    edit(sound, "quotes", lambda layer: [row.update(content="…") for row in layer["quotes"]])
    assert described(sound) == []


def test_circles(three: Path) -> None:
    """Each is one problem, at its first row; what leads into it has to lie within its parent, what is on it not."""

    def change(layer: dict[str, Any]) -> None:
        for row, parent in enumerate(["q3", "q4", "q4", "q2"]):
            layer["quotes"][row]["parent"] = parent

    edit(three, "quotes", change)
    assert described(three) == [
        "Q004 annotations/visit/quotes.json:5:48 /quotes/0/content/0 visit quotes q1 103..115: "
        "expected content within that of its parent 'q3', found 103–115 ‘“We agreed,”’",
        "Q005 annotations/visit/quotes.json:6:259 /quotes/1/parent visit quotes q2 None..None: "
        "parent: expected parents that lead to an outermost quote, found the circle q2 → q4 → q2",
        "Q004 annotations/visit/quotes.json:7:48 /quotes/2/content/0 visit quotes q3 186..199: "
        "expected content within that of its parent 'q4', found 186–199 ‘“I said yes,”’",
    ]


def test_a_parent_that_is_not_sound(three: Path) -> None:
    """What its content should be is not known."""

    def change(layer: dict[str, Any]) -> None:
        layer["quotes"][2]["content"] = [span(186, 188, "“I said yes,”")]

    edit(three, "quotes", change)
    assert [(problem.code, problem.pointer) for problem in sidelines.check(three)] == [
        ("O004", "/quotes/2/content/0/text")
    ]


@pytest.mark.parametrize("change", [{"text": "It"}, {"entity": "e9"}])
def test_a_source_that_is_not_sound(three: Path, change: dict[str, str]) -> None:
    """Where it stands is not known."""
    edit(three, "quotes", lambda layer: layer["quotes"][2].update(source="m10"))
    edit(three, "entities", lambda layer: layer["mentions"][9].update(change))
    assert [(problem.document, problem.id) for problem in sidelines.check(three)] == [("visit", "m10")]


@pytest.mark.parametrize("row", [0, 1, 3])
def test_a_parent_whose_id_another_row_has(sound: Path, row: int) -> None:
    """May be that other row: neither where it stands nor a circle is judged."""

    def change(layer: dict[str, Any]) -> None:
        layer["quotes"][row]["parent"] = "q3"  # a row that is elsewhere, or makes a circle with the next line
        layer["quotes"][2]["parent"] = layer["quotes"][row]["id"]
        layer["quotes"][1 if row != 1 else 0]["id"] = "q3"
        layer["quotes"][3].pop("parent", None) if row != 3 else None

    edit(sound, "quotes", change)
    assert sidelines.check(sound).counts == {"R001": 1}


def test_a_source_whose_id_another_row_has(sound: Path) -> None:
    """May be that other row, outside of the content."""
    edit(sound, "quotes", lambda layer: layer["quotes"][2].update(source="m10"))
    assert sidelines.check(sound).counts == {"Q003": 1}
    edit(sound, "entities", lambda layer: layer["mentions"][10].update(id="m10"))
    assert sidelines.check(sound).counts == {"R001": 1}


def test_an_anchor_whose_id_another_row_has(sound: Path) -> None:
    """May be that other row: there need be no circle."""

    def change(layer: dict[str, Any]) -> None:
        layer["dates"][0]["anchor"] = "d2"

    edit(sound, "dates", change)
    assert sidelines.check(sound).counts == {"D004": 1}
    edit(sound, "dates", lambda layer: layer["dates"][2].update(id="d2"))
    assert sidelines.check(sound).counts == {"R001": 1}
