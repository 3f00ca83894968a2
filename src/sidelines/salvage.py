"""A file that is not in order, looked at again: what is wrong, where, and which rows can be kept.

This is the slow way, by the strict parser and jsonschema; a corpus in order never comes here.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec

from sidelines.codec import Codec
from sidelines.model import Table
from sidelines.problems import Problem, not_canonical, pointer
from sidelines.sources import DEEPEST
from sidelines.strictjson import MAX_DEPTH, JSONFault, Tree, parse
from sidelines.tables import Rows

NO_JSON = ("F101", "F102", "F103", "F104", "F105", "F106", "F107")

__all__ = ["disagrees", "faults", "look_again", "salvage"]


def disagrees(code: str, name: str, expected: str, found: Any, raw: bytes, path: str, document: str | None) -> Problem:
    """The problem of a property of a file that says other than what it should."""
    line, column = parse(raw, DEEPEST).position((name,))
    message = f"{name}: expected {expected}, found {found!r}"
    return Problem(code, "error", message, path, pointer([name]), line, column, document)


def look_again(
    codec: Codec, raw: bytes, path: str, document: str | None, max_depth: int = MAX_DEPTH
) -> tuple[Any, list[Problem]]:
    """The content of a file that is not in order, where only its layout is not; and what is wrong with it."""
    try:
        tree = parse(raw, max_depth)
    except JSONFault as fault:
        return None, [Problem(fault.code, "error", fault.message, path, None, fault.line, fault.column, document)]
    if problems := faults(codec, tree, path, document):
        return None, problems
    content = msgspec.convert(tree.value, codec.content)
    tidy = codec.canonical(content)
    return content, [] if tidy == raw else [not_canonical(path, raw, tidy, document)]


def faults(codec: Codec, tree: Tree, path: str, document: str | None) -> list[Problem]:
    """Where a value is not of its schema's shape."""
    from sidelines.shape import explain  # jsonschema is slow to import, and a corpus in order never needs it

    tables = {table.key: table.name for table in codec.layer.tables}
    problems = []
    for code, at, key, message in explain(codec.layer, tree.value):
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


def _at(value: Any, path: Sequence[str | int]) -> Any:
    for part in path:
        value = value[part]
    return value


def salvage(codec: Codec, raw: bytes, problems: Sequence[Problem]) -> dict[str, Rows]:
    """The rows that are of their schema's shape, from a file that is not; nothing from one that is no JSON."""
    no_json = any(problem.code in NO_JSON for problem in problems)
    value = None if no_json else parse(raw, DEEPEST).value
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
