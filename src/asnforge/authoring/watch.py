"""Waiting for files to be saved."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from pathlib import Path

Marks = dict[Path, tuple[int, int]]


def marks(paths: Iterable[Path]) -> Marks:
    """For each YAML file of some folders, and each file, when it was last written, and its size."""
    found: Marks = {}
    for path in paths:
        for file in (*path.glob("*.yaml"), *path.glob("*.yml")) if path.is_dir() else (path,):
            try:
                status = file.stat()
            except OSError:
                continue
            found[file] = (status.st_mtime_ns, status.st_size)
    return found


def wait_for_change(paths: Iterable[Path], before: Marks, sleep: Callable[[float], None] = time.sleep) -> Marks:
    """Wait until one of the files is saved, made or removed.

    Parameters
    ----------
    paths : iterable of Path
        Folders and files.
    before : Marks
        How they were.
    sleep : callable
        Waits so many seconds.
    """
    paths = tuple(paths)
    while (now := marks(paths)) == before:
        sleep(0.1)
    return now
