"""The files of `schema/`, each read once, every keyword checked and every `$ref` followed.

Nothing is fetched: a `$ref` reaches definitions of its own file and of files in the same folder.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import msgspec

from sidelines.dialect import ALL_KEYWORDS, ANNOTATIONS, KEYWORDS, REF, ROOT
from sidelines.jsontree import Path, Tree
from sidelines.model import Property
from sidelines.problems import Problem, names, not_canonical, pointer
from sidelines.strictjson import MAX_DEPTH, JSONFault, parse

__all__ = ["Refused", "Resolver", "SchemaFolder", "layout"]

MAX_NODES = 10_000
UNTIDY = object()


class Refused(Exception):
    """One fault of a schema, at a place in one file."""

    def __init__(self, code: str, message: str, path: Path, file: str, key: bool = False) -> None:
        super().__init__(message)
        self.code, self.message, self.path, self.file, self.key = code, message, path, file, key


def tidy(raw: bytes) -> Any:
    """The value of a schema file in canonical form (two spaces, one property or item a line); UNTIDY for any other."""
    try:
        value = msgspec.json.decode(raw)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return UNTIDY
    return value if layout(value) == raw else UNTIDY


def layout(value: Any) -> bytes:
    """The canonical form of a schema file: the keys stay in the order that its author gave them."""
    return msgspec.json.format(msgspec.json.encode(value), indent=2) + b"\n"


class SchemaFolder:
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
            if value is UNTIDY:
                value = self.tree(name).value
                self.problems.append(not_canonical(f"schema/{name}.schema.json", raw, layout(value)))
            self.values[name] = value
        return self.values[name]

    def tree(self, name: str) -> Tree:
        """The schema file with the place of everything in it."""
        return parse(self.files[name])

    @contextmanager
    def reporting(self, name: str) -> Iterator[None]:
        """Turn the fault that ends the block, if there is one, into a problem."""
        try:
            try:
                yield
            except Refused as refused:
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


class Resolver:
    """Walks one schema, follows `$ref`, checks each keyword, and makes the resolved schema and its properties."""

    def __init__(self, folder: SchemaFolder) -> None:
        self.folder = folder
        self.nodes = 0
        self.depth = 0
        self.open: list[tuple[str, str | None]] = []

    def compile(
        self, node: Any, path: Path, file: str, name: str, required: bool = False
    ) -> tuple[dict[str, Any], Property]:
        """Compile one schema object of a file.

        Parameters
        ----------
        node, path, file:
            the object, where it stands, and in which file.
        name, required:
            what the property is called that it describes, and whether it is always there.

        Returns
        -------
        The same with every `$ref` resolved, as jsonschema takes it, and the property.

        Raises
        ------
        Refused
            at the first fault (S002, S003, S006).
        """
        self.nodes += 1
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise Refused("S003", f"expected at most {MAX_DEPTH} levels of schemas, found more", path, file)
        if self.nodes > MAX_NODES:
            raise Refused("S006", f"with every $ref followed, the schema has more than {MAX_NODES} parts", path, file)
        if not isinstance(node, dict):
            raise Refused("S003", "expected a schema (an object)", path, file)
        if "$ref" in node:
            resolved_ref = self.follow(node, path, file, name, required)
            self.depth -= 1
            return resolved_ref
        keywords = self.keywords(node, path, file)
        resolved = {k: v for k, v in node.items() if k not in ("$defs", "$id", "$schema", "$comment")}
        items, members, inner = None, [], {}
        if "items" in node:
            resolved["items"], items = self.compile(node["items"], (*path, "items"), file, "")
        needed = node.get("required", ())
        for key, member in node.get("properties", {}).items():
            place = (*path, "properties", key)
            if not key or not key.isprintable() or '"' in key or "\\" in key:
                message = "expected a property name of printable characters, without quotation mark and backslash"
                raise Refused("S003", message, place, file, True)
            inner[key], compiled = self.compile(member, place, file, key, key in needed)
            members.append(compiled)
        if "properties" in node:
            resolved["properties"] = inner
        for position, key in enumerate(needed):
            if key not in inner:
                message = f"required names {key!r}, which is no property; {names(key, inner)}"
                raise Refused("S003", message, (*path, "required", position), file)
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
        for keyword in node:
            if keyword not in ALL_KEYWORDS:
                message = f"unknown keyword {keyword!r}; {names(keyword, ALL_KEYWORDS)}"
                raise Refused("S002", message, (*path, keyword), file, True)
        kind = node.get("type")
        if not isinstance(kind, str) or kind not in KEYWORDS:
            found = "none" if kind is None else msgspec.json.encode(kind).decode()
            message = f"expected a type, one of {', '.join(KEYWORDS)}; found {found}"
            raise Refused("S003", message, (*path, "type") if "type" in node else path, file)
        legal = {**ANNOTATIONS, **KEYWORDS[kind], **({} if path else ROOT), "type": None}
        for keyword, value in node.items():
            place = (*path, keyword)
            if keyword not in legal:
                where = "here" if keyword in ROOT else f'beside "type": "{kind}"'
                message = f"{keyword!r} has no place {where}"
                raise Refused("S003", f"{message}; {names(keyword, legal)}", place, file, True)
            check = legal[keyword]
            if check is not None and (expected := check(value)):
                found = _short(msgspec.json.encode(value).decode())
                raise Refused("S003", f"{keyword}: expected {expected}, found {found}", place, file)
        if kind == "object" and "additionalProperties" not in node:
            raise Refused("S003", 'expected "additionalProperties": false on every object', path, file)
        if kind == "array" and "items" not in node:
            raise Refused("S003", 'expected "items" on every array', path, file)
        alone = next((keyword for keyword in ("enum", "const", "format") if keyword in node), None)
        beside = [keyword for keyword in node if keyword not in (alone, "type", *ANNOTATIONS)] if alone else []
        if beside:
            raise Refused(
                "S003", f"expected nothing beside {alone!r}, found {beside[0]!r}", (*path, beside[0]), file, True
            )
        if kind == "object" and path and not node.get("properties"):
            raise Refused("S003", "expected at least one property in an object, found none", path, file)
        return kind

    def consistent(self, made: Property, node: dict[str, Any], path: Path, file: str) -> None:
        """What the keywords of one schema object must be to each other."""
        if made.span:
            for name, kind in (("start", "integer"), ("end", "integer"), ("text", "string")):
                good = name in made and made[name].type == kind and made[name].required and not made[name].enum
                if not good or made[name].date:
                    message = f"expected a required property {name!r} of type {kind}, without enum, beside x-span"
                    raise Refused("S003", message, path, file)
        spans = made.span or made.spans
        if made.inside is not None and not spans:
            raise Refused("S003", "x-inside stands on spans or arrays of spans only", (*path, "x-inside"), file, True)
        if made.inside is not None and made.items is not None and made.items.inside is not None:
            message = "expected x-inside on the array or on its items, found it on both"
            raise Refused("S003", message, (*path, "x-inside"), file, True)
        if made.overlap is not None and not spans:
            raise Refused("S003", "x-overlap stands on arrays of spans only", (*path, "x-overlap"), file, True)
        if "x-table" in node and (self.depth != 2 or len(path) != 2):
            message = "x-table stands on the properties of a layer itself, not deeper and not behind a $ref"
            raise Refused("S003", message, (*path, "x-table"), file, True)
        for low, high in ((made.minimum, made.maximum), (made.shortest, made.longest)):
            if low is not None and high is not None and low > high:
                raise Refused("S003", f"expected a lower bound below the upper one, found {low} and {high}", path, file)

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
            raise Refused("S006", message, place, file)
        target_file = file
        target_path: Path = ()
        if match["file"] and (target_file := match["file"].removesuffix(".schema.json")) not in self.folder.files:
            known = [f"{other}.schema.json" for other in self.folder.files]
            message = f"expected the file {match['file']} in schema/; {names(match['file'], known)}"
            raise Refused("S006", message, place, file)
        if not match["file"] or match["name"]:
            target_path = ("$defs", match["name"])
        try:
            target: Any = self.folder.value(target_file)
        except JSONFault as fault:
            message = f"{match['file']} cannot be read: {fault.message}"
            raise Refused("S006", message, place, file) from None
        if target_path:
            definitions = target.get("$defs") if isinstance(target, dict) else None
            if not isinstance(definitions, dict) or match["name"] not in definitions:
                found = names(match["name"], definitions if isinstance(definitions, dict) else ())
                where = f"in {target_file}.schema.json"
                raise Refused("S006", f"expected a definition {match['name']!r} {where}; {found}", place, file)
            target = definitions[match["name"]]
        here = (target_file, match["name"])
        if here in self.open or (not target_path and target_file == file):
            raise Refused("S006", f"{ref!r} leads back to itself; schemas are not recursive", place, file)
        self.open.append(here)
        if not isinstance(target, dict):
            raise Refused("S003", "expected a schema (an object)", target_path, target_file)
        beside = {key: value for key, value in node.items() if key != "$ref"}
        clash = [key for key in beside if key in target and key not in ANNOTATIONS]
        if clash:
            message = f"{clash[0]!r} stands beside $ref and in what it names"
            raise Refused("S003", message, (*path, clash[0]), file, True)
        for key in beside:
            if key not in ALL_KEYWORDS:
                message = f"unknown keyword {key!r}; {names(key, ALL_KEYWORDS)}"
                raise Refused("S002", message, (*path, key), file, True)
        merged = {k: v for k, v in target.items() if k not in ROOT} | beside
        try:
            compiled = self.compile(merged, target_path, target_file, name, required)
        finally:
            self.open.pop()
        return compiled


def _short(text: str) -> str:
    return text if len(text) <= 60 else text[:57] + "…"
