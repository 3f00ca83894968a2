"""Faults of all spans of a layer at once, which have one cause (O006)."""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from dataclasses import replace
from typing import Any, Literal
from unicodedata import normalize

from hypothesis import strategies as st

from sidelines.marks import WHITE_SPACE
from sidelines.testing.cutter import Span
from sidelines.testing.drawn import DrawnCorpus, DrawnDocument, Files
from sidelines.testing.mutations.places import Draw, Inapplicable, Mutation, Place, choose, lawful, spans_of

__all__ = ["MUTATIONS"]

FEWEST = 3  # spans that must be wrong: of fewer, the cause is not asked for
Move = Callable[[str, int, int], Span | None]


def _layer(move: Move) -> Callable[[DrawnCorpus, Draw], Files]:
    """All spans of a layer of a document moved: their words stay what they were."""

    def change(corpus: DrawnCorpus, draw: Draw) -> Files:
        options = [
            (document, layer)
            for document in corpus.documents
            for layer in corpus.model.layers
            if _misplaced(corpus, document, layer, move)
        ]
        document, layer = choose(draw, options)
        content: dict[str, Any] = deepcopy(document.layers[layer])
        for place, span in _moved(corpus, document, layer, move):
            assert span is not None  # or it were no option
            inner: Any = content[place.table.key][place.index]
            for part in place.path:
                inner = inner[part]
            inner["start"], inner["end"] = span
        return corpus.with_document(replace(document, layers={**document.layers, layer: content})).files()

    return change


def _moved(corpus: DrawnCorpus, document: DrawnDocument, layer: str, move: Move) -> list[tuple[Place, Span | None]]:
    places = [p for p in spans_of(corpus) if p.document.id == document.id and p.table.layer == layer]
    return [(place, move(document.text, place.value["start"], place.value["end"])) for place in places]


def _misplaced(corpus: DrawnCorpus, document: DrawnDocument, layer: str, move: Move) -> bool:
    """Whether enough spans are then elsewhere, and each as its schema allows."""
    moved = _moved(corpus, document, layer, move)
    wrong = 0
    for place, span in moved:
        if span is None:
            return False
        start, end = span
        value = place.value | {"start": start, "end": end}
        if not lawful(corpus, place, value, anywhere=True):
            return False
        wrong += not (0 <= start < end <= len(document.text) and document.text[start:end] == value["text"])
    return wrong >= FEWEST


def _counted(rewrite: Callable[[str], Any]) -> Move:
    """Offsets as the length of what a program made of the text before them."""
    return lambda text, start, end: (len(rewrite(text[:start])), len(rewrite(text[:end])))


def _normalised(form: Literal["NFC", "NFD"]) -> Move:
    """Offsets in a normal form, which are none within what it writes as one."""

    def move(text: str, start: int, end: int) -> Span | None:
        parts = [[normalize(form, part) for part in (text[:at], text[at:])] for at in (start, end)]
        whole = normalize(form, text)
        return (len(parts[0][0]), len(parts[1][0])) if all("".join(part) == whole for part in parts) else None

    return move


def _utf16(text: str) -> bytes:
    return text.encode("utf-16-le")[::2]


def _by(start: int, end: int) -> Move:
    return lambda text, first, last: (first + start, last + end)


def _edited(corpus: DrawnCorpus, draw: Draw) -> Files:
    """A text that lost, or was given, some characters after it was annotated."""
    by = draw(st.sampled_from([-2, -1, 1, 2, 5]))
    middle = draw(st.integers(0, 60))

    def move(text: str, start: int, end: int) -> Span:
        return start + by * (start >= middle), end + by * (start >= middle)

    return _layer(move)(corpus, draw)


def _one_of(*moves: Move) -> Callable[[DrawnCorpus, Draw], Files]:
    def change(corpus: DrawnCorpus, draw: Draw) -> Files:
        for at in draw(st.permutations(range(len(moves)))):
            try:
                return _layer(moves[at])(corpus, draw)
            except Inapplicable:
                continue
        raise Inapplicable

    return change


def _leading(text: str) -> int:
    return len(text) - len(text.lstrip(WHITE_SPACE))


MUTATIONS = (
    Mutation("layer-in-utf-16", "O006", "All offsets of a layer in UTF-16.", _layer(_counted(_utf16))),
    Mutation("layer-in-bytes", "O006", "All offsets of a layer in bytes of UTF-8.", _layer(_counted(str.encode))),
    Mutation("layer-normalised", "O006", "All offsets of a layer in a normal form of the text.", _one_of(
        _normalised("NFC"), _normalised("NFD"))),
    Mutation("layer-with-other-newlines", "O006", "All offsets of a layer over other newlines.", _one_of(
        _counted(lambda text: text.replace("\r\n", "\n")),
        _counted(lambda text: text.replace("\r\n", "\n").replace("\n", "\r\n")))),
    Mutation("layer-over-trimmed-text", "O006", "All offsets of a layer without the white space before the text.",
        _layer(lambda text, start, end: (start - _leading(text), end - _leading(text)))),
    Mutation("layer-without-bom", "O006", "All offsets of a layer with a byte order mark too many.", _layer(_by(1, 1))),
    Mutation("layer-from-one", "O006", "All starts of a layer counted from 1.", _layer(_by(1, 0))),
    Mutation("layer-end-inclusive", "O006", "All ends of a layer those of the last character.", _layer(_by(0, -1))),
    Mutation("layer-by-length", "O006", "All ends of a layer lengths.", _layer(
        lambda text, start, end: (start, end - start))),
    Mutation("text-edited", "O006", "All offsets from some character on off by the same number.", _edited),
)  # fmt: skip
