"""Say where the time of a check goes: the library's own functions, timed one by one while they check a corpus.

    python benchmarks/parts.py CORPUS

The functions are wrapped, in this process alone, at the seams below, and the check is the real one, but for this: what
is done aside, while the next files are read, is done in its turn here. So the parts are seconds of work, and together
longer than a run. Prints them as JSON.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future
from contextlib import contextmanager
from functools import wraps
from pathlib import Path
from time import perf_counter
from typing import Any

import sidelines.cli  # noqa: F401 - what the command imports belongs to the start
from sidelines import checker, codec, reader, settings
from sidelines.rules import catalogue

__all__ = ["ASIDE", "measure_parts"]

# What is timed, by part. A layer's file in order is split into the lines of its rows, which a pattern tells from any
# other and Arrow reads; only metadata are decoded one by one.
SEAMS: dict[str, list[tuple[Any, str]]] = {
    "reading files": [(settings.Settings, "fetch"), (reader.Reader, "annotated")],
    "splitting and decoding": [(codec.Codec, "split"), (codec.Codec, "decode"), (codec.Codec, "canonical")],
    "shape and canonical form": [(reader.Reader, "_strange")],
    "building columns": [(reader, "make_batch")],
    "patterns and bounds": [(reader, "_against_constraints")],
}
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
        """The same function, timed."""

        @wraps(function)
        def run(*arguments: Any, **options: Any) -> Any:
            self.switch(part)
            try:
                return function(*arguments, **options)
            finally:
                self.switch(None)

        return run


def measure_parts(corpus: Path) -> dict[str, float]:
    """Check a corpus in this process; returns the seconds of each part, those of the rules by family.

    A column or an index that several rules use is counted with the rule that asks for it first.
    """
    opened = reader.Reader(corpus)
    for phase in catalogue.PHASES:
        for code in phase:
            catalogue.RULES[code].load()
    clock = Clock()
    with _instrumented(clock):
        for _ in checker.check_batches(opened):
            pass
    clock.switch(None)
    rules = [f"rules {letter}: {family}" for letter, family in catalogue.FAMILIES.items()]
    return {part: clock.spent[part] for part in [*SEAMS, *rules, ELSE] if part in clock.spent}


@contextmanager
def _instrumented(clock: Clock) -> Iterator[None]:
    codes = {rule.name: code for code, rule in catalogue.RULES.items()}
    load = catalogue.Rule.load

    def timed_rule(rule: catalogue.Rule) -> Callable[..., Any]:
        function, family = load(rule), codes[rule.name][0]
        # A rule is a generator: its time is that of running it to its end.
        return clock.timed(f"rules {family}: {catalogue.FAMILIES[family]}", lambda *given: list(function(*given)))

    places = []
    for part, seams in SEAMS.items():
        for owner, name in seams:
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
