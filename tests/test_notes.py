"""Notes: ids and values as they are written in a mark, or in a line below the text."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sidelines import testing
from sidelines.model import Property
from sidelines.notation import Fault
from sidelines.notes import Note, convert, read_note, write_name, write_value
from sidelines.schema import compile_schemas
from tests.strategies import texts
from tests.test_testing import scalars


def member(schema: dict[str, Any]) -> Property:
    """The property `value` of the rows of a table."""
    row = {"type": "object", "additionalProperties": False, "required": ["id"]}
    properties = {"id": {"type": "string"}, "value": schema}
    table = {"type": "array", "x-table": "rows", "items": {**row, "properties": properties}}
    root = {"type": "object", "additionalProperties": False, "required": ["document"]}
    value = {**root, "properties": {"document": {"type": "string"}, "rows": table}}
    return compile_schemas({"a": json.dumps(value).encode()}, ["a"])[0].layers["a"].tables[0].row["value"]


def noted(source: str) -> Note:
    note = read_note(source, 0, len(source))
    assert isinstance(note, Note)
    return note


class TestRoundTrip:
    @given(scalars(), st.data())
    def test_values_of_any_property(self, schema: dict[str, Any], data: st.DataObject) -> None:
        """With its name or without, a value comes back, of its own type."""
        kind = member(schema)
        value = data.draw(testing.values(kind))
        for name in ("", "value="):
            (found,) = noted(f"m1 {name}{write_value(kind, value)}").values
            assert found.name == (name[:-1] or None)
            assert json.dumps(convert(kind, found)) == json.dumps(value)

    @given(st.lists(texts(), max_size=3))
    def test_lists_of_any_strings(self, value: list[str]) -> None:
        """Commas, quotation marks, brackets and what cannot be seen among them; on one line that can be seen."""
        kind = member({"type": "array", "items": {"type": "string"}})
        written = write_value(kind, value)
        assert written.isprintable()
        assert convert(kind, noted(f"m1 {written}").values[0]) == value

    @given(texts(), texts(), texts())
    def test_names_of_any_characters(self, table: str, id_: str, name: str) -> None:
        """Of tables, rows and properties; but each has at least a character."""
        note = noted(f"{write_name(table)}:{write_name(id_)}.{write_name(name)}")
        assert (note.table, note.id, note.property) == (table, id_, name)


@pytest.mark.parametrize(
    ("source", "table", "id_", "prefix", "property_", "shown"),
    [
        ("m1", None, "m1", "", None, False),
        ("m+", None, None, "m", None, False),
        ("+", None, None, "", None, False),
        ("roles:x7", "roles", "x7", "", None, False),
        ("roles:+", "roles", None, "", None, False),
        ('q1.cue kind="a b"', None, "q1", "", "cue", False),
        ("=m1", None, "m1", "", None, True),
        (" m1 ", None, "m1", "", None, False),
    ],
)
def test_heads(
    source: str, table: str | None, id_: str | None, prefix: str, property_: str | None, shown: bool
) -> None:
    """What stands before the values."""
    note = noted(source)
    assert (note.table, note.id, note.prefix, note.property, note.shown) == (table, id_, prefix, property_, shown)


@pytest.mark.parametrize(
    ("source", "at", "message"),
    [
        ("", 0, "expected an id, such as m1, found nothing"),
        (".cue", 0, "expected an id, such as m1, found ‘.cue’"),
        ("m1NAM,", 5, "expected a blank after the id, found ‘,’"),
        ("roles: m1", 6, "expected an id after the name of the table, found ‘ m1’"),
        ("m1 a=", 5, 'expected a word, or a string between " and ", found nothing'),
        ("m1 [1", 3, "expected a string, array or object as in JSON, found ‘[1’"),
        ('m1 "\\ud800"', 3, 'expected a string, array or object as in JSON, found ‘"\\ud800"’'),
        ("m1 [1e999]", 3, "expected a string, array or object as in JSON, found ‘[1e999]’"),
        ("m1 [" + "9" * 5000 + "]", 3, "expected a string, array or object as in JSON, found ‘[" + "9" * 29 + "’"),
        ("m1 " + "[" * 100_000, 3, "expected a string, array or object as in JSON, found ‘" + "[" * 30 + "’"),
    ],
)
def test_faults(source: str, at: int, message: str) -> None:
    """What was expected, and what stands there."""
    fault = read_note(source, 0, len(source))
    assert isinstance(fault, Fault)
    assert (fault.at, fault.message) == (at, message)
