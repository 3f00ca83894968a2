"""Check a corpus the plain way, as a careful researcher would: json, jsonschema, and a loop over every row.

    python benchmarks/plain.py CORPUS

Every file is held against its schema, every text against its length and hash, every span against its text, and ids and
references against each other. That is a part of what `sidelines check` does: no canonical form, no duplicate keys, no
order, overlap, coverage or inside, nothing about quotes or dates. Exit status 1 when a fault was found.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator

# What the five keywords of the dialect say to Sidelines, a researcher knows: the table that each property names.
REFERENCES = {
    "entities": {"members": "entities"},
    "mentions": {"entity": "entities"},
    "roles": {"person": "mentions", "polity": "mentions"},
    "quotes": {"source": "mentions", "parent": "quotes"},
    "dates": {"anchor": "dates"},
}


def check_corpus(root: Path) -> tuple[int, list[str]]:
    """Check every document; returns the number of rows and what is wrong."""
    settings = _load(root / "corpus" / "corpus.json")
    layers = settings["layers"]
    validators = {name: _validator(root, name) for name in ["corpus", "document", *layers]}
    faults = list(_shape(validators["corpus"], settings, "corpus"))
    rows = 0
    for file in sorted((root / "corpus").glob("*.json")):
        if file.stem != "corpus":
            found, more = _check_document(root, file.stem, layers, validators)
            rows += found
            faults += more
    return rows, faults


def _validator(root: Path, name: str) -> Draft202012Validator:
    schema = _load(root / "schema" / f"{name}.schema.json")
    Draft202012Validator.check_schema(schema)
    return Draft202012Validator(schema, format_checker=Draft202012Validator.FORMAT_CHECKER)


def _check_document(
    root: Path, name: str, layers: list[str], validators: dict[str, Draft202012Validator]
) -> tuple[int, list[str]]:
    metadata = _load(root / "corpus" / f"{name}.json")
    raw = (root / "corpus" / f"{name}.txt").read_bytes()
    text = raw.decode("utf-8")
    contents = {layer: _load(root / "annotations" / name / f"{layer}.json") for layer in layers}
    faults = list(_shape(validators["document"], metadata, name))
    for layer, content in contents.items():
        faults += _shape(validators[layer], content, f"{name}/{layer}")
    if faults:
        return 0, faults  # what follows relies on the shape
    if sha256(raw).hexdigest() != metadata["sha256"]:
        faults.append(f"{name}: the hash differs")
    if len(text) != metadata["characters"]:
        faults.append(f"{name}: the length differs")
    tables: dict[str, list[dict[str, Any]]] = {}
    for layer, content in contents.items():
        if content["document"] != name:
            faults.append(f"{name}/{layer}: document is {content['document']!r}")
        tables |= {table: rows for table, rows in content.items() if isinstance(rows, list)}
    faults += _rows(name, text, tables)
    return sum(map(len, tables.values())), faults


def _load(path: Path) -> Any:
    with path.open(encoding="utf-8") as file:
        return json.load(file)


def _shape(validator: Draft202012Validator, content: Any, where: str) -> Iterator[str]:
    for error in validator.iter_errors(content):
        yield f"{where}: {error.json_path}: {error.message}"


def _rows(name: str, text: str, tables: dict[str, list[dict[str, Any]]]) -> Iterator[str]:
    ids = {table: {row["id"] for row in rows} for table, rows in tables.items()}
    for table, rows in tables.items():
        if len(ids[table]) < len(rows):
            yield f"{name}/{table}: an id stands twice"
        for row in rows:
            for span in _spans(row):
                if not 0 <= span["start"] < span["end"] <= len(text):
                    yield f"{name}/{table}/{row['id']}: no span of the text"
                elif text[span["start"] : span["end"]] != span["text"]:
                    yield f"{name}/{table}/{row['id']}: the text differs"
            for property, target in REFERENCES.get(table, {}).items():
                value = row.get(property, [])
                for reference in value if isinstance(value, list) else [value]:
                    if reference not in ids[target]:
                        yield f"{name}/{table}/{row['id']}: {property} {reference!r} does not exist"


def _spans(row: dict[str, Any]) -> Iterator[dict[str, Any]]:
    if "start" in row:
        yield row
    for property in ("content", "fragments"):
        yield from row.get(property, [])
    for property in ("cue", "addressee"):
        if property in row:
            yield row[property]


def main() -> int:
    """Check the corpus that the command line names."""
    if len(sys.argv) != 2:
        print("usage: python benchmarks/plain.py CORPUS", file=sys.stderr)
        return 2
    rows, faults = check_corpus(Path(sys.argv[1]))
    for fault in faults:
        print(fault)
    print(f"{rows:,} rows checked, {len(faults)} faults")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
