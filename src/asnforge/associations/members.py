"""Find the members of a rule's groups: exptypes, each file once, repeated members, and requirements that are not met."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from asnforge.columns import UNDEFINED, CodeArray, Column, Mask
from asnforge.grouping.arrays import IndexArray, combine, distinct, offsets, sorted_order
from asnforge.grouping.groups import Groups
from asnforge.grouping.prepared_pool import PreparedPool
from asnforge.grouping.scopes import Scopes
from asnforge.rules.attachment import MemberTemplate
from asnforge.rules.rule import (
    SCIENCE,
    AttachedRequired,
    DistinctRequired,
    MembersRequired,
    Requirement,
    Rule,
    ScopeRequired,
)
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
    template : ndarray of int16, shape (members,)
        What an attached exposure becomes instead of itself, an index into `member_templates`; -1 for itself.
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
    template: NDArray[np.int16]
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
    if not len(groups):
        nothing, codes = np.empty(0, np.int64), np.empty(0, np.int16)
        unmet = (np.empty(0, np.bool_),) * len(rule.require)
        return GroupMembers(groups, exptypes, np.zeros(1, np.int64), nothing, nothing, codes, codes, codes, unmet)
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
    template = np.full(len(group), -1, np.int16)
    if any(attachment.members for attachment in rule.attach):
        source, template, made = _made_members(groups, group, row, kind)
        group, row, kind = group[source], row[source], kind[source]
        made_exptypes = np.array([exptypes.index(member.exptype.casefold()) for member in made], np.int16)
        exptype = np.where(template < 0, exptype[source], made_exptypes[template]).astype(np.int16)
    for repeat in rule.repeat:
        repeated = (kind != REPEATED) & (exptype == exptypes.index(repeat.exptype))
        repeated &= np.bincount(group[repeated], minlength=len(groups))[group] >= repeat.at_least
        count = int(repeated.sum())
        group, row = np.concatenate((group, group[repeated])), np.concatenate((row, row[repeated]))
        template = np.concatenate((template, template[repeated]))
        kind = np.concatenate((kind, np.full(count, REPEATED, np.int16)))
        exptype = np.concatenate((exptype, np.full(count, exptypes.index(repeat.repeat_as.casefold()), np.int16)))
    order = sorted_order(combine([group, exptype, names[row], kind]))
    group, row, kind, exptype, template = group[order], row[order], kind[order], exptype[order], template[order]
    members = GroupMembers(groups, exptypes, offsets(group, len(groups)), group, row, exptype, kind, template)
    return replace(members, unmet=tuple(_unmet(need, members, scopes, names) for need in rule.require))


def member_templates(rule: Rule) -> tuple[MemberTemplate, ...]:
    """What attached exposures become instead of themselves, attachment by attachment: `GroupMembers.template` is an index."""
    return tuple(member for attachment in rule.attach for member in attachment.members)


def _made_members(
    groups: Groups, group: IndexArray, row: IndexArray, kind: NDArray[np.int16]
) -> tuple[IndexArray, NDArray[np.int16], tuple[MemberTemplate, ...]]:
    """The exposures, some of them several times, with the template of what each becomes, -1 for itself; and the templates."""
    supporting, size = groups.supporting, groups.evaluator.rows
    attached = np.flatnonzero(kind == SUPPORTING)
    pairs = supporting.group * size + supporting.row
    by = np.full(len(group), -1, np.int64)
    by[attached] = groups.attached_by[np.searchsorted(pairs, group[attached] * size + row[attached])]
    indices, templates, first = [np.flatnonzero(by < 0)], [np.full(int((by < 0).sum()), -1, np.int16)], 0
    for number, attachment in enumerate(groups.rule.attach):
        index = np.flatnonzero(by == number)
        count = len(attachment.members)
        indices.append(np.repeat(index, max(count, 1)))
        made = np.tile(np.arange(first, first + count), len(index)) if count else np.full(len(index), -1)
        templates.append(made.astype(np.int16))
        first += count
    return np.concatenate(indices), np.concatenate(templates), member_templates(groups.rule)


def _exptypes(column: Column, groups: Groups) -> tuple[str, ...]:
    rule = groups.rule
    set_by_rule = [exptype.casefold() for attachment in rule.attach for exptype in attachment.exptypes()]
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
    columns = [prepared.columns[name] for name in sorted(prepared.columns)]
    spelled = [column.text.codes[row] for column in columns if column.text is not None]
    values = [column.codes[row] for column in columns]
    order = np.lexsort(np.stack([*spelled, *values, exptype, kind, file_in_group]))
    first, _ = distinct(file_in_group[order])
    return np.sort(order[first])


def _unmet(need: Requirement, members: GroupMembers, scopes: Scopes, files: CodeArray) -> Mask:
    """The groups that do not meet a requirement; `files` has for each exposure the code of its file name."""
    groups = members.groups
    scope_types = [kind for _, kind in scopes.scopes]
    if isinstance(need, ScopeRequired):
        allowed = np.array([kind in need.one_of if need.one_of else kind not in need.none_of for kind in scope_types])
        return ~allowed[groups.scope]
    match need:
        case MembersRequired(exptype=exptype):
            counted = members.group
            if exptype is not None:
                code = members.exptypes.index(exptype) if exptype in members.exptypes else -1
                counted = counted[members.exptype == code]
        case AttachedRequired(attachment=name):
            taken = next(
                taken
                for attachment, taken in zip(groups.rule.attach, groups.attached.taken, strict=True)
                if attachment.name == name
            )
            counted = _distinct_groups(taken.group, files[taken.row])
        case DistinctRequired(column=column):
            codes = groups.evaluator.column((column,)).codes[groups.selected.row]
            defined = codes != UNDEFINED
            counted = _distinct_groups(groups.selected.group[defined], codes[defined])
    counts = np.bincount(counted, minlength=len(groups))
    unmet: Mask = counts < need.at_least
    if need.at_most is not None:
        unmet |= counts > need.at_most
    if need.scope_types:
        unmet &= np.array([kind in need.scope_types for kind in scope_types], np.bool_)[groups.scope]
    return unmet


def _distinct_groups(group: IndexArray, codes: CodeArray) -> IndexArray:
    """The group of each distinct pair of a group and a code."""
    first, _ = distinct(combine([group, codes]))
    return group[first]
