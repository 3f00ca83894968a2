"""Whole corpora without a problem: the text first, then spans cut from it, ids, values, and references last."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache, partial
from hashlib import sha256
from pathlib import Path
from typing import Any

import msgspec
from hypothesis import strategies as st

from sidelines.errors import SidelinesError
from sidelines.layout import BUILT_IN, DOCUMENT_ID, is_layer, is_reserved, shipped
from sidelines.model import METADATA, Layer, Model, Property
from sidelines.patterns import matches
from sidelines.problems import names
from sidelines.resolver import layout
from sidelines.schema import compile_schemas
from sidelines.strictjson import JSONFault, parse
from sidelines.testing.cutter import at_most, prose
from sidelines.testing.drawn import DrawnCorpus, DrawnDocument
from sidelines.testing.plan import Plan
from sidelines.testing.rows import draw_tables
from sidelines.testing.valuer import fits, values

__all__ = ["corpora"]


def corpora(
    schema_dir: str | os.PathLike[str] | None = None,
    *,
    layers: Sequence[str] | None = None,
    min_documents: int = 1,
    max_documents: int | None = None,
) -> st.SearchStrategy[DrawnCorpus]:
    """Corpora without a problem: `sidelines.check` finds none in what they `write`.

    Parameters
    ----------
    schema_dir:
        a folder of schemas in the dialect, `<layer>.schema.json`; without one the four built-in layers. Where it has no
        schema for the metadata (`corpus` and `document`), the built-in ones are taken.
    layers:
        the layers that the corpora have, `[]` for none; without this every schema of the folder that describes a layer.
    min_documents, max_documents:
        how many documents a corpus has; without `max_documents` up to two more than there must be.

    Returns
    -------
    A strategy of `DrawnCorpus`, which shrinks towards one document with an empty text and empty tables.

    Raises
    ------
    SidelinesError
        when the folder has no schema of a layer, or one is not in order (the message says what the first fault is), or
        the numbers of documents are negative or the least is above the greatest.

    >>> from hypothesis import Phase, find, settings
    >>> first = settings(phases=[Phase.generate], database=None)  # and not the smallest, which takes a while
    >>> corpus = find(corpora(), lambda corpus: corpus.rows("mentions"), settings=first)
    >>> document = next(document for document in corpus.documents if document.layers["entities"]["mentions"])
    >>> row = document.layers["entities"]["mentions"][0]
    >>> document.text[row["start"] : row["end"]] == row["text"]
    True
    """
    folder = shipped() / "schema" if schema_dir is None else Path(schema_dir)
    files = _schemas(folder)
    found = BUILT_IN if schema_dir is None else list(filter(None, map(_layer_name, files.items())))
    if not found and layers is None:
        raise SidelinesError(f"{folder}: expected the schema of a layer, such as marks.schema.json, found none")
    wanted = list(dict.fromkeys(found if layers is None else layers))
    legal = list(filter(is_layer, files))
    for name in (name for name in wanted if name not in legal):
        raise SidelinesError(f"{folder}: there is no schema of the layer {name!r}; {names(name, legal)}")
    most = at_most(max_documents, min_documents, 2, "documents")
    model, problems = compile_schemas(files, wanted)
    if problems:
        raise SidelinesError(f"{folder}: {problems[0].path}: {problems[0].code} {problems[0].message}")
    plan = Plan.of(model, files)
    return _corpora(plan, _ids(model), st.integers(min_documents, most))


def _schemas(folder: Path) -> dict[str, bytes]:
    """The schema files of a folder in canonical form, by name; those of the metadata, if need be, the shipped."""
    shown = (path for path in sorted(folder.glob("*.schema.json")) if not path.name.startswith("."))
    paths = {path.name.removesuffix(".schema.json"): path for path in shown}
    paths = {name: shipped() / "schema" / f"{name}.schema.json" for name in METADATA} | paths
    paths.pop("dialect", None)
    files = {}
    for name, path in paths.items():
        try:
            files[name] = layout(parse(path.read_bytes()).value)
        except OSError as error:
            raise SidelinesError(f"{path}: cannot be read: {error.strerror}") from error
        except JSONFault as fault:
            raise SidelinesError(f"{path}: {fault.code} {fault}") from fault
    return files


def _layer_name(file: tuple[str, bytes]) -> str | None:
    """The name of a schema file if it describes a layer: others hold definitions."""
    name, raw = file
    value = msgspec.json.decode(raw)
    members = value.get("properties") if isinstance(value, dict) else None
    return name if is_layer(name) and isinstance(members, dict) and "document" in members else None


@st.composite
def _corpora(draw: st.DrawFn, plan: Plan, ids: st.SearchStrategy[str], count: st.SearchStrategy[int]) -> DrawnCorpus:
    metadata = _metadata(draw, plan.model.metadata["corpus"], {"layers": list(plan.model.layers)})
    documents: list[DrawnDocument] = []
    # A number and then as many documents: of a list, Hypothesis does not take away what is as long as a document.
    for _ in range(draw(count)):
        taken = {document.id for document in documents}
        documents.append(draw(_document(plan, ids.filter(partial(_other_than, taken)))))
    return DrawnCorpus(metadata, tuple(documents), plan.schemas, plan.model)


def _other_than(taken: set[str], id_: str) -> bool:
    return id_ not in taken


@st.composite
def _document(draw: st.DrawFn, plan: Plan, ids: st.SearchStrategy[str]) -> DrawnDocument:
    model, id_, text = plan.model, draw(ids), draw(prose())
    text += "a" * (plan.room - sum(not character.isspace() for character in text))
    raw = text.encode()
    tables = draw_tables(draw, plan, text)
    layers = {name: dict(_content(draw, layer, id_, tables)) for name, layer in model.layers.items()}
    known = {"id": id_, "characters": len(text), "sha256": sha256(raw).hexdigest()}
    return DrawnDocument(id_, text, _metadata(draw, model.metadata["document"], known), layers)


def _content(
    draw: st.DrawFn, layer: Layer, document: str, tables: Mapping[str, list[dict[str, Any]]]
) -> Iterator[tuple[str, Any]]:
    """The properties of a layer's file, in the schema's order; an empty table that need not be there may be absent."""
    keys = {table.key: table for table in layer.tables}
    for member in layer.root.properties:
        if member.name == "document":
            yield "document", document
        elif member.name == "$schema":
            if member.required or draw(st.booleans()):
                yield "$schema", f"../../schema/{layer.name}.schema.json"
        else:
            rows = tables[keys[member.name].name]
            if rows or member.required or (not member.shortest and draw(st.booleans())):
                yield member.name, rows


def _ids(model: Model) -> st.SearchStrategy[str]:
    """Ids of documents that every schema lets pass."""
    nodes = [model.metadata["document"].root["id"], *(layer.root["document"] for layer in model.layers.values())]
    own = {node.pattern: _plain(node) for node in nodes if node.pattern not in (None, DOCUMENT_ID)}
    simple = st.from_regex("[a-z](?:[a-z0-9]{0,7}(?:[._-][a-z0-9]{1,6})?)", fullmatch=True)

    def legal(id_: str) -> bool:
        named = not is_reserved(id_) and matches(DOCUMENT_ID, id_)
        return named and all(fits(node, id_) for node in nodes)

    return (st.one_of(*own.values()) if own else simple).filter(legal)


# What these properties mostly say; a rule asks whether the language is English.
_USUAL = {"language": ("en", "en-GB", "en", "fr"), "name": ("drawn", "a"), "version": ("1.0.0", "0.2.13")}


def _metadata(draw: st.DrawFn, layer: Layer, known: Mapping[str, Any]) -> dict[str, Any]:
    """The properties of a metadata file, of which some are known, in the schema's order.

    A corpus has no settings that it need not have: of its problems, whoever draws it wants to know all.
    """
    known = {"$schema": f"../schema/{layer.name}.schema.json", **known}
    made = {}
    for member in layer.root.properties:
        setting = layer.name == "corpus" and member.name == "check"
        if member.required or (not setting and draw(st.booleans())):
            made[member.name] = known[member.name] if member.name in known else draw(_plain(member))
    return made


@lru_cache(maxsize=2**8)
def _plain(member: Property) -> st.SearchStrategy[Any]:
    """Values of a property: what is usual, where the schema lets it pass, and whatever else it does."""
    usual = [value for value in _USUAL.get(member.name, ()) if member.type == "string" and fits(member, value)]
    return st.one_of(st.sampled_from(usual), values(member)) if usual else values(member)
