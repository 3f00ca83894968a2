"""Every rule, by its code. To add one: write a function, name it here, give it a page and two cases.

Rules without a function are found while files and schemas are read, by `sidelines.reader` and what it calls; those of
the family P by `sidelines.verifier`; O006, the cause of others, by `sidelines.causes`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from sidelines.errors import SidelinesError
from sidelines.problems import Severity, names, nearest

__all__ = ["FAMILIES", "PHASES", "RULES", "Rule", "page"]

FAMILIES = {
    "F": "files and JSON",
    "S": "schemas and shape",
    "T": "the text",
    "O": "offsets and surfaces",
    "R": "ids and references",
    "L": "layout of spans",
    "E": "entities",
    "Q": "quotes",
    "D": "dates",
    "C": "corpus and version",
    "P": "Parquet and builds",
}


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule: its name, and where its function is, as `module.function` of this package; imported when it is run."""

    name: str
    function: str | None = None
    severity: Severity = "error"

    def load(self) -> Callable[..., Iterator[Any]]:
        """Import the function of a rule that has one."""
        assert self.function is not None
        return _load(self.function)


@cache
def _load(name: str) -> Callable[..., Iterator[Any]]:
    from importlib import import_module

    module, _, function = name.partition(".")
    loaded: Callable[..., Iterator[Any]] = getattr(import_module(f"sidelines.rules.{module}"), function)
    return loaded


RULES: Mapping[str, Rule] = {
    "F001": Rule("missing-file"),
    "F002": Rule("unexpected-file"),
    "F003": Rule("bad-document-name"),
    "F004": Rule("unreadable-file"),
    "F005": Rule("file-too-large"),
    "F006": Rule("link-out"),
    "F101": Rule("json-not-utf8"),
    "F102": Rule("byte-order-mark"),
    "F103": Rule("not-json"),
    "F104": Rule("duplicate-key"),
    "F105": Rule("number-out-of-range"),
    "F106": Rule("lone-surrogate"),
    "F107": Rule("nested-too-deep"),
    "F108": Rule("not-canonical"),
    "F201": Rule("document-disagrees"),
    "F202": Rule("schema-disagrees"),
    "F203": Rule("id-disagrees"),
    "S001": Rule("missing-schema"),
    "S002": Rule("unknown-keyword"),
    "S003": Rule("outside-dialect"),
    "S004": Rule("table-name-taken"),
    "S005": Rule("column-collision"),
    "S006": Rule("unresolved-ref"),
    "S007": Rule("unknown-table"),
    "S101": Rule("missing-property"),
    "S102": Rule("unknown-property"),
    "S103": Rule("wrong-type"),
    "S104": Rule("value-not-listed"),
    "S105": Rule("pattern-mismatch"),
    "S106": Rule("out-of-bounds-value"),
    "S107": Rule("too-many-rows"),
    "T001": Rule("text-not-utf8"),
    "T002": Rule("hash-differs", "texts.hash_differs"),
    "T003": Rule("length-differs", "texts.length_differs"),
    "O001": Rule("negative-offset", "spans.negative_offset"),
    "O002": Rule("bound-outside", "spans.bound_outside"),
    "O003": Rule("bounds-reversed", "spans.bounds_reversed"),
    "O004": Rule("surface-differs", "spans.surface_differs"),
    "O005": Rule("white-space-at-edge", "spans.white_space_at_edge"),
    "O006": Rule("counted-otherwise"),
    "R001": Rule("duplicate-id", "references.duplicate_id"),
    "R002": Rule("dangling-reference", "references.dangling_reference"),
    "R003": Rule("ids-alike", "references.ids_alike", "warning"),
    "L001": Rule("rows-out-of-order", "layout.rows_out_of_order"),
    "L002": Rule("overlap", "layout.overlap"),
    "L003": Rule("outside", "layout.outside"),
    "L004": Rule("uncovered", "layout.uncovered"),
    "L005": Rule("annotated-boilerplate", "layout.annotated_boilerplate"),
    "E001": Rule("never-mentioned", "entities.never_mentioned"),
    "E002": Rule("members-without-group", "entities.members_without_group"),
    "E003": Rule("group-too-small", "entities.group_too_small"),
    "Q001": Rule("direct-without-marks", "quotes.direct_without_marks"),
    "Q002": Rule("mixed-without-fragments", "quotes.mixed_without_fragments"),
    "Q003": Rule("cue-inside-content", "quotes.cue_inside_content"),
    "Q004": Rule("parent-does-not-contain", "quotes.parent_does_not_contain"),
    "Q005": Rule("parents-in-circle", "quotes.parents_in_circle"),
    "Q006": Rule("fragments-without-mixed", "quotes.fragments_without_mixed"),
    "D001": Rule("no-timex-value", "dates.no_value"),
    "D002": Rule("value-against-type", "dates.value_against_type"),
    "D003": Rule("name-contradicts", "dates.name_contradicts"),
    "D004": Rule("anchors-in-circle", "dates.anchors_in_circle"),
    "D005": Rule("creation-times", "dates.creation_times"),
    "C001": Rule("version-differs", "corpora.version_differs"),
    "C002": Rule("changelog-silent", "corpora.changelog_silent"),
    "P001": Rule("columns-differ"),
    "P002": Rule("null-value"),
    "P003": Rule("documents-out-of-order"),
    "P004": Rule("derived-differs", "builds.derived_differs"),
    "P101": Rule("malformed-sums"),
    "P102": Rule("missing-from-build"),
    "P103": Rule("not-of-the-build"),
    "P104": Rule("file-differs"),
    "P105": Rule("unreadable-table"),
    "P106": Rule("rows-differ"),
}

# What fails in one phase is not judged in the next, so that one fault brings one problem and not its shadow.
PHASES: tuple[tuple[str, ...], ...] = (
    ("T002",),
    ("T003",),
    ("O001", "O002"),
    ("O003",),
    ("O004",),
    ("O005",),
    ("R001", "R002", "R003"),
    ("L001", "L002", "L003", "L004", "L005"),
    ("E001", "E002", "E003", "Q001", "Q002", "Q003", "Q004", "Q005", "Q006", "D001", "D002", "D003", "D004", "D005"),
    ("P004",),
)


def page(code: str) -> str:
    """The documentation of a rule, by its code or its name, in Markdown.

    Raises
    ------
    SidelinesError
        when there is no such rule; the message names the nearest, or those of the family whose letter is given.

    >>> page("surface-differs") == page("o004")
    True
    """
    named = {rule.name: known for known, rule in RULES.items()}
    known = named.get(code.lower(), code.upper())
    if known not in RULES:
        near = nearest(code.lower(), sorted(named))
        family = [other for other in RULES if other[0] == known]
        likely = names(known, family or RULES) if near is None else f"did you mean {near!r}, {named[near]}?"
        raise SidelinesError(f"there is no rule {code!r}; {likely}")
    from importlib.resources import files

    return (files("sidelines") / "pages" / f"{known}.md").read_text(encoding="utf-8")
