"""Where in a text the spans of a document stand: rows that are spans first, then those of their properties."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from hypothesis import assume
from hypothesis import strategies as st

from sidelines.model import Model, Overlap, Property, Table
from sidelines.testing.cutter import Span, cuts, edges
from sidelines.testing.plan import MORE, Plan, depth, outer
from sidelines.testing.settler import SPOTS, has_blocks, lines
from sidelines.testing.valuer import fits, values

__all__ = ["Text", "place_spans", "place_text", "regions_of"]


@dataclass(slots=True)
class Text:
    """A text and what is known of it so far: where spans may lie, and those that are the rows of tables.

    `preset` has the properties of rows that were drawn with their spans.
    """

    text: str
    edges: list[int]
    free: list[Span]
    places: dict[str, list[Span]] = field(default_factory=dict)
    preset: dict[str, list[dict[str, Any]]] = field(default_factory=dict)


def place_text(draw: st.DrawFn, plan: Plan, text: str) -> Text:
    """Draw the spans of every table whose rows are spans."""
    at = edges(text)
    place = Text(text, at, _roomy([(0, len(text))], at))
    if has_blocks(plan.model):
        _place_blocks(draw, plan.model, place)
    for name in plan.order:
        if name not in place.places:
            place.places[name] = _place_rows(draw, plan, place, plan.model.tables[name])
    return place


def _place_blocks(draw: st.DrawFn, model: Model, place: Text) -> None:
    """Blocks cover the text, a line each; in those that are boilerplate nothing else may stand."""
    node = model.tables["blocks"].row
    place.places["blocks"] = lines(place.text)
    longest = model.layers[model.tables["blocks"].layer].root[model.tables["blocks"].key].longest
    assume(longest is None or len(place.places["blocks"]) <= longest)
    assume(all(_legal(place.text, node, span) for span in place.places["blocks"]))
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


def _place_rows(draw: st.DrawFn, plan: Plan, place: Text, table: Table) -> list[Span]:
    """The spans that are the rows of a table."""
    around = next(outer(table), None)
    if around is not None and around in plan.order and around not in place.places:
        around = None  # a circle of tables that lie inside each other: the others take the same spans
    elif around is not None and depth(plan.model, table.name) == depth(plan.model, around):
        spans = list(place.places[around])
        assume(not any(_clashes(span, spans[:at], table.overlap) for at, span in enumerate(spans)))
        return spans
    key = plan.model.layers[table.layer].root[table.key]
    regions = regions_of(place, around)
    return place_spans(
        draw, place, table.row, table.overlap, regions, (plan.least[table.name], key.longest), table.name
    )


def regions_of(place: Text, around: str | None) -> list[Span]:
    """Where spans may lie: within the spans of a table, where it is given, and never in boilerplate."""
    if around is None:
        return place.free
    return [span for span in place.places[around] if any(a <= span[0] and span[1] <= b for a, b in place.free)]


def place_spans(
    draw: st.DrawFn,
    place: Text,
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
    if spots:
        known = st.integers(0, len(spots) - 1).map(spots.__getitem__)
        some = known if draw(st.booleans()) else some | known
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


def _fillers(place: Text, node: Property, regions: Sequence[Span]) -> Iterator[Span]:
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
