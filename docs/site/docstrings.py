"""Docstrings as the site needs them: numpy's form, with a heading over the examples.

In the code, examples end a docstring without one, what is returned is a sentence, and prose may follow the parameters.
Taken as they stand, lines of an example would be read as exceptions, a sentence as a type, and prose as parameters.
"""

from __future__ import annotations

import re
from textwrap import indent
from typing import Any

from griffe import Extension, Object

# A name or a type, and indented under it what it is.
ENTRY = re.compile(r"\S.*\n +\S")
NAMES = re.compile(r"^(?P<names>\w.*?):?\n(?P<what>(?: .*\n?|\n(?= ))+)", re.MULTILINE)
HEADING = re.compile(r"^((?:Parameters|Returns|Yields|Raises)\n-+\n)", re.MULTILINE)


class Sections(Extension):
    """Puts every docstring of the package into sections."""

    def on_object(self, *, obj: Object, **_: Any) -> None:
        """Change the text before it is parsed."""
        if not obj.is_alias and obj.docstring is not None:
            obj.docstring.value = sectioned(obj.docstring.value, str(getattr(obj, "returns", None) or ""))


def sectioned(text: str, returned: str) -> str:
    """A docstring in numpy's form; `returned` is the type of what a function returns."""
    before, *rest = HEADING.split(text)
    parts = []
    for heading, body in zip(rest[::2], rest[1::2], strict=True):
        said, mark, examples = re.split(r"^(>>> )", f"{body}\n>>> ", maxsplit=1, flags=re.MULTILINE)
        if heading.startswith(("Returns", "Yields")) and not ENTRY.match(said):
            said = f"{returned or 'object'}\n{indent(said, '    ')}"
        elif heading.startswith(("Parameters", "Raises")):
            paragraphs = said.strip("\n").split("\n\n")
            before += "".join(f"{prose}\n\n" for prose in paragraphs if not ENTRY.match(prose))
            entries = "\n\n".join(entry for entry in paragraphs if ENTRY.match(entry))
            said = NAMES.sub(_each, entries)
        parts.append(f"{heading}{said}\n\n{_examples((mark + examples).removesuffix('>>> '))}")
    return "".join([_examples(before), *parts])


def _examples(text: str) -> str:
    return re.sub(r"^>>> ", "Examples\n--------\n>>> ", text, count=1, flags=re.MULTILINE)


def _each(entry: re.Match[str]) -> str:
    """An entry for each of several names, which have different types."""
    return "\n".join(f"{name}\n{entry['what']}" for name in entry["names"].split(", "))
