"""Work on several cores, or several machines: tasks in, results out in the order of the tasks, whoever did them.

Each worker is a Python of its own that is fed through a pipe, one task at a time, so a worker that dies (killed for
want of memory, say) takes nothing with it but that task, which another then does. A task may therefore be done twice.
"""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import CancelledError, ThreadPoolExecutor
from contextlib import contextmanager, suppress
from threading import Lock, Thread
from time import sleep
from typing import Any, BinaryIO, TypeVar

from sidelines.errors import SidelinesError, WorkersLostError, count

__all__ = ["connect", "cores", "each", "single"]

CONNECT_SECONDS = 10
TRIES = 3  # of a task whose worker dies
FOLLOW_SECONDS = 0.1
# Ctrl-C is for whoever started a worker, and ends it.
APART: Mapping[str, Any] = {"process_group": 0} if os.name == "posix" else {"creationflags": 0x200}
SERVE = "from sidelines.jobs import _serve; _serve()"

Task = TypeVar("Task")
Result = TypeVar("Result")


def cores() -> int:
    """The number of cores that this process may use."""
    try:
        return len(os.sched_getaffinity(0))
    except AttributeError:  # not on this system
        return os.cpu_count() or 1


def single(tasks: int, jobs: int | None = None, client: Any = None) -> bool:
    """Whether `each` would do so many tasks in this process, one after the other."""
    return client is None and _workers(tasks, jobs) <= 1


def _workers(tasks: int, jobs: int | None) -> int:
    return min(cores() if jobs is None else jobs, tasks)


def each(
    function: Callable[[Task], Result], tasks: Sequence[Task], jobs: int | None = None, client: Any = None
) -> Iterator[Result]:
    """The results of a function for each task, in their order, from so many workers at the same time.

    Parameters
    ----------
    function, tasks:
        a function of a module, and what it is given; both are pickled.
    jobs:
        the number of workers; without it, one for each core. With one, or one task, there is none but this process.
    client:
        a `distributed.Client`, whose cluster then does the work.

    Raises
    ------
    SidelinesError
        when `jobs` is not at least 1.
    WorkersLostError
        when a task has cost three workers their lives, or the cluster has gone.
    Exception
        what the function raises, as it is.

    >>> list(each(abs, [-2, 3], jobs=1))
    [2, 3]
    """
    if jobs is not None and jobs < 1:
        raise SidelinesError(f"jobs: expected 1 or more, found {jobs}")
    if client is not None:
        return _on_cluster(function, tasks, client)
    number = _workers(len(tasks), jobs)
    return _in_processes(function, tasks, number) if number > 1 else map(function, tasks)


@contextmanager
def connect(scheduler: str) -> Iterator[Any]:
    """A client of the Dask cluster with this scheduler, for as long as the block runs.

    Raises
    ------
    SidelinesError
        when Dask is not installed, or there is no scheduler at the address.
    """
    try:
        from distributed import Client
    except ImportError as error:
        raise SidelinesError(f"Dask is not installed ({error.name}): pip install 'sidelines[dask]'") from error
    try:
        client: Any = Client(scheduler, timeout=CONNECT_SECONDS)  # type: ignore[no-untyped-call]  # Dask has no types
    except (OSError, ValueError) as error:
        raise SidelinesError(f"{scheduler}: expected a Dask scheduler, such as tcp://10.0.0.1:8786: {error}") from error
    with client:
        yield client


def _on_cluster(function: Callable[[Task], Result], tasks: Sequence[Task], client: Any) -> Iterator[Result]:
    from distributed import KilledWorker

    futures = client.map(function, tasks, pure=False)
    try:
        for future in futures:
            yield future.result()
    except KilledWorker as error:  # after as many tries as the cluster allows
        raise WorkersLostError(f"the workers that had one piece of work died: {error}") from error
    except CancelledError as error:
        raise WorkersLostError(f"the cluster has gone: {error}") from error
    finally:
        with suppress(Exception):  # of a client that has gone as well
            client.cancel(futures)


def _in_processes(function: Callable[[Task], Result], tasks: Sequence[Task], number: int) -> Iterator[Result]:
    workers = [_Worker() for _ in range(number)]
    idle = list(workers)  # a thread takes one, and puts it back: list's own operations are atomic

    def work(task: Task) -> Result:
        worker = idle.pop()
        try:
            result: Result = worker.do(function, task)
        finally:
            idle.append(worker)
        return result

    threads = ThreadPoolExecutor(number)
    try:
        yield from threads.map(work, tasks)
    finally:
        for worker in workers:
            worker.end()
        threads.shutdown(cancel_futures=True)


class _Worker:
    """A process that does what it is given; started when it is needed, and again when it has died."""

    __slots__ = ("_ended", "_lock", "_process")

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None
        self._ended = False
        self._lock = Lock()

    def do(self, function: Callable[[Task], Result], task: Task) -> Result:
        """The result of one task."""
        for _ in range(TRIES):
            process = self._started()
            assert process.stdin is not None
            assert process.stdout is not None
            try:
                pickle.dump((function, task), process.stdin)
                process.stdin.flush()
                done, result = pickle.load(process.stdout)
            except (OSError, EOFError, pickle.UnpicklingError):
                self._stop()
                continue
            if done:
                found: Result = result
                return found
            raise result
        how = "is the memory too small for so many jobs? --jobs 1 does with the least"
        raise WorkersLostError(f"{count(TRIES, 'worker')} died, one after the other, at the same piece of work; {how}")

    def end(self) -> None:
        """Stop, whatever it is doing, and do nothing more."""
        self._ended = True
        self._stop()

    def _started(self) -> subprocess.Popen[bytes]:
        with self._lock:
            if self._ended:
                raise SidelinesError("interrupted")
            if self._process is None:
                paths = {"PYTHONPATH": os.pathsep.join(sys.path)}
                pipe, command = subprocess.PIPE, [sys.executable, "-c", SERVE]
                self._process = subprocess.Popen(command, stdin=pipe, stdout=pipe, env=os.environ | paths, **APART)
            return self._process

    def _stop(self) -> None:
        with self._lock:
            process, self._process = self._process, None
        if process is not None:
            process.kill()
            with suppress(OSError), process:  # what was still to be written to it is lost with it
                pass


def _serve() -> None:
    """Do tasks from standard input until it ends, and give the results to standard output: what a worker runs."""
    Thread(target=_follow, args=(os.getppid(),), daemon=True).start()
    with os.fdopen(os.dup(1), "wb") as results:
        os.dup2(2, 1)  # nothing that is printed may come between results
        _answer(sys.stdin.buffer, results)


def _follow(parent: int) -> None:
    """End when whoever started this process has ended: what it was to do may be somebody else's by then."""
    while os.getppid() == parent:
        sleep(FOLLOW_SECONDS)
    os._exit(1)


def _answer(tasks: BinaryIO, results: BinaryIO) -> None:
    while True:
        try:
            function, task = pickle.load(tasks)
        except EOFError:
            return
        try:
            answer = pickle.dumps((True, function(task)))
        except MemoryError:  # another may have more, and this one has it back when it ends
            os._exit(1)
        except Exception as error:  # whoever gave the task is told, and decides
            answer = pickle.dumps((False, error))
        results.write(answer)
        results.flush()
