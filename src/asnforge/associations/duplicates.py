"""Duplicates (docs/grouping.md#duplicates): which drafts are dropped, and for which that stays."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from operator import attrgetter
from typing import Literal

import numpy as np

from asnforge.associations.drafts import Draft
from asnforge.findings import Finding, pluralize
from asnforge.grouping import codes
from asnforge.rules.ruleset import Duplicates

_LOST_HINT = (
    'write "duplicates: members_and_product" in ruleset.yaml to make them, or "duplicates: members" if that is intended'
)


@dataclass(frozen=True, slots=True, eq=False)
class Dropped:
    """A draft that is dropped, the one that stays for it, and why."""

    draft: Draft
    kept: Draft
    reason: Literal["same members", "subset"]


@dataclass(frozen=True, slots=True)
class DroppedAssociation:
    """An association that is not made, and the one that is made instead.

    Attributes
    ----------
    rule, scope, product : str
        The rule, the scope's id and the product's name of the association that is dropped.
    kept_rule, kept_scope, kept_product : str
        The same of the one that stays.
    reason : {"same members", "subset"}
        Whether the one that stays has the same members, or these and more.
    """

    rule: str
    scope: str
    product: str
    kept_rule: str
    kept_scope: str
    kept_product: str
    reason: Literal["same members", "subset"]


@dataclass(frozen=True, slots=True, eq=False)
class Deduplicated:
    """What stays of drafts.

    Attributes
    ----------
    kept : tuple of Draft
        The drafts that become associations.
    dropped : tuple of Dropped
        The others.
    """

    kept: tuple[Draft, ...]
    dropped: tuple[Dropped, ...]


def prune(drafts: Iterable[Draft], duplicates: Duplicates = "members") -> Deduplicated:
    """Drop the drafts that duplicate another.

    Parameters
    ----------
    drafts : iterable of Draft
        All of them.
    duplicates : {"members", "members_and_product", "keep"}
        Which ones are duplicates: those with the same members; only those whose product has the same name as well; or none.
        Unless all are kept, one is also dropped whose members are a proper subset of those of another one with the same
        product name.
    """
    dropped: list[Dropped] = []
    by_name: dict[str, list[Draft]] = defaultdict(list)
    if duplicates == "keep":
        for draft in drafts:
            by_name[draft.product].append(draft)
    else:
        by_members: dict[bytes | tuple[bytes, str], list[Draft]] = defaultdict(list)
        for draft in drafts:
            by_members[draft.members if duplicates == "members" else (draft.members, draft.product)].append(draft)
        for same in by_members.values():
            best = same[0] if len(same) == 1 else _best(same)
            by_name[best.product].append(best)
            dropped += [Dropped(draft, best, "same members") for draft in same if draft is not best]
    kept: list[Draft] = []
    for named in by_name.values():
        if len(named) > 1:
            kept += sorted(named, key=_by_size) if duplicates == "keep" else _without_subsets(named, dropped)
        else:
            kept += named
    return Deduplicated(tuple(kept), tuple(dropped))


def dropped_associations(pruned: Deduplicated) -> tuple[DroppedAssociation, ...]:
    """What is dropped, each with the one that stays in the end, sorted.

    Of drafts with the same members, the one that stays at first may itself be a subset of a larger one.
    """
    larger = {entry.draft: entry.kept for entry in pruned.dropped if entry.reason == "subset"}
    found = []
    for entry in pruned.dropped:
        draft, kept, reason = entry.draft, entry.kept, entry.reason
        while larger and kept in larger:
            kept, reason = larger[kept], "subset"
        found.append(
            DroppedAssociation(
                draft.of.rule.name,
                draft.scope[0],
                draft.product,
                kept.of.rule.name,
                kept.scope[0],
                kept.product,
                reason,
            )
        )
    return tuple(sorted(found, key=attrgetter("rule", "scope", "product", "kept_rule")))


def lost_products(dropped: Iterable[DroppedAssociation], pool: str) -> Iterator[Finding]:
    """A warning for each pair of rules of which one loses products, as an association of the other has the same members.

    Parameters
    ----------
    dropped : iterable of DroppedAssociation
        What is dropped.
    pool : str
        The path of the pool.
    """
    lost: dict[tuple[str, str], list[DroppedAssociation]] = defaultdict(list)
    for entry in dropped:
        if entry.product != entry.kept_product:
            lost[entry.rule, entry.kept_rule].append(entry)
    for (rule, kept), entries in sorted(lost.items()):
        first = entries[0]
        where = f"{first.product} in {first.scope} for {first.kept_product} in {first.kept_scope}"
        more = f", and {len(entries) - 1} more" if len(entries) > 1 else ""
        of = f"associations of {kept}" if kept != rule else "others of that rule"
        message = (
            f"{pluralize(len(entries), 'product')} of {rule} {'is' if len(entries) == 1 else 'are'} not made, "
            f"as {of} have the same members: {where}{more}"
        )
        yield Finding(codes.LOST_PRODUCT.code, message, pool, hint=_LOST_HINT, severity="warning")


def _best(same: list[Draft]) -> Draft:
    """The draft of the highest precedence; the rest of it is worked out only where the scope id does not decide."""
    highest = max(draft.scope[0] for draft in same)
    first = [draft for draft in same if draft.scope[0] == highest]
    return first[0] if len(first) == 1 else max(first, key=_precedence)


def _precedence(draft: Draft) -> tuple[str, str, str, str, str]:
    """The highest scope id stays, so an observation before other candidates; in one scope the last rule by name.

    Where a pool lists files twice, groups of one scope can have the same files from different rows: the one whose exposures
    name the highest candidate stays then.
    """
    return draft.scope[0], draft.highest_candidate(), draft.of.rule.name, draft.scope[1], draft.product


def _by_size(draft: Draft) -> tuple[int, tuple[str, str, str, str, str]]:
    return -len(draft.members), _precedence(draft)


def _without_subsets(named: list[Draft], dropped: list[Dropped]) -> list[Draft]:
    ordered = sorted(named, key=_by_size)
    stay: list[tuple[Draft, frozenset[int]]] = []
    for draft in ordered:
        members = frozenset(np.frombuffer(draft.members, np.int64).tolist())
        larger = next((other for other, inside in stay if members < inside), None)
        if larger is None:
            stay.append((draft, members))
        else:
            dropped.append(Dropped(draft, larger, "subset"))
    return [draft for draft, _ in stay]
