"""For any text and any spans: what is written is read back, what is true is clean, and one fault brings its rule."""

from __future__ import annotations

import json
import tempfile
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from sidelines import columns
from sidelines.builder import build
from sidelines.checker import check
from sidelines.codec import Codec
from sidelines.corpora import read
from sidelines.model import Layer, Property
from sidelines.offsets import Texts
from sidelines.schema import compile_schemas
from sidelines.shape import explain
from sidelines.strictjson import JSONFault, parse
from sidelines.testing import DrawnCorpus, DrawnDocument, corpora
from sidelines.writer import canonical
from tests.strategies import COSTLY, OWN, ROOT, marked, texts

SCHEMAS = {
    path.name.removesuffix(".schema.json"): path.read_bytes()
    for folder in (ROOT / "schema", OWN / "schema")
    for path in folder.glob("*.schema.json")
    if not path.name.startswith("dialect")
}
MODEL, _ = compile_schemas(SCHEMAS, ["structure", "entities", "quotes", "dates", "marks"])
LAYERS = {**MODEL.layers, **MODEL.metadata}


def written(drawn: DrawnCorpus) -> Path:
    return drawn.write(Path(tempfile.mkdtemp()) / "corpus")


def by_document(drawn: DrawnCorpus, table: str) -> list[dict[str, Any]]:
    return sorted(drawn.rows(table), key=lambda row: str(row["document"]))


OF_OWN = corpora(OWN / "schema")


class TestRoundTrips:
    @COSTLY
    @given(OF_OWN)
    def test_a_sound_corpus_is_clean(self, drawn: DrawnCorpus) -> None:
        """Whatever the text, a corpus of true spans has no problem."""
        assert list(check(written(drawn))) == []

    @COSTLY
    @given(OF_OWN)
    def test_tables_equal_files(self, drawn: DrawnCorpus) -> None:
        """The tables hold the rows of the files, as `json` reads them, and every surface is its slice."""
        tables = read(written(drawn)).tables
        texts_ = {document.id: document.text for document in drawn.documents}
        found = [{k: v for k, v in row.items() if v is not None} for row in tables["marks"].to_pylist()]
        for row in found:
            row |= {"seen": str(row["seen"])} if "seen" in row else {}
            assert texts_[row["document"]][row["start"] : row["end"]] == row["text"]
        assert found == by_document(drawn, "marks")
        links = by_document(drawn, "links")
        assert tables["links"].column("parts").to_pylist() == [row["parts"] for row in links]
        assert tables["links"].column("head_start").to_pylist() == [row.get("head", {}).get("start") for row in links]
        assert tables["documents"].column("text").to_pylist() == [texts_[name] for name in sorted(texts_)]

    @COSTLY
    @given(OF_OWN)
    def test_parquet_equals_tables(self, drawn: DrawnCorpus) -> None:
        """pandas reads from the build what `corpus.tables` holds, and its surfaces are slices of its texts."""
        root = written(drawn)
        out = root.parent / "build"
        build(root, out)
        for name, table in read(root).tables.items():
            frame = pd.read_parquet(out / "parquet" / f"{name}.parquet")
            # Parquet keeps no categories of a table without rows.
            pd.testing.assert_frame_equal(frame, table.to_pandas(), check_categorical=len(frame) > 0)
        text = pd.read_parquet(out / "parquet" / "documents.parquet").set_index("document").text
        for row in pd.read_parquet(out / "parquet" / "marks.parquet").itertuples():
            assert text[row.document][row.start : row.end] == row.text

    @COSTLY
    @given(corpora(OWN / "schema", max_documents=2))
    def test_building_twice_gives_the_same_bytes(self, drawn: DrawnCorpus) -> None:
        """A build depends on the corpus and on nothing else."""
        root = written(drawn)
        sums = [(build(root, root.parent / name).out / "SHA256SUMS").read_bytes() for name in ("one", "two")]
        assert sums[0] == sums[1]


class TestFaults:
    @COSTLY
    @given(marked(), st.data())
    def test_a_shifted_span(self, drawn: DrawnCorpus, data: st.DataObject) -> None:
        """A span that moved by some characters, and now covers others, brings O004 and nothing else."""
        document, row = pick(drawn, data)
        by = data.draw(st.integers(-row["start"], len(document.text) - row["end"]))
        shifted = row | {"start": row["start"] + by, "end": row["end"] + by}
        assume(document.text[shifted["start"] : shifted["end"]] != row["text"])
        assert counts_with(drawn, document, row, shifted) == {"O004": 1}

    @COSTLY
    @given(marked(), st.data(), texts(10).filter(bool))
    def test_a_changed_surface(self, drawn: DrawnCorpus, data: st.DataObject, surface: str) -> None:
        """A surface that is not the slice brings O004 and nothing else, however alike they look."""
        document, row = pick(drawn, data)
        assume(surface != row["text"])
        assert counts_with(drawn, document, row, row | {"text": surface}) == {"O004": 1}

    @COSTLY
    @given(marked(), st.data())
    def test_a_bound_past_the_end(self, drawn: DrawnCorpus, data: st.DataObject) -> None:
        """An offset behind the text brings O002 and nothing else."""
        document, row = pick(drawn, data)
        beyond = data.draw(st.integers(len(document.text) + 1, 2**63 - 1))
        assert counts_with(drawn, document, row, row | {"end": beyond}) == {"O002": 1}

    @COSTLY
    @given(marked(), st.data())
    def test_a_removed_target(self, drawn: DrawnCorpus, data: st.DataObject) -> None:
        """A reference to a row that is gone brings R002, once for each reference, and nothing else."""
        document, row = pick(drawn, data)
        layer = document.layers["marks"]
        gone = [other for other in layer["marks"] if other is not row]
        left = [r for other in gone for r in (other.get("next"), *other.get("also", ()))]
        left += [link["of"] for link in layer["links"]]
        dangling = left.count(row["id"])
        assert counts_of(drawn, document, gone) == ({"R002": dangling} if dangling else {})

    @COSTLY
    @given(marked(), st.data())
    def test_a_changed_text(self, drawn: DrawnCorpus, data: st.DataObject) -> None:
        """A text other than the one that was annotated brings T002 once, not a problem for each of its spans."""
        document, _ = pick(drawn, data)
        other = data.draw(texts())
        assume(other != document.text)
        root = written(drawn)
        (root / "corpus" / f"{document.id}.txt").write_bytes(other.encode())
        assert check(root).counts == {"T002": 1}


def pick(drawn: DrawnCorpus, data: st.DataObject) -> tuple[DrawnDocument, dict[str, Any]]:
    document = data.draw(st.sampled_from([d for d in drawn.documents if d.layers["marks"]["marks"]]))
    return document, data.draw(st.sampled_from(document.layers["marks"]["marks"]))


def counts_with(
    drawn: DrawnCorpus, document: DrawnDocument, row: dict[str, Any], instead: dict[str, Any]
) -> dict[str, int]:
    rows = document.layers["marks"]["marks"]
    return counts_of(drawn, document, [instead if other is row else other for other in rows])


def counts_of(drawn: DrawnCorpus, document: DrawnDocument, marks: list[dict[str, Any]]) -> dict[str, int]:
    layers = {"marks": {**document.layers["marks"], "marks": marks}}
    return check(written(drawn.with_document(replace(document, layers=layers)))).counts


# -- the two ways of deciding on a value -------------------------------------------------------------------------------

JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**64), 2**64)
    | st.floats(allow_nan=False, allow_infinity=False)
    | texts(8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts(4), inner, max_size=3),
    max_leaves=6,
)
NEAR = st.sampled_from(
    [
        0,
        -1,
        1,
        1.0,
        True,
        False,
        None,
        "",
        "a",
        "m1",
        "X",
        "x",
        "AB-1",
        "AB-1\n",
        "2018-10-24",
        "2018-02-30",
        "20181024",
        [],
        {},
    ]
    + [2**63, 2**63 - 1, -(2**63) - 1, 0.5, 1.5, "GPE", "corpus", "\U0001f600"]
)


@st.composite
def near_values(draw: st.DrawFn, node: Property, faults: bool = True) -> Any:
    """Values of a property; with `faults`, now and then one that is not right."""
    slip = draw(st.integers(0, 30)) if faults else -1
    if slip == 0:
        return draw(NEAR | JSON)
    if node.enum:
        return draw(st.sampled_from(node.enum))
    if node.type == "object":
        present = [m for m in node.properties if m.required or draw(st.booleans())]
        made = {m.name: draw(near_values(m, faults)) for m in draw(st.permutations(present))}
        if slip == 1:
            made[draw(texts(4))] = draw(NEAR)
        if slip == 2 and made:
            del made[draw(st.sampled_from(sorted(made)))]
        return made
    if node.type == "array":
        assert node.items is not None
        return draw(st.lists(near_values(node.items, faults), max_size=3, min_size=node.shortest or 0))
    return draw(scalars(node))


@cache  # to make a strategy takes longer than to draw from it
def scalars(node: Property) -> st.SearchStrategy[Any]:
    """Values of a property that is no object and no array, and has no list of its values."""
    if node.pattern:
        return st.from_regex(node.pattern, fullmatch=True, alphabet=st.characters(max_codepoint=127))
    if node.date:
        return st.dates().map(str)
    low = node.minimum or (node.shortest or 0)
    return {
        "string": texts(6).map(lambda text: text + "x" * (node.shortest or 0)),
        "integer": st.integers(int(low), 9),
        "number": st.floats(0, 1) | st.integers(0, 1),
        "boolean": st.booleans(),
    }[node.type]


def typed_accepts(layer: Layer, raw: bytes) -> bool:
    """The fast way: decoded by msgspec, patterns on columns."""
    content = Codec(layer).decode(raw)
    return content is not None and not columns.failing(layer.root, columns.column(layer.root, [content], nested=True))


def explained_accepts(layer: Layer, raw: bytes) -> bool:
    """The slow way: parsed strictly, judged by jsonschema."""
    try:
        return not explain(layer, parse(raw).value)
    except JSONFault:
        return False


class TestOneVerdict:
    @pytest.mark.parametrize("name", sorted(LAYERS))
    @given(data=st.data())
    def test_typed_decoding_and_jsonschema_agree(self, name: str, data: st.DataObject) -> None:
        """Both accept and refuse the same values, for every schema."""
        layer = LAYERS[name]
        raw = json.dumps(data.draw(near_values(layer.root)), ensure_ascii=False).encode()
        assert typed_accepts(layer, raw) == explained_accepts(layer, raw)

    @pytest.mark.parametrize("name", sorted(LAYERS))
    @given(data=st.data())
    def test_typed_and_untyped_canonical_forms_agree(self, name: str, data: st.DataObject) -> None:
        """What the codec writes is what `fmt` writes, from any order of keys and any white space; and it is stable."""
        layer = LAYERS[name]
        value = data.draw(near_values(layer.root, faults=False))
        raw = json.dumps(value, indent=data.draw(st.sampled_from([None, 0, 3])), ensure_ascii=data.draw(st.booleans()))
        assert explained_accepts(layer, raw.encode())
        tidy = canonical(raw.encode(), layer)
        codec = Codec(layer)
        assert codec.canonical(codec.decode(raw.encode())) == tidy
        assert canonical(tidy, layer) == tidy
        assert json.loads(tidy) == json.loads(raw)


JUNK = [b"", b"{", b"]", b'"', b",", b"\\u00", b"\xff", b"1", b"NaN"]


class TestStrictJson:
    @given(JSON, st.sampled_from([None, 0, 2]), st.booleans())
    @example({"a": [], "b": {"c": {}}}, None, True)
    def test_what_json_writes_is_read_back(self, value: Any, indent: int | None, escaped: bool) -> None:
        """Strict JSON with integers of 64 bits is read as `json` reads it."""
        raw = json.dumps(value, indent=indent, ensure_ascii=escaped).encode()
        try:
            assert parse(raw).value == value
        except JSONFault as fault:
            assert fault.code == "F105"

    @given(st.data())
    def test_broken_files_are_refused_or_read_right(self, data: st.DataObject) -> None:
        """Any bytes are either JSON, and read as `json` reads them, or refused with a place in the file."""
        raw = bytearray(json.dumps(data.draw(JSON), ensure_ascii=False).encode())
        for _ in range(data.draw(st.integers(1, 3))):
            at = data.draw(st.integers(0, len(raw)))
            raw[at : at + data.draw(st.integers(0, 2))] = data.draw(st.sampled_from(JUNK))
        try:
            value = parse(bytes(raw)).value
        except JSONFault as fault:
            assert fault.line >= 1
            assert fault.column >= 1
        else:
            assert value == json.loads(raw)


class TestOffsets:
    @given(st.lists(texts(), min_size=1, max_size=4), st.data())
    def test_bytes_of_code_points(self, drawn: list[str], data: st.DataObject) -> None:
        """The byte of a code point is the length of the UTF-8 before it, for every document of a batch."""
        index = Texts.of([text.encode() for text in drawn])
        documents = data.draw(st.lists(st.integers(0, len(drawn) - 1), min_size=1, max_size=9))
        offsets = [data.draw(st.integers(0, len(drawn[d]))) for d in documents]
        expected = [
            len("".join(drawn[:d]).encode()) + len(drawn[d][:o].encode())
            for d, o in zip(documents, offsets, strict=True)
        ]
        assert index.byte(np.array(documents), np.array(offsets)).tolist() == expected
        assert index.characters.tolist() == [len(text) for text in drawn]
