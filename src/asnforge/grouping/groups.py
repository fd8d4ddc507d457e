"""The groups of a rule: in each scope the exposures that it selects, by key, and the supporting exposures that join them.

See docs/grouping.md#groups and docs/grouping.md#supporting-exposures. Rows, scopes and groups are array indices throughout.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from asnforge.columns import CodeArray, Mask
from asnforge.grouping.arrays import IndexArray, combine, distinct, join, sorted_pairs
from asnforge.grouping.attach import Attached, Grouped, Membership, attach, attach_nothing
from asnforge.grouping.evaluate import Evaluator
from asnforge.grouping.key_codes import codes_of_pairs, has_value
from asnforge.grouping.name_values import NameValues
from asnforge.grouping.prepared_pool import PreparedPool
from asnforge.grouping.scopes import Scopes
from asnforge.grouping.wildcard_limit import NotMade, check_limit
from asnforge.grouping.wildcards import resolve_wildcards
from asnforge.rules.rule import Rule
from asnforge.rules.ruleset import MOST_WILDCARD_GROUPS


@dataclass(frozen=True, slots=True, eq=False)
class Groups:
    """The groups of one rule.

    Attributes
    ----------
    rule : Rule
        The rule.
    evaluator : Evaluator
        The exposures as the rule reads them.
    scope : ndarray of int32, shape (groups,)
        The scope of each group, an index into `Scopes.scopes`.
    keys : ndarray of int32, shape (groups, keys of the rule)
        The codes of each group's key; 0 where it is a wildcard of all exposures.
    key_values : tuple of tuple of str
        For each key of the rule, the values of its codes; the empty string where the key is undefined.
    selected : Membership
        The exposures that the rule selects, sorted by group and row.
    passed_over : Membership
        The exposures that the rule selects for a group but does not use there, as it prefers others.
    preference : ndarray of int64, shape (groups,)
        The preference that decided which exposures of a group are used, an index into `Rule.prefer`; -1 if none did.
    attached : Attached
        The exposures attached to groups, without those that the group selects.
    unnamed : mapping of str to ndarray of int64
        By the name of a key: the rows that the rule selects but that are in no group, because their value for the key cannot be
        part of a name.
    not_made : NotMade or None
        The groups that are not made, as undefined values would make too many.
    """

    rule: Rule
    evaluator: Evaluator
    scope: CodeArray
    keys: CodeArray
    key_values: tuple[tuple[str, ...], ...]
    selected: Membership
    passed_over: Membership
    preference: IndexArray
    attached: Attached
    unnamed: Mapping[str, IndexArray]
    not_made: NotMade | None = None

    def __len__(self) -> int:
        return len(self.scope)

    @property
    def supporting(self) -> Membership:
        """The exposures attached to groups, each once, sorted by group and row."""
        return self.attached.supporting

    @property
    def attached_by(self) -> IndexArray:
        """The first attachment that took each supporting exposure, an index into `Rule.attach`."""
        return self.attached.attached_by


def find_groups(
    rule: Rule,
    evaluator: Evaluator,
    prepared: PreparedPool,
    scopes: Scopes,
    name_values: NameValues,
    most_wildcard_groups: int = MOST_WILDCARD_GROUPS,
) -> Groups:
    """All groups of a rule, whether or not they meet its requirements; none where undefined values would make too many."""
    pairs = scopes.of_rows(np.flatnonzero(_selected(rule, evaluator, prepared)))
    if not len(pairs[0]):
        return _no_groups(rule, evaluator)
    return _groups_of(rule, evaluator, prepared, scopes, name_values, pairs, most_wildcard_groups)


def _groups_of(
    rule: Rule,
    evaluator: Evaluator,
    prepared: PreparedPool,
    scopes: Scopes,
    name_values: NameValues,
    pairs: tuple[IndexArray, CodeArray, CodeArray],
    most_wildcard_groups: int,
) -> Groups:
    """The groups of pairs of an exposure and a scope, each with the candidate of the scope."""
    row, scope, codes, key_values, unnamed = codes_of_pairs(rule, evaluator, scopes, name_values, pairs)
    first, inverse = distinct(combine([scope, *codes]))
    combinations = np.stack([scope[first] + 1, *(code[first] for code in codes)], axis=1)
    is_made, not_made = check_limit(rule, combinations, inverse, row, most_wildcard_groups)
    if not_made is not None:
        kept = is_made[inverse]
        row, inverse, combinations = row[kept], (np.cumsum(is_made) - 1)[inverse[kept]], combinations[is_made]
    groups, combination, group = resolve_wildcards(combinations)
    if groups is combinations:
        group = inverse
    else:
        pair, index = join(combination, inverse)
        group, row = group[pair], row[index]
    with_gap = [index for index, key in enumerate(rule.group_by) if key.gap is not None]
    if with_gap:
        from asnforge.grouping.gaps import divide

        divided = divide([rule.group_by[index] for index in with_gap], evaluator, group, row, len(groups))
        groups, group, row = groups[divided.parent], divided.group, divided.row
        for number, codes_of_key, values in zip(with_gap, divided.codes, divided.values, strict=True):
            groups[:, number + 1], key_values[number] = codes_of_key, values
    members = Membership(*sorted_pairs(group, row))
    selected, passed_over, preference = _preferred(rule, evaluator, members, len(groups))
    group_scope = (groups[:, 0] - 1).astype(np.int32)
    files = prepared.columns[name_values.file_name].codes
    attached = attach(Grouped(rule, evaluator, prepared, scopes, selected, group_scope, files))
    return Groups(
        rule=rule,
        evaluator=evaluator,
        scope=group_scope,
        keys=groups[:, 1:],
        key_values=tuple(key_values),
        selected=selected,
        passed_over=passed_over,
        preference=preference,
        attached=attached,
        unnamed=unnamed,
        not_made=not_made,
    )


def _no_groups(rule: Rule, evaluator: Evaluator) -> Groups:
    """The groups of a rule that selects no exposure."""
    for names in (names for key in rule.group_by for names in key.readings):
        evaluator.column(names)  # reports values that cannot be read
    nothing = np.empty(0, np.int64)
    return Groups(
        rule=rule,
        evaluator=evaluator,
        scope=np.empty(0, np.int32),
        keys=np.empty((0, len(rule.group_by)), np.int32),
        key_values=((),) * len(rule.group_by),
        selected=Membership(nothing, nothing),
        passed_over=Membership(nothing, nothing),
        preference=nothing,
        attached=attach_nothing(rule),
        unnamed={},
    )


def _selected(rule: Rule, evaluator: Evaluator, prepared: PreparedPool) -> Mask:
    """The exposures that pass all constraints of a rule and have the values that its keys require."""
    mask = prepared.rows_of(rule.product_of)
    for select in rule.select:
        mask &= evaluator.passes(select.constraint)
        if not mask.any():
            return mask
    for key in rule.group_by:
        if not key.optional and key.instead is None:
            mask &= has_value(key, evaluator, prepared)
    return mask


def _preferred(
    rule: Rule, evaluator: Evaluator, selected: Membership, groups: int
) -> tuple[Membership, Membership, IndexArray]:
    """The exposures of each group that the rule uses and those that it passes over; and the preference that decided."""
    preference = np.full(groups, -1, np.int64)
    if not rule.prefer:
        nothing = np.empty(0, np.int64)
        return selected, Membership(nothing, nothing), preference
    passes = np.stack([evaluator.passes(constraint)[selected.row] for constraint in rule.prefer])
    for index in reversed(range(len(rule.prefer))):
        preference[selected.group[passes[index]]] = index
    level = preference[selected.group]
    used = (level < 0) | passes[level, np.arange(len(level))]
    return (
        Membership(*(pair[used] for pair in (selected.group, selected.row))),
        Membership(*(pair[~used] for pair in (selected.group, selected.row))),
        preference,
    )
