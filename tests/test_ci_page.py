"""docs/ci.md and docs/editors.md: every snippet is parsed by the schema of its host, or run."""

from __future__ import annotations

import json
import os
import re
import shlex
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
import yaml

from sidelines.cli import main
from tests.checkouts import ROOT
from tests.test_cases import CASES, lay_out
from tests.test_pytest_plugin import ITEMS, Run, loaded, run

PAGE = (ROOT / "docs" / "ci.md").read_text(encoding="utf-8")
SNIPPETS = re.findall(r"```yaml\n# (\S+)\n(.*?)```", PAGE, re.DOTALL)
SCHEMAS = {".github/workflows/corpus.yml": "vendor.github-workflows", ".gitlab-ci.yml": "vendor.gitlab-ci"}
ACTION = yaml.safe_load((ROOT / "action.yml").read_text(encoding="utf-8"))
# What there is to run in the page; fixtures of pytest's own tests serve here as well.
LINES = re.findall(r"^\$ (.*)$", PAGE, re.MULTILINE) + re.findall(r"`(sidelines check my-corpus --[^`]*)`", PAGE)
__all__ = ["loaded", "run"]


@pytest.mark.parametrize(("name", "text"), SNIPPETS)
def test_files_of_hosts(name: str, text: str, tmp_path: Path) -> None:
    """Are what their hosts read, and name only what is there."""
    path = tmp_path / Path(name).name
    path.write_text(text, encoding="utf-8")
    if name == ".pre-commit-config.yaml":
        command = ["pre_commit", "validate-config", str(path)]
        (repository,) = yaml.safe_load(text)["repos"]
        hooks = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))
        assert {hook["id"] for hook in repository["hooks"]} <= {hook["id"] for hook in hooks}
    else:
        command = ["check_jsonschema", "--builtin-schema", SCHEMAS[name], str(path)]
    done = subprocess.run([sys.executable, "-m", *command], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_uses_of_the_action() -> None:
    """Give it inputs that it has, and the table has all of them with their defaults."""
    jobs = [yaml.safe_load(text)["jobs"]["check"]["steps"] for name, text in SNIPPETS if "workflows" in name]
    used = [steps[1] for steps in jobs if "sidelines@" in steps[1]["uses"]]
    assert (len(jobs), len(used)) == (3, 2)
    for step in used:
        assert step["uses"].startswith("OWNER/sidelines@")
        assert set(step["with"]) <= set(ACTION["inputs"])
    rows = re.findall(r"^\| (`[^|]*`) \|([^|]*)\|", PAGE.split("| input |")[1], re.MULTILINE)
    told = {name: default for names, default in rows for name in re.findall(r"`([^`]*)`", names)}
    inputs = {name: told[name] for name in ACTION["inputs"]}
    given = {name: default.strip().strip("`") for name, default in inputs.items() if "`" in default}
    assert given == {name: stated["default"] for name, stated in ACTION["inputs"].items() if stated["default"]}


@pytest.mark.parametrize("page", ["ci.md", "checking.md"])
def test_every_check_names_its_corpus(page: str) -> None:
    """A line that is copied checks what it says, wherever it is run."""
    text = (ROOT / "docs" / page).read_text(encoding="utf-8")
    lines = re.findall(r"^[^|]*?(?:\$ |run: |- |sh ')(sidelines (?:check|fmt)\b.*)$", text, re.MULTILINE)
    assert len(lines) > 2
    assert [line for line in lines if line.split()[2] != "my-corpus"] == []


@pytest.mark.skipif(os.name == "nt", reason="the first bash on Windows is that of another system within it")
@pytest.mark.parametrize(("case", "status"), [(None, 0), ("D003-name-contradicts", 0), ("nothing", 1)])
def test_the_line_of_jenkins(case: str | None, status: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Leaves faults to the report, and fails where there is none."""
    if case != "nothing":
        lay_out(tmp_path / "my-corpus", CASES / case / "fail" if case else CASES / "base")
    (line,) = re.findall(r"^ *sh '(sidelines .*)'$", PAGE, re.MULTILINE)
    (tmp_path / "sidelines").write_text(f'#!/bin/sh\nexec "{sys.executable}" -m sidelines "$@"\n', encoding="utf-8")
    (tmp_path / "sidelines").chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=os.pathsep)
    assert subprocess.run(["bash", "-c", line], cwd=tmp_path, check=False).returncode == status
    assert (tmp_path / "report.xml").exists() == (case != "nothing")


def test_the_items_of_pytest() -> None:
    """Are those that it collects."""
    assert f"```text\n{ITEMS}```" in PAGE


@pytest.mark.parametrize("line", LINES)
def test_lines_of_the_page_run(
    line: str, pytester: pytest.Pytester, run: Run, capsys: pytest.CaptureFixture[str]
) -> None:
    """Each ends with status 0 on a sound corpus."""
    lay_out(pytester.path / "my-corpus", CASES / "base")
    program, *arguments = shlex.split(line)
    if program == "sidelines":
        assert main(arguments) == 0
        return
    assert program == "pytest"
    if "-n" in arguments:  # whose workers are processes of their own
        done = pytester.runpytest_subprocess("-p", "no:sidelines", "-p", "sidelines.pytest_plugin", *arguments)
        assert done.ret == 0
    else:
        assert run(*arguments).ret == 0


def test_the_settings_of_pytest(pytester: pytest.Pytester, run: Run) -> None:
    """As the page has them, every item is collected."""
    (text,) = re.findall(r"```toml\n# pyproject.toml\n(.*?)```", PAGE, re.DOTALL)
    assert tomllib.loads(text)
    pytester.makepyprojecttoml(text)
    lay_out(pytester.path / "my-corpus", CASES / "base")
    run().assert_outcomes(passed=12)


def test_the_page_on_editors() -> None:
    """Its first file is that of the corpus, its settings are JSON, and its links lead somewhere."""
    page = (ROOT / "docs" / "editors.md").read_text(encoding="utf-8")
    first, settings = re.findall(r"```json\n(.*?)```", page, re.DOTALL)
    assert (ROOT / "annotations/trump-putin-paris-2018/dates.json").read_text(encoding="utf-8").startswith(first)
    assert json.loads(settings)
    assert "\n### Patterns\n" in (ROOT / "docs" / "formats.md").read_text(encoding="utf-8")
