"""Drop duplicates (docs/grouping.md#duplicates), and record which draft is kept instead of each."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from operator import attrgetter
from typing import Literal

import numpy as np

from asnforge.associations.drafts import Draft
from asnforge.findings import Finding, FindingCode
from asnforge.grouping.arrays import IndexArray, offsets
from asnforge.rules.ruleset import Duplicates

LOST_PRODUCT = FindingCode(
    "G121",
    "products are lost, as other associations have the same members",
    "Of several associations with the same members only one is kept: that of the highest scope id, and in one scope that of "
    "the last rule by name. The product of a dropped association has another name, and is lost. Set duplicates in "
    "ruleset.yaml: members_and_product or keep generates these products as well; members drops them without this warning. "
    "--json lists every dropped association.",
    wrong="product: '{program}-{scope}'",
    right="product: '{program}-{field}'",
)

_Reason = Literal["same members", "subset"]


@dataclass(frozen=True, slots=True, eq=False)
class Duplicate:
    """A draft that is dropped, the one that is kept instead, and why."""

    draft: Draft
    kept_instead: Draft
    reason: _Reason


@dataclass(frozen=True, slots=True)
class DroppedAssociation:
    """An association that is dropped as a duplicate, and the one that is kept instead.

    Attributes
    ----------
    rule, scope, product : str
        The rule, the scope's id and the product's name of the association that is dropped.
    kept_rule, kept_scope, kept_product : str
        The same for the one that is kept.
    reason : {"same members", "subset"}
        Whether the one that is kept has the same members, or these and more.
    """

    rule: str
    scope: str
    product: str
    kept_rule: str
    kept_scope: str
    kept_product: str
    reason: _Reason


def drop_duplicates(drafts: Iterable[Draft], mode: Duplicates = "members") -> tuple[list[Draft], list[Duplicate]]:
    """Separate the drafts that become associations from those that duplicate another.

    Duplicates are drafts with the same members (`mode` is members), or with the same members and product name
    (members_and_product). Unless all are kept (keep), a draft is also dropped if its members are a proper subset of those of
    another one with the same product name. A draft is never dropped in favor of one of a later layer, which could use its
    product.
    """
    precedence = _Precedence()
    duplicates: list[Duplicate] = []
    best_of_all = drafts
    if mode != "keep":
        key = attrgetter("members") if mode == "members" else attrgetter("members", "product")
        best_of_all = list[Draft]()
        for same in _together(drafts, key):
            best = same[0] if len(same) == 1 else _best(same, precedence)
            best_of_all.append(best)
            duplicates += [Duplicate(draft, best, "same members") for draft in same if draft is not best]
    kept: list[Draft] = []
    for named in _together(best_of_all, attrgetter("product")):
        if len(named) == 1:
            kept += named
        else:
            ordered = sorted(named, key=lambda draft: (-len(draft.members), precedence(draft)))
            kept += ordered if mode == "keep" else _without_subsets(ordered, duplicates)
    return kept, duplicates


def _together(drafts: Iterable[Draft], key: Callable[[Draft], Hashable]) -> Iterator[Sequence[Draft]]:
    """The drafts, those with the same key together, in the order of the first of them. Most keys have only one."""
    first: dict[Hashable, Draft] = {}
    others: dict[Draft, list[Draft]] = {}
    for draft in drafts:
        same = first.setdefault(key(draft), draft)
        if same is not draft:
            others.setdefault(same, [same]).append(draft)
    yield from (others.get(draft) or (draft,) for draft in first.values())


def resolve_duplicates(duplicates: Iterable[Duplicate]) -> Iterator[Duplicate]:
    """The duplicates, each with the draft that is kept in the end.

    Of drafts with the same members, the one that is kept at first may itself be a subset of a larger one.
    """
    duplicates = tuple(duplicates)
    larger = {duplicate.draft: duplicate.kept_instead for duplicate in duplicates if duplicate.reason == "subset"}
    if not larger:
        yield from duplicates
        return
    for duplicate in duplicates:
        kept, reason = duplicate.kept_instead, duplicate.reason
        while kept in larger:
            kept, reason = larger[kept], "subset"
        yield Duplicate(duplicate.draft, kept, reason)


def dropped_associations(duplicates: Iterable[Duplicate]) -> tuple[DroppedAssociation, ...]:
    """The associations that are dropped, each with the one that is kept in the end, sorted."""
    dropped = []
    for duplicate in resolve_duplicates(duplicates):
        draft, kept = duplicate.draft, duplicate.kept_instead
        dropped.append(
            DroppedAssociation(
                draft.source.rule.name,
                draft.scope[0],
                draft.product,
                kept.source.rule.name,
                kept.scope[0],
                kept.product,
                duplicate.reason,
            )
        )
    return sorted_dropped(dropped)


def sorted_dropped(dropped: Iterable[DroppedAssociation]) -> tuple[DroppedAssociation, ...]:
    """Dropped associations in the order of reports."""
    return tuple(sorted(dropped, key=attrgetter("rule", "scope", "product", "kept_rule")))


def lost_products(dropped: Iterable[DroppedAssociation], pool: str) -> Iterator[Finding]:
    """A warning for each pair of rules if products of one are lost, because associations of the other have the same members.

    `pool` is the path of the pool.
    """
    lost: dict[tuple[str, str], list[DroppedAssociation]] = defaultdict(list)
    for entry in dropped:
        if entry.product != entry.kept_product:
            lost[entry.rule, entry.kept_rule].append(entry)
    for (rule, kept), entries in sorted(lost.items()):
        first, count = entries[0], len(entries)
        others = "associations of {kept_rule}" if kept != rule else "others of that rule"
        yield LOST_PRODUCT.finding(
            f"{{count:product}} of {{rule}} {'is' if count == 1 else 'are'} dropped, as {others} have the same members: "
            "{product} in {scope} in favor of {kept_product} in {kept_scope}"
            + (", and {more} more" if count > 1 else ""),
            pool,
            hint='write "duplicates: members_and_product" in ruleset.yaml to keep them, or "duplicates: members" if this is '
            "intended",
            severity="warning",
            count=count,
            more=count - 1,
            rule=rule,
            product=first.product,
            scope=first.scope,
            kept_rule=kept,
            kept_product=first.kept_product,
            kept_scope=first.kept_scope,
        )


class _Precedence:
    """The order in which drafts of one pool are kept.

    The highest scope id is kept, so an observation rather than another candidate; in one scope, the last rule by name. If a
    pool lists files twice, groups of one scope can have the same files from different rows: the one whose exposures name the
    highest candidate is kept then.
    """

    def __init__(self) -> None:
        self._ranks: IndexArray | None = None

    def __call__(self, draft: Draft) -> tuple[str, int, str, str, str]:
        if self._ranks is None:
            self._ranks = draft.source.prepared.candidate_ranks()
        highest = int(self._ranks[draft.rows()].max(initial=0))
        return draft.scope[0], highest, draft.source.rule.name, draft.scope[1], draft.product


def _best(same: Sequence[Draft], precedence: _Precedence) -> Draft:
    """The draft with the highest precedence, which is computed only if several have the highest scope id."""
    layer = min(draft.source.layer for draft in same)
    highest = max(draft.scope[0] for draft in same if draft.source.layer == layer)
    first = [draft for draft in same if draft.source.layer == layer and draft.scope[0] == highest]
    return first[0] if len(first) == 1 else max(first, key=precedence)


def _without_subsets(drafts: list[Draft], duplicates: list[Duplicate]) -> list[Draft]:
    """The drafts, the largest first, of which no larger one has all members; the others are added to `duplicates`.

    A draft with all members has the rarest of them as well, so only drafts with that member are compared.
    """
    members = [np.frombuffer(draft.members, np.int64) for draft in drafts]
    sizes = np.fromiter(map(len, members), np.int64, len(members))
    if sizes[0] == sizes[-1]:
        return drafts
    _, code, count = np.unique(np.concatenate(members), return_inverse=True, return_counts=True)
    draft_of = np.repeat(np.arange(len(drafts)), sizes)
    rarest = code[np.lexsort((count[code], draft_of))[np.cumsum(sizes) - sizes]]
    having, starts = draft_of[np.argsort(code, kind="stable")], offsets(code, len(count))
    larger = np.searchsorted(-sizes, -sizes)
    dropped: set[int] = set()
    sets: dict[int, frozenset[int]] = {}
    for index in np.flatnonzero((count[rarest] > 1) & (larger > 0)).tolist():
        others = having[starts[rarest[index]] : starts[rarest[index] + 1]]
        for other in others[: np.searchsorted(others, larger[index])].tolist():
            for each in (index, other):
                if each not in sets:
                    sets[each] = frozenset(members[each].tolist())
            if (
                other not in dropped
                and drafts[other].source.layer <= drafts[index].source.layer
                and sets[index] < sets[other]
            ):
                dropped.add(index)
                duplicates.append(Duplicate(drafts[index], drafts[other], "subset"))
                break
    return [draft for index, draft in enumerate(drafts) if index not in dropped]
