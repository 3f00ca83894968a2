"""What the rows of a layer differ in from those that it had, by their ids."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sidelines.inline import Row, row_values
from sidelines.model import Layer, Property, Table
from sidelines.notation import excerpt
from sidelines.notes import write_value

__all__ = ["Change", "changes"]

_SPAN = ("start", "end", "text")


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that differs: a row `added`, `removed`, `changed`, `moved`, or a table `reordered`."""

    kind: str
    table: str
    id: str
    detail: str


def changes(layer: Layer, before: Mapping[str, Any], after: Mapping[str, Sequence[Row]]) -> Iterator[Change]:
    """What the rows of a layer differ in, by their ids: table by table, in the order of the rows."""
    for table in layer.tables:
        listed = before.get(table.key, ())
        old = {row["id"]: row for row in listed if isinstance(row, dict) and isinstance(row.get("id"), str)}
        new = {row["id"]: row for row in after[table.key]}
        for id_, row in old.items():
            if id_ not in new:
                yield Change("removed", table.name, id_, _shown(table, row))
        for id_, row in new.items():
            if id_ not in old:
                yield Change("added", table.name, id_, _shown(table, row))
                continue
            if table.row.span and any(old[id_].get(name) != row[name] for name in _SPAN):
                yield Change("moved", table.name, id_, f"{_span(old[id_])} → {_span(row)}")
            differing = list(_differing(table, old[id_], row))
            if differing:
                yield Change("changed", table.name, id_, "; ".join(differing))
        if table.sorts_by is None and [id_ for id_ in old if id_ in new] != [id_ for id_ in new if id_ in old]:
            yield Change("reordered", table.name, "", "its rows stand in another order")


def _differing(table: Table, old: Row, new: Row) -> Iterator[str]:
    for member in table.row.properties:
        if member.name in old or member.name in new:
            if (table.row.span and member.name in _SPAN) or _same(old.get(member.name), new.get(member.name)):
                continue
            found = (_value_shown(member, row[member.name]) if member.name in row else "none" for row in (old, new))
            yield f"{member.name} {' → '.join(found)}"


def _same(old: Any, new: Any) -> bool:
    return bool(old == new) and type(old) is type(new)


def _shown(table: Table, row: Row) -> str:
    """A row in a few words: the words that it marks, and its values."""
    by = table.sorts_by
    words = "" if by is None else _span(row) if by is table.row else _value_shown(by, row.get(by.name, []))
    members = [member for member in row_values(table) if member.name in row]
    said = [_value_shown(m, row[m.name]) if m.required else f"{m.name}={_value_shown(m, row[m.name])}" for m in members]
    return " ".join(filter(None, [words, *said]))


def _value_shown(member: Property, value: Any) -> str:
    try:
        if member.span or member.spans:
            return " … ".join(map(_span, [value] if member.span else value))
        return write_value(member, value)
    except (AttributeError, TypeError):
        return repr(value)  # a file that was not of its schema's shape


def _span(span: Mapping[str, Any]) -> str:
    return f"{span.get('start')}–{span.get('end')} {excerpt(str(span.get('text')), 40)}"
