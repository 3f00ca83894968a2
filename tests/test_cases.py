"""Every rule on a corpus that breaks it and on one that just does not, as files in `cases/`.

`cases/base` is a small sound corpus. A case `cases/<CODE>-<words>` holds two overlays, `fail` and `pass`, each of the
files that differ from the base, and `problems.txt`, the exact output of `sidelines check` in the folder of `fail`. In
an overlay, `REMOVED` names files to take away, `LINKS` symbolic links to make (`path -> target`), and `ARGUMENTS`
options to check with. Schemas are the built-in ones unless an overlay brings its own.

`python -m tests.test_cases` writes every problems.txt anew: to be read, line for line, in the diff.
"""

from __future__ import annotations

import json
import shutil
from contextlib import chdir, redirect_stdout
from io import StringIO
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from sidelines.checker import check
from sidelines.cli import main
from sidelines.layout import shipped
from sidelines.rules.catalogue import RULES
from tests.damaged import DAMAGED

CASES = Path(__file__).parent / "cases"
NAMES = sorted(path.name for path in CASES.iterdir() if path.name != "base")


def lay_out(target: Path, overlay: Path) -> Path:
    """Make the corpus of an overlay in `target`."""
    shutil.copytree(CASES / "base", target)
    shutil.copytree(shipped() / "schema", target / "schema")
    for name in words(overlay / "REMOVED"):
        gone = target / name
        shutil.rmtree(gone) if gone.is_dir() else gone.unlink()
    shutil.copytree(overlay, target, dirs_exist_ok=True, ignore=shutil.ignore_patterns("REMOVED", "LINKS", "ARGUMENTS"))
    for link in words(overlay / "LINKS", "\n"):
        path, _, leads = link.partition(" -> ")
        (target / path).unlink()
        try:
            (target / path).symlink_to(leads)
        except OSError as error:
            pytest.skip(f"no symbolic links here: {error}")
    return target


def words(path: Path, between: str | None = None) -> list[str]:
    """What stands in a file that an overlay may have."""
    return path.read_text(encoding="utf-8").strip().split(between) if path.exists() else []


@pytest.mark.parametrize("name", NAMES)
def test_the_failing_corpus_has_exactly_its_problems(
    name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """`sidelines check` prints what problems.txt holds, and exits with status 1 (0 for a warning)."""
    root = lay_out(tmp_path / "corpus", CASES / name / "fail")
    severity = RULES[name.split("-")[0]].severity
    with chdir(root):
        assert main(["check", ".", *words(CASES / name / "fail" / "ARGUMENTS")]) == (severity == "error")
    assert capsys.readouterr().out == (CASES / name / "problems.txt").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", NAMES)
def test_the_failing_corpus_brings_its_rule_and_no_other(
    name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """One fault brings the problem of its rule and not its shadows."""
    root = lay_out(tmp_path / "corpus", CASES / name / "fail")
    main(["check", "--format", "json", str(root), *words(CASES / name / "fail" / "ARGUMENTS")])
    found = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert {problem["code"] for problem in found} == {name.split("-")[0]}


@pytest.mark.parametrize("name", NAMES)
def test_the_passing_corpus_is_clean(name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """What stands right beside the fault is no problem."""
    root = lay_out(tmp_path / "corpus", CASES / name / "pass")
    assert main(["check", "--format", "json", str(root), *words(CASES / name / "pass" / "ARGUMENTS")]) == 0
    assert capsys.readouterr().out == ""


def test_every_rule_has_a_case() -> None:
    """No rule is without a failing and a passing corpus, or build, and no case without a rule."""
    assert {name.split("-")[0] for name in NAMES} | set(DAMAGED) == set(RULES)
    assert {code[0] for code in DAMAGED} == {"P"}


def test_the_base_is_clean(tmp_path: Path) -> None:
    """The corpus that the cases change has no problem of its own."""
    shutil.copytree(CASES / "base", tmp_path / "corpus")
    shutil.copytree(shipped() / "schema", tmp_path / "corpus" / "schema")
    assert list(check(tmp_path / "corpus")) == []


if __name__ == "__main__":
    for case in NAMES:
        overlay = CASES / case / "fail"
        with (
            TemporaryDirectory() as folder,
            chdir(lay_out(Path(folder, "corpus"), overlay)),
            redirect_stdout(StringIO()) as printed,
        ):
            main(["check", ".", *words(overlay / "ARGUMENTS")])
        (CASES / case / "problems.txt").write_text(printed.getvalue(), encoding="utf-8", newline="\n")
