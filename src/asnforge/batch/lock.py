"""The output folder while a batch writes to it: no other batch does, and nothing is left of one that was killed."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from asnforge.asnfiles.write import make_folder
from asnforge.atomic import remove_abandoned
from asnforge.batch import codes
from asnforge.findings import Finding, InputError
from asnforge.system_errors import reading_reason


@contextmanager
def taken(folder: Path) -> Iterator[None]:
    """Have a folder for oneself; it is made where it is missing.

    Raises
    ------
    InputError
        It cannot be made, or another batch has it.
    """
    make_folder(folder)
    try:
        handle = os.open(folder, os.O_RDONLY)
    except OSError as error:
        raise InputError(_cannot_lock(folder, error)) from error
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            message, hint = "another batch writes to the folder", "wait for it to end, or choose another folder"
            raise InputError(Finding(codes.LOCKED.code, message, str(folder), hint=hint)) from error
        except OSError as error:
            raise InputError(_cannot_lock(folder, error)) from error
        _tidy(folder)
        try:
            yield
        finally:
            _tidy(folder)
    finally:
        os.close(handle)


def _cannot_lock(folder: Path, error: OSError) -> Finding:
    reason, hint = reading_reason(error)
    return Finding(codes.LOCKED.code, f"the folder cannot be locked: {reason}", str(folder), hint=hint)


def _tidy(folder: Path) -> None:
    """Remove what processes left that were killed in the middle of a file: by --timeout, or with a batch before."""
    for above, _, names in os.walk(folder):
        remove_abandoned(above, names)
