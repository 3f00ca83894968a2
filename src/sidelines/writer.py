"""Files out: canonical form, and writes that replace a file or a folder whole or leave it as it was."""

from __future__ import annotations

import contextlib
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec

from sidelines.codec import lines
from sidelines.errors import SidelinesError
from sidelines.model import Layer, Property
from sidelines.problems import Problem
from sidelines.reader import Reader
from sidelines.resolver import layout
from sidelines.strictjson import JSONFault, parse

__all__ = ["canonical", "format_corpus", "replace_file", "replace_folder"]


def canonical(raw: bytes, layer: Layer | None) -> bytes:
    r"""The canonical form of a file: of a layer or metadata file by its schema, of a schema file without one.

    Properties that the schema does not know keep their order, behind those that it knows: a file need not be of its
    schema's shape to be laid out.

    Raises
    ------
    JSONFault
        when the meaning of the file is in doubt: it is not strict JSON.

    >>> canonical(b'{"b": [1,2], "a": "\\u00e9"}', None).decode()
    '{\n  "b": [\n    1,\n    2\n  ],\n  "a": "é"\n}\n'
    """
    value = parse(raw).value
    if layer is None:
        return layout(value)
    ordered = _ordered(value, layer.root)
    if not isinstance(ordered, dict):
        return msgspec.json.format(msgspec.json.encode(ordered), indent=0) + b"\n"
    tables = [t.key for t in layer.tables if isinstance(ordered.get(t.key), list)]
    return lines(ordered.items(), tables)


def _ordered(value: Any, node: Property) -> Any:
    """The value with its keys in the schema's order, and numbers as the schema has them."""
    if isinstance(value, dict) and node.type == "object":
        known = {
            member.name: _ordered(value[member.name], member) for member in node.properties if member.name in value
        }
        return known | {name: member for name, member in value.items() if name not in known}
    if isinstance(value, list) and node.items is not None:
        return [_ordered(item, node.items) for item in value]
    return float(value) if node.type == "number" and type(value) is int else value


def format_corpus(corpus: Reader, write: bool = True) -> tuple[list[str], list[Problem]]:
    """Bring every JSON file of a corpus into canonical form.

    Returns
    -------
    The paths, relative to the corpus, of the files that were (or with `write=False` would be) changed, and a problem
    for each file that was left alone because it cannot be read or is not strict JSON.
    """
    changed: list[str] = []
    refused: list[Problem] = []
    for path, layer in _json_files(corpus):
        try:
            raw = (corpus.root / path).read_bytes()
        except FileNotFoundError:
            continue  # `check` misses it by name
        except OSError as error:
            refused.append(Problem("F004", "error", f"cannot be read: {error.strerror}", path))
            continue
        try:
            tidy = canonical(raw, layer)
        except JSONFault as fault:
            refused.append(Problem(fault.code, "error", fault.message, path, None, fault.line, fault.column))
            continue
        if tidy != raw:
            changed.append(path)
            if write:
                replace_file(corpus.root / path, tidy)
    return changed, refused


def _json_files(corpus: Reader) -> Iterator[tuple[str, Layer | None]]:
    if "corpus" in corpus.model.metadata:
        yield "corpus/corpus.json", corpus.model.metadata["corpus"]
    for path in sorted((corpus.root / "schema").glob("*.schema.json")):
        yield f"schema/{path.name}", None
    for document in corpus.documents:
        if "document" in corpus.model.metadata:
            yield corpus.folder.metadata(document), corpus.model.metadata["document"]
        for name, layer in corpus.model.layers.items():
            yield corpus.folder.layer(document, name), layer


def replace_file(path: Path, content: bytes) -> None:
    """Replace a file whole: what is read there is the old content or the new, never a part.

    Raises
    ------
    SidelinesError
        when the file cannot be written; the old one is as it was.
    """
    try:
        handle, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            with contextlib.suppress(OSError):
                shutil.copymode(path, name)
            os.replace(name, path)
        except BaseException:
            with contextlib.suppress(OSError):
                os.unlink(name)
            raise
    except OSError as error:
        raise SidelinesError(f"{path}: cannot be written: {error.strerror}; the file is as it was") from error


@contextlib.contextmanager
def replace_folder(path: Path, is_ours: str) -> Iterator[Path]:
    """Fill a new folder, then put it in the place of `path` whole; when the block fails, `path` is as it was.

    A folder that is there already is replaced only if it is empty or holds a file `is_ours`.

    Raises
    ------
    SidelinesError
        when `path` holds something else, or cannot be written.
    """
    path = path.absolute()
    if path.exists() and (not path.is_dir() or (any(path.iterdir()) and not (path / is_ours).is_file())):
        raise SidelinesError(f"{path}: expected a build or nothing there, found something else; choose another --out")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        fresh = Path(tempfile.mkdtemp(prefix=f".{path.name}.", dir=path.parent))
    except OSError as error:
        raise SidelinesError(f"{path}: cannot be written: {error.strerror}") from error
    try:
        fresh.chmod(0o755)
        yield fresh
        _swap(fresh, path)
    except OSError as error:
        raise SidelinesError(f"{path}: cannot be written: {error.strerror}; what was there is as it was") from error
    finally:
        shutil.rmtree(fresh, ignore_errors=True)


def _swap(fresh: Path, path: Path) -> None:
    if not path.exists():
        os.rename(fresh, path)
        return
    old = Path(tempfile.mkdtemp(prefix=f".{path.name}.", dir=path.parent))
    os.rename(path, old / path.name)
    try:
        os.rename(fresh, path)
    except BaseException:
        os.rename(old / path.name, path)
        raise
    finally:
        shutil.rmtree(old, ignore_errors=True)
