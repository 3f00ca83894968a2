"""Where the files of a corpus stand, and how one is found."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from sidelines.errors import SidelinesError

__all__ = [
    "DOCUMENT_ID",
    "LAYER_NAME",
    "LEGAL_ID",
    "RESERVED",
    "RESERVED_LAYERS",
    "BuildFolder",
    "Folder",
    "find",
    "is_build",
    "is_reserved",
    "shipped",
]

DOCUMENT_ID = r"^[a-z0-9][a-z0-9._-]{0,127}$"
LAYER_NAME = "[a-z][a-z0-9_-]{0,63}"  # nothing that could lead out of the corpus
RESERVED_LAYERS = ("corpus", "document", "dialect")
# Names that Windows keeps for devices, whatever follows a dot.
RESERVED = frozenset(["con", "prn", "aux", "nul"] + [f"{port}{n}" for port in ("com", "lpt") for n in range(10)])
LEGAL_ID = "a name of lower-case letters, digits, '.', '_' and '-', not 'corpus' and no device of Windows"
MARK = Path("corpus", "corpus.json")


@dataclass(frozen=True, slots=True)
class Folder:
    """A corpus on disk; `root` is the folder that holds `corpus/`, `schema/` and `annotations/`."""

    root: Path

    def metadata(self, document: str) -> str:
        """The path of a document's metadata, relative to the root."""
        return f"corpus/{document}.json"

    def text(self, document: str) -> str:
        """The path of a document's text."""
        return f"corpus/{document}.txt"

    def layer(self, document: str, layer: str) -> str:
        """The path of the file of a layer."""
        return f"annotations/{document}/{layer}.json"

    def rows(self, document: str, layer: str, table: str) -> str:
        """The path of the file that holds a document's rows of a table."""
        return self.layer(document, layer)


@dataclass(frozen=True, slots=True)
class BuildFolder:
    """A build on disk; `root` is the folder that holds `corpus.json`, `schema/` and `parquet/`.

    A table is a file, or a folder of parts: the files of one name, in every table, have the rows of the same documents.
    `part` is that name, where one part is meant.
    """

    root: Path
    part: str | None = None

    def table(self, table: str) -> str:
        """The path of a table, or of a part of it, relative to the root."""
        return f"parquet/{table}.parquet" if self.part is None else f"parquet/{table}.parquet/{self.part}"

    def metadata(self, document: str) -> str:
        """The path of the table that holds a document's metadata."""
        return self.table("documents")

    def rows(self, document: str, layer: str, table: str) -> str:
        """The path of the table that holds a document's rows of it."""
        return self.table(table)


def shipped() -> Path:
    """The folder of the shipped corpus: beside this file in a wheel, the repository in an editable install."""
    here = Path(__file__).resolve().parent
    return here / "data" if (here / "data").is_dir() else here.parents[1]


def find(path: str | Path | None = None) -> Path:
    """The root of the corpus meant by `path`: itself, or without one the nearest folder upwards, else the shipped one.

    Raises
    ------
    SidelinesError
        when there is no `corpus/corpus.json` in `path`.
    """
    if path is None:
        here = Path.cwd()
        return next((folder for folder in (here, *here.parents) if (folder / MARK).is_file()), shipped())
    root = Path(path)
    if not os.path.exists(root):  # also for a name that is too long to be one; Path's own raises then
        raise SidelinesError(f"{root}: no such folder")
    if not (root / MARK).is_file() and not is_build(root):
        raise SidelinesError(f"{root}: expected a corpus, a folder with {MARK.as_posix()}, found none{_hint(root)}")
    return root


def is_reserved(document: str) -> bool:
    """Whether a document cannot have this id, though it is of the form of one."""
    return document == "corpus" or document.split(".")[0] in RESERVED


def is_build(root: Path) -> bool:
    """Whether a folder is a build: `corpus.json` beside `parquet/`.

    >>> is_build(shipped())
    False
    """
    return (root / "corpus.json").is_file() and (root / "parquet").is_dir() and not (root / MARK).is_file()


def _hint(root: Path) -> str:
    if root.resolve().name == "corpus" and (root / "corpus.json").is_file():
        return f"; did you mean {root.resolve().parent}?"
    return "; it is a file" if root.is_file() else ""
