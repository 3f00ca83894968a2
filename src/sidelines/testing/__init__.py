"""Strategies for Hypothesis, so that other people's tests can draw what annotated corpora are made of.

`texts` and `spans` draw texts and spans cut from them, `values` what a schema describes, `corpora` corpora without a
problem; `sidelines.testing.mutations` has single faults to put into them, each with the rule that must find it.

>>> from pathlib import Path
>>> from tempfile import TemporaryDirectory
>>> import sidelines
>>> from hypothesis import given
>>> from sidelines.testing import corpora
>>> @given(corpora())
... def no_problem(corpus):
...     with TemporaryDirectory() as folder:
...         assert sidelines.check(corpus.write(Path(folder) / "drawn")).ok
>>> no_problem()
"""

from __future__ import annotations

from sidelines.errors import SidelinesError

try:
    import hypothesis  # noqa: F401  # an extra: what is missing is said here, once
except ModuleNotFoundError as error:
    if error.name != "hypothesis":
        raise
    message = "sidelines.testing needs Hypothesis, which is not installed; pip install 'sidelines[testing]'"
    raise SidelinesError(message) from None

from sidelines.testing.composer import corpora
from sidelines.testing.cutter import spans, texts
from sidelines.testing.drawn import DrawnCorpus, DrawnDocument, Files
from sidelines.testing.valuer import values

__all__ = ["DrawnCorpus", "DrawnDocument", "Files", "corpora", "spans", "texts", "values"]
