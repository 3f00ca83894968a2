"""Names in a picture of matplotlib: text of any script, on one line, that nothing reads as a formula.

matplotlib takes what is between two dollar signs for mathematics, and warns when a font lacks a character. Here names
are text; for characters that the reader's own fonts lack, others that are installed are looked through, and what none
has is shown as its code point.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cache
from itertools import chain
from pathlib import Path
from typing import Any

from sidelines.problems import code_points
from sidelines.reports.excerpts import cells

__all__ = ["Lettering"]

LEFT_OUT = "…"


class Lettering:
    """How some strings are written: the `text` of each, and the `style`, properties that matplotlib's `Text` needs."""

    def __init__(self, strings: Iterable[str]) -> None:
        from matplotlib.font_manager import FontProperties

        families = FontProperties().get_family()
        lacking = frozenset("".join(chain.from_iterable(cells(string).pieces for string in strings)))
        for family in families:
            lacking -= _characters(family)
        more = []
        for family, path in _others() if lacking else ():
            if found := lacking & _charmap(path):
                more.append(family)
                lacking -= found
        self._lacking = lacking
        self.style: dict[str, Any] = {"parse_math": False, "usetex": False}
        if more:
            self.style["fontfamily"] = [*families, *more]

    def text(self, string: str, width: int) -> str:
        r"""The string on one line of at most so many cells, its end left out.

        What cannot be seen, or no font has, is its code point, of which no part is left out.

        >>> letters = Lettering(["Zoe\tof Oslo"])
        >>> print(letters.text("Zoe\tof Oslo", 8), letters.text("Zoe", 3))
        Zoe… Zoe
        """
        pieces = [self._written(piece) for piece in cells(string).pieces]
        widths = [sum(cells(piece).widths) for piece in pieces]
        if sum(widths) <= width:
            return "".join(pieces)
        taken, room = 0, width - len(LEFT_OUT)
        while widths[taken] <= room:
            room -= widths[taken]
            taken += 1
        return "".join(pieces[:taken]).rstrip() + LEFT_OUT

    def _written(self, piece: str) -> str:
        return "".join(code_points(c)[1:-1] if c in self._lacking else c for c in piece)


def _others() -> Iterator[tuple[str, str]]:
    """The families that are installed, each with the file that is taken for it; those with a regular face foremost.

    Those of matplotlib's own beside DejaVu are for formulas, or for no language. To look a family up by `findfont`
    would be to have it log each that has no regular face.
    """
    import matplotlib
    from matplotlib.font_manager import fontManager

    own = Path(matplotlib.get_data_path())
    nearest: dict[str, tuple[float, str]] = {}
    for font in fontManager.ttflist:
        if own not in Path(font.fname).parents:
            far = fontManager.score_style("normal", font.style) + fontManager.score_weight("normal", font.weight)
            nearest[font.name] = min((far, font.fname), nearest.get(font.name, (far, font.fname)))
    for _, family, path in sorted((far, family, path) for family, (far, path) in nearest.items()):
        yield family, path


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
