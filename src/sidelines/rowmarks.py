"""The rows of a layer as marks in the text and lines below it, and back, by what the layer's schema says.

A row that is a span is a mark, and so is the first span of a row that is sorted by one: there its values stand. Each
other span of a row is a mark with the row's id and the property's name. Every other row is a line of its table.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sidelines.model import Layer, Property, Table
from sidelines.notation import Fault, Mark
from sidelines.notes import Note, Value, convert, write_name, write_value
from sidelines.patterns import matches
from sidelines.problems import names, nearest

__all__ = ["Gathered", "Inline", "gather", "lay_out", "prefixes", "values_of"]

Row = dict[str, Any]
Place = tuple[str | int, ...]

LONG = 40  # characters of a value that would stand in the way of reading
_OWN = ("start", "end", "text")


@dataclass(frozen=True, slots=True)
class Inline:
    """A layer laid out: its marks, the outermost of a span first, and the lines of each table that has some."""

    marks: Sequence[Mark]
    lines: Mapping[str, Sequence[str]]


@dataclass(frozen=True, slots=True)
class Gathered:
    """The rows of each table, by its key in the file, where each value was found, and what is wrong."""

    rows: Mapping[str, list[Row]]
    places: Mapping[Place, int]
    faults: Sequence[Fault]


# -- ids ---------------------------------------------------------------------------------------------------------------


def prefixes(layer: Layer, rows: Mapping[str, Sequence[Row]]) -> dict[str, str]:
    """With what the ids of each table begin, by its name: as most of them do, each table in a way of its own."""
    made: dict[str, str] = {}
    found = {t.name: Counter(_prefix(row["id"]) for row in rows.get(t.key, ())) for t in layer.tables}
    for table in sorted(layer.tables, key=lambda table: not found[table.name]):  # those without rows take what is left
        usual = [prefix for prefix, _ in found[table.name].most_common()]
        free = (p for p in (*usual, *_invented(table)) if _usable(p) and p not in made.values())
        made[table.name] = next(free)
    return {table.name: made[table.name] for table in layer.tables}


def _invented(table: Table) -> Iterator[str]:
    """What the ids of a table could begin with that has none: the first letter of its name, if that may be."""
    name = "".join(c for c in table.name if c.isascii() and c.isalpha()) or "x"
    tried = [part for end in range(1, len(name) + 1) for part in (name[:end].lower(), name[:end].upper())]
    pattern = table.row["id"].pattern
    yield from (p for p in tried if pattern is None or matches(pattern, f"{p}1"))
    yield from tried
    yield from (f"{name}{'x' * more}" for more in range(1, 1_000))


def _prefix(id_: str) -> str:
    return id_.rstrip("0123456789")


def _usable(prefix: str) -> bool:
    return bool(prefix) and write_name(prefix) == prefix


# -- out ---------------------------------------------------------------------------------------------------------------


def lay_out(layer: Layer, rows: Mapping[str, Sequence[Row]], beginnings: Mapping[str, str]) -> Inline:
    """The marks and lines of a layer's rows; spans are taken to be those of the text."""
    marks: list[Mark] = []
    lines: dict[str, list[str]] = {}
    for table in layer.tables:
        writer = _Writer(table, beginnings[table.name], len(layer.tables) > 1)
        own = list(rows.get(table.key, ()))
        head = _head(table)
        inline = head is not None and all(head is table.row or row[head.name] for row in own)
        for row in own:
            marks += writer.marks(row, head if inline else None)
            line = writer.line(row, inline)
            if line is not None:
                lines.setdefault(table.name, []).append(line)
    return Inline(marks, lines)


def values_of(node: Property) -> list[Property]:
    """The properties of a row, or of a span, that are written as values, in the schema's order."""
    left = _OWN if node.span else ()
    return [member for member in node.properties if member.name not in left and not _points(member)]


def _row_values(table: Table) -> list[Property]:
    return [member for member in values_of(table.row) if member.name != "id"]


def _points(member: Property) -> bool:
    return member.span or member.spans


def _head(table: Table) -> Property | None:
    """The span that says all of a row: itself, or the first of what it is sorted by; None where it is none."""
    by = table.sorts_by
    if by is None or by is table.row:
        return by
    return None if values_of(by.items or by) else by


@dataclass(frozen=True, slots=True)
class _Writer:
    table: Table
    prefix: str
    several: bool

    def marks(self, row: Row, head: Property | None) -> Iterator[Mark]:
        if head is self.table.row:
            yield Mark(row["start"], row["end"], self.head(row))
        for member in self.table.row.properties:
            if not _points(member) or member.name not in row:
                continue
            found = row[member.name]
            for at, span in enumerate([found] if member.span else found):
                if member is head and at == 0:
                    note = self.head(row)
                else:
                    said, _ = _said(values_of(member.items or member), span, None)
                    note = " ".join([f"{self.name(row)}.{write_name(member.name)}", *said])
                yield Mark(span["start"], span["end"], note)

    def head(self, row: Row) -> str:
        return " ".join([self.name(row), *_said(_row_values(self.table), row, LONG)[0]])

    def line(self, row: Row, inline: bool) -> str | None:
        """The line of a row in its table; None where its mark says all."""
        said, left = _said(_row_values(self.table), row, LONG if inline else None)
        empty = [f"{write_name(m.name)}=[]" for m in self.table.row.properties if m.spans and row.get(m.name) == []]
        words = [*(left if inline else said), *empty]
        return " ".join([write_name(row["id"]), *words]) if words or not inline else None

    def name(self, row: Row) -> str:
        """The id, after the table's name where it could be that of another table."""
        id_: str = row["id"]
        clear = not self.several or _prefix(id_) == self.prefix
        return write_name(id_) if clear else f"{write_name(self.table.name)}:{write_name(id_)}"


def _said(members: Iterable[Property], values: Row, limit: int | None) -> tuple[list[str], list[str]]:
    """The values, those that are required without their names, and apart from them those that are longer."""
    short: list[str] = []
    named: list[str] = []
    long: list[str] = []
    for member in members:
        if member.name not in values:
            continue
        value = write_value(member, values[member.name])
        with_name = f"{write_name(member.name)}={value}"
        if limit is not None and len(value) > limit:
            long.append(with_name)
        elif member.required:
            short.append(value)
        else:
            named.append(with_name)
    return short + named, long


# -- in ----------------------------------------------------------------------------------------------------------------


def gather(
    layer: Layer,
    text: str,
    marks: Iterable[tuple[Mark, Note]],
    lines: Iterable[tuple[Table, Note]],
    beginnings: Mapping[str, str],
) -> Gathered:
    """The rows of a layer, in the order that its file has, from its marks and lines; new rows get the next free ids."""
    reader = _Reader(layer, text, beginnings)
    for mark, note in marks:
        reader.mark(mark, note)
    for table, note in lines:
        reader.line(table, note)
    return reader.finish()


@dataclass(slots=True)
class _Piece:
    """A span, and what is said of it."""

    start: int
    end: int
    at: int
    values: Sequence[Value] = ()


@dataclass(slots=True)
class _Found:
    """What has been found of a row: where it was first met, its own span, its values, its other spans."""

    table: Table
    id: str | None
    at: int
    named: str = ""
    marked: bool = False
    listed: bool = False
    own: _Piece | None = None
    values: list[Value] = field(default_factory=list)
    pieces: dict[str, list[_Piece]] = field(default_factory=dict)


class _Reader:
    """Rows as they are met, first in the text, then in the lines below it."""

    __slots__ = ("_beginnings", "_faults", "_found", "_layer", "_new", "_places", "_tables", "_text")

    def __init__(self, layer: Layer, text: str, beginnings: Mapping[str, str]) -> None:
        self._layer, self._text, self._beginnings = layer, text, beginnings
        self._tables = {table.name: table for table in layer.tables}
        self._found: dict[tuple[str, str | int], _Found] = {}
        self._new = 0
        self._places: dict[Place, int] = {}
        self._faults: list[Fault] = []

    # -- marks and lines

    def mark(self, mark: Mark, note: Note) -> None:
        """Take a mark to its row."""
        table = self._table(note)
        if table is None:
            return
        piece = _Piece(mark.start, mark.end, mark.at)
        if note.property is None:
            self._head(table, piece, note)
            return
        members = {member.name: member for member in table.row.properties if _points(member)}
        if note.id is None:
            message = "expected an id of the row's own before the point, found a new row"
            fix = f"give the row the next free id yourself, such as {self._beginnings[table.name]}99, wherever it is"
            self._fault(note.at, message, fix)
        elif note.property not in members:
            self._fault(note.at, f"no span of {table.name}: {note.property!r}; {names(note.property, members)}")
        else:
            row = self._row(table, note)
            pieces = row.pieces.setdefault(note.property, [])
            if pieces and members[note.property].span:
                self._fault(note.at, f"expected one {note.property} of {note.id}, found another")
            pieces.append(_Piece(mark.start, mark.end, mark.at, note.values))

    def _head(self, table: Table, piece: _Piece, note: Note) -> None:
        head = table.sorts_by
        if head is None:
            own = [member.name for member in table.row.properties if _points(member)]
            expected = f"; of the article's words only its {', '.join(own)}" if own else ""
            fix = f"write it as a line below === table {write_name(table.name)}"
            self._fault(note.at, f"a row of {table.name} is no span, and has a line of its own{expected}", fix)
            return
        row = self._row(table, note)
        if row.marked:
            more = "" if head is table.row or head.span else f"; a further span of its {head.name} is"
            more += f" {note.id}.{head.name}" if more else ""
            self._fault(note.at, f"expected each id of {table.name} once, found {note.id} again{more}")
            return
        row.marked, row.at = True, note.at
        row.values += note.values
        if head is table.row:
            row.own = piece
        elif head.span and head.name in row.pieces:
            self._fault(note.at, f"expected one {head.name} of {note.id}, found another")
        else:
            row.pieces.setdefault(head.name, []).append(piece)

    def line(self, table: Table, note: Note) -> None:
        """Take a line below the text to its row."""
        if note.property is not None:
            fix = "write only the id, and mark the span in the article"
            self._fault(note.at, f"expected a row, found a span of one, {note.property}", fix)
            return
        if note.table not in (None, table.name) or note.prefix not in ("", self._beginnings[table.name]):
            expected = f"a row of {table.name}, such as {self._beginnings[table.name]}+"
            self._fault(note.at, f"expected {expected}, found one of another table")
            return
        row = self._row(table, note)
        if row.listed:
            self._fault(note.at, f"expected each id of {table.name} once, found {note.id} again")
            return
        if not row.marked:
            row.at = note.at
        row.listed = True
        row.values += note.values

    def _row(self, table: Table, note: Note) -> _Found:
        """The row that a note names, or a new one."""
        if note.id is None:
            self._new += 1
        key = (table.name, self._new if note.id is None else note.id)
        return self._found.setdefault(key, _Found(table, note.id, note.at))

    def _table(self, note: Note) -> Table | None:
        if note.table is not None:
            if note.table not in self._tables:
                self._fault(note.at, f"no table of this layer: {note.table!r}; {names(note.table, self._tables)}")
            return self._tables.get(note.table)
        wanted = note.prefix if note.id is None else _prefix(note.id)
        for name, prefix in self._beginnings.items():
            if prefix == wanted:
                return self._tables[name]
        if len(self._tables) == 1 and (note.id is not None or not wanted):
            return next(iter(self._tables.values()))
        found = note.prefix + "+" if note.id is None else note.id
        known = ", ".join(f"{prefix} ({name})" for name, prefix in self._beginnings.items())
        fix = (
            f"begin with an id, or with + for a new row; for another id name the table, as in {_example(self._tables)}"
        )
        self._fault(note.at, f"expected an id that begins with one of {known}, found {found!r}", fix)
        return None

    def _fault(self, at: int, message: str, fix: str | None = None) -> None:
        self._faults.append(Fault(at, message, fix))

    # -- rows

    def finish(self) -> Gathered:
        """Every row, with its id, in order."""
        rows: dict[str, list[Row]] = {}
        for table in self._layer.tables:
            found = [row for row in self._found.values() if row.table is table]
            ids = sorted(row.id for row in found if row.id is not None and (row.marked or row.listed))
            made = [row for row in found if self._whole(row, ids)]
            self._name(table, made)
            ordered = _in_order(table, made)
            rows[table.key] = [self._make(row, (table.key, at)) for at, row in enumerate(ordered)]
        return Gathered(rows, self._places, self._faults)

    def _whole(self, row: _Found, ids: Sequence[str]) -> bool:
        """Whether the row itself was met, and its span if it is one."""
        name = row.table.name
        if not row.marked and not row.listed:
            near = nearest(row.id or "", ids)
            hint = "" if near is None else f"; did you mean {near!r}?"
            self._fault(row.at, f"expected a row {row.id!r} of {name}, found only a span of it{hint}")
            return False
        if row.table.row.span and row.own is None:
            fix = f"mark its words in the article, [words]{{{write_name(row.id or '')} …}}, or remove the line"
            self._fault(row.at, f"expected a mark of {row.id} in the article, found only this line", fix)
            return False
        return True

    def _name(self, table: Table, rows: Sequence[_Found]) -> None:
        """Give each new row the next free id."""
        prefix = self._beginnings[table.name]
        taken = {row.id for row in rows}
        numbers = [id_[len(prefix) :] for id_ in taken if id_ is not None and _prefix(id_) == prefix]
        number = max((int(digits) for digits in numbers if digits and len(digits) < 19), default=0)
        for row in rows:
            if row.id is None:
                number += 1
                row.id = f"{prefix}{number}"

    def _make(self, row: _Found, place: Place) -> Row:
        self._places[place] = self._places[(*place, "id")] = row.at
        made: Row = {"id": row.id}
        if row.own is not None:
            made |= self._span(row.own)
        for member in row.table.row.properties:
            pieces = sorted(row.pieces.get(member.name, ()), key=lambda piece: (piece.start, -piece.end, piece.at))
            spans = []
            for at, piece in enumerate(pieces):
                where = (*place, member.name, *(() if member.span else (at,)))
                self._places[where] = piece.at
                inner = member.items or member
                said = self._values(values_of(inner), piece.values, piece.at, where, f"{row.id}.{member.name}")
                spans.append(self._span(piece) | said)
            if spans:
                made[member.name] = spans[0] if member.span else spans
        free = [member for member in row.table.row.properties if member.spans and member.name not in made]
        members = [*_row_values(row.table), *free]
        return made | self._values(members, row.values, row.at, place, str(row.id))

    def _span(self, piece: _Piece) -> Row:
        return {"start": piece.start, "end": piece.end, "text": self._text[piece.start : piece.end]}

    def _values(self, members: Sequence[Property], values: Sequence[Value], at: int, place: Place, whose: str) -> Row:
        """The values by the names of their properties: first those that have one, then the others by position."""
        known = {member.name: member for member in members}
        made: Row = {}
        for value in values:
            if value.name is None:
                continue
            if value.name not in known:
                self._fault(value.at, f"unknown property {value.name!r} of {whose}; {names(value.name, known)}")
            elif value.name in made:
                self._fault(value.at, f"expected {value.name} of {whose} once, found it again")
            elif _points(known[value.name]) and value.found != []:
                fix = f"mark them in the article, [words]{{{whose}.{value.name}}}"
                self._fault(value.at, f"{value.name}: expected marks in the article, found a value", fix)
            else:
                made[value.name] = convert(known[value.name], value)
                self._places[(*place, value.name)] = value.at
        needed = [m for m in members if m.required and m.name not in made]
        open_ = [member for member in needed if not _points(member)]
        plain = [value for value in values if value.name is None]
        if len(plain) > len(open_):
            self._too_many(plain[len(open_)], members, whose)
        if len(plain) < len(open_):
            self._too_few(open_, plain, at, whose)
            plain = []  # which of them they are is not known
        for member, value in zip(open_, plain, strict=False):
            made[member.name] = convert(member, value)
            self._places[(*place, member.name)] = value.at
        for member in needed:
            if _points(member):
                fix = f"mark it in the article, [words]{{{whose}.{write_name(member.name)}}}"
                self._fault(at, f"expected {member.name} of {whose}, found none", fix)
        return made

    def _too_many(self, value: Value, members: Sequence[Property], whose: str) -> None:
        needed = [member.name for member in members if member.required and not _points(member)]
        optional = [f"{m.name}=…" for m in members if not m.required and not _points(m)]
        shown = repr(value.parts[0]) if value.parts else "another value"
        count = f"expected {' '.join(needed) or 'no value without a name'} after {whose}, found {shown} as well"
        self._fault(
            value.at, count, f"others are written with their names: {', '.join(optional)}" if optional else None
        )

    def _too_few(self, open_: Sequence[Property], plain: Sequence[Value], at: int, whose: str) -> None:
        expected = f"{' '.join(write_name(member.name) for member in open_)} after {whose}"
        found = " ".join(",".join(value.parts) if value.parts else "…" for value in plain)
        self._fault(at, f"expected {expected}, in this order, found {f'only {found!r}' if found else 'none'}")


def _in_order(table: Table, rows: Sequence[_Found]) -> list[_Found]:
    """The rows by their first span; those of a table without one, and those that have none, as they were written."""
    by = table.sorts_by
    if by is None:
        return sorted(rows, key=lambda row: row.at)

    def span(row: _Found) -> tuple[int, int, int] | None:
        pieces = [row.own] if row.own else row.pieces.get(by.name, ())
        return min(((p.start, -p.end, p.at) for p in pieces), default=None)

    keyed = [(span(row), row) for row in sorted(rows, key=lambda row: row.at)]
    keys = [key[:2] for key, _ in keyed if key is not None]
    if not any(row.marked for row in rows) and keys == sorted(keys):
        return [row for _, row in keyed]  # as the file has them, which says more where a row has no span
    with_span = sorted(((key, row) for key, row in keyed if key is not None), key=lambda pair: pair[0])
    return [row for _, row in with_span] + [row for key, row in keyed if key is None]


def _example(tables: Mapping[str, Table]) -> str:
    return f"{write_name(list(tables)[-1])}:x7"
