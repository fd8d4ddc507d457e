"""Keys with wildcards: which groups exist if keys are undefined or do not bind, and which exposures join which groups.

docs/grouping.md#groups: an exposure with wildcards joins every group of the rule whose other keys agree; if there is none,
wildcards form a group of their own. Two exposures that have wildcards in different keys and contradict each other in none
belong to one group, which has the values of both.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from asnforge.columns import CodeArray
from asnforge.grouping.arrays import IndexArray, combine, distinct, join

_WILDCARD = 0


def resolve_wildcards(keys: CodeArray) -> tuple[CodeArray, IndexArray, IndexArray]:
    """The groups of distinct combinations of keys.

    There can be as many groups as the product of the numbers of values of several keys: see `asnforge.grouping.wildcard_limit`.

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
    patterns = patterns_of(keys)
    everything = np.arange(len(keys), dtype=np.int64)
    if (patterns == patterns[:1]).all():
        return keys, everything, everything
    unions = _unions(keys, patterns)
    if not len(unions) and not _any_contained(keys, patterns):
        return keys, everything, everything
    if len(unions):
        unions = np.unique(np.concatenate((keys, unions)), axis=0)
        groups = unions[_largest(unions, patterns_of(unions))]
    else:
        groups = keys[_largest(keys, patterns)]
    pairs = []
    for indices, bound in by_pattern(patterns, keys.shape[1]):
        if bound:
            index, joined = join(*_codes(keys[indices], groups, bound))
        else:
            index = np.repeat(np.arange(len(indices)), len(groups))
            joined = np.tile(np.arange(len(groups)), len(indices))
        pairs.append((indices[index], joined))
    combination, group = (np.concatenate(columns) for columns in zip(*pairs, strict=True))
    return groups, combination, group


def patterns_of(keys: CodeArray) -> IndexArray:
    """For each combination which of its keys are wildcards, as the bits of a number."""
    patterns: IndexArray = (keys == _WILDCARD) @ (1 << np.arange(keys.shape[1], dtype=np.int64))
    return patterns


def by_pattern(patterns: IndexArray, width: int) -> Iterator[tuple[IndexArray, list[int]]]:
    """The combinations of each pattern and the keys that it binds, patterns with fewer wildcards first."""
    values, pattern_of = np.unique(patterns, return_inverse=True)
    for pattern, index in sorted(
        ((pattern, index) for index, pattern in enumerate(values.tolist())),
        key=lambda item: (item[0].bit_count(), item[0]),
    ):
        yield np.flatnonzero(pattern_of == index), [column for column in range(width) if not pattern >> column & 1]


def _any_contained(keys: CodeArray, patterns: IndexArray) -> bool:
    """Whether a combination has the same values as another one that has more."""
    for indices, bound in by_pattern(patterns, keys.shape[1]):
        if patterns[indices[0]]:
            others = np.flatnonzero((keys[:, bound] != _WILDCARD).all(axis=1))
            codes = combine([keys[others, column] for column in bound]) if bound else np.zeros(len(others), np.int64)
            if len(distinct(codes)[0]) < len(others):
                return True
    return False


def _largest(keys: CodeArray, patterns: IndexArray) -> IndexArray:
    """The combinations that are not contained in another one, which would have the same values and more."""
    largest = np.empty(0, np.int64)
    for indices, bound in by_pattern(patterns, keys.shape[1]):
        if len(largest):
            contained = np.isin(*_codes(keys[indices], keys[largest], bound)) if bound else np.ones(len(indices), bool)
            indices = indices[~contained]
        largest = np.concatenate((largest, indices))
    return np.sort(largest)


def _codes(left: CodeArray, right: CodeArray, bound: list[int]) -> tuple[IndexArray, IndexArray]:
    """A number for each combination on two sides: the same if all keys that are bound have the same values."""
    codes = combine([np.concatenate((left[:, column], right[:, column])) for column in bound])
    return codes[: len(left)], codes[len(left) :]


def _unions(keys: CodeArray, patterns: IndexArray) -> CodeArray:
    """All unions of combinations that agree and of which none contains another.

    Combinations of the same pattern contradict each other. Those of two patterns agree if the keys that both bind are the
    same; if one pattern binds all that the other binds, its combinations contain those of the other. So pattern after pattern
    is joined with the unions of those before it.
    """
    made: dict[frozenset[int], CodeArray] = {}
    unions: dict[frozenset[int], CodeArray] = {}
    for indices, columns in by_pattern(patterns, keys.shape[1]):
        bound, own = frozenset(columns), keys[indices]
        found: dict[frozenset[int], list[CodeArray]] = {bound: [own]}
        for other, theirs in made.items():
            if bound <= other or other <= bound:
                continue
            if both := sorted(bound & other):
                left, right = join(*_codes(own, theirs, both))
            else:
                left, right = np.repeat(np.arange(len(own)), len(theirs)), np.tile(np.arange(len(theirs)), len(own))
            if len(left):
                found.setdefault(bound | other, []).append(np.maximum(own[left], theirs[right]))
        for pattern, parts in found.items():
            if pattern in made:
                parts.append(made[pattern])
            made[pattern] = parts[0] if len(parts) == 1 else np.unique(np.concatenate(parts), axis=0)
            if pattern != bound:
                unions[pattern] = made[pattern]
    return np.concatenate(list(unions.values())) if unions else keys[:0]
