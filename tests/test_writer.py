"""The canonical form of files, and a corpus brought into it."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path

import pytest

from sidelines.reader import Reader
from sidelines.resolver import layout
from sidelines.schema import compile_schemas
from sidelines.writer import canonical, format_corpus
from tests.strategies import OWN

MARKS = compile_schemas({"marks": (OWN / "schema" / "marks.schema.json").read_bytes()}, ["marks"])[0].layers["marks"]


@pytest.mark.parametrize(
    ("raw", "tidy"),
    [
        (b"[ 1,2 ]", b"[1, 2]\n"),
        (b'"\\u00e9"', '"é"\n'.encode()),
        (b'{"marks": 3, "document": "a"}', b'{\n  "document": "a",\n  "marks": 3\n}\n'),
        (b'{"marks": [{"text": "b", "id": "a"}]}', b'{\n  "marks": [\n    {"id": "a", "text": "b"}\n  ]\n}\n'),
    ],
)
def test_what_is_not_of_its_schema_is_laid_out(raw: bytes, tidy: bytes) -> None:
    """A file need not be of its shape, nor an object at all."""
    assert canonical(raw, MARKS) == tidy


def formatted(root: Path) -> tuple[list[str], list[tuple[str, str | None]]]:
    """The files that were changed, and code and path of the problems for which others were left alone."""
    changed, problems = format_corpus(Reader(root))
    return changed, [(problem.code, problem.path) for problem in problems]


def untidy(path: Path) -> None:
    """Put a JSON file into another form."""
    path.write_bytes(b" " + path.read_bytes())


class TestFormat:
    def test_a_file_that_is_missing(self, sound: Path) -> None:
        """Is neither changed nor refused: `check` misses it."""
        (sound / "annotations" / "visit" / "dates.json").unlink()
        assert format_corpus(Reader(sound)) == ([], [])

    @pytest.mark.parametrize(("name", "file"), [("corpus", "corpus/corpus.json"), ("document", "corpus/visit.json")])
    def test_without_a_schema(self, sound: Path, name: str, file: str) -> None:
        """The order of a file's properties is not known without its schema, so it stays as it is; others do not."""
        (sound / "schema" / f"{name}.schema.json").unlink()
        for path in (file, "annotations/visit/dates.json", "schema/dates.schema.json"):
            untidy(sound / path)
        assert formatted(sound) == (
            ["schema/dates.schema.json", "annotations/visit/dates.json"],
            [("S001", f"schema/{name}.schema.json")],
        )
        assert (sound / file).read_bytes().startswith(b" {")

    def test_what_begins_with_a_dot(self, sound: Path) -> None:
        """Hidden files are nobody's business, whatever they end in: macOS leaves some beside each file."""
        hidden = [sound / "schema" / name for name in (".x.schema.json", "._dates.schema.json")]
        hidden[0].write_bytes(b"{ }")
        hidden[1].write_bytes(b"\x00\x05\x16\x07")
        assert formatted(sound) == ([], [])
        assert hidden[0].read_bytes() == b"{ }"

    def test_other_files_of_the_folder_of_schemas(self, sound: Path) -> None:
        """Only schemas are formatted there, the dialect for editors among them."""
        for name in ("dialect.schema.json", "notes.json"):
            (sound / "schema" / name).write_bytes(b"{ }")
        assert formatted(sound) == (["schema/dialect.schema.json"], [])

    @pytest.mark.parametrize(
        ("name", "file"), [("document", "corpus/visit.json"), ("dates", "annotations/visit/dates.json")]
    )
    def test_a_definition_that_is_not_in_order(self, sound: Path, name: str, file: str) -> None:
        """A schema fails for what it takes from another file; that one is laid out, the files it describes are not."""
        schema = sound / "schema" / f"{name}.schema.json"
        value = json.loads(schema.read_bytes())
        value["properties"]["$schema"] = {"$ref": "shared.schema.json#/$defs/path"}
        schema.write_bytes(layout(value))
        (sound / "schema" / "shared.schema.json").write_bytes(b'{"$defs": {"path": {"type": "strin"}}}')
        untidy(sound / file)
        assert formatted(sound) == (["schema/shared.schema.json"], [("S003", "schema/shared.schema.json")])
        assert (sound / file).read_bytes().startswith(b" {")

    def test_files_that_belong_to_nothing(self, sound: Path) -> None:
        """Nobody knows the form of a file that no document or layer is named after."""
        (sound / "corpus" / "Visit.json").write_bytes(b"{ }")
        (sound / "annotations" / "visits").mkdir()
        (sound / "annotations" / "visit" / "date.json").write_bytes(b"{ }")
        assert formatted(sound) == (
            [],
            [
                ("F003", "corpus/Visit.json"),
                ("F002", "annotations/visits"),
                ("F002", "annotations/visit/date.json"),
            ],
        )

    @pytest.mark.parametrize(
        ("old", "new", "codes"),
        [
            (b'"layers": [', b'"layer": [', ["S101", "S102"]),
            (b'"dates"', b'"Dates"', ["S105", "F002"]),
            (b'"version": "', b'"version": "v', []),
            (b'"language": "en"', b'"language": "en", "language": "de"', ["F104"]),
        ],
    )
    def test_metadata_that_name_no_layers(self, sound: Path, old: bytes, new: bytes, codes: list[str]) -> None:
        """What is wrong with them is told where files are left alone for it, and once."""
        path = sound / "corpus" / "corpus.json"
        path.write_bytes(path.read_bytes().replace(old, new))
        files = {"F002": "annotations/visit/dates.json"}
        _, problems = formatted(sound)
        assert problems == [(code, files.get(code, "corpus/corpus.json")) for code in codes]

    def test_folders_that_may_not_be_read(self, sound: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """Each is named once, and with it the schemas that are missed for it."""

        def forbid(path: object) -> None:
            raise PermissionError(13, "Permission denied", str(path))

        monkeypatch.setattr("os.scandir", forbid)
        changed, problems = formatted(sound)
        assert changed == []
        assert [path for code, path in problems if code == "F004"] == ["schema", "corpus", "annotations"]
        assert {code for code, _ in problems} == {"F004"}

    def test_a_folder_that_is_a_file(self, sound: Path) -> None:
        """It is said once, not of each layer."""
        shutil.rmtree(sound / "annotations" / "visit")
        (sound / "annotations" / "visit").write_bytes(b"")
        assert formatted(sound) == ([], [("F004", "annotations/visit")])


@pytest.mark.skipif(os.name == "nt", reason="symbolic links need rights on Windows")
class TestLinks:
    def test_to_a_file_inside(self, sound: Path) -> None:
        """The file is formatted and the link stays, also where what was left half-written beside the file is swept."""
        link, file = sound / "annotations" / "visit" / "dates.json", sound / "shared" / "days.json"
        file.parent.mkdir()
        link.rename(file)
        link.symlink_to("../../shared/days.json")
        tidy = file.read_bytes()
        untidy(file)
        (sound / "shared" / ".days.json.0123abcd.sidelines-new").write_bytes(b"{")
        assert formatted(sound) == (["annotations/visit/dates.json"], [])
        assert os.readlink(link) == "../../shared/days.json"
        assert [path.name for path in file.parent.iterdir()] == ["days.json"]
        assert file.read_bytes() == tidy

    @pytest.mark.parametrize("path", ["annotations/visit", "annotations", "schema", "corpus"])
    def test_to_a_folder_outside(self, sound: Path, tmp_path: Path, path: str) -> None:
        """Nothing there is written, or swept up, and the link is named."""
        outside = tmp_path / "outside"
        (sound / path).rename(outside)
        (sound / path).symlink_to(outside)
        left = [outside / "corpus.json", outside / "dates.json", outside / ".dates.json.0123abcd.sidelines-new"]
        for file in left:
            file.write_bytes(b"{ }")
        changed, problems = formatted(sound)
        assert changed == []
        assert [where for code, where in problems if code == "F006"] == [path]
        assert [file.read_bytes() for file in left] == [b"{ }"] * 3

    def test_to_a_file_outside(self, sound: Path, tmp_path: Path) -> None:
        """It is as it was."""
        path = sound / "annotations" / "visit" / "dates.json"
        path.rename(tmp_path / "dates.json")
        path.symlink_to(tmp_path / "dates.json")
        untidy(tmp_path / "dates.json")
        assert formatted(sound) == ([], [("F006", "annotations/visit/dates.json")])
        assert (tmp_path / "dates.json").read_bytes().startswith(b" {")


def test_a_number_that_would_become_zero(own: Path) -> None:
    """Its value is not thrown away: the file is left alone."""
    path = own / "annotations" / "one" / "marks.json"
    path.write_bytes(path.read_bytes().replace(b'"weight": 0.5', b'"weight": 1e-400'))
    assert formatted(own) == ([], [("F105", "annotations/one/marks.json")])
    assert b"1e-400" in path.read_bytes()
