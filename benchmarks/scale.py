"""Check archives of a thousand to a million documents: time for each document, gain of a second job, and memory.

    python benchmarks/scale.py --folder /tmp/archives --rounds 5

The archives are made by `archive.py`, if they are not in the folder already; one of a million documents takes 4 GB.
Whole processes are timed, the sizes and jobs in turn. Memory is the largest sum, over all processes of a run, of what
each has for itself and its share of what it has in common with others (PSS of Linux), looked at fifty times a second.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from statistics import median
from time import perf_counter, sleep

from archive import archive
from measure import markdown, script, setting

SIZES = (1_000, 10_000, 100_000, 1_000_000)


def measured(command: list[str]) -> tuple[float, int]:
    """Seconds and bytes that a command takes, with all its processes."""
    start = perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    most = 0
    while process.poll() is None:
        most = max(most, sum(map(_memory, _tree(process.pid))))
        sleep(0.02)
    seconds = perf_counter() - start
    if process.returncode:
        raise SystemExit(f"{' '.join(command)}: exit status {process.returncode}")
    return seconds, most


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
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--folder", type=Path, required=True, help="where the archives are, or are to be made")
    parser.add_argument("--rounds", type=int, default=5, help="how often each is checked (default: 5)")
    parser.add_argument("--sizes", type=int, nargs="+", default=list(SIZES), help="documents")
    parser.add_argument("--jobs", type=int, nargs="+", default=[1, 2])
    arguments = parser.parse_args()
    for size in arguments.sizes:
        if not (arguments.folder / str(size)).exists():
            archive(arguments.folder / str(size), size, min(1_000, size), 1)
    command = script(sys.executable, "sidelines")
    runs = [(size, jobs) for size in arguments.sizes for jobs in arguments.jobs]
    found: dict[tuple[int, int], list[tuple[float, int]]] = {run: [] for run in runs}
    for _ in range(arguments.rounds):
        for size, jobs in runs:
            found[size, jobs].append(
                measured([command, "check", str(arguments.folder / str(size)), "--jobs", str(jobs)])
            )
    seconds = {run: median(each[0] for each in times) for run, times in found.items()}
    rows = [
        (
            f"{size:,}",
            str(jobs),
            f"{seconds[size, jobs]:.2f}",
            f"{size / seconds[size, jobs]:,.0f}",
            f"{seconds[size, jobs] / size * 1e6:.0f}",
            f"{seconds[size, arguments.jobs[0]] / seconds[size, jobs]:.2f}",
            f"{max(each[1] for each in found[size, jobs]) / 2**20:.0f}",
        )
        for size, jobs in runs
    ]
    print(setting(["pyarrow", "numpy"]) + "\n")
    head = ("documents", "jobs", "s", "documents/s", "µs a document", f"against {arguments.jobs[0]} job", "peak MiB")
    print(markdown(head, rows))
    return 0


if __name__ == "__main__":
    sys.exit(main())
