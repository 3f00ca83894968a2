"""Folders of texts as people have them: what is taken, and what the documents are called."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sidelines import SidelinesError
from sidelines.layout import DOCUMENT_ID, is_reserved
from sidelines.patterns import matches
from sidelines.sources import Limits
from sidelines.textfolder import document_ids, find_texts, read_text


def lay(root: Path, *names: str) -> Path:
    for name in names:
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_bytes(name.encode())
    return root


class TestIds:
    @given(st.lists(st.text(st.characters(exclude_categories=["Cs"]), max_size=300), unique=True, max_size=12))
    def test_any_names_give_legal_and_distinct_ids(self, names: list[str]) -> None:
        """Whatever files are called, and however many are called alike."""
        ids = document_ids(names)
        assert len(set(ids)) == len(ids) == len(names)
        assert all(matches(DOCUMENT_ID, id_) and not is_reserved(id_) for id_ in ids)

    @given(st.permutations(["a", "A", "á", "a-2", "b", "новости", "新闻", "corpus", "Corpus"]))
    def test_the_order_in_which_files_are_listed_changes_nothing(self, names: list[str]) -> None:
        """Names are numbered in their own order, past what other files are called."""
        assert dict(zip(names, document_ids(names), strict=True)) == {
            "A": "a", "a": "a-3", "á": "a-4", "a-2": "a-2", "b": "b", "новости": "text", "新闻": "text-2",
            "Corpus": "text-corpus", "corpus": "text-corpus-2",
        }  # fmt: skip

    @pytest.mark.parametrize(
        ("name", "id_"),
        [
            ("Ann met Bob", "ann-met-bob"),
            ("2018/10/Café Zoë", "2018-10-cafe-zoe"),
            ("v1.2_final", "v1.2_final"),
            ("--(draft)--", "draft"),
            ("Straße №5", "strasse-no5"),
            ("x" * 200, "x" * 120),
            ("con", "text-con"),
            ("nul.old", "text-nul.old"),
            ("...", "text"),
        ],
    )
    def test_what_a_name_becomes(self, name: str, id_: str) -> None:
        """Lower-case, without accents, hyphens for the rest."""
        assert document_ids([name]) == [id_]


class TestFinding:
    def test_every_text_at_any_depth(self, tmp_path: Path) -> None:
        """By id; what is hidden is passed over, what is no text is counted."""
        lay(tmp_path, "b.txt", "2018/A.TXT", ".hidden.txt", ".git/c.txt", "b.ann", "2018/notes", "c.ann")
        found = find_texts(tmp_path)
        assert [(text.id, text.path, text.title) for text in found.texts] == [
            ("2018-a", tmp_path / "2018" / "A.TXT", "A"),
            ("b", tmp_path / "b.txt", "b"),
        ]
        assert (found.others, found.numbered) == ("2 .ann, 1 without ending", 0)

    def test_names_that_are_alike_are_counted(self, tmp_path: Path) -> None:
        """So that somebody may be told."""
        assert find_texts(lay(tmp_path, "a b.txt", "a-b.txt", "c.txt")).numbered == 1

    def test_a_folder_of_that_name_is_no_text(self, tmp_path: Path) -> None:
        """Its texts are."""
        assert [text.id for text in find_texts(lay(tmp_path, "old.txt/a.txt")).texts] == ["old.txt-a"]

    @pytest.mark.parametrize(
        ("names", "said"),
        [
            ((), "no file at all"),
            (("a.docx", "b.docx", "c.pdf"), "2 .docx, 1 .pdf; save each as plain text, in UTF-8"),
            (("a.pdf",), "1 .pdf; extract the plain text of each, in UTF-8"),
            (("a.ann",), "1 .ann; that is the half of a brat corpus that has no texts"),
            (("a.conllu",), "1 .conllu; write each text to a .txt of its own"),
            (("readme",), "1 without ending; rename each to end in .txt"),
            (("a.xyz",), "1 .xyz$"),
            (tuple(f"a.{letter}" for letter in "abcdefg"), "1 .a, 1 .b, 1 .c, 1 .d, 1 .e, 1 .f, others$"),
        ],
    )
    def test_what_is_there_instead_is_said(self, tmp_path: Path, names: tuple[str, ...], said: str) -> None:
        """And what to do with it."""
        with pytest.raises(SidelinesError, match=f"expected texts, files that end in .txt, found {said}"):
            find_texts(lay(tmp_path, *names))

    @pytest.mark.skipif(os.name == "nt", reason="symbolic links need rights on Windows")
    @pytest.mark.parametrize("target", ["../outside.txt", "../in-2/a.txt", "nothing.txt", "p.txt", "/etc/passwd"])
    def test_a_link_that_leads_out_or_nowhere(self, tmp_path: Path, target: str) -> None:
        """Is refused, as in a corpus (F006): what it leads to may be nobody's to give away."""
        lay(tmp_path, "outside.txt", "in-2/a.txt", "in/b.txt")
        (tmp_path / "in" / "p.txt").symlink_to(target)
        message = rf"in: expected texts in the folder, found 1 link out of it or to nothing, such as p.txt to {target};"
        with pytest.raises(SidelinesError, match=message):
            find_texts(tmp_path / "in")
        (tmp_path / "in" / "q.txt").symlink_to(target)
        with pytest.raises(SidelinesError, match=r"found 2 links out of it or to nothing, such as p\.txt to"):
            find_texts(tmp_path / "in")

    @pytest.mark.skipif(os.name == "nt", reason="symbolic links need rights on Windows")
    def test_links_that_stay_inside(self, tmp_path: Path) -> None:
        """To a file they are texts, also where the folder itself is a link; to a folder they are named."""
        lay(tmp_path, "in/a/b.txt")
        (tmp_path / "in" / "c.txt").symlink_to("a/b.txt")
        (tmp_path / "in" / "d").symlink_to("a")
        (tmp_path / "linked").symlink_to("in")
        for folder in ("in", "linked"):
            found = find_texts(tmp_path / folder)
            assert [text.id for text in found.texts] == ["a-b", "c"]
            assert found.others == "1 linked folder"

    def test_what_is_no_folder_of_texts(self, tmp_path: Path, sound: Path) -> None:
        """Nothing, a file, a corpus."""
        with pytest.raises(SidelinesError, match=r"missing: expected a folder of texts, found none$"):
            find_texts(tmp_path / "missing")
        with pytest.raises(SidelinesError, match="found a file; put it into a folder, and name that"):
            find_texts(lay(tmp_path, "a.txt") / "a.txt")
        with pytest.raises(SidelinesError, match=r"expected plain texts, found a corpus; its texts are in .*corpus$"):
            find_texts(sound)
        assert [text.id for text in find_texts(sound / "corpus").texts] == ["visit"]

    def test_a_folder_that_cannot_be_read(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """Is no empty one."""
        lay(tmp_path, "in/a.txt", "b.txt")

        def scandir(path: str) -> None:
            raise PermissionError(13, "Permission denied", str(path))

        monkeypatch.setattr(os, "scandir", scandir)
        with pytest.raises(SidelinesError, match=f"{tmp_path.name}: cannot be read: Permission denied"):
            find_texts(tmp_path)

    @pytest.mark.skipif(sys.platform != "linux", reason="other systems have no such names")
    def test_a_name_that_is_no_unicode(self, tmp_path: Path) -> None:
        """It could not be written down."""
        with open(os.fsencode(tmp_path) + b"/caf\xe9.txt", "wb"):
            pass
        with pytest.raises(SidelinesError, match=r"expected the name of a file in UTF-8, found other bytes; rename it"):
            find_texts(tmp_path)


class TestReading:
    @given(st.text(st.characters(exclude_categories=["Cs"])))
    def test_utf8_is_taken_as_it_is(self, tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
        """Byte for byte."""
        path = tmp_path_factory.mktemp("texts") / "a.txt"
        path.write_bytes(text.encode())
        assert read_text(path) == (text.encode(), None)

    @pytest.mark.parametrize(
        ("raw", "line", "column", "message", "source"),
        [
            (b"One.\ncaf\xe9 au lait", 2, 4, "found the byte 0xe9 at offset 8 (invalid continuation byte)",
             "WINDOWS-1252"),
            ("\ufeffé".encode("utf-16-le"), 1, 1, "found the byte order mark of UTF-16", "UTF-16"),
        ],
    )  # fmt: skip
    def test_what_is_no_utf8_is_not_converted(
        self, tmp_path: Path, raw: bytes, line: int, column: int, message: str, source: str
    ) -> None:
        """It is said where, and how it may be converted."""
        path = tmp_path / "a.txt"
        path.write_bytes(raw)
        problem = read_text(path)[1]
        assert problem is not None
        assert (problem.code, problem.path, problem.line, problem.column) == ("T001", str(path), line, column)
        assert problem.message == f"expected UTF-8, {message}"
        assert f"iconv -f {source} -t UTF-8" in (problem.fix or "")

    def test_what_is_too_large_or_gone(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """`check` would not read it either."""
        monkeypatch.setattr("sidelines.textfolder.Limits", lambda: Limits(file_bytes=4))
        problems = [read_text(lay(tmp_path, "abc.txt") / name)[1] for name in ("abc.txt", "b.txt")]
        assert [(problem.code, problem.message) for problem in problems if problem is not None] == [
            ("F005", "expected at most 4 bytes, found 7; divide the text"),
            ("F004", "cannot be read: No such file or directory"),
        ]
