"""What the columns of a Parquet file must be, and their values, to be rows of a table.

What was written by others is taken if it means the same: strings for categories, other widths of integers.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from sidelines import arrow, columns
from sidelines.model import Layer, Property, Table
from sidelines.offsets import Ints
from sidelines.problems import names

__all__ = [
    "Column", "as_json", "columns_off", "columns_too_many", "ill_shaped", "metadata_columns", "nulls", "plain",
    "table_columns", "unwritable",
]  # fmt: skip

OWNERS = pa.dictionary(pa.int32(), pa.string())
FIRST_DAY, LAST_DAY = np.datetime64("0001-01-01"), np.datetime64("9999-12-31")


@dataclass(frozen=True, slots=True)
class Column:
    """A column that a file must have, and what its values are.

    `part_of` is the optional span that it is a required part of; `owner` whether it says whose a row is.
    """

    name: str
    node: Property
    required: bool
    part_of: str | None = None
    owner: bool = False

    def taken(self, items: pa.Array) -> pa.Array:
        """Its values as a file has them, plainly; owners as a dictionary, and categories too, if all are legal."""
        if self.owner:
            items = items if pa.types.is_dictionary(items.type) else items.dictionary_encode()
            return items if items.type == OWNERS else items.cast(OWNERS)
        if self.node.type == "string" and self.node.enum and pa.types.is_dictionary(items.type):
            legal = arrow.strings([str(value) for value in self.node.enum])
            codes = pc.index_in(items.dictionary, value_set=legal)
            if not codes.null_count:
                return pa.DictionaryArray.from_arrays(codes.take(items.indices), legal)
        return plain(items, columns.plain_type(self.node))

    def plainly(self, items: pa.Array) -> pa.Array:
        """Values that were taken, and are no longer a category."""
        return items if self.owner else plain(items, columns.plain_type(self.node))


def metadata_columns(layer: Layer) -> tuple[Column, ...]:
    """The columns of `documents`: the metadata, `id` as `document` and first, and the text."""
    nodes = sorted((m for m in layer.root.properties if m.name != "$schema"), key=lambda member: member.name != "id")
    own = (Column("document" if node.name == "id" else node.name, node, node.required) for node in nodes)
    return (*own, Column("text", Property("text", "string", True), True))


def table_columns(table: Table) -> tuple[Column, ...]:
    """The columns of a table, `document` first; a span is as many columns as it has properties."""
    found = [Column("document", Property("document", "string", True), True, owner=True)]
    for member in table.row.properties:
        if member.span:
            found += [
                Column(f"{member.name}_{part.name}", part, part.required and member.required,
                        member.name if part.required and not member.required else None)
                for part in member.properties
            ]  # fmt: skip
        else:
            found.append(Column(member.name, member, member.required))
    return tuple(found)


def columns_too_many(found: pa.Schema, wanted: tuple[Column, ...], derived: Mapping[str, pa.DataType]) -> Iterator[str]:
    """The columns of a file that neither its schema has nor are derived."""
    known = [*(c.name for c in wanted), *derived]
    for name in found.names:
        if name not in known:
            yield f"expected no column {name!r}; {names(name, known)}"


def columns_off(found: pa.Schema, wanted: tuple[Column, ...], derived: Mapping[str, pa.DataType]) -> Iterator[str]:
    """What is wrong with the columns that a file must have, or may."""
    twice = {name for name in found.names if found.names.count(name) > 1}
    known = {c.name: columns.plain_type(c.node) for c in wanted} | dict(derived)
    for name in sorted(twice):
        yield f"expected one column {name!r}, found {found.names.count(name)}"
    for name, kind in known.items():
        if name not in found.names:
            if name not in derived:
                yield f"expected a column {name!r} of type {kind}, found none"
        elif name not in twice and not _fits(found.field(name).type, kind):
            yield f"{name}: expected a column of type {kind}, found {found.field(name).type}"


def _fits(found: pa.DataType, wanted: pa.DataType) -> bool:
    """Whether values of one type mean the same in the other."""
    if pa.types.is_dictionary(wanted):
        wanted = wanted.value_type
    if pa.types.is_dictionary(found):
        found = found.value_type
    if pa.types.is_null(found):
        return True  # what pandas makes of a column without a value
    if pa.types.is_string(wanted):
        return any(found == text for text in (pa.string(), pa.large_string(), pa.string_view()))
    if pa.types.is_list(wanted):
        listed = pa.types.is_list(found) or pa.types.is_large_list(found)
        return listed and _fits(found.value_type, wanted.value_type)
    if pa.types.is_struct(wanted):
        if not pa.types.is_struct(found) or [f.name for f in found] != [f.name for f in wanted]:
            return False
        return all(_fits(one.type, other.type) for one, other in zip(found, wanted, strict=True))
    if wanted == pa.int64():
        return bool(pa.types.is_integer(found)) and found != pa.uint64()  # which has more than fits
    if wanted == pa.float64():
        return bool(pa.types.is_floating(found))
    return bool(pa.types.is_date(found) if wanted == columns.DATE else found == wanted)


def plain(items: pa.Array, kind: pa.DataType) -> pa.Array:
    """Values of a type that fits, as values of this type; of a dictionary, as those that it holds."""
    if pa.types.is_dictionary(items.type):
        items = items.dictionary_decode()
    if pa.types.is_dictionary(kind):
        kind = kind.value_type
    return items if items.type == kind else items.cast(kind)


def ill_shaped(wanted: tuple[Column, ...], rows: pa.Table) -> set[int]:
    """The rows in which a value is missing, or not of its schema's shape."""
    found = {row for _, row in nulls(wanted, rows)} | {row for row, *_ in unwritable(wanted, rows)}
    for column in wanted:
        found |= columns.failing(column.node, arrow.whole(rows.column(column.name)))
    return found


def unwritable(wanted: tuple[Column, ...], rows: pa.Table) -> Iterator[tuple[int, str, str]]:
    """Values that no JSON file could have: row, code, and message."""
    for column in wanted:
        items = arrow.whole(rows.column(column.name))
        for node, values, row in _within(column.node, items, np.arange(len(items))):
            there = arrow.valid(values)
            if node.type == "number":
                for at in np.flatnonzero(there & ~np.isfinite(arrow.numbers(values))).tolist():
                    found = arrow.numbers(values)[at]
                    yield int(row[at]), "S103", f"{column.name}: expected a number that JSON has, found {found}"
            elif node.date:
                days = arrow.numbers(values).astype("datetime64[D]")
                for at in np.flatnonzero(there & ((days < FIRST_DAY) | (days > LAST_DAY))).tolist():
                    yield (
                        int(row[at]),
                        "S105",
                        f"{column.name}: expected a day of the years 1 to 9999, found {days[at]}",
                    )


def _within(node: Property, items: pa.Array, row: Ints) -> Iterator[tuple[Property, pa.Array, Ints]]:
    """The values of a property and of all that it is made of, with the row of each."""
    yield node, items, row
    if node.items is not None:
        yield from _within(node.items, items.flatten(), np.repeat(row, arrow.list_lengths(items)))
    for position, member in enumerate(node.properties):
        yield from _within(member, items.field(position), row)


def nulls(wanted: tuple[Column, ...], rows: pa.Table) -> Iterator[tuple[str, int]]:
    """The columns and rows in which null stands where none may be."""
    there: dict[str, Any] = {}
    for column in wanted:
        if column.part_of is not None:
            valid = arrow.valid(arrow.whole(rows.column(column.name)))
            there[column.part_of] = there.get(column.part_of, np.zeros(len(valid), np.bool_)) | valid
    for column in wanted:
        items = arrow.whole(rows.column(column.name))
        required = np.full(len(items), column.required) if column.part_of is None else there[column.part_of]
        for row in sorted(_missing(column.node, items, required)):
            yield column.name, row


def _missing(node: Property, items: pa.Array, required: Any) -> set[int]:
    there = arrow.valid(items)
    found = set(np.flatnonzero(~there & required).tolist())
    if node.items is not None:
        lengths = arrow.list_lengths(items)
        rows = np.repeat(np.arange(len(items)), lengths)
        found |= {int(rows[at]) for at in _missing(node.items, items.flatten(), np.full(len(rows), True))}
    for position, member in enumerate(node.properties):
        found |= _missing(member, items.field(position), there & member.required)
    return found


def as_json(node: Property | None, row: pa.Table) -> dict[str, Any]:
    """A row as the object that a file would have."""
    assert node is not None  # the dialect demands items on every array
    values = {name: row.column(name)[0].as_py() for name in row.column_names}
    made = {}
    for member in node.properties:
        if member.span:
            parts = {part.name: values[f"{member.name}_{part.name}"] for part in member.properties}
            made[member.name] = parts if any(part is not None for part in parts.values()) else None
        elif member.name != "$schema":
            made[member.name] = values["document" if member.name == "id" and "id" not in values else member.name]
    found: dict[str, Any] = _without_nulls(made)
    return found


def _without_nulls(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _without_nulls(member) for name, member in value.items() if member is not None}
    if isinstance(value, list):
        return [_without_nulls(item) for item in value]
    return value.isoformat() if isinstance(value, datetime.date) else value
