"""Offsets in code points, bytes of UTF-8 and UTF-16 units, and how one becomes another.

In each unit a character begins at one offset; what it takes beyond its first unit are offsets inside it, at which no
text can be cut. Of an ASCII text there are none, and of most texts few, so these alone are kept.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, pairwise
from types import NoneType
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from sidelines import arrow
from sidelines.errors import OffsetError, SidelinesError
from sidelines.problems import names, quoted

__all__ = ["UNITS", "Bools", "Bytes", "Ints", "convert", "trailing"]

Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]
Bytes = npt.NDArray[np.uint8]

UNITS = {"codepoint": "code points", "utf8": "bytes of UTF-8", "utf16": "UTF-16 units"}
BLOCK = 1 << 19  # bytes of text that are indexed at a time, so that the index stays in the cache
NEAR = 10  # code points on each side of an offset that a message shows


def convert(
    texts: Any, offsets: Any, source: str, target: str, *, invalid: Literal["raise", "null"] = "raise"
) -> pa.Array:
    """Offsets into many texts in another unit: `codepoint`, `utf8` (bytes) or `utf16`, each from the text's start.

    `texts` is an Arrow array of strings, chunked or not, or a sequence of `str`. `offsets` holds for each text an
    integer, or a list of them: an Arrow array of int64 or list<int64>, numpy, or a sequence. Returns an Arrow array of
    the same shape, int64 or list<int64>; where the text, the list or the offset is null, so is the result.

    Offsets run from 0 to the length of the text. For one outside of that, or inside a character of UTF-8 or UTF-16,
    `invalid` says what to do: `raise` an `OffsetError` that names the first, or put `null`. Raises `SidelinesError` for
    an unknown unit, and for texts and offsets that are none, or not as many.

    >>> convert(["fish 🐟, chips", "Łódź"], [8, 4], "codepoint", "utf16").tolist()
    [9, 4]
    >>> convert(["fish 🐟, chips"], [[5, 7, 9]], "utf8", "codepoint", invalid="null").tolist()
    [[5, None, 6]]
    """
    for unit in (source, target):
        _choose("unit", unit, UNITS)
    _choose("value of `invalid`", invalid, ("raise", "null"))
    column, given = _texts(texts), _offsets(offsets)
    if len(column) != len(given):
        raise SidelinesError(
            f"expected an offset, or a list of them, for each text, found {len(given):,} for {len(column):,} texts; "
            "several offsets of one text go into one list"
        )
    if not len(column):
        return given
    asked = _Asked.of(column, given)
    made, sound = _converted(column, asked, source, target)
    if invalid == "raise" and not (sound | ~asked.valid).all():
        raise _refusal(column, asked, int(np.flatnonzero(~sound & asked.valid)[0]), source)
    return asked.answer(made, sound & asked.valid)


def trailing(data: Bytes) -> Ints:
    """The positions of the bytes of UTF-8 that continue a character.

    >>> trailing(np.frombuffer("aé€".encode(), np.uint8)).tolist()
    [2, 4, 5]
    """
    return np.flatnonzero(data.view(np.int8) < -64)  # 0x80 to 0xBF, with a sign


@dataclass(frozen=True, slots=True)
class _Asked:
    """The offsets of all texts, end to end, and where those of each begin; a null text has none in its list."""

    values: Ints
    valid: Bools
    bounds: Ints
    present: Bools | None  # which lists are not null, or None where there are no lists

    @classmethod
    def of(cls, texts: pa.Array, given: pa.Array) -> _Asked:
        there = arrow.valid(texts)
        if not pa.types.is_list(given.type):
            return cls(arrow.numbers(given), arrow.valid(given) & there, np.arange(len(given) + 1), None)
        lengths, items = arrow.list_lengths(given), given.flatten()
        values, valid = arrow.numbers(items), arrow.valid(items)
        if not there.all():
            kept = np.repeat(there, lengths)
            values, valid, lengths = values[kept], valid[kept], np.where(there, lengths, 0)
        return cls(values, valid, _ends(lengths), arrow.valid(given) & there)

    def answer(self, values: Ints, valid: Bools) -> pa.Array:
        """Values in the shape that was asked for."""
        flat = arrow.integers(values, None if valid.all() else valid)
        if self.present is None:
            return flat
        return arrow.lists(np.diff(self.bounds), flat, None if self.present.all() else self.present)


def _converted(texts: pa.Array, asked: _Asked, source: str, target: str) -> tuple[Ints, Bools]:
    """Every offset in the other unit, and which of them are offsets of their texts."""
    made, sound = np.zeros_like(asked.values), np.zeros_like(asked.valid)
    data, bounds = arrow.utf8(texts)
    for first, last in _blocks(bounds):
        part = slice(asked.bounds[first], asked.bounds[last])
        if part.start < part.stop:
            start, inner = bounds[first], bounds[first : last + 1] - bounds[first]
            block = _Block.of(data[start : bounds[last]], inner, source, target)
            made[part], sound[part] = block.convert(np.diff(asked.bounds[first : last + 1]), asked.values[part])
    return made, sound


def _blocks(bounds: Ints) -> Iterator[tuple[int, int]]:
    """Runs of texts that begin within the same BLOCK bytes."""
    number = (bounds[:-1] - bounds[0]) // BLOCK
    return pairwise([0, *(np.flatnonzero(np.diff(number)) + 1).tolist(), len(number)])


@dataclass(frozen=True, slots=True)
class _Scale:
    """One unit over the texts of a block: the offsets inside characters, and that at which each text begins."""

    inside: Ints
    late: Ints  # the code points before each of `inside`, its own included
    first: Ints

    @classmethod
    def of(cls, inside: Ints, points: Ints) -> _Scale:
        late = inside - np.arange(len(inside))
        return cls(inside, late, points + np.searchsorted(late, points, "right"))


@dataclass(frozen=True, slots=True)
class _Block:
    """The texts of a block in two units; counted over all of them, so that one search serves every offset."""

    source: _Scale
    target: _Scale

    @classmethod
    def of(cls, data: Bytes, bounds: Ints, source: str, target: str) -> _Block:
        continuation = trailing(data)
        points = bounds - np.searchsorted(continuation, bounds)
        return cls(*(_Scale.of(_INSIDE[unit](data, continuation), points) for unit in (source, target)))

    def convert(self, counts: Ints, offset: Ints) -> tuple[Ints, Bools]:
        """The offsets of the texts, `counts[i]` of text i, in the other unit, and which of them are right."""
        first = self.source.first
        sound: Bools = (offset >= 0) & (offset <= np.repeat(np.diff(first), counts))
        at = offset + np.repeat(first[:-1], counts)
        if len(self.source.inside):
            before = np.searchsorted(self.source.inside, at)
            sound &= self.source.inside.take(before, mode="clip") != at
            at -= before
        if len(self.target.late):
            at += np.searchsorted(self.target.late, at, "right")
        return at - np.repeat(self.target.first[:-1], counts), sound


def _no_inside(data: Bytes, continuation: Ints) -> Ints:
    return continuation[:0]


def _inside_bytes(data: Bytes, continuation: Ints) -> Ints:
    return continuation


def _low_surrogates(data: Bytes, continuation: Ints) -> Ints:
    """Where UTF-16 has the second unit of a character, which is one whose UTF-8 begins with 0xF0 or above."""
    lead = np.flatnonzero(data >= 0xF0) if len(continuation) else continuation
    return lead - np.searchsorted(continuation, lead) + np.arange(1, len(lead) + 1)


_INSIDE: dict[str, Callable[[Bytes, Ints], Ints]] = {
    "codepoint": _no_inside,
    "utf8": _inside_bytes,
    "utf16": _low_surrogates,
}


def _refusal(texts: pa.Array, asked: _Asked, at: int, unit: str) -> OffsetError:
    """What is wrong with one offset; only here a text is decoded."""
    row, offset = int(np.searchsorted(asked.bounds, at, "right")) - 1, int(asked.values[at])
    item = None if asked.present is None else at - int(asked.bounds[row])
    text = texts[row].as_py()
    encoding, width = {"codepoint": ("utf-32-le", 4), "utf8": ("utf-8", 1), "utf16": ("utf-16-le", 2)}[unit]
    raw = text.encode(encoding)
    length = len(raw) // width
    point = len(raw[: min(max(offset, 0), length) * width].decode(encoding, "ignore"))
    if offset < 0:
        why = "before the start"
    elif offset > length:
        why = "past the end"
    else:
        why = f"inside U+{ord(text[point]):04X}"
    near = quoted(text[max(point - NEAR, 0) : point + NEAR])
    message = (
        f"{_place(row, item)}: expected an offset in {UNITS[unit]} between two characters of texts[{row}], "
        f"from 0 to {length}, found {offset}, {why}; near {near}"
    )
    return OffsetError(message, row, item, offset, unit, length)


def _choose(what: str, found: Any, legal: Iterable[str]) -> None:
    if not isinstance(found, str) or found not in legal:
        raise SidelinesError(f"expected a {what}, found {found!r}; {names(str(found), legal)}")


def _column(given: Any) -> pa.Array | pa.ChunkedArray | None:
    """What is Arrow, or says that it can be."""
    if isinstance(given, (pa.Array, pa.ChunkedArray)):
        return given
    return pa.chunked_array(given) if hasattr(given, "__arrow_c_stream__") else None


def _texts(given: Any) -> pa.Array:
    """Texts as one large_string column, in which nulls have no bytes."""
    column = _column(given)
    if column is None:
        return _encoded(_listed("texts", "str", given))
    if str(column.type) not in ("string", "large_string", "string_view", "null"):
        raise SidelinesError(f"texts: expected a column of strings, found one of {column.type}")
    try:
        column.validate(full=True)
    except pa.ArrowInvalid as error:
        raise SidelinesError(f"texts: expected valid UTF-8, found other bytes ({error})") from None
    texts = arrow.whole(column.cast(pa.large_string()))
    return _chosen(texts, arrow.valid(texts))


def _encoded(items: list[Any]) -> pa.Array:
    try:
        parts = [b"" if item is None else str.encode(item) for item in items]
    except TypeError:
        row = next(row for row, item in enumerate(items) if not isinstance(item, (str, NoneType)))
        raise SidelinesError(f"texts[{row}]: expected a str, found {items[row]!r}") from None
    except UnicodeEncodeError as error:
        row, surrogate = items.index(error.object), ord(error.object[error.start])
        message = f"texts[{row}]: expected text, found the lone surrogate U+{surrogate:04X} at {error.start}"
        raise SidelinesError(message) from None
    bounds = _ends([len(part) for part in parts])
    return _chosen(arrow.large_text(np.frombuffer(b"".join(parts), np.uint8), bounds), _there(items))


def _chosen(texts: pa.Array, there: Bools) -> pa.Array:
    return texts if there.all() else arrow.pick(texts, np.where(there, np.arange(len(texts)), -1))


def _offsets(given: Any) -> pa.Array:
    """Offsets as one column of int64 or list<int64>."""
    column = _column(given)
    if column is None:
        return _array(given) if isinstance(given, np.ndarray) else _sequence(_listed("offsets", "integers", given))
    type_ = column.type
    listed = pa.types.is_list(type_) or pa.types.is_large_list(type_) or pa.types.is_fixed_size_list(type_)
    item = type_.value_type if listed else type_
    if not pa.types.is_integer(item) and not pa.types.is_null(item):
        raise SidelinesError(f"offsets: expected a column of int64 or list<int64>, found one of {type_}")
    try:
        return arrow.whole(column.cast(pa.list_(pa.int64()) if listed else pa.int64()))
    except pa.ArrowInvalid as error:
        raise SidelinesError(f"offsets: expected int64 or list<int64>, found what does not fit ({error})") from None


def _array(given: npt.NDArray[Any]) -> pa.Array:
    """An offset for each text, or a row of them."""
    if given.ndim not in (1, 2):
        raise SidelinesError(f"offsets: expected an array of one or two dimensions, found {given.ndim}")
    if given.dtype.kind not in "iu" or given.dtype == np.uint64:
        return _sequence(given.tolist())
    flat = arrow.integers(given.astype(np.int64).ravel())
    return flat if given.ndim == 1 else arrow.lists(np.full(len(given), given.shape[1]), flat)


def _listed(what: str, of: str, given: Any) -> list[Any]:
    if isinstance(given, (str, bytes)) or not isinstance(given, Iterable):
        raise SidelinesError(f"{what}: expected a sequence of {of}, found {type(given).__name__}")
    return list(given)


def _sequence(items: list[Any]) -> pa.Array:
    """An integer or None for each text, or a list of them or None."""
    first = next((item for item in items if item is not None), None)
    if not isinstance(first, Iterable) or isinstance(first, (str, bytes)):
        return _integers(items)
    lists: list[list[Any]] = []
    for row, item in enumerate(items):
        if item is not None and (not isinstance(item, Iterable) or isinstance(item, (str, bytes))):
            raise SidelinesError(f"offsets[{row}]: expected a list of integers, as for other texts, found {item!r}")
        lists.append([] if item is None else list(item))
    lengths = [len(item) for item in lists]
    flat = _integers(list(chain.from_iterable(lists)), _ends(lengths))
    return arrow.lists(np.array(lengths), flat, _there(items))


def _integers(items: list[Any], bounds: Ints | None = None) -> pa.Array:
    """A column of int64; `bounds` says where the list of each text begins, if there are lists."""
    for at, item in enumerate(items):
        if not isinstance(item, (int, np.integer, NoneType)) or isinstance(item, bool) or not _fits(item):
            row = at if bounds is None else int(np.searchsorted(bounds, at, "right")) - 1
            place = _place(row, None if bounds is None else at - int(bounds[row]))
            raise SidelinesError(f"{place}: expected an integer of 64 bits, found {item!r}")
    values = np.array([0 if item is None else item for item in items], np.int64)
    return arrow.integers(values, _there(items))


def _there(items: list[Any]) -> Bools:
    return np.array([item is not None for item in items], np.bool_)


def _fits(item: int | np.integer[Any] | None) -> bool:
    return item is None or -(2**63) <= int(item) < 2**63


def _ends(lengths: Ints | Sequence[int]) -> Ints:
    """Where each of several lists begins when they are put end to end, and where the last ends."""
    bounds = np.zeros(len(lengths) + 1, np.int64)
    np.cumsum(lengths, out=bounds[1:])
    return bounds


def _place(row: int, item: int | None) -> str:
    return f"offsets[{row}]" if item is None else f"offsets[{row}][{item}]"
