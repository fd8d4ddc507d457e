"""Find equal numbers that are spelled differently in a column without a type, and so are different strings for rules."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from functools import lru_cache

import numpy as np

from asnforge.columns import UNDEFINED, Mask
from asnforge.grouping.arrays import IndexArray, IntArray, combine, distinct
from asnforge.grouping.attach import can_be_attached
from asnforge.grouping.groups import Groups
from asnforge.grouping.pool_faults import NumberSpellings, Spellings
from asnforge.grouping.prepared_pool import PreparedPool
from asnforge.grouping.scopes import Scopes
from asnforge.rules.attachment import Attachment, plain_columns
from asnforge.rules.constraints import OneOf, leaves
from asnforge.rules.rule import DistinctRequired, Rule
from asnforge.rules.ruleset import Ruleset

_PLAIN = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)")
_NUMBER = re.compile(_PLAIN.pattern + r"(?:[ed][+-]?\d{1,3})?")
_FIRST = frozenset("0123456789+-.")


def number_spellings(
    results: Iterable[Groups], prepared: PreparedPool, scopes: Scopes, ruleset: Ruleset
) -> Iterator[NumberSpellings]:
    """The columns in which different spellings of equal numbers affect the result; `results` are the groups of each rule.

    They can divide a group, keep supporting exposures from a group, make a requirement of distinct values pass, or be treated
    differently by a constraint. Columns with a type are not searched.
    """
    spellings: dict[str, set[Spellings]] = defaultdict(set)
    equal, accepting = _EqualNumbers(), _leaves_with_numbers(ruleset)
    scope_types = [kind for _, kind in scopes.scopes]
    for groups in results:
        for column, several in _of_rule(groups, prepared, scope_types, accepting[groups.rule.name], equal):
            spellings[column].add(several)
    for column, numbers in sorted(spellings.items()):
        if column not in ruleset.column_types:
            yield NumberSpellings(column if column in ruleset.derived else column.upper(), frozenset(numbers))


def _of_rule(
    groups: Groups,
    prepared: PreparedPool,
    scope_types: list[str],
    accepting: Iterable[OneOf],
    equal: _EqualNumbers,
) -> Iterator[tuple[str, Spellings]]:
    """The spellings that affect the result of a rule, each with its column."""
    yield from _dividing_keys(groups, equal)
    for attachment in groups.rule.attach:
        yield from _unmatched(attachment, groups, prepared, equal)
    for leaf in accepting:
        yield from _accepted_differently(leaf, groups, equal)
    for need in groups.rule.require:
        if isinstance(need, DistinctRequired):
            yield from ((need.column, several) for several in _counted_as_distinct(need, groups, scope_types, equal))


class _EqualNumbers:
    """The equal numbers of columns; each column is searched once."""

    def __init__(self) -> None:
        self._known: dict[int, tuple[tuple[str, ...], IndexArray | None]] = {}

    def first(self, values: tuple[str, ...]) -> IndexArray | None:
        """For each value the index of the first that is the same number; None if all numbers are different."""
        if id(values) not in self._known:
            self._known[id(values)] = values, _first_equal(values)
        return self._known[id(values)][1]


def has_doubtful_numbers(values: Iterable[str]) -> bool:
    """Whether there are numbers with an exponent as well as identifiers that begin with a digit: 1e1 is one of either."""
    suspects = [value for value in values if value[:1] in _FIRST and value]
    is_number = [_NUMBER.fullmatch(value) is not None for value in suspects]
    return any(
        number and not _PLAIN.fullmatch(value) for value, number in zip(suspects, is_number, strict=True)
    ) and any(value[0].isdigit() and not number for value, number in zip(suspects, is_number, strict=True))


def _first_equal(values: tuple[str, ...]) -> IndexArray | None:
    suspects = [index for index, value in enumerate(values) if value[:1] in _FIRST and value]
    if len(suspects) < 2:
        return None
    # If a value such as 0a begins with a digit but is not a number, the values are identifiers, and 1e1 is one of them.
    are_identifiers = any(values[index][0].isdigit() and not _NUMBER.fullmatch(values[index]) for index in suspects)
    pattern = _PLAIN if are_identifiers else _NUMBER
    index_of: dict[Decimal, int] = {}
    first = np.arange(len(values))
    for index in suspects:
        if pattern.fullmatch(values[index]):
            first[index] = index_of.setdefault(Decimal(values[index].replace("d", "e")), index)
    return None if (first == np.arange(len(values))).all() else first


def _dividing_keys(groups: Groups, equal: _EqualNumbers) -> Iterator[tuple[str, Spellings]]:
    """The spellings that are the only difference between some groups, each with the key's column."""
    if not len(groups):
        return
    firsts = [equal.first(values) for values in groups.key_values]
    if all(first is None for first in firsts):
        return
    keys = [
        groups.keys[:, index] if first is None else first[groups.keys[:, index]] for index, first in enumerate(firsts)
    ]
    _, together = distinct(combine([groups.scope, *keys]))
    divided = np.flatnonzero(np.bincount(together)[together] > 1)
    for index, first in enumerate(firsts):
        if first is not None:
            used = np.unique(groups.keys[divided, index])
            column = next(iter(groups.rule.group_by[index].columns), "")
            yield from ((column, several) for several in _spellings(groups.key_values[index], used, first))


def _spellings(values: tuple[str, ...], used: IntArray, first: IndexArray) -> Iterator[Spellings]:
    """The numbers for which several spellings are used."""
    by_number: dict[int, list[str]] = defaultdict(list)
    for code in used.tolist():
        by_number[int(first[code])].append(values[code])
    yield from (tuple(sorted(several)) for several in by_number.values() if len(several) > 1)


def _unmatched(
    attachment: Attachment, groups: Groups, prepared: PreparedPool, equal: _EqualNumbers
) -> Iterator[tuple[str, Spellings]]:
    """The spellings that keep supporting exposures from groups, each with the column that is matched."""
    names = plain_columns(attachment) if len(groups.selected.row) else None
    if not names:
        return
    columns = [groups.evaluator.column((name,)) for name in names]
    firsts = [equal.first(column.values) for column in columns]
    if all(first is None for first in firsts):
        return
    supporting = np.flatnonzero(can_be_attached(groups.rule, attachment, groups.evaluator, prepared))
    selected = groups.selected.row
    rows = np.concatenate((selected, supporting))

    def matches(columns_of_codes: list[IndexArray]) -> Mask:
        together = combine(columns_of_codes)
        return np.isin(together[len(selected) :], together[: len(selected)])

    as_strings = [column.codes[rows].astype(np.int64) for column in columns]
    as_numbers = [codes if first is None else first[codes] for codes, first in zip(as_strings, firsts, strict=True)]
    lost = supporting[~matches(as_strings) & matches(as_numbers)]
    if not len(lost):
        return
    for name, column, first in zip(names, columns, firsts, strict=True):
        if first is not None:
            used = np.unique(column.codes[rows])
            used = used[np.isin(first[used], first[np.unique(column.codes[lost])])]
            yield from ((name, several) for several in _spellings(column.values, used, first))


@lru_cache(maxsize=16)
def _leaves_with_numbers(ruleset: Ruleset) -> Mapping[str, tuple[OneOf, ...]]:
    """The distinct constraints of each rule that have a value that may be a number."""
    return {rule.name: tuple(dict.fromkeys(filter(_has_number, _leaves(rule)))) for rule in ruleset.rules}


def _leaves(rule: Rule) -> Iterator[OneOf]:
    found = (leaf for constraint in rule.constraints() for leaf in leaves(constraint))
    return (leaf for leaf in found if isinstance(leaf, OneOf))


def _has_number(leaf: OneOf) -> bool:
    return any(value[:1] in _FIRST for value in leaf.values)


def _accepted_differently(leaf: OneOf, groups: Groups, equal: _EqualNumbers) -> Iterator[tuple[str, Spellings]]:
    """The spellings of which a constraint accepts some, but not all, with the constraint's column."""
    column = groups.evaluator.column(leaf.columns)
    first = equal.first(column.values)
    if first is None:
        return
    accepted = np.isin(column.values, leaf.values)
    count = np.bincount(first, minlength=len(first))
    some = np.bincount(first[accepted], minlength=len(first))
    divided = np.flatnonzero(((some > 0) & (some < count))[first])
    yield from ((leaf.columns[0], several) for several in _spellings(column.values, divided, first))


def _counted_as_distinct(
    need: DistinctRequired, groups: Groups, scope_types: list[str], equal: _EqualNumbers
) -> Iterator[Spellings]:
    """The spellings without which a group would not have as many different values as it needs."""
    column = groups.evaluator.column((need.column,))
    first_equal = equal.first(column.values)
    if first_equal is None:
        return
    concerned = np.array([not need.scope_types or kind in need.scope_types for kind in scope_types])[groups.scope]
    codes = column.codes[groups.selected.row]
    counted = concerned[groups.selected.group] & (codes != UNDEFINED)
    group, code = groups.selected.group[counted], codes[counted]

    def is_met(codes: IntArray) -> Mask:
        first, _ = distinct(combine([group, codes]))
        met: Mask = np.bincount(group[first], minlength=len(groups)) >= need.at_least
        return met

    passing = is_met(code) & ~is_met(first_equal[code])
    yield from _spellings(column.values, np.unique(code[passing[group]]), first_equal)
