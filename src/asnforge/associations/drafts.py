"""Drafts: each valid group of any rule with its product name and its members as numbers, before duplicates are dropped."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from asnforge.associations.group_names import GroupNames
from asnforge.associations.member_names import FORM_BITS, Forms, MemberNamer
from asnforge.associations.members import REPEATED, Memberships
from asnforge.columns import Mask
from asnforge.findings import Finding, InputError
from asnforge.grouping import codes
from asnforge.grouping.arrays import IndexArray, offsets
from asnforge.grouping.candidates import Candidate
from asnforge.grouping.evaluate import Evaluator
from asnforge.grouping.prepared_pool import PreparedPool
from asnforge.grouping.scopes import Scopes
from asnforge.rules.rule import Rule
from asnforge.rules.ruleset import Ruleset

EXPTYPE_BITS = 12
"""How many bits of a member's number contain its exptype; above them is the number of its name."""


_BYTES = np.dtype(np.int64).itemsize


@dataclass(frozen=True, slots=True, eq=False)
class RuleResult:
    """What a rule made of a pool.

    Attributes
    ----------
    rule : Rule
        The rule.
    exposures : PreparedPool
        The pool's exposures.
    memberships : Memberships
        All groups, valid or not, and their members.
    forms : ndarray of int32, shape (members,)
        The form of each member's file name.
    names : GroupNames
        The names of the groups' products.
    """

    rule: Rule
    exposures: PreparedPool
    memberships: Memberships
    forms: Forms
    names: GroupNames

    def valid_members(self) -> tuple[IndexArray, Forms]:
        """The exposures and forms of the members of valid groups."""
        valid = self.memberships.valid()[self.memberships.group]
        return self.memberships.row[valid], self.forms[valid]


@dataclass(frozen=True, slots=True, eq=False)
class Draft:
    """A valid group that may become an association.

    Attributes
    ----------
    of : RuleResult
        What its rule made of the pool.
    group : int
        The group's number there.
    scope : (id, type)
        Its scope.
    product : str
        The product's name.
    members : bytes
        The members, as name and exptype: the same bytes for the same members.
    """

    of: RuleResult
    group: int
    scope: Candidate
    product: str
    members: bytes

    def rows(self) -> IndexArray:
        """The exposures of the members, each member's by its place."""
        starts = self.of.memberships.starts
        return self.of.memberships.row[starts[self.group] : starts[self.group + 1]]

    def shared_names(self) -> int:
        """How many of the exposures are no member of their own, as another one has the same member name and exptype."""
        starts = self.of.memberships.starts
        return int(starts[self.group + 1] - starts[self.group]) - len(self.members) // _BYTES

    def highest_candidate(self) -> str:
        """The highest id of any candidate that an exposure of the group names."""
        exposures = self.of.exposures
        listed = {exposures.candidates[code] for code in exposures.candidate_codes[self.rows()].tolist()}
        return max((candidate for candidates in listed for candidate, _ in candidates), default="")


def rule_drafts(
    memberships: Memberships, evaluation: Evaluator, exposures: PreparedPool, expnames: MemberNamer, ruleset: Ruleset
) -> RuleResult:
    """What a rule made of a pool, with the names of members and products."""
    rule = memberships.groups.rule
    template = rule.member_name or ruleset.members.name
    forms = expnames.forms(template, evaluation)[memberships.row]
    own_exptypes: dict[str, Mask] = {}
    for repeat in rule.repeat:
        code = memberships.exptypes.index(repeat.repeat_as.casefold())
        own_exptypes[repeat.repeat_as] = (memberships.kind == REPEATED) & (memberships.exptype == code)
    for attachment in rule.attach:
        if attachment.exptype is not None:
            code = memberships.exptypes.index(attachment.exptype.casefold())
            own_exptypes[attachment.exptype] = (memberships.kind != REPEATED) & (memberships.exptype == code)
    for exptype, concerned in own_exptypes.items():
        if concerned.any():
            forms[concerned] = expnames.forms(template, evaluation, exptype)[memberships.row[concerned]]
    return RuleResult(rule, exposures, memberships, forms, GroupNames(memberships.groups, evaluation, ruleset))


def drafts(made: RuleResult, expnames: MemberNamer, scopes: Scopes, exptypes: dict[str, int]) -> Iterator[Draft]:
    """The valid groups of a rule.

    Parameters
    ----------
    made, expnames, scopes
        What the rule made, and of what.
    exptypes : dict of str to int
        Numbers of exptypes that hold for all rules; new ones are added.
    """
    memberships = made.memberships
    number = np.array([exptypes.setdefault(text, len(exptypes)) for text in memberships.exptypes], np.int64)
    if made.forms.max(initial=0) >> FORM_BITS or len(exptypes) >> EXPTYPE_BITS:
        raise InputError(_too_many(made.rule))
    members = (expnames.numbers(memberships.row, made.forms) << EXPTYPE_BITS) | number[memberships.exptype]
    members = members[np.lexsort((members, memberships.group))]
    starts = memberships.starts.tolist()
    if expnames.shared.size:
        again = (members[1:] == members[:-1]) & (memberships.group[1:] == memberships.group[:-1])
        once = np.concatenate((np.ones(min(len(members), 1), np.bool_), ~again))
        members, starts = members[once], offsets(memberships.group[once], len(memberships.groups)).tolist()
    valid = np.flatnonzero(memberships.valid())
    looked_in = [scopes.scopes[place] for place in memberships.groups.scope[valid].tolist()]
    facts = {
        "scope": [scope_id for scope_id, _ in looked_in],
        "asn_type": [made.rule.asn_type] * len(valid),
        "rule": [made.rule.name] * len(valid),
    }
    products = made.names.fill(made.rule.product, valid, facts)
    for group, scope, product in zip(valid.tolist(), looked_in, products, strict=True):
        yield Draft(made, group, scope, product, members[starts[group] : starts[group + 1]].tobytes())


def _too_many(rule: Rule) -> Finding:
    ways, exptypes = 1 << FORM_BITS, 1 << EXPTYPE_BITS
    message = f"{rule.name} names members in more than {ways} ways, or gives them more than {exptypes} exptypes"
    hint = "let the names of members and the exptype hold no column with a value for each exposure"
    return Finding(codes.TOO_MANY.code, message, rule.location.file, rule.location.line, rule.location.column, hint)
