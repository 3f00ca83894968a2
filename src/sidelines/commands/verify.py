"""`sidelines verify`: every file, page and row of a build."""

from __future__ import annotations

import click

from sidelines.commands.options import CLEAN, PROBLEMS, report_options
from sidelines.terminal import progress_bar

__all__ = ["verify"]


@click.command()
@click.argument("build", required=False, default="build")
@report_options
def verify(
    build: str, format_: str | None, output: str, statistics: bool, max_problems: int | None, show_folded: bool
) -> int:
    """Verify a build: every file, every page and every row.

    BUILD is the folder that build wrote, by default build, or its URI in an object store. Its files are compared with
    SHA256SUMS, the pages of its tables with their checksums, and the rows with the content hash in the metadata.

    \b
    Examples:
      sidelines verify my-build
      sidelines verify my-build --format json | jq .code
    """
    from sidelines.reports.formats import format_of, show, spare, view_of_verification
    from sidelines.verifier import verify as run

    chosen = format_of(format_, "text", statistics)
    spare(output, build)
    with progress_bar("verifying", "bytes") as progress:
        made = run(build, progress=progress)
    view = view_of_verification(made, output=output, most=max_problems, folded=show_folded)
    show(made.report, view, chosen, output, statistics)
    return CLEAN if made.ok else PROBLEMS
