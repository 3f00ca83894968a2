"""C: the corpus as a package: one version everywhere, and a word about it in the changelog."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator

from sidelines.objects import AnySources
from sidelines.problems import Problem
from sidelines.sources import UnreadableError
from sidelines.strictjson import parse

__all__ = ["changelog_silent", "version_differs"]


def version_differs(sources: AnySources, file: str, version: str) -> Iterator[Problem]:
    """The version of the corpus, in its `file`, is not that of the package, where pyproject.toml states one."""
    try:
        project = tomllib.loads(_text(sources, "pyproject.toml")).get("project", {})
    except FileNotFoundError:
        return
    except (UnreadableError, ValueError, RecursionError) as error:  # no TOML, no UTF-8, too long a number, too deep
        yield Problem("C001", "error", f"the package's version cannot be read: {error}", "pyproject.toml")
        return
    stated = project.get("version", version) if isinstance(project, dict) else version
    if stated != version:
        yield _at_version(sources, file, "C001", f"version: expected {stated}, as in pyproject.toml, found {version}")


def changelog_silent(sources: AnySources, file: str, version: str) -> Iterator[Problem]:
    """The changelog has no section for the version of the corpus, in its `file`."""
    try:
        text = _text(sources, "CHANGELOG.md")
    except FileNotFoundError:
        return
    except (UnreadableError, UnicodeDecodeError) as error:
        yield Problem("C002", "error", f"the sections cannot be read: {error}", "CHANGELOG.md")
        return
    shown = re.sub(r"(?ms)^```.*?^```|<!--.*?-->", "", text)
    sections = re.findall(r"(?mi)^##[ \t]+\W*(?:version[ \t]+)?v?([0-9][^\]\s:*,]*|unreleased)", shown)
    if version not in sections:
        found = ", ".join(sections[:5]) or "no section at all"
        yield _at_version(sources, file, "C002", f"expected a section [{version}] in CHANGELOG.md, found {found}")


def _text(sources: AnySources, name: str) -> str:
    return sources.read(name).decode("utf-8-sig")


def _at_version(sources: AnySources, file: str, code: str, message: str) -> Problem:
    line, column = parse(sources.read(file)).position(("version",))
    return Problem(code, "error", message, file, "/version", line, column)
