"""Reports in every format, held against what others say of it: schemas, parsers, the documentation of GitHub."""

from __future__ import annotations

import json
import os
import re
import sys
from collections.abc import Callable
from contextlib import chdir
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import unquote
from xml.etree import ElementTree

import click
import jsonschema
import pyte
import pytest
import xmlschema
from hypothesis import given
from hypothesis import strategies as st

import sidelines
from sidelines.cli import main
from sidelines.problems import Problem, Report
from sidelines.reports.formats import FORMATS, format_of, lines_of, show, view_of_check
from sidelines.reports.text import problem_lines, report_lines, styled_lines
from sidelines.reports.view import WIDTH, View
from sidelines.rules.catalogue import RULES
from tests.strategies import texts, twice
from tests.test_cases import CASES, lay_out

Captured = pytest.CaptureFixture[str]
SCHEMAS = Path(__file__).parent / "schemas"

SPAN = Problem(
    "O004", "error", "text: expected ‘Oslo’, which stands there, found ‘Olso’", "annotations/visit/entities.json",
    "/mentions/5/text", 17, 52, "visit", "mentions", "m6", 87, 91,
    context="Ann Lee and Bo Karlsson met in Oslo on Monday.", context_start=56,
)  # fmt: skip
BARE = Problem("F001", "error", "expected the file corpus/visit.txt, found none")
WARNING = Problem("R003", "warning", "id: 100% alike: m1,M1", "annotations/visit/entities.json", None, 3)


def read(lines: Any) -> str:
    return "".join(f"{line}\n" for line in lines)


def rendered(format: str, *problems: Problem, **view: Any) -> str:
    view = {"scope": "1 document, 11 rows", **view}
    return click.unstyle(read(lines_of(format)(Report(problems, 1, {"mentions": 11}), View(**view))))


@pytest.fixture
def faulty(tmp_path: Path) -> Path:
    """A corpus with one surface that is not its slice."""
    return lay_out(tmp_path / "faulty", CASES / "O004-surface-differs" / "fail")


# Whatever can stand in a problem: names of files that are no UTF-8, ids and texts with any character.
anything = st.text(st.characters(), max_size=12)
characters = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
problems = st.builds(
    Problem,
    code=st.sampled_from([*RULES, "O999"]), severity=st.sampled_from(["error", "warning"]), message=anything,
    path=st.none() | anything, pointer=st.none() | characters, line=st.none() | st.integers(1, 10**6),
    column=st.none() | st.integers(1, 10**6), document=st.none() | anything, table=st.none() | characters,
    id=st.none() | characters, start=st.none() | st.integers(-10, 80), end=st.none() | st.integers(-10, 80),
    fix=st.none() | characters, fixable=st.booleans(), context=st.none() | texts(), context_start=st.integers(0, 20),
    folded=st.just((SPAN,)) | st.just(()),
)  # fmt: skip
reports = st.lists(problems, max_size=5)


# -- text --------------------------------------------------------------------------------------------------------------


class TestText:
    def test_a_problem(self) -> None:
        """Place, code, message; the sentence with carets; what to do."""
        assert problem_lines(replaced(SPAN, fix="write Oslo", fixable=True)) == [
            "annotations/visit/entities.json:17:52: O004 [*] text: expected ‘Oslo’, which stands there, found ‘Olso’",
            "    Ann Lee and Bo Karlsson met in Oslo on Monday.",
            "                                   ^^^^",
            "    fix: write Oslo",
        ]
        assert problem_lines(BARE) == [".: F001 expected the file corpus/visit.txt, found none"]

    @pytest.mark.parametrize(
        ("folder", "shown"),
        [
            (".", "annotations/visit/entities.json:17:52"),
            ("", "annotations/visit/entities.json:17:52"),
            ("my-corpus", "my-corpus/annotations/visit/entities.json:17:52"),
            ("../my corpus/", "../my corpus/annotations/visit/entities.json:17:52"),
            ("a\nb", "a\\u000ab/annotations/visit/entities.json:17:52"),
            ("s3://archive/news", "s3://archive/news/annotations/visit/entities.json:17:52"),
        ],
    )
    def test_the_place_is_that_from_the_working_directory(self, folder: str, shown: str) -> None:
        """So that terminals and editors find the file."""
        assert problem_lines(SPAN, View(folder))[0].startswith(f"{shown}: O004 text: ")
        assert problem_lines(BARE, View(folder))[0].startswith(f"{shown.split('/annotations')[0]}: F001 "
                                                               if folder not in ("", ".") else ".: F001 ")  # fmt: skip

    def test_what_folds_under_a_problem(self) -> None:
        """Is counted, or listed."""
        cause = replaced(BARE, folded=(SPAN, SPAN))
        assert problem_lines(cause)[1:] == ["    2 problems fold under it (--show-folded lists them)"]
        one = replaced(BARE, folded=(SPAN,))
        assert problem_lines(one)[1:] == ["    1 problem folds under it (--show-folded lists it)"]
        assert problem_lines(cause, View(folded=True))[1:] == [f"    {line}" for line in 2 * problem_lines(SPAN)]

    def test_the_summary(self) -> None:
        """Counts all, shows how many are not shown, and how many can be mended."""
        mended = replaced(SPAN, fixable=True)
        shown = rendered("text", mended, mended, WARNING, BARE, most=1)
        assert shown == (
            ".: F001 expected the file corpus/visit.txt, found none\n"
            "3 errors, 1 warning in 1 document, 11 rows: F001 1, O004 2, R003 1\n"
            "shown: 1 of 4 problems (--max-problems 1)\n"
            "`sidelines explain F001` says what a code means and how to mend it\n"
            "2 of 4 problems can be mended with `sidelines check --fix`\n"
        )
        assert rendered("text") == "clean: 1 document, 11 rows\n"
        assert "with `sidelines check a\\u001b --fix`" in rendered(
            "text", mended, mending="sidelines check a\x1b --fix"
        )
        assert "can be mended" not in rendered("text", mended, mending=None)

    def test_colours(self) -> None:
        """Errors are red, warnings yellow."""
        line = read(report_lines(Report([SPAN, WARNING]), View()))
        assert "\x1b[31m\x1b[1mO004" in line
        assert "\x1b[33m\x1b[1mR003" in line
        assert "\x1b[32m\x1b[1mclean" in read(report_lines(Report(), View()))

    def test_right_to_left(self) -> None:
        """Terminals are told in both ways to keep the order; where there are no colours, in that of Unicode alone."""
        hebrew = replaced(SPAN, context="אמר דוד היום", context_start=0, start=4, end=7)
        _, line, carets = styled_lines(hebrew, View())
        assert line == "\x1b[8l    \u202dאמר דוד היום\u202c"
        assert carets.startswith("\x1b[8h        ")
        assert problem_lines(hebrew)[1:] == ["    \u202dאמר דוד היום\u202c", "        ^^^"]

    @given(reports, st.integers(30, 120))
    def test_a_terminal_shows_what_is_meant(self, found: list[Problem], width: int) -> None:
        """No problem, whatever stands in it, moves the cursor, clears the screen or changes a colour but its own."""
        for problem in found:
            lines = list(styled_lines(problem, View(width=width)))
            for line in lines:
                assert all(c.isprintable() or c in "\u202c\u202d" for c in click.unstyle(line))
            assert [click.unstyle(line) for line in lines] == problem_lines(problem, View(width=width))

    def test_the_width_of_a_terminal(self, faulty: Path, monkeypatch: pytest.MonkeyPatch, capsys: Captured) -> None:
        """An excerpt is no wider than the terminal, on which carets stand under the span."""
        monkeypatch.setattr("sys.stdout.isatty", lambda: True)
        monkeypatch.setenv("COLUMNS", "37")
        main(["check", str(faulty), "--select", "O004"])
        out = capsys.readouterr().out.replace("\n", "\r\n")
        screen = pyte.Screen(37, 40)
        pyte.Stream(screen).feed(out)
        (above, carets) = next(
            (screen.display[row - 1], line) for row, line in enumerate(screen.display) if line.strip() == "^^"
        )
        assert above.strip() == "“Agreed! 👍,” Lé told reporters."
        at = carets.index("^")
        assert screen.buffer[screen.display.index(carets) - 1][at].data == "é"

    def test_a_console_without_unicode(self, faulty: Path) -> None:
        """Carets count what such a console shows."""
        view = replace(View(), encoding="ascii")
        (problem,) = sidelines.check(faulty)
        assert problem_lines(problem, view)[1:] == [
            "    \\u201cAgreed! \\U0001f44d,\\u201d Le\\u0301 told reporters.",
            " " * 37 + "^" * 8,
            "    fix: start 116, end 119",
        ]  # fmt: skip


def replaced(problem: Problem, **values: Any) -> Problem:
    from msgspec.structs import replace as put

    return put(problem, **values)


# -- JSON --------------------------------------------------------------------------------------------------------------


class TestJSON:
    def test_one_problem_a_line(self) -> None:
        """Absent properties are left out; what folds under a problem stands in it."""
        cause = replaced(BARE, folded=(WARNING,), fixable=True)
        assert json.loads(rendered("json", cause)) == {
            "code": "F001", "severity": "error", "message": "expected the file corpus/visit.txt, found none",
            "fixable": True,
            "folded": [{"code": "R003", "severity": "warning", "message": "id: 100% alike: m1,M1",
                        "path": "annotations/visit/entities.json", "line": 3}],
        }  # fmt: skip

    @given(reports)
    def test_any(self, found: list[Problem]) -> None:
        """As many lines as problems, each an object."""
        lines = rendered("json", *found).split("\n")[:-1]
        assert sorted(json.loads(line)["code"] for line in lines) == sorted(problem.code for problem in found)


# -- GitHub ------------------------------------------------------------------------------------------------------------


def command(line: str) -> tuple[str, dict[str, str], str]:
    """A workflow command, taken apart as the runner of GitHub does it."""
    match = re.fullmatch(r"::(\w+)(?: ([^:]*(?::(?!:)[^:]*)*))?::(.*)", line)
    assert match is not None, line
    name, properties, data = match.groups()
    pairs = dict(pair.split("=", 1) for pair in (properties or "").split(","))

    def plain(text: str, *escapes: tuple[str, str]) -> str:
        for escape, character in (*escapes, ("%0D", "\r"), ("%0A", "\n"), ("%25", "%")):
            text = text.replace(escape, character)
        return text

    return name, {k: plain(v, ("%3A", ":"), ("%2C", ",")) for k, v in pairs.items()}, plain(data)


class TestGitHub:
    def test_a_problem(self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
        """File, line and column; the rule as title; place and message."""
        monkeypatch.delenv("GITHUB_WORKSPACE", raising=False)
        monkeypatch.chdir(tmp_path)
        assert rendered("github", replaced(WARNING, fix="rename it")).splitlines()[0] == (
            "::warning file=annotations/visit/entities.json,line=3,title=R003 ids-alike"
            "::annotations/visit/entities.json:3: id: 100%25 alike: m1,M1%0Afix: rename it"
        )
        assert rendered("github", BARE).splitlines() == [
            "::error title=F001 missing-file::.: expected the file corpus/visit.txt, found none",
            "1 error, 0 warnings in 1 document, 11 rows: F001 1",
            "`sidelines explain F001` says what a code means and how to mend it",
        ]
        assert rendered("github") == "clean: 1 document, 11 rows\n"
        assert (
            rendered("github", replaced(BARE, folded=(SPAN,)))
            .splitlines()[0]
            .endswith("none%0A1 problem of this cause")
        )

    def test_from_the_workspace(self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
        """Files are named from the repository, wherever in it the command is run."""
        monkeypatch.setenv("GITHUB_WORKSPACE", str(tmp_path))
        (tmp_path / "data" / "corpus").mkdir(parents=True)
        monkeypatch.chdir(tmp_path / "data")
        _, properties, data = command(rendered("github", SPAN, folder="corpus").splitlines()[0])
        assert properties == {
            "file": "data/corpus/annotations/visit/entities.json", "line": "17", "col": "52",
            "title": "O004 surface-differs",
        }  # fmt: skip
        assert data.startswith("corpus/annotations/visit/entities.json:17:52: text: expected")
        outside = f"{tmp_path.parent.as_posix()}/other"
        _, properties, _ = command(rendered("github", SPAN, folder=outside).splitlines()[0])
        assert properties["file"] == f"{outside}/annotations/visit/entities.json"

    def test_an_object_store_has_no_files(self) -> None:
        """Of a repository: the message says where the problem is."""
        name, properties, data = command(rendered("github", SPAN, folder="s3://archive").splitlines()[0])
        assert (name, properties) == ("error", {"title": "O004 surface-differs"})
        assert data.startswith("s3://archive/annotations/visit/entities.json:17:52: ")

    def test_more_than_are_shown(self) -> None:
        """GitHub shows ten of a kind of each step; a notice says that there are more."""
        assert "::notice" not in rendered("github", *[SPAN] * 10, *[WARNING] * 10)
        (notice,) = [line for line in rendered("github", *[SPAN] * 11, WARNING).splitlines() if "::notice" in line]
        assert notice == (
            "::notice title=sidelines check::11 errors, of which GitHub shows 10 each as annotations; "
            "the log has the others"
        )

    @given(reports)
    def test_any(self, found: list[Problem]) -> None:
        """One command on one line for each problem, which says what the problem says."""
        lines = rendered("github", *found).split("\n")
        told = [command(line) for line in lines if line.startswith("::")]
        assert len(lines) == len(told) + (3 if found else 2) + (1 if any(p.fixable for p in found) else 0)
        for (name, _, data), problem in zip(told, Report(found), strict=True):
            assert name == problem.severity
            assert problem.message in data


# -- SARIF -------------------------------------------------------------------------------------------------------------


@cache
def sarif_schema() -> jsonschema.Draft7Validator:
    schema = json.loads((SCHEMAS / "sarif-schema-2.1.0.json").read_bytes())
    return jsonschema.Draft7Validator(schema, format_checker=jsonschema.Draft7Validator.FORMAT_CHECKER)


def sarif(*found: Problem, **view: Any) -> dict[str, Any]:
    log: dict[str, Any] = json.loads(rendered("sarif", *found, **view))
    sarif_schema().validate(log)
    return log


class TestSARIF:
    def test_a_result(self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
        """Rule, level, message, place in the repository, what it is about."""
        monkeypatch.delenv("GITHUB_WORKSPACE", raising=False)
        monkeypatch.chdir(tmp_path)
        (run,) = sarif(SPAN, WARNING, folder="my corpus")["runs"]
        assert run["columnKind"] == "unicodeCodePoints"
        warning, result = run["results"]
        assert (result["ruleId"], result["ruleIndex"], result["level"]) == ("O004", 0, "error")
        assert (warning["ruleId"], warning["ruleIndex"], warning["level"]) == ("R003", 1, "warning")
        assert result["message"] == {"text": SPAN.message}
        assert result["locations"] == [{
            "physicalLocation": {
                "artifactLocation": {"uri": "my%20corpus/annotations/visit/entities.json", "uriBaseId": "%SRCROOT%"},
                "region": {"startLine": 17, "startColumn": 52},
            },
            "logicalLocations": [{"name": "m6", "fullyQualifiedName": "visit/mentions/m6", "kind": "object"}],
        }]  # fmt: skip
        assert result["properties"] == {
            "document": "visit", "table": "mentions", "id": "m6", "start": 87, "end": 91,
            "pointer": "/mentions/5/text", "context": SPAN.context, "context_start": 56,
        }  # fmt: skip

    def test_the_rules(self) -> None:
        """Those that found something, with their pages."""
        (run,) = sarif(SPAN, SPAN, WARNING)["runs"]
        driver = run["tool"]["driver"]
        assert (driver["name"], driver["version"]) == ("Sidelines", sidelines.__version__)
        assert [rule["id"] for rule in driver["rules"]] == ["O004", "R003"]
        rule = driver["rules"][0]
        assert rule["name"] == "surface-differs"
        assert rule["shortDescription"]["text"].startswith("The text of a span must be exactly what stands in the doc")
        assert rule["fullDescription"]["text"].startswith("text is the proof that the offsets are right. When the two")
        assert rule["help"]["markdown"].startswith("# O004 surface-differs\n")
        assert rule["defaultConfiguration"] == {"level": "error"}
        assert driver["rules"][1]["defaultConfiguration"] == {"level": "warning"}

    def test_every_rule(self) -> None:
        """The page of each makes a sound rule."""
        (run,) = sarif(*(replaced(BARE, code=code) for code in RULES))["runs"]
        for rule in run["tool"]["driver"]["rules"]:
            assert rule["shortDescription"]["text"]
            assert not rule["fullDescription"]["text"].startswith("#")

    def test_a_rule_of_another_version(self) -> None:
        """Is named, though nothing is known of it."""
        (run,) = sarif(replaced(BARE, code="O999"))["runs"]
        assert run["tool"]["driver"]["rules"] == [{"id": "O999"}]

    def test_without_a_place(self) -> None:
        """A problem of the corpus as a whole has no location; one of a document a logical one."""
        (run,) = sarif(BARE, replaced(BARE, document="visit", table="dates"))["runs"]
        one, other = run["results"]
        assert one["locations"] == []
        assert other["locations"] == [
            {"logicalLocations": [{"name": "dates", "fullyQualifiedName": "visit/dates", "kind": "array"}]}
        ]

    def test_a_fingerprint_stays(self) -> None:
        """When rows come before it, and lines; not of another row, rule or property, or of the next of the same."""

        def prints(*found: Problem) -> list[str]:
            (run,) = sarif(*found)["runs"]
            return [result["partialFingerprints"]["sidelines/v1"] for result in run["results"]]

        moved = replaced(SPAN, line=21, column=5, pointer="/mentions/9/text", start=3, message="other")
        (print_,) = prints(SPAN)
        assert prints(moved) == [print_]
        for values in ({"code": "O005"}, {"id": "m7"}, {"pointer": "/mentions/5"}, {"document": "v"}, {"path": "a"}):
            assert prints(replaced(SPAN, **values)) != [print_]
        first, second = prints(SPAN, moved)
        assert {first, second} > {print_}

    def test_in_an_object_store_and_outside(self, tmp_path: Path) -> None:
        """Such files have whole URIs."""
        (run,) = sarif(SPAN, folder="s3://archive/news")["runs"]
        at = run["results"][0]["locations"][0]["physicalLocation"]["artifactLocation"]
        assert at == {"uri": "s3://archive/news/annotations/visit/entities.json"}
        (run,) = sarif(SPAN, folder=str(tmp_path / "é"))["runs"]
        at = run["results"][0]["locations"][0]["physicalLocation"]["artifactLocation"]
        assert at == {"uri": f"{tmp_path.as_uri()}/%C3%A9/annotations/visit/entities.json"}
        (run,) = sarif(replaced(SPAN, path="a:b.json"))["runs"]
        at = run["results"][0]["locations"][0]["physicalLocation"]["artifactLocation"]
        assert at == {"uri": "./a%3Ab.json", "uriBaseId": "%SRCROOT%"}

    @given(reports)
    def test_any(self, found: list[Problem]) -> None:
        """Valid, whatever stands in the problems, and all of them are there."""
        (run,) = sarif(*found)["runs"]
        expected = list(Report(found))
        assert [result["ruleId"] for result in run["results"]] == [problem.code for problem in expected]
        for result in run["results"]:
            assert run["tool"]["driver"]["rules"][result["ruleIndex"]]["id"] == result["ruleId"]

    def test_names_of_files(self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
        """What a URI cannot have is escaped, and comes back."""
        monkeypatch.delenv("GITHUB_WORKSPACE", raising=False)
        monkeypatch.chdir(tmp_path)
        (run,) = sarif(replaced(BARE, path="annotations/100% é #1?.json"))["runs"]
        uri = run["results"][0]["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
        assert uri == "annotations/100%25%20%C3%A9%20%231%3F.json"
        assert unquote(uri) == "annotations/100% é #1?.json"


# -- JUnit -------------------------------------------------------------------------------------------------------------


@cache
def junit_schema() -> xmlschema.XMLSchema:
    return xmlschema.XMLSchema(SCHEMAS / "junit-10.xsd")


def junit(*found: Problem, **view: Any) -> ElementTree.Element:
    options = {"families": "FSTORLEQDC", "documents": lambda: ("visit", "walk"), "name": "base", **view}
    raw = rendered("junit", *found, **options)
    root = ElementTree.fromstring(raw.encode("utf-8", "backslashreplace"))
    junit_schema().validate(root)
    return root


def cases(root: ElementTree.Element) -> dict[tuple[str | None, str | None], bool]:
    """Suite and case, and whether it is green."""
    return {
        (suite.get("name"), case.get("name")): case.find("failure") is None
        for suite in root.iter("testsuite")
        for case in suite.iter("testcase")
    }


class TestJUnit:
    def test_a_clean_corpus_is_green(self) -> None:
        """A case for each document and family."""
        found = cases(junit())
        assert all(found.values())
        assert len(found) == 3 + 2 * 9
        assert ("visit", "O offsets and surfaces") in found
        assert ("base", "C corpus and version") in found

    def test_a_failure(self) -> None:
        """The case of the document and family fails, with the report of all its problems; the others are green."""
        root = junit(SPAN, replaced(SPAN, code="O005", line=18), WARNING, BARE)
        red = {name for name, green in cases(root).items() if not green}
        assert red == {("visit", "O offsets and surfaces"), ("base", "F files and JSON")}
        failure = root.find("./testsuite[@name='visit']/testcase/failure")
        assert failure is not None
        assert failure.get("message") == f"O004 {SPAN.message} (and 1 more)"
        assert failure.get("type") == "O004, O005"
        assert failure.text == "\n".join(problem_lines(SPAN) + problem_lines(replaced(SPAN, code="O005", line=18)))
        assert root.attrib == {"name": "sidelines", "tests": "22", "failures": "2", "errors": "0"}
        case = root.find("./testsuite[@name='visit']/testcase[@name='O offsets and surfaces']")
        assert case is not None
        assert case.get("classname") == "base.visit"

    def test_a_warning_fails_nothing(self) -> None:
        """It is what its case put out."""
        root = junit(WARNING)
        assert all(cases(root).values())
        output = root.find("./testsuite[@name='base']/testcase/system-out")
        assert output is not None
        assert output.text == "annotations/visit/entities.json:3: R003 id: 100% alike: m1,M1"

    def test_only_what_was_looked_for(self) -> None:
        """A family of which every rule is ignored has no case."""
        assert {name for _, name in cases(junit(families="OF"))} == {"O offsets and surfaces", "F files and JSON"}
        assert cases(junit(families="C", documents=lambda: ("visit",))) == {("base", "C corpus and version"): True}

    def test_very_many_documents(self) -> None:
        """Those without problems are one suite together."""
        ids = tuple(f"d{number}" for number in range(1_001))
        found = cases(junit(replaced(SPAN, document="d7"), documents=lambda: ids))
        assert {suite for suite, _ in found} == {"base", "d7", "1,000 other documents"}
        assert len({suite for suite, _ in cases(junit(documents=lambda: ids[1:]))}) == 1_001

    def test_no_more_than_wanted(self) -> None:
        """A case fails though its problems are not shown."""
        root = junit(SPAN, SPAN, most=0)
        failure = root.find("./testsuite[@name='visit']/testcase/failure")
        assert failure is not None
        assert failure.text == "2 problems not shown (--max-problems 0)"

    @given(reports)
    def test_any(self, found: list[Problem]) -> None:
        """Valid, whatever characters stand in the problems, and red where there is an error."""
        root = junit(*found)
        red = sum(not green for green in cases(root).values())
        wrong = {(p.document, p.code[0]) for p in found if p.severity == "error"}
        assert red == len(wrong)
        assert root.get("failures") == str(red)


# -- commands ----------------------------------------------------------------------------------------------------------


class TestOutput:
    @pytest.mark.parametrize("format", FORMATS)
    def test_to_a_file(self, faulty: Path, tmp_path: Path, format: str, capsys: Captured) -> None:
        """The same as to standard output, without colours; the summary goes to standard error."""
        assert main(["check", str(faulty), "--format", format]) == 1
        shown = capsys.readouterr().out
        target = tmp_path / "report"
        target.write_text("earlier")
        assert main(["check", str(faulty), "--format", format, "--output", str(target)]) == 1
        assert target.read_text(encoding="utf-8") == shown
        assert capsys.readouterr() == ("", f"{target}: 1 error, 0 warnings in 1 document, 33 rows: O004 1\n")
        assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".")] == []

    @pytest.mark.parametrize("name", ["pyproject.toml", "CHANGELOG.md"])
    def test_what_stands_beside_a_corpus_is_spared(self, faulty: Path, name: str) -> None:
        """Rules read it."""
        (faulty / name).write_text("")
        assert main(["check", str(faulty), "--output", str(faulty / name)]) == 2
        assert (faulty / name).read_text() == ""

    @pytest.mark.parametrize(
        "place", ["corpus/corpus.json", "schema/dates.schema.json", "annotations/visit/report.xml"]
    )
    @pytest.mark.parametrize("command", ["check", "check --fix"])
    def test_sources_are_spared(self, faulty: Path, place: str, command: str, capsys: Captured) -> None:
        """No file of the corpus is replaced, none is added to them, and nothing else is done."""
        before = {path: path.read_bytes() for path in faulty.rglob("*") if path.is_file()}
        assert main([*command.split(), str(faulty), "--output", str(faulty / place)]) == 2
        assert capsys.readouterr().err == (
            f"error: {faulty / place}: a report there would stand among the files of {faulty} itself; "
            "choose another --output\n"
        )
        assert {path: path.read_bytes() for path in faulty.rglob("*") if path.is_file()} == before
        assert main(["check", str(faulty), "--output", str(faulty / "report.txt")]) == 1

    def test_builds_are_spared(self, sound: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """Nothing is to stand in one that is not of it."""
        sidelines.build(sound, tmp_path / "out")
        monkeypatch.chdir(tmp_path)
        for place in ("SHA256SUMS", "parquet/dates.parquet", "report.xml"):
            for command in ("check", "verify"):
                assert main([command, "out", "--output", f"out/{place}"]) == 2
        assert main(["verify", "out", "--output", "report.xml"]) == 0
        assert main(["verify", "out"]) == 0

    def test_the_hint_names_what_was_checked(
        self, faulty: Path, monkeypatch: pytest.MonkeyPatch, capsys: Captured
    ) -> None:
        """Copied, it mends that, and no more than was asked for; after it has run it is not given again."""
        monkeypatch.chdir(faulty.parent)
        root = faulty.rename("my corpus")
        hint = "1 of 1 problem can be mended with `{}`\n"
        assert main(["check", str(root), "--select", "O", "--select", "F1", "--severity", "error"]) == 1
        expected = hint.format("sidelines check 'my corpus' --select O,F1 --severity error --fix")
        assert capsys.readouterr().out.endswith(expected)
        assert main(["check", str(root), "--statistics"]) == 1
        assert capsys.readouterr().out.endswith(hint.format("sidelines check 'my corpus' --fix"))
        monkeypatch.chdir(root)
        assert main(["check"]) == 1
        assert capsys.readouterr().out.endswith(hint.format("sidelines check --fix"))
        assert main(["check", "--fix", "--select", "O004,Q"]) == 0
        assert "can be mended" not in capsys.readouterr().out

    def test_a_link_stays_one(self, faulty: Path, tmp_path: Path) -> None:
        """What it leads to is written."""
        (tmp_path / "link").symlink_to("real.sarif")
        assert main(["check", str(faulty), "--format", "sarif", "-o", str(tmp_path / "link")]) == 1
        assert (tmp_path / "link").is_symlink()
        assert json.loads((tmp_path / "real.sarif").read_bytes())["version"] == "2.1.0"

    @pytest.mark.skipif(os.name == "nt", reason="Windows has no such files")
    def test_a_pipe(self, faulty: Path, tmp_path: Path, capsys: Captured) -> None:
        """What is no file is written to, not replaced."""
        assert main(["check", str(faulty), "--output", "/dev/null"]) == 1
        assert not Path("/dev/null").is_file()
        assert main(["check", str(faulty), "--output", str(tmp_path)]) == 2
        assert capsys.readouterr().err.endswith(f"error: {tmp_path}: cannot be written: Is a directory\n")

    def test_no_such_folder(self, faulty: Path, tmp_path: Path, capsys: Captured) -> None:
        """Status 2, and why."""
        assert main(["check", str(faulty), "--output", str(tmp_path / "no" / "report")]) == 2
        assert "cannot be written: No such file or directory" in capsys.readouterr().err

    def test_statistics(self, tmp_path: Path, capsys: Captured) -> None:
        """Each rule with how often it found something, the most first; as JSON, an object a line."""
        root = lay_out(tmp_path / "corpus", CASES / "O004-surface-differs" / "fail")
        path = root / "annotations" / "visit" / "dates.json"
        path.write_bytes(path.read_bytes().replace(b'"end": 184', b'"end": 1840').replace(b'"end": 101', b'"end": 99'))
        assert main(["check", str(root), "--statistics"]) == 1
        lines = capsys.readouterr().out.splitlines()
        assert lines[:2] == ["2  O004  surface-differs  [*] 2", "1  O002  bound-outside  [*] 1"]
        assert lines[2].startswith("3 errors, 0 warnings in 1 document, 33 rows: O002 1, O004 2")
        assert main(["check", str(root), "--statistics", "--format", "json"]) == 1
        assert [json.loads(line) for line in capsys.readouterr().out.splitlines()] == [
            {"code": "O004", "count": 2, "name": "surface-differs", "fixable": 2},
            {"code": "O002", "count": 1, "name": "bound-outside", "fixable": 1},
        ]
        assert main(["check", str(root), "--statistics", "--format", "sarif"]) == 2
        assert "there are no statistics in the format 'sarif'; there are: json, text" in capsys.readouterr().err

    def test_statistics_of_what_can_be_mended(self, capsys: Captured) -> None:
        """Are counted for each rule."""
        mended = replaced(SPAN, fixable=True)
        show(Report([mended, SPAN, BARE]), View(scope="1 document"), statistics=True)
        assert capsys.readouterr().out.splitlines()[:2] == ["2  O004  surface-differs  [*] 1", "1  F001  missing-file"]
        show(Report(), View(scope="1 document"), statistics=True)
        assert capsys.readouterr().out == "clean: 1 document\n"

    def test_verify(self, sound: Path, tmp_path: Path, capsys: Captured) -> None:
        """Has the same formats."""
        out = tmp_path / "out"
        sidelines.build(sound, out)
        (out / "corpus.json").write_bytes(b"{}")
        with chdir(tmp_path):
            assert main(["verify", "out"]) == 1
        assert capsys.readouterr().out.startswith("out/corpus.json: P104 expected the SHA-256 ")
        assert main(["verify", str(out), "--format", "junit"]) == 1
        root = ElementTree.fromstring(capsys.readouterr().out)
        assert cases(root) == {("out", "P Parquet and builds"): False}
        assert main(["verify", str(out), "--format", "sarif", "-o", str(tmp_path / "a.sarif")]) == 1
        sarif_schema().validate(json.loads((tmp_path / "a.sarif").read_bytes()))

    def test_documents_are_those_of_the_corpus(self, sound: Path, capsys: Captured) -> None:
        """JUnit names each."""
        twice(sound)
        assert main(["check", str(sound), "--format", "junit", "--ignore", "D"]) == 0
        root = ElementTree.fromstring(capsys.readouterr().out)
        assert [suite.get("name") for suite in root] == ["sound", "visit", "visit-2"]
        assert ("visit", "D dates") not in cases(root)

    def test_thousands(self, capsys: Captured) -> None:
        """Come out whole."""
        show(Report([WARNING] * 1_234), View(), "json")
        assert len(capsys.readouterr().out.splitlines()) == 1_234

    def test_a_format_that_there_is_not(self) -> None:
        """Is answered with those that there are."""
        with pytest.raises(
            sidelines.SidelinesError, match="there are no reports in the format 'sarf'; did you mean 's"
        ):
            format_of("sarf", "text")
        assert format_of(None, "sarif", statistics=True) == "text"
        assert format_of(None, "sarif") == "sarif"


class TestView:
    def test_the_folder_is_named_as_the_user_does(
        self, sound: Path, monkeypatch: pytest.MonkeyPatch, capsys: Captured
    ) -> None:
        """A corpus that was found above is shown from where one is."""
        path = sound / "annotations" / "visit" / "dates.json"
        path.write_bytes(path.read_bytes().replace(b'"text": "Monday"', b'"text": "Mondag"'))
        for folder, arguments, shown in (
            (sound, [], "annotations"),
            (sound / "corpus", [], "../annotations"),
            (sound, [str(sound)], "annotations"),
            (sound.parent, ["sound"], "sound/annotations"),
            (sound.parent, ["./sound/"], "sound/annotations"),
            (sound.parent, [str(sound)], f"{sound}/annotations"),
        ):
            monkeypatch.chdir(folder)
            assert main(["check", *arguments]) == 1
            assert capsys.readouterr().out.startswith(f"{shown}/visit/dates.json:6:51: O004 ")

    @pytest.mark.skipif(os.name == "nt", reason="Windows keeps the folder that one is in")
    def test_a_working_directory_that_is_gone(self, faulty: Path, tmp_path: Path, capsys: Captured) -> None:
        """Is no part of any place."""
        (tmp_path / "gone").mkdir()
        with chdir(tmp_path):
            os.chdir("gone")
            (tmp_path / "gone").rmdir()
            for format in FORMATS:
                assert main(["check", str(faulty), "--format", format]) == 1
        assert f"\n::error file={faulty.as_posix()[1:]}/annotations/visit/entities.json," in capsys.readouterr().out

    def test_the_encoding_of_the_console(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Where it is not UTF-8, excerpts show what it has not as code points."""

        class Console:
            encoding: Any = "cp1252"
            isatty: Callable[[], bool] = staticmethod(lambda: False)

        monkeypatch.setattr(sys, "stdout", Console())
        view = view_of_check(Report(), "my-corpus", {"O004", "P101"})
        assert (view.encoding, view.width, view.families) == ("cp1252", WIDTH, ["O"])
        assert view_of_check(Report(), "my-corpus", (), output="report.txt").encoding is None
        Console.encoding = None
        assert view_of_check(Report(), "s3://archive/news", ()).folder == "s3://archive/news"
