"""The hooks of `.pre-commit-hooks.yaml`, as pre-commit installs and runs them in a repository of a corpus."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from sidelines.cli import main
from tests.checkouts import ENVIRONMENT, ROOT, commit, copy_of_this, git
from tests.test_cases import CASES, lay_out

HOOKS: dict[str, dict[str, Any]] = {
    hook["id"]: hook for hook in yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))
}


def test_the_hooks_are_sound() -> None:
    """By pre-commit's own judgement of the file."""
    command = [sys.executable, "-m", "pre_commit", "validate-manifest", str(ROOT / ".pre-commit-hooks.yaml")]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert list(HOOKS) == ["sidelines-check", "sidelines-fmt"]


@pytest.mark.parametrize(
    ("file", "hooks"),
    [
        ("corpus/visit.txt", ["sidelines-check"]),
        ("corpus/corpus.json", ["sidelines-check", "sidelines-fmt"]),
        ("my-corpus/annotations/visit/dates.json", ["sidelines-check", "sidelines-fmt"]),
        ("schema/dates.schema.json", ["sidelines-check", "sidelines-fmt"]),
        ("data/jsonl/part-00000.jsonl", ["sidelines-check"]),
        ("data/corpus.json", ["sidelines-check"]),
        ("CHANGELOG.md", ["sidelines-check"]),
        ("pyproject.toml", ["sidelines-check"]),
        ("src/corpus.py", []),
        ("my-schema/a.json", []),
        ("README.md", []),
    ],
)
def test_the_files_that_hooks_wait_for(file: str, hooks: list[str]) -> None:
    """What a corpus consists of, wherever in the repository it is, and what its rules look at beside it."""
    assert [name for name, hook in HOOKS.items() if re.search(hook["files"], file)] == hooks


@pytest.mark.parametrize("name", HOOKS)
def test_a_repository_without_a_corpus_fails(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The corpus that comes with Sidelines is never meant instead."""
    (tmp_path / "my-corpus" / "corpus").mkdir(parents=True)
    (tmp_path / "my-corpus" / "corpus" / "corpus.json").write_text("{}", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    program, *command = HOOKS[name]["entry"].split()
    assert program == "sidelines"
    assert main([*command, *HOOKS[name]["args"]]) == 2
    assert "found none here but below; did you mean my-corpus?" in capsys.readouterr().err


@pytest.fixture(scope="module")
def hooks(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """This repository, in which pre-commit finds the hooks, and its commit."""
    folder = copy_of_this(tmp_path_factory.mktemp("hooks") / "sidelines")
    return folder, commit(folder)


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where pre-commit keeps what it installs, once for these tests."""
    return tmp_path_factory.mktemp("home")


def use(root: Path, hooks: tuple[Path, str], home: Path, *ids: str) -> subprocess.CompletedProcess[str]:
    """Run hooks in a repository whose folder `my-corpus` is a corpus, on all of its files."""
    path, revision = hooks
    used = [{"id": id_, "args": ["my-corpus"]} for id_ in ids]
    config = {"repos": [{"repo": str(path), "rev": revision, "hooks": used}]}
    (root / ".pre-commit-config.yaml").write_text(yaml.safe_dump(config), encoding="utf-8")
    commit(root)
    command = [sys.executable, "-m", "pre_commit", "run", "--all-files", "--color=never"]
    environment = ENVIRONMENT | {"PRE_COMMIT_HOME": str(home)}
    return subprocess.run(command, cwd=root, env=environment, capture_output=True, text=True, check=False)


@pytest.mark.slow
class TestRun:
    def test_a_fault_keeps_a_commit_back_until_it_is_mended(
        self, tmp_path: Path, hooks: tuple[Path, str], home: Path
    ) -> None:
        """The report of `sidelines check` is shown; then the hook passes."""
        root = lay_out(tmp_path / "my-corpus", CASES / "D003-name-contradicts" / "fail")
        done = use(tmp_path, hooks, home, "sidelines-check")
        assert done.returncode == 1, done.stdout + done.stderr
        assert re.search(r"^sidelines check\.+Failed\n- hook id: sidelines-check$", done.stdout, re.MULTILINE)
        problem = (CASES / "D003-name-contradicts" / "problems.txt").read_text(encoding="utf-8").splitlines()[0]
        assert problem in done.stdout
        path = Path("annotations", "visit", "dates.json")
        (root / path).write_bytes((CASES / "base" / path).read_bytes())
        done = use(tmp_path, hooks, home, "sidelines-check")
        assert done.returncode == 0, done.stdout + done.stderr
        assert re.fullmatch(r"sidelines check\.+Passed\n", done.stdout)

    def test_a_file_is_brought_into_form(self, tmp_path: Path, hooks: tuple[Path, str], home: Path) -> None:
        """pre-commit reports what `sidelines fmt` changed; the second time there is nothing to change."""
        root = lay_out(tmp_path / "my-corpus", CASES / "base")
        path = root / "corpus" / "visit.json"
        canonical = path.read_bytes()
        path.write_bytes(canonical.replace(b"\n", b"\n\n"))
        done = use(tmp_path, hooks, home, "sidelines-fmt", "sidelines-check")
        assert done.returncode == 1
        assert "- files were modified by this hook" in done.stdout
        assert re.search(r"^changed (my-corpus/)?corpus/visit\.json$", done.stdout, re.MULTILINE)
        assert re.search(r"^sidelines check\.+Passed$", done.stdout, re.MULTILINE)  # of what is formatted by now
        assert path.read_bytes() == canonical
        assert git(tmp_path, "status", "--porcelain") == "M my-corpus/corpus/visit.json"
        assert use(tmp_path, hooks, home, "sidelines-fmt", "sidelines-check").returncode == 0
