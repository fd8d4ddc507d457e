"""Keys with wildcards: which groups exist if keys are undefined or do not bind, and which exposures join which groups.

docs/grouping.md#groups: an exposure with wildcards joins every group of the rule whose other keys agree; if there is none,
wildcards form a group of their own. Two exposures that have wildcards in different keys and contradict each other in none
belong to one group, which has the values of both.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from itertools import combinations

import numpy as np

from asnforge.columns import CodeArray
from asnforge.grouping.arrays import IndexArray, combine, join

_WILDCARD = 0

_Key = tuple[int, ...]


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
    patterns = _patterns(keys)
    if len(np.unique(patterns)) <= 1:
        everything = np.arange(len(keys), dtype=np.int64)
        return keys, everything, everything
    unions = _unions(keys, patterns)
    if len(unions):
        unions = np.unique(np.concatenate((keys, unions)), axis=0)
        groups = unions[_largest(unions, _patterns(unions))]
    else:
        groups = keys[_largest(keys, patterns)]
    pairs = []
    for indices, bound in _by_pattern(patterns, keys.shape[1]):
        index, joined = _agreeing(keys, indices, groups, bound)
        pairs.append((indices[index], joined))
    combination, group = (np.concatenate(columns) for columns in zip(*pairs, strict=True))
    return groups, combination, group


def _patterns(keys: CodeArray) -> IndexArray:
    """For each combination which of its keys are wildcards, as the bits of a number."""
    patterns: IndexArray = (keys == _WILDCARD) @ (1 << np.arange(keys.shape[1], dtype=np.int64))
    return patterns


def _by_pattern(patterns: IndexArray, width: int) -> Iterator[tuple[IndexArray, list[int]]]:
    """The combinations of each pattern and the keys that it binds, patterns with fewer wildcards first."""
    values, pattern_of = np.unique(patterns, return_inverse=True)
    for pattern, index in sorted(
        ((pattern, index) for index, pattern in enumerate(values.tolist())),
        key=lambda item: (item[0].bit_count(), item[0]),
    ):
        yield np.flatnonzero(pattern_of == index), [column for column in range(width) if not pattern >> column & 1]


def _largest(keys: CodeArray, patterns: IndexArray) -> IndexArray:
    """The combinations that are not contained in another one, which would have the same values and more."""
    largest = np.empty(0, np.int64)
    for indices, bound in _by_pattern(patterns, keys.shape[1]):
        contained, _ = _agreeing(keys, indices, keys[largest], bound)
        largest = np.concatenate((largest, np.setdiff1d(indices, indices[contained], assume_unique=True)))
    return np.sort(largest)


def _agreeing(
    keys: CodeArray, indices: IndexArray, groups: CodeArray, bound: list[int]
) -> tuple[IndexArray, IndexArray]:
    """The pairs of a position in `indices` and a group that has the same values in all keys that are bound."""
    if not len(groups):
        return np.empty(0, np.int64), np.empty(0, np.int64)
    if not bound:
        return np.repeat(np.arange(len(indices)), len(groups)), np.tile(np.arange(len(groups)), len(indices))
    codes = combine([np.concatenate((keys[indices, column], groups[:, column])) for column in bound])
    return join(codes[: len(indices)], codes[len(indices) :])


def _unions(keys: CodeArray, patterns: IndexArray) -> CodeArray:
    """All unions of combinations that agree and of which none contains another.

    Combinations of the same pattern contradict each other. Those of two patterns agree if the keys that both bind are the
    same; if one pattern binds all that the other binds, its combinations contain those of the other.
    """
    neighbors: dict[int, set[int]] = defaultdict(set)
    for (left, left_bound), (right, right_bound) in combinations(_by_pattern(patterns, keys.shape[1]), 2):
        both = [column for column in left_bound if column in right_bound]
        if len(both) in (len(left_bound), len(right_bound)):
            continue
        left_index, right_index = _agreeing(keys, left, keys[right], both)
        for first, second in zip(left[left_index].tolist(), right[right_index].tolist(), strict=True):
            neighbors[first].add(second)
            neighbors[second].add(first)
    unions = [
        key
        for component in _components(neighbors)
        for key in _closure(tuple(keys[node].tolist()) for node in component)
    ]
    return np.array(sorted(unions), keys.dtype).reshape(-1, keys.shape[1])


def _components(neighbors: dict[int, set[int]]) -> Iterator[list[int]]:
    """The connected components of a graph."""
    unvisited = set(neighbors)
    while unvisited:
        component: set[int] = set()
        queue = [unvisited.pop()]
        while queue:
            node = queue.pop()
            component.add(node)
            queue.extend(neighbors[node] - component)
        unvisited -= component
        yield sorted(component)


def _closure(keys: Iterable[_Key]) -> set[_Key]:
    """The keys, and every union of some of them that agree."""
    result: set[_Key] = set()
    for key in keys:
        result |= {union for other in result if (union := _union(key, other)) is not None}
        result.add(key)
    return result


def _union(left: _Key, right: _Key) -> _Key | None:
    """The values of both; None if they contradict each other."""
    if any(a != b and a != _WILDCARD and b != _WILDCARD for a, b in zip(left, right, strict=True)):
        return None
    return tuple(a or b for a, b in zip(left, right, strict=True))
