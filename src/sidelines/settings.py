"""What a corpus says of itself: its metadata, and its schemas, compiled. Both kinds of reader begin here."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from datetime import date
from functools import cached_property, lru_cache
from typing import Any

import msgspec
from msgspec import UNSET

from sidelines import columns
from sidelines.codec import Codec, Fields
from sidelines.files import reason
from sidelines.grammar import Grammar
from sidelines.layout import LAYER_NAME, RESERVED_LAYERS, is_layer
from sidelines.objects import AnySources
from sidelines.problems import Problem, nearest, pointer
from sidelines.salvage import disagrees, faults, look_again
from sidelines.schema import compile_schemas
from sidelines.sources import DEEPEST, Entry, UnreadableError
from sidelines.strictjson import JSONFault, parse

__all__ = ["Settings", "is_plain"]


class Settings:
    """The metadata of a corpus, in its `file`, and the model that its schemas make; `problems` says what is wrong.

    `layers` are the names that the metadata give; `layers_known` is False where they could not be read. `codecs` has
    one for each schema that is in order.
    """

    def __init__(self, sources: AnySources, file: str) -> None:
        self.sources, self.file = sources, file
        self.problems: list[Problem] = []
        self.outside: list[str] = []  # folders that a link leads out of the corpus
        self.closed: set[str] = set()  # folders that could not be listed
        self.layers: tuple[str, ...] = ()
        self.documents: tuple[str, ...] = ()  # whoever reads them says which there are
        self._strangers = lru_cache(maxsize=64)(self._unknown_files)
        self.inside(os.path.dirname(file) or ".")
        schemas, raw = self._schemas(), self.fetch(file, self.problems)
        named = _layers(raw or b"")
        self.layers = tuple(name for name in dict.fromkeys(map(str, named or ())) if is_layer(name))
        self.layers_known = named is not None
        self.model, found = compile_schemas(schemas, list(self.layers))
        unreadable = {problem.path for problem in self.problems}
        missing = () if "schema" in unreadable else [p for p in found if p.code == "S001" and p.path not in unreadable]
        self.problems += [*missing, *(problem for problem in found if problem.code != "S001")]
        self.codecs = {
            name: Codec(layer) for kind in (self.model.metadata, self.model.layers) for name, layer in kind.items()
        }
        self.metadata: dict[str, Any] = {}
        if raw is not None and "corpus" in self.codecs:
            content, found = self.decode("corpus", raw, file)
            if content is not None and _ill_matched(self.codecs["corpus"], content):
                found += faults(self.codecs["corpus"], parse(raw, DEEPEST), file, None)
                content = None
            if not any((problem.pointer or "").startswith("/layers") for problem in found):
                found += _bad_layers(named or [], raw, file)
            self.problems += found
            self.metadata = _plain(self.codecs["corpus"], content)

    @property
    def name(self) -> str:
        """The name in `corpus.json`."""
        named = self.metadata.get("name")
        return str(self.sources.name if named is None else named)

    @cached_property
    def grammars(self) -> dict[str, Grammar]:
        """The grammar of each table whose rows are a regular language."""
        found = ((name, Grammar.of(table)) for name, table in self.model.tables.items())
        return {name: grammar for name, grammar in found if grammar is not None}

    @property
    def version(self) -> str:
        """The version in `corpus.json`."""
        return str(self.metadata.get("version", "0"))

    @property
    def language(self) -> str:
        """The language of those documents that name none."""
        return str(self.metadata.get("language", ""))

    def files(self) -> list[str]:
        """The paths of the files that all documents depend on: the metadata and the schemas."""
        schemas = (entry.name for entry in self.entries("schema") if entry.name.endswith(".schema.json"))
        return [self.file, *(f"schema/{name}" for name in schemas)]

    def fetch(self, path: str, problems: list[Problem], document: str | None = None) -> bytes | None:
        """The bytes of a file; None, and a problem, for one that is missing or may not be read."""
        if path.startswith(tuple(self.outside)):
            return None  # of which the folder's own problem says enough
        try:
            return self.sources.read(path)
        except FileNotFoundError:
            message = f"expected the file {path}, found none{self._near(path)}"
            problems.append(Problem("F001", "error", message, path, document=document))
        except UnreadableError as error:
            problems.append(Problem(error.code, "error", error.message, path, document=document))
        return None

    def _near(self, path: str) -> str:
        """A file that may be the one that is missing, under another name."""
        folder, name = os.path.split(path)
        others = self._strangers(folder, len(self.documents))
        if others is None:
            return f"; there is no folder {folder}"
        near = nearest(name, others)
        return "" if near is None else f"; there is {near}"

    def _unknown_files(self, folder: str, documents: int) -> list[str] | None:
        """The files of a folder that no document and no layer is named after; None where there is no folder.

        `documents`, how many are known, tells what was found before they were from what is found then.
        """
        known = {"corpus", *self.layers, *self.documents}
        try:
            files = self.sources.names(folder)
        except OSError:
            return None
        return sorted(file for file in files if os.path.splitext(file)[0] not in known)

    def entries(self, path: str) -> list[Entry]:
        """What stands in a folder, by name; nothing in one that is missing or leads out of the corpus."""
        if not self.inside(path):
            return []
        try:
            return [entry for entry in self.sources.entries(path) if not entry.name.startswith(".")]
        except FileNotFoundError:
            return []
        except OSError as error:
            self.closed.add(path)
            self.problems.append(Problem("F004", "error", f"cannot be read: {reason(error)}", path))
            return []

    def inside(self, path: str, document: str | None = None) -> bool:
        """Whether a folder is inside the corpus; if a link leads out of it, that is a problem, and it stays closed."""
        try:
            self.sources.check_link(path)
        except UnreadableError as error:
            if f"{path}/" not in self.outside:
                self.outside.append(f"{path}/")
                self.problems.append(Problem(error.code, "error", error.message, path, document=document))
            return False
        return True

    def _schemas(self) -> dict[str, bytes]:
        files = {}
        for entry in self.entries("schema"):
            name = entry.name.removesuffix(".schema.json")
            if name != entry.name and not is_plain(entry.name):
                message = f"expected a name that can be printed, without \\, found {entry.name!r}"
                self.problems.append(Problem("F003", "error", message, f"schema/{entry.name}"))
            elif name == "dialect":
                self._locate(f"schema/{entry.name}")
            elif name != entry.name:
                raw = self.fetch(f"schema/{entry.name}", self.problems)
                if raw is not None:
                    files[name] = raw
        return files

    def _locate(self, path: str) -> None:
        """Look whether a file, which is there for editors alone, can be read where a build will take it from."""
        try:
            self.sources.locate(path)
        except FileNotFoundError:
            self.problems.append(Problem("F001", "error", f"expected the file {path}, found a link to none", path))
        except UnreadableError as error:
            self.problems.append(Problem(error.code, "error", error.message, path))

    def decode(self, kind: str, raw: bytes, path: str, document: str | None = None) -> tuple[Any, list[Problem]]:
        """The typed content of a metadata file (None when it is not of its shape), and its problems."""
        codec = self.codecs[kind]
        content = codec.decode(raw)
        problems: list[Problem] = []
        if content is None or codec.canonical(content) != raw:
            content, problems, _ = look_again(codec, raw, path, document, self.sources.limits.depth)
        if content is not None:
            expected = f"../schema/{kind}.schema.json"
            found = codec.get(content, "$schema")
            if found not in (expected, UNSET):
                tree = parse(raw, DEEPEST)
                problems.append(disagrees("F202", "$schema", repr(expected), found, tree, path, document))
            if kind == "document" and (id_ := codec.get(content, "id")) != document:
                expected = f"{document!r}, the name of the file"
                problems.append(disagrees("F203", "id", expected, id_, parse(raw, DEEPEST), path, document))
                content = None
        return content, problems


def is_plain(name: str) -> bool:
    """Whether a name can stand in SHA256SUMS, and on a line."""
    return name.isprintable() and "\\" not in name


def _layers(raw: bytes) -> list[Any] | None:
    """What a corpus.json names as its layers; None where it cannot be read, of which its own check says more."""
    try:
        layers = msgspec.json.decode(raw, type=dict[str, Any]).get("layers")
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None
    return layers if isinstance(layers, list) else None


def _bad_layers(named: Sequence[Any], raw: bytes, file: str) -> Iterator[Problem]:
    """The names that no layer can have, and those that stand twice; nothing of a file that has a fault before all."""
    try:
        tree = parse(raw, DEEPEST)
    except JSONFault:
        return
    for position, name in enumerate(named):
        if isinstance(name, str) and is_layer(name) and name not in named[:position]:
            continue
        line, column = tree.position(("layers", position))
        expected = f"different names that match {LAYER_NAME}, other than {', '.join(RESERVED_LAYERS)}"
        where = pointer(["layers", position])
        message = f"layers: expected {expected}; found {name!r}"
        yield Problem("S001", "error", message, file, where, line, column)


def _plain(codec: Codec, content: Any) -> dict[str, Any]:
    """The properties of decoded metadata that are present, by their names in the file."""
    if content is None:
        return {}
    pairs = ((name, codec.get(content, name)) for name in codec.fields)
    return {name: msgspec.to_builtins(value, builtin_types=(date,)) for name, value in pairs if value is not UNSET}


def _ill_matched(codec: Codec, content: Any) -> bool:
    """Whether a value of a metadata file does not match its pattern."""
    members = Fields(codec.layer.root.properties)
    return any(columns.failing(m, columns.column(m, [getattr(content, name)], nested=True)) for name, m in members)
