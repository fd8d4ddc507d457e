"""Large pools in pieces that can be read and grouped separately, if the rules allow that."""

import os

LARGE = 16 << 20
"""Pools of at least this many bytes are cut into pieces."""


def is_large(path: str) -> bool:
    """Whether a pool is cut into pieces; not if there is no such file."""
    try:
        return os.stat(path).st_size >= LARGE  # noqa: PTH116
    except (OSError, ValueError):
        return False
