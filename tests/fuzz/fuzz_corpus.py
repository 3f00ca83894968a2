"""Bytes as files of a small corpus that was sound before: each replaces a file, or adds or takes one away.

The input has parts, with 0x1E between them: the name of the sound corpus (`own` or `base`), then for each file its
path, a line feed, and its content. A path that begins with `-` is taken away, one that ends in `/` becomes a folder.

`check` returns a report or raises SidelinesError. A report without an error is true: the corpus opens, and every id,
reference and span holds, by nothing but `json`.
"""

from __future__ import annotations

import atexit
import hashlib
import json
import random
import re
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import sidelines
from sidelines.codec import Codec
from sidelines.grammar import Grammar
from sidelines.model import Property, Table
from sidelines.problems import printable
from sidelines.reader import Reader
from sidelines.schema import compile_schemas
from sidelines.writer import canonical, format_corpus
from tests.fuzz.fuzz_schema import readable
from tests.fuzz.mutate import mutate_json

LONGEST = 12_288
SEPARATOR = b"\x1e"
HERE = Path(__file__).resolve().parent
BASES = {"own": HERE.parent / "own", "base": HERE.parent / "cases" / "base"}
SCHEMAS = HERE.parents[1] / "schema"
FOLDERS = ("corpus", "schema", "annotations")
LOOSE = ("pyproject.toml", "CHANGELOG.md")
_STEP = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9._-]{0,40}")  # nothing that leads out of the folder
Files = list[tuple[str, bytes]]


def one(data: bytes) -> None:
    """Check the corpus that the bytes make, and raise AssertionError where the report cannot be true."""
    base, files = split(data)
    root = sound(base)
    with changed(root, files):
        judge(root)


def split(data: bytes) -> tuple[str, Files]:
    """The name of the sound corpus, and the files that differ; parts without a path that may be used are left out."""
    head, *parts = data.split(SEPARATOR)
    files = []
    for part in parts:
        name, _, content = part.partition(b"\n")
        path = name.decode("ascii", "replace")
        steps = path.removeprefix("-").removesuffix("/").split("/")
        inside = 1 < len(steps) < 5 and steps[0] in FOLDERS and all(map(_STEP.fullmatch, steps))
        if inside or path in LOOSE:
            files.append((path, content))
    return ("base" if head == b"base" else "own"), files


def joined(base: str, files: Files) -> bytes:
    return SEPARATOR.join([base.encode(), *(path.encode() + b"\n" + content for path, content in files)])


@lru_cache(maxsize=2)
def sound(base: str) -> Path:
    """A copy of the sound corpus, in memory where there is such a place."""
    memory = Path("/dev/shm")
    root = Path(tempfile.mkdtemp(prefix="sidelines-fuzz-", dir=memory if memory.is_dir() else None))
    atexit.register(shutil.rmtree, root, ignore_errors=True)
    fill(root, base)
    return root


def fill(root: Path, base: str) -> None:
    for path, content in originals(base).items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_bytes(content)


@lru_cache(maxsize=2)
def originals(base: str) -> dict[str, bytes]:
    """The files of a sound corpus, by path."""
    files = {p.relative_to(BASES[base]).as_posix(): p for p in sorted(BASES[base].rglob("*")) if p.is_file()}
    names = ("corpus", "document") if base == "own" else [p.name.split(".")[0] for p in sorted(SCHEMAS.iterdir())]
    files |= {f"schema/{name}.schema.json": SCHEMAS / f"{name}.schema.json" for name in names if name != "dialect"}
    return {path: file.read_bytes() for path, file in files.items()}


@contextmanager
def changed(root: Path, files: Files) -> Iterator[None]:
    """The corpus with these files, for as long as the block runs."""
    try:
        for path, content in files:
            _put(root / path.removeprefix("-").removesuffix("/"), None if path[0] == "-" else content, path[-1] == "/")
        yield
    finally:
        base = next(name for name in BASES if sound(name) == root)
        for path, _ in files:
            top = root / path.removeprefix("-").split("/")[0]
            shutil.rmtree(top, ignore_errors=True) if top.is_dir() else top.unlink(missing_ok=True)
        fill(root, base)


def _put(path: Path, content: bytes | None, folder: bool) -> None:
    for above in reversed(path.parents):
        if above.is_file():
            above.unlink()
    if path.is_dir():
        shutil.rmtree(path)
    path.unlink(missing_ok=True)
    if content is not None:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.mkdir() if folder else path.write_bytes(content)


def prepare() -> None:
    """Keep what is made of the schemas of the sound corpora, which takes half the time of a check.

    It depends on the bytes of the schemas and the names of the layers alone; changed ones are compiled each time. And
    use one thread, which makes coverage the same each time. For long runs, in a process of their own: the tests do
    without.
    """
    models = []
    for base in BASES:
        files = {p[7:-12]: c for p, c in originals(base).items() if p.startswith("schema/")}
        layers = json.loads(originals(base)["corpus/corpus.json"])["layers"]
        models.append((files, layers, compile_schemas(files, layers)[0]))
    kept = [made for *_, model in models for kind in (model.metadata, model.layers) for made in kind.values()]
    codecs = {id(layer): Codec(layer) for layer in kept}
    grammars = {id(table): Grammar.of(table) for layer in kept for table in layer.tables}

    def compiled(files: Any, layers: Any) -> Any:
        model = next((model for sound, names, model in models if (sound, names) == (files, layers)), None)
        return compile_schemas(files, layers) if model is None else (model, [])

    def grammar(table: Table) -> Grammar | None:
        return grammars[id(table)] if id(table) in grammars else Grammar.of(table)

    remembered = {
        "ThreadPoolExecutor": AtOnce,
        "compile_schemas": compiled,
        "Codec": lambda layer: codecs[id(layer)] if id(layer) in codecs else Codec(layer),
        "Grammar": SimpleNamespace(of=grammar),
    }
    homes = ("codec", "grammar", "schema")
    users = [m for name, m in sys.modules.items() if name.startswith("sidelines.") and name[10:] not in homes]
    for module in users:
        for name in remembered.keys() & vars(module).keys():
            setattr(module, name, remembered[name])


class AtOnce:
    """In the place of a pool of threads: what is submitted is done at once."""

    def __init__(self, threads: int) -> None:
        pass

    def __enter__(self) -> AtOnce:
        return self

    def __exit__(self, *error: object) -> None:
        pass

    def submit(self, function: Callable[..., Any], *arguments: Any) -> Future[Any]:
        future: Future[Any] = Future()
        future.set_result(function(*arguments))
        return future


# -- the judge ---------------------------------------------------------------------------------------------------------


def judge(root: Path) -> None:
    """The report of a corpus, and what follows from it."""
    try:
        report = sidelines.check(root)
    except sidelines.SidelinesError as error:
        assert str(error).encode("utf-8"), "an error is text that can be written"
        return
    for problem in report:
        readable(problem)
    corpus = Reader(root)
    if "S" not in {problem.code[0] for problem in report if (problem.path or "").startswith("schema/")}:
        laid_out(root, corpus, {problem.path for problem in report if problem.code == "F108"})
    if report.ok:
        holds(root, corpus)


def laid_out(root: Path, corpus: Reader, untidy: set[str | None]) -> None:
    """`fmt` would change those files that are said to be untidy, and what it writes it would leave as it is."""
    would, _ = format_corpus(corpus, write=False)
    shown = set(map(printable, would))
    assert untidy <= shown, f"called untidy, but left by fmt: {untidy - shown}"
    for path in would:
        kind, name = path.split("/")[0], Path(path).stem
        layer = {
            "corpus": corpus.model.metadata.get("corpus" if name == "corpus" else "document"),
            "annotations": corpus.model.layers.get(name),
        }.get(kind)
        tidy = canonical((root / path).read_bytes(), layer)
        assert canonical(tidy, layer) == tidy, f"the canonical form of {path} has another one"


def holds(root: Path, corpus: Reader) -> None:
    """What a clean report promises, looked up in the files without Sidelines."""
    counted = dict.fromkeys(corpus.model.tables, 0)
    for document in corpus.documents:
        raw = (root / "corpus" / f"{document}.txt").read_bytes()
        text = raw.decode("utf-8")
        described = json.loads((root / "corpus" / f"{document}.json").read_bytes())
        assert described["id"] == document
        assert described["characters"] == len(text)
        assert described["sha256"] == hashlib.sha256(raw).hexdigest()
        rows: dict[str, list[Any]] = {}
        for name, layer in corpus.model.layers.items():
            file = json.loads((root / "annotations" / document / f"{name}.json").read_bytes())
            assert file["document"] == document
            rows |= {table.name: file.get(table.key, []) for table in layer.tables}
        ids = {name: [row["id"] for row in members] for name, members in rows.items()}
        for name, members in rows.items():
            counted[name] += len(members)
            assert len(set(ids[name])) == len(members), f"{name}: an id stands twice"
            for row in members:
                row_holds(corpus.model.tables[name], row, text, ids)
    tables = sidelines.read(root).tables
    assert counted == {name: tables[name].num_rows for name in counted}, "rows were lost, or came from nowhere"
    for table in tables.values():
        table.validate(full=True)


def row_holds(table: Table, row: dict[str, Any], text: str, ids: dict[str, list[str]]) -> None:
    for node, value in values(table.row, row):
        if node.span:
            assert 0 <= value["start"] < value["end"] <= len(text), value
            assert text[value["start"] : value["end"]] == value["text"], value
        if node.ref is not None:
            assert value in ids[node.ref], f"{table.name}: {value!r} is no id of {node.ref}"


def values(node: Property, value: Any) -> Iterator[tuple[Property, Any]]:
    """Each value with the property that describes it."""
    yield node, value
    for member in node.properties:
        if member.name in value:
            yield from values(member, value[member.name])
    if node.items is not None:
        for item in value:
            yield from values(node.items, item)


# -- changes -----------------------------------------------------------------------------------------------------------

TEXT_PIECES = (
    b"\r", b"\n", b"\xef\xbb\xbf", b"\xf0\x9f\x98\x80", b"e\xcc\x81", b"\xc2\x85", b"\xe2\x80\xa8", b"\x00", b"\xff",
    b"\xed\xa0\x80", b"\xf4\x90\x80\x80", b" ", b"\xe2\x80\x9c", b"\xe2\x80\x9d", b"\x1c",
)  # fmt: skip
NEW_PATHS = (
    "corpus/two.txt", "corpus/two.json", "corpus/One.txt", "corpus/corpus.txt", "annotations/two/marks.json",
    "annotations/one/more.json", "schema/more.schema.json", "schema/dialect.schema.json", "annotations/one/", "corpus/",
    "pyproject.toml", "CHANGELOG.md", "annotations/loose.json", "corpus/x.y.txt", "schema/corpus.schema.json/",
)  # fmt: skip


def mutate(data: bytes, chance: random.Random) -> bytes:
    """Change a file of the corpus: JSON by its tokens, a text by its characters, and now and then its hash with it."""
    base, files = split(data)
    known = originals(base)
    if not files or chance.random() < 0.1:
        path = chance.choice((*known, *known, *NEW_PATHS))
        files.append((path, known.get(path, chance.choice(list(known.values())))))
    at = chance.randrange(len(files))
    path, content = files[at]
    if chance.random() < 0.05:
        path = chance.choice((f"-{path}", path.removeprefix("-"), f"{path.rstrip('/')}/", *NEW_PATHS))
    elif chance.random() < 0.03:
        del files[at]
        return joined(base, files)
    elif path.endswith(".txt"):
        content = _text(content, chance)
        if path == f"corpus/{Path(path).stem}.txt" and chance.random() < 0.8:
            files = _described(base, files, path, content)
            at = next(number for number, (other, _) in enumerate(files) if other == path)
    else:
        content = mutate_json(content, chance)
    files[at] = (path, content)
    return joined(base, files)


def _text(content: bytes, chance: random.Random) -> bytes:
    at = chance.randrange(len(content) + 1)
    return content[:at] + chance.choice(TEXT_PIECES) + content[at + chance.choice((0, 0, 1, 2, 50)) :]


def _described(base: str, files: Files, path: str, content: bytes) -> Files:
    """The files with a description that fits a new text, so that it is judged."""
    about = path.removesuffix(".txt") + ".json"
    old = dict(files).get(about, originals(base).get(about, b""))
    digest = hashlib.sha256(content).hexdigest().encode()
    new = re.sub(rb'"sha256": "[0-9a-f]*"', b'"sha256": "%s"' % digest, old)
    length = len(content.decode("utf-8", "replace"))
    new = re.sub(rb'"characters": [0-9]+', b'"characters": %d' % length, new)
    return [*(file for file in files if file[0] != about), (about, new)]


def main() -> int:
    """Run this harness under Atheris."""
    from tests.fuzz.run import main as run

    return run(["corpus", *sys.argv[1:]])


if __name__ == "__main__":
    sys.exit(main())
