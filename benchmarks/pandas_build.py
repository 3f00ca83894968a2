"""Compile a corpus to Parquet the way one does with pandas: read the files in a loop, make a frame a table, write it.

    python benchmarks/pandas_build.py CORPUS OUT

Writes OUT/parquet/<table>.parquet for `documents` and the seven tables, with the columns that the files hold, whose
row it is, and spans as three columns each; dates, categories, and integers and booleans that may be absent have their
types, and files are compressed by zstd. That is a part of what `sidelines build` does: nothing is checked, nothing is
derived, and there are neither sums nor descriptions of columns; all rows of all documents are in memory at once.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pandas as pd

__all__ = ["COLUMNS", "build"]

SPAN = ("start", "end", "text")
CUE, ADDRESSEE = (tuple(f"{name}_{part}" for part in SPAN) for name in ("cue", "addressee"))
# What the schemas say, a researcher knows: the columns of each table, and those that are no strings or always there.
COLUMNS = {
    "documents": ("document", "title", "author", "published", "language", "source", "rights", "characters", "sha256",
                  "text"),
    "blocks": ("document", "id", *SPAN, "kind"),
    "sentences": ("document", "id", *SPAN),
    "entities": ("document", "id", "type", "name", "wikidata", "members"),
    "mentions": ("document", "id", *SPAN, "form", "entity", "metonym", "uncertain"),
    "roles": ("document", "id", *SPAN, "person", "polity"),
    "quotes": ("document", "id", "kind", "content", "fragments", *CUE, "source", *ADDRESSEE, "parent"),
    "dates": ("document", "id", *SPAN, "type", "value", "mod", "function", "anchor"),
}  # fmt: skip
TYPES = {
    "documents": {"source": "str"},
    "blocks": {"kind": "category"},
    "entities": {"type": "category"},
    "mentions": {"form": "category", "metonym": "boolean", "uncertain": "boolean"},
    "quotes": {"kind": "category"} | {f"{name}_{at}": "Int64" for name in ("cue", "addressee") for at in SPAN[:2]},
    "dates": {"type": "category", "mod": "category", "function": "category"},
}


def build(root: Path, out: Path) -> int:
    """Write the tables of a corpus; returns how many rows they have."""
    layers = _load(root / "corpus" / "corpus.json")["layers"]
    rows: dict[str, list[dict[str, Any]]] = {table: [] for table in COLUMNS}
    for file in sorted((root / "corpus").glob("*.json")):
        if file.stem == "corpus":
            continue
        metadata = _load(file)
        rows["documents"].append(
            {"document": metadata["id"], **metadata, "text": file.with_suffix(".txt").read_bytes().decode()}
        )
        for layer in layers:
            for table, items in _load(root / "annotations" / file.stem / f"{layer}.json").items():
                if isinstance(items, list):
                    rows[table] += [{"document": file.stem, **dict(_flat(item))} for item in items]
    (out / "parquet").mkdir(parents=True)
    count = 0
    for table, columns in COLUMNS.items():
        frame = pd.DataFrame(rows.pop(table), columns=list(columns)).astype(TYPES.get(table, {}))
        if table == "documents":
            frame["published"] = pd.to_datetime(frame["published"]).dt.date
        frame.to_parquet(out / "parquet" / f"{table}.parquet", compression="zstd", index=False)
        count += len(frame)
    return count


def _load(path: Path) -> Any:
    with path.open(encoding="utf-8") as file:
        return json.load(file)


def _flat(row: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    for name, value in row.items():
        if isinstance(value, dict):
            for part, inner in value.items():
                yield f"{name}_{part}", inner
        else:
            yield name, value


def main() -> int:
    """Compile the corpus that the command line names."""
    if len(sys.argv) != 3:
        print("usage: python benchmarks/pandas_build.py CORPUS OUT", file=sys.stderr)
        return 2
    print(f"{build(Path(sys.argv[1]), Path(sys.argv[2])):,} rows written")
    return 0


if __name__ == "__main__":
    sys.exit(main())
