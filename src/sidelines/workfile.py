"""A working file: one layer of one document as plain text, to be read, changed and read back.

A header says of what, then comes the text with its marks, then the tables that have lines of their own.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import msgspec

from sidelines.codec import Codec
from sidelines.gatherer import gather
from sidelines.inline import Inline, Row, head_of, lay_out, prefixes, row_values, values_of
from sidelines.model import Layer, Property, Table
from sidelines.notation import HEADING, Fault, Mark, MarkedText, excerpt, read_text, write_text
from sidelines.notes import Note, read_note, write_name, write_value
from sidelines.problems import code_points, names, pointer, printable
from sidelines.salvage import faults
from sidelines.strictjson import parse
from sidelines.writer import canonical

__all__ = ["NONE", "Header", "Worked", "place_of", "read_header", "read_workfile", "renewed", "write_workfile"]

NONE = "none"  # instead of the hash of a layer's file that is missing

_ARTICLE, _TABLE, _END = f"{HEADING} article", f"{HEADING} table", f"{HEADING} end"
_HEADING = re.compile(rf"^{HEADING}[^\n]*", re.MULTILINE)
_FIELD = re.compile(r"(document|layer|sha256|file|ids):[ \t]*(.*?)[ \t]*")
_FILE = re.compile(r"^(file:[ \t]*)[^\n]*", re.MULTILINE)
_IDS = re.compile(r"([\w-]+) ([a-z0-9_]+)(?:,[ \t]*|$)")
_EXCERPT = 24
_MADE = "`sidelines annotate LAYER` writes a working file, with all that it needs"


@dataclass(frozen=True, slots=True)
class Header:
    """What a working file says of itself; `ids` has what the ids of each table begin with, by its name.

    `sha256` is the hash of the text, and `file` that of the layer's file that it was made from, or `NONE`; it is None
    where it is not told, and `file_at` where it is. `end` is where the text begins that it is about.
    """

    document: str
    layer: str
    sha256: str
    ids: Mapping[str, str]
    end: int
    file: str | None = None
    file_at: int = 0


@dataclass(frozen=True, slots=True)
class Worked:
    """What was read from a working file: the bytes of the layer's file and its rows, or what is wrong.

    `places` has where each value stands in the working file, by its JSON pointer in the layer's file.
    """

    raw: bytes
    rows: Mapping[str, Sequence[Row]]
    faults: Sequence[Fault] = ()
    places: Mapping[str, int] = field(default_factory=dict)


# -- out ---------------------------------------------------------------------------------------------------------------


def write_workfile(
    layer: Layer,
    document: str,
    text: str,
    sha256: str,
    rows: Mapping[str, Sequence[Row]],
    shown: Sequence[Mark] = (),
    file: str = NONE,
) -> str:
    """The working file of a layer's rows, given by the keys of the file; `shown` are marks that are only looked at.

    `sha256` is the hash of the text, `file` that of the layer's file.
    """
    beginnings = prefixes(layer, rows)
    inline = lay_out(layer, rows, beginnings)
    aside = [Mark(mark.start, mark.end, f"={mark.note}") for mark in shown]
    head = [f"# {line}".rstrip() for line in _help(layer, beginnings, inline, aside)]
    ids = ", ".join(f"{prefix} {name}" for name, prefix in beginnings.items())
    head += ["", f"document: {document}", f"layer: {layer.name}", f"sha256: {sha256}", f"file: {file}"]
    head += [f"ids: {ids}", ""]
    parts = ["\n".join(head), _ARTICLE, write_text(text, [*inline.marks, *aside])]
    for table in layer.tables:
        if table.name in inline.lines or head_of(table) is None:
            parts += [f"{_TABLE} {table.name}", *inline.lines.get(table.name, ())]
    return "\n".join([*parts, _END, ""])


def _help(layer: Layer, beginnings: Mapping[str, str], inline: Inline, aside: Sequence[Mark]) -> Iterator[str]:
    """How a working file is used, and what this one may hold."""
    if layer.root.description:
        yield printable(" ".join(layer.root.description.split()))
        yield ""
    yield "Change the marks, never the text between them, then: sidelines annotate --apply FILE"
    yield r"A bracket or backslash of the text's own is \[ \] \\, what cannot be seen \~ (a no-break space), \s, \u{…}"
    yield "A new row has + for the number in its id, and is given the next one."
    if aside:
        yield "{=…} marks a row of another layer, to be looked at; it is not read back."
    yield ""
    width = max((len(table.name) for table in layer.tables), default=0) + 1
    legal: dict[str, dict[str, str]] = {}  # of each property that few values are of, those by the table
    for table in layer.tables:
        forms = list(_forms(table, beginnings[table.name], table.name in inline.lines))
        names_ = [f"{table.name}:", *[""] * (len(forms) - 1)]
        yield from (f"  {name:<{width}} {form}" for name, form in zip(names_, forms, strict=True))
        for member in row_values(table):
            if values := _legal(member):
                legal.setdefault(member.name, {})[table.name] = values
    if legal:
        yield ""
    for name, found in legal.items():
        if len(set(found.values())) == 1:
            yield f"  {name}: {next(iter(found.values()))}"
        else:
            yield from (f"  {name} of {table}: {values}" for table, values in found.items())


def _forms(table: Table, prefix: str, lined: bool) -> Iterator[str]:
    """What the marks of a table look like, and its lines."""
    form = " ".join([f"{prefix}1", *_slots(row_values(table))])
    line = head_of(table) is None or (lined and not table.row.span)
    yield f"{form}   (a line below the article)" if line else f"[words]{{{form}}}"
    for member in table.row.properties:
        head = member is table.sorts_by and not line
        if member.spans or (member.span and not head):
            name = " ".join([f"{prefix}1.{write_name(member.name)}", *_slots(values_of(member.items or member))])
            yield f"[words]{{{name}}}" + ("   (each further span of it)" if head else "")


def _slots(members: Sequence[Property]) -> list[str]:
    needed = [member.name for member in members if member.required]
    return needed + [f"{write_name(member.name)}=…" for member in members if not member.required]


def _legal(member: Property) -> str:
    """What the values of a property may be, where there are few or it names rows."""
    inner = member.items or member
    several = " with commas between" if member.items is not None else ""
    if inner.ref is not None:
        return f"ids of {inner.ref}{several}" if several else f"an id of {inner.ref}"
    if inner.enum:
        return ", ".join(write_value(inner, value) for value in inner.enum) + several
    return "true or false" if inner.type == "boolean" else ""


# -- the header --------------------------------------------------------------------------------------------------------


def read_header(source: str) -> tuple[Header | None, list[Fault]]:
    """What a working file says of itself, or what is wrong with that."""
    if "\r" in source:
        fix = "your editor translated the line breaks; save the file with Unix line breaks (LF)"
        return None, [Fault(source.index("\r"), "expected lines that end with \\n alone, found a raw \\r", fix)]
    start = source.startswith("\ufeff")  # which some editors put there; it is before all that counts
    heading = _HEADING.search(source, start)
    end = heading.start() if heading else len(source)
    found: dict[str, tuple[str, int]] = {}
    problems: list[Fault] = []
    at = int(start)
    for line in source[start:end].split("\n"):
        match = _FIELD.fullmatch(line)
        if match is not None:
            found[match[1]] = (match[2], at)
        elif line.strip() and not line.startswith("#"):
            expected = "a comment (#) or one of document, layer, sha256, file, ids, with a colon"
            problems.append(Fault(at, f"expected {expected}, found {excerpt(line)}"))
        at += len(line) + 1
    if not found and heading is None:
        message = f"expected a working file, with lines that say its document and layer, found {excerpt(source[:60])}"
        return None, [Fault(0, message, _MADE)]
    missing = [name for name in ("document", "layer", "sha256", "ids") if name not in found]
    if missing:
        problems.append(Fault(0, f"expected a header with {', '.join(missing)}, found none", _MADE))
    if heading is None or heading[0].rstrip() != _ARTICLE:
        what = "none" if heading is None else excerpt(heading[0])
        problems.append(Fault(end, f"expected the line {_ARTICLE} after the header, found {what}"))
    if problems or heading is None:
        return None, sorted(problems, key=lambda fault: fault.at)
    ids, at = found["ids"]
    pairs = _IDS.findall(ids)
    by_table = {name: prefix for prefix, name in pairs}
    if _IDS.sub("", ids) or not len({prefix for prefix, _ in pairs}) == len(by_table) == len(pairs):
        return None, [Fault(at, f"expected ids such as m mentions, r roles, each different, found {excerpt(ids)}")]
    document, layer, sha256 = (found[name][0] for name in ("document", "layer", "sha256"))
    file, file_at = found.get("file", (None, 0))  # which older ones have not
    return Header(document, layer, sha256, by_table, heading.end() + 1, file, file_at), []


def renewed(source: str, file: str) -> str:
    """A working file whose header has this hash of the layer's file, if it has one."""
    return _FILE.sub(rf"\g<1>{file}", source, count=1)


# -- in ----------------------------------------------------------------------------------------------------------------


def read_workfile(
    source: str, header: Header, layer: Layer, text: str, sha256: str, present: Sequence[str] = ()
) -> Worked:
    """The layer that a working file holds, whose text must be `text`, to the character.

    `present` are the keys of optional tables that the layer's file is to have even without a row.
    """
    absent = [table.name for table in layer.tables if table.name not in header.ids]
    problems = [Fault(0, f"ids: expected the table {name} as well, found none") for name in absent]
    if problems:
        return Worked(b"", {}, problems)
    sections = _Sections(source, header.end, layer)
    problems += sections.faults
    found = read_text(source, header.end, sections.end)
    problems += found.faults
    if found.text != text:
        differs = _difference(found, text, header.sha256 == sha256)
        # Behind a bracket that is out of place, the difference may be no more than that.
        problems += [differs] if all(differs.at < fault.at for fault in found.faults) else []
    marks = []
    for mark in found.marks:
        note = read_note(source, mark.note_at, mark.note_at + len(mark.note))
        if isinstance(note, Fault):
            problems.append(note)
        elif not note.shown:
            marks.append((mark, note))
    made = gather(layer, found.text, marks, sections.lines, header.ids)
    problems += made.faults
    raw = _file(layer, header.document, made.rows, present)
    places = {pointer(path): at for path, at in made.places.items()}
    problems += _of_shape(layer, raw, places, {fault.at for fault in made.faults})
    return Worked(raw, made.rows, sorted(problems, key=lambda fault: fault.at), places)


def _file(layer: Layer, document: str, rows: Mapping[str, Sequence[Row]], present: Sequence[str]) -> bytes:
    """The layer's file in canonical form."""
    value: dict[str, Any] = {"document": document}
    if "$schema" in layer.root:
        value["$schema"] = f"../../schema/{layer.name}.schema.json"
    for table in layer.tables:
        if table.required or rows[table.key] or table.key in present:
            value[table.key] = rows[table.key]
    return canonical(msgspec.json.encode(value), layer)


def _of_shape(layer: Layer, raw: bytes, places: Mapping[str, int], told: set[int]) -> Iterator[Fault]:
    """What the schema says of the rows, at the places of the working file; what is missing has been told already."""
    for problem in faults(Codec(layer), parse(raw), "", None):
        at = place_of(places, problem.pointer or "")
        if problem.code != "S101" or at not in told:
            yield Fault(at, problem.message, None, problem.code)


def place_of(places: Mapping[str, int], where: str) -> int:
    """Where a JSON pointer leads to in the working file: to its value, or to what is around it."""
    while where and where not in places:
        where = where.rpartition("/")[0]
    return places.get(where, 0)


class _Sections:
    """What follows the text: where that ends, and the lines of the tables, each with its table."""

    def __init__(self, source: str, start: int, layer: Layer) -> None:
        tables = {table.name: table for table in layer.tables}
        self.faults: list[Fault] = []
        self.lines: list[tuple[Table, Note]] = []
        headings = list(_HEADING.finditer(source, start))
        self.end = max(headings[0].start() - 1, start) if headings else len(source)
        table: Table | None = None
        for at, heading in enumerate(headings):
            until = headings[at + 1].start() if at + 1 < len(headings) else len(source)
            shown = heading[0].rstrip()
            name = shown.removeprefix(f"{_TABLE} ")
            if shown == _END:
                table = None
                rest = source[heading.end() : until]
                if rest.strip() or at + 1 < len(headings):
                    self.faults.append(Fault(heading.start(), f"expected nothing after {_END}, found more"))
            elif name == shown:
                fix = f"write a line of the article that begins so as \\{HEADING}"
                expected = f"{_TABLE} NAME or {_END}"
                self.faults.append(Fault(heading.start(), f"expected {expected}, found {excerpt(heading[0])}", fix))
                table = None
            elif name not in tables:
                message = f"no table of this layer: {name!r}; {names(name, tables)}"
                self.faults.append(Fault(heading.start(), message))
                table = None
            else:
                table = tables[name]
            if table is not None:
                self._read(table, source, heading.end() + 1, until)
        if not headings or headings[-1][0].rstrip() != _END:
            fix = "the end of the file seems to be lost"
            self.faults.append(Fault(len(source), f"expected the line {_END} at the end, found none", fix))

    def _read(self, table: Table, source: str, start: int, end: int) -> None:
        for line in source[start:end].split("\n"):
            if line.strip() and not line.startswith("#"):
                note = read_note(source, start, start + len(line))
                if isinstance(note, Fault):
                    self.faults.append(note)
                else:
                    self.lines.append((table, note))
            start += len(line) + 1


def _difference(found: MarkedText, text: str, same: bool) -> Fault:
    """The first character at which the text is not that of the document."""
    at = next(
        (at for at, (a, b) in enumerate(zip(found.text, text, strict=False)) if a != b),
        min(len(found.text), len(text)),
    )
    wanted, other = text[at : at + _EXCERPT], found.text[at : at + _EXCERPT]
    expected = excerpt(wanted) if wanted else "the end of the article"
    shown = excerpt(other) if other else "its end"
    if wanted and other and unicodedata.normalize("NFC", wanted[:4]) == unicodedata.normalize("NFC", other[:4]):
        expected, shown = code_points(wanted), code_points(other)
    before = f" after {excerpt(text[max(at - _EXCERPT, 0) : at])}" if at else ""
    return Fault(found.places[at], f"expected {expected}{before}, found {shown}", _hint(text, found.text, at, same))


def _hint(text: str, found: str, at: int, same: bool) -> str:
    """What may have happened to a text."""
    if not same:
        return "the document's text is no longer the one that this working file was made from: make a new one"
    if text.replace("\r", "") == found.replace("\r", ""):
        return "the article's line breaks were translated; write its \\r as \\r"
    if unicodedata.normalize("NFC", text) == unicodedata.normalize("NFC", found):
        return "your editor normalised the text; make a new working file and turn that off"
    if "".join(text.split()) == "".join(found.split()):
        return "white space was added, taken away or changed; put it back as it was"
    if found[at : at + 1] in "\"'" and text[at : at + 1] in "“”‘’„«»":
        return "a quotation mark was replaced; put it back as it was"
    return "put the text back as it was; a mark changes nothing of it"
