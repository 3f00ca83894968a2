"""Schemas in the dialect, compiled to a model of tables, rows and properties that everything else is derived from.

The dialect is a subset of JSON Schema 2020-12 with five keywords of its own; `schema/dialect.schema.json` says the same
as a meta-schema, for editors and other tools. Nothing is fetched: `$ref` reaches files of the same folder only.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Literal

import msgspec

from sidelines.dialect import ALL_KEYWORDS, ANNOTATIONS, KEYWORDS, REF, ROOT
from sidelines.problems import Problem, names, not_canonical, pointer
from sidelines.strictjson import MAX_DEPTH, JSONFault, Path, Tree, parse

__all__ = ["METADATA", "Layer", "Model", "Property", "Table", "compile_schemas"]

METADATA = ("corpus", "document")
RESERVED_TABLES = frozenset({"documents"})
MAX_NODES = 10_000
INT64_MIN, INT64_MAX = -(2**63), 2**63 - 1

Overlap = Literal["none", "nested", "any"]


@dataclass(frozen=True, slots=True)
class Property:
    """A value in a file: a property of an object, or the items of an array.

    `type` is the JSON Schema type; `span` marks an `x-span` object. Bounds that a schema leaves open are None.
    """

    name: str
    type: str
    required: bool = False
    description: str = ""
    properties: tuple[Property, ...] = ()
    items: Property | None = None
    span: bool = False
    ref: str | None = None
    overlap: Overlap | None = None
    inside: str | None = None
    enum: Path = ()
    pattern: str | None = None
    date: bool = False
    minimum: int | float | None = None
    maximum: int | float | None = None
    shortest: int | None = None
    longest: int | None = None

    @property
    def plain(self) -> bool:
        """Whether it is any string: no enum, no date."""
        return self.type == "string" and not self.enum and not self.date

    @property
    def spans(self) -> bool:
        """Whether it is an array of spans."""
        return self.items is not None and self.items.span

    def __getitem__(self, name: str) -> Property:
        return next(member for member in self.properties if member.name == name)

    def __contains__(self, name: str) -> bool:
        return any(member.name == name for member in self.properties)


@dataclass(frozen=True, slots=True)
class Table:
    """An `x-table` array, the property `key` of a layer's files: its rows become one Arrow table."""

    name: str
    layer: str
    key: str
    row: Property
    required: bool
    description: str
    overlap: Overlap | None = None
    inside: str | None = None

    @property
    def sorts_by(self) -> Property | None:
        """What its rows are sorted by, (start, -end): the row itself, or its first required span or list of spans."""
        if self.row.span:
            return self.row
        return next((p for p in self.row.properties if p.required and (p.span or p.spans)), None)


@dataclass(frozen=True, slots=True)
class Layer:
    """One schema file: `root` is the whole file's object, `schema` the same with every `$ref` resolved."""

    name: str
    root: Property
    schema: dict[str, Any]
    tables: tuple[Table, ...] = ()


@dataclass(frozen=True, slots=True)
class Model:
    """The schemas of a corpus: `layers` by name, in the corpus's order, and the two kinds of metadata files."""

    layers: Mapping[str, Layer]
    metadata: Mapping[str, Layer]
    tables: Mapping[str, Table] = field(init=False)

    def __post_init__(self) -> None:
        tables = {table.name: table for layer in self.layers.values() for table in layer.tables}
        object.__setattr__(self, "tables", tables)

    def property(self, table: str, name: str) -> Property | None:
        """The property of that name of that table's rows; None where there is no such table or property."""
        if table not in self.tables or name not in self.tables[table].row:
            return None
        return self.tables[table].row[name]

    def text(self, table: str, *names: str) -> bool:
        """Whether these properties are strings: what a rule of a built-in layer asks before it runs."""
        found = [self.property(table, name) for name in names]
        return all(node is not None and node.type == "string" and not node.date for node in found)

    def refers(self, table: str, name: str, target: str) -> bool:
        """Whether this property is a reference to that table, or a list of them."""
        node = self.property(table, name)
        node = node.items if node is not None and node.items is not None else node
        return node is not None and node.ref == target and target in self.tables

    def listed(self, table: str, name: str) -> bool:
        """Whether this property is an array."""
        node = self.property(table, name)
        return node is not None and node.items is not None

    def points(self, table: str, name: str | None = None) -> bool:
        """Whether this property, or without a name the row itself, is a span."""
        if name is None:
            return table in self.tables and self.tables[table].row.span
        node = self.property(table, name)
        return node is not None and node.span

    def lists_spans(self, table: str, name: str) -> bool:
        """Whether this property is an array of spans."""
        node = self.property(table, name)
        return node is not None and node.spans


class _Refused(Exception):
    """One fault of a schema, at a place in one file."""

    def __init__(self, code: str, message: str, path: Path, file: str, key: bool = False) -> None:
        super().__init__(message)
        self.code, self.message, self.path, self.file, self.key = code, message, path, file, key


# -- compiling ---------------------------------------------------------------------------------------------------------


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
    folder = _Folder(files)
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
    _cross_check(folder, compiled, len(METADATA) + len(layers))
    model = Model(
        {n: compiled[n] for n in layers if n in compiled}, {n: compiled[n] for n in METADATA if n in compiled}
    )
    return model, folder.problems


def tidy(raw: bytes) -> Any:
    """The value of a schema file in canonical form (two spaces, one property or item a line); None for any other."""
    try:
        value = msgspec.json.decode(raw)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None
    return value if layout(value) == raw else None


def layout(value: Any) -> bytes:
    """The canonical form of a schema file: the keys stay in the order that its author gave them."""
    return msgspec.json.format(msgspec.json.encode(value), indent=2) + b"\n"


class _Folder:
    """The schema files, each parsed once; problems gather here, one for each cause."""

    def __init__(self, files: Mapping[str, bytes]) -> None:
        self.files = files
        self.values: dict[str, Any] = {}
        self.problems: list[Problem] = []

    def value(self, name: str) -> Any:
        """The schema file as a Python value; the strict parser sees it only if it is not in canonical form."""
        if name not in self.values:
            raw = self.files[name]
            value = tidy(raw)
            if value is None:
                value = self.tree(name).value
                self.problems.append(not_canonical(f"schema/{name}.schema.json", raw, layout(value)))
            self.values[name] = value
        return self.values[name]

    def tree(self, name: str) -> Tree:
        return parse(self.files[name])

    @contextmanager
    def reporting(self, name: str) -> Iterator[None]:
        """Turn the fault that ends the block, if there is one, into a problem."""
        try:
            try:
                yield
            except _Refused as refused:
                fault, tree = refused, self.tree(refused.file)
                line, column = tree.position(fault.path, fault.key)
                path, where = f"schema/{fault.file}.schema.json", pointer(fault.path)
                problem = Problem(fault.code, "error", fault.message, path, where, line, column)
            else:
                return
        except JSONFault as broken:
            path = f"schema/{name}.schema.json"
            problem = Problem(broken.code, "error", broken.message, path, None, broken.line, broken.column)
        if problem not in self.problems:  # two layers may stumble over one definition
            self.problems.append(problem)


def _layer(folder: _Folder, name: str) -> Layer:
    value = folder.value(name)
    if not isinstance(value, dict):
        raise _Refused("S003", "expected a schema (an object)", (), name)
    resolver = _Resolver(folder)
    schema, root = resolver.compile(value, (), name, "")
    for key, definition in value.get("$defs", {}).items():
        resolver.compile(definition, ("$defs", key), name, "")
    if root.type != "object":
        raise _Refused("S003", f'expected "type": "object", found {root.type!r}', ("type",), name)
    if name in METADATA:
        _expect_metadata(name, root)
        return Layer(name, root, schema)
    if "document" not in root or not root["document"].plain or not root["document"].required:
        raise _Refused("S003", 'expected a required property "document" of type string', ("properties",), name)
    if "$schema" in root and not root["$schema"].plain:
        raise _Refused("S003", 'expected the property "$schema" of type string', ("properties", "$schema"), name)
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
            raise _Refused("S003", message, ("properties", needed), name)
    for member in root.properties:
        if _hangs(member) or member.overlap or member.inside:
            message = "the x- keywords stand in the schemas of layers, not of metadata"
            raise _Refused("S003", message, ("properties", member.name), name, True)
        if member.name in ("language", "$schema") and member.type != "string":
            raise _Refused("S003", f"expected {member.name!r} of type string", ("properties", member.name), name)
    if name == "document" and "text" in root:
        raise _Refused("S005", "'text' is the column of the document's text", ("properties", "text"), name, True)
    if name == "document" and "document" in root:
        raise _Refused("S005", "'document' is the column of the document's id", ("properties", "document"), name, True)


def _table(root: Property, layer: str, schema: dict[str, Any]) -> Table:
    path = ("properties", root.name)
    if "x-table" not in schema:
        message = f"expected only $schema, document and arrays with x-table in a layer, found {root.name!r}"
        raise _Refused("S003", message, path, layer, True)
    if (row := root.items) is None or row.type != "object":
        raise _Refused("S003", "expected objects as the items of an x-table", (*path, "items"), layer)
    if "id" not in row or not row["id"].plain or not row["id"].required:
        message = 'expected a required property "id" of type string, without enum or format, in the rows of an x-table'
        raise _Refused("S003", message, (*path, "items"), layer)
    for member in row.properties:
        if any(_hangs(deeper) for deeper in (*member.properties, *_members(member.items))):
            message = "x-span and x-ref stand on a row, its properties and the items of its arrays, not deeper"
            raise _Refused("S003", message, (*path, "items", "properties", member.name), layer, True)
    columns: dict[str, str] = {"document": "the id of the document"}
    for member in row.properties:
        for column in _columns(member):
            if column in columns:
                message = (
                    f"expected different columns, found {column!r} twice: from {columns[column]} and {member.name!r}"
                )
                raise _Refused("S005", message, (*path, "items", "properties", member.name), layer, True)
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
    return node.span or node.ref is not None or any(map(_hangs, (*node.properties, *_members(node.items))))


def _columns(member: Property) -> Iterator[str]:
    return (f"{member.name}_{part.name}" for part in member.properties) if member.span else iter([member.name])


def _cross_check(folder: _Folder, compiled: dict[str, Layer], wanted: int) -> None:
    """What shows only when the schemas are seen together: tables claimed twice, references to tables no one has."""
    owners: dict[str, Table] = {}
    for name, layer in list(compiled.items()):
        for table in layer.tables:
            taken = "is reserved" if table.name in RESERVED_TABLES else None
            if table.name in owners:
                taken = f"belongs to the layer {owners[table.name].layer!r}"
            owners.setdefault(table.name, table)
            if taken:
                place = ("properties", table.key, "x-table")
                with folder.reporting(name):
                    compiled.pop(name, None)
                    raise _Refused(
                        "S004", f"expected a table name of its own, found {table.name!r}, which {taken}", place, name
                    )
    if len(compiled) < wanted:
        return  # a table that seems unknown may stand in a schema that could not be compiled
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
                    raise _Refused("S007", f"{keyword} cannot name {target!r}; {names(target, legal)}", path, name)


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


class _Resolver:
    """Walks one schema, follows `$ref`, checks each keyword, and makes the resolved schema and its properties."""

    def __init__(self, folder: _Folder) -> None:
        self.folder = folder
        self.nodes = 0
        self.depth = 0
        self.open: list[tuple[str, str | None]] = []

    def compile(
        self, node: Any, path: Path, file: str, name: str, required: bool = False
    ) -> tuple[dict[str, Any], Property]:
        self.nodes += 1
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise _Refused("S003", f"expected at most {MAX_DEPTH} levels of schemas, found more", path, file)
        if self.nodes > MAX_NODES:
            raise _Refused("S006", f"with every $ref followed, the schema has more than {MAX_NODES} parts", path, file)
        if not isinstance(node, dict):
            raise _Refused("S003", "expected a schema (an object)", path, file)
        if "$ref" in node:
            resolved_ref = self.follow(node, path, file, name, required)
            self.depth -= 1
            return resolved_ref
        keywords = self.keywords(node, path, file)
        resolved = {k: v for k, v in node.items() if k not in ("$defs", "$id", "$schema", "$comment")}
        items, members, inner = None, [], {}
        if "items" in node:
            resolved["items"], items = self.compile(node["items"], (*path, "items"), file, "")
        for key, member in node.get("properties", {}).items():
            place = (*path, "properties", key)
            if not key or not key.isprintable() or '"' in key or "\\" in key:
                message = "expected a property name of printable characters, without quotation mark and backslash"
                raise _Refused("S003", message, place, file, True)
            inner[key], compiled = self.compile(member, place, file, key, key in node.get("required", ()))
            members.append(compiled)
        if "properties" in node:
            resolved["properties"] = inner
        for position, key in enumerate(node.get("required", ())):
            if key not in node.get("properties", {}):
                message = f"required names {key!r}, which is no property; {names(key, node.get('properties', {}))}"
                raise _Refused("S003", message, (*path, "required", position), file)
        made = Property(
            name, keywords, required, node.get("description", ""), tuple(members), items,
            span=node.get("x-span", False), ref=node.get("x-ref"),
            overlap=node.get("x-overlap"), inside=node.get("x-inside"),
            enum=(node["const"],) if "const" in node else tuple(node.get("enum", ())),
            pattern=node.get("pattern"), date=node.get("format") == "date",
            minimum=node.get("minimum"), maximum=node.get("maximum"),
            shortest=node.get("minLength", node.get("minItems")), longest=node.get("maxLength", node.get("maxItems")),
        )  # fmt: skip
        self.consistent(made, node, path, file)
        self.depth -= 1
        return resolved, made

    def keywords(self, node: dict[str, Any], path: Path, file: str) -> str:
        """Check the keywords of one schema object; returns its type."""
        kind = node.get("type")
        if not isinstance(kind, str) or kind not in KEYWORDS:
            found = "none" if kind is None else msgspec.json.encode(kind).decode()
            message = f"expected a type, one of {', '.join(KEYWORDS)}; found {found}"
            raise _Refused("S003", message, (*path, "type") if "type" in node else path, file)
        legal = {**ANNOTATIONS, **KEYWORDS[kind], **({} if path else ROOT), "type": None}
        for keyword, value in node.items():
            place = (*path, keyword)
            if keyword not in ALL_KEYWORDS:
                raise _Refused(
                    "S002", f"unknown keyword {keyword!r}; {names(keyword, ALL_KEYWORDS)}", place, file, True
                )
            if keyword not in legal:
                where = "in the root of a schema" if keyword in ROOT else f'beside "type": "{kind}"'
                message = f"{keyword!r} has no place here" if keyword in ROOT else f"{keyword!r} has no place {where}"
                raise _Refused("S003", f"{message}; {names(keyword, legal)}", place, file, True)
            check = legal[keyword]
            if check is not None and (expected := check(value)):
                found = _short(msgspec.json.encode(value).decode())
                raise _Refused("S003", f"{keyword}: expected {expected}, found {found}", place, file)
        if kind == "object" and "additionalProperties" not in node:
            raise _Refused("S003", 'expected "additionalProperties": false on every object', path, file)
        if kind == "array" and "items" not in node:
            raise _Refused("S003", 'expected "items" on every array', path, file)
        alone = next((keyword for keyword in ("enum", "const", "format") if keyword in node), None)
        beside = [keyword for keyword in node if keyword not in (alone, "type", *ANNOTATIONS)] if alone else []
        if beside:
            raise _Refused(
                "S003", f"expected nothing beside {alone!r}, found {beside[0]!r}", (*path, beside[0]), file, True
            )
        if kind == "object" and path and not node.get("properties"):
            raise _Refused("S003", "expected at least one property in an object, found none", path, file)
        return kind

    def consistent(self, made: Property, node: dict[str, Any], path: Path, file: str) -> None:
        """What the keywords of one schema object must be to each other."""
        if made.span:
            for name, kind in (("start", "integer"), ("end", "integer"), ("text", "string")):
                good = name in made and made[name].type == kind and made[name].required and not made[name].enum
                if not good or made[name].date:
                    message = f"expected a required property {name!r} of type {kind}, without enum, beside x-span"
                    raise _Refused("S003", message, path, file)
        spans = made.span or made.spans
        if made.inside is not None and not spans:
            raise _Refused("S003", "x-inside stands on spans or arrays of spans only", (*path, "x-inside"), file, True)
        if made.inside is not None and made.items is not None and made.items.inside is not None:
            message = "expected x-inside on the array or on its items, found it on both"
            raise _Refused("S003", message, (*path, "x-inside"), file, True)
        if made.overlap is not None and not spans:
            raise _Refused("S003", "x-overlap stands on arrays of spans only", (*path, "x-overlap"), file, True)
        depth_two = len(path) > 2 or (path and path[0] != "properties")
        if "x-table" in node and depth_two:
            message = "x-table stands on the properties of a layer itself, not deeper and not behind a $ref"
            raise _Refused("S003", message, (*path, "x-table"), file, True)
        for low, high in ((made.minimum, made.maximum), (made.shortest, made.longest)):
            if low is not None and high is not None and low > high:
                raise _Refused(
                    "S003", f"expected a lower bound below the upper one, found {low} and {high}", path, file
                )

    def follow(
        self, node: dict[str, Any], path: Path, file: str, name: str, required: bool
    ) -> tuple[dict[str, Any], Property]:
        """Put what `$ref` names in its place; keywords beside it are added, the description replaced."""
        place, ref = (*path, "$ref"), node["$ref"]
        match = REF.fullmatch(ref) if isinstance(ref, str) else None
        if match is None or not ref:
            message = (
                f"expected '#/$defs/NAME' or a file of schema/ such as 'other.schema.json#/$defs/NAME', found {ref!r}"
            )
            raise _Refused("S006", message, place, file)
        target_file = file
        target_path: Path = ()
        if match["file"] and (target_file := match["file"].removesuffix(".schema.json")) not in self.folder.files:
            known = [f"{other}.schema.json" for other in self.folder.files]
            message = f"expected the file {match['file']} in schema/; {names(match['file'], known)}"
            raise _Refused("S006", message, place, file)
        if not match["file"] or match["name"]:
            target_path = ("$defs", match["name"])
        try:
            target: Any = self.folder.value(target_file)
        except JSONFault as fault:
            message = f"{match['file']} cannot be read: {fault.message}"
            raise _Refused("S006", message, place, file) from None
        if target_path:
            definitions = target.get("$defs", {}) if isinstance(target, dict) else {}
            if not isinstance(definitions, dict) or match["name"] not in definitions:
                found = names(match["name"] or "", definitions if isinstance(definitions, dict) else ())
                where = f"in {target_file}.schema.json"
                raise _Refused("S006", f"expected a definition {match['name']!r} {where}; {found}", place, file)
            target = definitions[match["name"]]
        here = (target_file, match["name"])
        if here in self.open or (not target_path and target_file == file):
            raise _Refused("S006", f"{ref!r} leads back to itself; schemas are not recursive", place, file)
        self.open.append(here)
        if not isinstance(target, dict):
            raise _Refused("S003", "expected a schema (an object)", target_path, target_file)
        beside = {key: value for key, value in node.items() if key != "$ref"}
        clash = [key for key in beside if key in target and key not in ANNOTATIONS]
        if clash:
            message = f"{clash[0]!r} stands beside $ref and in what it names"
            raise _Refused("S003", message, (*path, clash[0]), file, True)
        for key in beside:
            if key not in ALL_KEYWORDS:
                message = f"unknown keyword {key!r}; {names(key, ALL_KEYWORDS)}"
                raise _Refused("S002", message, (*path, key), file, True)
        merged = {k: v for k, v in target.items() if k not in ROOT} | beside
        try:
            compiled = self.compile(merged, target_path, target_file, name, required)
        finally:
            self.open.pop()
        return compiled


def _short(text: str) -> str:
    return text if len(text) <= 60 else text[:57] + "…"
