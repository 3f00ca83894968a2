"""The tutorial runs, and shows what it is committed with."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest

ROOT = Path(__file__).parents[1]
NOTEBOOK = ROOT / "docs" / "tutorial.ipynb"
MOST = 400_000  # bytes


def shown(book: nbformat.NotebookNode) -> list[tuple[str, str, list[dict[str, str]]]]:
    """Of each cell what it is, its source and its outputs; of a picture that it is there."""
    return [
        (
            cell.cell_type,
            cell.source,
            [
                {kind: "a picture" if kind == "image/png" else value for kind, value in output.data.items()}
                for output in cell.get("outputs", [])
            ],
        )
        for cell in book.cells
    ]


def test_the_tutorial_is_small_and_sound() -> None:
    """Ten cells of code, three pictures, no word of the machine that it was made on."""
    text = NOTEBOOK.read_text(encoding="utf-8")
    book = nbformat.reads(text, 4)
    nbformat.validate(book)
    code = [cell for cell in book.cells if cell.cell_type == "code"]
    assert [cell.execution_count for cell in code] == list(range(1, 11))
    outputs = [output for cell in code for output in cell.outputs]
    assert sum("image/png" in output.data for output in outputs) == 3
    assert {output.output_type for output in outputs} == {"display_data", "execute_result"}
    assert len(text.encode()) < MOST
    assert not re.search(r"/(?:home|tmp|work|root)/", json.dumps(shown(book)))


@pytest.mark.slow
def test_the_tutorial_shows_what_it_is_committed_with(tmp_path: Path) -> None:
    """Each cell is run anew, by the Python of the tests."""
    made = tmp_path / "tutorial.ipynb"
    subprocess.run([sys.executable, ROOT / "docs" / "make_tutorial.py", made], check=True)
    assert shown(nbformat.read(made, 4)) == shown(nbformat.read(NOTEBOOK, 4))
