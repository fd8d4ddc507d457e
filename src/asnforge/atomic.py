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
from collections.abc import Collection, Iterable, Iterator
from pathlib import Path

from asnforge.findings import Finding, FindingCode, InputError
from asnforge.system_errors import cannot_write

LINK_IN_PLACE = FindingCode(
    "A193",
    "a link or a special file is in the place of a file",
    "Links that you name yourself are followed: an output folder, a file of a report. The name of an association file, of a "
    "pool's folder or of the manifest comes from the data, so a symbolic link, a pipe or a device of that name in the output "
    "folder is not used: it could lead anywhere. Nothing of that pool is written. Remove it, or choose another folder.",
)

TEMPORARY_SUFFIX = ".part"
"""How a file's name ends while it is being written; what is left of a killed process is named so."""

ABANDONED_AFTER = 24 * 3600
"""Seconds after which a temporary file of another machine is abandoned: whether its process still runs cannot be seen."""

_TEMPORARY = re.compile(r"\.([1-9]\d*)-(\d+)-([0-9a-f]{8})" + re.escape(TEMPORARY_SUFFIX))
_MACHINE = f"{zlib.crc32(os.uname().nodename.encode()):08x}"

# What the process has open: a file that standard output goes to must not be replaced under it.
_STREAMS = {"/dev/stdout": 1, "/dev/stderr": 2}

_counter = itertools.count()


def write_atomically(path: str | os.PathLike[str], data: bytes, *, follow: bool = False) -> bool:
    """Write a file, whole or not at all.

    The bytes go to a temporary file in the same folder, which is then renamed to `path`. A file that has these bytes
    already is left alone, with its time.

    Parameters
    ----------
    path : path
        The file.
    data : bytes
        All of its bytes.
    follow : bool
        Whether the user named the file: then a symbolic link is followed, and a device or a pipe is written to itself. A
        name that comes from data never leads to another file: a link or a special file in its place is refused.

    Returns
    -------
    bool
        Whether anything was written.

    Raises
    ------
    InputError
        The system refuses, or something that is not followed is in the file's place.
    """
    path = os.fspath(path)
    with _refusing(path):
        return _write(path, data, follow)


def check_writable(folder: str | os.PathLike[str], names: Collection[str]) -> None:
    """Refuse files that `write_atomically` would refuse for what is in their place, before any of them is written.

    Parameters
    ----------
    folder : path
        The folder of the files, which is listed once: there can be very many.
    names : collection of str
        Their names in it.

    Raises
    ------
    InputError
        A symbolic link, a special file or a folder has the name of one of them, or the folder cannot be listed.
    """
    wanted = frozenset(names)
    with _refusing(os.fspath(folder)), os.scandir(folder) as entries:
        found = sorted(each.name for each in entries if each.name in wanted and not each.is_file(follow_symlinks=False))
    for path in (str(Path(folder, name)) for name in found):
        with _refusing(path):
            _find_target(path, follow=False)


def refuse_linked_folders(folder: str | os.PathLike[str], output: str | os.PathLike[str]) -> None:
    """Refuse a folder below the output folder that a symbolic link leads to.

    Parameters
    ----------
    folder : path
        The output folder, or one below it that data name; it need not exist.
    output : path
        The output folder as the user named it, which may be a link itself.

    Raises
    ------
    InputError
        `folder`, or a folder between the two, is a symbolic link.
    """
    path, below = os.fspath(output), os.path.relpath(folder, output)  # of "." pathlib has no parts
    for part in Path(below).parts:
        path = os.path.join(path, part)  # noqa: PTH118
        with _refusing(path):
            status = _status(path)
            if status is not None and stat.S_ISLNK(status.st_mode):
                raise _in_place(path, "a symbolic link", "folder")


@contextlib.contextmanager
def _refusing(path: str) -> Iterator[None]:
    """Turn what the system says into a finding."""
    try:
        if "\0" in path:
            raise OSError(errno.EINVAL, "its name has a NUL character")
        yield
    except OSError as error:
        raise InputError(cannot_write(path, error)) from error


def _in_place(path: str, what: str, kind: str) -> InputError:
    message, hint = f"{what} is in the place of the {kind}", "remove it, or choose another output folder"
    return InputError(Finding(LINK_IN_PLACE.code, message, path, hint=hint))


def resolve_target(path: str) -> tuple[str, os.stat_result | None]:
    """The file that a user's name leads to, through links, and its status, None where it does not exist.

    Raises
    ------
    OSError
        It is a folder, or the system refuses.
    """
    return _find_target(path, follow=True)


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


def _write(path: str, data: bytes, follow: bool) -> bool:
    if follow and path in _STREAMS:
        _fill(os.dup(_STREAMS[path]), data)
        return True
    target, status = _find_target(path, follow)
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


def _find_target(path: str, follow: bool) -> tuple[str, os.stat_result | None]:
    target, status = path, _status(path)
    if status is not None and stat.S_ISLNK(status.st_mode):
        if not follow:
            raise _in_place(path, "a symbolic link", "file")
        target = os.path.realpath(path)
        status = _status(target)
    if status is not None and stat.S_ISDIR(status.st_mode):
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), path)
    if status is not None and not follow and not stat.S_ISREG(status.st_mode):
        raise _in_place(path, "a pipe, a socket or a device", "file")
    return target, status


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
