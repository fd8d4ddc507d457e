"""Merge associations: one for all products of a rule and scope."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import replace

from asnforge.associations.keywords import constraint_values
from asnforge.associations.model import Association
from asnforge.rules.ruleset import Ruleset


def merge_associations(associations: Iterable[Association], ruleset: Ruleset) -> tuple[Association, ...]:
    """Merge associations of the same rule, scope and program into one with several products.

    Keywords that differ are joined by ``|``, each value once; of several spellings in the constraints, the first in sort order
    is written. A product with the name of one that is already merged goes into the next association, as a pipeline that runs on
    both would overwrite one with the other.
    """
    merged: dict[tuple[str, str, str, int], list[Association]] = defaultdict(list)
    counts: Counter[tuple[str, ...]] = Counter()
    for association in associations:
        key = (association.program, association.asn_id, association.asn_rule)
        products = (*key, *(product.name for product in association.products))
        merged[*key, counts[products]].append(association)
        counts[products] += 1
    return tuple(_merged(same, ruleset) for same in merged.values())


def _merged(same: list[Association], ruleset: Ruleset) -> Association:
    """Merge associations into one, with the file name of the first: no other merged association has its sequence."""
    degraded = any(association.degraded_status == ruleset.keywords.degraded for association in same)
    return replace(
        same[0],
        target=_joined([association.target for association in same]),
        extra={
            name: _joined([association.extra[name] for association in same]) if isinstance(value, str) else value
            for name, value in same[0].extra.items()
        },
        constraints=_constraints([association.constraints for association in same]),
        degraded_status=ruleset.keywords.degraded if degraded else ruleset.keywords.not_degraded,
        products=tuple(product for association in same for product in association.products),
    )


def _constraints(texts: list[str]) -> str:
    """The lines of the first text, each with the values of all texts; values that differ only in case have one spelling."""
    values: dict[str, list[str]] = defaultdict(list)
    for text in texts:
        for name, value in constraint_values(text):
            values[name].append(value)
    lines = [texts[0].partition("\n")[0]]
    for name, several in values.items():
        spelling = {value.casefold(): value for value in sorted(several, reverse=True)}
        lines.append(f"    {name}: {_joined([spelling[value.casefold()] for value in several])}")
    return "\n".join(lines)


def _joined(values: list[str]) -> str:
    return "|".join(dict.fromkeys(values))
