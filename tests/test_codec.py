"""Typed decoding and canonical form, by the schema of `tests/own` and small ones."""

from __future__ import annotations

import datetime
import json
from typing import Any

import pytest
from msgspec import UNSET

from sidelines.codec import Codec, Fields, lines
from sidelines.model import Layer, Property
from sidelines.schema import compile_schemas
from tests.strategies import OWN, ROOT

FILES = {
    "corpus": (ROOT / "schema" / "corpus.schema.json").read_bytes(),
    "document": (ROOT / "schema" / "document.schema.json").read_bytes(),
    "marks": (OWN / "schema" / "marks.schema.json").read_bytes(),
}
MODEL, _ = compile_schemas(FILES, ["marks"])
MARKS = Codec(MODEL.layers["marks"])
DOCUMENT = Codec(MODEL.metadata["document"])


def codec(*properties: Property) -> Codec:
    """The codec of a file with these properties and no table."""
    return Codec(Layer("small", Property("", "object", properties=properties), {}))


def decoded(node: Property, value: str) -> Any:
    """What the codec makes of a value of one property, UNSET and None apart."""
    content = codec(node).decode(f'{{"{node.name}": {value}}}'.encode())
    return None if content is None else content.f0


INT = Property("p", "integer", required=True)
STR = Property("p", "string", required=True)


class TestDecode:
    @pytest.mark.parametrize(
        ("node", "value", "content"),
        [
            (INT, "9223372036854775807", 2**63 - 1),
            (INT, "-9223372036854775808", -(2**63)),
            (Property("p", "integer", minimum=0, maximum=9), "9", 9),
            (Property("p", "integer", enum=(3, 4)), "4", 4),
            (STR, '"\\u00e9\\u0000"', "é\0"),
            (STR, '""', ""),
            (Property("p", "string", shortest=2, longest=2), '"😀é"', "😀é"),
            (Property("p", "string", enum=("", "x")), '""', ""),
            (Property("p", "string", date=True), '"2018-10-24"', datetime.date(2018, 10, 24)),
            (Property("p", "number"), "3", 3.0),
            (Property("p", "number", minimum=0, maximum=1), "0.5", 0.5),
            (Property("p", "boolean"), "false", False),
            (Property("p", "array", items=INT, shortest=1, longest=2), "[1, 2]", [1, 2]),
            (Property("p", "array", items=STR), "[]", []),
        ],
    )
    def test_accepts(self, node: Property, value: str, content: object) -> None:
        """Values of every type, at their bounds."""
        found = decoded(node, value)
        assert found == content
        assert type(found) is type(content)

    @pytest.mark.parametrize(
        ("node", "value"),
        [
            (INT, "9223372036854775808"),
            (INT, "-9223372036854775809"),
            (INT, "3.0"),
            (INT, "1e2"),
            (INT, "true"),
            (INT, '"3"'),
            (INT, "null"),
            (Property("p", "integer", minimum=0, maximum=9), "-1"),
            (Property("p", "integer", minimum=0, maximum=9), "10"),
            (Property("p", "integer", minimum=-(2**63)), "-9223372036854775809"),
            (Property("p", "integer", enum=(3, 4)), "5"),
            (Property("p", "integer", enum=(3, 4)), "3.0"),
            (STR, "3"),
            (STR, '"\\ud800"'),
            (STR, '"a\nb"'),
            (STR, '"a'),
            (Property("p", "string", shortest=2, longest=2), '"😀"'),
            (Property("p", "string", shortest=2, longest=2), '"abc"'),
            (Property("p", "string", enum=("x", "y")), '"X"'),
            (Property("p", "string", date=True), '"2018-02-30"'),
            (Property("p", "string", date=True), '"20181024"'),
            (Property("p", "string", date=True), '"2018-10-24T00:00:00"'),
            (Property("p", "string", date=True), '"0000-01-01"'),
            (Property("p", "number"), '"1"'),
            (Property("p", "number"), "true"),
            (Property("p", "number"), "NaN"),
            (Property("p", "number"), "1e999"),
            (Property("p", "number", minimum=0, maximum=1), "1.5"),
            (Property("p", "number", minimum=0, maximum=1), "-1"),
            (Property("p", "boolean"), "0"),
            (Property("p", "array", items=INT), "{}"),
            (Property("p", "array", items=INT), "[1, null]"),
            (Property("p", "array", items=INT, shortest=1, longest=2), "[]"),
            (Property("p", "array", items=INT, shortest=1, longest=2), "[1, 2, 3]"),
            (Property("p", "object"), "[]"),
            (Property("p", "object", properties=(INT,)), "{}"),
            (Property("p", "object", properties=(INT,)), '{"p": 1, "q": 2}'),
        ],
    )
    def test_refuses(self, node: Property, value: str) -> None:
        """What is not of the shape, or no JSON, is None and never an exception."""
        assert codec(node).decode(f'{{"p": {value}}}'.encode()) is None

    @pytest.mark.parametrize(
        "raw",
        [b"", b"[]", b"null", b"{", b"{} {}", b"\xef\xbb\xbf{}", b'{"p": "\xff"}', b'{"q": 1}', b"[" * 100_000],
        ids=["empty", "array", "null", "open", "two", "mark", "latin", "unknown", "deep"],
    )
    def test_refuses_files(self, raw: bytes) -> None:
        """So is a file that is no object, no JSON, no UTF-8, or nested without end."""
        assert codec(Property("p", "string")).decode(raw) is None

    def test_absent_properties_are_unset(self) -> None:
        """An optional property that is absent is UNSET; null is no way to say so."""
        assert codec(Property("p", "string")).decode(b"{}").f0 is UNSET  # type: ignore[union-attr]
        assert codec(Property("p", "string")).decode(b'{"p": null}') is None

    def test_any_name_of_a_property(self) -> None:
        """Properties may be called what Python's fields may not."""
        names = ("f1", "class", "$schema", "é-1", "a b", "__init__", "f0")
        content = codec(*(Property(name, "integer") for name in names)).decode(
            '{"f1": 0, "class": 1, "$schema": 2, "é-1": 3, "a b": 4, "__init__": 5, "f0": 6}'.encode()
        )
        assert [getattr(content, f"f{position}") for position in range(7)] == [0, 1, 2, 3, 4, 5, 6]

    def test_patterns_are_not_checked(self) -> None:
        """Patterns wait for the columns."""
        assert decoded(Property("p", "string", pattern="^a$"), '"b"') == "b"

    def test_fields(self) -> None:
        """The fields of a struct are numbered in the order of the schema."""
        assert list(Fields((INT, STR))) == [("f0", INT), ("f1", STR)]
        assert list(Fields(())) == []

    def test_get(self) -> None:
        """A property by its name; UNSET where the file has none, or the schema."""
        content = codec(INT, Property("q", "string")).decode(b'{"p": 3}')
        small = codec(INT, Property("q", "string"))
        assert [small.get(content, name) for name in ("p", "q", "r")] == [3, UNSET, UNSET]

    def test_rows(self) -> None:
        """Each table has the type of its rows, by its name."""
        assert set(MARKS.rows) == {"marks", "links"}
        assert DOCUMENT.rows == {}


CANONICAL = """\
{
  "$schema": "../../schema/marks.schema.json",
  "document": "a",
  "marks": [
    {"id": "m1", "start": 0, "end": 2, "text": "é\\"\\u0001", "label": "X", "also": ["m1", "m2"], "weight": 1.0},
    {"id": "m2", "start": 0, "end": 1, "text": "/\u2028\x7f", "label": "Y", "sure": true, "seen": "2018-10-24"}
  ],
  "links": []
}
"""


class TestCanonical:
    def test_of_a_layer(self) -> None:
        """One row a line, keys in the schema's order, nothing escaped that need not be, empty tables as []."""
        value = json.loads(CANONICAL)
        shuffled = {name: value[name] for name in ("links", "marks", "document", "$schema")}
        shuffled["marks"] = [dict(reversed(list(row.items()))) for row in shuffled["marks"]]
        content = MARKS.decode(json.dumps(shuffled, indent=1).encode())
        assert MARKS.canonical(content).decode() == CANONICAL

    def test_of_metadata(self) -> None:
        """One property a line; what is absent is left out."""
        digest = "0" * 64
        raw = f'{{"sha256": "{digest}", "published": "2018-10-24", "characters": 3, "id": "a"}}'
        expected = f'{{\n  "id": "a",\n  "published": "2018-10-24",\n  "characters": 3,\n  "sha256": "{digest}"\n}}\n'
        assert DOCUMENT.canonical(DOCUMENT.decode(raw.encode())).decode() == expected

    @pytest.mark.parametrize(
        ("members", "tables", "written"),
        [
            ([], [], "{}\n"),
            ([("a", 1)], [], '{\n  "a": 1\n}\n'),
            ([("a", []), ("b", [])], ["a"], '{\n  "a": [],\n  "b": []\n}\n'),
            ([("a", [1, 2]), ("b", [1, 2])], ["a"], '{\n  "a": [\n    1,\n    2\n  ],\n  "b": [1, 2]\n}\n'),
            ([("a", {"b": {}, "c": [{}]})], [], '{\n  "a": {"b": {}, "c": [{}]}\n}\n'),
            ([('"\n', None)], [], '{\n  "\\"\\n": null\n}\n'),
            ([("a", ", : {")], [], '{\n  "a": ", : {"\n}\n'),
        ],
    )
    def test_lines(self, members: list[tuple[str, Any]], tables: list[str], written: str) -> None:
        """Two spaces before a property, four before a row; strings are left as they are."""
        assert lines(members, tables).decode() == written
