"""The dialect twice, as code and as a meta-schema: both say the same, and the shipped schemas keep to it."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import assume, event, given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from sidelines.dialect import ALL_KEYWORDS, ANNOTATIONS, KEYWORDS, REF, ROOT
from sidelines.schema import compile_schemas
from tests import strategies

Json = dict[str, Any]
FOLDER = strategies.ROOT / "schema"
DIALECT: Json = json.loads((FOLDER / "dialect.schema.json").read_bytes())
METADATA = ["corpus", "document"]
LAYERS = ["structure", "entities", "quotes", "dates"]
SHIPPED: dict[str, Json] = {n: json.loads((FOLDER / f"{n}.schema.json").read_bytes()) for n in METADATA + LAYERS}
SHIPPED_AND_OWN = SHIPPED | {"marks": json.loads((strategies.OWN / "schema" / "marks.schema.json").read_bytes())}
TYPES = ["string", "integer", "number", "boolean", "array", "object"]
META = Draft202012Validator(DIALECT)


def written(schema: Any) -> bytes:
    return (json.dumps(schema, indent=2, ensure_ascii=False) + "\n").encode()


def compiles(name: str, schema: Any) -> bool:
    """Whether `compile_schemas` accepts a schema in the place of the shipped one of that name."""
    files = {other: written(schema if other == name else known) for other, known in SHIPPED.items()}
    return not compile_schemas(files, LAYERS)[1]


def conforms(schema: Any) -> bool:
    """Whether the meta-schema accepts a schema."""
    return bool(META.is_valid(schema))


def objects(value: Any) -> Iterator[Json]:
    """Every JSON object in a value."""
    if isinstance(value, dict):
        yield value
        for member in value.values():
            yield from objects(member)
    elif isinstance(value, list):
        for item in value:
            yield from objects(item)


class TestKeywords:
    def test_all(self) -> None:
        """The keywords of the dialect, by name."""
        assert ALL_KEYWORDS == [
            "$comment", "$defs", "$id", "$ref", "$schema", "additionalProperties", "const", "description", "enum",
            "examples", "format", "items", "maxItems", "maxLength", "maximum", "minItems", "minLength", "minimum",
            "pattern", "properties", "required", "title", "type", "x-inside", "x-overlap", "x-ref", "x-span", "x-table",
        ]  # fmt: skip

    def test_the_same_in_both(self) -> None:
        """Every keyword stands in dialect.schema.json, and the other way round."""
        found = {keyword for definition in DIALECT["$defs"].values() for keyword in definition.get("properties", ())}
        assert found == set(ALL_KEYWORDS)

    @pytest.mark.parametrize("kind", TYPES)
    def test_the_same_on_each_type(self, kind: str) -> None:
        """Both allow the same keywords on a type."""
        assert set(DIALECT["$defs"][kind]["properties"]) == {"type", *ANNOTATIONS, *KEYWORDS[kind]}

    def test_the_same_in_the_root(self) -> None:
        """The root of a schema is an object with three keywords more."""
        assert set(DIALECT["$defs"]["root"]["properties"]) == {"type", *ANNOTATIONS, *ROOT, *KEYWORDS["object"]}

    def test_types(self) -> None:
        """The types are those of JSON but null."""
        assert list(KEYWORDS) == TYPES
        assert [ref["$ref"] for ref in DIALECT["$defs"]["schema"]["oneOf"]] == [
            "#/$defs/reference",
            *(f"#/$defs/{kind}" for kind in TYPES),
        ]


VALUES: list[Any] = [
    None, True, False, 0, 1, -1, 2**31 - 1, 2**31, 2**63 - 1, 2**63, -(2**63), -(2**63) - 1, 0.0, 1.0, 1.5, "", "a",
    "A", "a b", "marks", "a" * 64, "a" * 65, "1a", "a-b", "date", "none", "nested", "any", "(", "^a+$", "./a", "./",
    "object", "#/$defs/a", "https://json-schema.org/draft/2020-12/schema", [], ["a"], ["a", "a"], [1], [1, 1], [1, 2],
    [True], [None], [[]], ["a", 1], {}, {"a": {"type": "string"}}, {"type": "string"},
]  # fmt: skip
# What the values of these may be is not said by one keyword alone: schemas in schemas, and names that must be there.
DEEPER = {"items", "properties", "$defs", "x-inside"}
PLACES = [
    (kind, keyword)
    for kind, keywords in {**KEYWORDS, "root": ROOT}.items()
    for keyword in ({**keywords} if kind == "root" else {**ANNOTATIONS, **keywords})
    if keyword not in DEEPER
]


class TestValues:
    @pytest.mark.parametrize(("kind", "keyword"), PLACES)
    def test_what_the_code_takes_the_meta_schema_takes(self, kind: str, keyword: str) -> None:
        """Of each keyword, on each type: no value is legal for the code and illegal for the meta-schema."""
        check = (ROOT if kind == "root" else ANNOTATIONS | KEYWORDS[kind])[keyword]
        meta = Draft202012Validator({"$ref": f"#/$defs/{kind}/properties/{keyword}", "$defs": DIALECT["$defs"]})
        legal = [value for value in VALUES if check(value) is None]
        assert legal
        assert [value for value in legal if meta.is_valid(value)] == legal

    @pytest.mark.parametrize(
        ("kind", "keyword", "legal"),
        [
            ("string", "minLength", [0, 1, 2**31 - 1]),
            ("array", "maxItems", [0, 1, 2**31 - 1]),
            ("string", "enum", [["a"]]),
            ("integer", "enum", [[1], [1, 2]]),
            ("integer", "const", [0, 1, -1, 2**31 - 1, 2**31, 2**63 - 1, -(2**63)]),
            ("number", "minimum", [0, 1, -1, 2**31 - 1, 2**31, 2**63 - 1, -(2**63), 0.0, 1.0, 1.5]),
            ("string", "format", ["date"]),
            ("array", "x-overlap", ["none", "nested", "any"]),
            ("object", "x-span", [True]),
            ("object", "additionalProperties", [False]),
            ("object", "required", [[], ["a"]]),
            ("array", "x-table", ["a", "marks", "a" * 64, "date", "none", "nested", "any", "object"]),
            ("array", "items", [{}, {"a": {"type": "string"}}, {"type": "string"}]),
        ],
    )
    def test_legal_values(self, kind: str, keyword: str, legal: list[Any]) -> None:
        """The legal values of a keyword among many; neither true nor 1.0 passes for 1."""
        found = [value for value in VALUES if KEYWORDS[kind][keyword](value) is None]
        assert [(type(value), value) for value in found] == [(type(value), value) for value in legal]

    @pytest.mark.parametrize(
        ("ref", "file", "name"),
        [
            ("#/$defs/span", None, "span"),
            ("quotes.schema.json", "quotes.schema.json", None),
            ("a-b_0.schema.json#/$defs/A-b_0", "a-b_0.schema.json", "A-b_0"),
        ],
    )
    def test_references(self, ref: str, file: str | None, name: str | None) -> None:
        """A reference names a definition, a file, or a definition of a file."""
        match = REF.fullmatch(ref)
        assert match is not None
        assert (match["file"], match["name"]) == (file, name)

    @pytest.mark.parametrize(
        "ref",
        [
            "#", "#/", "#/$defs", "#/$defs/", "#/$defs/a/b", "#/$defs/a b", "#/definitions/a", "a.json",
            "A.schema.json", "../a.schema.json", "./a.schema.json", "https://a/a.schema.json", "a.schema.json#",
            "a.schema.json#a", "é.schema.json",
        ],
    )  # fmt: skip
    def test_no_references(self, ref: str) -> None:
        """Nothing else is a reference, for either."""
        assert REF.fullmatch(ref) is None
        assert not conforms({"type": "object", "properties": {"a": {"$ref": ref}}, "additionalProperties": False})


class TestShipped:
    def test_the_meta_schema_is_a_schema(self) -> None:
        """The meta-schema is valid JSON Schema 2020-12."""
        Draft202012Validator.check_schema(DIALECT)

    @pytest.mark.parametrize("name", sorted(SHIPPED_AND_OWN))
    def test_each_is_a_schema(self, name: str) -> None:
        """Every schema is valid JSON Schema 2020-12, and says so, under its own name."""
        schema = SHIPPED_AND_OWN[name]
        Draft202012Validator.check_schema(schema)
        assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
        assert schema["$id"] == f"{name}.schema.json"

    @pytest.mark.parametrize("name", sorted(SHIPPED_AND_OWN))
    def test_each_conforms(self, name: str) -> None:
        """Every schema is accepted by the meta-schema."""
        assert [error.message for error in META.iter_errors(SHIPPED_AND_OWN[name])] == []

    def test_all_compile(self) -> None:
        """All of them together compile, without a problem."""
        files = {name: written(schema) for name, schema in SHIPPED_AND_OWN.items()}
        assert compile_schemas(files, [*LAYERS, "marks"])[1] == []

    @pytest.mark.parametrize("name", [*sorted(SHIPPED), "dialect"])
    def test_each_is_in_canonical_form(self, name: str) -> None:
        """Every schema file is as `sidelines fmt` writes it: two spaces, one property or item a line."""
        raw = (FOLDER / f"{name}.schema.json").read_bytes()
        assert raw == written(json.loads(raw))

    def test_nothing_else_is_shipped(self) -> None:
        """The folder holds these schemas and the meta-schema."""
        assert {path.name for path in FOLDER.iterdir()} == {f"{name}.schema.json" for name in (*SHIPPED, "dialect")}

    @pytest.mark.parametrize("name", [*sorted(SHIPPED), "dialect"])
    def test_every_property_is_described(self, name: str) -> None:
        """Every property of every schema says what it means, in a sentence of its own."""
        nodes = DIALECT["$defs"].values() if name == "dialect" else objects(SHIPPED[name])
        declared = {
            (position, key): member
            for position, node in enumerate(nodes)
            for key, member in node.get("properties", {}).items()
        }
        assert len(declared) > 5
        assert [
            place for place, member in declared.items() if not str(member.get("description", "")).endswith(".")
        ] == []

    @pytest.mark.parametrize("name", sorted(SHIPPED))
    def test_every_schema_is_described(self, name: str) -> None:
        """Every schema has a title and a description."""
        assert SHIPPED[name]["title"]
        assert SHIPPED[name]["description"].endswith(".")


WORDS = ["type", "typ", "x-spam", "minLenght", "uniqueItems", "allOf", "a", "", *ALL_KEYWORDS]
LIKELY: list[Any] = [
    *TYPES,
    "#/$defs/span",
    "quotes.schema.json#/$defs/span",
    "mentions",
    "./content",
    {"$ref": "#/$defs/span"},
]


@st.composite
def mutated(draw: st.DrawFn) -> tuple[str, Json]:
    """A shipped schema in which one or two keywords or properties are dropped, renamed, retyped or added."""
    name = draw(st.sampled_from(METADATA + LAYERS))
    schema = copy.deepcopy(SHIPPED[name])
    for _ in range(draw(st.integers(1, 2))):
        node = draw(st.sampled_from(list(objects(schema))))
        how = draw(st.sampled_from(["drop", "rename", "retype", "add"] if node else ["add"]))
        if how == "add":
            node[draw(st.sampled_from(WORDS))] = copy.deepcopy(draw(st.sampled_from(VALUES + LIKELY)))
            continue
        key = draw(st.sampled_from(sorted(node)))
        if how == "drop":
            del node[key]
        elif how == "rename":
            node[draw(st.sampled_from(WORDS))] = node.pop(key)
        else:
            node[key] = copy.deepcopy(draw(st.sampled_from(VALUES + LIKELY)))
    return name, schema


class TestOneVerdict:
    @given(mutated())
    def test_what_compiles_conforms(self, drawn: tuple[str, Json]) -> None:
        """What the compiler accepts the meta-schema accepts; what the meta-schema refuses the compiler refuses."""
        name, schema = drawn
        accepted = compiles(name, schema)
        event("accepted" if accepted else "refused")
        assert conforms(schema) or not accepted

    @pytest.mark.parametrize(
        "change",
        [
            {"additionalProperties": None},
            {"additionalProperties": True},
            {"type": None},
            {"type": "array"},
            {"type": ["object"]},
            {"$schema": "http://json-schema.org/draft-07/schema#"},
            {"$id": 1},
            {"$defs": []},
            {"$defs": {"a": {"type": "string", "minn": 1}}},
            {"$defs": {"a": True}},
            {"title": ["a"]},
            {"description": None, "descripton": "A."},
            {"examples": {}},
            {"$anchor": "a"},
            {"allOf": [{}]},
            {"x-table": "a"},
            {"x-mine": 1},
            {"required": "document"},
            {"required": ["document", "document"]},
            {"properties": []},
            {"properties": {"": {"type": "string"}}},
            {"properties": {"a": True}},
            {"properties": {"a": {}}},
            {"properties": {"a": {"type": "null"}}},
            {"properties": {"a": {"type": "string", "minimum": 1}}},
            {"properties": {"a": {"type": "string", "minLength": -1}}},
            {"properties": {"a": {"type": "string", "minLength": "1"}}},
            {"properties": {"a": {"type": "string", "enum": []}}},
            {"properties": {"a": {"type": "string", "enum": [1]}}},
            {"properties": {"a": {"type": "string", "format": "uri"}}},
            {"properties": {"a": {"type": "string", "pattern": 1}}},
            {"properties": {"a": {"type": "string", "x-ref": "A"}}},
            {"properties": {"a": {"type": "string", "$schema": "https://json-schema.org/draft/2020-12/schema"}}},
            {"properties": {"a": {"type": "integer", "minimum": 1.5}}},
            {"properties": {"a": {"type": "integer", "const": "1"}}},
            {"properties": {"a": {"type": "number", "const": 1}}},
            {"properties": {"a": {"type": "boolean", "enum": [True]}}},
            {"properties": {"a": {"type": "array"}}},
            {"properties": {"a": {"type": "array", "items": False}}},
            {"properties": {"a": {"type": "array", "items": {"type": "string"}, "uniqueItems": True}}},
            {"properties": {"a": {"type": "array", "items": {"type": "string"}, "x-overlap": True}}},
            {"properties": {"a": {"type": "object", "properties": {}}}},
            {"properties": {"a": {"type": "object", "additionalProperties": False, "x-span": False}}},
            {"properties": {"a": {"type": "object", "additionalProperties": False, "x-inside": "."}}},
            {"properties": {"a": {"$ref": "#/properties/document"}}},
            {"properties": {"a": {"$ref": 1}}},
            {"properties": {"a": {"$ref": ""}}},
        ],
        ids=json.dumps,
    )
    def test_what_does_not_conform_does_not_compile(self, change: Json) -> None:
        """One fault of each kind, refused by both."""
        schema = {key: value for key, value in (SHIPPED["dates"] | change).items() if value is not None}
        assert not conforms(schema)
        assert not compiles("dates", schema)

    @given(st.sampled_from(METADATA + LAYERS), st.data())
    def test_annotations_change_nothing(self, name: str, data: st.DataObject) -> None:
        """Without titles, descriptions and examples, and with comments anywhere, a schema is as good as before."""
        schema = copy.deepcopy(SHIPPED[name])
        for node in objects(schema):
            if isinstance(node.get("type"), str) or isinstance(node.get("$ref"), str):
                for key in data.draw(st.sets(st.sampled_from(["title", "description", "examples"]))):
                    node.pop(key, None)
                node |= data.draw(st.sampled_from([{}, {"$comment": "x"}, {"examples": [1]}]))
        assume(schema != SHIPPED[name])
        assert compiles(name, schema)
        assert conforms(schema)
