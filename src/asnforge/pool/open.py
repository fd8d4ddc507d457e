"""Where a pool comes from: a file, compressed or not, or standard input."""

from __future__ import annotations

import difflib
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

from asnforge.pool import codes, limits
from asnforge.pool.blocks import count_line_ends
from asnforge.pool.refusal import refusal, too_large
from asnforge.pool.sniff import table_format
from asnforge.pool.unchanged import FileState, state_of, unchanged
from asnforge.system_errors import opened_by_shell, reading_reason

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

STANDARD_INPUT = "stdin"
"""How a pool read from standard input is called."""

_GZIP = b"\x1f\x8b"
_HEAD = 4096
_CHUNK = 1 << 20


@dataclass(frozen=True, slots=True)
class Source:
    """A pool's bytes, to be read as often as needed.

    Attributes
    ----------
    path : str
        The file as the user named it; ``stdin`` for standard input.
    head : bytes
        The first 4096 bytes, unpacked, to tell what the file is.
    packed : bool
        Whether the bytes are packed by gzip.
    raw : bytes or None
        All the bytes, where they can be had only once: standard input, pipes.
    state : tuple of int or None
        The state of the file when it was found; None with `raw`.
    """

    path: str
    head: bytes
    packed: bool
    raw: bytes | None = None
    state: FileState | None = None

    @property
    def name(self) -> str:
        """The file's name without its folder, as `pool_name` has it."""
        return pool_name(self.path)

    @contextmanager
    def open(self) -> Iterator[io.BufferedReader]:
        """Open the decompressed bytes; whatever goes wrong while they are read is a finding.

        Raises
        ------
        InputError
            The file is cut short or damaged, the system cannot read it, a limit of `asnforge.pool.limits` is exceeded, or
            there is not enough memory.
        """
        with refusing_unreadable(self.path), _opened(self.path, self.raw) as file:
            if self.packed:
                with io.BufferedReader(_Decompressed(file, self.path), _CHUNK) as decompressed:
                    yield cast("io.BufferedReader", decompressed)
            else:
                yield file

    def read(self) -> bytes:
        """Read all of the decompressed bytes; errors as for `open`, and where there are more than fit into memory."""
        with self.open() as stream:
            return _whole(stream, self.path)


def pool_name(path: str) -> str:
    """A file's name without its folder: the ``asn_pool`` of associations. What is not UTF-8 in it is replaced."""
    return os.path.basename(path).encode("utf-8", "surrogateescape").decode("utf-8", "replace")  # noqa: PTH119


class _Decompressed(io.RawIOBase):
    """The bytes that a gzip file expands to, until they are far more than any pool's."""

    def __init__(self, compressed: BinaryIO, path: str) -> None:
        self._compressed, self._path = compressed, path
        self._gzip = gzip.GzipFile(fileobj=compressed)
        self._size = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: WriteableBuffer) -> int:
        count = self._gzip.readinto(buffer)
        self._size += count
        most = max(limits.ANY_RATIO, limits.HIGHEST_RATIO * self._compressed.tell())
        if self._size > min(most, limits.LARGEST):
            message = f"the gzip file expands to more than {limits.HIGHEST_RATIO} times its size"
            if self._size > limits.LARGEST:
                message = f"the gzip file expands to more than {limits.LARGEST >> 30} GiB"
            raise too_large(message, file=self._path, hint="if the pool is genuine, decompress it first")
        return count


def find_source(path: str | os.PathLike[str]) -> Source:
    """Look at the first bytes of a file.

    Parameters
    ----------
    path : path
        The file; ``-`` for standard input, which is read to its end.

    Raises
    ------
    InputError
        There is no such file, it is a folder, a socket or a device, it is larger than `asnforge.pool.limits` allow, the
        system refuses it, or it is compressed and broken.
    """
    path = os.fspath(path)
    if path == "-":
        with refusing_unreadable(STANDARD_INPUT):
            return reopened(STANDARD_INPUT, _whole(_standard_input(), STANDARD_INPUT))
    if "\0" in path:
        raise refusal(codes.NO_SUCH_FILE, "a file's name has no NUL character", file=path.replace("\0", r"\0"))
    with refusing_unreadable(path):
        status = os.stat(path)  # noqa: PTH116
        if stat.S_ISREG(status.st_mode):
            if status.st_size > limits.LARGEST:
                message = f"the pool is larger than {limits.LARGEST >> 30} GiB"
                raise too_large(message, file=path, hint="split it by programme")
            state = state_of(status)
            with unchanged(path, state):
                return replace(reopened(path, None), state=state)
        _refuse_special(path, status)
        with open(path, "rb") as file:  # noqa: PTH123
            return reopened(path, _whole(file, path))


def refuse_pipe(path: str | os.PathLike[str]) -> None:
    """Refuse what a file names where it is neither a regular file nor a folder: reading a pipe could wait forever.

    A path that does not exist, or that the system refuses, is left to the reader.

    Raises
    ------
    InputError
        It is a pipe, a socket or a device.
    """
    try:
        status = os.stat(path)  # noqa: PTH116
    except (OSError, ValueError):
        return
    if not (stat.S_ISREG(status.st_mode) or stat.S_ISDIR(status.st_mode)):
        message, hint = "not a regular file", "save the table to a file"
        raise refusal(codes.SPECIAL_FILE, message, file=os.fspath(path), hint=hint)


def _refuse_special(path: str, status: os.stat_result) -> None:
    """Refuse a folder, a socket, a device that is neither a terminal nor empty, and a pipe that the shell has not opened."""
    mode = status.st_mode
    if stat.S_ISDIR(mode):
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), path)
    is_device = stat.S_ISBLK(mode) or (stat.S_ISCHR(mode) and not _is_terminal_or_null(path, status))
    is_pipe = stat.S_ISFIFO(mode) and not opened_by_shell(path)
    if is_device or is_pipe or stat.S_ISSOCK(mode):
        message = f"a {'device' if is_device else 'pipe' if is_pipe else 'socket'}, not a file"
        hint = f"redirect it to standard input: - < {path}" if is_pipe else "save the table to a file"
        raise refusal(codes.SPECIAL_FILE, message, file=path, hint=hint)


def _is_terminal_or_null(path: str, status: os.stat_result) -> bool:
    if status.st_rdev == os.stat(os.devnull).st_rdev:  # noqa: PTH116
        return True
    descriptor = os.open(path, os.O_RDONLY | os.O_NOCTTY | os.O_NONBLOCK)
    try:
        return os.isatty(descriptor)
    finally:
        os.close(descriptor)


def reopened(path: str, raw: bytes | None) -> Source:
    """Look at a file again; at `raw` where its bytes could be had only once."""
    with refusing_unreadable(path):
        with _opened(path, raw) as file:
            head = file.read(_HEAD)
        if not head.startswith(_GZIP):
            return Source(path, head, packed=False, raw=raw)
        with Source(path, b"", packed=True, raw=raw).open() as unpacked:
            return Source(path, unpacked.read(_HEAD), packed=True, raw=raw)


@contextmanager
def refusing_unreadable(path: str) -> Iterator[None]:
    """Turn what the system says of a file that cannot be read into a refusal."""
    try:
        yield
    except (FileNotFoundError, NotADirectoryError) as error:
        raise refusal(codes.NO_SUCH_FILE, "no such file", file=path, hint=_did_you_mean(path)) from error
    except IsADirectoryError as error:
        raise refusal(codes.IS_FOLDER, "a folder, not a pool", file=path, hint="name a file inside it") from error
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        message, hint = "the gzip file is cut short or damaged", "fetch it again; `gzip -t` tells whether it is whole"
        raise refusal(codes.BROKEN_GZIP, message, file=path, hint=hint) from error
    except OSError as error:
        reason, hint = reading_reason(error)
        raise refusal(codes.UNREADABLE, f"the file cannot be read: {reason}", file=path, hint=hint) from error


def _opened(path: str, raw: bytes | None) -> io.BufferedReader:
    return open(path, "rb") if raw is None else io.BufferedReader(cast("io.RawIOBase", io.BytesIO(raw)))  # noqa: PTH123


def _standard_input() -> BinaryIO:
    if sys.stdin is None:  # a closed one
        raise OSError(errno.EBADF, os.strerror(errno.EBADF))
    return sys.stdin.buffer


def _whole(stream: BinaryIO, path: str) -> bytes:
    """All bytes of a stream, unless they are more than is held in memory, or can be no table."""
    whole = io.BytesIO()
    is_text, begun = True, 0
    while data := stream.read(_CHUNK):
        if not whole.tell():
            is_text = not data.startswith(_GZIP) and table_format(data) is None
        whole.write(data)
        if whole.tell() > limits.LARGEST_IN_MEMORY:
            message = f"there are more than {limits.LARGEST_IN_MEMORY >> 30} GiB, which would have to be held in memory"
            raise too_large(message, file=path, hint="save the pool as a text file")
        end = max(data.rfind(b"\n"), data.rfind(b"\r"))
        begun = begun + len(data) if end < 0 else len(data) - end - 1
        if is_text and begun > limits.LONGEST_LINE:
            line = 1 + count_line_ends(whole.getvalue())
            raise too_large(limits.line_message(), file=path, line=line, hint="look for line ends that are missing")
    return whole.getvalue()


def _did_you_mean(path: str) -> str:
    """Names in the same folder that are nearly the one given."""
    folder, name = os.path.split(path)
    if not path:
        return "the name is empty"
    try:
        near = difflib.get_close_matches(name, os.listdir(folder or "."), n=3)  # noqa: PTH208
    except NotADirectoryError:
        return f"{folder} is not a folder"
    except OSError:
        return f"there is no folder {folder} either" if not Path(folder).exists() else ""
    files = [path for other in near if not os.path.isdir(path := os.path.join(folder, other))]  # noqa: PTH112, PTH118
    return f"did you mean {', '.join(files)}?" if files else ""
