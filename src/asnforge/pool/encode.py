"""A column built block by block: cells of text to codes and a dictionary of distinct values."""

from __future__ import annotations

from collections import defaultdict
from itertools import count

import numpy as np
from numpy.typing import NDArray

from asnforge.pool.model import TextColumn

Cells = NDArray[np.str_]

_ODD = np.uint64(0x9E3779B97F4A7C15)
_SHIFT = np.uint64(29)


def _words(cells: Cells) -> NDArray[np.uint64] | None:
    """The cells as words of eight bytes, shape (rows, words); None where a character has more than one."""
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
        The distinct values, in the order they are met where each character has one byte.
    places : ndarray of int, shape (rows,)
        For each row the place of its value: ``values[places]`` is `cells`.
    """
    words = _words(cells)
    if words is not None:
        if (words == words[0]).all():
            return cells[:1], np.zeros(len(cells), np.int64)
        found, places = np.unique(_hashes(words), return_inverse=True)
        first_rows = np.empty(len(found), np.int64)
        first_rows[places[::-1]] = np.arange(len(cells) - 1, -1, -1)
        if np.array_equal(words[first_rows][places], words):
            order = np.argsort(first_rows)
            ranks = np.empty_like(order)
            ranks[order] = np.arange(len(order))
            return cells[first_rows[order]], ranks[places]
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
        self._codes: defaultdict[str, int] = defaultdict(count().__next__)
        self._blocks: list[NDArray[np.int32]] = [np.empty(0, np.int32)]

    def add(self, cells: Cells, *, escaped: bool = False) -> None:
        """Take the cells of the next rows; `escaped` where they hold Python's backslash escapes."""
        values, places = distinct(cells)
        texts: list[str] = values.tolist()
        if escaped:
            texts = [text.encode("ascii").decode("unicode_escape") for text in texts]
        known = np.fromiter(map(self._codes.__getitem__, map(str.strip, texts)), np.int32, len(texts))
        self._blocks.append(known[places])

    def finish(self) -> TextColumn:
        """The whole column; its codes do not depend on the order of rows."""
        codes = np.concatenate(self._blocks)
        met, values = tuple(self._codes), tuple(sorted(self._codes))
        if met != values:
            places = np.empty(len(values), np.int32)
            order = np.fromiter(map(self._codes.__getitem__, values), np.int32, len(values))
            places[order] = np.arange(len(values), dtype=np.int32)
            codes = places[codes]
        return TextColumn(self._name, codes, values)
