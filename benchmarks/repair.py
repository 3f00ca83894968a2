"""Check and mend a corpus in which one layer of every document counts in UTF-16, against the check of the sound one.

    python benchmarks/repair.py --documents 2000 --rounds 3

The corpus is that of `generate.py`, with a character before each text that takes two units of UTF-16, so that every
span of the layer is off. Whole processes, in turn: `sidelines check` of the sound corpus and of the broken one,
`sidelines check --diff`, and `--fix` of a copy, whose files must then be those of the sound corpus, byte for byte.
"""

from __future__ import annotations

import argparse
import filecmp
import json
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from statistics import median
from time import perf_counter

from generate import write_corpus
from measure import markdown, setting

FRONT = "\U0001f4f0"


def put_in_front(root: Path, document: str) -> None:
    """Begin a text with a character of two units of UTF-16, which is no part of any span, and move the spans."""
    path = root / "corpus" / f"{document}.txt"
    text = FRONT + "\n" + path.read_bytes().decode()
    path.write_bytes(text.encode())
    metadata = root / "corpus" / f"{document}.json"
    found = json.loads(metadata.read_bytes())
    found |= {"characters": len(text), "sha256": sha256(text.encode()).hexdigest()}
    metadata.write_text(json.dumps(found), encoding="utf-8")
    for layer in (root / "annotations" / document).iterdir():
        move(layer, lambda offset: offset + 2)
    structure = root / "annotations" / document / "structure.json"
    found = json.loads(structure.read_bytes())
    found["blocks"].insert(0, {"id": "front", "start": 0, "end": 1, "text": FRONT, "kind": "boilerplate"})
    structure.write_text(json.dumps(found), encoding="utf-8")


def move(path: Path, to: Callable[[int], int]) -> None:
    """Put every offset of a file elsewhere."""

    def moved(value: object) -> object:
        if isinstance(value, list):
            return [moved(item) for item in value]
        if isinstance(value, dict):
            return {k: to(v) if k in ("start", "end") else moved(v) for k, v in value.items()}
        return value

    path.write_text(json.dumps(moved(json.loads(path.read_bytes()))), encoding="utf-8")


def count_otherwise(root: Path, document: str) -> None:
    """Write the offsets of the entities in UTF-16."""
    text = (root / "corpus" / f"{document}.txt").read_bytes().decode()
    units = [0]
    for character in text:
        units.append(units[-1] + 1 + (character > "\uffff"))
    move(root / "annotations" / document / "entities.json", units.__getitem__)


def run(*arguments: str | Path) -> tuple[float, int]:
    start = perf_counter()
    done = subprocess.run([sys.executable, "-m", "sidelines", *map(str, arguments)], capture_output=True, check=False)
    if done.returncode == 2:
        raise SystemExit(done.stderr.decode())
    return perf_counter() - start, done.returncode


def same(one: Path, other: Path) -> bool:
    names = sorted(path.relative_to(one) for path in one.rglob("*.json"))
    return all(filecmp.cmp(one / name, other / name, shallow=False) for name in names)


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--documents", type=int, default=2000, help="how many there are (default: 2000)")
    parser.add_argument("--rounds", type=int, default=3, help="how often each is run (default: 3)")
    parser.add_argument("--at-most", type=float, help="times the check of the sound corpus that --fix may take")
    arguments = parser.parse_args()
    times: dict[str, list[float]] = {name: [] for name in ("sound", "broken", "--diff", "--fix")}
    with tempfile.TemporaryDirectory() as folder:
        sound, broken = Path(folder, "sound"), Path(folder, "broken")
        write_corpus(sound, arguments.documents)
        documents = [path.stem for path in (sound / "corpus").glob("*.txt")]
        for document in documents:
            put_in_front(sound, document)
        run("fmt", sound)
        shutil.copytree(sound, broken)
        for document in documents:
            count_otherwise(broken, document)
        run("fmt", broken)
        for _ in range(arguments.rounds):
            copy = Path(folder, "copy")
            shutil.copytree(broken, copy)
            commands = (("sound", sound, 0), ("broken", broken, 1), ("--diff", copy, 1), ("--fix", copy, 0))
            for name, root, status in commands:
                options = [name] if name.startswith("--") else []
                seconds, found = run("check", root, *options)
                if found != status:
                    raise SystemExit(f"check of {name}: expected status {status}, found {found}")
                times[name].append(seconds)
            if not same(sound, copy):
                raise SystemExit("what was mended is not what it was")
            shutil.rmtree(copy)
    base = median(times["sound"])
    rows = [(name, f"{median(taken):.2f}", f"{median(taken) / base:.2f}") for name, taken in times.items()]
    print(setting(["sidelines"]))
    print(markdown(("run", "seconds", "times sound"), rows))
    return int(arguments.at_most is not None and median(times["--fix"]) / base > arguments.at_most)


if __name__ == "__main__":
    raise SystemExit(main())
