"""Generate the associations and orphans of a pool with a rule set: all steps, in their order."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from asnforge.associations.conflicts import separate_files
from asnforge.associations.drafts import Draft, RuleResult, groups_by_rule
from asnforge.associations.duplicates import Duplicate, dropped_associations, lost_products
from asnforge.associations.extra_keywords import separate_valid
from asnforge.associations.keywords import build_associations
from asnforge.associations.member_names import MemberNamer
from asnforge.associations.model import Association
from asnforge.associations.pipeline_use import count_shared
from asnforge.columns import Mask
from asnforge.findings import Finding, wrong_argument
from asnforge.findings.log import LOG
from asnforge.generation.layers import AppliedRules, apply_rules
from asnforge.generation.notes import association_notes, grouping_notes
from asnforge.generation.result import (
    AssociationOptions,
    DraftsByProduct,
    Generation,
    GenerationSource,
    RuleCount,
    ordered_findings,
)
from asnforge.grouping.arrays import IndexArray
from asnforge.grouping.equal_numbers import number_spellings
from asnforge.grouping.evaluate import Evaluators
from asnforge.grouping.name_values import NameValues, unnamed_faults
from asnforge.grouping.pool_faults import PoolFaults
from asnforge.grouping.prepared_pool import PreparedPool, prepare_pool
from asnforge.grouping.scopes import ScopeChoice, Scopes, find_scopes
from asnforge.grouping.typed_columns import unreadable_values
from asnforge.pool.model import Pool
from asnforge.rules.rule_options import with_rule_options
from asnforge.rules.ruleset import Ruleset

if TYPE_CHECKING:
    from asnforge.generation.read_anything import PoolSource, RulesetSource

ALL_SCOPES = ScopeChoice()
"""The scopes that are processed by default: those of candidates, and the one over the whole pool."""

CANDIDATE_SCOPES = ScopeChoice(discovered=False)
"""The scopes that are processed by default for a pool of FITS files, if the rule set has candidates: the scope over the
whole pool would join every background and every reference of a folder to every target."""

WHOLE_POOL = ScopeChoice(candidates=False)
"""The scope that is processed by default if exposures are combined that candidates keep apart."""


def default_scopes(ruleset: Ruleset, *, is_from_fits: bool) -> ScopeChoice:
    """The scopes that are processed if none are chosen."""
    if ruleset.combined:
        return WHOLE_POOL
    return CANDIDATE_SCOPES if is_from_fits and ruleset.candidates.column is not None else ALL_SCOPES


@dataclass(frozen=True, slots=True, eq=False)
class Grouping:
    """The result of all rules for a pool.

    Attributes
    ----------
    results : tuple of RuleResult
        The result of each rule, with valid and invalid groups.
    kept, duplicates : tuple of Draft, tuple of Duplicate
        The valid groups that become associations, and those that duplicate another.
    product_files : mapping of Draft to str
        The file names that products of `kept` have as members of others.
    file_name : str
        The column of the exposures' file names.
    in_association : ndarray of bool, shape (exposures and products,)
        The rows that are in an association.
    """

    prepared: PreparedPool
    scopes: Scopes
    evaluators: Evaluators
    results: tuple[RuleResult, ...]
    kept: tuple[Draft, ...]
    duplicates: tuple[Duplicate, ...]
    product_files: Mapping[Draft, str]
    namer: MemberNamer
    file_name: str
    in_association: Mask
    faults: PoolFaults

    def orphans(self) -> Mask:
        """The exposures of the pool that are in no association.

        If a file is listed twice and one row is a member, neither is an orphan.
        """
        exposures = slice(self.prepared.exposures)
        files = self.prepared.columns[self.file_name].codes[exposures]
        is_member = np.isin(files, files[self.in_association[exposures]])
        orphan: Mask = ~(is_member & self.prepared.usable[exposures])
        return orphan


def generate(
    pool: PoolSource,
    ruleset: RulesetSource = None,
    *,
    choice: ScopeChoice | None = None,
    version_id: str | None = None,
    merge: bool = False,
    present_only: bool = False,
    suffix: str = "",
    combine: Sequence[str] = (),
    product: str | None = None,
) -> Generation:
    """Generate the associations of a pool.

    Parameters
    ----------
    pool : Pool, path, list of paths, Table, ImageFileCollection or DataFrame
        The exposures: a pool, or anything that `asnforge.read_pool` reads.
    ruleset : Ruleset, name, path or None, or several of them
        The rules, or the name, file or folder of a rule set as for `asnforge.load_ruleset`; None for the default rule set.
        Several rule sets are applied each by itself, and the result has the associations of all.
    choice : ScopeChoice or None
        The scopes to process; None for all, or for a pool of FITS files those of candidates.
    version_id : str or None
        The keyword ``version_id`` of each association.
    merge : bool
        Merge all products of a rule and scope into one association.
    present_only : bool
        For a pool of FITS files: leave out members whose files do not exist.
    suffix : str
        For a pool of FITS files: use your own products with this suffix, where they exist.
    combine : sequence of str
        Combine exposures that rules keep apart, such as ``["program"]`` (docs/grouping.md#combining). Then only the scope over
        the whole pool is processed by default.
    product : str or None
        The template of all product names, instead of those of the rules.

    Returns
    -------
    Generation
        For a pool of FITS files the members are absolute paths to the files that exist, and a missing file is a finding.

    Raises
    ------
    InputError
        The pool cannot be read, or does not have a column that every rule needs, or a chosen candidate; or the rule set has no
        such combination, or not the name parts of `product`.
    """
    if choice is not None and not isinstance(choice, ScopeChoice):
        raise wrong_argument("choice", choice, "asnforge.ScopeChoice(ids=(ID,)), for example")
    if version_id is not None and not isinstance(version_id, str):
        raise wrong_argument("version_id", version_id, "a string")
    if not isinstance(ruleset, Ruleset) or not isinstance(pool, Pool):
        from asnforge.generation.read_anything import as_pool, as_rulesets

        ruleset, *others = as_rulesets(ruleset)
        if others:
            from asnforge.generation.rulesets_together import join

            rulesets = (ruleset, *others)
            pools = [as_pool(pool, own) for own in rulesets]
            generations = [
                generate(
                    read,
                    own,
                    choice=choice,
                    version_id=version_id,
                    merge=merge,
                    present_only=present_only,
                    suffix=suffix,
                    combine=combine,
                    product=product,
                )
                for read, own in zip(pools, rulesets, strict=True)
            ]
            return join(pools, rulesets, generations).whole
        pool = as_pool(pool, ruleset)
    ruleset = with_rule_options(ruleset, combine, product)
    if choice is None:
        choice = default_scopes(ruleset, is_from_fits=pool.files is not None)
    options = AssociationOptions(version_id, merge, present_only, suffix)
    generation, _ = associations_of(group(pool, ruleset, choice), pool, ruleset, options)
    return replace(generation, source=GenerationSource(pool, ruleset, choice, options))


def associations_of(
    grouping: Grouping, pool: Pool, ruleset: Ruleset, options: AssociationOptions
) -> tuple[Generation, DraftsByProduct]:
    """The associations of groups that were evaluated, and the group of each product; errors as for `generate`.

    Parameters
    ----------
    grouping : Grouping
        The result of `group` for the pool and the rules.
    pool, ruleset
        The pool and the rules.
    options : AssociationOptions
        How groups become associations.
    """
    built = build_associations(
        grouping.kept, grouping.prepared, grouping.namer, ruleset, options.version_id, grouping.product_files
    )
    associations = tuple(built.values())
    if options.merge:
        from asnforge.associations.merge import merge_associations

        associations = merge_associations(associations, ruleset)
    drafts = DraftsByProduct(built, associations)
    valid, invalid = separate_valid(associations, ruleset, pool.path)
    writable, errors = separate_files(valid, pool.path)
    dropped = dropped_associations(grouping.duplicates)
    notes = [
        *grouping_notes(grouping, ruleset),
        *association_notes(writable, ruleset, pool.path),
        *errors,
        *invalid,
    ]
    if ruleset.duplicates is None:
        notes += lost_products(dropped, pool.path)
    if pool.files is not None and ruleset.headers is not None:
        from asnforge.fitsfiles.locate_members import MemberFiles, MemberLocator, locate_members

        locator = MemberLocator(pool.files, ruleset.headers.names, MemberFiles(options.present_only, options.suffix))
        writable, missing = locate_members(writable, locator, ruleset.pipelines)
        notes += missing
    generation = Generation(
        associations=writable,
        orphans=tuple(sorted([*pool.lines[grouping.orphans()].tolist(), *pool.faulty_lines])),
        exposures=len(pool) + len(pool.faulty_lines),
        counts=_counts(grouping, writable),
        pool=pool.path,
        faults=grouping.faults,
        notes=ordered_findings(notes),
        dropped=dropped,
        shared_names=count_shared(grouping.kept, grouping.namer),
    )
    if LOG.isEnabledFor(logging.INFO):
        _log_generation(generation, set(pool.findings))
    return generation, drafts


def _log_generation(generation: Generation, known: Collection[Finding]) -> None:
    """Log the counts and the findings that were not logged when the pool was read; at DEBUG, the associations."""
    LOG.info("%s: %s", generation.pool, generation)
    for count in generation.counts:
        LOG.info(
            "%s: %s: %d associations from %d exposures",
            generation.pool,
            count.rule,
            count.associations,
            count.exposures,
        )
    for finding in generation.findings:
        if finding not in known:
            LOG.info("%s", finding)
    for association in generation:
        LOG.debug("%s: %s", generation.pool, association)


def group(pool: Pool, ruleset: Ruleset, choice: ScopeChoice = ALL_SCOPES) -> Grouping:
    """Apply the rules to a pool: the same evaluation for generating and for explaining. Errors as for `generate`."""
    prepared = prepare_pool(pool, ruleset)
    return group_prepared(prepared, find_scopes(prepared, ruleset, choice), ruleset)


def group_prepared(prepared: PreparedPool, scopes: Scopes, ruleset: Ruleset) -> Grouping:
    """Apply the rules to the exposures in some scopes."""
    name_values = NameValues(ruleset)
    applied = apply_rules(prepared, scopes, ruleset, name_values)
    prepared = applied.prepared
    in_association = np.zeros(len(prepared), np.bool_)
    for result, groups in groups_by_rule(applied.kept).items():
        in_association[result.rows_of(groups)] = True
    return Grouping(
        prepared=prepared,
        scopes=applied.scopes,
        evaluators=applied.evaluators,
        results=applied.results,
        kept=applied.kept,
        duplicates=applied.duplicates,
        product_files=applied.product_files,
        namer=applied.namer,
        file_name=ruleset.members.file_name,
        in_association=in_association,
        faults=_faults(applied, name_values, ruleset),
    )


def _faults(applied: AppliedRules, name_values: NameValues, ruleset: Ruleset) -> PoolFaults:
    """The problems of the pool, including those that only groups show."""
    prepared, groups = applied.prepared, [result.members.groups for result in applied.results]
    unnamed = ((of_rule.rule, of_rule.unnamed, of_rule.evaluator) for of_rule in groups)
    cells = unnamed_faults(unnamed, prepared.pool, name_values, ruleset)
    derived = unreadable_values(applied.evaluators.for_rule(None).unreadable, prepared.pool)
    numbers = number_spellings(groups, prepared, applied.scopes, ruleset)
    return replace(prepared.faults, cells=(*prepared.faults.cells, *cells, *derived), numbers=tuple(numbers))


def _counts(grouping: Grouping, associations: Iterable[Association]) -> tuple[RuleCount, ...]:
    counts = Counter(association.asn_rule for association in associations)
    kept = {result.rule.name: (result, groups) for result, groups in groups_by_rule(grouping.kept).items()}
    return tuple(_count(rule, counts[rule], *kept[rule]) for rule in sorted(counts))


def _count(rule: str, associations: int, result: RuleResult, groups: IndexArray) -> RuleCount:
    is_member = np.zeros(len(result.prepared), np.bool_)
    is_member[result.rows_of(groups)] = True
    exposures, products = (int(part.sum()) for part in np.split(is_member, [result.prepared.exposures]))
    return RuleCount(rule, associations, exposures, products)
