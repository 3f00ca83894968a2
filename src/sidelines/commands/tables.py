"""`sidelines tables`: tables, columns, types, rows."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from sidelines.commands.options import CLEAN, corpus_root, limit_options, path_argument
from sidelines.errors import count
from sidelines.terminal import type_name

if TYPE_CHECKING:
    from sidelines.sources import Limits

__all__ = ["tables"]


@click.command()
@path_argument
@limit_options
def tables(path: str | None, limits: Limits) -> int:
    """List the tables of a corpus: rows, columns and types, as build writes them.

    \b
    Example:
      sidelines tables my-corpus
    """
    from sidelines.corpora import read
    from sidelines.problems import printable

    corpus = read(corpus_root(path), limits=limits)
    for name, table in corpus.tables.items():
        click.echo(f"{click.style(name, bold=True)}  {count(table.num_rows, 'row')}")
        width = max(map(len, table.column_names))
        for field in table.schema:
            described = printable((field.metadata or {}).get(b"description", b"").decode())
            kind = type_name(str(field.type))
            click.echo(f"  {field.name:<{width}}  {kind:<12}  {click.style(described, dim=True)}".rstrip())
    return CLEAN
