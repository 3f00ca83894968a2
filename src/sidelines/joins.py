"""Joins of spans: which rows of two tables go together by where they stand in the text.

Spans are paired by the kernels of `sidelines.pairs`. A row of several spans takes part several times; of what is found
for it, it is then seen whether all that must be there is.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any, TypeVar, overload

import numpy as np
import pyarrow as pa

from sidelines import arrow, pairs
from sidelines.errors import SidelinesError
from sidelines.offsets import Ints
from sidelines.pairs import Pairs, Runs, Sorted
from sidelines.pieces import Named, parted
from sidelines.problems import names
from sidelines.sides import CONTENT, On, Side, Spans, both_sides

__all__ = ["join"]

T = TypeVar("T")


@overload
def join(
    left: Named, right: Named, how: str = "within", *, left_on: On = None, right_on: On = None,
    columns: bool | Iterable[str] = False, suffixes: tuple[str, str] = ("_left", "_right"),
) -> pa.Table: ...  # fmt: skip
@overload
def join(
    left: T, right: T, how: str = "within", *, left_on: On = None, right_on: On = None,
    columns: bool | Iterable[str] = False, suffixes: tuple[str, str] = ("_left", "_right"),
) -> T: ...  # fmt: skip
def join(
    left: Any,
    right: Any,
    how: str = "within",
    *,
    left_on: On = None,
    right_on: On = None,
    columns: bool | Iterable[str] = False,
    suffixes: tuple[str, str] = ("_left", "_right"),
) -> Any:
    """Pair the rows of two tables by how their spans stand to each other, document by document.

    `left` and `right` are two pandas DataFrames or two Arrow tables with the columns `document` (strings), `id`, and
    `start` and `end`, code points and half-open. Returns another of the kind with a row for each pair, in the order of
    the left rows, then of the right ones, and the columns `document`, `left_id`, `right_id`. They may also be the paths
    or URIs of two tables of a build, Parquet files or folders of parts: those are read part by part, and only the
    columns that are needed, so that archives can be joined that fit into no memory; it returns an Arrow table. `how`
    reads "left how right":

    - `within`, `contains`: every character of the one is one of the other;
    - `overlaps`: they share a character;
    - `equals`: they have the same bounds;
    - `before`: of the right spans that begin where the left one ends or later, the nearest; all that are equally near;
    - `after`: of the right spans that end where the left one begins or earlier, the nearest; all that are equally near.

    `left_on` and `right_on` say which spans are meant: those of a span property (`"cue"`: `cue_start` and `cue_end`),
    of a list of spans (`"fragments"`) or of a pair of columns (`("start", "end")`). A row where they are null, or the
    list is empty, pairs with nothing. None means the row itself, from `start` to `end`; but where there is a list of
    spans `content`, as quotes have, that: their `start` and `end` are derived from it, and take in whatever interrupts
    a quote, which nobody said. Of rows with several spans, left is within right if each of its spans lies within one of
    right's, overlaps it if one shares a character with one, and equals it if each has its equal on the other side;
    `before` and `after` go by the first character and the last.

    `columns` adds others, left's and then right's: True all of them, a list those of these names. What both sides have
    gets the `suffixes`, and can also be asked for with one of them. Columns keep their types; `document` is left's.

    As with `merge`, the index of a frame counts for nothing and that of the result is new; a table can be joined with
    itself, and then each row pairs with itself; `id` may be of any type, and ids that are not unique are passed on.
    Rows may stand in any order: those that are not in the order of documents and `start` are sorted for the search,
    which takes a few times as long. An empty span can be within others, but shares no character with any.

    Raises
    ------
    SidelinesError
        for what is no frame, table or path, or two kinds of them; a file that cannot be read, or other parts; an
        unknown `how`, column or property; columns of another type;
        a row without a document, bounds that are negative, the wrong way round, or null on one side only; `start` and
        `end` that are not the first and the last of `content`.

    >>> from sidelines import load
    >>> named = join(load("mentions"), load("quotes"), "within", columns=["entity_name", "speaker_name"])
    >>> list(named)
    ['document', 'left_id', 'right_id', 'entity_name', 'speaker_name']
    >>> sorted(set(named.entity_name[named.speaker_name == "Donald Trump"]))[:2]
    ['Barack Obama', 'Donald Trump']
    """
    if not isinstance(how, str) or how not in _WAYS:
        raise SidelinesError(f"how: expected a way to join, found {how!r}; {names(str(how), _WAYS)}")
    asked = _Asked(_WAYS[how], (left_on, right_on), _listed(columns), suffixes)
    if isinstance(left, (str, os.PathLike)) and isinstance(right, (str, os.PathLike)):
        return _by_parts(left, right, asked)
    return _joined(left, right, asked)


def _listed(columns: Any) -> Any:
    """What can be iterated over once, as a list; what is no list of names is refused where the names are known."""
    return columns if isinstance(columns, (bool, str)) or not isinstance(columns, Iterable) else list(columns)


def _by_parts(left: Named, right: Named, asked: _Asked) -> pa.Table:
    """The pairs of two tables of files, a part at a time, with only those columns read that are needed."""
    sides = parted(left, right)
    left_schema, right_schema = (side.schema() for side in sides)
    # Without rows, a join refuses whatever is wrong with the arguments, and says what columns there will be.
    found = [_joined(left_schema.empty_table(), right_schema.empty_table(), asked)]
    left_needed = [name for name in left_schema.names if asked.needs(name, asked.on[0])]
    right_needed = [name for name in right_schema.names if asked.needs(name, asked.on[1])]
    found += [
        _joined(sides[0].read(part, left_needed), sides[1].read(part, right_needed), asked) for part in sides[0].parts
    ]
    try:
        return pa.concat_tables(found)
    except pa.ArrowInvalid as error:
        raise SidelinesError(
            f"{left} and {right}: expected parts whose columns have the same types: {error}"
        ) from error


def _joined(left: Any, right: Any, asked: _Asked) -> Any:
    """The pairs of two frames or tables."""
    sides = both_sides(left, right)
    wanted = _wanted(*sides, asked.columns, asked.suffixes)
    left_rows, right_rows = _rows(asked.way, sides, asked.on)
    rows = {"left": left_rows, "right": right_rows}
    of: Any = sides[0].data.of
    return of({label: (side.data, at, rows[side.name]) for label, side, at in wanted})


@dataclass(frozen=True, slots=True)
class _Way:
    """How spans are paired: by which kernel, and what there is to it.

    `every` says of which side all spans of a row must be in a pair, `hull` that a row is taken as one span from its
    first character to its last, `mirrored` that spans are seen from the end of the text, `empty` whether spans without
    a character have pairs, `by_end` that the kernel wants them sorted by that, too.
    """

    kernel: Callable[[Sorted, Sorted], Pairs]
    every: tuple[bool, bool] = (False, False)
    hull: bool = False
    mirrored: bool = False
    empty: bool = True
    by_end: bool = False

    def meant(self, spans: Spans) -> Spans:
        """The spans that are paired."""
        if self.hull:
            spans = spans.hull()
        if self.mirrored:
            spans = Spans(spans.row, -spans.end, -spans.start)
        return spans if self.empty else spans.where(spans.start < spans.end)


@dataclass(frozen=True, slots=True)
class _Asked:
    """What a join was asked for, beside the two sides."""

    way: _Way
    on: tuple[On, On]
    columns: Any
    suffixes: tuple[str, str]

    def needs(self, column: str, on: On) -> bool:
        """Whether a join has to see a column of the side whose spans are `on`."""
        spans = [on] if isinstance(on, str) else list(on or ())
        bounds = [f"{name}_{at}" for name in spans for at in ("start", "end")]
        shown = {column, *(f"{column}{suffix}" for suffix in self.suffixes)}
        return (
            self.columns is True
            or column in ("document", "id", "start", "end", CONTENT, *spans, *bounds)
            or (self.columns is not False and not shown.isdisjoint(self.columns))
        )


def _within(left: Sorted, right: Sorted) -> Pairs:
    outer, inner = pairs.contained(right, left)
    return inner, outer


_WAYS = {
    "within": _Way(_within, every=(True, False)),
    "contains": _Way(pairs.contained, every=(False, True)),
    "overlaps": _Way(pairs.sharing, empty=False),
    "equals": _Way(pairs.equal, every=(True, True), by_end=True),
    "before": _Way(pairs.following, hull=True),
    "after": _Way(pairs.following, hull=True, mirrored=True),
}


def _rows(way: _Way, sides: tuple[Side, Side], on: tuple[On, On]) -> Pairs:
    """The rows that go together, in the order of the left ones, then of the right ones."""
    runs = [Runs(*found) for found in arrow.runs(*(side.documents() for side in sides))]
    for side, documents in zip(sides, runs, strict=True):
        if (documents.document < 0).any():
            side.refuse(documents.each() < 0, lambda row: "a document, found none")
    spans = [way.meant(side.spans(meant)) for side, meant in zip(sides, on, strict=True)]
    known = 1 + int(runs[0].document.max(initial=-1))
    if (runs[1].document >= known).any():
        # Documents of the right side alone have the highest numbers, wherever they stand: left in, they would make
        # rows be sorted that are in order.
        spans[1] = spans[1].where(spans[1].owned(runs[1].each() < known))
    left, right = spans
    found = way.kernel(
        Sorted.of(runs[0].of(left.row), known, left.start, left.end, way.by_end),
        Sorted.of(runs[1].of(right.row), known, right.start, right.end, way.by_end),
    )
    pack = _Pack(sides[1].data.size.bit_length())
    keys = pack.keys(left.rows(found[0]), right.rows(found[1]))
    if left.several or right.several:
        counts = left.counts(sides[0].data.size), right.counts(sides[1].data.size)
        keys = _complete(pack, keys, found, counts, way.every)
    if not (keys[1:] > keys[:-1]).all():
        keys.sort()
    return pack.rows(keys)


@dataclass(frozen=True, slots=True)
class _Pack:
    """Two rows as one number, by which pairs are sorted."""

    bits: int

    def keys(self, left: Ints, right: Ints) -> Ints:
        return left << self.bits | right

    def rows(self, keys: Ints) -> Pairs:
        return keys >> self.bits, keys & ((1 << self.bits) - 1)


def _complete(pack: _Pack, keys: Ints, found: Pairs, counts: tuple[Ints, Ints], every: tuple[bool, bool]) -> Ints:
    """The pairs of rows of which, on the sides that `every` names, all spans were found in a pair; each once.

    `keys[i]` are the rows of the pair i of spans, `counts` how many spans the rows of each side have.
    """
    several = np.logical_or(*(count[row] > 1 for count, row in zip(counts, pack.rows(keys), strict=True)))
    part = np.flatnonzero(several)
    joined, pair = np.unique(keys[part], return_inverse=True)
    whole = np.ones(len(joined), np.bool_)
    for must, span, count, row in zip(every, found, counts, pack.rows(joined), strict=True):
        if must:
            width = int(span.max(initial=0)) + 1
            met = np.unique(pair * width + span[part])
            whole &= np.bincount(met // width, minlength=len(joined)) == count[row]
    return np.concatenate([keys[~several], joined[whole]])


def _wanted(
    left: Side, right: Side, columns: bool | Iterable[str], suffixes: tuple[str, str]
) -> list[tuple[Any, Side, int]]:
    """The columns of the result: the name of each, whose it is, and where it stands there."""
    if not isinstance(suffixes, (tuple, list)) or [type(suffix) for suffix in suffixes] != [str, str]:
        raise SidelinesError(f"suffixes: expected two strings, found {suffixes!r}")
    right.at("document")
    wanted = [
        ("document", left, left.at("document")), ("left_id", left, left.at("id")), ("right_id", right, right.at("id")),
        *_asked(list(_others(left, right, suffixes)), columns),
    ]  # fmt: skip
    labels = [label for label, _, _ in wanted]
    twice = next((label for label in labels if labels.count(label) > 1), None)
    if twice is not None:
        raise SidelinesError(
            f"expected columns of different names, found {twice!r} twice; `suffixes` can tell them apart"
        )
    return wanted


Other = tuple[Any, Any, Side, int]


def _others(left: Side, right: Side, suffixes: tuple[str, str]) -> Iterator[Other]:
    """The columns beside `document` and `id`: the name in the result, the own name, side, position."""
    for side, other, suffix in ((left, right, suffixes[0]), (right, left, suffixes[1])):
        for at, label in enumerate(side.data.labels):
            if label not in ("document", "id"):
                yield f"{label}{suffix}" if other.has(label) else label, label, side, at


def _asked(others: list[Other], columns: bool | Iterable[str]) -> Iterator[tuple[Any, Side, int]]:
    """Those of the other columns that are asked for, by one of their two names."""
    if isinstance(columns, str) or not isinstance(columns, (bool, Iterable)):
        raise SidelinesError(f"columns: expected True, False or a list of names, found {columns!r}")
    legal = [name for shown, label, _, _ in others for name in (shown, label)]
    asked = list(columns) if not isinstance(columns, bool) else legal if columns else []
    for name in asked:
        if name not in legal:
            raise SidelinesError(
                f"columns: there is no other column {name!r}; {names(str(name), set(map(str, legal)))}"
            )
    return ((shown, side, at) for shown, label, side, at in others if shown in asked or label in asked)
