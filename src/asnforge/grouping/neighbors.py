"""The supporting exposures that can be the nearest to exposures of groups, found in sorted values without comparing the others.

The values of ``nearest`` are levels of one order: the first column, among equal values the second, and so on, at last the file
names. A search takes a few neighbors on each side. A long run of equal values is not taken as a whole, but searched by the next
level, if that decides between its exposures whatever exposure of the group is compared.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from asnforge.columns import UNDEFINED, CodeArray, Mask
from asnforge.grouping.arrays import IndexArray, combine, distinct
from asnforge.grouping.choice import Choices, PairDistance, behind
from asnforge.grouping.level_search import Found, LevelSearch, Runs, first_at_least
from asnforge.grouping.relations import Entries, Matcher
from asnforge.rules.attachment import Attachment

_NO_DISTANCE = -(10**300)
"""Less than any distance, of which nothing is known but that it is not less than this."""


@dataclass(frozen=True, slots=True, eq=False)
class Windows:
    """A part of the supporting exposures that can match, and a limit for those outside of it.

    Attributes
    ----------
    link, low, high : ndarray of int64, shape (windows,)
        The index of a link of the matcher, and a range in the order of supporting exposures.
    complete : ndarray of bool, shape (choices,)
        There is nothing outside.
    has_more : ndarray of bool, shape (choices,)
        Larger windows have exposures that can be nearer than others outside.
    outside : tuple of ndarray, each of shape (choices,)
        In the order of sets, by `Choices.order`, everything outside is at least here.
    """

    link: IndexArray
    low: IndexArray
    high: IndexArray
    complete: Mask
    has_more: Mask
    outside: tuple[NDArray[Any], ...]

    def certain(self, choices: Choices, at_most: int) -> Mask:
        """The choices that nothing outside can change: `at_most` sets are taken, and all of them come before the others."""
        taken = np.flatnonzero(choices.is_taken())
        problem = choices.problem[taken]
        last = np.zeros(len(self.complete), np.int64)
        np.maximum.at(last, problem, taken)
        is_less, is_equal = np.zeros(len(last), np.bool_), np.bincount(problem, minlength=len(last)) >= at_most
        for values, bound in zip(choices.order if len(taken) else (), self.outside, strict=False):
            value = values[last]
            is_less |= is_equal & (value < bound).astype(np.bool_)
            is_equal &= (value == bound).astype(np.bool_)
        certain: Mask = self.complete | is_less
        return certain


class Neighbors:
    """The search for the supporting exposures that are nearest to those of groups."""

    def __init__(
        self,
        attachment: Attachment,
        own: Entries,
        supports: Entries,
        matcher: Matcher,
        distances: Sequence[PairDistance],
        files: CodeArray,
        problems: int,
    ) -> None:
        self._own, self._links, self._problems = own, matcher.links, problems
        self._levels = distances
        self._files = files[supports.row[matcher.links.order]].astype(np.int64)
        self._codes = [level.support[matcher.links.order].astype(np.int64) for level in distances]
        self._limits = [matcher.limits_of(level.column) for level in distances]
        self._depth = self._usable_levels(attachment, supports)

    def search(self, links: IndexArray, count: int) -> Windows:
        """Windows with this number of neighbors on each side and in each level, for some links of the matcher."""
        found = Found()
        start, stop = self._links.start[links], np.maximum(self._links.stop[links], self._links.start[links])
        runs = [Runs(links, start, stop, [])]
        for level in range(len(self._levels)):
            runs = [part for run in runs for part in self._search_level(level, run, count, found)]
        for run in runs:
            self._search_files(run, count, found)
        parts = [np.concatenate([np.empty(0, np.int64), *parts]) for parts in zip(*found.windows, strict=True)]
        link, low, high = parts or [np.empty(0, np.int64)] * 3
        return Windows(link, low, high, *self._bounds(found))

    def _usable_levels(self, attachment: Attachment, supports: Entries) -> IndexArray:
        """For each choice the number of levels, that of file names included, that can be searched one after another.

        The distances of a set are the least ones in each column by itself. So those of a level decide between sets only if the
        distances in the levels before are equal for all exposures of the group, and for all of the set.
        """
        problem = self._own.problem
        is_equal = np.ones(self._problems, np.bool_)
        depth = np.ones(self._problems, np.int64)
        for level in self._levels:
            code = level.own.astype(np.int64)
            least = np.full(self._problems, np.iinfo(np.int64).max)
            greatest = np.zeros(self._problems, np.int64)
            np.minimum.at(least, problem, code)
            np.maximum.at(greatest, problem, code)
            is_equal &= (least == greatest) & (least != UNDEFINED)
            if attachment.sets_by:
                is_equal &= any(name.casefold() in map(str.casefold, level.names) for name in attachment.sets_by) & (
                    len(level.names) == 1
                )
            else:
                is_equal &= ~self._with_spread_files(level, supports)
            depth += is_equal
        return depth

    def _with_spread_files(self, level: PairDistance, supports: Entries) -> Mask:
        """The choices in scopes that have a file with several values in the column of a level."""
        order = self._links.order
        files = combine([supports.scope[order] + 1, self._files])
        first, inverse = distinct(files) if len(files) else (order, order)
        code = level.support[order]
        spread = np.unique(supports.scope[order][code != code[first][inverse]])
        mask = np.zeros(self._problems, np.bool_)
        mask[self._own.problem[np.isin(self._own.scope, spread)]] = True
        return mask

    def _search_level(self, number: int, runs: Runs, count: int, found: Found) -> list[Runs]:
        """Add windows of one level; return the runs of equal values that the next level has to search."""
        codes, own = self._codes[number], self._links.own[runs.link]
        start, stop, limits = runs.start, runs.stop, self._limits[number]
        if limits is not None:
            first, last = (limit[self._own.row[own]] for limit in limits)
            start, stop = first_at_least(codes, first, start, stop), first_at_least(codes, last, start, stop)
        problem = self._own.problem[own]
        deeper = self._depth[problem] > number + 1
        search = LevelSearch(self._levels[number], codes, own, runs, start, stop, problem, deeper, count, found)
        search.add_without_distance()
        if search.side is None:
            search.add_equal()
        if search.side != "after":
            search.add_before()
        if search.side != "before":
            search.add_after()
        return search.next_runs

    def _search_files(self, runs: Runs, count: int, found: Found) -> None:
        """Add the first exposures by file name of runs that are equal in all columns."""
        some = np.minimum(runs.start + count, runs.stop)
        found.windows.append((runs.link, runs.start, some))
        rest = np.flatnonzero(runs.stop > some)
        known = [each[rest] for each in runs.known]
        problem = self._own.problem[self._links.own[runs.link[rest]]]
        found.outside.append((problem, [*known, self._files[some[rest]]], np.ones(len(rest), np.bool_)))

    def _bounds(self, found: Found) -> tuple[Mask, Mask, tuple[NDArray[Any], ...]]:
        """For each choice whether nothing is outside, whether larger windows can help, and the least of what is outside."""
        problem = np.concatenate([np.empty(0, np.int64), *(part for part, _, _ in found.outside)])
        reachable = np.concatenate([np.empty(0, np.bool_), *(part for _, _, part in found.outside)])
        has_more = np.zeros(self._problems, np.bool_)
        has_more[problem[reachable]] = True
        count = len(self._levels)
        columns = [self._known(found, 2 * number) for number in range(count)]
        for number, level in enumerate(self._levels):
            if level.side is None:
                codes = self._known(found, 2 * number + 1)
                columns.append(np.where(codes == UNDEFINED, behind(codes), codes))
        columns.append(self._known(found, 2 * count))
        ranks = [np.unique(values, return_inverse=True)[1].reshape(-1) for values in columns]
        complete = np.bincount(problem, minlength=self._problems) == 0
        if not len(problem):
            return complete, has_more, ()
        order = np.lexsort((*ranks[::-1], problem))
        first = order[np.minimum(np.searchsorted(problem[order], np.arange(self._problems)), len(order) - 1)]
        return complete, has_more, tuple(values[first] for values in columns)

    @staticmethod
    def _known(found: Found, place: int) -> NDArray[Any]:
        """One value of everything outside, or less than any value where it is not known."""
        parts = [(known[place] if place < len(known) else None, len(problem)) for problem, known, _ in found.outside]
        is_large = any(part is not None and part.dtype == np.object_ for part, _ in parts)
        dtype: type[Any] = object if is_large else np.int64
        unknown = _NO_DISTANCE if is_large else np.iinfo(np.int64).min
        values = (np.full(size, unknown, dtype) if part is None else part.astype(dtype) for part, size in parts)
        return np.concatenate([np.empty(0, dtype), *values])
