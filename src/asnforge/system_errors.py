"""Errors of the operating system as findings: the reason, and what to do about it."""

from __future__ import annotations

import errno
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from asnforge.findings import Finding, FindingCode, InputError

CANNOT_WRITE = FindingCode(
    "A190",
    "a file cannot be written",
    "The operating system reports an error; the message gives the reason. No file is partly written: the file is as it was "
    "before, or does not exist. Standard output may contain what was printed before the error.",
    wrong="asnforge generate pool.tsv --save-orphans absent/orphans.tsv",
    right="mkdir absent && asnforge generate pool.tsv --save-orphans absent/orphans.tsv",
)
REFUSED = FindingCode(
    "A191",
    "the operating system reports an error",
    "A file or process that is needed cannot be opened, read or started; the message gives the reason.",
    wrong="(ulimit -n 5; asnforge generate pool.tsv)",
    right="(ulimit -n 1024; asnforge generate pool.tsv)",
)
NO_MEMORY = FindingCode(
    "A192",
    "not enough memory",
    "The file needs more memory than the system has available. Use a machine with more memory, run fewer processes at once, "
    "or split the file.",
    wrong="(ulimit -v 100000; asnforge generate pool.tsv)",
    right="(ulimit -v unlimited; asnforge generate pool.tsv)",
)

_Reasons = Mapping[int, tuple[str, str]]

_SPACE = "free space, or choose another folder"
_OTHER_FILE_SYSTEM = "choose a folder on another file system"
_ALWAYS: _Reasons = {
    errno.EMFILE: ("too many files are open", "raise the limit with ulimit -n, or use fewer processes"),
    errno.ENFILE: ("the whole system has too many files open", "close other programs, or try again later"),
    errno.ENOMEM: ("the system has no memory left", "close other programs, or try again later"),
    errno.EAGAIN: ("the system has no processes or memory left", "use fewer processes, or try again later"),
    errno.EIO: ("input/output error on the device", "check the device, or use a copy on another one"),
    errno.ESTALE: ("the file server no longer has this file", "run the command again"),
    errno.ENOTCONN: ("the file server is not connected", "mount the file system again"),
    errno.ETIMEDOUT: ("the file server does not respond", "try again later"),
    errno.EHOSTDOWN: ("the file server does not respond", "try again later"),
    errno.ELOOP: ("the symbolic links form a cycle", "remove one of the links"),
    errno.ENAMETOOLONG: ("the name is too long for the file system", "choose a shorter name"),
    errno.EILSEQ: ("the file system does not accept the characters of the name", "choose another name"),
    errno.EBUSY: ("another program is using it", "close that program, or try again later"),
    errno.ETXTBSY: ("it is a program that is running", "end that program, or choose another name"),
    errno.EPIPE: ("the program that reads it has ended", "keep that program running"),
    errno.EFBIG: ("the file would exceed the size limit", "raise the limit with ulimit -f"),
    errno.ENOSPC: ("no space is left on the device", _SPACE),
    errno.EDQUOT: ("your disk quota is exceeded", _SPACE),
    errno.EROFS: ("the file system is read-only", "choose another folder"),
    errno.ENOLCK: ("the file system does not support locks", _OTHER_FILE_SYSTEM),
    errno.ENOTSUP: ("the file system does not support this", _OTHER_FILE_SYSTEM),
    errno.ENXIO: ("the device does not exist", "give a file"),
    errno.ENODEV: ("the device does not exist", "give a file"),
}
_READING: _Reasons = {
    errno.EACCES: ("no permission to read it", "check its permissions"),
    errno.EPERM: ("no permission to read it", "check its permissions"),
    errno.ENOENT: ("no such file", "check the name"),
    errno.ENOTDIR: ("part of the path is a file, not a folder", "check the name"),
    errno.EISDIR: ("it is a folder", "give a file inside it"),
    errno.EBADF: ("it is closed", "redirect a file to it, or give a file"),
    **_ALWAYS,
}
_WRITING: _Reasons = {
    errno.EACCES: ("no permission to write in its folder", "choose a folder with write permission"),
    errno.EPERM: ("no permission to write in its folder", "choose a folder with write permission"),
    errno.ENOENT: ("its folder does not exist", "create the folder first"),
    errno.ENOTDIR: ("its folder is a file", "choose another folder"),
    errno.EISDIR: ("a folder has this name", "choose another name, or move the folder"),
    errno.EBADF: ("it is closed", "redirect it to a file"),
    **_ALWAYS,
}
_USING: _Reasons = {
    **_READING,
    errno.EACCES: ("permission is denied", "check the permissions of the file and of its folder"),
    errno.EPERM: ("permission is denied", "check the permissions of the file and of its folder"),
    errno.ECHILD: ("a process has disappeared", "run the command again"),
}


def reading_reason(error: OSError | ValueError) -> tuple[str, str]:
    """Why something cannot be read, and what to do."""
    return _reason(error, _READING)


def writing_reason(error: OSError | ValueError) -> tuple[str, str]:
    """Why something cannot be written, and what to do."""
    return _reason(error, _WRITING)


def cannot_write(path: str, error: OSError | ValueError) -> Finding:
    """The finding for a file that cannot be written."""
    reason, hint = writing_reason(error)
    return CANNOT_WRITE.finding("the file cannot be written: {reason}", path, hint=hint, reason=reason)


def cannot_print(error: OSError) -> Finding:
    """The finding for standard output that cannot be written."""
    reason, hint = writing_reason(error)
    return CANNOT_WRITE.finding("standard output cannot be written: {reason}", hint=hint, reason=reason)


def system_error(error: OSError) -> Finding:
    """The finding for any other error, of which only the system's report is known."""
    reason, hint = _reason(error, _USING)
    files = [str(name) for name in (error.filename, error.filename2) if isinstance(name, str | bytes)]
    if not files and error.errno == errno.ENOENT:  # only the error of os.getcwd names no file
        return REFUSED.finding("the current folder no longer exists", hint="change to another folder")
    return REFUSED.finding("the operating system reports: {reason}", " and ".join(files), hint=hint, reason=reason)


def no_memory(file: str = "") -> Finding:
    """The finding for a file that needs more memory than is available; `file` is empty if it is unknown."""
    hint = "use a machine with more memory, or split the file"
    return NO_MEMORY.finding("not enough memory", file, hint=hint)


@contextmanager
def memory_for(file: str) -> Iterator[None]:
    """Report a MemoryError within the context as a finding about a file.

    Raises
    ------
    InputError
        Memory is exhausted.
    """
    try:
        yield
    except MemoryError as error:
        raise InputError(no_memory(file)) from error


def opened_by_shell(path: str) -> bool:
    """Whether a path is that of a file that is already open, such as ``<(command)`` in a shell."""
    return path == "/dev/stdin" or re.match(r"/dev/fd/|/proc/(self|\d+)/fd/", path) is not None


def _reason(error: OSError | ValueError, reasons: _Reasons) -> tuple[str, str]:
    known = reasons.get(getattr(error, "errno", None) or 0)
    return known or (getattr(error, "strerror", None) or str(error), "")
