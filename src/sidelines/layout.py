"""Where the files of a corpus stand, and how one is found."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from sidelines.errors import SidelinesError

__all__ = ["DOCUMENT_ID", "Folder", "find", "shipped"]

DOCUMENT_ID = r"^[a-z0-9][a-z0-9._-]{0,127}$"
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

    def schema(self, layer: str) -> str:
        """The path of the schema of a layer."""
        return f"schema/{layer}.schema.json"


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
    if not root.exists():
        raise SidelinesError(f"{root}: no such folder")
    if not (root / MARK).is_file():
        raise SidelinesError(f"{root}: expected a corpus, a folder with {MARK.as_posix()}, found none{_hint(root)}")
    return root


def _hint(root: Path) -> str:
    if root.resolve().name == "corpus" and (root / "corpus.json").is_file():
        return f"; did you mean {root.resolve().parent}?"
    return "; it is a file" if root.is_file() else ""
