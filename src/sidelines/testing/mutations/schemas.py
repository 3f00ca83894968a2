"""Faults of schemas, and of values against them (S)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from typing import Any

import msgspec

from sidelines.model import Property
from sidelines.resolver import layout
from sidelines.testing.drawn import DrawnCorpus, DrawnDocument, Files
from sidelines.testing.mutations.places import Draw, Mutation, choose, replaced, rows_of
from sidelines.testing.valuer import fits

__all__ = ["MUTATIONS"]

Schema = dict[str, Any]


def _missing_schema(corpus: DrawnCorpus, draw: Draw) -> Files:
    content = dict(corpus.files().content)
    # One to which another refers would be missed there too.
    alone = [name for name in corpus.model.layers if not _used(corpus, name)]
    del content[f"schema/{choose(draw, alone)}.schema.json"]
    return Files(content)


def _used(corpus: DrawnCorpus, name: str) -> bool:
    return any(f'"$ref": "{name}.schema'.encode() in raw for other, raw in corpus.schemas.items() if other != name)


def _schema(change: Callable[[DrawnCorpus, Schema, Draw], None]) -> Callable[[DrawnCorpus, Draw], Files]:
    """A fault of the schema of a layer."""

    def changed(corpus: DrawnCorpus, draw: Draw) -> Files:
        name = choose(draw, [name for name in corpus.model.layers if not _used(corpus, name)])
        schema = msgspec.json.decode(corpus.schemas[name])
        change(corpus, schema, draw)
        return Files({**corpus.files().content, f"schema/{name}.schema.json": layout(schema)})

    return changed


def _arrays(schema: Schema) -> list[Schema]:
    """The tables of a layer whose rows are described in place."""
    arrays = [member for member in schema["properties"].values() if "x-table" in member]
    return [array for array in arrays if "properties" in array["items"]]


def _members(schema: Schema) -> list[tuple[Schema, str]]:
    """The properties of its rows, each with the object that it stands in."""
    return [(row["properties"], name) for row in (a["items"] for a in _arrays(schema)) for name in row["properties"]]


def _unknown_keyword(corpus: DrawnCorpus, schema: Schema, draw: Draw) -> None:
    keyword = choose(draw, ["x-spam", "maxlength", "oneOf", "patternProperties"])
    members, name = choose(draw, _members(schema))
    choose(draw, [schema, members[name]])[keyword] = 1


def _open_object(corpus: DrawnCorpus, schema: Schema, draw: Draw) -> None:
    del choose(draw, [schema, *(array["items"] for array in _arrays(schema))])["additionalProperties"]


def _two_types(corpus: DrawnCorpus, schema: Schema, draw: Draw) -> None:
    members, name = choose(draw, [(members, name) for members, name in _members(schema) if "type" in members[name]])
    members[name]["type"] = [members[name]["type"], "null"]


def _taken_table(corpus: DrawnCorpus, schema: Schema, draw: Draw) -> None:
    array = choose(draw, [member for member in schema["properties"].values() if "x-table" in member])
    array["x-table"] = choose(draw, ["documents", *(t for t in corpus.model.tables if t != array["x-table"])])


def _column_twice(corpus: DrawnCorpus, schema: Schema, draw: Draw) -> None:
    choose(draw, _arrays(schema))["items"]["properties"]["document"] = {"type": "string"}


def _lost_ref(corpus: DrawnCorpus, schema: Schema, draw: Draw) -> None:
    members, name = choose(draw, _members(schema))
    members[name] = {"$ref": choose(draw, ["#/$defs/nowhere", "nowhere.schema.json", "https://example.org/a.json"])}


def _unknown_ref(corpus: DrawnCorpus, schema: Schema, draw: Draw) -> None:
    members, name = choose(draw, [pair for pair in _members(schema) if "x-ref" in pair[0][pair[1]]])
    members[name]["x-ref"] = "nobody"


def _unknown_outside(corpus: DrawnCorpus, schema: Schema, draw: Draw) -> None:
    array = choose(draw, [array for array in _arrays(schema) if "x-span" in array["items"]])
    choose(draw, [part for part in (array, array["items"]) if "x-inside" in part] or [array])["x-inside"] = "nobody"


# -- values ------------------------------------------------------------------------------------------------------------

Slot = tuple[Property, dict[str, Any], Callable[[dict[str, Any]], Files]]


def _objects(corpus: DrawnCorpus) -> Iterator[Slot]:
    """Every object of the files, with its schema and what gives the files with another in its place."""
    metadata = corpus.model.metadata
    yield metadata["corpus"].root, corpus.metadata, lambda new: replace(corpus, metadata=new).files()
    for document in corpus.documents:
        yield metadata["document"].root, document.metadata, partial(_with_metadata, corpus, document)
        for name, layer in document.layers.items():
            yield corpus.model.layers[name].root, layer, partial(_with_layer, corpus, document, name)
    for place in rows_of(corpus):
        yield place.table.row, place.row, partial(replaced, corpus, place)
        for member in place.table.row.properties:
            if member.span and member.name in place.row:
                inner = replace(place, path=(member.name,))
                yield member, inner.value, partial(replaced, corpus, inner)


def _with_metadata(corpus: DrawnCorpus, document: DrawnDocument, new: dict[str, Any]) -> Files:
    return corpus.with_document(replace(document, metadata=new)).files()


def _with_layer(corpus: DrawnCorpus, document: DrawnDocument, name: str, new: dict[str, Any]) -> Files:
    return corpus.with_document(replace(document, layers={**document.layers, name: new})).files()


def _missing_property(corpus: DrawnCorpus, draw: Draw) -> Files:
    objects = [(node, value, put) for node, value, put in _objects(corpus) if any(m.required for m in node.properties)]
    node, value, put = choose(draw, objects)
    gone = choose(draw, [member.name for member in node.properties if member.required])
    return put({name: member for name, member in value.items() if name != gone})


def _unknown_property(corpus: DrawnCorpus, draw: Draw) -> Files:
    node, value, put = choose(draw, _objects(corpus))
    return put({**value, choose(draw, [n for n in ("colour", "Id", "text ") if n not in node]): "red"})


def _value(wrong: Callable[[Property, Any, Draw], list[Any]]) -> Callable[[DrawnCorpus, Draw], Files]:
    """A value that its property may not have, in any object."""

    def change(corpus: DrawnCorpus, draw: Draw) -> Files:
        slots = [
            (value, put, member, wrong(member, value[member.name], draw))
            for node, value, put in _objects(corpus)
            for member in node.properties
            if member.name in value and member.name not in ("$schema", "document", "id", "layers")
        ]
        value, put, member, options = choose(draw, [slot for slot in slots if slot[3]])
        return put({**value, member.name: choose(draw, options)})

    return change


def _other_types(node: Property, value: Any, draw: Draw) -> list[Any]:
    if node.type == "integer":
        return [str(value), float(value), None, value == 1]
    if node.type == "string":
        return [len(value), [value], None]
    return [None, "yes"] if node.type in ("boolean", "number") else [None, {} if node.type == "array" else []]


def _unlisted(node: Property, value: Any, draw: Draw) -> list[Any]:
    if not node.enum:
        return []
    others = [f"{value}X", value.swapcase(), f"{value} ", ""] if node.type == "string" else [value - 1, value + 1]
    return [other for other in others if other not in node.enum]


def _mismatched(node: Property, value: Any, draw: Draw) -> list[Any]:
    if node.date:
        return ["2018-02-30", "20181024", "24/10/2018", f"{value}T00:00", ""]
    if node.pattern is None:
        return []
    bounds = replace(node, pattern=None)
    others = [f"{value}\n", f" {value}", f"{value}!", "", "é"]
    return [other for other in others if fits(bounds, other) and not fits(node, other)]


def _out_of_bounds(node: Property, value: Any, draw: Draw) -> list[Any]:
    options: list[Any] = []
    step = 1.0 if node.type == "number" else 1
    options += [node.minimum - step] if node.minimum is not None and node.minimum > -(2**53) else []
    options += [node.maximum + step] if node.maximum is not None and node.maximum < 2**53 else []
    if node.type in ("string", "array") and node.pattern is None:
        options += [value[: node.shortest - 1]] if node.shortest else []
        options += [(value or [])[:1] * (node.longest + 1)] if node.longest is not None and value else []
    return options


MUTATIONS = (
    Mutation("schema-deleted", "S001", "The schema of a layer is gone.", _missing_schema),
    Mutation("unknown-keyword", "S002", "A keyword that the dialect does not have.", _schema(_unknown_keyword)),
    Mutation("open-object", "S003", "An object that lets everything in.", _schema(_open_object)),
    Mutation("two-types", "S003", "A property of two types.", _schema(_two_types)),
    Mutation("table-name-taken", "S004", "A table with the name of another.", _schema(_taken_table)),
    Mutation("column-twice", "S005", "A property that makes a column a second time.", _schema(_column_twice)),
    Mutation("lost-definition", "S006", "A $ref that leads nowhere.", _schema(_lost_ref)),
    Mutation("unknown-target", "S007", "An x-ref to a table that is not there.", _schema(_unknown_ref)),
    Mutation("unknown-outside", "S007", "An x-inside of a table that is not there.", _schema(_unknown_outside)),
    Mutation("property-dropped", "S101", "A required property is gone.", _missing_property),
    Mutation("property-added", "S102", "A property that no schema knows.", _unknown_property),
    Mutation("other-type", "S103", "A value of another type, such as 3.0 for 3, or null.", _value(_other_types)),
    Mutation("unlisted-value", "S104", "A value that the enum does not list.", _value(_unlisted)),
    Mutation("pattern-broken", "S105", "A string that does not match its pattern, or no day.", _value(_mismatched)),
    Mutation("out-of-bounds", "S106", "A number or a length beyond its bounds.", _value(_out_of_bounds)),
)  # fmt: skip
