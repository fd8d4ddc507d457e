"""Bytes of an association file into text, or the reason why not."""

from __future__ import annotations

import errno
import os
import stat
import sys
from typing import BinaryIO

from asnforge.asnfiles.codes import NOT_TEXT, TOO_LARGE, UNREADABLE
from asnforge.asnfiles.json_positions import line_and_column
from asnforge.findings import Finding, InputError
from asnforge.system_errors import opened_by_shell, reading_reason

LARGEST = 64 * 1024 * 1024
"""Bytes; an association of 20 members has some 5,000."""

_USUAL = 1024 * 1024
_MARK = b"\xef\xbb\xbf"
_KINDS = (
    (b"\x1f\x8b", "is compressed with gzip", "decompress it first"),
    (b"PK\x03\x04", "is a zip archive", "unpack it first"),
    (b"SIMPLE  =", "is a FITS file", "an association is JSON text"),
    (b"\x89PNG", "is an image file", "an association is JSON text"),
    (b"\xff\xfe", "is in UTF-16", "save it as UTF-8"),
    (b"\xfe\xff", "is in UTF-16", "save it as UTF-8"),
)


def read_bytes(path: str) -> bytes:
    """The bytes of a file; of standard input where `path` is ``-``.

    Raises
    ------
    InputError
        The file cannot be read, is not a regular file, or is larger than `LARGEST`.
    """
    try:
        if path == "-":
            if sys.stdin is None:  # a closed one
                raise OSError(errno.EBADF, os.strerror(errno.EBADF))
            data = _read_some(sys.stdin.buffer)
        elif _is_special(path):
            raise InputError(Finding(UNREADABLE.code, "is not a regular file", path))
        else:
            with open(path, "rb") as stream:  # noqa: PTH123  a folder may have very many files
                data = _read_some(stream)
    except (OSError, ValueError) as error:
        reason, hint = reading_reason(error)
        raise InputError(Finding(UNREADABLE.code, f"cannot be read: {reason}", path, hint=hint)) from error
    if len(data) > LARGEST:
        message = f"is larger than the {LARGEST // 2**20} MiB that are read of an association"
        raise InputError(Finding(TOO_LARGE.code, message, path))
    return data


def _is_special(path: str) -> bool:
    """Whether reading could wait without end, as on a pipe; what the shell opened for this process is read."""
    mode = os.stat(path).st_mode  # noqa: PTH116  a folder may have very many files
    return not (stat.S_ISREG(mode) or stat.S_ISDIR(mode) or opened_by_shell(path))


def _read_some(stream: BinaryIO) -> bytes:
    """All of a stream, or more than `LARGEST` of it; memory is asked for only as it is needed."""
    start = stream.read(_USUAL)
    return start if len(start) < _USUAL else start + stream.read(LARGEST + 1 - _USUAL)


def decode(data: bytes, path: str) -> tuple[str, tuple[Finding, ...]]:
    """The text of a file's bytes, without a byte order mark, and a finding where there was one.

    Raises
    ------
    InputError
        The bytes are empty or not text in UTF-8.
    """

    def refuse(message: str, offset: int | None = None, hint: str = "") -> InputError:
        before = data[:offset].decode("utf-8", "replace")
        line, column = (None, None) if offset is None else line_and_column(before, len(before))
        return InputError(Finding(NOT_TEXT.code, message, path, line, column, hint))

    for magic, message, hint in _KINDS:
        if data.startswith(magic):
            raise refuse(message, hint=hint)
    marked = data.startswith(_MARK)
    data = data[len(_MARK) :] if marked else data
    if not data.strip():
        raise refuse("is empty", hint="an association has the keywords asn_id, asn_pool and products")
    if b"\0" in data:
        raise refuse("holds a NUL byte", data.index(b"\0"), "it is no text, or was not written to its end")
    if data.lstrip().startswith(b"<"):
        raise refuse(
            "is HTML or XML", data.index(b"<"), "an association is JSON; was an error page saved in its place?"
        )
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        byte = f"the byte 0x{data[error.start]:02X} is not valid UTF-8"
        raise refuse(byte, error.start, "save the file as UTF-8") from error
    mark = Finding(NOT_TEXT.code, "begins with a byte order mark", path, 1, 1, "save it as UTF-8 without one")
    return text, ((mark,) if marked else ())
