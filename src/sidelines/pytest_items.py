"""The items of pytest that a corpus consists of: each document, and the corpus itself, by families of rules.

    my-corpus::F files and JSON
    my-corpus::trump-putin-paris-2018::D dates

Corpora are opened when pytest collects, which lists their documents, and checked when the first of their items runs.
"""

from __future__ import annotations

import os
import shlex
import warnings
from collections import defaultdict
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

import pytest

from sidelines.checker import check
from sidelines.errors import SidelinesError
from sidelines.layout import find
from sidelines.opening import AnyReader, open_corpus
from sidelines.problems import Problem
from sidelines.reports.text import problem_lines
from sidelines.reports.view import View
from sidelines.rules.catalogue import FAMILIES
from sidelines.stores import Store

__all__ = ["Corpora", "CorpusNode", "CorpusWarning", "DocumentNode", "FamilyItem"]

# The families that a document has items of, and when; and those of the corpus, among which is room for everything else.
DOCUMENT: Mapping[str, Callable[[AnyReader], bool]] = {
    "F": lambda corpus: not corpus.built,
    "S": lambda corpus: not corpus.built,
    "T": lambda corpus: True,
    "O": lambda corpus: _points(corpus),
    "R": lambda corpus: bool(corpus.model.tables),
    "L": lambda corpus: _points(corpus),
    "E": lambda corpus: "entities" in corpus.model.tables,
    "Q": lambda corpus: "quotes" in corpus.model.tables,
    "D": lambda corpus: "dates" in corpus.model.tables,
    "P": lambda corpus: corpus.built,
}
CORPUS: Mapping[str, Callable[[AnyReader], bool]] = {
    "F": lambda corpus: True,
    "S": lambda corpus: True,
    "C": lambda corpus: True,
    "P": lambda corpus: corpus.built,
}
OTHERWISE = "C"
DATA = ("corpus", "schema", "annotations", "parquet", "jsonl")


class CorpusWarning(UserWarning):
    """A problem of a corpus that is a warning; whatever filters say, it is shown and fails nothing."""


def _points(corpus: AnyReader) -> bool:
    """Whether anything in a corpus points into its texts."""
    rows = (table.row for table in corpus.model.tables.values())
    return any(row.span or any(p.span or p.spans for p in row.properties) for row in rows)


class Corpora:
    """The corpora that one run of pytest is to check: those of the command line, then those of its settings."""

    def __init__(self, config: pytest.Config) -> None:
        here, settings = config.invocation_params.dir, (config.inipath or config.rootpath / "-").parent
        named = [(here, path) for path in config.getoption("sidelines")]
        named += [(settings, path) for path in config.getini("sidelines")]
        self._named = [path if "://" in path else str(base / path) for base, path in named]
        self._roots: dict[str, tuple[str, Path | Store]] = {}
        self._data: frozenset[Path] = frozenset()

    def pytest_sessionstart(self) -> None:
        """Find the corpora, before anything is collected.

        Raises
        ------
        pytest.UsageError
            where there is none.
        """
        try:
            for named in self._named:
                root = find(named)
                same = os.path.realpath(root) if isinstance(root, Path) else root.uri
                self._roots.setdefault(same, (named, root))
        except SidelinesError as error:
            raise pytest.UsageError(f"--sidelines: {error}") from None
        roots = [root.absolute() for _, root in self._roots.values() if isinstance(root, Path)]
        self._data = frozenset(root / name for root in roots for name in DATA)

    def pytest_ignore_collect(self, collection_path: Path) -> bool | None:
        """Spare pytest the way through thousands of folders in which there are no tests."""
        return True if collection_path in self._data else None

    @pytest.hookimpl(wrapper=True)
    def pytest_make_collect_report(
        self, collector: pytest.Collector
    ) -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
        """Put the corpora after whatever else is collected."""
        report = yield
        if isinstance(collector, pytest.Session) and report.passed:
            found = self._roots.values()
            nodes = [CorpusNode.from_parent(collector, named=named, root=root) for named, root in found]
            report.result = [*report.result, *nodes]
        return report


class CorpusNode(pytest.Collector):
    """A corpus, whose path from pytest's root begins the ids of its items."""

    def __init__(self, named: str, root: Path | Store, parent: pytest.Session, **more: Any) -> None:
        base, here = parent.config.rootpath, parent.config.invocation_params.dir
        shown = _path(root, base)
        shown = base.name if shown == "." else shown
        path = root if isinstance(root, Path) else parent.path
        super().__init__(name=shown, nodeid=shown, path=path, parent=parent, **more)
        self.root, self.folder = root, _path(root, here)
        self._named = named
        self.add_marker("sidelines")

    def collect(self) -> Iterator[FamilyItem | DocumentNode]:
        """An item for each family of rules that can find something of no document, and then the documents."""
        try:
            corpus = open_corpus(self._named)
            documents = corpus.documents
        except SidelinesError as error:
            raise self.CollectError(str(error)) from None
        self.families = _applying(CORPUS, corpus)
        self.documents = frozenset(documents)
        self.document_families = _applying(DOCUMENT, corpus)
        for family in self.families:
            yield FamilyItem.from_parent(self, family=family, document=None)
        for document in documents:
            yield DocumentNode.from_parent(self, name=document, families=self.document_families)

    @cached_property
    def problems(self) -> Mapping[tuple[str | None, str], Sequence[Problem]] | str:
        """The problems of each item, by its document and family; in words, why there are none to be had."""
        # Each worker of pytest-xdist checks the corpus; they share the cores already.
        alone = "PYTEST_XDIST_WORKER" not in os.environ
        try:
            report = check(self._named, jobs=None if alone else 1)
        except SidelinesError as error:
            return str(error)
        found: dict[tuple[str | None, str], list[Problem]] = defaultdict(list)
        for problem in report:
            family = problem.code[0]
            if problem.document in self.documents and family in self.document_families:
                found[problem.document, family].append(problem)
            else:
                found[None, family if family in self.families else OTHERWISE].append(problem)
        return found


class DocumentNode(pytest.Collector):
    """A document of a corpus."""

    def __init__(self, name: str, families: Sequence[str], parent: CorpusNode, **more: Any) -> None:
        super().__init__(name=name, parent=parent, **more)
        self._families = families

    def collect(self) -> Iterator[FamilyItem]:
        """An item for each family of rules that applies."""
        for family in self._families:
            yield FamilyItem.from_parent(self, family=family, document=self.name)


class FamilyItem(pytest.Item):
    """The rules of one family, on a document or on the corpus itself."""

    def __init__(self, family: str, document: str | None, parent: pytest.Collector, **more: Any) -> None:
        super().__init__(name=f"{family} {FAMILIES[family]}", parent=parent, **more)
        self._key = document, family

    def runtest(self) -> None:
        """Fail with what the rules found; a warning is shown and no failure."""
        corpus = self.getparent(CorpusNode)
        assert corpus is not None
        if isinstance(corpus.problems, str):
            pytest.fail(corpus.problems, pytrace=False)
        view = View(folder=corpus.folder, listing=f"`sidelines check {shlex.quote(corpus.folder)} --show-folded`")
        errors: list[str] = []
        for problem in corpus.problems.get(self._key, ()):
            lines = problem_lines(problem, view)
            if problem.severity == "error":
                errors += lines
            else:
                _warn("\n".join(lines), corpus.root, problem)
        if errors:
            pytest.fail("\n".join(errors), pytrace=False)

    def reportinfo(self) -> tuple[str, None, str]:
        """The corpus, and what of it."""
        corpus = self.nodeid.split("::", 1)
        return str(self.config.rootpath / corpus[0]), None, corpus[1]


def _applying(families: Mapping[str, Callable[[AnyReader], bool]], corpus: AnyReader) -> tuple[str, ...]:
    return tuple(family for family, applies in families.items() if applies(corpus))


def _path(root: Path | Store, base: Path) -> str:
    """The path of a corpus from a folder."""
    if isinstance(root, Store):
        return str(root)
    try:
        return Path(os.path.relpath(root, base)).as_posix()
    except ValueError:  # on another drive
        return root.as_posix()


def _warn(message: str, root: Path | Store, problem: Problem) -> None:
    """Show a warning among pytest's; filters that make errors of warnings mean those of programs."""
    with warnings.catch_warnings():
        warnings.simplefilter("always", CorpusWarning)
        warnings.warn_explicit(message, CorpusWarning, str(root / (problem.path or ".")), problem.line or 1)
