"""A corpus of files written as JSON Lines, by nothing but bytes: what a file says is said in the same words."""

from __future__ import annotations

import json
import shutil
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path


def line_of(root: Path, document: str) -> bytes:
    """The line of one document, without its end; line breaks of its files, which are white space, become spaces."""
    metadata = (root / "corpus" / f"{document}.json").read_bytes()
    text = (root / "corpus" / f"{document}.txt").read_bytes().decode("utf-8")
    layers = [
        f'"{path.stem}": '.encode() + path.read_bytes()
        for path in sorted((root / "annotations" / document).glob("*.json"))
    ]
    parts = b'{"document": %s, "text": %s, "annotations": {%s}}' % (
        metadata, json.dumps(text).encode(), b", ".join(layers),
    )  # fmt: skip
    return parts.replace(b"\r", b" ").replace(b"\n", b" ")


def as_lines(root: Path, target: Path, cuts: Sequence[int] = ()) -> Path:
    """Write a corpus as JSON Lines, with a new shard at each of `cuts`."""
    (target / "jsonl").mkdir(parents=True)
    shutil.copytree(root / "schema", target / "schema")
    shutil.copy(root / "corpus" / "corpus.json", target / "corpus.json")
    documents = sorted(path.stem for path in (root / "corpus").glob("*.txt"))
    bounds = [0, *cuts, len(documents)]
    for at, (first, last) in enumerate(pairwise(bounds)):
        lines = [line_of(root, document) + b"\n" for document in documents[first:last]]
        (target / "jsonl" / f"part-{at:05}.jsonl").write_bytes(b"".join(lines))
    return target
