"""Quotation marks, as many languages write them: what opens in one closes in another."""

from __future__ import annotations

__all__ = ["CLOSING", "OPENING"]

_EITHER = "\"'“”„‟‘’‚‛«»‹›＂＇"
_PAIRS = ("「」", "『』", "《》", "〈〉", "〝〞", "﹁﹂", "﹃﹄", "｢｣")  # fmt: skip
OPENING = _EITHER + "".join(pair[0] for pair in _PAIRS)
CLOSING = _EITHER + "".join(pair[1] for pair in _PAIRS) + "〟"
