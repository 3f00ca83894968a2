"""Check 5,000 documents of JSON: `sidelines check` against json, jsonschema and a loop, as whole processes.

    python benchmarks/check_json.py --rounds 5 --at-least 12

Makes the corpus of `generate.py` in a temporary folder, runs both sides in turn with the Python that runs this, and
prints a table of medians, then where our time goes. Exit status 1 when we are not at least so many times as fast.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from pathlib import Path
from statistics import median

from generate import write_corpus
from measure import alternate, markdown, run, script, setting
from parts import ASIDE

OURS, PLAIN, ENDS = "sidelines check", "plain.py", "start-up and exit"
HERE = Path(__file__).resolve().parent
PACKAGES = ("jsonschema", "msgspec", "numpy", "pyarrow")


def main() -> int:
    """Measure, print, and hold the ratio."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--documents", type=int, default=5000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--rounds", type=int, default=5, help="runs of sidelines check")
    parser.add_argument("--plain-rounds", type=int, default=2, help="runs of plain.py")
    parser.add_argument("--at-least", type=float, default=12.0, help="the ratio below which the exit status is 1")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        corpus = Path(folder, "corpus")
        rows = sum(write_corpus(corpus, options.documents, options.seed).values())
        print(f"{options.documents:,} documents, {rows:,} rows. {setting(PACKAGES)}\n")
        commands = {
            OURS: [script(sys.executable, "sidelines"), "check", str(corpus)],
            PLAIN: [sys.executable, str(HERE / "plain.py"), str(corpus)],
        }
        times = alternate(commands, {OURS: options.rounds, PLAIN: options.plain_rounds})
        parts = [_parts(corpus) for _ in range(min(options.rounds, 3))]
    seconds = {name: median(measured) for name, measured in times.items()}
    ratio = seconds[PLAIN] / seconds[OURS]
    print(_comparison(seconds, times, options.documents), end="\n\n")
    print(_shares({name: median(part[name] for part in parts) for name in parts[0]}))
    if ratio < options.at_least:
        print(f"\n{ratio:.1f} times as fast; expected at least {options.at_least:g}", file=sys.stderr)
        return 1
    return 0


def _parts(corpus: Path) -> dict[str, float]:
    """The seconds of each part of one check in a process of its own; what is not within the check comes first."""
    whole, printed = run([sys.executable, str(HERE / "parts.py"), str(corpus)])
    parts: dict[str, float] = json.loads(printed)
    return {ENDS: whole - sum(parts.values())} | {name + " *" * (name in ASIDE): s for name, s in parts.items()}


def _comparison(seconds: dict[str, float], times: dict[str, list[float]], documents: int) -> str:
    head = ["", "median, s", "runs", "documents/s", "ratio"]
    rows = [
        [f"`{name}`", f"{seconds[name]:.2f}", str(len(times[name])), f"{documents / seconds[name]:,.0f}",
         f"{seconds[PLAIN] / seconds[name]:.1f}"]
        for name in (PLAIN, OURS)
    ]  # fmt: skip
    return markdown(head, rows)


def _shares(parts: dict[str, float]) -> str:
    whole = sum(parts.values())
    rows = [[name, f"{seconds:.2f}", f"{seconds / whole:.0%}"] for name, seconds in parts.items()]
    table = markdown(["where our time goes", "s", "share"], [*rows, ["together", f"{whole:.2f}", "100%"]])
    return f"{table}\n\n\\* done aside, in another thread, while files are read and rules run"


if __name__ == "__main__":
    sys.exit(main())
