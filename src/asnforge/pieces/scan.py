"""The first pass over a large text pool, which finds the position and the partition value of each row."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from asnforge.findings import Finding
from asnforge.grouping.prepared_pool import base_name
from asnforge.pieces.name_hashes import Hashes, hash_cells, hash_names
from asnforge.pieces.partition import PartColumns
from asnforge.pool.blocks import Block, cut_blocks, rest_of_line
from asnforge.pool.header import Header, choose_columns, read_header
from asnforge.pool.model import TextColumn
from asnforge.pool.open import Source, find_source
from asnforge.pool.plain_blocks import PlainBlock, split_plain
from asnforge.pool.sniff import refuse_foreign, table_format
from asnforge.pool.text import read_body
from asnforge.rules.file_names import NameEnding

CHUNK = 1 << 20
"""The number of bytes between offsets at which reading can begin."""

_SEPARATORS = tuple(b"/\\")

Offsets = NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class ScannedColumns:
    """The columns that decide which part of the pool each row is in.

    Attributes
    ----------
    cells : tuple of str
        The distinct values of the column that gives the parts.
    codes : ndarray of int32, shape (rows,)
        For each row the index of its value in `cells`.
    roots : ndarray of uint64, shape (rows,)
        A hash of the root of each row's file name, ignoring case, or of the whole name if it is not split.
    whole_rows : ndarray of int64
        The rows whose file name is not split.
    whole_names : tuple of str
        The names of these, without directories.
    """

    cells: tuple[str, ...]
    codes: NDArray[np.int32]
    roots: Hashes
    whole_rows: Offsets
    whole_names: tuple[str, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Scan:
    """The rows in a range of a pool's bytes.

    Attributes
    ----------
    columns : tuple of ScannedColumns
        What the columns of each partition have.
    lines : ndarray of int64, shape (rows,)
        The line of each row, counted from the first line of the range.
    chunks : ndarray of int64, shape (chunks + 1, 2)
        The positions where reading can begin, and the end: the offset in the file, and the line, counted as in `lines`.
    findings : tuple of Finding
        A warning for each malformed line, with lines counted as in `lines`.
    """

    columns: tuple[ScannedColumns, ...]
    lines: Offsets
    chunks: Offsets
    findings: tuple[Finding, ...]


def cut_ranges(
    path: str | os.PathLike[str] | Source, count: int, *, delimiter: str | None = None
) -> tuple[tuple[int, int], ...]:
    """Cut a text pool into ranges of bytes of about the same length.

    Parameters
    ----------
    path : path or Source
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
    path: str | os.PathLike[str] | Source, start: int, stop: int, columns: Sequence[PartColumns], delimiter: str | None
) -> Scan:
    """Scan the lines that begin in a range of bytes.

    Parameters
    ----------
    path : path or Source
        An uncompressed text pool that has the columns.
    start, stop : int
        The range, from `cut_ranges`.
    columns : sequence of PartColumns
        The columns of each partition.
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
        scanner = _Scanner(header, columns)
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

    def __init__(self, header: Header, columns: Sequence[PartColumns]) -> None:
        available = {name.casefold() for name in header.names}
        found = [each.find(available) or (each.part[0], each.file_name[0]) for each in columns]
        self._parts = [
            _PartScanner(part, file_name, each.ending) for (part, file_name), each in zip(found, columns, strict=True)
        ]
        self._columns = frozenset(name for pair in found for name in pair)
        chosen = choose_columns(header.names, self._columns)
        self._indexes = {name.casefold(): index for index, name in chosen.items()}
        self._header = header
        self._lines: list[Offsets] = [np.empty(0, np.int64)]
        self._rows = 0
        self._findings: list[Finding] = []

    def add(self, block: Block) -> None:
        """Add the rows of a block."""
        lines = self._add_plain(block)
        if lines is None:
            body = read_body([block], self._header, self._columns)
            for part in self._parts:
                part.add(part.find_read(body.columns), self._rows)
            self._findings += body.findings
            lines = body.lines
        self._lines.append(lines)
        self._rows += len(lines)

    def _add_plain(self, block: Block) -> Offsets | None:
        """Add a block in which each line is a row and no cell is quoted, and return its lines; None if it is different."""
        plain = split_plain(block, self._header)
        if plain is None:
            return None
        may_have_folders = any(map(block.data.__contains__, _SEPARATORS))
        added = [part.find_plain(plain, self._indexes, may_have_folders) for part in self._parts]
        found = [each for each in added if each is not None]
        if len(found) < len(added):
            return None
        for part, columns in zip(self._parts, found, strict=True):
            part.add(columns, self._rows)
        return plain.lines

    def finish(self, chunks: Offsets) -> Scan:
        """The rows of the range."""
        return Scan(
            columns=tuple(part.finish() for part in self._parts),
            lines=np.concatenate(self._lines),
            chunks=chunks,
            findings=tuple(self._findings),
        )


class _PartScanner:
    """Collects the columns of one partition."""

    def __init__(self, part: str, file_name: str, ending: NameEnding) -> None:
        self.file_name = file_name
        self._part, self._ending = part, ending
        self._known: dict[str, int] = {}
        self._codes: list[NDArray[np.int32]] = [np.empty(0, np.int32)]
        self._roots: list[Hashes] = [np.empty(0, np.uint64)]
        self._whole_rows: list[Offsets] = [np.empty(0, np.int64)]
        self._whole_names: list[str] = []

    def find_read(self, columns: Mapping[str, TextColumn]) -> ScannedColumns:
        """The columns of rows that were read."""
        part, file_name = columns[self._part], columns[self.file_name]
        names = list(map(base_name, file_name.values))
        roots, is_split = hash_names(names, self._ending)
        whole = np.flatnonzero(~is_split[file_name.codes])
        whole_names = tuple(names[code] for code in file_name.codes[whole].tolist())
        return ScannedColumns(part.values, part.codes, roots[file_name.codes], whole, whole_names)

    def find_plain(
        self, plain: PlainBlock, indexes: Mapping[str, int], may_have_folders: bool
    ) -> ScannedColumns | None:
        """The columns of the rows of a block; None if their cells have to be read."""
        cells, files = plain.cells([indexes[self._part], indexes[self.file_name]])
        cells, codes = plain.distinct(cells)
        if plain.have_spaces(cells) or plain.have_spaces(files):
            return None
        words = plain.words(files) if may_have_folders else None
        if words is not None and np.isin(words.view(np.uint8), _SEPARATORS).any():
            return None
        hashes = hash_cells(plain, files, self._ending)
        if hashes is None:
            return None
        roots, is_split = hashes
        whole = np.flatnonzero(~is_split)
        values, whole_names = tuple(plain.strings(cells)), tuple(plain.strings(files[whole]))
        return ScannedColumns(values, codes.astype(np.int32), roots, whole, whole_names)

    def add(self, columns: ScannedColumns, row: int) -> None:
        """Add rows, of which `row` is the number of the first."""
        numbers = np.array([self._known.setdefault(cell, len(self._known)) for cell in columns.cells], np.int32)
        self._codes.append(numbers[columns.codes])
        self._roots.append(columns.roots)
        self._whole_rows.append(columns.whole_rows + row)
        self._whole_names += columns.whole_names

    def finish(self) -> ScannedColumns:
        """The columns of the range."""
        return ScannedColumns(
            cells=tuple(self._known),
            codes=np.concatenate(self._codes),
            roots=np.concatenate(self._roots),
            whole_rows=np.concatenate(self._whole_rows),
            whole_names=tuple(self._whole_names),
        )
