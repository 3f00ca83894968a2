"""The formats of reports, by name. To add one: write a function that makes lines of a report, and name it here.

A format is imported when it is asked for: a check of a small corpus takes less time than all of them.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from functools import partial
from importlib import import_module
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from sidelines.errors import SidelinesError, count
from sidelines.files import put_file
from sidelines.opening import open_corpus
from sidelines.outputs import spare_files
from sidelines.problems import Report, names, printable
from sidelines.reports.text import left_out_line, summary
from sidelines.reports.view import View
from sidelines.rules.catalogue import FAMILIES
from sidelines.stores import place

if TYPE_CHECKING:
    from sidelines.verifier import Verification

__all__ = ["FORMATS", "STATISTICS", "format_of", "lines_of", "show", "spare", "view_of_check", "view_of_verification"]

Format = Callable[[Report, View], Iterator[str]]

# Where the function of each format is, as `module.function` of `sidelines.reports`.
FORMATS: Mapping[str, str] = {
    "text": "text.report_lines",
    "json": "records.report_lines",
    "github": "github.report_lines",
    "sarif": "sarif.report_lines",
    "junit": "junit.report_lines",
}
STATISTICS: Mapping[str, str] = {"text": "counts.table_lines", "json": "counts.record_lines"}
FOR_PEOPLE = frozenset({"text"})  # in the encoding of the terminal, and in colour on it; all else is UTF-8
FULL = frozenset({"text", "github"})  # which say themselves that not all is shown
LINES = 500  # that are written at once


def lines_of(format: str, statistics: bool = False) -> Format:
    """The function that makes the lines of a report in a format; raises SidelinesError when there is no such format."""
    module, _, function = (STATISTICS if statistics else FORMATS)[format_of(format, format, statistics)].partition(".")
    lines: Format = getattr(import_module(f"sidelines.reports.{module}"), function)
    return lines


def format_of(given: str | None, preferred: str, statistics: bool = False) -> str:
    """The format of a report: what was given, else what is preferred, where there is such a one.

    Raises
    ------
    SidelinesError
        when there is none of that name, or none of statistics.
    """
    legal = STATISTICS if statistics else FORMATS
    if given is None:
        return preferred if preferred in legal else "text"
    if given not in legal:
        what = "statistics" if statistics else "reports"
        raise SidelinesError(f"there are no {what} in the format {given!r}; {names(given, legal)}")
    return given


def view_of_check(report: Report, root: str, codes: Collection[str], **options: Any) -> View:
    """How the report of `check` on what is at `root` is shown; options are those of `View`, and the `output`."""
    scope = f"{count(report.documents, 'document')}, {count(sum(report.rows.values()), 'row')}"
    families = [family for family in FAMILIES if family != "P" and any(code[0] == family for code in codes)]
    return View.on_screen(
        place(root), scope=scope, families=families, documents=partial(_documents, root), **options
    )  # fmt: skip


def _documents(root: str) -> Sequence[str]:
    return open_corpus(root).documents


def view_of_verification(made: Verification, **options: Any) -> View:
    """How the report of `verify` is shown; options as above."""
    rows = made.report.rows
    tables = f"{count(len(rows), 'table')}, {count(sum(rows.values()), 'row')}"
    scope = f"{count(made.files, 'file')}, {count(made.size, 'byte')}, {tables}" if made.files else "the list of files"
    return View.on_screen(made.path, scope=scope, clean="verified", families=["P"], **options)


def show(report: Report, view: View, format: str = "text", output: str = "-", statistics: bool = False) -> None:
    """Write a report to standard output (`-`), or to a file, which is then replaced whole.

    With `statistics`, only how often each rule found something. Where a file is written, the summary goes to standard
    error, and so does, where a format does not say so itself, that not all problems are shown.

    Raises
    ------
    SidelinesError
        when there is no such format, or none of statistics; when the file cannot be written.
    """
    lines = lines_of(format, statistics)(report, view)
    if output == "-":
        while some := list(islice(lines, LINES)):
            joined = "".join(f"{line}\n" for line in some)
            click.echo(joined if format in FOR_PEOPLE else joined.encode("utf-8", "backslashreplace"), nl=False)
    else:
        content = "".join(f"{click.unstyle(line)}\n" for line in lines)
        put_file(Path(output), content.encode("utf-8", "backslashreplace"))
        click.echo(f"{printable(output)}: {summary(report, view)}", err=True)
    if format not in FULL and not statistics and (left_out := left_out_line(report, view)) is not None:
        click.echo(left_out, err=True)


def spare(output: str, root: str | os.PathLike[str]) -> None:
    """Refuse to write a report among the files of a corpus: one would be replaced, or the report be taken for one.

    Raises
    ------
    SidelinesError
        when `output` is one of the files of what is at `root`, or in a folder of them, or in a build.
    """
    if output != "-":
        spare_files(Path(output), place(root), "a report", "--output")
