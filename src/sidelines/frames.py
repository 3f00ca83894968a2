"""The shipped corpus in pandas, in one line."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sidelines.datasets import Dataset
from sidelines.errors import SidelinesError
from sidelines.problems import names

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa

__all__ = ["load", "path", "pick_table", "to_frame"]

_SHIPPED = Dataset(__file__)


def load(table: str | None = None) -> Any:
    """Load a table of the shipped corpus as a pandas DataFrame; without a name, list the tables.

    Strings are strings, enums categories, `begin`, `until` and `published` datetime64; integers and booleans that may
    be absent are nullable (`Int64`, `boolean`). Offsets are code points, half-open.

    Raises
    ------
    SidelinesError
        when there is no such table; the message lists those that there are.

    >>> int((load("quotes").speaker_name == "Vladimir Putin").sum())
    4
    """
    return _SHIPPED.load(table)


def path(table: str) -> Path:
    """The Parquet file of a table of the shipped corpus, for `pandas.read_parquet` and every other reader.

    Raises
    ------
    SidelinesError
        when there is no such table; the message lists those that there are.

    >>> path("quotes").name
    'quotes.parquet'
    """
    return _SHIPPED.path(table)


def to_frame(table: pa.Table) -> pd.DataFrame:
    """A table as a pandas DataFrame with the types that `load` promises."""
    import pandas as pd
    import pyarrow as pa

    frame: pd.DataFrame = table.to_pandas(date_as_object=False, types_mapper=_strings)
    nullable = {pa.int64(): pd.Int64Dtype(), pa.bool_(): pd.BooleanDtype()}
    for field in table.schema:
        if field.nullable and field.type in nullable:
            frame[field.name] = table.column(field.name).to_pandas(types_mapper=nullable.get)
    return frame


def _strings(kind: pa.DataType) -> Any:
    """The type of strings: `str` in pandas 3, where it is the default, and `string` before."""
    import pandas as pd
    import pyarrow as pa

    if kind in (pa.string(), pa.large_string()):
        return pd.StringDtype("pyarrow") if pd.__version__.startswith("2.") else pd.StringDtype(na_value=float("nan"))
    return None


def pick_table(tables: Mapping[str, pa.Table], name: str) -> pa.Table:
    """The table of that name.

    Raises
    ------
    SidelinesError
        when there is none; the message lists those that there are.
    """
    if name not in tables:
        raise SidelinesError(f"there is no table {name!r}; {names(name, tables)}")
    return tables[name]
