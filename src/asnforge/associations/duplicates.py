"""Duplicates (grouping rules, 'Duplicates'): which drafts are dropped, and for which that stays."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

import numpy as np

from asnforge.associations.drafts import Draft


@dataclass(frozen=True, slots=True, eq=False)
class Dropped:
    """A draft that is dropped, the one that stays for it, and why."""

    draft: Draft
    kept: Draft
    reason: Literal["same members", "subset"]


@dataclass(frozen=True, slots=True, eq=False)
class Pruned:
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


def prune(drafts: Iterable[Draft]) -> Pruned:
    """Drop the drafts that duplicate another."""
    dropped: list[Dropped] = []
    by_members: dict[bytes, list[Draft]] = defaultdict(list)
    for draft in drafts:
        by_members[draft.members].append(draft)
    by_name: dict[str, list[Draft]] = defaultdict(list)
    for same in by_members.values():
        best = same[0] if len(same) == 1 else _best(same)
        by_name[best.product].append(best)
        dropped += [Dropped(draft, best, "same members") for draft in same if draft is not best]
    kept: list[Draft] = []
    for named in by_name.values():
        kept += _without_subsets(named, dropped) if len(named) > 1 else named
    return Pruned(tuple(kept), tuple(dropped))


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


def _without_subsets(named: list[Draft], dropped: list[Dropped]) -> list[Draft]:
    ordered = sorted(named, key=lambda draft: (-len(draft.members), _precedence(draft)))
    stay: list[tuple[Draft, frozenset[int]]] = []
    for draft in ordered:
        members = frozenset(np.frombuffer(draft.members, np.int64).tolist())
        larger = next((other for other, inside in stay if members < inside), None)
        if larger is None:
            stay.append((draft, members))
        else:
            dropped.append(Dropped(draft, larger, "subset"))
    return [draft for draft, _ in stay]
