"""Associations that share most of their exposures, at a bounded cost."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence

from asnforge.compare.model import ReadAssociation

_COMMON = 1024
"""Pairs of associations that have one exposure, from which on it says little about which belong together."""

_WORK = 1_000_000
"""Pairs of associations that are looked at in all."""


def overlapping_pairs(
    expected: Sequence[ReadAssociation],
    actual: Sequence[ReadAssociation],
    exposures: Callable[[ReadAssociation], frozenset[str]],
    rank: Callable[[ReadAssociation, ReadAssociation], int | None] | None = None,
    least: float = 0.5,
) -> list[tuple[ReadAssociation, ReadAssociation]]:
    """Pairs that share exposures, suffixes and exptypes aside: those of a lower rank first, then those that share most.

    Parameters
    ----------
    expected, actual : sequence of ReadAssociation
        The two sides, sorted.
    exposures : callable
        The exposures of an association, whatever their suffixes.
    rank : callable, optional
        How well two associations go together, the lower the better; None where they cannot be a pair.
    least : float, 0 to 1
        The share of exposures that both must have: twice the common ones by the sum of both counts, more than nothing.

    Returns
    -------
    list of (ReadAssociation, ReadAssociation)
        Each association in one pair at the most.
    """
    if not expected or not actual:
        return []
    before, after = list(map(exposures, expected)), list(map(exposures, actual))
    ranked = []
    for i, j in _candidates(before, after):
        share = 2 * len(before[i] & after[j]) / (len(before[i]) + len(after[j]))
        if share >= least and (order := rank(expected[i], actual[j]) if rank else 0) is not None:
            ranked.append((order, -share, i, j))
    pairs: list[tuple[ReadAssociation, ReadAssociation]] = []
    taken: tuple[set[int], set[int]] = (set(), set())
    for _, _, i, j in sorted(ranked):
        if i not in taken[0] and j not in taken[1]:
            pairs.append((expected[i], actual[j]))
            taken[0].add(i)
            taken[1].add(j)
    return pairs


def _candidates(before: list[frozenset[str]], after: list[frozenset[str]]) -> set[tuple[int, int]]:
    """Pairs of places with an exposure in common; the rarest exposures first, until the work is done.

    An exposure that very many have is used only for the associations that no rarer one has found a pair for.
    """
    places: dict[str, tuple[list[int], list[int]]] = defaultdict(lambda: ([], []))
    for side, associations in enumerate((before, after)):
        for place, exposures in enumerate(associations):
            for exposure in exposures:
                places[exposure][side].append(place)
    ranked = sorted((len(i) * len(j), exposure) for exposure, (i, j) in places.items() if i and j)
    found: set[tuple[int, int]] = set()
    have: tuple[set[int], set[int]] = (set(), set())
    for cost, exposure in ranked:
        mine, theirs = places[exposure]
        alone = mine, theirs
        if cost > _COMMON:
            alone = [i for i in mine if i not in have[0]], [j for j in theirs if j not in have[1]]
        if len(found) + len(alone[0]) * len(theirs) + len(alone[1]) * len(mine) > _WORK:
            break
        found.update((i, j) for i in alone[0] for j in theirs)
        found.update((i, j) for j in alone[1] for i in mine)
        if alone[0] or alone[1]:
            have[0].update(mine)
            have[1].update(theirs)
    return found
