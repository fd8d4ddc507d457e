"""Rows of text to cells of text, by astropy's fast reader."""

from __future__ import annotations

from collections.abc import Collection

import numpy as np

from asnforge.pool.encode import Cells


class CellsDifferError(Exception):
    """The reader did not find one row of the right width in each line."""


def read_cells(text: str, rows: int, *, width: int, delimiter: str, places: Collection[int]) -> dict[int, Cells]:
    """Read the cells of some columns.

    Parameters
    ----------
    text : str
        A row a line, ASCII, without comments and blank lines.
    rows, width : int
        How many rows there are, and how many cells each has.
    delimiter : str
        The character between cells.
    places : collection of int
        Which columns to read, from 0, at least one.

    Returns
    -------
    dict of int to ndarray of str
        The cells of each column, by its place. Everything is text: an empty cell is empty text, ``01`` stays ``01``.

    Raises
    ------
    CellsDifferError
        Where the reader finds another count of rows or cells.
    """
    from asnforge.pool.astropy_text import tables

    names = [f"c{place}" for place in range(width)]
    # The reader guesses a column's type from its cells; a first row of letters, dropped below, makes each one text.
    header, letters = delimiter.join(names), delimiter.join(["x"] * width)
    try:
        table = tables.read(
            f"{header}\n{letters}\n{text}",
            format="tab",
            fast_reader={"enable": "force"},
            delimiter=delimiter,
            guess=False,
            comment=None,
            fill_values=[],
            include_names=[names[place] for place in places],
        )
    except tables.InconsistentTableError as error:
        raise CellsDifferError(str(error)) from error
    if len(table) != rows + 1:
        raise CellsDifferError(f"{len(table) - 1} rows in {rows} lines")
    return {place: np.asarray(table[names[place]])[1:] for place in places}
