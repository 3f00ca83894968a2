"""The rows of the tables of one document, as their schemas have them: spans, then ids, then everything else."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from unicodedata import normalize

from hypothesis import assume
from hypothesis import strategies as st

from sidelines.model import Model, Overlap, Property, Table
from sidelines.testing.cutter import Span, cuts, edges, pick, shown
from sidelines.testing.settler import SETTLERS, SPOTS, fewer_entities, has_blocks, lines
from sidelines.testing.valuer import fits, values

__all__ = ["Plan", "draw_tables"]

MORE = 4  # rows beyond those that there must be
Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Plan:
    """What the schemas ask of every document.

    `least` has the number of rows that each table must have, `needs` the tables without which it can have none, `order`
    those whose rows are spans, after the tables that they lie inside, and `room` the characters that all this needs.
    """

    model: Model = field(repr=False)
    schemas: Mapping[str, bytes] = field(repr=False)
    least: Mapping[str, int]
    needs: Mapping[str, frozenset[str]] = field(repr=False)
    order: tuple[str, ...]
    room: int

    @classmethod
    def of(cls, model: Model, schemas: Mapping[str, bytes]) -> Plan:
        """Work it out for a model, and the schema files that it was compiled from."""
        needs = {name: frozenset(_needs(table)) - {name} for name, table in model.tables.items()}
        least = {t.name: model.layers[t.layer].root[t.key].shortest or 0 for t in model.tables.values()}
        waiting = [name for name, count in least.items() if count]
        while waiting:
            for name in needs[waiting.pop()]:
                if not least[name]:
                    least[name] = 1
                    waiting.append(name)
        order = sorted((name for name, table in model.tables.items() if table.row.span), key=lambda n: _depth(model, n))
        room = sum(count * _room(model.tables[name].row) for name, count in least.items())
        return cls(model, schemas, least, needs, tuple(order), room)


def _needs(table: Table) -> Iterator[str]:
    """The tables that a row cannot do without."""
    yield from _outer(table)
    for member in table.row.properties:
        inner = member if member.items is None else member.items
        if _must(member):
            yield from () if inner.ref is None else (inner.ref,)
            inside = member.inside or inner.inside
            yield from () if inside is None or inside.startswith("./") else (inside,)


def _outer(table: Table) -> Iterator[str]:
    """The table, if there is one, in whose spans the rows lie, also by way of a property that they lie in."""
    inside, seen = table.inside, set[str]()
    while inside is not None and inside.startswith("./") and inside not in seen:
        seen.add(inside)
        member = table.row[inside[2:]]
        inside = member.inside or (member.items.inside if member.items is not None else None)
    if inside is not None and not inside.startswith("./"):
        yield inside


def _must(member: Property) -> bool:
    """Whether a property cannot be absent, nor, if it is an array, empty."""
    return member.required and (member.items is None or bool(member.shortest))


def _depth(model: Model, name: str) -> int:
    """How many tables lie around the rows of this one."""
    chain = [name]
    while (outer := next(_outer(model.tables[chain[-1]]), None)) is not None and outer not in chain:
        chain.append(outer)
    return len(chain)


def _room(node: Property) -> int:
    """The characters that the spans of one row need if they stand side by side."""
    own = max(node["text"].shortest or 1, 1) if node.span else 0
    for member in node.properties:
        if _must(member) and member.span:
            own += _room(member)
        elif _must(member) and member.spans and member.items is not None:
            own += _room(member.items) * (member.shortest or 1)
    return own


@dataclass(slots=True)
class _Text:
    """A text and what is known of it so far: where spans may lie, and those that are the rows of tables."""

    text: str
    edges: list[int]
    free: list[Span]
    places: dict[str, list[Span]]
    preset: dict[str, list[Row]]


def draw_tables(draw: st.DrawFn, plan: Plan, text: str) -> dict[str, list[Row]]:
    """Draw the rows of every table for one text, by table."""
    model = plan.model
    at = edges(text)
    place = _Text(text, at, _roomy([(0, len(text))], at), {}, {})
    if has_blocks(model):
        _place_blocks(draw, model, place)
    for name in plan.order:
        if name not in place.places:
            place.places[name] = _place_rows(draw, plan, place, model.tables[name])
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


# -- spans -------------------------------------------------------------------------------------------------------------


def _place_blocks(draw: st.DrawFn, model: Model, place: _Text) -> None:
    """Blocks cover the text, a line each; in those that are boilerplate nothing else may stand."""
    node = model.tables["blocks"].row
    place.places["blocks"] = lines(place.text)
    kinds = [{"kind": draw(values(node["kind"]))} for _ in place.places["blocks"]]
    place.preset["blocks"] = kinds
    start, free = 0, []
    for (block_start, block_end), kind in zip(place.places["blocks"], kinds, strict=True):
        if kind["kind"] == "boilerplate":
            free.append((start, block_start))
            start = block_end
    place.free = _roomy([*free, (start, len(place.text))], place.edges)


def _roomy(regions: Sequence[Span], at: Sequence[int]) -> list[Span]:
    """The regions in which there is something that a span can be cut from."""
    return [(start, end) for start, end in regions if any(start <= edge < end for edge in at)]


def _place_rows(draw: st.DrawFn, plan: Plan, place: _Text, table: Table) -> list[Span]:
    outer = next(_outer(table), None)
    if outer is not None and outer in plan.order and outer not in place.places:
        outer = None  # a circle of tables that lie inside each other: the others take the same spans
    elif outer is not None and _depth(plan.model, table.name) == _depth(plan.model, outer):
        spans = list(place.places[outer])
        assume(not any(_clashes(span, spans[:at], table.overlap) for at, span in enumerate(spans)))
        return spans
    key = plan.model.layers[table.layer].root[table.key]
    regions = _regions(place, outer)
    return _place(draw, place, table.row, table.overlap, regions, (plan.least[table.name], key.longest), table.name)


def _regions(place: _Text, outer: str | None) -> list[Span]:
    """Where spans may lie: within the spans of a table, where it is given, and never in boilerplate."""
    if outer is None:
        return place.free
    return [span for span in place.places[outer] if any(a <= span[0] and span[1] <= b for a, b in place.free)]


def _place(
    draw: st.DrawFn,
    place: _Text,
    node: Property,
    overlap: Overlap | None,
    regions: Sequence[Span],
    bounds: tuple[int, int | None],
    table: str,
) -> list[Span]:
    """Draw spans within the regions, sorted; fewer than the lower bound where there is no room for more."""
    least, most = bounds
    most = least + MORE if most is None else min(most, least + MORE)
    if not regions:
        return []
    some = cuts(place.text, place.edges, regions)
    spots = [spot for spot in SPOTS[table](place.text) if _within(spot, regions)] if table in SPOTS else []
    some = some | st.integers(0, len(spots) - 1).map(spots.__getitem__) if spots else some
    drawn = draw(st.lists(some, max_size=2 * most))  # of which some will clash
    kept: list[Span] = []
    for turn in (drawn, _fillers(place, node, regions) if least else ()):
        for span in turn:
            if len(kept) >= (most if turn is drawn else least):
                break
            if _legal(place.text, node, span) and not _clashes(span, kept, overlap):
                kept.append(span)
    return sorted(kept, key=lambda span: (span[0], -span[1]))


def _within(span: Span, regions: Iterable[Span]) -> bool:
    return any(start <= span[0] and span[1] <= end for start, end in regions)


def _fillers(place: _Text, node: Property, regions: Sequence[Span]) -> Iterator[Span]:
    """Short spans, from left to right."""
    size = max(node["text"].shortest or 1, 1)
    for start in place.edges:
        end = next((at + 1 for at in place.edges if at + 1 >= start + size), None)
        if end is not None and _within((start, end), regions):
            yield start, end


def _legal(text: str, node: Property, span: Span) -> bool:
    """Whether a span keeps to the bounds and the pattern of its schema."""
    numbers = zip(("start", "end"), span, strict=True)
    bounded = all(
        (node[name].minimum is None or number >= node[name].minimum)  # type: ignore[operator]
        and (node[name].maximum is None or number <= node[name].maximum)  # type: ignore[operator]
        for name, number in numbers
    )
    return bounded and fits(node["text"], text[span[0] : span[1]])


def _clashes(span: Span, others: Iterable[Span], overlap: Overlap | None) -> bool:
    start, end = span
    if overlap == "none":
        return any(start < b and a < end for a, b in others)
    if overlap == "nested":
        return any(start < a < end < b or a < start < b < end for a, b in others)
    return False


# -- how many rows, and their ids ----------------------------------------------------------------------------------------


def _counts(draw: st.DrawFn, plan: Plan, place: _Text) -> dict[str, int]:
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


def _supply(plan: Plan, place: _Text, counts: dict[str, int], grows: set[str]) -> None:
    changed = True
    while changed:
        changed = False
        for name in [name for name, count in counts.items() if count]:
            for needed in plan.needs[name]:
                if counts[needed] and (needed not in place.places or _regions(place, needed)):
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
    return any(_must(member) and (member.span or member.spans) for member in row.properties)


def _draw_ids(draw: st.DrawFn, model: Model, counts: Mapping[str, int]) -> dict[str, list[str]]:
    """The ids of the rows; none differs from another by case or normalisation alone."""
    ids: dict[str, list[str]] = {}
    # Rows that are called what others are called come behind them.
    for name, table in sorted(model.tables.items(), key=lambda item: item[1].row["id"].ref is not None):
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


def _alike(id_: str) -> str:
    return normalize("NFKC", normalize("NFKC", id_).casefold())


# -- rows ----------------------------------------------------------------------------------------------------------------


def _row(draw: st.DrawFn, place: _Text, table: Table, ids: Mapping[str, list[str]], index: int) -> Row:
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
    chain = [name]
    while (inside := _sibling(table.row[chain[-1]])) is not None and inside not in chain:
        chain.append(inside)
    return chain


def _sibling(member: Property) -> str | None:
    inside = member.inside or (member.items.inside if member.items is not None else None)
    return inside[2:] if inside is not None and inside.startswith("./") else None


def _forced(table: Table) -> set[str]:
    """The properties that must have a span, since another, or the row itself, lies inside them."""
    own = _chain(table, table.inside[2:]) if table.inside is not None and table.inside.startswith("./") else []
    return {*own, *(name for member in table.row.properties if _must(member) for name in _chain(table, member.name)[1:])}


def _member(
    draw: st.DrawFn,
    place: _Text,
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


def _spans(draw: st.DrawFn, place: _Text, table: Table, member: Property, row: Row, forced: bool) -> Any:
    """A span, or a list of spans, where the property may have it."""
    inner = member if member.items is None else member.items
    around = table.inside is not None and table.inside.startswith("./") and member.name in _forced(table)
    if around and member.name in _chain(table, (table.inside or "")[2:]):
        found = [(row["start"], row["end"])]  # the row lies inside it
    else:
        inside = member.inside or inner.inside
        if inside is None or not inside.startswith("./"):
            regions = _regions(place, inside)
        else:
            outer = row.get(inside[2:], [])
            regions = [(span["start"], span["end"]) for span in (outer if isinstance(outer, list) else [outer])]
        bounds = (1, 1) if member.items is None else (max(member.shortest or 0, forced), member.longest)
        found = _place(draw, place, inner, member.overlap, regions, bounds, table.name) if regions else []
        if len(found) < bounds[0]:
            return None
    more = [part for part in inner.properties if part.name not in ("start", "end", "text")]
    made = [_in_order(inner, shown(place.text, span) | _more(draw, more)) for span in found]
    return made if member.items is not None else made[0]


def _more(draw: st.DrawFn, parts: Sequence[Property]) -> Row:
    return {part.name: draw(values(part)) for part in parts if part.required or draw(st.booleans())}
