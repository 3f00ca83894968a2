"""The part of a text around a span, for people who read of a problem: its sentence, or else its line."""

from __future__ import annotations

from functools import cached_property

import numpy as np

from sidelines import arrow
from sidelines.offsets import Ints
from sidelines.tables import Batch

__all__ = ["BESIDE", "MOST", "Contexts"]

BESIDE = 100  # code points on either side of a span, at most
MOST = 1_000  # code points in all: a longer span is cut off at its end


class Contexts:
    """The sentences and lines of a batch, cut out around spans as they are asked for.

    A sentence is a row of the table `sentences` whose offsets lie inside the text and whose text is what stands there,
    whatever rules have found so far: the same problem has the same context in files, in a build and in JSON Lines.
    """

    def __init__(self, batch: Batch) -> None:
        self._batch = batch

    def around(self, document: int, start: int, end: int) -> tuple[int, str]:
        """The code point at which the part of a document around a span begins, and that part.

        `start` and `end` are code points of the document; outside of the text they stand for its nearest end, and
        those in the wrong order for each other. The part goes from the beginning of the sentence in which the span
        begins to the end of that in which it ends, where there are such sentences, else from line break to line break.
        """
        texts = self._batch.texts
        origin = int(texts.origin[document])
        length = int(texts.origin[document + 1]) - origin
        first, last = sorted((min(max(start, 0), length), min(max(end, 0), length)))
        left, right = max(first - BESIDE, 0), min(last + BESIDE, length)
        right = min(right, left + MOST)
        bounds = np.array([left, right], np.int64)
        begin, finish = texts.byte(np.array([document, document]), bounds).tolist()
        part = texts.data[begin:finish].tobytes().decode("utf-8")
        opens = self._sentence(document, first)
        closes = opens if last - first < 2 else self._sentence(document, last - 1)
        cut = part.rfind("\n", 0, first - left) + 1 if opens is None else max(opens[0] - left, 0)
        if closes is not None:
            stop = min(closes[1] - left, len(part))
        elif last > first and part[last - left - 1 : last - left] == "\n":
            stop = last - left
        else:
            at = part.find("\n", min(last - left, len(part)))
            stop = len(part) if at < 0 else at - (at > last - left and part[at - 1] == "\r")
        return left + cut, part[cut:stop]

    def _sentence(self, document: int, point: int) -> tuple[int, int] | None:
        """Where the sentence begins and ends that a code point of a document stands in."""
        begins, ends = self._sentences
        origin = int(self._batch.texts.origin[document])
        at = int(np.searchsorted(begins, origin + point, "right")) - 1
        if at < 0 or begins[at] < origin or ends[at] <= origin + point:
            return None
        return int(begins[at]) - origin, int(ends[at]) - origin

    @cached_property
    def _sentences(self) -> tuple[Ints, Ints]:
        """Where each true sentence begins and ends, in code points from the beginning of the batch, in order."""
        batch, texts = self._batch, self._batch.texts
        if not batch.model.points("sentences"):
            return np.empty(0, np.int64), np.empty(0, np.int64)
        spans = batch.everything("sentences")
        inside = (spans.start >= 0) & (spans.start < spans.end) & (spans.end <= texts.characters[spans.document])
        spans = spans.where(inside)
        start, end = (texts.byte(spans.document, offsets) for offsets in (spans.start, spans.end))
        spans = spans.where(texts.equal(start, end, *arrow.utf8(spans.text)))
        begins, ends = (texts.origin[spans.document] + offsets for offsets in (spans.start, spans.end))
        order = np.argsort(begins, kind="stable")
        return begins[order], ends[order]
