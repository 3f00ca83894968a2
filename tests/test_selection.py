"""Which rules are reported: by the caller, by pyproject.toml, by corpus.json, and what each of them may say."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click
import pytest

import sidelines
from sidelines.checker import Work, check_batches
from sidelines.cli import main
from sidelines.commands.check import check as check_command
from sidelines.commands.verify import verify
from sidelines.opening import open_corpus
from sidelines.reports.formats import FORMATS
from sidelines.rules.catalogue import RULES
from sidelines.selection import ALWAYS, EVERY, FORMAT_NAMES, KEYS, preferences_at
from tests.strategies import twice
from tests.test_cases import CASES, lay_out

Captured = pytest.CaptureFixture[str]


def settings(root: Path, **values: Any) -> None:
    """Put `check` into corpus.json, in canonical form."""
    path = root / "corpus" / "corpus.json"
    raw = path.read_text(encoding="utf-8").removesuffix("\n}\n")
    path.write_text(f'{raw},\n  "check": {json.dumps(values)}\n}}\n', encoding="utf-8", newline="\n")


def project(root: Path, text: str) -> None:
    (root / "pyproject.toml").write_text(f"[tool.sidelines]\n{text}\n", encoding="utf-8")


def chosen(root: Path, **given: Any) -> set[str]:
    return set(preferences_at(root, **given).codes)


def codes_of(report: sidelines.Report) -> list[str]:
    return [problem.code for problem in report]


@pytest.fixture
def broken(tmp_path: Path) -> Path:
    """A corpus with an O004, an L001 and, as a warning, an R003."""
    root = lay_out(tmp_path / "broken", CASES / "R003-ids-alike" / "fail")
    path = root / "annotations" / "visit" / "dates.json"
    path.write_bytes(path.read_bytes().replace(b'"text": "Monday"', b'"text": "Mondag"'))
    path = root / "annotations" / "visit" / "quotes.json"
    path.write_bytes(path.read_bytes().replace(b'"source": "m7"', b'"source": "m77"'))
    assert codes_of(sidelines.check(root)) == ["O004", "R003", "R002"]
    return root


class TestGiven:
    @pytest.mark.parametrize(
        ("select", "ignore", "found"),
        [
            (None, None, ["O004", "R003", "R002"]),
            ("O", None, ["O004"]),
            ("O004,R", None, ["O004", "R003", "R002"]),
            (["o004", " r002 "], None, ["O004", "R002"]),
            ("surface-differs, Ids-Alike", None, ["O004", "R003"]),
            (None, "dangling-reference", ["O004", "R003"]),
            (None, "R", ["O004"]),
            (None, ["R002", "R003"], ["O004"]),
            ("R", "R002", ["R003"]),
            ("R002", "R", ["R002"]),
            ("R00,O", "R", ["O004", "R003", "R002"]),
            ("R002", "R002", []),
            ("E,Q,D,L", None, []),
            ("F", None, []),
            ("", None, []),
            (None, "", ["O004", "R003", "R002"]),
        ],
    )
    def test_the_more_specific_wins(self, broken: Path, select: Any, ignore: Any, found: list[str]) -> None:
        """A longer beginning of a code goes before a shorter one; of the same, what is ignored is."""
        assert codes_of(sidelines.check(broken, select=select, ignore=ignore)) == found

    def test_severity(self, broken: Path) -> None:
        """Warnings need not be reported; errors are always."""
        assert codes_of(sidelines.check(broken, severity="error")) == ["O004", "R002"]
        assert codes_of(sidelines.check(broken, severity="warning")) == ["O004", "R003", "R002"]

    def test_a_code_of_a_phase_begins_one(self, sound: Path) -> None:
        """`F1` are the rules of JSON."""
        assert chosen(sound, select="F1") == {"F101", "F102", "F103", "F104", "F105", "F106", "F107", "F108"}

    def test_every_process_selects(self, broken: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """What is ignored is not sent, whoever does the work."""
        twice(broken)
        monkeypatch.setattr("sidelines.reader.SHARD_DOCUMENTS", 1)
        assert codes_of(sidelines.check(broken, select="R002", jobs=2)) == ["R002", "R002"]
        corpus = open_corpus(broken)
        (work, _) = Work.of(corpus, corpus.shards, frozenset({"R002"}))
        ((_, problems),) = check_batches(work.open(), [work.shard], work.codes)
        assert [problem.code for problem in problems] == ["R002"]

    def test_what_is_ignored_casts_no_shadow(self, tmp_path: Path) -> None:
        """A row that an ignored rule fails is not judged by later ones, as if it were reported."""
        root = lay_out(tmp_path / "corpus", CASES / "O003-bounds-reversed" / "fail")
        assert codes_of(sidelines.check(root)) == ["O003"]
        assert codes_of(sidelines.check(root, ignore="O003")) == []


class TestSettings:
    def test_each_file(self, broken: Path) -> None:
        """corpus.json, and before it pyproject.toml, and before that the caller: key by key."""
        settings(broken, select=["O", "R"], ignore=["R003"])
        assert codes_of(sidelines.check(broken)) == ["O004", "R002"]
        project(broken, 'ignore = ["O004"]')
        assert codes_of(sidelines.check(broken)) == ["R003", "R002"]
        assert codes_of(sidelines.check(broken, ignore="")) == ["O004", "R003", "R002"]
        project(broken, 'ignore = []\nseverity = "error"')
        assert codes_of(sidelines.check(broken)) == ["O004", "R002"]

    def test_of_the_same_the_caller_wins(self, broken: Path) -> None:
        """Who asks for a rule that a file ignores is answered."""
        settings(broken, ignore=["O004", "R"])
        assert codes_of(sidelines.check(broken)) == []
        assert codes_of(sidelines.check(broken, select="O004")) == ["O004"]
        assert codes_of(sidelines.check(broken, select="R")) == ["R003", "R002"]
        project(broken, 'ignore = ["O004"]')
        assert codes_of(sidelines.check(broken, select="O")) == []

    def test_how_it_is_shown(self, broken: Path, capsys: Captured) -> None:
        """`format` and `max-problems` are settings, too; those that are given go before."""
        settings(broken, **{"max-problems": 1, "format": "json"})
        assert main(["check", str(broken)]) == 1
        out, err = capsys.readouterr()
        assert [json.loads(line)["code"] for line in out.splitlines()] == ["O004"]
        assert err == "shown: 1 of 3 problems (--max-problems 1)\n"
        assert main(["check", str(broken), "--max-problems", "2", "--format", "text"]) == 1
        assert "\nshown: 2 of 3 problems (--max-problems 2)\n" in capsys.readouterr().out
        assert main(["check", str(broken), "--statistics"]) == 1
        assert len(capsys.readouterr().out.splitlines()) == 3

    def test_lines_and_builds(self, sound: Path, tmp_path: Path) -> None:
        """Their corpus.json is the corpus's; no pyproject.toml stands around a build."""
        settings(sound, ignore=["D"])
        sidelines.build(sound, tmp_path / "out")
        project(tmp_path / "out", "ignore = 3")
        assert not {"D001", "D005"} & chosen(tmp_path / "out")
        assert "P103" in chosen(tmp_path / "out")

    def test_metadata_are_plain(self, sound: Path) -> None:
        """What a corpus says of itself can be used as any dict."""
        settings(sound, ignore=["D"])
        assert sidelines.read(sound).metadata["check"] == {"ignore": ["D"]}
        assert codes_of(sidelines.check(sound)) == []

    @pytest.mark.parametrize(
        ("values", "said"),
        [
            ({"ignores": []}, "there is no setting 'ignores'; did you mean 'ignore'? There are: format, ignore, "),
            (
                {"ignore": ["O044"]},
                "ignore: there is no rule or family 'O044'; did you mean O004, surface-differs? `sidelines",
            ),
            ({"select": 4}, "select: expected a list of rules or families, such as O004 or F, found 4"),
            ({"select": {"O": 1}}, "select: expected a list of rules or families, such as O004 or F, found {'O': 1}"),
            ({"select": [4]}, "select: expected a list of rules or families, such as O004 or F, found 4 in it"),
            ({"severity": "eror"}, "severity: expected error or warning, found 'eror'; did you mean 'error'?\n"),
            ({"severity": 1}, "severity: expected error or warning, found 1\n"),
            (
                {"format": "jsn"},
                "format: expected text, json, github, sarif or junit, found 'jsn'; did you mean 'json'?\n",
            ),
            ({"max-problems": -1}, "max-problems: expected a number, 0 or more, found -1"),
            ({"max-problems": True}, "max-problems: expected a number, 0 or more, found True"),
        ],
    )
    def test_a_wrong_one(self, sound: Path, values: dict[str, Any], said: str, capsys: Captured) -> None:
        """Is named, with the file, and what there is; status 2."""
        settings(sound, **values)
        assert main(["check", str(sound)]) == 2
        assert capsys.readouterr().err.startswith(f"error: {sound / 'corpus' / 'corpus.json'}: check: {said}")
        with pytest.raises(sidelines.SidelinesError, match=r"corpus\.json: check: "):
            sidelines.build(sound, sound.parent / "out")

    def test_a_wrong_one_of_a_project(self, sound: Path) -> None:
        """Names pyproject.toml, and the table in it."""
        project(sound, 'select = ["Z"]')
        with pytest.raises(
            sidelines.SidelinesError, match=r"pyproject\.toml: tool\.sidelines: select: there is no rule"
        ):
            sidelines.check(sound)
        (sound / "pyproject.toml").write_text("[tool]\nsidelines = 3\n")
        with pytest.raises(sidelines.SidelinesError, match=r"tool\.sidelines: expected select, ignore, .*, found 3"):
            sidelines.check(sound)

    @pytest.mark.parametrize("text", ["tool = 3\n", "[tool.other]\n", ""])
    def test_a_project_without(self, sound: Path, text: str) -> None:
        """Says nothing."""
        (sound / "pyproject.toml").write_text(text)
        assert chosen(sound) == EVERY

    @pytest.mark.parametrize("raw", [b"[tool.sidelines]\nignore = [", b"\xff", b"a = " + b"9" * 5_000])
    @pytest.mark.parametrize("choice", [[], ["--ignore", "C"], ["--select", "O"]])
    def test_a_project_that_is_no_toml(self, sound: Path, raw: bytes, choice: list[str], capsys: Captured) -> None:
        """Has settings that nobody knows, which is told whatever is asked for."""
        (sound / "pyproject.toml").write_bytes(raw)
        assert main(["check", str(sound), *choice]) == 1
        assert f"{sound / 'pyproject.toml'}: C001 " in capsys.readouterr().out

    def test_a_project_that_is_no_file(self, sound: Path) -> None:
        """Is the problem of C001."""
        (sound / "pyproject.toml").mkdir()
        assert codes_of(sidelines.check(sound)) == ["C001"]

    @pytest.mark.parametrize("raw", [b"[1]", b"{", b"\xff"])
    def test_a_corpus_that_cannot_be_read(self, sound: Path, raw: bytes) -> None:
        """Has no settings, and problems enough."""
        (sound / "corpus" / "corpus.json").write_bytes(raw)
        assert sidelines.check(sound).errors

    @pytest.mark.parametrize(
        ("word", "likely"),
        [
            ("surface-difers", "did you mean O004, surface-differs? "), ("ids-alik", "did you mean R003, ids-alike? "),
            ("everything-at-all", ""),
        ],
    )  # fmt: skip
    def test_a_wrong_name(self, sound: Path, word: str, likely: str, capsys: Captured) -> None:
        """Is answered with the nearest, not with all there are."""
        assert main(["check", str(sound), "--select", word]) == 2
        expected = f"error: select: there is no rule or family {word!r}; {likely}`sidelines explain` lists them\n"
        assert capsys.readouterr().err == expected

    def test_a_wrong_one_that_is_given(self, sound: Path, capsys: Captured) -> None:
        """Is named as it was given."""
        assert main(["check", str(sound), "--ignore", "O4,F1"]) == 2
        assert capsys.readouterr().err.startswith("error: ignore: there is no rule or family 'O4'; did you mean O00")


class TestBuilds:
    def test_what_is_ignored_keeps_no_build_from_being_made(self, tmp_path: Path) -> None:
        """And what it makes is checked as the corpus is: its settings go with it."""
        root = lay_out(tmp_path / "corpus", CASES / "Q001-direct-without-marks" / "fail")
        with pytest.raises(sidelines.InvalidCorpusError):
            sidelines.build(root, tmp_path / "out")
        settings(root, ignore=["Q001"])
        assert sidelines.build(root, tmp_path / "out").rows["quotes"] == 4
        assert codes_of(sidelines.check(tmp_path / "out")) == []
        assert codes_of(sidelines.check(tmp_path / "out", select="Q001")) == ["Q001"]

    @pytest.mark.parametrize("name", ["O004-surface-differs", "T002-hash-differs", "F108-not-canonical"])
    def test_but_for_what_would_not_be_true(self, tmp_path: Path, name: str) -> None:
        """Files, shapes, texts and offsets have to be in order, whatever is ignored."""
        root = lay_out(tmp_path / "corpus", CASES / name / "fail")
        project(root, f'ignore = ["{name[:4]}"]')
        assert codes_of(sidelines.check(root)) == []
        with pytest.raises(sidelines.InvalidCorpusError, match="1 error, so nothing was built"):
            sidelines.build(root, tmp_path / "out")

    def test_parts_of_another_selection_are_made_anew(self, sound: Path, tmp_path: Path) -> None:
        """What an interrupted run has finished is kept only if it looked for the same."""
        from sidelines.parts import _state

        corpus = open_corpus(sound)
        one, other = (Work.of(corpus, corpus.shards, codes)[0] for codes in (EVERY, ALWAYS))
        assert _state(corpus, one) == _state(corpus, one)
        assert _state(corpus, one) != _state(corpus, other)


def test_what_always_counts() -> None:
    """The families of files, schemas, texts, offsets and builds."""
    assert {code[0] for code in ALWAYS} == set("FSTOP")
    assert frozenset(RULES) == EVERY


def test_the_names_of_formats_are_those_of_reports() -> None:
    """In the settings, in the schema of corpus.json, and on the command line."""
    root = Path(__file__).parents[1]
    schema = json.loads((root / "schema" / "corpus.schema.json").read_bytes())
    check = schema["properties"]["check"]["properties"]
    assert tuple(FORMATS) == FORMAT_NAMES == tuple(check["format"]["enum"])
    assert list(check) == list(KEYS)
    for command in (check_command, verify):
        (option,) = (option for option in command.params if option.name == "format_")
        assert isinstance(option.type, click.Choice)
        assert tuple(option.type.choices) == FORMAT_NAMES
