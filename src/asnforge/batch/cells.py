"""Cells of a column as they stand in a block of text, and numbers for telling them apart without letter case."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

_WIDEST = 256
_ODD = np.uint64(0x9E3779B97F4A7C15)
_SHIFT = np.uint64(29)
_CASE = np.uint8(0x20)


def plain_cells(
    data: NDArray[np.uint8], starts: NDArray[np.int64], ends: NDArray[np.int64]
) -> NDArray[np.uint8] | None:
    """The bytes of a cell of each row, padded with zeros; None where one is long or has blanks around it."""
    widths = ends - starts
    widest = int(widths.max())
    if widest > _WIDEST:
        return None
    if not widest:
        return np.zeros((len(starts), 1), np.uint8)
    places = starts[:, None] + np.arange(widest)
    inside = places < ends[:, None]
    cells = np.where(inside, data[np.minimum(places, len(data) - 1)], np.uint8(0))
    last = cells[np.arange(len(cells)), np.maximum(widths - 1, 0)]
    blank = np.uint8(ord(" "))
    return None if ((cells[:, 0] == blank) | (last == blank)).any() else cells


def hash_rows(cells: NDArray[np.uint8]) -> NDArray[np.uint64]:
    """A number for each row of bytes, the same for upper and lower case; zeros at the end do not count."""
    words = np.zeros((len(cells), -(-cells.shape[1] // 8) * 8), np.uint8)
    words[:, : cells.shape[1]] = np.where(cells == 0, 0, cells | _CASE)
    hashes = np.zeros(len(cells), np.uint64)
    for column in words.view(np.uint64).T:
        hashes = np.where(column == 0, hashes, (hashes ^ (hashes >> _SHIFT)) * _ODD + column)
    return hashes


def hash_text(name: str) -> int:
    """The number of one text, as `hash_rows` has it."""
    data = name.casefold().encode("utf-8", "surrogatepass")
    return int(hash_rows(np.frombuffer(data, np.uint8).reshape(1, -1))[0]) if data else 0
