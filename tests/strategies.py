"""The strategies that every property test shares: texts, spans cut from them, and corpora with a layer of their own."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hypothesis import strategies as st

OWN = Path(__file__).parent / "own"
ROOT = Path(__file__).parents[1]

# What breaks tools: astral characters, combining marks, joiners, bidi controls, line separators, BOM, no-break space.
HARD = (
    "a\u00e9\u0301\u0323\u200d\u202e\u2066\u2069\u2028\u2029\x85\n\r\t "
    "\u00a0\ufeff\u3000\U0001f600\U0001f1eb\U00010348\U000e0041ß\u05d0\uac00"
)


def texts(max_size: int = 60) -> st.SearchStrategy[str]:
    """Texts of every plane, with what breaks tools well represented; no surrogates, which no UTF-8 file can hold."""
    anything = st.characters(exclude_categories=["Cs"])
    return st.text(st.one_of(st.sampled_from(HARD), anything), max_size=max_size)


WHITE = set("\t\n\v\f\r \x85\xa0\u1680\u2028\u2029\u202f\u205f\u3000") | {chr(c) for c in range(0x2000, 0x200B)}


def cuts(text: str) -> st.SearchStrategy[dict[str, Any]]:
    """Spans of a text that neither begin nor end with white space; the text has one."""
    edges = [at for at, character in enumerate(text) if character not in WHITE]

    def span(pair: tuple[int, int]) -> dict[str, Any]:
        start, last = sorted(pair)
        return {"start": start, "end": last + 1, "text": text[start : last + 1]}

    return st.tuples(st.sampled_from(edges), st.sampled_from(edges)).map(span)


def has_edges(text: str) -> bool:
    """Whether a span can be cut from a text."""
    return any(character not in WHITE for character in text)


@dataclass(frozen=True)
class Drawn:
    """A drawn corpus: texts by document, and the rows of the tables `marks` and `links` of the layer `marks`."""

    documents: dict[str, str]
    marks: dict[str, list[dict[str, Any]]]
    links: dict[str, list[dict[str, Any]]]

    def write(self, root: Path) -> Path:
        """Write it as files, in canonical form, by nothing but `json`."""
        for folder in ("corpus", "schema"):
            (root / folder).mkdir(parents=True)
        for schema in ("corpus", "document"):
            (root / "schema" / f"{schema}.schema.json").write_bytes(
                (ROOT / "schema" / f"{schema}.schema.json").read_bytes()
            )
        (root / "schema" / "marks.schema.json").write_bytes((OWN / "schema" / "marks.schema.json").read_bytes())
        write_metadata(
            root / "corpus" / "corpus.json",
            {"$schema": "../schema/corpus.schema.json", "name": "drawn", "version": "1.0.0", "layers": ["marks"]},
        )
        for name, text in self.documents.items():
            raw = text.encode()
            (root / "corpus" / f"{name}.txt").write_bytes(raw)
            metadata = {"id": name, "characters": len(text), "sha256": hashlib.sha256(raw).hexdigest()}
            write_metadata(root / "corpus" / f"{name}.json", metadata)
            write_layer(root, name, "marks", {"marks": self.marks[name], "links": self.links[name]})
        return root


def write_metadata(path: Path, properties: dict[str, Any]) -> None:
    """One property a line."""
    body = ",\n".join(f"  {dumps(name)}: {dumps(value)}" for name, value in properties.items())
    path.write_bytes(f"{{\n{body}\n}}\n".encode())


def write_layer(root: Path, document: str, layer: str, tables: dict[str, list[dict[str, Any]]]) -> Path:
    """One row a line."""
    parts = [f'  "$schema": "../../schema/{layer}.schema.json"', f'  "document": {dumps(document)}']
    for name, rows in tables.items():
        body = ",\n    ".join(map(dumps, rows))
        parts.append(f'  "{name}": [\n    {body}\n  ]' if rows else f'  "{name}": []')
    path = root / "annotations" / document / f"{layer}.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(("{\n" + ",\n".join(parts) + "\n}\n").encode())
    return path


def dumps(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


def by_place(span: dict[str, Any]) -> tuple[int, int]:
    return span["start"], -span["end"]


def crosses(a: dict[str, Any], b: dict[str, Any]) -> bool:
    return a["start"] < b["start"] < a["end"] < b["end"] or b["start"] < a["start"] < b["end"] < a["end"]


@st.composite
def corpora(draw: st.DrawFn, min_marks: int = 0, max_documents: int = 3) -> Drawn:
    """Sound corpora with the layer of `tests/own`: nested spans, lists of spans, references, an enum and a pattern."""
    documents, marks, links = {}, {}, {}
    for number in range(draw(st.integers(1, max_documents))):
        name = f"doc-{number}"
        text = documents[name] = draw(texts().filter(has_edges) if min_marks else texts())
        spans = draw(st.lists(cuts(text), max_size=6, min_size=min_marks)) if has_edges(text) else []
        nested: list[dict[str, Any]] = []
        for span in spans:
            if not any(crosses(span, other) for other in nested):
                nested.append(span)
        nested.sort(key=by_place)
        ids = [f"m{number}" for number in range(len(nested))]
        marks[name] = [
            {"id": id_, **span, "label": draw(st.sampled_from(["X", "Y", "Z"])), **draw(_optional(ids))}
            for id_, span in zip(ids, nested, strict=True)
        ]
        links[name] = draw(_links(ids, text)) if ids else []
    return Drawn(documents, marks, links)


KEYS = ("next", "also", "code", "weight", "count", "sure", "seen", "note")  # in the schema's order


def _optional(ids: list[str]) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries(
        {},
        optional={
            "next": st.sampled_from(ids),
            "also": st.lists(st.sampled_from(ids), max_size=3),
            "code": st.from_regex(r"[A-Z]{2}-[0-9]{1,3}", fullmatch=True, alphabet=st.characters(max_codepoint=127)),
            "weight": st.integers(0, 1000).map(lambda part: part / 1000),
            "count": st.integers(-(2**63), 2**63 - 1),
            "sure": st.booleans(),
            "seen": st.dates().map(str),
            "note": texts(20),
        },
    ).map(lambda row: {name: row[name] for name in KEYS if name in row})


@st.composite
def _links(draw: st.DrawFn, ids: list[str], text: str) -> list[dict[str, Any]]:
    rows = []
    for _ in range(draw(st.integers(0, 3))):
        parts: list[dict[str, Any]] = []
        for span in sorted(draw(st.lists(cuts(text), min_size=1, max_size=3)), key=by_place):
            if not parts or span["start"] >= parts[-1]["end"]:
                parts.append(span)
        head = {"head": draw(st.sampled_from(parts))} if draw(st.booleans()) else {}
        rows.append({"parts": parts, **head, "of": draw(st.sampled_from(ids))})
    rows.sort(key=lambda row: by_place(row["parts"][0]))
    return [{"id": f"l{number}", **row} for number, row in enumerate(rows)]
