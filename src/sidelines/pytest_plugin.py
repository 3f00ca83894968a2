"""pytest's way in, `pytest --sidelines PATH`; what it does is imported when somebody uses it."""

from __future__ import annotations

import pytest

__all__ = ["pytest_addoption", "pytest_configure"]

HELP = "check the annotated corpus at PATH, an item for each document and family of rules (may be given again)"


def pytest_addoption(parser: pytest.Parser) -> None:
    """The option and the setting that name corpora."""
    group = parser.getgroup("sidelines", "annotated corpora")
    group.addoption("--sidelines", action="append", default=[], metavar="PATH", help=HELP)
    parser.addini("sidelines", "annotated corpora to check, relative to this file", type="args", default=[])


def pytest_configure(config: pytest.Config) -> None:
    """The marker of the items, and where corpora are named, what collects them."""
    config.addinivalue_line("markers", "sidelines: a family of rules on a document of an annotated corpus")
    if config.getoption("sidelines") or config.getini("sidelines"):
        from sidelines.pytest_items import Corpora

        config.pluginmanager.register(Corpora(config), "sidelines-corpora")
