"""The page: what a reader of HTML and JSON finds in it is the corpus, and nothing in a corpus is anything but data."""

from __future__ import annotations

import json
import os
import re
import shlex
import tempfile
import webbrowser
from collections import defaultdict
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given

import sidelines
from sidelines import builder
from sidelines.cli import main
from sidelines.errors import InvalidCorpusError, SidelinesError
from sidelines.testing import DrawnCorpus, corpora
from sidelines.viewer import SCRIPTS
from tests.lined import as_lines
from tests.pages import Page, hash_of, spans, values
from tests.strategies import ROOT, dumps, marked, twice, write_layer, write_metadata

HOSTILE = (
    "</script><script>alert(1)</script><!--<script>]]>\"'`><img src=x onerror=alert(2)> {{script}} {{documents}} "
    "&lt;&#60; </style></title></noscript></pre> javascript:alert(3) \u2028\u2029\u202e\u2066 \U0001f600 __proto__ "
    "\\u003c"
)


def page_of(root: Path) -> Page:
    """The page of a corpus."""
    with tempfile.TemporaryDirectory() as folder:
        out = sidelines.view(root, Path(folder, "page.html")).out
        assert out is not None
        return Page(out.read_bytes().decode())


@pytest.fixture
def titled(sound: Path) -> Path:
    """The sound corpus, whose document has a title and a day."""
    path = sound / "corpus" / "visit.json"
    more = b'"id": "visit",\n  "title": "Ann Lee Meets Bo Karlsson",\n  "published": "2024-03-06",'
    path.write_bytes(path.read_bytes().replace(b'"id": "visit",', more))
    return sound


class TestContract:
    """What stands in the JSON of a page."""

    def test_the_corpus(self, titled: Path) -> None:
        """Its metadata, and the list of its documents."""
        about = page_of(titled).corpus
        tables = about.pop("tables")
        assert about == {
            "name": "base", "title": "Base", "version": "1.0.0", "language": "en", "licence": "CC0-1.0",
            "description": "The sound corpus that every case changes in one place.", "sidelines": sidelines.__version__,
            "documents": [{"id": "visit", "title": "Ann Lee Meets Bo Karlsson", "published": "2024-03-06",
                           "characters": 223, "fault": None}],
        }  # fmt: skip
        assert [(table["name"], table["layer"], table["shown"]) for table in tables] == [
            ("blocks", "structure", False), ("sentences", "structure", False), ("entities", "entities", False),
            ("mentions", "entities", True), ("roles", "entities", False), ("quotes", "quotes", True),
            ("dates", "dates", True),
        ]  # fmt: skip

    def test_the_tables(self, sound: Path) -> None:
        """The marks of a table are where its spans stand; its columns the other properties, derived ones last."""
        tables = {table["name"]: table for table in page_of(sound).corpus["tables"]}
        assert [(mark["name"], mark["list"]) for mark in tables["quotes"]["marks"]] == [
            ("content", True), ("fragments", True), ("cue", False), ("addressee", False),
        ]  # fmt: skip
        assert [(mark["name"], mark["list"]) for mark in tables["mentions"]["marks"]] == [("", False)]
        assert tables["entities"]["marks"] == []
        assert [
            (each["name"], each["type"], each["ref"], each["list"], each["derived"])
            for each in tables["quotes"]["columns"]
        ] == [
            ("id", "string", None, False, False), ("kind", "string", None, False, False),
            ("source", "string", "mentions", False, False), ("parent", "string", "quotes", False, False),
            ("speech", "string", None, False, True), ("speaker", "string", None, False, True),
            ("speaker_name", "string", None, False, True),
        ]  # fmt: skip
        assert [(each["name"], each["type"]) for each in tables["dates"]["columns"]][-2:] == [
            ("begin", "date"), ("until", "date"),
        ]  # fmt: skip
        members = next(each for each in tables["entities"]["columns"] if each["name"] == "members")
        assert (members["type"], members["ref"], members["list"]) == ("string", "entities", True)
        assert tables["dates"]["columns"][-2]["description"] == "First day of the interval that the value names."

    def test_a_document(self, titled: Path) -> None:
        """Its text to the code point, its metadata, and every row by columns."""
        page = page_of(titled)
        data = page.documents["visit"]
        assert list(data) == ["text", "language", "metadata", "tables"]
        assert data["text"].encode() == (titled / "corpus" / "visit.txt").read_bytes()
        assert ["published", "2024-03-06"] in data["metadata"]
        assert spans(page, "visit", "mentions")[:3] == [["Ann Lee"], ["Bo Karlsson"], ["Cy Moss"]]
        assert values(page, "visit", "mentions", "entity_name")[:2] == ["Ann Lee", "Bo Karlsson"]
        assert spans(page, "visit", "quotes", "content") == [
            ["“We agreed,”"], ["the two had a “long” talk in 2023"], ["“I said yes,”"], ["yes"],
        ]  # fmt: skip
        assert spans(page, "visit", "quotes", "fragments") == [None, ["“long”"], None, None]
        assert spans(page, "visit", "quotes", "addressee") == [["reporters"], None, None, None]
        assert values(page, "visit", "quotes", "speech")[0] == "We agreed,"
        assert values(page, "visit", "quotes", "parent") == [None, None, None, "q3"]
        assert values(page, "visit", "dates", "begin") == ["2024-03-06", "2024-03-04", "2023-01-01"]
        assert values(page, "visit", "dates", "until") == ["2024-03-07", "2024-03-05", "2024-01-01"]

    def test_the_plain_text(self, titled: Path) -> None:
        """Without JavaScript there is the text of an only document, or the list of them."""
        page = page_of(titled)
        assert page.only("title") == "Ann Lee Meets Bo Karlsson"
        assert page.only("pre").encode() == (titled / "corpus" / "visit.txt").read_bytes()
        twice(titled)
        page = page_of(titled)
        assert page.only("title") == "Base"
        assert page.only("pre") == "visit: Ann Lee Meets Bo Karlsson\nvisit-2: Ann Lee Meets Bo Karlsson\n"

    @pytest.mark.parametrize("form", ["build", "lines"])
    def test_of_any_form(self, titled: Path, tmp_path: Path, form: str) -> None:
        """A build of a corpus has the same page, and so has one of two documents."""
        twice(titled)
        expected = page_of(titled)
        if form == "build":
            other = sidelines.build(titled, tmp_path / "out", part_documents=1).out
            assert isinstance(other, Path)
            assert Page((other / "index.html").read_bytes().decode()).documents == expected.documents
        else:
            other = as_lines(titled, tmp_path / "lines")
        found = page_of(other)
        assert (found.corpus, found.documents) == (expected.corpus, expected.documents)

    def test_a_corpus_without_documents(self, sound: Path) -> None:
        """Makes a page as well."""
        for name in ("visit.txt", "visit.json"):
            (sound / "corpus" / name).unlink()
        for path in (sound / "annotations" / "visit").iterdir():
            path.unlink()
        (sound / "annotations" / "visit").rmdir()
        page = page_of(sound)
        assert (page.corpus["documents"], page.documents, page.only("pre")) == ([], {}, "")


@given(corpora())
def test_every_span_is_its_surface(drawn: DrawnCorpus) -> None:
    """Whatever a corpus has: what JavaScript is given cuts the very words from the text."""
    _same(drawn)


@given(marked())
def test_every_span_of_an_own_layer_is_its_surface(drawn: DrawnCorpus) -> None:
    """Also where the tables are those of a layer that nobody foresaw."""
    _same(drawn)


def _same(drawn: DrawnCorpus) -> None:
    with tempfile.TemporaryDirectory() as folder:
        page = page_of(drawn.write(Path(folder, "corpus")))
    assert {each["id"]: each["characters"] for each in page.corpus["documents"]} == {
        document.id: len(document.text) for document in drawn.documents
    }
    texts = {id_: data["text"] for id_, data in page.documents.items()}
    assert texts == {document.id: document.text for document in drawn.documents}
    for table in page.corpus["tables"]:
        rows: dict[str, list[dict[str, Any]]] = defaultdict(list)
        for row in drawn.rows(table["name"]):
            rows[row["document"]].append(row)
        for id_ in texts:
            for mark in table["marks"]:
                found = [row if mark["name"] == "" else row.get(mark["name"]) for row in rows[id_]]
                said = [each if each is None or isinstance(each, list) else [each] for each in found]
                expected = [None if each is None else [span["text"] for span in each] for each in said]
                assert spans(page, id_, table["name"], mark["name"]) == expected
            for column in table["columns"]:
                if not column["derived"]:
                    stated = [row.get(column["name"]) for row in rows[id_]]
                    exact = [str(value) if type(value) is int and abs(value) >= 2**53 else value for value in stated]
                    assert values(page, id_, table["name"], column["name"]) == exact


# -- nothing from a corpus is anything but data ------------------------------------------------------------------------


@pytest.fixture
def hostile(own: Path) -> Path:
    """A corpus with hostile words in each place that takes any."""
    for path in (own / "annotations" / "one").iterdir():
        path.unlink()
    schema = json.loads((own / "schema" / "marks.schema.json").read_bytes())
    marks = schema["properties"]["marks"]["items"]["properties"]
    marks["note"] = {"type": "string", "description": HOSTILE}
    marks["notes"] = {"type": "array", "items": {"type": "string"}, "description": HOSTILE}
    marks["label"]["enum"].append(HOSTILE)
    marks["id"]["pattern"] = "^.+$"
    for described in (schema, schema["properties"]["marks"], schema["properties"]["marks"]["items"]):
        described["title"] = described["description"] = HOSTILE
    (own / "schema" / "marks.schema.json").write_text(dumps(schema), encoding="utf-8")
    about = {"$schema": "../schema/corpus.schema.json", "name": "own", "title": HOSTILE, "version": "1.0.0",
             "description": HOSTILE, "language": "en", "licence": HOSTILE, "layers": ["marks"]}  # fmt: skip
    write_metadata(own / "corpus" / "corpus.json", about)
    text = f"{HOSTILE}\n\r\0 end"
    raw = text.encode()
    (own / "corpus" / "one.txt").write_bytes(raw)
    write_metadata(own / "corpus" / "one.json", {
        "$schema": "../schema/document.schema.json", "id": "one", "title": HOSTILE, "author": HOSTILE,
        "source": HOSTILE, "rights": HOSTILE, "characters": len(text), "sha256": sha256(raw).hexdigest(),
    })  # fmt: skip
    row = {"id": HOSTILE, "start": 0, "end": len(HOSTILE), "text": HOSTILE, "label": HOSTILE, "next": HOSTILE,
           "also": [HOSTILE], "note": HOSTILE, "notes": [HOSTILE, HOSTILE]}  # fmt: skip
    write_layer(own, "one", "marks", {"marks": [row], "links": []})
    assert main(["fmt", str(own)]) == 0
    return own


def test_nothing_hostile_gets_out(hostile: Path, sound: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The page has the elements and attributes of any other, and its data are what was written."""
    page, plain = page_of(hostile), page_of(sound)
    assert page.shape() == plain.shape()
    assert page.corpus["title"] == page.corpus["description"] == page.corpus["licence"] == HOSTILE
    marks = next(table for table in page.corpus["tables"] if table["name"] == "marks")
    assert HOSTILE in {marks["description"], marks["marks"][0]["description"]}
    assert {each["description"] for each in marks["columns"] if each["name"].startswith("note")} == {HOSTILE}
    (document,) = page.corpus["documents"]
    assert document["title"] == HOSTILE
    assert ["author", HOSTILE] in page.documents["one"]["metadata"]
    assert page.documents["one"]["text"] == f"{HOSTILE}\n\r\0 end"
    assert spans(page, "one", "marks") == [[HOSTILE]]
    for name in ("id", "label", "next", "note"):
        assert values(page, "one", "marks", name) == [HOSTILE]
    assert values(page, "one", "marks", "notes") == [[HOSTILE, HOSTILE]]
    assert page.only("title") == HOSTILE
    assert page.only("pre") == f"{HOSTILE}\n\r\ufffd end"


def test_no_data_ends_their_element(hostile: Path, tmp_path: Path) -> None:
    """In JSON neither <, > or & stands as it is, nor a line separator."""
    sidelines.view(hostile, tmp_path / "page.html")
    html = (tmp_path / "page.html").read_bytes().decode()
    blocks = re.findall(r'<script type="application/json"[^>]*>(.*?)</script>', html, re.DOTALL)
    assert len(blocks) == 2
    assert not re.search("[<>&\u2028\u2029]", "".join(blocks))
    assert "<script>alert" not in html
    assert "<img" not in html


def test_a_fault_is_data_as_well(hostile: Path) -> None:
    """It quotes what it found."""
    path = hostile / "annotations" / "one" / "marks.json"
    path.write_bytes(path.read_bytes().replace(b'"text": "</script>', b'"text": "<</scrip>'))
    page = page_of(hostile)
    fault = page.corpus["documents"][0]["fault"]
    assert fault.startswith("O004 annotations/one/marks.json:")
    assert "found ‘<</scrip><script>" in fault
    assert page.only("pre") == f"one: {HOSTILE}: {fault}\n"
    assert page.documents == {}


def test_the_policy_allows_what_is_there(hostile: Path) -> None:
    """The one style and the one script, by their hashes as an independent reading has them, and nothing else."""
    page = page_of(hostile)
    (script,) = [at for at, (tag, own) in enumerate(page.elements) if tag == "script" and not own]
    assert page.policy == (
        f"default-src 'none'; style-src {hash_of(page.only('style'))}; script-src {hash_of(page.text(script))}; "
        "base-uri 'none'; form-action 'none'"
    )
    assert page.text(script).startswith('(() => {\n"use strict";\n')
    assert page.text(script).endswith("})();\n")
    names = {name for _, own in page.elements for name in own}
    assert not {name for name in names if name.startswith("on") or name in ("style", "src", "srcdoc", "href")}


def test_the_parts_of_the_script_are_those_of_the_folder() -> None:
    """None is left out, none is named that is not there; none ends the element that they stand in."""
    web = ROOT / "src" / "sidelines" / "web"
    assert sorted(SCRIPTS) == sorted(path.name for path in web.glob("*.js"))
    assert not any(re.search(rb"</script|<!--", path.read_bytes(), re.IGNORECASE) for path in web.glob("*.js"))
    assert b"</style" not in (web / "page.css").read_bytes()


# -- what is left out --------------------------------------------------------------------------------------------------


def test_a_document_that_cannot_be_read(titled: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Is listed with its first fault, and left out; the others are shown, and the status is 1."""
    twice(titled)
    path = titled / "annotations" / "visit-2" / "dates.json"
    path.write_bytes(path.read_bytes().replace(b'"text": "Monday"', b'"text": "Sunday"'))
    out = tmp_path / "page.html"
    assert main(["view", str(titled), "-o", str(out)]) == 1
    page = Page(out.read_bytes().decode())
    first, second = page.corpus["documents"]
    assert first["fault"] is None
    assert second["fault"].startswith("O004 annotations/visit-2/dates.json:")
    assert second["title"] == "Ann Lee Meets Bo Karlsson"
    assert list(page.documents) == ["visit"]
    printed = capsys.readouterr()
    assert "O004" in printed.err
    assert "1 document listed without the text; `sidelines check` shows all\n" in printed.err
    assert printed.out.startswith(f"written {out}: 1 document, ")


@pytest.mark.parametrize("end", ["9", "999999999", "0"])
def test_offsets_that_lead_anywhere(sound: Path, end: str) -> None:
    """Break nothing of the other documents in their batch."""
    expected = page_of(sound).documents["visit"]
    twice(sound, "a-visit")
    for path in (sound / "annotations" / "a-visit").iterdir():
        path.write_bytes(re.sub(rb'"(start|end)": \d+', rb'"\1": ' + end.encode(), path.read_bytes()))
    assert page_of(sound).documents == {"visit": expected}


def test_a_document_of_which_a_file_is_gone(sound: Path) -> None:
    """Is listed by its id, as far as it is known."""
    twice(sound)
    (sound / "corpus" / "visit-2.json").unlink()
    page = page_of(sound)
    assert page.corpus["documents"][1] == {
        "id": "visit-2", "title": None, "published": None, "characters": 0,
        "fault": "F001 corpus/visit-2.json: expected the file corpus/visit-2.json, found none",
    }  # fmt: skip


def test_a_table_that_cannot_be_read(sound: Path, tmp_path: Path) -> None:
    """Of a build it keeps every document out, whether or not anybody has named it."""
    twice(sound)
    out = sidelines.build(sound, tmp_path / "out").out
    assert isinstance(out, Path)
    (out / "parquet" / "dates.parquet").write_bytes(b"PAR1")
    made = sidelines.view(out, tmp_path / "page.html")
    assert (made.documents, made.left_out) == (0, 2)
    assert {problem.code for problem in made.problems} == {"P105"}


def test_a_corpus_that_cannot_be_read(sound: Path, tmp_path: Path) -> None:
    """Without its schemas nothing can be said of any document."""
    (sound / "schema" / "dates.schema.json").unlink()
    with pytest.raises(InvalidCorpusError, match="no page can be made of it: 1 problem, the first") as caught:
        sidelines.view(sound, tmp_path / "page.html")
    assert [problem.code for problem in caught.value.problems] == ["S001"]
    assert not (tmp_path / "page.html").exists()


# -- where it is written -----------------------------------------------------------------------------------------------


def test_the_command(
    sound: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Writes page.html into the working directory, replaces an earlier one, and says what it did."""
    monkeypatch.chdir(tmp_path)
    for _ in range(2):
        assert main(["view", "sound"]) == 0
        said = capsys.readouterr()
        size = (tmp_path / "page.html").stat().st_size
        assert (said.out, said.err) == (f"written page.html: 1 document, {size / 1024:,.0f} KiB\n", "")


def test_standard_output(sound: Path, tmp_path: Path, capsysbinary: pytest.CaptureFixture[bytes]) -> None:
    """`-` is for what reads it; the rest is said beside it."""
    assert main(["view", str(sound), "-o", "-"]) == 0
    said = capsysbinary.readouterr()
    sidelines.view(sound, tmp_path / "page.html")
    assert said.out == (tmp_path / "page.html").read_bytes()
    assert said.err.startswith(b"written: 1 document, ")
    assert main(["view", str(sound), "-o", "-", "--open"]) == 2


@pytest.mark.parametrize("works", [True, False])
def test_the_browser(
    sound: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], works: bool
) -> None:
    """Is given the page; where there is none, that is said, and where the page is."""
    given_: list[str] = []
    monkeypatch.setattr(webbrowser, "open", lambda uri: given_.append(uri) or works)
    assert main(["view", str(sound), "-o", str(tmp_path / "a page.html"), "--open"]) == 0
    (uri,) = given_
    assert (uri.startswith("file:///"), uri.endswith("/a%20page.html")) == (True, True)
    assert ("no browser can be opened here; the page is file:///" in capsys.readouterr().err) != works


@pytest.mark.parametrize("name", ["corpus/x.txt", "corpus/visit.txt", "annotations/visit/page.html", "schema/x",
                                  "jsonl/x.jsonl", "CHANGELOG.md"])  # fmt: skip
def test_no_source_is_replaced(sound: Path, name: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Nor is anything written among them."""
    (sound / "jsonl").mkdir()
    (sound / "CHANGELOG.md").touch()
    before = {path: path.read_bytes() for path in sound.rglob("*") if path.is_file()}
    assert main(["view", str(sound), "-o", str(sound / name)]) == 2
    assert "a page there would stand among the files of" in capsys.readouterr().err
    assert {path: path.read_bytes() for path in sound.rglob("*") if path.is_file()} == before


def test_another_file_is_not_replaced(sound: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A mistyped name costs nothing; an empty file is nothing."""
    out = tmp_path / "notes.html"
    out.write_text("<!doctype html><title>Mine</title>", encoding="utf-8")
    assert main(["view", str(sound), "-o", str(out)]) == 2
    assert "expected an earlier page of Sidelines or nothing there, found another file" in capsys.readouterr().err
    assert out.read_text(encoding="utf-8") == "<!doctype html><title>Mine</title>"
    out.write_bytes(b"")
    assert main(["view", str(sound), "-o", str(out)]) == 0


def test_a_page_in_a_build_is_not_replaced(sound: Path, tmp_path: Path) -> None:
    """It would no longer be what was built."""
    out = sidelines.build(sound, tmp_path / "out").out
    assert isinstance(out, Path)
    with pytest.raises(SidelinesError, match="a page there would stand among the files of"):
        sidelines.view(out, out / "index.html")


@pytest.mark.parametrize("out", ["no/such/page.html", "", "a\0b"])
def test_what_cannot_be_written(sound: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, out: str) -> None:
    """Is said in a sentence: no folder, a folder, no name."""
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SidelinesError, match="cannot be written"):
        sidelines.view(sound, out)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="the system has no pipes with names")
def test_a_device_takes_it(sound: Path) -> None:
    """What is no file is written to as it is."""
    assert sidelines.view(sound, os.devnull).documents == 1


def test_progress_is_told(sound: Path, tmp_path: Path) -> None:
    """Documents done, of how many, and problems."""
    told: list[tuple[int, int, int]] = []
    sidelines.view(sound, tmp_path / "page.html", progress=lambda *numbers: told.append(numbers))
    assert told == [(1, 1, 0)]


# -- in a build --------------------------------------------------------------------------------------------------------


def test_a_build_has_the_page(sound: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The same, to the byte; `verify` knows it."""
    assert main(["build", str(sound), "--out", str(tmp_path / "out")]) == 0
    assert f"page {tmp_path / 'out' / 'index.html'}\n" in capsys.readouterr().out
    sidelines.view(sound, tmp_path / "page.html")
    assert (tmp_path / "out" / "index.html").read_bytes() == (tmp_path / "page.html").read_bytes()
    assert sidelines.verify(tmp_path / "out").ok
    assert sidelines.check(tmp_path / "out").ok


def test_a_build_without_the_page(sound: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Of an earlier build the page goes with the rest; nobody is told of what was not wanted."""
    sidelines.build(sound, tmp_path / "out")
    assert main(["build", str(sound), "--out", str(tmp_path / "out"), "--no-page"]) == 0
    assert not (tmp_path / "out" / "index.html").exists()
    assert not re.search("^(no )?page ", capsys.readouterr().out, re.MULTILINE)
    assert sidelines.verify(tmp_path / "out").ok
    assert sidelines.build(sound, tmp_path / "out").page


@pytest.mark.parametrize(
    ("limit", "most", "said"),
    [
        ("PAGE_DOCUMENTS", 1, "1 document and 32 MiB of text"),
        ("PAGE_BYTES", 300, "1,000 documents and 0.000286102 MiB of text"),
    ],
)
def test_a_corpus_too_large_for_a_page(
    sound: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], limit: str,
    most: int, said: str,
) -> None:  # fmt: skip
    """Is built without, and that is said, with the bounds."""
    monkeypatch.setattr(builder, limit, most)
    assert sidelines.build(sound, tmp_path / "one").page
    twice(sound)
    assert main(["build", str(sound), "--out", str(tmp_path / "two")]) == 0
    assert f"no page: expected at most {said}, found more\n" in capsys.readouterr().out
    assert not (tmp_path / "two" / "index.html").exists()


def test_a_corpus_that_changes_while_it_is_built(
    sound: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:  # fmt: skip
    """Is not built half of the one and half of the other."""
    compose = builder.compose

    def later(corpus: Any, **options: Any) -> Any:
        (sound / "corpus" / "visit.txt").write_text("Another text.", encoding="utf-8")
        return compose(corpus, **options)

    monkeypatch.setattr(builder, "compose", later)
    with pytest.raises(SidelinesError, match=r"changed while it was built.*now there is T002 at corpus/visit"):
        sidelines.build(sound, tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_the_page_on_viewing(
    sound: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:  # fmt: skip
    """Its commands run, and its Python prints what it shows."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(webbrowser, "open", lambda uri: True)
    sound.rename("my-corpus")
    text = (ROOT / "docs" / "viewing.md").read_text(encoding="utf-8")
    commands = re.findall(r"^\$ sidelines (.*)$", text, re.MULTILINE)
    assert len(commands) == 2
    assert [main(shlex.split(command)) for command in commands] == [0, 0]
    Path("page.html").unlink()
    ((code, shown),) = re.findall(r"```python\n(.*?)```\n\n```text\n(.*?)```", text, re.DOTALL)
    capsys.readouterr()
    exec(compile(code, "viewing.md", "exec"), {})  # the page is ours
    assert capsys.readouterr().out == shown
