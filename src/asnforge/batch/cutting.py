"""A large pool cut into pieces that no association crosses, each to be read and grouped by itself."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from asnforge.batch.claims import Claim
from asnforge.batch.dividing import Division
from asnforge.batch.pieces import Piece
from asnforge.batch.scanning import Scan
from asnforge.findings import Finding

ROWS = 25_000
"""How many rows a piece has at least: enough for the cost of a piece not to count, few enough for memory not to."""

_READ_AT_MOST = 4
"""How often the bytes of a pool are read in all where its parts lie scattered, before pieces are made larger."""


@dataclass(frozen=True, slots=True, eq=False)
class Cut:
    """A pool in pieces.

    Attributes
    ----------
    pieces : tuple of Piece
        The pieces; every row is in one of them, but for faulty ones.
    claim : Claim
        The parts of the pool, as file names show them.
    findings : tuple of Finding
        A warning for each faulty line.
    faulty : int
        The count of faulty lines.
    """

    pieces: tuple[Piece, ...]
    claim: Claim
    findings: tuple[Finding, ...]
    faulty: int


def cut(scans: Sequence[Scan], division: Division, *, header_line: int, rows: int = ROWS) -> Cut | None:
    """Cut a pool.

    Parts of the pool that list the same file stay together, as two associations with the same members are one.

    Parameters
    ----------
    scans : sequence of Scan
        The ranges of the pool, in their order.
    division : Division
        The dividing column.
    header_line : int
        The header's line.
    rows : int
        How many rows a piece has at least, where there are so many.

    Returns
    -------
    Cut or None
        None where the pool cannot be cut: file names of two parts could be the same.
    """
    whole = _joined(scans, header_line)
    named = [division.of(cell) for cell in whole.cells]
    if any(name is None for name in named):
        return None
    places: dict[str, int] = {}
    part_of_cell = np.array([places.setdefault(name or "", len(places)) for name in named], np.int64)
    part = _together(part_of_cell[whole.codes], whole.files, len(places))
    pieces = _pieces(part, whole, rows)
    return Cut(tuple(pieces), Claim(starts=frozenset(places) - {""}), whole.findings, len(whole.faulty))


def _joined(scans: Sequence[Scan], header_line: int) -> Scan:
    """The scans of ranges as one of the whole, with lines of the file."""
    known: dict[str, int] = {}
    parts, line = [], header_line + 1
    for scan in scans:
        numbers = np.array([known.setdefault(cell, len(known)) for cell in scan.cells], np.int32)
        chunks = scan.chunks + np.array((0, line))
        findings = [replace(each, line=each.line + line if each.line is not None else None) for each in scan.findings]
        parts.append((numbers[scan.codes], scan.lines + line, scan.files, chunks, findings))
        line = int(chunks[-1, 1])
    return Scan(
        cells=tuple(known),
        codes=np.concatenate([part[0] for part in parts]),
        lines=np.concatenate([part[1] for part in parts]),
        files=np.concatenate([part[2] for part in parts]),
        chunks=np.concatenate([part[3] for part in parts]),
        findings=tuple(finding for part in parts for finding in part[4]),
        faulty=tuple(finding.line for part in parts for finding in part[4] if finding.line is not None),
    )


def _together(part: NDArray[np.int64], files: NDArray[np.uint64], count: int) -> NDArray[np.int64]:
    """The parts of rows, where parts with a file in common are one."""
    ordered = np.sort(files)
    if not (ordered[1:] == ordered[:-1]).any():
        return part
    order = np.argsort(files, kind="stable")
    same = files[order][1:] == files[order][:-1]
    pairs = np.unique(np.stack((part[order][1:][same], part[order][:-1][same])), axis=1)
    root = np.arange(count)
    for one, other in pairs.T[pairs[0] != pairs[1]].tolist():
        root[root == root[one]] = root[other]
    return root[part]


def _pieces(part: NDArray[np.int64], whole: Scan, rows: int) -> list[Piece]:
    """Pieces of whole parts, in the order of the parts' first rows."""
    if not len(part):
        return []
    counts = np.bincount(part)
    first = np.full(len(counts), len(part))
    first[part[::-1]] = np.arange(len(part) - 1, -1, -1)
    by_first = np.argsort(first)
    size = int(whole.chunks[-1, 0] - whole.chunks[0, 0])
    while True:
        piece_of_part = np.empty(len(counts), np.int64)
        before = np.cumsum(counts[by_first]) - counts[by_first]
        piece_of_part[by_first] = before // rows
        piece = np.unique(piece_of_part[part], return_inverse=True)[1]
        order = np.argsort(piece, kind="stable")
        ends = np.cumsum(np.bincount(piece))
        pieces = [_piece(whole.lines[some], whole.chunks) for some in np.split(order, ends[:-1])]
        if len(pieces) == 1 or sum(each.stop - each.start for each in pieces) <= _READ_AT_MOST * size:
            return pieces
        rows *= 2


def _piece(lines: NDArray[np.int64], chunks: NDArray[np.int64]) -> Piece:
    begin = np.searchsorted(chunks[:, 1], lines[0], "right") - 1
    end = np.searchsorted(chunks[:, 1], lines[-1], "right")
    return Piece(int(chunks[begin, 0]), int(chunks[end, 0]), int(chunks[begin, 1]), lines)
