"""Faults of ids and references, of entities, and of the version (R, E and C)."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from copy import deepcopy

from sidelines.model import Property
from sidelines.testing.drawn import DrawnCorpus, Files
from sidelines.testing.mutations.places import (
    Draw,
    Inapplicable,
    Mutation,
    Place,
    added,
    choose,
    fresh_id,
    referenced,
    removed,
    replaced,
    rows_of,
    sorted_rows,
    table_rows,
)  # fmt: skip
from sidelines.testing.settler import grouped
from sidelines.testing.valuer import fits

__all__ = ["MUTATIONS"]

# -- ids and references ------------------------------------------------------------------------------------------------


def _row_twice(corpus: DrawnCorpus, draw: Draw) -> Files:
    place = choose(draw, [place for place in rows_of(corpus) if _room(corpus, place)])
    rows = deepcopy(table_rows(place.document, place.table))
    rows.insert(place.index + 1, deepcopy(place.row))
    return sorted_rows(corpus, place.document, place.table, rows)


def _room(corpus: DrawnCorpus, place: Place) -> bool:
    longest = corpus.model.layers[place.table.layer].root[place.table.key].longest
    return longest is None or len(table_rows(place.document, place.table)) < longest


def _id_of(other: Callable[[str], str]) -> Callable[[DrawnCorpus, Draw], Files]:
    """A row, of which no other speaks, with the id of another row, or one made of that."""

    def change(corpus: DrawnCorpus, draw: Draw) -> Files:
        options = []
        for place in rows_of(corpus):
            ids = [row["id"] for row in table_rows(place.document, place.table) if row is not place.row]
            wanted = [other(id_) for id_ in ids if other(id_) == id_ or other(id_) not in ids]
            wanted = [id_ for id_ in wanted if id_ != place.row["id"] and fits(place.table.row["id"], id_)]
            if wanted and not _named(corpus, place) and place.table.row["id"].ref is None:
                options.append((place, wanted))
        place, wanted = choose(draw, options)
        return replaced(corpus, place, {**place.row, "id": choose(draw, wanted)})

    return change


def _named(corpus: DrawnCorpus, place: Place) -> bool:
    """Whether a row of the document, this one too, names it."""
    own = [value for name, value in place.row.items() if name != "id"]
    return referenced(corpus, place) or any(
        place.row["id"] in (value if isinstance(value, list) else [value]) for value in own
    )


def _references(corpus: DrawnCorpus) -> Iterator[tuple[Place, Property, str]]:
    """Every property of a row that is a reference, or a list of some, with the table that it names."""
    for place in rows_of(corpus):
        for member in place.table.row.properties:
            ref = member.ref if member.items is None else member.items.ref
            if ref is not None and member.name != "id" and place.row.get(member.name):
                yield place, member, ref


def _dangling(corpus: DrawnCorpus, draw: Draw) -> Files:
    place, member, ref = choose(draw, _references(corpus))
    ids = [row["id"] for row in table_rows(place.document, corpus.model.tables[ref])]
    inner = member if member.items is None else member.items
    value = place.row[member.name]
    old = value[-1] if isinstance(value, list) else value
    tried = [f"{old}x", old.swapcase(), "nobody", "z99"]
    new = choose(draw, [id_ for id_ in tried if id_ not in ids and fits(inner, id_)])
    return replaced(corpus, place, {**place.row, member.name: [*value[:-1], new] if isinstance(value, list) else new})


def _target_renamed(corpus: DrawnCorpus, draw: Draw) -> Files:
    places = [p for p in rows_of(corpus) if referenced(corpus, p) and p.table.row["id"].ref is None]
    place = choose(draw, places)
    return replaced(corpus, place, {**place.row, "id": fresh_id(draw, place)})


def _target_dropped(corpus: DrawnCorpus, draw: Draw) -> Files:
    outer = {table.inside for table in corpus.model.tables.values()}
    for table in corpus.model.tables.values():
        for member in table.row.properties:
            outer |= {member.inside, member.items.inside if member.items is not None else None}
    options = [place for place in rows_of(corpus) if place.table.name not in {*outer, "blocks"}]
    # A mention that is gone may leave its entity without one.
    options = [place for place in options if place.table.name != "mentions" or _again(place)]
    return removed(corpus, choose(draw, [place for place in options if referenced(corpus, place)]))


def _again(place: Place) -> bool:
    """Whether another mention speaks of the same entity."""
    said = [row.get("entity") for row in table_rows(place.document, place.table)]
    return said.count(place.row.get("entity")) > 1


# -- entities ----------------------------------------------------------------------------------------------------------


def _entities(corpus: DrawnCorpus) -> list[Place]:
    return rows_of(corpus, "entities") if "mentions" in corpus.model.tables else []


def _unmentioned(corpus: DrawnCorpus, draw: Draw) -> Files:
    model = corpus.model
    if not model.refers("mentions", "entity", "entities") or model.listed("mentions", "entity"):
        raise Inapplicable
    place = choose(draw, [place for place in _entities(corpus) if place.row.get("type") != "GROUP"])
    return added(corpus, place, {**deepcopy(place.row), "id": fresh_id(draw, place)})


def _members_for_one(corpus: DrawnCorpus, draw: Draw) -> Files:
    places = rows_of(corpus, "entities") if grouped(corpus.model) else []
    place = choose(draw, [p for p in places if p.row.get("type") != "GROUP" and "members" not in p.row])
    rows = table_rows(place.document, place.table)
    others = [row["id"] for row in rows if row["id"] != place.row["id"]]
    return replaced(corpus, place, {**place.row, "members": [choose(draw, others)]})


def _no_longer_group(corpus: DrawnCorpus, draw: Draw) -> Files:
    places = rows_of(corpus, "entities") if grouped(corpus.model) else []
    place = choose(draw, [place for place in places if place.row.get("type") == "GROUP"])
    kinds = [kind for kind in place.table.row["type"].enum or ("PERSON",) if kind != "GROUP"]
    return replaced(corpus, place, {**place.row, "type": choose(draw, kinds)})


def _group_of_none(corpus: DrawnCorpus, draw: Draw) -> Files:
    options = []
    for place in rows_of(corpus, "entities") if grouped(corpus.model) else []:
        kind = place.table.row["type"]
        mentions = table_rows(place.document, corpus.model.tables["mentions"]) if _entities(corpus) else []
        said = [mention.get("entity") for mention in mentions]
        possible = not kind.enum or "GROUP" in kind.enum
        if possible and place.row.get("type") != "GROUP" and place.row["id"] in said and not place.row.get("members"):
            options.append(place)
    place = choose(draw, options)
    return replaced(corpus, place, {**place.row, "type": "GROUP"})


# -- corpus and version ------------------------------------------------------------------------------------------------


def _other_version(corpus: DrawnCorpus, draw: Draw) -> Files:
    stated = f'[project]\nname = "drawn"\nversion = {json.dumps(corpus.metadata["version"] + ".post1")}\n'
    return Files({**corpus.files().content, "pyproject.toml": stated.encode()})


def _broken_project(corpus: DrawnCorpus, draw: Draw) -> Files:
    return Files({**corpus.files().content, "pyproject.toml": b"[project\n"})


def _silent_changelog(corpus: DrawnCorpus, draw: Draw) -> Files:
    return Files({**corpus.files().content, "CHANGELOG.md": b"# Changelog\n\n## [Unreleased]\n\nNothing yet.\n"})


MUTATIONS = (
    Mutation("row-twice", "R001", "A row stands twice.", _row_twice),
    Mutation("id-of-another", "R001", "A row has the id of another.", _id_of(lambda id_: id_)),
    Mutation("reference-misspelt", "R002", "A reference to an id that is not there.", _dangling),
    Mutation("target-renamed", "R002", "A row that others name has another id.", _target_renamed),
    Mutation("target-dropped", "R002", "A row that others name is gone.", _target_dropped),
    Mutation("id-in-capitals", "R003", "The id of another row, but for its case.", _id_of(str.swapcase)),
    Mutation("unmentioned", "E001", "An entity more, of which no mention speaks.", _unmentioned),
    Mutation("members-for-one", "E002", "Members of an entity that is no GROUP.", _members_for_one),
    Mutation("no-longer-group", "E002", "A GROUP is something else and keeps its members.", _no_longer_group),
    Mutation("group-of-none", "E003", "A GROUP without members.", _group_of_none),
    Mutation("other-version", "C001", "pyproject.toml states another version.", _other_version),
    Mutation("unreadable-version", "C001", "pyproject.toml is no TOML.", _broken_project),
    Mutation("silent-changelog", "C002", "CHANGELOG.md does not speak of the version.", _silent_changelog),
)  # fmt: skip
