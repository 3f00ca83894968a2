"""Bytes as the schema of a layer, and more bytes as a file of that layer: `SCHEMA`, or `SCHEMA 0x1E FILE`.

A schema is refused with a reason, or everything that is derived from it works and agrees: the meta-schema takes it, the
typed decoder and the explanation come to one verdict on a file, and what the grammar of a table takes is in canonical
form and gives the same columns as the decoder.
"""

from __future__ import annotations

import json
import random
import sys
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

import msgspec
from jsonschema import Draft202012Validator

from sidelines import columns
from sidelines.codec import Codec
from sidelines.grammar import Grammar
from sidelines.model import Layer, Model, Property
from sidelines.problems import Problem
from sidelines.rules.catalogue import RULES
from sidelines.schema import compile_schemas
from sidelines.shape import explain
from sidelines.strictjson import JSONFault, parse
from sidelines.tables import Document, Rows, make_batch
from sidelines.writer import canonical
from tests.fuzz.mutate import mutate_json

LONGEST = 12_288
SEPARATOR = b"\x1e"
SCHEMAS = Path(__file__).resolve().parents[2] / "schema"
MOST = 1_000  # parts of a value that is made from a schema


def one(data: bytes) -> None:
    """Compile the schema, and raise AssertionError where what is derived from it does not agree."""
    schema, _, file = data.partition(SEPARATOR)
    model, problems = compile_schemas({**metadata(), "fuzz": schema}, ["fuzz"])
    for problem in problems:
        readable(problem)
    layer = model.layers.get("fuzz")
    if layer is None:
        assert problems, "a schema was refused without a reason"
        return
    if {problem.code for problem in problems} <= {"F108"}:
        assert meta().is_valid(json.loads(schema)), "compiled, but refused by dialect.schema.json"
    codec = Codec(layer)
    made = derived(layer)
    for raw in ([file] if file else []) + ([] if made is None else [made]):
        agree(model, layer, codec, raw)


def mutate(data: bytes, chance: random.Random) -> bytes:
    """Change the schema, or the file, which is made from the schema where there is none."""
    schema, _, file = data.partition(SEPARATOR)
    if chance.random() < 0.6:
        return mutate_json(schema, chance) + (SEPARATOR + file if file else b"")
    if not file or chance.random() < 0.1:
        layer = compile_schemas({**metadata(), "fuzz": schema}, ["fuzz"])[0].layers.get("fuzz")
        file = (derived(layer) if layer is not None else None) or b"{}"
    return schema + SEPARATOR + mutate_json(file, chance)


def readable(problem: Problem) -> None:
    """What every problem must be: of a known code, of a file, and text that can be written."""
    assert problem.code in RULES, problem
    assert problem.severity == RULES[problem.code].severity, problem
    assert problem.path, problem
    assert problem.message, problem
    assert min(problem.line or 1, problem.column or 1) >= 1, problem
    assert msgspec.json.encode(problem)


@lru_cache(maxsize=1)
def metadata() -> dict[str, bytes]:
    return {name: (SCHEMAS / f"{name}.schema.json").read_bytes() for name in ("corpus", "document")}


@lru_cache(maxsize=1)
def meta() -> Draft202012Validator:
    return Draft202012Validator(json.loads((SCHEMAS / "dialect.schema.json").read_bytes()))


# -- the roads of a file -----------------------------------------------------------------------------------------------


def agree(model: Model, layer: Layer, codec: Codec, raw: bytes) -> None:
    """The typed decoder, the explanation, the writer and the grammar on one file."""
    content = codec.decode(raw)
    sections = fast(layer, codec, raw)
    try:
        tree = parse(raw)
    except JSONFault:
        assert sections is None, "the grammar took what is no strict JSON"
        return
    faults = [fault for fault in explain(layer, tree.value) if not fault[3].startswith("expected a match of ")]
    for fault in faults:
        assert fault[0] in RULES, fault
        assert tree.position(fault[1], fault[2]), fault
    assert (content is None) == bool(faults), f"decoded: {content is not None}; faults: {faults}"
    if content is None:
        assert sections is None, "the grammar took what the decoder refuses"
        return
    tidy = codec.canonical(content)
    assert codec.canonical(codec.decode(tidy)) == tidy, "the canonical form has another one"
    assert codec.canonical(msgspec.convert(tree.value, codec.content)) == tidy, "read slowly, the content is another"
    assert canonical(raw, layer) == tidy, "`fmt` writes another form than `check` expects"
    if sections is not None:
        assert raw == tidy, "the grammar took what is not in canonical form"
        same_columns(model, layer, codec, content, sections)


def fast(layer: Layer, codec: Codec, raw: bytes) -> list[bytes] | None:
    """The lines of each table, where the fast road takes the file: split, of the grammar, within bounds."""
    sections = codec.split(raw, "fuzz")
    if sections is None or ("document" in layer.root and columns.constrained(layer.root["document"])):
        return None
    for table, section in zip(layer.tables, sections, strict=True):
        grammar = Grammar.of(table)
        if grammar is None or grammar.strange([section]):
            return None
        flat = [part for member in table.row.properties for part in (member.properties if member.span else (member,))]
        if any(map(columns.failing, flat, grammar.columns([section]))):
            return None
    return sections


def same_columns(model: Model, layer: Layer, codec: Codec, content: Any, sections: Sequence[bytes]) -> None:
    """The tables of a document are the same, read by the grammar or by the decoder."""
    head = b'{"id": "fuzz", "characters": 0, "sha256": "%s"}' % (b"0" * 64)
    described = Codec(model.metadata["document"]).decode(head)
    lines = dict(zip((table.name for table in layer.tables), sections, strict=True))
    rows = {
        table.name: Rows(() if (r := codec.get(content, table.key)) is msgspec.UNSET else r) for table in layer.tables
    }
    grammars = {table.name: grammar for table in layer.tables if (grammar := Grammar.of(table)) is not None}
    one = make_batch(model, "en", [Document("fuzz", described, b"", lines)], grammars)
    other = make_batch(model, "en", [Document("fuzz", described, b"", rows)], grammars)
    for name in lines:
        assert one.tables[name].equals(other.tables[name]), f"the table {name!r} differs by the road that it came"
        one.tables[name].validate(full=True)


# -- a file made from a schema -----------------------------------------------------------------------------------------


class TooLarge(Exception):
    """The smallest value of a schema has too many parts to be made."""


def derived(layer: Layer) -> bytes | None:
    """A file of the layer in canonical form, patterns left aside; None where no value will do, or only a huge one."""
    try:
        value = _value(layer.root, [MOST])
    except TooLarge:
        return None
    value |= {
        name: text
        for name, text in (("document", "fuzz"), ("$schema", "../../schema/fuzz.schema.json"))
        if name in layer.root
    }
    return canonical(json.dumps(value, ensure_ascii=False).encode(), layer)


def _value(node: Property, left: list[int]) -> Any:
    left[0] -= 1
    if left[0] < 0:
        raise TooLarge
    if node.enum:
        return node.enum[-1]
    if node.type == "object":
        return {member.name: _value(member, left) for member in node.properties}
    if node.items is not None:
        longest = 2 if node.longest is None else node.longest
        return [_value(node.items, left) for _ in range(min(max(node.shortest or 0, 2), longest, MOST + 1))]
    if node.date:
        return "2024-02-29"
    if node.type == "string":
        if (node.shortest or 0) > MOST:
            raise TooLarge
        return "é😀\n"[: node.longest] if (node.shortest or 0) <= 3 else "a" * (node.shortest or 0)
    if node.type == "boolean":
        return True
    low, high = (bound if bound is not None else default for bound, default in ((node.minimum, 0), (node.maximum, 0)))
    return low if node.minimum is not None else min(high, 0)


def main() -> int:
    """Run this harness under Atheris."""
    from tests.fuzz.run import main as run

    return run(["schema", *sys.argv[1:]])


if __name__ == "__main__":
    sys.exit(main())
