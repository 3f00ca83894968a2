"""What a file was when it was last committed to version control."""

from __future__ import annotations

import subprocess
from hashlib import new
from pathlib import Path

__all__ = ["is_committed"]

ALGORITHMS = {40: "sha1", 64: "sha256"}  # of git's objects, by the length of their names


def is_committed(root: Path, path: str, content: bytes) -> bool:
    """Whether git has this file, relative to a folder, committed with this content, byte for byte.

    False as well where there is no git, or the folder is in no repository.

    >>> is_committed(Path("/"), "no-such-file", b"")
    False
    """
    try:
        asked = ["git", "-C", str(root), "rev-parse", "--verify", "--quiet", f"HEAD:./{path}"]
        found = subprocess.run(asked, capture_output=True, check=False).stdout.decode("ascii", "replace").strip()
    except OSError:  # git is not installed
        return False
    algorithm = ALGORITHMS.get(len(found))
    return algorithm is not None and new(algorithm, b"blob %d\0" % len(content) + content).hexdigest() == found
