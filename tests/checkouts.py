"""Repositories of git for tests: this one as others would clone it, and one of a corpus that uses it."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterable
from pathlib import Path

ROOT = Path(__file__).parents[1]
SHIPPED = (
    "src", "corpus", "schema", "annotations", "pyproject.toml", "hatch_build.py", "README.md", "LICENSE", "RIGHTS.md",
    ".pre-commit-hooks.yaml", "action.yml",
)  # fmt: skip
# Neither the settings of whoever runs the tests nor a hook that runs them may lead git elsewhere.
ENVIRONMENT = {name: value for name, value in os.environ.items() if not name.startswith(("GIT_", "PYTEST_", "COV"))} | {
    "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1", "GIT_AUTHOR_NAME": "Ann", "GIT_COMMITTER_NAME": "Ann",
    "GIT_AUTHOR_EMAIL": "ann@example.org", "GIT_COMMITTER_EMAIL": "ann@example.org",
}  # fmt: skip


def git(folder: Path, *arguments: str) -> str:
    """Run git in a folder."""
    command = ["git", "-C", str(folder), *arguments]
    return subprocess.run(command, env=ENVIRONMENT, capture_output=True, text=True, check=True).stdout.strip()


def commit(folder: Path, names: Iterable[str] = (".",)) -> str:
    """Commit files of a folder, which becomes a repository; the hash of the commit."""
    if not (folder / ".git").exists():
        git(folder, "init", "--quiet", "--initial-branch=main")
    git(folder, "add", "--all", *names)
    git(folder, "commit", "--quiet", "--message=As it is", "--no-verify")
    return git(folder, "rev-parse", "HEAD")


def copy_of_this(target: Path) -> Path:
    """What of this repository others install, as it stands now."""
    ignored = shutil.ignore_patterns("__pycache__")
    for name in SHIPPED:
        path = target / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, path, ignore=ignored)
        else:
            shutil.copy(ROOT / name, path)
    return target
