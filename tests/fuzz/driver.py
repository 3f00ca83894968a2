"""One harness under Atheris, in this process: `python -m tests.fuzz.driver HARNESS [options of libFuzzer] [folders]`.

`run.py` starts it, with limits, and goes on when it ends; this module imports Sidelines under instrumentation.
"""

from __future__ import annotations

import random
import sys
from importlib import import_module


def main() -> None:
    """Import the harness, instrumented, and hand over to libFuzzer, which ends the process."""
    import atheris  # type: ignore[import-untyped]  # installed for long runs only

    name, *options = sys.argv[1:]
    with atheris.instrument_imports(include=["sidelines"]):
        harness = import_module(f"tests.fuzz.fuzz_{name}")
        import_module("sidelines.rules.catalogue").RULES  # noqa: B018
        for module in ("texts", "spans", "references", "layout", "entities", "quotes", "dates", "corpora"):
            import_module(f"sidelines.rules.{module}")
        import_module("sidelines.shape")

    if hasattr(harness, "prepare"):
        harness.prepare()

    def mutated(data: bytes, max_size: int, seed: int) -> bytes:
        chance = random.Random(seed)
        if chance.random() < 0.25:
            return bytes(atheris.Mutate(data, max_size))
        new = harness.mutate(data, chance)
        return new if len(new) <= max_size else data

    atheris.Setup([sys.argv[0], f"-max_len={harness.LONGEST}", *options], harness.one, custom_mutator=mutated)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
