"""Verification of builds: every kind of damage is found, named once, and never a traceback."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from contextlib import chdir
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import sidelines
from sidelines import verifier
from sidelines.cli import main
from sidelines.errors import SidelinesError
from sidelines.layout import shipped
from sidelines.verifier import verify
from tests.damaged import DAMAGED, rewrite
from tests.flip_bits import draws, found, places, sum_anew
from tests.test_cases import CASES

Captured = pytest.CaptureFixture[str]


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A build of `tests/cases/base`, to be copied."""
    root = tmp_path_factory.mktemp("base")
    shutil.copytree(CASES / "base", root / "corpus")
    shutil.copytree(shipped() / "schema", root / "corpus" / "schema")
    return sidelines.build(root / "corpus", root / "build").out


@pytest.fixture
def out(built: Path, tmp_path: Path) -> Path:
    """A build that may be damaged."""
    return Path(shutil.copytree(built, tmp_path / "out"))


def found_in(out: Path) -> list[tuple[str, str | None]]:
    return [(problem.code, problem.path) for problem in verify(out).report]


# -- every rule --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("code", DAMAGED)
def test_the_damaged_build_has_exactly_its_problem(code: str, out: Path, capsys: Captured) -> None:
    """`sidelines verify`, or `check`, prints one line for one fault, and exits with status 1."""
    DAMAGED[code].fail(out)
    with chdir(out):
        assert main([DAMAGED[code].command, "."]) == 1
    line, *excerpt, summary, hint = capsys.readouterr().out.splitlines()
    assert line == DAMAGED[code].line
    assert all(other.startswith("    ") for other in excerpt)
    assert summary.startswith("1 error, 0 warnings in ")
    assert summary.endswith(f": {code} 1")
    assert hint == f"`sidelines explain {code}` says what a code means and how to mend it"


@pytest.mark.parametrize("code", DAMAGED)
def test_the_changed_build_is_sound(code: str, out: Path, capsys: Captured) -> None:
    """What stands right beside the fault is none."""
    DAMAGED[code].neighbour(out)
    assert main([DAMAGED[code].command, str(out)]) == 0
    assert capsys.readouterr().out.startswith(("verified: ", "clean: "))


# -- a sound build -----------------------------------------------------------------------------------------------------


def test_a_sound_build(built: Path, capsys: Captured) -> None:
    """Files, bytes, tables and rows on one line."""
    size = sum(path.stat().st_size for path in built.rglob("*") if path.is_file() and path.name != "SHA256SUMS")
    assert main(["verify", str(built)]) == 0
    assert capsys.readouterr().out == f"verified: 17 files, {size:,} bytes, 8 tables, 34 rows\n"
    made = sidelines.verify(built)
    assert (made.ok, made.path, made.files, made.size) == (True, built, 17, size)
    assert list(made.report) == []
    assert made.report.documents == 1
    assert made.report.rows == {"blocks": 5, "dates": 3, "documents": 1, "entities": 5, "mentions": 11, "quotes": 4,
                                "roles": 0, "sentences": 5}  # fmt: skip


def test_the_build_in_the_working_directory(built: Path, monkeypatch: pytest.MonkeyPatch, capsys: Captured) -> None:
    """Without a path it is `build`, where `sidelines build` writes."""
    monkeypatch.chdir(built.parent)
    assert main(["verify"]) == 0
    assert capsys.readouterr().out.startswith("verified: 17 files")


def test_json_for_programs(out: Path, capsys: Captured) -> None:
    """One problem a line, nothing for a sound build."""
    assert main(["verify", str(out), "--format", "json"]) == 0
    assert capsys.readouterr().out == ""
    (out / "notes.txt").write_bytes(b"")
    assert main(["verify", str(out), "--format", "json"]) == 1
    assert json.loads(capsys.readouterr().out) == {
        "code": "P103",
        "severity": "error",
        "message": "expected only what SHA256SUMS names, found a file that it does not name",
        "path": "notes.txt",
    }


def test_progress_counts_bytes(out: Path) -> None:
    """Each file once, Parquet files twice, also those that are damaged."""
    sizes = {path.relative_to(out).as_posix(): path.stat().st_size for path in out.rglob("*") if path.is_file()}
    del sizes["SHA256SUMS"]
    total = sum(sizes.values()) + sum(size for name, size in sizes.items() if name.endswith(".parquet"))
    for damaged in (False, True):
        seen: list[tuple[int, int, int]] = []
        verify(out, progress=lambda *step, seen=seen: seen.append(step))  # type: ignore[misc]
        assert seen[-1] == (total, total, int(damaged))
        assert seen == sorted(seen)
        table = out / "parquet" / "quotes.parquet"
        table.write_bytes(bytes(len(table.read_bytes())))


def test_it_needs_no_pandas(built: Path) -> None:
    """Tables are read and hashed without pandas."""
    code = f"import sys, sidelines; assert sidelines.verify({str(built)!r}).ok; assert 'pandas' not in sys.modules"
    subprocess.run([sys.executable, "-c", code], check=True)


# -- what is no build --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("make", "answer"),
    [
        (lambda path: None, "{path}: no such folder"),
        (lambda path: path.write_text(""), "{path}: expected a build, a folder, found a file"),
        (lambda path: path.mkdir(), "{path}: expected a build, a folder with SHA256SUMS, found none"),
        (
            lambda path: shutil.copytree(CASES / "base", path),
            "{path}: expected a build, a folder with SHA256SUMS, found none; it is a corpus, of which `sidelines "
            "build` makes a build",
        ),
        (
            lambda path: ((path / "build").mkdir(parents=True), (path / "build" / "SHA256SUMS").write_text("")),
            "{path}: expected a build, a folder with SHA256SUMS, found none; did you mean {path}/build?",
        ),
        (lambda path: (path / "SHA256SUMS").mkdir(parents=True), "{path}/SHA256SUMS: cannot be read: it is no regular"),
    ],
    ids=["nothing", "file", "empty", "corpus", "parent", "folder"],
)
def test_no_build(make: Callable[[Path], Any], answer: str, tmp_path: Path, capsys: Captured) -> None:
    """Status 2, and what was expected there."""
    make(tmp_path / "there")
    assert main(["verify", str(tmp_path / "there")]) == 2
    shown = capsys.readouterr().err.replace(os.sep, "/")
    assert shown.startswith("error: " + answer.format(path=(tmp_path / "there").as_posix()))


def test_sums_of_any_size_are_not_read(out: Path) -> None:
    """SHA256SUMS ends at 16 MiB; beyond, nothing is taken into memory."""
    with (out / "SHA256SUMS").open("r+b") as file:
        file.truncate(2**40 if os.name == "posix" else 2**25)
    with pytest.raises(SidelinesError, match="SHA256SUMS: expected at most 16 MiB, found more"):
        verify(out)


# -- SHA256SUMS --------------------------------------------------------------------------------------------------------

HASH = "0123456789abcdef" * 4
FORM = "expected 64 hexadecimal digits in lower case, two spaces, and a path in UTF-8 without \\, found "
INSIDE = "expected a path inside the build, of names and / alone, found "


@pytest.mark.parametrize(
    ("content", "line", "message"),
    [
        (b"", None, "expected a line for each file of the build, found none"),
        (b"\n", 1, FORM + "‘’"),
        (b"%s a\n", 1, FORM + f"‘{HASH} a’"),
        (b"%s *a\n", 1, FORM + f"‘{HASH} *a’"),
        (b"%s   \r\n", 1, FORM + f"‘{HASH}   \\u000d’"),
        (b"%s  a\r\n", 1, FORM + f"‘{HASH}  a\\u000d’"),
        (b"%s  a\0\n", 1, FORM + f"‘{HASH}  a\\u0000’"),
        (b"\\%s  a\\nb\n", 1, FORM + f"‘\\{HASH}  a\\nb’"),
        (b"%s  \xff\n", 1, FORM + f"‘{HASH}  \\xff’"),
        (b"\xef\xbb\xbf%s  a\n", 1, FORM + f"‘\\ufeff{HASH}  a’"),
        (b"0%s  a\n", 1, FORM + f"‘0{HASH}  a’"),
        (b"%s  a\n\n%s  b\n", 2, FORM + "‘’"),
        (b"%s  a\n%s  b", 2, "expected a newline at the end of the line, found the end of the file after ‘b’"),
        (b"%s  /etc/passwd\n", 1, INSIDE + "‘/etc/passwd’"),
        (b"%s  ../a\n", 1, INSIDE + "‘../a’"),
        (b"%s  a/../../b\n", 1, INSIDE + "‘a/../../b’"),
        (b"%s  ./a\n", 1, INSIDE + "‘./a’"),
        (b"%s  a//b\n", 1, INSIDE + "‘a//b’"),
        (b"%s  a/\n", 1, INSIDE + "‘a/’"),
        (b"%s  C:/a\n", 1, INSIDE + "‘C:/a’"),
        (b"%s  SHA256SUMS\n", 1, "expected the other files of the build, found SHA256SUMS itself"),
        (b"%s  a\n%s  a\n", 2, "expected each file once, found ‘a’ again"),
        (b"%s  b\n%s  a\n", 2, "expected the lines in the order of their paths, found ‘a’ after ‘b’"),
    ],
)  # fmt: skip
def test_the_form_of_the_sums(content: bytes, line: int | None, message: str, out: Path) -> None:
    """Only what `sha256sum` writes, sorted; with a line that is not so, nothing else is judged."""
    (out / "SHA256SUMS").write_bytes(content.replace(b"%s", HASH.encode()))
    (problem,) = verify(out).report
    assert (problem.code, problem.path, problem.line, problem.message) == ("P101", "SHA256SUMS", line, message)


def test_sha256sum_agrees(built: Path) -> None:
    """The tool that the form comes from reads it, and is content."""
    tool = shutil.which("sha256sum")
    if tool is None:
        pytest.skip("there is no sha256sum here")
    subprocess.run([tool, "--check", "--strict", "--quiet", "SHA256SUMS"], cwd=built, check=True)


# -- files -------------------------------------------------------------------------------------------------------------


def test_a_file_by_another_name(out: Path) -> None:
    """It is missed under the one and not expected under the other."""
    (out / "corpus.json").rename(out / "Corpus.json")
    assert found_in(out) == [("P103", "Corpus.json"), ("P102", "corpus.json")]


def test_what_is_in_the_way(out: Path) -> None:
    """A folder in the place of a file, an empty folder, and a table that nobody built."""
    (out / "corpus.json").unlink()
    (out / "corpus.json").mkdir()
    (out / "parquet" / "more").mkdir()
    shutil.copy(out / "parquet" / "quotes.parquet", out / "parquet" / "quotes2.parquet")
    assert [(p.code, p.path, p.message) for p in verify(out).report] == [
        ("P102", "corpus.json", "expected a file, as SHA256SUMS names it, found an empty folder"),
        ("P103", "parquet/more", "expected only what SHA256SUMS names, found an empty folder"),
        ("P103", "parquet/quotes2.parquet", "expected only what SHA256SUMS names, found a file that it does not name"),
    ]


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no pipes here")
def test_links_and_pipes_are_not_opened(out: Path, tmp_path: Path) -> None:
    """Even where a link leads to the right bytes; a pipe would never end."""
    (out / "corpus.json").rename(tmp_path / "elsewhere.json")
    (out / "corpus.json").symlink_to(tmp_path / "elsewhere.json")
    (out / "parquet" / "quotes.parquet").unlink()
    os.mkfifo(out / "parquet" / "quotes.parquet")
    (out / "root").symlink_to("/")
    assert [(p.code, p.path, p.message) for p in verify(out).report] == [
        ("P102", "corpus.json", "expected a file, as SHA256SUMS names it, found a symbolic link"),
        (
            "P102",
            "parquet/quotes.parquet",
            "expected a file, as SHA256SUMS names it, found a pipe, a socket or a device",
        ),
        ("P103", "root", "expected only what SHA256SUMS names, found a symbolic link"),
    ]


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no pipes here")
def test_what_becomes_a_link_or_a_pipe_meanwhile(out: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What was a file when the folder was walked is looked at again when it is opened."""
    walk = verifier._walk

    def then_changed(root: Path) -> dict[str, int | str]:
        there = walk(root)
        (root / "corpus.json").unlink()
        (root / "corpus.json").symlink_to("SHA256SUMS")
        (root / "parquet" / "quotes.parquet").unlink()
        os.mkfifo(root / "parquet" / "quotes.parquet")
        return there

    monkeypatch.setattr(verifier, "_walk", then_changed)
    link, pipe = verify(out).report
    assert (link.code, link.path) == ("P102", "corpus.json")
    assert (pipe.code, pipe.path) == ("P102", "parquet/quotes.parquet")
    assert pipe.message == "expected a file that can be read, found: it is no regular file"


def test_a_folder_that_cannot_be_read(out: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is named, with what the system says, and its files are missed."""
    scan = os.scandir

    def refuse(path: Path) -> Any:
        if Path(path).name == "parquet":
            raise PermissionError(13, "Permission denied")
        return scan(path)

    monkeypatch.setattr(os, "scandir", refuse)
    problems = list(verify(out).report)
    assert [problem.code for problem in problems] == ["P103"]
    assert problems[0].path == "parquet"
    message = "expected only what SHA256SUMS names, found a folder that cannot be read (Permission denied)"
    assert problems[0].message == message


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere names are text")
def test_names_that_cannot_be_printed(out: Path, capsys: Captured) -> None:
    """Bytes that are no UTF-8, and what would move the cursor, are shown as code points."""
    Path(os.fsdecode(os.fsencode(out) + b"/\xff\x1b[2J\n")).write_bytes(b"")
    with chdir(out):
        assert main(["verify", "."]) == 1
    assert capsys.readouterr().out.startswith("\\udcff\\u001b[2J\\u000a: P103 expected only")
    assert main(["verify", str(out), "--format", "json"]) == 1
    assert json.loads(capsys.readouterr().out)["path"] == "\\udcff\\u001b[2J\\u000a"


# -- tables ------------------------------------------------------------------------------------------------------------


def test_one_fault_is_one_problem(out: Path) -> None:
    """A table whose bytes differ is not read as well: what is wrong with it has been said."""
    table = out / "parquet" / "quotes.parquet"
    table.write_bytes(table.read_bytes()[:-8])
    assert found_in(out) == [("P104", "parquet/quotes.parquet")]
    assert "quotes" not in verify(out).report.rows


def test_a_page_whose_checksum_differs(out: Path) -> None:
    """Noticed with SHA256SUMS made anew, and with a content hash that nobody could compare."""
    path = out / "parquet" / "documents.parquet"
    column = pq.ParquetFile(path).metadata.row_group(0).column(9)
    raw = bytearray(path.read_bytes())
    raw[column.dictionary_page_offset + 100] ^= 1
    path.write_bytes(raw)
    sum_anew(out)
    (problem,) = verify(out).report
    assert (problem.code, problem.path) == ("P105", "parquet/documents.parquet")
    assert "CRC checksum verification failed" in problem.message


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda path: rewrite(path, stated=None), "expected content_hash in the metadata of the file, the hash of its "
         "rows, found none"),
        (lambda path: rewrite(path, stated="sha256-rows-9:00"), "expected a content_hash that begins with "
         "sha256-rows-1, found ‘sha256-rows-9:00’; another version may know it"),
        (lambda path: rewrite(path, stated="\x1b[2J"), "expected a content_hash that begins with sha256-rows-1, found "
         "‘\\u001b[2J’; another version may know it"),
        (lambda path: rewrite(path, stated="sha256-rows-1:00"), "expected rows with the content_hash sha256-rows-1:00, "
         "found sha256-rows-1:e2400deb6f2a51c8264c20c05ebd82650b3d8c9398e9c8fe31c5b2931c9a0061"),
        (lambda path: pq.write_table(pa.table({"x": pa.array([1], pa.uint8())}), path), "expected a column of one of "
         "the types bool, date, double, int64, list, string, struct, found uint8"),
    ],
    ids=["none", "version", "escape", "wrong", "foreign"],
)  # fmt: skip
def test_the_hash_in_the_metadata(change: Callable[[Path], Any], message: str, out: Path) -> None:
    """Absent, of another version, wrong, or of a table that no build has."""
    change(out / "parquet" / "dates.parquet")
    sum_anew(out)
    (problem,) = verify(out).report
    assert (problem.code, problem.path, problem.message) == ("P106", "parquet/dates.parquet", message)


def test_row_groups_and_pages_of_another_writer(out: Path) -> None:
    """The hash in the metadata is still that of the rows."""
    for table in (out / "parquet").glob("*.parquet"):
        rewrite(table, compression="gzip", use_dictionary=False)
    sum_anew(out)
    assert list(verify(out).report) == []


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (MemoryError(), "MemoryError"),
        (RuntimeError(" \n"), "RuntimeError"),
        (pa.ArrowInvalid("one line\nand more"), "one line"),
        (OSError(5, "Input/output error"), "[Errno 5] Input/output error"),
        (KeyError("\x1b"), "'\\x1b'"),
        (pa.ArrowNotImplementedError("\x1b[2J" + 300 * "x"), f"\\u001b[2J{94 * 'x'} … {98 * 'x'}"),
    ],
)
def test_whatever_pyarrow_raises(error: Exception, words: str, out: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is a problem with the file, in one line of words."""

    def fail(*_: object, **__: object) -> None:
        raise error

    monkeypatch.setattr(pq, "ParquetFile", fail)
    problems = list(verify(out).report)
    assert [problem.code for problem in problems] == ["P105"] * 8
    assert problems[0].message == f"expected a Parquet file that can be read to its end, found: {words}"


# -- the documentation -------------------------------------------------------------------------------------------------


def test_the_examples_of_the_documentation(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What `docs/formats.md` says of the build and of the content hash runs on the build of its own corpus."""
    page = (Path(__file__).parents[1] / "docs" / "formats.md").read_text(encoding="utf-8")
    files = re.findall(
        r"^\*\*`((?:corpus|schema|annotations)/[^`]+)`\*\*\n\n```\w+\n(.*?)^```$", page, re.MULTILINE | re.DOTALL
    )
    for name, content in files:
        path = tmp_path / "walk" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode())
    monkeypatch.chdir(tmp_path)
    sidelines.build("walk", "walk-build")
    assert verify("walk-build").ok
    examples = re.findall(r"```python\n(.*?)```", page.split("\n## The build\n")[1], re.DOTALL)
    assert len(examples) == 4
    namespace: dict[str, object] = {}
    for example in examples:
        exec(compile(example, "formats.md", "exec"), namespace)  # the page is ours


# -- single bits -------------------------------------------------------------------------------------------------------


def test_single_bits_anywhere(out: Path) -> None:
    """Of 300 bits, each flipped alone, every one is noticed, without an exception."""
    missed = [(name, bit) for name, bit in draws(out, 300, seed=3) if not found(out, name, bit)]
    assert missed == []
    assert verify(out).ok


def test_bits_of_the_sums(out: Path) -> None:
    """Every bit of the first line of SHA256SUMS is noticed, from the end of the hash on, and of the last newline."""
    raw = (out / "SHA256SUMS").read_bytes()
    bytes_ = [*range(60, raw.index(b"\n") + 2), len(raw) - 1]
    missed = [(at, bit) for at in bytes_ for bit in range(8) if not found(out, "SHA256SUMS", 8 * at + bit)]
    assert missed == []


def test_bits_of_pages_with_sums_made_anew(out: Path) -> None:
    """The checksums of pages notice every bit of them alone, without SHA256SUMS: 50 drawn from tables with rows."""
    (out / "parquet" / "roles.parquet").unlink()
    sum_anew(out)
    todo = draws(out, 800, seed=3, pattern="*.parquet")
    pages = [draw for draw, place in zip(todo, places(out, todo), strict=True) if place == "page"][:50]
    assert len(pages) == 50
    assert [(name, bit) for name, bit in pages if found(out, name, bit, resum=True) != ["P105"]] == []
