"""`action.yml`: its form, and its steps by their lines of shell, as GitHub runs them."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.checkouts import ENVIRONMENT, ROOT, copy_of_this
from tests.test_cases import CASES, lay_out

ACTION: dict[str, Any] = yaml.safe_load((ROOT / "action.yml").read_text(encoding="utf-8"))
STEPS: list[dict[str, Any]] = ACTION["runs"]["steps"]
BASH = ["bash", "--noprofile", "--norc", "-eo", "pipefail"]  # "shell: bash", by GitHub's documentation
WORKFLOWS = [path.relative_to(ROOT).as_posix() for path in (ROOT / ".github" / "workflows").glob("*.yml")]


@pytest.mark.parametrize(
    ("schema", "file"),
    [("vendor.github-actions", "action.yml"), *(("vendor.github-workflows", path) for path in WORKFLOWS)],
)
def test_the_form(schema: str, file: str) -> None:
    """By the schemas of SchemaStore."""
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", schema, str(ROOT / file)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout.strip()) == (0, "ok -- validation done"), done.stdout + done.stderr


@pytest.mark.parametrize("path", ["action.yml", *WORKFLOWS])
def test_nothing_that_others_choose_becomes_shell(path: str) -> None:
    """Inputs, branches and titles come by the environment, never by `${{ }}` within `run:`."""
    text = yaml.safe_load((ROOT / path).read_text(encoding="utf-8"))
    steps = STEPS if path == "action.yml" else [step for job in text["jobs"].values() for step in job["steps"]]
    chosen = re.compile(r"\$\{\{(?!\s*matrix\.)")
    assert [step["run"] for step in steps if chosen.search(step.get("run", ""))] == []


def test_every_input_is_described_and_used() -> None:
    """And there is none that nobody reads."""
    text = (ROOT / "action.yml").read_text(encoding="utf-8").split("\nruns:\n")[1]
    assert set(re.findall(r"inputs\.([a-z-]+)", text)) == set(ACTION["inputs"])
    assert all(stated["description"] and "default" in stated for stated in ACTION["inputs"].values())


def test_others_are_pinned_by_their_major_version() -> None:
    """What runs besides our own lines."""
    assert [step["uses"] for step in STEPS if "uses" in step] == [
        "actions/setup-python@v6",
        "github/codeql-action/upload-sarif@v4",
    ]


@dataclass
class Host:
    """What GitHub does for a job that uses the action: contexts, files of outputs and summary, steps in order."""

    workspace: Path
    temporary: Path
    action_path: Path
    inputs: Mapping[str, str] = field(default_factory=dict)
    log: str = ""
    summary: str = ""
    uploaded: dict[str, str] | None = None
    failed: str | None = None
    outputs: dict[str, dict[str, str]] = field(default_factory=dict)
    outcomes: dict[str, str] = field(default_factory=dict)

    def expression(self, text: str) -> Any:
        """The value of an expression, of as much of their language as the action uses."""
        names = r"(always\(\)|inputs\.[a-z-]+|github\.action_path|steps\.\w+\.outputs\.[\w-]+|steps\.\w+\.outcome)"
        words = re.findall(rf"{names}|('[^']*')|(&&|\|\||==)|(\S)", text)
        return eval(" ".join(self._word(*word) for word in words))  # the action is ours

    def _word(self, name: str, literal: str, operator: str, other: str) -> str:
        assert not other, f"not understood: {other}"
        if literal or operator:
            return literal or {"&&": "and", "||": "or", "==": "=="}[operator]
        if name == "always()":
            return "True"
        context, _, rest = name.partition(".")
        if context == "inputs":
            return repr(self.inputs.get(rest, ACTION["inputs"][rest]["default"]))
        if context == "github":
            return repr(str(self.action_path))
        step, _, what = rest.partition(".")
        if what == "outcome":
            return repr(self.outcomes[step])
        return repr(self.outputs[step].get(what.partition(".")[2], ""))

    def filled(self, value: str) -> str:
        """A value with its expressions replaced by theirs."""
        return re.sub(r"\$\{\{(.*?)\}\}", lambda found: str(self.expression(found[1])), value)

    def run(self) -> Host:
        """Run the steps; one that fails lets only those go on that say `always()`."""
        for step in STEPS:
            id_, condition = step.get("id", step.get("name", "")), step.get("if", "")
            self.outputs[id_] = {}
            wanted = self.expression(condition.removeprefix("${{").removesuffix("}}")) if condition else True
            if not wanted or (self.failed and "always()" not in condition):
                self.outcomes[id_] = "skipped"
                continue
            self.outcomes[id_] = "success" if self._step(id_, step) else "failure"
            if self.outcomes[id_] == "failure":
                self.failed = self.failed or id_
        return self

    def _step(self, id_: str, step: dict[str, Any]) -> bool:
        given = {name: self.filled(str(value)) for name, value in (step.get("with") or step.get("env") or {}).items()}
        if "uses" in step:
            if id_ == "python":
                self.outputs[id_]["python-path"] = sys.executable
            else:
                self.uploaded = given
            return True
        files = {name: self.temporary / name for name in ("GITHUB_OUTPUT", "GITHUB_STEP_SUMMARY")}
        script = self.temporary / "script.sh"
        script.write_text(step["run"], encoding="utf-8")
        for path in files.values():
            path.write_text("", encoding="utf-8")
        environment = ENVIRONMENT | given | {name: str(path) for name, path in files.items()}
        environment |= {"RUNNER_TEMP": str(self.temporary), "GITHUB_WORKSPACE": str(self.workspace)}
        done = subprocess.run(
            [*BASH, script], cwd=self.workspace, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
            text=True, check=False,
        )  # fmt: skip
        self.log += done.stdout
        self.summary += files["GITHUB_STEP_SUMMARY"].read_text(encoding="utf-8")
        lines = files["GITHUB_OUTPUT"].read_text(encoding="utf-8").splitlines()
        self.outputs[id_] |= dict(line.split("=", 1) for line in lines)
        return done.returncode == 0


Run = Callable[..., Host]


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An environment with the action's own Sidelines, made by the action's own step, which the other tests share."""
    folder = tmp_path_factory.mktemp("installed")
    action = copy_of_this(folder / "action")
    host = Host(folder, folder, action)
    host.outputs["python"] = {"python-path": sys.executable}
    (step,) = (step for step in STEPS if step.get("id") == "install")
    host.outputs["install"] = {}
    assert host._step("install", step), host.log
    assert re.search(r"^sidelines \d+\.\d+\.\d+$", host.log, re.MULTILINE)
    return Path(host.outputs["install"]["bin"])


@pytest.fixture
def run(tmp_path: Path, installed: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run the action in a workspace with the corpus of a failing case, or the sound one, in `my corpus`."""

    def run_(case: str | None = None, **inputs: str) -> Host:
        (tmp_path / "work").mkdir()
        (tmp_path / "temporary").mkdir()
        lay_out(tmp_path / "work" / "my corpus", CASES / case / "fail" if case else CASES / "base")
        given = {"path": "my corpus"} | {name.replace("_", "-"): value for name, value in inputs.items()}
        host = Host(tmp_path / "work", tmp_path / "temporary", ROOT, given)
        step = host._step

        def share(id_: str, what: dict[str, Any]) -> bool:
            if id_ != "install":
                return step(id_, what)
            host.outputs[id_] = {"bin": str(installed), "folder": str(tmp_path / "temporary")}
            return True

        monkeypatch.setattr(host, "_step", share)
        return host.run()

    return run_


def problems(sarif: str) -> list[str]:
    """The rules of the results of a SARIF file."""
    (found,) = json.loads(Path(sarif).read_text(encoding="utf-8"))["runs"]
    return [result["ruleId"] for result in found["results"]]


@pytest.mark.slow
@pytest.mark.skipif(os.name == "nt", reason="the first bash on Windows is that of another system within it")
class TestSteps:
    def test_a_sound_corpus(self, run: Run) -> None:
        """Passes, and its empty SARIF clears what was found before."""
        host = run()
        assert host.failed is None, host.log
        assert host.uploaded is not None
        assert host.uploaded["category"] == "sidelines my corpus"
        assert problems(host.uploaded["sarif_file"]) == []
        assert host.summary.startswith("### sidelines check\nclean: 1 document")

    def test_a_fault(self, run: Run) -> None:
        """Fails, stands at its line, and goes to code scanning all the same."""
        host = run("D003-name-contradicts")
        assert host.failed == "check"
        line = (CASES / "D003-name-contradicts" / "problems.txt").read_text(encoding="utf-8").split(":")[1]
        place = f"^::error file=my corpus/annotations/visit/dates.json,line={line},col=[0-9]+,title=D003 "
        assert re.search(place, host.log, re.MULTILINE), host.log
        assert host.uploaded is not None
        assert problems(host.uploaded["sarif_file"]) == ["D003"]
        assert "1 error, 0 warnings in 1 document" in host.summary
        assert "::" not in host.summary

    @pytest.mark.parametrize(
        ("case", "fail_on", "failed"),
        [
            ("D003-name-contradicts", "error", "check"),
            ("D003-name-contradicts", "warning", "check"),
            ("D003-name-contradicts", "never", None),
            ("R003-ids-alike", "error", None),
            ("R003-ids-alike", "warning", "check"),
            ("R003-ids-alike", "never", None),
            (None, "warning", None),
        ],
    )
    def test_what_fails(self, run: Run, case: str | None, fail_on: str, failed: str | None) -> None:
        """Errors, warnings as well, or nothing, as the job has it."""
        assert run(case, fail_on=fail_on, sarif="false").failed == failed

    def test_warnings_that_are_not_shown(self, run: Run) -> None:
        """Count all the same."""
        host = run("R003-ids-alike", fail_on="warning", args="--max-problems 0", sarif="false")
        assert host.failed == "check"
        assert "::warning" not in host.log

    def test_a_wrong_word(self, run: Run) -> None:
        """Is answered with the right ones."""
        host = run(fail_on="errors")
        assert host.failed == "check"
        assert "::error title=sidelines::fail-on: expected error, warning or never, found 'errors'\n" in host.log

    def test_no_corpus(self, run: Run) -> None:
        """Fails whatever is to fail the job, and nothing is uploaded."""
        host = run(path="my-corpus", fail_on="never")
        assert host.failed == "check"
        assert "my-corpus: no such folder; did you mean my corpus?" in host.log
        assert host.uploaded is None

    def test_without_sarif(self, run: Run) -> None:
        """A job without the permission for it leaves it out."""
        host = run("D003-name-contradicts", sarif="false")
        assert (host.failed, host.uploaded) == ("check", None)

    def test_selected_rules(self, run: Run) -> None:
        """Reach both reports."""
        host = run("D003-name-contradicts", ignore="D003", select="D,F", args="--max-file-size 1MiB  --jobs 1")
        assert host.failed is None, host.log
        assert host.uploaded is not None
        assert problems(host.uploaded["sarif_file"]) == []

    @pytest.mark.parametrize("name", ["path", "select", "ignore", "args", "fail_on"])
    def test_inputs_are_never_shell(self, run: Run, name: str) -> None:
        """Whatever stands in them is a word, not a command."""
        host = run(**{name: "$(touch bad) `touch bad` ; touch bad #"})
        assert host.failed == "check"
        assert not (host.workspace / "bad").exists()

    def test_another_version(self, tmp_path: Path) -> None:
        """`sidelines` names what pip installs in the place of the action's own."""
        wheel, about = tmp_path / "sidelines-9.9.9-py3-none-any.whl", "sidelines-9.9.9.dist-info"
        files = {
            "nines.py": "def main(): print('sidelines 9.9.9')\n",
            f"{about}/METADATA": "Metadata-Version: 2.1\nName: sidelines\nVersion: 9.9.9\n",
            f"{about}/WHEEL": "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
            f"{about}/entry_points.txt": "[console_scripts]\nsidelines = nines:main\n",
        }
        with zipfile.ZipFile(wheel, "w") as archive:
            for name, content in files.items():
                archive.writestr(name, content)
            archive.writestr(f"{about}/RECORD", "".join(f"{name},,\n" for name in [*files, f"{about}/RECORD"]))
        host = Host(tmp_path, tmp_path, Path("nowhere"), {"sidelines": str(wheel)})
        host.outputs |= {"python": {"python-path": sys.executable}, "install": {}}
        (step,) = (step for step in STEPS if step.get("id") == "install")
        assert host._step("install", step), host.log
        assert "sidelines 9.9.9" in host.log.splitlines()
