"""What a TIMEX3 `value` means: its kind, its place in the calendar, and the words that cannot be true of it.

TimeML 1.2.1 writes values as ISO 8601 does and adds what newspapers need: parts of the day and of the year, weekends,
decades, centuries, `X` for what is not known, and references to past, present and future.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import MAXYEAR, date, timedelta
from functools import lru_cache
from typing import Final, Literal, get_args

__all__ = ["KINDS", "Kind", "Value", "contradiction", "facts", "fits", "named", "parse"]

Kind = Literal[
    "century",
    "decade",
    "year",
    "half",
    "quarter",
    "season",
    "month",
    "week",
    "weekend",
    "day",
    "time",
    "duration",
    "reference",
]
KINDS: Final[tuple[Kind, ...]] = get_args(Kind)


@dataclass(frozen=True, slots=True)
class Value:
    """What a TIMEX3 value says about the calendar.

    `kind` is its finest part, known or not: `XXXX-10` is a "month", `XXXX-WXX-3` a "day", `T14:00` a "time". A "season"
    has no months, because neither ISO 8601 nor TimeML says in which ones it falls; a "reference" is `PAST_REF`,
    `PRESENT_REF` or `FUTURE_REF`.

    `begin` is the first day of its calendar interval and `until` the day after its last. Both are None where a part is
    unknown, where there is no interval (seasons, durations, references), and where `datetime.date` cannot hold both.

    `months` are the months (1 to 12) that it touches; empty where they are unknown or would be all. `weekday` is that
    of a day, or of the day of a time, from 1 for Monday to 7 for Sunday. Both are known for some values that have no
    interval.

    >>> Value("day", months=(10,), weekday=3)
    Value(kind='day', begin=None, until=None, months=(10,), weekday=3)
    """

    kind: Kind
    begin: date | None = None
    until: date | None = None
    months: tuple[int, ...] = ()
    weekday: int | None = None


_DATES: Final = frozenset({"century", "decade", "year", "half", "quarter", "season", "month", "week", "weekend", "day"})
_KINDS: Final[dict[str, frozenset[str]]] = {
    "DATE": _DATES | {"reference"},
    "TIME": frozenset({"time", "reference"}),
    "DURATION": frozenset({"duration"}),
    "SET": _DATES | {"time", "duration"},
}

_REFERENCES: Final = frozenset({"PAST_REF", "PRESENT_REF", "FUTURE_REF"})

_NUMBER: Final = r"(?:[0-9]+(?:[.,][0-9]+)?|X)"

# The lookaheads ask for a component after P and after T. No repetition stands inside another: matching is linear.
_DURATION: Final = re.compile(
    "P(?=[0-9XT])"
    + "".join(f"(?:{_NUMBER}{unit})?" for unit in ("CE", "DE", "Y", "Q", "M", "W", "WE", "D"))
    + "(?:T(?=[0-9X])"
    + "".join(f"(?:{_NUMBER}{unit})?" for unit in "HMS")
    + ")?"
)

_CLOCK: Final = re.compile(
    r"""
    MO | MI | AF | EV | NI | DT                                # morning, midday, afternoon, evening, night, daytime
    | (?: (?:[01][0-9]|2[0-3]|XX)
          (?: :(?:[0-5][0-9]|XX)
              (?: :(?:[0-5][0-9]|60|XX) (?:[.,][0-9]+)? )? )?  # 60: a leap second
        | 24 (?: :00 (?: :00 (?:[.,]0+)? )? )?                 # the end of the day
      )
      (?: Z | [+-] (?:[01][0-9]|2[0-3]) (?: :[0-5][0-9] )? )?
    """,
    re.VERBOSE,
)

# Every form ends in a group of its own; `_FORMS` is keyed by it.
_CALENDAR: Final = re.compile(
    r"""
    (?: BC )?
    (?: (?P<century>[0-9X]{2})
      | (?P<decade>[0-9X]{3})
      | (?P<year>[0-9X]{4})
        (?: -(?P<month>0[1-9]|1[0-2]|XX) (?: -(?P<day>0[1-9]|[12][0-9]|3[01]|XX) )?
          | -W(?P<week>0[1-9]|[1-4][0-9]|5[0-3]|XX) (?: -(?P<weekday>[1-7X]) | -(?P<weekend>WE) )?
          | -Q(?P<quarter>[1-4X])
          | -H(?P<half>[12X])
          | -(?P<season>SP|SU|FA|WI)
        )?
    )
    """,
    re.VERBOSE,
)


@lru_cache(maxsize=2**14)
def parse(value: str) -> Value | None:
    """Read a TIMEX3 value; None when it is none.

    In: the value as annotated, without white space around it; digits are ASCII digits. Out:

    | form | kind | interval |
    | --- | --- | --- |
    | `19`, `198` | century, decade | the years that begin with these digits: 1900 to 1999, 1980 to 1989 |
    | `2018`, `2018-10`, `2018-10-24` | year, month, day | |
    | `2018-H1`, `2018-Q4` | half, quarter | |
    | `2018-SP`, `-SU`, `-FA`, `-WI` | season | none: the standards do not say in which months seasons fall |
    | `2018-W43`, `2018-W43-3` | week, day | weeks begin on Monday; week 53 only in years that have it |
    | `2018-W43-WE` | weekend | Saturday and Sunday |
    | `2018-10-24T14:00`, `T14:00`, `2018-W43-3TMO` | time | the day named before the `T` |
    | `P2D`, `P0.5Y`, `PXM`, `P1DE`, `PT1H30M` | duration | none |
    | `PAST_REF`, `PRESENT_REF`, `FUTURE_REF` | reference | none |

    A time is HH, HH:MM or HH:MM:SS with an optional fraction and `Z` or offset, or MO, MI, AF, EV, NI or DT. A duration
    is counted in CE (centuries), DE (decades), Y, Q (quarters), M, W, WE (weekends) and D, and after `T` in H, M and S.

    `X` stands for an unknown part (`XXXX-10`, `XXXX-WXX-3`, `2018-XX`, `2018-QX`, `199X`, `TXX:30`): such a date has no
    interval. Neither have years before Christ (`BC0346`), the year 0000, and what reaches past 9999-12-30, because
    `datetime.date` does not hold the days.

    Definition: TimeML 1.2.1, TIMEX3, `value` (Duration, Date, Time, WeekDate, WeekTime, Season, PartOfYear, PaPrFu);
    ISO 8601 for dates, weeks, times and durations. Durations in quarters and weekends are usage (TimeBank, HeidelTime).

    >>> parse("198")
    Value(kind='decade', begin=datetime.date(1980, 1, 1), until=datetime.date(1990, 1, 1), months=(), weekday=None)
    >>> parse("XXXX-WXX-3")
    Value(kind='day', begin=None, until=None, months=(), weekday=3)
    >>> parse("2018-02-30") is None
    True
    """
    if value in _REFERENCES:
        return Value("reference")
    if _DURATION.fullmatch(value):
        return Value("duration")
    before, t, clock = value.partition("T")
    if not t:
        return _calendar(before)
    day = _calendar(before) if before else Value("day")
    if day is None or day.kind != "day" or not _CLOCK.fullmatch(clock):
        return None
    elsewhere = clock.startswith("24") or clock[-1] == "Z" or "+" in clock or "-" in clock
    return replace(day, kind="time", weekday=None if elsewhere else day.weekday)


def fits(value: Value, type: str) -> bool:
    """Tell whether a value may stand with a TIMEX3 type: "DATE", "TIME", "DURATION" or "SET"; others take none.

    Definition: TimeML 1.2.1, annotation guidelines, TIMEX3, `type`.

    - A DATE describes a calendar time, from a day to a century, so neither a clock time nor a length; `PAST_REF` and
      its like are calendar times left vague ("recently").
    - A TIME is a time of the day, however indefinite ("late last night"), so its value has a `T`, or is a reference
      ("right now").
    - A DURATION measures and does not locate, so its value has a `P`.
    - A SET recurs. Its value is what recurs, a date or time with unknown parts ("every Wednesday": `XXXX-WXX-3`), or
      the length in which it does ("twice a week": `P1W`). A reference says neither.

    >>> wednesdays = Value("day", weekday=3)
    >>> fits(wednesdays, "SET"), fits(wednesdays, "DATE"), fits(wednesdays, "DURATION")
    (True, True, False)
    """
    return value.kind in _KINDS.get(type, ())


@lru_cache(maxsize=2**16)
def facts(value: str) -> tuple[int, int, int, int, int]:
    """What rules and columns ask of a TIMEX3 value, in numbers: kind, begin, until, weekdays and months.

    The kind is its place among `KINDS`, from 1 on; begin and until are ordinals of `datetime.date`. 0 stands for what
    there is not: no value at all, or no interval. The weekdays and months are those that can be true of it, as bits
    (bit 1 is Monday, or January); 0 where all can.

    >>> facts("2018-10-24"), facts("soon")
    ((10, 736991, 736992, 8, 1024), (0, 0, 0, 0, 0))
    """
    meaning = parse(value)
    if meaning is None:
        return 0, 0, 0, 0, 0
    begin, until = (0 if day is None else day.toordinal() for day in (meaning.begin, meaning.until))
    weekdays = 1 << meaning.weekday if meaning.weekday else 0
    return KINDS.index(meaning.kind) + 1, begin, until, weekdays, sum(1 << month for month in meaning.months)


@lru_cache(maxsize=2**16)
def named(surface: str) -> tuple[int, int]:
    """The weekdays and months that an English surface names, each as bits (bit 1 is Monday, or January); 0 for none.

    What `contradiction` judges: nothing is named where a word such as "after" stands.

    >>> named("Monday, 1 May"), named("the day after Monday")
    ((2, 32), (0, 0))
    """
    words = _WORD.findall(surface)
    if not _RELATIVE.isdisjoint(map(str.lower, words)):
        return 0, 0
    weekdays = months = 0
    for word in words:
        weekdays |= 1 << _WEEKDAY_WORDS[word] if word in _WEEKDAY_WORDS else 0
        months |= 1 << _MONTH_WORDS[word] if word in _MONTH_WORDS else 0
    return weekdays, months


def contradiction(surface: str, value: Value) -> str | None:
    """Name the weekdays or months of an English surface that cannot be true of a value; None when nothing contradicts.

    In: the text of the annotated span, and its parsed value. Out: a phrase for a message.

    Weekdays are held against days and times, with a known date or not (`XXXX-WXX-3`); months also against months,
    quarters, halves, weeks and weekends, of which they must lie wholly outside. Of several weekdays, or several months,
    one that can be true is enough ("Tuesday or Wednesday", "May to June").

    Nothing is judged where a word such as "after" or "before" says that the name is not that of the day meant ("the day
    after Tuesday"), nor the weekday of a time with a zone or of 24:00, whose day depends on where it is read.

    Names and their usual abbreviations count when capitalised or in capitals; in lower case only full names do, and of
    these not "may", "march" and "august", which are other words.

    >>> contradiction("last Tuesday", Value("day", weekday=3))
    "'Tuesday', but the value is a Wednesday"
    >>> contradiction("Nov. 24", Value("day", date(2018, 10, 24), date(2018, 10, 25), months=(10,), weekday=3))
    "'Nov', but 2018-10-24 is in October"
    """
    words = _WORD.findall(surface)
    if not _RELATIVE.isdisjoint(map(str.lower, words)):
        return None
    # A day can be named by its date; a longer interval cannot, and a value does not keep how it was written.
    subject = value.begin.isoformat() if value.weekday and value.begin else "the value"
    phrases = []
    if value.weekday and (untrue := _untrue(words, _WEEKDAY_WORDS, [value.weekday])):
        phrases.append(f"{untrue}, but {subject} is a {_WEEKDAY_NAMES[value.weekday - 1]}")
    if value.months and (untrue := _untrue(words, _MONTH_WORDS, value.months)):
        months = _any_of([_MONTH_NAMES[month - 1] for month in value.months])
        phrases.append(f"{untrue}, but {subject} is in {months}")
    return "; ".join(phrases) or None


def _calendar(value: str) -> Value | None:
    match = _CALENDAR.fullmatch(value)
    return _FORMS[str(match.lastgroup)](match) if match else None


def _number(part: str) -> int | None:
    return int(part) if part.isdigit() else None


def _year(match: re.Match[str], form: str = "year") -> int | None:
    return None if match[0].startswith("BC") else _number(match[form])


def _model(year: int) -> int:
    # The Gregorian calendar repeats, weekdays included, every 400 years. A year from the middle of what `date` holds
    # therefore answers for any year, also for 0000 and for the last days of 9999.
    return year % 400 + 400


def _placed(kind: Kind, year: int, begin: date, days: int, months: Iterable[int]) -> Value:
    """Move an interval from the model of a year to the year itself, as far as `date` reaches."""
    first = begin.toordinal() + (year - _model(year)) // 400 * 146_097
    if first < date.min.toordinal() or first + days > date.max.toordinal():
        return Value(kind, months=tuple(months))
    return Value(kind, date.fromordinal(first), date.fromordinal(first + days), tuple(months))


def _years(match: re.Match[str], kind: Literal["century", "decade"], count: int) -> Value:
    number = _year(match, kind)
    # Number 0 would begin with the year 0000.
    if not number or (number + 1) * count > MAXYEAR:
        return Value(kind)
    return Value(kind, date(number * count, 1, 1), date((number + 1) * count, 1, 1))


def _months(match: re.Match[str], kind: Literal["year", "half", "quarter", "month"], count: int) -> Value:
    """The year, or the half, quarter or month of it that has this number; each is `count` months long."""
    number = 1 if kind == "year" else _number(match[kind])
    if number is None:
        return Value(kind)
    year, last = _year(match), number * count
    months = () if kind == "year" else tuple(range(last - count + 1, last + 1))
    if year is None:
        return Value(kind, months=months)
    begin = date(_model(year), last - count + 1, 1)
    until = date(_model(year) + last // 12, last % 12 + 1, 1)
    return _placed(kind, year, begin, (until - begin).days, months)


def _day(match: re.Match[str]) -> Value | None:
    year, month, day = _year(match), _number(match["month"]), _number(match["day"])
    if month is None or day is None:
        return Value("day", months=(month,) if month else ())
    try:
        # Year 0 stands in for an unknown one because it is a leap year: some year has a 29 February.
        begin = date(_model(year or 0), month, day)
    except ValueError:
        return None
    if year is None:
        return Value("day", months=(month,))
    return replace(_placed("day", year, begin, 1, (month,)), weekday=begin.isoweekday())


def _week(match: re.Match[str], kind: Literal["week", "weekend", "day"], days: int, skip: int = 0) -> Value | None:
    """The week, or the part of it that begins `skip` days after its Monday; `days` days long."""
    year, week = _year(match), _number(match["week"])
    if year is None or week is None:
        return Value(kind)
    try:
        begin = date.fromisocalendar(_model(year), week, 1) + timedelta(skip)
    except ValueError:
        return None
    return _placed(kind, year, begin, days, dict.fromkeys((begin.month, (begin + timedelta(days - 1)).month)))


def _weekday(match: re.Match[str]) -> Value | None:
    number = _number(match["weekday"])
    if number is None:
        week = _week(match, "week", 7)
        return week and Value("day", months=week.months)
    day = _week(match, "day", 1, skip=number - 1)
    return day and replace(day, weekday=number)


_FORMS: Final[dict[str, Callable[[re.Match[str]], Value | None]]] = {
    "century": lambda match: _years(match, "century", 100),
    "decade": lambda match: _years(match, "decade", 10),
    "year": lambda match: _months(match, "year", 12),
    "half": lambda match: _months(match, "half", 6),
    "quarter": lambda match: _months(match, "quarter", 3),
    "season": lambda _: Value("season"),
    "month": lambda match: _months(match, "month", 1),
    "week": lambda match: _week(match, "week", 7),
    "weekend": lambda match: _week(match, "weekend", 2, skip=5),
    "weekday": _weekday,
    "day": _day,
}

# Letters alone, so that "24Oct2018", "mid-October" and "Sunday's" hold their names as words.
_WORD: Final = re.compile(r"[^\W\d_]+")

_RELATIVE: Final = frozenset({"after", "before", "eve", "following", "from", "preceding", "prior", "since", "until"})

_WEEKDAY_NAMES: Final = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MONTH_NAMES: Final = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)


def _spellings(names: Sequence[str], longer: Iterable[str], plural: str = "") -> dict[str, int]:
    """Every word that counts as one of the names, with the name's number from 1."""
    numbers = {name[:3]: number for number, name in enumerate(names, 1)}
    full = {*names, *(name + plural for name in names)}
    capitalised = {*numbers, *longer, *full}
    lower = {name.lower() for name in full} - {"march", "may", "august"}
    return {word: numbers[word[:3].title()] for word in {*capitalised, *map(str.upper, capitalised), *lower}}


_WEEKDAY_WORDS: Final = _spellings(_WEEKDAY_NAMES, ["Tues", "Thur", "Thurs"], plural="s")
_MONTH_WORDS: Final = _spellings(_MONTH_NAMES, ["Sept"])


def _untrue(words: Iterable[str], names: dict[str, int], true: Collection[int]) -> str:
    """Quote the words that are names, if there are any and none of them is true; else nothing."""
    found = {f"'{word}'": names[word] for word in words if word in names}
    return "" if not found or set(found.values()) & set(true) else _any_of([*found])


def _any_of(words: Sequence[str]) -> str:
    *others, last = words
    return f"{', '.join(others)} or {last}" if others else last
