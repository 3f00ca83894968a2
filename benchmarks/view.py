"""Make the page of the shipped article and of a corpus of many documents, and show both in a browser.

    python benchmarks/view.py --documents 1000 --rounds 5

The corpus is that of `generate.py`. `sidelines check` and `sidelines view` are whole processes, in turn. Where there is
Playwright and Chromium, `shown` is the time from opening the file until its first document is drawn, each time in a new
window of one browser; of the corpus, `opened` is the time that another of its documents takes.
"""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
from pathlib import Path
from statistics import median
from time import perf_counter

from generate import write_corpus
from measure import alternate, markdown, script, setting

READY = "document.documentElement.dataset.ready === 'true'"


def show(page: Path, rounds: int, document: str | None = None) -> list[tuple[float, float]]:
    """The seconds until a page is shown, and until that document is; an empty list where there is no browser."""
    path = shutil.which("chromium") or shutil.which("google-chrome")
    try:
        from playwright.sync_api import sync_playwright
    except ModuleNotFoundError:
        path = None
    if path is None:
        return []
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=path, args=["--no-sandbox"])
        found = []
        for _ in range(rounds):
            tab = browser.new_page()
            start = perf_counter()
            tab.goto(page.as_uri())
            tab.wait_for_function(READY)
            shown = perf_counter() - start
            if document is not None:
                tab.evaluate("id => { location.hash = id }", document)
                tab.wait_for_function("id => document.getElementById('text').dataset.open === id", arg=document)
            found.append((shown, perf_counter() - start - shown))
            tab.close()
        browser.close()
    return found


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--documents", type=int, default=1000, help="how many there are (default: 1000)")
    parser.add_argument("--rounds", type=int, default=5, help="how often each is run (default: 5)")
    arguments = parser.parse_args()
    sidelines = script(sys.executable, "sidelines")
    with tempfile.TemporaryDirectory() as folder:
        root, page, article = (Path(folder, name) for name in ("corpus", "page.html", "article.html"))
        write_corpus(root, arguments.documents)
        commands = {
            "`view`, the article": [sidelines, "view", "-o", str(article)],
            f"`check`, {arguments.documents:,} documents": [sidelines, "check", str(root)],
            f"`view`, {arguments.documents:,} documents": [sidelines, "view", str(root), "-o", str(page)],
        }
        times = alternate(commands, dict.fromkeys(commands, arguments.rounds))
        last = max(path.stem for path in (root / "corpus").glob("*.txt"))
        shown = show(article, arguments.rounds), show(page, arguments.rounds, last)
        sizes = [f"{path.stat().st_size / 1000:,.0f} KB" for path in (article, page)]
    seen = [(f"{median(s for s, _ in found):.2f}", f"{median(o for _, o in found):.2f}") if found else ("", "")
            for found in shown]  # fmt: skip
    taken = [f"{median(seconds):.2f}" for seconds in times.values()]
    columns = (sizes[0], "", sizes[1]), (seen[0][0], "", seen[1][0]), ("", "", seen[1][1])
    rows = list(zip(commands, taken, *columns, strict=True))
    print(setting(["sidelines"]))
    print(markdown(("", "seconds", "page", "shown after", "opened after"), rows))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
