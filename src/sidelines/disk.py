"""What the systems do each in their own way: locks, exchanging two folders, having something on the disk for good."""

from __future__ import annotations

import errno
import importlib
import os
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

__all__ = ["alone", "exchange", "lock", "sync", "sync_folder"]

PATIENCE = 30.0  # seconds to wait for another run that is replacing something in the same folder
CANNOT_EXCHANGE = {errno.ENOSYS, errno.EINVAL, errno.ENOTSUP, errno.EOPNOTSUPP, errno.EPERM}
CANNOT_SYNC = {errno.EINVAL, errno.ENOTSUP, errno.EOPNOTSUPP}

# Windows has no such locks, and no way to have a folder written to the disk.
fcntl: Any = importlib.import_module("fcntl") if os.name == "posix" else None

# AT_FDCWD twice and RENAME_EXCHANGE, see renameat2(2); RENAME_SWAP, see renamex_np(2).
EXCHANGES: Mapping[str, Callable[[Any, bytes, bytes], int]] = {
    "linux": lambda library, one, other: int(library.renameat2(-100, one, -100, other, 2)),
    "darwin": lambda library, one, other: int(library.renamex_np(one, other, 2)),
}


@contextmanager
def alone(folder: Path) -> Iterator[bool]:
    """No other run begins, replaces or sweeps anything in the folder while the block runs, if this is true."""
    claim = lock(folder, PATIENCE)
    try:
        yield claim is not None
    finally:
        if claim is not None:
            os.close(claim)


def lock(path: Path, patience: float = 0.0) -> int | None:
    """A handle that holds the lock on a file or folder until it is closed; none where there are no such locks.

    Raises
    ------
    OSError
        EBUSY, when another run holds it.
    """
    if fcntl is None:
        return None
    until = time.monotonic() + patience
    handle = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
    while True:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return handle
        except BlockingIOError:
            if time.monotonic() >= until:
                os.close(handle)
                raise OSError(errno.EBUSY, "another run is writing there") from None
            time.sleep(0.01)
        except OSError:
            os.close(handle)
            return None


def exchange(one: Path, other: Path) -> bool:
    """Exchange two folders at one stroke; false where the system, or the file system, cannot."""
    import ctypes

    if sys.platform not in EXCHANGES:
        return False
    library = ctypes.CDLL(None, use_errno=True)
    try:
        failed = EXCHANGES[sys.platform](library, os.fsencode(one), os.fsencode(other))
    except AttributeError:  # an old or a small C library
        return False
    code = ctypes.get_errno()
    if failed and code not in CANNOT_EXCHANGE:
        raise OSError(code, os.strerror(code), os.fspath(other))
    return not failed


def sync_folder(folder: Path) -> None:
    """Have the entries of a folder on the disk, where the system can."""
    if fcntl is None:
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        sync(handle)
    except OSError as error:
        if error.errno not in CANNOT_SYNC:
            raise
    finally:
        os.close(handle)


def sync(handle: int) -> None:
    """Have a file or folder on the disk, as far as the system can tell."""
    full = getattr(fcntl, "F_FULLFSYNC", None)
    if full is not None:  # macOS, where fsync leaves it to the disk when to write
        with suppress(OSError):
            fcntl.fcntl(handle, full)
            return
    os.fsync(handle)
