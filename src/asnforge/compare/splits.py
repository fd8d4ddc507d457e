"""Associations whose members are, on the other side, in several."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from asnforge.compare.model import Member, ReadAssociation
from asnforge.compare.normalize import agree

_MOST_WHOLES = 64
"""Wholes that are tried for one part, where even its rarest member is in more."""


@dataclass(frozen=True, slots=True)
class Division:
    """One association of a side, and those of the other side that have its members together and no other."""

    whole: ReadAssociation
    parts: tuple[ReadAssociation, ...]


@dataclass(frozen=True, slots=True)
class _Sided:
    """An association with its members as a set, and its side: 0 expected, 1 actual."""

    side: int
    association: ReadAssociation
    members: frozenset[Member]


def divisions(
    expected: Sequence[ReadAssociation], actual: Sequence[ReadAssociation], keywords: Collection[str]
) -> tuple[tuple[Division, ...], tuple[Division, ...]]:
    """Which expected associations were split, and which were merged.

    Parameters
    ----------
    expected, actual : sequence of ReadAssociation
        What is left of the two sides, sorted.
    keywords : collection of str
        Those that whole and parts must agree in.

    Returns
    -------
    (tuple of Division, tuple of Division)
        Splits, whose whole is an expected association, and merges, whose whole is an actual one. The larger wholes
        come first, and an association is in one division at the most.
    """
    sides = [
        [_Sided(side, a, frozenset(a.members)) for a in sequence] for side, sequence in enumerate((expected, actual))
    ]
    candidates = _parts_of(sides[0], sides[1], keywords) + _parts_of(sides[1], sides[0], keywords)
    found: tuple[list[Division], list[Division]] = ([], [])
    taken: set[int] = set()
    for whole, parts in sorted(candidates, key=lambda candidate: -len(candidate[0].members)):
        if id(whole.association) in taken:
            continue
        chosen = _cover(whole, [part for part in parts if id(part.association) not in taken])
        if chosen:
            found[whole.side].append(Division(whole.association, chosen))
            taken.update(map(id, (whole.association, *chosen)))
    return tuple(found[0]), tuple(found[1])


def _parts_of(
    wholes: list[_Sided], parts: list[_Sided], keywords: Collection[str]
) -> list[tuple[_Sided, list[_Sided]]]:
    """For each whole the parts that lie inside it, where there are two or more."""
    having: dict[Member, list[int]] = defaultdict(list)
    for place, whole in enumerate(wholes):
        for member in whole.members:
            having[member].append(place)
    inside: dict[int, list[_Sided]] = defaultdict(list)
    for part in parts:
        if not part.members or not all(map(having.__contains__, part.members)):
            continue
        _, rarest = min((len(having[member]), member) for member in part.members)
        for place in having[rarest][:_MOST_WHOLES]:
            whole = wholes[place]
            same = agree(part.association.keywords, whole.association.keywords, keywords)
            if same and part.members < whole.members:
                inside[place].append(part)
    return [(wholes[place], some) for place, some in inside.items() if len(some) > 1]


def _cover(whole: _Sided, parts: list[_Sided]) -> tuple[ReadAssociation, ...]:
    """The parts that together have all the members of the whole, the larger ones first; none where they have not."""
    chosen: list[ReadAssociation] = []
    left = set(whole.members)
    for part in sorted(parts, key=lambda part: -len(part.members)):
        if not part.members.isdisjoint(left):
            chosen.append(part.association)
            left -= part.members
    return () if left else tuple(chosen)
