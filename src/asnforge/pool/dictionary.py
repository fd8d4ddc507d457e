"""A column built block by block: cells of text to codes and a dictionary of distinct values."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from asnforge.pool.model import TextColumn

Cells = NDArray[np.str_]

_ODD = np.uint64(0x9E3779B97F4A7C15)
_SHIFT = np.uint64(29)


def _words(cells: Cells) -> NDArray[np.uint64] | None:
    """The cells as words of eight ASCII characters, shape (rows, words); None where a cell is not ASCII."""
    points = np.ascontiguousarray(cells).view(np.uint32).reshape(len(cells), -1)
    if points.size == 0 or points.max() > np.iinfo(np.uint8).max:
        return None
    width = points.shape[1]
    padded = np.zeros((len(cells), -(-width // 8) * 8), np.uint8)
    padded[:, :width] = points
    return padded.view(np.uint64)


def _hashes(words: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """One number for each row: the row itself where it is one word long, else a hash of it."""
    hashes = words[:, 0]
    for place in range(1, words.shape[1]):
        hashes = (hashes ^ (hashes >> _SHIFT)) * _ODD + words[:, place]
    return hashes


def distinct(cells: Cells) -> tuple[Cells, NDArray[np.int64]]:
    """Tell which values a block of cells has, and where each stands.

    Sorting hashes is much faster than sorting text, and nothing is left to chance: the answer is checked, and the text
    itself is sorted where two values should ever share a hash.

    Parameters
    ----------
    cells : ndarray of str, shape (rows,)

    Returns
    -------
    values : ndarray of str, shape (distinct,)
        The distinct values, in no order that means anything.
    places : ndarray of int, shape (rows,)
        For each row the place of its value: ``values[places]`` is `cells`.
    """
    words = _words(cells)
    if words is not None:
        found, places = np.unique(_hashes(words), return_inverse=True)
        one_row_each = np.empty(len(found), np.int64)
        one_row_each[places] = np.arange(len(cells))
        if np.array_equal(words[one_row_each][places], words):
            return cells[one_row_each], places
    values, places = np.unique(cells, return_inverse=True)
    return values, places


class ColumnBuilder:
    """Collects one column, a block at a time.

    Parameters
    ----------
    name : str
        The column's name as the header spells it.
    """

    def __init__(self, name: str) -> None:
        self._name = name
        self._codes: dict[str, int] = {}
        self._blocks: list[NDArray[np.int32]] = []

    def add(self, cells: Cells, *, escaped: bool = False) -> None:
        """Take the cells of the next rows; `escaped` where they hold Python's backslash escapes."""
        values, places = distinct(cells)
        texts: Iterable[str] = values.tolist()
        if escaped:
            texts = (text.encode("ascii").decode("unicode_escape") for text in texts)
        codes = self._codes
        known = [codes.setdefault(text.strip(), len(codes)) for text in texts]
        self._blocks.append(np.array(known, np.int32)[places])

    def finish(self) -> TextColumn:
        """The whole column; its codes do not depend on the order of rows."""
        values = tuple(sorted(self._codes))
        places = np.empty(len(values), np.int32)
        for place, value in enumerate(values):
            places[self._codes[value]] = place
        codes = np.concatenate(self._blocks) if self._blocks else np.empty(0, np.int32)
        return TextColumn(self._name, places[codes], values)
