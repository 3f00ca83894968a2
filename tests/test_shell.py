"""What `check --diff` and `fmt` show, as other programs and terminals take it."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from contextlib import chdir
from pathlib import Path

import pytest

from sidelines.cli import main
from sidelines.problems import Problem, Report
from sidelines.repairs import Change, Repair
from sidelines.terminal import print_repair
from tests.test_cases import CASES, lay_out

Captured = pytest.CaptureFixture[str]


@pytest.fixture
def faulty(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A corpus in `my corpus`, named from beside it, with a span that can be mended and a reference that cannot."""
    monkeypatch.chdir(tmp_path)
    root = lay_out(Path("my corpus"), CASES / "O004-surface-differs" / "fail")
    path = root / "annotations" / "visit" / "quotes.json"
    path.write_bytes(path.read_bytes().replace(b'"source": "m7"', b'"source": "m77"'))
    return root


def dates(root: Path) -> Path:
    return root / "annotations" / "visit" / "dates.json"


class TestDiff:
    def test_what_would_be_left(self, faulty: Path, capsys: Captured) -> None:
        """Is said on standard error, after what would be mended; names are those from the working directory."""
        assert main(["check", str(faulty), "--diff"]) == 1
        out, err = capsys.readouterr()
        name = "my corpus/annotations/visit/entities.json"
        assert out.startswith(f"--- {name}\t\n+++ {name}\t\n@@ ")
        assert err == "1 problem would be mended in 1 file\n1 problem would be left: R002 1\n"
        assert main(["check", str(faulty), "--fix"]) == 1
        out, err = capsys.readouterr()
        assert err == "1 problem mended in 1 file\n"
        assert out.startswith("my corpus/annotations/visit/quotes.json:")
        assert main(["check", str(faulty), "--diff"]) == 1
        assert capsys.readouterr() == ("", "nothing to mend\n1 problem would be left: R002 1\n")

    @pytest.mark.skipif(shutil.which("patch") is None, reason="there is no patch here")
    def test_patch_does_what_fix_does(self, faulty: Path) -> None:
        """To the byte."""
        command = [sys.executable, "-m", "sidelines", "check", str(faulty), "--diff"]
        diff = subprocess.run(command, capture_output=True, check=False).stdout
        shutil.copytree(faulty, "mended")
        assert main(["check", "mended", "--fix"]) == 1
        subprocess.run(["patch", "-p0"], input=diff, check=True, capture_output=True)
        path = Path("annotations", "visit", "entities.json")
        assert (faulty / path).read_bytes() == (Path("mended") / path).read_bytes()

    @pytest.mark.parametrize(
        "options", ["--format json", "--output x", "--statistics", "--max-problems 3", "--show-folded", "--fix"]
    )
    def test_what_it_does_not_go_with(self, faulty: Path, options: str, capsys: Captured) -> None:
        """Is refused, not passed over; nothing is written."""
        assert main(["check", str(faulty), "--diff", *options.split()]) == 2
        out, err = capsys.readouterr()
        assert out == ""
        assert "Error: --diff shows " in err
        assert not Path("x").exists()
        assert main(["check", str(faulty), "--diff"]) == 1

    @pytest.mark.parametrize("on_terminal", [True, False])
    def test_lines_on_a_terminal(self, on_terminal: bool, monkeypatch: pytest.MonkeyPatch, capsys: Captured) -> None:
        """Show what cannot be seen, or would move the cursor, as code points; a program is given what is there."""
        change = Change("a.json", "x\x1b[2J\u202e\r\n".encode(), b"x\n")
        monkeypatch.setattr("sys.stdout.isatty", lambda: on_terminal)
        print_repair(Repair(Report(), (change,), Report()), Path("c"), True)
        lines = re.sub(r"\x1b\[[0-9;]*m", "", capsys.readouterr().out).split("\n")
        assert lines[:2] == ["--- c/a.json", "+++ c/a.json"]
        shown = "-x\\u001b[2J\\u202e\\u000d" if on_terminal else "-x\x1b[2J\u202e\r"
        assert shown in lines

    def test_what_is_folded(self, capsys: Captured) -> None:
        """Problems are counted as in reports, and those that were folded under them besides."""
        cause = Problem("O006", "error", "…", "a", document="d", folded=(Problem("O004", "error", "…", "a"),) * 5)
        other = Problem("F108", "error", "…", "b")
        rest = Problem("O004", "error", "…", "a", document="d")
        change = Change("a", b"1\n", b"2\n")

        def said(before: list[Problem], after: list[Problem]) -> str:
            print_repair(Repair(Report(before), (change,), Report(after)), Path(), False)
            return capsys.readouterr().err

        assert said([cause], []) == "1 problem (and 5 folded under it) mended in 1 file\n"
        assert said([cause, other], []) == "2 problems (and 5 folded under them) mended in 1 file\n"
        assert said([cause], [rest]) == "1 problem (and 5 folded under it) mended in 1 file\n"
        assert said([cause, other], [cause]) == "1 problem mended in 1 file\n"


def test_fmt_names_files_from_the_working_directory(faulty: Path, capsys: Captured) -> None:
    """As `check` does, so that a name can be copied."""
    path = dates(faulty)
    path.write_bytes(path.read_bytes() + b"\n")
    assert main(["fmt", str(faulty), "--check"]) == 1
    assert capsys.readouterr().out == "would change my corpus/annotations/visit/dates.json\n"
    with chdir(faulty / "annotations"):
        assert main(["fmt"]) == 0
    assert capsys.readouterr().out == "changed ../annotations/visit/dates.json\n"
