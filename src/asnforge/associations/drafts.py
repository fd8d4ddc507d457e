"""Drafts: the valid groups of all rules, with their product names and members as numbers, before duplicates are dropped."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np

from asnforge.associations.group_names import GroupNames
from asnforge.associations.member_names import TEMPLATE_BITS, MemberNamer, TemplateIds
from asnforge.associations.members import REPEATED, GroupMembers, member_templates
from asnforge.columns import Mask
from asnforge.findings import FindingCode, InputError
from asnforge.grouping.arrays import IndexArray, offsets
from asnforge.grouping.candidate_cells import Candidate
from asnforge.grouping.prepared_pool import PreparedPool
from asnforge.grouping.scopes import Scopes
from asnforge.rules.rule import Rule
from asnforge.rules.ruleset import Ruleset

TOO_MANY = FindingCode(
    "G115",
    "members are named in too many ways",
    "The names of members contain a column that has a different value for each exposure, or exptypes are derived from such a "
    "column. Do not use it there: file names in the pool already distinguish exposures.",
    wrong="derived: {role: {cases: [{copy: FILE}]}}",
    right="derived: {role: {cases: [{value: science}]}}",
)

EXPTYPE_BITS = 12
"""The number of low bits of a member's number that contain its exptype; the bits above contain its name."""

_BYTES = np.dtype(np.int64).itemsize


@dataclass(frozen=True, slots=True, eq=False)
class RuleResult:
    """The result of applying a rule to a pool.

    Attributes
    ----------
    members : GroupMembers
        All groups, valid or not, and their members.
    template_ids : ndarray of int32, shape (members,)
        The template of each member's file name.
    names : GroupNames
        The values and names of the groups.
    layer : int
        The layer of the rule: it uses only products of rules of earlier layers.
    """

    rule: Rule
    prepared: PreparedPool
    members: GroupMembers
    template_ids: TemplateIds
    names: GroupNames
    layer: int = 0

    def valid_members(self) -> tuple[IndexArray, TemplateIds]:
        """The exposures and templates of the members of valid groups."""
        valid = self.members.valid()[self.members.group]
        return self.members.row[valid], self.template_ids[valid]

    def rows_of(self, groups: IndexArray) -> IndexArray:
        """The exposures of the members of some groups; those of several groups are repeated."""
        chosen = np.zeros(len(self.members.groups), np.bool_)
        chosen[groups] = True
        return self.members.row[chosen[self.members.group]]


@dataclass(frozen=True, slots=True, eq=False)
class Draft:
    """A valid group that may become an association.

    Attributes
    ----------
    source : RuleResult
        The result of its rule.
    group : int
        The group's index in that result.
    product : str
        The product's name.
    members : bytes
        The numbers of the members, for their name and exptype: the same bytes for the same members.
    """

    source: RuleResult
    group: int
    scope: Candidate
    product: str
    members: bytes

    def rows(self) -> IndexArray:
        """The exposures of the members, in the order of the members."""
        starts = self.source.members.starts
        return self.source.members.row[starts[self.group] : starts[self.group + 1]]

    def shared_names(self) -> int:
        """The number of exposures without a member of their own, because another one has the same member name and exptype."""
        return len(self.rows()) - len(self.members) // _BYTES


def groups_by_rule(drafts: Iterable[Draft]) -> dict[RuleResult, IndexArray]:
    """The groups of drafts, by the result of their rule."""
    groups: dict[RuleResult, list[int]] = defaultdict(list)
    for draft in drafts:
        groups[draft.source].append(draft.group)
    return {result: np.array(numbers, np.int64) for result, numbers in groups.items()}


def rule_result(
    members: GroupMembers, prepared: PreparedPool, scopes: Scopes, namer: MemberNamer, ruleset: Ruleset, layer: int = 0
) -> RuleResult:
    """The result of a rule, from the members of its groups; `layer` is the rule's."""
    rule, evaluator = members.groups.rule, members.groups.evaluator
    names = GroupNames(members.groups, scopes, ruleset)
    if not len(members.group):
        return RuleResult(rule, prepared, members, np.empty(0, np.int32), names, layer)
    template = rule.member_name or ruleset.members.name
    template_ids = namer.template_ids(template, evaluator)[members.row]
    by_exptype: dict[str, Mask] = {}
    for repeat in rule.repeat:
        code = members.exptypes.index(repeat.repeat_as.casefold())
        by_exptype[repeat.repeat_as] = (members.kind == REPEATED) & (members.exptype == code)
    for attachment in rule.attach:
        for exptype in attachment.exptypes():
            code = members.exptypes.index(exptype.casefold())
            by_exptype[exptype] = (members.kind != REPEATED) & (members.exptype == code) & (members.template < 0)
    for exptype, concerned in by_exptype.items():
        if concerned.any():
            template_ids[concerned] = namer.template_ids(template, evaluator, exptype)[members.row[concerned]]
    for index, made in enumerate(member_templates(rule)):
        indices = np.flatnonzero(members.template == index)
        if len(indices):
            rows = members.row[indices]
            filled = names.fill_members(made.name, members.group[indices], rows)
            template_ids[indices] = namer.ids_of_filled(filled, rows, evaluator, made.exptype)
    return RuleResult(rule, prepared, members, template_ids, names, layer)


def valid_drafts(
    result: RuleResult, namer: MemberNamer, scopes: Scopes, exptype_numbers: dict[str, int]
) -> Iterator[Draft]:
    """The valid groups of a rule as drafts; `InputError` if the members have too many templates or exptypes.

    `exptype_numbers` are the numbers of exptypes, the same for all rules; new ones are added.
    """
    members, rule = result.members, result.rule
    exptypes = [exptype_numbers.setdefault(text, len(exptype_numbers)) for text in members.exptypes]
    if not len(members.group):
        return
    if result.template_ids.max(initial=0) >> TEMPLATE_BITS or len(exptype_numbers) >> EXPTYPE_BITS:
        raise InputError(
            TOO_MANY.finding(
                "{rule} names members in more than {names} ways, or gives them more than {exptypes} exptypes",
                rule.location,
                hint="in member names and exptypes, do not use a column with a different value for each exposure",
                rule=rule.name,
                names=1 << TEMPLATE_BITS,
                exptypes=1 << EXPTYPE_BITS,
            )
        )
    numbers = namer.numbers(members.row, result.template_ids)
    exptype = members.exptype
    falls = (numbers[1:] < numbers[:-1]) & (exptype[1:] == exptype[:-1]) & (members.group[1:] == members.group[:-1])
    if falls.any():  # else the members of each group have the order of their numbers
        order = np.lexsort((numbers, exptype, members.group))
        numbers, exptype = numbers[order], exptype[order]
    numbers = numbers << EXPTYPE_BITS | np.array(exptypes, np.int64)[exptype]
    starts = members.starts.tolist()
    if namer.shared.size:
        repeated = (numbers[1:] == numbers[:-1]) & (members.group[1:] == members.group[:-1])
        first_only = np.concatenate((np.ones(min(len(numbers), 1), np.bool_), ~repeated))
        numbers, starts = numbers[first_only], offsets(members.group[first_only], len(members.groups)).tolist()
    valid = np.flatnonzero(members.valid())
    products = result.names.fill(rule.product, valid)
    for group, scope, product in zip(valid.tolist(), members.groups.scope[valid].tolist(), products, strict=True):
        yield Draft(result, group, scopes.scopes[scope], product, numbers[starts[group] : starts[group + 1]].tobytes())
