"""The public strategies: what they draw is what they promise, is clean, shrinks, and other tools read it."""

from __future__ import annotations

import hashlib
import json
import re
import runpy
import subprocess
import sys
import tempfile
import unicodedata
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, find, given, settings
from hypothesis import strategies as st
from hypothesis.errors import NoSuchExample
from hypothesis.vendor.pretty import pretty

import sidelines
from sidelines import testing
from sidelines.errors import SidelinesError
from sidelines.model import Model
from sidelines.schema import compile_schemas
from sidelines.testing import DrawnCorpus, DrawnDocument, Files, corpora, spans, texts, values
from sidelines.testing.cutter import at_most
from sidelines.testing.plan import Plan
from tests.strategies import OWN, PATIENT, ROOT
from tests.test_schema import BOUNDS, SPAN, STRING, Json, array, obj, span
from tests.test_schema import layer as layer_of
from tests.test_schema import row as row_of
from tests.test_schema import table as table_of

pytestmark = pytest.mark.slow

BUILT_IN = corpora()
OF_OWN = corpora(OWN / "schema")
MODEL = compile_schemas({"marks": (OWN / "schema" / "marks.schema.json").read_bytes()}, ["marks"])[0]
WHITE = set(" \t\n\v\f\r\x85\xa0\u1680\u2028\u2029\u202f\u205f\u3000") | {chr(code) for code in range(0x2000, 0x200B)}


def folder() -> Path:
    return Path(tempfile.mkdtemp()) / "drawn"


def drawn_from(strategy: st.SearchStrategy[Any], condition: Callable[[Any], Any] = lambda value: True) -> Any:
    return find(strategy, condition, settings=PATIENT)


def shrunk(table: str, size: int) -> None:
    """Corpora with a row of a table shrink to one document with so many code points."""
    # What is found by chance may, rarely, shrink into a corner; not twice.
    tries = (drawn_from(BUILT_IN, lambda corpus: table == "documents" or corpus.rows(table)) for _ in range(2))
    corpus = next((c for c in tries if len(c.documents[0].text) == size), None)
    assert corpus is not None
    (document,) = corpus.documents
    assert sum(len(corpus.rows(table)) for table in corpus.model.tables) <= 3  # a block and, for a mention, its entity
    assert document.id == "a"


class TestTexts:
    @given(texts())
    def test_every_text_is_utf8(self, text: str) -> None:
        """There are no surrogates."""
        assert text.encode("utf-8").decode("utf-8") == text

    @given(st.integers(0, 9), st.integers(0, 9), st.data())
    def test_length(self, least: int, more: int, data: st.DataObject) -> None:
        """Bounds are kept, in code points."""
        assert least <= len(data.draw(texts(least, least + more))) <= least + more

    def test_no_length(self) -> None:
        """There is one text without a character."""
        assert drawn_from(texts(max_size=0)) == ""
        with pytest.raises(NoSuchExample):
            drawn_from(texts(max_size=0), lambda text: text)

    @given(texts(min_size=100))
    def test_a_least_length_alone(self, text: str) -> None:
        """The greatest follows it, at a distance."""
        assert 100 <= len(text) <= 160
        assert at_most(None, 100, 60, "size") == 160

    @pytest.mark.parametrize(("sizes", "found"), [((3, 0), "3 and 0"), ((-1, 5), "-1 and 5"), ((0, -1), "0 and -1")])
    def test_lengths_that_no_text_has(self, sizes: tuple[int, int], found: str) -> None:
        """They are refused, and not taken for the empty text's."""
        with pytest.raises(SidelinesError) as caught:
            texts(*sizes)
        assert str(caught.value) == f"expected 0 <= min_size <= max_size, found {found}"

    @pytest.mark.parametrize(
        "kind",
        [
            lambda text: "\r\n" in text,
            lambda text: text.startswith("\ufeff"),
            lambda text: "\xa0" in text,
            lambda text: any(unicodedata.combining(character) for character in text),
            lambda text: any(unicodedata.bidirectional(c) in ("RLO", "LRE", "LRI", "RLI", "FSI") for c in text),
            lambda text: "\u2028" in text,
            lambda text: "\x00" in text,
            lambda text: any(0x10000 <= ord(character) < 0x20000 for character in text),
            lambda text: any(ord(character) >= 0x100000 for character in text),
            lambda text: unicodedata.normalize("NFC", text) != text,
            lambda text: len(text.lower()) != len(text),
        ],
    )
    def test_what_breaks_tools_is_there(self, kind: Callable[[str], bool]) -> None:
        """Each of these shrinks to three code points or fewer."""
        assert len(drawn_from(texts(), kind)) <= 3


class TestSpans:
    @given(st.data())
    def test_spans_are_slices_without_white_space_at_their_ends(self, data: st.DataObject) -> None:
        """Start, end and the slice between them."""
        text = data.draw(texts(1).filter(lambda text: any(character not in WHITE for character in text)))
        span = data.draw(spans(text))
        assert sorted(span) == ["end", "start", "text"]
        assert 0 <= span["start"] < span["end"] <= len(text)
        assert span["text"] == text[span["start"] : span["end"]]
        assert not {span["text"][0], span["text"][-1]} & WHITE

    def test_every_span_can_be_drawn(self) -> None:
        """All that neither begin nor end with white space, and no other."""
        text = "a \U0001f600b"
        found = {(0, 1), (0, 3), (0, 4), (2, 3), (2, 4), (3, 4)}
        for start, end in found:
            wanted = {"start": start, "end": end, "text": text[start:end]}
            assert drawn_from(spans(text), lambda span, wanted=wanted: span == wanted) == wanted
        with pytest.raises(NoSuchExample):
            drawn_from(spans(text), lambda span: (span["start"], span["end"]) not in found)

    @pytest.mark.parametrize("text", ["", " \u3000\u2028\n"])
    def test_a_text_without_words_has_none(self, text: str) -> None:
        """The strategy is empty."""
        assert spans(text).is_empty


ENDLESS: dict[str, Any] = {"type": "array"}
ENDLESS["items"] = ENDLESS


class TestValues:
    @pytest.mark.parametrize(
        ("schema", "smallest"),
        [
            ({"type": "string"}, ""),
            ({"type": "string", "minLength": 2, "maxLength": 2}, "aa"),
            ({"type": "string", "enum": ["b", "a"]}, "b"),
            ({"type": "string", "const": "x"}, "x"),
            ({"type": "string", "format": "date"}, "2000-01-01"),
            ({"type": "string", "pattern": "^Q[1-9][0-9]{0,11}$"}, "Q1"),
            ({"type": "string", "pattern": "b", "minLength": 2}, "b0"),
            ({"type": "integer"}, 0),
            ({"type": "integer", "minimum": 3, "maximum": 4}, 3),
            ({"type": "integer", "maximum": -3}, -3),
            ({"type": "number", "minimum": 0.5}, 1.0),
            ({"type": "number", "minimum": 1, "maximum": 1}, 1.0),
            ({"type": "boolean"}, False),
            ({"type": "number", "maximum": -(2**53) - 1}, -(2.0**53) - 2),
            ({"type": "array", "items": {"type": "boolean"}, "minItems": 1}, [False]),
            (
                {
                    "type": "object",
                    "additionalProperties": False,
                    "required": ["b"],
                    "properties": {"a": {"type": "integer"}, "b": {"$ref": "#/$defs/yes"}},
                    "$defs": {"yes": {"type": "string", "const": "yes"}},
                },
                {"b": "yes"},
            ),
        ],
    )
    def test_values_shrink_to_the_simplest(self, schema: dict[str, Any], smallest: Any) -> None:
        """Of every type and with every keyword."""
        found = drawn_from(values(schema))
        assert found == smallest
        assert type(found) is type(smallest)

    def test_bounds_are_reached_and_kept(self) -> None:
        """An integer reaches the ends of 64 bits, a string the bounds of its length."""
        assert drawn_from(values({"type": "integer"}), lambda value: value == 2**63 - 1)
        assert drawn_from(values({"type": "integer"}), lambda value: value == -(2**63))
        assert len(drawn_from(values({"type": "string", "maxLength": 3}), lambda value: len(value) == 3)) == 3

    @given(values({"type": "number", "minimum": 2**53 + 1}))
    def test_a_bound_that_no_float_equals(self, value: float) -> None:
        """The next float within the bound is the least."""
        assert value >= 2**53 + 1

    def test_bounds_without_a_float_between_them(self) -> None:
        """The strategy is empty."""
        assert values({"type": "number", "minimum": 2**53 + 1, "maximum": 2**53 + 1}).is_empty

    def test_optional_properties_come_in_the_order_of_the_schema(self) -> None:
        """Whether they are there or not."""
        members = {"c": {"type": "boolean"}, "a": {"type": "boolean"}, "b": {"type": "boolean"}}
        schema = {"type": "object", "additionalProperties": False, "properties": members, "required": ["b"]}
        for wanted in (["b"], ["a", "b"], ["c", "b"], ["c", "a", "b"]):
            assert drawn_from(values(schema), lambda value, wanted=wanted: list(value) == wanted)

    @given(values({"type": "string", "pattern": r"^\d+\s?\w$"}))
    def test_classes_are_those_of_re2(self, value: str) -> None:
        """Digits, white space and letters of ASCII."""
        assert re.fullmatch("[0-9]+[ \t\n\f\r]?[0-9A-Za-z_]", value)

    @pytest.mark.parametrize(
        ("schema", "message"),
        [
            ({"type": "string", "pattern": r"^\pL$"}, "Python does not read it"),
            ({"type": "strung"}, "expected a type, one of string"),
            ({"type": "string", "maxlength": 3}, "unknown keyword 'maxlength'; did you mean 'maxLength'"),
            ({"type": "string", "const": "\ud800"}, "expected a schema in the dialect: 'utf-8' codec can't encode"),
            ({"type": "number", "minimum": float("nan")}, "minimum: expected a number that fits 64 bits, found null"),
            (ENDLESS, "expected a schema in the dialect: maximum recursion depth exceeded"),
            ({1: 2}, "expected a schema in the dialect: "),
            ({"type": object}, "expected a schema in the dialect: "),
            ("x", "expected a schema in the dialect, a dict, found 'x'"),
            (3, "expected a schema in the dialect, a dict, found 3"),
        ],
    )
    def test_what_cannot_be_drawn_is_refused(self, schema: Any, message: str) -> None:
        """With a sentence that says why."""
        with pytest.raises(SidelinesError, match=re.escape(message)):
            drawn_from(values(schema))


# -- corpora -----------------------------------------------------------------------------------------------------------


class TestCorpora:
    @given(BUILT_IN)
    def test_corpora_of_the_built_in_layers_are_clean(self, corpus: DrawnCorpus) -> None:
        """No rule finds anything in them, whatever the text."""
        assert list(sidelines.check(corpus.write(folder()))) == []

    @given(OF_OWN)
    def test_corpora_of_any_layer_are_clean(self, corpus: DrawnCorpus) -> None:
        """Of nested spans, lists of spans, references, an enum, patterns, bounds and days."""
        assert list(sidelines.check(corpus.write(folder()))) == []

    @given(BUILT_IN | OF_OWN)
    def test_files_hold_what_was_drawn(self, corpus: DrawnCorpus) -> None:
        """Read by nothing but `json`, and every surface is its slice."""
        root = corpus.write(folder())
        assert json.loads((root / "corpus" / "corpus.json").read_bytes()) == corpus.metadata
        assert sorted(path.stem for path in root.glob("corpus/*.txt")) == sorted(d.id for d in corpus.documents)
        for document in corpus.documents:
            raw = (root / "corpus" / f"{document.id}.txt").read_bytes()
            assert raw.decode("utf-8") == document.text
            metadata = json.loads((root / "corpus" / f"{document.id}.json").read_bytes())
            assert metadata == document.metadata
            assert metadata["sha256"] == hashlib.sha256(raw).hexdigest()
            assert metadata["characters"] == len(document.text)
            for name, layer in document.layers.items():
                raw = (root / "annotations" / document.id / f"{name}.json").read_bytes()
                assert json.loads(raw) == layer
                assert list(json.loads(raw)) == list(layer)
        for table in ("mentions", "marks"):
            for row in corpus.rows(table) if table in corpus.model.tables else ():
                text = next(document.text for document in corpus.documents if document.id == row["document"])
                assert text[row["start"] : row["end"]] == row["text"]

    @pytest.mark.parametrize(
        ("table", "size"), [("documents", 0), ("mentions", 1), ("sentences", 1), ("dates", 1), ("quotes", 1)]
    )
    def test_corpora_shrink(self, table: str, size: int) -> None:
        """To one document with so many code points, and as few rows as there can be."""
        # Hypothesis draws constants of all modules that are loaded, too: in a fresh process these are always the same.
        code = f"from tests.test_testing import shrunk; shrunk({table!r}, {size})"
        subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True)

    @pytest.mark.slow
    @pytest.mark.parametrize(
        "found",
        [
            lambda corpus: any(row["type"] == "GROUP" for row in corpus.rows("entities")),
            lambda corpus: any(row["kind"] == "direct" for row in corpus.rows("quotes")),
            lambda corpus: any(row["kind"] == "mixed" for row in corpus.rows("quotes")),
            lambda corpus: any("parent" in row for row in corpus.rows("quotes")),
            lambda corpus: any("source" in row for row in corpus.rows("quotes")),
            lambda corpus: any("cue" in row for row in corpus.rows("quotes")),
            lambda corpus: any("anchor" in row for row in corpus.rows("dates")),
            lambda corpus: any("function" in row for row in corpus.rows("dates")),
            lambda corpus: any(row["kind"] == "boilerplate" for row in corpus.rows("blocks")) and corpus.rows("dates"),
            lambda corpus: any("Monday" in row["text"] for row in corpus.rows("dates")),
            lambda corpus: len(corpus.rows("entities")) > len(corpus.rows("mentions")),
            lambda corpus: corpus.rows("roles"),
        ],
    )
    def test_all_that_the_layers_know_is_drawn(self, found: Callable[[DrawnCorpus], Any]) -> None:
        """Groups, quotes of every kind, parents, sources, cues, anchors, boilerplate, and days of the week."""
        quick = settings(PATIENT, phases=[Phase.generate])
        assert list(sidelines.check(find(BUILT_IN, found, settings=quick).write(folder()))) == []

    def test_a_drawn_corpus_is_shown_without_its_schemas(self) -> None:
        """In an example that failed, the data are what one looks for."""
        corpus = drawn_from(BUILT_IN)
        for shown in (repr(corpus), pretty(corpus)):
            assert shown.startswith("DrawnCorpus(metadata={")
            assert len(shown) < 2_000
        assert len(repr(BUILT_IN)) < 2_000

    def test_files_are_shown_in_short(self) -> None:
        """As Hypothesis prints them: each by its path, long ones by their size, links by what they lead to."""
        files = Files({"corpus/a.txt": b"ab", "schema/own.schema.json": b"x" * 401}, links={"corpus/b.txt": "../c"})
        shown = pretty(files)
        assert "'corpus/a.txt': b'ab', " in shown
        assert "'schema/own.schema.json': <401 bytes>, " in shown
        assert "'corpus/b.txt': <link to '../c'>, " in shown

    def test_documents(self) -> None:
        """As many as one asks for."""
        assert drawn_from(corpora(min_documents=0)).documents == ()
        assert len(drawn_from(corpora(min_documents=4, max_documents=4)).documents) == 4
        assert len(drawn_from(corpora(layers=[], min_documents=4)).documents) == 4
        with pytest.raises(SidelinesError, match="expected 0 <= min_documents <= max_documents, found 2 and 1"):
            corpora(min_documents=2, max_documents=1)

    def test_layers(self, tmp_path: Path) -> None:
        """Those that one names, of the schemas that there are; what holds definitions alone is no layer."""
        for path in (ROOT / "schema").glob("*.json"):
            (tmp_path / path.name).write_bytes(path.read_bytes())
        (tmp_path / "parts.schema.json").write_bytes(b'{"type": "object", "additionalProperties": false, "$defs": {}}')
        assert drawn_from(corpora(tmp_path)).metadata["layers"] == ["dates", "entities", "quotes", "structure"]
        assert drawn_from(corpora(tmp_path, layers=["dates"])).metadata["layers"] == ["dates"]
        assert drawn_from(corpora(tmp_path, layers=["dates", "dates"])).metadata["layers"] == ["dates"]

    def test_files_that_are_no_schemas_of_layers(self, tmp_path: Path) -> None:
        """Hidden files, such as macOS leaves, and names that no layer can have are passed over."""
        for name in ("marks", "con", ".marks"):
            path = tmp_path / f"{name}.schema.json"
            path.write_bytes((OWN / "schema" / "marks.schema.json").read_bytes())
        (tmp_path / "._marks.schema.json").write_bytes(b"\x00\x05\x16\x07")
        assert drawn_from(corpora(tmp_path)).metadata["layers"] == ["marks"]

    @given(corpora(layers=[]))
    def test_corpora_without_layers_are_clean(self, corpus: DrawnCorpus) -> None:
        """Texts alone are a corpus, too."""
        assert corpus.metadata["layers"] == []
        assert [document.layers for document in corpus.documents] == [{}] * len(corpus.documents)
        assert list(sidelines.check(corpus.write(folder()))) == []

    @pytest.mark.parametrize(
        ("name", "content", "message"),
        [
            ("marks", "{", "marks.schema.json: F103 expected"),
            ("marks", '{"properties": {"document": {}}}', "schema/marks.schema.json: S003 expected a type"),
            ("parts", "{}", "expected the schema of a layer, such as marks.schema.json, found none"),
        ],
    )
    def test_schemas_that_are_not_in_order(self, name: str, content: str, message: str, tmp_path: Path) -> None:
        """Are refused when the strategy is made, with the first fault."""
        (tmp_path / f"{name}.schema.json").write_text(content)
        with pytest.raises(SidelinesError, match=re.escape(message)):
            corpora(tmp_path)

    def test_a_schema_that_cannot_be_read(self, tmp_path: Path) -> None:
        """The cause is the system's."""
        (tmp_path / "marks.schema.json").mkdir()
        with pytest.raises(SidelinesError, match=r"marks\.schema\.json: cannot be read: "):
            corpora(tmp_path)

    def test_a_layer_that_is_not_there(self) -> None:
        """The message names the nearest."""
        with pytest.raises(SidelinesError, match=r"no schema of the layer 'mark'; did you mean 'marks'"):
            corpora(OWN / "schema", layers=["mark"])

    @pytest.mark.parametrize("name", ["corpus", "document", "dialect"])
    def test_a_schema_that_is_none_of_a_layer(self, name: str) -> None:
        """What describes the metadata is not drawn as a layer; the message has those that there are."""
        with pytest.raises(SidelinesError) as caught:
            corpora(layers=[name])
        legal = "dates, entities, quotes, structure"
        assert str(caught.value) == f"{ROOT / 'schema'}: there is no schema of the layer {name!r}; there are: {legal}"

    def test_rows_of_a_table_that_is_not_there(self) -> None:
        """A KeyError, as for any mapping."""
        with pytest.raises(KeyError):
            drawn_from(OF_OWN).rows("mentions")

    def test_a_folder_is_used_once(self, tmp_path: Path) -> None:
        """Files of an earlier example would be those of the next."""
        files = Files({"a/b.txt": b"c"})
        assert files.write(tmp_path / "new") == tmp_path / "new"
        assert (tmp_path / "new" / "a" / "b.txt").read_bytes() == b"c"
        with pytest.raises(SidelinesError, match="expected a new or an empty folder, found files in it"):
            files.write(tmp_path / "new")
        with pytest.raises(SidelinesError, match="cannot be written"):
            files.write(tmp_path / "new" / "a" / "b.txt" / "c")

    def test_a_folder_that_cannot_be(self) -> None:
        """A null character is in no name, and the message can be printed."""
        with pytest.raises(SidelinesError) as caught:
            Files({"a.txt": b"b"}).write("c\0d")
        assert str(caught.value).startswith(r"'c\x00d': cannot be written: no name of a file or folder: ")

    def test_a_document_in_the_place_of_another(self) -> None:
        """The others stay, and so does the corpus it was taken from."""
        corpus = drawn_from(corpora(OWN / "schema", min_documents=2), lambda corpus: len(corpus.documents) == 2)
        first, second = corpus.documents
        changed = corpus.with_document(DrawnDocument(first.id, "b", first.metadata, first.layers))
        assert [document.text for document in changed.documents] == ["b", second.text]
        assert corpus.documents == (first, second)


# -- schemas of all kinds ----------------------------------------------------------------------------------------------

PATTERNS = ("^[a-z]{1,3}$", "x", "^(a|bc)+$", "[0-9]{2}", "^$|^é")


@st.composite
def scalars(draw: st.DrawFn) -> dict[str, Any]:
    kind = draw(
        st.sampled_from(["string", "integer", "number", "boolean", "enum", "pattern", "date", "array", "object"])
    )
    low = draw(st.integers(-3, 3))
    made: dict[str, dict[str, Any]] = {
        "string": {"type": "string", "minLength": max(low, 0), "maxLength": max(low, 0) + 2},
        "integer": {"type": "integer", "minimum": low, "maximum": low + draw(st.integers(0, 4))},
        "number": {"type": "number", "maximum": low},
        "boolean": {"type": "boolean"},
        "enum": {"type": "integer", "enum": [low, low + 7]},
        "pattern": {"type": "string", "pattern": draw(st.sampled_from(PATTERNS))},
        "date": {"type": "string", "format": "date"},
    }
    if kind == "array":
        return {"type": "array", "items": draw(scalars()), "minItems": max(low, 0)}
    if kind == "object":
        return {
            "type": "object",
            "additionalProperties": False,
            "properties": {"in": draw(scalars()), "out": draw(scalars())},
            "required": draw(st.sampled_from([[], ["in"], ["in", "out"]])),
        }
    return made[kind]


@st.composite
def span_types(draw: st.DrawFn) -> dict[str, Any]:
    members: dict[str, Any] = {"start": {"type": "integer"}, "end": {"type": "integer"}, "text": {"type": "string"}}
    required = ["start", "end", "text"]
    if draw(st.booleans()):
        members["text"]["minLength"] = draw(st.integers(0, 2))
    if draw(st.booleans()):
        members["sort"] = draw(scalars())
        required += ["sort"] if draw(st.booleans()) else []
    return {
        "type": "object",
        "x-span": True,
        "additionalProperties": False,
        "properties": members,
        "required": required,
    }


@st.composite
def schemas(draw: st.DrawFn) -> dict[str, Any]:
    """The schema of a layer with up to three tables that point at and lie inside each other."""
    names = ["ones", "twos", "threes"][: draw(st.integers(1, 3))]
    rows: dict[str, dict[str, Any]] = {}
    for name in names:
        row = draw(span_types()) if draw(st.booleans()) else {"type": "object", "additionalProperties": False}
        members = {"id": {"type": "string"}, **row.get("properties", {})}
        rows[name] = {**row, "properties": members, "required": ["id", *row.get("required", [])]}
    spanned = [name for name in names if "x-span" in rows[name]]
    tables = {}
    for at, name in enumerate(names):
        row = rows[name]
        more: dict[str, Any] = {}
        if draw(st.booleans()):
            more["parts"] = {"type": "array", "items": draw(span_types()), "x-overlap": draw(OVERLAPS)}
            more["parts"] |= draw(st.sampled_from([{}, {"minItems": 1}, {"maxItems": 2}]))
            if spanned and draw(st.booleans()):
                more["parts"]["x-inside"] = draw(st.sampled_from(spanned))
            if draw(st.booleans()):
                more["head"] = {**draw(span_types()), "x-inside": "./parts"}
        if draw(st.booleans()):
            more["other"] = {"type": "string", "x-ref": draw(st.sampled_from(names))}
        if draw(st.booleans()):
            more["others"] = {"type": "array", "items": {"type": "string", "x-ref": draw(st.sampled_from(names))}}
            more["others"] |= draw(st.sampled_from([{}, {"minItems": 2, "maxItems": 2}]))
        if draw(st.booleans()):
            more["value"] = draw(scalars())
        row["properties"] |= more
        row["required"] += [key for key in more if draw(st.booleans())]
        table: dict[str, Any] = {"type": "array", "x-table": name, "items": row}
        if "x-span" in row:
            table |= draw(st.sampled_from([{}, {"x-overlap": "none"}, {"x-overlap": "nested"}]))
            earlier = [other for other in spanned if other in names[:at]]
            table |= {"x-inside": draw(st.sampled_from(earlier))} if earlier and draw(st.booleans()) else {}
        table |= draw(st.sampled_from([{}, {}, {"minItems": 2}, {"maxItems": 1}]))
        tables[name] = table
    members = {"document": {"type": "string"}, **tables}
    required = ["document", *(name for name in names if draw(st.booleans()))]
    return {"type": "object", "additionalProperties": False, "properties": members, "required": required}


OVERLAPS = st.sampled_from(["none", "nested", "any"])


class TestAnySchema:
    @given(schemas(), st.data())
    @settings(suppress_health_check=[HealthCheck.filter_too_much, HealthCheck.too_slow])
    def test_corpora_of_any_schema_are_clean(self, schema: dict[str, Any], data: st.DataObject) -> None:
        """Of whatever tables, with whatever keywords of the dialect."""
        folder_ = folder()
        folder_.mkdir()
        (folder_ / "layer.schema.json").write_text(json.dumps(schema))
        corpus = data.draw(corpora(folder_))
        assert list(sidelines.check(corpus.write(folder_ / "drawn"))) == []

    @given(scalars(), st.data())
    def test_values_are_of_their_schema(self, schema: dict[str, Any], data: st.DataObject) -> None:
        """jsonschema says the same, for the dialect is JSON Schema."""
        import jsonschema

        jsonschema.Draft202012Validator(schema).validate(data.draw(values(schema)))

    @given(
        values(
            compile_schemas({"marks": (OWN / "schema" / "marks.schema.json").read_bytes()}, ["marks"])[0]
            .layers["marks"]
            .root
        )
    )
    def test_values_of_a_compiled_schema(self, value: dict[str, Any]) -> None:
        """A property of a model is a schema, too."""
        assert list(value) == ["$schema", "document", "marks", "links"]


# -- schemas with one thing in them ------------------------------------------------------------------------------------


def compiled(schema: Json) -> tuple[Path, Model, dict[str, bytes]]:
    """A folder with the schema of the layer `own`, and what it is compiled from and to."""
    folder_ = folder()
    folder_.mkdir()
    raw = json.dumps(schema).encode()
    (folder_ / "own.schema.json").write_bytes(raw)
    files = {"own": raw}
    return folder_, compile_schemas(files, ["own"])[0], files


def drawn_of(schema: Json, found: Callable[[DrawnCorpus], Any]) -> DrawnCorpus:
    """A corpus of one document and the layer `own` with this schema for which something is true; it is clean."""
    folder_, _, _ = compiled(schema)
    quick = settings(PATIENT, phases=[Phase.generate])
    corpus: DrawnCorpus = find(corpora(folder_, max_documents=1), found, settings=quick)
    assert list(sidelines.check(corpus.write(folder_ / "drawn"))) == []
    return corpus


def span_row(members: Json | None = None, required: tuple[str, ...] = ()) -> Json:
    """A row that is a span, with more properties."""
    return obj({"id": STRING, **BOUNDS, **(members or {})}, ["id", *BOUNDS, *required], **SPAN)


def bounds(span: Json) -> tuple[int, int]:
    return span["start"], span["end"]


class TestOneThing:
    @pytest.mark.parametrize("there", [True, False])
    @pytest.mark.parametrize("name", ["$schema", "ones"])
    def test_what_need_not_be_there(self, name: str, there: bool) -> None:
        """The name of the schema, and a table without rows, are there or not."""
        schema = obj({"$schema": STRING, "document": STRING, "ones": table_of("ones", row_of())}, ["document"])
        drawn_of(
            schema,
            lambda corpus: not corpus.rows("ones") and (name in corpus.documents[0].layers["own"]) == there,
        )

    def test_tables_that_lie_inside_each_other(self) -> None:
        """Both have the same spans."""
        inside = {"ones": "twos", "twos": "ones"}
        tables = {name: table_of(name, span_row(), **{"x-inside": other}) for name, other in inside.items()}
        corpus = drawn_of(layer_of(tables), lambda corpus: corpus.rows("twos"))
        assert list(map(bounds, corpus.rows("ones"))) == list(map(bounds, corpus.rows("twos"))) != []

    def test_rows_that_lie_inside_their_own_property(self) -> None:
        """The property is as long as the row, and lies in turn where its schema says."""
        head = span_row({"head": span(**{"x-inside": "blocks"})})
        tables = {"ones": table_of("ones", head, **{"x-inside": "./head"}), "blocks": table_of("blocks", span_row())}
        corpus = drawn_of(layer_of(tables), lambda corpus: corpus.rows("ones"))
        assert all(bounds(row["head"]) == bounds(row) for row in corpus.rows("ones"))
        assert corpus.rows("blocks")

    def test_ids_that_are_those_of_other_rows(self) -> None:
        """By way of a third table, whatever the order of the three."""
        named = {name: row_of() for name in ("threes", "twos", "ones")}
        for name, other in (("threes", "twos"), ("twos", "ones")):
            named[name]["properties"] = {"id": {"type": "string", "x-ref": other}}
        schema = layer_of({name: table_of(name, row) for name, row in named.items()})
        corpus = drawn_of(schema, lambda corpus: len(corpus.rows("threes")) > 1)
        threes, twos, ones = ({row["id"] for row in corpus.rows(name)} for name in named)
        assert threes <= twos <= ones

    def test_what_must_be_there(self) -> None:
        """A table that has to have rows asks for rows to name, for spans to lie in, and for characters."""
        parts = array(span(), minItems=2, **{"x-overlap": "none"})
        members = {"of": {"type": "string", "x-ref": "twos"}, "parts": parts, "head": span(**{"x-inside": "threes"})}
        ones = table_of("ones", obj({"id": STRING, **members}), minItems=2)
        twos = table_of("twos", obj({"id": STRING, "of": {"type": "string", "x-ref": "threes"}}))
        schema = layer_of({"ones": ones, "twos": twos, "threes": table_of("threes", span_row())})
        _, model, files = compiled(schema)
        plan = Plan.of(model, files)
        assert plan.least == {"ones": 2, "twos": 1, "threes": 1}
        assert plan.needs == {"ones": {"twos", "threes"}, "twos": {"threes"}, "threes": set()}
        assert plan.room == 2 * (2 + 1) + 1  # two parts and a head in each of two rows, and a span
        corpus = drawn_of(schema, lambda corpus: True)
        assert len(corpus.rows("ones")) >= 2
        assert corpus.rows("twos")
        assert corpus.rows("threes")

    def test_references_where_there_is_nothing_to_name(self) -> None:
        """A list of them is empty; one that may not be empty, and a single one, are absent."""
        ref = {"type": "string", "x-ref": "twos"}
        members = {"one": ref, "some": array(ref, minItems=1), "any": array(ref)}
        schema = layer_of({"ones": table_of("ones", row_of(members)), "twos": table_of("twos", row_of(), maxItems=0)})
        corpus = drawn_of(schema, lambda corpus: sum("any" in row for row in corpus.rows("ones")) > 2)
        assert {"one", "some"}.isdisjoint(name for row in corpus.rows("ones") for name in row)
        assert all(row.get("any", []) == [] for row in corpus.rows("ones"))

    def test_lists_of_spans_without_room(self) -> None:
        """Where there is but one span, a list of two disjoint ones is absent."""
        first = obj({**BOUNDS, "end": {"type": "integer", "maximum": 1}}, **SPAN)
        parts = array(first, minItems=2, **{"x-overlap": "none"})
        schema = layer_of({"ones": table_of("ones", row_of({"parts": parts, "some": array(first)}))})
        corpus = drawn_of(schema, lambda corpus: sum("some" in row for row in corpus.rows("ones")) > 2)
        assert all("parts" not in row for row in corpus.rows("ones"))


class TestOwnShapes:
    """Tables that have the name of a built-in one, and as many of its properties as they like."""

    def test_quotes_without_a_kind(self) -> None:
        """None need be direct or mixed, and their cues stand outside all the same."""
        members = {"content": array(span(), minItems=1), "cue": span()}
        row = obj({"id": STRING, **members}, ["id", "content"])
        schema = layer_of({"quotes": table_of("quotes", row)})
        corpus = drawn_of(schema, lambda corpus: any("cue" in row for row in corpus.rows("quotes")))
        for row in (row for row in corpus.rows("quotes") if "cue" in row):
            start, end = bounds(row["cue"])
            assert all(end <= part["start"] or part["end"] <= start for part in row["content"])

    @pytest.mark.parametrize("required", [set(), {"fragments"}])
    def test_quotes_with_fragments(self, required: set[str]) -> None:
        """Those that are not mixed have none, and where the list of them has to be there, it is empty."""
        kind = {"type": "string", "enum": ["indirect", "mixed"]}
        members = {"kind": kind, "content": array(span(), minItems=1), "fragments": array(span())}
        row = obj({"id": STRING, **members}, ["id", "kind", "content", *required])
        schema = layer_of({"quotes": table_of("quotes", row)})
        corpus = drawn_of(schema, lambda corpus: [row["kind"] for row in corpus.rows("quotes")].count("indirect") > 2)
        for row in corpus.rows("quotes"):
            assert required <= row.keys()
            assert bool(row.get("fragments")) == (row["kind"] == "mixed")

    def test_dates_that_say_nothing(self) -> None:
        """They are spans and no more."""
        corpus = drawn_of(layer_of({"dates": table_of("dates", span_row())}), lambda corpus: corpus.rows("dates"))
        assert {*map(tuple, corpus.rows("dates"))} == {("document", "id", "start", "end", "text")}

    @pytest.mark.parametrize(
        ("value", "good"),
        [
            ({"type": "string", "enum": ["Thursday", "2019", "P2Y"]}, "2019"),
            ({"type": "string", "pattern": "^20[0-9]{2}-07-[0-3][0-9]$"}, "20[0-9]{2}-07-[0-3][0-9]"),
        ],
    )
    def test_values_that_a_schema_lists(self, value: Json, good: str) -> None:
        """They are of the schema and of TIMEX3, also where none of those that are mostly drawn is."""
        kind = {"type": "string", "enum": ["DATE"]}
        schema = layer_of({"dates": table_of("dates", span_row({"value": value, "type": kind}, ("value", "type")))})
        corpus = drawn_of(schema, lambda corpus: corpus.rows("dates"))
        assert all(re.fullmatch(good, row["value"]) for row in corpus.rows("dates"))

    def test_a_value_that_may_be_absent(self) -> None:
        """Some dates have one, some do not."""
        schema = layer_of({"dates": table_of("dates", span_row({"value": STRING}))})
        drawn_of(schema, lambda corpus: {"value" in row for row in corpus.rows("dates")} == {True, False})


# -- the package -------------------------------------------------------------------------------------------------------


def test_without_hypothesis(monkeypatch: pytest.MonkeyPatch) -> None:
    """The message is the command that installs it."""
    monkeypatch.setitem(sys.modules, "hypothesis", None)
    with pytest.raises(SidelinesError) as caught:
        runpy.run_path(str(testing.__file__))
    message = "sidelines.testing needs Hypothesis, which is not installed; pip install 'sidelines[testing]'"
    assert str(caught.value) == message


def test_with_half_of_hypothesis(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What Hypothesis itself lacks is not taken for Hypothesis."""
    (tmp_path / "hypothesis.py").write_text("import sortedcontainers_of_another_time")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.delitem(sys.modules, "hypothesis")
    with pytest.raises(ModuleNotFoundError, match="sortedcontainers_of_another_time"):
        runpy.run_path(str(testing.__file__))


def test_the_examples_of_the_page_run(capsys: pytest.CaptureFixture[str]) -> None:
    """Every block of Python of the page, one after the other; its tests pass, and the one that should not does not."""
    text = (ROOT / "docs" / "testing-converters.md").read_text(encoding="utf-8")
    namespace: dict[str, Any] = {}
    for code in re.findall(r"```python\n(.*?)```", text, re.DOTALL):
        exec(compile(code, "testing-converters.md", "exec"), namespace)  # the page is ours
    tests = {name: value for name, value in namespace.items() if name.startswith("test_")}
    assert sorted(tests) == ["test_my_check_finds_faults", "test_my_format_keeps_everything", "test_my_texts"]
    for test in tests.values():
        test()
