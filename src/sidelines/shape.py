"""Why a file is not of its schema's shape: jsonschema, strict, on the few files that the typed decoder refused.

The validator knows integers as the decoder does (no `3.0`, no `true`), runs patterns on RE2, and never follows a
reference: it is given the resolved schema.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable, Iterator
from typing import Any

import msgspec
from jsonschema import Draft202012Validator, FormatChecker, TypeChecker, ValidationError
from jsonschema.protocols import Validator
from jsonschema.validators import extend

from sidelines.model import Layer
from sidelines.patterns import matches
from sidelines.problems import names, nearest

__all__ = ["Fault", "explain", "validator"]

Path = tuple[str | int, ...]
Fault = tuple[str, Path, bool, str]  # code, path, whether the key is meant, message

_CODES = {
    "required": "S101",
    "additionalProperties": "S102",
    "type": "S103",
    "enum": "S104",
    "const": "S104",
    "pattern": "S105",
    "format": "S105",
}
_BOUNDS = {
    "minimum": ("at least", ""),
    "maximum": ("at most", ""),
    "minLength": ("at least", " character"),
    "maxLength": ("at most", " character"),
    "minItems": ("at least", " item"),
    "maxItems": ("at most", " item"),
}


def explain(layer: Layer, value: Any) -> list[Fault]:
    """Every fault of a JSON value against the schema of a layer, in the order of the schema."""
    faults = [fault for error in validator(layer).iter_errors(value) for fault in _faults(error)]
    untyped = {path for code, path, _, _ in faults if code == "S103"}
    return [fault for fault in faults if fault[0] == "S103" or fault[1] not in untyped]


def validator(layer: Layer) -> Validator:
    """The validator of a layer's files."""
    made: Validator = _Strict(layer.schema, format_checker=_FORMATS)
    return made


_EXPECTED: dict[str, Callable[[Any], str]] = {
    "type": lambda limit: ("an " if limit[0] in "aio" else "a ") + limit,
    "enum": lambda limit: f"one of {', '.join(map(_json, limit))}",
    "const": lambda limit: _json(limit),
    "pattern": lambda limit: f"a match of {limit}",
    "format": lambda limit: "a day of the calendar such as 2018-10-24",
}


def _faults(error: ValidationError) -> Iterator[Fault]:
    path: Path = tuple(error.absolute_path)
    limit: Any = error.validator_value
    found: Any = error.instance
    keyword = str(error.validator)
    if keyword == "required":
        for name in limit:
            if name not in found and f"{name!r} is a required" in error.message:
                yield "S101", path, False, f"expected a property {name!r}, found {_list(found)}"
    elif keyword == "additionalProperties":
        schema: Any = error.schema
        legal = schema.get("properties", {})
        for name in found:
            if name not in legal:
                yield "S102", (*path, name), True, f"unknown property {name!r}; {names(name, legal)}"
    elif keyword in _BOUNDS:
        shown = len(found) if keyword.endswith(("Length", "Items")) else found
        side, what = _BOUNDS[keyword]
        plural = "s" if what and limit != 1 else ""
        yield "S106", path, False, f"expected {side} {limit}{what}{plural}, found {shown}"
    else:
        expected = f"expected {_EXPECTED[keyword](limit)}"
        hint = ""
        if keyword == "enum" and isinstance(found, str):
            near = nearest(found, sorted(value for value in limit if isinstance(value, str)))
            hint = "" if near is None else f"; did you mean {near!r}?"
        yield _CODES[keyword], path, False, f"{expected}, found {_json(found)}{hint}"


def _list(found: dict[str, Any]) -> str:
    return ", ".join(map(repr, found)) if found else "no property at all"


def _json(value: Any) -> str:
    text = msgspec.json.encode(value).decode()
    return text if len(text) <= 80 else text[:77] + "…"


def _pattern(validator: Validator, pattern: str, instance: Any, schema: Any) -> Iterator[ValidationError]:
    if isinstance(instance, str) and not matches(pattern, instance):
        yield ValidationError(f"{instance!r} does not match {pattern!r}")


def _no_keyword(validator: Validator, value: Any, instance: Any, schema: Any) -> Iterator[ValidationError]:
    return iter(())


def _integer(checker: TypeChecker, instance: Any) -> bool:
    return type(instance) is int


def _number(checker: TypeChecker, instance: Any) -> bool:
    return type(instance) in (int, float)


def _enum(validator: Validator, legal: Any, instance: Any, schema: Any) -> Iterator[ValidationError]:
    if not any(type(instance) is type(value) and instance == value for value in legal):
        yield ValidationError(f"{instance!r} is not one of {legal!r}")


def _const(validator: Validator, legal: Any, instance: Any, schema: Any) -> Iterator[ValidationError]:
    return _enum(validator, [legal], instance, schema)


_FORMATS = FormatChecker(formats=())
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


@_FORMATS.checks("date", raises=ValueError)
def _date(instance: object) -> bool:
    if not isinstance(instance, str):
        return True
    if _DATE.fullmatch(instance) is None:
        return False
    return bool(datetime.date.fromisoformat(instance))


_Strict: Any = extend(  # type: ignore[no-untyped-call]  # its stubs leave the types out
    Draft202012Validator,
    validators={"pattern": _pattern, "enum": _enum, "const": _const, "$ref": _no_keyword, "$dynamicRef": _no_keyword},
    type_checker=Draft202012Validator.TYPE_CHECKER.redefine("integer", _integer).redefine("number", _number),
)
