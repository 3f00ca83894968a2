"""The command line: parse, call one function, print, return a status. Heavy imports wait until a command needs them."""

from __future__ import annotations

import gc
import io
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from importlib import import_module
from traceback import walk_tb
from typing import Any

import click

import sidelines
from sidelines.commands.options import CLEAN, FAILED, INTERRUPTED
from sidelines.errors import SidelinesError
from sidelines.terminal import coloured, print_error

__all__ = ["main"]

# What each command does, in words that fit a line of the help, whose order this is: making a corpus, working on it,
# compiling it. The function NAME is in `sidelines.commands.NAME`.
COMMANDS: Mapping[str, str] = {
    "init": "Make a new corpus package, from a folder of texts.",
    "annotate": "Write a layer as text with marks, and read it back.",
    "check": "Check every file, every offset and every rule; mend.",
    "explain": "Explain a rule, or list them all.",
    "fmt": "Write every JSON file in its canonical form.",
    "build": "Check a corpus, then compile it to Parquet.",
    "verify": "Verify a build: every file, every page, every row.",
    "show": "Show a document with its annotations.",
    "view": "Write the annotated article as a page.",
    "tables": "List the tables of a corpus: rows, columns, types.",
}


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
        status = cli.main(arguments, prog_name="sidelines", standalone_mode=False, color=coloured())
    except click.ClickException as error:
        error.show()
        return FAILED
    except SystemExit as stop:  # so click ends where whoever read the output has gone, with 1, and a shell's completion
        return FAILED if stop.code else CLEAN
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
    """The commands, imported when they are asked for; a wrong word is answered with the nearest right one."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = getattr(import_module(f"sidelines.commands.{cmd_name}"), cmd_name)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))

    def resolve_command(self, ctx: click.Context, args: list[str]) -> Any:
        if args and not args[0].startswith("-") and self.get_command(ctx, args[0]) is None:
            from sidelines.problems import names

            raise click.UsageError(f"there is no command {args[0]!r}; {names(args[0], COMMANDS)}", ctx)
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
    """Keep stand-off annotations true: make a corpus, annotate, check, mend and format it, compile and verify it.

    PATH is a corpus, a folder with corpus/corpus.json, a build, or a folder of JSON Lines, on the disk or in an object
    store, such as s3://bucket/folder. Without one, a command takes the nearest folder upwards that is a corpus. Where
    there is none, build, show, view, tables and annotate take the annotated article that comes with Sidelines.

    Exit status: 0 clean, 1 problems found, 2 the command could not run.
    """


if __name__ == "__main__":
    sys.exit(main())
