"""Corpora and builds in an object store: the same as in a folder, and nothing half-written is ever taken for whole."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path
from typing import Any

import pytest

import sidelines
from sidelines.cli import main
from sidelines.errors import InvalidCorpusError, SidelinesError
from sidelines.files import replace_file
from sidelines.stores import Store, place
from tests.s3 import BUCKET, Proxy, serving
from tests.strategies import twice
from tests.test_parts import bytes_of

COUNT = count()
WRITES = {"PUT", "POST", "DELETE"}


@pytest.fixture(scope="module")
def server() -> Iterator[Proxy]:
    """An S3 server with an empty bucket; Arrow takes the key from the environment."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AWS_ACCESS_KEY_ID", "key")
        patch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
        patch.setenv("AWS_EC2_METADATA_DISABLED", "true")
        with serving() as proxy:
            yield proxy


@pytest.fixture
def s3(server: Proxy, request: pytest.FixtureRequest) -> Iterator[Callable[[str], str]]:
    """The URIs of folders in a folder of the bucket that is this test's own."""
    server.requests.clear()
    own = f"{request.node.originalname}-{next(COUNT)}"
    yield lambda path: server.uri(f"{own}/{path}")
    server.fault = lambda *_: None


@pytest.fixture
def few(own: Path) -> Path:
    """Three documents with a single layer, whose builds are of few files."""
    for name in ("other", "third"):
        twice(own, name, "one")
    return own


def upload(folder: Path, uri: str) -> str:
    store = Store(uri)
    for name, content in bytes_of(folder).items():
        store.put(name, iter([content]), len(content))
    return uri


def content(uri: str) -> dict[str, bytes | int]:
    store = Store(uri)
    return {name: store.read(name) for name in store.files()}


class TestRead:
    """What is in a store is read as what is in a folder."""

    @pytest.mark.parametrize("start", [b'"start": ', b'"start": 1'])
    def test_a_corpus_of_files(self, sound: Path, s3: Callable[[str], str], start: bytes) -> None:
        """The same tables, and the same problems at the same places."""
        path = next((sound / "annotations").rglob("entities.json"))
        replace_file(path, path.read_bytes().replace(b'"start": ', start, 1))
        uri = upload(sound, s3("corpus"))
        problems = list(sidelines.check(sound))
        assert list(sidelines.check(uri)) == problems
        if not problems:
            assert dict(sidelines.read(uri).tables) == dict(sidelines.read(sound).tables)
        else:
            with pytest.raises(InvalidCorpusError, match=r"^s3://bucket/test_a_corpus_of_files-"):
                _ = sidelines.read(uri).tables

    def test_files_that_are_missing_or_too_many(self, sound: Path, s3: Callable[[str], str]) -> None:
        """Are found by name, as in a folder."""
        shutil.copytree(sound / "annotations" / "visit", sound / "annotations" / "vist")
        (sound / "annotations" / "visit" / "dates.json").rename(sound / "annotations" / "visit" / "date.json")
        (sound / "corpus" / "late.txt").write_bytes(b"Late.")
        shutil.copytree(sound / "corpus", sound / "annotations" / "visit" / "quotes.json.d")
        expected = list(sidelines.check(sound))
        assert {problem.code for problem in expected} == {"F001", "F002"}
        assert list(sidelines.check(upload(sound, s3("corpus")))) == expected

    def test_a_file_that_is_too_large(self, sound: Path, s3: Callable[[str], str], server: Proxy) -> None:
        """Is not read at all."""
        (sound / "corpus" / "visit.txt").write_bytes(b"x" * 5000)
        uri = upload(sound, s3("corpus"))
        server.requests.clear()
        limits = sidelines.Limits(file_bytes=4999)
        problems = [problem for problem in sidelines.check(uri, limits=limits) if problem.path == "corpus/visit.txt"]
        assert [(p.code, p.message) for p in problems] == [
            ("F005", "expected a file of at most 4,999 bytes, found 5,000")
        ]
        assert not [path for method, path in server.requests if method == "GET" and path.endswith("visit.txt")]

    def test_the_commands(self, sound: Path, s3: Callable[[str], str], capsys: pytest.CaptureFixture[str]) -> None:
        """`check`, `tables`, `build` and `verify` take URIs; `fmt` changes files, and does not."""
        corpus, build = upload(sound, s3("corpus")), s3("build")
        assert main(["build", corpus, "--out", build]) == 0
        out = capsys.readouterr().out
        assert "s3://bucket/test_the_commands-" in out
        assert "endpoint" not in out
        for command in (["check", corpus], ["check", build], ["tables", build], ["verify", build]):
            assert main(command) == 0
        assert "quotes" in capsys.readouterr().out
        assert main(["fmt", corpus]) == 2
        message = "/corpus: expected a folder on the disk; files in an object store are only read\n"
        assert capsys.readouterr().err.endswith(message)

    def test_what_is_not_there(self, s3: Callable[[str], str]) -> None:
        """The message names the place, without what else the URI has."""
        with pytest.raises(SidelinesError, match=r"^s3://bucket/[^?]*/x: expected a corpus, a folder .*, found none"):
            sidelines.check(s3("x"))
        with pytest.raises(SidelinesError, match=r"^s3://bucket/[^?]*/x: expected a build, a folder .*, found none"):
            sidelines.verify(s3("x"))

    @pytest.mark.parametrize(
        ("uri", "message"),
        [
            ("s4://user:secret@bucket/x", "s4://bucket/x: expected a URI such as s3://bucket/folder: Unrecognized"),
            ("s3://bucket/x?nonsense=1", "s3://bucket/x: expected a URI such as s3://bucket/folder: Unexpected query"),
        ],
    )
    def test_no_uri(self, uri: str, message: str) -> None:
        """Secrets in it are not shown."""
        with pytest.raises(SidelinesError) as caught:
            sidelines.check(uri)
        assert str(caught.value).startswith(message)
        assert "secret" not in str(caught.value)

    def test_uris_of_files(self, tmp_path: Path) -> None:
        """Are paths."""
        assert place((tmp_path / "a b").as_uri()) == tmp_path / "a b"
        assert place("corpus") == Path("corpus")


class TestFaults:
    """What a store fails to send is asked for again, and reported when it does not come."""

    @pytest.mark.parametrize("how", ["500", "503", "cut", "short", "drop"])
    @pytest.mark.parametrize("path", ["corpus.json", "schema/quotes.schema.json", "parquet/quotes.parquet"])
    def test_once(self, sound: Path, s3: Callable[[str], str], server: Proxy, how: str, path: str) -> None:
        """Nobody notices."""
        uri = upload(sidelines.build(sound, sound.parent / "build").out, s3("build"))
        server.fault = lambda method, asked, number: how if (method, number) == ("GET", 0) and path in asked else None
        assert list(sidelines.check(uri)) == []
        assert sum(path in asked and method == "GET" for method, asked in server.requests) > 1

    @pytest.mark.slow
    @pytest.mark.parametrize("how", ["500", "503", "cut", "short", "drop", "403"])
    @pytest.mark.parametrize(
        ("path", "code"),
        [("corpus.json", "F004"), ("schema/quotes.schema.json", "F004"), ("parquet/quotes.parquet", "P105")],
    )
    def test_always(
        self, sound: Path, s3: Callable[[str], str], server: Proxy, how: str, path: str, code: str
    ) -> None:  # fmt: skip
        """One problem, of that file; no table is read in part."""
        uri = upload(sidelines.build(sound, sound.parent / "build").out, s3("build"))
        server.fault = lambda method, asked, number: how if method == "GET" and asked.endswith(path) else None
        problems = sidelines.check(uri)
        assert [(problem.code, problem.path) for problem in problems] == [(code, path)]
        assert "quotes" not in problems.rows or problems.rows["quotes"] == 0

    @pytest.mark.slow
    @pytest.mark.parametrize("how", ["503", "cut", "short", "403"])
    def test_a_text(self, sound: Path, s3: Callable[[str], str], server: Proxy, how: str) -> None:
        """Of a corpus of files."""
        uri = upload(sound, s3("corpus"))
        server.fault = lambda method, asked, number: how if method == "GET" and asked.endswith("visit.txt") else None
        assert [(problem.code, problem.path) for problem in sidelines.check(uri)] == [("F004", "corpus/visit.txt")]

    def test_nothing_can_be_asked(self, s3: Callable[[str], str], server: Proxy) -> None:
        """Where even what is there cannot be learned, the command cannot run."""
        server.fault = lambda *_: "403"
        with pytest.raises(SidelinesError, match=r"^s3://bucket/[^?]*corpus\.json: cannot be read: "):
            sidelines.check(s3("corpus"))

    @pytest.mark.parametrize("last", [0, 255, 10])
    def test_a_last_byte_that_may_not_have_come(self, s3: Callable[[str], str], last: int) -> None:
        """Is asked for again, and is what it is."""
        store = Store(s3("x"))
        store.put("file", iter([bytes([65, last])]), 2)
        with store.open("file") as file:
            assert (file.read(), file.read(), file.read(1)) == (bytes([65, last]), b"", b"")
            assert file.seek(1) == 1
            assert file.read(5) == bytes([last])
        assert store.read("file", 1) == 2


class TestBuild:
    """A build in a store has the bytes of one in a folder, and is there when all of it is."""

    def test_the_same_bytes(self, few: Path, tmp_path: Path, s3: Callable[[str], str]) -> None:
        """In one part and in several, by one process and two, from a folder and from a store."""
        corpus, out = upload(few, s3("corpus")), s3("build")
        for options in ({}, {"part_documents": 1, "jobs": 1}, {"part_documents": 2, "jobs": 2}):
            here = bytes_of(sidelines.build(few, tmp_path / "here", **options).out)  # type: ignore[arg-type]
            for source in (few, corpus):
                made = sidelines.build(source, out, **options)  # type: ignore[arg-type]
                assert str(made.out) == out.partition("?")[0]
                assert content(out) == here
                assert sidelines.verify(out).ok
        again = s3("again")
        assert sidelines.build(out, again, jobs=2).parts == 2
        assert content(again) == here
        assert sorted({name.split("/")[0] for name in Store(s3("")).files()}) == ["again", "build", "corpus"]

    def test_a_cluster(self, few: Path, tmp_path: Path, s3: Callable[[str], str]) -> None:
        """Its workers read from the store and write to it, each its parts."""
        distributed = pytest.importorskip("distributed")
        corpus, out = upload(few, s3("corpus")), s3("build")
        here = bytes_of(sidelines.build(few, tmp_path / "here", part_documents=1).out)
        with distributed.LocalCluster(
            n_workers=2, threads_per_worker=1, host="127.0.0.1", dashboard_address=":0"
        ) as cluster, distributed.Client(cluster) as client:  # fmt: skip
            sidelines.build(corpus, out, part_documents=1, client=client)
            assert sidelines.check(out, client=client).ok
        assert content(out) == here

    def test_a_corpus_with_errors(self, few: Path, s3: Callable[[str], str]) -> None:
        """The earlier build stays, and nothing is left beside it."""
        out = s3("build")
        sidelines.build(few, out)
        before = content(s3(""))
        (few / "corpus" / "other.txt").write_bytes(b"x")
        for options in ({}, {"part_documents": 1}):
            with pytest.raises(InvalidCorpusError):
                sidelines.build(few, out, **options)
            assert content(s3("")) == before

    def test_what_is_not_a_build(self, few: Path, s3: Callable[[str], str]) -> None:
        """Is not replaced, nor are sources."""
        corpus = upload(few, s3("corpus"))
        (store := Store(s3("other"))).put("thesis.txt", iter([b"x"]), 1)
        with pytest.raises(SidelinesError, match=r"found 'thesis.txt'; choose another --out$"):
            sidelines.build(few, store.uri)
        with pytest.raises(SidelinesError, match=r"would replace the corpus s3://"):
            sidelines.build(corpus, corpus)
        with pytest.raises(SidelinesError, match=r"would replace the corpus s3://"):
            sidelines.build(corpus, s3("").replace("/?", "?"))
        with pytest.raises(SidelinesError, match=r"would stand among the sources, in s3://"):
            sidelines.build(corpus, s3("corpus/build"))
        with pytest.raises(SidelinesError, match=r"^s3://bucket: expected a folder in a bucket"):
            sidelines.build(few, s3("").replace(s3("").partition("?")[0], f"s3://{BUCKET}"))
        assert store.files() == {"thesis.txt": 1}

    def test_what_a_store_has_otherwise(self, few: Path, s3: Callable[[str], str], monkeypatch: Any) -> None:
        """A file that has not the size that was sent is an error, and no build."""
        sizes = iter([3, 1])

        class Info:
            is_file = True

            @property
            def size(self) -> int:
                return next(sizes)

        store = Store(s3("x"))
        store.put("a", iter([b"abc"]), 3)
        monkeypatch.setattr(Store, "info", lambda *_: Info())
        store.put("a", iter([b"abc"]), 3)
        with pytest.raises(OSError, match=r"^a: expected 3 bytes to be stored, found 1$"):
            store.copy("a", Store(s3("y")), 3)

    @pytest.mark.slow
    @pytest.mark.parametrize("stride", range(4))
    def test_every_request(self, few: Path, s3: Callable[[str], str], server: Proxy, stride: int) -> None:
        """Whichever request is the first to fail, there is the old build, the new or none; the next run makes it."""
        out = s3("build")

        def names() -> list[str]:
            try:
                return sorted(sidelines.read(out).documents) if sidelines.verify(out).ok else []
            except SidelinesError as error:
                assert "expected a corpus" in str(error) or "expected a build" in str(error)
                return []

        def build(documents: int) -> None:
            only = few.parent / f"{documents}"
            if not only.exists():
                shutil.copytree(few, only)
                for name in ("other", "third")[: 3 - documents]:
                    shutil.rmtree(only / "annotations" / name)
                    for ending in ("txt", "json"):
                        (only / "corpus" / f"{name}.{ending}").unlink()
            sidelines.build(only, out, part_documents=1, jobs=1)

        def break_off(at: int) -> None:
            done = 0

            def fault(method: str, path: str, number: int) -> str | None:
                nonlocal done
                done += method in WRITES
                return "403" if method in WRITES and done > at else None

            server.fault = fault

        build(2)
        old = names()
        server.requests.clear()
        build(3)
        new = names()
        assert (len(old), len(new)) == (2, 3)
        writes = sum(method in WRITES for method, _ in server.requests)
        states = []
        for at in range(stride, writes, 4):
            build(2)
            break_off(at)
            with pytest.raises(SidelinesError, match="cannot be written: ") as caught:
                build(3)
            server.fault = lambda *_: None
            states.append(names())
            assert ("what was there is as it was" in str(caught.value)) == (states[-1] == old), at
            build(3)
            assert names() == new
            assert {name.split("/")[0] for name in Store(s3("")).files()} == {"build"}
        assert [state for at, state in enumerate(states) if not at or state != states[at - 1]] in (
            [old, []], [old, [], new],
        )  # fmt: skip
