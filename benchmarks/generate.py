"""Make a corpus of any size to measure with: invented news, annotated in the four built-in layers, without a fault.

    python benchmarks/generate.py OUT --documents 5000 --seed 1

Each document is about 5 KB of text with exactly 90 annotations: 56 mentions, 14 quotes (each with its content, cue and
source) and 20 dates. Not counted among the 90 are about 15 entities and 4 roles, and the structure, 22 blocks and about
35 sentences; with them a document has about 167 rows in seven tables. Every twentieth document has characters outside
the Basic Multilingual Plane and CJK, every third no-break spaces, and all have typographic quotation marks.

Every rule of the four layers has something to look at: nested mentions and dates, groups, metonyms, roles with their
polity, quotes of all three kinds, quotes in two parts and inside others, anchors, a creation time, boilerplate. Files
are in canonical form. The same seed makes the same corpus; document n is the same in a corpus of any size.
"""

from __future__ import annotations

import argparse
import json
import shutil
from collections.abc import Iterable, Mapping
from hashlib import sha256
from pathlib import Path
from random import Random
from typing import Any

from drafts import Draft, Entity, Row, Span, draft

SCHEMAS = Path(__file__).resolve().parents[1] / "schema"
LAYERS = {
    "structure": ("blocks", "sentences"),
    "entities": ("entities", "mentions", "roles"),
    "quotes": ("quotes",),
    "dates": ("dates",),
}
ANNOTATIONS = ("mentions", "quotes", "dates")


def make_document(seed: int, number: int) -> tuple[str, Row, dict[str, list[Row]]]:
    """Document `number` of the corpus of a seed: its text, its metadata, and its rows by table, as in the files."""
    made = draft(Random(f"{seed}:{number}"), eastern=number % 20 == 0, unbroken=number % 3 == 0)
    text = "".join(made.pieces)
    title, author = made.rows["blocks"][0], made.rows["mentions"][3]
    metadata = {
        "$schema": "../schema/document.schema.json",
        "id": f"news-{number:06}",
        "title": text[title["start"] : title["end"]],
        "author": author["entity"].name,
        "published": made.created.isoformat(),
        "language": "en",
        "rights": "Invented by a program; nobody holds any rights to it.",
        "characters": len(text),
        "sha256": sha256(text.encode()).hexdigest(),
    }
    return text, metadata, _rows(made, text)


def _rows(made: Draft, text: str) -> dict[str, list[Row]]:
    """The rows in the order of the files, with ids in place of objects."""
    rows = {table: sorted(rows, key=_place) for table, rows in made.rows.items()}
    entities = list(dict.fromkeys(e for m in rows["mentions"] for e in (m["entity"], *m["entity"].members)))
    ids = {id(row): f"{table[0]}{number}" for table, rows_ in rows.items() for number, row in enumerate(rows_, 1)}
    entity_ids = {entity: f"e{number}" for number, entity in enumerate(entities, 1)}
    created = next(ids[id(row)] for row in rows["dates"] if "function" in row)

    def span(place: Span | None) -> Row | None:
        return place and {"start": place[0], "end": place[1], "text": text[place[0] : place[1]]}

    def spans(places: list[Span]) -> list[Row | None] | None:
        return [span(place) for place in places] or None

    def ref(row: Row | None) -> str | None:
        return None if row is None else ids[id(row)]

    def entity(own: Entity) -> Row:
        members = [entity_ids[member] for member in own.members] or None
        return {"id": entity_ids[own], "type": own.type, "name": own.name, "wikidata": own.wikidata, "members": members}

    def row(own: Row, *names: str, **more: Any) -> Row:
        surface = text[own["start"] : own["end"]]
        properties = {name: own.get(name) for name in names}
        return {"id": ids[id(own)], "start": own["start"], "end": own["end"], "text": surface, **properties, **more}

    def mention(own: Row) -> Row:
        flags = {"metonym": own.get("metonym"), "uncertain": own.get("uncertain")}
        return row(own, "form", entity=entity_ids[own["entity"]], **flags)

    def quote(own: Row) -> Row:
        return {
            "id": ids[id(own)],
            "kind": _kind(own, text),
            "content": spans(own["content"]),
            "fragments": spans(own["fragments"]),
            "cue": span(own["cue"]),
            "source": ref(own["source"]),
            "addressee": span(own.get("addressee")),
            "parent": ref(own.get("parent")),
        }

    tables = {
        "blocks": [row(own, "kind") for own in rows["blocks"]],
        "sentences": [row(own) for own in rows["sentences"]],
        "entities": [entity(own) for own in entities],
        "mentions": [mention(own) for own in rows["mentions"]],
        "roles": [row(own, person=ref(own["person"]), polity=ref(own["polity"])) for own in rows["roles"]],
        "quotes": [quote(own) for own in rows["quotes"]],
        "dates": [
            row(own, "type", "value", "mod", "function", anchor=created if own["anchored"] else None)
            for own in rows["dates"]
        ],
    }
    return {table: [_present(own) for own in owned] for table, owned in tables.items()}


def _place(row: Row) -> Span:
    start, end = row["content"][0] if "content" in row else (row["start"], row["end"])
    return start, -end


def _kind(quote: Row, text: str) -> str:
    if quote["fragments"]:
        return "mixed"
    return "direct" if text[quote["content"][0][0]] == "“" else "indirect"


def _present(row: Row) -> Row:
    return {name: value for name, value in row.items() if value is not None}


# -- files -------------------------------------------------------------------------------------------------------------


def write_corpus(out: Path, documents: int, seed: int = 1) -> dict[str, int]:
    """Write a corpus into a new folder; returns the number of rows of each table."""
    (out / "corpus").mkdir(parents=True)
    (out / "schema").mkdir()
    for schema in sorted(SCHEMAS.glob("*.schema.json")):
        shutil.copyfile(schema, out / "schema" / schema.name)
    settings = {
        "$schema": "../schema/corpus.schema.json",
        "name": "invented-news",
        "title": "Invented news",
        "version": "1.0.0",
        "description": f"Invented news to measure with: {documents} documents of seed {seed}.",
        "language": "en",
        "licence": "CC0-1.0",
        "layers": list(LAYERS),
    }
    _write(out / "corpus" / "corpus.json", _lines(settings))
    counts = {table: 0 for tables in LAYERS.values() for table in tables}
    for number in range(documents):
        text, metadata, rows = make_document(seed, number)
        name = metadata["id"]
        _write(out / "corpus" / f"{name}.txt", text)
        _write(out / "corpus" / f"{name}.json", _lines(metadata))
        folder = out / "annotations" / name
        folder.mkdir(parents=True)
        for layer, tables in LAYERS.items():
            head = {"$schema": f"../../schema/{layer}.schema.json", "document": name}
            _write(folder / f"{layer}.json", _lines(head, {table: rows[table] for table in tables}))
        for table in counts:
            counts[table] += len(rows[table])
    return counts


def _lines(properties: Row, tables: Mapping[str, Iterable[Row]] | None = None) -> str:
    """The canonical form: one property a line, and one row a line."""
    lines = [f'  "{name}": {json.dumps(value, ensure_ascii=False)}' for name, value in properties.items()]
    lines += [f'  "{name}": {_array(rows)}' for name, rows in (tables or {}).items()]
    return "{\n" + ",\n".join(lines) + "\n}\n"


def _array(rows: Iterable[Row]) -> str:
    written = ",\n    ".join(json.dumps(row, ensure_ascii=False) for row in rows)
    return f"[\n    {written}\n  ]" if written else "[]"


def _write(path: Path, content: str) -> None:
    path.write_bytes(content.encode())


def main() -> None:
    """Make a corpus and say what is in it."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("out", type=Path, help="folder to write; it must not hold a corpus yet")
    parser.add_argument("--documents", type=int, default=5000)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    counts = write_corpus(options.out, options.documents, options.seed)
    print(f"{options.documents:,} documents with {sum(counts[table] for table in ANNOTATIONS):,} annotations:")
    for table, count in counts.items():
        print(f"{count:>12,} {table}{'' if table in ANNOTATIONS else ' (not counted)'}")


if __name__ == "__main__":
    main()
