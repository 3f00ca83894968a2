"""Offsets that were counted otherwise: every variant of a text, and the way back."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sidelines.readings import Reading, Variant, readings, variants
from sidelines.surfaces import same_words
from tests.strategies import texts

# What each variant is, said once more by other means.
WRITTEN: dict[str, Callable[[str], str]] = {
    "with \\n for each \\r\\n": lambda text: "\n".join(text.split("\r\n")),
    "with \\r\\n for each \\n": lambda text: "\r\n".join(
        part for line in text.split("\r\n") for part in line.split("\n")
    ),
    "without its byte order mark": lambda text: text.removeprefix("\ufeff"),
    "with a byte order mark before it": lambda text: "\ufeff" + text.removeprefix("\ufeff"),
    "normalised to NFC": lambda text: unicodedata.normalize("NFC", text),
    "normalised to NFD": lambda text: unicodedata.normalize("NFD", text),
    "without the characters beyond U+FFFF": lambda text: "".join(c for c in text if c <= "\uffff"),
}


@given(texts())
def test_the_variants_are_what_they_say(text: str) -> None:
    """A variant that is left out changes nothing, but for normal forms that cannot be told apart."""
    made = dict(variants(text))
    for name, write in WRITTEN.items():
        if name in made:
            assert made[name].text == write(text)
        elif not name.startswith("normalised"):
            assert write(text) == text


@given(texts())
def test_normal_forms_are_always_found(text: str) -> None:
    """The parts in which a text is normalised are those in which it can be."""
    made = dict(variants(text))
    for form in ("NFC", "NFD"):
        assert (f"normalised to {form}" in made) == (not unicodedata.is_normalized(form, text))


@pytest.mark.parametrize(
    ("name", "text", "made"),
    [
        ("with white space trimmed from its ends", "\n Ann\u2028met\t\n", "Ann\u2028met"),
        ("with white space collapsed", "\n Ann\u2028 met\t\n", " Ann met "),
        ("with white space trimmed and collapsed", "\n Ann\u2028 met\t\n", "Ann met"),
    ],
)
def test_white_space_is_that_of_unicode(name: str, text: str, made: str) -> None:
    """Line separators and no-break spaces count."""
    assert dict(variants(text))[name].text == made


@given(texts())
def test_every_offset_of_a_variant_leads_back(text: str) -> None:
    """What stands between two offsets is the same, or what the variant made of it; and offsets never go backwards."""
    for _, variant in variants(text):
        length = len(variant.text)
        assert len(variant.starts) == len(variant.ends) == length + 1
        for starts in (variant.starts, variant.ends):
            there = starts[starts >= 0]
            assert (np.diff(there) >= 0).all()
            assert there.min(initial=0) == 0
            assert there.max(initial=0) <= len(text)
        for at in range(length):
            first, last = int(variant.starts[at]), int(variant.ends[at + 1])
            if first >= 0 and last >= 0:
                old, new = text[first:last], variant.text[at]
                assert old == new or same_words(old, new) or new == "\ufeff"


def test_what_was_left_out_begins_nowhere() -> None:
    """A span that begins where something was left out begins behind it, and one that ends there ends before it."""
    variant = Variant.rewritten("a\U0001f44db", "\U0001f44d", "")
    assert variant.text == "ab"
    assert variant.starts.tolist() == [0, 2, 3]
    assert variant.ends.tolist() == [0, 1, 3]


def test_between_the_parts_of_one_character_nothing_begins() -> None:
    """The accent of a letter that was one character is in the text nowhere."""
    variant = dict(variants("a\u00e9b"))["normalised to NFD"]
    assert variant.text == "ae\u0301b"
    assert variant.starts.tolist() == [0, 1, -1, 2, 3]
    assert variant.ends.tolist() == [0, 1, -1, 2, 3]


@pytest.mark.parametrize(
    ("reading", "start", "end", "places"),
    [
        (Reading(), 3, 5, (3, 5)),
        (Reading(None, "UTF-16 code units"), 3, 5, (2, 4)),
        (Reading(None, "UTF-16 code units"), 2, 5, None),  # inside a pair of surrogates
        (Reading(None, "bytes of UTF-8"), 5, 7, (2, 4)),
        (Reading(None, None, "the first character is counted as 1"), 3, 5, (2, 4)),
        (Reading(None, None, "the first character is counted as 1, and the end is that of the last"), 3, 4, (2, 4)),
        (Reading(None, None, "the end is that of the last character"), 2, 3, (2, 4)),
        (Reading(None, None, "the end is the length"), 2, 2, (2, 4)),
        (Reading(None, "UTF-16 code units", "the end is the length"), 3, 2, (2, 4)),
        (Reading(), 4, 4, None),
        (Reading(), -1, 2, None),
        (Reading(), 4, 7, None),
    ],
)
def test_a_reading_says_where_spans_stand(
    reading: Reading, start: int, end: int, places: tuple[int, int] | None
) -> None:
    """In code points of the text; nowhere where an offset is none."""
    variant = Variant.of("a\U0001f44dbcde", ())
    found = reading.places(variant, np.array([start]), np.array([end]))
    assert (found[0].item(), found[1].item()) == (places or (-1, -1))


@given(texts(), st.data())
def test_offsets_in_any_unit_of_any_variant_lead_back(text: str, data: st.DataObject) -> None:
    """Counted by encoding the text before them, as whoever wrote them did."""
    name = data.draw(st.sampled_from(list(dict(variants(text)))))
    variant = dict(variants(text))[name]
    start = data.draw(st.integers(0, len(variant.text)))
    end = data.draw(st.integers(start, len(variant.text)))
    widths = {None: ("utf-32-le", 4), "UTF-16 code units": ("utf-16-le", 2), "bytes of UTF-8": ("utf-8", 1)}
    for unit in variant.bounds:
        encoding, width = widths[unit]
        written = [len(variant.text[:at].encode(encoding)) // width for at in (start, end)]
        a, b, c, d = (int(part[0]) for part in Reading(name, unit).places(variant, *map(np.atleast_1d, written)))
        if a >= 0:
            assert (c, d) == (start, end)
            assert (a, b) == (variant.starts[start], variant.ends[end])
        else:
            assert start == end or not 0 <= variant.starts[start] < variant.ends[end]


def test_in_ascii_all_units_are_one() -> None:
    """Nothing is read in another unit where every unit counts the same."""
    assert [reading.unit for reading in readings(None, Variant.of("Ann", ()))] == [None] * 4
    units = [reading.unit for reading in readings(None, Variant.of("\u0141\u00f3d\u017a", ()))]
    assert (units.count(None), units.count("UTF-16 code units"), units.count("bytes of UTF-8")) == (4, 5, 5)


def test_one_deviation_is_less_strange_than_two() -> None:
    """And of those that are one, another unit is likelier than another convention, and that than another text."""
    order = [
        Reading(None, "bytes of UTF-8"),
        Reading(None, None, "the end is the length"),
        Reading("normalised to NFC"),
        Reading(None, "bytes of UTF-8", "the end is the length"),
        Reading("normalised to NFC", None, "the end is the length"),
        Reading("normalised to NFC", "bytes of UTF-8", "the end is the length"),
    ]
    strangeness = [reading.strangeness for reading in order]
    assert strangeness == sorted(set(strangeness))
    assert Reading().strangeness == 0


def test_a_long_text_is_counted_in_small_numbers() -> None:
    """Offsets of half the size, as long as they hold all of them."""
    assert {bounds.dtype for bounds in Variant.of("\u0141\u00f3d\u017a", ()).bounds.values()} == {np.dtype(np.int32)}


@pytest.mark.parametrize(
    ("reading", "words"),
    [
        (Reading(None, "bytes of UTF-8"), "offsets are read as bytes of UTF-8"),
        (Reading("normalised to NFC"), "offsets are read as code points of the text normalised to NFC"),
        (Reading(None, None, "the end is the length"), "the end is the length"),
    ],
)
def test_a_reading_is_said_in_words(reading: Reading, words: str) -> None:
    """As the end of a sentence."""
    assert reading.words == words
