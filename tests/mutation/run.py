"""Mutation testing: mutmut changes one thing at a time in offsets, schema, rules and checker, and a test must notice.

    pip install -r tests/mutation/requirements.txt
    python tests/mutation/run.py                           what was not tried since its function changed
    python tests/mutation/run.py 'sidelines.rules.spans*'  these alone, again
    python tests/mutation/run.py --report                  nothing is run: the score of each module, and survivors

Which modules, and by which tests, stands in `pyproject.toml` under `tool.mutmut`. `equivalent.toml` beside this file
has the mutants that no test can tell from the original, and why. Status 1 when there are others.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tomllib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
EQUIVALENT = Path(__file__).with_name("equivalent.toml")
# A fork keeps no threads, and draws the same examples for each mutant.
ENVIRONMENT = {
    "ARROW_DEFAULT_MEMORY_POOL": "system",
    "HYPOTHESIS_PROFILE": "mutants",
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "PYTHONPATH": str(ROOT / "mutants" / "src"),
}
ROW = "{:<18}{:>9}{:>9}{:>11}{:>10}{:>11}{:>15}"
KILLED = {"killed", "timeout", "segfault", "suspicious"}


@dataclass(frozen=True, slots=True)
class Mutant:
    """A mutant: the function that it is of, the lines that it changes, as `- before` and `+ after`, and its status."""

    function: str
    lines: str
    status: str

    def __str__(self) -> str:
        return f"{self.function}\n{self.lines}"


def run(names: list[str], jobs: int) -> None:
    """Let mutmut try mutants, those of these names or what is left; it keeps what it finds in `mutants/`."""
    command = [sys.executable, "-m", "mutmut", "run", "--max-children", str(jobs), *names]
    subprocess.run(command, cwd=ROOT, env=os.environ | ENVIRONMENT, check=True)


def mutants() -> Iterator[tuple[str, list[Mutant]]]:
    """The mutants of each module, as mutmut has them."""
    from mutmut.mutation.data import SourceFileMutationData
    from mutmut.stats import status_by_exit_code
    from mutmut.utils.file_utils import walk_mutatable_files

    for path in sorted(walk_mutatable_files()):
        data = SourceFileMutationData(path=path)
        data.load()
        found = [_mutant(name, path, status_by_exit_code[code]) for name, code in data.exit_code_by_key.items()]
        if found:
            yield Path(path).relative_to("src/sidelines").with_suffix("").as_posix().replace("/", "."), found


def _mutant(name: str, path: Any, status: str) -> Mutant:
    from mutmut.mutation.diff_apply import get_diff_for_mutant
    from mutmut.utils.format_utils import orig_function_and_class_names_from_key

    function, of_class = orig_function_and_class_names_from_key(name)
    function = f"{of_class}.{function}" if of_class else function
    if status in KILLED:
        return Mutant(function, "", status)
    lines = get_diff_for_mutant(name, path=path).splitlines()
    changed = (f"{line[0]} {line[1:].strip()}" for line in lines[2:] if line[0] in "-+")
    return Mutant(function, "\n".join(changed), status)


def equivalent() -> dict[str, set[tuple[str, str]]]:
    """Function and lines of the mutants that are explained, by module."""
    explained = tomllib.loads(EQUIVALENT.read_text(encoding="utf-8"))
    return {
        module: {(entry["function"], lines) for entry in entries for lines in _blocks(entry["mutants"])}
        for module, entries in explained.items()
    }


def _blocks(text: str) -> Iterator[str]:
    """The mutants of an entry: each goes from lines with - to the last with + before the next with -."""
    lines = [line.strip() for line in text.strip().splitlines()]
    starts = [at for at, line in enumerate(lines) if line[0] == "-" and (not at or lines[at - 1][0] == "+")]
    for start, end in pairwise([*starts, len(lines)]):
        yield "\n".join(lines[start:end])


def report() -> bool:
    """Print the score of each module, and every mutant that is neither killed nor explained; whether there is none."""
    known, total, left = equivalent(), Counter[str](), list[str]()
    print(ROW.format("module", "mutants", "killed", "explained", "survived", "not tried", "killed of all"))
    for module, found in mutants():
        explained = known.pop(module, set())
        tally = Counter({"mutants": len(found)})
        for mutant in found:
            if mutant.status in KILLED:
                tally["killed"] += 1
            elif (mutant.function, mutant.lines) in explained:
                tally["explained"] += 1
            elif mutant.status == "not checked":
                tally["not tried"] += 1
            else:
                tally["survived"] += 1
                left.append(f"{module}: {mutant}")
        alive = {(mutant.function, mutant.lines) for mutant in found}
        for function, lines in sorted(explained - alive):
            left.append(f"{module}: explained, but there is none such, or it is killed: {function}\n{lines}")
        total += tally
        print(_row(module, tally))
    left += [f"{module}: there are no mutants of it" for module in known]
    print(_row("all", total))
    print("\n" + "\n".join(left) if left else "\nno survivor that is not explained")
    return not left


def _row(name: str, tally: Counter[str]) -> str:
    share = f"{100 * tally['killed'] / tally['mutants']:.1f} %"
    numbers = (tally["mutants"], tally["killed"], tally["explained"], tally["survived"], tally["not tried"])
    return ROW.format(name, *numbers, share)


def main() -> int:
    """Run and report; the exit status."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("names", nargs="*", metavar="NAME", help="of mutants, * stands for anything")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1, help="mutants at the same time")
    parser.add_argument("--report", action="store_true", help="run nothing")
    arguments = parser.parse_args()
    if not arguments.report:
        run(arguments.names, arguments.jobs)
    os.chdir(ROOT)
    return 0 if report() else 1


if __name__ == "__main__":
    sys.exit(main())
