"""What the site has beside the pages in docs/: a hook of MkDocs.

Pages are made of the commands and of the public names, of files elsewhere in the repository and of notebooks. Links of
all of them hold for the repository; here they become links between pages, and what is no page becomes its name: in
docs/ only programs may.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import click
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files
from mkdocs.structure.pages import Page

from sidelines.cli import COMMANDS, cli
from sidelines.rules.catalogue import FAMILIES, RULES

ROOT = Path(__file__).parents[2]
# Files of the repository that are pages, and what these are called.
ELSEWHERE = {
    "CHANGELOG.md": "changelog.md",
    "RIGHTS.md": "rights.md",
    "benchmarks/README.md": "benchmarks.md",
    "conformance/README.md": "conformance.md",
    "tests/fuzz/README.md": "fuzzing.md",
}
HOMES = {page: path for path, page in ELSEWHERE.items()}
# The functions in the order in which one meets them; what is not among them follows by its name.
FIRST = ["load", "path", "read", "check", "build", "join", "view", "mend", "init", "verify"]
# The public modules, and what the part of each on the page says first.
MODULES = {
    "sidelines": "What `import sidelines` has; each part is loaded when it is asked for.",
    "sidelines.plots": "Needs matplotlib: [what the plots show](plots.md).",
    "sidelines.summaries": "[The numbers behind the plots](plots.md#the-numbers), as frames.",
    "sidelines.offsets": "Offsets of another unit: [what is converted to what](formats.md#spans-and-offsets).",
    "sidelines.testing": "With `pip install '.[testing]'`: [strategies for Hypothesis](testing-converters.md).",
    "sidelines.testing.mutations": "Single faults, [each with its rule](testing-converters.md#faults).",
}
# Of these modules, what is for others; of the rest it is all that `import *` takes.
PUBLIC = {"sidelines.offsets": ["convert"]}

# Code, in fences or in a line, stays as it is; the name of a link may be code itself.
LINK = re.compile(
    r"^ *(?P<fence>```+|~~~+).*?^ *(?P=fence) *$"
    r"|(?P<mark>!?)\[(?P<name>[^\]\n]*)\]\((?P<to>[^)\s]+)\)"
    r"|(?<!`)(?P<ticks>`+)(?!`).*?(?<!`)(?P=ticks)(?!`)",
    re.MULTILINE | re.DOTALL,
)
SECTION = re.compile(r"^<!-- README.md: (?P<title>.+) -->$", re.MULTILINE)


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add the pages that are no files of docs/."""
    for path, name in ELSEWHERE.items():
        files.append(File.generated(config, name, content=(ROOT / path).read_text(encoding="utf-8")))
    files.append(File.generated(config, "commands.md", content="\n".join(commands())))
    files.append(File.generated(config, "api.md", content="\n".join(names())))
    for path in sorted((ROOT / "docs").glob("*.ipynb")):
        for name, content in notebook(path).items():
            files.append(File.generated(config, name, content=content))
    return files


def on_page_markdown(markdown: str, page: Page, config: MkDocsConfig, files: Files) -> str:
    """Set the links of a page, the parts of the README on the first one, and the headings of the rules."""
    name = page.file.src_uri
    pages = {file.src_uri for file in files if not file.inclusion.is_excluded()}
    markdown = linked(markdown, HOMES.get(name, f"docs/{name}"), name, pages)
    if name == "index.md":
        return SECTION.sub(lambda found: linked(section(found["title"]), "README.md", name, pages), markdown)
    return by_family(markdown) if name == "rules.md" else markdown


def linked(markdown: str, home: str, name: str, pages: set[str]) -> str:
    """Markdown of the file `home` of the repository, with its links as the page `name` needs them."""

    def link(found: re.Match[str]) -> str:
        to, mark, anchor = (found["to"] or "").partition("#")
        if not to or ":" in to:
            return found[0]
        path = posixpath.normpath(posixpath.join(posixpath.dirname(home), to))
        page = "index.md" if path == "README.md" else ELSEWHERE.get(path, path.removeprefix("docs/"))
        if path.startswith("docs/"):
            page = f"{page}/README.md" if (ROOT / path).is_dir() else re.sub(r"\.ipynb$", ".md", page)
        if page in pages:
            target = posixpath.relpath(page, posixpath.dirname(name) or ".")
            return f"{found['mark']}[{found['name']}]({target}{mark}{anchor})"
        if not (ROOT / path).exists():
            return found[0]  # MkDocs says that it leads nowhere
        if path.startswith("docs/") and not path.endswith(".py"):
            raise LookupError(f"{home} leads to {path}, which is no page of the site")
        return found["name"] if "`" in found["name"] else f"{found['name']} (`{path}`)"

    return LINK.sub(link, markdown)


def section(title: str) -> str:
    """A section of the README, without its heading."""
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    _, found, rest = text.partition(f"\n## {title}\n")
    if not found:
        raise LookupError(f"README.md has no section {title!r}, which docs/index.md shows")
    return rest.partition("\n## ")[0].strip()


def by_family(markdown: str) -> str:
    """The page of all rules, which is one page after another, under a table of them, with a heading for each family."""
    lines, family, fenced = ["# Rules", "", *_table(), ""], "", False
    for line in markdown.splitlines():
        if line.startswith("```"):
            fenced = not fenced
        if not fenced and line.startswith("## "):
            line = f"##{line}"
        elif not fenced and line.startswith("# "):
            if line[2] != family:
                family = line[2]
                lines += [f"## {family}: {FAMILIES[family]}", ""]
            line = f"##{line}"
        lines.append(line)
    return "\n".join(lines)


def _table() -> Iterator[str]:
    """Every rule by its code and its name, each of which leads to its page."""
    yield from ("| code | name |", "| --- | --- |")
    for code, rule in RULES.items():
        page = f"#{code.lower()}-{rule.name}"
        yield f"| [{code}]({page}) | [{rule.name}]({page}) |"


def commands() -> Iterator[str]:
    """The page of the command line: the help of every command, as click has it."""
    yield from ("# Command line", "")
    top = click.Context(cli, info_name="sidelines", help_option_names=cli.context_settings["help_option_names"])
    yield from _help(cli, top)
    for name in COMMANDS:
        command = cli.get_command(top, name)
        assert command is not None
        yield from (f"## sidelines {name}", "")
        yield from _help(command, click.Context(command, info_name=name, parent=top))


def _help(command: click.Command, context: click.Context) -> Iterator[str]:
    usage = " ".join(command.collect_usage_pieces(context))
    yield from ("```text", f"{context.command_path} {usage}", "```", "")
    for paragraph in (command.help or "").split("\n\n"):
        first, _, rest = paragraph.partition("\n")
        if first.strip() != "\b":
            yield from (_plain(paragraph), "")
        else:  # lines that are not wrapped: a word, and what it stands for
            title, *lines = rest.rstrip().splitlines()
            shown = [re.sub(r"^ +sidelines ", "$ sidelines ", line) for line in lines]
            yield from (_plain(title), "", "```console", *shown, "```", "")
    if isinstance(command, click.Group):
        for name, does in COMMANDS.items():
            yield from (f"[`{name}`](#sidelines-{name})", f":   {_plain(does)}", "")
    for parameter in command.get_params(context):
        record = parameter.get_help_record(context)
        if record is not None and record[1]:
            yield from (f"`` {record[0]} ``", f":   {_plain(record[1])}", "")


def _plain(text: str) -> str:
    """Text of a help for Markdown, which keeps what stands between backticks as code."""
    return re.sub(r"(`[^`]*`)|([\\*_\[\]<>&#])", lambda found: found[1] or f"\\{found[2]}", " ".join(text.split()))


def names() -> Iterator[str]:
    """The page of the public names, whose docstrings mkdocstrings sets."""
    yield from ("# Python", "", "Offsets are code points, half-open: `text[start:end]` is what is annotated.", "")
    for module, first in MODULES.items():
        yield from (f"## {module}", "", first, "")
        for name in sorted(PUBLIC.get(module, import_module(module).__all__), key=_place):
            yield from (f"::: {module}.{name}", "")


def _place(name: str) -> tuple[int, bool, str]:
    """Functions first, and classes after them."""
    return FIRST.index(name) if name in FIRST else len(FIRST), name[0].isupper(), name.casefold()


def notebook(path: Path) -> dict[str, str | bytes]:
    """A notebook as it was committed, outputs and all: a page that offers it, and the pictures that it shows."""
    from nbconvert import MarkdownExporter

    text, resources = MarkdownExporter().from_filename(str(path))  # type: ignore[no-untyped-call]
    pictures = {f"{path.stem}/{name}": content for name, content in resources["outputs"].items()}
    for name in resources["outputs"]:
        text = text.replace(f"]({name})", f"]({path.stem}/{name})")
    title, _, rest = text.lstrip().partition("\n")
    offer = f'<a href="{path.name}" download>Download this page as a notebook</a>'
    return {f"{path.stem}.md": f"{title}\n\n{offer}\n{rest}", **pictures}
