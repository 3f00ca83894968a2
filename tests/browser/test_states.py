"""What a page is in after many steps, and with layers, texts and numbers that are out of the ordinary."""

from __future__ import annotations

from itertools import combinations
from pathlib import Path

import pytest

from tests.browser.conftest import Visit
from tests.browser.corpora import INTEGER, STRING, Json, Made, layer, marks, object_, page_of, rows, table
from tests.browser.test_reading import LOOKS, seg
from tests.browser.watching import Watched

ARTICLE = "trump-putin-paris-2018"
REFERENCE: Json = {"type": "string", "x-ref": "people"}
PEOPLE = table("people", object_({"id": STRING, "name": STRING}))


def hash_(watched: Watched) -> str:
    """The address within the page."""
    return str(watched.page.evaluate("() => window.location.hash"))


@pytest.fixture
def two(tmp_path: Path) -> Path:
    """The page of two documents with a mark each."""
    own = layer("own", {"claims": marks("claims")})
    texts = {"a": "It rains in Rome.", "b": "It may rain in New\nYork."}
    layers = {name: {"own": {"claims": rows(text, [(0, 2)])}} for name, text in texts.items()}
    return page_of(Made({"own": own}, texts, layers).write(tmp_path / "corpus"), tmp_path)


def test_a_card_is_fixed_and_released(shipped: Path, visit: Visit) -> None:
    """By its button: the card stays, the address goes, the focus stays on the button; then the pointer leads again."""
    watched = visit(shipped)
    seg(watched, "3:0").click()
    fix = watched.page.locator("#card .fix")
    assert fix.get_attribute("aria-pressed") == "true"
    fix.click()
    assert (fix.get_attribute("aria-pressed"), hash_(watched)) == ("false", f"#{ARTICLE}")
    assert watched.page.locator("#card").get_attribute("data-fixed") == "false"
    assert watched.page.evaluate("() => document.activeElement.className") == "fix"
    fix.click()
    assert (fix.get_attribute("aria-pressed"), hash_(watched)) == ("true", f"#{ARTICLE}/mentions/m1")


def test_what_is_opened_is_in_the_address(two: Path, visit: Visit) -> None:
    """With a card fixed in another document before; and back leads to where the page began."""
    watched = visit(two)
    seg(watched, "0:0").click()
    assert hash_(watched) == "#a/claims/m1"
    watched.page.locator("#list a", has_text="b").click()
    watched.page.wait_for_selector('#text[data-open="b"]')
    assert hash_(watched) == "#b"
    for _ in range(2):
        watched.page.go_back()
    watched.page.wait_for_selector('#text[data-open="a"]')
    assert (hash_(watched), watched.page.locator("#card").is_hidden()) == ("", True)


def test_a_link_to_where_one_is_leads_back_there(shipped: Path, visit: Visit) -> None:
    """Also when the text was scrolled away from it."""
    watched = visit(shipped, f"#{ARTICLE}/quotes/q2")
    watched.page.evaluate("() => window.scrollTo(0, 3000)")
    watched.page.locator("#card .of a").click()
    assert watched.page.evaluate("() => window.scrollY") < 1000


def test_the_tab_key_keeps_its_place(shipped: Path, visit: Visit) -> None:
    """When a layer is switched."""
    watched = visit(shipped, f"#{ARTICLE}/mentions/m100")
    current = "() => [...document.querySelectorAll('.handle[tabindex=\"0\"]')].map((each) => each.dataset.row)"
    assert watched.page.evaluate(current) == ["3:99"]
    watched.page.locator('#layers input[data-table="roles"]').click()
    assert watched.page.evaluate(current) == ["3:99"]


def test_a_search_finds_words_as_people_write_them(two: Path, visit: Visit) -> None:
    """Over the end of a line, and in either case; what it marked goes with it, and Escape leaves the card."""
    watched = visit(two)
    seg(watched, "0:0").click()
    search = watched.page.locator("#search")
    search.fill("new york")
    watched.page.locator("#found", has_text="1 document").wait_for()
    assert watched.page.locator("#list mark").inner_text().split() == ["New", "York"]
    search.press("Escape")
    assert watched.page.locator("#card").is_visible()
    assert watched.page.evaluate("() => CSS.highlights.has('sought')") is False


@pytest.mark.parametrize(
    ("columns", "values"),
    [
        ({"name": INTEGER}, {"name": 7}),
        ({"name": {"type": "array", "items": STRING}}, {"name": ["a", "b"]}),
        ({"speaker": STRING, "speaker_name": STRING, "speech": INTEGER},
         {"speaker": "s", "speaker_name": "S", "speech": 1}),
        ({"speaker": STRING, "speaker_name": object_({"given": STRING})},
         {"speaker": "s", "speaker_name": {"given": "Ann"}}),
        ({"entity_name": INTEGER, "entity_type": INTEGER}, {"entity_name": 1, "entity_type": 2}),
        ({"begin": INTEGER, "until": INTEGER}, {"begin": 10, "until": 30}),
        ({"begin": STRING, "until": STRING}, {"begin": "soon", "until": "later"}),
    ],
)  # fmt: skip
def test_names_that_mean_something_else(columns: Json, values: Json, tmp_path: Path, visit: Visit) -> None:
    """Columns that are called as those of the built-in layers, and are of another type, are told as any other."""
    text = "It rains."
    own = layer("own", {"claims": marks("claims", columns)})
    made = Made({"own": own}, {"one": text}, {"one": {"own": {"claims": rows(text, [(0, 2)], **values)}}})
    watched = visit(page_of(made.write(tmp_path / "corpus"), tmp_path))
    seg(watched, "0:0").click()
    card = watched.page.inner_text("#card")
    assert (watched.page.inner_text("#card h2"), hash_(watched)) == ("It", "#one/claims/m1")
    assert all(name.replace("_", " ") in card for name in columns)
    assert "[object" not in watched.page.inner_text("body")
    assert watched.page.locator("#timeline").is_hidden()
    assert [line for line in watched.told if line.startswith("error")] == []


def test_a_row_that_names_another_twice_is_one(tmp_path: Path, visit: Visit) -> None:
    """The entity is counted by its rows, and a walk comes to each of them."""
    text = "one two six"
    relation = {"head": REFERENCE, "tail": REFERENCE}
    own = layer("own", {"people": PEOPLE, "rel": marks("rel", relation)})
    spans = rows(text, [(0, 3), (4, 7), (8, 11)], "r")
    ends = [{"head": "p1", "tail": "p1"}, {"head": "p1", "tail": "p1"}, {"head": "p2", "tail": "p1"}]
    told = [each | end for each, end in zip(spans, ends, strict=True)]
    people = [{"id": "p1", "name": "Ann"}, {"id": "p2", "name": "Bo"}]
    made = Made({"own": own}, {"one": text}, {"one": {"own": {"people": people, "rel": told}}})
    watched = visit(page_of(made.write(tmp_path / "corpus"), tmp_path))
    button = watched.page.locator("#entities button").first
    assert button.inner_text().split() == ["Ann", "3"]
    walked = []
    for _ in range(4):
        button.click()
        walked.append(hash_(watched))
    assert walked == [f"#one/rel/r{number}" for number in (1, 2, 3, 1)]
    assert "← 1 of 2 → head Ann ← 1 of 3 → tail Ann" in " ".join(watched.page.inner_text("#card").split())


def test_sixteen_tables_are_told_apart(tmp_path: Path, visit: Visit) -> None:
    """Of those with one colour, no two have one pattern; nor have the first eight."""
    text = "".join(f"w{number:02} " for number in range(16)).strip()
    own = layer("own", {f"t{number:02}": marks(f"t{number:02}") for number in range(16)})
    tables = {f"t{number:02}": rows(text, [(4 * number, 4 * number + 3)]) for number in range(16)}
    watched = visit(
        page_of(Made({"own": own}, {"one": text}, {"one": {"own": tables}}).write(tmp_path / "c"), tmp_path)
    )
    looks = [watched.page.evaluate(LOOKS, f"{number}:0")[0] for number in range(16)]
    assert len(set(looks[:8])) == 8
    hues = watched.page.evaluate(
        "() => [...document.querySelectorAll('#text .seg')].map((seg) => /--hue\\d/.exec(seg.style.background)[0])"
    )
    drawn = list(zip(hues, looks, strict=True))
    assert all(first != second for first, second in combinations(drawn, 2))


def test_tints_do_not_pile_up(tmp_path: Path, visit: Visit) -> None:
    """Of rows within rows one is tinted, so that the text in the innermost can be read; each has its bars."""
    text = "word " * 100 + "end"
    own = layer("own", {"claims": marks("claims")})
    spans = [(5 * number, len(text) - 5 * number - 4 if number else len(text)) for number in range(12)]
    spans = [(start, start + len(text[start:end].strip())) for start, end in spans]
    made = Made({"own": own}, {"one": text}, {"one": {"own": {"claims": rows(text, spans)}}})
    watched = visit(page_of(made.write(tmp_path / "corpus"), tmp_path))
    styles = watched.page.evaluate(
        "() => [...document.querySelectorAll('#text .seg')].map((seg) => seg.style.background)"
    )
    assert max(style.count("--tint") for style in styles) == 2  # the two ends of one gradient
    assert sum(style.count("2px") > 0 for style in styles) >= 2 * 11


@pytest.mark.parametrize("text", ["\n" * 200_000 + "x", "".join(f"line {n}\n" for n in range(90_000)), "x" * 9_000_000])
def test_texts_of_unusual_lines(text: str, tmp_path: Path, visit: Visit) -> None:
    """Line feeds alone, a hundred thousand short lines, nine million characters in one: shown soon, and searched."""
    own = layer("own", {"claims": marks("claims")})
    empty: dict[str, dict[str, list[Json]]] = {"own": {"claims": []}}
    made = Made({"own": own}, {"one": text, "two": "y"}, {"one": empty, "two": empty})
    watched = visit(page_of(made.write(tmp_path / "corpus"), tmp_path))
    assert watched.page.evaluate("() => window.readyAt") < 5_000
    assert watched.page.evaluate("() => document.querySelectorAll('#text > .block').length") < 5_000
    assert watched.text() == text
    watched.page.locator("#search").fill(text[-1] if text[-1] == "x" else "line 89999")
    watched.page.locator("#list mark").first.wait_for()


def test_three_hundred_days(tmp_path: Path, visit: Visit) -> None:
    """All have bars to scale; thirty are labelled beside them, the others in a list."""
    words = [f"d{number:03}" for number in range(300)]
    text = " ".join(words)
    day: Json = {"type": "string", "format": "date"}
    own = layer("own", {"days": marks("days", {"begin": day, "until": day})})
    spans = rows(text, [(5 * number, 5 * number + 4) for number in range(300)])
    dated = [each | {"begin": f"20{n // 28 + 10}-05-{n % 28 + 1:02}", "until": f"20{n // 28 + 10}-05-{n % 28 + 2:02}"}
             for n, each in enumerate(spans)]  # fmt: skip
    made = Made({"own": own}, {"one": text}, {"one": {"own": {"days": dated}}})
    watched = visit(page_of(made.write(tmp_path / "corpus"), tmp_path))
    labels = watched.page.locator("#timeline ol.scale > li").count()
    bars = watched.page.locator("#timeline rect.bar").count()
    assert labels == 30
    assert 200 < bars <= 300
    assert watched.page.locator("#timeline .calendar").evaluate("(frame) => frame.offsetHeight") < 2_000
