"""The whole flow on one screen: a pool and a rule set in, associations and orphans out."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np

from asnforge.associations.drafts import Draft, RuleResult, drafts, rule_drafts
from asnforge.associations.duplicates import (
    Deduplicated,
    DroppedAssociation,
    dropped_associations,
    lost_products,
    prune,
)
from asnforge.associations.keywords import build_associations
from asnforge.associations.member_names import MemberNamer
from asnforge.associations.members import find_members
from asnforge.associations.merge import merge_associations
from asnforge.associations.model import Association
from asnforge.associations.pipeline_use import merged_products, shared_products, unusable_groups
from asnforge.associations.separate_files import separate_files
from asnforge.associations.shared_names import count_shared, shared_science_names
from asnforge.columns import Mask
from asnforge.findings import Finding
from asnforge.grouping import codes
from asnforge.grouping.arrays import IndexArray
from asnforge.grouping.evaluate import Evaluators
from asnforge.grouping.groups import find_groups
from asnforge.grouping.name_values import NameValues
from asnforge.grouping.numbers import spelled_numbers
from asnforge.grouping.pool_faults import PoolFaults
from asnforge.grouping.prepared_pool import PreparedPool, prepare_pool
from asnforge.grouping.scopes import ScopeChoice, Scopes, find_scopes
from asnforge.grouping.unnamed import unnamed_faults
from asnforge.pool.model import Pool
from asnforge.rules.ruleset import Ruleset

ALL_SCOPES = ScopeChoice()
"""Candidates and discovered ones: the scopes that are looked at when nothing else is said."""


@dataclass(frozen=True, slots=True, eq=False)
class Grouping:
    """What rules made of a pool, up to the choice of what becomes an association.

    Attributes
    ----------
    exposures : PreparedPool
        The pool's exposures.
    scopes : Scopes
        Where the rules looked.
    evaluations : Evaluators
        The constraints as they were evaluated.
    made : tuple of RuleResult
        For each rule what it made, valid or not.
    pruned : Deduplicated
        The valid groups, without duplicates, and the duplicates.
    expnames : MemberNamer
        The members' file names.
    file_name : str
        The column of the exposures' file names.
    members : ndarray of bool, shape (exposures,)
        The rows that are in an association.
    faults : PoolFaults
        What is wrong with the pool's cells and columns.
    """

    exposures: PreparedPool
    scopes: Scopes
    evaluations: Evaluators
    made: tuple[RuleResult, ...]
    pruned: Deduplicated
    expnames: MemberNamer
    file_name: str
    members: Mask
    faults: PoolFaults

    def orphans(self) -> Mask:
        """The exposures that are in no association: of a file that is listed twice, neither row where one is a member."""
        files = self.exposures.columns[self.file_name].codes
        inside = np.isin(files, files[self.members])
        orphan: Mask = ~(inside & self.exposures.usable)
        return orphan


@dataclass(frozen=True, slots=True)
class RuleCount:
    """How many associations a rule made, and of how many exposures."""

    rule: str
    associations: int
    exposures: int


@dataclass(frozen=True, slots=True)
class Generation:
    """What is generated from a pool.

    Attributes
    ----------
    associations : tuple of Association
        The associations, in the order of their file names.
    orphans : tuple of int
        The lines of the pool whose exposures are in no association, faulty lines among them.
    exposures : int
        The count of the pool's exposures, faulty lines among them.
    counts : tuple of RuleCount
        What each rule made, without rules that made nothing.
    pool : str
        The pool's file as the user named it.
    faults : PoolFaults
        What is wrong with the pool's cells and columns.
    notes : tuple of Finding
        What else is wrong with the pool or doubtful in the result. An error is about associations that are missing here, as
        their files would be the same or outside their folder.
    dropped : tuple of DroppedAssociation
        The duplicates that are not made.
    shared_names : int
        How many exposures of associations are not a member of their own, as another one has the same member name and exptype.
    """

    associations: tuple[Association, ...]
    orphans: tuple[int, ...]
    exposures: int
    counts: tuple[RuleCount, ...]
    pool: str
    faults: PoolFaults
    notes: tuple[Finding, ...]
    dropped: tuple[DroppedAssociation, ...] = ()
    shared_names: int = 0

    @property
    def findings(self) -> tuple[Finding, ...]:
        """What is wrong with the pool or doubtful in the result, in the order of lines."""
        return ordered_findings((*self.notes, *self.faults.findings(self.pool)))


def ordered_findings(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Each finding once, by line or row, code and message."""
    return tuple(sorted(set(findings), key=lambda each: (each.line or each.row or 0, each.code, each.message)))


def generate(
    pool: Pool,
    ruleset: Ruleset,
    *,
    choice: ScopeChoice = ALL_SCOPES,
    version_id: str | None = None,
    merge: bool = False,
) -> Generation:
    """Generate the associations of a pool.

    Parameters
    ----------
    pool : Pool
        The exposures.
    ruleset : Ruleset
        The rules.
    choice : ScopeChoice
        Which scopes are looked at.
    version_id : str or None
        The keyword ``version_id`` of each association.
    merge : bool
        One association for all products of a rule and scope.

    Raises
    ------
    InputError
        The pool lacks a column that every rule needs, or a chosen candidate.
    """
    grouping = group(pool, ruleset, choice)
    associations = build_associations(grouping.pruned.kept, grouping.exposures, grouping.expnames, ruleset, version_id)
    orphans = sorted([*pool.lines[grouping.orphans()].tolist(), *pool.faulty_lines])
    if merge:
        associations = merge_associations(associations, ruleset)
    separated = separate_files(associations, pool.path)
    dropped = dropped_associations(grouping.pruned)
    findings = [*_notes(grouping, separated.writable, ruleset), *separated.findings]
    if ruleset.duplicates is None:
        findings += lost_products(dropped, pool.path)
    return Generation(
        associations=separated.writable,
        orphans=tuple(orphans),
        exposures=len(pool) + len(pool.faulty_lines),
        counts=_counts(grouping, separated.writable),
        pool=pool.path,
        faults=grouping.faults,
        notes=ordered_findings(findings),
        dropped=dropped,
        shared_names=count_shared(grouping.pruned.kept, grouping.expnames),
    )


def group(pool: Pool, ruleset: Ruleset, choice: ScopeChoice = ALL_SCOPES) -> Grouping:
    """What the rules make of a pool: the same evaluation for generating and for explaining. Errors as for `generate`."""
    exposures = prepare_pool(pool, ruleset)
    scopes = find_scopes(exposures, ruleset, choice)
    evaluations = Evaluators(exposures, ruleset)
    expnames = MemberNamer(exposures, ruleset)
    names = NameValues(ruleset)
    exptypes: dict[str, int] = {}
    made: list[RuleResult] = []
    valid: list[Draft] = []
    for rule in ruleset.rules:
        evaluation = evaluations.for_rule(rule.take_as)
        groups = find_groups(rule, evaluation, exposures, scopes, names)
        members = find_members(groups, evaluation, exposures, scopes, ruleset)
        made.append(rule_drafts(members, evaluation, exposures, expnames, ruleset))
    expnames.number_names(each.valid_members() for each in made)
    for each in made:
        valid.extend(drafts(each, expnames, scopes, exptypes))
    file_name = ruleset.members.file_name
    pruned = prune(valid, ruleset.duplicates or "members")
    inside = np.zeros(len(exposures), np.bool_)
    for draft in pruned.kept:
        inside[draft.rows()] = True
    faults = _faults(exposures, scopes, made, evaluations, names, ruleset)
    return Grouping(exposures, scopes, evaluations, tuple(made), pruned, expnames, file_name, inside, faults)


def _faults(
    exposures: PreparedPool,
    scopes: Scopes,
    made: Iterable[RuleResult],
    evaluations: Evaluators,
    names: NameValues,
    ruleset: Ruleset,
) -> PoolFaults:
    """What is wrong with the pool, as far as groups show it."""
    groups = [(each.memberships.groups, evaluations.for_rule(each.rule.take_as)) for each in made]
    cells = unnamed_faults(groups, exposures, names, ruleset)
    numbers = spelled_numbers(groups, exposures, scopes, ruleset)
    return replace(exposures.faults, cells=(*exposures.faults.cells, *cells), numbers=tuple(numbers))


def _counts(grouping: Grouping, associations: Iterable[Association]) -> tuple[RuleCount, ...]:
    made = Counter(association.asn_rule for association in associations)
    rows: dict[str, list[IndexArray]] = defaultdict(list)
    for draft in grouping.pruned.kept:
        rows[draft.of.rule.name].append(draft.rows())
    return tuple(RuleCount(rule, made[rule], len(np.unique(np.concatenate(rows[rule])))) for rule in sorted(made))


def _notes(grouping: Grouping, associations: tuple[Association, ...], ruleset: Ruleset) -> list[Finding]:
    pool = grouping.exposures.pool
    findings = [*pool.findings, *grouping.exposures.findings]
    column = ruleset.members.file_name
    findings += [
        codes.NAME_STAYS.finding(
            "{column} {value} does not match the file names of {ruleset}; kept unchanged",
            pool.location(row),
            severity="warning",
            column=column.upper(),
            value=pool.columns[column][row],
            ruleset=ruleset.name,
        )
        for row in np.flatnonzero(grouping.members & ~grouping.expnames.changes).tolist()
    ]
    findings += shared_products(associations, ruleset, pool.path)
    findings += merged_products(associations, ruleset, pool.path)
    findings += unusable_groups(grouping.made, grouping.pruned.kept, grouping.expnames, ruleset, pool.path)
    findings += shared_science_names(grouping.pruned.kept, grouping.expnames)
    return findings
