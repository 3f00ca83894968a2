"""Files out: the canonical form of JSON, and a corpus brought into it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec

from sidelines import layout as places
from sidelines.codec import lines
from sidelines.errors import SidelinesError
from sidelines.files import replace_file, sweep, within
from sidelines.layout import BUILD, LINES, form, shipped
from sidelines.model import Layer, Property
from sidelines.problems import Problem
from sidelines.reader import Reader
from sidelines.resolver import layout
from sidelines.stores import Store
from sidelines.strictjson import MAX_DEPTH, JSONFault, parse

__all__ = ["canonical", "format_corpus", "laid_out", "spare_installed"]

OTHERS = {
    BUILD: "a build, whose files stay as they were built; run `sidelines fmt` on the corpus that it was made of",
    LINES: "JSON Lines, which need no canonical form and stay as they are",
}


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
    return laid_out(parse(raw, max_depth).value, layer)


def laid_out(value: Any, layer: Layer | None) -> bytes:
    r"""A value in canonical form, as the content of a file: of a layer or metadata file, of a schema without one.

    >>> laid_out({"b": [1, 2], "a": "é"}, None).decode()
    '{\n  "b": [\n    1,\n    2\n  ],\n  "a": "é"\n}\n'
    """
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


def spare_installed(root: Path) -> None:
    """Refuse to change the corpus that comes with Sidelines, where it is part of an installation.

    Raises
    ------
    SidelinesError
        when `root` is that corpus.
    """
    installed = shipped()
    if installed.is_relative_to(Path(places.__file__).resolve().parent) and within(root, installed):
        what = "this corpus is part of the installation of Sidelines, where nothing is changed"
        raise SidelinesError(f"{root}: {what}; copy it to a folder of yours")


def format_corpus(corpus: Reader, write: bool = True) -> tuple[list[str], list[Problem]]:
    """Bring every JSON file of a corpus into canonical form.

    Where a file is a link, what it leads to is changed.

    Returns
    -------
    The paths, relative to the corpus, of the files that were (or with `write=False` would be) changed, and the problems
    for which others were left alone: they cannot be read, are not strict JSON, belong to nothing, or have a schema that
    is not in order.

    Raises
    ------
    SidelinesError
        when a file cannot be written (each is as it was, or changed whole), or when it is a build, JSON Lines, or part
        of an installation.
    """
    root = corpus.root
    if isinstance(root, Store):
        raise SidelinesError(f"{root}: expected a folder on the disk; files in an object store are only read")
    if (found := OTHERS.get(form(root) or "")) is not None:
        raise SidelinesError(f"{root}: expected a corpus of files, found {found}")
    if write:
        spare_installed(root)
    changed: list[str] = []
    refused: list[Problem] = []
    swept: set[Path] = set()
    for path, layer in _json_files(corpus, refused):
        raw = corpus.settings.fetch(path, refused)
        if raw is None:
            continue
        place = root / path
        if place.is_symlink():
            place = Path(os.path.realpath(place))  # inside the corpus, or it would not have been read
        if write and place.parent not in swept:
            swept.add(place.parent)
            sweep(place.parent)
        try:
            tidy = canonical(raw, layer, corpus.sources.limits.depth)
        except JSONFault as fault:
            refused.append(Problem(fault.code, "error", fault.message, path, None, fault.line, fault.column))
            continue
        if tidy != raw:
            changed.append(path)
            if write:
                replace_file(place, tidy)
    # `check` misses by name what is not there.
    problems = [*_obstacles(corpus), *(problem for problem in refused if problem.code != "F001")]
    return changed, list(dict.fromkeys(problems))


def _json_files(corpus: Reader, problems: list[Problem]) -> Iterator[tuple[str, Layer | None]]:
    if "corpus" in corpus.model.metadata:
        yield "corpus/corpus.json", corpus.model.metadata["corpus"]
    for entry in corpus.settings.entries("schema"):
        if entry.name.endswith(".schema.json"):
            yield f"schema/{entry.name}", None
    for document in corpus.documents:
        if "document" in corpus.model.metadata:
            yield corpus.folder.metadata(document), corpus.model.metadata["document"]
        if corpus.annotated(document, True, problems):
            for name, layer in corpus.model.layers.items():
                yield corpus.folder.layer(document, name), layer


def _obstacles(corpus: Reader) -> Iterator[Problem]:
    """The problems of a corpus as a whole for which some of its files are not looked at."""
    for problem in corpus.problems:
        of_values = problem.path == "corpus/corpus.json" and not (problem.pointer or "").startswith("/layers")
        if problem.code != "F108" and not (of_values and corpus.settings.layers_known):
            yield problem
