"""A page as another reader has it: elements and attributes by `html.parser`, the data by `json`."""

from __future__ import annotations

import json
from base64 import b64encode
from hashlib import sha256
from html.parser import HTMLParser
from typing import Any

VOID = frozenset({"meta", "input", "br", "hr", "img", "link"})


class Page(HTMLParser):
    """The elements of a page with their attributes, and the text of its style, its scripts and its title."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.inside: list[int] = []  # the elements that are open, by number
        self.texts: list[tuple[int, str]] = []  # number of the element, and a text directly in it
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert len(dict(attrs)) == len(attrs)
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID:
            self.inside.append(len(self.elements) - 1)

    def handle_endtag(self, tag: str) -> None:
        assert self.elements[self.inside.pop()][0] == tag

    def handle_data(self, data: str) -> None:
        at = self.inside[-1] if self.inside else -1
        if at >= 0 and at == len(self.elements) - 1 and self.elements[at][0] == "pre" and not self.text(at):
            data = data.removeprefix("\n")  # as HTML has it (13.1.2.5), and `html.parser` has not
        self.texts.append((at, data))

    def handle_comment(self, data: str) -> None:
        raise AssertionError(f"no comment is in a page, found {data!r}")

    def text(self, number: int) -> str:
        return "".join(text for at, text in self.texts if at == number)

    def where(self, tag: str, **attributes: str) -> list[int]:
        """The numbers of the elements that are so."""
        return [at for at, (name, own) in enumerate(self.elements) if name == tag and attributes.items() <= own.items()]

    def only(self, tag: str, **attributes: str) -> str:
        (at,) = self.where(tag, **attributes)
        return self.text(at)

    @property
    def corpus(self) -> Any:
        return json.loads(self.only("script", id="corpus"))

    @property
    def documents(self) -> dict[str, Any]:
        """The documents that are shown, by id."""
        listed = self.corpus["documents"]
        found = {}
        for at, (tag, own) in enumerate(self.elements):
            if tag == "script" and (number := own.get("data-document")) is not None:
                found[listed[int(number)]["id"]] = json.loads(self.text(at))
        return found

    @property
    def policy(self) -> str:
        (at,) = [at for at, (_, own) in enumerate(self.elements) if own.get("http-equiv") == "Content-Security-Policy"]
        return self.elements[at][1]["content"] or ""

    def shape(self) -> list[tuple[str, tuple[str, ...]]]:
        """Its elements with the names of their attributes, but for those of the documents."""
        return [(tag, tuple(own)) for tag, own in self.elements if "data-document" not in own]


def hash_of(text: str) -> str:
    """What a policy says to allow an element with this text."""
    return f"'sha256-{b64encode(sha256(text.encode()).digest()).decode()}'"


def spans(page: Page, document: str, table: str, mark: str = "") -> list[list[str] | None]:
    """The surfaces of a mark, row by row, cut from the text by its offsets."""
    at, about = next((at, each) for at, each in enumerate(page.corpus["tables"]) if each["name"] == table)
    place = [each["name"] for each in about["marks"]].index(mark)
    data = page.documents[document]
    rows = data["tables"][at]["spans"][place]
    return [
        None if row is None else [data["text"][s:e] for s, e in zip(row[::2], row[1::2], strict=True)] for row in rows
    ]


def values(page: Page, document: str, table: str, column: str) -> list[Any]:
    """The values of a column, row by row."""
    at, about = next((at, each) for at, each in enumerate(page.corpus["tables"]) if each["name"] == table)
    place = [each["name"] for each in about["columns"]].index(column)
    found: list[Any] = page.documents[document]["tables"][at]["values"][place]
    return found
