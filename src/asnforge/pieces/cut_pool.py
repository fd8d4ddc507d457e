"""Cut a large pool into pieces that can be read and grouped separately, as no association has exposures of two pieces."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from asnforge.findings import Finding, InputError
from asnforge.pieces.name_hashes import beginnings
from asnforge.pieces.partition import Partition, columns_of_parts
from asnforge.pieces.scan import Scan, ScannedColumns
from asnforge.pool.blocks import Block, cut_blocks, make_block
from asnforge.pool.file_state import changed_finding
from asnforge.pool.header import read_header
from asnforge.pool.model import Pool
from asnforge.pool.open import Source, find_source
from asnforge.pool.text import read_body, text_pool

_MOST_READ = 4
"""The largest ratio of bytes read to the size of a pool; if scattered parts exceed it, pieces are made larger."""

_NO_PART = 0
"""The number of the part of exposures that no rule can use, as the value that gives the part is undefined."""

_Parts = NDArray[np.int32]


@dataclass(frozen=True, slots=True, eq=False)
class Piece:
    """Rows of a text pool, and the range of bytes that they are in."""

    start: int
    stop: int
    first_line: int  # the line that begins at `start`
    lines: NDArray[np.int64]  # of the rows, sorted


@dataclass(frozen=True, slots=True, eq=False)
class Cut:
    """A pool in pieces, and a warning for each malformed line; every other row is in one of the pieces."""

    pieces: tuple[Piece, ...]
    findings: tuple[Finding, ...]


def read_piece(path: str | Source, piece: Piece, columns: Collection[str], delimiter: str | None) -> Pool:
    """Read some columns of the rows of a piece.

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
        body = read_body(_select_lines(blocks, piece.lines), header, columns)
    if len(body.lines) != len(piece.lines):
        raise InputError(changed_finding(source.path))
    return replace(text_pool(source, header, body), lines=piece.lines)


def _select_lines(blocks: Iterator[Block], lines: NDArray[np.int64]) -> Iterator[Block]:
    """The blocks, with only some of their lines."""
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


def cut_pool(scans: Sequence[Scan], partitions: Sequence[Partition], *, header_line: int, rows: int) -> Cut | None:
    """Cut a pool.

    Parts of the pool stay together if members of exposures in both could have the same name, as two associations with the same
    members are one. Parts of several rule sets stay together if exposures are in both, or if their files have the same names.

    Parameters
    ----------
    scans : sequence of Scan
        The ranges of the pool, in their order, with the columns of all partitions.
    partitions : sequence of Partition
        How the pool is divided into parts, for each of the rule sets that are applied to it.
    header_line : int
        The header's line.
    rows : int
        The smallest number of rows in a piece.

    Returns
    -------
    Cut or None
        The pieces; None if the pool cannot be cut, because file names of two parts could be the same.
    """
    whole = _concatenate(scans, header_line)
    numbers = {"": _NO_PART}
    scanned = dict(zip(columns_of_parts(partitions), whole.columns, strict=True))
    parts: list[_Parts] = []
    for partition in partitions:
        columns = scanned[partition.columns]
        names = [partition.part(cell) for cell in columns.cells]
        if None in names:
            return None
        of_cell = np.array([numbers.setdefault(name or "", len(numbers)) for name in names], np.int32)
        parts.append(of_cell[columns.codes])
    part = parts[0]
    for other in parts[1:]:
        part = np.where(part == _NO_PART, other, part)
    links = [(part, other) for other in parts if other is not part]
    links = [(left[right != _NO_PART], right[right != _NO_PART]) for left, right in links]
    for columns in whole.columns:
        links += _same_names(part, columns)
    merged = _merge(part, links, len(numbers))
    return Cut(tuple(_pieces(merged, whole, rows)), whole.findings)


def _concatenate(scans: Sequence[Scan], header_line: int) -> Scan:
    """The scans of all ranges as one, with lines and rows counted in the whole file."""
    lines, chunks, findings, line = [], [], [], header_line + 1
    for scan in scans:
        lines.append(scan.lines + line)
        chunks.append(scan.chunks + np.array((0, line)))
        findings += [replace(item, line=item.line + line if item.line is not None else None) for item in scan.findings]
        line = int(chunks[-1][-1, 1])
    starts = np.cumsum([0, *(len(scan.lines) for scan in scans)]).tolist()
    columns = tuple(_concatenate_columns(each, starts) for each in zip(*(scan.columns for scan in scans), strict=True))
    return Scan(columns, np.concatenate(lines), np.concatenate(chunks), tuple(findings))


def _concatenate_columns(ranges: Sequence[ScannedColumns], starts: Sequence[int]) -> ScannedColumns:
    known: dict[str, int] = {}
    codes = []
    for of_range in ranges:
        numbers = np.array([known.setdefault(cell, len(known)) for cell in of_range.cells], np.int32)
        codes.append(numbers[of_range.codes])
    return ScannedColumns(
        cells=tuple(known),
        codes=np.concatenate(codes),
        roots=np.concatenate([of_range.roots for of_range in ranges]),
        whole_rows=np.concatenate(
            [of_range.whole_rows + start for of_range, start in zip(ranges, starts[:-1], strict=True)]
        ),
        whole_names=tuple(name for of_range in ranges for name in of_range.whole_names),
    )


def _same_names(part: _Parts, columns: ScannedColumns) -> Iterator[tuple[_Parts, _Parts]]:
    """The parts of pairs of exposures whose members could have the same name."""
    order = np.argsort(columns.roots, kind="stable")
    roots = columns.roots[order]
    same = np.flatnonzero(roots[1:] == roots[:-1])
    yield part[order[same + 1]], part[order[same]]
    if 0 < len(columns.whole_rows) < len(roots):
        # The name of an exposure can be that which another one has as a member: such a name begins with the other one's root.
        for name, hashes in beginnings(columns.whole_names):
            found = np.minimum(np.searchsorted(roots, hashes), len(roots) - 1)
            matched = roots[found] == hashes
            yield part[columns.whole_rows[name[matched]]], part[order[found[matched]]]


def _merge(part: _Parts, links: Sequence[tuple[_Parts, _Parts]], count: int) -> NDArray[np.int64]:
    """The part of each row; parts that are linked are merged."""
    first, second = (np.concatenate(each).astype(np.int64) for each in zip(*links, strict=True))
    apart = first != second
    root = list(range(count))
    for pair in np.unique(first[apart] * count + second[apart]).tolist():
        left, right = (_root(root, number) for number in divmod(pair, count))
        root[max(left, right)] = min(left, right)
    merged: NDArray[np.int64] = np.array([_root(root, number) for number in range(count)], np.int64)[part]
    return merged


def _root(root: list[int], number: int) -> int:
    """The number that parts are merged under."""
    while root[number] != number:
        root[number] = root[root[number]]
        number = root[number]
    return number


def _pieces(parts: NDArray[np.int64], whole: Scan, rows: int) -> list[Piece]:
    """Pieces of whole parts, in the order of the parts' first rows."""
    if not len(parts):
        return []
    counts = np.bincount(parts)
    first = np.full(len(counts), len(parts))
    first[parts[::-1]] = np.arange(len(parts) - 1, -1, -1)
    by_first = np.argsort(first)
    size = int(whole.chunks[-1, 0] - whole.chunks[0, 0])
    while True:
        piece_of_part = np.empty(len(counts), np.int64)
        before = np.cumsum(counts[by_first]) - counts[by_first]
        piece_of_part[by_first] = before // rows
        piece = np.unique(piece_of_part[parts], return_inverse=True)[1]
        order = np.argsort(piece, kind="stable")
        ends = np.cumsum(np.bincount(piece))
        result = [_piece(whole.lines[members], whole.chunks) for members in np.split(order, ends[:-1])]
        if len(result) == 1 or sum(item.stop - item.start for item in result) <= _MOST_READ * size:
            return result
        rows *= 2


def _piece(lines: NDArray[np.int64], chunks: NDArray[np.int64]) -> Piece:
    begin = np.searchsorted(chunks[:, 1], lines[0], "right") - 1
    end = np.searchsorted(chunks[:, 1], lines[-1], "right")
    return Piece(int(chunks[begin, 0]), int(chunks[end, 0]), int(chunks[begin, 1]), lines)
