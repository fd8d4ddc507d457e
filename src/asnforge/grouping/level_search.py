"""Supporting exposures in sorted order, and which of them are nearest to exposures of groups in the values of one column."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from asnforge.columns import UNDEFINED, Mask
from asnforge.grouping.arrays import IndexArray, IntArray, combine, distinct, offsets, ranges
from asnforge.grouping.choice import BEHIND, Distances, PairDistance, sortable


class SortedSupports:
    """Supporting exposures, sorted by class, by the codes of some columns, and by what decides between equals.

    Exposures with equal codes in all columns before one are a *run* for it, identified by its first position.

    Parameters
    ----------
    support_class : ndarray of int64, shape (supports,)
        The class of each: exposures of different classes are never compared.
    codes : mapping of int to ndarray of int64, each of shape (supports,)
        The codes of the columns by level, in the order in which they decide.
    last : sequence of ndarray of int64, each of shape (supports,)
        What decides between exposures that are equal in all of them.

    Attributes
    ----------
    order : ndarray of int64, shape (supports,)
        The supporting exposures.
    codes : dict of int to ndarray of int64, each of shape (supports,)
        The codes of the columns in this order.
    """

    def __init__(self, support_class: IndexArray, codes: Mapping[int, IndexArray], last: Sequence[IndexArray]) -> None:
        self.order = np.lexsort((*last[::-1], *list(codes.values())[::-1], support_class)).astype(np.int64)
        self.codes = {level: code[self.order] for level, code in codes.items()}
        self._runs, self._keys, self._sizes = dict[int, IndexArray](), dict[int, IndexArray](), dict[int, int]()
        runs = _numbered(support_class[self.order])
        for level, code in self.codes.items():
            self._runs[level], self._sizes[level] = runs, int(code.max(initial=0)) + 2
            self._keys[level] = runs * self._sizes[level] + code
            runs = _numbered(self._keys[level])

    def at_least(self, level: int, start: IndexArray, code: IntArray | int) -> IndexArray:
        """For each run the first position in it with at least this code in a column; the end of the run if there is none."""
        size = self._sizes[level]
        sought = self._runs[level][start] * size + np.clip(code, 0, size - 1)
        position: IndexArray = np.searchsorted(self._keys[level], sought)
        return position


@dataclass(frozen=True, slots=True, eq=False)
class Runs:
    """Runs of supporting exposures that are searched for a choice.

    Attributes
    ----------
    unit, start, stop : ndarray of int64, shape (runs,)
        The unit of each, see `OwnValues`, and its positions.
    """

    unit: IndexArray
    start: IndexArray
    stop: IndexArray

    def at(self, index: IndexArray | Mask) -> Runs:
        """Some of the runs."""
        return Runs(self.unit[index], self.start[index], self.stop[index])


@dataclass(frozen=True, slots=True, eq=False)
class Agreement:
    """Whether supporting exposures agree with those of groups in a preference: if their codes are equal.

    Attributes
    ----------
    own, support : ndarray of int64
        The codes of both sides' entries, from 1.
    of_sets : bool
        A set agrees if any of its exposures has the code 1, whatever it is compared with.
    """

    own: IndexArray
    support: IndexArray
    of_sets: bool
    side: Literal["equal"] = "equal"

    @property
    def size(self) -> int:
        """A number that is larger than all codes."""
        return int(max(self.own.max(initial=0), self.support.max(initial=0))) + 1

    @property
    def dtype(self) -> np.dtype[Any]:
        """The type of distances."""
        return np.dtype(np.int64)

    def of_codes(self, own: IntArray, support: IntArray) -> Distances:
        """0 for each pair of codes that agrees."""
        return np.where(own == support, 0, BEHIND)


Level = PairDistance | Agreement
"""What is searched: distances in one column, or a preference, in which only exposures that agree have a distance."""


class OwnValues:
    """The values of a column with which the exposures of groups are compared, by unit: a choice and a class that matches.

    Parameters
    ----------
    level : Level
        The distance.
    unit, own : ndarray of int64, shape (links,)
        Exposures of groups, and the unit of each.
    units : int
        The number of units.
    limits : tuple of two ndarray of int64, shape (links,), or None
        For each exposure the first code that can match, and the code after the last one.
    """

    def __init__(
        self,
        level: Level,
        unit: IndexArray,
        own: IndexArray,
        units: int,
        limits: tuple[IndexArray, IndexArray] | None,
    ) -> None:
        self.level, self.is_limited = level, limits is not None
        code = level.own[own].astype(np.int64)
        size = level.size
        first, last = limits if limits is not None else (np.zeros(len(own), np.int64), np.full(len(own), size))
        self._cover(unit, units, first, last, size)
        self._has_unknown = np.zeros(units, np.bool_)
        self._has_unknown[unit[code == UNDEFINED]] = True
        known = np.flatnonzero(code != UNDEFINED)
        unit, code, first, last = unit[known], code[known], first[known], last[known]
        kept, _ = distinct(combine([unit, code, first, last]))
        self._unit, self._code, self._first, self._last = unit[kept], code[kept], first[kept], last[kept]
        self._start = offsets(self._unit, units)
        self._size = size + 1
        self._keys = self._unit * self._size + self._code
        least, greatest = np.zeros(units, np.int64), np.zeros(units, np.int64)
        some = np.flatnonzero(np.diff(self._start))
        least[some], greatest[some] = self._code[self._start[some]], self._code[self._start[some + 1] - 1]
        self._least, self._greatest = least, greatest

    def _cover(self, unit: IndexArray, units: int, first: IndexArray, last: IndexArray, size: int) -> None:
        """Remember which codes are within the limits of any exposure of a unit."""
        self._hull = np.full(units, size, np.int64), np.zeros(units, np.int64)
        np.minimum.at(self._hull[0], unit, first)
        np.maximum.at(self._hull[1], unit, last)
        self._cover_size = size + 1
        if self.is_limited:
            starts = unit * self._cover_size + np.minimum(first, size)
            order = np.argsort(starts, kind="stable")
            self._cover_starts = starts[order]
            self._cover_stops = np.maximum.accumulate((unit * self._cover_size + last)[order])

    def _is_covered(self, unit: IndexArray, code: IndexArray) -> Mask:
        """The codes that are within the limits of any exposure of a unit."""
        if not self.is_limited:
            return np.ones(len(unit), np.bool_)
        sought = unit * self._cover_size + code
        place = np.searchsorted(self._cover_starts, sought, "right") - 1
        covered: Mask = (place >= 0) & (self._cover_stops[np.maximum(place, 0)] > sought)
        return covered

    def has_distance(self, unit: IndexArray, code: IndexArray) -> Mask:
        """Whether supporting exposures with these codes have a distance from any exposure of a unit."""
        known: Mask = (self._least[unit] != UNDEFINED) & (code != UNDEFINED)
        if self.level.side == "after":
            known &= code > self._least[unit]
        elif self.level.side == "before":
            known &= code < self._greatest[unit]
        elif self.level.side == "equal":
            sought = unit * self._size + code
            place = np.searchsorted(self._keys, sought)
            known &= self._keys[np.minimum(place, len(self._keys) - 1)] == sought
        return known

    def near(
        self, supports: SortedSupports, level: int, runs: Runs, width: int
    ) -> tuple[IndexArray, IndexArray, Distances]:
        """At least `width` of the nearest exposures of each run, or all that have a distance if these are fewer.

        Returns
        -------
        run, position : ndarray of int64, shape (found,)
            The run of each, ascending, and its position.
        distance : ndarray of int64 or object, shape (found,)
            How far it is from the nearest exposure of the unit.
        """
        asked = self._start[runs.unit + 1] - self._start[runs.unit]
        length = runs.stop - runs.start
        is_short = length <= 2 * width * asked
        by_support, by_own = np.flatnonzero(is_short & (asked > 0)), np.flatnonzero(~is_short)
        found = [
            self._near_all(supports.codes[level], runs, by_support),
            self._near_values(supports, level, runs, by_own, width),
        ]
        run, position, distance = (np.concatenate(parts) for parts in zip(*found, strict=True))
        order = np.argsort(run, kind="stable")
        return run[order], position[order], distance[order]

    def _near_all(self, codes: IndexArray, runs: Runs, which: IndexArray) -> tuple[IndexArray, IndexArray, Distances]:
        """All exposures of short runs, with the distances from the nearest values on both sides."""
        length = runs.stop[which] - runs.start[which]
        run, position = np.repeat(which, length), ranges(runs.start[which], length)
        unit, code = runs.unit[run], codes[position]
        kept = self._is_covered(unit, code) & self.has_distance(unit, code)
        run, position, unit, code = run[kept], position[kept], unit[kept], code[kept]
        sought = unit * self._size + code
        above = np.searchsorted(self._keys, sought, "right" if self.level.side == "before" else "left")
        adjacent = []
        for place in (above - 1, above):
            inside = np.minimum(np.maximum(place, self._start[unit]), self._start[unit + 1] - 1)
            adjacent.append(self.level.of_codes(self._code[inside], code))
        return run, position, np.minimum(*adjacent)

    def _near_values(
        self, supports: SortedSupports, level: int, runs: Runs, which: IndexArray, width: int
    ) -> tuple[IndexArray, IndexArray, Distances]:
        """The exposures of long runs next to each of the values that they are compared with."""
        asked = self._start[runs.unit[which] + 1] - self._start[runs.unit[which]]
        run = np.repeat(which, asked)
        value = ranges(self._start[runs.unit[which]], asked)
        start, code = runs.start[run], self._code[value]
        first = supports.at_least(level, start, np.maximum(self._first[value], UNDEFINED + 1))
        last = supports.at_least(level, start, self._last[value])
        found: list[tuple[IndexArray, IndexArray, IndexArray]] = []
        if self.level.side == "equal":
            first, last = supports.at_least(level, start, code), supports.at_least(level, start, code + 1)
        if self.level.side not in ("after", "equal"):
            stop = np.minimum(supports.at_least(level, start, code), last)
            found.append((np.arange(len(run)), np.maximum(first, stop - width), stop))
        if self.level.side != "before":
            begin = np.maximum(supports.at_least(level, start, code + (self.level.side == "after")), first)
            found.append((np.arange(len(run)), begin, np.minimum(begin + width, last)))
        index, begin, stop = (np.concatenate(parts) for parts in zip(*found, strict=True))
        counts = np.maximum(stop - begin, 0)
        index, position = np.repeat(index, counts), ranges(begin, counts)
        distance = self.level.of_codes(code[index], supports.codes[level][position])
        run = run[index]
        if not (asked > 1).any():
            return run, position, distance
        order = np.lexsort((sortable(distance), position, run))
        run, position, distance = run[order], position[order], distance[order]
        is_first = np.ones(len(run), np.bool_)
        is_first[1:] = (run[1:] != run[:-1]) | (position[1:] != position[:-1])
        return run[is_first], position[is_first], distance[is_first]

    def without_distance(self, supports: SortedSupports, level: int, runs: Runs) -> tuple[Runs, Runs, IndexArray]:
        """The exposures of some runs that have no distance.

        Returns
        -------
        equal : Runs
            Runs of exposures that are equal in this column, too.
        mixed : Runs
            Whole runs, some of whose exposures have no distance, with different codes.
        counts : ndarray of int64, shape (runs,)
            The number of exposures without a distance in each of the given runs.
        """
        if self.is_limited:
            return self._within_limits(supports, level, runs)
        start, stop = runs.start, runs.stop
        high = supports.at_least(level, start, UNDEFINED + 1)
        low, is_unknown = stop, self._least[runs.unit] == UNDEFINED
        if self.level.side == "after":
            high = supports.at_least(level, start, self._least[runs.unit] + 1)
        elif self.level.side == "before":
            low = supports.at_least(level, start, self._greatest[runs.unit])
        elif self.level.side == "equal":
            low = start
        high = np.where(is_unknown, stop, high)
        counts = (high - start) + (stop - np.maximum(low, high))
        is_mixed = (counts > 0) & (is_unknown | (self.level.side is not None))
        equal = np.flatnonzero((counts > 0) & ~is_mixed)
        return Runs(runs.unit[equal], start[equal], high[equal]), runs.at(is_mixed), counts

    def _within_limits(self, supports: SortedSupports, level: int, runs: Runs) -> tuple[Runs, Runs, IndexArray]:
        """Exposures that can be within the limits of another without having a distance from it, as runs of equal codes.

        Some have a distance from another exposure of the unit.
        """
        counts = np.zeros(len(runs.unit), np.int64)
        index = np.arange(len(counts)) if self.level.side else np.flatnonzero(self._has_unknown[runs.unit])
        first, last = (supports.at_least(level, runs.start[index], limit[runs.unit[index]]) for limit in self._hull)
        length = np.maximum(last - first, 0)
        run, position = np.repeat(index, length), ranges(first, length)
        code = supports.codes[level][position]
        is_first = np.ones(len(run), np.bool_)
        is_first[1:] = (run[1:] != run[:-1]) | (code[1:] != code[:-1])
        is_first &= self._is_covered(runs.unit[run], code)
        run, position, code = run[is_first], position[is_first], code[is_first]
        stop = supports.at_least(level, runs.start[run], code + 1)
        np.add.at(counts, run, stop - position)
        return Runs(runs.unit[run], position, stop), runs.at(np.empty(0, np.int64)), counts


def _numbered(codes: IndexArray) -> IndexArray:
    """For each of some sorted codes the number of different codes before it."""
    changes: NDArray[np.bool_] = np.concatenate((np.zeros(min(len(codes), 1), np.bool_), codes[1:] != codes[:-1]))
    return np.cumsum(changes, dtype=np.int64)
