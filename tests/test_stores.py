"""Corpora and builds in an object store: the same as in a folder, and nothing half-written is ever taken for whole."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from pyarrow import fs

import sidelines
from sidelines.cli import main
from sidelines.errors import InvalidCorpusError, SidelinesError
from sidelines.files import replace_file
from sidelines.outputs import StoreOutput
from sidelines.stores import Store, place
from tests.s3 import BUCKET, Proxy, serving
from tests.strategies import twice
from tests.test_parts import bytes_of

COUNT = count()


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
            ("s3://KEY:se/cret@bucket/x", "s3://bucket/x: expected a URI such as s3://bucket/folder, with a bucket"),
            ("s3://KEY:se?cret@bucket/x", "s3://bucket/x: expected a URI such as s3://bucket/folder, with a bucket"),
            ("s3://KEY:se#cret@bucket/x", "s3://bucket/x: expected a URI such as s3://bucket/folder, without #"),
            ("s3://bucket/news#2", "s3://bucket/news: expected a URI such as s3://bucket/folder, without #, which is"),
            ("s3://bucket//x", "s3://bucket//x: expected a URI such as s3://bucket/folder, with a bucket, no empty"),
            ("s3://", "s3://: expected a URI such as s3://bucket/folder, with a bucket, no empty names"),
            ("s3://[x/y", "s3://[x/y: expected a URI such as s3://bucket/folder: Invalid IPv6 URL"),
            ("file://build/x", "file://build/x: expected a file of this machine, file:///…, found the host 'build'"),
        ],
    )
    def test_no_uri(self, uri: str, message: str) -> None:
        """Secrets in it are not shown."""
        with pytest.raises(SidelinesError) as caught:
            sidelines.check(uri)
        assert str(caught.value).startswith(message)
        assert not re.search("user|KEY|cret@|[:?#]cret", str(caught.value))

    @pytest.mark.parametrize(
        ("uri", "shown"),
        [
            ("s3://KEY:secret@bucket/a@b/?x=secret", "s3://bucket/a@b"),
            ("gs://anonymous@bucket/x", "gs://bucket/x"),
            ("s3://KEY:se/cr?e#t@bucket/x#secret", "s3://bucket/x"),
        ],
    )
    def test_what_is_shown(self, uri: str, shown: str) -> None:
        """No credentials and no query, also where an object is shown that holds it."""
        assert str(Store(uri)) == shown
        assert repr([Store(uri)]) == f"[Store({shown!r})]"

    def test_uris_of_files(self, tmp_path: Path) -> None:
        """Are paths."""
        assert place((tmp_path / "a b").as_uri()) == tmp_path / "a b"
        assert place("corpus") == Path("corpus")


class TestFaults:
    """What a store fails to send is asked for again, and reported when it does not come."""

    @pytest.mark.parametrize("how", ["500", "503", "cut", "short", "drop"])
    @pytest.mark.parametrize("path", ["build/corpus.json", "parquet/marks.parquet"])
    def test_once(self, own: Path, s3: Callable[[str], str], server: Proxy, how: str, path: str) -> None:
        """Nobody notices."""
        uri = upload(sidelines.build(own, own.parent / "build").out, s3("build"))
        server.fault = lambda method, asked, number: how if (method, number) == ("GET", 0) and path in asked else None
        assert list(sidelines.check(uri)) == []
        assert sum(path in asked and method == "GET" for method, asked in server.requests) > 1

    @pytest.mark.slow
    @pytest.mark.parametrize("how", ["503", "cut", "short", "403"])
    @pytest.mark.parametrize(("path", "code"), [("schema/marks.schema.json", "F004"), ("marks.parquet", "P105")])
    def test_always(
        self, own: Path, s3: Callable[[str], str], server: Proxy, how: str, path: str, code: str
    ) -> None:  # fmt: skip
        """One problem, of that file; no table is read in part."""
        uri = upload(sidelines.build(own, own.parent / "build").out, s3("build"))
        server.fault = lambda method, asked, number: how if method == "GET" and asked.endswith(path) else None
        problems = sidelines.check(uri)
        assert [(problem.code, problem.path.endswith(path)) for problem in problems] == [(code, True)]
        assert problems.rows.get("marks", 0) == 0

    @pytest.mark.parametrize("how", ["short", "403"])
    def test_a_text(self, own: Path, s3: Callable[[str], str], server: Proxy, how: str) -> None:
        """Of a corpus of files."""
        uri = upload(own, s3("corpus"))
        server.fault = lambda method, asked, number: how if method == "GET" and asked.endswith("one.txt") else None
        assert [(problem.code, problem.path) for problem in sidelines.check(uri)] == [("F004", "corpus/one.txt")]

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

    @pytest.mark.slow
    def test_the_same_bytes(self, few: Path, tmp_path: Path, s3: Callable[[str], str]) -> None:
        """In one part and in several, by one process and two, from a folder and from a store."""
        corpus, out = upload(few, s3("corpus")), s3("build")
        runs: list[tuple[Any, dict[str, Any]]] = [
            (corpus, {}), (few, {"part_documents": 1, "jobs": 1}), (corpus, {"part_documents": 2, "jobs": 2}),
        ]  # fmt: skip
        for source, options in runs:
            here = bytes_of(sidelines.build(few, tmp_path / "here", **options).out)
            made = sidelines.build(source, out, **options)
            assert str(made.out) == out.partition("?")[0]
            assert content(out) == here
            assert sidelines.verify(out).ok
        again = s3("again")
        assert sidelines.build(out, again, jobs=2).parts == 2
        assert content(again) == here
        assert sorted({name.split("/")[0] for name in Store(s3("")).files()}) == ["again", "build", "corpus"]

    @pytest.mark.slow
    @pytest.mark.filterwarnings("ignore::DeprecationWarning:distributed", "ignore::ResourceWarning")
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

    def test_requests_that_are_refused(self, few: Path, s3: Callable[[str], str], server: Proxy) -> None:
        """While it is being sent, while it is put in its place, and at the very end; the next run makes it whole."""
        out = s3("build")
        sidelines.build(few, out)
        (few / "corpus" / "corpus.json").write_bytes(version(few, "2.0.0"))
        for method, path, there in (
            ("PUT", "partial/parquet/marks.parquet", True),
            ("DELETE", "/build/corpus.json", True),
            ("PUT", "/build/parquet/marks.parquet", False),
            ("PUT", "/build/corpus.json", False),
        ):
            server.fault = lambda asked, at, _, method=method, path=path: (
                "403" if asked == method and at.endswith(path) else None
            )
            with pytest.raises(SidelinesError, match="cannot be written: ") as caught:
                sidelines.build(few, out)
            assert ("what was there is as it was" in str(caught.value)) == there
            server.fault = lambda *_: None
            if there:
                assert sidelines.read(out).version == "0.1.0"
                assert sidelines.verify(out).ok
            else:
                with pytest.raises(SidelinesError, match="expected a corpus"):
                    sidelines.read(out)
        assert sidelines.build(few, out).corpus.version == sidelines.read(out).version == "2.0.0"
        assert sidelines.verify(out).ok
        assert {name.split("/")[0] for name in Store(s3("")).files()} == {"build"}

    def test_credentials_are_not_printed(self, few: Path, s3: Callable[[str], str], capsys: Any) -> None:
        """By a build that fails."""
        (few / "corpus" / "other.txt").write_bytes(b"x")
        assert main(["build", str(few), "--out", s3("build").replace("s3://", "s3://key:secret@")]) == 1
        shown = "".join(capsys.readouterr())
        assert "what is in s3://bucket/" in shown
        assert "secret" not in shown
        assert "endpoint" not in shown

    def test_a_store_that_may_not_be_listed(self, few: Path, s3: Callable[[str], str], server: Proxy) -> None:
        """Or of which a table cannot be asked what it is."""
        out = s3("build")
        sidelines.build(few, out)
        server.fault = lambda method, path, _: "403" if method == "GET" and path == f"/{BUCKET}" else None
        with pytest.raises(SidelinesError, match=r"/build: cannot be listed: "):
            sidelines.verify(out)
        server.fault = lambda method, path, _: "403" if path.endswith("marks.parquet") else None
        assert [(p.code, p.path) for p in sidelines.check(out)] == [("P105", "parquet/marks.parquet")]

    def test_a_store_where_nothing_may_be_removed(self, few: Path, s3: Callable[[str], str], server: Proxy) -> None:
        """What is wrong with the corpus is said all the same."""
        (few / "corpus" / "other.txt").write_bytes(b"x")
        server.fault = lambda method, path, _: "403" if method in ("DELETE", "POST") else None
        with pytest.raises(InvalidCorpusError):
            sidelines.build(few, s3("build"))

    def test_a_file_that_is_too_large_to_be_copied(self, s3: Callable[[str], str], monkeypatch: Any) -> None:
        """Is sent once more."""
        monkeypatch.setattr("sidelines.stores.COPY_MOST", 2)
        Store(s3("x")).put("a", iter([b"abc"]), 3)
        Store(s3("x")).copy("a", Store(s3("y")), 3)
        assert Store(s3("y")).read("a") == b"abc"

    def test_what_is_being_sent_when_it_fails(self, s3: Callable[[str], str]) -> None:
        """Has not got the name of what it was to be."""

        def pieces() -> Iterator[bytes]:
            yield b"half"
            raise KeyboardInterrupt

        with pytest.raises(KeyboardInterrupt):
            (store := Store(s3("x"))).put("a", pieces(), 8)
        assert store.files() == {}

    def test_much_that_is_expected(self, few: Path, s3: Callable[[str], str], monkeypatch: Any) -> None:
        """Is fetched ahead only up to a size."""
        monkeypatch.setattr("sidelines.objects.AHEAD_BYTES", 0)
        monkeypatch.setattr("sidelines.stores.AHEAD", 1)
        assert list(sidelines.check(upload(few, s3("corpus")))) == []


class Breaking:
    """A folder of this machine as if it were a store, which takes so many changes and then no more."""

    def __init__(self) -> None:
        self.system = fs.LocalFileSystem()
        self.changes, self.most = 0, 10**9

    def __getattr__(self, name: str) -> Any:
        return getattr(self.system, name)

    def change(self, path: str = "") -> None:
        self.changes += 1
        if self.changes > self.most:
            raise OSError("the network is unreachable")
        Path(path).parent.mkdir(parents=True, exist_ok=True)

    def open_output_stream(self, path: str) -> Any:
        self.change(path)
        stream = self.system.open_output_stream(path)
        if self.changes == self.most:  # what was sent of it is there, as in any store
            stream.write(b"half")
            stream.close()
            raise OSError("connection reset")
        return stream

    def copy_file(self, source: str, target: str) -> None:
        self.change(target)
        self.system.copy_file(source, target)

    def delete_file(self, path: str) -> None:
        self.change(path)
        self.system.delete_file(path)

    def delete_dir(self, path: str) -> None:
        self.change(path)
        self.system.delete_dir(path)


def version(corpus: Path, other: str) -> bytes:
    return (corpus / "corpus" / "corpus.json").read_bytes().replace(b'"0.1.0"', f'"{other}"'.encode())


@pytest.mark.parametrize("part_documents", [None, 1])
def test_every_change(few: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, part_documents: int | None) -> None:
    """Whichever is the last that a store takes: the old build, the new one, or none; and the next run makes the new."""
    breaking = Breaking()
    monkeypatch.setattr("sidelines.stores._connected", lambda uri: (breaking, str(tmp_path / uri.partition("//")[2])))
    monkeypatch.setattr("sidelines.stores.AHEAD", 1)
    old, new = tmp_path / "old", tmp_path / "new"
    shutil.copytree(few, old)
    shutil.copytree(few, new)
    (new / "corpus" / "corpus.json").write_bytes(version(few, "2.0.0"))
    out = Store("s3://bucket/build")

    def build(corpus: Path, most: int = 10**9) -> None:
        breaking.changes, breaking.most = 0, most
        sidelines.build(corpus, out.uri, part_documents=part_documents, jobs=1)

    def state() -> str | None:
        breaking.most = 10**9
        try:
            found = sidelines.read(out.uri).version
        except SidelinesError as error:
            assert "expected a corpus" in str(error)
            assert not sidelines.verify(out.uri).ok
            return None
        assert list(sidelines.verify(out.uri).report) == []
        return found

    build(old)
    build(new)
    states = []
    for most in range(breaking.changes):
        build(old)
        said = None
        try:
            build(new, most)
        except SidelinesError as error:
            said = str(error)
        states.append(state())
        assert {None: "2.0.0", True: "0.1.0", False: None}[said and "what was there is as it was" in said] == states[-1]
        build(new)
        assert state() == "2.0.0"
        assert sorted(path.name for path in (tmp_path / "bucket").iterdir()) == ["build"]
    assert [version for at, version in enumerate(states) if version != states[at - 1]] == ["0.1.0", None, "2.0.0"]


class TestPutting:
    """A new build takes its place when it is what was made, and what is said is true."""

    @pytest.fixture
    def bucket(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
        """A folder of this machine as a bucket."""
        breaking = Breaking()
        monkeypatch.setattr(
            "sidelines.stores._connected", lambda uri: (breaking, str(tmp_path / uri.partition("//")[2]))
        )
        return tmp_path / "bucket"

    def test_another_run(self, few: Path, bucket: Path) -> None:
        """That clears, or adds, what this one has made: the earlier build stays."""
        sidelines.build(few, "s3://bucket/build")
        before = bytes_of(bucket / "build")
        partial = bucket / ".build.sidelines-partial"
        for change in (
            lambda: (partial / "parquet" / "marks.parquet").unlink(),
            lambda: shutil.rmtree(partial),
            lambda: (partial / "stranger").touch(),
        ):
            with pytest.MonkeyPatch.context() as patch:
                clear = StoreOutput.clear

                def cleared(output: StoreOutput, known: Any, change: Any = change, clear: Any = clear) -> None:
                    clear(output, known)
                    if known:
                        change()

                patch.setattr(StoreOutput, "clear", cleared)
                with pytest.raises(SidelinesError, match="is another run building there"):
                    sidelines.build(few, "s3://bucket/build")
            assert bytes_of(bucket / "build") == before

    def test_folders_that_begin_alike(self, bucket: Path) -> None:
        """Are removed with what is in them, and others stay."""
        store = Store("s3://bucket/x")
        for name in ("a/x", "a-b/y", "a/c/z", "b/kept", "b/gone", "last"):
            store.put(name, iter([b"1"]), 1)
        store.clear({"b/kept"})
        assert store.files() == {"b/kept": 1}
        assert [path for path, _ in store.list("", deep=True)] == ["b", "b/kept"]
        store.clear()
        store.clear()
        assert not (bucket / "x").exists()

    @pytest.mark.parametrize("part_documents", [None, 1])
    def test_ctrl_c(
        self, few: Path, bucket: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str],
        part_documents: int | None,
    ) -> None:  # fmt: skip
        """Only what can be gone on with is said to be kept."""
        command = ["build", str(few), "--out", "s3://bucket/build", "--jobs", "1"]
        command += ["--part-documents", "1"] if part_documents else []
        with monkeypatch.context() as patch:
            patch.setattr("sidelines.builder._copied", lambda _: (_ for _ in ()).throw(KeyboardInterrupt))
            assert main(command) == 130
        kept = "the parts that are finished are kept: the same command goes on with the others\n"
        assert capsys.readouterr().err == (kept if part_documents else "") + "\ninterrupted\n"
        assert (bucket / ".build.sidelines-partial").exists() == bool(part_documents)
        with monkeypatch.context() as patch:
            patch.setattr(Store, "copy", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
            assert main(command) == 2
        assert capsys.readouterr().err.endswith(
            "s3://bucket/build: interrupted; what was there is gone, and the new build is in "
            "s3://bucket/.build.sidelines-partial; the same command finishes it\n"
        )
        assert main(command) == 0
        assert sidelines.verify("s3://bucket/build").ok
