"""`sidelines show`: on a terminal, in a pipe, with a pager; and the page about it."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
from contextlib import redirect_stdout
from io import StringIO
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from sidelines.cli import cli, main
from tests.strategies import twice

ROOT = Path(__file__).parents[1]
SIZE = os.terminal_size((120, 40))


class Terminal(StringIO):
    """An output that says it is a terminal."""

    encoding = "utf-8"

    def isatty(self) -> bool:
        return True


@pytest.fixture(autouse=True)
def _screen(monkeypatch: pytest.MonkeyPatch) -> None:
    """A terminal of that size, on which colours are wanted."""
    for name in ("NO_COLOR", "FORCE_COLOR", "PAGER"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.setattr(shutil, "get_terminal_size", lambda *_: SIZE)


@pytest.fixture
def paged(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What was given to a pager."""
    given: list[str] = []
    monkeypatch.setattr(click, "echo_via_pager", lambda lines: given.extend(lines))
    return given


def on_terminal(*arguments: str) -> str:
    """What the command prints where standard output is a terminal."""
    with redirect_stdout(Terminal()) as output:
        assert main(["show", *arguments]) == 0
    return output.getvalue()


def test_a_short_document_is_printed(paged: list[str], sound: Path) -> None:
    """In colour, with the notes to the right of the paragraphs."""
    made = on_terminal("--corpus", str(sound), "--table", "dates")
    assert "\x1b[36m\x1b[1m[\x1b[0m\x1b[36mMonday\x1b[0m\x1b[36m\x1b[2m|d2\x1b[0m\x1b[36m\x1b[1m]\x1b[0m" in made
    lines = click.unstyle(made).splitlines()
    assert "by Cy Moss, [March 6th, 2024|d1]".ljust(70) + "│ d1: 2024-03-06, CREATION_TIME" in lines
    assert paged == []


def test_a_long_document_goes_through_the_pager(paged: list[str]) -> None:
    """Whole, unless that is not wanted."""
    assert on_terminal("--corpus", str(ROOT)) == ""
    assert len(paged) > SIZE.lines
    assert on_terminal("--corpus", str(ROOT), "--no-pager") == "".join(paged)


def test_no_colour_is_no_colour(sound: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The marks tell spans apart all the same."""
    monkeypatch.setenv("NO_COLOR", "1")
    made = on_terminal("--corpus", str(sound))
    assert "\x1b" not in made
    assert "[Ann Lee|m1] Meets [Bo Karlsson|m2]" in made


def test_a_pipe_that_is_not_unicode(sound: Path) -> None:
    """Code points for what it does not have."""
    program = [sys.executable, "-m", "sidelines", "show", "--corpus", str(sound)]
    environment = {**os.environ, "PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0"}
    made = subprocess.run(program, capture_output=True, check=True, env=environment).stdout
    assert b"{\\u201cWe agreed,\\u201d|q1} [Lee|m7] {told|q1.cue} {reporters|q1.addressee}." in made
    assert b"    q1: Ann Lee, \\u201ctold\\u201d, to \\u201creporters\\u201d, direct" in made


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["visitt"], "error: no document of base: 'visitt'; did you mean 'visit'? There are: visit, visit-2\n"),
        ([], "error: expected a document as well, found 2 to choose from: visit, visit-2\n"),
        (
            ["visit", "--table", "quote"],
            "error: there is no table 'quote'; did you mean 'quotes'? There are: blocks, dates, mentions, quotes, "
            "roles, sentences\n",
        ),
    ],
)
def test_what_there_is_not(arguments: list[str], message: str, sound: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Is answered with the nearest and the list."""
    twice(sound)
    assert main(["show", "--corpus", str(sound), *arguments]) == 2
    assert capsys.readouterr().err == message


def test_the_page_shows_what_is_printed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every command on the page on showing, and its lines of Python, with what they print."""
    text = (ROOT / "docs" / "showing.md").read_text(encoding="utf-8")
    shutil.copytree(ROOT / "tests" / "cases" / "base", tmp_path / "my-corpus")
    shutil.copytree(ROOT / "schema", tmp_path / "my-corpus" / "schema")
    monkeypatch.chdir(tmp_path)
    commands = re.findall(r"^```console\n\$ sidelines (.*)\n((?:.*\n)*?)```$", text, re.MULTILINE)
    assert len(commands) == 2
    for command, output in commands:
        assert CliRunner().invoke(cli, shlex.split(command), standalone_mode=False).stdout == output
    monkeypatch.chdir(ROOT)
    ((code, printed),) = re.findall(r"```python\n(.*?)```\n\n```text\n(.*?)```", text, re.DOTALL)
    with redirect_stdout(StringIO()) as output_:
        exec(compile(code, "showing.md", "exec"), {})  # the page is ours
    assert output_.getvalue() == printed
