"""Columns of the values of a property: types, nulls, and the strings that do not match."""

from __future__ import annotations

import datetime
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pyarrow as pa
import pytest
from msgspec import UNSET

from sidelines import columns
from sidelines.model import Property

STRING = Property("p", "string")
CODE = Property("code", "string", required=True, pattern="^[a-z]+$")
PLAIN = Property("plain", "string")
KIND = Property("kind", "string", required=True, enum=("x", "y"))
DAY = Property("day", "string", date=True)
INTEGER = Property("n", "integer")
NUMBER = Property("q", "number")
BOOLEAN = Property("b", "boolean")


def array(items: Property, **more: Any) -> Property:
    return Property("list", "array", items=items, **more)


def struct(*properties: Property, **more: Any) -> Property:
    return Property("struct", "object", properties=properties, **more)


def value(*members: Any) -> SimpleNamespace:
    """What the codec makes of an object: its properties as f0, f1, …"""
    return SimpleNamespace(**{f"f{position}": member for position, member in enumerate(members)})


class TestTypes:
    @pytest.mark.parametrize(
        ("node", "type_"),
        [
            (STRING, pa.string()),
            (CODE, pa.string()),
            (KIND, pa.dictionary(pa.int32(), pa.string())),
            (DAY, pa.date32()),
            (INTEGER, pa.int64()),
            (Property("n", "integer", enum=(1, 2)), pa.int64()),
            (NUMBER, pa.float64()),
            (BOOLEAN, pa.bool_()),
            (array(STRING), pa.list_(pa.field("item", pa.string(), nullable=False))),
            (array(KIND), pa.list_(pa.field("item", pa.string(), nullable=False))),
            (
                struct(KIND, DAY),
                pa.struct([pa.field("kind", pa.string()), pa.field("day", pa.date32())]),
            ),
            (struct(), pa.struct([])),
        ],
    )
    def test_arrow_type(self, node: Property, type_: pa.DataType) -> None:
        """A category only at the top of a table; inside lists and structs an enum is a string."""
        assert columns.arrow_type(node) == type_

    def test_nested(self) -> None:
        """Lists of structs of lists; the parts of an object may be absent with it, the items of a list may not."""
        inner = pa.struct(
            [
                pa.field("code", pa.string()),
                pa.field("list", pa.list_(pa.field("item", pa.int64(), nullable=False))),
            ]
        )
        assert columns.arrow_type(array(struct(CODE, array(INTEGER)))) == pa.list_(
            pa.field("item", inner, nullable=False)
        )

    @pytest.mark.parametrize(
        ("node", "more", "expected"),
        [
            (PLAIN, {}, pa.field("plain", pa.string())),
            (CODE, {}, pa.field("code", pa.string(), nullable=False)),
            (CODE, {"name": "cue_code", "required": False}, pa.field("cue_code", pa.string())),
            (PLAIN, {"required": True}, pa.field("plain", pa.string(), nullable=False)),
        ],
    )
    def test_field(self, node: Property, more: dict[str, Any], expected: pa.Field) -> None:
        """A field is called and nullable as its property is, unless the caller knows better."""
        field = columns.field(node, **more)
        assert field.equals(expected, check_metadata=True)
        assert field.metadata is None

    def test_description(self) -> None:
        """The description of a property becomes metadata of its field."""
        field = columns.field(Property("p", "string", description="The cue, “said”."))
        assert field.metadata == {b"description": "The cue, “said”.".encode()}


class TestColumn:
    @pytest.mark.parametrize(
        ("node", "items", "values"),
        [
            (STRING, ["a", UNSET, ""], ["a", None, ""]),
            (KIND, ["y", UNSET, "x", "y"], ["y", None, "x", "y"]),
            (
                DAY,
                [datetime.date(1, 1, 1), UNSET, datetime.date(9999, 12, 31)],
                [datetime.date(1, 1, 1), None, datetime.date(9999, 12, 31)],
            ),
            (INTEGER, [2**63 - 1, UNSET, -(2**63)], [2**63 - 1, None, -(2**63)]),
            (INTEGER, (0, 1), [0, 1]),
            (NUMBER, [0.5, UNSET, 1e300], [0.5, None, 1e300]),
            (BOOLEAN, [True, UNSET, False, *[True] * 6], [True, None, False, *[True] * 6]),
            (array(STRING), [["a", "b"], UNSET, [], ["c"]], [["a", "b"], None, [], ["c"]]),
            (array(KIND), [["y", "x"], UNSET], [["y", "x"], None]),
            (array(array(INTEGER)), [[[1], []], [], UNSET, [[2, 3]]], [[[1], []], [], None, [[2, 3]]]),
            (
                struct(CODE, INTEGER),
                [value("a", 1), UNSET, value("b", UNSET)],
                [{"code": "a", "n": 1}, None, {"code": "b", "n": None}],
            ),
            (struct(KIND), [value("x"), value("y")], [{"kind": "x"}, {"kind": "y"}]),
            (struct(), [value(), UNSET], [{}, None]),
            (
                array(struct(CODE, array(DAY))),
                [[value("a", [datetime.date(2018, 10, 24)])], [], [value("b", UNSET)]],
                [[{"code": "a", "list": [datetime.date(2018, 10, 24)]}], [], [{"code": "b", "list": None}]],
            ),
        ],
    )
    def test_values(self, node: Property, items: list[Any], values: list[Any]) -> None:
        """Values of every type, with UNSET for null; the column is of the property's type and sound throughout."""
        column = columns.column(node, items)
        column.validate(full=True)
        assert column.type == columns.arrow_type(node)
        assert column.to_pylist() == values

    @pytest.mark.parametrize(
        "node", [STRING, KIND, DAY, INTEGER, NUMBER, BOOLEAN, array(KIND), struct(KIND, DAY), array(struct(CODE))]
    )
    def test_no_values(self, node: Property) -> None:
        """A table without rows has columns of the same types."""
        column = columns.column(node, [])
        column.validate(full=True)
        assert (len(column), column.type) == (0, columns.arrow_type(node))

    @pytest.mark.parametrize(
        "node", [STRING, KIND, DAY, INTEGER, NUMBER, BOOLEAN, array(KIND), array(array(DAY)), struct(KIND, DAY)]
    )
    @pytest.mark.parametrize("nested", [False, True])
    def test_nothing_but_nulls(self, node: Property, nested: bool) -> None:
        """A property that no row has is a column of the same type all the same, at the top and inside of others."""
        outer = struct(node, CODE) if nested else node
        column = columns.column(outer, [value(UNSET, "a") if nested else UNSET] * 9)
        column.validate(full=True)
        assert column.type == columns.arrow_type(outer)
        assert column.to_pylist() == [{node.name: None, "code": "a"} if nested else None] * 9
        assert columns.failing(outer, column) == set()

    def test_categories_are_those_of_the_schema(self) -> None:
        """All categories are there in the schema's order, whether they occur or not."""
        column = columns.column(KIND, ["y"])
        assert column.dictionary.to_pylist() == ["x", "y"]
        assert column.indices.to_pylist() == [1]

    def test_without_nulls_there_is_no_bitmap(self) -> None:
        """A column without nulls says so by having none."""
        for node, items in ((INTEGER, [1]), (KIND, ["x"]), (BOOLEAN, [True]), (struct(CODE), [value("a")])):
            assert columns.column(node, items).null_count == 0


class TestFailing:
    @pytest.mark.parametrize(
        ("node", "items", "positions"),
        [
            (CODE, ["a", "B", UNSET, "c", ""], {1, 4}),
            (PLAIN, ["a", "B"], set()),
            (INTEGER, [1], set()),
            (array(CODE), [["a"], [], ["b", "C", "D"], UNSET, ["E"]], {2, 4}),
            (array(array(CODE)), [[["a"], ["b"]], [[], ["B"]], []], {1}),
            (struct(CODE, PLAIN), [value("a", "X"), value("B", UNSET), UNSET], {1}),
            (struct(PLAIN, struct(CODE)), [value("a", value("b")), value("a", value("B")), value("a", UNSET)], {1}),
            (
                array(struct(PLAIN, CODE)),
                [[value("A", "a"), value("A", "B")], UNSET, [value("A", "a")], [value("A", "")]],
                {0, 3},
            ),
            (struct(array(CODE)), [value(["a", "B"]), value(UNSET)], {0}),
            (CODE, [], set()),
            (replace(INTEGER, minimum=0), [-1, 0, UNSET, 1], {0}),
            (replace(INTEGER, maximum=2**63 - 1, minimum=-(2**63)), [2**63 - 1, -(2**63)], set()),
            (replace(NUMBER, minimum=0.5, maximum=1), [0.4, 0.5, 1.0, 1.1, UNSET], {0, 3}),
            (replace(PLAIN, shortest=2), ["\U0001f600", "e\u0301", "", UNSET, "abc"], {0, 2}),
            (replace(PLAIN, longest=1), ["\U0001f600", "e\u0301", "", UNSET, "abc"], {1, 4}),
            (replace(PLAIN, longest=1, pattern="^a"), ["a", "ab", "b"], {1, 2}),
            (replace(array(INTEGER), shortest=1, longest=2), [[], [1], UNSET, [1, 2], [1, 2, 3]], {0, 4}),
            (array(replace(INTEGER, minimum=0)), [[], [1], UNSET, [1, -2], [-3]], {3, 4}),
        ],
    )
    def test_failing(self, node: Property, items: list[Any], positions: set[int]) -> None:
        """The rows in which a value, however deep, is out of pattern or bounds; nulls never are."""
        assert columns.failing(node, columns.column(node, items)) == positions

    def test_in_a_slice(self) -> None:
        """Positions are those of the slice."""
        node = array(struct(CODE))
        column = columns.column(node, [[value("A")], [value("a")], [value("b"), value("B")], []])
        assert columns.failing(node, column.slice(1, 2)) == {1}
        whole = columns.column(struct(CODE), [value("A"), value("b"), value("C")])
        assert columns.failing(struct(CODE), whole.slice(1)) == {1}

    @pytest.mark.parametrize(
        ("node", "has"),
        [
            (CODE, True),
            (PLAIN, False),
            (INTEGER, False),
            (array(CODE), True),
            (array(array(PLAIN)), False),
            (struct(PLAIN, INTEGER), False),
            (array(struct(PLAIN, array(CODE))), True),
            (replace(INTEGER, minimum=0), True),
            (replace(INTEGER, maximum=0), True),
            (replace(array(PLAIN), shortest=0), True),
            (struct(replace(PLAIN, longest=3)), True),
        ],
    )
    def test_constrained(self, node: Property, has: bool) -> None:
        """Whether there is anything to look for."""
        assert columns.constrained(node) is has


class TestTyped:
    @pytest.mark.parametrize(
        ("node", "items"),
        [
            (struct(KIND, DAY), [value("x", datetime.date(2018, 10, 24)), UNSET, value("y", UNSET), value("x", UNSET)]),
            (array(INTEGER), [[1, 2], UNSET, [], [3]]),
            (array(struct(INTEGER)), [[value(1)], [], [value(2), value(3)], UNSET]),
            (KIND, ["x", "y", "x", "y"]),
        ],
    )
    def test_from_where_a_slice_begins(self, node: Property, items: list[Any]) -> None:
        """Values with their plain type get that of the schema, in the middle of others, too."""
        full = columns.column(node, items)
        plain = pa.array(full.to_pylist(), columns.plain_type(node))
        made = columns.typed(node, plain.slice(1, 3))
        made.validate(full=True)
        assert made.type == columns.arrow_type(node)
        assert made.to_pylist() == full.to_pylist()[1:]
