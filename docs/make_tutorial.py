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
    """# Tutorial: who said what about whom, and when

One news article, from `pip install` to an answer, in ten cells and some pandas. A large language model annotated the
article, in two independent passes that were then adjudicated; the [datasheet](datasheet.md) says how, and how far they
agreed. In a checkout:

```console
$ pip install '.[plot]' jupyterlab
```""",
    """import sidelines

corpus = sidelines.read()
corpus""",
    """A corpus has documents and tables. This one has one document: an article with its names, quotes and dates
marked in the text.""",
    """document = corpus.document()
document""",
    """`load` gives a table as a frame of pandas. `quotes` says who speaks, and how.""",
    """quotes = sidelines.load("quotes")
shown = ["id", "kind", "speaker_name", "cue_text", "speech"]
quotes[shown].head()""",
    """Every span is where it says it is: offsets count characters, the end is not included. `check` proves it for
the whole corpus.""",
    """first = quotes.iloc[0]
assert document.text[first.start : first.end] == first.text
sidelines.check()""",
    """**Who speaks?** In direct quotes the words stand in quotation marks, in indirect ones they are reported, and
mixed ones are reported with some words quoted.""",
    """sidelines.plots.quotes_per_speaker(corpus);""",
    """**About whom?** A name, a pronoun or a description of somebody or something in the world, a place or a treaty
as well as a person, is a mention, with a row in `mentions`. `join` pairs the mentions with the quotes that they are
in.""",
    """mentions = sidelines.load("mentions")
columns = ["text_left", "entity_name", "speaker_name"]
named = sidelines.join(mentions, quotes, "within", columns=columns)
named.head()""",
    """Counted for each speaker: somebody who says “I” mentions themselves, and a group such as “they” is an entity
of its own.""",
    """sidelines.plots.who_mentions_whom(corpus);""",
    """**When?** Dates with a place in the calendar have the days that they stand for, from `begin` up to, but not
including, `until`; “two days” and “recent years” have none. “Tuesday” is worked out from the day on which the article
was posted.""",
    """dates = sidelines.load("dates")
dates[["text", "value", "begin", "until"]].head()""",
    """The months around the posting are to scale; what is far away is folded.""",
    """sidelines.plots.time_line(document);""",
    """**An answer.** What Donald Trump says about Barack Obama, and when. No row says when somebody spoke: the date
nearest before the quote in the text is a guess, and right here (“Trump told reporters Saturday”).""",
    """import pandas as pd

about = named[named.speaker_name == "Donald Trump"]
about = about[about.entity_name == "Barack Obama"]
said = quotes[quotes.id.isin(about.right_id)]
columns = ["speech", "text_right", "begin"]
when = sidelines.join(said, dates, "after", columns=columns)
answer = about.merge(when, left_on="right_id", right_on="left_id")
pd.set_option("display.max_colwidth", None)
answer[["speaker_name", "entity_name", *columns]]""",
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
