"""D: TIMEX3 dates, where a corpus has the table of the built-in layer."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from sidelines import arrow, intervals, timex
from sidelines.offsets import Ints
from sidelines.rules.finding import Finding
from sidelines.tables import Batch

__all__ = ["anchors_in_circle", "creation_times", "name_contradicts", "no_value", "value_against_type"]


def no_value(batch: Batch) -> Iterator[Finding]:
    """A value is none of TIMEX3."""
    if batch.model.column("dates", "value"):
        for rows, (value,) in _distinct(batch, "value"):
            if timex.parse(value) is None:
                for row in rows:
                    message = f"value: expected a TIMEX3 value such as 2018-10-24, 2018-W43 or P2D, found {value!r}"
                    yield Finding("dates", row, message, ("value",))


def value_against_type(batch: Batch) -> Iterator[Finding]:
    """A value does not fit the type of its date."""
    if batch.model.column("dates", "value") and batch.model.column("dates", "type"):
        for rows, (value, kind) in _distinct(batch, "value", "type"):
            meaning = timex.parse(value)
            if meaning is not None and not timex.fits(meaning, kind):
                for row in rows:
                    message = f"value: expected one that fits the type {kind}, found {value!r}, a {meaning.kind}"
                    yield Finding("dates", row, message, ("value",))


def name_contradicts(batch: Batch) -> Iterator[Finding]:
    """A weekday or month that an English surface names cannot be true of the value."""
    if batch.model.column("dates", "value") and batch.model.column("dates", "text"):
        english = batch.english[batch.document("dates")]
        for rows, (value, surface) in _distinct(batch, "value", "text"):
            meaning = timex.parse(value)
            against = timex.contradiction(surface, meaning) if meaning is not None else None
            for row in rows[english[rows]] if against else ():
                yield Finding("dates", row, f"value: expected what the words say, found {against}", ("value",))


def anchors_in_circle(batch: Batch) -> Iterator[Finding]:
    """A date is, by its anchors, worked out from itself."""
    if batch.model.column("dates", "anchor"):
        for row in np.flatnonzero(intervals.circles(batch.target("dates", "anchor")) & batch.sound["dates"]).tolist():
            yield Finding("dates", row, "expected anchors that lead to a complete date, found a circle", ("anchor",))


def creation_times(batch: Batch) -> Iterator[Finding]:
    """A document has more than one CREATION_TIME."""
    if batch.model.column("dates", "function"):
        rows = np.flatnonzero(batch.sound["dates"] & batch.is_("dates", "function", "CREATION_TIME"))
        document = batch.document("dates")[rows]
        for at in np.flatnonzero(document[1:] == document[:-1]) + 1:
            earlier = batch.column("dates", "id")[int(rows[at - 1])].as_py()
            message = f"function: expected one CREATION_TIME, found it on {earlier!r} already"
            yield Finding("dates", int(rows[at]), message, ("function",))


def _distinct(batch: Batch, *names: str) -> Iterator[tuple[Ints, tuple[str, ...]]]:
    """The sound rows by what stands in some columns, each combination once."""
    rows = np.flatnonzero(batch.sound["dates"])
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
