"""Typed decoding and canonical form, by the schema of `tests/own` and small ones."""

from __future__ import annotations

import datetime
import json
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
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


ROWS = [
    {"id": "m1", "start": 0, "end": 2, "text": "}, {", "label": "X"},
    {"id": "m2", "start": 0, "end": 1, "text": "\n", "label": "Y", "seen": "2018-10-24"},
]
LINKS = [{"id": "l1", "parts": [{"start": 0, "end": 1, "text": "a"}, {"start": 2, "end": 3, "text": "b"}], "of": "m1"}]
IN_ORDER = """\
{
  "$schema": "../../schema/marks.schema.json",
  "document": "a",
  "marks": [
    {"id": "m1", "start": 0, "end": 2, "text": "}, {", "label": "X"},
    {"id": "m2", "start": 0, "end": 1, "text": "\\n", "label": "Y", "seen": "2018-10-24"}
  ],
  "links": [
    {"id": "l1", "parts": [{"start": 0, "end": 1, "text": "a"}, {"start": 2, "end": 3, "text": "b"}], "of": "m1"}
  ]
}
"""
EMPTY = """\
{
  "$schema": "../../schema/marks.schema.json",
  "document": "a",
  "marks": [],
  "links": []
}
"""


def read(raw: bytes, document: str = "a") -> list[Any] | None:
    """The rows of each table, as JSON has them, if the file is in order."""
    tables = MARKS.read(raw, document)
    return None if tables is None else [json.loads(msgspec.json.encode(rows)) for rows in tables]


class TestRead:
    def test_a_file_in_order(self) -> None:
        """The rows of each table, in the order of the schema; what looks like the end of a row in a string is none."""
        assert read(IN_ORDER.encode()) == [ROWS, LINKS]

    def test_empty_tables(self) -> None:
        """A table that was annotated and found empty is []."""
        assert read(EMPTY.encode()) == [[], []]

    @pytest.mark.parametrize(
        ("found", "instead"),
        [
            ('"document": "a"', '"document": "b"'),
            ('"document": "a"', '"document": "a" '),
            ('"document": "a"', '"document": "\\u0061"'),
            ("marks.schema.json", "links.schema.json"),
            ('  "document": "a",\n', ""),
            ('  "document": "a",\n', '  "document": "a",\n  "document": "a",\n'),
            ('"links": [', '"links": {'),
            ('"links": [', '"linkz": ['),
            ('"links": [\n    {', '"links": [\n   {'),
            ('"links": [\n    {', '"links": [{'),
            ('"label": "X"},\n    {', '"label": "X"}, {'),
            ('"label": "X"},\n    {', '"label": "X"},\n{'),
            ('"label": "X"},\n    {', '"label": "X"}\n    {'),
            ('"label": "X"},\n    {', '"label": "X"},\n\n    {'),
            ('"label": "X"},\n    {', '"label": "X"},,\n    {'),
            ('"label": "X"},\n    {', '"label": "X"}\n    ,{'),
            ('"a"}, {"start"', '"a"},\n    {"start"'),
            ('"seen": "2018-10-24"}', '"seen": "2018-10-24"},'),
            ('"seen": "2018-10-24"}', '"seen":"2018-10-24"}'),
            ('"seen": "2018-10-24"}', '"seen": "2018-02-30"}'),
            ('"seen": "2018-10-24"}', '"seen": null}'),
            ('{"id": "m1", "start": 0,', '{"start": 0, "id": "m1",'),
            ('"start": 0, "end": 2', '"start": -0, "end": 2'),
            ('"start": 0, "end": 2', '"start": 0.0, "end": 2'),
            ('"start": 0, "end": 2', '"start": 0, "start": 0, "end": 2'),
            ('"start": 0, "end": 2', '"start": 0, "end": 2, "other": 3'),
            ('"label": "Y"', '"label": "y"'),
            ('"id": "m1", ', ""),
            ('"of": "m1"}\n  ]', '"of": "m1"}\n]'),
            ('"of": "m1"}\n  ]', '"of": "m1"}'),
            ("  ]\n}\n", "  ]\n}"),
            ("  ]\n}\n", "  ]\n}\n\n"),
            ("  ]\n}\n", '  ],\n  "more": []\n}\n'),
            ("{\n  ", "\ufeff{\n  "),
            ("\n", "\r\n"),
        ],
    )
    def test_a_file_not_in_order(self, found: str, instead: str) -> None:
        """Whatever is not of the shape, not canonical, or not of this document and schema is left to the slow road."""
        assert found in IN_ORDER
        assert read(IN_ORDER.replace(found, instead, 1).encode()) is None

    def test_two_rows_on_a_line_and_one_on_two(self) -> None:
        """As many lines as rows are no proof of one row a line."""
        second = ' {"id": "l2", "parts": [{"start": 0, "end": 1, "text": "a"}], "of": "m1"}'
        raw = IN_ORDER.replace('"a"}, {"start"', '"a"},\n    {"start"').replace('"of": "m1"}', f'"of": "m1"}},{second}')
        assert raw.count('"of"') == 2
        assert MARKS.decode(raw.encode()) is not None
        assert read(raw.encode()) is None

    def test_a_file_that_is_not_utf8(self) -> None:
        """Bytes that are no characters are no row."""
        assert read(IN_ORDER.encode().replace(b"\\n", b"\xff")) is None

    @given(st.data())
    def test_in_order_is_decoded_and_canonical(self, data: st.DataObject) -> None:
        """However a file is damaged: if it is read at once, it is its own canonical form, and has the same rows."""
        raw = bytearray(data.draw(st.sampled_from([IN_ORDER, EMPTY])).encode())
        for _ in range(data.draw(st.integers(0, 2))):
            at = data.draw(st.integers(0, len(raw)))
            raw[at : at + data.draw(st.integers(0, 3))] = data.draw(st.sampled_from(DAMAGE))
        tables = MARKS.read(bytes(raw), "a")
        content = MARKS.decode(bytes(raw))
        in_order = content is not None and MARKS.canonical(content) == raw and (content.f0, content.f1) == (
            "../../schema/marks.schema.json", "a",
        )  # fmt: skip
        assert (tables is not None) == in_order
        if content is not None and tables is not None:
            assert read(bytes(raw)) == json.loads(msgspec.json.encode([content.f2, content.f3]))


DAMAGE = [
    b"",
    b"\n",
    b" ",
    b",",
    b"},\n    {",
    b"}\n    {",
    b"}, {",
    b"  ]",
    b"[]",
    b"-0",
    b"1",
    b"\\u0061",
    b'"a"',
    b"\xff",
]
