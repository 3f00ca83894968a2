"""Reports for GitHub Actions: workflow commands, which become annotations of the lines of a pull request."""

from __future__ import annotations

from collections.abc import Iterator

from sidelines.errors import count
from sidelines.problems import Problem, Report
from sidelines.reports.text import hints, summary
from sidelines.reports.view import View, file_of, place
from sidelines.rules.catalogue import RULES

__all__ = ["MOST", "report_lines"]

MOST = 10  # annotations of each kind that GitHub shows of one step


def report_lines(report: Report, view: View) -> Iterator[str]:
    """A command for each problem, then the summary as it is in text.

    The file is named from the workspace, so that the annotation stands beside the line; see "Workflow commands for
    GitHub Actions" in its documentation.
    """
    for problem in view.shown(report):
        yield _command(problem, view)
    counts = (("error", report.errors), ("warning", report.warnings))
    over = [count(number, kind) for kind, number in counts if number > MOST]
    if over:
        message = f"{' and '.join(over)}, of which GitHub shows {MOST} each as annotations; the log has the others"
        yield f"::notice title=sidelines check::{_data(message)}"
    yield summary(report, view)
    if len(report):
        yield from hints(report, view)


def _command(problem: Problem, view: View) -> str:
    file = file_of(problem, view)
    properties: dict[str, str | int | None] = {"file": file}
    if file is not None:
        properties |= {"line": problem.line, "col": problem.column}
    properties["title"] = f"{problem.code} {RULES[problem.code].name}" if problem.code in RULES else problem.code
    named = ",".join(f"{name}={_property(str(value))}" for name, value in properties.items() if value is not None)
    told = [f"{place(problem, view)}: {problem.message}"]
    told += [f"fix: {problem.fix}"] if problem.fix else []
    told += [f"{count(len(problem.folded), 'problem')} of this cause"] if problem.folded else []
    return f"::{problem.severity} {named}::{_data(chr(10).join(told))}"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
