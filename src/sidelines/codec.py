"""One layer's files, decoded to typed rows and written in canonical form, at the speed of msgspec.

A typed decode says that a file is wrong, not where: `sidelines.shape` says that. Patterns are checked on columns.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Literal

import msgspec
from msgspec import UNSET, Meta, Struct, UnsetType

from sidelines.model import Layer, Property

INT64_MIN, INT64_MAX = -(2**63), 2**63 - 1

__all__ = ["Codec", "Fields", "lines"]

_encode = msgspec.json.Encoder().encode
_format = msgspec.json.format


@dataclass(frozen=True, slots=True)
class Fields:
    """How the properties of an object are called in its struct: `f0`, `f1`, …, whatever their names in the file."""

    properties: tuple[Property, ...]

    def __iter__(self) -> Iterator[tuple[str, Property]]:
        return ((f"f{position}", member) for position, member in enumerate(self.properties))


class Codec:
    """Decoder and writer of the files that one schema describes.

    `content` is the type of a whole file, a struct; `fields` says which of its fields holds which property; `rows` has
    the type of a row of each table.
    """

    __slots__ = ("_decode", "_flat", "_frame", "content", "fields", "layer", "rows")

    def __init__(self, layer: Layer) -> None:
        self.layer = layer
        self.content: type[Struct] = _type(layer.root)
        self.rows: Mapping[str, type[Struct]] = {table.name: _type(table.row) for table in layer.tables}
        self._decode = msgspec.json.Decoder(self.content).decode
        self._flat = not any(member.type in ("array", "object") for member in layer.root.properties)
        self.fields = {member.name: name for name, member in Fields(layer.root.properties)}
        self._frame = tuple(
            (member.name, (b",\n  " if position else b"{\n  ") + _encode(member.name) + b": ", member)
            for position, member in enumerate(layer.root.properties)
        )

    def split(self, raw: bytes, document: str) -> list[bytes] | None:
        """The rows of each table of a layer's file, a line each, where all around them is in canonical form.

        That is a file that has every property, names its document and its schema, and gives every row a line of its
        own; None for any other. Of the lines themselves nothing is known yet.
        """
        envelope = {"$schema": f"../../schema/{self.layer.name}.schema.json", "document": document}
        found = []
        at = 0
        for name, line, member in self._frame:
            if not raw.startswith(line, at):
                return None
            at += len(line)
            if name in envelope:
                value = _encode(envelope[name])
                if not raw.startswith(value, at):
                    return None
                at += len(value)
                continue
            end, rows = at, b""
            if raw.startswith(b"[]", at):
                at += 2
            else:
                end = raw.find(b"\n  ]", at)
                if end < 0 or not raw.startswith(b"[\n    ", at):
                    return None
                rows = raw[at + 6 : end].replace(b"},\n    {", b"}\n{")
                # Each line break has to be one of those that were just made.
                if not rows or end - at - 6 - len(rows) != 5 * rows.count(b"\n"):
                    return None
                at = end + 4
            if member.shortest is not None or member.longest is not None:
                count = rows.count(b"\n") + bool(rows)
                if not (member.shortest or 0) <= count <= (count if member.longest is None else member.longest):
                    return None
            found.append(rows)
        return found if raw[at:] == b"\n}\n" else None

    def decode(self, raw: bytes) -> Any | None:
        """The typed content of a file, or None where it is not of the schema's shape."""
        try:
            return self._decode(raw)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            return None

    def get(self, content: Any, name: str) -> Any:
        """A property of decoded content; UNSET where it is absent, or the schema has none of that name."""
        return getattr(content, self.fields[name]) if name in self.fields else UNSET

    def canonical(self, content: Any) -> bytes:
        """The canonical form of decoded content."""
        if self._flat:
            return _format(_encode(content), indent=2) + b"\n"
        present = ((name, getattr(content, field)) for name, field in self.fields.items())
        tables = {table.key for table in self.layer.tables}
        return lines([(name, value) for name, value in present if value is not UNSET], tables)


def lines(members: Iterable[tuple[str, Any]], tables: Iterable[str]) -> bytes:
    r"""Write a file in canonical form: one property a line, and one row a line in the arrays that are tables.

    >>> lines([("document", "a"), ("marks", [{"id": "m1"}])], ["marks"])
    b'{\n  "document": "a",\n  "marks": [\n    {"id": "m1"}\n  ]\n}\n'
    """
    written = []
    for name, value in members:
        if name in tables and value:
            rows = b",\n    ".join([_format(_encode(row), indent=0) for row in value])
            text = b"[\n    " + rows + b"\n  ]"
        else:
            text = _format(_encode(value), indent=0)
        written.append(b"  " + _encode(name) + b": " + text)
    return b"{\n" + b",\n".join(written) + b"\n}\n" if written else b"{}\n"


def _type(node: Property) -> Any:
    """The type of a property's values: integers held to int64, dates as `datetime.date`; patterns are not checked."""
    return _TYPES[node.type](node)


def _string(node: Property) -> Any:
    if node.enum:
        return Literal[node.enum]
    if node.date:
        return datetime.date
    return _bounded(str, min_length=node.shortest, max_length=node.longest)


def _integer(node: Property) -> Any:
    if node.enum:
        return Literal[node.enum]
    low = INT64_MIN if node.minimum is None else max(node.minimum, INT64_MIN)
    high = INT64_MAX if node.maximum is None else min(node.maximum, INT64_MAX)
    return Annotated[int, Meta(ge=low, le=high)]


def _number(node: Property) -> Any:
    return _bounded(float, ge=node.minimum, le=node.maximum)


def _array(node: Property) -> Any:
    assert node.items is not None  # the dialect demands items on every array
    return _bounded(list[_type(node.items)], min_length=node.shortest, max_length=node.longest)  # type: ignore[misc]


def _object(node: Property) -> Any:
    fields, rename = [], {}
    for name, member in Fields(node.properties):
        kind = _type(member)
        fields.append((name, kind) if member.required else (name, kind | UnsetType, UNSET))
        rename[name] = member.name
    return msgspec.defstruct("Row", fields, rename=rename, kw_only=True, forbid_unknown_fields=True, gc=False)


def _bounded(kind: Any, **bounds: Any) -> Any:
    bounds = {name: value for name, value in bounds.items() if value is not None}
    return Annotated[kind, Meta(**bounds)] if bounds else kind


_TYPES: Mapping[str, Any] = {
    "string": _string,
    "integer": _integer,
    "number": _number,
    "boolean": lambda node: bool,
    "array": _array,
    "object": _object,
}
