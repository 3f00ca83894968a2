"""The pictures of sessions in a terminal show what Sidelines prints today."""

from __future__ import annotations

import importlib
from pathlib import Path

import pytest

DOCS = Path(__file__).parents[1] / "docs"


@pytest.mark.slow  # so that it is left out where other versions of what draws them are tried
def test_pictures_of_a_terminal_are_new(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Drawn anew they are the same, to the letter; if not, `python docs/make_pictures.py` makes them."""
    monkeypatch.syspath_prepend(DOCS)
    for name in ("FORCE_COLOR", "COLUMNS", "TERM"):
        monkeypatch.setenv(name, "")  # so that they are put back, too
    monkeypatch.delenv("NO_COLOR", raising=False)
    pictures = importlib.import_module("make_pictures")
    monkeypatch.setattr(pictures, "PICTURES", tmp_path)
    made = {path.name: path.read_text(encoding="utf-8") for path in pictures.sessions()}
    assert set(made) == {"terminal.svg", "show.svg"}
    for name, text in made.items():
        assert text == (DOCS / "pictures" / name).read_text(encoding="utf-8"), name
