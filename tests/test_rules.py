"""What rules of texts, entities, dates and corpora do at their edges: absent values, other shapes, exact messages."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import sidelines
from sidelines.sources import Limits
from tests.strategies import twice
from tests.test_checker import described, layer, reschema, write


def edit(root: Path, name: str, change: Callable[[dict[str, Any]], object]) -> None:
    """Change a layer of the document `visit`."""
    value = layer(root, name)
    change(value)
    write(root, name, value)


def optional(root: Path, name: str, table: str, column: str, instead: dict[str, Any] | None = None) -> None:
    """Let the schema of a layer take rows without a column, or with another kind of it."""

    def change(schema: dict[str, Any]) -> None:
        row = schema["properties"][table]["items"]
        row["required"].remove(column)
        if instead is not None:
            row["properties"][column] = instead

    reschema(root, name, change)


def found(root: Path) -> list[tuple[str, str | None, str]]:
    """Code, id and message of every problem."""
    return [(problem.code, problem.id, problem.message) for problem in sidelines.check(root)]


class TestDates:
    @pytest.mark.parametrize(("value", "shown"), [("x" * 40, "x" * 40), ("x" * 41, "x" * 39 + "…")])
    def test_a_long_value_is_cut(self, sound: Path, value: str, shown: str) -> None:
        """Forty characters are shown, or 39 and an ellipsis."""
        edit(sound, "dates", lambda layer: layer["dates"][2].update(value=value))
        message = f"value: expected a TIMEX3 value such as 2018-10-24, 2018-W43 or P2D, found {shown!r}"
        assert found(sound) == [("D001", "d3", message)]

    @pytest.mark.parametrize("row", [0, 1])
    def test_an_absent_value(self, sound: Path, row: int) -> None:
        """Where values are optional, one that is not there is none that is wrong, whatever day or month is named."""
        optional(sound, "dates", "dates", "value")
        edit(sound, "dates", lambda layer: layer["dates"][row].pop("value"))
        assert found(sound) == []

    def test_an_absent_surface(self, sound: Path) -> None:
        """Where rows are no spans and have no text, no words contradict."""

        def change(schema: dict[str, Any]) -> None:
            del schema["properties"]["dates"]["x-overlap"]
            row = schema["properties"]["dates"]["items"]
            del row["x-span"]
            row["required"].remove("text")

        reschema(sound, "dates", change)
        edit(sound, "dates", lambda layer: layer["dates"][1].pop("text"))
        assert found(sound) == []

    def test_no_surfaces(self, sound: Path) -> None:
        """Where rows have no property of that name, either."""

        def change(schema: dict[str, Any]) -> None:
            del schema["properties"]["dates"]["x-overlap"]
            row = schema["properties"]["dates"]["items"]
            del row["x-span"], row["properties"]["text"]
            row["required"].remove("text")

        reschema(sound, "dates", change)
        edit(sound, "dates", lambda layer: [row.pop("text") for row in layer["dates"]])
        assert found(sound) == []

    def test_an_absent_type(self, sound: Path) -> None:
        """Where types are optional, any value will do without one."""
        optional(sound, "dates", "dates", "type")
        edit(sound, "dates", lambda layer: layer["dates"][2].pop("type"))
        assert found(sound) == []

    def test_a_type_of_ones_own(self, sound: Path) -> None:
        """What fits a type that is none of TIMEX3 is not known."""
        optional(sound, "dates", "dates", "type", {"type": "string"})
        edit(sound, "dates", lambda layer: layer["dates"][2].update(type="ERA"))
        assert found(sound) == []

    def test_types_in_a_list(self, sound: Path) -> None:
        """What they would fit is not known; what the words contradict is found."""
        instead = {"type": "array", "items": {"type": "string"}}
        optional(sound, "dates", "dates", "type", instead)

        def change(layer: dict[str, Any]) -> None:
            for row in layer["dates"]:
                row["type"] = [row["type"]]
            layer["dates"][1]["value"] = "2024-03-05"

        edit(sound, "dates", change)
        message = "value: expected what the words say, found 'Monday', but 2024-03-05 is a Tuesday"
        assert found(sound) == [("D003", "d2", message)]

    def test_a_value_that_fits_several_types(self, sound: Path) -> None:
        """All are named."""
        edit(sound, "dates", lambda layer: layer["dates"][2].update(type="TIME"))
        message = "value: expected one that fits the type TIME, found '2023', which fits DATE or SET"
        assert found(sound) == [("D002", "d3", message)]

    def test_what_does_not_fit_is_not_judged_by_its_words(self, sound: Path) -> None:
        """One fault, one problem; and the row beside it is not touched."""
        edit(sound, "dates", lambda layer: layer["dates"][1].update(type="DURATION", value="2024-03-05"))
        message = "value: expected one that fits the type DURATION, found '2024-03-05', which fits DATE or SET"
        assert found(sound) == [("D002", "d2", message)]

    def test_one_creation_time(self, sound: Path) -> None:
        """The first stands, each further one is a problem, and each document has its own."""
        twice(sound)
        assert found(sound) == []

        def change(layer: dict[str, Any]) -> None:
            del layer["dates"][1]["anchor"]
            for row in layer["dates"]:
                row["function"] = "CREATION_TIME"

        edit(sound, "dates", change)
        assert found(sound) == [
            ("D005", "d2", "function: expected one CREATION_TIME, found it on 'd1' already"),
            ("D005", "d3", "function: expected one CREATION_TIME, found it on 'd2' already"),
        ]

    @pytest.mark.parametrize(
        "change",
        [{"value": "soon"}, {"type": "TIME"}, {"value": "2024-03-05"}, {"anchor": "d2"}, {"function": "CREATION_TIME"}],
    )
    def test_a_row_that_is_not_sound(self, sound: Path, change: dict[str, str]) -> None:
        """Is not judged further."""

        def unsound(layer: dict[str, Any]) -> None:
            row = layer["dates"][1]
            row.update(change, start=94)
            row["anchor"] = row.pop("anchor")

        edit(sound, "dates", unsound)
        assert [code for code, *_ in found(sound)] == ["O004"]

    def test_all_of_a_later_document(self, sound: Path) -> None:
        """Each in its place; days are read in English documents alone."""
        twice(sound, "early")
        twice(sound)
        path = sound / "corpus" / "early.json"
        path.write_bytes(path.read_bytes().replace(b'"en"', b'"sv"'))
        path = sound / "annotations" / "early" / "dates.json"
        path.write_bytes(path.read_bytes().replace(b'"2024-03-04"', b'"2024-03-05"'))

        def change(layer: dict[str, Any]) -> None:
            del layer["dates"][1]["anchor"]
            layer["dates"][0].update(value="2024-04-06", anchor="d3")
            layer["dates"][1].update(value="2024-03-05", function="CREATION_TIME")
            layer["dates"][2].update(type="TIME", anchor="d1")
            layer["dates"].append(layer["dates"][2] | {"id": "d4", "type": "DATE", "value": "2023-02-30"})
            del layer["dates"][3]["anchor"]

        edit(sound, "dates", change)
        said = "expected what the words say, found"
        assert described(sound) == [
            "D003 annotations/visit/dates.json:5:94 /dates/0/value visit dates d1 39..54: "
            f"value: {said} 'March', but 2024-04-06 is in April",
            "D004 annotations/visit/dates.json:5:147 /dates/0/anchor visit dates d1 39..54: "
            "anchor: expected anchors that lead to a complete date, found the circle d1 → d3 → d1",
            "D003 annotations/visit/dates.json:6:86 /dates/1/value visit dates d2 95..101: "
            f"value: {said} 'Monday', but 2024-03-05 is a Tuesday",
            "D005 annotations/visit/dates.json:6:112 /dates/1/function visit dates d2 95..101: "
            "function: expected one CREATION_TIME, found it on 'd1' already",
            "D002 annotations/visit/dates.json:7:85 /dates/2/value visit dates d3 180..184: "
            "value: expected one that fits the type TIME, found '2023', which fits DATE or SET",
            "D001 annotations/visit/dates.json:8:85 /dates/3/value visit dates d4 180..184: "
            "value: expected a TIMEX3 value such as 2018-10-24, 2018-W43 or P2D, found '2023-02-30'",
        ]

    @pytest.mark.parametrize(
        ("type", "value"),
        [
            ("DURATION", "P2D"),
            ("DATE", "PRESENT_REF"),
            ("TIME", "T14:00"),
            ("SET", "P1W"),
            ("DATE", "XXXX-10"),
            ("DATE", "BC0346"),
        ],
    )
    def test_a_value_without_an_interval(self, sound: Path, type: str, value: str) -> None:
        """Is one all the same."""
        edit(sound, "dates", lambda layer: layer["dates"][2].update(type=type, value=value))
        assert found(sound) == []


class TestLayout:
    def test_spans_of_a_list_out_of_order(self, sound: Path) -> None:
        """They are named in their list, and the row is not moved by it."""

        def change(layer: dict[str, Any]) -> None:
            layer["quotes"][3]["content"] = [
                {"start": 194, "end": 197, "text": "yes"},
                {"start": 187, "end": 188, "text": "I"},
            ]
            del layer["quotes"][3]["source"]

        edit(sound, "quotes", change)
        (problem,) = sidelines.check(sound)
        assert (problem.code, problem.id, problem.pointer) == ("L001", "q4", "/quotes/3/content/1")
        spans = "found 187–188 ‘I’ after 194–197 ‘yes’"
        assert problem.message == f"expected spans of a list by start, the longest first; {spans}"

    def test_inside_a_table_whose_schema_cannot_be_compiled(self, sound: Path) -> None:
        """What lies outside is not known."""
        reschema(sound, "dates", lambda schema: schema["properties"]["dates"].update({"x-inside": "sentences"}))
        assert [(code, id_) for code, id_, _ in found(sound)] == [("L003", "d1")]
        reschema(sound, "structure", lambda schema: schema.update({"x-colour": "red"}))
        assert [code for code, _, _ in found(sound)] == ["S002"]


class TestReferences:
    @pytest.mark.parametrize(
        ("wanted", "ids", "said"),
        [
            ("m99", 11, "did you mean 'm9'? There are: m1, m10, m11, m2, m3, m4, m5, m6, m7, m8, m9"),
            ("m99", 13, "did you mean 'm9'?"),
            ("nobody", 13, "there are 13"),
        ],
    )
    def test_of_many_ids_the_nearest_is_named(self, sound: Path, wanted: str, ids: int, said: str) -> None:
        """A dozen are all shown; of more the nearest alone, or how many there are."""
        more = [
            {"id": f"m{number}", "start": at, "end": at + 4, "text": "said", "form": "NOM", "entity": "e1"}
            for number, at in ((12, 189), (13, 203))
        ]

        def change(layer: dict[str, Any]) -> None:
            layer["mentions"] = sorted([*layer["mentions"], *more[: ids - 11]], key=lambda row: row["start"])

        edit(sound, "entities", change)
        edit(sound, "quotes", lambda layer: layer["quotes"][0].update(source=wanted))
        assert found(sound) == [("R002", "q1", f"source: {wanted!r} is no id of mentions; {said}")]


class TestSurfaces:
    def test_an_end_alone_is_wrong(self, sound: Path) -> None:
        """The words do begin there."""
        edit(sound, "entities", lambda layer: layer["mentions"][5].update(end=92))
        expected = "expected ‘Oslo ’, which stands there, found ‘Oslo’"
        assert found(sound) == [("O004", "m6", f"text: {expected}; it does begin there, and ends at 91")]


@pytest.mark.parametrize(
    ("name", "table", "column", "target", "without"),
    [
        ("dates", "dates", "anchor", "dates", []),
        ("quotes", "quotes", "parent", "quotes", []),
        ("quotes", "quotes", "source", "mentions", []),
        ("entities", "mentions", "entity", "entities", ["e1", "e2", "e3", "e4", "e5"]),
    ],
)
def test_references_in_a_list(sound: Path, name: str, table: str, column: str, target: str, without: list[str]) -> None:
    """Rules that follow one reference pass over a table that has a list of them; what they would find is not found."""

    def change(schema: dict[str, Any]) -> None:
        row = schema["properties"][table]["items"]
        row["properties"][column] = {"type": "array", "items": {"type": "string", "x-ref": target}}

    reschema(sound, name, change)
    edit(sound, name, lambda layer: [row.update({column: [row[column]]}) for row in layer[table] if column in row])
    assert found(sound) == []


class TestEntities:
    def test_mentioned_through_a_group_alone(self, sound: Path) -> None:
        """The first entity of a document, too."""
        edit(sound, "entities", lambda layer: [m.update(entity="e2") for m in layer["mentions"] if m["entity"] == "e1"])
        assert found(sound) == []

    def test_a_member_that_does_not_exist(self, sound: Path) -> None:
        """It is no mention of the last entity of another document."""
        twice(sound)
        edit(sound, "entities", lambda layer: layer["entities"][4].update(members=["e1", "e2", "e9"]))
        later = sound / "annotations" / "visit-2" / "entities.json"
        members = b'"members": ["e1", "e2"]}'
        assert members in later.read_bytes()
        more = b',\n    {"id": "e6", "type": "PERSON", "name": "Dee"}'
        later.write_bytes(later.read_bytes().replace(members, members + more))
        assert [(code, id_) for code, id_, _ in found(sound)] == [("E001", "e6"), ("R002", "e5")]

    def test_members_of_a_group_that_is_not_mentioned(self, sound: Path) -> None:
        """They are not mentioned through it."""
        more = [{"id": "e6", "type": "PERSON", "name": "Dee"}]
        more += [{"id": "e7", "type": "GROUP", "name": "Two", "members": ["e1", "e6"]}]
        edit(sound, "entities", lambda layer: layer["entities"].extend(more))
        assert [(code, id_) for code, id_, _ in found(sound)] == [("E001", "e6"), ("E001", "e7")]

    def test_a_group_in_a_group(self, sound: Path) -> None:
        """It has to be mentioned itself."""

        def change(layer: dict[str, Any]) -> None:
            layer["entities"][4]["members"] = ["e1", "e6"]
            layer["entities"].append({"id": "e6", "type": "GROUP", "name": "Two", "members": ["e2", "e3"]})

        edit(sound, "entities", change)
        assert found(sound) == [("E001", "e6", "expected a mention of 'Two', found none")]

    @pytest.mark.parametrize("instead", [None, {"type": "integer"}])
    def test_an_entity_without_a_name(self, sound: Path, instead: dict[str, Any] | None) -> None:
        """Is called by its id."""
        optional(sound, "entities", "entities", "name", instead)

        def change(layer: dict[str, Any]) -> None:
            layer["entities"].append({"id": "e6", "type": "PERSON"})
            if instead is not None:
                for number, row in enumerate(layer["entities"]):
                    row["name"] = number

        edit(sound, "entities", change)
        assert found(sound) == [("E001", "e6", "expected a mention of 'e6', found none")]

    def test_mentioned_itself_alone(self, sound: Path) -> None:
        """The first entity of all, which no group has."""
        edit(sound, "entities", lambda layer: layer["entities"][4].update(members=["e2", "e3"]))
        assert found(sound) == []

    def test_a_mention_of_none(self, sound: Path) -> None:
        """It mentions no entity of another document, nor is one missed in its own."""
        twice(sound, "early")
        path = sound / "annotations" / "early" / "entities.json"
        path.write_bytes(path.read_bytes().replace(b'"entity": "e4"', b'"entity": "e9"'))
        more = {"id": "e6", "type": "PERSON", "name": "Dee"}
        edit(sound, "entities", lambda layer: layer["entities"].append(more))
        assert [line.partition(": ")[0] for line in described(sound)] == [
            "R002 annotations/early/entities.json:17:83 /mentions/5/entity early mentions m6 87..91",
            "E001 annotations/visit/entities.json:10:5 /entities/5 visit entities e6 None..None",
        ]

    @pytest.mark.parametrize("table", ["entities", "mentions"])
    def test_a_lost_row(self, sound: Path, table: str) -> None:
        """Who is mentioned is not known then."""
        twice(sound, "early")

        def change(layer: dict[str, Any]) -> None:
            layer["entities"].insert(1, {"id": "e6", "type": "PERSON", "name": "Dee"})
            layer[table][5]["id"] = 7

        edit(sound, "entities", change)
        assert {code for code, *_ in found(sound)} == {"S103"}

    def test_groups(self, sound: Path) -> None:
        """What is no group has no members, not even none; a group has two at least, each of which counts once."""
        twice(sound, "early")
        twice(sound)

        def change(layer: dict[str, Any]) -> None:
            layer["entities"][0]["members"] = ["e2", "e3"]
            layer["entities"] += [
                {"id": "e6", "type": "GROUP", "name": "None"},
                {"id": "e7", "type": "GROUP", "name": "One", "members": ["e3", "e3"]},
                {"id": "e8", "type": "GROUP", "name": "Two", "members": ["e3", "e3", "e4"]},
                {"id": "e9", "type": "ORG", "name": "Nobody", "members": ["e10"]},
                {"id": "e11", "type": "GROUP", "name": "Lost", "members": ["e10"]},
            ]
            for row, entity in enumerate(["e6", "e7", "e8", "e9", "e11"], 2):
                layer["mentions"][row]["entity"] = entity

        edit(sound, "entities", change)
        expected = "expected two different members or more of a GROUP, found"
        legal = "did you mean 'e1'? There are: e1, e11, e2, e3, e4, e5, e6, e7, e8, e9"
        assert described(sound) == [
            "E002 annotations/visit/entities.json:5:66 /entities/0/members visit entities e1 None..None: "
            "members: expected on the type GROUP only, found on PERSON",
            f"E003 annotations/visit/entities.json:10:5 /entities/5 visit entities e6 None..None: {expected} 0",
            "E003 annotations/visit/entities.json:11:61 /entities/6/members visit entities e7 None..None: "
            f"{expected} 1",
            "R002 annotations/visit/entities.json:13:63 /entities/8/members/0 visit entities e9 None..None: "
            f"members: 'e10' is no id of entities; {legal}",
            "R002 annotations/visit/entities.json:14:64 /entities/9/members/0 visit entities e11 None..None: "
            f"members: 'e10' is no id of entities; {legal}",
        ]


class TestCorpora:
    CHANGELOG = "# Changes\n\n## [1.0.0]\n\nThe first.\n"

    def changelog(self, root: Path, text: str) -> list[str]:
        (root / "CHANGELOG.md").write_bytes(text.encode())
        for problem in sidelines.check(root):
            assert (problem.code, problem.path, problem.pointer) == ("C002", "corpus/corpus.json", "/version")
            assert (problem.line, problem.column) == (5, 14)
        return [problem.message for problem in sidelines.check(root)]

    @pytest.mark.parametrize(
        "text", [CHANGELOG, CHANGELOG.replace("\n", "\r\n"), CHANGELOG.replace("0]", "0<!-- at last -->]")]
    )
    def test_a_section(self, sound: Path, text: str) -> None:
        """By any line break, and with a comment in it."""
        assert self.changelog(sound, text) == []

    @pytest.mark.parametrize(
        ("versions", "shown"),
        [
            ([], "no section at all"),
            (["0.6", "0.5", "0.4", "0.3", "0.2"], "0.6, 0.5, 0.4, 0.3, 0.2"),
            (["0.6", "0.5", "0.4", "0.3", "0.2", "0.1"], "0.6, 0.5, 0.4, 0.3, 0.2"),
        ],
    )
    def test_no_section(self, sound: Path, versions: list[str], shown: str) -> None:
        """At most five are shown of those that there are."""
        text = "# Changes\n" + "".join(f"\n## {version}\n" for version in versions)
        assert self.changelog(sound, text) == [f"expected a section [1.0.0] in CHANGELOG.md, found {shown}"]

    def test_a_project_with_other_line_breaks(self, sound: Path) -> None:
        """TOML takes \\r\\n as it takes \\n."""
        (sound / "pyproject.toml").write_bytes(b'[project]\r\nname = "base"\r\nversion = "1.0.0"\r\n')
        assert found(sound) == []

    @pytest.mark.parametrize(
        "project", ['[project]\nname = "base"\n', '[[project]]\nversion = "9"\n', "project = 9\n", ""]
    )
    def test_a_project_without_a_version(self, sound: Path, project: str) -> None:
        """Has none that could be another."""
        (sound / "pyproject.toml").write_text(project, encoding="utf-8")
        assert found(sound) == []

    @pytest.mark.parametrize(
        ("name", "content", "code", "message"),
        [
            ("pyproject.toml", b"[project\n", "C001", "the package's version cannot be read: Expected ']'"),
            ("pyproject.toml", b"\xff", "C001", "the package's version cannot be read: 'utf-8' codec"),
            pytest.param("pyproject.toml", b"a = " + b"[" * 15_000, "C001", "the package's version cannot", id="deep"),
            pytest.param(
                "pyproject.toml", b"a = " + b"9" * 10_000, "C001", "the package's version cannot be read: ", id="long"
            ),
            ("CHANGELOG.md", b"\xff", "C002", "the sections cannot be read: 'utf-8' codec"),
            pytest.param(
                "pyproject.toml",
                b"#" * 30_000,
                "C001",
                "the package's version cannot be read: expected a file of at most",
                id="large",
            ),
        ],
    )
    def test_what_cannot_be_read(self, sound: Path, name: str, content: bytes, code: str, message: str) -> None:
        """Is a problem of that file, with the cause."""
        (sound / name).write_bytes(content)
        (problem,) = sidelines.check(sound, limits=Limits(file_bytes=20_000))
        assert (problem.code, problem.severity, problem.path, problem.line) == (code, "error", name, None)
        assert problem.message.startswith(message)


class TestTexts:
    """A text that is not the one that was annotated, in the second of two documents."""

    @pytest.mark.parametrize(
        ("change", "said"),
        [
            (
                (b"Leave", "Łeave".encode()),
                "dfec04415efb62a3eed7dd5bc34dd24e91c853ee0c6f4d0f919ef38bec513191; the text has 223 characters",
            ),
            (
                (b"Leave a", b"Leave"),
                "a71277e88c0003d00e7b54f1d9cb666eb44ff5e9f2fc245e2db0663df1ba5c9b; the text has 221 characters, "
                "the metadata say 223",
            ),
        ],
    )
    def test_hash(self, sound: Path, change: tuple[bytes, bytes], said: str) -> None:
        """Spans are not judged then, nor the length."""
        twice(sound, "early")
        path = sound / "corpus" / "visit.txt"
        path.write_bytes(path.read_bytes().replace(*change))
        assert described(sound) == [
            "T002 corpus/visit.json:6:13 /sha256 visit None None None..None: sha256: expected "
            f"6795f002e07f9796fa83d9e144a9bebca748a457b6746ea655c0c84bd66a9869, found {said}; "
            "the spans of the document are not checked until they agree"
        ]

    def test_length(self, sound: Path) -> None:
        """In code points."""
        twice(sound, "early")
        path = sound / "corpus" / "visit.json"
        path.write_bytes(path.read_bytes().replace(b'"characters": 223', b'"characters": 235'))
        edit(sound, "dates", lambda layer: layer["dates"][1].update(start=94))
        assert described(sound) == [
            "T003 corpus/visit.json:5:17 /characters visit None None None..None: characters: expected 235, found 223 "
            "code points; the spans of the document are not checked until they agree"
        ]
