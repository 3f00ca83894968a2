"""The one place where bytes go to disk: a file or a folder is replaced whole, or stays as it was.

What is new is written beside its target, under a name of its own, has reached the disk, and only then takes the
target's place at one stroke. Whoever is killed on the way leaves the target as it was and something beside it, which
the next run sweeps up: a run holds a lock on what it is writing, and the lock ends with the run.
"""

from __future__ import annotations

import errno
import os
import re
import shutil
import stat
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from pathlib import Path
from typing import TypeVar

from sidelines.disk import alone, exchange, lock, sync, sync_folder
from sidelines.errors import SidelinesError, WorkersLostError

__all__ = [
    "NewFile", "create_file", "new_file", "put_file", "reason", "replace_file", "replace_folder", "sweep", "unfinished",
    "within",
]  # fmt: skip

PIECE = 2**20  # bytes that are collected before they are written
NEW = re.compile(r"\..+\.[0-9a-f]{8}\.sidelines-new", re.DOTALL)

Made = TypeVar("Made")


class _UnconfirmedError(OSError):
    """The new stands in its place, but the system could not say that the disk knows."""


# -- files -------------------------------------------------------------------------------------------------------------


class NewFile:
    """A new file for writing, as Arrow and everybody else can use it: in large pieces, and on the disk once closed.

    After a write that failed it takes what comes and does nothing: Arrow finishes a Parquet file whatever happens, and
    the file is lost anyway. `close` raises the error once more.
    """

    __slots__ = ("_error", "_handle", "_held", "_path", "closed")

    def __init__(self, path: Path) -> None:
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
        self._path = path
        self._handle = os.open(path, flags, 0o666)
        self._held = bytearray()
        self._error: OSError | None = None
        self.closed = False

    def write(self, data: bytes) -> int:
        """Write bytes, or anything with a buffer; returns their number."""
        if self._error is None:
            self._held += data
            if len(self._held) >= PIECE:
                self.flush()
        return len(data)

    def flush(self) -> None:
        """Hand to the system what was collected."""
        left, self._held = memoryview(self._held), bytearray()
        try:
            while left and self._error is None:
                left = left[os.write(self._handle, left) :]
        except OSError as error:
            self._error = error
            raise

    def close(self) -> None:
        """Have everything on the disk, then close.

        Raises
        ------
        OSError
            when this, or a write before, failed; FileNotFoundError when somebody has removed the file meanwhile.
        """
        if self.closed:
            return
        try:
            self.flush()
            if self._error is not None:
                raise self._error
            sync(self._handle)
            os.stat(self._path)
        finally:
            self.abandon()

    def abandon(self) -> None:
        """Close without a care for what was written."""
        if not self.closed:
            self.closed = True
            os.close(self._handle)


@contextmanager
def new_file(path: Path) -> Iterator[NewFile]:
    """A new file for writing, on the disk when the block ends; when the block fails, it is closed as it is.

    Raises
    ------
    OSError
        when there is such a file already, or it cannot be written.
    """
    file = NewFile(path)
    try:
        yield file
        file.close()
    finally:
        file.abandon()


def create_file(path: Path, content: bytes) -> None:
    """Write a new file, and have it on the disk.

    Raises
    ------
    OSError
        as for `new_file`.
    """
    with new_file(path) as file:
        file.write(content)


def replace_file(path: Path, content: bytes | Iterable[bytes]) -> None:
    """Replace a file whole: what is read there is the old content or the new, never a part, whatever happens.

    The content may come in pieces. The new file has the permissions of the old one. What a killed run left beside it is
    swept up by `sweep`.

    Raises
    ------
    SidelinesError
        when the file cannot be written; the old one is as it was.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     replace_file(Path(folder, "a.json"), b"{}")
    ...     os.listdir(folder)
    ['a.json']
    """
    try:
        with _beside(path, NewFile) as (fresh, file):
            try:
                with suppress(OSError):  # there is no old one, or the file system knows no permissions
                    shutil.copymode(path, fresh)
                for piece in [content] if isinstance(content, bytes) else content:
                    file.write(piece)
                file.close()
            finally:
                file.abandon()
            os.replace(fresh, path)
            _confirm(path.parent)
    except _UnconfirmedError as error:
        raise SidelinesError(f"{path}: the new file is in its place, but {reason(error)}") from error
    except OSError as error:
        raise SidelinesError(f"{path}: cannot be written: {reason(error)}; the file is as it was") from error


def put_file(path: Path, content: bytes | Iterable[bytes]) -> None:
    """Write what a user wants to have at a path: a file is replaced whole, where a link leads to it as well.

    What is there and is no file, such as a pipe or /dev/stderr, is written to as it is.

    Raises
    ------
    SidelinesError
        when it cannot be written.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     put_file(Path(folder, "a.txt"), [b"a", b"b"])
    ...     Path(folder, "a.txt").read_bytes()
    b'ab'
    """
    try:
        if os.path.exists(path) and not stat.S_ISREG(os.stat(path).st_mode):
            with open(path, "wb") as file:
                file.writelines([content] if isinstance(content, bytes) else content)
            return
    except OSError as error:
        raise SidelinesError(f"{path}: cannot be written: {reason(error)}") from error
    replace_file(Path(os.path.realpath(path)), content)


# -- folders -----------------------------------------------------------------------------------------------------------


@contextmanager
def replace_folder(path: Path, stranger: Callable[[Path], str | None], resume: bool = False) -> Iterator[Path]:
    """Fill a new folder, then put it in the place of `path` whole; when the block fails, `path` is as it was.

    Files in it are to be written by `new_file` or `create_file`, which have them on the disk. A folder that is at
    `path` already is replaced only if it is empty, or `stranger`, which is given the folder, names nothing in it that
    would be lost. Where `path` is a link, the folder that it leads to is replaced.

    With `resume`, the new folder has the same name in every run; it is kept when the block is interrupted, and the
    block of the next run finds in it what is there already.

    Raises
    ------
    SidelinesError
        when `path` holds something else, or cannot be written.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     with replace_folder(Path(folder, "new"), lambda earlier: "what is in it") as fresh:
    ...         create_file(fresh / "a.txt", b"a")
    ...     os.listdir(folder), os.listdir(Path(folder, "new"))
    (['new'], ['a.txt'])
    """
    shown, path = path, _real(path)
    backup = path.parent / f".{path.name}.sidelines-old"
    try:
        with _parents(path):
            sweep(path.parent)
            with alone(path.parent):
                _refuse(shown, path, stranger)
                _recover(path, backup)
            with _resumed(path) if resume else _beside(path, os.mkdir) as (fresh, _):
                yield fresh
                if path.is_dir():
                    shutil.copymode(path, fresh)
                _sync_tree(fresh)
                with alone(path.parent):
                    _put(fresh, path, backup)
                    _confirm(path.parent)
    except _UnconfirmedError as error:
        raise SidelinesError(f"{shown}: the new folder is in its place, but {reason(error)}") from error
    except OSError as error:
        lone = not os.path.lexists(path) and os.path.lexists(backup)
        kept = f"is now {backup.name} beside it, and the next run puts it back" if lone else "is as it was"
        message = f"{shown}: cannot be written: {reason(error)}; what was there {kept}"
        raise SidelinesError(message) from error


def _real(path: Path) -> Path:
    try:
        return Path(os.path.realpath(path))
    except ValueError as error:  # a NUL, or a surrogate
        raise SidelinesError(f"{str(path)!r}: cannot be written: no name of a folder: {error}") from error


def _refuse(shown: Path, path: Path, stranger: Callable[[Path], str | None]) -> None:
    """Refuse to replace what is not ours, or cannot be replaced."""
    if os.path.ismount(path):
        raise SidelinesError(f"{shown}: cannot be replaced, a disk being mounted there; choose a folder in it")
    if path.is_dir():
        found = stranger(path) if os.listdir(path) else None
    else:
        found = "a file" if os.path.lexists(path) else None
    if found is not None:
        raise SidelinesError(f"{shown}: expected a build or nothing there, found {found}; choose another --out")


@contextmanager
def _parents(path: Path) -> Iterator[None]:
    """The folders above `path`; those that had to be made are gone again when the block fails."""
    missing = [folder for folder in path.parents if not folder.exists()]
    above = next((folder for folder in path.parents if folder not in missing), path.parent)
    if not above.is_dir():
        raise NotADirectoryError(errno.ENOTDIR, f"expected a folder at {above}, found none")
    try:
        for folder in reversed(missing):
            folder.mkdir(exist_ok=True)
            sync_folder(folder.parent)
        yield
    except BaseException:
        for folder in missing:
            with suppress(OSError):
                folder.rmdir()
        raise


def _recover(path: Path, backup: Path) -> None:
    """Undo, or finish, what a run left that was killed between two renames."""
    if not backup.is_dir():
        return
    if path.is_dir() and os.listdir(path):
        _remove(backup)
    else:
        with suppress(FileNotFoundError):
            path.rmdir()
        os.rename(backup, path)
        sync_folder(path.parent)


def _put(fresh: Path, path: Path, backup: Path) -> None:
    """Put a folder in its place; what was there, if anything, is then where the new one was."""
    if not path.exists():
        os.rename(fresh, path)
    elif not exchange(fresh, path):
        os.rename(path, backup)
        try:
            os.rename(fresh, path)
        except BaseException:
            os.rename(backup, path)
            raise
        with suppress(OSError):  # the next run removes it
            os.rename(backup, fresh)


def within(path: Path, folder: Path) -> bool:
    """Whether a path, which need not exist, is a folder or lies in it, whatever links and letter cases lead there.

    >>> within(Path("a", "b"), Path()), within(Path(), Path("a"))
    (True, False)
    """
    real = _real(path)
    return os.path.exists(folder) and any(
        os.path.samefile(place, folder) for place in (real, *real.parents) if os.path.exists(place)
    )


# -- what both need ----------------------------------------------------------------------------------------------------


def _beside(path: Path, make: Callable[[Path], Made]) -> AbstractContextManager[tuple[Path, Made]]:
    """Something new beside `path`, in use while the block runs, and gone when it ends unless it was moved."""
    # After a crash of the system the old one may be there again: then the new one has to be whole.
    return _claimed(path.with_name(f".{path.name}.{os.urandom(4).hex()}.sidelines-new"), make, _UnconfirmedError)


def _resumed(path: Path) -> AbstractContextManager[tuple[Path, None]]:
    """A folder beside `path` as an interrupted run left it, or a new one; gone when the block ends, if not broken off.

    Raises
    ------
    OSError
        EBUSY, when another run is filling it.
    """
    kept = (_UnconfirmedError, WorkersLostError, KeyboardInterrupt, SystemExit)
    return _claimed(unfinished(path), lambda folder: folder.mkdir(exist_ok=True), *kept)


def unfinished(path: Path) -> Path:
    """Where a run that was broken off has left what it had of a folder, if it is to be resumed.

    >>> unfinished(Path("a", "build")).name
    '.build.sidelines-partial'
    """
    real = _real(path)
    return real.with_name(f".{real.name}.sidelines-partial")


@contextmanager
def _claimed(fresh: Path, make: Callable[[Path], Made], *kept: type[BaseException]) -> Iterator[tuple[Path, Made]]:
    """Something that no other run touches while the block runs, and that is gone unless one of `kept` ends it."""
    with alone(fresh.parent):
        made = make(fresh)
        claim = lock(fresh)
    keep = False
    try:
        yield fresh, made
    except kept:
        keep = True
        raise
    finally:
        if not keep:
            _remove(fresh)
        if claim is not None:
            os.close(claim)


def sweep(folder: Path) -> None:
    """Remove from a folder what killed runs left half-written there.

    What a run that lives is writing stays, and so does everything where the system has no locks that tell.
    """
    with suppress(OSError):
        with os.scandir(folder) as entries:
            left = [Path(entry) for entry in entries if NEW.fullmatch(entry.name)]
        if left:
            with alone(folder) as sure:
                for path in left if sure else []:
                    _sweep(path)


def _sweep(path: Path) -> None:
    with suppress(OSError):
        claim = lock(path)
        if claim is not None:
            _remove(path)
            os.close(claim)


def _remove(path: Path) -> None:
    with suppress(OSError):
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path, ignore_errors=True)
        else:
            path.unlink()


def _sync_tree(folder: Path) -> None:
    """Have the entries of a folder, and of those in it, on the disk."""

    def fail(error: OSError) -> None:
        raise error

    for place, _, _ in os.walk(folder, topdown=False, onerror=fail):
        sync_folder(Path(place))


def _confirm(folder: Path) -> None:
    """Have a replacement on the disk."""
    try:
        sync_folder(folder)
    except OSError as error:
        why = f"the system cannot say that it is on the disk: {reason(error)}"
        raise _UnconfirmedError(error.errno, why) from error


def reason(error: OSError) -> str:
    """What the system says about an error, in words.

    >>> reason(OSError(28, "No space left on device", "a.txt")), reason(OSError("broken pipe"))
    ('No space left on device', 'broken pipe')
    """
    return error.strerror or str(error)
