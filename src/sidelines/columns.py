"""The one place where Python values become the columns that a schema describes."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from operator import attrgetter
from typing import Any

import numpy as np
import pyarrow as pa
from msgspec import UNSET

from sidelines import arrow, patterns
from sidelines.schema import Property

__all__ = ["arrow_type", "column", "failing", "field", "patterned"]


def arrow_type(node: Property) -> pa.DataType:
    """The Arrow type of a property's column: what the schema says, in Arrow's words."""
    if node.type == "string":
        if node.enum:
            return pa.dictionary(pa.int32(), pa.string())
        return pa.date32() if node.date else pa.string()
    if node.type == "array":
        assert node.items is not None  # the dialect demands items on every array
        return pa.list_(pa.field("item", _plain(node.items), nullable=False))
    if node.type == "object":
        return pa.struct([pa.field(m.name, _plain(m), nullable=not m.required) for m in node.properties])
    return {"integer": pa.int64(), "number": pa.float64(), "boolean": pa.bool_()}[node.type]


def _plain(node: Property) -> pa.DataType:
    """Inside lists and structs, enums stay strings: many readers of Parquet know no nested dictionaries."""
    kind = arrow_type(node)
    return pa.string() if pa.types.is_dictionary(kind) else kind


def field(node: Property, name: str | None = None, required: bool | None = None) -> pa.Field:
    """The Arrow field of a property, with its description as metadata."""
    metadata = {"description": node.description} if node.description else None
    nullable = not (node.required if required is None else required)
    return pa.field(node.name if name is None else name, arrow_type(node), nullable=nullable, metadata=metadata)


def column(node: Property, items: Sequence[Any], nested: bool = False) -> pa.Array:
    """A column of the values of one property, with UNSET for null.

    `items` are what `sidelines.codec` decodes: str, int, float, bool, date, lists and structs.
    """
    if node.enum and node.type == "string" and not nested:
        codes = {value: code for code, value in enumerate(node.enum)} | {UNSET: 0}
        indices = pa.Array.from_buffers(
            pa.int32(), len(items), [_valid(items), arrow.buffer([codes[i] for i in items], "i")]
        )
        return pa.DictionaryArray.from_arrays(indices, arrow.strings([str(value) for value in node.enum]))
    return _COLUMNS[node.type](node, items)


def failing(node: Property, items: pa.Array) -> set[int]:
    """The positions of those items in which a string, however deep, does not match the pattern of its property."""
    if node.pattern is not None:
        return set(patterns.mismatches(node.pattern, items))
    if node.items is not None:
        rows = np.repeat(np.arange(len(items)), arrow.list_lengths(items))
        return {int(rows[at]) for at in failing(node.items, items.flatten())}
    found: set[int] = set()
    for position, member in enumerate(node.properties):
        found |= failing(member, items.field(position))
    return found


def patterned(node: Property) -> bool:
    """Whether a pattern stands anywhere in a property."""
    inner = (*node.properties, *(() if node.items is None else (node.items,)))
    return node.pattern is not None or any(map(patterned, inner))


def _strings(node: Property, items: Sequence[Any]) -> pa.Array:
    if not node.date:
        return arrow.strings(items)
    days = [0 if item is UNSET else item.toordinal() - arrow.EPOCH for item in items]
    return pa.Array.from_buffers(pa.date32(), len(items), [_valid(items), arrow.buffer(days, "i")])


def _integers(node: Property, items: Sequence[Any]) -> pa.Array:
    return pa.Array.from_buffers(pa.int64(), len(items), [_valid(items), arrow.buffer(_filled(items, 0), "q")])


def _numbers(node: Property, items: Sequence[Any]) -> pa.Array:
    return pa.Array.from_buffers(pa.float64(), len(items), [_valid(items), arrow.buffer(_filled(items, 0.0), "d")])


def _booleans(node: Property, items: Sequence[Any]) -> pa.Array:
    truth = np.fromiter(_filled(items, False), np.bool_, len(items))
    return pa.Array.from_buffers(pa.bool_(), len(items), [_valid(items), arrow.bits(truth)])


def _lists(node: Property, items: Sequence[Any]) -> pa.Array:
    assert node.items is not None  # the dialect demands items on every array
    filled = _filled(items, ())
    inner = column(node.items, [item for row in filled for item in row], nested=True)
    bounds = np.zeros(len(items) + 1, np.int32)
    np.cumsum(list(map(len, filled)), out=bounds[1:])
    return pa.Array.from_buffers(arrow_type(node), len(items), [_valid(items), pa.py_buffer(bounds)], children=[inner])


def _structs(node: Property, items: Sequence[Any]) -> pa.Array:
    absent = UNSET in items
    children = []
    for position, member in enumerate(node.properties):
        get = attrgetter(f"f{position}")
        parts = [UNSET if item is UNSET else get(item) for item in items] if absent else list(map(get, items))
        children.append(column(member, parts, nested=True))
    return pa.Array.from_buffers(arrow_type(node), len(items), [_valid(items)], children=children)


_COLUMNS: Mapping[str, Callable[[Property, Sequence[Any]], pa.Array]] = {
    "string": _strings,
    "integer": _integers,
    "number": _numbers,
    "boolean": _booleans,
    "array": _lists,
    "object": _structs,
}


def _filled(items: Sequence[Any], empty: Any) -> Sequence[Any]:
    return [empty if item is UNSET else item for item in items] if UNSET in items else items


def _valid(items: Sequence[Any]) -> pa.Buffer | None:
    if UNSET not in items:
        return None
    return arrow.bits(np.fromiter((item is not UNSET for item in items), np.bool_, len(items)))
