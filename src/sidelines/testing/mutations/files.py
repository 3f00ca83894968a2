"""Faults of files, of their JSON, and of texts (F and T)."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import replace
from hashlib import sha256
from typing import Any
from unicodedata import normalize

from hypothesis import strategies as st

from sidelines.sources import Limits
from sidelines.testing.drawn import DrawnCorpus, DrawnDocument, Files
from sidelines.testing.mutations.places import Draw, Inapplicable, Mutation, choose, table_rows
from sidelines.testing.valuer import fits

__all__ = ["MUTATIONS"]

# -- which files there are ---------------------------------------------------------------------------------------------


def _missing(kind: str) -> Callable[[DrawnCorpus, Draw], Files]:
    def change(corpus: DrawnCorpus, draw: Draw) -> Files:
        content = dict(corpus.files().content)
        del content[choose(draw, _paths(corpus, kind))]
        return Files(content)

    return change


def _paths(corpus: DrawnCorpus, *kinds: str) -> list[str]:
    """The paths of all files of these kinds: "text", "document", "layer", "corpus", "schema"."""
    content = corpus.files().content
    of_kind = {
        "text": [path for path in content if path.startswith("corpus/") and path.endswith(".txt")],
        "document": [f"corpus/{document.id}.json" for document in corpus.documents],
        "layer": [path for path in content if path.startswith("annotations/")],
        "corpus": ["corpus/corpus.json"],
        "schema": [f"schema/{name}.schema.json" for name in corpus.model.layers],
    }
    return [path for kind in kinds for path in of_kind[kind]]


def _more(corpus: DrawnCorpus, path: str) -> Files:
    return Files({**corpus.files().content, path: b"{}\n"})


def _unexpected_layer(corpus: DrawnCorpus, draw: Draw) -> Files:
    name = choose(draw, [name for name in ("extra", "spare") if name not in corpus.model.layers])
    return _more(corpus, f"annotations/{choose(draw, corpus.documents).id}/{name}.json")


def _unexpected_folder(corpus: DrawnCorpus, draw: Draw) -> Files:
    known = {document.id for document in corpus.documents}
    name = choose(draw, [name for name in ("nobody", "no-one") if name not in known])
    return _more(corpus, f"annotations/{name}/{choose(draw, corpus.model.layers)}.json")


def _bad_name(corpus: DrawnCorpus, draw: Draw) -> Files:
    stem = choose(draw, ["Upper", "with space", "é", "-first", "con", "nul.one", "a" * 129])
    return Files({**corpus.files().content, f"corpus/{stem}.txt": b""})


def _folder_for_file(corpus: DrawnCorpus, draw: Draw) -> Files:
    content = dict(corpus.files().content)
    path = choose(draw, _paths(corpus, "text", "document", "layer"))
    content[f"{path}/{path.rsplit('/', 1)[1]}"] = content.pop(path)
    return Files(content)


def _too_large(corpus: DrawnCorpus, draw: Draw) -> Files:
    content = corpus.files().content
    return Files(content, limits=Limits(file_bytes=max(map(len, content.values())) - 1))


def _link_out(corpus: DrawnCorpus, draw: Draw) -> Files:
    content = dict(corpus.files().content)
    path = choose(draw, _paths(corpus, "text", "document", "layer"))
    del content[path]
    return Files(content, links={path: "../" * (path.count("/") + 1) + "elsewhere"})


# -- bytes and JSON ----------------------------------------------------------------------------------------------------

_ALL = ("document", "layer", "corpus", "schema")


def _bytes(change: Callable[[bytes, Draw], bytes], *kinds: str) -> Callable[[DrawnCorpus, Draw], Files]:
    """A fault of the bytes of one file; Inapplicable where they stay as they are."""

    def changed(corpus: DrawnCorpus, draw: Draw) -> Files:
        content = dict(corpus.files().content)
        path = choose(draw, _paths(corpus, *(kinds or _ALL)))
        before = content[path]
        content[path] = change(before, draw)
        if content[path] == before:
            raise Inapplicable
        return Files(content)

    return changed


def _stray_byte(raw: bytes, draw: Draw) -> bytes:
    at = draw(st.integers(0, len(raw)))
    return raw[:at] + b"\xff" + raw[at:]


def _utf16(raw: bytes, draw: Draw) -> bytes:
    return raw.decode().encode("utf-16")


def _truncated(raw: bytes, draw: Draw) -> bytes:
    text = raw.decode()
    return text[: draw(st.integers(0, text.rindex("}")))].encode()


_KEY = re.compile(rb'"((?:[^"\\]|\\.)*)": ')


def _first_key(raw: bytes) -> bytes:
    match = _KEY.search(raw)
    assert match is not None  # no file of a corpus is without properties
    return match[1]


def _duplicate_key(raw: bytes, draw: Draw) -> bytes:
    return b'{\n  "' + _first_key(raw) + b'": 0,' + raw.removeprefix(b"{")


def _escaped_duplicate_key(raw: bytes, draw: Draw) -> bytes:
    key = json.loads(b'"' + _first_key(raw) + b'"')
    spelt = re.sub("....", r"\\u\g<0>", key.encode("utf-16-be").hex())
    return b'{\n  "' + spelt.encode() + b'": 0,' + raw.removeprefix(b"{")


def _number(literal: bytes) -> Callable[[bytes, Draw], bytes]:
    """Another literal in the place of a number."""

    def change(raw: bytes, draw: Draw) -> bytes:
        match = choose(draw, re.finditer(rb'(?<="start": )[0-9]+|(?<="characters": )[0-9]+', raw))
        return raw[: match.start()] + literal + raw[match.end() :]

    return change


def _into_string(what: bytes) -> Callable[[bytes, Draw], bytes]:
    """Something put in front of the content of a string that is a value."""

    def change(raw: bytes, draw: Draw) -> bytes:
        match = choose(draw, re.finditer(rb'": "', raw))
        return raw[: match.end()] + what + raw[match.end() :]

    return change


def _reordered(raw: bytes, draw: Draw) -> bytes:
    value = json.loads(raw)
    return _dumped({name: value[name] for name in reversed(value)})


def _dumped(value: Any, **how: Any) -> bytes:
    return json.dumps(value, **{"ensure_ascii": False, **how}).encode() + b"\n"


# -- what files say of themselves --------------------------------------------------------------------------------------


def _other_document(corpus: DrawnCorpus, draw: Draw) -> Files:
    document, name = choose(draw, corpus.documents), choose(draw, corpus.model.layers)
    node = corpus.model.layers[name].root["document"]
    other = choose(draw, [id_ for id_ in ("other", "a.2", "b") if id_ != document.id and fits(node, id_)])
    return _with_layer(corpus, document, name, {"document": other})


def _with_layer(corpus: DrawnCorpus, document: DrawnDocument, name: str, properties: dict[str, str]) -> Files:
    layers = {**document.layers, name: {**document.layers[name], **properties}}
    return corpus.with_document(replace(document, layers=layers)).files()


def _other_schema(corpus: DrawnCorpus, draw: Draw) -> Files:
    document, name = choose(draw, corpus.documents), choose(draw, corpus.model.layers)
    wrong = f"../schema/{name}.schema.json"
    if "$schema" not in document.layers[name] or not fits(corpus.model.layers[name].root["$schema"], wrong):
        raise Inapplicable
    return _with_layer(corpus, document, name, {"$schema": wrong})


def _with_metadata(corpus: DrawnCorpus, document: DrawnDocument, **properties: Any) -> Files:
    return corpus.with_document(replace(document, metadata={**document.metadata, **properties})).files()


def _other_id(corpus: DrawnCorpus, draw: Draw) -> Files:
    document, node = choose(draw, corpus.documents), corpus.model.metadata["document"].root["id"]
    other = choose(draw, [id_ for id_ in ("other", "a.2", "b") if id_ != document.id and fits(node, id_)])
    return _with_metadata(corpus, document, id=other)


# -- texts -------------------------------------------------------------------------------------------------------------


def _text(change: Callable[[str], str]) -> Callable[[DrawnCorpus, Draw], Files]:
    """A text that is another than the one that was annotated."""

    def changed(corpus: DrawnCorpus, draw: Draw) -> Files:
        document = choose(draw, [document for document in corpus.documents if change(document.text) != document.text])
        return Files({**corpus.files().content, f"corpus/{document.id}.txt": change(document.text).encode()})

    return changed


def _cut_character(raw: bytes, draw: Draw) -> bytes:
    at = choose(draw, [at for at, byte in enumerate(raw) if byte >= 0xC0])
    return raw[: at + 1]


def _latin(raw: bytes, draw: Draw) -> bytes:
    return raw.decode().encode("latin-1", "replace")


def _not_utf8(change: Callable[[bytes, Draw], bytes]) -> Callable[[bytes, Draw], bytes]:
    """The same fault, where the bytes that it leaves are not by chance UTF-8 again."""

    def changed(raw: bytes, draw: Draw) -> bytes:
        broken = change(raw, draw)
        try:
            broken.decode()
        except UnicodeDecodeError:
            return broken
        raise Inapplicable

    return changed


def _replaced_character(corpus: DrawnCorpus, draw: Draw) -> Files:
    document = choose(draw, [document for document in corpus.documents if document.text])
    at = draw(st.integers(0, len(document.text) - 1))
    other = "b" if document.text[at] != "b" else "c"
    text = document.text[:at] + other + document.text[at + 1 :]
    return Files({**corpus.files().content, f"corpus/{document.id}.txt": text.encode()})


def _hash_of_other(corpus: DrawnCorpus, draw: Draw) -> Files:
    document = choose(draw, corpus.documents)
    return _with_metadata(corpus, document, sha256=sha256(document.text.encode() + b"\n").hexdigest())


def _length(count: Callable[[str], int]) -> Callable[[DrawnCorpus, Draw], Files]:
    """The length of a text in another unit."""

    def change(corpus: DrawnCorpus, draw: Draw) -> Files:
        document = choose(draw, [d for d in corpus.documents if count(d.text) != len(d.text)])
        return _with_metadata(corpus, document, characters=count(document.text))

    return change


def _most_rows(corpus: DrawnCorpus, draw: Draw) -> Files:
    rows = [len(table_rows(document, table)) for document in corpus.documents for table in corpus.model.tables.values()]
    if max(rows, default=0) < 2:
        raise Inapplicable
    return Files(corpus.files().content, limits=Limits(rows=max(rows) - 1))


MUTATIONS = (
    Mutation("text-deleted", "F001", "A document's text is gone.", _missing("text")),
    Mutation("metadata-deleted", "F001", "A document's metadata are gone.", _missing("document")),
    Mutation("layer-deleted", "F001", "A layer of a document is gone.", _missing("layer")),
    Mutation("layer-too-many", "F002", "A file of a layer that corpus.json does not name.", _unexpected_layer),
    Mutation("folder-too-many", "F002", "Annotations of a document that is not there.", _unexpected_folder),
    Mutation("bad-document-name", "F003", "A text whose name no document can have.", _bad_name),
    Mutation("folder-for-file", "F004", "A folder stands where a file should.", _folder_for_file),
    Mutation("file-too-large", "F005", "The largest file is one byte larger than the limit.", _too_large),
    Mutation("link-out", "F006", "A file is a link to one outside the corpus.", _link_out),
    Mutation("stray-byte", "F101", "A byte that no UTF-8 has, anywhere in a JSON file.", _bytes(_stray_byte)),
    Mutation("utf-16", "F101", "A JSON file in UTF-16.", _bytes(_utf16)),
    Mutation("encoded-surrogate", "F101", "A surrogate as three bytes.", _bytes(_into_string(b"\xed\xa0\x80"))),
    Mutation("bom-added-to-json", "F102", "U+FEFF before JSON.", _bytes(lambda raw, draw: b"\xef\xbb\xbf" + raw)),
    Mutation("json-truncated", "F103", "A JSON file ends early, or is empty.", _bytes(_truncated)),
    Mutation("data-behind-json", "F103", "A second value behind the first.", _bytes(lambda raw, draw: raw + b"{}\n")),
    Mutation(
        "comma-at-the-end", "F103", "A comma behind the last property.",
        _bytes(lambda raw, draw: raw.removesuffix(b"\n}\n") + b",\n}\n" if raw != b"{}\n" else raw),
    ),
    Mutation("not-a-number", "F103", "NaN for a number.", _bytes(_number(b"NaN"), "layer", "document")),
    Mutation("infinity", "F103", "-Infinity for a number.", _bytes(_number(b"-Infinity"), "layer", "document")),
    Mutation("leading-zero", "F103", "A number that begins with 0.", _bytes(_number(b"007"), "layer", "document")),
    Mutation("raw-control", "F103", "A line break inside a string.", _bytes(_into_string(b"\n"))),
    Mutation("duplicate-key", "F104", "A property twice.", _bytes(_duplicate_key)),
    Mutation("escaped-duplicate-key", "F104", "A property twice, once in escapes.", _bytes(_escaped_duplicate_key)),
    Mutation(
        "beyond-64-bits", "F105", "An integer of 65 bits.",
        _bytes(_number(b"18446744073709551616"), "layer", "document"),
    ),
    Mutation("beyond-floats", "F105", "A number beyond all floats.", _bytes(_number(b"1e999"), "layer", "document")),
    Mutation("lone-surrogate", "F106", "Half a surrogate pair, as an escape.", _bytes(_into_string(b"\\ud83d"))),
    Mutation("nested-too-deep", "F107", "65 arrays in each other.", _bytes(lambda raw, draw: b"[" * 65 + b"]" * 65)),
    Mutation("no-final-newline", "F108", "No newline at the end.", _bytes(lambda raw, draw: raw[:-1])),
    Mutation(
        "crlf-in-json", "F108", "Newlines translated to CRLF.",
        _bytes(lambda raw, draw: raw.replace(b"\n", b"\r\n")),
    ),
    Mutation(
        "indented", "F108", "Laid out by another hand.",
        _bytes(lambda raw, draw: _dumped(json.loads(raw), indent=4)),
    ),
    Mutation("on-one-line", "F108", "All on one line.", _bytes(lambda raw, draw: _dumped(json.loads(raw)))),
    Mutation("properties-turned", "F108", "Properties in the reverse order.", _bytes(_reordered, "layer", "document")),
    Mutation(
        "escaped-letter", "F108", "A letter as an escape.",
        _bytes(lambda raw, draw: raw.replace(b'": "a', b'": "\\u0061', 1)),
    ),
    Mutation("other-document", "F201", "A layer says that it is another document's.", _other_document),
    Mutation("other-schema", "F202", "A layer names another schema.", _other_schema),
    Mutation("other-id", "F203", "Metadata with another document's id.", _other_id),
    Mutation("too-many-rows", "S107", "A table has one row more than the limit.", _most_rows),
    Mutation("byte-in-text", "T001", "A byte that no UTF-8 has, in a text.", _bytes(_stray_byte, "text")),
    Mutation("latin-1-text", "T001", "A text in Latin-1.", _bytes(_not_utf8(_latin), "text")),
    Mutation("character-cut", "T001", "A text ends within a character.", _bytes(_cut_character, "text")),
    Mutation("lf-to-crlf", "T002", "Newlines translated to CRLF.", _text(lambda text: text.replace("\n", "\r\n"))),
    Mutation("crlf-to-lf", "T002", "CRLF translated to newlines.", _text(lambda text: text.replace("\r\n", "\n"))),
    Mutation("text-to-nfc", "T002", "A text normalised to NFC.", _text(lambda text: normalize("NFC", text))),
    Mutation("text-to-nfd", "T002", "A text normalised to NFD.", _text(lambda text: normalize("NFD", text))),
    Mutation("bom-stripped", "T002", "U+FEFF taken from the start.", _text(lambda text: text.removeprefix("\ufeff"))),
    Mutation("bom-added", "T002", "U+FEFF put before a text.", _text(lambda text: "\ufeff" + text)),
    Mutation("newline-added", "T002", "A newline at the end.", _text(lambda text: text + "\n")),
    Mutation("text-trimmed", "T002", "White space taken from the end.", _text(str.rstrip)),
    Mutation("no-break-space-lost", "T002", "A plain space for U+00A0.", _text(lambda text: text.replace("\xa0", " "))),
    Mutation("character-replaced", "T002", "One character is another.", _replaced_character),
    Mutation("hash-of-other-text", "T002", "The hash of another text.", _hash_of_other),
    Mutation("length-in-utf-8", "T003", "The length in bytes.", _length(lambda text: len(text.encode()))),
    Mutation(
        "length-in-utf-16", "T003", "The length in UTF-16.",
        _length(lambda text: len(text.encode("utf-16-le")) // 2),
    ),
    Mutation("length-off-by-one", "T003", "The length and one more.", _length(lambda text: len(text) + 1)),
)  # fmt: skip
