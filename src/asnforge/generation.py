"""The whole flow on one screen: a pool and a rule set in, associations and orphans out."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np

from asnforge.associations.build import build_associations
from asnforge.associations.drafts import Draft, RuleDrafts, drafts, rule_drafts
from asnforge.associations.duplicates import (
    DroppedAssociation,
    Pruned,
    dropped_associations,
    lost_products,
    prune,
)
from asnforge.associations.expnames import Expnames
from asnforge.associations.memberships import find_members
from asnforge.associations.merge import merge_associations
from asnforge.associations.model import Association
from asnforge.associations.pipeline_use import merged_products, shared_products, unusable_groups
from asnforge.associations.separate_files import separate_files
from asnforge.associations.shared_names import count_shared, shared_science_names
from asnforge.columns import Mask
from asnforge.findings import Finding
from asnforge.grouping import codes
from asnforge.grouping.evaluation import Evaluations
from asnforge.grouping.exposures import Exposures, read_exposures
from asnforge.grouping.groups import find_groups
from asnforge.grouping.joins import Places
from asnforge.grouping.name_values import NameValues
from asnforge.grouping.numbers import spelled_numbers
from asnforge.grouping.pool_faults import PoolFaults
from asnforge.grouping.scopes import ScopeChoice, Scopes, find_scopes
from asnforge.grouping.unnamed import unnamed_faults
from asnforge.pool.model import Pool
from asnforge.rules.model import Ruleset

EVERYWHERE = ScopeChoice()
"""Candidates and discovered ones: the scopes that are looked at when nothing else is said."""


@dataclass(frozen=True, slots=True, eq=False)
class Grouping:
    """What rules made of a pool, up to the choice of what becomes an association.

    Attributes
    ----------
    exposures : Exposures
        The pool's exposures.
    scopes : Scopes
        Where the rules looked.
    evaluations : Evaluations
        The constraints as they were evaluated.
    made : tuple of RuleDrafts
        For each rule what it made, valid or not.
    pruned : Pruned
        The valid groups, without duplicates, and the duplicates.
    expnames : Expnames
        The members' file names.
    file_name : str
        The column of the exposures' file names.
    members : ndarray of bool, shape (exposures,)
        The rows that are in an association.
    faults : PoolFaults
        What is wrong with the pool's cells and columns.
    """

    exposures: Exposures
    scopes: Scopes
    evaluations: Evaluations
    made: tuple[RuleDrafts, ...]
    pruned: Pruned
    expnames: Expnames
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
    choice: ScopeChoice = EVERYWHERE,
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
    CannotContinue
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


def group(pool: Pool, ruleset: Ruleset, choice: ScopeChoice = EVERYWHERE) -> Grouping:
    """What the rules make of a pool: the same evaluation for generating and for explaining. Errors as for `generate`."""
    exposures = read_exposures(pool, ruleset)
    scopes = find_scopes(exposures, ruleset, choice)
    evaluations = Evaluations(exposures, ruleset)
    expnames = Expnames(exposures, ruleset)
    names = NameValues(ruleset)
    exptypes: dict[str, int] = {}
    made: list[RuleDrafts] = []
    valid: list[Draft] = []
    for rule in ruleset.rules:
        evaluation = evaluations.seen_as(rule.take_as)
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
    exposures: Exposures,
    scopes: Scopes,
    made: Iterable[RuleDrafts],
    evaluations: Evaluations,
    names: NameValues,
    ruleset: Ruleset,
) -> PoolFaults:
    """What is wrong with the pool, as far as groups show it."""
    groups = [(each.memberships.groups, evaluations.seen_as(each.rule.take_as)) for each in made]
    cells = unnamed_faults(groups, exposures, names, ruleset)
    numbers = spelled_numbers(groups, exposures, scopes, ruleset)
    return replace(exposures.faults, cells=(*exposures.faults.cells, *cells), numbers=tuple(numbers))


def _counts(grouping: Grouping, associations: Iterable[Association]) -> tuple[RuleCount, ...]:
    made = Counter(association.asn_rule for association in associations)
    rows: dict[str, list[Places]] = defaultdict(list)
    for draft in grouping.pruned.kept:
        rows[draft.of.rule.name].append(draft.rows())
    return tuple(RuleCount(rule, made[rule], len(np.unique(np.concatenate(rows[rule])))) for rule in sorted(made))


def _notes(grouping: Grouping, associations: tuple[Association, ...], ruleset: Ruleset) -> list[Finding]:
    pool = grouping.exposures.pool
    findings = [*pool.findings, *grouping.exposures.findings]
    column = ruleset.members.file_name
    for row in np.flatnonzero(grouping.members & ~grouping.expnames.changes).tolist():
        message = (
            f"{column.upper()} {pool.columns[column][row]} is no name that {ruleset.name} changes: it stays as it is"
        )
        findings.append(Finding(codes.NAME_STAYS.code, message, pool.path, severity="warning", **pool.location(row)))
    findings += shared_products(associations, ruleset, pool.path)
    findings += merged_products(associations, ruleset, pool.path)
    findings += unusable_groups(grouping.made, grouping.pruned.kept, grouping.expnames, ruleset, pool.path)
    findings += shared_science_names(grouping.pruned.kept, grouping.expnames)
    return findings
