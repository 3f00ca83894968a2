"""A cluster does what processes do: the same report and the same bytes, whatever becomes of its workers."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

import sidelines
from sidelines.cli import main
from sidelines.errors import WorkersLostError
from sidelines.jobs import connect, each
from tests.strategies import twice
from tests.test_jobs import die_once, give_up
from tests.test_parts import bytes_of, found

distributed = pytest.importorskip("distributed")
pytestmark = [
    pytest.mark.slow,
    pytest.mark.filterwarnings("ignore::DeprecationWarning:distributed"),
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
]


@contextmanager
def started() -> Iterator[Any]:
    """Two workers, and another where none has been there for a while, as whoever runs a cluster would start it.

    On a machine that is busy, Dask gives up to start a worker again that was killed, and work would wait for ever.
    """
    with distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, processes=True, host="127.0.0.1", dashboard_address=":0"
    ) as running:
        over = threading.Event()

        def replace() -> None:
            while not over.wait(30):
                if not running.scheduler.workers:
                    running.scale(len(running.workers) + 1)

        thread = threading.Thread(target=replace, daemon=True)
        thread.start()
        try:
            yield running
        finally:
            over.set()
            thread.join()


@pytest.fixture(scope="module")
def cluster() -> Iterator[Any]:
    """A scheduler and two workers, each a process of its own."""
    with started() as running:
        yield running


@pytest.fixture
def five(sound: Path) -> Path:
    for name in ("early", "visit-2", "visit-3", "visit-4"):
        twice(sound, name)
    return sound


def test_the_same_bytes(five: Path, cluster: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """By the command line, with a scheduler by its address."""
    here = sidelines.build(five, tmp_path / "here", part_documents=2, jobs=1)
    arguments = ["--part-documents", "2", "--engine", "dask", "--scheduler", cluster.scheduler_address]
    assert main(["build", str(five), "--out", str(tmp_path / "there"), *arguments]) == 0
    assert "built 5 documents, no problems" in capsys.readouterr().out
    assert bytes_of(tmp_path / "there") == bytes_of(here.out)
    assert main(["check", str(tmp_path / "there"), "--scheduler", cluster.scheduler_address]) == 0
    assert capsys.readouterr().out == "clean: 5 documents, 165 rows\n"


def test_the_same_report(five: Path, cluster: Any, tmp_path: Path) -> None:
    """Of a build with a fault in two of its parts."""
    built = sidelines.build(five, tmp_path / "built", part_documents=1, jobs=1).out
    for part in ("part-00001.parquet", "part-00003.parquet"):
        shutil.copy(
            built / "parquet" / "dates.parquet" / "part-00000.parquet", built / "parquet" / "dates.parquet" / part
        )
    with connect(cluster.scheduler_address) as client:
        assert found(built, client=client) == found(built, jobs=1)
    assert [code for code, *_ in found(built)].count("P003") == 2


def test_a_worker_that_is_killed(cluster: Any, tmp_path: Path) -> None:
    """In the middle of its work changes nothing."""
    paths = [str(tmp_path / name) for name in "abcd"]
    with connect(cluster.scheduler_address) as client:
        assert list(each(die_once, paths, client=client)) == paths


def test_a_build_while_workers_are_killed(five: Path, cluster: Any, tmp_path: Path) -> None:
    """Has the same bytes."""
    here = sidelines.build(five, tmp_path / "here", part_documents=1, jobs=1)
    with connect(cluster.scheduler_address) as client:
        killed: list[int] = []

        def kill(done: int, *_: int) -> None:
            if not killed:
                killed.extend(client.run(os.getpid).values())
                os.kill(killed[0], signal.SIGKILL)

        there = sidelines.build(five, tmp_path / "there", part_documents=1, client=client, progress=kill)
    assert killed
    assert bytes_of(there.out) == bytes_of(here.out)


def test_work_that_kills_every_worker() -> None:
    """Ends with a word about it; of a cluster that nobody else uses, because it may not get well again."""
    with (
        started() as cluster,
        connect(cluster.scheduler_address) as client,
        pytest.raises(WorkersLostError, match=r"^the workers that had one piece of work died: "),
    ):
        list(each(give_up, [1], client=client))


def test_a_scheduler_that_goes(tmp_path: Path) -> None:
    """Ends the work with a word about it."""

    def kill(_: None) -> None:
        processes[0].kill()

    place = tmp_path / "scheduler.json"
    processes = [
        subprocess.Popen([sys.executable, "-m", f"distributed.cli.dask_{who}", *options], stderr=subprocess.DEVNULL)
        for who, options in (
            ("scheduler", ["--host", "127.0.0.1", "--port", "0", "--no-dashboard", "--scheduler-file", str(place)]),
            ("worker", ["--scheduler-file", str(place), "--nthreads", "1", "--no-dashboard", "--death-timeout", "9"]),
        )
    ]
    try:
        for _ in range(300):
            if place.exists():
                break
            time.sleep(0.1)  # what the scheduler needs to start, half a minute at most
        with (
            connect(json.loads(place.read_text(encoding="utf-8"))["address"]) as client,
            pytest.raises(WorkersLostError, match=r"^the cluster has gone: "),
        ):
            list(map(kill, each(time.sleep, [0.5, 30], client=client)))
    finally:
        for process in processes:
            process.kill()
            process.wait()


def test_what_a_task_raises(cluster: Any) -> None:
    """Comes back as it is."""
    with connect(cluster.scheduler_address) as client, pytest.raises(ZeroDivisionError):
        list(each((1).__truediv__, [0], client=client))


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--engine", "dask"], "--engine dask needs --scheduler, the address that `dask scheduler` prints"),
        (["--engine", "processes", "--scheduler", "tcp://127.0.0.1:1"], "--scheduler goes with --engine dask"),
        (["--scheduler", "nowhere://1"], "nowhere://1: expected a Dask scheduler, such as tcp://10.0.0.1:8786: "),
    ],
)
def test_no_scheduler(arguments: list[str], said: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Wrong arguments are answered with what is missing."""
    assert main(["check", *arguments]) == 2
    assert said in capsys.readouterr().err


def test_nobody_at_the_address(monkeypatch: pytest.MonkeyPatch) -> None:
    """Is said after a while."""
    monkeypatch.setattr("sidelines.jobs.CONNECT_SECONDS", 0.2)
    start = time.monotonic()
    with pytest.raises(sidelines.SidelinesError, match="expected a Dask scheduler"), connect("tcp://127.0.0.1:9"):
        pass
    assert time.monotonic() - start < 10
