"""What reports say about the result of a pool, so that the members of associations need not be kept."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import chain

from asnforge.associations.dependence_graph import Dependence, find_dependence
from asnforge.associations.duplicates import LOST_PRODUCT, DroppedAssociation, lost_products, sorted_dropped
from asnforge.associations.summary import AssociationSummary, summarize
from asnforge.findings import Finding
from asnforge.generation.result import Generation, RuleCount
from asnforge.grouping.pool_faults import PoolFaults, merge_faults
from asnforge.rules.ruleset import Ruleset


@dataclass(frozen=True, slots=True)
class RunSummary:
    """The result of the rules for a pool, without members; the attributes are those of `Generation`."""

    associations: tuple[AssociationSummary, ...]
    orphans: tuple[int, ...]
    exposures: int
    counts: tuple[RuleCount, ...]
    dropped: tuple[DroppedAssociation, ...] = ()
    shared_names: int = 0

    def dependence(self) -> tuple[Dependence, ...]:
        """Which associations use products of which others (docs/grouping.md#products)."""
        return find_dependence(self.associations)


def summary_of(generation: Generation, rulesets: Iterable[Ruleset]) -> RunSummary:
    """The summary of a result of some rule sets."""
    not_degraded = {ruleset.keywords.not_degraded for ruleset in rulesets}
    return RunSummary(
        associations=tuple(summarize(association, not_degraded) for association in generation.associations),
        orphans=generation.orphans,
        exposures=generation.exposures,
        counts=generation.counts,
        dropped=generation.dropped,
        shared_names=generation.shared_names,
    )


def notes_of_piece(generation: Generation) -> Iterator[Finding]:
    """The notes of a piece of a pool, without those that `findings_of_pieces` gives for the whole pool."""
    return (note for note in generation.notes if note.code != LOST_PRODUCT.code)


def reported_duplicates(generation: Generation, ruleset: Ruleset) -> tuple[DroppedAssociation, ...]:
    """The duplicates that a warning is about, unless their products have the same names."""
    return generation.dropped if ruleset.duplicates is None else ()


def findings_of_pieces(
    dropped: Iterable[Iterable[DroppedAssociation]], faults: Iterable[PoolFaults], path: str
) -> Iterator[Finding]:
    """The findings that count something in a whole pool, from what a rule set gives for its pieces."""
    yield from lost_products(sorted_dropped(chain.from_iterable(dropped)), path)
    yield from merge_faults(faults).findings(path)


def joined_summary(
    pieces: Sequence[RunSummary],
    by_ruleset: Sequence[tuple[Ruleset, Sequence[Generation]]],
    faulty_lines: Sequence[int],
) -> RunSummary:
    """The summary of a pool from those of its pieces; associations are in the order of the pieces.

    Parameters
    ----------
    pieces : sequence of RunSummary
        The summary of each piece.
    by_ruleset : sequence of (Ruleset, sequence of Generation)
        Each rule set with its result for each piece; without associations, which are not used.
    faulty_lines : sequence of int
        The lines that are in no piece.
    """
    return RunSummary(
        associations=tuple(association for piece in pieces for association in piece.associations),
        orphans=tuple(sorted([*faulty_lines, *(line for piece in pieces for line in piece.orphans)])),
        exposures=len(faulty_lines) + sum(piece.exposures for piece in pieces),
        counts=tuple(
            replace(count, ruleset=ruleset.name if len(by_ruleset) > 1 else "")
            for ruleset, generations in by_ruleset
            for count in _joined_counts(count for generation in generations for count in generation.counts)
        ),
        dropped=tuple(
            entry
            for _, generations in by_ruleset
            for entry in sorted_dropped(entry for generation in generations for entry in generation.dropped)
        ),
        shared_names=sum(piece.shared_names for piece in pieces),
    )


def _joined_counts(counts: Iterable[RuleCount]) -> Iterator[RuleCount]:
    associations, exposures, products = Counter[str](), Counter[str](), Counter[str]()
    for count in counts:
        associations[count.rule] += count.associations
        exposures[count.rule] += count.exposures
        products[count.rule] += count.products
    for rule in sorted(associations):
        yield RuleCount(rule, associations[rule], exposures[rule], products[rule])
