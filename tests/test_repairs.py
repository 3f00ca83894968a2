"""What is mended is what it was, nothing else gets worse, and a second time there is nothing to do."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import tempfile
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, find, given, reject, settings
from hypothesis import strategies as st

import sidelines
from sidelines.cli import main
from sidelines.errors import SidelinesError
from sidelines.repairs import Change, mend
from sidelines.testing import DrawnCorpus, Files, corpora
from sidelines.testing.mutations import MUTATIONS, Mutation
from tests.strategies import COSTLY, OWN, PATIENT, ROOT, Drawn

BUILT_IN, OF_OWN = corpora(), corpora(OWN / "schema")
FOUND_BY_CHECK = [m for m in MUTATIONS.values() if m.finder == "check" and m.code[0] != "P"]
# Faults of which the words of the spans, or the rest of the file, say for certain what was there before.
REPAIRABLE = [
    "bom-added-to-json", "counted-from-the-end", "end-past-the-text", "start-past-the-text", "bounds-swapped",
    "no-length", "shifted", "end-inclusive", "start-from-one", "length-for-end", "utf-16-offsets", "utf-16-end",
    "utf-8-offsets", "astral-uncounted", "combining-uncounted", "crlf-counted-once", "newlines-counted-twice",
    "bom-uncounted", "surface-to-nfc", "surface-to-nfd", "surface-on-one-line", "surface-printable", "surface-escaped",
    "space-at-the-edge",
    "rows-swapped", "spans-swapped", *(name for name in MUTATIONS if MUTATIONS[name].code in ("O006", "F108", "T003")),
]  # fmt: skip
SOME = settings(COSTLY, suppress_health_check=list(HealthCheck))
GIT = {
    "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull, "GIT_AUTHOR_NAME": "a", "GIT_AUTHOR_EMAIL": "a@b",
    "GIT_COMMITTER_NAME": "a", "GIT_COMMITTER_EMAIL": "a@b",
}  # fmt: skip


def content(root: Path) -> dict[str, bytes]:
    return {path.relative_to(root).as_posix(): path.read_bytes() for path in root.rglob("*") if path.is_file()}


def annotated(files: Mapping[str, bytes]) -> dict[str, bytes]:
    return {path: files[path] for path in files if not path.startswith("schema/")}


def keys(report: sidelines.Report) -> Counter[tuple[str, str | None, str | None]]:
    every = [part for problem in report for part in (problem, *problem.folded)]
    return Counter((problem.code, problem.table or problem.path, problem.id) for problem in every)


@st.composite
def broken(draw: st.DrawFn, mutations: Sequence[Mutation]) -> tuple[DrawnCorpus, Mutation, Files]:
    """A corpus, one of these faults, and the files of the corpus with it."""
    mutation = draw(st.sampled_from(mutations))
    for _ in range(5):  # drawn anew at once: whole examples in vain would be too many
        corpus = draw(BUILT_IN | OF_OWN)
        files = mutation.apply(corpus, draw)
        if files is not None:
            return corpus, mutation, files
    return reject()


def undone(corpus: DrawnCorpus, files: Files) -> bool:
    """Whether `check` says that everything can be mended; then it can, and the files are what they were."""
    with tempfile.TemporaryDirectory() as folder:
        root = files.write(Path(folder) / "broken")
        if not all(problem.fixable for problem in sidelines.check(root)):
            return False
        assert mend(root, jobs=1).after.ok
        # One fault takes the bounds out of the schemas, which would find it before its rule does.
        assert annotated(content(root)) == annotated(corpus.files().content)
    return True


@pytest.mark.slow
@pytest.mark.parametrize("name", REPAIRABLE)
def test_every_repairable_fault_is_undone(name: str) -> None:
    """There are corpora in which it is, and their files are then what they were, byte for byte."""
    once = settings(PATIENT, phases=[Phase.generate])
    find(broken([MUTATIONS[name]]), lambda found: undone(found[0], found[2]), settings=once)


@pytest.mark.slow
@SOME
@given(broken([MUTATIONS[name] for name in REPAIRABLE]))
def test_what_is_mended_is_what_it_was(found: tuple[DrawnCorpus, Mutation, Files]) -> None:
    """In any corpus, and wherever the fault is."""
    undone(found[0], found[2])


@pytest.mark.slow
@SOME
@given(broken(FOUND_BY_CHECK))
def test_a_repair_makes_nothing_worse_and_is_done_once(found: tuple[DrawnCorpus, Mutation, Files]) -> None:
    """Whatever the fault: no problem is new, what is said to be left is left, and a second run changes nothing."""
    _, _, files = found
    with tempfile.TemporaryDirectory() as folder:
        root = files.write(Path(folder) / "broken")
        before = sidelines.check(root, limits=files.limits)
        unchanged = content(root)
        shown = mend(root, write=False, jobs=1, limits=files.limits)
        assert content(root) == unchanged
        repair = mend(root, jobs=1, limits=files.limits)
        assert repair.changes == shown.changes
        assert {change.path: change.before for change in repair.changes}.items() <= unchanged.items()
        after = sidelines.check(root, limits=files.limits)
        assert keys(after) == keys(repair.after)
        new = keys(after) - keys(before)  # told only now that the offsets of the row are right
        assert {code[0] for code, _, _ in new} <= set("LQRED")
        assert not new or any(code[0] == "O" for code, _, _ in keys(before))
        assert bool(repair.changes) == (keys(after) != keys(before)) == bool(repair.mended)
        assert mend(root, jobs=1, limits=files.limits).changes == ()


@pytest.mark.slow
@SOME
@given(
    broken(FOUND_BY_CHECK), st.sets(st.sampled_from("FSTORLEQD")), st.sets(st.sampled_from(["O004", "O006", "L001"]))
)
def test_what_is_ignored_is_neither_mended_nor_counted(
    found: tuple[DrawnCorpus, Mutation, Files], select: set[str], ignore: set[str]
) -> None:
    """What is said to be left is what a check with the same choice finds then."""
    _, _, files = found
    chosen = {"select": sorted(select) or None, "ignore": sorted(ignore)}
    with tempfile.TemporaryDirectory() as folder:
        root = files.write(Path(folder) / "broken")
        before = sidelines.check(root, limits=files.limits, **chosen)
        repair = mend(root, jobs=1, limits=files.limits, **chosen)
        assert keys(repair.before) == keys(before)
        assert keys(repair.after) == keys(sidelines.check(root, limits=files.limits, **chosen))
        assert before.ok is False or repair.changes == ()


# -- by hand -----------------------------------------------------------------------------------------------------------


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """The base of the cases, whose layers are the built-in ones."""
    shutil.copytree(ROOT / "tests" / "cases" / "base", tmp_path / "corpus")
    shutil.copytree(ROOT / "schema", tmp_path / "corpus" / "schema")
    return tmp_path / "corpus"


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_bytes().decode()
    assert old in text
    path.write_bytes(text.replace(old, new, 1).encode())


def entities(root: Path) -> Path:
    return root / "annotations" / "visit" / "entities.json"


def test_several_faults_of_a_file_are_mended_together(root: Path) -> None:
    """A shifted span, white space at an end, rows out of order and a file that is laid out otherwise."""
    sound = content(root)
    value = json.loads(entities(root).read_bytes())
    value["mentions"][5] |= {"start": 86, "end": 90}  # Oslo
    value["mentions"][3] |= {"end": 64, "text": "Ann Lee "}
    value["mentions"][1:3] = value["mentions"][2:0:-1]
    entities(root).write_text(json.dumps(value, indent=1), encoding="utf-8")
    repair = mend(root)
    assert content(root) == sound
    assert repair.after.ok
    assert [change.path for change in repair.changes] == ["annotations/visit/entities.json"]


def test_what_a_repair_would_spoil_stays(root: Path) -> None:
    """Words that stand once nearby, but where the mention would cross another: that alone is not mended."""
    value = json.loads(entities(root).read_bytes())
    value["mentions"][5] |= {"start": 86, "end": 90}  # Oslo
    value["mentions"][8] |= {"start": 164, "end": 174, "text": "Lee and Bo"}  # which would cross “Ann Lee”
    entities(root).write_text(json.dumps(value), encoding="utf-8")
    assert main(["fmt", str(root)]) == 0
    assert sidelines.check(root).counts == {"O004": 2}
    repair = mend(root)
    assert repair.after.counts == sidelines.check(root).counts == {"O004": 1}
    assert repair.mended == 1
    found = {row["id"]: (row["start"], row["end"]) for row in json.loads(entities(root).read_bytes())["mentions"]}
    assert (found["m6"], found["m9"]) == ((87, 91), (164, 174))


def test_what_was_hidden_is_told_then(root: Path) -> None:
    """Of a row that fails in its offsets, nothing else is judged; its dangling reference keeps nothing from mending."""
    for at, (start, end) in enumerate(((0, 7), (14, 25), (30, 37), (56, 63)), 1):
        old = f'"id": "m{at}", "start": {start}, "end": {end}'
        edit(entities(root), old, f'"id": "m{at}", "start": {start + 1}, "end": {end + 1}')
    edit(entities(root), '"Ann Lee", "form": "NAM", "entity": "e1"}', '"Ann Lee", "form": "NAM", "entity": "e9"}')
    assert "R002" not in sidelines.check(root).counts
    repair = mend(root)
    assert repair.after.counts == sidelines.check(root).counts == {"R002": 1}


@pytest.mark.parametrize("row", ["5", '"parts"', "null", "[1]", '{"id": "x", "parts": 3}', "{}"])
def test_rows_that_are_none_keep_their_place(tmp_path: Path, row: str) -> None:
    """The order of a table is mended where it is known what all its rows are."""
    text = "Ann and Bo met Cy, who left."
    marks = [{"id": "m1", "start": 0, "end": 3, "text": "Ann", "label": "X"}]
    spans = [{"start": at, "end": at + 2, "text": text[at : at + 2]} for at in (15, 8)]
    links = [{"id": f"l{at}", "parts": [span], "of": "m1"} for at, span in enumerate(spans)]
    root = Drawn({"a": text}, {"a": marks}, {"a": links}).write(tmp_path / "drawn")
    path = root / "annotations" / "a" / "marks.json"
    edit(path, "]}\n  ]\n}" if False else "\n  ]\n}", f",\n    {row}\n  ]\n}}")
    found = sidelines.check(root).counts
    assert "L001" in found
    assert mend(root).changes == ()
    assert sidelines.check(root).counts == found


def test_a_problem_of_the_corpus_stays_though_it_names_a_document(root: Path, tmp_path: Path) -> None:
    """A link out of the corpus is no business of the document's repair."""
    (root / "annotations" / "visit").rename(tmp_path / "elsewhere")
    try:
        (root / "annotations" / "visit").symlink_to(tmp_path / "elsewhere")
    except OSError as error:
        pytest.skip(f"no symbolic links here: {error}")
    metadata = root / "corpus" / "visit.json"
    metadata.write_text(json.dumps(json.loads(metadata.read_bytes())), encoding="utf-8")
    assert sidelines.check(root).counts == {"F006": 1, "F108": 1}
    assert mend(root).after.counts == sidelines.check(root).counts == {"F006": 1}


def test_places_are_those_of_the_mended_files(root: Path) -> None:
    """What is left of a schema that was laid out anew stands in another line now."""
    path = root / "schema" / "quotes.schema.json"
    path.write_text(json.dumps(json.loads(path.read_bytes()) | {"colour": 1}), encoding="utf-8")
    repair = mend(root)
    assert [problem.place for problem in repair.after] == [problem.place for problem in sidelines.check(root)]
    assert repair.after[0].line != 1


def test_a_corrected_text_moves_no_mention_to_somebody_else(root: Path) -> None:
    """Where a name in the text was mended, its old form that stands elsewhere is another's."""
    edit(root / "corpus" / "visit.txt", "by Cy Moss", "by Cy Ross")
    edit(root / "annotations" / "visit" / "structure.json", "by Cy Moss", "by Cy Ross")
    edit(root / "corpus" / "visit.txt", "in Oslo", "at Moss")
    commit(root)
    assert sidelines.check(root).counts == {"T002": 1}
    assert mend(root).changes == ()


def test_a_file_that_somebody_else_changes_is_left(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What was written there between the check and the repair is kept, and it is said."""
    edit(entities(root), '"start": 87, "end": 91', '"start": 88, "end": 92')
    quotes = root / "annotations" / "visit" / "quotes.json"
    quotes.write_text(json.dumps(json.loads(quotes.read_bytes())), encoding="utf-8")

    def replace(path: Path, content: bytes) -> None:
        path.write_bytes(content)
        quotes.write_bytes(b"{}")

    monkeypatch.setattr("sidelines.repairs.replace_file", replace)
    with pytest.raises(SidelinesError) as raised:
        mend(root)
    assert str(raised.value) == (
        "annotations/visit/quotes.json: was changed by somebody else while it was being mended; run it again; "
        "1 file of 2 had been mended before"
    )


@pytest.mark.parametrize("content", [None, b"{"])
def test_a_file_that_is_gone_meanwhile(root: Path, monkeypatch: pytest.MonkeyPatch, content: bytes | None) -> None:
    """Or no JSON any more: one sentence, and nothing is written."""
    path = root / "corpus" / "corpus.json"
    path.write_text(json.dumps(json.loads(path.read_bytes())), encoding="utf-8")
    before = sidelines.check(root)

    def checked(*_: object, **__: object) -> sidelines.Report:
        return before

    def whole(*_: object) -> list[sidelines.Problem]:
        path.unlink() if content is None else path.write_bytes(content)
        return list(before)

    monkeypatch.setattr("sidelines.repairs.check", checked)
    monkeypatch.setattr("sidelines.repairs.check_corpus", whole)
    with pytest.raises(SidelinesError, match=r"corpus/corpus\.json: was changed by somebody else"):
        mend(root)


def test_many_singles_with_a_fault_are_mended_by_halves(root: Path) -> None:
    """Those that do no harm are, however many there are."""
    value = json.loads(entities(root).read_bytes())
    for at in (2, 5):  # Cy Moss, Oslo
        value["mentions"][at] |= {"start": value["mentions"][at]["start"] + 1}
    value["mentions"][8] |= {"start": 164, "end": 174, "text": "Lee and Bo"}
    entities(root).write_text(json.dumps(value), encoding="utf-8")
    assert main(["fmt", str(root)]) == 0
    assert mend(root).after.counts == sidelines.check(root).counts == {"O004": 1}


@pytest.mark.parametrize("path", ["corpus/corpus.json", "schema/quotes.schema.json", "corpus/visit.json"])
def test_layout_is_mended_in_every_kind_of_file(root: Path, path: str) -> None:
    """Of the corpus, of schemas and of documents."""
    sound = content(root)
    (root / path).write_text(json.dumps(json.loads(sound[path])), encoding="utf-8")
    assert sidelines.check(root).counts == {"F108": 1}
    assert mend(root).after.ok
    assert content(root) == sound


def test_a_link_stays_a_link(root: Path) -> None:
    """What it leads to is mended."""
    aside = root / "aside.json"
    entities(root).rename(aside)
    try:
        entities(root).symlink_to(aside)
    except OSError as error:
        pytest.skip(f"no symbolic links here: {error}")
    edit(aside, '"start": 87, "end": 91', '"start": 88, "end": 92')
    assert mend(root).after.ok
    assert entities(root).is_symlink()
    assert b'"start": 87, "end": 91' in aside.read_bytes()


def commit(root: Path) -> None:
    for command in (["init", "-q"], ["add", "-A"], ["commit", "-q", "-m", "as it is"]):
        subprocess.run(["git", *command], cwd=root, env=os.environ | GIT, check=True)


def test_a_stale_hash_is_mended_where_the_text_is_committed(root: Path) -> None:
    """As git has it byte for byte, and every span fits: then the metadata are what is behind."""
    edit(root / "corpus" / "visit.txt", "Leave a Reply", "Leave a Reply!")
    edit(root / "annotations" / "visit" / "structure.json", '"end": 223, "text": "Leave a Reply"',
         '"end": 224, "text": "Leave a Reply!"')  # fmt: skip
    assert mend(root).changes == ()  # in no repository
    commit(root)
    edit(root / "corpus" / "visit.txt", "Reply!", "Reply?")
    assert mend(root).changes == ()  # changed since
    edit(root / "corpus" / "visit.txt", "Reply?", "Reply!")
    repair = mend(root)
    assert [change.path for change in repair.changes] == ["corpus/visit.json"]
    assert repair.after.ok
    assert sidelines.check(root).ok
    assert json.loads((root / "corpus" / "visit.json").read_bytes())["characters"] == 224


def test_a_stale_hash_stays_where_spans_would_not_fit(root: Path) -> None:
    """Then somebody changed the text and left the annotations behind, which a new hash would hide."""
    edit(root / "corpus" / "visit.txt", "Oslo", "Bergen")
    commit(root)
    report = sidelines.check(root)
    assert report.counts == {"T002": 1}
    assert mend(root).changes == ()


def test_a_text_that_was_edited_is_followed(root: Path) -> None:
    """Committed with words put in: the hash, the length, and every span behind them."""
    edit(root / "corpus" / "visit.txt", "by Cy Moss", "written by Cy Moss")
    edit(root / "annotations" / "visit" / "structure.json", '"text": "by Cy Moss', '"text": "written by Cy Moss')
    commit(root)
    assert mend(root).after.ok
    assert sidelines.check(root).ok
    structure = (root / "annotations" / "visit" / "structure.json").read_text(encoding="utf-8")
    assert '"start": 27, "end": 62, "text": "written by Cy Moss, March 6th, 2024"' in structure
    assert '"start": 95, "end": 99, "text": "Oslo"' in entities(root).read_text(encoding="utf-8")
    assert json.loads((root / "corpus" / "visit.json").read_bytes())["characters"] == 231


def test_a_length_is_mended_where_the_hash_is_right(root: Path) -> None:
    """The text is the one that was annotated: somebody counted it otherwise."""
    sound = content(root)
    edit(root / "corpus" / "visit.json", '"characters": 223', '"characters": 227')
    assert mend(root).after.ok
    assert content(root) == sound


@pytest.mark.parametrize("kind", ["build", "lines"])
def test_only_files_are_mended(root: Path, tmp_path: Path, kind: str, capsys: pytest.CaptureFixture[str]) -> None:
    """A build has a source, and what wrote JSON Lines has one as well."""
    if kind == "build":
        sidelines.build(root, tmp_path / "out")
    else:
        (tmp_path / "out" / "jsonl").mkdir(parents=True)
        shutil.copy(root / "corpus" / "corpus.json", tmp_path / "out" / "corpus.json")
    assert main(["check", "--fix", str(tmp_path / "out")]) == 2
    assert "expected a corpus of files on the disk to mend" in capsys.readouterr().err


def test_the_command_shows_and_then_mends(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """--diff changes nothing and has status 1; --fix mends, and has the status of what is left."""
    sound = content(root)
    edit(entities(root), '"start": 87, "end": 91', '"start": 88, "end": 92')
    broken = content(root)
    assert main(["check", "--diff", str(root)]) == 1
    shown = capsys.readouterr()
    assert '-    {"id": "m6", "start": 88, "end": 92, "text": "Oslo"' in shown.out
    assert '+    {"id": "m6", "start": 87, "end": 91, "text": "Oslo"' in shown.out
    assert shown.err == "1 problem would be mended in 1 file\n"
    assert content(root) == broken
    assert main(["check", "--fix", str(root)]) == 0
    assert capsys.readouterr() == ("clean: 1 document, 33 rows\n", "1 problem mended in 1 file\n")
    assert content(root) == sound
    assert main(["check", "--diff", str(root)]) == 0
    assert capsys.readouterr() == ("", "nothing to mend\n")


def test_documents_are_mended_by_several_processes(root: Path) -> None:
    """The same as by one."""
    for at in range(230):
        for suffix in (".txt", ".json"):
            shutil.copy(root / "corpus" / f"visit{suffix}", root / "corpus" / f"v{at}{suffix}")
        edit(root / "corpus" / f"v{at}.json", '"id": "visit"', f'"id": "v{at}"')
        shutil.copytree(root / "annotations" / "visit", root / "annotations" / f"v{at}")
        for path in (root / "annotations" / f"v{at}").iterdir():
            edit(path, '"document": "visit"', f'"document": "v{at}"')
        edit(root / "annotations" / f"v{at}" / "entities.json", '"start": 87, "end": 91', '"start": 88, "end": 92')
    told: list[tuple[int, int, int]] = []
    repair = mend(root, jobs=2, progress=lambda *numbers: told.append(numbers))
    assert len(repair.changes) == repair.mended == 230
    assert (231, 231, 230) in told  # checked
    assert told[-1] == (230, 230, 0)  # and mended
    assert sidelines.check(root).ok


@pytest.mark.parametrize(
    ("before", "after", "shown"),
    [
        ("{\n  1: \u2028x\n}\n", "{\n  1: \u2028y\n}\n", "@@ -1,3 +1,3 @@\n {\n-  1: \u2028x\n+  1: \u2028y\n }\n"),
        ("[1]", "[1]\n", "@@ -1 +1 @@\n-[1]\n\\ No newline at end of file\n+[1]\n"),
        ("a\n\n", "a\n", "@@ -1,2 +1 @@\n a\n-\n"),
    ],
)
def test_a_change_is_shown_as_a_diff(tmp_path: Path, before: str, after: str, shown: str) -> None:
    """Line separators within a string end no line; and `git apply` makes of the one file the other."""
    diff = Change("a.json", before.encode(), after.encode()).diff
    assert diff == f"--- a.json\n+++ a.json\n{shown}"
    (tmp_path / "a.json").write_bytes(before.encode())
    subprocess.run(["git", "apply", "-p0", "-"], input=diff.encode(), cwd=tmp_path, check=True)
    assert (tmp_path / "a.json").read_bytes() == after.encode()
