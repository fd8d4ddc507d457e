"""What matches the groups of a rule in one attachment, and what is taken of it, without comparing everything with everything.

If only some are taken, they are found among a few neighbors in sorted values, and among more as long as others could change the
result. Where this is impossible all pairs are compared, a limited number of them at once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from asnforge.columns import CodeArray, Mask
from asnforge.grouping.arrays import IndexArray, offsets, ranges
from asnforge.grouping.choice import MET, NOT_MET, Choices, Chooser, Pairs
from asnforge.grouping.evaluate import Evaluator
from asnforge.grouping.level_search import Agreement
from asnforge.grouping.neighbor_search import Neighborhood, nearest
from asnforge.grouping.neighbors import Neighbors
from asnforge.grouping.relations import Entries, Matcher, can_be_sorted, codes_of_equals
from asnforge.grouping.scopes import Scopes
from asnforge.rules.attachment import Attachment, Preference, Relation
from asnforge.rules.constraints import Constraint

_FEW_PAIRS = 1 << 20
"""The number of pairs up to which all of them are compared at once."""

_PAIRS_OF_A_PART = 1 << 19
"""The number of pairs that are held in memory at once, unless a single choice has more."""

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
        self._chooser = Chooser(
            attachment,
            own,
            supports,
            evaluator,
            files,
            [self._preferred(preference) for preference in attachment.prefer],
            least_sets,
        )
        self._neighbors: Neighbors | None = None
        distances = self._chooser.distances
        if attachment.at_most is None or not (distances or can_be_sorted(attachment.match)):
            self._matcher = Matcher(attachment.match, own, supports, evaluator, scopes)
            return
        sorted_by = [*(distance.support for distance in distances), files[supports.row]]
        first_column = distances[0].column if distances else None
        self._matcher = Matcher(attachment.match, own, supports, evaluator, scopes, sorted_by, first_column)
        self._agreements = list(self._find_agreements())
        self._neighbors = Neighbors(
            own, supports, self._matcher, self._agreements, distances, files, self._chooser.keys, self._problems
        )

    def all_choices(self) -> Choices:
        """The choices, with all sets."""
        return self._chooser.choose(self.all_pairs(), np.arange(self._problems))

    def all_pairs(self) -> Pairs:
        """All pairs that match."""
        links = self._matcher.links
        return self._pairs(*links.pairs(np.arange(len(links.own)), links.start, links.stop))

    def taken(self) -> tuple[IndexArray, IndexArray, CodeArray]:
        """What is taken: the choice and the supporting exposure of each pair; and the outcome of each preference by choice."""
        links = self._matcher.links
        sizes = np.maximum(links.stop - links.start, 0)
        counts = np.bincount(self.own.problem[links.own], sizes, self._problems)
        number_of_links = np.bincount(self.own.problem[links.own], minlength=self._problems)
        levels = np.zeros((self._problems, len(self.attachment.prefer)), np.int8)
        found: list[tuple[IndexArray, IndexArray]] = [(np.empty(0, np.int64), np.empty(0, np.int64))]
        remaining = np.ones(self._problems, np.bool_)
        can_be_searched = remaining.copy()
        neighbors = _FIRST_NEIGHBORS
        size_of_sets = len(self.supports) / max(len(np.unique(self._chooser.keys)), 1)
        while self._neighbors is not None and neighbors < len(self.supports):
            searched = remaining & can_be_searched & (counts > neighbors * number_of_links)
            if counts[searched].sum() <= _FEW_PAIRS:
                break
            expected = np.minimum(counts, 8 * neighbors * size_of_sets * number_of_links)
            for part in _parts(expected, searched):
                choices, certain, has_more = self._nearest_choices(self._neighbors, part, neighbors)
                self._collect(choices, part, certain, found, levels)
                remaining[part[certain]] = False
                can_be_searched[part] = has_more
            neighbors *= _MORE
        first_link = offsets(self.own.problem[links.own], self._problems)
        for part in _parts(counts, remaining):
            index = ranges(first_link[part], first_link[part + 1] - first_link[part])
            pairs = self._pairs(*links.pairs(index, links.start[index], links.stop[index]))
            self._collect(self._chooser.choose(pairs, part), part, np.ones(len(part), np.bool_), found, levels)
        problem, support = (np.concatenate(columns) for columns in zip(*found, strict=True))
        return problem, support, levels.astype(np.int32)

    def first_problems(self) -> IndexArray:
        """For each supporting exposure the first choice for which it matches; -1 if there is none."""
        links = self._matcher.links
        counts = np.bincount(self.own.problem[links.own], np.maximum(links.stop - links.start, 0), self._problems)
        first_link = offsets(self.own.problem[links.own], self._problems)
        first = np.full(len(self.supports), self._problems, np.int64)
        for part in _parts(counts, np.ones(self._problems, np.bool_)):
            index = ranges(first_link[part], first_link[part + 1] - first_link[part])
            pairs = self._pairs(*links.pairs(index, links.start[index], links.stop[index]))
            np.minimum.at(first, pairs.support, self.own.problem[pairs.own])
            if (first < self._problems).all():
                break
        return np.where(first < self._problems, first, -1)

    @staticmethod
    def _collect(
        choices: Choices,
        numbers: IndexArray,
        which: Mask,
        found: list[tuple[IndexArray, IndexArray]],
        levels: NDArray[np.int8],
    ) -> None:
        """Add what is taken by some choices, of those with these numbers."""
        problem = choices.problem[choices.set_of]
        taken = choices.is_taken()[choices.set_of] & which[problem]
        found.append((numbers[problem[taken]], choices.support[taken]))
        levels[numbers[which]] = choices.levels[which]

    def _pairs(self, own: IndexArray, support: IndexArray) -> Pairs:
        """The pairs, of those with equal values, that match, without the files of the group itself."""
        kept = self._matcher.holds(own, support)
        base, files = self._excluded
        if len(files):
            keys = base[self.own.problem[own]] + self._files[self.supports.row[support]]
            kept &= files[np.minimum(np.searchsorted(files, keys), len(files) - 1)] != keys
        return Pairs(own[kept], support[kept])

    def _find_agreements(self) -> Iterator[Agreement]:
        """The first preferences, as far as a search in sorted values can decide them: those that every choice asks."""
        for preference, least in zip(self.attachment.prefer, self._least_sets, strict=True):
            test = preference.test
            if (least > 0).any():
                return
            if not isinstance(test, Relation):
                passes = self._evaluator.passes(test)[self.supports.row]
                yield Agreement(np.ones(len(self.own), np.int64), np.where(passes, 1, 2), of_sets=True)
                continue
            codes = codes_of_equals(test, self.own, self.supports, self._evaluator, self._scopes)
            if codes is None:
                return
            yield Agreement(*codes, of_sets=False)

    def _preferred(self, preference: Preference) -> Callable[[IndexArray, IndexArray], Mask]:
        """The test of a preference for pairs."""
        if not isinstance(preference.test, Relation):
            passes = self._evaluator.passes(preference.test)[self.supports.row]
            return lambda _, support: passes[support]
        matcher = Matcher([preference.test], self.own, self.supports, self._evaluator, self._scopes)
        return matcher.agrees

    def _nearest_choices(self, neighbors: Neighbors, part: IndexArray, count: int) -> tuple[Choices, Mask, Mask]:
        """Some choices from the nearest exposures; which of them no other exposure can change; which have more neighbors."""
        near = nearest(neighbors, part, count)
        if neighbors.sets_are_single:
            pairs = self._pairs(*neighbors.pairs(near.unit, near.support))
        else:
            pairs = self._pairs(*neighbors.pairs(*neighbors.whole_sets(near.unit, near.support)))
        choices = self._chooser.choose(pairs, part)
        return choices, self._certain(choices, part, near), near.has_more

    def _certain(self, choices: Choices, part: IndexArray, near: Neighborhood) -> Mask:
        """The choices that nothing outside of the neighborhood can change, also because of preferences."""
        complete = near.complete
        certain = near.certain(choices, self.attachment.at_most or 0)
        for index in range(len(self._agreements), len(self.attachment.prefer)):
            level = choices.levels[:, index]
            if (certain & (level != MET) & ~complete).any():
                certain &= complete | (level == MET) | ((level == NOT_MET) & self._never_met(index)[part])
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


def _parts(counts: NDArray[np.float64] | IndexArray, which: Mask) -> list[IndexArray]:
    """The numbers of some choices, ascending, in parts of a limited number of pairs."""
    index = np.flatnonzero(which)
    number = (np.cumsum(counts[index]) // _PAIRS_OF_A_PART).astype(np.int64)
    parts: list[IndexArray] = np.split(index, np.flatnonzero(np.diff(number)) + 1) if len(index) else []
    return parts
