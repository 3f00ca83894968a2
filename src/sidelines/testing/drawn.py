"""What `corpora` draws: a corpus as plain dicts, and as the files that hold it."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import msgspec

from sidelines.errors import SidelinesError
from sidelines.layout import Folder
from sidelines.model import Model
from sidelines.sources import Limits
from sidelines.writer import canonical

__all__ = ["DrawnCorpus", "DrawnDocument", "Files"]

SHOWN = 400  # bytes of a file


@dataclass(frozen=True, slots=True)
class Files:
    """The files of a corpus: `content` has the bytes of each by its path from the corpus's folder, with `/`.

    `links` has the symbolic links among them, each with what it leads to, and `limits` is what `sidelines.check` is to
    be given beside the folder; None means its defaults.
    """

    content: Mapping[str, bytes]
    links: Mapping[str, str] = field(default_factory=dict)
    limits: Limits | None = None

    def _repr_pretty_(self, printer: Any, cycle: bool) -> None:
        # What Hypothesis prints of an example: schemas and Parquet files would fill the screen.
        with printer.group(4, "Files({", "})"):
            for name, raw in self.content.items():
                printer.breakable("")
                printer.text(f"{name!r}: {raw!r}, " if len(raw) <= SHOWN else f"{name!r}: <{len(raw):,} bytes>, ")
            for name, leads in self.links.items():
                printer.breakable("")
                printer.text(f"{name!r}: <link to {leads!r}>, ")

    def write(self, folder: str | os.PathLike[str]) -> Path:
        """Write every file into a new or an empty folder, and return it.

        Raises
        ------
        SidelinesError
            when something stands there already, as when a folder is used for two examples, or it cannot be written.
        """
        root = Path(folder)
        try:
            root.mkdir(parents=True, exist_ok=True)
            if any(root.iterdir()):
                raise SidelinesError(f"{root}: expected a new or an empty folder, found files in it")
            for name, raw in self.content.items():
                path = root / name
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(raw)
            for name, leads in self.links.items():
                link = root / name
                link.parent.mkdir(parents=True, exist_ok=True)
                link.symlink_to(leads)
        except OSError as error:
            raise SidelinesError(f"{root}: cannot be written: {error.strerror}") from error
        except ValueError as error:  # a null character
            raise SidelinesError(f"{str(root)!r}: cannot be written: no name of a file or folder: {error}") from error
        return root


@dataclass(frozen=True, slots=True)
class DrawnDocument:
    """One document: its text, the properties of `corpus/<id>.json`, and of each layer those of its file, by its name.

    The rows of the mentions, with offsets in code points, are therefore `document.layers["entities"]["mentions"]`.
    """

    id: str
    text: str
    metadata: dict[str, Any]
    layers: dict[str, dict[str, Any]]


@dataclass(frozen=True, slots=True)
class DrawnCorpus:
    """A corpus: the properties of `corpus.json`, the documents, and the files of `schema/` with what they mean.

    `schemas` has the bytes of each schema by its name (`entities` for `schema/entities.schema.json`), `model` what they
    say.
    """

    metadata: dict[str, Any]
    documents: tuple[DrawnDocument, ...]
    schemas: Mapping[str, bytes] = field(repr=False)
    model: Model = field(repr=False, compare=False)

    def _repr_pretty_(self, printer: Any, cycle: bool) -> None:
        # Hypothesis and IPython show a dataclass with all its fields; the schemas would fill the screen.
        with printer.group(4, "DrawnCorpus(", ")"):
            printer.text("metadata=")
            printer.pretty(self.metadata)
            printer.text(",")
            printer.breakable()
            printer.text("documents=")
            printer.pretty(self.documents)

    def rows(self, table: str) -> list[dict[str, Any]]:
        """The rows of a table of all documents, each with the id of its document, as `document`, before the others.

        Raises
        ------
        KeyError
            when there is no such table.
        """
        where = self.model.tables[table]
        return [
            {"document": document.id, **row}
            for document in self.documents
            for row in document.layers[where.layer].get(where.key, ())
        ]

    def with_document(self, changed: DrawnDocument) -> DrawnCorpus:
        """The same corpus with this document in the place of that with the same id."""
        documents = (changed if document.id == changed.id else document for document in self.documents)
        return replace(self, documents=tuple(documents))

    def files(self) -> Files:
        """Every file of the corpus, JSON in canonical form."""
        folder = Folder(Path())
        content = {f"schema/{name}.schema.json": raw for name, raw in self.schemas.items()}
        content["corpus/corpus.json"] = _tidy(self.metadata, self.model, "corpus")
        for document in self.documents:
            content[folder.text(document.id)] = document.text.encode()
            content[folder.metadata(document.id)] = _tidy(document.metadata, self.model, "document")
            for name, layer in document.layers.items():
                content[folder.layer(document.id, name)] = _tidy(layer, self.model, name)
        return Files(content)

    def write(self, folder: str | os.PathLike[str]) -> Path:
        """Write the corpus as files into a new or an empty folder, and return it.

        Raises
        ------
        SidelinesError
            when something stands there already, or it cannot be written.
        """
        return self.files().write(folder)


def _tidy(value: Mapping[str, Any], model: Model, name: str) -> bytes:
    layer = model.metadata[name] if name in model.metadata else model.layers[name]
    return canonical(msgspec.json.encode(value), layer)
