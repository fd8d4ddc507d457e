"""Supporting exposures: which groups they join (docs/grouping.md#supporting-exposures)."""

from __future__ import annotations

import numpy as np

from asnforge.columns import UNDEFINED, CodeArray
from asnforge.grouping.arrays import IndexArray, combine, distinct, join
from asnforge.grouping.evaluate import Evaluator
from asnforge.grouping.prepared_pool import PreparedPool
from asnforge.grouping.scopes import Scopes
from asnforge.rules.rule import Attachment, Rule

_NONE = np.empty(0, np.int64)


def attached(
    rule: Rule,
    evaluation: Evaluator,
    exposures: PreparedPool,
    scopes: Scopes,
    own_group: IndexArray,
    own_row: IndexArray,
    group_scope: CodeArray,
) -> tuple[IndexArray, IndexArray, IndexArray]:
    """The supporting exposures of a rule's groups.

    Parameters
    ----------
    rule, evaluation, exposures, scopes
        The rule, and what it is evaluated on.
    own_group, own_row : ndarray of int64, shape (own members,)
        The groups' own exposures, sorted by group and row.
    group_scope : ndarray of int32, shape (groups,)
        The scope of each group.

    Returns
    -------
    group, row, attachment : ndarray of int64
        Each group with each supporting exposure once for each attachment, without the group's own exposures.
    """
    found = [(_NONE, _NONE, _NONE)]
    for place, attachment in enumerate(rule.attach):
        group, row = _joined(attachment, evaluation, exposures, scopes, own_group, own_row, group_scope)
        found.append((group, row, np.full(len(group), place, np.int64)))
    groups, rows, places = (np.concatenate(parts) for parts in zip(*found, strict=True))
    if not len(groups):
        return groups, rows, places
    size = len(exposures) + 1
    own = np.append(own_group * size + own_row, (len(group_scope) + 1) * size)
    found_there = np.searchsorted(own, groups * size + rows)
    fresh = own[found_there] != groups * size + rows
    groups, rows, places = groups[fresh], rows[fresh], places[fresh]
    first, _ = distinct(groups * size + rows)
    return groups[first], rows[first], places[first]


def _joined(
    attachment: Attachment,
    evaluation: Evaluator,
    exposures: PreparedPool,
    scopes: Scopes,
    own_group: IndexArray,
    own_row: IndexArray,
    group_scope: CodeArray,
) -> tuple[IndexArray, IndexArray]:
    columns = [evaluation.column((name,)).codes for name in attachment.match]
    known = np.logical_and.reduce([codes != UNDEFINED for codes in columns])
    supporting = np.flatnonzero(evaluation.passes(attachment.when) & exposures.usable & known)
    if not len(supporting) or not len(own_group):
        return _NONE, _NONE
    row, scope, _ = scopes.of_rows(supporting)
    own = known[own_row]
    own_row, own_group = own_row[own], own_group[own]
    matching = combine([np.concatenate((codes[own_row], codes[row])) for codes in columns])
    wanted, _ = distinct(combine([own_group, matching[: len(own_row)]]))
    group = own_group[wanted]
    codes = combine(
        [np.concatenate((group_scope[group], scope)), np.concatenate((matching[wanted], matching[len(own_row) :]))]
    )
    pair, place = join(codes[: len(group)], codes[len(group) :])
    return group[pair], row[place]
