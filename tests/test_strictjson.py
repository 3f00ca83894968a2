"""Strict JSON: what is refused, with which code and where, and where everything stands."""

from __future__ import annotations

import json
import time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sidelines import strictjson
from sidelines.jsontree import Path, line_column
from sidelines.strictjson import MAX_DEPTH, JSONFault, parse


def refusal(raw: bytes, max_depth: int = MAX_DEPTH) -> tuple[str, int, int, str]:
    """Code, line, column and message of the fault for which a file is refused."""
    with pytest.raises(JSONFault) as caught:
        parse(raw, max_depth)
    fault = caught.value
    assert str(fault) == fault.message
    return fault.code, fault.line, fault.column, fault.message


class TestEncoding:
    def test_a_byte_that_is_no_utf8_in_the_middle(self) -> None:
        """The place counts code points, the message bytes: after a line break and an é, 0xE9 is byte 11, column 9."""
        raw = '{\n  "é": "'.encode() + b"\xe9" + b'"\n}\n'
        assert refusal(raw) == (
            "F101", 2, 9, "expected UTF-8, found the byte 0xe9 at offset 11 (invalid continuation byte)",
        )  # fmt: skip

    def test_a_byte_that_begins_no_character(self) -> None:
        """0xFF stands in no UTF-8 text."""
        assert refusal(b"[1,\n\xff]") == (
            "F101",
            2,
            1,
            "expected UTF-8, found the byte 0xff at offset 4 (invalid start byte)",
        )

    def test_a_character_cut_off_by_the_end(self) -> None:
        """The first two bytes of an emoji and nothing else are no text."""
        message = "expected UTF-8, found the byte 0xf0 at offset 1 (unexpected end of data)"
        assert refusal(b'"\xf0\x9f') == ("F101", 1, 2, message)

    def test_an_encoded_surrogate(self) -> None:
        """CESU-8 is no UTF-8: a surrogate as three bytes is refused as bytes, not as a character."""
        assert refusal(b'"\xed\xa0\x80"')[:3] == ("F101", 1, 2)

    @pytest.mark.parametrize("raw", ['{"a": 1}'.encode("utf-16"), b"\xfe\xff\x00{\x00}", b"\xff\xfe"])
    def test_utf16(self, raw: bytes) -> None:
        """The byte order mark of UTF-16, of either order, is named for what it is."""
        assert refusal(raw) == ("F101", 1, 1, "expected UTF-8, found the byte order mark of UTF-16")

    def test_a_byte_order_mark(self) -> None:
        """A UTF-8 byte order mark is no white space of JSON."""
        message = "expected JSON from the first byte on, found a byte order mark (U+FEFF)"
        assert refusal(b"\xef\xbb\xbf{}") == ("F102", 1, 1, message)

    def test_a_byte_order_mark_inside(self) -> None:
        """Within a string U+FEFF is a character like any other; between values it is none of JSON's white space."""
        assert parse('"\ufeff"'.encode()).value == "\ufeff"
        assert refusal("[\ufeff1]".encode()) == ("F103", 1, 2, r"expected a JSON value, found '\ufeff'")


class TestSyntax:
    @pytest.mark.parametrize(
        ("raw", "line", "column", "message"),
        [
            (b"", 1, 1, "expected a JSON value, found the end of the file"),
            (b" \t\r\n\n", 3, 1, "expected a JSON value, found the end of the file"),
            (b"{} {}", 1, 4, "expected the end of the file, found '{'"),
            (b"1 2", 1, 3, "expected the end of the file, found '2'"),
            (b"[]\n]", 2, 1, "expected the end of the file, found ']'"),
            (b"null\x00", 1, 5, r"expected the end of the file, found '\x00'"),
            (b"[1,]", 1, 3, "expected something after the comma, found ']'; take the comma away"),
            (b"[,1]", 1, 2, "expected a JSON value, found ','"),
            (b"[1,,2]", 1, 4, "expected a JSON value, found ','"),
            (b'{"a": 1,\n}', 1, 8, "expected something after the comma, found '}'; take the comma away"),
            (b"{'a': 1}", 1, 2, 'expected a property name in double quotes, found "\'"'),
            (b"{\"a\": 'b'}", 1, 7, 'expected a JSON value, found "\'"'),
            (b"{a: 1}", 1, 2, "expected a property name in double quotes, found 'a'"),
            (b"{1: 1}", 1, 2, "expected a property name in double quotes, found '1'"),
            (b"{", 1, 2, "expected a property name in double quotes, found the end of the file"),
            (b'{"a"}', 1, 5, "expected ':' after the property name 'a', found '}'"),
            (b'{"a" 1}', 1, 6, "expected ':' after the property name 'a', found '1'"),
            (b'{"a"', 1, 5, "expected ':' after the property name 'a', found the end of the file"),
            (b'{"a":}', 1, 6, "expected a JSON value, found '}'"),
            (b'{"a": 1 "b": 2}', 1, 9, "expected ',' or '}', found '\"'"),
            (b'{"a": 1', 1, 8, "expected ',' or '}', found the end of the file"),
            (b'{"a": 1]', 1, 8, "expected ',' or '}', found ']'"),
            (b"[1 2]", 1, 4, "expected ',' or ']', found '2'"),
            (b"[1}", 1, 3, "expected ',' or ']', found '}'"),
            (b"[", 1, 2, "expected a JSON value, found the end of the file"),
            (b"[[1]", 1, 5, "expected ',' or ']', found the end of the file"),
            (b"// one\n1", 1, 1, "expected a JSON value, found '/'"),
            (b"[1, /* two */ 2]", 1, 5, "expected a JSON value, found '/'"),
            (b"[1] # three", 1, 5, "expected the end of the file, found '#'"),
            (b"True", 1, 1, "expected a JSON value, found 'True'"),
            (b"nul", 1, 1, "expected a JSON value, found 'nul'"),
            (b"truefalse", 1, 1, "expected a JSON value, found 'truefalse'"),
            (b"undefined", 1, 1, "expected a JSON value, found 'undefined'"),
            (b"\xc2\xa01", 1, 1, r"expected a JSON value, found '\xa0'"),
            (b"\f1", 1, 1, r"expected a JSON value, found '\x0c'"),
            (b"[" + b"x" * 40 + b"]", 1, 2, f"expected a JSON value, found '{'x' * 40}'"),
            (b"[" + b"x" * 41 + b"]", 1, 2, f"expected a JSON value, found '{'x' * 37}…'"),
            (b"[" + b"x" * 50 + b"]", 1, 2, f"expected a JSON value, found '{'x' * 37}…'"),
        ],
    )
    def test_not_json(self, raw: bytes, line: int, column: int, message: str) -> None:
        """What RFC 8259 does not know is F103, where it stands, with what was expected and found."""
        assert refusal(raw) == ("F103", line, column, message)

    @pytest.mark.parametrize(
        ("raw", "column", "message"),
        [
            (b"NaN", 1, "expected a JSON value, found 'NaN'"),
            (b"Infinity", 1, "expected a JSON value, found 'Infinity'"),
            (b"-Infinity", 1, "-Infinity is no JSON number"),
            (b"-NaN", 1, "-NaN is no JSON number"),
            (b"[01]", 2, "01 is no JSON number"),
            (b"-01", 1, "-01 is no JSON number"),
            (b"00", 1, "00 is no JSON number"),
            (b"1.", 1, "1. is no JSON number"),
            (b"1.e5", 1, "1.e5 is no JSON number"),
            (b".5", 1, "expected a JSON value, found '.5'"),
            (b"-.5", 1, "-.5 is no JSON number"),
            (b"+1", 1, "expected a JSON value, found '+1'"),
            (b"1e", 1, "1e is no JSON number"),
            (b"1e+", 1, "1e+ is no JSON number"),
            (b"1e5.0", 1, "1e5.0 is no JSON number"),
            (b"1.2.3", 1, "1.2.3 is no JSON number"),
            (b"-", 1, "- is no JSON number"),
            (b"--1", 1, "--1 is no JSON number"),
            (b"1-1", 1, "1-1 is no JSON number"),
            (b"0x10", 2, "expected the end of the file, found 'x'"),
            (b"1_000", 2, "expected the end of the file, found '_'"),
            ("١".encode(), 1, "expected a JSON value, found '١'"),
        ],
    )
    def test_no_number(self, raw: bytes, column: int, message: str) -> None:
        """Numbers that other parsers take, and JSON does not, are F103 at their first character."""
        assert refusal(raw) == ("F103", 1, column, message)

    @pytest.mark.parametrize(
        ("raw", "line", "column", "message"),
        [
            (b'["abc', 1, 2, "not a JSON string: unterminated string"),
            (b'"', 1, 1, "not a JSON string: unterminated string"),
            (b'"abc\\', 1, 1, "not a JSON string: unterminated string"),
            (b'"a\nb"', 1, 3, "not a JSON string: invalid control character"),
            (b'"a\tb"', 1, 3, "not a JSON string: invalid control character"),
            (b'"\x00"', 1, 2, "not a JSON string: invalid control character"),
            (b'"\x1f"', 1, 2, "not a JSON string: invalid control character"),
            (b'[\n "\\q"]', 2, 3, "not a JSON string: invalid \\escape"),
            (b'"\\\'"', 1, 2, "not a JSON string: invalid \\escape"),
            (b'{"\\x41": 1}', 1, 3, "not a JSON string: invalid \\escape"),
        ],
    )
    def test_no_string(self, raw: bytes, line: int, column: int, message: str) -> None:
        """Control characters and escapes that JSON does not know are F103 where they stand, inside the string."""
        assert refusal(raw) == ("F103", line, column, message)

    @pytest.mark.parametrize("digits", [b'12"', b'ZZZZ"', b'"', b' 041"', b'+041"', b"00"])
    def test_no_four_hexadecimal_digits(self, digits: bytes) -> None:
        r"""After \u stand four hexadecimal digits; the place is that of the backslash, as with any other escape."""
        message = r"not a JSON string: invalid \uxxxx escape"
        assert refusal(rb'["ab\u' + digits) == ("F103", 1, 5, message)
        assert refusal(rb'["ab\ud83d\u' + digits) == ("F103", 1, 11, message)


class TestValues:
    @pytest.mark.parametrize(
        ("raw", "value"),
        [
            (b"true", True),
            (b" false\n", False),
            (b"\t\r\n null", None),
            (b"0", 0),
            (b"-1", -1),
            (b"9223372036854775807", 2**63 - 1),
            (b"-9223372036854775808", -(2**63)),
            (b'""', ""),
            (rb'"\" \\ \/ \b \f \n \r \t \u00e9 \u00E9"', '" \\ / \b \f \n \r \t é é'),
            ('"\x7f\x80\u2028\U0001f600"'.encode(), "\x7f\x80\u2028\U0001f600"),
            (rb'"\u0000"', "\0"),
            (rb'"\ud83d\ude00"', "\U0001f600"),
            (rb'"\uDBFF\uDFFF"', "\U0010ffff"),
            (b"[]", []),
            (b"{ }", {}),
            (b"[[], {}, [[]]]", [[], {}, [[]]]),
            (b'{"b": {}, "a": [{}], "": null}', {"b": {}, "a": [{}], "": None}),
        ],
    )
    def test_value(self, raw: bytes, value: object) -> None:
        """What RFC 8259 allows is read, and each value has the type that Python's json gives it."""
        found = parse(raw).value
        assert found == value
        assert type(found) is type(value)

    @pytest.mark.parametrize(
        ("raw", "value"),
        [
            (b"3.0", 3.0),
            (b"1e5", 100000.0),
            (b"1E+2", 100.0),
            (b"5e-1", 0.5),
            (b"-2.50", -2.5),
            (b"9223372036854775808.0", 2.0**63),
            (b"0e-400", 0.0),
            (b"0.0E-999", 0.0),
            (b"-0.00e400", -0.0),
            (b"5e-324", 5e-324),
            (b"100e-325", 1e-323),
        ],
    )
    def test_a_fraction_or_an_exponent_makes_a_float(self, raw: bytes, value: float) -> None:
        """3.0 is no integer, whatever its value."""
        found = parse(raw).value
        assert found == value
        assert type(found) is float

    @pytest.mark.parametrize("raw", [b"-0", b"-0.0"])
    def test_negative_zero_is_a_float(self, raw: bytes) -> None:
        """-0, too, is no integer: as one it would lose its sign."""
        assert str(parse(raw).value) == "-0.0"

    def test_keys_keep_their_order(self) -> None:
        """Properties come back in the order of the file."""
        assert list(parse(b'{"b": 1, "a": 2, "c": 3}').value) == ["b", "a", "c"]


class TestRange:
    @pytest.mark.parametrize("literal", ["9223372036854775808", "-9223372036854775809", "1180591620717411303424"])
    def test_an_integer_beyond_int64(self, literal: str) -> None:
        """2^63, -2^63-1 and 2^70 are F105 where they stand."""
        message = f"expected an integer that fits 64 bits, found {literal}"
        assert refusal(f"[1,\n {literal}]".encode()) == ("F105", 2, 2, message)

    def test_a_long_integer_is_shortened(self) -> None:
        """An integer of 5,000 digits, more than Python's int() takes, is refused with its first digits."""
        message = f"expected an integer that fits 64 bits, found {'1' * 37}…"
        assert refusal(b"1" * 5_000) == ("F105", 1, 1, message)

    @pytest.mark.parametrize("literal", ["1e999", "-1e999", "1.8e308"])
    def test_a_float_beyond_double(self, literal: str) -> None:
        """What would become an infinity is F105."""
        message = f"expected a number that fits 64 bits, found {literal}"
        assert refusal(f'{{"a": {literal}}}'.encode()) == ("F105", 1, 7, message)

    @pytest.mark.parametrize(
        "literal", ["1e-400", "-1E-400", "0.1e-0999", "2e-324", f"0.{'0' * 323}1", f"0.{'0' * 300}1e-99", "900e-400"]
    )
    @pytest.mark.parametrize("around", ["{}", "[0.5, {}]", '{{"a": 1, "b": {{"c": [{}]}}}}', '[{{"a": 1}}, {}, "d"]'])
    def test_a_float_that_would_vanish(self, literal: str, around: str) -> None:
        """What is not zero, and would become it, is F105 wherever it stands, also behind members without a fault."""
        shown = literal if len(literal) <= 40 else f"{literal[:37]}…"
        message = f"expected a number that fits 64 bits, found {shown}"
        raw = around.format(literal)
        assert refusal(raw.encode()) == ("F105", 1, raw.index(literal) + 1, message)


class TestSurrogates:
    @pytest.mark.parametrize(
        ("raw", "column", "found"),
        [
            (rb'["\ud800"]', 3, "d800"),
            (rb'["\udc00"]', 3, "dc00"),
            (rb'["ab\uDE00\uD83D"]', 5, "de00"),
            (rb'["\ud83d\ud83d\ude00"]', 3, "d83d"),
            (rb'["\ud83d\ude00\uDBFF"]', 15, "dbff"),
            (rb'["\uD83D\uDE00\udfff"]', 15, "dfff"),
            (rb'["\ud83d \ude00"]', 3, "d83d"),
            (rb'["\ud83d\u0041"]', 3, "d83d"),
            (rb'{"a": "\\ud800 \ud800"}', 16, "d800"),
            (rb'["\\ud83d\ude00"]', 10, "de00"),
            (rb'["\ud83d\\ude00"]', 3, "d83d"),
            (rb'["\"\\\udfff"]', 7, "dfff"),
            (rb'["\ud83d\ude00\\", "\ud83d\ud83d\ude00"]', 21, "d83d"),
        ],
    )
    def test_a_lone_surrogate(self, raw: bytes, column: int, found: str) -> None:
        """A high one, a low one, a swapped or parted pair: F106 at the escape, naming the first that is alone."""
        assert refusal(raw) == ("F106", 1, column, f"expected characters, found a lone surrogate, \\u{found}")

    def test_in_a_key(self) -> None:
        """Property names are held to the same."""
        message = r"expected characters, found a lone surrogate, \udfff"
        assert refusal(rb'{"a": 1, "\udfff": 2}') == ("F106", 1, 11, message)


class TestDuplicates:
    @pytest.mark.parametrize(
        ("raw", "line", "column"),
        [
            (b'{"a": 1, "b": 2, "a": 1}', 1, 18),
            (b'{"a": 1,\n "\\u0061": 2}', 2, 2),
            (b'[{"a": {"b": [], "a": 0, "a": 1}}]', 1, 26),
        ],
    )
    def test_a_key_twice(self, raw: bytes, line: int, column: int) -> None:
        """A key stands once, however it is spelt; the second one is shown."""
        assert refusal(raw) == ("F104", line, column, "expected each property once in an object, found 'a' twice")

    def test_a_key_in_several_objects(self) -> None:
        """The same key in another object is another property."""
        assert parse(b'[{"a": {"a": 1}}, {"a": 2}]').value == [{"a": {"a": 1}}, {"a": 2}]

    def test_keys_that_only_look_alike(self) -> None:
        """Composed and decomposed, upper and lower case are different keys."""
        assert parse('{"é": 1, "e\u0301": 2, "É": 3}'.encode()).value == {"é": 1, "e\u0301": 2, "É": 3}


class TestDepth:
    @pytest.mark.parametrize(
        "raw",
        [
            b"[" * 64 + b"]" * 64,
            b"[" * 64 + b"1" + b"]" * 64,
            b'{"a":' * 63 + b"{}" + b"}" * 63,
            b'{"a":' * 64 + b'"x"' + b"}" * 64,
            b'[{"a":' * 32 + b"null" + b"}]" * 32,
        ],
        ids=["arrays", "arrays around a scalar", "objects", "objects around a scalar", "mixed"],
    )
    def test_64_levels(self, raw: bytes) -> None:
        """64 levels of arrays and objects are read."""
        assert json.dumps(parse(raw).value, separators=(",", ":")).encode() == raw

    @pytest.mark.parametrize(
        ("raw", "column"),
        [
            (b"[" * 65 + b"]" * 65, 65),
            (b'{"a":' * 64 + b"{}" + b"}" * 64, 321),
            (b'[{"a":' * 32 + b"[1]" + b"}]" * 32, 193),
            (b"[" * 64 + b"1,{}" + b"]" * 64, 67),
        ],
        ids=["arrays", "objects", "mixed", "behind a scalar"],
    )
    def test_65_levels(self, raw: bytes, column: int) -> None:
        """The 65th bracket is F107, where it stands."""
        assert refusal(raw) == ("F107", 1, column, "expected at most 64 levels of objects and arrays, found more")

    def test_levels_are_those_open_at_once(self) -> None:
        """A hundred arrays side by side are two levels."""
        assert parse(b"[" + b"[],{}," * 50 + b"0]", max_depth=2).value == [[], {}] * 50 + [0]

    def test_another_depth(self) -> None:
        """The limit is the caller's."""
        assert refusal(b"[[1]]", max_depth=1) == (
            "F107",
            1,
            2,
            "expected at most 1 levels of objects and arrays, found more",
        )

    @pytest.mark.parametrize("raw", [b"[" * 100_000, b'{"a":' * 100_000, b"[" * 100_000 + b"]" * 100_000])
    def test_100_000_brackets(self, raw: bytes) -> None:
        """Deep nesting meets the limit at once, never Python's recursion limit."""
        began = time.process_time()
        assert refusal(raw)[0] == "F107"
        assert time.process_time() - began < 0.5


class TestSpeed:
    def test_one_long_string(self) -> None:
        """A file of 5 MB that is one string takes less than a second."""
        raw = b'"' + b"a" * 5_000_000 + b'"'
        began = time.process_time()
        assert len(parse(raw).value) == 5_000_000
        assert time.process_time() - began < 1

    def test_one_long_string_without_end(self) -> None:
        """So does one that does not end."""
        began = time.process_time()
        assert refusal(b'"' + b"a" * 5_000_000)[:3] == ("F103", 1, 1)
        assert time.process_time() - began < 1


NESTED = """\
{
  "a": [10, {"b": "é", "c": []}],
  "😀": {"d":
    true},
  "e" : -1.5
}
""".encode()


class TestPlaces:
    @pytest.mark.parametrize(
        ("path", "value", "key"),
        [
            ((), (1, 1), (1, 1)),
            (("a",), (2, 8), (2, 3)),
            (("a", 0), (2, 9), (2, 9)),
            (("a", 1), (2, 13), (2, 13)),
            (("a", 1, "b"), (2, 19), (2, 14)),
            (("a", 1, "c"), (2, 29), (2, 24)),
            (("😀",), (3, 8), (3, 3)),
            (("😀", "d"), (4, 5), (3, 9)),
            (("e",), (5, 9), (5, 3)),
        ],
    )
    def test_position(self, path: Path, value: tuple[int, int], key: tuple[int, int]) -> None:
        """Line and column of a value and of its key, in code points; an item of an array has no key but itself."""
        tree = parse(NESTED)
        assert tree.position(path) == value
        assert tree.position(path, key=True) == key

    @pytest.mark.parametrize(
        ("path", "value"),
        [(("z",), (1, 1)), (("a", 2), (2, 8)), (("a", 1, "z", "y"), (2, 13)), (("e", 0), (5, 9))],
    )
    def test_position_of_what_is_not_there(self, path: Path, value: tuple[int, int]) -> None:
        """The place of a value that is missing is that of the nearest thing around it."""
        assert parse(NESTED).position(path) == value

    @pytest.mark.parametrize(("raw", "place"), [(b"\n\n  1", (3, 3)), (b"\r\n\t[]", (2, 2)), (b"\r 1", (1, 3))])
    def test_position_of_the_root(self, raw: bytes, place: tuple[int, int]) -> None:
        r"""White space before the value counts; lines end at \n only, as in git."""
        assert parse(raw).position(()) == place

    def test_the_place_of_a_fault_is_its_offset(self) -> None:
        """A fault says its place in code points from the start, too."""
        with pytest.raises(JSONFault) as caught:
            parse('["é",\n x]'.encode())
        assert (caught.value.offset, caught.value.line, caught.value.column) == (7, 2, 2)

    @pytest.mark.parametrize(
        ("text", "offset", "place"),
        [
            ("", 0, (1, 1)),
            ("ab", 2, (1, 3)),
            ("\n", 1, (2, 1)),
            ("a\n", 1, (1, 2)),
            ("a\n", 2, (2, 1)),
            ("a\u2028b\rc", 4, (1, 5)),
        ],
    )
    def test_line_column(self, text: str, offset: int, place: tuple[int, int]) -> None:
        """The line break belongs to the line that it ends; U+2028 and a carriage return end none."""
        assert line_column(text, offset) == place


def test_values_of_every_type_in_one_file() -> None:
    """Arrays and objects are put together in the order of the file, with empty ones between full ones."""
    value: Any = parse(b'[{}, {"a": [], "b": [[1], {}, {"c": {}}], "d": "x"}, [], null]').value
    assert value == [{}, {"a": [], "b": [[1], {}, {"c": {}}], "d": "x"}, [], None]


class TestShortcuts:
    @given(st.data())
    def test_what_is_passed_over_holds_no_fault(self, data: st.DataObject) -> None:
        """The verdict, and its place, are those of a parser that looks at everything itself."""
        raw = bytearray(json.dumps(data.draw(ANY), ensure_ascii=data.draw(st.booleans())).encode())
        for _ in range(data.draw(st.integers(0, 3))):
            at = data.draw(st.integers(0, len(raw)))
            raw[at : at + data.draw(st.integers(0, 2))] = data.draw(st.sampled_from(JUNK))
        depth = data.draw(st.integers(1, 6))
        assert verdict(bytes(raw), depth) == verdict_alone(bytes(raw), depth)

    @pytest.mark.parametrize(
        ("end", "code", "after"),
        [
            ("NaN]", "F103", 0),
            ("{}", "F103", 2),
            ('{"a": 1, "a": 2}]', "F104", 9),
            ("9" * 30 + "]", "F105", 0),
            ('["\\ud800"]]', "F106", 2),
            ("[" * 100, "F107", 63),
            ("]", "F103", -2),
        ],
    )
    def test_far_into_a_large_file(self, end: str, code: str, after: int) -> None:
        """A fault after half a megabyte is found at once; `after` is its place, counted from where the rows end."""
        rows = "[" + '{"a": [1], "b": {}}, ' * 25_000
        taken = []
        for _ in range(3):  # what else runs on the machine only ever adds to a time
            began = time.process_time()
            assert refusal((rows + end).encode())[:3] == (code, 1, len(rows) + 1 + after)
            taken.append(time.process_time() - began)
        assert min(taken) < 1


ANY = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**65), 2**65) | st.floats() | st.text(max_size=3),
    lambda inner: st.lists(inner, max_size=5) | st.dictionaries(st.text('ab"', max_size=2), inner, max_size=4),
    max_leaves=30,
)
JUNK = [
    b"", b",", b"]", b"}", b"[", b"{", b'"', b'"a":1,', b'{"a":1,"a":2}', b"\\ud800", b"NaN", b"-0", b" ",
    b"[[[[[[[[]]]]]]]]",
]  # fmt: skip


def verdict(raw: bytes, depth: int) -> tuple[Any, ...]:
    """The fault of a file and its place, or its value."""
    try:
        return (repr(parse(raw, depth).value),)
    except JSONFault as fault:
        return fault.code, fault.line, fault.column, fault.message


def verdict_alone(raw: bytes, depth: int) -> tuple[Any, ...]:
    """The same without what finds sound values whole."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(strictjson, "_sound", lambda text, start, levels: None)
        return verdict(raw, depth)


@pytest.mark.parametrize(
    ("raw", "offset"),
    [
        (b"[[[[[[1]]]]], NaN]", 14),
        (b'{"a": [[[[[[1]]]]], 2], "b": NaN}', 29),
        (b'[[[[[[[1]]]]]], {"a": [[[[[2]]]], 3]}, -]', 39),
    ],
)
def test_a_fault_behind_what_is_deep(monkeypatch: pytest.MonkeyPatch, raw: bytes, offset: int) -> None:
    """In a long text, too deep a container is gone through member by member, and what follows it is reached."""
    monkeypatch.setattr("sidelines.strictjson.LONG", 0)
    with pytest.raises(JSONFault) as caught:
        parse(raw)
    assert (caught.value.code, caught.value.offset) == ("F103", offset)
    assert parse(raw[:offset] + b"0" + raw[offset + (3 if raw[offset:].startswith(b"NaN") else 1) :])


def test_a_branch_of_a_tree() -> None:
    """Has the value there, with its places in the whole file."""
    branch = parse(b'{"a": 1,\n "b": [{"c": 2}, 3]}').branch(("b", 0))
    assert branch.value == {"c": 2}
    assert [branch.position(at) for at in ((), ("c",), ("d",))] == [(2, 8), (2, 14), (2, 8)]
    assert branch.position(("c",), key=True) == (2, 9)


def test_what_the_whole_is_called() -> None:
    """Messages speak of the end of what is parsed."""
    with pytest.raises(JSONFault, match="found the end of the line"):
        parse(b"", whole="line")
    with pytest.raises(JSONFault, match="expected the end of the file, found '2'"):
        parse(b"1 2")
