"""Put the corpus and its compiled tables into the wheel.

Sources and tables are included here and nowhere else. An editable install gets nothing: it reads the repository itself,
where copies would go stale.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

SOURCES = ("corpus", "schema", "annotations")


class CompileCorpus(BuildHookInterface):
    """Checks the corpus and compiles it; a corpus with errors makes no wheel."""

    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Add the sources and the tables to the files of the wheel."""
        if self.target_name != "wheel" or version == "editable":
            return
        sys.path.insert(0, str(Path(self.root, "src")))
        from sidelines.builder import build

        self.folder = tempfile.TemporaryDirectory()
        out = Path(self.folder.name, "build")
        build(self.root, out)
        include = {str(Path(self.root, source)): f"sidelines/data/{source}" for source in SOURCES}
        include[str(out / "parquet")] = "sidelines/data/parquet"
        build_data["force_include"].update(include)

    def finalize(self, version: str, build_data: dict[str, Any], artifact_path: str) -> None:
        """Remove what was compiled."""
        if hasattr(self, "folder"):
            self.folder.cleanup()
