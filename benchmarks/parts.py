"""Say where the time of a check goes: the library's own functions, timed one by one while they check a corpus.

    python benchmarks/parts.py CORPUS

CORPUS is a folder of files, or a build. The functions are wrapped, in this process alone, at the seams below, and the
check is the real one, but for this: what is done aside, while the next files are read, is done in its turn here. So the
parts are seconds of work, and those of files together longer than a run. Prints them as JSON.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor, Future
from contextlib import contextmanager
from functools import wraps
from inspect import isgeneratorfunction
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Any

from measure import markdown, run

import sidelines.cli  # noqa: F401 - what the command imports belongs to the start
from sidelines import checker, codec, opening, parquet, reader, settings, tablefile
from sidelines.rules import catalogue

__all__ = ["measure_parts", "shares", "timed_parts"]

# What is timed, by part, where a corpus is files. A layer's file in order is split into the lines of its rows, which a
# pattern tells from any other and Arrow reads; only metadata are decoded one by one.
SEAMS: dict[str, list[tuple[Any, str]]] = {
    "reading files": [(settings.Settings, "fetch"), (reader.Reader, "annotated")],
    "splitting and decoding": [(codec.Codec, "split"), (codec.Codec, "decode"), (codec.Codec, "canonical")],
    "shape and canonical form": [(reader.Reader, "_strange")],
    "building columns": [(reader, "make_batch")],
    "patterns and bounds": [(reader, "against_constraints")],
}
# The same of a build: what a piece of a table takes to be read is that of the file, with Arrow's own validation.
BUILD_SEAMS: dict[str, list[tuple[Any, str]]] = {
    "opening files": [(parquet.ParquetReader, "open"), (parquet.ParquetReader, "last_before")],
    "reading and decoding files": [(tablefile.File, "pieces")],
    "rows of the next documents": [(tablefile.Cursor, "take")],
    "shape of rows": [(parquet, "ill_shaped")],
    "building columns": [(parquet._Part, "_documents"), (parquet._Part, "_batch")],
}
ENDS = "start-up and exit"
ASIDE = ("shape and canonical form", "building columns", "patterns and bounds")
ELSE = "everything else"


class InTurn(Executor):
    """An executor that runs what it is given at once, in the same thread."""

    def __init__(self, workers: int) -> None:
        """Take the number of workers as another would; there is none."""

    def submit(self, function: Callable[..., Any], /, *arguments: Any, **options: Any) -> Future[Any]:
        """Run a function; the future is done."""
        done: Future[Any] = Future()
        done.set_result(function(*arguments, **options))
        return done


class Clock:
    """Time by part: what a part calls that is a part itself is counted there alone."""

    def __init__(self) -> None:
        self.spent: dict[str, float] = {}
        self._open = [ELSE]
        self._since = perf_counter()

    def switch(self, part: str | None) -> None:
        """Go into a part, or with None back to where it was called from."""
        now = perf_counter()
        self.spent[self._open[-1]] = self.spent.get(self._open[-1], 0.0) + now - self._since
        self._since = now
        if part is None:
            self._open.pop()
        else:
            self._open.append(part)

    def timed(self, part: str, function: Callable[..., Any]) -> Callable[..., Any]:
        """The same function, timed; of a generator, each of its steps."""

        @wraps(function)
        def steps(*arguments: Any, **options: Any) -> Iterator[Any]:
            following = function(*arguments, **options)
            while True:
                self.switch(part)
                try:
                    step = next(following)
                except StopIteration:
                    return
                finally:
                    self.switch(None)
                yield step

        @wraps(function)
        def run(*arguments: Any, **options: Any) -> Any:
            self.switch(part)
            try:
                return function(*arguments, **options)
            finally:
                self.switch(None)

        return steps if isgeneratorfunction(function) else run


def measure_parts(corpus: Path) -> dict[str, float]:
    """Check a corpus in this process; returns the seconds of each part, those of the rules by family.

    A column or an index that several rules use is counted with the rule that asks for it first.
    """
    opened = opening.open_corpus(corpus)
    seams = SEAMS if isinstance(opened, reader.Reader) else BUILD_SEAMS
    for phase in catalogue.PHASES:
        for code in phase:
            catalogue.RULES[code].load()
    clock = Clock()
    with _instrumented(clock, seams):
        for _ in checker.check_batches(opened):
            pass
    clock.switch(None)
    rules = [f"rules {letter}: {family}" for letter, family in catalogue.FAMILIES.items()]
    if seams is SEAMS:
        rules.remove(f"rules P: {catalogue.FAMILIES['P']}")  # looks at what was derived; files have nothing of it
    return {part: clock.spent[part] for part in [*seams, *rules, ELSE] if part in clock.spent}


def timed_parts(corpus: Path) -> dict[str, float]:
    """The seconds of each part of one check in a process of its own; what is not within the check comes first."""
    whole, printed = run([sys.executable, str(Path(__file__).resolve()), str(corpus)])
    parts: dict[str, float] = json.loads(printed)
    return {ENDS: whole - sum(parts.values())} | parts


def shares(runs: Sequence[dict[str, float]], aside: bool) -> str:
    """A table of the median parts of several checks; with `aside`, those of which work is done aside have a star."""
    parts = {name: median(part[name] for part in runs) for name in runs[0]}
    whole = sum(parts.values())
    starred = {name: name + " *" * (aside and name in ASIDE) for name in parts}
    rows = [[starred[name], f"{seconds:.2f}", f"{seconds / whole:.0%}"] for name, seconds in parts.items()]
    table = markdown(["where our time goes", "s", "share"], [*rows, ["together", f"{whole:.2f}", "100%"]])
    return table + "\n\n\\* done aside, in another thread, while files are read and rules run" * aside


@contextmanager
def _instrumented(clock: Clock, seams: dict[str, list[tuple[Any, str]]]) -> Iterator[None]:
    codes = {rule.name: code for code, rule in catalogue.RULES.items()}
    load = catalogue.Rule.load

    def timed_rule(rule: catalogue.Rule) -> Callable[..., Any]:
        function, family = load(rule), codes[rule.name][0]
        # A rule is a generator: its time is that of running it to its end.
        return clock.timed(f"rules {family}: {catalogue.FAMILIES[family]}", lambda *given: list(function(*given)))

    places = []
    for part, found in seams.items():
        for owner, name in found:
            if hasattr(owner, name):
                places.append((owner, name, part))
            else:
                print(f"parts.py: {owner.__name__} has no {name}; its time is in {ELSE!r}", file=sys.stderr)
    before = [(owner, name, getattr(owner, name)) for owner, name, _ in places]
    before += [(catalogue.Rule, "load", load), (reader, "ThreadPoolExecutor", reader.ThreadPoolExecutor)]
    try:
        for owner, name, part in places:
            setattr(owner, name, clock.timed(part, getattr(owner, name)))
        setattr(catalogue.Rule, "load", timed_rule)  # noqa: B010
        setattr(reader, "ThreadPoolExecutor", InTurn)  # noqa: B010
        yield
    finally:
        for owner, name, function in before:
            setattr(owner, name, function)


if __name__ == "__main__":
    print(json.dumps(measure_parts(Path(sys.argv[1]))))
