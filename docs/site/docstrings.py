"""Docstrings as the site needs them: numpy's form, with a heading over the examples.

In the code, examples end a docstring without one, and what is returned is a sentence. Taken as they stand, the lines of
an example would be read as exceptions that are raised, and the sentence as a type.
"""

from __future__ import annotations

import re
from textwrap import indent
from typing import Any

from griffe import Extension, Object

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
    parts = [_examples(before)]
    for heading, body in zip(rest[::2], rest[1::2], strict=True):
        if heading.startswith("Parameters"):
            body = re.sub(r"^(\w.*):$", r"\1", body, flags=re.MULTILINE)
        elif not re.search(r"\A.+\n +\S", body):  # a sentence, not a name or type and what it is
            said, mark, after = body.partition("\n\n>>> ")
            body = f"{returned or 'object'}\n{indent(said, '    ')}{mark}{after}"
        parts.append(heading + _examples(body))
    return "".join(parts)


def _examples(text: str) -> str:
    return re.sub(r"^>>> ", "Examples\n--------\n>>> ", text, count=1, flags=re.MULTILINE)
