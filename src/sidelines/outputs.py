"""Where a build is written: a new folder, on the disk or in an object store, that takes the place of an earlier one.

Files of tables are made on the disk first, and put into the new folder only when they are whole.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from hashlib import file_digest
from pathlib import Path
from tempfile import TemporaryDirectory

from sidelines.datasets import SOURCES
from sidelines.errors import SidelinesError, WorkersLostError
from sidelines.files import create_file, reason, replace_folder, unfinished, within
from sidelines.layout import BUILD, form
from sidelines.objects import AnySources, StoreSources
from sidelines.sources import Limits, Sources
from sidelines.stores import PIECE, Store, at_once

__all__ = [
    "RECORDS", "SUMS", "FolderOutput", "Output", "StoreOutput", "hash_file", "is_unfinished", "replacing", "spare",
    "spare_files",
]  # fmt: skip

SUMS = "SHA256SUMS"
RECORDS = ".parts"  # the folder of what says which parts are finished; no build keeps it
KEPT = (OSError, WorkersLostError, KeyboardInterrupt, SystemExit)  # what was finished before serves the next run
READ = (*SOURCES, "jsonl", "corpus.json", "pyproject.toml", "CHANGELOG.md")  # by those who check a corpus
LAST = "corpus.json"  # without it a folder is no build, to anybody


@dataclass(frozen=True, slots=True)
class FolderOutput:
    """The new folder, on the disk; names are paths in it, with `/` between their parts."""

    folder: Path

    @contextmanager
    def fresh(self, names: Iterable[str]) -> Iterator[dict[str, Path]]:
        """Places to write files to that will get these names; others may be writing the same ones."""
        places = {name: self.folder / name for name in names}
        for folder in {place.parent for place in places.values()}:
            if not folder.is_dir():
                folder.mkdir(parents=True, exist_ok=True)
        yield {name: at.with_name(f".{at.name}.{os.urandom(4).hex()}.new") for name, at in places.items()}

    def publish(self, fresh: Path, name: str) -> None:
        """Give a file, which is whole, its name."""
        os.replace(fresh, self.folder / name)

    def create(self, name: str, content: bytes) -> None:
        """Write a file."""
        with self.fresh([name]) as places:
            create_file(places[name], content)
            self.publish(places[name], name)

    def read(self, name: str) -> bytes:
        """The bytes of a file; raises OSError."""
        return (self.folder / name).read_bytes()

    def hash(self, name: str) -> str:
        """The SHA-256 of a file; raises OSError."""
        return hash_file(self.folder / name)

    def clear(self, known: Collection[str]) -> None:
        """Remove the files but those that are known, and the folders that have none of them."""
        folders = {folder for name in known for folder in (self.folder / name).parents}
        for path in sorted(self.folder.rglob("*"), reverse=True):
            if not path.is_dir():
                if path.relative_to(self.folder).as_posix() not in known:
                    path.unlink()
            elif path not in folders:
                path.rmdir()


@dataclass(frozen=True, slots=True)
class StoreOutput:
    """The new folder, in an object store; every file comes there whole, from the disk, and is looked at afterwards."""

    store: Store

    @contextmanager
    def fresh(self, names: Iterable[str]) -> Iterator[dict[str, Path]]:
        """Places to write files to that will get these names, gone when the block ends."""
        with TemporaryDirectory(prefix="sidelines-") as folder:
            yield {name: Path(folder, f"{at}.new") for at, name in enumerate(names)}

    def publish(self, fresh: Path, name: str) -> None:
        """Put a file, which is whole, into the store."""
        with open(fresh, "rb") as file:
            self.store.put(name, iter(lambda: file.read(PIECE), b""), fresh.stat().st_size)

    def create(self, name: str, content: bytes) -> None:
        """Write a file."""
        self.store.put(name, iter([content]), len(content))

    def read(self, name: str) -> bytes:
        """The bytes of a file; raises OSError."""
        data = self.store.read(name)
        assert isinstance(data, bytes)  # no limit was given
        return data

    def hash(self, name: str) -> str:
        """The SHA-256 of a file; raises OSError."""
        with self.store.stream(name) as file:
            return file_digest(file, "sha256").hexdigest()

    def clear(self, known: Collection[str]) -> None:
        """Remove the files but those that are known."""
        self.store.clear(known)


Output = FolderOutput | StoreOutput


@contextmanager
def replacing(
    out: Path | Store, stranger: Callable[[AnySources], str | None], resume: bool = False
) -> Iterator[Output]:
    """A new folder to be filled, which then takes the place of `out`; when the block fails, `out` is as it was.

    A folder that is at `out` already is replaced only if it is empty, or `stranger`, which is given what stands there,
    names nothing in it that would be lost. With `resume`, the block finds what an interrupted run has left. In an
    object store nothing can be renamed: there the finished files are copied, `corpus.json` last, and while this lasts
    there is neither the earlier build nor the new one at `out`.

    Raises
    ------
    SidelinesError
        when `out` holds something else, or cannot be written.
    """
    if isinstance(out, Path):
        with replace_folder(out, lambda folder: stranger(Sources(folder)), resume) as folder:
            yield FolderOutput(folder)
        return
    new = StoreOutput(_partial(out))
    kept = "what was there is as it was"
    try:
        found = stranger(StoreSources(out, Limits())) if out.files() else None
        if found is not None:
            raise SidelinesError(f"{out}: expected a build or nothing there, found {found}; choose another --out")
        if not resume:
            new.clear(())
        try:
            yield new
        except BaseException as error:
            if not (resume and isinstance(error, KEPT)):
                with suppress(OSError):  # there is more to say of the error itself
                    new.clear(())
            raise
        made = _whole(new.store, out)
        out.remove(LAST)
        kept = f"what was there is gone, and the new build is in {new.store}; the same command finishes it"
        try:
            _put(new, out, made)
        except KeyboardInterrupt as error:
            raise SidelinesError(f"{out}: interrupted; {kept}") from error
    except OSError as error:
        raise SidelinesError(f"{out}: cannot be written: {reason(error)}; {kept}") from error


def _whole(new: Store, out: Store) -> dict[str, int]:
    """The sizes of the files of the new build, which are those that it says it has."""
    made = new.files()
    sums = new.read(SUMS) if SUMS in made else b""
    assert isinstance(sums, bytes)  # no limit was given
    named = {line[66:].decode() for line in sums.splitlines()} | {SUMS}
    if made.keys() != named:
        one = min(made.keys() ^ named)
        raise SidelinesError(f"{out}: expected the new build in {new} as it was made, found {one!r} added or gone; "
                             "is another run building there? What was at its place is as it was")  # fmt: skip
    return made


def _put(new: StoreOutput, out: Store, made: Mapping[str, int]) -> None:
    """Copy what is new to where it belongs. Until all of it is there, nothing is that could be taken for a build."""
    new.store.copy(SUMS, out, made[SUMS])  # which says, if this is broken off, that the rest is ours
    out.clear(made)
    others = [name for name in made if name not in (SUMS, LAST)]
    at_once(lambda name: new.store.copy(name, out, made[name]), others)
    new.store.copy(LAST, out, made[LAST])
    with suppress(OSError):  # the next run removes it
        new.clear(())


def is_unfinished(out: Path | Store) -> bool:
    """Whether something was left by a run that was broken off, for the next to go on with."""
    if isinstance(out, Path):
        return unfinished(out).is_dir()
    with suppress(OSError):
        return any(name.startswith(f"{RECORDS}/") for name in _partial(out).files())
    return False


def spare(out: Path | Store, root: Path | Store) -> None:
    """Refuse to build where the sources are: they would be replaced, or the build be taken for one of them."""
    if isinstance(out, Store) or isinstance(root, Store):
        if f"{root}/".startswith(f"{out}/") and isinstance(root, Store):
            raise SidelinesError(f"{out}: a build there would replace the corpus {root}; choose another --out")
        if f"{out}/".startswith(f"{root}/") and isinstance(out, Store):
            raise SidelinesError(f"{out}: a build there would stand among the sources, in {root}; choose another")
        return
    if within(root, out):
        raise SidelinesError(f"{out}: a build there would replace the corpus {root}; choose another --out")
    if within(Path(), out):
        raise SidelinesError(f"{out}: a build would replace the folder that you are in; choose one in it as --out")
    for folder in (root / source for source in SOURCES):
        if within(out, folder):
            raise SidelinesError(f"{out}: a build there would stand among the sources, in {folder}; choose another")


def spare_files(file: Path, root: Path | Store, what: str, option: str) -> None:
    """Refuse to write a file among those of a corpus: one would be replaced, or this one be taken for one of them.

    Raises
    ------
    SidelinesError
        when `file` is one of the files of what is at `root`, or in a folder of them, or in a build; the message calls
        it `what`, and says by which `option` to choose another.
    """
    if isinstance(root, Store):
        return
    sources = [root / name for name in READ] if form(root) != BUILD else [root]
    if any(within(file, source) for source in sources):
        raise SidelinesError(f"{file}: {what} there would stand among the files of {root} itself; choose another "
                             f"{option}")  # fmt: skip


def hash_file(path: Path) -> str:
    """The SHA-256 of a file; raises OSError."""
    with open(path, "rb") as file:
        return file_digest(file, "sha256").hexdigest()


def _partial(out: Store) -> Store:
    return out.beside(f".{out.name}.sidelines-partial")
