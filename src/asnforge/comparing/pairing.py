"""Which expected association is which actual one: by meaning, and at a cost that grows with their count.

Each pass pairs what is left by a weaker key than the pass before it, through a table of keys. Only what no key pairs is
looked at for the exposures that it shares. Swapping the sides gives the same pairs, swapped.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Collection, Hashable, Iterable
from dataclasses import dataclass

from asnforge.comparing.dividing import Division, divisions
from asnforge.comparing.facts import SAME_MEMBERS, SAME_NAMES, FactBook, Key
from asnforge.comparing.model import ReadAssociation
from asnforge.comparing.naming import agree
from asnforge.comparing.overlap import overlapping_pairs

Pair = tuple[ReadAssociation, ReadAssociation]


@dataclass(frozen=True, slots=True)
class Pairing:
    """What belongs together.

    Attributes
    ----------
    pairs : tuple of (ReadAssociation, ReadAssociation)
        Expected and actual.
    splits : tuple of Division
        One expected association, several actual ones.
    merges : tuple of Division
        One actual association, several expected ones.
    expected_duplicates, actual_duplicates : tuple of (ReadAssociation, ReadAssociation)
        An association and its copy on the same side.
    missing, unexpected : tuple of ReadAssociation
        What is left of the expected and of the actual side.
    """

    pairs: tuple[Pair, ...]
    splits: tuple[Division, ...]
    merges: tuple[Division, ...]
    expected_duplicates: tuple[Pair, ...]
    actual_duplicates: tuple[Pair, ...]
    missing: tuple[ReadAssociation, ...]
    unexpected: tuple[ReadAssociation, ...]


def pair(
    expected: Iterable[ReadAssociation], actual: Iterable[ReadAssociation], ignore: Collection[str] = ()
) -> Pairing:
    """Pair the associations of two sides.

    Parameters
    ----------
    expected, actual : iterable of ReadAssociation
        In any order.
    ignore : collection of str
        Keywords that need not agree.

    Returns
    -------
    Pairing
        Each association of each side in exactly one place, apart from the originals of duplicates.
    """
    lost, gained = sorted(expected, key=_order), sorted(actual, key=_order)
    facts = FactBook((*lost, *gained))
    pairs: list[Pair] = []
    for key in SAME_MEMBERS:
        found, lost, gained = _by_key(lost, gained, key, facts)
        pairs += found
    lost, expected_duplicates = _duplicates(lost, [one for one, _ in pairs], facts)
    gained, actual_duplicates = _duplicates(gained, [other for _, other in pairs], facts)
    splits, merges = divisions(lost, gained, {"asn_type", "asn_rule"}.difference(ignore))
    lost = _without(lost, [split.whole for split in splits], [part for merge in merges for part in merge.parts])
    gained = _without(gained, [merge.whole for merge in merges], [part for split in splits for part in split.parts])
    for key in SAME_NAMES:
        found = _by_name(lost, gained, key, facts)
        pairs += found
        lost, gained = _without(lost, [one for one, _ in found]), _without(gained, [other for _, other in found])
    scope = {"asn_type", "asn_rule", "asn_id", "program"}.difference(ignore)
    found = overlapping_pairs(lost, gained, lambda one, other: agree(one.keywords, other.keywords, scope))
    pairs += found
    lost, gained = _without(lost, [one for one, _ in found]), _without(gained, [other for _, other in found])
    return Pairing(tuple(pairs), splits, merges, expected_duplicates, actual_duplicates, tuple(lost), tuple(gained))


def _order(association: ReadAssociation) -> tuple[object, ...]:
    """By content, and by file only where the content is the same."""
    keywords = tuple(sorted(association.keywords.items()))
    memberships = sorted(product.members for product in association.products)
    return association.names, memberships, keywords, association.file_name, association.file


def _by_key(
    lost: list[ReadAssociation], gained: list[ReadAssociation], key: Key, facts: FactBook
) -> tuple[list[Pair], list[ReadAssociation], list[ReadAssociation]]:
    if not lost or not gained:
        return [], lost, gained
    waiting: dict[Hashable, deque[ReadAssociation]] = {}
    for other in gained:
        waiting.setdefault(key(facts[other]), deque()).append(other)
    pairs: list[Pair] = []
    still_lost: list[ReadAssociation] = []
    for one in lost:
        matching = waiting.get(key(facts[one]))
        if matching:
            pairs.append((one, matching.popleft()))
        else:
            still_lost.append(one)
    return pairs, still_lost, _without(gained, [other for _, other in pairs])


def _without(associations: list[ReadAssociation], *taken: list[ReadAssociation]) -> list[ReadAssociation]:
    gone = {id(association) for part in taken for association in part}
    return [association for association in associations if id(association) not in gone] if gone else associations


def _duplicates(
    left: list[ReadAssociation], paired: list[ReadAssociation], facts: FactBook
) -> tuple[list[ReadAssociation], tuple[Pair, ...]]:
    """Those of the left ones whose like the side has already, with that one before them; and first the others."""

    def identity(association: ReadAssociation) -> tuple[str | None, str, int]:
        known = facts[association]
        return known.asn_type, known.rule, known.members

    originals = {identity(association): association for association in reversed(paired)}
    copies = [(original, one) for one in left if (original := originals.setdefault(identity(one), one)) is not one]
    return _without(left, [copy for _, copy in copies]), tuple(copies)


def _by_name(lost: list[ReadAssociation], gained: list[ReadAssociation], key: Key, facts: FactBook) -> list[Pair]:
    """Pairs of the same product names; where several have them, those that share exposures."""
    sides: dict[Hashable, tuple[list[ReadAssociation], list[ReadAssociation]]] = {}
    for side, associations in enumerate((lost, gained)):
        for association in associations:
            if any(facts[association].names):
                sides.setdefault(key(facts[association]), ([], []))[side].append(association)
    pairs: list[Pair] = []
    for before, after in sides.values():
        if len(before) == len(after) == 1:
            pairs.append((before[0], after[0]))
        elif before and after:
            pairs += overlapping_pairs(before, after, least=0.0)
    return pairs
