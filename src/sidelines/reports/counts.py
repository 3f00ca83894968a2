"""Statistics of a report: how often each rule found something."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace

import click
import msgspec

from sidelines.problems import Report
from sidelines.reports.text import COLOURS, hints, summary
from sidelines.reports.view import View
from sidelines.rules.catalogue import RULES

__all__ = ["record_lines", "table_lines"]


def _counted(report: Report) -> list[tuple[str, int, str, int]]:
    """Code, problems, name of the rule, and problems that can be mended, by number, the most first."""
    fixable = Counter(problem.code for problem in report if problem.fixable)
    counts = sorted(report.counts.items(), key=lambda item: (-item[1], item[0]))
    return [(code, number, RULES[code].name if code in RULES else "", fixable[code]) for code, number in counts]


def table_lines(report: Report, view: View) -> Iterator[str]:
    """A line for each rule, then the summary."""
    rows = _counted(report)
    width = max((len(f"{number:,}") for _, number, _, _ in rows), default=0)
    severities = {problem.code: problem.severity for problem in report}
    for code, number, name, fixable in rows:
        shown = click.style(code, fg=COLOURS[severities[code]], bold=True)
        mended = f"  [{click.style('*', fg='cyan')}] {fixable:,}" if fixable else ""
        yield f"{number:>{width},}  {shown}  {name}{mended}"
    yield summary(report, view)
    if rows:
        yield from hints(report, replace(view, most=None))  # they are all counted


def record_lines(report: Report, view: View) -> Iterator[str]:
    """An object for each rule, a line each."""
    for code, number, name, fixable in _counted(report):
        record = {"code": code, "count": number, "name": name, "fixable": fixable}
        yield msgspec.json.encode(record).decode()
