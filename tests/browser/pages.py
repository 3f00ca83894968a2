"""Pages of corpora."""

from __future__ import annotations

from pathlib import Path


def page_of(root: Path, folder: Path) -> Path:
    """The page of a corpus, written into a folder."""
    from sidelines.viewer import view

    file = folder / "page.html"
    view(root, file)
    return file
