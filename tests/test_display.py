"""Documents set for reading: marks around spans, notes beside them, brackets that the text does not have."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from wcwidth import wcwidth

from sidelines import testing
from sidelines.corpora import read
from sidelines.display import Display, display, drawn_tables
from sidelines.documents import Document
from sidelines.errors import SidelinesError
from sidelines.galley import galley
from tests.strategies import OWN, Drawn

ESCAPE = re.compile(r"\\u([0-9a-f]{4})|\\U([0-9a-f]{8})")


def plain(shown: Display) -> list[str]:
    return [click.unstyle(line) for line in galley(shown)]


def marked(shown: Display) -> list[str]:
    """The paragraphs with their marks."""
    return ["".join(run.text for run in paragraph.runs) for paragraph in shown.paragraphs]


def own(root: Path, text: str, *spans: tuple[int, int]) -> Document:
    """A document of a layer that no line of Python knows, with these marks."""
    marks = [
        {"id": f"m{at}", "start": start, "end": end, "text": text[start:end], "label": "X"}
        for at, (start, end) in enumerate(sorted(spans, key=lambda span: (span[0], -span[1])))
    ]
    return read(Drawn({"one": text}, {"one": marks}, {"one": []}).write(root)).document()


BASE = """\
visit
[ ] mentions  11 rows  Every span that refers to an entity.
« » quotes     4 rows  The quotes, in the order of their first content span.
{ } dates      3 rows  The time expressions.

[Ann Lee|m1] Meets [Bo Karlsson|m2]
    m1: Ann Lee, PERSON
    m2: Bo Karlsson, PERSON

by [Cy Moss|m3], {March 6th, 2024|d1}
    m3: Cy Moss, PERSON
    d1: 2024-03-06, CREATION_TIME

[Ann Lee|m4] and [Bo Karlsson|m5] met in [Oslo|m6] on {Monday|d2}. «“We agreed,”|q1» [Lee|m7] «told|q1.cue» \
«reporters|q1.addressee».
    m4 m7: Ann Lee, PERSON
    m5: Bo Karlsson, PERSON
    m6: Oslo, GPE
    q1: Ann Lee, “told”, to “reporters”, direct
    d2: 2024-03-04, from d1

[Karlsson|m8] «said|q2.cue» «[the two|m9] had a «“long”|q2.fragments» talk in {2023|d3}|q2». «“[I|m10] \
«said|q4.cue» «yes|q4»,”|q3» [he|m11] «said|q3.cue».
    m8 m10 m11: Bo Karlsson, PERSON
    m9: Ann Lee and Bo Karlsson, GROUP
    q2: Bo Karlsson, “said”, mixed
    q3: Bo Karlsson, “said”, direct
    q4: Bo Karlsson, “said”, indirect, in q3
    d3: 2023 (2023-01-01 to 2023-12-31)

Leave a Reply
"""


def test_a_document_as_plain_text(sound: Path) -> None:
    """Every mark, every note and the legend of a small corpus."""
    assert "".join(f"{line}\n" for line in plain(display(read(sound).document()))) == BASE


@pytest.mark.parametrize(
    ("text", "spans", "shown"),
    [
        ("one two three", [(0, 7), (0, 3), (4, 7)], "[[one|m1] [two|m2]|m0] three"),  # nested
        ("onetwo", [(0, 3), (3, 6)], "[one|m0][two|m1]"),  # adjacent
        ("Le\u0301 said", [(2, 5)], "L[e\u0301 s|m0]aid"),  # from a combining mark on: with its base
        ("a [b] |c", [(0, 1)], "«a|m0» [b] |c"),  # brackets that the text does not have
        ("«[{‹⟨⟦⟪⌈⌊⦃<(", [(0, 1)], "[«|m0][{‹⟨⟦⟪⌈⌊⦃<("),  # there are none: the first
        ("a\u202eb\t", [(1, 2)], "a[\\u202e|m0]b\\u0009"),
        ("U.S.\u00a0Troops\u200b", [(0, 4)], "[U.S.|m0] Troops\\u200b"),  # a no-break space is seen as a space
        ("a\r\nb", [(0, 1)], "[a|m0]\\u000d / b"),
        ("a\n\nb c", [(0, 4)], "[a / b|m0] c"),  # over lines
        ("שלום [x", [(0, 4)], "«שלום|m0» [x"),
    ],
)
def test_marks(tmp_path: Path, text: str, spans: list[tuple[int, int]], shown: str) -> None:
    """Nested and adjacent spans, clusters, what cannot be seen, ends of lines; and a layer that nobody foresaw."""
    assert " / ".join(marked(display(own(tmp_path, text, *spans)))) == shown


def test_crossing_spans_are_named_at_both_ends(sound: Path) -> None:
    """Since the closing bracket alone would not say which of them it closes; spans in several parts have one name."""
    layer = sound / "annotations" / "visit" / "quotes.json"
    text = layer.read_text(encoding="utf-8")
    text = text.replace(
        '"content": [{"start": 151, "end": 184, "text": "the two had a “long” talk in 2023"}]',
        '"content": [{"start": 151, "end": 158, "text": "the two"}, {"start": 165, "end": 171, "text": "“long”"}]',
    ).replace('"cue": {"start": 146, "end": 150, "text": "said"}',
              '"cue": {"start": 146, "end": 154, "text": "said the"}')  # fmt: skip
    layer.write_bytes(text.encode())
    line = marked(display(read(sound).document(), ["quotes"]))[3]
    assert line.startswith(
        "Karlsson [q2.cue|said [q2|the|q2.cue] two|q2] had a [[“long”|q2.fragments]|q2] talk in 2023. "
    )


def test_the_notes_of_an_unforeseen_layer(tmp_path: Path) -> None:
    """What a row has, by the names of its properties; what a reference means, in words."""
    text = "one two"
    rows = [
        {"id": "m1", "start": 0, "end": 3, "text": "one", "label": "X", "next": "m2", "also": ["m1", "m2"],
         "weight": 0.5, "sure": True},
        {"id": "m2", "start": 4, "end": 7, "text": "two", "label": "Y"},
    ]  # fmt: skip
    document = read(Drawn({"one": text}, {"one": rows}, {"one": []}).write(tmp_path)).document()
    shown = display(document)
    assert shown.keys[0].table == "marks"
    assert [(*note.ids, note.text) for note in shown.paragraphs[0].notes] == [
        ("m1", "label X, next m2 (‘two’), also m1 (‘one’) m2 (‘two’), weight 0.5, sure yes"),
        ("m2", "label Y"),
    ]


def test_a_row_that_has_nothing_but_words_has_no_note(sound: Path) -> None:
    """A sentence is between its brackets, and that is all."""
    shown = display(read(sound).document(), ["sentences"])
    assert marked(shown)[0] == "[Ann Lee Meets Bo Karlsson|s1]"
    assert not any(paragraph.notes for paragraph in shown.paragraphs)


def test_which_tables_are_drawn(sound: Path) -> None:
    """All that have spans but three; those that are named, in that order; others are answered with the list."""
    model = read(sound).document().model
    legal = "There are: blocks, dates, mentions, quotes, roles, sentences"
    assert drawn_tables(model) == ["mentions", "quotes", "dates"]
    assert drawn_tables(model, ["dates", "blocks", "dates"]) == ["dates", "blocks"]
    with pytest.raises(SidelinesError, match=f"there is no table 'quote'; did you mean 'quotes'\\? {legal}"):
        drawn_tables(model, ["quote"])
    with pytest.raises(SidelinesError, match=f"the table 'entities' has no spans; .*{legal[1:]}"):
        drawn_tables(model, ["entities"])


def test_an_output_that_is_not_unicode(sound: Path) -> None:
    """Only brackets that it has, and code points for what it has not."""
    shown = display(read(sound).document(), ["quotes", "dates", "mentions"], "ascii")
    assert [key.opening + key.closing for key in shown.keys] == ["[]", "{}", "<>"]
    assert all(run.text.isascii() for paragraph in shown.paragraphs for run in paragraph.runs)
    assert all(note.text.isascii() for paragraph in shown.paragraphs for note in paragraph.notes)


# -- any corpus --------------------------------------------------------------------------------------------------------


def unescaped(text: str) -> str:
    return ESCAPE.sub(lambda match: chr(int(match[1] or match[2], 16)), text)


def spans_of(row: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The spans of a row of a file, at any depth."""
    if {"start", "end", "text"} <= row.keys():
        yield row
    for value in row.values():
        for item in value if isinstance(value, list) else [value]:
            if isinstance(item, dict):
                yield from spans_of(item)


def read_marks(shown: Display) -> tuple[str, dict[str, list[str]]]:
    """The text of plain paragraphs without marks, and the words of the spans by table, as one reads the marks."""
    keys = {key.opening: (key.table, True) for key in shown.keys}
    keys |= {key.closing: (key.table, False) for key in shown.keys}
    brackets = re.escape("".join(keys))
    text, words = "", {key.table: [] for key in shown.keys}
    open_: dict[str, list[tuple[str, int]]] = {key.table: [] for key in shown.keys}
    ids = sorted({run.text[1:-1] for p in shown.paragraphs for run in p.runs if run.mark and run.text[0] == "|"})
    label = "|".join(map(re.escape, sorted(ids, key=len, reverse=True))) or "(?!)"
    token = re.compile(rf"(?P<o>[{brackets}])(?:(?P<ol>{label})\|)?|\|(?P<cl>{label})(?P<c>[{brackets}])")
    for line in marked(shown):
        at = 0
        for match in token.finditer(line):
            text += unescaped(line[at : match.start()])
            at = match.end()
            table, _ = keys[match["o"] or match["c"]]
            if match["o"]:
                open_[table].append((match["ol"] or "", len(text)))
                continue
            stack = open_[table]
            named = [i for i, (name, _) in enumerate(stack) if name == match["cl"]]
            _, start = stack.pop(named[-1] if named else -1)
            words[table].append(text[start:])
        text += unescaped(line[at:])
        text += "" if text.endswith("\n") else "\n"
    return text, words


def settled(words: str) -> str:
    """Lines without the empty ones, which are not shown."""
    return re.sub("\n+", "\n", words).strip("\n")


@pytest.mark.slow
@settings(max_examples=60)
@given(st.one_of(testing.corpora(max_documents=1), testing.corpora(OWN / "schema", max_documents=1)))
def test_marks_are_read_back(drawn: testing.DrawnCorpus) -> None:
    """Without marks and notes it is the text; between the marks of a span are its words, if need be with their base."""
    with tempfile.TemporaryDirectory() as folder:
        document = read(drawn.write(Path(folder) / "drawn")).document()
    text = document.text
    shown = display(document)
    assume(not set(text) & {"|", "\\", *(bracket for key in shown.keys for bracket in (key.opening, key.closing))})
    read_text, words = read_marks(shown)
    text = text.replace("\u00a0", " ")
    assert settled(read_text) == settled(text)
    for key in shown.keys:
        surfaces = [span["text"].replace("\u00a0", " ") for row in drawn.rows(key.table) for span in spans_of(row)]
        assert len(words[key.table]) == len(surfaces)
        if not any(wcwidth(c) == 0 for c in text):
            assert sorted(map(settled, words[key.table])) == sorted(map(settled, surfaces))
