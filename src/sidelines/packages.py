"""A new corpus package: the files of `sidelines init`, from templates, built-in schemas and somebody's texts."""

from __future__ import annotations

import keyword
import os
import re
import sys
import unicodedata
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from sidelines.codec import lines
from sidelines.datasets import Dataset
from sidelines.drafts import Taken, sample, take
from sidelines.errors import SidelinesError, count
from sidelines.files import create_file, replace_folder
from sidelines.layout import BUILT_IN, RESERVED, is_layer, shipped
from sidelines.model import Model
from sidelines.problems import nearest
from sidelines.schema import compile_schemas
from sidelines.templating import fill, template
from sidelines.textfolder import TextFolder, find_texts

__all__ = ["Package", "init"]

VERSION = "0.1.0"
NEEDS = {"quotes": ("entities",)}  # the layers that the references of a built-in one lead to
DEPENDENCIES = (
    "click", "hatchling", "hypothesis", "jsonschema", "msgspec", "numpy", "pandas", "pyarrow", "pytest", "rich",
    "sidelines",
)  # fmt: skip

# What each template becomes; `{module}` is the name of the Python package.
FILES = {
    "pyproject.toml.txt": "pyproject.toml",
    "README.md": "README.md",
    "RIGHTS.md": "RIGHTS.md",
    "CHANGELOG.md": "CHANGELOG.md",
    "CITATION.cff": "CITATION.cff",
    "datasheet.md": "docs/datasheet.md",
    "module.py.txt": "src/{module}/__init__.py",
    "test_corpus.py.txt": "tests/test_corpus.py",
    "check.yml": ".github/workflows/check.yml",
    "pre-commit-config.yaml": ".pre-commit-config.yaml",
    "gitattributes": ".gitattributes",
    "gitignore": ".gitignore",
}
SPDX = "https://spdx.org/licenses/{}.html"
# Those under which data are usually given away; any other identifier of SPDX will do.
LICENCES = (
    "Apache-2.0", "BSD-3-Clause", "CC-BY-3.0", "CC-BY-4.0", "CC-BY-NC-4.0", "CC-BY-NC-ND-4.0", "CC-BY-NC-SA-4.0",
    "CC-BY-ND-4.0", "CC-BY-SA-3.0", "CC-BY-SA-4.0", "CC0-1.0", "GPL-3.0-or-later", "MIT", "ODC-By-1.0", "ODbL-1.0",
    "PDDL-1.0",
)  # fmt: skip
QUOTING = (".toml", ".py", ".cff", ".yml", ".yaml")  # where values stand between quotation marks, escaped as in JSON
RIGHTS = {
    True: "The sample is made up, and anybody may do anything with it. Of other texts, write here who holds the rights"
    " to them, and on what terms they are passed on.",
    False: "*To be written: who holds the rights to the texts, and on what terms they are passed on. Until then nothing"
    " is granted in them, and the package should not be published.*",
}


@dataclass(frozen=True, slots=True)
class Package:
    """What `init` made: where, under which names, how many documents of how many code points, in which layers.

    `first` is the id of the first document. `notes` say, a sentence each, what should be known of how the texts were
    taken.
    """

    folder: Path
    name: str
    module: str
    documents: int
    characters: int
    layers: tuple[str, ...]
    first: str
    notes: tuple[str, ...] = ()


def init(
    path: str | os.PathLike[str],
    texts: str | os.PathLike[str] | None = None,
    *,
    layers: Sequence[str] = (),
    title: str | None = None,
    language: str | None = None,
    licence: str = "CC-BY-4.0",
    author: str | None = None,
    progress: Callable[[int, int, int], None] | None = None,
) -> Package:
    """Make a new corpus package: a folder that `check` finds clean and `pip install` installs.

    Parameters
    ----------
    path:
        the folder to make; its last part is the name of the package: `my-news` is imported as `my_news`.
    texts:
        a folder whose `*.txt`, at any depth, become the documents, byte for byte; `textfolder.document_ids` says what
        they are called. Without it there is one made-up text, annotated.
    layers:
        the built-in layers to have, and the names of others, each of which gets a commented schema to start from;
        without any, the four built-in ones. Of these, `structure` gets a block for each line that is not empty.
    title, author:
        for people to read; made from the name, if not given.
    language:
        a BCP 47 tag, if all texts are in that language.
    licence:
        the SPDX identifier of the licence of the annotations and metadata, not of the texts.
    progress:
        called with the number of documents done, of all documents, and of problems so far.

    Raises
    ------
    InvalidCorpusError
        when texts are not UTF-8, or cannot be read: all of them are in its `problems`. Nothing is written.
    SidelinesError
        when something is at `path` already, a name or value is not legal, or there are no texts. Nothing is written.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     package = init(Path(folder, "my-news"), layers=["entities", "moods"])
    ...     package.module, package.layers, (package.folder / "schema" / "moods.schema.json").is_file()
    ('my_news', ('entities', 'moods'), True)
    """
    if "://" in str(path):
        raise SidelinesError(f"{path}: expected a folder on the disk, found a URI")
    folder = Path(path)
    name = _name(folder)
    module = re.sub(r"[._-]+", "_", name)
    chosen = _with_needs(layers or BUILT_IN)
    schemas = _schemas(chosen)
    model = _compiled(schemas, chosen)
    title = _printable("title", re.sub(r"[._-]+", " ", name).capitalize() if title is None else title)
    values = {
        "name": name,
        "module": module,
        "title": title,
        "author": _printable("author", f"The authors of {title}" if author is None else author),
        "licence": _matching("licence", licence, _LICENCE, "CC-BY-4.0 or CC0-1.0"),
        "terms": licence if licence.startswith("LicenseRef-") else f"[{licence}]({SPDX.format(licence)})",
        "sidelines": Dataset(__file__).version.rpartition(".")[0],
        "layers": ", ".join(chosen),
    }
    metadata = {
        "$schema": "../schema/corpus.schema.json",
        "name": name,
        "title": title,
        "version": VERSION,
        **({} if language is None else {"language": _matching("language", language, _LANGUAGE, "en or pt-BR")}),
        "licence": licence,
        "layers": list(chosen),
    }
    found = None if texts is None else find_texts(texts)
    _expect_nothing(folder)
    with replace_folder(folder, _expect_nothing) as fresh:
        for schema, content in schemas.items():
            _write(fresh / "schema" / f"{schema}.schema.json", content)
        _write(fresh / "corpus" / "corpus.json", lines(metadata.items(), ()))
        taken = sample(fresh, model) if found is None else take(fresh, model, found, progress)
        _write_package(fresh, module, values | _said_of(taken, made_up=found is None))
    notes = (*_licence_notes(licence), *_layer_notes(chosen, layers), *_text_notes(found, taken))
    first = "sample" if found is None else found.texts[0].id
    return Package(folder, name, module, taken.documents, taken.characters, chosen, first, notes)


def _write_package(fresh: Path, module: str, values: Mapping[str, str]) -> None:
    for name, target in FILES.items():
        path = target.format(module=module)
        _write(fresh / path, fill(template(name), values, escaped=path.endswith(QUOTING)))
    _write(fresh / "src" / module / "py.typed", b"")


def _said_of(taken: Taken, made_up: bool) -> dict[str, str]:
    return {
        "documents": count(taken.documents, "text"),
        "characters": count(taken.characters, "character"),
        "texts": RIGHTS[made_up],
        "sample": template("sample.md").decode() if made_up else "",
    }


def _write(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    create_file(path, content)


# -- names and values --------------------------------------------------------------------------------------------------

_NAME = "[a-z](?:[a-z0-9._-]{0,62}[a-z0-9])?"
_LANGUAGE = "[A-Za-z]{2,3}(-[A-Za-z0-9]{1,8}){0,8}"
_LICENCE = r"[A-Za-z0-9.-]+\+?"


def _name(folder: Path) -> str:
    """The name of a package, which is that of its folder."""
    name = folder.name if folder.name != ".." else ""
    if not name or folder.absolute() == Path.cwd():
        raise SidelinesError(f"{folder}: expected the name of a new folder, such as my-news; run it from the one above")
    if re.fullmatch(_NAME, name) is None:
        plain = "".join(c for c in unicodedata.normalize("NFKD", name.lower()) if not unicodedata.combining(c))
        near = re.sub(r"^[^a-z]+|[^a-z0-9]+$", "", re.sub("[^a-z0-9._-]+", "-", plain)[:64])
        hint = f"; did you mean {near!r}?" if 2 * len(near) > min(len(name), 64) else ""
        legal = "lower-case letters, digits, '.', '_' and '-', that begins with a letter and ends with one or a digit"
        raise SidelinesError(f"{name!r}: expected a name of at most 64 {legal}{hint}")
    module = re.sub(r"[._-]+", "_", name)
    taken = (
        "a keyword of Python" if keyword.iskeyword(module)
        else "a module of Python" if module in sys.stdlib_module_names or module == "test"
        else "what its folder of tests is called" if module == "tests"
        else "what it depends on" if module in DEPENDENCIES
        else "a device of Windows" if name.split(".")[0] in RESERVED
        else None
    )  # fmt: skip
    if taken is not None:
        raise SidelinesError(f"{name!r}: expected a name of its own, found {taken}; choose another, such as my-{name}")
    return name


def _printable(what: str, value: str) -> str:
    if not value.strip() or not value.isprintable():
        raise SidelinesError(f"{what}: expected words on one line, found {value!r}")
    return value.strip()


def _matching(what: str, value: str, pattern: str, example: str) -> str:
    if re.fullmatch(pattern, value) is None:
        kind = {"language": "a BCP 47 tag", "licence": "an SPDX identifier"}[what]
        raise SidelinesError(f"{what}: expected {kind}, such as {example}, found {value!r}")
    return value


def _expect_nothing(folder: Path) -> None:
    """Refuse a folder that is not empty, and whatever is no folder."""
    found = next(iter(sorted(os.listdir(folder))), None) if folder.is_dir() else None
    if found is not None or (os.path.lexists(folder) and not folder.is_dir()):
        what = "a file" if found is None else f"{found!r} in it"
        raise SidelinesError(f"{folder}: expected nothing, or an empty folder, found {what}; choose another name")


# -- layers and schemas ------------------------------------------------------------------------------------------------


def _with_needs(layers: Sequence[str]) -> tuple[str, ...]:
    """The layers, each once, and before a built-in one those that it cannot be without."""
    for layer in layers:
        if not is_layer(layer):
            legal = "lower-case letters, digits, '_' and '-', beginning with a letter, not corpus, document or dialect"
            raise SidelinesError(f"layer: expected a name of {legal}, found {layer!r}")
    return tuple(dict.fromkeys(name for layer in layers for name in (*NEEDS.get(layer, ()), layer)))


def _schemas(layers: Sequence[str]) -> dict[str, bytes]:
    """The schema files by name: of the metadata and the dialect, of built-in layers, and new ones to start from."""
    made = {}
    for name in ("dialect", "corpus", "document", *layers):
        if name in BUILT_IN or not is_layer(name):
            made[name] = (shipped() / "schema" / f"{name}.schema.json").read_bytes()
        else:
            made[name] = fill(template("layer.schema.json"), {"layer": name, "table": name.replace("-", "_")})
    return made


def _compiled(schemas: Mapping[str, bytes], layers: Sequence[str]) -> Model:
    model, problems = compile_schemas({n: raw for n, raw in schemas.items() if n != "dialect"}, list(layers))
    if problems:  # two layers with a table of the same name, or one that is called `documents`
        which = "layer" if len(layers) == 1 else "layers"
        raise SidelinesError(f"{which} {', '.join(layers)}: {problems[0].message}")
    return model


# -- notes -------------------------------------------------------------------------------------------------------------


def _licence_notes(licence: str) -> Iterator[str]:
    if licence not in LICENCES and not licence.startswith("LicenseRef-"):
        near = nearest(licence, LICENCES)
        hint = "https://spdx.org/licenses/ lists them" if near is None else f"did you mean {near!r}?"
        yield f"{licence!r} is none of the usual licences, and pip refuses what is no identifier of SPDX; {hint}"


def _layer_notes(chosen: Sequence[str], asked: Sequence[str]) -> Iterator[str]:
    for layer in asked:
        near = nearest(layer, sorted(BUILT_IN))
        if layer not in BUILT_IN and near is not None:
            yield f"{layer!r} is a new layer, with a schema to start from; the built-in one is {near!r}"
    for layer in chosen if asked else ():
        if layer not in asked:
            yield f"the layer {layer!r} is there too, since others refer to its rows"


def _text_notes(found: TextFolder | None, taken: Taken) -> Iterator[str]:
    if found is None:
        return
    if taken.returns:
        yield f"{_of_texts(taken.returns)} \\r, as in the line ends of Windows; it was kept and counts as a character"
    if taken.marks:
        yield f"{_of_texts(taken.marks)} a byte order mark (U+FEFF); it was kept and counts as the first character"
    if found.numbered:
        yield f"{count(found.numbered, 'id')} had to be numbered, since the names of files are alike"
    if found.others:
        yield f"other files were left where they are: {found.others}"


def _of_texts(number: int) -> str:
    return f"{count(number, 'text')} {'has' if number == 1 else 'have'}"
