"""Find out whether a pool file can be cut into pieces, and cut it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from asnforge.pieces.cut_pool import Cut, cut_pool
from asnforge.pieces.partition import CutSizes, Partition, columns_of_parts
from asnforge.pieces.scan import cut_ranges, scan_range
from asnforge.pool.header import read_header
from asnforge.pool.open import Source, find_source


@dataclass(frozen=True, slots=True)
class Ranges:
    """The ranges of bytes of a pool that are scanned separately, and the line of its header."""

    ranges: tuple[tuple[int, int], ...]
    header_line: int


def find_ranges(
    path: str | Source, size: int, partitions: Sequence[Partition], delimiter: str | None, sizes: CutSizes
) -> Ranges | None:
    """The ranges of a large pool that can be cut; None for any other.

    Parameters
    ----------
    path, size : str or Source, int
        The pool's file, and its bytes.
    partitions : sequence of Partition
        How each of the rule sets allows to divide it.
    delimiter : str or None
        As for `asnforge.pool.read_pool`.
    sizes : CutSizes
        The sizes at which pools are cut.

    Raises
    ------
    InputError
        As `asnforge.pool.read_pool` does, for problems of the header line.
    """
    if size < sizes.large:
        return None
    ranges = cut_ranges(path, -(-size // sizes.scan), delimiter=delimiter)
    if not ranges:
        return None
    source = find_source(path)
    with source.open() as stream:
        header = read_header(stream, file=source.path, delimiter=delimiter)
    names = {name.casefold() for name in header.names}
    if any(columns.find(names) is None for columns in columns_of_parts(partitions)):
        return None
    return Ranges(ranges, header.line)


def cut_file(
    path: str | Source, found: Ranges, partitions: Sequence[Partition], delimiter: str | None, rows: int
) -> Cut | None:
    """Cut a pool in this process, with the parameters and errors of `scan_range` and `cut_pool`; None if that is impossible."""
    columns = columns_of_parts(partitions)
    scans = [scan_range(path, start, stop, columns, delimiter) for start, stop in found.ranges]
    return cut_pool(scans, partitions, header_line=found.header_line, rows=rows)
