"""What notebooks show is made of the corpus, and nothing in a corpus makes any of it."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

import sidelines
from sidelines.corpora import Corpus
from sidelines.documents import Document
from sidelines.model import Layer, Model, Property, Table
from sidelines.notebooks import COLOURS, corpus_html, document_html, report_html
from sidelines.problems import Problem, Report
from tests.strategies import twice

HOSTILE = "</pre><script>alert(1)</script>\"'><img src=x onerror=alert(1)>]]>&lt;\u202e\u2066"
ELEMENTS = {"div", "strong", "br", "table", "thead", "tbody", "tr", "th", "td", "span", "pre"}


class Page(HTMLParser):
    """The elements, attributes and text of a piece of HTML; each element is closed in its turn."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.elements: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.text = ""
        self.open: list[str] = []
        self.feed(html)
        self.close()
        assert not self.open

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append(tag)
        self.attributes += attrs
        if tag != "br":
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data

    def handle_comment(self, data: str) -> None:
        raise AssertionError(data)

    handle_decl = handle_pi = unknown_decl = handle_comment


def harmless(html: str) -> Page:
    """The page, whose elements and attributes are those that the notebook's views are made of."""
    page = Page(html)
    assert set(page.elements) <= ELEMENTS
    assert {name for name, _ in page.attributes} <= {"style", "dir"}
    assert not any("script" in (value or "") or "url" in (value or "") for _, value in page.attributes)
    assert "\u202e" not in html
    assert "\u2066" not in html
    return page


def hostile_document() -> Document:
    """A document with a table whose name, description, ids, words and title are all hostile."""
    row = Property("row", "object", properties=(Property("id", "string"), Property("note", "string")), span=True)
    table = Table(HOSTILE, HOSTILE, HOSTILE, row, True, HOSTILE)
    model = Model({HOSTILE: Layer(HOSTILE, row, {}, (table,))}, {})
    columns = {
        "document": [HOSTILE], "id": [HOSTILE], "start": np.array([0]), "end": np.array([len(HOSTILE)]),
        "text": [HOSTILE], "note": [HOSTILE],
    }  # fmt: skip
    tables = {HOSTILE: pa.table(columns)}
    return Document(HOSTILE, f"{HOSTILE} {HOSTILE}", {"title": HOSTILE}, tables, model)


def test_a_hostile_document() -> None:
    """Text, title, ids, and names and descriptions of tables are shown as they are."""
    page = harmless(document_html(hostile_document()))
    assert page.text.count("<script>alert(1)</script>") == 6  # id, title, legend, two in the text, and the mark
    assert "\\u202e\\u2066" in page.text


def test_a_hostile_report() -> None:
    """Every field of a problem that is shown."""
    context = f"{HOSTILE} and more"
    folded = Problem("O001", "error", HOSTILE, HOSTILE)
    problem = Problem(
        HOSTILE[:-2], "error", HOSTILE, HOSTILE, HOSTILE, 1, 2, HOSTILE, HOSTILE, HOSTILE, 0, 8, HOSTILE,
        context=context, context_start=0, folded=(folded,),
    )  # fmt: skip
    page = harmless(report_html(Report([problem], 1)))
    assert "1 problem folds under it (its `folded` lists it)" in page.text
    assert page.text.count("<script>") == 6  # the code twice, place, message, excerpt, fix


class Hostile:
    """What a `Corpus` asks of its reader."""

    name = version = HOSTILE
    root = Path(HOSTILE)
    documents = (HOSTILE,)
    count = 1
    metadata = {"title": HOSTILE}  # noqa: RUF012  # never changed
    model = Model({}, {})
    problems = (Problem("S001", "error", HOSTILE, HOSTILE),)
    table_names = ()

    def batches(self, **_: object) -> tuple[()]:
        return ()


def test_a_hostile_corpus() -> None:
    """Name, version, title, ids, and what is wrong with it."""
    corpus = Corpus(Hostile())  # type: ignore[arg-type]  # all that is asked of it
    page = harmless(corpus_html(corpus))
    assert page.text.count("<script>") == 7  # name, version, title, id; path, path and message of the problem


def test_a_corpus(sound: Path) -> None:
    """Name, version, tables with their rows, documents."""
    page = harmless(sidelines.read(sound)._repr_html_())
    assert page.text == (
        "base 1.0.0Basetablerowsdocuments1blocks5sentences5entities5mentions11roles0quotes4dates31 document: visit"
    )


def test_a_corpus_of_many_documents(sound: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its rows are counted once its tables are in memory; then the first documents are named."""
    monkeypatch.setattr("sidelines.notebooks.COUNTED", 1)
    monkeypatch.setattr("sidelines.notebooks.MOST", 1)
    twice(sound)
    corpus = sidelines.read(sound)
    assert "documentsblockssentences" in harmless(corpus._repr_html_()).text
    assert corpus.tables
    assert "documents2blocks10sentences10" in (text := harmless(corpus._repr_html_()).text)
    assert text.endswith("2 documents: visit, …")


def test_a_document(sound: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its first paragraphs, with their marks."""
    monkeypatch.setattr("sidelines.notebooks.MOST", 1)
    page = harmless(sidelines.read(sound).document()._repr_html_())
    assert page.text == (
        "visit 223 characters[ ] mentions 11 « » quotes 4 { } dates 3"
        "[Ann Lee|m1] Meets [Bo Karlsson|m2]and 4 more paragraphs"
    )


def luminance(colour: str) -> float:
    """Relative luminance, as WCAG 2.2 has it."""
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def test_letters_have_the_colour_of_the_notebook(sound: Path) -> None:
    """What is coloured is a line below them, which stands out from light and dark: 3 to 1, as WCAG 2.2 demands."""
    html = sidelines.read(sound).document()._repr_html_()
    assert not re.search(r"(?<!-)color:", html)
    found = set(re.findall(r"border-bottom:2px solid (#[0-9a-f]{6})\"", html))
    assert len(found) == 3
    for colour in COLOURS:
        for ground in ("#ffffff", "#f5f5f5", "#383838", "#1e1e1e", "#111111"):
            low, high = sorted((luminance(colour), luminance(ground)))
            assert (high + 0.05) / (low + 0.05) >= 3, (colour, ground)


def test_a_no_break_space_is_a_space() -> None:
    """In the text of a document and in a title; what nobody can see is its code point."""
    document = sidelines.read().document()
    assert "U.S.\u00a0President" in document.text
    assert "|m5] President" in harmless(document._repr_html_()).text
    corpus = Hostile()
    corpus.metadata = {"title": "U.S.\u00a0News\u200b"}
    assert "U.S. News\\u200b" in corpus_html(Corpus(corpus))  # type: ignore[arg-type]  # all that is asked of it


def test_a_report(sound: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Clean, or problems by their codes and the first with the words around it."""
    monkeypatch.setattr("sidelines.notebooks.MOST", 1)
    assert harmless(sidelines.check(sound)._repr_html_()).text == "clean in 1 document"
    layer = sound / "annotations" / "visit" / "dates.json"
    layer.write_bytes(layer.read_bytes().replace(b'"text": "2023"', b'"text": "2024"').replace(b"Monday", b"Sunday"))
    text = harmless(sidelines.check(sound)._repr_html_()).text
    assert text.startswith("2 errors, 0 warnings in 1 documentcodeproblemsO0042surface differs")
    assert "\n    Ann Lee and Bo Karlsson met in Oslo on Monday.\n" in text
    assert text.endswith("and 1 more problem")
