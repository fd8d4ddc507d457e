"""Sets of supporting exposures as entries of a search: one for each combination of the values that their exposures have.

The distance of a set in each column is the least one of its exposures, whichever it is. So the nearest combination of values of
the set has its distances, and combinations can be sorted as single exposures are.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from asnforge.columns import Mask
from asnforge.grouping.arrays import IndexArray, combine, distinct, offsets, ranges

_MOST_COMBINATIONS = 16
"""The number of combinations for each exposure of a set, above which they are not made."""


@dataclass(frozen=True, slots=True, eq=False)
class SetEntries:
    """The entries of a search.

    Attributes
    ----------
    support, support_class : ndarray of int64, shape (entries,)
        A supporting exposure of the set of each, and the class of it.
    codes : list of ndarray of int64, each of shape (entries,)
        The code of each in the columns that are searched.
    last : list of ndarray of int64, each of shape (entries,)
        What decides between sets at equal distances: for each set the least number of its exposures.
    spread : list of ndarray of bool, each of shape (classes,)
        For each column the classes with sets of several values that are not combined, so that an entry is only one exposure.
    """

    support: IndexArray
    support_class: IndexArray
    codes: list[IndexArray]
    last: list[IndexArray]
    spread: list[Mask]


def set_entries(
    set_of: IndexArray,
    support_class: IndexArray,
    codes: Sequence[IndexArray],
    last: Sequence[IndexArray],
    *,
    can_be_combined: bool,
) -> SetEntries:
    """The entries of supporting exposures, of which `set_of` is the set of each, numbered from 0.

    Sets with several values are combined only if `can_be_combined`: each is within one class.
    """
    count, classes = int(set_of.max(initial=-1)) + 1, int(support_class.max(initial=-1)) + 1
    first = np.zeros(count, np.int64)
    first[set_of[::-1]] = np.arange(len(set_of))[::-1]
    spread = [np.bincount(set_of[code != code[first][set_of]], minlength=count) > 0 for code in codes]
    several = np.logical_or.reduce([np.zeros(count, np.bool_), *spread])
    last = [_least(values, set_of, count)[set_of] for values in last]
    support = np.arange(len(set_of))
    combined = np.zeros(count, np.bool_)
    if can_be_combined and several.any():
        sets, values = _combinations(set_of, codes, several)
        combined[sets] = True
        others = np.flatnonzero(~combined[set_of])
        support = np.concatenate((others, first[sets]))
        codes = [np.concatenate((code[others], of_sets)) for code, of_sets in zip(codes, values, strict=True)]
    open_sets = [each & ~combined for each in spread]
    return SetEntries(
        support,
        support_class[support],
        list(codes),
        [values[support] for values in last],
        [np.bincount(support_class[each[set_of]], minlength=classes) > 0 for each in open_sets],
    )


def _combinations(
    set_of: IndexArray, codes: Sequence[IndexArray], several: Mask
) -> tuple[IndexArray, list[IndexArray]]:
    """The combinations of the values of some sets, unless they are too many: the set of each, and its codes."""
    index = np.flatnonzero(several[set_of])
    values = []
    numbers = np.ones(len(several))
    for code in codes:
        kept, _ = distinct(combine([set_of[index], code[index]]))
        values.append((set_of[index[kept]], code[index[kept]]))
        numbers *= np.maximum(np.bincount(values[-1][0], minlength=len(several)), 1)
    size = np.bincount(set_of, minlength=len(several))
    sets = np.flatnonzero(several & (numbers <= _MOST_COMBINATIONS * size))
    found: list[IndexArray] = []
    for owner, code in values:
        start = offsets(owner, len(several))
        count = start[sets + 1] - start[sets]
        found = [np.repeat(each, count) for each in found]
        found.append(code[ranges(start[sets], count)])
        sets = np.repeat(sets, count)
    return sets, found


def _least(values: IndexArray, set_of: IndexArray, count: int) -> IndexArray:
    least = np.full(count, np.iinfo(np.int64).max)
    np.minimum.at(least, set_of, values)
    return least
