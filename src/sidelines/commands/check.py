"""`sidelines check`: every file, every offset, every rule."""

from __future__ import annotations

from typing import Any

import click

from sidelines.commands.options import CLEAN, PROBLEMS, corpus_root, limit_options, path_argument, worker_options
from sidelines.terminal import REPORTS, progress_bar

__all__ = ["check"]


@click.command()
@path_argument
@click.option(
    "--format", "format_", type=click.Choice(["text", "json"]), default="text", show_default=True,
    help="text for people; json for programs, one problem a line.",
)  # fmt: skip
@worker_options
@limit_options
def check(path: str | None, format_: str, **options: Any) -> int:
    """Check every file, every offset and every rule.

    \b
    Examples:
      sidelines check my-corpus
      sidelines check --format json | jq .code
      sidelines check archive-build --engine dask --scheduler tcp://10.0.0.1:8786
    """
    from sidelines.checker import check as run

    root = corpus_root(path)
    with progress_bar("checking") as progress:
        report = run(root, progress=progress, **options)
    REPORTS[format_](report)
    return CLEAN if report.ok else PROBLEMS
