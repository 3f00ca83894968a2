"""Bytes as JSON: the strict parser against Python's and msgspec's, which agree with it by definition where it says yes.

What is refused must be wrong for the reason given, what is taken must mean the same to all three, and each place must
be where the value stands.
"""

from __future__ import annotations

import json
import math
import random
import re
import sys
from typing import Any

import msgspec

from sidelines.jsontree import Tree
from sidelines.strictjson import INT64, MAX_DEPTH, JSONFault, parse
from tests.fuzz.mutate import mutate_json

LONGEST = 4_096
FEW = 60  # values whose places are looked up one by one


def one(data: bytes) -> None:
    """Parse the bytes, and raise AssertionError where the verdict cannot be right."""
    try:
        tree = parse(data)
    except JSONFault as fault:
        refused(data, fault)
        return
    text = data.decode("utf-8")
    value, causes = ordinary(text)
    assert not causes, f"taken in spite of {causes}"
    assert same(tree.value, value), f"{tree.value!r} is not what json reads, {value!r}"
    fast = msgspec.json.decode(data)
    assert same(fast, value), f"{fast!r}, by msgspec, is not what json reads, {value!r}"
    places(text, tree)


def mutate(data: bytes, chance: random.Random) -> bytes:
    """Change one thing of a JSON text."""
    return mutate_json(data, chance)


class NoJSON(Exception):
    """Python's parser takes the text only because it is laxer than RFC 8259."""


def refused(data: bytes, fault: JSONFault) -> None:
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        assert fault.code == "F101"
        assert fault.offset == len(data[: error.start].decode("utf-8"))
        return
    assert 0 <= fault.offset <= len(text)
    assert fault.line == text[: fault.offset].count("\n") + 1
    assert fault.column == fault.offset - (text[: fault.offset].rfind("\n") + 1) + 1
    assert fault.message.encode("utf-8"), "a message is text that can be written"
    if text.startswith("\ufeff"):
        assert fault.code == "F102"
        return
    try:
        _, causes = ordinary(text)
    except (ValueError, NoJSON):
        return  # both refuse it; of the causes it has, the first is named
    except RecursionError:
        causes = {"F107"}
    assert fault.code in causes, f"refused by {fault.code}, {fault.message!r}, where json sees {causes or 'no fault'}"


def ordinary(text: str) -> tuple[Any, set[str]]:
    """What Python's parser reads, and the codes of what is wrong with it nevertheless."""
    causes: set[str] = set()

    def pairs(members: list[tuple[str, Any]]) -> dict[str, Any]:
        if len(dict(members)) < len(members):
            causes.add("F104")
        return dict(members)

    def integer(literal: str) -> int | float:
        if len(literal) > 20 or int(literal) not in INT64:
            causes.add("F105")
            return 0
        return int(literal)

    def number(literal: str) -> float:
        nonzero = re.match(r"[-0.]*[1-9]", literal) is not None
        if math.isinf(float(literal)) or (float(literal) == 0 and nonzero):
            causes.add("F105")
        return float(literal)

    def constant(literal: str) -> Any:
        raise NoJSON(literal)

    value = json.loads(text, object_pairs_hook=pairs, parse_int=integer, parse_float=number, parse_constant=constant)
    if lone(text):
        causes.add("F106")
    if deep(text) > MAX_DEPTH:
        causes.add("F107")
    return value, causes


_STRING = re.compile(r'"(?:[^"\\]|\\.)*"', re.DOTALL)


def lone(text: str) -> bool:
    """Whether a string of a JSON text holds a lone surrogate, also one in a member that a duplicate replaces."""
    return any(re.search("[\ud800-\udfff]", json.loads(literal)) for literal in _STRING.findall(text))


def deep(text: str) -> int:
    """How deep the brackets of a JSON text go."""
    deepest = open_ = 0
    for bracket in re.sub(r"[^\[\]{}]", "", _STRING.sub("", text)):
        open_ += 1 if bracket in "[{" else -1
        deepest = max(deepest, open_)
    return deepest


def same(one: Any, other: Any) -> bool:
    """Equal and of one type, but for `-0`, which is an integer to some."""
    if isinstance(one, dict) and isinstance(other, dict):
        return list(one) == list(other) and all(same(one[key], other[key]) for key in one)
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(same, one, other))
    return bool(one == other) and (type(one) is type(other) or one == other == 0)


def places(text: str, tree: Tree) -> None:
    """Every value, and every key, begins where the tree says."""
    starts = [0, *(match.end() for match in re.finditer("\n", text))]
    decoder = json.JSONDecoder()
    paths = list(walk(tree.value))
    for path, value in paths[:FEW]:
        line, column = tree.position(path)
        found, _ = decoder.raw_decode(text, starts[line - 1] + column - 1)
        assert same(found, value), f"{path}: at line {line}, column {column} stands {found!r}, not {value!r}"
        if path and isinstance(path[-1], str):
            line, column = tree.position(path, key=True)
            assert decoder.raw_decode(text, starts[line - 1] + column - 1)[0] == path[-1]


def walk(value: Any) -> list[tuple[tuple[str | int, ...], Any]]:
    found: list[tuple[tuple[str | int, ...], Any]] = []
    ahead: list[tuple[tuple[str | int, ...], Any]] = [((), value)]
    while ahead and len(found) < FEW:
        path, here = ahead.pop()
        found.append((path, here))
        if isinstance(here, dict):
            ahead += [((*path, key), inner) for key, inner in here.items()]
        elif isinstance(here, list):
            ahead += [((*path, at), inner) for at, inner in enumerate(here)]
    return found


def main() -> int:
    """Run this harness under Atheris."""
    from tests.fuzz.run import main as run

    return run(["json", *sys.argv[1:]])


if __name__ == "__main__":
    sys.exit(main())
