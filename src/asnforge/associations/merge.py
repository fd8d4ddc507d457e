"""Merging: one association for all products of a rule and scope."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import replace

from asnforge.associations.model import Association
from asnforge.rules.model import Ruleset


def merge_associations(associations: Iterable[Association], ruleset: Ruleset) -> tuple[Association, ...]:
    """Associations of the same rule, scope and program become one with several products.

    Keywords that differ are joined by ``|``, each value once.
    """
    together: dict[tuple[str, str, str], list[Association]] = defaultdict(list)
    for association in associations:
        together[association.program, association.asn_id, association.asn_rule].append(association)
    return tuple(_merged(same, ruleset) for same in together.values())


def _merged(same: list[Association], ruleset: Ruleset) -> Association:
    """The first file name stands for all: its sequence is the first of those merged, so no two of them are the same."""
    degraded = any(association.degraded_status == ruleset.keywords.degraded for association in same)
    return replace(
        same[0],
        target=_joined([association.target for association in same]),
        constraints=_constraints([association.constraints.split("\n") for association in same]),
        degraded_status=ruleset.keywords.degraded if degraded else ruleset.keywords.not_degraded,
        products=tuple(product for association in same for product in association.products),
    )


def _constraints(texts: list[list[str]]) -> str:
    """The lines of the first, each with the values of all."""
    lines = []
    for column in zip(*texts, strict=True):
        name, colon, _ = column[0].partition(": ")
        lines.append(name + colon + _joined([line.partition(": ")[2] for line in column]))
    return "\n".join(lines)


def _joined(texts: list[str]) -> str:
    return "|".join(Counter(texts))
