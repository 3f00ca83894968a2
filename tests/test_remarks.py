"""What is said of rows beside the text: of built-in layers in words, of others by their properties."""

from __future__ import annotations

from datetime import date
from typing import Any

import pyarrow as pa
import pytest

import sidelines
from sidelines.documents import Document
from sidelines.model import Layer, Model, Property, Table
from sidelines.remarks import remarks

ID = Property("id", "string")


def document(row: Property, name: str, columns: dict[str, list[Any]], *more: tuple[Property, str, Any]) -> Document:
    """A document with these tables."""
    given = [(row, name, columns), *more]
    made = tuple(Table(each, "layer", each, node, True, "") for node, each, _ in given)
    model = Model({"layer": Layer("layer", row, {}, made)}, {})
    return Document("one", "one two", {}, {each: pa.table(rows) for _, each, rows in given}, model)


def row(*members: Property, span: bool = False) -> Property:
    return Property("row", "object", properties=(ID, *members), span=span)


@pytest.mark.parametrize(
    ("table", "at", "said"),
    [
        ("mentions", 6, "Donald Trump, PERSON"),
        ("quotes", 0, "Yuri Ushakov, “said”, indirect"),
        ("quotes", 1, "Yuri Ushakov, “told”, to “reporters”, direct"),
        ("dates", 0, "2018-11 (2018-11-01 to 2018-11-30), from d2"),
        ("dates", 1, "2018-10-24, CREATION_TIME"),
        ("roles", 0, "person m6 (‘Donald Trump’), polity m5 (‘U.S.’)"),
        ("blocks", 0, "kind title"),
        ("sentences", 0, ""),
    ],
)
def test_the_shipped_corpus(table: str, at: int, said: str) -> None:
    """Names, cues and days; of the tables that have no words of their own what stands in them."""
    assert remarks(sidelines.read().document(), table)[at] == said


def test_what_is_not_certain_or_not_known() -> None:
    """A mention that is uncertain; a quote of which nobody is the speaker; dates without an interval, or of an hour."""
    columns: dict[str, list[Any]] = {
        "id": ["m1", "m2"], "entity_name": ["Ann", None], "entity_type": ["PERSON"] * 2, "uncertain": [True, None],
    }  # fmt: skip
    assert remarks(document(row(), "mentions", columns), "mentions") == ["Ann, PERSON, uncertain", "PERSON"]
    quotes = {"id": ["q1"], "speaker_name": [None], "kind": ["direct"], "parent": ["q0"]}
    assert remarks(document(row(), "quotes", quotes), "quotes") == ["no speaker, direct, in q0"]
    day, next_day = date(2024, 2, 29), date(2024, 3, 1)
    dates = {
        "id": ["d1", "d2", "d3"], "value": ["PXD", "2024-02-29T10:00", "2024-02-29"],
        "type": ["DURATION", "TIME", "DATE"],
        "begin": [None, day, day], "until": [None, next_day, next_day], "mod": ["APPROX", None, None],
    }  # fmt: skip
    assert remarks(document(row(), "dates", dates), "dates") == [
        "PXD, DURATION, APPROX", "2024-02-29T10:00 (2024-02-29), TIME", "2024-02-29",
    ]  # fmt: skip


def test_any_other_table() -> None:
    """Objects, lists, truth, and references: to what has a name, to words, and to what has neither."""
    things = row(
        Property("person", "string", ref="people"), Property("word", "string", ref="words"),
        Property("links", "array", items=Property("", "string", ref="links")), Property("size", "object"),
        Property("sure", "boolean"),
    )  # fmt: skip
    columns = {
        "id": ["t1", "t2"], "person": ["p1", "p2"], "word": ["w1", None], "links": [["l1", "l2"], []],
        "size": [{"wide": 2, "high": None}, None], "sure": [True, False],
    }  # fmt: skip
    made = document(
        things, "things", columns,
        (row(Property("name", "string")), "people", {"id": ["p1", "p2"], "name": ["Ann", None]}),
        (row(span=True), "words", {"id": ["w1"], "start": [0], "end": [3], "text": ["one"]}),
        (row(), "links", {"id": ["l1", "l2"]}),
    )  # fmt: skip
    assert remarks(made, "things") == [
        "person p1 (Ann), word w1 (‘one’), links l1 l2, size wide 2, sure yes", "person p2, sure no",
    ]  # fmt: skip
