"""Numbers that are equal and spelled differently, where that keeps exposures apart: rules compare values as strings."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

import numpy as np

from asnforge.findings import Finding, pluralize, quoted
from asnforge.grouping import codes
from asnforge.grouping.arrays import IndexArray, IntArray, combine, distinct
from asnforge.rules.rule import Attachment, DistinctRequired
from asnforge.rules.ruleset import Ruleset

if TYPE_CHECKING:
    from asnforge.columns import Column
    from asnforge.grouping.evaluate import Evaluator
    from asnforge.grouping.groups import Groups
    from asnforge.grouping.prepared_pool import PreparedPool
    from asnforge.grouping.scopes import Scopes

_PLAIN = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)")
_NUMBER = re.compile(_PLAIN.pattern + r"(?:[ed][+-]?\d{1,3})?")
_FIRST = frozenset("0123456789+-.")
_EXAMPLES = 3

Spellings = tuple[str, ...]
"""Values that are the same number, sorted."""


@dataclass(frozen=True, slots=True)
class SpelledNumbers:
    """The numbers of a column whose different spellings keep exposures apart.

    Attributes
    ----------
    column : str
        The column as findings name it.
    spellings : frozenset of tuple of str
        For each number its spellings, in lower case.
    """

    column: str
    spellings: frozenset[Spellings]

    def finding(self, file: str, line: int | None) -> Finding:
        """The fact as a warning."""
        numbers = sorted(self.spellings)
        shown = "; ".join(" and ".join(map(quoted, texts[:_EXAMPLES])) for texts in numbers[:_EXAMPLES])
        message = (
            f"{self.column} spells {pluralize(len(numbers), 'number')} in several ways ({shown}), so exposures that differ "
            "only in this do not match each other"
        )
        hint = "spell each number in the same way in all rows"
        return Finding(codes.SPELLED_DIFFERENTLY.code, message, file, line, hint=hint, severity="warning")


def spelled_numbers(
    made: Iterable[tuple[Groups, Evaluator]], exposures: PreparedPool, scopes: Scopes, ruleset: Ruleset
) -> Iterator[SpelledNumbers]:
    """The columns whose numbers divide what would else be together: groups of a rule, or a group and what it attaches; or that
    make a requirement of distinct values pass.

    Parameters
    ----------
    made : iterable of (Groups, Evaluator)
        What each rule made, and how it reads the exposures.
    exposures, scopes, ruleset
        Of what it was made.
    """
    found: dict[str, set[Spellings]] = defaultdict(set)
    equal = _EqualNumbers()
    types = [kind for _, kind in scopes.scopes]
    for groups, evaluation in made:
        for column, spellings in _dividing_keys(groups, equal):
            found[column].add(spellings)
        for attachment in groups.rule.attach:
            for column, spellings in _unmatched(attachment, groups, evaluation, exposures, equal):
                found[column].add(spellings)
        for need in groups.rule.require:
            if isinstance(need, DistinctRequired):
                for spellings in _counted_twice(need, groups, evaluation, types, equal):
                    found[need.column].add(spellings)
    for column, several in sorted(found.items()):
        yield SpelledNumbers(column if column in ruleset.derived else column.upper(), frozenset(several))


def merge_numbers(parts: Iterable[SpelledNumbers]) -> tuple[SpelledNumbers, ...]:
    """The numbers of a whole pool, from those of its parts."""
    found: dict[str, set[Spellings]] = defaultdict(set)
    for part in parts:
        found[part.column] |= part.spellings
    return tuple(SpelledNumbers(column, frozenset(several)) for column, several in sorted(found.items()))


class _EqualNumbers:
    """For columns the first code whose value is the same number; each column is looked through once."""

    def __init__(self) -> None:
        self._known: dict[int, tuple[tuple[str, ...], IndexArray | None]] = {}

    def of(self, values: tuple[str, ...]) -> IndexArray | None:
        """For each value the place of the first that is the same number; None where all numbers are different."""
        if id(values) not in self._known:
            self._known[id(values)] = values, _first_equal(values)
        return self._known[id(values)][1]


def _first_equal(values: tuple[str, ...]) -> IndexArray | None:
    suspects = [place for place, value in enumerate(values) if value[:1] in _FIRST and value]
    if len(suspects) < 2:
        return None
    # Where other values begin with a digit, as 0a does, the values are codes, and so is 1e1.
    has_codes = any(values[place][0].isdigit() and not _NUMBER.fullmatch(values[place]) for place in suspects)
    pattern = _PLAIN if has_codes else _NUMBER
    first: dict[Decimal, int] = {}
    places = np.arange(len(values))
    for place in suspects:
        if pattern.fullmatch(values[place]):
            places[place] = first.setdefault(Decimal(values[place].replace("d", "e")), place)
    return None if (places == np.arange(len(values))).all() else places


def _dividing_keys(groups: Groups, equal: _EqualNumbers) -> Iterator[tuple[str, Spellings]]:
    """The spellings that are all that divides some groups, each with the key's column."""
    numbers = [equal.of(values) for values in groups.key_values]
    if not len(groups) or all(places is None for places in numbers):
        return
    keys = [
        groups.keys[:, key] if places is None else places[groups.keys[:, key]] for key, places in enumerate(numbers)
    ]
    _, together = distinct(combine([groups.scope, *keys]))
    several = np.flatnonzero(np.bincount(together)[together] > 1)
    for key, places in enumerate(numbers):
        if places is not None:
            used = np.unique(groups.keys[several, key])
            column = groups.rule.group_by[key].columns[0]
            yield from ((column, spellings) for spellings in _spellings(groups.key_values[key], used, places))


def _spellings(values: tuple[str, ...], used: IntArray, places: IndexArray) -> Iterator[Spellings]:
    """The numbers of which several spellings are used."""
    by_number: dict[int, list[str]] = defaultdict(list)
    for code in used.tolist():
        by_number[int(places[code])].append(values[code])
    yield from (tuple(sorted(texts)) for texts in by_number.values() if len(texts) > 1)


def _unmatched(
    attachment: Attachment, groups: Groups, evaluation: Evaluator, exposures: PreparedPool, equal: _EqualNumbers
) -> Iterator[tuple[str, Spellings]]:
    """The spellings that keep supporting exposures from groups, each with the column that is matched."""
    columns = [evaluation.column((name,)) for name in attachment.match]
    numbers = [equal.of(column.values) for column in columns]
    if all(places is None for places in numbers) or not len(groups.own_row):
        return
    supporting = np.flatnonzero(evaluation.passes(attachment.when) & exposures.usable)
    rows = np.concatenate((groups.own_row, supporting))
    own = len(groups.own_row)

    def matches(codes_of: list[IndexArray]) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
        together = combine(codes_of)
        return np.isin(together[own:], together[:own])

    spelled = [column.codes[rows].astype(np.int64) for column in columns]
    as_numbers = [codes if places is None else places[codes] for codes, places in zip(spelled, numbers, strict=True)]
    lost = supporting[~matches(spelled) & matches(as_numbers)]
    for name, column, places in zip(attachment.match, columns, numbers, strict=True):
        if places is not None and len(lost):
            wanted = np.unique(column.codes[lost])
            used = np.unique(column.codes[rows])
            used = used[np.isin(places[used], places[wanted])]
            yield from ((name, spellings) for spellings in _spellings(column.values, used, places))


def _counted_twice(
    need: DistinctRequired, groups: Groups, evaluation: Evaluator, types: list[str], equal: _EqualNumbers
) -> Iterator[Spellings]:
    """The spellings by which a group has as many different values as it needs."""
    column: Column = evaluation.column((need.column,))
    places = equal.of(column.values)
    if places is None:
        return
    concerned = np.array([not need.scope_types or kind in need.scope_types for kind in types])[groups.scope]
    members = concerned[groups.own_group] & (column.codes[groups.own_row] != 0)
    group, code = groups.own_group[members], column.codes[groups.own_row][members]

    def counts(codes_of: IndexArray) -> IndexArray:
        first, _ = distinct(combine([group, codes_of]))
        return np.bincount(group[first], minlength=len(groups))

    if len(group):
        passing = (counts(code.astype(np.int64)) >= need.at_least) & (counts(places[code]) < need.at_least)
        yield from _spellings(column.values, np.unique(code[passing[group]]), places)
