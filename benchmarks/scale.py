"""Check archives of a thousand to a million documents: time for each document, gain of a second job, and memory.

    python benchmarks/scale.py --folder /tmp/archives --jobs-at-least 1.8 --time-at-most 1.1 --memory-at-most 1.2 \
        --peak-at-most 1GiB

The archives are made by `archive.py`, if they are not in the folder already; one of a million documents takes 4.5 GB.
Whole processes are timed, the sizes and jobs in turn, `--rounds` times each; those of a million documents or more,
which take minutes, `--large-rounds` times. An archive of one document says what a start takes: what a document takes is
given with and without it. All that is read may come from the system's cache.

Memory is looked at in other runs, one each, which are not timed, because looking costs a tenth of a core. It is the
largest sum, over all processes of a run, of what each has for itself and its share of what it has in common with others
(PSS of Linux), looked at fifty times a second.

Archives have a part for each 10,000 documents, and a job takes a part at a time: up to 10,000 documents, a second job
has nothing to do. One job is one process; what Arrow decodes in threads of its own may take another core all the same.

Exit status 1 when a target is missed: speed of two jobs against one at `--gain-at` documents (`--jobs-at-least`); time
for a document without the start, by one job, at the largest size against `--from` documents (`--time-at-most`); memory
at the same, and of two jobs against `--gain-at` documents (`--memory-at-most`); memory of any run (`--peak-at-most`).
"""

from __future__ import annotations

import argparse
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from statistics import median
from time import sleep

from archive import archive
from measure import alternate, markdown, script, setting

SIZES = (1_000, 10_000, 100_000, 1_000_000)
LARGE = 1_000_000
START = (1, 1)
UNITS = {"": 1, "B": 1, "KiB": 2**10, "MiB": 2**20, "GiB": 2**30}

Run = tuple[int, int]  # documents, jobs


def peak(command: list[str]) -> int:
    """The most bytes that a command has at the same time, with all its processes."""
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    most = 0
    while process.poll() is None:
        most = max(most, sum(map(_memory, _tree(process.pid))))
        sleep(0.02)
    if process.returncode:
        raise SystemExit(f"{' '.join(command)}: exit status {process.returncode}")
    return most


def _tree(pid: int) -> Iterator[int]:
    yield pid
    try:
        threads = list(Path(f"/proc/{pid}/task").iterdir())
        children = [child for thread in threads for child in (thread / "children").read_text().split()]
    except OSError:  # it has just ended
        return
    for child in children:
        yield from _tree(int(child))


def _memory(pid: int) -> int:
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0
    return sum(int(line.split()[1]) * 1024 for line in lines if line.startswith("Pss:"))


def main() -> int:
    """Measure, print, and hold the targets."""
    options = _options()
    for size in {START[0], *options.sizes}:
        if not (options.folder / str(size)).exists():
            archive(options.folder / str(size), size, min(1_000, size), 1)
    command = script(sys.executable, "sidelines")
    runs: list[Run] = [(size, jobs) for size in options.sizes for jobs in options.jobs]
    commands = {
        (size, jobs): [command, "check", str(options.folder / str(size)), "--jobs", str(jobs)]
        for size, jobs in [START, *runs]
    }
    print(setting(["pyarrow", "numpy"]) + "\n", flush=True)
    rounds = {run: options.large_rounds if run[0] >= LARGE else options.rounds for run in commands}
    seconds = {run: median(times) for run, times in alternate(commands, rounds).items()}
    memory = {run: peak(commands[run]) for run in commands}
    one = options.jobs[0]
    rows = [
        [f"{size:,}", str(jobs), f"{seconds[size, jobs]:.2f}", str(rounds[size, jobs]),
         f"{size / seconds[size, jobs]:,.0f}", f"{seconds[size, jobs] / size * 1e6:.0f}",
         f"{_each(seconds, (size, jobs)) * 1e6:.0f}", f"{seconds[size, one] / seconds[size, jobs]:.2f}",
         f"{memory[size, jobs] / 2**20:.0f}"]
        for size, jobs in (START, *runs)
        if size > 1
    ]  # fmt: skip
    head = ["documents", "jobs", "s", "runs", "documents/s", "µs a document", "without start",
            f"against {one} job" + "s" * (one > 1), "peak MiB"]  # fmt: skip
    print(markdown(head, rows), end="\n\n")
    print(f"A start: {seconds[START]:.2f} s, {memory[START] / 2**20:.0f} MiB.\n")
    return _held(options, seconds, memory)


def _each(seconds: dict[Run, float], run: Run) -> float:
    """The seconds that a document takes, without the start of the process."""
    return (seconds[run] - seconds[START]) / run[0]


def _held(options: argparse.Namespace, seconds: dict[Run, float], memory: dict[Run, int]) -> int:
    """Say what is held to targets, as far as it was measured; returns 1 when one is missed."""
    one, last, gain, start = options.jobs[0], max(options.sizes), options.gain_at, getattr(options, "from")
    figures: list[tuple[str, float, str, float | None]] = []  # what, how much, at least or at most, target
    for jobs in options.jobs[1:]:
        if gain in options.sizes:
            ratio = seconds[gain, one] / seconds[gain, jobs]
            figures.append((f"{jobs} jobs to {one}, {gain:,} documents: speed", ratio, "≥", options.jobs_at_least))
            if last > gain:
                ratio = memory[last, jobs] / memory[gain, jobs]
                figures.append(
                    (f"{last:,} to {gain:,} documents, jobs: {jobs}: memory", ratio, "≤", options.memory_at_most)
                )
    if start in options.sizes and last > start:
        ratio = _each(seconds, (last, one)) / _each(seconds, (start, one))
        figures.append(
            (f"{last:,} to {start:,} documents, jobs: {one}: time for each", ratio, "≤", options.time_at_most)
        )
        ratio = memory[last, one] / memory[start, one]
        figures.append((f"{last:,} to {start:,} documents, jobs: {one}: memory", ratio, "≤", options.memory_at_most))
    most = options.peak_at_most and options.peak_at_most / 2**20
    figures.append(("memory of any run, MiB", max(memory.values()) / 2**20, "≤", most))
    table = [
        [what, f"{found:.2f}", "" if target is None else f"{sign} {target:g}"] for what, found, sign, target in figures
    ]
    print(markdown(["held", "found", "target"], table))
    missed = [what for what, found, sign, target in figures
              if target is not None and (found < target if sign == "≥" else found > target)]  # fmt: skip
    for what in missed:
        print(f"\n{what}: the target is missed", file=sys.stderr)
    return 1 if missed else 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--folder", type=Path, required=True, help="where the archives are, or are to be made")
    parser.add_argument("--rounds", type=int, default=5, help="how often each is timed (default: 5)")
    parser.add_argument("--large-rounds", type=int, default=3, help="the same from a million documents on (default: 3)")
    parser.add_argument("--sizes", type=int, nargs="+", default=list(SIZES), help="documents")
    parser.add_argument("--jobs", type=int, nargs="+", default=[1, 2])
    parser.add_argument("--from", type=int, default=10_000, help="documents that the largest size is held against")
    parser.add_argument(
        "--gain-at", type=int, default=100_000, help="documents at which jobs are held against each other"
    )
    parser.add_argument("--jobs-at-least", type=float, help="times as fast as one job")
    parser.add_argument("--time-at-most", type=float, help="times the time for a document")
    parser.add_argument("--memory-at-most", type=float, help="times the memory")
    parser.add_argument("--peak-at-most", type=_size, help="memory of any run, in bytes or with a unit: 1GiB")
    options = parser.parse_args()
    options.folder = options.folder.absolute()  # a process that is timed runs in a folder of its own
    start, gain, last = getattr(options, "from"), options.gain_at, max(options.sizes)
    if options.jobs_at_least is not None and (gain not in options.sizes or len(options.jobs) < 2):
        parser.error(f"--jobs-at-least: expected {gain} among --sizes, and two --jobs")
    growth = (options.time_at_most, options.memory_at_most)
    if any(target is not None for target in growth) and (start not in options.sizes or last <= start):
        parser.error(f"--time-at-most, --memory-at-most: expected {start} among --sizes, and a larger one")
    return options


def _size(given: str) -> int:
    match = re.fullmatch(r"(\d+)([KMG]iB|B|)", given)
    if match is None:
        raise argparse.ArgumentTypeError(f"expected bytes, or a number with KiB, MiB or GiB, found {given!r}")
    return int(match[1]) * UNITS[match[2]]


if __name__ == "__main__":
    sys.exit(main())
