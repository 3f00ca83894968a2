"""The page by keyboard, for those who hear it, in the dark, on narrow screens, on paper, and without scripts."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from tests.browser.conftest import Visit
from tests.browser.corpora import STRING, Made, layer, marks, page_of, rows
from tests.browser.watching import FRAMES, IN_WINDOW, Watched
from tests.strategies import ROOT

TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


def violations(watched: Watched, axe: str) -> list[str]:
    """What axe-core finds on the page as it is."""
    watched.page.evaluate(axe)
    found = watched.page.evaluate(
        """async (tags) => {
          const { violations } = await axe.run(document, { runOnly: { type: "tag", values: tags } });
          return violations.flatMap(({ id, nodes }) => nodes.map(({ target, failureSummary }) =>
            `${id}: ${target.join(" ")}: ${failureSummary}`));
        }""",
        TAGS,
    )
    assert isinstance(found, list)
    return found


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [320, 1280])
def test_axe_finds_no_violation(scheme: str, width: int, shipped: Path, visit: Visit, axe: str) -> None:
    """With the layers that are drawn at first, then with all of them, and a card that is fixed."""
    watched = visit(shipped, color_scheme=scheme, viewport={"width": width, "height": 900})
    assert violations(watched, axe) == []
    watched.switch_on()
    watched.see_all()
    watched.page.evaluate("() => { window.location.hash = '#trump-putin-paris-2018/quotes/q2'; }")
    watched.page.wait_for_selector("#card[data-fixed=true]")
    assert violations(watched, axe) == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_no_violation_in_a_list_of_documents(scheme: str, tmp_path: Path, visit: Visit, axe: str) -> None:
    """While it is searched, with a document that cannot be shown, and what is said when one asks for it."""
    texts = {"one": "some words", "two": "other words", "three": "no word"}
    schema = layer("own", {"claims": marks("claims")})
    documents = {name: {"own": {"claims": rows(text, [(0, 4)])}} for name, text in texts.items()}
    documents["two"]["own"]["claims"][0]["text"] = "othr"
    corpus = Made({"own": schema}, texts, documents, {}, {"one": {"title": "The first", "published": "2024-02-29"}})
    watched = visit(page_of(corpus.write(tmp_path / "corpus"), tmp_path), color_scheme=scheme)
    assert violations(watched, axe) == []
    watched.page.locator("nav#documents input[type=search]").fill("words")
    watched.page.get_by_text("1 document with").wait_for()
    watched.page.evaluate("() => { location.hash = '#two'; }")
    watched.page.locator("#message", has_text="two").wait_for()
    assert violations(watched, axe) == []


def test_axe_sees_what_is_wrong(shipped: Path, visit: Visit, axe: str) -> None:
    """On the same page, with a button that says nothing and a text that can hardly be read."""
    watched = visit(shipped)
    watched.page.evaluate(
        """() => {
          document.querySelector("main").append(document.createElement("button"));
          document.querySelector(".block").style.color = "#bbb";
        }"""
    )
    found = {line.split(":")[0] for line in violations(watched, axe)}
    assert {"button-name", "color-contrast"} <= found


# -- keyboard ----------------------------------------------------------------------------------------------------------

# What has the focus: its place in the document, what it is called, and whether it can be seen that it has it.
FOCUSED = """
() => {
  const focused = document.activeElement;
  if (focused === null || focused === document.body) return null;
  const { outlineStyle, outlineWidth, boxShadow } = getComputedStyle(focused);
  const { width, height } = focused.getBoundingClientRect();
  return {
    at: [...document.querySelectorAll("*")].indexOf(focused),
    name: focused.getAttribute("aria-label") ?? focused.labels?.[0]?.textContent ?? focused.textContent,
    handle: focused.dataset.row ?? null,
    seen: (outlineStyle !== "none" && parseFloat(outlineWidth) >= 1) || boxShadow !== "none",
  };
}
"""
# What can be pressed, is shown, and is no handle of a span: those are walked through by arrows.
PRESSABLE = """
() => {
  const all = [...document.querySelectorAll("*")];
  return [...document.querySelectorAll("button, input, a[href], summary, [role=button], [tabindex='0']")]
    .filter((each) => !each.matches(".handle, :disabled") && each.checkVisibility({ visibilityProperty: true }))
    .map((each) => all.indexOf(each));
}
"""


def tabbed(watched: Watched, key: str, most: int = 400) -> list[dict[str, Any]]:
    """What gets the focus, one after the other, until it is back at the first or has left the page."""
    found: list[dict[str, Any]] = []
    for _ in range(most):
        watched.page.keyboard.press(key)
        focused = watched.page.evaluate(FOCUSED)
        if focused is None or (found and focused["at"] == found[0]["at"]):
            return found
        found.append(focused)
    raise AssertionError(f"{key} leads nowhere else: {found[-3:]}")


def test_the_tab_key_reaches_everything_and_leaves_again(shipped: Path, visit: Visit) -> None:
    """Forwards and backwards, with one span among all, and what has the focus is named, and is seen to have it."""
    watched = visit(shipped)
    for summary in watched.page.locator("#panel summary").all():
        summary.click()
    watched.page.evaluate("() => { document.activeElement.blur(); window.scrollTo(0, 0); }")
    watched.page.reload()
    watched.ready()
    expected = set(watched.page.evaluate(PRESSABLE))
    found = tabbed(watched, "Tab")
    reached = {focused["at"] for focused in found}
    assert expected - reached == set()
    assert sum(focused["handle"] is not None and ":" in focused["name"] for focused in found) >= 1
    assert [focused for focused in found if not focused["seen"]] == []
    assert [focused for focused in found if not (focused["name"] or "").strip()] == []
    back = tabbed(watched, "Shift+Tab")
    assert {focused["at"] for focused in back} >= expected


def test_arrows_walk_from_span_to_span(shipped: Path, visit: Visit) -> None:
    """In the order of the text; Home and End lead to its ends, Enter fixes the card, Escape lets go, Tab goes on."""
    watched = visit(shipped)
    page = watched.page
    page.locator('.handle[tabindex="0"]').focus()

    def at() -> str | None:
        row: str | None = page.evaluate("() => document.activeElement.closest('.handle')?.dataset.row ?? null")
        return row

    walked = [at()]
    for key in ("ArrowRight", "ArrowRight", "j", "k", "ArrowLeft"):
        page.keyboard.press(key)
        walked.append(at())
    # Trump, Putin, Paris, Next Month
    assert walked == ["3:0", "3:1", "3:2", "6:0", "3:2", "3:1"]
    assert page.locator('.handle[tabindex="0"]').count() == 1
    page.keyboard.press("Enter")
    assert page.get_attribute("#card", "data-fixed") == "true"
    assert "m2" in page.inner_text("#card")
    page.keyboard.press("Escape")
    assert page.locator("#card").is_hidden()
    assert at() == "3:1"
    page.keyboard.press("End")
    assert at() == "3:147"
    assert page.locator(".handle:focus").evaluate(IN_WINDOW)
    page.keyboard.press("Home")
    assert at() == "3:0"
    page.keyboard.press("Space")
    assert page.get_attribute("#card", "data-fixed") == "true"
    page.keyboard.press("Tab")
    assert at() is None


def test_the_whole_text_can_be_walked_through(shipped: Path, visit: Visit) -> None:
    """Every row that is drawn, once, in the order in which they begin."""
    watched = visit(shipped)
    watched.page.locator('.handle[tabindex="0"]').focus()
    walked = watched.page.evaluate(
        """(count) => Array.from({ length: count }, () => {
          const handle = document.activeElement;
          handle.dispatchEvent(new KeyboardEvent("keydown", { key: "ArrowRight", bubbles: true, cancelable: true }));
          return handle.dataset.row;
        })""",
        148 + 20 + 29,
    )
    assert len(set(walked)) == 148 + 20 + 29
    drawn = watched.drawn()
    starts = [drawn[row][0][0] for row in walked]
    assert starts == sorted(starts)


def test_everything_is_named_for_those_who_hear_it(shipped: Path, visit: Visit) -> None:
    """Landmarks, the text, layers, spans, the card and the lists."""
    watched = visit(shipped, "#trump-putin-paris-2018/quotes/q2")
    page = watched.page
    for role, name in (("main", None), ("article", "text"), ("group", "Layers"), ("region", "Yuri Ushakov")):
        options = {} if name is None else {"name": name}
        assert page.get_by_role(role, **options).count() == 1, role  # type: ignore[arg-type]
    assert page.get_by_role("checkbox").count() == 6
    assert page.get_by_role("heading", level=1).count() == 1
    for name in ("Entities", "Speakers", "Dates"):
        assert page.get_by_role("heading", name=re.compile(f"^{name}$", re.IGNORECASE)).count() == 1
    label = page.locator('.handle[data-row="5:1"]').get_attribute("aria-label")
    assert label is not None
    assert "Yuri Ushakov" in label
    assert "reporters" in label


# -- how it is shown ---------------------------------------------------------------------------------------------------

# Of every stretch of text with a tint, the least contrast with what may lie behind it; of WCAG 2.2, 1.4.3.
CONTRASTS = """
() => {
  const canvas = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
  const over = (colours) => {
    canvas.clearRect(0, 0, 1, 1);
    for (const colour of colours) {
      canvas.fillStyle = colour;
      canvas.fillRect(0, 0, 1, 1);
    }
    return [...canvas.getImageData(0, 0, 1, 1).data].slice(0, 3).map((value) => {
      const part = value / 255;
      return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
    });
  };
  const light = ([red, green, blue]) => 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  const paper = getComputedStyle(document.documentElement).backgroundColor;
  const found = {};
  for (const seg of document.querySelectorAll("#text .seg")) {
    const style = getComputedStyle(seg);
    const images = style.backgroundImage.match(/(repeating-)?linear-gradient\\((?:[^()]|\\([^()]*\\))*\\)/g) ?? [];
    const tints = style.backgroundSize.split(", ").map((size, at) => /^100% (100%|calc)/.test(size) ? images[at] : "");
    const colours = tints.flatMap((tint) => tint?.match(/(rgba?|color|oklch|oklab)\\([^()]*\\)/g)?.slice(0, 1) ?? []);
    const back = light(over([paper, style.backgroundColor, ...colours]));
    const text = light(over([style.color]));
    const ratio = (Math.max(back, text) + 0.05) / (Math.min(back, text) + 0.05);
    found[seg.dataset.rows] = ratio;
  }
  return found;
}
"""


WIDTH = "() => Math.max(document.documentElement.scrollWidth, document.body.scrollWidth)"


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_marked_text_has_contrast(scheme: str, shipped: Path, visit: Visit) -> None:
    """With all tints one over the other, and lit up: axe-core does not judge text over gradients."""
    watched = visit(shipped, color_scheme=scheme)
    watched.switch_on()
    watched.see_all()
    watched.page.locator('.handle[data-row="3:5"]').focus()
    ratios = watched.page.evaluate(CONTRASTS)
    assert len(ratios) > 200
    assert [(rows, ratio) for rows, ratio in ratios.items() if ratio < 4.5] == []


def test_dark_is_dark(shipped: Path, visit: Visit) -> None:
    """By the setting of the reader, without a word to the page."""
    lights = {}
    for scheme in ("light", "dark"):
        colours = visit(shipped, color_scheme=scheme).page.evaluate(
            """() => [getComputedStyle(document.documentElement).backgroundColor,
              getComputedStyle(document.getElementById("text")).color]"""
        )
        lights[scheme] = [sum(map(int, re.findall(r"\d+", colour)[:3])) for colour in colours]
    assert lights["light"][0] > 700 > 150 > lights["light"][1]
    assert lights["dark"][0] < 150 < 600 < lights["dark"][1]


def test_nothing_is_wider_than_the_screen(shipped: Path, visit: Visit) -> None:
    """With every layer on and a card that is fixed."""
    watched = visit(shipped, "#trump-putin-paris-2018/quotes/q17")
    watched.switch_on()
    for width in (1920, 1024, 640, 320):
        watched.page.set_viewport_size({"width": width, "height": 640})
        watched.see_all()
        assert watched.page.evaluate(WIDTH) <= width
        assert watched.page.evaluate("() => document.getElementById('text').clientWidth") >= 280


def test_long_words_do_not_widen_the_page(tmp_path: Path, visit: Visit) -> None:
    """In texts, titles, ids, values, and names of entities."""
    long = "x" * 300
    schema = layer("own", {"claims": marks("claims", {"note": STRING})}, description=long)
    claim = rows(long, [(0, 300)])[0] | {"id": long, "note": long}
    corpus = Made(
        {"own": schema}, {"a" * 128: long, "b": "b"},
        {"a" * 128: {"own": {"claims": [claim]}}, "b": {"own": {"claims": []}}},
        {"title": long}, {"a" * 128: {"title": long, "author": long}},
    )  # fmt: skip
    watched = visit(
        page_of(corpus.write(tmp_path / "corpus"), tmp_path), f"#{'a' * 128}/claims/{long}",
        viewport={"width": 320, "height": 640},
    )  # fmt: skip
    assert watched.page.locator("#card").is_visible()
    assert watched.page.evaluate(WIDTH) <= 320


def test_text_to_the_left(tmp_path: Path, visit: Visit) -> None:
    """A paragraph in Hebrew begins at the right, one in English at the left."""
    text = "שלום עולם\nHello world"
    schema = layer("own", {"claims": marks("claims")})
    corpus = Made({"own": schema}, {"one": text}, {"one": {"own": {"claims": rows(text, [(0, 4), (10, 15)])}}})
    watched = visit(page_of(corpus.write(tmp_path / "corpus"), tmp_path))
    gaps = watched.page.evaluate(
        """() => ["0:0", "0:1"].map((row) => {
          const seg = document.querySelector(`.seg[data-rows="${row}"]`).getBoundingClientRect();
          const block = document.querySelector(".block").getBoundingClientRect();
          return [seg.left - block.left, block.right - seg.right];
        })"""
    )
    assert gaps[0][1] < 20 < gaps[0][0]
    assert gaps[1][0] < 20 < gaps[1][1]


def test_on_paper(shipped: Path, visit: Visit) -> None:
    """The text with its marks and the legend, on white, without what can be pressed."""
    watched = visit(shipped, color_scheme="dark")
    page = watched.page
    page.emulate_media(media="print")
    for gone in ("#panel", "nav#documents", "#layers input >> nth=2"):
        assert page.locator(gone).is_hidden(), gone
    assert page.locator("article#text").is_visible()
    assert page.locator("#layers", has_text="mentions").is_visible()
    page.emulate_media(media="print", color_scheme="light")
    colours = page.evaluate("() => getComputedStyle(document.documentElement).backgroundColor")
    assert colours in ("rgb(255, 255, 255)", "rgba(0, 0, 0, 0)")
    printed = page.pdf(format="A4", print_background=False)
    assert printed.startswith(b"%PDF")
    pages = len(re.findall(rb"/Type\s*/Page\b(?!s)", printed))
    assert 2 <= pages <= 8
    assert len(watched.drawn()) == 148 + 20 + 29


def test_layers_are_told_apart_in_forced_colours(tmp_path: Path, visit: Visit) -> None:
    """The same words look different in each layer, and different from words that nothing marks."""
    text = "some words"
    names = ["claims", "topics", "doubts"]
    schema = layer("own", {name: marks(name) for name in names})
    documents = {
        f"d{at}": {"own": {name: rows(text, [(0, 10)]) if name == drawn else [] for name in names}}
        for at, drawn in enumerate(["none", *names])
    }
    corpus = Made({"own": schema}, dict.fromkeys(documents, text), documents)
    watched = visit(page_of(corpus.write(tmp_path / "corpus"), tmp_path), forced_colors="active", color_scheme="dark")
    pictures = []
    for name in documents:
        watched.go(name)
        pictures.append(watched.page.locator("article#text .block").screenshot())
    assert len(set(pictures)) == 4
    watched.page.locator(".handle").focus()
    watched.page.evaluate(FRAMES)
    assert watched.page.locator("article#text .block").screenshot() not in pictures


def test_nothing_moves_where_motion_is_not_wanted(shipped: Path, visit: Visit) -> None:
    """Neither transitions nor animations, nor smooth scrolling."""
    watched = visit(shipped, "#trump-putin-paris-2018/quotes/q2", reduced_motion="reduce")
    moving = watched.page.evaluate(
        """() => [...document.querySelectorAll("*")].filter((each) => {
          const { transitionDuration, animationName, scrollBehavior } = getComputedStyle(each);
          return parseFloat(transitionDuration) > 0 || animationName !== "none" || scrollBehavior === "smooth";
        }).map((each) => each.outerHTML.slice(0, 100))"""
    )
    assert moving == []


def test_without_scripts_the_text_is_there(shipped: Path, visit: Visit) -> None:
    """The whole of it, and nothing of what would need a script."""
    watched = visit(java_script_enabled=False)
    watched.page.goto(shipped.as_uri())
    shown = watched.page.inner_text("body")
    text = (ROOT / "corpus" / "trump-putin-paris-2018.txt").read_text(encoding="utf-8")
    assert text.split() == [word for word in shown.split() if word in set(text.split())][-len(text.split()) :]
    assert watched.page.locator("button:visible, input:visible").count() == 0
    assert watched.told == [f"request: {shipped.as_uri()}"]
