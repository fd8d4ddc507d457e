"""The supporting exposures that each choice can take, sorted so that the nearest are found without comparing all others."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

from asnforge.columns import UNDEFINED, CodeArray
from asnforge.grouping.arrays import IndexArray, combine, distinct, offsets, ranges
from asnforge.grouping.choice import BEHIND, PairDistance
from asnforge.grouping.level_search import Agreement, Level, OwnValues, Runs, SortedSupports
from asnforge.grouping.relations import Entries, Matcher
from asnforge.grouping.set_entries import set_entries

Skipped = tuple[int, ...]
"""The levels in which exposures have no distance, so that they are sorted without these."""


class Neighbors:
    """Choices, and the supporting exposures that they can take.

    A *unit* is a choice and a class of supporting exposures that its exposures match as far as equal values are concerned. An
    *entry* is a supporting exposure, or a combination of the values of a set, see `asnforge.grouping.set_entries`.

    Parameters
    ----------
    preferences : sequence of Agreement
        Preferences that decide before distances.
    keys : ndarray of int64, shape (supports,)
        For each supporting exposure a number that is the same for all of a set.
    """

    def __init__(
        self,
        own: Entries,
        supports: Entries,
        matcher: Matcher,
        preferences: Sequence[Agreement],
        distances: Sequence[PairDistance],
        files: CodeArray,
        keys: IndexArray,
        problems: int,
    ) -> None:
        links = matcher.links
        self.levels: list[Level] = [*preferences, *distances]
        problem = own.problem[links.own]
        first, unit = distinct(combine([problem, matcher.class_of_link])) if len(problem) else (problem, problem)
        self._unit_choice, self._unit_class = problem[first], matcher.class_of_link[first]
        self._first_unit = offsets(self._unit_choice, problems)
        by_unit = np.argsort(unit, kind="stable")
        self._own, self._first_own = links.own[by_unit], offsets(unit, len(first))
        is_one_class = not (np.diff(self._first_unit) > 1).any()
        place = matcher.support_class if is_one_class else supports.scope + 1
        first_of_set, set_of = distinct(combine([place, keys]))
        self._make_entries(preferences, distances, files[supports.row], matcher.support_class, set_of, is_one_class)
        self.depth = self._usable_levels(problems)
        self.values = [
            OwnValues(level, unit, links.own, len(first), _limits(matcher, level, own.row[links.own]))
            for level in self.levels
        ]
        classes = np.sort(self._class)
        self._start, self._stop = (
            np.searchsorted(classes, self._unit_class, side).astype(np.int64) for side in ("left", "right")
        )
        self._sorted: dict[Skipped, SortedSupports] = {}
        self.sets_are_single = len(first_of_set) == len(keys)
        self._set_of, self._sets = set_of, len(first_of_set)
        members = matcher.support_class * self._sets + set_of
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
        """The entries, sorted by all levels but some."""
        if skipped not in self._sorted:
            codes = {level: code for level, code in enumerate(self.codes) if level not in skipped}
            self._sorted[skipped] = SortedSupports(self._class, codes, self.last)
        return self._sorted[skipped]

    def _make_entries(
        self,
        preferences: Sequence[Agreement],
        distances: Iterable[PairDistance],
        files: CodeArray,
        support_class: IndexArray,
        set_of: IndexArray,
        is_one_class: bool,
    ) -> None:
        """The entries of sets, with their codes in all levels and what decides between equals."""
        codes = [_of_sets(level, set_of) for level in preferences]
        codes += [level.support.astype(np.int64) for level in distances]
        last = [
            np.where(code == UNDEFINED, BEHIND, code)
            for level, code in zip(self.levels, codes, strict=True)
            if level.side is None
        ]
        entries = set_entries(
            set_of, support_class, codes, [*last, files.astype(np.int64)], can_be_combined=is_one_class
        )
        self.support_of, self._class, self._spread = entries.support, entries.support_class, entries.spread
        self.codes, self.last = entries.codes, entries.last

    def _usable_levels(self, problems: int) -> IndexArray:
        """For each choice the number of levels, that of file names included, that can be searched one after another.

        Equal distances in one level are searched by the next only if they are those of whole sets.
        """
        depth = np.ones(problems, np.int64)
        is_usable = np.ones(problems, np.bool_)
        for spread in self._spread:
            is_usable[self._unit_choice[spread[self._unit_class]]] = False
            depth += is_usable
        return depth


def _limits(matcher: Matcher, level: Level, rows: IndexArray) -> tuple[IndexArray, IndexArray] | None:
    """For exposures of groups in these rows the first code of a level that can match, and the code after the last one."""
    limits = matcher.limits_of(level.column) if isinstance(level, PairDistance) else None
    return None if limits is None else (limits[0][rows], limits[1][rows])


def _of_sets(level: Agreement, set_of: IndexArray) -> IndexArray:
    """The codes of a preference for supporting exposures; those of a set agree if one of them does."""
    if not level.of_sets:
        return level.support
    agrees = np.zeros(int(set_of.max(initial=-1)) + 1, np.bool_)
    agrees[set_of[level.support == 1]] = True
    return np.where(agrees[set_of], 1, 2)
