"""Which expected association is which actual one: by meaning, and at a cost that grows with their count.

What is unchanged is paired first. The rest is paired within one programme and pool by identity (candidate, product names, and
rule or type), then by members, then by exposures whatever their suffixes, then by what they share; and only what is left
across pools and programmes. Each pass pairs what is left by a weaker key than the pass before it, through a table of keys.
Swapping the sides gives the same pairs, swapped.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Collection, Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from asnforge.compare.match_keys import IDENTITY, SAME_MEMBERS, SAME_NAMES, SAME_ROOTS, UNCHANGED, FactBook, Key
from asnforge.compare.model import ReadAssociation
from asnforge.compare.normalize import agree
from asnforge.compare.origins import LEVELS, Level, groups_of
from asnforge.compare.overlap import overlapping_pairs
from asnforge.compare.splits import Division, divisions

Pair = tuple[ReadAssociation, ReadAssociation]
Left = list[ReadAssociation]

_SAME_KIND = frozenset({"asn_type", "asn_id", "program"})
"""Keywords that associations must agree in to be paired for nothing but the exposures that they share."""


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
        An association and its copy on the same side, of the same programme and pool.
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
    lost, gained = sorted(_each_once(expected), key=_order), sorted(_each_once(actual), key=_order)
    matcher = _Matcher(FactBook((*lost, *gained), ignore), ignore)
    for key in UNCHANGED:
        lost, gained = matcher.pair_by_key(lost, gained, key)
    for level in LEVELS:
        for before, after in groups_of(lost, gained, level, matcher.facts):
            matcher.pair_group(before, after, level)
        lost, gained = matcher.left(lost, gained)
        lost, gained = matcher.without_copies(lost, 0), matcher.without_copies(gained, 1)
    lost, gained = matcher.without_copies(lost, 0, among=True), matcher.without_copies(gained, 1, among=True)
    return Pairing(
        tuple(matcher.pairs),
        tuple(matcher.splits),
        tuple(matcher.merges),
        tuple(matcher.copies[0]),
        tuple(matcher.copies[1]),
        tuple(lost),
        tuple(gained),
    )


class _Matcher:
    """What is paired so far."""

    def __init__(self, facts: FactBook, ignore: Collection[str]) -> None:
        self.facts = facts
        self.pairs: list[Pair] = []
        self.splits: list[Division] = []
        self.merges: list[Division] = []
        self.copies: tuple[list[Pair], list[Pair]] = ([], [])
        self._ignore = ignore
        self._taken: tuple[set[int], set[int]] = (set(), set())  # apart, as one association may be on both sides
        self._originals: tuple[dict[Hashable, ReadAssociation], dict[Hashable, ReadAssociation]] = ({}, {})

    def left(self, before: Left, after: Left) -> tuple[Left, Left]:
        """Those of both sides that are in no pair, division or copy yet."""
        one, other = (
            [association for association in side if id(association) not in taken]
            for side, taken in zip((before, after), self._taken, strict=True)
        )
        return one, other

    def pair_group(self, before: Left, after: Left, level: Level) -> None:
        """Pair associations that may be paired at a level, and find what was split, merged or copied."""
        must_share = level.program == "any"
        if self._share_names(before, after):
            for key in IDENTITY:
                before, after = self._pair_by_names(before, after, key, must_share=must_share)
        for key in SAME_MEMBERS:
            before, after = self.pair_by_key(before, after, key)
        if not before or not after:
            return
        before, after = self.without_copies(before, 0, among=True), self.without_copies(after, 1, among=True)
        self.facts.find_roots((*before, *after))
        for key in SAME_ROOTS:
            before, after = self.pair_by_key(before, after, key)
        before, after = self._divide(before, after)
        for key in SAME_NAMES:
            before, after = self._pair_by_names(before, after, key, must_share=must_share)
        self._add(overlapping_pairs(before, after, self.facts.exposures, self._rank), before, after)

    def _share_names(self, before: Left, after: Left) -> bool:
        """Whether any product names are on both sides; after a renaming of all, none are, and no key of names is needed."""
        names = {self.facts[one].names for one in before}
        return any(self.facts[other].names in names for other in after)

    def pair_by_key(self, before: Left, after: Left, key: Key) -> tuple[Left, Left]:
        """Pair those that have the same key, in their order; what is left of both."""
        if not before or not after:
            return before, after
        waiting: dict[Hashable, deque[ReadAssociation]] = {}
        for other in after:
            waiting.setdefault(key(self.facts[other]), deque()).append(other)
        found = [(one, matching.popleft()) for one in before if (matching := waiting.get(key(self.facts[one])))]
        return self._add(found, before, after)

    def _pair_by_names(self, before: Left, after: Left, key: Key, *, must_share: bool) -> tuple[Left, Left]:
        """Pair those with the same names; where several have them, by members, then by the exposures that they share."""
        if not before or not after:
            return before, after
        sides: dict[Hashable, tuple[Left, Left]] = {}
        for side, associations in enumerate((before, after)):
            for association in associations:
                if any(self.facts[association].names):
                    sides.setdefault(key(self.facts[association]), ([], []))[side].append(association)
        for some, others in sides.values():
            if len(some) > 1 or len(others) > 1:
                some, others = self.pair_by_key(some, others, lambda facts: facts.members)
            if must_share or len(some) > 1 or len(others) > 1:
                some, others = self._add(overlapping_pairs(some, others, self.facts.exposures, least=0.0), some, others)
            if not must_share and len(some) == len(others) == 1:
                self._add([(some[0], others[0])], some, others)
        return self.left(before, after)

    def _divide(self, before: Left, after: Left) -> tuple[Left, Left]:
        keywords = {"asn_type", "asn_rule", "program"}.difference(self._ignore)
        splits, merges = divisions(before, after, keywords)
        self.splits += splits
        self.merges += merges
        for split in splits:
            self._take(0, (split.whole,))
            self._take(1, split.parts)
        for merge in merges:
            self._take(0, merge.parts)
            self._take(1, (merge.whole,))
        return self.left(before, after)

    def _rank(self, one: ReadAssociation, other: ReadAssociation) -> int | None:
        """0 for associations of one rule, 1 for others; None for those of several types, candidates or programmes."""
        if not agree(one.keywords, other.keywords, _SAME_KIND.difference(self._ignore)):
            return None
        return 0 if agree(one.keywords, other.keywords, ("asn_rule",)) else 1

    def _add(self, found: list[Pair], before: Left, after: Left) -> tuple[Left, Left]:
        if not found:
            return before, after
        self.pairs += found
        self._take(0, [one for one, _ in found])
        self._take(1, [other for _, other in found])
        return self.left(before, after)

    def _take(self, side: int, associations: Sequence[ReadAssociation]) -> None:
        """Set associations of one side apart; whatever is like them on their side is a copy from now on."""
        self._taken[side].update(map(id, associations))
        for association in associations:
            self._originals[side].setdefault(self._likeness(association), association)

    def without_copies(self, left: Left, side: int, *, among: bool = False) -> Left:
        """Those of one side that have no like there which is paired, or, `among` them, comes before."""
        kept = []
        for association in left:
            likeness = self._likeness(association)
            original = self._originals[side].get(likeness)
            if original is None and among:
                self._originals[side][likeness] = original = association
            if original is None or original is association:
                kept.append(association)
            else:
                self.copies[side].append((original, association))
                self._taken[side].add(id(association))
        return kept

    def _likeness(self, association: ReadAssociation) -> Hashable:
        known = self.facts[association]
        return known.program, known.pool, known.asn_type, known.rule, known.members


def _each_once(associations: Iterable[ReadAssociation]) -> Iterator[ReadAssociation]:
    """Each association as an object of its own: they are told apart by identity of objects."""
    seen: set[int] = set()
    for association in associations:
        yield replace(association) if id(association) in seen else association
        seen.add(id(association))


def _order(association: ReadAssociation) -> tuple[object, ...]:
    """By content, and by file only where the content is the same."""
    keywords = tuple(sorted(association.keywords.items()))
    memberships = sorted(product.members for product in association.products)
    return association.names, memberships, keywords, association.file_name, association.file
