"""Reports for Jenkins, GitLab and others: JUnit XML, a suite for each document, a case for each family of rules."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from html import escape

from sidelines.errors import count
from sidelines.problems import Problem, Report, code_points
from sidelines.reports.text import problem_lines
from sidelines.reports.view import View
from sidelines.rules.catalogue import FAMILIES

__all__ = ["MOST", "report_lines"]

MOST = 1_000  # documents that each have a suite of their own, whatever is found in them
OF_DOCUMENTS = "FSTORLEQDP"
OF_CORPUS = "FSC"
BREAKS = {ord(character): f"&#{ord(character)};" for character in "\t\n\r"}  # which an attribute has as spaces
ILLEGAL = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")  # XML 1.0, 2.2 Characters


def report_lines(report: Report, view: View) -> Iterator[str]:
    """The whole report, a line at a time.

    The cases of what was looked for and not found are there as well, so that they are green. A case with an error has
    failed; Jenkins and GitLab show one failure of a case, so that all its problems stand in it. Warnings fail nothing:
    they are the output of their case. Of more than a thousand documents only those with problems have suites of their
    own, and one stands for all others.
    """
    shown = set(map(id, view.shown(report)))
    found: dict[str | None, dict[str, list[Problem]]] = {}
    for problem in report:
        found.setdefault(problem.document, {}).setdefault(problem.code[0], []).append(problem)
    suites = [(view.name, view.name, found.pop(None, {}), OF_CORPUS)]
    ids = view.documents()
    own = ids if len(ids) <= MOST else ()
    named = sorted({*own, *(document for document in found if document is not None)})
    suites += [(name, f"{view.name}.{name}", found.get(name, {}), OF_DOCUMENTS) for name in named]
    if others := len(set(ids).difference(named)):
        suites.append((f"{others:,} other documents", f"{view.name}.others", {}, OF_DOCUMENTS))
    yield '<?xml version="1.0" encoding="UTF-8"?>'
    made = [_suite(*suite, view, shown) for suite in suites]
    tests, failures = (sum(numbers) for numbers in zip(*(counts for counts, _ in made), strict=True))
    yield f'<testsuites name={_attribute("sidelines")} tests="{tests}" failures="{failures}" errors="0">'
    for _, lines in made:
        yield from lines
    yield "</testsuites>"


def _suite(
    name: str, classname: str, found: Mapping[str, Sequence[Problem]], usual: str, view: View, shown: set[int]
) -> tuple[tuple[int, int], list[str]]:
    """How many cases a suite has and how many of them have failed, and its lines."""
    lines, failures = [], 0
    families = [family for family in FAMILIES if family in found or (family in usual and family in view.families)]
    for family in families:
        inside = list(_case(found.get(family, ()), view, shown))
        failures += any("<failure" in line for line in inside)
        case = f"  <testcase name={_attribute(f'{family} {FAMILIES[family]}')} classname={_attribute(classname)}"
        lines += [f"{case}>", *inside, "  </testcase>"] if inside else [f"{case}/>"]
    head = f'<testsuite name={_attribute(name)} tests="{len(families)}" failures="{failures}" errors="0"'
    return (len(families), failures), [f"{head}>", *lines, "</testsuite>"] if lines else [f"{head}/>"]


def _case(problems: Sequence[Problem], view: View, shown: set[int]) -> Iterator[str]:
    errors = [problem for problem in problems if problem.severity == "error"]
    warnings = [problem for problem in problems if problem.severity == "warning"]
    if errors:
        more = f" (and {len(errors) - 1:,} more)" if len(errors) > 1 else ""
        message = _attribute(f"{errors[0].code} {errors[0].message}{more}")
        kind = _attribute(", ".join(sorted({problem.code for problem in errors})))
        yield f"    <failure message={message} type={kind}>{_told(errors, view, shown)}</failure>"
    if warnings:
        yield f"    <system-out>{_told(warnings, view, shown)}</system-out>"


def _told(problems: Iterable[Problem], view: View, shown: set[int]) -> str:
    lines, hidden = [], 0
    for problem in problems:
        if id(problem) in shown:
            lines += problem_lines(problem, view)
        else:
            hidden += 1
    if hidden:
        lines.append(f"{count(hidden, 'problem')} not shown (--max-problems {view.most})")
    return _legal("\n".join(lines))


def _attribute(text: str) -> str:
    return f'"{_legal(text).translate(BREAKS)}"'


def _legal(text: str) -> str:
    """A text as XML has it; characters that XML cannot have are shown as code points."""
    return escape(ILLEGAL.sub(lambda match: code_points(match[0])[1:-1], text))
