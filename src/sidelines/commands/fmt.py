"""`sidelines fmt`: the canonical form of every JSON file."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from sidelines.commands.options import CLEAN, PROBLEMS, corpus_root, limit_options, path_argument
from sidelines.errors import count
from sidelines.terminal import print_problems

if TYPE_CHECKING:
    from sidelines.sources import Limits

__all__ = ["fmt"]


@click.command()
@path_argument
@click.option("--check", "only_check", is_flag=True, help="Change nothing; status 1 if a file would be changed.")
@limit_options
def fmt(path: str | None, only_check: bool, limits: Limits) -> int:
    """Write every JSON file of a corpus in its canonical form.

    Without a PATH, that is the nearest folder upwards that is one.

    Only the layout changes: white space, escapes, the order of keys, the spelling of numbers. A file whose meaning is
    in doubt, such as one with a duplicate key, is left alone and named, and so is one whose schema is not in order.

    \b
    Example:
      sidelines fmt my-corpus
    """
    from sidelines.layout import find
    from sidelines.reader import Reader
    from sidelines.reports.view import View, shown_path
    from sidelines.writer import format_corpus

    root = find(corpus_root(path, own=True))
    changed, refused = format_corpus(Reader(root, limits), write=not only_check)
    print_problems(refused, root)
    view = View.on_screen(root)
    for file in changed:
        click.echo(f"{'would change' if only_check else 'changed'} {shown_path(file, view)}")
    left = f", others left alone because of {count(len(refused), 'problem')}" if refused else ""
    click.echo(count(len(changed), "file") + (" would be changed" if only_check else " changed") + left, err=True)
    return PROBLEMS if refused or (only_check and changed) else CLEAN
