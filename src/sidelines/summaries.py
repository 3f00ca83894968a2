"""What plots show, as frames: quotes per speaker, who mentions whom, and the intervals of the dates.

Each takes a corpus or a document, or its tables by their names: `{"quotes": frame, "mentions": frame}`; where one table
is enough, it may be that. Tables are those of pandas or Arrow with the columns that `sidelines.load` shows.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from sidelines.errors import SidelinesError
from sidelines.frames import to_frame
from sidelines.joins import join
from sidelines.problems import names

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["quotes_per_speaker", "time_line", "who_mentions_whom"]


def quotes_per_speaker(data: Any) -> pd.DataFrame:
    """Count the quotes of each speaker by kind.

    `data` has the table `quotes` (columns `speaker_name`, `kind`). Returns a frame of integers: a row for each name of
    a speaker, the most quoted first, missing where no speaker is known; a column for each kind, in the order of the
    schema. Speakers are told apart by their names, since ids are those of one document.

    Raises
    ------
    SidelinesError
        when the table or a column is not there; the message lists those that are.

    >>> from sidelines import load
    >>> quotes_per_speaker(load("quotes")).loc["Donald Trump"].to_dict()
    {'direct': 2, 'mixed': 0, 'indirect': 1}
    """
    quotes = _table(data, "quotes", "speaker_name", "kind")
    counts = Counter(zip(_labels(quotes["speaker_name"]), _labels(quotes["kind"]), strict=True))
    kinds = [str(kind) for kind in getattr(quotes["kind"].dtype, "categories", ())]
    return _crossed(counts, "speaker_name", "kind", kinds)


def who_mentions_whom(data: Any) -> pd.DataFrame:
    """Count how often each speaker mentions each entity: its mentions that lie within the content of their quotes.

    `data` has the tables `mentions` (`document`, `id`, `start`, `end`, `entity_name`) and `quotes` (`document`, `id`,
    `content` or `start` and `end`, `speaker_name`). Returns a frame of integers: a row for each name of a speaker and a
    column for each name of an entity, in each the most frequent first. A mention counts once for a speaker, however
    many of their quotes it lies in; where somebody quotes somebody else, it counts for both. Pronouns are mentions too,
    also of the speaker; a group is an entity of its own. A quote is its `content`, without what interrupts it, as
    `sidelines.join` has it.

    Raises
    ------
    SidelinesError
        when a table or a column is not there; the message lists those that are. What `sidelines.join` raises.

    >>> from sidelines import read
    >>> who_mentions_whom(read()).loc["Donald Trump"].nlargest(2).to_dict()
    {'Russia': 5, 'Intermediate-Range Nuclear Forces Treaty': 4}
    """
    mentions = _table(data, "mentions", "document", "id", "entity_name")
    quotes = _table(data, "quotes", "document", "id", "speaker_name")
    asked = ["entity_name", "speaker_name"]
    pairs = join(
        mentions[[label for label in mentions if label != "speaker_name"]],
        quotes[[label for label in quotes if label != "entity_name"]],
        "within",
        columns=asked,
    )
    once = pairs.drop_duplicates(["document", "left_id", "speaker_name"])
    counts = Counter(zip(_labels(once["speaker_name"]), _labels(once["entity_name"]), strict=True))
    return _crossed(counts, "speaker_name", "entity_name")


def time_line(data: Any) -> pd.DataFrame:
    """Gather the dates of one document that have the same interval of the calendar.

    `data` has the table `dates` (`document`, `text`, `function`, `begin`, `until`). Returns a frame in the order of the
    calendar: `begin` and `until` (datetime64, half-open: the day after the last), `words`, the expressions in the order
    of the text, each once, with `times`, how often each stands there, and `posting`, whether it is the time at which
    the document came out (`CREATION_TIME`). Expressions without an interval, such as durations, are not in it.

    Raises
    ------
    SidelinesError
        when the table or a column is not there; the message lists those that are. When there are several documents:
        each has its own posting.

    >>> from sidelines import load
    >>> time_line(load("dates")).tail(1)[["words", "times"]].values.tolist()
    [[['Nov. 11', 'Armistice Day'], [3, 2]]]
    """
    import numpy as np
    import pandas as pd

    dates = _table(data, "dates", "document", "text", "function", "begin", "until")
    documents = _labels(dates["document"].drop_duplicates())
    if len(documents) > 1:
        some = ", ".join(map(str, documents[:3])) + (", …" if len(documents) > 3 else "")
        raise SidelinesError(
            f"expected the dates of one document, found {len(documents):,} ({some}); corpus.document(id) is one"
        )
    try:
        bounds = [dates[label].to_numpy("datetime64[D]") for label in ("begin", "until")]
    except (TypeError, ValueError) as error:
        raise SidelinesError(f"dates: expected days in 'begin' and 'until', found others ({error})") from None
    gathered: dict[tuple[Any, Any], Counter[str]] = {}
    posted = set()
    for begin, until, words, function in zip(*bounds, dates["text"], _labels(dates["function"]), strict=True):
        if np.isnat(begin) or np.isnat(until):
            continue
        gathered.setdefault((begin, until), Counter())[str(words)] += 1
        if function == "CREATION_TIME":
            posted.add((begin, until))
    rows = sorted(gathered)
    return pd.DataFrame(
        {
            "begin": np.array([begin for begin, _ in rows], "datetime64[s]"),
            "until": np.array([until for _, until in rows], "datetime64[s]"),
            "words": pd.Series([list(gathered[row]) for row in rows], dtype=object),
            "times": pd.Series([list(gathered[row].values()) for row in rows], dtype=object),
            "posting": np.array([row in posted for row in rows], bool),
        }
    )


def _table(data: Any, name: str, *columns: str) -> pd.DataFrame:
    """A table as a frame that has these columns; a frame or an Arrow table stands for the one that is asked for."""
    import pandas as pd

    tables = getattr(data, "tables", data)
    if isinstance(data, (pd.DataFrame, pa.Table)):
        tables = {name: data}
    elif not isinstance(tables, Mapping):
        raise SidelinesError(
            f"expected a corpus, a document, or tables by name such as {{{name!r}: frame}}, found {type(data).__name__}"
        )
    if name not in tables:
        raise SidelinesError(f"there is no table {name!r}; {names(name, map(str, tables))}")
    table = tables[name]
    if not isinstance(table, (pd.DataFrame, pa.Table)):
        raise SidelinesError(f"{name}: expected a pandas.DataFrame or a pyarrow.Table, found {type(table).__name__}")
    frame = to_frame(table) if isinstance(table, pa.Table) else table
    for column in columns:
        if column not in frame:
            raise SidelinesError(f"{name}: there is no column {column!r}; {names(column, map(str, frame.columns))}")
    return frame


def _labels(values: pd.Series[Any]) -> list[str | None]:
    """Values as strings; None where one is missing."""
    return [None if missing else str(value) for value, missing in zip(values, values.isna(), strict=True)]


def _crossed(
    counts: Counter[tuple[str | None, str | None]], row: str, column: str, known: Iterable[str] = ()
) -> pd.DataFrame:
    """A frame of how often two labels go together; the known columns come first, even if nothing is in them."""
    import pandas as pd

    rows = _by_number(counts, 0)
    columns = list(known)
    columns += [label for label in _by_number(counts, 1) if label not in columns]
    cells = [[counts[here, there] for there in columns] for here in rows]
    frame = pd.DataFrame(cells, pd.Index(rows, name=row), pd.Index(columns, name=column), dtype="int64")
    return frame.rename_axis(index=row, columns=column)


def _by_number(counts: Counter[tuple[str | None, str | None]], side: int) -> list[Any]:
    """The labels of one side, the most frequent first; equals in alphabetical order, and last what has none."""
    totals: Counter[str | None] = Counter()
    for labels, number in counts.items():
        totals[labels[side]] += number
    return sorted(totals, key=lambda label: (label is None, -totals[label], label or ""))
