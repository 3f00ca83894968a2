"""A page in a browser, and a watch on all that it does beside being read."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Page

# Before anything of the page runs: breaches of its policy are noted, and when its first document is drawn.
BEFORE = """
window.noted = [];
document.addEventListener("securitypolicyviolation", (event) =>
  window.noted.push(`violation: ${event.effectiveDirective} ${event.blockedURI} ${event.sample}`));
new MutationObserver((_, observer) => {
  if (document.documentElement?.dataset.ready !== "true") return;
  window.readyAt = performance.now();
  observer.disconnect();
}).observe(document, { attributes: true, childList: true, subtree: true });
"""
IN_WINDOW = """
(element) => {
  const { top, bottom } = element.getBoundingClientRect();
  return top >= 0 && bottom <= window.innerHeight;
}
"""
# Elements that only data could have brought: the page itself has one style, one script, and none of the others.
BROUGHT = """
() => {
  const never = "img, iframe, frame, object, embed, form, link, base, audio, video, math, marquee, input[type=image]";
  const hostile = ({ name, value }) =>
    name.startsWith("on") || name === "src" || name === "srcdoc" || /^\\s*(javascript|data|vbscript):/i.test(value);
  return [
    ...document.querySelectorAll(never),
    ...[...document.querySelectorAll("style, script:not([type='application/json'])")].slice(2),
    ...[...document.querySelectorAll("*")].filter((element) => [...element.attributes].some(hostile)),
  ].map((element) => `element: ${element.outerHTML.slice(0, 200)}`);
}
"""
FRAMES = "() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => done())))"
# Every paragraph comes into the window once, so that its spans are drawn.
SEEN = """
async () => {
  const frame = () => new Promise((done) => requestAnimationFrame(done));
  for (const block of document.querySelectorAll("#text > .block")) {
    const { top, bottom } = block.getBoundingClientRect();
    if (top >= 0 && bottom <= window.innerHeight) continue;
    block.scrollIntoView({ block: "start", behavior: "instant" });
    await frame();
    await frame();
  }
  window.scrollTo(0, 0);
  await frame();
  await frame();
}
"""
# Of each row, the stretches of text that are marked as its, as code points, joined where one follows the other; between
# the halves of an astral character is half a code point.
DRAWN = """
() => {
  const text = document.getElementById("text");
  const whole = text.textContent;
  const points = new Float64Array(whole.length + 1);
  for (let unit = 0, point = 0; unit < whole.length; point++) {
    const astral = whole.codePointAt(unit) > 0xffff;
    if (astral) points[unit + 1] = point + 0.5;
    unit += astral ? 2 : 1;
    points[unit] = point + 1;
  }
  const found = {};
  let at = 0;
  const walk = document.createTreeWalker(text, NodeFilter.SHOW_TEXT);
  while (walk.nextNode()) {
    const { length } = walk.currentNode.data;
    const seg = walk.currentNode.parentElement.closest(".seg");
    const [start, end] = [points[at], points[at + length]];
    for (const row of new Set((seg?.dataset.rows ?? "").split(" ").filter(Boolean))) {
      const spans = (found[row] ??= []);
      if (spans.length && spans.at(-1)[1] === start) spans.at(-1)[1] = end;
      else spans.push([start, end]);
    }
    at += length;
  }
  return found;
}
"""


@dataclass
class Watched:
    """A page that is open, and what it did that a page for reading does not do."""

    page: Page
    told: list[str] = field(default_factory=list)

    @classmethod
    def new(cls, context: BrowserContext) -> Watched:
        """A page in which nothing is open yet."""
        page = context.new_page()
        watched = cls(page)
        page.add_init_script(BEFORE)
        page.route("http://**", lambda route: route.abort("aborted"))  # seen, but sent nowhere

        def dialog(shown: Any) -> None:
            watched.told.append(f"dialog: {shown.message}")
            shown.dismiss()

        page.on("dialog", dialog)
        page.on("pageerror", lambda error: watched.told.append(f"error: {error}"))
        page.on("console", lambda message: watched.told.append(f"console: {message.type} {message.text}"))
        page.on("request", lambda request: watched.told.append(f"request: {request.url}"))
        page.on("websocket", lambda socket: watched.told.append(f"request: {socket.url}"))
        page.on("popup", lambda other: watched.told.append(f"window: {other.url}"))
        page.on("download", lambda download: watched.told.append(f"download: {download.url}"))
        page.on("frameattached", lambda frame: watched.told.append(f"frame: {frame.url}"))
        return watched

    def open(self, file: Path, address: str = "") -> Page:
        """Open a page from its file, at an address in it, and wait until its first document is drawn."""
        self.page.goto(file.as_uri() + address)
        self.ready()
        return self.page

    def ready(self) -> None:
        """Wait until a document is drawn."""
        self.page.wait_for_selector("html[data-ready=true]", state="attached", timeout=60_000)
        self.page.evaluate(FRAMES)

    def go(self, address: str) -> None:
        """Open a document, or a row of it, by an address whose parts are quoted already."""
        self.page.evaluate("(hash) => { window.location.hash = hash; }", f"#{address}")
        name = unquote(address.split("/")[0])
        self.page.wait_for_selector(f'#text[data-open="{name}"]', state="attached")
        self.page.evaluate(FRAMES)

    def noted(self, file: Path | None = None) -> list[str]:
        """What the page did, but for the one request for its own file; elements that only data could have brought."""
        page = self.page
        seen = [*self.told, *page.evaluate("() => window.noted")]
        if file is not None:
            seen = [line for line in seen if line.split("#")[0] != f"request: {file.as_uri()}"]
        return [*seen, *page.evaluate(BROUGHT)]

    def text(self) -> str:
        """The text of the open document, as it stands on the page."""
        # Playwright's own way turns lone surrogates, which a page could make of halves of characters, into U+FFFD.
        found: str = json.loads(self.page.evaluate("() => JSON.stringify(document.getElementById('text').textContent)"))
        return found

    def see_all(self) -> None:
        """Let the whole text come into the window, from its beginning to its end."""
        self.page.evaluate(SEEN)

    def switch_on(self) -> None:
        """Switch on every layer."""
        self.page.evaluate(
            "() => document.querySelectorAll('#layers input:not(:checked)').forEach((input) => input.click())"
        )
        self.page.evaluate(FRAMES)

    def drawn(self) -> dict[str, list[tuple[int, int]]]:
        """The stretches of text that are marked as a row's: by the numbers of its table and of it, `T:R`."""
        found = self.page.evaluate(DRAWN)
        return {row: [(start, end) for start, end in spans] for row, spans in found.items()}


@contextmanager
def watch(browser: Browser, file: Path | None = None, address: str = "", **settings: Any) -> Iterator[Watched]:
    """Open a page, watched, at an address in it; without a file nothing is opened yet.

    `settings` are those of the browser, such as `color_scheme="dark"`.
    """
    context = browser.new_context(**{"viewport": {"width": 1280, "height": 900}, **settings})
    context.set_default_timeout(5_000)
    try:
        watched = Watched.new(context)
        if file is not None:
            watched.open(file, address)
        yield watched
    finally:
        context.close()


def union(spans: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """What spans cover, in order, joined where they meet."""
    joined: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(joined[-1][1], end))
        else:
            joined.append((start, end))
    return joined
