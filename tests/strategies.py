"""What property tests share beside the public strategies, and corpora written by nothing but `json`."""

from __future__ import annotations

import hashlib
import json
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st

from sidelines import testing
from sidelines.testing import DrawnCorpus

OWN = Path(__file__).parent / "own"
ROOT = Path(__file__).parents[1]

# For `find`: what is looked for may take a while to be drawn, and why it is found need not be explained.
PATIENT = settings(
    max_examples=3_000,
    deadline=None,
    database=None,
    suppress_health_check=list(HealthCheck),
    phases=[Phase.generate, Phase.shrink],
)


def costly(examples: int) -> int:
    """Half of the examples, of 25 and less all: for properties of which each is a corpus on the disk.

    They are checked, built or mended, some several times over, and would take most of the time of all tests.
    """
    return max(examples // 2, min(examples, 25))


COSTLY = settings(max_examples=costly(settings().max_examples))


def texts(max_size: int = 60) -> st.SearchStrategy[str]:
    """The public texts, by their greatest length."""
    return testing.texts(max_size=max_size)


def marked() -> st.SearchStrategy[DrawnCorpus]:
    """Corpora of the layer of `tests/own` that have a mark."""
    return testing.corpora(OWN / "schema").filter(lambda drawn: drawn.rows("marks"))


@dataclass(frozen=True)
class Drawn:
    """A corpus: texts by document, and the rows of the tables `marks` and `links` of the layer `marks`."""

    documents: dict[str, str]
    marks: dict[str, list[dict[str, Any]]]
    links: dict[str, list[dict[str, Any]]]

    def write(self, root: Path) -> Path:
        """Write it as files, in canonical form, by nothing but `json`."""
        for folder in ("corpus", "schema"):
            (root / folder).mkdir(parents=True)
        for schema in ("corpus", "document"):
            (root / "schema" / f"{schema}.schema.json").write_bytes(
                (ROOT / "schema" / f"{schema}.schema.json").read_bytes()
            )
        (root / "schema" / "marks.schema.json").write_bytes((OWN / "schema" / "marks.schema.json").read_bytes())
        write_metadata(
            root / "corpus" / "corpus.json",
            {"$schema": "../schema/corpus.schema.json", "name": "drawn", "version": "1.0.0", "layers": ["marks"]},
        )
        for name, text in self.documents.items():
            raw = text.encode()
            (root / "corpus" / f"{name}.txt").write_bytes(raw)
            metadata = {"id": name, "characters": len(text), "sha256": hashlib.sha256(raw).hexdigest()}
            write_metadata(root / "corpus" / f"{name}.json", metadata)
            write_layer(root, name, "marks", {"marks": self.marks[name], "links": self.links[name]})
        return root


def write_metadata(path: Path, properties: dict[str, Any]) -> None:
    """One property a line."""
    body = ",\n".join(f"  {dumps(name)}: {dumps(value)}" for name, value in properties.items())
    path.write_bytes(f"{{\n{body}\n}}\n".encode())


def write_layer(root: Path, document: str, layer: str, tables: dict[str, list[dict[str, Any]]]) -> Path:
    """One row a line."""
    parts = [f'  "$schema": "../../schema/{layer}.schema.json"', f'  "document": {dumps(document)}']
    for name, rows in tables.items():
        body = ",\n    ".join(map(dumps, rows))
        parts.append(f'  "{name}": [\n    {body}\n  ]' if rows else f'  "{name}": []')
    path = root / "annotations" / document / f"{layer}.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(("{\n" + ",\n".join(parts) + "\n}\n").encode())
    return path


def twice(root: Path, name: str = "visit-2", first: str = "visit") -> None:
    """Put another document beside the first one, in all the same."""
    old, own = f'"{first}"'.encode(), f'"{name}"'.encode()
    for suffix in ("txt", "json"):
        raw = (root / "corpus" / f"{first}.{suffix}").read_bytes()
        (root / "corpus" / f"{name}.{suffix}").write_bytes(raw.replace(old, own))
    shutil.copytree(root / "annotations" / first, root / "annotations" / name)
    for path in (root / "annotations" / name).iterdir():
        path.write_bytes(path.read_bytes().replace(old, own))


def dumps(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)
