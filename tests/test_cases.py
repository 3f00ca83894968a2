"""Every rule on a corpus that breaks it and on one that just does not, as files in `cases/`.

`cases/base` is a small sound corpus. A case `cases/<CODE>-<words>` holds two overlays, `fail` and `pass`, each of the
files that differ from the base (a file named in `fail/REMOVED` or `pass/REMOVED` is taken away), and `problems.txt`,
the exact output of `sidelines check` for `fail`. Schemas are the built-in ones unless an overlay brings its own.
"""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from sidelines.checker import check
from sidelines.cli import main
from sidelines.layout import shipped
from sidelines.rules.catalogue import RULES

CASES = Path(__file__).parent / "cases"
NAMES = sorted(path.name for path in CASES.iterdir() if path.name != "base")


def lay_out(target: Path, overlay: Path) -> Path:
    """Make the corpus of an overlay in `target`."""
    shutil.copytree(CASES / "base", target)
    shutil.copytree(shipped() / "schema", target / "schema")
    if (overlay / "REMOVED").exists():
        for name in (overlay / "REMOVED").read_text(encoding="utf-8").split():
            gone = target / name
            shutil.rmtree(gone) if gone.is_dir() else gone.unlink()
    shutil.copytree(overlay, target, dirs_exist_ok=True, ignore=shutil.ignore_patterns("REMOVED"))
    return target


@pytest.mark.parametrize("name", NAMES)
def test_the_failing_corpus_has_exactly_its_problems(
    name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """`sidelines check` prints what problems.txt holds, and exits with status 1."""
    root = lay_out(tmp_path / "corpus", CASES / name / "fail")
    assert main(["check", str(root)]) == 1
    assert capsys.readouterr().out == (CASES / name / "problems.txt").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", NAMES)
def test_the_failing_corpus_brings_its_rule_and_no_other(name: str, tmp_path: Path) -> None:
    """One fault brings the problem of its rule and not its shadows."""
    root = lay_out(tmp_path / "corpus", CASES / name / "fail")
    assert set(check(root).counts) == {name.split("-")[0]}


@pytest.mark.parametrize("name", NAMES)
def test_the_passing_corpus_is_clean(name: str, tmp_path: Path) -> None:
    """What stands right beside the fault is no problem."""
    assert list(check(lay_out(tmp_path / "corpus", CASES / name / "pass"))) == []


def test_every_rule_has_a_case() -> None:
    """No rule is without a failing and a passing corpus, and no case without a rule."""
    assert {name.split("-")[0] for name in NAMES} == set(RULES)


def test_the_base_is_clean(tmp_path: Path) -> None:
    """The corpus that the cases change has no problem of its own."""
    shutil.copytree(CASES / "base", tmp_path / "corpus")
    shutil.copytree(shipped() / "schema", tmp_path / "corpus" / "schema")
    assert list(check(tmp_path / "corpus")) == []
