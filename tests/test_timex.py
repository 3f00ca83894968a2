"""What TIMEX3 values mean, with which types they stand, and which words contradict them."""

from __future__ import annotations

import calendar
import dataclasses
import typing
from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from sidelines.timex import Kind, Value, contradiction, fits, parse

KINDS = typing.get_args(Kind)
DAY = timedelta(1)

WEEKDAYS = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]
MONTHS = [
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
]

# Days that have a day after them, which `until` needs.
days = st.dates(max_value=date(9999, 12, 30))
years = st.integers(1, 9998)
# Text that is often close to a value, or one.
near_values = st.text("0123456789X-WQHSPUFAITMONEVDBCY:.,+ZR_ \n\u0663", max_size=20) | st.from_regex(
    r"((BC)?[0-9X]{2,4})(-[0-9X]{2}(-[0-9X]{2})?|-W[0-9X]{2}(-[0-9X]|-WE)?|-[QH][0-9X]|-(SP|SU|FA|WI))?"
    r"(T([0-9X]{2}(:[0-9X]{2})?|TMO|MO))?|P[0-9X](CE|DE|Y|M|WE|W|D)|(PAST|PRESENT|FUTURE)_REF",
    fullmatch=True,
)


def known(value: str) -> Value:
    """Parse what a test takes for a value."""
    parsed = parse(value)
    assert parsed is not None, value
    return parsed


class TestParse:
    """`parse`: the kind and the interval of a value."""

    @pytest.mark.parametrize(
        ("value", "kind", "begin", "until"),
        [
            ("19", "century", date(1900, 1, 1), date(2000, 1, 1)),
            ("01", "century", date(100, 1, 1), date(200, 1, 1)),
            ("98", "century", date(9800, 1, 1), date(9900, 1, 1)),
            ("198", "decade", date(1980, 1, 1), date(1990, 1, 1)),
            ("001", "decade", date(10, 1, 1), date(20, 1, 1)),
            ("998", "decade", date(9980, 1, 1), date(9990, 1, 1)),
            ("2018", "year", date(2018, 1, 1), date(2019, 1, 1)),
            ("0001", "year", date(1, 1, 1), date(2, 1, 1)),
            ("9998", "year", date(9998, 1, 1), date(9999, 1, 1)),
            ("2018-H1", "half", date(2018, 1, 1), date(2018, 7, 1)),
            ("2018-H2", "half", date(2018, 7, 1), date(2019, 1, 1)),
            ("2018-Q1", "quarter", date(2018, 1, 1), date(2018, 4, 1)),
            ("2018-Q2", "quarter", date(2018, 4, 1), date(2018, 7, 1)),
            ("2018-Q3", "quarter", date(2018, 7, 1), date(2018, 10, 1)),
            ("2018-Q4", "quarter", date(2018, 10, 1), date(2019, 1, 1)),
            ("2018-01", "month", date(2018, 1, 1), date(2018, 2, 1)),
            ("2018-02", "month", date(2018, 2, 1), date(2018, 3, 1)),
            ("2018-12", "month", date(2018, 12, 1), date(2019, 1, 1)),
            ("9999-11", "month", date(9999, 11, 1), date(9999, 12, 1)),
            ("2018-W42", "week", date(2018, 10, 15), date(2018, 10, 22)),
            ("2018-W43", "week", date(2018, 10, 22), date(2018, 10, 29)),
            ("2015-W01", "week", date(2014, 12, 29), date(2015, 1, 5)),
            ("2021-W01", "week", date(2021, 1, 4), date(2021, 1, 11)),
            ("2020-W53", "week", date(2020, 12, 28), date(2021, 1, 4)),
            ("0001-W01", "week", date(1, 1, 1), date(1, 1, 8)),
            ("9999-W51", "week", date(9999, 12, 20), date(9999, 12, 27)),
            ("2018-W42-WE", "weekend", date(2018, 10, 20), date(2018, 10, 22)),
            ("2020-W53-WE", "weekend", date(2021, 1, 2), date(2021, 1, 4)),
            ("2018-W43-1", "day", date(2018, 10, 22), date(2018, 10, 23)),
            ("2018-W43-3", "day", date(2018, 10, 24), date(2018, 10, 25)),
            ("2018-W43-7", "day", date(2018, 10, 28), date(2018, 10, 29)),
            ("9999-W52-4", "day", date(9999, 12, 30), date(9999, 12, 31)),
            ("2018-10-24", "day", date(2018, 10, 24), date(2018, 10, 25)),
            ("2018-12-31", "day", date(2018, 12, 31), date(2019, 1, 1)),
            ("2000-02-29", "day", date(2000, 2, 29), date(2000, 3, 1)),
            ("0001-01-01", "day", date(1, 1, 1), date(1, 1, 2)),
            ("9999-12-30", "day", date(9999, 12, 30), date(9999, 12, 31)),
            ("2018-10-24T14:00", "time", date(2018, 10, 24), date(2018, 10, 25)),
            ("2018-10-24T24:00", "time", date(2018, 10, 24), date(2018, 10, 25)),
            ("2018-10-24TNI", "time", date(2018, 10, 24), date(2018, 10, 25)),
            ("2018-W43-3TMO", "time", date(2018, 10, 24), date(2018, 10, 25)),
            ("2018-10-24T09:30:15.25+02:00", "time", date(2018, 10, 24), date(2018, 10, 25)),
        ],
    )
    def test_interval(self, value: str, kind: str, begin: date, until: date) -> None:
        """A complete calendar value begins on its first day and lasts until the day after its last."""
        parsed = known(value)
        assert (parsed.kind, parsed.begin, parsed.until) == (kind, begin, until)

    @pytest.mark.parametrize(
        ("value", "kind"),
        [
            ("XX", "century"),
            ("1X", "century"),
            ("19X", "decade"),
            ("XX9", "decade"),
            ("199X", "year"),
            ("19XX", "year"),
            ("XXXX", "year"),
            ("2018-HX", "half"),
            ("XXXX-H2", "half"),
            ("2018-QX", "quarter"),
            ("XXXX-Q3", "quarter"),
            ("2018-XX", "month"),
            ("XXXX-10", "month"),
            ("XXXX-XX", "month"),
            ("2018-WXX", "week"),
            ("XXXX-WXX", "week"),
            ("XXXX-W53", "week"),
            ("XXXX-WXX-WE", "weekend"),
            ("2018-WXX-WE", "weekend"),
            ("XXXX-WXX-3", "day"),
            ("2018-WXX-3", "day"),
            ("2018-W43-X", "day"),
            ("XXXX-10-24", "day"),
            ("XXXX-02-29", "day"),
            ("XXXX-XX-24", "day"),
            ("2018-XX-24", "day"),
            ("2018-10-XX", "day"),
            ("XXXX-XX-XX", "day"),
            ("XXXX-WXX-3T09:00", "time"),
            ("XXXX-XX-XXTMO", "time"),
            ("2018-10-XXT09:00", "time"),
        ],
    )
    def test_placeholder(self, value: str, kind: str) -> None:
        """A value with an unknown part is of the kind of its finest part, and has no interval."""
        parsed = known(value)
        assert (parsed.kind, parsed.begin, parsed.until) == (kind, None, None)

    @pytest.mark.parametrize(
        ("value", "kind"),
        [
            ("2018-SP", "season"),
            ("2018-SU", "season"),
            ("2018-FA", "season"),
            ("2018-WI", "season"),
            ("XXXX-SU", "season"),
            ("BC0346", "year"),
            ("BC034", "decade"),
            ("BC03", "century"),
            ("BC0044-03", "month"),
            ("BC0044-03-15", "day"),
            ("BC0001-02-29", "day"),
            ("00", "century"),
            ("99", "century"),
            ("000", "decade"),
            ("999", "decade"),
            ("0000", "year"),
            ("9999", "year"),
            ("0000-02-29", "day"),
            ("9999-12-31", "day"),
            ("9999-12", "month"),
            ("9999-Q4", "quarter"),
            ("9999-H2", "half"),
            ("0000-W52", "week"),
            ("9999-W52", "week"),
            ("9999-W52-WE", "weekend"),
            ("9999-W52-5", "day"),
            ("9999-W52-7", "day"),
            ("9999-12-31T12:00", "time"),
            ("PAST_REF", "reference"),
            ("PRESENT_REF", "reference"),
            ("FUTURE_REF", "reference"),
        ],
    )
    def test_no_interval(self, value: str, kind: str) -> None:
        """Seasons, references, years before Christ and what `date` cannot hold are values without an interval."""
        parsed = known(value)
        assert (parsed.kind, parsed.begin, parsed.until) == (kind, None, None)

    @pytest.mark.parametrize(
        "clock",
        [
            *("00", "14", "23", "24", "XX", "14:00", "14:59", "24:00", "XX:30", "14:XX", "XX:XX", "14:00:59"),
            *("14:00:XX", "24:00:00", "24:00:00.0", "23:59:60", "14:00:00.5", "14:00:00,125", "14Z"),
            *("14:00Z", "14:00:00Z", "14:00+01:00", "14:00-05:30", "14:00+01", "24:00Z", "01:58:00.75-05:00"),
            *("MO", "MI", "AF", "EV", "NI", "DT"),
        ],
    )
    def test_clock(self, clock: str) -> None:
        """A time may stand alone, without its day, and then has no interval."""
        assert parse(f"T{clock}") == Value("time")

    @pytest.mark.parametrize(
        "value",
        [
            *("P2D", "P10Y", "P1M", "P3W", "PXD", "PXY", "P1DE", "P2CE", "PXQ", "P1WE", "P0D", "P0.5Y", "P1,5D"),
            *("PT1H", "PT30M", "PT10S", "PTXM", "PT0.5S", "PT24H", "P1DT12H", "P1Y6M", "P1CE2DE3Y4Q5M6W7WE8DT9H10M11S"),
        ],
    )
    def test_duration(self, value: str) -> None:
        """A duration is not placed in time."""
        assert parse(value) == Value("duration")

    @pytest.mark.parametrize(
        "value",
        [
            # no date
            *("", " ", "X", "2", "20180", "20181024", "2018-10-24-1", "2018/10/24", "24.10.2018", "October", "-2018"),
            *("2018-", "2018-1", "2018-00", "2018-13", "2018-X", "2018-1X", "2018-10-", "2018-10-00", "2018-10-32"),
            *("2018-02-30", "2018-02-29", "1900-02-29", "2018-04-31", "XXXX-02-30", "XXXX-11-31", "0001-02-29"),
            *("2018-w43", "2018-W4", "2018-W00", "2018-W54", "XXXX-W54", "2018-W53", "2016-W53-1", "2018-W53-WE"),
            *("2018-W53-X", "9999-W53", "0000-W53", "2018-W43-0", "2018-W43-8", "2018-W43-", "2018-W43-WE-1"),
            *("2018W43", "2018-Q0", "2018-Q5", "2018-H0", "2018-H3", "2018-Q", "2018-AU", "2018-Q1-1", "2018-SU-1"),
            *("BC", "BC1", "BC03460", "bc0346", "AD0346", "BC0346-02-30"),
            # no time
            *("T", "2018-10-24T", "T25", "T24:01", "T24:00:01", "T24:XX", "T14:60", "T14:00:61", "T1:00"),
            *("T14:0", "T14:", "T14:00.5", "T1400", "TX", "TZ", "TPM", "TMOZ", "TMO:00", "T14:00+1", "T14:00+24:00"),
            *(
                "T14:00+01:60",
                "2018T14:00",
                "2018-10T14:00",
                "2018-W43TMO",
                "2018-W43-WETMO",
                "2018-02-30T14:00",
                "PAST_REFT14:00",
            ),
            *("2018-10-24T14:00T15:00", "2018-10-24t14:00", "2018-10-24 14:00", "14:00"),
            # no duration
            *("P", "PT", "P1", "PX", "PD", "P1DT", "P1H", "PT1D", "P1D1Y", "P1M1Y", "P1W1Q", "PT1S1M", "P1D1D", "P-1D"),
            *("P.5Y", "P1.Y", "P1.5.5Y", "PXXD", "P1XD", "p1D", "P1d", "P 1D", "-P1D", "P1D/P2D", "1D", "P\u0663D"),
            # no reference
            *("PASTREF", "past_ref", "PAST_REF ", "REF", "NOW", "UNKNOWN"),
            # white space and other digits
            *(
                "2018\n",
                " 2018",
                "2018 ",
                "2018\u00a0",
                "198\n",
                "19\n",
                "2018-10-24\n",
                "2018-W43\n",
                "T14:00\n",
                "TMO\n",
            ),
            *("P2D\n", "PAST_REF\n", "\u0662\u0660\u0661\u0668", "\uff12\uff10\uff11\uff18", "2018-10-2\u0664"),
        ],
    )
    def test_no_value(self, value: str) -> None:
        """What is not exactly a TIMEX3 value is none."""
        assert parse(value) is None

    @pytest.mark.parametrize(
        ("value", "months", "weekday"),
        [
            ("2018-10-24", (10,), 3),
            ("2018-10-24T14:00", (10,), 3),
            ("2018-W43-3", (10,), 3),
            ("9999-12-31", (12,), 5),
            ("9999-W52-7", (1,), 7),
            ("XXXX-WXX-3", (), 3),
            ("2018-WXX-3", (), 3),
            ("XXXX-W43-3TMO", (), 3),
            ("2018-W43-X", (10,), None),
            ("2018-W39-X", (9,), None),
            ("2018-W40-X", (10,), None),
            ("XXXX-10-24", (10,), None),
            ("2018-10-XX", (10,), None),
            ("2018-XX-24", (), None),
            ("BC0044-03-15", (3,), None),
            ("2018-10", (10,), None),
            ("XXXX-10", (10,), None),
            ("2018-Q2", (4, 5, 6), None),
            ("XXXX-Q4", (10, 11, 12), None),
            ("2018-H2", (7, 8, 9, 10, 11, 12), None),
            ("2018-W43", (10,), None),
            ("2018-W44", (10, 11), None),
            ("2015-W01", (12, 1), None),
            ("2018-W26-WE", (6, 7), None),
            ("XXXX-W43", (), None),
            ("2018", (), None),
            ("198", (), None),
            ("2018-SU", (), None),
            ("T14:00", (), None),
        ],
    )
    def test_months_and_weekday(self, value: str, months: tuple[int, ...], weekday: int | None) -> None:
        """Months and weekday are kept as far as they are known, with an interval or without."""
        parsed = known(value)
        assert (parsed.months, parsed.weekday) == (months, weekday)

    @given(days)
    @example(date(1, 1, 1))
    @example(date(9999, 12, 30))
    def test_every_day(self, day: date) -> None:
        """The calendar date and the week date of a day mean that day, with its month and weekday."""
        year, week, weekday = day.isocalendar()
        expected = Value("day", day, day + DAY, (day.month,), weekday)
        assert parse(day.isoformat()) == parse(f"{year:04}-W{week:02}-{weekday}") == expected

    @given(years, st.integers(1, 53))
    def test_every_week(self, year: int, week: int) -> None:
        """A week begins on its Monday and ends before the next, its weekend on its Saturday; others are refused."""
        text = f"{year:04}-W{week:02}"
        try:
            monday = date.fromisocalendar(year, week, 1)
        except ValueError:
            assert parse(text) is None
            assert parse(f"{text}-WE") is None
            return
        whole, end = known(text), known(f"{text}-WE")
        assert (whole.begin, whole.until) == (monday, monday + 7 * DAY)
        assert (end.begin, end.until) == (monday + 5 * DAY, monday + 7 * DAY)

    @given(years, st.integers(0, 99), st.integers(0, 99))
    def test_every_month(self, year: int, month: int, day: int) -> None:
        """A month has as many days as the calendar says, and no others are accepted."""
        text = f"{year:04}-{month:02}"
        length = calendar.monthrange(year, month)[1] if 1 <= month <= 12 else 0
        assert (parse(text) is not None) == bool(length)
        assert (parse(f"{text}-{day:02}") is not None) == (1 <= day <= length)
        if length:
            parsed = known(text)
            assert parsed.begin == date(year, month, 1)
            assert parsed.until == date(year, month, length) + DAY

    @given(years)
    def test_parts_of_a_year(self, year: int) -> None:
        """Months, quarters and halves follow one another without a gap from the year's first day to its last."""
        for parts in (
            [f"{year:04}-{month:02}" for month in range(1, 13)],
            [f"{year:04}-Q{quarter}" for quarter in range(1, 5)],
            [f"{year:04}-H1", f"{year:04}-H2"],
            [f"{year:04}"],
        ):
            intervals = [known(part) for part in parts]
            assert intervals[0].begin == date(year, 1, 1)
            assert intervals[-1].until == date(year + 1, 1, 1)
            assert all(one.until == two.begin for one, two in pairwise(intervals))

    @given(st.integers(10, 9899))
    def test_decades_and_centuries(self, year: int) -> None:
        """A year lies in the decade and, from the year 100, in the century that its first digits name."""
        for digits in (3, 2):
            longer = known(f"{year:04}"[:digits])
            if longer.begin is None:
                assert (digits, year // 100) == (2, 0)
                continue
            assert longer.until is not None
            assert longer.begin <= date(year, 1, 1) < date(year + 1, 1, 1) <= longer.until
            assert longer.until.year - longer.begin.year == 10 ** (4 - digits)

    @given(st.text() | near_values)
    def test_any_text(self, text: str) -> None:
        """No text makes it fail; an interval is whole and not empty, and only calendar values have one."""
        parsed = parse(text)
        assume(parsed)
        assert parsed is not None
        assert parsed.kind in KINDS
        assert (parsed.begin is None) == (parsed.until is None)
        if parsed.begin and parsed.until:
            assert parsed.begin < parsed.until
            assert parsed.kind not in ("season", "duration", "reference")

    @given(near_values, st.sampled_from(["\n", " ", "\t", "\r\n", "\u00a0", "\u2028", "\x00"]))
    def test_white_space(self, text: str, space: str) -> None:
        """A value with white space before or after it is none."""
        assert parse(text + space) is None
        assert parse(space + text) is None

    @given(
        st.sampled_from(["1", "1Y", "X", "1.", "-01", "T", ":00", "XX"]), st.sampled_from(["P", "T", "2018", "PT", ""])
    )
    def test_long_text(self, repeated: str, start: str) -> None:
        """Text of any length is refused, and in linear time: more than that would not end here."""
        assert parse(start + repeated * 50_000 + "!") is None

    def test_value_is_frozen(self) -> None:
        """A value cannot be changed, and equal values have equal hashes."""
        value = known("2018-10-24")
        with pytest.raises(dataclasses.FrozenInstanceError):
            value.kind = "week"  # type: ignore[misc]
        assert len({value, known("2018-W43-3")}) == 1


class TestFits:
    """`fits`: which types a value may stand with."""

    @pytest.mark.parametrize(
        ("value", "types"),
        [
            ("2018-10-24", ["DATE", "SET"]),
            ("2018-W43", ["DATE", "SET"]),
            ("2018-W42-WE", ["DATE", "SET"]),
            ("2018-10", ["DATE", "SET"]),
            ("2018-Q3", ["DATE", "SET"]),
            ("2018-H1", ["DATE", "SET"]),
            ("2018-SU", ["DATE", "SET"]),
            ("2018", ["DATE", "SET"]),
            ("198", ["DATE", "SET"]),
            ("19", ["DATE", "SET"]),
            ("XXXX-WXX-3", ["DATE", "SET"]),
            ("2018-10-24T14:00", ["TIME", "SET"]),
            ("TMO", ["TIME", "SET"]),
            ("P2D", ["DURATION", "SET"]),
            ("PXY", ["DURATION", "SET"]),
            ("PAST_REF", ["DATE", "TIME"]),
        ],
    )
    def test_types(self, value: str, types: list[str]) -> None:
        """Dates are DATE, times TIME, durations DURATION, all of these SET; references are DATE or TIME."""
        assert [type for type in ("DATE", "TIME", "DURATION", "SET") if fits(known(value), type)] == types

    @pytest.mark.parametrize("type", ["", "date", "EVENT", "DATE "])
    @pytest.mark.parametrize("kind", KINDS)
    def test_unknown_type(self, kind: Kind, type: str) -> None:
        """A type that TimeML does not have takes no value."""
        assert not fits(Value(kind), type)


class TestContradiction:
    """`contradiction`: weekday and month names that cannot be true."""

    @pytest.mark.parametrize(
        ("surface", "value", "phrase"),
        [
            ("Tuesday", "2018-10-24", "'Tuesday', but 2018-10-24 is a Wednesday"),
            ("Tuesday", "2018-W43-3", "'Tuesday', but 2018-10-24 is a Wednesday"),
            ("on tuesday", "2018-10-24", "'tuesday', but 2018-10-24 is a Wednesday"),
            ("TUESDAY", "2018-10-24", "'TUESDAY', but 2018-10-24 is a Wednesday"),
            ("Tues. night", "2018-10-24TNI", "'Tues', but 2018-10-24 is a Wednesday"),
            ("Tuesdays", "XXXX-WXX-3", "'Tuesdays', but the value is a Wednesday"),
            ("every Tuesday at 9", "XXXX-WXX-3T09:00", "'Tuesday', but the value is a Wednesday"),
            ("Tuesday", "9999-12-31", "'Tuesday', but the value is a Friday"),
            ("Monday or Tuesday", "2018-10-24", "'Monday' or 'Tuesday', but 2018-10-24 is a Wednesday"),
            ("Mon, Tue, Tue, Fri", "2018-10-24", "'Mon', 'Tue' or 'Fri', but 2018-10-24 is a Wednesday"),
            ("November 24th, 2018", "2018-10-24", "'November', but 2018-10-24 is in October"),
            ("Nov. 24", "2018-10-24", "'Nov', but 2018-10-24 is in October"),
            ("NOV. 24", "XXXX-10-24", "'NOV', but the value is in October"),
            ("mid-November", "2018-10-XX", "'November', but the value is in October"),
            ("24Nov2018", "2018-10-24", "'Nov', but 2018-10-24 is in October"),
            ("last November", "2018-10", "'November', but the value is in October"),
            ("every November", "XXXX-10", "'November', but the value is in October"),
            ("November's third quarter", "2018-Q3", "'November', but the value is in July, August or September"),
            ("May and June", "XXXX-Q1", "'May' or 'June', but the value is in January, February or March"),
            ("May", "2018-H2", "'May', but the value is in July, August, September, October, November or December"),
            ("the last week of September", "2018-W44", "'September', but the value is in October or November"),
            ("a September weekend", "2018-W42-WE", "'September', but the value is in October"),
            (
                "Tuesday, November 24",
                "2018-10-24",
                "'Tuesday', but 2018-10-24 is a Wednesday; 'November', but 2018-10-24 is in October",
            ),
            ("Wednesday, November 24", "2018-10-24", "'November', but 2018-10-24 is in October"),
            ("Tuesday, October 24", "2018-10-24", "'Tuesday', but 2018-10-24 is a Wednesday"),
            ("Tuesday in May or October", "2018-10-24", "'Tuesday', but 2018-10-24 is a Wednesday"),
        ],
    )
    def test_contradicts(self, surface: str, value: str, phrase: str) -> None:
        """The phrase quotes the names that cannot be true and says what is."""
        assert contradiction(surface, known(value)) == phrase

    @pytest.mark.parametrize(
        ("surface", "value"),
        [
            # true
            ("Wednesday", "2018-10-24"),
            ("Tuesday or Wednesday", "2018-10-24"),
            ("Oct. 30 to Nov. 2", "2018-10-30"),
            ("Wednesday in October", "2018-10-24"),
            ("Wednesdays", "XXXX-WXX-3"),
            ("October", "2018-Q4"),
            ("from May to July", "2018-Q3"),
            ("the day after Tuesday", "2018-10-24"),
            ("a week from Tuesday", "2018-10-31"),
            ("the Monday before November", "2018-10-29"),
            ("midnight Wednesday", "2018-10-23T24:00"),
            ("Wednesday, 23:30 in New York", "2018-10-25T03:30Z"),
            ("Wednesday night", "2018-10-25T00:30+02:00"),
            ("late October", "2018-W44"),
            ("early November", "2018-W44"),
            ("late December", "2015-W01"),
            # not judged
            ("Tuesday", "2018-W43"),
            ("Tuesday", "2018-W42-WE"),
            ("Tuesday", "2018-10"),
            ("Tuesday", "XXXX-10-24"),
            ("Tuesday", "XXXX-XX-24"),
            ("November", "2018"),
            ("November", "198"),
            ("November", "19"),
            ("November", "2018-SU"),
            ("November", "2018-XX"),
            ("November", "2018-XX-24"),
            ("November", "XXXX-WXX-3"),
            ("Tuesday in November", "T14:00"),
            ("Tuesday in November", "P2D"),
            ("Tuesday in November", "PAST_REF"),
            # no names
            ("", "2018-10-24"),
            ("24/11/2018", "2018-10-24"),
            ("the second", "2018-10-24"),
            ("it may march, sun or mon, sat or dec", "2018-10-24"),
            ("the august day", "2018-10-24"),
            ("nov. 24, tues.", "2018-10-24"),
            ("tUESDAY nOV", "2018-10-24"),
            ("Mayor, Marchers, Sunny, Decade, Augustus", "2018-10-24"),
            ("Weekday Montag Dez März", "2018-10-24"),
        ],
    )
    def test_does_not_contradict(self, surface: str, value: str) -> None:
        """Names that can be true, values that do not say, and other words are no contradiction."""
        assert contradiction(surface, known(value)) is None

    @pytest.mark.parametrize(
        ("word", "month"),
        [
            *(("Jan", 1), ("Feb", 2), ("Mar", 3), ("Apr", 4), ("May", 5), ("Jun", 6), ("Jul", 7), ("Aug", 8)),
            *(("Sep", 9), ("Sept", 9), ("Oct", 10), ("Nov", 11), ("Dec", 12), ("SEPT", 9), ("MAY", 5), ("MARCH", 3)),
            *((name, month) for month, name in enumerate(MONTHS, 1)),
        ],
    )
    def test_month_words(self, word: str, month: int) -> None:
        """Every spelling of a month is true of that month and of no other."""
        true = [number for number in range(1, 13) if contradiction(word, known(f"XXXX-{number:02}")) is None]
        assert true == [month]

    @pytest.mark.parametrize(
        ("word", "weekday"),
        [
            *(("Mon", 1), ("Tue", 2), ("Tues", 2), ("Wed", 3), ("Thu", 4), ("Thur", 4), ("Thurs", 4), ("Fri", 5)),
            *(("Sat", 6), ("Sun", 7), ("THURS", 4), ("SUN", 7), ("sundays", 7), ("FRIDAYS", 5)),
            *((name, weekday) for weekday, name in enumerate(WEEKDAYS, 1)),
        ],
    )
    def test_weekday_words(self, word: str, weekday: int) -> None:
        """Every spelling of a weekday is true of that weekday and of no other."""
        true = [number for number in range(1, 8) if contradiction(word, known(f"XXXX-WXX-{number}")) is None]
        assert true == [weekday]

    @given(days, days)
    def test_two_days(self, written: date, annotated: date) -> None:
        """A full date contradicts a day exactly when its weekday or its month differs."""
        surface = f"{WEEKDAYS[written.weekday()]}, {written.day} {MONTHS[written.month - 1]}"
        phrase = contradiction(surface, known(annotated.isoformat()))
        same = written.weekday() == annotated.weekday() and written.month == annotated.month
        assert (phrase is None) == same

    @given(days)
    def test_longer_intervals(self, day: date) -> None:
        """The names of a day contradict no week, weekend, month, quarter, half or year that holds it."""
        surface = f"{WEEKDAYS[day.weekday()]}, {day.day} {MONTHS[day.month - 1]}"
        year, week, weekday = day.isocalendar()
        values = [
            f"{year:04}-W{week:02}",
            f"{year:04}-W{week:02}-X",
            f"XXXX-WXX-{weekday}",
            f"{day.year:04}",
            f"{day.year:04}-{day.month:02}",
            f"XXXX-{day.month:02}-{day.day:02}",
            f"{day.year:04}-Q{(day.month + 2) // 3}",
            f"{day.year:04}-H{(day.month + 5) // 6}",
        ]
        if weekday > 5:
            values.append(f"{year:04}-W{week:02}-WE")
        for value in values:
            assert contradiction(surface, known(value)) is None, value

    @given(st.text(), days)
    def test_any_surface(self, surface: str, day: date) -> None:
        """Whatever the surface, what it contradicts is quoted from it."""
        phrase = contradiction(surface, known(day.isoformat()))
        assert phrase is None or phrase.split("'")[1] in surface
