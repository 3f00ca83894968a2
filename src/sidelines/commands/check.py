"""`sidelines check`: every file, every offset, every rule."""

from __future__ import annotations

import shlex
from typing import Any

import click

from sidelines.commands.options import (
    CLEAN,
    PROBLEMS,
    corpus_root,
    limit_options,
    path_argument,
    report_options,
    worker_options,
)
from sidelines.terminal import print_repair, progress_bar

__all__ = ["check"]


@click.command()
@path_argument
@click.option(
    "--select", multiple=True, metavar="RULES",
    help="Report these rules alone: codes, names, or how codes begin: O004, overlap, F1; with commas, or once more.",
)  # fmt: skip
@click.option("--ignore", multiple=True, metavar="RULES", help="Do not report these. The more specific wins.")
@click.option(
    "--severity", type=click.Choice(["error", "warning"]), help="The least that is reported.  [default: warning]"
)
@click.option("--fix", is_flag=True, help="Mend what has one certain answer, then report what is left.")
@click.option("--diff", is_flag=True, help="Show what --fix would change, and change nothing.")
@report_options
@worker_options
@limit_options
def check(
    path: str | None, select: tuple[str, ...], ignore: tuple[str, ...], severity: str | None, fix: bool, diff: bool,
    format_: str | None, output: str, statistics: bool, max_problems: int | None, show_folded: bool, **options: Any,
) -> int:  # fmt: skip
    """Check every file, every offset and every rule of a corpus.

    Without a PATH, it is the nearest folder upwards that is one.

    What is not given here is as the corpus says, in `check` of its corpus.json or, before that, in `tool.sidelines` of
    a pyproject.toml beside it: select, ignore, severity, format and max-problems.

    \b
    Examples:
      sidelines check my-corpus
      sidelines check my-corpus --select O,F108 --ignore O005
      sidelines check my-corpus --statistics
      sidelines check my-corpus --format json | jq .code
      sidelines check my-corpus --format sarif --output sidelines.sarif
      sidelines check my-corpus --diff
      sidelines check my-corpus --fix
      sidelines check archive-build --engine dask --scheduler tcp://10.0.0.1:8786
    """
    from sidelines.reports.formats import format_of, show, spare, view_of_check
    from sidelines.selection import preferences_at
    from sidelines.stores import place

    if fix and diff:
        raise click.UsageError("--diff shows what --fix would change: expected one of the two, found both")
    if diff and (format_ or output != "-" or statistics or show_folded or max_problems is not None):
        raise click.UsageError("--diff shows changes, not a report: it goes without --format, --output, --statistics, "
                               "--max-problems and --show-folded")  # fmt: skip
    root = corpus_root(path, own=True)
    spare(output, root)
    given: dict[str, Any] = {"select": _joined(select), "ignore": _joined(ignore), "severity": severity}
    settings = preferences_at(root, options["limits"], **given)
    chosen = format_of(format_, settings.format, statistics)
    if fix or diff:
        from sidelines.repairs import mend

        with progress_bar("checking") as progress:
            repair = mend(root, write=not diff, progress=progress, **given, **options)
        print_repair(repair, place(root), diff)
        if diff:
            return PROBLEMS if repair.changes or not repair.after.ok else CLEAN
        report = repair.after
    else:
        from sidelines.checker import check as run

        with progress_bar("checking") as progress:
            report = run(root, progress=progress, **given, **options)
    view = view_of_check(
        report, root, settings.codes, output=output, folded=show_folded,
        most=settings.max_problems if max_problems is None else max_problems,
        mending=None if fix else _again(path, **given),
    )  # fmt: skip
    show(report, view, chosen, output, statistics)
    return CLEAN if report.ok else PROBLEMS


def _joined(words: tuple[str, ...]) -> str | None:
    return ",".join(words) if words else None


def _again(path: str | None, **given: str | None) -> str:
    """The command that mends what this one was asked for."""
    options = [word for key, value in given.items() if value is not None for word in (f"--{key}", value)]
    return shlex.join(["sidelines", "check", *([] if path in (None, ".") else [path]), *options, "--fix"])
