"""Where the files of a corpus stand, and how one is found."""

from __future__ import annotations

import errno
import os
import re
import stat
from dataclasses import dataclass
from pathlib import Path

from sidelines.errors import SidelinesError
from sidelines.stores import Store, place

__all__ = [
    "BUILD",
    "BUILT_IN",
    "DOCUMENT_ID",
    "FILES",
    "LAYER_NAME",
    "LEGAL_ID",
    "LINES",
    "MARK",
    "RESERVED",
    "RESERVED_LAYERS",
    "BuildFolder",
    "Folder",
    "LinesFolder",
    "above",
    "carried",
    "find",
    "find_form",
    "form",
    "is_layer",
    "is_reserved",
    "shipped",
]

DOCUMENT_ID = r"^[a-z0-9][a-z0-9._-]{0,127}$"
LAYER_NAME = "[a-z][a-z0-9_-]{0,63}"  # nothing that could lead out of the corpus
BUILT_IN = ("structure", "entities", "quotes", "dates")  # the layers whose schemas come with Sidelines
RESERVED_LAYERS = ("corpus", "document", "dialect")
# Names that Windows keeps for devices, whatever follows a dot.
RESERVED = frozenset(["con", "prn", "aux", "nul"] + [f"{port}{n}" for port in ("com", "lpt") for n in range(10)])
LEGAL_ID = "a name of lower-case letters, digits, '.', '_' and '-', not 'corpus' and no device of Windows"
MARK = "corpus/corpus.json"
FILES, BUILD, LINES = "files", "build", "lines"
BESIDE = {"parquet": BUILD, "jsonl": LINES}  # what stands beside `corpus.json` tells
ALMOST, EXAMPLE = r"(?:s3|gs)(?::|//)", "s3://bucket/folder"
_NOTHING = (errno.ENOTDIR, errno.ELOOP)


@dataclass(frozen=True, slots=True)
class Folder:
    """A corpus on disk; `root` is the folder that holds `corpus/`, `schema/` and `annotations/`."""

    root: Path | Store

    def metadata(self, document: str) -> str:
        """The path of a document's metadata, relative to the root."""
        return f"corpus/{document}.json"

    def text(self, document: str) -> str:
        """The path of a document's text."""
        return f"corpus/{document}.txt"

    def layers(self, document: str) -> str:
        """The path of the folder of a document's layers."""
        return f"annotations/{document}"

    def layer(self, document: str, layer: str) -> str:
        """The path of the file of a layer."""
        return f"annotations/{document}/{layer}.json"


@dataclass(frozen=True, slots=True)
class BuildFolder:
    """A build on disk; `root` is the folder that holds `corpus.json`, `schema/` and `parquet/`.

    A table is a file, or a folder of parts: the files of one name, in every table, have the rows of the same documents.
    `part` is that name, where one part is meant.
    """

    root: Path | Store
    part: str | None = None

    def table(self, table: str) -> str:
        """The path of a table, or of a part of it, relative to the root."""
        return f"parquet/{table}.parquet" if self.part is None else f"parquet/{table}.parquet/{self.part}"


@dataclass(frozen=True, slots=True)
class LinesFolder:
    """A corpus of JSON Lines on disk; `root` is the folder that holds `corpus.json`, `schema/` and `jsonl/`.

    Each line of a file in `jsonl/` is one document with its layers. `part` is the name of the file that is meant.
    """

    root: Path | Store
    part: str = ""

    @property
    def file(self) -> str:
        """The path of the file, relative to the root."""
        return f"jsonl/{self.part}"


def is_layer(name: str) -> bool:
    """Whether a layer can be called so.

    >>> is_layer("entities"), is_layer("corpus"), is_layer("Entities"), is_layer("con")
    (True, False, False, False)
    """
    return re.fullmatch(LAYER_NAME, name) is not None and name not in RESERVED_LAYERS and name not in RESERVED


def carried(package: Path) -> Path:
    """The folder of the corpus that a Python package carries: `data` in it in a wheel, the repository otherwise.

    In the repository, or an editable install, the package is `src/<package>`.
    """
    return package / "data" if (package / "data").is_dir() else package.parents[1]


def shipped() -> Path:
    """The folder of the shipped corpus."""
    return carried(Path(__file__).resolve().parent)


def above(folder: Path) -> Path | None:
    """The nearest corpus of files upwards from a folder, which may be it; None where there is none.

    Raises
    ------
    SidelinesError
        when the system forbids to look, or when the working directory is gone.

    >>> above(shipped() / "annotations") == shipped()
    True
    """
    here = _absolute(folder)
    return next((place for place in (here, *here.parents) if _kind(place, MARK) == "file"), None)


def find(path: str | os.PathLike[str] | Store | None = None) -> Path | Store:
    """The root of the corpus meant by `path`: itself, or without one the nearest folder upwards, else the shipped one.

    `path` is a folder, or the URI of one in an object store.

    Raises
    ------
    SidelinesError
        when `path` is neither a corpus, nor a build, nor JSON Lines, when the system forbids to look, or when the
        working directory, from which the search goes upwards, is gone.
    """
    return find_form(path)[0]


def find_form(path: str | os.PathLike[str] | Store | None = None) -> tuple[Path | Store, str]:
    """The same, and its form."""
    if path is None:
        return above(Path()) or shipped(), FILES
    root = place(path)
    if isinstance(root, Path) and not os.path.exists(root):  # also for a name that is too long; Path's own raises then
        from sidelines.strangers import missing

        hint = f"; a URI has ://, as in {EXAMPLE}" if re.match(ALMOST, str(path)) else missing(root)
        raise SidelinesError(f"{root}: no such folder{hint}")
    found = form(root)
    if found is None:
        stranger = _stranger(root)
        expected = f"a folder with {MARK}, or with corpus.json and parquet/ or jsonl/, found none"
        raise SidelinesError(f"{root}: expected a corpus, {stranger or expected}")
    return root, found


def form(root: Path | Store) -> str | None:
    """What is in a folder: the `FILES` of a corpus, a `BUILD` (`corpus.json` beside `parquet/`), `LINES` of JSON
    (`corpus.json` beside `jsonl/`), or None of them; where there is more than one, the first of these.

    Raises
    ------
    SidelinesError
        when the system forbids to look.

    >>> form(shipped())
    'files'
    """
    if _kind(root, MARK) == "file":
        return FILES
    if _kind(root, "corpus.json") == "file":
        return next((found for folder, found in BESIDE.items() if _kind(root, folder) == "folder"), None)
    return None


def is_reserved(document: str) -> bool:
    """Whether a document cannot have this id, though it is of the form of one."""
    return document == "corpus" or document.split(".")[0] in RESERVED


def _kind(root: Path | Store, path: str) -> str | None:
    """Whether a file or a folder stands at a path, or something else; what cannot be known is not taken for nothing."""
    try:
        if isinstance(root, Store):
            return "file" if root.info(path).is_file else "folder"
        mode = os.stat(root / path).st_mode
    except FileNotFoundError:
        return None
    except OSError as error:
        if error.errno in _NOTHING:
            return None
        where = f"{root}/{path}" if isinstance(root, Store) else root / path
        raise SidelinesError(f"{where}: cannot be read: {error.strerror or error}") from error
    return "file" if stat.S_ISREG(mode) else "folder" if stat.S_ISDIR(mode) else None


def _absolute(path: Path) -> Path:
    try:
        return path.absolute()
    except FileNotFoundError as error:
        message = "the working directory is gone; change to one that is there, or name the corpus by its whole path"
        raise SidelinesError(message) from error


def _stranger(root: Path | Store) -> str:
    """What stands there instead of a corpus, where that can be told."""
    if isinstance(root, Store):
        return ""  # to look at what is in it takes longer than to know it
    _absolute(root)
    from sidelines.strangers import describe

    return describe(root)
