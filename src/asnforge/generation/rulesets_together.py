"""Several rule sets applied to one pool, each by itself, and their results as one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from asnforge.associations.conflicts import separate_files, shared_products
from asnforge.associations.model import Association
from asnforge.findings import Finding
from asnforge.generation.inputs import Evaluated, GenerateOptions, PoolInput, evaluate_input
from asnforge.generation.result import Generation, ordered_findings
from asnforge.grouping.pool_faults import PoolFaults
from asnforge.grouping.prepared_pool import base_name
from asnforge.pool.model import Pool
from asnforge.rules.ruleset import Ruleset


@dataclass(frozen=True, slots=True, eq=False)
class TogetherResult:
    """The results of several rule sets for a pool.

    Attributes
    ----------
    whole : Generation
        All associations, in the order of the rule sets; the orphans are exposures that are in no association of any of them.
    parts : tuple of Generation
        The result of each rule set, with the associations of `whole` that are its own.
    conflicts : tuple of Finding
        The findings of `whole` that none of `parts` has: files and products that several rule sets have in common.
    evaluated : tuple of Evaluated
        For each rule set what its rules did, if the options name a report; else empty.
    """

    whole: Generation
    parts: tuple[Generation, ...]
    conflicts: tuple[Finding, ...] = ()
    evaluated: tuple[Evaluated, ...] = ()


def generate_together(
    sources: Sequence[PoolInput], options: GenerateOptions, folder_of: Callable[[Association], Path] | None = None
) -> TogetherResult:
    """Apply each rule set to the pool that it reads.

    Parameters
    ----------
    sources : sequence of PoolInput
        The pool as each rule set reads it, in the order of the rule sets (`asnforge.generation.inputs.read_inputs`).
    options : GenerateOptions
        The rule sets, and how they are applied.
    folder_of : callable or None
        The folder of an association's file, as for `generate_from`.

    Raises
    ------
    InputError
        As for `generate_from`, by the first rule set that cannot be applied.
    """
    each = options.for_each_ruleset()
    generations: list[Generation] = []
    evaluated: list[Evaluated] = []
    for source, own in zip(sources, each, strict=True):
        part = evaluate_input(source, own, folder_of)
        generations.append(part.generation)
        evaluated += [part] if options.report is not None else []
    together = join([source.pool for source in sources], options.rulesets, generations)
    return replace(together, evaluated=tuple(evaluated))


def join(pools: Sequence[Pool], rulesets: Sequence[Ruleset], generations: Sequence[Generation]) -> TogetherResult:
    """The results of several rule sets as one; the pool, the rule set and the result of each are in the same order."""
    if len(generations) == 1:
        return TogetherResult(generations[0], (generations[0],))
    pool = generations[0].pool
    writable, errors = separate_files((each for generation in generations for each in generation), pool)
    names = {association.file_name for association in writable}
    parts = tuple(_only(generation, names) for generation in generations)
    findings = [finding for generation in generations for finding in generation.findings]
    conflicts = (*errors, *_shared_by_rulesets(parts, rulesets, pool))
    whole = Generation(
        associations=writable,
        orphans=_orphans(pools, rulesets, generations),
        exposures=max(generation.exposures for generation in generations),
        counts=tuple(
            replace(count, ruleset=ruleset.name)
            for ruleset, part in zip(rulesets, parts, strict=True)
            for count in part.counts
        ),
        pool=pool,
        faults=PoolFaults(),
        notes=ordered_findings((*findings, *conflicts)),
        dropped=tuple(entry for generation in generations for entry in generation.dropped),
        shared_names=sum(generation.shared_names for generation in generations),
    )
    return TogetherResult(whole, parts, conflicts)


def first_lines(pools: Sequence[Pool], rulesets: Sequence[Ruleset]) -> tuple[dict[int, int], ...]:
    """The line of each exposure in the first of the pools that rule sets read from the same table or FITS files.

    Parameters
    ----------
    pools : sequence of Pool
        The pool as each rule set reads it. Exposures of FITS files are the same if they have a file in common.
    rulesets : sequence of Ruleset
        The rule set of each pool.

    Returns
    -------
    tuple of dict of int to int
        For each pool the line in the first pool by its own line; an exposure that the first pool does not have is missing.
    """
    first, *others = pools
    lines = [{line: line for line in (*first.lines.tolist(), *first.faulty_lines)}]
    known: dict[str, int] = {}
    if first.files is not None:
        known = {path: line for line, paths in _paths_by_line(first, rulesets[0]).items() for path in paths}
    for pool, ruleset in zip(others, rulesets[1:], strict=True):
        if first.files is None or pool.files is None:
            lines.append({line: line for line in (*pool.lines.tolist(), *pool.faulty_lines)})
            continue
        paths_by_line = _paths_by_line(pool, ruleset).items()
        found = {line: [known[path] for path in paths if path in known] for line, paths in paths_by_line}
        lines.append({line: min(same) for line, same in found.items() if same})
    return tuple(lines)


def _only(generation: Generation, names: set[str]) -> Generation:
    """A result with the associations of these files."""
    associations = tuple(association for association in generation if association.file_name in names)
    numbers = Counter(association.asn_rule for association in associations)
    counts = (replace(count, associations=numbers[count.rule]) for count in generation.counts)
    return replace(generation, associations=associations, counts=tuple(count for count in counts if count.associations))


def _orphans(pools: Sequence[Pool], rulesets: Sequence[Ruleset], generations: Sequence[Generation]) -> tuple[int, ...]:
    """The lines of the first pool that are orphans for every rule set that reads them."""
    orphans = set(generations[0].orphans)
    for lines, generation in zip(first_lines(pools, rulesets), generations, strict=True):
        own = set(generation.orphans)
        orphans.difference_update([first for line, first in lines.items() if line not in own])
    return tuple(sorted(orphans))


def _paths_by_line(pool: Pool, ruleset: Ruleset) -> dict[int, tuple[str, ...]]:
    """The paths of the FITS files of each exposure, by its line of the pool."""
    names = ruleset.headers.names if ruleset.headers is not None else None
    column = pool.columns.get(ruleset.members.file_name)
    if pool.files is None or names is None or column is None:
        return {}
    paths: dict[int, tuple[str, ...]] = {}
    for row, line in enumerate(pool.lines.tolist()):
        parts = names.split(base_name(column[row]))
        paths[line] = () if parts is None else tuple(pool.files.get(parts[0].casefold(), {}).values())
    return paths


def _shared_by_rulesets(parts: Sequence[Generation], rulesets: Sequence[Ruleset], pool: str) -> list[Finding]:
    """A warning for each product name that associations of several rule sets have."""
    owners = Counter(
        name
        for part in parts
        for name in {product.name.casefold() for association in part for product in association.products}
    )
    shared = [
        association
        for part in parts
        for association in part
        if any(owners[product.name.casefold()] > 1 for product in association.products)
    ]
    rules = tuple(rule for ruleset in rulesets for rule in ruleset.rules)
    return list(shared_products(shared, replace(rulesets[0], rules=rules), pool))
