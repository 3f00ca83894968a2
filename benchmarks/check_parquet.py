"""Check an archive of Parquet, all rules, on one core: against naive slices, and against SHA-256 over the same bytes.

    python benchmarks/check_parquet.py --documents 10000 --rounds 7 --at-most 12

Makes the archive of `archive.py` in a temporary folder, or takes the build that `--build` names. All sides are kept to
one and the same core, with all their threads, and run in turn: first as whole processes, with their start and what they
import; then each within one process, which has called it once before, for what a document more costs.

- `sidelines check --jobs 1` reads every column of every table and applies all rules; `sidelines.check(jobs=1)` within.
- `slices.py` reads the columns of spans and compares surfaces with slices of the text in a loop, and does nothing else;
  with `--arrow`, the slices are cut by Arrow, one call a row.
- `sums.py` hashes, by hashlib. As a process, it reads what it hashes (`files` as they are, `texts` and `values` through
  `pyarrow.parquet`). Within one process the bytes are in memory before: no more than the hash itself is timed, while we
  read the files, too.

`values` are the same bytes that a check looks at: every column as Arrow has it in memory. `texts` are those of the
texts alone, `files` those of the compressed files. `--against` says which of them the target is for.

Exit status 1 when a check takes more than so many times as long as the hash, within one process (`--at-most`), or is
not so many times as fast as the slices of Python, within one process (`--at-least`).
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from statistics import median

from archive import archive
from measure import alternate, in_turn, markdown, on_one_core, script, setting
from parts import shares, timed_parts
from slices import compare
from sums import PIECES, total

import sidelines

OURS, SLICES, ARROW_SLICES = "sidelines check", "slices.py", "slices.py --arrow"
HERE = Path(__file__).resolve().parent
HASHES = {kind: f"sums.py --of {kind}" for kind in PIECES}


def main() -> int:
    """Measure, print, and hold the ratios."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--build", type=_absolute, help="one that is there, in the place of one that is made")
    parser.add_argument("--documents", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--arrow-rounds", type=int, default=5, help="runs of slices.py --arrow, which takes long")
    parser.add_argument("--against", choices=PIECES, default="values", help="the bytes that --at-most is for")
    parser.add_argument(
        "--at-most", type=float, default=12.0, help="times the time of SHA-256, or the exit status is 1"
    )
    parser.add_argument("--at-least", type=float, help="times as fast as slices.py, or the exit status is 1")
    options = parser.parse_args()
    core = on_one_core()
    with tempfile.TemporaryDirectory() as folder:
        build = options.build
        if build is None:
            build = Path(folder, "archive")
            archive(build, options.documents, min(1_000, options.documents), options.seed)
        report = sidelines.check(build, jobs=1)
        if report:
            raise SystemExit(f"{build}: {report[0]}")
        documents, rows = report.documents, sum(report.rows.values())
        packages = setting(("numpy", "pyarrow"))
        print(f"{documents:,} documents, {rows:,} rows; core {core} alone. {packages}\n", flush=True)
        rounds = dict.fromkeys((OURS, SLICES, ARROW_SLICES, *HASHES.values()), options.rounds)
        rounds[ARROW_SLICES] = options.arrow_rounds
        whole = alternate(_commands(build), rounds)
        print(_table("whole processes", whole, documents, {}), end="\n\n", flush=True)
        within, sizes = _within(build, rounds)
        print(_table("within one process", within, documents, sizes), end="\n\n", flush=True)
        print(shares([timed_parts(build) for _ in range(min(options.rounds, 3))], aside=False))
    seconds = {name: median(times) for name, times in within.items()}
    return _missed(seconds, HASHES[options.against], options.at_most, options.at_least)


def _absolute(path: str) -> Path:
    return Path(path).absolute()  # a process that is measured runs in a folder of its own


def _commands(build: Path) -> dict[str, list[str]]:
    slices = [sys.executable, str(HERE / "slices.py"), str(build)]
    sums = {name: [sys.executable, str(HERE / "sums.py"), str(build), "--of", kind] for kind, name in HASHES.items()}
    ours = [script(sys.executable, "sidelines"), "check", str(build), "--jobs", "1"]
    return {OURS: ours, SLICES: slices, ARROW_SLICES: [*slices, "--arrow"], **sums}


def _within(build: Path, rounds: Mapping[str, int]) -> tuple[dict[str, list[float]], dict[str, int]]:
    """The seconds of each side in this process, and the bytes that are hashed."""
    sides: dict[str, Callable[[], object]] = {
        OURS: lambda: sidelines.check(build, jobs=1),
        SLICES: lambda: compare(build),
        ARROW_SLICES: lambda: compare(build, by_arrow=True),
    }
    times = in_turn(sides, {name: rounds[name] for name in sides})
    sizes = {}
    for kind, name in HASHES.items():  # one after the other: all in memory at the same time would be much
        pieces = list(PIECES[kind](build))
        sizes[name] = total(pieces)
        times |= in_turn({name: partial(total, pieces)}, {name: rounds[name]})
    return times, sizes


def _table(title: str, times: Mapping[str, list[float]], documents: int, sizes: Mapping[str, int]) -> str:
    ours = median(times[OURS])
    head = [
        title,
        *(["bytes a document"] if sizes else []),
        "median, s",
        "runs",
        "µs a document",
        "time of ours to its",
    ]
    rows = []
    for name, measured in times.items():
        seconds = median(measured)
        size = [f"{sizes[name] / documents:,.0f}" if name in sizes else ""] if sizes else []
        rows.append([f"`{name}`", *size, f"{seconds:.3f}", str(len(measured)), f"{seconds / documents * 1e6:.1f}",
                     f"{ours / seconds:.2f}"])  # fmt: skip
    return markdown(head, rows)


def _missed(seconds: Mapping[str, float], sums: str, most: float, least: float | None) -> int:
    """1 when one of the targets is missed, which is said."""
    times, faster = seconds[OURS] / seconds[sums], seconds[SLICES] / seconds[OURS]
    if times > most:
        print(f"\n{times:.1f} times as long as {sums}; expected at most {most:g}", file=sys.stderr)
    if least is not None and faster < least:
        print(f"\n{faster:.2f} times as fast as {SLICES}; expected at least {least:g}", file=sys.stderr)
    return int(times > most or (least is not None and faster < least))


if __name__ == "__main__":
    sys.exit(main())
