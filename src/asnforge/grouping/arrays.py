"""Combining and joining integer columns: what grouping needs of a relational engine, on numpy arrays."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

IntArray = NDArray[np.integer]
IndexArray = NDArray[np.int64]

_ROOM = 2**62


def combine(columns: Sequence[IntArray]) -> IndexArray:
    """One code a row for several columns of codes: equal where all columns are, in the order of the columns.

    Parameters
    ----------
    columns : sequence of integer arrays, shape (rows,)
        Codes from 0, at least one column.
    """
    combined = columns[0].astype(np.int64)
    size = _size(combined)
    for column in columns[1:]:
        width = _size(column)
        if size * width > _ROOM:
            combined = np.unique(combined, return_inverse=True)[1].astype(np.int64)
            size = _size(combined)
        combined = combined * width + column
        size *= width
    return combined


def distinct(codes: IndexArray) -> tuple[IndexArray, IndexArray]:
    """For each distinct code, in order, one place where it stands; and for each place the number of its code."""
    _, first, inverse = np.unique(codes, return_index=True, return_inverse=True)
    return first, inverse


def join(left: IndexArray, right: IndexArray) -> tuple[IndexArray, IndexArray]:
    """All pairs of places, of `left` and of `right`, whose codes are equal, in the order of `left`."""
    order = np.argsort(right, kind="stable")
    ordered = right[order]
    start = np.searchsorted(ordered, left, "left")
    counts = np.searchsorted(ordered, left, "right") - start
    left_places = np.repeat(np.arange(len(left)), counts)
    return left_places, order[ranges(start, counts)].astype(np.int64)


def ranges(start: IntArray, counts: IntArray) -> IndexArray:
    """The numbers of several ranges one after another: from each start, as many as counted."""
    total = int(counts.sum())
    before = np.cumsum(counts) - counts
    numbers: IndexArray = np.arange(total, dtype=np.int64) + np.repeat(start - before, counts)
    return numbers


def offsets(groups: IntArray, count: int) -> IndexArray:
    """Where each of `count` groups begins in members that are sorted by group, and where the last one ends."""
    return np.concatenate(([0], np.cumsum(np.bincount(groups, minlength=count)))).astype(np.int64)


def _size(codes: IntArray) -> int:
    return int(codes.max()) + 1 if len(codes) else 1
