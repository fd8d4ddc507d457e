"""A pool whose file changes while it is read is rejected: rows of two versions of it could be mixed."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager

from asnforge.findings import Finding, InputError
from asnforge.pool import codes

FileState = tuple[int, int, int, int]
"""Which file has a name, and when it was changed last: device, inode, size in bytes, time in nanoseconds."""


def state_of(status: os.stat_result) -> FileState:
    """The state of a file, of what the system says about it."""
    return status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns


def has_changed(path: str, before: FileState) -> bool:
    """Whether a file was edited, replaced or removed since it had a state."""
    try:
        return state_of(os.stat(path)) != before  # noqa: PTH116
    except (OSError, ValueError):
        return True


def changed(path: str) -> Finding:
    """The finding of a pool that changed while it was read."""
    hint = "run the command again when no other program writes to it"
    return Finding(codes.CHANGED.code, "the pool changed while it was read", path, hint=hint)


@contextmanager
def unchanged(path: str, before: FileState | None) -> Iterator[None]:
    """Read a pool, or something of it, and reject it where its file has changed in the meantime.

    Parameters
    ----------
    path : str
        The pool.
    before : tuple of int or None
        The state of its file at the beginning; None where it is no file that can change, such as standard input.

    Raises
    ------
    InputError
        The file has changed: what else is wrong with the rows that were read does not matter then. A file that was removed
        before it was read to its end has the finding of one that does not exist.
    """
    try:
        yield
    except InputError as stop:
        if before is not None and os.path.exists(path) and has_changed(path, before):  # noqa: PTH110
            raise InputError(changed(path)) from stop
        raise
    if before is not None and has_changed(path, before):
        raise InputError(changed(path))
