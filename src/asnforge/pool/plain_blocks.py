"""Blocks of rows without quoted cells, in which the bytes of every cell can be found without reading it.

Most cells of a pool are the same as others near them. So only one of each is read by astropy, and only of the columns that are
needed: reading a cell with astropy takes longer than comparing the bytes of ten.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from asnforge.pool.blocks import Block
from asnforge.pool.encode import Words, factorize_words, hash_words
from asnforge.pool.header import Header
from asnforge.pool.rows import is_plain

Bytes = NDArray[np.uint8]
Offsets = NDArray[np.int64]

_WIDEST = 256
"""The longest cells that are compared, in bytes; a multiple of the eight bytes of a word."""

_FIRST_BYTES = np.tril(np.full((9, 8), 0xFF, np.uint8), -1).view(np.uint64).reshape(-1)
"""For each number of bytes from 0 to 8, the mask that keeps this number of a word's first bytes."""

_FEW = 8
"""Runs of equal cells are searched for further duplicates if there are more of them than one in this number of rows."""

_SAMPLE = 64
"""The number of runs that show whether the cells of a column are all different, such as file names."""

_NEWLINE = np.uint8(ord("\n"))


@dataclass(frozen=True, slots=True, eq=False)
class PlainCells:
    """Cells of one column, as positions in a block.

    Attributes
    ----------
    starts : ndarray of int64, shape (cells,)
        The offset of the first byte of each.
    lengths : ndarray of int64, shape (cells,)
        The number of its bytes.
    """

    starts: Offsets
    lengths: Offsets

    def __len__(self) -> int:
        return len(self.starts)

    def __getitem__(self, rows: NDArray[np.int64]) -> PlainCells:
        """Some of the cells."""
        return PlainCells(self.starts[rows], self.lengths[rows])


@dataclass(frozen=True, slots=True, eq=False)
class PlainBlock:
    """A block of ASCII in which each line is a row, and no cell is quoted.

    Attributes
    ----------
    data : ndarray of uint8
        A line end, the bytes of the block, and zeros.
    first_line : int
        The line number of the first row.
    bounds : ndarray of int64, shape (rows * columns + 1,)
        The offsets in `data` of the first line end, and of the delimiter or line end after each cell.
    width : int
        The number of columns.
    """

    data: Bytes
    first_line: int
    bounds: Offsets
    width: int

    @property
    def lines(self) -> Offsets:
        """The line number of each row, shape (rows,)."""
        return np.arange(self.first_line, self.first_line + len(self.bounds) // self.width, dtype=np.int64)

    def cells(self, columns: Sequence[int]) -> list[PlainCells]:
        """The cells of some columns, by index."""
        indices = list(columns)
        starts = self.bounds[:-1].reshape(-1, self.width).T[indices] + 1
        lengths = self.bounds[1:].reshape(-1, self.width).T[indices] - starts
        return [PlainCells(*cells) for cells in zip(starts, lengths, strict=True)]

    def words(self, cells: PlainCells) -> Words | None:
        """The bytes of cells as words of eight, filled with zeros, shape (words, cells); None if a cell is too long.

        Different cells have different words.
        """
        shortest, longest = int(cells.lengths.min()), int(cells.lengths.max())
        if longest > _WIDEST:
            return None
        at_each_byte = np.ndarray(len(self.data) - 7, np.uint64, self.data, strides=(1,))
        words = np.empty((-(-longest // 8) or 1, len(cells)), np.uint64)
        lengths = np.arange(longest + 1)
        for word, start in zip(words, range(0, _WIDEST, 8), strict=False):
            word[:] = at_each_byte[cells.starts + start]
            if shortest < start + 8:
                word &= _FIRST_BYTES[np.clip(lengths - start, 0, 8)][cells.lengths]
        return words

    def distinct(self, cells: PlainCells) -> tuple[PlainCells, NDArray[np.int64]]:
        """Some cells of a column that have all of its values, most of them once, and for each row the index of its cell."""
        words = self.words(cells)
        if words is None:
            return cells, np.arange(len(cells))
        starts_run = np.zeros(len(cells), np.bool_)
        starts_run[0] = True
        for word in words:
            starts_run[1:] |= word[1:] != word[:-1]
        runs = np.flatnonzero(starts_run)
        codes = np.repeat(np.arange(len(runs)), np.diff(runs, append=len(cells)))
        if len(runs) * _FEW > len(cells) and _has_duplicates(words[:, runs[:_SAMPLE]]):
            factors = factorize_words(words[:, runs])
            if factors is not None:
                runs, codes = runs[factors[0]], factors[1][codes]
        return cells[runs], codes

    def strings(self, cells: PlainCells) -> list[str]:
        """Cells as strings."""
        data = self.data.data
        bounds = zip(cells.starts.tolist(), cells.lengths.tolist(), strict=True)
        return [str(data[start : start + length], "ascii") for start, length in bounds]

    def have_spaces(self, cells: PlainCells) -> bool:
        """Whether a cell begins or ends with a space, a tab or a control character."""
        filled = cells[np.flatnonzero(cells.lengths)]
        ends: Bytes = np.concatenate((self.data[filled.starts], self.data[filled.starts + filled.lengths - 1]))
        return bool(np.any(ends <= ord(" ")))

    def lines_of_cells(self, columns: Iterable[PlainCells], delimiter: str) -> bytes:
        """A text with one line for each cell: the delimiter and the cell."""
        firsts = np.concatenate([cells.starts for cells in columns]) - 1
        sizes = np.concatenate([cells.lengths for cells in columns]) + 2
        ends = np.cumsum(sizes)
        offsets = np.repeat(firsts - ends + sizes, sizes)
        offsets += np.arange(len(offsets))
        text: Bytes = self.data[offsets]
        text[ends - sizes] = ord(delimiter)
        text[ends - 1] = _NEWLINE
        return text.tobytes()


def _has_duplicates(words: Words) -> bool:
    return len(np.unique(hash_words(words))) < len(words[0])


def split_plain(block: Block, header: Header) -> PlainBlock | None:
    """Find the cells of a block; None if a line may be something else than a row, or a cell may be quoted."""
    if not is_plain(block) or b'"' in block.data:
        return None
    rows, width = len(block.ends), len(header.names)
    data = np.frombuffer(b"\n" + block.data + bytes(_WIDEST), np.uint8)
    bounds = np.flatnonzero((data == ord(header.delimiter)) | (data == _NEWLINE))
    if len(bounds) != rows * width + 1 or not np.array_equal(bounds[width::width] - 1, block.ends):
        return None
    return PlainBlock(data, block.first_line, bounds, width)
