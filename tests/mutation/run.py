"""Mutation testing: mutmut changes one thing at a time in offsets, schema, rules and checker, and a test must notice.

    pip install -r tests/mutation/requirements.txt
    python tests/mutation/run.py                 what was not tried since its function changed
    python tests/mutation/run.py schema rules    these groups alone, and those that begin so, as `rules.dates` does
    python tests/mutation/run.py --survivors     what survived, too, since there are other tests now
    python tests/mutation/run.py --report        nothing is run: the score of each module, and the survivors

`GROUPS` says which modules are changed, and by which tests. `equivalent.toml` beside this file has the mutants that no
test can tell from the original, and why. Status 1 when there are others. Each group is a copy of the repository in
`.cache/mutants/`, where mutmut keeps what it found.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tomllib
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
WORK = ROOT / ".cache" / "mutants"
EQUIVALENT = Path(__file__).with_name("equivalent.toml")
ROW = "{:<18}{:>9}{:>9}{:>11}{:>10}{:>11}{:>15}"
FAILED = {1, 3}  # exit codes: a test failed, or pytest itself
KILLED = {"killed", "timeout", "segfault", "suspicious"}
COPIED = ("CHANGELOG.md", "CITATION.cff", "README.md", "annotations", "conformance", "corpus", "docs", "schema")
# A fork keeps no threads, and draws the same examples for each mutant.
ENVIRONMENT = {
    "ARROW_DEFAULT_MEMORY_POOL": "system",
    "HYPOTHESIS_PROFILE": "mutants",
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
}


@dataclass(frozen=True, slots=True)
class Group:
    """Modules, and the tests that look at them, of which `only` may name some as `pytest -k` does."""

    modules: tuple[str, ...]
    tests: tuple[str, ...]
    only: str = ""


RULES = (
    "test_cases.py", "test_checker.py::TestShapesOfTheirOwn", "test_missed_before.py", "test_parquet.py::TestRefused",
    "test_rules*.py",
)  # fmt: skip
GROUPS = {
    "offsets": Group(("offsets", "units"), ("test_conformance.py", "test_offsets.py", "test_units.py")),
    "schema": Group(
        ("dialect", "model", "resolver", "schema"),
        ("test_dialect.py", "test_missed_before.py", "test_own_layer.py", "test_patterns.py", "test_schema.py"),
    ),
    "checker": Group(
        ("checker", "rules/catalogue", "rules/finding"),
        (
            "test_cases.py",
            "test_checker.py",
            "test_docs.py::test_every_rule_has_a_page",
            "test_parts.py::TestJobs",
            "test_parts.py::TestProblems",
            "test_rules.py::TestTexts",
        ),
        "test_checker and not TestShapes or exactly and (C0 or L0 or O0 or R0 or T0) or has_a_page or TestTexts"
        " or TestJobs or TestProblems",
    ),
    "rules.builds": Group(("rules/builds",), RULES, "derived"),
    # The cases and tests of a family are enough for its rules: others see less of them, and take their time.
    **{
        f"rules.{module}": Group(
            (f"rules/{module}",),
            RULES,
            f"(test_cases and {family}0) or (test_rules and {module}) or TestShapes or test_missed",
        )
        for family, module in zip(
            "CDELQROT",
            ("corpora", "dates", "entities", "layout", "quotes", "references", "spans", "texts"),
            strict=True,
        )
    },
}


@dataclass(frozen=True, slots=True)
class Mutant:
    """A mutant: the function that it is of, the lines that it changes, as `- before` and `+ after`, and its status."""

    function: str
    lines: str
    status: str

    def __str__(self) -> str:
        return f"{self.function}\n{self.lines}"


def run(name: str, jobs: int, survivors: bool) -> None:
    """Let mutmut try the mutants of a group that it has not tried yet, and perhaps those that survived."""
    folder = _copy(name)
    if survivors:
        _forget_survivors(folder / "mutants")
    command = [sys.executable, "-m", "mutmut", "run", "--max-children", str(jobs)]
    own = {"PYTHONPATH": str(folder / "mutants" / "src")}
    subprocess.run(command, cwd=folder, env=os.environ | ENVIRONMENT | own, check=True)


def _forget_survivors(folder: Path) -> None:
    """Let those on which no test failed count as not tried, and which tests reach what as not known.

    A mutant that ran out of time may have had bad luck.
    """
    (folder / "mutmut-stats.json").unlink(missing_ok=True)
    for path in folder.rglob("*.meta"):
        data = json.loads(path.read_bytes())
        codes = data["exit_code_by_key"]
        data["exit_code_by_key"] = {key: code if code in FAILED else None for key, code in codes.items()}
        path.write_text(json.dumps(data), encoding="utf-8")


def _copy(name: str) -> Path:
    """The repository as it is, configured for a group, and what mutmut found there before."""
    folder, group = WORK / name, GROUPS[name]
    for path in folder.iterdir() if folder.exists() else ():
        if path.name != "mutants":
            shutil.rmtree(path) if path.is_dir() else path.unlink()
    (folder / "mutants" / "src").mkdir(parents=True, exist_ok=True)  # Python forgets a path that it does not find
    for part in (*COPIED, "pyproject.toml", "src", "tests"):
        source, target = ROOT / part, folder / part
        shutil.copytree(source, target) if source.is_dir() else shutil.copy2(source, target)
    only = ["-k", group.only] if group.only else []
    lines = {
        "source_paths": ["src"],
        "only_mutate": [f"src/sidelines/{module}.py" for module in group.modules],
        "also_copy": list(COPIED),
        "pytest_add_cli_args": ["-p", "no:cacheprovider", "-p", "no:xdist", "-m", "not slow", *only],
        "pytest_add_cli_args_test_selection": [f"tests/{test}" for test in _files(group.tests)],
        "track_dependencies": ["false"],
        "use_git_change_detection": ["false"],
    }
    parts = (f"{key} =\n    " + "\n    ".join(values) if len(values) > 1 else f"{key} = {values[0]}"
             for key, values in lines.items())  # fmt: skip
    (folder / "setup.cfg").write_text("[mutmut]\n" + "\n".join(parts) + "\n", encoding="utf-8")
    return folder


def _files(tests: Sequence[str]) -> Iterator[str]:
    for test in tests:
        yield from sorted(path.name for path in (ROOT / "tests").glob(test)) if "*" in test else [test]


def mutants(names: Sequence[str]) -> Iterator[tuple[str, list[Mutant]]]:
    """The mutants of each module of these groups, as mutmut has them."""
    from mutmut.configuration import reset_config
    from mutmut.mutation.data import SourceFileMutationData
    from mutmut.stats import status_by_exit_code
    from mutmut.utils.file_utils import walk_mutatable_files

    for name in names:
        os.chdir(WORK / name)
        reset_config()
        for path in sorted(walk_mutatable_files()):
            data = SourceFileMutationData(path=path)
            data.load()
            found = [_mutant(key, path, status_by_exit_code[code]) for key, code in data.exit_code_by_key.items()]
            if found:
                yield path.relative_to("src/sidelines").with_suffix("").as_posix().replace("/", "."), found


def _mutant(name: str, path: Path, status: str) -> Mutant:
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


def report(names: Sequence[str]) -> bool:
    """Print the score of each module, and every mutant that is neither killed nor explained; whether there is none."""
    known, total, left = equivalent(), Counter[str](), list[str]()
    print(ROW.format("module", "mutants", "killed", "explained", "survived", "not tried", "killed of all"))
    for module, found in mutants(names):
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
    if len(names) == len(GROUPS):
        left += [f"{module}: explained, but there are no mutants of it" for module in known]
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
    parser.add_argument("groups", nargs="*", metavar="GROUP", help=f"a name or its beginning: {', '.join(GROUPS)}")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1, help="mutants at the same time")
    parser.add_argument("--survivors", action="store_true", help="try those that survived again")
    parser.add_argument("--report", action="store_true", help="run nothing")
    arguments = parser.parse_args()
    names = [name for name in GROUPS if name.startswith(tuple(arguments.groups or [""]))]
    if not names:
        parser.error(f"there is no group {arguments.groups[0]!r}; there are {', '.join(GROUPS)}")
    for name in () if arguments.report else names:
        run(name, arguments.jobs, arguments.survivors)
    return 0 if report(names) else 1


if __name__ == "__main__":
    sys.exit(main())
