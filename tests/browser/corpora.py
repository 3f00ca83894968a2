"""Corpora to be looked at: written by nothing but `json`, with what each row is known to mark."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sidelines.viewer import view
from tests.strategies import ROOT, write_layer, write_metadata

Json = dict[str, Any]
Span = tuple[int, int]

STRING: Json = {"type": "string"}
INTEGER: Json = {"type": "integer"}
BOUNDS: Json = {"start": INTEGER, "end": INTEGER, "text": STRING}


def spans_in(row: Mapping[str, Any]) -> list[Span]:
    """Every span of a row, of itself, of its properties and of their lists."""
    found = [(row["start"], row["end"])] if {"start", "end", "text"} <= set(row) else []
    items = [item for value in row.values() for item in (value if isinstance(value, list) else [value])]
    return found + [(item["start"], item["end"]) for item in items if isinstance(item, dict) and "start" in item]


def object_(properties: Json, required: Sequence[str] | None = None, **more: Any) -> Json:
    """The schema of an object, in the order of canonical files."""
    names = list(properties) if required is None else list(required)
    return {"type": "object", **more, "properties": properties, "required": names, "additionalProperties": False}


def span(**more: Any) -> Json:
    """The schema of a property that is a span."""
    return object_(BOUNDS, **more, **{"x-span": True})


def table(name: str, row: Json, **more: Any) -> Json:
    """The schema of a table."""
    return {"type": "array", "x-table": name, **more, "items": row}


def marks(name: str, properties: Json | None = None, **more: Any) -> Json:
    """The schema of a table whose rows are spans, with these properties beside."""
    others = properties or {}
    row = object_({"id": STRING, **BOUNDS, **others}, ["id", *BOUNDS], **{"x-span": True})
    return table(name, row, **{"x-overlap": "any", **more})


def layer(name: str, tables: Mapping[str, Json], **more: Any) -> Json:
    """The schema of a layer; the keys are the names of the properties that hold the tables."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": f"{name}.schema.json",
        **more,
        **object_({"$schema": STRING, "document": STRING, **tables}),
    }


def at(text: str, *words: str) -> list[Span]:
    """Where words stand in a text, each at its first place."""
    return [(text.index(word), text.index(word) + len(word)) for word in words]


def rows(text: str, spans: Sequence[Span], prefix: str = "m", **more: Any) -> list[Json]:
    """Rows that are these spans, in the order of files, named by their numbers."""
    ordered = sorted(spans, key=lambda span: (span[0], -span[1]))
    return [
        {"id": f"{prefix}{number}", "start": start, "end": end, "text": text[start:end], **more}
        for number, (start, end) in enumerate(ordered, 1)
    ]


@dataclass
class Made:
    """A corpus: schemas by layer, texts by document, rows by document and layer and the property that holds them."""

    schemas: Mapping[str, Json]
    texts: Mapping[str, str]
    layers: Mapping[str, Mapping[str, Mapping[str, list[Json]]]]
    metadata: Json = field(default_factory=dict)
    documents: Mapping[str, Json] = field(default_factory=dict)
    own: Mapping[str, Json] = field(default_factory=dict)  # schemas of metadata

    def write(self, root: Path) -> Path:
        """Write its files, in canonical form."""
        for folder in ("corpus", "schema"):
            (root / folder).mkdir(parents=True)
        for name in ("corpus", "document"):
            shutil.copy(ROOT / "schema" / f"{name}.schema.json", root / "schema")
        for name, schema in {**self.own, **self.schemas}.items():
            (root / "schema" / f"{name}.schema.json").write_bytes(written(schema))
        head = {"$schema": "../schema/corpus.schema.json", "name": "made", "version": "1.0.0"}
        head |= {"layers": [*self.schemas]}
        write_metadata(root / "corpus" / "corpus.json", ordered(head | self.metadata, self.own.get("corpus")))
        for name, text in self.texts.items():
            raw = text.encode()
            (root / "corpus" / f"{name}.txt").write_bytes(raw)
            known = {"id": name, "characters": len(text), "sha256": hashlib.sha256(raw).hexdigest()}
            known |= self.documents.get(name, {})
            write_metadata(root / "corpus" / f"{name}.json", ordered(known, self.own.get("document")))
            for layer_, tables in self.layers[name].items():
                write_layer(root, name, layer_, dict(tables))
        return root


def written(schema: Json) -> bytes:
    return (json.dumps(schema, indent=2, ensure_ascii=False) + "\n").encode()


BUILT_IN = {name: json.loads((ROOT / "schema" / f"{name}.schema.json").read_bytes()) for name in ("corpus", "document")}


def ordered(properties: Json, schema: Json | None) -> Json:
    """The properties in the order of their schema; those of a document's file in that of the built-in one."""
    schema = schema or next(each for each in BUILT_IN.values() if set(properties) <= set(each["properties"]))
    return {name: properties[name] for name in schema["properties"] if name in properties}


def page_of(root: Path, folder: Path) -> Path:
    """The page of a corpus, written into a folder."""
    file = folder / "page.html"
    view(root, file)
    return file
