"""The two sides of a join: what is read of a table or a frame, and what is taken from it.

A `Side` is a table or a frame, with the name that messages call it by; `Table` and `Frame` are the two kinds of them.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from sidelines import arrow
from sidelines.errors import SidelinesError
from sidelines.offsets import Bools, Ints
from sidelines.problems import names

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["CONTENT", "Frame", "On", "Side", "Spans", "Table", "both_sides"]

On = str | tuple[str, str] | None

CONTENT = "content"  # of a quote: the list of spans whose hull are `start` and `end`


@dataclass(frozen=True, slots=True)
class Spans:
    """Spans of the rows of a side: span i stands in row `row[i]`, or in row i where `row` is None; rows ascend."""

    row: Ints | None
    start: Ints
    end: Ints

    def where(self, mask: Bools) -> Spans:
        """Those spans for which `mask` is true."""
        if mask.all():
            return self
        at = np.flatnonzero(mask)
        return Spans(at if self.row is None else self.row[at], self.start[at], self.end[at])

    def rows(self, at: Ints) -> Ints:
        """The rows in which the spans at these positions stand."""
        return at if self.row is None else self.row[at]

    def owned(self, mask: Bools) -> Bools:
        """For each span whether it is true of its row."""
        return mask if self.row is None else mask[self.row]

    @property
    def several(self) -> bool:
        """Whether a row has several spans."""
        return self.row is not None and bool((self.row[1:] == self.row[:-1]).any())

    def counts(self, size: int) -> Ints:
        """How many spans each of so many rows has."""
        return np.bincount(self.rows(np.arange(len(self.start))), minlength=size)

    def hull(self) -> Spans:
        """One span for each row, from where the first of it begins to where the last ends."""
        if self.row is None or not len(self.row):
            return self
        first = np.flatnonzero(np.diff(self.row, prepend=-1))
        return Spans(self.row[first], np.minimum.reduceat(self.start, first), np.maximum.reduceat(self.end, first))


@dataclass(frozen=True, slots=True)
class Table:
    """An Arrow table."""

    table: pa.Table

    @property
    def labels(self) -> list[Any]:
        """The names of the columns."""
        return list(self.table.column_names)

    @property
    def size(self) -> int:
        """The number of rows."""
        return int(self.table.num_rows)

    def value(self, at: int, row: int) -> Any:
        """One value of a column."""
        return self.table.column(at)[row].as_py()

    def column(self, at: int) -> pa.ChunkedArray:
        """A column in Arrow."""
        return self.table.column(at)

    def lists_spans(self, at: int) -> bool:
        """Whether a column has lists of spans."""
        return _lists_spans(self.table.column(at).type)

    @staticmethod
    def of(columns: Mapping[Any, tuple[Table, int, Ints]]) -> pa.Table:
        """A new table: of each column, whose it is, its position there, and the rows."""
        fields = [source.table.field(at).with_name(label) for label, (source, at, _) in columns.items()]
        taken = [arrow.take(source.table.column(at), rows) for source, at, rows in columns.values()]
        return pa.Table.from_arrays(taken, schema=pa.schema(fields))


@dataclass(frozen=True, slots=True)
class Frame:
    """A pandas DataFrame."""

    frame: pd.DataFrame

    @property
    def labels(self) -> list[Any]:
        """The names of the columns."""
        return list(self.frame.columns)

    @property
    def size(self) -> int:
        """The number of rows."""
        return len(self.frame)

    def value(self, at: int, row: int) -> Any:
        """One value of a column."""
        return self.frame.iloc[row, at]

    def column(self, at: int) -> pa.ChunkedArray:
        """A column in Arrow; what pandas takes for missing is null."""
        column = pa.array(self.frame.iloc[:, at], from_pandas=True)
        return column if isinstance(column, pa.ChunkedArray) else pa.chunked_array([column])

    def lists_spans(self, at: int) -> bool:
        """Whether a column has lists of spans; among objects the first that stands in a list is asked."""
        series = self.frame.iloc[:, at]
        if series.dtype != object:
            return _lists_spans(getattr(series.dtype, "pyarrow_dtype", None))
        listed = (item[0] for item in series if isinstance(item, (list, tuple, np.ndarray)) and len(item))
        first = next(listed, None)
        return isinstance(first, Mapping) and {"start", "end"} <= first.keys()

    @staticmethod
    def of(columns: Mapping[Any, tuple[Frame, int, Ints]]) -> pd.DataFrame:
        """A new frame: of each column, whose it is, its position there, and the rows."""
        import pandas as pd

        taken = {label: source.frame.iloc[:, at].array.take(rows) for label, (source, at, rows) in columns.items()}
        return pd.DataFrame(taken)


@dataclass(frozen=True, slots=True)
class Side:
    """One side of a join: `left` or `right`, and its data."""

    name: str
    data: Table | Frame

    def at(self, label: str) -> int:
        """The position of the one column of that name."""
        labels = self.data.labels
        if label not in labels:
            raise SidelinesError(f"{self.name}: there is no column {label!r}; {names(str(label), map(str, labels))}")
        if labels.count(label) > 1:
            raise SidelinesError(f"{self.name}: expected one column {label!r}, found {labels.count(label)}")
        return labels.index(label)

    def has(self, *labels: str) -> bool:
        """Whether there are columns of these names."""
        return set(labels) <= set(self.data.labels)

    def column(self, label: str) -> pa.ChunkedArray:
        """The column of that name in Arrow."""
        at = self.at(label)
        try:
            return self.data.column(at)
        except (pa.ArrowException, OverflowError, UnicodeError) as error:  # of objects that are not all of one type
            raise SidelinesError(f"{self.name}: expected a column of one type, found {label!r} ({error})") from None

    def documents(self) -> pa.ChunkedArray:
        """The column `document`, which has strings."""
        column = self.column("document")
        kind = column.type.value_type if pa.types.is_dictionary(column.type) else column.type
        if len(column) and str(kind) not in ("string", "large_string", "string_view", "null"):
            raise SidelinesError(f"{self.name}: expected strings in 'document', found {column.type}")
        return column

    def spans(self, on: On) -> Spans:
        """The spans that are meant: those of a property, a list or a pair of columns; None for those of the rows."""
        if on is None:
            return self._own()
        if isinstance(on, (tuple, list)) and len(on) == 2:
            return self._bounds(*on)
        if not isinstance(on, str):
            raise SidelinesError(f"{self.name}_on: expected a name, a pair of columns or None, found {on!r}")
        if self.has(f"{on}_start", f"{on}_end"):
            return self._bounds(f"{on}_start", f"{on}_end")
        return self._listed(on)

    def refuse(self, wrong: Bools, expected: Callable[[int], str], row: Ints | None = None) -> None:
        """Raise what was expected where something is wrong, for the first; `row[i]` is the row of item i."""
        at = np.flatnonzero(wrong)
        if len(at):
            first = int(at[0])
            number = first if row is None else int(row[first])
            place = f"{self.name}, row {number:,} (id {self.data.value(self.at('id'), number)})"
            raise SidelinesError(f"{place}: expected {expected(first)}")

    def _own(self) -> Spans:
        """The spans of the rows themselves: the content, where there is one, else from start to end."""
        if not self.has(CONTENT) or not self.data.lists_spans(self.at(CONTENT)):
            return self._bounds("start", "end")
        content = self._listed(CONTENT)
        if self.has("start", "end"):
            given, hull = self._dense(self._bounds("start", "end")), self._dense(content.hull())
            self.refuse((given != hull).any(axis=0), lambda row: (
                f"'start' and 'end' around {CONTENT!r}, {_said(hull[:, row])}, found {_said(given[:, row])}; "
                f"{self.name}_on={CONTENT!r} or {self.name}_on=('start', 'end') says which is meant"
            ))  # fmt: skip
        return content

    def _dense(self, spans: Spans) -> Ints:
        """Where the span of each row begins and ends; -1 where it has none."""
        dense = np.full((2, self.data.size), -1)
        dense[:, slice(None) if spans.row is None else spans.row] = spans.start, spans.end
        return dense

    def _bounds(self, start: str, end: str) -> Spans:
        """The spans of two columns; where both are null, the row has none."""
        (starts, begun), (ends, ended) = (self._integers(self.column(label), repr(label)) for label in (start, end))
        self.refuse(begun != ended, lambda row: f"{start!r} and {end!r}, or neither, found one of them")
        return self._in_order(Spans(None, starts, ends).where(begun), f"{start!r} and {end!r}")

    def _listed(self, label: str) -> Spans:
        """The spans of a column of lists; where a list is null or empty, the row has none."""
        column = self.column(label) if self.has(label) else None
        if column is None or not _may_list_spans(column):
            raise SidelinesError(
                f"{self.name}_on: there is no span property or list of spans {label!r}; {names(label, self._places())}"
            )
        if not _lists_spans(column.type):
            return Spans(np.empty(0, np.int64), np.empty(0, np.int64), np.empty(0, np.int64))
        lengths, items = arrow.whole(pc.list_value_length(column)), pc.list_flatten(column)
        row = np.repeat(np.arange(len(column)), np.where(arrow.valid(lengths), arrow.numbers(lengths), 0))
        (starts, begun), (ends, ended) = (
            self._integers(pc.struct_field(items, name), f"{name!r} of {label!r}") for name in ("start", "end")
        )
        self.refuse(~(begun & ended), lambda at: f"'start' and 'end' in every span of {label!r}, found null", row)
        return self._in_order(Spans(row, starts, ends), f"'start' and 'end' of {label!r}")

    def _places(self) -> Iterator[str]:
        """The names of span properties and of lists of spans."""
        for at, label in enumerate(map(str, self.data.labels)):
            name = label.removesuffix("_start")
            if name != label and self.has(f"{name}_end"):
                yield name
            elif self.data.lists_spans(at):
                yield label

    def _integers(self, column: pa.ChunkedArray, label: str) -> tuple[Ints, Bools]:
        """The numbers of a column, and which of them are there."""
        kind = column.type
        if not len(column):
            return np.empty(0, np.int64), np.empty(0, np.bool_)
        if not (pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_null(kind)):
            raise SidelinesError(f"{self.name}: expected integers in {label}, found {kind}")
        try:
            whole = arrow.whole(column.cast(pa.int64()))
        except pa.ArrowInvalid as error:
            raise SidelinesError(
                f"{self.name}: expected integers of 64 bits in {label}, found others ({error})"
            ) from None
        return arrow.numbers(whole), arrow.valid(whole)

    def _in_order(self, spans: Spans, labels: str) -> Spans:
        wrong = (spans.start < 0) | (spans.start > spans.end)
        self.refuse(
            wrong, lambda at: f"0 <= start <= end in {labels}, found {spans.start[at]} and {spans.end[at]}", spans.row
        )
        return spans


def both_sides(left: Any, right: Any) -> tuple[Side, Side]:
    """What is to be joined: two frames or two tables."""
    here, there = Side("left", _data("left", left)), Side("right", _data("right", right))
    if type(here.data) is not type(there.data):
        raise SidelinesError(
            f"expected two frames or two tables, found {_called(left)} on the left and {_called(right)} on the right; "
            f"{(here if isinstance(here.data, Table) else there).name}.to_pandas() makes a frame"
        )
    return here, there


def _data(name: str, data: Any) -> Table | Frame:
    if isinstance(data, pa.Table):
        return Table(data)
    pandas = sys.modules.get("pandas")  # where it is not loaded, nothing is a frame
    if pandas is not None and isinstance(data, pandas.DataFrame):
        return Frame(data)
    hint = ""
    if isinstance(data, str):
        hint = f"; sidelines.load({data!r}) is one if there is such a table"
    elif isinstance(data, Mapping) or (hasattr(data, "__arrow_c_stream__") and hasattr(data, "schema")):
        hint = f"; pyarrow.table({name}) makes one of it"
    raise SidelinesError(f"{name}: expected a pandas.DataFrame or a pyarrow.Table, found {_called(data)}{hint}")


def _called(data: Any) -> str:
    kind = type(data)
    return f"{kind.__module__.partition('.')[0]}.{kind.__qualname__}".removeprefix("builtins.")


def _lists_spans(kind: Any) -> bool:
    """Whether an Arrow type is that of lists of spans."""
    if not _is_list(kind) or not pa.types.is_struct(kind.value_type):
        return False
    return all(kind.value_type.get_field_index(name) >= 0 for name in ("start", "end"))


def _may_list_spans(column: pa.ChunkedArray) -> bool:
    """Whether nothing in a column is anything but a list of spans; one without values may be of any type."""
    kind = column.type.value_type if _is_list(column.type) else column.type
    return not len(column) or pa.types.is_null(kind) or _lists_spans(column.type)


def _is_list(kind: Any) -> bool:
    return isinstance(kind, (pa.ListType, pa.LargeListType, pa.FixedSizeListType))


def _said(bounds: Ints) -> str:
    return "none" if bounds[0] < 0 else f"{bounds[0]} and {bounds[1]}"
