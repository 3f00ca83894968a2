"""Tables by their paths are joined part by part, as those in memory are."""

from __future__ import annotations

import re
import shutil
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import sidelines
from sidelines import SidelinesError
from sidelines.pieces import PartedTable
from sidelines.stores import Store
from tests.strategies import twice

PARTS = ["part-00000.parquet", "part-00001.parquet", "part-00002.parquet"]


def read_parts(table: Path) -> pa.Table:
    return pa.concat_tables(pq.read_table(table / part) for part in PARTS)


@pytest.fixture
def parts(sound: Path) -> Path:
    """The tables of three documents, in a part for each."""
    for name in ("early", "visit-2"):
        twice(sound, name)
    return sidelines.build(sound, sound.parent / "build", part_documents=1, jobs=1).out / "parquet"


@pytest.mark.parametrize(
    "options",
    [
        {}, {"how": "overlaps", "columns": True}, {"right_on": "cue", "how": "before"},
        {"columns": ["text", "entity_name", "speaker"]}, {"columns": iter(["form", "kind"])},
        {"left_on": ("start", "end"), "columns": ["text_right"], "suffixes": ["", "_right"]},
    ],
)  # fmt: skip
def test_the_same_pairs(parts: Path, options: dict[str, Any]) -> None:
    """As of the tables in memory, with the same columns, by paths and by URIs."""
    options["columns"] = list(options["columns"]) if not isinstance(options.get("columns", 0), int) else True
    mentions, quotes = parts / "mentions.parquet", parts / "quotes.parquet"
    expected = sidelines.join(*(read_parts(table) for table in (mentions, quotes)), **options)
    assert expected.num_rows > 0
    assert sidelines.join(str(mentions), quotes, **options).equals(expected)
    stores = [Store(table.as_uri()) for table in (mentions, quotes)]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("sidelines.pieces.place", lambda path: stores[path.endswith("quotes.parquet")])
        assert sidelines.join(str(mentions), str(quotes), **options).equals(expected)
        stores = [store / PARTS[0] for store in stores]
        first = sidelines.join(*(pq.read_table(table / PARTS[0]) for table in (mentions, quotes)), **options)
        assert sidelines.join(str(mentions), str(quotes), **options).equals(first)


def test_only_what_is_needed_is_read(parts: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of each part, once."""
    read: list[tuple[str, list[str]]] = []
    reading = PartedTable.read

    def noted(self: PartedTable, part: str, columns: list[str]) -> pa.Table:
        read.append((part, columns))
        return reading(self, part, columns)

    monkeypatch.setattr(PartedTable, "read", noted)
    sidelines.join(parts / "mentions.parquet", parts / "quotes.parquet", columns=["form"])
    assert read == [
        (part, columns)
        for part in PARTS
        for columns in (["document", "id", "start", "end", "form"], ["document", "id", "content", "start", "end"])
    ]


def test_refused(parts: Path) -> None:
    """Each with what was expected, and where."""
    quotes, empty, other = parts / "quotes.parquet", parts / "empty", parts / "other"
    empty.mkdir()
    other.mkdir()
    (other / PARTS[0]).write_bytes(b"PAR1")
    (other / ".hidden.parquet").touch()
    for left, message in (
        (parts / "none", f"{parts / 'none'}: expected a Parquet file, or a folder of them: No such file or directory"),
        (empty, f"{empty}: expected the parts of a table, such as part-00000.parquet, found none"),
        (quotes / PARTS[0], "expected two files, or two folders of parts, found one of each"),
        (other, f"{other}: expected the part '{PARTS[1]}', as in {quotes}, found none; did you mean '{PARTS[0]}'?"),
    ):
        with pytest.raises(SidelinesError, match=re.escape(message)):
            sidelines.join(left, quotes)
    shutil.rmtree(other)
    shutil.copytree(quotes, other)
    (quotes / PARTS[1]).unlink()
    with pytest.raises(SidelinesError, match=re.escape(f"{quotes}: expected the part '{PARTS[1]}', as in {other}")):
        sidelines.join(other, quotes)
    (other / PARTS[2]).write_bytes(b"PAR1")
    said = f"{other / PARTS[2]}: expected a Parquet file that can be read to its end"
    with pytest.raises(SidelinesError, match=re.escape(said)):
        sidelines.join(other, other)
    shutil.copytree(quotes.parent / "dates.parquet", quotes.parent / "strange")
    for part in PARTS[1:]:
        table = pq.read_table(quotes.parent / "strange" / part)
        pq.write_table(table.set_column(1, "id", pa.array(range(len(table)))), quotes.parent / "strange" / part)
    with pytest.raises(SidelinesError, match="expected parts whose columns have the same types"):
        sidelines.join(quotes.parent / "strange", quotes.parent / "dates.parquet", how="equals")
    with pytest.raises(SidelinesError, match="expected a way to join"):
        sidelines.join(quotes, quotes, how="nearby")
    with pytest.raises(SidelinesError, match="there is no other column 'colour'"):
        sidelines.join(quotes, quotes, columns=["colour"])
