"""Bytes of a corpus: plain files inside of it, up to a size, and nothing else."""

from __future__ import annotations

import os
import socket
from pathlib import Path
from time import perf_counter

import pytest

from sidelines.checker import check
from sidelines.errors import SidelinesError
from sidelines.sources import Limits, Sources, UnreadableError


def refusal(sources: Sources, path: str) -> tuple[str, str]:
    """Code and message of a file that is not read."""
    with pytest.raises(UnreadableError) as caught:
        sources.read(path)
    return caught.value.code, caught.value.message


class TestRead:
    @pytest.mark.parametrize("size", [0, 1, 65_535, 65_536, 65_537, 131_072, 200_000])
    def test_a_file_of_any_size(self, tmp_path: Path, size: int) -> None:
        """Every byte, and no other."""
        content = bytes(at % 251 for at in range(size))
        (tmp_path / "f").write_bytes(content)
        assert Sources(tmp_path).read("f") == content

    def test_the_limit(self, tmp_path: Path) -> None:
        """A file may be as large as the limit; one byte more, and it is not read."""
        (tmp_path / "f").write_bytes(b"x" * 70_000)
        assert len(Sources(tmp_path, Limits(file_bytes=70_000)).read("f")) == 70_000
        sources = Sources(tmp_path, Limits(file_bytes=69_999))
        assert refusal(sources, "f") == ("F005", "expected a file of at most 69,999 bytes, found 70,000")

    def test_a_terabyte(self, tmp_path: Path) -> None:
        """A file that is far too large costs nothing."""
        with (tmp_path / "f").open("wb") as file:
            try:
                file.truncate(2**40)
            except OSError:
                pytest.skip("no sparse files here")
        began = perf_counter()
        assert refusal(Sources(tmp_path), "f")[0] == "F005"
        assert perf_counter() - began < 0.5

    def test_missing(self, tmp_path: Path) -> None:
        """A file that is not there is a FileNotFoundError, and so is a link to nowhere inside the corpus."""
        with pytest.raises(FileNotFoundError):
            Sources(tmp_path).read("f")

    def test_a_folder(self, tmp_path: Path) -> None:
        """A folder is no file."""
        (tmp_path / "f").mkdir()
        assert refusal(Sources(tmp_path), "f") == ("F004", "expected a file, found a folder")

    @pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes here")
    def test_a_pipe(self, tmp_path: Path) -> None:
        """A pipe that nobody writes to is refused at once."""
        os.mkfifo(tmp_path / "f")
        assert refusal(Sources(tmp_path), "f") == ("F004", "expected a file, found a pipe")

    @pytest.mark.skipif(not hasattr(socket, "AF_UNIX"), reason="no sockets here")
    def test_a_socket(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """So is a socket."""
        monkeypatch.chdir(tmp_path)  # the path of a socket must be short
        with socket.socket(socket.AF_UNIX) as server:
            server.bind("f")
            assert refusal(Sources(tmp_path), "f") == ("F004", "expected a file, found a socket")

    @pytest.mark.skipif(os.name != "posix", reason="no /dev here")
    @pytest.mark.parametrize("device", ["/dev/zero", "/dev/null", "/dev/stdin"])
    def test_a_link_to_a_device(self, tmp_path: Path, device: str) -> None:
        """A link to a device leads out of the corpus, and is not opened."""
        (tmp_path / "f").symlink_to(device)
        message = f"expected what is inside the corpus, found a link to {device}, which is not"
        assert refusal(Sources(tmp_path), "f") == ("F006", message)

    @pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="root may read everything")
    def test_forbidden(self, tmp_path: Path) -> None:
        """What may not be opened says so."""
        (tmp_path / "f").write_bytes(b"x")
        (tmp_path / "f").chmod(0)
        assert refusal(Sources(tmp_path), "f") == ("F004", "cannot be read: Permission denied")


class TestLocate:
    def test_a_file(self, tmp_path: Path) -> None:
        """Where a file is, whatever its size."""
        (tmp_path / "f").write_bytes(b"x" * 10)
        assert Sources(tmp_path, Limits(file_bytes=1)).locate("f") == str(tmp_path / "f")

    def test_none(self, tmp_path: Path) -> None:
        """A file that is not there is missing; a folder or a link to itself cannot be opened."""
        with pytest.raises(FileNotFoundError):
            Sources(tmp_path).locate("f")
        (tmp_path / "d").mkdir()
        with pytest.raises(UnreadableError, match="expected a file, found a folder"):
            Sources(tmp_path).locate("d")

    @pytest.mark.skipif(os.name != "posix", reason="links need no rights here")
    def test_a_link_in_a_circle(self, tmp_path: Path) -> None:
        """Nor can a link to itself."""
        (tmp_path / "a").symlink_to("a")
        with pytest.raises(UnreadableError) as caught:
            Sources(tmp_path).locate("a")
        assert caught.value.code == "F004"


@pytest.mark.skipif(os.name != "posix", reason="links need no rights here")
class TestLinks:
    def test_inside(self, tmp_path: Path) -> None:
        """A link to a file of the corpus is followed, and so is the link by which the corpus is reached."""
        corpus = tmp_path / "corpus"
        corpus.mkdir()
        (corpus / "f").write_bytes(b"x")
        (corpus / "g").symlink_to("f")
        (tmp_path / "alias").symlink_to(corpus)
        assert Sources(tmp_path / "alias").read("g") == b"x"

    @pytest.mark.parametrize("target", ["../secret", "../corpus-2/f", "/etc/passwd"])
    def test_outside(self, tmp_path: Path, target: str) -> None:
        """A link out of the corpus is not followed, even to a folder whose name begins alike."""
        for folder in ("corpus", "corpus-2"):
            (tmp_path / folder).mkdir()
        (tmp_path / "secret").write_bytes(b"x")
        (tmp_path / "corpus-2" / "f").write_bytes(b"x")
        (tmp_path / "corpus" / "g").symlink_to(target)
        assert refusal(Sources(tmp_path / "corpus"), "g")[0] == "F006"

    def test_by_way_of_another(self, tmp_path: Path) -> None:
        """Nor is a link to a link out of it."""
        (tmp_path / "corpus").mkdir()
        (tmp_path / "corpus" / "a").symlink_to("b")
        (tmp_path / "corpus" / "b").symlink_to("../secret")
        (tmp_path / "secret").write_bytes(b"x")
        assert refusal(Sources(tmp_path / "corpus"), "a")[0] == "F006"

    def test_in_a_circle(self, tmp_path: Path) -> None:
        """A link to itself cannot be read."""
        (tmp_path / "a").symlink_to("a")
        assert refusal(Sources(tmp_path), "a")[0] in ("F004", "F006")

    @pytest.mark.parametrize("folder", ["annotations", "annotations/visit", "schema"])
    def test_folders(self, sound: Path, tmp_path: Path, folder: str) -> None:
        """A folder that is a link out of the corpus is one problem, and nothing in it is read."""
        (tmp_path / "moved").mkdir()
        (sound / folder).rename(tmp_path / "moved" / "folder")
        (sound / folder).symlink_to(tmp_path / "moved" / "folder")
        report = check(sound)
        assert [(problem.code, problem.path) for problem in report if problem.code[0] == "F"] == [("F006", folder)]

    def test_the_folder_of_the_texts(self, sound: Path, tmp_path: Path) -> None:
        """So is that of the texts and of the corpus's own metadata."""
        (sound / "corpus").rename(tmp_path / "texts")
        (sound / "corpus").symlink_to(tmp_path / "texts")
        assert [(problem.code, problem.path) for problem in check(sound)] == [("F006", "corpus")]

    def test_a_folder_inside(self, sound: Path) -> None:
        """A link to another folder of the corpus is followed."""
        (sound / "annotations").rename(sound / "kept")
        (sound / "annotations").symlink_to("kept")
        assert list(check(sound)) == []


class TestLimits:
    @pytest.mark.parametrize(
        ("wrong", "message"),
        [
            ({"file_bytes": 0}, "limit file_bytes: expected 1 or more, found 0"),
            ({"depth": 513}, "limit depth: expected 1 to 512, found 513"),
            ({"rows": -1}, "limit rows: expected 1 or more, found -1"),
        ],
    )
    def test_what_they_may_be(self, wrong: dict[str, int], message: str) -> None:
        """A limit is at least 1; the depth at most 512."""
        with pytest.raises(SidelinesError) as caught:
            Limits(**wrong)
        assert str(caught.value) == message

    def test_depth(self, sound: Path) -> None:
        """A file of more levels is told from one of the wrong shape by the limit alone."""
        (sound / "annotations" / "visit" / "dates.json").write_bytes(b"[" * 100 + b"]" * 100)
        assert [problem.code for problem in check(sound)] == ["F107"]
        assert [problem.code for problem in check(sound, limits=Limits(depth=100))] == ["S103"]


class TestReservedNames:
    @pytest.mark.parametrize("name", ["con", "nul", "com1", "lpt9", "aux.report", "prn.2024.draft"])
    def test_devices_of_windows(self, sound: Path, name: str) -> None:
        """A document cannot have the name of a device, whatever follows the dot."""
        (sound / "corpus" / f"{name}.txt").write_bytes(b"")
        assert [(p.code, p.document) for p in check(sound)] == [("F003", name)]

    @pytest.mark.parametrize("name", ["con", "lpt1"])
    def test_layers(self, sound: Path, name: str) -> None:
        """Nor can a layer."""
        settings = sound / "corpus" / "corpus.json"
        settings.write_bytes(settings.read_bytes().replace(b'"dates"]', f'"dates", "{name}"]'.encode()))
        assert [(p.code, p.pointer) for p in check(sound)] == [("S001", "/layers/4")]

    @pytest.mark.parametrize("name", ["console", "com10", "auxiliary", "x.con"])
    def test_what_only_begins_alike(self, sound: Path, name: str) -> None:
        """Other names are names."""
        (sound / "corpus" / f"{name}.txt").write_bytes(b"")
        assert {p.code for p in check(sound)} == {"F001"}
