"""A text pool as blocks of whole lines, so that memory does not grow with the file.

A line ends with LF, CR LF or CR, as for astropy's readers.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from io import BufferedReader

import numpy as np
from numpy.typing import NDArray

from asnforge.findings import InputError, SourceLocation
from asnforge.pool import limits

BLOCK_SIZE = 2 << 20
"""The size of a block in bytes: large enough for the full speed of astropy's fast reader, small enough for any memory."""

_PADDED_LIMIT = 16 << 20
"""Bytes of padded cells above which a block is divided: cells are padded to the longest of their column in the block, so one
long line makes every row as large."""

_KEPT = 4 << 20
"""Half of the number of bytes of freed memory that are kept for the next block."""

_LINE_END = re.compile(rb"\r\n?|\n")
_PEEKED = 1 << 13


@dataclass(frozen=True, slots=True, eq=False)
class Block:
    """Whole lines of a file.

    Attributes
    ----------
    data : bytes
        The lines, each ended by LF.
    first_line : int
        The line number of the first of them.
    ends : ndarray of int64, shape (lines,)
        The offset of each LF in `data`.
    returns : ndarray of int64, shape (lines that ended with CR,)
        The offsets of those that are a single CR in the file.
    """

    data: bytes
    first_line: int
    ends: NDArray[np.int64]
    returns: NDArray[np.int64]

    @property
    def longest(self) -> int:
        """The length of the longest line in bytes, including its line end."""
        return int(np.diff(self.ends, prepend=-1).max())


def make_block(data: bytes, first_line: int) -> Block:
    """A block from the bytes of a file; the last line may have no line end."""
    returns = np.empty(0, np.int64)
    if b"\r" in data:
        data = data.replace(b"\r\n", b"\n")
        returns = np.flatnonzero(np.frombuffer(data, np.uint8) == ord("\r"))
        data = data.replace(b"\r", b"\n")
    if not data.endswith(b"\n"):
        data += b"\n"
    ends = np.flatnonzero(np.frombuffer(data, np.uint8) == ord("\n"))
    return Block(data, first_line, ends, returns)


def read_line(stream: BufferedReader, longest: int | None = None) -> bytes:
    """Read up to and including the next line end, or `longest` bytes of a longer line; CR LF is never split."""
    parts: list[bytes] = []
    left = longest
    while (left is None or left > 0) and (peeked := stream.peek(_PEEKED)[:left]):
        end = _LINE_END.search(peeked)
        parts.append(stream.read(end.end() if end else len(peeked)))
        if end:
            if parts[-1].endswith(b"\r") and stream.peek(1).startswith(b"\n"):
                parts.append(stream.read(1))
            break
        left = None if left is None else left - len(peeked)
    return b"".join(parts)


def rest_of_line(stream: BufferedReader, *, file: str, before: bytes = b"", first_line: int | None = None) -> bytes:
    """Read up to and including the next line end, from any position in a line.

    `before` has the bytes before that position, from the start of a line; `first_line` is the number of that line, if known.

    Raises
    ------
    InputError
        The line is longer than `asnforge.pool.limits.LONGEST_LINE`; no more of it is held in memory.
    """
    newline = before.rfind(b"\n")
    start = max(newline, before.rfind(b"\r", newline + 1)) + 1
    allowed = max(0, limits.LONGEST_LINE - (len(before) - start))
    data = read_line(stream, allowed + 1)
    if len(data) > allowed and not data.endswith((b"\n", b"\r")):
        raise long_line_error(SourceLocation(file, first_line and first_line + count_line_ends(before)))
    return data


def long_line_error(at: SourceLocation) -> InputError:
    """The error for a line that is longer than `asnforge.pool.limits.LONGEST_LINE`."""
    message, hint = "the line is longer than {limit} MiB", "check for missing line breaks"
    return InputError(limits.TOO_LARGE.finding(message, at, hint=hint, limit=limits.LONGEST_LINE >> 20))


def count_line_ends(data: bytes) -> int:
    """The number of line ends in bytes."""
    returns = data.count(b"\r") - data.count(b"\r\n") if b"\r" in data else 0
    return data.count(b"\n") + returns


def whole_lines(
    stream: BufferedReader, *, file: str, size: int = BLOCK_SIZE, length: int | None = None
) -> Iterator[bytes]:
    """Read a stream in pieces of whole lines; parameters and errors as for `cut_blocks`."""
    while data := _read_lines(stream, size, length, file):
        length = None if length is None else length - len(data)
        yield data


def cut_blocks(
    stream: BufferedReader, first_line: int, *, file: str, size: int = BLOCK_SIZE, length: int | None = None
) -> Iterator[Block]:
    """Read a stream, which is at the start of line `first_line`, in blocks of about `size` bytes.

    Each block ends with a whole line. After `length` bytes, if given, no further line is read.

    Raises
    ------
    InputError
        A line is longer than `asnforge.pool.limits.LONGEST_LINE`; no more of it is held in memory.
    """
    _keep_freed_memory()
    line = first_line
    while data := _read_lines(stream, size, length, file, line):
        length = None if length is None else length - len(data)
        block = make_block(data, line)
        yield from _split_if_padded(block)
        line += len(block.ends)


def _keep_freed_memory() -> None:
    """Let the C library keep the memory of a block for the next one, which saves a tenth of the time of reading.

    glibc returns freed memory to the system if there is more of it than twice the largest array that was freed before
    (M_TRIM_THRESHOLD in mallopt(3)), and each page that is allocated again costs time. Elsewhere this has no effect.
    """
    np.empty(_KEPT, np.uint8)


def _read_lines(stream: BufferedReader, size: int, left: int | None, file: str, first_line: int | None = None) -> bytes:
    data = stream.read(size if left is None else max(0, min(size, left)))
    if data.endswith(b"\r"):
        return data + (stream.read(1) if stream.peek(1).startswith(b"\n") else b"")
    if not data or data.endswith(b"\n"):
        return data
    return data + rest_of_line(stream, file=file, before=data, first_line=first_line)


def _split_if_padded(block: Block) -> Iterator[Block]:
    """The block, divided so that no long line pads the cells of many rows."""
    lines = len(block.ends)
    if lines == 1 or len(block.data) * lines < _PADDED_LIMIT or block.longest * lines < _PADDED_LIMIT:
        yield block
        return
    half = lines // 2
    middle = int(block.ends[half - 1]) + 1
    first, last = block.returns[block.returns < middle], block.returns[block.returns >= middle] - middle
    yield from _split_if_padded(Block(block.data[:middle], block.first_line, block.ends[:half], first))
    yield from _split_if_padded(Block(block.data[middle:], block.first_line + half, block.ends[half:] - middle, last))
