"""One part of a build: the tables of some documents, checked and written, and a record that they were.

A part is finished when its record stands in the folder of the new build. Until then whoever finds something of it
there writes it again; two that write it at the same time write the same, and neither sees half of the other's.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

import msgspec
import pyarrow as pa
import pyarrow.parquet as pq

import sidelines
from sidelines.checker import Work, check_batches
from sidelines.derive import derive, schemas
from sidelines.digest import KEY, ContentHash
from sidelines.files import new_file
from sidelines.layout import BuildFolder
from sidelines.opening import AnyReader
from sidelines.outputs import RECORDS, Output, hash_file
from sidelines.problems import Problem

__all__ = ["Part", "Written", "finished", "write"]

GROUP_DOCUMENTS = 1000  # or a batch more: their rows are one row group of each table


@dataclass(frozen=True, slots=True)
class Part:
    """A part that is to be written: which documents, and where; `name` is None where tables are one file each.

    With `sound` false, no build can come of the corpus any more, and the documents are only checked.
    """

    work: Work
    output: Output
    name: str | None
    sound: bool

    def path(self, table: str) -> str:
        """The file that the rows of a table go to."""
        return BuildFolder(Path(), self.name).table(table)

    def record(self) -> str:
        """The file in which it stands that the part is finished."""
        return f"{RECORDS}/{self.name}.json"


class Written(msgspec.Struct, frozen=True):
    """What became of a part; `sums` has the SHA-256 of each file, by path, and is empty when an error was found.

    `source` is a hash of the state of all that it was made from.
    """

    source: str
    documents: int
    rows: dict[str, int]
    problems: list[Problem]
    sums: dict[str, str]
    size: int


def write(part: Part, tell: Callable[[int, int], None] | None = None) -> Written:
    """Check the documents of a part and write their tables; `tell` is given documents and problems of each batch."""
    corpus = part.work.open()
    source = "" if part.name is None else _state(corpus, part.work)
    made = schemas(corpus.model)
    paths = {name: part.path(name) for name in made}
    problems: list[Problem] = []
    documents, sound = 0, part.sound
    with part.output.fresh(paths.values()) as fresh:
        with ExitStack() as stack:
            tables = {
                name: stack.enter_context(_table(fresh[paths[name]], schema, corpus)) for name, schema in made.items()
            }
            for batch, found in check_batches(corpus, [part.work.shard], part.work.codes):
                problems += found
                sound = sound and not any(problem.severity == "error" for problem in found)
                for name, rows in (derive(batch) if sound else {}).items():
                    tables[name].add(rows, len(batch.ids))
                documents += len(batch.ids)
                if tell is not None:
                    tell(len(batch.ids), len(found))
            for table in tables.values() if sound else ():
                table.finish()
        counts = {name: table.rows for name, table in tables.items()}
        if not sound:
            return Written(source, documents, counts, problems, {}, 0)
        size = sum(place.stat().st_size for place in fresh.values())
        sums = {path: hash_file(place) for path, place in fresh.items()}
        for path, place in fresh.items():
            part.output.publish(place, path)
    written = Written(source, documents, counts, problems, sums, size)
    if part.name is not None:
        part.output.create(part.record(), msgspec.json.encode(written))
    return written


def finished(part: Part, corpus: AnyReader) -> Written | None:
    """What an earlier run wrote of a part, if it is there, whole, and made from what there is now."""
    if part.name is None:
        return None
    try:
        done = msgspec.json.decode(part.output.read(part.record()), type=Written)
        whole = all(part.output.hash(name) == sum for name, sum in done.sums.items())
    except (OSError, UnicodeDecodeError, msgspec.DecodeError):
        return None
    return done if whole and done.source == _state(corpus, part.work) else None


class _Table:
    """A table of a part that is being written, a row group for every so many documents."""

    __slots__ = ("_content", "_held", "_owners", "_writer", "rows")

    def __init__(self, writer: pq.ParquetWriter, schema: pa.Schema) -> None:
        self._writer = writer
        self._content = ContentHash(schema)
        self._held: list[pa.Table] = []
        self._owners = 0  # the documents whose rows are held
        self.rows = 0

    def add(self, rows: pa.Table, documents: int) -> None:
        """Take the rows of the next documents."""
        self._content.update(rows)
        self._held.append(rows.replace_schema_metadata(self._writer.schema.metadata))
        self._owners += documents
        self.rows += rows.num_rows
        if self._owners >= GROUP_DOCUMENTS:
            self._flush()

    def finish(self) -> None:
        """Write what is held, and the hash of it all."""
        self._flush()
        if not self.rows:
            # pyarrow 18 cannot read a file without a row group; `empty_table` would import pandas.
            self._writer.write_table(pa.Table.from_batches([], self._writer.schema))
        self._writer.add_key_value_metadata({KEY: str(self._content)})

    def _flush(self) -> None:
        held, self._held, self._owners = self._held, [], 0
        if any(rows.num_rows for rows in held):
            self._writer.write_table(pa.concat_tables(held))


@contextmanager
def _table(path: Path, schema: pa.Schema, corpus: AnyReader) -> Iterator[_Table]:
    # Statistics would hold the least and the greatest text of each page, whole.
    own = {"corpus": corpus.name, "corpus_version": corpus.version, "sidelines_version": sidelines.__version__}
    described = schema.with_metadata({**(schema.metadata or {}), **{k.encode(): v.encode() for k, v in own.items()}})
    statistics = [name for name in schema.names if schema.field(name).type != pa.large_string()]
    options = {"compression": "zstd", "write_page_checksum": True, "write_statistics": statistics}
    with new_file(path) as file, pq.ParquetWriter(file, described, **options) as writer:
        yield _Table(writer, schema)


def _state(corpus: AnyReader, work: Work) -> str:
    """A hash of what a part is made from, and by what: versions, rules, and the state of each file on the disk."""
    state = sha256(f"{sidelines.__version__} {pa.__version__} {sorted(work.codes)}\n".encode())
    paths = list(corpus.files(work.shard))
    for path, found in zip(paths, corpus.sources.states(paths), strict=True):
        shown = f"{found.errno} {found}" if isinstance(found, OSError) else found
        state.update(f"{path} {shown}\n".encode())
    return state.hexdigest()
