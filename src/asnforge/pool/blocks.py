"""A text pool cut into blocks of whole lines, so that memory does not grow with the file."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

import numpy as np
from numpy.typing import NDArray

from asnforge.pool import limits
from asnforge.pool.refusal import too_large

BLOCK_SIZE = 4 << 20
"""Bytes of a block: enough for astropy's fast reader to be at full speed, few enough for memory not to grow with it."""

# The cells of a column are held padded to the longest of the block: one long line costs as much in each row.
_PADDED_LIMIT = 16 << 20


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
    """

    data: bytes
    first_line: int
    ends: NDArray[np.int64]

    @property
    def longest(self) -> int:
        """The bytes of the longest line, its newline counted."""
        return int(np.diff(self.ends, prepend=-1).max())


def make_block(data: bytes, first_line: int) -> Block:
    """Take lines as they stand in a file, with any line ends, the last of them perhaps without."""
    if b"\r" in data:
        data = data.replace(b"\r\n", b"\n")
    if not data.endswith(b"\n"):
        data += b"\n"
    ends = np.flatnonzero(np.frombuffer(data, np.uint8) == ord("\n"))
    return Block(data, first_line, ends)


def cut_blocks(
    stream: BinaryIO, first_line: int, *, file: str, size: int = BLOCK_SIZE, length: int | None = None
) -> Iterator[Block]:
    """Read a stream to its end, a block at a time.

    Parameters
    ----------
    stream : binary file
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
    CannotContinue
        A line is longer than `asnforge.pool.limits.LONGEST_LINE`; no more of it is held in memory.
    """
    line, left = first_line, length
    while left is None or left > 0:
        data = stream.read(size if left is None else min(size, left))
        if not data:
            return
        if not data.endswith(b"\n"):
            begun = len(data) - data.rfind(b"\n") - 1
            data += read_line(stream, file, line + data.count(b"\n"), begun)
        if left is not None:
            left -= len(data)
        block = make_block(data, line)
        yield from _halved(block)
        line += len(block.ends)


def read_line(stream: BinaryIO, file: str, line: int | None = None, begun: int = 0) -> bytes:
    """Read up to and with the next line end.

    Parameters
    ----------
    stream : binary file
        Placed anywhere in a line.
    file : str
        The pool as findings name it.
    line : int or None
        The line's number, where it is known.
    begun : int
        How many bytes of the line have been read.

    Raises
    ------
    CannotContinue
        The line is longer than `asnforge.pool.limits.LONGEST_LINE`.
    """
    most = max(0, limits.LONGEST_LINE - begun)
    data = stream.readline(most + 1)
    if len(data) > most and not data.endswith(b"\n"):
        raise too_large(limits.line_message(), file=file, line=line, hint="look for line ends that are missing")
    return data


def _halved(block: Block) -> Iterator[Block]:
    """The block, in parts where one long line would have the cells of all rows padded to its length."""
    lines = len(block.ends)
    if lines == 1 or len(block.data) * lines < _PADDED_LIMIT or block.longest * lines < _PADDED_LIMIT:
        yield block
        return
    half = lines // 2
    middle = int(block.ends[half - 1]) + 1
    yield from _halved(make_block(block.data[:middle], block.first_line))
    yield from _halved(make_block(block.data[middle:], block.first_line + half))
