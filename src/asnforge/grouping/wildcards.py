"""Keys with wildcards: which groups exist if keys are undefined or do not bind, and which exposures join which groups.

docs/grouping.md#groups: an exposure with wildcards joins every group of the rule whose other keys agree; if there is none,
wildcards form a group of their own. Two exposures that have wildcards in different keys and contradict each other in none
belong to one group, which has the values of both.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from asnforge.columns import CodeArray, Mask
from asnforge.grouping.arrays import IndexArray, combine, distinct, join

_WILDCARD = 0

_FEW_PAIRS = 100_000
"""The number of pairs of combinations that are compared one by one, however few patterns there are."""

_PAIRS_OF_PATTERNS = 200
"""The number of pairs that are compared in the time in which two patterns are joined."""

_PAIRS_OF_A_PART = 1_000_000
"""The number of pairs that are compared at a time, which limits the memory."""


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
    unit, is_mixed = _units(keys, patterns)
    some = np.flatnonzero(is_mixed)
    groups, combination, group = _joined(keys[some], unit[some])
    if len(groups) == len(combination) == len(some):  # each is a group of its own
        return keys, everything, everything
    others = np.setdiff1d(everything, some)
    groups = np.concatenate((keys[others], groups))
    order = np.lexsort(groups.T[::-1])
    place = np.empty(len(groups), np.int64)
    place[order] = np.arange(len(groups))
    return (
        groups[order],
        np.concatenate((others, some[combination])),
        place[np.concatenate((np.arange(len(others)), len(others) + group))],
    )


def _units(keys: CodeArray, patterns: IndexArray) -> tuple[IndexArray, Mask]:
    """A number for the values of each combination in all keys that are never wildcards; and where wildcards differ."""
    bound = np.flatnonzero((keys != _WILDCARD).all(axis=0)).tolist()
    if not bound:
        return np.zeros(len(keys), np.int64), np.ones(len(keys), np.bool_)
    first, unit = distinct(combine([keys[:, column] for column in bound]))
    is_mixed = np.zeros(len(first), np.bool_)
    is_mixed[unit[patterns != patterns[first][unit]]] = True
    return unit, is_mixed[unit]


def _joined(keys: CodeArray, unit: IndexArray) -> tuple[CodeArray, IndexArray, IndexArray]:
    """The groups of combinations, as `resolve_wildcards` gives them, in no order, by the faster of two ways.

    All pairs in a unit are compared, unless there are few patterns of wildcards but many combinations in a unit.
    """
    size = np.bincount(unit, minlength=1)
    pairs = np.cumsum(size * size)
    if pairs[-1] > max(_FEW_PAIRS, _PAIRS_OF_PATTERNS * len(np.unique(patterns_of(keys))) ** 2):
        return _join_by_pattern(keys)
    part_of = (pairs // _PAIRS_OF_A_PART)[unit]
    groups, combinations, numbers, before = [keys[:0]], [np.empty(0, np.int64)], [np.empty(0, np.int64)], 0
    for part in np.unique(part_of).tolist():
        members = np.flatnonzero(part_of == part)
        made, combination, group = _join_in_units(keys[members], unit[members])
        groups.append(made)
        combinations.append(members[combination])
        numbers.append(group + before)
        before += len(made)
    return np.concatenate(groups), np.concatenate(combinations), np.concatenate(numbers)


def _join_in_units(keys: CodeArray, unit: IndexArray) -> tuple[CodeArray, IndexArray, IndexArray]:
    """The groups of combinations, by comparing all pairs of each unit."""
    unions, unit_of_union = keys, unit
    added = np.arange(len(keys))
    while len(added):
        left, right = join(unit_of_union[added], unit)
        one, two = unions[added[left]], keys[right]
        union = np.maximum(one, two)
        is_new = ((one == two) | (one == _WILDCARD) | (two == _WILDCARD)).all(axis=1)
        is_new &= (union != one).any(axis=1) & (union != two).any(axis=1)
        before = len(unions)
        unions = np.concatenate((unions, union[is_new]))
        unit_of_union = np.concatenate((unit_of_union, unit[right[is_new]]))
        first = np.sort(distinct(combine(list(unions.T)))[0])
        unions, unit_of_union = unions[first], unit_of_union[first]
        added = np.arange(before, len(unions))
    left, right = _contained_pairs(unions, unit_of_union, unions, unit_of_union)
    is_largest = np.ones(len(unions), np.bool_)
    is_largest[left[left != right]] = False
    groups = unions[is_largest]
    return groups, *_contained_pairs(keys, unit, groups, unit_of_union[is_largest])


def _contained_pairs(
    keys: CodeArray, unit: IndexArray, others: CodeArray, other_unit: IndexArray
) -> tuple[IndexArray, IndexArray]:
    """The pairs of a combination and another one of its unit that has the same values, and perhaps more."""
    left, right = join(unit, other_unit)
    own = keys[left]
    is_contained = ((own == others[right]) | (own == _WILDCARD)).all(axis=1)
    return left[is_contained], right[is_contained]


def _join_by_pattern(keys: CodeArray) -> tuple[CodeArray, IndexArray, IndexArray]:
    """The groups of combinations, by joining the combinations of each two patterns."""
    patterns = patterns_of(keys)
    unions = _unions(keys, patterns)
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
