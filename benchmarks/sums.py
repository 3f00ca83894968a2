"""The SHA-256 of a build: of its texts, of its Parquet files, or of all values in its tables.

    python benchmarks/sums.py BUILD --of texts

`texts` are hashed one by one, as UTF-8, which is what each document's metadata have. `files` are the Parquet files as
they are on the disk, compressed. `values` are the bytes of all columns as Arrow has them in memory: strings, numbers
and offsets, categories as their codes. That is what is left to be looked at when the files have been read.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

__all__ = ["PIECES", "total"]


def texts(build: Path) -> Iterator[Any]:
    for text in _tables(build, "documents", ["text"]):
        for item in text["text"]:
            yield memoryview(item.as_buffer())


def files(build: Path) -> Iterator[bytes]:
    for path in sorted((build / "parquet").rglob("*.parquet")):
        if path.is_file():
            yield path.read_bytes()


def values(build: Path) -> Iterator[Any]:
    for path in sorted((build / "parquet").iterdir()):
        for table in _tables(build, path.stem):
            for column in table.columns:
                for chunk in column.chunks:
                    yield from (memoryview(buffer) for buffer in _buffers(chunk))


def _tables(build: Path, name: str, columns: list[str] | None = None) -> Iterator[pa.Table]:
    """A table, or its parts; with owners and categories as codes, as `sidelines check` reads them."""
    path = build / "parquet" / f"{name}.parquet"
    for part in [path] if path.is_file() else sorted(path.iterdir()):
        yield pq.read_table(part, columns=columns, read_dictionary=["document"], partitioning=None)


def _buffers(items: pa.Array) -> Iterator[pa.Buffer]:
    if pa.types.is_dictionary(items.type):
        yield from _buffers(items.dictionary)
    yield from (buffer for buffer in items.buffers() if buffer is not None)


PIECES: dict[str, Callable[[Path], Iterator[Any]]] = {"texts": texts, "files": files, "values": values}


def total(pieces: list[Any]) -> int:
    """Hash pieces, each by itself; returns how many bytes they have."""
    for piece in pieces:
        sha256(piece).digest()
    return sum(map(len, pieces))


def main() -> int:
    """Hash what the command line names."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("build", type=Path)
    parser.add_argument("--of", choices=PIECES, required=True)
    options = parser.parse_args()
    size = sum(total([piece]) for piece in PIECES[options.of](options.build))
    print(f"{size:,} bytes of {options.of}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
