"""A text pool cut into blocks of whole lines, so that memory does not grow with the file."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

BLOCK_SIZE = 4 << 20
"""Bytes of a block: enough for astropy's fast reader to be at full speed, few enough for memory not to grow with it."""

# The cells of a block are held as padded UCS-4, so that one long line costs as much in each row.
_PADDED_LIMIT = 16 << 20


@dataclass(frozen=True, slots=True)
class Block:
    """Whole lines of a file.

    Attributes
    ----------
    data : bytes
        The lines, each ended by a newline.
    first_line : int
        The line in the file of the first of them.
    """

    data: bytes
    first_line: int


def cut_blocks(
    stream: BinaryIO, first_line: int, *, size: int = BLOCK_SIZE, length: int | None = None
) -> Iterator[Block]:
    """Read a stream to its end, a block at a time.

    Parameters
    ----------
    stream : binary file
        Placed at the start of a line.
    first_line : int
        That line's number.
    size : int
        How many bytes to read for a block; a line that is begun is read to its end.
    length : int or None
        Stop at the first line that begins so many bytes further on; None to read to the end.
    """
    line, left = first_line, length
    while left is None or left > 0:
        data = stream.read(size if left is None else min(size, left))
        if not data:
            return
        if not data.endswith(b"\n"):
            data += stream.readline()
        if left is not None:
            left -= len(data)
        if not data.endswith(b"\n"):
            data += b"\n"
        yield from _halved(Block(data, line))
        line += data.count(b"\n")


def _halved(block: Block) -> Iterator[Block]:
    """The block, in parts where one long line would have the cells of all rows padded to its length."""
    data = block.data
    if len(data) <= _PADDED_LIMIT >> 10:
        yield block
        return
    lines = data.split(b"\n")
    if len(lines) <= 2 or max(map(len, lines)) * len(lines) <= _PADDED_LIMIT:
        yield block
        return
    middle = data.rfind(b"\n", 0, len(data) // 2) + 1 or data.find(b"\n") + 1
    if middle == len(data):
        yield block
        return
    yield from _halved(Block(data[:middle], block.first_line))
    yield from _halved(Block(data[middle:], block.first_line + data.count(b"\n", 0, middle)))
