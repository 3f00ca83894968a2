"""A file that is not in order, looked at again: what is wrong, where, and which rows can be kept.

This is the slow way, by the strict parser and jsonschema; a corpus in order never comes here.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import msgspec

from sidelines import columns
from sidelines.codec import Codec, Fields
from sidelines.jsontree import Tree
from sidelines.model import Table
from sidelines.problems import Problem, not_canonical, pointer
from sidelines.strictjson import MAX_DEPTH, JSONFault, parse
from sidelines.tables import Rows

MANY = 1000  # rows that are tried at once

__all__ = ["disagrees", "faults", "look_again", "salvage"]


def disagrees(code: str, name: str, expected: str, found: Any, tree: Tree, path: str, document: str | None) -> Problem:
    """The problem of a property of a file that says other than what it should."""
    line, column = tree.position((name,))
    message = f"{name}: expected {expected}, found {found!r}"
    return Problem(code, "error", message, path, pointer([name]), line, column, document)


class Again(NamedTuple):
    """A file looked at again: its typed content, if only its layout is wrong, its problems, and its value as JSON."""

    content: Any
    problems: list[Problem]
    value: Any


def look_again(codec: Codec, raw: bytes, path: str, document: str | None, max_depth: int = MAX_DEPTH) -> Again:
    """What is wrong with a file that is not in order; it has neither content nor value where it is no JSON."""
    try:
        tree = parse(raw, max_depth)
    except JSONFault as fault:
        place = None, fault.line, fault.column
        fixable = fault.code == "F102" and document is not None
        return Again(None, [Problem(fault.code, "error", fault.message, path, *place, document, fixable=fixable)], None)
    if problems := faults(codec, tree, path, document):
        return Again(None, problems, tree.value)
    content = msgspec.convert(tree.value, codec.content)
    tidy = codec.canonical(content)
    return Again(content, [] if tidy == raw else [not_canonical(path, raw, tidy, document)], tree.value)


def faults(codec: Codec, tree: Tree, path: str, document: str | None) -> list[Problem]:
    """Where a value is not of its schema's shape."""
    from sidelines.shape import explain  # jsonschema is slow to import, and a corpus in order never needs it

    tables = {table.key: table.name for table in codec.layer.tables}
    value, rows = _doubtful(codec, tree.value)
    problems = []
    for code, at, key, message in explain(codec.layer, value):
        at = (at[0], rows[str(at[0])][int(at[1])], *at[2:]) if len(at) > 1 and at[0] in rows else at
        line, column = tree.position(at, key)
        table = tables.get(str(at[0])) if at else None
        row = _at(tree.value, at[:2]) if table and len(at) > 1 else None
        id_ = row.get("id") if isinstance(row, dict) else None
        name = f"{at[-1]}: " if at and isinstance(at[-1], str) and code != "S102" else ""
        problems.append(
            Problem(
                code, "error", name + message, path, pointer(at), line, column, document, table,
                id_ if isinstance(id_, str) else None,
            )
        )  # fmt: skip
    return problems


def _doubtful(codec: Codec, value: Any) -> tuple[Any, dict[str, list[int]]]:
    """The value of a file with only those rows in which something may be wrong, and of each table their indexes.

    jsonschema takes a thousand times as long for a row as a typed decode does.
    """
    if not isinstance(value, dict):
        return value, {}
    kept = {}
    for table in codec.layer.tables:
        rows, listed = value.get(table.key), codec.layer.root[table.key]
        least, most = listed.shortest or 0, listed.longest
        if isinstance(rows, list) and len(rows) >= least and (most is None or len(rows) <= most):
            kept[table.key] = sorted({*range(least), *_doubtful_rows(table, codec.rows[table.name], rows)})
    return {**value, **{key: [value[key][at] for at in found] for key, found in kept.items()}}, kept


def _doubtful_rows(table: Table, type_: type[msgspec.Struct], rows: list[Any]) -> set[int]:
    """The rows that are not of their type, and those out of a pattern or bounds."""
    found: set[int] = set()
    typed: list[msgspec.Struct] = []
    indexes: list[int] = []
    for start in range(0, len(rows), MANY):
        made = _typed(type_, rows[start : start + MANY])
        found |= {start + at for at, row in enumerate(made) if row is None}
        indexes += [start + at for at, row in enumerate(made) if row is not None]
        typed += [row for row in made if row is not None]
    for name, member in Fields(table.row.properties):
        if typed and columns.constrained(member):
            items = columns.column(member, [getattr(row, name) for row in typed], nested=True)
            found |= {indexes[at] for at in columns.failing(member, items)}
    return found


def _typed(type_: type[msgspec.Struct], rows: list[Any]) -> Sequence[msgspec.Struct | None]:
    """Rows of this type; None for one that is not."""
    try:
        made: list[msgspec.Struct] = msgspec.convert(rows, list[type_])  # type: ignore[valid-type]
    except msgspec.ValidationError:
        return [None] if len(rows) == 1 else [row for part in rows for row in _typed(type_, [part])]
    return made


def _at(value: Any, path: Sequence[str | int]) -> Any:
    for part in path:
        value = value[part]
    return value


def salvage(codec: Codec, value: Any, problems: Sequence[Problem]) -> dict[str, Rows]:
    """The rows that are of their schema's shape, from the value of a file that is not; nothing from None."""
    if not isinstance(value, dict):
        return {table.name: Rows(read=False) for table in codec.layer.tables}
    places = [problem.pointer or "" for problem in problems]
    return {
        table.name: _salvage_table(table, codec.rows[table.name], value.get(table.key), places)
        for table in codec.layer.tables
    }


def _salvage_table(table: Table, type_: type[msgspec.Struct], rows: Any, places: Sequence[str]) -> Rows:
    own = pointer([table.key])
    if not isinstance(rows, list) or own in places:
        return Rows(read=False)
    bad = {int(place.split("/")[2]) for place in places if place.startswith(own + "/")}
    sound = [msgspec.convert(row, type_) for index, row in enumerate(rows) if index not in bad]
    ids = {index: rows[index].get("id") if isinstance(rows[index], dict) else None for index in bad}
    lost = tuple((index, ids[index] if isinstance(ids[index], str) else None) for index in sorted(bad))
    return Rows(sound, lost)
