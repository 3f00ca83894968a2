"""Batches of documents: files in order and others side by side, each row where it belongs."""

from __future__ import annotations

import json
import os
import shutil
import sys
from pathlib import Path
from typing import Any

import pytest

from sidelines.checker import check
from sidelines.cli import main
from sidelines.reader import Reader
from sidelines.sources import Limits
from tests.strategies import Drawn

TEXT = "one two three"
LONG = 2**62  # an integer of 19 digits, which the lines of rows are not read with


def mark(number: int, **more: Any) -> dict[str, Any]:
    return {"id": f"m{number}", "start": 0, "end": 3, "text": "one", "label": "X", **more}


def corpus(root: Path, marks: dict[str, list[dict[str, Any]]]) -> Reader:
    """A corpus of one text under several names, each with these marks."""
    return Reader(Drawn(dict.fromkeys(marks, TEXT), marks, {name: [] for name in marks}).write(root / "drawn"))


MARKS = {
    "a": [mark(1), mark(2)],
    "b": [mark(3, count=LONG)],
    "c": [],
    "d": [mark(4, count=7)],
    "e": [mark(5), mark(6, count=-LONG), mark(7)],
    "f": [mark(8)],
}


class TestBothRoads:
    @pytest.mark.parametrize("size", [1, 2, 4, 6, 100])
    def test_rows_stand_in_the_order_of_documents(self, tmp_path: Path, size: int) -> None:
        """Whichever road a file took, and however documents are batched."""
        found = []
        for batch, problems in corpus(tmp_path, MARKS).batches(size):
            assert problems == []
            table = batch.tables["marks"]
            found += [[row["document"], row["id"], row["count"]] for row in table.to_pylist()]
            assert [batch.ids[at] for at in batch.document("marks").tolist()] == table["document"].to_pylist()
        assert found == [[name, row["id"], row.get("count")] for name, rows in MARKS.items() for row in rows]

    @pytest.mark.parametrize(("size", "sizes"), [(2, [2, 2, 2]), (3, [3, 3]), (4, [4, 2]), (6, [6])])
    def test_no_batch_is_empty(self, tmp_path: Path, size: int, sizes: list[int]) -> None:
        """Not even when the documents come out even."""
        assert [len(batch.ids) for batch, _ in corpus(tmp_path, MARKS).batches(size)] == sizes

    def test_a_row_out_of_bounds_beside_one_that_is_not_canonical(self, tmp_path: Path) -> None:
        """The sound rows of both are kept, and both are named with their places."""
        marks = {"a": [mark(1), mark(2, weight=1.5)], "b": [mark(3)], "c": [mark(4)]}
        reader = corpus(tmp_path, marks)
        path = reader.root / "annotations" / "b" / "marks.json"
        path.write_bytes(path.read_bytes().replace(b'"m3", ', b'"m3",'))
        ((batch, problems),) = reader.batches()
        places = sorted((problem.code, problem.path, problem.line, problem.pointer) for problem in problems)
        assert places == [
            ("F108", "annotations/b/marks.json", 5, None),
            ("S106", "annotations/a/marks.json", 6, "/marks/1/weight"),
        ]
        assert batch.tables["marks"]["id"].to_pylist() == ["m1", "m3", "m4"]
        assert batch.lost["marks"] == {0: ((1, "m2"),)}
        assert batch.whole["marks"].tolist() == [False, True, True]

    def test_without_a_grammar(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """Rows of a schema too large for a pattern come by the codec, and are the same."""
        monkeypatch.setattr("sidelines.grammar.LONGEST", 0)
        ((batch, problems),) = corpus(tmp_path, MARKS).batches()
        assert problems == []
        assert [row["id"] for row in batch.tables["marks"].to_pylist()] == [f"m{number}" for number in range(1, 9)]
        assert batch.tables["marks"]["count"].to_pylist() == [None, None, LONG, 7, None, -LONG, None, None]

    @pytest.mark.parametrize("longest", [50_000, 0])
    def test_a_number_that_would_become_zero(
        self, longest: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Whether its line is read as a row or decoded, a value that would be lost is told, and not written as 0.0."""
        monkeypatch.setattr("sidelines.grammar.LONGEST", longest)
        root = corpus(tmp_path, {"a": [mark(1, weight=0.0), mark(2, weight=0.5)]}).root
        path = root / "annotations" / "a" / "marks.json"
        raw = path.read_bytes()
        path.write_bytes(raw.replace(b'"weight": 0.5', b'"weight": 1e-400'))
        ((_, problems),) = Reader(root).batches()
        assert [(p.code, p.line, p.message) for p in problems] == [
            ("F105", 6, "expected a number that fits 64 bits, found 1e-400")
        ]
        path.write_bytes(raw.replace(b'"weight": 0.5', b'"weight": 0e-400'))
        ((batch, problems),) = Reader(root).batches()
        assert [(p.code, p.line) for p in problems] == [("F108", 6)]
        assert batch.tables["marks"]["weight"].to_pylist() == [0.0, 0.0]

    def test_a_reader_that_is_left_early(self, tmp_path: Path) -> None:
        """Who needs one batch need not take the others."""
        for batch, _ in corpus(tmp_path, MARKS).batches(1):
            assert batch.ids == ("a",)
            break

    def test_too_many_rows_stand_where_their_table_does(self, tmp_path: Path) -> None:
        """The place is that of the table's key, also in a file that is not in canonical form."""
        path = corpus(tmp_path, MARKS).root / "annotations" / "e" / "marks.json"
        path.write_bytes(path.read_bytes().replace(b'\n  "marks":', b'\n\n   "marks" :'))
        ((_, problems),) = Reader(path.parents[2], Limits(rows=2)).batches()
        assert [(p.code, p.line, p.column, p.pointer) for p in problems] == [
            ("F108", 4, 1, None),
            ("S107", 5, 4, "/marks"),
        ]


class TestFolders:
    def test_what_is_no_annotation(self, sound: Path) -> None:
        """A file in `annotations` that is no JSON is nobody's business; a JSON file or a folder there is."""
        (sound / "annotations" / "README.md").write_bytes(b"")
        assert Reader(sound).problems == []
        (sound / "annotations" / "notes.json").write_bytes(b"")
        (sound / "annotations" / "visits").mkdir()
        assert [(problem.code, problem.path) for problem in Reader(sound).problems] == [
            ("F002", "annotations/notes.json"),
            ("F002", "annotations/visits"),
        ]

    def test_a_file_in_the_place_of_a_folder(self, sound: Path) -> None:
        """The annotations of a document stand in a folder."""
        shutil.rmtree(sound / "annotations" / "visit")
        (sound / "annotations" / "visit").write_bytes(b"")
        assert [(p.code, p.message) for p in check(sound)] == [("F004", "expected a folder, found a file")]

    def test_folders_that_may_not_be_read(self, sound: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """What the system forbids is said in its words."""

        def forbid(path: object) -> None:
            raise PermissionError(13, "Permission denied", str(path))

        monkeypatch.setattr("os.listdir", forbid)
        assert [(p.code, p.path, p.message) for p in check(sound)] == [
            ("F004", "annotations/visit", "cannot be read: Permission denied")
        ]
        monkeypatch.setattr("os.scandir", forbid)
        assert {(p.code, p.path) for p in check(sound) if p.code == "F004"} == {
            ("F004", "schema"), ("F004", "corpus"), ("F004", "annotations"),
        }  # fmt: skip

    def test_a_folder_that_is_not_there(self, sound: Path) -> None:
        """Each file in it is missed, with the folder."""
        shutil.rmtree(sound / "annotations")
        folder = "annotations/visit"
        assert [(p.code, p.message) for p in check(sound)] == [
            ("F001", f"expected the file {folder}/{name}.json, found none; there is no folder {folder}")
            for name in ("dates", "entities", "quotes", "structure")
        ]

    @pytest.mark.skipif(sys.platform != "linux", reason="elsewhere names are text")
    def test_names_that_are_no_utf8(self, sound: Path, capsys: pytest.CaptureFixture[str]) -> None:
        """Wherever they stand, they are shown with the byte as a code point, and written as JSON."""
        strange = "\udcff.json"
        for folder in ("corpus", "annotations", "annotations/visit"):
            (sound / folder / strange).write_bytes(b"{}\n")
        (sound / "annotations" / "\udcfe").mkdir()
        (sound / "schema" / "\udcff.schema.json").write_bytes(b"{ }\n")
        assert main(["check", str(sound), "--format", "json"]) == 1
        found = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
        assert [(problem["code"], problem["path"], problem.get("document")) for problem in found] == [
            ("F002", "annotations/\\udcfe", None),
            ("F002", "annotations/\\udcff.json", None),
            ("F002", "annotations/visit/\\udcff.json", "visit"),
            ("F003", "corpus/\\udcff.json", "\\udcff"),
            ("F003", "schema/\\udcff.schema.json", None),
        ]
        assert found[3]["message"].endswith(r", found '\udcff'")
        assert main(["check", str(sound)]) == 1
        assert capsys.readouterr().out.startswith(
            f"{sound}/annotations/\\udcfe: F002 expected a folder named after a document"
        )

    def test_a_table_that_is_no_array(self, sound: Path) -> None:
        """It is not of its shape, and what refers to its rows is not judged."""
        path = sound / "annotations" / "visit" / "entities.json"
        raw = path.read_bytes()
        path.write_bytes(raw[: raw.index(b'"mentions": [')] + b'"mentions": {},\n  "roles": []\n}\n')
        assert [(p.code, p.pointer) for p in check(sound)] == [("S103", "/mentions")]


class TestMetadata:
    def test_of_another_schema(self, sound: Path) -> None:
        """The schema that a file names is that of its kind."""
        path = sound / "corpus" / "visit.json"
        path.write_bytes(path.read_bytes().replace(b"document.schema.json", b"documents.schema.json"))
        (problem,) = check(sound)
        assert (problem.code, problem.path, problem.pointer) == ("F202", "corpus/visit.json", "/$schema")
        expected = "expected '../schema/document.schema.json', found '../schema/documents.schema.json'"
        assert problem.message == f"$schema: {expected}"

    @pytest.mark.parametrize(
        ("layers", "code", "message"),
        [
            ("3", "S103", "layers: expected an array, found 3"),
            ('["Notes"]', "S105", 'expected a match of ^[a-z][a-z0-9_-]{0,63}$, found "Notes"'),
        ],
    )
    def test_layers_that_are_none(self, sound: Path, layers: str, code: str, message: str) -> None:
        """What their schema says of them is said once."""
        path = sound / "corpus" / "corpus.json"
        raw = path.read_bytes()
        path.write_bytes(raw[: raw.index(b'"layers": ') + 10] + layers.encode() + b"\n}\n")
        assert [(p.code, p.message) for p in check(sound) if p.path == "corpus/corpus.json"] == [(code, message)]

    def test_out_of_its_pattern(self, sound: Path) -> None:
        """A document whose metadata break a pattern is left out, and its files are not blamed for it."""
        path = sound / "corpus" / "visit.json"
        path.write_bytes(path.read_bytes().replace(b'"sha256": "', b'"sha256": "Z'))
        assert [(p.code, p.path, p.pointer) for p in check(sound)] == [("S105", "corpus/visit.json", "/sha256")]

    def test_of_the_corpus(self, sound: Path) -> None:
        """So it is with those of the corpus."""
        path = sound / "corpus" / "corpus.json"
        path.write_bytes(path.read_bytes().replace(b'"version": "', b'"version": "v'))
        assert [(p.code, p.path, p.pointer) for p in check(sound)] == [("S105", "corpus/corpus.json", "/version")]


def test_a_file_that_is_gone_before_it_is_looked_at_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What can no longer be read is missed by its name."""
    reader = corpus(tmp_path, {"a": [mark(1, weight=1.5)]})
    path = reader.root / "annotations" / "a" / "marks.json"
    monkeypatch.setattr("sidelines.reader.against_constraints", lambda batch: path.unlink() or {0: {"marks"}})
    ((batch, problems),) = reader.batches()
    assert [(problem.code, problem.path) for problem in problems] == [
        ("F001", "annotations/a/marks.json"),
        ("F103", "annotations/a/marks.json"),
    ]
    assert batch.read["marks"].tolist() == [False]


def test_more_lines_than_are_read_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where a batch has too many bytes of lines, its files are decoded one by one, with the same rows."""
    monkeypatch.setattr("sidelines.grammar.LARGEST", 10)
    ((batch, problems),) = corpus(tmp_path, MARKS).batches()
    assert problems == []
    assert batch.tables["marks"]["id"].to_pylist() == [f"m{number}" for number in range(1, 9)]


def test_a_batch_ends_when_it_is_large(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Batches are bounded by the bytes that they hold, too."""
    monkeypatch.setattr("sidelines.reader.BATCH_BYTES", 200)
    assert next(batch.ids for batch, _ in corpus(tmp_path, MARKS).batches()) == ("a", "b")


@pytest.mark.parametrize(
    ("size", "shards"),
    [
        (7, [range(6)]),
        (6, [range(6)]),
        (4, [range(6)]),
        (3, [range(3), range(3, 6)]),
        (2, [range(2), range(2, 4), range(4, 6)]),
    ],
)
def test_shards(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, size: int, shards: list[range]) -> None:
    """Are about as large as each other, not too small, and all documents together."""
    monkeypatch.setattr("sidelines.reader.SHARD_DOCUMENTS", size)
    reader = corpus(tmp_path, MARKS)
    assert list(reader.shards) == shards
    ids = [batch.ids for batch, _ in reader.batches(shards=shards[1:])]
    assert [id_ for batch in ids for id_ in batch] == list("abcdef"[shards[0].stop :])


def close(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    """Let the system refuse to list the folders of this name."""
    scan = os.scandir

    def refuse(path: Any) -> Any:
        if Path(path).name == name:
            raise PermissionError(13, "Permission denied")
        return scan(path)

    monkeypatch.setattr(os, "scandir", refuse)


@pytest.mark.parametrize("kind", ["a file", "closed"])
def test_annotations_that_are_no_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str) -> None:
    """Are one problem, not one for each document as well, and nothing in them is opened."""
    root = corpus(tmp_path, MARKS).root
    if kind == "a file":
        shutil.rmtree(root / "annotations")
        (root / "annotations").touch()
    else:
        close(monkeypatch, "annotations")
    assert [(p.code, p.path) for p in check(root)] == [("F004", "annotations")]


def test_a_folder_of_texts_that_cannot_be_listed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Is one problem: that no document is known of the annotations follows from it."""
    root = corpus(tmp_path, MARKS).root
    close(monkeypatch, "corpus")
    assert [(p.code, p.path) for p in check(root)] == [("F004", "corpus")]
