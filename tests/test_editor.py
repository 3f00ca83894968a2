"""What an editor shows of the files of a corpus: by the language server for JSON that is in VS Code, from npm."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NoReturn

import pytest

from tests.checkouts import ROOT

EDITOR = Path(__file__).parent / "editor"
LAYERS = "annotations/trump-putin-paris-2018"
Ask = Callable[..., list[Any]]


def without(reason: str) -> NoReturn:
    """Skip what cannot be run here; continuous integration has to be able to."""
    if os.environ.get("CI"):
        pytest.fail(reason)
    pytest.skip(reason)


@pytest.fixture(scope="module")
def ask(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ask]:
    """Ask the server: `ask("hover", path, text, at)`; `at` is a place in the text, in code points."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if node is None or npm is None:
        without("there is no node here, or no npm, to run the server with")
    folder = tmp_path_factory.mktemp("editor")
    shutil.copytree(EDITOR, folder, dirs_exist_ok=True, ignore=shutil.ignore_patterns("node_modules"))
    installed = subprocess.run([npm, "ci"], cwd=folder, capture_output=True, text=True, check=False)
    if installed.returncode:
        without(f"npm could not install the server: {installed.stderr.strip()}")
    pipe = subprocess.PIPE
    with subprocess.Popen([node, "server.js"], cwd=folder, stdin=pipe, stdout=pipe, encoding="utf-8") as server:
        assert server.stdin is not None
        assert server.stdout is not None
        requests, answers = server.stdin, server.stdout

        def ask_(what: str, path: Path, text: str | None = None, at: int = 0) -> list[Any]:
            text = path.read_bytes().decode("utf-8") if text is None else text
            request = {"ask": what, "path": str(path), "text": text, "at": len(text[:at].encode("utf-16-le")) // 2}
            requests.write(f"{json.dumps(request)}\n")
            requests.flush()
            answer: list[Any] = json.loads(answers.readline())
            return answer

        yield ask_
        requests.close()


def files(root: Path) -> list[Path]:
    """The JSON files of a corpus."""
    return sorted(path for folder in ("corpus", "schema", "annotations") for path in (root / folder).rglob("*.json"))


def test_the_shipped_files_are_in_order(ask: Ask) -> None:
    """Their schemas are found by `$schema` and understood, those of the schemas as well, and nothing is wrong."""
    found = {path.relative_to(ROOT).as_posix(): ask("diagnostics", path) for path in files(ROOT)}
    assert {path: shown for path, shown in found.items() if shown} == {}
    assert len(found) == 2 + 7 + 4


@pytest.mark.parametrize("name", ["sound", "own"])
def test_other_corpora_are_in_order(name: str, ask: Ask, request: pytest.FixtureRequest) -> None:
    """Layers that no line of Python knows are completed and checked as the built-in ones are."""
    found = {path.name: ask("diagnostics", path) for path in files(request.getfixturevalue(name))}
    assert {path: shown for path, shown in found.items() if shown} == {}
    assert len(found) > 5


@pytest.mark.parametrize(
    ("path", "right", "wrong", "line", "message"),
    [
        ("dates", '"type": "DATE", "value": "2018-11-11"', '"type": "DAY", "value": "2018-11-11"', 7, "DURATION"),
        ("dates", ', "value": "2018-11-11"', "", 7, 'Missing property "value"'),
        ("dates", '"start": 222', '"start": "222"', 7, 'Expected "integer"'),
        ("dates", '"start": 222', '"start": -222', 7, "minimum"),
        ("dates", '"id": "d3"', '"id": "3"', 7, "pattern"),
        ("dates", '"anchor": "d2"}', '"anchr": "d2"}', 5, "anchr"),
        ("dates", "dates.schema.json", "datse.schema.json", 2, "datse.schema.json"),
        ("quotes", '"content": [{"start"', '"content": [{"begin"', 5, "begin"),
        ("structure", '"kind": "byline"', '"kind": "by-line"', 6, "byline"),
    ],
)
def test_a_mistake_is_shown_at_its_line(path: str, right: str, wrong: str, line: int, message: str, ask: Ask) -> None:
    """As it is typed, before anything is checked."""
    whole = ROOT / LAYERS / f"{path}.json"
    text = whole.read_text(encoding="utf-8")
    assert right in text
    found = ask("diagnostics", whole, text.replace(right, wrong, 1))
    assert line in [problem["line"] for problem in found]
    assert any(message in problem["message"] for problem in found)


def test_a_mistake_in_a_schema_is_shown(ask: Ask) -> None:
    """As far as JSON Schema knows: to its keywords values belong; of x- keywords it knows nothing."""
    path = ROOT / "schema" / "dates.schema.json"
    text = path.read_text(encoding="utf-8").replace('"minimum": 0', '"minimum": "0"', 1)
    (problem,) = ask("diagnostics", path, text)
    assert text.splitlines()[problem["line"] - 1].strip() == '"minimum": "0",'
    assert ask("diagnostics", path, path.read_text(encoding="utf-8").replace('"x-ref"', '"x-reff"')) == []


def test_definitions_in_other_files_are_followed(own: Path, ask: Ask) -> None:
    """Relative to the schema that refers to them."""
    number = {"type": "number", "maximum": 1}
    (own / "schema" / "shared.schema.json").write_text(json.dumps({"$defs": {"score": number}}), encoding="utf-8")
    schema = {"properties": {"$schema": {}, "score": {"$ref": "shared.schema.json#/$defs/score"}}}
    (own / "schema" / "scores.schema.json").write_text(json.dumps(schema), encoding="utf-8")
    path = own / "annotations" / "a" / "scores.json"
    text = '{"$schema": "../../schema/scores.schema.json",\n"score": %s}'
    assert ask("diagnostics", path, text % "0.5") == []
    (problem,) = ask("diagnostics", path, text % "1.5")
    assert (problem["line"], "maximum" in problem["message"]) == (2, True)


def test_values_are_completed(ask: Ask) -> None:
    """Where one of a list is expected."""
    path = ROOT / LAYERS / "dates.json"
    text = path.read_text(encoding="utf-8").replace('"type": "DATE"', '"type": ', 1)
    found = ask("completions", path, text, text.index('"type": ') + 8)
    assert [item["label"] for item in found] == ['"DATE"', '"TIME"', '"DURATION"', '"SET"']


@pytest.mark.parametrize(
    ("right", "left", "missing"),
    [
        ('"dates": [', '"dates": [{', ["id", "start", "end", "text", "type", "value", "mod", "function", "anchor"]),
        ('"anchor": "d2"}', "", ["mod", "function", "anchor"]),
    ],
)
def test_names_of_properties_are_completed(right: str, left: str, missing: list[str], ask: Ask) -> None:
    """Those that are not there yet, in the order of the canonical form, each with what it means."""
    path = ROOT / LAYERS / "dates.json"
    before, after = path.read_text(encoding="utf-8").split(right, 1)
    found = ask("completions", path, f"{before}{left}}},{after}", len(before + left))
    assert [item["label"] for item in found] == missing
    assert found[-1]["told"] == "Id of the date from which a reader works this one out."


@pytest.mark.parametrize(
    ("path", "word", "shown"),
    [
        ("dates", '"anchor"', "Id of the date from which a reader works this one out"),
        ("quotes", '"addressee"', "Who is spoken to, without"),
        ("quotes", '"cue"', "The word or words that report the speech"),
        ("quotes", '"start"', "Where the span begins: the number of Unicode code points of the document before it"),
        ("entities", '"form"', "NAM"),
        ("structure", '"blocks"', "blocks"),
    ],
)
def test_what_a_property_means_is_told(path: str, word: str, shown: str, ask: Ask) -> None:
    """By the description in the schema: where a definition is used, by that of the place, not of the definition."""
    whole = ROOT / LAYERS / f"{path}.json"
    text = whole.read_text(encoding="utf-8")
    told = " ".join(ask("hover", whole, text, text.index(word) + 2))
    assert shown in told
    assert "stretch of the document" not in told


def test_the_lock_names_no_host() -> None:
    """Whoever installs from it uses the registry that npm is set to."""
    lock = (EDITOR / "package-lock.json").read_text(encoding="utf-8")
    assert "://" not in lock
    assert json.loads(lock)["packages"]["node_modules/vscode-json-languageservice"]["integrity"].startswith("sha512-")
