"""The door to pools: a file or standard input to a `Pool`."""

from __future__ import annotations

import os
from collections.abc import Collection

import numpy as np

from asnforge.pool import codes
from asnforge.pool.astropy_tables import read_table, table_cells
from asnforge.pool.blocks import BLOCK_SIZE, cut_blocks
from asnforge.pool.encode import ColumnBuilder
from asnforge.pool.header import choose_columns, named_twice
from asnforge.pool.model import Pool
from asnforge.pool.open import STANDARD_INPUT, Source, find_source
from asnforge.pool.refusal import refusal
from asnforge.pool.sniff import refuse_foreign, table_format
from asnforge.pool.text import read_body, read_header, refuse_rowless, text_pool
from asnforge.pool.unchanged import unchanged
from asnforge.system_errors import memory_for

_TEXT_FORMATS = {
    "tab": "\t",
    "csv": ",",
    "ascii.tab": "\t",
    "ascii.csv": ",",
    "ascii.fast_tab": "\t",
    "ascii.fast_csv": ",",
}
"""Formats of astropy that are text pools with a delimiter; astropy itself would guess numbers and lose zeros."""


def read_pool(
    source: str | os.PathLike[str],
    *,
    columns: Collection[str] | None = None,
    delimiter: str | None = None,
    format: str | None = None,  # noqa: A002
    block_size: int = BLOCK_SIZE,
) -> Pool:
    """Read a pool.

    Parameters
    ----------
    source : path
        A table: text in UTF-8 with a header line and tabs, ``|`` or commas between cells, or a FITS, ECSV or VOTable
        file; packed by gzip or not. ``-`` is standard input.
    columns : collection of str, or None
        Names of the columns to read, in any case; None for all. One that the file does not have is not in the pool.
    delimiter : str or None
        The character between cells; None to find it from the header line.
    format : str or None
        astropy's name of a table format; None for text, and for files that begin as FITS, ECSV or VOTable ones do.
    block_size : int
        How many bytes of a text are read at once; the pool is the same with any.

    Returns
    -------
    Pool
        Its findings are warnings: a faulty row costs that row alone.

    Raises
    ------
    InputError
        With one finding that says why nothing can be read: no such file, not a table, no rows.

    Examples
    --------
    >>> pool = read_pool("pool.tsv", columns=["FILENAME", "PROGRAM"])  # doctest: +SKIP
    >>> pool.columns["program"][0]  # doctest: +SKIP
    '00623'
    """
    path = os.fspath(source)
    with memory_for(STANDARD_INPUT if path == "-" else path):
        opened = find_source(path)
        with unchanged(opened.path, opened.state):
            return _read(opened, columns, delimiter, format, block_size)


def _read(
    opened: Source,
    columns: Collection[str] | None,
    delimiter: str | None,
    format: str | None,  # noqa: A002
    block_size: int,
) -> Pool:
    if format is None and delimiter is None:
        format = table_format(opened.head)  # noqa: A001
    if format in _TEXT_FORMATS:
        delimiter, format = delimiter or _TEXT_FORMATS[format], None  # noqa: A001
    if format is None:
        return _read_text(opened, columns, delimiter, block_size)
    return _read_other(opened, columns, format)


def _read_text(source: Source, columns: Collection[str] | None, delimiter: str | None, block_size: int) -> Pool:
    refuse_foreign(source.head, source.path)
    with source.open() as stream:
        header = read_header(stream, file=source.path, delimiter=delimiter)
        body = read_body(cut_blocks(stream, header.line + 1, file=source.path, size=block_size), header, columns)
    pool = text_pool(source, header, body)
    refuse_rowless(pool)
    return pool


def _read_other(source: Source, columns: Collection[str] | None, format_name: str) -> Pool:
    table = read_table(source, format_name)
    names = tuple(name.strip() for name in table.colnames)
    if not len(table):
        hint = "a pool has a row for each exposure"
        raise refusal(codes.NO_ROWS, "the table has no rows", file=source.path, hint=hint)
    read = {}
    for place, name in choose_columns(names, columns).items():
        builder = ColumnBuilder(name)
        builder.add(table_cells(table, table.colnames[place], file=source.path))
        read[name.casefold()] = builder.finish()
    return Pool(
        path=source.path,
        name=source.name,
        header=names,
        columns=read,
        lines=np.arange(1, len(table) + 1, dtype=np.int64),
        findings=named_twice(names, source.path),
        format=format_name,
        raw=source.raw,
        state=source.state,
    )
