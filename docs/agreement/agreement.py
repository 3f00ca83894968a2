"""What two annotations of the same texts agree on, table by table, printed as a Markdown table.

    python docs/agreement/agreement.py               the two passes, and the gold annotation with each of them
    python docs/agreement/agreement.py LEFT RIGHT    any two corpora that have the four layers of Sidelines

Rows are never compared by their ids, but by the spans they stand on, and pointers by the spans they lead to. Two rows
are the same row when all their spans are equal; everything else is asked only of the rows that both sides have.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Hashable, Iterable, Mapping, Sequence, Set
from math import floor
from pathlib import Path
from typing import Any, NamedTuple

import sidelines

HERE = Path(__file__).resolve().parent
GOLD, PASS_A, PASS_B = HERE.parents[1], HERE / "annotator-a", HERE / "annotator-b"

TABLES = ("blocks", "sentences", "mentions", "roles", "quotes", "dates")

# Properties with few, closed values: the share of equal ones and kappa. A flag that is absent counts as false.
LABELS = {
    "blocks": ("kind",),
    "mentions": ("form", "entity_type", "metonym", "uncertain"),
    "quotes": ("kind",),
    "dates": ("type",),
}
# Properties with open values, spans and pointers, and all that may be absent: the share of equal ones among the rows
# where at least one side has the property, since all the rows where neither has it would count as agreement.
VALUES = {
    "mentions": ("entity_name", "metonym", "uncertain"),
    "roles": ("person", "polity"),
    "quotes": ("cue", "source", "addressee", "parent", "fragments"),
    "dates": ("value", "mod", "function", "anchor"),
}
POINTERS = {"person": "mentions", "polity": "mentions", "source": "mentions", "parent": "quotes", "anchor": "dates"}

Place = tuple[tuple[str, int, int], ...]  # the spans that a row stands on: document, start, end
Entity = tuple[str, str]  # document, id
Row = dict[str, Any]
Cells = dict[tuple[str, str], str]  # table and measure: result


class Annotation(NamedTuple):
    """What is compared of one corpus."""

    texts: dict[str, str]  # document: hash of its text
    rows: dict[str, dict[Place, Row]]  # table: its rows by their places
    entity: dict[Place, Entity]  # mention: its entity, a name for "the same" and nothing more
    groups: set[frozenset[Any]]  # the members of each


def annotation(folder: str | Path) -> Annotation:
    """Read a corpus, and replace what points by what it points at."""
    tables = {name: table.to_pylist() for name, table in sidelines.read(folder).tables.items()}
    if missing := [name for name in (*TABLES, "entities") if name not in tables]:
        raise ValueError(f"{folder}: expected the tables of Sidelines, found none named {', '.join(missing)}")
    places = {(name, row["document"], row["id"]): place(row) for name in TABLES for row in tables[name]}
    rows = {
        name: unique(name, [(place(row), comparable(row, VALUES.get(name, ()), places)) for row in tables[name]])
        for name in TABLES
    }
    entity = {place(row): (row["document"], row["entity"]) for row in tables["mentions"]}
    # An entity is known by its first mention; one that has none, by its name.
    known: dict[Entity, Hashable] = {(row["document"], row["id"]): row["name"] for row in tables["entities"]}
    known |= {thing: mention for mention, thing in reversed(entity.items())}
    groups = {
        frozenset((row["document"], known.get((row["document"], member))) for member in row["members"])
        for row in tables["entities"]
        if row["members"]
    }
    return Annotation({row["document"]: row["sha256"] for row in tables["documents"]}, rows, entity, groups)


def place(row: Row) -> Place:
    """The spans that a row stands on: its own, or the content of a quote."""
    return tuple((row["document"], span["start"], span["end"]) for span in row.get("content") or [row])


def unique(table: str, rows: Sequence[tuple[Place, Row]]) -> dict[Place, Row]:
    """Rows by place; of two rows in one place nothing says which is meant, so that they are refused."""
    found = dict(rows)
    if len(found) < len(rows):
        twice = next(spans for spans, count in Counter(spans for spans, _ in rows).items() if count > 1)
        raise ValueError(f"{table}: expected one row on the same spans, found several on {twice}")
    return found


def comparable(row: Row, names: Iterable[str], places: Mapping[tuple[str, str, str], Place]) -> Row:
    """A row with its pointers as the places they lead to, and its spans as offsets."""
    row = dict(row)
    for name in names:
        if name in POINTERS:
            row[name] = places.get((POINTERS[name], row["document"], row[name]))
        elif f"{name}_start" in row:
            row[name] = None if row[f"{name}_start"] is None else (row[f"{name}_start"], row[f"{name}_end"])
        elif isinstance(row[name], list):
            row[name] = tuple((span["start"], span["end"]) for span in row[name])
    return row


def f1(left: Set[Any], right: Set[Any]) -> float | None:
    """The harmonic mean of precision and recall; None where neither side has anything."""
    return 2 * len(left & right) / (len(left) + len(right)) if left or right else None


def kappa(pairs: Sequence[tuple[Hashable, Hashable]]) -> float | None:
    """Cohen's kappa: agreement beyond that of two annotators who label by chance, each in their own proportions.

    None where it is not defined: without pairs, or where both sides use the same single label throughout.
    Cohen, J. (1960). A coefficient of agreement for nominal scales. Educational and Psychological Measurement 20(1),
    37-46.
    """
    total = len(pairs)
    left, right = Counter(a for a, _ in pairs), Counter(b for _, b in pairs)
    chance = sum(count * right[label] for label, count in left.items())  # times total squared
    same = sum(a == b for a, b in pairs)
    return None if chance == total * total else (total * same - chance) / (total * total - chance)


def clusters(entity: Mapping[Any, Hashable], mentions: Set[Any]) -> dict[Any, frozenset[Any]]:
    """For each of the mentions, those of them that have the same entity, itself included."""
    found: dict[Hashable, set[Any]] = {}
    for mention in mentions:
        found.setdefault(entity[mention], set()).add(mention)
    return {mention: frozenset(found[entity[mention]]) for mention in mentions}


def b_cubed(left: Mapping[Any, Hashable], right: Mapping[Any, Hashable]) -> tuple[float, float, float] | None:
    """Precision, recall and F1 of the partition `left` against `right`, over the mentions in both; None without any.

    Bagga, A., and Baldwin, B. (1998). Algorithms for scoring coreference chains. LREC workshop on linguistic
    coreference, 563-566.
    """
    shared = left.keys() & right.keys()
    if not shared:
        return None
    ours, theirs = clusters(left, shared), clusters(right, shared)
    both = {mention: len(ours[mention] & theirs[mention]) for mention in shared}
    precision = sum(both[mention] / len(ours[mention]) for mention in shared) / len(shared)
    recall = sum(both[mention] / len(theirs[mention]) for mention in shared) / len(shared)
    return precision, recall, 2 * precision * recall / (precision + recall)


def compare(left: Annotation, right: Annotation) -> Cells:
    """Every measure for two annotations, in the order in which they are printed."""
    if left.texts != right.texts:
        raise ValueError("expected two annotations of the same documents with the same texts, found others")
    cells: Cells = {}
    for table in TABLES:
        ours, theirs = left.rows[table], right.rows[table]
        shared = [spans for spans in ours if spans in theirs]
        cells[table, "spans"] = overlap(ours.keys(), theirs.keys())
        for name in LABELS.get(table, ()):
            labels = [(ours[spans][name] or False, theirs[spans][name] or False) for spans in shared]
            cells[table, name] = f"{share(labels)}, kappa {number(kappa(labels))}"
        for name in VALUES.get(table, ()):
            values = [(ours[spans][name], theirs[spans][name]) for spans in shared]
            cells[table, f"{name}, where either has it"] = share([pair for pair in values if any(pair)])
        if table == "mentions":
            cells |= coreference(left, right)
    return cells


def coreference(left: Annotation, right: Annotation) -> Cells:
    """Which mentions belong together, over the mentions that both have, and who belongs to the groups."""
    shared = left.entity.keys() & right.entity.keys()
    scores = b_cubed(left.entity, right.entity)
    ours, theirs = (set(clusters(side.entity, shared).values()) for side in (left, right))
    return {
        ("entities", "B-cubed of the shared mentions"): f"F1 {number(scores and scores[2])} of {len(shared)}",
        ("entities", "same mentions throughout"): overlap(ours, theirs),
        ("entities", "groups with the same members"): overlap(left.groups, right.groups),
    }


def overlap(left: Set[Any], right: Set[Any]) -> str:
    """How many of the left are in the right (precision), how many of the right in the left (recall), and F1."""
    if not left and not right:
        return "none"
    both = len(left & right)
    return f"{both} of {len(left)}, {both} of {len(right)}, F1 {number(f1(left, right))}"


def share(pairs: Sequence[tuple[Hashable, Hashable]]) -> str:
    """How many of the pairs are equal."""
    return f"{sum(a == b for a, b in pairs)} of {len(pairs)}" if pairs else "none"


def number(value: float | None) -> str:
    """Three decimals, rounded down, so that only perfect agreement is printed as 1.000."""
    return "undefined" if value is None else f"{floor(value * 1000 + 1e-9) / 1000:.3f}"


def markdown(columns: Mapping[str, Cells]) -> str:
    """The measures as rows of a Markdown table, a column for each comparison."""
    lines = [["table", "measure", *columns], ["---"] * (2 + len(columns))]
    measures = dict.fromkeys(measure for cells in columns.values() for measure in cells)
    lines += [[*measure, *(cells[measure] for cells in columns.values())] for measure in measures]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def main(arguments: Sequence[str]) -> int:
    """Print the table for the two passes and the gold annotation, or for the two corpora that are named."""
    if len(arguments) not in (0, 2):
        print("usage: python docs/agreement/agreement.py [LEFT RIGHT]", file=sys.stderr)
        return 2
    try:
        if arguments:
            columns = {"left and right": compare(*map(annotation, arguments))}
        else:
            gold, a, b = map(annotation, (GOLD, PASS_A, PASS_B))
            columns = {"A and B": compare(a, b), "gold and A": compare(gold, a), "gold and B": compare(gold, b)}
    except (sidelines.SidelinesError, ValueError) as error:
        print(error, file=sys.stderr)
        return 2
    print(markdown(columns))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
