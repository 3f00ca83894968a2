"""The rows of a layer gathered from the marks and lines of a working file, by what the layer's schema says."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import takewhile

from sidelines.inline import Row, beginning_of, points, row_values, values_of
from sidelines.model import Layer, Property, Table
from sidelines.notation import Fault, Mark
from sidelines.notes import Note, Value, convert, write_name, write_value
from sidelines.problems import names, nearest

__all__ = ["Gathered", "gather"]

Place = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Gathered:
    """The rows of each table, by its key in the file, where each value was found, and what is wrong."""

    rows: Mapping[str, list[Row]]
    places: Mapping[Place, int]
    faults: Sequence[Fault]


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
        members = {member.name: member for member in table.row.properties if points(member)}
        if note.id is None:
            message = "expected an id of the row's own before the point, found a new row"
            fix = "write an id that is not taken instead of the +, here and where the row itself stands"
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
            own = [member.name for member in table.row.properties if points(member)]
            expected = f"; of the article's words only its {', '.join(own)}" if own else ""
            fix = f"write it as a line below === table {table.name}"
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
        wanted = note.prefix if note.id is None else beginning_of(note.id)
        for name, prefix in self._beginnings.items():
            if prefix == wanted:
                return self._tables[name]
        if len(self._tables) == 1 and (note.id is not None or not wanted):
            return next(iter(self._tables.values()))
        found = note.prefix + "+" if note.id is None else note.id
        known = ", ".join(f"{prefix} ({name})" for name, prefix in self._beginnings.items())
        marked = [name for name, table in self._tables.items() if table.sorts_by is not None]
        new = " or ".join(f"{self._beginnings[name]}+" for name in marked)
        other = f"for another id name the table, as in {list(self._tables)[-1]}:x7"
        fix = f"begin with an id{f', or with {new} for a new row' if new else ''}; {other}"
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
            which = f"{self._beginnings[name]}+" if row.id is None else write_name(row.id)
            fix = f"mark its words in the article, [words]{{{which} …}}, or remove the line"
            self._fault(row.at, f"expected a mark of {which} in the article, found only this line", fix)
            return False
        return True

    def _name(self, table: Table, rows: Sequence[_Found]) -> None:
        """Give each new row the next free id."""
        prefix = self._beginnings[table.name]
        taken = {row.id for row in rows}
        numbers = [id_[len(prefix) :] for id_ in taken if id_ is not None and beginning_of(id_) == prefix]
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
        spanned = [member for member in row.table.row.properties if points(member)]
        for member in spanned:
            pieces = sorted(row.pieces.get(member.name, ()), key=lambda piece: (piece.start, -piece.end, piece.at))
            spans = []
            for at, piece in enumerate(pieces):
                where = (*place, member.name, *(() if member.span else (at,)))
                self._places[where] = piece.at
                whose = _Whose(f"{row.id}.{member.name}", piece.at, where)
                spans.append(self._span(piece) | self._values(values_of(member.items or member), piece.values, whose))
            if spans:
                made[member.name] = spans[0] if member.span else spans
        whose = _Whose(str(row.id), row.at, place, made)
        return made | self._values([*row_values(row.table), *spanned], row.values, whose)

    def _span(self, piece: _Piece) -> Row:
        return {"start": piece.start, "end": piece.end, "text": self._text[piece.start : piece.end]}

    def _values(self, members: Sequence[Property], values: Sequence[Value], whose: _Whose) -> Row:
        """The values by the names of their properties: first those that have one, then the others by position."""
        known = {member.name: member for member in members}
        made: Row = {}
        for value in values:
            if value.name is None:
                continue
            member = known.get(value.name)
            if member is None:
                message = f"unknown property {value.name!r} of {whose.name}; {names(value.name, known)}"
                self._fault(value.at, message)
            elif value.name in made:
                self._fault(value.at, f"expected {value.name} of {whose.name} once, found it again")
            elif points(member) and (member.span or value.found != [] or value.name in whose.marked):
                message = f"{value.name}: expected marks in the article, found a value"
                self._fault(value.at, message, f"mark the words, [words]{{{whose.name}.{write_name(value.name)}}}")
            else:  # of a list of spans, that it has none
                made[value.name] = convert(member, value)
                self._places[(*whose.place, value.name)] = value.at
        needed = [m for m in members if m.required and m.name not in made and m.name not in whose.marked]
        for member in needed:
            if points(member):
                fix = f"mark the words, [words]{{{whose.name}.{write_name(member.name)}}}"
                self._fault(whose.at, f"expected {member.name} of {whose.name}, found none", fix)
        needed = [member for member in needed if not points(member)]
        plain = [value for value in values if value.name is None]
        if self._fits(needed, values, members, whose):
            for member, value in zip(needed, plain, strict=False):
                made[member.name] = convert(member, value)
                self._places[(*whose.place, member.name)] = value.at
        return made

    def _fits(
        self, needed: Sequence[Property], values: Sequence[Value], members: Sequence[Property], whose: _Whose
    ) -> bool:
        """Whether it is known which of the values without a name is which."""
        plain = [value for value in values if value.name is None]
        expected = _and([write_name(member.name) for member in needed])
        if len(plain) < len(needed):
            found = " ".join(",".join(value.parts) if value.parts else "…" for value in plain)
            shown = f"only {found!r}" if found else "none"
            order = ", in this order" if len(needed) > 1 else ""
            self._fault(whose.at, f"expected {expected} after {whose.name}{order}, found {shown}")
        elif len(plain) > len(needed):
            value = plain[len(needed)]
            shown = repr(",".join(value.parts)) if value.parts else "another value"
            others = ", ".join(f"{write_name(m.name)}=…" for m in members if not m.required and not points(m))
            message = f"expected {expected or 'no value without a name'} after {whose.name}, found {shown} as well"
            named = f"others are written with their names: {others}" if others else None
            fix = "; ".join(filter(None, [_torn(values, value, needed, members), named]))
            self._fault(value.at, message, fix or None)
        return len(plain) >= len(needed)


@dataclass(frozen=True, slots=True)
class _Whose:
    """Of what values are: how it is called, where it stands, where in the layer's file, and its spans."""

    name: str
    at: int
    place: Place
    marked: Collection[str] = ()


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


def _torn(values: Sequence[Value], extra: Value, needed: Sequence[Property], members: Sequence[Property]) -> str | None:
    """What to do where a value too many is likely to belong to the one before it, which may be any words."""
    at = values.index(extra)
    words = [values[at - 1], *takewhile(lambda value: value.name is None, values[at:])] if at else []
    if not words or any(value.parts is None or len(value.parts) != 1 for value in words):
        return None
    name = words[0].name
    member = needed[-1] if name is None else next((member for member in members if member.name == name), None)
    if member is None or not member.plain or member.ref or member.pattern:
        return None
    whole = write_value(member, " ".join(part for value in words for part in value.parts or ()))
    return f"a value with blanks stands in quotation marks: {f'{write_name(name)}=' if name else ''}{whole}"


def _and(words: Sequence[str]) -> str:
    return " and ".join(filter(None, [", ".join(words[:-1]), *words[-1:]]))
