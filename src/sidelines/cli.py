"""The command line: parse, call one function, print, return a status. Heavy imports wait until a command needs them."""

from __future__ import annotations

import gc
import io
import re
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from functools import wraps
from pathlib import Path
from traceback import walk_tb
from typing import TYPE_CHECKING, Any

import click

import sidelines
from sidelines.errors import InvalidCorpusError, SidelinesError, WorkersLostError, count
from sidelines.terminal import (
    REPORTS,
    VERIFICATIONS,
    print_build,
    print_error,
    print_problems,
    progress_bar,
    render,
    type_name,
)  # fmt: skip

if TYPE_CHECKING:
    from sidelines.sources import Limits

__all__ = ["main"]

CLEAN, PROBLEMS, FAILED, INTERRUPTED = 0, 1, 2, 130


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command; returns the exit status: 0 clean, 1 problems found, 2 it could not run."""
    # Decoding makes rows by the hundred thousand, none of which is part of a cycle: look for cycles less often.
    gc.set_threshold(100_000, 50, 100)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")  # a console without Unicode shows ‘ł’ as \u0142
    try:
        return _status(arguments)
    except BrokenPipeError:
        sys.stderr.close()  # whoever read the output has gone; Python would complain once more at exit
    except OSError as error:
        if not _while_printing(error):
            raise
        _close(sys.stdout)
        try:
            print_error(f"the output cannot be written: {error.strerror}")
        except OSError:
            _close(sys.stderr)
    return FAILED


def _status(arguments: Sequence[str] | None) -> int:
    try:
        status = cli.main(arguments, prog_name="sidelines", standalone_mode=False)
    except click.ClickException as error:
        error.show()
        return FAILED
    except SidelinesError as error:
        print_error(str(error))
        return FAILED
    except (click.Abort, KeyboardInterrupt):
        click.echo("interrupted", err=True)
        return INTERRUPTED
    return status if isinstance(status, int) else CLEAN


def _while_printing(error: OSError) -> bool:
    """Whether an error is that of an output, which click or rich was writing to."""
    frames = [frame for frame, _ in walk_tb(error.__traceback__)]
    return any(f.f_code is click.echo.__code__ or f.f_globals["__name__"] == "rich.console" for f in frames)


def _close(stream: Any) -> None:
    """Close a stream that takes nothing more; what it still holds would make Python complain at exit."""
    with suppress(OSError):
        stream.close()


class _Commands(click.Group):
    """A group that answers a wrong command word with the nearest right one."""

    def resolve_command(self, ctx: click.Context, args: list[str]) -> Any:
        if args and not args[0].startswith("-") and self.get_command(ctx, args[0]) is None:
            from sidelines.problems import names

            raise click.UsageError(f"there is no command {args[0]!r}; {names(args[0], self.commands)}", ctx)
        return super().resolve_command(ctx, args)


def _show_version(ctx: click.Context, _: click.Parameter, value: bool) -> None:
    if value and not ctx.resilient_parsing:
        click.echo(f"sidelines {sidelines.__version__}")
        ctx.exit()


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.option(
    "--version", is_flag=True, expose_value=False, is_eager=True, callback=_show_version, help="Show the version."
)
def cli() -> None:
    """Keep stand-off annotations true: check, format and compile a corpus.

    PATH is a corpus, a folder with corpus/corpus.json, a build, or a folder of JSON Lines, on the disk or in an object
    store, such as s3://bucket/folder. Without one, a command takes the nearest folder upwards that is a corpus, else
    the annotated article that comes with Sidelines.

    Exit status: 0 clean, 1 problems found, 2 the command could not run.
    """


_path = click.argument("path", required=False)


def _bytes(_: click.Context, option: click.Parameter, value: str) -> int:
    """A number of bytes, such as 1500, 64MiB or 2GB."""
    match = re.fullmatch(r"([0-9]{1,15})(?:([kmg])(i?)b?|b?)", value.strip().lower())
    if match is None:
        raise click.BadParameter(
            f"expected a number of bytes, such as 1500, 64MiB or 2GB, found {value!r}", param=option
        )
    power = " kmg".index(match[2]) if match[2] else 0
    return int(match[1]) * int((1024 if match[3] else 1000) ** power)


def _limits(command: Callable[..., Any]) -> Callable[..., Any]:
    """The options that raise or lower how much is read."""

    @wraps(command)
    def limited(*given: Any, max_file_size: int, max_depth: int, max_rows: int, **options: Any) -> Any:
        from sidelines.sources import Limits

        return command(*given, limits=Limits(max_file_size, max_depth, max_rows), **options)

    for option in (
        click.option("--max-rows", type=int, default=1_000_000, show_default=True, metavar="N",
                     help="Most rows of one table in one document."),
        click.option("--max-depth", type=int, default=64, show_default=True, metavar="N",
                     help="Most levels of objects and arrays in a JSON file; 512 at most."),
        click.option("--max-file-size", callback=_bytes, default="64MiB", show_default=True, metavar="SIZE",
                     help="Largest file, or line of JSON Lines, to read, in bytes or with a unit: 200MiB."),
    ):  # fmt: skip
        limited = option(limited)
    return limited


def _workers(command: Callable[..., Any]) -> Callable[..., Any]:
    """The options that say who does the work."""

    @wraps(command)
    def working(*given: Any, engine: str | None, scheduler: str | None, **options: Any) -> Any:
        with _client(engine, scheduler) as client:
            return command(*given, client=client, **options)

    for option in (
        click.option("--scheduler", metavar="ADDRESS", help="Dask scheduler to use, such as tcp://10.0.0.1:8786."),
        click.option("--engine", type=click.Choice(["processes", "dask"]),
                     help="Who does the work: processes here, or the workers of a Dask cluster."),
        click.option("-j", "--jobs", type=click.IntRange(min=1), metavar="N",
                     help="Processes at the same time.  [default: one for each core]"),
    ):  # fmt: skip
        working = option(working)
    return working


@contextmanager
def _client(engine: str | None, scheduler: str | None) -> Iterator[Any]:
    """A client of a Dask cluster; None where processes do the work."""
    if engine != "dask" and (scheduler is None or engine == "processes"):
        if scheduler is not None:
            raise click.UsageError("--scheduler goes with --engine dask")
        yield None
        return
    if scheduler is None:
        raise click.UsageError("--engine dask needs --scheduler, the address that `dask scheduler` prints")
    from sidelines.jobs import connect

    with connect(scheduler) as client:
        yield client


@cli.command()
@_path
@click.option("--out", default="build", show_default=True, help="Folder to write, on the disk or in an object store.")
@click.option(
    "--part-documents", type=click.IntRange(min=1), metavar="N",
    help="Documents in one part; tables of more are folders of parts.  [default: 10,000]",
)  # fmt: skip
@_workers
@_limits
def build(path: str | None, out: str, **options: Any) -> int:
    """Check a corpus, then compile it to Parquet.

    Writes parquet/<table>.parquet for documents and every table, corpus.json, schema/ and SHA256SUMS. With errors it
    writes nothing and leaves an earlier build as it is. A build in parts that was interrupted goes on where it was.

    \b
    Examples:
      sidelines build my-corpus --out my-build
      sidelines build archive --out archive-build --jobs 4 --part-documents 5000
    """
    from sidelines.builder import build as run
    from sidelines.outputs import is_unfinished
    from sidelines.stores import place

    root = _root(path)
    try:
        with progress_bar("building") as progress:
            made = run(root, out, progress=progress, **options)
    except InvalidCorpusError as error:
        print_problems(error.problems)
        print_error(f"{error}; what is in {place(out)} is as it was")
        return PROBLEMS
    except (KeyboardInterrupt, WorkersLostError):
        if is_unfinished(place(out)):
            click.echo("the parts that are finished are kept: the same command goes on with the others", err=True)
        raise
    print_problems(made.report)
    print_build(made)
    return CLEAN


@cli.command()
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


@cli.command()
@_path
@click.option(
    "--format", "format_", type=click.Choice(["text", "json"]), default="text", show_default=True,
    help="text for people; json for programs, one problem a line.",
)  # fmt: skip
@_workers
@_limits
def check(path: str | None, format_: str, **options: Any) -> int:
    """Check every file, every offset and every rule.

    \b
    Examples:
      sidelines check my-corpus
      sidelines check --format json | jq .code
      sidelines check archive-build --engine dask --scheduler tcp://10.0.0.1:8786
    """
    from sidelines.checker import check as run

    root = _root(path)
    with progress_bar("checking") as progress:
        report = run(root, progress=progress, **options)
    REPORTS[format_](report)
    return CLEAN if report.ok else PROBLEMS


@cli.command()
@_path
@click.option("--check", "only_check", is_flag=True, help="Change nothing; status 1 if a file would be changed.")
@_limits
def fmt(path: str | None, only_check: bool, limits: Limits) -> int:
    """Write every JSON file of a corpus in its canonical form.

    Only the layout changes: white space, escapes, the order of keys, the spelling of numbers. A file whose meaning is
    in doubt, such as one with a duplicate key, is left alone and named, and so is one whose schema is not in order.

    \b
    Example:
      sidelines fmt my-corpus
    """
    from sidelines.layout import find
    from sidelines.problems import printable
    from sidelines.reader import Reader
    from sidelines.writer import format_corpus

    changed, refused = format_corpus(Reader(find(_root(path)), limits), write=not only_check)
    print_problems(refused)
    for file in changed:
        click.echo(f"{'would change' if only_check else 'changed'} {printable(file)}")
    left = f", others left alone because of {count(len(refused), 'problem')}" if refused else ""
    click.echo(count(len(changed), "file") + (" would be changed" if only_check else " changed") + left, err=True)
    return PROBLEMS if refused or (only_check and changed) else CLEAN


@cli.command()
@_path
@_limits
def tables(path: str | None, limits: Limits) -> int:
    """List the tables of a corpus: rows, columns and types, as build writes them.

    \b
    Example:
      sidelines tables my-corpus
    """
    from sidelines.corpora import read
    from sidelines.problems import printable

    corpus = read(_root(path), limits=limits)
    for name, table in corpus.tables.items():
        click.echo(f"{click.style(name, bold=True)}  {count(table.num_rows, 'row')}")
        width = max(map(len, table.column_names))
        for field in table.schema:
            described = printable((field.metadata or {}).get(b"description", b"").decode())
            kind = type_name(str(field.type))
            click.echo(f"  {field.name:<{width}}  {kind:<12}  {click.style(described, dim=True)}".rstrip())
    return CLEAN


@cli.command()
@click.argument("code", required=False)
@click.option("--all", "every", is_flag=True, help="Explain every rule, in Markdown.")
def explain(code: str | None, every: bool) -> int:
    """Explain a rule: what it means, why it matters, examples, and how to mend it; without a code, list the rules.

    \b
    Example:
      sidelines explain O004
    """
    from sidelines.rules.catalogue import FAMILIES, RULES, page

    if every:
        click.echo("\n".join(page(known) for known in RULES), nl=False)
    elif code is not None:
        click.echo(render(page(code)), nl=False)
    else:
        for letter, family in FAMILIES.items():
            click.echo(click.style(f"{letter}  {family}", bold=True))
            for known, rule in RULES.items():
                if known[0] == letter:
                    click.echo(f"   {known}  {rule.name}")
    return CLEAN


def _root(path: str | None) -> str:
    """The corpus that a command is for; which, is said where it was not named."""
    from sidelines.layout import find, shipped
    from sidelines.problems import printable

    if path is not None:
        return path
    root = find()
    which = "the corpus that comes with Sidelines" if root == shipped() and Path.cwd() != root else str(root)
    click.echo(click.style(f"corpus: {printable(which)}", dim=True), err=True)
    return str(root)


if __name__ == "__main__":
    sys.exit(main())
