"""Files that appear whole or not at all."""

from __future__ import annotations

import contextlib
import errno
import itertools
import os
import re
import stat
import time
import zlib
from collections.abc import Iterable

from asnforge.findings import CannotContinue
from asnforge.system_errors import cannot_write

TEMPORARY_SUFFIX = ".part"
"""How a file's name ends while it is being written; what is left of a killed process is named so."""

ABANDONED_AFTER = 24 * 3600
"""Seconds after which a temporary file of another machine is abandoned: whether its process still runs cannot be seen."""

_TEMPORARY = re.compile(r"\.([1-9]\d*)-(\d+)-([0-9a-f]{8})" + re.escape(TEMPORARY_SUFFIX))
_MACHINE = f"{zlib.crc32(os.uname().nodename.encode()):08x}"

# What the process has open: a file that standard output goes to must not be replaced under it.
_STREAMS = {"/dev/stdout": 1, "/dev/stderr": 2}

_counter = itertools.count()


def write_atomically(path: str | os.PathLike[str], data: bytes) -> bool:
    """Write a file, whole or not at all.

    The bytes go to a file of another name in the same folder, which then takes the place of `path` in one step. A file
    that has these bytes already is left alone, its time too. A link is followed, and a device or a pipe
    is written to itself.

    Parameters
    ----------
    path : path
        The file.
    data : bytes
        All of its bytes.

    Returns
    -------
    bool
        Whether anything was written.

    Raises
    ------
    CannotContinue
        Where the system refuses, with the reason in one sentence.
    """
    path = os.fspath(path)
    try:
        if "\0" in path:
            raise OSError(errno.EINVAL, "its name has a NUL character")
        return _write(path, data)
    except OSError as error:
        raise CannotContinue(cannot_write(path, error)) from error


def followed(path: str) -> tuple[str, os.stat_result | None]:
    """The file that a name stands for, a link followed, and what is there, None for nothing; `OSError` for a folder."""
    target, status = path, _status(path)
    if status is not None and stat.S_ISLNK(status.st_mode):
        target = os.path.realpath(path)
        status = _status(target)
    if status is not None and stat.S_ISDIR(status.st_mode):
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), path)
    return target, status


def temporary_name() -> str:
    """A new name for a file that is being written: ``.PROCESS-NUMBER-MACHINE.part``."""
    return f".{os.getpid()}-{next(_counter)}-{_MACHINE}{TEMPORARY_SUFFIX}"


def remove_abandoned(folder: str, names: Iterable[str]) -> None:
    """Remove the temporary files of processes that were killed; no others, as somebody else still writes to them.

    Parameters
    ----------
    folder : str
        The folder.
    names : iterable of str
        What is in it. Of this machine a file is removed whose process does not run, of another one that was not
        written to for `ABANDONED_AFTER`. Whatever does not have a `temporary_name` is left alone.
    """
    for name in names:
        found = _TEMPORARY.fullmatch(name)
        if found is None:
            continue
        path = os.path.join(folder, name)  # noqa: PTH118
        with contextlib.suppress(OSError):
            if not _runs(int(found[1])) if found[3] == _MACHINE else _is_old(path):
                os.unlink(path)  # noqa: PTH108


def _runs(process: int) -> bool:
    try:
        os.kill(process, 0)
    except (ProcessLookupError, OverflowError):
        return False
    except PermissionError:  # of another user
        return True
    try:
        with open(f"/proc/{process}/stat", "rb") as file:  # noqa: PTH123
            return b") Z " not in file.read()  # one that is over, but nobody has asked for its status, as in containers
    except OSError:
        return True


def _is_old(path: str) -> bool:
    return time.time() - os.lstat(path).st_mtime > ABANDONED_AFTER


def _write(path: str, data: bytes) -> bool:
    if path in _STREAMS:
        _fill(os.dup(_STREAMS[path]), data)
        return True
    target, status = followed(path)
    if status is not None:
        if not stat.S_ISREG(status.st_mode):
            _fill(os.open(target, os.O_WRONLY), data)
            return True
        if status.st_size == len(data) and _holds(target, data):
            return False
    mode = stat.S_IMODE(status.st_mode) if status is not None else 0o666
    while not _put(target, data, mode):
        pass
    return True


def _status(path: str) -> os.stat_result | None:
    """What is there, a link as itself; None where there is nothing."""
    try:
        return os.lstat(path)
    except FileNotFoundError:
        return None


def _put(target: str, data: bytes, mode: int) -> bool:
    """Fill a new file and let it take the place of another; False where a killed process left one of the new name."""
    temporary = os.path.join(os.path.dirname(target), temporary_name())  # noqa: PTH118, PTH120
    try:
        _fill(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), data)
        os.replace(temporary, target)  # noqa: PTH105
    except FileExistsError:
        return False
    except BaseException:  # an interruption, too, and as early as while the new file is made
        with contextlib.suppress(OSError):
            os.unlink(temporary)  # noqa: PTH108
        raise
    return True


def _holds(path: str, data: bytes) -> bool:
    try:
        with open(path, "rb") as file:  # noqa: PTH123
            return file.read() == data
    except PermissionError:
        return False


def _fill(descriptor: int, data: bytes) -> None:
    try:
        left = memoryview(data)
        while left:
            left = left[os.write(descriptor, left) :]
    finally:
        os.close(descriptor)
