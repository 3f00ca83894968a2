"""The command line: what it prints, where, and its status."""

from __future__ import annotations

import io
import json
import os
import re
import subprocess
import sys
from contextlib import chdir
from pathlib import Path

import pytest

import sidelines
from sidelines import terminal
from sidelines.cli import main
from sidelines.layout import shipped
from tests.strategies import twice
from tests.test_cases import CASES, lay_out


@pytest.fixture
def faulty(tmp_path: Path) -> Path:
    """The same with a surface that is not its slice."""
    return lay_out(tmp_path / "faulty", CASES / "O004-surface-differs" / "fail")


Captured = pytest.CaptureFixture[str]


class TestCheck:
    def test_clean(self, sound: Path, capsys: Captured) -> None:
        """One line, and status 0."""
        assert main(["check", str(sound)]) == 0
        assert capsys.readouterr().out == "clean: 1 document, 33 rows\n"

    def test_json_is_one_problem_a_line(self, faulty: Path, capsys: Captured) -> None:
        """Every line is an object with the place as data, and nothing else is printed."""
        assert main(["check", str(faulty), "--format", "json"]) == 1
        out, err = capsys.readouterr()
        (problem,) = [json.loads(line) for line in out.splitlines()]
        assert err == ""
        assert (problem["code"], problem["severity"]) == ("O004", "error")
        assert problem["path"] == "annotations/visit/entities.json"
        assert {"pointer", "line", "column", "document", "table", "id", "start", "end", "message"} <= set(problem)

    def test_json_of_a_clean_corpus_is_empty(self, sound: Path, capsys: Captured) -> None:
        """No problem, no line."""
        assert main(["check", str(sound), "--format", "json"]) == 0
        assert capsys.readouterr().out == ""

    def test_without_a_path_it_says_which_corpus(
        self, sound: Path, monkeypatch: pytest.MonkeyPatch, capsys: Captured
    ) -> None:
        """The nearest folder upwards that is a corpus."""
        monkeypatch.chdir(sound / "annotations" / "visit")
        assert main(["check"]) == 0
        assert capsys.readouterr().err == f"corpus: {sound}\n"

    @pytest.mark.parametrize(
        "words", ["check", "check --fix", "check --diff", "check --format sarif", "fmt", "fmt --check"]
    )
    def test_the_shipped_corpus_is_never_meant_instead(
        self, words: str, sound: Path, monkeypatch: pytest.MonkeyPatch, capsys: Captured
    ) -> None:
        """It is clean, which says nothing of what was to be checked: status 2, and what was meant."""
        monkeypatch.chdir(sound.parent)
        assert main(words.split()) == 2
        out, err = capsys.readouterr()
        assert out == ""
        assert err == (
            "error: .: expected a corpus, found none here but below; did you mean sound? (without a PATH, a corpus in "
            f"this folder or above it is meant; that of Sidelines itself is {shipped()})\n"
        )

    @pytest.mark.parametrize("words", ["build", "tables"])
    def test_others_say_where_the_shipped_corpus_is(
        self, words: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Captured
    ) -> None:
        """So that it can be named."""
        monkeypatch.chdir(tmp_path)
        assert main(words.split()) == 0
        assert capsys.readouterr().err == f"corpus: the one that comes with Sidelines, {shipped()}\n"

    def test_in_a_build(self, sound: Path, monkeypatch: pytest.MonkeyPatch, capsys: Captured) -> None:
        """That is what is checked."""
        sidelines.build(sound, sound.parent / "out")
        monkeypatch.chdir(sound.parent / "out")
        assert main(["check"]) == 0
        assert capsys.readouterr() == ("clean: 1 document, 33 rows\n", f"corpus: {sound.parent / 'out'}\n")

    def test_in_the_checkout(self, monkeypatch: pytest.MonkeyPatch, capsys: Captured) -> None:
        """The shipped corpus is the nearest."""
        monkeypatch.chdir(shipped() / "docs")
        assert main(["check"]) == 0
        assert capsys.readouterr().err == f"corpus: {shipped()}\n"

    @pytest.mark.parametrize("words", ["fmt", "check --fix"])
    @pytest.mark.parametrize("named", [True, False])
    def test_an_installation_is_never_changed(
        self, words: str, named: bool, sound: Path, monkeypatch: pytest.MonkeyPatch, capsys: Captured
    ) -> None:
        """Named by its path or by the working directory, the corpus in it is only read."""
        monkeypatch.setattr("sidelines.layout.__file__", str(sound.parent / "sidelines" / "layout.py"))
        (sound.parent / "sidelines").mkdir()
        data = sound.rename(sound.parent / "sidelines" / "data")
        path = data / "annotations" / "visit" / "dates.json"
        path.write_bytes(path.read_bytes() + b"\n")
        before = path.read_bytes()
        monkeypatch.chdir(data if not named else data.parents[1])
        given = [str(data)] if named else []
        assert main([*words.split(), *given]) == 2
        assert f"error: {data}: this corpus is part of the installation of Sidelines" in capsys.readouterr().err
        assert path.read_bytes() == before
        assert main(["check", *given]) == 1


class TestBuild:
    def test_it_says_what_it_wrote_and_what_to_try(self, sound: Path, tmp_path: Path, capsys: Captured) -> None:
        """Tables, rows, where, and a line of pandas that runs."""
        assert main(["build", str(sound), "--out", str(tmp_path / "out")]) == 0
        out = capsys.readouterr().out
        assert "Base 1.0.0" in out
        assert "built 1 document, no problems" in out
        line = out.splitlines()[-1].strip()
        assert line.startswith('python -c "')
        exec(line.removeprefix('python -c "').removesuffix('"'))
        assert "I said yes," in capsys.readouterr().out

    def test_errors_leave_the_earlier_build(self, sound: Path, faulty: Path, tmp_path: Path, capsys: Captured) -> None:
        """Status 1, the problems, and the files of the earlier build as they were."""
        out = tmp_path / "out"
        assert main(["build", str(sound), "--out", str(out)]) == 0
        before = {path: path.read_bytes() for path in out.rglob("*") if path.is_file()}
        capsys.readouterr()
        assert main(["build", str(faulty), "--out", str(out)]) == 1
        shown, err = capsys.readouterr()
        assert "O004" in shown
        assert err == f"error: {faulty}: 1 error, so nothing was built; what is in {out} is as it was\n"
        assert {path: path.read_bytes() for path in out.rglob("*") if path.is_file()} == before
        assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".")] == []

    def test_a_folder_that_is_no_build_is_not_replaced(self, sound: Path, tmp_path: Path, capsys: Captured) -> None:
        """Somebody's files are safe: status 2."""
        (tmp_path / "mine").mkdir()
        (tmp_path / "mine" / "thesis.txt").write_text("all of it")
        assert main(["build", str(sound), "--out", str(tmp_path / "mine")]) == 2
        assert "expected a build or nothing there" in capsys.readouterr().err
        assert (tmp_path / "mine" / "thesis.txt").read_text() == "all of it"


class TestFmt:
    def test_it_writes_the_canonical_form(self, sound: Path, capsys: Captured) -> None:
        """A file in another layout, with escapes and keys in another order, is as before after `fmt`."""
        path = sound / "annotations" / "visit" / "dates.json"
        tidy = path.read_bytes()
        value = json.loads(tidy)
        value["dates"] = [dict(reversed(row.items())) for row in value["dates"]]
        path.write_text(json.dumps(value, indent=3), encoding="ascii")
        assert main(["fmt", str(sound), "--check"]) == 1
        assert main(["fmt", str(sound)]) == 0
        assert path.read_bytes() == tidy
        assert main(["fmt", str(sound), "--check"]) == 0
        out, err = capsys.readouterr()
        assert out == f"would change {path}\nchanged {path}\n"
        assert err == "1 file would be changed\n1 file changed\n0 files would be changed\n"

    def test_a_file_in_doubt_is_left_alone(self, sound: Path, capsys: Captured) -> None:
        """A duplicate key is named and not chosen from."""
        path = sound / "corpus" / "visit.json"
        doubtful = path.read_text(encoding="utf-8").replace('"language": "en"', '"language": "en",\n  "language": "de"')
        path.write_text(doubtful, encoding="utf-8", newline="\n")
        assert main(["fmt", str(sound)]) == 1
        assert path.read_text(encoding="utf-8") == doubtful
        out, err = capsys.readouterr()
        where = f"{sound}/corpus/visit.json:5:3"
        assert out == f"{where}: F104 expected each property once in an object, found 'language' twice\n"
        assert err == "0 files changed, others left alone because of 1 problem\n"

    def test_a_build_is_left_as_it_was_built(self, sound: Path, tmp_path: Path, capsys: Captured) -> None:
        """Its SHA256SUMS hold: status 2, and where to run it instead."""
        out = tmp_path / "out"
        assert main(["build", str(sound), "--out", str(out)]) == 0
        schema = out / "schema" / "dates.schema.json"
        schema.write_bytes(b" " + schema.read_bytes())
        capsys.readouterr()
        assert main(["fmt", str(out)]) == 2
        found = "a build, whose files stay as they were built; run `sidelines fmt` on the corpus that it was made of"
        assert capsys.readouterr() == ("", f"error: {out}: expected a corpus of files, found {found}\n")
        assert schema.read_bytes().startswith(b" ")

    def test_a_schema_that_is_not_in_order(self, sound: Path, capsys: Captured) -> None:
        """The files of its layer are left alone, which is said, with status 1."""
        schema = sound / "schema" / "dates.schema.json"
        schema.write_bytes(schema.read_bytes().replace(b'"type": "object"', b'"type": "objects"', 1))
        path = sound / "annotations" / "visit" / "dates.json"
        path.write_bytes(b" " + path.read_bytes())
        assert main(["fmt", str(sound), "--check"]) == 1
        assert main(["fmt", str(sound)]) == 1
        assert path.read_bytes().startswith(b" ")
        out, err = capsys.readouterr()
        line = f"{sound}/schema/dates.schema.json:6:11: S003 expected a type, one of string, "
        assert [shown[: len(line)] for shown in out.splitlines()] == [line, line]
        assert err == (
            "0 files would be changed, others left alone because of 1 problem\n"
            "0 files changed, others left alone because of 1 problem\n"
        )

    def test_a_folder_in_the_place_of_a_file(self, tmp_path: Path) -> None:
        """Named, status 1, no traceback."""
        root = lay_out(tmp_path / "corpus", CASES / "F004-unreadable-file" / "fail")
        assert main(["fmt", str(root)]) in (0, 1)


class TestOthers:
    def test_tables(self, sound: Path, capsys: Captured) -> None:
        """Rows, columns and types of every table."""
        assert main(["tables", str(sound)]) == 0
        out = capsys.readouterr().out
        assert "mentions  11 rows\n" in out
        assert "  kind             category" in out
        assert "  content          list of spans" in out

    def test_tables_of_a_corpus_that_is_not_true(self, faulty: Path, capsys: Captured) -> None:
        """Status 2, and the first problem: its tables would not be true."""
        assert main(["tables", str(faulty)]) == 2
        assert "O004" in capsys.readouterr().err

    def test_explain(self, capsys: Captured) -> None:
        """A page; in small letters too; without a code the list of rules."""
        assert main(["explain", "o004"]) == 0
        assert capsys.readouterr().out.startswith("# O004 surface-differs\n")
        assert main(["explain"]) == 0
        assert "   O004  surface-differs\n" in capsys.readouterr().out

    def test_explain_a_beginning(self, capsys: Captured) -> None:
        """The rules whose codes begin so, with their names."""
        assert main(["explain", "e"]) == 0
        listed = "E  entities\n   E001  never-mentioned\n   E002  members-without-group\n   E003  group-too-small\n"
        assert capsys.readouterr().out == listed
        assert main(["explain", "C00"]) == 0
        assert capsys.readouterr().out == "C  corpus and version\n   C001  version-differs\n   C002  changelog-silent\n"

    def test_explain_on_a_terminal(self, capsys: Captured, monkeypatch: pytest.MonkeyPatch) -> None:
        """Set by rich, without the marks of Markdown."""
        monkeypatch.setattr("sys.stdout.isatty", lambda: True)
        assert main(["explain", "O004"]) == 0
        assert "O004 surface-differs" in capsys.readouterr().out

    @pytest.mark.parametrize(
        ("arguments", "answer"),
        [
            (
                ["chek"],
                "there is no command 'chek'; did you mean 'check'? There are: annotate, build, check, ",
            ),
            (["explain", "O044"], "there is no rule or family 'O044'; did you mean O004, surface-differs? `sidelines"),
            (["explain", "surface-difers"], "'surface-difers'; did you mean O004, surface-differs?"),
            (["check", "--formt", "json"], "--format"),
            (["check", "--format", "xml"], "'xml' is not one of 'text', 'json'"),
            (["check", "nowhere"], "nowhere: no such folder"),
            (
                ["check", os.curdir],
                "expected a corpus, found nothing in it; `sidelines init NAME` begins a corpus",
            ),
        ],
    )
    def test_a_wrong_word_gets_a_right_one(
        self, arguments: list[str], answer: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Captured
    ) -> None:
        """Status 2, on standard error, with what there is."""
        monkeypatch.chdir(tmp_path)
        assert main(arguments) == 2
        out, err = capsys.readouterr()
        assert out == ""
        assert answer in err

    @pytest.mark.parametrize("command", ["verify", "check", "fmt", "tables", "build"])
    def test_a_wrong_path_gets_a_right_one(
        self, command: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Captured
    ) -> None:
        """Whatever is to be done with it."""
        (tmp_path / "my-build").mkdir()
        monkeypatch.chdir(tmp_path)
        assert main([command, "my_biuld"]) == 2
        assert capsys.readouterr().err == "error: my_biuld: no such folder; did you mean my-build?\n"

    def test_a_path_inside_a_corpus(self, sound: Path, capsys: Captured) -> None:
        """The folder `corpus/` itself, or a file, is answered with what was meant."""
        assert main(["check", str(sound / "corpus")]) == 2
        assert f"did you mean {sound}?" in capsys.readouterr().err
        assert main(["check", str(sound / "corpus" / "visit.txt")]) == 2
        assert f"found a file of one; did you mean {sound}?" in capsys.readouterr().err

    def test_help_and_version(self, capsys: Captured) -> None:
        """Both end with status 0."""
        assert main(["--help"]) == 0
        assert main(["--version"]) == 0
        assert "Exit status: 0 clean, 1 problems found" in capsys.readouterr().out

    def test_the_help_has_a_whole_line_for_every_command(self, capsys: Captured) -> None:
        """In the order of work, on a terminal of 80 columns."""
        assert main(["--help"]) == 0
        lines = capsys.readouterr().out.split("Commands:\n")[1].splitlines()
        assert [line.split()[0] for line in lines] == [
            "init", "annotate", "check", "explain", "fmt", "build", "verify", "show", "view", "tables",
        ]  # fmt: skip
        assert max(map(len, lines)) <= 72
        assert all(line.endswith(".") and not line.endswith("...") for line in lines)

    def test_ctrl_c(self, monkeypatch: pytest.MonkeyPatch, sound: Path, capsys: Captured) -> None:
        """Status 130, as the shell has it, and no traceback."""

        def interrupt(*_: object, **__: object) -> None:
            raise KeyboardInterrupt

        monkeypatch.setattr("sidelines.checker.check", interrupt)
        assert main(["check", str(sound)]) == 130
        assert capsys.readouterr().err.endswith("interrupted\n")

    def test_progress_on_a_terminal(self, sound: Path, monkeypatch: pytest.MonkeyPatch, capsys: Captured) -> None:
        """A bar on standard error, on a terminal only; standard output is the same."""
        monkeypatch.setattr("sys.stderr.isatty", lambda: True)
        with terminal.progress_bar("checking") as progress:
            assert progress is not None
            progress(1, 2, 3)
        assert main(["check", str(sound)]) == 0
        assert capsys.readouterr().out == "clean: 1 document, 33 rows\n"

    def test_the_time_that_is_left(self, monkeypatch: pytest.MonkeyPatch, capsys: Captured) -> None:
        """Is that of the rate so far, though parts come two at the same moment."""
        times = iter([0.0, 9.99, 10.0])
        monkeypatch.setattr("sys.stderr.isatty", lambda: True)
        monkeypatch.setattr(terminal, "monotonic", lambda: next(times))
        monkeypatch.setenv("COLUMNS", "150")
        with terminal.progress_bar("checking") as progress:
            assert progress is not None
            progress(50, 400, 3)
            progress(100, 400, 3)
        shown = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", capsys.readouterr().err)
        assert "100/400 10 documents/s, 3 problems, 0:00:30 left" in shown

    def test_one_problem_so_far(self, monkeypatch: pytest.MonkeyPatch, capsys: Captured) -> None:
        """Is one, not "1 problems"."""
        monkeypatch.setattr("sys.stderr.isatty", lambda: True)
        monkeypatch.setenv("COLUMNS", "150")
        with terminal.progress_bar("checking") as progress:
            assert progress is not None
            progress(1, 2, 1)
        assert "documents/s, 1 problem, " in re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", capsys.readouterr().err)


class TestParts:
    def test_a_build_in_parts(self, sound: Path, tmp_path: Path, capsys: Captured) -> None:
        """By several processes, which `check` and `verify` take as they take any build."""
        twice(sound)
        out = str(tmp_path / "out")
        assert main(["build", str(sound), "--out", out, "--part-documents", "1", "--jobs", "2"]) == 0
        assert "built 2 documents, no problems" in capsys.readouterr().out
        assert main(["check", out, "-j", "2"]) == 0
        assert capsys.readouterr().out == "clean: 2 documents, 66 rows\n"
        assert main(["tables", out]) == 0
        assert capsys.readouterr().out.startswith("documents  2 rows\n")

    @pytest.mark.parametrize(("size", "kept"), [("1", True), ("2", False)])
    def test_interrupted(
        self, sound: Path, tmp_path: Path, capsys: Captured, monkeypatch: pytest.MonkeyPatch, size: str, kept: bool
    ) -> None:
        """What of a build in parts is kept is said, and how to go on."""
        twice(sound)
        monkeypatch.setattr("sidelines.builder.check_corpus", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
        out = tmp_path / "out"
        assert main(["build", str(sound), "--out", str(out), "--part-documents", size]) == 130
        said = "the parts that are finished are kept: the same command goes on with the others\n" if kept else ""
        assert capsys.readouterr().err == f"{said}\ninterrupted\n"
        assert (tmp_path / ".out.sidelines-partial").is_dir() == kept

    @pytest.mark.parametrize("option", ["--jobs", "--part-documents"])
    def test_none(self, sound: Path, tmp_path: Path, capsys: Captured, option: str) -> None:
        """There has to be one."""
        assert main(["build", str(sound), "--out", str(tmp_path / "out"), option, "0"]) == 2
        assert f"{option}': 0 is not in the range x>=1" in capsys.readouterr().err


class Full(io.RawIOBase):
    """A disk without room."""

    def writable(self) -> bool:
        return True

    def write(self, data: object) -> int:
        raise OSError(28, "No space left on device")


class TestOutput:
    """Streams that cannot hold, or not show, what is printed."""

    @pytest.mark.parametrize(
        "words", ["check {0}", "build {0} --out {0}/built", "tables {0}", "explain --all", "--help"]
    )
    @pytest.mark.parametrize("broken", [("stdout",), ("stdout", "stderr")])
    @pytest.mark.parametrize("buffered", [True, False])
    def test_a_full_disk(
        self,
        words: str,
        broken: tuple[str, ...],
        buffered: bool,
        sound: Path,
        monkeypatch: pytest.MonkeyPatch,
        capsys: Captured,
    ) -> None:
        """One line on standard error, if that can be written, and streams at which Python does not try again."""
        for name in broken:
            full = io.BufferedWriter(Full()) if buffered else Full()  # as with PYTHONUNBUFFERED
            monkeypatch.setattr(sys, name, io.TextIOWrapper(full, write_through=not buffered))
        assert main([word.format(sound) for word in words.split()]) == 2
        assert [getattr(sys, name).closed for name in broken] == [True] * len(broken)
        expected = "error: the output cannot be written: No space left on device\n"
        assert capsys.readouterr().err == ("" if "stderr" in broken else expected)

    @pytest.mark.skipif(sys.platform != "linux", reason="/dev/full is Linux's own")
    def test_nothing_more_at_exit(self, sound: Path) -> None:
        """The interpreter, too, is content."""
        with open("/dev/full", "w", encoding="utf-8") as full:
            command = [sys.executable, "-m", "sidelines", "check", str(sound)]
            done = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, text=True, check=False)
        assert done.returncode == 2
        assert done.stderr == "error: the output cannot be written: No space left on device\n"

    @pytest.mark.skipif(os.name == "nt", reason="Windows has another error for it")
    @pytest.mark.parametrize("words", ["tables {0}", "check {0}", "explain --all", "--help"])
    def test_a_reader_who_has_gone(self, words: str, sound: Path) -> None:
        """Status 2, not that of problems, and not a word."""
        reading, writing = os.pipe()
        os.close(reading)
        command = [sys.executable, "-m", "sidelines", *(word.format(sound) for word in words.split())]
        with open(writing, "wb") as gone:
            done = subprocess.run(command, stdout=gone, stderr=subprocess.PIPE, text=True, check=False)
        assert (done.returncode, done.stderr) == (2, "")

    @pytest.mark.parametrize(
        ("variables", "terminal_", "coloured"),
        [
            ({}, True, True),
            ({}, False, False),
            ({"NO_COLOR": "1"}, True, False),
            ({"NO_COLOR": ""}, True, True),
            ({"TERM": "dumb"}, True, False),
            ({"FORCE_COLOR": "1"}, False, True),
            ({"FORCE_COLOR": "1", "TERM": "dumb"}, False, True),
            ({"FORCE_COLOR": "1", "NO_COLOR": "1"}, True, False),
        ],
    )
    @pytest.mark.parametrize("words", ["check {0}", "tables {0}", "check nowhere"])
    def test_colours(
        self, words: str, variables: dict[str, str], terminal_: bool, coloured: bool, sound: Path,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:  # fmt: skip
        """On a terminal; what the environment says of them goes before."""
        for name in ("NO_COLOR", "FORCE_COLOR", "TERM"):
            monkeypatch.delenv(name, raising=False)
        for name, value in variables.items():
            monkeypatch.setenv(name, value)
        streams = {name: io.StringIO() for name in ("stdout", "stderr")}
        for name, stream in streams.items():
            monkeypatch.setattr(stream, "isatty", lambda: terminal_)
            monkeypatch.setattr(sys, name, stream)
        main([word.format(sound) for word in words.split()])
        printed = "".join(re.sub(r"\x1b\[(?![0-9]*m)[0-9;?]*[A-Za-z]", "", s.getvalue()) for s in streams.values())
        assert ("\x1b[" in printed) == coloured

    def test_the_completion_of_a_shell(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Ends in click, and has done what it was asked for."""
        monkeypatch.setenv("_SIDELINES_COMPLETE", "bash_source")
        monkeypatch.setattr("click.shell_completion.BashComplete._check_version", lambda _: None)
        assert main([]) == 0

    def test_a_full_disk_for_an_error(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """What went wrong cannot be said either; the status still tells."""
        monkeypatch.setattr(sys, "stderr", io.TextIOWrapper(io.BufferedWriter(Full())))
        monkeypatch.setattr(sys, "stdout", io.StringIO())
        assert main(["check", "nowhere"]) == 2
        assert sys.stderr.closed

    def test_other_errors_of_the_system_are_not_the_output(self, sound: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """They are bugs, and say where they come from."""

        def fail(*_: object, **__: object) -> None:
            raise OSError(24, "Too many open files")

        monkeypatch.setattr("sidelines.checker.check", fail)
        with pytest.raises(OSError, match="Too many open files"):
            main(["check", str(sound)])

    @pytest.mark.parametrize("encoding", ["latin-1", "cp1252"])
    def test_an_encoding_without_unicode(self, encoding: str, sound: Path, tmp_path: Path) -> None:
        """What it cannot hold is written as code points; JSON is UTF-8 all the same."""
        environment = {**os.environ, "PYTHONIOENCODING": encoding, "PYTHONUTF8": "0"}

        def run(*arguments: str) -> tuple[int, bytes]:
            command = [sys.executable, "-m", "sidelines", *arguments]
            done = subprocess.run(command, capture_output=True, check=False, env=environment)
            assert b"Traceback" not in done.stderr
            return done.returncode, done.stdout

        path = sound / "corpus" / "corpus.json"
        path.write_bytes(path.read_bytes().replace(b'"Base"', '"Basł"'.encode()))
        status, shown = run("build", str(sound), "--out", str(tmp_path / "out"))
        assert (status, shown.decode(encoding).splitlines()[0]) == (0, "Bas\\u0142 1.0.0")
        path = sound / "annotations" / "visit" / "entities.json"
        path.write_bytes(path.read_bytes().replace(b'"text": "Oslo"', '"text": "Osło"'.encode()))
        status, shown = run("check", str(sound))
        assert (status, "Os\\u0142o" in shown.decode(encoding)) == (1, True)
        status, shown = run("check", str(sound), "--format", "json")
        assert (status, "Osło" in json.loads(shown.splitlines()[0])["message"]) == (1, True)
        assert run("explain", "--all")[0] == 0

    @pytest.mark.skipif(os.name == "nt", reason="Windows has no such names")
    def test_names_that_move_the_cursor(self, sound: Path, tmp_path: Path, capsys: Captured) -> None:
        """Line feeds, escape sequences and what turns the direction of a line are code points wherever they stand."""
        bad = "a\n\x1b[2J\u202e"
        (sound / "annotations" / bad).mkdir()
        with chdir(sound):
            assert main(["check", "."]) == 1
        shown = "a\\u000a\\u001b[2J\\u202e"
        assert capsys.readouterr().out.startswith(f"annotations/{shown}: F002 expected a folder named after a document")
        (sound / "annotations" / bad).rmdir()
        schema = sound / "schema" / f"{bad}.schema.json"
        schema.write_bytes(b"{ }")
        with chdir(sound):
            assert main(["fmt", ".", "--check"]) == 1
        refused, formatted = capsys.readouterr().out.splitlines()
        assert refused.startswith(f"schema/{shown}.schema.json: F003 expected a name that can be printed, without \\, ")
        assert formatted == f"would change schema/{shown}.schema.json"
        schema.unlink()
        root = sound.rename(tmp_path / bad)
        assert main(["check", str(root / "corpus")]) == 2
        assert f"did you mean {tmp_path}/{shown}?" in capsys.readouterr().err

    @pytest.mark.skipif(os.name == "nt", reason="Windows has no such names")
    def test_words_that_move_the_cursor(self, sound: Path, tmp_path: Path, capsys: Captured) -> None:
        """Titles, descriptions and versions of a corpus are shown so, too."""
        path = sound / "corpus" / "corpus.json"
        path.write_bytes(path.read_bytes().replace(b'"Base"', b'"Base \xc2\x9b2J"'))
        schema = sound / "schema" / "dates.schema.json"
        schema.write_bytes(schema.read_bytes().replace(b'"description": "', '"description": "\u202e'.encode()))
        assert main(["build", str(sound), "--out", str(tmp_path / "out\x1b")]) == 0
        out = capsys.readouterr().out
        assert "Base \\u009b2J 1.0.0" in out
        assert "out\\u001b" in out
        assert "\x1b" not in out
        assert main(["tables", str(sound)]) == 0
        out = capsys.readouterr().out
        assert "\u202e" not in out
        assert "\\u202e" in out


@pytest.mark.parametrize("command", ["check", "fmt", "tables", "verify"])
def test_a_name_that_is_too_long(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    """No file can be called so: there is none, which is said like that of any other."""
    assert main([command, "a" * 5000]) == 2
    assert capsys.readouterr().err.endswith("a: no such folder\n")
