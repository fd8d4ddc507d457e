"""Merging: one association for all products of a rule and scope."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import replace

from asnforge.associations.constraints_text import constraint_values
from asnforge.associations.model import Association
from asnforge.rules.ruleset import Ruleset


def merge_associations(associations: Iterable[Association], ruleset: Ruleset) -> tuple[Association, ...]:
    """Associations of the same rule, scope and program become one with several products.

    Keywords that differ are joined by ``|``, each value once; of several spellings in the constraints, the first in sort order
    is written. A product whose name one has already goes into the next
    one, as a pipeline that runs on both would overwrite the one with the other.
    """
    together: dict[tuple[str, str, str, int], list[Association]] = defaultdict(list)
    named: Counter[tuple[str, ...]] = Counter()
    for association in associations:
        belongs = (association.program, association.asn_id, association.asn_rule)
        products = (*belongs, *(product.name for product in association.products))
        together[*belongs, named[products]].append(association)
        named[products] += 1
    return tuple(_merged(same, ruleset) for same in together.values())


def _merged(same: list[Association], ruleset: Ruleset) -> Association:
    """The first file name stands for all: its sequence is the first of those merged, so no two of them are the same."""
    degraded = any(association.degraded_status == ruleset.keywords.degraded for association in same)
    return replace(
        same[0],
        target=_joined([association.target for association in same]),
        constraints=_constraints([association.constraints for association in same]),
        degraded_status=ruleset.keywords.degraded if degraded else ruleset.keywords.not_degraded,
        products=tuple(product for association in same for product in association.products),
    )


def _constraints(texts: list[str]) -> str:
    """The lines of the first, each with the values of all."""
    values: dict[str, list[str]] = defaultdict(list)
    for text in texts:
        for name, value in constraint_values(text):
            values[name].append(value)
    title = texts[0].partition("\n")[0]
    return "\n".join([title, *(f"    {name}: {_joined(_spelled_alike(found))}" for name, found in values.items())])


def _spelled_alike(texts: list[str]) -> list[str]:
    """The same texts, all that differ in case alone spelled as the first of them in sort order."""
    spelling: dict[str, str] = {}
    for text in sorted(texts):
        spelling.setdefault(text.casefold(), text)
    return [spelling[text.casefold()] for text in texts]


def _joined(texts: list[str]) -> str:
    return "|".join(Counter(texts))
