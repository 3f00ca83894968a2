"""What `check` says of corpora that are broken in more than one place, or in a place that others build on."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import sidelines
from sidelines.errors import SidelinesError
from sidelines.reader import Reader
from sidelines.rules.catalogue import page
from sidelines.sources import Limits
from tests.strategies import twice, write_layer


def layer(root: Path, name: str) -> dict[str, Any]:
    value: dict[str, Any] = json.loads((root / "annotations" / "visit" / f"{name}.json").read_bytes())
    return value


def write(root: Path, name: str, value: dict[str, Any]) -> None:
    write_layer(root, "visit", name, {key: rows for key, rows in value.items() if key not in ("$schema", "document")})


def described(root: Path) -> list[str]:
    """Of each problem of a corpus: code, place, pointer, document, table, id, span, message and fix."""
    return [
        f"{p.code} {p.place} {p.pointer} {p.document} {p.table} {p.id} {p.start}..{p.end}: {p.message}"
        + ("" if p.fix is None else f" ({p.fix})")
        for p in sidelines.check(root)
    ]


def reschema(root: Path, name: str, change: Callable[[dict[str, Any]], None]) -> None:
    """Change a schema of the corpus."""
    path = root / "schema" / f"{name}.schema.json"
    schema = json.loads(path.read_bytes())
    change(schema)
    path.write_text(json.dumps(schema, indent=2, ensure_ascii=False) + "\n", encoding="utf-8", newline="\n")


def retext(root: Path, old: str, new: str) -> None:
    """Put a passage of the text of `visit` as long as before in the place of another."""
    path = root / "corpus" / "visit.txt"
    before = path.read_bytes()
    after = before.replace(old.encode(), new.encode(), 1)
    assert len(after.decode()) == len(before.decode()) != 0 != after.count(new.encode())
    path.write_bytes(after)
    path = path.with_suffix(".json")
    hashes = (sha256(raw).hexdigest().encode() for raw in (before, after))
    path.write_bytes(path.read_bytes().replace(*hashes))


class TestOneFault:
    def test_an_empty_table_is_clean(self, sound: Path) -> None:
        """Annotated, and found empty."""
        write(sound, "dates", {"dates": []})
        assert list(sidelines.check(sound)) == []

    @pytest.mark.parametrize("name", ["entities", "quotes", "dates", "structure"])
    def test_a_layer_that_cannot_be_read_casts_no_shadow(self, sound: Path, name: str) -> None:
        """References into it are not judged, nor are the rules of the tables that it holds."""
        (sound / "annotations" / "visit" / f"{name}.json").write_bytes(b"{")
        assert sidelines.check(sound).counts == {"F103": 1}

    @pytest.mark.parametrize("name", ["entities", "quotes", "dates", "structure"])
    def test_a_schema_that_cannot_be_compiled_casts_no_shadow(self, sound: Path, name: str) -> None:
        """Tables that refer to its tables are not judged for that."""
        reschema(sound, name, lambda schema: schema.update({"x-colour": "red"}))
        assert sidelines.check(sound).counts == {"S002": 1}

    def test_a_lost_row_casts_no_shadow(self, sound: Path) -> None:
        """A mention that is not of its shape is not missed by the quotes that refer to it, nor by its entity."""
        entities = layer(sound, "entities")
        entities["mentions"][6]["form"] = "NOUN"
        write(sound, "entities", entities)
        assert sidelines.check(sound).counts == {"S104": 1}

    def test_rows_after_a_lost_one_are_found_in_their_place(self, sound: Path) -> None:
        """Pointer and line count the row that was lost."""
        entities = layer(sound, "entities")
        entities["mentions"][0]["form"] = "NOUN"
        entities["mentions"][2]["text"] = "Cy Miss"
        write(sound, "entities", entities)
        lost, wrong = sidelines.check(sound)
        assert (lost.code, lost.pointer, lost.line) == ("S104", "/mentions/0/form", 12)
        assert (wrong.code, wrong.pointer, wrong.line, wrong.id) == ("O004", "/mentions/2/text", 14, "m3")

    def test_a_warning_is_no_reason_to_look_away(self, sound: Path) -> None:
        """Each is told, and the rows are judged by later phases."""
        dates = layer(sound, "dates")
        for row, id_ in zip(dates["dates"], ("dx", "Dx", "dX"), strict=True):
            row["id"] = id_
        dates["dates"][1].update(anchor="dx", value="2024-03-05")
        write(sound, "dates", dates)
        assert [(p.code, p.severity, p.id) for p in sidelines.check(sound)] == [
            ("R003", "warning", "Dx"), ("D003", "error", "Dx"), ("R003", "warning", "dX"),
        ]  # fmt: skip

    def test_a_circle_of_parents_is_one_problem(self, sound: Path) -> None:
        """Not also one for contents that do not contain each other."""
        quotes = layer(sound, "quotes")
        quotes["quotes"][2]["parent"] = "q4"
        write(sound, "quotes", quotes)
        (problem,) = sidelines.check(sound)
        assert problem.message.endswith("found the circle q3 → q4 → q3")

    def test_blanks_around_a_line_need_no_block(self, sound: Path) -> None:
        """A span may not begin with white space, so a block need not hold it."""
        structure = layer(sound, "structure")
        text = (sound / "corpus" / "visit.txt").read_text(encoding="utf-8")
        assert text[55:57] == "\nA"
        structure["blocks"][2].update(start=60, text=text[60:135])
        structure["sentences"][1].update(start=60, text=text[60:102])
        write(sound, "structure", structure)
        (problem,) = sidelines.check(sound)
        assert problem.message == "expected every character but white space in a block, found ‘Ann’ at 56–59 in none"


class TestShapesOfTheirOwn:
    """A corpus may call a table `quotes` and give it another shape: rules of the built-in layers then do not apply."""

    @pytest.mark.parametrize(
        ("name", "table", "column", "instead"),
        [
            ("dates", "dates", "anchor", {"type": "string"}),
            ("dates", "dates", "value", {"type": "integer"}),
            ("dates", "dates", "value", {"type": "array", "items": {"type": "string"}}),
            ("quotes", "quotes", "parent", {"type": "string", "x-ref": "mentions"}),
            ("quotes", "quotes", "content", {"type": "string"}),
            ("quotes", "quotes", "fragments", {"$ref": "#/$defs/span"}),
            ("quotes", "quotes", "cue", {"type": "string"}),
            ("quotes", "quotes", "source", {"type": "array", "items": {"type": "string", "x-ref": "mentions"}}),
            ("quotes", "quotes", "kind", {"type": "boolean"}),
            ("quotes", "quotes", "kind", {"type": "array", "items": {"type": "string"}}),
            ("entities", "mentions", "entity", {"type": "string", "x-ref": "mentions"}),
            ("entities", "entities", "members", {"type": "string"}),
            ("entities", "entities", "members", {"type": "string", "x-ref": "entities"}),
            ("entities", "entities", "type", {"type": "array", "items": {"type": "string"}}),
            ("entities", "entities", "name", {"type": "number"}),
            ("entities", "roles", "person", {"type": "string"}),
            ("structure", "blocks", "kind", {"type": "array", "items": {"type": "string"}}),
        ],
    )
    def test_another_shape_is_no_traceback(
        self, sound: Path, name: str, table: str, column: str, instead: dict[str, Any], tmp_path: Path
    ) -> None:
        """Nothing but what the schema itself says is found, and tables can be built."""

        def change(schema: dict[str, Any]) -> None:
            row = schema["properties"][table]["items"]
            row["properties"][column] = instead
            row["required"] = [key for key in row["required"] if key != column]

        reschema(sound, name, change)
        value = layer(sound, name)
        for row in value[table]:
            row.pop(column, None)
        write(sound, name, value)
        assert set(sidelines.check(sound).counts) <= {"L003", "R002", "S007"}
        if sidelines.check(sound).ok:
            assert sidelines.build(sound, tmp_path / "out").rows[table] == len(value[table])

    def test_another_language_than_english(self, sound: Path) -> None:
        """English names of days are read in English documents only."""
        dates = layer(sound, "dates")
        dates["dates"][1]["value"] = "2024-03-05"
        write(sound, "dates", dates)
        assert sidelines.check(sound).counts == {"D003": 1}
        for path in (sound / "corpus").glob("*.json"):
            path.write_bytes(path.read_bytes().replace(b'"en"', b'"sv"'))
        assert list(sidelines.check(sound)) == []


class TestFolders:
    def test_hidden_and_other_files_are_passed_over(self, sound: Path) -> None:
        """A README, a .DS_Store and an editor's backup are no part of the corpus."""
        for path in ("corpus/README.md", "corpus/.DS_Store", "annotations/.gitkeep", "annotations/visit/dates.json~"):
            (sound / path).write_text("…", encoding="utf-8")
        assert list(sidelines.check(sound)) == []

    def test_a_text_by_itself_lacks_its_metadata_first(self, sound: Path) -> None:
        """One problem, not one for each layer as well."""
        (sound / "corpus" / "other.txt").write_text("A text.", encoding="utf-8")
        assert [problem.path for problem in sidelines.check(sound)] == ["corpus/other.json"]

    def test_a_corpus_without_documents(self, sound: Path, tmp_path: Path) -> None:
        """Is clean, and its tables have no rows."""
        for path in ("corpus/visit.txt", "corpus/visit.json"):
            (sound / path).unlink()
        for path in (sound / "annotations" / "visit").iterdir():
            path.unlink()
        (sound / "annotations" / "visit").rmdir()
        assert list(sidelines.check(sound)) == []
        assert sidelines.build(sound, tmp_path / "out").rows["mentions"] == 0

    def test_a_reserved_layer(self, sound: Path) -> None:
        """`corpus`, `document` and `dialect` are names of other schemas."""
        path = sound / "corpus" / "corpus.json"
        path.write_bytes(path.read_bytes().replace(b'"dates"]', b'"dates", "document"]'))
        (problem,) = sidelines.check(sound)
        assert (problem.code, problem.pointer, problem.line) == ("S001", "/layers/4", 9)
        assert problem.message.endswith("other than corpus, document, dialect; found 'document'")

    def test_a_corpus_file_that_cannot_be_read_at_all(self, sound: Path) -> None:
        """One problem; nothing is said of layers or of a version that are not known."""
        (sound / "CHANGELOG.md").write_text("# Changes\n", encoding="utf-8")
        (sound / "corpus" / "corpus.json").write_bytes(b"[")
        assert sidelines.check(sound).counts == {"F103": 1}

    @pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="needs a user who may not read everything")
    def test_a_file_without_permission(self, sound: Path) -> None:
        """Named, with the system's reason."""
        (sound / "annotations" / "visit" / "dates.json").chmod(0)
        (problem,) = sidelines.check(sound)
        assert (problem.code, problem.message) == ("F004", "cannot be read: Permission denied")

    def test_two_documents_with_the_same_ids(self, sound: Path) -> None:
        """Ids are the document's own."""
        twice(sound)
        assert list(sidelines.check(sound)) == []
        assert sidelines.read(sound).tables["quotes"].column("speaker_name").to_pylist() == [
            "Ann Lee", "Bo Karlsson", "Bo Karlsson", "Bo Karlsson",
        ] * 2  # fmt: skip

    def test_progress_is_reported_by_batch(self, sound: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """Documents done, documents in all, problems so far; the report has the rows of all."""
        twice(sound)
        twice(sound, "early")
        (sound / "annotations" / "visit" / "dates.json").unlink()
        monkeypatch.setattr(Reader.batches, "__defaults__", (2,))
        seen: list[tuple[int, int, int]] = []
        report = sidelines.check(sound, progress=lambda *state: seen.append(state))
        assert seen == [(2, 3, 1), (3, 3, 1)]
        assert report.documents == 3
        assert report.rows == {
            "blocks": 15, "sentences": 15, "entities": 15, "mentions": 33, "roles": 0, "quotes": 12, "dates": 6,
        }  # fmt: skip


class TestPlaces:
    """Where problems are, beside those of one document of files."""

    def test_in_a_build(self, sound: Path, tmp_path: Path) -> None:
        """A table, the pointer into its row or to the table's rows, no line; document, id and span as in files."""
        twice(sound, "early")
        sidelines.build(sound, tmp_path / "built")
        for table, change in (
            ("mentions", lambda rows: [row | {"text": "Bo"} if row["start"] == 56 else row for row in rows]),
            ("blocks", lambda rows: rows[:-1]),
            ("quotes", lambda rows: [row | {"kind": "mixed"} if row["id"] == "q3" else row for row in rows]),
        ):
            path = tmp_path / "built" / "parquet" / f"{table}.parquet"
            rows = pq.read_table(path)
            later = [row for row in rows.to_pylist() if row["document"] == "visit"]
            both = [row for row in rows.to_pylist() if row["document"] == "early"] + change(later)
            pq.write_table(pa.Table.from_pylist(both, rows.schema), path)
        assert described(tmp_path / "built") == [
            "L004 parquet/blocks.parquet /blocks visit blocks None 210..223: "
            "expected every character but white space in a block, found ‘Leave a Reply’ at 210–223 in none",
            "O004 parquet/mentions.parquet /text visit mentions m4 56..63: "
            "text: expected ‘Ann Lee’, which stands there, found ‘Bo’; it stands at 68–70, 12 after",
            "Q002 parquet/quotes.parquet  visit quotes q3 None..None: "
            "expected at least one quoted fragment in a mixed quote, found none",
        ]

    def test_of_metadata_in_a_build(self, sound: Path, tmp_path: Path) -> None:
        """The table of documents."""
        twice(sound, "early")
        sidelines.build(sound, tmp_path / "built")
        path = tmp_path / "built" / "parquet" / "documents.parquet"
        rows = pq.read_table(path)
        at = rows.column_names.index("characters")
        pq.write_table(rows.set_column(at, rows.field(at), pa.array([223, 224])), path)
        assert described(tmp_path / "built") == [
            "T003 parquet/documents.parquet /characters visit None None None..None: characters: expected 224, found "
            "223 code points; the spans of the document are not checked until they agree"
        ]

    def test_span_of_a_row(self, sound: Path) -> None:
        """Told with every problem of a row that is a span, not only with those of spans."""
        dates = layer(sound, "dates")
        dates["dates"][1]["value"] = "2024-03-05"
        write(sound, "dates", dates)
        (problem,) = sidelines.check(sound)
        assert (problem.code, problem.start, problem.end) == ("D003", 95, 101)

    def test_in_a_deep_file(self, sound: Path) -> None:
        """What is nested deeper than files usually are, and allowed, hinders no search for a line."""
        path = sound / "annotations" / "visit" / "dates.json"
        deep = b'"value": "2023", "x": ' + b"[" * 70 + b"]" * 70
        path.write_bytes(path.read_bytes().replace(b'"value": "2023"', deep).replace(b'"start": 95', b'"start": 94'))
        found = [(p.code, p.line, p.column) for p in sidelines.check(sound, limits=Limits(depth=100))]
        assert found == [("O004", 6, 51), ("S102", 7, 93)]


def test_no_such_rule() -> None:
    """The nearest are named."""
    with pytest.raises(SidelinesError, match=r"^there is no rule 'o01'; did you mean 'O001'\? There are: C001, C002, "):
        page("o01")
    assert page("o001") == page("O001")
