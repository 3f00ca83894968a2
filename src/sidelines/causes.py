"""The findings about offsets of a batch, folded under what causes them."""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Sequence
from typing import NamedTuple

import numpy as np

from sidelines import arrow
from sidelines.diagnosis import Cause, Marks, diagnose
from sidelines.errors import count
from sidelines.rules.finding import Finding, Path, Place
from sidelines.tables import Batch, Spans

__all__ = ["CAUSE", "FOLDED", "Found", "fold"]

CAUSE = "O006"
FOLDED = ("O001", "O002", "O003", "O004")


class Found(NamedTuple):
    """What a rule found, and what was found of which that is the cause."""

    code: str
    finding: Finding
    folded: tuple[Found, ...] = ()

    def among(self, codes: Container[str]) -> Found:
        """The same, with those alone folded under it that have one of these codes."""
        return self._replace(folded=tuple(each for each in self.folded if each.code in codes)) if self.folded else self


class _Spot(NamedTuple):
    """Where a span stands: table, row in the batch, and place in the row."""

    table: str
    row: int
    path: Path


def fold(batch: Batch, found: Sequence[Found]) -> Iterator[Found]:
    """The same findings, but where many spans of a layer of a document do not fit, their cause and what it leaves."""
    groups: dict[tuple[int, str], list[Found]] = {}
    for each in found:
        if each.code in FOLDED and each.finding.row is not None:
            document = int(batch.document(each.finding.table)[each.finding.row])
            groups.setdefault((document, batch.model.tables[each.finding.table].layer), []).append(each)
    explained: set[int] = set()
    for (document, layer), group in groups.items():
        if (cause := _cause(batch, document, layer, group)) is not None:
            explained |= set(map(id, cause.folded))
            yield cause
    yield from (each for each in found if id(each) not in explained)


def _cause(batch: Batch, document: int, layer: str, group: Iterable[Found]) -> Found | None:
    parts = list(_parts(batch, document, layer))
    start, end = (np.concatenate([getattr(spans, name)[part] for spans, part in parts]) for name in ("start", "end"))
    words = [word for spans, part in parts for word in arrow.python(spans.text[part])]
    text, marks = batch.text(document), Marks(start, end, words)
    cause = diagnose(text, marks)
    if cause is None:
        return None
    spots = [
        _Spot(spans.table, int(spans.row[at]), spans.path(at))
        for spans, part in parts
        for at in range(part.start, part.stop)
    ]
    known = dict(zip(spots, cause.explained.tolist(), strict=True))
    folded = tuple(each for each in group if known[_spot(each.finding, known)])
    return Found(CAUSE, _finding(text, spots, marks, cause), folded)


def _parts(batch: Batch, document: int, layer: str) -> Iterator[tuple[Spans, slice]]:
    """The spans of a layer, and which of them are those of one document."""
    for spans in batch.spans():
        if batch.model.tables[spans.table].layer == layer:
            yield spans, slice(*np.searchsorted(spans.document, [document, document + 1]).tolist())


def _finding(text: str, spots: Sequence[_Spot], marks: Marks, cause: Cause) -> Finding:
    """What is said of a cause, at the first span that it explains and that does not fit as it stands."""
    right = marks.right(text)
    message = f"{int(cause.explained.sum())} of {count(len(spots), 'surface')} fit when {cause.words}"
    message += f"; {int(right.sum())} fit as they stand"
    moved = cause.explained & ~(right & (cause.start == marks.start) & (cause.end == marks.end))
    places = tuple(Place(*spots[at], int(cause.start[at]), int(cause.end[at])) for at in np.flatnonzero(moved).tolist())
    if cause.certain:
        fix = f"put {count(len(places), 'span')} where they stand then"
    else:
        message += "; read otherwise, as many fit"
        fix, places = "convert the offsets where they were written: there alone it is known how they were counted", ()
    first = min(np.flatnonzero(cause.explained & ~right).tolist(), key=lambda at: int(marks.start[at]))
    start, end = int(marks.start[first]), int(marks.end[first])
    table, row, path = spots[first]
    return Finding(table, row, message, path, None, start, end, fix, cause.certain, places)


def _spot(finding: Finding, spots: Container[_Spot]) -> _Spot:
    """The span that a finding is about, be it at the span or at its start, end or text."""
    whole = _Spot(finding.table, finding.row or 0, finding.at)
    return whole if whole in spots else whole._replace(path=finding.at[:-1])
