"""What the schemas of a corpus ask of every document, worked out before anything is drawn."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from sidelines.model import Model, Property, Table

__all__ = ["MORE", "Plan", "depth", "inside_of", "must", "outer", "sibling"]

MORE = 4  # rows, or items of a list, beyond those that there must be


@dataclass(frozen=True, slots=True)
class Plan:
    """What the schemas ask of every document.

    `least` has the number of rows that each table must have, `needs` the tables without which it can have none, `order`
    those whose rows are spans, after the tables that they lie inside, and `room` the characters that all this needs.
    """

    model: Model = field(repr=False)
    schemas: Mapping[str, bytes] = field(repr=False)
    least: Mapping[str, int]
    needs: Mapping[str, frozenset[str]] = field(repr=False)
    order: tuple[str, ...]
    room: int

    def _repr_pretty_(self, printer: Any, cycle: bool) -> None:
        printer.text(repr(self))  # Hypothesis shows every field, the schemas too

    @classmethod
    def of(cls, model: Model, schemas: Mapping[str, bytes]) -> Plan:
        """Work it out for a model, and the schema files that it was compiled from."""
        needs = {name: frozenset(_needs(table)) - {name} for name, table in model.tables.items()}
        least = {t.name: model.layers[t.layer].root[t.key].shortest or 0 for t in model.tables.values()}
        waiting = [name for name, count in least.items() if count]
        while waiting:
            for name in needs[waiting.pop()]:
                if not least[name]:
                    least[name] = 1
                    waiting.append(name)
        order = sorted((name for name, table in model.tables.items() if table.row.span), key=lambda n: depth(model, n))
        room = sum(count * _room(model.tables[name].row) for name, count in least.items())
        return cls(model, schemas, least, needs, tuple(order), room)


def _needs(table: Table) -> Iterator[str]:
    """The tables that a row cannot do without."""
    yield from outer(table)
    for member in table.row.properties:
        inner = member if member.items is None else member.items
        if must(member):
            yield from () if inner.ref is None else (inner.ref,)
            inside = inside_of(member)
            yield from () if inside is None or inside.startswith("./") else (inside,)


def outer(table: Table) -> Iterator[str]:
    """The table, if there is one, in whose spans the rows lie, also by way of a property that they lie in."""
    inside, seen = table.inside, set[str]()
    while inside is not None and inside.startswith("./") and inside not in seen:
        seen.add(inside)
        inside = inside_of(table.row[inside[2:]])
    if inside is not None and not inside.startswith("./"):
        yield inside


def must(member: Property) -> bool:
    """Whether a property cannot be absent, nor, if it is an array, empty."""
    return member.required and (member.items is None or bool(member.shortest))


def depth(model: Model, name: str) -> int:
    """How many tables lie around the rows of this one."""
    chain = [name]
    while (around := next(outer(model.tables[chain[-1]]), None)) is not None and around not in chain:
        chain.append(around)
    return len(chain)


def _room(node: Property) -> int:
    """The characters that the spans of one row need if they stand side by side."""
    own = max(node["text"].shortest or 1, 1) if node.span else 0
    for member in node.properties:
        if must(member) and member.span:
            own += _room(member)
        elif must(member) and member.spans and member.items is not None:
            own += _room(member.items) * (member.shortest or 1)
    return own


def inside_of(member: Property) -> str | None:
    """What the spans of a property lie inside: a table, or `./` and another property."""
    return member.inside or (member.items.inside if member.items is not None else None)


def sibling(member: Property) -> str | None:
    """The property of the same row that the spans of this one lie inside."""
    inside = inside_of(member)
    return inside[2:] if inside is not None and inside.startswith("./") else None
