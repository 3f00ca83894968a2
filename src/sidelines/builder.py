"""A build: the checked corpus as Parquet, with what is needed to read and verify it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

import sidelines
from sidelines.checker import Progress, check_batches, check_corpus
from sidelines.derive import derive, schemas
from sidelines.errors import InvalidCorpusError, count
from sidelines.layout import find
from sidelines.problems import Problem, Report
from sidelines.reader import Reader
from sidelines.writer import replace_folder

__all__ = ["Build", "build"]

SUMS = "SHA256SUMS"


@dataclass(frozen=True, slots=True)
class Build:
    """What `build` wrote: where, from which corpus, and how many rows of each table."""

    out: Path
    corpus: Reader
    report: Report
    rows: dict[str, int]
    size: int


def build(
    path: str | os.PathLike[str] | None = None,
    out: str | os.PathLike[str] = "build",
    *,
    progress: Progress | None = None,
) -> Build:
    """Check a corpus, then write its build.

    Parameters
    ----------
    path:
        a corpus folder, as for `check`.
    out:
        the folder to write: `parquet/<table>.parquet` for `documents` and every table, with the derived columns;
        `corpus.json`; `schema/`; `SHA256SUMS` over all of them. An earlier build there is replaced whole.
    progress:
        as for `check`.

    Raises
    ------
    InvalidCorpusError
        when the corpus has errors: nothing is written, and an earlier build is as it was.
    SidelinesError
        when there is no corpus, or `out` cannot be written or holds something other than a build.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     build(out=folder).rows["documents"]
    1
    """
    corpus = Reader(find(None if path is None else Path(path)))
    with replace_folder(Path(out), SUMS) as folder:
        problems, rows = _write_tables(corpus, folder / "parquet", progress)
        report = Report(problems, len(corpus.documents), rows)
        if not report.ok:
            message = f"{corpus.root}: {count(report.errors, 'error')}, so nothing was built"
            raise InvalidCorpusError(message, list(report))
        _copy(corpus.root / "corpus" / "corpus.json", folder / "corpus.json")
        (folder / "schema").mkdir()
        for source in sorted((corpus.root / "schema").glob("*.schema.json")):
            _copy(source, folder / "schema" / source.name)
        size = _write_sums(folder)
    return Build(Path(out), corpus, report, rows, size)


def _write_tables(corpus: Reader, folder: Path, progress: Progress | None) -> tuple[list[Problem], dict[str, int]]:
    """Write each batch as it is checked; after the first error only the checking goes on."""
    folder.mkdir()
    problems = check_corpus(corpus)
    with ExitStack() as stack:
        writers = {
            name: stack.enter_context(_writer(folder / f"{name}.parquet", _described(schema, corpus)))
            for name, schema in schemas(corpus.model).items()
        }
        rows = dict.fromkeys(writers, 0)
        done = 0
        sound = not any(problem.severity == "error" for problem in problems)
        for batch, found in check_batches(corpus):
            problems += found
            sound = sound and not any(problem.severity == "error" for problem in found)
            for name, table in (derive(batch) if sound else {}).items():
                writers[name].write_table(table.replace_schema_metadata(_described(table.schema, corpus).metadata))
                rows[name] += table.num_rows
            done += len(batch.ids)
            if progress is not None:
                progress(done, len(corpus.documents), len(problems))
    return problems, rows


def _writer(path: Path, schema: pa.Schema) -> pq.ParquetWriter:
    # Statistics would hold the least and the greatest text of each page, whole.
    statistics = True if path.stem != "documents" else [name for name in schema.names if name != "text"]
    return pq.ParquetWriter(path, schema, compression="zstd", write_page_checksum=True, write_statistics=statistics)


def _described(schema: pa.Schema, corpus: Reader) -> pa.Schema:
    """The schema with the corpus's name and version, and that of Sidelines, in its metadata."""
    own = {"corpus": corpus.name, "corpus_version": corpus.version, "sidelines_version": sidelines.__version__}
    return schema.with_metadata({**(schema.metadata or {}), **{k.encode(): v.encode() for k, v in own.items()}})


def _copy(source: Path, target: Path) -> None:
    target.write_bytes(source.read_bytes())


def _write_sums(folder: Path) -> int:
    """Write SHA256SUMS, as `sha256sum -c` reads it; returns the size of what it names."""
    lines, size = [], 0
    for path in _files(folder):
        content = path.read_bytes()
        size += len(content)
        lines.append(f"{sha256(content).hexdigest()}  {path.relative_to(folder).as_posix()}\n")
    (folder / SUMS).write_bytes("".join(lines).encode())
    return size


def _files(folder: Path) -> Iterator[Path]:
    return iter(sorted(path for path in folder.rglob("*") if path.is_file()))
