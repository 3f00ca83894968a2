"""T: the text is the one that was annotated."""

from __future__ import annotations

from collections.abc import Iterator
from hashlib import sha256

from sidelines import arrow
from sidelines.errors import count
from sidelines.rules.finding import Finding
from sidelines.tables import Batch

__all__ = ["hash_differs", "length_differs"]

AFTER = "the spans of the document are not checked until they agree"


def hash_differs(batch: Batch) -> Iterator[Finding]:
    """The SHA-256 of a text's bytes is not the one in its metadata."""
    stated = arrow.python(arrow.whole(batch.documents.column("sha256")))
    length = arrow.numbers(arrow.whole(batch.documents.column("characters")))
    first, data = batch.texts.first, batch.texts.data.data
    for document in batch.intact.nonzero()[0].tolist():  # of a build, the metadata may have a fault already
        expected, found = stated[document], sha256(data[first[document] : first[document + 1]]).hexdigest()
        if found != expected:
            characters = int(batch.texts.characters[document])
            message = f"sha256: expected {expected}, found {found}; the text has {count(characters, 'character')}"
            if characters != length[document]:
                message += f", the metadata say {length[document]}"
            message += f"; {AFTER}"
            yield Finding("documents", document, message, ("sha256",))


def length_differs(batch: Batch) -> Iterator[Finding]:
    """The length of a text in code points is not the one in its metadata."""
    stated, found = arrow.numbers(arrow.whole(batch.documents.column("characters"))), batch.texts.characters
    for document in ((stated != found) & batch.intact).nonzero()[0].tolist():
        message = f"characters: expected {stated[document]}, found {found[document]} code points; {AFTER}"
        yield Finding("documents", document, message, ("characters",), fixable=True)
