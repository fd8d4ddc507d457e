"""Open a pool: a file, compressed or not, or standard input."""

from __future__ import annotations

import errno
import gzip
import io
import os
import stat
import sys
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, cast

from asnforge.findings import FindingCode, InputError, SourceLocation, closest_words
from asnforge.pool import limits
from asnforge.pool.blocks import count_line_ends, long_line_error
from asnforge.pool.file_state import FileState, file_state, reject_changes
from asnforge.pool.sniff import table_format
from asnforge.system_errors import opened_by_shell, reading_reason

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

NO_SUCH_FILE = FindingCode(
    "P101",
    "no such pool",
    "No file has this name. Names are relative to the folder in which the command runs; `-` is standard input.",
    wrong="asnforge generate poll.tsv",
    right="asnforge generate pool.tsv",
)
IS_FOLDER = FindingCode(
    "P102",
    "the pool is a folder",
    "A pool is one file. Give the file inside the folder, or several files; `asnforge batch` takes folders.",
    wrong="asnforge generate pools/",
    right="asnforge generate pools/pool.tsv",
)
UNREADABLE = FindingCode(
    "P103",
    "the pool cannot be opened",
    "The message gives the error that the operating system reports when the file is opened or read. Often, the permissions of "
    "the file deny access.",
    wrong="chmod a-r pool.tsv; asnforge generate pool.tsv",
    right="chmod u+r pool.tsv; asnforge generate pool.tsv",
)
BROKEN_GZIP = FindingCode(
    "P108",
    "the compressed pool is damaged",
    "The file begins like a gzip file, but it is truncated or damaged. `gzip -t FILE` confirms this; copy or download the "
    "file again.",
    wrong="head -c 1000 pool.tsv.gz | asnforge generate -",
    right="asnforge generate pool.tsv.gz",
)
SPECIAL_FILE = FindingCode(
    "P118",
    "the pool is not a regular file",
    "A pipe, a socket or a device is not a pool: reading it could wait forever. Only what the shell has opened is read: "
    "standard input, given as -, and <(command) on the command line.",
    wrong="asnforge generate /dev/ttyS0",
    right="asnforge generate - < /dev/ttyS0",
)

STANDARD_INPUT = "stdin"
"""The name of a pool from standard input."""

GZIP = b"\x1f\x8b"
"""The first bytes of a gzip file."""
_HEAD = 4096
_CHUNK = 1 << 20


@dataclass(frozen=True, slots=True)
class Source:
    """The bytes of a pool, which can be read repeatedly.

    Attributes
    ----------
    path : str
        The file as the user named it; ``stdin`` for standard input.
    head : bytes
        The first 4096 bytes, decompressed, to detect the format.
    compressed : bool
        Whether the bytes are compressed with gzip.
    raw : bytes or None
        All bytes, if they can be read only once: standard input, pipes.
    state : tuple of int or None
        The state of the file when it was found; None with `raw`.
    copy : str or None
        The file that the bytes were copied to, decompressed, and that is read instead; see `asnforge.pool.temporary_copy`.
    """

    path: str
    head: bytes
    compressed: bool
    raw: bytes | None = None
    state: FileState | None = None
    copy: str | None = None

    @property
    def name(self) -> str:
        """The pool's name, as for `pool_name`."""
        return pool_name(self.path)

    @contextmanager
    def open(self) -> Iterator[io.BufferedReader]:
        """Open the decompressed bytes; I/O errors within the context are reported as findings.

        Raises
        ------
        InputError
            The file is truncated or damaged, the system cannot read it, or a limit of `asnforge.pool.limits` is exceeded.
        """
        with refusing_unreadable(self.path), _open(self.copy or self.path, self.raw) as file:
            if self.compressed:
                with io.BufferedReader(_Decompressed(file, self.path), _CHUNK) as decompressed:
                    yield cast("io.BufferedReader", decompressed)
            else:
                yield file

    def read(self) -> bytes:
        """Read all of the decompressed bytes, up to a limit; errors as for `open`."""
        with self.open() as stream:
            return _read_all(stream, self.path)


def pool_name(path: str) -> str:
    """The file name without its folder, for ``asn_pool``; bytes that are not UTF-8 are replaced."""
    return os.path.basename(path).encode("utf-8", "surrogateescape").decode("utf-8", "replace")  # noqa: PTH119


class _Decompressed(io.RawIOBase):
    """The decompressed bytes of a gzip file, until they exceed a limit."""

    def __init__(self, compressed: BinaryIO, path: str) -> None:
        self._compressed, self._path = compressed, path
        self._gzip = gzip.GzipFile(fileobj=compressed)
        self._size = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: WriteableBuffer) -> int:
        count = self._gzip.readinto(buffer)
        self._size += count
        allowed = max(limits.ALWAYS_ALLOWED, limits.HIGHEST_RATIO * self._compressed.tell())
        if self._size > min(allowed, limits.LARGEST):
            message, limit = "the gzip file expands to more than {limit} times its size", limits.HIGHEST_RATIO
            if self._size > limits.LARGEST:
                message, limit = "the gzip file expands to more than {limit} GiB", limits.LARGEST >> 30
            hint = "if the pool is genuine, decompress it first"
            raise InputError(limits.TOO_LARGE.finding(message, self._path, hint=hint, limit=limit))
        return count


def find_source(path: str | os.PathLike[str] | Source) -> Source:
    """Find a pool and read its first bytes, unless it was found before; ``-`` is standard input, which is read to its end.

    Raises
    ------
    InputError
        There is no such file, it is a folder, a socket or a device, it exceeds a limit of `asnforge.pool.limits`, the system
        cannot read it, or it is compressed and damaged.
    """
    if isinstance(path, Source):
        return path
    path = os.fspath(path)
    if path == "-":
        with refusing_unreadable(STANDARD_INPUT):
            if sys.stdin is None:  # closed
                raise OSError(errno.EBADF, os.strerror(errno.EBADF))
            return reopen(STANDARD_INPUT, _read_all(sys.stdin.buffer, STANDARD_INPUT))
    if "\0" in path:
        raise InputError(NO_SUCH_FILE.finding("a file name cannot have a NUL character", path))
    with refusing_unreadable(path):
        status = os.stat(path)  # noqa: PTH116
        if stat.S_ISREG(status.st_mode):
            if status.st_size > limits.LARGEST:
                message, hint = "the pool is larger than {limit} GiB", "split it by program"
                raise InputError(limits.TOO_LARGE.finding(message, path, hint=hint, limit=limits.LARGEST >> 30))
            state = file_state(status)
            with reject_changes(path, state):
                return replace(reopen(path, None), state=state)
        _refuse_unreadable_type(path, status)
        with open(path, "rb") as file:  # noqa: PTH123
            return reopen(path, _read_all(file, path))


def reopen(path: str, raw: bytes | None, copy: str | None = None) -> Source:
    """The source of a pool that was found before: a file, its bytes if they could be read only once, or a copy of it."""
    with refusing_unreadable(path):
        with _open(copy or path, raw) as file:
            head = file.read(_HEAD)
        if copy is not None or not head.startswith(GZIP):
            return Source(path, head, compressed=False, raw=raw, copy=copy)
        with Source(path, b"", compressed=True, raw=raw).open() as decompressed:
            return Source(path, decompressed.read(_HEAD), compressed=True, raw=raw)


def refuse_special_file(path: str | os.PathLike[str]) -> None:
    """Refuse a file that is named in another file and is neither a regular file nor a folder, before it is opened.

    Raises
    ------
    InputError
        It is a pipe, a socket or a device. A file that does not exist or cannot be read is not reported.
    """
    try:
        status = os.stat(path)  # noqa: PTH116
    except (OSError, ValueError):
        return
    if not (stat.S_ISREG(status.st_mode) or stat.S_ISDIR(status.st_mode)):
        message, hint = "not a regular file", "save the table to a file"
        raise InputError(SPECIAL_FILE.finding(message, os.fspath(path), hint=hint))


def _refuse_unreadable_type(path: str, status: os.stat_result) -> None:
    """Refuse a folder, a socket, a device other than a terminal or /dev/null, and a pipe that the shell has not opened."""
    mode = status.st_mode
    if stat.S_ISDIR(mode):
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), path)
    kind, hint = "", "save the table to a file"
    if stat.S_ISBLK(mode) or (stat.S_ISCHR(mode) and not _is_terminal_or_null(path, status)):
        kind = "device"
    elif stat.S_ISFIFO(mode) and not opened_by_shell(path):
        kind, hint = "pipe", f"redirect it to standard input: - < {path}"
    elif stat.S_ISSOCK(mode):
        kind = "socket"
    if kind:
        raise InputError(SPECIAL_FILE.finding("it is a {kind}, not a file", path, hint=hint, kind=kind))


def _is_terminal_or_null(path: str, status: os.stat_result) -> bool:
    if status.st_rdev == os.stat(os.devnull).st_rdev:  # noqa: PTH116
        return True
    descriptor = os.open(path, os.O_RDONLY | os.O_NOCTTY | os.O_NONBLOCK)
    try:
        return os.isatty(descriptor)
    finally:
        os.close(descriptor)


@contextmanager
def refusing_unreadable(path: str) -> Iterator[None]:
    """Report I/O errors within the context as findings of a pool."""
    try:
        yield
    except (FileNotFoundError, NotADirectoryError) as error:
        raise InputError(NO_SUCH_FILE.finding("no such file", path, hint=_missing_file_hint(path))) from error
    except IsADirectoryError as error:
        hint = "give a file inside it"
        raise InputError(IS_FOLDER.finding("it is a folder, not a pool", path, hint=hint)) from error
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        hint = "copy or download it again; `gzip -t` checks it"
        raise InputError(BROKEN_GZIP.finding("the gzip file is truncated or damaged", path, hint=hint)) from error
    except OSError as error:
        reason, hint = reading_reason(error)
        message = "the file cannot be read: {reason}"
        raise InputError(UNREADABLE.finding(message, path, hint=hint, reason=reason)) from error


def _open(path: str, raw: bytes | None) -> io.BufferedReader:
    return open(path, "rb") if raw is None else io.BufferedReader(cast("io.RawIOBase", io.BytesIO(raw)))  # noqa: PTH123


def _read_all(stream: BinaryIO, path: str) -> bytes:
    return b"".join(read_chunks(stream, path))


def read_chunks(stream: BinaryIO, path: str, *, in_memory: bool = True) -> Iterator[bytes]:
    """The bytes of a stream; `InputError` if a line is too long for a text pool, or if they exceed `LARGEST_IN_MEMORY` but
    are held in memory.
    """
    is_text, size, length, lines, last = True, 0, 0, 1, b""
    while data := stream.read(_CHUNK):
        if not size:
            is_text = not data.startswith(GZIP) and table_format(data) is None
        size += len(data)
        if in_memory and size > limits.LARGEST_IN_MEMORY:
            message = "the pool is larger than {limit} GiB and would have to be held in memory"
            limit, hint = limits.LARGEST_IN_MEMORY >> 30, "save it as a text file"
            raise InputError(limits.TOO_LARGE.finding(message, path, hint=hint, limit=limit))
        end = max(data.rfind(b"\n"), data.rfind(b"\r"))
        length = length + len(data) if end < 0 else len(data) - end - 1
        lines += count_line_ends(data) - (last == b"\r" and data.startswith(b"\n"))
        last = data[-1:]
        if is_text and length > limits.LONGEST_LINE:
            raise long_line_error(SourceLocation(path, lines))
        yield data


def _missing_file_hint(path: str) -> str:
    """Similar names in the same folder, or what is wrong with the folder."""
    folder, name = os.path.split(path)
    if not path:
        return "the name is empty"
    try:
        similar = closest_words(name, os.listdir(folder or "."))  # noqa: PTH208
    except NotADirectoryError:
        return f"{folder} is not a folder"
    except OSError:
        return "" if Path(folder).exists() else f"the folder {folder} does not exist either"
    files = [path for name in similar if not os.path.isdir(path := os.path.join(folder, name))]  # noqa: PTH112, PTH118
    return f"did you mean {', '.join(files)}?" if files else ""
