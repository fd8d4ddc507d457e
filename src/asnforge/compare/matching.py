"""Match expected associations with actual ones by meaning, at a cost that grows only with their number.

Unchanged associations are paired first. The others are paired within one program and pool by identity (candidate, product
names, and rule or type), then by members, then by exposures regardless of suffixes, then by the exposures that they share;
only those that remain are paired across pools and programs. Each pass pairs by a weaker key than the pass before it.
Swapping the sides gives the same pairs, swapped.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Collection, Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import product
from typing import Literal

from asnforge.compare.match_keys import (
    SAME_EXPOSURES,
    SAME_IDENTITY,
    SAME_MEMBERS,
    SAME_NAMES,
    UNCHANGED,
    Key,
    KeyIndex,
)
from asnforge.compare.model import ReadAssociation
from asnforge.compare.normalize import keywords_agree
from asnforge.compare.overlap import Split, find_splits, overlapping_pairs

Pair = tuple[ReadAssociation, ReadAssociation]
Associations = list[ReadAssociation]

_SAME_KIND = frozenset({"asn_type", "asn_id", "program"})
"""Keywords in which two associations must agree if they are paired only by the exposures that they share."""

_Relation = Literal["same", "unknown", "any"]
"""How a keyword of two associations compares: equal, absent on one side, or not compared."""

_RELATIONS: tuple[_Relation, ...] = ("same", "unknown", "any")


@dataclass(frozen=True, slots=True)
class Matching:
    """The expected and actual associations that belong together.

    Attributes
    ----------
    pairs : tuple of (ReadAssociation, ReadAssociation)
        Expected and actual.
    splits : tuple of Split
        One expected association, several actual ones.
    merges : tuple of Split
        One actual association, several expected ones.
    expected_duplicates, actual_duplicates : tuple of (ReadAssociation, ReadAssociation)
        An association and its copy on the same side, of the same program and pool.
    missing, unexpected : tuple of ReadAssociation
        The expected associations without an actual one, and the actual ones without an expected one.
    """

    pairs: tuple[Pair, ...]
    splits: tuple[Split, ...]
    merges: tuple[Split, ...]
    expected_duplicates: tuple[Pair, ...]
    actual_duplicates: tuple[Pair, ...]
    missing: tuple[ReadAssociation, ...]
    unexpected: tuple[ReadAssociation, ...]


def match_associations(
    expected: Iterable[ReadAssociation], actual: Iterable[ReadAssociation], ignore: Collection[str] = ()
) -> Matching:
    """Match the associations of two sides.

    Parameters
    ----------
    expected, actual : iterable of ReadAssociation
        In any order.
    ignore : collection of str
        Keywords that need not agree.

    Returns
    -------
    Matching
        Each association of each side exactly once, apart from the originals of duplicates.
    """
    before, after = (sorted(_distinct_objects(side), key=_order) for side in (expected, actual))
    matcher = _Matcher(KeyIndex((*before, *after), ignore), ignore)
    for key in UNCHANGED:
        before, after = matcher.pair_by_key(before, after, key)
    for program, pool in product(_RELATIONS, _RELATIONS):
        for left, right in matcher.groups(before, after, program, pool):
            matcher.pair_group(left, right, across_programs=program == "any")
        before, after = matcher.unmatched(before, after)
        before, after = matcher.remove_copies(before, 0), matcher.remove_copies(after, 1)
    before, after = (
        matcher.remove_copies(before, 0, of_each_other=True),
        matcher.remove_copies(after, 1, of_each_other=True),
    )
    return Matching(
        tuple(matcher.pairs),
        tuple(matcher.splits),
        tuple(matcher.merges),
        tuple(matcher.copies[0]),
        tuple(matcher.copies[1]),
        tuple(before),
        tuple(after),
    )


class _Matcher:
    """The matches so far. Side 0 is the expected one, side 1 the actual one."""

    def __init__(self, keys: KeyIndex, ignore: Collection[str]) -> None:
        self.keys = keys
        self.pairs: list[Pair] = []
        self.splits: list[Split] = []
        self.merges: list[Split] = []
        self.copies: tuple[list[Pair], list[Pair]] = ([], [])
        self._ignore = ignore
        self._matched: tuple[set[int], set[int]] = (set(), set())  # by side, as one object may be on both
        self._originals: tuple[dict[Hashable, ReadAssociation], dict[Hashable, ReadAssociation]] = ({}, {})

    def groups(
        self, before: Associations, after: Associations, program: _Relation, pool: _Relation
    ) -> Iterator[tuple[Associations, Associations]]:
        """Groups of associations of both sides that may be paired, as their programs and pools have the given relations.

        If any program (or pool) is allowed, a group with only one is omitted: a stronger relation had the same group.
        """
        groups: dict[Hashable, tuple[Associations, Associations]] = {}
        for side, associations in enumerate((before, after)):
            for association in associations:
                keys = self.keys[association]
                key = _group_key(program, keys.program, side), _group_key(pool, keys.pool, side)
                groups.setdefault(key, ([], []))[side].append(association)
        for left, right in groups.values():
            keys_of_group = [self.keys[association] for association in (*left, *right)]
            if (
                left
                and right
                and (program != "any" or len({keys.program for keys in keys_of_group}) > 1)
                and (pool != "any" or len({keys.pool for keys in keys_of_group}) > 1)
            ):
                yield left, right

    def unmatched(self, before: Associations, after: Associations) -> tuple[Associations, Associations]:
        """The associations of both sides that are in no pair, split or copy yet."""
        left, right = (
            [association for association in side if id(association) not in matched]
            for side, matched in zip((before, after), self._matched, strict=True)
        )
        return left, right

    def pair_group(self, before: Associations, after: Associations, *, across_programs: bool) -> None:
        """Pair the associations of one group, and find those that were split, merged or copied."""
        names = {self.keys[association].names for association in before}
        if any(self.keys[association].names in names for association in after):
            for key in SAME_IDENTITY:
                before, after = self._pair_by_names(before, after, key, must_share=across_programs)
        for key in SAME_MEMBERS:
            before, after = self.pair_by_key(before, after, key)
        if not before or not after:
            return
        before, after = (
            self.remove_copies(before, 0, of_each_other=True),
            self.remove_copies(after, 1, of_each_other=True),
        )
        self.keys.number_exposures((*before, *after))
        for key in SAME_EXPOSURES:
            before, after = self.pair_by_key(before, after, key)
        before, after = self._find_splits(before, after)
        for key in SAME_NAMES:
            before, after = self._pair_by_names(before, after, key, must_share=across_programs)
        self._add(overlapping_pairs(before, after, self.keys.exposures, self._rank), before, after)

    def pair_by_key(self, before: Associations, after: Associations, key: Key) -> tuple[Associations, Associations]:
        """Pair associations with the same key, in their order; return the unmatched ones of both sides."""
        if not before or not after:
            return before, after
        queues: dict[Hashable, deque[ReadAssociation]] = {}
        for right in after:
            queues.setdefault(key(self.keys[right]), deque()).append(right)
        pairs = [(left, queue.popleft()) for left in before if (queue := queues.get(key(self.keys[left])))]
        return self._add(pairs, before, after)

    def _pair_by_names(
        self, before: Associations, after: Associations, key: Key, *, must_share: bool
    ) -> tuple[Associations, Associations]:
        """Pair associations with the same names; if several have them, by members, then by the exposures that they share."""
        if not before or not after:
            return before, after
        groups: dict[Hashable, tuple[Associations, Associations]] = {}
        for side, associations in enumerate((before, after)):
            for association in associations:
                if any(self.keys[association].names):
                    groups.setdefault(key(self.keys[association]), ([], []))[side].append(association)
        for left, right in groups.values():
            if len(left) > 1 or len(right) > 1:
                left, right = self.pair_by_key(left, right, lambda keys: keys.members)
            if must_share or len(left) > 1 or len(right) > 1:
                left, right = self._add(overlapping_pairs(left, right, self.keys.exposures, least=0.0), left, right)
            if not must_share and len(left) == len(right) == 1:
                self._add([(left[0], right[0])], left, right)
        return self.unmatched(before, after)

    def _find_splits(self, before: Associations, after: Associations) -> tuple[Associations, Associations]:
        keywords = {"asn_type", "asn_rule", "program"}.difference(self._ignore)
        splits, merges = find_splits(before, after, keywords)
        self.splits += splits
        self.merges += merges
        for split in splits:
            self._mark(0, (split.whole,))
            self._mark(1, split.parts)
        for merge in merges:
            self._mark(0, merge.parts)
            self._mark(1, (merge.whole,))
        return self.unmatched(before, after)

    def _rank(self, left: ReadAssociation, right: ReadAssociation) -> int | None:
        """0 for associations of one rule, 1 for others; None if they differ in type, candidate or program."""
        if not keywords_agree(left.keywords, right.keywords, _SAME_KIND.difference(self._ignore)):
            return None
        return 0 if keywords_agree(left.keywords, right.keywords, ("asn_rule",)) else 1

    def _add(self, pairs: list[Pair], before: Associations, after: Associations) -> tuple[Associations, Associations]:
        if not pairs:
            return before, after
        self.pairs += pairs
        self._mark(0, [left for left, _ in pairs])
        self._mark(1, [right for _, right in pairs])
        return self.unmatched(before, after)

    def _mark(self, side: int, associations: Sequence[ReadAssociation]) -> None:
        """Record associations of one side as matched; from now on, others of that side with the same content are copies."""
        self._matched[side].update(map(id, associations))
        for association in associations:
            self._originals[side].setdefault(self._copy_key(association), association)

    def remove_copies(self, associations: Associations, side: int, *, of_each_other: bool = False) -> Associations:
        """The associations without copies of matched ones and, if `of_each_other`, without copies of each other."""
        kept = []
        for association in associations:
            key = self._copy_key(association)
            original = self._originals[side].get(key)
            if original is None and of_each_other:
                self._originals[side][key] = original = association
            if original is None or original is association:
                kept.append(association)
            else:
                self.copies[side].append((original, association))
                self._matched[side].add(id(association))
        return kept

    def _copy_key(self, association: ReadAssociation) -> Hashable:
        keys = self.keys[association]
        return keys.program, keys.pool, keys.asn_type, keys.rule, keys.members


def _group_key(relation: _Relation, value: str | None, side: int) -> Hashable:
    """The part of a group's key for one keyword; for an unknown value, the side that does not have it."""
    match relation:
        case "same":
            return value
        case "unknown":
            return side if value is None else 1 - side
        case "any":
            return -1


def _distinct_objects(associations: Iterable[ReadAssociation]) -> Iterator[ReadAssociation]:
    """The associations; a repeated object is copied, as associations are distinguished by object identity."""
    seen: set[int] = set()
    for association in associations:
        yield replace(association) if id(association) in seen else association
        seen.add(id(association))


def _order(association: ReadAssociation) -> tuple[object, ...]:
    """The sort key of an association: its content, and its file only if the content is the same."""
    keywords = tuple(sorted(association.keywords.items()))
    memberships = sorted(product.members for product in association.products)
    return association.names, memberships, keywords, association.file_name, association.file
