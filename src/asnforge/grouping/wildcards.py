"""Keys with wildcards: which groups there are where values of keys are undefined or do not bind, and who joins which.

docs/grouping.md#groups: an exposure with wildcards joins every group of the rule whose other keys agree; where there is
none, wildcards form a group of their own. Two exposures that have wildcards in different keys and contradict each other in
none are of one group, which has the values of both.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from itertools import combinations

import numpy as np

from asnforge.columns import CodeArray
from asnforge.grouping.arrays import IndexArray, combine, join

WILD = 0

Key = tuple[int, ...]


def resolve_wildcards(keys: CodeArray) -> tuple[CodeArray, IndexArray, IndexArray]:
    """The groups of distinct combinations of keys.

    Parameters
    ----------
    keys : ndarray of int32, shape (combinations, keys)
        Distinct combinations of codes; 0 is a wildcard.

    Returns
    -------
    groups : ndarray of int32, shape (groups, keys)
        The keys of each group: the largest unions of combinations that contradict each other in no key.
    combination, group : ndarray of int64
        The pairs of a combination and a group that it joins: every group that it does not contradict.
    """
    pattern = _patterns(keys)
    if len(np.unique(pattern)) <= 1:
        everything = np.arange(len(keys), dtype=np.int64)
        return keys, everything, everything
    unions = _unions(keys, pattern)
    if len(unions):
        unions = np.unique(np.concatenate((keys, unions)), axis=0)
        groups = unions[_largest(unions, _patterns(unions))]
    else:
        groups = keys[_largest(keys, pattern)]
    pairs = []
    for own, bound in _by_pattern(pattern, keys.shape[1]):
        place, joined = _agreeing(keys, own, groups, bound)
        pairs.append((own[place], joined))
    combination, group = (np.concatenate(parts) for parts in zip(*pairs, strict=True))
    return groups, combination, group


def _patterns(keys: CodeArray) -> IndexArray:
    """For each combination which of its keys are wild, as the bits of a number."""
    patterns: IndexArray = (keys == WILD) @ (1 << np.arange(keys.shape[1], dtype=np.int64))
    return patterns


def _by_pattern(pattern: IndexArray, width: int) -> Iterable[tuple[IndexArray, list[int]]]:
    """The combinations of each pattern and the keys that it binds, patterns with fewer wildcards first."""
    patterns, pattern_of = np.unique(pattern, return_inverse=True)
    for place in sorted(range(len(patterns)), key=lambda one: (int(patterns[one]).bit_count(), int(patterns[one]))):
        bound = [column for column in range(width) if not int(patterns[place]) >> column & 1]
        yield np.flatnonzero(pattern_of == place), bound


def _largest(keys: CodeArray, pattern: IndexArray) -> IndexArray:
    """The combinations that no other one contains: none has the same values and more."""
    largest = np.empty(0, np.int64)
    for own, bound in _by_pattern(pattern, keys.shape[1]):
        contained, _ = _agreeing(keys, own, keys[largest], bound)
        largest = np.concatenate((largest, np.setdiff1d(own, own[contained], assume_unique=True)))
    return np.sort(largest)


def _agreeing(keys: CodeArray, own: IndexArray, groups: CodeArray, bound: list[int]) -> tuple[IndexArray, IndexArray]:
    """The pairs of a place in `own` and a group that has the same values in all keys that are bound."""
    if not len(groups):
        return np.empty(0, np.int64), np.empty(0, np.int64)
    if not bound:
        return np.repeat(np.arange(len(own)), len(groups)), np.tile(np.arange(len(groups)), len(own))
    codes = combine([np.concatenate((keys[own, column], groups[:, column])) for column in bound])
    return join(codes[: len(own)], codes[len(own) :])


def _unions(keys: CodeArray, pattern: IndexArray) -> CodeArray:
    """All unions of combinations that agree and of which none contains another.

    Combinations of the same pattern contradict each other. Those of two patterns agree where the keys that both bind are the
    same; where the one binds all that the other binds, it contains it then.
    """
    friends: dict[int, set[int]] = defaultdict(set)
    for (own, bound), (other, other_bound) in combinations(_by_pattern(pattern, keys.shape[1]), 2):
        both = [column for column in bound if column in other_bound]
        if len(both) in (len(bound), len(other_bound)):
            continue
        places, agreeing = _agreeing(keys, own, keys[other], both)
        for one, two in zip(own[places].tolist(), other[agreeing].tolist(), strict=True):
            friends[one].add(two)
            friends[two].add(one)
    unions = [key for circle in _circles(friends) for key in _closure(tuple(keys[one].tolist()) for one in circle)]
    return np.array(sorted(unions), keys.dtype).reshape(-1, keys.shape[1])


def _circles(friends: dict[int, set[int]]) -> Iterable[list[int]]:
    """The numbers that hang together, circle by circle."""
    left = set(friends)
    while left:
        circle: set[int] = set()
        waiting = [left.pop()]
        while waiting:
            one = waiting.pop()
            circle.add(one)
            waiting.extend(friends[one] - circle)
        left -= circle
        yield sorted(circle)


def _closure(keys: Iterable[Key]) -> set[Key]:
    """The keys, and every union of some of them that agree."""
    made: set[Key] = set()
    for key in keys:
        made |= {union for other in made if (union := _union(key, other)) is not None}
        made.add(key)
    return made


def _union(one: Key, other: Key) -> Key | None:
    """The values of both; None where they contradict each other."""
    if any(a != b and a != WILD and b != WILD for a, b in zip(one, other, strict=True)):
        return None
    return tuple(a or b for a, b in zip(one, other, strict=True))
