"""Work on several cores: every result, in order, whatever becomes of the workers."""

from __future__ import annotations

import io
import math
import os
import pickle
import signal
import subprocess
import sys
import threading
import time
from concurrent.futures import Future
from pathlib import Path
from typing import Any

import pytest

from sidelines.errors import SidelinesError
from sidelines.jobs import _answer, _follow, _serve, connect, cores, each, single

HERE = Path(__file__).parent


def slow_then_fast(seconds: float) -> float:
    time.sleep(seconds)
    return seconds


def die_once(path: str) -> str:
    """Be killed by the system, unless it has happened before."""
    if not os.path.exists(path):
        Path(path).touch()
        os.kill(os.getpid(), signal.SIGTERM)
        time.sleep(60)
    return path


def run_out_once(path: str) -> str:
    """Have too little memory, unless it has happened before."""
    if not os.path.exists(path):
        Path(path).touch()
        raise MemoryError
    return path


def say(word: str) -> str:
    print(word)
    return word


def give_up(_: int) -> int:
    os._exit(1)


def refuse(number: int) -> int:
    raise SidelinesError(f"no {number}")


def cannot_be_told(_: int) -> Any:
    return lambda: None


@pytest.mark.parametrize("jobs", [1, 2, 3, None])
def test_results_come_in_the_order_of_the_tasks(jobs: int | None) -> None:
    """Though the first takes longest."""
    assert list(each(slow_then_fast, [0.2, 0.0, 0.1, 0.0], jobs)) == [0.2, 0.0, 0.1, 0.0]


@pytest.mark.parametrize("jobs", [1, 2, None])
def test_nothing_to_do(jobs: int | None) -> None:
    """Has no results."""
    assert list(each(math.sqrt, [], jobs)) == []


def test_a_worker_that_is_killed(tmp_path: Path) -> None:
    """Its task is done by another, and nothing is lost."""
    paths = [str(tmp_path / name) for name in "abc"]
    assert list(each(die_once, paths, 2)) == paths


def test_a_task_that_kills_every_worker() -> None:
    """Ends with a word on what to do."""
    with pytest.raises(
        SidelinesError, match=r"^3 workers died, one after the other, at the same piece of work; .*--jobs 1"
    ):
        list(each(give_up, [1, 2], 2))


def test_what_a_task_raises() -> None:
    """Comes back as it is."""
    with pytest.raises(SidelinesError, match=r"^no 1$"):
        list(each(refuse, [1, 2], 2))


def test_a_result_that_cannot_be_told() -> None:
    """Is an error, not the death of the worker."""
    with pytest.raises((AttributeError, pickle.PicklingError)):
        list(each(cannot_be_told, [1, 2], 2))


def test_what_a_task_prints(capfd: pytest.CaptureFixture[str]) -> None:
    """Does not come between results."""
    assert list(each(say, ["one", "two"], 2)) == ["one", "two"]
    assert sorted(capfd.readouterr().err.split()) == ["one", "two"]


@pytest.mark.parametrize("jobs", [0, -1])
def test_no_workers(jobs: int) -> None:
    """Somebody has to do it."""
    with pytest.raises(SidelinesError, match=f"^jobs: expected 1 or more, found {jobs}$"):
        each(math.sqrt, [1], jobs)


def test_workers_end_with_the_results(tmp_path: Path) -> None:
    """Also when nobody wants the rest, and whatever they are at."""
    before = threading.active_count()
    results = each(slow_then_fast, [0.0, 30.0, 30.0, 30.0], 2)
    assert next(results) == 0.0
    start = time.monotonic()
    results.close()  # type: ignore[attr-defined]  # a generator
    assert time.monotonic() - start < 10
    assert threading.active_count() == before


@pytest.mark.skipif(os.name == "nt", reason="needs groups of processes")
@pytest.mark.parametrize("seconds", [0.02, 0.05, 1.0])
def test_interrupted(seconds: float) -> None:
    """Ctrl-C ends all processes at once, without a word from any worker."""
    program = (
        "import signal; signal.signal(signal.SIGINT, signal.default_int_handler)\n"
        "from sidelines.jobs import each; from tests.test_jobs import slow_then_fast\n"
        "print('ready', flush=True)\n"
        "try: list(each(slow_then_fast, [60.0] * 4, 2))\n"
        "except KeyboardInterrupt: print('interrupted')"
    )
    with subprocess.Popen(
        [sys.executable, "-c", program], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=HERE.parent,
        start_new_session=True,
    ) as process:  # fmt: skip
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        time.sleep(seconds)
        os.killpg(process.pid, signal.SIGINT)
        assert process.communicate(timeout=20) == ("interrupted\n", "")


class Cluster:
    """What `each` asks of a `distributed.Client`."""

    def __init__(self) -> None:
        self.cancelled: list[Any] = []

    def map(self, function: Any, tasks: Any, pure: bool) -> list[Future[Any]]:
        assert not pure
        futures: list[Future[Any]] = []
        for task in tasks:
            futures.append(Future())
            futures[-1].set_result(function(task))
        return futures

    def cancel(self, futures: list[Any]) -> None:
        self.cancelled += futures


def test_a_cluster() -> None:
    """Does what it is given; what nobody waits for any more is cancelled."""
    cluster = Cluster()
    assert list(each(math.sqrt, [4, 9], client=cluster)) == [2.0, 3.0]
    assert len(cluster.cancelled) == 2


def test_what_a_worker_does(monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> None:
    """It answers each task from standard input on standard output, and what is printed goes elsewhere."""
    tasks = b"".join(map(pickle.dumps, [(say, "one"), (refuse, 2), (cannot_be_told, 3)]))
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(tasks)))
    answers = os.dup(1)
    try:
        _serve()
    finally:
        os.dup2(answers, 1)
        os.close(answers)
    results = io.BytesIO()
    _answer(io.BytesIO(tasks), results)
    results.seek(0)
    assert pickle.load(results) == (True, "one")
    done, error = pickle.load(results)
    assert (done, str(error)) == (False, "no 2")
    done, error = pickle.load(results)
    assert (done, type(error)) in [(False, AttributeError), (False, pickle.PicklingError)]


def test_a_worker_whose_run_was_killed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ends as well, and does not get in the way of the next run."""
    ended: list[int] = []
    monkeypatch.setattr(os, "_exit", ended.append)
    monkeypatch.setattr("sidelines.jobs.sleep", lambda seconds: monkeypatch.setattr(os, "getppid", lambda: parent + 1))
    parent = os.getppid()
    _follow(parent)
    assert ended == [1]


def test_a_worker_whose_memory_is_too_small(tmp_path: Path) -> None:
    """Gives it back, and its task is done again."""
    paths = [str(tmp_path / name) for name in "abc"]
    assert list(each(run_out_once, paths, jobs=2)) == paths


def test_dask_that_is_not_there(monkeypatch: pytest.MonkeyPatch) -> None:
    """Is named, with the command that installs it."""
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(SidelinesError, match=r"pip install 'sidelines\[dask\]'$"), connect("tcp://127.0.0.1:9"):
        pass


def test_one_process() -> None:
    """Is enough for one task, or one job."""
    assert single(5, 1)
    assert single(1, 8)
    assert single(0)
    assert not single(5, 2)
    assert not single(1, 1, client=object())


def test_cores(monkeypatch: pytest.MonkeyPatch) -> None:
    """Those that the process may use; where the system cannot say, all."""
    assert cores() >= 1
    monkeypatch.delattr(os, "sched_getaffinity", raising=False)
    monkeypatch.setattr(os, "cpu_count", lambda: None)
    assert cores() == 1
