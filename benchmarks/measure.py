"""Time whole processes side by side, and say so in Markdown."""

from __future__ import annotations

import os
import platform
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from importlib.metadata import version
from pathlib import Path
from time import perf_counter
from typing import TypeVar

__all__ = ["alternate", "in_turn", "markdown", "on_one_core", "run", "script", "setting"]

Name = TypeVar("Name")


def on_one_core() -> int:
    """Keep this process, and all that it starts from now on, to one of the cores it may use; returns which."""
    try:
        core = max(os.sched_getaffinity(0))
        os.sched_setaffinity(0, {core})
    except AttributeError:
        raise SystemExit(f"{sys.platform} cannot keep a process to one core; Linux can") from None
    return core


def run(command: Sequence[str]) -> tuple[float, str]:
    """Run a command as a new process; returns its seconds and what it printed.

    It runs in an empty folder, so that nothing that lies about is imported. When it fails, the measurement ends.
    """
    with tempfile.TemporaryDirectory() as empty:
        start = perf_counter()
        done = subprocess.run(command, cwd=empty, capture_output=True, encoding="utf-8", check=False)
        seconds = perf_counter() - start
    if done.returncode:
        raise SystemExit(f"{' '.join(command)}: exit status {done.returncode}\n{done.stdout[-2000:]}{done.stderr}")
    sys.stderr.write(done.stderr)
    return seconds, done.stdout


def alternate(
    commands: Mapping[Name, Sequence[str]], rounds: Mapping[Name, int], before: Callable[[], object] = lambda: None
) -> dict[Name, list[float]]:
    """Run commands in turn and time them in seconds; one with fewer rounds drops out early.

    `before` is called before each, and not timed.
    """
    times: dict[Name, list[float]] = {name: [] for name in commands}
    for turn in range(max(rounds.values())):
        for name, command in commands.items():
            if turn < rounds[name]:
                before()
                times[name].append(run(command)[0])
    return times


def in_turn(
    sides: Mapping[str, Callable[[], object]], rounds: Mapping[str, int], before: Callable[[], object] = lambda: None
) -> dict[str, list[float]]:
    """Call functions in turn, in this process, and time them in seconds; each is called once before it is timed.

    `before` is called before each, and not timed.
    """
    times: dict[str, list[float]] = {name: [] for name in sides}
    for turn in range(-1, max(rounds.values())):
        for name, side in sides.items():
            if turn < rounds[name]:
                before()
                start = perf_counter()
                side()
                seconds = perf_counter() - start
                if turn >= 0:
                    times[name].append(seconds)
    return times


def script(python: str, name: str) -> str:
    """The path of a command that is installed beside a Python."""
    folder = Path(python).absolute().parent
    found = shutil.which(name, path=os.pathsep.join([str(folder), str(folder / "Scripts")]))
    if found is None:
        raise SystemExit(f"there is no {name} beside {python}; install sidelines there")
    return found


def markdown(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table in Markdown, the first column to the left and the others to the right."""
    lines = [list(head), *map(list, rows)]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    lines.insert(1, ["-" * widths[0], *("-" * (width - 1) + ":" for width in widths[1:])])
    return "\n".join(f"| {' | '.join(_padded(line, widths))} |" for line in lines)


def _padded(cells: Sequence[str], widths: Sequence[int]) -> Iterator[str]:
    for column, (cell, width) in enumerate(zip(cells, widths, strict=True)):
        yield cell.rjust(width) if column else cell.ljust(width)


def setting(packages: Sequence[str]) -> str:
    """What was measured with, in one line: Python, packages, system and cores."""
    used = ", ".join(f"{package} {version(package)}" for package in packages)
    return f"Python {platform.python_version()}, {used}; {sys.platform}, {os.cpu_count()} cores"
