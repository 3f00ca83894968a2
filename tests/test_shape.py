"""Why a value is not of its schema's shape: code, place and words for every keyword."""

from __future__ import annotations

import socket
import time
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from sidelines.model import Layer, Property
from sidelines.problems import Problem
from sidelines.schema import compile_schemas
from sidelines.shape import Fault, explain, validator
from tests.strategies import OWN, ROOT

MODEL, _ = compile_schemas(
    {
        "corpus": (ROOT / "schema" / "corpus.schema.json").read_bytes(),
        "document": (ROOT / "schema" / "document.schema.json").read_bytes(),
        "marks": (OWN / "schema" / "marks.schema.json").read_bytes(),
    },
    ["marks"],
)
MARKS = MODEL.layers["marks"]
MARK = {"id": "m1", "start": 0, "end": 1, "text": "a", "label": "X"}


def layer(schema: dict[str, Any]) -> Layer:
    """A layer of this resolved schema."""
    return Layer("small", Property("", "object"), schema)


def faults(schema: dict[str, Any], value: Any) -> list[Fault]:
    """What is wrong with a property `p` of this schema."""
    whole = {"type": "object", "properties": {"p": schema}, "additionalProperties": False}
    return explain(layer(whole), {"p": value})


def marked(**marks: Any) -> dict[str, Any]:
    """A file of the layer `marks` with one mark, changed."""
    return {"$schema": "s", "document": "d", "marks": [{**MARK, **marks}], "links": []}


class TestKeywords:
    @pytest.mark.parametrize(
        ("schema", "value", "code", "message"),
        [
            ({"type": "string"}, 5, "S103", "expected a string, found 5"),
            ({"type": "string"}, None, "S103", "expected a string, found null"),
            ({"type": "integer"}, "5", "S103", 'expected an integer, found "5"'),
            ({"type": "integer"}, 3.0, "S103", "expected an integer, found 3.0"),
            ({"type": "integer"}, -0.0, "S103", "expected an integer, found -0.0"),
            ({"type": "integer"}, True, "S103", "expected an integer, found true"),
            ({"type": "number"}, False, "S103", "expected a number, found false"),
            ({"type": "number"}, "1", "S103", 'expected a number, found "1"'),
            ({"type": "boolean"}, 1, "S103", "expected a boolean, found 1"),
            ({"type": "array"}, {}, "S103", "expected an array, found {}"),
            ({"type": "object"}, [1, "é"], "S103", 'expected an object, found [1,"é"]'),
            ({"type": "string", "enum": ["a", "b"]}, "A", "S104", 'expected one of "a", "b", found "A"'),
            (
                {"type": "string", "enum": ["direct", "mixed"]},
                "direkt",
                "S104",
                'expected one of "direct", "mixed", found "direkt"; did you mean \'direct\'?',
            ),
            ({"type": "integer", "enum": [1, 2]}, 3, "S104", "expected one of 1, 2, found 3"),
            ({"type": "string", "const": "a"}, "b", "S104", 'expected "a", found "b"'),
            ({"type": "integer", "const": 1}, 0, "S104", "expected 1, found 0"),
            ({"type": "string", "pattern": "^[a-z]$"}, "ab", "S105", 'expected a match of ^[a-z]$, found "ab"'),
            ({"type": "string", "pattern": "^[a-z]$"}, "a\n", "S105", 'expected a match of ^[a-z]$, found "a\\n"'),
            ({"type": "string", "pattern": r"^\d$"}, "٣", "S105", r'expected a match of ^\d$, found "٣"'),
            (
                {"type": "string", "format": "date"},
                "2018-02-30",
                "S105",
                'expected a day of the calendar such as 2018-10-24, found "2018-02-30"',
            ),
            (
                {"type": "string", "format": "date"},
                "20181024",
                "S105",
                'expected a day of the calendar such as 2018-10-24, found "20181024"',
            ),
            (
                {"type": "string", "format": "date"},
                "2018-W43-3",
                "S105",
                'expected a day of the calendar such as 2018-10-24, found "2018-W43-3"',
            ),
            (
                {"type": "string", "format": "date"},
                "2018-10-24\n",
                "S105",
                'expected a day of the calendar such as 2018-10-24, found "2018-10-24\\n"',
            ),
            (
                {"type": "string", "format": "date"},
                "٢٠١٨-10-24",
                "S105",
                'expected a day of the calendar such as 2018-10-24, found "٢٠١٨-10-24"',
            ),
            (
                {"type": "string", "format": "date"},
                "0000-01-01",
                "S105",
                'expected a day of the calendar such as 2018-10-24, found "0000-01-01"',
            ),
            ({"type": "integer", "minimum": 0}, -1, "S106", "expected at least 0, found -1"),
            ({"type": "integer", "maximum": 9}, 10, "S106", "expected at most 9, found 10"),
            ({"type": "number", "minimum": 0.5}, 0.25, "S106", "expected at least 0.5, found 0.25"),
            ({"type": "string", "minLength": 2}, "😀", "S106", "expected at least 2 characters, found 1"),
            ({"type": "string", "maxLength": 1}, "e\u0301", "S106", "expected at most 1 character, found 2"),
            ({"type": "array", "minItems": 1}, [], "S106", "expected at least 1 item, found 0"),
            ({"type": "array", "maxItems": 1}, [1, 2], "S106", "expected at most 1 item, found 2"),
        ],
    )
    def test_a_fault(self, schema: dict[str, Any], value: object, code: str, message: str) -> None:
        """Each keyword has its code, says what was expected and found, and stands at the value."""
        assert faults(schema, value) == [(code, ("p",), False, message)]

    @pytest.mark.parametrize(
        ("schema", "value"),
        [
            ({"type": "string"}, ""),
            ({"type": "integer"}, -(2**63)),
            ({"type": "number"}, 3),
            ({"type": "number"}, -0.0),
            ({"type": "boolean"}, False),
            ({"type": "string", "enum": ["a", ""]}, ""),
            ({"type": "integer", "enum": [1, 0]}, 0),
            ({"type": "integer", "const": 1}, 1),
            ({"type": "string", "pattern": "b"}, "abc"),
            ({"type": "string", "format": "date"}, "2020-02-29"),
            ({"type": "integer", "minimum": 0, "maximum": 0}, 0),
            ({"type": "number", "minimum": 0, "maximum": 1}, 1.0),
            ({"type": "string", "minLength": 1, "maxLength": 1}, "😀"),
            ({"type": "array", "minItems": 1, "maxItems": 1}, [None]),
        ],
    )
    def test_no_fault(self, schema: dict[str, Any], value: object) -> None:
        """What is just within the bounds has no fault."""
        assert faults(schema, value) == []

    @pytest.mark.parametrize("value", [True, 1.0])
    def test_an_enum_tells_numbers_apart(self, value: object) -> None:
        """Neither true nor 1.0 is 1, as they are in Python and in JSON Schema."""
        whole = {"type": "object", "properties": {"p": {"enum": [1]}}}
        assert [code for code, *_ in explain(layer(whole), {"p": value})] == ["S104"]

    def test_a_long_value_is_cut(self) -> None:
        """A message shows the first 77 characters of what it found."""
        whole = '"' + "x" * 78 + '"'
        assert faults({"type": "integer"}, "x" * 78) == [("S103", ("p",), False, f"expected an integer, found {whole}")]
        found = '"' + "x" * 76 + "…"
        assert faults({"type": "integer"}, "x" * 79) == [("S103", ("p",), False, f"expected an integer, found {found}")]
        assert faults({"type": "integer"}, "x" * 100) == [
            ("S103", ("p",), False, f"expected an integer, found {found}")
        ]

    @pytest.mark.parametrize("schema", [{"type": "string", "format": "date"}, {"type": "string", "pattern": "^a$"}])
    def test_formats_and_patterns_are_of_strings(self, schema: dict[str, Any]) -> None:
        """A number has the wrong type, and nothing else is asked of it."""
        assert [code for code, *_ in faults(schema, 5)] == ["S103"]

    @pytest.mark.parametrize(
        ("schema", "value"),
        [
            ({"type": "string", "enum": ["a"]}, 5),
            ({"type": "string", "const": "a"}, 5),
            ({"type": "integer", "minimum": 0}, -1.5),
            ({"type": "integer", "enum": [1]}, 1.0),
        ],
    )
    def test_a_wrong_type_has_no_shadow(self, schema: dict[str, Any], value: object) -> None:
        """One fault brings one problem: what has the wrong type is not compared with values and bounds as well."""
        assert [code for code, *_ in faults(schema, value)] == ["S103"]


class TestProperties:
    def test_missing(self) -> None:
        """Each missing property is one fault, at the object, with what is there."""
        value = {"$schema": "s", "document": "d", "marks": [{"start": 0, "id": "m1", "text": "a"}], "links": []}
        assert explain(MARKS, value) == [
            ("S101", ("marks", 0), False, "expected a property 'end', found 'start', 'id', 'text'"),
            ("S101", ("marks", 0), False, "expected a property 'label', found 'start', 'id', 'text'"),
        ]

    def test_missing_in_an_empty_object(self) -> None:
        """An empty object has no property at all."""
        whole = {"type": "object", "properties": {"a": {"type": "string"}}, "required": ["a"]}
        message = "expected a property 'a', found no property at all"
        assert explain(layer(whole), {}) == [("S101", (), False, message)]

    @pytest.mark.parametrize("name", ["it's", 'a "b"', "a\\b", "é"])
    def test_missing_with_a_strange_name(self, name: str) -> None:
        """Quotation marks in the name of a property do not hide that it is missing."""
        whole = {"type": "object", "properties": {name: {}, "b": {}}, "required": ["b", name]}
        assert [code for code, *_ in explain(layer(whole), {"b": 1})] == ["S101"]

    def test_unknown(self) -> None:
        """Each unknown property is one fault, at its key, with the names that are legal and the nearest."""
        legal = "also, code, count, end, id, label, next, note, seen, start, sure, text, weight"
        assert explain(MARKS, marked(lable="X", zz=[])) == [
            (
                "S102",
                ("marks", 0, "lable"),
                True,
                f"unknown property 'lable'; did you mean 'label'? There are: {legal}",
            ),
            ("S102", ("marks", 0, "zz"), True, f"unknown property 'zz'; there are: {legal}"),
        ]

    def test_unknown_where_none_is_legal(self) -> None:
        """An object without properties takes none."""
        whole = {"type": "object", "additionalProperties": False}
        assert explain(layer(whole), {"a": 1}) == [("S102", ("a",), True, "unknown property 'a'; there are none")]

    def test_null_is_no_absence(self) -> None:
        """An optional property that is absent is left out, never null."""
        assert explain(MARKS, marked(note=None)) == [
            ("S103", ("marks", 0, "note"), False, "expected a string, found null")
        ]


class TestSeveral:
    def test_several_faults(self) -> None:
        """All faults of a value come at once, each at its own place."""
        value = {
            "$schema": 1,
            "document": "d",
            "marks": [MARK, {**MARK, "id": "M", "start": "0"}, 3, {**MARK, "also": ["m1", 2], "seen": "today"}],
            "links": {},
        }
        assert sorted((code, path) for code, path, _, _ in explain(MARKS, value)) == [
            ("S103", ("$schema",)),
            ("S103", ("links",)),
            ("S103", ("marks", 1, "start")),
            ("S103", ("marks", 2)),
            ("S103", ("marks", 3, "also", 1)),
            ("S105", ("marks", 1, "id")),
            ("S105", ("marks", 3, "seen")),
        ]

    def test_several_faults_of_one_value(self) -> None:
        """A string can break its pattern and its length, both of which are said."""
        found = faults({"type": "string", "minLength": 3, "pattern": "^a", "format": "date"}, "b")
        assert [code for code, *_ in found] == ["S106", "S105", "S105"]

    def test_inside_what_has_the_wrong_type_nothing_is_judged(self) -> None:
        """An object in the place of a string is one fault, whatever it holds; its neighbours are judged."""
        assert [(code, path) for code, path, _, _ in explain(MARKS, marked(text={"a": 1}, label="Q"))] == [
            ("S103", ("marks", 0, "text")),
            ("S104", ("marks", 0, "label")),
        ]

    @pytest.mark.parametrize("value", [None, [], "x", 3, True])
    def test_no_object_at_all(self, value: object) -> None:
        """A file that is no object has one fault, at its root."""
        ((code, path, key, message),) = explain(MARKS, value)
        assert (code, path, key) == ("S103", (), False)
        assert message.startswith("expected an object, found ")

    def test_nothing_wrong(self) -> None:
        """A value of the shape has no fault."""
        assert explain(MARKS, marked(also=["m1"], weight=1, count=-3, sure=True, seen="2018-10-24", note="")) == []


class TestReferences:
    REMOTE = "http://127.0.0.1:9/never.json"

    @pytest.fixture(autouse=True)
    def no_network(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Let no connection be made, and no name be looked up."""

        def refuse(*_: object, **__: object) -> None:
            raise AssertionError("something wants to use the network")

        monkeypatch.setattr(socket.socket, "connect", refuse)
        monkeypatch.setattr(socket, "getaddrinfo", refuse)

    @pytest.mark.parametrize(
        "ref", [REMOTE, "file:///etc/hostname", "../other.schema.json", "/marks.schema.json", "urn:example:a"]
    )
    def test_a_remote_reference_does_not_compile(self, ref: str) -> None:
        """A schema that refers to anything but its folder is refused before there is anything to validate with."""
        raw = f'{{\n  "$ref": "{ref}"\n}}\n'.encode()
        model, problems = compile_schemas({"document": raw}, [])
        assert dict(model.metadata) == {}
        assert [p.code for p in problems if p.path == "schema/document.schema.json"] == ["S006"]

    @pytest.mark.parametrize("keyword", ["$ref", "$dynamicRef"])
    def test_no_reference_is_followed(self, keyword: str) -> None:
        """Even a validator that is given an unresolved reference fetches nothing."""
        whole = {"type": "object", "properties": {"p": {keyword: self.REMOTE, "type": "string"}}}
        assert explain(layer(whole), {"p": 1}) == [("S103", ("p",), False, "expected a string, found 1")]

    def test_schemas_are_resolved(self) -> None:
        """A fault inside what a reference named is placed in the value, as any other."""
        value = marked()
        value["links"] = [{"id": "l1", "parts": [{"start": 0, "end": 1}], "of": "m1"}]
        assert explain(MARKS, value) == [
            ("S101", ("links", 0, "parts", 0), False, "expected a property 'text', found 'start', 'end'")
        ]


def test_the_validator_is_strict_where_json_schema_is_not() -> None:
    """JSON Schema takes 3.0 for an integer and 1 for true; ours does not."""
    schema = {"type": "object", "properties": {"p": {"type": "integer"}}}
    assert Draft202012Validator(schema).is_valid({"p": 3.0})
    assert not validator(layer(schema)).is_valid({"p": 3.0})


def test_patterns_are_linear() -> None:
    """A pattern that would take a backtracking engine for ever takes no time."""
    began = time.perf_counter()
    assert [code for code, *_ in faults({"type": "string", "pattern": "^(a+)+$"}, "a" * 50_000 + "b")] == ["S105"]
    assert time.perf_counter() - began < 1


def test_problem_codes_are_those_of_the_catalogue() -> None:
    """Every code that the shape of a file can bring has a rule."""
    from sidelines.rules.catalogue import RULES

    assert {f"S10{number}" for number in range(1, 7)} <= set(RULES)
    assert Problem("S101", "error", "…").severity == RULES["S101"].severity
