"""The build hook of this package: that of all corpus packages, from `src`, since none is installed yet."""

from __future__ import annotations

import sys
from pathlib import Path

# An earlier version, if one is installed beside hatchling, may have been imported as a plugin.
for name in [name for name in sys.modules if name.partition(".")[0] == "sidelines"]:
    del sys.modules[name]
sys.path.insert(0, str(Path(__file__).parent / "src"))

from sidelines.packaging import CompileCorpus  # noqa: E402  # from `src`

__all__ = ["CompileCorpus"]
