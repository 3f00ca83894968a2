"""Convert the offsets of all spans of 2,000 documents: `sidelines.offsets.convert` against loops in Python.

    python benchmarks/offsets.py --rounds 7 --at-least 40

The documents are those of `generate.py`. The first loop is what one writes: cut the text at the offset, encode or
decode what stands before it, take its length. The second, for orientation, finds the characters that count more than
one once in each text, by a regular expression, and bisects. Both have `str`, `bytes` and lists of `int`, we have Arrow
arrays; all three answers must be equal. They run in turn in one process. Exit status 1 when we are not at least so many
times as fast as the first loop, all four directions together.
"""

from __future__ import annotations

import argparse
import re
import sys
from bisect import bisect_left
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from statistics import median
from time import perf_counter
from typing import Any

import pyarrow as pa
from generate import make_document
from measure import markdown, setting

from sidelines.offsets import convert

ASTRAL = re.compile("[\U00010000-\U0010ffff]")
LATER = re.compile(rb"[\x80-\xbf]")
Lists = list[list[int]]
OURS, PLAIN, BISECT = "sidelines", "slice", "bisect"


@dataclass(frozen=True, slots=True)
class Texts:
    """The same texts as each side likes them best."""

    strings: list[str]
    utf8: list[bytes]
    utf16: list[bytes]


# -- what one writes ---------------------------------------------------------------------------------------------------


def slice_codepoint_utf8(texts: Texts, offsets: Lists) -> Lists:
    return [[len(text[:at].encode()) for at in listed] for text, listed in zip(texts.strings, offsets, strict=True)]


def slice_utf8_codepoint(texts: Texts, offsets: Lists) -> Lists:
    return [[len(raw[:at].decode()) for at in listed] for raw, listed in zip(texts.utf8, offsets, strict=True)]


def slice_codepoint_utf16(texts: Texts, offsets: Lists) -> Lists:
    pairs = zip(texts.strings, offsets, strict=True)
    return [[len(text[:at].encode("utf-16-le")) // 2 for at in listed] for text, listed in pairs]


def slice_utf16_codepoint(texts: Texts, offsets: Lists) -> Lists:
    pairs = zip(texts.utf16, offsets, strict=True)
    return [[len(raw[: 2 * at].decode("utf-16-le")) for at in listed] for raw, listed in pairs]


# -- with one search a text --------------------------------------------------------------------------------------------


def bisect_codepoint_utf8(texts: Texts, offsets: Lists) -> Lists:
    made = []
    for raw, listed in zip(texts.utf8, offsets, strict=True):
        late = [found.start() - number for number, found in enumerate(LATER.finditer(raw))]
        made.append([at + bisect_left(late, at + 1) for at in listed])
    return made


def bisect_utf8_codepoint(texts: Texts, offsets: Lists) -> Lists:
    made = []
    for raw, listed in zip(texts.utf8, offsets, strict=True):
        later = [found.start() for found in LATER.finditer(raw)]
        made.append([at - bisect_left(later, at) for at in listed])
    return made


def bisect_codepoint_utf16(texts: Texts, offsets: Lists) -> Lists:
    made = []
    for text, listed in zip(texts.strings, offsets, strict=True):
        astral = [found.start() for found in ASTRAL.finditer(text)]
        made.append([at + bisect_left(astral, at) for at in listed])
    return made


def bisect_utf16_codepoint(texts: Texts, offsets: Lists) -> Lists:
    made = []
    for text, listed in zip(texts.strings, offsets, strict=True):
        low = [found.start() + number + 1 for number, found in enumerate(ASTRAL.finditer(text))]
        made.append([at - bisect_left(low, at) for at in listed])
    return made


LOOPS: dict[tuple[str, str], tuple[Callable[[Texts, Lists], Lists], Callable[[Texts, Lists], Lists]]] = {
    ("codepoint", "utf8"): (slice_codepoint_utf8, bisect_codepoint_utf8),
    ("utf8", "codepoint"): (slice_utf8_codepoint, bisect_utf8_codepoint),
    ("codepoint", "utf16"): (slice_codepoint_utf16, bisect_codepoint_utf16),
    ("utf16", "codepoint"): (slice_utf16_codepoint, bisect_utf16_codepoint),
}


def places(value: Any) -> Iterator[int]:
    """The start and end of every span of a document's rows."""
    if isinstance(value, dict):
        if "start" in value:
            yield from (value["start"], value["end"])
        yield from places(list(value.values()))
    elif isinstance(value, list):
        for item in value:
            yield from places(item)


def main() -> int:
    """Measure, print, and hold the ratio."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--documents", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--at-least", type=float, default=40.0, help="the ratio below which the exit status is 1")
    options = parser.parse_args()
    made = [make_document(options.seed, number) for number in range(options.documents)]
    strings = [text for text, _, _ in made]
    points = [list(places(rows)) for _, _, rows in made]
    total = sum(map(len, points))
    texts = Texts(strings, [text.encode() for text in strings], [text.encode("utf-16-le") for text in strings])
    print(f"{options.documents:,} texts, {total:,} offsets, {options.rounds} rounds. {setting(('numpy', 'pyarrow'))}\n")
    column = pa.array(strings)
    times = {}
    for (source, target), loops in LOOPS.items():
        offsets = points if source == "codepoint" else LOOPS["codepoint", source][0](texts, points)
        times[f"`{source}` to `{target}`"] = _measure(options.rounds, texts, offsets, column, source, target, *loops)
    together = {side: sum(seconds[side] for seconds in times.values()) / len(times) for side in (OURS, PLAIN, BISECT)}
    rows = [_row(name, total, seconds) for name, seconds in (*times.items(), ("together", together))]
    print(markdown(["millions of offsets/s", "ours", "slice", "bisect", "ours to slice", "ours to bisect"], rows))
    ratio = together[PLAIN] / together[OURS]
    if ratio < options.at_least:
        print(f"\n{ratio:.1f} times as fast; expected at least {options.at_least:g}", file=sys.stderr)
        return 1
    return 0


def _row(name: str, total: int, seconds: dict[str, float]) -> list[str]:
    speeds = [f"{total / seconds[side] / 1e6:.1f}" for side in (OURS, PLAIN, BISECT)]
    return [name, *speeds, f"{seconds[PLAIN] / seconds[OURS]:.0f}", f"{seconds[BISECT] / seconds[OURS]:.1f}"]


def _measure(
    rounds: int, texts: Texts, offsets: Lists, column: pa.Array, source: str, target: str, *loops: Callable[..., Lists]
) -> dict[str, float]:
    """The median seconds of each side; they run in turn."""
    given = pa.array(offsets, pa.list_(pa.int64()))
    sides: dict[str, Callable[[], Any]] = {
        OURS: lambda: convert(column, given, source, target),
        PLAIN: lambda: loops[0](texts, offsets),
        BISECT: lambda: loops[1](texts, offsets),
    }
    if not sides[OURS]().to_pylist() == sides[PLAIN]() == sides[BISECT]():
        raise SystemExit(f"{source} to {target}: the sides do not agree")
    times: dict[str, list[float]] = {side: [] for side in sides}
    for _ in range(rounds):
        for side, run in sides.items():
            start = perf_counter()
            run()
            times[side].append(perf_counter() - start)
    return {side: median(measured) for side, measured in times.items()}


if __name__ == "__main__":
    sys.exit(main())
