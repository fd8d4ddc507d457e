"""What reports say about the result of a pool, so that the members of associations need not be kept."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from asnforge.associations.dependence_graph import Dependence, find_dependence
from asnforge.associations.duplicates import DroppedAssociation, sorted_dropped
from asnforge.associations.summary import AssociationSummary, summarize
from asnforge.generation.result import Generation, RuleCount
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


def joined_summary(parts: Sequence[RunSummary], faulty_lines: Sequence[int]) -> RunSummary:
    """The summary of a pool from those of its pieces and its faulty lines; associations are in the order of the pieces."""
    associations, exposures, products = Counter[str](), Counter[str](), Counter[str]()
    for count in (count for part in parts for count in part.counts):
        associations[count.rule] += count.associations
        exposures[count.rule] += count.exposures
        products[count.rule] += count.products
    return RunSummary(
        associations=tuple(association for part in parts for association in part.associations),
        orphans=tuple(sorted([*faulty_lines, *(line for part in parts for line in part.orphans)])),
        exposures=len(faulty_lines) + sum(part.exposures for part in parts),
        counts=tuple(
            RuleCount(rule, associations[rule], exposures[rule], products[rule]) for rule in sorted(associations)
        ),
        dropped=sorted_dropped(entry for part in parts for entry in part.dropped),
        shared_names=sum(part.shared_names for part in parts),
    )
