"""The dialect's keywords: which there are, on which types they stand, and what each may hold.

A subset of JSON Schema 2020-12 and five keywords of its own, `x-table`, `x-span`, `x-ref`, `x-overlap` and `x-inside`;
`schema/dialect.schema.json` says the same as a meta-schema, for editors and other tools.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import partial
from typing import Any

import msgspec

from sidelines.patterns import refusal

__all__ = ["ALL_KEYWORDS", "ANNOTATIONS", "DRAFT", "KEYWORDS", "REF", "ROOT"]

DRAFT = "https://json-schema.org/draft/2020-12/schema"
Check = Callable[[Any], str | None]  # None for a legal value, else what was expected


def _text(value: Any) -> str | None:
    return None if isinstance(value, str) else "a string"


def _count(value: Any) -> str | None:
    return None if type(value) is int and 0 <= value < 2**31 else "a whole number, 0 or more, below 2³¹"


def _integer(value: Any) -> str | None:
    return None if type(value) is int and -(2**63) <= value < 2**63 else "an integer that fits 64 bits"


def _number(value: Any) -> str | None:
    fits = type(value) is float or (type(value) is int and -(2**63) <= value < 2**63)
    return None if fits else "a number that fits 64 bits"


def _among(legal: tuple[Any, ...], value: Any) -> str | None:
    good = any(value == x and type(value) is type(x) for x in legal)
    return None if good else " or ".join(msgspec.json.encode(x).decode() for x in legal)


def _different(check: Check, expected: str, value: Any) -> str | None:
    good = isinstance(value, list) and value and not any(map(check, value)) and len(set(value)) == len(value)
    return None if good else expected


def _name_list(value: Any) -> str | None:
    good = isinstance(value, list) and not any(map(_text, value)) and len(set(value)) == len(value)
    return None if good else "a list of different property names"


def _anything(value: Any) -> str | None:
    return None if isinstance(value, list) else "a list"


def _schemas(value: Any) -> str | None:
    return None if isinstance(value, dict) else "an object whose properties are schemas"


def _schema(value: Any) -> str | None:
    return None if isinstance(value, dict) else "a schema (an object)"


def _table_name(value: Any) -> str | None:
    good = isinstance(value, str) and re.fullmatch(r"[a-z][a-z0-9_]{0,63}", value)
    return None if good else "a table name: lower-case letters, digits and _, beginning with a letter"


def _pattern(value: Any) -> str | None:
    if not isinstance(value, str):
        return "a regular expression"
    why = refusal(value)
    return why and f"a regular expression of RE2 ({why})"


ANNOTATIONS = {"$comment": _text, "title": _text, "description": _text, "examples": _anything}
KEYWORDS: dict[str, dict[str, Check]] = {
    "string": {
        "enum": partial(_different, _text, "a list of different strings"),
        "const": _text,
        "minLength": _count,
        "maxLength": _count,
        "pattern": _pattern,
        "format": partial(_among, ("date",)),
        "x-ref": _table_name,
    },
    "integer": {
        "enum": partial(_different, _integer, "a list of different integers"),
        "const": _integer,
        "minimum": _integer,
        "maximum": _integer,
    },
    "number": {"minimum": _number, "maximum": _number},
    "boolean": {},
    "array": {
        "items": _schema,
        "minItems": _count,
        "maxItems": _count,
        "x-table": _table_name,
        "x-overlap": partial(_among, ("none", "nested", "any")),
        "x-inside": _text,
    },
    "object": {
        "properties": _schemas,
        "required": _name_list,
        "additionalProperties": partial(_among, (False,)),
        "x-span": partial(_among, (True,)),
        "x-inside": _text,
    },
}
ROOT: dict[str, Check] = {"$schema": partial(_among, (DRAFT,)), "$id": _text, "$defs": _schemas}
REF = re.compile(r"(?P<file>[a-z0-9][a-z0-9_-]*\.schema\.json)?(?:#/\$defs/(?P<name>[A-Za-z0-9_-]+))?")
ALL_KEYWORDS = sorted({*ROOT, "$ref", "type", *ANNOTATIONS, *(k for keys in KEYWORDS.values() for k in keys)})
