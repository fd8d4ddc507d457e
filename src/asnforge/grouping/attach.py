"""Attach supporting exposures to groups: who can be attached, and what each attachment takes.

See docs/grouping.md#supporting-exposures.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from asnforge.columns import UNDEFINED, CodeArray, Mask
from asnforge.grouping.arrays import IndexArray, combine, distinct, join
from asnforge.grouping.evaluate import Evaluator
from asnforge.grouping.prepared_pool import PreparedPool
from asnforge.grouping.scopes import Scopes
from asnforge.rules.attachment import Attachment, plain_columns
from asnforge.rules.rule import Rule

_EMPTY = np.empty(0, np.int64)


@dataclass(frozen=True, slots=True, eq=False)
class Membership:
    """Pairs of a group and an exposure.

    Attributes
    ----------
    group, row : ndarray of int64, shape (pairs,)
        The group and the row of each pair.
    """

    group: IndexArray
    row: IndexArray


@dataclass(frozen=True, slots=True, eq=False)
class Attached:
    """What the attachments of a rule took.

    Attributes
    ----------
    supporting : Membership
        The exposures attached to groups, each once, sorted by group and row.
    attached_by : ndarray of int64, shape (supporting pairs,)
        The first attachment that took each, an index into `Rule.attach`.
    taken : tuple of Membership
        For each attachment what it took, also what an earlier one took already; sorted likewise.
    """

    supporting: Membership
    attached_by: IndexArray
    taken: tuple[Membership, ...]


def can_be_attached(rule: Rule, attachment: Attachment, evaluator: Evaluator, prepared: PreparedPool) -> Mask:
    """The exposures that an attachment can take, whatever the group."""
    mask = prepared.rows_of(attachment.product_of)
    if attachment.when is not None:
        mask &= evaluator.passes(attachment.when)
    if attachment.source == "select":
        tests = [item.constraint for item in rule.select if item.name not in attachment.excepted]
        mask = np.logical_and.reduce([mask, *map(evaluator.passes, tests)])
    return mask


def attach(
    rule: Rule,
    evaluator: Evaluator,
    prepared: PreparedPool,
    scopes: Scopes,
    selected: Membership,
    group_scope: CodeArray,
) -> Attached:
    """What each attachment of a rule takes for each group; never a file of the group's own exposures."""
    taken = []
    for attachment in rule.attach:
        group, row = _matching(rule, attachment, evaluator, prepared, scopes, selected, group_scope)
        if attachment.product_of is not None:
            rest = _without_products(selected, group)
            whole_pool = np.full_like(group_scope, scopes.discovered)
            more = _matching(rule, attachment, evaluator, prepared, scopes, rest, whole_pool)
            group, row = np.concatenate((group, more[0])), np.concatenate((row, more[1]))
        order = np.lexsort((row, group))
        taken.append(Membership(group[order], row[order]))
    numbers = [np.full(len(item.group), index, np.int64) for index, item in enumerate(taken)]
    group = np.concatenate([_EMPTY, *(item.group for item in taken)])
    row = np.concatenate([_EMPTY, *(item.row for item in taken)])
    first, _ = distinct(group * len(prepared) + row)
    attached_by = np.concatenate([_EMPTY, *numbers])[first]
    return Attached(Membership(group[first], row[first]), attached_by, tuple(taken))


def _matching(
    rule: Rule,
    attachment: Attachment,
    evaluator: Evaluator,
    prepared: PreparedPool,
    scopes: Scopes,
    selected: Membership,
    group_scope: CodeArray,
) -> tuple[IndexArray, IndexArray]:
    """The pairs of a group and a supporting exposure of its scope that agrees with one of its selected exposures."""
    columns = [evaluator.column((name,)).codes for name in plain_columns(attachment) or ()]
    defined = np.logical_and.reduce([prepared.usable, *(codes != UNDEFINED for codes in columns)])
    supporting = np.flatnonzero(can_be_attached(rule, attachment, evaluator, prepared) & defined)
    if not len(supporting) or not len(selected.group):
        return _EMPTY, _EMPTY
    row, scope, _ = scopes.of_rows(supporting)
    is_defined = defined[selected.row]
    own_row, own_group = selected.row[is_defined], selected.group[is_defined]
    values = combine([np.concatenate((codes[own_row], codes[row])) for codes in columns])
    own_values, supporting_values = values[: len(own_row)], values[len(own_row) :]
    first, _ = distinct(combine([own_group, own_values]))
    group = own_group[first]
    codes = combine(
        [np.concatenate((group_scope[group], scope)), np.concatenate((own_values[first], supporting_values))]
    )
    pair, index = join(codes[: len(group)], codes[len(group) :])
    return _without_own(group[pair], row[index], selected, prepared)


def _without_products(selected: Membership, groups: IndexArray) -> Membership:
    """The exposures of the groups for which no product of their own scope was found."""
    others = ~np.isin(selected.group, groups)
    return Membership(selected.group[others], selected.row[others])


def _without_own(
    group: IndexArray, row: IndexArray, selected: Membership, prepared: PreparedPool
) -> tuple[IndexArray, IndexArray]:
    """Each pair of a group and an exposure once, without those whose file is one of the group's own."""
    pairs = group * len(prepared) + row
    own = selected.group * len(prepared) + selected.row
    nearest = own[np.minimum(np.searchsorted(own, pairs), len(own) - 1)]
    unselected = np.flatnonzero(nearest != pairs)
    kept = unselected[distinct(pairs[unselected])[0]]
    return group[kept], row[kept]
