"""A layer of a document revised by way of a working file: made from the corpus, read back, checked, and written."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

from sidelines.changes import Change, changes
from sidelines.checker import check_batches
from sidelines.documents import pick_document
from sidelines.errors import SidelinesError
from sidelines.files import reason, replace_file, sweep, within
from sidelines.inline import Row
from sidelines.layout import FILES, find_form, shipped
from sidelines.model import Layer, Table
from sidelines.notation import Fault, Mark, excerpt
from sidelines.notes import write_name
from sidelines.problems import Problem, names, quoted
from sidelines.reader import Reader
from sidelines.selection import preferences
from sidelines.sources import UnreadableError
from sidelines.stores import Store
from sidelines.strictjson import JSONFault, not_utf8, parse
from sidelines.workfile import NONE, Header, place_of, read_header, read_workfile, renewed, write_workfile

__all__ = ["Revision", "apply_revision", "draft", "open_files", "read_bytes", "renew_draft", "revise", "write_draft"]


@dataclass(frozen=True, slots=True)
class Revision:
    """A working file that was read: what it would put into the layer's file, or why it cannot.

    `path` is that file, relative to the corpus, `changed` whether it would be another, and `new` whether there is none
    yet, or an empty one; `source` the text of the working file, in which `faults` have their places; `elsewhere` are
    problems that it would cause in other files; `warnings` those that keep nobody from writing.
    """

    source: str
    path: str = ""
    raw: bytes = b""
    changed: bool = False
    changes: Sequence[Change] = ()
    faults: Sequence[Fault] = ()
    elsewhere: Sequence[Problem] = ()
    warnings: Sequence[Fault] = ()
    new: bool = False

    @property
    def ok(self) -> bool:
        """Whether it can be written."""
        return not self.faults and not self.elsewhere

    def located(self) -> Iterator[tuple[int, int, Fault]]:
        """Line and column in the working file, from 1, of each fault and warning; columns count code points."""
        breaks = [match.start() for match in re.finditer("\n", self.source)]
        for fault in (*self.faults, *self.warnings):
            line = bisect_left(breaks, fault.at)
            yield line + 1, fault.at - (breaks[line - 1] if line else -1), fault


# -- the corpus --------------------------------------------------------------------------------------------------------


def open_files(path: str | None = None, own: bool = False) -> Reader:
    """The corpus at `path`, or the nearest, whose files can be written.

    With `own`, not the one that comes with Sidelines, unless the working directory is in it.

    Raises
    ------
    SidelinesError
        when there is none, or it is a build, JSON Lines, or in an object store.
    """
    root, form = find_form(path)
    if form != FILES or isinstance(root, Store):
        what = "one in an object store" if isinstance(root, Store) else "a build" if form == "build" else "JSON Lines"
        raise SidelinesError(f"{root}: expected a corpus of files, in which a layer can be changed, found {what}")
    if own and root == shipped() and not within(Path(), root):
        raise SidelinesError("expected a corpus in this folder or above it, found none; name yours with --corpus PATH")
    return Reader(root)


def _layer(corpus: Reader, name: str) -> Layer:
    if name in corpus.model.layers:
        return corpus.model.layers[name]
    if name in corpus.model.tables:
        layer = corpus.model.tables[name].layer
        raise SidelinesError(f"expected a layer, found {name!r}, a table of one; its layer is {layer!r}")
    if name in corpus.layers:
        raise SidelinesError(f"schema/{name}.schema.json is missing or not in order; `sidelines check` says why")
    raise SidelinesError(f"no layer of {corpus.name}: {name!r}; {names(name, corpus.layers)}")


def _text(corpus: Reader, document: str) -> tuple[str, str]:
    """The text of a document and its hash."""
    path = corpus.folder.text(document)
    raw = _bytes(corpus, path)
    if raw is None:
        raise SidelinesError(f"{path}: expected the text of the document, found no file")
    if fault := not_utf8(raw):
        raise SidelinesError(f"{path}:{fault[2]}:{fault[3]}: {fault[0]}")
    return raw.decode(), sha256(raw).hexdigest()


def _bytes(corpus: Reader, path: str) -> bytes | None:
    """The bytes of a file of the corpus; None where there is none."""
    try:
        return corpus.sources.read(path)
    except FileNotFoundError:
        return None
    except UnreadableError as error:
        raise SidelinesError(f"{path}: {error.message}") from None


def _value(raw: bytes | None, path: str) -> dict[str, Any]:
    """What a layer's file holds; nothing, where it is missing or empty."""
    if raw is None or not raw.strip():
        return {}
    try:
        value = parse(raw).value
    except JSONFault as fault:
        message = (
            f"{path}:{fault.line}:{fault.column}: {fault.message}; mend this first, or remove the file to begin anew"
        )
        raise SidelinesError(message) from None
    return value if isinstance(value, dict) else {}


# -- out ---------------------------------------------------------------------------------------------------------------


def draft(corpus: Reader, layer: str, document: str | None = None, shown: Sequence[str] = ()) -> str:
    """The working file of a layer of a document, which need not be named where there is one.

    The spans of the tables `shown`, of other layers, are marked as well, to be looked at.

    Raises
    ------
    SidelinesError
        when there is no such layer, document or table, or the layer's file is not in order.

    >>> text = draft(open_files(), "dates")
    >>> print(text.splitlines()[20])
    Trump, Putin To Meet In Paris [Next Month]{d1 DATE 2018-11 anchor=d2}
    """
    made = _layer(corpus, layer)
    document = pick_document(corpus, document)
    text, digest = _text(corpus, document)
    marks: list[Mark] = []
    for name in shown:
        if name not in corpus.model.tables or not corpus.model.tables[name].row.span:
            legal = [table.name for table in corpus.model.tables.values() if table.row.span]
            raise SidelinesError(f"no table whose rows are spans: {name!r}; {names(name, legal)}")
        table = corpus.model.tables[name]
        if table.layer == layer:
            raise SidelinesError(f"{name}: expected a table of another layer than {layer}, which is shown anyway")
        rows = _rows(corpus, corpus.model.layers[table.layer], document, text)[table.key]
        marks += [Mark(row["start"], row["end"], write_name(row["id"])) for row in rows]
    file = _hash(_bytes(corpus, corpus.folder.layer(document, layer)))
    return write_workfile(made, document, text, digest, _rows(corpus, made, document, text), marks, file)


def _hash(raw: bytes | None) -> str:
    return NONE if raw is None else sha256(raw).hexdigest()


def _rows(corpus: Reader, layer: Layer, document: str, text: str) -> dict[str, list[Row]]:
    """The rows of a layer's file, which can be laid out."""
    path = corpus.folder.layer(document, layer.name)
    raw = _bytes(corpus, path)
    value = _value(raw, path)
    if raw and raw.strip() and corpus.settings.codecs[layer.name].decode(raw) is None:
        message = "expected a file of its schema's shape; `sidelines check` says what is wrong"
        raise SidelinesError(f"{path}: {message}, or remove the file to begin anew")
    rows: dict[str, list[Row]] = {table.key: value.get(table.key, []) for table in layer.tables}
    for table in layer.tables:
        ids: set[str] = set()
        for row in rows[table.key]:
            if row["id"] in ids:
                raise SidelinesError(f"{path}: expected each id of {table.name} once, found {row['id']!r} twice")
            ids.add(row["id"])
            for span in _spans(table, row):
                if not 0 <= span["start"] < span["end"] or text[span["start"] : span["end"]] != span["text"]:
                    where = f"{span['start']}–{span['end']} {excerpt(span['text'])} of {row['id']}"
                    raise SidelinesError(
                        f"{path}: expected spans of the text, found {where}; `sidelines check` says more"
                    )
    return rows


def _spans(table: Table, row: Row) -> Iterator[Row]:
    if table.row.span:
        yield row
    for member in table.row.properties:
        if member.name in row and (member.span or member.spans):
            yield from [row[member.name]] if member.span else row[member.name]


def write_draft(corpus: Reader, output: str, text: str, force: bool = False) -> None:
    """Write a working file, but not over a file that is there, unless with `force`, and never among the sources.

    Raises
    ------
    SidelinesError
        when there is one, it would stand in `corpus/`, `schema/` or `annotations/`, or it cannot be written.
    """
    path = Path(output)
    for folder in ("corpus", "schema", "annotations"):
        if not isinstance(corpus.root, Store) and within(path, corpus.root / folder):
            where = corpus.root / folder
            raise SidelinesError(f"{path}: a working file would stand among the sources, in {where}; choose another -o")
    if path.exists() and not force:
        raise SidelinesError(f"{path}: is there already, and may hold work; --force replaces it")
    replace_file(path, text.encode())


# -- in ----------------------------------------------------------------------------------------------------------------


def read_bytes(name: str) -> bytes:
    """The bytes of a working file.

    Raises
    ------
    SidelinesError
        when it cannot be read.
    """
    try:
        return Path(name).read_bytes()
    except OSError as error:
        raise SidelinesError(f"{name}: cannot be read: {reason(error)}") from error


def revise(corpus: Reader, raw: bytes, force: bool = False) -> Revision:
    """Read a working file, and check the layer that it makes; nothing is written.

    Where the layer's file is no longer what the working file was made from, that is a fault, unless with `force`.

    Raises
    ------
    SidelinesError
        when it is of a document or layer that the corpus has not, or the corpus cannot be read.

    >>> corpus = open_files()
    >>> made = draft(corpus, "dates").replace("[two days]{d28 DURATION P2D}", "two days")
    >>> [(change.kind, change.id) for change in revise(corpus, made.encode()).changes]
    [('removed', 'd28')]
    """
    if fault := not_utf8(raw):
        return Revision(raw.decode("utf-8", "replace"), faults=[Fault(fault[1], fault[0], "save the file as UTF-8")])
    source = raw.decode()
    header, faults = read_header(source)
    if header is None:
        return Revision(source, faults=faults)
    layer, document = _layer(corpus, header.layer), pick_document(corpus, header.document)
    text, digest = _text(corpus, document)
    path = corpus.folder.layer(document, layer.name)
    earlier = _bytes(corpus, path)
    try:
        before = _value(earlier, path)
    except SidelinesError:
        before = {}  # it is replaced
    worked = read_workfile(
        source, header, layer, text, digest, [key for key in before if isinstance(before[key], list)]
    )
    stale = [] if force or worked.raw == earlier else list(_stale(header, path, _hash(earlier)))
    if any(fault.code is None for fault in worked.faults):
        return Revision(source, path, faults=[*stale, *worked.faults])
    # What the schema says of the rows, the check says once more, and of the others what the rules say.
    problems = _problems(corpus, document, {path: worked.raw})
    found: dict[str, list[Fault]] = {"error": [], "warning": []}
    for problem in problems:
        if problem.path == path:
            at = place_of(worked.places, problem.pointer or "")
            found[problem.severity].append(_of_brackets(problem, at, text))
    elsewhere = [problem for problem in problems if problem.path != path and problem.severity == "error" and before]
    if elsewhere:  # those that are there already are nothing that this one brings
        known = {_told(problem) for problem in _problems(corpus, document, {})}
        elsewhere = [problem for problem in elsewhere if _told(problem) not in known]
    errors, warnings = (sorted(found[severity], key=lambda fault: fault.at) for severity in ("error", "warning"))
    differing = list(changes(layer, before, worked.rows))
    new = earlier is None or not earlier.strip()
    changed = worked.raw != earlier
    return Revision(source, path, worked.raw, changed, differing, [*stale, *errors], elsewhere, warnings, new)


def _stale(header: Header, path: str, file: str) -> Iterator[Fault]:
    """That the layer's file is another than the one that a working file was made from."""
    if header.file not in (None, file):
        changed = "gone" if file == NONE else "there by now" if header.file == NONE else "changed since"
        fix = "make a new working file and mark that; or --force, with which what is there now is lost"
        yield Fault(header.file_at, f"expected {path} as it was when this was made, found it {changed}", fix)


def _of_brackets(problem: Problem, at: int, text: str) -> Fault:
    """A problem as a fault of the working file, in which nobody counts: what to do is said of the brackets."""
    words = text[problem.start : problem.end]
    fix = problem.fix
    if problem.code == "O005":
        fix = "put its brackets around the words alone" if problem.edits else "take its brackets away"
    return Fault(at, problem.message.replace(quoted(words), excerpt(words)), fix, problem.code)


def _told(problem: Problem) -> tuple[str, str | None, str | None]:
    """A problem of a file that stays as it is; its message may name other rows that come and go."""
    return problem.code, problem.path, problem.pointer


def _problems(corpus: Reader, document: str, changed: Mapping[str, bytes]) -> list[Problem]:
    """The problems of a document that are told of this corpus, with other contents of some files."""
    reader = Reader(corpus.root, corpus.sources.limits, changed)
    codes = preferences(reader.sources, reader.settings.file, reader.built).codes
    at = reader.documents.index(document)
    return [problem for _, problems in check_batches(reader, [range(at, at + 1)], codes) for problem in problems]


def apply_revision(corpus: Reader, revision: Revision) -> None:
    """Write the file of a layer that was revised.

    Raises
    ------
    SidelinesError
        when it cannot be written, or there is a fault in it.
    """
    if not revision.ok or isinstance(corpus.root, Store):
        raise SidelinesError(f"{revision.path}: expected a working file without a fault")
    folder = revision.path.rpartition("/")[0]
    for path in ("annotations", folder, revision.path):
        try:
            corpus.sources.check_link(path)
        except UnreadableError as error:
            raise SidelinesError(f"{path}: {error.message}") from None
    place = (corpus.root / revision.path).resolve()  # what a link leads to is replaced, and the link stays
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise SidelinesError(f"{place.parent}: cannot be made: {error.strerror}") from error
    sweep(place.parent)
    replace_file(place, revision.raw)


def renew_draft(name: str, revision: Revision) -> None:
    """Give a working file that was applied the hash of the layer's file as it is now, so that one can go on with it.

    What is no file, such as a pipe, stays as it is.

    Raises
    ------
    SidelinesError
        when it cannot be written.
    """
    source = renewed(revision.source, _hash(revision.raw))
    if source != revision.source and Path(name).is_file():
        replace_file(Path(name).resolve(), source.encode())
