"""One document of a corpus, whatever it is read from."""

from __future__ import annotations

from pathlib import Path

import pytest

import sidelines
from sidelines.errors import InvalidCorpusError, SidelinesError
from tests.strategies import twice
from tests.test_lines import TEXT, lines, mark, value, write


def test_a_document_of_many(sound: Path, tmp_path: Path) -> None:
    """Its own rows, derived columns and metadata, from files and from a build; others may be broken."""
    twice(sound)
    sidelines.build(sound, tmp_path / "out")
    (sound / "corpus" / "visit.txt").write_bytes(b"something else")
    for root in (sound, tmp_path / "out"):
        document = sidelines.read(root).document("visit-2")
        assert document.id == "visit-2"
        assert document.text.startswith("Ann Lee Meets Bo Karlsson\n")
        assert document.metadata["characters"] == 223
        assert {name: table.num_rows for name, table in document.tables.items()} == {
            "documents": 1, "blocks": 5, "sentences": 5, "entities": 5, "mentions": 11, "roles": 0, "quotes": 4,
            "dates": 3,
        }  # fmt: skip
        assert set(document.tables["quotes"].column("document").to_pylist()) == {"visit-2"}
        assert document.tables["quotes"].column("speaker_name")[0].as_py() == "Ann Lee"
        assert repr(document) == (
            "<Document visit-2: 223 characters; documents 1, blocks 5, sentences 5, entities 5, mentions 11, roles 0, "
            "quotes 4, dates 3>"
        )
    with pytest.raises(
        InvalidCorpusError, match=r"visit cannot be read: . problems?, the first corpus/visit.*`sidelines check`"
    ):
        sidelines.read(sound).document("visit")


def test_which_document(sound: Path) -> None:
    """One that there is not is answered with the nearest, none with those to choose from, unless there is one."""
    assert sidelines.read(sound).document().id == "visit"
    twice(sound)
    corpus = sidelines.read(sound)
    with pytest.raises(SidelinesError, match=r"expected a document as well, found 2 to choose from: visit, visit-2$"):
        corpus.document()
    with pytest.raises(SidelinesError, match=r"'visitt'; did you mean 'visit'\? There are: visit, visit-2"):
        corpus.document("visitt")


def test_a_corpus_without_a_schema_has_no_documents_to_read(sound: Path) -> None:
    """What is wrong with the corpus is said, and not that there is nothing."""
    (sound / "schema" / "document.schema.json").unlink()
    with pytest.raises(InvalidCorpusError, match="S001"):
        sidelines.read(sound).document("visit")


def test_a_document_of_json_lines(tmp_path: Path) -> None:
    """The last of several lines, in another file than the first."""
    files = lines(value("a", TEXT)), lines(value("b", TEXT, mark(1)))
    document = sidelines.read(write(tmp_path / "lines", *files)).document("b")
    assert document.text == TEXT
    assert document.tables["marks"].column("id").to_pylist() == ["m1"]
