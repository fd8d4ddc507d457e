"""A text pool read in parts, so that several processes can share the work."""

from __future__ import annotations

import os
from collections.abc import Collection, Sequence
from dataclasses import replace
from itertools import pairwise

import numpy as np

from asnforge.pool.blocks import BLOCK_SIZE, cut_blocks
from asnforge.pool.header import read_header
from asnforge.pool.model import Pool, TextColumn
from asnforge.pool.open import find_source
from asnforge.pool.sniff import refuse_foreign, table_format
from asnforge.pool.text import read_body, refuse_rowless, text_pool


def cut_ranges(
    path: str | os.PathLike[str], count: int, *, delimiter: str | None = None
) -> tuple[tuple[int, int], ...]:
    """Cut a text pool into ranges of bytes of about the same length.

    Parameters
    ----------
    path : path
        The pool.
    count : int
        How many ranges, at least one.
    delimiter : str or None
        As for `read_pool`.

    Returns
    -------
    tuple of (int, int)
        First and last offset of each, for `read_range`; no range where the pool can only be read as a whole: packed, of
        another format, standard input.

    Raises
    ------
    InputError
        As `read_pool` does, for what the header line tells.
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


def read_range(
    path: str | os.PathLike[str],
    start: int,
    stop: int,
    *,
    columns: Collection[str] | None = None,
    delimiter: str | None = None,
    block_size: int = BLOCK_SIZE,
) -> Pool:
    """Read the rows of a text pool whose lines begin in a range of bytes.

    Parameters
    ----------
    path : path
        The pool, a text file that is not packed.
    start, stop : int
        The range, from `cut_ranges`. A line that begins in it is read to its end, one that does not is left to others.
    columns, delimiter, block_size
        As for `read_pool`.

    Returns
    -------
    Pool
        A pool of these rows, perhaps of none; lines are counted from the start of the file. The findings of the header
        line are with the first range alone.
    """
    source = find_source(path)
    with source.open() as stream:
        header = read_header(stream, file=source.path, delimiter=delimiter)
        line, offset = header.line + 1, header.end
        if start > offset:
            # The line that the byte before the range is in has begun before it.
            before = cut_blocks(stream, line, file=source.path, size=block_size, length=start - offset)
            line += sum(len(block.ends) for block in before)
            offset = stream.tell()
            header = replace(header, findings=())
        blocks = cut_blocks(stream, line, file=source.path, size=block_size, length=max(0, stop - offset))
        return text_pool(source, header, read_body(blocks, header, columns))


def merge_pools(parts: Sequence[Pool]) -> Pool:
    """Put the parts of a pool together.

    Parameters
    ----------
    parts : sequence of Pool
        What `read_range` gave for the ranges of one file, in their order, at least one.

    Returns
    -------
    Pool
        The same as `read_pool` gives of the whole file.

    Raises
    ------
    InputError
        Where there are no rows, or none of them could be read.
    """
    pool = replace(
        parts[0],
        columns={name: _merged([part.columns[name] for part in parts]) for name in parts[0].columns},
        lines=np.concatenate([part.lines for part in parts]),
        faulty_lines=tuple(line for part in parts for line in part.faulty_lines),
        findings=tuple(finding for part in parts for finding in part.findings),
    )
    refuse_rowless(pool)
    return pool


def _merged(parts: Sequence[TextColumn]) -> TextColumn:
    values = tuple(sorted(set[str]().union(*(part.values for part in parts))))
    places = {value: place for place, value in enumerate(values)}
    codes = [
        np.fromiter(map(places.__getitem__, part.values), np.int32, len(part.values))[part.codes] for part in parts
    ]
    return TextColumn(parts[0].name, np.concatenate(codes), values)
