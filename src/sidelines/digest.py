"""The content hash: one hash of the rows of a table, whatever they are stored in.

It is the same for every version of pyarrow and every platform, and for any compression, row groups, chunks, slices and
dictionaries. `docs/formats.md` defines it, so that programs in other languages can compute it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from hashlib import sha256
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from sidelines import arrow
from sidelines.errors import SidelinesError
from sidelines.offsets import Bools, gather

__all__ = ["KEY", "VERSION", "ContentHash", "content_hash"]

KEY = "content_hash"
VERSION = "sha256-rows-1"
DEEPEST = 64  # lists and structs within each other; a schema of Sidelines needs three or four


def content_hash(table: pa.Table | pa.RecordBatch) -> str:
    """The content hash of a table in memory: its version, a colon, 64 hexadecimal digits.

    Raises
    ------
    SidelinesError
        when a column has a type that no build has, or lists and structs are more than 64 deep within each other.

    >>> content_hash(pa.table({"start": pa.array([0, 7]), "text": pa.array(["Łódź", None])}))
    'sha256-rows-1:11379ae5546a0de6786b14cb5ab5408ffb261a083bb34e63e2828e6cce15fa5f'
    """
    made = ContentHash(table.schema)
    made.update(table)
    return str(made)


class ContentHash:
    """The content hash of rows that come a batch at a time; `str` gives that of the rows so far.

    Raises
    ------
    SidelinesError
        as `content_hash` does, from the schema alone.

    >>> rows = pa.table({"start": pa.array([0, 7]), "text": pa.array(["Łódź", None])})
    >>> made = ContentHash(rows.schema)
    >>> made.update(rows[:1])
    >>> made.update(rows[1:])
    >>> str(made) == content_hash(rows)
    True
    """

    __slots__ = ("_columns", "_rows", "_schema")

    def __init__(self, schema: pa.Schema) -> None:
        self._schema = schema
        self._columns = [_Column(field.name, field.type) for field in schema]
        self._rows = 0

    def __str__(self) -> str:
        digests = [column.digest() for column in self._columns]
        return f"{VERSION}:{sha256(b''.join([_number(self._rows), *digests])).hexdigest()}"

    def update(self, rows: pa.Table | pa.RecordBatch) -> None:
        """Take in the next rows.

        Raises
        ------
        SidelinesError
            when they have other columns than the schema, or other types.
        """
        found, expected = ([(field.name, field.type) for field in schema] for schema in (rows.schema, self._schema))
        if found != expected:
            raise SidelinesError(f"expected rows with the columns {_columns(expected)}, found {_columns(found)}")
        self._rows += rows.num_rows
        for column, items in zip(self._columns, rows.columns, strict=True):
            for part in items.chunks if isinstance(items, pa.ChunkedArray) else [items]:
                column.update(part, np.ones(len(part), np.bool_))


class _Column:
    """The streams of one column, or of what is within one: presence, values, and the columns inside."""

    __slots__ = ("kind", "members", "name", "streams")

    def __init__(self, name: str, type_: pa.DataType, depth: int = 0) -> None:
        if depth > DEEPEST:
            raise SidelinesError(f"expected lists and structs at most {DEEPEST} deep within each other, found more")
        type_ = type_.value_type if pa.types.is_dictionary(type_) else type_
        self.name = name
        self.kind = _kind(type_)
        self.streams = [sha256() for _ in range(1 + _VALUES[self.kind][0])]
        self.members = [_Column(inner, part, depth + 1) for inner, part in _members(type_)]

    def update(self, items: pa.Array, slots: Bools) -> None:
        """Take in those items that are slots of the column: those of a struct that is null are none."""
        if not len(items):
            return
        items = _plain(items)
        there = arrow.valid(items)
        present = there & slots
        for stream, values in zip(self.streams, [there[slots], *_VALUES[self.kind][1](items, present)], strict=True):
            stream.update(np.ascontiguousarray(values).data)
        for member, inner in zip(self.members, _inside(items, present), strict=True):
            member.update(*inner)

    def digest(self) -> bytes:
        inner = [stream.digest() for stream in self.streams] + [member.digest() for member in self.members]
        return sha256(b"".join([_framed(self.name), _framed(self.kind), *inner])).digest()


# -- types: what is stored in several ways is one kind -----------------------------------------------------------------


def _kind(type_: pa.DataType) -> str:
    for kind, is_kind in _KINDS.items():
        if is_kind(type_):
            return kind
    raise SidelinesError(f"expected a column of one of the types {', '.join(_KINDS)}, found {type_}")


def _members(type_: pa.DataType) -> list[tuple[str, pa.DataType]]:
    """Names and types of what a list or a struct holds; writers name the items of a list variously."""
    if pa.types.is_struct(type_):
        return [(field.name, field.type) for field in type_]
    return [("", type_.value_type)] if _listed(type_) else []


def _listed(type_: pa.DataType) -> bool:
    return bool(pa.types.is_list(type_) or pa.types.is_large_list(type_))


def _string(type_: pa.DataType) -> bool:
    return type_ in (pa.string(), pa.large_string(), pa.string_view())


_KINDS: Mapping[str, Callable[[pa.DataType], bool]] = {
    "bool": pa.types.is_boolean,
    "date": pa.types.is_date32,
    "double": pa.types.is_float64,
    "int64": pa.types.is_int64,
    "list": _listed,
    "string": _string,
    "struct": pa.types.is_struct,
}


# -- values: those that are present, whatever stands behind a null -----------------------------------------------------


def _plain(items: pa.Array) -> pa.Array:
    if pa.types.is_dictionary(items.type):  # `take`, by which it is decoded, does not know views
        return pa.DictionaryArray.from_arrays(items.indices, _plain(items.dictionary)).dictionary_decode()
    return items.cast(pa.large_string()) if items.type == pa.string_view() else items


def _booleans(items: pa.Array, present: Bools) -> list[Any]:
    return [arrow.truth(items)[present]]


def _doubles(items: pa.Array, present: Bools) -> list[Any]:
    return [arrow.numbers(items)[present].astype("<f8", copy=False)]


def _integers(items: pa.Array, present: Bools) -> list[Any]:
    return [arrow.numbers(items)[present].astype("<i8", copy=False)]


def _dates(items: pa.Array, present: Bools) -> list[Any]:
    return [arrow.numbers(items)[present].astype("<i4", copy=False)]


def _strings(items: pa.Array, present: Bools) -> list[Any]:
    data, bounds = arrow.utf8(items)
    lengths = np.diff(bounds)
    used = lengths[present]
    if used.sum() == bounds[-1] - bounds[0]:  # nothing stands behind a null
        return [used.astype("<i8", copy=False), data[bounds[0] : bounds[-1]]]
    return [used.astype("<i8", copy=False), data.take(gather(bounds[:-1][present], used))]


def _lists(items: pa.Array, present: Bools) -> list[Any]:
    return [arrow.numbers(pc.list_value_length(items))[present].astype("<i8", copy=False)]


def _structs(items: pa.Array, present: Bools) -> list[Any]:
    return []


# Of each kind: how many streams its values make, and the function that makes them.
_VALUES: Mapping[str, tuple[int, Callable[[pa.Array, Bools], list[Any]]]] = {
    "bool": (1, _booleans),
    "date": (1, _dates),
    "double": (1, _doubles),
    "int64": (1, _integers),
    "list": (1, _lists),
    "string": (2, _strings),
    "struct": (0, _structs),
}


def _inside(items: pa.Array, present: Bools) -> Iterator[tuple[pa.Array, Bools]]:
    """What the lists or structs hold, and which of it is in those that are present."""
    if _listed(items.type):
        lengths = np.where(arrow.valid(items), arrow.numbers(pc.list_value_length(items)), 0)
        yield items.flatten(), np.repeat(present, lengths)  # of the lists that are not null
    elif pa.types.is_struct(items.type):
        for position in range(items.type.num_fields):
            yield items.field(position), present


# -- bytes -------------------------------------------------------------------------------------------------------------


def _number(number: int) -> bytes:
    return number.to_bytes(8, "little")


def _framed(text: str) -> bytes:
    raw = text.encode()
    return _number(len(raw)) + raw


def _columns(columns: list[tuple[str, pa.DataType]]) -> str:
    return ", ".join(f"{name} ({type_})" for name, type_ in columns) or "none"
