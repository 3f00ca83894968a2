"""Whether a build is still what was built: its files by their hashes, its pages by their checksums, its rows by theirs.

What is found in one step is not judged in the next, so that one fault brings one problem. Only regular files that were
found by walking the folder are opened; no link is followed.
"""

from __future__ import annotations

import os
import stat
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import BinaryIO

import pyarrow.parquet as pq

from sidelines.builder import LINE
from sidelines.digest import KEY, VERSION, ContentHash
from sidelines.errors import SidelinesError
from sidelines.files import reason
from sidelines.outputs import SUMS
from sidelines.problems import Problem, Report, printable, quoted
from sidelines.stores import Store, place

__all__ = ["Verification", "verify"]

Progress = Callable[[int, int, int], None]  # bytes read, of all, problems so far
Found = Mapping[str, int | str]  # by path: the size of a regular file, or in words what else it is

LARGEST = 16 * 2**20  # of SHA256SUMS: more than a hundred thousand files
CHUNK = 2**20
ROWS = 2**16
FLAGS = os.O_RDONLY | sum(getattr(os, name, 0) for name in ("O_NOFOLLOW", "O_NONBLOCK", "O_BINARY"))


@dataclass(frozen=True, slots=True)
class Verification:
    """What `verify` found, and what it went through: the files that SHA256SUMS names, and their bytes."""

    path: Path | Store
    report: Report
    files: int
    size: int

    @property
    def ok(self) -> bool:
        """True when the build is what was built."""
        return self.report.ok


def verify(path: str | os.PathLike[str] = "build", *, progress: Progress | None = None) -> Verification:
    """Verify a build: every file, every page of its Parquet files, and their rows.

    Parameters
    ----------
    path:
        the folder that `build` wrote, or its URI in an object store.
    progress:
        called with the number of bytes read so far, of bytes to read, and of problems so far. Parquet files are read
        twice, and count twice.

    Returns
    -------
    The verification: `ok`; in `report` the problems (rules of the family P, paths relative to the build) and the rows
    of each table that could be read; the number of files and their size in bytes.

    Raises
    ------
    SidelinesError
        when there is no build at `path`: no folder, or none with SHA256SUMS.

    >>> import tempfile, sidelines
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     made = sidelines.build(out=folder)
    ...     sound = verify(folder).ok
    ...     _ = (made.out / "corpus.json").write_text("{}")
    ...     sound, [problem.code for problem in verify(folder).report]
    (True, ['P104'])
    """
    root = place(path)
    listed, problems = _listed(root)
    if problems:
        return Verification(root, Report(problems), 0, 0)
    found = _walk(root)
    problems = list(_compare(listed, found))
    sizes = {name: size for name in listed if isinstance(size := found.get(name), int)}
    tables = [name for name in sizes if name.endswith(".parquet")]
    total, done = sum(sizes.values()) + sum(sizes[name] for name in tables), 0

    def advance(size: int) -> None:
        nonlocal done
        done += size
        if progress is not None:
            progress(done, total, len(problems))

    for name in sizes:
        problems += _hash(root, name, listed[name], advance)
    damaged = {problem.path for problem in problems}
    rows: Counter[str] = Counter()
    for name in tables:
        before = done
        if printable(name) not in damaged:
            found_rows, damage = _table(root, name, sizes[name], advance)
            rows[_of(name)] += found_rows
            problems += damage
        advance(before + sizes[name] - done)
    return Verification(root, Report(problems, rows["documents"], dict(rows)), len(listed), sum(sizes.values()))


def _of(name: str) -> str:
    """The table of a Parquet file, which may be a part of it."""
    parts = PurePosixPath(name).parts
    return PurePosixPath(parts[1] if len(parts) > 2 else parts[-1]).stem


# -- SHA256SUMS --------------------------------------------------------------------------------------------------------


def _listed(root: Path | Store) -> tuple[dict[str, str], list[Problem]]:
    """The hashes that SHA256SUMS has, by path, and what is wrong with its form."""
    lines = _lines(root)
    listed: dict[str, str] = {}
    problems = []
    last = ""
    for number, line in enumerate(lines[:-1] if not lines[-1] else lines, 1):
        try:
            hash, name = _entry(line, ended=number < len(lines), last=last)
        except ValueError as error:
            problems.append(Problem("P101", "error", str(error), SUMS, line=number))
        else:
            listed[name] = hash
            last = name
    if not listed and not problems:
        problems.append(Problem("P101", "error", "expected a line for each file of the build, found none", SUMS))
    return listed, problems


def _lines(root: Path | Store) -> list[bytes]:
    if isinstance(root, Path) and not os.path.isdir(root):  # also for a name that is too long; Path's own raises then
        from sidelines.strangers import missing

        found = f"{root}: expected a build, a folder, found a file"
        raise SidelinesError(found if os.path.exists(root) else f"{root}: no such folder{missing(root)}")
    try:
        with _open(root, SUMS) as file:
            raw = file.read(LARGEST + 1)
    except FileNotFoundError as error:
        hint = _hint(root) if isinstance(root, Path) else ""
        raise SidelinesError(f"{root}: expected a build, a folder with {SUMS}, found none{hint}") from error
    except OSError as error:
        raise SidelinesError(f"{root}/{SUMS}: cannot be read: {reason(error)}") from error
    if len(raw) > LARGEST:
        raise SidelinesError(f"{root}/{SUMS}: expected at most {LARGEST // 2**20} MiB, found more")
    return raw.split(b"\n")


def _hint(root: Path) -> str:
    if os.path.isfile(root / "build" / SUMS):
        return f"; did you mean {root / 'build'}?"
    return (
        "; it is a corpus, of which `sidelines build` makes a build"
        if os.path.isfile(root / "corpus" / "corpus.json")
        else ""
    )


def _entry(line: bytes, ended: bool, last: str) -> tuple[str, str]:
    """Hash and path of a line; ValueError says what is wrong with it."""
    text = line.decode("utf-8", "backslashreplace")
    match = LINE.fullmatch(text)
    if match is None:
        form = "64 hexadecimal digits in lower case, two spaces, and a path in UTF-8 without \\"
        raise ValueError(f"expected {form}, found {quoted(text, 160)}")
    hash, name = match.groups()
    if not ended:
        raise ValueError(f"expected a newline at the end of the line, found the end of the file after {quoted(name)}")
    if {"", ".", ".."} & set(name.split("/")) or PureWindowsPath(name).drive:
        raise ValueError(f"expected a path inside the build, of names and / alone, found {quoted(name)}")
    if name == SUMS:
        raise ValueError(f"expected the other files of the build, found {SUMS} itself")
    if name == last:
        raise ValueError(f"expected each file once, found {quoted(name)} again")
    if name < last:
        raise ValueError(f"expected the lines in the order of their paths, found {quoted(name)} after {quoted(last)}")
    return hash, name


# -- files -------------------------------------------------------------------------------------------------------------


def _walk(root: Path | Store) -> dict[str, int | str]:
    """Everything in the build but SHA256SUMS."""
    if isinstance(root, Store):
        try:
            return {name: size for name, size in root.files().items() if name != SUMS}
        except OSError as error:
            raise SidelinesError(f"{root}: cannot be listed: {reason(error)}") from error
    found: dict[str, int | str] = {}
    folders = [""]
    while folders:
        folder = folders.pop()
        try:
            with os.scandir(root / folder) as entries:
                names = {f"{folder}/{entry.name}".lstrip("/"): _what(entry) for entry in entries}
        except OSError as error:
            names = {folder: f"a folder that cannot be read ({reason(error)})"}
        if not names:
            names = {folder: "an empty folder"}
        folders += [name for name, what in names.items() if what == "a folder"]
        found |= {name: what for name, what in names.items() if what != "a folder"}
    return {name: what for name, what in found.items() if name != SUMS}


def _what(entry: os.DirEntry[str]) -> int | str:
    if entry.is_symlink():
        return "a symbolic link"
    if entry.is_dir(follow_symlinks=False):
        return "a folder"
    if entry.is_file(follow_symlinks=False):
        return entry.stat(follow_symlinks=False).st_size
    return "a pipe, a socket or a device"


def _compare(listed: Mapping[str, str], found: Found) -> Iterator[Problem]:
    closed = tuple(f"{name}/" for name, what in found.items() if isinstance(what, str))  # of which that says enough
    for name in listed:
        what = found.get(name, "none")
        if isinstance(what, str) and not name.startswith(closed):
            yield _problem("P102", name, f"expected a file, as {SUMS} names it, found {what}")
    for name, what in found.items():
        if name not in listed:
            what = what if isinstance(what, str) else "a file that it does not name"
            yield _problem("P103", name, f"expected only what {SUMS} names, found {what}")


def _hash(root: Path | Store, name: str, expected: str, advance: Callable[[int], None]) -> Iterator[Problem]:
    made = sha256()
    try:
        with _open(root, name) as file:
            while chunk := file.read(CHUNK):
                made.update(chunk)
                advance(len(chunk))
    except OSError as error:
        yield _problem("P102", name, f"expected a file that can be read, found: {reason(error)}")
        return
    if made.hexdigest() != expected:
        message = f"expected the SHA-256 {expected}, as {SUMS} has it, found {made.hexdigest()}"
        yield _problem("P104", name, message)


def _open(root: Path | Store, name: str) -> BinaryIO:
    """Open a regular file and nothing else, even if it was another thing a moment ago."""
    if isinstance(root, Store):
        return root.stream(name)
    handle = os.open(root / name, FLAGS)
    if not stat.S_ISREG(os.fstat(handle).st_mode):
        os.close(handle)
        raise OSError(None, "it is no regular file")
    return os.fdopen(handle, "rb")


# -- tables ------------------------------------------------------------------------------------------------------------


def _table(root: Path | Store, name: str, size: int, advance: Callable[[int], None]) -> tuple[int, list[Problem]]:
    """How many rows a Parquet file has, and what is wrong with it."""
    try:
        stated, rows, found = _read(root, name, size, advance)
    except SidelinesError as error:  # no build has such a table
        return 0, [_problem("P106", name, str(error))]
    except Exception as error:  # whatever pyarrow raises: there is no one class of it
        said = (str(error).strip() or type(error).__name__).splitlines()[0]
        message = f"expected a Parquet file that can be read to its end, found: {quoted(said, 200)[1:-1]}"
        return 0, [_problem("P105", name, message)]
    if stated == found:
        return rows, []
    if stated is None:
        message = f"expected {KEY} in the metadata of the file, the hash of its rows, found none"
    elif stated.partition(":")[0] != VERSION:
        message = f"expected a {KEY} that begins with {VERSION}, found {quoted(stated)}; another version may know it"
    else:
        message = f"expected rows with the {KEY} {quoted(stated, 100)[1:-1]}, found {found}"
    return rows, [_problem("P106", name, message)]


def _read(root: Path | Store, name: str, size: int, advance: Callable[[int], None]) -> tuple[str | None, int, str]:
    """Read every page with checksums on: the content hash in the metadata, the number of rows, and their hash."""
    with _open(root, name) as file:
        parquet = pq.ParquetFile(file, page_checksum_verification=True)
        stated = (parquet.metadata.metadata or {}).get(KEY.encode())
        made = ContentHash(parquet.schema_arrow)
        rows = 0
        for group in range(parquet.num_row_groups):
            for batch in parquet.iter_batches(ROWS, row_groups=[group]):
                batch.validate(full=True)  # codes of a dictionary and bounds of strings, before they are used
                made.update(batch)
                rows += batch.num_rows
            advance(size // parquet.num_row_groups)
    return None if stated is None else stated.decode("utf-8", "backslashreplace"), rows, str(made)


# -- words -------------------------------------------------------------------------------------------------------------


def _problem(code: str, name: str, message: str) -> Problem:
    return Problem(code, "error", message, name)
