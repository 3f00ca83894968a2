"""Where everything stands in the text of a JSON file that is sound: line and column of each value and each key."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator
from json.decoder import JSONDecoder, scanstring  # type: ignore[attr-defined]  # no stub has it
from typing import Any

__all__ = ["INNER", "STRING", "Path", "Tree", "after_space", "line_column"]

STRING = r'"(?:[^"\\]++|\\.)*+"'
INNER = ""
for _ in range(3):  # members in which nothing is nested deeper than three levels, and nothing has very many parts
    INNER = rf'[\[{{](?:{STRING}|[^"\[\]{{}}]++{"|" if INNER else ""}{INNER}){{0,4096}}+[\]}}]'
_VALUE = re.compile(rf'{STRING}|[^\s"\[\]{{}},]++|{INNER}')
_SPACE = re.compile(r"[ \t\n\r]*")
_DECODER = JSONDecoder()
Path = tuple[str | int, ...]


class Tree:
    """The value of a JSON file, with the place of each value and of each key."""

    __slots__ = ("_breaks", "_members", "_start", "_text", "value")

    def __init__(self, text: str, value: Any, start: int = 0) -> None:
        self.value, self._text, self._start = value, text, start
        self._breaks: list[int] | None = None
        self._members: dict[int, dict[str | int, tuple[int, int]]] = {}  # by where their container begins

    def position(self, path: Path, key: bool = False) -> tuple[int, int]:
        """Line and column, from 1, of the value at `path`, or of its key; of what is around it, if it is absent."""
        before, offset = self._find(path)
        if self._breaks is None:
            self._breaks = [match.start() for match in re.finditer("\n", self._text)]
        offset = before if key else offset
        line = bisect_left(self._breaks, offset)
        return line + 1, offset - (self._breaks[line - 1] if line else -1)

    def branch(self, path: Path) -> Tree:
        """The value at `path`, which is there, as a tree of its own: its places are still those in the file."""
        value = self.value
        for part in path:
            value = value[part]
        branch = Tree(self._text, value, self._find(path)[1])
        branch._members = self._members  # places are those of the same text
        return branch

    def _find(self, path: Path) -> tuple[int, int]:
        """Where the key of the value at `path` begins, and the value; of what is around it, if it is absent."""
        before = offset = after_space(self._text, self._start)
        for part in path:
            members = self._container(offset)
            if part not in members:
                return offset, offset
            before, offset = members[part]
        return before, offset

    def _container(self, start: int) -> dict[str | int, tuple[int, int]]:
        """Where each member of a container begins, and its value; found once."""
        if start not in self._members:
            self._members[start] = dict(_members(self._text, start))
        return self._members[start]


def _members(text: str, at: int) -> Iterator[tuple[str | int, tuple[int, int]]]:
    """Name or index of each member of the container at an offset of sound JSON, where it begins, and its value."""
    close = {"{": "}", "[": "]"}.get(text[at])
    index, at = 0, after_space(text, at + 1)
    while close is not None and text[at] != close:
        start, part = at, index
        if close == "}":
            part, at = scanstring(text, at + 1, True)
            at = after_space(text, after_space(text, at) + 1)
        yield part, (start, at)
        value = _VALUE.match(text, at)
        at = after_space(text, value.end() if value else _DECODER.raw_decode(text, at)[1])
        index, at = index + 1, after_space(text, at + 1) if text[at] == "," else at


def after_space(text: str, at: int) -> int:
    """The offset of what follows on white space at an offset, of which there may be none."""
    match = _SPACE.match(text, at)
    assert match is not None  # the pattern matches nothing, too
    return match.end()


def line_column(text: str, offset: int) -> tuple[int, int]:
    r"""Line and column of a code point, both from 1; lines end at \n, as in editors and git.

    >>> line_column("a\nbc", 3)
    (2, 2)
    """
    return text.count("\n", 0, offset) + 1, offset - text.rfind("\n", 0, offset)
