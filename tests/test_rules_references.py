"""What rules of ids and references find, to the letter, in one of several documents."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import sidelines
from tests.strategies import Drawn, twice
from tests.test_checker import described, reschema
from tests.test_rules import edit, found


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

    def test_ids_of_several_documents(self, tmp_path: Path) -> None:
        """Are their own, whichever of them a document has."""
        rows = [{"id": id_, "start": 0, "end": 3, "text": "Ann", "label": "X"} for id_ in ("m1", "m2")]
        marks = {"a": rows, "b": rows[1:], "c": rows[:1], "d": rows[::-1]}
        drawn = Drawn(dict.fromkeys(marks, "Ann"), marks, {name: [] for name in marks})
        assert described(drawn.write(tmp_path / "drawn")) == []

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

    def test_a_table_without_schema(self, sound: Path) -> None:
        """What refers to it is not judged, the next reference of the same row is."""
        reschema(sound, "entities", lambda schema: schema.update({"x-colour": "red"}))
        edit(sound, "quotes", lambda layer: layer["quotes"][3].update(parent="q9"))
        dangling, unknown = found(sound)
        assert dangling == ("R002", "q4", "parent: 'q9' is no id of quotes; there are: q1, q2, q3, q4")
        assert unknown[0] == "S002"


def test_a_table_that_two_schemas_claim(sound: Path) -> None:
    """Nobody knows whose rows references to it mean, or lie within."""
    for table in ("mentions", "sentences"):
        path = sound / "schema" / "structure.schema.json"
        before = path.read_bytes()
        path.write_bytes(before.replace(b'"x-table": "blocks"', f'"x-table": "{table}"'.encode()))
        assert set(sidelines.check(sound).counts) == {"S004"}
        path.write_bytes(before)
