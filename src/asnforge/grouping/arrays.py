"""Combine and join integer columns: the relational operations that grouping needs, on numpy arrays."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

IntArray = NDArray[np.integer]
IndexArray = NDArray[np.int64]

_LARGEST_CODE = 2**62

_LARGEST_TABLE = 4
"""The most entries for each code of a table in which all codes, from 0 to the largest one, have an entry."""

_PAIR_BITS = 31


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
    count, size = len(codes), _table_size(codes)
    if not size:
        order = sorted_order(codes)
        ordered = codes[order]
        is_first = np.ones(count, np.bool_)
        np.not_equal(ordered[1:], ordered[:-1], out=is_first[1:])
        number = np.empty(count, np.int64)
        number[order] = np.cumsum(is_first) - 1
        return order[is_first], number
    first = np.full(size, count)
    first[codes[::-1]] = np.arange(count - 1, -1, -1)
    used = np.flatnonzero(first < count)
    number = np.empty(size, np.int64)
    number[used] = np.arange(len(used))
    return first[used], number[codes]


def sorted_order(codes: IntArray) -> IndexArray:
    """The indices that sort codes; those of equal codes in order.

    Numbers that combine code and index are sorted, which is several times as fast as sorting indices by codes.
    """
    if not (codes[1:] < codes[:-1]).any():
        return np.arange(len(codes))
    bits = len(codes).bit_length()
    if codes.min() < 0 or int(codes.max()) >= _LARGEST_CODE >> bits:
        return np.argsort(codes, kind="stable").astype(np.int64)
    numbers = codes.astype(np.int64) << bits | np.arange(len(codes))
    numbers.sort()
    order: IndexArray = numbers & ((1 << bits) - 1)
    return order


def sorted_pairs(left: IntArray, right: IntArray) -> tuple[IndexArray, IndexArray]:
    """Pairs of numbers from 0 below 2 ** 31, sorted by the left one and by the right one."""
    pairs = left.astype(np.int64) << _PAIR_BITS | right
    pairs.sort()
    return pairs >> _PAIR_BITS, pairs & ((1 << _PAIR_BITS) - 1)


def join(left: IndexArray, right: IndexArray) -> tuple[IndexArray, IndexArray]:
    """All pairs of indices into `left` and `right` whose codes are equal, in the order of `left`."""
    order = sorted_order(right)
    size = _table_size(left, right)
    if size:
        sizes = np.bincount(right, minlength=size)
        start, counts = (np.cumsum(sizes) - sizes)[left], sizes[left]
    else:
        ordered = right[order]
        start = np.searchsorted(ordered, left, "left")
        counts = np.searchsorted(ordered, left, "right") - start
    return np.repeat(np.arange(len(left)), counts), order[ranges(start, counts)]


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


def _table_size(*columns: IntArray) -> int:
    """The entries of a table with an entry for each possible code; 0 if it would be large, or if codes are negative."""
    used = [codes for codes in columns if len(codes)]
    largest = max((int(codes.max()) for codes in used), default=0)
    if largest >= _LARGEST_TABLE * sum(map(len, used)) or any(codes.min() < 0 for codes in used):
        return 0
    return largest + 1
