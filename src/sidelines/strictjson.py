"""Strict JSON (RFC 8259) that knows where everything stands, for files in which something is wrong.

Files in order never come here: they are compared with their canonical form. This is for the rest, where the cause and
its place matter. What msgspec reads and can only be read in one way, or the standard library's decoder with hooks for
all that it would let pass, is taken from them whole, a run of members at a time; only what holds a fault is parsed in
Python, level by level. There is no recursion that input can drive.
"""

from __future__ import annotations

import re
from json.decoder import JSONDecodeError, JSONDecoder, scanstring  # type: ignore[attr-defined]  # no stub has it
from typing import Any, NoReturn

import msgspec
import numpy as np

from sidelines.jsontree import INNER, STRING, Tree, after_space, line_column

__all__ = ["MAX_DEPTH", "JSONFault", "not_utf8", "parse", "unusual_numbers"]

MAX_DEPTH = 64
INT64 = range(-(2**63), 2**63)
LONG = 2**20  # characters

_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?")
_WORD = re.compile(r"[-+]?[A-Za-z]+|[-+.0-9][-+.0-9A-Za-z]*|.", re.DOTALL)
_SURROGATE = re.compile("[\ud800-\udfff]")
_MINUS_ZERO = re.compile(rb"[\[:, \t\n\r]-0(?!\.)")
_DIGITS = bytes.maketrans(b"123456789:,[\t\n\r", b"000000000      ")  # what may stand before a number is a space
_ESCAPE = re.compile(rb"\\.", re.DOTALL)
_SURROGATE_ESCAPE = re.compile(r"\\u[dD][89a-fA-F]")
_MEMBER = rf'(?:{STRING}|[^"\[\]{{}},]++|{INNER})++'
_RUN = re.compile(rf"{_MEMBER}(?:,{_MEMBER}){{0,4095}}(?=,)")
_ESCAPED = re.compile(r"\\u[dD][89abAB]..\\u[dD][c-fC-F]..|(?P<lone>\\u[dD][89a-fA-F]..)|\\.")
_CONSTANTS = {"true": True, "false": False, "null": None}


class JSONFault(Exception):
    """A file is not strict JSON: the rule's code, what was found, and where (code points from the start)."""

    def __init__(self, code: str, message: str, offset: int, line: int, column: int) -> None:
        super().__init__(message)
        self.code, self.message, self.offset, self.line, self.column = code, message, offset, line, column


def parse(raw: bytes, max_depth: int = MAX_DEPTH, whole: str = "file") -> Tree:
    """Parse the bytes of a JSON file, refusing all that JSON parsers disagree on.

    Integers are literals that fit int64; `3.0`, `1e2` and `-0` come back as floats, so that no integer type takes them.
    `whole` is what messages call that which is parsed.

    Raises
    ------
    JSONFault
        F101 not UTF-8, F102 byte order mark, F103 not JSON, F104 duplicate key, F105 number out of range,
        F106 lone surrogate, F107 nested too deep.

    >>> parse(b'{"a": [1, 2.0]}').value
    {'a': [1, 2.0]}
    """
    text = _decode(raw)
    return Tree(text, _Parser(text, max_depth, whole).run())


def not_utf8(raw: bytes) -> tuple[str, int, int, int] | None:
    """Why bytes are no UTF-8: the message, and offset in code points, line and column; None when they are.

    >>> not_utf8("é".encode("latin-1"))
    ('expected UTF-8, found the byte 0xe9 at offset 0 (unexpected end of data)', 0, 1, 1)
    """
    try:
        raw.decode("utf-8")
    except UnicodeDecodeError as error:
        before = raw[: error.start].decode("utf-8")
        found = f"the byte 0x{raw[error.start]:02x} at offset {error.start} ({error.reason})"
        if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
            found = "the byte order mark of UTF-16"
        return f"expected UTF-8, found {found}", len(before), *line_column(before, len(before))
    return None


def _decode(raw: bytes) -> str:
    if fault := not_utf8(raw):
        raise JSONFault("F101", *fault)
    text = raw.decode("utf-8")
    if text.startswith("\ufeff"):
        raise JSONFault("F102", "expected JSON from the first byte on, found a byte order mark (U+FEFF)", 0, 1, 1)
    return text


class _Parser:
    """One pass over one text; `path` says where it is, and `stack` holds the containers that are still open.

    It looks for a fault, and passes over what has none.
    """

    def __init__(self, text: str, max_depth: int, whole: str) -> None:
        self.text, self.max_depth, self.end, self.at = text, max_depth, f"the end of the {whole}", 0
        self.doubtful = 0  # where the run of members ends in which there is a fault

    def run(self) -> Any:
        stack: list[dict[str, Any] | list[Any]] = []
        path: list[str | int] = []
        root: Any = None
        while True:
            # A value stands here: the root, an item, or the value after a key.
            start = self.space()
            value, closed = self.value(len(stack))
            if not stack:
                root = value
            elif isinstance(stack[-1], dict):
                stack[-1][str(path[-1])] = value
            else:
                stack[-1].append(value)
            if not closed:
                if len(stack) == self.max_depth:
                    message = f"expected at most {self.max_depth} levels of objects and arrays, found more"
                    raise self.fault("F107", message, start)
                stack.append(value)
                if self.enter(value, path):
                    continue
            elif stack and self.next(stack[-1], path):
                continue
            # Containers end here until one goes on, or the text does.
            while stack:
                stack.pop()
                if not stack:
                    break
                path.pop()
                if self.next(stack[-1], path):
                    break
            if not stack:
                if self.space() < len(self.text):
                    raise self.fault("F103", f"expected {self.end}, found {self.found()}")
                return root

    def value(self, depth: int) -> tuple[Any, bool]:
        """The scalar that begins here, or the container, and whether the value is complete or still empty."""
        character = self.text[self.at : self.at + 1]
        if character in ("{", "["):
            if sound := self.whole(self.max_depth - depth):
                value, self.at = sound
                return value, True
            self.at += 1
            return ({} if character == "{" else []), False
        if character == '"':
            return self.string(), True
        if character and character in "-0123456789":
            return self.number(), True
        word = _WORD.match(self.text, self.at)
        if word and word[0] in _CONSTANTS:
            self.at = word.end()
            return _CONSTANTS[word[0]], True
        raise self.fault("F103", f"expected a JSON value, found {self.found()}")

    def whole(self, levels: int) -> tuple[Any, int] | None:
        """The container that begins here and where it ends, if it has no fault and may not be a long one.

        A long one is taken in runs of its members: the fault may be its last, and all before would be read again.
        """
        long = self.at >= self.doubtful and len(self.text) - self.at > LONG
        return None if long else _sound(self.text, self.at, levels)

    def enter(self, container: dict[str, Any] | list[Any], path: list[str | int]) -> bool:
        """Go to the first member of a container; False when it is empty, with its end passed."""
        self.space()
        if self.text[self.at : self.at + 1] == ("}" if isinstance(container, dict) else "]"):
            self.at += 1
            path.append(0)  # taken off again by the caller, as the last member of any container is
            return False
        path.append(0)
        if self.passed(container, len(path)):
            return self.next(container, path)
        if isinstance(container, dict):
            path[-1] = self.key(container)
        return True

    def next(self, container: dict[str, Any] | list[Any], path: list[str | int]) -> bool:
        """Go to the next member of a container; False when it ends here, with its end passed."""
        close = "}" if isinstance(container, dict) else "]"
        while True:
            self.space()
            mark = self.text[self.at : self.at + 1]
            if mark == close:
                self.at += 1
                return False
            if mark != ",":
                raise self.fault("F103", f"expected ',' or '{close}', found {self.found()}")
            comma = self.at
            self.at += 1
            self.space()
            if self.text[self.at : self.at + 1] == close:
                message = f"expected something after the comma, found '{close}'; take the comma away"
                raise self.fault("F103", message, comma)
            if not self.passed(container, len(path)):
                break
        path[-1] = self.key(container) if isinstance(container, dict) else len(container)
        return True

    def passed(self, container: dict[str, Any] | list[Any], depth: int) -> bool:
        """Whether a run of members began here that hold no fault; they are in the container now."""
        if self.at < self.doubtful:
            return False
        run = _RUN.match(self.text, self.at)
        if run is None:
            return False
        alone = f"{{{run[0]}}}" if isinstance(container, dict) else f"[{run[0]}]"
        levels = self.max_depth - depth + 1
        value, end = _plainly_sound(alone, levels) or _sound(alone, 0, levels) or ({}, 0)
        if end == len(alone) and isinstance(container, dict) and container.keys().isdisjoint(value):
            container.update(value)
        elif end == len(alone) and isinstance(container, list):
            container.extend(value)
        else:
            self.doubtful = run.end()  # up to here, one by one
            return False
        self.at = run.end()
        return True

    def key(self, container: dict[str, Any]) -> str:
        start = self.at
        if self.text[start : start + 1] != '"':
            raise self.fault("F103", f"expected a property name in double quotes, found {self.found()}")
        name = self.string()
        if name in container:
            raise self.fault("F104", f"expected each property once in an object, found {name!r} twice", start)
        self.space()
        if self.text[self.at : self.at + 1] != ":":
            raise self.fault("F103", f"expected ':' after the property name {name!r}, found {self.found()}")
        self.at += 1
        return name

    def string(self) -> str:
        start = self.at
        try:
            value, self.at = scanstring(self.text, start + 1, True)
        except JSONDecodeError as error:
            cause = error.msg.lower().removesuffix(" at").removesuffix(" starting")
            backslash = error.pos - self.text.startswith("u", error.pos)
            raise self.fault("F103", f"not a JSON string: {cause}", backslash) from None
        if surrogate := _SURROGATE.search(value):
            escapes = _ESCAPED.finditer(self.text, start, self.at)
            message = f"expected characters, found a lone surrogate, \\u{ord(surrogate[0]):04x}"
            raise self.fault("F106", message, next(escape.start() for escape in escapes if escape["lone"]))
        return str(value)

    def number(self) -> int | float:
        match, start = _NUMBER.match(self.text, self.at), self.at
        word = _WORD.match(self.text, start)
        assert word is not None  # a digit or a minus stands here
        if match is None or (match.end() < len(self.text) and self.text[match.end()] in "0123456789.eE+-"):
            raise self.fault("F103", f"{_short(word[0])} is no JSON number", start)
        self.at = match.end()
        literal = match[0]
        try:
            return _integer(literal) if match[1] is None and match[2] is None else _float(literal)
        except _DoubtError:
            kind = "an integer" if match[1] is None and match[2] is None else "a number"
            raise self.fault("F105", f"expected {kind} that fits 64 bits, found {_short(literal)}", start) from None

    def space(self) -> int:
        self.at = after_space(self.text, self.at)
        return self.at

    def found(self) -> str:
        word = _WORD.match(self.text, self.at)
        return repr(_short(word[0])) if word else self.end

    def fault(self, code: str, message: str, offset: int | None = None) -> JSONFault:
        offset = self.at if offset is None else offset
        return JSONFault(code, message, offset, *line_column(self.text, offset))


class _DoubtError(Exception):
    """JSON that the standard library reads, but not everybody in the same way."""


def _sound(text: str, start: int, levels: int) -> tuple[Any, int] | None:
    """The value of the container at `start` and where it ends; None where something is wrong in it."""
    try:
        value, end = _DECODER.raw_decode(text, start)
        if _SURROGATE_ESCAPE.search(text, start, end):
            msgspec.json.encode(value)  # which half a character fails
    except (JSONDecodeError, _DoubtError, RecursionError, UnicodeEncodeError):
        return None
    opened = text.count("[", start, end) + text.count("{", start, end)
    return None if opened > levels and _depth(text[start:end]) > levels else (value, end)


def _plainly_sound(text: str, levels: int) -> tuple[Any, int] | None:
    """The value of a whole text of JSON, and its length; None where there is a doubt, which `_sound` then decides.

    msgspec reads ten times as fast as the standard library. It lets two things pass: a key that stands twice in an
    object, but then what it writes has fewer colons than what it read; and numbers that are not what they say.
    """
    raw = text.encode()
    if _unusual(raw):
        return None
    try:
        value = msgspec.json.decode(raw)
    except (msgspec.DecodeError, RecursionError):
        return None
    colons, depth = _marks(raw)
    return (value, len(text)) if depth <= levels and _marks(msgspec.json.encode(value))[0] == colons else None


def _unusual(raw: bytes) -> bool:
    """Whether there may be half a character, or an unusual number."""
    return b"\\u" in raw or unusual_numbers(raw)


def unusual_numbers(raw: bytes) -> bool:
    """Whether there may be a number that is -0, no integer of 64 bits, or nothing but 0.0.

    >>> unusual_numbers(b"[-0]"), unusual_numbers(b"[1e-400]"), unusual_numbers(b"[-0.5, 1e-40]")
    (True, True, False)
    """
    digits = raw.translate(_DIGITS)  # a search for a fixed string takes a tenth of the time of one for a pattern
    minus_zero = b" -0" in digits and _MINUS_ZERO.search(raw)
    tiny = b"e-000" in digits or b"E-000" in digits
    return b"0" * 19 in digits or tiny or bool(minus_zero)


def _depth(text: str) -> int:
    """How deep objects and arrays are nested in well-formed JSON."""
    return _marks(text.encode())[1]


def _marks(raw: bytes) -> tuple[int, int]:
    """How many colons stand outside the strings of well-formed JSON, and how deep objects and arrays are nested."""
    marks = np.frombuffer(_ESCAPE.sub(b"__", raw) if b"\\" in raw else raw, np.uint8)
    outside = np.cumsum(marks == 0x22, dtype=np.uint8) & 1 == 0  # the parity is right, however often the sum overflows
    colons = int(np.count_nonzero(outside & (marks == 0x3A)))
    brackets = marks[outside & ((marks | 0x20 == 0x7B) | (marks | 0x20 == 0x7D))]  # [ and { differ in one bit
    depth = np.cumsum(np.where(brackets | 0x20 == 0x7B, 1, -1))
    return colons, int(depth.max(initial=0))


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) < len(pairs):
        raise _DoubtError
    return members


def _integer(literal: str) -> int | float:
    """An integer of 64 bits; -0 is none."""
    if literal == "-0":
        return -0.0
    if len(literal) > 20 or int(literal) not in INT64:
        raise _DoubtError
    return int(literal)


def _float(literal: str) -> float:
    """A number of 64 bits; one that is not zero, and too small for them, is none."""
    value = float(literal)
    vanished = value == 0 and literal.lower().partition("e")[0].strip("-.0")
    if vanished or value in (float("inf"), float("-inf")):
        raise _DoubtError
    return value


def _refuse(_: str) -> NoReturn:
    raise _DoubtError


_DECODER = JSONDecoder(object_pairs_hook=_unique, parse_int=_integer, parse_float=_float, parse_constant=_refuse)


def _short(word: str) -> str:
    return word if len(word) <= 40 else word[:37] + "…"
