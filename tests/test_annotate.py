"""`sidelines annotate`, as it is used; and that its page shows what it does."""

from __future__ import annotations

import io
import json
import re
import shlex
import shutil
import sys
from pathlib import Path

import pytest

from sidelines.cli import main
from sidelines.notation import read_text
from tests.strategies import ROOT

Captured = pytest.CaptureFixture[str]
PAGE = (ROOT / "docs" / "annotating.md").read_text(encoding="utf-8")


@pytest.fixture
def gold(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The shipped corpus, to be changed, as the working directory."""
    for name in ("corpus", "schema", "annotations"):
        shutil.copytree(ROOT / name, tmp_path / "gold" / name)
    monkeypatch.chdir(tmp_path / "gold")
    return tmp_path / "gold"


def edit(path: Path, old: str, new: str) -> None:
    content = path.read_bytes().decode()
    assert content.count(old) == 1
    path.write_bytes(content.replace(old, new).encode())


class TestCommand:
    def test_there_and_back(self, gold: Path, capsys: Captured) -> None:
        """What is written to a file and read back changes nothing."""
        assert main(["annotate", "quotes", "-o", "quotes.txt"]) == 0
        assert main(["annotate", "--apply", "quotes.txt"]) == 0
        out, err = capsys.readouterr()
        assert out == "annotations/trump-putin-paris-2018/quotes.json: as it was\n"
        mark = "quotes.txt: written; mark it, then `sidelines annotate --apply quotes.txt`\n"
        assert err == f"corpus: {gold}\n{mark}corpus: {gold}\n"

    def test_through_standard_output_and_input(
        self, gold: Path, monkeypatch: pytest.MonkeyPatch, capfdbinary: pytest.CaptureFixture[bytes]
    ) -> None:
        """The bytes of the article come through, and what is wrong is in <stdin>."""
        assert main(["annotate", "dates", "--corpus", str(gold)]) == 0
        source = capfdbinary.readouterr().out
        assert b"U.S.\\~President" in source
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(source)))
        assert main(["annotate", "--apply", "-", "--corpus", str(gold)]) == 0
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(source.replace(b"{d1 DATE", b"{d1 DATA"))))
        assert main(["annotate", "--apply", "-", "--corpus", str(gold)]) == 1
        assert b'<stdin>:21:47: S104 type: expected one of "DATE"' in capfdbinary.readouterr().out

    def test_a_file_that_is_there_is_kept(self, gold: Path, capsys: Captured) -> None:
        """Unless asked otherwise; status 2."""
        Path("dates.txt").write_text("mine")
        assert main(["annotate", "dates", "-o", "dates.txt"]) == 2
        assert "dates.txt: is there already, and may hold work; --force replaces it" in capsys.readouterr().err
        assert Path("dates.txt").read_text() == "mine"
        assert main(["annotate", "dates", "-o", "dates.txt", "--force"]) == 0

    def test_the_changes_are_shown_and_written(self, gold: Path, capsys: Captured) -> None:
        """A line for each row; with --diff nothing is written."""
        layer = gold / "annotations" / "trump-putin-paris-2018" / "dates.json"
        before = layer.read_bytes()
        main(["annotate", "dates", "-o", "dates.txt"])
        edit(Path("dates.txt"), "{d28 DURATION P2D}", "{d28 DURATION P2D mod=APPROX}")
        assert main(["annotate", "--apply", "dates.txt", "--diff"]) == 0
        assert layer.read_bytes() == before
        assert main(["annotate", "--apply", "dates.txt"]) == 0
        assert layer.read_bytes() == before.replace(
            b'"text": "two days", "type": "DURATION", "value": "P2D"}', b"#", 1).replace(
            b'"value": "P2D"}', b'"value": "P2D", "mod": "APPROX"}').replace(
            b"#", b'"text": "two days", "type": "DURATION", "value": "P2D"}')  # fmt: skip
        assert capsys.readouterr().out == (
            "~ dates d28  mod none → APPROX\n"
            "annotations/trump-putin-paris-2018/dates.json: 1 changed; would be written\n"
            "~ dates d28  mod none → APPROX\n"
            "annotations/trump-putin-paris-2018/dates.json: 1 changed; written\n"
        )

    def test_faults_warnings_and_other_files(self, gold: Path, capsys: Captured) -> None:
        """Each with file, line, column and what to do; a warning alone keeps nobody from writing."""
        main(["annotate", "entities", "-o", "entities.txt"])
        edit(Path("entities.txt"), "{m16 NAM e7}", "{m16 NAM e7 e7}")
        assert main(["annotate", "--apply", "entities.txt"]) == 1
        out, err = capsys.readouterr()
        assert out == (
            "entities.txt:33:142: expected form and entity after m16, found 'e7' as well\n"
            "    fix: others are written with their names: metonym=…, uncertain=…\n"
        )
        assert err.endswith("1 fault; the layer is as it was\n")
        edit(Path("entities.txt"), "[Ushakov]{m16 NAM e7 e7}", "Ushakov")
        assert main(["annotate", "--apply", "entities.txt"]) == 1
        out, err = capsys.readouterr()
        assert out.startswith("annotations/trump-putin-paris-2018/quotes.json:6:")
        assert err.endswith("1 fault in other files, whose layers have to be changed first; the layer is as it was\n")
        assert "R002 source: 'm16' is no id of mentions" in out
        main(["annotate", "dates", "-o", "dates.txt"])
        edit(Path("dates.txt"), "{d28 ", "{D9 ")
        assert main(["annotate", "--apply", "dates.txt"]) == 0
        assert ": R003 id: expected one that differs" in capsys.readouterr().out

    def test_the_layout_alone(self, gold: Path, capsys: Captured) -> None:
        """A file that is not in canonical form is, once its working file is applied."""
        layer = gold / "annotations" / "trump-putin-paris-2018" / "dates.json"
        before = layer.read_bytes()
        main(["annotate", "dates", "-o", "dates.txt"])
        layer.write_bytes(json.dumps(json.loads(before)).encode())
        assert main(["annotate", "--apply", "dates.txt", "--force"]) == 0
        assert layer.read_bytes() == before
        assert "dates.json: only its layout; written\n" in capsys.readouterr().out

    def test_a_new_layer_without_rows(self, gold: Path, capsys: Captured) -> None:
        """Is new, and no matter of layout."""
        (gold / "annotations" / "trump-putin-paris-2018" / "dates.json").unlink()
        main(["annotate", "dates", "-o", "dates.txt"])
        assert main(["annotate", "--apply", "dates.txt"]) == 0
        assert "dates.json: new, no rows; written\n" in capsys.readouterr().out

    def test_a_layer_that_changed_meanwhile(self, gold: Path, capsys: Captured) -> None:
        """By somebody else: it is kept, unless asked otherwise. By the working file itself: one goes on with that."""
        layer = gold / "annotations" / "trump-putin-paris-2018" / "dates.json"
        main(["annotate", "dates", "-o", "one.txt"])
        main(["annotate", "dates", "-o", "two.txt"])
        edit(Path("one.txt"), "[two days]{d28 DURATION P2D}", "two days")
        assert main(["annotate", "--apply", "one.txt"]) == 0
        edit(Path("one.txt"), "[July]{d19 DATE 2018-07 anchor=d2}", "July")
        assert main(["annotate", "--apply", "one.txt"]) == 0
        after = layer.read_bytes()
        capsys.readouterr()
        assert main(["annotate", "--apply", "two.txt"]) == 1
        assert capsys.readouterr().out == (
            "two.txt:17:1: expected annotations/trump-putin-paris-2018/dates.json as it was when this was made, found "
            "it changed since\n"
            "    fix: make a new working file and mark that; or --force, with which what is there now is lost\n"
        )
        assert layer.read_bytes() == after
        assert main(["annotate", "--apply", "two.txt", "--force"]) == 0
        assert capsys.readouterr().out.endswith(": 2 added; written\n")
        assert main(["annotate", "--apply", "two.txt"]) == 0

    def test_the_corpus_around_the_working_file(
        self, gold: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Captured
    ) -> None:
        """Is meant from outside of any; the line to try next can be copied."""
        (tmp_path / "else where").mkdir()
        monkeypatch.chdir(tmp_path / "else where")
        assert main(["annotate", "dates", "--corpus", str(gold), "-o", "../gold/my dates.txt"]) == 0
        assert capsys.readouterr().err == (
            "../gold/my dates.txt: written; mark it, then "
            f"`sidelines annotate --apply '../gold/my dates.txt' --corpus {gold}`\n"
        )
        assert main(["annotate", "--apply", "../gold/my dates.txt"]) == 0
        out, err = capsys.readouterr()
        assert out == "annotations/trump-putin-paris-2018/dates.json: as it was\n"
        assert err == f"corpus: {gold.resolve()}\n"

    def test_the_shipped_corpus_is_not_written_by_accident(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Captured
    ) -> None:
        """From a folder in no corpus it can be drafted and looked at; to be written it has to be named."""
        monkeypatch.chdir(tmp_path)
        assert main(["annotate", "dates", "-o", "dates.txt"]) == 0
        assert main(["annotate", "--apply", "dates.txt", "--diff"]) == 0
        assert main(["annotate", "--apply", "dates.txt"]) == 2
        assert "expected a corpus in this folder or above it, found none" in capsys.readouterr().err

    @pytest.mark.parametrize(
        ("arguments", "message"),
        [
            ([], "expected a LAYER to write a working file of, or --apply FILE to read one back"),
            (
                ["dates", "--apply", "a"],
                "expected a LAYER to write a working file of, or --apply FILE to read one back",
            ),
            (["dates", "--diff"], "--diff goes with --apply FILE"),
            (["--apply", "a", "-o", "b"], "--output and --with go with a LAYER, not with --apply"),
            (["--apply", "a"], "a: cannot be read: "),
            (["date"], "no layer of sidelines: 'date'; did you mean 'dates'?"),
        ],
    )
    def test_what_cannot_be_run(self, gold: Path, capsys: Captured, arguments: list[str], message: str) -> None:
        """Is said in a sentence; status 2."""
        assert main(["annotate", *arguments]) == 2
        assert message in capsys.readouterr().err


class TestPage:
    def test_it_shows_what_happens(self, gold: Path, capsys: Captured) -> None:
        """Its commands, one after the other, with the edits between them, print what it shows."""
        main(["annotate", "entities", "-o", "page.txt"])
        page = Path("page.txt").read_text(encoding="utf-8")
        for block in re.findall(r"^```text\n(\[Trump\].*?|=== table.*?)^```$", PAGE, re.MULTILINE | re.DOTALL):
            assert all(line in page for line in block.splitlines())
        capsys.readouterr()
        ran = 0
        for kind, block in re.findall(r"^```(console|diff)\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL):
            if kind == "diff":
                lines = block.splitlines()
                for old, new in zip(lines[::2], lines[1::2], strict=True):
                    assert (old[0], new[0]) == ("-", "+")
                    edit(Path("entities.txt"), old[1:], new[1:])
                continue
            for command, shown in re.findall(r"^\$ (.*)\n((?:(?!\$ ).*\n)*)", block, re.MULTILINE):
                words = shlex.split(command)
                if words[0] == "sed":
                    for substitution in words[2].split("; "):
                        _, old, new, _ = substitution.split("/")
                        edit(Path(words[3]), old, new)
                    continue
                assert words[0] == "sidelines"
                main(words[1:])
                assert capsys.readouterr().out == shown
                ran += 1
        assert ran == 6

    def test_escapes(self) -> None:
        """Each of the table is read as it says."""
        pairs = re.findall(r'^\| `(.*)` \| `(".*")` \|$', PAGE, re.MULTILINE)
        assert len(pairs) == 9
        for written, meant in pairs:
            assert (read_text(written).text, read_text(written).faults) == (json.loads(meant), [])

    def test_every_other_example_can_be_read(self) -> None:
        """The marks of each block are without a fault."""
        blocks = re.findall(r"^```text\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
        marks = [read_text(block) for block in blocks]
        assert [len(found.marks) for found in marks] == [9, 0, 7, 2]
        assert all(not found.faults for found in marks)
