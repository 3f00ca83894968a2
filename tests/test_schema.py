"""Schemas compiled: the model of what is in order, and the code, place and words of what is not."""

from __future__ import annotations

import json
import time
from typing import Any

import pytest

from sidelines.model import Model, Property
from sidelines.problems import Problem
from sidelines.resolver import Refused
from sidelines.schema import compile_schemas
from tests.strategies import OWN, ROOT

Json = dict[str, Any]
METADATA = {name: (ROOT / "schema" / f"{name}.schema.json").read_bytes() for name in ("corpus", "document")}
LAYERS = ["structure", "entities", "quotes", "dates"]
SHIPPED = METADATA | {name: (ROOT / "schema" / f"{name}.schema.json").read_bytes() for name in LAYERS}

MODEL, _ = compile_schemas(SHIPPED, LAYERS)

STRING: Json = {"type": "string"}
INTEGER: Json = {"type": "integer"}
BOUNDS: Json = {"start": INTEGER, "end": INTEGER, "text": STRING}
SPAN = {"x-span": True}


def written(schema: Any) -> bytes:
    """The canonical form of a schema file: two spaces, one property or item a line."""
    return (json.dumps(schema, indent=2, ensure_ascii=False) + "\n").encode()


def obj(properties: Json, required: Any = None, **more: Any) -> Json:
    names = [*properties] if required is None else required
    return {"type": "object", **more, "properties": properties, "required": names, "additionalProperties": False}


def span(**more: Any) -> Json:
    return obj(BOUNDS, **SPAN, **more)


def array(items: Any, **more: Any) -> Json:
    return {"type": "array", **more, "items": items}


def table(name: str, row: Any, **more: Any) -> Json:
    return array(row, **{"x-table": name}, **more)


def row(properties: Json | None = None, **more: Any) -> Json:
    """A row with an id and these optional properties."""
    return obj({"id": STRING, **(properties or {})}, ["id"], **more)


def layer(tables: Json, **more: Any) -> Json:
    return {**obj({"document": STRING, **tables}), **more}


def marks(node: Any, **more: Any) -> Json:
    """A layer whose table `marks` has the property `p`."""
    return layer({"marks": table("marks", row({"p": node}))}, **more)


P = "/properties/marks/items/properties/p"


def compiled(schema: Any, **others: Any) -> tuple[Model, list[Problem]]:
    """A corpus with the layer `own` and others, with its schemas in canonical form or given as bytes."""
    files = {name: raw if isinstance(raw, bytes) else written(raw) for name, raw in {"own": schema, **others}.items()}
    return compile_schemas(METADATA | files, ["own"])


def property_of(node: Json, **more: Any) -> Property:
    """The property `p` of a schema that is in order."""
    model, problems = compiled(marks(node, **more))
    assert problems == []
    return model.tables["marks"].row["p"]


def the_refusal(schema: Any, **others: Any) -> Problem:
    """The one problem for which the layer `own` is refused."""
    model, problems = compiled(schema, **others)
    assert len(problems) == 1, problems
    assert "own" not in model.layers
    assert problems[0].severity == "error"
    return problems[0]


def metadata_refusal(kind: str, name: str, node: Json | None) -> tuple[str, str, str | None, bool]:
    """Code, message, pointer, and whether at the key, when a property of metadata is taken away, changed or added."""
    schema = json.loads(METADATA[kind])
    if node is None:
        del schema["properties"][name]
        schema["required"].remove(name)
    else:
        schema["properties"][name] = node
    model, (problem,) = compile_schemas(METADATA | {kind: written(schema)}, [])
    assert kind not in model.metadata
    assert problem.path == f"schema/{kind}.schema.json"
    return problem.code, problem.message, problem.pointer, stands_at(written(schema), problem, f'"{name}"')


def stands_at(raw: bytes, problem: Problem, text: str) -> bool:
    """Whether line and column of a problem are where this text begins in the file."""
    assert problem.line is not None
    assert problem.column is not None
    return raw.decode().split("\n")[problem.line - 1][problem.column - 1 :].startswith(text)


NOTHING = "expected at least one property in an object, found none"
BELOW = "expected a lower bound below the upper one, found"
TWICE = "expected x-inside on the array or on its items, found it on both"
NO_TABLE = "x-table stands on the properties of a layer itself, not deeper and not behind a $ref"
NO_DOCUMENT = 'expected a required property "document" of type string'
NO_ID = 'expected a required property "id" of type string, without enum or format, in the rows of an x-table'


def bound(name: str, kind: str) -> str:
    """What is said of a span without a good start, end or text."""
    return f"expected a required property {name!r} of type {kind}, without enum, beside x-span"


ON_STRING = "$comment, const, description, enum, examples, format, maxLength, minLength, pattern, title, type, x-ref"
ON_INTEGER = "$comment, const, description, enum, examples, maximum, minimum, title, type"
ON_ARRAY = "$comment, description, examples, items, maxItems, minItems, title, type, x-inside, x-overlap, x-table"
ON_OBJECT = "$comment, additionalProperties, description, examples, properties, required, title, type, x-inside, x-span"
ALL = (
    "$comment, $defs, $id, $ref, $schema, additionalProperties, const, description, enum, examples, format, items, "
    "maxItems, maxLength, maximum, minItems, minLength, minimum, pattern, properties, required, title, type, x-inside, "
    "x-overlap, x-ref, x-span, x-table"
)
A_SCHEMA = "a schema (an object)"
CLASH = "{!r} stands beside $ref and in what it names"
A_TYPE = "expected a type, one of string, integer, number, boolean, array, object; found "
COUNT = "a whole number, 0 or more, below 2³¹"
STRINGS, INTEGERS = "a list of different strings", "a list of different integers"
INT64, NAMES = "an integer that fits 64 bits", "a list of different property names"
TABLE_NAME = "a table name: lower-case letters, digits and _, beginning with a letter"
LIST: Json = {"type": "array", "items": STRING}
A, REF = {"a": STRING}, {"type": "string", "x-ref": "marks"}


class TestKeywords:
    @pytest.mark.parametrize(
        ("node", "pointer", "at", "message"),
        [
            ({"type": "strin"}, "/type", '"strin"', A_TYPE + '"strin"'),
            ({"type": ["string", "null"]}, "/type", "[", A_TYPE + '["string","null"]'),
            ({"type": "null"}, "/type", '"null"', A_TYPE + '"null"'),
            ({"description": "x"}, "", "{", A_TYPE + "none"),
            ({}, "", "{}", A_TYPE + "none"),
            (True, "", "true", f"expected {A_SCHEMA}"),
            ([], "", "[]", f"expected {A_SCHEMA}"),
        ],
    )
    def test_no_type(self, node: Any, pointer: str, at: str, message: str) -> None:
        """Every schema is an object with one type, or S003."""
        schema = marks(node)
        problem = the_refusal(schema)
        assert (problem.code, problem.path, problem.message) == ("S003", "schema/own.schema.json", message)
        assert problem.pointer == P + pointer
        assert stands_at(written(schema), problem, at)

    @pytest.mark.parametrize(
        ("node", "keyword", "value", "expected", "found"),
        [
            (STRING, "title", 1, "a string", "1"),
            (STRING, "$comment", None, "a string", "null"),
            (STRING, "description", ["a"], "a string", '["a"]'),
            (STRING, "examples", "a", "a list", '"a"'),
            (STRING, "minLength", -1, COUNT, "-1"),
            (STRING, "maxLength", 1.0, COUNT, "1.0"),
            (LIST, "minItems", True, COUNT, "true"),
            (LIST, "maxItems", 2**31, COUNT, "2147483648"),
            (STRING, "enum", [], STRINGS, "[]"),
            (STRING, "enum", ["a", "a"], STRINGS, '["a","a"]'),
            (STRING, "enum", ["a", 1], STRINGS, '["a",1]'),
            (STRING, "enum", "a", STRINGS, '"a"'),
            (INTEGER, "enum", [1, True], INTEGERS, "[1,true]"),
            (STRING, "const", 1, "a string", "1"),
            (INTEGER, "const", 1.0, INT64, "1.0"),
            (INTEGER, "minimum", "0", INT64, '"0"'),
            ({"type": "number"}, "maximum", False, "a number that fits 64 bits", "false"),
            (STRING, "format", "time", '"date"', '"time"'),
            (STRING, "pattern", 3, "a regular expression", "3"),
            (STRING, "pattern", "(?=a)", "a regular expression of RE2 (invalid perl operator: (?=)", '"(?=a)"'),
            (STRING, "x-ref", "Marks", TABLE_NAME, '"Marks"'),
            ({"type": "array"}, "items", [STRING], A_SCHEMA, '[{"type":"string"}]'),
            ({"type": "array"}, "items", True, A_SCHEMA, "true"),
            ({"type": "object"}, "properties", [], "an object whose properties are schemas", "[]"),
            ({"type": "object", "properties": A}, "required", ["a", "a"], NAMES, '["a","a"]'),
            ({"type": "object", "properties": A}, "required", [0], NAMES, "[0]"),
            ({"type": "object", "properties": A}, "required", "a", NAMES, '"a"'),
            ({"type": "object"}, "additionalProperties", True, "false", "true"),
            ({"type": "object"}, "additionalProperties", STRING, "false", '{"type":"string"}'),
            (span(), "x-span", False, "true", "false"),
            (span(), "x-inside", 1, "a string", "1"),
            (LIST, "x-overlap", "no", '"none" or "nested" or "any"', '"no"'),
            (LIST, "x-table", "x-y", TABLE_NAME, '"x-y"'),
            (STRING, "enum", ["a", "a", "b" * 48], STRINGS, '["a","a","' + "b" * 48 + '"]'),
            (STRING, "enum", ["a", "a", "b" * 49], STRINGS, '["a","a","' + "b" * 47 + "…"),
        ],
    )
    def test_a_wrong_value(self, node: Json, keyword: str, value: object, expected: str, found: str) -> None:
        """A keyword with a wrong value is S003 at that value, and says what was expected and found, cut to 60."""
        schema = marks(node | {keyword: value})
        problem = the_refusal(schema)
        assert (problem.code, problem.pointer) == ("S003", f"{P}/{keyword}")
        assert problem.message == f"{keyword}: expected {expected}, found {found}"
        assert stands_at(written(schema), problem, json.dumps(value)[0])

    @pytest.mark.parametrize(
        ("node", "keyword", "said"),
        [
            (STRING, "minLenght", "did you mean 'minLength'? There"),
            (STRING, "x-reff", "did you mean 'x-ref'? There"),
            (STRING, "qqq", "there"),
            (STRING, "x-mine", "did you mean 'x-inside'? There"),
            (STRING, "deprecated", "there"),
            (STRING, "Type", "did you mean 'type'? There"),
            (LIST, "uniqueItems", "did you mean 'minItems'? There"),
            (INTEGER, "exclusiveMinimum", "there"),
            (obj(A), "allOf", "there"),
            (obj(A), "$dynamicRef", "there"),
        ],
    )
    def test_an_unknown_keyword(self, node: Json, keyword: str, said: str) -> None:
        """What the dialect does not know is S002 at its key, JSON Schema's own and other x- keywords included."""
        schema = marks(node | {keyword: 1})
        problem = the_refusal(schema)
        assert (problem.code, problem.pointer) == ("S002", f"{P}/{keyword}")
        assert problem.message == f"unknown keyword {keyword!r}; {said} are: {ALL}"
        assert stands_at(written(schema), problem, f'"{keyword}"')

    @pytest.mark.parametrize(
        ("node", "keyword", "value", "where", "legal"),
        [
            (STRING, "minimum", 0, ' beside "type": "string"; there', ON_STRING),
            (INTEGER, "format", "date", ' beside "type": "integer"; there', ON_INTEGER),
            (
                {"type": "number"}, "enum", [1], ' beside "type": "number"; there',
                "$comment, description, examples, maximum, minimum, title, type",
            ),
            (
                {"type": "boolean"}, "const", True, ' beside "type": "boolean"; did you mean \'$comment\'? There',
                "$comment, description, examples, title, type",
            ),
            (LIST, "x-span", True, ' beside "type": "array"; there', ON_ARRAY),
            (obj(A), "x-ref", "marks", ' beside "type": "object"; there', ON_OBJECT),
            (obj(A), "$defs", {}, " here; there", ON_OBJECT),
            (STRING, "$id", "a", " here; there", ON_STRING),
        ],
    )  # fmt: skip
    def test_a_keyword_out_of_place(self, node: Json, keyword: str, value: object, where: str, legal: str) -> None:
        """A keyword of the dialect on the wrong type is S003 at its key, with those that may stand there."""
        schema = marks(node | {keyword: value})
        problem = the_refusal(schema)
        assert (problem.code, problem.pointer) == ("S003", f"{P}/{keyword}")
        assert problem.message == f"{keyword!r} has no place{where} are: {legal}"
        assert stands_at(written(schema), problem, f'"{keyword}"')

    @pytest.mark.parametrize(
        ("node", "other", "alone"),
        [
            ({"type": "string", "enum": ["a"], "const": "a"}, "const", "enum"),
            ({"type": "string", "pattern": "a", "enum": ["a"]}, "pattern", "enum"),
            ({"type": "string", "format": "date", "minLength": 1}, "minLength", "format"),
            ({"type": "string", "const": "a", "x-ref": "marks"}, "x-ref", "const"),
            ({"type": "integer", "enum": [1], "minimum": 1}, "minimum", "enum"),
        ],
    )
    def test_keywords_that_stand_alone(self, node: Json, other: str, alone: str) -> None:
        """Beside enum, const and format nothing is left to say but annotations."""
        schema = marks(node)
        problem = the_refusal(schema)
        assert (problem.code, problem.pointer) == ("S003", f"{P}/{other}")
        assert problem.message == f"expected nothing beside {alone!r}, found {other!r}"
        assert stands_at(written(schema), problem, f'"{other}"')

    @pytest.mark.parametrize(
        ("node", "message"),
        [
            ({"type": "object", "properties": A}, 'expected "additionalProperties": false on every object'),
            ({"type": "array"}, 'expected "items" on every array'),
            ({"type": "object", "additionalProperties": False}, NOTHING),
            (obj({}), NOTHING),
            ({"type": "integer", "minimum": 3, "maximum": 2}, f"{BELOW} 3 and 2"),
            ({"type": "string", "minLength": 3, "maxLength": 2}, f"{BELOW} 3 and 2"),
            (array(STRING, minItems=1, maxItems=0), f"{BELOW} 1 and 0"),
            (obj({"end": INTEGER, "text": STRING}, **SPAN), bound("start", "integer")),
            (obj({**BOUNDS, "end": STRING}, **SPAN), bound("end", "integer")),
            (obj({**BOUNDS, "end": {"type": "integer", "const": 1}}, **SPAN), bound("end", "integer")),
            (obj(BOUNDS, ["start", "end"], **SPAN), bound("text", "string")),
            (obj({**BOUNDS, "text": {"type": "string", "enum": ["a"]}}, **SPAN), bound("text", "string")),
            (obj({**BOUNDS, "text": {"type": "string", "format": "date"}}, **SPAN), bound("text", "string")),
        ],
    )
    def test_what_no_value_could_be(self, node: Json, message: str) -> None:
        """An object, array, span or range that cannot be is S003, as a whole."""
        schema = marks(node)
        problem = the_refusal(schema)
        assert (problem.code, problem.message, problem.pointer) == ("S003", message, P)
        assert stands_at(written(schema), problem, "{")

    @pytest.mark.parametrize(
        ("node", "keyword", "message"),
        [
            (obj(A), "x-inside", "x-inside stands on spans or arrays of spans only"),
            (array(STRING), "x-inside", "x-inside stands on spans or arrays of spans only"),
            (array(span(**{"x-inside": "a"})), "x-inside", TWICE),
            (array(STRING), "x-overlap", "x-overlap stands on arrays of spans only"),
            (array(row()), "x-table", NO_TABLE),
        ],
    )
    def test_x_keywords_out_of_place(self, node: Json, keyword: str, message: str) -> None:
        """The five keywords stand on what they speak of."""
        schema = marks(node | {keyword: "any"})
        problem = the_refusal(schema)
        assert (problem.code, problem.message, problem.pointer) == ("S003", message, f"{P}/{keyword}")
        assert stands_at(written(schema), problem, f'"{keyword}"')

    @pytest.mark.parametrize(
        "node",
        [
            obj({"a": span()}),
            obj({"a": REF}),
            obj({"a": obj({"b": span()})}),
            array(array(span())),
            array(array(REF)),
            array(obj({"a": REF})),
            array(obj({"a": obj({"b": span()})})),
        ],
    )
    def test_x_keywords_too_deep(self, node: Json) -> None:
        """What hangs on the text or on other rows is a column, or in a list that is one."""
        schema = marks(node)
        problem = the_refusal(schema)
        message = "x-span and x-ref stand on a row, its properties and the items of its arrays, not deeper"
        assert (problem.code, problem.message, problem.pointer) == ("S003", message, P)
        assert stands_at(written(schema), problem, '"p"')

    @pytest.mark.parametrize(
        ("required", "position", "said"),
        [
            (["abd"], 0, "required names 'abd', which is no property; did you mean 'abc'? There are: abc"),
            (["abc", "zz"], 1, "required names 'zz', which is no property; there are: abc"),
        ],
    )
    def test_required_names_that_are_none(self, required: list[str], position: int, said: str) -> None:
        """What is required is declared."""
        schema = marks(obj({"abc": STRING}, required))
        problem = the_refusal(schema)
        assert (problem.code, problem.message, problem.pointer) == ("S003", said, f"{P}/required/{position}")
        assert stands_at(written(schema), problem, f'"{required[position]}"')

    def test_required_names_where_nothing_is(self) -> None:
        """A layer without properties has none to require."""
        problem = the_refusal({"type": "object", "required": ["document"], "additionalProperties": False})
        assert (problem.code, problem.pointer) == ("S003", "/required/0")
        assert problem.message == "required names 'document', which is no property; there are none"

    def test_nothing_required(self) -> None:
        """Without `required`, no property is."""
        made = property_of({"type": "object", "properties": {"a": STRING}, "additionalProperties": False})
        assert not made["a"].required

    @pytest.mark.parametrize("name", ["", "a\0b", "a\nb", 'a"b', "a\\b", "\u2028"])
    def test_a_property_name_that_cannot_be(self, name: str) -> None:
        """A property has a name that can be printed as it is."""
        schema = marks(obj({name: STRING}))
        problem = the_refusal(schema)
        message = "expected a property name of printable characters, without quotation mark and backslash"
        assert (problem.code, problem.message) == ("S003", message)
        assert problem.pointer == f"{P}/properties/{name}"
        assert stands_at(written(schema), problem, '"')


class TestLayers:
    @pytest.mark.parametrize(
        ("schema", "pointer", "at", "message"),
        [
            ([], "", "[]", "expected a schema (an object)"),
            ("x", "", '"x"', "expected a schema (an object)"),
            (array(STRING), "/type", '"array"', 'expected "type": "object", found \'array\''),
            (obj({"marks": table("marks", row())}), "/properties", "{", NO_DOCUMENT),
            ({"type": "object", "additionalProperties": False}, "/properties", "{", NO_DOCUMENT),
            (obj({"document": INTEGER}), "/properties", "{", NO_DOCUMENT),
            (obj({"document": STRING}, []), "/properties", "{", NO_DOCUMENT),
            (obj({"document": {"type": "string", "format": "date"}}), "/properties", "{", NO_DOCUMENT),
            (layer({"$schema": INTEGER}), "/properties/$schema", "{", 'expected the property "$schema" of type string'),
        ],
    )
    def test_what_is_no_layer(self, schema: Any, pointer: str, at: str, message: str) -> None:
        """A layer is an object with the document's id."""
        problem = the_refusal(schema)
        assert (problem.code, problem.message, problem.pointer) == ("S003", message, pointer)
        assert stands_at(written(schema), problem, at)

    @pytest.mark.parametrize("node", [STRING, array(row()), obj(A), span()])
    def test_what_is_no_table(self, node: Json) -> None:
        """Everything else in a layer is a table."""
        schema = layer({"notes": node})
        problem = the_refusal(schema)
        message = "expected only $schema, document and arrays with x-table in a layer, found 'notes'"
        assert (problem.code, problem.message, problem.pointer) == ("S003", message, "/properties/notes")
        assert stands_at(written(schema), problem, '"notes"')

    @pytest.mark.parametrize(
        ("items", "message"),
        [
            (STRING, "expected objects as the items of an x-table"),
            (array(STRING), "expected objects as the items of an x-table"),
            (obj({"name": STRING}), NO_ID),
            (obj({"id": STRING}, []), NO_ID),
            (obj({"id": INTEGER}), NO_ID),
            (obj({"id": {"type": "string", "const": "a"}}), NO_ID),
            (obj({"id": {"type": "string", "format": "date"}}), NO_ID),
        ],
    )
    def test_what_is_no_row(self, items: Json, message: str) -> None:
        """Rows are objects with an id of their own."""
        schema = layer({"marks": table("marks", items)})
        problem = the_refusal(schema)
        assert (problem.code, problem.message, problem.pointer) == ("S003", message, "/properties/marks/items")
        assert stands_at(written(schema), problem, "{")

    def test_a_table_in_a_table(self) -> None:
        """The items of a table are no table either."""
        problem = the_refusal(layer({"marks": table("marks", table("inner", row()))}))
        assert (problem.code, problem.message, problem.pointer) == ("S003", NO_TABLE, "/properties/marks/items/x-table")

    def test_line_and_column(self) -> None:
        """The place of a fault is that in the file, written out."""
        problem = the_refusal(marks({"type": "string", "minLength": -1}))
        assert (problem.line, problem.column) == (18, 26)

    @pytest.mark.parametrize(
        ("properties", "second", "column", "first"),
        [
            ({"document": STRING}, "document", "document", "the id of the document"),
            ({"cue": span(), "cue_start": INTEGER}, "cue_start", "cue_start", "'cue'"),
            ({"cue_text": STRING, "cue": span()}, "cue", "cue_text", "'cue_text'"),
            ({"a": obj({**BOUNDS, "b_start": STRING}, **SPAN), "a_b": span()}, "a_b", "a_b_start", "'a'"),
        ],
    )
    def test_columns_that_collide(self, properties: Json, second: str, column: str, first: str) -> None:
        """Two properties that would be one column are S005, at the second."""
        schema = layer({"marks": table("marks", row(properties))})
        problem = the_refusal(schema)
        message = f"expected different columns, found {column!r} twice: from {first} and {second!r}"
        assert (problem.code, problem.message) == ("S005", message)
        assert problem.pointer == f"/properties/marks/items/properties/{second}"
        assert stands_at(written(schema), problem, f'"{second}"')

    def test_columns_that_do_not_collide(self) -> None:
        """Only spans are split into columns: an object or a list beside `cue_start` is one column."""
        properties = {"cue": obj(BOUNDS), "cue_start": INTEGER, "s": array(span()), "s_end": INTEGER}
        model, problems = compiled(layer({"marks": table("marks", row(properties))}))
        assert problems == []
        assert [p.name for p in model.tables["marks"].row.properties] == ["id", "cue", "cue_start", "s", "s_end"]


X_IN_METADATA = "the x- keywords stand in the schemas of layers, not of metadata"


class TestMetadata:
    @pytest.mark.parametrize(
        ("kind", "name", "node", "message"),
        [
            ("document", "id", None, "expected a required property 'id' of type string"),
            ("document", "characters", None, "expected a required property 'characters' of type integer"),
            ("document", "characters", {"type": "number"}, "expected a required property 'characters' of type integer"),
            ("document", "sha256", None, "expected a required property 'sha256' of type string"),
            ("document", "language", LIST, "expected 'language' of type string"),
            ("document", "place", span(), X_IN_METADATA),
            ("document", "seen", REF, X_IN_METADATA),
            ("corpus", "all", array(span(), **{"x-overlap": "none"}), X_IN_METADATA),
            ("corpus", "name", None, "expected a required property 'name' of type string"),
            ("corpus", "version", INTEGER, "expected a required property 'version' of type string"),
            ("corpus", "layers", STRING, "expected a required property 'layers' of type array"),
            ("corpus", "$schema", INTEGER, "expected '$schema' of type string"),
        ],
    )
    def test_what_is_no_metadata(self, kind: str, name: str, node: Json | None, message: str) -> None:
        """The properties that the tool itself reads are there, of their types, and nothing hangs on a text."""
        at_key = message == X_IN_METADATA
        assert metadata_refusal(kind, name, node) == ("S003", message, f"/properties/{name}", at_key)

    @pytest.mark.parametrize(
        ("name", "message"),
        [
            ("text", "'text' is the column of the document's text"),
            ("document", "'document' is the column of the document's id"),
        ],
    )
    def test_columns_that_are_taken(self, name: str, message: str) -> None:
        """The table `documents` has two columns that no metadata may claim."""
        assert metadata_refusal("document", name, STRING) == ("S005", message, f"/properties/{name}", True)

    @pytest.mark.parametrize("name", ["id", "characters", "sha256"])
    def test_what_must_be_required(self, name: str) -> None:
        """That a property is declared is not enough: the tool needs it in every file."""
        schema = json.loads(METADATA["document"])
        schema["required"].remove(name)
        model, problems = compile_schemas(METADATA | {"document": written(schema)}, [])
        assert "document" not in model.metadata
        assert [(p.code, p.pointer) for p in problems] == [("S003", f"/properties/{name}")]
        assert stands_at(written(schema), problems[0], "{")

    def test_own_properties(self) -> None:
        """Everything else in metadata is free."""
        schema = json.loads(METADATA["document"])
        schema["properties"] |= {"pages": INTEGER, "keywords": array(STRING)}
        model, problems = compile_schemas(METADATA | {"document": written(schema)}, [])
        assert problems == []
        assert model.metadata["document"].root["keywords"].items == Property("", "string")


class TestMissing:
    def test_a_missing_schema(self) -> None:
        """A layer without its schema is S001, with what else there is."""
        model, problems = compile_schemas(METADATA | {"date": written(layer({}))}, ["dates"])
        assert problems == [
            Problem(
                "S001",
                "error",
                "expected the file, found none; of other schemas, did you mean 'date.schema.json'? "
                "There are: date.schema.json",
                "schema/dates.schema.json",
            )
        ]
        assert dict(model.layers) == {}

    def test_no_schemas_at_all(self) -> None:
        """Without any schema both kinds of metadata are missed."""
        model, problems = compile_schemas({}, [])
        assert [(p.code, p.path) for p in problems] == [
            ("S001", "schema/corpus.schema.json"),
            ("S001", "schema/document.schema.json"),
        ]
        assert (dict(model.layers), dict(model.metadata), dict(model.tables)) == ({}, {}, {})


class TestFiles:
    @pytest.mark.parametrize(
        ("raw", "code", "line", "column"),
        [
            (b"", "F103", 1, 1),
            (b'{\n  "type": "object",\n}\n', "F103", 2, 19),
            (b'{\n  "type": "\xff"\n}\n', "F101", 2, 12),
            (b"\xef\xbb\xbf{}\n", "F102", 1, 1),
            (b'{\n  "type": "object",\n  "type": "object"\n}\n', "F104", 3, 3),
            (b'{\n  "minimum": 9223372036854775808\n}\n', "F105", 2, 14),
            (b'{\n  "title": "\\ud800"\n}\n', "F106", 2, 13),
            (b"[" * 100_000, "F107", 1, 65),
        ],
        ids=["empty", "comma", "latin", "mark", "duplicate", "integer", "surrogate", "deep"],
    )
    def test_what_is_no_strict_json(self, raw: bytes, code: str, line: int, column: int) -> None:
        """A schema file is held to the same strict JSON as every other, and has one problem."""
        problem = the_refusal(raw)
        assert (problem.code, problem.path, problem.line, problem.column) == (
            code,
            "schema/own.schema.json",
            line,
            column,
        )
        assert problem.pointer is None

    def test_another_layout(self) -> None:
        """A schema that is not in canonical form is F108, and compiled all the same."""
        model, problems = compiled(json.dumps(marks(STRING)).encode())
        assert [(p.code, p.path, p.line, p.fix) for p in problems] == [
            ("F108", "schema/own.schema.json", 1, "run `sidelines fmt`")
        ]
        assert "marks" in model.tables

    def test_another_layout_and_a_fault(self) -> None:
        """Its faults have their place in the file as it is."""
        raw = b'{"type": "object",\n\t"additionalProperties": 0}'
        _, problems = compiled(raw)
        assert [(p.code, p.line, p.column) for p in problems] == [("F108", 1, 2), ("S003", 2, 26)]

    def test_deep_schemas(self) -> None:
        """A schema nested deeper than its files may be is refused, however it is laid out."""
        node: Json = STRING
        for _ in range(100):
            node = array(node)
        assert the_refusal(marks(node)).code in ("F107", "S003")

    def test_a_chain_of_references_is_deep_as_well(self) -> None:
        """Levels are counted with every $ref followed, so no chain of them exhausts the stack."""
        definitions: Json = {f"d{i}": array({"$ref": f"#/$defs/d{i + 1}"}) for i in range(400)}
        definitions["d400"] = STRING
        problem = the_refusal(marks({"$ref": "#/$defs/d0"}, **{"$defs": definitions}))
        assert (problem.code, problem.message) == ("S003", "expected at most 64 levels of schemas, found more")


class TestReferences:
    def test_inside_the_file(self) -> None:
        """A definition stands where it is referred to."""
        assert property_of({"$ref": "#/$defs/code"}, **{"$defs": {"code": {"type": "string", "pattern": "^a$"}}}) == (
            Property("p", "string", pattern="^a$")
        )

    def test_to_another_file(self) -> None:
        """A definition of another file of the folder, which need not be a layer."""
        model, problems = compiled(
            marks({"$ref": "shared.schema.json#/$defs/day"}),
            shared={"$defs": {"day": {"type": "string", "format": "date"}}},
        )
        assert problems == []
        assert model.tables["marks"].row["p"] == Property("p", "string", date=True)

    def test_to_a_whole_file(self) -> None:
        """A whole file as a definition; its $schema, $id and $defs stay behind."""
        shared = {
            "$schema": "https://json-schema.org/draft/2020-12/schema",
            "$id": "shared.schema.json",
            "$comment": "for all",
            **obj({"a": {"$ref": "#/$defs/n"}}),
            "$defs": {"n": INTEGER},
        }
        model, problems = compiled(marks({"$ref": "shared.schema.json"}), shared=shared)
        assert problems == []
        resolved = model.layers["own"].schema["properties"]["marks"]["items"]["properties"]["p"]
        assert resolved == {
            "type": "object",
            "properties": {"a": {"type": "integer"}},
            "required": ["a"],
            "additionalProperties": False,
        }

    def test_through_several_files(self) -> None:
        """A reference in another file is relative to that file."""
        one = {"$defs": {"a": {"$ref": "#/$defs/b"}, "b": {"$ref": "two.schema.json#/$defs/a"}}}
        model, problems = compiled(
            marks({"$ref": "one.schema.json#/$defs/a"}), one=one, two={"$defs": {"a": {"type": "boolean"}}}
        )
        assert problems == []
        assert model.tables["marks"].row["p"].type == "boolean"

    def test_siblings(self) -> None:
        """Annotations beside $ref replace those of the definition; other keywords are added."""
        code = {"type": "string", "description": "A code.", "title": "Code", "pattern": "^a"}
        node = {"$ref": "#/$defs/code", "description": "Its code.", "minLength": 2}
        assert property_of(node, **{"$defs": {"code": code}}) == Property(
            "p", "string", description="Its code.", pattern="^a", shortest=2
        )

    def test_x_keywords_beside_a_reference(self) -> None:
        """A span that is defined once can be placed inside another one where it is used."""
        node = {"$ref": "#/$defs/span", "x-inside": "./q"}
        schema = layer(
            {"marks": table("marks", row({"p": node, "q": {"$ref": "#/$defs/span"}}))}, **{"$defs": {"span": span()}}
        )
        model, problems = compiled(schema)
        assert problems == []
        assert (model.tables["marks"].row["p"].inside, model.tables["marks"].row["q"].inside) == ("./q", None)

    @pytest.mark.parametrize(
        ("ref", "message"),
        [
            ("#/$defs/cod", "expected a definition 'cod' in own.schema.json; did you mean 'code'? There are: code"),
            ("shared.schema.json#/$defs/x", "expected a definition 'x' in shared.schema.json; there are none"),
            (
                "share.schema.json",
                "expected the file share.schema.json in schema/; did you mean 'shared.schema.json'? "
                "There are: corpus.schema.json, document.schema.json, own.schema.json, shared.schema.json",
            ),
            ("own.schema.json", "'own.schema.json' leads back to itself; schemas are not recursive"),
            ("broken.schema.json#/$defs/x", None),
        ],
    )
    def test_that_leads_nowhere(self, ref: str, message: str | None) -> None:
        """A definition or file that is not there is S006 at the reference, with those that are."""
        schema = marks({"$ref": ref}, **{"$defs": {"code": STRING}})
        others = {"broken": b"{"} if message is None else {"shared": {"type": "string"}}
        model, problems = compiled(schema, **others)
        (problem,) = (p for p in problems if p.path == "schema/own.schema.json")
        assert (problem.code, problem.pointer) == ("S006", f"{P}/$ref")
        assert problem.message == message or message is None
        assert stands_at(written(schema), problem, f'"{ref}"')
        assert "own" not in model.layers

    def test_to_a_file_that_cannot_be_read(self) -> None:
        """The file has its own problem, and whoever refers to it one that names it."""
        _, problems = compiled(marks({"$ref": "shared.schema.json"}), shared=b"{")
        assert sorted((p.code, p.path) for p in problems) == [
            ("F103", "schema/shared.schema.json"),
            ("S006", "schema/own.schema.json"),
        ]
        assert next(p.message for p in problems if p.code == "S006").startswith("shared.schema.json cannot be read: ")

    @pytest.mark.parametrize(
        "ref",
        [
            "",
            "#",
            "#/",
            "#/$defs/",
            "#/properties/a",
            "#/$defs/a/b",
            "/own.schema.json",
            "../own.schema.json",
            "own.json",
            "own.schema.json#",
            "own.schema.json#/$defs/",
            "https://example.org/a.schema.json",
            "file:own.schema.json",
            "Own.schema.json",
            "#/$defs/%61",
            "#/$defs/a\n",
            3,
            None,
            ["#/$defs/a"],
        ],
    )
    def test_of_another_form(self, ref: object) -> None:
        """Two forms of reference and their combination exist; nothing is fetched from anywhere."""
        schema = marks({"$ref": ref}, **{"$defs": {"a": STRING}})
        problem = the_refusal(schema)
        form = "'#/$defs/NAME' or a file of schema/ such as 'other.schema.json#/$defs/NAME'"
        assert (problem.code, problem.pointer) == ("S006", f"{P}/$ref")
        assert problem.message == f"expected {form}, found {ref!r}"
        assert stands_at(written(schema), problem, json.dumps(ref)[0])

    @pytest.mark.parametrize(
        "definitions",
        [
            {"a": {"$ref": "#/$defs/a"}},
            {"a": {"$ref": "#/$defs/b"}, "b": {"$ref": "#/$defs/a"}},
            {"a": array({"$ref": "#/$defs/a"})},
            {"a": obj({"x": {"$ref": "#/$defs/b"}}), "b": obj({"y": array({"$ref": "#/$defs/a"})})},
            {"a": obj({"x": {"$ref": "own.schema.json#/$defs/a"}})},
            {"a": {"$ref": "own.schema.json"}},
            {"a": {"$ref": "other.schema.json#/$defs/a"}},
            {"a": {"$ref": "other.schema.json"}},
        ],
        ids=["itself", "each other", "items", "properties", "by file", "root", "other file", "other root"],
    )
    def test_that_leads_back(self, definitions: Json) -> None:
        """A recursive schema is S006, directly, by way of others, or through another file."""
        other = {"$defs": {"a": {"$ref": "own.schema.json#/$defs/a"}}, "$ref": "own.schema.json"}
        _, problems = compiled(marks({"$ref": "#/$defs/a"}, **{"$defs": definitions}), other=other)
        (problem,) = (p for p in problems if p.code != "F108")
        assert problem.code == "S006"
        assert problem.message.endswith(" leads back to itself; schemas are not recursive")

    def test_of_25_doublings(self) -> None:
        """2^25 parts are refused at 10,000 of them, at once."""
        definitions: Json = {
            f"d{i}": obj({"a": {"$ref": f"#/$defs/d{i + 1}"}, "b": {"$ref": f"#/$defs/d{i + 1}"}}) for i in range(25)
        }
        definitions["d25"] = STRING
        began = time.perf_counter()
        problem = the_refusal(marks({"$ref": "#/$defs/d0"}, **{"$defs": definitions}))
        assert time.perf_counter() - began < 2
        assert problem.code == "S006"
        assert problem.message == "with every $ref followed, the schema has more than 10000 parts"

    @pytest.mark.parametrize(("count", "codes"), [(9_994, []), (9_995, ["S006"])])
    def test_of_many_parts(self, count: int, codes: list[str]) -> None:
        """10,000 parts are legal (six around these), and one more is not."""
        _, problems = compiled(marks(obj({f"a{i}": STRING for i in range(count)})))
        assert [p.code for p in problems] == codes

    @pytest.mark.parametrize(
        ("count", "last", "legal"),
        [(29, STRING, True), (29, array(STRING), True), (29, array(array(STRING)), False), (30, STRING, False)],
    )
    def test_of_many_levels(self, count: int, last: Json, legal: bool) -> None:
        """A $ref is a level and what it names another; properties beside them are on the level where they are."""
        definitions: Json = {f"d{i}": array({"$ref": f"#/$defs/d{i + 1}"}) for i in range(count)}
        definitions[f"d{count}"] = last
        ref = {"$ref": f"#/$defs/d{count}"}
        schema = layer(
            {"marks": table("marks", row({**{f"a{i}": ref for i in range(50)}, "p": {"$ref": "#/$defs/d0"}}))}
        )
        _, problems = compiled(schema | {"$defs": definitions})
        assert [p.code for p in problems] == ([] if legal else ["S003"])

    def test_twice_is_not_recursive(self) -> None:
        """The same definition side by side, and in itself by another name, is no circle."""
        schema = marks(
            obj({"a": {"$ref": "#/$defs/pair"}, "b": {"$ref": "#/$defs/pair"}}),
            **{"$defs": {"pair": obj({"x": {"$ref": "#/$defs/n"}, "y": {"$ref": "#/$defs/n"}}), "n": INTEGER}},
        )
        assert compiled(schema)[1] == []

    @pytest.mark.parametrize(
        ("definition", "beside", "code", "at", "said"),
        [
            ({"type": "string", "minLength": 1}, {"minLength": 2}, "S003", "minLength", CLASH.format("minLength")),
            ({"type": "string"}, {"type": "string"}, "S003", "type", CLASH.format("type")),
            (
                {"type": "string"}, {"minLenght": 2}, "S002", "minLenght",
                f"unknown keyword 'minLenght'; did you mean 'minLength'? There are: {ALL}",
            ),
        ],
    )  # fmt: skip
    def test_wrong_siblings(self, definition: Json, beside: Json, code: str, at: str, said: str) -> None:
        """What stands in the definition already, or nowhere in the dialect, is refused where it stands beside $ref."""
        schema = marks({"$ref": "#/$defs/d", **beside}, **{"$defs": {"d": definition}})
        problem = the_refusal(schema)
        assert (problem.code, problem.pointer, problem.message) == (code, f"{P}/{at}", said)
        assert stands_at(written(schema), problem, f'"{at}"')

    def test_a_required_property_by_reference(self) -> None:
        """Whether a property is required is said where it stands, not in its definition."""
        members = {"id": STRING, "p": {"$ref": "#/$defs/d"}, "q": {"$ref": "#/$defs/d"}}
        schema = layer({"marks": table("marks", obj(members, ["id", "p"]))}, **{"$defs": {"d": STRING}})
        made = compiled(schema)[0].tables["marks"].row
        assert (made["p"].required, made["q"].required) == (True, False)

    def test_a_fault_in_a_definition(self) -> None:
        """A fault of a definition stands in the definition, and is one problem, however often it is used."""
        schema = marks(array({"$ref": "#/$defs/d"}), **{"$defs": {"d": {"type": "text"}}})
        problem = the_refusal(schema)
        assert (problem.code, problem.pointer) == ("S003", "/$defs/d/type")
        assert stands_at(written(schema), problem, '"text"')

    def test_a_fault_in_another_file(self) -> None:
        """A fault of another file stands in that file, and is one problem for all layers that use it."""
        files = {name: written(marks({"$ref": "shared.schema.json"})) for name in ("one", "two")}
        shared = written({"type": "string", "pattern": "("})
        _, problems = compile_schemas(METADATA | files | {"shared": shared}, ["one", "two"])
        assert [(p.code, p.path, p.pointer, p.line) for p in problems] == [
            ("S003", "schema/shared.schema.json", "/pattern", 3)
        ]

    def test_a_definition_that_is_no_schema(self) -> None:
        """Definitions are schemas."""
        problem = the_refusal(marks({"$ref": "#/$defs/d"}, **{"$defs": {"d": 3}}))
        assert (problem.code, problem.pointer, problem.message) == ("S003", "/$defs/d", f"expected {A_SCHEMA}")

    def test_a_definition_that_nobody_uses(self) -> None:
        """Definitions are checked, used or not."""
        problem = the_refusal(marks(STRING, **{"$defs": {"d": {"type": "string", "minn": 1}}}))
        assert (problem.code, problem.pointer) == ("S002", "/$defs/d/minn")

    def test_definitions_that_are_no_object(self) -> None:
        """A list of definitions has none to refer to."""
        assert the_refusal(marks(STRING, **{"$defs": []})).message == (
            "$defs: expected an object whose properties are schemas, found []"
        )
        others: list[Any] = [{"$defs": ["d"]}, [], "d"]
        for other in others:
            _, problems = compiled(marks({"$ref": "other.schema.json#/$defs/d"}), other=other)
            assert [(p.code, p.message) for p in problems] == [
                ("S006", "expected a definition 'd' in other.schema.json; there are none")
            ]


class TestAcrossSchemas:
    @pytest.mark.parametrize(
        ("name", "taken"), [("documents", "is reserved"), ("marks", "belongs to the layer 'first'")]
    )
    def test_a_table_name_that_is_taken(self, name: str, taken: str) -> None:
        """A table has one owner; the later one is refused at its x-table, and the earlier one kept."""
        files = {"first": written(marks(STRING)), "own": written(layer({"t": table(name, row())}))}
        model, problems = compile_schemas(METADATA | files, ["first", "own"])
        assert [(p.code, p.message, p.path, p.pointer) for p in problems] == [
            (
                "S004",
                f"expected a table name of its own, found {name!r}, which {taken}",
                "schema/own.schema.json",
                "/properties/t/x-table",
            ),
        ]
        assert stands_at(files["own"], problems[0], f'"{name}"')
        assert list(model.layers) == ["first"]

    def test_two_table_names_that_are_taken(self) -> None:
        """Each is told."""
        files = {
            "first": written(marks(STRING)),
            "own": written(layer({"a": table("documents", row()), "b": table("marks", row())})),
        }
        model, problems = compile_schemas(METADATA | files, ["first", "own"])
        assert [(p.code, p.pointer) for p in problems] == [
            ("S004", "/properties/a/x-table"), ("S004", "/properties/b/x-table"),
        ]  # fmt: skip
        assert list(model.layers) == ["first"]

    def test_two_targets_that_are_none(self) -> None:
        """Each is told."""
        nowhere = {"type": "string", "x-ref": "nowhere"}
        model, problems = compiled(layer({"marks": table("marks", row({"a": nowhere, "b": nowhere}))}))
        at = "/properties/marks/items/properties"
        assert [(p.code, p.pointer) for p in problems] == [("S007", f"{at}/a/x-ref"), ("S007", f"{at}/b/x-ref")]
        assert list(model.layers) == []

    def test_a_table_name_twice_in_one_layer(self) -> None:
        """Two arrays of one layer cannot be one table either."""
        problem = the_refusal(layer({"a": table("marks", row()), "b": table("marks", row())}))
        assert (problem.code, problem.pointer) == ("S004", "/properties/b/x-table")

    def test_all_layers_see_all_tables(self) -> None:
        """A reference may name a table of a layer that comes later."""
        files = {
            "one": written(layer({"a": table("a", row({"of": {"type": "string", "x-ref": "b"}}))})),
            "two": written(layer({"b": table("b", row())})),
        }
        model, problems = compile_schemas(METADATA | files, ["one", "two"])
        assert problems == []
        assert list(model.tables) == ["a", "b"]

    @pytest.mark.parametrize(
        ("properties", "place", "said"),
        [
            ({"a": REF | {"x-ref": "mark"}}, "a/x-ref", "'mark'; did you mean 'marks'? There are: marks, notes"),
            ({"a": array(REF | {"x-ref": "documents"})}, "a/items/x-ref", "'documents'; there are: marks, notes"),
            ({"a": span(**{"x-inside": "notes"})}, "a/x-inside", "'notes'; there are: marks"),
            ({"a": span(**{"x-inside": "./b"}), "b": STRING}, "a/x-inside", "'./b'; there are: marks"),
            (
                {"a": span(**{"x-inside": "./a"}), "b": span()}, "a/x-inside",
                "'./a'; did you mean './b'? There are: ./b, marks",
            ),
            (
                {"a": array(span(), **{"x-inside": "b"}), "b": array(span())}, "a/x-inside",
                "'b'; there are: ./b, marks",
            ),
            ({"a": array(span(**{"x-inside": ""}))}, "a/items/x-inside", "''; there are: marks"),
        ],
    )  # fmt: skip
    def test_a_target_that_is_none(self, properties: Json, place: str, said: str) -> None:
        """x-ref names a table, x-inside a table of spans or a sibling with spans, or S007, with what there is."""
        spans = obj({"id": STRING, **BOUNDS}, **SPAN)
        schema = layer({"marks": table("marks", spans), "notes": table("notes", row(properties))})
        problem = the_refusal(schema)
        assert (problem.code, problem.message) == ("S007", f"{place.split('/')[-1]} cannot name {said}")
        assert problem.pointer == f"/properties/notes/items/properties/{place}"

    @pytest.mark.parametrize("where", ["array", "row"])
    def test_a_table_inside_none(self, where: str) -> None:
        """The rows of a table may have to lie inside another; that one must be there."""
        inside = {"x-inside": "blocks"}
        spans = obj({"id": STRING, **BOUNDS}, **SPAN, **(inside if where == "row" else {}))
        problem = the_refusal(layer({"marks": table("marks", spans, **(inside if where == "array" else {}))}))
        assert (problem.code, problem.message) == ("S007", "x-inside cannot name 'blocks'; there are: marks")
        at = "/properties/marks/items/x-inside" if where == "row" else "/properties/marks/x-inside"
        assert problem.pointer == at

    def test_one_broken_schema_says_nothing_of_the_others(self) -> None:
        """Where a schema could not be compiled, a table that seems unknown is not reported: it may stand there."""
        files = {"one": written(marks({"type": "string", "x-ref": "others"})), "two": b"{"}
        model, problems = compile_schemas(METADATA | files, ["one", "two"])
        assert [p.code for p in problems] == ["F103"]
        assert list(model.layers) == ["one"]


class TestProperties:
    @pytest.mark.parametrize(
        ("node", "expected"),
        [
            (
                {"type": "string", "description": "d", "title": "t", "examples": [1]},
                Property("p", "string", description="d"),
            ),
            (
                {"type": "string", "minLength": 1, "maxLength": 2, "pattern": "a"},
                Property("p", "string", shortest=1, longest=2, pattern="a"),
            ),
            ({"type": "string", "enum": ["b", "a"]}, Property("p", "string", enum=("b", "a"))),
            ({"type": "string", "const": ""}, Property("p", "string", enum=("",))),
            ({"type": "string", "format": "date"}, Property("p", "string", date=True)),
            ({"type": "string", "x-ref": "marks"}, Property("p", "string", ref="marks")),
            ({"type": "integer", "minimum": 0, "maximum": 9}, Property("p", "integer", minimum=0, maximum=9)),
            ({"type": "integer", "const": 0}, Property("p", "integer", enum=(0,))),
            ({"type": "integer", "minimum": 2, "maximum": 2}, Property("p", "integer", minimum=2, maximum=2)),
            ({"type": "number", "minimum": 0.5}, Property("p", "number", minimum=0.5)),
            ({"type": "boolean", "$comment": "c"}, Property("p", "boolean")),
            (
                array(STRING, minItems=1, maxItems=2),
                Property("p", "array", items=Property("", "string"), shortest=1, longest=2),
            ),
            (array(array(INTEGER)), Property("p", "array", items=Property("", "array", items=Property("", "integer")))),
            (
                obj({"a": STRING, "b": INTEGER}, ["b"]),
                Property("p", "object", properties=(Property("a", "string"), Property("b", "integer", required=True))),
            ),
        ],
    )
    def test_a_property(self, node: Json, expected: Property) -> None:
        """Every keyword of a schema in its place in the model."""
        assert property_of(node) == expected

    def test_a_span(self) -> None:
        """A span and a list of spans, with what hangs on them."""
        schema = layer(
            {
                "marks": table(
                    "marks", row({"p": array(span(), **{"x-overlap": "none"}), "q": span(**{"x-inside": "./p"})})
                )
            }
        )
        found = compiled(schema)[0].tables["marks"].row
        assert (found["p"].spans, found["p"].span, found["p"].overlap) == (True, False, "none")
        assert (found["q"].spans, found["q"].span, found["q"].inside) == (False, True, "./p")
        assert [p.name for p in found["q"].properties] == ["start", "end", "text"]

    def test_access(self) -> None:
        """The properties of an object by their names."""
        found = property_of(obj({"a": STRING, "b": INTEGER}))
        assert "a" in found
        assert "c" not in found
        assert found["b"].type == "integer"

    @pytest.mark.parametrize(
        ("node", "plain"),
        [
            (STRING, True),
            ({"type": "string", "pattern": "a"}, True),
            ({"type": "string", "enum": ["a"]}, False),
            ({"type": "string", "format": "date"}, False),
            (INTEGER, False),
        ],
    )
    def test_plain(self, node: Json, plain: bool) -> None:
        """A plain string is neither a category nor a date."""
        assert property_of(node).plain is plain


class TestTables:
    def test_a_table(self) -> None:
        """A table knows its layer, its key in the files, and what its schema says of it."""
        spans = obj({"id": STRING, **BOUNDS}, description="One.", **{"x-span": True, "x-inside": "marks"})
        model, problems = compiled(
            layer({"all": table("marks", spans, description="All.", **{"x-overlap": "nested"})}, required=["document"])
        )
        assert problems == []
        found = model.tables["marks"]
        assert (found.name, found.layer, found.key, found.required) == ("marks", "own", "all", False)
        assert (found.description, found.overlap, found.inside) == ("All.", "nested", "marks")
        assert found.row.description == "One."
        assert model.layers["own"].tables == (found,)

    @pytest.mark.parametrize(
        ("properties", "required", "by"),
        [
            ({"a": STRING}, ["a"], None),
            ({"a": span()}, [], None),
            ({"a": span(), "b": span()}, ["b"], "b"),
            ({"a": array(span()), "b": span()}, ["a", "b"], "a"),
            ({"a": array(STRING), "b": obj(BOUNDS), "c": array(span())}, ["a", "b", "c"], "c"),
        ],
    )
    def test_sorts_by(self, properties: Json, required: list[str], by: str | None) -> None:
        """Rows are sorted by their first required span or list of spans; rows without one keep the file's order."""
        model, _ = compiled(layer({"marks": table("marks", obj({"id": STRING, **properties}, ["id", *required]))}))
        found = model.tables["marks"].sorts_by
        assert (None if found is None else found.name) == by

    def test_rows_that_are_spans_are_sorted_by_themselves(self) -> None:
        """A row that is a span comes before the spans that it has."""
        schema = layer({"marks": table("marks", obj({"id": STRING, "a": span(), **BOUNDS}, **SPAN))})
        found = compiled(schema)[0].tables["marks"]
        assert found.sorts_by is found.row

    def test_the_resolved_schema(self) -> None:
        """What jsonschema is given has no $ref, no definitions and no comments, and is a schema of its own."""
        schema = {
            "$schema": "https://json-schema.org/draft/2020-12/schema",
            "$id": "own.schema.json",
            "$comment": "c",
            **marks({"$ref": "#/$defs/d", "$comment": "c"}, **{"$defs": {"d": {"type": "string", "$comment": "c"}}}),
        }
        model, problems = compiled(schema)
        assert problems == []
        assert model.layers["own"].schema == marks({"type": "string"})


class TestModel:
    def test_names(self) -> None:
        """A layer is called after its file."""
        model, _ = compile_schemas(SHIPPED, LAYERS)
        assert [made.name for made in (*model.metadata.values(), *model.layers.values())] == [
            "corpus", "document", "structure", "entities", "quotes", "dates",
        ]  # fmt: skip

    def test_order(self) -> None:
        """Layers stand in the corpus's order, tables in that of their layers."""
        assert list(MODEL.layers) == ["structure", "entities", "quotes", "dates"]
        assert list(MODEL.tables) == ["blocks", "sentences", "entities", "mentions", "roles", "quotes", "dates"]
        assert sorted(MODEL.metadata) == ["corpus", "document"]
        assert list(compile_schemas(SHIPPED, LAYERS[::-1])[0].layers) == ["dates", "quotes", "entities", "structure"]

    @pytest.mark.parametrize(
        ("table", "by"),
        [("blocks", ""), ("mentions", ""), ("roles", ""), ("dates", ""), ("quotes", "content"), ("entities", None)],
    )
    def test_sorts_by(self, table: str, by: str | None) -> None:
        """Quotes are sorted by their content, entities by nothing, everything else by itself."""
        found = MODEL.tables[table].sorts_by
        assert (None if found is None else found.name) == by

    @pytest.mark.parametrize(
        ("table", "name", "type_"),
        [
            ("quotes", "content", "array"),
            ("quotes", "contents", None),
            ("quote", "content", None),
            ("mentions", "id", "string"),
        ],
    )
    def test_property(self, table: str, name: str, type_: str | None) -> None:
        """A property of a table; None where either is not there."""
        found = MODEL.property(table, name)
        assert (None if found is None else found.type) == type_

    @pytest.mark.parametrize(
        ("table", "names", "are"),
        [
            ("dates", ("type", "value"), True),
            ("dates", ("type", "start"), False),
            ("dates", ("type", "values"), False),
            ("date", ("type",), False),
        ],
    )
    def test_text(self, table: str, names: tuple[str, ...], are: bool) -> None:
        """Whether all of these properties are strings, categories among them."""
        assert MODEL.text(table, *names) is are

    def test_dates_are_no_text(self) -> None:
        """A property that is held as a date is no string."""
        assert not compiled(marks({"type": "string", "format": "date"}))[0].text("marks", "p")

    @pytest.mark.parametrize(
        ("table", "name", "target", "does"),
        [
            ("mentions", "entity", "entities", True),
            ("mentions", "entity", "mentions", False),
            ("entities", "members", "entities", True),
            ("mentions", "text", "entities", False),
            ("mentions", "none", "entities", False),
        ],
    )
    def test_refers(self, table: str, name: str, target: str, does: bool) -> None:
        """Whether a property, or each item of it, names a row of that table."""
        assert MODEL.refers(table, name, target) is does

    def test_a_reference_into_a_layer_that_is_not_there(self) -> None:
        """Where the table itself could not be compiled, nothing refers to it."""
        files = SHIPPED | {"entities": b"{"}
        assert not compile_schemas(files, LAYERS)[0].refers("quotes", "source", "mentions")

    @pytest.mark.parametrize(
        ("table", "name", "listed", "points", "lists_spans"),
        [
            ("quotes", "content", True, False, True),
            ("quotes", "cue", False, True, False),
            ("entities", "members", True, False, False),
            ("quotes", "kind", False, False, False),
            ("quotes", "none", False, False, False),
        ],
    )
    def test_kinds(self, table: str, name: str, listed: bool, points: bool, lists_spans: bool) -> None:
        """Lists, spans, and lists of spans."""
        assert MODEL.listed(table, name) is listed
        assert MODEL.points(table, name) is points
        assert MODEL.lists_spans(table, name) is lists_spans

    @pytest.mark.parametrize(("table", "points"), [("mentions", True), ("quotes", False), ("none", False)])
    def test_rows_that_are_spans(self, table: str, points: bool) -> None:
        """Without a name the rows themselves are meant."""
        assert MODEL.points(table) is points

    def test_the_layer_of_the_tests(self) -> None:
        """The schema of `tests/own` compiles beside the shipped ones."""
        files = SHIPPED | {"marks": (OWN / "schema" / "marks.schema.json").read_bytes()}
        model, problems = compile_schemas(files, [*LAYERS, "marks"])
        assert problems == []
        assert list(model.tables)[-2:] == ["marks", "links"]


def test_a_refusal_says_why() -> None:
    """The text of the exception is the message of the problem that it becomes."""
    assert str(Refused("S003", "expected a list", ("enum",), "own")) == "expected a list"
