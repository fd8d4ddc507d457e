"""Some rows of a pool, written as a pool of their own."""

from __future__ import annotations

import csv
import gzip
import io
import os
from collections.abc import Collection, Iterator
from itertools import chain

from asnforge.atomic import write_atomically
from asnforge.pool.astropy_tables import read_table, table_cells
from asnforge.pool.blocks import whole_lines
from asnforge.pool.model import Pool
from asnforge.pool.open import Source, reopened
from asnforge.pool.unchanged import unchanged


def write_rows(pool: Pool, lines: Collection[int], target: str | os.PathLike[str], *, follow: bool = False) -> bool:
    """Write the header and some rows of a pool to a file.

    Parameters
    ----------
    pool : Pool
        As `read_pool` gave it. Its file is read once more: a pool holds only the columns that were asked for.
    lines : collection of int
        Which rows, by their lines as `Pool.lines` and `Pool.faulty_lines` have them; in any order, written in that of
        the file.
    target : path
        The file to write, whole or not at all; compressed by gzip where its name ends in ``.gz``.
    follow : bool
        Whether the user named this very file, so that a link is followed; as for `asnforge.atomic.write_atomically`.

    Returns
    -------
    bool
        Whether anything was written: an identical file is left alone.

    Raises
    ------
    InputError
        Where the pool can no longer be read, has changed since it was read, or the target cannot be written.

    Notes
    -----
    Rows of a text pool are written as they stand, byte for byte, faulty ones too. A table of another format becomes
    text with tabs between the cells.
    """
    return write_atomically(target, encode_rows(pool, lines, target), follow=follow)


def encode_rows(pool: Pool, lines: Collection[int], target: str | os.PathLike[str]) -> bytes:
    """The bytes that `write_rows` writes.

    Raises
    ------
    InputError
        Where the pool can no longer be read, or has changed since it was read.
    """
    with unchanged(pool.path, pool.state):
        source, wanted = reopened(pool.path, pool.raw), frozenset(lines)
        rows = _text_rows(source, pool, wanted) if pool.format is None else _table_rows(source, pool.format, wanted)
        data = b"".join(rows)
    return gzip.compress(data, mtime=0) if os.fspath(target).endswith(".gz") else data


def _text_rows(source: Source, pool: Pool, lines: frozenset[int]) -> Iterator[bytes]:
    with source.open() as stream:
        every_line = chain.from_iterable(
            data.splitlines(keepends=True) for data in whole_lines(stream, file=source.path)
        )
        for line, raw in enumerate(every_line, 1):
            if line in lines or line == pool.header_line:
                yield raw if raw.endswith((b"\n", b"\r")) else raw + b"\n"


def _table_rows(source: Source, format_name: str, lines: frozenset[int]) -> Iterator[bytes]:
    table = read_table(source, format_name)
    columns = [table_cells(table, name, file=source.path).tolist() for name in table.colnames]
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter="\t", lineterminator="\n")
    writer.writerow(table.colnames)
    # A row is one line: a line end inside a cell of a FITS table would make two of it.
    writer.writerows(
        [" ".join(cell.splitlines()) for cell in cells]
        for row, cells in enumerate(zip(*columns, strict=True), 1)
        if row in lines
    )
    yield text.getvalue().encode("utf-8")
