"""The kept seeds of the fuzzers, replayed without Atheris; and that the harnesses see what they are there to see."""

from __future__ import annotations

import io
import json
import random
from importlib import import_module
from pathlib import Path
from types import ModuleType, SimpleNamespace

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import sidelines
from sidelines.jsontree import Tree
from sidelines.problems import Report
from sidelines.strictjson import JSONFault
from tests.fuzz import fuzz_corpus, fuzz_json, fuzz_parquet, fuzz_schema, run

HERE = Path(__file__).parent / "fuzz"
SEEDS = HERE / "seeds"
HARNESSES: dict[str, ModuleType] = {
    path.stem.removeprefix("fuzz_"): import_module(f"tests.fuzz.{path.stem}") for path in sorted(HERE.glob("fuzz_*.py"))
}
KEPT = [(name, path.name) for name in HARNESSES for path in sorted((SEEDS / name).iterdir())]


def test_every_harness_has_seeds_and_a_place_in_the_script() -> None:
    """A new harness comes with seeds, and `run.py` knows it."""
    assert sorted(HARNESSES) == sorted(path.name for path in SEEDS.iterdir()) == sorted(run.HARNESSES)
    assert {name for name, _ in KEPT} == set(HARNESSES)


@pytest.mark.parametrize(("harness", "seed"), KEPT, ids=map("-".join, KEPT))
def test_a_kept_seed_breaks_nothing(harness: str, seed: str) -> None:
    """What once broke something, or is unlike all others, is taken or refused in good order."""
    HARNESSES[harness].one((SEEDS / harness / seed).read_bytes())


@pytest.mark.slow
@pytest.mark.parametrize("harness", HARNESSES)
def test_changed_seeds_break_nothing(harness: str) -> None:
    """A few hundred changes to seeds, the same each time."""
    chance = random.Random(20_181_024)
    seeds = [(SEEDS / harness / seed).read_bytes() for name, seed in KEPT if name == harness]
    for _ in range(300):
        data = chance.choice(seeds)
        for _ in range(chance.randint(1, 4)):
            data = HARNESSES[harness].mutate(data, chance)
        if len(data) <= HARNESSES[harness].LONGEST:
            HARNESSES[harness].one(data)


# -- that a harness sees -----------------------------------------------------------------------------------------------


def lax(data: bytes) -> Tree:
    """A parser as lax as Python's: of two members with one key the last, NaN, any depth, lone surrogates."""
    try:
        return Tree(data.decode(), json.loads(data.decode()))
    except ValueError:
        raise JSONFault("F103", "no JSON", 0, 1, 1) from None


@pytest.mark.parametrize("seed", ["duplicate", "too-large", "lone", "depth-65", "bom", "latin1"])
def test_a_lax_parser_is_seen(seed: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Put in the place of the strict parser, Python's fails on each of what it takes or misnames."""
    data = (SEEDS / "json" / seed).read_bytes()
    monkeypatch.setattr(fuzz_json, "parse", lax)
    with pytest.raises(AssertionError):
        fuzz_json.one(data)


def test_a_strict_parser_that_is_too_strict_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    """A file in order that is refused, for whatever reason, is none of the seeds that pass."""

    def refuse(data: bytes) -> Tree:
        raise JSONFault("F104", "twice", 0, 1, 1)

    monkeypatch.setattr(fuzz_json, "parse", refuse)
    with pytest.raises(AssertionError, match="refused by F104, 'twice', where json sees no fault"):
        fuzz_json.one(b'{"a": 1}')


def test_an_explanation_that_sees_nothing_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    """A file that the decoder refuses needs a fault that says why."""
    schema = (SEEDS / "schema" / "number").read_bytes().split(b"\x1e")[0]
    file = b'{"document": 1, "things": []}'
    fuzz_schema.one(schema + b"\x1e" + file)
    monkeypatch.setattr(fuzz_schema, "explain", lambda layer, value: [])
    with pytest.raises(AssertionError, match="decoded: False; faults: \\[\\]"):
        fuzz_schema.one(schema + b"\x1e" + file)


@pytest.mark.parametrize("code", ["O004", "R001", "R002", "T002", "O003", "F201"])
def test_a_report_that_is_too_kind_is_seen(code: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A report without a problem, on a corpus with one, is found out by looking into the files."""
    monkeypatch.setattr(sidelines, "check", lambda root: Report())
    monkeypatch.setattr(sidelines, "read", lambda root: pytest.fail("the tables are looked at last"))
    with pytest.raises(AssertionError):
        fuzz_corpus.one((SEEDS / "corpus" / code).read_bytes())


def test_a_check_of_a_build_that_is_too_kind_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    """A span that does not fit its text is found row by row, where neither `verify` nor `check` says a word."""
    file = pq.read_table(io.BytesIO(fuzz_parquet.tables()["marks"]))
    ends = pa.array([end + 1 for end in file.column("end").to_pylist()], pa.int64())
    out = io.BytesIO()
    pq.write_table(file.set_column(file.column_names.index("end"), file.schema.field("end"), ends), out)
    data = b"marks\n" + out.getvalue()
    fuzz_parquet.one(data)
    tables = {name: pq.read_table(io.BytesIO(raw)) for name, raw in fuzz_parquet.tables().items()}
    tables["marks"] = pq.read_table(io.BytesIO(out.getvalue()))
    monkeypatch.setattr(sidelines, "verify", lambda root: SimpleNamespace(report=Report()))
    monkeypatch.setattr(sidelines, "check", lambda root: Report())
    monkeypatch.setattr(sidelines, "read", lambda root: SimpleNamespace(tables=tables))
    with pytest.raises(AssertionError):
        fuzz_parquet.one(data)


def test_the_sound_build_is_as_before() -> None:
    """After a file that cannot be read, the next input finds the build as it was built."""
    fuzz_parquet.one(b"documents\nPAR1")
    assert (fuzz_parquet.build() / "parquet" / "documents.parquet").read_bytes() == fuzz_parquet.tables()["documents"]
    assert list(sidelines.check(fuzz_parquet.build())) == []


# -- the input of the corpus harness -----------------------------------------------------------------------------------


def test_files_of_a_corpus_as_one_input() -> None:
    """What is joined is split again."""
    files = [("corpus/visit.txt", b"a\nb"), ("-schema/dates.schema.json", b""), ("corpus/notes/", b"")]
    data = b"base\x1ecorpus/visit.txt\na\nb\x1e-schema/dates.schema.json\n\x1ecorpus/notes/\n"
    assert fuzz_corpus.joined("base", files) == data
    assert fuzz_corpus.split(data) == ("base", files)


@pytest.mark.parametrize("path", ["../a", "corpus/../../a", "/etc/passwd", "corpus//a", "other/a", "corpus/.a", ""])
def test_no_path_leads_out(path: str) -> None:
    """No input makes the harness write anywhere but into its own corpus."""
    assert fuzz_corpus.split(b"own\x1e" + path.encode() + b"\nx") == ("own", [])


def test_the_sound_corpora_are_as_before() -> None:
    """After whatever was changed, the next input finds the sound corpus."""
    for base in fuzz_corpus.BASES:
        root = fuzz_corpus.sound(base)
        files = [
            ("-corpus/corpus.json", b""),
            ("schema/new.schema.json", b"{}"),
            ("annotations/one", b""),
            ("pyproject.toml", b""),
        ]
        fuzz_corpus.one(fuzz_corpus.joined(base, [*files, ("corpus/", b"")]))
        found = {path.relative_to(root).as_posix(): path.read_bytes() for path in root.rglob("*") if path.is_file()}
        assert found == fuzz_corpus.originals(base)
