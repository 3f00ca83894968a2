"""`sidelines view`: the annotated article as a page."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from sidelines.commands.options import CLEAN, PROBLEMS, corpus_root, limit_options, path_argument
from sidelines.terminal import open_page, print_page, progress_bar

if TYPE_CHECKING:
    from sidelines.sources import Limits

__all__ = ["view"]


@click.command()
@path_argument
@click.option(
    "-o", "--output", default="page.html", show_default=True, metavar="FILE",
    help="File to write, or - for standard output; an earlier page there is replaced.",
)  # fmt: skip
@click.option("--open", "open_", is_flag=True, help="Open the page in the browser.")
@limit_options
def view(path: str | None, output: str, open_: bool, limits: Limits) -> int:
    """Write a corpus with its annotations as a page: one HTML file, which needs no network and nothing beside it.

    Documents that cannot be read are listed in it with what is wrong, and the status is 1.

    \b
    Examples:
      sidelines view
      sidelines view my-corpus -o my-corpus.html
      sidelines view --open
      sidelines view my-corpus -o - | gzip > my-corpus.html.gz
    """
    from sidelines.stores import place
    from sidelines.viewer import view as run

    if open_ and output == "-":
        raise click.UsageError("--open needs a file to open: expected --output FILE, found -")
    root = corpus_root(path)
    with progress_bar("reading") as progress:
        page = run(root, output, limits=limits, progress=progress)
    print_page(page, place(root))
    if open_ and page.out is not None:
        open_page(page.out)
    return PROBLEMS if page.problems else CLEAN
