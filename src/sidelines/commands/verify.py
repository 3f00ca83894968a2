"""`sidelines verify`: every file, page and row of a build."""

from __future__ import annotations

import click

from sidelines.commands.options import CLEAN, PROBLEMS
from sidelines.terminal import VERIFICATIONS, progress_bar

__all__ = ["verify"]


@click.command()
@click.argument("build", required=False, default="build")
@click.option(
    "--format", "format_", type=click.Choice(["text", "json"]), default="text", show_default=True,
    help="text for people; json for programs, one problem a line.",
)  # fmt: skip
def verify(build: str, format_: str) -> int:
    """Verify a build: every file, every page and every row.

    BUILD is the folder that build wrote, by default build, or its URI in an object store. Its files are compared with
    SHA256SUMS, the pages of its tables with their checksums, and the rows with the content hash in the metadata.

    \b
    Examples:
      sidelines verify my-build
      sidelines verify my-build --format json | jq .code
    """
    from sidelines.verifier import verify as run

    with progress_bar("verifying", "bytes") as progress:
        made = run(build, progress=progress)
    VERIFICATIONS[format_](made)
    return CLEAN if made.ok else PROBLEMS
