"""Documents as far as they are known: a text, its metadata, and a file for each layer."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from hashlib import sha256
from pathlib import Path
from typing import Any

from sidelines.codec import lines
from sidelines.errors import InvalidCorpusError, count
from sidelines.files import create_file
from sidelines.layout import BUILT_IN, Folder
from sidelines.marks import WHITE_SPACE
from sidelines.model import Model
from sidelines.problems import Problem
from sidelines.templating import template
from sidelines.textfolder import TextFile, TextFolder, read_text

__all__ = ["Taken", "blocks", "sample", "take"]

WRITERS = 8  # threads, since a file is mostly waited for until the disk has it
# What ends a line of a text, by Unicode (UAX #14: BK, CR, LF, NL).
LINE = re.compile("[^\n\v\f\r\x85\u2028\u2029]+")


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of texts: documents, of how many characters; with a carriage return, with a byte order mark."""

    documents: int
    characters: int
    returns: int = 0
    marks: int = 0


def take(root: Path, model: Model, found: TextFolder, progress: Callable[[int, int, int], None] | None) -> Taken:
    """Write a document for each text of a folder, byte for byte, into a new corpus.

    Raises
    ------
    InvalidCorpusError
        when texts are not UTF-8, or cannot be read: all of them are in its `problems`.
    """
    total = len(found.texts)
    problems: list[Problem] = []
    characters = returns = marks = 0
    (root / "annotations").mkdir()
    with ThreadPoolExecutor(WRITERS) as pool:
        for done, (text, problem) in enumerate(pool.map(partial(_document, root, model), found.texts), 1):
            problems += [] if problem is None else [problem]
            characters += len(text)
            returns += "\r" in text
            marks += text.startswith("\ufeff")
            if progress is not None:
                progress(done, total, len(problems))
    if problems:
        bad = count(len(problems), "text")
        raise InvalidCorpusError(f"{bad} of {total:,} cannot be taken as found, so nothing was made", problems)
    return Taken(total, characters, returns, marks)


def sample(root: Path, model: Model) -> Taken:
    """Write the made-up text and its annotations into a new corpus; a new layer gets a row, to show what one is."""
    folder = Folder(root)
    raw = template("sample/sample.txt")
    (root / folder.layers("sample")).mkdir(parents=True)
    create_file(root / folder.text("sample"), raw)
    create_file(root / folder.metadata("sample"), template("sample/sample.json"))
    row = {"id": "x1", "start": 0, "end": 10, "text": "Old bridge", "label": "example"}
    for layer in model.layers:
        if layer in BUILT_IN:
            content = template(f"sample/{layer}.json")
        else:
            content = _layer(model, layer, "sample", {table.name: [row] for table in model.layers[layer].tables})
        create_file(root / folder.layer("sample", layer), content)
    return Taken(1, len(raw.decode()))


def blocks(text: str) -> list[dict[str, Any]]:
    r"""The rows of `blocks` for a text of which nothing is known: each line that is not empty is a paragraph.

    >>> [(block["start"], block["end"], block["text"]) for block in blocks("One.\r\n\n  Two.\u2028")]
    [(0, 4, 'One.'), (9, 13, 'Two.')]
    """
    rows: list[dict[str, Any]] = []
    for line in LINE.finditer(text):
        words = line[0].strip(WHITE_SPACE)
        if words:
            start = line.start() + len(line[0]) - len(line[0].lstrip(WHITE_SPACE))
            at = {"id": f"b{len(rows) + 1}", "start": start, "end": start + len(words)}
            rows.append({**at, "text": words, "kind": "paragraph"})
    return rows


def _document(root: Path, model: Model, file: TextFile) -> tuple[str, Problem | None]:
    """Write a document as far as it is known: its text, its metadata, and a file for each layer."""
    raw, problem = read_text(file.path)
    if problem is not None:
        return "", problem
    text = raw.decode()
    metadata = {
        "$schema": "../schema/document.schema.json",
        "id": file.id,
        "title": file.title,
        "characters": len(text),
        "sha256": sha256(raw).hexdigest(),
    }
    folder = Folder(root)
    create_file(root / folder.text(file.id), raw)
    create_file(root / folder.metadata(file.id), lines(metadata.items(), ()))
    (root / folder.layers(file.id)).mkdir()
    for layer in model.layers:
        rows = {"blocks": blocks(text)} if layer == "structure" else {}
        create_file(root / folder.layer(file.id, layer), _layer(model, layer, file.id, rows))
    return text, None


def _layer(model: Model, layer: str, document: str, rows: Mapping[str, list[dict[str, Any]]]) -> bytes:
    """A file of a layer; tables without rows are empty."""
    keys = {table.key: rows.get(table.name, []) for table in model.layers[layer].tables}
    envelope = {"$schema": f"../../schema/{layer}.schema.json", "document": document}
    return lines((envelope | keys).items(), keys)
