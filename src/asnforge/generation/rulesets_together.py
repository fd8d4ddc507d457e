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
    evaluated : tuple of Evaluated
        For each rule set what its rules did, if the options name a report; else empty.
    """

    whole: Generation
    parts: tuple[Generation, ...]
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
    if len(generations) == 1:
        return TogetherResult(generations[0], (generations[0],), tuple(evaluated))
    pool = generations[0].pool
    writable, errors = separate_files((each for generation in generations for each in generation), pool)
    names = {association.file_name for association in writable}
    parts = tuple(_only(generation, names) for generation in generations)
    findings = [finding for generation in generations for finding in generation.findings]
    findings += [*errors, *_shared_by_rulesets(parts, options.rulesets, pool)]
    whole = Generation(
        associations=writable,
        orphans=_orphans(sources, generations),
        exposures=max(generation.exposures for generation in generations),
        counts=tuple(
            replace(count, ruleset=ruleset.name)
            for ruleset, part in zip(options.rulesets, parts, strict=True)
            for count in part.counts
        ),
        pool=pool,
        faults=PoolFaults(),
        notes=ordered_findings(findings),
        dropped=tuple(entry for generation in generations for entry in generation.dropped),
        shared_names=sum(generation.shared_names for generation in generations),
    )
    return TogetherResult(whole, parts, tuple(evaluated))


def _only(generation: Generation, names: set[str]) -> Generation:
    """A result with the associations of these files."""
    associations = tuple(association for association in generation if association.file_name in names)
    numbers = Counter(association.asn_rule for association in associations)
    counts = (replace(count, associations=numbers[count.rule]) for count in generation.counts)
    return replace(generation, associations=associations, counts=tuple(count for count in counts if count.associations))


def _orphans(sources: Sequence[PoolInput], generations: Sequence[Generation]) -> tuple[int, ...]:
    """The lines of the first pool that are orphans for every rule set; exposures of FITS files are the same by their files."""
    first, *others = generations
    orphans = set(first.orphans)
    for source, generation in zip(sources[1:], others, strict=True):
        if source.fits is None or sources[0].fits is None:
            orphans.intersection_update(generation.orphans)
        else:
            left_out = set(generation.orphans)
            used = {path for line, paths in _files_by_line(source).items() if line not in left_out for path in paths}
            orphans.difference_update(
                [line for line, paths in _files_by_line(sources[0]).items() if not used.isdisjoint(paths)]
            )
    return tuple(sorted(orphans))


def _files_by_line(source: PoolInput) -> dict[int, list[str]]:
    """The paths of the FITS files of each exposure, by its line of the pool."""
    exposures = source.fits.exposures if source.fits is not None else ()
    rows = zip(source.pool.lines.tolist(), exposures, strict=True)
    return {line: [product.path for product in exposure.products.values()] for line, exposure in rows}


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
