"""How a report is shown: what its paths are relative to, how much of it, how wide."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sidelines.problems import Problem, printable

__all__ = ["WIDTH", "View", "file_of", "path_of", "place", "shown_path", "uri_of"]

WIDTH = 96  # cells of an excerpt, where no terminal says how many there are


@dataclass(frozen=True, slots=True)
class View:
    """How a report is shown.

    `folder` is what the paths of its problems are relative to, as the user named it. `scope` says in words what was
    gone through, and `clean` what it is called when nothing was found. No more than `most` problems are shown, and
    those that are folded under them only if `folded`. `width` are the cells of an excerpt; `encoding` is that of the
    output where it is not UTF-8. `name` is that of the corpus, `families` the letters of the rules that were looked
    for, and `documents` gives the ids of its documents; JUnit asks for them. `mending` is the command that mends what
    can be, or None where it has been run; `listing` is what lists the problems that are folded.
    """

    folder: str = "."
    scope: str = ""
    clean: str = "clean"
    most: int | None = None
    folded: bool = False
    width: int = WIDTH
    encoding: str | None = None
    name: str = "corpus"
    families: Sequence[str] = ()
    documents: Callable[[], Sequence[str]] = tuple
    mending: str | None = "sidelines check --fix"
    listing: str = "--show-folded"

    def shown(self, problems: Sequence[Problem]) -> Sequence[Problem]:
        """The problems that are shown."""
        return problems if self.most is None else problems[: self.most]

    @classmethod
    def on_screen(cls, root: Any, output: str = "-", **options: Any) -> View:
        """The view of a report on what is at `root`, for a file or for standard output, which may be a terminal."""
        view = {"folder": shown_folder(root), "name": _name(root), **options}
        if output == "-":
            encoding = getattr(sys.stdout, "encoding", None) or "utf-8"
            if encoding.lower().replace("-", "").replace("_", "") not in ("utf8", "utf8sig"):
                view["encoding"] = encoding
            if sys.stdout.isatty():
                view["width"] = min(max(shutil.get_terminal_size().columns - 5, 30), WIDTH + 24)
        return cls(**view)


def shown_folder(root: Any) -> str:
    """A folder as its user would name it from the working directory: a path that leads upwards is relative to it."""
    if not isinstance(root, Path) or not root.is_absolute():
        return str(root)
    here = _here()
    return os.path.relpath(root, here) if root in (Path(here), *Path(here).parents) else str(root)


def _name(root: Any) -> str:
    return os.path.basename(os.path.abspath(root)) if isinstance(root, Path) else str(root.name)


def path_of(problem: Problem, view: View) -> str:
    """The path of a problem from the working directory; without one, the folder."""
    return shown_path(problem.path, view)


def shown_path(path: str | None, view: View) -> str:
    """The path of a file of what a view is on, from the working directory; None stands for the folder."""
    folder = "" if view.folder in ("", ".") else printable(view.folder).replace(os.sep, "/").rstrip("/") + "/"
    return folder + printable(path) if path is not None else folder.rstrip("/") or "."


def place(problem: Problem, view: View) -> str:
    """The place of a problem as `path:line:column`, which terminals and editors make clickable."""
    return ":".join(str(part) for part in (path_of(problem, view), problem.line, problem.column) if part is not None)


def file_of(problem: Problem, view: View) -> str | None:
    """The path of a problem from the repository, for those who show it there; None where it has none.

    The repository is the working directory, or on GitHub the workspace. What lies outside of it is named from the root.
    """
    if problem.path is None or "://" in view.folder:
        return None
    whole, base = (os.path.abspath(p) for p in (os.path.join(view.folder, problem.path), _repository()))
    for file, folder in ((whole, base), (os.path.realpath(whole), os.path.realpath(base))):
        if file.startswith(os.path.join(folder, "")):
            return os.path.relpath(file, folder).replace(os.sep, "/")
    return whole.replace(os.sep, "/")


def uri_of(problem: Problem, view: View) -> str | None:
    """The same as a reference (RFC 3986): relative inside the repository, else a whole URI."""
    from urllib.parse import quote

    if problem.path is not None and "://" in view.folder:
        return quote(path_of(problem, view), safe=":/")
    file = file_of(problem, view)
    if file is None:
        return None
    if os.path.isabs(file):
        return Path(file).as_uri()
    return quote(file, safe="/") if ":" not in file.split("/")[0] else "./" + quote(file, safe="/")


def _repository() -> str:
    return os.environ.get("GITHUB_WORKSPACE") or _here()


def _here() -> str:
    try:
        return os.getcwd()
    except FileNotFoundError:  # the working directory is gone
        return os.sep
