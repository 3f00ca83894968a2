"""The rows of the tables of one document, as their schemas have them: spans, then ids, then everything else."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from unicodedata import normalize

from hypothesis import assume
from hypothesis import strategies as st

from sidelines.model import Model, Property, Table
from sidelines.testing.cutter import pick, shown
from sidelines.testing.placer import Text, place_spans, place_text, regions_of
from sidelines.testing.plan import MORE, Plan, inside_of, must, sibling
from sidelines.testing.settler import SETTLERS, fewer_entities
from sidelines.testing.valuer import fits, values

__all__ = ["draw_tables"]

Row = dict[str, Any]


def draw_tables(draw: st.DrawFn, plan: Plan, text: str) -> dict[str, list[Row]]:
    """Draw the rows of every table for one text, by table."""
    model, place = plan.model, place_text(draw, plan, text)
    counts = _counts(draw, plan, place)
    ids = _draw_ids(draw, model, counts)
    tables: dict[str, list[Row]] = {}
    for name, table in model.tables.items():
        rows = [_row(draw, place, table, ids, index) for index in range(counts[name])]
        if not table.row.span and (by := table.sorts_by) is not None:
            rows.sort(key=lambda row: _key(row[by.name]))
        tables[name] = [_in_order(table.row, {**row, "id": id_}) for row, id_ in zip(rows, ids[name], strict=True)]
    for settle in SETTLERS:
        settle(draw, model, text, tables)
    return {name: [_in_order(model.tables[name].row, row) for row in rows] for name, rows in tables.items()}


def _in_order(node: Property, row: Row) -> Row:
    return {member.name: row[member.name] for member in node.properties if member.name in row}


def _key(value: Any) -> tuple[bool, int, int]:
    """What a row is sorted by: a span, or the first of a list; rows with none come last."""
    first = value if isinstance(value, dict) else value[0] if value else None
    return first is None, first["start"] if first else 0, -first["end"] if first else 0


# -- how many rows, and their ids --------------------------------------------------------------------------------------


def _counts(draw: st.DrawFn, plan: Plan, place: Text) -> dict[str, int]:
    """How many rows each table has: none without one of each that they need, which are given where there is room."""
    model = plan.model
    counts = {}
    for name, table in model.tables.items():
        least, most = plan.least[name], model.layers[table.layer].root[table.key].longest
        most = least + MORE if most is None else min(most, least + MORE)
        counts[name] = len(place.places[name]) if table.row.span else draw(st.integers(least, most))
    grows = {name for name, table in model.tables.items() if not table.row.span}
    _supply(plan, place, counts, grows)
    if fewer_entities(model, counts):
        _supply(plan, place, counts, set())
    for name, count in counts.items():
        assume(count >= plan.least[name])
    return counts


def _supply(plan: Plan, place: Text, counts: dict[str, int], grows: set[str]) -> None:
    changed = True
    while changed:
        changed = False
        for name in [name for name, count in counts.items() if count]:
            for needed in plan.needs[name]:
                if counts[needed] and (needed not in place.places or regions_of(place, needed)):
                    continue
                changed = True
                if not counts[needed] and needed in grows:
                    counts[needed] = 1
                    continue
                counts[name] = 0
                grows.discard(name)
                if name in place.places:
                    place.places[name] = []
                break
            if counts[name] and not place.free and _wants_room(plan.model.tables[name].row):
                counts[name], changed = 0, True
                grows.discard(name)


def _wants_room(row: Property) -> bool:
    return any(must(member) and (member.span or member.spans) for member in row.properties)


def _draw_ids(draw: st.DrawFn, model: Model, counts: Mapping[str, int]) -> dict[str, list[str]]:
    """The ids of the rows; none differs from another by case or normalisation alone."""
    ids: dict[str, list[str]] = {}
    # Rows that are called what others are called come behind them.
    for name, table in sorted(model.tables.items(), key=lambda item: _namesakes(model, item[0])):
        node, count = table.row["id"], counts[name]
        legal = [id_ for id_ in ids.get(node.ref or "", ()) if fits(node, id_)]
        if node.ref is not None and node.ref != name:
            assume(len(legal) >= count)
            ids[name] = legal[:count]
            continue
        plain = [f"{name[0]}{number}" for number in range(1, count + 1)]
        if draw(st.integers(0, 3)) == 3 or not all(fits(node, id_) for id_ in plain):
            plain = draw(st.lists(values(node), min_size=count, max_size=count, unique_by=_alike))
        ids[name] = plain
    return ids


def _namesakes(model: Model, name: str) -> int:
    """How many tables the ids of this one are those of, one by way of the other, itself among them."""
    chain = [name]
    while (other := model.tables[chain[-1]].row["id"].ref) is not None and other not in chain:
        chain.append(other)
    return len(chain)


def _alike(id_: str) -> str:
    return normalize("NFKC", normalize("NFKC", id_).casefold())


# -- rows --------------------------------------------------------------------------------------------------------------


def _row(draw: st.DrawFn, place: Text, table: Table, ids: Mapping[str, list[str]], index: int) -> Row:
    """One row: its span, then the properties, those that lie inside others after them."""
    row: Row = {}
    if table.row.span:
        row |= shown(place.text, place.places[table.name][index])
    row |= place.preset[table.name][index] if table.name in place.preset else {}
    forced = _forced(table)
    for member in sorted(table.row.properties, key=lambda member: len(_chain(table, member.name))):
        if member.name in row or member.name == "id":
            continue
        must = member.required or member.name in forced
        if must or draw(st.booleans()):
            value = _member(draw, place, table, member, ids, row, member.name in forced)
            if value is not None:
                row[member.name] = value
            else:
                assume(not must)
    assume(not table.row.span or table.row["text"].ref is None or row["text"] in ids[table.row["text"].ref])
    return row


def _chain(table: Table, name: str) -> list[str]:
    """A property, the property that it lies inside, and so on outwards."""
    names = [name]
    while (inside := sibling(table.row[names[-1]])) is not None and inside not in names:
        names.append(inside)
    return names


def _forced(table: Table) -> set[str]:
    """The properties that must have a span, since another, or the row itself, lies inside them."""
    own = _chain(table, table.inside[2:]) if table.inside is not None and table.inside.startswith("./") else []
    return {
        *own,
        *(name for member in table.row.properties if must(member) for name in _chain(table, member.name)[1:]),
    }


def _member(
    draw: st.DrawFn,
    place: Text,
    table: Table,
    member: Property,
    ids: Mapping[str, list[str]],
    row: Row,
    forced: bool,
) -> Any:
    """The value of a property; None where there can be none."""
    inner = member if member.items is None else member.items
    if inner.ref is not None:
        legal = [id_ for id_ in ids[inner.ref] if fits(inner, id_)]
        if member.items is None:
            return pick(draw, legal) if legal else None
        least = member.shortest or 0
        most = least + MORE if member.longest is None else min(member.longest, least + MORE)
        if not legal:
            return None if least else []
        chosen = draw(st.lists(st.integers(0, len(legal) - 1), min_size=least, max_size=most))
        return [legal[at] for at in chosen]
    if not inner.span:
        return draw(values(member))
    return _spans(draw, place, table, member, row, forced)


def _spans(draw: st.DrawFn, place: Text, table: Table, member: Property, row: Row, forced: bool) -> Any:
    """A span, or a list of spans, where the property may have it."""
    inner = member if member.items is None else member.items
    around = table.inside is not None and table.inside.startswith("./") and member.name in _forced(table)
    if around and member.name in _chain(table, (table.inside or "")[2:]):
        found = [(row["start"], row["end"])]  # the row lies inside it
    else:
        inside = inside_of(member)
        if inside is None or not inside.startswith("./"):
            regions = regions_of(place, inside)
        else:
            outer = row.get(inside[2:], [])
            regions = [(span["start"], span["end"]) for span in (outer if isinstance(outer, list) else [outer])]
        bounds = (1, 1) if member.items is None else (max(member.shortest or 0, forced), member.longest)
        found = place_spans(draw, place, inner, member.overlap, regions, bounds, table.name) if regions else []
        if len(found) < bounds[0]:
            return None
    more = [part for part in inner.properties if part.name not in ("start", "end", "text")]
    made = [_in_order(inner, shown(place.text, span) | _more(draw, more)) for span in found]
    return made if member.items is not None else made[0]


def _more(draw: st.DrawFn, parts: Sequence[Property]) -> Row:
    return {part.name: draw(values(part)) for part in parts if part.required or draw(st.booleans())}
