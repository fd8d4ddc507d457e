"""The search for the nearest exposures in sorted values of one column; another column decides in long runs of equal values."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from asnforge.columns import UNDEFINED, Mask
from asnforge.grouping.arrays import IndexArray
from asnforge.grouping.choice import PairDistance, behind


@dataclass(slots=True, eq=False)
class Found:
    """What a search has found so far.

    Attributes
    ----------
    windows : list of tuple of ndarray of int64, shape (windows,)
        Links, and ranges in the order of supporting exposures.
    outside : list of tuple
        For exposures outside of all windows: their choices; what is known of them, a distance and a code for each level before
        and then the least distance, or file name, that they can have; and whether larger windows have such exposures.
    """

    windows: list[tuple[IndexArray, IndexArray, IndexArray]] = field(default_factory=list)
    outside: list[tuple[IndexArray, list[NDArray[Any]], Mask]] = field(default_factory=list)


@dataclass(frozen=True, slots=True, eq=False)
class Runs:
    """Ranges of supporting exposures that are equal in all levels before.

    Attributes
    ----------
    link, start, stop : ndarray of int64, shape (runs,)
        The link of each, and the range in the order of supporting exposures.
    known : list of ndarray, each of shape (runs,)
        For each level before their distance, and their code.
    """

    link: IndexArray
    start: IndexArray
    stop: IndexArray
    known: list[NDArray[Any]]


class LevelSearch:
    """The search in the values of one column: which of them are near, and which runs of equal values are too long.

    Parameters
    ----------
    level : PairDistance
        The distance in this column.
    codes : ndarray of int64
        The codes of the column, in the order of supporting exposures.
    own, problem : ndarray of int64, shape (runs,)
        The exposure of a group that each run is compared with, and its choice.
    runs : Runs
        What is searched, from `start` to `stop` of each.
    deeper : ndarray of bool, shape (runs,)
        The next level can search runs of equal values.
    count : int
        The number of neighbors on each side.
    found : Found
        What is found is added here.

    Attributes
    ----------
    next_runs : list of Runs
        The runs that the next level has to search.
    """

    def __init__(
        self,
        level: PairDistance,
        codes: IndexArray,
        own: IndexArray,
        runs: Runs,
        start: IndexArray,
        stop: IndexArray,
        problem: IndexArray,
        deeper: Mask,
        count: int,
        found: Found,
    ) -> None:
        self.side = level.side
        self.next_runs: list[Runs] = []
        self._level, self._codes, self._runs, self._count, self._found = level, codes, runs, count, found
        self._start, self._stop, self._problem, self._deeper = start, stop, problem, deeper
        self._own = level.own[own].astype(np.int64)
        self._is_known = self._own != UNDEFINED
        self._before = np.where(self._is_known, first_at_least(codes, self._own, start, stop), start)
        self._after = np.where(self._is_known, first_at_least(codes, self._own + 1, start, stop), start)

    def add_without_distance(self) -> None:
        """A few of the exposures without a distance, which are equals: all if the own value is undefined, or another side."""
        start, stop = self._start, np.where(self._is_known, self._start, self._stop)
        if self.side == "after":
            stop = np.where(self._is_known, self._after, self._stop)
        elif self.side == "before":
            start, stop = np.where(self._is_known, self._before, self._start), self._stop
        some = np.minimum(start + self._count, stop)
        index = np.flatnonzero(some > start)
        self._found.windows.append((self._runs.link[index], start[index], some[index]))
        index = np.flatnonzero(stop > some)
        self._add_outside(index, some[index])

    def add_equal(self) -> None:
        """The exposures with the same value."""
        equal = np.flatnonzero(self._after > self._before)
        is_long = self._after[equal] - self._before[equal] > self._count
        short, long = equal[~is_long], equal[is_long]
        self._found.windows.append((self._runs.link[short], self._before[short], self._after[short]))
        searched, cut = long[self._deeper[long]], long[~self._deeper[long]]
        self._descend(searched, self._before[searched], self._after[searched])
        self._found.windows.append((self._runs.link[cut], self._before[cut], self._before[cut] + self._count))
        self._add_outside(cut, self._before[cut])

    def add_before(self) -> None:
        """The last of the exposures with less."""
        index = np.flatnonzero(self._is_known & (self._before > self._start))
        start, stop = self._start[index], self._before[index]
        low = np.maximum(start, stop - self._count)
        run_start, run_stop, is_long, searched = self._run_at(low, index, start, stop)
        low = np.where(is_long, np.where(searched, run_stop, low), run_start)
        self._found.windows.append((self._runs.link[index], low, stop))
        low = np.where(searched, run_start, low)
        further = low > start
        self._add_outside(index[further], low[further] - 1)

    def add_after(self) -> None:
        """The first of the exposures with more."""
        index = np.flatnonzero(self._is_known & (self._stop > self._after))
        start, stop = self._after[index], self._stop[index]
        high = np.minimum(stop, start + self._count)
        run_start, run_stop, is_long, searched = self._run_at(high - 1, index, start, stop)
        high = np.where(is_long, np.where(searched, run_start, high), run_stop)
        self._found.windows.append((self._runs.link[index], start, high))
        high = np.where(searched, run_stop, high)
        further = high < stop
        self._add_outside(index[further], high[further])

    def _run_at(
        self, place: IndexArray, index: IndexArray, start: IndexArray, stop: IndexArray
    ) -> tuple[IndexArray, IndexArray, Mask, Mask]:
        """The run of equal values at the edge of a window, whether it is long, and whether the next level searches it."""
        value = self._codes[place]
        run_start = first_at_least(self._codes, value, start, place + 1)
        run_stop = first_at_least(self._codes, value + 1, place, stop)
        is_long: Mask = run_stop - run_start > self._count
        searched = is_long & self._deeper[index]
        self._descend(index[searched], run_start[searched], run_stop[searched])
        return run_start, run_stop, is_long, searched

    def _descend(self, index: IndexArray, start: IndexArray, stop: IndexArray) -> None:
        """Leave runs of equal values to the next level."""
        codes = self._codes[start]
        known = [*(values[index] for values in self._runs.known), self._level.of_codes(self._own[index], codes), codes]
        self.next_runs.append(Runs(self._runs.link[index], start, stop, known))

    def _add_outside(self, index: IndexArray, nearest: IndexArray) -> None:
        """Note that exposures from `nearest` on, in the order of distances, are outside of the windows."""
        values = self._level.of_codes(self._own[index], self._codes[nearest])
        known = [*(values[index] for values in self._runs.known), values]
        self._found.outside.append((self._problem[index], known, values != behind(values)))


def first_at_least(codes: IndexArray, sought: IndexArray, start: IndexArray, stop: IndexArray) -> IndexArray:
    """For each range of sorted codes the first index with at least the sought code; the end of the range if there is none."""
    low, high = start.copy(), np.maximum(stop, start)
    while (active := low < high).any():
        middle = (low + high) // 2
        less = np.zeros(len(low), np.bool_)
        less[active] = codes[middle[active]] < sought[active]
        low = np.where(active & less, middle + 1, low)
        high = np.where(active & ~less, middle, high)
    return low
