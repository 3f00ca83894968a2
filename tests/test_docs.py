"""What the documents say is so: README's commands, the pages of the rules, the help of every command."""

from __future__ import annotations

import json
import re
import shlex
import shutil
import subprocess
import sys
from collections import Counter
from contextlib import redirect_stdout
from io import StringIO
from itertools import takewhile
from pathlib import Path
from unicodedata import normalize

import click
import pytest
from click.testing import CliRunner

import sidelines
from sidelines.cli import COMMANDS, cli, main
from sidelines.remedies import REMEDIES
from sidelines.rules.catalogue import PHASES, RULES, page
from sidelines.selection import EVERY, KEYS, preferences_at

ROOT = Path(__file__).parents[1]
CASES = ROOT / "tests" / "cases"
SECTIONS = ["Why it matters", "Fails", "Passes", "How to mend it"]


def block(text: str, section: str) -> list[str]:
    """The lines of the JSON blocks of a section, without white space around them."""
    body = text.split(f"\n## {section}\n")[1].split("\n## ")[0]
    return [line.strip() for found in re.findall(r"```json\n(.*?)```", body, re.DOTALL) for line in found.splitlines()]


def lines_of(folder: Path) -> set[str]:
    files = (path for path in folder.rglob("*") if path.is_file())
    return {line.strip() for path in files for line in path.read_bytes().decode("utf-8", "replace").splitlines()}


@pytest.mark.parametrize("code", RULES)
def test_every_rule_has_a_page(code: str) -> None:
    """With its code and name, and the four sections in order."""
    text = page(code)
    assert text.startswith(f"# {code} {RULES[code].name}\n\n")
    assert re.findall(r"^## (.*)$", text, re.MULTILINE) == SECTIONS
    assert text.endswith("\n")


@pytest.mark.parametrize("code", RULES)
def test_the_examples_of_a_page_are_those_of_its_case(code: str) -> None:
    """What a page shows as failing and passing stands in the files of its case, which the tests run."""
    case = CASES / f"{code}-{RULES[code].name}"
    assert set(block(page(code), "Fails")) <= lines_of(case / "fail")
    assert set(block(page(code), "Passes")) <= lines_of(case / "pass")


@pytest.mark.parametrize("code", RULES)
def test_the_page_of_a_rule_says_whether_it_can_be_mended(code: str) -> None:
    """Those of which `check --fix` mends some name it under how to mend, and no others do."""
    way = page(code).split("\n## How to mend it\n")[1]
    assert ("`sidelines check --fix`" in way) == (code in REMEDIES or code == "F102")
    assert page(code).count("--fix") == way.count("--fix")


def test_the_page_of_all_rules_is_made_of_theirs() -> None:
    """`sidelines explain --all > docs/rules.md`."""
    made = CliRunner().invoke(cli, ["explain", "--all"]).output
    assert (ROOT / "docs" / "rules.md").read_text(encoding="utf-8") == made


def test_every_rule_with_a_function_runs_in_one_phase() -> None:
    """Except those of the corpus as a whole, which run once."""
    phased = [code for phase in PHASES for code in phase]
    assert sorted(phased) == sorted(code for code, rule in RULES.items() if rule.function and code[0] != "C")


@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_the_help_of_every_command_shows_an_example(name: str) -> None:
    """And the README or the documentation speaks of every command."""
    shown = CliRunner().invoke(cli, [name, "--help"]).output
    assert f"  sidelines {name}" in shown
    assert f"sidelines {name}" in (ROOT / "README.md").read_text(encoding="utf-8")


def test_the_version_is_one() -> None:
    """The package's is the corpus's, and the changelog has a section for it."""
    version = json.loads((ROOT / "corpus" / "corpus.json").read_bytes())["version"]
    assert sidelines.__version__ == version
    assert CliRunner().invoke(cli, ["--version"]).output == f"sidelines {version}\n"
    assert f"\n## [{version}] - " in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    assert f"\nversion: {version}\n" in (ROOT / "CITATION.cff").read_text(encoding="utf-8")


def test_the_examples_of_the_readme_run() -> None:
    """Every line of Python in the README, one after the other."""
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    namespace: dict[str, object] = {}
    for code in re.findall(r"```python\n(.*?)```", text, re.DOTALL):
        exec(compile(code, "README.md", "exec"), namespace)  # the README is ours


@pytest.mark.parametrize(("page", "shown_blocks"), [("cookbook.md", 6), ("index.md", 1)])
def test_a_page_prints_what_it_shows(page: str, shown_blocks: int) -> None:
    """Every line of Python in it, one after the other, and what each block prints."""
    text = (ROOT / "docs" / page).read_text(encoding="utf-8")
    namespace: dict[str, object] = {}
    blocks = re.findall(r"```python\n(.*?)```\n(?:\n```text\n(.*?)```)?", text, re.DOTALL)
    assert sum(bool(shown) for _, shown in blocks) == shown_blocks
    for code, shown in blocks:
        with redirect_stdout(StringIO()) as printed:
            exec(compile(code, page, "exec"), namespace)  # the page is ours
        assert re.sub(" +$", "", printed.getvalue(), flags=re.MULTILINE) == shown


def shown_commands() -> dict[str, list[str]]:
    """The words of each command that the README, a page or a help shows, by where it stands."""
    pages = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
    texts = {path.relative_to(ROOT).as_posix(): path.read_text(encoding="utf-8") for path in pages}
    found = {
        f"{page}: {line}": line
        for page, text in texts.items()
        for line in re.findall(r"^\$ sidelines (.+)$", text, re.MULTILINE)
    }
    for name in COMMANDS:
        shown = str(cli.get_command(click.Context(cli), name).help)
        found |= {f"{name} --help: {line}": line for line in re.findall(r"^ *sidelines (.+)$", shown, re.MULTILINE)}
    # Up to where the shell goes on.
    return {
        where: list(takewhile(lambda word: word not in "|<>", shlex.split(line, comments=True)))
        for where, line in found.items()
    }


SHOWN_COMMANDS = shown_commands()


@pytest.mark.parametrize("where", SHOWN_COMMANDS)
def test_a_command_that_is_shown_is_one(where: str) -> None:
    """It has the options that it is shown with, and they take the values."""
    name, *words = SHOWN_COMMANDS[where]
    command = cli.get_command(click.Context(cli), name)
    assert command is not None
    context = click.Context(command, info_name=name)
    values, _, _ = command.make_parser(context).parse_args(words)
    for parameter in command.params:
        if isinstance(parameter.type, click.Choice | click.IntRange) and parameter.name in values:
            parameter.type_cast_value(context, values[parameter.name])


def test_every_place_shows_commands() -> None:
    """The README, the first page and every help among them."""
    places = Counter(where.partition(": ")[0] for where in SHOWN_COMMANDS)
    assert places["README.md"] == 17
    assert places["docs/index.md"] == 6
    assert {f"{name} --help" for name in COMMANDS} <= set(places)


def test_the_commands_of_the_first_page_are_those_of_the_tool() -> None:
    """Their names, and their options."""
    text = (ROOT / "docs" / "index.md").read_text(encoding="utf-8")
    commands = re.findall(r"^\$ sidelines (\w+)(.*)$", text, re.MULTILINE)
    assert [name for name, _ in commands] == ["view", "show", "check", "check", "explain", "init"]
    for name, words in commands:
        shown = CliRunner().invoke(cli, [name, "--help"]).output
        assert all(option in shown for option in re.findall(r"--[\w-]+", words)), name


def test_the_page_on_plots_draws(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every line of Python in it, one after the other, and what the last block prints."""
    from matplotlib import pyplot

    pyplot.switch_backend("Agg")
    monkeypatch.chdir(tmp_path)
    text = (ROOT / "docs" / "plots.md").read_text(encoding="utf-8")
    namespace: dict[str, object] = {}
    blocks = re.findall(r"```python\n(.*?)```\n(?:\n```text\n(.*?)```)?", text, re.DOTALL)
    assert sum(bool(shown) for _, shown in blocks) == 1
    for code, shown in blocks:
        with redirect_stdout(StringIO()) as printed:
            exec(compile(code, "plots.md", "exec"), namespace)  # the page is ours
        assert re.sub(" +$", "", printed.getvalue(), flags=re.MULTILINE) == shown
    assert (tmp_path / "quotes.png").exists()
    assert len(pyplot.get_fignums()) == 3
    pyplot.close("all")


def test_the_table_of_tables_in_the_readme_is_true() -> None:
    """Rows of each table, as the README gives them."""
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    stated = {name: int(rows) for name, rows in re.findall(r"^\| `(\w+)` \| (\d+) \|", text, re.MULTILINE)}
    assert stated == {name: len(sidelines.load(name)) for name in sidelines.load()}


FORMATS = (ROOT / "docs" / "formats.md").read_text(encoding="utf-8")
SHOWN = re.findall(r"^```(console|python)\n(.*?)^```$(?:\n\n```text\n(.*?)^```$)?", FORMATS, re.MULTILINE | re.DOTALL)
# What a block says that is shown of another `walk` than the one that is sound, and what is other in its annotations.
OTHERWISE = {
    "O004": ('"start": 30, "end": 46', '"start": 31, "end": 47'),
    "R002": ('"thing": "t4"', '"thing": "t5"'),
    "changed walk/": ('  "things"', '"things"'),
}
# Sizes are those of one version of Arrow.
SIZE = re.compile(r"\b\d[\d,]* (?=bytes|KiB)")


@pytest.fixture
def walk(tmp_path: Path) -> Path:
    """The corpus that the page on formats builds step by step, file by file."""
    files = re.findall(
        r"^\*\*`((?:corpus|schema|annotations)/[^`]+)`\*\*\n\n```\w+\n(.*?)^```$", FORMATS, re.MULTILINE | re.DOTALL
    )
    assert len(files) == 7
    for name, content in files:
        path = tmp_path / "walk" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode())
    return tmp_path / "walk"


def test_the_formats_page_has_its_blocks() -> None:
    """As many as are held to what they show, and each that shows a corpus that is not sound."""
    assert [kind for kind, *_ in SHOWN].count("console") == 8
    assert [kind for kind, *_ in SHOWN].count("python") == 8
    said = [sum(mark in block for _, block, _ in SHOWN) for mark in OTHERWISE]
    assert said == [1, 2, 1]


@pytest.mark.parametrize("number", [n for n, (kind, *_) in enumerate(SHOWN) if kind == "console"])
def test_a_command_of_the_formats_page_prints_what_it_shows(
    number: int, walk: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """In the folder of the corpus and of its build, with what is other in the text before it."""
    monkeypatch.delenv("GITHUB_WORKSPACE", raising=False)
    monkeypatch.chdir(walk.parent)
    sidelines.build("walk", "walk-build", page=False)
    block = SHOWN[number][1]
    for mark, (was, becomes) in OTHERWISE.items():
        if mark in block:
            path = walk / "annotations" / "harbour" / "colours.json"
            path.write_bytes(path.read_bytes().replace(was.encode(), becomes.encode(), 1))
    for command, output in re.findall(r"^\$ (.*)\n((?:(?!\$ ).*\n)*)", block, re.MULTILINE):
        program, *words = shlex.split(command)
        if program == "sidelines":
            main(words)
            printed = "".join(capsys.readouterr())
        else:
            assert program == "python"
            printed = subprocess.run([sys.executable, *words], capture_output=True, text=True, check=True).stdout
        shown = re.sub(" +$", "", SIZE.sub("", printed), flags=re.MULTILINE)
        assert shown == SIZE.sub("", output), command


def test_the_python_of_the_formats_page_prints_what_it_shows(walk: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every line, one after the other, in the same folder."""
    monkeypatch.chdir(walk.parent)
    sidelines.build("walk", "walk-build", page=False)
    namespace: dict[str, object] = {}
    for kind, code, output in SHOWN:
        if kind == "python":
            with redirect_stdout(StringIO()) as printed:
                exec(compile(code, "formats.md", "exec"), namespace)  # the page is ours
            assert printed.getvalue() == output


def test_the_layer_of_the_formats_page_is_clean(walk: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The corpus that the page builds is checked, built and read as the page shows.

    So is what it makes of a list of dicts.
    """
    assert list(sidelines.check(walk)) == []
    assert sidelines.build(walk, tmp_path / "out").rows == {"documents": 1, "things": 4, "colours": 2}
    colours = sidelines.read(walk).frame("colours")
    assert colours.explode("words")["words"].str["text"].tolist() == ["sea-green", "pale", "cold blue"]
    monkeypatch.chdir(tmp_path)
    (code,) = re.findall(r"^```python\n((?:(?!```).)*jsonl.*?)^```$", FORMATS, re.MULTILINE | re.DOTALL)
    exec(compile(code, "formats.md", "exec"), {})  # the page is ours
    report = sidelines.check(tmp_path / "walk-lines")
    assert (list(report), report.documents, report.rows) == ([], 2, {"things": 1, "colours": 1})


def test_the_page_on_checking_shows_what_is_printed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Every command that it shows, with what it prints."""
    monkeypatch.delenv("GITHUB_WORKSPACE", raising=False)
    monkeypatch.chdir(tmp_path)
    text = (ROOT / "docs" / "checking.md").read_text(encoding="utf-8")
    for folder in ("schema", "tests/cases/base", "tests/cases/O004-surface-differs"):
        shutil.copytree(ROOT / folder, tmp_path / folder)
    made = re.findall(r"^\$ cp -r (\S+) my-corpus$", text, re.MULTILINE)
    assert made == ["tests/cases/base", "schema", "tests/cases/O004-surface-differs/fail/."]
    for source in made:  # as `cp -r` does it, which Windows has not
        inside = "" if source.endswith("/.") or not Path("my-corpus").exists() else source
        shutil.copytree(source, Path("my-corpus") / inside, dirs_exist_ok=True)
    shown = re.findall(r"^```console\n\$ sidelines (.*)\n((?:.*\n)*?)```$", text, re.MULTILINE)
    assert len(shown) == 7
    for command, output in shown:
        main(shlex.split(command))
        # The page is of Unicode's composed form, as editors keep it; the corpus is not.
        assert normalize("NFC", capsys.readouterr().out) == normalize("NFC", output), command
    record = next(line for line in text.splitlines() if "the statistics are an object a line" in line).split("`")[3]
    main(["check", "my-corpus", "--statistics", "--format", "json"])
    assert capsys.readouterr().out == f"{record}\n"


def test_the_settings_on_the_page_on_checking(sound: Path) -> None:
    """Are settings, in both files."""
    text = (ROOT / "docs" / "checking.md").read_text(encoding="utf-8")
    (setting,) = re.findall(r"```json\n(.*?)\n```", text, re.DOTALL)
    (project,) = re.findall(r"```toml\n(.*?)```", text, re.DOTALL)
    path = sound / "corpus" / "corpus.json"
    path.write_text(path.read_text(encoding="utf-8").replace("\n}\n", f",\n{setting}\n}}\n"), newline="\n")
    expected = EVERY - {"D003", "R003"}
    assert sidelines.check(sound).ok
    assert preferences_at(sound).codes == expected
    path.write_text(path.read_text(encoding="utf-8").replace(f",\n{setting}", ""), newline="\n")
    (sound / "pyproject.toml").write_text(project, encoding="utf-8")
    assert (preferences_at(sound).codes, preferences_at(sound).format) == (expected, "github")
    keys = re.findall(r"^\| `([a-z-]+)` \| (?:list|how|the|`)", text.partition("## Settings")[2], re.MULTILINE)
    assert keys == list(KEYS)
