"""Every fault of the catalogue is found by its rule and by no other, and every rule finds one."""

from __future__ import annotations

import hashlib
import json
import tempfile
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, assume, find, given, reject, settings
from hypothesis import strategies as st

import sidelines
from sidelines.rules.catalogue import RULES
from sidelines.schema import compile_schemas
from sidelines.testing import DrawnCorpus, DrawnDocument, Files, corpora
from sidelines.testing.mutations import MUTATIONS, Mutation
from sidelines.testing.mutations.places import Draw
from tests.strategies import COSTLY, OWN, PATIENT
from tests.test_schema import BOUNDS, METADATA, SPAN, STRING, Json, array, layer, obj, row, span, table, written

pytestmark = pytest.mark.slow

BUILT_IN, OF_OWN = corpora(), corpora(OWN / "schema")
# What only the built-in layers have a place for.
BUILT_IN_ALONE = {
    *("row-again", "row-outside", "block-too-short", "block-deleted", "made-boilerplate", "id-in-capitals"),
    *(name for name, mutation in MUTATIONS.items() if mutation.code[0] in "EQD"),
}


def simplest(strategy: st.SearchStrategy[Any]) -> Any:
    return find(strategy, lambda value: True, settings=PATIENT)


def found_in(files: Files, mutation: Mutation | None = None) -> set[str]:
    root = files.write(Path(tempfile.mkdtemp()) / "broken")
    if mutation is not None and mutation.finder == "verify":
        return set(sidelines.verify(root).report.counts)
    if mutation is not None and mutation.code[0] == "P":  # somebody wrote the table anew, who knew how to hash it
        assert sidelines.verify(root).ok
    return set(sidelines.check(root, limits=files.limits).counts)


def test_every_rule_has_a_fault_and_every_fault_a_rule() -> None:
    """No rule lacks one, and none is there that no rule would find."""
    assert {mutation.code for mutation in MUTATIONS.values()} == set(RULES)


def test_names_are_their_own() -> None:
    """No two faults have the same name, and what they do is said in a sentence."""
    assert all(name == mutation.name for name, mutation in MUTATIONS.items())
    assert all(mutation.description.endswith(".") for mutation in MUTATIONS.values())
    assert len({mutation.description for mutation in MUTATIONS.values()}) > 100


@settings(COSTLY, suppress_health_check=list(HealthCheck))
@given(BUILT_IN | OF_OWN, st.sampled_from(list(MUTATIONS.values())), st.data())
def test_any_fault_is_found_by_its_rule_alone(corpus: DrawnCorpus, mutation: Mutation, data: st.DataObject) -> None:
    """In any corpus that has a place for it, and without an exception."""
    broken = mutation.apply(corpus, data.draw)
    assume(broken is not None)
    assert broken is not None
    assert found_in(broken, mutation) == {mutation.code}


@pytest.mark.slow
@pytest.mark.parametrize("name", MUTATIONS)
def test_each_fault_is_found_by_its_rule_alone(name: str) -> None:
    """Each of them in corpora that have a place for it, which there are."""
    mutation = MUTATIONS[name]

    @settings(
        max_examples=max(settings().max_examples // 15, 3),  # of some 150 faults each
        suppress_health_check=list(HealthCheck),
        phases=[Phase.generate],
    )
    @given(placed(BUILT_IN if name in BUILT_IN_ALONE else BUILT_IN | OF_OWN, mutation))
    def found(broken: Files) -> None:
        assert found_in(broken, mutation) == {mutation.code}

    found()


@st.composite
def placed(draw: st.DrawFn, strategy: st.SearchStrategy[DrawnCorpus], mutation: Mutation) -> Files:
    """Corpora with a fault."""
    broken = None
    for _ in range(5):  # drawn anew at once: whole examples in vain would be too many
        broken = broken or mutation.apply(draw(strategy), draw)
    return broken or reject()


def made(schema: Json, text: str, tables: dict[str, list[Json]], **properties: Any) -> DrawnCorpus:
    """A corpus of one document and the layer `own` with this schema; there is no problem in it."""
    files = METADATA | {"own": written(schema)}
    model, problems = compile_schemas(files, ["own"])
    assert problems == []
    own = {"document": "a", **tables, **properties}
    metadata = {"$schema": "../schema/corpus.schema.json", "name": "made", "version": "1.0.0", "layers": ["own"]}
    about = {"$schema": "../schema/document.schema.json", "id": "a", "characters": len(text)}
    about |= {"sha256": hashlib.sha256(text.encode()).hexdigest()}
    corpus = DrawnCorpus(metadata, (DrawnDocument("a", text, about, {"own": own}),), files, model)
    assert found_in(corpus.files()) == set()
    return corpus


def choosing(*numbers: int) -> Draw:
    """A draw of these options, one after the other, and then of the first."""
    left = list(numbers)

    def draw(strategy: st.SearchStrategy[Any]) -> Any:
        number = left.pop(0) if left else None
        return find(strategy, lambda value: number in (None, value), settings=PATIENT)

    return draw


def at(text: str, start: int, end: int, id_: str | None = None, **more: Any) -> Json:
    """A span of a text or, with an id, a row."""
    return ({} if id_ is None else {"id": id_}) | {"start": start, "end": end, "text": text[start:end], **more}


def span_row(members: Json | None = None) -> Json:
    """A row that is a span, with more properties that are optional."""
    return obj({"id": STRING, **BOUNDS, **(members or {})}, ["id", *BOUNDS], **SPAN)


@cache
def one_mention() -> DrawnCorpus:
    return find(BUILT_IN, lambda corpus: corpus.rows("mentions"), settings=PATIENT)


@cache
def one_mark() -> DrawnCorpus:
    return find(OF_OWN, lambda corpus: corpus.rows("marks"), settings=PATIENT)


def outcome(name: str, corpus: DrawnCorpus) -> set[str] | None:
    """The codes of what is found in a corpus with a fault; None where there is no place for it."""
    broken = MUTATIONS[name].apply(corpus, simplest)
    return None if broken is None else found_in(broken)


class TestNoPlace:
    """Where a fault would be none, or not the only one, there is no place for it."""

    @pytest.mark.parametrize("name", sorted(BUILT_IN_ALONE))
    def test_in_other_layers(self, name: str) -> None:
        """Those of the built-in layers have none in another."""
        assert MUTATIONS[name].apply(one_mark(), simplest) is None

    @pytest.mark.parametrize("name", ["fragments-dropped", "now-mixed", "now-indirect"])
    def test_fragments(self, name: str) -> None:
        """Where a schema of quotes has none."""
        members = {"kind": STRING, "content": array(span())}
        schema = layer({"quotes": table("quotes", obj({"id": STRING, **members}))})
        rows = [{"id": "q1", "kind": "indirect", "content": [at("a", 0, 1)]}]
        assert MUTATIONS[name].apply(made(schema, "a", {"quotes": rows}), simplest) is None

    @pytest.mark.parametrize(("pattern", "expected"), [(r"^\.\./", {"F202"}), (r"^\.\./\.\./", None)])
    def test_another_schema(self, pattern: str, expected: set[str] | None) -> None:
        """Only a layer that names its schema can name another, as far as that lets it."""
        named = layer({"$schema": {"type": "string", "pattern": pattern}}, required=["document"])
        corpus = made(named, "a", {}, **{"$schema": "../../schema/own.schema.json"})
        assert outcome("other-schema", corpus) == expected
        assert outcome("other-schema", made(named, "a", {})) is None

    @pytest.mark.parametrize(("most", "expected"), [(2, {"L002"}), (1, None)])
    def test_a_row_more(self, most: int, expected: set[str] | None) -> None:
        """Only where a table has room for it."""
        schema = layer({"ones": table("ones", span_row(), maxItems=most, **{"x-overlap": "nested"})})
        assert outcome("rows-crossing", made(schema, "abc", {"ones": [at("abc", 0, 2, "o1")]})) == expected

    @pytest.mark.parametrize(("least", "expected"), [(0, {"R002"}), (1, None)])
    def test_a_row_less(self, least: int, expected: set[str] | None) -> None:
        """Only where a table can do without."""
        members = {"of": {"type": "string", "x-ref": "twos"}}
        schema = layer({"ones": table("ones", row(members)), "twos": table("twos", row(), minItems=least)})
        corpus = made(schema, "a", {"ones": [{"id": "o1", "of": "t1"}], "twos": [{"id": "t1"}]})
        assert outcome("target-dropped", corpus) == expected

    @pytest.mark.parametrize(
        ("inside", "end", "expected"),
        [(None, 3, {"L002"}), ("twos", 4, {"L002"}), ("twos", 3, None), ("./head", 4, None)],
    )
    def test_a_crossing_row(self, inside: str | None, end: int, expected: set[str] | None) -> None:
        """Only where it lies in a span of the table that rows have to lie in."""
        more = {"x-overlap": "nested"} | ({} if inside is None else {"x-inside": inside})
        ones = table("ones", span_row({"head": span()}), **more)
        schema = layer({"ones": ones, "twos": table("twos", span_row())})
        rows = [at("abcd", 1, 3, "o1", head=at("abcd", 1, 3))]
        corpus = made(schema, "abcd", {"ones": rows, "twos": [at("abcd", 0, end, "t1")]})
        assert outcome("rows-crossing", corpus) == expected

    @pytest.mark.parametrize(
        ("more", "parts", "head", "expected"),
        [
            ({}, 1, False, {"L003"}),
            ({}, 2, False, {"L003"}),
            ({}, 0, False, None),
            ({"minItems": 2}, 2, False, None),
            ({}, 1, True, None),
        ],
    )
    def test_a_list_outside(self, more: Json, parts: int, head: bool, expected: set[str] | None) -> None:
        """Only one that is not empty, may be as short as one span, and has nothing inside it."""
        members = {"parts": array(span(), **more, **{"x-inside": "twos"})}
        members |= {"head": span(**{"x-inside": "./parts"})} if head else {}
        schema = layer({"ones": table("ones", row(members)), "twos": table("twos", span_row())})
        text = "abc"
        one = {"id": "o1", "parts": [at(text, number, number + 1) for number in range(parts)]}
        one |= {"head": at(text, 0, 1)} if head else {}
        corpus = made(schema, text, {"ones": [one], "twos": [at(text, 0, 2, "t1")]})
        assert outcome("property-outside", corpus) == expected

    @pytest.mark.parametrize(
        ("text", "parent", "expected"), [("“a”", False, {"Q001"}), ("“a””", False, None), ("“a”", True, None)]
    )
    def test_marks_cut_off(self, text: str, parent: bool, expected: set[str] | None) -> None:
        """Only where there are no others behind them, and no quote lies in this one."""
        members = {"kind": STRING, "content": array(span()), "parent": {"type": "string", "x-ref": "quotes"}}
        schema = layer({"quotes": table("quotes", obj({"id": STRING, **members}, ["id", "kind", "content"]))})
        rows: list[Json] = [{"id": "q1", "kind": "direct", "content": [at(text, 0, len(text))]}]
        rows += [{"id": "q2", "kind": "indirect", "content": [at(text, 1, 2)], "parent": "q1"}] if parent else []
        assert outcome("marks-cut-off", made(schema, text, {"quotes": rows})) == expected

    @pytest.mark.parametrize(
        ("text", "inner", "expected"), [("ab", [], {"L004"}), ("ab", [at("ab", 0, 2, "t1")], None), ("a", [], None)]
    )
    def test_a_shorter_block(self, text: str, inner: list[Json], expected: set[str] | None) -> None:
        """Only one of more than one character, with nothing at its end that has to lie in it."""
        twos = table("twos", span_row(), **{"x-inside": "blocks"})
        schema = layer({"blocks": table("blocks", span_row({"kind": STRING})), "twos": twos})
        rows = [at(text, 0, len(text), "b1", kind="paragraph")]
        assert outcome("block-too-short", made(schema, text, {"blocks": rows, "twos": inner})) == expected

    @pytest.mark.parametrize(("bound", "expected"), [({}, {"O003"}), ({"minimum": 1}, None)])
    def test_a_bound_of_the_schema(self, bound: Json, expected: set[str] | None) -> None:
        """Only offsets that the schema lets pass: it would be another rule that finds the others."""
        one = span_row()
        one["properties"] |= {"end": {"type": "integer", **bound}}
        corpus = made(layer({"ones": table("ones", one)}), "a", {"ones": [at("a", 0, 1, "o1")]})
        assert outcome("bounds-swapped", corpus) == expected

    @pytest.mark.parametrize(
        ("names", "expected"), [((None, "o1"), {"R001"}), (("o2", "o1"), None), (("o1", "o2"), None)]
    )
    def test_an_id_that_is_named(self, names: tuple[str | None, str], expected: set[str] | None) -> None:
        """Only a row that none names, itself neither, so that nothing but its id is wrong."""
        schema = layer({"ones": table("ones", row({"of": {"type": "string", "x-ref": "ones"}}))})
        rows = [{"id": id_} | ({"of": of} if of else {}) for id_, of in zip(("o1", "o2"), names, strict=True)]
        assert outcome("id-of-another", made(schema, "a", {"ones": rows})) == expected

    @pytest.mark.parametrize(("kind", "expected"), [("GROUP", {"E003"}), ("PLACE", None)])
    def test_a_group(self, kind: str, expected: set[str] | None) -> None:
        """Only where the schema has groups."""
        ref = {"type": "string", "x-ref": "entities"}
        entity = row({"type": {"type": "string", "enum": ["PERSON", kind]}, "members": array(ref)})
        schema = layer(
            {"entities": table("entities", entity), "mentions": table("mentions", span_row({"entity": ref}))}
        )
        entities, mentions = [{"id": "e1", "type": "PERSON"}], [at("a", 0, 1, "m1", entity="e1")]
        assert outcome("group-of-none", made(schema, "a", {"entities": entities, "mentions": mentions})) == expected

    @pytest.mark.parametrize(("rows", "expected"), [(2, {"S107"}), (1, None)])
    def test_too_many_rows(self, rows: int, expected: set[str] | None) -> None:
        """Only a limit that there can be, of one row or more."""
        corpus = made(layer({"ones": table("ones", row())}), "a", {"ones": [{"id": f"o{at}"} for at in range(rows)]})
        assert outcome("too-many-rows", corpus) == expected

    @pytest.mark.parametrize(("text", "expected"), [("é", {"T001"}), ("e", None), ("Ã©", None)])
    def test_latin_1(self, text: str, expected: set[str] | None) -> None:
        """Only a text whose bytes in Latin-1 are not UTF-8, by chance or for want of other letters."""
        assert outcome("latin-1-text", made(layer({}), text, {})) == expected

    @pytest.mark.parametrize(("number", "there"), [(0, True), (2, False)])
    def test_bytes_that_stay_the_same(self, number: int, there: bool) -> None:
        """The metadata of the document has a value that begins with an a, that of the corpus has none."""
        broken = MUTATIONS["escaped-letter"].apply(made(layer({}), "a", {}), choosing(number))
        assert (broken is not None) == there


class TestWhatTheyDo:
    """A few by hand: the catalogue is only as good as its faults are what they say."""

    @staticmethod
    def mention(text: str, start: int, end: int) -> DrawnCorpus:
        """A corpus with one mention, and the entity that it speaks of."""
        corpus = one_mention()
        (document,) = corpus.documents
        layers = {**document.layers, "structure": {**document.layers["structure"], "blocks": [], "sentences": []}}
        row = {"id": "m1", "start": start, "end": end, "text": text[start:end], "form": "NAM", "entity": "e1"}
        layers["entities"] = {**layers["entities"], "mentions": [row]}
        return corpus.with_document(DrawnDocument(document.id, text, document.metadata, layers))

    @pytest.mark.parametrize(
        ("name", "text", "span", "expected"),
        [
            ("utf-16-offsets", "\U0001f600\U0001f600abcd", (2, 4), (4, 6)),
            ("utf-16-end", "\U0001f600\U0001f600abcd", (2, 4), (2, 6)),
            ("utf-8-offsets", "é\u3042abcdefgh", (2, 4), (5, 7)),
            ("astral-uncounted", "\U0001f600abcd", (2, 4), (1, 3)),
            ("combining-uncounted", "e\u0301abcd", (2, 4), (1, 3)),
            ("crlf-counted-once", "\r\nabcd", (2, 4), (1, 3)),
            ("newlines-counted-twice", "\nabcde", (1, 3), (2, 4)),
            ("bom-uncounted", "\ufeffabcd", (1, 3), (0, 2)),
            ("end-inclusive", "abcd", (1, 3), (1, 2)),
            ("start-from-one", "abcd", (1, 3), (2, 3)),
            ("length-for-end", "abcdef", (1, 5), (1, 4)),
            ("bounds-swapped", "abcd", (1, 3), (3, 1)),
            ("no-length", "abcd", (1, 3), (3, 3)),
            ("end-past-the-text", "abcd", (1, 3), (1, 5)),
            ("counted-from-the-end", "abcd", (1, 3), (-3, 3)),
        ],
    )
    def test_offsets(self, name: str, text: str, span: tuple[int, int], expected: tuple[int, int]) -> None:
        """In code points before, and in what the fault takes them for."""
        broken = MUTATIONS[name].apply(self.mention(text, *span), simplest)
        assert broken is not None
        row = json.loads(broken.content["annotations/a/entities.json"])["mentions"][0]
        assert (row["start"], row["end"], row["text"]) == (*expected, text[slice(*span)])

    @pytest.mark.parametrize(
        ("name", "text", "expected"),
        [
            ("surface-to-nfc", "e\u0301", "é"),
            ("surface-to-nfd", "é", "e\u0301"),
            ("surface-truncated", "abc", "ab"),
            ("surface-in-lower-case", "Abc", "abc"),
            ("surface-on-one-line", "a\xa0\r\nb", "a b"),
            ("surface-printable", "a\u200db", "ab"),
            ("surface-escaped", 'a&"\xa0b', "a&amp;&quot;&nbsp;b"),
        ],
    )
    def test_surfaces(self, name: str, text: str, expected: str) -> None:
        """The offsets stay, the words do not."""
        broken = MUTATIONS[name].apply(self.mention(text, 0, len(text)), simplest)
        assert broken is not None
        row = json.loads(broken.content["annotations/a/entities.json"])["mentions"][0]
        assert (row["start"], row["end"], row["text"]) == (0, len(text), expected)

    @pytest.mark.parametrize(
        ("name", "text", "expected"),
        [
            ("lf-to-crlf", "a\nb", b"a\r\nb"),
            ("crlf-to-lf", "a\r\nb", b"a\nb"),
            ("bom-stripped", "\ufeffab", b"ab"),
            ("bom-added", "ab", b"\xef\xbb\xbfab"),
            ("text-to-nfc", "e\u0301", b"\xc3\xa9"),
            ("text-to-nfd", "é", b"e\xcc\x81"),
            ("no-break-space-lost", "a\xa0b", b"a b"),
            ("text-trimmed", "ab\n", b"ab"),
            ("latin-1-text", "ab\xe9", b"ab\xe9"),
            ("character-cut", "aé", b"a\xc3"),
        ],
    )
    def test_texts(self, name: str, text: str, expected: bytes) -> None:
        """The bytes of the file."""
        broken = MUTATIONS[name].apply(self.mention(text, 0, 1), simplest)
        assert broken is not None
        assert broken.content["corpus/a.txt"] == expected

    @pytest.mark.parametrize("name", ["wrong-weekday", "target-dropped", "shifted", "crlf-to-lf", "rows-crossing"])
    def test_without_a_place(self, name: str) -> None:
        """A corpus in which there is nothing has no place for most faults."""
        assert MUTATIONS[name].apply(simplest(BUILT_IN), simplest) is None

    @pytest.mark.parametrize(
        ("key", "spelt"), [("ones", rb"\u006f\u006e\u0065\u0073"), ("\U0001f600", rb"\ud83d\ude00")]
    )
    def test_a_key_in_escapes(self, key: str, spelt: bytes) -> None:
        """Of two units where a character is astral."""
        corpus = made(obj({key: table("ones", row()), "document": STRING}), "a", {key: []})
        broken = MUTATIONS["escaped-duplicate-key"].apply(corpus, choosing(1))
        assert broken is not None
        assert broken.content["annotations/a/own.json"].splitlines()[1] == b'  "' + spelt + b'": 0,'
        assert found_in(broken) == {"F104"}

    @pytest.mark.parametrize(
        ("number", "path", "line"),
        [
            (0, "corpus/corpus.json", b'  "colour": "red"'),
            (1, "corpus/a.json", b'  "colour": "red"'),
            (2, "annotations/a/own.json", b'  "colour": "red"'),
            (
                3,
                "annotations/a/own.json",
                b'    {"id": "o1", "head": {"start": 0, "end": 1, "text": "a"}, "colour": "red"}',
            ),
            (
                4,
                "annotations/a/own.json",
                b'    {"id": "o1", "head": {"start": 0, "end": 1, "text": "a", "colour": "red"}}',
            ),
        ],
    )
    def test_a_property_more(self, number: int, path: str, line: bytes) -> None:
        """In the metadata, a layer, a row or a span of one."""
        schema = layer({"ones": table("ones", row({"head": span()}))})
        corpus = made(schema, "a", {"ones": [{"id": "o1", "head": at("a", 0, 1)}]})
        broken = MUTATIONS["property-added"].apply(corpus, choosing(number))
        assert broken is not None
        assert [name for name, raw in corpus.files().content.items() if broken.content[name] != raw] == [path]
        assert line in broken.content[path].splitlines()
        assert found_in(broken) == {"S102"}

    def test_a_fault_changes_the_files_and_not_the_corpus(self) -> None:
        """What was drawn stays as it was, for whoever goes on with it."""
        corpus = self.mention("abc", 0, 1)
        before = corpus.files()
        for mutation in MUTATIONS.values():
            mutation.apply(corpus, simplest)
        assert corpus.files() == before
