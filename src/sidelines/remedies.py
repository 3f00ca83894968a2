"""What is done to a file about each kind of problem; `mender` says about which, and looks at what comes of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from itertools import chain
from pathlib import Path
from typing import Any

from sidelines.errors import SidelinesError
from sidelines.model import Layer, Property, Table
from sidelines.objects import AnySources
from sidelines.problems import Problem
from sidelines.reader import Reader
from sidelines.sources import DEEPEST, UnreadableError
from sidelines.strictjson import JSONFault, parse
from sidelines.versioned import is_committed
from sidelines.writer import laid_out

__all__ = ["REMEDIES", "bytes_of", "changed_meanwhile", "mended_file", "value_of"]

BOM = b"\xef\xbb\xbf"


def mended_file(corpus: Reader, path: str, problems: Sequence[Problem]) -> bytes | None:
    """A file with its problems mended, in canonical form; None where nothing can be done."""
    if any(problem.code == "F102" for problem in problems):
        return bytes_of(corpus.sources, path).removeprefix(BOM)
    document = problems[0].document or ""
    layer = _layer(corpus, path, document)
    file = File(corpus, document, layer, value_of(corpus.sources, path))
    # Once rows are sorted, no other problem's pointer leads to its row any more.
    hopes = [REMEDIES[problem.code](file, problem) for problem in sorted(problems, key=lambda p: p.code == "L001")]
    return laid_out(file.value, layer) if any(hopes) else None


def _layer(corpus: Reader, path: str, document: str) -> Layer:
    if path == corpus.folder.metadata(document):
        return corpus.model.metadata["document"]
    return next(layer for name, layer in corpus.model.layers.items() if corpus.folder.layer(document, name) == path)


@dataclass(frozen=True, slots=True)
class File:
    """A file of a document that is being mended: its value is changed in place."""

    corpus: Reader
    document: str
    layer: Layer
    value: Any

    @property
    def raw_text(self) -> bytes:
        return bytes_of(self.corpus.sources, self.corpus.folder.text(self.document))

    def at(self, pointer: str) -> Any:
        found = self.value
        for part in pointer.split("/")[1:]:
            name = part.replace("~1", "/").replace("~0", "~")
            found = found[int(name)] if isinstance(found, list) else found[name]
        return found


def bytes_of(sources: AnySources, path: str) -> bytes:
    """The bytes of a file that was there when it was checked."""
    try:
        return sources.read(path)
    except (FileNotFoundError, UnreadableError) as error:
        raise changed_meanwhile(path) from error


def value_of(sources: AnySources, path: str) -> Any:
    """The value of a file that was JSON when it was checked."""
    try:
        return parse(bytes_of(sources, path), DEEPEST).value
    except JSONFault as error:
        raise changed_meanwhile(path) from error


def changed_meanwhile(path: str) -> SidelinesError:
    """What is said of a file that is not any more what it was when it was checked."""
    return SidelinesError(f"{path}: was changed by somebody else while it was being mended; run it again")


# -- each changes the value of a file, and says whether it may have --------------------------------------------------


def _put(file: File, problem: Problem) -> bool:
    text = file.raw_text.decode("utf-8")
    for edit in problem.edits:
        span = file.at(edit.pointer)
        span["start"], span["end"], span["text"] = edit.start, edit.end, text[edit.start : edit.end]
    return bool(problem.edits)


def _sort(file: File, problem: Problem) -> bool:
    table = next(table for table in file.layer.tables if table.name == problem.table)
    rows = file.value[table.key]
    if not all(isinstance(row, dict) for row in rows):
        return False  # of what is not of its schema's shape, the order cannot be known
    members = [member.name for member in table.row.properties if member.spans]
    listed = [row[name] for row in rows for name in members if name in row]
    by = table.sorts_by
    first = [_first(row, by, table) for row in rows] if by is not None else []
    if not all(isinstance(spans, list) for spans in listed) or not all(map(_is_span, chain(first, *listed))):
        return False
    for spans in listed:
        spans.sort(key=_order)
    if by is not None:
        rows.sort(key=lambda row: _order(_first(row, by, table)))
    return True


def _first(row: Any, by: Property, table: Table) -> Any:
    """The span that a row is sorted by; None where it has none."""
    if by is table.row:
        return row
    found = row.get(by.name)
    return next(iter(found), None) if by.spans and isinstance(found, list) else found


def _is_span(value: Any) -> bool:
    return isinstance(value, dict) and all(type(value.get(name)) is int for name in ("start", "end"))


def _order(span: Any) -> tuple[int, int]:
    return span["start"], -span["end"]


def _lay_out(file: File, problem: Problem) -> bool:
    return True


def _count(file: File, problem: Problem) -> bool:
    file.value["characters"] = len(file.raw_text.decode("utf-8"))
    return True


def _hash(file: File, problem: Problem) -> bool:
    raw, path = file.raw_text, file.corpus.folder.text(file.document)
    assert isinstance(file.corpus.root, Path)  # nothing in an object store is mended
    if not is_committed(file.corpus.root, path, raw):
        return False
    file.value["sha256"] = sha256(raw).hexdigest()
    return _count(file, problem)


REMEDIES: Mapping[str, Callable[[File, Problem], bool]] = {
    "F108": _lay_out,
    "T002": _hash,
    "T003": _count,
    "O001": _put,
    "O002": _put,
    "O003": _put,
    "O004": _put,
    "O005": _put,
    "O006": _put,
    "L001": _sort,
}
