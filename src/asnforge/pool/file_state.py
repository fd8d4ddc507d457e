"""Reject a pool whose file changes while it is being read: its rows could be a mixture of two versions."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager

from asnforge.findings import Finding, FindingCode, InputError

CHANGED = FindingCode(
    "P119",
    "the pool changed while it was being read",
    "Another program wrote to the file, replaced it or removed it while it was being read, so its rows could be a mixture of "
    "two versions. Run the command again when no other program is writing to the pool; a batch skips the pools that are done.",
    wrong="download pool.tsv & asnforge generate pool.tsv",
    right="download pool.tsv && asnforge generate pool.tsv",
)

FileState = tuple[int, int, int, int]
"""The identity of a file and its last change: device, inode, size in bytes, time in nanoseconds."""


def file_state(status: os.stat_result) -> FileState:
    """The state of a file, from its status."""
    return status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns


def has_changed(path: str, before: FileState) -> bool:
    """Whether a file was edited, replaced or removed since its state was `before`."""
    try:
        return file_state(os.stat(path)) != before  # noqa: PTH116
    except (OSError, ValueError):
        return True


def changed_finding(path: str) -> Finding:
    """The finding for a pool that changed while it was being read."""
    hint = "run the command again when no other program is writing to it"
    return CHANGED.finding("the pool changed while it was being read", path, hint=hint)


@contextmanager
def reject_changes(path: str, before: FileState | None) -> Iterator[None]:
    """Reject a pool whose file changes within the context; `before` is None if it cannot change, such as standard input.

    Raises
    ------
    InputError
        The file has changed; this finding replaces any other, unless the file no longer exists.
    """
    try:
        yield
    except InputError as error:
        if before is not None and os.path.exists(path) and has_changed(path, before):  # noqa: PTH110
            raise InputError(changed_finding(path)) from error
        raise
    if before is not None and has_changed(path, before):
        raise InputError(changed_finding(path))
