"""What several commands share: the path of a corpus, limits, workers, the exit status."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from pathlib import Path
from typing import Any

import click

__all__ = [
    "CLEAN",
    "FAILED",
    "INTERRUPTED",
    "PROBLEMS",
    "corpus_root",
    "limit_options",
    "path_argument",
    "report_options",
    "worker_options",
]

CLEAN, PROBLEMS, FAILED, INTERRUPTED = 0, 1, 2, 130

path_argument = click.argument("path", required=False)


def _bytes(_: click.Context, option: click.Parameter, value: str) -> int:
    """A number of bytes, such as 1500, 64MiB or 2GB."""
    match = re.fullmatch(r"([0-9]{1,15})(?:([kmg])(i?)b?|b?)", value.strip().lower())
    if match is None:
        raise click.BadParameter(
            f"expected a number of bytes, such as 1500, 64MiB or 2GB, found {value!r}", param=option
        )
    power = " kmg".index(match[2]) if match[2] else 0
    return int(match[1]) * int((1024 if match[3] else 1000) ** power)


def limit_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """The options that raise or lower how much is read."""

    @wraps(command)
    def limited(*given: Any, max_file_size: int, max_depth: int, max_rows: int, **options: Any) -> Any:
        from sidelines.sources import Limits

        return command(*given, limits=Limits(max_file_size, max_depth, max_rows), **options)

    for option in (
        click.option("--max-rows", type=int, default=1_000_000, show_default=True, metavar="N",
                     help="Most rows of one table in one document."),
        click.option("--max-depth", type=int, default=64, show_default=True, metavar="N",
                     help="Most levels of objects and arrays in a JSON file; 512 at most."),
        click.option("--max-file-size", callback=_bytes, default="64MiB", show_default=True, metavar="SIZE",
                     help="Largest file, or line of JSON Lines, to read, in bytes or with a unit: 200MiB."),
    ):  # fmt: skip
        limited = option(limited)
    return limited


def report_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """The options that say how a report is shown, and where."""
    for option in (
        click.option("--show-folded", is_flag=True, help="Show also the problems that fold under their cause."),
        click.option("--max-problems", type=click.IntRange(min=0), metavar="N",
                     help="Show at most so many problems; all are counted."),
        click.option("--statistics", is_flag=True, help="Show only how often each rule found something."),
        click.option("-o", "--output", default="-", metavar="FILE",
                     help="File to write instead of standard output (-); the summary goes to standard error."),
        click.option("--format", "format_", type=click.Choice(["text", "json", "github", "sarif", "junit"]),
                     help="text for people; json, one problem a line; github, annotations of Actions; sarif, code "
                          "scanning; junit, test reports.  [default: text]"),
    ):  # fmt: skip
        command = option(command)
    return command


def worker_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """The options that say who does the work."""

    @wraps(command)
    def working(*given: Any, engine: str | None, scheduler: str | None, **options: Any) -> Any:
        with _client(engine, scheduler) as client:
            return command(*given, client=client, **options)

    for option in (
        click.option("--scheduler", metavar="ADDRESS", help="Dask scheduler to use, such as tcp://10.0.0.1:8786."),
        click.option("--engine", type=click.Choice(["processes", "dask"]),
                     help="Who does the work: processes here, or the workers of a Dask cluster."),
        click.option("-j", "--jobs", type=click.IntRange(min=1), metavar="N",
                     help="Processes at the same time.  [default: one for each core]"),
    ):  # fmt: skip
        working = option(working)
    return working


@contextmanager
def _client(engine: str | None, scheduler: str | None) -> Iterator[Any]:
    """A client of a Dask cluster; None where processes do the work."""
    if engine != "dask" and (scheduler is None or engine == "processes"):
        if scheduler is not None:
            raise click.UsageError("--scheduler goes with --engine dask")
        yield None
        return
    if scheduler is None:
        raise click.UsageError("--engine dask needs --scheduler, the address that `dask scheduler` prints")
    from sidelines.jobs import connect

    with connect(scheduler) as client:
        yield client


def corpus_root(path: str | None, own: bool = False) -> str:
    """The corpus that a command is for; which, is said where it was not named.

    With `own` it is never the one that comes with Sidelines, unless the working directory is in that or names it: a
    check of that in the place of another would always be clean.

    Raises
    ------
    SidelinesError
        with `own`, when there is none.
    """
    from sidelines.errors import SidelinesError
    from sidelines.files import within
    from sidelines.layout import find, shipped
    from sidelines.problems import printable

    if path is not None:
        return path
    root = find()
    which = str(root)
    if root == shipped() and not within(Path(), root):
        which = f"the one that comes with Sidelines, {root}"
        if own:
            try:
                find(Path())  # which may be a build, or JSON Lines
            except SidelinesError as error:
                raise SidelinesError(f"{error} (without a PATH, a corpus in this folder or above it is meant; "
                                     f"that of Sidelines itself is {root})") from None  # fmt: skip
            root, which = Path(), str(Path.cwd())
    click.echo(click.style(f"corpus: {printable(which)}", dim=True), err=True)
    return str(root)
