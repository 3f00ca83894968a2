"""The rows of a table in canonical form are a regular language: a pattern tells them, and Arrow reads them.

One regular expression, made from the schema, says of a line whether it is a row of the table's shape and in canonical
form; the lines that match become columns without a Python object for each value. What a pattern cannot say of them,
such as the bounds of a number, is checked on the columns (`sidelines.columns.failing`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

import msgspec
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from sidelines import arrow, columns, patterns
from sidelines.model import Property, Table

__all__ = ["Grammar"]

# What `msgspec` writes: a quotation mark, a backslash and control characters escaped, in the shortest way, and nothing
# else. Surrogates have no UTF-8; RE2 would let their three bytes pass.
_STRING = r'"(?:[^"\\\x00-\x1f\x{d800}-\x{dfff}]|\\["\\bfnrt]|\\u00(?:0[0-7bef]|1[0-9a-f]))*"'
_INTEGER = "(?:0|-?[1-9][0-9]{0,17})"  # those of 19 digits, which int64 may or may not hold, are left to the codec
_NUMBER = r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+(?:e[-+]?[0-9]+)?|e[-+]?[0-9]+)"
_LEAP = "(?:[0-9]{2}(?:0[48]|[2468][048]|[13579][26])|(?:0[48]|[2468][048]|[13579][26])00)"
_DATE = (
    "(?:(?:[1-9][0-9]{3}|0[1-9][0-9]{2}|00[1-9][0-9]|000[1-9])-(?:"
    "(?:0[1-9]|1[0-2])-(?:0[1-9]|1[0-9]|2[0-8])|(?:0[13-9]|1[0-2])-(?:29|30)|(?:0[13578]|1[02])-31)"
    f"|{_LEAP}-02-29)"
)
_QUOTED = r'"(?:[^"\\]|\\.)*"'
_NUMBERS = re.compile(rb"-?[0-9]+[.e][-+.0-9e]*")  # outside strings; integers have neither a point nor an exponent
LONGEST = 50_000  # bytes of a pattern; RE2 would take a larger one, or refuse it, only after a long time
LARGEST = 2**30  # bytes of lines that are read at once


class Grammar:
    """The rows of one table: which lines are canonical, and their columns."""

    __slots__ = ("_numbers", "_pattern", "_row", "_schema")

    def __init__(self, row: Property, pattern: str) -> None:
        self._row, self._pattern, self._numbers = row, pattern, _holds_numbers(row)
        self._schema = pa.schema(
            [pa.field(member.name, columns.plain_type(member, dates=pa.string())) for member in row.properties]
        )

    @classmethod
    def of(cls, table: Table) -> Grammar | None:
        """The grammar of a table; None where the schema is too large to make one pattern.

        >>> row = Property("", "object", properties=(Property("id", "string", True), Property("at", "integer")))
        >>> Grammar.of(Table("marks", "own", "marks", row, True, "")).strange([b'{"id": "m1"}', b'{"at": 3}'])
        [1]
        """
        pattern = f"^{_pattern(table.row)}\n$"
        return None if len(pattern) > LONGEST or patterns.refusal(pattern) else cls(table.row, pattern)

    def strange(self, sections: Sequence[bytes]) -> list[int]:
        """The positions of those sections in which some line is no row in canonical form.

        A section is the rows of one document, a line each, with a line feed between them.
        """
        data = _joined(sections)
        if len(data) > LARGEST:
            return list(range(len(sections)))
        ends = np.flatnonzero(np.frombuffer(data, np.uint8) == 0x0A) + 1
        rows = arrow.text(np.frombuffer(data, np.uint8), np.diff(ends, prepend=0), np.ones(len(ends), np.bool_))
        bad = patterns.mismatches(self._pattern, rows)
        if self._numbers:
            bad += _numbers_off(rows)
        lasts = np.cumsum([len(section) + 1 if section else 0 for section in sections])
        return [int(at) for at in np.unique(np.searchsorted(lasts, ends[bad] - 1, "right"))]

    def columns(self, sections: Sequence[bytes]) -> Iterator[pa.Array]:
        """The columns of all rows, as `sidelines.tables.table_schema` has them but for `document`.

        No section may be strange.
        """
        data = _joined(sections)
        if not data:
            return
        import pyarrow.json as pj

        table = pj.read_json(
            pa.py_buffer(data),
            pj.ReadOptions(use_threads=False, block_size=len(data) + 1),
            pj.ParseOptions(explicit_schema=self._schema, unexpected_field_behavior="error"),
        )
        for member in self._row.properties:
            column = arrow.whole(table.column(member.name))
            if member.span:
                for part, inner in zip(member.properties, column.flatten(), strict=True):
                    yield columns.typed(part, inner)
            else:
                yield columns.typed(member, column)


def _joined(sections: Sequence[bytes]) -> bytes:
    return b"\n".join([*filter(None, sections), b""])


def _pattern(node: Property) -> str:
    """The canonical texts of a property's values, as a pattern of RE2; that of numbers matches a few more."""
    if node.enum:
        return f"(?:{'|'.join(map(_literal, node.enum))})"
    if node.items is not None:
        item = _pattern(node.items)
        return rf"\[(?:{item}(?:, {item})*)?\]"
    if node.type == "object":
        members = [f"{_literal(member.name)}: {_pattern(member)}" for member in node.properties]
        return rf"\{{{_sequence(node.properties, members)}\}}"
    if node.date:
        return f'"{_DATE}"'
    return {"string": _STRING, "integer": _INTEGER, "number": _NUMBER, "boolean": "(?:true|false)"}[node.type]


def _holds_numbers(node: Property) -> bool:
    inner = (*node.properties, *(() if node.items is None else (node.items,)))
    return node.type == "number" or any(map(_holds_numbers, inner))


def _numbers_off(rows: pa.Array) -> list[int]:
    """The rows in which a number is not the shortest that means its value, as it is written back."""
    data, bounds = arrow.utf8(pc.replace_substring_regex(rows, _QUOTED, ""))
    bare = data.tobytes()
    if _shortest(bare):
        return []
    return [at for at, (start, end) in enumerate(pairwise(bounds.tolist())) if not _shortest(bare[start:end])]


def _shortest(bare: bytes) -> bool:
    written = b"[" + b",".join(_NUMBERS.findall(bare)) + b"]"
    try:
        return msgspec.json.encode(msgspec.json.decode(written, type=list[float])) == written
    except msgspec.DecodeError:
        return False


def _sequence(members: Sequence[Property], texts: Sequence[str]) -> str:
    """The texts in their order, with commas between them; those of optional members may be missing."""
    later = [f", {text}" if member.required else f"(?:, {text})?" for member, text in zip(members, texts, strict=True)]
    required = [position for position, member in enumerate(members) if member.required]
    # Whatever comes first has no comma before it: the first that is required, or any of the optional ones before it.
    firsts = range(required[0] + 1 if required else len(members))
    ways = [texts[first] + "".join(later[first + 1 :]) for first in firsts]
    if len(ways) == 1 and required:
        return ways[0]
    return f"(?:{'|'.join(ways)}){'' if required else '?'}"


def _literal(value: str | int) -> str:
    return re.escape(msgspec.json.encode(value).decode())
