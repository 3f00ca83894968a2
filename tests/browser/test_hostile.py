"""Whatever stands in a corpus and its schemas is data: none of it runs, and none of it becomes part of the page."""

from __future__ import annotations

import json
import re
from copy import deepcopy
from html import escape
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

import sidelines
from tests.browser.conftest import Visit
from tests.browser.corpora import STRING, Json, Made, at, layer, marks, object_, page_of, rows, span, table
from tests.strategies import ROOT

NOWHERE = "http://127.0.0.1:9"  # the port that discards
# What runs, or fetches, or makes an element, where a page does not guard itself.
ATTACKS = [
    "</script><script>alert(1)</script>",
    f"<img src={NOWHERE}/img onerror=alert(2)>",
    "\"'><svg onload=alert(3)></svg>",
    "</title></style></pre></noscript><script>alert(4)</script>",
    "<iframe srcdoc='<script>parent.alert(5)</script>'></iframe>",
    f"<link rel=stylesheet href={NOWHERE}/css>",
    f"<style>@import '{NOWHERE}/import';</style>",
    f"<video autoplay src={NOWHERE}/video></video>",
    "<details open ontoggle=alert(6)>",
    "<base href=//127.0.0.1:9>",
    "<form action=x><button autofocus onfocus=alert(7)>",
    f"<meta http-equiv=refresh content='0;url={NOWHERE}/refresh'>",  # the last: it leads away from the page
]
# What breaks those who fill templates, escape JSON, or use names as keys of objects.
SNARES = [
    "<!--<script>", "]]>", "{{script}}{{corpus}}{{documents}}{{plain}}{{policy}}", "$&$1$`$'$$", "\\g<0>\\1\\u003c",
    "&lt;b&gt;&amp;&quot;", "${alert(8)}`", "javascript:alert(9)", "\u2028\u2029\ufeff", "\u202e\u2066", "%s%(x)s{0}",
    "__proto__", "a/b#c?d%2F%", "\x00\x1b[31m",
]  # fmt: skip
HOSTILE = " ".join([*ATTACKS, *SNARES])
# As far as names of properties may be hostile: they are of printable characters, without quotation marks and backslash.
NAMED = "".join(character for character in HOSTILE if character.isprintable() and character not in '"\\')
# What an object of JavaScript has already.
NAMES = [
    "__proto__", "constructor", "toString", "valueOf", "hasOwnProperty", "length", "then", "innerHTML", "onclick",
]  # fmt: skip


# -- the watch ---------------------------------------------------------------------------------------------------------


def expected(attack: str) -> set[str]:
    """What an attack that succeeds is seen by."""
    dialogs = {f"dialog: {number}" for number in re.findall(r"alert\(([0-9]+)\)", attack)}
    requests = {f"request: {address}" for address in re.findall(rf"{NOWHERE}/[a-z]+", attack)}
    return dialogs | requests


def page_with(attack: str, policy: str, file: Path) -> Path:
    """A page that takes text for markup."""
    head = f'<meta http-equiv="Content-Security-Policy" content="{policy}">' if policy else ""
    file.write_text(f"<!doctype html><meta charset=utf-8>{head}<title>a</title><body><p title='{attack}'>{attack}</p>")
    return file


@pytest.mark.parametrize("policy", ["", "default-src 'none'; base-uri 'none'"])
def test_the_watch_sees_what_runs(policy: str, tmp_path: Path, visit: Visit) -> None:
    """Each attack on a page that does not guard itself succeeds; on one with a policy alone, it is seen to be tried."""
    watched = visit()
    for number, attack in enumerate(ATTACKS):
        file = page_with(attack, policy, tmp_path / f"{number}.html")
        watched.told.clear()
        watched.page.goto(file.as_uri())
        watched.page.wait_for_timeout(50)
        succeeded = expected(attack) & set(watched.told)
        if policy:
            assert succeeded or watched.noted(file) != [], attack
        else:
            assert succeeded == expected(attack), attack


def test_the_watch_sees_nothing_where_nothing_is(tmp_path: Path, visit: Visit) -> None:
    """But the request for the page itself; text is no markup."""
    file = page_with(escape(HOSTILE.replace("\x00", "")), "", tmp_path / "quiet.html")
    watched = visit()
    watched.page.goto(file.as_uri())
    watched.page.wait_for_timeout(50)
    assert watched.noted(file) == []
    assert watched.noted() == [f"request: {file.as_uri()}"]


# -- a corpus that is hostile through and through ----------------------------------------------------------------------


def loosened(schema: Json) -> Json:
    """A schema with hostile titles and descriptions, that lets pass any string, and enums that are hostile."""

    def walk(value: Any) -> Any:
        if isinstance(value, list):
            return [walk(item) for item in value]
        if not isinstance(value, dict):
            return value
        kept = {key: walk(item) for key, item in value.items() if key not in ("pattern", "enum", "format", "minLength")}
        return {**kept, "description": HOSTILE, "title": HOSTILE} if isinstance(value.get("type"), str) else kept

    return walk(deepcopy(schema))


def built_in(name: str) -> Json:
    schema: Json = json.loads((ROOT / "schema" / f"{name}.schema.json").read_bytes())
    return loosened(schema)


def hostile() -> Made:
    """Every field, name and description as hostile as it may be."""
    text = f"{HOSTILE}\n{HOSTILE} said on Monday\n"
    said, day = at(text, "said", "Monday")
    surface: Json = {"start": 0, "end": len(HOSTILE), "text": HOSTILE}
    cue: Json = {"start": said[0], "end": said[1], "text": "said"}
    note = {
        **dict.fromkeys(NAMES[:6], STRING),
        NAMED: STRING,
        "ref": {"type": "string", "x-ref": "constructor"},
        "refs": {"type": "array", "items": {"type": "string", "x-ref": "constructor"}},
        f"list {ATTACKS[1]}": {"type": "array", "items": STRING},
        f"enum {ATTACKS[0]}": {"type": "string", "enum": [HOSTILE, *ATTACKS]},
        "object": object_({NAMED: STRING, "__proto__": STRING}),
        "link": STRING,
        NAMED[:40]: span(description=HOSTILE),
        "<b>": {"type": "array", "items": span(description=HOSTILE), "description": HOSTILE},
        "number": {"type": "number"},
        "flag": {"type": "boolean"},
    }
    values: Json = {
        **dict.fromkeys(NAMES[:6], HOSTILE),
        NAMED: HOSTILE,
        "ref": HOSTILE,
        "refs": [HOSTILE, "__proto__"],
        f"list {ATTACKS[1]}": [*ATTACKS, *SNARES],
        f"enum {ATTACKS[0]}": HOSTILE,
        "object": {NAMED: HOSTILE, "__proto__": HOSTILE},
        "link": "javascript:alert(10)",
        NAMED[:40]: surface,
        "<b>": [surface, cue],
        "number": -0.5,
        "flag": True,
    }
    ids = [HOSTILE, "__proto__", *ATTACKS]
    own = [{"id": id_, **surface, **(values if number < 2 else {})} for number, id_ in enumerate(ids)]
    schemas = {
        "hostile": layer(
            "hostile",
            {
                "__proto__": marks("constructor", loosened(note), description=HOSTILE),
                NAMED: table("length", object_({"id": STRING, "__proto__": STRING}, description=HOSTILE)),
            },
            title=HOSTILE, description=HOSTILE,
        ),
        **{name: built_in(name) for name in ("structure", "entities", "quotes", "dates")},
    }  # fmt: skip
    entities = [{"id": id_, "type": HOSTILE, "name": HOSTILE, "wikidata": HOSTILE} for id_ in ids]
    mentions = [{"id": id_, **surface, "form": HOSTILE, "entity": id_} for id_ in ids]
    quotes = [
        {"id": id_, "kind": HOSTILE, "content": [surface], "fragments": [surface], "cue": cue, "source": id_,
         "addressee": surface, "parent": ids[0]}
        for id_ in ids
    ]  # fmt: skip
    dates = [{"id": id_, **surface, "type": HOSTILE, "value": HOSTILE, "mod": HOSTILE, "anchor": ids[0]} for id_ in ids]
    dates += rows(text, [day], "day", type=HOSTILE, value="2024-03-04")
    blocks = [{"id": id_, **surface, "kind": HOSTILE} for id_ in ids[:1]]
    sentences = [{"id": id_, **surface} for id_ in ids[:1]]
    roles = [{"id": id_, **surface, "person": id_, "polity": id_} for id_ in ids[:1]]
    layers = {
        "hostile": {"__proto__": own, NAMED: [{"id": HOSTILE, "__proto__": HOSTILE}]},
        "structure": {"blocks": blocks, "sentences": sentences},
        "entities": {"entities": entities, "mentions": mentions, "roles": roles},
        "quotes": {"quotes": quotes},
        "dates": {"dates": dates},
    }
    broken = deepcopy(layers)
    broken["dates"]["dates"][0]["text"] = HOSTILE + HOSTILE
    names = ["constructor", "valueof"]
    about = {"title": HOSTILE, "author": HOSTILE, "source": "javascript:alert(11)", "rights": HOSTILE}
    about |= {"language": HOSTILE, "published": "2024-03-06"}
    return Made(
        schemas,
        dict.fromkeys(names, text),
        {"constructor": layers, "valueof": broken},
        {"title": HOSTILE, "description": HOSTILE, "licence": HOSTILE, "language": HOSTILE},
        dict.fromkeys(names, about),
        {"corpus": loosened_metadata("corpus"), "document": loosened_metadata("document")},
    )


def loosened_metadata(name: str) -> Json:
    """The schema of metadata; a day stays a day."""
    schema = built_in(name)
    if "published" in schema["properties"]:
        schema["properties"]["published"]["format"] = "date"
    return schema


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root: Path = hostile().write(tmp_path_factory.mktemp("hostile") / "corpus")
    return root


@pytest.fixture(scope="module")
def page(corpus: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return page_of(corpus, tmp_path_factory.mktemp("page"))


def test_the_hostile_corpus_can_be_read(corpus: Path) -> None:
    """Else the page would show a fault, and nothing of what is hostile; the other document is one with a fault."""
    document = sidelines.read(corpus).document("constructor")
    assert document.tables["mentions"].num_rows == len(ATTACKS) + 2
    assert {problem.document for problem in sidelines.check(corpus) if problem.code == "O004"} == {"valueof"}


# Every row is looked at, by its handle; what its card says.
CARDS = """
() => {
  const found = {};
  for (const row of [...document.querySelectorAll("#text .handle")].map((handle) => handle.dataset.row)) {
    document.querySelector(`#text .handle[data-row="${row}"]`).focus();
    const card = document.getElementById("card");
    found[row] = card.hidden ? null : card.textContent;
  }
  return found;
}
"""
# Whatever can be pressed is pressed, every address is gone to, and every word is searched for.
PRESS = """
async ([addresses, words]) => {
  const some = () => new Promise((done) => setTimeout(done, 5));
  const pressed = "#panel button, #panel summary, #panel [role=button], #documents button, a[href^='#'], #layers input";
  for (let at = 0; at < document.querySelectorAll(pressed).length && at < 500; at++) {
    document.querySelectorAll(pressed)[at].click();
    if (at % 10 === 0) await some();
  }
  for (const address of addresses) {
    location.hash = address;
    await some();
  }
  const search = document.querySelector("nav#documents input[type=search]");
  for (const word of words) {
    search.value = word;
    search.dispatchEvent(new Event("input", { bubbles: true }));
    await new Promise((done) => setTimeout(done, 150));
  }
}
"""


def test_nothing_runs_and_nothing_breaks_out(page: Path, visit: Visit) -> None:
    """While every layer is drawn, every card shown, everything pressed, searched for and printed."""
    watched = visit(page, f"#constructor/mentions/{quote(HOSTILE, safe='')}")
    watched.switch_on()
    watched.see_all()
    cards = watched.page.evaluate(CARDS)
    assert len(cards) == 14 + 1 + 1 + 14 + 1 + 14 + 15
    assert None not in cards.values()
    names = ["", HOSTILE, *(quote(each, safe="") for each in (HOSTILE, *NAMES))]
    prefixes = ["", "constructor/", "constructor/constructor/", "__proto__/", "valueof/dates/"]
    watched.page.evaluate(PRESS, [[prefix + name for name in names for prefix in prefixes], [HOSTILE, *SNARES]])
    watched.page.emulate_media(media="print")
    watched.page.emulate_media(media="screen")
    watched.page.wait_for_timeout(100)
    assert watched.noted(page) == []
    assert watched.page.evaluate("() => [...Object.keys(Object.prototype), ...Object.keys(Array.prototype)]") == []


def test_what_is_hostile_is_shown(page: Path, visit: Visit) -> None:
    """As the text that it is: in the text, in the title, in legends, on cards, in lists, and beside a fault."""
    watched = visit(page, "#constructor")
    inside = watched.page
    assert watched.text() == hostile().texts["constructor"]
    watched.switch_on()
    watched.see_all()
    for attack in ATTACKS:
        assert attack in inside.text_content("#layers")
        assert attack in inside.text_content("#entities")
        assert attack in inside.text_content("#speakers")
    cards = inside.evaluate(CARDS)
    for said in (*ATTACKS, *SNARES, NAMED, *NAMES[:6], "javascript:alert(10)"):
        assert said.replace("_", " ") in cards["0:0"].replace("_", " "), said
    assert ATTACKS[0] in inside.title()


def test_ids_and_tables_of_any_name_have_addresses(page: Path, visit: Visit) -> None:
    """And the rows are found by them."""
    for id_ in (HOSTILE, "__proto__", ATTACKS[-1]):
        watched = visit(page, f"#constructor/constructor/{quote(id_, safe='')}")
        assert id_ in watched.page.text_content("#card")
        assert watched.page.get_attribute("#card", "data-fixed") == "true"


def test_without_scripts_it_is_text_as_well(page: Path, visit: Visit) -> None:
    """The list of documents, for readers without JavaScript."""
    watched = visit(java_script_enabled=False)
    watched.page.goto(page.as_uri())
    shown = watched.page.inner_text("body")
    assert ATTACKS[0] in shown
    assert watched.told == [f"request: {page.as_uri()}"]


def test_one_field_of_hostile_characters_each(tmp_path: Path, visit: Visit) -> None:
    """Each attack and snare as a whole text, with a span over it and an id that it is."""
    schema = layer("notes", {"notes": marks("notes")})
    words = [*ATTACKS, *(snare for snare in SNARES if snare.strip() == snare)]
    texts = {f"d{number}": word for number, word in enumerate(words)}
    spans = {name: {"id": word, "start": 0, "end": len(word), "text": word} for name, word in texts.items()}
    layers = {name: {"notes": {"notes": [row]}} for name, row in spans.items()}
    file = page_of(Made({"notes": schema}, texts, layers).write(tmp_path / "corpus"), tmp_path)
    watched = visit(file)
    for name, word in texts.items():
        watched.go(f"{name}/notes/{quote(word, safe='')}")
        assert watched.text() == word
        assert word in watched.page.text_content("#card")
    assert watched.noted(file) == []
