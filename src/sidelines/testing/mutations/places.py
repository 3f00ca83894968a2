"""Where in a drawn corpus a fault can be put, and the corpus with something else in that place."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from copy import deepcopy
from dataclasses import dataclass, replace
from typing import Any, Literal, TypeVar

from hypothesis import strategies as st

from sidelines.model import Property, Table
from sidelines.testing.drawn import DrawnCorpus, DrawnDocument, Files
from sidelines.testing.settler import has_blocks, meets
from sidelines.testing.valuer import fits

__all__ = [
    "Draw", "Inapplicable", "Mutation", "Place", "Row", "added", "by_place", "choose", "fresh_id", "lawful",
    "referenced", "removed", "replaced", "rows_of", "sorted_rows", "spans_of", "table_rows",
]  # fmt: skip

T = TypeVar("T")
Draw = Callable[[st.SearchStrategy[Any]], Any]
Row = dict[str, Any]


class Inapplicable(Exception):
    """A corpus has no place for a fault."""


@dataclass(frozen=True, slots=True)
class Mutation:
    """A single fault: its name, the code of the rule that must find it and no other, and what it does.

    `finder` is the function of `sidelines` that finds it, `check` or, for the files of a build, `verify`.

    >>> from hypothesis import Phase, find, settings
    >>> from sidelines.testing import corpora
    >>> from sidelines.testing.mutations import MUTATIONS
    >>> first = settings(phases=[Phase.generate], database=None)
    >>> corpus = find(corpora(), lambda corpus: corpus.rows("mentions"), settings=first)
    >>> broken = MUTATIONS["end-past-the-text"].apply(corpus, lambda strategy: find(strategy, lambda value: True))
    >>> corpus.files().content == broken.content
    False
    """

    name: str
    code: str
    description: str
    change: Callable[[DrawnCorpus, Draw], Files]
    finder: Literal["check", "verify"] = "check"

    def apply(self, corpus: DrawnCorpus, draw: Draw) -> Files | None:
        """The files of the corpus, or of a build of it, with this fault in a place that is drawn; None without a place.

        `draw` draws from a strategy: the `draw` of a composite strategy, or of `data()`.
        """
        try:
            return self.change(corpus, draw)
        except Inapplicable:
            return None


@dataclass(frozen=True, slots=True)
class Place:
    """A row, or at `path` in it a span of the type `node`: in which document, of which table, and as which row."""

    document: DrawnDocument
    table: Table
    index: int
    node: Property
    path: tuple[str | int, ...] = ()

    @property
    def row(self) -> Row:
        """The row."""
        return table_rows(self.document, self.table)[self.index]

    @property
    def value(self) -> Row:
        """What stands at the path: the row itself, or a span in it."""
        found: Any = self.row
        for part in self.path:
            found = found[part]
        return dict(found)


def choose(draw: Draw, options: Iterable[T]) -> T:
    """Draw one of the options; Inapplicable where there is none."""
    options = list(options)
    if not options:
        raise Inapplicable
    return options[draw(st.integers(0, len(options) - 1))]


def table_rows(document: DrawnDocument, table: Table) -> list[Row]:
    """The rows of a table of one document; none where it is absent."""
    return document.layers[table.layer].get(table.key) or []


def rows_of(corpus: DrawnCorpus, *tables: str) -> list[Place]:
    """The rows of these tables, as far as the corpus has them; without names of all."""
    return [
        Place(document, table, index, table.row)
        for document in corpus.documents
        for table in corpus.model.tables.values()
        if table.name in tables or not tables
        for index in range(len(table_rows(document, table)))
    ]


def spans_of(corpus: DrawnCorpus) -> list[Place]:
    """Every span: rows, properties of rows, and items of lists."""
    return [span for place in rows_of(corpus) for span in _spans_in(place)]


def _spans_in(place: Place) -> Iterator[Place]:
    if place.table.row.span:
        yield place
    for member in place.table.row.properties:
        if member.span and member.name in place.row:
            yield replace(place, node=member, path=(member.name,))
        elif member.spans and member.items is not None:
            for item in range(len(place.row.get(member.name, ()))):
                yield replace(place, node=member.items, path=(member.name, item))


def replaced(corpus: DrawnCorpus, place: Place, value: Any) -> Files:
    """The files with another value in a place."""
    rows: Any = deepcopy(table_rows(place.document, place.table))
    inner = rows
    for part in (place.index, *place.path)[:-1]:
        inner = inner[part]
    inner[(place.index, *place.path)[-1]] = value
    return sorted_rows(corpus, place.document, place.table, rows)


def sorted_rows(corpus: DrawnCorpus, document: DrawnDocument, table: Table, rows: Sequence[Row]) -> Files:
    """The files with these rows, in this order, in the place of a table."""
    layers = {**document.layers, table.layer: {**document.layers[table.layer], table.key: list(rows)}}
    return corpus.with_document(replace(document, layers=layers)).files()


def added(corpus: DrawnCorpus, place: Place, row: Row) -> Files:
    """The files with a row more, where it has to stand; Inapplicable where the table may have no more."""
    rows = deepcopy(table_rows(place.document, place.table))
    longest = corpus.model.layers[place.table.layer].root[place.table.key].longest
    if longest is not None and len(rows) >= longest:
        raise Inapplicable
    key = by_place(place.table)
    at = (
        next((at for at, other in enumerate(rows) if key(other) > key(row)), len(rows)) if key(row) else place.index + 1
    )
    return sorted_rows(corpus, place.document, place.table, [*rows[:at], row, *rows[at:]])


def removed(corpus: DrawnCorpus, place: Place) -> Files:
    """The files without a row; Inapplicable where the table must have it."""
    rows = table_rows(place.document, place.table)
    if len(rows) <= (corpus.model.layers[place.table.layer].root[place.table.key].shortest or 0):
        raise Inapplicable
    return sorted_rows(corpus, place.document, place.table, [row for row in rows if row is not place.row])


def by_place(table: Table) -> Callable[[Row], tuple[int, int] | tuple[()]]:
    """What the rows of a table are sorted by; nothing for those that have no place in the text."""

    def key(row: Row) -> tuple[int, int] | tuple[()]:
        by = table.sorts_by
        span = None if by is None else row if by is table.row else row[by.name]
        span = (span[0] if span else None) if isinstance(span, list) else span
        return (span["start"], -span["end"]) if span else ()

    return key


def lawful(corpus: DrawnCorpus, place: Place, span: Row, *, anywhere: bool = False) -> bool:
    """Whether a span keeps to its schema and, if it has to stand in the text, out of boilerplate."""
    for name in ("start", "end"):
        node = place.node[name]
        low, high = node.minimum, node.maximum
        if (low is not None and span[name] < low) or (high is not None and span[name] > high):
            return False
    if not fits(place.node["text"], span["text"]):
        return False
    if anywhere or place.table.name == "blocks" or not has_blocks(corpus.model):
        return True
    blocks = table_rows(place.document, corpus.model.tables["blocks"])
    return not meets(span, [block for block in blocks if block.get("kind") == "boilerplate"])


def referenced(corpus: DrawnCorpus, place: Place) -> bool:
    """Whether another row of the document names the one in this place by its id."""
    name, id_ = place.table.name, place.row["id"]
    for table in corpus.model.tables.values():
        for member in table.row.properties:
            ref = member.ref if member.items is None else member.items.ref
            for row in table_rows(place.document, table) if ref == name else ():
                value = row.get(member.name)
                if row is not place.row and (id_ in value if isinstance(value, list) else value == id_):
                    return True
    return False


def fresh_id(draw: Draw, place: Place, *others: str) -> str:
    """An id that no row of the table has; Inapplicable where the pattern is too narrow for those that are tried."""
    taken = {row["id"].casefold() for row in table_rows(place.document, place.table)}
    tried = (*others, *(f"{letter}{number}" for letter in "zx" for number in range(90, 100)))
    return choose(draw, [id_ for id_ in tried if id_.casefold() not in taken and fits(place.table.row["id"], id_)][:3])
