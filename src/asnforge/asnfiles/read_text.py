"""Read the text of an association file, or report why it is not text."""

from __future__ import annotations

import errno
import os
import re
import stat
import sys
from bisect import bisect_left
from typing import Any, BinaryIO

from asnforge.findings import Finding, FindingCode, InputError, SourceLocation
from asnforge.system_errors import opened_by_shell, reading_reason

UNREADABLE = FindingCode(
    "A101",
    "the file cannot be read",
    "The file does not exist, is a folder, or the system refuses to read it. Check its name and its permissions.",
    wrong="asnforge validate nihgt_asn.json",
    right="asnforge validate night_asn.json",
)
NOT_TEXT = FindingCode(
    "A102",
    "the file is not text in UTF-8",
    "JSON is text in UTF-8. The file is empty, compressed, binary, or in another encoding. Save it as UTF-8 without a "
    "byte order mark.",
    wrong="asnforge validate night_asn.json.gz",
    right="gunzip night_asn.json.gz && asnforge validate night_asn.json",
)
TOO_LARGE = FindingCode(
    "A103",
    "the file is larger or more deeply nested than an association",
    "An association is a few kilobytes and four levels deep. A file far beyond that is something else, and is not read "
    "completely.",
    wrong="asnforge validate catalog.json",
    right="asnforge validate night_asn.json",
)

LARGEST = 64 * 1024 * 1024
"""Bytes; an association of 20 members has some 5,000."""

_USUAL = 1024 * 1024
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"
_SIGNATURES = (
    (b"\x1f\x8b", "is compressed with gzip", "decompress it first"),
    (b"PK\x03\x04", "is a zip archive", "unpack it first"),
    (b"SIMPLE  =", "is a FITS file", "an association is JSON text"),
    (b"\x89PNG", "is an image file", "an association is JSON text"),
    (b"\xff\xfe", "is in UTF-16", "save it as UTF-8"),
    (b"\xfe\xff", "is in UTF-16", "save it as UTF-8"),
)


class Lines:
    """Lines and columns of offsets in the text of a file."""

    def __init__(self, text: str, file: str) -> None:
        self._ends = [match.start() for match in re.finditer("\n", text)]
        self._file = file

    def location(self, offset: int) -> SourceLocation:
        """The position of an offset; both are in characters."""
        line = bisect_left(self._ends, offset)
        return SourceLocation(self._file, line + 1, offset - (self._ends[line - 1] if line else -1))


def read_bytes(path: str) -> bytes:
    """The bytes of a file; of standard input if `path` is ``-``.

    Raises
    ------
    InputError
        The file cannot be read, is not a regular file, or is larger than `LARGEST`.
    """
    try:
        data = _read(path)
    except (OSError, ValueError) as error:
        reason, hint = reading_reason(error)
        raise InputError(UNREADABLE.finding("cannot be read: {reason}", path, hint=hint, reason=reason)) from error
    if len(data) > LARGEST:
        message = "is larger than {limit} MiB, the limit for an association"
        raise InputError(TOO_LARGE.finding(message, path, limit=LARGEST // 2**20))
    return data


def _read(path: str) -> bytes:
    if path == "-":
        if sys.stdin is None:  # closed
            raise OSError(errno.EBADF, os.strerror(errno.EBADF))
        return _read_limited(sys.stdin.buffer)
    if not opened_by_shell(path):
        # A pipe or a device does not block when it is opened like this, and is not read.
        try:
            descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
        except OSError as error:
            if error.errno == errno.ENXIO:  # a socket
                raise InputError(UNREADABLE.finding("is not a regular file", path)) from error
            raise
        try:
            status = os.fstat(descriptor)
            if not stat.S_ISREG(status.st_mode) and not stat.S_ISDIR(status.st_mode):
                raise InputError(UNREADABLE.finding("is not a regular file", path))
            if 0 < status.st_size < _USUAL:
                data = os.read(descriptor, status.st_size + 1)
                if len(data) == status.st_size:
                    return data
        finally:
            os.close(descriptor)
    with open(path, "rb") as stream:  # noqa: PTH123  a folder may have very many files
        return _read_limited(stream)


def _read_limited(stream: BinaryIO) -> bytes:
    """All bytes of a stream, but at most one more than `LARGEST`; memory is allocated only as needed."""
    start = stream.read(_USUAL)
    return start if len(start) < _USUAL else start + stream.read(LARGEST + 1 - _USUAL)


def decode(data: bytes, path: str) -> tuple[str, tuple[Finding, ...]]:
    """The text of a file's bytes, without a byte order mark, and a finding if there was one.

    Raises
    ------
    InputError
        The bytes are empty or not text in UTF-8.
    """

    def error_at(offset: int, message: str, hint: str, **facts: Any) -> InputError:
        before = data[:offset].decode("utf-8", "replace")
        return InputError(NOT_TEXT.finding(message, Lines(before, path).location(len(before)), hint=hint, **facts))

    for signature, message, hint in _SIGNATURES:
        if data.startswith(signature):
            raise InputError(NOT_TEXT.finding(message, path, hint=hint))
    has_mark = data.startswith(_BYTE_ORDER_MARK)
    data = data.removeprefix(_BYTE_ORDER_MARK)
    if not data.strip():
        hint = "an association has the keywords asn_id, asn_pool and products"
        raise InputError(NOT_TEXT.finding("is empty", path, hint=hint))
    if b"\0" in data:
        raise error_at(data.index(b"\0"), "contains a NUL byte", "the file is binary, or was not written completely")
    if data.lstrip().startswith(b"<"):
        hint = "an association is JSON; was an error page saved instead?"
        raise error_at(data.index(b"<"), "is HTML or XML", hint)
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        byte = f"0x{data[error.start]:02X}"
        raise error_at(
            error.start, "the byte {byte} is not valid UTF-8", "save the file as UTF-8", byte=byte
        ) from error
    if not has_mark:
        return text, ()
    at, hint = SourceLocation(path, 1, 1), "save it as UTF-8 without one"
    return text, (NOT_TEXT.finding("begins with a byte order mark", at, hint=hint),)
