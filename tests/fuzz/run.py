"""Run a harness for as long as one likes: `python tests/fuzz/run.py corpus --seconds 600`.

Atheris must be installed (`pip install -r tests/fuzz/requirements.txt`, CPython 3.11, Linux). What is found new is kept
in `.cache/fuzz/HARNESS/corpus`, what breaks in `.cache/fuzz/HARNESS/findings`; the kept seeds are read, never written.
After a finding the run goes on, until the time is up.
"""

from __future__ import annotations

import argparse
import os
import re
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
ROUND = 600  # seconds, then a new process: what Atheris itself holds on to grows
HARNESSES = ("json", "schema", "corpus", "parquet")


def main(arguments: list[str] | None = None) -> int:
    """Fuzz, and return 1 when something was found."""
    options = _options(arguments)
    work = options.work / options.harness
    for name in ("corpus", "findings"):
        (work / name).mkdir(parents=True, exist_ok=True)
    before = names(work / "findings")
    end = time.monotonic() + options.seconds
    executions = rounds = 0
    while (left := round(end - time.monotonic())) > 0 or not rounds:
        known = names(work / "findings")
        rounds += 1
        status, ran = _round(options, work, min(max(left, 1), ROUND), rounds)
        executions += ran
        if status and names(work / "findings") == known:
            print("the same again: a seed, or what was found before, breaks each time; mend that first")
            break
    found = sorted(names(work / "findings") - before)
    took, kept = options.seconds - round(end - time.monotonic()), len(names(work / "corpus"))
    print(f"{options.harness}: {executions:,} executions in {took:,} s, {kept:,} inputs, {len(found)} findings")
    for name in found:
        print(f"  {work / 'findings' / name}")
    return 1 if found else status


def names(folder: Path) -> set[str]:
    """The names of the files in a folder."""
    return {path.name for path in folder.iterdir()}


def _options(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("harness", choices=HARNESSES)
    parser.add_argument("--seconds", type=int, default=600, help="how long (600)")
    parser.add_argument("--timeout", type=int, default=5, help="seconds that one input may take (5)")
    parser.add_argument("--memory", type=int, default=2048, help="megabytes that the process may hold (2048)")
    parser.add_argument("--work", type=Path, default=ROOT / ".cache" / "fuzz", help="where corpus and findings go")
    return parser.parse_args(arguments)


def _round(options: argparse.Namespace, work: Path, seconds: int, number: int) -> tuple[int, int]:
    """One process of the harness, until the time is up or something breaks: its status, and how many inputs it ran."""
    command = [
        sys.executable, "-m", "tests.fuzz.driver", options.harness,
        f"-max_total_time={seconds}", f"-timeout={options.timeout}", f"-rss_limit_mb={options.memory}",
        f"-artifact_prefix={work / 'findings'}/", "-print_final_stats=1", str(work / "corpus"),
        str(ROOT / "tests" / "fuzz" / "seeds" / options.harness),
    ]  # fmt: skip
    log = work / f"log-{number}.txt"
    with log.open("wb") as output:
        paths = os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH")]))
        environment = {**os.environ, "PYTHONPATH": paths}
        status = subprocess.run(command, cwd=ROOT, env=environment, stdout=output, stderr=subprocess.STDOUT).returncode
    text = log.read_text("utf-8", "replace")
    shown = re.findall(r"^#[0-9]+.*cov: .*$", text, re.MULTILINE)[-1:]
    stats = re.findall(r"^(?:stat::|Done ).*$", text, re.MULTILINE)
    print(f"round {number}: status {status}; log {log}", *shown, *stats, sep="\n  ", flush=True)
    if status:
        print(_reason(text), flush=True)
    runs = re.findall(r"^#([0-9]+)\s", text, re.MULTILINE)
    return status, max(map(int, runs), default=0)


def _reason(text: str) -> str:
    """The lines of a log from the exception, or the signal, on."""
    at = max(text.find("=== Uncaught"), text.find("==ERROR"), text.find("ERROR: libFuzzer"), 0)
    return text[at : at + 2_500] if at else text[-2_000:]


if __name__ == "__main__":
    sys.exit(main())
