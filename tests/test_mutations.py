"""Every fault of the catalogue is found by its rule and by no other, and every rule finds one."""

from __future__ import annotations

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
from sidelines.testing import DrawnCorpus, DrawnDocument, Files, corpora
from sidelines.testing.mutations import MUTATIONS, Mutation
from tests.strategies import OWN, PATIENT

pytestmark = pytest.mark.slow

BUILT_IN, OF_OWN = corpora(), corpora(OWN / "schema")
# What only the built-in layers have a place for.
BUILT_IN_ALONE = {
    *("row-again", "row-outside", "block-too-short", "block-deleted", "made-boilerplate", "id-in-capitals"),
    *(name for name, mutation in MUTATIONS.items() if mutation.code[0] in "EQD"),
}


def simplest(strategy: st.SearchStrategy[Any]) -> Any:
    return find(strategy, lambda value: True, settings=PATIENT)


def found_in(files: Files, mutation: Mutation) -> set[str]:
    root = files.write(Path(tempfile.mkdtemp()) / "broken")
    if mutation.finder == "verify":
        return set(sidelines.verify(root).report.counts)
    if mutation.code[0] == "P":  # somebody wrote the table anew, who knew how to hash it
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


@settings(suppress_health_check=list(HealthCheck))
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
        max_examples=max(settings().max_examples // 10, 3),
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


@cache
def one_mention() -> DrawnCorpus:
    return find(BUILT_IN, lambda corpus: corpus.rows("mentions"), settings=PATIENT)


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

    def test_a_fault_changes_the_files_and_not_the_corpus(self) -> None:
        """What was drawn stays as it was, for whoever goes on with it."""
        corpus = self.mention("abc", 0, 1)
        before = corpus.files()
        for mutation in MUTATIONS.values():
            mutation.apply(corpus, simplest)
        assert corpus.files() == before
