"""What the tests of the page share: one browser, the page of the shipped corpus, and axe-core."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.browser.corpora import page_of
from tests.browser.driven import running, without
from tests.browser.watching import Watched, watch
from tests.strategies import ROOT

if TYPE_CHECKING:
    from playwright.sync_api import Browser

Visit = Callable[..., Watched]


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """One browser for all these tests."""
    with running() as browser:
        yield browser


@pytest.fixture
def visit(browser: Browser) -> Iterator[Visit]:
    """Open pages, as `watch` does, until the test is over."""
    with ExitStack() as open_:
        yield lambda *file, **settings: open_.enter_context(watch(browser, *file, **settings))


@pytest.fixture(scope="package")
def axe(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The script of axe-core, from npm."""
    npm = shutil.which("npm")
    if npm is None:
        without("there is no npm here to install axe-core with")
    here, folder = Path(__file__).parent, tmp_path_factory.mktemp("axe")
    for name in (".npmrc", "package.json", "package-lock.json"):
        shutil.copy(here / name, folder)
    installed = subprocess.run([npm, "ci"], cwd=folder, capture_output=True, text=True, check=False)
    if installed.returncode:
        without(f"npm could not install axe-core: {installed.stderr.strip()}")
    return (folder / "node_modules" / "axe-core" / "axe.min.js").read_text(encoding="utf-8")


@pytest.fixture(scope="package")
def shipped(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The page of the shipped corpus."""
    return page_of(ROOT, tmp_path_factory.mktemp("shipped"))
