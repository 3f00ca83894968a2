"""What stands at a path that is no corpus, seen at a glance, and what to do next. Imported when there is none."""

from __future__ import annotations

import os
import re
import shlex
import stat
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from sidelines.errors import SidelinesError, count
from sidelines.layout import form
from sidelines.problems import nearest

__all__ = ["describe", "missing"]

NAMES, DEEP, FILES, BYTES = 300, 3, 3, 4096  # how far a glance goes: names, folders, files of a kind, bytes of each
OF_CORPORA = ("corpus", "schema", "annotations", "parquet", "jsonl")


@dataclass(frozen=True, slots=True)
class Sight:
    """A path at a glance: the names of files below it, with `/`, and of the folders in it.

    `single` says that the path is that of a file, the only one; `more`, that there may be other names.
    """

    base: Path
    files: tuple[str, ...]
    folders: frozenset[str]
    single: bool = False
    more: bool = False

    def ending(self, *endings: str) -> list[str]:
        """The files whose names end so."""
        return [file for file in self.files if file.lower().endswith(endings)]

    def heads(self, files: Sequence[str]) -> list[bytes]:
        """How the first few of some files begin."""
        return [_head(self.base / file) for file in files[:FILES]]


def describe(root: Path) -> str:
    """What was found instead of a corpus and what to do next, as the end of a sentence; empty where nothing is known.

    Looks at no more than a few hundred names and the first bytes of a few files, and raises nothing.
    """
    around = _around(root)
    if around is not None:
        return f"found {'a folder' if os.path.isdir(root) else 'a file'} of one; did you mean {around}?"
    seen = _look(root)
    if seen is None:
        return "found a folder that cannot be listed"
    for say in (_corpora_below, _unfinished, _of_a_format, _nothing):
        said = say(seen)
        if said is not None:
            return f"found {said}"
    return "" if os.path.isdir(root) else f"found a file; {CORPUS}"


def missing(path: Path) -> str:
    """What a path that leads nowhere may have meant, as the end of a sentence; empty where nothing is like it."""
    if os.path.islink(path):
        return "; it is a link that leads to nothing"
    ahead = next((parent for parent in path.parents if os.path.isdir(parent)), None)
    if ahead is None:
        return ""
    wrong, *rest = path.relative_to(ahead).parts
    with suppress(OSError), os.scandir(ahead) as entries:
        there = [entry.name for entry in entries if not entry.name.startswith(".") and _is_folder(entry)]
        folders = {name.casefold(): name for name in there}
        near = nearest(wrong.casefold(), sorted(folders))
        if near is not None:
            likely = ahead / folders[near]
            whole = likely.joinpath(*rest)
            return f"; did you mean {whole if os.path.isdir(whole) else likely}?"
    return ""


Find = Callable[[Sight], Sequence[str]]


# -- a glance ----------------------------------------------------------------------------------------------------------


def _around(root: Path) -> Path | None:
    """The corpus to whose own folders a path belongs."""
    with suppress(OSError, SidelinesError):
        whole = root.absolute()
        below = whole
        for parent in whole.parents:
            if below.name in OF_CORPORA and form(parent) is not None:
                return parent if root.is_absolute() else _from_here(parent)
            below = parent
    return None


def _from_here(folder: Path) -> Path:
    """A folder above or below the working directory, as it is called from there."""
    here = Path.cwd()
    if here.is_relative_to(folder):
        return Path(*[".."] * len(here.relative_to(folder).parts))
    return folder.relative_to(here)


def _look(root: Path) -> Sight | None:
    """What can be seen of a path; None of a folder that cannot be listed."""
    if not os.path.isdir(root):
        return Sight(root.parent, (root.name,), frozenset(), single=True)
    files: list[str] = []
    folders: set[str] = set()
    left, waiting = NAMES, deque([("", 0)])
    while waiting and left:
        folder, deep = waiting.popleft()
        try:
            with os.scandir(root / folder) as entries:
                found = list(islice((entry for entry in entries if not entry.name.startswith(".")), left))
        except OSError:
            if not folder:
                return None
            continue
        left -= len(found)
        for entry in sorted(found, key=lambda entry: entry.name):
            if not _is_folder(entry):
                files.append(folder + entry.name)
                continue
            folders |= set() if folder else {entry.name}
            if deep < DEEP and not entry.is_symlink():
                waiting.append((f"{folder}{entry.name}/", deep + 1))
    return Sight(root, tuple(files), frozenset(folders), more=not left)


def _is_folder(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir()
    except OSError:  # a link that leads back to itself
        return False


def _head(path: Path) -> bytes:
    """The first bytes of a file, with line feeds at the ends of its lines; none of what cannot be read."""
    with suppress(OSError):
        if stat.S_ISREG(os.stat(path).st_mode):
            with open(path, "rb") as file:
                return file.read(BYTES).replace(b"\r\n", b"\n")
    return b""


# -- what it is --------------------------------------------------------------------------------------------------------


def _corpora_below(seen: Sight) -> str | None:
    below = [seen.base / file.removesuffix("/corpus/corpus.json") for file in seen.ending("/corpus/corpus.json")]
    if not below:
        return None
    return f"none here but below; did you mean {' or '.join(map(str, below[:3]))}{' or another' if below[3:] else ''}?"


def _unfinished(seen: Sight) -> str | None:
    *others, last = [f"{name}/" for name in ("corpus", "schema", "annotations") if name in seen.folders] or [""]
    if others:
        return f"{', '.join(others)} and {last} without corpus/corpus.json, in which {NAMED}"
    if "corpus.json" in seen.files:
        return f"corpus.json without parquet/ or jsonl/ beside it; of a corpus of files it stands in corpus/; {LOOK}"
    return None


def _of_a_format(seen: Sight) -> str | None:
    for name, (find, advice) in STRANGERS.items():
        files = find(seen)
        if files:
            texts = seen.ending(".txt")
            folder = seen.base / os.path.dirname(texts[0]) if texts else seen.base
            return f"{name}{_such_as(seen, files)}; {advice.format(folder=shlex.quote(str(folder)))}"
    return None


def _such_as(seen: Sight, files: Sequence[str]) -> str:
    if seen.single:
        return ""
    if len(files) == 1:
        return f" ({files[0]})"
    return f" ({'at least ' if seen.more else ''}{count(len(files), 'file')}, such as {files[0]})"


def _nothing(seen: Sight) -> str | None:
    return None if seen.files or seen.folders else f"nothing in it; {BEGIN}"


def _with(*endings: str, holding: str = "") -> Find:
    """The files with these endings, where one of the first few begins with lines that hold a pattern."""
    wanted = re.compile(holding.encode(), re.MULTILINE)

    def find(seen: Sight) -> Sequence[str]:
        files = seen.ending(*endings)
        return files if any(map(wanted.search, seen.heads(files))) else ()

    return find


def _mostly(*endings: str) -> Find:
    """The files with these endings, where they are the half of all, or more."""

    def find(seen: Sight) -> Sequence[str]:
        files = seen.ending(*endings)
        return files if 2 * len(files) >= len(seen.files) else ()

    return find


def _brat(seen: Sight) -> Sequence[str]:
    """Files of annotations that look like it, or are empty, as brat begins them; or brat's settings."""
    files, settings = seen.ending(".ann"), seen.ending("annotation.conf", "visual.conf")
    marked = all(not head or re.match(rb"(T\d+\t\S+ \d+ \d+|[ERAMN#*]\d*\t)", head) for head in seen.heads(files))
    return files or settings if marked else settings


XML = (".xml", ".tei", ".xmi", ".tml")
JSON = (".json", ".jsonl", ".ndjson")
COLUMNS = (".conllu", ".conllup", ".conll", "_conll", ".iob", ".iob2", ".bio", ".tsv", ".txt")
UIMA = r"<xmi:XMI|http:///uima/|%FEATURE_STRUCTURES"
CONLL_U = r"^\d+(-\d+)?\t[^\t\n]+(\t[^\t\n]+){8}$"
CONLL = r"^#begin document |(^[^\s#]\S*([ \t]+\S+){0,12}[ \t]+(O|[BILUES]-\w\S*)[ \t]*\n){2}"
DOCCANO = r'"start_offset"\s*:|"(labels?|entities)"\s*:\s*\[\s*\[\s*\d+\s*,\s*\d+\s*,'

FORMATS = "docs/formats.md in the repository"
LOOK = "`sidelines init NAME` makes one to look at"
CORPUS = f"a corpus is a folder, with texts in corpus/ and annotations in annotations/; {LOOK}"
NAMED = f"a corpus names itself and its layers; {LOOK}"
BEGIN = "`sidelines init NAME` begins a corpus, `sidelines init NAME --from FOLDER` makes one of texts"
TEXTS = "`sidelines init NAME --from {folder}` makes a corpus of the texts"
LAYERS = f"{TEXTS}, a converter writes the layers ({FORMATS}), which `sidelines check` proves"
LINES = f"a converter writes JSON Lines, a document with its layers a line ({FORMATS}), which `sidelines check` proves"
OWN = f"a corpus has them in jsonl/, beside corpus.json and schema/, a document with its layers a line ({FORMATS})"
BUILD = "a build is a folder with corpus.json, schema/ and parquet/, as `sidelines build` writes it"
PLAIN = (
    "texts of a corpus are plain, in UTF-8: save them as .txt, and `sidelines init NAME --from FOLDER` makes a corpus"
)
NO = "Sidelines does not import it: "
UNPACK = "unpack it, and name the folder"

# What is no corpus, by its name: the files by which it is known, and what to do next. The first that is found is told.
STRANGERS: Mapping[str, tuple[Find, str]] = {
    "brat annotations": (_brat, NO + LAYERS),
    "a WebAnno or INCEpTION export": (_with(".tsv", ".txt", holding="^#FORMAT=WebAnno TSV"), NO + LINES),
    "a UIMA CAS": (_with(*XML, *JSON, holding=UIMA), NO + LINES),
    "GATE documents": (_with(*XML, holding="<GateDocument"), NO + LINES),
    "TEI": (_with(*XML, holding=r"<(\w+:)?(TEI|teiCorpus)\b"), NO + LINES),
    "TimeML": (_with(*XML, holding="<TimeML"), NO + LINES),
    "CoNLL-U": (_with(*COLUMNS, holding=CONLL_U), NO + LINES),
    "CoNLL columns": (_with(*COLUMNS, holding=CONLL), NO + LINES),
    "spaCy documents": (_with(".spacy"), NO + LINES),
    "a Hugging Face dataset": (_with(".arrow", "dataset_info.json", "dataset_dict.json"), NO + LINES),
    "a Label Studio export": (_with(*JSON, holding=r'"from_name"\s*:'), NO + LINES),
    "Prodigy annotations": (_with(*JSON, holding=r'"_(input|task)_hash"\s*:'), NO + LINES),
    "a doccano export": (_with(*JSON, holding=DOCCANO), NO + LINES),
    "XML": (_mostly(*XML), NO + LINES),
    "JSON Lines": (_mostly(".jsonl", ".ndjson"), OWN),
    "JSON": (_mostly(".json"), NO + LINES),
    "Parquet": (_mostly(".parquet"), BUILD),
    "a table": (_mostly(".csv", ".tsv", ".xlsx"), NO + LINES),
    "an archive": (_mostly(".zip", ".tar", ".gz", ".tgz", ".xz", ".bz2", ".7z"), UNPACK),
    "texts": (_mostly(".txt"), TEXTS),
    "documents": (_mostly(".pdf", ".doc", ".docx", ".odt", ".rtf", ".html", ".htm", ".epub", ".md"), PLAIN),
}
