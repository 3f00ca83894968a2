"""O: every span points where it says."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import zip_longest
from unicodedata import normalize

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from sidelines import arrow
from sidelines.marks import WHITE_SPACE
from sidelines.offsets import Bools
from sidelines.problems import code_points, quoted
from sidelines.rules.finding import Finding, Place
from sidelines.surfaces import NEARBY, certain_place, nearest_place
from sidelines.tables import Batch, Spans

__all__ = ["bound_outside", "bounds_reversed", "negative_offset", "surface_differs", "white_space_at_edge"]

BEFORE = 20  # characters that are shown before the first difference


def _misplaced(batch: Batch, spans: Spans, position: int, message: str, at: str | None = None) -> Finding:
    """A span that does not stand where it says, and where it does, if that is certain and no other stands there."""
    start, end = int(spans.start[position]), int(spans.end[position])
    surface = spans.text[position].as_py()
    document = int(spans.document[position])
    place = certain_place(batch.text(document), start, end, surface)
    if place is None or (place != (start, end) and (document, *place) in batch.taken(spans.table, spans.property)):
        return _finding(spans, position, message, at)
    fix = "copy the words that stand there" if place == (start, end) else f"start {place[0]}, end {place[1]}"
    return _finding(spans, position, message, at, fix, place)


def _finding(
    spans: Spans,
    position: int,
    message: str,
    at: str | None = None,
    fix: str | None = None,
    place: tuple[int, int] | None = None,
) -> Finding:
    row, path = int(spans.row[position]), spans.path(position)
    start, end = int(spans.start[position]), int(spans.end[position])
    places = () if place is None else (Place(spans.table, row, path, *place),)
    whole = path + (() if at is None else (at,))
    return Finding(spans.table, row, message, whole, None, start, end, fix, bool(places), places)


def negative_offset(batch: Batch) -> Iterator[Finding]:
    """An offset is below 0."""
    for spans in batch.sound_spans():
        for at, offsets in (("start", spans.start), ("end", spans.end)):
            for position in np.flatnonzero(offsets < 0).tolist():
                message = f"{at}: expected 0 or more, found {offsets[position]}"
                yield _misplaced(batch, spans, position, message, at)


def bound_outside(batch: Batch) -> Iterator[Finding]:
    """An offset lies behind the end of the text."""
    for spans in batch.sound_spans():
        length = batch.texts.characters[spans.document]
        for position in np.flatnonzero((spans.start > length) | (spans.end > length)).tolist():
            at, offset = "start", spans.start[position]
            if offset <= length[position]:
                at, offset = "end", spans.end[position]
            message = f"{at}: expected at most {length[position]}, the length of the text, found {offset}"
            yield _misplaced(batch, spans, position, message, at)


def bounds_reversed(batch: Batch) -> Iterator[Finding]:
    """A span ends where it begins, or before."""
    for spans in batch.sound_spans():
        for position in np.flatnonzero(spans.start >= spans.end).tolist():
            message = f"expected start before end, found {spans.start[position]} and {spans.end[position]}"
            yield _misplaced(batch, spans, position, message)


def surface_differs(batch: Batch) -> Iterator[Finding]:
    """The text of a span is not what stands in the document from its start to its end."""
    for spans in batch.sound_spans():
        surfaces, bounds = arrow.utf8(spans.text)
        start, end = (batch.texts.byte(spans.document, offsets) for offsets in (spans.start, spans.end))
        for position in np.flatnonzero(~batch.texts.equal(start, end, surfaces, bounds)).tolist():
            surface = surfaces[bounds[position] : bounds[position + 1]].tobytes().decode()
            found = batch.texts.data[start[position] : end[position]].tobytes().decode()
            where = _where(batch.text(int(spans.document[position])), int(spans.start[position]), surface)
            stands, stated = _told_apart(found, surface)
            message = f"text: expected {stands}, which stands there, found {stated}{where}"
            yield _misplaced(batch, spans, position, message, "text")


def _told_apart(one: str, other: str) -> Iterator[str]:
    """Two texts that differ, as a message shows them: as code points from there on, if they would look alike."""
    alike = quoted(one) == quoted(other) or normalize("NFC", one) == normalize("NFC", other)
    if not alike:
        yield from map(quoted, (one, other))
        return
    cut = next(at for at, (a, b) in enumerate(zip_longest(one, other)) if a != b) - BEFORE
    for text in (one, other):
        yield f"…{code_points(text[cut:])}" if cut > 0 else code_points(text)


def white_space_at_edge(batch: Batch) -> Iterator[Finding]:
    """A span begins or ends with white space (the property White_Space of Unicode)."""
    for spans in batch.sound_spans():
        near = spans.where(_perhaps_white(spans.text))
        trimmed = pc.utf8_trim(near.text, WHITE_SPACE)
        shorter = pc.not_equal(pc.binary_length(trimmed), pc.binary_length(near.text))
        for position in np.flatnonzero(arrow.truth(shorter)).tolist():
            text = near.text[position].as_py()
            left, right = len(text) - len(text.lstrip(WHITE_SPACE)), len(text) - len(text.rstrip(WHITE_SPACE))
            start, end = int(near.start[position]), int(near.end[position])
            message = f"expected no white space at the ends, found {quoted(text)}"
            place = (start + left, end - right) if left < len(text) else None
            fix = "leave the span out" if place is None else f"start {place[0]}, end {place[1]}"
            yield _finding(near, position, message, None, fix, place)


# The bytes that begin a white-space character in UTF-8, and those that end one.
_FIRST = np.isin(np.arange(256), np.frombuffer(bytes({c.encode()[0] for c in WHITE_SPACE}), np.uint8))
_LAST = np.isin(np.arange(256), np.frombuffer(bytes({c.encode()[-1] for c in WHITE_SPACE}), np.uint8))


def _perhaps_white(texts: pa.Array) -> Bools:
    """Which texts, of which none is empty, may have white space at an end: few need to be trimmed to be sure."""
    data, bounds = arrow.utf8(texts)
    perhaps: Bools = _FIRST[data[bounds[:-1]]] | _LAST[data[bounds[1:] - 1]]
    return perhaps


def _where(text: str, start: int, surface: str) -> str:
    """Where the surface does stand, nearest to where it was looked for."""
    best = nearest_place(text, start, surface)
    if best is None:
        return f"; it does not stand within {NEARBY} characters"
    if best == start:
        return f"; it does begin there, and ends at {start + len(surface)}"
    return f"; it stands at {best}–{best + len(surface)}, {abs(best - start)} {'after' if best > start else 'before'}"
