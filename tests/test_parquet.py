"""A build read as a corpus: the same tables, the same problems, and no exception whatever stands in its files."""

from __future__ import annotations

import datetime
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import sidelines
from sidelines.parquet import ParquetReader
from sidelines.problems import Problem
from sidelines.reader import Reader
from sidelines.sources import Limits
from tests.strategies import twice

Change = Callable[[pa.Table], pa.Table]


@pytest.fixture
def built(sound: Path, tmp_path: Path) -> Path:
    """A build of the base corpus."""
    sidelines.build(sound, tmp_path / "built")
    return tmp_path / "built"


def change(built: Path, table: str, how: Change, **settings: Any) -> list[tuple[str, str | None, str | None, str]]:
    """Write a table of a build again, changed; code, document, id and message of what is found then."""
    path = built / "parquet" / f"{table}.parquet"
    pq.write_table(how(pq.read_table(path)), path, **settings)
    return found(built)


def found(built: Path) -> list[tuple[str, str | None, str | None, str]]:
    return [(problem.code, problem.document, problem.id, problem.message) for problem in sidelines.check(built)]


def put(name: str, values: dict[int, Any]) -> Change:
    """Other values in some rows of a column."""

    def changed(table: pa.Table) -> pa.Table:
        at = table.column_names.index(name)
        items = table.column(name).to_pylist()
        for row, value in values.items():
            items[row] = value
        kind = table.schema.field(name).type
        kind = kind.value_type if pa.types.is_dictionary(kind) else kind
        if pa.types.is_list(kind) and pa.types.is_struct(
            kind.value_type
        ):  # with room for nulls, which the kind of a build has not
            kind = pa.list_(pa.struct([pa.field(part.name, part.type) for part in kind.value_type]))
        return table.set_column(at, pa.field(name, kind), pa.array(items, kind))

    return changed


def cast(name: str, kind: pa.DataType) -> Change:
    def changed(table: pa.Table) -> pa.Table:
        at = table.column_names.index(name)
        return table.set_column(at, name, table.column(name).cast(kind))

    return changed


def spoil(path: Path) -> None:
    """Change a byte in a page of a file, whose footer stays sound."""
    whole = bytearray(path.read_bytes())
    whole[pq.ParquetFile(path).metadata.row_group(0).column(0).data_page_offset + 40] ^= 0xFF
    path.write_bytes(whole)


class TestRead:
    def test_a_build_is_clean(self, built: Path) -> None:
        """What was built is a corpus, with the same number of documents and rows."""
        report = sidelines.check(built)
        assert list(report) == []
        assert (report.documents, sum(report.rows.values())) == (1, 33)

    def test_the_tables_are_the_same(self, sound: Path, built: Path) -> None:
        """As those of the files, with types, descriptions and derived columns."""
        files, build = sidelines.read(sound), sidelines.read(built)
        assert list(files.tables) == list(build.tables)
        for name, table in files.tables.items():
            assert build.tables[name].equals(table, check_metadata=True)
        assert build.documents == files.documents == ("visit",)
        assert (build.name, build.version) == (files.name, files.version)

    def test_a_build_of_a_build(self, built: Path, tmp_path: Path) -> None:
        """Has the same bytes."""
        sidelines.build(built, tmp_path / "again")
        assert (tmp_path / "again" / "SHA256SUMS").read_bytes() == (built / "SHA256SUMS").read_bytes()

    @pytest.mark.parametrize("size", [1, 2, 3, 100])
    def test_in_batches(self, own: Path, tmp_path: Path, size: int) -> None:
        """The rows of each document come with it, however documents are batched."""
        sidelines.build(own, tmp_path / "built")
        expected = {name: table.to_pylist() for name, table in sidelines.read(own).tables.items()}
        rows: dict[str, list[Any]] = {name: [] for name in expected}
        for batch, problems in ParquetReader(tmp_path / "built").batches(size):
            assert problems == []
            assert len(batch.ids) <= size
            for name, table in {"documents": batch.documents, **batch.tables}.items():
                rows[name] += table.to_pylist()
        assert rows == expected

    def test_no_documents(self, built: Path) -> None:
        """A build without documents is one; rows of tables belong to nobody then."""
        path = built / "parquet" / "documents.parquet"
        pq.write_table(pq.read_table(path).slice(0, 0), path)
        strangers = "expected rows in the order of the documents, found rows of 'visit' out of their place"
        assert {(code, document, message) for code, document, _, message in found(built)} == {
            ("P003", "visit", strangers)
        }

    def test_documents_that_cannot_be_read(self, built: Path) -> None:
        """Nothing is judged without them, and there are none."""
        (built / "parquet" / "documents.parquet").write_bytes(b"")
        assert [code for code, *_ in found(built)] == ["P105"]
        assert sidelines.read(built).documents == ()

    @pytest.mark.parametrize("table", ["documents", "dates"])
    def test_pages_that_cannot_be_read(self, built: Path, table: str) -> None:
        """A file whose footer is sound and whose pages are not is one problem."""
        spoil(built / "parquet" / f"{table}.parquet")
        assert [code for code, *_ in found(built)] == ["P105"]

    def test_pages_that_cannot_be_read_without_documents(self, built: Path) -> None:
        """Rows that belong to nobody are looked for in them, so that they are a problem there, too."""
        documents = built / "parquet" / "documents.parquet"
        pq.write_table(pq.read_table(documents).slice(0, 0), documents)
        spoil(built / "parquet" / "dates.parquet")
        assert [problem.code for problem in sidelines.check(built) if problem.table == "dates"] == ["P105"]

    def test_nothing_but_the_corpus(self, built: Path) -> None:
        """A build without its schemas says which are missing."""
        for path in (built / "schema").iterdir():
            path.unlink()
        assert {code for code, *_ in found(built)} == {"S001"}


class TestWrittenByOthers:
    @pytest.mark.parametrize(
        ("table", "how"),
        [
            ("dates", cast("start", pa.int32())),
            ("dates", cast("end", pa.uint16())),
            ("dates", cast("value", pa.large_string())),
            ("dates", cast("value", pa.dictionary(pa.int8(), pa.string()))),
            ("dates", cast("type", pa.string())),
            ("dates", lambda table: table.select(table.column_names[::-1])),
            ("dates", lambda table: table.drop_columns(["begin", "until"])),
            ("mentions", lambda table: table.drop_columns(["entity_name"])),
            ("documents", cast("text", pa.string())),
            ("documents", cast("published", pa.date64())),
            ("quotes", lambda table: table.replace_schema_metadata(None)),
            ("quotes", lambda table: pa.Table.from_pandas(table.to_pandas(), schema=table.schema)),
        ],
    )
    def test_what_means_the_same(self, sound: Path, built: Path, table: str, how: Change) -> None:
        """Is read, and gives the same tables."""
        before = sidelines.read(sound).tables
        assert change(built, table, how, compression="snappy") == []
        assert all(sidelines.read(built).tables[name].equals(rows) for name, rows in before.items())

    @pytest.mark.parametrize("table", ["blocks", "mentions", "dates"])
    def test_by_pandas(self, built: Path, table: str) -> None:
        """A table that went through pandas is read."""
        path = built / "parquet" / f"{table}.parquet"
        pq.read_table(path).to_pandas().to_parquet(path)
        assert found(built) == []

    def test_integers_that_pandas_made_floats(self, built: Path) -> None:
        """Integers with nulls, of which it makes floats, are refused: they may be other integers now."""
        path = built / "parquet" / "quotes.parquet"
        pq.read_table(path).to_pandas().to_parquet(path)
        assert "addressee_start: expected a column of type int64, found double" in [said for *_, said in found(built)]


class TestRefused:
    @pytest.mark.parametrize(
        ("how", "message"),
        [
            (lambda t: t.drop_columns(["start"]), "expected a column 'start' of type int64, found none"),
            (cast("start", pa.string()), "start: expected a column of type int64, found string"),
            (cast("start", pa.float64()), "start: expected a column of type int64, found double"),
            (
                lambda t: t.rename_columns(["valeu" if name == "value" else name for name in t.column_names]),
                "expected a column 'value' of type string, found none",
            ),
            (lambda t: t.append_column("start", t.column("end")), "expected one column 'start', found 2"),
        ],
    )
    def test_columns(self, built: Path, how: Change, message: str) -> None:
        """Other columns, or values of another type, are P001; the table counts as not read."""
        problems = change(built, "dates", how)
        assert {code for code, *_ in problems} == {"P001"}
        assert message in [said for *_, said in problems]

    @pytest.mark.parametrize(
        ("table", "how", "expected"),
        [
            ("dates", put("value", {0: None}), ("P002", "visit", "d1", "value: expected a value, found null")),
            ("dates", put("id", {1: None}), ("P002", "visit", None, "id: expected a value, found null")),
            ("quotes", put("cue_text", {1: None}), ("P002", "visit", "q2", "cue_text: expected a value, found null")),
            (
                "quotes",
                put("content", {0: [{"start": 103, "end": None, "text": "x"}]}),
                ("P002", "visit", "q1", "content: expected a value, found null"),
            ),
            ("quotes", put("content", {0: [None]}), ("P002", "visit", "q1", "content: expected a value, found null")),
            ("documents", put("sha256", {0: None}), ("P002", "visit", None, "sha256: expected a value, found null")),
        ],
    )
    def test_nulls(self, built: Path, table: str, how: Change, expected: tuple[str, ...]) -> None:
        """Null where there may be none is P002, wherever it stands."""
        assert change(built, table, how) == [expected]

    @pytest.mark.parametrize("name", ["document", "text"])
    def test_a_document_without_id_or_text(self, built: Path, name: str) -> None:
        """Is one problem; of the rows of other tables, that may be its own, nothing is said."""
        id_ = None if name == "document" else "visit"
        assert change(built, "documents", put(name, {0: None})) == [
            ("P002", id_, None, f"{name}: expected a value, found null")
        ]

    @pytest.mark.parametrize("id_", ["", "../X y", "corpus", "con.a", "Visit"])
    def test_a_document_of_another_name(self, built: Path, id_: str) -> None:
        """Has the name that its files could have, as in a corpus of files."""
        legal = "a name of lower-case letters, digits, '.', '_' and '-', not 'corpus' and no device of Windows"
        for path in (built / "parquet").iterdir():
            table = pq.read_table(path)
            ids = pa.array([id_] * table.num_rows, pa.string())
            pq.write_table(table.set_column(0, "document", ids), path)
        expected = f"document: expected {legal}, found {id_!r}"
        if id_:
            assert found(built) == [("F003", id_, None, expected)]
        else:
            after = "document: expected documents in the order of their ids, each once, found '' after ''"
            assert [message for *_, message in found(built)] == [after[10:]]

    def test_two_documents_in_another_order(self, sound: Path, tmp_path: Path) -> None:
        """Are one problem, not one for each table as well; the rows of the others are judged."""
        twice(sound, "early")
        twice(sound, "late")
        sidelines.build(sound, tmp_path / "built")
        change(tmp_path / "built", "dates", put("text", {0: "x", 3: "x"}))
        swapped = change(tmp_path / "built", "documents", lambda table: table.take([1, 0, 2]))
        problems = [problem[:3] for problem in swapped]
        assert problems == [("O004", "late", "d1"), ("P003", "early", None)]

    @pytest.mark.parametrize("table", ["mentions", "dates"])
    def test_a_row_of_a_null_document(self, built: Path, table: str) -> None:
        """Lacks a value."""
        assert change(built, table, put("document", {1: None})) == [
            ("P002", None, f"{table[0]}2", "document: expected a value, found null")
        ]

    def test_an_offset_outside_of_the_text(self, built: Path) -> None:
        """Is one problem: nothing is derived from it."""
        spans = [{"start": 103, "end": 10**6, "text": "x"}]
        assert [problem[:3] for problem in change(built, "quotes", put("content", {0: spans}))] == [
            ("O002", "visit", "q1")
        ]

    @pytest.mark.parametrize("value", [float("nan"), float("inf"), -float("inf")])
    def test_numbers_that_json_has_not(self, own: Path, tmp_path: Path, value: float) -> None:
        """Are no numbers, whatever the bounds."""
        sidelines.build(own, tmp_path / "built")
        assert change(tmp_path / "built", "marks", put("weight", {0: value})) == [
            ("S103", "one", "m1", f"weight: expected a number that JSON has, found {value}")
        ]

    def test_days_that_no_calendar_has(self, built: Path) -> None:
        """A date of Parquet may lie outside of the years that can be written."""
        change(built, "documents", lambda table: table)
        path = built / "parquet" / "documents.parquet"
        table = pq.read_table(path)
        at = table.column_names.index("published")
        days = pa.array([6_600_000], pa.int32()).cast(pa.date32())
        pq.write_table(table.set_column(at, "published", days), path)
        assert found(built) == [
            ("S105", "visit", None, "published: expected a day of the years 1 to 9999, found 20040-03-09")
        ]

    def test_a_category_in_some_pieces(self, built: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """What is none in one piece of a table, which has a dictionary of its own, leaves the others as they are."""
        monkeypatch.setattr("sidelines.tablefile.ROWS", 1)
        path = built / "parquet" / "dates.parquet"
        table = put("type", {1: "DAY"})(pq.read_table(path))
        at = table.column_names.index("type")
        groups = [
            group.set_column(at, "type", group.column("type").dictionary_encode())
            for group in (table.slice(row, 1) for row in range(3))
        ]
        with pq.ParquetWriter(path, groups[0].schema) as writer:
            for group in groups:
                writer.write_table(group)
        assert [problem[:3] for problem in found(built)] == [("S104", "visit", "d2")]
        tables = [batch.tables["dates"] for batch, _ in ParquetReader(built).batches()]
        assert tables[0].column("id").to_pylist() == ["d1", "d3"]

    @pytest.mark.parametrize("kind", [pa.large_string(), pa.dictionary(pa.int16(), pa.large_string())])
    def test_owners_of_other_types(self, built: Path, kind: pa.DataType) -> None:
        """Are the same documents."""
        assert change(built, "dates", cast("document", kind)) == []

    def test_a_file_that_may_not_be_read(self, built: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """Is named with the system's reason, as other files are."""
        monkeypatch.setattr(os, "access", lambda path, mode: not str(path).endswith("dates.parquet"))
        assert found(built) == [("F004", None, None, "cannot be read: Permission denied")]

    def test_more_rows_than_the_limit(self, built: Path) -> None:
        """As for files: the table counts as not read in that document."""
        report = sidelines.check(built, limits=Limits(rows=10))
        assert [(p.code, p.document, p.message) for p in report] == [
            ("S107", "visit", "mentions: expected at most 10 rows of a document, found 11")
        ]

    def test_a_table_that_no_layer_has(self, built: Path) -> None:
        """What corpus.json does not name is no part of the build."""
        path = built / "corpus.json"
        path.write_bytes(path.read_bytes().replace(b', "dates"]', b"]"))
        assert found(built) == [
            ("F002", None, None, "expected tables of the layers that corpus.json names, found 'dates.parquet'; did you "
             "mean 'quotes.parquet'? There are: "
             "blocks.parquet, documents.parquet, entities.parquet, mentions.parquet, quotes.parquet, roles.parquet, "
             "sentences.parquet")
        ]  # fmt: skip

    def test_unsigned_numbers_that_may_not_fit(self, built: Path) -> None:
        """64 bits without a sign are another type."""
        (problem,) = change(built, "dates", cast("start", pa.uint64()))
        assert problem[0] == "P001"
        assert problem[3] == "start: expected a column of type int64, found uint64"

    @pytest.mark.skipif(os.name == "nt", reason="names are UTF-16 there")
    def test_a_folder_whose_name_is_no_text(self, built: Path) -> None:
        """Is a folder like any other."""
        place = os.fsencode(built.parent) + b"/\xff"
        os.rename(built, place)
        assert found(Path(os.fsdecode(place))) == []

    @pytest.mark.parametrize(
        ("table", "how", "expected"),
        [
            (
                "dates", put("type", {0: "DAY"}),
                ("S104", "visit", "d1",
                 'type: expected one of "DATE", "TIME", "DURATION", "SET", found "DAY"'),
            ),
            (
                "documents", put("sha256", {0: "Z"}),
                ("S105", "visit", None, 'sha256: expected a match of ^[0-9a-f]{64}$, found "Z"'),
            ),
            (
                "quotes", put("cue_text", {0: ""}),
                ("S106", "visit", "q1", "text: expected at least 1 character, found 0"),
            ),
            (
                "entities", put("members", {0: ["e2", "e3"], 4: []}),
                ("E002", "visit", "e1", "members: expected on the type GROUP only, found on PERSON"),
            ),
            (
                "dates", put("id", {0: "1"}),
                ("S105", "visit", "1", "id: expected a match of ^[A-Za-z][A-Za-z0-9_-]{0,63}$, found \"1\""),
            ),
        ],
    )  # fmt: skip
    def test_shape(self, built: Path, table: str, how: Change, expected: tuple[str, ...]) -> None:
        """Values that the schema does not allow get the codes and words that they get in JSON."""
        assert expected in change(built, table, how)

    @pytest.mark.parametrize(
        ("table", "how", "expected"),
        [
            (
                "dates", put("document", {0: "absent"}),
                ("P003", "absent", None,
                 "expected rows in the order of the documents, found rows of 'absent' out of their place"),
            ),
            (
                "dates", put("document", {2: "zebra"}),
                ("P003", "zebra", None,
                 "expected rows in the order of the documents, found rows of 'zebra' out of their place"),
            ),
            (
                "documents", lambda table: pa.concat_tables([table, table]),
                ("P003", "visit", None,
                 "expected documents in the order of their ids, each once, found 'visit' after 'visit'"),
            ),
        ],
    )  # fmt: skip
    def test_order(self, built: Path, table: str, how: Change, expected: tuple[str, ...]) -> None:
        """Documents that come twice, and rows that stand apart from theirs, are P003 and nothing else."""
        assert change(built, table, how) == [expected]

    def test_derived_from_rows_out_of_place(self, built: Path) -> None:
        """Names of speakers follow from mentions and entities: where those cannot be read, they are not judged."""
        problems = change(built, "mentions", put("document", {0: "absent"}))
        assert {code for code, *_ in problems} == {"P003"}

    def test_derived_another_name(self, built: Path) -> None:
        """A derived column that says otherwise is P004."""
        message = "entity_name: expected ‘Ann Lee’, found ‘Ann’"
        assert change(built, "mentions", put("entity_name", {0: "Ann"})) == [("P004", "visit", "m1", message)]
        assert change(built, "mentions", put("entity_name", {0: None})) == [
            ("P004", "visit", "m1", "entity_name: expected ‘Ann Lee’, found null")
        ]

    @pytest.mark.parametrize(
        ("table", "name", "row", "value", "id", "said"),
        [
            ("mentions", "entity_type", 2, "ORG", "m3", "expected ‘PERSON’, found ‘ORG’"),
            ("quotes", "start", 1, 150, "q2", "expected 151, found 150"),
            ("quotes", "speaker_name", 0, "Bo Karlsson", "q1", "expected ‘Ann Lee’, found ‘Bo Karlsson’"),
            ("dates", "begin", 1, datetime.date(2024, 3, 5), "d2", "expected 2024-03-04, found 2024-03-05"),
            ("dates", "until", 1, None, "d2", "expected 2024-03-05, found null"),
            ("dates", "begin", 2, datetime.date(2023, 1, 1), "d3", "expected null, found 2023-01-01"),
        ],
    )
    def test_derived_other_types(
        self, sound: Path, tmp_path: Path, table: str, name: str, row: int, value: Any, id: str, said: str
    ) -> None:
        """Strings of a list, integers and dates; null where nothing follows."""
        path = sound / "annotations" / "visit" / "dates.json"
        path.write_bytes(path.read_bytes().replace(b'"value": "2023"', b'"value": "PAST_REF"'))
        sidelines.build(sound, tmp_path / "built")
        assert change(tmp_path / "built", table, put(name, {row: value})) == [("P004", "visit", id, f"{name}: {said}")]
        (problem,) = sidelines.check(tmp_path / "built")
        assert (problem.path, problem.pointer, problem.line) == (f"parquet/{table}.parquet", f"/{name}", None)

    def test_derived_from_a_lost_row(self, sound: Path, tmp_path: Path) -> None:
        """What follows from it, over other tables too, is not judged in its document, but in others."""
        twice(sound, "early")
        sidelines.build(sound, tmp_path / "built")
        change(tmp_path / "built", "mentions", put("entity_name", {1: "Bob", 12: "Bob"}))
        change(tmp_path / "built", "quotes", put("speaker_name", {1: "Bob", 5: "Bob"}))
        problems = change(tmp_path / "built", "entities", put("type", {0: "DOG"}))
        assert [problem[:3] for problem in problems] == [
            ("S104", "early", "e1"), ("P004", "visit", "m2"), ("P004", "visit", "q2"),
        ]  # fmt: skip

    def test_derived_from_a_row_that_is_not_sound(self, built: Path) -> None:
        """One fault, one problem."""
        change(built, "dates", put("begin", {0: None, 1: None}))
        assert [problem[:3] for problem in change(built, "dates", put("value", {0: "soon"}))] == [
            ("D001", "visit", "d1"), ("P004", "visit", "d2"),
        ]  # fmt: skip

    def test_derived_from_a_table_without_schema(self, built: Path) -> None:
        """Is not too much, and what does not follow from it is judged."""
        path = built / "schema" / "entities.schema.json"
        path.write_bytes(path.read_bytes().replace(b'"type": "object"', b'"x-colour": "red",\n  "type": "object"', 1))
        problems = change(built, "quotes", put("start", {0: 104}))
        assert [problem[:3] for problem in problems] == [("P004", "visit", "q1"), ("S002", None, None)]

    @pytest.mark.parametrize("table", ["documents", "dates"])
    def test_every_truncation(self, built: Path, table: str) -> None:
        """A file cut short anywhere is P105, and never an exception."""
        path = built / "parquet" / f"{table}.parquet"
        whole = path.read_bytes()
        for length in range(0, len(whole), 499):
            path.write_bytes(whole[:length])
            assert [code for code, *_ in found(built)] == ["P105"]

    def test_every_byte(self, built: Path) -> None:
        """A byte that is another is a problem or changes nothing that is read; and never an exception."""
        path = built / "parquet" / "dates.parquet"
        whole = path.read_bytes()
        for at in range(0, len(whole), 89):
            path.write_bytes(whole[:at] + bytes([whole[at] ^ 0x10]) + whole[at + 1 :])
            assert {code for code, *_ in found(built)} <= {"P105", "P001"}

    @pytest.mark.parametrize("content", [b"", b"PAR1", b"PAR1PAR1", b"{}", b"PAR1" + b"\xff" * 100 + b"PAR1"])
    def test_no_parquet(self, built: Path, content: bytes) -> None:
        """Nor what is no Parquet at all."""
        (built / "parquet" / "dates.parquet").write_bytes(content)
        assert [code for code, *_ in found(built)] == ["P105"]

    def test_a_file_that_is_missing(self, built: Path) -> None:
        """Is missed by its name."""
        (built / "parquet" / "dates.parquet").unlink()
        assert found(built) == [("F001", None, None, "expected the file parquet/dates.parquet, found none")]

    @pytest.mark.skipif(os.name != "posix", reason="links need no rights here")
    def test_a_link_out_of_the_build(self, built: Path, tmp_path: Path) -> None:
        """Is not followed."""
        path = built / "parquet" / "dates.parquet"
        path.rename(tmp_path / "dates.parquet")
        path.symlink_to(tmp_path / "dates.parquet")
        assert [code for code, *_ in found(built)] == ["F006"]
        path.unlink()
        (built / "parquet").rename(tmp_path / "parquet")
        (built / "parquet").symlink_to(tmp_path / "parquet")
        assert [code for code, *_ in found(built)] == ["F006"]


FAULTS: list[tuple[str, bytes, bytes]] = [
    ("dates", b'"start": 95', b'"start": 94'),
    ("dates", b'"anchor": "d1"', b'"anchor": "d2"'),
    ("entities", b'"id": "m5"', b'"id": "m4"'),
    ("entities", b'"entity": "e4"', b'"entity": "e9"'),
    ("entities", b'"text": "Oslo"', b'"text": "Olso"'),
    ("quotes", b'"kind": "direct"', b'"kind": "mixed"'),
    ("quotes", b'"parent": "q3"', b'"parent": "q4"'),
    ("structure", b'"start": 0, "end": 25', b'"start": 1, "end": 25'),
    ("structure", b'"Leave a Reply"', b'"Leave a reply"'),
]


@pytest.mark.parametrize(("layer", "before", "after"), FAULTS)
def test_json_and_parquet_have_the_same_problems(
    sound: Path, built: Path, layer: str, before: bytes, after: bytes
) -> None:
    """A fault in the files is the same fault in tables made of them, but for its place."""
    path = sound / "annotations" / "visit" / f"{layer}.json"
    assert before in path.read_bytes()
    path.write_bytes(path.read_bytes().replace(before, after, 1))
    for batch, problems in Reader(sound).batches():
        assert problems == []
        for name, table in batch.tables.items():
            pq.write_table(table, built / "parquet" / f"{name}.parquet")
    expected = sorted(map(key, sidelines.check(sound)))
    assert expected
    assert sorted(map(key, sidelines.check(built))) == expected


def key(problem: Problem) -> tuple[Any, ...]:
    return problem.code, problem.document, problem.table, problem.id or "", problem.start or -1, problem.message
