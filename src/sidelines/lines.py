"""JSON Lines read as a corpus: a document with its layers a line, as strictly as files are, whatever their layout.

A line in order is decoded by one type, made of those of the corpus's schemas, and holds what was decoded and nothing
more. Any other is looked at again, slowly, as a file would be, so that it gets the same problems.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any, NamedTuple

import msgspec
from msgspec import UNSET

from sidelines.codec import Codec
from sidelines.errors import SidelinesError
from sidelines.files import reason
from sidelines.jsontree import Path as At
from sidelines.layout import LEGAL_ID, LinesFolder
from sidelines.linefile import Line, Shape, count_lines, ids, is_legal, last_ids, split, within
from sidelines.model import Model, Table
from sidelines.objects import sources_of
from sidelines.problems import Problem, Spot, pointer
from sidelines.reader import BATCH_BYTES, BATCH_DOCUMENTS, against_constraints, listed, overlapped
from sidelines.salvage import salvage
from sidelines.settings import Settings, is_plain
from sidelines.sources import DEEPEST, Limits, UnreadableError
from sidelines.stores import Store, StoredFile
from sidelines.strictjson import parse
from sidelines.tables import Batch, Document, Locator, Rows, make_batch

__all__ = ["LinesReader"]

ENDING = ".jsonl"


class LinesReader:
    """A corpus of JSON Lines: its metadata and model now, its documents when they are asked for, a batch at a time.

    `problems` holds what is wrong with the corpus as a whole: its metadata, its schemas, and the names of its files.
    `shards` are the names of the files in `jsonl/`, which can be read each by itself.
    """

    built = False

    def __init__(self, root: Path | Store, limits: Limits | None = None) -> None:
        self.root = root
        self.sources = sources_of(root, limits or Limits())
        self.settings = Settings(self.sources, "corpus.json")
        self.model, self.problems = self.settings.model, self.settings.problems
        self.metadata, self.name, self.version = self.settings.metadata, self.settings.name, self.settings.version
        self.shards: tuple[str, ...] = ()
        if "document" in self.model.metadata and self.settings.inside("jsonl"):
            self.shape = Shape(self.settings, self.sources.limits.depth)
            # In the order that the parts of a build of them will have.
            self.shards = tuple(sorted(self._list_files(), key=_part))

    def places(self, part: str | None) -> LinesFolder:
        """Where the documents of a shard, or of a batch, stand."""
        return LinesFolder(self.root, part or "")

    @cached_property
    def count(self) -> int:
        """The number of documents: of lines, as far as they can be read."""
        number = 0
        for shard in self.shards:
            with suppress(OSError, UnreadableError), self.open(shard) as file:
                number += count_lines(file)
        return number

    @property
    def documents(self) -> tuple[str, ...]:
        """The ids of the documents, as far as they can be read."""
        found: list[str] = []
        for shard in self.shards:
            with suppress(OSError, UnreadableError), self.open(shard) as file:
                found += ids(line for _, line in split(file, self.sources.limits.file_bytes))
        return tuple(found)

    def parts(self, size: int | None, most: int) -> dict[str | None, str]:
        """The parts of a build: each file makes one of its name, whatever size is meant; an only one needs no name."""
        if size is not None:
            raise SidelinesError(f"{self.root}: each file of JSON Lines makes a part of a build; leave their size out")
        if len(self.shards) < 2:
            return {None: "".join(self.shards)}
        return {_part(shard): shard for shard in self.shards}

    def files(self, shard: str) -> Iterator[str]:
        """The paths of the files that a shard is read from, and of those before it that say which documents follow."""
        yield from self.settings.files()
        for earlier in self._before(shard):
            yield self.places(earlier).file
            if self._last_ids(earlier):
                break
        yield self.places(shard).file

    def locator(self, batch: Batch) -> Locator:
        """A function that says where a value of a batch stands: in which line, and where in its value."""
        trees = lru_cache(maxsize=64)(lambda document: parse(batch.lines[document][1], DEEPEST))
        path = self.places(batch.part).file

        def spot(document: int, table: Table | None, row: At, at: At) -> Spot:
            whole = (*within(None if table is None else table.layer), *row, *at)
            return Spot(path, pointer(whole), batch.lines[document][0], trees(document).position(whole)[1])

        return spot

    def batches(
        self, size: int = BATCH_DOCUMENTS, *, shards: Sequence[str] | None = None
    ) -> Iterator[tuple[Batch, list[Problem]]]:
        """Read the documents, `size` at a time, with the problems of their lines (F…, S1…, P003).

        With `shards`, only those; nothing of a corpus without a sound schema of its documents' metadata.
        """
        for name in self.shards if shards is None else shards:
            if name in self.shards:
                shard = _Shard(self, name)
                yield from overlapped(shard.batch, shard.read(size))

    # -- files ---------------------------------------------------------------------------------------------------------

    def _list_files(self) -> Iterator[str]:
        """The names of the files of lines; what stands beside them is reported."""
        none = True
        for entry in self.settings.entries("jsonl"):
            none = none and not entry.name.endswith(ENDING)
            if not entry.name.endswith(ENDING):
                message = f"expected files of JSON Lines, such as part-00000.jsonl, found {entry.name!r}"
                self.problems.append(Problem("F002", "error", message, f"jsonl/{entry.name}"))
            elif not is_plain(entry.name):
                message = f"expected a name that can be printed, without \\, found {entry.name!r}"
                self.problems.append(Problem("F003", "error", message, f"jsonl/{entry.name}"))
            else:
                yield entry.name
        if none and "jsonl" not in self.settings.closed:
            message = "expected files of JSON Lines in jsonl, such as part-00000.jsonl, found none"
            self.problems.append(Problem("F001", "error", message, "jsonl"))

    @contextmanager
    def open(self, shard: str) -> Iterator[Any]:
        """A file of lines, for reading; raises what `Sources.locate` does, and OSError."""
        place = self.sources.locate(self.places(shard).file)
        with place.stream() if isinstance(place, StoredFile) else open(place, "rb", buffering=0) as file:
            yield file

    def last_before(self, shard: str) -> str:
        """The id of the last document in the files before; of what cannot be read, its own problems say more."""
        return next((max(found) for earlier in self._before(shard) if (found := self._last_ids(earlier))), "")

    def _before(self, shard: str) -> Iterator[str]:
        """The files before one, the nearest first; nothing is before what is none."""
        return reversed(self.shards[: self.shards.index(shard)] if shard in self.shards else ())

    def _last_ids(self, shard: str) -> list[str]:
        with suppress(OSError, UnreadableError), self.open(shard) as file:
            return last_ids(file, self.sources.limits.file_bytes)
        return []


class _Found(NamedTuple):
    """Documents as they were read, the number and the bytes of the line of each, and the problems of all lines."""

    documents: list[Document]
    lines: list[tuple[int, bytes]]
    problems: list[Problem]


class _Shard:
    """One file of lines, read in batches of documents."""

    def __init__(self, corpus: LinesReader, name: str) -> None:
        self.corpus, self.name, self.path = corpus, name, corpus.places(name).file
        self.model: Model = corpus.model
        self.shape, self.limits = corpus.shape, corpus.sources.limits
        self.language, self.grammars = corpus.settings.language, corpus.settings.grammars
        self.last = corpus.last_before(name)

    def read(self, size: int) -> Iterator[_Found]:
        """The documents as they are in their lines, `size` at a time or fewer, and at least once."""
        found, held, some = _Found([], [], []), 0, False
        faults: list[Problem] = []  # of the file
        for number, raw in self._lines(faults):
            document = self._document(number, raw, found.problems)
            if document is not None:
                found.documents.append(document)
                found.lines.append((number, raw))
                held += len(raw) + document.size
            if len(found.documents) == size or held > BATCH_BYTES:
                yield found
                found, held, some = _Found([], [], []), 0, True
        found.problems.extend(faults)
        if found.documents or found.problems or not some:
            yield found

    def _lines(self, problems: list[Problem]) -> Iterator[tuple[int, bytes]]:
        """The lines that are not too long; what is wrong with others, and with the file, is reported."""
        most = self.limits.file_bytes
        try:
            with self.corpus.open(self.name) as file:
                for number, line in split(file, most):
                    if isinstance(line, bytes):
                        yield number, line
                    else:
                        message = f"expected a line of at most {most:,} bytes, found {line:,}"
                        problems.append(Problem("F005", "error", message, self.path, None, number, 1))
        except FileNotFoundError:
            problems.append(Problem("F001", "error", f"expected the file {self.path}, found none", self.path))
        except UnreadableError as error:
            problems.append(Problem(error.code, "error", error.message, self.path))
        except OSError as error:
            problems.append(Problem("F004", "error", f"cannot be read: {reason(error)}", self.path))

    def _document(self, number: int, raw: bytes, problems: list[Problem]) -> Document | None:
        line = Line(self.path, number, raw, problems)
        content = self.shape.read(raw)
        if content is None and not line.parse(self.limits.depth):
            return None
        id_ = line.look(("document", "id")) if content is None else self.shape.id(content)
        if isinstance(id_, str):
            line.document = id_
            if not self._in_order(line, id_):
                return None
        if content is None:
            line.faults(self.shape.envelope)
        metadata = None
        tables: dict[str, Rows | bytes] = {}
        sound: list[tuple[Codec, At]] = []  # parts without a problem so far
        for layer, codec in self.shape.codecs.items():
            before = len(problems)
            typed, rows = self._typed(line, codec, layer) if content is None else (content.parts[layer], {})
            if typed is not None:
                rows = self._checked(line, codec, layer, typed, {} if content is None else content.rows)
                sound += [(codec, within(layer))] if len(problems) == before else []
            tables |= rows
            metadata = typed if layer is None else metadata
        text = line.look(("text",)) if content is None else content.text
        if metadata is not None and isinstance(text, str):
            return Document(id_, metadata, text.encode(), tables)
        for codec, place in sound:  # no batch will see its strings, so their patterns are looked at now
            line.faults(codec, place)
        return None

    def _in_order(self, line: Line, id_: str) -> bool:
        """Whether a document has an id that it can have, and stands behind those before it."""
        at = ("document", "id")
        if not is_legal(id_):
            line.problem("F003", f"id: expected {LEGAL_ID}, found {id_!r}", at)
        elif id_ <= self.last:
            message = f"expected documents in the order of their ids, each once, found {id_!r} after {self.last!r}"
            line.problem("P003", message, at)
        else:
            self.last = id_
            return True
        return False

    def _typed(self, line: Line, codec: Codec, layer: str | None) -> tuple[Any, Mapping[str, Rows | bytes]]:
        """The content of a part of a line; of one that is not of its shape, None and the rows that are."""
        place = within(layer)
        value = line.look(place)
        if not isinstance(value, dict):
            return None, {}  # of which the envelope says more
        try:
            return msgspec.convert(value, codec.content), {}
        except msgspec.ValidationError:
            return None, salvage(codec, value, line.faults(codec, place))

    def _checked(
        self, line: Line, codec: Codec, layer: str | None, content: Any,
        written: Mapping[str, tuple[Sequence[Any], bytes]],
    ) -> Mapping[str, Rows | bytes]:  # fmt: skip
        """The rows of a part of a line; what it says of its document and its schema is held against them."""
        place = within(layer)
        schema = "../schema/document.schema.json" if layer is None else f"../../schema/{layer}.schema.json"
        named = line.document is not None and layer is not None
        if named and (found := codec.get(content, "document")) not in (line.document, UNSET):
            message = f"document: expected {line.document!r}, the id of the document, found {found!r}"
            line.problem("F201", message, (*place, "document"))
        if (found := codec.get(content, "$schema")) not in (schema, UNSET):
            line.problem("F202", f"$schema: expected {schema!r}, found {found!r}", (*place, "$schema"))
        tables: dict[str, Rows | bytes] = {}
        for table in codec.layer.tables:
            rows, as_json = written.get(table.name, (listed(codec.get(content, table.key)), None))
            if len(rows) > (most := self.limits.rows):
                message = f"{table.key}: expected at most {most:,} rows, found {len(rows):,}"
                line.problem("S107", message, (*place, table.key), True, table.name)
                tables[table.name] = Rows(read=False)
            elif as_json is None or table.name not in self.grammars:
                tables[table.name] = Rows(rows)
            else:
                tables[table.name] = as_json  # Arrow reads it while the next lines are decoded
        return tables

    def batch(self, found: _Found) -> tuple[Batch, list[Problem]]:
        """The tables of some documents; lines in which a value breaks a pattern or bounds are looked at again."""
        documents, lines, problems = found
        batch = make_batch(self.model, self.language, documents, self.grammars)
        again = against_constraints(batch)
        for position in sorted(again, reverse=True):
            document = documents[position]
            line = Line(self.path, *lines[position], problems)
            line.document = document.id
            tables = dict(document.tables)
            for name in sorted(again[position]):
                layer = None if name == "document" else name
                codec, place = self.shape.codecs[layer], within(layer)
                value = line.look(place)
                if isinstance(value, dict):  # or else the envelope has said enough
                    rows = salvage(codec, value, line.faults(codec, place))
                    tables |= {table: kept for table, kept in rows.items() if _is_read(tables[table])}
            documents[position] = Document(document.id, document.metadata, document.text, tables)
            if "document" in again[position]:
                del documents[position], lines[position]
        if again:
            batch = make_batch(self.model, self.language, documents, self.grammars)
        return replace(batch, part=self.name, lines=tuple(lines)), problems


def _part(shard: str) -> str:
    """The name of the part of a build that a file of lines makes."""
    return f"{shard.removesuffix(ENDING)}.parquet"


def _is_read(rows: Rows | bytes) -> bool:
    return isinstance(rows, bytes) or rows.read
