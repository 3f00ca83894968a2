"""The public strategies: what they draw is what they promise, is clean, shrinks, and other tools read it."""

from __future__ import annotations

import hashlib
import json
import re
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
from sidelines.errors import SidelinesError
from sidelines.schema import compile_schemas
from sidelines.testing import DrawnCorpus, DrawnDocument, Files, corpora, spans, texts, values
from tests.strategies import OWN, PATIENT, ROOT

pytestmark = pytest.mark.slow

BUILT_IN = corpora()
OF_OWN = corpora(OWN / "schema")
MODEL = compile_schemas({"marks": (OWN / "schema" / "marks.schema.json").read_bytes()}, ["marks"])[0]
WHITE = set(" \t\n\v\f\r\x85\xa0\u1680\u2028\u2029\u202f\u205f\u3000") | {chr(code) for code in range(0x2000, 0x200B)}


def folder() -> Path:
    return Path(tempfile.mkdtemp()) / "drawn"


def drawn_from(strategy: st.SearchStrategy[Any], condition: Callable[[Any], Any] = lambda value: True) -> Any:
    return find(strategy, condition, settings=PATIENT)


class TestTexts:
    @given(texts())
    def test_every_text_is_utf8(self, text: str) -> None:
        """There are no surrogates."""
        assert text.encode("utf-8").decode("utf-8") == text

    @given(st.integers(0, 9), st.integers(0, 9), st.data())
    def test_length(self, least: int, more: int, data: st.DataObject) -> None:
        """Bounds are kept, in code points."""
        assert least <= len(data.draw(texts(least, least + more))) <= least + more

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
        ],
    )
    def test_what_cannot_be_drawn_is_refused(self, schema: dict[str, Any], message: str) -> None:
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
        ("found", "size"),
        [
            (lambda corpus: True, 0),
            (lambda corpus: corpus.rows("mentions"), 1),
            (lambda corpus: corpus.rows("sentences"), 1),
            (lambda corpus: corpus.rows("dates"), 1),
            (lambda corpus: corpus.rows("quotes"), 1),
        ],
    )
    def test_corpora_shrink(self, found: Callable[[DrawnCorpus], Any], size: int) -> None:
        """To one document with so many code points, and as few rows as there can be."""
        corpus = drawn_from(BUILT_IN, found)
        (document,) = corpus.documents
        assert len(document.text) == size
        rows = [len(corpus.rows(table)) for table in corpus.model.tables]
        assert sum(rows) <= 3  # a block and, for a mention, its entity
        assert document.id == "a"

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

    def test_documents(self) -> None:
        """As many as one asks for."""
        assert drawn_from(corpora(min_documents=0)).documents == ()
        assert len(drawn_from(corpora(min_documents=4, max_documents=4)).documents) == 4

    def test_layers(self, tmp_path: Path) -> None:
        """Those that one names, of the schemas that there are; what holds definitions alone is no layer."""
        for path in (ROOT / "schema").glob("*.json"):
            (tmp_path / path.name).write_bytes(path.read_bytes())
        (tmp_path / "parts.schema.json").write_bytes(b'{"type": "object", "additionalProperties": false, "$defs": {}}')
        assert drawn_from(corpora(tmp_path)).metadata["layers"] == ["dates", "entities", "quotes", "structure"]
        assert drawn_from(corpora(tmp_path, layers=["dates"])).metadata["layers"] == ["dates"]

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

    def test_a_layer_that_is_not_there(self) -> None:
        """The message names the nearest."""
        with pytest.raises(SidelinesError, match=r"no schema of the layer 'mark'; did you mean 'marks'"):
            corpora(OWN / "schema", layers=["mark"])

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


# -- the package -------------------------------------------------------------------------------------------------------


def test_without_hypothesis() -> None:
    """The message is the command that installs it."""
    program = (
        "import sys; sys.modules['hypothesis'] = None\ntry: import sidelines.testing\nexcept Exception as e: print(e)"
    )
    shown = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout
    assert shown == "sidelines.testing needs Hypothesis, which is not installed; pip install 'sidelines[testing]'\n"


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
