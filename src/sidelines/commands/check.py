"""`sidelines check`: every file, every offset, every rule."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import click

from sidelines.commands.options import CLEAN, PROBLEMS, corpus_root, limit_options, path_argument, worker_options
from sidelines.errors import count
from sidelines.terminal import REPORTS, print_diff, progress_bar

__all__ = ["check"]


@click.command()
@path_argument
@click.option(
    "--format", "format_", type=click.Choice(["text", "json"]), default="text", show_default=True,
    help="text for people; json for programs, one problem a line.",
)  # fmt: skip
@click.option("--fix", is_flag=True, help="Mend what has one certain answer, then show what is left.")
@click.option("--diff", is_flag=True, help="Show what --fix would change, and change nothing.")
@worker_options
@limit_options
def check(path: str | None, format_: str, fix: bool, diff: bool, **options: Any) -> int:
    """Check every file, every offset and every rule.

    \b
    Examples:
      sidelines check my-corpus
      sidelines check --format json | jq .code
      sidelines check my-corpus --diff
      sidelines check my-corpus --fix
      sidelines check archive-build --engine dask --scheduler tcp://10.0.0.1:8786
    """
    from sidelines.checker import check as run

    root = corpus_root(path)
    if fix or diff:
        return _mend(root, format_, diff, options)
    with progress_bar("checking") as progress:
        report = run(root, progress=progress, **options)
    REPORTS[format_](report)
    return CLEAN if report.ok else PROBLEMS


def _mend(root: str, format_: str, diff: bool, options: Mapping[str, Any]) -> int:
    from sidelines.repairs import mend

    with progress_bar("checking") as progress:
        repair = mend(root, write=not diff, progress=progress, **options)
    if diff:
        for change in repair.changes:
            print_diff(change.diff)
    would = "would be mended" if diff else "mended"
    problems, files = count(repair.mended, "problem"), count(len(repair.changes), "file")
    click.echo(f"{problems} {would} in {files}", err=True)
    if not diff:
        REPORTS[format_](repair.after)
    return PROBLEMS if not repair.after.ok or (diff and repair.changes) else CLEAN
