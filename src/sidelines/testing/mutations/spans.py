"""Faults of offsets and surfaces, and of how spans stand to each other (O and L)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from copy import deepcopy
from itertools import pairwise
from typing import Any
from unicodedata import normalize

import msgspec
from hypothesis import strategies as st

from sidelines.marks import WHITE_SPACE
from sidelines.model import Property
from sidelines.resolver import layout
from sidelines.testing.cutter import Span, edges, shown
from sidelines.testing.drawn import DrawnCorpus, Files
from sidelines.testing.mutations.places import (
    Draw,
    Inapplicable,
    Mutation,
    Place,
    Row,
    added,
    by_place,
    choose,
    fresh_id,
    lawful,
    referenced,
    removed,
    replaced,
    rows_of,
    sorted_rows,
    spans_of,
    table_rows,
)  # fmt: skip
from sidelines.testing.settler import has_blocks, inside, meets

__all__ = ["MUTATIONS"]

# -- offsets and surfaces ----------------------------------------------------------------------------------------------


def _negative(corpus: DrawnCorpus, draw: Draw) -> Files:
    place = choose(draw, spans_of(corpus))
    length = len(place.document.text)
    # Counted from the end, as Python lets one do.
    broken = replaced(corpus, place, {**place.value, "start": place.value["start"] - length})
    return Files({**broken.content, **_without_minimum(corpus, place.table.layer)})


def _without_minimum(corpus: DrawnCorpus, layer: str) -> dict[str, bytes]:
    """The schemas of layers without lower bounds, which would find a negative offset before its rule does."""
    names = (name for name in corpus.schemas if name not in corpus.model.metadata)
    return {f"schema/{n}.schema.json": layout(_loose(msgspec.json.decode(corpus.schemas[n]))) for n in names}


def _loose(schema: Any) -> Any:
    if isinstance(schema, dict):
        return {k: _loose(v) for k, v in schema.items() if k != "minimum" or not isinstance(v, (int, float))}
    return [_loose(item) for item in schema] if isinstance(schema, list) else schema


Move = Callable[[str, int, int], Span]


def _moved(move: Move, ok: Callable[[str, int, int], bool]) -> Callable[[DrawnCorpus, Draw], Files]:
    """A span with other offsets and the words that it had."""

    def change(corpus: DrawnCorpus, draw: Draw) -> Files:
        options = []
        for place in spans_of(corpus):
            text, value = place.document.text, place.value
            start, end = move(text, value["start"], value["end"])
            value |= {"start": start, "end": end}
            # Past the end, a slice in Python may well be the same.
            same = _in_text(text, start, end) and text[start:end] == value["text"]
            if ok(text, start, end) and not same:
                options.append((place, value))
        place, value = choose(draw, [(p, v) for p, v in options if lawful(corpus, p, v, anywhere=True)])
        return replaced(corpus, place, value)

    return change


def _in_text(text: str, start: int, end: int) -> bool:
    return 0 <= start < end <= len(text)


def _counted(count: Callable[[str], int]) -> Move:
    """Offsets as another unit counts them."""
    return lambda text, start, end: (count(text[:start]), count(text[:end]))


def _utf16(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2


def _shifted(corpus: DrawnCorpus, draw: Draw) -> Files:
    by = draw(st.sampled_from([1, -1, 2, -2, 3, -3, 7, -7]))
    return _moved(lambda text, start, end: (start + by, end + by), _in_text)(corpus, draw)


def _surface(change: Callable[[str], str]) -> Callable[[DrawnCorpus, Draw], Files]:
    """A span whose words are not those of the text."""

    def changed(corpus: DrawnCorpus, draw: Draw) -> Files:
        options = [
            (place, place.value | {"text": change(place.value["text"])})
            for place in spans_of(corpus)
            if change(place.value["text"]) != place.value["text"]
        ]
        place, value = choose(draw, [(p, v) for p, v in options if lawful(corpus, p, v, anywhere=True)])
        return replaced(corpus, place, value)

    return changed


def _trailing_space(corpus: DrawnCorpus, draw: Draw) -> Files:
    options = []
    for place in spans_of(corpus):
        text, start, end = place.document.text, place.value["start"], place.value["end"]
        if text[end : end + 1] and text[end] in WHITE_SPACE:
            options.append((place, place.value | shown(text, (start, end + 1))))
        if start and text[start - 1] in WHITE_SPACE:
            options.append((place, place.value | shown(text, (start - 1, end))))
    place, value = choose(draw, [(p, v) for p, v in options if lawful(corpus, p, v, anywhere=True)])
    return replaced(corpus, place, value)


# -- order and overlap -------------------------------------------------------------------------------------------------


def _swapped_rows(corpus: DrawnCorpus, draw: Draw) -> Files:
    options = []
    for place in rows_of(corpus):
        rows, key = table_rows(place.document, place.table), by_place(place.table)
        if place.index and key(place.row) and () != key(rows[place.index - 1]) != key(place.row):
            options.append(place)
    place = choose(draw, options)
    rows = deepcopy(table_rows(place.document, place.table))
    rows[place.index - 1], rows[place.index] = rows[place.index], rows[place.index - 1]
    return sorted_rows(corpus, place.document, place.table, rows)


def _lists(corpus: DrawnCorpus) -> Iterator[tuple[Place, Property, list[Row]]]:
    """Every list of spans that is not empty, with the row that it stands in."""
    for place in rows_of(corpus):
        for member in place.table.row.properties:
            if member.spans and place.row.get(member.name):
                yield place, member, deepcopy(place.row[member.name])


def _swapped_spans(corpus: DrawnCorpus, draw: Draw) -> Files:
    place, member, spans = choose(draw, [found for found in _lists(corpus) if len(found[2]) > 1])
    at = choose(draw, [at for at in range(1, len(spans)) if _bounds(spans[at]) != _bounds(spans[at - 1])])
    spans[at - 1], spans[at] = spans[at], spans[at - 1]
    return replaced(corpus, place, {**place.row, member.name: spans})


def _bounds(span: Row) -> Span:
    return span["start"], span["end"]


def _span_twice(corpus: DrawnCorpus, draw: Draw) -> Files:
    lists = [(p, m, s) for p, m, s in _lists(corpus) if m.overlap == "none" and (m.longest or 9999) > len(s)]
    place, member, spans = choose(draw, lists)
    at = draw(st.integers(0, len(spans) - 1))
    spans.insert(at, deepcopy(spans[at]))
    return replaced(corpus, place, {**place.row, member.name: spans})


def _row_again(corpus: DrawnCorpus, draw: Draw) -> Files:
    tables = [t.name for t in corpus.model.tables.values() if t.row.span and t.overlap == "none"]
    place = choose(draw, rows_of(corpus, *tables) if tables else [])
    return added(corpus, place, {**deepcopy(place.row), "id": fresh_id(draw, place)})


def _crossing(corpus: DrawnCorpus, draw: Draw) -> Files:
    options = []
    for place in rows_of(corpus):
        if place.table.row.span and place.table.overlap == "nested":
            start, end = _bounds(place.row)
            at = edges(place.document.text)
            starts = [a for a in at if start < a < end]
            ends = [a + 1 for a in at if a >= end]
            options += [(place, (starts[0], ends[0]))] if starts and ends else []
    place, span = choose(draw, [(p, s) for p, s in options if _may_stand(corpus, p, s)])
    row = {**deepcopy(place.row), **shown(place.document.text, span)}
    return added(corpus, place, {**row, "id": fresh_id(draw, place)})


def _may_stand(corpus: DrawnCorpus, place: Place, span: Span) -> bool:
    """Whether a row may be there, as far as its schema and boilerplate go, and what it lies inside."""
    value = shown(place.document.text, span)
    around = place.table.inside
    if not lawful(corpus, place, value) or (around or "").startswith("./"):
        return False
    return around is None or inside(value, table_rows(place.document, corpus.model.tables[around]))


# -- inside, coverage, boilerplate -------------------------------------------------------------------------------------


def _outside_property(corpus: DrawnCorpus, draw: Draw) -> Files:
    options = []
    for place in rows_of(corpus):
        for member in place.table.row.properties:
            inner = member if member.items is None else member.items
            around = member.inside or inner.inside
            if around is None or member.name not in place.row or (place.table.inside or "").startswith("./"):
                continue
            outer = _outer(corpus, place, around)
            span_place = Place(place.document, place.table, place.index, inner)
            for span in _short(place.document.text):
                value = shown(place.document.text, span)
                if outer and not inside(value, outer) and lawful(corpus, span_place, value):
                    options.append((place, member, value))
    place, member, value = choose(draw, options)
    old = place.row[member.name]
    if isinstance(old, dict):
        return replaced(corpus, place, {**place.row, member.name: {**old, **value}})
    if not old or (member.shortest or 0) > 1 or _holds_others(place, member.name):
        raise Inapplicable
    return replaced(corpus, place, {**place.row, member.name: [{**old[0], **value}]})


def _holds_others(place: Place, name: str) -> bool:
    """Whether other properties of the row lie inside this one."""
    members = place.table.row.properties
    return any(f"./{name}" in (m.inside, m.items.inside if m.items is not None else None) for m in members)


def _outer(corpus: DrawnCorpus, place: Place, around: str) -> Any:
    if around.startswith("./"):
        return place.row.get(around[2:], [])
    return table_rows(place.document, corpus.model.tables[around])


def _short(text: str) -> Iterator[Span]:
    """Spans of one character, and of two with what may be between them."""
    at = edges(text)
    yield from ((edge, edge + 1) for edge in at)
    yield from ((first, second + 1) for first, second in pairwise(at))


def _outside_row(corpus: DrawnCorpus, draw: Draw) -> Files:
    options = []
    for place in rows_of(corpus):
        table = place.table
        if table.row.span and table.inside is not None and not table.inside.startswith("./"):
            others = table_rows(place.document, table)
            outer = _outer(corpus, place, table.inside)
            for span in _short(place.document.text):
                value = shown(place.document.text, span)
                if not inside(value, outer) and not meets(value, others) and lawful(corpus, place, value):
                    options.append((place, value))
    place, value = choose(draw, options)
    return added(corpus, place, {**deepcopy(place.row), "id": fresh_id(draw, place), **value})


def _within_blocks(corpus: DrawnCorpus, place: Place) -> list[Row]:
    """The spans of a document that have to lie within blocks."""
    found = []
    for span in spans_of(corpus):
        member = span.table.row[str(span.path[0])] if span.path else None
        around = span.table.inside if member is None else member.inside or span.node.inside
        if span.document.id == place.document.id and around == "blocks":
            found.append(span.value)
    return found


def _blocks(corpus: DrawnCorpus) -> list[Place]:
    return rows_of(corpus, "blocks") if has_blocks(corpus.model) else []


def _shorter_block(corpus: DrawnCorpus, draw: Draw) -> Files:
    options = []
    for place in _blocks(corpus):
        start, end = _bounds(place.row)
        last = [at for at in edges(place.document.text) if start < at < end]
        if last and (left := last[-2] + 1 if len(last) > 1 else start + 1) < end:
            value = shown(place.document.text, (start, left))
            others = [row for row in table_rows(place.document, place.table) if row is not place.row]
            if inside(_within_blocks(corpus, place), [*others, value]) and lawful(corpus, place, value):
                options.append((place, {**place.row, **value}))
    place, row = choose(draw, options)
    return replaced(corpus, place, row)


def _block_gone(corpus: DrawnCorpus, draw: Draw) -> Files:
    options = []
    for place in _blocks(corpus):
        others = [row for row in table_rows(place.document, place.table) if row is not place.row]
        if inside(_within_blocks(corpus, place), others) and not referenced(corpus, place):
            options.append(place)
    return removed(corpus, choose(draw, options))


def _made_boilerplate(corpus: DrawnCorpus, draw: Draw) -> Files:
    options = []
    for place in _blocks(corpus):
        kind, spans = place.table.row["kind"], [span for span in spans_of(corpus) if span.table.name != "blocks"]
        mine = [span.value for span in spans if span.document.id == place.document.id]
        if (not kind.enum or "boilerplate" in kind.enum) and meets(mine, place.row):
            options.append(place)
    place = choose(draw, options)
    return replaced(corpus, place, {**place.row, "kind": "boilerplate"})


MUTATIONS = (
    Mutation("counted-from-the-end", "O001", "A start below 0, as Python has it.", _negative),
    Mutation("end-past-the-text", "O002", "An end behind the text.", _moved(
        lambda text, start, end: (start, len(text) + 1), lambda text, start, end: end > len(text))),
    Mutation("start-past-the-text", "O002", "Both bounds behind the text.", _moved(
        lambda text, start, end: (start + len(text) + 1, end + len(text) + 1), lambda text, start, end: True)),
    Mutation("bounds-swapped", "O003", "Start and end in each other's place.", _moved(
        lambda text, start, end: (end, start), lambda text, start, end: True)),
    Mutation("no-length", "O003", "A span that ends where it begins.", _moved(
        lambda text, start, end: (end, end), lambda text, start, end: True)),
    Mutation("shifted", "O004", "A span moved by some characters.", _shifted),
    Mutation("end-inclusive", "O004", "The end is that of the last character.", _moved(
        lambda text, start, end: (start, end - 1), _in_text)),
    Mutation("start-from-one", "O004", "The first character is counted as 1.", _moved(
        lambda text, start, end: (start + 1, end), _in_text)),
    Mutation("length-for-end", "O004", "The length stands where the end should.", _moved(
        lambda text, start, end: (start, end - start), _in_text)),
    Mutation("utf-16-offsets", "O004", "Offsets in UTF-16, one too many for each astral character.", _moved(
        _counted(_utf16), _in_text)),
    Mutation("utf-16-end", "O004", "The end in UTF-16, the start in code points.", _moved(
        lambda text, start, end: (start, _utf16(text[:end])), _in_text)),
    Mutation("utf-8-offsets", "O004", "Offsets in bytes.", _moved(
        _counted(lambda text: len(text.encode())), _in_text)),
    Mutation("astral-uncounted", "O004", "Offsets that leave astral characters out.", _moved(
        _counted(lambda text: sum(ord(character) < 2**16 for character in text)), _in_text)),
    Mutation("combining-uncounted", "O004", "Offsets in a text normalised to NFC.", _moved(
        _counted(lambda text: len(normalize("NFC", text))), _in_text)),
    Mutation("crlf-counted-once", "O004", "Offsets in a text with CRLF as one character.", _moved(
        _counted(lambda text: len(text) - text.count("\r\n")), _in_text)),
    Mutation("newlines-counted-twice", "O004", "Offsets in a text with CRLF for each newline.", _moved(
        _counted(lambda text: len(text) + text.count("\n") - text.count("\r\n")), _in_text)),
    Mutation("bom-uncounted", "O004", "Offsets in a text without the U+FEFF at its start.", _moved(
        _counted(lambda text: len(text) - text.startswith("\ufeff")), _in_text)),
    Mutation("surface-truncated", "O004", "A surface without its last character.", _surface(lambda text: text[:-1])),
    Mutation("surface-to-nfc", "O004", "A surface normalised to NFC.", _surface(lambda text: normalize("NFC", text))),
    Mutation("surface-to-nfd", "O004", "A surface normalised to NFD.", _surface(lambda text: normalize("NFD", text))),
    Mutation("surface-in-lower-case", "O004", "A surface in lower case.", _surface(str.lower)),
    Mutation("surface-on-one-line", "O004", "White space made plain.", _surface(lambda text: " ".join(text.split()))),
    Mutation("surface-printable", "O004", "What cannot be seen is gone.", _surface(
        lambda text: "".join(character for character in text if character.isprintable()))),
    Mutation("surface-escaped", "O004", "A surface as in HTML.", _surface(
        lambda text: text.replace("&", "&amp;").replace('"', "&quot;").replace("\xa0", "&nbsp;"))),
    Mutation("space-at-the-edge", "O005", "A span with white space beside it.", _trailing_space),
    Mutation("rows-swapped", "L001", "Two rows in each other's place.", _swapped_rows),
    Mutation("spans-swapped", "L001", "Two spans of a list in each other's place.", _swapped_spans),
    Mutation("span-twice", "L002", "A span twice in a list whose spans are disjoint.", _span_twice),
    Mutation("row-again", "L002", "A row twice, under another id, where rows are disjoint.", _row_again),
    Mutation("rows-crossing", "L002", "A row that crosses another, where they are nested.", _crossing),
    Mutation("property-outside", "L003", "A span outside the property or table around it.", _outside_property),
    Mutation("row-outside", "L003", "A row outside the rows that it lies inside.", _outside_row),
    Mutation("block-too-short", "L004", "A block without its last characters.", _shorter_block),
    Mutation("block-deleted", "L004", "A block is gone.", _block_gone),
    Mutation("made-boilerplate", "L005", "An annotated block is boilerplate.", _made_boilerplate),
)  # fmt: skip
