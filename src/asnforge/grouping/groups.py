"""A rule over a pool: the groups of exposures that it makes, scope by scope, with what is attached to each.

docs/grouping.md#groups: within a scope, the exposures that pass the rule's constraints are grouped by its key, and
supporting exposures join the finished groups. Rows, scopes and groups are numbers in arrays throughout.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from asnforge.columns import UNDEFINED, CodeArray, Column, Mask, recategorize
from asnforge.grouping.arrays import IndexArray, combine, distinct, join
from asnforge.grouping.evaluate import Evaluator
from asnforge.grouping.name_values import NameValues
from asnforge.grouping.prepared_pool import PreparedPool
from asnforge.grouping.scopes import Scopes
from asnforge.grouping.supporting import attached
from asnforge.grouping.wildcards import resolve_wildcards
from asnforge.rules.rule import Key, Rule


@dataclass(frozen=True, slots=True, eq=False)
class Groups:
    """The groups of one rule.

    Attributes
    ----------
    rule : Rule
        The rule.
    scope : ndarray of int32, shape (groups,)
        The scope of each group, a place in `Scopes.scopes`.
    keys : ndarray of int32, shape (groups, keys of the rule)
        The codes of each group's key; 0 where it is undefined.
    key_values : tuple of tuple of str
        For each key of the rule, the values that its codes stand for.
    own_group, own_row : ndarray of int64, shape (own members,)
        The group's own exposures, sorted by group: which group and which row.
    attached_group, attached_row, attached_by : ndarray of int64, shape (attached members,)
        The supporting exposures: which group, which row, and the place of the attachment in the rule.
    unnamed : mapping of str to ndarray of int64
        The exposures, by row, that the rule selects and that are in no group because their value for a key cannot be part of a
        name: by the name of the key.
    """

    rule: Rule
    scope: CodeArray
    keys: CodeArray
    key_values: tuple[tuple[str, ...], ...]
    own_group: IndexArray
    own_row: IndexArray
    attached_group: IndexArray
    attached_row: IndexArray
    attached_by: IndexArray
    unnamed: Mapping[str, IndexArray]

    def __len__(self) -> int:
        return len(self.scope)


def selected(rule: Rule, evaluation: Evaluator, exposures: PreparedPool) -> Mask:
    """The exposures that pass all constraints of a rule and have the values that its keys need."""
    mask = exposures.usable.copy()
    for select in rule.select:
        mask &= evaluation.passes(select.constraint)
        if not mask.any():
            return mask
    for key in rule.group_by:
        if not key.optional and key.instead is None:
            mask &= has_value(key, evaluation)
    return mask


def has_value(key: Key, evaluation: Evaluator) -> Mask:
    """The exposures that a key does not bind, or that have a value for it."""
    defined = evaluation.column(key.columns).defined()
    return defined if key.when is None else defined | ~evaluation.passes(key.when)


def find_groups(
    rule: Rule, evaluation: Evaluator, exposures: PreparedPool, scopes: Scopes, names: NameValues
) -> Groups:
    """The groups that a rule makes of a pool's exposures, valid or not."""
    rows = np.flatnonzero(selected(rule, evaluation, exposures))
    row, scope, candidate = scopes.of_rows(rows)
    columns = [_key_codes(key, evaluation, row, candidate, scopes) for key in rule.group_by]
    bound = np.logical_and.reduce([valid for _, valid, _ in columns]) if columns else np.ones(len(row), np.bool_)
    unnamed: dict[str, IndexArray] = {}
    for key, (code, _, column) in zip(rule.group_by, columns, strict=True):
        if (without_name := _without_name(rule, key, row, code, column, evaluation, names)) is not None:
            unnamed[key.name] = np.unique(row[bound & without_name])
            bound = bound & ~without_name
    row, scope = row[bound], scope[bound]
    codes = [code[bound] for code, _, _ in columns]
    first, inverse = distinct(combine([scope, *codes]) if len(row) else np.empty(0, np.int64))
    combinations = np.stack([scope[first] + 1, *(code[first] for code in codes)], axis=1)
    groups, combination, group = resolve_wildcards(combinations)
    places, of_combination = _members_of(combination, inverse)
    own_group = group[of_combination]
    order = np.lexsort((row[places], own_group))
    own_group, own_row = own_group[order], row[places][order]
    group_scope = groups[:, 0] - 1
    attached_group, attached_row, attached_by = attached(
        rule, evaluation, exposures, scopes, own_group, own_row, group_scope.astype(np.int32)
    )
    return Groups(
        rule=rule,
        scope=group_scope.astype(np.int32),
        keys=groups[:, 1:],
        key_values=tuple(column.values for _, _, column in columns),
        own_group=own_group,
        own_row=own_row,
        attached_group=attached_group,
        attached_row=attached_row,
        attached_by=attached_by,
        unnamed=unnamed,
    )


def _members_of(combination: IndexArray, combination_of_place: IndexArray) -> tuple[IndexArray, IndexArray]:
    """For each pair of a combination and a group, the places with that combination, and the number of the pair."""
    pair, place = join(combination, combination_of_place)
    return place, pair


def _key_codes(
    key: Key, evaluation: Evaluator, row: IndexArray, candidate: CodeArray, scopes: Scopes
) -> tuple[NDArray[np.int32], Mask, Column]:
    """For each membership the code of a key and whether the key allows it; and the column with the values of the codes."""
    column = evaluation.column(key.columns)
    if key.instead is not None:
        matching = scopes.matching(key.instead)
        if matching.any():
            seen = matching[candidate]
            column, code = _with_value(column, row, seen, key.instead.value)
            free = seen | _unbound(key, evaluation, row)
            code[~seen & _unbound(key, evaluation, row)] = UNDEFINED
            return code, (code != UNDEFINED) | free | key.optional, column
    code = column.codes[row]
    if key.when is None:
        return code, (code != UNDEFINED) | key.optional, column
    free = _unbound(key, evaluation, row)
    code = np.where(free, UNDEFINED, code).astype(np.int32)
    return code, (code != UNDEFINED) | free | key.optional, column


def _without_name(
    rule: Rule,
    key: Key,
    row: IndexArray,
    code: NDArray[np.int32],
    column: Column,
    evaluation: Evaluator,
    names: NameValues,
) -> Mask | None:
    """For each membership whether its value for a key cannot be part of a name of the rule; None where all can."""
    found: Mask | None = None
    unusable = names.unusable(rule, key.name, column, distinct=False)
    if unusable is not None:
        found = unusable[code]
    own = evaluation.column(key.columns)
    unusable = names.unusable(rule, key.name, own, distinct=True)
    if unusable is not None:
        shown: Mask = unusable[own.codes[row]]
        found = shown if found is None else found | shown
    return found if found is not None and found.any() else None


def _unbound(key: Key, evaluation: Evaluator, row: IndexArray) -> Mask:
    if key.when is None:
        return np.zeros(len(row), np.bool_)
    return ~evaluation.passes(key.when)[row]


def _with_value(column: Column, row: IndexArray, seen: Mask, value: str) -> tuple[Column, NDArray[np.int32]]:
    texts = (*column.values, value)
    changed = recategorize(texts, np.where(seen, len(texts) - 1, column.codes[row]))
    return changed, changed.codes.copy()
