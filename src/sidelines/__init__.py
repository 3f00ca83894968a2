"""Sidelines: an annotated news article that you can install, and the tool that keeps stand-off annotations true.

>>> import sidelines
>>> sidelines.load("quotes").shape[0]
20
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sidelines.builder import Build, build
    from sidelines.checker import check
    from sidelines.corpora import Corpus, read
    from sidelines.datasets import Dataset
    from sidelines.documents import Document
    from sidelines.errors import InvalidCorpusError, SidelinesError
    from sidelines.frames import load, path
    from sidelines.joins import join
    from sidelines.packages import Package, init
    from sidelines.problems import Problem, Report
    from sidelines.repairs import Repair, mend
    from sidelines.sources import Limits
    from sidelines.verifier import Verification, verify
    from sidelines.viewer import Page, view

    __version__: str

__all__ = [
    "Build", "Corpus", "Dataset", "Document", "InvalidCorpusError", "Limits", "Package", "Page", "Problem", "Repair",
    "Report", "SidelinesError", "Verification", "__version__", "build", "check", "init", "join", "load", "mend", "path",
    "read", "verify", "view",
]  # fmt: skip

# Imported when they are asked for: `import sidelines` loads neither pandas nor pyarrow.
_HOMES = {
    "Build": "builder",
    "Corpus": "corpora",
    "Dataset": "datasets",
    "Document": "documents",
    "InvalidCorpusError": "errors",
    "Limits": "sources",
    "Package": "packages",
    "Page": "viewer",
    "Problem": "problems",
    "Repair": "repairs",
    "Report": "problems",
    "SidelinesError": "errors",
    "Verification": "verifier",
    "build": "builder",
    "check": "checker",
    "init": "packages",
    "join": "joins",
    "load": "frames",
    "mend": "repairs",
    "offsets": "offsets",
    "path": "frames",
    "plots": "plots",
    "read": "corpora",
    "summaries": "summaries",
    "verify": "verifier",
    "view": "viewer",
}


def __getattr__(name: str) -> Any:
    if name == "__version__":
        value: Any = _version()
    elif name in _HOMES:
        module = import_module(f"sidelines.{_HOMES[name]}")
        value = module if _HOMES[name] == name else getattr(module, name)
    else:
        raise AttributeError(f"module 'sidelines' has no attribute {name!r}")
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *_HOMES, "__version__"})


def _version() -> str:
    """The version of the data, which is that of the package."""
    from sidelines.datasets import Dataset

    return Dataset(__file__).version
