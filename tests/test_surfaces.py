"""Where words stand when they do not stand where they should."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sidelines.surfaces import certain_place, fits, nearest_place, same_words
from tests.strategies import texts


@pytest.mark.parametrize(
    ("start", "end", "right"),
    [(0, 3, True), (-12, -9, False), (0, 0, False), (3, 0, False), (9, 14, False), (1, 3, False)],
)
def test_a_span_fits_where_its_words_stand(start: int, end: int, right: bool) -> None:
    """Within the text, from start to end, and not as Python counts from behind."""
    assert fits("Ann met Bob.", start, end, "Ann") is right


@pytest.mark.parametrize(
    ("found", "stated"),
    [
        ("caf\u00e9", "cafe\u0301"),
        ("\u212b", "\u00c5"),
        ("a\r\n  b", "a b"),
        ("a\u00a0b", "a b"),
        ("a\u200bb\u202e", "ab"),
        ("R&D", "R&amp;D"),
        ("“x”", "&ldquo;x&#8221;"),
    ],
)
def test_copies_are_the_same_words(found: str, stated: str) -> None:
    """Whatever a program did to white space, accents or characters that HTML escapes."""
    assert same_words(found, stated)


@pytest.mark.parametrize(
    ("found", "stated"),
    [("Ann", "ann"), ("a b", "ab"), ("\ufb01", "fi"), ("Anna", "Ann"), ("R&amp;D", "R&D"), ("\u200b", "\u200d")],
)
def test_other_words_are_not_the_same(found: str, stated: str) -> None:
    """Letter case, missing blanks, compatibility characters and what the text itself has escaped make a difference."""
    assert not same_words(found, stated)


@pytest.mark.parametrize(
    ("text", "start", "end", "surface", "place"),
    [
        ("Ann met Bob.", 9, 12, "Bob", (8, 11)),  # shifted
        ("Ann met Bob.", 11, 8, "Bob", (8, 11)),  # reversed
        ("Ann met Bob.", 900, 903, "Bob", (8, 11)),  # past the end
        ("Ann met Bob.", -4, 11, "Bob", (8, 11)),  # counted from the end
        ("Ann met Ann.", 1, 4, "Ann", None),  # twice
        ("Ann met Bob.", 8, 11, "Bo", None),  # within a word
        ("Ann met Bob, bob.", 8, 11, "bob", None),  # perhaps the words are right but for their case
        ("Ann met Bob.", 8, 11, "Eve", None),  # nowhere
        ("Ann met Bob.", 8, 11, "", None),
        ("caf\u00e9.", 0, 4, "cafe\u0301", (0, 4)),  # a copy of what stands there
        ("caf\u00e9, cafe\u0301.", 0, 4, "cafe\u0301", None),  # or of what stands behind it
        ("東京都", 0, 1, "京", (1, 2)),  # no blanks between words
        ("aa", 0, 2, "a", None),  # twice, overlapping
        ("Cy Ross met Bo. Jo Moss left.", 3, 7, "Moss", None),  # the offsets are around a word, elsewhere
        ("Cy Ross met Bo. Jo Moss left.", 4, 8, "Moss", (19, 23)),  # they cut words
        ("か\u3099 か", 0, 1, "x", None),
        ("x か\u3099", 1, 2, "か", None),  # a part of a character
        ("👨\u200d👩 x", 4, 5, "👨", None),
    ],
)
def test_a_place_is_certain_where_there_is_one_answer(
    text: str, start: int, end: int, surface: str, place: tuple[int, int] | None
) -> None:
    """The words stand once nearby, whole, or are a copy of what stands at the offsets, and nothing speaks for more."""
    assert certain_place(text, start, end, surface) == place


@pytest.mark.parametrize(("far", "place"), [(2000, (2000, 2003)), (2001, None)])
def test_words_are_looked_for_nearby(far: int, place: tuple[int, int] | None) -> None:
    """Within 2,000 characters of the offsets."""
    assert certain_place("." * far + "Bob", 0, 3, "Bob") == place
    assert certain_place("Bob" + "." * far, far, far + 3, "Bob") == (place and (0, 3))


@given(texts(), st.integers(-70, 70), st.integers(-70, 70), st.data())
def test_a_certain_place_holds_the_words(text: str, start: int, end: int, data: st.DataObject) -> None:
    """Or a copy of them, where the span already is; whatever the text."""
    surface = data.draw(st.sampled_from([text[at : at + 3] for at in range(len(text) + 1)]))
    place = certain_place(text, start, end, surface)
    if place is not None:
        found = text[place[0] : place[1]]
        assert found == surface or (place == (start, end) and same_words(found, surface))


def test_the_nearest_place_is_told() -> None:
    """Before or behind, and before where both are as far."""
    assert nearest_place("Bob Ann Bob", 4, "Bob") == 0
    assert nearest_place("Bob Ann Bob", 5, "Bob") == 8
    assert nearest_place("Ann", 0, "Bob") is None
    assert nearest_place("Ann", 0, "") is None
