"""Compare every surface of a build with its slice of the text, the naive way: a loop over the rows, and nothing else.

    python benchmarks/slices.py BUILD
    python benchmarks/slices.py BUILD --arrow

Tables are read by `pyarrow.parquet`, of each only the columns that are needed: whose the row is, where it begins and
ends, and its surface. Texts and surfaces are then `str` of Python, and a surface is held against `text[start:end]`.
With `--arrow` the text stays an Arrow scalar and is cut by `utf8_slice_codeunits`, which takes one start and one stop
for all strings that it is given, so that it has to be called for each row. Exit status 1 when a surface differs.

That is a small part of what `sidelines check` does with a build: it holds hash and length against the text, offsets
against its bounds, every value against its schema, ids and references against each other, and looks at the layout of
spans, at entities, quotes and dates, and at all columns that were derived.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

__all__ = ["compare"]

Bounds = tuple[str, str, str]
Cut = Callable[[Any, int, int], Any]


def compare(build: Path, by_arrow: bool = False) -> tuple[int, int]:
    """Compare all surfaces; returns how many there are, and how many differ."""
    texts: Callable[[pa.ChunkedArray], list[Any]] = list if by_arrow else pa.ChunkedArray.to_pylist
    cut: Cut = _arrow_slice if by_arrow else _slice
    documents = pq.read_table(build / "parquet" / "documents.parquet", columns=["document", "text"])
    text = dict(zip(documents["document"].to_pylist(), texts(documents["text"]), strict=True))
    surfaces = differ = 0
    for path in sorted((build / "parquet").iterdir()):
        if path.name != "documents.parquet":
            for document, start, end, surface in _spans(path):
                surfaces += 1
                differ += cut(text[document], start, end) != surface
    return surfaces, differ


def _slice(text: str, start: int, end: int) -> str:
    return text[start:end]


def _arrow_slice(text: pa.Scalar, start: int, end: int) -> Any:
    return pc.utf8_slice_codeunits(text, start, end).as_py()


def _spans(path: Path) -> Iterator[tuple[str, int, int, str]]:
    """The spans of a table: its own, those of its optional parts, and those in its lists."""
    part = path if path.is_file() else min(path.iterdir())
    schema = pq.read_schema(part)
    bounds = [_bounds(name.removesuffix("start")) for name in schema.names if name.endswith("start")]
    lists = [field.name for field in schema if _lists_spans(field.type)]
    for names in bounds:
        rows = pq.read_table(path, columns=["document", *names])
        for row in zip(*(rows[name].to_pylist() for name in ("document", *names)), strict=True):
            if row[1] is not None:
                yield row
    for name in lists:
        rows = pq.read_table(path, columns=["document", name])
        for document, spans in zip(rows["document"].to_pylist(), rows[name].to_pylist(), strict=True):
            for span in spans or ():
                yield document, span["start"], span["end"], span["text"]


def _bounds(prefix: str) -> Bounds:
    return f"{prefix}start", f"{prefix}end", f"{prefix}text"


def _lists_spans(kind: pa.DataType) -> bool:
    return bool(pa.types.is_list(kind) and pa.types.is_struct(kind.value_type))


def main() -> int:
    """Compare the surfaces of the build that the command line names."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("build", type=Path)
    parser.add_argument("--arrow", action="store_true", help="cut by Arrow, a row at a time")
    options = parser.parse_args()
    surfaces, differ = compare(options.build, options.arrow)
    print(f"{surfaces:,} surfaces compared, {differ:,} differ")
    return 1 if differ else 0


if __name__ == "__main__":
    sys.exit(main())
