"""A text pool cut into blocks of whole lines, so that memory does not grow with the file."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from io import BufferedReader

import numpy as np
from numpy.typing import NDArray

from asnforge.pool import limits
from asnforge.pool.refusal import too_large

BLOCK_SIZE = 4 << 20
"""Bytes of a block: enough for astropy's fast reader to be at full speed, few enough for memory not to grow with it."""

# The cells of a column are held padded to the longest of the block: one long line costs as much in each row.
_PADDED_LIMIT = 16 << 20

_LINE_END = re.compile(rb"\r\n?|\n")
_LINE_ENDS = (b"\n", b"\r")
_AHEAD = 1 << 13


@dataclass(frozen=True, slots=True, eq=False)
class Block:
    """Whole lines of a file.

    Attributes
    ----------
    data : bytes
        The lines, each ended by a newline alone.
    first_line : int
        The line in the file of the first of them.
    ends : ndarray of int64, shape (lines,)
        The offset of each newline in `data`.
    returns : ndarray of int64, shape (lines that ended with CR,)
        The offsets of those newlines that are a carriage return alone in the file.
    """

    data: bytes
    first_line: int
    ends: NDArray[np.int64]
    returns: NDArray[np.int64]

    @property
    def longest(self) -> int:
        """The bytes of the longest line, its newline counted."""
        return int(np.diff(self.ends, prepend=-1).max())


def make_block(data: bytes, first_line: int) -> Block:
    """Take lines as they are in a file: each ends with LF, CR LF or CR, the last one perhaps without a line end."""
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
    """Read up to and including the next line end: LF, CR LF or CR, which astropy's readers take for line ends, too.

    Parameters
    ----------
    stream : buffered binary file
        The file; nothing after the line end is read.
    longest : int or None
        Stop after this many bytes, even if the line goes on; the second character of a line end can be one more.
    """
    parts: list[bytes] = []
    left = longest
    while (left is None or left > 0) and (ahead := stream.peek(_AHEAD)[:left]):
        found = _LINE_END.search(ahead)
        parts.append(stream.read(found.end() if found else len(ahead)))
        if found:
            # The buffer can end between the two characters of a line end.
            if parts[-1].endswith(b"\r") and stream.peek(1).startswith(b"\n"):
                parts.append(stream.read(1))
            break
        left = None if left is None else left - len(ahead)
    return b"".join(parts)


def rest_of_line(stream: BufferedReader, *, file: str, line: int | None = None, begun: int = 0) -> bytes:
    """Read up to and including the next line end, as `read_line` does, unless the line is too long.

    Parameters
    ----------
    stream : buffered binary file
        Placed anywhere in a line.
    file : str
        The pool as findings name it.
    line : int or None
        The line's number, where it is known.
    begun : int
        How many bytes of the line have been read.

    Raises
    ------
    InputError
        The line is longer than `asnforge.pool.limits.LONGEST_LINE`; no more of it is held in memory.
    """
    most = max(0, limits.LONGEST_LINE - begun)
    data = read_line(stream, most + 1)
    if len(data) > most and not data.endswith(_LINE_ENDS):
        raise too_large(limits.line_message(), file=file, line=line, hint="look for line ends that are missing")
    return data


def count_line_ends(data: bytes) -> int:
    """Count the line ends in bytes: LF, CR LF or CR."""
    returns = data.count(b"\r") - data.count(b"\r\n") if b"\r" in data else 0
    return data.count(b"\n") + returns


def whole_lines(
    stream: BufferedReader, *, file: str = "", size: int = BLOCK_SIZE, length: int | None = None
) -> Iterator[bytes]:
    """Read a stream to its end, some whole lines at a time; parameters and errors as for `cut_blocks`."""
    left = length
    while (left is None or left > 0) and (data := _read_lines(stream, _at_most(size, left), file)):
        left = None if left is None else left - len(data)
        yield data


def cut_blocks(
    stream: BufferedReader, first_line: int, *, file: str, size: int = BLOCK_SIZE, length: int | None = None
) -> Iterator[Block]:
    """Read a stream to its end, a block at a time.

    Parameters
    ----------
    stream : buffered binary file
        Placed at the start of a line.
    first_line : int
        That line's number.
    file : str
        The pool as findings name it.
    size : int
        How many bytes to read for a block; a line that is begun is read to its end.
    length : int or None
        Stop at the first line that begins so many bytes further on; None to read to the end.

    Raises
    ------
    InputError
        A line is longer than `asnforge.pool.limits.LONGEST_LINE`; no more of it is held in memory.
    """
    line, left = first_line, length
    while (left is None or left > 0) and (data := _read_lines(stream, _at_most(size, left), file, line)):
        left = None if left is None else left - len(data)
        block = make_block(data, line)
        yield from _halved(block)
        line += len(block.ends)


def _at_most(size: int, left: int | None) -> int:
    return size if left is None else min(size, left)


def _read_lines(stream: BufferedReader, size: int, file: str, first_line: int | None = None) -> bytes:
    """Read some bytes and the rest of the last line; nothing at the end of the stream."""
    data = stream.read(size)
    if data.endswith(b"\r"):
        return data + (stream.read(1) if stream.peek(1).startswith(b"\n") else b"")
    if not data or data.endswith(b"\n"):
        return data
    end = data.rfind(b"\n")
    begun = len(data) - max(end, data.rfind(b"\r", end + 1)) - 1
    line = None if first_line is None else first_line + count_line_ends(data)
    return data + rest_of_line(stream, file=file, line=line, begun=begun)


def _halved(block: Block) -> Iterator[Block]:
    """The block, in parts where one long line would have the cells of all rows padded to its length."""
    lines = len(block.ends)
    if lines == 1 or len(block.data) * lines < _PADDED_LIMIT or block.longest * lines < _PADDED_LIMIT:
        yield block
        return
    half = lines // 2
    middle = int(block.ends[half - 1]) + 1
    first, last = block.returns[block.returns < middle], block.returns[block.returns >= middle] - middle
    yield from _halved(Block(block.data[:middle], block.first_line, block.ends[:half], first))
    yield from _halved(Block(block.data[middle:], block.first_line + half, block.ends[half:] - middle, last))
