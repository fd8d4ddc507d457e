"""Combine and join integer columns: the relational operations that grouping needs, on numpy arrays."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

IntArray = NDArray[np.integer]
IndexArray = NDArray[np.int64]

_LARGEST_CODE = 2**62


def combine(columns: Sequence[IntArray]) -> IndexArray:
    """One code per row for several columns of codes from 0: equal where all columns are equal, in the order of the columns."""
    combined = columns[0].astype(np.int64)
    size = _size(combined)
    for column in columns[1:]:
        width = _size(column)
        if size * width > _LARGEST_CODE:
            combined = np.unique(combined, return_inverse=True)[1].astype(np.int64)
            size = _size(combined)
        combined = combined * width + column
        size *= width
    return combined


def distinct(codes: IndexArray) -> tuple[IndexArray, IndexArray]:
    """For each distinct code, in order, its first index; and for each element the number of its code."""
    _, first, inverse = np.unique(codes, return_index=True, return_inverse=True)
    return first, inverse


def join(left: IndexArray, right: IndexArray) -> tuple[IndexArray, IndexArray]:
    """All pairs of indices into `left` and `right` whose codes are equal, in the order of `left`."""
    order = np.argsort(right, kind="stable")
    ordered = right[order]
    start = np.searchsorted(ordered, left, "left")
    counts = np.searchsorted(ordered, left, "right") - start
    return np.repeat(np.arange(len(left)), counts), order[ranges(start, counts)].astype(np.int64)


def ranges(start: IntArray, counts: IntArray) -> IndexArray:
    """The numbers of several ranges, concatenated: `counts` numbers from each start."""
    before = np.cumsum(counts) - counts
    numbers: IndexArray = np.arange(int(counts.sum()), dtype=np.int64) + np.repeat(start - before, counts)
    return numbers


def offsets(groups: IntArray, count: int) -> IndexArray:
    """The index at which each of `count` groups begins in members sorted by group, and the end of the last one."""
    return np.concatenate(([0], np.cumsum(np.bincount(groups, minlength=count)))).astype(np.int64)


def _size(codes: IntArray) -> int:
    return int(codes.max()) + 1 if len(codes) else 1
