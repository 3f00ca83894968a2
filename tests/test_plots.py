"""What plots show, and how they write it; facts of what is drawn, not pixels."""

from __future__ import annotations

import builtins
import logging
import shutil
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

import sidelines
from sidelines import SidelinesError, plots, summaries
from sidelines.lettering import Lettering
from sidelines.scales import interval_words, scale_of

HOSTILE = [
    "$x_1$",
    "a$b$ \\alpha",
    "שלום עולם",
    "𝔘𐍈 𒀀",
    "王菲",
    "x" * 500,
    "\u202eevil\u2066",
    "e\u0301\n\t",
    "</text>&",
    "_hidden",
]


def axes(width: float = 8, height: float = 5) -> Axes:
    """Axes of a figure that pyplot does not know."""
    figure = Figure((width, height), layout="constrained")
    FigureCanvasAgg(figure)
    return figure.subplots()


def draw(ax: Axes) -> Axes:
    assert isinstance(ax.figure, Figure)
    ax.figure.canvas.draw()
    return ax


def words(ax: Axes) -> list[str]:
    return [text.get_text() for text in ax.texts]


def rows(ax: Axes) -> list[str]:
    return [label.get_text() for label in ax.get_yticklabels()]


def legend(ax: Axes) -> list[str]:
    found = ax.get_legend()
    assert found is not None
    return [text.get_text() for text in found.get_texts()]


def within(figure: Any, *artists: Any) -> bool:
    """Whether all of what these draw is in the figure."""
    boxes = [artist.get_window_extent() for artist in artists]
    (left, below), (right, above) = figure.bbox.min, figure.bbox.max
    return all(left <= box.x0 and below <= box.y0 and box.x1 <= right and box.y1 <= above for box in boxes)


def dates(*some: tuple[str, str, str, str | None], document: str = "a") -> pd.DataFrame:
    """Dates by their words, begin, until and function."""
    frame = pd.DataFrame(some, columns=["text", "begin", "until", "function"])
    frame[["begin", "until"]] = frame[["begin", "until"]].astype("datetime64[s]")
    return frame.assign(document=document)


def quotes(*some: tuple[str | None, str | None]) -> pd.DataFrame:
    return pd.DataFrame(some, columns=["speaker_name", "kind"])


@pytest.fixture
def document(sound: Path) -> sidelines.Document:
    return sidelines.read(sound).document()


# -- frames ------------------------------------------------------------------------------------------------------------


def test_the_quotes_of_each_speaker(document: sidelines.Document) -> None:
    """By kind in the order of the schema; of Ann Lee's and Bo Karlsson's quotes."""
    frame = summaries.quotes_per_speaker(document)
    assert frame.to_dict("index") == {
        "Bo Karlsson": {"direct": 1, "mixed": 1, "indirect": 1},
        "Ann Lee": {"direct": 1, "mixed": 0, "indirect": 0},
    }
    assert (frame.index.name, frame.columns.name) == ("speaker_name", "kind")


def test_who_mentions_whom_in_the_small_corpus(document: sidelines.Document) -> None:
    """Within Bo Karlsson's quotes stand “the two” and “I”; between the parts of a quote “he” would be no one's."""
    frame = summaries.who_mentions_whom(document)
    assert frame.to_dict("index") == {"Bo Karlsson": {"Ann Lee and Bo Karlsson": 1, "Bo Karlsson": 1}}


def test_who_mentions_whom_in_the_article() -> None:
    """As the annotations have it for the three quotes of Donald Trump."""
    frame = summaries.who_mentions_whom(sidelines.read())
    assert frame.loc["Donald Trump"].to_dict() == {
        "Russia": 5, "Vladimir Putin": 0, "Donald Trump and Vladimir Putin": 0, "United States": 1, "Donald Trump": 1,
        "Intermediate-Range Nuclear Forces Treaty": 4, "Paris": 0, "John Bolton": 0, "Barack Obama": 1, "Helsinki": 0,
        "World War I": 0,
    }  # fmt: skip


def test_a_mention_counts_once_for_each_speaker() -> None:
    """In a quote within another of the same speaker once, in one of somebody else for both."""
    mentions = pd.DataFrame({"document": ["a"], "id": ["m1"], "start": [5], "end": [6], "entity_name": ["Oslo"]})
    told = pd.DataFrame(
        {"document": "a", "id": ["q1", "q2", "q3"], "start": [0, 4, 5], "end": [9, 8, 7], "speaker_name": list("xxy")}
    )
    frame = summaries.who_mentions_whom({"mentions": mentions, "quotes": told})
    assert frame.to_dict("index") == {"x": {"Oslo": 1}, "y": {"Oslo": 1}}


def test_the_time_line_gathers_what_has_the_same_days(document: sidelines.Document) -> None:
    """The dates of the small corpus in the order of the calendar; those without days are left out."""
    frame = summaries.time_line(document)
    assert frame["words"].tolist() == [["2023"], ["Monday"], ["March 6th, 2024"]]
    assert frame["posting"].tolist() == [False, False, True]
    assert frame["until"].dt.date.tolist() == [date(2024, 1, 1), date(2024, 3, 5), date(2024, 3, 7)]
    some = dates(
        ("now", "2024-01-01", "2024-01-02", None),
        ("ever", "NaT", "NaT", None),
        ("now", "2024-01-01", "2024-01-02", None),
    )
    assert summaries.time_line(some)[["words", "times"]].values.tolist() == [[["now"], [2]]]


def test_frames_arrow_tables_and_corpora_say_the_same() -> None:
    """Whatever the tables are handed over as."""
    corpus = sidelines.read()
    expected = summaries.quotes_per_speaker(corpus)
    for data in (corpus.document(), corpus.tables, corpus.frame("quotes"), {"quotes": corpus.tables["quotes"]}):
        pd.testing.assert_frame_equal(summaries.quotes_per_speaker(data), expected)


def test_load_returns_plain_frames() -> None:
    """Frames are those of pandas, not of a class of their own."""
    assert {type(sidelines.load(name)) for name in sidelines.load()} == {pd.DataFrame}


def test_what_is_missing_is_said() -> None:
    """A table, a column, and what is no table at all; more than one document."""
    two = pd.concat([dates(("x", "2024-01-01", "2024-01-02", None), document=name) for name in "ab"])
    for data, message in (
        ({"quotez": quotes()}, "there is no table 'quotes'; did you mean 'quotez'? There are: quotez"),
        (
            {"quotes": quotes().rename(columns={"kind": "kinds"})},
            "quotes: there is no column 'kind'; did you mean 'kinds'? There are: kinds, speaker_name",
        ),
        ("quotes", "expected a corpus, a document, or tables by name such as {'quotes': frame}, found str"),
        ({"quotes": [1]}, "quotes: expected a pandas.DataFrame or a pyarrow.Table, found list"),
    ):  # fmt: skip
        with pytest.raises(SidelinesError) as raised:
            plots.quotes_per_speaker(data, ax=axes())
        assert str(raised.value) == message
    with pytest.raises(SidelinesError, match=r"dates of one document, found 2 \(a, b\)"):
        plots.time_line(two, ax=axes())
    with pytest.raises(SidelinesError, match="expected days in 'begin' and 'until'"):
        summaries.time_line(two[:1].assign(begin="soon"))


# -- plots -------------------------------------------------------------------------------------------------------------


def test_bars_are_as_long_as_there_are_quotes(document: sidelines.Document) -> None:
    """A row for each speaker, parts by kind, their numbers in them, the total beside them."""
    ax = draw(plots.quotes_per_speaker(document, ax=axes()))
    assert rows(ax) == ["Bo Karlsson", "Ann Lee"]
    assert [[bar.get_width() for bar in bars] for bars in ax.containers] == [[1, 1], [1, 0], [1, 0]]
    assert words(ax) == ["1", "1", "1", "1", "3", "1"]
    assert legend(ax) == ["direct", "mixed", "indirect"]
    assert len({bars[0].get_hatch() for bars in ax.containers}) == 3


def test_cells_have_numbers() -> None:
    """Each number that is not 0, in black or white as it can be read."""
    ax = draw(plots.who_mentions_whom(sidelines.read(), ax=axes()))
    assert rows(ax)[:2] == ["Russia", "Vladimir Putin"]
    assert [label.get_text() for label in ax.get_xticklabels()] == [
        "John Bolton", "Yuri Ushakov", "Donald Trump", "Vladimir Putin",
    ]  # fmt: skip
    assert words(ax)[:4] == ["9", "2", "5", "2"]
    assert [text.get_color() for text in ax.texts[:2]] == ["white", "black"]


def test_the_time_line_is_to_scale_around_the_posting() -> None:
    """Bars are as long as days; those folded are hatched and to the left of the scale."""
    ax = draw(plots.time_line(sidelines.read().document(), ax=axes()))
    bars = [container[0] for container in ax.containers]
    assert [bar.get_width() for bar in bars[2:]] == [31, 1, 31, 1, 2, 7, 1, 1, 30, 1]
    assert [bool(bar.get_hatch()) for bar in bars] == [True, True] + [False] * 10
    assert bars[1].get_x() + bars[1].get_width() < bars[2].get_x() == (date(2018, 7, 1) - date(1970, 1, 1)).days
    assert rows(ax)[8] == "“Tuesday” ×4, “Earlier in the day”"
    assert words(ax)[:4] == ["1987", "2016", "Jul 2018", "16 Jul 2018"]
    assert "earlier" in words(ax)
    assert ax.get_xlabel() == "hatched: folded, not to scale"
    assert [label.get_text() for label in ax.get_xticklabels()] == ["Jul\n2018", "Aug", "Sep", "Oct", "Nov", "Dec"]


@pytest.mark.parametrize("height", [2, 5])
def test_labels_do_not_overlap(height: float) -> None:
    """Those of the rows, in a high figure and in a low one; nor do days stand in each other."""
    ax = draw(plots.time_line(sidelines.read().document(), ax=axes(height=height)))
    for texts in (list(ax.get_yticklabels()), ax.texts[:12]):
        boxes = [text.get_window_extent().shrunk(0.98, 0.75) for text in texts]
        assert not [at for at, here in enumerate(boxes) if any(map(here.overlaps, boxes[at + 1 :]))]


def test_far_future_and_what_is_cut() -> None:
    """What lies beyond the scale on the other side is folded there; what goes on beyond it has arrows."""
    some = dates(
        ("today", "2020-06-01", "2020-06-02", "CREATION_TIME"), ("this century", "2000-01-01", "2100-01-01", None),
        ("then", "2050-01-01", "2051-01-01", None),
    )  # fmt: skip
    ax = draw(plots.time_line(some, ax=axes()))
    assert words(ax) == ["← 2000–2099 →", "1 Jun 2020", "2050", "posted", "later"]
    scale = scale_of(summaries.time_line(some), 366, 2)
    assert (len(scale.bars), scale.before, scale.after) == (2, 0, 0)
    assert "not drawn: 1 interval" in plots.time_line(some, ax=axes(), most=2).get_xlabel()


def test_a_time_line_without_a_posting() -> None:
    """The date in the middle stands for it, and no line is drawn."""
    ax = draw(plots.time_line(dates(("a", "2020-01-01", "2020-01-02", None)), ax=axes()))
    assert words(ax) == ["1 Jan 2020"]
    assert not ax.lines


@pytest.mark.parametrize(("first", "after", "expected"), [
    ("2018-01-01", "2019-01-01", "2018"), ("2010-01-01", "2020-01-01", "2010–2019"),
    ("2018-10-01", "2019-01-01", "Oct – Dec 2018"), ("2018-10-30", "2018-11-02", "30 Oct – 1 Nov 2018"),
    ("2018-12-31", "2019-01-02", "31 Dec 2018 – 1 Jan 2019"), ("2018-12-01", "2019-02-01", "Dec 2018 – Jan 2019"),
])  # fmt: skip
def test_intervals_in_words(first: str, after: str, expected: str) -> None:
    """As short as they can be told."""
    assert interval_words(pd.Timestamp(first), pd.Timestamp(after)) == expected


@pytest.mark.parametrize(("until", "expected"), [
    ("2020-01-05", ["1 Jan\n2020", "2", "3", "4", "5"]),
    ("2020-02-04", ["31 Dec\n2019", "7 Jan\n2020", "14", "21", "28"]),
    ("2029-01-01", ["2020", "2022", "2024", "2026", "2028"]),
])  # fmt: skip
def test_ticks(until: str, expected: list[str]) -> None:
    """Days, weeks, or years, as many as have room."""
    some = dates(("a", "2020-01-01", until, "CREATION_TIME"))
    assert scale_of(summaries.time_line(some), 10_000, 9).ticks[1][: len(expected)] == expected


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_names(name: str) -> None:
    """Dollar signs are text, long names are cut, and what no font has, or cannot be seen, is its code point."""
    some = quotes((name, name), (None, None))
    mentions = pd.DataFrame({"document": ["a"], "id": ["m"], "start": [0], "end": [1], "entity_name": [name]})
    told = pd.DataFrame({"document": ["a"], "id": ["q"], "start": [0], "end": [9], "speaker_name": [name]})
    day = dates((name, "2020-01-01", "2020-01-02", "CREATION_TIME"))
    expected = Lettering([name]).text(name, 40)
    bars, cells = (
        plots.quotes_per_speaker(some, ax=axes()),
        plots.who_mentions_whom({"mentions": mentions, "quotes": told}, ax=axes()),
    )
    for ax in (bars, cells, plots.time_line(day, ax=axes())):
        draw(ax)
        assert not any(label.get_parse_math() for label in ax.get_yticklabels())
    assert rows(bars) == [expected, "(no speaker known)"]
    assert legend(bars) == [Lettering([name]).text(name, 20), "(no name)"]
    assert rows(cells) == [expected]
    assert not {"\u202e", "\u2066", "\n"} & set(expected)


@pytest.mark.parametrize("styled", [{"text.usetex": True}, {"font.family": ["No Such Font", "DejaVu Sans"]}])
def test_characters_that_no_font_has(styled: dict[str, Any]) -> None:
    """Cuneiform is in few; then it is shown as code points, and nothing is warned of."""
    import matplotlib

    with matplotlib.rc_context(styled):
        letters = Lettering(["𒀀", "é"])
    assert letters.text("é", 1) == "é"
    assert letters.text("𒀀", 10) in ("𒀀", "\\U00012000")
    assert letters.style["usetex"] is False


def test_empty_tables_are_said_to_be() -> None:
    """Axes with words, and nothing else."""
    corpus = sidelines.read()
    none: dict[str, Any] = {name: table[:0] for name, table in corpus.tables.items()}
    for plot, said in (
        (plots.quotes_per_speaker, "no quotes"),
        (plots.who_mentions_whom, "no mentions within quotes"),
        (plots.time_line, "no dates with a place in the calendar"),
    ):
        assert words(draw(plot(none, ax=axes()))) == [said]


@pytest.mark.parametrize("kind", ["k{}", "a kind of some length, number {}", "_{}"])
@pytest.mark.parametrize("speaker", ["Ann", "a speaker whose name has many letters"])
def test_a_legend_of_many_kinds(kind: str, speaker: str) -> None:
    """It is below what is drawn, in the figure, and says each of the kinds; also in a figure made for it."""
    from matplotlib import pyplot

    pyplot.switch_backend("Agg")
    some = quotes(*((speaker, kind.format(number)) for number in range(8)))
    for ax in (plots.quotes_per_speaker(some, ax=axes()), plots.quotes_per_speaker(some)):
        found = draw(ax).get_legend()
        assert found is not None
        assert len(legend(ax)) == 8
        assert within(ax.figure, found, ax.xaxis.label, *ax.get_yticklabels())
        boxes = [artist.get_window_extent() for artist in (found, ax.xaxis.label, ax._left_title, ax)]  # type: ignore[attr-defined]
        assert boxes[0].y1 < boxes[1].y0
        assert not any(boxes[0].overlaps(box) for box in boxes[1:])
        assert boxes[3].height > 30
    pyplot.close("all")


def test_a_legend_in_narrow_axes() -> None:
    """It has one column, even if that is wider than they are."""
    found = plots.quotes_per_speaker(quotes(("Ann", "of some length"), ("Ann", "of another")), ax=axes(1)).get_legend()
    assert found is not None
    lines = [text.get_window_extent().height for text in found.get_texts()]
    assert len(lines) == 2
    assert found.get_window_extent().height > sum(lines) * 0.9


@pytest.mark.parametrize("sign", ["王", "𓀀", "\u200b", "é"])
def test_long_names_of_any_signs(sign: str) -> None:
    """They are shortened as they are written, code points and all, so that the labels are in the figure."""
    name = sign * 300
    mentions = pd.DataFrame({"document": ["a"], "id": ["m"], "start": [0], "end": [1], "entity_name": [name]})
    told = pd.DataFrame({"document": ["a"], "id": ["q"], "start": [0], "end": [9], "speaker_name": [name]})
    for ax in (
        plots.quotes_per_speaker(quotes((name, name)), ax=axes()),
        plots.who_mentions_whom({"mentions": mentions, "quotes": told}, ax=axes()),
        plots.time_line(dates((name, "2020-01-01", "2020-01-02", None)), ax=axes()),
    ):
        draw(ax)
        assert within(ax.figure, *ax.get_yticklabels(), ax._left_title)  # type: ignore[attr-defined]
        assert len(rows(ax)[0]) <= 48
        assert rows(ax)[0].endswith("…")


def test_code_points_are_not_cut() -> None:
    """A name ends before a code point for which there is no room."""
    letters = Lettering(["\u200b" * 300])
    assert letters.text("\u200b" * 300, 20) == "\\u200b\\u200b\\u200b…"
    assert letters.text("\u200b" * 3, 18) == "\\u200b\\u200b\\u200b"


def test_fonts_are_looked_up_in_silence(caplog: pytest.LogCaptureFixture, tmp_path: Path) -> None:
    """One of which only a light face is installed among them, which matplotlib would log."""
    from matplotlib.font_manager import FontEntry, fontManager

    (path, *_) = (font.fname for font in fontManager.ttflist if font.name == "DejaVu Sans")
    light = str(shutil.copy(path, tmp_path / "light.ttf"))  # those that matplotlib comes with are left out
    alone = FontEntry(light, name="Only Light", style="normal", variant="normal", weight=200, stretch="normal")
    fontManager.ttflist.append(alone)
    try:
        with caplog.at_level(logging.WARNING, "matplotlib"):
            Lettering(["𓀀𒀀\uffff"])
    finally:
        fontManager.ttflist.remove(alone)
    assert caplog.text == ""


def test_where_it_says_posted() -> None:
    """Not over the title, also where the posting is at the left end."""
    some = dates(
        ("June 1", "2020-06-01", "2020-06-02", "CREATION_TIME"), ("next week", "2020-06-08", "2020-06-15", None)
    )
    ax = draw(plots.time_line(some, ax=axes()))
    (posted,) = (text for text in ax.texts if text.get_text() == "posted")
    assert not posted.get_window_extent().overlaps(ax._left_title.get_window_extent())  # type: ignore[attr-defined]


@pytest.mark.parametrize("value", [0, -1, 1.5, "3"])
def test_how_many_is_a_positive_integer(value: Any) -> None:
    """Of every plot, and of the days of a time line."""
    corpus = sidelines.read()
    for plot in (plots.quotes_per_speaker, plots.who_mentions_whom, plots.time_line):
        with pytest.raises(SidelinesError) as raised:
            plot(corpus, ax=axes(), most=value)
        assert str(raised.value) == f"most: expected an integer of 1 or more, found {value!r}"
    with pytest.raises(SidelinesError, match=r"^days: expected an integer of 1 or more, found "):
        plots.time_line(corpus, ax=axes(), days=value)
    assert plots.time_line(corpus, ax=axes(), days=1, most=1).get_title("left") == "Time line"


def test_of_many_the_most_frequent() -> None:
    """And how many are left out is said."""
    some = quotes(*((f"s{number}", "direct") for number in range(40)))
    assert plots.quotes_per_speaker(some, ax=axes()).get_xlabel() == "quotes; not drawn: 10 speakers"
    nine = {"document": "a", "id": range(9), "start": range(9), "end": range(1, 10)}
    mentions = pd.DataFrame({**nine, "entity_name": list("abcdefghi")})
    told = mentions.rename(columns={"entity_name": "speaker_name"})
    ax = draw(plots.who_mentions_whom({"mentions": mentions, "quotes": told}, ax=axes(), most=8))
    assert ax.get_xlabel().endswith("; not drawn: 1 speaker; not drawn: 1 entity")
    assert {label.get_rotation() for label in ax.get_xticklabels()} == {90}


def test_without_axes_there_is_a_new_figure_of_pyplot() -> None:
    """Which notebooks show, and which is as high as there are rows."""
    from matplotlib import pyplot

    pyplot.switch_backend("Agg")
    ax = plots.quotes_per_speaker(quotes(("x", "direct")))
    assert pyplot.gcf() is ax.figure
    pyplot.close("all")


def test_without_matplotlib(monkeypatch: pytest.MonkeyPatch) -> None:
    """The command that installs it is named."""
    real = builtins.__import__

    def without(name: str, *rest: Any, **more: Any) -> Any:
        if name.partition(".")[0] == "matplotlib":
            raise ModuleNotFoundError(f"No module named {name!r}", name="matplotlib")
        return real(name, *rest, **more)

    monkeypatch.setattr(builtins, "__import__", without)
    command = r"^matplotlib is not installed \(matplotlib\): pip install 'sidelines\[plot\]'$"
    with pytest.raises(SidelinesError, match=command):
        plots.quotes_per_speaker(quotes(("x", "direct")))
