"""Values in and out of Arrow without pandas.

`pa.array`, `pa.scalar`, `to_pylist` and `to_numpy` import pandas when it is installed, a quarter of a second that most
commands can do without; so arrays are assembled from buffers, and read from them.
"""

from __future__ import annotations

import datetime
from array import array
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
from msgspec import UNSET

__all__ = [
    "EPOCH", "bits", "booleans", "buffer", "characters", "dates", "integers", "large_text", "list_lengths",
    "lists", "numbers", "pick", "python", "runs", "strings", "take", "text", "truth", "utf8", "valid", "whole",
]  # fmt: skip

LONG = 24  # characters, on average: where encoding one by one begins to pay
LIMIT = 2**28 - 1  # bytes for which offsets of 32 bits surely do, were they lists of booleans, eight a byte
EPOCH = datetime.date(1970, 1, 1).toordinal()
_WIDE = {
    pa.string(): pa.large_string(), pa.string_view(): pa.large_string(),
    pa.binary(): pa.large_binary(), pa.binary_view(): pa.large_binary(),
}  # fmt: skip
_WIDTHS = {pa.int64(): np.int64, pa.int32(): np.int32, pa.date32(): np.int32, pa.float64(): np.float64}


def strings(items: Sequence[Any]) -> pa.Array:
    """A column of strings; None or UNSET for null."""
    try:
        lengths = np.fromiter(map(len, items), np.int64, len(items))
    except TypeError:  # something is absent
        builder = pa.lib.StringBuilder()
        builder.append_values([None if item is UNSET else item for item in items])
        return builder.finish()
    present = np.ones(len(items), np.bool_)
    if lengths.sum() > LONG * len(items):  # one wide character would make the join of long texts several times as large
        parts = list(map(str.encode, items))
        return text(np.frombuffer(b"".join(parts), np.uint8), np.fromiter(map(len, parts), np.int64), present)
    joined = "".join(items)
    data = joined.encode()
    encoded = np.frombuffer(data, np.uint8)
    if len(data) > len(joined):
        # As in `sidelines.offsets`: before a code point stand as many bytes more as there are continuation bytes.
        continuation = np.flatnonzero((encoded & 0xC0) == 0x80)
        points = np.concatenate([np.zeros(1, np.int64), np.cumsum(lengths)])
        late = continuation - np.arange(len(continuation))
        lengths = np.diff(points + np.searchsorted(late, points, "right"))
    return text(encoded, lengths, present)


def integers(items: npt.NDArray[np.int64], valid: npt.NDArray[np.bool_] | None = None) -> pa.Array:
    """A column of int64 from numpy, null where `valid` is False."""
    data = pa.py_buffer(np.ascontiguousarray(items, np.int64))
    return pa.Array.from_buffers(pa.int64(), len(items), [None if valid is None else bits(valid), data])


def dates(days: npt.NDArray[np.int64], valid: npt.NDArray[np.bool_]) -> pa.Array:
    """A column of date32 from days since 1970-01-01, null where `valid` is False."""
    data = pa.py_buffer(np.ascontiguousarray(days, np.int32))
    return pa.Array.from_buffers(pa.date32(), len(days), [bits(valid), data])


def lists(lengths: npt.NDArray[np.int64], inner: pa.Array, valid: npt.NDArray[np.bool_] | None = None) -> pa.Array:
    """A list column from the length of each list and the items of all."""
    bounds = np.zeros(len(lengths) + 1, np.int32)
    np.cumsum(lengths, out=bounds[1:])
    buffers = [None if valid is None else bits(valid), pa.py_buffer(bounds)]
    return pa.Array.from_buffers(pa.list_(inner.type), len(lengths), buffers, children=[inner])


def booleans(items: npt.NDArray[np.bool_]) -> pa.Array:
    """A column of booleans without nulls."""
    return pa.Array.from_buffers(pa.bool_(), len(items), [None, bits(items)])


def text(data: npt.NDArray[np.uint8], lengths: npt.NDArray[np.int64], valid: npt.NDArray[np.bool_]) -> pa.Array:
    """A column of strings from their bytes, end to end, and the length of each in bytes."""
    bounds = np.zeros(len(lengths) + 1, np.int32)
    np.cumsum(lengths, out=bounds[1:])
    buffers = [None if valid.all() else bits(valid), pa.py_buffer(bounds), pa.py_buffer(np.ascontiguousarray(data))]
    return pa.Array.from_buffers(pa.string(), len(lengths), buffers)


def large_text(data: npt.NDArray[np.uint8], bounds: npt.NDArray[np.int64]) -> pa.Array:
    """A column of large strings that shares its bytes; `bounds` has one entry more than there are strings."""
    buffers = [None, pa.py_buffer(bounds), pa.py_buffer(data)]
    return pa.Array.from_buffers(pa.large_string(), len(bounds) - 1, buffers)


def pick(items: pa.Array, rows: npt.NDArray[np.int64]) -> pa.Array:
    """The items at `rows`, null where a row is negative."""
    valid = rows >= 0
    return items.take(integers(np.where(valid, rows, 0), None if valid.all() else valid))


def take(column: pa.ChunkedArray, rows: npt.NDArray[np.int64]) -> pa.ChunkedArray:
    """The items at `rows`, in the type of the column; in several chunks where one would not hold them.

    Arrow's own `take` fails there, or returns something else (pyarrow 18), and it knows no `string_view`.
    """
    wide = _wide(column.type)
    if wide == column.type or _fits(column, len(rows)):
        return column.take(integers(rows))
    parts = _parts(whole(column.cast(wide)), rows)
    return pa.chunked_array([part.cast(column.type) for part in parts], column.type)


def _wide(kind: pa.DataType) -> pa.DataType:
    """The type with offsets of 64 bits in the place of those of 32."""
    if kind in _WIDE:
        return _WIDE[kind]
    if pa.types.is_list(kind):
        return pa.large_list(kind.value_field.with_type(_wide(kind.value_type)))
    if pa.types.is_struct(kind):
        return pa.struct([field.with_type(_wide(field.type)) for field in kind])
    return kind


def _fits(column: pa.ChunkedArray, count: int) -> bool:
    """Whether Arrow's `take` is safe: one chunk would hold the column, and as many items as long as its longest."""
    if column.type in (pa.string_view(), pa.binary_view()):
        return False
    longest = column.nbytes
    if pa.types.is_string(column.type):
        longest = pc.max(pc.binary_length(column)).as_py() or 0
    return bool(longest * count <= LIMIT and (column.num_chunks < 2 or column.nbytes <= LIMIT))


def _parts(items: pa.Array, rows: npt.NDArray[np.int64]) -> Iterator[pa.Array]:
    """The items at `rows` in parts that are small enough, or one item each."""
    taken = items.take(integers(rows))
    number = min(taken.nbytes // LIMIT + 1, len(rows))
    if number < 2:
        yield taken
    else:
        del taken  # a slice of it would not do: it keeps the whole, with its offsets
        for part in np.array_split(rows, number):
            yield from _parts(items, part)


def numbers(items: pa.Array) -> npt.NDArray[Any]:
    """The numbers of a column as numpy (dates as days), without a copy; what stands where a null is, is undefined."""
    width: Any = _WIDTHS[items.type]
    data = items.buffers()[1]
    return (
        np.frombuffer(data, width, len(items), items.offset * np.dtype(width).itemsize) if data else np.empty(0, width)
    )


def characters(items: pa.Array) -> npt.NDArray[np.int64]:
    """The length of each string in code points; 0 for null."""
    data, bounds = utf8(items)
    continuation = np.flatnonzero((data[: bounds[-1]] & 0xC0) == 0x80)
    lengths = np.diff(bounds - np.searchsorted(continuation, bounds))
    return np.where(valid(items), lengths, 0)


def valid(items: pa.Array) -> npt.NDArray[np.bool_]:
    """Which items are not null."""
    bits = items.buffers()[0]
    if bits is None or items.null_count == 0:
        return np.ones(len(items), np.bool_)
    first = items.offset
    unpacked = np.unpackbits(np.frombuffer(bits, np.uint8), count=first + len(items), bitorder="little")
    return unpacked[first:].astype(np.bool_)


def truth(items: pa.Array) -> npt.NDArray[np.bool_]:
    """A boolean column as numpy; null is False."""
    data, first = items.buffers()[1], items.offset
    if data is None:
        return np.zeros(len(items), np.bool_)
    unpacked = np.unpackbits(np.frombuffer(data, np.uint8), count=first + len(items), bitorder="little")
    return unpacked[first:].astype(np.bool_) & valid(items)


def utf8(items: pa.Array) -> tuple[npt.NDArray[np.uint8], npt.NDArray[np.int64]]:
    """The bytes of a string column, and where in them each item begins, with the end of the last."""
    _, bounds, data = items.buffers()
    if bounds is None:
        return np.empty(0, np.uint8), np.zeros(1, np.int64)
    width: Any = np.int64 if pa.types.is_large_string(items.type) else np.int32
    offsets = np.frombuffer(bounds, width, len(items) + 1, items.offset * np.dtype(width).itemsize)
    return np.frombuffer(data, np.uint8) if data else np.empty(0, np.uint8), offsets.astype(np.int64)


def whole(items: pa.ChunkedArray | pa.Array) -> pa.Array:
    """A column in one piece."""
    if isinstance(items, pa.Array):
        return items
    return items.chunk(0) if items.num_chunks == 1 else pa.concat_arrays(items.chunks or [pa.nulls(0, items.type)])


def python(items: pa.Array) -> list[Any]:
    """The values of a column as Python objects, without importing pandas."""
    if items.type == pa.string() and not items.null_count:
        data, bounds = utf8(items)
        raw = data.tobytes()
        return [raw[start:end].decode() for start, end in pairwise(bounds.tolist())]
    return [item.as_py() for item in items]


def bits(truth: npt.NDArray[np.bool_]) -> pa.Buffer:
    """The buffer of a boolean column, or of which items are not null."""
    return pa.py_buffer(np.packbits(truth, bitorder="little"))


def buffer(items: Sequence[Any], typecode: str) -> pa.Buffer:
    """The buffer of numbers of one C type, as the module `array` names it."""
    return pa.py_buffer(array(typecode, items))


def list_lengths(listed: pa.Array) -> npt.NDArray[np.int64]:
    """The number of items of each list; 0 for null."""
    bounds = np.frombuffer(listed.buffers()[1], np.int32, len(listed) + 1, listed.offset * 4)
    return np.where(valid(listed), np.diff(bounds), 0).astype(np.int64)


Runs = tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]


def runs(*columns: pa.ChunkedArray) -> list[Runs]:
    """Columns of strings as numbers, the same for the same string, by runs: the number, and how often it comes there.

    Numbers are given in the order in which strings come first, or stand in a dictionary; -1 is null.
    """
    coded = [[_runs(chunk) for chunk in column.chunks or [pa.nulls(0)]] for column in columns]
    values = [values.cast(pa.large_string()) for parts in coded for values, _, _ in parts]
    distinct = whole(pa.chunked_array(values, pa.large_string())).dictionary_encode().indices
    code = np.where(valid(distinct), numbers(distinct), -1).astype(np.int64)
    each = iter(np.split(code, np.cumsum([len(part) for part in values])))
    return [_joined([(np.append(next(each), -1)[at], length) for _, at, length in parts]) for parts in coded]


def _joined(parts: list[Runs]) -> Runs:
    """The runs of several chunks; one that goes on in the next chunk is one."""
    if len(parts) == 1:
        return parts[0]
    code, length = map(np.concatenate, zip(*parts, strict=True))
    first = _changes(code[1:] != code[:-1], len(code))
    return code[first], np.add.reduceat(length, first)


def _runs(items: pa.Array) -> tuple[pa.Array, npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Strings that have all those of a column, and by runs which of them it is, -1 for null, and how often."""
    if not pa.types.is_dictionary(items.type):
        items = items.cast(pa.large_string()) if items.type in (pa.string_view(), pa.null()) else items
        if not items.null_count:
            first = _changes(truth(pc.not_equal(items[1:], items[:-1])), len(items))
            if len(first) < len(items) // 2:
                return items.take(integers(first)), np.arange(len(first)), np.diff(first, append=len(items))
        items = items.dictionary_encode()
    at = np.where(valid(items), numbers(items.indices.cast(pa.int64())), -1)
    first = _changes(at[1:] != at[:-1], len(at))
    return items.dictionary, at[first], np.diff(first, append=len(at))


def _changes(different: npt.NDArray[np.bool_], count: int) -> npt.NDArray[np.int64]:
    """Where runs begin among so many items, of which each but the first is different from the one before or not."""
    return np.concatenate([np.zeros(min(count, 1), np.int64), np.flatnonzero(different) + 1])
