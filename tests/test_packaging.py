"""The build hook of corpus packages, and packages as their users have them: built, installed, loaded, tested."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import venv
from collections.abc import Callable
from hashlib import sha256
from importlib.util import find_spec
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from zipfile import ZipFile

import pytest
from hatchling.bridge.app import Application

from sidelines import init, packaging
from sidelines.packaging import CompileCorpus

ROOT = Path(__file__).parents[1]
TABLES = ["blocks", "dates", "documents", "entities", "mentions", "quotes", "roles", "sentences"]
Captured = pytest.CaptureFixture[str]


def hook(root: Path, packages: list[str], target: str = "wheel") -> Any:
    """The hook as hatchling makes it."""
    config: Any = SimpleNamespace(packages=packages)
    metadata: Any = None
    return CompileCorpus(str(root), {}, config, metadata, "", target, Application())


class TestHook:
    def test_hatchling_finds_it(self) -> None:
        """By the name under which pyproject.toml asks for it."""
        assert packaging.hatch_register_build_hook() is CompileCorpus
        assert CompileCorpus.PLUGIN_NAME == "sidelines"

    def test_sources_and_tables_go_into_the_package(self, sound: Path) -> None:
        """While the wheel is made; what was compiled is gone afterwards."""
        made, data = hook(sound, ["src/base"]), {"force_include": {}}
        made.initialize("standard", data)
        include: dict[str, str] = data["force_include"]
        assert sorted(include.values()) == [
            f"base/data/{name}" for name in ("annotations", "corpus", "parquet", "schema")
        ]
        parquet = next(Path(source) for source, target in include.items() if target == "base/data/parquet")
        assert sorted(path.name for path in parquet.iterdir()) == [f"{name}.parquet" for name in TABLES]
        made.finalize("standard", data, "")
        assert not parquet.exists()

    @pytest.mark.parametrize(("target", "version"), [("wheel", "editable"), ("sdist", "standard")])
    def test_others_get_nothing(self, sound: Path, target: str, version: str) -> None:
        """An editable install reads the repository; a source distribution is the repository."""
        made, data = hook(sound, ["src/base"], target), {"force_include": {}}
        made.initialize(version, data)
        made.finalize(version, data, "")
        assert data == {"force_include": {}}

    def test_a_corpus_without_annotations(self, sound: Path) -> None:
        """Has no folder of them."""
        shutil.rmtree(sound / "annotations")
        for path in (sound / "corpus").glob("visit.*"):
            path.unlink()
        made, data = hook(sound, ["src/base"]), {"force_include": {}}
        made.initialize("standard", data)
        made.finalize("standard", data, "")
        assert sorted(data["force_include"].values()) == ["base/data/corpus", "base/data/parquet", "base/data/schema"]

    def test_a_corpus_with_errors_makes_no_wheel(self, sound: Path, capsys: Captured) -> None:
        """The problems are shown, and no traceback."""
        (sound / "corpus" / "visit.txt").write_bytes(b"Another text.")
        with pytest.raises(SystemExit):
            hook(sound, ["src/base"]).initialize("standard", {"force_include": {}})
        err = capsys.readouterr().err
        assert err.startswith("corpus/visit.json:")
        assert ": T002 sha256: expected " in err
        assert err.endswith(f"{sound}: 1 error, so nothing was built\n")

    def test_what_is_no_corpus(self, tmp_path: Path, capsys: Captured) -> None:
        """One sentence, with what to do."""
        with pytest.raises(SystemExit):
            hook(tmp_path, ["src/base"]).initialize("standard", {"force_include": {}})
        assert capsys.readouterr().err.startswith(
            f"{tmp_path}: expected a corpus, found nothing in it; `sidelines init NAME` begins a corpus"
        )

    @pytest.mark.parametrize(("packages", "found"), [([], "none"), (["src/a", "src/b"], "src/a, src/b")])
    def test_it_must_be_plain_which_package(
        self, sound: Path, packages: list[str], found: str, capsys: Captured
    ) -> None:
        """The data go into one."""
        with pytest.raises(SystemExit):
            hook(sound, packages).initialize("standard", {"force_include": {}})
        assert capsys.readouterr().err == (
            f"tool.hatch.build.targets.wheel.packages: expected the one that gets data/, found {found}\n"
        )


Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture(scope="module")
def fresh(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Run]:
    """A folder, and what runs a program there in a fresh environment that has Sidelines from a wheel.

    What Sidelines depends on is lent by the environment of these tests: no package index is asked for anything.
    """
    base = tmp_path_factory.mktemp("fresh")
    own = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "PIP_", "COVERAGE"))}
    own |= {"PIP_NO_INDEX": "1", "PIP_DISABLE_PIP_VERSION_CHECK": "1", "SOURCE_DATE_EPOCH": "1700000000"}
    build = "import sys; from hatchling.build import build_wheel; print(build_wheel(sys.argv[1]))"
    lent = {str(Path(str(spec.origin)).parents[1]) for name in LENT if (spec := find_spec(name)) is not None}
    wheel = subprocess.run(
        [sys.executable, "-c", build, str(base)], cwd=ROOT, env=own | {"PYTHONPATH": os.pathsep.join(lent)},
        check=True, capture_output=True, text=True,
    ).stdout.split()[-1]  # fmt: skip
    venv.create(base / "venv", with_pip=True)
    programs = base / "venv" / ("Scripts" if sys.platform == "win32" else "bin")

    def run(program: str, *arguments: str | Path, cwd: Path = base, ok: bool = True) -> Any:
        command = [str(programs / program), *map(str, arguments)]
        done = subprocess.run(command, cwd=cwd, env=own, capture_output=True, text=True)
        assert (done.returncode == 0) == ok, done.stdout + done.stderr
        return done

    run("python", "-m", "pip", "install", "-q", "--no-deps", base / wheel)
    site = run("python", "-c", "import sysconfig; print(sysconfig.get_path('purelib'))").stdout.strip()
    Path(site, "lent.pth").write_text("".join(f"{folder}\n" for folder in sorted(lent)), encoding="utf-8")
    return base, run


LENT = (
    "attr", "click", "editables", "hatchling", "hypothesis", "jsonschema", "msgspec", "numpy", "pandas", "pyarrow",
    "pytest", "rich",
)  # fmt: skip
PIP = ("-m", "pip", "-q")
ALONE = ("--no-deps", "--no-build-isolation")


@pytest.mark.slow
class TestPackage:
    def test_built_installed_and_loaded(self, fresh: tuple[Path, Run]) -> None:
        """From a folder of texts to every table in pandas, and the tests that came with it."""
        base, run = fresh
        (base / "texts").mkdir()
        (base / "texts" / "a.txt").write_bytes(b"Ann met Bob in Paris on Monday.")
        run("sidelines", "init", "my-news", "--from", "texts")
        assert run("sidelines", "check", "my-news").stdout == "clean: 1 document, 1 row\n"
        for place in ("one", "two"):
            shutil.copytree(base / "my-news", base / place / "my-news")
            run("python", *PIP, "wheel", *ALONE, "-w", base / place, base / place / "my-news")
        one, two = (base / place / "my_news-0.1.0-py3-none-any.whl" for place in ("one", "two"))
        assert sha256(one.read_bytes()).digest() == sha256(two.read_bytes()).digest()
        with ZipFile(one) as wheel:
            names = wheel.namelist()
            assert wheel.read("my_news/data/corpus/a.txt") == b"Ann met Bob in Paris on Monday."
        parquet = [Path(name).stem for name in names if name.startswith("my_news/data/parquet/")]
        assert sorted(parquet) == TABLES
        assert {name.split("/")[2] for name in names if "/data/" in name} == {
            "annotations", "corpus", "parquet", "schema",
        }  # fmt: skip
        run("python", *PIP, "install", "--no-deps", one)
        lines = [
            "import sys, json, my_news",
            "heavy = {'pandas', 'pyarrow', 'numpy', 'jsonschema', 'msgspec', 'click', 'rich'} & set(sys.modules)",
            "rows = {table: len(my_news.load(table)) for table in my_news.load()}",
            "print(json.dumps([sorted(heavy), rows, my_news.__version__, my_news.__file__, my_news.check().ok]))",
        ]
        heavy, rows, version, file, ok = json.loads(run("python", "-c", "\n".join(lines)).stdout)
        assert (heavy, version, ok) == ([], "0.1.0", True)
        assert rows == dict.fromkeys(TABLES, 0) | {"documents": 1, "blocks": 1}
        assert "venv" in Path(file).parts
        assert "11 passed" in run("python", "-m", "pytest", "-q", "-W", "error", cwd=base / "my-news").stdout

    def test_an_editable_install_reads_the_files_as_they_are(self, fresh: tuple[Path, Run]) -> None:
        """What was changed a moment ago is what is loaded; an error is told, and makes no wheel."""
        base, run = fresh
        root = init(base / "our.tales").folder
        run("python", *PIP, "install", *ALONE, "-e", root)
        count = ("-c", "import our_tales; print(our_tales.load('dates').value.tolist())")
        assert run("python", *count).stdout == "['2026-05-08', '2026-05-04', '2026-05-08', 'P2Y']\n"
        path = root / "annotations" / "sample" / "dates.json"
        path.write_bytes(path.read_bytes().replace(b'"P2Y"', b'"P3Y"'))
        assert run("python", *count).stdout == "['2026-05-08', '2026-05-04', '2026-05-08', 'P3Y']\n"
        assert "11 passed" in run("python", "-m", "pytest", "-q", "-W", "error", cwd=root).stdout
        path.write_bytes(path.read_bytes().replace(b'"P3Y"', b'"long"'))
        said = run("python", *PIP, "wheel", *ALONE, "-w", base, root, ok=False)
        assert "annotations/sample/dates.json:8:" in said.stdout + said.stderr
        assert "Traceback" not in said.stdout + said.stderr
