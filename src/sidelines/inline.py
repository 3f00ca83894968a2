"""The rows of a layer as marks in the text and lines below it, by what the layer's schema says.

A row that is a span is a mark, and so is the first span of a row that is sorted by one: there its values stand. Each
other span of a row is a mark with the row's id and the property's name. Every other row is a line of its table.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sidelines.model import Layer, Property, Table
from sidelines.notation import Mark
from sidelines.notes import write_name, write_value
from sidelines.patterns import matches

__all__ = ["Inline", "Row", "beginning_of", "head_of", "lay_out", "points", "prefixes", "row_values", "values_of"]

Row = dict[str, Any]

LONG = 40  # characters of a value that would stand in the way of reading
_OWN = ("start", "end", "text")


@dataclass(frozen=True, slots=True)
class Inline:
    """A layer laid out: its marks, the outermost of a span first, and the lines of each table that has some."""

    marks: Sequence[Mark]
    lines: Mapping[str, Sequence[str]]


# -- ids ---------------------------------------------------------------------------------------------------------------


def prefixes(layer: Layer, rows: Mapping[str, Sequence[Row]]) -> dict[str, str]:
    """With what the ids of each table begin, by its name: as most of them do, each table in a way of its own."""
    made: dict[str, str] = {}
    found = {t.name: Counter(beginning_of(row["id"]) for row in rows.get(t.key, ())) for t in layer.tables}
    for table in sorted(layer.tables, key=lambda table: not found[table.name]):  # those without rows take what is left
        usual = [prefix for prefix, _ in found[table.name].most_common()]
        free = (p for p in (*usual, *_invented(table)) if _usable(p) and p not in made.values())
        made[table.name] = next(free)
    return {table.name: made[table.name] for table in layer.tables}


def _invented(table: Table) -> Iterator[str]:
    """What the ids of a table could begin with that has none: the first letter of its name, if that may be."""
    name = "".join(c for c in table.name if c.isascii() and c.isalpha()) or "x"
    parts = [name[:end].lower() for end in range(1, len(name) + 1)]
    tried = [*parts, *(part.upper() for part in parts)]
    pattern = table.row["id"].pattern
    yield from (p for p in tried if pattern is None or matches(pattern, f"{p}1"))
    yield from tried
    yield from (f"{name}{'x' * more}" for more in range(1, 1_000))


def beginning_of(id_: str) -> str:
    """What an id begins with: all but the digits at its end.

    >>> beginning_of("m12")
    'm'
    """
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
        head = head_of(table)
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
    return [member for member in node.properties if member.name not in left and not points(member)]


def row_values(table: Table) -> list[Property]:
    """The same of a row, without its id."""
    return [member for member in values_of(table.row) if member.name != "id"]


def points(member: Property) -> bool:
    """Whether a property is a span, or a list of spans."""
    return member.span or member.spans


def head_of(table: Table) -> Property | None:
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
            if not points(member) or member.name not in row:
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
        return " ".join([self.name(row), *_said(row_values(self.table), row, LONG)[0]])

    def line(self, row: Row, inline: bool) -> str | None:
        """The line of a row in its table; None where its mark says all."""
        said, left = _said(row_values(self.table), row, LONG if inline else None)
        empty = [f"{write_name(m.name)}=[]" for m in self.table.row.properties if m.spans and row.get(m.name) == []]
        words = [*(left if inline else said), *empty]
        return " ".join([write_name(row["id"]), *words]) if words or not inline else None

    def name(self, row: Row) -> str:
        """The id, after the table's name where it could be that of another table."""
        id_: str = row["id"]
        clear = not self.several or beginning_of(id_) == self.prefix
        return write_name(id_) if clear else f"{self.table.name}:{write_name(id_)}"


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
