"""Find associations that share exposures or members, at a bounded cost: the best pairs, and associations that were split."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass

from asnforge.compare.model import Member, ReadAssociation
from asnforge.compare.normalize import keywords_agree

_COMMON = 1024
"""An exposure that more pairs of associations than this have in common says little about which of them match."""

_MOST_PAIRS = 1_000_000
"""The most pairs of associations that are compared in total."""

_MOST_WHOLES = 64
"""The most wholes that are tried for one part, if even its rarest member is in more."""


@dataclass(frozen=True, slots=True)
class Split:
    """An association of one side, and those of the other side that together have exactly its members."""

    whole: ReadAssociation
    parts: tuple[ReadAssociation, ...]


def overlapping_pairs(
    expected: Sequence[ReadAssociation],
    actual: Sequence[ReadAssociation],
    exposures: Callable[[ReadAssociation], frozenset[str]],
    rank: Callable[[ReadAssociation, ReadAssociation], int | None] | None = None,
    least: float = 0.5,
) -> list[tuple[ReadAssociation, ReadAssociation]]:
    """Pair associations that share exposures: those of a lower rank first, then those that share most.

    Parameters
    ----------
    expected, actual : sequence of ReadAssociation
        The two sides, sorted.
    exposures : callable
        A function that returns the exposures of an association, regardless of their suffixes.
    rank : callable, optional
        How well two associations match, the lower the better; None if they cannot be a pair.
    least : float, 0 to 1
        The share of exposures that a pair must have in common: twice the number in common, divided by the sum of both numbers.

    Returns
    -------
    list of (ReadAssociation, ReadAssociation)
        Each association in one pair at most.
    """
    if not expected or not actual:
        return []
    before, after = list(map(exposures, expected)), list(map(exposures, actual))
    ranked = []
    for i, j in _pairs_in_common(before, after):
        share = 2 * len(before[i] & after[j]) / (len(before[i]) + len(after[j]))
        if share >= least and (order := rank(expected[i], actual[j]) if rank else 0) is not None:
            ranked.append((order, -share, i, j))
    pairs: dict[int, int] = {}
    paired: set[int] = set()
    for _, _, i, j in sorted(ranked):
        if i not in pairs and j not in paired:
            pairs[i] = j
            paired.add(j)
    return [(expected[i], actual[j]) for i, j in pairs.items()]


def _pairs_in_common(before: list[frozenset[str]], after: list[frozenset[str]]) -> set[tuple[int, int]]:
    """Index pairs with an exposure in common, from the rarest exposure on, up to the limit.

    A very common exposure is used only for associations that have no rarer exposure in common with any other.
    """
    indices: dict[str, tuple[list[int], list[int]]] = defaultdict(lambda: ([], []))
    for side, associations in enumerate((before, after)):
        for index, exposures in enumerate(associations):
            for exposure in exposures:
                indices[exposure][side].append(index)
    by_cost = sorted((len(i) * len(j), exposure) for exposure, (i, j) in indices.items() if i and j)
    pairs: set[tuple[int, int]] = set()
    seen: tuple[set[int], set[int]] = (set(), set())
    for cost, exposure in by_cost:
        left, right = indices[exposure]
        new_left, new_right = left, right
        if cost > _COMMON:
            new_left, new_right = [i for i in left if i not in seen[0]], [j for j in right if j not in seen[1]]
        if len(pairs) + len(new_left) * len(right) + len(new_right) * len(left) > _MOST_PAIRS:
            break
        pairs.update((i, j) for i in new_left for j in right)
        pairs.update((i, j) for j in new_right for i in left)
        if new_left or new_right:
            seen[0].update(left)
            seen[1].update(right)
    return pairs


def find_splits(
    expected: Sequence[ReadAssociation], actual: Sequence[ReadAssociation], keywords: Collection[str]
) -> tuple[list[Split], list[Split]]:
    """Find associations that were split or merged.

    Parameters
    ----------
    expected, actual : sequence of ReadAssociation
        The unmatched associations of the two sides, sorted.
    keywords : collection of str
        The keywords that whole and parts must agree in.

    Returns
    -------
    (list of Split, list of Split)
        Splits, whose whole is an expected association, and merges, whose whole is an actual one. The larger wholes
        come first, and an association is in one of them at most.
    """
    members = {id(association): frozenset(association.members) for association in (*expected, *actual)}
    candidates = [(0, whole, parts) for whole, parts in _parts(expected, actual, members, keywords)]
    candidates += [(1, whole, parts) for whole, parts in _parts(actual, expected, members, keywords)]
    results: tuple[list[Split], list[Split]] = ([], [])
    used: set[int] = set()
    for side, whole, parts in sorted(candidates, key=lambda candidate: -len(members[id(candidate[1])])):
        if id(whole) in used:
            continue
        chosen = _cover(whole, [part for part in parts if id(part) not in used], members)
        if chosen:
            results[side].append(Split(whole, chosen))
            used.update(map(id, (whole, *chosen)))
    return results


def _parts(
    wholes: Sequence[ReadAssociation],
    parts: Sequence[ReadAssociation],
    members: dict[int, frozenset[Member]],
    keywords: Collection[str],
) -> Iterator[tuple[ReadAssociation, list[ReadAssociation]]]:
    """Each whole with the associations that have only some of its members, if there are several."""
    wholes_with: dict[Member, list[int]] = defaultdict(list)
    for index, whole in enumerate(wholes):
        for member in members[id(whole)]:
            wholes_with[member].append(index)
    inside: dict[int, list[ReadAssociation]] = defaultdict(list)
    for part in parts:
        own = members[id(part)]
        if not own or not all(map(wholes_with.__contains__, own)):
            continue
        _, rarest = min((len(wholes_with[member]), member) for member in own)
        for index in wholes_with[rarest][:_MOST_WHOLES]:
            whole = wholes[index]
            if own < members[id(whole)] and keywords_agree(part.keywords, whole.keywords, keywords):
                inside[index].append(part)
    return ((wholes[index], items) for index, items in inside.items() if len(items) > 1)


def _cover(
    whole: ReadAssociation, parts: list[ReadAssociation], members: dict[int, frozenset[Member]]
) -> tuple[ReadAssociation, ...]:
    """The parts that together have all members of the whole, the larger first; none if members are left over."""
    chosen: list[ReadAssociation] = []
    remaining = set(members[id(whole)])
    for part in sorted(parts, key=lambda part: -len(members[id(part)])):
        if not members[id(part)].isdisjoint(remaining):
            chosen.append(part)
            remaining -= members[id(part)]
    return () if remaining else tuple(chosen)
