"""The templates of new files: what each says, and how its `{{names}}` are filled in."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from importlib.resources import files

__all__ = ["fill", "template"]


def template(name: str) -> bytes:
    """A file of `templates/`, by its path from there.

    >>> template("sample/sample.txt")[:10]
    b'Old bridge'
    """
    return (files("sidelines") / "templates" / name).read_bytes()


def fill(content: bytes, values: Mapping[str, str], *, escaped: bool = False) -> bytes:
    r"""A template with its `{{names}}` replaced; `escaped`, where they stand between double quotation marks.

    What is printable is escaped alike in JSON, TOML, YAML and Python. A name without a value is a KeyError.

    >>> fill(b'title = "{{title}}"', {"title": 'A "B"'}, escaped=True)
    b'title = "A \\"B\\""'
    """

    def value(match: re.Match[str]) -> str:
        found = values[match[1]]
        return json.dumps(found, ensure_ascii=False)[1:-1] if escaped else found

    return re.sub(r"\{\{(\w+)\}\}", value, content.decode()).encode()
