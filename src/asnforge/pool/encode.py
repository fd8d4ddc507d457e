"""Encode the cells of a column, block by block, as integer codes into distinct values."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from itertools import count

import numpy as np
from numpy.typing import NDArray

from asnforge.pool.model import TextColumn

Cells = NDArray[np.str_]
Words = NDArray[np.uint64]

_ODD = np.uint64(0x9E3779B97F4A7C15)
_SHIFT = np.uint64(29)


def factorize(cells: Cells) -> tuple[Cells, NDArray[np.int64]]:
    """The distinct values of cells, and for each row the index of its value: ``values[codes]`` is `cells`.

    The values are in order of first appearance if all characters are Latin-1. Sorting hashes is much faster than sorting
    strings; the result is checked, and the strings themselves are sorted if two of them have the same hash.
    """
    words = _words(cells)
    if words is not None:
        if (words[:, 1:] == words[:, :1]).all():
            return cells[:1], np.zeros(len(cells), np.int64)
        factors = factorize_words(words)
        if factors is not None:
            return cells[factors[0]], factors[1]
    values, codes = np.unique(cells, return_inverse=True)
    return values, codes


def factorize_words(words: Words) -> tuple[NDArray[np.int64], NDArray[np.int64]] | None:
    """The first of each set of equal cells, and for each cell the index of its set, in order of first appearance.

    The cells are given as words, shape (words, cells). None if two that differ have the same hash.
    """
    hashes, codes = np.unique(hash_words(words), return_inverse=True)
    first = np.empty(len(hashes), np.int64)
    first[codes[::-1]] = np.arange(words.shape[1] - 1, -1, -1)
    if not np.array_equal(words[:, first][:, codes], words):
        return None
    order = np.argsort(first)
    ranks = np.empty_like(order)
    ranks[order] = np.arange(len(order))
    return first[order], ranks[codes]


def hash_words(words: Words) -> NDArray[np.uint64]:
    """A number for each cell, given as words, shape (words, cells): its word if there is only one, else a hash.

    Words of zeros at the end do not change it, so cells of different arrays can be compared.
    """
    hashes: NDArray[np.uint64] = words[0]
    for word in words[1:]:
        hashes = np.where(word == 0, hashes, (hashes ^ (hashes >> _SHIFT)) * _ODD + word)
    return hashes


def _words(cells: Cells) -> Words | None:
    """The cells as words of eight Latin-1 characters, shape (words, cells); None if there are other characters."""
    points = np.ascontiguousarray(cells).view(np.uint32).reshape(len(cells), -1)
    if points.size == 0 or points.max() > np.iinfo(np.uint8).max:
        return None
    width = points.shape[1]
    padded = np.zeros((len(cells), -(-width // 8) * 8), np.uint8)
    padded[:, :width] = points
    return padded.view(np.uint64).T


def text_column(name: str, cells: Sequence[str]) -> TextColumn:
    """A column with these cells, stripped of surrounding spaces; for strings that are in memory anyway."""
    stripped = {cell: cell.strip() for cell in set(cells)}
    values = tuple(sorted(set(stripped.values())))
    codes = dict(zip(values, range(len(values)), strict=True))
    by_cell = {cell: codes[value] for cell, value in stripped.items()}
    return TextColumn(name, np.fromiter(map(by_cell.__getitem__, cells), np.int32, len(cells)), values)


class ColumnBuilder:
    """Builds a column with a given name, a block at a time."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._codes: defaultdict[str, int] = defaultdict(count().__next__)
        self._blocks: list[NDArray[np.int32]] = [np.empty(0, np.int32)]

    def add(self, cells: Cells, *, escaped: bool = False) -> None:
        """Add the cells of the next rows; `escaped` is whether they have Python's backslash escapes."""
        values, codes = factorize(cells)
        strings: list[str] = values.tolist()
        if escaped:
            strings = [string.encode("ascii").decode("unicode_escape") for string in strings]
        self.add_values(strings, codes)

    def add_values(self, values: Sequence[str], codes: NDArray[np.int64]) -> None:
        """Add the next rows: their values, perhaps repeated, and for each row the index of its value."""
        known = np.fromiter(map(self._codes.__getitem__, map(str.strip, values)), np.int32, len(values))
        self._blocks.append(known[codes])

    def finish(self) -> TextColumn:
        """The column; the order of rows does not affect its codes."""
        codes = np.concatenate(self._blocks)
        values = tuple(sorted(self._codes))
        if values != tuple(self._codes):
            ranks = np.empty(len(values), np.int32)
            order = np.fromiter(map(self._codes.__getitem__, values), np.int32, len(values))
            ranks[order] = np.arange(len(values), dtype=np.int32)
            codes = ranks[codes]
        return TextColumn(self._name, codes, values)
