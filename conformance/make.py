r"""Write `offsets.json`: texts, spans in three units, and the offsets that must be refused.

    python conformance/make.py

Everything follows from the texts declared here and from Python's `str` and its codecs; Sidelines is not used, so that
the vectors can be held against it.
"""

from __future__ import annotations

import json
from itertools import accumulate
from pathlib import Path
from typing import Any

ABOUT = (
    "Offsets in code points, bytes of UTF-8 and UTF-16 units. Each span says the same place three times; the offsets "
    "under `refused` are no place of their text. See README.md beside this file."
)
VERSION = 1
CODECS = {"codepoint": ("utf-32-le", 4), "utf8": ("utf-8", 1), "utf16": ("utf-16-le", 2)}
SINGLE = 24  # of longer texts only the first and last characters are spans of their own
FAR = (2**31, 2**32, 2**32 + 1, 2**53 - 1)  # where a conversion to 32 bits, or to a double, would turn up again

TEXTS = {
    "empty": "",
    "ascii": "Plain text, 42 words.",
    "one letter": "a",
    "ascii controls": "\x00\x01\x1f\x7f",
    "nul inside": "be\x00fore",
    "nul alone": "\x00",
    "tab and line feed": "a\tb\nc\n",
    "carriage return and line feed": "one\r\ntwo\r\n",
    "carriage return alone": "one\rtwo",
    "next line": "one\x85two",
    "line and paragraph separator": "one\u2028two\u2029three",
    "c1 controls": "\x80\x9f",
    "no-break space": "10\u00a0km",
    "spaces of many widths": "a\u2002b\u2003c\u2009d\u202fe\u3000f\u200bg",
    "soft hyphen": "co\u00adoperate",
    "latin-1": "Füße, naïve, ÿ",
    "latin extended": "Łódź, Čapek, Şişli",
    "precomposed": "caf\u00e9 \u1e69",
    "decomposed": "cafe\u0301 s\u0323\u0307",
    "combining mark first": "\u0301a",
    "many marks on one letter": "Z\u0351\u036b\u0343\u0321\u0354a",
    "keycap and variation selectors": "1\ufe0f\u20e3 \u2764\ufe0f \u2764\ufe0e",
    "typographic quotation marks": "\u201cNo,\u201d she said \u2013 \u2018not yet\u2019\u2026",
    "greek": "\u039f\u03b4\u03c5\u03c3\u03c3\u03b5\u03cd\u03c2",
    "cyrillic": "Министр сказал: «нет»",
    "cjk": "東京都の天気、晴れ。",
    "cjk beyond the first plane": "𠮷野家 𪚥",
    "hangul syllables": "\ud55c\uad6d\uc5b4",
    "hangul jamo": "\u1112\u1161\u11ab\u1100\u116e\u11a8",
    "devanagari conjunct": "\u0915\u094d\u0937\u0947\u0924\u094d\u0930",
    "thai": "\u0e01\u0e33\u0e1b\u0e31\u0e48\u0e19",
    "hebrew with points": "\u05e9\u05b8\u05c1\u05dc\u05d5\u05b9\u05dd",
    "arabic and latin": "\u0642\u0627\u0644 \u201cyes\u201d \u0641\u064a 2018",
    "bidi controls": "a\u202eb\u202c\u2066c\u2069\u200e\u200f\u061c",
    "emoji": "fish \U0001f41f, chips",
    "emoji at both ends": "\U0001f600x\U0001f680",
    "emoji with skin tones": "\U0001f44d\U0001f3fd\U0001f44d\U0001f3ff",
    "family of zero width joiners": "\U0001f468\u200d\U0001f469\u200d\U0001f467\u200d\U0001f466!",
    "flags": "\U0001f1eb\U0001f1f7\U0001f1f5\U0001f1f1",
    "flag of tags": "\U0001f3f4\U000e0067\U000e0062\U000e0073\U000e0063\U000e0074\U000e007f",
    "gothic": "\U00010332\U0001033f\U00010344",
    "mathematical letters": "\U0001d538 + \U0001d7d8",
    "last and first of each length": "\x7f\x80\u07ff\u0800\uffff\U00010000\U0010ffff",
    "around the surrogates": "\ud7ff\ue000",
    "every plane": "".join(f"{plane:x}{chr(plane * 0x10000 + 0xABC)}" for plane in range(17)),
    "private use": "\ue000\uf8ff\U000f0000\U0010fffd",
    "noncharacters": "\ufdd0\ufffe\uffff\U0001fffe\U0010ffff",
    "replacement character": "a\ufffdb",
    "u+feff at the start": "\ufefftext",
    "u+feff inside and at the end": "te\ufeffxt\ufeff",
    "u+feff twice": "\ufeff\ufeff",
    "all four lengths in turn": "a\u00e9\u20ac\U0001f600" * 100,
    "past 65,535 with the last character": "a" * 65_534 + "\U0001f600\u20acz",
}


def units(character: str, unit: str) -> int:
    """The length of a character in a unit."""
    codec, width = CODECS[unit]
    return len(character.encode(codec)) // width


def vector(name: str, text: str) -> dict[str, Any]:
    """One text with its lengths, spans and refused offsets."""
    edges = {unit: list(accumulate((units(character, unit) for character in text), initial=0)) for unit in CODECS}
    return {
        "name": name,
        "text": text,
        "lengths": {unit: at[-1] for unit, at in edges.items()},
        "spans": [
            {**{unit: [at[start], at[end]] for unit, at in edges.items()}, "surface": text[start:end]}
            for start, end in chosen(len(text))
        ],
        "refused": {
            unit: [-(2**31), -1, *sorted(set(range(at[-1])) - set(at)), at[-1] + 1, *FAR] for unit, at in edges.items()
        },
    }


def chosen(length: int) -> list[tuple[int, int]]:
    """Spans of a text of some length, in code points: each character, pairs, and all but the first and the last."""
    places = [at for at in range(length) if at < SINGLE or at >= length - 3]
    single = [(at, at + 1) for at in places]
    pairs = [(at, at + 2) for at in places if at + 2 <= length]
    wide = [(0, length), (0, length - 1), (1, length), (length // 2, length)] if length <= 1000 else []
    return sorted({(start, end) for start, end in single + pairs + wide if 0 <= start < end})


def write() -> str:
    """The whole file: a text a line, nothing but ASCII, so that no editor and no transport can change a text."""
    lines = ",\n    ".join(json.dumps(vector(name, text)) for name, text in TEXTS.items())
    return f'{{\n  "about": {json.dumps(ABOUT)},\n  "version": {VERSION},\n  "texts": [\n    {lines}\n  ]\n}}\n'


if __name__ == "__main__":
    Path(__file__).with_name("offsets.json").write_bytes(write().encode("ascii"))
