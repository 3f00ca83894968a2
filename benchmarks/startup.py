"""Time what a new process costs: `sidelines --version` and `sidelines.load`, against what they could cost at least.

    python benchmarks/startup.py --rounds 21 --python VENV/bin/python

`sidelines --version` stands against `import click`, which it needs; `sidelines.load("quotes")` against `import pandas`
and `pandas.read_parquet` of the same file. `--python` names a Python with Sidelines installed from a wheel: an editable
install hashes its sources at each load, to know whether its tables are stale. Exit status 1 when a target is missed.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from statistics import median

from measure import alternate, markdown, script

DESCRIBE = """
import json, sidelines
from importlib.metadata import version
from platform import python_version
packages = ("sidelines", "click", "numpy", "pandas", "pyarrow")
used = ", ".join(f"{package} {version(package)}" for package in packages)
print(json.dumps([str(sidelines.path("quotes")), f"Python {python_version()}, {used}"]))
"""


def main() -> int:
    """Measure, print, and hold both targets."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--python", default=sys.executable, help="a Python with Sidelines, at best from a wheel")
    parser.add_argument("--rounds", type=int, default=21)
    parser.add_argument("--version-at-most", type=float, default=2.5, help="the ratio of `sidelines --version`")
    parser.add_argument("--load-at-most", type=float, default=1.15, help="the ratio of `sidelines.load`")
    options = parser.parse_args()
    python = options.python
    described = subprocess.run([python, "-c", DESCRIBE], capture_output=True, text=True, check=True)
    table, setting = json.loads(described.stdout)
    print(f"{options.rounds} runs each. {setting}\n")
    commands = {
        "import click": [python, "-c", "import click"],
        "sidelines --version": [script(python, "sidelines"), "--version"],
        "pandas.read_parquet(…)": [python, "-c", f"import pandas; pandas.read_parquet({table!r})"],
        "sidelines.load(…)": [python, "-c", "import sidelines; sidelines.load('quotes')"],
    }
    times = alternate(commands, dict.fromkeys(commands, options.rounds))
    seconds = {name: median(measured) for name, measured in times.items()}
    rows, missed = [], 0
    for ours, other, most in (
        ("sidelines --version", "import click", options.version_at_most),
        ("sidelines.load(…)", "pandas.read_parquet(…)", options.load_at_most),
    ):
        ratio = seconds[ours] / seconds[other]
        missed += ratio > most
        rows.append(
            [f"`{ours}`", f"{seconds[ours]:.3f}", f"`{other}`", f"{seconds[other]:.3f}", f"{ratio:.2f}", f"≤ {most}"]
        )
    print(markdown(["ours", "s", "against", "s", "ratio", "target"], rows))
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
