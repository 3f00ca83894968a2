"""What the rules of the family P find: each on a build that is damaged for it, and on one that is changed but sound.

Builds hold binary files, so they are not kept as cases are: `tests/cases/base` is built, and a function changes it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from sidelines.digest import content_hash
from sidelines.testing.mutations.builds import rewritten, stated_hash
from tests.flip_bits import sum_anew


@dataclass(frozen=True, slots=True)
class Damage:
    """A change that a rule finds, with the line that a command prints for it, and one beside it that it does not."""

    fail: Callable[[Path], Any]
    line: str
    neighbour: Callable[[Path], Any]
    command: str = "verify"


def _upper_case(out: Path) -> None:
    sums = (out / "SHA256SUMS").read_bytes()
    (out / "SHA256SUMS").write_bytes(sums[:64].upper() + sums[64:])


def _without(out: Path) -> None:
    (out / "corpus.json").unlink()


def _with_more(out: Path) -> None:
    (out / "notes.txt").write_bytes(b"Read me.\n")


def _another_name(out: Path) -> None:
    path = out / "corpus.json"
    path.write_bytes(path.read_bytes().replace(b'"name": "base"', b'"name": "case"'))


def _cut_short(out: Path) -> None:
    path = out / "parquet" / "dates.parquet"
    path.write_bytes(path.read_bytes()[:-8])
    sum_anew(out)


def _fewer_rows(out: Path) -> None:
    rewrite(out / "parquet" / "dates.parquet", change=lambda table: table.slice(0, 2))
    sum_anew(out)


def _other_pages(out: Path) -> None:
    rewrite(out / "parquet" / "dates.parquet", compression="snappy", use_dictionary=False)
    sum_anew(out)


def _fewer_rows_and_their_hash(out: Path) -> None:
    path = out / "parquet" / "dates.parquet"
    rewrite(path, change=lambda table: table.slice(0, 2), stated=content_hash(pq.read_table(path).slice(0, 2)))
    sum_anew(out)


def _then_summed(change: Callable[[Path], Any]) -> Callable[[Path], Any]:
    def changed(out: Path) -> None:
        change(out)
        sum_anew(out)

    return changed


def rewrite(
    path: Path,
    change: Callable[[pa.Table], pa.Table] = lambda table: table,
    stated: str | None = "as before",
    **settings: Any,
) -> None:
    """Write a Parquet file again, a row a group: other rows, another content hash (None for none) or other settings."""
    raw = path.read_bytes()
    stated = stated_hash(raw) if stated == "as before" else stated
    path.write_bytes(rewritten(raw, change(pq.read_table(path)), stated, 1, **settings))


def _put(table: str, name: str, value: Any) -> Callable[[Path], None]:
    """Another value in the first row of a column."""

    def changed(rows: pa.Table) -> pa.Table:
        at = rows.column_names.index(name)
        return rows.set_column(at, name, pa.array([value, *rows.column(name).to_pylist()[1:]], pa.string()))

    return lambda out: rewrite(out / "parquet" / f"{table}.parquet", change=changed)


def _cast(name: str, kind: pa.DataType) -> Callable[[Path], None]:
    def changed(rows: pa.Table) -> pa.Table:
        return rows.set_column(rows.column_names.index(name), name, rows.column(name).cast(kind))

    return lambda out: rewrite(out / "parquet" / "dates.parquet", change=changed)


def _no_dates(out: Path) -> None:
    rewrite(out / "parquet" / "dates.parquet", change=lambda rows: rows.slice(0, 0))


def _not_derived(out: Path) -> None:
    rewrite(out / "parquet" / "mentions.parquet", change=lambda rows: rows.drop_columns(["entity_name"]))


CORPUS = "9e343055fa11b870b09f0276a7c199a9248f664a4800fa2951a5d9f2ad42b23d"
CHANGED = "c520c0f64bd5d88e6a45cc08a38b23bd36f947413569d4bb819b8f9a57038a49"
DATES = "sha256-rows-1:e2400deb6f2a51c8264c20c05ebd82650b3d8c9398e9c8fe31c5b2931c9a0061"
TWO_DATES = "sha256-rows-1:ba1a7df63235182967e11773aa44c48be3b5645e20a0f6ac11046512ad0f3bb2"

DAMAGED = {
    "P001": Damage(
        _cast("start", pa.string()),
        "parquet/dates.parquet: P001 start: expected a column of type int64, found string",
        _cast("start", pa.int32()),
        "check",
    ),
    "P002": Damage(
        _put("dates", "value", None),
        "parquet/dates.parquet: P002 value: expected a value, found null",
        _put("dates", "anchor", None),
        "check",
    ),
    "P003": Damage(
        _put("dates", "document", "absent"),
        "parquet/dates.parquet: P003 expected rows in the order of the documents, found rows of 'absent' out of their "
        "place",
        _no_dates,
        "check",
    ),
    "P004": Damage(
        _put("mentions", "entity_name", "Ann"),
        "parquet/mentions.parquet: P004 entity_name: expected ‘Ann Lee’, found ‘Ann’",
        _not_derived,
        "check",
    ),
    "P101": Damage(
        _upper_case,
        "SHA256SUMS:1: P101 expected 64 hexadecimal digits in lower case, two spaces, and a path in UTF-8 without \\, "
        f"found ‘{CORPUS.upper()}  corpus.json’",
        sum_anew,
    ),
    "P102": Damage(
        _without,
        "corpus.json: P102 expected a file, as SHA256SUMS names it, found none",
        _then_summed(_without),
    ),
    "P103": Damage(
        _with_more,
        "notes.txt: P103 expected only what SHA256SUMS names, found a file that it does not name",
        _then_summed(_with_more),
    ),
    "P104": Damage(
        _another_name,
        f"corpus.json: P104 expected the SHA-256 {CORPUS}, as SHA256SUMS has it, found {CHANGED}",
        _then_summed(_another_name),
    ),
    "P105": Damage(
        _cut_short,
        "parquet/dates.parquet: P105 expected a Parquet file that can be read to its end, found: Parquet magic bytes "
        "not found in footer. Either the file is corrupted or this is not a parquet file.",
        _other_pages,
    ),
    "P106": Damage(
        _fewer_rows,
        f"parquet/dates.parquet: P106 expected rows with the content_hash {DATES}, found {TWO_DATES}",
        _fewer_rows_and_their_hash,
    ),
}
