"""`sidelines build`: check a corpus, then compile it."""

from __future__ import annotations

from typing import Any

import click

from sidelines.commands.options import CLEAN, PROBLEMS, corpus_root, limit_options, path_argument, worker_options
from sidelines.errors import InvalidCorpusError, WorkersLostError
from sidelines.terminal import print_build, print_error, print_problems, progress_bar

__all__ = ["build"]


@click.command()
@path_argument
@click.option("--out", default="build", show_default=True, help="Folder to write, on the disk or in an object store.")
@click.option(
    "--part-documents", type=click.IntRange(min=1), metavar="N",
    help="Documents in one part; tables of more are folders of parts.  [default: 10,000]",
)  # fmt: skip
@click.option(
    "--page/--no-page", default=True,
    help="Write index.html, the page that `sidelines view` makes, or not.  [default: of at most 1,000 documents]",
)  # fmt: skip
@worker_options
@limit_options
def build(path: str | None, out: str, page: bool, **options: Any) -> int:
    """Check a corpus, then compile it to Parquet.

    Writes parquet/<table>.parquet for documents and every table, corpus.json, schema/, SHA256SUMS, and index.html for
    people. With errors it writes nothing and leaves an earlier build as it is. A build in parts that was interrupted
    goes on where it was.

    \b
    Examples:
      sidelines build my-corpus --out my-build
      sidelines build archive --out archive-build --jobs 4 --part-documents 5000
    """
    from sidelines.builder import build as run
    from sidelines.outputs import is_unfinished
    from sidelines.stores import place

    root = corpus_root(path)
    try:
        with progress_bar("building") as progress:
            made = run(root, out, progress=progress, page=page, **options)
    except InvalidCorpusError as error:
        print_problems(error.problems, place(root))
        print_error(f"{error}; what is in {place(out)} is as it was")
        return PROBLEMS
    except (KeyboardInterrupt, WorkersLostError):
        if is_unfinished(place(out)):
            click.echo("the parts that are finished are kept: the same command goes on with the others", err=True)
        raise
    print_problems(made.report, place(root))
    print_build(made, page)
    return CLEAN
