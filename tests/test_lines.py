"""JSON Lines read as a corpus: the same tables and problems as files, every fault with its line and column."""

from __future__ import annotations

import errno
import json
import os
import re
import shutil
import tempfile
from collections.abc import Callable
from hashlib import sha256
from itertools import pairwise
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, assume, example, given, settings
from hypothesis import strategies as st

import sidelines
import sidelines.builder
from sidelines import testing
from sidelines.cli import main
from sidelines.errors import SidelinesError
from sidelines.layout import find, find_form, form
from sidelines.linefile import Shape
from sidelines.lines import LinesReader
from sidelines.opening import open_corpus
from sidelines.problems import Problem
from sidelines.sources import Limits
from sidelines.stores import Store
from sidelines.strictjson import JSONFault, parse
from sidelines.testing.mutations import MUTATIONS, Mutation
from tests.lined import as_lines, line_of
from tests.strategies import COSTLY, OWN, ROOT, Drawn, dumps, twice

TEXT = "one two three"
METADATA = {"name": "drawn", "version": "1.0.0", "layers": ["marks"], "$schema": "../schema/corpus.schema.json"}
Json = dict[str, Any]


def mark(number: int, **more: Any) -> Json:
    return {"id": f"m{number}", "start": 0, "end": 3, "text": "one", "label": "X", **more}


def value(id_: str = "a", text: str = TEXT, *marks: Json, links: list[Json] | None = None) -> Json:
    """The value of a line: a document of the layer of `tests/own`."""
    raw = text.encode()
    metadata = {"id": id_, "characters": len(text), "sha256": sha256(raw).hexdigest()}
    return {"document": metadata, "text": text, "annotations": {"marks": {"marks": list(marks), "links": links or []}}}


def write(root: Path, *files: bytes, **metadata: Any) -> Path:
    """A corpus of JSON Lines of the layer of `tests/own`, with these files."""
    (root / "jsonl").mkdir(parents=True)
    shutil.copytree(OWN / "schema", root / "schema")
    for name in ("corpus", "document"):
        shutil.copy(ROOT / "schema" / f"{name}.schema.json", root / "schema")
    order = ["$schema", "name", "version", "language", "layers"]
    members = METADATA | metadata
    body = ",\n".join(f'  "{name}": {dumps(members[name])}' for name in order if name in members)
    (root / "corpus.json").write_text(f"{{\n{body}\n}}\n", encoding="utf-8", newline="\n")
    for at, content in enumerate(files):
        (root / "jsonl" / f"part-{at:05}.jsonl").write_bytes(content)
    return root


def lines(*values: Json, **options: Any) -> bytes:
    """As other people write them: `json.dumps` and a line end."""
    return "".join(json.dumps(value, **options) + "\n" for value in values).encode()


def found(root: Path, **options: Any) -> list[tuple[str, int | None, int | None, str | None, str]]:
    report = sidelines.check(root, jobs=1, **options)
    return [(p.code, p.line, p.column, p.pointer, p.message) for p in report]


def rows_of(root: Any) -> dict[str, list[Json]]:
    return {name: table.to_pylist() for name, table in sidelines.read(root).tables.items()}


# -- what is read ------------------------------------------------------------------------------------------------------


class TestRead:
    def test_a_corpus_is_clean_and_the_same(self, sound: Path, tmp_path: Path) -> None:
        """Tables, types, descriptions and derived columns are those of the files."""
        root = as_lines(sound, tmp_path / "lines")
        report = sidelines.check(root)
        assert list(report) == []
        assert (report.documents, sum(report.rows.values())) == (1, 33)
        files, same = sidelines.read(sound), sidelines.read(root)
        assert list(files.tables) == list(same.tables)
        for name, table in files.tables.items():
            assert same.tables[name].equals(table, check_metadata=True)
        assert same.documents == files.documents == ("visit",)
        assert (same.name, same.version, same.metadata) == (files.name, files.version, files.metadata)
        assert repr(same) == repr(files)

    def test_without_what_says_where_it_stands(self, sound: Path, tmp_path: Path) -> None:
        """`$schema` and `document` may be left out of the metadata and of the layers, in any layout."""
        root = as_lines(sound, tmp_path / "lines")
        path = root / "jsonl" / "part-00000.jsonl"
        whole = json.loads(path.read_bytes())
        del whole["document"]["$schema"]
        for layer in whole["annotations"].values():
            del layer["$schema"], layer["document"]
        expected = rows_of(sound)
        for options in ({}, {"ensure_ascii": False}, {"separators": (",", ":")}, {"sort_keys": True}):
            path.write_bytes(lines(whole, **options))
            assert found(root) == []
            assert rows_of(root) == expected

    @pytest.mark.parametrize("size", [1, 2, 3, 100])
    @pytest.mark.parametrize("cuts", [(), (1,), (2, 3), (0, 2, 2, 5)])
    def test_in_batches(self, tmp_path: Path, size: int, cuts: tuple[int, ...]) -> None:
        """Documents come in the order of files and lines, each with its rows, however they are batched."""
        values = [value(id_, TEXT, *(mark(n) for n in range(at))) for at, id_ in enumerate("abcde")]
        bounds = [0, *cuts, 5]
        parts = [lines(*values[first:last]) for first, last in pairwise(bounds)]
        reader = LinesReader(write(tmp_path / "own", *parts))
        ids, rows = [], []
        for batch, problems in reader.batches(size):
            assert problems == []
            assert len(batch.ids) <= size
            ids += batch.ids
            rows += [(row["document"], row["id"]) for row in batch.tables["marks"].to_pylist()]
        assert ids == list(reader.documents) == list("abcde")
        assert reader.count == 5
        assert rows == [(id_, f"m{n}") for at, id_ in enumerate("abcde") for n in range(at)]

    def test_a_batch_ends_when_it_is_large(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """Batches are bounded by the bytes that they hold, too."""
        monkeypatch.setattr("sidelines.lines.BATCH_BYTES", 300)
        reader = LinesReader(write(tmp_path / "own", lines(*map(value, "abcd"))))
        assert [batch.ids for batch, _ in reader.batches()] == [("a", "b"), ("c", "d")]

    @pytest.mark.parametrize("content", [(), (b"",), (b"", b"")])
    def test_no_documents(self, tmp_path: Path, content: tuple[bytes, ...]) -> None:
        """An empty file is a shard without documents; a folder without files lacks them."""
        root = write(tmp_path / "own", *content)
        if content:
            assert found(root) == []
            assert {name: len(rows) for name, rows in rows_of(root).items()} == {"documents": 0, "marks": 0, "links": 0}
            assert sidelines.build(root, tmp_path / "out").rows == {"documents": 0, "marks": 0, "links": 0}
        else:
            message = "expected files of JSON Lines in jsonl, such as part-00000.jsonl, found none"
            assert found(root) == [("F001", None, None, None, message)]
            with pytest.raises(SidelinesError):
                sidelines.build(root, tmp_path / "out")

    @pytest.mark.parametrize("block", [1, 7, 64, 2**18])
    @pytest.mark.parametrize("end", ["\n", "\r\n", " \t\r\n", ""])
    def test_line_ends_and_blocks(self, tmp_path: Path, block: int, end: str, monkeypatch: pytest.MonkeyPatch) -> None:
        """A line ends with a line feed, what stands before it is white space, and the last need not have one."""
        monkeypatch.setattr("sidelines.linefile.BLOCK", block)
        whole = [json.dumps(value(id_, "é\u2028😀")) for id_ in "abc"]
        content = (end or "\n").join(whole) + end
        root = write(tmp_path / "own", content.encode(), lines(value("d")))
        assert found(root) == []
        assert LinesReader(root).documents == ("a", "b", "c", "d")
        assert LinesReader(root).count == 4

    @pytest.mark.parametrize("ascii", [True, False])
    @pytest.mark.parametrize(
        "text",
        [
            "", "\ufeffone", "e\u0301 é", "a\u2028b\u2029c\x85", "😀 👩\u200d👩 \U0010ffff", "\r\n\t\x00\x1f\x7f",
            '"\\/\b\f', "\ud7ff\ue000\uffff", ":-:-0 [1.0] {", "日本語 \u202eabc",
        ],
    )  # fmt: skip
    def test_texts(self, tmp_path: Path, text: str, ascii: bool) -> None:
        """Every character is one, escaped or not, in texts and in rows, as it is in files."""
        marks = [{"id": f"m{at}", "start": at, "end": at + 1, "text": text[at], "label": "X", "note": text}
                 for at in range(len(text)) if not text[at].isspace()]  # fmt: skip
        links: list[Json] = []
        drawn = Drawn({"a": text}, {"a": marks}, {"a": links}).write(tmp_path / "files")
        root = write(tmp_path / "own", lines(value("a", text, *marks), ensure_ascii=ascii))
        assert [p.message for p in sidelines.check(root)] == [p.message for p in sidelines.check(drawn)]
        ours, theirs = (next(iter(open_corpus(place).batches()))[0] for place in (root, drawn))
        assert ours.documents.equals(theirs.documents)
        assert ours.tables["marks"].equals(theirs.tables["marks"])
        assert ours.text(0) == text

    @pytest.mark.parametrize("longest", [50_000, 0])
    def test_values(self, own: Path, tmp_path: Path, longest: int, monkeypatch: pytest.MonkeyPatch) -> None:
        """Numbers, days and truth values are those of files, also where a schema is too large for a pattern."""
        monkeypatch.setattr("sidelines.grammar.LONGEST", longest)
        root = as_lines(own, tmp_path / "lines")
        assert found(root) == []
        assert rows_of(root) == rows_of(own)
        path = root / "jsonl" / "part-00000.jsonl"
        raw = path.read_bytes()
        for spelt in (b"0.50", b"5e-1", b"0.05E+1", b"5E-1"):
            path.write_bytes(raw.replace(b'"weight": 0.5', b'"weight": ' + spelt))
            assert rows_of(root) == rows_of(own)
        path.write_bytes(
            raw.replace(b'"weight": 0.5', b'"weight": 1').replace(b"-9223372036854775808", b"9223372036854775807")
        )
        row = rows_of(root)["marks"][2]
        assert (row["weight"], row["count"]) == (1.0, 9223372036854775807)

    @pytest.mark.parametrize("spelt", [rb"\u002d", rb"\u003a", rb"\u003A", rb"\u002D"])
    def test_escapes_of_what_is_counted(self, tmp_path: Path, spelt: bytes) -> None:
        """A colon or a hyphen may be escaped, in a string and in a key; it means the same."""
        character = json.loads(b'"' + spelt + b'"')
        whole = lines(value("a", f"one{character}two", mark(1, note=character)))
        plain, escaped = (write(tmp_path / name, whole) for name in ("plain", "escaped"))
        path = escaped / "jsonl" / "part-00000.jsonl"
        path.write_bytes(whole.replace(b"one" + character.encode() + b"two", b"one" + spelt + b"two"))
        assert found(escaped) == []
        assert rows_of(escaped) == rows_of(plain)

    def test_a_layer_whose_table_is_optional(self, tmp_path: Path) -> None:
        """What a schema does not demand may be left out of a line, too."""
        root = write(tmp_path / "own", lines(value("a", TEXT, mark(1))))
        path = root / "schema" / "marks.schema.json"
        schema = json.loads(path.read_bytes())
        schema["required"].remove("links")
        path.write_text(json.dumps(schema, indent=2, ensure_ascii=False) + "\n", encoding="utf-8", newline="\n")
        whole = value("a", TEXT, mark(1))
        del whole["annotations"]["marks"]["links"]
        (root / "jsonl" / "part-00000.jsonl").write_bytes(lines(whole))
        assert found(root) == []
        assert [len(rows) for rows in rows_of(root).values()] == [1, 1, 0]

    def test_in_a_store(self, tmp_path: Path) -> None:
        """Files in a store are read as those of a folder, also the last documents of the files before."""
        root = write(tmp_path / "own", lines(value("a"), value("c")), lines(value("b", TEXT, mark(1, start=1))))
        store = Store(root.as_uri())
        assert find_form(store) == (store, "lines")
        reader = LinesReader(store)
        assert (reader.count, reader.documents) == (3, ("a", "c", "b"))
        problems = [problem for _, found in reader.batches() for problem in found]
        assert [(p.code, p.path, p.line) for p in problems] == [("P003", "jsonl/part-00001.jsonl", 1)]


# -- places ------------------------------------------------------------------------------------------------------------

WHOLE = (
    '{"document": {"id": "ID", "characters": 3, "sha256": "SHA"}, "text": "one", "annotations": '
    '{"marks": {"marks": [{"id": "m1", "start": 0, "end": 3, "text": "one", "label": "X"}], "links": []}}}'
).replace("SHA", sha256(b"one").hexdigest())
A, B = (WHOLE.replace("ID", id_) for id_ in "ab")
MARKS = '{"marks": [{"id": "m1", "start": 0, "end": 3, "text": "one", "label": "X"}], "links": []}'
TWICE = "expected each property once in an object, found"
NAME = (
    "id: expected a name of lower-case letters, digits, '.', '_' and '-', not 'corpus' and no device of Windows, found"
)
SHA = "7692c3ad3540bb803c020b3aee66cd8887123234ea0c6e7143c0add73ff431ed"


def second(tmp_path: Path, line: str | bytes) -> list[tuple[str, int | None, int | None, str | None, str]]:
    """What is found in a corpus of two lines, of which the first is in order."""
    raw = line if isinstance(line, bytes) else line.encode()
    return found(write(tmp_path / "own", A.encode() + b"\n" + raw + b"\n"))


@pytest.mark.parametrize(
    ("before", "after", "code", "column", "message"),
    [
        (b'"one"', b'"\xff"', "F101", 131, "expected UTF-8, found the byte 0xff at offset 130 (invalid start byte)"),
        (b'{"doc', b'\xef\xbb\xbf{"doc', "F102", 1,
         "expected JSON from the first byte on, found a byte order mark (U+FEFF)"),
        (B.encode(), b"", "F103", 1, "expected a JSON value, found the end of the line"),
        (B.encode(), b"\r", "F103", 2, "expected a JSON value, found the end of the line"),
        (b"[]}}}", b"[", "F103", 249, "expected a JSON value, found the end of the line"),
        (b"[]}}}", b"[]", "F103", 250, "expected ',' or '}', found the end of the line"),
        (b"[]}}}", b"[]}}} {}", "F103", 254, "expected the end of the line, found '{'"),
        (b'"one"', b"'one'", "F103", 130, """expected a JSON value, found "'\""""),
        (b'"start": 0', b'"start": 00', "F103", 195, "00 is no JSON number"),
        (b'"start": 0', b'"start": NaN', "F103", 195, "expected a JSON value, found 'NaN'"),
        (b'"start": 0', b'"start": -Infinity', "F103", 195, "-Infinity is no JSON number"),
        (b'"start": 0', b'"start": 0, "start": 0', "F104", 198, f"{TWICE} 'start' twice"),
        (b'"start": 0', b'"start": 0, "st\\u0061rt": 1', "F104", 198, f"{TWICE} 'start' twice"),
        (b'"text": "one", "ann', b'"text": "one", "text": "one", "ann', "F104", 137, f"{TWICE} 'text' twice"),
        (b'"start": 0', b'"start": 9223372036854775808', "F105", 195,
         "expected an integer that fits 64 bits, found 9223372036854775808"),
        (b'"label"', b'"weight": 1e-400, "label"', "F105", 233,
         "expected a number that fits 64 bits, found 1e-400"),
        (b'"label"', b'"weight": 1e400, "label"', "F105", 233, "expected a number that fits 64 bits, found 1e400"),
        (b'"one"', b'"o\\ud800e"', "F106", 132, "expected characters, found a lone surrogate, \\ud800"),
        (b'"label"', b'"note": ' + b"[" * 61 + b"]" * 61 + b', "label"', "F107", 290,
         "expected at most 64 levels of objects and arrays, found more"),
    ],
)  # fmt: skip
def test_lines_that_are_no_strict_json(
    tmp_path: Path, before: bytes, after: bytes, code: str, column: int, message: str
) -> None:
    """Are one problem each, with line and column; the lines around them are read."""
    assert before in B.encode()
    raw = B.encode().replace(before, after, 1)
    assert second(tmp_path, raw) == [(code, 2, column, None, message)]
    assert LinesReader(tmp_path / "own").count == 2


@pytest.mark.parametrize(
    ("before", "after", "code", "column", "pointer", "message"),
    [
        ('"start": 0', '"start": 0.0', "S103", 195, "marks/0/start", "start: expected an integer, found 0.0"),
        ('"start": 0', '"start": -0', "S103", 195, "marks/0/start", "start: expected an integer, found -0.0"),
        ('"start": 0', '"start": true', "S103", 195, "marks/0/start", "start: expected an integer, found true"),
        ('"start": 0', '"start": 0e0', "S103", 195, "marks/0/start", "start: expected an integer, found 0.0"),
        ('"start": 0', '"start": null', "S103", 195, "marks/0/start", "start: expected an integer, found null"),
        ('"X"', '"W"', "S104", 232, "marks/0/label", 'label: expected one of "X", "Y", "Z", found "W"'),
        ('"m1"', '"1"', "S105", 180, "marks/0/id", 'id: expected a match of ^[a-z][0-9]{1,4}$, found "1"'),
        ('"label"', '"lable": 1, "label"', "S102", 223, "marks/0/lable",
         "unknown property 'lable'; did you mean 'label'? There are: also, code, count, end, id, label, next, note, "
         "seen, start, sure, text, weight"),
        (', "links": []', "", "S101", 162, "", "expected a property 'links', found 'marks'"),
        ('"end": 3', '"end": 2', "O004", 216, "marks/0/text",
         "text: expected ‘on’, which stands there, found ‘one’; it does begin there, and ends at 3"),
        ('"links": []', '"links": [], "document": "a"', "F201", 264, "document",
         "document: expected 'b', the id of the document, found 'a'"),
        ('"links": []', '"links": [], "$schema": "x"', "F202", 263, "$schema",
         "$schema: expected '../../schema/marks.schema.json', found 'x'"),
        ('"characters": 3', '"characters": 4', "T003", 40, "/document/characters",
         "characters: expected 4, found 3 code points; the spans of the document are not checked until they agree"),
        ('"sha256": "', '"sha256": "Z', "S105", 53, "/document/sha256",
         f'sha256: expected a match of ^[0-9a-f]{{64}}$, found "Z{SHA}"'),
        ('"characters": 3, ', "", "S101", 14, "/document", "expected a property 'characters', found 'id', 'sha256'"),
        ('"id": "b"', '"id": 3', "S103", 21, "/document/id", "id: expected a string, found 3"),
        ('"id": "b", ', "", "S101", 14, "/document", "expected a property 'id', found 'characters', 'sha256'"),
        ('"id": "b"', '"id": "B"', "F003", 21, "/document/id", f"{NAME} 'B'"),
        ('"id": "b"', '"id": "con.x"', "F003", 21, "/document/id", f"{NAME} 'con.x'"),
        ('"id": "b"', '"id": "a"', "P003", 21, "/document/id",
         "expected documents in the order of their ids, each once, found 'a' after 'a'"),
        ('"id": "b"', '"id": "b", "$schema": "x"', "F202", 37, "/document/$schema",
         "$schema: expected '../schema/document.schema.json', found 'x'"),
        ('"text": "one", "ann', '"text": 3, "ann', "S103", 130, "/text", "text: expected a string, found 3"),
        ('"text": "one", "ann', '"ann', "S101", 1, "/",
         "expected a property 'text', found 'document', 'annotations'"),
        ('"text": "one", "ann', '"txt": 1, "text": "one", "ann', "S102", 122, "/txt",
         "unknown property 'txt'; did you mean 'text'? There are: annotations, document, text"),
        ('{"marks": {"marks"', '{"mark": {}, "marks": {"marks"', "S102", 153, "/annotations/mark",
         "unknown property 'mark'; did you mean 'marks'? There are: marks"),
        (f'"marks": {MARKS}', "", "S101", 152, "/annotations",
         "annotations: expected a property 'marks', found no property at all"),
        (f'{{"marks": {MARKS}}}', "[]", "S103", 152, "/annotations", "annotations: expected an object, found []"),
        (MARKS, "null", "S103", 162, "/annotations/marks", "marks: expected an object, found null"),
        (B, "3", "S103", 1, "/", "expected an object, found 3"),
        (B, "[]", "S103", 1, "/", "expected an object, found []"),
    ],
)  # fmt: skip
def test_values_that_are_not_of_their_shape(
    tmp_path: Path, before: str, after: str, code: str, column: int, pointer: str, message: str
) -> None:
    """Have the codes and words that they have in files, and their place in the line."""
    assert before in B
    where = pointer if pointer.startswith("/") else f"/annotations/marks/{pointer}"
    assert second(tmp_path, B.replace(before, after, 1)) == [(code, 2, column, where.rstrip("/"), message)]


def test_two_faults_of_one_line(tmp_path: Path) -> None:
    """Neither hides the other: a layer is looked at though the metadata are not in order, for patterns, too."""
    line = B.replace('"characters": 3', '"characters": "3"').replace('"m1"', '"1"')
    assert [problem[0::3] for problem in second(tmp_path, line)] == [
        ("S103", "/document/characters"), ("S105", "/annotations/marks/marks/0/id"),
    ]  # fmt: skip
    own = value("a", TEXT, mark(1, code="x"), mark(2, label="W"), mark(3, text="two"))
    own["document"]["sha256"] = "Z"
    problems = found(write(tmp_path / "more", lines(own)))
    assert [(code, pointer) for code, _, _, pointer, _ in problems] == [
        ("S105", "/document/sha256"), ("S105", "/annotations/marks/marks/0/code"),
        ("S104", "/annotations/marks/marks/1/label"),
    ]  # fmt: skip


def test_sound_rows_beside_lost_ones(tmp_path: Path) -> None:
    """Are judged, and found in their place: rows that were lost count."""
    own = value("a", TEXT, mark(1, code="x"), mark(2, label="W"), mark(3, text="two"), mark(4))
    root = write(tmp_path / "own", lines(value("A"), own))
    assert [(p.code, p.line, p.pointer, p.id) for p in sidelines.check(root)] == [
        ("F003", 1, "/document/id", None), ("S105", 2, "/annotations/marks/marks/0/code", "m1"),
        ("S104", 2, "/annotations/marks/marks/1/label", "m2"), ("O004", 2, "/annotations/marks/marks/2/text", "m3"),
    ]  # fmt: skip
    batch = next(iter(LinesReader(root).batches()))[0]
    assert batch.tables["marks"]["id"].to_pylist() == ["m3", "m4"]
    assert batch.lost["marks"] == {0: ((0, "m1"), (1, "m2"))}


def test_a_table_that_is_no_array(tmp_path: Path) -> None:
    """Is not of its shape, and counts as not read."""
    own = value("a", TEXT, mark(1))
    own["annotations"]["marks"]["marks"] = {}
    assert [problem[0::3] for problem in found(write(tmp_path / "own", lines(own)))] == [
        ("S103", "/annotations/marks/marks")
    ]


# -- the order of documents --------------------------------------------------------------------------------------------


class TestOrder:
    def test_in_a_file(self, tmp_path: Path) -> None:
        """A document that comes too early is one problem, and the others are read."""
        root = write(tmp_path / "own", lines(*map(value, ["a", "c", "b", "c", "d"])))
        after = "expected documents in the order of their ids, each once, found"
        assert found(root) == [
            ("P003", 3, 21, "/document/id", f"{after} 'b' after 'c'"),
            ("P003", 4, 21, "/document/id", f"{after} 'c' after 'c'"),
        ]
        assert next(iter(LinesReader(root).batches()))[0].ids == ("a", "c", "d")

    @pytest.mark.parametrize("jobs", [1, 2])
    def test_over_files(self, tmp_path: Path, jobs: int) -> None:
        """The order goes on in the next file, whoever reads it; files without documents have no last one."""
        parts = ["ab", "c", "", "cd", "a", "e"]
        root = write(tmp_path / "own", *(lines(*map(value, part)) for part in parts))
        assert [(p.code, p.path, p.line, p.message[-13:]) for p in sidelines.check(root, jobs=jobs)] == [
            ("P003", "jsonl/part-00003.jsonl", 1, "'c' after 'c'"),
            ("P003", "jsonl/part-00004.jsonl", 1, "'a' after 'd'"),
        ]

    @pytest.mark.parametrize("block", [1, 50, 2**18])
    @pytest.mark.parametrize(
        "last", [b"", b'{"document": {"id": "zz"', b"\xff\n", b"{}\n", b'{"document": {"id": "Z"}}\n', b"[" * 9999]
    )
    def test_a_last_line_that_is_none(
        self, tmp_path: Path, block: int, last: bytes, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """The document before it is the last one."""
        monkeypatch.setattr("sidelines.linefile.BLOCK", block)
        root = write(tmp_path / "own", lines(value("a"), value("m")) + last, lines(value("b"), value("n")))
        assert LinesReader(root).last_before("part-00001.jsonl") == "m"

    def test_nothing_but_long_lines(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """No more is looked at than what a line may have."""
        monkeypatch.setattr("sidelines.linefile.BLOCK", 4)
        root = write(tmp_path / "own", lines(value("a")), lines(value("m")) + b"x" * 20_000, lines(value("p")))
        assert LinesReader(root, Limits(file_bytes=5_000)).last_before("part-00002.jsonl") == "a"
        assert LinesReader(root, Limits(file_bytes=30_000)).last_before("part-00002.jsonl") == "m"

    def test_a_file_that_cannot_be_read(self, tmp_path: Path) -> None:
        """The one before it has the last document."""
        root = write(tmp_path / "own", lines(value("a")), b"", lines(value("b")))
        (root / "jsonl" / "part-00001.jsonl").unlink()
        (root / "jsonl" / "part-00001.jsonl").mkdir()
        assert LinesReader(root).last_before("part-00002.jsonl") == "a"
        assert [(p.code, p.path, p.message) for p in sidelines.check(root, jobs=1)] == [
            ("F004", "jsonl/part-00001.jsonl", "expected a file, found a folder")
        ]
        assert LinesReader(root).documents == ("a", "b")
        assert LinesReader(root).count == 2


# -- limits ------------------------------------------------------------------------------------------------------------


class TestLimits:
    @pytest.mark.parametrize("block", [1, 64, 2**18])
    def test_lines_that_are_too_long(self, tmp_path: Path, block: int, monkeypatch: pytest.MonkeyPatch) -> None:
        """A line may be just as long as the limit; of a longer one, nothing is kept."""
        monkeypatch.setattr("sidelines.linefile.BLOCK", block)
        whole = B.encode() + b" " * 4_748
        assert len(whole) == 5_000
        root = write(tmp_path / "own", A.encode() + b" " * 4_749 + b"\n" + whole + b"\n" + b" " * 9_000)
        limits = Limits(file_bytes=5_000)
        assert found(root, limits=limits) == [
            ("F005", 1, 1, None, "expected a line of at most 5,000 bytes, found 5,001"),
            ("F005", 3, 1, None, "expected a line of at most 5,000 bytes, found 9,000"),
        ]
        assert LinesReader(root, limits).documents == ("b",)

    def test_depth(self, tmp_path: Path) -> None:
        """Is that of the line; where the schemas allow more than the limit, lines are still read."""
        root = write(tmp_path / "own", lines(value("a", TEXT, mark(1))))
        assert found(root, limits=Limits(depth=5)) == []
        assert [problem[:3] for problem in found(root, limits=Limits(depth=4))] == [("F107", 1, 184)]
        assert rows_of(root)["marks"] == [
            row
            for batch, _ in LinesReader(root, Limits(depth=5)).batches()
            for row in batch.tables["marks"].to_pylist()
        ]

    @pytest.mark.parametrize("spelt", [b'"marks": [', b'"marks": [ '])
    def test_rows(self, tmp_path: Path, spelt: bytes) -> None:
        """A table with more counts as not read, with its own problem and no other; it stays so when others are lost."""
        own = value("a", TEXT, mark(1), mark(2), mark(3, next="m9"), links=[])
        raw = lines(own).replace(b'"marks": [', spelt)
        root = write(tmp_path / "own", raw)
        assert found(root, limits=Limits(rows=2)) == [
            ("S107", 1, 174, "/annotations/marks/marks", "marks: expected at most 2 rows, found 3")
        ]
        span = {"start": 0, "end": 3, "text": "one"}
        own["annotations"]["marks"]["links"] = [{"id": "L", "parts": [span], "of": "m1"}]
        (root / "jsonl" / "part-00000.jsonl").write_bytes(lines(own))
        problems = found(root, limits=Limits(rows=2))
        assert [problem[0::3] for problem in problems] == [
            ("S107", "/annotations/marks/marks"), ("S105", "/annotations/marks/links/0/id"),
        ]  # fmt: skip


# -- the folder --------------------------------------------------------------------------------------------------------


class TestFolder:
    def test_which_is_which(self, tmp_path: Path) -> None:
        """A corpus of files comes before a build, and that before JSON Lines."""
        root = write(tmp_path / "own")
        assert find_form(root) == (root, "lines")
        (root / "parquet").mkdir()
        assert form(root) == "build"
        (root / "parquet").rmdir()
        (root / "corpus").mkdir()
        (root / "corpus" / "corpus.json").touch()
        assert form(root) == "files"

    def test_the_folder_of_the_lines(self, tmp_path: Path) -> None:
        """Is not the corpus, which stands around it."""
        root = write(tmp_path / "own", lines(value("a")))
        with pytest.raises(SidelinesError, match=rf"found a folder of one; did you mean {re.escape(str(root))}\?$"):
            find(root / "jsonl")

    def test_names_that_would_change_places(self, tmp_path: Path) -> None:
        """Files are in the order that the parts of a build of them will have: one that is clean stays so."""
        root = write(tmp_path / "own", lines(value("b")), lines(value("a")))
        for name, other in (("part-00000", "docs"), ("part-00001", "docs.new")):  # .jsonl < .new < .parquet
            (root / "jsonl" / f"{name}.jsonl").rename(root / "jsonl" / f"{other}.jsonl")
        assert list(sidelines.check(root)) == []
        built = sidelines.build(root, tmp_path / "build").out
        assert list(sidelines.check(built)) == []
        assert sidelines.read(built).documents == sidelines.read(root).documents == ("a", "b")

    def test_a_document_of_a_pattern(self, tmp_path: Path) -> None:
        """That an id does not keep to, in a line whose layer is missing or of another shape."""
        bare, other = value("aa"), value("bb")
        bare["annotations"] = {}
        other["annotations"]["marks"] = 5
        root = write(tmp_path / "own", lines(bare, other))
        schema = root / "schema" / "marks.schema.json"
        raw = schema.read_bytes()
        pattern = raw.replace(
            b'"description": "The document."', b'"pattern": "^[0-9]$",\n      "description": "The document."'
        )
        assert pattern != raw
        schema.write_bytes(pattern)
        assert [(code, line, pointer) for code, line, _, pointer, _ in found(root)] == [
            ("S101", 1, "/annotations"), ("S103", 2, "/annotations/marks"),
        ]  # fmt: skip

    def test_a_document_without_an_id(self, tmp_path: Path) -> None:
        """Is nothing that a layer could disagree with."""
        strange = value("a")
        strange["document"]["id"] = 5
        strange["annotations"]["marks"]["document"] = "a"
        root = write(tmp_path / "own", lines(strange))
        assert [(code, pointer) for code, _, _, pointer, _ in found(root)] == [("S103", "/document/id")]

    def test_strangers(self, tmp_path: Path) -> None:
        """What ends otherwise is no file of lines, and reported; hidden files are left in peace."""
        root = write(tmp_path / "own", lines(value("a")))
        for name in (".hidden", "notes.txt", "part.jsonl.gz"):
            (root / "jsonl" / name).touch()
        expected = "expected files of JSON Lines, such as part-00000.jsonl, found"
        assert [(p.code, p.path, p.message) for p in sidelines.check(root)] == [
            ("F002", "jsonl/notes.txt", f"{expected} 'notes.txt'"),
            ("F002", "jsonl/part.jsonl.gz", f"{expected} 'part.jsonl.gz'"),
        ]
        (root / "jsonl" / "part-00000.jsonl").unlink()
        assert [p.code for p in sidelines.check(root)] == ["F001", "F002", "F002"]

    @pytest.mark.skipif(os.name == "nt", reason="names have no line breaks there")
    def test_names_that_cannot_be_printed(self, tmp_path: Path) -> None:
        """Could not stand in the sums of a build."""
        root = write(tmp_path / "own", lines(value("a")))
        (root / "jsonl" / "a\n.jsonl").touch()
        assert [(p.code, p.path) for p in sidelines.check(root)] == [("F003", "jsonl/a\\u000a.jsonl")]

    @pytest.mark.skipif(os.name != "posix", reason="links need no rights here")
    def test_links(self, tmp_path: Path) -> None:
        """That lead out of the corpus are not followed, nor pipes opened; a link to nothing is missed."""
        root = write(tmp_path / "own", lines(value("a")))
        (root / "jsonl" / "part-00000.jsonl").rename(tmp_path / "part.jsonl")
        (root / "jsonl" / "part-00000.jsonl").symlink_to(tmp_path / "part.jsonl")
        (root / "jsonl" / "part-00001.jsonl").symlink_to("gone")
        os.mkfifo(root / "jsonl" / "part-00002.jsonl")
        assert [(p.code, p.path, p.message) for p in sidelines.check(root, jobs=1)] == [
            ("F006", "jsonl/part-00000.jsonl",
             f"expected what is inside the corpus, found a link to {tmp_path / 'part.jsonl'}, which is not"),
            ("F001", "jsonl/part-00001.jsonl", "expected the file jsonl/part-00001.jsonl, found none"),
            ("F004", "jsonl/part-00002.jsonl", "expected a file, found a pipe"),
        ]  # fmt: skip
        (root / "jsonl").rename(tmp_path / "jsonl")
        (root / "jsonl").symlink_to(tmp_path / "jsonl")
        assert [(p.code, p.path) for p in sidelines.check(root)] == [("F006", "jsonl")]

    def test_a_folder_that_cannot_be_listed(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """Is that problem, and not said to be empty."""
        root = write(tmp_path / "own", lines(value("a")))
        scan = os.scandir

        def refuse(path: Any) -> Any:
            if Path(path).name == "jsonl":
                raise PermissionError(errno.EACCES, "Permission denied")
            return scan(path)

        monkeypatch.setattr(os, "scandir", refuse)
        assert [(p.code, p.path) for p in sidelines.check(root)] == [("F004", "jsonl")]

    @pytest.mark.parametrize("kind", ["short", "broken"])
    def test_a_file_that_ends_early(self, tmp_path: Path, kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
        """What a store gives back may be less than the file; the lines that came are read."""

        class Short:
            def __init__(self, raw: bytes) -> None:
                self.pieces = [raw, b""] if kind == "short" else [raw]

            def __enter__(self) -> Short:
                return self

            def __exit__(self, *_: object) -> None:
                return

            def seek(self, offset: int, whence: int = 0) -> int:
                return 1_000

            def read(self, size: int) -> bytes:
                if not self.pieces:
                    raise OSError("broken pipe")
                return self.pieces.pop(0)

        root = write(tmp_path / "own", lines(value("a")))
        monkeypatch.setattr("sidelines.stores.StoredFile.stream", lambda file: Short(lines(value("a"))))
        ((batch, problems),) = LinesReader(Store(root.as_uri())).batches()
        size = len(lines(value("a")))
        why = f"expected 1,000 bytes, found {size}" if kind == "short" else "broken pipe"
        assert [(p.code, p.message) for p in problems] == [("F004", f"cannot be read: {why}")]
        assert batch.ids == ("a",)

    def test_without_schemas(self, tmp_path: Path) -> None:
        """Nothing is read without that of the metadata; without that of a layer, the others are judged."""
        root = write(tmp_path / "own", lines(value("a")))
        (root / "schema" / "document.schema.json").unlink()
        assert [p.code for p in sidelines.check(root)] == ["S001"]
        assert LinesReader(root).shards == ()
        shutil.copy(ROOT / "schema" / "document.schema.json", root / "schema")
        (root / "schema" / "marks.schema.json").unlink()
        (root / "jsonl" / "part-00000.jsonl").write_bytes(lines(value("a"), value("b") | {"text": 3}))
        assert [(p.code, p.line) for p in sidelines.check(root)] == [("S103", 2), ("S001", None)]

    @pytest.mark.parametrize("content", [b"{", b'{"layers": 3}'])
    def test_layers_that_are_not_known(self, tmp_path: Path, content: bytes) -> None:
        """Are not said to be too many."""
        root = write(tmp_path / "own", lines(value("a")))
        (root / "corpus.json").write_bytes(content)
        assert {p.path for p in sidelines.check(root)} == {"corpus.json"}

    def test_version_and_changelog(self, tmp_path: Path) -> None:
        """Those beside it have to agree with its own, as for a corpus of files."""
        root = write(tmp_path / "own", lines(value("a")))
        (root / "pyproject.toml").write_text('[project]\nname = "own"\nversion = "2.0.0"\n', encoding="utf-8")
        assert [p.code for p in sidelines.check(root)] == ["C001"]


# -- what is made of it ------------------------------------------------------------------------------------------------


class TestBuild:
    def test_of_one_file(self, sound: Path, tmp_path: Path) -> None:
        """Has the same bytes as the build of the files."""
        twice(sound)
        sidelines.build(sound, tmp_path / "files")
        sidelines.build(as_lines(sound, tmp_path / "lines"), tmp_path / "built")
        assert (tmp_path / "built" / "SHA256SUMS").read_bytes() == (tmp_path / "files" / "SHA256SUMS").read_bytes()
        assert sidelines.verify(tmp_path / "built").ok

    @pytest.mark.parametrize("jobs", [1, 2])
    def test_of_several_files(self, sound: Path, tmp_path: Path, jobs: int) -> None:
        """Each is a part of its name."""
        twice(sound)
        twice(sound, "zoo")
        sidelines.build(sound, tmp_path / "files", part_documents=1, jobs=1)
        root = as_lines(sound, tmp_path / "lines", [1, 2])
        made = sidelines.build(root, tmp_path / "built", jobs=jobs)
        assert (made.parts, made.rows["documents"]) == (3, 3)
        assert (tmp_path / "built" / "SHA256SUMS").read_bytes() == (tmp_path / "files" / "SHA256SUMS").read_bytes()
        (root / "jsonl" / "part-00002.jsonl").rename(root / "jsonl" / "z.jsonl")
        sidelines.build(root, tmp_path / "built", jobs=jobs)
        parts = sorted(path.name for path in (tmp_path / "built" / "parquet" / "dates.parquet").iterdir())
        assert parts == ["part-00000.parquet", "part-00001.parquet", "z.parquet"]

    def test_what_a_part_is_made_from(self, tmp_path: Path) -> None:
        """The file of its lines, corpus.json, the schemas, and the files that say what its first document follows."""
        reader = LinesReader(write(tmp_path / "own", lines(value("a")), lines(value("b")), b"", lines(value("c"))))
        names = ["corpus.json", *(f"schema/{name}.schema.json" for name in ("corpus", "document", "marks"))]
        assert list(reader.files("part-00000.jsonl")) == [*names, "jsonl/part-00000.jsonl"]
        assert list(reader.files("part-00003.jsonl")) == [
            *names, "jsonl/part-00002.jsonl", "jsonl/part-00001.jsonl", "jsonl/part-00003.jsonl",
        ]  # fmt: skip

    def test_goes_on_where_it_was(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """A part that is finished is kept; not when a document before it came that stands behind its own."""
        root = write(tmp_path / "own", lines(value("a")), lines(value("b")), lines(value("c")))
        made: list[str | None] = []
        write_part = sidelines.builder.write

        def counted(part: Any, tell: Any = None) -> Any:
            if part.name == "part-00002.parquet" and len(made) == 2:
                raise KeyboardInterrupt
            made.append(part.name)
            return write_part(part, tell)

        monkeypatch.setattr("sidelines.builder.write", counted)
        with pytest.raises(KeyboardInterrupt):
            sidelines.build(root, tmp_path / "out", jobs=1)
        (root / "jsonl" / "part-00000.jsonl").write_bytes(lines(value("a"), value("bb")))
        with pytest.raises(SidelinesError, match="1 error, so nothing was built"):
            sidelines.build(root, tmp_path / "out", jobs=1)
        assert made[2:] == ["part-00000.parquet", "part-00001.parquet", "part-00002.parquet"]

    def test_the_size_of_parts(self, tmp_path: Path) -> None:
        """Is that of the files."""
        root = write(tmp_path / "own", lines(value("a")))
        with pytest.raises(SidelinesError) as caught:
            sidelines.build(root, tmp_path / "out", part_documents=3)
        assert str(caught.value) == f"{root}: each file of JSON Lines makes a part of a build; leave their size out"

    def test_with_errors(self, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        """Nothing is built, and the problem is shown with its place."""
        root = write(tmp_path / "own", A.encode() + b"\n" + B.replace('"end": 3', '"end": 2').encode())
        assert main(["build", str(root), "--out", str(tmp_path / "out")]) == 1
        assert "jsonl/part-00000.jsonl:2:216: O004" in capsys.readouterr().out
        assert not (tmp_path / "out").exists()

    def test_commands(self, sound: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        """`check` and `tables` take them, and `fmt` says why it does not."""
        root = as_lines(sound, tmp_path / "lines")
        assert main(["check", str(root)]) == 0
        assert capsys.readouterr().out == "clean: 1 document, 33 rows\n"
        assert main(["tables", str(sound)]) == 0
        expected = capsys.readouterr().out
        assert main(["tables", str(root)]) == 0
        assert capsys.readouterr().out == expected
        assert main(["fmt", str(root)]) == 2
        assert capsys.readouterr().err.endswith(
            f"{root}: expected a corpus of files, found JSON Lines, which need no canonical form and stay as they are\n"
        )

    @pytest.mark.parametrize("jobs", [1, 2])
    def test_the_report_is_the_same_for_any_number_of_jobs(self, sound: Path, tmp_path: Path, jobs: int) -> None:
        """Each file is one piece of work."""
        twice(sound)
        path = sound / "annotations" / "visit-2" / "dates.json"
        path.write_bytes(path.read_bytes().replace(b'"start": 95', b'"start": 94'))
        report = sidelines.check(as_lines(sound, tmp_path / "lines", [1]), jobs=jobs)
        assert [(p.code, p.path, p.line, p.document) for p in report] == [
            ("O004", "jsonl/part-00001.jsonl", 1, "visit-2")
        ]
        assert report.documents == 2


# -- as files ----------------------------------------------------------------------------------------------------------

FAULTS: list[tuple[str, bytes, bytes]] = [
    ("dates", b'"start": 95', b'"start": 94'),
    ("dates", b'"anchor": "d1"', b'"anchor": "d2"'),
    ("dates", b'"start": 95', b'"start": 95.0'),
    ("dates", b'"type": "DATE"', b'"type": "DAY"'),
    ("entities", b'"id": "m5"', b'"id": "m4"'),
    ("entities", b'"id": "m5"', b'"id": "5"'),
    ("entities", b'"entity": "e4"', b'"entity": "e9"'),
    ("entities", b'"text": "Oslo"', b'"text": "Olso"'),
    ("entities", b'"text": "Oslo"', b'"text": ""'),
    ("quotes", b'"kind": "direct"', b'"kind": "mixed"'),
    ("quotes", b'"parent": "q3"', b'"parent": "q4"'),
    ("structure", b'"start": 0, "end": 25', b'"start": 1, "end": 25'),
    ("structure", b'"Leave a Reply"', b'"Leave a reply"'),
    ("structure", b'"id": "b1", ', b""),
]


@pytest.mark.parametrize(("layer", "before", "after"), FAULTS)
def test_files_and_lines_have_the_same_problems(
    sound: Path, tmp_path: Path, layer: str, before: bytes, after: bytes
) -> None:
    """A fault in the files is the same fault in lines, at its place in them."""
    twice(sound)
    path = sound / "annotations" / "visit" / f"{layer}.json"
    assert before in path.read_bytes()
    path.write_bytes(path.read_bytes().replace(before, after, 1))
    expected = same(sidelines.check(sound))
    assert expected
    assert same(sidelines.check(as_lines(sound, tmp_path / "lines", [1]))) == expected


def same(problems: Any) -> list[tuple[Any, ...]]:
    """What problems have in common, whether they were found in files or in lines."""
    return sorted(key(problem) for problem in problems if problem.code != "F108")


def key(problem: Problem) -> tuple[Any, ...]:
    path, where = problem.path or "", problem.pointer
    if path.startswith("jsonl/"):
        path = ""
    elif path.startswith("annotations/"):
        path, where = "", f"/annotations/{Path(path).stem}{where}"
    elif path.startswith("corpus/") and path != "corpus/corpus.json":
        path, where = "", f"/document{where}"
    path = "corpus.json" if path == "corpus/corpus.json" else path
    own = (problem.code, path, where or "", problem.document or "", problem.table or "", problem.id or "")
    return (*own, problem.start or -1, problem.end or -1, problem.message)


OF_ROWS = [mutation for mutation in MUTATIONS.values() if mutation.code[0] not in "FPC" and mutation.code != "T001"]


@pytest.mark.slow
@settings(COSTLY, suppress_health_check=list(HealthCheck))
@given(testing.corpora() | testing.corpora(OWN / "schema"), st.sampled_from(OF_ROWS), st.data())
def test_mutated_files_and_lines_have_the_same_problems(
    corpus: testing.DrawnCorpus, mutation: Mutation, data: st.DataObject
) -> None:
    """Every fault of the catalogue, in any corpus."""
    broken = mutation.apply(corpus, data.draw)
    assume(broken is not None)
    assert broken is not None
    folder = Path(tempfile.mkdtemp())
    files = broken.write(folder / "files")
    documents = len(list((files / "corpus").glob("*.txt")))
    cuts = sorted(data.draw(st.lists(st.integers(0, documents), max_size=2)))
    expected = same(sidelines.check(files, limits=broken.limits, jobs=1))
    assert expected
    assert same(sidelines.check(as_lines(files, folder / "lines", cuts), limits=broken.limits, jobs=1)) == expected


@pytest.fixture(scope="module")
def shape() -> Shape:
    """What a line of the layer of `tests/own` is."""
    root = write(Path(tempfile.mkdtemp()) / "own")
    return LinesReader(root).shape


@pytest.fixture(scope="module")
def built_in() -> Shape:
    """What a line of the built-in layers is, none of which has numbers."""
    root = Path(tempfile.mkdtemp()) / "lines"
    (root / "jsonl").mkdir(parents=True)
    shutil.copytree(ROOT / "schema", root / "schema")
    shutil.copy(ROOT / "corpus" / "corpus.json", root / "corpus.json")
    return LinesReader(root).shape


LINES = [
    line_of(OWN, "one").replace(b"-9223372036854775808", b"-7"),
    line_of(Path(__file__).parent / "cases" / "base", "visit"),
]
PIECES = [b"-0", b"0", b".0", b"e0", b":", b"-", b'"', b"\\", b"\\u003a", b"\\u002d", b"\\ud800", b"\\ud83d\\ude00",
          b",", b"{", b"}", b"[", b"]", b"\xff", b"\xed\xa0\x80", b"\x00", b"1e-400", b"12345678901234567890", b" ",
          b"\r", b"null", b"true", b'"id": "m1", ', b'"start": 0, ', b"\xef\xbb\xbf"]  # fmt: skip


@settings(max_examples=300)
@given(
    st.sampled_from([0, 1]),
    st.lists(st.tuples(st.integers(0, 9_999), st.integers(0, 6), st.sampled_from(PIECES)), max_size=3),
)
@example(0, [])
@example(1, [])
def test_what_is_read_fast_is_strict_json_of_the_same_content(
    shape: Shape, built_in: Shape, which: int, edits: list[tuple[int, int, bytes]]
) -> None:
    """Whatever stands in a line, the fast way gives what the strict parser gives, or leaves it to that."""
    raw, own = LINES[which], (shape, built_in)[which]
    for at, gone, piece in edits:
        at %= len(raw)
        raw = raw[:at] + piece + raw[at + gone :]
    content = own.read(raw)
    if content is None:
        assert edits
        return
    try:
        strict = parse(raw).value
    except JSONFault as fault:
        pytest.fail(str(fault))
    assert strict["text"] == content.text
    for layer, codec in own.codecs.items():
        expected = msgspec.convert(strict["document"] if layer is None else strict["annotations"][layer], codec.content)
        for table in codec.layer.tables:
            rows, as_json = content.rows[table.name]
            assert rows == codec.get(expected, table.key)
            assert [msgspec.json.decode(row) for row in as_json.splitlines()] == msgspec.to_builtins(rows)
            setattr(expected, codec.fields[table.key], [])
        assert content.parts[layer] == expected


@settings(suppress_health_check=list(HealthCheck), deadline=None, max_examples=50)
@given(st.lists(st.tuples(st.integers(0, 9_999), st.integers(0, 6), st.sampled_from(PIECES)), min_size=1, max_size=3))
def test_no_line_raises(edits: list[tuple[int, int, bytes]]) -> None:
    """Whatever stands in it, a line is read or gets a problem in its own file and line."""
    raw = LINES[0]
    for at, gone, piece in edits:
        at %= len(raw)
        raw = raw[:at] + piece + raw[at + gone :]
    root = write(Path(tempfile.mkdtemp()) / "own", raw + b"\n" + lines(value("two")), name="own", version="0.1.0")
    for problem in sidelines.check(root, jobs=1):
        assert (problem.path, problem.line) == ("jsonl/part-00000.jsonl", 1)
        assert (problem.column or 0) >= 1


@pytest.mark.parametrize("how", [lambda raw: raw[:-1], lambda raw: raw[: len(raw) // 2], lambda raw: raw[:1]])
def test_a_last_line_that_was_cut_short(tmp_path: Path, how: Callable[[bytes], bytes]) -> None:
    """Is not JSON where it ends; the lines before are read."""
    cut = how(B.encode())
    ((code, line, _, pointer, _),) = found(write(tmp_path / "own", A.encode() + b"\n" + cut))
    assert (code, line, pointer) == ("F103", 2, None)
