"""The first pass over a large text pool, which finds the position and the partition value of each row."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from asnforge.findings import Finding
from asnforge.grouping.prepared_pool import base_name
from asnforge.pool.blocks import Block, cut_blocks, rest_of_line
from asnforge.pool.header import Header, choose_columns, read_header
from asnforge.pool.open import find_source
from asnforge.pool.rows import plain_rows
from asnforge.pool.sniff import refuse_foreign, table_format
from asnforge.pool.text import read_body
from asnforge.rules.ruleset import Ruleset

CHUNK = 1 << 20
"""The number of bytes between offsets at which reading can begin."""

_SEPARATORS = np.frombuffer(b"/\\", np.uint8)
_WIDEST = 256
_ODD = np.uint64(0x9E3779B97F4A7C15)
_SHIFT = np.uint64(29)
_CASE = np.uint8(0x20)

Bytes = NDArray[np.uint8]
Offsets = NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class Scan:
    """The rows in a range of a pool's bytes.

    Attributes
    ----------
    cells : tuple of str
        The distinct values of the partition column.
    codes : ndarray of int32, shape (rows,)
        For each row the index of its value in `cells`.
    lines : ndarray of int64, shape (rows,)
        The line of each row, counted from the first line of the range.
    files : ndarray of uint64, shape (rows,)
        A hash of each row's file name, equal for names that differ only in case.
    chunks : ndarray of int64, shape (chunks + 1, 2)
        The positions where reading can begin, and the end: the offset in the file, and the line, counted as in `lines`.
    findings : tuple of Finding
        A warning for each malformed line, with lines counted as in `lines`.
    """

    cells: tuple[str, ...]
    codes: NDArray[np.int32]
    lines: Offsets
    files: NDArray[np.uint64]
    chunks: Offsets
    findings: tuple[Finding, ...]


def cut_ranges(
    path: str | os.PathLike[str], count: int, *, delimiter: str | None = None
) -> tuple[tuple[int, int], ...]:
    """Cut a text pool into ranges of bytes of about the same length.

    Parameters
    ----------
    path : path
        The pool.
    count : int
        The number of ranges, at least one.
    delimiter : str or None
        As for `asnforge.pool.read_pool`.

    Returns
    -------
    tuple of (int, int)
        The start and end of each range; none if the pool can only be read as a whole, because it is compressed or not text.

    Raises
    ------
    InputError
        As `asnforge.pool.read_pool` does, for problems of the header line.
    """
    source = find_source(path)
    if source.compressed or source.raw is not None or (delimiter is None and table_format(source.head)):
        return ()
    refuse_foreign(source.head, source.path)
    with source.open() as stream:
        start = read_header(stream, file=source.path, delimiter=delimiter).end
        stop = stream.seek(0, os.SEEK_END)
    offsets = [start + (stop - start) * part // count for part in range(count + 1)]
    return tuple((first, last) for first, last in pairwise(offsets) if first < last) or ((start, stop),)


def scan_range(
    path: str | os.PathLike[str], start: int, stop: int, column: str, ruleset: Ruleset, delimiter: str | None
) -> Scan:
    """Scan the lines that begin in a range of bytes.

    Parameters
    ----------
    path : path
        An uncompressed text pool that has the partition column and the column of file names.
    start, stop : int
        The range, from `cut_ranges`.
    column : str
        The partition column.
    ruleset : Ruleset
        The rules, for the column of file names and alternative names of columns.
    delimiter : str or None
        As for `asnforge.pool.read_pool`.

    Raises
    ------
    InputError
        As `asnforge.pool.read_pool` does.
    """
    source = find_source(path)
    with source.open() as stream:
        header = read_header(stream, file=source.path, delimiter=delimiter)
        if start > header.end:
            stream.seek(start - 1)
            rest_of_line(stream, file=source.path)
        scanner = _Scanner(header, column, ruleset)
        chunks = [(stream.tell(), 0)]
        while chunks[-1][0] < stop:
            line, length = chunks[-1][1], min(CHUNK, stop - chunks[-1][0])
            for block in cut_blocks(stream, line, file=source.path, size=CHUNK, length=length):
                scanner.add(block)
                line = block.first_line + len(block.ends)
            if line == chunks[-1][1]:
                break
            chunks.append((stream.tell(), line))
    return scanner.finish(np.array(chunks, np.int64))


class _Scanner:
    """Collects the rows of blocks, one block after the other."""

    def __init__(self, header: Header, column: str, ruleset: Ruleset) -> None:
        names = {name.casefold() for name in header.names}
        self._columns = [ruleset.find_column(name, names) or name for name in (column, ruleset.members.file_name)]
        indexes = {name.casefold(): index for index, name in choose_columns(header.names, self._columns).items()}
        self._indexes = [indexes[name] for name in self._columns]
        self._header = header
        self._known: dict[str, int] = {}
        self._codes: list[NDArray[np.int32]] = [np.empty(0, np.int32)]
        self._lines: list[Offsets] = [np.empty(0, np.int64)]
        self._files: list[NDArray[np.uint64]] = [np.empty(0, np.uint64)]
        self._findings: list[Finding] = []

    def add(self, block: Block) -> None:
        """Add the rows of a block."""
        if not self._add_plain(block):
            body = read_body([block], self._header, self._columns)
            column, files = (body.columns[name] for name in self._columns)
            hashes = np.array([hash_name(base_name(name)) for name in files.values], np.uint64)
            self._append(column.values, column.codes, hashes[files.codes], body.lines)
            self._findings += body.findings

    def _add_plain(self, block: Block) -> bool:
        """Add a block in which each line is a row and no cell is quoted; False if the block is different."""
        width, lines = len(self._header.names), len(block.ends)
        if b'"' in block.data or plain_rows(block) is None:
            return False
        data = np.frombuffer(block.data, np.uint8)
        delimiters = np.flatnonzero(data == ord(self._header.delimiter))
        if len(delimiters) != lines * (width - 1):
            return False
        starts = np.concatenate(([0], block.ends[:-1] + 1))
        between = delimiters.reshape(lines, width - 1)
        if (between[:, 0] < starts).any() or (between[:, -1] > block.ends).any():
            return False
        bounds = np.column_stack((starts - 1, between, block.ends))
        cells, files = (plain_cells(data, bounds[:, index] + 1, bounds[:, index + 1]) for index in self._indexes)
        if cells is None or files is None or np.isin(files, _SEPARATORS).any():
            return False
        is_new = np.concatenate(([True], (cells[1:] != cells[:-1]).any(axis=1)))
        values = [row.tobytes().rstrip(b"\0").decode("ascii") for row in cells[is_new]]
        row_lines = np.arange(block.first_line, block.first_line + lines, dtype=np.int64)
        self._append(values, np.cumsum(is_new) - 1, hash_rows(files), row_lines)
        return True

    def _append(
        self, values: Sequence[str], codes: NDArray[np.integer], files: NDArray[np.uint64], lines: Offsets
    ) -> None:
        numbers = np.array([self._known.setdefault(value, len(self._known)) for value in values], np.int32)
        self._codes.append(numbers[codes])
        self._files.append(files)
        self._lines.append(lines)

    def finish(self, chunks: Offsets) -> Scan:
        """The rows of the range."""
        return Scan(
            cells=tuple(self._known),
            codes=np.concatenate(self._codes),
            lines=np.concatenate(self._lines),
            files=np.concatenate(self._files),
            chunks=chunks,
            findings=tuple(self._findings),
        )


def plain_cells(data: Bytes, starts: Offsets, ends: Offsets) -> Bytes | None:
    """The bytes of one cell of each row, padded with zeros; None if a cell is too long, or begins or ends with a space."""
    widths = ends - starts
    widest = int(widths.max())
    if widest > _WIDEST:
        return None
    if not widest:
        return np.zeros((len(starts), 1), np.uint8)
    offsets = starts[:, None] + np.arange(widest)
    cells = np.where(offsets < ends[:, None], data[np.minimum(offsets, len(data) - 1)], np.uint8(0))
    last = cells[np.arange(len(cells)), np.maximum(widths - 1, 0)]
    space = np.uint8(ord(" "))
    return None if ((cells[:, 0] == space) | (last == space)).any() else cells


def hash_rows(cells: Bytes) -> NDArray[np.uint64]:
    """A hash of each row of bytes, which ignores case and zeros at the end."""
    words = np.zeros((len(cells), -(-cells.shape[1] // 8) * 8), np.uint8)
    words[:, : cells.shape[1]] = np.where(cells == 0, 0, cells | _CASE)
    hashes = np.zeros(len(cells), np.uint64)
    for column in words.view(np.uint64).T:
        hashes = np.where(column == 0, hashes, (hashes ^ (hashes >> _SHIFT)) * _ODD + column)
    return hashes


def hash_name(name: str) -> int:
    """The hash of one name, the same as that of `hash_rows`."""
    data = name.casefold().encode("utf-8", "surrogatepass")
    return int(hash_rows(np.frombuffer(data, np.uint8).reshape(1, -1))[0]) if data else 0
