"""Positions on the sphere that are joined by steps of at most some distance: friends of friends, in near-linear time.

Positions are sorted into cubic cells so small that all positions in one are joined. Only cells that are near each other are
compared, and only as long as they are not joined through others.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product

import numpy as np
from numpy.typing import NDArray

from asnforge.columns import Mask
from asnforge.grouping.arrays import IndexArray, combine, distinct, offsets, ranges

Floats = NDArray[np.float64]

_ROUNDING = 1e-12
"""The distance, in radians, below which positions are the same: the coordinates are rounded to less than that."""

_SAMPLE = 12
"""The number of positions of a cell that are compared first, as most near cells of many positions are joined by these."""

_LARGE_PAIR = 20_000
"""The number of pairs of positions of two cells above which the cells are halved instead of comparing all pairs."""

_MOST_PAIRS = 4_000_000
"""The number of pairs of positions whose distances are computed at once."""


def connected_positions(group: IndexArray, longitude: Floats, latitude: Floats, distance: float) -> IndexArray:
    """For each position the number of its set: positions of one group that are joined by steps.

    Parameters
    ----------
    group : ndarray of int64, shape (positions,)
        Positions of different groups are never joined.
    longitude, latitude : ndarray of float64, shape (positions,)
        The positions, in radians.
    distance : float
        The largest step, in radians; a step of exactly this length joins.
    """
    if not len(group):
        return np.empty(0, np.int64)
    ranks = [np.unique(values, return_inverse=True)[1].reshape(-1) for values in (group, longitude, latitude)]
    first, position = distinct(combine(ranks))
    return _connected(ranks[0][first], unit_vectors(longitude[first], latitude[first]), distance)[position]


def unit_vectors(longitude: Floats, latitude: Floats) -> Floats:
    """Points on the unit sphere, shape (points, 3), from angles in radians."""
    cosine = np.cos(latitude)
    return np.stack([cosine * np.cos(longitude), cosine * np.sin(longitude), np.sin(latitude)], axis=1)


def _connected(group: IndexArray, points: Floats, distance: float) -> IndexArray:
    """For each of some different positions the number of its set."""
    chord = 2 * np.sin(min(distance, np.pi) / 2) + _ROUNDING
    cells = np.floor(points * (np.sqrt(3) / chord)).astype(np.int64)
    cells -= cells.min(axis=0)
    codes = [group, *(_compressed(column) for column in cells.T)]
    first, cell = distinct(combine(codes))
    order = np.argsort(cell, kind="stable")
    starts = offsets(cell, len(first))
    label = np.arange(len(first))
    for left, right in _near_pairs([column[first] for column in codes]):
        for most in (_SAMPLE, len(points)):
            undecided = label[left] != label[right]
            left, right = left[undecided], right[undecided]
            joined = _any_within(left, right, points[order], starts, chord, most)
            label = _joined(label, left[joined], right[joined])
    return distinct(label[cell])[1]


def _compressed(column: IndexArray) -> IndexArray:
    """Numbers that differ by as much as before, or by at least 3 if that was more: numbers stay small."""
    values, index = np.unique(column, return_inverse=True)
    steps = np.minimum(np.diff(values), 3)
    result: IndexArray = np.concatenate(([0], np.cumsum(steps)))[index.reshape(-1)].astype(np.int64)
    return result


def _near_pairs(codes: list[IndexArray]) -> list[tuple[IndexArray, IndexArray]]:
    """The pairs of different cells of one group up to two steps apart in each direction, the nearest first, by direction."""
    group, x, y, z = codes
    depth = int(z.max()) + 5
    width = int(y.max()) + 5
    first_of_line, line = distinct(combine([group, x]))
    sheet = line * width + y
    sheets, sheet = np.unique(sheet, return_inverse=True)
    cells = sheet * depth + z
    order = np.argsort(cells)
    ordered = cells[order]
    x_size = int(x.max()) + 5
    line_code = group[first_of_line] * x_size + x[first_of_line]
    result = []
    steps = [step for step in product(range(-2, 3), repeat=3) if step > (0, 0, 0)]
    for dx, dy, dz in sorted(steps, key=lambda step: sum(abs(size) for size in step)):
        found = np.minimum(np.searchsorted(line_code, line_code[line] + dx), len(line_code) - 1)
        is_line = line_code[found] == line_code[line] + dx
        target = found * width + y + dy
        index = np.minimum(np.searchsorted(sheets, target), len(sheets) - 1)
        is_sheet = is_line & (sheets[index] == target)
        target = index * depth + z + dz
        place = np.minimum(np.searchsorted(ordered, target), len(ordered) - 1)
        is_cell = is_sheet & (ordered[place] == target)
        left = np.flatnonzero(is_cell)
        result.append((left, order[place[left]]))
    return result


def _any_within(
    left: IndexArray, right: IndexArray, points: Floats, starts: IndexArray, chord: float, most: int
) -> Mask:
    """For each pair of cells whether one of the first positions of one, at most `most`, is near one of the other.

    `points` are sorted by cell; those of cell c begin at ``starts[c]``.
    """
    result = np.zeros(len(left), np.bool_)
    counts = np.minimum(np.diff(starts), most)
    pairs = counts[left] * counts[right]
    is_large = pairs > _LARGE_PAIR
    for large in np.flatnonzero(is_large).tolist():
        one, other = (points[starts[cell] : starts[cell + 1]] for cell in (left[large], right[large]))
        result[large] = _is_near(one, other, chord)
    if is_large.any():
        small = np.flatnonzero(~is_large)
        result[small] = _any_within(left[small], right[small], points, starts, chord, most)
        return result
    ends = np.cumsum(pairs)
    begin = 0
    while begin < len(left):
        done = ends[begin - 1] if begin else 0
        end = max(begin + 1, int(np.searchsorted(ends, done + _MOST_PAIRS, "right")))
        for index in _near(left[begin:end], right[begin:end], points, starts, counts, chord):
            result[begin + index] = True
        begin = end
    return result


def _is_near(one: Floats, other: Floats, chord: float) -> bool:
    """Whether one of some positions is near one of others, by halving them until their boxes are near or apart."""
    pairs = [(one, other)]
    while pairs:
        larger, smaller = sorted(pairs.pop(), key=len, reverse=True)
        low, high = (np.stack([side.min(axis=0), side.max(axis=0)]) for side in (larger, smaller))
        between = np.maximum(0, np.maximum(low[0] - high[1], high[0] - low[1]))
        if (between**2).sum() > chord**2:
            continue
        if len(larger) * len(smaller) <= _LARGE_PAIR:
            if (((larger[:, None] - smaller[None]) ** 2).sum(axis=2) <= chord**2).any():
                return True
            continue
        axis = int(np.argmax(low[1] - low[0]))
        half = np.argpartition(larger[:, axis], len(larger) // 2)
        pairs += [(larger[half[: len(half) // 2]], smaller), (larger[half[len(half) // 2 :]], smaller)]
    return False


def _near(
    left: IndexArray, right: IndexArray, points: Floats, starts: IndexArray, counts: IndexArray, chord: float
) -> Iterator[IndexArray]:
    """The indices of the pairs of cells of which some positions are near each other, perhaps repeated."""
    pair = np.repeat(np.arange(len(left)), counts[left])
    one = ranges(starts[left], counts[left])
    per_one = counts[right][pair]
    step = max(1, _MOST_PAIRS // int(per_one.max(initial=1)))
    for begin in range(0, len(one), step):
        part = slice(begin, begin + step)
        other = ranges(starts[right][pair[part]], per_one[part])
        repeated = np.repeat(one[part], per_one[part])
        near = ((points[repeated] - points[other]) ** 2).sum(axis=1) <= chord**2
        yield np.repeat(pair[part], per_one[part])[near]


def _joined(label: IndexArray, left: IndexArray, right: IndexArray) -> IndexArray:
    """The least label of all cells that are joined directly or through others."""
    while len(left):
        one, other = label[left], label[right]
        differ = one != other
        if not differ.any():
            break
        left, right = left[differ], right[differ]
        np.minimum.at(label, np.maximum(one, other)[differ], np.minimum(one, other)[differ])
        while (label[label] != label).any():
            label = label[label]
    return label
