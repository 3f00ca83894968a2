"""D: TIMEX3 dates, where a corpus has the table of the built-in layer."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from sidelines import arrow, intervals, timex
from sidelines.offsets import Bools
from sidelines.rules.finding import Finding
from sidelines.tables import Batch

__all__ = ["anchors_in_circle", "creation_times", "name_contradicts", "no_value", "value_against_type"]

TYPES = ("DATE", "TIME", "DURATION", "SET")


def no_value(batch: Batch) -> Iterator[Finding]:
    """A value is none of TIMEX3."""
    if batch.model.text("dates", "value"):
        none = batch.facts("dates", "value", timex.facts)[:, 0] == 0
        there = arrow.valid(batch.column("dates", "value"))
        for row in np.flatnonzero(batch.sound["dates"] & none & there).tolist():
            value = batch.column("dates", "value")[row].as_py()
            shown = value if len(value) <= 40 else value[:39] + "…"
            message = f"value: expected a TIMEX3 value such as 2018-10-24, 2018-W43 or P2D, found {shown!r}"
            yield Finding("dates", row, message, ("value",))


def value_against_type(batch: Batch) -> Iterator[Finding]:
    """A value does not fit the type of its date."""
    if batch.model.text("dates", "value"):
        for row in np.flatnonzero(_unfit(batch)).tolist():
            kind, value = (batch.column("dates", name)[row].as_py() for name in ("type", "value"))
            meaning = timex.parse(value)
            assert meaning is not None  # what is no value at all is not unfit
            fitting = " or ".join(other for other in TYPES if timex.fits(meaning, other))
            message = f"value: expected one that fits the type {kind}, found {value!r}, which fits {fitting}"
            yield Finding("dates", row, message, ("value",))


def name_contradicts(batch: Batch) -> Iterator[Finding]:
    """A weekday or month that an English surface names cannot be true of the value."""
    if not batch.model.text("dates", "value", "text"):
        return
    true = batch.facts("dates", "value", timex.facts)[:, 3:]
    said = batch.facts("dates", "text", timex.named)
    against = ((said != 0) & (true != 0) & (said & true == 0)).any(axis=1)
    judged = batch.sound["dates"] & batch.english[batch.document("dates")] & ~_unfit(batch)
    for row in np.flatnonzero(judged & against).tolist():
        text, value = (batch.column("dates", name)[row].as_py() for name in ("text", "value"))
        meaning = timex.parse(value)
        assert meaning is not None  # of no value, nothing is true
        found = timex.contradiction(text, meaning)
        yield Finding("dates", row, f"value: expected what the words say, found {found}", ("value",))


def anchors_in_circle(batch: Batch) -> Iterator[Finding]:
    """A date is, by its anchors, worked out from itself."""
    if batch.model.refers("dates", "anchor", "dates") and not batch.model.listed("dates", "anchor"):
        for circle in intervals.each_circle(batch.target("dates", "anchor"), batch.sound["dates"]):
            if not batch.named_once("dates")[circle].all():
                continue  # the anchor may be the other row of this id
            ids = " → ".join(batch.column("dates", "id")[row].as_py() for row in (*circle, circle[0]))
            message = f"anchor: expected anchors that lead to a complete date, found the circle {ids}"
            yield Finding("dates", circle[0], message, ("anchor",))


def creation_times(batch: Batch) -> Iterator[Finding]:
    """A document has more than one CREATION_TIME."""
    if batch.model.text("dates", "function"):
        rows = np.flatnonzero(batch.sound["dates"] & batch.is_("dates", "function", "CREATION_TIME"))
        document = batch.document("dates")[rows]
        for at in (np.flatnonzero(document[1:] == document[:-1]) + 1).tolist():
            earlier = batch.column("dates", "id")[int(rows[at - 1])].as_py()
            message = f"function: expected one CREATION_TIME, found it on {earlier!r} already"
            yield Finding("dates", int(rows[at]), message, ("function",))


def _unfit(batch: Batch) -> Bools:
    """The sound rows whose value, if it is one, does not fit their type, if it is one of TIMEX3."""
    if not batch.model.text("dates", "type"):
        return batch.sound["dates"] & False
    kinds, names = batch.distinct("dates", "type")
    # Whether they fit depends on the kind of the value alone, of which there are few; what is none is not judged here.
    fits = [[n not in TYPES or timex.fits(timex.Value(kind), n) for n in [*names, ""]] for kind in timex.KINDS]
    fitting = np.array([[True] * (len(names) + 1), *fits])
    unfit: Bools = ~fitting[batch.facts("dates", "value", timex.facts)[:, 0], kinds]
    return unfit & batch.sound["dates"]
