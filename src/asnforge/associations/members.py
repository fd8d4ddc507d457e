"""Find the members of a rule's groups: exptypes, each file once, repeated members, and requirements that are not met."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from asnforge.columns import UNDEFINED, Column, Mask
from asnforge.grouping.arrays import IndexArray, combine, distinct, offsets
from asnforge.grouping.groups import Groups
from asnforge.grouping.prepared_pool import PreparedPool
from asnforge.grouping.scopes import Scopes
from asnforge.rules.rule import SCIENCE, DistinctRequired, MembersRequired, Requirement
from asnforge.rules.ruleset import Ruleset

SELECTED, SUPPORTING, REPEATED = 0, 1, 2
"""The kinds of members."""


@dataclass(frozen=True, slots=True, eq=False)
class GroupMembers:
    """The members of a rule's groups.

    Attributes
    ----------
    groups : Groups
        The groups.
    exptypes : tuple of str
        The exptype of each code, in lower case: science first, then in alphabetical order.
    starts : ndarray of int64, shape (groups + 1,)
        The members of group g are those from ``starts[g]`` to ``starts[g + 1]``.
    group, row : ndarray of int64, shape (members,)
        Group and exposure of each member, sorted by group, exptype and file name.
    exptype, kind : ndarray of int16, shape (members,)
        The code of the exptype; and SELECTED, SUPPORTING or REPEATED.
    unmet : tuple of ndarray of bool, shape (groups,)
        For each requirement of the rule, the groups that do not meet it.
    """

    groups: Groups
    exptypes: tuple[str, ...]
    starts: IndexArray
    group: IndexArray
    row: IndexArray
    exptype: NDArray[np.int16]
    kind: NDArray[np.int16]
    unmet: tuple[Mask, ...] = ()

    def valid(self) -> Mask:
        """The groups that meet all requirements."""
        incomplete: Mask = np.logical_or.reduce([np.zeros(len(self.groups), np.bool_), *self.unmet])
        return ~incomplete


def find_members(groups: Groups, prepared: PreparedPool, scopes: Scopes, ruleset: Ruleset) -> GroupMembers:
    """The members of a rule's groups."""
    rule = groups.rule
    column = groups.evaluator.column((ruleset.members.exptype,))
    exptypes = _exptypes(column, groups)
    selected, supporting = groups.selected, groups.supporting
    group = np.concatenate((selected.group, supporting.group))
    row = np.concatenate((selected.row, supporting.row))
    kind = np.repeat(np.array([SELECTED, SUPPORTING], np.int16), [len(selected.row), len(supporting.row)])
    exptype = np.array([exptypes.index(value) for value in column.values], np.int16)[column.codes][row]
    for index, attachment in enumerate(rule.attach):
        if attachment.exptype is not None:
            exptype[len(selected.row) :][groups.attached_by == index] = exptypes.index(attachment.exptype.casefold())
    names = prepared.columns[ruleset.members.file_name].codes
    kept = _each_file_once(group, row, kind, exptype, names, prepared)
    group, row, kind, exptype = group[kept], row[kept], kind[kept], exptype[kept]
    for repeat in rule.repeat:
        repeated = (kind != REPEATED) & (exptype == exptypes.index(repeat.exptype))
        repeated &= np.bincount(group[repeated], minlength=len(groups))[group] >= repeat.at_least
        group, row = np.concatenate((group, group[repeated])), np.concatenate((row, row[repeated]))
        count = int(repeated.sum())
        kind = np.concatenate((kind, np.full(count, REPEATED, np.int16)))
        exptype = np.concatenate((exptype, np.full(count, exptypes.index(repeat.repeat_as.casefold()), np.int16)))
    order = np.lexsort((kind, names[row], exptype, group))
    group, row, kind, exptype = group[order], row[order], kind[order], exptype[order]
    members = GroupMembers(groups, exptypes, offsets(group, len(groups)), group, row, exptype, kind)
    return replace(members, unmet=tuple(_unmet(need, members, scopes) for need in rule.require))


def _exptypes(column: Column, groups: Groups) -> tuple[str, ...]:
    rule = groups.rule
    set_by_rule = [attachment.exptype.casefold() for attachment in rule.attach if attachment.exptype is not None]
    set_by_rule += [exptype.casefold() for repeat in rule.repeat for exptype in (repeat.exptype, repeat.repeat_as)]
    return (SCIENCE, *sorted({*column.values, *set_by_rule} - {SCIENCE}))


def _each_file_once(
    group: IndexArray,
    row: IndexArray,
    kind: NDArray[np.int16],
    exptype: NDArray[np.int16],
    names: NDArray[np.int32],
    prepared: PreparedPool,
) -> IndexArray:
    """The members that remain if a file is in a group twice; the choice does not depend on the order of rows."""
    file_in_group = combine([group, names[row]])
    ordered = np.sort(file_in_group)
    if not (ordered[1:] == ordered[:-1]).any():
        return np.arange(len(group))
    columns = [prepared.columns[name].codes[row] for name in sorted(prepared.columns)]
    order = np.lexsort(np.stack([*columns, exptype, kind, file_in_group]))
    first, _ = distinct(file_in_group[order])
    return np.sort(order[first])


def _unmet(need: Requirement, members: GroupMembers, scopes: Scopes) -> Mask:
    """The groups that do not meet a requirement."""
    groups = members.groups
    if isinstance(need, MembersRequired):
        counted = members.group
        if need.exptype is not None:
            code = members.exptypes.index(need.exptype) if need.exptype in members.exptypes else -1
            counted = counted[members.exptype == code]
        return np.bincount(counted, minlength=len(groups)) < need.at_least
    scope_types = [kind for _, kind in scopes.scopes]
    if isinstance(need, DistinctRequired):
        codes = groups.evaluator.column((need.column,)).codes[groups.selected.row]
        defined = codes != UNDEFINED
        group = groups.selected.group[defined]
        first, _ = distinct(combine([group, codes[defined]]))
        too_few = np.bincount(group[first], minlength=len(groups)) < need.at_least
        concerned = np.array([not need.scope_types or kind in need.scope_types for kind in scope_types])
        unmet: Mask = too_few & concerned[groups.scope]
        return unmet
    allowed = np.array([kind in need.one_of if need.one_of else kind not in need.none_of for kind in scope_types])
    return ~allowed[groups.scope]
