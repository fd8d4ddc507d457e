"""Where a pool comes from: a file, packed or not, or standard input."""

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
from dataclasses import dataclass
from pathlib import Path
from typing import cast

from asnforge.pool import codes
from asnforge.pool.refusal import refusal

STANDARD_INPUT = "stdin"
"""How a pool read from standard input is called."""

_GZIP = b"\x1f\x8b"
_HEAD = 4096


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
    """

    path: str
    head: bytes
    packed: bool
    raw: bytes | None = None

    @property
    def name(self) -> str:
        """The file's name without its folder; what is no UTF-8 in it is replaced, as it can stand in no text."""
        name = os.path.basename(self.path)  # noqa: PTH119
        return name.encode("utf-8", "surrogateescape").decode("utf-8", "replace")

    @contextmanager
    def open(self) -> Iterator[io.BufferedReader]:
        """Open the unpacked bytes; whatever goes wrong in the reading of them is refused in a sentence.

        Raises
        ------
        CannotContinue
            Where the file is cut short or damaged, or the system cannot read it.
        """
        with refusing_unreadable(self.path), _opened(self.path, self.raw) as file:
            if self.packed:
                with gzip.open(file) as unpacked:
                    yield cast("io.BufferedReader", unpacked)
            else:
                yield file


def find_source(path: str | os.PathLike[str]) -> Source:
    """Look at the first bytes of a file.

    Parameters
    ----------
    path : path
        The file; ``-`` for standard input, which is read to its end.

    Raises
    ------
    CannotContinue
        Where there is no such file, it is a folder, the system refuses it, or it is packed and broken.
    """
    path = os.fspath(path)
    if path == "-":
        with refusing_unreadable(STANDARD_INPUT):
            return reopened(STANDARD_INPUT, _standard_input())
    if "\0" in path:
        raise refusal(codes.NO_SUCH_FILE, "a file's name has no NUL character", file=path.replace("\0", r"\0"))
    with refusing_unreadable(path):
        read_once = not stat.S_ISREG(os.stat(path).st_mode)  # noqa: PTH116
        return reopened(path, _whole(path) if read_once else None)


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
    except PermissionError as error:
        hint = "its permissions must let you read it"
        raise refusal(codes.UNREADABLE, "permission to read it is denied", file=path, hint=hint) from error
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        message, hint = "the gzip file is cut short or damaged", "fetch it again; `gzip -t` tells whether it is whole"
        raise refusal(codes.BROKEN_GZIP, message, file=path, hint=hint) from error
    except OSError as error:
        raise refusal(codes.UNREADABLE, f"the file cannot be read: {error.strerror or error}", file=path) from error


def _opened(path: str, raw: bytes | None) -> io.BufferedReader:
    return open(path, "rb") if raw is None else io.BufferedReader(cast("io.RawIOBase", io.BytesIO(raw)))  # noqa: PTH123


def _standard_input() -> bytes:
    if sys.stdin is None:  # a closed one
        raise OSError(errno.EBADF, "it is closed")
    return sys.stdin.buffer.read()


def _whole(path: str) -> bytes:
    with open(path, "rb") as file:  # noqa: PTH123
        return file.read()


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
