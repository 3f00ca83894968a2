"""Check 5,000 documents of JSON: `sidelines check` against json, jsonschema and a loop, as whole processes.

    python benchmarks/check_json.py --rounds 5 --at-least 12
    python benchmarks/check_json.py --documents 10000 --one-core --plain-rounds 5

Makes the corpus of `generate.py` in a temporary folder, runs the sides in turn with the Python that runs this, and
prints a table of medians, then where our time goes. Where orjson and jsonschema-rs are installed, `plain.py --fast` is
a third side: the same loop behind the fastest parser and validator that can be had. With `--one-core` we have one job,
and all sides, with their threads, one and the same core; without it we take what there is, the others one core each.
Exit status 1 when we are not at least so many times as fast.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from importlib.util import find_spec
from pathlib import Path
from statistics import median

from generate import write_corpus
from measure import alternate, markdown, on_one_core, script, setting
from parts import shares, timed_parts

OURS, PLAIN, FAST = "sidelines check", "plain.py", "plain.py --fast"
HERE = Path(__file__).resolve().parent
PACKAGES = ("jsonschema", "msgspec", "numpy", "pyarrow")
FAST_PACKAGES = ("orjson", "jsonschema_rs")


def main() -> int:
    """Measure, print, and hold the ratios."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--documents", type=int, default=5000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--rounds", type=int, default=5, help="runs of sidelines check, and of plain.py --fast")
    parser.add_argument("--plain-rounds", type=int, default=2, help="runs of plain.py, which takes long")
    parser.add_argument("--one-core", action="store_true", help="sidelines check --jobs 1, and all on one core")
    parser.add_argument("--at-least", type=float, default=12.0, help="the ratio to plain.py below which we fail")
    parser.add_argument("--fast-at-least", type=float, default=1.0, help="the ratio to plain.py --fast, if it is run")
    options = parser.parse_args()
    there = all(find_spec(package) for package in FAST_PACKAGES)
    if not there:
        print(f"no {FAST}: pip install -r benchmarks/requirements.txt", file=sys.stderr)
    with tempfile.TemporaryDirectory() as folder:
        corpus = Path(folder, "corpus")
        rows = sum(write_corpus(corpus, options.documents, options.seed).values())
        plain = [sys.executable, str(HERE / "plain.py"), str(corpus)]
        commands = {OURS: [script(sys.executable, "sidelines"), "check", str(corpus)], PLAIN: plain}
        rounds = {OURS: options.rounds, PLAIN: options.plain_rounds}
        if there:
            commands[FAST], rounds[FAST] = [*plain, "--fast"], options.rounds
        where = "all cores"
        if options.one_core:
            where = f"core {on_one_core()} alone"
            commands[OURS] += ["--jobs", "1"]
        packages = setting(PACKAGES + FAST_PACKAGES * there)
        print(f"{options.documents:,} documents, {rows:,} rows; {where}. {packages}\n", flush=True)
        times = alternate(commands, rounds)
        parts = [timed_parts(corpus) for _ in range(min(options.rounds, 3))]
    seconds = {name: median(measured) for name, measured in times.items()}
    print(_comparison(seconds, times, options.documents), end="\n\n")
    print(shares(parts, aside=True))
    return _missed(seconds, {PLAIN: options.at_least, FAST: options.fast_at_least})


def _comparison(seconds: dict[str, float], times: dict[str, list[float]], documents: int) -> str:
    head = ["", "median, s", "runs", "documents/s", "ratio"]
    rows = [
        [f"`{name}`", f"{seconds[name]:.2f}", str(len(times[name])), f"{documents / seconds[name]:,.0f}",
         f"{seconds[PLAIN] / seconds[name]:.1f}"]
        for name in (PLAIN, FAST, OURS) if name in seconds
    ]  # fmt: skip
    return markdown(head, rows)


def _missed(seconds: dict[str, float], least: dict[str, float]) -> int:
    """1 when we are not so many times as fast as one of the others, which is said."""
    ratios = {name: seconds[name] / seconds[OURS] for name in least if name in seconds}
    missed = {name: ratio for name, ratio in ratios.items() if ratio < least[name]}
    for name, ratio in missed.items():
        print(f"\n{ratio:.2f} times as fast as {name}; expected at least {least[name]:g}", file=sys.stderr)
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
