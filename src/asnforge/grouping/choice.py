"""The choice among supporting exposures that match: sets, the smallest size, preferences, distances and the largest number.

docs/grouping.md#supporting-exposures states the order of decisions. Every choice has a total order, which ends with file names.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from asnforge.columns import UNDEFINED, CodeArray, Mask
from asnforge.grouping.arrays import IndexArray, IntArray, combine, distinct
from asnforge.grouping.evaluate import Evaluator
from asnforge.grouping.relations import Entries, distances
from asnforge.rules.attachment import Attachment, Nearest

TAKEN, TOO_SMALL, TOO_FAR, NOT_PREFERRED = 0, 1, 2, 3
"""The outcomes of a set; NOT_PREFERRED and higher: the preference of that number, counted from it, was met by others only."""

NOT_ASKED, MET, NOT_MET = 0, 1, 2
"""The outcomes of a preference."""

BEHIND = np.iinfo(np.int64).max
"""The distance of a set without one."""

_BEHIND_LARGE = 10**300
"""The same among distances that are too large for int64."""

Distances = NDArray[Any]
"""Distances as whole numbers: int64, or objects if some are larger."""


@dataclass(frozen=True, slots=True, eq=False)
class Pairs:
    """Pairs that match, of an exposure of a group and a supporting exposure, as indices of entries."""

    own: IndexArray
    support: IndexArray


@dataclass(frozen=True, slots=True, eq=False)
class Choices:
    """The sets of some choices, and what became of them.

    Attributes
    ----------
    problem : ndarray of int64, shape (sets,)
        The number of the choice that a set is part of, ascending; within one, sets are in the order of preference.
    outcome : ndarray of int64, shape (sets,)
        TAKEN, TOO_SMALL, TOO_FAR, or NOT_PREFERRED and the index of the preference.
    files : ndarray of int64, shape (sets,)
        The number of files.
    distance : ndarray of int64 or object, shape (sets, columns of nearest)
        The distance for each entry of ``nearest``; BEHIND for a set without one.
    set_of, support : ndarray of int64, shape (supporting exposures,)
        The supporting exposures of the sets, and the set of each, ascending.
    levels : ndarray of int8, shape (choices, preferences)
        For each choice and preference NOT_ASKED, MET or NOT_MET.
    order : tuple of ndarray, each of shape (sets,)
        The numbers that order the sets that are left: distances, earliest values in columns without a side, and the code of the
        first file name.
    """

    problem: IndexArray
    outcome: IndexArray
    files: IndexArray
    distance: Distances
    set_of: IndexArray
    support: IndexArray
    levels: NDArray[np.int8]
    order: tuple[NDArray[Any], ...]

    def part(self, start: int, stop: int) -> Choices:
        """Some choices, numbered from 0."""
        low, high = np.searchsorted(self.problem, (start, stop))
        sets = slice(low, high)
        members = slice(*np.searchsorted(self.set_of, (low, high)))
        return Choices(
            self.problem[sets] - start,
            self.outcome[sets],
            self.files[sets],
            self.distance[sets],
            self.set_of[members] - low,
            self.support[members],
            self.levels[start:stop],
            tuple(values[sets] for values in self.order),
        )

    def is_taken(self) -> Mask:
        """The sets that are taken."""
        taken: Mask = self.outcome == TAKEN
        return taken


def set_keys(attachment: Attachment, evaluator: Evaluator, files: CodeArray, rows: IndexArray) -> IndexArray:
    """For each supporting row a number that is the same for all rows of a set."""
    if not attachment.sets_by:
        return files[rows].astype(np.int64)
    return combine([evaluator.column((name,)).codes[rows] for name in attachment.sets_by])


class Chooser:
    """Makes the choices of one attachment.

    Parameters
    ----------
    preferred : sequence of callable
        For each preference the test of pairs, as indices of entries.
    least_sets : sequence of ndarray of int64
        For each preference, by choice, the number of sets above which it is asked.
    """

    def __init__(
        self,
        attachment: Attachment,
        own: Entries,
        supports: Entries,
        evaluator: Evaluator,
        files: CodeArray,
        preferred: Sequence[Callable[[IndexArray, IndexArray], Mask]],
        least_sets: Sequence[IndexArray],
    ) -> None:
        self.attachment = attachment
        self._own, self._supports = own, supports
        self._files = files[supports.row].astype(np.int64)
        self._preferred, self._least_sets = preferred, least_sets
        self.keys = set_keys(attachment, evaluator, files, supports.row)
        self.distances = [PairDistance(nearest, own, supports, evaluator) for nearest in attachment.nearest]

    def choose(self, pairs: Pairs, numbers: IndexArray) -> Choices:
        """Some choices, ascending and numbered by their places, from all pairs that match."""
        problems = len(numbers)
        problem = np.searchsorted(numbers, self._own.problem[pairs.own])
        first, set_of_pair = distinct(combine([problem, self.keys[pairs.support]]))
        set_problem = problem[first]
        count = len(first)
        files, earliest = self._files_of(set_of_pair, pairs.support, count)
        outcome = np.where(files < self.attachment.at_least, TOO_SMALL, TAKEN).astype(np.int64)
        levels = np.zeros((problems, len(self._preferred)), np.int8)
        for index, test in enumerate(self._preferred):
            left = outcome == TAKEN
            agrees = np.zeros(count, np.bool_)
            agrees[set_of_pair[test(pairs.own, pairs.support)]] = True
            asked = np.bincount(set_problem[left], minlength=problems) > self._least_sets[index][numbers]
            met = np.bincount(set_problem[left & agrees], minlength=problems) > 0
            levels[:, index] = np.where(asked, np.where(met, MET, NOT_MET), NOT_ASKED)
            outcome[left & ~agrees & (asked & met)[set_problem]] = NOT_PREFERRED + index
        measured = [distance.of_sets(pairs, set_of_pair, count) for distance in self.distances]
        ordered_by = [values for values, _ in measured]
        ordered_by += [value for _, value in measured if value is not None] + [earliest]
        order = self._ordered(outcome, set_problem, ordered_by)
        outcome, set_problem = outcome[order], set_problem[order]
        if self.attachment.at_most is not None:
            left = np.flatnonzero(outcome == TAKEN)
            starts = np.searchsorted(set_problem[left], set_problem[left])
            outcome[left[np.arange(len(left)) - starts >= self.attachment.at_most]] = TOO_FAR
        place = np.empty(count, np.int64)
        place[order] = np.arange(count)
        members, _ = distinct(combine([place[set_of_pair], pairs.support]))
        distance = _stacked([values for values, _ in measured]) if measured else np.empty((count, 0), np.int64)
        return Choices(
            problem=set_problem,
            outcome=outcome,
            files=files[order],
            distance=distance[order],
            set_of=place[set_of_pair][members],
            support=pairs.support[members],
            levels=levels,
            order=tuple(values[order] for values in ordered_by),
        )

    def _files_of(self, set_of_pair: IndexArray, support: IndexArray, count: int) -> tuple[IndexArray, IndexArray]:
        """For each set the number of its files, and the first of them by name."""
        file = self._files[support]
        first, _ = distinct(combine([set_of_pair, file]))
        earliest = np.full(count, BEHIND, np.int64)
        np.minimum.at(earliest, set_of_pair[first], file[first])
        return np.bincount(set_of_pair[first], minlength=count), earliest

    @staticmethod
    def _ordered(outcome: IndexArray, problem: IndexArray, ordered_by: Sequence[NDArray[Any]]) -> IndexArray:
        """The order of sets: choice by choice those that are left first, by distance, earliest value and file name."""
        values = [sortable(values) for values in ordered_by]
        return np.lexsort((*values[::-1], outcome != TAKEN, problem)).astype(np.int64)


def behind(distances: Distances) -> int:
    """The distance of a set without one, among these distances."""
    return _BEHIND_LARGE if distances.dtype == np.object_ else BEHIND


def is_behind(distances: Distances) -> Mask:
    """Which distances are those of sets without one."""
    mask: Mask = distances == behind(distances)
    return mask


def sortable(distances: Distances) -> IndexArray:
    """Numbers in the order of some distances that numpy can sort together with others."""
    return distances if distances.dtype != np.object_ else np.unique(distances, return_inverse=True)[1].reshape(-1)


def _least(values: Distances, set_of: IndexArray, count: int) -> Distances:
    """The least value of each of `count` sets."""
    if values.dtype != np.object_:
        least = np.full(count, BEHIND, np.int64)
        np.minimum.at(least, set_of, values)
        return least
    order = np.lexsort((sortable(values), set_of))
    return values[order][np.searchsorted(set_of[order], np.arange(count))] if count else values[:0]


def _stacked(columns: Sequence[Distances]) -> Distances:
    """Distances in several columns as one array."""
    if all(values.dtype != np.object_ for values in columns):
        return np.stack(columns, axis=1)
    return np.stack([np.where(is_behind(values), _BEHIND_LARGE, values.astype(object)) for values in columns], axis=1)


class PairDistance:
    """How far supporting exposures are from exposures of groups, in one entry of ``nearest``.

    Attributes
    ----------
    column : Column
        The column that is compared, from the columns `names`.
    side : {"before", "after"} or None
        The side on which supporting exposures have a distance.
    own, support : ndarray of int32
        The codes of both sides' entries.
    size : int
        The number of codes.
    dtype : dtype
        That of distances.
    """

    def __init__(self, nearest: Nearest, own: Entries, supports: Entries, evaluator: Evaluator) -> None:
        self.column, self._numbers = distances(nearest, evaluator)
        self.names, self.side = nearest.columns, nearest.side
        self._is_text = self.column.amounts is None
        self.own, self.support = self.column.codes[own.row], self.column.codes[supports.row]
        self.dtype, self.size = self._numbers.dtype, len(self.column.values)

    def of_codes(self, own: IntArray, support: IntArray) -> Distances:
        """The distance of each pair of codes; BEHIND without one."""
        has_distance = (own != UNDEFINED) & (support != UNDEFINED)
        if self.side is not None:
            has_distance &= (support > own) if self.side == "after" else (support < own)
        if self._is_text:
            values = self._numbers[support] if self.side != "before" else -self._numbers[support]
        else:
            values = abs(self._numbers[support] - self._numbers[own])
        return np.where(has_distance, values, behind(values))

    def of_sets(self, pairs: Pairs, set_of_pair: IndexArray, count: int) -> tuple[Distances, IndexArray | None]:
        """For each set its least distance and, without a side, its least value."""
        values = self.of_codes(self.own[pairs.own], self.support[pairs.support])
        least = _least(values, set_of_pair, count)
        if self.side is not None:
            return least, None
        codes = self.support[pairs.support].astype(np.int64)
        return least, _least(np.where(codes == UNDEFINED, BEHIND, codes), set_of_pair, count)
