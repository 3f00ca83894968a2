"""The site of the documentation: built as strictly as MkDocs can, and complete."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from functools import cached_property, partial
from html.parser import HTMLParser
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from importlib import import_module
from importlib.util import find_spec
from inspect import getdoc
from pathlib import Path
from threading import Thread
from types import FunctionType
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

import pytest

import sidelines
import sidelines.testing
import sidelines.testing.mutations
from sidelines.cli import COMMANDS
from sidelines.rules.catalogue import RULES
from tests.browser.driven import running, without
from tests.checkouts import ROOT

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = pytest.mark.slow
NEEDED = ("mkdocs", "material", "mkdocstrings", "mkdocstrings_handlers.python", "nbconvert")
# What is public: all that `import sidelines` has, modules among it, and what is imported by its own name.
MODULES = {
    "sidelines": sidelines.__all__,
    "sidelines.offsets": ["convert"],
    "sidelines.plots": sidelines.plots.__all__,
    "sidelines.summaries": sidelines.summaries.__all__,
    "sidelines.testing": sidelines.testing.__all__,
    "sidelines.testing.mutations": sidelines.testing.mutations.__all__,
}


class Quiet(SimpleHTTPRequestHandler):
    """Serves files, and tells nobody."""

    def log_message(self, format: str, *args: object) -> None:
        pass


class Parts(HTMLParser):
    """What a page is made of: its anchors, where it leads, and what it loads."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.anchors: set[str] = set()
        self.links: list[str] = []
        self.loads: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        self.anchors |= {values[name] for name in ("id", "name") if name in values}
        if tag == "a" and "href" in values:
            self.links.append(values["href"])
        elif tag == "link" and values.get("rel") not in ("canonical", "prev", "next"):
            self.loads.append(values["href"])
        self.loads += [values[name] for name in ("src", "srcset", "data", "poster") if name in values]


def there(module: str) -> bool:
    try:
        return find_spec(module) is not None
    except ModuleNotFoundError:
        return False


def docstrings(value: object) -> list[str]:
    """Those of a function, or of a class and what is public in it."""
    kinds = (FunctionType, property, cached_property, classmethod, staticmethod)
    members = vars(value).items() if isinstance(value, type) else []
    shown = [member for name, member in members if name[0] != "_" and isinstance(member, kinds)]
    return [getdoc(one) or "" for one in [*([value] if callable(value) else []), *shown]]


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the site."""
    missing = [module for module in NEEDED if not there(module)]
    if missing:
        without(f"the site needs {', '.join(missing)}; pip install 'sidelines[docs]'")
    folder = tmp_path_factory.mktemp("site")
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "--quiet", "--site-dir", str(folder)]
    environment = os.environ | {"NO_MKDOCS_2_WARNING": "1"}
    built = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert built.returncode == 0, built.stdout + built.stderr
    return folder


@pytest.fixture(scope="module")
def pages(site: Path) -> dict[str, Parts]:
    """Every page, by its path in the site."""
    found = {path.relative_to(site).as_posix(): path.read_text(encoding="utf-8") for path in site.rglob("*.html")}
    return {name: Parts(text) for name, text in found.items()}


def test_every_command_is_there(site: Path, pages: dict[str, Parts]) -> None:
    """With a heading, and each of its options."""
    assert {f"sidelines-{name}" for name in COMMANDS} <= pages["commands.html"].anchors
    text = (site / "commands.html").read_text(encoding="utf-8")
    for option in ("--select RULES", "--part-documents", "--apply", "--from FOLDER", "-h, --help", "--no-pager"):
        assert f"<dt><code>{option}" in text, option
    plain = re.sub(r"<[^>]*>", "", text)
    for name in COMMANDS:
        assert f"$ sidelines {name}" in plain, name
    assert "\n$\n" not in plain


def test_every_rule_is_there(pages: dict[str, Parts]) -> None:
    """Under the anchor that it has in docs/rules.md on a forge as well, and in the table at the top."""
    anchors = {f"{code.lower()}-{rule.name}" for code, rule in RULES.items()}
    assert anchors <= pages["rules.html"].anchors
    for anchor in anchors:  # the table of contents, the heading itself, and code and name
        assert pages["rules.html"].links.count(f"#{anchor}") >= 4, anchor


def test_every_public_name_is_there(site: Path, pages: dict[str, Parts]) -> None:
    """With what it raises and its examples."""
    names = {f"{module}.{name}" for module, public in MODULES.items() for name in public}
    parts_of_sidelines = {f"sidelines.{name}" for name, home in sidelines._HOMES.items() if home == name}
    assert parts_of_sidelines <= set(MODULES)
    assert {f"sidelines.{name}" for name in sidelines._HOMES} <= names | set(MODULES)
    assert names <= pages["api.html"].anchors
    whole = (site / "api.html").read_text(encoding="utf-8")
    parts = dict(re.findall(r'<h3 id="([^"]+)"(.*?)(?=<h[23] |\Z)', whole, re.DOTALL))
    for module, public in MODULES.items():
        for name in public:
            value = getattr(import_module(module), name)
            shown, said = parts[f"{module}.{name}"], "\n".join(docstrings(value))
            assert shown.count(">Raises:<") == said.count("\nRaises\n"), name
            assert (">Examples:<" in shown) == ("\n>>> " in said), name


def test_what_one_begins_with_comes_first(site: Path) -> None:
    """Functions in the order of use, then classes."""
    text = (site / "api.html").read_text(encoding="utf-8")
    names = [name for name in re.findall(r'<h3 id="sidelines\.(\w+)"', text) if name != "__version__"]
    assert names[:9] == ["load", "path", "read", "check", "build", "join", "view", "mend", "init"]
    assert names[10:13] == ["Build", "Corpus", "Dataset"]


def test_a_docstring_is_set_in_sections(site: Path) -> None:
    """Names have their own types, though they share a sentence; exceptions are exceptions."""
    text = (site / "api.html").read_text(encoding="utf-8")
    plain = re.sub(r"\s+", " ", re.sub(r"<[^>]*>", "", text))
    assert "limits (Limits | None, default: None )" in plain
    raised = re.findall(r">Raises:<(.*?)</ul>", text, re.DOTALL)
    entries = [re.sub(r"<[^>]*>", "", f"<{item}").split()[0] for found in raised for item in found.split("<li ")[1:]]
    assert set(entries) == {"SidelinesError", "InvalidCorpusError", "KeyError"}


def test_nothing_is_fetched_from_elsewhere(site: Path, pages: dict[str, Parts]) -> None:
    """Neither scripts nor styles, fonts nor pictures."""
    loads = {name: [to for to in page.loads if urlsplit(to).netloc] for name, page in pages.items()}
    assert {name: to for name, to in loads.items() if to} == {}
    styles = "".join(path.read_text(encoding="utf-8") for path in site.rglob("*.css"))
    assert re.findall(r"@import|url\(\s*[\"']?(?:https?:)?//", styles) == []


def test_every_link_leads_somewhere(site: Path, pages: dict[str, Parts]) -> None:
    """To a file of the site, and to an anchor that its page has."""
    broken = []
    for name, page in pages.items():
        if name == "404.html":  # served for any address, so its links begin at the root
            continue
        for to in [*page.links, *page.loads]:
            parts = urlsplit(to)
            if parts.scheme:
                continue
            target = (site / name).parent / unquote(parts.path) if parts.path else site / name
            target = target / "index.html" if target.is_dir() else target
            path = os.path.relpath(target.resolve(), site.resolve()).replace(os.sep, "/")
            anchor = unquote(parts.fragment)
            if not target.is_file() or (anchor and path in pages and anchor not in pages[path].anchors):
                broken.append((name, to))
    assert broken == []


def test_the_tutorial_is_linked_and_offered(site: Path, pages: dict[str, Parts]) -> None:
    """The notebook that the repository links is a page here, which has the notebook itself."""
    assert "tutorial.html" in pages["index.html"].links
    assert "tutorial.ipynb" in pages["tutorial.html"].links
    assert (site / "tutorial.ipynb").read_bytes() == (ROOT / "docs" / "tutorial.ipynb").read_bytes()


@pytest.fixture
def opened(site: Path) -> Iterator[Callable[[str, int], Page]]:
    """Opens a page of the site in a browser, at a width; a search needs a server."""
    served = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(site)))
    Thread(target=served.serve_forever, daemon=True).start()
    with running() as browser:

        def open_(name: str, width: int) -> Page:
            page = browser.new_page(viewport={"width": width, "height": 800})
            page.goto(f"http://127.0.0.1:{served.server_port}/{name}")
            return page

        yield open_
    served.shutdown()
    served.server_close()


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("time_line", "api.html#sidelines.plots.time_line"),
        ("--fix", "checking.html#mending"),
        ("tutorial", "tutorial.html"),
        ("O004", "rules.html#o004-surface-differs"),
    ],
)
def test_the_search_finds(opened: Callable[[str, int], Page], words: str, found: str) -> None:
    """Names by their parts, options as they are written, and codes."""
    page = opened("index.html", 1200)
    page.locator(".md-search__input").click()
    page.locator(".md-search__input").press_sequentially(words)
    page.locator(".md-search-result__link").first.wait_for(state="attached")
    links = page.locator(".md-search-result__link").evaluate_all("all => all.map(one => one.href)")
    assert found in [re.sub(r"\?[^#]*", "", link.rpartition("/")[2]) for link in links]


@pytest.mark.parametrize("name", ["tutorial.html", "formats.html", "rules.html"])
def test_a_narrow_page_does_not_scroll_but_its_tables_do(opened: Callable[[str, int], Page], name: str) -> None:
    """At 320 pixels, and no word in a cell is broken: none is wider than its cell."""
    page = opened(name, 320)
    assert page.evaluate("document.documentElement.scrollWidth") == 320
    cells = "[...document.querySelectorAll('.md-typeset :is(td, th, td code)')]"
    assert page.evaluate(f"{cells}.filter(one => getComputedStyle(one).overflowWrap != 'normal').length") == 0
    assert page.evaluate(f"{cells}.filter(one => one.scrollWidth > one.clientWidth && one.clientWidth).length") == 0


def test_no_page_shows_its_markup(site: Path) -> None:
    """Links, directives and places for sections have become what they stand for."""
    for path in site.rglob("*.html"):
        text = re.sub(r"<(script|style|pre|code)\b.*?</\1>", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)
        assert re.findall(r"\]\([\w./#-]+\)|:::|<!-- README|^```", text, re.MULTILINE) == [], path.name


def test_a_notebook_is_a_page(site: Path, tmp_path: Path) -> None:
    """As it was committed: nothing is run, and pictures are files beside it."""
    path = tmp_path / "walk.ipynb"
    path.write_text(NOTEBOOK, encoding="utf-8")
    program = f"import pages, pathlib; print(pages.notebook(pathlib.Path({str(path)!r})))"
    folders = [str(ROOT / "docs" / "site"), *sys.path]
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, folders))}
    command = [sys.executable, "-c", program]
    made = subprocess.run(command, env=environment, capture_output=True, text=True, check=True).stdout
    found = eval(made)  # printed by our own hook
    assert sorted(found) == ["walk.md", "walk/output_1_0.png"]
    assert found["walk/output_1_0.png"] == b"\x89PNG"
    assert found["walk.md"].startswith("# A walk\n")
    assert "```python\n1 / 0\n```" in found["walk.md"]
    assert "(walk/output_1_0.png)" in found["walk.md"]


NOTEBOOK = """{"cells": [
 {"cell_type": "markdown", "id": "a", "metadata": {}, "source": "# A walk"},
 {"cell_type": "code", "id": "b", "metadata": {}, "execution_count": 1, "source": "1 / 0", "outputs": [
  {"output_type": "display_data", "metadata": {}, "data": {"image/png": "iVBORw=="}}]}],
 "metadata": {"language_info": {"name": "python"}}, "nbformat": 4, "nbformat_minor": 5}
"""
