"""Names in a picture of matplotlib: text of any script, on one line, that nothing reads as a formula.

matplotlib takes what is between two dollar signs for mathematics, and warns when a font lacks a character. Here names
are text; for characters that the reader's own fonts lack, others that are installed are looked through, and what none
has is shown as its code point.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

from sidelines.problems import code_points
from sidelines.reports.excerpts import cells

__all__ = ["Lettering", "shortened"]

LEFT_OUT = "…"


class Lettering:
    """How some strings are written: the `text` of each, and the `style`, properties that matplotlib's `Text` needs."""

    def __init__(self, strings: Iterable[str]) -> None:
        from matplotlib.font_manager import FontProperties

        families = FontProperties().get_family()
        lacking = frozenset().union(*strings)
        for family in families:
            lacking -= _characters(family)
        more = []
        for family in _others() if lacking else ():
            if found := lacking & _characters(family):
                more.append(family)
                lacking -= found
        self._lacking = lacking
        self.style: dict[str, Any] = {"parse_math": False, "usetex": False}
        if more:
            self.style["fontfamily"] = [*families, *more]

    def text(self, string: str) -> str:
        """The string, with code points for what no font has."""
        return "".join(code_points(c)[1:-1] if c in self._lacking else c for c in string)


def shortened(string: str, width: int) -> str:
    r"""A string on one line of at most so many cells, its end left out; what cannot be seen as its code point.

    >>> print(shortened("Zoe\tof Oslo", 8), shortened("王菲", 4))
    Zoe… 王菲
    """
    pieces, widths, _ = cells(string)
    if sum(widths) <= width:
        return "".join(pieces)
    taken, room = 0, width - len(LEFT_OUT)
    while widths[taken] <= room:
        room -= widths[taken]
        taken += 1
    return "".join(pieces[:taken]).rstrip() + LEFT_OUT


def _others() -> Iterator[str]:
    """The families that are installed; those of matplotlib's own beside DejaVu are for formulas, or for no language."""
    import matplotlib
    from matplotlib.font_manager import fontManager

    own = Path(matplotlib.get_data_path())
    yield from sorted({font.name for font in fontManager.ttflist if own not in Path(font.fname).parents})


def _characters(family: str) -> frozenset[str]:
    """The characters of the font that matplotlib takes for a family; none where there is no such font."""
    from matplotlib.font_manager import FontProperties, findfont

    try:
        return _charmap(findfont(FontProperties(family=[family]), fallback_to_default=False))
    except ValueError:
        return frozenset()


@cache
def _charmap(path: str) -> frozenset[str]:
    from matplotlib.font_manager import get_font

    return frozenset(map(chr, get_font(path).get_charmap()))
