"""What a reader does with the page: layers, cards, addresses, and the lists beside the text."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.browser.conftest import Visit
from tests.browser.corpora import STRING, Made, at, layer, marks, object_, page_of, rows, span, table
from tests.browser.watching import FRAMES, IN_WINDOW, Watched

if TYPE_CHECKING:
    from playwright.sync_api import Locator

ARTICLE = "trump-putin-paris-2018"
# How the stretches of a row look, all but their colours.
LOOKS = """
(row) => [...document.querySelectorAll(`#text .seg[data-rows~="${row}"]`)].map((seg) => {
  const colour = /(rgba?|hsla?|oklch|oklab|color|color-mix)\\([^()]*(\\([^()]*\\)[^()]*)*\\)/g;
  const style = getComputedStyle(seg);
  return ["backgroundImage", "backgroundSize", "backgroundPosition", "backgroundRepeat", "borderStyle", "borderWidth",
    "boxShadow", "outlineStyle", "textDecorationLine", "textDecorationStyle", "textDecorationThickness", "fontWeight"]
    .map((name) => `${name}: ${style[name].replace(colour, "colour")}`).join("\\n");
})
"""
# How each row looks, colours and all: what is lit up looks different.
LIGHT = """
() => {
  const found = {};
  for (const seg of document.querySelectorAll("#text .seg")) {
    const { backgroundColor, textDecoration, outline, boxShadow, fontWeight } = getComputedStyle(seg);
    const look = [backgroundColor, textDecoration, outline, boxShadow, fontWeight].join("|");
    for (const row of seg.dataset.rows.split(" ")) (found[row] ??= []).push(look);
  }
  return found;
}
"""


def seg(watched: Watched, row: str) -> Locator:
    """The first stretch of a row in which it is the innermost."""
    return watched.page.locator(f'#text .seg[data-rows$="{row}"]').first


def box(watched: Watched, name: str) -> Locator:
    return watched.page.locator(f'fieldset#layers input[type=checkbox][data-table="{name}"]')


def rows_drawn(watched: Watched) -> set[str]:
    """The numbers of the tables of which something is drawn."""
    watched.see_all()
    return {row.split(":")[0] for row in watched.drawn()}


def lit(before: dict[str, list[str]], after: dict[str, list[str]]) -> set[str]:
    """The rows all of whose stretches look different."""
    return {row for row in before if all(old != new for old, new in zip(before[row], after[row], strict=True))}


# -- layers ------------------------------------------------------------------------------------------------------------


def test_layers_are_switched_by_mouse_and_keyboard(shipped: Path, visit: Visit) -> None:
    """What is off is not drawn, and the text stays; blocks, sentences and roles are off at first."""
    watched = visit(shipped)
    text = watched.text()
    names = ["blocks", "sentences", "mentions", "roles", "quotes", "dates"]
    assert [box(watched, name).is_checked() for name in names] == [False, False, True, False, True, True]
    assert watched.page.locator("#layers input").count() == len(names)
    box(watched, "quotes").click()
    assert rows_drawn(watched) == {"3", "6"}
    box(watched, "mentions").focus()
    watched.page.keyboard.press("Space")
    assert rows_drawn(watched) == {"6"}
    watched.page.locator("label", has_text="sentences").click()
    assert rows_drawn(watched) == {"1", "6"}
    box(watched, "quotes").focus()
    watched.page.keyboard.press("Space")
    assert rows_drawn(watched) == {"1", "5", "6"}
    assert watched.text() == text


def test_each_layer_has_its_legend(shipped: Path, visit: Visit) -> None:
    """What the schema says of the table, and how many rows it has."""
    watched = visit(shipped)
    legend = watched.page.inner_text("#layers")
    for said in ("mentions", "148", "quotes", "20", "dates", "29", "sentences", "39", "blocks", "31", "roles", "9"):
        assert said in legend
    assert "Every span that refers to an entity" in legend
    assert "The time expressions" in legend
    assert box(watched, "dates").evaluate("(box) => box.labels[0].innerText").split()[1:] == ["dates", "29"]


NESTED = "one two three"
OWN = layer(
    "own",
    {
        "claims": marks("claims", {"certainty": STRING}, description="What is claimed."),
        "frames": table(
            "frames",
            object_({"id": STRING, "core": span(), "roles": {"type": "array", "items": span()}}, ["id"]),
            description="Who does what.",
        ),
        "topics": marks("topics", description="What it is about."),
    },
)


def own(text: str, tables: dict[str, list[dict[str, Any]]]) -> Made:
    filled = {name: tables.get(name, []) for name in ("claims", "frames", "topics")}
    return Made({"own": OWN}, {"one": text}, {"one": {"own": filled}})


def test_a_layer_that_nobody_foresaw(tmp_path: Path, visit: Visit) -> None:
    """It is drawn by its schema, with its legend and its cards."""
    text = "She says it may rain."
    core, role = ({"start": start, "end": end, "text": text[start:end]} for start, end in at(text, "says", "She"))
    claims = [rows(text, at(text, "it may rain"))[0] | {"certainty": "low"}]
    corpus = own(text, {"claims": claims, "frames": [{"id": "f1", "core": core, "roles": [role]}]})
    watched = visit(page_of(corpus.write(tmp_path / "corpus"), tmp_path))
    assert watched.drawn() == {"0:0": [(9, 20)], "1:0": [(0, 3), (4, 8)]}
    legend = watched.page.inner_text("#layers")
    assert ["What is claimed." in legend, "Who does what." in legend, "What it is about." in legend] == [True] * 3
    seg(watched, "0:0").hover()
    card = watched.page.inner_text("#card")
    assert "certainty" in card
    assert "low" in card


def test_tables_are_told_apart_not_by_colour_alone(tmp_path: Path, visit: Visit) -> None:
    """Each table looks different from each other where its rows are as long, were all colours the same."""
    text = "one two six ten"
    claims, topics = rows(text, at(text, "one")), rows(text, at(text, "two"))
    core, role = ({"start": start, "end": end, "text": text[start:end]} for start, end in at(text, "six", "ten"))
    corpus = own(text, {"claims": claims, "topics": topics, "frames": [{"id": "f1", "core": core, "roles": [role]}]})
    watched = visit(page_of(corpus.write(tmp_path / "corpus"), tmp_path))
    looks = [look for row in ("0:0", "1:0", "2:0") for look in watched.page.evaluate(LOOKS, row)]
    assert len(looks) == 4
    assert len(set(looks)) == 4


def test_the_shipped_tables_are_told_apart(shipped: Path, visit: Visit) -> None:
    """By more than colours, each drawn alone."""
    watched = visit(shipped)
    names = ["blocks", "sentences", "mentions", "roles", "quotes", "dates"]
    for name in names:
        box(watched, name).uncheck()
    looks = []
    for name, number in zip(names, (0, 1, 3, 4, 5, 6), strict=True):
        box(watched, name).check()
        watched.page.evaluate(FRAMES)
        looks.append(frozenset(watched.page.evaluate(LOOKS, f"{number}:0")))
        box(watched, name).uncheck()
    assert len(set(looks)) == 6
    assert all(looks)


def test_where_spans_begin_and_end_is_seen(tmp_path: Path, visit: Visit) -> None:
    """Spans of one table, that only their ends tell apart, do not look the same."""
    text = "onetwosix"
    pairs = [
        ([(0, 3), (3, 6)], [(0, 6)]),  # adjacent, and one
        ([(0, 6), (3, 9)], [(0, 9), (3, 6)]),  # crossing, and nested
        ([(0, 9), (0, 6), (0, 3)], [(0, 9), (0, 6)]),  # all from one place
        ([(0, 9), (6, 9)], [(0, 9), (3, 9)]),
        ([(0, 3), (6, 9)], [(0, 9)]),
    ]
    documents = {f"d{number}": spans for number, spans in enumerate(spans for pair in pairs for spans in pair)}
    filled = {
        name: {"own": {"claims": rows(text, spans), "frames": [], "topics": []}} for name, spans in documents.items()
    }
    corpus = Made({"own": OWN}, dict.fromkeys(documents, text), filled)
    watched = visit(page_of(corpus.write(tmp_path / "corpus"), tmp_path))
    pictures = []
    for name in documents:
        watched.go(name)
        pictures.append(watched.page.locator("article#text .block").screenshot())
    watched.go("d0")
    assert watched.page.locator("article#text .block").screenshot() == pictures[0]
    assert [one == other for one, other in zip(pictures[::2], pictures[1::2], strict=True)] == [False] * len(pairs)


# -- cards -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("how", ["hover", "focus"])
def test_a_mention_shows_its_entity_and_lights_up_its_mentions(how: str, shipped: Path, visit: Visit) -> None:
    """All of them, and no mention of another entity."""
    watched = visit(shipped)
    box(watched, "quotes").click()
    watched.see_all()
    before = watched.page.evaluate(LIGHT)
    assert watched.page.locator("#card").is_hidden()
    getattr(watched.page.locator('.handle[data-row="3:2"]') if how == "focus" else seg(watched, "3:2"), how)()
    card = watched.page.inner_text("#card")
    for said in ("m3", "Paris", "GPE", "form", "NAM", "e3"):
        assert said in card
    watched.page.evaluate(FRAMES)
    after = watched.page.evaluate(LIGHT)
    paris = {f"3:{number - 1}" for number in (3, 10, 23, 58, 62, 67)}
    assert {row for row in lit(before, after) if row.startswith("3:")} == paris


def test_a_quote_shows_who_speaks_to_whom(shipped: Path, visit: Visit) -> None:
    """Speaker, source, cue and addressee, which are lit up as well."""
    watched = visit(shipped)
    watched.see_all()
    before = watched.page.evaluate(LIGHT)
    watched.page.locator('.handle[data-row="5:1"]').focus()
    card = watched.page.inner_text("#card")
    words = ["Yuri Ushakov", "cue", "“told”", "addressee", "“reporters”", "source", "m16", "direct", "This arrangement"]
    assert [word for word in words if word not in card] == []
    watched.page.evaluate(FRAMES)
    changed = lit(before, watched.page.evaluate(LIGHT))
    assert {"5:1", "3:15"} <= changed
    assert "5:2" not in changed


def test_a_date_shows_its_interval(shipped: Path, visit: Visit) -> None:
    """In words, from the first day to the last."""
    watched = visit(shipped)
    watched.see_all()
    for row, words in [
        ("6:0", ["Next Month", "2018-11", "November 1, 2018 to November 30, 2018", "30 days", "October 24th, 2018"]),
        ("6:1", ["2018-10-24", "October 24, 2018", "CREATION_TIME"]),
        ("6:15", ["earlier this week", "2018-W43", "October 22, 2018 to October 28, 2018", "7 days"]),
        ("6:21", ["the weekend", "2018-W42-WE", "October 20, 2018 to October 21, 2018", "2 days"]),
        ("6:22", ["1987", "January 1, 1987 to December 31, 1987", "365 days"]),
        ("6:8", ["two days", "DURATION", "P2D"]),
    ]:
        watched.page.locator(f'.handle[data-row="{row}"]').focus()
        card = watched.page.inner_text("#card")
        assert [word for word in words if word not in card] == []


def test_a_card_has_every_property(tmp_path: Path, visit: Visit) -> None:
    """Of every type, by its name and in words."""
    text = "one two"
    schema = layer(
        "own",
        {
            "claims": marks(
                "claims",
                {
                    "note": STRING, "count": {"type": "integer"}, "weight": {"type": "number"},
                    "sure": {"type": "boolean"}, "seen": {"type": "string", "format": "date"},
                    "many": {"type": "array", "items": STRING},
                    "next": {"type": "string", "x-ref": "claims"}, "part": span(),
                    "thing": object_({"a": STRING, "b": {"type": "integer"}}),
                },
            )
        },
    )  # fmt: skip
    first, second = rows(text, at(text, "one", "two"))
    first |= {
        "note": "a note", "count": 2**53 + 1, "weight": 0.25, "sure": False, "seen": "2024-02-29", "many": ["x1", "x2"],
        "next": "m2", "part": {"start": 1, "end": 3, "text": "ne"}, "thing": {"a": "deep", "b": 7},
    }  # fmt: skip
    corpus = Made({"own": schema}, {"one": text}, {"one": {"own": {"claims": [first, second]}}})
    watched = visit(page_of(corpus.write(tmp_path / "corpus"), tmp_path))
    watched.page.locator('.handle[data-row="0:0"]').focus()
    card = watched.page.inner_text("#card")
    words = [
        "note", "a note", "count", "weight", "0.25", "sure", "no", "seen", "February 29, 2024", "many", "x1", "x2",
        "next", "m2", "two", "part", "ne", "thing", "deep", "7", "m1", "one",
    ]  # fmt: skip
    assert [word for word in words if word not in card] == []
    assert "9007199254740993" in card.replace(",", "")  # which no number of JavaScript is


def test_a_click_fixes_the_card_and_escape_lets_go(shipped: Path, visit: Visit) -> None:
    """While it is fixed, other spans do not take its place by the pointer; the address names it."""
    watched = visit(shipped)
    page = watched.page
    seg(watched, "3:2").click()
    assert page.locator("#card").get_attribute("data-fixed") == "true"
    assert page.evaluate("location.hash") == f"#{ARTICLE}/mentions/m3"
    seg(watched, "6:1").hover()
    assert "m3" in page.inner_text("#card")
    page.keyboard.press("Escape")
    assert page.locator("#card").is_hidden()
    assert page.evaluate("location.hash") in (f"#{ARTICLE}", "")
    seg(watched, "3:3").hover()
    assert "Bamidele Ogunberu" in page.inner_text("#card")
    assert page.locator("#card").get_attribute("data-fixed") == "false"
    assert page.evaluate("location.hash") in (f"#{ARTICLE}", "")


def test_a_click_more_fixes_what_is_around(shipped: Path, visit: Visit) -> None:
    """The innermost row first, then the next around it; where there is none, the innermost again."""
    watched = visit(shipped)
    watched.see_all()
    source = watched.page.locator('#text .seg[data-rows$="5:1 3:12"]').first  # our president, within a quote
    named = []
    for _ in range(3):
        source.click()
        named.append(watched.page.evaluate("location.hash").rsplit("/", 1)[1])
    assert named == ["m13", "q2", "m13"]


# -- addresses ---------------------------------------------------------------------------------------------------------


def fixed(watched: Watched) -> str:
    """The text of the card, which is fixed."""
    watched.page.wait_for_selector("#card[data-fixed=true]")
    return watched.page.inner_text("#card")


def test_an_address_opens_there_again(shipped: Path, visit: Visit) -> None:
    """In a new page, by a change of the address, and by the button that leads back; a layer is switched on for it."""
    watched = visit(shipped, f"#{ARTICLE}/quotes/q20")
    page = watched.page
    assert "q20" in fixed(watched)
    assert seg(watched, "5:19").evaluate(IN_WINDOW)
    page.evaluate(f"() => {{ location.hash = '#{ARTICLE}/sentences/s3'; }}")
    page.locator("#card", has_text="s3").wait_for()
    assert box(watched, "sentences").is_checked()
    page.go_back()
    page.locator("#card", has_text="q20").wait_for()
    page.evaluate(f"() => {{ location.hash = '#{ARTICLE}'; }}")
    page.wait_for_selector("#card", state="hidden")
    page.reload()
    watched.ready()
    assert page.locator("#card").is_hidden()


def test_a_wrong_address_does_no_harm(shipped: Path, visit: Visit) -> None:
    """The article is there, without a card, and what is wrong is said."""
    watched = visit()
    for address, said in [
        ("#nowhere", "nowhere"),
        (f"#{ARTICLE}/nothing/m1", "nothing"),
        (f"#{ARTICLE}/mentions/m999", "m999"),
        (f"#{ARTICLE}/mentions", "mentions"),
        ("#%E0%A4%A", "%E0%A4%A"),
        ("#/", ""),
        ("#///", ""),
        (f"#{ARTICLE}/__proto__/constructor", "__proto__"),
    ]:
        watched.page.goto("about:blank")
        page = watched.open(shipped, address)
        assert page.get_attribute("#text", "data-open") == ARTICLE
        assert page.locator("#card").is_hidden()
        message = page.inner_text("#message")
        assert said in message
        assert bool(message) == bool(said)
    assert set(watched.noted(shipped)) <= {"request: about:blank"}
    seg(watched, "3:0").click()
    assert "m1" in fixed(watched)


# -- beside the text ---------------------------------------------------------------------------------------------------


def items(watched: Watched, section: str) -> list[str]:
    return [" ".join(each.split()) for each in watched.page.locator(f"{section} ol > li").all_inner_texts()]


def test_entities_by_how_often_they_are_named(shipped: Path, visit: Visit) -> None:
    """The most frequent first; a click goes to the first mention, another to the next, and on from the last one."""
    watched = visit(shipped)
    shown = items(watched, "#entities")
    numbers = [int(each.split()[-1]) for each in shown]
    assert numbers[:13] == [35, 19, 19, 18, 13, 8, 6, 5, 4, 3, 3, 3, 2]
    for name, each in zip(["Russia", "Vladimir Putin", "John Bolton", "Donald Trump"], shown, strict=False):
        assert each.startswith(name)
    button = watched.page.locator("#entities button", has_text="Paris").first
    for mention in ("m3", "m10", "m23", "m58", "m62", "m67", "m3"):
        button.click()
        assert f" {mention}" in fixed(watched)
        assert watched.page.evaluate("location.hash") == f"#{ARTICLE}/mentions/{mention}"


def test_speakers_with_their_quotes(shipped: Path, visit: Visit) -> None:
    """Who says how much, and what."""
    watched = visit(shipped)
    heads = [" ".join(each.split()) for each in watched.page.locator("#speakers summary").all_inner_texts()]
    assert heads == ["John Bolton 9", "Yuri Ushakov 4", "Vladimir Putin 4", "Donald Trump 3"]
    watched.page.locator("#speakers summary").nth(3).click()
    links = watched.page.locator("#speakers details").nth(3).locator("a")
    assert links.count() == 3
    assert "Russia has violated the agreement" in links.nth(1).inner_text()
    links.nth(1).click()
    assert "q15" in fixed(watched)


def test_the_time_line_is_to_scale(shipped: Path, visit: Visit) -> None:
    """Bars lie in proportion to their days; 1987 and 2016, far from the posting, are folded away from it."""
    watched = visit(shipped)
    bars = watched.page.locator("#timeline .bar").evaluate_all(
        "(bars) => bars.map((bar) => [bar.dataset.begin, bar.getBoundingClientRect().top])"
    )
    assert len(bars) >= 6
    assert bars == sorted(bars)
    days = [(day(begin), top) for begin, top in bars]
    (first, low), (last, high) = days[0], days[-1]
    for number, top in days:
        assert abs((top - low) / (high - low) - (number - first) / (last - first)) < 0.02
    begins = [begin for begin, _ in bars]
    assert "2018-10-24" in begins
    assert "2018-11-11" in begins
    assert not any(begin < "2018" for begin in begins)
    timeline = watched.page.inner_text("#timeline")
    assert "1987" in timeline
    assert "2016" in timeline
    watched.page.locator("#timeline button", has_text="1987").click()
    assert "d23" in fixed(watched)


def day(words: str) -> int:
    return date.fromisoformat(words).toordinal()
