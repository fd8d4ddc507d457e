"""Encode the cells of a column, block by block, as integer codes into distinct values."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from itertools import chain, compress, count, islice
from operator import ne

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
        self._singles: list[str] = []
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
        stripped = map(str.strip, values)
        if len(values) == len(codes):
            # Each row has a value of its own, most likely a file name. A dictionary of them would take longer than all else.
            codes = ~(codes + len(self._singles))
            self._singles.extend(stripped)
        else:
            codes = np.fromiter(map(self._codes.__getitem__, stripped), np.int64, len(values))[codes]
        self._blocks.append(codes.astype(np.int32))

    def finish(self) -> TextColumn:
        """The column; the order of rows does not affect its codes."""
        added = [*self._codes, *self._singles]
        codes = np.concatenate(self._blocks)
        if self._singles:
            codes = np.where(codes < 0, len(self._codes) + ~codes, codes)
        order = sorted(range(len(added)), key=added.__getitem__)
        ordered = [*map(added.__getitem__, order)]
        is_new = np.fromiter(chain([True], map(ne, ordered, islice(ordered, 1, None))), np.bool_, len(added))
        ranks = np.empty(len(added), np.int32)
        ranks[order] = np.cumsum(is_new) - 1
        return TextColumn(self._name, ranks[codes], tuple(compress(ordered, is_new)))
