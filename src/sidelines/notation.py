r"""Text with marks in it: `[Paris]{m3 NAM e3}` is a span, and what is said of it.

A bracket of the text's own is written `\[` or `\]`, and so is a backslash; what an eye or an editor could lose is
written by name or by number: `\r`, `\t`, `\~` (a no-break space), `\s` (a blank at the end of a line), `\u{2028}`.
All else is the text itself.
Where two spans cross, the one that ends first has a number at both ends: `[1|the [old]1{a} house]{b}`.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sidelines.problems import quoted

__all__ = ["Fault", "Mark", "MarkedText", "end_of_note", "excerpt", "read_text", "write_text"]

HEADING = "==="  # begins a line of a working file that is no part of the text
_NAMED = {"\r": r"\r", "\t": r"\t", "\xa0": r"\~", "[": r"\[", "]": r"\]", "\\": r"\\"}
_MEANT = {written[1]: character for character, written in _NAMED.items()} | {"s": " ", "=": "=", "|": "|"}
_JOINERS = "\u200c\u200d"  # letters and emoji are shaped by them, and nothing loses them
_TOKEN = re.compile(
    r"\\(?:u\{(?P<point>[0-9A-Fa-f]{1,6})\}|(?P<named>.))?"
    r"|\[(?:(?P<opens>[0-9]+)\|)?|(?P<close>\])(?P<closes>[0-9]*)|[^\\\[\]]+",
    re.DOTALL,
)
_LABEL = re.compile(r"[0-9]+\|")
_LOST = re.compile(rf"(?P<blank> (?=\n|\Z))|^(?P<heading>=){HEADING[1:]}", re.MULTILINE)
_IN_NOTE = re.compile(r'"(?:[^"\\\n]|\\.)*"|[^"{}\n]+')


@dataclass(frozen=True, slots=True)
class Mark:
    """A span, in code points, and what stands in the braces behind it.

    `at` and `note_at` are where its opening bracket and its note begin in what was read.
    """

    start: int
    end: int
    note: str
    at: int = 0
    note_at: int = 0


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with a working file: the message says what was expected and found, `fix` what to do about it.

    `at` is the code point of the file at which it stands, `code` that of the rule, if one says so.
    """

    at: int
    message: str
    fix: str | None = None
    code: str | None = None


@dataclass(frozen=True, slots=True)
class MarkedText:
    """What was read: the text without marks, where each of its code points stands (and its end), and the marks.

    The marks are in the order of their opening brackets.
    """

    text: str
    places: Sequence[int]
    marks: Sequence[Mark]
    faults: Sequence[Fault]


def excerpt(text: str, limit: int = 60) -> str:
    r"""A part of a text between quotation marks on one line, as `quoted` has it, but with ⏎ for a line break.

    >>> print(excerpt("one\n two"))
    ‘one⏎ two’
    """
    return quoted(text.replace("\n", "⏎"), limit)


# -- out ---------------------------------------------------------------------------------------------------------------


def write_text(text: str, marks: Sequence[Mark]) -> str:
    r"""The text with its marks. Of marks of the same span, the first one is the outermost.

    >>> print(write_text("In [Paris]", [Mark(4, 9, "m1"), Mark(0, 5, "m2")]))
    [1|In \[[P]1{m2}aris]{m1}\]
    """
    order = sorted(range(len(marks)), key=lambda at: (marks[at].start, -marks[at].end))
    labels = _labels([marks[at] for at in order])
    opens: dict[int, list[str]] = {}
    closes: dict[int, list[str]] = {}
    for position, at in enumerate(order):
        mark, label = marks[at], labels.get(position)
        opens.setdefault(mark.start, []).append("[" if label is None else f"[{label}|")
        closes.setdefault(mark.end, []).append(f"]{label or ''}{{{mark.note}}}")
    escapes = dict(_escapes(text, opens, closes))
    table = {ord(c): _escaped(c) for c in set(text)}
    written, done = [], 0
    for at in sorted({*opens, *closes, *escapes}):
        written += [text[done:at].translate(table), *reversed(closes.get(at, ())), *opens.get(at, ())]
        done = at
        if at in escapes:
            written.append(escapes[at])
            done += 1
    return "".join([*written, text[done:].translate(table)])


def _labels(marks: Sequence[Mark]) -> dict[int, int]:
    """The numbers of those that end while one that opened later, and has no number, is still open."""
    crossing: set[int] = set()
    opened: list[int] = []  # positions, none of them with a number
    starting: dict[int, list[int]] = {}
    for position, mark in enumerate(marks):
        starting.setdefault(mark.start, []).append(position)
    for point in sorted({point for mark in marks for point in (mark.start, mark.end)}):
        for position in [p for p in reversed(opened) if marks[p].end == point]:
            if marks[opened[-1]].end > point:
                crossing.add(position)
            opened.remove(position)
        opened += starting.get(point, ())
    return {position: number for number, position in enumerate(sorted(crossing), 1)}


def _escapes(text: str, opens: dict[int, list[str]], closes: dict[int, list[str]]) -> Iterator[tuple[int, str]]:
    """The code points that are written otherwise because of where they stand, and how."""
    for match in _LOST.finditer(text):
        yield match.start(), r"\s" if match["blank"] else r"\="
    for at in {*opens, *closes}:
        if at < len(text) and (unicodedata.category(text[at])[0] == "M" or text[at] in _JOINERS):
            yield at, _by_number(text[at])  # else it would sit on a bracket
        if at in opens and (label := _LABEL.match(text, at)):
            yield label.end() - 1, r"\|"


def _escaped(character: str) -> str:
    if character in _NAMED:
        return _NAMED[character]
    visible = character == "\n" or character.isprintable() or character in _JOINERS
    return character if visible else _by_number(character)


def _by_number(character: str) -> str:
    return f"\\u{{{ord(character):x}}}"


# -- in ----------------------------------------------------------------------------------------------------------------


def read_text(source: str, start: int = 0, end: int | None = None) -> MarkedText:
    r"""The text, the marks and the faults of what `write_text` has written, or somebody has, from `start` to `end`.

    >>> found = read_text("In [Paris]{m1} \\[today\\]")
    >>> found.text, found.marks, found.faults
    ('In Paris [today]', [Mark(start=3, end=8, note='m1', at=3, note_at=11)], [])
    """
    end = len(source) if end is None else end
    reading = _Reading()
    at = start
    while at < end:
        token = _TOKEN.match(source, at, end)
        assert token is not None  # it matches any character
        at = reading.take(source, token)
    for mark in reading.open:
        reading.faults.append(_unclosed(source, mark.at))
    reading.places.append(end)
    marks = sorted(reading.marks, key=lambda mark: mark.at)
    return MarkedText("".join(reading.text), reading.places, marks, sorted(reading.faults, key=lambda f: f.at))


@dataclass(frozen=True, slots=True)
class _Open:
    start: int
    at: int
    label: str | None


class _Reading:
    """What has been read so far; `open` are the brackets that wait for their other end."""

    __slots__ = ("faults", "marks", "open", "places", "text")

    def __init__(self) -> None:
        self.text: list[str] = []
        self.places: list[int] = []
        self.marks: list[Mark] = []
        self.faults: list[Fault] = []
        self.open: list[_Open] = []

    def take(self, source: str, token: re.Match[str]) -> int:
        """Read one token; returns where the next one begins."""
        whole = token[0]
        if whole[0] == "\\":
            self.add(self.meant(token), token.start())
        elif token["close"]:
            return self.close(source, token)
        elif whole[0] == "[":
            label = token["opens"]
            if label is not None and any(mark.label == label for mark in self.open):
                message = f"expected another number than {label}, with which a bracket is open already"
                self.faults.append(Fault(token.start(), message))
            self.open.append(_Open(len(self.places), token.start(), label))
        else:
            for position, character in enumerate(whole, token.start()):
                self.add(character, position)
        return token.end()

    def add(self, character: str, at: int) -> None:
        self.text.append(character)
        self.places.append(at)

    def meant(self, token: re.Match[str]) -> str:
        """The character that an escape stands for."""
        point = -1 if token["point"] is None else int(token["point"], 16)
        if 0 <= point < 0xD800 or 0xDFFF < point <= 0x10FFFF:
            return chr(point)
        if token["named"] in _MEANT:
            return _MEANT[token["named"]]
        legal = ", ".join(f"\\{name}" for name in sorted(_MEANT))
        message = f"expected an escape, one of {legal} or \\u{{…}} with a code point, found {quoted(token[0])}"
        self.faults.append(Fault(token.start(), message, "write a backslash of the article's own as \\\\"))
        return "\\"

    def close(self, source: str, token: re.Match[str]) -> int:
        """Close a bracket; what is wrong with it is told, and reading goes on behind its note."""
        at, label = token.start(), token["closes"] or None
        if token.end() == token.endpos or source[token.end()] != "{":
            found = quoted(source[at : min(at + 20, token.endpos)].split("\n")[0])
            fix = "write a bracket of the article's own as \\]"
            self.faults.append(Fault(at, f"expected ]{{…}}, which ends a mark, found {found}", fix))
            return at + 1
        end = end_of_note(source, token.end(), token.endpos)
        if end is None:
            message = "expected a } at the end of the mark, on the same line, found none"
            self.faults.append(Fault(token.end(), message))
            line = source.find("\n", at, token.endpos)
            self.forget(label)
            return token.endpos if line < 0 else line
        opened = self.forget(label)
        if opened is None:
            numbered = "" if label is None else f"{label}|"
            message = f"expected an opening [{numbered} before this ]{label or ''}{{…}}, found none that is open"
            self.faults.append(Fault(at, message, "put a [ where the span begins, or remove the mark"))
        elif opened.start == len(self.places):
            message = "expected at least one character between the brackets, found none"
            self.faults.append(Fault(opened.at, message, "remove the mark, or put its brackets around some words"))
        else:
            note_at = token.end() + 1
            self.marks.append(Mark(opened.start, len(self.places), source[note_at : end - 1], opened.at, note_at))
        return end

    def forget(self, label: str | None) -> _Open | None:
        """The open bracket that a closing one belongs to, which is open no longer."""
        for position in range(len(self.open) - 1, -1, -1):
            if self.open[position].label == label:
                return self.open.pop(position)
        return None


def end_of_note(source: str, at: int, end: int) -> int | None:
    """Where a note ends whose { is at `at`, behind its }; None where the line ends before. Strings may hold braces.

    >>> end_of_note('{m1 note="}"} and', 0, 17)
    13
    """
    depth = 0
    while at < end:
        if source[at] in "{}":
            depth += 1 if source[at] == "{" else -1
            at += 1
            if not depth:
                return at
            continue
        inner = _IN_NOTE.match(source, at, end)
        if inner is None:
            return None  # a line break, or a string without an end
        at = inner.end()
    return None


def _unclosed(source: str, at: int) -> Fault:
    found = quoted(source[at : at + 20].split("\n")[0])
    fix = "put ]{…} where the span ends; write a bracket of the article's own as \\["
    return Fault(at, f"expected a ]{{…}} for this [, found none: {found}", fix)
