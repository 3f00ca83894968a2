"""The scale of a time line: days to scale around a posting, and beside it, folded, what is far from it.

Positions are days since 1970-01-01; those of folded intervals lie beyond the ends of the scale, each in a place of its
own, in their order.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Bar", "Scale", "interval_words", "scale_of"]

MONTHS: Final = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
EPOCH: Final = date(1970, 1, 1)
STRIP, PLACE, WIDEST = 0.05, 0.07, 0.25  # what is folded on a side takes so much of the scale, and for each so much
TICKS = 9
STEPS: Final = (1, 2, 3, 6, *(12 * years for years in (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000)))


class Bar(NamedTuple):
    """Where an interval is drawn, and whether that is to scale; it may be cut at an end of the scale."""

    begin: float
    until: float
    folded: bool = False
    cut_before: bool = False
    cut_after: bool = False


@dataclass(frozen=True, slots=True)
class Scale:
    """The intervals that are drawn, as `frame` has them, and the place of each in `bars`.

    `first` and `last` are the ends of what is to scale, `posting` the middle of its day; how many are folded on a side
    is in `before` and `after`. All positions are days since 1970-01-01.
    """

    frame: pd.DataFrame
    bars: Sequence[Bar]
    first: float
    last: float
    posting: float | None
    before: int
    after: int

    @property
    def limits(self) -> tuple[float, float]:
        """The ends of what is drawn, with what is folded."""
        length = self.last - self.first
        return self.first - _strip(self.before, length), self.last + _strip(self.after, length)

    @property
    def ticks(self) -> tuple[list[float], list[str]]:
        """Where on the scale days, months or years begin, and what they are called."""
        places = [_day(place) for place in _places(self.first, self.last)]
        monthly = all(place.day == 1 for place in places) and self.last - self.first > 45
        yearly = monthly and all(place.month == 1 for place in places)
        words = []
        year = month = 0
        for place in places:
            day = "" if monthly else f"{place.day} "
            name = MONTHS[place.month - 1] if monthly or place.month != month or place.year != year else ""
            below = f"\n{place.year}" if place.year != year else ""
            words.append(str(place.year) if yearly else f"{day}{name}".rstrip() + below)
            year, month = place.year, place.month
        return [float((place - EPOCH).days) for place in places], words


def scale_of(frame: pd.DataFrame, days: int, most: int) -> Scale:
    """The scale for the intervals of a frame as `summaries.time_line` has it.

    At most `days` on either side of the posting are to scale, and at most `most` intervals drawn, those nearest to it.
    Where no posting is known, the interval in the middle stands for it.
    """
    begins, untils = (
        [int(day) for day in frame[label].to_numpy("datetime64[D]").astype("int64")] for label in ("begin", "until")
    )
    posted = [at for at, posting in enumerate(frame["posting"]) if posting]
    if not begins:
        return Scale(frame, (), 0.0, 1.0, None, 0, 0)
    posting = begins[posted[0]] if posted else None
    centre = begins[(len(begins) - 1) // 2] if posting is None else posting
    far = [max(begin - centre, centre + 1 - until, 0) for begin, until in zip(begins, untils, strict=True)]
    kept = sorted(sorted(range(len(far)), key=far.__getitem__)[:most])
    lowest, highest = centre - days, centre + 1 + days
    inside = [at for at in kept if untils[at] > lowest and begins[at] < highest]
    first = max(min(begins[at] for at in inside), lowest)
    last = min(max(untils[at] for at in inside), highest)
    margin = max((last - first) * 0.03, 0.5)
    first_shown, last_shown = first - margin, last + margin
    before = [at for at in kept if untils[at] <= lowest]
    after = [at for at in kept if begins[at] >= highest]
    length = last_shown - first_shown
    folded = {at: (first_shown - _strip(len(before), length), _strip(len(before), length)) for at in before}
    folded |= {at: (last_shown, _strip(len(after), length)) for at in after}
    bars = []
    for at in kept:
        if at in folded:
            side = before if untils[at] <= lowest else after
            start, strip = folded[at]
            width = strip / len(side)
            place = start + side.index(at) * width
            bars.append(Bar(place + 0.15 * width, place + 0.85 * width, True))
        else:
            begin, until = max(begins[at], lowest), min(untils[at], highest)
            bars.append(Bar(begin, until, False, begins[at] < lowest, untils[at] > highest))
    middle = None if posting is None else posting + 0.5
    return Scale(frame.iloc[kept], bars, first_shown, last_shown, middle, len(before), len(after))


def _strip(number: int, length: float) -> float:
    """How wide what is folded on a side is drawn."""
    return length * min(STRIP + PLACE * number, WIDEST) if number else 0.0


def _day(position: int) -> date:
    return EPOCH + timedelta(position)


def _places(first: float, last: float) -> list[int]:
    """The first days of years, months or weeks, or single days, on a scale: the finest of which there are few."""
    low, high = _day(max(int(first) + 1, (date.min - EPOCH).days)), _day(min(int(last), (date.max - EPOCH).days))
    for step in (1, 2, 7):
        if (high - low).days // step < TICKS and (high - low).days <= 45:
            return [(low + timedelta(at) - EPOCH).days for at in range(0, (high - low).days + 1, step)]
    return next(
        [(month - EPOCH).days for month in months]
        for step in STEPS
        if len(months := list(_months(low, high, step))) <= TICKS
    )


def _months(low: date, high: date, step: int) -> Iterator[date]:
    """The first days of each so manieth month, counted from the year 0, between two days."""
    first = low.year * 12 + low.month - (low.day == 1)
    for number in range(max(-(-first // step) * step, 12), high.year * 12 + high.month, step):
        yield date(number // 12, number % 12 + 1, 1)


def interval_words(begin: pd.Timestamp, until: pd.Timestamp) -> str:
    """The days of a half-open interval in words, as short as they can be told.

    >>> import pandas as pd
    >>> interval_words(pd.Timestamp("2018-11-01"), pd.Timestamp("2018-12-01"))
    'Nov 2018'
    >>> interval_words(pd.Timestamp("2018-10-22"), pd.Timestamp("2018-10-29"))
    '22–28 Oct 2018'
    """
    first, after = begin.date(), until.date()
    last = after - timedelta(1)
    here, there = f"{MONTHS[first.month - 1]} {first.year}", f"{MONTHS[last.month - 1]} {last.year}"
    if first.day == 1 and after.day == 1:
        if first.month == 1 and after.month == 1:
            return str(first.year) if first.year == last.year else f"{first.year}–{last.year}"
        return here if here == there else f"{here if first.year != last.year else here[:3]} – {there}"
    if first == last:
        return f"{first.day} {here}"
    if here == there:
        return f"{first.day}–{last.day} {here}"
    return f"{first.day} {here if first.year != last.year else here[:3]} – {last.day} {there}"
