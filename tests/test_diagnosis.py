"""One cause for many spans that do not fit: it is the right one, and its places are proven."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Sequence

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from sidelines.diagnosis import Cause, Marks, diagnose
from sidelines.surfaces import same_words
from tests.strategies import texts

STORY = (
    "\ufeff  \U0001f680 Ann Lee met Zo\u00eb Kova\u0301cs in \u0141\u00f3d\u017a.\r\n\r\n"
    "\u201cWe  agreed\U0001f44d\u201d, said Lee.\nKova\u0301cs \U0001f600 had flown to Gda\u0144sk on Monday,\r\n"
    "said Ann Lee.\n"
)
WORDS = ["Ann Lee", "Zo\u00eb", "\u0141\u00f3d\u017a", "said", "Lee", "had", "Gda\u0144sk", "Monday", "said", "Ann Lee"]


def spans(text: str, words: Sequence[str] = WORDS) -> list[tuple[int, int]]:
    """Where some words stand, one after the other."""
    found, at = [], 0
    for word in words:
        at = text.index(word, at)
        found.append((at, at + len(word)))
        at += len(word)
    return found


def marks(found: Sequence[tuple[int, int]], words: Sequence[str] = WORDS) -> Marks:
    return Marks(np.array([start for start, _ in found]), np.array([end for _, end in found]), words)


def places(cause: Cause) -> list[tuple[int, int]]:
    return list(zip(cause.start.tolist(), cause.end.tolist(), strict=True))


def utf16(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2


def utf8(text: str) -> int:
    return len(text.encode())


@pytest.mark.parametrize(
    ("rewrite", "count", "words"),
    [
        (str, utf16, "offsets are read as UTF-16 code units"),
        (str, utf8, "offsets are read as bytes of UTF-8"),
        (
            lambda text: text.replace("\r\n", "\n"),
            len,
            "offsets are read as code points of the text with \\n for each \\r\\n",
        ),
        (
            lambda text: text.replace("\r\n", "\n").replace("\n", "\r\n"),
            len,
            "offsets are read as code points of the text with \\r\\n for each \\n",
        ),
        (
            lambda text: text.removeprefix("\ufeff"),
            len,
            "offsets are read as code points of the text without its byte order mark",
        ),
        (
            lambda text: unicodedata.normalize("NFC", text),
            len,
            "offsets are read as code points of the text normalised to NFC",
        ),
        (
            lambda text: unicodedata.normalize("NFD", text),
            len,
            "offsets are read as code points of the text normalised to NFD",
        ),
        (
            lambda text: " ".join(text.split()),
            len,
            "offsets are read as code points of the text with white space collapsed",
        ),
        (
            lambda text: text.replace("\r\n", "\n"),
            utf16,
            "offsets are read as UTF-16 code units of the text with \\n for each \\r\\n",
        ),
    ],
)
def test_each_way_to_count_is_told(rewrite: Callable[[str], str], count: Callable[[str], int], words: str) -> None:
    """A text that a program had otherwise, in its unit, is recognised by the surfaces alone."""
    theirs = rewrite(STORY)
    surfaces = [rewrite(word) for word in WORDS]
    written = [(count(theirs[:start]), count(theirs[:end])) for start, end in spans(theirs, surfaces)]
    cause = diagnose(STORY, marks(written, surfaces))
    assert cause is not None
    assert cause.words == words
    assert places(cause) == spans(STORY)
    assert cause.certain


@pytest.mark.parametrize(
    ("start", "end", "words"),
    [
        (1, 1, "the first character is counted as 1"),
        (1, 0, "the first character is counted as 1, and the end is that of the last"),
        (0, -1, "the end is that of the last character"),
    ],
)
def test_each_convention_is_told(start: int, end: int, words: str) -> None:
    """Offsets that count from one, or name the last character."""
    cause = diagnose(STORY, marks([(a + start, b + end) for a, b in spans(STORY)]))
    assert cause is not None
    assert (cause.words, places(cause)) == (words, spans(STORY))


def test_a_length_in_the_place_of_the_end_is_told() -> None:
    """As many programs store spans."""
    cause = diagnose(STORY, marks([(a, b - a) for a, b in spans(STORY)]))
    assert cause is not None
    assert (cause.words, places(cause)) == ("the end is the length", spans(STORY))


def test_a_text_without_a_mark_that_was_counted_is_told() -> None:
    """A byte order mark that the annotator's program had, and the corpus has not; in bytes it takes three."""
    text = STORY[1:]
    for count in (len, utf16, utf8):
        written = [(count("\ufeff" + text[:a]), count("\ufeff" + text[:b])) for a, b in spans(text)]
        cause = diagnose(text, marks(written))
        assert cause is not None
        assert places(cause) == spans(text)
    assert cause.words == "offsets are read as bytes of UTF-8 of the text with a byte order mark before it"


@pytest.mark.parametrize(
    ("edits", "words"),
    [
        ({3: "really "}, "7 too small from 56 on"),
        (
            {3: "really ", 7: "late "},
            "7 too small from 56 on, 12 too small from 99 on",
        ),
    ],
)
def test_a_text_that_was_edited_is_told(edits: dict[int, str], words: str) -> None:
    """From the first span behind each edit on; those before fit as they stand."""
    old = spans(STORY)
    text, by = STORY, 0
    for at, words_in in edits.items():
        where = old[at][0] + by
        text = text[:where] + words_in + text[where:]
        by += len(words_in)
    cause = diagnose(text, marks(old))
    assert cause is not None
    assert cause.words == f"the text was edited after it was annotated: offsets are {words}"
    assert places(cause) == spans(text)
    assert cause.certain


def test_few_spans_have_no_cause() -> None:
    """Two that are wrong may be so for two reasons."""
    found = spans(STORY)
    written = [(a + 1, b + 1) if at in (3, 4) else (a, b) for at, (a, b) in enumerate(found)]
    assert diagnose(STORY, marks(written)) is None


def test_a_very_long_text_has_no_cause(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its variants would take more memory than there may be."""
    moved = marks([(a + 1, b + 1) for a, b in spans(STORY)])
    monkeypatch.setattr("sidelines.diagnosis.LONGEST", len(STORY))
    assert diagnose(STORY, moved) is not None
    monkeypatch.setattr("sidelines.diagnosis.LONGEST", len(STORY) - 1)
    assert diagnose(STORY, moved) is None


def test_spans_that_nothing_explains_have_no_cause() -> None:
    """Offsets by chance, and a text of nothing."""
    rows = [(7 * at % 90, 7 * at % 90 + 3) for at in range(1, 11)]
    assert diagnose(STORY, marks(rows)) is None
    assert diagnose("", marks(rows)) is None


def test_one_span_that_is_wrong_besides_is_left_out() -> None:
    """A cause explains nine of ten; what it does not explain is not moved."""
    written = [(utf16(STORY[:a]), utf16(STORY[:b])) for a, b in spans(STORY)]
    written[4] = (0, 3)
    cause = diagnose(STORY, marks(written))
    assert cause is not None
    assert cause.explained.tolist() == [at != 4 for at in range(10)]
    assert places(cause)[4] == (-1, -1)


def test_two_causes_that_differ_are_not_certain() -> None:
    """Where another reading explains as many and puts a span elsewhere, nobody knows."""
    unsure = diagnose("ababababab", Marks(np.array([1, 3, 5]), np.array([3, 5, 7]), ["ab", "ab", "ab"]))
    assert unsure is not None
    assert (unsure.words, unsure.certain) == ("the first character is counted as 1", False)
    assert places(unsure) == [(0, 2), (2, 4), (4, 6)]  # but 2, 4 and 6 are as good
    sure = diagnose("abcdefgh", Marks(np.array([1, 3, 5]), np.array([2, 4, 6]), ["a", "c", "e"]))
    assert sure is not None
    assert sure.certain


def test_no_edit_is_made_up_for_the_last_spans() -> None:
    """Where the last word is gone from the text, it is not looked for within another."""
    text = "....Ann met Bo and Cy in Oslo and Rome on the party line"
    words = ["Ann", "met", "Bo", "and", "Cy", "in", "Oslo", "Rome", "the", "art"]
    old = "Ann met Bo and Cy in Oslo and Rome on the line of art"
    cause = diagnose(text, marks(spans(old, words), words))
    assert cause is not None
    assert cause.words.endswith("offsets are 4 too small from 0 on")
    assert cause.explained.tolist() == [True] * 9 + [False]


@pytest.mark.parametrize(
    "text",
    [
        "xxxAnn met Bo in Oslo and ha ha ha ha ha",  # the last would fit as they stand
        "xxxAnn met Bo in Oslo and ha ha ha ha ha with Cy, Di, Ed.",  # and from where on is it right again?
    ],
)
def test_where_an_edit_ends_has_to_be_certain(text: str) -> None:
    """Spans that fit both as they stand and as others before them are moved by no certain cause."""
    first = ["Ann", "met", "Bo", "in", "Oslo"]
    moved = [(a - 3, b - 3) for a, b in spans(text, first)]
    ha = text.index("ha")
    still = [(at, at + 2) for at in range(ha + 3, ha + 12, 3)]
    rest = ["Cy", "Di", "Ed"] if "Cy" in text else []
    rows = [*moved, *still, *spans(text, rest)]
    cause = diagnose(text, marks(rows, [*first, *["ha"] * 3, *rest]))
    assert cause is not None
    assert not cause.certain


@given(texts(), st.data())
def test_a_cause_is_proven_by_every_span_that_it_explains(text: str, data: st.DataObject) -> None:
    """Whatever the text and the offsets: its words, or a copy of them, stand where it says."""
    assume(text)
    count = data.draw(st.sampled_from([len, utf16, utf8]))
    shift = data.draw(st.integers(-2, 2))
    at = data.draw(st.lists(st.integers(0, len(text) - 1), min_size=3, max_size=12).map(sorted))
    rows = [(start, data.draw(st.integers(start + 1, len(text)))) for start in at]
    surfaces = [text[a:b] for a, b in rows]
    written = [(count(text[:a]) + shift, count(text[:b]) + shift) for a, b in rows]
    cause = diagnose(text, marks(written, surfaces))
    found = zip(written, surfaces, strict=True)
    wrong = sum(not (0 <= a < b <= len(text) and text[a:b] == surface) for (a, b), surface in found)
    if cause is None:
        assert wrong < 3 or shift  # another number than one, in another unit, is none of the known causes
        return
    assert wrong >= 3
    assert cause.explained.sum() >= 0.9 * len(rows)
    for (a, b), surface in zip(places(cause), surfaces, strict=True):
        assert a == -1 or same_words(text[a:b], surface)
    if cause.certain and shift == 0:
        assert all(place in ((-1, -1), row) for place, row in zip(places(cause), rows, strict=True))
