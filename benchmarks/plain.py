"""Check a corpus the plain way, as a careful researcher would: json, jsonschema, and a loop over every row.

    python benchmarks/plain.py CORPUS
    python benchmarks/plain.py CORPUS --fast

With `--fast` the same is done by the fastest parser and validator that can be had: orjson and jsonschema-rs, both
written in Rust. Everything else is the same code.

Every file is held against its schema, every text against its length and hash, every span against its text, and ids and
references against each other. That is a part of what `sidelines check` does: no canonical form, no duplicate keys, no
order, overlap, coverage or inside, nothing about quotes or dates. Exit status 1 when a fault was found.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

# What the five keywords of the dialect say to Sidelines, a researcher knows: the table that each property names.
REFERENCES = {
    "entities": {"members": "entities"},
    "mentions": {"entity": "entities"},
    "roles": {"person": "mentions", "polity": "mentions"},
    "quotes": {"source": "mentions", "parent": "quotes"},
    "dates": {"anchor": "dates"},
}


Shape = Callable[[Any], Iterator[str]]  # what is wrong with the shape of a file's content


@dataclass(frozen=True, slots=True)
class Tools:
    """What decodes the content of a file, and what makes of a schema a function that says what is wrong with others."""

    decode: Callable[[bytes], Any]
    shape: Callable[[Any], Shape]


def usual() -> Tools:
    """The `json` of Python, and jsonschema."""
    from jsonschema import Draft202012Validator

    def shape(schema: Any) -> Shape:
        Draft202012Validator.check_schema(schema)
        validator = Draft202012Validator(schema, format_checker=Draft202012Validator.FORMAT_CHECKER)

        def faults(content: Any) -> Iterator[str]:
            for error in validator.iter_errors(content):
                yield f"{error.json_path}: {error.message}"

        return faults

    return Tools(json.loads, shape)


def fast() -> Tools:
    """The parser of orjson, and jsonschema-rs."""
    import orjson
    from jsonschema_rs import Draft202012Validator, meta

    def shape(schema: Any) -> Shape:
        meta.validate(schema)
        validator = Draft202012Validator(schema, validate_formats=True)

        def faults(content: Any) -> Iterator[str]:
            if not validator.is_valid(content):  # which takes less time than to look for the first of no errors
                for error in validator.iter_errors(content):
                    yield f"{error.instance_path}: {error.message}"

        return faults

    return Tools(orjson.loads, shape)


def check_corpus(root: Path, tools: Tools) -> tuple[int, list[str]]:
    """Check every document; returns the number of rows and what is wrong."""

    def load(path: Path) -> Any:
        return tools.decode(path.read_bytes())

    settings = load(root / "corpus" / "corpus.json")
    layers = settings["layers"]
    shapes = {
        name: tools.shape(load(root / "schema" / f"{name}.schema.json")) for name in ["corpus", "document", *layers]
    }
    faults = [f"corpus: {fault}" for fault in shapes["corpus"](settings)]
    rows = 0
    for file in sorted((root / "corpus").glob("*.json")):
        if file.stem != "corpus":
            found, more = _check_document(root, file.stem, layers, load, shapes)
            rows += found
            faults += more
    return rows, faults


def _check_document(
    root: Path, name: str, layers: list[str], load: Callable[[Path], Any], shapes: dict[str, Shape]
) -> tuple[int, list[str]]:
    metadata = load(root / "corpus" / f"{name}.json")
    raw = (root / "corpus" / f"{name}.txt").read_bytes()
    text = raw.decode("utf-8")
    contents = {layer: load(root / "annotations" / name / f"{layer}.json") for layer in layers}
    faults = [f"{name}: {fault}" for fault in shapes["document"](metadata)]
    for layer, content in contents.items():
        faults += [f"{name}/{layer}: {fault}" for fault in shapes[layer](content)]
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
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("corpus", type=Path)
    parser.add_argument("--fast", action="store_true", help="by orjson and jsonschema-rs")
    options = parser.parse_args()
    rows, faults = check_corpus(options.corpus, fast() if options.fast else usual())
    for fault in faults:
        print(fault)
    print(f"{rows:,} rows checked, {len(faults)} faults")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
