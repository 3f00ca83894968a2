"""The files of a corpus in an object store, read as strictly as those of a folder, many at a time."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, TypeVar

from sidelines.files import reason
from sidelines.sources import Entry, Limits, Sources, UnreadableError
from sidelines.stores import Store, StoredFile, at_once

__all__ = ["AnySources", "StoreSources", "sources_of"]

AHEAD_BYTES = 64 * 2**20  # of files that are fetched before they are asked for

T = TypeVar("T")


class StoreSources:
    """The folder of a corpus in an object store, for reading; the same questions as to `Sources`.

    There are no links in a store, and nothing that could lead out of the corpus.
    """

    def __init__(self, root: Store, limits: Limits) -> None:
        self.root, self.limits = root, limits
        self._ahead: dict[tuple[str, str], Any] = {}
        self._held = 0

    @property
    def name(self) -> str:
        """The name of the folder."""
        return self.root.name

    def entries(self, path: str) -> list[Entry]:
        """What stands in a folder, by name; raises OSError, FileNotFoundError where there is none."""
        found = ((place.rpartition("/")[2], info) for place, info in self.root.list(path))
        return [Entry(name, not info.is_file, False) for name, info in found if name]

    def names(self, path: str) -> list[str]:
        """The names of what stands in a folder; raises as `entries` does."""
        names: list[str] = self._expected("names", path)
        return names

    def is_folder(self, path: str) -> bool:
        """Whether there is a folder."""
        try:
            return not self.root.info(path).is_file
        except OSError:  # of what cannot be known, more is said when it is to be read
            return False

    def states(self, paths: Iterable[str]) -> Iterator[str | OSError]:
        """For each file what changes when its content does, or why that cannot be known."""
        yield from at_once(lambda path: _tried(lambda: self.root.state(path)), paths)

    def check_link(self, path: str) -> None:
        """There are none."""

    def locate(self, path: str) -> StoredFile:
        """A file that others will open, of any size; whether it is there, they will see."""
        return StoredFile(self.root, path)

    def read(self, path: str) -> bytes:
        """The bytes of a file.

        Raises
        ------
        FileNotFoundError
            when there is none.
        UnreadableError
            F004 when it cannot be read, F005 when it is too large.
        """
        most = self.limits.file_bytes
        try:
            found = self._expected("read", path)
        except FileNotFoundError:
            raise
        except OSError as error:
            raise UnreadableError("F004", f"cannot be read: {reason(error)}") from error
        if isinstance(found, int):
            raise UnreadableError("F005", f"expected a file of at most {most:,} bytes, found {found:,}")
        data: bytes = found
        return data

    def expect(self, files: Iterable[str], folders: Iterable[str] = ()) -> None:
        """Fetch what will be read, or listed, next; what was fetched before and not asked for is forgotten."""
        wanted = [*(("read", path) for path in files), *(("names", path) for path in folders)]
        self._held = 0
        found = at_once(lambda key: _tried(lambda: self._fetched(*key)), wanted)
        self._ahead = dict(zip(wanted, found, strict=True))

    def _expected(self, kind: str, path: str) -> Any:
        """What was fetched before, if it was, once."""
        found = self._ahead.pop((kind, path), None)
        if found is None:
            return self._fetch(kind, path)
        if isinstance(found, OSError):
            raise found
        return found

    def _fetched(self, kind: str, path: str) -> Any:
        """The same, ahead of time; None where so much is held already that the rest can wait."""
        if self._held > AHEAD_BYTES:
            return None
        found = self._fetch(kind, path)
        self._held += len(found) if isinstance(found, bytes) else 0  # near enough, with so many at the same time
        return found

    def _fetch(self, kind: str, path: str) -> Any:
        if kind == "read":
            return self.root.read(path, self.limits.file_bytes)
        return [place.rpartition("/")[2] for place, _ in self.root.list(path)]


AnySources = Sources | StoreSources


def sources_of(root: Path | Store, limits: Limits, changed: Mapping[str, bytes] | None = None) -> AnySources:
    """The sources of a corpus, where it stands; `changed` is for a folder on the disk, as `Sources` has it."""
    return (
        StoreSources(root, limits)
        if isinstance(root, Store)
        else Sources(root, limits, {} if changed is None else changed)
    )


def _tried(function: Callable[[], T]) -> T | OSError:
    try:
        return function()
    except OSError as error:
        return error
