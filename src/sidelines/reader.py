"""Files in, tables out: a corpus folder is read in batches of documents, strictly, and nothing else is read.

A file in order is decoded by its schema's codec and equals its own canonical form, byte for byte. Any other is looked
at again, slowly, for the cause and its place; its sound rows are kept, so that one fault does not hide the next.
"""

from __future__ import annotations

import os
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from difflib import get_close_matches
from pathlib import Path
from typing import Any

import msgspec
from msgspec import UNSET

from sidelines import arrow, columns, patterns
from sidelines.codec import Codec, Fields
from sidelines.grammar import Grammar
from sidelines.layout import DOCUMENT_ID, Folder
from sidelines.model import Table
from sidelines.problems import Problem, names, pointer
from sidelines.salvage import disagrees, faults, look_again, salvage
from sidelines.schema import compile_schemas
from sidelines.strictjson import not_utf8, parse
from sidelines.tables import Batch, Document, Rows, make_batch

__all__ = ["Reader"]

LAYER_NAME = "[a-z][a-z0-9_-]{0,63}"  # nothing that could lead out of the corpus
RESERVED_LAYERS = ("corpus", "document", "dialect")
BATCH_DOCUMENTS = 300
BATCH_BYTES = 64 * 2**20
READ_BYTES = 2**16


class Reader:
    """A corpus on disk: its metadata and model now, its documents when they are asked for, a batch at a time.

    `problems` holds what is wrong with the corpus as a whole: its metadata, schemas, and the names of its files.
    """

    def __init__(self, root: Path) -> None:
        self.root = root
        self.folder = Folder(root)
        self._prefix = os.path.join(root, "")
        self.problems: list[Problem] = []
        self.layers: tuple[str, ...] = ()
        self.documents: tuple[str, ...] = ()
        schemas, settings = self._schemas(), self._bytes("corpus/corpus.json", self.problems)
        named = _layers(settings or b"")
        layers = [name for name in dict.fromkeys(map(str, named or ())) if _is_layer(name)]
        self.model, found = compile_schemas(schemas, layers)
        unreadable = {problem.path for problem in self.problems}
        self.problems += [problem for problem in found if problem.code != "S001" or problem.path not in unreadable]
        self._codecs = {
            name: Codec(layer) for kind in (self.model.metadata, self.model.layers) for name, layer in kind.items()
        }
        grammars = ((name, Grammar.of(table)) for name, table in self.model.tables.items())
        self._grammars = {name: grammar for name, grammar in grammars if grammar is not None}
        self.metadata: dict[str, Any] = {}
        if settings is not None and "corpus" in self._codecs:
            content, found = self._metadata("corpus", settings, "corpus/corpus.json")
            if content is not None and _ill_matched(self._codecs["corpus"], content):
                found += faults(self._codecs["corpus"], parse(settings), "corpus/corpus.json", None)
                content = None
            if not any((problem.pointer or "").startswith("/layers") for problem in found):
                found += _bad_layers(named or [], settings)
            self.problems += found
            self.metadata = _plain(self._codecs["corpus"], content)
        self.layers = tuple(layers)
        self._layers_known = named is not None
        self.documents = self._list_documents()

    @property
    def name(self) -> str:
        """The name in `corpus.json`."""
        return str(self.metadata.get("name", self.root.resolve().name))

    @property
    def version(self) -> str:
        """The version in `corpus.json`."""
        return str(self.metadata.get("version", "0"))

    @property
    def language(self) -> str:
        """The language of those documents that name none."""
        return str(self.metadata.get("language", ""))

    def batches(self, size: int = BATCH_DOCUMENTS) -> Iterator[tuple[Batch, list[Problem]]]:
        """Read the documents, `size` at a time, with the problems of their files (F…, S1…, T001).

        Nothing is read of a corpus without a sound schema of its documents' metadata; `problems` says why.
        """
        if "document" not in self._codecs:
            return
        # Arrow makes tables without Python's lock: while it does, files are read, and the batch before is used.
        with ThreadPoolExecutor(1) as aside:
            ahead: Future[tuple[Batch, list[Problem]]] | None = None
            for documents, problems in self._read(size):
                following = aside.submit(self._batch, documents, problems)
                if ahead is not None:
                    yield ahead.result()
                ahead = following
            if ahead is not None:
                yield ahead.result()

    def _read(self, size: int) -> Iterator[tuple[list[Document], list[Problem]]]:
        """The documents as they are in their files, `size` at a time or fewer, and at least once."""
        documents: list[Document] = []
        problems: list[Problem] = []
        held = 0
        for name in self.documents:
            document = self._document(name, problems)
            if document is not None:
                documents.append(document)
                held += document.size
            if len(documents) == size or held > BATCH_BYTES:
                yield documents, problems
                documents, problems, held = [], [], 0
        yield documents, problems

    # -- the folder ----------------------------------------------------------------------------------------------------

    def _bytes(self, path: str, problems: list[Problem], document: str | None = None) -> bytes | None:
        try:
            return _slurp(f"{self._prefix}{path}")
        except FileNotFoundError:
            near = _near(self.root, path, {"corpus", *self.layers, *self.documents})
            problems.append(
                Problem("F001", "error", f"expected the file {path}, found none{near}", path, document=document)
            )
        except OSError as error:
            why = (
                "expected a file, found a folder"
                if (self.root / path).is_dir()
                else f"cannot be read: {error.strerror}"
            )
            problems.append(Problem("F004", "error", why, path, document=document))
        return None

    def _entries(self, path: str) -> list[os.DirEntry[str]]:
        try:
            with os.scandir(self.root / path) as entries:
                return sorted((e for e in entries if not e.name.startswith(".")), key=lambda entry: entry.name)
        except FileNotFoundError:
            return []
        except OSError as error:
            self.problems.append(Problem("F004", "error", f"cannot be read: {error.strerror}", path))
            return []

    def _schemas(self) -> dict[str, bytes]:
        files = {}
        for entry in self._entries("schema"):
            name = entry.name.removesuffix(".schema.json")
            if name != entry.name and name != "dialect":
                raw = self._bytes(f"schema/{entry.name}", self.problems)
                if raw is not None:
                    files[name] = raw
        return files

    def _list_documents(self) -> tuple[str, ...]:
        files = [entry.name for entry in self._entries("corpus") if entry.name != "corpus.json"]
        found = {os.path.splitext(file)[0]: file for file in files if file.endswith((".txt", ".json"))}
        bad = set(patterns.mismatches(DOCUMENT_ID, arrow.strings(list(found))))
        bad |= {position for position, stem in enumerate(found) if stem == "corpus"}
        for position, (stem, file) in enumerate(found.items()):
            if position in bad:
                expected = "a name of lower-case letters, digits, '.', '_' and '-', and not 'corpus'"
                message = f"expected {expected}, found {stem!r}"
                self.problems.append(Problem("F003", "error", message, f"corpus/{file}", document=stem))
        documents = tuple(sorted(stem for position, stem in enumerate(found) if position not in bad))
        for entry in self._entries("annotations"):
            if entry.name in found:
                continue
            if entry.is_dir():
                message = f"expected a folder named after a document, found {entry.name!r}"
                hint = get_close_matches(entry.name, documents, 1)
                message += f"; did you mean {hint[0]!r}?" if hint else ""
                self.problems.append(Problem("F002", "error", message, f"annotations/{entry.name}"))
            elif entry.name.endswith(".json"):
                message = "expected folders named after documents, found a file"
                self.problems.append(Problem("F002", "error", message, f"annotations/{entry.name}"))
        return documents

    # -- one document --------------------------------------------------------------------------------------------------

    def _document(self, name: str, problems: list[Problem]) -> Document | None:
        text = self._bytes(self.folder.text(name), problems, name)
        raw = self._bytes(self.folder.metadata(name), problems, name)
        if text is not None and (fault := not_utf8(text)):
            message, _, line, column = fault
            problems.append(Problem("T001", "error", message, self.folder.text(name), None, line, column, name))
            text = None
        metadata = None
        sound: list[tuple[str, bytes, str]] = []  # files without a problem so far: codec, content, path
        if raw is not None:
            metadata, found = self._metadata("document", raw, self.folder.metadata(name), name)
            problems += found
            sound += [] if found else [("document", raw, self.folder.metadata(name))]
        tables: dict[str, Rows | bytes] = {}
        for layer in self.layers if self._annotated(name, raw is not None, problems) else ():
            source = self._bytes(self.folder.layer(name, layer), problems, name)
            if source is not None and layer in self.model.layers:
                rows, found = self._rows(name, layer, source)
                tables |= rows
                problems += found
                sound += [] if found else [(layer, source, self.folder.layer(name, layer))]
        if text is not None and metadata is not None:
            return Document(name, metadata, text, tables)
        for layer, source, path in sound:  # no batch will see its strings, so their patterns are looked at now
            problems += look_again(self._codecs[layer], source, path, name)[1]
        return None

    def _annotated(self, name: str, described: bool, problems: list[Problem]) -> bool:
        """Whether the files of the layers are to be looked for; what stands beside them is reported."""
        path = f"annotations/{name}"
        try:
            files = os.listdir(f"{self._prefix}{path}")
        except FileNotFoundError:
            return described  # a text with neither metadata nor annotations lacks its metadata first of all
        except NotADirectoryError:
            message = "expected a folder, found a file"
            problems.append(Problem("F004", "error", message, path, document=name))
            return False
        except OSError as error:
            problems.append(Problem("F004", "error", f"cannot be read: {error.strerror}", path, document=name))
            return False
        if len(files) > len(self.layers) or not all(f"{layer}.json" in files for layer in self.layers):
            for file in sorted(files) if self._layers_known else ():
                stem, ending = os.path.splitext(file)
                if ending == ".json" and stem not in self.layers and not file.startswith("."):
                    message = (
                        f"expected a layer that corpus/corpus.json names, found {stem!r}; {names(stem, self.layers)}"
                    )
                    problems.append(Problem("F002", "error", message, f"{path}/{file}", document=name))
        return True

    def _metadata(self, kind: str, raw: bytes, path: str, document: str | None = None) -> tuple[Any, list[Problem]]:
        """The typed content of a metadata file (None when it is not of its shape), and its problems."""
        codec = self._codecs[kind]
        content = codec.decode(raw)
        problems: list[Problem] = []
        if content is None or codec.canonical(content) != raw:
            content, problems = look_again(codec, raw, path, document)
        if content is not None:
            expected = f"../schema/{kind}.schema.json"
            found = codec.get(content, "$schema")
            if found not in (expected, UNSET):
                problems.append(disagrees("F202", "$schema", repr(expected), found, raw, path, document))
            if kind == "document" and (id_ := codec.get(content, "id")) != document:
                problems.append(
                    disagrees("F203", "id", f"{document!r}, the name of the file", id_, raw, path, document)
                )
                content = None
        return content, problems

    def _rows(self, document: str, layer: str, raw: bytes) -> tuple[Mapping[str, Rows | bytes], list[Problem]]:
        """The rows of one layer's file, and its problems; of a file that seems in order, the lines of its rows."""
        tables = self.model.layers[layer].tables
        if all(table.name in self._grammars for table in tables):
            sections = self._codecs[layer].split(raw, document)
            if sections is not None:
                return {table.name: lines for table, lines in zip(tables, sections, strict=True)}, []
        return self._decoded(document, layer, raw)

    def _decoded(self, document: str, layer: str, raw: bytes) -> tuple[Mapping[str, Rows], list[Problem]]:
        """The rows of one layer's file, decoded, and its problems."""
        codec, path = self._codecs[layer], self.folder.layer(document, layer)
        problems: list[Problem] = []
        content = codec.decode(raw)
        if content is None or codec.canonical(content) != raw:
            content, problems = look_again(codec, raw, path, document)
            if content is None:
                return salvage(codec, raw, problems), problems
        if (name := codec.get(content, "document")) != document:
            expected = f"{document!r}, the name of the folder"
            problems.append(disagrees("F201", "document", expected, name, raw, path, document))
        schema = f"../../schema/{layer}.schema.json"
        if (found := codec.get(content, "$schema")) not in (schema, UNSET):
            problems.append(disagrees("F202", "$schema", repr(schema), found, raw, path, document))
        return {t.name: Rows(_list(codec.get(content, t.key))) for t in codec.layer.tables}, problems

    # -- one batch -----------------------------------------------------------------------------------------------------

    def _batch(self, documents: list[Document], problems: list[Problem]) -> tuple[Batch, list[Problem]]:
        """Make the tables of files in order; the others are looked at again, for what is wrong and what is sound.

        A file is in order when its lines are rows in canonical form, and its values keep to their patterns and bounds.
        """
        for position, layers in self._strange(documents).items():
            document = documents[position]
            tables = dict(document.tables)
            for layer in layers:
                raw = self._bytes(self.folder.layer(document.id, layer), problems, document.id) or b""
                rows, found = self._decoded(document.id, layer, raw)
                problems += found
                tables |= rows
            documents[position] = Document(document.id, document.metadata, document.text, tables)
        batch = make_batch(self.model, self.language, documents, self._grammars)
        again = _against_constraints(batch)
        if not again:
            return batch, problems
        for position in sorted(again, reverse=True):
            document = documents[position]
            tables = dict(document.tables)
            for layer in sorted(again[position]):
                metadata = layer == "document"
                path = self.folder.metadata(document.id) if metadata else self.folder.layer(document.id, layer)
                raw = self._bytes(path, problems, document.id) or b""
                found = look_again(self._codecs[layer], raw, path, document.id)[1]
                problems += found
                if not metadata:
                    tables |= salvage(self._codecs[layer], raw, found)
            documents[position] = Document(document.id, document.metadata, document.text, tables)
            if "document" in again[position]:
                del documents[position]
        return make_batch(self.model, self.language, documents, self._grammars), problems

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


def _slurp(path: str) -> bytes:
    """The bytes of a file; half the time of `open` and `read`, which counts when there are thousands."""
    handle = os.open(path, os.O_RDONLY | getattr(os, "O_BINARY", 0) | getattr(os, "O_CLOEXEC", 0))
    try:
        parts = [os.read(handle, READ_BYTES)]
        while len(parts[-1]) == READ_BYTES:  # a file gives less only at its end
            parts.append(os.read(handle, READ_BYTES))
    finally:
        os.close(handle)
    return parts[0] if len(parts) == 1 else b"".join(parts)


def _layers(raw: bytes) -> list[Any] | None:
    """What a corpus.json names as its layers; None where it cannot be read, of which its own check says more."""
    try:
        layers = msgspec.json.decode(raw, type=dict[str, Any]).get("layers")
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None
    return layers if isinstance(layers, list) else None


def _is_layer(name: str) -> bool:
    return re.fullmatch(LAYER_NAME, name) is not None and name not in RESERVED_LAYERS


def _bad_layers(named: Sequence[Any], raw: bytes) -> Iterator[Problem]:
    """The names that no layer can have, and those that stand twice."""
    for position, name in enumerate(named):
        if isinstance(name, str) and _is_layer(name) and name not in named[:position]:
            continue
        line, column = parse(raw).position(("layers", position))
        expected = f"different names that match {LAYER_NAME}, other than {', '.join(RESERVED_LAYERS)}"
        where = pointer(["layers", position])
        message = f"layers: expected {expected}; found {name!r}"
        yield Problem("S001", "error", message, "corpus/corpus.json", where, line, column)


def _near(root: Path, path: str, known: Collection[str]) -> str:
    """A file that may be the one that is missing, under another name."""
    folder, name = os.path.split(path)
    try:
        others = [file for file in os.listdir(root / folder) if os.path.splitext(file)[0] not in known]
    except OSError:
        return f"; there is no folder {folder}"
    hint = get_close_matches(name, others, 1)
    return f"; there is {hint[0]}" if hint else ""


def _plain(codec: Codec, content: Any) -> dict[str, Any]:
    """The properties of decoded metadata that are present, by their names in the file."""
    if content is None:
        return {}
    pairs = ((name, codec.get(content, name)) for name in codec.fields)
    return {name: value for name, value in pairs if value is not UNSET}


def _list(rows: Any) -> Sequence[Any]:
    return () if rows is UNSET else rows


def _ill_matched(codec: Codec, content: Any) -> bool:
    """Whether a value of a metadata file does not match its pattern."""
    members = Fields(codec.layer.root.properties)
    return any(columns.failing(m, columns.column(m, [getattr(content, name)], nested=True)) for name, m in members)


def _against_constraints(batch: Batch) -> dict[int, set[str]]:
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
