"""The part of a text around a span: its sentence, its line, and never too much."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import sidelines
from sidelines.contexts import BESIDE, MOST, Contexts
from sidelines.opening import open_corpus
from sidelines.problems import Problem
from sidelines.tables import Batch
from tests.lined import as_lines
from tests.strategies import Drawn, texts
from tests.test_cases import CASES, lay_out


def batch_of(root: Path) -> Batch:
    ((batch, _),) = open_corpus(root).batches()
    return batch


def contexts(folder: Path, *documents: str) -> Contexts:
    """Those of a corpus without sentences."""
    drawn = Drawn({f"d{at}": text for at, text in enumerate(documents)},
                  {f"d{at}": [] for at in range(len(documents))},
                  {f"d{at}": [] for at in range(len(documents))})  # fmt: skip
    return Contexts(batch_of(drawn.write(folder / "drawn")))


class TestLines:
    """Where there are no sentences."""

    @pytest.mark.parametrize(
        ("start", "end", "at", "context"),
        [
            (4, 7, 4, "two"),
            (5, 6, 4, "two"),
            (4, 4, 4, "two"),
            (7, 7, 4, "two"),
            (2, 5, 0, "one\ntwo"),
            (4, 8, 4, "two\n"),  # a span that ends with a line break
            (8, 12, 8, "żó\u2028王👍"),
            (-5, 1, 0, "one"),
            (11, 99, 8, "żó\u2028王👍"),
            (99, 99, 8, "żó\u2028王👍"),
            (6, 4, 4, "two"),  # the wrong way round
        ],
    )
    def test_the_line(self, tmp_path: Path, start: int, end: int, at: int, context: str) -> None:
        """From line feed to line feed; offsets outside of the text are those of its ends."""
        assert contexts(tmp_path, "before", "one\ntwo\nżó\u2028王👍", "after").around(1, start, end) == (at, context)

    def test_line_ends_of_windows(self, tmp_path: Path) -> None:
        """Are no part of a line, unless of the span."""
        made = contexts(tmp_path, "one\r\ntwo\r\n")
        assert made.around(0, 0, 3) == (0, "one")
        assert made.around(0, 0, 4) == (0, "one\r")
        assert made.around(0, 6, 6) == (5, "two")

    def test_an_empty_text(self, tmp_path: Path) -> None:
        """Has nothing around anything."""
        assert contexts(tmp_path, "").around(0, 0, 5) == (0, "")

    def test_a_long_line(self, tmp_path: Path) -> None:
        """Is cut on both sides."""
        found = contexts(tmp_path, "é" * 500 + "Ann" + "è" * 500).around(0, 500, 503)
        assert found == (400, "é" * 100 + "Ann" + "è" * 100)

    def test_a_long_span(self, tmp_path: Path) -> None:
        """Is cut off at its end: a corpus of a thousand such problems is not a thousand copies of its text."""
        at, context = contexts(tmp_path, "a" * 5_000).around(0, 300, 4_000)
        assert (at, len(context)) == (200, 1_000)

    @given(st.lists(texts(), min_size=1, max_size=3), st.integers(-5, 70), st.integers(-5, 70), st.data())
    def test_it_is_what_stands_there(
        self, tmp_path_factory: pytest.TempPathFactory, documents: list[str], start: int, end: int, data: st.DataObject
    ) -> None:
        """For any texts and offsets: the part stands in the text where it says, and holds the span."""
        document = data.draw(st.integers(0, len(documents) - 1))
        text = documents[document]
        at, context = contexts(tmp_path_factory.mktemp("drawn"), *documents).around(document, start, end)
        assert text[at : at + len(context)] == context
        first, last = sorted((min(max(start, 0), len(text)), min(max(end, 0), len(text))))
        assert at <= first
        assert at + len(context) >= last or len(context) == MOST
        assert first - at <= BESIDE
        assert at + len(context) - last <= BESIDE
        assert "\n" not in context[: first - at]
        assert "\n" not in context[last - at :]


class TestSentences:
    """Where the table `sentences` has one."""

    @pytest.mark.parametrize(
        ("start", "end", "at", "context"),
        [
            (116, 119, 103, "“We agreed,” Lee told reporters."),
            (103, 135, 103, "“We agreed,” Lee told reporters."),
            (95, 108, 56, "Ann Lee and Bo Karlsson met in Oslo on Monday. “We agreed,” Lee told reporters."),
            (
                102,
                103,
                56,
                "Ann Lee and Bo Karlsson met in Oslo on Monday. “We agreed,” Lee told reporters.",
            ),  # between
            (30, 37, 27, "by Cy Moss, March 6th, 2024"),  # in none: its line
            (0, 29, 0, "Ann Lee Meets Bo Karlsson\n\nby Cy Moss, March 6th, 2024"),  # from one into none
            (215, 500, 210, "Leave a Reply"),
        ],
    )
    def test_the_sentence(self, sound: Path, start: int, end: int, at: int, context: str) -> None:
        """The one in which a span begins to that in which it ends."""
        assert Contexts(batch_of(sound)).around(0, start, end) == (at, context)

    @pytest.mark.parametrize(
        ("before", "after"),
        [
            ('"start": 103, "end": 135, "text": "“We', '"start": 104, "end": 135, "text": "“We'),
            ('"start": 103, "end": 135, "text": "“We', '"start": -103, "end": 135, "text": "“We'),
            ('"start": 103, "end": 135, "text": "“We', '"start": 103, "end": 1135, "text": "“We'),
            ('"start": 103, "end": 135, "text": "“We', '"start": 135, "end": 103, "text": "“We'),
        ],
    )
    def test_a_sentence_that_is_not_true(self, sound: Path, before: str, after: str) -> None:
        """Is none: the line is shown."""
        path = sound / "annotations" / "visit" / "structure.json"
        raw = path.read_text(encoding="utf-8")
        assert before in raw
        path.write_text(raw.replace(before, after), encoding="utf-8", newline="\n")
        line = "Ann Lee and Bo Karlsson met in Oslo on Monday. “We agreed,” Lee told reporters."
        assert Contexts(batch_of(sound)).around(0, 116, 119) == (56, line)


class TestProblems:
    def test_a_problem_has_its_context(self, tmp_path: Path) -> None:
        """And only one that has a span."""
        root = lay_out(tmp_path / "corpus", CASES / "O004-surface-differs" / "fail")
        (problem,) = sidelines.check(root)
        assert (problem.context_start, problem.context) == (103, "“Agreed! 👍,” Le\u0301 told reporters.")
        assert (problem.start, problem.end) == (117, 120)
        (other,) = sidelines.check(lay_out(tmp_path / "other", CASES / "E001-never-mentioned" / "fail"))
        assert (other.context_start, other.context) == (None, None)

    @pytest.mark.parametrize("name", ["L002-overlap", "O002-bound-outside", "D004-anchors-in-circle"])
    def test_files_and_lines_have_the_same(self, tmp_path: Path, name: str) -> None:
        """Whatever a corpus is read from."""
        files = lay_out(tmp_path / "files", CASES / name / "fail")
        expected = sorted(map(around, sidelines.check(files)))
        assert all(context for *_, context in expected)
        assert sorted(map(around, sidelines.check(as_lines(files, tmp_path / "lines")))) == expected

    def test_a_build_has_the_same(self, tmp_path: Path) -> None:
        """Of a rule that may be ignored, so that there can be a build with its problem."""
        files = lay_out(tmp_path / "files", CASES / "D001-no-timex-value" / "fail")
        (tmp_path / "files" / "pyproject.toml").write_text('[tool.sidelines]\nignore = ["D001"]\n')
        sidelines.build(files, tmp_path / "out")
        (tmp_path / "files" / "pyproject.toml").unlink()
        assert list(map(around, sidelines.check(tmp_path / "out"))) == list(map(around, sidelines.check(files)))


def around(problem: Problem) -> tuple[Any, ...]:
    return problem.code, problem.context_start, problem.context


def test_a_corpus_without_sentences(own: Path) -> None:
    """Is shown by lines."""
    path = own / "annotations" / "one" / "marks.json"
    path.write_bytes(path.read_bytes().replace(b'"text": "Nowak"', b'"text": "Novak"'))
    (problem,) = sidelines.check(own)
    assert (problem.context_start, problem.context) == (0, "Ann 😀 met Łukasz\u00a0Nowak in Ürümqi.")
