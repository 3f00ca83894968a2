"""What a user can cause and should read as one clear sentence, never as a traceback."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sidelines.problems import Problem

__all__ = ["InvalidCorpusError", "OffsetError", "SidelinesError", "WorkersLostError", "count"]


class SidelinesError(Exception):
    """Something that keeps a command from running: the message says what was expected, found, and what to do."""


class InvalidCorpusError(SidelinesError):
    """A corpus has problems where only a sound one will do; `problems` holds them."""

    def __init__(self, message: str, problems: Sequence[Problem] = ()) -> None:
        super().__init__(message)
        self.problems = tuple(problems)


class WorkersLostError(SidelinesError):
    """Whoever did the work has gone, and nobody is left to do it; parts of a build that are finished are kept."""


class OffsetError(SidelinesError, ValueError):
    """An offset at which its text cannot be cut: negative, past the end, or inside a character of UTF-8 or UTF-16.

    `row` is the position of the text, `item` that of the offset in the text's list (None where there are no lists),
    `length` the text's length in `unit`.
    """

    def __init__(
        self, message: str, row: int = 0, item: int | None = None, offset: int = 0, unit: str = "", length: int = 0
    ) -> None:
        super().__init__(message)
        self.row, self.item, self.offset, self.unit, self.length = row, item, offset, unit, length


def count(number: int, what: str) -> str:
    """A number of things, in words that fit it.

    >>> count(1, "error"), count(1200, "error")
    ('1 error', '1,200 errors')
    """
    return f"{number:,} {what}{'' if number == 1 else 's'}"
