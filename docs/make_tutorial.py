"""Make docs/tutorial.ipynb and its outputs: `python docs/make_tutorial.py`.

The cells stand here; what they show is what they show when they are run.
"""

from __future__ import annotations

import json
import sys
import tempfile
from pathlib import Path

import nbformat
from jupyter_client import KernelManager
from nbclient import NotebookClient

NOTEBOOK = Path(__file__).parent / "tutorial.ipynb"

# By turns: prose, and code of one cell.
CELLS = [
    """# Who said what about whom, and when

One news article, annotated by hand, from `pip install` to an answer. It takes ten cells and some pandas.

```console
$ pip install 'sidelines[plot]'
```""",
    """import sidelines

corpus = sidelines.read()
corpus""",
    """A corpus has documents and tables. This one has one document: an article with its names, quotes and dates
marked in the text.""",
    """document = corpus.document()
document""",
    """Each table is a frame of pandas. `quotes` says who speaks, and how.""",
    """quotes = sidelines.load("quotes")
quotes[["id", "kind", "speaker_name", "cue_text", "speech"]].head()""",
    """Every span is where it says it is: offsets count characters, the end is not included. `check` proves it for
the whole corpus.""",
    """first = quotes.iloc[0]
assert document.text[first.start : first.end] == first.text
sidelines.check()""",
    """**Who speaks?** In direct quotes the words stand in quotation marks, in indirect ones they are reported, and
mixed ones are reported with some words quoted.""",
    """sidelines.plots.quotes_per_speaker(corpus);""",
    """**About whom?** A name, a pronoun or a description that refers to somebody is a mention, with a row in
`mentions`. `join` pairs the mentions with the quotes that they are in.""",
    """mentions = sidelines.load("mentions")
named = sidelines.join(mentions, quotes, "within", columns=["text_left", "entity_name", "speaker_name"])
named.head()""",
    """Counted for each speaker: somebody who says “I” mentions themselves, and a group such as “they” is an entity
of its own.""",
    """sidelines.plots.who_mentions_whom(corpus);""",
    """**When?** Each date has the days that it stands for. “Tuesday” is told from the day on which the article was
posted.""",
    """dates = sidelines.load("dates")
dates[["text", "value", "begin", "until"]].head()""",
    """The months around the posting are to scale; what is far away is folded. `until` is the day after the last.""",
    """sidelines.plots.time_line(document);""",
    """**An answer.** What Donald Trump says about Barack Obama, and the date nearest before it in the text.""",
    """about = named[(named.speaker_name == "Donald Trump") & (named.entity_name == "Barack Obama")]
said = quotes[quotes.id.isin(about.right_id)]
when = sidelines.join(said, dates, "after", columns=["speech", "text_right", "begin"])
when[["speech", "text_right", "begin"]]""",
]


def notebook() -> nbformat.NotebookNode:
    """The cells, without outputs."""
    new = nbformat.v4
    cells = [
        (new.new_code_cell if number % 2 else new.new_markdown_cell)(source, id=f"cell-{number}")
        for number, source in enumerate(CELLS)
    ]
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    return new.new_notebook(cells=cells, metadata={"kernelspec": kernel, "language_info": {"name": "python"}})


def run(book: nbformat.NotebookNode, folder: str) -> nbformat.NotebookNode:
    """Run every cell by the Python that runs this, in a folder that is no corpus."""
    manager = KernelManager(kernel_name="python3")
    manager.kernel_spec.argv = [sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}"]
    client = NotebookClient(book, km=manager, timeout=120, resources={"metadata": {"path": folder}})
    client.execute()
    for cell in book.cells:
        cell.metadata = {}
    book.metadata.language_info = {"name": "python"}
    return book


def main(path: Path = NOTEBOOK) -> None:
    """Write the notebook with what its cells show."""
    with tempfile.TemporaryDirectory() as folder:
        book = run(notebook(), folder)
    path.write_text(json.dumps(book, indent=1, ensure_ascii=False) + "\n", encoding="utf-8", newline="\n")
    print(path)


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:]))
