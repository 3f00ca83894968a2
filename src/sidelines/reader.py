"""Files in, tables out: a corpus folder is read in batches of documents, strictly, and nothing else is read.

A file in order is decoded by its schema's codec and equals its own canonical form, byte for byte. Any other is looked
at again, slowly, for the cause and its place; its sound rows are kept, so that one fault does not hide the next.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache
from itertools import chain
from pathlib import Path
from typing import Any, TypeVar

from msgspec import UNSET

from sidelines import arrow, columns, patterns
from sidelines.files import reason
from sidelines.jsontree import Tree
from sidelines.layout import DOCUMENT_ID, LEGAL_ID, Folder, is_reserved
from sidelines.model import Table
from sidelines.objects import sources_of
from sidelines.problems import Problem, Spot, names, nearest, pointer
from sidelines.salvage import disagrees, look_again, salvage
from sidelines.settings import Settings
from sidelines.sources import DEEPEST, Limits, UnreadableError
from sidelines.stores import Store
from sidelines.strictjson import JSONFault, not_utf8, parse
from sidelines.tables import Batch, Document, Locator, Rows, make_batch

__all__ = ["Reader", "against_constraints", "listed", "overlapped"]

Found = TypeVar("Found")

BATCH_DOCUMENTS = 250
SHARD_DOCUMENTS = 2500  # at least, if there are as many: another process takes as long to start as for a few hundred
BATCH_BYTES = 64 * 2**20
EXPECTED = 50  # documents whose files a store is asked for at the same time


class Reader:
    """A corpus on disk: its metadata and model now, its documents when they are asked for, a batch at a time.

    `problems` holds what is wrong with the corpus as a whole: its metadata, schemas, and the names of its files.
    `changed` has, by path, what is read instead of some files.
    """

    built = False  # from another, so that no project stands around it

    def __init__(
        self, root: Path | Store, limits: Limits | None = None, changed: Mapping[str, bytes] | None = None
    ) -> None:
        self.root = root
        self.folder = Folder(root)
        self.sources = sources_of(root, limits or Limits(), changed)
        self.settings = Settings(self.sources, "corpus/corpus.json")
        self.model, self.layers = self.settings.model, self.settings.layers
        self.problems = self.settings.problems
        self._grammars = self.settings.grammars
        self._codecs = self.settings.codecs
        self.documents = self.settings.documents = self._list_documents()

    @property
    def metadata(self) -> dict[str, Any]:
        """The properties in `corpus.json`, as far as it could be read."""
        return self.settings.metadata

    @property
    def name(self) -> str:
        """The name in `corpus.json`."""
        return self.settings.name

    @property
    def version(self) -> str:
        """The version in `corpus.json`."""
        return self.settings.version

    @property
    def count(self) -> int:
        """The number of documents."""
        return len(self.documents)

    @property
    def shards(self) -> tuple[range, ...]:
        """The documents, by their positions, in pieces that can be read each by itself."""
        number = max(self.count // SHARD_DOCUMENTS, 1)
        bounds = [self.count * at // number for at in range(number + 1)]
        return tuple(map(range, bounds, bounds[1:]))

    def parts(self, size: int | None, most: int) -> dict[str | None, range]:
        """The documents of each part of a build, by its name: `size` of them, or `most`; None names an only part."""
        every, size = range(self.count), size or most
        if self.count <= size:
            return {None: every}
        return {f"part-{at:05}.parquet": every[first : first + size] for at, first in enumerate(every[::size])}

    def locator(self, batch: Batch) -> Locator:
        """A function that says where a value of a batch stands."""
        trees = lru_cache(maxsize=64)(self._tree)

        def spot(document: int, table: Table | None, row: tuple[str | int, ...], at: tuple[str | int, ...]) -> Spot:
            id_, whole = batch.ids[document], (*row, *at)
            path = self.folder.metadata(id_) if table is None else self.folder.layer(id_, table.layer)
            tree = trees(path)
            return Spot(path, pointer(whole), *(tree.position(whole) if tree is not None else (None, None)))

        return spot

    def _tree(self, path: str) -> Tree | None:
        try:
            return parse(self.sources.read(path), DEEPEST)
        except (FileNotFoundError, UnreadableError, JSONFault):
            return None  # the file changed while it was being checked

    def files(self, shard: range) -> Iterator[str]:
        """The paths of the files that a shard is read from."""
        yield from self.settings.files()
        for at in shard:
            yield from self._files(self.documents[at])

    def _files(self, document: str) -> Iterator[str]:
        yield from (self.folder.metadata(document), self.folder.text(document))
        yield from (self.folder.layer(document, layer) for layer in self.layers)

    def batches(
        self, size: int = BATCH_DOCUMENTS, *, shards: Sequence[range] | None = None
    ) -> Iterator[tuple[Batch, list[Problem]]]:
        """Read the documents, `size` at a time, with the problems of their files (F…, S1…, T001).

        With `shards`, only those; nothing of a corpus without a sound schema of its documents' metadata: `problems`
        says why.
        """
        if "document" not in self._codecs:
            return
        wanted = self.documents if shards is None else [self.documents[at] for shard in shards for at in shard]
        yield from overlapped(lambda found: self._batch(*found), self._read(wanted, size))

    def _read(self, wanted: Sequence[str], size: int) -> Iterator[tuple[list[Document], list[Problem]]]:
        """The documents as they are in their files, `size` at a time or fewer, and at least once."""
        documents: list[Document] = []
        problems: list[Problem] = []
        held = 0
        for at, name in enumerate(wanted):
            if not at % EXPECTED:
                soon = wanted[at : at + EXPECTED]
                self.sources.expect(chain.from_iterable(map(self._files, soon)), map(self.folder.layers, soon))
            document = self._document(name, problems)
            if document is not None:
                documents.append(document)
                held += document.size
            if len(documents) == size or held > BATCH_BYTES:
                yield documents, problems
                documents, problems, held = [], [], 0
        if documents or problems or not wanted:
            yield documents, problems

    # -- the folder ----------------------------------------------------------------------------------------------------

    def _list_documents(self) -> tuple[str, ...]:
        if not self.settings.inside("corpus"):
            return ()
        files = [entry.name for entry in self.settings.entries("corpus") if entry.name != "corpus.json"]
        found = {os.path.splitext(file)[0]: file for file in files if file.endswith((".txt", ".json"))}
        legal_or_empty = [stem if stem.isascii() else "" for stem in found]  # a name need not be UTF-8
        bad = set(patterns.mismatches(DOCUMENT_ID, arrow.strings(legal_or_empty)))
        bad |= {at for at, stem in enumerate(found) if is_reserved(stem)}
        for position, (stem, file) in enumerate(found.items()):
            if position in bad:
                message = f"expected {LEGAL_ID}, found {stem!r}"
                self.problems.append(Problem("F003", "error", message, f"corpus/{file}", document=stem))
        documents = tuple(sorted(stem for position, stem in enumerate(found) if position not in bad))
        for entry in self.settings.entries("annotations"):
            if entry.name in found:
                if entry.link:
                    self.settings.inside(f"annotations/{entry.name}", entry.name)
                continue
            if entry.folder and "corpus" not in self.settings.closed:
                message = f"expected a folder named after a document, found {entry.name!r}"
                near = nearest(entry.name, documents)
                message += "" if near is None else f"; did you mean {near!r}?"
                self.problems.append(Problem("F002", "error", message, f"annotations/{entry.name}"))
            elif entry.name.endswith(".json"):
                message = "expected folders named after documents, found a file"
                self.problems.append(Problem("F002", "error", message, f"annotations/{entry.name}"))
        return documents

    # -- one document --------------------------------------------------------------------------------------------------

    def _document(self, name: str, problems: list[Problem]) -> Document | None:
        text = self.settings.fetch(self.folder.text(name), problems, name)
        raw = self.settings.fetch(self.folder.metadata(name), problems, name)
        if text is not None and (fault := not_utf8(text)):
            message, _, line, column = fault
            problems.append(Problem("T001", "error", message, self.folder.text(name), None, line, column, name))
            text = None
        metadata = None
        sound: list[tuple[str, bytes, str]] = []  # files without a problem so far: codec, content, path
        if raw is not None:
            metadata, found = self.settings.decode("document", raw, self.folder.metadata(name), name)
            problems += found
            sound += [] if found else [("document", raw, self.folder.metadata(name))]
        tables: dict[str, Rows | bytes] = {}
        for layer in self.layers if self.annotated(name, raw is not None, problems) else ():
            source = self.settings.fetch(self.folder.layer(name, layer), problems, name)
            if source is not None and layer in self.model.layers:
                rows, found = self._rows(name, layer, source)
                tables |= rows
                problems += found
                sound += [] if found else [(layer, source, self.folder.layer(name, layer))]
        if text is not None and metadata is not None:
            return Document(name, metadata, text, tables)
        for layer, source, path in sound:  # no batch will see its strings, so their patterns are looked at now
            problems += look_again(self._codecs[layer], source, path, name, self.sources.limits.depth).problems
        return None

    def annotated(self, name: str, described: bool, problems: list[Problem]) -> bool:
        """Whether the files of a document's layers are to be looked for; what stands beside them is reported.

        `described` says whether the document has metadata: without them, layers that are not there are not missed.
        """
        path = self.folder.layers(name)
        if "annotations" in self.settings.closed:
            return False
        if self.settings.outside and f"{path}/".startswith(tuple(self.settings.outside)):
            return False
        try:
            files = self.sources.names(path)
        except FileNotFoundError:
            return described  # a text with neither metadata nor annotations lacks its metadata first of all
        except NotADirectoryError:
            message = "expected a folder, found a file"
            problems.append(Problem("F004", "error", message, path, document=name))
            return False
        except OSError as error:
            problems.append(Problem("F004", "error", f"cannot be read: {reason(error)}", path, document=name))
            return False
        if len(files) > len(self.layers) or not all(f"{layer}.json" in files for layer in self.layers):
            for file in sorted(files) if self.settings.layers_known else ():
                stem, ending = os.path.splitext(file)
                if ending == ".json" and stem not in self.layers and not file.startswith("."):
                    message = (
                        f"expected a layer that corpus/corpus.json names, found {stem!r}; {names(stem, self.layers)}"
                    )
                    problems.append(Problem("F002", "error", message, f"{path}/{file}", document=name))
        return True

    def _rows(self, document: str, layer: str, raw: bytes) -> tuple[Mapping[str, Rows | bytes], list[Problem]]:
        """The rows of one layer's file, and its problems; of a file that seems in order, the lines of its rows."""
        tables = self.model.layers[layer].tables
        sections = None
        if all(table.name in self._grammars for table in tables):
            sections = self._codecs[layer].split(raw, document)
        if sections is None:
            return self._decoded(document, layer, raw)
        most = self.sources.limits.rows
        if len(raw) > most and any(lines.count(b"\n") >= most for lines in sections):
            return self._decoded(document, layer, raw)
        return {table.name: lines for table, lines in zip(tables, sections, strict=True)}, []

    def _decoded(self, document: str, layer: str, raw: bytes) -> tuple[Mapping[str, Rows], list[Problem]]:
        """The rows of one layer's file, decoded, and its problems."""
        codec, path = self._codecs[layer], self.folder.layer(document, layer)
        problems: list[Problem] = []
        content = codec.decode(raw)
        if content is None or codec.canonical(content) != raw:
            content, problems, value = look_again(codec, raw, path, document, self.sources.limits.depth)
            if content is None:
                return salvage(codec, value, problems), problems
        if (name := codec.get(content, "document")) != document:
            expected = f"{document!r}, the name of the folder"
            problems.append(disagrees("F201", "document", expected, name, parse(raw, DEEPEST), path, document))
        schema = f"../../schema/{layer}.schema.json"
        if (found := codec.get(content, "$schema")) not in (schema, UNSET):
            tree = parse(raw, DEEPEST)
            problems.append(disagrees("F202", "$schema", repr(schema), found, tree, path, document))
        tables = {t.name: Rows(listed(codec.get(content, t.key))) for t in codec.layer.tables}
        for table in codec.layer.tables:
            if (found := len(tables[table.name].rows)) > (most := self.sources.limits.rows):
                message = f"{table.key}: expected at most {most:,} rows, found {found:,}"
                where, (line, column) = pointer([table.key]), parse(raw, DEEPEST).position((table.key,), key=True)
                problems.append(Problem("S107", "error", message, path, where, line, column, document, table.name))
                tables[table.name] = Rows(read=False)
        return tables, problems

    # -- one batch -----------------------------------------------------------------------------------------------------

    def _batch(self, documents: list[Document], problems: list[Problem]) -> tuple[Batch, list[Problem]]:
        """Make the tables of files in order; the others are looked at again, for what is wrong and what is sound.

        A file is in order when its lines are rows in canonical form, and its values keep to their patterns and bounds.
        """
        for position, layers in self._strange(documents).items():
            document = documents[position]
            tables = dict(document.tables)
            for layer in layers:
                raw = self.settings.fetch(self.folder.layer(document.id, layer), problems, document.id) or b""
                rows, found = self._decoded(document.id, layer, raw)
                problems += found
                tables |= rows
            documents[position] = Document(document.id, document.metadata, document.text, tables)
        batch = make_batch(self.model, self.settings.language, documents, self._grammars)
        again = against_constraints(batch)
        if not again:
            return batch, problems
        for position in sorted(again, reverse=True):
            document = documents[position]
            tables = dict(document.tables)
            for layer in sorted(again[position]):
                metadata = layer == "document"
                path = self.folder.metadata(document.id) if metadata else self.folder.layer(document.id, layer)
                raw = self.settings.fetch(path, problems, document.id) or b""
                _, found, value = look_again(self._codecs[layer], raw, path, document.id, self.sources.limits.depth)
                problems += found
                if not metadata:
                    tables |= salvage(self._codecs[layer], value, found)
            documents[position] = Document(document.id, document.metadata, document.text, tables)
            if "document" in again[position]:
                del documents[position]
        return make_batch(self.model, self.settings.language, documents, self._grammars), problems

    def _strange(self, documents: list[Document]) -> dict[int, list[str]]:
        """The positions of the documents, with the layers, in which some line is no row in canonical form."""
        found: dict[int, list[str]] = {}
        for table in self.model.tables.values():
            parts = [document.tables.get(table.name) for document in documents]
            lines = [(position, part) for position, part in enumerate(parts) if isinstance(part, bytes)]
            for at in self._grammars[table.name].strange([part for _, part in lines]) if lines else ():
                layers = found.setdefault(lines[at][0], [])
                layers += [] if table.layer in layers else [table.layer]
        return dict(sorted(found.items()))


def overlapped(
    make: Callable[[Found], tuple[Batch, list[Problem]]], found: Iterator[Found]
) -> Iterator[tuple[Batch, list[Problem]]]:
    """Batches made of what is found, one time or more.

    Arrow makes tables without Python's lock: while it does, files are read, and the batch before is used.
    """
    with ThreadPoolExecutor(1) as aside:
        following = (aside.submit(make, some) for some in found)
        ahead = next(following)
        for later in following:
            yield ahead.result()
            ahead = later
        yield ahead.result()


def listed(rows: Any) -> Sequence[Any]:
    """The rows of a table, which an optional one may not have."""
    return () if rows is UNSET else rows


def against_constraints(batch: Batch) -> dict[int, set[str]]:
    """The documents, and of each the layers, in which a value does not keep to its pattern or bounds."""
    found: dict[int, set[str]] = {}
    for member in batch.model.metadata["document"].root.properties:
        if columns.constrained(member) and member.name != "$schema":
            column = batch.documents.column("document" if member.name == "id" else member.name)
            for row in columns.failing(member, arrow.whole(column)):
                found.setdefault(row, set()).add("document")
    for layer in batch.model.layers.values():
        rows = columns.failing(layer.root["document"], arrow.strings(batch.ids))
        for table in layer.tables:
            document = batch.document(table.name)
            rows |= {int(document[row]) for row in _rows_against_constraints(batch, table)}
        for row in rows:
            found.setdefault(row, set()).add(layer.name)
    return found


def _rows_against_constraints(batch: Batch, table: Table) -> set[int]:
    rows: set[int] = set()
    for member in table.row.properties:
        if columns.constrained(member):
            split = member.properties if member.span else ()
            for name, part in [(f"{member.name}_{p.name}", p) for p in split] or [(member.name, member)]:
                rows |= columns.failing(part, batch.column(table.name, name))
    return rows
