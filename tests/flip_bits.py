"""Flip single bits in a build, one at a time, and count how many `sidelines verify` notices.

    python tests/flip_bits.py                     10,000 flips, the file drawn first, then the bit
    python tests/flip_bits.py --resum             flips in Parquet files, with SHA256SUMS made anew after each: what the
                                                  checksums of pages and the content hash notice alone

Each flip is undone before the next. With `--resum` the flips are tried in a process of their own, since pyarrow gets
to read what is damaged; one that takes it down is counted apart. The status is 0 if every flip was noticed.
"""

from __future__ import annotations

import argparse
import faulthandler
import json
import random
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pyarrow.parquet as pq

import sidelines
from sidelines.testing.mutations.builds import summed
from sidelines.verifier import verify

PATIENCE = 60  # seconds for one flip


def draws(out: Path, number: int, seed: int, pattern: str = "*") -> list[tuple[str, int]]:
    """Files and bits, the same for the same seed; `bit // 8` is the byte, `bit % 8` the bit in it, lowest first."""
    files = sorted(path for path in out.rglob(pattern) if path.is_file())
    source = random.Random(seed)
    drawn = (source.choice(files) for _ in range(number))
    return [(path.relative_to(out).as_posix(), source.randrange(8 * path.stat().st_size)) for path in drawn]


def flip(path: Path, bit: int) -> None:
    """Flip one bit in place; twice is as before."""
    with path.open("r+b") as file:
        file.seek(bit // 8)
        (byte,) = file.read(1)
        file.seek(bit // 8)
        file.write(bytes([byte ^ 1 << bit % 8]))


def found(out: Path, name: str, bit: int, resum: bool = False) -> list[str]:
    """The codes that `verify` finds after a flip, which is undone."""
    sums = (out / "SHA256SUMS").read_bytes()
    flip(out / name, bit)
    try:
        if resum:
            sum_anew(out)
        return [problem.code for problem in verify(out).report]
    finally:
        flip(out / name, bit)
        if resum:
            (out / "SHA256SUMS").write_bytes(sums)


def sum_anew(out: Path) -> None:
    """Write SHA256SUMS over what there is now."""
    files = {path.relative_to(out).as_posix(): path.read_bytes() for path in out.rglob("*") if path.is_file()}
    (out / "SHA256SUMS").write_bytes(summed(files)["SHA256SUMS"])


# -- in a process of their own -----------------------------------------------------------------------------------------


def outcomes(out: Path, todo: list[tuple[str, int]], resum: bool) -> Iterator[list[str]]:
    """What became of each flip, in order: codes, or `no answer` where the process ended or hung."""
    command = [sys.executable, __file__, "--worker", str(out), *(["--resum"] if resum else [])]
    before = {path: path.read_bytes() for path in (out / name for name in {"SHA256SUMS", *(name for name, _ in todo)})}
    done = 0
    while done < len(todo):
        with subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
        ) as worker:
            assert worker.stdin is not None
            assert worker.stdout is not None
            for name, bit in todo[done:]:
                try:
                    worker.stdin.write(json.dumps([name, bit]).encode() + b"\n")
                    worker.stdin.flush()
                    answer = worker.stdout.readline()
                except BrokenPipeError:
                    answer = b""
                done += 1
                yield json.loads(answer) if answer else ["no answer"]
                if not answer:
                    break
            worker.stdin.close()
        for path, content in before.items():
            path.write_bytes(content)


def work(out: Path, resum: bool) -> None:
    for line in sys.stdin:
        faulthandler.dump_traceback_later(PATIENCE, exit=True)
        try:
            answer = found(out, *json.loads(line), resum)
        except Exception as error:
            answer = [f"exception {type(error).__name__}"]
        print(json.dumps(answer), flush=True)


# -- where a byte of a Parquet file stands -----------------------------------------------------------------------------


class _Thrift:
    """As much of Thrift's compact protocol as it takes to find the end of a page's header."""

    def __init__(self, data: bytes, at: int) -> None:
        self.data = data
        self.at = at

    def number(self) -> int:
        value = shift = 0
        while True:
            byte = self.data[self.at]
            self.at += 1
            value |= (byte & 127) << shift
            shift += 7
            if byte < 128:
                return value

    def struct(self) -> dict[int, int]:
        """The integers of a struct, by the ids of their fields; all else is passed over."""
        fields: dict[int, int] = {}
        id_ = 0
        while head := self.data[self.at]:
            self.at += 1
            delta, kind = head >> 4, head & 15
            id_ = id_ + delta if delta else self._signed()
            if kind in (4, 5, 6):
                fields[id_] = self._signed()
            elif kind == 8:
                length = self.number()
                self.at += length
            elif kind == 12:
                self.struct()
            elif kind not in (1, 2):
                raise ValueError(f"a field of the kind {kind}, which no page's header has")
        self.at += 1
        return fields

    def _signed(self) -> int:
        value = self.number()
        return (value >> 1) ^ -(value & 1)


def parts(path: Path) -> list[tuple[int, str]]:
    """Where each part of a Parquet file ends, and what it is, in order."""
    data = path.read_bytes()
    ends = [(4, "magic bytes")]
    metadata = pq.ParquetFile(path).metadata
    for group in range(metadata.num_row_groups):
        for position in range(metadata.num_columns):
            column = metadata.row_group(group).column(position)
            at = column.dictionary_page_offset or column.data_page_offset
            end = at + column.total_compressed_size
            while at < end:
                reader = _Thrift(data, at)
                header = reader.struct()
                ends.append((reader.at, "header of a page"))
                at = reader.at + header[3]
                ends.append((at, "page"))
    footer = len(data) - 8 - int.from_bytes(data[-8:-4], "little")
    assert ends[-1][0] <= footer
    starts = {key: data.index(bytes([len(key)]) + key, footer) for key in metadata.metadata}
    for key, start in sorted(starts.items(), key=lambda item: item[1]):
        value = metadata.metadata[key]
        ends += [(start, "footer")] if start > ends[-1][0] else []
        ends.append((data.index(value, start) + len(value), f"footer: {key.decode()}"))
    return [*ends, (len(data) - 8, "footer"), (len(data) - 4, "length of the footer"), (len(data), "magic bytes")]


def places(out: Path, todo: list[tuple[str, int]]) -> list[str]:
    """The part of its file in which each bit stands."""
    known = {name: parts(out / name) for name in {name for name, _ in todo}}
    return [next(what for end, what in known[name] if bit // 8 < end) for name, bit in todo]


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--draws", type=int, default=10_000)
    options.add_argument("--seed", type=int, default=0)
    options.add_argument("--resum", action="store_true")
    options.add_argument("--worker", type=Path, help=argparse.SUPPRESS)
    given = options.parse_args()
    if given.worker is not None:
        work(given.worker, given.resum)
        return 0
    with tempfile.TemporaryDirectory() as folder:
        out = sidelines.build(out=Path(folder, "build")).out
        todo = draws(out, given.draws, given.seed, "*.parquet" if given.resum else "*")
        before = time.perf_counter()
        codes: Counter[str] = Counter()
        missed: Counter[str] = Counter()
        drawn: Counter[str] = Counter()
        wheres = places(out, todo) if given.resum else [name for name, _ in todo]
        for where, answer in zip(wheres, outcomes(out, todo, given.resum), strict=True):
            drawn[where] += 1
            codes.update([" ".join(sorted(set(answer))) or "nothing"])
            missed.update([] if answer else [where])
        seconds = time.perf_counter() - before
        assert verify(out).ok
    noticed = len(todo) - missed.total()
    print(f"{noticed:,} of {len(todo):,} flips noticed, in {seconds:,.0f} s")
    for name, number in sorted(codes.items()):
        print(f"  {name}: {number:,}")
    print("by place: flips, of which not noticed")
    for name, number in sorted(drawn.items()):
        print(f"  {name}: {number:,}, {missed[name]:,}")
    return int(noticed < len(todo))


if __name__ == "__main__":
    sys.exit(main())
