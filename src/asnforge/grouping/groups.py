"""The groups of a rule: in each scope the exposures that it selects, by key, and the supporting exposures that join them.

See docs/grouping.md#groups and docs/grouping.md#supporting-exposures. Rows, scopes and groups are array indices throughout.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from asnforge.columns import UNDEFINED, CodeArray, Column, Mask, constant, recategorize
from asnforge.grouping.arrays import IndexArray, combine, distinct, join, ranges
from asnforge.grouping.attach import Attached, Grouped, Membership, attach, attach_nothing
from asnforge.grouping.evaluate import Evaluator
from asnforge.grouping.gaps import divide
from asnforge.grouping.name_values import NameValues, name_of_column
from asnforge.grouping.prepared_pool import PreparedPool
from asnforge.grouping.scopes import Scopes
from asnforge.grouping.wildcard_limit import NotMade, check_limit
from asnforge.grouping.wildcards import resolve_wildcards
from asnforge.rules.candidate_values import CandidatePattern
from asnforge.rules.regex import compiled
from asnforge.rules.rule import CombinedKey, Key, Rule
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
    row, scope, candidate = pairs
    entries: dict[str, Column] = {}
    for key in rule.group_by:
        if key.separator:
            pair, code, values = _each_entry(key, evaluator, row)
            row, scope, candidate = row[pair], scope[pair], candidate[pair]
            entries = {name: replace(column, codes=column.codes[pair]) for name, column in entries.items()}
            entries[key.name] = Column(code, values)
    keys = [_key_codes(key, evaluator, row, candidate, scopes, entries.get(key.name)) for key in rule.group_by]
    is_grouped = np.logical_and.reduce([allowed for _, allowed, _ in keys]) if keys else np.ones(len(row), np.bool_)
    unnamed: dict[str, IndexArray] = {}
    for key, (code, _, column) in zip(rule.group_by, keys, strict=True):
        if (unusable := _unusable(rule, key, row, code, column, evaluator, name_values)) is not None:
            unnamed[key.name] = np.unique(row[is_grouped & unusable])
            is_grouped = is_grouped & ~unusable
    for combined in rule.combined:
        unusable = _unusable_combined(rule, combined, row, evaluator, name_values)
        if unusable is not None:
            unnamed[combined.name] = np.unique(row[is_grouped & unusable])
            is_grouped = is_grouped & ~unusable
    for name, mask in name_values.unusable_columns(rule, evaluator).items():
        unnamed[name_of_column(name)] = np.unique(row[is_grouped & mask[row]])
        is_grouped = is_grouped & ~mask[row]
    row, scope = row[is_grouped], scope[is_grouped]
    codes = [code[is_grouped] for code, _, _ in keys]
    first, inverse = distinct(combine([scope, *codes]))
    combinations = np.stack([scope[first] + 1, *(code[first] for code in codes)], axis=1)
    is_made, not_made = check_limit(rule, combinations, inverse, row, most_wildcard_groups)
    kept = is_made[inverse]
    row, inverse, combinations = row[kept], (np.cumsum(is_made) - 1)[inverse[kept]], combinations[is_made]
    groups, combination, group = resolve_wildcards(combinations)
    pair, index = join(combination, inverse)
    group, row = group[pair], row[index]
    key_values = [
        (*column.values, "") if key.own else column.values
        for key, (_, _, column) in zip(rule.group_by, keys, strict=True)
    ]
    with_gap = [index for index, key in enumerate(rule.group_by) if key.gap is not None]
    if with_gap:
        divided = divide([rule.group_by[index] for index in with_gap], evaluator, group, row, len(groups))
        groups, group, row = groups[divided.parent], divided.group, divided.row
        for number, codes_of_key, values in zip(with_gap, divided.codes, divided.values, strict=True):
            groups[:, number + 1], key_values[number] = codes_of_key, values
    order = np.lexsort((row, group))
    selected, passed_over, preference = _preferred(rule, evaluator, Membership(group[order], row[order]), len(groups))
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


def has_value(key: Key, evaluator: Evaluator, prepared: PreparedPool) -> Mask:
    """The exposures that a key does not bind, or whose value for it is defined, in some scope at least."""
    defined: Mask
    if key.candidate is not None:
        is_id, kind = compiled(key.candidate.candidate_id).matches, key.candidate.candidate_type
        named = [any(kind == other and is_id(name) for name, other in listed) for listed in prepared.candidates]
        defined = np.array(named, np.bool_)[prepared.candidate_codes]
    else:
        defined = np.logical_and.reduce([evaluator.column(names).defined() for names in key.readings])
    return defined if key.when is None else defined | ~evaluator.passes(key.when)


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


def _each_entry(key: Key, evaluator: Evaluator, row: IndexArray) -> tuple[IndexArray, CodeArray, tuple[str, ...]]:
    """Each entry of the lists of some rows, or undefined: the index of the row and the code; and the values of the codes."""
    column = evaluator.column(key.columns)
    lists = [value.split(key.separator) for value in column.values]
    values = ("", *sorted({entry for entries in lists for entry in entries} - {""}))
    code_of = {value: code for code, value in enumerate(values)}
    codes = np.array([code_of[entry] for entries in lists for entry in entries], np.int32)
    counts = np.array([len(entries) for entries in lists], np.int64)
    first = np.cumsum(counts) - counts
    of_row = column.codes[row]
    if key.when is not None:
        of_row = np.where(evaluator.passes(key.when)[row], of_row, UNDEFINED)
    pair = np.repeat(np.arange(len(row)), counts[of_row])
    return pair, codes[ranges(first[of_row], counts[of_row])], values


def _key_codes(
    key: Key,
    evaluator: Evaluator,
    row: IndexArray,
    candidate: CodeArray,
    scopes: Scopes,
    entries: Column | None,
) -> tuple[CodeArray, Mask, Column]:
    """For each pair of an exposure and a scope the code of a key and whether the key allows it; and the column of the codes.

    `entries` has the code of each pair for a key of lists. Groups are divided by keys with a gap later, so that these have no
    code yet.
    """
    if key.gap is not None:
        return np.zeros(len(row), np.int32), np.ones(len(row), np.bool_), constant("", 0)
    if entries is not None:
        column = entries
        code = entries.codes.copy()
    elif key.candidate is not None:
        column = _candidates(key.candidate, scopes)
        code = column.codes[candidate]
    else:
        column = evaluator.column(key.columns)
        code = column.codes[row]
    unbound: Mask | None = None
    if key.when is not None:
        unbound = ~evaluator.passes(key.when)[row]
        code[unbound] = UNDEFINED
    if key.instead is not None:
        matching = scopes.matching(key.instead)
        if matching.any():
            values = (*column.values, key.instead.value)
            column = recategorize(values, np.where(matching[candidate], len(values) - 1, code))
            code = column.codes
    allowed: Mask = (code != UNDEFINED) | key.optional
    if key.own:
        without = code == UNDEFINED if unbound is None else (code == UNDEFINED) & ~unbound
        code[without] = len(column.values)
    return code, allowed if unbound is None else allowed | unbound, column


def _candidates(pattern: CandidatePattern, scopes: Scopes) -> Column:
    """For each scope, and at the end for none, the id of its candidate if it matches a pattern; the rest is undefined."""
    matching = scopes.matching(pattern)
    ids = ["" if not matches else scope_id for matches, (scope_id, _) in zip(matching, scopes.scopes, strict=False)]
    return recategorize([*ids, ""], np.arange(len(ids) + 1))


def _unusable(
    rule: Rule,
    key: Key,
    row: IndexArray,
    code: CodeArray,
    column: Column,
    evaluator: Evaluator,
    name_values: NameValues,
) -> Mask | None:
    """For each pair of an exposure and a scope whether its value for a key cannot be part of a name; None if all can."""
    if key.is_position:
        return None
    is_made = bool(key.separator) or not key.columns
    own = column if is_made else evaluator.column(key.columns)
    own_code = code if is_made else own.codes[row]
    if key.gap is not None:
        column, code = own, own_code
    result: Mask | None = None
    unusable = name_values.unusable(rule, key.name, column, distinct=False)
    if unusable is not None:
        result = unusable[np.where(code < len(unusable), code, UNDEFINED)] if key.own else unusable[code]
    unusable = name_values.unusable(rule, key.name, own, distinct=True)
    if unusable is not None:
        listed: Mask = unusable[np.where(own_code < len(unusable), own_code, UNDEFINED)]
        result = listed if result is None else result | listed
    return result if result is not None and result.any() else None


def _unusable_combined(
    rule: Rule, key: CombinedKey, row: IndexArray, evaluator: Evaluator, name_values: NameValues
) -> Mask | None:
    """For each row whether its value for a combined key cannot be part of a name; None if all can."""
    if not key.columns:
        return None
    column = evaluator.column(key.columns)
    masks = [name_values.unusable(rule, key.name, column, distinct=distinct) for distinct in (False, True)]
    unusable = [mask for mask in masks if mask is not None]
    return np.logical_or.reduce(unusable)[column.codes[row]] if unusable else None


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
