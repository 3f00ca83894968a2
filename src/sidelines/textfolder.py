"""A folder of plain texts, as somebody has it: which files are texts, what their documents are called."""

from __future__ import annotations

import os
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from sidelines.errors import SidelinesError, count
from sidelines.files import reason
from sidelines.layout import MARK, is_reserved
from sidelines.problems import Problem
from sidelines.sources import Limits
from sidelines.strictjson import not_utf8

__all__ = ["TextFile", "TextFolder", "document_ids", "find_texts", "read_text"]

NAMELESS = "text"  # the id of a file whose name has nothing that an id may have
LINKED = "linked folder"  # instead of an ending
LONGEST = 120  # an id may have 128 characters; the rest is for a number
SHOWN = 6

# What to do with files that hold texts and are none; whatever else is found is only named.
ADVICE = {
    **dict.fromkeys((".docx", ".doc", ".odt", ".rtf"), "save each as plain text, in UTF-8"),
    **dict.fromkeys((".pdf", ".html", ".htm", ".xml"), "extract the plain text of each, in UTF-8"),
    **dict.fromkeys((".md", ".text", ""), "rename each to end in .txt, if it is plain text"),
    **dict.fromkeys((".conll", ".conllu", ".tsv", ".csv", ".json", ".jsonl"), "write each text to a .txt of its own"),
    ".ann": "that is the half of a brat corpus that has no texts; the .txt beside it are what is needed",
}


@dataclass(frozen=True, slots=True)
class TextFile:
    """A file of a folder of texts, and the id that its document gets."""

    id: str
    path: Path

    @property
    def title(self) -> str:
        """Its name without the ending: all that is known of it."""
        return self.path.stem


@dataclass(frozen=True, slots=True)
class TextFolder:
    """The texts of a folder, by id; `others` are the other files in it, as `3 .ann, 1 .pdf`, or empty."""

    texts: tuple[TextFile, ...]
    others: str
    numbered: int


def find_texts(folder: str | os.PathLike[str]) -> TextFolder:
    """Every `*.txt` in a folder and the folders in it; what begins with a dot is passed over.

    A link to a file in the folder is taken for that file; links to folders are not followed, and count as other files.

    Raises
    ------
    SidelinesError
        when there is no such folder, or no text in it (the message says what there is instead), when it is a corpus or
        cannot be read, when a text is a link that leads out of the folder, or to nothing, or when the name of a file is
        no Unicode.
    """
    root = Path(folder)
    if not root.is_dir():
        found = "a file; put it into a folder, and name that" if root.exists() else "none"
        raise SidelinesError(f"{root}: expected a folder of texts, found {found}")
    if (root / MARK).is_file():
        raise SidelinesError(f"{root}: expected plain texts, found a corpus; its texts are in {root / 'corpus'}")
    paths, others = _listed(root)
    _expect_inside(root, paths)
    if not paths:
        raise SidelinesError(f"{root}: expected texts, files that end in .txt, found {_instead(others)}")
    names = [path.relative_to(root).with_suffix("").as_posix() for path in paths]
    for path, name in zip(paths, names, strict=True):
        if not name.isprintable() and any("\ud800" <= character <= "\udfff" for character in name):
            raise SidelinesError(f"{str(path)!r}: expected the name of a file in UTF-8, found other bytes; rename it")
    ids = document_ids(names)
    numbered = sum(id_ != _plain_id(name) for id_, name in zip(ids, names, strict=True))
    texts = sorted(map(TextFile, ids, paths), key=lambda text: text.id)
    return TextFolder(tuple(texts), _counted(others), numbered)


def document_ids(names: Sequence[str]) -> list[str]:
    """The ids of documents, by the names of their files without ending, folders included, in their order.

    A name is decomposed (NFKD), made lower-case and freed of its accents; whatever is then no ASCII letter, digit, `.`
    or `_` becomes a hyphen, and what is none of a letter or digit is taken from both ends. Where nothing is left it is
    `text`; what is longer than 120 characters is cut; a name that no document can have gets `text-` before it. The
    second of a name, by the order of the names, gets the number 2, and so on, past what is the id of another file.

    >>> document_ids(["2018/Zoë & Ann", "a", "A", "новости", "corpus"])
    ['2018-zoe-ann', 'a-2', 'a', 'text', 'text-corpus']
    """
    plain = list(map(_plain_id, names))
    left, taken = set(plain), set(plain)
    numbers: Counter[str] = Counter()
    made = {}
    for position in sorted(range(len(names)), key=lambda position: names[position]):
        id_ = plain[position]
        if id_ in left:
            left.remove(id_)
        else:
            while id_ in taken:
                numbers[plain[position]] += 1
                id_ = f"{plain[position]}-{numbers[plain[position]] + 1}"
            taken.add(id_)
        made[position] = id_
    return [made[position] for position in range(len(names))]


def read_text(path: Path) -> tuple[bytes, Problem | None]:
    """The bytes of a text, and the problem for which it cannot be taken, if there is one."""
    limit = Limits().file_bytes
    try:
        if (size := path.stat().st_size) > limit:
            message = f"expected at most {count(limit, 'byte')}, found {size:,}; divide the text"
            return b"", Problem("F005", "error", message, str(path))
        raw = path.read_bytes()
    except OSError as error:
        return b"", Problem("F004", "error", f"cannot be read: {reason(error)}", str(path))
    if (fault := not_utf8(raw)) is None:
        return raw, None
    message, _, line, column = fault
    source = "UTF-16" if raw.startswith((b"\xff\xfe", b"\xfe\xff")) else "WINDOWS-1252"
    fix = f"convert it, with `iconv -f {source} -t UTF-8` if it is {source}, and look at what comes out"
    return raw, Problem("T001", "error", message, str(path), None, line, column, fix=fix)


def _plain_id(name: str) -> str:
    decomposed = unicodedata.normalize("NFKD", name.casefold())
    bare = "".join(character for character in decomposed if not unicodedata.combining(character)).lower()
    id_ = re.sub(r"[^a-z0-9._]+", "-", bare)
    id_ = re.sub(r"^[^a-z0-9]+", "", id_)[:LONGEST]
    id_ = re.sub(r"[^a-z0-9]+$", "", id_) or NAMELESS
    return f"{NAMELESS}-{id_}" if is_reserved(id_) else id_


def _expect_inside(root: Path, paths: Sequence[Path]) -> None:
    """Refuse links that lead out of a folder, whose texts nobody may have meant to give away, and links to nothing."""
    real = os.path.join(_real(root), "")
    out = [path for path in paths if path.is_symlink() and not (path.is_file() and _real(path).startswith(real))]
    if out:
        found = f"{count(len(out), 'link')} out of it or to nothing, such as {out[0].name} to {os.readlink(out[0])}"
        raise SidelinesError(f"{root}: expected texts in the folder, found {found}; copy what is meant into it")


def _real(path: Path) -> str:
    return os.path.normcase(os.path.realpath(path))


def _listed(root: Path) -> tuple[list[Path], Counter[str]]:
    """The texts below a folder, in the order of their names, and how many other files there are of each ending."""

    def fail(error: OSError) -> None:
        raise SidelinesError(f"{error.filename}: cannot be read: {reason(error)}") from error

    paths: list[Path] = []
    others: Counter[str] = Counter()
    for folder, folders, files in os.walk(root, onerror=fail):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        if linked := sum(os.path.islink(os.path.join(folder, name)) for name in folders):
            others[LINKED] += linked
        for name in sorted(name for name in files if not name.startswith(".")):
            path = Path(folder, name)
            if path.suffix.lower() == ".txt" and (path.is_file() or path.is_symlink()):
                paths.append(path)
            else:
                others[path.suffix.lower()] += 1
    return paths, others


def _instead(others: Counter[str]) -> str:
    if not others:
        return "no file at all"
    advice = next((f"; {ADVICE[ending]}" for ending, _ in others.most_common() if ending in ADVICE), "")
    return _counted(others) + advice


def _counted(others: Counter[str]) -> str:
    shown = [
        count(number, ending) if ending == LINKED else f"{number:,} {ending or 'without ending'}"
        for ending, number in others.most_common(SHOWN)
    ]
    return ", ".join(_and_more(shown, len(others)))


def _and_more(shown: Iterable[str], all_: int) -> Iterable[str]:
    yield from shown
    if all_ > SHOWN:
        yield "others"
