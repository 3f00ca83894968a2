"""New corpus packages: every one is clean, says nothing that is not known, and keeps texts as they are."""

from __future__ import annotations

import ast
import json
import re
import subprocess
import sys
import tomllib
from collections.abc import Callable
from itertools import chain, combinations
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

import sidelines
from sidelines import InvalidCorpusError, SidelinesError, init, packages
from sidelines.cli import main
from sidelines.layout import BUILT_IN
from sidelines.textfolder import document_ids
from tests.strategies import texts

Captured = pytest.CaptureFixture[str]
LICENCE = "CC-BY-4.0 AND LicenseRef-Texts"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder of two texts."""
    (tmp_path / "texts").mkdir()
    (tmp_path / "texts" / "a.txt").write_bytes(b"Ann met Bob in Paris on Monday.")
    (tmp_path / "texts" / "Zo\u00eb.txt").write_bytes("Zoë:\r\n\r\n \u201cYes.\u201d \n".encode())
    return tmp_path / "texts"


def files(root: Path) -> set[str]:
    return {path.relative_to(root).as_posix() for path in root.rglob("*") if path.is_file()}


class TestWhatIsMade:
    def test_the_files(self, tmp_path: Path, folder: Path) -> None:
        """All of them, and no other; the package is found clean, and in canonical form."""
        made = init(tmp_path / "my-news", folder, layers=["structure", "moods"])
        assert (made.name, made.module, made.documents, made.characters) == ("my-news", "my_news", 2, 48)
        assert made.layers == ("structure", "moods")
        assert files(made.folder) == {
            ".gitattributes", ".github/workflows/check.yml", ".gitignore", ".pre-commit-config.yaml", "CHANGELOG.md",
            "CITATION.cff", "README.md", "RIGHTS.md", "annotations/a/moods.json", "annotations/a/structure.json",
            "annotations/zoe/moods.json", "annotations/zoe/structure.json", "corpus/a.json", "corpus/a.txt",
            "corpus/corpus.json", "corpus/zoe.json", "corpus/zoe.txt", "docs/datasheet.md", "pyproject.toml",
            "schema/corpus.schema.json", "schema/dialect.schema.json", "schema/document.schema.json",
            "schema/moods.schema.json", "schema/structure.schema.json", "src/my_news/__init__.py",
            "src/my_news/py.typed", "tests/test_corpus.py",
        }  # fmt: skip
        assert list(sidelines.check(made.folder)) == []
        assert main(["fmt", "--check", str(made.folder)]) == 0

    def test_a_document(self, tmp_path: Path, folder: Path) -> None:
        """Its bytes are those of the file, its metadata only what is known, its layers empty but for the blocks."""
        root = init(tmp_path / "my-news", folder).folder
        assert (root / "corpus" / "zoe.txt").read_bytes() == (folder / "Zo\u00eb.txt").read_bytes()
        assert json.loads((root / "corpus" / "zoe.json").read_bytes()) == {
            "$schema": "../schema/document.schema.json",
            "id": "zoe",
            "title": "Zoë",
            "characters": 17,
            "sha256": "d37cca88f5ba349e25cb3c966137fe52c47ae49b3d0a6f8a6eaedce60b3c3d20",
        }
        assert json.loads((root / "annotations" / "zoe" / "structure.json").read_bytes()) == {
            "$schema": "../../schema/structure.schema.json",
            "document": "zoe",
            "blocks": [
                {"id": "b1", "start": 0, "end": 4, "text": "Zoë:", "kind": "paragraph"},
                {"id": "b2", "start": 9, "end": 15, "text": "“Yes.”", "kind": "paragraph"},
            ],
            "sentences": [],
        }
        entities = '"document": "zoe",\n  "entities": [],\n  "mentions": [],\n  "roles": []\n}\n'
        assert (root / "annotations" / "zoe" / "entities.json").read_text(encoding="utf-8").endswith(entities)

    def test_what_is_said_of_the_corpus(self, tmp_path: Path, folder: Path) -> None:
        """The language only if it was named; the licence is that of the annotations."""
        made = init(tmp_path / "my-news", folder)
        metadata = {
            "$schema": "../schema/corpus.schema.json", "name": "my-news", "title": "My news", "version": "0.1.0",
            "licence": "CC-BY-4.0", "layers": ["structure", "entities", "quotes", "dates"],
        }  # fmt: skip
        assert json.loads((made.folder / "corpus" / "corpus.json").read_bytes()) == metadata
        rights = (made.folder / "RIGHTS.md").read_text(encoding="utf-8")
        assert "To be written: who holds the rights to the texts" in rights
        assert "[CC-BY-4.0](https://spdx.org/licenses/CC-BY-4.0.html)" in rights
        assert "2 texts of 48 characters" in (made.folder / "docs" / "datasheet.md").read_text(encoding="utf-8")

    def test_what_is_said_by_options(self, tmp_path: Path, folder: Path) -> None:
        """Wherever it is said, whatever characters it has."""
        title, author = "Say \"no\\yes\" ''' {{name}} 新闻 # 1", 'Ada "A." O\\Brien: & co'
        made = init(
            tmp_path / "a.b", folder, title=title, author=author, language="pt-BR", licence="CC0-1.0", layers=["dates"]
        )
        metadata = json.loads((made.folder / "corpus" / "corpus.json").read_bytes())
        assert (metadata["title"], metadata["language"], metadata["licence"]) == (title, "pt-BR", "CC0-1.0")
        project = tomllib.loads((made.folder / "pyproject.toml").read_text(encoding="utf-8"))["project"]
        assert project["description"] == f"{title}: texts with stand-off annotations"
        assert (project["authors"], project["license"]) == ([{"name": author}], "CC0-1.0 AND LicenseRef-Texts")
        citation = yaml.safe_load((made.folder / "CITATION.cff").read_text(encoding="utf-8"))
        assert (citation["title"], citation["authors"]) == (title, [{"name": author}])
        module = ast.parse((made.folder / "src" / "a_b" / "__init__.py").read_text(encoding="utf-8"))
        assert (ast.get_docstring(module) or "").startswith(f"{title}: a corpus")
        assert (made.folder / "README.md").read_text(encoding="utf-8").startswith(f"# {title}\n")
        assert list(sidelines.check(made.folder)) == []

    @pytest.mark.parametrize(
        ("licence", "hint"),
        [("CC-BY-4", "did you mean 'CC-BY-4.0'?"), ("OGL-UK-3.0", "https://spdx.org/licenses/ lists them")],
    )
    def test_an_unusual_licence(self, tmp_path: Path, licence: str, hint: str) -> None:
        """Is taken, and said, with the nearest of those that are usual."""
        (note,) = init(tmp_path / "made", licence=licence).notes
        said = f"{licence!r} is none of the usual licences, and pip refuses what is no identifier of SPDX; {hint}"
        assert note == said

    def test_a_licence_of_ones_own(self, tmp_path: Path) -> None:
        """Has no page to link to."""
        made = init(tmp_path / "made", licence="LicenseRef-Ours")
        assert made.notes == ()
        assert "under the licence LicenseRef-Ours. It" in (made.folder / "RIGHTS.md").read_text(encoding="utf-8")

    def test_nothing_of_a_document_is_ignored_by_git(self, tmp_path: Path, folder: Path) -> None:
        """Also where documents are called as folders of tools are."""
        for name in ("build", "dist", "venv", "cache"):
            (folder / f"{name}.txt").write_bytes(b"Yes.")
        root = init(tmp_path / "made", folder).folder
        git = ["git", "-c", "safe.directory=*", "-C", str(root)]
        subprocess.run([*git, "init", "-q"], check=True)
        found = subprocess.run(
            [*git, "ls-files", "-o", "--exclude-standard"], check=True, capture_output=True, text=True
        )
        own = {path for path in files(root) if not path.startswith(".git/")}
        assert set(found.stdout.splitlines()) == own
        assert "annotations/build/dates.json" in own

    def test_made_twice_it_is_the_same(self, tmp_path: Path, folder: Path) -> None:
        """Whatever the place and the hour."""
        one, two = (init(tmp_path / place / "my-news", folder).folder for place in ("one", "two"))
        assert files(one) == files(two)
        assert all((one / path).read_bytes() == (two / path).read_bytes() for path in files(one))

    def test_no_template_is_left_unfilled(self, tmp_path: Path, folder: Path) -> None:
        """Nor is one forgotten."""
        made = (init(tmp_path / "a", folder, layers=["x"]).folder, init(tmp_path / "b").folder)
        whole = [path.read_text(encoding="utf-8") for root in made for path in root.rglob("*") if path.is_file()]
        assert [text for text in whole if "{{" in text and "${{" not in text] == []
        names = {path.name for path in (Path(packages.__file__).parent / "templates").iterdir()}
        assert names == {*packages.FILES, "layer.schema.json", "sample.md", "sample"}

    def test_the_templates_are_what_they_become(self, tmp_path: Path) -> None:
        """TOML, YAML and Python that others read as well, and in the style of ours."""
        root = init(tmp_path / "my-news").folder
        project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))
        wheel = project["tool"]["hatch"]["build"]["targets"]["wheel"]
        assert wheel == {"packages": ["src/my_news"], "hooks": {"sidelines": {}}}
        ours = f"sidelines>={'.'.join(sidelines.__version__.split('.')[:2])}"
        assert project["build-system"]["requires"] == ["hatchling>=1.27", ours]
        assert project["project"]["dependencies"] == [ours]
        workflow = yaml.safe_load((root / ".github" / "workflows" / "check.yml").read_text(encoding="utf-8"))
        steps = [step["run"] for step in workflow["jobs"]["check"]["steps"] if "run" in step]
        assert steps == [
            'pip install -e ".[test]"', "sidelines check --format github .", "sidelines fmt --check .",
            "python -m pytest", "pip wheel --no-deps --wheel-dir dist .",
        ]  # fmt: skip
        assert list(workflow[True]) == ["push", "pull_request"]  # YAML 1.1 takes `on` for true
        hooks = yaml.safe_load((root / ".pre-commit-config.yaml").read_text(encoding="utf-8"))["repos"][0]["hooks"]
        assert [hook["entry"] for hook in hooks] == ["sidelines fmt .", "sidelines check ."]
        citation = yaml.safe_load((root / "CITATION.cff").read_text(encoding="utf-8"))
        assert (citation["cff-version"], citation["type"], citation["title"]) == ("1.2.0", "dataset", "My news")
        ruff = [sys.executable, "-m", "ruff"]
        for command in (["check", "--select", "A,B,D1,E,F,I,N,PT,RUF,SIM,UP,W"], ["format", "--check"]):
            subprocess.run([*ruff, *command, "--line-length", "120", "."], check=True, capture_output=True, cwd=root)

    def test_the_sample(self, tmp_path: Path) -> None:
        """Rows in every table, of a text that says of itself that it is made up."""
        made = init(tmp_path / "my-news", layers=[*BUILT_IN, "moods"])
        report = sidelines.check(made.folder)
        assert list(report) == []
        assert report.rows == {
            "blocks": 3, "sentences": 3, "entities": 3, "mentions": 5, "roles": 1, "quotes": 2, "dates": 4, "moods": 1,
        }  # fmt: skip
        (rights,) = sidelines.read(made.folder).tables["documents"].column("rights").to_pylist()
        assert rights.startswith("Made up for this example")

    def test_the_sample_can_be_removed_as_the_readme_says(self, tmp_path: Path) -> None:
        """What is left is clean."""
        root = init(tmp_path / "my-news").folder
        for path in sorted(root.rglob("*sample*")):
            if path.is_file():
                path.unlink()
        for path in (root / "annotations" / "sample").iterdir():
            path.unlink()
        (root / "annotations" / "sample").rmdir()
        assert list(sidelines.check(root)) == []

    @settings(max_examples=25)  # each puts some twenty files on the disk
    @given(
        st.dictionaries(st.text("aAbé1-. ", min_size=1, max_size=4).map("t{}".format), texts(), min_size=1, max_size=4)
    )
    def test_any_texts_are_kept_and_clean(self, drawn: dict[str, str]) -> None:
        """Byte for byte, whatever is in them, and a green check."""
        with TemporaryDirectory() as place:
            folder = Path(place, "texts")
            folder.mkdir()
            for name, text in drawn.items():
                (folder / f"{name}.txt").write_bytes(text.encode())
            expected = sorted(path.read_bytes() for path in folder.iterdir())
            root = init(Path(place, "made"), folder, layers=["structure"]).folder
            assert list(sidelines.check(root, jobs=1)) == []
            assert sorted(path.read_bytes() for path in (root / "corpus").glob("*.txt")) == expected


class TestLayers:
    @pytest.mark.parametrize("chosen", [*(chain.from_iterable(combinations(BUILT_IN, size) for size in (1, 2, 3)))])
    def test_any_choice_of_the_built_in_ones(self, tmp_path: Path, chosen: tuple[str, ...]) -> None:
        """With those that they refer to."""
        made = init(tmp_path / "made", layers=chosen)
        assert list(sidelines.check(made.folder)) == []
        needed = {"entities"} if "quotes" in chosen else set()
        assert set(made.layers) == {*chosen, *needed}
        assert ("the layer 'entities' is there too, since others refer to its rows" in made.notes) == (
            not needed <= set(chosen)
        )

    def test_a_new_layer_has_a_schema_to_start_from(self, tmp_path: Path) -> None:
        """It explains each of the five keywords, and is one."""
        root = init(tmp_path / "made", layers=["my-moods"]).folder
        raw = (root / "schema" / "my-moods.schema.json").read_text(encoding="utf-8")
        assert all(f"{keyword} says" in raw or f"{keyword} names" in raw for keyword in ("x-table", "x-span", "x-ref"))
        assert all(keyword in raw for keyword in ("x-overlap", "x-inside"))
        corpus = sidelines.read(root)
        assert corpus.table_names == ("documents", "my_moods")
        assert corpus.tables["my_moods"].column_names == ["document", "id", "start", "end", "text", "label", "next"]

    def test_a_name_that_is_nearly_a_built_in_one(self, tmp_path: Path) -> None:
        """Is taken, and said."""
        (note,) = init(tmp_path / "made", layers=["entity"]).notes
        assert note == "'entity' is a new layer, with a schema to start from; the built-in one is 'entities'"

    @pytest.mark.parametrize(
        ("layers", "said"),
        [
            (["Moods"], "expected a name of lower-case letters, .*, found 'Moods'"),
            (["corpus"], "not corpus, document or dialect, found 'corpus'"),
            (["../x"], "found '../x'"),
            (["documents"], "'documents', which is reserved"),
            (["entities", "mentions"], "'mentions', which belongs to the layer 'entities'"),
            (["a-b", "a_b"], "'a_b', which belongs to the layer 'a-b'"),
        ],
    )
    def test_names_that_cannot_be(self, tmp_path: Path, layers: list[str], said: str) -> None:
        """One sentence, and nothing is made."""
        with pytest.raises(SidelinesError, match=said):
            init(tmp_path / "made", layers=layers)
        assert list(tmp_path.iterdir()) == []


class TestRefusals:
    @pytest.mark.parametrize(
        ("name", "said"),
        [
            ("My News", r"'My News': expected a name of at most 64 lower-case letters, .*; did you mean 'my-news'\?"),
            ("2news", r"did you mean 'news'\?"),
            ("news-", r"did you mean 'news'\?"),
            ("新闻", "ends with one or a digit$"),
            ("新闻a", "ends with one or a digit$"),
            ("ünï", r"did you mean 'uni'\?"),
            ("test", "found a module of Python; choose another, such as my-test"),
            ("tests", "found what its folder of tests is called; choose another, such as my-tests"),
            ("x" * 65, "'x{65}': expected a name of at most 64"),
            ("json", "found a module of Python; choose another, such as my-json"),
            ("class", "found a keyword of Python"),
            ("sidelines", "found what it depends on"),
            ("pandas", "found what it depends on"),
            ("con", "found a device of Windows"),
            ("..", "expected the name of a new folder, such as my-news"),
        ],
    )
    def test_names(self, tmp_path: Path, name: str, said: str) -> None:
        """What cannot be imported, installed or told from others."""
        with pytest.raises(SidelinesError, match=said):
            init(tmp_path / name)
        assert list(tmp_path.iterdir()) == []

    def test_a_uri(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """Is no name of a folder."""
        monkeypatch.chdir(tmp_path)
        with pytest.raises(SidelinesError, match="s3://bucket/news: expected a folder on the disk, found a URI"):
            init("s3://bucket/news")
        assert list(tmp_path.iterdir()) == []

    def test_the_working_directory(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """Whoever stands in it would stand in a folder that is gone."""
        (tmp_path / "news").mkdir()
        monkeypatch.chdir(tmp_path / "news")
        for here in (".", tmp_path / "news"):
            with pytest.raises(SidelinesError, match="run it from the one above"):
                init(here)

    def test_what_is_there_already(self, tmp_path: Path, folder: Path) -> None:
        """An empty folder is filled; a file, or a folder with something in it, is left alone."""
        (tmp_path / "empty").mkdir()
        assert list(sidelines.check(init(tmp_path / "empty", folder).folder)) == []
        with pytest.raises(SidelinesError, match=r"expected nothing, or an empty folder, found 'Zoë.txt' in it"):
            init(folder)
        (tmp_path / "file").write_bytes(b"")
        with pytest.raises(SidelinesError, match="expected nothing, or an empty folder, found a file"):
            init(tmp_path / "file")
        assert files(folder) == {"a.txt", "Zoë.txt"}

    @pytest.mark.parametrize(
        ("options", "said"),
        [
            ({"title": "a\nb"}, r"title: expected words on one line, found 'a\\nb'"),
            ({"title": " "}, "title: expected words on one line, found ' '"),
            ({"author": "\u202eA"}, "author: expected words on one line"),
            ({"language": "english!"}, "language: expected a BCP 47 tag, such as en or pt-BR, found 'english!'"),
            ({"licence": "CC BY"}, "licence: expected an SPDX identifier, such as CC-BY-4.0 or CC0-1.0, found 'CC BY'"),
        ],
    )
    def test_options(self, tmp_path: Path, options: dict[str, str], said: str) -> None:
        """What would break the files in which it stands."""
        with pytest.raises(SidelinesError, match=said):
            init(tmp_path / "made", None, **options)  # type: ignore[arg-type]

    def test_texts_that_cannot_be_taken_are_all_told_at_once(self, tmp_path: Path, folder: Path) -> None:
        """And nothing is left of what was made of the others."""
        (folder / "b.txt").write_bytes(b"caf\xe9")
        (folder / "c.txt").write_bytes(b"\xff\xfea\0")
        told: list[tuple[int, int, int]] = []
        with pytest.raises(InvalidCorpusError, match=r"^2 texts of 4 cannot be taken as found, so nothing was") as e:
            init(tmp_path / "made", folder, progress=lambda *numbers: told.append(numbers))
        assert [(problem.code, problem.path) for problem in e.value.problems] == [
            ("T001", str(folder / "b.txt")), ("T001", str(folder / "c.txt")),
        ]  # fmt: skip
        assert told == [(1, 4, 0), (2, 4, 1), (3, 4, 2), (4, 4, 2)]
        assert list(tmp_path.iterdir()) == [folder]

    def test_a_folder_that_is_filled_meanwhile(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """By somebody else: it is left alone."""
        found: Callable[[Path], None] = packages._expect_nothing

        def first(folder: Path) -> None:
            found(folder)
            folder.mkdir()
            (folder / "mine").write_bytes(b"")
            monkeypatch.setattr(packages, "_expect_nothing", found)

        monkeypatch.setattr(packages, "_expect_nothing", first)
        with pytest.raises(SidelinesError, match=r"expected nothing, or an empty folder, found 'mine' in it"):
            init(tmp_path / "made")
        assert files(tmp_path) == {"made/mine"}


class TestCommand:
    def test_it_says_what_there_is_and_what_to_try(
        self, tmp_path: Path, folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: Captured
    ) -> None:
        """Standard output for what was made, standard error for what to know; the first line to try is clean."""
        monkeypatch.chdir(tmp_path)
        (folder / "a.ann").write_bytes(b"")
        (folder / "A.txt").write_bytes(b"\xef\xbb\xbfHi.")
        assert main(["init", "my-news", "--from", "texts", "--layer", "structure", "--title", "News of [mine]"]) == 0
        out, err = capsys.readouterr()
        assert out.startswith(
            "made my-news: 3 documents, 52 characters; layer structure\n\n  corpus/            corpus"
        )
        assert out.endswith(
            "\nTry next:\n  sidelines check my-news\n"
            "  sidelines annotate structure a --corpus my-news -o structure.txt\n  pip install -e ./my-news\n"
            "  python -c \"import my_news; print(my_news.load('documents'))\"\n"
        )
        assert err.splitlines() == [
            r"note: 1 text has \r, as in the line ends of Windows; it was kept and counts as a character",
            "note: 1 text has a byte order mark (U+FEFF); it was kept and counts as the first character",
            "note: 1 id had to be numbered, since the names of files are alike",
            "note: other files were left where they are: 1 .ann",
        ]
        assert main(["check", "my-news"]) == 0
        assert main(["annotate", "structure", "a", "--corpus", "my-news", "-o", "structure.txt"]) == 0

    def test_what_is_no_utf8(self, tmp_path: Path, folder: Path, capsys: Captured) -> None:
        """Problems as `check` shows them, and status 1."""
        (folder / "b.txt").write_bytes(b"One.\ncaf\xe9")
        assert main(["init", str(tmp_path / "made"), "--from", str(folder)]) == 1
        out, err = capsys.readouterr()
        assert out.startswith(f"{folder / 'b.txt'}:2:4: T001 expected UTF-8, found the byte 0xe9 at offset 8")
        assert err == "error: 1 text of 3 cannot be taken as found, so nothing was made\n"

    def test_places_with_spaces_can_be_copied(self, tmp_path: Path, capsys: Captured) -> None:
        """The lines to try are lines for a shell."""
        (tmp_path / "my work").mkdir()
        assert main(["init", str(tmp_path / "my work" / "news")]) == 0
        assert f'  pip install -e "{tmp_path / "my work" / "news"}"\n' in capsys.readouterr().out


class TestPage:
    """`docs/packages.md`."""

    PAGE = (Path(__file__).parents[1] / "docs" / "packages.md").read_text(encoding="utf-8")

    def test_its_commands_run(self, tmp_path: Path, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """Those of Sidelines, one after the other; pip is for `test_packaging.py`."""
        monkeypatch.chdir(tmp_path)
        shell = "".join(re.findall(r"```sh\n(.*?)```", self.PAGE, re.DOTALL)).splitlines()
        assert [line for line in shell if not line.startswith("sidelines ")] == ["pip install ./my-news"]
        assert [main(line.split()[1:]) for line in shell if line.startswith("sidelines ")] == [0] * 5

    def test_its_ids_are_those_that_are_made(self) -> None:
        """The table of names."""
        rows = re.findall(r"^\| `([^`]+)\.txt`(?:, beside `([^`]+)\.txt`)? \| `([^`]+)`", self.PAGE, re.MULTILINE)
        assert len(rows) == 5
        for name, other, id_ in rows:
            assert document_ids([name, *filter(None, [other])])[0] == id_

    def test_its_module_is_the_one_that_is_made(self, tmp_path: Path) -> None:
        """Line by line."""
        made = (init(tmp_path / "my-news").folder / "src" / "my_news" / "__init__.py").read_text(encoding="utf-8")
        (code,) = re.findall(r"```python\n(from sidelines.*?)```", self.PAGE, re.DOTALL)
        assert set(filter(None, code.splitlines())) <= set(made.splitlines())
