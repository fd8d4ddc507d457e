"""The limit of groups that exposures with wildcards can make, checked by counting before any group is built.

docs/grouping.md#undefined-values-that-make-too-many-groups: if two keys have 1,000 values each, and every exposure has a value
for one of them only, there are a million groups. The groups of each scope and of each combination of values of the keys that
cannot be wildcards are counted by themselves, so the result for a program does not depend on the other programs of the pool.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from asnforge.columns import CodeArray, Mask
from asnforge.findings import Finding, FindingCode
from asnforge.grouping.arrays import IndexArray, IntArray, combine, distinct, join
from asnforge.grouping.scopes import Scopes
from asnforge.grouping.wildcards import by_pattern, patterns_of
from asnforge.rules.rule import Key, Rule
from asnforge.rules.ruleset import Ruleset

TOO_MANY_GROUPS = FindingCode(
    "G180",
    "undefined values would make too many groups",
    "An exposure in which an optional key is undefined joins every group that agrees in the other keys. If some "
    "exposures have a value only for one key and others only for another key, there is a group for every pair of values. "
    "None of these groups is made if there are more than most_wildcard_groups of the rule set; all others are. Often the "
    "values are missing by mistake, or the keys should not be optional.",
    wrong="group_by:\n  band: {column: BAND, optional: yes}\n  slit: {column: SLIT, optional: yes}",
    right="group_by:\n  band: {column: BAND, optional: yes}\n  slit: {column: SLIT, optional: own}",
)

_Numbers = IndexArray | NDArray[np.float64]
_Counts = NDArray[np.float64]
_Pattern = frozenset[int]
"""The keys that combinations bind, among those that can be wildcards."""

_Step = tuple[IndexArray, _Pattern]
"""The combinations of a pattern."""

_SMALLEST_FACTOR = 3
"""Of n combinations at most 3 ** (n / 3) unions can be made: n is largest for a product if all of its factors are 3."""

_MANY_PATTERNS = 32
"""The number of patterns above which counting a unit ends as soon as it has too many unions."""


@dataclass(frozen=True, slots=True, eq=False)
class NotMade:
    """The groups of a rule that are not made, as undefined values would make too many.

    Attributes
    ----------
    rows : ndarray of int64
        The exposures that are in none of the rule's groups because of this.
    scope : int
        The scope with the most of these groups, an index into `Scopes.scopes`.
    keys, undefined : tuple of Key, tuple of int
        The keys that are wildcards there, and in how many exposures each is.
    groups : int
        The number of groups that there would be, at least.
    exposures : int
        The number of exposures that these groups would have.
    more : int
        The number of other scopes, or values of other keys, for which no groups are made.
    """

    rows: IndexArray
    scope: int
    keys: tuple[Key, ...]
    undefined: tuple[int, ...]
    groups: int
    exposures: int
    more: int


@dataclass(frozen=True, slots=True, eq=False)
class _Unions:
    """Unions of combinations, and how many have the same values in all keys that are still needed."""

    keys: CodeArray
    unit: IndexArray
    count: _Numbers

    def needed(self, columns: _Pattern) -> _Unions:
        """The unions, those together that have the same values in some columns."""
        first, inverse = distinct(combine([self.unit, *(self.keys[:, column] for column in sorted(columns))]))
        keys = np.zeros((len(first), self.keys.shape[1]), self.keys.dtype)
        for column in columns:
            keys[:, column] = self.keys[first, column]
        return _Unions(keys, self.unit[first], np.bincount(inverse, self.count, len(first)))

    def of(self, chosen: Mask) -> _Unions:
        """The unions of some units."""
        kept = chosen[self.unit]
        return self if kept.all() else _Unions(self.keys[kept], self.unit[kept], self.count[kept])


def too_many_groups(rule: Rule, keys: CodeArray, sizes: IndexArray, limit: int) -> tuple[IndexArray, _Counts]:
    """Count the groups that undefined values would make.

    Parameters
    ----------
    rule : Rule
        The rule.
    keys : ndarray of int32, shape (combinations, 1 + keys of the rule)
        Distinct combinations of the scope, from 1, and the codes of the rule's keys; 0 is a wildcard.
    sizes : ndarray of int64, shape (combinations,)
        The number of exposures of each combination.
    limit : int
        The most groups that exposures with wildcards can make, or be in on average.

    Returns
    -------
    unit : ndarray of int64, shape (combinations,)
        A number for the scope of each combination and its values of the keys that cannot be wildcards.
    groups : ndarray of float64, shape (units,)
        The number of groups that there would be, at least, if these are too many; else 0.
    """
    binding = [number for number, key in enumerate(rule.group_by, 1) if not _can_be_wildcard(key)]
    _, unit = distinct(combine([keys[:, 0], *(keys[:, column] for column in binding)]))
    size = np.bincount(unit)
    is_counted = (size > _SMALLEST_FACTOR * math.log(limit, _SMALLEST_FACTOR))[unit]
    patterns = patterns_of(keys)
    chosen = np.flatnonzero(is_counted)
    if not len(chosen) or (patterns[chosen] == patterns[chosen[0]]).all():
        return unit, np.zeros(len(size))
    steps = [
        (chosen[indices], frozenset(bound).difference((0, *binding)))
        for indices, bound in by_pattern(patterns[chosen], keys.shape[1])
    ]
    made = _unions_made(keys, unit, steps, limit, len(size))
    return unit, np.maximum(made, _groups_joined(keys, unit, sizes, steps, limit, len(size)))


def check_limit(
    rule: Rule, keys: CodeArray, combination: IndexArray, rows: IndexArray, limit: int
) -> tuple[Mask, NotMade | None]:
    """The combinations for which groups are made, and what is not made.

    Parameters
    ----------
    rule, keys, limit
        As for `too_many_groups`.
    combination, rows : ndarray of int64, shape (pairs,)
        The pairs of an exposure and a scope: the combination of each, an index into `keys`, and the exposure.
    """
    patterns = patterns_of(keys)
    if (patterns == patterns[:1]).all():
        return np.ones(len(keys), np.bool_), None
    unit, groups = too_many_groups(rule, keys, np.bincount(combination, minlength=len(keys)), limit)
    if not groups.any():
        return np.ones(len(keys), np.bool_), None
    unit_of = unit[combination]
    there = unit_of == int(np.argmax(groups))
    keys_there, rows_there = keys[combination[there]], rows[there]
    undefined = [
        (key, len(np.unique(rows_there[codes == 0])))
        for key, codes in zip(rule.group_by, keys_there[:, 1:].T, strict=True)
        if _can_be_wildcard(key) and codes.any() and not codes.all()
    ]
    return groups[unit] == 0, NotMade(
        rows=np.unique(rows[groups[unit_of] > 0]),
        scope=int(keys_there[0, 0]) - 1,
        keys=tuple(key for key, _ in undefined),
        undefined=tuple(count for _, count in undefined),
        groups=int(groups.max()),
        exposures=len(np.unique(rows_there)),
        more=int((groups > 0).sum()) - 1,
    )


def too_many_findings(
    entries: Iterable[tuple[Rule, NotMade | None]], scopes: Scopes, ruleset: Ruleset, pool: str
) -> Iterator[Finding]:
    """An error for each rule some of whose groups are not made; `pool` is the path of the pool."""
    for rule, entry in entries:
        if entry is None:
            continue
        keys = (f"{{keys[{index}]}} in {{undefined[{index}]:exposure}}" for index in range(len(entry.keys)))
        yield TOO_MANY_GROUPS.finding(
            "{rule} makes no groups of {exposures:exposure} in {scope}: undefined values "
            f"({', '.join(keys)}) would make at least {{groups:group}}, more than {{limit}}"
            + ("; the same in {more:other case}" if entry.more else ""),
            pool,
            hint="define these values in the pool, leave the exposures out with --where, or set most_wildcard_groups in "
            "ruleset.yaml",
            rule=rule.name,
            groups=entry.groups,
            exposures=entry.exposures,
            scope=scopes.scopes[entry.scope][0],
            limit=ruleset.most_wildcard_groups,
            keys=tuple(_title(key, ruleset) for key in entry.keys),
            undefined=entry.undefined,
            more=entry.more,
        )


def _title(key: Key, ruleset: Ruleset) -> str:
    """The columns of a key, or its name if it has none."""
    return ", else ".join(name if name in ruleset.derived else name.upper() for name in key.columns) or key.name


def _can_be_wildcard(key: Key) -> bool:
    return key.has_wildcards or key.when is not None or key.gap is not None


def _unions_made(keys: CodeArray, unit: IndexArray, steps: Sequence[_Step], limit: int, units: int) -> _Counts:
    """For each unit the number of unions of combinations with wildcards in different keys, if these are too many; else 0.

    Pattern after pattern is joined, as in `asnforge.grouping.wildcards`. But unions are only counted, and those are one entry
    that agree in all keys which later patterns bind. If a unit has too many entries even so, counting it ends.
    """
    most, is_counted = np.zeros(units), np.ones(units, np.bool_)
    made: dict[_Pattern, _Unions] = {}
    for number, (indices, bound) in enumerate(steps):
        later = frozenset[int]().union(*(columns for _, columns in steps[number + 1 :]))
        own = _Unions(keys[indices], unit[indices], np.ones(len(indices)))
        found: dict[_Pattern, list[_Unions]] = defaultdict(list, {bound: [own.needed(bound & later)]})
        for other, theirs in made.items():
            if bound <= other or other <= bound:
                continue
            both, union = bound & other, bound | other
            left = own.of(is_counted).needed(bound & (both | later))
            right = theirs.of(is_counted).needed(other & (both | later))
            entries, unions = _counts(left, right, both, units)
            most = np.maximum(most, unions)
            is_counted &= entries <= limit
            if len(steps) > _MANY_PATTERNS:
                is_counted &= most <= limit
            found[union].append(_joined(left.of(is_counted), right.of(is_counted), both).needed(union & later))
        for pattern, parts in found.items():
            made[pattern] = _at_least([*parts, made[pattern].needed(pattern & later)] if pattern in made else parts)
    return np.where(most > limit, most, 0)


def _counts(left: _Unions, right: _Unions, both: _Pattern, units: int) -> tuple[_Numbers, _Numbers]:
    """For each unit the number of pairs of entries that agree in some columns, and of unions that these are."""
    codes, inverse = np.unique(np.concatenate(_codes(left, right, both)), return_inverse=True)
    of_left, of_right = inverse[: len(left.unit)], inverse[len(left.unit) :]
    entries = np.bincount(of_left, minlength=len(codes))[of_right]
    unions = np.bincount(of_left, left.count, len(codes))[of_right] * right.count
    return np.bincount(right.unit, entries, units), np.bincount(right.unit, unions, units)


def _joined(left: _Unions, right: _Unions, both: _Pattern) -> _Unions:
    """The unions of all pairs of entries that agree in some columns."""
    one, two = join(*_codes(left, right, both))
    return _Unions(np.maximum(left.keys[one], right.keys[two]), left.unit[one], left.count[one] * right.count[two])


def _at_least(parts: Sequence[_Unions]) -> _Unions:
    """The unions of several parts, which may have the same ones: for each entry the largest number."""
    if len(parts) == 1:
        return parts[0]
    keys, unit = np.concatenate([part.keys for part in parts]), np.concatenate([part.unit for part in parts])
    first, inverse = distinct(combine([unit, *keys.T]))
    count = np.zeros(len(first))
    np.maximum.at(count, inverse, np.concatenate([part.count for part in parts]))
    return _Unions(keys[first], unit[first], count)


def _groups_joined(
    keys: CodeArray, unit: IndexArray, sizes: IndexArray, steps: Sequence[_Step], limit: int, units: int
) -> _Counts:
    """For each unit the number of groups that exposures with wildcards join, if they are in too many on average; else 0."""
    memberships, groups = np.zeros(units), np.zeros(units)
    for indices, bound in steps:
        most = np.zeros(units)
        for others, columns in steps:
            if bound < columns:
                own, theirs = (_Unions(keys[each], unit[each], sizes[each]) for each in (indices, others))
                code, their_code = _codes(own, theirs, bound)
                ordered = np.sort(their_code)
                joined = np.searchsorted(ordered, code, "right") - np.searchsorted(ordered, code, "left")
                most = np.maximum(most, np.bincount(own.unit, joined * own.count, units))
                groups = np.maximum(groups, np.bincount(theirs.unit, np.isin(their_code, code), units))
        memberships += most
    return np.where(memberships > limit * np.bincount(unit, sizes, units), groups, 0)


def _codes(left: _Unions, right: _Unions, columns: _Pattern) -> tuple[IndexArray, IndexArray]:
    """A number for each entry on two sides: the same for those of one unit that agree in some columns."""
    both: list[IntArray] = [
        np.concatenate((left.unit, right.unit)),
        *(np.concatenate((left.keys[:, column], right.keys[:, column])) for column in sorted(columns)),
    ]
    codes = combine(both)
    return codes[: len(left.unit)], codes[len(left.unit) :]
