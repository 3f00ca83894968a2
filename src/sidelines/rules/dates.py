"""D: TIMEX3 dates, where a corpus has the table of the built-in layer."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pyarrow as pa

from sidelines import arrow, intervals, timex
from sidelines.offsets import Bools, Ints
from sidelines.rules.finding import Finding
from sidelines.tables import Batch

TYPES = ("DATE", "TIME", "DURATION", "SET")

__all__ = ["anchors_in_circle", "creation_times", "name_contradicts", "no_value", "value_against_type"]


def no_value(batch: Batch) -> Iterator[Finding]:
    """A value is none of TIMEX3."""
    if batch.model.text("dates", "value"):
        for rows, (value,) in _distinct(batch, "value"):
            if timex.parse(value) is None:
                for row in rows:
                    shown = value if len(value) <= 40 else value[:39] + "…"
                    message = f"value: expected a TIMEX3 value such as 2018-10-24, 2018-W43 or P2D, found {shown!r}"
                    yield Finding("dates", row, message, ("value",))


def value_against_type(batch: Batch) -> Iterator[Finding]:
    """A value does not fit the type of its date."""
    if batch.model.text("dates", "value", "type"):
        for rows, (value, kind) in _distinct(batch, "value", "type"):
            meaning = timex.parse(value)
            if meaning is not None and not timex.fits(meaning, kind):
                for row in rows:
                    message = f"value: expected one that fits the type {kind}, found {value!r}, a {meaning.kind}"
                    yield Finding("dates", row, message, ("value",))


def name_contradicts(batch: Batch) -> Iterator[Finding]:
    """A weekday or month that an English surface names cannot be true of the value."""
    if batch.model.text("dates", "value", "text"):
        english = batch.english[batch.document("dates")] & ~_unfit(batch)
        for rows, (value, surface) in _distinct(batch, "value", "text"):
            meaning = timex.parse(value)
            against = timex.contradiction(surface, meaning) if meaning is not None else None
            for row in rows[english[rows]] if against else ():
                yield Finding("dates", row, f"value: expected what the words say, found {against}", ("value",))


def _unfit(batch: Batch) -> Bools:
    """The rows whose value does not fit their type: one problem is enough for them."""
    unfit = np.zeros(len(batch.sound["dates"]), np.bool_)
    for finding in value_against_type(batch):
        unfit[finding.row] = True
    return unfit


def anchors_in_circle(batch: Batch) -> Iterator[Finding]:
    """A date is, by its anchors, worked out from itself."""
    if batch.model.refers("dates", "anchor", "dates") and not batch.model.listed("dates", "anchor"):
        for circle in intervals.each_circle(batch.target("dates", "anchor"), batch.sound["dates"]):
            ids = " → ".join(batch.column("dates", "id")[row].as_py() for row in (*circle, circle[0]))
            message = f"anchor: expected anchors that lead to a complete date, found the circle {ids}"
            yield Finding("dates", circle[0], message, ("anchor",))


def creation_times(batch: Batch) -> Iterator[Finding]:
    """A document has more than one CREATION_TIME."""
    if batch.model.text("dates", "function"):
        rows = np.flatnonzero(batch.sound["dates"] & batch.is_("dates", "function", "CREATION_TIME"))
        document = batch.document("dates")[rows]
        for at in np.flatnonzero(document[1:] == document[:-1]) + 1:
            earlier = batch.column("dates", "id")[int(rows[at - 1])].as_py()
            message = f"function: expected one CREATION_TIME, found it on {earlier!r} already"
            yield Finding("dates", int(rows[at]), message, ("function",))


def _indices(column: pa.Array) -> pa.Array:
    return column.indices if pa.types.is_dictionary(column.type) else column


def _distinct(batch: Batch, *names: str) -> Iterator[tuple[Ints, tuple[str, ...]]]:
    """The sound rows by what stands in some columns, each combination once; rows without one of them are left out."""
    there = [arrow.valid(_indices(batch.column("dates", name))) for name in names]
    rows = np.flatnonzero(batch.sound["dates"] & np.logical_and.reduce(there))
    if not len(rows):
        return
    keys = np.zeros(len(rows), np.int64)
    columns = []
    for name in names:
        column = arrow.pick(batch.column("dates", name), rows)
        if not hasattr(column, "dictionary"):
            column = column.dictionary_encode()
        keys = keys * max(len(column.dictionary), 1) + arrow.numbers(column.indices)
        columns.append(column)
    order = np.argsort(keys, kind="stable")
    edges = np.flatnonzero(np.diff(keys[order], prepend=-1))
    for first, last in zip(edges, np.append(edges[1:], len(order)), strict=True):
        at = order[first:last]
        yield rows[at], tuple(column[int(at[0])].as_py() for column in columns)
