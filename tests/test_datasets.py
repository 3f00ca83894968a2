"""The corpus that a package carries."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest

import sidelines
from sidelines import Dataset, InvalidCorpusError, SidelinesError


@pytest.fixture
def dataset(sound: Path) -> Dataset:
    """That of a package in the checkout of the small sound corpus."""
    return Dataset(str(sound / "src" / "base" / "__init__.py"))


def test_the_tables_of_a_wheel_stand_beside_the_sources(tmp_path: Path) -> None:
    """In `data`, which is in the package."""
    dataset = Dataset(str(tmp_path / "__init__.py"))
    (tmp_path / "data" / "parquet").mkdir(parents=True)
    (tmp_path / "data" / "parquet" / "quotes.parquet").write_bytes(b"")
    assert dataset.path("quotes") == tmp_path / "data" / "parquet" / "quotes.parquet"
    assert dataset.load() == ["quotes"]
    with pytest.raises(SidelinesError, match="there is no table 'qoutes'; did you mean 'quotes'"):
        dataset.path("qoutes")


def test_the_tables_of_a_checkout_are_made_anew_when_it_changes(sound: Path, dataset: Dataset) -> None:
    """They are built once for each state of the corpus, into a cache beside it."""
    file = dataset.path("quotes")
    assert file.relative_to(sound).match(".cache/sidelines-*/parquet/quotes.parquet")
    assert dataset.load("dates").value.tolist() == ["2024-03-06", "2024-03-04", "2023"]
    made = file.stat().st_mtime_ns
    assert dataset.path("quotes") == file
    assert file.stat().st_mtime_ns == made
    path = sound / "annotations" / "visit" / "dates.json"
    path.write_bytes(path.read_bytes().replace(b'"value": "2023"', b'"value": "202X"'))
    assert dataset.load("dates").value.tolist() == ["2024-03-06", "2024-03-04", "202X"]
    assert dataset.path("quotes") != file
    assert not file.exists()
    assert dataset.path("quotes").is_file()


def test_a_checkout_may_be_called_data(sound: Path) -> None:
    """The name of the repository says nothing of where the tables are."""
    root = sound.rename(sound.parent / "data")
    assert len(Dataset(str(root / "src" / "base" / "__init__.py")).load("documents")) == 1


def test_an_empty_table_has_its_categories(sound: Path, dataset: Dataset) -> None:
    """Parquet keeps only those that stand in rows; code that groups by them should not care."""
    path = sound / "annotations" / "visit" / "quotes.json"
    kinds = ["direct", "mixed", "indirect"]
    assert dataset.load("quotes").kind.cat.categories.tolist() == kinds
    path.write_bytes(b'{\n  "$schema": "../../schema/quotes.schema.json",\n  "document": "visit",\n  "quotes": []\n}\n')
    empty = dataset.load("quotes")
    assert (len(empty), empty.kind.cat.categories.tolist()) == (0, kinds)
    pd.testing.assert_frame_equal(empty, dataset.read().frame("quotes"))


def test_each_table_is_one_file_however_many_documents_there_are(
    sound: Path, dataset: Dataset, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where `build` would write parts, a package still has the file that `path` promises."""
    monkeypatch.setattr("sidelines.builder.PART_DOCUMENTS", 1)
    for end in ("txt", "json"):
        raw = (sound / "corpus" / f"visit.{end}").read_bytes()
        (sound / "corpus" / f"copy.{end}").write_bytes(raw.replace(b'"visit"', b'"copy"'))
    (sound / "annotations" / "copy").mkdir()
    for path in (sound / "annotations" / "visit").iterdir():
        (sound / "annotations" / "copy" / path.name).write_bytes(path.read_bytes().replace(b'"visit"', b'"copy"'))
    assert dataset.path("documents").is_file()
    assert dataset.load("documents").document.tolist() == ["copy", "visit"]


def test_it_is_read_and_checked(sound: Path, dataset: Dataset) -> None:
    """As `sidelines.read` and `sidelines.check` do."""
    assert (dataset.read().root, dataset.root) == (sound, sound)
    assert dataset.check().documents == 1
    (sound / "corpus" / "visit.txt").write_bytes(b"Another text.")
    assert dataset.check().counts == {"T002": 1}
    with pytest.raises(InvalidCorpusError, match="1 error, so nothing was built"):
        dataset.load("documents")


def test_it_loads_nothing_heavy() -> None:
    """A package that has one is imported as fast as Sidelines, with its version."""
    code = "import sys; from sidelines import Dataset; import sidelines; Dataset(sidelines.__file__).version"
    program = [sys.executable, "-c", f"{code}; print(' '.join(sys.modules))"]
    loaded = set(subprocess.run(program, capture_output=True, text=True, check=True).stdout.split())
    assert not {"pandas", "pyarrow", "numpy", "jsonschema", "msgspec", "click", "rich"} & loaded


def test_its_version_is_that_of_the_data(sound: Path, dataset: Dataset) -> None:
    """One sentence where there is none."""
    assert (dataset.version, Dataset(sidelines.__file__).version) == ("1.0.0", sidelines.__version__)
    path = sound / "corpus" / "corpus.json"
    for broken in (b"{", b"[]", json.dumps({"name": "base"}).encode()):
        path.write_bytes(broken)
        with pytest.raises(SidelinesError, match=r"corpus.json: expected the version of the corpus, found none"):
            _ = dataset.version
