"""A document as data: values of every type, and what JavaScript would not take as it is."""

from __future__ import annotations

import json
from pathlib import Path

import pyarrow as pa
import pytest

from sidelines.sheets import _values, inert
from tests.pages import Page, values
from tests.strategies import dumps, write_layer


@pytest.mark.parametrize(
    ("items", "expected"),
    [
        (pa.array(["a\U0001f600", None, ""]), ["a\U0001f600", None, ""]),
        (pa.array(["a", None, "b", "a"]).dictionary_encode(), ["a", None, "b", "a"]),
        (pa.array([1, None, -(2**53) + 1, 2**53 - 1]), [1, None, -9007199254740991, 9007199254740991]),
        (pa.array([2**53, -(2**63), 2**63 - 1]), ["9007199254740992", "-9223372036854775808", "9223372036854775807"]),
        (pa.array([1.5, None]), [1.5, None]),
        (pa.array([True, None, False]), [True, None, False]),
        (pa.array([0, None, 17897, -719162], pa.date32()), ["1970-01-01", None, "2019-01-01", "0001-01-01"]),
        (pa.array([["a", "b"], None, []]), [["a", "b"], None, []]),
        (pa.array([[{"a": 1, "b": None}], [{"a": None, "b": "x"}]]), [[{"a": 1}], [{"b": "x"}]]),
        (pa.array([{"a": 1, "b": "x"}, None]), [{"a": 1, "b": "x"}, None]),
        (pa.nulls(2, pa.string()), [None, None]),
        (pa.nulls(2), [None, None]),
        (pa.array([], pa.list_(pa.string())), []),
    ],
)  # fmt: skip
def test_values(items: pa.Array, expected: list[object]) -> None:
    """By type, also of a part of a column; integers that JavaScript would round are strings."""
    assert _values(items) == expected
    assert _values(items.slice(1)) == expected[1:]
    assert _values(pa.concat_arrays([items, items]).slice(len(items), 1)) == expected[:1]


def test_inert_is_the_same_value() -> None:
    """What is escaped is what it was to a reader of JSON; what JSON has no word for is null."""
    value = {"a<b>&amp;": ["</script>", "\u2028\u2029\x00\x7f\\u003c", 1.5, True, None]}
    assert json.loads(inert(value)) == value
    assert not {*b"<>&"} & {*inert(value)}
    assert inert([float("nan"), float("inf")]) == b"[null,null]"


def test_values_of_an_own_layer(own: Path, tmp_path: Path) -> None:
    """Objects, lists of objects, numbers and dates, each with its type; what is absent is null, or left out."""
    path = own / "schema" / "marks.schema.json"
    schema = json.loads(path.read_bytes())
    marks = schema["properties"]["marks"]["items"]["properties"]
    inner = {"type": "object", "additionalProperties": False, "description": "Some.", "properties": {
        "__proto__": {"type": "integer", "description": "A number."},
        "day": {"type": "string", "format": "date", "description": "A day."},
    }}  # fmt: skip
    marks |= {"thing": inner, "things": {"type": "array", "items": inner, "description": "Many."},
              "days": {"type": "array", "items": inner["properties"]["day"], "description": "Days."},
              "share": {"type": "number", "description": "A share."}}  # fmt: skip
    path.write_text(dumps(schema), encoding="utf-8")
    text = (own / "corpus" / "one.txt").read_bytes().decode()
    thing = {"__proto__": 2**60, "day": "2024-02-29"}
    row = {"id": "a1", "start": 0, "end": 1, "text": text[0], "label": "X", "thing": thing,
           "things": [{"day": "2024-02-29"}, {}], "days": ["2024-02-29"], "share": 0.25}  # fmt: skip
    write_layer(own, "one", "marks", {"marks": [row], "links": []})
    import sidelines.cli

    assert sidelines.cli.main(["fmt", str(own)]) == 0
    made = sidelines.view(own, tmp_path / "page.html")
    assert made.problems == []
    page = Page((tmp_path / "page.html").read_bytes().decode())
    (table,) = [table for table in page.corpus["tables"] if table["name"] == "marks"]
    types = {each["name"]: (each["type"], each["list"]) for each in table["columns"]}
    assert types["thing"] == ("object", False)
    assert types["things"] == ("object", True)
    assert types["days"] == ("date", True)
    assert types["share"] == ("number", False)
    assert types["also"] == ("string", True)
    assert values(page, "one", "marks", "thing") == [{"__proto__": "1152921504606846976", "day": "2024-02-29"}]
    assert values(page, "one", "marks", "things") == [[{"day": "2024-02-29"}, {}]]
    assert values(page, "one", "marks", "days") == [["2024-02-29"]]
    assert values(page, "one", "marks", "share") == [0.25]
    assert values(page, "one", "marks", "next") == [None]
