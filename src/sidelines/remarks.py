"""What is said of each row beside the text: who speaks, which days a date names, and of any other row what it has."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import timedelta
from typing import Any

import pyarrow as pa

from sidelines import arrow
from sidelines.documents import Document
from sidelines.problems import quoted

__all__ = ["remarks"]

Columns = Mapping[str, Sequence[Any]]


def remarks(document: Document, table: str) -> list[str]:
    """A line for each row of a table; "" for one that has nothing but an id and spans.

    A table of a built-in layer is told in its own way where it has the columns for it, and any other by the names of
    its properties.
    """
    columns = _columns(document, table)
    needed, write = _WAYS.get(table, (_NONE, _other))
    lines = write if needed <= columns.keys() else _other
    return [", ".join(filter(None, parts)) for parts in lines(document, table, columns)]


def _columns(document: Document, table: str) -> Columns:
    return {name: _values(document.tables[table].column(name)) for name in document.tables[table].column_names}


def _values(column: pa.ChunkedArray) -> list[Any]:
    items = arrow.whole(column)
    return arrow.python(items.cast(items.type.value_type) if pa.types.is_dictionary(items.type) else items)


Parts = Iterator[Sequence[str | None]]


def _mentions(document: Document, table: str, columns: Columns) -> Parts:
    size = len(columns["id"])
    sure = columns.get("uncertain", [None] * size)
    for name, kind, uncertain in zip(columns["entity_name"], columns["entity_type"], sure, strict=True):
        yield name, kind, "uncertain" if uncertain else None


def _quotes(document: Document, table: str, columns: Columns) -> Parts:
    none = [None] * len(columns["id"])
    names = ("speaker_name", "cue_text", "addressee_text", "kind", "parent")
    for speaker, cue, addressee, kind, parent in zip(*(columns.get(name, none) for name in names), strict=True):
        yield (
            speaker or "no speaker", f"“{cue}”" if cue else None, f"to “{addressee}”" if addressee else None,
            kind, f"in {parent}" if parent else None,
        )  # fmt: skip


def _dates(document: Document, table: str, columns: Columns) -> Parts:
    none = [None] * len(columns["id"])
    names = ("value", "begin", "until", "type", "mod", "function", "anchor")
    for value, begin, until, kind, mod, function, anchor in zip(*(columns.get(n, none) for n in names), strict=True):
        days = ""
        if begin is not None and until is not None:
            last = until - timedelta(days=1)
            days = str(begin) if begin == last else f"{begin} to {last}"
        yield (
            value if days in ("", value) else f"{value} ({days})", None if kind == "DATE" else kind, mod, function,
            f"from {anchor}" if anchor else None,
        )  # fmt: skip


def _other(document: Document, table: str, columns: Columns) -> Parts:
    row = document.model.tables[table].row
    own = {"id", "start", "end", "text"} if row.span else {"id"}
    shown = [member for member in row.properties if member.name not in own and not member.span and not member.spans]
    refs = {member.name: member.ref or (member.items.ref if member.items else None) for member in shown}
    known = {ref: _names(document, ref) for ref in set(refs.values()) if ref is not None}
    for at in range(len(columns["id"])):
        yield [
            f"{member.name} {_told(columns[member.name][at], known.get(refs[member.name] or '', {}))}"
            for member in shown
            if columns[member.name][at] not in (None, [])
        ]


def _names(document: Document, table: str) -> dict[str, str]:
    """What the rows of a table are called by people, by their ids: by name, or by the words they mark."""
    columns = _columns(document, table)
    if "name" in columns:
        return {id_: str(name) for id_, name in zip(columns["id"], columns["name"], strict=True) if name}
    if document.model.tables[table].row.span:
        return {id_: quoted(text, 30) for id_, text in zip(columns["id"], columns["text"], strict=True)}
    return {}


def _told(value: Any, known: Mapping[str, str]) -> str:
    if isinstance(value, list):
        return " ".join(_told(item, known) for item in value)
    if isinstance(value, dict):
        return " ".join(f"{name} {_told(item, {})}" for name, item in value.items() if item is not None)
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{value} ({known[value]})" if value in known else str(value)


_NONE: frozenset[str] = frozenset()
_WAYS: Mapping[str, tuple[frozenset[str], Callable[[Document, str, Columns], Parts]]] = {
    "mentions": (frozenset({"entity_name", "entity_type"}), _mentions),
    "quotes": (frozenset({"speaker_name"}), _quotes),
    "dates": (frozenset({"begin", "until"}), _dates),
}
