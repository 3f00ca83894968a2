"""The page: a corpus with its annotations as one HTML file, which needs nothing else and runs nothing but its script.

Whatever comes from a corpus is data: it stands in script elements of JSON, where it is inert, or is escaped.
"""

from __future__ import annotations

import os
import re
from base64 import b64encode
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from html import escape
from importlib.resources import files
from itertools import zip_longest
from pathlib import Path

from msgspec.structs import replace

import sidelines
from sidelines.checker import Progress, check_batches
from sidelines.errors import InvalidCorpusError, SidelinesError, count
from sidelines.files import put_file, reason
from sidelines.opening import AnyReader, open_corpus
from sidelines.outputs import spare_files
from sidelines.problems import Problem
from sidelines.selection import ALWAYS
from sidelines.sheets import Listed, Sheet, inert, outline, sheets
from sidelines.sources import Limits

__all__ = ["Composed", "Page", "compose", "view"]

# The parts of the script, in this order, inside of one function.
SCRIPTS = (
    "dom.js", "units.js", "corpus.js", "words.js", "drawing.js", "text.js", "card.js", "timeline.js", "panel.js",
    "list.js", "main.js",
)  # fmt: skip
STYLE, TEMPLATE = "page.css", "page.html"
OURS = re.compile(rb'<meta name="generator" content="sidelines[" ]')  # by which an earlier page is known
HEAD = 4096  # bytes in which that stands
UNSEEN = {code: "�" for code in range(32) if chr(code) not in "\t\n\r"} | {13: "&#13;"}  # what HTML would change


@dataclass(frozen=True, slots=True)
class Page:
    """What `view` wrote: where (None for standard output), how many bytes, and how many documents it shows.

    `problems` are those of the documents that it lists without showing them, and `left_out` is their number.
    """

    out: Path | None
    size: int
    documents: int
    left_out: int
    problems: Sequence[Problem]


@dataclass(frozen=True, slots=True)
class Composed:
    """A page in pieces, which are to be written one after the other, with what `Page` says of it."""

    pieces: Sequence[bytes]
    documents: int
    left_out: int
    problems: Sequence[Problem]


def view(
    path: str | os.PathLike[str] | None = None,
    out: str | os.PathLike[str] = "page.html",
    *,
    limits: Limits | None = None,
    progress: Progress | None = None,
) -> Page:
    """Write a corpus with its annotations as a page, one HTML file that needs nothing else.

    Parameters
    ----------
    path:
        a corpus folder, a build, or a folder of JSON Lines, as for `check`; without one the corpus that the working
        directory is in, else the shipped one.
    out:
        the file to write, or `-` for standard output. An earlier page there is replaced.
    limits, progress:
        as for `check`.

    Returns
    -------
    The page: where it is, its size in bytes, how many documents it shows, and the problems of those that it does not
    show since they cannot be read truly (rules of the families F, S, T, O, and P in a build).

    Raises
    ------
    InvalidCorpusError
        when the corpus as a whole has such problems: in its metadata, its schemas, the names of its files.
    SidelinesError
        when there is no corpus; when `out` cannot be written, is a file that is no page, or stands among the sources.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     page = view(out=Path(folder, "page.html"))
    ...     page.documents, page.out.read_bytes()[:15]
    (1, b'<!doctype html>')
    """
    corpus = open_corpus(path, limits)
    where = None if os.fspath(out) == "-" else Path(out)
    if where is not None:
        spare_files(where, corpus.root, "a page", "--output")
        _refuse(where)
    made = compose(corpus, progress=progress)
    assert made is not None  # no limit was given
    if where is None:
        import click  # which knows what standard output is; no build needs it

        for piece in made.pieces:
            click.echo(piece, nl=False)
    else:
        put_file(where, made.pieces)
    return Page(where, sum(map(len, made.pieces)), made.documents, made.left_out, made.problems)


def _refuse(out: Path) -> None:
    """Refuse to replace a file that is no earlier page: a name may be mistyped."""
    try:
        if not out.is_file():
            return
        with open(out, "rb") as file:
            head = file.read(HEAD)
    except (OSError, ValueError) as error:
        said = reason(error) if isinstance(error, OSError) else error
        raise SidelinesError(f"{str(out)!r}: cannot be written: {said}") from error
    if head and not OURS.search(head):
        raise SidelinesError(f"{out}: expected an earlier page of Sidelines or nothing there, found another file; "
                             "choose another --output, or remove it")  # fmt: skip


def compose(corpus: AnyReader, *, progress: Progress | None = None, most: int | None = None) -> Composed | None:
    """The page of a corpus; None where its texts are more than `most` bytes.

    Raises
    ------
    InvalidCorpusError
        as `view` does.
    """
    problems = [problem for problem in corpus.problems if problem.severity == "error"]
    general = [problem for problem in problems if problem.document is None]
    if general:
        raise _invalid(corpus, general)
    read: dict[str, Sheet] = {}
    size = done = 0
    for batch, found in check_batches(corpus, codes=ALWAYS):
        problems += found
        general += [problem for problem in found if problem.document is None]
        faulty = {problem.document for problem in found if problem.document is not None}
        if general:  # of a document of which something could not be read, nobody may have said so by its name
            faulty |= {id_ for at, id_ in enumerate(batch.ids) if not all(whole[at] for whole in batch.whole.values())}
        size += len(batch.texts.data)
        if most is not None and size > most:
            return None
        read |= {sheet.listed.id: sheet for sheet in sheets(batch, faulty)}
        done += len(batch.ids)
        if progress is not None:
            progress(done, corpus.count, len(problems))
    faults: dict[str, Problem] = {}
    for problem in problems:
        if problem.document is not None:
            faults.setdefault(problem.document, problem)
    faults |= {id_: general[0] for id_, sheet in read.items() if sheet.content is None and id_ not in faults}
    sheets_ = [read.get(id_, Sheet(Listed(id_, None, None, 0))) for id_ in sorted({*read, *faults})]
    shown = [_left_out(sheet, faults.get(sheet.listed.id)) for sheet in sheets_]
    pieces = list(_filled(_values(corpus, shown)))
    number = sum(sheet.content is not None for sheet in shown)
    return Composed(pieces, number, len(shown) - number, problems)


def _invalid(corpus: AnyReader, problems: Sequence[Problem]) -> InvalidCorpusError:
    first = problems[0]
    found = f"{count(len(problems), 'problem')}, the first {first.place}: {first.code} {first.message}"
    return InvalidCorpusError(
        f"{corpus.root}: no page can be made of it: {found}; `sidelines check` shows all", problems
    )


def _left_out(sheet: Sheet, problem: Problem | None) -> Sheet:
    """A document as it is listed; of one with a problem, that is all there is."""
    if problem is None:
        return sheet
    return replace(sheet, listed=replace(sheet.listed, fault=f"{problem.code} {problem.place}: {problem.message}"),
                   content=None)  # fmt: skip


# -- the template ------------------------------------------------------------------------------------------------------


def _values(corpus: AnyReader, shown: Sequence[Sheet]) -> Mapping[str, Iterable[bytes]]:
    """What is filled into the template, by name."""
    about = {**outline(corpus), "sidelines": sidelines.__version__, "documents": [sheet.listed for sheet in shown]}
    title, language = about["title"], about["language"]
    plain = "".join(f"{_line(sheet.listed)}\n" for sheet in shown)
    if len(shown) == 1 and shown[0].content is not None:
        title, language, plain = shown[0].listed.title or title, shown[0].language or language, shown[0].text
    style = _asset(STYLE)
    script = b'(() => {\n"use strict";\n' + b"\n".join(map(_asset, SCRIPTS)) + b"})();\n"
    policy = (
        f"default-src 'none'; style-src {_hash(style)}; script-src {_hash(script)}; base-uri 'none'; form-action 'none'"
    )
    return {
        "policy": [policy.encode()],
        "language": [_escaped(language)],
        "title": [_escaped(title)],
        "style": [style],
        "plain": [_escaped(plain)],
        "corpus": [inert(about)],
        "documents": _elements(shown),
        "script": [script],
    }


def _elements(shown: Sequence[Sheet]) -> Iterator[bytes]:
    for number, sheet in enumerate(shown):
        if sheet.content is not None:
            yield b'<script type="application/json" data-document="%d">' % number
            yield sheet.content
            yield b"</script>\n"


def _line(listed: Listed) -> str:
    """A document in the list for readers without JavaScript."""
    return ": ".join(filter(None, (listed.id, listed.title, listed.fault)))


def _filled(values: Mapping[str, Iterable[bytes]]) -> Iterator[bytes]:
    """The template with its `{{names}}` replaced, in one pass: what is filled in is not looked at again."""
    parts = re.split(rb"\{\{(\w+)\}\}", _asset(TEMPLATE))
    for text, name in zip_longest(parts[::2], parts[1::2]):
        yield text
        yield from () if name is None else values[name.decode()]


def _asset(name: str) -> bytes:
    """A file of `web/`; its lines end as a browser has them once it has read the page, or no hash would fit."""
    return (files("sidelines") / "web" / name).read_bytes().replace(b"\r\n", b"\n")


def _hash(content: bytes) -> str:
    """The source expression that allows an inline element with this content (CSP Level 3, 2.3.1)."""
    return f"'sha256-{b64encode(sha256(content).digest()).decode()}'"


def _escaped(text: str) -> bytes:
    return escape(text).translate(UNSEEN).encode()
