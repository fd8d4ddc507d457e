"""The supporting exposures that can be the nearest to exposures of groups, found in sorted values without comparing the others.

The values of ``nearest`` are levels of one order: the first column, among equal distances the second, and so on, at last the
earliest values and file names. For each choice the search goes from level to level: it keeps the exposures that are nearer than
others for certain, and searches only those at the same distance by the next level.

The distance of a set in a column is the least one of its pairs, and in another column that of another pair. So each
level is compared with all exposures of a group that can match, whichever of them was the nearest in the levels before.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from asnforge.columns import Mask
from asnforge.grouping.arrays import IndexArray, combine, distinct, ranges
from asnforge.grouping.choice import MET, Choices, Distances, behind, sortable
from asnforge.grouping.level_search import Runs
from asnforge.grouping.neighbors import Neighbors, Skipped

_NO_DISTANCE = -(10**300)
"""A lower bound of all distances, for what has not been searched."""


@dataclass(frozen=True, slots=True, eq=False)
class Neighborhood:
    """Some of the supporting exposures that can match, for some choices, and a limit for the others.

    Attributes
    ----------
    unit, support : ndarray of int64, shape (found,)
        A choice and a class, as `Neighbors` numbers them, and the supporting exposure.
    complete : ndarray of bool, shape (choices,)
        There are no others.
    has_more : ndarray of bool, shape (choices,)
        A larger neighborhood has exposures that can be nearer than others outside.
    outside : tuple of ndarray, each of shape (choices,)
        In the order of sets, by `Choices.order`, all others are at least here.
    """

    unit: IndexArray
    support: IndexArray
    complete: Mask
    has_more: Mask
    outside: tuple[NDArray[Any], ...]

    def certain(self, choices: Choices, at_most: int) -> Mask:
        """The choices that nothing outside can change: `at_most` sets are taken, and all of them come before the others.

        Preferences come first, as far as they have been searched: if others do not meet one that is met, they are never taken.
        """
        preferences = len(self.outside) - len(choices.order)
        certain, is_equal = self.complete.copy(), np.ones(len(self.complete), np.bool_)
        for level, bound in zip(choices.levels.T, self.outside[:preferences], strict=False):
            certain |= is_equal & (level == MET) & (bound > 0)
            is_equal &= np.where(level == MET, bound == 0, bound > 0)
        taken = np.flatnonzero(choices.is_taken())
        problem = choices.problem[taken]
        last = np.zeros(len(certain), np.int64)
        np.maximum.at(last, problem, taken)
        is_equal &= np.bincount(problem, minlength=len(last)) >= at_most
        for values, bound in zip(choices.order if len(taken) else (), self.outside[preferences:], strict=False):
            value = values[last]
            certain |= is_equal & (value < bound).astype(np.bool_)
            is_equal &= (value == bound).astype(np.bool_)
        return certain


class _Near(NamedTuple):
    """Exposures that are near in one level: the order and run in which they are found, and how far they are."""

    order: IndexArray
    run: IndexArray
    unit: IndexArray
    choice: IndexArray
    position: IndexArray
    entry: IndexArray
    distance: Distances


def nearest(neighbors: Neighbors, choices: IndexArray, count: int) -> Neighborhood:
    """At least `count` of the nearest exposures for some choices in ascending order."""
    return _Search(neighbors, choices, count).result()


class _Search:
    """The search for some choices, which are numbered by their places in `choices`.

    A choice has a number of exposures left to be found. Those among which it seeks them have the same distances in all levels
    before. It finds `count` and one more: everything else is at least as far as this one.
    """

    def __init__(self, neighbors: Neighbors, choices: IndexArray, count: int) -> None:
        size = len(choices)
        self._all, self._choices, self._count = neighbors, choices, count
        self._left = np.full(size, count + 1, np.int64)
        self._distance = [np.full(size, _nothing_known(level.dtype), level.dtype) for level in neighbors.levels]
        self._last = [np.full(size, _nothing_known(np.int64), np.int64) for _ in neighbors.last]
        self._complete, self._has_more = np.zeros(size, np.bool_), np.ones(size, np.bool_)
        self._has_others = np.zeros(size, np.bool_)
        self._found: list[tuple[IndexArray, IndexArray]] = []

    def result(self) -> Neighborhood:
        """The exposures that are found, level by level."""
        runs: dict[Skipped, Runs] = {(): self._all.runs_of(self._choices)}
        self._complete = ~self._with_runs(runs)
        for level in range(len(self._all.levels)):
            runs = self._search_level(level, runs)
        self._search_files(runs)
        unit, entry = (np.concatenate(parts) for parts in zip(*self._found, strict=True))
        return Neighborhood(
            unit, self._all.support_of[entry], self._complete, self._has_more, (*self._distance, *self._last)
        )

    def _search_level(self, level: int, runs: Mapping[Skipped, Runs]) -> dict[Skipped, Runs]:
        """Take what is nearest in a level; what has to be searched by the next one."""
        near = self._near(level, runs)
        choice, left = near.choice, self._left
        numbers = np.bincount(choice, minlength=len(left))
        order = np.lexsort((sortable(near.distance), choice))
        has_enough = numbers >= left
        enough = np.flatnonzero(has_enough)
        self._has_others |= has_enough
        limit = self._distance[level]
        limit[enough] = near.distance[order[(np.cumsum(numbers) - numbers + left - 1)[enough]]]
        is_equal = has_enough[choice] & (near.distance == limit[choice]).astype(np.bool_)
        is_nearer = ~has_enough[choice] | (near.distance < limit[choice]).astype(np.bool_)
        left = left - np.bincount(choice[is_nearer], minlength=len(left))
        is_deep = self._all.depth[self._choices] > level + 1
        taken = is_nearer
        cut = np.flatnonzero(is_equal & ~is_deep[choice])
        cut = cut[np.argsort(choice[cut], kind="stable")]
        taken[cut[_place_within(choice[cut]) < left[choice[cut]] - 1]] = True
        self._found.append((near.unit[taken], near.entry[taken]))
        self._left = left
        is_searched = is_equal & (is_deep & (left > 1))[choice]
        next_runs = self._runs_of_equals(level, runs, near, is_searched)
        short = self._with_runs(runs) & ~has_enough
        if short.any():
            self._add_without_distance(level, runs, short, is_deep, next_runs)
        return {skipped: _joined(parts) for skipped, parts in next_runs.items()}

    def _near(self, level: int, runs: Mapping[Skipped, Runs]) -> _Near:
        """The nearest exposures of all runs."""
        found = []
        for number, (skipped, part) in enumerate(runs.items()):
            supports = self._all.sorted_without(skipped)
            run, position, distance = self._all.values[level].near(supports, level, part, self._width(skipped))
            kept = self._is_sought(skipped, part.unit[run], supports.order[position])
            run, position, distance = run[kept], position[kept], distance[kept]
            found.append((np.full(len(run), number), run, part.unit[run], position, supports.order[position], distance))
        if not found:
            nothing = np.empty(0, np.int64)
            return _Near(
                nothing, nothing, nothing, nothing, nothing, nothing, np.empty(0, self._all.levels[level].dtype)
            )
        order, run, unit, position, support, distance = (np.concatenate(parts) for parts in zip(*found, strict=True))
        return _Near(order, run, unit, self._choice(unit), position, support, distance)

    def _width(self, skipped: Skipped) -> int:
        """The number of exposures to look for: in runs that are sorted without a level some are found already."""
        return (self._count + 1) * (2 if skipped else 1)

    def _is_sought(self, skipped: Skipped, unit: IndexArray, entry: IndexArray) -> Mask:
        """The exposures that have no distance in the levels without which they are sorted; others are found already."""
        sought = np.ones(len(unit), np.bool_)
        for level in skipped:
            sought &= ~self._all.values[level].has_distance(unit, self._all.codes[level][entry])
        return sought

    def _runs_of_equals(
        self, level: int, runs: Mapping[Skipped, Runs], near: _Near, is_searched: Mask
    ) -> dict[Skipped, list[Runs]]:
        """The runs of exposures at the same distance, which the next level has to search."""
        found: dict[Skipped, list[Runs]] = {}
        for number, (skipped, part) in enumerate(runs.items()):
            supports = self._all.sorted_without(skipped)
            index = np.flatnonzero(is_searched & (near.order == number))
            code, start = supports.codes[level][near.position[index]], part.start[near.run[index]]
            first, _ = distinct(combine([near.run[index], code])) if len(index) else (index, index)
            start, code = start[first], code[first]
            low, high = supports.at_least(level, start, code), supports.at_least(level, start, code + 1)
            found[skipped] = [Runs(near.unit[index[first]], low, high)]
        return found

    def _add_without_distance(
        self,
        level: int,
        runs: Mapping[Skipped, Runs],
        short: Mask,
        is_deep: Mask,
        next_runs: dict[Skipped, list[Runs]],
    ) -> None:
        """Search exposures without a distance for the choices that have too few with one; all of these are equals."""
        self._distance[level][short] = behind(self._distance[level])
        numbers = np.zeros(len(short), np.int64)
        for skipped, part in runs.items():
            chosen = part.at(short[self._choice(part.unit)])
            equal, mixed, counts = self._all.values[level].without_distance(
                self._all.sorted_without(skipped), level, chosen
            )
            np.add.at(numbers, self._choice(chosen.unit), counts)
            next_runs[skipped].append(equal.at(is_deep[self._choice(equal.unit)]))
            next_runs.setdefault((*skipped, level), []).append(mixed.at(is_deep[self._choice(mixed.unit)]))
        self._close(short & (numbers == 0), level)
        self._has_more &= is_deep | ~short

    def _search_files(self, runs: Mapping[Skipped, Runs]) -> None:
        """Take the earliest exposures of runs that are equal in all levels, and of these the first by file name."""
        found = [(np.empty(0, np.int64), np.empty(0, np.int64))]
        for skipped, part in runs.items():
            supports = self._all.sorted_without(skipped)
            number = np.minimum(part.stop - part.start, self._width(skipped))
            unit, support = np.repeat(part.unit, number), supports.order[ranges(part.start, number)]
            kept = self._is_sought(skipped, unit, support)
            found.append((unit[kept], support[kept]))
        unit, support = (np.concatenate(parts) for parts in zip(*found, strict=True))
        values = [column[support] for column in self._all.last]
        choice = self._choice(unit)
        order = np.lexsort((*values[::-1], choice))
        unit, support, choice = unit[order], support[order], choice[order]
        place = _place_within(choice)
        taken = place < self._left[choice] - 1
        self._found.append((unit[taken], support[taken]))
        beyond = place == self._left[choice] - 1
        for last, column in zip(self._last, values, strict=True):
            last[choice[beyond]] = column[order][beyond]
        is_open = self._with_runs(runs)
        is_open[choice[beyond]] = False
        self._close(is_open, len(self._distance))

    def _close(self, which: Mask, level: int) -> None:
        """Note that all exposures at the same distances in the levels before are found; others are further in one of these."""
        self._complete |= which & ~self._has_others
        for values in (*self._distance[level:], *self._last):
            values[which] = behind(values)

    def _choice(self, unit: IndexArray) -> IndexArray:
        return np.searchsorted(self._choices, self._all.choice_of(unit))

    def _with_runs(self, runs: Mapping[Skipped, Runs]) -> Mask:
        """The choices that have something to be searched."""
        mask = np.zeros(len(self._choices), np.bool_)
        for part in runs.values():
            mask[self._choice(part.unit)] = True
        return mask


def _nothing_known(dtype: np.dtype[Any] | type[np.int64]) -> int:
    """Less than any distance or code."""
    return _NO_DISTANCE if dtype == np.object_ else int(np.iinfo(np.int64).min)


def _place_within(choice: IndexArray) -> IndexArray:
    """For each of some exposures, sorted by choice, its number within the choice."""
    return np.arange(len(choice)) - np.searchsorted(choice, choice)


def _joined(parts: Sequence[Runs]) -> Runs:
    return Runs(*(np.concatenate([getattr(part, name) for part in parts]) for name in ("unit", "start", "stop")))
