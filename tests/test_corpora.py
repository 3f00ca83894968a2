"""What `sidelines.read` returns, and where a corpus is found."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pyarrow as pa
import pytest

import sidelines
from sidelines.checker import check_batches, check_corpus
from sidelines.cli import main
from sidelines.codec import Codec
from sidelines.derive import derive, schemas
from sidelines.model import Layer, Model, Property, Table
from sidelines.reader import Reader


class TestCorpus:
    def test_what_it_says_of_itself(self, sound: Path) -> None:
        """Name, version, metadata, documents and tables."""
        corpus = sidelines.read(sound)
        assert repr(corpus) == (
            "<Corpus base 1.0.0: 1 document, documents, blocks, sentences, entities, mentions, roles, quotes, dates>"
        )
        assert corpus.metadata["layers"] == ["structure", "entities", "quotes", "dates"]
        assert corpus.table_names[-2:] == ("quotes", "dates")
        assert corpus.root == sound

    def test_documents_without_a_language(self, sound: Path) -> None:
        """A schema of documents without a language leaves the corpus's, by which English words are read."""
        path = sound / "schema" / "document.schema.json"
        schema = json.loads(path.read_bytes())
        del schema["properties"]["language"]
        path.write_bytes(json.dumps(schema, indent=2, ensure_ascii=False).encode() + b"\n")
        path = sound / "corpus" / "visit.json"
        path.write_bytes(path.read_bytes().replace(b'  "language": "en",\n', b""))
        layer = sound / "annotations" / "visit" / "dates.json"
        layer.write_bytes(layer.read_bytes().replace(b'"value": "2024-03-04"', b'"value": "2024-03-05"'))
        assert sidelines.check(sound).counts == {"D003": 1}


class TestDerive:
    def test_without_documents(self) -> None:
        """A model without documents has no tables."""
        assert schemas(Model({}, {})) == {}

    def test_a_column_that_is_there_already(self, sound: Path) -> None:
        """What a corpus has itself is not derived."""
        path = sound / "schema" / "entities.schema.json"
        schema = json.loads(path.read_bytes())
        schema["properties"]["mentions"]["items"]["properties"]["entity_name"] = {
            "type": "string",
            "description": "Own.",
        }
        path.write_bytes(json.dumps(schema, indent=2, ensure_ascii=False).encode() + b"\n")
        ((batch, problems),) = check_batches(Reader(sound))
        assert problems == []
        assert derive(batch)["mentions"].column("entity_name").to_pylist() == [None] * 11

    def test_quotes_of_another_shape(self, sound: Path) -> None:
        """Quotes whose content is no list of spans have neither hull nor speech."""
        path = sound / "schema" / "quotes.schema.json"
        schema = json.loads(path.read_bytes())
        for name in ("content", "fragments"):
            del schema["properties"]["quotes"]["items"]["properties"][name]
        schema["properties"]["quotes"]["items"]["required"] = ["id"]
        path.write_bytes(json.dumps(schema, indent=2, ensure_ascii=False).encode() + b"\n")
        made = schemas(Reader(sound).model)["quotes"].names
        assert "speech" not in made
        assert "speaker_name" in made


def test_a_file_that_changes_while_it_is_checked(sound: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A problem whose file is gone has no line, but everything else."""
    path = sound / "annotations" / "visit" / "entities.json"
    path.write_bytes(path.read_bytes().replace(b'"text": "Oslo"', b'"text": "Olso"'))
    reader = Reader(sound)
    ((batch, problems),) = reader.batches()
    assert problems == []
    monkeypatch.setattr(Reader, "batches", lambda corpus, shards: iter([(batch, problems)]))
    path.unlink()
    ((_, found),) = check_batches(reader)
    assert [(problem.code, problem.id, problem.line) for problem in found] == [("O004", "m6", None)]
    assert check_corpus(reader) == []


class TestCommandLine:
    def test_as_a_module(self) -> None:
        """`python -m sidelines` is the command."""
        done = subprocess.run(
            [sys.executable, "-m", "sidelines", "--version"], capture_output=True, check=True, text=True
        )
        assert done.stdout == f"sidelines {sidelines.__version__}\n"

    def test_a_reader_that_has_gone(self, sound: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """Output that nobody reads any more ends the command without a traceback."""

        def gone(*_: object, **__: object) -> None:
            raise BrokenPipeError

        monkeypatch.setattr("sidelines.cli.click.echo", gone)
        monkeypatch.setattr(sys, "stderr", open(sound / "errors", "w", encoding="utf-8"))  # noqa: SIM115 - main closes it
        assert main(["check", str(sound)]) == 2
        assert sys.stderr.closed

    @pytest.mark.parametrize(
        ("size", "code"), [("1500", 1), ("2KiB", 1), ("8kB", 0), ("8 KiB", 2), ("1G", 0), ("-1", 2), ("many", 2)]
    )
    def test_sizes(self, sound: Path, size: str, code: int) -> None:
        """Bytes, or a number with a unit of thousands or of 1,024."""
        assert main(["check", str(sound), f"--max-file-size={size}"]) == code


def test_a_table_with_rows_enough(sound: Path) -> None:
    """A table that must have rows, and has them, is split into their lines."""
    row = Property("", "object", properties=(Property("id", "string", True),))
    key = Property("marks", "array", True, items=row, shortest=1, longest=2)
    envelope = (Property("$schema", "string", True), Property("document", "string", True))
    table = Table("marks", "own", "marks", row, True, "")
    codec = Codec(Layer("own", Property("", "object", properties=(*envelope, key)), {}, (table,)))
    head = b'{\n  "$schema": "../../schema/own.schema.json",\n  "document": "a",\n  "marks": [\n    '
    assert codec.split(head + b'{"id": "m1"}\n  ]\n}\n', "a") == [b'{"id": "m1"}']
    three = b'{"id": "m1"},\n    {"id": "m2"},\n    {"id": "m3"}'
    assert codec.split(head + three + b"\n  ]\n}\n", "a") is None


def test_spans_of_other_parts(own: Path, tmp_path: Path) -> None:
    """Lists of spans whose parts have other names are another column."""
    import pyarrow.parquet as pq

    sidelines.build(own, tmp_path / "built")
    path = tmp_path / "built" / "parquet" / "links.parquet"
    table = pq.read_table(path)
    parts = [[{"begin": part["start"], "end": part["end"], "text": part["text"]} for part in row]
             for row in table.column("parts").to_pylist()]  # fmt: skip
    pq.write_table(table.set_column(table.column_names.index("parts"), "parts", pa.array(parts)), path)
    (problem,) = sidelines.check(tmp_path / "built")
    assert problem.code == "P001"
    assert problem.message.startswith("parts: expected a column of type list<item: struct<start: int64")
