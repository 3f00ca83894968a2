"""Debian's Chromium, or another browser that is here, driven by Playwright; and what to do where there is none."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, NoReturn

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Browser

NAMES = ("chromium", "chromium-browser", "google-chrome")
# Of the browser itself nothing goes out either.
QUIET = ("--no-sandbox", "--disable-background-networking", "--disable-component-update", "--no-first-run")


def without(reason: str) -> NoReturn:
    """Skip what cannot be run here; continuous integration has to be able to."""
    if os.environ.get("CI"):
        pytest.fail(reason)
    pytest.skip(reason)


@contextmanager
def running() -> Iterator[Browser]:
    """A browser, until the block ends."""
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
