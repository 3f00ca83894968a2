"""A layer revised by way of a working file: what changes, what is refused, what is written."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings

import sidelines
from sidelines import testing
from sidelines.errors import SidelinesError
from sidelines.reader import Reader
from sidelines.revision import Revision, apply_revision, draft, open_files, read_bytes, renew_draft, revise, write_draft
from tests.strategies import ROOT, twice, write_layer
from tests.test_testing import folder

LAYERS = ("structure", "entities", "quotes", "dates")
ID = "trump-putin-paris-2018"


@pytest.fixture
def gold(tmp_path: Path) -> Path:
    """The shipped corpus, to be changed."""
    for name in ("corpus", "schema", "annotations"):
        shutil.copytree(ROOT / name, tmp_path / "gold" / name)
    return tmp_path / "gold"


def revised(corpus: Reader, layer: str, *edits: tuple[str, str]) -> Revision:
    """The revision by a working file in which each of these stood once, and was replaced."""
    source = draft(corpus, layer)
    for old, new in edits:
        assert source.count(old) == 1
        source = source.replace(old, new)
    return revise(corpus, source.encode())


def told(revision: Revision) -> list[tuple[str, str]]:
    """The code and message of each fault."""
    return [(fault.code or "", fault.message) for fault in revision.faults]


def layer_of(root: Path, name: str) -> dict[str, Any]:
    value: dict[str, Any] = json.loads((root / "annotations" / ID / f"{name}.json").read_bytes())
    return value


class TestRevise:
    @given(testing.corpora())
    @settings(max_examples=10, suppress_health_check=[HealthCheck.too_slow])
    def test_of_any_corpus(self, drawn: testing.DrawnCorpus) -> None:
        """Of every document and layer, what was written is read back, checks, and changes nothing."""
        corpus = Reader(drawn.write(folder()))
        for document in drawn.documents:
            for name in drawn.model.layers:
                revision = revise(corpus, draft(corpus, name, document.id).encode())
                assert (revision.ok, revision.changed) == (True, False)

    @pytest.mark.parametrize("name", LAYERS)
    def test_without_an_edit_nothing_changes(self, gold: Path, name: str) -> None:
        """Whatever is marked besides, to be looked at."""
        corpus = Reader(gold)
        before = (gold / "annotations" / ID / f"{name}.json").read_bytes()
        for shown in ((), ("mentions", "sentences")):
            tables = tuple(table for table in shown if corpus.model.tables[table].layer != name)
            revision = revise(corpus, draft(corpus, name, shown=tables).encode())
            assert (revision.ok, revision.changed, list(revision.changes)) == (True, False, [])
            assert revision.raw == before

    def test_exactly_what_was_edited(self, gold: Path) -> None:
        """One mention added, one moved, one removed, an entity changed: these four, and nothing else of the file."""
        corpus = Reader(gold)
        revision = revised(
            corpus,
            "entities",
            ("by [Bamidele Ogunberu]{m4", "by [Bamidele [Ogunberu]{m+ NAM e4}]{m4"),
            ("e19 GPE Nevada", "e19 LOC Nevada wikidata=Q1227"),
            ("[Bolton]{m127 NAM e8}’s", "Bolton’s"),
            ("[the two sides]{m104", "the two [sides]{m104"),
        )
        assert [(change.kind, change.table, change.id, change.detail) for change in revision.changes] == [
            ("changed", "entities", "e19", "type GPE → LOC; wikidata none → Q1227"),
            ("removed", "mentions", "m127", "4669–4675 ‘Bolton’ NAM e8"),
            ("added", "mentions", "m149", "54–62 ‘Ogunberu’ NAM e4"),
            ("moved", "mentions", "m104", "3856–3869 ‘the two sides’ → 3864–3869 ‘sides’"),
        ]
        before = layer_of(gold, "entities")
        apply_revision(corpus, revision)
        after = layer_of(gold, "entities")
        mentions = {row["id"]: row for row in before["mentions"]}
        del mentions["m127"]
        mentions["m104"] |= {"start": 3864, "text": "sides"}
        mentions["m149"] = {"id": "m149", "start": 54, "end": 62, "text": "Ogunberu", "form": "NAM", "entity": "e4"}
        assert {row["id"]: row for row in after["mentions"]} == mentions
        assert [row["id"] for row in after["mentions"]][3:6] == ["m4", "m149", "m5"]
        before["entities"][18] |= {"type": "LOC", "wikidata": "Q1227"}
        assert after["entities"] == before["entities"]
        assert after["roles"] == before["roles"]
        assert sidelines.check(gold).ok

    def test_of_quotes(self, gold: Path) -> None:
        """A fragment, a cue and a source taken away."""
        revision = revised(
            Reader(gold),
            "quotes",
            ("[told]{q19.cue}", "told"),
            ("[“major factor”]{q17.fragments}", "“major factor”"),
            ("{q20 direct source=m148}", "{q20 direct}"),
        )
        assert [(change.kind, change.id, change.detail) for change in revision.changes] == [
            ("changed", "q17", "fragments 4427–4442 ‘“long and deep”’ … 4454–4468 ‘“major factor”’"
                               " → 4427–4442 ‘“long and deep”’"),
            ("changed", "q19", "cue 4963–4967 ‘told’ → none"),
            ("changed", "q20", "source m148 → none"),
        ]  # fmt: skip

    def test_rows_in_another_order(self, gold: Path) -> None:
        """Of a table that is not sorted by a span, the order is the file's."""
        revision = revised(
            Reader(gold),
            "entities",
            ("e22 PERSON \"Sergey Lavrov\" wikidata=Q58217\ne23 PERSON \"Sergei Shoigu\"",
             "e23 PERSON \"Sergei Shoigu\"\ne22 PERSON \"Sergey Lavrov\" wikidata=Q58217"),
        )  # fmt: skip
        assert [change.kind for change in revision.changes] == ["reordered"]
        assert revision.changed


class TestRefused:
    def test_rules_are_told_where_they_are_broken(self, gold: Path) -> None:
        """With the code of the rule, and the nearest id; in the order of the places."""
        revision = revised(
            Reader(gold),
            "entities",
            ("[Paris]{m3 NAM e3}", "[Paris]{m3 NAM e33}"),
            ("[President]{r1 m6 polity=m5}", "[President]{r1 m6 polity=m1555}"),
            ("{m12 NAM e7}", "{m12 NAN e7}"),
        )
        lines = revision.source.splitlines()
        places = [lines[line - 1][column - 1 :][:5] for line, column, _ in revision.located()]
        assert told(revision) == [
            ("R002", "entity: 'e33' is no id of entities; did you mean 'e3'?"),
            ("R002", "polity: 'm1555' is no id of mentions; did you mean 'm55'?"),
            ("S104", 'form: expected one of "NAM", "DEM", "NOM", "PRO", found "NAN"; did you mean \'NAM\'?'),
        ]
        assert places == ["e33} ", "polit", "NAN e"]
        assert not revision.ok
        with pytest.raises(SidelinesError, match="expected a working file without a fault"):
            apply_revision(Reader(gold), revision)

    @pytest.mark.parametrize(
        ("edit", "message", "fix"),
        [
            ("[Next Month\n]{d1 DATE 2018-11 anchor=d2}", "‘Next Month⏎’", "put its brackets around the words alone"),
            ("Next Month[\n]{d1 DATE 2018-11 anchor=d2}", "‘⏎’", "take its brackets away"),
        ],
    )
    def test_white_space_at_an_end_is_a_matter_of_brackets(self, gold: Path, edit: str, message: str, fix: str) -> None:
        """Offsets are for programs."""
        revision = revised(Reader(gold), "dates", ("[Next Month]{d1 DATE 2018-11 anchor=d2}\n", edit))
        assert [(fault.code, fault.message, fault.fix) for fault in revision.faults] == [
            ("O005", f"expected no white space at the ends, found {message}", fix)
        ]

    def test_what_another_layer_needs(self, gold: Path) -> None:
        """A mention that a quote names does not go before the quote does without it."""
        corpus = Reader(gold)
        edit = ("[Ushakov]{m27 NAM e7}", "Ushakov")
        revision = revised(corpus, "entities", edit)
        assert [(p.code, p.path) for p in revision.elsewhere] == [("R002", f"annotations/{ID}/quotes.json")]
        assert not revision.ok
        apply_revision(corpus, revised(corpus, "quotes", ("{q4 indirect source=m27}", "{q4 indirect}")))
        assert revised(corpus, "entities", edit).ok

    def test_what_was_wrong_elsewhere_is_not_held_against_it(self, gold: Path) -> None:
        """A file of another layer that has a problem anyway, also where its message becomes another."""
        path = gold / "annotations" / ID / "quotes.json"
        path.write_bytes(path.read_bytes().replace(b'"source": "m12"', b'"source": "m1422"'))
        assert revised(Reader(gold), "entities", ("[Russia]{m142 NAM e6}", "Russia")).ok

    def test_warnings_are_told_and_written(self, gold: Path) -> None:
        """Ids that differ by case alone are a warning."""
        revision = revised(Reader(gold), "dates", ("{d28 ", "{D9 "))
        assert revision.ok
        assert [fault.code for fault in revision.warnings] == ["R003"]

    def test_no_utf8(self, gold: Path) -> None:
        """Said at its place, with what to do."""
        revision = revise(Reader(gold), b"# \xc3\xa9\ndocument: \xff\n")
        assert not revision.ok
        assert [(line, column, fault.fix) for line, column, fault in revision.located()] == [
            (2, 11, "save the file as UTF-8")
        ]

    def test_no_working_file(self, gold: Path) -> None:
        """Any other text is told what a working file begins with."""
        revision = revise(Reader(gold), b"Trump, Putin To Meet In Paris Next Month\n")
        assert [message for _, message in told(revision)] == [
            "expected a working file, with lines that say its document and layer, "
            "found ‘Trump, Putin To Meet In Paris Next Month⏎’"
        ]


class TestALayerThatChanged:
    """The working file knows the layer's file that it was made from."""

    EDIT = ("[two days]{d28 DURATION P2D}", "two days")

    def test_is_not_written_over(self, gold: Path) -> None:
        """It is said at the head of the working file, with what to do, and before all else."""
        corpus = Reader(gold)
        path = gold / "annotations" / ID / "dates.json"
        source = draft(corpus, "dates").replace(*self.EDIT)
        path.write_bytes(path.read_bytes() + b"\n")
        revision = revise(corpus, source.encode())
        assert [(f.message, f.fix) for f in revision.faults] == [
            (f"expected annotations/{ID}/dates.json as it was when this was made, found it changed since",
             "make a new working file and mark that; or --force, with which what is there now is lost"),
        ]  # fmt: skip
        assert source[revision.faults[0].at :].startswith("file: ")
        assert len(revise(corpus, source.replace("{d1 ", "{d1 no ").encode()).faults) > 1
        forced = revise(corpus, source.encode(), force=True)
        assert (forced.ok, [(change.kind, change.id) for change in forced.changes]) == (True, [("removed", "d28")])

    def test_is_one_that_is_gone_or_there_by_now(self, gold: Path) -> None:
        """A layer may begin or end beside the working file."""
        corpus = Reader(gold)
        path = gold / "annotations" / ID / "dates.json"
        before, source = path.read_bytes(), draft(corpus, "dates")
        path.unlink()
        assert told(revise(corpus, source.encode()))[0][1].endswith("as it was when this was made, found it gone")
        source = draft(corpus, "dates")
        assert "\nfile: none\n" in source
        path.write_bytes(before)
        assert told(revise(corpus, source.encode()))[0][1].endswith("when this was made, found it there by now")

    def test_is_none_that_says_the_same_already(self, gold: Path) -> None:
        """What would be written stands there; nothing would be lost."""
        corpus = Reader(gold)
        source = draft(corpus, "dates").replace(*self.EDIT).encode()
        apply_revision(corpus, revise(corpus, source))
        revision = revise(corpus, source)
        assert (revision.ok, revision.changed) == (True, False)

    def test_is_no_matter_of_a_working_file_that_was_applied(self, gold: Path, tmp_path: Path) -> None:
        """It is given the new hash, where it is a file; a link to it stays one."""
        corpus = Reader(gold)
        place, link = tmp_path / "dates.txt", tmp_path / "link.txt"
        place.write_bytes(draft(corpus, "dates").replace(*self.EDIT).encode())
        link.symlink_to(place)
        revision = revise(corpus, read_bytes(str(link)))
        apply_revision(corpus, revision)
        renew_draft(str(link), revision)
        assert link.is_symlink()
        assert place.read_bytes() == draft(corpus, "dates").encode()
        renew_draft(str(tmp_path / "gone.txt"), revision)
        assert not (tmp_path / "gone.txt").exists()

    def test_is_not_known_to_an_older_working_file(self, gold: Path) -> None:
        """Whose header does not have the line; it is read as it always was, and stays so."""
        corpus = Reader(gold)
        path = gold / "annotations" / ID / "dates.json"
        source = "".join(line for line in draft(corpus, "dates").splitlines(True) if not line.startswith("file: "))
        path.write_bytes(path.read_bytes() + b"\n")
        revision = revise(corpus, source.encode())
        assert (revision.ok, revision.changed) == (True, True)
        (gold / "old.txt").write_bytes(source.encode())
        renew_draft(str(gold / "old.txt"), revision)
        assert (gold / "old.txt").read_bytes() == source.encode()


class TestNewLayers:
    @pytest.mark.parametrize("content", [None, b"", b" \n"])
    def test_a_missing_or_empty_file_is_a_start(self, gold: Path, content: bytes | None) -> None:
        """The working file has no marks; applied with none, the file has tables that are empty."""
        path = gold / "annotations" / ID / "dates.json"
        path.unlink()
        if content is not None:
            path.write_bytes(content)
        corpus = Reader(gold)
        source = draft(corpus, "dates")
        assert "=== article\nTrump, Putin To Meet In Paris Next Month\n" in source
        assert "ids: d dates\n" in source
        apply_revision(corpus, revise(corpus, source.replace("Next Month", "[Next Month]{d+ DATE 2018-11}").encode()))
        assert layer_of(gold, "dates")["dates"] == [
            {"id": "d1", "start": 30, "end": 40, "text": "Next Month", "type": "DATE", "value": "2018-11"}
        ]

    def test_of_a_document_without_any(self, gold: Path) -> None:
        """Neither its folder nor the other layers need to be there; what they lack is not held against it."""
        shutil.rmtree(gold / "annotations")
        corpus = Reader(gold)
        revision = revise(corpus, draft(corpus, "structure").replace(
            "Leave a Reply", "[Leave a Reply]{b+ boilerplate}").encode())  # fmt: skip
        assert [fault.code for fault in revision.faults] == ["L006"] or not revision.ok
        revision = revise(corpus, draft(corpus, "quotes").encode())
        assert revision.ok
        apply_revision(corpus, revision)
        assert layer_of(gold, "quotes") == {
            "$schema": "../../schema/quotes.schema.json", "document": ID, "quotes": []
        }  # fmt: skip

    def test_a_file_that_is_no_json_is_replaced(self, gold: Path) -> None:
        """By a working file that was made before it was spoilt, if that is meant."""
        corpus = Reader(gold)
        path = gold / "annotations" / ID / "dates.json"
        source, before = draft(corpus, "dates"), path.read_bytes()
        path.write_bytes(b"{")
        assert not revise(corpus, source.encode()).ok
        apply_revision(corpus, revise(corpus, source.encode(), force=True))
        assert path.read_bytes() == before

    def test_a_file_of_another_shape_is_replaced(self, gold: Path) -> None:
        """What it held is shown as far as it can be."""
        corpus = Reader(gold)
        source = draft(corpus, "quotes")
        rows = [{"id": "q1", "kind": 7, "content": "said", "cue": "no"}, {"id": 5}, "q2"]
        write_layer(gold, ID, "quotes", {"quotes": rows})  # type: ignore[dict-item]
        found = revise(corpus, source.encode()).changes
        assert (found[0].kind, found[0].id) == ("changed", "q1")
        assert found[0].detail.startswith("kind 7 → indirect; content 'said' → 93–229 ‘U.S.")
        assert [change.kind for change in found[1:]] == ["added"] * 19

    def test_a_link_that_leads_out_is_not_followed(self, gold: Path, tmp_path: Path) -> None:
        """Neither that of a folder nor that of a file that is to be made."""
        corpus = Reader(gold)
        source = draft(corpus, "dates").encode()
        source = source.replace(b"file: ", b"# file: ")
        folder = gold / "annotations" / ID
        path = folder / "dates.json"
        path.unlink()
        path.symlink_to(tmp_path / "outside.json")
        with pytest.raises(SidelinesError, match=f"annotations/{ID}/dates.json: .* found a link to "):
            apply_revision(corpus, revise(corpus, source))
        folder.rename(tmp_path / "outside")
        folder.symlink_to(tmp_path / "outside")
        (tmp_path / "outside" / "dates.json").unlink()
        with pytest.raises(SidelinesError, match=f"annotations/{ID}: .* found a link to "):
            apply_revision(corpus, revise(corpus, source))

    def test_a_folder_that_cannot_be_made(self, gold: Path) -> None:
        """Said, with the reason."""
        corpus = Reader(gold)
        source = draft(corpus, "dates")
        shutil.rmtree(gold / "annotations")
        revision = revise(corpus, source.encode(), force=True)
        (gold / "annotations").write_bytes(b"")
        with pytest.raises(SidelinesError, match=f"annotations/{ID}: cannot be made: "):
            apply_revision(corpus, revision)

    def test_a_link_is_followed(self, gold: Path) -> None:
        """What it leads to is changed, and it stays a link."""
        corpus = Reader(gold)
        path = gold / "annotations" / ID / "dates.json"
        path.rename(gold / "annotations" / ID / "dates-2.txt")
        path.symlink_to("dates-2.txt")
        apply_revision(corpus, revised(corpus, "dates", ("[two days]{d28 DURATION P2D}", "two days")))
        assert path.is_symlink()
        assert b"d28" not in path.read_bytes()


class TestDraft:
    def test_which_document(self, sound: Path) -> None:
        """With one, it need not be named; with several, they are."""
        assert "document: visit\n" in draft(Reader(sound), "dates")
        twice(sound)
        assert "document: visit-2\n" in draft(Reader(sound), "dates", "visit-2")
        with pytest.raises(SidelinesError, match="expected a document as well, found 2 to choose from: visit, visit-2"):
            draft(Reader(sound), "dates")
        with pytest.raises(SidelinesError, match=r"no document of .*'vist'; did you mean 'visit'"):
            draft(Reader(sound), "dates", "vist")

    @pytest.mark.parametrize(
        ("layer", "shown", "message"),
        [
            ("date", (), "no layer of sidelines: 'date'; did you mean 'dates'"),
            ("mentions", (), "expected a layer, found 'mentions', a table of one; its layer is 'entities'"),
            ("dates", ("mention",), "no table whose rows are spans: 'mention'; did you mean 'mentions'"),
            ("dates", ("quotes",), "no table whose rows are spans: 'quotes'; "),
            ("dates", ("dates",), "dates: expected a table of another layer than dates"),
        ],
    )
    def test_names_that_are_none(self, gold: Path, layer: str, shown: tuple[str, ...], message: str) -> None:
        """Are answered with those that are."""
        with pytest.raises(SidelinesError, match=message):
            draft(Reader(gold), layer, shown=shown)

    @pytest.mark.parametrize(
        ("rows", "message"),
        [
            ([{"id": "d1"}], "expected a file of its schema's shape"),
            ([{"id": "d1", "start": 0, "end": 4, "text": "Trum", "type": "DATE", "value": "2018"},
              {"id": "d1", "start": 0, "end": 5, "text": "Trump", "type": "DATE", "value": "2018"}],
             "expected each id of dates once, found 'd1' twice"),
            ([{"id": "d1", "start": 0, "end": 4, "text": "Trump", "type": "DATE", "value": "2018"}],
             "expected spans of the text, found 0–4 ‘Trump’ of d1"),
        ],
    )  # fmt: skip
    def test_a_layer_that_cannot_be_laid_out(self, gold: Path, rows: list[dict[str, Any]], message: str) -> None:
        """Is to be mended first; the file is named."""
        write_layer(gold, ID, "dates", {"dates": rows})
        with pytest.raises(SidelinesError, match=f"dates.json: {message}"):
            draft(Reader(gold), "dates")

    def test_files_that_cannot_be_read(self, gold: Path) -> None:
        """A layer that is no JSON, a text that is no UTF-8 or not there, a schema that is not in order."""
        path = gold / "annotations" / ID / "dates.json"
        path.write_bytes(b"{")
        with pytest.raises(SidelinesError, match=r"dates.json:1:2: .*mend this first"):
            draft(Reader(gold), "dates")
        for content in (b"[]", b"{}", b"null"):
            path.write_bytes(content)
            with pytest.raises(SidelinesError, match=r"dates.json: expected a file of its schema's shape; "):
                draft(Reader(gold), "dates")
        path.unlink()
        path.mkdir()
        with pytest.raises(SidelinesError, match=r"dates.json: "):
            draft(Reader(gold), "dates")
        text = gold / "corpus" / f"{ID}.txt"
        text.write_bytes(b"a\xff")
        with pytest.raises(SidelinesError, match=f"{ID}.txt:1:2: "):
            draft(Reader(gold), "quotes")
        text.unlink()
        with pytest.raises(SidelinesError, match="expected the text of the document, found no file"):
            draft(Reader(gold), "quotes")
        (gold / "schema" / "quotes.schema.json").write_bytes(b"{}")
        with pytest.raises(SidelinesError, match=r"quotes.schema.json is missing or not in order"):
            draft(Reader(gold), "quotes")

    def test_a_build_is_not_changed(self, gold: Path, tmp_path: Path) -> None:
        """Its tables are what was built."""
        sidelines.build(gold, tmp_path / "out")
        with pytest.raises(SidelinesError, match="expected a corpus of files, in which a layer can be changed"):
            open_files(str(tmp_path / "out"))

    def test_working_files_on_the_disk(self, gold: Path, tmp_path: Path) -> None:
        """One that is there already is replaced only when asked to; one that is not cannot be read."""
        path = tmp_path / "a.txt"
        write_draft(Reader(gold), str(path), "é")
        assert path.read_bytes() == "é".encode()
        with pytest.raises(SidelinesError, match="is there already, and may hold work; --force replaces it"):
            write_draft(Reader(gold), str(path), "b")
        write_draft(Reader(gold), str(path), "b", force=True)
        assert read_bytes(str(path)) == b"b"
        with pytest.raises(SidelinesError, match=r"b.txt: cannot be read: "):
            read_bytes(str(tmp_path / "b.txt"))

    @pytest.mark.parametrize("output", [f"corpus/{ID}.txt", "corpus/new.txt", f"annotations/{ID}/x", "schema/x.txt"])
    @pytest.mark.parametrize("force", [False, True])
    def test_none_among_the_sources(self, gold: Path, output: str, force: bool) -> None:
        """It would be taken for one of them, or take the place of one; beside their folders it may stand."""
        before = {path: path.read_bytes() for path in gold.rglob("*") if path.is_file()}
        with pytest.raises(
            SidelinesError, match=r"a working file would stand among the sources, in .*; choose another"
        ):
            write_draft(Reader(gold), str(gold / output), "x", force)
        assert {path: path.read_bytes() for path in gold.rglob("*") if path.is_file()} == before
        write_draft(Reader(gold), str(gold / "x.txt"), "x", force)
