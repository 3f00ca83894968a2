"""Make an archive to measure with: a build in parts, of any number of documents, without a fault.

    python benchmarks/archive.py OUT --documents 100000

The documents are those of `generate.py`, of which a thousand (or `--different`) are made and then repeated under other
ids. It is written as other programs would write it, part by part, so an archive of a million documents takes about
five minutes and 4.5 GB.
"""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from generate import write_corpus

import sidelines

PART_DOCUMENTS = 10_000


def archive(out: Path, documents: int, different: int, seed: int) -> None:
    """Write an archive to a folder that is not there yet; until it is whole, it stands beside it."""
    half = out.with_name(f"{out.name}.half")
    shutil.rmtree(half, ignore_errors=True)  # of a run that was broken off
    with tempfile.TemporaryDirectory() as folder:
        write_corpus(Path(folder, "files"), different, seed)
        built = sidelines.build(Path(folder, "files"), Path(folder, "built"), part_documents=different).out
        shutil.copytree(built / "schema", half / "schema")
        shutil.copy(built / "corpus.json", half / "corpus.json")
        for path in sorted((built / "parquet").iterdir()):
            rows = pq.read_table(path)
            (half / "parquet" / path.name).mkdir(parents=True)
            for first in range(0, documents, PART_DOCUMENTS):
                last = min(first + PART_DOCUMENTS, documents)
                part = half / "parquet" / path.name / f"part-{first // PART_DOCUMENTS:05}.parquet"
                with pq.ParquetWriter(part, rows.schema, compression="zstd", write_page_checksum=True) as writer:
                    for group in _repeated(rows, first, last, different):
                        writer.write_table(group)
    half.rename(out)
    sys.stderr.write(f"{out}: {documents:,} documents\n")


def _repeated(rows: pa.Table, first: int, last: int, different: int) -> Iterator[pa.Table]:
    """The rows of the documents from `first` to `last`, as many documents at a time as are different."""
    column = rows.column("document").combine_chunks()
    at = np.fromiter((int(id_.removeprefix("news-")) for id_ in column.to_pylist()), np.int64, rows.num_rows)
    for start in range(first, last, different):
        ids = pa.array([f"news-{number:09}" for number in range(start, start + different)])
        owners = ids.take(pa.array(at - at.min()))
        group = rows.set_column(0, rows.schema.field(0), owners)
        if start + different > last:
            group = group.filter(pa.array(at - at.min() < last - start))
        yield group


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("out", type=Path, help="a folder that is not there yet")
    parser.add_argument("--documents", type=int, default=100_000)
    parser.add_argument("--different", type=int, default=1_000, help="how many are not repetitions (default: 1,000)")
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    if arguments.out.exists():
        parser.error(f"{arguments.out} is there already")
    archive(arguments.out, arguments.documents, min(arguments.different, arguments.documents), arguments.seed)
    return 0


if __name__ == "__main__":
    sys.exit(main())
