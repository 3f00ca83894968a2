"""Plots of a corpus by matplotlib: the time line, quotes per speaker, who mentions whom.

Each draws the frame that the function of its name in `sidelines.summaries` returns, takes what that takes, and returns
the `Axes`. Without `ax` it is in a new figure of pyplot, of a size that fits what is drawn; with it, pyplot is not
touched. Colours are told apart by all who see any, and nothing is said by colour alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from numbers import Integral
from typing import TYPE_CHECKING, Any

from sidelines import summaries
from sidelines.errors import SidelinesError, count
from sidelines.lettering import Lettering
from sidelines.scales import Bar, Scale, interval_words, scale_of

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from matplotlib.legend import Legend

__all__ = ["quotes_per_speaker", "time_line", "who_mentions_whom"]

# Of Okabe and Ito's palette, those that stand out from white and from black (WCAG 2.2, 1.4.11: 3 to 1).
COLOURS = ("#0072b2", "#d55e00", "#009e73", "#b8578c")
HATCHES = ("", "////", "\\\\\\\\", "xxxx")
SHADE = "#808080"
NAME, WORDS, HEAD, KIND = 40, 48, 18, 20  # cells: longer ones are shortened
NOBODY = "(no speaker known)"
NOTHING = "(no name)"
COLUMNS = 8  # of a legend, at most
INCHES = 8.0  # the width of a new figure
BESIDE = 0.2  # of a time line: room for the days of an interval, beside its bar


def quotes_per_speaker(data: Any, *, ax: Axes | None = None, most: int = 30) -> Axes:
    """Draw a bar for each speaker, as long as they have quotes, in parts by kind.

    `data` is a corpus, a document, or the table `quotes`; of more than `most` speakers the most quoted are drawn, and
    it is said how many are not.

    Raises
    ------
    SidelinesError
        when matplotlib is not installed; when the table or a column is not there; when `most` is less than 1.

    >>> from matplotlib.figure import Figure
    >>> from sidelines import read
    >>> quotes_per_speaker(read(), ax=Figure().subplots()).get_xlabel()
    'quotes'
    """
    _positive(most=most)
    frame = summaries.quotes_per_speaker(data)
    shown = frame.head(most)
    labels = [_name(label, NOBODY) for label in shown.index]
    kinds = [_name(kind, NOTHING) for kind in shown]
    letters = _lettering(*labels, *kinds)
    given, ax = ax, _axes(ax, 1.3 + 0.36 * max(len(shown), 1))
    ax.set_title("Quotes per speaker", loc="left")
    if shown.empty:
        return _say(ax, "no quotes")
    left = shown.iloc[:, 0].to_numpy() * 0
    longest = int(shown.sum(axis=1).max())
    parts = []
    for at in range(len(kinds)):
        numbers = shown.iloc[:, at].to_numpy()
        colour, hatch = COLOURS[at % len(COLOURS)], HATCHES[(at // len(COLOURS) + at) % len(HATCHES)]
        bars = ax.barh(
            range(len(shown)), numbers, 0.7, left=left, color=colour, hatch=hatch, edgecolor=ax.get_facecolor(),
        )  # fmt: skip
        parts.append(bars)
        for bar, number in zip(bars, numbers, strict=True):
            if number > 0.03 * longest:
                _in_bar(ax, bar, f"{number:,}", colour)
        left = left + numbers
    for row, total in enumerate(left):
        ax.annotate(f"{total:,}", (total, row), (4, 0), textcoords="offset points", va="center", weight="bold")
    _rows(ax, [letters.text(label, NAME) for label in labels], letters)
    ax.set_xlim(0, 1.06 * longest)
    ax.locator_params(axis="x", integer=True)
    ax.set_xlabel(_besides("quotes", len(frame) - len(shown), "speaker"))
    _plain(ax, "left", "bottom")
    legend = _legend(ax, parts, [letters.text(kind, KIND) for kind in kinds], letters)
    if given is None:
        figure = _figure(ax)
        figure.set_figheight(figure.get_figheight() + legend.get_window_extent().height / figure.dpi)
    return ax


def who_mentions_whom(data: Any, *, ax: Axes | None = None, most: int = 30) -> Axes:
    """Draw how often each speaker mentions each entity: a column for each speaker, a row for each entity.

    `data` is a corpus, a document, or the tables `mentions` and `quotes` by their names. In each cell is the number of
    mentions within the speaker's quotes, and the darker it is, the more there are. Of more than `most` speakers, or
    entities, the most frequent are drawn, and it is said how many are not.

    Raises
    ------
    SidelinesError
        when matplotlib is not installed; when a table or a column is not there; when `most` is less than 1.

    >>> from matplotlib.figure import Figure
    >>> from sidelines import read
    >>> who_mentions_whom(read(), ax=Figure().subplots()).get_xlabel()
    'mentions (rows) within the quotes of each speaker (columns)'
    """
    _positive(most=most)
    frame = summaries.who_mentions_whom(data)
    shown = frame.iloc[:most, :most].T
    entities = [_name(label, NOTHING) for label in shown.index]
    speakers = [_name(label, NOBODY) for label in shown]
    letters = _lettering(*entities, *speakers)
    ax = _axes(ax, 1.5 + 0.3 * max(len(shown), 1), min(INCHES, 4.0 + 1.1 * len(speakers)))
    ax.set_title("Who mentions whom", loc="left", pad=12)
    if shown.empty:
        return _say(ax, "no mentions within quotes")
    numbers = shown.to_numpy()
    import matplotlib

    colours = matplotlib.colormaps["Blues"]
    highest = int(numbers.max())
    image = ax.imshow(numbers, cmap=colours, vmin=0, vmax=highest, aspect="auto")
    size = _size(ax, len(entities))
    for row, column in zip(*numbers.nonzero(), strict=True):
        number = int(numbers[row, column])
        ax.text(
            column, row, f"{number:,}", ha="center", va="center", size=size, color=_ink(image.cmap(number / highest))
        )
    _rows(ax, [letters.text(name, NAME) for name in entities], letters)
    upright = len(speakers) > 6
    ax.set_xticks(
        range(len(speakers)),
        [letters.text(name, NAME if upright else HEAD) for name in speakers],
        **(letters.style | ({"rotation": 90} if upright else {})),
    )
    ax.tick_params(bottom=False, labelbottom=False, labeltop=True, pad=3)
    # Lines between the cells, of which the lightest would be as the background.
    ax.set_xticks([at - 0.5 for at in range(1, len(speakers))], minor=True)
    ax.set_yticks([at - 0.5 for at in range(1, len(entities))], minor=True)
    ax.grid(which="minor", color="white", linewidth=1.5)
    ax.tick_params(which="minor", length=0)
    notes = _besides("", frame.shape[0] - len(speakers), "speaker"), _besides("", frame.shape[1] - len(shown), "entity")
    ax.set_xlabel("mentions (rows) within the quotes of each speaker (columns)" + "".join(notes))
    _plain(ax)
    return ax


def time_line(data: Any, *, ax: Axes | None = None, days: int = 366, most: int = 40) -> Axes:
    """Draw the dates of a document as bars over the calendar, around the day on which it was posted.

    `data` is a document, a corpus of one, or the table `dates`. Each row is an interval, with the words that stand for
    it in the text. The scale reaches as far as there are dates, but at most so many `days` from the posting (or, where
    it is not known, from the middle date): what lies beyond is folded, between hatched bars whose length and place say
    nothing, and it is said so; what goes on beyond the scale is cut there and has an arrow. Of more than `most`
    intervals those nearest to the posting are drawn, and it is said how many are not.

    Raises
    ------
    SidelinesError
        when matplotlib is not installed; when the table or a column is not there; when there are several documents;
        when `days` or `most` is less than 1.

    >>> from matplotlib.figure import Figure
    >>> from sidelines import read
    >>> time_line(read().document(), ax=Figure().subplots()).get_xlabel()
    'hatched: folded, not to scale'
    """
    _positive(days=days, most=most)
    frame = summaries.time_line(data)
    scale = scale_of(frame, days, most)
    labels = [_said(words, times) for words, times in zip(scale.frame["words"], scale.frame["times"], strict=True)]
    letters = _lettering(*labels)
    ax = _axes(ax, 1.6 + 0.3 * max(len(labels), 1))
    ax.set_title("Time line", loc="left", pad=20 if _posted_left(scale) else None)
    if frame.empty:
        return _say(ax, "no dates with a place in the calendar")
    _dates(ax, scale)
    _rows(ax, [letters.text(label, WORDS) for label in labels], letters)
    _folds(ax, scale)
    ax.set_xticks(*scale.ticks)
    first, last = scale.limits
    ax.set_xlim(first, last + BESIDE * (last - first))
    notes = [_besides("", len(frame) - len(labels), "interval")[2:]] if len(frame) > len(labels) else []
    if scale.before or scale.after:
        notes.append("hatched: folded, not to scale")
    ax.set_xlabel("; ".join(notes))
    _plain(ax, "bottom")
    ax.spines["bottom"].set_bounds(first, last)
    return ax


def _dates(ax: Axes, scale: Scale) -> None:
    """The bars, each with its days, and a line for the posting."""
    size = _size(ax, len(scale.bars))
    for row, (bar, begin, until, posting) in enumerate(
        zip(scale.bars, scale.frame["begin"], scale.frame["until"], scale.frame["posting"], strict=True)
    ):
        folded = bar.folded
        colour = COLOURS[1] if posting else COLOURS[0]
        ax.barh(
            row, bar.until - bar.begin, 0.62, left=bar.begin, color="none" if folded else colour, edgecolor=colour,
            hatch="/////" if folded else "", linewidth=1,
        )  # fmt: skip
        leftward = _leftward(bar, scale)
        words = interval_words(begin, until)
        if bar.cut_before or bar.cut_after:
            words = f"{'← ' if bar.cut_before else ''}{words}{' →' if bar.cut_after else ''}"
        ax.annotate(
            words, (bar.begin if leftward else bar.until, row), (-5 if leftward else 5, 0), textcoords="offset points",
            ha="right" if leftward else "left", va="center", size=size, zorder=4,
            bbox={"facecolor": ax.get_facecolor(), "edgecolor": "none", "pad": 1},
        )  # fmt: skip
    if scale.posting is not None:
        ax.axvline(scale.posting, color=COLOURS[1], linewidth=1.2, linestyle=(0, (4, 2)), zorder=0)
        ax.annotate(
            "posted", (scale.posting, 1), (0, 2), xycoords=("data", "axes fraction"), textcoords="offset points",
            ha="center", va="bottom", color=ax.xaxis.label.get_color(),
        )  # fmt: skip


def _leftward(bar: Bar, scale: Scale) -> bool:
    """Whether days to the right of their bar would stand in the line of the posting, and there is room to the left."""
    if scale.posting is None:
        return False
    first, last = scale.limits
    room = BESIDE * (last - first)
    return scale.posting - room < bar.until < scale.posting + 1 and bar.begin - first > room


def _posted_left(scale: Scale) -> bool:
    """Whether "posted" would stand where the title does, were that not put higher."""
    first, last = scale.limits
    return scale.posting is not None and scale.posting < (first + last) / 2


def _folds(ax: Axes, scale: Scale) -> None:
    """Where the scale ends and what is folded begins: a shaded strip, and a break in the axis."""
    first, last = scale.limits
    for there, edge, outer, words in (
        (scale.before, scale.first, first, "earlier"),
        (scale.after, scale.last, last, "later"),
    ):
        if there:
            ax.axvspan(*sorted((edge, outer)), color=SHADE, alpha=0.12, linewidth=0, zorder=-1)
            ax.annotate(
                words, ((edge + outer) / 2, 0), (0, -4), xycoords=("data", "axes fraction"),
                textcoords="offset points", ha="center", va="top", style="italic",
            )  # fmt: skip
            ax.plot(
                [edge], [0], transform=ax.get_xaxis_transform(), clip_on=False, linestyle="none", zorder=5,
                marker=[(-0.5, -1), (0.5, 1)], markersize=10, color=ax.xaxis.label.get_color(),
            )  # fmt: skip


# -- options -----------------------------------------------------------------------------------------------------------


def _positive(**options: int) -> None:
    for name, value in options.items():
        if not isinstance(value, Integral) or value < 1:
            raise SidelinesError(f"{name}: expected an integer of 1 or more, found {value!r}")


# -- Axes --------------------------------------------------------------------------------------------------------------


def _lettering(*strings: str) -> Lettering:
    """How these are written; the first that needs matplotlib."""
    try:
        return Lettering(strings)
    except ImportError as error:
        raise SidelinesError(f"matplotlib is not installed ({error.name}): pip install 'sidelines[plot]'") from error


def _axes(ax: Axes | None, height: float, width: float = INCHES) -> Axes:
    """The axes that are given, or those of a new figure of pyplot, which notebooks show."""
    if ax is not None:
        return ax
    from matplotlib import pyplot

    return pyplot.subplots(figsize=(width, height), layout="constrained")[1]


def _figure(ax: Axes) -> Figure:
    figure = ax.get_figure(root=True)
    assert figure is not None, "these axes have been taken out of their figure"
    return figure


def _say(ax: Axes, words: str) -> Axes:
    """Axes with nothing but words."""
    ax.text(0.5, 0.5, words, transform=ax.transAxes, ha="center", va="center", style="italic")
    ax.set(xticks=[], yticks=[])
    return ax


def _rows(ax: Axes, labels: Sequence[str], letters: Lettering) -> None:
    """A label for each row, the first at the top, in letters that fit the rows."""
    ax.set_yticks(
        range(len(labels)),
        labels,
        **(letters.style | {"size": _size(ax, len(labels))}),
    )
    ax.set_ylim(len(labels) - 0.5, -0.5)
    ax.tick_params(axis="y", length=0)


def _legend(ax: Axes, parts: Sequence[Any], kinds: Sequence[str], letters: Lettering) -> Legend:
    """What the bars are, below the axes, in as many columns as have room there beside the labels of the rows.

    The bars are handed over: of those found by `label`, such as that begin with "_" would be left out.
    """
    from matplotlib.transforms import ScaledTranslation

    # Between axes and legend are two lines, numbers and their name; fonts are measured in points.
    letter = float(ax.xaxis.label.get_fontsize())
    below = ax.transAxes + ScaledTranslation(0, -3.6 * letter / 72, _figure(ax).dpi_scale_trans)
    room = ax.get_window_extent().width - max(text.get_window_extent().width for text in ax.get_yticklabels())
    for columns in range(min(len(kinds), COLUMNS), 0, -1):
        legend = ax.legend(
            parts, kinds, loc="upper left", bbox_to_anchor=(0, 0), bbox_transform=below, ncols=columns,
            frameon=False, borderpad=0, borderaxespad=0, handlelength=1.6,
        )  # fmt: skip
        for text in legend.get_texts():
            text.set(**letters.style)
        if legend.get_window_extent().width <= room:
            break
    return legend


def _size(ax: Axes, rows: int) -> float:
    """Points of letters of which so many rows have room above each other."""
    room = ax.get_window_extent().height / ax.figure.dpi * 72 / rows
    return min(10.0, max(4.0, 0.8 * room))


def _plain(ax: Axes, *kept: str) -> None:
    for side, spine in ax.spines.items():
        spine.set_visible(side in kept)


def _in_bar(ax: Axes, bar: Any, words: str, colour: str) -> None:
    """Words in the middle of a bar, on a patch that keeps its hatching away from them."""
    middle = bar.get_x() + bar.get_width() / 2, bar.get_y() + bar.get_height() / 2
    patch = {"facecolor": colour, "edgecolor": "none", "pad": 1.5}
    ax.text(*middle, words, ha="center", va="center", color=_ink(colour), bbox=patch)


def _ink(colour: Any) -> str:
    """Black or white, whichever stands out more from a colour (WCAG 2.2, relative luminance); always 4.5 to 1."""
    from matplotlib.colors import to_rgb

    red, green, blue = (v / 12.92 if v <= 0.04045 else ((v + 0.055) / 1.055) ** 2.4 for v in to_rgb(colour))
    luminance = 0.2126 * red + 0.7152 * green + 0.0722 * blue
    return "black" if (luminance + 0.05) / 0.05 > 1.05 / (luminance + 0.05) else "white"


# -- words -------------------------------------------------------------------------------------------------------------


def _name(label: Any, missing: str) -> str:
    """A name that is shown; pandas has None or NaN where there is none."""
    return label if isinstance(label, str) else missing


def _said(words: Sequence[str], times: Sequence[int]) -> str:
    """What stands in the text, in quotation marks, with how often it does."""
    each = (f"“{word}”" + (f" ×{number}" if number > 1 else "") for word, number in zip(words, times, strict=True))
    return ", ".join(each)


def _besides(words: str, more: int, what: str) -> str:
    """The words, and of how many nothing is drawn."""
    if more <= 0:
        return words
    named = "entities" if what == "entity" and more > 1 else None
    return f"{words}; not drawn: " + (f"{more:,} {named}" if named else count(more, what))
