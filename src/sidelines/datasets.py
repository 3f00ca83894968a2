"""The corpus that a Python package carries: where it is, its version, its tables in pandas.

This is all the code that a corpus package needs, and importing it loads nothing else.
"""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sidelines.errors import SidelinesError
from sidelines.layout import carried

if TYPE_CHECKING:
    import pyarrow as pa

    from sidelines.corpora import Corpus
    from sidelines.problems import Report

__all__ = ["SOURCES", "Dataset", "compile_tables"]

SOURCES = ("corpus", "schema", "annotations")


@dataclass(frozen=True, slots=True)
class Dataset:
    """The corpus of a package, by the `__file__` of its `__init__.py`.

    In a wheel, the corpus and its tables stand in `data/` beside that file. In a checkout, where the package is in
    `src/`, they are the repository's own files, compiled into `.cache/` when a table is asked for and they, or
    Sidelines, have changed since.

    >>> import sidelines
    >>> dataset = Dataset(sidelines.__file__)
    >>> dataset.version == sidelines.__version__, dataset.load()[0]
    (True, 'blocks')
    """

    file: str

    @property
    def root(self) -> Path:
        """The folder that holds `corpus/`, `schema/` and `annotations/`."""
        return carried(self._package)

    @property
    def version(self) -> str:
        """The version of the data, which is that of the package.

        Raises
        ------
        SidelinesError
            when `corpus/corpus.json` is not there, or has no version.
        """
        import json

        file = self.root / "corpus" / "corpus.json"
        try:
            return str(json.loads(file.read_bytes())["version"])
        except (OSError, ValueError, LookupError, TypeError, RecursionError) as error:
            raise SidelinesError(f"{file}: expected the version of the corpus, found none: {error}") from error

    def load(self, table: str | None = None) -> Any:
        """Load a table as a pandas DataFrame; without a name, list the tables.

        Strings are strings, enums categories, days datetime64; integers and booleans that may be absent are nullable
        (`Int64`, `boolean`). Offsets are code points, half-open.

        Raises
        ------
        SidelinesError
            when there is no such table; the message lists those that there are. In a checkout also InvalidCorpusError,
            when the corpus has errors.
        """
        if table is None:
            return sorted(file.stem for file in self._compiled().glob("*.parquet"))
        import pyarrow.parquet as pq

        from sidelines.frames import to_frame

        rows = pq.ParquetFile(self.path(table), page_checksum_verification=True).read()
        return to_frame(rows if rows.num_rows else _without_rows(self.root, table))

    def path(self, table: str) -> Path:
        """The Parquet file of a table, for `pandas.read_parquet` and every other reader.

        Raises
        ------
        SidelinesError
            as for `load`.
        """
        file = self._compiled() / f"{table}.parquet"
        if not file.is_file():
            from sidelines.problems import names

            raise SidelinesError(f"there is no table {table!r}; {names(table, self.load())}")
        return file

    def read(self) -> Corpus:
        """The corpus as `sidelines.read` has it, with its Arrow tables."""
        from sidelines.corpora import read

        return read(self.root)

    def check(self) -> Report:
        """Check every file, every offset and every rule, as `sidelines.check` does."""
        from sidelines.checker import check

        return check(self.root)

    @property
    def _package(self) -> Path:
        return Path(self.file).resolve().parent

    def _compiled(self) -> Path:
        """The folder of the compiled tables: in a wheel beside the sources, in a checkout a cache."""
        root = self.root
        if root.parent == self._package:
            return root / "parquet"
        folder = root / ".cache" / f"sidelines-{_fingerprint(root)}"
        if not folder.is_dir():
            import shutil

            compile_tables(root, folder)
            for earlier in folder.parent.glob("sidelines-*"):
                if earlier != folder:
                    shutil.rmtree(earlier, ignore_errors=True)
        return folder / "parquet"


def _without_rows(root: Path, table: str) -> pa.Table:
    """A table without rows, with its categories, of which Parquet keeps only those that stand in rows."""
    from sidelines.derive import derive
    from sidelines.opening import open_corpus

    ((batch, _),) = open_corpus(root).batches(shards=[])
    return derive(batch)[table]


def compile_tables(root: Path, out: Path) -> None:
    """Build a corpus such that each table is one file, however many documents there are.

    Raises
    ------
    InvalidCorpusError
        when the corpus has errors.
    SidelinesError
        when there is no corpus, or `out` cannot be written.
    """
    from sidelines.builder import build

    build(root, out, part_documents=sys.maxsize, page=False)


def _fingerprint(root: Path) -> str:
    """A hash of all that the compiled tables depend on: the corpus and the code of Sidelines."""
    from hashlib import sha256

    state = sha256()
    for part in (*(root / source for source in SOURCES), Path(__file__).resolve().parent):
        for folder, _, files in sorted(os.walk(part)):
            for name in sorted(files):
                if name.endswith((".json", ".txt", ".py")):
                    file = Path(folder, name)
                    shown = file.relative_to(part.parent).as_posix()
                    state.update(shown.encode("utf-8", "surrogateescape") + b"\0" + file.read_bytes() + b"\0")
    return state.hexdigest()[:16]
