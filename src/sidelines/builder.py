"""A build: the checked corpus as Parquet, with what is needed to read and verify it."""

from __future__ import annotations

import os
import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

from sidelines.checker import Progress, Work, check_corpus
from sidelines.errors import InvalidCorpusError, SidelinesError, count
from sidelines.files import reason
from sidelines.jobs import each, single
from sidelines.objects import AnySources
from sidelines.opening import AnyReader, open_corpus
from sidelines.outputs import SUMS, replacing, spare
from sidelines.parts import Part, Written, finished, write
from sidelines.problems import Report
from sidelines.selection import ALWAYS, preferences
from sidelines.sources import Limits, UnreadableError
from sidelines.stores import Store, place
from sidelines.viewer import compose

__all__ = ["PAGE", "PAGE_BYTES", "PAGE_DOCUMENTS", "Build", "build"]

LINE = re.compile(r"([0-9a-f]{64})  ([^\x00\r\\]+)")  # `sha256sum` escapes \n, \r and \; builds have none of them
PART_DOCUMENTS = 10_000
PAGE, PAGE_DOCUMENTS, PAGE_BYTES = "index.html", 1_000, 32 * 2**20  # of text: more is too much for one file to show
CLUTTER = {".DS_Store", "Thumbs.db", "desktop.ini"}  # what file managers leave behind


@dataclass(frozen=True, slots=True)
class Build:
    """What `build` wrote: where, from which corpus, how many rows of each table, in how many parts, whether a page."""

    out: Path | Store
    corpus: AnyReader
    report: Report
    rows: dict[str, int]
    size: int
    parts: int
    page: bool


def build(
    path: str | os.PathLike[str] | None = None,
    out: str | os.PathLike[str] = "build",
    *,
    progress: Progress | None = None,
    limits: Limits | None = None,
    jobs: int | None = None,
    client: Any = None,
    part_documents: int | None = None,
    page: bool = True,
) -> Build:
    """Check a corpus, then write its build.

    Parameters
    ----------
    path:
        a corpus folder, a build, or a folder of JSON Lines, as for `check`.
    out:
        the folder to write: `parquet/<table>.parquet` for `documents` and every table, with the derived columns;
        `corpus.json`; `schema/`; `index.html`; `SHA256SUMS` over all of them. An earlier build there is replaced whole.
    progress, limits, jobs, client:
        as for `check`; with a client, its workers must see `out` as well.
    part_documents:
        how many documents stand in one part. With more than that (10,000, if nothing else is said) each table is a
        folder of parts, `parquet/<table>.parquet/part-00000.parquet` and so on; the same number has the rows of the
        same documents in every table. A build that is built again keeps its parts, and of JSON Lines each file makes
        a part of its name.

    page:
        whether to write `index.html`, the page that `view` makes of the corpus; of one of more than 1,000 documents or
        32 MiB of text there is none.

    A build in parts that is interrupted, or killed, goes on with the parts that are missing when it is run again.

    What the settings of the corpus ignore, as `check` reads them, does not keep a build from being made, but for
    problems of the families F, S, T, O and P: with those its tables would not be true.

    Raises
    ------
    InvalidCorpusError
        when the corpus has errors: nothing is written, and an earlier build is as it was.
    SidelinesError
        when there is no corpus, or `out` cannot be written, holds something other than a build, or is where the
        sources are; what was there is as it was. When a setting of the corpus is unknown, or `jobs` or
        `part_documents` is not at least 1.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     build(out=folder).rows["documents"]
    1
    """
    corpus = open_corpus(path, limits)
    where = place(out)
    spare(where, corpus.root)
    shards = _shards(corpus, part_documents)
    with replacing(where, _stranger, resume=len(shards) > 1) as output:
        codes = preferences(corpus.sources, corpus.settings.file, corpus.built).codes | ALWAYS
        problems = check_corpus(corpus, codes)
        sound = not any(problem.severity == "error" for problem in problems)
        works = zip(shards, Work.of(corpus, shards.values(), codes), strict=True)
        parts = [Part(work, output, name, sound) for name, work in works]
        rows: Counter[str] = Counter()
        sums: dict[str, str] = {}
        size = 0
        for written in _write(corpus, parts, jobs, client, _teller(corpus.count, len(problems), progress)):
            problems += written.problems
            rows.update(written.rows)
            sums |= written.sums
            size += written.size
        report = Report(problems, corpus.count, dict(rows))
        if not report.ok:
            message = f"{corpus.root}: {count(report.errors, 'error')}, so nothing was built"
            raise InvalidCorpusError(message, list(report))
        shown = _page(corpus) if page else None
        for name, content in (*_copied(corpus), *([] if shown is None else [(PAGE, shown)])):
            output.create(name, content)
            sums[name] = sha256(content).hexdigest()
            size += len(content)
        output.create(SUMS, "".join(f"{sums[name]}  {name}\n" for name in sorted(sums)).encode())
        output.clear({*sums, SUMS})  # of the records, and of what a worker that died had begun
    return Build(where, corpus, report, dict(rows), size, len(shards), shown is not None)


def _page(corpus: AnyReader) -> bytes | None:
    """The page of a corpus that was found to be sound; None where it is too large for one."""
    composed = compose(corpus, most=PAGE_BYTES) if corpus.count <= PAGE_DOCUMENTS else None
    if composed is None:
        return None
    if composed.problems:
        first = composed.problems[0]
        raise SidelinesError(f"{corpus.root}: changed while it was built, so nothing was: now there is {first.code} at "
                             f"{first.place}; run the build again")  # fmt: skip
    return b"".join(composed.pieces)


def _stranger(earlier: AnySources) -> str | None:
    """Something in a folder that no earlier build has put there: not named, nor its folder, in the sums of a build."""
    try:
        lines = earlier.read(SUMS).decode().splitlines()
    except (OSError, UnreadableError, UnicodeDecodeError):
        lines = []
    sums = [match[2] for line in lines if (match := LINE.fullmatch(line))]
    whole = len(sums) == len(lines) and "corpus.json" in sums and any(name.startswith("parquet/") for name in sums)
    known = {name.partition("/")[0] for name in sums} | {SUMS} if whole else set()
    return next((repr(name) for name in sorted(earlier.names("")) if name not in known | CLUTTER), None)


def _shards(corpus: AnyReader, part_documents: int | None) -> dict[str | None, Any]:
    """Which documents each part is made of, by its name; None is the name where tables are one file each."""
    if part_documents is not None and part_documents < 1:
        raise SidelinesError(f"documents of a part: expected 1 or more, found {part_documents}")
    return dict(corpus.parts(part_documents, PART_DOCUMENTS))


def _write(
    corpus: AnyReader, parts: list[Part], jobs: int | None, client: Any, tell: Callable[[int, int], None]
) -> Iterator[Written]:
    """What became of each part, in their order; what an earlier run has finished is kept, and all else it left goes."""
    done = {part.name: found for part in parts if (found := finished(part, corpus)) is not None}
    records = {part.record() for part in parts if part.name in done}
    parts[0].output.clear(records | {path for found in done.values() for path in found.sums})
    left = [part for part in parts if part.name not in done]
    alone = single(len(left), jobs, client)
    made = (write(part, tell) for part in left) if alone else each(write, left, jobs, client)
    for part in parts:
        kept = done.get(part.name)
        written = next(made) if kept is None else kept
        if kept is not None or not alone:
            tell(written.documents, len(written.problems))
        yield written


def _teller(total: int, problems: int, progress: Progress | None) -> Callable[[int, int], None]:
    """A function that is told how many documents and problems there are more, and tells how many in all."""
    done = 0

    def tell(documents: int, found: int) -> None:
        nonlocal done, problems
        done, problems = done + documents, problems + found
        if progress is not None:
            progress(done, total, problems)

    return tell


def _copied(corpus: AnyReader) -> Iterator[tuple[str, bytes]]:
    """What a build holds beside its tables: path in it, and content."""
    for path in corpus.settings.files():
        try:
            yield "corpus.json" if path == corpus.settings.file else path, corpus.sources.read(path)
        except OSError as error:
            raise SidelinesError(f"{corpus.root}/{path}: cannot be read: {reason(error)}") from error
        except UnreadableError as error:
            raise SidelinesError(f"{corpus.root}/{path}: {error.message}") from error
