"""Faults that `check` once passed over, or answered with a traceback."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

import sidelines
from sidelines.codec import Codec
from sidelines.errors import SidelinesError
from sidelines.layout import find
from sidelines.schema import compile_schemas
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
    assert Codec(model.layers["own"]).read(raw.encode(), "a") is None


def test_a_line_broken_inside_a_row() -> None:
    """Two rows on two lines, but the break between them stands inside the first."""
    model, _ = compiled(marks(obj({"q": array(obj({"n": {"type": "integer"}}))})))
    first = b'{"id": "m1", "p": {"q": [{"n": 1},\n    {"n": 2}]}}'
    raw = b'{\n  "document": "a",\n  "marks": [\n    ' + first + b', {"id": "m2"}\n  ]\n}\n'
    assert Codec(model.layers["own"]).read(raw, "a") is None


def test_a_table_behind_a_reference_to_a_whole_file() -> None:
    """An x-table inside a table is refused wherever it is written."""
    inner = obj({"q": table("inner", row())})
    assert the_refusal(marks({"$ref": "inner.schema.json"}), inner=inner).code == "S003"


@pytest.mark.parametrize("name", ["document", "$schema"])
def test_a_reference_of_the_envelope(name: str) -> None:
    """The document's id and the schema's path refer to no row."""
    assert [p.code for p in compiled(layer({name: {"type": "string", "x-ref": "nowhere"}}))[1]] == ["S003"]


def test_a_layer_that_is_a_reference() -> None:
    """A layer says itself what it is, as the meta-schema demands."""
    assert [p.code for p in compiled({"$ref": "shared.schema.json"}, shared=marks(STRING))[1]] == ["S003"]


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
