"""A problem is data; a report is the problems of one corpus, in a fixed order."""

from __future__ import annotations

from bisect import bisect
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from difflib import get_close_matches
from itertools import zip_longest
from typing import Literal, NamedTuple

import msgspec

__all__ = [
    "Edit", "Problem", "Report", "Spot", "code_points", "names", "nearest", "not_canonical", "pointer", "printable",
    "quoted",
]  # fmt: skip

Severity = Literal["error", "warning"]
LONGEST, BESIDE = 200, 100  # how far the look for a name that is like another goes


class Edit(msgspec.Struct, frozen=True):
    """Where a span stands in truth: `pointer` leads to it in the problem's file, `start` and `end` are code points.

    Its `text` is then what stands there.
    """

    pointer: str
    start: int
    end: int


class Problem(msgspec.Struct, frozen=True, omit_defaults=True):
    """One thing that is wrong, and where.

    `path` is relative to the corpus's folder, with `/`; `pointer` a JSON pointer (RFC 6901) into that file; `line` and
    `column` count from 1, columns in code points; `start` and `end` are code points of the document's text, half-open.
    `message`, `path` and `document` can be printed, each on one line, whatever was found: see `printable`.

    `context` is the part of the document's text around the span, as it stands there, and `context_start` the code point
    at which it begins. `folded` are the problems of which this one is the cause. `fix` says in words what to do, and
    `fixable` whether `sidelines check --fix` does it, as long as nothing else gets worse; `edits` has the spans that it
    then moves.

    >>> Problem("R002", "error", "no such mention", path="annotations/a/quotes.json", line=4, column=7).place
    'annotations/a/quotes.json:4:7'
    """

    code: str
    severity: Severity
    message: str
    path: str | None = None
    pointer: str | None = None
    line: int | None = None
    column: int | None = None
    document: str | None = None
    table: str | None = None
    id: str | None = None
    start: int | None = None
    end: int | None = None
    fix: str | None = None
    fixable: bool = False
    edits: tuple[Edit, ...] = ()
    context: str | None = None
    context_start: int | None = None
    folded: tuple[Problem, ...] = ()

    def __post_init__(self) -> None:
        for name in ("message", "path", "document"):
            text = getattr(self, name)
            if text is not None and not text.isprintable():
                msgspec.structs.force_setattr(self, name, printable(text))

    @property
    def place(self) -> str:
        """The place as `path:line:column`, which terminals and editors make clickable."""
        return ":".join(str(part) for part in (self.path or ".", self.line, self.column) if part is not None)


class Spot(NamedTuple):
    """Where a value stands: path of the file, JSON pointer into it, and line and column, where it has lines."""

    path: str
    pointer: str
    line: int | None = None
    column: int | None = None


def pointer(parts: Iterable[str | int]) -> str:
    """Write a path of keys and indexes as a JSON pointer (RFC 6901).

    >>> pointer(["quotes", 3, "a/b"])
    '/quotes/3/a~1b'
    """
    return "".join("/" + str(part).replace("~", "~0").replace("/", "~1") for part in parts)


def printable(text: str) -> str:
    r"""Text on one line: what cannot be seen, or would move the cursor, as its code point.

    Bytes of a name that are no UTF-8 are such code points as well, as `os.fsdecode` has them.

    >>> print(printable("corpus/a\x1b[2J\udcff.txt"))
    corpus/a\u001b[2J\udcff.txt
    """
    return "".join(c if c.isprintable() else _escape(c) for c in text)


def quoted(text: str, limit: int = 60) -> str:
    r"""Text between quotation marks on one line: what cannot be seen as its code point, and the middle left out.

    >>> print(quoted("no\u00a0break"))
    ‘no\u00a0break’
    """
    short = text if len(text) <= limit else f"{text[: limit // 2 - 2]} … {text[2 - limit // 2 :]}"
    return f"‘{printable(short)}’"


def code_points(text: str, limit: int = 60) -> str:
    r"""Text between quotation marks with all but ASCII as code points, for texts that look alike.

    >>> print(code_points("é"), code_points("e\u0301"))
    ‘\u00e9’ ‘e\u0301’
    """
    return (
        "‘" + "".join(c if " " <= c <= "~" else _escape(c) for c in text[:limit]) + ("…’" if len(text) > limit else "’")
    )


def _escape(character: str) -> str:
    point = ord(character)
    return f"\\u{point:04x}" if point <= 0xFFFF else f"\\U{point:08x}"


def not_canonical(path: str, raw: bytes, expected: bytes, document: str | None = None) -> Problem:
    """The problem of a file that is not in its canonical form, at the first difference."""
    found_lines, lines = raw.decode("utf-8").split("\n"), expected.decode("utf-8").split("\n")
    pairs = enumerate(zip_longest(found_lines, lines), 1)
    line, (found, wanted) = next((number, pair) for number, pair in pairs if pair[0] != pair[1])
    if found is None or wanted is None:
        message = "expected one newline at the end of the file, found " + ("none" if found is None else "more")
        line, column = min(line, len(found_lines)), 1
    else:
        column = next(
            (at for at, (a, b) in enumerate(zip(found, wanted, strict=False)) if a != b),
            len(min(found, wanted, key=len)),
        )
        message = f"expected the canonical form, {_excerpt(wanted, column)}, found {_excerpt(found, column)}"
        column += 1
    return Problem(
        "F108", "error", message, path, None, line, column, document, fix="run `sidelines fmt`", fixable=True
    )


def _excerpt(line: str, at: int) -> str:
    start = max(at - 10, 0)
    part = line[start : at + 20]
    return f"{'…' if start else ''}{part!r}{'…' if at + 20 < len(line) else ''}" if part else "nothing"


def _order(problem: Problem) -> tuple[str, int, int, str, str]:
    return problem.path or "", problem.line or 0, problem.column or 0, problem.code, problem.message


class Report(Sequence[Problem]):
    """The problems of one corpus, by path, line, column and code; a sequence of `Problem`.

    >>> report = Report([Problem("L001", "error", "…", path="b"), Problem("F108", "error", "…", path="a")], documents=2)
    >>> [problem.code for problem in report], report.ok, report.counts
    (['F108', 'L001'], False, {'F108': 1, 'L001': 1})
    """

    __slots__ = ("_problems", "documents", "rows")

    def __init__(
        self, problems: Iterable[Problem] = (), documents: int = 0, rows: dict[str, int] | None = None
    ) -> None:
        self._problems = tuple(sorted(problems, key=_order))
        self.documents = documents
        self.rows = dict(rows or {})

    def __getitem__(self, index):  # type: ignore[no-untyped-def]  # the overloads of Sequence say no more than this
        return self._problems[index]

    def __len__(self) -> int:
        return len(self._problems)

    def __iter__(self) -> Iterator[Problem]:
        return iter(self._problems)

    def __repr__(self) -> str:
        return f"<Report: {self.documents} documents, {self.errors} errors, {self.warnings} warnings>"

    def _repr_html_(self) -> str:
        from sidelines.notebooks import report_html

        return report_html(self)

    @property
    def errors(self) -> int:
        """How many problems are errors."""
        return sum(problem.severity == "error" for problem in self._problems)

    @property
    def warnings(self) -> int:
        """How many problems are warnings."""
        return len(self) - self.errors

    @property
    def ok(self) -> bool:
        """True when there is no error; warnings do not count."""
        return self.errors == 0

    @property
    def counts(self) -> dict[str, int]:
        """Problems by code, in the order of the codes."""
        return dict(sorted(Counter(problem.code for problem in self._problems).items()))


def names(unknown: str, legal: Iterable[str]) -> str:
    """Say which names are legal, the nearest one first.

    >>> names("menttions", ["quotes", "mentions"])
    "did you mean 'mentions'? There are: mentions, quotes"
    """
    legal = sorted(legal)
    if not legal:
        return "there are none"
    near = nearest(unknown, legal)
    return ("there are: " if near is None else f"did you mean {near!r}? There are: ") + ", ".join(legal)


def nearest(unknown: str, legal: Sequence[str]) -> str | None:
    """The legal name that an unknown one is most like, if one is like it; `legal` in alphabetical order.

    Of more than 200 names only the 100 on either side are compared, and nothing with a name of more than 200
    characters: a corpus with thousands of wrong names is told so in seconds, not hours.

    >>> nearest("menttions", ["mentions", "quotes"]), nearest("dates", ["mentions", "quotes"])
    ('mentions', None)
    """
    if len(unknown) > LONGEST:
        return None
    if len(legal) > 2 * BESIDE:
        at = bisect(legal, unknown)
        legal = legal[max(at - BESIDE, 0) : at + BESIDE]
    near = get_close_matches(unknown, legal, 1)
    return near[0] if near else None
