"""What the rules of the built-in layers (E, Q, D and L004) ask of rows that have their shape already.

Each settler stands for some rules, and does nothing where a corpus has other tables: the rules ask the same.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from hypothesis import assume
from hypothesis import strategies as st

from sidelines import timex
from sidelines.marks import CLOSING, OPENING, WHITE_SPACE
from sidelines.model import Model, Property
from sidelines.testing.cutter import Span, passages, pick
from sidelines.testing.valuer import fits, values

__all__ = ["SETTLERS", "SPOTS", "direct", "fewer_entities", "grouped", "has_blocks", "inside", "lines", "meets"]

Row = dict[str, Any]
Tables = dict[str, list[Row]]


# -- L004: blocks ------------------------------------------------------------------------------------------------------


def has_blocks(model: Model) -> bool:
    """Whether there are blocks that have to cover the text."""
    return model.text("blocks", "kind") and model.points("blocks")


def lines(text: str) -> list[Span]:
    """The lines of a text without white space around them, as pairs; those that are empty left out."""
    found, start = [], 0
    for line in text.split("\n"):
        if inner := line.strip(WHITE_SPACE):
            first = start + line.index(inner)
            found.append((first, first + len(inner)))
        start += len(line) + 1
    return found


# -- E001 to E003: entities --------------------------------------------------------------------------------------------


def _has_mentions(model: Model) -> bool:
    return model.refers("mentions", "entity", "entities") and not model.listed("mentions", "entity")


def grouped(model: Model) -> bool:
    """Whether entities can be groups, with members."""
    return (
        model.text("entities", "type")
        and model.refers("entities", "members", "entities")
        and model.listed("entities", "members")
    )


def _grouping(model: Model) -> bool:
    """Whether a GROUP can be made whose members need no mention of their own."""
    kinds = model.tables["entities"].row["type"].enum if grouped(model) else ()
    return "GROUP" in kinds and len(kinds) > 1 and model.tables["entities"].row["members"].longest is None


def fewer_entities(model: Model, counts: dict[str, int]) -> bool:
    """Take away entities that nothing could mention; tells whether there were any."""
    if not _has_mentions(model):
        return False
    mentions, entities = counts["mentions"], counts["entities"]
    if not mentions or (entities > mentions and (entities < 3 or not _grouping(model))):
        counts["entities"] = min(mentions, entities)
    return counts["entities"] < entities


def _settle_groups(draw: st.DrawFn, model: Model, text: str, tables: Tables) -> None:
    """A GROUP has two different members or more, and nothing else has any."""
    if not grouped(model):
        return
    node = model.tables["entities"].row["type"]
    others = [kind for kind in node.enum if kind != "GROUP"]
    ids = [row["id"] for row in tables["entities"]]
    for row in tables["entities"]:
        if row.get("type") == "GROUP":
            legal = [id_ for id_ in ids if id_ != row["id"]]
            if len(legal) > 1:
                chosen = st.lists(st.integers(0, len(legal) - 1), min_size=2, max_size=4, unique=True)
                row["members"] = [legal[at] for at in draw(chosen)]
                continue
            row["type"] = pick(draw, others) if others else draw(values(node))
            assume(row["type"] != "GROUP")
        row.pop("members", None)


def _settle_mentions(draw: st.DrawFn, model: Model, text: str, tables: Tables) -> None:
    """Every entity is mentioned, by itself or in a GROUP that is; a GROUP by itself."""
    if not _has_mentions(model):
        return
    mentions = tables["mentions"]
    for row in tables["entities"]:
        if row["id"] in (said := [mention.get("entity") for mention in mentions]):
            continue
        spare = [m for m, entity in zip(mentions, said, strict=True) if entity is None or said.count(entity) > 1]
        if spare:
            pick(draw, spare)["entity"] = row["id"]
    said = [mention.get("entity") for mention in mentions]
    silent = [row for row in tables["entities"] if row["id"] not in said]
    if not silent:
        return
    # More entities than mentions: one that is mentioned becomes the GROUP of those that are not.
    assume(_grouping(model))
    group = next(row for row in tables["entities"] if row["id"] in said)
    others = [kind for kind in model.tables["entities"].row["type"].enum if kind != "GROUP"]
    for row in silent:
        row.pop("members", None)
        row["type"] = pick(draw, others) if row.get("type") == "GROUP" else row["type"]
    more = [row["id"] for row in tables["entities"] if row is not group and row not in silent]
    group |= {"type": "GROUP", "members": [*(row["id"] for row in silent), *more][: max(len(silent), 2)]}


# -- Q001 to Q006: quotes ----------------------------------------------------------------------------------------------


def _pairs(spans: Any) -> list[Span]:
    return [(span["start"], span["end"]) for span in (spans if isinstance(spans, list) else [spans])]


def meets(spans: Any, others: Any) -> bool:
    """Whether a span, or one of a list, shares a character with one of the others."""
    return any(start < b and a < end for start, end in _pairs(spans) for a, b in _pairs(others))


def inside(spans: Any, others: Any) -> bool:
    """Whether a span, or each of a list, lies within one of the others."""
    return all(any(a <= start and end <= b for a, b in _pairs(others)) for start, end in _pairs(spans))


def direct(content: list[Row]) -> bool:
    """Whether content begins and ends with quotation marks, as that of a direct quote does."""
    first, last = content[0]["text"], content[-1]["text"]
    single = len(content) == 1 and len(first) == 1
    return first[0] in OPENING and last[-1] in CLOSING and not single


def _settle_quotes(draw: st.DrawFn, model: Model, text: str, tables: Tables) -> None:
    """Marks at both ends of direct quotes, fragments in mixed ones; cue and source outside, parents around."""
    if not model.lists_spans("quotes", "content"):
        return
    row_type = model.tables["quotes"].row
    for index, row in enumerate(tables["quotes"]):
        content = row.get("content") or []
        if model.text("quotes", "kind"):
            _settle_kind(draw, row_type, row, content)
        if "cue" in row and model.points("quotes", "cue") and meets(row["cue"], content):
            _instead(draw, row_type["cue"], row, [])
        if "source" in row and _single(model, "source", "mentions") and model.points("mentions"):
            legal = [m["id"] for m in tables["mentions"] if not meets(m, content)]
            if row["source"] not in legal:
                _instead(draw, row_type["source"], row, legal)
        if "parent" in row and _single(model, "parent", "quotes"):
            # Earlier rows alone: no quote is then its own ancestor.
            legal = [other["id"] for other in tables["quotes"][:index] if inside(content, other.get("content") or [])]
            _instead(draw, row_type["parent"], row, legal)


def _single(model: Model, name: str, target: str) -> bool:
    return model.refers("quotes", name, target) and not model.listed("quotes", name)


def _instead(draw: st.DrawFn, node: Property, row: Row, legal: list[Any]) -> None:
    """Give a property one of these values; with none, take it away, which a schema may not allow."""
    legal = [value for value in legal if fits(node, value)]
    assume(legal or not node.required)
    if legal:
        row[node.name] = pick(draw, legal)
    else:
        del row[node.name]


def _settle_kind(draw: st.DrawFn, row_type: Property, row: Row, content: list[Row]) -> None:
    fragments = row_type["fragments"] if "fragments" in row_type and row_type["fragments"].spans else None
    kind = row_type["kind"]
    if row.get("kind") == "direct" and content and not direct(content):
        others = [other for other in kind.enum if other != "direct"]
        row["kind"] = pick(draw, others) if others else draw(values(kind))
        assume(row["kind"] != "direct")
    if fragments is not None and row.get("kind") != "mixed" and row.get("fragments"):
        assume(not fragments.required or not fragments.shortest)
        row["fragments"] = []
        if not fragments.required:
            del row["fragments"]
    if fragments is not None and row.get("kind") == "mixed" and not row.get("fragments"):
        assume(content and fragments.items is not None and set(content[0]) == {"start", "end", "text"})
        row["fragments"] = [dict(content[0])]


# -- D001 to D005: dates -----------------------------------------------------------------------------------------------

_TYPES = ("DATE", "TIME", "DURATION", "SET")
_YEAR = st.integers(0, 9999).map("{:04}".format)
_DATE_VALUES = (
    "PAST_REF", "PRESENT_REF", "FUTURE_REF", "19", "198", "199X", "2018", "2018-10", "2018-10-24", "2018-H1", "2018-Q4",
    "2018-SP", "2018-W43", "2018-W43-3", "2018-W43-WE", "XXXX-10", "XXXX-WXX-3", "XXXX-XX-XX", "BC0346", "9999-12-31",
)  # fmt: skip
_OTHER_VALUES = (
    "P2D", "P0.5Y", "PXM", "PT1H30M", "P1DE", "T14:00", "2018-10-24TMO", "2018-10-24T24:00", "2018-W43-3T09:30Z",
)  # fmt: skip


_LENGTHS = st.sampled_from(["Y", "M", "W", "D", "DE", "CE", "Q"])
_TIMEX = st.one_of(
    st.sampled_from(_DATE_VALUES + _OTHER_VALUES),
    st.dates().map(str),
    st.integers(1, 7).map("XXXX-WXX-{}".format),
    st.builds("{}-{:02}".format, _YEAR | st.just("XXXX"), st.integers(1, 12)),
    st.builds("{}-W{:02}-{}".format, _YEAR, st.integers(1, 52), st.integers(1, 7)),
    st.builds("P{}{}".format, st.integers(0, 999), _LENGTHS),
)


def _settle_dates(draw: st.DrawFn, model: Model, text: str, tables: Tables) -> None:
    """Values of TIMEX3 that fit type and words, anchors that lead somewhere, and one CREATION_TIME."""
    if "dates" not in model.tables:
        return
    row_type, rows = model.tables["dates"].row, tables["dates"]
    if model.text("dates", "value"):
        for row in rows:
            _settle_value(draw, model, row_type, row)
    if model.refers("dates", "anchor", "dates") and not model.listed("dates", "anchor"):
        turned = bool(rows) and draw(st.booleans())
        for index, row in enumerate(rows):
            if "anchor" in row:
                earlier = rows[index + 1 :] if turned else rows[:index]
                _instead(draw, row_type["anchor"], row, [other["id"] for other in earlier])
    if model.text("dates", "function"):
        seen = False
        for row in rows:
            if row.get("function") == "CREATION_TIME":
                if seen:
                    others = [value for value in row_type["function"].enum if value != "CREATION_TIME"]
                    _instead(draw, row_type["function"], row, others)
                seen = True


def _settle_value(draw: st.DrawFn, model: Model, row_type: Property, row: Row) -> None:
    if "value" not in row:
        return
    node, words = row_type["value"], row.get("text", "") if model.text("dates", "text") else ""
    kind = row.get("type") if model.text("dates", "type") else None
    said = [f"XXXX-WXX-{number}" for number in range(1, 8) if timex.named(words)[0] >> number & 1]
    said += [f"XXXX-{number:02}" for number in range(1, 13) if timex.named(words)[1] >> number & 1]

    def good(value: str) -> bool:
        meaning = timex.parse(value)
        fitting = meaning is not None and (kind not in _TYPES or timex.fits(meaning, kind))
        return fitting and meaning is not None and not timex.contradiction(words, meaning) and fits(node, value)

    # What a schema lists, or lets pass by a pattern, may be none of these.
    own = (*map(str, node.enum), row["value"])
    known = [value for value in (*said, *_DATE_VALUES, *_OTHER_VALUES, *own) if good(value)]
    assume(known)
    drawn = draw(_TIMEX)
    row["value"] = drawn if good(drawn) else pick(draw, known)


_DAY_WORDS = re.compile(r"(?:[0-9]{1,2} )?\b(?:(?:Mon|Tues|Wednes|Sun)days?|October|November|Sept|MAY)\b(?: [0-9]{4})?")


def _day_words(text: str) -> list[Span]:
    return [match.span() for match in _DAY_WORDS.finditer(text)]


SETTLERS: tuple[Callable[[st.DrawFn, Model, str, Tables], None], ...] = (
    _settle_groups,
    _settle_mentions,
    _settle_quotes,
    _settle_dates,
)

# Where the spans of a table stand more often than anywhere else.
SPOTS: Mapping[str, Callable[[str], list[Span]]] = {"quotes": passages, "dates": _day_words}
