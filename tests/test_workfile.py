"""Working files: a layer of any schema comes back as it was, and whatever is wrong is told where it stands."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sidelines import testing
from sidelines.jsontree import line_column
from sidelines.layout import Folder
from sidelines.model import Layer
from sidelines.schema import compile_schemas
from sidelines.testing import DrawnCorpus
from sidelines.workfile import read_header, read_workfile, write_workfile
from tests.strategies import OWN, ROOT
from tests.test_testing import folder, schemas

SHIPPED = "trump-putin-paris-2018"
TEXT = (ROOT / "corpus" / f"{SHIPPED}.txt").read_bytes().decode()
BUILT_IN = compile_schemas(
    {path.name.removesuffix(".schema.json"): path.read_bytes() for path in (ROOT / "schema").iterdir()},
    ["structure", "entities", "quotes", "dates"],
)[0].layers


def written(layer: Layer, text: str, raw: bytes) -> str:
    value = json.loads(raw)
    rows = {table.key: value.get(table.key, []) for table in layer.tables}
    return write_workfile(layer, value["document"], text, "0", rows)


def read(
    layer: Layer, text: str, source: str, present: tuple[str, ...] = ()
) -> tuple[bytes, list[tuple[int, int, str]]]:
    """The file, and the faults by line and column."""
    header, faults = read_header(source)
    raw = b""
    if header is not None:
        made = read_workfile(source, header, layer, text, "0", present)
        raw, faults = made.raw, list(made.faults)
    return raw, [(*line_column(source, fault.at), fault.message) for fault in faults]


def assert_same(drawn: DrawnCorpus) -> None:
    files = drawn.files().content
    for document in drawn.documents:
        for name, layer in drawn.model.layers.items():
            raw = files[Folder(Path()).layer(document.id, name)]
            present = tuple(key for key in document.layers[name] if key not in ("$schema", "document"))
            source = written(layer, document.text, raw)
            assert read(layer, document.text, source, present) == (raw, [])


class TestRoundTrip:
    @given(testing.corpora())
    def test_of_the_built_in_layers(self, drawn: DrawnCorpus) -> None:
        """Every layer of every corpus comes back to the byte."""
        assert_same(drawn)

    @given(testing.corpora(OWN / "schema"))
    def test_of_a_layer_of_ones_own(self, drawn: DrawnCorpus) -> None:
        """With references, lists, numbers, days, and ids of two tables that look alike."""
        assert_same(drawn)

    @given(schemas(), st.data())
    @settings(suppress_health_check=[HealthCheck.filter_too_much, HealthCheck.too_slow])
    def test_of_any_schema(self, schema: dict[str, Any], data: st.DataObject) -> None:
        """Of whatever tables, with whatever keywords of the dialect."""
        folder_ = folder()
        folder_.mkdir()
        (folder_ / "layer.schema.json").write_text(json.dumps(schema))
        assert_same(data.draw(testing.corpora(folder_)))

    @pytest.mark.parametrize("name", BUILT_IN)
    def test_of_the_shipped_article(self, name: str) -> None:
        """The gold of each layer comes back to the byte."""
        raw = (ROOT / "annotations" / SHIPPED / f"{name}.json").read_bytes()
        layer = BUILT_IN[name]
        assert read(layer, TEXT, written(layer, TEXT, raw)) == (raw, [])
