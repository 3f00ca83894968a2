"""The text on the page is the text, and what is marked as a row's is what the row marks, to the code point."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hypothesis import given, settings
from hypothesis import strategies as st

from sidelines.testing import DrawnCorpus, corpora
from tests.browser.conftest import Visit
from tests.browser.corpora import STRING, Made, Span, at, layer, marks, object_, page_of, rows, span, spans_in, table
from tests.browser.watching import union, watch
from tests.strategies import OWN, ROOT

if TYPE_CHECKING:
    from playwright.sync_api import Browser

TABLES = ["blocks", "sentences", "entities", "mentions", "roles", "quotes", "dates"]
FEW = max(5, settings().max_examples // 15)

NOTES = layer(
    "notes",
    {
        "notes": marks("notes"),
        "parts": table(
            "parts",
            object_({"id": STRING, "parts": {"type": "array", "items": span()}, "head": span()}, ["id", "parts"]),
        ),
    },
)


def marked(tables: Sequence[Sequence[Mapping[str, Any]]]) -> dict[str, list[Span]]:
    """What each row of these tables marks, by the numbers of its table and of it."""
    found = {f"{t}:{r}": union(spans_in(row)) for t, rows in enumerate(tables) for r, row in enumerate(rows)}
    return {row: spans for row, spans in found.items() if spans}


def test_the_shipped_article(visit: Visit, shipped: Path) -> None:
    """Every row of every table, with all layers on; roles, sentences and blocks are off at first."""
    name = "trump-putin-paris-2018"
    layers = [
        json.loads((ROOT / "annotations" / name / f"{layer}.json").read_bytes())
        for layer in ("structure", "entities", "quotes", "dates")
    ]
    text = (ROOT / "corpus" / f"{name}.txt").read_bytes().decode()
    tables = [next(layer[table] for layer in layers if table in layer) for table in TABLES]
    expected = marked(tables)
    watched = visit(shipped)
    assert watched.text() == text
    watched.see_all()
    assert watched.drawn() == {row: spans for row, spans in expected.items() if row[0] in "356"}
    watched.switch_on()
    watched.see_all()
    assert watched.drawn() == expected
    assert len(expected) > 250
    assert watched.text() == text


# Each text by a name, words of it that are rows, and lists of words that are the parts of a row.
TEXTS: dict[str, tuple[str, list[str], list[list[str]]]] = {
    "astral": ("😀 a 𐍈b 😀😀c", ["😀", "a", "𐍈", "b", "😀😀", "c"], []),
    "combining": ("Le\u0301 sa\u0323\u0301id", ["\u0301 s", "a", "\u0323", "\u0301id", "e"], []),
    "joined": ("👩\u200d💻 and 👍🏽 é", ["👩\u200d💻", "👩", "💻 and 👍", "🏽", "\u200d"], []),
    "bidi": ("a \u202eevil\u202c b \u2066c\u2069 \u061cd", ["evil", "\u202eev", "il\u202c", "\u2066c", "\u061cd"], []),
    "to-the-left": ("אמר אהוד ברק, in 2024, שלום", ["אהוד ברק", "אהוד", "ברק, in 2024", "2024", "שלום"], []),
    "separators": (
        "a\u2028b\x85c\r\nd\re\nf\u2029g\x0bh\x0ci", ["a", "b\x85c", "c\r\nd", "d\re\nf", "f\u2029g\x0bh\x0ci"], [],
    ),
    "bom": ("\ufeffone \ufefftwo", ["one", "\ufeffone", "\ufefftwo"], []),
    "white-space": ("  two  spaces\tand\n\n\n  lines \n", ["two  spaces\tand", "and\n\n\n  lines", "lines"], []),
    "nested": ("one two three", ["one two three", "one two", "one", "two", "ne tw"], []),
    "crossing": ("one two three four", ["one two three", "two three four", "three four"], []),
    "adjacent": ("onetwothree", ["one", "two", "three", "onetwo", "twothree"], []),
    "discontinuous": ("one two three four", ["one two"], [["one", "three"], ["two", "three", "four"], ["on", "e two"]]),
    "lines": ("one\ntwo\n\nthree\nfour", ["one\ntwo\n\nthree\nfour", "e\nt"], [["one", "two\n\nthree", "our"]]),
    "controls": ("\x00a\x01 \ud7ffb\ufffe\ufffd", ["\x00a\x01", "\ud7ffb\ufffe", "\ufffd"], []),
    "one-character": ("x", ["x"], []),
    "empty": ("", [], []),
    "no-words": ("\n\n", [], []),
}  # fmt: skip


def test_any_text(tmp_path: Path, visit: Visit) -> None:
    """Code points are not UTF-16 units, lines are ended by line feeds alone, and spans lie as they will."""
    filled = {}
    for name, (text, words, parts) in TEXTS.items():
        pieces = []
        for number, several in enumerate(parts):
            spans = [{"start": start, "end": end, "text": text[start:end]} for start, end in at(text, *several)]
            pieces.append({"id": f"p{number}", "parts": spans, "head": spans[-1]})
        filled[name] = {"notes": {"notes": rows(text, at(text, *words)), "parts": pieces}}
    corpus = Made({"notes": NOTES}, {name: text for name, (text, _, _) in TEXTS.items()}, filled)
    file = page_of(corpus.write(tmp_path / "corpus"), tmp_path)
    watched = visit(file)
    for name, (text, _, _) in TEXTS.items():
        watched.go(name)
        watched.see_all()
        assert watched.text() == text, name
        assert watched.drawn() == marked([*filled[name]["notes"].values()]), name
    assert watched.noted(file) == []


@settings(max_examples=FEW)
@given(drawn=st.one_of(corpora(), corpora(OWN / "schema")))
def test_any_corpus(browser: Browser, drawn: DrawnCorpus) -> None:
    """Each document of it, opened in one page."""
    with tempfile.TemporaryDirectory() as folder, watch(browser) as watched:
        file = page_of(drawn.write(Path(folder) / "corpus"), Path(folder))
        watched.open(file)
        for document in drawn.documents:
            watched.go(document.id)
            watched.switch_on()
            watched.see_all()
            assert watched.text() == document.text
            tables = [document.layers[table.layer].get(table.key, []) for table in drawn.model.tables.values()]
            assert watched.drawn() == marked(tables)
        assert watched.noted(file) == []
