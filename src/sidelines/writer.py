"""Files out: the canonical form of JSON, and a corpus brought into it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec

from sidelines.codec import lines
from sidelines.files import replace_file, sweep
from sidelines.model import Layer, Property
from sidelines.problems import Problem
from sidelines.reader import Reader
from sidelines.resolver import layout
from sidelines.sources import UnreadableError
from sidelines.strictjson import MAX_DEPTH, JSONFault, parse

__all__ = ["canonical", "format_corpus"]


def canonical(raw: bytes, layer: Layer | None, max_depth: int = MAX_DEPTH) -> bytes:
    r"""The canonical form of a file: of a layer or metadata file by its schema, of a schema file without one.

    Properties that the schema does not know keep their order, behind those that it knows: a file need not be of its
    schema's shape to be laid out.

    Raises
    ------
    JSONFault
        when the meaning of the file is in doubt: it is not strict JSON.

    >>> canonical(b'{"b": [1,2], "a": "\\u00e9"}', None).decode()
    '{\n  "b": [\n    1,\n    2\n  ],\n  "a": "é"\n}\n'
    """
    value = parse(raw, max_depth).value
    if layer is None:
        return layout(value)
    ordered = _ordered(value, layer.root)
    if not isinstance(ordered, dict):
        return msgspec.json.format(msgspec.json.encode(ordered), indent=0) + b"\n"
    tables = [t.key for t in layer.tables if isinstance(ordered.get(t.key), list)]
    return lines(ordered.items(), tables)


def _ordered(value: Any, node: Property) -> Any:
    """The value with its keys in the schema's order, and numbers as the schema has them."""
    if isinstance(value, dict) and node.type == "object":
        known = {
            member.name: _ordered(value[member.name], member) for member in node.properties if member.name in value
        }
        return known | {name: member for name, member in value.items() if name not in known}
    if isinstance(value, list) and node.items is not None:
        return [_ordered(item, node.items) for item in value]
    return float(value) if node.type == "number" and type(value) is int else value


def format_corpus(corpus: Reader, write: bool = True) -> tuple[list[str], list[Problem]]:
    """Bring every JSON file of a corpus into canonical form.

    Returns
    -------
    The paths, relative to the corpus, of the files that were (or with `write=False` would be) changed, and a problem
    for each file that was left alone because it cannot be read or is not strict JSON.

    Raises
    ------
    SidelinesError
        when a file cannot be written; each file is as it was, or changed whole.
    """
    changed: list[str] = []
    refused: list[Problem] = []
    swept: set[Path] = set()
    for path, layer in _json_files(corpus):
        folder = (corpus.root / path).parent
        if write and folder not in swept:
            swept.add(folder)
            sweep(folder)
        try:
            raw = corpus.sources.read(path)
        except FileNotFoundError:
            continue  # `check` misses it by name
        except UnreadableError as error:
            refused.append(Problem(error.code, "error", error.message, path))
            continue
        try:
            tidy = canonical(raw, layer, corpus.sources.limits.depth)
        except JSONFault as fault:
            refused.append(Problem(fault.code, "error", fault.message, path, None, fault.line, fault.column))
            continue
        if tidy != raw:
            changed.append(path)
            if write:
                replace_file(corpus.root / path, tidy)
    return changed, refused


def _json_files(corpus: Reader) -> Iterator[tuple[str, Layer | None]]:
    if "corpus" in corpus.model.metadata:
        yield "corpus/corpus.json", corpus.model.metadata["corpus"]
    for path in sorted((corpus.root / "schema").glob("*.schema.json")):
        yield f"schema/{path.name}", None
    for document in corpus.documents:
        if "document" in corpus.model.metadata:
            yield corpus.folder.metadata(document), corpus.model.metadata["document"]
        for name, layer in corpus.model.layers.items():
            yield corpus.folder.layer(document, name), layer
