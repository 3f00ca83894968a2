"""Compile 5,000 documents of JSON to Parquet on one core: `sidelines build` against a loop and pandas.

    python benchmarks/build_parquet.py --documents 5000 --rounds 5 --at-least 5

Makes the corpus of `generate.py` in a temporary folder. Both sides are kept to one and the same core, with all their
threads, and run in turn: first as whole processes, `sidelines build --jobs 1` and `pandas_build.py`; then within one
process, which has called each once before. Each time they write to a folder that is not there.

Both write the same tables, compressed by zstd, and in all columns that pandas_build.py writes the same values, which is
looked at. The rest is not the same. `sidelines build` checks everything first, by all rules, derives a dozen columns
more, describes each column, writes checksums of pages, a hash of the rows of each table and SHA256SUMS, and has the
system bring every file to the disk (fsync). pandas_build.py does nothing of that.

Exit status 1 when we are not at least so many times as fast, as processes or within one.
"""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path
from statistics import median

import pandas_build
import pyarrow as pa
import pyarrow.parquet as pq
from generate import write_corpus
from measure import alternate, in_turn, markdown, on_one_core, run, script, setting

import sidelines

OURS, PANDAS = "sidelines build", "pandas_build.py"
HERE = Path(__file__).resolve().parent


def main() -> int:
    """Measure, print, and hold the ratio."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--documents", type=int, default=5000, help="at most 10,000, which we write as one part")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--at-least", type=float, default=5.0, help="the ratio below which the exit status is 1")
    options = parser.parse_args()
    if options.documents > 10_000:
        parser.error("--documents: expected at most 10,000")
    core = on_one_core()
    with tempfile.TemporaryDirectory() as folder:
        corpus, out = Path(folder, "corpus"), Path(folder, "built")
        rows = sum(write_corpus(corpus, options.documents, options.seed).values())
        packages = setting(("msgspec", "numpy", "pandas", "pyarrow"))
        print(f"{options.documents:,} documents, {rows:,} rows; core {core} alone. {packages}\n", flush=True)

        def remove() -> None:
            shutil.rmtree(out, ignore_errors=True)

        ours = [script(sys.executable, "sidelines"), "build", str(corpus), "--out", str(out), "--jobs", "1"]
        pandas = [sys.executable, str(HERE / "pandas_build.py"), str(corpus), str(out)]
        _compare(ours, pandas, out)
        rounds = {PANDAS: options.rounds, OURS: options.rounds}
        whole = alternate({PANDAS: pandas, OURS: ours}, rounds, remove)
        print(_table("whole processes", whole, options.documents), end="\n\n", flush=True)
        sides: dict[str, Callable[[], object]] = {
            PANDAS: lambda: pandas_build.build(corpus, out),
            OURS: lambda: sidelines.build(corpus, out, jobs=1),
        }
        within = in_turn(sides, rounds, remove)
        print(_table("within one process", within, options.documents))
    ratio = min(median(times[PANDAS]) / median(times[OURS]) for times in (whole, within))
    if ratio < options.at_least:
        print(f"\n{ratio:.1f} times as fast; expected at least {options.at_least:g}", file=sys.stderr)
        return 1
    return 0


def _compare(ours: list[str], pandas: list[str], out: Path) -> None:
    """Run both once, and look whether the columns that both write have the same values."""
    kept = out.with_name("pandas")
    run(pandas)
    out.rename(kept)
    run(ours)
    for table in pandas_build.COLUMNS:
        mine, other = (pq.read_table(build / "parquet" / f"{table}.parquet") for build in (out, kept))
        for name in other.column_names:
            if not _plain(mine[name]).cast(_plain(other[name]).type).equals(_plain(other[name])):
                raise SystemExit(f"{table}.{name}: the sides do not agree")
    shutil.rmtree(kept)


def _plain(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """Strings in the place of categories."""
    return column.cast(column.type.value_type) if pa.types.is_dictionary(column.type) else column


def _table(title: str, times: Mapping[str, list[float]], documents: int) -> str:
    seconds = {name: median(measured) for name, measured in times.items()}
    rows = [
        [f"`{name}`", f"{seconds[name]:.2f}", str(len(times[name])), f"{documents / seconds[name]:,.0f}",
         f"{seconds[PANDAS] / seconds[name]:.1f}"]
        for name in (PANDAS, OURS)
    ]  # fmt: skip
    return markdown([title, "median, s", "runs", "documents/s", "ratio"], rows)


if __name__ == "__main__":
    sys.exit(main())
