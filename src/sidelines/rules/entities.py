"""E: entities, where a corpus has the tables of the built-in layer."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from sidelines import arrow
from sidelines.rules.finding import Finding
from sidelines.tables import Batch

__all__ = ["group_too_small", "members_without_group", "never_mentioned"]


def never_mentioned(batch: Batch) -> Iterator[Finding]:
    """No mention refers to an entity, nor to a group that it is a member of; a group must be mentioned itself."""
    if not (batch.model.column("entities", "type") and batch.model.column("mentions", "entity")):
        return
    mentioned = np.zeros(len(batch.document("entities")), np.bool_)
    target = batch.target("mentions", "entity")
    mentioned[target[target >= 0]] = True
    if batch.model.column("entities", "members"):
        listed = batch.column("entities", "members")
        owner = np.repeat(np.arange(len(listed)), arrow.list_lengths(listed))
        member = batch.find("entities", batch.document("entities")[owner], listed.flatten())
        mentioned[member[(member >= 0) & mentioned[owner]]] = True
    document = batch.document("entities")
    judged = batch.sound["entities"] & batch.whole["mentions"][document] & batch.whole["entities"][document]
    names = (
        batch.column("entities", "name") if batch.model.column("entities", "name") else batch.column("entities", "id")
    )
    for row in np.flatnonzero(judged & ~mentioned).tolist():
        yield Finding("entities", row, f"expected a mention of {names[row].as_py()!r}, found none")


def members_without_group(batch: Batch) -> Iterator[Finding]:
    """An entity that is no GROUP has members."""
    if _has_members(batch):
        present = arrow.valid(batch.column("entities", "members"))
        for row in np.flatnonzero(batch.sound["entities"] & present & ~batch.is_("entities", "type", "GROUP")).tolist():
            kind = batch.column("entities", "type")[row].as_py()
            yield Finding("entities", row, f"expected members only of a GROUP, found them on a {kind}", ("members",))


def group_too_small(batch: Batch) -> Iterator[Finding]:
    """A GROUP has fewer than two members."""
    if _has_members(batch):
        lengths = arrow.list_lengths(batch.column("entities", "members"))
        for row in np.flatnonzero(
            batch.sound["entities"] & batch.is_("entities", "type", "GROUP") & (lengths < 2)
        ).tolist():
            yield Finding("entities", row, f"expected two members or more of a GROUP, found {lengths[row]}")


def _has_members(batch: Batch) -> bool:
    return batch.model.column("entities", "type") and batch.model.column("entities", "members")
