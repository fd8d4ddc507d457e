"""A piece of a large text pool: some of its lines, read without the others."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from asnforge.findings import InputError
from asnforge.pool.blocks import Block, cut_blocks, make_block
from asnforge.pool.file_state import changed
from asnforge.pool.header import read_header
from asnforge.pool.model import Pool
from asnforge.pool.open import find_source
from asnforge.pool.text import read_body, text_pool
from asnforge.rules.ruleset import Ruleset


@dataclass(frozen=True, slots=True, eq=False)
class Piece:
    """Rows of a text pool.

    Attributes
    ----------
    start, stop : int
        The range of bytes that they are in.
    first_line : int
        The line that begins at `start`.
    lines : ndarray of int64, shape (rows,)
        The lines of the rows, sorted.
    """

    start: int
    stop: int
    first_line: int
    lines: NDArray[np.int64]


def read_piece(path: str | os.PathLike[str], piece: Piece, ruleset: Ruleset, delimiter: str | None) -> Pool:
    """Read the rows of a piece.

    Raises
    ------
    InputError
        As `asnforge.pool.read_pool` does; or the file is no longer the one that was cut.
    """
    source = find_source(path)
    with source.open() as stream:
        header = read_header(stream, file=source.path, delimiter=delimiter)
        stream.seek(piece.start)
        blocks = cut_blocks(stream, piece.first_line, file=source.path, length=piece.stop - piece.start)
        body = read_body(_selected(blocks, piece.lines), header, ruleset.columns_read())
    if len(body.lines) != len(piece.lines):
        raise InputError(changed(source.path))
    return replace(text_pool(source, header, body), lines=piece.lines)


def _selected(blocks: Iterator[Block], lines: NDArray[np.int64]) -> Iterator[Block]:
    """The blocks with the given lines alone."""
    for block in blocks:
        count = len(block.ends)
        low, high = np.searchsorted(lines, (block.first_line, block.first_line + count))
        if high - low == count:
            yield block
        elif high > low:
            keep = np.zeros(count, np.bool_)
            keep[lines[low:high] - block.first_line] = True
            lengths = np.diff(block.ends, prepend=-1)
            data = np.frombuffer(block.data, np.uint8)[np.repeat(keep, lengths)]
            yield make_block(data.tobytes(), block.first_line)
