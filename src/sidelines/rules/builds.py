"""P: what was derived when a build was made is what is derived from it now."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pyarrow.compute as pc

from sidelines import arrow
from sidelines.derive import derive
from sidelines.model import Model
from sidelines.problems import quoted
from sidelines.rules.finding import Finding
from sidelines.tables import Batch

__all__ = ["derived_differs"]


def derived_differs(batch: Batch) -> Iterator[Finding]:
    """A derived column does not hold what follows from the others, of which all could be read."""
    stored = {table: columns for table, columns in batch.stored.items() if columns.num_columns}
    derived = derive(batch) if stored else {}
    for table, columns in stored.items():
        document = batch.document(table)
        judged = batch.sound[table].copy()
        for other in _reached(batch.model, table):
            judged &= batch.whole[other][document]
        for name in columns.column_names:
            found, expected = (arrow.whole(each.column(name)) for each in (columns, derived[table]))
            expected = expected.dictionary_decode() if found.type != expected.type else expected
            there, due = arrow.valid(found), arrow.valid(expected)
            differ = (there != due) | (there & ~arrow.truth(pc.equal(found, expected)))
            for row in np.flatnonzero(differ & judged):
                one, other = (_shown(each[int(row)].as_py()) for each in (expected, found))
                yield Finding(table, int(row), f"{name}: expected {one}, found {other}", (name,))


def _reached(model: Model, table: str) -> set[str]:
    """The other tables that the rows of one refer to, and those that theirs do."""
    reached: set[str] = set()
    ahead = {table}
    while ahead:
        reached |= ahead
        members = [member for name in ahead for member in model.tables[name].row.properties]
        refs = {ref for member in members for ref in (member.ref, member.items and member.items.ref) if ref}
        ahead = (refs & model.tables.keys()) - reached
    return reached - {table}


def _shown(value: object) -> str:
    return "null" if value is None else quoted(value) if isinstance(value, str) else str(value)
