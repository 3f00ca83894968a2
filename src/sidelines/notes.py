"""What a mark or a line of a working file says of a row: its id, then its values, those without a name by position.

`m3 NAM e3 metonym=true` is a row of the only table whose ids begin with m, `q2.cue` a span of the row `q2`, `links:a7`
a row of the table that is named, `m+` a new row. A value is a word, a string as in JSON, some of them with commas
between, or an array or object as in JSON.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, NoReturn

import msgspec

from sidelines.codec import INT64_MAX, INT64_MIN
from sidelines.model import Property
from sidelines.notation import Fault
from sidelines.problems import quoted

__all__ = ["Note", "Value", "convert", "read_note", "write_name", "write_value"]

_NAME = re.compile(r"[\w-]+")
_WORD = re.compile(r"[\w./:@%&*~!?$|<>;^'’+–—…-]+")  # whatever is plain, and means nothing here
_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]{0,18})")
_REAL = re.compile(r"-?(?:0|[1-9][0-9]{0,400})(?:\.[0-9]{1,800})?(?:[eE][+-]?[0-9]{1,5})?")
_BLANK = re.compile(r"[ \t]*")
_CURLY = "“”„‟«»"


@dataclass(frozen=True, slots=True)
class Value:
    """A value, with the name that stands before it, if one does, and where.

    `parts` are the words and strings of a list, or of a single value; None where it is JSON, which `found` is then.
    """

    at: int
    name: str | None
    parts: Sequence[str] | None
    found: Any = None


@dataclass(frozen=True, slots=True)
class Note:
    """What a note says, and where it begins.

    `table` and `property` are None where they are not named; `id` is None, and `prefix` what stands before its +, where
    a new row is to get one; `shown` is a mark of another layer, which is there to be looked at.
    """

    at: int
    table: str | None
    id: str | None
    prefix: str
    property: str | None
    values: Sequence[Value]
    shown: bool = False


class _Stumbled(Exception):
    """A note cannot be read any further."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(fault.message)
        self.fault = fault


# -- out ---------------------------------------------------------------------------------------------------------------


def write_name(name: str) -> str:
    """An id, or the name of a table or property: as it is, or as a string.

    >>> print(write_name("m1"), write_name("m.1"))
    m1 "m.1"
    """
    return name if _NAME.fullmatch(name) else _string(name)


def write_value(member: Property, value: Any) -> str:
    """A value of a property.

    >>> word = Property("name", "string")
    >>> print(write_value(word, "P2D"), write_value(word, "Donald Trump"))
    P2D "Donald Trump"
    >>> print(write_value(Property("members", "array", items=word), ["e1", "e2"]))
    e1,e2
    """
    if member.items is not None and member.items.type not in ("array", "object") and value:
        return ",".join(write_value(member.items, item) for item in value)
    if isinstance(value, str):
        return value if _WORD.fullmatch(value) else _string(value)
    return _seen(msgspec.json.encode(float(value) if member.type == "number" else value).decode())


def _string(text: str) -> str:
    return _seen(json.dumps(text, ensure_ascii=False))


def _seen(text: str) -> str:
    """JSON in which all that cannot be seen is escaped; outside its strings there is nothing of the kind."""
    return "".join(c if c.isprintable() else json.dumps(c)[1:-1] for c in text)


# -- in ----------------------------------------------------------------------------------------------------------------


def read_note(source: str, at: int, end: int) -> Note | Fault:
    """What is said from `at` to `end`, or what is wrong there.

    >>> note = read_note('q2.cue sure=true', 0, 16)
    >>> note.id, note.property, [(value.name, value.parts) for value in note.values]
    ('q2', 'cue', [('sure', ['true'])])
    """
    try:
        return _Note(source, at, end).read()
    except _Stumbled as stumbled:
        return stumbled.fault


class _Note:
    """A place in a note that moves on as it is read."""

    __slots__ = ("at", "end", "source")

    def __init__(self, source: str, at: int, end: int) -> None:
        self.source, self.at, self.end = source, at, end

    def read(self) -> Note:
        self.skip()
        start = self.at
        shown = self.take("=")
        table = property_ = None
        id_: str | None = None if self.peek("+") else self.name("an id, such as m1")
        if id_ is not None and self.take(":"):
            table, id_ = id_, None if self.peek("+") else self.name("an id after the name of the table")
        prefix = ""
        if self.take("+"):
            prefix, id_ = id_ or "", None
        if self.take("."):
            property_ = self.name("the name of a property after the point")
        self.blank("after the id")
        values = list(self.values())
        return Note(start, table, id_, prefix, property_, values, shown)

    def values(self) -> Iterator[Value]:
        while self.at < self.end:
            start, name = self.at, None
            match = _NAME.match(self.source, self.at, self.end)
            behind = match.end() if match else start
            if self.peek('"'):
                self.json()  # the name of a property may need to be a string
                behind, self.at = self.at, start
            if behind > start and self.source[behind : behind + 1] == "=" and behind < self.end:
                name = self.name("a name")
                self.at += 1
            yield self.value(start, name)
            self.blank("after the value")

    def value(self, start: int, name: str | None) -> Value:
        if self.peek("[") or self.peek("{"):
            return Value(start, name, None, self.json())
        parts = [self.part()]
        while self.take(","):
            parts.append(self.part())
        return Value(start, name, parts)

    def part(self) -> str:
        if self.peek('"'):
            return str(self.json())
        match = _WORD.match(self.source, self.at, self.end)
        if match is None:
            self.stumble('a word, or a string between " and "')
        self.at = match.end()
        return match[0]

    def name(self, expected: str) -> str:
        if self.peek('"'):
            return str(self.json())
        match = _NAME.match(self.source, self.at, self.end)
        if match is None:
            self.stumble(expected)
        self.at = match.end()
        return match[0]

    def json(self) -> Any:
        """The JSON value that begins here."""
        try:
            value, length = _DECODER.raw_decode(self.source[self.at : self.end])
            msgspec.json.encode(value)  # half a surrogate pair, or a number that fits nowhere
        except (ValueError, OverflowError, RecursionError):
            self.stumble("a string, array or object as in JSON")
        self.at += length
        return value

    def peek(self, character: str) -> bool:
        return self.at < self.end and self.source[self.at] == character

    def take(self, character: str) -> bool:
        found = self.peek(character)
        self.at += found
        return found

    def skip(self) -> None:
        match = _BLANK.match(self.source, self.at, self.end)
        assert match is not None  # it matches nothing, too
        self.at = match.end()

    def blank(self, where: str) -> None:
        before = self.at
        self.skip()
        if self.at == before < self.end:
            self.stumble(f"a blank {where}")

    def stumble(self, expected: str) -> NoReturn:
        rest = self.source[self.at : min(self.at + 30, self.end)]
        fix = None
        if rest and rest[0] in _CURLY:
            fix = 'write straight quotation marks, "…", around a value that is more than a word'
        raise _Stumbled(Fault(self.at, f"expected {expected}, found {quoted(rest) if rest else 'nothing'}", fix))


def _pairs(pairs: Sequence[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) < len(pairs):
        raise ValueError("a key twice")
    return made


def _constant(word: str) -> NoReturn:
    raise ValueError(word)


def _finite(digits: str) -> float:
    number = float(digits)
    return number if math.isfinite(number) else _constant(digits)


_DECODER = json.JSONDecoder(object_pairs_hook=_pairs, parse_constant=_constant, parse_float=_finite)


def convert(member: Property, value: Value) -> Any:
    """A value as its property has it; where it cannot be of its type, as a string, of which the schema says more.

    >>> convert(Property("weight", "number"), Value(0, None, ["0.5"]))
    0.5
    >>> convert(Property("members", "array", items=Property("", "string")), Value(0, None, ["e1"]))
    ['e1']
    """
    if value.parts is None:
        return value.found
    if member.items is not None:
        return [_scalar(member.items, part) for part in value.parts]
    return _scalar(member, value.parts[0]) if len(value.parts) == 1 else list(value.parts)


def _scalar(member: Property, text: str) -> Any:
    if member.type == "boolean" and text in ("true", "false"):
        return text == "true"
    if member.type == "integer" and _NUMBER.fullmatch(text) and INT64_MIN <= int(text) <= INT64_MAX:
        return int(text)
    if member.type == "number" and _REAL.fullmatch(text) and math.isfinite(float(text)):
        return float(text)
    return text
