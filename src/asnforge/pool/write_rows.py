"""Write some rows of a pool as another pool."""

from __future__ import annotations

import csv
import gzip
import io
import os
from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import chain

from asnforge.atomic import write_atomically
from asnforge.pool.astropy_tables import read_table, table_cells
from asnforge.pool.blocks import whole_lines
from asnforge.pool.file_state import reject_changes
from asnforge.pool.model import FROM_HEADERS, FROM_TABLE, Pool
from asnforge.pool.open import Source, reopen


def write_rows(pool: Pool, lines: Collection[int], target: str | os.PathLike[str], *, follow: bool = False) -> bool:
    """Write the header and some rows of a pool to a file.

    Rows of a text pool are copied byte for byte, including malformed ones. A table in another format becomes tab-delimited
    text.

    Parameters
    ----------
    pool : Pool
        From `read_pool`. Its file is read again: a pool has only the columns that were requested.
    lines : collection of int
        The rows, by their lines as in `Pool.lines` and `Pool.faulty_lines`; they are written in the order of the file.
    target : path
        The file to write, atomically; compressed with gzip if its name ends in ``.gz``.
    follow : bool
        Whether the user named the file, as for `asnforge.atomic.write_atomically`.

    Returns
    -------
    bool
        Whether anything was written: an identical file is left alone.

    Raises
    ------
    InputError
        The pool can no longer be read, has changed since it was read, or the target cannot be written.
    """
    return write_atomically(target, encode_rows(pool, lines, target), follow=follow)


def encode_rows(pool: Pool, lines: Collection[int], target: str | os.PathLike[str]) -> bytes:
    """The bytes that `write_rows` writes.

    Raises
    ------
    InputError
        The pool can no longer be read, or has changed since it was read.
    """
    with reject_changes(pool.path, pool.state):
        chosen = frozenset(lines)
        if pool.format in (FROM_HEADERS, FROM_TABLE):
            columns = {column.name: column.cells() for column in pool.columns.values()}
            data = b"".join(_text_of(columns, chosen, pool.lines.tolist()))
        else:
            source = reopen(pool.path, pool.raw, pool.copy)
            rows = _text_rows(source, pool, chosen) if pool.format is None else _table_rows(source, pool.format, chosen)
            data = b"".join(rows)
    return gzip.compress(data, mtime=0) if os.fspath(target).endswith(".gz") else data


def _text_rows(source: Source, pool: Pool, lines: frozenset[int]) -> Iterator[bytes]:
    with source.open() as stream:
        chunks = whole_lines(stream, file=source.path)
        raw_lines = chain.from_iterable(data.splitlines(keepends=True) for data in chunks)
        for line, raw in enumerate(raw_lines, 1):
            if line in lines or line == pool.header_line:
                yield raw if raw.endswith((b"\n", b"\r")) else raw + b"\n"


def _table_rows(source: Source, format_name: str, lines: frozenset[int]) -> Iterator[bytes]:
    table = read_table(source, format_name)
    columns = {name: table_cells(table, name, file=source.path).tolist() for name in table.colnames}
    yield from _text_of(columns, lines, range(1, len(table) + 1))


def _text_of(columns: Mapping[str, Sequence[str]], lines: frozenset[int], numbers: Sequence[int]) -> Iterator[bytes]:
    """Some rows as tab-delimited text, from the cells of each column and the numbers of rows."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter="\t", lineterminator="\n")
    writer.writerow(columns)
    one_line = map(_without_line_ends, columns.values())
    rows = zip(numbers, zip(*one_line, strict=True), strict=True)
    writer.writerows(cells for row, cells in rows if row in lines)
    yield text.getvalue().encode("utf-8")


def _without_line_ends(cells: Sequence[str]) -> Sequence[str]:
    """The cells of a column; a line end inside a cell of a FITS table would split the row."""
    changed = {cell: joined for cell in set(cells) if (joined := " ".join(cell.splitlines())) != cell}
    return [changed.get(cell, cell) for cell in cells] if changed else cells
