"""Files that are not in order: the rows in doubt are all that jsonschema sees, and nothing is lost by that."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sidelines.codec import Codec
from sidelines.problems import pointer
from sidelines.salvage import faults, look_again, salvage
from sidelines.schema import compile_schemas
from sidelines.shape import explain
from sidelines.strictjson import parse
from sidelines.testing import DrawnCorpus, corpora
from tests.strategies import OWN, ROOT

BUILT_IN = ("structure", "entities", "quotes", "dates")
SCHEMAS = {path.name.removesuffix(".schema.json"): path.read_bytes() for path in (ROOT / "schema").glob("*.json")}
SCHEMAS["marks"] = (OWN / "schema" / "marks.schema.json").read_bytes()
SCHEMAS.pop("dialect")
MODEL, _ = compile_schemas(SCHEMAS, [*BUILT_IN, "marks"])
ODD = st.sampled_from([3.0, -0.0, True, None, "", "x", "é" * 70, -1, 2**63 - 1, 0.5, [], [""], {}, {"start": 1}])


def whole(name: str, value: Any) -> list[tuple[str, str]]:
    """Code and pointer of what jsonschema finds in a file, of which it sees every row."""
    return [(code, pointer(at)) for code, at, _, _ in explain(MODEL.layers[name], value)]


def found(name: str, value: Any) -> list[tuple[str, str | None]]:
    raw = json.dumps(value, ensure_ascii=False).encode()
    problems = faults(Codec(MODEL.layers[name]), parse(raw), "a.json", "a")
    assert all(problem.line for problem in problems)
    return [(problem.code, problem.pointer) for problem in problems]


@given(corpora() | corpora(OWN / "schema"), st.data())
def test_the_rows_in_doubt_are_all_that_have_a_fault(corpus: DrawnCorpus, data: st.DataObject) -> None:
    """Whatever value stands in whatever row, the faults are those that are found when every row is looked at."""
    document = corpus.documents[0]
    name = data.draw(st.sampled_from(sorted(document.layers)))
    value = json.loads(json.dumps(document.layers[name]))
    rows = [row for rows in value.values() if isinstance(rows, list) for row in rows]
    for _ in range(data.draw(st.integers(0, 4)) if rows else 0):
        row = data.draw(st.sampled_from(rows))
        row[data.draw(st.sampled_from([*row, "more"]))] = data.draw(ODD)
    assert found(name, value) == whole(name, value)


@pytest.mark.parametrize("change", [lambda rows: rows, lambda rows: rows[:1], lambda rows: [*rows, *rows]])
def test_bounds_of_the_table_itself(tmp_path: Path, change: Any) -> None:
    """Rows that are left out still count."""
    schema = json.loads((OWN / "schema" / "marks.schema.json").read_bytes())
    schema["properties"]["marks"] |= {"minItems": 2, "maxItems": 3}
    raw = msgspec.json.format(msgspec.json.encode(schema), indent=2) + b"\n"
    model, _ = compile_schemas({**SCHEMAS, "marks": raw}, ["marks"])
    marks = [
        {"id": "m1", "start": 0, "end": 1, "text": "a", "kind": "word"},
        {"id": "m2", "start": 0, "end": 1, "text": "a", "kind": 3},
    ]
    value = {"document": "a", "marks": change(marks), "links": []}
    tree = parse(json.dumps(value).encode())
    problems = faults(Codec(model.layers["marks"]), tree, "a.json", "a")
    every = [(code, pointer(at)) for code, at, _, _ in explain(model.layers["marks"], value)]
    assert every
    assert [(problem.code, problem.pointer) for problem in problems] == every


def test_one_row_of_many() -> None:
    """The last of 30,000 rows has a fault: it is named by its own index and line, and all others are kept."""
    rows = [
        {"id": f"d{n}", "start": 3 * n, "end": 3 * n + 2, "text": "ab", "type": "DATE", "value": "2018"}
        for n in range(30_000)
    ]
    rows[29_999]["start"] = 89_997.0
    codec = Codec(MODEL.layers["dates"])
    lines = ",\n".join(json.dumps(row) for row in rows)
    head = '{"$schema": "../../schema/dates.schema.json",\n"document": "a",\n"dates": [\n'
    again = look_again(codec, f"{head}{lines}\n]}}".encode(), "a.json", "a")
    (problem,) = again.problems
    assert (problem.code, problem.pointer, problem.id) == ("S103", "/dates/29999/start", "d29999")
    assert (problem.line, problem.column) == (30_003, 27)
    assert problem.message == "start: expected an integer, found 89997.0"
    kept = salvage(codec, again.value, again.problems)["dates"]
    assert (len(kept.rows), kept.lost) == (29_999, ((29_999, "d29999"),))
