"""L: how the spans of a table stand to each other and to those of other tables."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

import numpy as np

from sidelines import intervals
from sidelines.marks import WHITE_SPACE
from sidelines.offsets import Bools, Ints, gather
from sidelines.problems import quoted
from sidelines.rules.finding import Finding, Path
from sidelines.tables import Batch, Spans

__all__ = ["annotated_boilerplate", "outside", "overlap", "rows_out_of_order", "uncovered"]


def rows_out_of_order(batch: Batch) -> Iterator[Finding]:
    """Rows, or the spans of a list, do not stand in the order (start, -end)."""
    for table in batch.model.tables.values():
        sorted_lists = np.ones(len(batch.sound[table.name]), np.bool_)
        for member in table.row.properties:
            if member.spans:
                spans = batch.spans_of(table.name, member.name)
                for position in intervals.out_of_order(spans.row, spans.start, spans.end).tolist():
                    sorted_lists[spans.row[position]] = False
                    yield _out_of_order(spans, position, "spans of a list", spans.path(position))
        if (by := table.sorts_by) is not None:
            spans = batch.spans_of(table.name, None if by is table.row else by.name)
            spans = spans.where((spans.item == 0) & sorted_lists[spans.row])
            for position in intervals.out_of_order(spans.document, spans.start, spans.end).tolist():
                yield _out_of_order(spans, position, "rows", ())


def _out_of_order(spans: Spans, position: int, what: str, at: Path) -> Finding:
    here, before = _shown(spans, position), _shown(spans, position - 1)
    message = f"expected {what} by start, the longest first; found {here} after {before}"
    return replace(_finding(spans, position, message, at), fixable=True)


def _shown(spans: Spans, position: int) -> str:
    return f"{spans.start[position]}–{spans.end[position]} {quoted(spans.text[position].as_py(), 40)}"


def overlap(batch: Batch) -> Iterator[Finding]:
    """Spans meet in a way that x-overlap does not allow."""
    for table in batch.model.tables.values():
        if table.overlap in _MEETINGS:
            spans = batch.spans_of(table.name)
            yield from _meeting(batch, spans, spans.document, table.overlap)
        for member in table.row.properties:
            if member.overlap in _MEETINGS:
                spans = batch.spans_of(table.name, member.name)
                yield from _meeting(batch, spans, spans.row, member.overlap)


_MEETINGS: dict[str, tuple[Callable[[Ints, Ints], list[tuple[int, int]]], str]] = {
    "none": (intervals.overlapping, "no two spans to share a character"),
    "nested": (intervals.crossing, "spans to be disjoint or one inside the other"),
}


def _meeting(batch: Batch, spans: Spans, owner: Ints, how: str) -> Iterator[Finding]:
    kernel, expected = _MEETINGS[how]
    for later, earlier in kernel(*batch.place(owner, spans.start, spans.end)):
        found = f"{_shown(spans, later)} and {_shown(spans, earlier)}"
        yield _finding(spans, later, f"expected {expected} (x-overlap: {how}), found {found}", spans.path(later))


def outside(batch: Batch) -> Iterator[Finding]:
    """A span does not lie within a span of the table, or of the property, that x-inside names."""
    for table in batch.model.tables.values():
        if table.inside is not None:
            yield from _outside(batch, batch.spans_of(table.name), table.inside)
        for member in table.row.properties:
            inside = member.inside or (member.items.inside if member.items is not None else None)
            if inside is not None:
                yield from _outside(batch, batch.spans_of(table.name, member.name), inside)


def _outside(batch: Batch, spans: Spans, target: str) -> Iterator[Finding]:
    if target.startswith("./"):
        outer = batch.spans_of(spans.table, target[2:])
        owner, outer_owner, what = spans.row, outer.row, f"a span of {target[2:]!r}"
    elif target not in batch.tables or target in batch.model.contested:
        return  # its schema could not be compiled, or is not the only one
    else:
        outer = batch.spans_of(target)
        spans = spans.where(batch.whole[target][spans.document])
        owner, outer_owner, what = spans.document, outer.document, f"a row of {target}"
    places = *batch.place(owner, spans.start, spans.end), *batch.place(outer_owner, outer.start, outer.end)
    for position in np.flatnonzero(~intervals.inside(*places)).tolist():
        message = f"expected a span within {what}, found {_shown(spans, position)}"
        yield _finding(spans, position, message, spans.path(position))


def uncovered(batch: Batch) -> Iterator[Finding]:
    """Characters other than white space belong to no block."""
    if not (batch.model.text("blocks", "kind") and batch.model.points("blocks")):
        return
    blocks = batch.spans_of("blocks")
    for document in np.flatnonzero(batch.whole["blocks"] & ~_covered(batch, blocks)).tolist():
        mine = blocks.where(blocks.document == document)
        text = batch.text(document)
        done = 0
        for start, end in [*sorted(zip(mine.start.tolist(), mine.end.tolist(), strict=True)), (len(text), len(text))]:
            rest = text[done:start].strip(WHITE_SPACE)
            if rest:
                first = text.index(rest, done)
                last = first + len(rest)
                found = f"{quoted(rest)} at {first}–{last}"
                message = f"expected every character but white space in a block, found {found} in none"
                yield Finding("blocks", None, message, document=document, start=first, end=last)
            done = max(done, end)


_LINE_BREAKS = np.frombuffer(b"\n\r", np.uint8)


def _covered(batch: Batch, blocks: Spans) -> Bools:
    """In which documents only \\n and \\r stand outside the blocks (others may, too; they are looked at one by one)."""
    texts = batch.texts
    start = np.sort(np.concatenate([texts.first[:-1], texts.byte(blocks.document, blocks.end)]))
    end = np.sort(np.concatenate([texts.byte(blocks.document, blocks.start), texts.first[1:]]))
    gaps = gather(start, np.maximum(end - start, 0))
    bad = gaps[~np.isin(texts.data[gaps], _LINE_BREAKS)]
    covered = np.ones(len(batch.ids), np.bool_)
    covered[np.searchsorted(texts.first, bad, "right") - 1] = False
    return covered


def annotated_boilerplate(batch: Batch) -> Iterator[Finding]:
    """Something is annotated in a block of the kind boilerplate."""
    if not (batch.model.text("blocks", "kind") and batch.model.points("blocks")):
        return
    blocks = batch.spans_of("blocks")
    blocks = blocks.where(batch.is_("blocks", "kind", "boilerplate")[blocks.row])
    other = batch.place(blocks.document, blocks.start, blocks.end)
    for spans in batch.sound_spans():
        if spans.table == "blocks":
            continue
        start, end = batch.place(spans.document, spans.start, spans.end)
        for position in np.flatnonzero(intervals.meets(start, end, *other)).tolist():
            message = f"expected nothing in boilerplate, found {_shown(spans, position)}"
            yield _finding(spans, position, message, spans.path(position))


def _finding(spans: Spans, position: int, message: str, at: Path) -> Finding:
    start, end = int(spans.start[position]), int(spans.end[position])
    return Finding(spans.table, int(spans.row[position]), message, at, start=start, end=end)
