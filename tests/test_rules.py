"""What rules do at their edges: one row of several, absent values, shapes that they do not know, and exact messages."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import sidelines
from tests.test_checker import described, layer, reschema, twice, write


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
            if instead is not None:
                for row in layer["entities"]:
                    del row["name"]
            layer["entities"].append({"id": "e6", "type": "PERSON"})

        edit(sound, "entities", change)
        assert found(sound) == [("E001", "e6", "expected a mention of 'e6', found none")]


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


class TestReferences:
    def test_an_id_twice(self, sound: Path) -> None:
        """Each further row is a problem; ids are those of a document and a table."""
        twice(sound, "early")
        twice(sound)

        def change(layer: dict[str, Any]) -> None:
            for row in layer["mentions"][4:6]:
                row["id"] = "m4"

        edit(sound, "entities", change)
        own = "id: expected one of its own, found 'm4', which is that of row"
        assert described(sound) == [
            f"R001 annotations/visit/entities.json:16:12 /mentions/4/id visit mentions m4 68..79: {own} 4 of mentions",
            f"R001 annotations/visit/entities.json:17:12 /mentions/5/id visit mentions m4 87..91: {own} 5 of mentions",
        ]

    def test_ids_alike(self, sound: Path) -> None:
        """In one document and table; the same id twice is R001 alone."""
        twice(sound, "early")
        for name in ("entities", "dates"):
            reschema(sound, name, lambda schema: [
                schema["properties"][table]["items"]["properties"]["id"].update(pattern="^.+$")
                for table in ("mentions", "dates") if table in schema["properties"]
            ])  # fmt: skip

        def change(layer: dict[str, Any]) -> None:
            for row, id_ in ((2, "M4"), (4, "ｍ4"), (5, "m4\u0301")):
                layer["mentions"][row]["id"] = id_

        edit(sound, "entities", change)
        where = "id: expected one that differs by more than case or normalisation, found"
        assert described(sound) == [
            "R003 annotations/visit/entities.json:15:12 /mentions/3/id visit mentions m4 56..63: "
            f"{where} ‘m4’ beside ‘M4’ of row 3",
            "R003 annotations/visit/entities.json:16:12 /mentions/4/id visit mentions ｍ4 68..79: "
            f"{where} ‘\\uff4d4’ beside ‘m4’ of row 4",
        ]

    def test_a_list_of_references(self, sound: Path) -> None:
        """Each item is told by its place."""
        twice(sound, "early")
        group = {"id": "e6", "type": "GROUP", "name": "All", "members": ["e1", "e2", "e9", "e10"]}

        def change(layer: dict[str, Any]) -> None:
            layer["entities"].append(group)
            layer["entities"][4]["members"] = ["e7", "e1", "e2"]
            layer["mentions"][8]["entity"] = "e6"

        edit(sound, "entities", change)
        legal = "e1, e2, e3, e4, e5, e6"
        assert described(sound) == [
            "R002 annotations/visit/entities.json:9:82 /entities/4/members/0 visit entities e5 None..None: "
            f"members: 'e7' is no id of entities; there are: {legal}",
            "R002 annotations/visit/entities.json:10:74 /entities/5/members/2 visit entities e6 None..None: "
            f"members: 'e9' is no id of entities; there are: {legal}",
            "R002 annotations/visit/entities.json:10:80 /entities/5/members/3 visit entities e6 None..None: "
            f"members: 'e10' is no id of entities; did you mean 'e1'? There are: {legal}",
        ]

    @pytest.mark.parametrize(
        ("more", "wanted", "said"),
        [
            (0, "e9", "there are: e1, e2, e3, e4, e5"),
            (7, "e99", "there are: e1, e2, e3, e4, e5, " + ", ".join(f"entity-{number}" for number in range(7))),
            (8, "e99", "there are 13"),
            (8, "entity-9", "did you mean 'entity-7'?"),
        ],
    )
    def test_the_legal_ids(self, sound: Path, more: int, wanted: str, said: str) -> None:
        """Twelve are named, of more the nearest, or how many there are; those of other documents are none."""
        twice(sound, "early")
        twice(sound)

        def change(layer: dict[str, Any]) -> None:
            names = [f"entity-{number}" for number in range(more)]
            layer["entities"] += [{"id": name, "type": "PERSON", "name": name} for name in names]
            layer["entities"][4]["members"] += names
            layer["mentions"][3]["entity"] = wanted

        edit(sound, "entities", change)
        assert found(sound) == [("R002", "m4", f"entity: {wanted!r} is no id of entities; {said}")]

    def test_a_lost_row(self, sound: Path) -> None:
        """What refers to it is not judged, another reference is; in another document it is not lost."""
        twice(sound, "early")
        twice(sound)

        def change(layer: dict[str, Any]) -> None:
            layer["entities"][3]["type"] = "PLACE"
            layer["mentions"][6]["entity"] = "e9"

        edit(sound, "entities", change)
        assert described(sound) == [
            "S104 annotations/visit/entities.json:8:26 /entities/3/type visit entities e4 None..None: type: expected "
            'one of "PERSON", "GPE", "LOC", "ORG", "FAC", "EVENT", "LAW", "GROUP", found "PLACE"',
            "R002 annotations/visit/entities.json:18:84 /mentions/6/entity visit mentions m7 116..119: "
            "entity: 'e9' is no id of entities; there are: e1, e2, e3, e5",
        ]
