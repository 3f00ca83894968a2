"""A build: the checked corpus as Parquet, with what is needed to read and verify it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

import sidelines
from sidelines.checker import Progress, check_batches, check_corpus
from sidelines.derive import derive, schemas
from sidelines.digest import KEY, ContentHash
from sidelines.errors import InvalidCorpusError, SidelinesError, count
from sidelines.files import create_file, new_file, reason, replace_folder, within
from sidelines.opening import AnyReader, open_corpus
from sidelines.problems import Problem, Report
from sidelines.sources import Limits

__all__ = ["Build", "build"]

SUMS = "SHA256SUMS"
CLUTTER = {".DS_Store", "Thumbs.db", "desktop.ini"}  # what file managers leave behind


@dataclass(frozen=True, slots=True)
class Build:
    """What `build` wrote: where, from which corpus, and how many rows of each table."""

    out: Path
    corpus: AnyReader
    report: Report
    rows: dict[str, int]
    size: int


def build(
    path: str | os.PathLike[str] | None = None,
    out: str | os.PathLike[str] = "build",
    *,
    progress: Progress | None = None,
    limits: Limits | None = None,
) -> Build:
    """Check a corpus, then write its build.

    Parameters
    ----------
    path:
        a corpus folder, as for `check`.
    out:
        the folder to write: `parquet/<table>.parquet` for `documents` and every table, with the derived columns;
        `corpus.json`; `schema/`; `SHA256SUMS` over all of them. An earlier build there is replaced whole.
    progress, limits:
        as for `check`.

    Raises
    ------
    InvalidCorpusError
        when the corpus has errors: nothing is written, and an earlier build is as it was.
    SidelinesError
        when there is no corpus, or `out` cannot be written, holds something other than a build, or is where the
        sources are; what was there is as it was.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     build(out=folder).rows["documents"]
    1
    """
    corpus = open_corpus(path, limits)
    _spare_sources(Path(out), corpus.root)
    with replace_folder(Path(out), _stranger) as folder:
        problems, rows = _write_tables(corpus, folder / "parquet", progress)
        report = Report(problems, corpus.count, rows)
        if not report.ok:
            message = f"{corpus.root}: {count(report.errors, 'error')}, so nothing was built"
            raise InvalidCorpusError(message, list(report))
        _copy(corpus.root / corpus.settings.file, folder / "corpus.json")
        (folder / "schema").mkdir()
        for source in sorted((corpus.root / "schema").glob("*.schema.json")):
            _copy(source, folder / "schema" / source.name)
        size = _write_sums(folder)
    return Build(Path(out), corpus, report, rows, size)


def _spare_sources(out: Path, root: Path) -> None:
    """Refuse to build where the sources are: they would be replaced, or the build be taken for one of them."""
    if within(root, out):
        raise SidelinesError(f"{out}: a build there would replace the corpus {root}; choose another --out")
    for folder in (root / "corpus", root / "schema", root / "annotations"):
        if within(out, folder):
            raise SidelinesError(f"{out}: a build there would stand among the sources, in {folder}; choose another")


def _stranger(folder: Path) -> str | None:
    """Something in a folder that no earlier build has put there: not named, nor its folder, in the folder's sums."""
    try:
        lines = (folder / SUMS).read_text(encoding="utf-8").splitlines()
    except (OSError, ValueError):
        lines = []
    known = {line[66:].partition("/")[0] for line in lines} | {SUMS} if lines else set()
    return next((repr(name) for name in sorted(os.listdir(folder)) if name not in known | CLUTTER), None)


def _write_tables(corpus: AnyReader, folder: Path, progress: Progress | None) -> tuple[list[Problem], dict[str, int]]:
    """Write each batch as it is checked; after the first error only the checking goes on."""
    folder.mkdir()
    problems = check_corpus(corpus)
    made = schemas(corpus.model)
    with ExitStack() as stack:
        writers = {
            name: stack.enter_context(_writer(folder / f"{name}.parquet", _described(schema, corpus)))
            for name, schema in made.items()
        }
        rows = dict.fromkeys(writers, 0)
        contents = {name: ContentHash(schema) for name, schema in made.items()}
        done = 0
        sound = not any(problem.severity == "error" for problem in problems)
        for batch, found in check_batches(corpus):
            problems += found
            sound = sound and not any(problem.severity == "error" for problem in found)
            for name, table in (derive(batch) if sound else {}).items():
                if table.num_rows:
                    described = _described(table.schema, corpus).metadata
                    writers[name].write_table(table.replace_schema_metadata(described))
                contents[name].update(table)
                rows[name] += table.num_rows
            done += len(batch.ids)
            if progress is not None:
                progress(done, corpus.count, len(problems))
        for name, writer in writers.items():
            if not rows[name]:
                # pyarrow 18 cannot read a file without a row group; `empty_table` would import pandas.
                writer.write_table(pa.Table.from_batches([], made[name]))
            writer.add_key_value_metadata({KEY: str(contents[name])})
    return problems, rows


@contextmanager
def _writer(path: Path, schema: pa.Schema) -> Iterator[pq.ParquetWriter]:
    # Statistics would hold the least and the greatest text of each page, whole.
    statistics = True if path.stem != "documents" else [name for name in schema.names if name != "text"]
    options = {"compression": "zstd", "write_page_checksum": True, "write_statistics": statistics}
    with new_file(path) as file, pq.ParquetWriter(file, schema, **options) as writer:
        yield writer


def _described(schema: pa.Schema, corpus: AnyReader) -> pa.Schema:
    """The schema with the corpus's name and version, and that of Sidelines, in its metadata."""
    own = {"corpus": corpus.name, "corpus_version": corpus.version, "sidelines_version": sidelines.__version__}
    return schema.with_metadata({**(schema.metadata or {}), **{k.encode(): v.encode() for k, v in own.items()}})


def _copy(source: Path, target: Path) -> None:
    try:
        content = source.read_bytes()
    except OSError as error:
        raise SidelinesError(f"{source}: cannot be read: {reason(error)}") from error
    create_file(target, content)


def _write_sums(folder: Path) -> int:
    """Write SHA256SUMS, as `sha256sum -c` reads it; returns the size of what it names."""
    lines, size = [], 0
    for path in _files(folder):
        content = path.read_bytes()
        size += len(content)
        lines.append(f"{sha256(content).hexdigest()}  {path.relative_to(folder).as_posix()}\n")
    create_file(folder / SUMS, "".join(lines).encode())
    return size


def _files(folder: Path) -> Iterator[Path]:
    # By the path as it is written: the order of Path is another on Windows.
    return iter(sorted((path for path in folder.rglob("*") if path.is_file()), key=Path.as_posix))
