"""The shipped corpus: the article byte for byte, and annotations without a problem."""

from __future__ import annotations

from hashlib import sha256

import pandas as pd
import pytest

import sidelines
from sidelines.layout import shipped

ARTICLE = shipped() / "corpus" / "trump-putin-paris-2018.txt"


def test_the_article_is_the_source_byte_for_byte() -> None:
    """Length, hash, no-break spaces, and the slips of the original are as they were."""
    raw = ARTICLE.read_bytes()
    text = raw.decode("utf-8")
    assert (len(raw), len(text), text.count("\u00a0")) == (5365, 5274, 5)
    assert sha256(raw).hexdigest() == "449a3a4a18563e67a0da0333293b2f86d163d291d2a0c95894662b6dd35e11ff"
    assert "the Finish capital" in text
    assert text.endswith("Leave a Reply")


def test_the_corpus_is_clean() -> None:
    """Not even a warning."""
    assert list(sidelines.check(shipped())) == []


def test_the_tables_have_these_rows() -> None:
    """A number that changes is a change of the data, and wants a word in the changelog."""
    rows = {name: len(sidelines.load(name)) for name in sidelines.load()}
    assert rows == {
        "blocks": 31, "dates": 29, "documents": 1, "entities": 23, "mentions": 148, "quotes": 20, "roles": 9,
        "sentences": 39,
    }  # fmt: skip


@pytest.mark.parametrize("name", ["blocks", "sentences", "mentions", "roles", "dates", "quotes"])
def test_every_surface_is_its_slice(name: str) -> None:
    """As a user of pandas would look."""
    text = sidelines.load("documents").text[0]
    frame = sidelines.load(name)
    assert [text[start:end] for start, end in zip(frame.start, frame.end, strict=True)] == frame.text.tolist()


def test_who_speaks_how_often() -> None:
    """The quotes by speaker."""
    speakers = sidelines.load("quotes").speaker_name.value_counts().to_dict()
    assert speakers == {"John Bolton": 9, "Yuri Ushakov": 4, "Vladimir Putin": 4, "Donald Trump": 3}


def test_the_interrupted_quote() -> None:
    """A quote in two pieces: its hull holds the words between them, its speech does not."""
    quote = sidelines.load("quotes").set_index("id").loc["q18"]
    assert [span["text"] for span in quote.content] == [
        "“It is the American position that Russia is in violation. It’s the Russian position that they are not in"
        " violation,”",
        "“It’s not like this is a new subject.”",
    ]
    assert quote.text.endswith("” Bolton said. “It’s not like this is a new subject.”")
    assert quote.speech == (
        "It is the American position that Russia is in violation. It’s the Russian position that they are not in"
        " violation, It’s not like this is a new subject."
    )


def test_dates_fall_where_the_calendar_has_them() -> None:
    """The weekend before Wednesday, 24 October 2018 is that of the 20th and 21st."""
    dates = sidelines.load("dates").set_index("text")
    weekend = dates.loc["the weekend"]
    assert (weekend.begin, weekend.until) == (pd.Timestamp("2018-10-20"), pd.Timestamp("2018-10-22"))
    assert pd.isna(dates.loc["many years"].begin)


def test_the_types_of_the_columns() -> None:
    """Strings, categories, dates, and integers that may be absent."""
    quotes, dates, documents = (sidelines.load(name) for name in ("quotes", "dates", "documents"))
    assert quotes.kind.cat.categories.tolist() == ["direct", "mixed", "indirect"]
    assert isinstance(quotes.speaker_name.dtype, pd.StringDtype)
    assert quotes.cue_start.dtype == pd.Int64Dtype()
    assert sidelines.load("mentions").start.dtype == "int64"
    assert sidelines.load("mentions").metonym.dtype == pd.BooleanDtype()
    assert dates.begin.dtype.kind == documents.published.dtype.kind == "M"


def test_the_file_is_what_pandas_reads() -> None:
    """`pd.read_parquet(sidelines.path(…))` gives the same rows."""
    assert pd.read_parquet(sidelines.path("quotes")).speech.tolist() == sidelines.load("quotes").speech.tolist()


def test_a_table_that_is_not_there() -> None:
    """The answer names the nearest and all that there are."""
    with pytest.raises(sidelines.SidelinesError, match="no table 'quote'; did you mean 'quotes'"):
        sidelines.load("quote")


def test_frames_of_a_corpus_are_those_of_load() -> None:
    """`read().frame` and `load` give the same."""
    corpus = sidelines.read(shipped())
    pd.testing.assert_frame_equal(corpus.frame("dates"), sidelines.load("dates"))
    with pytest.raises(sidelines.SidelinesError, match="no table 'date'"):
        corpus.frame("date")
