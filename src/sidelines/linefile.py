"""A file of JSON Lines: its lines, and what a line of a corpus is.

One type, made of those of the schemas, decodes a line in order at the speed of msgspec; why another is not in order is
said as of a file.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from typing import Any, NamedTuple

import msgspec
import numpy as np
from msgspec import UNSET

from sidelines.codec import Codec
from sidelines.jsontree import Path as At
from sidelines.jsontree import Tree
from sidelines.layout import DOCUMENT_ID, is_reserved
from sidelines.model import Layer, Property
from sidelines.problems import Problem, pointer
from sidelines.salvage import faults
from sidelines.settings import Settings
from sidelines.sources import DEEPEST
from sidelines.strictjson import JSONFault, parse, unusual_numbers

__all__ = ["Content", "Line", "Shape", "count_lines", "ids", "is_legal", "last_ids", "split", "within"]

BLOCK = 2**18  # bytes that are read at once
_ID = re.compile(DOCUMENT_ID[1:-1])
_MARK_ESCAPE = re.compile(rb"\\u00(?:3[aA]|2[dD])")  # a colon or a hyphen
_encode, _encode_lines = msgspec.json.Encoder().encode, msgspec.json.Encoder().encode_lines


def split(file: Any, most: int) -> Iterator[tuple[int, bytes | int]]:
    """Each line and its number; of one with more bytes than `most`, only how many it has.

    Raises
    ------
    OSError
        when the file cannot be read to its end.
    """
    number, read, size = 1, 0, 0
    held: list[bytes] = []
    end = file.seek(0, 2)
    file.seek(0)
    while block := file.read(BLOCK):
        read += len(block)
        *ended, rest = block.split(b"\n")
        for piece in ended:
            size += len(piece)
            yield number, size if size > most else b"".join([*held, piece])
            number, size = number + 1, 0
            held.clear()
        size += len(rest)
        held.append(rest)
        if size > most:
            held.clear()
    if read < end:
        raise OSError(f"expected {end:,} bytes, found {read:,}")
    if size:
        yield number, size if size > most else b"".join(held)


def count_lines(file: Any) -> int:
    r"""The number of lines.

    >>> from io import BytesIO
    >>> count_lines(BytesIO(b"{}\n{}")), count_lines(BytesIO(b"{}\n{}\n"))
    (2, 2)
    """
    number, block, last = 0, bytearray(BLOCK), 0x0A
    while size := file.readinto(block):
        number += _count(memoryview(block)[:size], "\n")
        last = block[size - 1]
    return number + (last != 0x0A)


def last_ids(file: Any, most: int) -> list[str]:
    """The ids of the last documents, of one or more, in a file whose lines have at most so many bytes."""
    end, length = file.seek(0, 2), BLOCK
    while True:
        start = max(end - length, 0)
        file.seek(start)
        lines = file.read(end - start).split(b"\n")
        found = [id_ for id_ in ids(lines[1:] if start else lines) if is_legal(id_)]
        if found or not start or length > most:
            return found
        length *= 2


class _Id(msgspec.Struct):
    id: str


class _Identified(msgspec.Struct):
    document: _Id


_identify = msgspec.json.Decoder(_Identified).decode


def ids(lines: Iterable[bytes | int]) -> Iterator[str]:
    """The ids of the documents in those lines in which one is found."""
    for line in lines:
        try:
            yield _identify(line if isinstance(line, bytes) else b"").document.id
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            continue


# -- lines -------------------------------------------------------------------------------------------------------------


class Shape:
    """What a line of this corpus is: an object of the metadata, the text and the layers of a document.

    `codecs` has the codec of the content of each layer, under None that of the metadata; `envelope` is what is around
    them.
    """

    def __init__(self, settings: Settings, depth: int) -> None:
        model, layers, known = settings.model, settings.layers, settings.layers_known
        self.metadata = Codec(_bare(model.metadata["document"], "$schema"))
        layers_bare = {name: Codec(_bare(layer, "$schema", "document")) for name, layer in model.layers.items()}
        self.codecs: dict[str | None, Codec] = {None: self.metadata}
        self.codecs.update(layers_bare)
        self.envelope = Codec(_envelope(layers, known))
        self._fields = {name: f"f{at}" for at, name in enumerate(layers_bare)}
        parts = [(self._fields[name], codec.content) for name, codec in layers_bare.items()]
        names = {field: name for name, field in self._fields.items()}
        annotations = _struct("Annotations", parts, names)
        members = [("document", self.metadata.content), ("text", str), ("annotations", annotations)]
        self._decode = msgspec.json.Decoder(_struct("Line", members)).decode
        self._tables = [
            (layer, self.codecs[layer].fields[table.key], table.name)
            for layer, codec in layers_bare.items() for table in codec.layer.tables
        ]  # fmt: skip
        roots = [layer.root for layer in model.layers.values()]
        nested = max(_depth(model.metadata["document"].root), 1 + max(map(_depth, roots), default=0))
        self._whole = known and set(layers) == set(layers_bare) and 1 + nested <= depth
        self._numbers = any(map(_holds_numbers, [self.metadata.layer.root, *roots]))

    def read(self, raw: bytes) -> Content | None:
        """The content of a line in order; None of any other, and where there is a doubt.

        The decoder lets two things pass: a key that stands twice in an object, and the integer -0. But then what it has
        read, written again, has fewer colons, or hyphens, than the line; strings have as many in both, if none is
        escaped. Of other numbers there is a doubt only where the schemas have any but integers.
        """
        if not self._whole:
            return None
        try:
            line = self._decode(raw)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            return None
        parts: dict[str | None, Any] = {None: line.document}
        parts.update((name, getattr(line.annotations, field)) for name, field in self._fields.items())
        rows = {}
        for part, key, table in self._tables:  # are taken out: what is left is written with empty arrays in their place
            if (found := getattr(parts[part], key)) is not UNSET:
                setattr(parts[part], key, [])
                rows[table] = found
        written = {table: _encode_lines(found) for table, found in rows.items()}
        again = b"".join([_encode(line), *written.values()])
        if any(_count(raw, mark) != _count(again, mark) for mark in (":" if self._numbers else ":-")):
            return None
        if (b"\\u00" in raw and _MARK_ESCAPE.search(raw)) or (self._numbers and unusual_numbers(raw)):
            return None
        return Content(line.text, parts, {table: (found, written[table][:-1]) for table, found in rows.items()})

    def id(self, content: Content) -> str:
        """The id of a document."""
        return str(self.metadata.get(content.parts[None], "id"))


class Content(NamedTuple):
    """The content of a line in order: its text; typed, the metadata and the layers, and the rows of their tables.

    `rows` has them also as JSON, a line each, for Arrow.
    """

    text: str
    parts: Mapping[str | None, Any]
    rows: Mapping[str, tuple[Sequence[Any], bytes]]


def _count(raw: bytes | memoryview, mark: str) -> int:
    """How many of these bytes are a mark; five times as fast as `bytes.count`."""
    return int(np.count_nonzero(np.frombuffer(raw, np.uint8) == ord(mark)))


def _struct(name: str, members: Sequence[tuple[str, Any]], rename: Mapping[str, str] | None = None) -> Any:
    return msgspec.defstruct(name, members, rename=rename, forbid_unknown_fields=True, gc=False)


def _bare(layer: Layer, *names: str) -> Layer:
    """The same schema without the demand for these properties, which say in which file the content stands."""
    members = [
        replace(member, required=member.required and member.name not in names) for member in layer.root.properties
    ]
    required = [name for name in layer.schema.get("required", ()) if name not in names]
    return replace(
        layer, root=replace(layer.root, properties=tuple(members)), schema={**layer.schema, "required": required}
    )


def _envelope(layers: Sequence[str], known: bool) -> Layer:
    """The shape of what is around metadata, text and the content of layers."""
    whole = {"type": "object"}
    annotations = {
        "type": "object", "properties": dict.fromkeys(layers, whole), "required": list(layers),
        "additionalProperties": not known,
    }  # fmt: skip
    members = {"document": whole, "text": {"type": "string"}, "annotations": annotations}
    schema = {"type": "object", "properties": members, "required": list(members), "additionalProperties": False}
    return Layer("line", Property("", "object"), schema)


def _depth(node: Property) -> int:
    inner = (*node.properties, *(() if node.items is None else (node.items,)))
    return (node.type in ("array", "object")) + max(map(_depth, inner), default=0)


def _holds_numbers(node: Property) -> bool:
    inner = (*node.properties, *(() if node.items is None else (node.items,)))
    return node.type == "number" or any(map(_holds_numbers, inner))


def within(layer: str | None) -> At:
    """Where the content of a layer stands in a line, or without one the metadata."""
    return ("document",) if layer is None else ("annotations", layer)


class Line:
    """One line of a file, and the problems that are found in it."""

    def __init__(self, path: str, number: int, raw: bytes, problems: list[Problem]) -> None:
        self.path, self.number, self.raw, self.problems = path, number, raw, problems
        self.document: str | None = None

    @cached_property
    def tree(self) -> Tree:
        """Its value, with places."""
        return parse(self.raw, DEEPEST)

    def parse(self, depth: int) -> bool:
        """Whether it is strict JSON, not deeper than that; if it is not, that is a problem."""
        try:
            self.tree = parse(self.raw, depth, "line")
        except JSONFault as fault:
            self.problems.append(
                Problem(fault.code, "error", fault.message, self.path, None, self.number, fault.column)
            )
            return False
        return True

    def look(self, at: At) -> Any:
        """The value at a place, of objects alone; None where there is none."""
        value = self.tree.value
        for part in at:
            value = value.get(part) if isinstance(value, dict) else None
        return value

    def problem(self, code: str, message: str, at: At, key: bool = False, table: str | None = None) -> None:
        """Report a problem of the value at a place, or of its key."""
        column = self.tree.position(at, key)[1]
        self.problems.append(
            Problem(code, "error", message, self.path, pointer(at), self.number, column, self.document, table)
        )

    def faults(self, codec: Codec, at: At = ()) -> list[Problem]:
        """Report where the value of a part is not of its shape; the same problems, with pointers into the part."""
        found = faults(codec, self.tree.branch(at), self.path, self.document)
        for problem in found:
            where = pointer(at) + (problem.pointer or "")
            self.problems.append(msgspec.structs.replace(problem, pointer=where, line=self.number))
        return found


def is_legal(id_: str) -> bool:
    """Whether a document can have this id.

    >>> is_legal("a-1.b"), is_legal("A"), is_legal("corpus")
    (True, False, False)
    """
    return _ID.fullmatch(id_) is not None and not is_reserved(id_)
