"""Where the files of a corpus stand, and which corpus is meant."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from sidelines import layout
from sidelines.errors import SidelinesError
from sidelines.layout import BuildFolder, Folder, LinesFolder, find, shipped
from sidelines.patterns import matches
from tests.strategies import ROOT

NONE = "expected a corpus, a folder with corpus/corpus.json, or with corpus.json and parquet/ or jsonl/, found none"


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    """A folder that holds corpus/corpus.json, and a folder below it."""
    root = tmp_path / "mine"
    (root / "corpus").mkdir(parents=True)
    (root / "corpus" / "corpus.json").write_text("{}\n", encoding="utf-8")
    (root / "annotations" / "a").mkdir(parents=True)
    return root


def test_paths() -> None:
    """Every path is relative to the root, with slashes, on every system."""
    folder = Folder(Path("somewhere"))
    assert folder.metadata("a-1.b") == "corpus/a-1.b.json"
    assert folder.text("a-1.b") == "corpus/a-1.b.txt"
    assert folder.layer("a-1.b", "dates") == "annotations/a-1.b/dates.json"


def test_paths_of_a_build() -> None:
    """A table is a file, or a folder of parts."""
    assert BuildFolder(Path("somewhere")).table("mentions") == "parquet/mentions.parquet"
    part = BuildFolder(Path("somewhere"), "part-00000.parquet")
    assert part.table("mentions") == "parquet/mentions.parquet/part-00000.parquet"


def test_the_path_of_lines() -> None:
    """All of a document stands in one file."""
    assert LinesFolder(Path("somewhere"), "part-00000.jsonl").file == "jsonl/part-00000.jsonl"


@pytest.mark.parametrize("name", ["a", "0", "a" * 128, "trump-putin-paris-2018", "a.b_c"])
def test_document_ids(name: str) -> None:
    """Lower-case letters, digits, dot, underscore and hyphen, up to 128 of them."""
    assert matches(layout.DOCUMENT_ID, name)


@pytest.mark.parametrize("name", ["", "A", "-a", ".a", "_a", "a b", "é", "a/b", "a" * 129, "a\n"])
def test_names_that_are_no_document_ids(name: str) -> None:
    """Nothing that begins with a sign, needs escaping, or differs by case only."""
    assert not matches(layout.DOCUMENT_ID, name)


class TestShipped:
    def test_in_the_repository(self) -> None:
        """An editable install finds the repository's own folders."""
        assert shipped() == ROOT

    def test_in_a_wheel(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """A wheel has its data in a folder beside the modules."""
        (tmp_path / "data").mkdir()
        monkeypatch.setattr(layout, "__file__", str(tmp_path / "layout.py"))
        assert shipped() == tmp_path / "data"


class TestFind:
    @pytest.mark.parametrize("kind", [str, Path])
    def test_a_path(self, corpus: Path, kind: type) -> None:
        """A corpus folder is itself, as a string or a path."""
        assert find(kind(corpus)) == corpus

    @pytest.mark.parametrize("below", [".", "corpus", "annotations", "annotations/a"])
    def test_upwards(self, corpus: Path, below: str, monkeypatch: pytest.MonkeyPatch) -> None:
        """Without a path the nearest corpus upwards is meant, from anywhere in it."""
        monkeypatch.chdir(corpus / below)
        assert find() == corpus

    def test_the_nearest_one(self, corpus: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """A corpus inside a corpus is the nearer one."""
        inner = corpus / "annotations" / "a"
        (inner / "corpus").mkdir()
        (inner / "corpus" / "corpus.json").write_text("{}\n", encoding="utf-8")
        monkeypatch.chdir(inner / "corpus")
        assert find() == inner

    def test_nowhere(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """Outside every corpus the shipped one is meant."""
        monkeypatch.chdir(tmp_path)
        assert find() == ROOT

    def test_no_such_folder(self, tmp_path: Path) -> None:
        """A path that leads nowhere is named."""
        with pytest.raises(SidelinesError) as caught:
            find(tmp_path / "gone")
        assert str(caught.value) == f"{tmp_path / 'gone'}: no such folder"

    @pytest.mark.parametrize("path", ["s3:/bucket/x", "s3//bucket/x", "gs:bucket"])
    def test_nearly_a_uri(self, path: str) -> None:
        """Is told how one is written."""
        with pytest.raises(SidelinesError) as caught:
            find(path)
        assert str(caught.value) == f"{Path(path)}: no such folder; a URI has ://, as in s3://bucket/folder"

    @pytest.mark.skipif(os.name == "nt", reason="Windows keeps the working directory of a process")
    @pytest.mark.parametrize("path", [None, "."])
    def test_a_working_directory_that_is_gone(
        self, tmp_path: Path, path: str | None, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Nothing is upwards of it, and who works there is told what to do."""
        gone = tmp_path / "gone"
        gone.mkdir()
        monkeypatch.chdir(gone)
        gone.rmdir()
        with pytest.raises(SidelinesError) as caught:
            find(path)
        assert str(caught.value) == (
            "the working directory is gone; change to one that is there, or name the corpus by its whole path"
        )

    @pytest.mark.parametrize(
        ("ask", "forbidden"),
        [
            (find, "corpus/corpus.json"),
            (lambda root: find(), "corpus/corpus.json"),
            (layout.form, "corpus/corpus.json"),
            (layout.form, "corpus.json"),
            (layout.form, "parquet"),
        ],
        ids=["given", "upwards", "corpus", "metadata", "tables"],
    )
    def test_what_may_not_be_looked_at(
        self, tmp_path: Path, ask: Callable[[Path], object], forbidden: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """It is not taken for missing: the system's reason is given, of a build as of a corpus."""
        (tmp_path / "corpus.json").write_bytes(b"{}")
        (tmp_path / "parquet").mkdir()
        monkeypatch.chdir(tmp_path)
        look = os.stat

        def forbid(place: str | Path, **options: Any) -> os.stat_result:
            if Path(place) == tmp_path / forbidden:
                raise PermissionError(errno.EACCES, "Permission denied", str(place))
            return look(place, **options)

        monkeypatch.setattr(os, "stat", forbid)
        with pytest.raises(SidelinesError) as caught:
            ask(tmp_path)
        assert str(caught.value) == f"{tmp_path / forbidden}: cannot be read: Permission denied"

    def test_a_folder_of_something_else(self, tmp_path: Path) -> None:
        """A folder without a corpus is told what a corpus has."""
        (tmp_path / "program.py").write_bytes(b"pass")
        with pytest.raises(SidelinesError) as caught:
            find(tmp_path)
        assert str(caught.value) == f"{tmp_path}: {NONE}"

    def test_corpus_json_as_a_folder(self, tmp_path: Path) -> None:
        """A folder of that name is no file."""
        (tmp_path / "corpus" / "corpus.json").mkdir(parents=True)
        with pytest.raises(SidelinesError, match="expected a corpus"):
            find(tmp_path)

    def test_a_file(self, corpus: Path) -> None:
        """A file is no corpus, and called a file."""
        path = corpus / "corpus" / "corpus.json"
        with pytest.raises(SidelinesError) as caught:
            find(path)
        assert str(caught.value) == f"{path}: expected a corpus, found a file of one; did you mean {corpus}?"

    def test_one_folder_too_deep(self, corpus: Path) -> None:
        """Who names the folder corpus/ is shown the one above it."""
        with pytest.raises(SidelinesError) as caught:
            find(corpus / "corpus")
        assert str(caught.value).endswith(f"found a folder of one; did you mean {corpus}?")

    @pytest.mark.skipif(os.name == "nt", reason="symbolic links need rights on Windows")
    def test_a_link(self, corpus: Path, tmp_path: Path) -> None:
        """A link to a corpus is one, under its own name."""
        link = tmp_path / "link"
        link.symlink_to(corpus)
        assert find(link) == link
