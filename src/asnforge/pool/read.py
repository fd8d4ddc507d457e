"""Read a pool from a file or standard input."""

from __future__ import annotations

import os
from collections.abc import Collection
from dataclasses import replace

import numpy as np

from asnforge.findings import InputError, SourceLocation
from asnforge.pool.astropy_tables import read_table, table_cells
from asnforge.pool.blocks import BLOCK_SIZE, cut_blocks
from asnforge.pool.encode import ColumnBuilder
from asnforge.pool.file_state import reject_changes
from asnforge.pool.header import choose_columns, duplicate_names, read_header
from asnforge.pool.model import Pool
from asnforge.pool.open import STANDARD_INPUT, Source, find_source
from asnforge.pool.sniff import refuse_foreign, table_format
from asnforge.pool.text import NO_ROWS, read_body, refuse_rowless, text_pool
from asnforge.system_errors import memory_for

TEXT_FORMATS = {
    "tab": "\t",
    "csv": ",",
    "ascii.tab": "\t",
    "ascii.csv": ",",
    "ascii.fast_tab": "\t",
    "ascii.fast_csv": ",",
}
"""astropy's formats that are text pools, with their delimiters; astropy itself would guess numbers and lose zeros."""


def read_pool(
    source: str | os.PathLike[str] | Source,
    *,
    columns: Collection[str] | None = None,
    delimiter: str | None = None,
    format: str | None = None,  # noqa: A002
    block_size: int = BLOCK_SIZE,
) -> Pool:
    """Read a pool.

    Parameters
    ----------
    source : path or Source
        A table: text in UTF-8 with a header line and tabs, ``|`` or commas as delimiters, or a FITS, ECSV or VOTable file;
        optionally compressed with gzip. ``-`` is standard input.
    columns : collection of str, or None
        Names of the columns to read, in any case; None for all. A column that the file does not have is ignored.
    delimiter : str or None
        The field delimiter; None to detect it from the header line.
    format : str or None
        astropy's name of a table format; None for text, and for files with the signature of FITS, ECSV or VOTable.
    block_size : int
        The number of bytes of a text pool that are read at once; it does not affect the result.

    Returns
    -------
    Pool
        Its findings are warnings: malformed rows are rejected, the others are read.

    Raises
    ------
    InputError
        With one finding: there is no such file, it is not a table, or it has no rows, for example.

    Examples
    --------
    >>> pool = read_pool("pool.tsv", columns=["FILENAME", "PROGRAM"])  # doctest: +SKIP
    >>> pool.columns["program"][0]  # doctest: +SKIP
    '00623'
    """
    path = source.path if isinstance(source, Source) else os.fspath(source)
    with memory_for(STANDARD_INPUT if path == "-" else path):
        opened = find_source(source)
        with reject_changes(opened.path, opened.state):
            if format is None and delimiter is None:
                format = table_format(opened.head)  # noqa: A001
            if format is not None and format not in TEXT_FORMATS:
                return _read_table(opened, columns, format)
            if delimiter is None and format is not None:
                delimiter = TEXT_FORMATS[format]
            return _read_text(opened, columns, delimiter, block_size)


def _read_text(source: Source, columns: Collection[str] | None, delimiter: str | None, block_size: int) -> Pool:
    refuse_foreign(source.head, source.path)
    with source.open() as stream:
        header = read_header(stream, file=source.path, delimiter=delimiter)
        body = read_body(cut_blocks(stream, header.line + 1, file=source.path, size=block_size), header, columns)
    pool = text_pool(source, header, body)
    refuse_rowless(pool)
    return pool


def _read_table(source: Source, columns: Collection[str] | None, format_name: str) -> Pool:
    table = read_table(source, format_name)
    names = tuple(name.strip() for name in table.colnames)
    if not len(table):
        hint = "a pool has one row per exposure"
        raise InputError(NO_ROWS.finding("the table has no rows", source.path, hint=hint))
    read = {}
    for index, name in choose_columns(names, columns).items():
        builder = ColumnBuilder(name)
        builder.add(table_cells(table, table.colnames[index], file=source.path))
        unit = getattr(table[table.colnames[index]], "unit", None)
        read[name.casefold()] = replace(builder.finish(), unit="" if unit is None else str(unit))
    return Pool(
        path=source.path,
        name=source.name,
        header=names,
        columns=read,
        lines=np.arange(1, len(table) + 1, dtype=np.int64),
        findings=duplicate_names(names, SourceLocation(source.path)),
        format=format_name,
        raw=source.raw,
        state=source.state,
    )
