"""Which problems are reported, and how: what the caller says, then pyproject.toml, then corpus.json, key by key."""

from __future__ import annotations

import os
import tomllib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec

from sidelines.errors import SidelinesError
from sidelines.layout import BUILD, FILES, MARK, find_form
from sidelines.objects import AnySources, sources_of
from sidelines.problems import Severity, names, nearest
from sidelines.rules.catalogue import RULES
from sidelines.sources import Limits, UnreadableError
from sidelines.stores import Store

__all__ = ["ALWAYS", "EVERY", "FORMAT_NAMES", "Preferences", "code_of", "preferences", "preferences_at"]

EVERY = frozenset(RULES)
# Of a corpus with such problems no build is made, whatever is ignored: its tables would not be true.
ALWAYS = frozenset(code for code in RULES if code[0] in "FSTOP")
FORMAT_NAMES = ("text", "json", "github", "sarif", "junit")
SEVERITIES = ("error", "warning")

Rules = str | Sequence[str] | None


@dataclass(frozen=True, slots=True)
class Preferences:
    """What is reported of a corpus: the codes of the rules; and how, where nothing else is said."""

    codes: frozenset[str] = EVERY
    format: str = "text"
    max_problems: int | None = None


def preferences(
    sources: AnySources, file: str, built: bool, *, select: Rules = None, ignore: Rules = None,
    severity: str | None = None,
) -> Preferences:  # fmt: skip
    """What is reported of a corpus.

    Parameters
    ----------
    sources, file, built:
        the files of the corpus; which of them is its `corpus.json`, whose property `check` is read; and whether it is a
        build, around which no pyproject.toml stands whose table `tool.sidelines` is read.
    select, ignore, severity:
        what the caller says, which goes before what the files say of the same key. Rules are codes, names or the
        beginnings of codes, such as the letter of a family, in a sequence or in a string with commas.

    A rule is reported if it is selected more specifically than it is ignored, by a longer beginning of its code or, of
    the same, by who comes first: the caller, pyproject.toml, corpus.json. Where nothing is selected, everything is.

    Raises
    ------
    SidelinesError
        when a key, a rule or a value is unknown; the message names the file and what there is.
    """
    said = {"select": select, "ignore": ignore, "severity": severity}
    given = {key: value for key, value in said.items() if value is not None}
    project = {} if built else _project(sources)
    levels = [
        _checked(given, ""),
        _checked({} if project is None else project, f"{_at(sources, 'pyproject.toml')}: tool.sidelines: "),
        _checked(_corpus(sources, file), f"{_at(sources, file)}: check: "),
    ]
    # Where nobody knows what pyproject.toml says, that is told, whatever is selected.
    codes = _codes(levels) | ({"C001"} if project is None else set())
    return Preferences(codes, _first(levels, "format", "text"), _first(levels, "max-problems", None))


def preferences_at(
    path: str | os.PathLike[str] | None = None, limits: Limits | None = None, **given: Any
) -> Preferences:
    """The same of the corpus at `path`, which is found as `find_form` does it, and raises what that raises."""
    root, form = find_form(path)
    file = MARK if form == FILES else "corpus.json"
    return preferences(sources_of(root, limits or Limits()), file, form == BUILD, **given)


def _at(sources: AnySources, name: str) -> str:
    root: Path | Store = sources.root
    return f"{root}/{name}" if isinstance(root, Store) else str(root / name)


# -- files -------------------------------------------------------------------------------------------------------------


def _corpus(sources: AnySources, file: str) -> Any:
    """The property `check` of corpus.json; of a file that cannot be read, its own problems say more."""
    try:
        metadata = msgspec.json.decode(sources.read(file))
    except (OSError, UnreadableError, msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return {}
    return metadata.get("check", {}) if isinstance(metadata, dict) else {}


def _project(sources: AnySources) -> Any:
    """The table `tool.sidelines` of pyproject.toml; None of a file that is no TOML, or cannot be opened."""
    try:
        project = tomllib.loads(sources.read("pyproject.toml").decode("utf-8-sig"))
    except FileNotFoundError:
        return {}
    except (OSError, UnreadableError, ValueError, RecursionError):
        return None
    tools = project.get("tool", {})
    return tools.get("sidelines", {}) if isinstance(tools, dict) else {}


# -- values ------------------------------------------------------------------------------------------------------------


def _rules(value: Any) -> tuple[str, ...]:
    words = value.split(",") if isinstance(value, str) else value
    if not isinstance(words, Iterable) or isinstance(words, Mapping):
        raise SidelinesError(f"expected a list of rules or families, such as O004 or F, found {value!r}")
    found = []
    for word in words:
        if not isinstance(word, str):
            raise SidelinesError(f"expected a list of rules or families, such as O004 or F, found {word!r} in it")
        if name := word.strip():
            found.append(code_of(name))
    return tuple(found)


def code_of(word: str) -> str:
    """The code of a rule that is called by its code or its name, or how the codes of several begin.

    Raises
    ------
    SidelinesError
        when no rule is meant; the message says which is called most like it.

    >>> code_of("surface-differs"), code_of("f1")
    ('O004', 'F1')
    """
    named = {rule.name: code for code, rule in RULES.items()}
    code = named.get(word.lower(), word.upper())
    if any(known.startswith(code) for known in RULES):
        return code
    near = nearest(word.lower(), sorted(named))
    like = nearest(word.upper(), sorted(RULES)) if near is None else named[near]
    likely = f"did you mean {like}, {RULES[like].name}? " if like else ""
    raise SidelinesError(f"there is no rule or family {word!r}; {likely}`sidelines explain` lists them")


def _severity(value: Any) -> str:
    return _among(value, SEVERITIES)


def _format(value: Any) -> str:
    return _among(value, FORMAT_NAMES)


def _among(value: Any, legal: Sequence[str]) -> str:
    if not isinstance(value, str) or value not in legal:
        near = nearest(str(value), sorted(legal))
        likely = f"; did you mean {near!r}?" if near else ""
        raise SidelinesError(f"expected {', '.join(legal[:-1])} or {legal[-1]}, found {value!r}{likely}")
    return value


def _number(value: Any) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        raise SidelinesError(f"expected a number, 0 or more, found {value!r}")
    return value


KEYS: Mapping[str, Callable[[Any], Any]] = {
    "select": _rules, "ignore": _rules, "severity": _severity, "max-problems": _number, "format": _format,
}  # fmt: skip


def _checked(values: Any, where: str) -> dict[str, Any]:
    """The values of one place, as they are meant; an error says in which place they stand."""
    if not isinstance(values, dict):
        raise SidelinesError(f"{where}expected {', '.join(KEYS)}, found {values!r}")
    checked = {}
    for key, value in values.items():
        if key not in KEYS:
            raise SidelinesError(f"{where}there is no setting {key!r}; {names(key, KEYS)}")
        try:
            checked[key] = KEYS[key](value)
        except SidelinesError as error:
            raise SidelinesError(f"{where}{key}: {error}") from None
    return checked


def _first(levels: Sequence[Mapping[str, Any]], key: str, default: Any) -> Any:
    return next((values[key] for values in levels if key in values), default)


# -- rules -------------------------------------------------------------------------------------------------------------


def _codes(levels: Sequence[Mapping[str, Any]]) -> frozenset[str]:
    select, ignore = (
        next(((len(levels) - at, values[key]) for at, values in enumerate(levels) if key in values), None)
        for key in ("select", "ignore")
    )
    least: Severity = _first(levels, "severity", "warning")
    return frozenset(
        code
        for code, rule in RULES.items()
        if _strength(code, select or (0, ("",))) > _strength(code, ignore or (0, ()))
        and (least == "warning" or rule.severity == "error")
    )


def _strength(code: str, chosen: tuple[int, Sequence[str]]) -> tuple[int, int]:
    """How specifically a rule is meant: by how long a beginning of its code, and by whom; (-1, 0) if it is not."""
    level, prefixes = chosen
    return max(((len(prefix), level) for prefix in prefixes if code.startswith(prefix)), default=(-1, 0))
