"""What a notebook shows of a corpus, a document and a report: small pieces of HTML.

Whatever comes from a corpus is text: it is written by `_text`, which escapes it. The colours of letters are those of
the notebook, whether light or dark. To tell tables apart, words are underlined in colours that stand out from both.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from html import escape
from typing import TYPE_CHECKING, Any

from sidelines.display import Paragraph, display, line_of
from sidelines.errors import InvalidCorpusError, count
from sidelines.problems import Report
from sidelines.reports.text import problem_lines
from sidelines.reports.view import View

if TYPE_CHECKING:
    from sidelines.corpora import Corpus
    from sidelines.documents import Document

__all__ = ["corpus_html", "document_html", "report_html"]

MOST = 10  # documents, problems, paragraphs: a notebook is for a look
COUNTED = 100  # documents: of more, rows are counted once the tables are there, since all would have to be read
# Of lines, not of letters: they stand out from white and from #383838 (WCAG 2.2, 1.4.11: 3 to 1).
COLOURS = ("#149494", "#4a994a", "#b37d14", "#b86ac8", "#4a8ad8", "#d96060")
LEFT, RIGHT = 'style="text-align:left"', 'style="text-align:right"'
QUIET = 'style="opacity:.8"'
MARK = "font-size:.8em;font-weight:bold"


def corpus_html(corpus: Corpus) -> str:
    """Name and version, tables with their rows, and the first documents; of one that is not in order, what is wrong."""
    title = corpus.metadata.get("title")
    head = f"<strong>{_text(corpus.name)}</strong> {_text(corpus.version)}"
    head += f"<br>{_text(title)}" if isinstance(title, str) else ""
    rows: Mapping[str, str] = {}
    if len(corpus.documents) <= COUNTED or "tables" in vars(corpus):
        try:
            rows = {name: f"{table.num_rows:,}" for name, table in corpus.tables.items()}
        except InvalidCorpusError as error:
            return _box([head, _listed(corpus.documents), _text(error)])
    lines = ((_text(name), rows.get(name, "")) for name in corpus.table_names)
    return _box([head, _table(("table", "rows"), lines), _listed(corpus.documents)])


def _listed(documents: Sequence[str]) -> str:
    few = ", ".join(map(_text, documents[:MOST])) + (", …" if len(documents) > MOST else "")
    return f"{count(len(documents), 'document')}: {few}" if documents else "no documents"


def report_html(report: Report) -> str:
    """How many problems, of which codes, and the first of them with the words that they are about."""
    scope = f"in {count(report.documents, 'document')}"
    if not len(report):
        return _box([f"<strong>clean</strong> {scope}"])
    head = f"<strong>{count(report.errors, 'error')}, {count(report.warnings, 'warning')}</strong> {scope}"
    view = View(listing="its `folded`")
    first = "\n".join(line for problem in report[:MOST] for line in problem_lines(problem, view))
    left = len(report) - MOST
    more = f"<span {QUIET}>and {count(left, 'more problem')}</span>" if left > 0 else ""
    codes = ((_text(code), f"{number:,}", _text(_rule(code))) for code, number in report.counts.items())
    return _box([head, _table(("code", "problems", ""), codes), _lines(first), more])


def _rule(code: str) -> str:
    from sidelines.rules.catalogue import RULES

    return RULES[code].name.replace("-", " ") if code in RULES else ""


def document_html(document: Document) -> str:
    """Its title and numbers, and its first paragraphs with the spans of every table that `sidelines show` shows."""
    head = f"<strong>{_text(document.id)}</strong> {count(len(document.text), 'character')}"
    shown = display(document)
    head += f"<br>{_text(shown.title)}" if shown.title else ""
    legend = " ".join(
        f'<span style="margin-right:1em"><strong>{_text(f"{key.opening} {key.closing}")}</strong> '
        f'<span style="{_underline(at)}">{_text(key.table)}</span> {key.rows:,}</span>'
        for at, key in enumerate(shown.keys)
    )
    left = len(shown.paragraphs) - MOST
    more = f"<span {QUIET}>and {count(left, 'more paragraph')}</span>" if left > 0 else ""
    return _box([head, legend, *(_paragraph(each) for each in shown.paragraphs[:MOST]), more])


def _paragraph(paragraph: Paragraph) -> str:
    runs = []
    for text, key, mark in paragraph.runs:
        style = "" if key is None else MARK if mark else _underline(key)
        runs.append(f'<span style="{style}">{_text(text)}</span>' if style else _text(text))
    return f'<span dir="auto" style="display:block;max-width:45em">{"".join(runs)}</span>'


def _underline(key: int) -> str:
    return f"border-bottom:2px solid {COLOURS[key % len(COLOURS)]}"


# -- HTML --------------------------------------------------------------------------------------------------------------


def _text(value: Any) -> str:
    """Text of a corpus, as `display` has it, and nothing of it markup."""
    return escape(line_of(str(value)))


def _box(parts: Iterable[str]) -> str:
    return "".join(f'<div style="margin:.4em 0">{part}</div>' for part in parts if part)


def _table(names: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    aligned = [RIGHT if at == 1 else LEFT for at in range(len(names))]
    head = "".join(f"<th {where}>{name}</th>" for name, where in zip(names, aligned, strict=True))
    body = "".join(
        "<tr>" + "".join(f"<td {where}>{cell}</td>" for cell, where in zip(row, aligned, strict=True)) + "</tr>"
        for row in rows
    )
    return f'<table style="color:inherit"><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>'


def _lines(text: str) -> str:
    """Lines as they are; of a problem they can be printed already."""
    return f'<pre style="overflow-x:auto;background:none;color:inherit">{escape(text)}</pre>'
