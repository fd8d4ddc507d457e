"""From a rule's groups to members: each exposure's exptype, each file once, repeats, and what a group lacks."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from asnforge.columns import Column, Mask
from asnforge.grouping.arrays import IndexArray, combine, distinct, offsets
from asnforge.grouping.evaluate import Evaluator
from asnforge.grouping.groups import Groups
from asnforge.grouping.prepared_pool import PreparedPool
from asnforge.grouping.scopes import Scopes
from asnforge.rules.rule import SCIENCE, DistinctRequired, MembersRequired, Requirement
from asnforge.rules.ruleset import Ruleset

OWN, ATTACHED, REPEATED = 0, 1, 2


@dataclass(frozen=True, slots=True, eq=False)
class Memberships:
    """The members of a rule's groups.

    Attributes
    ----------
    groups : Groups
        The groups.
    exptypes : tuple of str
        The exptypes of the codes, in lower case: science first, then in alphabetical order.
    starts : ndarray of int64, shape (groups + 1,)
        The members of group g are those from ``starts[g]`` to ``starts[g + 1]``.
    group, row : ndarray of int64, shape (members,)
        Group and exposure of each member, sorted by group, exptype and file name.
    exptype, kind : ndarray of int16, shape (members,)
        The code of the exptype; and OWN, ATTACHED or REPEATED.
    lacks : tuple of ndarray of bool, shape (groups,)
        For each requirement of the rule, the groups that lack it.
    """

    groups: Groups
    exptypes: tuple[str, ...]
    starts: IndexArray
    group: IndexArray
    row: IndexArray
    exptype: NDArray[np.int16]
    kind: NDArray[np.int16]
    lacks: tuple[Mask, ...]

    def valid(self) -> Mask:
        """The groups that lack nothing."""
        lacking: Mask = np.logical_or.reduce([np.zeros(len(self.groups), np.bool_), *self.lacks])
        return ~lacking


def find_members(
    groups: Groups, evaluation: Evaluator, exposures: PreparedPool, scopes: Scopes, ruleset: Ruleset
) -> Memberships:
    """The members of a rule's groups."""
    rule = groups.rule
    column = evaluation.column((ruleset.members.exptype,))
    exptypes = _exptypes(column, groups)
    for_rule = np.array([exptypes.index(value) for value in column.values], np.int16)[column.codes]
    group = np.concatenate((groups.own_group, groups.attached_group))
    row = np.concatenate((groups.own_row, groups.attached_row))
    kind = np.repeat(np.array([OWN, ATTACHED], np.int16), [len(groups.own_row), len(groups.attached_row)])
    given = [None if each.exptype is None else exptypes.index(each.exptype.casefold()) for each in rule.attach]
    exptype = for_rule[row]
    for place, code in enumerate(given):
        if code is not None:
            exptype[len(groups.own_row) :][groups.attached_by == place] = code
    kept = _each_file_once(group, row, kind, exptype, exposures, ruleset)
    group, row, kind, exptype = group[kept], row[kept], kind[kept], exptype[kept]
    for repeat in rule.repeat:
        again = (kind != REPEATED) & (exptype == exptypes.index(repeat.exptype))
        again &= np.bincount(group[again], minlength=len(groups))[group] >= repeat.at_least
        group, row = np.concatenate((group, group[again])), np.concatenate((row, row[again]))
        count = int(again.sum())
        kind = np.concatenate((kind, np.full(count, REPEATED, np.int16)))
        exptype = np.concatenate((exptype, np.full(count, exptypes.index(repeat.repeat_as.casefold()), np.int16)))
    names = exposures.columns[ruleset.members.file_name].codes
    order = np.lexsort((kind, names[row], exptype, group))
    group, row, kind, exptype = group[order], row[order], kind[order], exptype[order]
    members = Memberships(groups, exptypes, offsets(group, len(groups)), group, row, exptype, kind, ())
    lacks = tuple(_lacking(need, members, evaluation, scopes) for need in rule.require)
    return Memberships(groups, exptypes, members.starts, group, row, exptype, kind, lacks)


def _exptypes(column: Column, groups: Groups) -> tuple[str, ...]:
    rule = groups.rule
    literal = [attachment.exptype.casefold() for attachment in rule.attach if attachment.exptype is not None]
    literal += [text.casefold() for repeat in rule.repeat for text in (repeat.exptype, repeat.repeat_as)]
    return (SCIENCE, *sorted({*column.values, *literal} - {SCIENCE}))


def _each_file_once(
    group: IndexArray,
    row: IndexArray,
    kind: NDArray[np.int16],
    exptype: NDArray[np.int16],
    exposures: PreparedPool,
    ruleset: Ruleset,
) -> IndexArray:
    """The members that stay where a file is in a group twice; the choice does not depend on the order of rows."""
    names = exposures.columns[ruleset.members.file_name].codes[row]
    file_in_group = combine([group, names])
    ordered = np.sort(file_in_group)
    if not (ordered[1:] == ordered[:-1]).any():
        return np.arange(len(group))
    others = [exposures.columns[name].codes[row] for name in sorted(exposures.columns)]
    order = np.lexsort(np.stack([*others, exptype, kind, file_in_group]))
    first, _ = distinct(file_in_group[order])
    return np.sort(order[first])


def _lacking(need: Requirement, members: Memberships, evaluation: Evaluator, scopes: Scopes) -> Mask:
    groups = members.groups
    if isinstance(need, MembersRequired):
        pluralize = members.group
        if need.exptype is not None:
            wanted = members.exptypes.index(need.exptype) if need.exptype in members.exptypes else -1
            pluralize = pluralize[members.exptype == wanted]
        return np.bincount(pluralize, minlength=len(groups)) < need.at_least
    types = [kind for _, kind in scopes.scopes]
    if isinstance(need, DistinctRequired):
        codes = evaluation.column((need.column,)).codes[groups.own_row]
        defined = codes != 0
        first, _ = distinct(combine([groups.own_group[defined], codes[defined]]))
        found = np.bincount(groups.own_group[defined][first], minlength=len(groups))
        concerned = np.array([not need.scope_types or kind in need.scope_types for kind in types])
        lacking: Mask = (found < need.at_least) & concerned[groups.scope]
        return lacking
    allowed = np.array([kind in need.one_of if need.one_of else kind not in need.none_of for kind in types])
    return ~allowed[groups.scope]
