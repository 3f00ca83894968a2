"""Reports for programs: a problem a line, as JSON."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from sidelines.problems import Report
from sidelines.reports.view import View

__all__ = ["report_lines"]


def report_lines(report: Report, view: View) -> Iterator[str]:
    """Each problem as an object on a line of its own, in which absent properties are left out."""
    encode = msgspec.json.Encoder().encode
    for problem in view.shown(report):
        yield encode(problem).decode()
