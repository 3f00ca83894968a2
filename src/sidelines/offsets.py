"""Where code points stand in UTF-8: kernels over the texts of many documents at once; and offsets in other units.

An index holds one entry for each continuation byte, so it is empty for ASCII and small for most text.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from sidelines.units import Bools, Bytes, Ints, convert, trailing

__all__ = ["Bools", "Bytes", "Ints", "Texts", "convert", "gather"]


@dataclass(frozen=True, slots=True)
class Texts:
    """The texts of a batch, end to end as UTF-8, and the index that turns code points into bytes.

    `first[i]` is the byte at which document i begins, `origin[i]` the number of code points before it in the batch;
    both have one entry more than there are documents. `late[k]` is the number of code points before the k-th
    continuation byte, which makes the byte of the code point g `g + searchsorted(late, g, "right")`.
    """

    data: Bytes
    first: Ints
    origin: Ints
    late: Ints

    @classmethod
    def of(cls, texts: Sequence[bytes]) -> Texts:
        """Index texts that are valid UTF-8.

        >>> Texts.of(["Łódź".encode(), b"Ann"]).origin.tolist()
        [0, 4, 7]
        """
        first = np.zeros(len(texts) + 1, np.int64)
        np.cumsum([len(text) for text in texts], out=first[1:])
        return cls.index(np.frombuffer(b"".join(texts), np.uint8), first)

    @classmethod
    def index(cls, data: Bytes, first: Ints) -> Texts:
        """Index texts that stand end to end; `first` is where each begins, and where the last ends."""
        continuation = trailing(data)
        late = continuation - np.arange(len(continuation))
        return cls(data, first, first - np.searchsorted(continuation, first), late)

    @property
    def characters(self) -> Ints:
        """The length of each document in code points."""
        return np.diff(self.origin)

    def byte(self, document: Ints, offset: Ints) -> Ints:
        """The byte in `data` of each code point `offset` of a document; offsets lie between 0 and its length.

        >>> Texts.of(["Łódź".encode(), b"Ann"]).byte(np.array([0, 0, 1]), np.array([0, 2, 3])).tolist()
        [0, 4, 10]
        """
        point = self.origin[document] + offset
        if not len(self.late):
            return point
        return point + np.searchsorted(self.late, point, "right")

    def equal(self, start: Ints, end: Ints, surfaces: Bytes, bounds: Ints) -> Bools:
        """Whether the bytes from `start` to `end` of each row are those of its surface.

        The surface of row i is `surfaces[bounds[i]:bounds[i + 1]]`.
        """
        length = np.diff(bounds)
        same: Bools = (end - start) == length
        first = bounds[:-1]
        short = same & (length < 8)
        # Of short ones eight bytes are compared at once, of which only the first ones count, if there are eight.
        safe = short & (start + 8 <= len(self.data)) & (first + 8 <= len(surfaces))
        rows = np.flatnonzero(safe)
        differ = _view(self.data, 8)[start[rows]] ^ _view(surfaces, 8)[first[rows]]
        same[rows[differ & _FIRST[length[rows]] != 0]] = False
        for rows, width in ((np.flatnonzero(short & ~safe), 1), (np.flatnonzero(same & (length >= 8)), 8)):
            # Long surfaces are compared eight bytes at a time; the last window of each overlaps the one before.
            count = (length[rows] + width - 1) // width
            left, right = (_windows(at[rows], length[rows], count, width) for at in (start, first))
            different = np.flatnonzero(_view(self.data, width)[left] != _view(surfaces, width)[right])
            same[rows[np.searchsorted(np.cumsum(count), different, "right")]] = False
        return same


_FIRST = np.frombuffer(b"".join(b"\xff" * count + b"\0" * (8 - count) for count in range(8)), np.uint64)


def _view(data: Bytes, width: int) -> npt.NDArray[Any]:
    """The bytes, or the eight bytes that begin at each of them as one number."""
    if width == 1:
        return data
    return np.ndarray(max(len(data) - 7, 0), np.uint64, data, strides=(1,))


def _windows(start: Ints, length: Ints, count: Ints, width: int) -> Ints:
    """The positions of `count[i]` windows of a width that together cover `length[i]` bytes from `start[i]` on."""
    before = np.cumsum(count) - count
    positions = np.repeat(start - width * before, count) + width * np.arange(int(count.sum()))
    if width > 1 and len(positions):
        positions[before + count - 1] = start + length - width
    return positions


def gather(start: Ints, length: Ints) -> npt.NDArray[np.int32] | Ints:
    """The positions from `start[i]` on, `length[i]` of them, row after row.

    >>> gather(np.array([5, 0]), np.array([2, 3])).tolist()
    [5, 6, 0, 1, 2]
    """
    before = np.cumsum(length) - length
    # Half as wide a number takes a third of the time, as long as it holds the positions.
    kind: Any = np.int32 if int((start + length).max(initial=0)) < 2**31 else np.int64
    positions: npt.NDArray[np.int32] | Ints = np.repeat((start - before).astype(kind), length)
    return positions + np.arange(int(length.sum()), dtype=kind)
