"""The files of a corpus as bytes: plain files inside of it, up to a size, and nothing else."""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from sidelines.errors import SidelinesError

__all__ = ["Entry", "Limits", "Sources", "UnreadableError"]

DEEPEST = 512
READ_BYTES = 2**16
_FLAGS = os.O_RDONLY
for _flag in ("O_BINARY", "O_CLOEXEC", "O_NOFOLLOW", "O_NONBLOCK"):  # a pipe that nobody writes to must not block
    _FLAGS |= getattr(os, _flag, 0)
_KINDS = {
    stat.S_IFDIR: "a folder", stat.S_IFIFO: "a pipe", stat.S_IFSOCK: "a socket",
    stat.S_IFCHR: "a device", stat.S_IFBLK: "a device",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Limits:
    """How much is read before a corpus is taken for a mistake or an attack; whoever needs more may raise them.

    `file_bytes` is the size of a file, `depth` how deep objects and arrays may be nested in it (512 at most), `rows`
    the number of rows of one table in one document.

    Raises
    ------
    SidelinesError
        when a limit is not at least 1, or `depth` is more than 512.

    >>> Limits(depth=100).rows
    1000000
    """

    file_bytes: int = 64 * 2**20
    depth: int = 64
    rows: int = 1_000_000

    def __post_init__(self) -> None:
        for name, most in (("file_bytes", None), ("depth", DEEPEST), ("rows", None)):
            value = getattr(self, name)
            if value < 1 or (most is not None and value > most):
                expected = "1 or more" if most is None else f"1 to {most}"
                raise SidelinesError(f"limit {name}: expected {expected}, found {value}")


class UnreadableError(Exception):
    """A file that is there and is not read: the code of the rule that says so, and why."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code, self.message = code, message


class Entry(NamedTuple):
    """What stands in a folder: its name, whether it is a folder, and whether it is a link."""

    name: str
    folder: bool
    link: bool


@dataclass(frozen=True, slots=True)
class Sources:
    """The folder of a corpus, for reading; paths are relative to it, with `/` between their parts.

    `changed` has, by path, what is read instead of files, as if it stood there already.
    """

    root: Path
    limits: Limits = Limits()
    changed: Mapping[str, bytes] = field(default_factory=dict, hash=False)
    _prefix: str = field(init=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_prefix", os.path.join(self.root, ""))

    @property
    def name(self) -> str:
        """The name of the folder."""
        return self.root.resolve().name

    def entries(self, path: str) -> list[Entry]:
        """What stands in a folder, by name; raises OSError, FileNotFoundError where there is none."""
        with os.scandir(self._prefix + path) as entries:
            return sorted(Entry(entry.name, entry.is_dir(), entry.is_symlink()) for entry in entries)

    def names(self, path: str) -> list[str]:
        """The names of what stands in a folder; raises as `entries` does."""
        return os.listdir(self._prefix + path)

    def is_folder(self, path: str) -> bool:
        """Whether there is a folder."""
        return os.path.isdir(self._prefix + path)

    def states(self, paths: Iterable[str]) -> Iterator[str | OSError]:
        """For each file what changes when its content does, or why that cannot be known."""
        for path in paths:
            try:
                found = os.stat(self._prefix + path)
            except OSError as error:
                yield error
            else:
                yield f"{found.st_size} {found.st_mtime_ns} {found.st_ctime_ns} {found.st_ino}"

    def expect(self, files: Iterable[str], folders: Iterable[str] = ()) -> None:
        """Be told what will be read, or listed, next."""

    def read(self, path: str) -> bytes:
        """The bytes of a file.

        Raises
        ------
        FileNotFoundError
            when there is none.
        UnreadableError
            F004 when it is no plain file or cannot be read, F005 when it is too large, F006 when it is a link that
            leads out of the corpus.
        """
        if path in self.changed:
            return self.changed[path]
        place = self._prefix + path
        try:
            try:
                return self._read(place)
            except OSError:
                if not os.path.islink(place):  # which O_NOFOLLOW does not open
                    raise
                self.check_link(path)
                return self._read(os.path.realpath(place))
        except FileNotFoundError:
            raise
        except OSError as error:
            raise UnreadableError("F004", self._why(place, error)) from error

    def locate(self, path: str) -> str:
        """Where a file is that others will open: a plain file inside the corpus, of any size; raises as `read` does."""
        place = self._prefix + path
        self.check_link(path)
        try:
            status = os.stat(place)
        except FileNotFoundError:
            raise
        except OSError as error:
            raise UnreadableError("F004", self._why(place, error)) from error
        if not stat.S_ISREG(status.st_mode):
            kind = _KINDS.get(stat.S_IFMT(status.st_mode), "something else")
            raise UnreadableError("F004", f"expected a file, found {kind}")
        if not os.access(place, os.R_OK):
            raise UnreadableError("F004", f"cannot be read: {os.strerror(errno.EACCES)}")
        return place

    def check_link(self, path: str) -> None:
        """Raise UnreadableError (F006) for a link, to a file or a folder, that leads out of the corpus."""
        place = self._prefix + path
        if os.path.islink(place):
            real, root = os.path.realpath(place), os.path.realpath(self.root)
            if not os.path.normcase(real).startswith(os.path.join(os.path.normcase(root), "")):
                message = f"expected what is inside the corpus, found a link to {os.readlink(place)}, which is not"
                raise UnreadableError("F006", message)

    def _read(self, place: str) -> bytes:
        # Half the time of `open` and `read`, which counts when there are thousands of files.
        handle = os.open(place, _FLAGS)
        try:
            status = os.fstat(handle)
            if not stat.S_ISREG(status.st_mode):
                kind = _KINDS.get(stat.S_IFMT(status.st_mode), "something else")
                raise UnreadableError("F004", f"expected a file, found {kind}")
            parts: list[bytes] = []
            size = status.st_size
            while size <= self.limits.file_bytes and (not parts or len(parts[-1]) == READ_BYTES):
                parts.append(os.read(handle, READ_BYTES))  # less comes only at the end of a file
                size = max(size, len(parts) * READ_BYTES - READ_BYTES)  # it may grow while it is read
            if size > self.limits.file_bytes:
                message = f"expected a file of at most {self.limits.file_bytes:,} bytes, found {size:,}"
                raise UnreadableError("F005", message)
        finally:
            os.close(handle)
        return parts[0] if len(parts) == 1 else b"".join(parts)

    @staticmethod
    def _why(place: str, error: OSError) -> str:
        try:
            kind = _KINDS.get(stat.S_IFMT(os.stat(place).st_mode))
        except OSError:
            kind = None
        return f"cannot be read: {error.strerror}" if kind is None else f"expected a file, found {kind}"
