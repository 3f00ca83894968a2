"""The build hook of hatchling that puts a corpus and its compiled tables into a wheel.

A package uses it by `requires = ["hatchling", "sidelines"]` and `[tool.hatch.build.targets.wheel.hooks.sidelines]`.
"""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface
from hatchling.plugin import hookimpl

from sidelines.datasets import SOURCES, compile_tables
from sidelines.errors import InvalidCorpusError, SidelinesError

__all__ = ["CompileCorpus", "hatch_register_build_hook"]


class CompileCorpus(BuildHookInterface):
    """Checks the corpus and compiles it; a corpus with errors makes no wheel.

    Sources and tables are included here and nowhere else, as `data/` of the one package in `packages`. An editable
    install gets nothing: it reads the repository itself, where copies would go stale.
    """

    PLUGIN_NAME = "sidelines"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Add the sources and the tables to the files of the wheel."""
        if self.target_name != "wheel" or version == "editable":
            return
        packages = self.build_config.packages
        if len(packages) != 1:
            found = ", ".join(packages) or "none"
            self.app.abort(f"tool.hatch.build.targets.wheel.packages: expected the one that gets data/, found {found}")
        data = f"{Path(packages[0]).name}/data"
        self.folder = TemporaryDirectory()
        out = Path(self.folder.name, "build")
        try:
            compile_tables(Path(self.root), out)
        except SidelinesError as error:
            self.folder.cleanup()
            for problem in error.problems if isinstance(error, InvalidCorpusError) else ():
                self.app.display_error(f"{problem.place}: {problem.code} {problem.message}")
            self.app.abort(str(error))
        sources = [source for source in SOURCES if Path(self.root, source).is_dir()]
        include = {str(Path(self.root, source)): f"{data}/{source}" for source in sources}
        include[str(out / "parquet")] = f"{data}/parquet"
        build_data["force_include"].update(include)

    def finalize(self, version: str, build_data: dict[str, Any], artifact_path: str) -> None:
        """Remove what was compiled."""
        if hasattr(self, "folder"):
            self.folder.cleanup()


@hookimpl
def hatch_register_build_hook() -> type[BuildHookInterface]:
    """What hatchling asks of the entry point."""
    return CompileCorpus
