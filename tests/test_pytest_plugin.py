"""`pytest --sidelines PATH`, as pytest runs it: what is collected, what fails and how that is shown."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType
from xml.etree import ElementTree

import pytest

import sidelines.pytest_items
import sidelines.pytest_plugin
from sidelines.errors import SidelinesError
from sidelines.layout import shipped
from sidelines.problems import Problem
from tests.lined import as_lines
from tests.test_cases import CASES, lay_out

Run = Callable[..., pytest.RunResult]
# Whether or not an installed Sidelines has told pytest of it, and nothing but what is tested.
ALONE = ("-p", "no:sidelines", "-p", "no:hypothesispytest")
ITEMS = """\
my-corpus::F files and JSON
my-corpus::S schemas and shape
my-corpus::C corpus and version
my-corpus::visit::F files and JSON
my-corpus::visit::S schemas and shape
my-corpus::visit::T the text
my-corpus::visit::O offsets and surfaces
my-corpus::visit::R ids and references
my-corpus::visit::L layout of spans
my-corpus::visit::E entities
my-corpus::visit::Q quotes
my-corpus::visit::D dates
"""


class Loaded:
    """A plugin that keeps loaded what a run of pytest within this process loads, and pytester then forgets.

    pandas cannot be loaded twice.
    """

    def __init__(self) -> None:
        self.modules: dict[str, ModuleType] = {}

    def pytest_unconfigure(self) -> None:
        self.modules |= {name: module for name, module in sys.modules.items() if not name.startswith("test_")}

    def keep(self) -> None:
        for name, module in self.modules.items():
            sys.modules.setdefault(name, module)


@pytest.fixture(autouse=True)
def loaded() -> Iterator[Loaded]:
    """Begins before pytester, and ends after it."""
    loaded = Loaded()
    yield loaded
    loaded.keep()


@pytest.fixture
def run(pytester: pytest.Pytester, loaded: Loaded) -> Run:
    """pytest in a folder of its own, in this process."""

    def run_(*arguments: str) -> pytest.RunResult:
        result = pytester.runpytest_inprocess(*ALONE, *arguments, plugins=[sidelines.pytest_plugin, loaded])
        loaded.keep()
        return result

    return run_


def lay(pytester: pytest.Pytester, case: str | None = None, name: str = "my-corpus") -> Path:
    """The corpus of a failing case, or the sound one, in the folder in which pytest runs."""
    return lay_out(pytester.path / name, CASES / case / "fail" if case else CASES / "base")


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """This Sidelines as it is installed elsewhere."""
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "pip", "wheel", "-q", "--no-deps", "-w", folder, Path(__file__).parents[1]]
    subprocess.run(command, check=True)
    return next(folder.glob("*.whl"))


def listed(result: pytest.RunResult) -> str:
    """The ids of the items that were collected."""
    return "".join(f"{line}\n" for line in result.outlines[: result.outlines.index("")])


class TestCollection:
    def test_each_document_and_family_is_an_item(self, pytester: pytest.Pytester, run: Run) -> None:
        """Those of the corpus itself first; the ids say which."""
        lay(pytester)
        assert listed(run("--sidelines", "my-corpus", "--collect-only", "-q")) == ITEMS

    def test_families_that_do_not_apply(self, pytester: pytest.Pytester, own: Path, run: Run) -> None:
        """A corpus without quotes has no items of quotes."""
        shown = listed(run("--sidelines", str(own), "--collect-only", "-q"))
        assert "offsets and surfaces" in shown
        assert "quotes" not in shown

    def test_layers_without_spans(self, pytester: pytest.Pytester, run: Run) -> None:
        """A corpus of texts alone has files, shapes and texts, and no offsets."""
        root = lay(pytester)
        path = root / "corpus" / "corpus.json"
        path.write_text(path.read_text(encoding="utf-8").replace('["structure", "entities", "quotes", "dates"]', "[]"))
        shutil.rmtree(root / "annotations")
        items = listed(run("--sidelines", str(root), "--collect-only", "-q")).splitlines()
        assert [item.rpartition("::")[2][0] for item in items] == [*"FSC", *"FST"]

    def test_a_build(self, pytester: pytest.Pytester, run: Run) -> None:
        """Is checked as a corpus is: its tables in the place of its files."""
        sidelines.build(lay(pytester), pytester.path / "built")
        shown = listed(run("--sidelines", "built", "--collect-only", "-q"))
        assert "built::P Parquet and builds\nbuilt::visit::T the text\n" in shown
        assert "built::visit::P Parquet and builds\n" in shown
        run("--sidelines", "built").assert_outcomes(passed=12)

    def test_lines(self, pytester: pytest.Pytester, run: Run) -> None:
        """A fault of a line is that of its document."""
        as_lines(lay(pytester, "D003-name-contradicts"), pytester.path / "lined")
        result = run("--sidelines", "lined")
        result.assert_outcomes(passed=11, failed=1)
        result.stdout.fnmatch_lines(["*visit::D dates*", "lined/jsonl/part-00000.jsonl:1:*: D003 *"])

    def test_beside_tests(self, pytester: pytest.Pytester, run: Run) -> None:
        """Whatever else is collected comes first."""
        lay(pytester)
        pytester.makepyfile(test_mine="def test_one(): pass")
        result = run("--sidelines", "my-corpus", "-v")
        result.assert_outcomes(passed=13)
        result.stdout.fnmatch_lines(
            ["collecting ... collected 13 items", "", "test_mine.py::test_one PASSED*", "my-corpus::F *"]
        )

    def test_the_folders_of_a_corpus_are_not_searched_for_tests(self, pytester: pytest.Pytester, run: Run) -> None:
        """Of documents there may be thousands; what stands beside their folders is searched."""
        root = lay(pytester)
        for folder in ("annotations/visit", "corpus", "tests"):
            (root / folder).mkdir(exist_ok=True)
            (root / folder / f"test_{folder[:3]}.py").write_text("def test_it(): pass", encoding="utf-8")
        shown = listed(run("--sidelines", "my-corpus", "--collect-only", "-q"))
        assert [line for line in shown.splitlines() if ".py" in line] == ["my-corpus/tests/test_tes.py::test_it"]

    @pytest.mark.parametrize(
        ("expression", "passed"),
        [("dates", 1), ("visit and not dates", 8), ("corpus", 12), ("offsets or quotes", 2)],
    )
    def test_selection_by_words(self, pytester: pytest.Pytester, run: Run, expression: str, passed: int) -> None:
        """-k knows corpora, documents and families."""
        lay(pytester)
        result = run("--sidelines", "my-corpus", "-k", expression)
        result.assert_outcomes(passed=passed, deselected=12 - passed)

    def test_selection_by_marker(self, pytester: pytest.Pytester, run: Run) -> None:
        """-m sidelines is everything of corpora, also with --strict-markers."""
        lay(pytester)
        pytester.makepyfile("def test_one(): pass")
        result = run("--sidelines", "my-corpus", "-m", "sidelines", "--strict-markers")
        result.assert_outcomes(passed=12, deselected=1)

    @pytest.mark.parametrize(
        ("path", "shown"),
        [("my-corpus", "my-corpus"), ("../outside", "../outside"), (".", "NAME")],
    )
    def test_ids_of_places(self, pytester: pytest.Pytester, run: Run, path: str, shown: str) -> None:
        """Ids begin with the path from pytest's root, which `=` keeps where it is; the root itself has a name."""
        pytester.makeini("[pytest]")
        root = lay(pytester, name="here" if path == "." else path)
        for item in root.iterdir() if path == "." else ():
            item.rename(pytester.path / item.name)
        first = run(f"--sidelines={path}", "--collect-only", "-q").outlines[0]
        assert first == f"{shown.replace('NAME', pytester.path.name)}::F files and JSON"

    def test_the_setting(self, pytester: pytest.Pytester, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
        """Paths in pytest's settings are relative to their file; what the option names comes first, and each once."""
        for name in ("a", "b"):
            lay(pytester, name=f"data/{name}")
        pytester.makeini("[pytest]\nsidelines = data/a\n    data/b\n")
        (pytester.path / "below").mkdir()
        monkeypatch.chdir(pytester.path / "below")
        result = run("--sidelines", "../data/b", "--collect-only", "-q")
        corpora = dict.fromkeys(line.partition("::")[0] for line in result.outlines if "::" in line)
        assert list(corpora) == ["data/b", "data/a"]

    def test_without_the_option_nothing_is_collected(self, pytester: pytest.Pytester, run: Run) -> None:
        """A corpus that nobody names is left alone."""
        lay(pytester)
        assert run().ret == pytest.ExitCode.NO_TESTS_COLLECTED

    @pytest.mark.parametrize("more", [(), ("--collect-only",), ("-n", "2")])
    def test_no_corpus(self, pytester: pytest.Pytester, run: Run, more: tuple[str, ...]) -> None:
        """Is a wrong use of pytest, said in a line, with the status of one."""
        result = run("--sidelines", "nowhere", *more)
        assert result.ret == pytest.ExitCode.USAGE_ERROR
        assert f"ERROR: --sidelines: {pytester.path / 'nowhere'}: no such folder" in result.errlines
        assert "Traceback" not in str(result.stdout) + str(result.stderr)

    def test_a_corpus_that_cannot_be_opened(
        self, pytester: pytest.Pytester, run: Run, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Is an error of the collection, in a line."""

        def fail(path: str) -> None:
            raise SidelinesError(f"{Path(path).name}: cannot be read: no luck")

        lay(pytester)
        monkeypatch.setattr(sidelines.pytest_items, "open_corpus", fail)
        result = run("--sidelines", "my-corpus")
        result.assert_outcomes(errors=1)
        result.stdout.fnmatch_lines(["*ERROR collecting my-corpus*", "my-corpus: cannot be read: no luck"])


class TestRun:
    def test_a_fault_is_that_of_its_document_and_family(self, pytester: pytest.Pytester, run: Run) -> None:
        """Shown as reports show it, with its place, which can be clicked, and no trace of how it was found."""
        lay(pytester, "D003-name-contradicts")
        result = run("--sidelines", "my-corpus")
        result.assert_outcomes(passed=11, failed=1)
        start = next(at for at, line in enumerate(result.outlines) if "FAILURES" in line)
        assert result.outlines[start + 1].strip("_ ") == "visit::D dates"
        problem = (CASES / "D003-name-contradicts" / "problems.txt").read_text(encoding="utf-8").splitlines()[:3]
        assert result.outlines[start + 2] == f"my-corpus/{problem[0]}"
        assert result.outlines[start + 3 : start + 5] == problem[1:]
        assert result.outlines[start + 5].startswith("====")
        assert result.outlines[start + 6].startswith("FAILED my-corpus::visit::D dates - Failed: my-corpus/annot")

    def test_places_can_be_clicked(self, pytester: pytest.Pytester, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
        """They lead from the folder in which pytest was started, be it the corpus itself or one below."""
        root = lay(pytester, "D003-name-contradicts")
        pytester.makeini("[pytest]\nsidelines = my-corpus\n")
        for folder, shown in ((root, ""), (root / "corpus", "../"), (pytester.path, "my-corpus/")):
            monkeypatch.chdir(folder)
            run("-k", "dates").stdout.fnmatch_lines([f"{shown}annotations/visit/dates.json:*: D003 *"])

    def test_what_folds_is_listed_by_another_command(self, pytester: pytest.Pytester, run: Run) -> None:
        """pytest has no such option."""
        lay(pytester, "O006-counted-otherwise")
        run("--sidelines", "my-corpus").stdout.fnmatch_lines(
            ["    11 problems fold under it (`sidelines check my-corpus --show-folded` lists them)"]
        )

    def test_the_fix_is_told(self, pytester: pytest.Pytester, run: Run) -> None:
        """As `sidelines check` tells it."""
        path = lay(pytester) / "corpus" / "visit.json"
        path.write_bytes(path.read_bytes() + b"\n")
        run("--sidelines", "my-corpus").stdout.fnmatch_lines(
            ["*visit::F files*", "my-corpus/*: F108 *", "    fix: run `sidelines fmt`"]
        )

    @pytest.mark.parametrize(
        ("case", "item"),
        [("F003-bad-document-name", "F files and JSON"), ("S001-missing-schema", "S schemas and shape"),
         ("C002-changelog-silent", "C corpus and version")],
    )  # fmt: skip
    def test_a_fault_of_no_document_is_the_corpus_s(
        self, pytester: pytest.Pytester, run: Run, case: str, item: str
    ) -> None:
        """The names of files, schemas and the version belong to the corpus itself."""
        lay(pytester, case)
        run("--sidelines", "my-corpus").stdout.fnmatch_lines([f"FAILED my-corpus::{item}*"])

    def test_nothing_is_lost(self, pytester: pytest.Pytester, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
        """A problem for which there is no item fails the last of the corpus."""

        def check(path: str, jobs: int | None) -> list[Problem]:
            return [Problem("X001", "error", "of a family to come"), Problem("D001", "error", "of whom?", document="x")]

        lay(pytester)
        monkeypatch.setattr(sidelines.pytest_items, "check", check)
        result = run("--sidelines", "my-corpus")
        result.assert_outcomes(passed=11, failed=1)
        result.stdout.fnmatch_lines(
            ["_* C corpus and version _*", "my-corpus: X001 of a family to come", "my-corpus: D001 of whom?"]
        )

    def test_a_check_that_cannot_run(
        self, pytester: pytest.Pytester, run: Run, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Fails every item with the reason; it is tried once."""
        tries = []

        def check(path: str, jobs: int | None) -> None:
            tries.append(path)
            raise SidelinesError("no memory left")

        lay(pytester)
        monkeypatch.setattr(sidelines.pytest_items, "check", check)
        result = run("--sidelines", "my-corpus")
        result.assert_outcomes(failed=12)
        result.stdout.fnmatch_lines(["no memory left"])
        assert len(tries) == 1

    @pytest.mark.parametrize("strict", ["", "filterwarnings = error"])
    def test_a_warning_is_shown_and_fails_nothing(self, pytester: pytest.Pytester, run: Run, strict: str) -> None:
        """Even where a project makes errors of Python's warnings."""
        lay(pytester, "R003-ids-alike")
        pytester.makeini(f"[pytest]\n{strict}\n")
        result = run("--sidelines", "my-corpus")
        result.assert_outcomes(passed=12, warnings=1)
        result.stdout.fnmatch_lines(
            [
                "my-corpus::visit::R ids and references",
                "*entities.json:16: CorpusWarning: my-corpus/*:16:12: R003 id: *",
            ]
        )

    def test_the_first_failure_ends_it(self, pytester: pytest.Pytester, run: Run) -> None:
        """-x."""
        lay(pytester, "F003-bad-document-name")
        run("--sidelines", "my-corpus", "-x").assert_outcomes(failed=1)

    def test_what_failed_is_run_again(self, pytester: pytest.Pytester, run: Run) -> None:
        """--last-failed knows the items of the run before, and what was mended passes."""
        path = lay(pytester, "D003-name-contradicts") / "annotations" / "visit" / "dates.json"
        arguments = ("--sidelines", "my-corpus", "--last-failed")
        run(*arguments).assert_outcomes(passed=11, failed=1)
        run(*arguments).assert_outcomes(failed=1, deselected=11)
        shutil.copy(CASES / "base" / "annotations" / "visit" / "dates.json", path)
        run(*arguments).assert_outcomes(passed=1, deselected=11)

    def test_junit(self, pytester: pytest.Pytester, run: Run) -> None:
        """A report for CI has the document as class, the family as name, the problem as message."""
        lay(pytester, "D003-name-contradicts")
        run("--sidelines", "my-corpus", "--junitxml", "report.xml")
        cases = ElementTree.parse(pytester.path / "report.xml").findall(".//testcase")
        assert (cases[0].get("classname"), cases[0].get("name")) == ("my-corpus", "F files and JSON")
        failed = [case for case in cases if case.find("failure") is not None]
        assert [(case.get("classname"), case.get("name")) for case in failed] == [("my-corpus.visit", "D dates")]
        assert ": D003 " in (failed[0].find("failure").get("message") or "")  # type: ignore[union-attr]

    def test_nothing_is_checked_before_an_item_runs(
        self, pytester: pytest.Pytester, run: Run, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """The collection lists documents; a corpus of which nothing is selected costs no more."""
        monkeypatch.setattr(sidelines.pytest_items, "check", None)
        lay(pytester)
        assert run("--sidelines", "my-corpus", "--collect-only").ret == 0
        assert run("--sidelines", "my-corpus", "-k", "nobody").ret == pytest.ExitCode.NO_TESTS_COLLECTED

    def test_several_workers(self, pytester: pytest.Pytester) -> None:
        """pytest-xdist shares the items out, and what failed is shown as without it."""
        lay(pytester, "D003-name-contradicts")
        result = pytester.runpytest_subprocess(
            *ALONE, "-p", "sidelines.pytest_plugin", "--sidelines", "my-corpus", "-n", "2"
        )
        result.assert_outcomes(passed=11, failed=1)
        result.stdout.fnmatch_lines(
            ["my-corpus/annotations/visit/dates.json:*: D003 *", "FAILED my-corpus::visit::D dates - *"]
        )


def test_on_another_drive(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where no path leads from pytest's root to a corpus, its whole path begins the ids."""

    def fail(path: Path, start: Path) -> str:
        raise ValueError("path is on mount 'D:', start on mount 'C:'")

    monkeypatch.setattr("os.path.relpath", fail)
    assert sidelines.pytest_items._path(Path("/d/corpus"), Path("/c")) == "/d/corpus"


def test_a_corpus_in_a_store() -> None:
    """Its URI, without what may be secret in it, begins the ids."""
    from sidelines.stores import Store

    store = Store("s3://key:secret@archive/news?region=eu-west-1")
    assert sidelines.pytest_items._path(store, Path("/c")) == "s3://archive/news"


def test_the_plugin_costs_nothing_when_it_is_not_used(tmp_path: Path) -> None:
    """pytest in an empty folder loads neither Arrow nor msgspec nor anything of Sidelines but the plugin."""
    program = (
        "import pytest, sys; pytest.main(['-p', 'no:sidelines', '-p', 'sidelines.pytest_plugin', '-p',"
        " 'no:cacheprovider', '--collect-only', '-q']);"
        "print(*(name for name in sys.modules if name.startswith(('sidelines', 'pyarrow', 'msgspec', 'click'))))"
    )
    done = subprocess.run([sys.executable, "-c", program], cwd=tmp_path, capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1].split() == ["sidelines", "sidelines.pytest_plugin"]


@pytest.mark.slow
def test_an_installed_sidelines_is_known_to_pytest(tmp_path: Path, wheel: Path) -> None:
    """In an environment of its own the entry point is enough, with workers of pytest-xdist, too; so is `-p no:`."""
    python = tmp_path / "venv" / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")
    subprocess.run([sys.executable, "-m", "venv", tmp_path / "venv"], check=True)
    subprocess.run([python, "-m", "pip", "install", "-q", wheel, "pytest", "pytest-xdist"], check=True)
    (tmp_path / "work").mkdir()
    lay_out(tmp_path / "work" / "my-corpus", CASES / "D003-name-contradicts" / "fail")

    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        command = [python, "-m", "pytest", "-q", "-p", "no:cacheprovider", *arguments]
        return subprocess.run(command, cwd=tmp_path / "work", capture_output=True, text=True, check=False)

    for workers in ((), ("-n", "2")):
        done = run("--sidelines", "my-corpus", "-W", "error", *workers)
        assert done.returncode == 1, done.stdout + done.stderr
        assert "1 failed, 11 passed" in done.stdout
        assert "my-corpus/annotations/visit/dates.json:" in done.stdout
    assert "unrecognized arguments: --sidelines" in run("-p", "no:sidelines", "--sidelines", "my-corpus").stderr
    assert run().returncode == pytest.ExitCode.NO_TESTS_COLLECTED


def test_the_shipped_corpus_passes(run: Run) -> None:
    """As any other."""
    run("--sidelines", str(shipped()), "-k", "trump").assert_outcomes(passed=9, deselected=3)
