"""Convert the offsets of all spans of 2,000 documents: `sidelines.offsets.convert` against loops in Python.

    python benchmarks/offsets.py --rounds 7 --at-least 40 --stam-at-least 5

The documents are those of `generate.py`. The first loop is what one writes: cut the text at the offset, encode or
decode what stands before it, take its length. The second, for orientation, finds the characters that count more than
one once in each text, by a regular expression, and bisects. Both have `str`, `bytes` and lists of `int`, we have Arrow
arrays; all answers must be equal. They run in turn in one process.

Where STAM's library (`stam`, written in Rust) is installed, it is another side, between code points and bytes; it has
no UTF-16. Its texts are resources of an annotation store, made before, with the index of positions that it makes then
(one for each hundred code points, as it is by default); we index each text in the time that is measured. It offers one
offset at a time, `TextResource.utf8byte` and `utf8byte_to_charpos`, so its user writes a loop, and so do we.

Exit status 1 when we are not at least so many times as fast as the first loop, all four directions together, or as
STAM, its two together.
"""

from __future__ import annotations

import argparse
import re
import sys
from bisect import bisect_left
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from importlib.util import find_spec
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
OURS, PLAIN, BISECT, STAM = "sidelines", "slice", "bisect", "stam"


@dataclass(frozen=True, slots=True)
class Texts:
    """The same texts as each side likes them best."""

    strings: list[str]
    utf8: list[bytes]
    utf16: list[bytes]
    resources: list[Any]  # of STAM, if it is installed

    @classmethod
    def of(cls, strings: list[str]) -> Texts:
        utf8, utf16 = ([text.encode(encoding) for text in strings] for encoding in ("utf-8", "utf-16-le"))
        resources: list[Any] = []
        if find_spec("stam"):
            from stam import AnnotationStore

            store = AnnotationStore(id="texts")
            resources = [store.add_resource(id=f"text-{number}", text=text) for number, text in enumerate(strings)]
        return cls(strings, utf8, utf16, resources)


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


# -- with STAM ---------------------------------------------------------------------------------------------------------


def stam_codepoint_utf8(texts: Texts, offsets: Lists) -> Lists:
    pairs = zip(texts.resources, offsets, strict=True)
    return [[resource.utf8byte(at) for at in listed] for resource, listed in pairs]


def stam_utf8_codepoint(texts: Texts, offsets: Lists) -> Lists:
    pairs = zip(texts.resources, offsets, strict=True)
    return [[resource.utf8byte_to_charpos(at) for at in listed] for resource, listed in pairs]


Loop = Callable[[Texts, Lists], Lists]
LOOPS: dict[tuple[str, str], dict[str, Loop]] = {
    ("codepoint", "utf8"): {PLAIN: slice_codepoint_utf8, BISECT: bisect_codepoint_utf8, STAM: stam_codepoint_utf8},
    ("utf8", "codepoint"): {PLAIN: slice_utf8_codepoint, BISECT: bisect_utf8_codepoint, STAM: stam_utf8_codepoint},
    ("codepoint", "utf16"): {PLAIN: slice_codepoint_utf16, BISECT: bisect_codepoint_utf16},
    ("utf16", "codepoint"): {PLAIN: slice_utf16_codepoint, BISECT: bisect_utf16_codepoint},
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
    parser.add_argument("--stam-at-least", type=float, default=5.0, help="the same for STAM, where it is installed")
    options = parser.parse_args()
    made = [make_document(options.seed, number) for number in range(options.documents)]
    points = [list(places(rows)) for _, _, rows in made]
    total = sum(map(len, points))
    texts = Texts.of([text for text, _, _ in made])
    peers = (PLAIN, BISECT, *([STAM] if texts.resources else []))
    packages = setting(("numpy", "pyarrow", *([STAM] if texts.resources else [])))
    print(f"{options.documents:,} texts, {total:,} offsets, {options.rounds} rounds. {packages}\n")
    column = pa.array(texts.strings)
    times = {}
    for (source, target), loops in LOOPS.items():
        offsets = points if source == "codepoint" else LOOPS["codepoint", source][PLAIN](texts, points)
        sides = {side: loop for side, loop in loops.items() if side in peers}
        times[f"`{source}` to `{target}`"] = _measure(options.rounds, texts, offsets, column, source, target, sides)
    utf8 = [seconds for (pair, seconds) in zip(LOOPS, times.values(), strict=True) if "utf8" in pair]
    rows = [
        *(_row(name, total, seconds, peers) for name, seconds in times.items()),
        _row("code points and bytes", total, _mean(utf8, (OURS, *peers)), peers),
        _row("together", total, _mean(list(times.values()), (OURS, PLAIN, BISECT)), peers),
    ]
    head = ["millions of offsets/s", "ours", *peers, *(f"ours to {peer}" for peer in peers)]
    print(markdown(head, rows))
    together, bytes_ = _mean(list(times.values()), (OURS, PLAIN)), _mean(utf8, (OURS, *peers))
    held = [(PLAIN, together, options.at_least), (STAM, bytes_, options.stam_at_least)]
    missed = 0
    for peer, seconds, least in held[: 2 if texts.resources else 1]:
        ratio = seconds[peer] / seconds[OURS]
        if ratio < least:
            print(f"\n{ratio:.1f} times as fast as {peer}; expected at least {least:g}", file=sys.stderr)
            missed = 1
    return missed


def _mean(times: list[dict[str, float]], sides: tuple[str, ...]) -> dict[str, float]:
    return {side: sum(seconds[side] for seconds in times) / len(times) for side in sides}


def _row(name: str, total: int, seconds: dict[str, float], peers: tuple[str, ...]) -> list[str]:
    """Speeds, and our ratio to each peer; of one that has no such direction, nothing."""
    speeds = [f"{total / seconds[side] / 1e6:.1f}" if side in seconds else "" for side in (OURS, *peers)]
    ratios = [seconds[peer] / seconds[OURS] if peer in seconds else None for peer in peers]
    return [name, *speeds, *("" if ratio is None else f"{ratio:.{ratio < 10:d}f}" for ratio in ratios)]


def _measure(
    rounds: int, texts: Texts, offsets: Lists, column: pa.Array, source: str, target: str, loops: dict[str, Loop]
) -> dict[str, float]:
    """The median seconds of each side; they run in turn."""
    given = pa.array(offsets, pa.list_(pa.int64()))
    sides: dict[str, Callable[[], Any]] = {OURS: lambda: convert(column, given, source, target)}
    sides |= {side: partial(loop, texts, offsets) for side, loop in loops.items()}
    answer = sides[OURS]().to_pylist()
    for side in loops:
        if sides[side]() != answer:
            raise SystemExit(f"{source} to {target}: {side} does not agree")
    times: dict[str, list[float]] = {side: [] for side in sides}
    for _ in range(rounds):
        for side, run in sides.items():
            start = perf_counter()
            run()
            times[side].append(perf_counter() - start)
    return {side: median(measured) for side, measured in times.items()}


if __name__ == "__main__":
    sys.exit(main())
