"""A first look at a text pool: where the rows of each of its parts are, at the speed of finding delimiters."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from asnforge.batch.cells import hash_rows, hash_text, plain_cells
from asnforge.batch.dividing import Division
from asnforge.findings import Finding
from asnforge.grouping.prepared_pool import base_name
from asnforge.pool.blocks import Block, cut_blocks, rest_of_line
from asnforge.pool.header import Header, choose_columns, read_header
from asnforge.pool.open import find_source
from asnforge.pool.rows import plain_rows
from asnforge.pool.text import read_body
from asnforge.rules.ruleset import Ruleset

CHUNK = 1 << 20
"""Bytes between the places that a reader can begin at."""

_SEPARATORS = np.frombuffer(b"/\\", np.uint8)


@dataclass(frozen=True, slots=True, eq=False)
class Scan:
    """What a range of a pool's bytes holds.

    Attributes
    ----------
    cells : tuple of str
        The distinct texts of the dividing column.
    codes : ndarray of int32, shape (rows,)
        For each row the place of its text in `cells`.
    lines : ndarray of int64, shape (rows,)
        The line of each row, counted from the first line of the range.
    files : ndarray of uint64, shape (rows,)
        A number for each row's file name: the same for names that are the same without letter case.
    chunks : ndarray of int64, shape (chunks + 1, 2)
        Where reading can begin, the end among them: the offset in the file, and the line, counted as `lines` are.
    findings : tuple of Finding
        A warning for each faulty line, with lines counted as `lines` are; and those of the header in the first range.
    faulty : tuple of int
        The faulty lines, counted as `lines` are.
    """

    cells: tuple[str, ...]
    codes: NDArray[np.int32]
    lines: NDArray[np.int64]
    files: NDArray[np.uint64]
    chunks: NDArray[np.int64]
    findings: tuple[Finding, ...]
    faulty: tuple[int, ...]


def scan_range(
    path: str | os.PathLike[str], start: int, stop: int, division: Division, ruleset: Ruleset, delimiter: str | None
) -> Scan:
    """Look at the lines that begin in a range of bytes.

    Parameters
    ----------
    path : path
        A text pool that is not compressed and has both columns.
    start, stop : int
        The range, as from `asnforge.pool.cut_ranges`.
    division : Division
        The dividing column.
    ruleset : Ruleset
        The rules, for the column of file names and other names of columns.
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
        collected = _Collected(header, division.column, ruleset)
        places = [(stream.tell(), 0)]
        while places[-1][0] < stop:
            line = places[-1][1]
            for block in cut_blocks(
                stream, line, file=source.path, size=CHUNK, length=min(CHUNK, stop - places[-1][0])
            ):
                collected.add(block)
                line = block.first_line + len(block.ends)
            if line == places[-1][1]:
                break
            places.append((stream.tell(), line))
    return collected.finish(np.array(places, np.int64))


class _Collected:
    """What the blocks of a range hold, one after the other."""

    def __init__(self, header: Header, column: str, ruleset: Ruleset) -> None:
        names = {name.casefold() for name in header.names}
        column, file_name = (ruleset.find_column(name, names) or name for name in (column, ruleset.members.file_name))
        places = {name.casefold(): place for place, name in choose_columns(header.names, (column, file_name)).items()}
        self._header = header
        self._column, self._file_name = column, file_name
        self._column_place, self._file_place = places[column], places[file_name]
        self._known: dict[str, int] = {}
        self._codes: list[NDArray[np.int32]] = [np.empty(0, np.int32)]
        self._lines: list[NDArray[np.int64]] = [np.empty(0, np.int64)]
        self._files: list[NDArray[np.uint64]] = [np.empty(0, np.uint64)]
        self._findings: list[Finding] = []

    def add(self, block: Block) -> None:
        """Take the rows of a block."""
        if not self._add_plain(block):
            body = read_body([block], self._header, (self._column, self._file_name))
            column, files = body.columns[self._column], body.columns[self._file_name]
            hashes = np.array([hash_text(base_name(name)) for name in files.values], np.uint64)
            self._take(column.values, column.codes, hashes[files.codes], body.lines)
            self._findings += body.findings

    def _add_plain(self, block: Block) -> bool:
        """Take a block in which each line is a row and no cell is quoted; False for any other."""
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
        cells, files = (
            plain_cells(
                data,
                between[:, place - 1] + 1 if place else starts,
                between[:, place] if place < width - 1 else block.ends,
            )
            for place in (self._column_place, self._file_place)
        )
        if cells is None or files is None or np.isin(files, _SEPARATORS).any():
            return False
        fresh = np.concatenate(([True], (cells[1:] != cells[:-1]).any(axis=1)))
        texts = [row.tobytes().rstrip(b"\0").decode("ascii") for row in cells[fresh]]
        row_lines = np.arange(block.first_line, block.first_line + lines, dtype=np.int64)
        self._take(texts, np.cumsum(fresh) - 1, hash_rows(files), row_lines)
        return True

    def _take(
        self,
        texts: tuple[str, ...] | list[str],
        codes: NDArray[np.integer],
        files: NDArray[np.uint64],
        lines: NDArray[np.int64],
    ) -> None:
        numbers = np.array([self._known.setdefault(text, len(self._known)) for text in texts], np.int32)
        self._codes.append(numbers[codes])
        self._files.append(files)
        self._lines.append(lines)

    def finish(self, chunks: NDArray[np.int64]) -> Scan:
        """All of the range."""
        return Scan(
            cells=tuple(self._known),
            codes=np.concatenate(self._codes),
            lines=np.concatenate(self._lines),
            files=np.concatenate(self._files),
            chunks=chunks,
            findings=tuple(self._findings),
            faulty=tuple(_lines_of(self._findings)),
        )


def _lines_of(findings: list[Finding]) -> Iterator[int]:
    yield from (finding.line for finding in findings if finding.line is not None)
