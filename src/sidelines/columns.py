"""The one place where Python values become the columns that a schema describes."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from itertools import chain, repeat
from operator import attrgetter, is_not
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from msgspec import UNSET

from sidelines import arrow, patterns
from sidelines.model import Property

__all__ = ["arrow_type", "column", "constrained", "failing", "field", "plain_type", "typed"]

DATE = pa.date32()


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
        # An optional object that is absent takes its required parts with it; spans in lists are always there.
        whole = [node.span and member.required for member in node.properties]
        fields = zip(node.properties, whole, strict=True)
        return pa.struct([pa.field(member.name, _plain(member), nullable=not there) for member, there in fields])
    return {"integer": pa.int64(), "number": pa.float64(), "boolean": pa.bool_()}[node.type]


def _plain(node: Property) -> pa.DataType:
    """Inside lists and structs, enums stay strings: many readers of Parquet know no nested dictionaries."""
    kind = arrow_type(node)
    return pa.string() if pa.types.is_dictionary(kind) else kind


def plain_type(node: Property, dates: pa.DataType = DATE) -> pa.DataType:
    """The type in which others give the values of a property: strings for categories, everything nullable."""
    if node.items is not None:
        return pa.list_(plain_type(node.items, dates))
    if node.type == "object":
        return pa.struct([pa.field(member.name, plain_type(member, dates)) for member in node.properties])
    if node.date:
        return dates
    return pa.string() if node.type == "string" else arrow_type(node)


def typed(node: Property, items: pa.Array, nested: bool = False) -> pa.Array:
    """Values that were read with their plain type, with the type that the schema gives them."""
    if items.offset and (node.items is not None or node.type == "object"):
        items = pa.concat_arrays([items, items.slice(0, 0)])  # a copy that begins at the beginning
    if node.items is not None:
        inner = typed(node.items, items.values, nested=True)
        return pa.Array.from_buffers(arrow_type(node), len(items), items.buffers()[:2], children=[inner])
    if node.type == "object":
        parts = [typed(part, items.field(at), nested=True) for at, part in enumerate(node.properties)]
        return pa.Array.from_buffers(arrow_type(node), len(items), items.buffers()[:1], children=parts)
    if node.date:
        return items.cast(DATE)
    if node.enum and node.type == "string" and not nested and not pa.types.is_dictionary(items.type):
        values = arrow.strings([str(value) for value in node.enum])
        return pa.DictionaryArray.from_arrays(pc.index_in(items, value_set=values), values)
    return items


def field(node: Property, name: str | None = None, required: bool | None = None, of: str = "") -> pa.Field:
    """The Arrow field of a property, with its description as metadata, after that of what it is part of."""
    description = " ".join(filter(None, (of, node.description)))
    metadata = {"description": description} if description else None
    nullable = not (node.required if required is None else required)
    return pa.field(node.name if name is None else name, arrow_type(node), nullable=nullable, metadata=metadata)


def column(node: Property, items: Sequence[Any], nested: bool = False) -> pa.Array:
    """A column of the values of one property, with UNSET for null.

    `items` are what `sidelines.codec` decodes: str, int, float, bool, date, lists and structs.
    """
    if node.type != "object" and items and items[0] is UNSET and items.count(UNSET) == len(items):
        kind = arrow_type(node) if not nested else _plain(node)
        if not pa.types.is_dictionary(kind):
            return pa.nulls(len(items), kind)
    if node.enum and node.type == "string" and not nested:
        codes: dict[Any, int] = {value: code for code, value in enumerate(node.enum)} | {UNSET: -1}
        found = np.fromiter(map(codes.__getitem__, items), np.int32, len(items))
        present = found >= 0
        valid = None if present.all() else arrow.bits(present)
        indices = pa.Array.from_buffers(pa.int32(), len(items), [valid, pa.py_buffer(np.maximum(found, 0))])
        return pa.DictionaryArray.from_arrays(indices, arrow.strings([str(value) for value in node.enum]))
    return _COLUMNS[node.type](node, items)


def failing(node: Property, items: pa.Array) -> set[int]:
    """The positions of those items in which a value, however deep, is not listed, or out of its pattern or bounds.

    The values of categories are listed in any case.
    """
    found: set[int] = set()
    if node.pattern is not None:
        found |= set(patterns.mismatches(node.pattern, items))
    if node.enum and not pa.types.is_dictionary(items.type):
        legal = arrow.strings(node.enum) if node.type == "string" else arrow.integers(np.array(node.enum))
        listed = arrow.valid(pc.index_in(items, value_set=legal))
        found |= set(np.flatnonzero(~listed & arrow.valid(items)).tolist())
    for low, high, measure in (
        (node.minimum, node.maximum, arrow.numbers),
        (node.shortest, node.longest, arrow.list_lengths if node.items is not None else partial(_characters, node)),
    ):
        if low is not None or high is not None:
            sizes = measure(items)
            outside = np.zeros(len(items), np.bool_) if low is None else sizes < low
            outside |= False if high is None else sizes > high
            found |= set(np.flatnonzero(outside & arrow.valid(items)).tolist())
    if node.items is not None:
        rows = np.repeat(np.arange(len(items)), arrow.list_lengths(items))
        found |= {int(rows[at]) for at in failing(node.items, items.flatten())}
    for position, member in enumerate(node.properties):
        found |= failing(member, items.field(position))
    return found


def _characters(node: Property, items: pa.Array) -> Any:
    """The length of each string in code points; in bytes, if all keep to the bounds whatever these bytes are."""
    size = np.diff(arrow.utf8(items)[1])
    least, most = -(-size // 4), size
    sure = (least >= (node.shortest or 0)) & (most <= (node.longest or np.inf))
    return size if sure.all() else arrow.characters(items)


def constrained(node: Property) -> bool:
    """Whether a pattern or a bound stands anywhere in a property."""
    own = (node.pattern, node.minimum, node.maximum, node.shortest, node.longest)
    inner = (*node.properties, *(() if node.items is None else (node.items,)))
    return any(bound is not None for bound in own) or any(map(constrained, inner))


def _strings(node: Property, items: Sequence[Any]) -> pa.Array:
    if not node.date:
        return arrow.strings(items)
    days = [0 if item is UNSET else item.toordinal() - arrow.EPOCH for item in items]
    return pa.Array.from_buffers(pa.date32(), len(items), [_valid(items), arrow.buffer(days, "i")])


def _integers(node: Property, items: Sequence[Any]) -> pa.Array:
    return _fixed(pa.int64(), "q", items)


def _numbers(node: Property, items: Sequence[Any]) -> pa.Array:
    return _fixed(pa.float64(), "d", items)


def _fixed(kind: pa.DataType, typecode: str, items: Sequence[Any]) -> pa.Array:
    try:
        return pa.Array.from_buffers(kind, len(items), [None, arrow.buffer(items, typecode)])
    except TypeError:  # something is absent
        return pa.Array.from_buffers(kind, len(items), [_valid(items), arrow.buffer(_filled(items, 0), typecode)])


def _booleans(node: Property, items: Sequence[Any]) -> pa.Array:
    truth = np.fromiter(_filled(items, False), np.bool_, len(items))
    return pa.Array.from_buffers(pa.bool_(), len(items), [_valid(items), arrow.bits(truth)])


def _lists(node: Property, items: Sequence[Any]) -> pa.Array:
    assert node.items is not None  # the dialect demands items on every array
    try:
        lengths = list(map(len, items))
        valid = None
    except TypeError:  # something is absent
        valid = _valid(items)
        items = _filled(items, ())
        lengths = list(map(len, items))
    inner = column(node.items, list(chain.from_iterable(items)), nested=True)
    bounds = np.zeros(len(items) + 1, np.int32)
    np.cumsum(lengths, out=bounds[1:])
    return pa.Array.from_buffers(arrow_type(node), len(items), [valid, pa.py_buffer(bounds)], children=[inner])


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
    present = np.fromiter(map(is_not, items, repeat(UNSET)), np.bool_, len(items))
    return None if present.all() else arrow.bits(present)
