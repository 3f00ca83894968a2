"""Schemas in the dialect, compiled to the model.

The dialect is a subset of JSON Schema 2020-12 with five keywords of its own; `schema/dialect.schema.json` says the same
as a meta-schema, for editors and other tools.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from sidelines.jsontree import Path
from sidelines.model import METADATA, Layer, Model, Property, Table
from sidelines.problems import Problem, names
from sidelines.resolver import Refused, Resolver, SchemaFolder

__all__ = ["compile_schemas"]

RESERVED_TABLES = frozenset({"documents"})


def compile_schemas(files: Mapping[str, bytes], layers: list[str]) -> tuple[Model, list[Problem]]:
    """Compile the schema files of a corpus.

    Parameters
    ----------
    files:
        the bytes of every `schema/<name>.schema.json`, by `<name>`.
    layers:
        the names of the corpus's layers.

    Returns
    -------
    The model of those schemas that are in order, and the problems (F1…, S0…) of the others.
    """
    folder = SchemaFolder(files)
    for name in files:
        with folder.reporting(name):
            folder.value(name)
    compiled: dict[str, Layer] = {}
    for name in (*METADATA, *layers):
        if name in files:
            with folder.reporting(name):
                compiled[name] = _layer(folder, name)
        else:
            others = (f"{other}.schema.json" for other in files if other not in (*METADATA, *layers))
            message = f"expected the file, found none; of other schemas, {names(f'{name}.schema.json', others)}"
            folder.problems.append(Problem("S001", "error", message, path=f"schema/{name}.schema.json"))
    contested = _cross_check(folder, compiled, len(METADATA) + len(layers))
    own, metadata = ({n: compiled[n] for n in some if n in compiled} for some in (layers, METADATA))
    return Model(own, metadata, contested), folder.problems


def _layer(folder: SchemaFolder, name: str) -> Layer:
    value = folder.value(name)
    if not isinstance(value, dict):
        raise Refused("S003", "expected a schema (an object)", (), name)
    resolver = Resolver(folder)
    schema, root = resolver.compile(value, (), name, "")
    if "$ref" in value:
        raise Refused("S003", "expected a schema with a type of its own, found a $ref", ("$ref",), name, True)
    for key, definition in value.get("$defs", {}).items():
        resolver.compile(definition, ("$defs", key), name, "")
    if root.type != "object":
        raise Refused("S003", f'expected "type": "object", found {root.type!r}', ("type",), name)
    if name in METADATA:
        _expect_metadata(name, root)
        return Layer(name, root, schema)
    if "document" not in root or not root["document"].plain or not root["document"].required:
        raise Refused("S003", 'expected a required property "document" of type string', ("properties",), name)
    if "$schema" in root and not root["$schema"].plain:
        raise Refused("S003", 'expected the property "$schema" of type string', ("properties", "$schema"), name)
    for envelope in (member for member in root.properties if member.name in _ENVELOPE and member.ref is not None):
        message = "x-ref stands on a property of a row or on the items of its arrays"
        raise Refused("S003", message, ("properties", envelope.name, "x-ref"), name, True)
    tables = tuple(_table(p, name, schema["properties"][p.name]) for p in root.properties if p.name not in _ENVELOPE)
    return Layer(name, root, schema, tables)


_ENVELOPE = ("$schema", "document")
_NEEDED = {
    "corpus": {"name": "string", "version": "string", "layers": "array"},
    "document": {"id": "string", "characters": "integer", "sha256": "string"},
}


def _expect_metadata(name: str, root: Property) -> None:
    for needed, type_ in _NEEDED[name].items():
        if needed not in root or root[needed].type != type_ or not root[needed].required:
            message = f"expected a required property {needed!r} of type {type_}"
            raise Refused("S003", message, ("properties", needed), name)
    for member in root.properties:
        if _hangs(member):
            message = "the x- keywords stand in the schemas of layers, not of metadata"
            raise Refused("S003", message, ("properties", member.name), name, True)
        if member.name in ("language", "$schema") and member.type != "string":
            raise Refused("S003", f"expected {member.name!r} of type string", ("properties", member.name), name)
    if name == "document" and "text" in root:
        raise Refused("S005", "'text' is the column of the document's text", ("properties", "text"), name, True)
    if name == "document" and "document" in root:
        raise Refused("S005", "'document' is the column of the document's id", ("properties", "document"), name, True)


def _table(root: Property, layer: str, schema: dict[str, Any]) -> Table:
    path = ("properties", root.name)
    if "x-table" not in schema:
        message = f"expected only $schema, document and arrays with x-table in a layer, found {root.name!r}"
        raise Refused("S003", message, path, layer, True)
    if (row := root.items) is None or row.type != "object":
        raise Refused("S003", "expected objects as the items of an x-table", (*path, "items"), layer)
    if "id" not in row or not row["id"].plain or not row["id"].required:
        message = 'expected a required property "id" of type string, without enum or format, in the rows of an x-table'
        raise Refused("S003", message, (*path, "items"), layer)
    for member in row.properties:
        if any(_hangs(deeper) for deeper in (*member.properties, *_members(member.items))):
            message = "x-span and x-ref stand on a row, its properties and the items of its arrays, not deeper"
            raise Refused("S003", message, (*path, "items", "properties", member.name), layer, True)
    columns: dict[str, str] = {"document": "the id of the document"}
    for member in row.properties:
        for column in _columns(member):
            if column in columns:
                message = (
                    f"expected different columns, found {column!r} twice: from {columns[column]} and {member.name!r}"
                )
                raise Refused("S005", message, (*path, "items", "properties", member.name), layer, True)
            columns[column] = repr(member.name)
    return Table(
        schema["x-table"],
        layer,
        root.name,
        row,
        root.required,
        root.description,
        root.overlap,
        root.inside or row.inside,
    )


def _members(items: Property | None) -> Iterator[Property]:
    if items is not None:
        yield from items.properties
        yield from () if items.items is None else (items.items,)


def _hangs(node: Property) -> bool:
    inner = (*node.properties, *(() if node.items is None else (node.items,)))
    return node.span or node.ref is not None or any(map(_hangs, inner))


def _columns(member: Property) -> Iterator[str]:
    return (f"{member.name}_{part.name}" for part in member.properties) if member.span else iter([member.name])


def _cross_check(folder: SchemaFolder, compiled: dict[str, Layer], wanted: int) -> frozenset[str]:
    """What shows only when the schemas are seen together: tables claimed twice, references to tables no one has.

    Returns the names of tables that are claimed twice.
    """
    owners: dict[str, Table] = {}
    contested: set[str] = set()
    for name, layer in list(compiled.items()):
        for table in layer.tables:
            taken = "is reserved" if table.name in RESERVED_TABLES else None
            if table.name in owners:
                taken = f"belongs to the layer {owners[table.name].layer!r}"
                contested.add(table.name)
            owners.setdefault(table.name, table)
            if taken:
                place = ("properties", table.key, "x-table")
                with folder.reporting(name):
                    compiled.pop(name, None)
                    raise Refused(
                        "S004", f"expected a table name of its own, found {table.name!r}, which {taken}", place, name
                    )
    if len(compiled) < wanted:
        return frozenset(contested)  # a table that seems unknown may stand in a schema that could not be compiled
    spans = [table.name for table in owners.values() if table.row.span]
    for name, layer in list(compiled.items()):
        for path, keyword, target, row in _targets(layer):
            legal = (
                list(owners)
                if keyword == "x-ref"
                else [*spans, *(f"./{p.name}" for p in row.properties if (p.span or p.spans) and p.name not in path)]
            )
            if target not in legal:
                with folder.reporting(name):
                    compiled.pop(name, None)
                    raise Refused("S007", f"{keyword} cannot name {target!r}; {names(target, legal)}", path, name)
    return frozenset(contested)


def _targets(layer: Layer) -> Iterator[tuple[Path, str, str, Property]]:
    """Every x-ref and x-inside of a layer: its place, keyword, target, and the row that it stands in."""
    for table in layer.tables:
        at = ("properties", table.key)
        if layer.schema["properties"][table.key].get("x-inside") is not None:
            yield (*at, "x-inside"), "x-inside", str(table.inside), table.row
        yield from _targets_of(table.row, (*at, "items"), table.row)


def _targets_of(node: Property, path: Path, row: Property) -> Iterator[tuple[Path, str, str, Property]]:
    for keyword, target in (("x-ref", node.ref), ("x-inside", node.inside)):
        if target is not None:
            yield (*path, keyword), keyword, target, row
    for member in node.properties:
        yield from _targets_of(member, (*path, "properties", member.name), row)
    if node.items is not None:
        yield from _targets_of(node.items, (*path, "items"), row)
