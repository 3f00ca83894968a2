"""E: entities, where a corpus has the tables of the built-in layer."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from sidelines import arrow
from sidelines.offsets import Ints
from sidelines.rules.finding import Finding
from sidelines.tables import Batch

__all__ = ["group_too_small", "members_without_group", "never_mentioned"]


def never_mentioned(batch: Batch) -> Iterator[Finding]:
    """No mention refers to an entity, nor to a group that it is a member of; a group must be mentioned itself."""
    if not batch.model.refers("mentions", "entity", "entities") or batch.model.listed("mentions", "entity"):
        return
    mentioned = np.zeros(len(batch.document("entities")), np.bool_)
    target = batch.target("mentions", "entity")
    mentioned[target[target >= 0]] = True
    if _has_members(batch):
        owner, member = _members(batch)
        through = member[(member >= 0) & mentioned[owner]]
        mentioned[through[~batch.is_("entities", "type", "GROUP")[through]]] = True
    document = batch.document("entities")
    judged = batch.sound["entities"] & batch.whole["mentions"][document] & batch.whole["entities"][document]
    names = batch.column("entities", "name" if batch.model.text("entities", "name") else "id")
    for row in np.flatnonzero(judged & ~mentioned).tolist():
        name = names[row].as_py() or batch.column("entities", "id")[row].as_py()
        yield Finding("entities", row, f"expected a mention of {name!r}, found none")


def members_without_group(batch: Batch) -> Iterator[Finding]:
    """An entity that is no GROUP has members."""
    if _has_members(batch):
        present = arrow.valid(batch.column("entities", "members"))
        for row in np.flatnonzero(batch.sound["entities"] & present & ~batch.is_("entities", "type", "GROUP")).tolist():
            kind = batch.column("entities", "type")[row].as_py()
            yield Finding("entities", row, f"members: expected on the type GROUP only, found on {kind}", ("members",))


def group_too_small(batch: Batch) -> Iterator[Finding]:
    """A GROUP has fewer than two different members."""
    if _has_members(batch):
        owner, member = _members(batch)
        size = np.bincount(np.unique(np.stack([owner, member]), axis=1)[0], minlength=len(batch.document("entities")))
        given = arrow.valid(batch.column("entities", "members"))
        few = batch.sound["entities"] & batch.is_("entities", "type", "GROUP") & (size < 2)
        for row in np.flatnonzero(few).tolist():
            at = ("members",) if given[row] else ()
            yield Finding("entities", row, f"expected two different members or more of a GROUP, found {size[row]}", at)


def _has_members(batch: Batch) -> bool:
    model = batch.model
    listed = model.refers("entities", "members", "entities") and model.listed("entities", "members")
    return listed and model.text("entities", "type")


def _members(batch: Batch) -> tuple[Ints, Ints]:
    """The row of each group, once for each member, and the row of that member (-1 for none)."""
    listed = batch.column("entities", "members")
    owner = np.repeat(np.arange(len(listed)), arrow.list_lengths(listed))
    return owner, batch.find("entities", batch.document("entities")[owner], listed.flatten())
