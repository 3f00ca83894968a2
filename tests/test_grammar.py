"""Canonical rows as a regular language: what the grammar takes is what the codec takes, and gives the same columns."""

from __future__ import annotations

import datetime
import json
from dataclasses import replace
from typing import Any

import msgspec
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from sidelines import columns
from sidelines.codec import Codec
from sidelines.grammar import Grammar
from sidelines.model import Layer, Property, Table
from sidelines.schema import compile_schemas
from tests.strategies import OWN, ROOT, texts

FILES = {
    "corpus": (ROOT / "schema" / "corpus.schema.json").read_bytes(),
    "document": (ROOT / "schema" / "document.schema.json").read_bytes(),
    "marks": (OWN / "schema" / "marks.schema.json").read_bytes(),
}
MODEL, _ = compile_schemas(FILES, ["marks"])
MARKS = Codec(MODEL.layers["marks"])

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


def flat(table: Table) -> list[Property]:
    """The properties of a table's columns: those of a span property stand for it."""
    return [part for member in table.row.properties for part in (member.properties if member.span else (member,))]


def taken(codec: Codec, raw: bytes, document: str = "a") -> list[bytes] | None:
    """The lines of each table of a layer's file, if the fast road takes it: split, of the grammar, within bounds."""
    sections = codec.split(raw, document)
    if sections is None:
        return None
    for table, section in zip(codec.layer.tables, sections, strict=True):
        grammar = Grammar.of(table)
        assert grammar is not None
        if grammar.strange([section]):
            return None
        if any(map(columns.failing, flat(table), grammar.columns([section]))):
            return None
    return sections


def rows(section: bytes) -> list[Any]:
    """The rows of a section, as `json` reads them."""
    return [json.loads(line) for line in section.split(b"\n")] if section else []


class TestFilesInOrder:
    def test_a_file_in_order(self) -> None:
        """The rows of each table, in the order of the schema; what looks like the end of a row in a string is none."""
        assert list(map(rows, taken(MARKS, IN_ORDER.encode()) or ())) == [ROWS, LINKS]

    def test_empty_tables(self) -> None:
        """A table that was annotated and found empty is []."""
        assert taken(MARKS, EMPTY.encode()) == [b"", b""]

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
        assert taken(MARKS, IN_ORDER.replace(found, instead, 1).encode()) is None

    def test_two_rows_on_a_line_and_one_on_two(self) -> None:
        """As many lines as rows are no proof of one row a line."""
        second = ' {"id": "l2", "parts": [{"start": 0, "end": 1, "text": "a"}], "of": "m1"}'
        raw = IN_ORDER.replace('"a"}, {"start"', '"a"},\n    {"start"').replace('"of": "m1"}', f'"of": "m1"}},{second}')
        assert raw.count('"of"') == 2
        assert MARKS.decode(raw.encode()) is not None
        assert taken(MARKS, raw.encode()) is None

    def test_a_file_that_is_not_utf8(self) -> None:
        """Bytes that are no characters are no row."""
        assert taken(MARKS, IN_ORDER.encode().replace(b"\\n", b"\xff")) is None

    @given(st.data())
    def test_in_order_is_decoded_and_canonical(self, data: st.DataObject) -> None:
        """However a file is damaged: it is taken if, and only if, the codec takes it and writes the same again."""
        raw = bytearray(data.draw(st.sampled_from([IN_ORDER, EMPTY])).encode())
        for _ in range(data.draw(st.integers(0, 2))):
            at = data.draw(st.integers(0, len(raw)))
            raw[at : at + data.draw(st.integers(0, 3))] = data.draw(st.sampled_from(DAMAGE))
        content = MARKS.decode(bytes(raw))
        in_order = content is not None and MARKS.canonical(content) == raw and (content.f0, content.f1) == (
            "../../schema/marks.schema.json", "a",
        )  # fmt: skip
        root = MARKS.layer.root
        in_order = in_order and not columns.failing(root, columns.column(root, [content], nested=True))
        sections = taken(MARKS, bytes(raw))
        assert (sections is not None) == in_order
        if content is not None and sections is not None:
            assert list(map(rows, sections)) == json.loads(msgspec.json.encode([content.f2, content.f3]))


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


NAMES = st.sampled_from(["a", "b", "é", "$x", "a b", "[", "(?:", "f0"])


def scalars() -> st.SearchStrategy[Property]:
    """Properties of every scalar type of the dialect."""
    words = st.lists(texts(4), min_size=1, max_size=3, unique=True).map(tuple)
    counts = st.lists(st.integers(-(2**63), 2**63 - 1), min_size=1, max_size=3, unique=True).map(tuple)
    return st.one_of(
        st.just(Property("", "string")),
        st.just(Property("", "string", date=True)),
        words.map(lambda enum: Property("", "string", enum=enum)),
        st.just(Property("", "integer")),
        st.just(Property("", "integer", minimum=-3, maximum=3)),
        counts.map(lambda enum: Property("", "integer", enum=enum)),
        st.just(Property("", "number")),
        st.just(Property("", "number", minimum=-0.5, maximum=2)),
        st.just(Property("", "boolean")),
        st.just(Property("", "string", pattern="^a")),
        st.just(Property("", "string", shortest=1, longest=2)),
    )


def objects(member: st.SearchStrategy[Property]) -> st.SearchStrategy[Property]:
    """Objects of such members, some of them required."""
    named = st.tuples(NAMES, member, st.booleans()).map(lambda m: replace(m[1], name=m[0], required=m[2]))
    members = st.lists(named, min_size=1, max_size=4, unique_by=lambda node: node.name)
    return members.map(lambda found: Property("", "object", properties=tuple(found)))


def arrays(item: st.SearchStrategy[Property]) -> st.SearchStrategy[Property]:
    """Arrays of such items, some with bounds."""
    bounds = st.sampled_from([{}, {"shortest": 1}, {"longest": 2}])
    return st.builds(lambda items, kept: Property("", "array", items=items, **kept), item, bounds)


TABLE_ROWS = objects(st.recursive(scalars(), lambda inner: objects(inner) | arrays(inner), max_leaves=6))


@st.composite
def values(draw: st.DrawFn, node: Property) -> Any:
    """Values of a property, of the shape that the codec takes."""
    if node.enum:
        return draw(st.sampled_from(node.enum))
    if node.items is not None:
        return draw(st.lists(values(node.items), min_size=node.shortest or 0, max_size=node.longest or 3))
    if node.type == "object":
        present = [member for member in node.properties if member.required or draw(st.booleans())]
        return {member.name: draw(values(member)) for member in present}
    if node.date:
        return str(draw(st.dates()))
    low, high = node.minimum, node.maximum
    return draw({
        "string": texts(8 if node.longest is None else node.longest).filter(lambda t: len(t) >= (node.shortest or 0)),
        "integer": st.integers(-(2**63) if low is None else int(low), 2**63 - 1 if high is None else int(high)),
        "number": st.floats(low, high, allow_nan=False, allow_infinity=False),
        "boolean": st.booleans(),
    }[node.type])  # fmt: skip


def whole(row: Property) -> Codec:
    """The codec of a layer with one table of such rows; they have an id before all else."""
    full = replace(row, properties=(Property("id", "string", True), *row.properties))
    key = Property("marks", "array", True, items=full)
    envelope = (Property("$schema", "string", True), Property("document", "string", True))
    table = Table("marks", "own", "marks", full, True, "")
    return Codec(Layer("own", Property("", "object", properties=(*envelope, key)), {}, (table,)))


def small(node: Any) -> bool:
    """Whether all integers of a value have at most 18 digits: longer ones are left to the codec."""
    if isinstance(node, dict | list):
        return all(map(small, node.values() if isinstance(node, dict) else node))
    return type(node) is not int or abs(node) < 10**18


class TestAnySchema:
    @given(st.data())
    def test_both_roads_give_the_same_columns(self, data: st.DataObject) -> None:
        """What the codec writes is taken, unless an integer is long or a bound not kept; and Arrow reads the same."""
        codec = whole(data.draw(TABLE_ROWS))
        (table,) = codec.layer.tables
        found = data.draw(st.lists(values(table.row), min_size=1, max_size=3))
        content = codec.decode(
            json.dumps({"$schema": "../../schema/own.schema.json", "document": "a", "marks": found}).encode()
        )
        assert content is not None
        sections = codec.split(codec.canonical(content), "a")
        assert sections is not None
        (section,) = sections
        grammar = Grammar.of(table)
        assert grammar is not None
        if grammar.strange([section]):
            assert not small(found)
            return
        assert rows(section) == found
        fast = list(grammar.columns([section]))
        slow = columns.column(table.row, content.f2, nested=True).flatten()
        assert [column.to_pylist() for column in fast] == [column.to_pylist() for column in slow]
        assert [column.type for column in fast] == list(map(columns.arrow_type, table.row.properties))
        for column in fast:
            column.validate(full=True)

    @given(st.data())
    def test_a_damaged_row(self, data: st.DataObject) -> None:
        """A line is taken only if the codec takes it, and would write it just so."""
        codec = whole(data.draw(TABLE_ROWS))
        (table,) = codec.layer.tables
        row = data.draw(values(table.row))
        line = bytearray(msgspec.json.format(msgspec.json.encode(row), indent=0))
        for _ in range(data.draw(st.integers(0, 3))):
            at = data.draw(st.integers(0, len(line)))
            line[at : at + data.draw(st.integers(0, 2))] = data.draw(st.sampled_from(DAMAGE) | st.binary(max_size=2))
        section = bytes(line)
        grammar = Grammar.of(table)
        assert grammar is not None
        if not section or grammar.strange([section]):
            return
        read = list(grammar.columns([section]))
        if any(map(columns.failing, table.row.properties, read)):
            return
        decoded = msgspec.json.decode(section, type=codec.rows["marks"])
        assert msgspec.json.format(msgspec.json.encode(decoded), indent=0) == section

    @given(st.binary(max_size=6))
    @example(b"\xed\xa0\x80")
    @example(b"\xf4\x90\x80\x80")
    @example(b"\xc0\x80")
    def test_only_utf8(self, raw: bytes) -> None:
        """Bytes in a string are characters as Python has them, or the line is none of a row."""
        (table,) = whole(Property("", "object", properties=(Property("p", "string", True),))).layer.tables
        grammar = Grammar.of(table)
        assert grammar is not None
        line = b'{"id": "", "p": "' + raw + b'"}'
        try:
            good = msgspec.json.format(msgspec.json.encode(json.loads(line.decode())), indent=0) == line
        except ValueError:
            good = False
        assert (grammar.strange([line]) == []) == good

    @pytest.mark.parametrize(
        ("required", "taken"),
        [
            ("", ["", "a", "b", "c", "ab", "ac", "bc", "abc"]),
            ("a", ["a", "ab", "ac", "abc"]),
            ("b", ["b", "ab", "bc", "abc"]),
            ("abc", ["abc"]),
        ],
    )
    def test_properties_that_may_be_absent(self, required: str, taken: list[str]) -> None:
        """Any of them may be, the commas stay between the others, and the order is the schema's."""
        members = tuple(Property(name, "boolean", name in required) for name in "abc")
        node = Property("", "object", properties=(Property("p", "object", True, properties=members),))
        grammar = Grammar.of(whole(node).layer.tables[0])
        assert grammar is not None
        found = []
        for names in ("", *"abc", "ab", "ac", "bc", "ba", "ca", "cb", "aa", "abc", "acb", "bac"):
            inner = ", ".join(f'"{name}": true' for name in names)
            if not grammar.strange([f'{{"id": "x", "p": {{{inner}}}}}'.encode()]):
                found.append(names)
        assert found == taken

    @pytest.mark.parametrize("number", ["1.0", "-0.0", "0.1", "1e-7", "1e16", "5e-324", "1.7976931348623157e308"])
    def test_numbers_as_written(self, number: str) -> None:
        """The shortest digits that mean a number."""
        assert self.number(number)

    @pytest.mark.parametrize(
        "number", [
            "1", "1.", "1.00", "0.10", "1e-07", "1E16", "1e+16", "1e999", "10e15", ".5", "01.0", "NaN", "-", "1.0.0",
            "1e1.0", "0.1000000000000000055511151231257827",
        ],
    )  # fmt: skip
    def test_numbers_written_otherwise(self, number: str) -> None:
        """Any other way to write a number is not canonical."""
        assert not self.number(number)

    @given(st.floats(allow_nan=False, allow_infinity=False))
    def test_every_number(self, value: float) -> None:
        """Whatever the codec writes is taken."""
        assert self.number(msgspec.json.encode(value).decode())

    def number(self, literal: str) -> bool:
        node = Property("", "object", properties=(Property("p", "number", True),))
        (table,) = whole(node).layer.tables
        grammar = Grammar.of(table)
        assert grammar is not None
        fine = b'{"id": "1.50 \\" 1e999", "p": 0.5}'
        line = f'{{"id": "a", "p": {literal}}}'.encode()
        found = grammar.strange([fine, b"", fine + b"\n" + line, fine])
        assert found in ([], [2])
        return not found

    @pytest.mark.parametrize(
        "day", ["2018-10-24", "2016-02-29", "2000-02-29", "0004-02-29", "0001-01-01", "9999-12-31", "2018-04-30"]
    )
    def test_days(self, day: str) -> None:
        """Days of the calendar."""
        assert self.day(day)

    @pytest.mark.parametrize(
        "day", [
            "2018-02-29", "1900-02-29", "0000-02-29", "0000-01-01", "2018-04-31", "2018-13-01", "2018-00-10",
            "2018-10-00", "2018-1-1", "20181024", "2018-10-24T00",
        ],
    )  # fmt: skip
    def test_no_days(self, day: str) -> None:
        """Days that no calendar has."""
        assert not self.day(day)

    @given(st.integers(0, 9999), st.integers(0, 13), st.integers(0, 32))
    def test_every_day(self, year: int, month: int, day: int) -> None:
        """The pattern knows the same days as Python."""
        try:
            real = datetime.date(year, month, day) is not None
        except ValueError:
            real = False
        assert self.day(f"{year:04}-{month:02}-{day:02}") == real

    def day(self, literal: str) -> bool:
        (table,) = whole(Property("", "object", properties=(Property("p", "string", True, date=True),))).layer.tables
        grammar = Grammar.of(table)
        assert grammar is not None
        line = f'{{"id": "a", "p": "{literal}"}}'.encode()
        if grammar.strange([line]):
            return False
        assert list(grammar.columns([line]))[1].to_pylist() == [datetime.date.fromisoformat(literal)]
        return True

    def test_a_schema_too_large_for_a_pattern(self) -> None:
        """Thousands of names make no pattern: the codec reads such rows."""
        names = tuple(f"a rather long name of no use {number}" for number in range(3000))
        (table,) = whole(Property("", "object", properties=(Property("p", "string", enum=names),))).layer.tables
        assert Grammar.of(table) is None
