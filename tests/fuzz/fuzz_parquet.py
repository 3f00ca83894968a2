"""Bytes as one Parquet file of a build that was sound before: the name of its table, a line feed, and the file.

SHA256SUMS is made anew, so that nothing but the file itself can give it away. `verify` and `check` return what they
found or raise SidelinesError. A report without an error is true: the build opens, and every id and span of its tables
holds, by nothing but Python's slices.
"""

from __future__ import annotations

import atexit
import hashlib
import io
import random
import shutil
import sys
import tempfile
from functools import lru_cache
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

import sidelines
from tests.fuzz import fuzz_corpus
from tests.fuzz.fuzz_schema import readable

LONGEST = 16_384
SUMS = "SHA256SUMS"
TABLES = ("documents", "marks", "links")


def one(data: bytes) -> None:
    """Verify and check the build that the bytes make, and raise AssertionError where the verdict cannot be true."""
    name, file = split(data)
    root, sound = build(), tables()  # before anything is written: what was built
    path = root / "parquet" / f"{name}.parquet"
    path.write_bytes(file)
    try:
        sum_anew(root)
        judge(root)
    finally:
        path.write_bytes(sound[name])


def split(data: bytes) -> tuple[str, bytes]:
    """The table and its file; bytes that name no table are a file of `marks`."""
    name, _, file = data.partition(b"\n")
    known = {table.encode(): table for table in TABLES}
    return (known[name], file) if name in known else ("marks", data)


@lru_cache(maxsize=1)
def build() -> Path:
    """The build of the corpus `own`, in memory where there is such a place."""
    memory = Path("/dev/shm")
    root = Path(tempfile.mkdtemp(prefix="sidelines-fuzz-", dir=memory if memory.is_dir() else None))
    atexit.register(shutil.rmtree, root, ignore_errors=True)
    fuzz_corpus.fill(root / "corpus", "own")
    sidelines.build(root / "corpus", root / "build")
    return root / "build"


@lru_cache(maxsize=1)
def tables() -> dict[str, bytes]:
    """The files as they were built."""
    return {name: (build() / "parquet" / f"{name}.parquet").read_bytes() for name in TABLES}


def sum_anew(root: Path) -> None:
    """Write SHA256SUMS for the files as they are now."""
    files = sorted(path.relative_to(root).as_posix() for path in root.rglob("*") if path.is_file())
    lines = [f"{hashlib.sha256((root / name).read_bytes()).hexdigest()}  {name}\n" for name in files if name != SUMS]
    (root / SUMS).write_bytes("".join(lines).encode())


# -- the judge ---------------------------------------------------------------------------------------------------------


def judge(root: Path) -> None:
    """The verification and the report of a build, and what follows from them."""
    try:
        verified, report = sidelines.verify(root).report, sidelines.check(root)
    except sidelines.SidelinesError as error:
        assert str(error).encode("utf-8"), "an error is text that can be written"
        return
    for problem in (*verified, *report):
        readable(problem)
    if report.ok:
        holds(root)


def holds(root: Path) -> None:
    """What a clean report promises, looked up row by row."""
    read = sidelines.read(root).tables
    for table in read.values():
        table.validate(full=True)
    rows = {name: read[name].to_pylist() for name in TABLES}
    texts = {row["document"]: row["text"] for row in rows["documents"]}
    assert len(texts) == len(rows["documents"]), "a document stands twice"
    for row in rows["documents"]:
        raw = row["text"].encode("utf-8")
        assert (row["characters"], row["sha256"]) == (len(row["text"]), hashlib.sha256(raw).hexdigest()), row
    for name in ("marks", "links"):
        ids = {(row["document"], row["id"]) for row in rows[name]}
        assert len(ids) == len(rows[name]), f"{name}: an id stands twice"
    marks = {(row["document"], row["id"]) for row in rows["marks"]}
    for row in rows["marks"]:
        span_holds(row, texts[row["document"]])
        assert all((row["document"], other) in marks for other in (row["next"], *(row["also"] or ())) if other), row
    for row in rows["links"]:
        for part in row["parts"]:
            span_holds(part, texts[row["document"]])
        assert (row["document"], row["of"]) in marks, row


def span_holds(span: dict[str, Any], text: str) -> None:
    assert 0 <= span["start"] < span["end"] <= len(text), span
    assert text[span["start"] : span["end"]] == span["text"], span


# -- changes -----------------------------------------------------------------------------------------------------------


def mutate(data: bytes, chance: random.Random) -> bytes:
    """Change bytes of the footer, of a page or of the end, or write the rows anew, changed or otherwise laid out."""
    name, file = split(data)
    if chance.random() < 0.1:
        name = chance.choice(TABLES)
        file = tables()[name]
    how = chance.choice((_footer, _footer, _footer, _page, _page, _end, _anew, _anew))
    return name.encode() + b"\n" + how(file, chance)


def _place(file: bytes) -> tuple[int, int]:
    """Where the footer begins and ends, as the file says or, where it cannot be, the last half of it."""
    end = max(len(file) - 8, 0)
    size = int.from_bytes(file[end : end + 4], "little")
    return (end - size, end) if 0 < size <= end else (end // 2, end)


def _some(file: bytes, start: int, end: int, chance: random.Random) -> bytes:
    """One to four bytes between two places flipped, set, taken away, or put in."""
    for _ in range(chance.choice((1, 1, 1, 2, 4))):
        if end <= start:
            return file
        at = chance.randrange(start, end)
        byte = chance.choice((file[at] ^ 1 << chance.randrange(8), chance.randrange(256), 0, 0xFF, 0x7F, 0x80))
        keep = chance.choice((1, 1, 1, 1, 0, 2))
        file = file[:at] + bytes([byte]) + file[at + keep :]
        end = min(end, len(file))
    return file


def _footer(file: bytes, chance: random.Random) -> bytes:
    """The footer changed; its length, which stands behind it, mended if it is another."""
    start, end = _place(file)
    new = _some(file[start:end], 0, end - start, chance)
    return file[:start] + new + len(new).to_bytes(4, "little") + b"PAR1"


def _page(file: bytes, chance: random.Random) -> bytes:
    """Something before the footer changed: headers of pages and what is in them."""
    start, _ = _place(file)
    return _some(file, min(4, start), start, chance)


def _end(file: bytes, chance: random.Random) -> bytes:
    """The file cut, longer, or with another length of the footer."""
    at = chance.randrange(len(file) + 1)
    size = chance.choice((0, 1, 2**31 - 1, 2**31, 2**32 - 1, len(file), len(file) - 12 if len(file) > 12 else 0))
    return chance.choice((file[:at], file + file[at:], file[:-8] + size.to_bytes(4, "little") + b"PAR1", file[-at:]))


def _anew(file: bytes, chance: random.Random) -> bytes:
    """The rows written again: a column changed, other groups, pages and compression, with checksums or without."""
    try:
        table = pq.read_table(io.BytesIO(file))
        table = chance.choice((_same, _column, _column, _rows))(table, chance)
        out = io.BytesIO()
        pq.write_table(
            table, out, row_group_size=chance.choice((1, 2, 1000)),
            compression=chance.choice(("none", "snappy", "zstd")),
            use_dictionary=chance.random() < 0.5, write_page_checksum=chance.random() < 0.3,
            data_page_version=chance.choice(("1.0", "2.0")), store_schema=chance.random() < 0.7,
            write_page_index=chance.random() < 0.2, data_page_size=chance.choice((1, 2**20)),
        )  # fmt: skip
    except Exception:  # of a broken file no rows can be read, and not every change makes a table
        return _page(file, chance)
    return out.getvalue()


def _same(table: pa.Table, chance: random.Random) -> pa.Table:
    return table


def _rows(table: pa.Table, chance: random.Random) -> pa.Table:
    """Rows in another order, twice, or fewer."""
    order = list(range(table.num_rows))
    changed = chance.choice((order[::-1], order[1:], order * 2, [], sorted(order, key=lambda _: chance.random())))
    return table.take(pa.array(changed, pa.int64()))


_KINDS = (
    pa.int8(), pa.uint64(), pa.int32(), pa.float32(), pa.float64(), pa.string(), pa.large_string(), pa.binary(),
    pa.date64(), pa.timestamp("ns"), pa.decimal128(20, 2), pa.null(), pa.dictionary(pa.int8(), pa.string()),
)  # fmt: skip
_VALUES: tuple[Any, ...] = (None, 0, -1, 2**62, "", "m1", "\x00", "😀", float("nan"), float("inf"), True, [], {})


def _column(table: pa.Table, chance: random.Random) -> pa.Table:
    """A column gone, twice, under another name, of another type, or with another value in it."""
    at = chance.randrange(table.num_columns)
    field, column = table.schema.field(at), table.column(at)
    how = chance.randrange(5)
    if how == 0:
        return table.remove_column(at)
    if how == 1:
        return table.add_column(at, field, column)
    if how == 2:
        return table.rename_columns(
            [chance.choice(table.column_names) if i == at else n for i, n in enumerate(table.column_names)]
        )
    if how == 3:
        kind = chance.choice(_KINDS)
        return table.set_column(at, pa.field(field.name, kind), column.cast(kind))
    values = column.to_pylist()
    values[chance.randrange(len(values))] = chance.choice((*_VALUES, chance.choice(values)))
    return table.set_column(at, pa.field(field.name, field.type), pa.array(values, field.type))


def main() -> int:
    """Run this harness under Atheris."""
    from tests.fuzz.run import main as run

    return run(["parquet", *sys.argv[1:]])


if __name__ == "__main__":
    sys.exit(main())
