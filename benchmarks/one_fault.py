"""Check one document with a file of 10 MB that has one fault, in its last row, against the same file without a fault.

    python benchmarks/one_fault.py --rounds 7 --at-most 5

Each fault is one that parsers of JSON disagree on, or that a schema refuses. They are checked in turn in one process.
Exit status 1 when one of them takes more than so many times as long as the sound file.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from hashlib import sha256
from pathlib import Path
from statistics import median
from time import perf_counter

from measure import markdown, setting

import sidelines

SOUND = "none"
LAST = '"start": {start}, '
FAULTS = {  # by the code that each must bring: what the last row has in the place of its start
    SOUND: LAST,
    "F101": '"start": \udcff{start}, ',
    "F103": '"start": NaN, ',
    "F104": LAST + '"st\\u0061rt": {start}, ',
    "F105": '"start": 99999999999999999999, ',
    "F106": LAST + '"mod": "\\ud800", ',
    "F107": '"start": ' + "[" * 100 + "]" * 100 + ", ",
    "F108": '"start":  {start}, ',
    "S101": "",
    "S103": '"start": {start}.0, ',
    "S104": LAST + '"mod": "LATE", ',
    "O004": '"start": 0, ',
}


def write(root: Path, size: int) -> int:
    """A corpus of one document with `size` bytes of dates; returns how many there are."""
    count = size // 90
    text = "ab " * count
    (root / "corpus").mkdir(parents=True)
    (root / "schema").mkdir()
    for name in ("corpus", "document", "dates"):
        schema = sidelines.read().root / "schema" / f"{name}.schema.json"
        (root / "schema" / schema.name).write_bytes(schema.read_bytes())
    (root / "corpus" / "corpus.json").write_bytes(
        b'{\n  "$schema": "../schema/corpus.schema.json",\n  "name": "large",\n  "version": "1.0.0",\n'
        b'  "layers": ["dates"]\n}\n'
    )
    (root / "corpus" / "a.txt").write_bytes(text.encode())
    metadata = f'"id": "a",\n  "characters": {len(text)},\n  "sha256": "{sha256(text.encode()).hexdigest()}"'
    (root / "corpus" / "a.json").write_bytes(
        f'{{\n  "$schema": "../schema/document.schema.json",\n  {metadata}\n}}\n'.encode()
    )
    (root / "annotations" / "a").mkdir(parents=True)
    return count


def layer(count: int, fault: str) -> bytes:
    starts = [LAST] * (count - 1) + [fault]
    rest = '"text": "ab", "type": "DATE", "value": "2018"'
    rows = (
        f'    {{"id": "d{n}", {start.format(start=3 * n)}"end": {3 * n + 2}, {rest}}}' for n, start in enumerate(starts)
    )
    head = '{\n  "$schema": "../../schema/dates.schema.json",\n  "document": "a",\n  "dates": [\n'
    return (head + ",\n".join(rows) + "\n  ]\n}\n").encode("utf-8", "surrogateescape")


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--rounds", type=int, default=5, help="how often each is checked (default: 5)")
    parser.add_argument("--size", type=float, default=10, help="of the file, in MB (default: 10)")
    parser.add_argument("--at-most", type=float, help="times the time of the sound file")
    arguments = parser.parse_args()
    times: dict[str, list[float]] = {code: [] for code in FAULTS}
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder) / "large"
        count = write(root, int(arguments.size * 1e6))
        files = {code: layer(count, fault) for code, fault in FAULTS.items()}
        for _ in range(arguments.rounds):
            for code, content in files.items():
                (root / "annotations" / "a" / "dates.json").write_bytes(content)
                start = perf_counter()
                report = sidelines.check(root)
                times[code].append(perf_counter() - start)
                assert list(report.counts) == ([] if code == SOUND else [code]), (code, report.counts)
    medians = {code: median(found) for code, found in times.items()}
    ratios = {code: seconds / medians[SOUND] for code, seconds in medians.items()}
    print(f"{len(files[SOUND]) / 1e6:.1f} MB, {count:,} rows; {setting(['pyarrow', 'msgspec', 'jsonschema'])}\n")
    rows = [(code, f"{medians[code]:.2f}", f"{ratios[code]:.1f}") for code in FAULTS]
    print(markdown(("fault", "median, s", "ratio"), rows))
    return int(arguments.at_most is not None and max(ratios.values()) > arguments.at_most)


if __name__ == "__main__":
    sys.exit(main())
