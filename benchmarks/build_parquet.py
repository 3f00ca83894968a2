"""Compile 5,000 documents of JSON to Parquet on one core: `sidelines build` against a loop and pandas.

    python benchmarks/build_parquet.py --documents 5000 --rounds 5 --at-least 5

Makes the corpus of `generate.py` in a temporary folder. All sides are kept to one and the same core, with all their
threads, and run in turn: first as whole processes, `sidelines build --jobs 1` and `pandas_build.py`; then within one
process, which has called each once before. Each time they write to a folder that is not there.

All write the same tables, compressed by zstd, and in all columns that `pandas_build.py` writes the same values, which
is looked at. It writes those that the files hold; with `--derive` also the twelve that are derived; with `--check`, it
lets `plain.py` check the corpus first. The rest is not the same. `sidelines build` checks everything, by all rules,
derives those columns, describes each, writes checksums of pages, a hash of the rows of each table and SHA256SUMS, and
has the system bring every file to the disk (fsync).

Exit status 1 when we are not at least so many times as fast as the side that `--against` names, as processes or within
one. The side that checks is run as a process alone.
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
DERIVED, CHECKED = f"{PANDAS} --derive", f"{PANDAS} --derive --check"
SIDES = {"files": PANDAS, "derived": DERIVED, "checked": CHECKED}
HERE = Path(__file__).resolve().parent


def main() -> int:
    """Measure, print, and hold the ratio."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--documents", type=int, default=5000, help="at most 10,000, which we write as one part")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--check-rounds", type=int, default=5, help="runs of the side that checks, which takes long")
    parser.add_argument("--against", choices=SIDES, default="files", help="the side that --at-least is for")
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
        commands = {
            PANDAS: pandas,
            DERIVED: [*pandas, "--derive"],
            CHECKED: [*pandas, "--derive", "--check"],
            OURS: ours,
        }
        _compare(ours, commands[DERIVED], out)
        rounds = dict.fromkeys(commands, options.rounds) | {CHECKED: options.check_rounds}
        whole = alternate(commands, rounds, remove)
        print(_table("whole processes", whole, options.documents), end="\n\n", flush=True)
        sides: dict[str, Callable[[], object]] = {
            PANDAS: lambda: pandas_build.build(corpus, out),
            DERIVED: lambda: pandas_build.build(corpus, out, derived=True),
            OURS: lambda: sidelines.build(corpus, out, jobs=1),
        }
        within = in_turn(sides, {name: rounds[name] for name in sides}, remove)
        print(_table("within one process", within, options.documents))
    other = SIDES[options.against]
    ratio = min(median(times[other]) / median(times[OURS]) for times in (whole, within) if times.get(other))
    if ratio < options.at_least:
        print(f"\n{ratio:.1f} times as fast as {other}; expected at least {options.at_least:g}", file=sys.stderr)
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
    seconds = {name: median(measured) for name, measured in times.items() if measured}
    rows = [
        [f"`{name}`", f"{seconds[name]:.2f}", str(len(times[name])), f"{documents / seconds[name]:,.0f}",
         f"{seconds[name] / seconds[OURS]:.1f}"]
        for name in seconds
    ]  # fmt: skip
    return markdown([title, "median, s", "runs", "documents/s", "speed of ours to its"], rows)


if __name__ == "__main__":
    sys.exit(main())
