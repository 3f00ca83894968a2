"""Commands with one fault in them: the k-th operation that changes the disk fails, or is where the run is killed.

    python -m tests.faults build exchange FOLDER
    python -m tests.faults build renames FOLDER
    python -m tests.faults parts exchange FOLDER
    python -m tests.faults fmt exchange FOLDER

Counts the operations of an undisturbed run, then runs the command again for every operation, to be killed there and to
see it fail, each time in a fork of this process and from the same state of the disk, and once more without a fault.
Prints a line of JSON for each: what was there after the fault, and after the next run. `test_durability.py` says what
should have been. With `renames`, two folders cannot be exchanged, and only what differs for it is shown: from the first
rename to the first file of the earlier build that is removed.

The operations are those by which Sidelines changes anything: making a file, a write (of which half is done), fsync,
mkdir, rename, replace, exchanging two folders, unlink, rmdir. A run by hand needs nothing but an empty FOLDER.
"""

from __future__ import annotations

import errno
import gc
import importlib
import json
import os
import shutil
import signal
import sys
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from hashlib import sha256
from pathlib import Path
from typing import Any

if __name__ == "__main__":  # before numpy comes: no thread of its own is to be lost in a fork
    os.environ |= {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}

import pyarrow as pa

import sidelines.builder
import sidelines.files
from sidelines.cli import main
from sidelines.rules.catalogue import RULES
from tests.strategies import twice

HERE = Path(__file__).parent
KILL = "KILL"
LATE = ("numpy.ma", "pyarrow.json", "rich._emoji_codes", "rich.console", "rich.table")  # or every fork would load them
# Which faults an operation can meet, besides being the last; they take turns.
FAULTS = {
    "open": ("ENOSPC", "EACCES"), "write": ("ENOSPC", "EIO"), "fsync": ("ENOSPC", "EIO"), "mkdir": ("ENOSPC", "EACCES"),
    "rename": ("ENOSPC", "EACCES"), "replace": ("ENOSPC", "EACCES"), "exchange": ("ENOSPC", "EACCES"),
    "unlink": ("EIO",), "rmdir": ("EIO",),
}  # fmt: skip


class Injector:
    """Counts operations, and lets the one at `at` fail."""

    def __init__(self, at: int = 0, fault: str = KILL) -> None:
        self.at, self.fault = at, fault
        self.operations: list[tuple[str, str]] = []
        self.handles: dict[int, str] = {}
        self.open, self.write_ = os.open, os.write

    def install(self, exchange: bool) -> None:
        os.open = self._open  # type: ignore[assignment]
        os.write = self._write  # type: ignore[assignment]
        for name in ("fsync", "mkdir", "rename", "replace", "unlink", "rmdir"):
            setattr(os, name, self._counted(name, getattr(os, name)))
        real = sidelines.files.exchange
        sidelines.files.exchange = self._counted("exchange", real) if exchange else lambda one, other: False

    def _strike(self, name: str, target: Any) -> None:
        path = self.handles.get(target, "") if isinstance(target, int) else os.fspath(target)
        self.operations.append((name, path))
        if len(self.operations) == self.at:
            if self.fault == KILL:
                os.kill(os.getpid(), signal.SIGKILL)
            code = getattr(errno, self.fault)
            raise OSError(code, os.strerror(code), path)

    def _counted(self, name: str, real: Callable[..., Any]) -> Callable[..., Any]:
        def call(target: Any, *rest: Any, **more: Any) -> Any:
            self._strike(name, target)
            return real(target, *rest, **more)

        return call

    def _open(self, path: Any, flags: int, *rest: Any, **more: Any) -> int:
        if flags & os.O_CREAT:
            self._strike("open", path)
        handle = self.open(path, flags, *rest, **more)
        self.handles[handle] = os.fspath(path)
        return handle

    def _write(self, handle: int, data: Any) -> int:
        if len(self.operations) + 1 == self.at:
            self.write_(handle, memoryview(data)[: len(data) // 2])
        self._strike("write", handle)
        return self.write_(handle, data)


# -- states of the disk ------------------------------------------------------------------------------------------------


def snapshot(folder: Path) -> dict[str, str]:
    """The hash of every file in a folder, by its path; empty if there is no folder."""
    files = (path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): sha256(path.read_bytes()).hexdigest() for path in files}


def verifies(build: Path) -> bool:
    """Whether the files of a build are those that its SHA256SUMS names."""
    lines = (build / "SHA256SUMS").read_text(encoding="utf-8").splitlines()
    found = snapshot(build)
    del found["SHA256SUMS"]
    return dict(reversed(line.split("  ", 1)) for line in lines) == found


def lay_out(target: Path, version: str = "1.0.0") -> Path:
    """The sound corpus of `tests/cases/base`, in another version."""
    shutil.copytree(HERE / "cases" / "base", target)
    shutil.copytree(HERE.parent / "schema", target / "schema")
    settings = target / "corpus" / "corpus.json"
    settings.write_bytes(settings.read_bytes().replace(b'"version": "1.0.0"', f'"version": "{version}"'.encode()))
    return target


def fork(run: Callable[[], Any], errors: Path) -> int:
    """The exit status of a function that runs in a fork, negative for a signal; what it prints goes to `errors`."""
    child = os.fork()
    if not child:
        status = 99
        try:
            sys.stdout = sys.stderr = errors.open("w", encoding="utf-8")
            status = run()
        finally:
            sys.stderr.flush()
            os._exit(status)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


# -- the commands ------------------------------------------------------------------------------------------------------


class Build:
    """A build over an earlier one, of one document, or of two in a part each."""

    earliest = "old"

    def __init__(self, folder: Path, parts: bool = False) -> None:
        self.work, self.errors = folder / "work", folder / "errors"
        self.out = self.work / "out"
        corpora = [lay_out(folder / version, version) for version in ("1.0.0", "1.0.1")]
        more = ["--part-documents", "1", "--jobs", "1"] if parts else []
        for corpus in corpora if parts else ():
            twice(corpus)
        self.earlier = folder / "earlier"
        assert fork(lambda: main(["build", str(corpora[0]), "--out", str(self.earlier), *more]), self.errors) == 0
        assert fork(lambda: main(["build", str(corpora[1]), "--out", str(folder / "later"), *more]), self.errors) == 0
        self.old, self.new = snapshot(self.earlier), snapshot(folder / "later")
        assert self.old.keys() == self.new.keys()
        assert self.old != self.new
        self.broken = lay_out(folder / "broken", "1.0.2")
        (self.broken / "corpus" / "visit.txt").write_text("Another text.", encoding="utf-8")
        self.arguments = ["build", str(corpora[1]), "--out", str(self.out), *more]

    def reset(self) -> None:
        shutil.rmtree(self.work, ignore_errors=True)
        shutil.copytree(self.earlier, self.out)

    def state(self) -> str:
        found = snapshot(self.out)
        names = {"old": self.old, "new": self.new, "none": {}}
        state = next((name for name, files in names.items() if files == found), "neither")
        return state if state in ("none", "neither") or verifies(self.out) else "unverified"

    def left(self) -> list[str]:
        return sorted(path.name for path in self.work.iterdir() if path.name != "out")

    def refused(self) -> list[Any]:
        """What is there after a run that has nothing to put in its place."""
        status = fork(lambda: main(["build", str(self.broken), "--out", str(self.out)]), self.errors)
        return [status, self.state(), self.left()]


class Format:
    """The files of a corpus, brought into canonical form."""

    earliest = "OOO"

    def __init__(self, folder: Path) -> None:
        self.work, self.errors = folder / "work", folder / "errors"
        self.corpus = lay_out(folder / "sound")
        self.tidy = snapshot(self.corpus)
        self.untidy = ["corpus/corpus.json", "corpus/visit.json", "annotations/visit/dates.json"]
        for name in self.untidy:
            path = self.corpus / name
            path.write_bytes(json.dumps(json.loads(path.read_bytes()), indent=7).encode())
        self.earlier = snapshot(self.corpus)
        self.arguments = ["fmt", str(self.work)]

    def reset(self) -> None:
        shutil.rmtree(self.work, ignore_errors=True)
        shutil.copytree(self.corpus, self.work)

    def state(self) -> str:
        """O, N or X for each file: old, new, or something else."""
        found = snapshot(self.work)
        kinds = {name: {self.earlier[name]: "O", self.tidy[name]: "N"} for name in self.untidy}
        changed = "".join(kinds[name].get(found.get(name, ""), "X") for name in self.untidy)
        rest = all(found.get(name) == hash_ for name, hash_ in self.tidy.items() if name not in self.untidy)
        return changed if rest else "X"

    def left(self) -> list[str]:
        return sorted(snapshot(self.work).keys() - self.tidy.keys())

    def refused(self) -> list[Any]:
        return []


def runs(task: Build | Format, exchange: bool) -> Iterator[dict[str, Any]]:
    """The outcome of every fault at every operation, after the list of the operations."""
    log = task.errors.with_name("log")

    def run(injector: Injector) -> int:
        def child() -> int:
            injector.install(exchange)
            status = main(task.arguments)
            log.write_text(json.dumps(injector.operations), encoding="utf-8")
            return status

        log.unlink(missing_ok=True)
        task.reset()
        return fork(child, task.errors)

    assert run(Injector()) == 0
    operations = json.loads(log.read_text(encoding="utf-8"))
    yield {"operations": operations, "state": task.state(), "left": task.left()}
    beginning = [task.earliest, []]
    names = [name for name, _ in operations]
    first, last = (1, len(names)) if exchange else (1 + names.index("rename"), 1 + names.index("unlink"))
    for at, (name, path) in enumerate(operations[first - 1 : last], first):
        for fault in (KILL, FAULTS[name][at % len(FAULTS[name])]):
            status = run(Injector(at, fault))
            made = json.loads(log.read_text(encoding="utf-8")) if fault != KILL else operations[:at]
            outcome = {"at": at, "operation": name, "path": path, "fault": fault, "status": status}
            outcome |= {"hit": [kind for kind, _ in made[:at]] == [kind for kind, _ in operations[:at]]}
            outcome |= {"message": task.errors.read_text(encoding="utf-8"), "state": task.state(), "left": task.left()}
            again = [outcome["state"], outcome["left"]] != beginning  # else the next run is the undisturbed one
            outcome |= {"refused": task.refused() if not exchange else []}
            if again:
                status = fork(lambda: main(task.arguments), task.errors)
                outcome |= {"next": [status, task.state(), task.left()]}
            yield outcome


def run(arguments: Sequence[str]) -> None:
    command, way, folder = arguments
    os.fsync = lambda handle: None  # type: ignore[assignment]  # no machine goes down here: counting is enough
    pa.set_cpu_count(1)
    pa.set_io_thread_count(1)
    for name in LATE:
        importlib.import_module(name)
    for rule in RULES.values():
        if rule.function:
            rule.load()
    sidelines.files.PIECE = 2_000  # so that even small files take several writes
    task = {"build": Build, "parts": partial(Build, parts=True), "fmt": Format}[command](Path(folder))
    gc.freeze()  # what does not move is shared with the forks
    for outcome in runs(task, way == "exchange"):
        print(json.dumps(outcome), flush=True)


if __name__ == "__main__":
    run(sys.argv[1:])
