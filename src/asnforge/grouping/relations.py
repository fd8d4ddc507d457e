"""Pairs of a supporting exposure and an exposure of a group for which all relations of an attachment hold.

Relations of equal values are joins. One relation of amounts is a search in sorted values, any others are checked for the pairs
that remain, so that the cost grows with the pairs that are found and not with all that are possible.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from asnforge.columns import UNDEFINED, CodeArray, Column, Mask, comparable
from asnforge.grouping.arrays import IndexArray, combine, distinct, join, ranges
from asnforge.grouping.evaluate import Evaluator
from asnforge.grouping.relation_tests import RelationTest, search_limits, tests_of
from asnforge.grouping.scopes import Scopes
from asnforge.rules.attachment import Distance, Interval, Nearest, Relation, SameCandidate, SameValue

_WILDCARD = 0


@dataclass(frozen=True, slots=True, eq=False)
class Entries:
    """Exposures in scopes: those of groups, or supporting ones.

    Attributes
    ----------
    row, scope, candidate : ndarray of int64, shape (entries,)
        For each its row, its scope, and the candidate that a value can depend on (see `Scopes.candidate`).
    problem : ndarray of int64, shape (entries,)
        For exposures of groups the number of the choice that they are part of, ascending.
    """

    row: IndexArray
    scope: IndexArray
    candidate: IndexArray
    problem: IndexArray

    def __len__(self) -> int:
        return len(self.row)

    def at(self, index: IndexArray | Mask) -> Entries:
        """Some of the entries."""
        return Entries(self.row[index], self.scope[index], self.candidate[index], self.problem[index])

    def numbered_from(self, first: int) -> Entries:
        """The entries with the numbers of their choices from 0, where they begin with `first`."""
        return replace(self, problem=self.problem - first)


@dataclass(frozen=True, slots=True, eq=False)
class Links:
    """For exposures of groups the ranges of supporting exposures that can match, in an order of the supporting exposures.

    Attributes
    ----------
    own : ndarray of int64, shape (links,)
        The exposure of a group, ascending.
    start, stop : ndarray of int64, shape (links,)
        The range in `order`.
    order : ndarray of int64
        The supporting exposures, by their equal values and then by the values of a column.
    """

    own: IndexArray
    start: IndexArray
    stop: IndexArray
    order: IndexArray

    def pairs(self, index: IndexArray, start: IndexArray, stop: IndexArray) -> tuple[IndexArray, IndexArray]:
        """The pairs of an exposure of a group and a supporting one, in parts of the ranges of some links."""
        counts = np.maximum(stop - start, 0)
        return np.repeat(self.own[index], counts), self.order[ranges(start, counts)]


class Matcher:
    """The relations of an attachment between exposures of groups, `own`, and supporting exposures, `supports`."""

    def __init__(
        self,
        relations: Sequence[Relation],
        own: Entries,
        supports: Entries,
        evaluator: Evaluator,
        scopes: Scopes,
        sorted_by: Sequence[IndexArray | CodeArray] = (),
        first_column: Column | None = None,
    ) -> None:
        self.own, self.supports = own, supports
        equal = [item for item in relations if isinstance(item, SameCandidate | SameValue) and not _differs(item)]
        others = [item for item in relations if item not in equal]
        sides = [_codes(relation, own, supports, evaluator, scopes) for relation in equal]
        self._own_class, self.support_class, self._classes = _classes(own.scope, supports.scope, sides)
        self._sides = sides
        self.tests: tuple[RelationTest, ...] = tuple(tests_of(item, evaluator) for item in others)
        self._limits = [
            (evaluator.column(item.columns), *limits)
            for item in others
            if isinstance(item, Distance | Interval) and (limits := search_limits(item, evaluator)) is not None
        ]
        self.links = self._links(sorted_by, first_column)

    def limits_of(self, column: Column) -> tuple[IndexArray, IndexArray] | None:
        """For each row, as the exposure of a group, the first code of a column that can match and the code after the last one.

        None if no relation of amounts restricts the column.
        """
        limits = [(first, last) for restricted, first, last in self._limits if restricted is column]
        if not limits:
            return None
        return np.maximum.reduce([first for first, _ in limits]), np.minimum.reduce([last for _, last in limits])

    def holds(self, own: IndexArray, support: IndexArray) -> Mask:
        """The pairs, of those whose equal values agree, for which all other relations hold."""
        mask = np.ones(len(own), np.bool_)
        for test in self.tests:
            mask &= test(self.own.row[own], self.supports.row[support])
        return mask

    def agrees(self, own: IndexArray, support: IndexArray) -> Mask:
        """The pairs for which all relations hold, those of equal values included."""
        mask = self.holds(own, support)
        for left, right in self._sides:
            first, second = left[own], right[support]
            mask &= (first == second) | (first == _WILDCARD) | (second == _WILDCARD)
        return mask

    def _links(self, sorted_by: Sequence[IndexArray | CodeArray], first_column: Column | None) -> Links:
        """The ranges of supporting exposures, as far as a relation of amounts can restrict them.

        They are ordered by `sorted_by`, codes of the supporting exposures, which begins with those of `first_column`; if it is
        empty, by the column of the first such relation.
        """
        own, pair = join(self._own_class, self._classes[0])
        cls = self.class_of_link = self._classes[1][pair]
        column = first_column
        if not sorted_by and self._limits:
            column = self._limits[0][0]
            sorted_by = [column.codes[self.supports.row]]
        order = np.lexsort((*sorted_by[::-1], self.support_class)).astype(np.int64)
        size = 1 if column is None else len(column.values)
        code = 0 if column is None else column.codes[self.supports.row[order]]
        keys = self.support_class[order] * size + code
        low, high = np.zeros(len(own), np.int64), np.full(len(own), size, np.int64)
        limits = None if column is None else self.limits_of(column)
        if limits is not None:
            low, high = limits[0][self.own.row[own]], limits[1][self.own.row[own]]
        start = np.searchsorted(keys, cls * size + np.minimum(low, size))
        stop = np.searchsorted(keys, cls * size + np.maximum(high, low))
        return Links(own, start.astype(np.int64), stop.astype(np.int64), order)


def can_be_sorted(relations: Sequence[Relation]) -> bool:
    """Whether the exposures that can match need not be sorted by the column of a relation, so that others can sort them."""
    return not any(isinstance(relation, Distance | Interval) for relation in relations)


def codes_of_equals(
    relation: Relation, own: Entries, supports: Entries, evaluator: Evaluator, scopes: Scopes
) -> tuple[IndexArray, IndexArray] | None:
    """Codes of both sides, from 1, that are equal where a relation holds; None if equal codes cannot say so."""
    if not isinstance(relation, SameCandidate | SameValue) or _differs(relation):
        return None
    codes = _codes(relation, own, supports, evaluator, scopes)
    return None if any((side == _WILDCARD).any() for side in codes) else codes


def _differs(relation: Relation) -> bool:
    return isinstance(relation, SameValue) and relation.differs


def _codes(
    relation: SameValue | SameCandidate, own: Entries, supports: Entries, evaluator: Evaluator, scopes: Scopes
) -> tuple[IndexArray, IndexArray]:
    """Codes of both sides that are equal where a relation of equal values holds; 0 agrees with everything."""
    if isinstance(relation, SameCandidate):
        matching = scopes.matching(relation.candidate)
        first, second = (
            np.where(matching[side.candidate], side.candidate + 1, UNDEFINED).astype(np.int64)
            for side in (own, supports)
        )
        size = len(matching) + 1
    else:
        first, second, size = _value_codes(relation, own, supports, evaluator, scopes)
    optional = relation.optional
    codes = []
    for number, (code, side) in enumerate(((first, own), (second, supports))):
        undefined = code == UNDEFINED
        code = code.copy()
        code[undefined] = _WILDCARD if optional == "yes" else size if optional == "own" else size + 1 + number
        if relation.when is not None:
            code[~evaluator.passes(relation.when)[side.row]] = _WILDCARD
        codes.append(code)
    return codes[0], codes[1]


def _value_codes(
    relation: SameValue, own: Entries, supports: Entries, evaluator: Evaluator, scopes: Scopes
) -> tuple[IndexArray, IndexArray, int]:
    """Codes of both sides that are equal for equal values, and a number that is larger than all of them."""
    columns = [evaluator.column(names) for names in (relation.own_columns, relation.columns)]
    index: dict[str, int] = {"": UNDEFINED}
    lookups = [
        np.array([index.setdefault(value, len(index)) for value in column.values], np.int64) for column in columns
    ]
    fixed = len(index) if relation.instead is None else index.setdefault(relation.instead.value, len(index))
    result = []
    for side, column, lookup in zip((own, supports), columns, lookups, strict=True):
        code = lookup[column.codes[side.row]]
        if relation.instead is not None:
            code[scopes.matching(relation.instead)[side.candidate]] = fixed
        result.append(code)
    return result[0], result[1], len(index) + 1


def _classes(
    own_scope: IndexArray, support_scope: IndexArray, sides: Sequence[tuple[IndexArray, IndexArray]]
) -> tuple[IndexArray, IndexArray, tuple[IndexArray, IndexArray]]:
    """Classes of equal codes on both sides, for each entry its class, and the pairs of classes that agree, by the first."""
    columns = [(own_scope + 1, support_scope + 1), *sides]
    first, own_class = distinct(combine([left for left, _ in columns])) if len(own_scope) else _none()
    second, support_class = distinct(combine([right for _, right in columns])) if len(support_scope) else _none()
    left = np.stack([left[first] for left, _ in columns], axis=1)
    right = np.stack([right[second] for _, right in columns], axis=1)
    found = [(np.empty(0, np.int64), np.empty(0, np.int64))]
    for own_index, own_bound in _by_wildcards(left):
        for support_index, support_bound in _by_wildcards(right):
            bound = np.flatnonzero(own_bound & support_bound)
            codes = combine([np.concatenate((left[own_index, k], right[support_index, k])) for k in bound])
            pair, index = join(codes[: len(own_index)], codes[len(own_index) :])
            found.append((own_index[pair], support_index[index]))
    own_side, support_side = (np.concatenate(parts) for parts in zip(*found, strict=True))
    order = np.lexsort((support_side, own_side))
    return own_class, support_class, (own_side[order], support_side[order])


def _by_wildcards(codes: IndexArray) -> list[tuple[IndexArray, Mask]]:
    """The rows of a matrix of codes with the same wildcards, and the columns that have none."""
    bound = codes != _WILDCARD
    if bound.all():
        return [(np.arange(len(codes)), np.ones(codes.shape[1], np.bool_))] if len(codes) else []
    patterns, inverse = np.unique(bound, axis=0, return_inverse=True)
    inverse = inverse.reshape(-1)
    return [(np.flatnonzero(inverse == number), pattern) for number, pattern in enumerate(patterns)]


def _none() -> tuple[IndexArray, IndexArray]:
    return np.empty(0, np.int64), np.empty(0, np.int64)


def distances(nearest: Nearest, evaluator: Evaluator) -> tuple[Column, IndexArray]:
    """The column of a distance, and for each of its codes the number by which the distance is measured."""
    column = evaluator.column(nearest.columns)
    if column.amounts is None:
        return column, np.arange(len(column.values), dtype=np.int64)
    (integers,), _ = comparable([column])
    return column, integers
