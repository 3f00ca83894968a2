"""A build: what it holds, that it is whole or not there, and what it does to what stood there before."""

from __future__ import annotations

import json
from hashlib import sha256
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import sidelines
from sidelines.errors import SidelinesError


def test_the_files_of_a_build(sound: Path, tmp_path: Path) -> None:
    """A table a file, the corpus's metadata, its schemas, and the sums of all of them."""
    made = sidelines.build(sound, tmp_path / "out")
    files = sorted(path.relative_to(made.out).as_posix() for path in made.out.rglob("*") if path.is_file())
    tables = ["blocks", "dates", "documents", "entities", "mentions", "quotes", "roles", "sentences"]
    schemas = ["corpus", "dates", "dialect", "document", "entities", "quotes", "structure"]
    assert files == [
        "SHA256SUMS",
        "corpus.json",
        "index.html",
        *(f"parquet/{name}.parquet" for name in tables),
        *(f"schema/{name}.schema.json" for name in schemas),
    ]
    sums = dict(reversed(line.split("  ")) for line in (made.out / "SHA256SUMS").read_text().splitlines())
    assert sums == {name: sha256((made.out / name).read_bytes()).hexdigest() for name in files[1:]}
    assert made.rows == {"documents": 1, "blocks": 5, "sentences": 5, "entities": 5, "mentions": 11, "roles": 0,
                         "quotes": 4, "dates": 3}  # fmt: skip
    assert json.loads((made.out / "corpus.json").read_bytes())["name"] == "base"


def test_the_columns_in_order(sound: Path, tmp_path: Path) -> None:
    """`document` first, the properties in the schema's order, derived columns last."""
    out = sidelines.build(sound, tmp_path / "out").out
    assert pq.read_schema(out / "parquet" / "quotes.parquet").names == [
        "document", "id", "kind", "content", "fragments", "cue_start", "cue_end", "cue_text", "source",
        "addressee_start", "addressee_end", "addressee_text", "parent",
        "start", "end", "text", "speech", "speaker", "speaker_name",
    ]  # fmt: skip
    assert pq.read_schema(out / "parquet" / "documents.parquet").names == [
        "document", "title", "author", "published", "language", "source", "rights", "characters", "sha256", "text",
    ]  # fmt: skip


def test_types_and_metadata(sound: Path, tmp_path: Path) -> None:
    """int64 offsets, categories, dates, zstd, checksums of pages, descriptions of columns, names and versions."""
    file = pq.ParquetFile(sidelines.build(sound, tmp_path / "out").out / "parquet" / "dates.parquet")
    schema = file.schema_arrow
    assert schema.field("start").type == pa.int64()
    assert schema.field("type").type == pa.dictionary(pa.int32(), pa.string())
    assert schema.field("begin").type == pa.date32()
    assert not schema.field("value").nullable
    assert schema.field("anchor").nullable
    assert schema.field("value").metadata[b"description"].startswith(b"Normalised value in the ISO 8601 style")
    assert schema.metadata[b"corpus"] == b"base"
    assert schema.metadata[b"corpus_version"] == b"1.0.0"
    assert schema.metadata[b"sidelines_version"] == sidelines.__version__.encode()
    assert schema.metadata[b"description"] == b"The time expressions."
    assert {file.metadata.row_group(0).column(i).compression for i in range(len(schema))} == {"ZSTD"}


def test_a_flipped_bit_in_a_page_is_noticed(sound: Path, tmp_path: Path) -> None:
    """The pages carry checksums that a reader can verify."""
    path = sidelines.build(sound, tmp_path / "out").out / "parquet" / "documents.parquet"
    column = pq.ParquetFile(path).metadata.row_group(0).column(9)
    raw = bytearray(path.read_bytes())
    raw[column.dictionary_page_offset + 100] ^= 1
    path.write_bytes(raw)
    with pytest.raises(OSError, match=r"CRC|checksum|[Cc]orrupt"):
        pq.ParquetFile(path, page_checksum_verification=True).read()


def test_an_earlier_build_is_replaced_whole(sound: Path, tmp_path: Path) -> None:
    """Nothing of it is left, nor of what was made on the way."""
    out = sidelines.build(sound, tmp_path / "out").out
    (out / "parquet" / "stale.parquet").write_bytes(b"")
    sidelines.build(sound, out)
    assert not (out / "parquet" / "stale.parquet").exists()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["out", "sound"]


def test_a_parent_that_is_a_file(sound: Path, tmp_path: Path) -> None:
    """A folder cannot be made there; the answer names it."""
    (tmp_path / "file").write_text("")
    with pytest.raises(SidelinesError, match="cannot be written"):
        sidelines.build(sound, tmp_path / "file" / "out")


def test_problems_come_with_the_exception(sound: Path, tmp_path: Path) -> None:
    """A caller from Python sees what `check` says."""
    (sound / "corpus" / "visit.txt").write_text("Another text.", encoding="utf-8")
    with pytest.raises(sidelines.InvalidCorpusError, match="1 error, so nothing was built") as caught:
        sidelines.build(sound, tmp_path / "out")
    assert [problem.code for problem in caught.value.problems] == ["T002"]
    assert not (tmp_path / "out").exists()
