"""Nothing is lost: whatever fails, and wherever a run is killed, the earlier build or file is there, or the new one.

Every operation on the disk of a small build, and of `fmt`, fails once and is once where the run is killed; `faults.py`
does that. Then come real causes: system calls at which strace kills, a limit to the size of files, folders that may not
be written or vanish, and several runs at once.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from sidelines.builder import build
from sidelines.cli import main
from sidelines.errors import SidelinesError

if os.name != "posix":
    pytest.skip("needs fork and signals", allow_module_level=True)

from tests.faults import lay_out, snapshot, verifies

ROOT = Path(__file__).parents[1]
WAYS = [("build", "exchange"), ("build", "renames"), ("parts", "exchange"), ("fmt", "exchange")]
CAUSES = {"ENOSPC": "No space left on device", "EIO": "Input/output error", "EACCES": "Permission denied"}
Outcome = dict[str, Any]


@pytest.fixture(scope="module")
def outcomes(tmp_path_factory: pytest.TempPathFactory) -> dict[tuple[str, str], list[Outcome]]:
    """What `faults.py` prints for each command, all of them at once."""
    if sys.platform not in ("linux", "darwin"):
        pytest.skip("there is no exchanging of folders")
    started = {}
    for way in WAYS:
        folder = tmp_path_factory.mktemp("-".join(way))
        command = [sys.executable, "-m", "tests.faults", *way, str(folder)]
        started[way] = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=ROOT)
    found = {}
    for way, process in started.items():
        out, err = process.communicate()
        assert process.returncode == 0, err
        found[way] = [json.loads(line) for line in out.splitlines()]
    return found


def place(operations: list[list[str]], name: str) -> int:
    """The number of the first operation of that name, counted from 1."""
    return 1 + [kind for kind, _ in operations].index(name)


# -- every operation fails, and kills ----------------------------------------------------------------------------------


def test_the_operations_of_a_build(outcomes: dict[tuple[str, str], list[Outcome]]) -> None:
    """Eighteen files in three folders, all on the disk before the exchange, and that before the earlier build goes."""
    operations = outcomes["build", "exchange"][0]["operations"]
    counted = Counter(kind for kind, _ in operations)
    assert counted.pop("write") >= 25
    assert counted == {"mkdir": 3, "open": 18, "replace": 18, "fsync": 22, "exchange": 1, "unlink": 18, "rmdir": 3}
    exchanged = place(operations, "exchange")
    fresh = operations[exchanged - 1][1]
    made = [path for kind, path in operations if kind in ("open", "mkdir")]
    assert all(path == fresh or path.startswith(f"{fresh}/") for path in made)
    last = {path: at for at, (kind, path) in enumerate(operations) if kind in ("open", "write", "mkdir")}
    synced = {path: at for at, (kind, path) in enumerate(operations[:exchanged]) if kind == "fsync"}
    assert set(synced) == set(made)
    assert all(synced[path] > at for path, at in last.items())
    assert all(synced[os.path.dirname(path)] > synced[path] for path in made if path != fresh)
    assert operations[exchanged] == ["fsync", os.path.dirname(fresh)]
    assert {kind for kind, _ in operations[exchanged + 1 :]} == {"unlink", "rmdir"}


@pytest.mark.parametrize("way", WAYS)
def test_every_operation_was_hit_twice(way: tuple[str, str], outcomes: dict[tuple[str, str], list[Outcome]]) -> None:
    """Once it failed, once it was where the run was killed; of the way by renames only what differs is looked at."""
    counted, *found = outcomes[way]
    assert counted["state"] == {"build": "new", "parts": "new", "fmt": "NNN"}[way[0]]
    assert counted["left"] == []
    operations = counted["operations"]
    first, last = 1, len(operations)
    if way[1] == "renames":
        first, last = place(operations, "rename"), place(operations, "unlink")
    assert last - first >= {"exchange": 17, "renames": 4}[way[1]]
    assert [(one["at"], one["fault"] == "KILL") for one in found] == [
        (at, kill) for at in range(first, last + 1) for kill in (True, False)
    ]
    assert all(one["hit"] for one in found)
    assert {one["status"] for one in found if one["fault"] == "KILL"} == {-signal.SIGKILL}


def test_a_build_is_the_old_or_the_new(outcomes: dict[tuple[str, str], list[Outcome]]) -> None:
    """Up to the exchange the earlier build is there, byte for byte, and after it the new one; both fit their sums."""
    counted, *found = outcomes["build", "exchange"]
    exchanged = place(counted["operations"], "exchange")
    assert [one["state"] for one in found] == ["old" if one["at"] <= exchanged else "new" for one in found]


def test_a_build_in_parts(outcomes: dict[tuple[str, str], list[Outcome]]) -> None:
    """Is the old or the new as well; killed, it leaves what it has for the next run, which ends as if nothing had been.

    Parts that were finished are not written again.
    """
    counted, *found = outcomes["parts", "exchange"]
    operations = counted["operations"]
    exchanged = place(operations, "exchange")
    assert [one["state"] for one in found] == ["old" if one["at"] <= exchanged else "new" for one in found]
    killed = [one for one in found if one["fault"] == "KILL"]
    assert {tuple(one["left"]) for one in killed} == {(), (".out.sidelines-partial",)}
    assert {one["status"] for one in found if one["fault"] != "KILL" and one["at"] <= exchanged} == {2}
    followed = [one for one in found if "next" in one]
    assert len(followed) > len(operations)
    assert [one["next"] for one in followed] == [[0, "new", []]] * len(followed)


def test_a_build_that_fails_says_so(outcomes: dict[tuple[str, str], list[Outcome]]) -> None:
    """Status 2, one line with the folder and the cause, and nothing left; cleaning up that fails is no failure."""
    counted, *found = outcomes["build", "exchange"]
    exchanged = place(counted["operations"], "exchange")
    for one in found:
        if one["fault"] == "KILL":
            continue
        cause = CAUSES[one["fault"]]
        if one["at"] <= exchanged:
            ending = rf"cannot be written: {cause}; what was there is as it was"
            assert (one["status"], one["left"]) == (2, [])
            assert re.fullmatch(rf"error: \S+/out: {ending}\n", one["message"])
        elif one["operation"] == "fsync":
            ending = f"the new folder is in its place, but the system cannot say that it is on the disk: {cause}"
            assert (one["status"], len(one["left"])) == (2, 1)
            assert re.fullmatch(rf"error: \S+/out: {ending}\n", one["message"])
        else:
            assert (one["status"], len(one["left"])) == (0, 1)


def test_the_next_build_succeeds_and_sweeps(outcomes: dict[tuple[str, str], list[Outcome]]) -> None:
    """Whatever the run before left: the new build is there, and nothing beside it."""
    for way in WAYS[:2]:
        followed = [one for one in outcomes[way][1:] if "next" in one]
        assert sum(bool(one["left"]) for one in followed) >= {"exchange": 80, "renames": 4}[way[1]]
        assert [one["next"] for one in followed] == [[0, "new", []]] * len(followed)
        rest = [one for one in outcomes[way][1:] if "next" not in one]
        assert [(one["state"], one["left"]) for one in rest] == [("old", [])] * len(rest)


def test_where_folders_cannot_be_exchanged(outcomes: dict[tuple[str, str], list[Outcome]]) -> None:
    """Only a run killed between two renames leaves nothing in the place, and the next puts the earlier build back.

    Even one that has nothing to put there itself: it refuses a corpus with errors.
    """
    counted, *found = outcomes["build", "renames"]
    renamed = place(counted["operations"], "rename")
    for one in found:
        where = (one["at"] - renamed, one["fault"] == "KILL")
        expected = "none" if where == (1, True) else "old" if where[0] <= 1 else "new"
        assert one["state"] == expected
        assert one["refused"] == [1, "new" if expected == "new" else "old", []]
        if where == (1, True):
            assert ".out.sidelines-old" in one["left"]


def test_fmt_leaves_each_file_old_or_new(outcomes: dict[tuple[str, str], list[Outcome]]) -> None:
    """Three files, one after the other: what is done is done, the rest is as it was, and the next run does it."""
    counted, *found = outcomes["fmt", "exchange"]
    kinds = [kind for kind, _ in counted["operations"]]
    assert kinds == ["open", "write", "fsync", "replace", "fsync", "unlink"] * 3
    for one in found:
        done = kinds[: one["at"] - 1].count("replace")
        if one["fault"] != "KILL" and one["operation"] == "unlink":
            assert (one["status"], one["state"], one["left"]) == (0, "NNN", [])
            continue
        assert one["state"] == "NNN"[:done] + "OOO"[done:]
        if one["fault"] != "KILL":
            said = "the new file is in its place, but" if done > (one["at"] - 1) // 6 else "cannot be written: "
            assert (one["status"], one["left"]) == (2, [])
            assert re.match(rf"(changed .*\n)*error: \S+\.json: {said}", one["message"])
    followed = [one for one in found if "next" in one]
    assert [one["next"] for one in followed] == [[0, "NNN", []]] * len(followed)
    assert sum(bool(one["left"]) for one in followed) == 9


# -- real causes -------------------------------------------------------------------------------------------------------


@pytest.fixture
def earlier(tmp_path: Path) -> dict[str, str]:
    """A corpus `later`, and an earlier build `room/out` of another version; its files and their hashes."""
    (tmp_path / "room").mkdir()
    build(lay_out(tmp_path / "corpus", "1.0.0"), tmp_path / "room" / "out")
    lay_out(tmp_path / "later", "1.0.1")
    return snapshot(tmp_path / "room" / "out")


def command(tmp_path: Path) -> list[str]:
    out = tmp_path / "room" / "out"
    return [sys.executable, "-m", "sidelines", "build", str(tmp_path / "later"), "--out", str(out)]


def strace(arguments: list[str], *options: str) -> subprocess.CompletedProcess[str]:
    environment = os.environ | {"PYTHONDONTWRITEBYTECODE": "1"}
    command = ["strace", "-qq", *options, *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False, env=environment)


def test_kills_at_real_system_calls(earlier: dict[str, str], tmp_path: Path) -> None:
    """The first, a middle and the last fsync, renameat2 and unlinkat of a build, as the system sees them."""
    if shutil.which("strace") is None or strace(["true"]).returncode:
        pytest.skip("strace is not installed, or may not trace")
    log, out = tmp_path / "log", tmp_path / "room" / "out"
    build(tmp_path / "later", tmp_path / "room" / "new")
    new = snapshot(tmp_path / "room" / "new")
    shutil.rmtree(tmp_path / "room" / "new")
    calls = ("fsync", "renameat2", "unlinkat")
    shutil.copytree(out, tmp_path / "kept")
    traced = strace(command(tmp_path), "-o", str(log), "-e", f"trace={','.join(calls)}")
    assert traced.returncode == 0, traced.stderr
    counted = Counter(line.partition("(")[0] for line in log.read_text(encoding="utf-8").splitlines())
    assert (counted["fsync"], counted["renameat2"]) == (22, 1)
    assert counted["unlinkat"] >= 17
    samples = {(call, at) for call in calls for at in (1, (counted[call] + 1) // 2, counted[call])}
    assert len(samples) == 7
    for call, at in sorted(samples):
        shutil.rmtree(tmp_path / "room")
        shutil.copytree(tmp_path / "kept", out)
        kill = (f"trace={call}", "-e", f"inject={call}:signal=KILL:when={at}")
        assert strace(command(tmp_path), "-o", os.devnull, "-e", *kill).returncode == -signal.SIGKILL
        found = snapshot(out)
        assert found in (earlier, new)
        assert (found == new) == (call == "unlinkat" or (call, at) == ("fsync", 22)), (call, at)
        assert verifies(out)
    subprocess.run(command(tmp_path), capture_output=True, check=True)
    assert snapshot(out) == new
    assert [path.name for path in (tmp_path / "room").iterdir()] == ["out"]


def limited(size: int) -> Callable[[], None]:
    import resource

    return lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))


@pytest.mark.parametrize("size", [0, 1, 100, 4_000])
def test_a_real_limit_to_what_can_be_written(size: int, earlier: dict[str, str], tmp_path: Path) -> None:
    """A write that the system refuses, or does in part: status 2, the earlier build is as it was, nothing is left."""
    done = subprocess.run(command(tmp_path), capture_output=True, text=True, check=False, preexec_fn=limited(size))
    out = tmp_path / "room" / "out"
    assert done.returncode == 2
    assert done.stderr == f"error: {out}: cannot be written: File too large; what was there is as it was\n"
    assert snapshot(out) == earlier
    assert [path.name for path in out.parent.iterdir()] == ["out"]


def test_a_real_limit_to_what_fmt_can_write(tmp_path: Path) -> None:
    """The file is as it was, and nothing is beside it."""
    root = lay_out(tmp_path / "corpus")
    path = root / "annotations" / "visit" / "dates.json"
    path.write_bytes(json.dumps(json.loads(path.read_bytes())).encode())
    before = snapshot(root)
    done = subprocess.run(
        [sys.executable, "-m", "sidelines", "fmt", str(root)],
        capture_output=True, text=True, check=False, preexec_fn=limited(100),
    )  # fmt: skip
    assert done.returncode == 2
    assert done.stderr == f"error: {path}: cannot be written: File too large; the file is as it was\n"
    assert snapshot(root) == before


def test_a_folder_that_may_not_be_written(earlier: dict[str, str], tmp_path: Path) -> None:
    """Status 2, and the cause in words."""
    prefix = [] if os.geteuid() else ["setpriv", "--bounding-set=-all"]  # root may do anything, unless it gives that up
    if prefix and shutil.which("setpriv") is None:
        pytest.skip("root may write everywhere, and there is no setpriv")
    room = tmp_path / "room"
    room.chmod(0o555)
    try:
        done = subprocess.run([*prefix, *command(tmp_path)], capture_output=True, text=True, check=False)
    finally:
        room.chmod(0o755)
    assert done.returncode == 2
    assert done.stderr == f"error: {room / 'out'}: cannot be written: Permission denied; what was there is as it was\n"
    assert snapshot(room / "out") == earlier
    assert [path.name for path in room.iterdir()] == ["out"]


def test_a_folder_that_vanishes(earlier: dict[str, str], tmp_path: Path) -> None:
    """Somebody removes what is being written: an error, and the earlier build is as it was."""
    room = tmp_path / "room"

    def vanish(done: int, total: int, problems: int) -> None:
        for path in room.glob(".out.*"):
            shutil.rmtree(path)

    with pytest.raises(SidelinesError, match="cannot be written: No such file or directory; what was there is as it"):
        build(tmp_path / "later", room / "out", progress=vanish)
    assert snapshot(room / "out") == earlier
    assert [path.name for path in room.iterdir()] == ["out"]


def test_everything_vanishes(earlier: dict[str, str], tmp_path: Path) -> None:
    """The folder that the build was to stand in goes, too: an error, not a traceback, and nothing in its place."""
    room = tmp_path / "room"
    with pytest.raises(SidelinesError, match="cannot be written: No such file or directory"):
        build(tmp_path / "later", room / "out", progress=lambda *numbers: shutil.rmtree(room))
    assert not room.exists()


def test_the_sources_vanish(earlier: dict[str, str], tmp_path: Path) -> None:
    """A schema that is gone when it is to be copied is named."""
    room, settings = tmp_path / "room", tmp_path / "later" / "corpus" / "corpus.json"
    with pytest.raises(SidelinesError, match=r"corpus\.json: cannot be read: No such file or directory$"):
        build(tmp_path / "later", room / "out", progress=lambda *numbers: settings.unlink())
    assert snapshot(room / "out") == earlier


@pytest.mark.parametrize("exchange", [True, False])
def test_builds_at_the_same_time(exchange: bool, earlier: dict[str, str], tmp_path: Path) -> None:
    """Two runs replace the same folder again and again: all succeed, one of the two builds is there, whole, alone."""
    program = (
        "import sys, sidelines, sidelines.files\n"
        f"if not {exchange}: sidelines.files.exchange = lambda one, other: False\n"
        "for _ in range(8): sidelines.build(sys.argv[1], sys.argv[2])\n"
    )
    out = tmp_path / "room" / "out"
    runs = [
        subprocess.Popen([sys.executable, "-c", program, str(tmp_path / name), str(out)], stderr=subprocess.PIPE)
        for name in ("corpus", "later")
    ]
    gone = 0
    while any(run.poll() is None for run in runs):
        gone += exchange and not (out / "SHA256SUMS").exists()
    assert [(run.wait(), run.communicate()[1]) for run in runs] == [(0, b"")] * 2
    assert gone == 0
    assert verifies(out)
    build(tmp_path / "later", tmp_path / "other")
    assert snapshot(out) in (earlier, snapshot(tmp_path / "other"))
    assert [path.name for path in out.parent.iterdir()] == ["out"]


# -- what must not be replaced -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("out", "message"),
    [
        ("", "a build there would replace the corpus"),
        ("..", "a build there would replace the corpus"),
        ("corpus", "a build there would stand among the sources"),
        ("annotations", "a build there would stand among the sources"),
        ("schema", "a build there would stand among the sources"),
        ("annotations/visit/deep/down", "a build there would stand among the sources"),
    ],
)
def test_the_sources_are_spared(out: str, message: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Not even sums of theirs make them a build; links lead to the same refusal."""
    root = lay_out(tmp_path / "room" / "sound")
    for folder in (root.parent, root, root / "corpus"):
        (folder / "SHA256SUMS").write_text("", encoding="utf-8")
    (tmp_path / "link").symlink_to(root, target_is_directory=True)
    before = snapshot(tmp_path / "room")
    for target in (root / out, tmp_path / "link" / out if out != ".." else root / ".."):
        assert main(["build", str(root), "--out", str(target)]) == 2
        assert message in capsys.readouterr().err
    assert snapshot(tmp_path / "room") == before


@pytest.mark.parametrize("name", ["notes.txt", ".git/HEAD"])
def test_what_is_not_of_a_build_is_not_replaced_with_it(
    name: str, earlier: dict[str, str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Somebody's own file beside the tables keeps the build where it is; what file managers leave does not."""
    out = tmp_path / "room" / "out"
    (out / ".DS_Store").write_bytes(b"")
    (out / name).parent.mkdir(exist_ok=True)
    (out / name).write_bytes(b"mine")
    assert main(["build", str(tmp_path / "later"), "--out", str(out)]) == 2
    first = name.partition("/")[0]
    assert f"expected a build or nothing there, found {first!r}; choose another" in capsys.readouterr().err
    assert (out / name).read_bytes() == b"mine"
    shutil.rmtree(out / first) if (out / first).is_dir() else (out / first).unlink()
    assert main(["build", str(tmp_path / "later"), "--out", str(out)]) == 0
    assert ".DS_Store" not in snapshot(out)
