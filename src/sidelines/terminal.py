"""What people see in a terminal: problems, summaries, a progress bar."""

from __future__ import annotations

import os
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING, Any

import click

from sidelines.errors import count

if TYPE_CHECKING:
    from sidelines.packages import Package
    from sidelines.problems import Problem
    from sidelines.repairs import Repair
    from sidelines.viewer import Page

__all__ = [
    "coloured", "open_page", "print_build", "print_error", "print_package", "print_page", "print_problems",
    "print_repair", "progress_bar", "render", "type_name",
]  # fmt: skip

FIRST = 3  # problems that are told of the documents of a page
COLOURS = {"+": "green", "-": "red", "@": "cyan"}  # of the lines of a diff


def print_error(message: str) -> None:
    """One line on standard error."""
    from sidelines.problems import printable

    click.echo(f"{click.style('error', fg='red', bold=True)}: {printable(message)}", err=True, color=coloured())


def coloured() -> bool | None:
    """Whether output is in colour, as the environment has it (no-color.org); None leaves that to the output."""
    if os.environ.get("NO_COLOR"):
        return False
    if os.environ.get("FORCE_COLOR"):
        return True
    return False if os.environ.get("TERM") == "dumb" else None


def print_problems(problems: Sequence[Problem], root: Any) -> None:
    """Problems of what is at `root`, as a report has them."""
    if problems:
        from sidelines.reports.text import styled_lines
        from sidelines.reports.view import View

        view = View.on_screen(root)
        click.echo("".join(f"{line}\n" for problem in problems for line in styled_lines(problem, view)), nl=False)


def print_repair(repair: Repair, root: Any, only_shown: bool) -> None:
    """What was mended, in a line on standard error.

    Before it, what would be, as a diff: in colour and on lines that stay lines on a terminal, else to the byte, for
    `patch -p0`; after it, what would be left.
    """
    from sidelines.problems import printable
    from sidelines.reports.view import View, shown_path

    would_be = "would be " if only_shown else ""
    if only_shown:
        view = View.on_screen(root)
        for change in repair.changes:
            name = shown_path(change.path, view)
            name += "\t" if " " in name else ""  # which ends a name for patch
            head, lines = f"--- {name}\n+++ {name}", change.diff.removesuffix("\n").split("\n")[2:]
            if not sys.stdout.isatty():
                click.echo("\n".join([head, *lines]).encode("utf-8", "backslashreplace"))
                continue
            click.echo(click.style(head, bold=True))
            for line in lines:
                click.echo(click.style(printable(line), fg=COLOURS.get(line[:1])))
    if repair.changes:
        click.echo(f"{_mended(repair)} {would_be}mended in {count(len(repair.changes), 'file')}", err=True)
    else:
        click.echo("nothing to mend", err=True)
    if only_shown and len(repair.after):
        left = ", ".join(f"{code} {number:,}" for code, number in repair.after.counts.items())
        click.echo(f"{count(len(repair.after), 'problem')} {would_be}left: {left}", err=True)


def _mended(repair: Repair) -> str:
    """How many problems are there no longer, as reports count them, and how many that were folded under them."""
    before, after = (
        Counter((p.code, p.document, None if p.document else p.path) for p in report)
        for report in (repair.before, repair.after)
    )
    mended = (before - after).total()
    folded = sum(len(p.folded) for p in repair.before) - sum(len(p.folded) for p in repair.after)
    under = f" (and {folded:,} folded under {'it' if mended == 1 else 'them'})" if folded > 0 else ""
    return count(mended, "problem") + under


def print_build(made: Any, page: bool) -> None:
    """The tables of a build and the line to try next; whether there is a page, if it was to have one."""
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    from sidelines.builder import PAGE, PAGE_BYTES, PAGE_DOCUMENTS
    from sidelines.derive import schemas
    from sidelines.problems import printable

    console = Console(highlight=False)
    corpus, rows = made.corpus, made.rows
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), show_edge=False)
    table.add_column("table", style="cyan")
    table.add_column("rows", justify="right")
    table.add_column("file", style="dim", overflow="fold")
    for name, number in rows.items():
        table.add_row(name, f"{number:,}", Text(printable(str(made.out / "parquet" / f"{name}.parquet"))))
    with console.capture() as capture:  # click writes it: it knows what to do when the reader has gone
        title = printable(str(corpus.metadata.get("title", corpus.name)))
        console.print(Text(title, "bold"), Text(printable(corpus.version)))
        console.print(table)
    click.echo(capture.get(), nl=False)
    shown = "quotes" if "quotes" in rows else next(reversed(rows), "documents")
    problems = count(made.report.warnings, "warning") if made.report.warnings else "no problems"
    built = click.style("built", fg="green")
    click.echo(f"{built} {count(rows['documents'], 'document')}, {problems}, {made.size / 1024:,.0f} KiB")
    if made.page:
        click.echo(f"page {printable(str(made.out / PAGE))}")
    elif page:
        most = f"{count(PAGE_DOCUMENTS, 'document')} and {PAGE_BYTES / 2**20:g} MiB of text"
        click.echo(f"no page: expected at most {most}, found more")
    click.echo(click.style("\nTry next:", dim=True))
    columns = [name for name in ("speaker_name", "speech") if name in schemas(corpus.model)[shown].names]
    module, read = "sidelines", f"sidelines.read({str(made.out)!r}).frame({shown!r})"
    if isinstance(made.out, Path):
        module, read = "pandas as pd", f"pd.read_parquet({(made.out / 'parquet' / f'{shown}.parquet').as_posix()!r})"
    more = "" if isinstance(made.out, Path) or "?" not in made.out.uri else "  # with the query of your URI"
    click.echo(f'  python -c "import {module}; print({read}{[columns] if columns else ""})"{more}')


def print_package(made: Package) -> None:
    """The folders of a new package, what should be known of its texts, and the lines to try next."""
    from sidelines.problems import printable

    folder = printable(str(made.folder))
    has = f"{count(made.documents, 'document')}, {count(made.characters, 'character')}"
    layers = "layer" if len(made.layers) == 1 else "layers"
    click.echo(f"{click.style('made', fg='green', bold=True)} {folder}: {has}; {layers} {', '.join(made.layers)}\n")
    parts = {
        "corpus/": "corpus.json, and each text with its metadata",
        "schema/": "what each layer is",
        "annotations/": "a folder for each text, a file for each layer",
        f"src/{made.module}/": f"the package: import {made.module}",
        "tests/": "what must stay true",
        "docs/datasheet.md": "where the data come from: to be filled in",
        "RIGHTS.md": "who holds the rights to the texts: to be filled in",
        "README.md": "how to annotate, check, test and release",
    }
    width = max(map(len, parts))
    for part, what in parts.items():
        click.echo(f"  {click.style(f'{part:<{width}}', fg='cyan')}  {click.style(what, dim=True)}")
    for note in made.notes:
        click.echo(f"{click.style('note', fg='yellow')}: {note}", err=True)
    click.echo(click.style("\nTry next:", dim=True))
    local = folder if made.folder.is_absolute() else f"./{folder}"  # a bare name would be one of the package index
    quote = '"' if " " in folder else ""
    click.echo(f"  sidelines check {quote}{folder}{quote}")
    layer = next((layer for layer in made.layers if layer != "structure"), made.layers[0])  # which has its blocks
    click.echo(f"  sidelines annotate {layer} {made.first} --corpus {quote}{folder}{quote} -o {layer}.txt")
    click.echo(f"  pip install -e {quote}{local}{quote}")
    click.echo(f"  python -c \"import {made.module}; print({made.module}.load('documents'))\"")


def print_page(page: Page, root: Any) -> None:
    """Where a page is and what it shows, on standard error where the page itself went to standard output.

    Of documents that it leaves out, the first problems.
    """
    from sidelines.problems import printable
    from sidelines.reports.view import View, place

    view = View.on_screen(root)
    for problem in page.problems[:FIRST]:
        click.echo(f"{place(problem, view)}: {click.style(problem.code, fg='red')} {problem.message}", err=True)
    if page.problems:
        rest = len(page.problems) - FIRST
        more = f"and {count(rest, 'more problem')}; " if rest > 0 else ""
        them = f"{count(page.left_out, 'document')} listed without the text; " if page.left_out else ""
        click.echo(f"{more}{them}`sidelines check` shows all", err=True)
    shown = f"{count(page.documents, 'document')}, {page.size / 1024:,.0f} KiB"
    if page.out is None:
        click.echo(f"written: {shown}", err=True)
    else:
        click.echo(f"{click.style('written', fg='green')} {printable(str(page.out))}: {shown}")


def open_page(out: Path) -> None:
    """Open a page in the browser; where there is none, say so."""
    import webbrowser

    from sidelines.problems import printable

    uri = out.absolute().as_uri()
    if not webbrowser.open(uri):
        click.echo(f"{click.style('note', fg='yellow')}: no browser can be opened here; the page is {printable(uri)}",
                   err=True)  # fmt: skip


def render(markdown: str) -> str:
    """Markdown for the terminal; as it is when the output is no terminal."""
    if not sys.stdout.isatty():
        return markdown
    from rich.console import Console
    from rich.markdown import Markdown

    console = Console()
    with console.capture() as capture:
        console.print(Markdown(markdown))
    return capture.get()


@contextmanager
def progress_bar(what: str, unit: str = "documents") -> Iterator[Callable[[int, int, int], None] | None]:
    """A progress bar on standard error, with rate, problems and time left, on a terminal only."""
    if not sys.stderr.isatty():
        yield None
        return
    from datetime import timedelta

    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

    start = monotonic()
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    told = "{task.fields[rate]:,.0f} {task.fields[unit]}/s, {task.fields[problems]}{task.fields[left]}"
    with Progress(*columns, TextColumn(told), console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(what, total=None, problems=count(0, "problem"), rate=0.0, left="", unit=unit)

        def show(done: int, total: int, problems: int) -> None:
            rate = done / max(monotonic() - start, 1e-9)
            # From the whole run: what is done comes in parts, of which several may end at the same moment.
            left = f", {timedelta(seconds=round((total - done) / rate))} left" if rate else ""
            bar.update(task, completed=done, total=total, problems=count(problems, "problem"), rate=rate, left=left)

        yield show


def type_name(kind: str) -> str:
    """Arrow's names of types, as short as people call them."""
    if kind.startswith("dictionary"):
        return "category"
    if kind.startswith("list<item: struct"):
        return "list of spans" if "start: int64" in kind else "list of structs"
    return kind.replace("list<item: ", "list of ").replace(" not null>", "").replace("large_", "").rstrip(">")
