"""A browser for the tests of the page: Debian's Chromium, or another that is here, driven by Playwright."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import pytest

from tests.browser.corpora import page_of
from tests.browser.watching import Watched, watch
from tests.strategies import ROOT

if TYPE_CHECKING:
    from playwright.sync_api import Browser

NAMES = ("chromium", "chromium-browser", "google-chrome")
# Of the browser itself nothing goes out either.
QUIET = ("--no-sandbox", "--disable-background-networking", "--disable-component-update", "--no-first-run")
Visit = Callable[..., Watched]


def without(reason: str) -> NoReturn:
    """Skip what cannot be run here; continuous integration has to be able to."""
    if os.environ.get("CI"):
        pytest.fail(reason)
    pytest.skip(reason)


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """One browser for all these tests."""
    try:
        from playwright.sync_api import Error, sync_playwright
    except ModuleNotFoundError:
        without("there is no Playwright here; pip install playwright")
    path = next(filter(None, map(shutil.which, NAMES)), None)
    with sync_playwright() as driver:
        try:
            # Without a path, Chrome is looked for where it is installed on Windows and macOS.
            found = {"channel": "chrome"} if path is None else {"executable_path": path}
            browser = driver.chromium.launch(**found, args=list(QUIET))
        except Error as error:
            without(f"none of {', '.join(NAMES)} is here, nor Chrome: {error.message.splitlines()[0]}")
        yield browser
        browser.close()


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
