"""Which associations may be a pair at all: those of one programme and pool first, others only when these are paired."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Literal

from asnforge.compare.match_keys import FactBook
from asnforge.compare.model import ReadAssociation

Relation = Literal["same", "unknown", "any"]
"""How a keyword of two associations compares: equal, absent on one side, or whatever it is."""

_RELATIONS: tuple[Relation, ...] = ("same", "unknown", "any")
_EITHER = -1


@dataclass(frozen=True, slots=True)
class Level:
    """How near the origins of associations must be to be paired.

    Attributes
    ----------
    program, pool : {"same", "unknown", "any"}
        How their programmes and their pools compare.
    """

    program: Relation
    pool: Relation


LEVELS: tuple[Level, ...] = tuple(Level(program, pool) for program, pool in product(_RELATIONS, _RELATIONS))
"""From one programme and pool to whatever programme and pool; the programme means more than the pool."""


def groups_of(
    lost: Sequence[ReadAssociation], gained: Sequence[ReadAssociation], level: Level, facts: FactBook
) -> Iterator[tuple[list[ReadAssociation], list[ReadAssociation]]]:
    """The associations that may be paired at a level, in groups that have some of both sides.

    A group that is no larger than at the level before, as all of it has one programme or one pool, is left out.

    Parameters
    ----------
    lost, gained : sequence of ReadAssociation
        What is left of the expected and of the actual side, sorted.
    level : Level
        How near their origins must be.
    facts : FactBook
        The facts of all of them.
    """
    groups: dict[Hashable, tuple[list[ReadAssociation], list[ReadAssociation]]] = {}
    for side, associations in enumerate((lost, gained)):
        for association in associations:
            known = facts[association]
            key = _part(level.program, known.program, side), _part(level.pool, known.pool, side)
            groups.setdefault(key, ([], []))[side].append(association)
    for before, after in groups.values():
        if before and after and _is_new((*before, *after), level, facts):
            yield before, after


def _is_new(group: Sequence[ReadAssociation], level: Level, facts: FactBook) -> bool:
    """Whether a keyword that may have any value has more than one in the group."""
    if level.program == "any" and len({facts[association].program for association in group}) == 1:
        return False
    return level.pool != "any" or len({facts[association].pool for association in group}) > 1


def _part(relation: Relation, value: str | None, side: int) -> Hashable:
    """What of a group's key one keyword gives; where it is absent on one side: which side that is."""
    if relation == "same":
        return value
    if relation == "unknown":
        return side if value is None else 1 - side
    return _EITHER
