"""How large and how fast the page is; that it asks for nothing; a thousand documents, and a million characters."""

from __future__ import annotations

import random
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.browser.conftest import Visit
from tests.browser.corpora import STRING, Made, layer, marks, page_of
from tests.browser.watching import FRAMES, IN_WINDOW

if TYPE_CHECKING:
    from playwright.sync_api import Page

ARTICLE = "trump-putin-paris-2018"
NODES = "() => document.querySelectorAll('*').length"


def best(page: Page, script: str, tries: int = 3) -> float:
    """The least time, in milliseconds, that a script of the page takes: others use the machine as well."""
    return min(page.evaluate(script) for _ in range(tries))


# -- the shipped page --------------------------------------------------------------------------------------------------


def test_the_page_is_small(shipped: Path) -> None:
    """Less than 300 KB, all of it in one file."""
    assert shipped.stat().st_size < 300_000


def test_the_page_is_shown_at_once(shipped: Path, visit: Visit) -> None:
    """Its article is drawn within a second of the beginning of its loading."""
    watched = visit(shipped)
    times = [watched.page.evaluate("() => window.readyAt")]
    for _ in range(2):
        watched.page.reload()
        watched.ready()
        times.append(watched.page.evaluate("() => window.readyAt"))
    assert min(times) < 1_000


def test_the_page_asks_for_nothing(shipped: Path, visit: Visit) -> None:
    """But for its own file, and says nothing to the console."""
    watched = visit(shipped, f"#{ARTICLE}/quotes/q2")
    watched.switch_on()
    watched.see_all()
    assert watched.noted(shipped) == []
    assert watched.told == [f"request: {shipped.as_uri()}"]


def test_its_policy_refuses_what_is_not_its_own(shipped: Path, visit: Visit) -> None:
    """Scripts, styles, pictures, fetches and forms that are put into it by whatever means."""
    watched = visit(shipped)
    policy = watched.page.get_attribute("meta[http-equiv=Content-Security-Policy]", "content")
    stopped: dict[str, str | None] = {}
    watched.page.on("requestfailed", lambda request: stopped.update({request.url: request.failure}))
    assert policy is not None
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "*" not in policy
    watched.page.evaluate(
        """async () => {
          const put = (tag, attributes, text = "") => {
            const element = document.createElement(tag);
            for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
            element.textContent = text;
            document.body.append(element);
            return element;
          };
          put("script", {}, "window.hurt = 1; alert(1)");
          put("style", {}, "body { display: none }");
          put("p", { style: "color: red" });
          put("img", { src: "http://127.0.0.1:9/img" });
          put("iframe", { src: "http://127.0.0.1:9/frame" });
          put("base", { href: "http://127.0.0.1:9/" });
          put("form", { action: "http://127.0.0.1:9/form" }).submit();
          try { setTimeout("window.hurt = 2", 0); } catch {}
          await fetch("http://127.0.0.1:9/fetch").catch(() => null);
          await new Promise((done) => setTimeout(done, 50));
        }"""
    )
    refused = {line.split()[1] for line in watched.page.evaluate("() => window.noted")}
    assert refused == {
        "script-src-elem", "style-src-elem", "style-src-attr", "img-src", "frame-src", "base-uri", "form-action",
        "script-src", "connect-src",
    }  # fmt: skip
    assert watched.page.evaluate("() => window.hurt ?? null") is None
    assert not [line for line in watched.told if line.startswith("dialog")]
    requests = {line.removeprefix("request: ") for line in watched.told if line.startswith("request: http")}
    assert stopped == dict.fromkeys(requests, "csp")


# -- a thousand documents ----------------------------------------------------------------------------------------------

WORDS = [
    "the", "of", "and", "to", "in", "said", "president", "meeting", "Paris", "a", "that", "for", "on", "was", "it",
    "with", "as", "his", "they", "be", "one", "have",
]  # fmt: skip


def prose(size: int, seed: int) -> str:
    """Words in paragraphs, so many characters."""
    draw = random.Random(seed)
    paragraphs = []
    left = size
    while left > 0:
        paragraph = " ".join(draw.choices(WORDS, k=100)).capitalize() + "."
        paragraphs.append(paragraph)
        left -= len(paragraph) + 1
    return "\n".join(paragraphs)[:size].rstrip()


NOTES = layer("notes", {"notes": marks("notes", {"note": STRING})})


def notes(text: str, count: int, seed: int) -> list[dict[str, object]]:
    """Words of a text as rows, some within others."""
    draw = random.Random(seed)
    starts = sorted(draw.sample([at + 1 for at, character in enumerate(text) if character in " \n"], count))
    spans = []
    for start in starts:
        end = text.find(" ", start + draw.choice([1, 1, 1, 8, 30]))
        spans.append((start, len(text) if end < 0 else end))
    return [
        {"id": f"n{number}", "start": start, "end": start + len(words), "text": words, "note": f"note {number}"}
        for number, (start, end) in enumerate(spans)
        for words in [text[start:end].rstrip()]
    ]


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A thousand documents of the length of the article, with three hundred rows each."""
    texts = {f"d{number:03}": f"Item {number}\n{prose(5_000, number)}" for number in range(1_000)}
    texts["d777"] += "\nneedle"
    filled = {name: {"notes": {"notes": notes(text, 300, 0)}} for name, text in texts.items()}
    about = {name: {"title": f"Title of {name}"} for name in texts}
    folder: Path = tmp_path_factory.mktemp("many")
    return Made({"notes": NOTES}, texts, filled, {}, about).write(folder / "corpus")


@pytest.fixture(scope="module")
def many_page(many: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, float]:
    """The page of a thousand documents, and how long it took to make it."""
    begun = time.perf_counter()
    file = page_of(many, tmp_path_factory.mktemp("page"))
    return file, time.perf_counter() - begun


def test_the_page_of_a_thousand_documents_is_made_in_seconds(many_page: tuple[Path, float]) -> None:
    """Ten at most."""
    assert many_page[1] < 10


def test_a_thousand_documents_are_listed_and_opened(many_page: tuple[Path, float], visit: Visit) -> None:
    """The first is shown within two seconds, another within half a one; not all of them are listed at once."""
    watched = visit(many_page[0])
    page = watched.page
    assert page.evaluate("() => window.readyAt") < 2_000
    assert page.get_attribute("#text", "data-open") == "d000"
    assert page.locator("#documents li").count() == 200
    assert page.get_by_role("button", name="800 more").is_visible()
    assert page.evaluate(NODES) < 20_000
    page.locator("#documents a", has_text="Title of d005").click()
    page.wait_for_selector("#text[data-open=d005]")
    taken = page.evaluate(
        """async () => {
          const begun = performance.now();
          location.hash = "#d999/notes/n299";
          while (document.getElementById("text").dataset.open !== "d999") await new Promise(requestAnimationFrame);
          await new Promise(requestAnimationFrame);
          return performance.now() - begun;
        }"""
    )
    assert taken < 500
    assert "note 299" in page.inner_text("#card")
    assert watched.noted(many_page[0]) == []


def test_documents_are_searched(many_page: tuple[Path, float], visit: Visit) -> None:
    """In ids, titles and texts, whatever the case, as words and not as a pattern; what was found can be opened."""
    page = visit(many_page[0]).page
    search, said = page.locator("nav#documents input[type=search]"), page.locator("#found")
    for words, found in [
        ("needle", ["d777"]),
        ("NEEDLE", ["d777"]),
        ("d123", ["d123"]),
        ("title of d45", [f"d{number}" for number in range(450, 460)]),
        ("Item 99", ["d099", *(f"d{number}" for number in range(990, 1000))]),
        ("nothing of this kind", []),
        (".*", []),
        ("(", []),
    ]:
        search.fill(words)
        said.get_by_text(words).wait_for()
        links = page.locator("#documents li a")
        assert links.evaluate_all("(links) => links.map((link) => link.getAttribute('href').slice(1))") == found
        if found:
            links.last.click()
            page.wait_for_selector(f"#text[data-open={found[-1]}]")
    search.fill("")
    page.locator("#documents li").nth(199).wait_for()


# -- a million characters ----------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def long(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The page of one document of a million characters, with forty thousand rows."""
    text = prose(1_000_000, 1)
    corpus = Made({"notes": NOTES}, {"long": text}, {"long": {"notes": {"notes": notes(text, 40_000, 1)}}})
    folder = tmp_path_factory.mktemp("long")
    return page_of(corpus.write(folder / "corpus"), folder)


def test_a_million_characters(long: Path, visit: Visit) -> None:
    """They are there in seconds; what is not near the window is plain text until it is."""
    watched = visit(long)
    page = watched.page
    assert page.evaluate("() => window.readyAt") < 5_000
    assert page.evaluate("() => document.getElementById('text').textContent.length") > 990_000
    first = page.evaluate(NODES)
    assert first < 20_000
    blocks = page.evaluate("() => document.querySelectorAll('#text .block').length")
    drawn = page.evaluate("() => document.querySelectorAll('#text .block:has(.seg)').length")
    assert 0 < drawn < blocks / 4
    taken = page.evaluate(
        """async () => {
          const blocks = document.querySelectorAll("#text .block");
          const middle = blocks[blocks.length >> 1];
          const begun = performance.now();
          middle.scrollIntoView({ behavior: "instant" });
          while (!middle.querySelector(".seg")) await new Promise(requestAnimationFrame);
          return performance.now() - begun;
        }"""
    )
    assert taken < 1_000
    assert watched.drawn()
    assert watched.noted(long) == []


def test_the_middle_of_a_million_characters_has_an_address(long: Path, visit: Visit) -> None:
    """The row is drawn, is in the window, and its card is fixed; the keys walk on from it."""
    watched = visit(long, "#long/notes/n20000")
    assert "note 20000" in watched.page.inner_text("#card")
    row = watched.page.locator('.seg[data-rows~="0:20000"]').first
    assert row.evaluate(IN_WINDOW)
    taken = best(
        watched.page,
        """async () => {
          const begun = performance.now();
          document.querySelector('.handle[tabindex="0"]').focus();
          for (let at = 0; at < 20; at++) {
            const event = new KeyboardEvent("keydown", { key: "ArrowRight", bubbles: true, cancelable: true });
            document.activeElement.dispatchEvent(event);
            await new Promise(requestAnimationFrame);
          }
          return performance.now() - begun;
        }""",
    )
    assert taken < 20 * 100
    assert watched.page.evaluate("() => document.activeElement.dataset.row") == "0:20060"


def test_one_line_of_a_hundred_thousand_characters(tmp_path: Path, visit: Visit) -> None:
    """Is cut for drawing, and its text is the same."""
    text = prose(100_000, 2).replace("\n", " ") + " " + "\U0001f600" * 9_000
    corpus = Made({"notes": NOTES}, {"line": text}, {"line": {"notes": {"notes": notes(text, 3_000, 2)}}})
    watched = visit(page_of(corpus.write(tmp_path / "corpus"), tmp_path))
    assert watched.text() == text
    watched.see_all()
    drawn = watched.drawn()
    assert len(drawn) == 3_000
    assert watched.text() == text
    assert watched.page.evaluate(FRAMES) is None


def test_the_page_of_documents_that_cannot_be_read(tmp_path: Path, visit: Visit) -> None:
    """They are listed with what is wrong, and the others are there."""
    texts = {"a": "one", "b": "two", "c": "three"}
    filled = {
        name: {"notes": {"notes": [{"id": "n1", "start": 0, "end": len(text), "text": text}]}}
        for name, text in texts.items()
    }
    filled["a"]["notes"]["notes"][0]["text"] = "won"
    root = Made({"notes": NOTES}, texts, filled).write(tmp_path / "corpus")
    (root / "corpus" / "c.txt").unlink()
    file = page_of(root, tmp_path)
    watched = visit(file)
    assert watched.page.get_attribute("#text", "data-open") == "b"
    listed = watched.page.locator("#documents li").all_inner_texts()
    assert "O004" in listed[0]
    assert "F0" not in listed[1]
    assert "c.txt" in listed[2]
    for name in ("a", "c"):
        watched.page.evaluate("(hash) => { location.hash = hash; }", f"#{name}")
        watched.page.locator("#message", has_text=f"{name} is not shown").wait_for()
    assert watched.page.get_attribute("#text", "data-open") == "b"
    assert watched.noted(file) == []
