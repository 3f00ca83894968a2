"""Object stores, such as S3 and Google Cloud Storage, by their URIs: files that come and go whole, in folders by name.

Arrow's file systems do the work; what a store refuses or fails to do after their tries is an OSError.
"""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any, TypeVar

from sidelines.errors import SidelinesError

if TYPE_CHECKING:
    from pyarrow.fs import FileInfo, FileSystem

__all__ = ["PIECE", "Store", "StoredFile", "at_once", "place"]

TRIES = 3  # of what came back other than it should be; errors have been tried again by then
PIECE = 2**23  # bytes that are sent, or asked for ahead, at once
COPY_MOST = 5 * 2**30  # bytes of a file that S3 copies by itself
AHEAD = 32  # requests at the same time: each waits for the network most of its time
EXAMPLE = "a URI such as s3://bucket/folder"

Item = TypeVar("Item")
Made = TypeVar("Made")


@dataclass(frozen=True, slots=True, repr=False)
class Store:
    """A folder in an object store, by its URI; paths are relative to it, with `/` between their parts.

    What `pyarrow.fs.FileSystem.from_uri` knows may stand in the URI, such as `endpoint_override` in its query.

    >>> str(Store("s3://key:secret@archive/news/?region=eu-west-1")), Store("gs://archive/news").name
    ('s3://archive/news', 'news')
    """

    uri: str

    def __str__(self) -> str:
        """The folder alone: neither the query nor what may be a secret, wherever that was put."""
        scheme, _, rest = self.uri.partition("://")
        bucket = re.split("[/?#]", rest, maxsplit=1)[0]
        if "@" in bucket:
            rest = rest[bucket.rfind("@") + 1 :]
        elif ":" in bucket:  # a key, with a secret that goes on beyond what looks like the end of it
            rest = rest.rpartition("@")[2]
        folder = re.split("[?#]", rest, maxsplit=1)[0].rstrip("/")
        return f"{scheme}://{folder}"

    def __repr__(self) -> str:
        return f"Store({str(self)!r})"

    @property
    def name(self) -> str:
        """The last part of its path."""
        return str(self).rpartition("/")[2]

    def __truediv__(self, path: str) -> Store:
        """What is in it under this path."""
        from urllib.parse import urlsplit  # as below, no command has to wait for what only stores need

        parts = urlsplit(self.uri)
        return Store(parts._replace(path=f"{parts.path.rstrip('/')}/{path}").geturl())

    def beside(self, name: str) -> Store:
        """Another folder in the same one."""
        from urllib.parse import urlsplit

        parts = urlsplit(self.uri)
        path = parts.path.rstrip("/")
        if not path:
            raise SidelinesError(f"{self}: expected a folder in a bucket, such as {self}/corpus, found the bucket")
        return Store(parts._replace(path=f"{path.rpartition('/')[0]}/{name}").geturl())

    def info(self, path: str) -> FileInfo:
        """What there is at a path: a file, a folder, or nothing; FileNotFoundError for the latter."""
        import pyarrow.fs as pafs

        system, base = _connected(self.uri)
        info = system.get_file_info(f"{base}/{path}".rstrip("/"))
        if info.type == pafs.FileType.NotFound:
            raise FileNotFoundError(f"{self}/{path}")
        return info

    def list(self, path: str, deep: bool = False) -> list[tuple[str, FileInfo]]:
        """The paths of what is in a folder, and what it is, by name; with `deep`, also in those in it."""
        import pyarrow.fs as pafs

        system, base = _connected(self.uri)
        found = system.get_file_info(pafs.FileSelector(f"{base}/{path}".rstrip("/"), recursive=deep))
        return sorted(((info.path[len(base) + 1 :], info) for info in found), key=lambda pair: pair[0])

    def files(self) -> dict[str, int]:
        """The sizes of all files in it, and in the folders in it, by their paths."""
        try:
            return {path: info.size for path, info in self.list("", deep=True) if info.is_file}
        except FileNotFoundError:
            return {}

    def open(self, path: str) -> _WholeFile:
        """A file for reading, from any place in it."""
        system, base = _connected(self.uri)
        return _WholeFile(system.open_input_file(f"{base}/{path}".rstrip("/")))

    def stream(self, path: str) -> io.BufferedReader:
        """A file for reading from its beginning on, much of it at once."""
        return io.BufferedReader(self.open(path), PIECE)

    def state(self, path: str) -> str:
        """What changes when a file does; raises OSError."""
        with self.open(path) as file:
            return f"{file.size} {file.tag}"

    def read(self, path: str, most: int | None = None) -> bytes | int:
        """The bytes of a file; of one with more than `most`, their number."""
        with self.open(path) as file:
            return file.size if most is not None and file.size > most else file.read()

    def put(self, path: str, pieces: Iterator[bytes], size: int) -> None:
        """Write a file of so many bytes, or replace it.

        Raises
        ------
        OSError
            when the store does not take it, or has another size of it afterwards.
        """
        system, base = _connected(self.uri)
        try:
            with system.open_output_stream(f"{base}/{path}") as stream:
                for piece in pieces:
                    stream.write(piece)
        except BaseException:  # what was sent so far has got the name by now
            with suppress(OSError):
                self.remove(path)
            raise
        if (found := self.info(path).size) != size:
            raise OSError(f"{path}: expected {size:,} bytes to be stored, found {found:,}")

    def copy(self, path: str, other: Store, size: int) -> None:
        """Write to another folder of the same store what is here, under the same path."""
        system, base = _connected(self.uri)
        if size > COPY_MOST:
            with self.stream(path) as file:
                other.put(path, iter(lambda: file.read(PIECE), b""), size)
            return
        system.copy_file(f"{base}/{path}", f"{_connected(other.uri)[1]}/{path}")
        if (found := other.info(path).size) != size:
            raise OSError(f"{path}: expected {size:,} bytes to be stored, found {found:,}")

    def clear(self, known: Collection[str] = ()) -> None:
        """Remove the files but those that are known, and the folders that have none of them."""
        system, base = _connected(self.uri)
        folders = {str(folder) for name in known for folder in PurePosixPath(name).parents}
        try:
            there = self.list("", deep=True) if known else [("", self.info(""))]
        except FileNotFoundError:
            return
        gone = {path for path, info in there if not info.is_file and path not in folders}
        left = [(path, info) for path, info in there if gone.isdisjoint(map(str, PurePosixPath(path).parents))]

        def remove(path: str) -> None:
            if path in gone:
                system.delete_dir(f"{base}/{path}".rstrip("/"))
            else:
                self.remove(path)

        at_once(remove, [path for path, info in left if path in gone or (info.is_file and path not in known)])

    def remove(self, path: str) -> None:
        """Remove a file, if it is there."""
        system, base = _connected(self.uri)
        with suppress(FileNotFoundError):
            system.delete_file(f"{base}/{path}")


@dataclass(frozen=True, slots=True)
class StoredFile:
    """A file in an object store."""

    store: Store
    path: str

    def open(self) -> _WholeFile:
        """The file, for reading from any place in it."""
        return self.store.open(self.path)

    def stream(self) -> io.BufferedReader:
        """The file, for reading from its beginning on, much of it at once."""
        return self.store.stream(self.path)


class _WholeFile(io.RawIOBase):
    """A file in a store, of which what is asked for comes whole, or an error.

    Where a store, or what stands between, sends less than it was asked for and says that this is all, Arrow takes it
    for all of it: what did not come is whatever was in that memory. So the last byte is set before, and looked at.
    """

    def __init__(self, file: Any) -> None:
        self._file = file
        self.size: int = file.size()

    @property
    def tag(self) -> str:
        """What the store says of this version of the file."""
        said = self._file.metadata() or {}
        return " ".join(str(said.get(name)) for name in ("ETag", "Last-Modified"))

    def readinto(self, buffer: Any) -> int:
        start, view = self._file.tell(), memoryview(buffer).cast("B")[: max(self.size - self._file.tell(), 0)]
        for _ in range(TRIES if view else 0):
            if self._filled(start, view, 0) or self._filled(start, view, 255):
                return len(view)
        if view:
            raise OSError(f"expected {len(view):,} bytes from byte {start:,} on, and less came, {TRIES} times")
        return 0

    def _filled(self, start: int, view: memoryview, last: int) -> bool:
        """Read, and whether the last byte was read for sure: one that is as it was may have been left so."""
        self._file.seek(start)
        view[-1] = last
        return self._file.readinto(view) == len(view) and view[-1] != last

    def read(self, size: int | None = -1) -> bytes:
        left = max(self.size - self._file.tell(), 0)
        data = bytearray(left if size is None or size < 0 else min(size, left))
        self.readinto(data)
        return bytes(data)

    def seek(self, offset: int, whence: int = 0) -> int:
        self._file.seek(offset, whence)
        return self.tell()

    def tell(self) -> int:
        found: int = self._file.tell()
        return found

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def close(self) -> None:
        self._file.close()
        super().close()


def at_once(function: Callable[[Item], Made], items: Iterable[Item]) -> list[Made]:
    """What a function makes of each item, in their order, with many requests on their way at the same time."""
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor(AHEAD) as pool:
        return list(pool.map(function, items))


def place(path: Any) -> Path | Store:
    """What is meant by a path or a URI; `file://` is a path as any other.

    Raises
    ------
    SidelinesError
        when a URI names no folder in a bucket, or more than that.

    >>> place("corpus/a").as_posix(), place("s3://archive/news?region=eu-west-1")
    ('corpus/a', Store('s3://archive/news'))
    """
    if isinstance(path, Store):
        return path
    if not isinstance(path, str) or "://" not in path:
        return Path(path)
    from urllib.parse import urlsplit
    from urllib.request import url2pathname

    shown = str(Store(path))
    try:
        parts = urlsplit(path)
    except ValueError as error:
        raise SidelinesError(f"{shown}: expected {EXAMPLE}: {error}") from error
    if "#" in path:
        raise SidelinesError(f"{shown}: expected {EXAMPLE}, without #, which is %23 in a name")
    if path.startswith("file://"):
        if parts.netloc not in ("", "localhost"):
            raise SidelinesError(
                f"{shown}: expected a file of this machine, file:///…, found the host {parts.netloc!r}"
            )
        return Path(url2pathname(parts.path))
    if not parts.netloc or "//" in parts.path or (":" in parts.netloc and "@" not in parts.netloc):
        why = "with a bucket, no empty names, and %2F, %3F and %23 for /, ? and # in a secret"
        raise SidelinesError(f"{shown}: expected {EXAMPLE}, {why}")
    return Store(path)


@lru_cache(maxsize=16)
def _connected(uri: str) -> tuple[FileSystem, str]:
    """The file system of a URI, and the path in it."""
    import pyarrow as pa
    import pyarrow.fs as pafs

    try:
        system, base = pafs.FileSystem.from_uri(uri)
    except (pa.ArrowException, ValueError) as error:
        why = str(error).splitlines()[0].replace(uri, str(Store(uri)))
        raise SidelinesError(f"{Store(uri)}: expected {EXAMPLE}: {why}") from error
    return system, base.rstrip("/")
