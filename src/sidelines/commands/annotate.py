"""`sidelines annotate`: a layer as text with marks in it, and back."""

from __future__ import annotations

import shlex
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from sidelines.commands.options import CLEAN, PROBLEMS, corpus_root
from sidelines.errors import count
from sidelines.terminal import print_problems

if TYPE_CHECKING:
    from sidelines.revision import Revision

__all__ = ["annotate"]


@click.command()
@click.argument("layer", required=False)
@click.argument("document", required=False)
@click.option("--corpus", "path", metavar="PATH", help="The corpus.  [default: the nearest folder upwards]")
@click.option(
    "-o", "--output", default="-", metavar="FILE", help="Where to write the working file.  [default: the terminal]"
)
@click.option(
    "--with", "shown", multiple=True, metavar="TABLE", help="Mark the rows of another layer's table, to look at."
)
@click.option(
    "--force", is_flag=True,
    help="Replace FILE if it is there already; with --apply, a layer that has changed since FILE was written.",
)  # fmt: skip
@click.option("--apply", "applied", metavar="FILE", help="Read a working file back, check it, and write the layer.")
@click.option("--diff", is_flag=True, help="With --apply: only show what would change.")
def annotate(
    layer: str | None, document: str | None, path: str | None, output: str, shown: tuple[str, ...], force: bool,
    applied: str | None, diff: bool,
) -> int:  # fmt: skip
    """Write a layer of a document as text with marks in it, and read it back.

    In the working file, [Donald Trump]{m1 NAM e1} is a mention with its id, form and entity; a layer without a file yet
    begins without a mark. DOCUMENT need not be named where there is only one. --apply refuses a text that is not the
    document's to the character, a layer that does not check, and one that was changed otherwise since FILE was written.
    FILE may be -, for standard input or output.

    \b
    Examples:
      sidelines annotate entities -o entities.txt
      sidelines annotate quotes my-document --corpus my-corpus --with mentions -o quotes.txt
      sidelines annotate --apply entities.txt --diff
      sidelines annotate --apply entities.txt
    """
    from sidelines.revision import apply_revision, draft, open_files, read_bytes, renew_draft, revise, write_draft

    if (layer is None) == (applied is None):
        raise click.UsageError("expected a LAYER to write a working file of, or --apply FILE to read one back")
    if applied is None and diff:
        raise click.UsageError("--diff goes with --apply FILE")
    if applied is not None and (output != "-" or shown):
        raise click.UsageError("--output and --with go with a LAYER, not with --apply")
    root = path if path is not None or applied is None else _around(applied)
    corpus = open_files(corpus_root(root), own=root is None and applied is not None and not diff)
    if layer is not None:
        made = draft(corpus, layer, document, shown)
        if output == "-":
            click.echo(made.encode(), nl=False)
        else:
            write_draft(corpus, output, made, force)
            click.echo(_written(output, path), err=True)
        return CLEAN
    name = applied or "-"
    revision = revise(corpus, click.open_file("-", "rb").read() if name == "-" else read_bytes(name), force)
    if revision.ok and not diff and revision.changed:
        apply_revision(corpus, revision)
    _print(revision, corpus.root, "<stdin>" if name == "-" else name, diff)
    if revision.ok and not diff and name != "-":
        renew_draft(name, revision)
    return CLEAN if revision.ok else PROBLEMS


def _around(name: str) -> str | None:
    """The corpus in whose folder a working file stands, where the working directory is in none; which, is said."""
    from sidelines.layout import above
    from sidelines.problems import printable

    root = above(Path(name).parent.resolve()) if name != "-" and above(Path()) is None else None
    if root is not None:
        click.echo(click.style(f"corpus: {printable(str(root))}", dim=True), err=True)
    return None if root is None else str(root)


def _written(name: str, path: str | None) -> str:
    """What is to be done with a working file, now that it is there."""
    from sidelines.problems import printable

    corpus = "" if path is None else f" --corpus {shlex.quote(path)}"
    return printable(f"{name}: written; mark it, then `sidelines annotate --apply {shlex.quote(name)}{corpus}`")


SIGNS: Mapping[str, tuple[str, str]] = {
    "added": ("+", "green"), "removed": ("-", "red"), "changed": ("~", "yellow"), "moved": (">", "yellow"),
    "reordered": ("~", "yellow"),
}  # fmt: skip


def _print(revision: Revision, root: Any, name: str, only_show: bool) -> None:
    """What a working file changes, a line for each row; or what is wrong with it, a line for each fault."""
    from sidelines.problems import printable

    for at, (line, column, fault) in enumerate(revision.located()):
        place = click.style(f"{printable(name)}:{line}:{column}", bold=True)
        colour = "red" if at < len(revision.faults) else "yellow"
        code = click.style(fault.code, fg=colour, bold=True) + " " if fault.code else ""
        click.echo(f"{place}: {code}{printable(fault.message)}")
        if fault.fix:
            click.echo(f"    {click.style('fix', fg='cyan')}: {printable(fault.fix)}")
    print_problems(revision.elsewhere, root)
    if not revision.ok:
        found = count(len(revision.faults) + len(revision.elsewhere), "fault")
        first = ", whose layers have to be changed first" if revision.elsewhere else ""
        where = f" in other files{first}" if revision.elsewhere and not revision.faults else ""
        click.echo(f"{found}{where}; the layer is as it was", err=True)
        return
    width = max((len(f"{change.table} {change.id}") for change in revision.changes), default=0)
    for change in revision.changes:
        sign, colour = SIGNS[change.kind]
        row = f"{change.table} {change.id}"
        click.echo(f"{click.style(sign, fg=colour, bold=True)} {printable(f'{row:<{width}}  {change.detail}')}")
    numbers = Counter(change.kind for change in revision.changes)
    told = ", ".join(f"{numbers[kind]} {kind}" for kind in SIGNS if numbers[kind])
    layout = "new, no rows" if revision.new else "only its layout"
    done = f"{told or layout}; {'would be written' if only_show else 'written'}"
    click.echo(f"{printable(revision.path)}: {done if revision.changed else 'as it was'}")
