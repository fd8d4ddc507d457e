"""Write files atomically: each appears whole or not at all."""

from __future__ import annotations

import contextlib
import errno
import itertools
import os
import re
import shutil
import stat
import time
import zlib
from collections.abc import Collection, Iterator
from pathlib import Path

from asnforge.findings import FindingCode, InputError
from asnforge.system_errors import cannot_write

LINK_IN_PLACE = FindingCode(
    "A193",
    "an output file is a link or a special file",
    "Links that you name yourself are followed, such as a link to an output folder or to a report. The names of association "
    "files, of the folders of pools and of the manifest come from the data, so a symbolic link, a pipe or a device with such "
    "a name in the output folder is not used: it could lead anywhere. Nothing is written for that pool. Remove the link or "
    "special file, or choose another folder.",
    wrong="ln -s ~/important out/manifest.jsonl; asnforge batch pools -o out",
    right="rm out/manifest.jsonl; asnforge batch pools -o out",
)

TEMPORARY_SUFFIX = ".part"
"""The suffix of temporary files: files that are being written, or were when their process was killed."""

ABANDONED_AFTER = 24 * 3600
"""The age in seconds at which a temporary file of another machine counts as abandoned."""

_TEMPORARY = re.compile(r"\.([1-9]\d*)-(\d+)-([0-9a-f]{8})" + re.escape(TEMPORARY_SUFFIX))
_MACHINE = f"{zlib.crc32(os.uname().nodename.encode()):08x}"

_STREAMS = {"/dev/stdout": 1, "/dev/stderr": 2}
"""Streams that are written to directly: a file to which standard output is redirected must not be replaced."""

_counter = itertools.count()


def write_atomically(path: str | os.PathLike[str], data: bytes, *, follow: bool = False) -> bool:
    """Write to a temporary file in the same folder, then rename it over `path`.

    A file that already has this content is left alone and keeps its modification time.

    Parameters
    ----------
    path : path
        The file to write.
    data : bytes
        Its whole content.
    follow : bool
        True if the user named the file: a symbolic link is followed, and a device or a pipe is written to. False if the name
        comes from data and must not lead to another file: a link or a special file is refused.

    Returns
    -------
    bool
        Whether anything was written.

    Raises
    ------
    InputError
        The file cannot be written, or is a link or a special file that is not followed.
    """
    path = os.fspath(path)
    with _reporting_errors(path):
        return _write(path, data, follow)


def check_writable(folder: str | os.PathLike[str], names: Collection[str]) -> None:
    """Refuse files that `write_atomically` would refuse, before any of them is written; the folder is listed once.

    Raises
    ------
    InputError
        A symbolic link, a special file or a folder has one of the names, or the folder cannot be listed.
    """
    chosen = frozenset(names)
    with _reporting_errors(os.fspath(folder)), os.scandir(folder) as entries:
        special = [entry.name for entry in entries if entry.name in chosen and not entry.is_file(follow_symlinks=False)]
    for path in (str(Path(folder, name)) for name in sorted(special)):
        with _reporting_errors(path):
            _find_target(path, follow=False)


def refuse_linked_folders(folder: str | os.PathLike[str], output: str | os.PathLike[str]) -> None:
    """Refuse a folder whose path has a symbolic link below the output folder; the output folder itself may be a link.

    Raises
    ------
    InputError
        `folder`, or a folder between the two, is a symbolic link.
    """
    path, below = os.fspath(output), os.path.relpath(folder, output)  # Path(".") has no parts
    for part in Path(below).parts:
        path = os.path.join(path, part)  # noqa: PTH118
        with _reporting_errors(path):
            status = status_of(path)
            if status is not None and stat.S_ISLNK(status.st_mode):
                raise _link_error(path, "folder", "a symbolic link")


def resolve_target(path: str) -> tuple[str, os.stat_result | None]:
    """The file that a path from the user leads to, through any links, and its status; None if the file does not exist.

    Raises
    ------
    OSError
        The path leads to a folder, or the system reports an error.
    """
    return _find_target(path, follow=True)


def temporary_name() -> str:
    """A unique name for a file that is being written: ``.PROCESS-NUMBER-MACHINE.part``."""
    return f".{os.getpid()}-{next(_counter)}-{_MACHINE}{TEMPORARY_SUFFIX}"


def remove_abandoned(folder: str) -> None:
    """Remove files and folders with a `temporary_name` whose process was killed; none if the folder cannot be listed.

    Those of another machine, whose processes are unknown, are removed if they are older than `ABANDONED_AFTER`.
    """
    with contextlib.suppress(OSError):
        for name in os.listdir(folder):  # noqa: PTH208
            match = _TEMPORARY.fullmatch(name)
            if match is None:
                continue
            path = os.path.join(folder, name)  # noqa: PTH118
            with contextlib.suppress(OSError):
                if not _is_alive(int(match[1])) if match[3] == _MACHINE else _is_old(path):
                    _remove(path)


def status_of(path: str) -> os.stat_result | None:
    """The status of a file, without following a link; None if there is none."""
    try:
        return os.lstat(path)
    except FileNotFoundError:
        return None


def has_content(path: str, data: bytes) -> bool:
    """Whether a file has this content; not if it cannot be read."""
    try:
        with open(path, "rb") as file:  # noqa: PTH123
            return file.read() == data
    except PermissionError:
        return False


def create_file(path: str, data: bytes, mode: int, folder: int | None = None) -> os.stat_result:
    """Write a new file, and return its status; an error of the system if there is one with this name.

    The path is relative to an open folder, if one is given: very many files are created faster by their names alone.
    """
    return _write_all(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode, dir_fd=folder), data)


@contextlib.contextmanager
def _reporting_errors(path: str) -> Iterator[None]:
    try:
        if "\0" in path:
            raise OSError(errno.EINVAL, "its name has a NUL character")
        yield
    except OSError as error:
        raise InputError(cannot_write(path, error)) from error


def _link_error(path: str, kind: str, existing: str) -> InputError:
    message, hint = "the {kind} is {existing}", "remove it, or choose another output folder"
    return InputError(LINK_IN_PLACE.finding(message, path, hint=hint, kind=kind, existing=existing))


def _is_alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except (ProcessLookupError, OverflowError):
        return False
    except PermissionError:  # a process of another user
        return True
    try:
        with open(f"/proc/{process}/stat", "rb") as file:  # noqa: PTH123
            return b") Z " not in file.read()  # a zombie: ended, but not waited for, as in containers
    except OSError:
        return True


def _remove(path: str) -> None:
    if stat.S_ISDIR(os.lstat(path).st_mode):
        shutil.rmtree(path)
    else:
        os.unlink(path)  # noqa: PTH108


def _is_old(path: str) -> bool:
    return time.time() - os.lstat(path).st_mtime > ABANDONED_AFTER


def _write(path: str, data: bytes, follow: bool) -> bool:
    if follow and path in _STREAMS:
        _write_all(os.dup(_STREAMS[path]), data)
        return True
    target, status = _find_target(path, follow)
    if status is not None:
        if not stat.S_ISREG(status.st_mode):
            _write_all(os.open(target, os.O_WRONLY), data)
            return True
        if status.st_size == len(data) and has_content(target, data):
            return False
    mode = stat.S_IMODE(status.st_mode) if status is not None else 0o666
    while not _replace(target, data, mode):
        pass
    return True


def _find_target(path: str, follow: bool) -> tuple[str, os.stat_result | None]:
    target, status = path, status_of(path)
    if status is not None and stat.S_ISLNK(status.st_mode):
        if not follow:
            raise _link_error(path, "file", "a symbolic link")
        target = os.path.realpath(path)
        status = status_of(target)
    if status is not None and stat.S_ISDIR(status.st_mode):
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), path)
    if status is not None and not follow and not stat.S_ISREG(status.st_mode):
        raise _link_error(path, "file", "a pipe, a socket or a device")
    return target, status


def _replace(target: str, data: bytes, mode: int) -> bool:
    """Write a temporary file and rename it; False if a killed process left a file with that name."""
    temporary = os.path.join(os.path.dirname(target), temporary_name())  # noqa: PTH118, PTH120
    try:
        create_file(temporary, data, mode)
        os.replace(temporary, target)  # noqa: PTH105
    except FileExistsError:
        return False
    except BaseException:  # including an interruption as soon as the file exists
        with contextlib.suppress(OSError):
            os.unlink(temporary)  # noqa: PTH108
        raise
    return True


def _write_all(descriptor: int, data: bytes) -> os.stat_result:
    try:
        written = os.write(descriptor, data)
        while written < len(data):  # a pipe, or a disk that is full
            written += os.write(descriptor, memoryview(data)[written:])
        return os.fstat(descriptor)
    finally:
        os.close(descriptor)
