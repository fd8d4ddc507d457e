"""What matches the groups of a rule in one attachment, and what is taken of it, without comparing everything with everything.

If only the nearest are taken, they are found among the neighbors in the sorted values of a column: of a few of them first, and
of more as long as others could change the result.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from asnforge.columns import CodeArray, Mask
from asnforge.grouping.arrays import IndexArray, combine, distinct, join
from asnforge.grouping.choice import MET, NOT_MET, TAKEN, Choices, Chooser, Pairs, is_behind
from asnforge.grouping.evaluate import Evaluator
from asnforge.grouping.relations import Entries, Matcher, distances
from asnforge.grouping.scopes import Scopes
from asnforge.rules.attachment import Attachment, Nearest, Preference, Relation
from asnforge.rules.constraints import Constraint

_FEW_PAIRS = 1 << 20
"""The number of pairs up to which all of them are compared at once."""

_FIRST_NEIGHBORS, _MORE = 3, 6
"""The number of neighbors on each side that are searched first, and the factor of the next searches."""


class Matching:
    """The exposures that an attachment compares, and the choices from those that match.

    Parameters
    ----------
    own, supports : Entries
        The exposures that are compared.
    files : ndarray of int32, shape (rows,)
        For each row the code of its file name.
    least_sets : sequence of ndarray of int64, shape (choices,)
        For each preference the number of sets above which it is asked.
    excluded : tuple of ndarray of int64
        Files that are never attached: sorted numbers, and for each choice the number to which the code of a file is added.
    """

    def __init__(
        self,
        attachment: Attachment,
        own: Entries,
        supports: Entries,
        evaluator: Evaluator,
        scopes: Scopes,
        files: CodeArray,
        *,
        least_sets: Sequence[IndexArray],
        excluded: tuple[IndexArray, IndexArray],
    ) -> None:
        self.attachment, self.own, self.supports = attachment, own, supports
        self._evaluator, self._scopes, self._files = evaluator, scopes, files
        self._least_sets, self._excluded = least_sets, excluded
        self._problems = len(excluded[0])
        self._impossible: dict[int, Mask] = {}
        self._searched = attachment.nearest[0] if attachment.nearest and attachment.at_most is not None else None
        self._matcher = Matcher(attachment.match, own, supports, evaluator, scopes, self._searched)
        self._chooser = Chooser(
            attachment,
            own,
            supports,
            evaluator,
            files,
            [self._preferred(preference) for preference in attachment.prefer],
            least_sets,
        )

    def all_choices(self) -> Choices:
        """The choices, with all sets."""
        links = self._matcher.links
        return self._chooser.choose(
            self._pairs(*links.pairs(np.arange(len(links.own)), links.start, links.stop)), self._problems
        )

    def taken(self) -> tuple[IndexArray, IndexArray, CodeArray]:
        """What is taken: the choice and the supporting exposure of each pair; and the outcome of each preference by choice."""
        links = self._matcher.links
        counts = np.bincount(self.own.problem[links.own], np.maximum(links.stop - links.start, 0), self._problems)
        remaining = np.ones(self._problems, np.bool_)
        levels = np.zeros((self._problems, len(self.attachment.prefer)), np.int8)
        found: list[tuple[IndexArray, IndexArray]] = [(np.empty(0, np.int64), np.empty(0, np.int64))]
        neighbors = _FIRST_NEIGHBORS
        open_end = remaining.copy()
        while self._searched is not None and counts[open_end].sum() > _FEW_PAIRS and neighbors < len(self.supports):
            for part in _parts(np.where(open_end, np.minimum(counts, 2 * neighbors), 0), open_end):
                choices, certain, more = self._nearest_choices(part, neighbors, self._searched)
                self._collect(choices, certain, found, levels)
                remaining &= ~certain
                open_end &= ~part | (more & ~certain)
            neighbors *= _MORE
        for part in _parts(np.where(remaining, counts, 0), remaining):
            index = np.flatnonzero(part[self.own.problem[links.own]])
            pairs = self._pairs(*links.pairs(index, links.start[index], links.stop[index]))
            self._collect(self._chooser.choose(pairs, self._problems), part, found, levels)
        problem, support = (np.concatenate(columns) for columns in zip(*found, strict=True))
        return problem, support, levels.astype(np.int32)

    def first_problems(self) -> IndexArray:
        """For each supporting exposure the first choice for which it matches; -1 if there is none."""
        links = self._matcher.links
        counts = np.bincount(self.own.problem[links.own], np.maximum(links.stop - links.start, 0), self._problems)
        first = np.full(len(self.supports), self._problems, np.int64)
        for part in _parts(counts, np.ones(self._problems, np.bool_)):
            index = np.flatnonzero(part[self.own.problem[links.own]])
            pairs = self._pairs(*links.pairs(index, links.start[index], links.stop[index]))
            np.minimum.at(first, pairs.support, self.own.problem[pairs.own])
            if (first < self._problems).all():
                break
        return np.where(first < self._problems, first, -1)

    def _collect(
        self, choices: Choices, which: Mask, found: list[tuple[IndexArray, IndexArray]], levels: NDArray[np.int8]
    ) -> None:
        taken = (choices.outcome[choices.set_of] == TAKEN) & which[choices.problem[choices.set_of]]
        found.append((choices.problem[choices.set_of[taken]], choices.support[taken]))
        levels[which] = choices.levels[which]

    def _pairs(self, own: IndexArray, support: IndexArray) -> Pairs:
        """The pairs, of those with equal values, that match, without the files of the group itself."""
        kept = self._matcher.holds(own, support)
        base, files = self._excluded
        if len(files):
            keys = base[self.own.problem[own]] + self._files[self.supports.row[support]]
            kept &= files[np.minimum(np.searchsorted(files, keys), len(files) - 1)] != keys
        return Pairs(own[kept], support[kept])

    def _preferred(self, preference: Preference) -> Callable[[IndexArray, IndexArray], Mask]:
        """The test of a preference for pairs."""
        if not isinstance(preference.test, Relation):
            passes = self._evaluator.passes(preference.test)[self.supports.row]
            return lambda _, support: passes[support]
        matcher = Matcher([preference.test], self.own, self.supports, self._evaluator, self._scopes)
        return matcher.agrees

    def _nearest_choices(self, part: Mask, neighbors: int, nearest: Nearest) -> tuple[Choices, Mask, Mask]:
        """The choices from the nearest neighbors; which of them no other exposure can change; which have more neighbors."""
        links = self._matcher.links
        index = np.flatnonzero(part[self.own.problem[links.own]])
        own, start, stop = links.own[index], links.start[index], np.maximum(links.stop[index], links.start[index])
        low, high, bound = self._window(own, start, stop, neighbors, nearest)
        choices = self._chooser.choose(self._whole_sets(self._pairs(*links.pairs(index, low, high))), self._problems)
        problem = self.own.problem[own]
        outside = np.full(self._problems, np.inf)
        np.minimum.at(outside, problem, bound)
        complete = np.bincount(problem, (low > start) | (high < stop), self._problems) == 0
        return choices, part & self._certain(choices, outside, complete), outside < np.inf

    def _window(
        self, own: IndexArray, start: IndexArray, stop: IndexArray, neighbors: int, nearest: Nearest
    ) -> tuple[IndexArray, IndexArray, NDArray[np.float64]]:
        """For each link the range of nearest neighbors, and the distance of the nearest outside of it; infinite without one."""
        column, numbers = distances(nearest, self._evaluator)
        codes = column.codes[self.supports.row[self._matcher.links.order]].astype(np.int64)
        own_code = column.codes[self.own.row[own]].astype(np.int64)
        before = _first_at_least(codes, own_code, start, stop)
        after = _first_at_least(codes, own_code + 1, start, stop)
        low = after if nearest.side == "after" else np.maximum(start, before - neighbors)
        high = before if nearest.side == "before" else np.minimum(stop, after + neighbors)
        bound = np.where(own_code > 0, np.inf, -np.inf)
        is_text = column.amounts is None
        if nearest.side != "after":
            outside = np.flatnonzero((low > start) & (own_code > 0))
            outside = outside[codes[low[outside] - 1] > 0]
            edge = numbers[codes[low[outside] - 1]]
            bound[outside] = -edge if is_text else numbers[own_code[outside]] - edge
        if nearest.side != "before":
            outside = np.flatnonzero((high < stop) & (own_code > 0))
            edge = numbers[codes[high[outside]]]
            farther = edge if is_text else edge - numbers[own_code[outside]]
            bound[outside] = np.minimum(bound[outside], farther.astype(np.float64))
        return low, high, bound

    def _whole_sets(self, pairs: Pairs) -> Pairs:
        """All pairs of the sets that have some pair, for exposures of the same choice."""
        problem = self.own.problem[pairs.own]
        keys = self._chooser.keys
        first, _ = distinct(combine([problem, keys[pairs.support]]))
        links = self._matcher.links
        candidate, link = join(problem[first], self.own.problem[links.own])
        classes = self._matcher.class_of_link[link]
        sought = combine(
            [
                np.concatenate((classes, self._matcher.support_class)),
                np.concatenate((keys[pairs.support[first]][candidate], keys)),
            ]
        )
        pair, support = join(sought[: len(classes)], sought[len(classes) :])
        return self._pairs(links.own[link[pair]], support)

    def _certain(self, choices: Choices, outside: NDArray[np.float64], complete: Mask) -> Mask:
        """The choices that no set beyond the neighbors can change; `outside` is the least distance of such a set."""
        taken = choices.outcome == TAKEN
        count = np.bincount(choices.problem[taken], minlength=self._problems)
        farthest = np.full(self._problems, -np.inf)
        if taken.any():
            distance = np.where(is_behind(choices.distance[taken, 0]), np.inf, choices.distance[taken, 0])
            np.maximum.at(farthest, choices.problem[taken], distance.astype(np.float64))
        certain: Mask = complete | ((count >= (self.attachment.at_most or 0)) & (farthest < outside))
        for index in range(len(self.attachment.prefer)):
            level = choices.levels[:, index]
            if (certain & (level != MET) & ~complete).any():
                certain &= complete | (level == MET) | ((level == NOT_MET) & self._never_met(index))
        return certain

    def _never_met(self, index: int) -> Mask:
        """The choices of which no set can agree in a preference, whatever else holds; found once."""
        if index not in self._impossible:
            self._impossible[index] = self._find_never_met(self.attachment.prefer[index].test)
        return self._impossible[index]

    def _find_never_met(self, test: Relation | Constraint) -> Mask:
        if not isinstance(test, Relation):
            return np.zeros(self._problems, np.bool_)
        matcher = Matcher([*self.attachment.match, test], self.own, self.supports, self._evaluator, self._scopes)
        links = matcher.links
        counts = np.bincount(self.own.problem[links.own], links.stop > links.start, self._problems)
        never: Mask = counts == 0
        return never


def _first_at_least(codes: IndexArray, sought: IndexArray, start: IndexArray, stop: IndexArray) -> IndexArray:
    """For each range of sorted codes the first index with at least the sought code; the end of the range if there is none."""
    low, high = start.copy(), np.maximum(stop, start)
    while (active := low < high).any():
        middle = (low + high) // 2
        less = np.zeros(len(low), np.bool_)
        less[active] = codes[middle[active]] < sought[active]
        low = np.where(active & less, middle + 1, low)
        high = np.where(active & ~less, middle, high)
    return low


def _parts(counts: NDArray[np.float64] | IndexArray, which: Mask) -> list[Mask]:
    """The choices in parts of a limited number of pairs."""
    index = np.flatnonzero(which)
    number = (np.cumsum(counts[index]) // (4 * _FEW_PAIRS)).astype(np.int64)
    parts = []
    for value in np.unique(number).tolist():
        part = np.zeros(len(which), np.bool_)
        part[index[number == value]] = True
        parts.append(part)
    return parts
