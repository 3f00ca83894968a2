"""The canonical form of files, and a corpus brought into it."""

from __future__ import annotations

from pathlib import Path

import pytest

from sidelines.reader import Reader
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
            (sound / path).write_bytes(b" " + (sound / path).read_bytes())
        assert format_corpus(Reader(sound)) == (["schema/dates.schema.json", "annotations/visit/dates.json"], [])
        assert (sound / file).read_bytes().startswith(b" {")
