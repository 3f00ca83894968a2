"""Changes to JSON that leave most of it as it is, so that a fuzzer gets past the parser: a token, a value, a row."""

from __future__ import annotations

import random
import re
from collections.abc import Callable

__all__ = ["mutate_json"]

_TOKEN = re.compile(rb'"(?:[^"\\]|\\.)*"|-?[0-9][-+.0-9eE]*|[A-Za-z]+|[ \t\r\n]+|.', re.DOTALL)
_OPEN, _CLOSE = b"[{", b"]}"

NUMBERS = (
    b"0", b"-0", b"1", b"-1", b"2", b"3.0", b"1e2", b"1E400", b"-1e-400", b"0.1", b"1e16", b"1e-7", b"5e-324",
    b"1.7976931348623157e308", b"9007199254740993", b"9223372036854775807", b"9223372036854775808",
    b"-9223372036854775808", b"-9223372036854775809", b"18446744073709551616", b"2147483647", b"2147483648", b"65536",
    b"100000000000000000000000", b"01", b"1.", b".5", b"+1", b"1e", b"-", b"NaN", b"-Infinity",
)  # fmt: skip
STRINGS = (
    b'""', b'" "', b'"a"', b'"\\u0000"', b'"\\ud800"', b'"\\ud83d\\ude00"', b'"\\udc00\\ud800"', b'"\\/"', b'"\\u0041"',
    b'"\xef\xbb\xbf"', b'"\xf0\x9f\x98\x80"', b'"e\xcc\x81"', b'"\xc3\xa9"', b'"\xe2\x80\xa8"', b'"\x7f"', b'"\t"',
    b'"0000-01-01"', b'"2023-02-29"', b'"2024-02-29"', b'"9999-12-31"', b'"../x"', b'"__proto__"', b'"\xed\xa0\x80"',
    b'"\\n"', b'"\\u2028"', b'"\\x"', b'"a\\"b"', b'"P1D"', b'"XXXX-WXX-3"', b'"BC0346"', b'"2018-10-24T24:00"',
)  # fmt: skip
VALUES = (b"null", b"true", b"false", b"[]", b"{}", b"[[]]", b'{"a": 1}', b'{"a": 1, "a": 2}', b"[1, 1]")
TYPES = (b'"string"', b'"integer"', b'"number"', b'"boolean"', b'"array"', b'"object"', b'"null"', b'["string"]')
KEYWORDS = (
    b'"$schema"', b'"$id"', b'"$comment"', b'"$defs"', b'"$ref"', b'"title"', b'"description"', b'"examples"',
    b'"type"', b'"properties"', b'"required"', b'"additionalProperties"', b'"items"', b'"minItems"', b'"maxItems"',
    b'"enum"', b'"const"', b'"minimum"', b'"maximum"', b'"minLength"', b'"maxLength"', b'"pattern"', b'"format"',
    b'"x-table"', b'"x-span"', b'"x-ref"', b'"x-overlap"', b'"x-inside"', b'"document"', b'"id"', b'"start"', b'"end"',
    b'"text"', b'"date"', b'"none"', b'"nested"', b'"any"', b'"./parts"', b'"#/$defs/part"', b'"document_start"',
    b'"document.schema.json"', b'"corpus.schema.json#/$defs/a"', b'"name"', b'"language"', b'"layers"', b'"version"',
)  # fmt: skip
PATTERNS = (
    b'"^(a+)+$"', b'"^.*$"', b'"^(a|a)*$"', b'"(?i)x"', b'"\\\\p{L}+"', b'"[^\\\\x00-\\\\x{10FFFF}]"', b'"a{1000}"',
    b'"((a{100}){100}){100}"', b'"("', b'"(?=a)"', b'"\\\\C"', b'"\\\\z"', b'"$^"', b'"\\\\b"', b'"(?P<n>a)"', b'"\\n"',
)  # fmt: skip


def mutate_json(raw: bytes, chance: random.Random) -> bytes:
    """Change one to three things of a JSON text, or of bytes that resemble one."""
    for _ in range(chance.choice((1, 1, 1, 2, 3))):
        tokens = _TOKEN.findall(raw)
        if not tokens:
            return chance.choice((*VALUES, *NUMBERS, *STRINGS))
        raw = b"".join(chance.choice(_CHANGES)(tokens, chance))
    return raw


def _number(tokens: list[bytes], chance: random.Random) -> list[bytes]:
    """A number becomes one beside it, or one that is hard."""
    at = _any(tokens, chance, rb"-?[0-9]")
    literal = tokens[at]
    near = re.fullmatch(rb"-?[0-9]{1,18}", literal)
    beside = b"%d" % (int(literal) + chance.choice((-2, -1, 1, 2, 10))) if near else b"7"
    return [*tokens[:at], chance.choice((beside, beside, chance.choice(NUMBERS))), *tokens[at + 1 :]]


def _string(tokens: list[bytes], chance: random.Random) -> list[bytes]:
    """A string becomes a hard one, another of the same text, or has a character more or less."""
    at = _any(tokens, chance, rb'"')
    literal = tokens[at]
    cut = chance.randrange(len(literal) + 1)
    inner = chance.choice(STRINGS)[1:-1]
    new = chance.choice(
        (
            tokens[_any(tokens, chance, rb'"')],
            chance.choice(STRINGS),
            chance.choice(KEYWORDS),
            chance.choice(PATTERNS),
            chance.choice(TYPES),
            literal[:cut] + inner + literal[cut:],
            literal[:cut] + literal[cut + 1 :],
        )
    )
    return [*tokens[:at], new, *tokens[at + 1 :]]


def _type(tokens: list[bytes], chance: random.Random) -> list[bytes]:
    """One of the types of JSON Schema becomes another."""
    at = _any(tokens, chance, rb'"(?:string|integer|number|boolean|array|object)"$')
    return [*tokens[:at], chance.choice(TYPES), *tokens[at + 1 :]]


def _value(tokens: list[bytes], chance: random.Random) -> list[bytes]:
    """A value, with all that is in it, becomes another one."""
    first, last = _stretch(tokens, chance)
    new = chance.choice((*VALUES, chance.choice(NUMBERS), chance.choice(STRINGS), chance.choice(TYPES)))
    return [*tokens[:first], new, *tokens[last:]]


def _graft(tokens: list[bytes], chance: random.Random) -> list[bytes]:
    """A value takes the place of another one."""
    first, last = _stretch(tokens, chance)
    start, end = _stretch(tokens, chance)
    return [*tokens[:first], *tokens[start:end], *tokens[last:]]


def _member(tokens: list[bytes], chance: random.Random) -> list[bytes]:
    """Something is added where an object begins."""
    at = _any(tokens, chance, rb"\{$")
    first, last = _stretch(tokens, chance)
    value = chance.choice((tokens[first:last], [chance.choice(VALUES)], [chance.choice(NUMBERS)]))
    return [*tokens[: at + 1], chance.choice(KEYWORDS), b": ", *value, b", ", *tokens[at + 1 :]]


def _twice(tokens: list[bytes], chance: random.Random) -> list[bytes]:
    """A value stands twice in its array."""
    first, last = _stretch(tokens, chance)
    return [*tokens[:last], b", ", *tokens[first:last], *tokens[last:]]


def _less(tokens: list[bytes], chance: random.Random) -> list[bytes]:
    """A few tokens are taken away."""
    at = chance.randrange(len(tokens))
    return [*tokens[:at], *tokens[at + chance.randint(1, 4) :]]


def _cut(tokens: list[bytes], chance: random.Random) -> list[bytes]:
    """The file ends early, or a line does."""
    at = chance.randrange(len(tokens))
    return tokens[:at]


def _swap(tokens: list[bytes], chance: random.Random) -> list[bytes]:
    """Two values change places."""
    (first, last), (start, end) = sorted((_stretch(tokens, chance), _stretch(tokens, chance)))
    if last > start:
        return tokens
    return [*tokens[:first], *tokens[start:end], *tokens[last:start], *tokens[first:last], *tokens[end:]]


def _deep(tokens: list[bytes], chance: random.Random) -> list[bytes]:
    """A value is put into arrays, or into objects, few or very many."""
    first, last = _stretch(tokens, chance)
    many = chance.choice((1, 2, 3, 63, 64, 65, 300))
    before, after = chance.choice(((b"[", b"]"), (b'{"items": ', b"}"), (b'{"a": ', b"}")))
    return [*tokens[:first], before * many, *tokens[first:last], after * many, *tokens[last:]]


def _byte(tokens: list[bytes], chance: random.Random) -> list[bytes]:
    """A byte becomes another one."""
    raw = bytearray(b"".join(tokens))
    raw[chance.randrange(len(raw))] = chance.randrange(256)
    return [bytes(raw)]


def _space(tokens: list[bytes], chance: random.Random) -> list[bytes]:
    """White space comes or goes."""
    at = chance.randrange(len(tokens) + 1)
    return [
        *tokens[:at],
        chance.choice((b" ", b"\n", b"\t", b"\r\n", b"\xef\xbb\xbf", b"\x0b", b"\xc2\xa0")),
        *tokens[at:],
    ]


_CHANGES: tuple[Callable[[list[bytes], random.Random], list[bytes]], ...] = (
    _number, _number, _string, _string, _type, _value, _graft, _graft, _member, _twice, _less, _cut, _swap, _deep,
    _byte, _space,
)  # fmt: skip


def _any(tokens: list[bytes], chance: random.Random, kind: bytes) -> int:
    """The position of a token that begins like this; of any, where none does."""
    fitting = [at for at, token in enumerate(tokens) if re.match(kind, token)]
    return chance.choice(fitting or range(len(tokens)))


def _stretch(tokens: list[bytes], chance: random.Random) -> tuple[int, int]:
    """Where a value begins and ends: a token, or brackets with what is between them."""
    first = _any(tokens, chance, chance.choice((rb"[\[{]", rb'["\[{0-9a-z-]')))
    open_ = 0
    for at in range(first, len(tokens)):
        open_ += (tokens[at] in (b"[", b"{")) - (tokens[at] in (b"]", b"}"))
        if open_ <= 0:
            return first, at + 1
    return first, len(tokens)
