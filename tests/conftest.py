"""Hypothesis profiles: `dev` by default, `ci` in continuous integration, `thorough` for a long run, and two more.

Choose one by `HYPOTHESIS_PROFILE=thorough pytest`.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, settings

pytest_plugins = ["pytester"]

settings.register_profile("dev", max_examples=50, deadline=None)
settings.register_profile(
    "ci", max_examples=200, deadline=None, print_blob=True, suppress_health_check=[HealthCheck.too_slow]
)
settings.register_profile(  # for other versions of Python and of what we depend on
    "quick", max_examples=10, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck)
)
settings.register_profile(  # for tests/mutation: a failure is all that it wants to know
    "mutants",
    max_examples=25,
    deadline=None,
    derandomize=True,
    database=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)
settings.register_profile("thorough", max_examples=5_000, deadline=None)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "ci" if os.environ.get("CI") else "dev"))


@pytest.fixture(autouse=True, scope="session")
def _temporary(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """What tests of many examples write is kept where pytest clears up."""
    before, tempfile.tempdir = tempfile.tempdir, str(tmp_path_factory.mktemp("temporary"))
    yield
    tempfile.tempdir = before


@pytest.fixture(autouse=True, scope="session")
def _unmeasured() -> None:
    """What tests start is not measured: they count its system calls, and let its files fail."""
    os.environ.pop("COVERAGE_PROCESS_CONFIG", None)


@pytest.fixture
def sound(tmp_path: Path) -> Path:
    """The small sound corpus of `tests/cases/base`, with the built-in schemas."""
    here = Path(__file__).parent
    shutil.copytree(here / "cases" / "base", tmp_path / "sound")
    shutil.copytree(here.parent / "schema", tmp_path / "sound" / "schema")
    return tmp_path / "sound"


@pytest.fixture
def own(tmp_path: Path) -> Path:
    """The corpus of `tests/own`, with the schemas of metadata beside its own."""
    here = Path(__file__).parent
    shutil.copytree(here / "own", tmp_path / "own")
    for name in ("corpus", "document"):
        shutil.copy(here.parent / "schema" / f"{name}.schema.json", tmp_path / "own" / "schema")
    return tmp_path / "own"
