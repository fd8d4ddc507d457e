"""What the operating system says when it refuses something, in words: the reason, and what to do about it."""

from __future__ import annotations

import errno
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from asnforge.findings import Finding, FindingCode, InputError

CANNOT_WRITE = FindingCode(
    "A190",
    "a file cannot be written",
    "The system refuses it; its reason is in the message. Nothing is half written: the file is as it was before, or is "
    "not there. For standard output, what was printed before the error may have arrived.",
)
REFUSED = FindingCode(
    "A191",
    "the system refuses something",
    "The operating system refuses to open, read or start something that is needed; its reason is in the message.",
)
NO_MEMORY = FindingCode(
    "A192",
    "there is not enough memory",
    "The file named needs more memory than the system gives. Use a machine with more of it, run fewer processes at once, "
    "or split the file.",
)

_Reasons = Mapping[int, tuple[str, str]]

_SPACE = "make space, or choose another folder"
_ANY: _Reasons = {
    errno.EMFILE: ("too many files are open", "raise the limit with ulimit -n, or use fewer processes"),
    errno.ENFILE: ("the whole system has too many files open", "close other programs, or try again later"),
    errno.ENOMEM: ("the system has no memory left", "close other programs, or try again later"),
    errno.EAGAIN: ("the system gives no more processes or memory for now", "use fewer processes, or try again later"),
    errno.EIO: ("input/output error of the device", "check the device, or use a copy on another one"),
    errno.ESTALE: ("the file server no longer has this file", "run the command again"),
    errno.ENOTCONN: ("the file server is not connected", "mount the file system again"),
    errno.ETIMEDOUT: ("the file server does not answer", "try again later"),
    errno.EHOSTDOWN: ("the file server does not answer", "try again later"),
    errno.ELOOP: ("symbolic links lead to one another in a circle", "remove one of the links"),
    errno.ENAMETOOLONG: ("the name is too long for the file system", "choose a shorter one"),
    errno.EILSEQ: ("the file system does not accept the characters of the name", "choose another name"),
    errno.EBUSY: ("another program uses it", "close that program, or try again later"),
    errno.ETXTBSY: ("another program runs it", "end that program, or choose another name"),
    errno.EPIPE: ("nobody reads it any more", "keep its reader running"),
    errno.EFBIG: ("the file would be larger than allowed", "raise the limit with ulimit -f"),
    errno.ENOSPC: ("no space is left on the device", _SPACE),
    errno.EDQUOT: ("your quota of the device is used up", _SPACE),
    errno.EROFS: ("the file system is read-only", "choose another folder"),
    errno.ENOLCK: ("the file system gives no locks", "choose a folder on another file system"),
    errno.ENOTSUP: ("the file system does not support this", "choose a folder on another file system"),
    errno.ENXIO: ("the device is not there", "name a file"),
    errno.ENODEV: ("the device is not there", "name a file"),
}
_READING: _Reasons = {
    errno.EACCES: ("permission to read it is denied", "its permissions must let you read it"),
    errno.EPERM: ("permission to read it is denied", "its permissions must let you read it"),
    errno.ENOENT: ("no such file", "check the name"),
    errno.ENOTDIR: ("a file is named as if it were a folder", "check the name"),
    errno.EISDIR: ("it is a folder", "name a file inside it"),
    errno.EBADF: ("it is closed", "redirect a file to it, or name a file"),
    **_ANY,
}
_WRITING: _Reasons = {
    errno.EACCES: ("permission to write in its folder is denied", "choose a folder that you may write to"),
    errno.EPERM: ("permission to write in its folder is denied", "choose a folder that you may write to"),
    errno.ENOENT: ("its folder does not exist", "make the folder first"),
    errno.ENOTDIR: ("its folder is a file", "choose another folder"),
    errno.EISDIR: ("a folder of that name is in the way", "choose another name, or move the folder"),
    errno.EBADF: ("it is closed", "redirect it to a file"),
    **_ANY,
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
    """The finding of a file that cannot be written."""
    reason, hint = writing_reason(error)
    return Finding(CANNOT_WRITE.code, f"the file cannot be written: {reason}", path, hint=hint)


def cannot_print(error: OSError) -> Finding:
    """The finding of a standard output that cannot be written."""
    reason, hint = writing_reason(error)
    return Finding(CANNOT_WRITE.code, f"standard output cannot be written: {reason}", hint=hint)


def refused(error: OSError) -> Finding:
    """The finding of an error of which no more is known than the system says."""
    reason, hint = _reason(error, _USING)
    names = [str(name) for name in (error.filename, error.filename2) if isinstance(name, str | bytes)]
    if not names and error.errno == errno.ENOENT:  # only os.getcwd names no file
        return Finding(REFUSED.code, "the current folder does not exist any more", hint="change to another folder")
    return Finding(REFUSED.code, f"the system refuses it: {reason}", " and ".join(names), hint=hint)


def opened_by_shell(path: str) -> bool:
    """Whether a path leads to what is open in a process already, as ``<(command)`` of a shell does."""
    return path == "/dev/stdin" or re.match(r"/dev/fd/|/proc/(self|\d+)/fd/", path) is not None


@contextmanager
def memory_for(file: str) -> Iterator[None]:
    """Report a lack of memory as a finding of the file that is being processed.

    Raises
    ------
    InputError
        There is not enough memory.
    """
    try:
        yield
    except MemoryError as error:
        raise InputError(no_memory(file)) from error


def no_memory(file: str = "") -> Finding:
    """The finding of a file for which there is not enough memory; without a name, of whatever needed it."""
    hint = "use a machine with more memory, or split the file"
    return Finding(NO_MEMORY.code, "there is not enough memory", file, hint=hint)


def _reason(error: OSError | ValueError, reasons: _Reasons) -> tuple[str, str]:
    known = reasons.get(getattr(error, "errno", None) or 0)
    return known or (getattr(error, "strerror", None) or str(error), "")
