"""Faults that `check` once passed over, or answered with a traceback."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path
from typing import Any

import pytest

import sidelines
from sidelines.cli import main
from sidelines.codec import Codec
from sidelines.errors import InvalidCorpusError, SidelinesError
from sidelines.grammar import Grammar
from sidelines.layout import find
from sidelines.schema import compile_schemas
from sidelines.settings import Settings
from sidelines.sources import Limits
from tests.strategies import write_layer
from tests.test_schema import (
    METADATA,
    REF,
    STRING,
    array,
    compiled,
    layer,
    marks,
    obj,
    row,
    span,
    stands_at,
    table,
    the_refusal,
    written,
)


def test_a_schema_that_is_null() -> None:
    """A value that is no object is refused as such, though its layout is canonical."""
    assert the_refusal(b"null\n").code == "S003"


@pytest.mark.parametrize(
    "node",
    [
        obj({"a": array(REF)}),
        obj({"a": array(span())}),
        array(obj({"a": array(REF)})),
        array(obj({"a": array(span())})),
    ],
)
def test_what_points_from_too_deep(node: dict[str, Any]) -> None:
    """References and spans where no rule would look are refused, not ignored."""
    assert the_refusal(marks(node)).code == "S003"


def test_references_in_metadata() -> None:
    """Nor do they stand in the items of an array of the metadata."""
    schema = json.loads(METADATA["document"])
    schema["properties"]["all"] = array(REF)
    assert [p.code for p in compile_schemas(METADATA | {"document": written(schema)}, [])[1]] == ["S003"]


@pytest.mark.parametrize(("bounds", "rows"), [({"minItems": 1}, 0), ({"maxItems": 1}, 2)])
def test_the_number_of_rows(bounds: dict[str, int], rows: int) -> None:
    """A table with too few or too many rows is not in order."""
    marks_ = table("marks", row(), **bounds)
    model, _ = compiled(layer({"marks": marks_}, properties={"document": STRING, "marks": marks_}))
    lines = ",\n    ".join(f'{{"id": "m{number}"}}' for number in range(rows))
    body = f"\n    {lines}\n  " if rows else ""
    raw = f'{{\n  "document": "a",\n  "marks": [{body}]\n}}\n'
    assert Codec(model.layers["own"]).split(raw.encode(), "a") is None


def test_a_line_broken_inside_a_row() -> None:
    """Two rows on two lines, but the break between them stands inside the first."""
    model, _ = compiled(marks(obj({"q": array(obj({"n": {"type": "integer"}}))})))
    first = b'{"id": "m1", "p": {"q": [{"n": 1},\n    {"n": 2}]}}'
    raw = b'{\n  "document": "a",\n  "marks": [\n    ' + first + b', {"id": "m2"}\n  ]\n}\n'
    sections = Codec(model.layers["own"]).split(raw, "a")
    grammar = Grammar.of(model.tables["marks"])
    assert grammar is not None
    assert sections is not None
    assert grammar.strange(sections) == [0]


def test_a_table_behind_a_reference_to_a_whole_file() -> None:
    """An x-table inside a table is refused wherever it is written."""
    inner = obj({"q": table("inner", row())})
    assert the_refusal(marks({"$ref": "inner.schema.json"}), inner=inner).code == "S003"


@pytest.mark.parametrize("name", ["document", "$schema"])
def test_a_reference_of_the_envelope(name: str) -> None:
    """The document's id and the schema's path refer to no row."""
    schema = layer({name: {"type": "string", "x-ref": "nowhere"}})
    refused = the_refusal(schema)
    message = "x-ref stands on a property of a row or on the items of its arrays"
    assert (refused.code, refused.message, refused.pointer) == ("S003", message, f"/properties/{name}/x-ref")
    assert stands_at(written(schema), refused, '"x-ref"')


def test_a_layer_that_is_a_reference() -> None:
    """A layer says itself what it is, as the meta-schema demands."""
    assert [p.code for p in compiled({"$ref": "shared.schema.json"}, shared=marks(STRING))[1]] == ["S003"]
    schema = {"$ref": "shared.schema.json"}
    refused = the_refusal(schema, shared=layer({}))
    assert stands_at(written(schema), refused, '"$ref"')
    assert (refused.code, refused.pointer) == ("S003", "/$ref")
    assert refused.message == "expected a schema with a type of its own, found a $ref"


def test_the_folder_corpus_as_a_dot(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Inside `corpus/`, `.` is answered with the folder above it."""
    (tmp_path / "corpus").mkdir()
    (tmp_path / "corpus" / "corpus.json").write_text("{}\n")
    monkeypatch.chdir(tmp_path / "corpus")
    with pytest.raises(SidelinesError, match="did you mean"):
        find(".")


def test_an_absent_object_with_a_required_part(own: Path, tmp_path: Path) -> None:
    """What is clean can be built: an optional object is left out, though it has a required property."""
    path = own / "schema" / "marks.schema.json"
    schema = json.loads(path.read_bytes())
    part = obj({"x": {"type": "string"}}) | {"required": ["x"]}
    schema["properties"]["marks"]["items"]["properties"]["part"] = part
    path.write_text(json.dumps(schema, indent=2) + "\n", encoding="utf-8", newline="\n")
    assert list(sidelines.check(own)) == []
    assert sidelines.build(own, tmp_path / "out").rows["marks"] == 4


def test_a_layer_name_that_only_the_own_schema_allows(sound: Path) -> None:
    """A name that could lead out of the corpus, or stands twice, is refused and not dropped."""
    path = sound / "schema" / "corpus.schema.json"
    schema = json.loads(path.read_bytes())
    del schema["properties"]["layers"]["items"]["pattern"]
    path.write_text(json.dumps(schema, indent=2, ensure_ascii=False) + "\n", encoding="utf-8", newline="\n")
    settings = sound / "corpus" / "corpus.json"
    settings.write_bytes(settings.read_bytes().replace(b'"dates"]', b'"dates", "../Notes", "dates"]'))
    found = [(problem.code, problem.pointer) for problem in sidelines.check(sound)]
    assert found == [("S001", "/layers/4"), ("S001", "/layers/5")]


def test_a_pattern_beside_a_text_that_cannot_be_read(sound: Path) -> None:
    """Strings are held to their patterns though no table is made of the document."""
    (sound / "corpus" / "visit.txt").write_bytes(b"\xff")
    path = sound / "annotations" / "visit" / "entities.json"
    path.write_bytes(path.read_bytes().replace(b'"wikidata": "Q585"', b'"wikidata": "585"'))
    assert sidelines.check(sound).counts == {"S105": 1, "T001": 1}


def test_a_title_that_looks_like_markup(sound: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """What a corpus says of itself is shown, not interpreted."""
    path = sound / "corpus" / "corpus.json"
    path.write_bytes(path.read_bytes().replace(b'"title": "Base"', b'"title": "[/bold] [red]Base"'))
    assert main(["build", str(sound), "--out", str(tmp_path / "out")]) == 0
    assert "[/bold] [red]Base 1.0.0" in capsys.readouterr().out


def test_the_description_of_a_span_stays_with_its_columns(sound: Path) -> None:
    """`cue_start` says that it belongs to the cue."""
    field = sidelines.read(sound).tables["quotes"].schema.field("cue_start")
    assert field.metadata[b"description"].startswith(b"The word or words that report the speech")


def test_an_unknown_keyword_in_the_place_of_a_type() -> None:
    """It is named, not only the type that is missing."""
    assert the_refusal(marks({"oneOf": [STRING]})).code == "S002"


def test_documents_stand_in_the_order_of_their_ids(sound: Path) -> None:
    """`visit` before `visit-2`, though `visit-2.json` sorts before `visit.json`."""
    for suffix in ("txt", "json"):
        source = sound / "corpus" / f"visit.{suffix}"
        (sound / "corpus" / f"visit-2.{suffix}").write_bytes(source.read_bytes().replace(b'"visit"', b'"visit-2"'))
    assert sidelines.read(sound).documents == ("visit", "visit-2")


def test_a_quote_with_a_line_break_is_reported_on_one_line(sound: Path) -> None:
    """Q004 shows what it quotes as all messages do."""
    path = sound / "annotations" / "visit" / "quotes.json"
    text = (sound / "corpus" / "visit.txt").read_text(encoding="utf-8")
    value = json.loads(path.read_bytes())
    value["quotes"][1].update(content=[{"start": 120, "end": 184, "text": text[120:184]}], parent="q1")
    write_layer(sound, "visit", "quotes", {"quotes": value["quotes"]})
    assert sidelines.check(sound).counts == {"Q003": 2, "Q004": 1}
    assert all("\n" not in problem.message for problem in sidelines.check(sound))


def test_a_missing_comma_between_rows(sound: Path) -> None:
    """Rows that already stand as they come to stand when they are taken apart are no JSON."""
    path = sound / "annotations" / "visit" / "dates.json"
    path.write_bytes(path.read_bytes().replace(b"},\n    {", b"}\n{", 1))
    assert [(p.code, p.line, p.column) for p in sidelines.check(sound)] == [("F103", 6, 1)]


def test_a_row_of_nothing_but_white_space(sound: Path) -> None:
    """A table without rows is written `[]`."""
    write_layer(sound, "visit", "dates", {"dates": []})
    path = sound / "annotations" / "visit" / "dates.json"
    path.write_bytes(path.read_bytes().replace(b"[]", b"[\n    \n  ]"))
    assert [(p.code, p.line) for p in sidelines.check(sound)] == [("F108", 4)]


@pytest.mark.skipif(os.name == "nt", reason="links need a privilege there")
@pytest.mark.parametrize(
    ("name", "found"), [("dialect.schema.json", {"F006": 1}), (".notes.schema.json", {}), ("._dates.schema.json", {})]
)
def test_a_schema_that_is_a_link_out_of_the_corpus(
    sound: Path, tmp_path: Path, name: str, found: dict[str, int]
) -> None:
    """Is neither read nor built; what begins with a dot is no part of the corpus."""
    (tmp_path / "secret").write_text("secret", encoding="utf-8")
    (sound / "schema" / name).unlink(missing_ok=True)
    (sound / "schema" / name).symlink_to(tmp_path / "secret")
    assert sidelines.check(sound).counts == found
    if not found:
        made = sidelines.build(sound, tmp_path / "out")
        assert not (made.out / "schema" / name).exists()


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs pipes")
def test_a_dialect_that_is_a_pipe(sound: Path, tmp_path: Path) -> None:
    """Is named, and nobody waits for it."""
    (sound / "schema" / "dialect.schema.json").unlink()
    os.mkfifo(sound / "schema" / "dialect.schema.json")
    with pytest.raises(InvalidCorpusError) as caught:
        sidelines.build(sound, tmp_path / "out")
    assert [problem.code for problem in caught.value.problems] == ["F004"]


@pytest.mark.parametrize(
    "sums",
    [
        "0" * 64 + "  thesis.docx\n",
        "0" * 64 + "  corpus.json\n" + "0" * 64 + "  thesis.docx\n",
        "thesis.docx corpus.json parquet/a.parquet\n",
    ],
)
def test_a_folder_with_sums_of_its_own_is_no_build(sound: Path, tmp_path: Path, sums: str) -> None:
    """Downloads have SHA256SUMS, too."""
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "thesis.docx").write_text("thesis", encoding="utf-8")
    (tmp_path / "out" / "SHA256SUMS").write_text(sums, encoding="utf-8")
    with pytest.raises(SidelinesError, match="expected a build or nothing there, found '"):
        sidelines.build(sound, tmp_path / "out")
    assert (tmp_path / "out" / "thesis.docx").read_text(encoding="utf-8") == "thesis"


def test_a_build_where_one_stands(sound: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody's working directory is replaced."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "empty" / "deeper").mkdir(parents=True)
    monkeypatch.chdir(tmp_path / "empty" / "deeper")
    for out in (".", ".."):
        with pytest.raises(SidelinesError, match="a build would replace the folder that you are in"):
            sidelines.build(sound, out)
    assert (sidelines.build(sound, "here").out / "corpus.json").is_file()


@pytest.mark.skipif(os.name == "nt", reason="folders have no such permissions there")
def test_a_build_keeps_the_permissions_of_its_folder(sound: Path, tmp_path: Path) -> None:
    """What was nobody else's to read stays so."""
    sidelines.build(sound, tmp_path / "out")
    (tmp_path / "out").chmod(0o700)
    sidelines.build(sound, tmp_path / "out")
    assert (tmp_path / "out").stat().st_mode & 0o777 == 0o700


def test_a_folder_of_schemas_that_is_a_file(sound: Path) -> None:
    """Is one problem, and not one for each schema as well."""
    shutil.rmtree(sound / "schema")
    (sound / "schema").write_text("", encoding="utf-8")
    assert sidelines.check(sound).counts == {"F004": 1}


def test_a_schema_that_vanishes_while_the_corpus_is_built(
    sound: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing is built then."""
    monkeypatch.setattr(Settings, "files", lambda settings: [settings.file, "schema/gone.schema.json"])
    with pytest.raises(SidelinesError, match=r"gone\.schema\.json: cannot be read: No such file or directory"):
        sidelines.build(sound, tmp_path / "out")
    assert not (tmp_path / "out").exists()


@pytest.mark.skipif(os.name == "nt", reason="such names cannot be there")
@pytest.mark.parametrize("name", [b"a\n", b"a\r", b"a\\b", b"\xff", b"\x1b"])
def test_a_schema_whose_name_cannot_stand_in_sums(sound: Path, name: bytes) -> None:
    """Is refused before it is built."""
    place = os.fsencode(sound / "schema") + b"/" + name + b".schema.json"
    shutil.copy(os.fsencode(sound / "schema" / "dates.schema.json"), place)
    (problem,) = sidelines.check(sound)
    assert problem.code == "F003"
    assert problem.message.startswith("expected a name that can be printed, without \\, found ")
    with pytest.raises(InvalidCorpusError):
        sidelines.build(sound, sound.parent / "out")


@pytest.mark.skipif(os.name == "nt", reason="links need a privilege there")
def test_a_dialect_that_is_a_link_to_nothing(sound: Path) -> None:
    """Is missing."""
    (sound / "schema" / "dialect.schema.json").unlink()
    (sound / "schema" / "dialect.schema.json").symlink_to(sound / "schema" / "gone")
    assert [(p.code, p.message) for p in sidelines.check(sound)] == [
        ("F001", "expected the file schema/dialect.schema.json, found a link to none")
    ]


def test_a_schema_that_grows_while_the_corpus_is_built(
    sound: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Is not copied."""
    monkeypatch.setattr(Settings, "files", lambda settings: [settings.file, "schema/dialect.schema.json"])
    with pytest.raises(SidelinesError, match=r"dialect\.schema\.json: expected a file of at most 8,000 bytes, found "):
        sidelines.build(sound, tmp_path / "out", limits=Limits(file_bytes=8_000))
