"""Reports for people: each problem with its place, the line of the article around it, and what to do."""

from __future__ import annotations

from collections.abc import Iterator

import click

from sidelines.errors import count
from sidelines.problems import Problem, Report, printable
from sidelines.reports.excerpts import excerpt
from sidelines.reports.view import View, place

__all__ = ["hints", "left_out_line", "problem_lines", "report_lines", "styled_lines", "summary"]

COLOURS = {"error": "red", "warning": "yellow"}
INDENT = "    "
# ECMA-48 8.3.20, BDSM (mode 8): the terminal does not turn the line round; and from the next line on it may again.
EXPLICIT, IMPLICIT = "\x1b[8l", "\x1b[8h"


def report_lines(report: Report, view: View) -> Iterator[str]:
    """The lines of a report, in colour."""
    for problem in view.shown(report):
        yield from styled_lines(problem, view)
    if not len(report):
        word, _, rest = summary(report, view).partition(": ")
        yield f"{click.style(word, fg='green', bold=True)}: {rest}"
        return
    yield summary(report, view)
    yield from hints(report, view)


def summary(report: Report, view: View) -> str:
    """What was found, on one line."""
    if not len(report):
        return f"{view.clean}: {view.scope}"
    found = ", ".join(f"{code} {number}" for code, number in report.counts.items())
    return f"{count(report.errors, 'error')}, {count(report.warnings, 'warning')} in {view.scope}: {found}"


def hints(report: Report, view: View) -> Iterator[str]:
    """What to do next, a line each, where something was found."""
    if (left_out := left_out_line(report, view)) is not None:
        yield left_out
    yield f"`sidelines explain {next(iter(report.counts))}` says what a code means and how to mend it"
    if view.mending is not None and (fixable := sum(problem.fixable for problem in report)):
        yield f"{fixable:,} of {count(len(report), 'problem')} can be mended with `{printable(view.mending)}`"


def left_out_line(report: Report, view: View) -> str | None:
    """That not all problems are shown; None where they are."""
    shown, all_ = len(view.shown(report)), len(report)
    return f"shown: {shown:,} of {count(all_, 'problem')} (--max-problems {view.most})" if shown < all_ else None


def problem_lines(problem: Problem, view: View | None = None) -> list[str]:
    """One problem as people are shown it, without colour, in lines without their ends.

    >>> problem = Problem("O005", "error", "expected no white space at the ends, found ‘Ann ’",
    ...     "annotations/a/names.json", line=5, column=5, start=4, end=8, context="Dr. Ann Lee", context_start=0)
    >>> for line in problem_lines(problem):
    ...     print(line)
    annotations/a/names.json:5:5: O005 expected no white space at the ends, found ‘Ann ’
        Dr. Ann Lee
            ^^^^
    """
    return [click.unstyle(line) for line in styled_lines(problem, view or View())]


def styled_lines(problem: Problem, view: View, indent: str = "") -> Iterator[str]:
    """The same in colour, in which terminals also find how to keep a line in order."""
    colour = COLOURS[problem.severity]
    mark = f" [{click.style('*', fg='cyan')}]" if problem.fixable else ""
    where, code = click.style(place(problem, view), bold=True), click.style(problem.code, fg=colour, bold=True)
    yield f"{indent}{where}: {code}{mark} {problem.message}"
    indent += INDENT
    if problem.context and problem.start is not None and problem.end is not None:
        at = problem.context_start or 0
        width = view.width - len(indent) + len(INDENT)
        line, carets, forced = excerpt(problem.context, problem.start - at, problem.end - at, width, view.encoding)
        on, off = (EXPLICIT, IMPLICIT) if forced else ("", "")
        spaces = carets[: -len(carets.lstrip())]
        yield f"{on}{indent}{line}"
        yield f"{off}{indent}{spaces}{click.style(carets.lstrip(), fg=colour, bold=True)}"
    if problem.fix:
        yield f"{indent}{click.style('fix', fg='cyan')}: {printable(problem.fix)}"
    if problem.folded and view.folded:
        for inner in problem.folded:
            yield from styled_lines(inner, view, indent)
    elif problem.folded:
        folds, them = ("folds", "it") if len(problem.folded) == 1 else ("fold", "them")
        folded = count(len(problem.folded), "problem")
        yield f"{indent}{folded} {folds} under it ({printable(view.listing)} lists {them})"
