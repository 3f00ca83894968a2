"""The content hash: the same for the same rows, however they are stored, and another for any others."""

from __future__ import annotations

import datetime
import io
import re
import struct
from hashlib import sha256
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sidelines import arrow
from sidelines.digest import ContentHash, content_hash
from sidelines.errors import SidelinesError
from tests.strategies import texts

# -- the specification, once more --------------------------------------------------------------------------------------


def kind(type_: pa.DataType) -> str:
    names = {pa.bool_(): "bool", pa.date32(): "date", pa.float64(): "double", pa.int64(): "int64"}
    if type_ in names:
        return names[type_]
    return "list" if pa.types.is_list(type_) else "struct" if pa.types.is_struct(type_) else "string"


def column(name: str, type_: pa.DataType, values: list[Any]) -> bytes:
    """A column's digest, by the words of `docs/formats.md` and nothing but the standard library."""
    there = [value for value in values if value is not None]
    streams = [b"".join(b"\x00" if value is None else b"\x01" for value in values)]
    inner = []
    match kind(type_):
        case "bool":
            streams.append(b"".join(b"\x01" if value else b"\x00" for value in there))
        case "int64":
            streams.append(b"".join(struct.pack("<q", value) for value in there))
        case "double":
            streams.append(b"".join(struct.pack("<d", value) for value in there))
        case "date":
            streams.append(b"".join(struct.pack("<i", (value - datetime.date(1970, 1, 1)).days) for value in there))
        case "string":
            encoded = [value.encode() for value in there]
            streams += [b"".join(struct.pack("<q", len(value)) for value in encoded), b"".join(encoded)]
        case "list":
            streams.append(b"".join(struct.pack("<q", len(value)) for value in there))
            inner.append(column("", type_.value_type, [item for value in there for item in value]))
        case "struct":
            inner += [column(part.name, part.type, [value[part.name] for value in there]) for part in type_]
    words = b"".join(struct.pack("<q", len(word.encode())) + word.encode() for word in (name, kind(type_)))
    return sha256(words + b"".join(sha256(stream).digest() for stream in streams) + b"".join(inner)).digest()


def reference(table: pa.Table) -> str:
    columns = [column(field.name, field.type, table.column(field.name).to_pylist()) for field in table.schema]
    return "sha256-rows-1:" + sha256(struct.pack("<q", table.num_rows) + b"".join(columns)).hexdigest()


# -- tables, and the ways to store them --------------------------------------------------------------------------------

LEAVES: dict[pa.DataType, st.SearchStrategy[Any]] = {
    pa.bool_(): st.booleans(),
    pa.date32(): st.dates(),
    pa.float64(): st.sampled_from([0.0, -0.0, 1.5, float("inf"), float("nan"), 5e-324]),
    pa.int64(): st.sampled_from([0, 1, -1, 2**63 - 1, -(2**63)]),
    pa.string(): st.one_of(st.sampled_from(["", "a", "b", "ab"]), texts(5)),
}


def types() -> st.SearchStrategy[pa.DataType]:
    return st.recursive(
        st.sampled_from(sorted(LEAVES, key=str)),
        lambda inner: st.one_of(
            inner.map(pa.list_),
            st.lists(inner, min_size=1, max_size=3).map(
                lambda parts: pa.struct([(name, part) for name, part in zip("abc", parts, strict=False)])
            ),
        ),
        max_leaves=4,
    )


def values(type_: pa.DataType, null: bool = True) -> st.SearchStrategy[Any]:
    made: st.SearchStrategy[Any]
    if pa.types.is_list(type_):
        made = st.lists(values(type_.value_type), max_size=3)
    elif pa.types.is_struct(type_):
        made = st.fixed_dictionaries({part.name: values(part.type) for part in type_})
    else:
        made = LEAVES[type_]
    return st.one_of(st.none(), made) if null else made


@st.composite
def schemas(draw: st.DrawFn) -> pa.Schema:
    names = draw(st.lists(st.sampled_from(["id", "text", "é", ""]), unique=True, max_size=3))
    return pa.schema([(name, draw(types())) for name in names])


@st.composite
def tables(draw: st.DrawFn, schema: pa.Schema | None = None, max_size: int = 8) -> pa.Table:
    schema = draw(schemas()) if schema is None else schema
    size = draw(st.integers(0, max_size)) if len(schema) else 0
    columns = [draw(st.lists(values(field.type), min_size=size, max_size=size)) for field in schema]
    return pa.Table.from_arrays(
        [pa.array(items, field.type) for items, field in zip(columns, schema, strict=True)], schema=schema
    )


def chunked(draw: st.DrawFn, table: pa.Table) -> pa.Table:
    """The same rows in pieces, each cut out of something longer."""
    cuts = sorted(draw(st.lists(st.integers(0, table.num_rows), max_size=3)))
    pieces = []
    for start, end in zip([0, *cuts], [*cuts, table.num_rows], strict=True):
        before, after = draw(st.integers(0, start)), draw(st.integers(end, table.num_rows))
        pieces.append(table.slice(before, after - before).combine_chunks().slice(start - before, end - start))
    return pa.concat_tables(pieces)


def coded(draw: st.DrawFn, items: pa.Array) -> pa.Array:
    """Strings as a dictionary, with entries that nothing uses, some twice, and nulls in either place."""
    used = items.to_pylist()
    entries = draw(st.permutations([*used, *draw(st.lists(st.sampled_from(["a", "unused", None]), max_size=3)), None]))
    codes = [draw(st.sampled_from([at for at, entry in enumerate(entries) if entry == item])) for item in used]
    nulls = [item is None and draw(st.booleans()) for item in used]
    width = draw(st.sampled_from([pa.int8(), pa.int32(), pa.uint16()]))
    held = draw(st.sampled_from([pa.string(), pa.large_string()]))
    indices = pa.array([None if null else code for code, null in zip(codes, nulls, strict=True)], width)
    return pa.DictionaryArray.from_arrays(indices, pa.array(entries, held))


def masked(items: pa.Array, mask: list[bool]) -> pa.Array:
    """The same array, with nulls laid over values that stay where they are."""
    children = []
    if pa.types.is_list(items.type):
        children = [items.values]
    elif pa.types.is_struct(items.type):
        children = [items.field(position) for position in range(items.type.num_fields)]
    there = arrow.bits(arrow.truth(pa.array(mask, pa.bool_())))
    own = items.buffers()[1 : 1 if pa.types.is_struct(items.type) else 2 if children else None]
    return pa.Array.from_buffers(items.type, len(items), [there, *own], children=children)


@given(tables())
def test_it_is_what_the_documentation_says(table: pa.Table) -> None:
    """A slow implementation from the words of the page, over Python values, gives the same hash."""
    assert content_hash(table) == reference(table)


@given(st.data())
def test_chunks_and_slices_make_no_difference(data: st.DataObject) -> None:
    """Neither within a table nor between the batches that are fed one by one."""
    table = data.draw(tables())
    pieces = chunked(data.draw, table)
    assert content_hash(pieces) == reference(table)
    fed = ContentHash(table.schema)
    for batch in pieces.to_batches(max_chunksize=2):
        fed.update(batch)
    assert str(fed) == reference(table)


@given(st.data())
def test_dictionaries_and_large_types_make_no_difference(data: st.DataObject) -> None:
    """Whatever the codes are, and whatever else the dictionary has."""
    items = data.draw(st.lists(values(pa.string()), max_size=6))
    plain = pa.array(items, pa.string())
    expected = reference(pa.table({"text": plain}))
    assert content_hash(pa.table({"text": coded(data.draw, plain)})) == expected
    assert content_hash(pa.table({"text": plain.cast(pa.large_string())})) == expected
    assert content_hash(pa.table({"text": plain.cast(pa.string_view())})) == expected
    lists = pa.array([items, None, []], pa.list_(pa.string()))
    large = pa.array([items, None, []], pa.large_list(pa.large_string()))
    assert content_hash(pa.table({"l": large})) == reference(pa.table({"l": lists}))


def viewed(type_: pa.DataType) -> pa.DataType:
    """The type with views in the place of strings, however deep."""
    if pa.types.is_list(type_):
        return pa.list_(viewed(type_.value_type))
    if pa.types.is_struct(type_):
        return pa.struct([(part.name, viewed(part.type)) for part in type_])
    return pa.string_view() if type_ == pa.string() else type_


@given(tables())
def test_views_make_no_difference(table: pa.Table) -> None:
    """Nor do they within lists and structs, of which some are null."""
    columns = {field.name: pa.array(table[field.name].to_pylist(), viewed(field.type)) for field in table.schema}
    assert content_hash(pa.table(columns) if columns else table) == reference(table)


@pytest.mark.parametrize(
    ("items", "type_"),
    [
        ([{"x": "a"}, None], pa.struct([("x", pa.string())])),
        ([None, {"x": None}, {"x": "thirteen bytes"}], pa.struct([("x", pa.string())])),
        ([{"y": {"x": "a"}}, None, {"y": None}], pa.struct([("y", pa.struct([("x", pa.string())]))])),
        ([[{"x": "a"}, None], None, []], pa.list_(pa.struct([("x", pa.string())]))),
        ([{"y": ["a", None]}, None, {"y": None}], pa.struct([("y", pa.list_(pa.string()))])),
    ],
)
def test_views_in_structs_that_may_be_null(items: list[Any], type_: pa.DataType) -> None:
    """Arrow cannot take single ones of them, and need not."""
    table = pa.table({"a": pa.array(items, viewed(type_))})
    assert content_hash(table) == content_hash(pa.table({"a": pa.array(items, type_)}))
    assert content_hash(table[1:]) == reference(pa.table({"a": pa.array(items[1:], type_)}))


def test_a_dictionary_of_views() -> None:
    """It stands for its values, alone and in a struct."""
    codes = pa.array([0, None, 1, 0], pa.int32())
    coded = pa.DictionaryArray.from_arrays(codes, pa.array(["a", None], pa.string_view()))
    inside = pa.StructArray.from_arrays([coded], ["x"], mask=pa.array([False, False, False, True]))
    plain = pa.table({"a": ["a", None, None, "a"], "b": [{"x": "a"}, {"x": None}, {"x": None}, None]})
    assert content_hash(pa.table({"a": coded, "b": inside})) == content_hash(plain)


@given(st.data())
def test_what_stands_behind_a_null_makes_no_difference(data: st.DataObject) -> None:
    """Arrow leaves undefined what a null's slot holds."""
    type_ = data.draw(types())
    items = data.draw(st.lists(values(type_, null=False), max_size=6))
    mask = data.draw(st.lists(st.booleans(), min_size=len(items), max_size=len(items)))
    laid = masked(pa.array(items, type_), mask)
    laid.validate(full=True)
    clean = pa.array([item if there else None for item, there in zip(items, mask, strict=True)], type_)
    start = data.draw(st.integers(0, len(items)))
    assert content_hash(pa.table({"x": laid.slice(start)})) == reference(pa.table({"x": clean.slice(start)}))


@pytest.mark.parametrize(
    ("type_", "items"),
    [
        (pa.string(), ["a", "bé", "", "\U0001f600"]),
        (pa.bool_(), [True, True, False, True]),
        (pa.int64(), [1, 2, 3, 4]),
        (pa.float64(), [0.5, 1.5, -0.0, 2.5]),
        (pa.date32(), [datetime.date(2018, 10, day) for day in (24, 25, 26, 27)]),
        (pa.list_(pa.string()), [["a"], ["b", None], [], ["c"]]),
        (pa.struct([("a", pa.string())]), [{"a": "a"}, {"a": "b"}, {"a": None}, {"a": "c"}]),
    ],
    ids=str,
)
def test_a_null_over_each_kind_of_value(type_: pa.DataType, items: list[Any]) -> None:
    """The same for every kind, whole and in part."""
    laid = masked(pa.array(items, type_), [True, False, False, True])
    clean = pa.array([items[0], None, None, items[3]], type_)
    for start, length in ((0, 4), (1, 3), (1, 1), (0, 2)):
        part = pa.table({"x": laid.slice(start, length)})
        assert content_hash(part) == reference(pa.table({"x": clean.slice(start, length)}))


@given(
    tables(),
    st.sampled_from(["none", "snappy", "zstd", "gzip"]),
    st.booleans(),
    st.booleans(),
    st.integers(1, 5),
)
def test_a_parquet_file_has_the_hash_of_its_rows(
    table: pa.Table, compression: str, dictionary: bool, schema: bool, group: int
) -> None:
    """Whatever the writer's settings, also without Arrow's own schema in the metadata."""
    if not table.num_columns:
        return
    out = io.BytesIO()
    pq.write_table(
        table, out, compression=compression, use_dictionary=dictionary, store_schema=schema, row_group_size=group,
        write_batch_size=1,
    )  # fmt: skip
    assert content_hash(pq.read_table(io.BytesIO(out.getvalue()))) == reference(table)


@given(st.data())
def test_other_rows_have_another_hash(data: st.DataObject) -> None:
    """Two tables of one schema have one hash if, and only if, they have the same values in the same order."""
    schema = data.draw(schemas())
    one, other = data.draw(tables(schema, max_size=2)), data.draw(tables(schema, max_size=2))
    assert (content_hash(one) == content_hash(other)) == (repr(one.to_pylist()) == repr(other.to_pylist()))


STRINGS = pa.list_(pa.string())
PAIR = pa.struct([("a", pa.int64()), ("b", pa.int64())])


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"x": [1, 2]}, {"x": [2, 1]}),
        ({"x": [1]}, {"y": [1]}),
        ({"x": [1], "y": [2]}, {"y": [2], "x": [1]}),
        ({"xy": [1]}, {"x": [1], "y": [1]}),
        ({"x": [0]}, {"x": pa.array([None], pa.int64())}),
        ({"x": [1]}, {"x": [1.0]}),
        ({"x": [0.0]}, {"x": [-0.0]}),
        ({"x": [1]}, {"x": [True]}),
        ({"x": [0]}, {"x": [datetime.date(1970, 1, 1)]}),
        ({"x": ["ab", ""]}, {"x": ["a", "b"]}),
        ({"x": ["é"]}, {"x": ["e\u0301"]}),
        ({"x": [""]}, {"x": pa.array([None], pa.string())}),
        ({"x": pa.array([[], ["a"]], STRINGS)}, {"x": pa.array([["a"], []], STRINGS)}),
        ({"x": pa.array([[]], STRINGS)}, {"x": pa.array([None], STRINGS)}),
        ({"x": pa.array([[]], STRINGS)}, {"x": pa.array([[None]], STRINGS)}),
        ({"x": pa.array([None], PAIR)}, {"x": pa.array([{"a": None, "b": None}], PAIR)}),
        ({"x": pa.array([{"a": 1, "b": None}], PAIR)}, {"x": pa.array([{"a": None, "b": 1}], PAIR)}),
        ({"x": pa.array([], pa.int64())}, {"x": pa.array([], pa.string())}),
        ({"x": pa.array([], pa.list_(pa.int64()))}, {"x": pa.array([], STRINGS)}),
    ],
    ids=lambda _: "",
)  # fmt: skip
def test_what_looks_alike_has_another_hash(one: dict[str, Any], other: dict[str, Any]) -> None:
    """Order, names, types, nulls, and where one value ends and the next begins."""
    assert content_hash(pa.table(one)) != content_hash(pa.table(other))


def test_a_hash_that_stays() -> None:
    """A table with a column of every kind has this hash in every version of Sidelines and of pyarrow."""
    table = pa.table(
        {
            "id": pa.array(["q1", "q2", None]),
            "kind": pa.array(["direct", "mixed", "direct"]).dictionary_encode(),
            "start": pa.array([0, -1, 2**53 + 1]),
            "weight": pa.array([0.1, -0.0, None]),
            "sure": pa.array([True, None, False]),
            "seen": pa.array([datetime.date(2018, 10, 24), None, datetime.date(1, 1, 1)]),
            "content": pa.array(
                [[{"start": 1, "text": "Łódź"}], [], None],
                pa.list_(pa.struct([("start", pa.int64()), ("text", pa.string())])),
            ),
        }
    )
    assert content_hash(table) == "sha256-rows-1:72ca2784c068e5feb05063390a9db205f3e72f8f72a2c097a2df0fdbafad796e"


@pytest.mark.parametrize("type_", [pa.int32(), pa.timestamp("us"), pa.binary(), pa.null(), pa.float32()])
def test_a_type_that_no_build_has(type_: pa.DataType) -> None:
    """The answer lists those that there are."""
    message = f"expected a column of one of the types bool, date, double, int64, list, string, struct, found {type_}"
    with pytest.raises(SidelinesError) as caught:
        content_hash(pa.table({"x": pa.array([], type_)}))
    assert str(caught.value) == message


def test_lists_within_lists_have_a_limit() -> None:
    """64 within each other, and no recursion further."""
    type_ = pa.int64()
    for _ in range(64):
        type_ = pa.list_(type_)
    empty = pa.schema([("x", type_)]).empty_table()
    assert content_hash(empty).startswith("sha256-rows-1:")
    with pytest.raises(SidelinesError, match="expected lists and structs at most 64 deep within each other, found mor"):
        ContentHash(pa.schema([("x", pa.list_(type_))]))


def test_other_columns_than_the_schema_has() -> None:
    """Rows of another table are not taken in."""
    made = ContentHash(pa.schema([("x", pa.int64())]))
    with pytest.raises(SidelinesError, match=r"expected rows with the columns x \(int64\), found y \(string\)"):
        made.update(pa.table({"y": ["a"]}))
    with pytest.raises(SidelinesError, match=r"expected rows with the columns x \(int64\), found none"):
        made.update(pa.table({}))


def test_the_worked_example_of_the_documentation() -> None:
    """Each hash of the table in `docs/formats.md` is that of the bytes beside it, and the last that of the rows."""
    page = (Path(__file__).parents[1] / "docs" / "formats.md").read_text(encoding="utf-8")
    table = page.split("| what | bytes | SHA-256 |")[1].split("\n\n")[0]
    rows = re.findall(r"^\| (.+) \| (.+) \| (?:`(.{64})`)? ?\|$", table, re.MULTILINE)
    start, text = [row for row in rows if "`start`" in row[0]], [row for row in rows if "`text`" in row[0]]
    assert (len(rows), len(start), len(text)) == (10, 4, 5)
    for part in (start, text):
        words, *streams, digest = part
        assert [sha256(bytes.fromhex(row[1].strip("`"))).hexdigest() for row in streams] == [row[2] for row in streams]
        raw = bytes.fromhex(words[1].strip("`") + "".join(row[2] for row in streams))
        assert sha256(raw).hexdigest() == digest[2]
    assert rows[-1][0] == "the table"
    assert sha256(struct.pack("<q", 2) + bytes.fromhex(start[-1][2] + text[-1][2])).hexdigest() == rows[-1][2]
    assert reference(pa.table({"start": [0, 7], "text": ["Łódź", None]})) == f"sha256-rows-1:{rows[-1][2]}"
