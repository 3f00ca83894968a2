"""Reports for code scanning: SARIF 2.1.0 (OASIS Standard), one run with the rules that found something."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from hashlib import sha256
from typing import Any

import msgspec

import sidelines
from sidelines.problems import Problem, Report
from sidelines.reports.view import View, uri_of
from sidelines.rules.catalogue import FAMILIES, RULES, page

__all__ = ["SCHEMA", "report_lines"]

SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"


def report_lines(report: Report, view: View) -> Iterator[str]:
    """The whole log as JSON.

    Lines and columns count from 1, columns in code points. Files are named from the repository, `%SRCROOT%`. A result
    has the same fingerprint as long as it is of the same rule and the same value of the same row, wherever the row is.
    """
    rules = {code: at for at, code in enumerate(report.counts)}
    seen: Counter[str] = Counter()
    run = {
        "tool": {
            "driver": {
                "name": "Sidelines",
                "version": sidelines.__version__,
                "semanticVersion": sidelines.__version__,
                "rules": [_rule(code) for code in rules],
            }
        },
        "columnKind": "unicodeCodePoints",
        "results": [_result(problem, rules[problem.code], view, seen) for problem in view.shown(report)],
    }
    log = {"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}
    yield msgspec.json.format(msgspec.json.encode(log), indent=2).decode()


def _rule(code: str) -> dict[str, Any]:
    rule: dict[str, Any] = {"id": code}
    if code not in RULES:
        return rule
    text = page(code)
    _, short, rest = text.split("\n\n", 2)
    return rule | {
        "name": RULES[code].name,
        "shortDescription": {"text": _plain(short)},
        "fullDescription": {"text": _plain(rest.partition("\n\n")[2].partition("\n## ")[0].strip() or short)},
        "help": {"text": text, "markdown": text},
        "defaultConfiguration": {"level": RULES[code].severity},
        "properties": {"tags": [FAMILIES[code[0]]]},
    }


def _plain(markdown: str) -> str:
    """A paragraph without the marks of code, on one line."""
    return " ".join(markdown.replace("`", "").split())


def _result(problem: Problem, rule: int, view: View, seen: Counter[str]) -> dict[str, Any]:
    location: dict[str, Any] = {}
    uri = uri_of(problem, view)
    if uri is not None:
        relative = not re.match(r"[A-Za-z][A-Za-z0-9+.-]*:", uri)
        place: dict[str, Any] = {
            "artifactLocation": {"uri": uri, "uriBaseId": "%SRCROOT%"} if relative else {"uri": uri}
        }
        if problem.line is not None:
            place["region"] = {"startLine": problem.line}
            if problem.column is not None:
                place["region"]["startColumn"] = problem.column
        location["physicalLocation"] = place
    logical = [part for part in (problem.document, problem.table, problem.id) if part is not None]
    if logical:
        kind = "object" if problem.id is not None else "array" if problem.table is not None else "module"
        location["logicalLocations"] = [{"name": logical[-1], "fullyQualifiedName": "/".join(logical), "kind": kind}]
    known = msgspec.to_builtins(problem)
    kept = ("document", "table", "id", "start", "end", "pointer", "context", "context_start", "fixable", "folded")
    properties = {name: known[name] for name in kept if name in known}
    result = {
        "ruleId": problem.code,
        "ruleIndex": rule,
        "level": problem.severity,
        "message": {"text": problem.message + (f"\nfix: {problem.fix}" if problem.fix else "")},
        "locations": [location] if location else [],
        "partialFingerprints": {"sidelines/v1": _fingerprint(problem, seen)},
    }
    return result | ({"properties": properties} if properties else {})


def _fingerprint(problem: Problem, seen: Counter[str]) -> str:
    """A hash of what a problem is about, without the numbers of lines and rows, and which of several such it is."""
    at = re.sub(r"/[0-9]+(?=/|$)", "", problem.pointer or "")
    parts = (problem.code, problem.path, problem.document, problem.table, problem.id, at)
    made = sha256(msgspec.json.encode(parts)).hexdigest()[:32]
    seen[made] += 1
    return f"{made}:{seen[made]}"
