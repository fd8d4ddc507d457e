"""What choices of supporting exposures are compared with, sorted so that the nearest can be found without the others."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from asnforge.columns import UNDEFINED, CodeArray
from asnforge.grouping.arrays import IndexArray, combine, distinct, offsets, ranges
from asnforge.grouping.choice import BEHIND, PairDistance
from asnforge.grouping.level_search import OwnValues, Runs, SortedSupports
from asnforge.grouping.relations import Entries, Matcher

Skipped = tuple[int, ...]
"""The levels in which exposures have no distance, so that they are sorted without these."""


class Neighbors:
    """The search for the supporting exposures that are nearest to those of groups.

    A *unit* is a choice and a class of supporting exposures that its exposures match as far as equal values are concerned.

    Parameters
    ----------
    keys : ndarray of int64, shape (supports,)
        For each supporting exposure a number that is the same for all of a set.
    """

    def __init__(
        self,
        own: Entries,
        supports: Entries,
        matcher: Matcher,
        distances: Sequence[PairDistance],
        files: CodeArray,
        keys: IndexArray,
        problems: int,
    ) -> None:
        links = matcher.links
        self.levels, self._class = distances, matcher.support_class
        problem = own.problem[links.own]
        first, unit = distinct(combine([problem, matcher.class_of_link])) if len(problem) else (problem, problem)
        self._unit_choice, self._unit_class = problem[first], matcher.class_of_link[first]
        self._first_unit = offsets(self._unit_choice, problems)
        by_unit = np.argsort(unit, kind="stable")
        self._own, self._first_own = links.own[by_unit], offsets(unit, len(first))
        self.values = []
        for level in distances:
            limits = matcher.limits_of(level.column)
            if limits is not None:
                limits = limits[0][own.row[links.own]], limits[1][own.row[links.own]]
            self.values.append(OwnValues(level, unit, links.own, len(first), limits))
        self._files = files[supports.row].astype(np.int64)
        self.codes = [level.support.astype(np.int64) for level in distances]
        self.without_side = [number for number, level in enumerate(distances) if level.side is None]
        self._sorted: dict[Skipped, SortedSupports] = {}
        classes = np.sort(self._class)
        self._start, self._stop = (
            np.searchsorted(classes, self._unit_class, side).astype(np.int64) for side in ("left", "right")
        )
        first, set_of = distinct(combine([supports.scope + 1, keys]))
        self.sets_are_single = len(first) == len(keys)
        self.depth = self._usable_levels(own, supports.scope, first[set_of], problems)
        self._set_of, self._sets = set_of, len(first)
        members = self._class * self._sets + set_of
        order = np.argsort(members, kind="stable").astype(np.int64)
        self._by_set = members[order], order

    def pairs(self, unit: IndexArray, support: IndexArray) -> tuple[IndexArray, IndexArray]:
        """The pairs of supporting exposures with all exposures of a group that are in their units."""
        counts = self._first_own[unit + 1] - self._first_own[unit]
        return self._own[ranges(self._first_own[unit], counts)], np.repeat(support, counts)

    def whole_sets(self, unit: IndexArray, support: IndexArray) -> tuple[IndexArray, IndexArray]:
        """All supporting exposures of the sets of some, in all units of the same choices."""
        choice, number = self._unit_choice[unit], self._set_of[support]
        kept, _ = distinct(combine([choice, number])) if len(choice) else (choice, choice)
        choice, number = choice[kept], number[kept]
        counts = self._first_unit[choice + 1] - self._first_unit[choice]
        unit, number = ranges(self._first_unit[choice], counts), np.repeat(number, counts)
        sought = self._unit_class[unit] * self._sets + number
        start, stop = (np.searchsorted(self._by_set[0], sought, side) for side in ("left", "right"))
        return np.repeat(unit, stop - start), self._by_set[1][ranges(start, stop - start)]

    def choice_of(self, unit: IndexArray) -> IndexArray:
        """The choice that each unit is part of."""
        return self._unit_choice[unit]

    def runs_of(self, choices: IndexArray) -> Runs:
        """All that some choices are compared with."""
        counts = self._first_unit[choices + 1] - self._first_unit[choices]
        unit = ranges(self._first_unit[choices], counts)
        start, stop = self._start[unit], self._stop[unit]
        return Runs(unit, start, stop).at(stop > start)

    def sorted_without(self, skipped: Skipped) -> SortedSupports:
        """The supporting exposures, sorted by all levels but some."""
        if skipped not in self._sorted:
            codes = {level: code for level, code in enumerate(self.codes) if level not in skipped}
            last = [self._earliest(level) for level in skipped if self.levels[level].side is None]
            self._sorted[skipped] = SortedSupports(self._class, codes, [*last, self._files])
        return self._sorted[skipped]

    def _usable_levels(self, own: Entries, scope: IndexArray, first: IndexArray, problems: int) -> IndexArray:
        """For each choice the number of levels, that of file names included, that can be searched one after another.

        Equal distances in one level are searched by the next only if all exposures of each set have the same value, so that
        they are at the same distance. `first` is one exposure of the set of each supporting exposure.
        """
        depth = np.ones(problems, np.int64)
        is_usable = np.ones(problems, np.bool_)
        for codes in self.codes:
            spread = np.unique(scope[codes != codes[first]])
            is_usable[own.problem[np.isin(own.scope, spread)]] = False
            depth += is_usable
        return depth

    def last_of(self, support: IndexArray) -> list[IndexArray]:
        """What decides between exposures at the same distance: their values in columns without a side, and their files."""
        return [*(self._earliest(level)[support] for level in self.without_side), self._files[support]]

    def _earliest(self, level: int) -> IndexArray:
        """What orders the values of exposures in a level: their codes, and undefined values last."""
        return np.where(self.codes[level] == UNDEFINED, BEHIND, self.codes[level])
