"""How bytes go to disk: in large pieces, whole or not at all, and without harm to other runs."""

from __future__ import annotations

import errno
import os
import shutil
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from sidelines import disk, files
from sidelines.disk import alone, exchange, lock, sync_folder
from sidelines.errors import SidelinesError
from sidelines.files import NewFile, create_file, new_file, replace_file, replace_folder, sweep, within

posix = pytest.mark.skipif(os.name != "posix", reason="there are no such locks")
LEFT = ".out.0123abcd.sidelines-new"


def marked(folder: Path) -> str | None:
    """A folder is ours if it holds a file MARK; anything else in it is a stranger."""
    return next((path.name for path in folder.iterdir() if path.name != "MARK"), None)


def replace(path: Path, content: str = "new") -> None:
    with replace_folder(path, marked) as fresh:
        create_file(fresh / "MARK", content.encode())


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def failing(real: Callable[..., Any], at: int, code: int) -> Callable[..., Any]:
    """A function that works but for its call number `at`."""
    calls = []

    def call(*arguments: Any, **more: Any) -> Any:
        calls.append(arguments)
        if len(calls) == at:
            raise OSError(code, os.strerror(code))
        return real(*arguments, **more)

    return call


@pytest.fixture
def earlier(tmp_path: Path) -> Path:
    """A folder that is there already."""
    (tmp_path / "room" / "out").mkdir(parents=True)
    (tmp_path / "room" / "out" / "MARK").write_text("old")
    return tmp_path / "room" / "out"


# -- new files ---------------------------------------------------------------------------------------------------------


def test_small_writes_become_large_ones(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Bytes are collected until there are PIECE of them, and the rest is written at the end."""
    written: list[int] = []
    real = os.write
    monkeypatch.setattr(files, "PIECE", 10)
    monkeypatch.setattr(os, "write", lambda handle, data: written.append(len(data)) or real(handle, data))
    with new_file(tmp_path / "a") as file:
        for _ in range(9):
            assert file.write(b"abc") == 3
        file.write(b"0123456789" * 3)
        file.write(memoryview(b"xy"))
    assert written == [12, 12, 33, 2]
    assert (tmp_path / "a").read_bytes() == b"abc" * 9 + b"0123456789" * 3 + b"xy"


def test_a_system_that_writes_a_part_is_asked_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """`os.write` may write less than it was given."""
    real = os.write
    monkeypatch.setattr(os, "write", lambda handle, data: real(handle, data[:7]))
    create_file(tmp_path / "a", bytes(range(100)))
    assert (tmp_path / "a").read_bytes() == bytes(range(100))


def test_after_a_write_that_failed_a_file_takes_no_more(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Arrow finishes a file whatever happens; the error comes once when it happens, and once when it is closed."""
    file = NewFile(tmp_path / "a")
    monkeypatch.setattr(os, "write", failing(os.write, 2, errno.EIO))
    file.write(b"one")
    file.flush()
    file.write(b"two")
    with pytest.raises(OSError, match="Input/output error"):
        file.flush()
    assert file.write(b"three") == 5
    file.flush()
    with pytest.raises(OSError, match="Input/output error"):
        file.close()
    assert file.closed
    file.close()
    file.abandon()
    assert (tmp_path / "a").read_bytes() == b"one"


def test_an_existing_file_is_no_new_one(tmp_path: Path) -> None:
    """Nor is a link to nowhere."""
    (tmp_path / "a").write_text("mine")
    with pytest.raises(FileExistsError):
        create_file(tmp_path / "a", b"")
    assert (tmp_path / "a").read_text() == "mine"


def test_a_file_that_vanished_is_an_error(tmp_path: Path) -> None:
    """What was removed while it was written would be missing without a word."""

    def write() -> None:
        with new_file(tmp_path / "a") as file:
            os.unlink(tmp_path / "a")
            file.write(b"lost")

    if os.name == "posix":
        with pytest.raises(FileNotFoundError):
            write()


# -- a file replaced ---------------------------------------------------------------------------------------------------


def test_a_file_is_replaced_whole_or_not_at_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A write that fails leaves the old file, and nothing beside it."""
    path = tmp_path / "a.json"
    path.write_bytes(b"old")
    monkeypatch.setattr(os, "write", failing(os.write, 1, errno.ENOSPC))
    with pytest.raises(SidelinesError, match=r"a\.json: cannot be written: No space left on device; the file is as it"):
        replace_file(path, b"new")
    assert path.read_bytes() == b"old"
    replace_file(path, b"new")
    assert path.read_bytes() == b"new"
    assert names(tmp_path) == ["a.json"]


@posix
def test_a_file_keeps_its_permissions(tmp_path: Path) -> None:
    """Those of the old one; a new one has those that the user's files have."""
    path = tmp_path / "a.json"
    path.write_bytes(b"old")
    path.chmod(0o640)
    replace_file(path, b"new")
    assert path.stat().st_mode & 0o777 == 0o640
    (tmp_path / "plain").write_bytes(b"")
    replace_file(tmp_path / "b.json", b"new")
    assert (tmp_path / "b.json").stat().st_mode == (tmp_path / "plain").stat().st_mode


def test_a_folder_in_the_way_of_a_file(tmp_path: Path) -> None:
    """It stays."""
    (tmp_path / "a.json").mkdir()
    with pytest.raises(SidelinesError, match=r"a\.json: cannot be written"):
        replace_file(tmp_path / "a.json", b"new")
    assert names(tmp_path) == ["a.json"]


def test_a_name_that_is_too_long(tmp_path: Path) -> None:
    """For a file as for a folder, the system's own words."""
    with pytest.raises(SidelinesError, match=r"cannot be written: .*; the file is as it was"):
        replace_file(tmp_path / ("a" * 300), b"")
    with pytest.raises(SidelinesError, match=r"cannot be written: .*; what was there is as it was"):
        replace(tmp_path / ("a" * 300) / "b")
    assert names(tmp_path) == []


@posix
def test_a_replacement_that_may_not_be_on_the_disk(earlier: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The new is there and named so; the earlier folder is kept until the next run, for a crash may bring it back."""
    (earlier.parent / "a.json").write_bytes(b"old")
    monkeypatch.setattr(os, "fsync", failing(os.fsync, 2, errno.EIO))
    with pytest.raises(
        SidelinesError, match=r"a\.json: the new file is in its place, but the system cannot say that it"
    ):
        replace_file(earlier.parent / "a.json", b"new")
    assert (earlier.parent / "a.json").read_bytes() == b"new"
    monkeypatch.undo()
    monkeypatch.setattr(os, "fsync", failing(os.fsync, 3, errno.EIO))
    with pytest.raises(SidelinesError, match=r"out: the new folder is in its place, but the system cannot say that it"):
        replace(earlier)
    monkeypatch.undo()
    assert (earlier / "MARK").read_text() == "new"
    kept = next(earlier.parent.glob(".out.*.sidelines-new"))
    assert (kept / "MARK").read_text() == "old"
    replace(earlier, "newer")
    assert names(earlier.parent) == ["a.json", "out"]


# -- a folder replaced -------------------------------------------------------------------------------------------------


def test_a_block_that_fails_leaves_the_folder_as_it_was(earlier: Path) -> None:
    """And nothing beside it."""

    def fail(path: Path) -> None:
        with replace_folder(path, marked) as fresh:
            create_file(fresh / "MARK", b"new")
            raise RuntimeError("halfway")

    with pytest.raises(RuntimeError, match="halfway"):
        fail(earlier)
    with pytest.raises(RuntimeError, match="halfway"):
        fail(earlier.parent / "deep" / "down" / "out")
    assert (earlier / "MARK").read_text() == "old"
    assert names(earlier.parent) == ["out"]


def test_a_folder_that_cannot_be_listed_is_not_put_in_place(earlier: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What stands in it might not be on the disk."""
    real = os.scandir

    def scandir(path: Any) -> Any:
        if str(path).endswith("inner"):
            raise OSError(errno.EIO, os.strerror(errno.EIO))
        return real(path)

    def fill() -> None:
        with replace_folder(earlier, marked) as fresh:
            (fresh / "inner").mkdir()
            monkeypatch.setattr(os, "scandir", scandir)

    message = r"out: cannot be written: Input/output error; what was there is as it was$"
    with pytest.raises(SidelinesError, match=message):
        fill()
    assert names(earlier) == ["MARK"]


def test_folders_above_are_made(tmp_path: Path) -> None:
    """As many as it takes."""
    replace(tmp_path / "deep" / "down" / "out")
    assert (tmp_path / "deep" / "down" / "out" / "MARK").read_text() == "new"


@posix
def test_a_link_is_followed(earlier: Path, tmp_path: Path) -> None:
    """The folder that it leads to is replaced, beside which the new one was made."""
    (tmp_path / "link").symlink_to(earlier)
    replace(tmp_path / "link")
    assert (tmp_path / "link").is_symlink()
    assert (earlier / "MARK").read_text() == "new"
    assert names(tmp_path) == ["link", "room"]


@pytest.mark.parametrize(("at", "kept"), [(1, "old"), (2, "old"), (3, "new")])
def test_renames_that_fail(at: int, kept: str, earlier: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without an exchange it takes three; when the second fails the first is undone, and the third may wait."""
    monkeypatch.setattr(files, "exchange", lambda one, other: False)
    monkeypatch.setattr(os, "rename", failing(os.rename, at, errno.ENOSPC))
    if kept == "old":
        with pytest.raises(SidelinesError, match="No space left on device; what was there is as it was"):
            replace(earlier)
        assert names(earlier.parent) == ["out"]
    else:
        replace(earlier)
        assert names(earlier.parent) == [".out.sidelines-old", "out"]
    assert (earlier / "MARK").read_text() == kept
    replace(earlier, "newer")
    assert (earlier / "MARK").read_text() == "newer"
    assert names(earlier.parent) == ["out"]


def test_a_rename_that_cannot_be_undone(earlier: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The message says where the earlier folder is, and the next run puts it back, even into an empty folder."""
    real, backup = os.rename, earlier.parent / ".out.sidelines-old"
    monkeypatch.setattr(files, "exchange", lambda one, other: False)

    def once(source: Path, target: Path) -> None:
        if Path(target) != backup:
            raise OSError(errno.EIO, "Input/output error")
        real(source, target)

    monkeypatch.setattr(os, "rename", once)
    with pytest.raises(
        SidelinesError, match=r"; what was there is now \.out\.sidelines-old beside it, and the next run puts it back"
    ):
        replace(earlier)
    assert names(earlier.parent) == [".out.sidelines-old"]
    monkeypatch.undo()
    earlier.mkdir()

    def fail() -> None:
        with replace_folder(earlier, marked):
            assert (earlier / "MARK").read_text() == "old"
            raise RuntimeError("halfway")

    with pytest.raises(RuntimeError, match="halfway"):
        fail()
    assert (earlier / "MARK").read_text() == "old"
    assert names(earlier.parent) == ["out"]


def test_what_is_not_ours_stays(earlier: Path) -> None:
    """A folder with something else in it, a file, a folder below a file, the root of a disk, no name at all."""
    (earlier / "letter.txt").write_text("dear")
    (earlier.parent / "file").write_text("mine")
    backup = earlier.parent / ".out.sidelines-old"
    backup.mkdir()
    for path, message in {
        earlier: r"out: expected a build or nothing there, found letter\.txt; choose another --out",
        earlier.parent / "file": "file: expected a build or nothing there, found a file; choose another --out",
        earlier.parent
        / "file"
        / "out": "cannot be written: expected a folder at .*file, found none; what was there is",
        earlier.parent / "file" / "deep" / "out": "cannot be written: expected a folder at .*file, found none",
        Path(earlier.anchor): "cannot be replaced, a disk being mounted there; choose a folder in it",
        Path("a\0b"): r"'a\\x00b': cannot be written: no name of a folder",
    }.items():
        with pytest.raises(SidelinesError, match=message):
            replace(path)
    assert names(earlier.parent) == [".out.sidelines-old", "file", "out"]
    assert (earlier / "letter.txt").read_text() == "dear"


def test_an_empty_folder_is_replaced(tmp_path: Path) -> None:
    """It holds nothing to lose."""
    (tmp_path / "out").mkdir()
    replace(tmp_path / "out")
    assert (tmp_path / "out" / "MARK").read_text() == "new"
    assert names(tmp_path) == ["out"]


def test_what_lies_within(tmp_path: Path) -> None:
    """A folder itself, what is in it, whether it exists or not, by whatever way; nothing lies within what is not."""
    (tmp_path / "a" / "b").mkdir(parents=True)
    if os.name == "posix":
        (tmp_path / "link").symlink_to(tmp_path / "a" / "b")
        assert within(tmp_path / "link" / "new", tmp_path / "a")
    assert within(tmp_path / "a", tmp_path / "a")
    assert within(tmp_path / "a" / "b" / ".." / "new", tmp_path / "a")
    assert not within(tmp_path / "ab", tmp_path / "a")
    assert not within(tmp_path / "a", tmp_path / "a" / "b")
    assert not within(tmp_path / "a", tmp_path / "none")


# -- other runs --------------------------------------------------------------------------------------------------------


@posix
def test_what_a_living_run_writes_is_not_swept(earlier: Path) -> None:
    """And what a dead one left is, be it a file or a folder; nothing else is touched."""
    room = earlier.parent
    (room / LEFT / "parquet").mkdir(parents=True)
    (room / ".a.json.0123abcd.sidelines-new").write_text("half")
    (room / ".out.0123ABCD.sidelines-new").write_text("not by us")
    with replace_folder(earlier, marked) as fresh:
        assert set(names(room)) == {".out.0123ABCD.sidelines-new", fresh.name, "out"}
        create_file(fresh / "MARK", b"new")
        sweep(room)
        assert fresh.is_dir()
        with replace_folder(earlier, marked) as other:
            create_file(other / "MARK", b"newer")
        assert (earlier / "MARK").read_text() == "newer"
    assert (earlier / "MARK").read_text() == "new"
    assert names(room) == [".out.0123ABCD.sidelines-new", "out"]


def test_where_there_are_no_locks(earlier: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As on Windows: nobody can tell whether a run lives, so that what it left stays; all else works."""
    monkeypatch.setattr(disk, "fcntl", None)
    (earlier.parent / LEFT).mkdir()
    replace(earlier)
    replace_file(earlier.parent / "a.json", b"new")
    assert (earlier / "MARK").read_text() == "new"
    assert names(earlier.parent) == [LEFT, "a.json", "out"]


@posix
def test_a_file_system_without_locks(earlier: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """`flock` on a folder fails on some network file systems, which is as if there were no locks."""

    def no(handle: int, operation: int) -> None:
        raise OSError(errno.EBADF, "Bad file descriptor")

    monkeypatch.setattr(disk.fcntl, "flock", no)
    (earlier.parent / LEFT).mkdir()
    replace(earlier)
    assert names(earlier.parent) == [LEFT, "out"]


@posix
def test_a_leftover_that_cannot_be_locked_stays(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its folder can, but nothing says that its maker is dead."""
    (tmp_path / LEFT).mkdir()
    real = disk.lock
    monkeypatch.setattr(files, "lock", lambda path: None if path.name == LEFT else real(path))
    sweep(tmp_path)
    assert names(tmp_path) == [LEFT]


@posix
def test_a_run_waits_for_another(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """While one run is alone in a folder another waits, and gives up in the end."""
    with alone(tmp_path) as sure:
        assert sure
        monkeypatch.setattr(disk, "PATIENCE", 0.05)
        with pytest.raises(
            SidelinesError, match="out: cannot be written: another run is writing there; what was there"
        ):
            replace(tmp_path / "out")
        monkeypatch.setattr(disk, "PATIENCE", 30.0)
        waiting = threading.Thread(target=replace, args=(tmp_path / "out",))
        waiting.start()
        waiting.join(0.2)
        assert waiting.is_alive()
        assert names(tmp_path) == []
    waiting.join(30)
    assert (tmp_path / "out" / "MARK").read_text() == "new"
    with pytest.raises(OSError, match="another run is writing there"), alone(tmp_path):
        lock(tmp_path)


def test_sweeping_a_folder_that_is_not_there(tmp_path: Path) -> None:
    """Is no fault."""
    sweep(tmp_path / "none")
    assert names(tmp_path) == []


# -- what systems can --------------------------------------------------------------------------------------------------


@pytest.mark.skipif(sys.platform not in ("linux", "darwin"), reason="there is no exchanging of folders")
def test_two_folders_are_exchanged(tmp_path: Path) -> None:
    """Each has the other's place; where one is missing it is an error."""
    for name in "ab":
        (tmp_path / name).mkdir()
        (tmp_path / name / "name").write_text(name)
    if not exchange(tmp_path / "a", tmp_path / "b"):
        pytest.skip("this file system cannot exchange folders")
    assert [(tmp_path / name / "name").read_text() for name in "ab"] == ["b", "a"]
    with pytest.raises(FileNotFoundError, match="No such file or directory"):
        exchange(tmp_path / "a", tmp_path / "none")


def test_the_system_call_for_each_system(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """renameat2 with RENAME_EXCHANGE on Linux, renamex_np with RENAME_SWAP on macOS, none elsewhere or if missing."""
    import ctypes

    calls: list[tuple[Any, ...]] = []
    library = SimpleNamespace(
        renameat2=lambda *arguments: calls.append(arguments) or 0, renamex_np=lambda *arguments: calls.append(arguments)
        or 0,
    )  # fmt: skip
    monkeypatch.setattr(ctypes, "CDLL", lambda name, use_errno: library)
    one, other = Path("one"), Path("other")
    for system in ("linux", "darwin", "win32"):
        monkeypatch.setattr(disk.sys, "platform", system)
        assert exchange(one, other) == (system != "win32")
    assert calls == [(-100, b"one", -100, b"other", 2), (b"one", b"other", 2)]
    monkeypatch.setattr(disk.sys, "platform", "linux")
    del library.renameat2
    assert not exchange(one, other)
    library.renameat2 = lambda *arguments: -1
    for code, can in {errno.EINVAL: True, errno.ENOSYS: True, errno.EACCES: False}.items():
        monkeypatch.setattr(ctypes, "get_errno", lambda code=code: code)
        if can:
            assert not exchange(one, other)
        else:
            with pytest.raises(PermissionError):
                exchange(one, other)


@posix
def test_a_folder_on_the_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Some file systems cannot, which is no fault; an error of the disk is one."""
    for code, fault in {errno.EINVAL: False, errno.EIO: True}.items():
        monkeypatch.setattr(os, "fsync", failing(os.fsync, 1, code))
        if fault:
            with pytest.raises(OSError, match="Input/output error"):
                sync_folder(tmp_path)
        else:
            sync_folder(tmp_path)
        monkeypatch.undo()


@posix
@pytest.mark.parametrize("able", [True, False])
def test_macos_is_asked_for_the_disk_itself(able: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """F_FULLFSYNC where there is such a thing, fsync where the file system knows none."""
    calls = []

    def control(handle: int, command: int) -> None:
        calls.append(command)
        if not able:
            raise OSError(errno.ENOTSUP, "Operation not supported")

    monkeypatch.setattr(disk, "fcntl", SimpleNamespace(F_FULLFSYNC=51, fcntl=control))
    monkeypatch.setattr(os, "fsync", lambda handle: calls.append("fsync"))
    sync_folder(tmp_path)
    assert calls == ([51] if able else [51, "fsync"])


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no device that is full")
def test_a_device_that_is_full(tmp_path: Path) -> None:
    """The system's own ENOSPC, by a handle on a device that has no space."""
    file = NewFile(tmp_path / "a")
    full = os.open("/dev/full", os.O_WRONLY)
    os.dup2(full, file._handle)
    os.close(full)
    file.write(b"new")
    with pytest.raises(OSError, match="No space left on device"):
        file.close()
    shutil.rmtree(tmp_path)
