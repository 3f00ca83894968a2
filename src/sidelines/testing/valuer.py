"""Values of a JSON Schema in the dialect."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any

import msgspec
from hypothesis import strategies as st

from sidelines.codec import INT64_MAX, INT64_MIN
from sidelines.errors import SidelinesError
from sidelines.model import Property
from sidelines.patterns import matches
from sidelines.resolver import Refused, Resolver, SchemaFolder, layout
from sidelines.testing.cutter import texts

__all__ = ["fits", "values"]

MORE = 4  # items of an array, and characters of a string, beyond those that there must be


def values(schema: Mapping[str, Any] | Property) -> st.SearchStrategy[Any]:
    """What a schema in the dialect describes, as `json` would read it; the keys of objects in the schema's order.

    `schema` is a JSON Schema as a dict, with its `$defs`, or a property of a compiled model. The keywords that hang a
    layer on a text (`x-span`, `x-ref` and the others) are passed over: these values stand alone.

    Raises
    ------
    SidelinesError
        when the schema is not in the dialect, or has a pattern that only RE2 can read, such as `\\pL`.

    >>> from hypothesis import find
    >>> find(values({"type": "array", "minItems": 2, "items": {"type": "integer", "minimum": 7}}), lambda value: True)
    [7, 7]
    >>> find(values({"type": "string", "pattern": "^[A-Z]{2}-[0-9]+$"}), lambda value: True)
    'AA-0'
    """
    return _values(schema if isinstance(schema, Property) else _compiled(schema))


@lru_cache(maxsize=2**12)  # to make a strategy takes longer than to draw from it
def _values(node: Property) -> st.SearchStrategy[Any]:
    return st.sampled_from(node.enum) if node.enum else _TYPES[node.type](node)


def fits(node: Property, value: str) -> bool:
    """Whether a string keeps to the enum, the bounds and the pattern of its property."""
    if node.enum:
        return value in node.enum
    longest = len(value) if node.longest is None else node.longest
    return (node.shortest or 0) <= len(value) <= longest and (node.pattern is None or _matches(node.pattern, value))


_matches = lru_cache(maxsize=2**12)(matches)


def _compiled(schema: Mapping[str, Any]) -> Property:
    if not isinstance(schema, Mapping):
        raise SidelinesError(f"expected a schema in the dialect, a dict, found {schema!r}")
    try:
        raw = layout(dict(schema))
        return Resolver(SchemaFolder({"schema": raw})).compile(msgspec.json.decode(raw), (), "schema", "")[1]
    except (Refused, TypeError, UnicodeEncodeError, RecursionError) as error:
        raise SidelinesError(f"expected a schema in the dialect: {error}") from None


def _string(node: Property) -> st.SearchStrategy[str]:
    if node.date:
        return st.dates().map(str)
    if node.pattern is None:
        least = node.shortest or 0
        return texts(least, least + MORE if node.longest is None else min(node.longest, least + MORE))
    return _patterned(node.pattern).filter(lambda value: fits(node, value))


def _patterned(pattern: str) -> st.SearchStrategy[str]:
    """Strings that Python finds the pattern in; what RE2 says of them is seen by the caller."""
    try:
        compiled = re.compile(pattern, re.ASCII)  # as RE2 has \\d, \\w and \\s
    except re.error as error:
        message = f"cannot draw what matches the pattern {pattern!r}: Python does not read it ({error})"
        raise SidelinesError(message) from None
    alphabet = st.characters(exclude_categories=["Cs"])
    whole = st.from_regex(compiled, fullmatch=True, alphabet=alphabet)
    return st.one_of(whole, st.from_regex(compiled, alphabet=alphabet))


def _integer(node: Property) -> st.SearchStrategy[int]:
    low = INT64_MIN if node.minimum is None else math.ceil(node.minimum)
    high = INT64_MAX if node.maximum is None else math.floor(node.maximum)
    return st.integers(low, high)


def _number(node: Property) -> st.SearchStrategy[float]:
    # A bound that no float equals is replaced by the next one inside.
    low = None if node.minimum is None else float(node.minimum)
    high = None if node.maximum is None else float(node.maximum)
    low = math.nextafter(low, math.inf) if low is not None and low < (node.minimum or 0) else low
    high = math.nextafter(high, -math.inf) if high is not None and high > (node.maximum or 0) else high
    if low is not None and high is not None and low > high:
        return st.nothing()
    return st.floats(low, high, allow_nan=False, allow_infinity=False)


def _array(node: Property) -> st.SearchStrategy[list[Any]]:
    assert node.items is not None  # the dialect demands items on every array
    least = node.shortest or 0
    most = least + MORE if node.longest is None else min(node.longest, least + MORE)
    return st.lists(values(node.items), min_size=least, max_size=most)


def _object(node: Property) -> st.SearchStrategy[dict[str, Any]]:
    required = {member.name: values(member) for member in node.properties if member.required}
    optional = {member.name: values(member) for member in node.properties if not member.required}
    names = [member.name for member in node.properties]
    drawn = st.fixed_dictionaries(required, optional=optional)
    return drawn.map(lambda value: {name: value[name] for name in names if name in value})


_TYPES: Mapping[str, Callable[[Property], st.SearchStrategy[Any]]] = {
    "string": _string,
    "integer": _integer,
    "number": _number,
    "boolean": lambda node: st.booleans(),
    "array": _array,
    "object": _object,
}
