"""A document set for reading: its paragraphs with marks around the spans, what is said of them, and a legend.

A span stands between the brackets of its table, and its id before the closing one: `[Ann Lee|m4]`. Which brackets a
table has depends on the text: none are taken that stand in it. A span that crosses another of its table has its id at
both ends, since the closing bracket alone would not say which one it closes: `[m1|Ann [m2|and|m1] Bo|m2]`. The spans of
a list have their row's id each, so that what is interrupted is seen to belong together; other spans of a row have the
name of their property as well: `«told|q1.cue»`.
"""

from __future__ import annotations

import unicodedata
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import NamedTuple

from sidelines import arrow
from sidelines.documents import Document
from sidelines.errors import SidelinesError
from sidelines.model import Model
from sidelines.problems import names
from sidelines.remarks import remarks
from sidelines.reports.excerpts import RIGHT_TO_LEFT, Cells, cells

__all__ = ["Display", "Key", "Note", "Paragraph", "Run", "described", "display", "drawn_tables", "line_of"]

BRACKETS = ("[]", "«»", "{}", "‹›", "⟨⟩", "⟦⟧", "⟪⟫", "⌈⌉", "⌊⌋", "⦃⦄", "<>", "()")
NO_BREAK_SPACE = "\u00a0"
BESIDE = frozenset({"blocks", "sentences", "roles"})  # tables that are drawn where they are asked for


class Run(NamedTuple):
    """A stretch of a line: text as it can be printed, in the innermost span of a table, or a mark of that table."""

    text: str
    key: int | None = None
    mark: bool = False


class Note(NamedTuple):
    """What is said of rows of a table, of each the same."""

    key: int
    ids: Sequence[str]
    text: str


class Key(NamedTuple):
    """How a table is drawn: the brackets, how many rows there are, and what it is."""

    table: str
    opening: str
    closing: str
    rows: int
    description: str


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A line of the text, from code point `start` on, in runs; `turned` says whether some of it runs to the left."""

    start: int
    runs: Sequence[Run]
    notes: Sequence[Note]
    turned: bool


@dataclass(frozen=True, slots=True)
class Display:
    """A document set for reading: the keys of its tables, and its paragraphs."""

    id: str
    title: str
    keys: Sequence[Key]
    paragraphs: Sequence[Paragraph]


class _Span(NamedTuple):
    start: int
    end: int
    key: int
    row: int
    id: str
    member: str  # the property that it stands in; "" where the row is sorted by it

    @property
    def label(self) -> str:
        return f"{self.id}.{self.member}" if self.member else self.id


def drawn_tables(model: Model, wanted: Sequence[str] = ()) -> list[str]:
    """The tables that are drawn: those that are wanted, or all with spans but blocks, sentences and roles.

    Raises
    ------
    SidelinesError
        when there is no table of that name, or it has no spans; the message lists those that can be drawn.
    """
    legal = [name for name, table in model.tables.items() if table.row.span or _span_members(model, name)]
    for name in wanted:
        if name not in legal:
            fault = f"the table {name!r} has no spans" if name in model.tables else f"there is no table {name!r}"
            raise SidelinesError(f"{fault}; {names(name, legal)}")
    return list(dict.fromkeys(wanted)) or [name for name in legal if name not in BESIDE] or legal


def display(document: Document, tables: Sequence[str] = (), encoding: str | None = None) -> Display:
    """Set a document for reading, with the spans of these tables, or of those of `drawn_tables`.

    With `encoding`, what that does not have is shown as code points, and no brackets are taken that it does not have.

    Raises
    ------
    SidelinesError
        as `drawn_tables` does.

    >>> from sidelines.corpora import read
    >>> title = display(read().document(), ["dates"]).paragraphs[0]
    >>> "".join(run.text for run in title.runs), title.notes[0].text
    ('Trump, Putin To Meet In Paris [Next Month|d1]', '2018-11 (2018-11-01 to 2018-11-30), from d2')
    """
    wanted = drawn_tables(document.model, tables)
    brackets = _brackets(document.text, len(wanted), encoding)
    keys = [
        Key(line_of(name, encoding), opening, closing, document.tables[name].num_rows, line_of(words, encoding))
        for name, (opening, closing) in zip(wanted, brackets, strict=True)
        for words in [described(document.model, name)]
    ]
    spans = [span for at, name in enumerate(wanted) for span in _spans(document, name, at, encoding)]
    spans.sort(key=lambda span: (span.start, -span.end, span.key, span.row))
    lines = document.text.split("\n")
    starts = [0, *accumulate(len(line) + 1 for line in lines)]
    notes = _notes(document, wanted, spans, starts, encoding)
    paragraphs = tuple(_paragraphs(lines, starts, spans, keys, notes, encoding))
    title = line_of(str(document.metadata.get("title", "")), encoding)
    return Display(line_of(document.id, encoding), title, keys, paragraphs)


# -- the schemas -------------------------------------------------------------------------------------------------------


def _span_members(model: Model, table: str) -> list[str]:
    return [member.name for member in model.tables[table].row.properties if member.span or member.spans]


def described(model: Model, name: str) -> str:
    """What a table is: in its own words, or those of its rows, or of its layer."""
    table = model.tables[name]
    return table.description or table.row.description or model.layers[table.layer].root.description


def _brackets(text: str, count: int, encoding: str | None) -> list[tuple[str, str]]:
    """A pair of brackets for each table: such as are not in the text, as far as there are."""
    legal = [pair for pair in BRACKETS if encoding is None or _has(encoding, pair)]
    free = [pair for pair in legal if pair[0] not in text and pair[1] not in text]
    ordered = [*free, *(pair for pair in legal if pair not in free)]
    return [(pair[0], pair[1]) for at in range(count) for pair in [ordered[at % len(ordered)]]]


def _has(encoding: str, text: str) -> bool:
    try:
        text.encode(encoding)
    except UnicodeEncodeError:
        return False
    return True


def line_of(text: str, encoding: str | None = None) -> str:
    """A text as readers see it: what cannot be seen is a code point, and a no-break space a space."""
    return "".join(_cells(text, encoding).pieces)


def _cells(text: str, encoding: str | None) -> Cells:
    """As reports have it, but a no-break space is a space: it is seen as one, and here nobody looks for it."""
    return cells(text.replace(NO_BREAK_SPACE, " "), encoding)


# -- spans and notes ---------------------------------------------------------------------------------------------------


def _spans(document: Document, name: str, key: int, encoding: str | None) -> Iterator[_Span]:
    table, rows = document.model.tables[name], document.tables[name]
    ids = [line_of(id_, encoding) for id_ in arrow.python(arrow.whole(rows.column("id")))]
    for member in (table.row, *table.row.properties):
        named = "" if member is table.sorts_by else line_of(member.name, encoding)
        if member.spans:
            for row, items in enumerate(arrow.python(arrow.whole(rows.column(member.name)))):
                for item in items or ():
                    yield _Span(item["start"], item["end"], key, row, ids[row], named)
        elif member.span:
            prefix = "" if member is table.row else f"{member.name}_"
            starts, ends = (arrow.python(arrow.whole(rows.column(prefix + part))) for part in ("start", "end"))
            for row, (start, end) in enumerate(zip(starts, ends, strict=True)):
                if start is not None:
                    yield _Span(start, end, key, row, ids[row], named)


def _notes(
    document: Document, tables: Sequence[str], spans: Sequence[_Span], starts: Sequence[int], encoding: str | None
) -> dict[int, list[Note]]:
    """The notes of each line in which rows begin; what is the same of several rows there is said once."""
    said = [remarks(document, name) for name in tables]
    first: dict[tuple[int, int], _Span] = {}
    for span in sorted(spans, key=lambda span: bool(span.member)):
        first.setdefault((span.key, span.row), span)
    together: dict[int, dict[tuple[int, str], list[str]]] = {}
    for (key, row), span in sorted(first.items()):
        if text := said[key][row]:
            line = bisect_right(starts, span.start) - 1
            together.setdefault(line, {}).setdefault((key, line_of(text, encoding)), []).append(span.id)
    return {line: [Note(key, ids, text) for (key, text), ids in found.items()] for line, found in together.items()}


# -- lines and marks ---------------------------------------------------------------------------------------------------


class _Event(NamedTuple):
    """An end of a span: in which line, before which piece; closing ends come first, the last opened one foremost."""

    line: int
    piece: int
    opens: bool
    order: int
    span: int


def _paragraphs(
    lines: Sequence[str], starts: Sequence[int], spans: Sequence[_Span], keys: Sequence[Key],
    notes: dict[int, list[Note]], encoding: str | None,
) -> Iterator[Paragraph]:  # fmt: skip
    printed = [_cells(line, encoding) for line in lines]
    events: list[_Event] = []
    for rank, span in enumerate(spans):
        for at, opens in ((span.start, True), (span.end - 1, False)):  # no span begins or ends with a line break: O005
            line = bisect_right(starts, at) - 1
            piece = printed[line].owner[at - starts[line]]
            events.append(_Event(line, piece + (not opens), opens, rank if opens else -rank, rank))
    events.sort()
    crossing = _crossing(events, spans)
    open_: list[int] = []
    closed: set[int] = set()
    at = 0
    for line, (pieces, _, _) in enumerate(printed):
        runs: list[Run] = []
        done = 0
        while at < len(events) and events[at].line == line:
            event = events[at]
            span = spans[event.span]
            key = keys[span.key]
            if event.piece > done:
                runs.append(Run("".join(pieces[done : event.piece]), _inner(open_, closed, spans)))
                done = event.piece
            if event.opens:
                open_.append(event.span)
                label = f"{span.label}|" if event.span in crossing else ""
                runs.append(Run(key.opening + label, span.key, True))
            else:
                closed.add(event.span)
                runs.append(Run(f"|{span.label}{key.closing}", span.key, True))
            at += 1
        if len(pieces) > done:
            runs.append(Run("".join(pieces[done:]), _inner(open_, closed, spans)))
        if runs:
            yield Paragraph(starts[line], runs, notes.get(line, ()), _turned(lines[line]))


def _crossing(events: Sequence[_Event], spans: Sequence[_Span]) -> set[int]:
    """The spans that are closed while one of the same table is open that was opened later, and those others."""
    found: set[int] = set()
    open_: dict[int, list[int]] = {}
    for event in events:
        stack = open_.setdefault(spans[event.span].key, [])
        if event.opens:
            stack.append(event.span)
        else:
            at = bisect_left(stack, event.span)  # spans are opened in their order
            if at < len(stack) - 1:
                found.update(stack[at:])
            del stack[at]
    return found


def _inner(open_: list[int], closed: set[int], spans: Sequence[_Span]) -> int | None:
    """The table of the span that was opened last of those that are open."""
    while open_ and open_[-1] in closed:
        closed.remove(open_.pop())
    return spans[open_[-1]].key if open_ else None


def _turned(line: str) -> bool:
    return not line.isascii() and any(unicodedata.bidirectional(c) in RIGHT_TO_LEFT for c in set(line))
