"""Large pools in pieces that can be read and grouped separately, if the rules allow that."""

import os

from asnforge.pool.limits import HIGHEST_RATIO

LARGE = 16 << 20
"""Pools of at least this many bytes are cut into pieces."""


def is_large(path: str) -> bool:
    """Whether a pool is cut into pieces; not if there is no such file."""
    return _size(path) >= LARGE


def may_be_large(path: str) -> bool:
    """Whether a pool is large, or could be large if it is standard input or compressed."""
    return path == "-" or _size(path) >= (LARGE // HIGHEST_RATIO if path.lower().endswith(".gz") else LARGE)


def _size(path: str) -> int:
    try:
        return os.stat(path).st_size  # noqa: PTH116
    except (OSError, ValueError):
        return 0
