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

from sidelines.schema import INT64_MAX, INT64_MIN, Layer, Property

__all__ = ["Codec", "Fields", "lines"]

_encode = msgspec.json.Encoder().encode
_format = msgspec.json.format


@dataclass(frozen=True, slots=True)
class Fields:
    """How the properties of an object are called in its struct: `f0`, `f1`, …, whatever their names in the file."""

    properties: tuple[Property, ...]

    def __iter__(self) -> Iterator[tuple[str, Property]]:
        return ((f"f{position}", member) for position, member in enumerate(self.properties))


@dataclass(frozen=True, slots=True)
class Codec:
    """Decoder and writer of the files that one schema describes.

    `decode` returns a struct with the fields of `Fields(layer.root.properties)`; it raises `msgspec.ValidationError`
    where the file does not fit its schema, `msgspec.DecodeError` where it is not JSON.
    """

    layer: Layer
    content: type[Struct]
    decoder: msgspec.json.Decoder[Any]
    rows: Mapping[str, type[Struct]]

    @classmethod
    def of(cls, layer: Layer) -> Codec:
        """Make the codec of one compiled schema."""
        type_ = _type(layer.root)
        return cls(layer, type_, msgspec.json.Decoder(type_), {t.name: _type(t.row) for t in layer.tables})

    def decode(self, raw: bytes) -> Any | None:
        """The typed content of a file, or None where it is not of the schema's shape."""
        try:
            return self.decoder.decode(raw)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            return None

    def canonical(self, content: Any) -> bytes:
        """The canonical form of decoded content."""
        tables = {table.key for table in self.layer.tables}
        present = ((member.name, getattr(content, name)) for name, member in Fields(self.layer.root.properties))
        return lines(((name, value) for name, value in present if value is not UNSET), tables)


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
