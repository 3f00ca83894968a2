"""R: ids are unique, and every reference finds its row."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache, partial

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from sidelines import arrow
from sidelines.model import Table
from sidelines.offsets import Ints
from sidelines.problems import code_points, names, nearest
from sidelines.rules.finding import Finding
from sidelines.tables import Batch

__all__ = ["dangling_reference", "duplicate_id", "ids_alike"]

FEW = 12  # legal ids that are all named


def duplicate_id(batch: Batch) -> Iterator[Finding]:
    """Two rows of one table and document have the same id."""
    for table in batch.tables:
        rows = np.flatnonzero(batch.sound[table])
        ids = arrow.pick(batch.column(table, "id"), rows).dictionary_encode()
        document = batch.document(table)[rows]
        keys = document * len(ids.dictionary) + arrow.numbers(ids.indices)
        order = np.lexsort((rows, keys))
        for at in np.flatnonzero(np.diff(keys[order]) == 0) + 1:
            row, earlier = int(rows[order[at]]), int(rows[order[at - 1]])
            id_ = batch.column(table, "id")[row].as_py()
            other = f"row {batch.ordinal(table, earlier) + 1} of {table}"
            message = f"id: expected one of its own, found {id_!r}, which is that of {other}"
            yield Finding(table, row, message, ("id",))


def ids_alike(batch: Batch) -> Iterator[Finding]:
    """Two rows of one table and document have ids that differ only by case or by Unicode normalisation."""
    for table in batch.tables:
        rows = np.flatnonzero(batch.sound[table])
        ids = arrow.pick(batch.column(table, "id"), rows).dictionary_encode()
        same = pc.utf8_lower(pc.utf8_normalize(ids.dictionary, "NFKC")).dictionary_encode().indices
        own = arrow.numbers(ids.indices)
        alike = batch.document(table)[rows] * len(ids.dictionary) + arrow.numbers(same)[own]
        order = np.lexsort((rows, alike))
        for at in np.flatnonzero((np.diff(alike[order]) == 0) & (np.diff(own[order]) != 0)) + 1:
            row, earlier = int(rows[order[at]]), int(rows[order[at - 1]])
            id_, other = (batch.column(table, "id")[found].as_py() for found in (row, earlier))
            beside = f"{code_points(other)} of row {batch.ordinal(table, earlier) + 1}"
            expected = "one that differs by more than case or normalisation"
            message = f"id: expected {expected}, found {code_points(id_)} beside {beside}"
            yield Finding(table, row, message, ("id",))


def dangling_reference(batch: Batch) -> Iterator[Finding]:
    """A reference names no row of its table in the same document."""
    ids_of = cache(partial(_ids, batch))
    for table in batch.model.tables.values():
        for name, item, row, ids, target in _references(batch, table):
            if target not in batch.tables or target in batch.model.contested:
                continue  # its schema could not be compiled, or is not the only one
            sound = batch.sound[table.name][row]
            document = batch.document(table.name)[row]
            found = batch.find(target, document, ids)
            for position in np.flatnonzero(sound & (found < 0) & arrow.valid(ids)).tolist():
                wanted = ids[position].as_py()
                lost = batch.lost[target].get(int(document[position]), ())
                if not batch.read[target][document[position]] or any(id_ in (wanted, None) for _, id_ in lost):
                    continue  # the row may be there: it could not be read
                few = _few(wanted, ids_of(target, int(document[position])))
                message = f"{name}: {wanted!r} is no id of {target}; {few}"
                at = (name,) if item is None else (name, int(item[position]))
                yield Finding(table.name, int(row[position]), message, at)


def _references(batch: Batch, table: Table) -> Iterator[tuple[str, Ints | None, Ints, pa.Array, str]]:
    """Every reference of a table: property, index in its list, row, the ids, and the table that they name."""
    rows = np.arange(len(batch.document(table.name)))
    for member in table.row.properties:
        if member.ref is not None:
            yield member.name, None, rows, batch.column(table.name, member.name), member.ref
        elif member.items is not None and member.items.ref is not None:
            listed = batch.column(table.name, member.name)
            lengths = arrow.list_lengths(listed)
            row = np.repeat(rows, lengths)
            item = np.arange(len(row)) - (np.cumsum(lengths) - lengths)[row]
            yield member.name, item, row, listed.flatten(), member.items.ref


def _ids(batch: Batch, table: str, document: int) -> list[str]:
    """The ids of a table in one document, in alphabetical order."""
    first, last = batch.bounds[table][document : document + 2]
    return sorted(set(arrow.python(batch.column(table, "id").slice(int(first), int(last - first)))))


def _few(wanted: str, legal: list[str]) -> str:
    """The legal ids; of many only the nearest, since a list of a thousand helps nobody."""
    if len(legal) <= FEW:
        return names(wanted, legal)
    near = nearest(wanted, legal)
    return f"there are {len(legal)}" if near is None else f"did you mean {near!r}?"
