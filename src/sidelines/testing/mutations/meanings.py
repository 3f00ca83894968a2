"""Faults of quotes and dates (Q and D)."""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy

from sidelines import timex
from sidelines.model import Model, Property
from sidelines.testing.cutter import edges, shown
from sidelines.testing.drawn import DrawnCorpus, DrawnDocument, Files
from sidelines.testing.mutations.places import (
    Draw,
    Mutation,
    Place,
    Row,
    by_place,
    choose,
    lawful,
    referenced,
    replaced,
    rows_of,
    table_rows,
)  # fmt: skip
from sidelines.testing.settler import direct, inside, meets
from sidelines.testing.valuer import fits

__all__ = ["MUTATIONS"]

# -- quotes ------------------------------------------------------------------------------------------------------------


def _quotes(corpus: DrawnCorpus, *kinds: str) -> list[Place]:
    """The quotes of these kinds that have content."""
    model = corpus.model
    if not model.lists_spans("quotes", "content") or not model.text("quotes", "kind"):
        return []
    places = [place for place in rows_of(corpus, "quotes") if place.row.get("content")]
    return [place for place in places if not kinds or place.row.get("kind") in kinds]


def _can_be(place: Place, kind: str) -> bool:
    return fits(place.table.row["kind"], kind)


def _now_direct(corpus: DrawnCorpus, draw: Draw) -> Files:
    quotes = [p for p in _quotes(corpus, "indirect") if _can_be(p, "direct") and not direct(p.row["content"])]
    place = choose(draw, quotes)
    return replaced(corpus, place, {**place.row, "kind": "direct"})


def _marks_cut_off(corpus: DrawnCorpus, draw: Draw) -> Files:
    options = []
    for place in _quotes(corpus, "direct"):
        last = place.row["content"][-1]
        inner = [at + 1 for at in edges(place.document.text) if last["start"] <= at < last["end"] - 1]
        if not inner or referenced(corpus, place):
            continue
        value = {**last, **shown(place.document.text, (last["start"], inner[-1]))}
        content = [*place.row["content"][:-1], value]
        node = place.table.row["content"].items
        assert node is not None  # a list of spans has items
        rows = table_rows(place.document, place.table)
        row, key = {**place.row, "content": content}, by_place(place.table)
        after = rows[place.index + 1 : place.index + 2]
        ordered = all(key(row) <= key(other) for other in after)
        item = Place(place.document, place.table, place.index, node)
        if not direct(content) and ordered and lawful(corpus, item, value):
            options.append((place, row))
    place, row = choose(draw, options)
    return replaced(corpus, place, row)


def _without_fragments(corpus: DrawnCorpus, draw: Draw) -> Files:
    place = choose(draw, _fragmented(corpus, "mixed", required=False))
    return replaced(corpus, place, {name: value for name, value in place.row.items() if name != "fragments"})


def _fragmented(corpus: DrawnCorpus, *kinds: str, required: bool | None = None) -> list[Place]:
    """Quotes of these kinds, if there can be fragments."""
    if not corpus.model.lists_spans("quotes", "fragments"):
        return []
    return [p for p in _quotes(corpus, *kinds) if required in (None, p.table.row["fragments"].required)]


def _now_mixed(corpus: DrawnCorpus, draw: Draw) -> Files:
    quotes = [p for p in _fragmented(corpus, "direct", "indirect") if _can_be(p, "mixed")]
    place = choose(draw, [place for place in quotes if not place.row.get("fragments")])
    return replaced(corpus, place, {**place.row, "kind": "mixed"})


def _now_indirect(corpus: DrawnCorpus, draw: Draw) -> Files:
    place = choose(draw, [place for place in _fragmented(corpus, "mixed") if _can_be(place, "indirect")])
    return replaced(corpus, place, {**place.row, "kind": "indirect"})


def _cue_inside(corpus: DrawnCorpus, draw: Draw) -> Files:
    quotes = _quotes(corpus) if corpus.model.points("quotes", "cue") else []
    places = [place for place in quotes if set(place.row["content"][0]) == {"start", "end", "text"}]
    place = choose(draw, [place for place in places if _plain(place.table.row["cue"])])
    return replaced(corpus, place, {**place.row, "cue": deepcopy(choose(draw, place.row["content"]))})


def _plain(node: Property) -> bool:
    return {member.name for member in node.properties if member.required} == {"start", "end", "text"}


def _source_inside(corpus: DrawnCorpus, draw: Draw) -> Files:
    options = []
    model = corpus.model
    single = model.refers("quotes", "source", "mentions") and not model.listed("quotes", "source")
    for place in _quotes(corpus) if single and model.points("mentions") else []:
        mentions = table_rows(place.document, model.tables["mentions"])
        options += [(place, m["id"]) for m in mentions if meets(m, place.row["content"])]
    place, source = choose(draw, options)
    return replaced(corpus, place, {**place.row, "source": source})


def _parents(corpus: DrawnCorpus) -> bool:
    return corpus.model.refers("quotes", "parent", "quotes") and not corpus.model.listed("quotes", "parent")


def _distant_parent(corpus: DrawnCorpus, draw: Draw) -> Files:
    options = []
    for place in _quotes(corpus) if _parents(corpus) else []:
        rows = {row["id"]: row for row in table_rows(place.document, place.table)}
        for id_, row in rows.items():
            around = inside(place.row["content"], row.get("content") or [])
            if not around and place.row["id"] not in _ancestors(rows, id_):
                options.append((place, id_))
    place, parent = choose(draw, options)
    return replaced(corpus, place, {**place.row, "parent": parent})


def _ancestors(rows: dict[str, Row], id_: str | None) -> list[str]:
    """A quote, its parent, and so on."""
    found = []
    while id_ in rows and id_ not in found:
        found.append(id_)
        id_ = rows[id_].get("parent")
    return found


def _own_parent(corpus: DrawnCorpus, draw: Draw) -> Files:
    place = choose(draw, _quotes(corpus) if _parents(corpus) else [])
    return replaced(corpus, place, {**place.row, "parent": place.row["id"]})


def _parents_of_each_other(corpus: DrawnCorpus, draw: Draw) -> Files:
    options = []
    for place in _quotes(corpus) if _parents(corpus) else []:
        rows = table_rows(place.document, place.table)
        options += [(place, row["id"]) for row in rows if row.get("parent") == place.row["id"]]
    place, child = choose(draw, options)
    return replaced(corpus, place, {**place.row, "parent": child})


# -- dates -------------------------------------------------------------------------------------------------------------


def _no_timex(corpus: DrawnCorpus, draw: Draw) -> Files:
    dates = rows_of(corpus, "dates") if corpus.model.text("dates", "value") else []
    place = choose(draw, [place for place in dates if "value" in place.row])
    value = choose(draw, [value for value in _NO_VALUES if fits(place.table.row["value"], value)])
    return replaced(corpus, place, {**place.row, "value": value})


_NO_VALUES = (
    "yesterday", "2018-02-30", "24/10/2018", "2018-W54", "2018-1-1", "24:00", "P", "P2H", "18-10-24", "2018-10-24 ",
)  # fmt: skip


def _valued(corpus: DrawnCorpus) -> list[tuple[Place, timex.Value]]:
    """The dates that have a type and a value, with what it means."""
    places = rows_of(corpus, "dates") if corpus.model.text("dates", "value", "type") else []
    found = [(place, timex.parse(place.row.get("value", ""))) for place in places if "type" in place.row]
    return [(place, meaning) for place, meaning in found if meaning is not None]


def _other_type(corpus: DrawnCorpus, draw: Draw) -> Files:
    options = []
    for place, meaning in _valued(corpus):
        kinds = [kind for kind in ("DATE", "TIME", "DURATION", "SET") if not timex.fits(meaning, kind)]
        options += [(place, kind) for kind in kinds if fits(place.table.row["type"], kind)]
    place, kind = choose(draw, options)
    return replaced(corpus, place, {**place.row, "type": kind})


def _contradicted(values: tuple[str, ...]) -> Callable[[DrawnCorpus, Draw], Files]:
    """A date whose words name another day or month than its value."""

    def change(corpus: DrawnCorpus, draw: Draw) -> Files:
        options = []
        for place, _ in _valued(corpus) if corpus.model.text("dates", "text") else ():
            kind, words = place.row["type"], place.row.get("text", "")
            for value in values if _english(corpus, place.document) else ():
                meaning = timex.parse(value)
                assert meaning is not None  # they are values of TIMEX3
                if timex.fits(meaning, kind) and timex.contradiction(words, meaning):
                    options.append((place, value))
        place, value = choose(draw, [(p, v) for p, v in options if fits(p.table.row["value"], v)])
        return replaced(corpus, place, {**place.row, "value": value})

    return change


def _english(corpus: DrawnCorpus, document: DrawnDocument) -> bool:
    tag = document.metadata.get("language") or corpus.metadata.get("language") or ""
    return str(tag).lower().split("-")[0] in ("en", "eng")


_DAYS = tuple(f"{day}{time}" for time in ("", "TMO") for day in (f"XXXX-WXX-{number}" for number in range(1, 8)))
_MONTHS = tuple(f"{month}{day}" for day in ("", "-10", "-10TMO") for month in (f"XXXX-{n:02}" for n in range(1, 13)))


def _anchors(model: Model) -> bool:
    return model.refers("dates", "anchor", "dates") and not model.listed("dates", "anchor")


def _own_anchor(corpus: DrawnCorpus, draw: Draw) -> Files:
    place = choose(draw, rows_of(corpus, "dates") if _anchors(corpus.model) else [])
    return replaced(corpus, place, {**place.row, "anchor": place.row["id"]})


def _anchors_of_each_other(corpus: DrawnCorpus, draw: Draw) -> Files:
    options = []
    for place in rows_of(corpus, "dates") if _anchors(corpus.model) else []:
        rows = table_rows(place.document, place.table)
        options += [(place, row["id"]) for row in rows if row.get("anchor") == place.row["id"]]
    place, other = choose(draw, options)
    return replaced(corpus, place, {**place.row, "anchor": other})


def _created_twice(corpus: DrawnCorpus, draw: Draw) -> Files:
    places = rows_of(corpus, "dates") if corpus.model.text("dates", "function") else []
    created = [p for p in places if any(r.get("function") == "CREATION_TIME" for r in table_rows(p.document, p.table))]
    place = choose(draw, [place for place in created if place.row.get("function") != "CREATION_TIME"])
    return replaced(corpus, place, {**place.row, "function": "CREATION_TIME"})


MUTATIONS = (
    Mutation("now-direct", "Q001", "An indirect quote is direct.", _now_direct),
    Mutation("marks-cut-off", "Q001", "A direct quote without its closing marks.", _marks_cut_off),
    Mutation("fragments-dropped", "Q002", "A mixed quote without its fragments.", _without_fragments),
    Mutation("now-mixed", "Q002", "A quote without fragments is mixed.", _now_mixed),
    Mutation("now-indirect", "Q006", "A mixed quote is indirect and keeps its fragments.", _now_indirect),
    Mutation("cue-inside", "Q003", "The cue in the content.", _cue_inside),
    Mutation("source-inside", "Q003", "The source in the content.", _source_inside),
    Mutation("distant-parent", "Q004", "A parent that stands elsewhere.", _distant_parent),
    Mutation("own-parent", "Q005", "A quote that is its own parent.", _own_parent),
    Mutation("parents-of-each-other", "Q005", "Two quotes that are each other's parents.", _parents_of_each_other),
    Mutation("no-timex-value", "D001", "A value that TIMEX3 does not have, or no day.", _no_timex),
    Mutation("other-timex-type", "D002", "A type that the value does not fit.", _other_type),
    Mutation("wrong-weekday", "D003", "Another day of the week than the words say.", _contradicted(_DAYS)),
    Mutation("wrong-month", "D003", "Another month than the words say.", _contradicted(_MONTHS)),
    Mutation("own-anchor", "D004", "A date that is its own anchor.", _own_anchor),
    Mutation("anchors-of-each-other", "D004", "Two dates that are each other's anchors.", _anchors_of_each_other),
    Mutation("created-twice", "D005", "Two dates of creation.", _created_twice),
)  # fmt: skip
