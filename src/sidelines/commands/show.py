"""`sidelines show`: the annotated article in the terminal."""

from __future__ import annotations

import shutil
import sys
from itertools import chain, islice
from typing import TYPE_CHECKING

import click

from sidelines.commands.options import CLEAN, corpus_root, limit_options

if TYPE_CHECKING:
    from sidelines.sources import Limits

__all__ = ["show"]


@click.command()
@click.argument("document", required=False)
@click.option("--corpus", "path", metavar="PATH", help="The corpus.  [default: the nearest folder upwards]")
@click.option(
    "--table", "tables", multiple=True, metavar="TABLE",
    help="Show the spans of this table, and of others that are named so.  [default: all but blocks, sentences, roles]",
)  # fmt: skip
@click.option("--no-pager", is_flag=True, help="Print what is longer than the screen at once.")
@limit_options
def show(
    document: str | None, path: str | None, tables: tuple[str, ...], no_pager: bool, limits: Limits
) -> int:  # fmt: skip
    """Show a document with its annotations: spans between brackets, and what is known of them beside the text.

    [Donald Trump|m1] is the row m1 of the table whose brackets these are; the legend says which. The notes tell whom or
    what it names, who speaks and with which words, and which days a date means. DOCUMENT need not be named where there
    is only one. Where standard output is no terminal, lines are neither coloured nor wrapped.

    \b
    Examples:
      sidelines show
      sidelines show --table quotes --table dates
      sidelines show my-document --corpus my-corpus --no-pager
    """
    from sidelines.corpora import read
    from sidelines.display import display
    from sidelines.galley import galley
    from sidelines.reports.view import View

    corpus = read(corpus_root(path), limits=limits)
    encoding = View.on_screen(corpus.root).encoding
    shown = display(corpus.document(document), tables, encoding)
    screen = shutil.get_terminal_size() if sys.stdout.isatty() else None
    lines = galley(shown, None if screen is None else screen.columns, "│" if encoding is None else "|")
    made = (f"{line}\n" for line in lines)
    first = list(islice(made, 0 if screen is None else screen.lines))
    if screen is None or no_pager or len(first) < screen.lines:
        click.echo("".join(chain(first, made)), nl=False)
    else:
        click.echo_via_pager(chain(first, made))
    return CLEAN
