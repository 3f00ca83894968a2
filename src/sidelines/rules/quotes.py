"""Q: quotes, where a corpus has the table of the built-in layer."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pyarrow.compute as pc

from sidelines import arrow, intervals, marks
from sidelines.offsets import Bools, Ints
from sidelines.problems import quoted
from sidelines.rules.finding import Finding
from sidelines.tables import Batch, Spans

__all__ = [
    "cue_inside_content", "direct_without_marks", "fragments_without_mixed", "mixed_without_fragments",
    "parent_does_not_contain", "parents_in_circle",
]  # fmt: skip


def direct_without_marks(batch: Batch) -> Iterator[Finding]:
    """A direct quote does not begin and end with quotation marks."""
    if not (batch.model.text("quotes", "kind") and batch.model.lists_spans("quotes", "content")):
        return
    content = _content(batch)
    content = content.where(batch.is_("quotes", "kind", "direct")[content.row])
    first, last = _ends(content)
    opens, closes = marks.opening(content.text) > 0, marks.closing(content.text) > 0
    single = first & last & (arrow.numbers(pc.utf8_length(content.text)) == 1)
    # Both ends of a quote are its first and its last span, in the same order.
    begins, ends = np.flatnonzero(first), np.flatnonzero(last)
    for at in np.flatnonzero(~opens[begins] | ~closes[ends] | single[begins]).tolist():
        begin, end = int(begins[at]), int(ends[at])
        found = f"{content.text[begin].as_py()[0]!r} and {content.text[end].as_py()[-1]!r}"
        message = f"expected quotation marks at both ends of a direct quote, found {found}"
        yield _finding(content, end if opens[begin] else begin, message)


def mixed_without_fragments(batch: Batch) -> Iterator[Finding]:
    """A mixed quote has no quoted fragment."""
    if batch.model.text("quotes", "kind") and batch.model.lists_spans("quotes", "fragments"):
        none = arrow.list_lengths(batch.column("quotes", "fragments")) == 0
        for row in np.flatnonzero(batch.sound["quotes"] & batch.is_("quotes", "kind", "mixed") & none).tolist():
            yield Finding("quotes", row, "expected at least one quoted fragment in a mixed quote, found none")


def fragments_without_mixed(batch: Batch) -> Iterator[Finding]:
    """A quote that is not mixed has fragments."""
    if batch.model.text("quotes", "kind") and batch.model.lists_spans("quotes", "fragments"):
        some = arrow.list_lengths(batch.column("quotes", "fragments")) > 0
        for row in np.flatnonzero(batch.sound["quotes"] & ~batch.is_("quotes", "kind", "mixed") & some).tolist():
            kind = batch.column("quotes", "kind")[row].as_py()
            message = f"expected fragments only in a mixed quote, found them in one of kind {kind}"
            yield Finding("quotes", row, message, ("fragments",))


def cue_inside_content(batch: Batch) -> Iterator[Finding]:
    """The cue or the source of a quote stands inside its own content."""
    if not batch.model.lists_spans("quotes", "content"):
        return
    content = _content(batch)
    outer = batch.place(content.row, content.start, content.end)
    for name, rows, start, end in _reporters(batch):
        for at in np.flatnonzero(intervals.meets(*batch.place(rows, start, end), *outer)).tolist():
            if name == "source" and not batch.named_once("mentions")[batch.target("quotes", name)[rows[at]]]:
                continue  # the source may be the other row of this id
            words = batch.text(int(batch.document("quotes")[rows[at]]))[start[at] : end[at]]
            found = f"{quoted(words)} at {start[at]}–{end[at]}"
            message = f"{name}: expected outside the quote's own content, found {found} in it"
            yield Finding("quotes", int(rows[at]), message, (name,), start=int(start[at]), end=int(end[at]))


def _reporters(batch: Batch) -> Iterator[tuple[str, Ints, Ints, Ints]]:
    """The sound spans of cue and source: name, row of the quote, start, end."""
    if batch.model.points("quotes", "cue"):
        cue = batch.spans_of("quotes", "cue")
        yield "cue", cue.row, cue.start, cue.end
    if _single(batch, "source", "mentions") and batch.model.points("mentions"):
        source = batch.target("quotes", "source")
        rows = np.flatnonzero(source >= 0)
        rows = rows[batch.sound["mentions"][source[rows]]]
        start, end = (arrow.numbers(batch.column("mentions", name))[source[rows]] for name in ("start", "end"))
        yield "source", rows, start, end


def parent_does_not_contain(batch: Batch) -> Iterator[Finding]:
    """A quote does not lie within the content of the quote that it names as its parent."""
    if not (_single(batch, "parent", "quotes") and batch.model.lists_spans("quotes", "content")):
        return
    content, parent = _content(batch), batch.target("quotes", "parent")
    outer = batch.place(content.row, content.start, content.end)
    judged = (parent >= 0) & batch.sound["quotes"][parent] & ~intervals.circles(parent)
    child = content.where(judged[content.row])
    inner = batch.place(parent[child.row], child.start, child.end)
    for position in np.flatnonzero(~intervals.inside(*inner, *outer)).tolist():
        if not batch.named_once("quotes")[parent[child.row[position]]]:
            continue  # the parent may be the other row of this id
        id_ = batch.column("quotes", "parent")[int(child.row[position])].as_py()
        found = f"{child.start[position]}–{child.end[position]} {quoted(child.text[position].as_py())}"
        yield _finding(child, position, f"expected content within that of its parent {id_!r}, found {found}")


def parents_in_circle(batch: Batch) -> Iterator[Finding]:
    """A quote is, by its parents, its own ancestor."""
    if _single(batch, "parent", "quotes"):
        for circle in intervals.each_circle(batch.target("quotes", "parent"), batch.sound["quotes"]):
            if not batch.named_once("quotes")[circle].all():
                continue  # the parent may be the other row of this id
            ids = " → ".join(batch.column("quotes", "id")[row].as_py() for row in (*circle, circle[0]))
            message = f"parent: expected parents that lead to an outermost quote, found the circle {ids}"
            yield Finding("quotes", circle[0], message, ("parent",))


def _single(batch: Batch, name: str, target: str) -> bool:
    """Whether a property of quotes is one reference to that table."""
    return batch.model.refers("quotes", name, target) and not batch.model.listed("quotes", name)


def _content(batch: Batch) -> Spans:
    return batch.spans_of("quotes", "content")


def _ends(spans: Spans) -> tuple[Bools, Bools]:
    """Which spans are the first and the last of their row."""
    change = spans.row[1:] != spans.row[:-1]
    one = np.ones(min(len(spans.row), 1), np.bool_)
    return np.concatenate([one, change]), np.concatenate([change, one])


def _finding(spans: Spans, position: int, message: str) -> Finding:
    start, end = int(spans.start[position]), int(spans.end[position])
    return Finding("quotes", int(spans.row[position]), message, spans.path(position), start=start, end=end)
