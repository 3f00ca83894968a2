"""Problems as data: places, pointers, the order of a report, and which names are legal."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence

import msgspec
import pytest

from sidelines.problems import Problem, Report, code_points, names, nearest, not_canonical, pointer, printable, quoted


class TestProblem:
    @pytest.mark.parametrize(
        ("path", "line", "column", "place"),
        [
            ("annotations/a/dates.json", 3, 7, "annotations/a/dates.json:3:7"),
            ("corpus/a.json", 3, None, "corpus/a.json:3"),
            ("corpus/a.txt", None, None, "corpus/a.txt"),
            (None, None, None, "."),
            ("", 1, 1, ".:1:1"),
        ],
    )
    def test_place(self, path: str | None, line: int | None, column: int | None, place: str) -> None:
        """A place names as much as is known; the corpus itself is the dot."""
        assert Problem("F001", "error", "…", path, line=line, column=column).place == place

    def test_what_is_not_known_is_not_written(self) -> None:
        """As JSON a problem has the properties that it has, and no nulls."""
        problem = Problem("O004", "error", "…", "annotations/a/dates.json", start=0, end=3)
        assert json.loads(msgspec.json.encode(problem)) == {
            "code": "O004",
            "severity": "error",
            "message": "…",
            "path": "annotations/a/dates.json",
            "start": 0,
            "end": 3,
        }

    def test_problems_are_values(self) -> None:
        """Equal problems are equal and hash alike, and none can be changed."""
        one, two = Problem("F001", "error", "…", "a"), Problem("F001", "error", "…", "a")
        assert one == two
        assert len({one, two, Problem("F001", "warning", "…", "a")}) == 2
        with pytest.raises(AttributeError):
            one.code = "F002"  # type: ignore[misc]

    def test_what_is_printed_is_one_line(self) -> None:
        """Whatever the file holds or is called, a problem moves no cursor, and goes into JSON."""
        problem = Problem(
            "S104",
            "error",
            'expected "a", found "\u009b2J\u202e\u2028\x7f"',
            "corpus/\x1b[2J\n\udcff.txt",
            pointer="/\u2028",
            document="\x1b[2J\n\udcff",
            id="\u2028",
        )
        assert problem.place == "corpus/\\u001b[2J\\u000a\\udcff.txt"
        assert json.loads(msgspec.json.encode(problem)) == {
            "code": "S104",
            "severity": "error",
            "message": 'expected "a", found "\\u009b2J\\u202e\\u2028\\u007f"',
            "path": "corpus/\\u001b[2J\\u000a\\udcff.txt",
            "pointer": "/\u2028",
            "document": "\\u001b[2J\\u000a\\udcff",
            "id": "\u2028",
        }


class TestPointer:
    @pytest.mark.parametrize(
        ("parts", "written"),
        [
            ([], ""),
            ([""], "/"),
            (["a", 0, "b"], "/a/0/b"),
            (["a/b", "~", "~1"], "/a~1b/~0/~01"),
            (["$schema", "é", " "], "/$schema/é/ "),
        ],
    )
    def test_pointer(self, parts: list[str | int], written: str) -> None:
        """Keys and indexes as RFC 6901 has them: ~ before /, nothing else escaped."""
        assert pointer(parts) == written


class TestQuoted:
    @pytest.mark.parametrize(
        ("text", "shown"),
        [
            ("", ""),
            ("Łódź “x” 😀", "Łódź “x” 😀"),
            ("a\r\n\x1b\x7f\x9b", "a\\u000d\\u000a\\u001b\\u007f\\u009b"),
            ("\u2028\u202e\u2066\ufeff\udcff", "\\u2028\\u202e\\u2066\\ufeff\\udcff"),
            ("\U000e0041" + "x" * 99, "\\U000e0041" + "x" * 99),
        ],
    )
    def test_printable(self, text: str, shown: str) -> None:
        """All of the text on one line, each character that cannot be seen as its code point."""
        assert printable(text) == shown

    @pytest.mark.parametrize(
        ("text", "shown"),
        [
            ("", "‘’"),
            ("Łódź “x” 😀", "‘Łódź “x” 😀’"),
            ("a\nb\t", "‘a\\u000ab\\u0009’"),
            ("no\u00a0break\u200d", "‘no\\u00a0break\\u200d’"),
            ("\U000e0041", "‘\\U000e0041’"),
            ("x" * 60, f"‘{'x' * 60}’"),
            ("a" * 30 + "b" * 31, f"‘{'a' * 28} … {'b' * 28}’"),
            ("a" * 40 + "b" * 40, f"‘{'a' * 28} … {'b' * 28}’"),
        ],
    )
    def test_quoted(self, text: str, shown: str) -> None:
        """One line, whatever the text: what cannot be seen is written as its code point, the middle is left out."""
        assert quoted(text) == shown

    @pytest.mark.parametrize(
        ("text", "shown"),
        [
            ("", "‘’"),
            (" plain ~", "‘ plain ~’"),
            ("\uffff\U00010000", "‘\\uffff\\U00010000’"),
            ("é e\u0301 😀\n", "‘\\u00e9 e\\u0301 \\U0001f600\\u000a’"),
            ("\x7f", "‘\\u007f’"),
            ("x" * 60, f"‘{'x' * 60}’"),
            ("x" * 61, f"‘{'x' * 60}…’"),
        ],
    )
    def test_code_points(self, text: str, shown: str) -> None:
        """All but printable ASCII as code points, so that no two texts look alike."""
        assert code_points(text) == shown

    def test_another_limit(self) -> None:
        """The limit is the caller's."""
        assert quoted("abcdefghijk", 10) == "‘abc … ijk’"
        assert code_points("abc", 2) == "‘ab…’"


ONE = Problem("S101", "error", "m", "a.json", line=2, column=9)
TWO = Problem("L001", "error", "m", "a.json", line=10, column=1)
THREE = Problem("Q001", "warning", "m", "b.json")
NOWHERE = Problem("C001", "error", "m")


class TestReport:
    def test_order(self) -> None:
        """By path, line and column as numbers, code, message; what has no place comes first."""
        late = Problem("S102", "error", "m", "a.json", line=2, column=9)
        other = Problem("S101", "error", "n", "a.json", line=2, column=9)
        first = Problem("S109", "error", "m", "a.json", line=1, column=1)
        whole = Problem("S999", "error", "m", "a.json")
        left = Problem("S103", "error", "m", "a.json", line=2, column=8)
        report = Report(iter([THREE, late, TWO, other, first, ONE, left, whole, NOWHERE]))
        assert list(report) == [NOWHERE, whole, first, left, ONE, other, late, TWO, THREE]

    def test_sequence(self) -> None:
        """A report has a length, items, slices, and says what it holds."""
        report = Report([TWO, ONE])
        assert len(report) == 2
        assert report[0] == ONE
        assert report[-1] == TWO
        assert report[1:] == (TWO,)
        assert ONE in report
        assert NOWHERE not in report
        assert report.index(TWO) == 1

    def test_counts(self) -> None:
        """Problems are counted by code, in the order of the codes."""
        counts = Report([ONE, TWO, TWO, NOWHERE]).counts
        assert counts == {"C001": 1, "L001": 2, "S101": 1}
        assert list(counts) == ["C001", "L001", "S101"]

    def test_errors_and_warnings(self) -> None:
        """Warnings are counted by themselves."""
        report = Report([ONE, THREE, THREE], documents=4, rows={"quotes": 7})
        assert (report.errors, report.warnings, report.ok) == (1, 2, False)
        assert (report.documents, report.rows) == (4, {"quotes": 7})
        assert repr(report) == "<Report: 4 documents, 1 errors, 2 warnings>"

    @pytest.mark.parametrize("problems", [[], [THREE]])
    def test_ok(self, problems: list[Problem]) -> None:
        """A report without errors is in order, whatever it warns of."""
        assert Report(problems).ok

    def test_an_empty_report(self) -> None:
        """No problems, no documents, no rows."""
        report = Report()
        assert (list(report), report.counts, report.documents, report.rows) == ([], {}, 0, {})

    def test_rows_are_its_own(self) -> None:
        """What the caller does with the counts of rows afterwards does not reach the report."""
        rows = {"quotes": 7}
        report = Report(rows=rows)
        rows["quotes"] = 8
        assert report.rows == {"quotes": 7}


class TestNames:
    @pytest.mark.parametrize(
        ("unknown", "legal", "said"),
        [
            ("mention", ["roles", "mentions"], "did you mean 'mentions'? There are: mentions, roles"),
            ("dates", ["roles", "mentions"], "there are: mentions, roles"),
            ("dates", ["dates"], "did you mean 'dates'? There are: dates"),
            ("", ["a"], "there are: a"),
            ("dates", [], "there are none"),
        ],
    )
    def test_names(self, unknown: str, legal: Iterable[str], said: str) -> None:
        """The nearest name if one is near, and all in alphabetical order."""
        assert names(unknown, iter(legal)) == said


class TestNearest:
    MANY = tuple(f"{letter}{number:05}" for letter in "lmn" for number in range(100))

    @pytest.mark.parametrize(
        ("unknown", "legal", "found"),
        [
            ("menttions", ["mentions", "roles"], "mentions"),
            ("dates", ["mentions", "roles"], None),
            ("m00042x", MANY, "m00042"),
            ("l00000x", MANY, "l00000"),
            ("n00099x", MANY, "n00099"),
            ("M-00042", (*("a" * n for n in range(1, 100)), "m00042", *MANY), "m00042"),
            (
                "M-00042",
                (*("a" * n for n in range(1, 102)), "m00042", *MANY),
                None,
            ),  # too far from where it would stand
            ("M-00042", (*("a" * n for n in range(1, 101)), "m00042"), "m00042"),  # of so few, each is compared
            ("x" * 200, ["x" * 200], "x" * 200),
            ("x" * 201, ["x" * 201], None),
        ],
    )
    def test_nearest(self, unknown: str, legal: Sequence[str], found: str | None) -> None:
        """Of a few names the most alike, of many the most alike of those beside it, and none for what is very long."""
        assert nearest(unknown, legal) == found


class TestNotCanonical:
    @pytest.mark.parametrize(
        ("found", "expected", "line", "column", "message"),
        [
            ('{"a": 1}', '{\n  "a": 1\n}\n', 1, 2, "expected the canonical form, '{', found '{\"a\": 1}'"),
            (
                '{\n "a": 1\n}\n',
                '{\n  "a": 1\n}\n',
                2,
                2,
                "expected the canonical form, '  \"a\": 1', found ' \"a\": 1'",
            ),
            ("{}\r\n", "{}\n", 1, 3, r"expected the canonical form, '{}', found '{}\r'"),
            ("{}\n ", "{}\n", 2, 1, "expected the canonical form, nothing, found ' '"),
            ("{}", "{}\n", 1, 1, "expected one newline at the end of the file, found none"),
            ("{}\n\n\n", "{}\n", 3, 1, "expected one newline at the end of the file, found more"),
        ],
    )
    def test_at_the_first_difference(self, found: str, expected: str, line: int, column: int, message: str) -> None:
        """The problem stands where the file leaves its canonical form, and shows both."""
        problem = not_canonical("corpus/a.json", found.encode(), expected.encode(), "a")
        assert (problem.code, problem.severity, problem.path, problem.document) == (
            "F108",
            "error",
            "corpus/a.json",
            "a",
        )
        assert (problem.line, problem.column, problem.message) == (line, column, message)
        assert problem.fix == "run `sidelines fmt`"

    @pytest.mark.parametrize(
        ("before", "after", "left", "right"),
        [(10, 19, "", ""), (11, 20, "…", "…"), (0, 0, "", "")],
    )
    def test_dots_stand_for_what_is_cut(self, before: int, after: int, left: str, right: str) -> None:
        """Dots stand where something is left out, and nowhere else."""
        lines = ["x" * before + middle + "y" * after + "\n" for middle in "ba"]
        shown = [f"{left}'{'x' * min(before, 10)}{middle}{'y' * min(after, 19)}'{right}" for middle in "ab"]
        problem = not_canonical("a.json", lines[0].encode(), lines[1].encode())
        assert problem.message == f"expected the canonical form, {shown[0]}, found {shown[1]}"

    def test_columns_are_code_points(self) -> None:
        """An emoji before the difference is one column."""
        problem = not_canonical("a.json", '["😀",1]\n'.encode(), '["😀", 1]\n'.encode())
        assert (problem.line, problem.column) == (1, 6)

    def test_long_lines_are_cut(self) -> None:
        """Ten characters before the difference are shown and twenty from it on, with dots for the rest."""
        found, expected = "x" * 50 + "b" + "y" * 50 + "\n", "x" * 50 + "a" + "y" * 50 + "\n"
        problem = not_canonical("a.json", found.encode(), expected.encode())
        left, right = "x" * 10, "y" * 19
        assert problem.message == f"expected the canonical form, …'{left}a{right}'…, found …'{left}b{right}'…"
        assert problem.column == 51
