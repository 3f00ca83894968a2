"""Faults of builds: of their tables, as somebody may have written them anew, and of the files themselves (P)."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Mapping
from functools import partial
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
from hypothesis import strategies as st

from sidelines.builder import build
from sidelines.derive import schemas
from sidelines.digest import KEY, content_hash
from sidelines.errors import InvalidCorpusError
from sidelines.outputs import SUMS
from sidelines.tables import table_schema
from sidelines.testing.drawn import DrawnCorpus, Files
from sidelines.testing.mutations.places import Draw, Inapplicable, Mutation, choose

__all__ = ["MUTATIONS", "rewritten", "stated_hash", "summed"]

Content = dict[str, bytes]
Change = Callable[[pa.Table], pa.Table]


def summed(content: Mapping[str, bytes]) -> Content:
    """The files of a build with `SHA256SUMS` made anew."""
    others = {name: content[name] for name in sorted(content) if name != SUMS}
    lines = (f"{sha256(raw).hexdigest()}  {name}\n" for name, raw in others.items())
    return {**others, SUMS: "".join(lines).encode()}


def rewritten(raw: bytes, table: pa.Table, stated: str | None, rows: int | None = None, **settings: Any) -> bytes:
    """A Parquet file with other rows, as another tool would write it: without Arrow's own schema.

    `stated` is the content hash that it has then, if any; `rows` how many there are in a row group, if not all.
    """
    known = pq.read_metadata(BytesIO(raw)).metadata
    metadata = {key.decode(): value.decode() for key, value in known.items() if key != b"ARROW:schema"}
    del metadata[KEY]
    made = BytesIO()
    with pq.ParquetWriter(made, table.schema.remove_metadata(), store_schema=False, **settings) as writer:
        writer.write_table(table.replace_schema_metadata(None), rows)
        writer.add_key_value_metadata(metadata if stated is None else {**metadata, KEY: stated})
    return made.getvalue()


def stated_hash(raw: bytes) -> str:
    """The content hash in the metadata of a Parquet file."""
    stated: bytes = pq.read_metadata(BytesIO(raw)).metadata[KEY.encode()]
    return stated.decode()


def _built(corpus: DrawnCorpus) -> Content:
    """The files of a build of a corpus, by their path in it."""
    with TemporaryDirectory() as folder:
        try:
            out = Path(folder) / "build"
            build(corpus.write(Path(folder) / "corpus"), out)
        except InvalidCorpusError:
            raise Inapplicable from None  # it has a fault already
        return {path.relative_to(out).as_posix(): path.read_bytes() for path in out.rglob("*") if path.is_file()}


# -- tables ------------------------------------------------------------------------------------------------------------


def _table(
    options: Callable[[DrawnCorpus, str, pa.Table], list[Change]], *, hashed: bool = True
) -> Callable[[DrawnCorpus, Draw], Files]:
    """One table written anew with a change out of those that its rows allow; with their hash, or that of before."""

    def changed(corpus: DrawnCorpus, draw: Draw) -> Files:
        content = _built(corpus)
        found = []
        for name in ("documents", *corpus.model.tables):
            path = f"parquet/{name}.parquet"
            found += [(path, change) for change in options(corpus, name, pq.read_table(BytesIO(content[path])))]
        path, change = choose(draw, found)
        table = change(pq.read_table(BytesIO(content[path])))
        stated = content_hash(table) if hashed else stated_hash(content[path])
        return Files(summed({**content, path: rewritten(content[path], table, stated)}))

    return changed


def _without_column(corpus: DrawnCorpus, name: str, table: pa.Table) -> list[Change]:
    return [partial(_dropped, key=key) for key in _own_columns(corpus, name, table)]


def _dropped(rows: pa.Table, key: str) -> pa.Table:
    return rows.drop_columns([key])


def _own_columns(corpus: DrawnCorpus, name: str, table: pa.Table) -> list[str]:
    """The columns that are not derived."""
    known = table.column_names if name == "documents" else table_schema(corpus.model.tables[name]).names
    return [key for key in table.column_names if key in known]


def _as_text(corpus: DrawnCorpus, name: str, table: pa.Table) -> list[Change]:
    return [partial(_cast, key=field.name) for field in table.schema if pa.types.is_integer(field.type)]


def _cast(rows: pa.Table, key: str) -> pa.Table:
    return _with(rows, key, rows.column(key).cast(pa.string()))


def _more_columns(corpus: DrawnCorpus, name: str, table: pa.Table) -> list[Change]:
    return [lambda rows: rows.append_column("__index_level_0__", pa.array(range(len(rows)), pa.int64()))]


def _nulls(corpus: DrawnCorpus, name: str, table: pa.Table) -> list[Change]:
    """Not of the columns by which documents and their rows are told apart, nor of the text, which rows point into."""
    required = {field.name for field in table.schema if not field.nullable} - {"document", "text"}
    keys = [key for key in _own_columns(corpus, name, table) if key in required]
    return [partial(_put, key=key, at=at, value=None) for key in keys for at in range(len(table))]


def _strangers(corpus: DrawnCorpus, name: str, table: pa.Table) -> list[Change]:
    """The first of all ids: where such a row stands the table is not read on, and nothing else is found."""
    free = name != "documents" and all(document.id > "0" for document in corpus.documents)
    return [partial(_put, key="document", at=at, value="0") for at in range(len(table) if free else 0)]


def _turned(corpus: DrawnCorpus, name: str, table: pa.Table) -> list[Change]:
    turned = name == "documents" and len(table) > 1
    return [lambda rows: rows.take(list(range(len(rows)))[::-1])] if turned else []


_OTHERS = {pa.string(): "x", pa.int64(): -1, pa.date32(): datetime.date(1789, 7, 14)}


def _not_derived(corpus: DrawnCorpus, name: str, table: pa.Table) -> list[Change]:
    own = _own_columns(corpus, name, table)
    derived = [key for key in schemas(corpus.model)[name].names if key not in own]
    return [partial(_otherwise, key=key, at=at) for key in derived for at in range(len(table))]


def _otherwise(rows: pa.Table, key: str, at: int) -> pa.Table:
    """A value where there is none, and none where there is one."""
    kind = rows.schema.field(key).type
    there = rows.column(key)[at].is_valid
    return _put(rows, key, at, None if there else _OTHERS[kind.value_type if pa.types.is_dictionary(kind) else kind])


def _without_row(corpus: DrawnCorpus, name: str, table: pa.Table) -> list[Change]:
    return [partial(_taken_away, at=at) for at in range(len(table))]


def _taken_away(rows: pa.Table, at: int) -> pa.Table:
    return pa.concat_tables([rows.slice(0, at), rows.slice(at + 1)])


def _put(rows: pa.Table, key: str, at: int, value: Any) -> pa.Table:
    """Another value in one row of a column, which may then have nulls."""
    kind = rows.schema.field(key).type
    kind = kind.value_type if pa.types.is_dictionary(kind) else kind
    values = rows.column(key).to_pylist()
    return _with(rows, key, pa.array([*values[:at], value, *values[at + 1 :]], kind))


def _with(rows: pa.Table, key: str, column: Any) -> pa.Table:
    return rows.set_column(rows.column_names.index(key), pa.field(key, column.type), column)


# -- files -------------------------------------------------------------------------------------------------------------


def _files(change: Callable[[Content, Draw], Content]) -> Callable[[DrawnCorpus, Draw], Files]:
    def changed(corpus: DrawnCorpus, draw: Draw) -> Files:
        return Files(change(_built(corpus), draw))

    return changed


def _named(content: Content, ending: str = "") -> list[str]:
    """The files that SHA256SUMS names."""
    return sorted(name for name in content if name != SUMS and name.endswith(ending))


def _capitals(content: Content, draw: Draw) -> Content:
    lines = content[SUMS].splitlines(keepends=True)
    at = choose(draw, range(len(lines)))
    lines[at] = lines[at][:64].upper() + lines[at][64:]
    return {**content, SUMS: b"".join(lines)}


def _unsorted(content: Content, draw: Draw) -> Content:
    lines = content[SUMS].splitlines(keepends=True)
    at = choose(draw, range(1, len(lines)))
    lines[at - 1], lines[at] = lines[at], lines[at - 1]
    return {**content, SUMS: b"".join(lines)}


def _lost(content: Content, draw: Draw) -> Content:
    del content[choose(draw, _named(content))]
    return content


def _stray(content: Content, draw: Draw) -> Content:
    folder = choose(draw, ["", "parquet/", "schema/", "notes/"])
    return {**content, f"{folder}notes.txt": b"Read me.\n"}


def _flipped(content: Content, draw: Draw) -> Content:
    name = choose(draw, _named(content))
    raw = bytearray(content[name])
    raw[draw(st.integers(0, len(raw) - 1))] ^= 1 << draw(st.integers(0, 7))
    return {**content, name: bytes(raw)}


def _cut_table(content: Content, draw: Draw) -> Content:
    name = choose(draw, _named(content, ".parquet"))
    return summed({**content, name: content[name][: draw(st.integers(0, len(content[name]) - 1))]})


MUTATIONS = (
    Mutation("column-dropped", "P001", "A column of the schema is gone.", _table(_without_column)),
    Mutation("numbers-to-text", "P001", "Integers as strings.", _table(_as_text)),
    Mutation("index-kept", "P001", "A column more, such as an index of pandas.", _table(_more_columns)),
    Mutation("value-nulled", "P002", "Null where a value has to be.", _table(_nulls)),
    Mutation("row-of-nobody", "P003", "A row of a document that does not exist.", _table(_strangers)),
    Mutation("documents-turned", "P003", "The documents in the opposite order.", _table(_turned)),
    Mutation("derived-by-hand", "P004", "A derived column does not say what follows.", _table(_not_derived)),
    Mutation("sums-in-capitals", "P101", "A hash of SHA256SUMS in capitals.", _files(_capitals), "verify"),
    Mutation("sums-unsorted", "P101", "Two lines of SHA256SUMS in each other's place.", _files(_unsorted), "verify"),
    Mutation("file-lost", "P102", "A file of the build is gone.", _files(_lost), "verify"),
    Mutation("file-stray", "P103", "A file more than the build has.", _files(_stray), "verify"),
    Mutation("bit-flipped", "P104", "A bit of a file is another.", _files(_flipped), "verify"),
    Mutation("table-cut-short", "P105", "A Parquet file without its end, hashed anew.", _files(_cut_table), "verify"),
    Mutation("row-lost", "P106", "A row less, and all but the content hash made anew.", _table(
        _without_row, hashed=False), "verify"),
)  # fmt: skip
