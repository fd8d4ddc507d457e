"""Supporting exposures with the same values as exposures of a group in some columns, of which all are attached."""

from __future__ import annotations

import numpy as np

from asnforge.columns import UNDEFINED, CodeArray, Mask
from asnforge.grouping.arrays import IndexArray, combine, distinct, join
from asnforge.grouping.evaluate import Evaluator
from asnforge.grouping.scopes import Scopes


def join_equal_values(
    names: tuple[str, ...],
    evaluator: Evaluator,
    scopes: Scopes,
    selected: tuple[IndexArray, IndexArray],
    group_scope: CodeArray,
    supporting: Mask,
) -> tuple[IndexArray, IndexArray]:
    """The pairs of a group and a supporting exposure in its scope that agree in all columns.

    Parameters
    ----------
    names : tuple of str
        The columns; an undefined value agrees with none.
    evaluator : Evaluator
        The exposures as the rule reads them.
    scopes : Scopes
        The scopes.
    selected : tuple of ndarray of int64, shape (pairs,)
        The pairs of a group and an exposure that the rule selects.
    group_scope : ndarray of int32, shape (groups,)
        The scope of each group.
    supporting : ndarray of bool, shape (exposures,)
        The exposures that can be attached.

    Returns
    -------
    tuple of ndarray of int64
        The group and the exposure of each pair.
    """
    group, own = selected
    values, defined = evaluator.remembered(("equal values", names), lambda: _values(names, evaluator))
    row, scope, _ = scopes.of_rows(np.flatnonzero(supporting & defined))
    is_sought = np.zeros(len(values), np.bool_)
    is_sought[values[row]] = True
    is_own = is_sought[values[own]]
    group, value = group[is_own], values[own[is_own]]
    if not len(group):
        return group, group
    first, _ = distinct(combine([group, value]))
    group, value = group[first], value[first]
    codes = combine([np.concatenate((group_scope[group], scope)), np.concatenate((value, values[row]))])
    pair, index = join(codes[: len(group)], codes[len(group) :])
    return group[pair], row[index]


def _values(names: tuple[str, ...], evaluator: Evaluator) -> tuple[IndexArray, Mask]:
    """For each exposure a number that identifies its values, less than the number of exposures; and whether all are defined."""
    columns = [evaluator.column((name,)).codes for name in names]
    _, values = distinct(combine(columns))
    return values, np.logical_and.reduce([codes != UNDEFINED for codes in columns])
