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
from asnforge.pool.encode import Words, hash_words
from asnforge.pool.header import Header, choose_columns, read_header
from asnforge.pool.open import find_source
from asnforge.pool.plain_blocks import split_plain
from asnforge.pool.sniff import refuse_foreign, table_format
from asnforge.pool.text import read_body
from asnforge.rules.ruleset import Ruleset

CHUNK = 1 << 20
"""The number of bytes between offsets at which reading can begin."""

_BLOCK = 1 << 19
"""The number of bytes that are scanned at once: few enough to stay in the caches of a processor."""

_SEPARATORS = tuple(b"/\\")
_CASE = 0x20
"""The bit that small letters have and capital letters have not."""
_CASES = np.uint64(0x2020202020202020)
_BELOW_HIGHEST_BITS = np.uint64(0x7F7F7F7F7F7F7F7F)
_FROM_HIGHEST_BIT_TO_CASE = np.uint64(2)

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
            for block in cut_blocks(stream, line, file=source.path, size=_BLOCK, length=length):
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
        plain = split_plain(block, self._header)
        if plain is None:
            return False
        column, files = plain.cells(self._indexes)
        cells, codes = plain.distinct(column)
        words = plain.words(files)
        if words is None or plain.have_spaces(cells) or plain.have_spaces(files):
            return False
        if any(map(block.data.__contains__, _SEPARATORS)) and np.isin(words.view(np.uint8), _SEPARATORS).any():
            return False
        self._append(plain.strings(cells), codes, hash_words(_lower(words)), plain.lines)
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


def _lower(words: Words) -> Words:
    """Words of ASCII without case: the bit of small letters is set in all characters, but not in zeros."""
    # The sum has the highest bit of each byte that is not zero.
    is_character = (words + _BELOW_HIGHEST_BITS) >> _FROM_HIGHEST_BIT_TO_CASE
    lower: Words = words | (is_character & _CASES)
    return lower


def hash_name(name: str) -> int:
    """The hash of one name, the same as that of `hash_words` of a cell of ASCII without case."""
    data = name.casefold().encode("utf-8", "surrogatepass")
    folded = bytes(byte and byte | _CASE for byte in data)
    words = np.frombuffer(folded + bytes(-len(folded) % 8 or 8 * (not folded)), np.uint64)
    return int(hash_words(words.reshape(-1, 1))[0])
