"""Take the pictures of the page, in Chromium, as a part of `python docs/make_pictures.py`."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

PICTURES = Path(__file__).parent / "pictures"
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
COLOURS = 200  # which nobody misses, in a third of the bytes
WIDE, NARROW = {"width": 1360, "height": 850}, {"width": 390, "height": 844}
SCROLL = "id => { lists.scrollTop = document.getElementById(id).offsetTop - lists.offsetTop }"
# Each picture: the size of the window, the scheme of colours, the row whose card is open, what is in sight beside it.
PAGES: Mapping[str, tuple[Mapping[str, int], str, str, str]] = {
    "page": (WIDE, "light", "/quotes/q2", "entities"),
    "page-dark": (WIDE, "dark", "", "speakers"),
    "page-narrow": (NARROW, "light", "/dates/d3", "entities"),
}


def take(page: Path) -> list[Path]:
    """Take every picture of a page of the shipped corpus."""
    from PIL import Image
    from playwright.sync_api import sync_playwright

    browser_path = next(filter(None, map(shutil.which, BROWSERS)), None)
    assert browser_path is not None, f"none of these browsers is installed: {', '.join(BROWSERS)}"
    taken = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=browser_path, args=["--no-sandbox"])
        for name, (window, scheme, row, section) in PAGES.items():
            options: dict[str, Any] = {"viewport": window, "color_scheme": scheme, "device_scale_factor": 1.5}
            tab = browser.new_page(**options)
            tab.goto(f"{page.as_uri()}#trump-putin-paris-2018{row}")
            tab.wait_for_selector("html[data-ready]")
            if section != "entities":
                tab.evaluate(SCROLL, section)
            tab.wait_for_timeout(300)  # until what is near the window is drawn
            taken.append(PICTURES / f"{name}.png")
            tab.screenshot(path=taken[-1])
            Image.open(taken[-1]).convert("RGB").quantize(COLOURS).save(taken[-1], optimize=True)
            tab.close()
        browser.close()
    return taken


def main() -> None:
    """Make the page and take its pictures."""
    from sidelines.layout import shipped
    from sidelines.viewer import view

    with tempfile.TemporaryDirectory() as folder:
        made = Path(folder, "page.html")
        view(shipped(), made)
        for picture in take(made):
            print(picture)


if __name__ == "__main__":
    main()
