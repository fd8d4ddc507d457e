"""Divide groups where the values of their exposures are further apart than a gap, along a column or on the sphere.

docs/grouping.md#gaps: exposures that are joined by steps of at most the gap are in one group. With several such
keys, the groups are divided by each in turn until none divides them further; the order of the keys does not change the result.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from asnforge.columns import UNDEFINED, CodeArray, Column, Mask, comparable
from asnforge.grouping.arrays import IndexArray, combine, distinct, join
from asnforge.grouping.evaluate import Evaluator
from asnforge.grouping.sky_positions import connected_positions
from asnforge.rules.rule import Key


@dataclass(frozen=True, slots=True, eq=False)
class Divided:
    """Groups after division.

    Attributes
    ----------
    parent : ndarray of int64, shape (groups,)
        For each group the group that it is a part of.
    group, row : ndarray of int64, shape (pairs,)
        The pairs of a group and an exposure.
    codes : tuple of ndarray of int32, shape (groups,)
        For each key the code of the least value of each group; 0 if the key does not bind any of its exposures.
    values : tuple of tuple of str
        For each key the values of its codes.
    """

    parent: IndexArray
    group: IndexArray
    row: IndexArray
    codes: tuple[CodeArray, ...]
    values: tuple[tuple[str, ...], ...]


def divide(keys: Sequence[Key], evaluator: Evaluator, group: IndexArray, row: IndexArray, groups: int) -> Divided:
    """Divide groups by keys with a gap.

    Parameters
    ----------
    keys : sequence of Key
        The keys with a gap, at least one.
    evaluator : Evaluator
        The exposures as the rule reads them.
    group, row : ndarray of int64, shape (pairs,)
        The pairs of a group and an exposure.
    groups : int
        The number of groups.
    """
    readings = [_Reading(key, evaluator) for key in keys]
    parent = np.arange(groups, dtype=np.int64)
    before = -1
    while len(parent) != before:
        before = len(parent)
        for reading in readings:
            part_of, group, row = _divided(reading, group, row)
            parent = parent[part_of]
        if len(readings) == 1:
            break
    codes, values = zip(*(reading.least(group, row, len(parent)) for reading in readings), strict=True)
    order = np.lexsort([*reversed(codes), parent])
    number = np.empty(len(order), np.int64)
    number[order] = np.arange(len(order))
    return Divided(parent[order], number[group], row, tuple(code[order] for code in codes), values)


class _Reading:
    """The values of a key with a gap, as the exposures have them."""

    def __init__(self, key: Key, evaluator: Evaluator) -> None:
        assert key.gap is not None  # noqa: S101 - only such keys divide groups
        self.own = key.own
        self.is_position = key.gap.is_position
        self.columns: list[Column] = [evaluator.column(names) for names in key.readings]
        self.defined: Mask = np.logical_and.reduce([column.defined() for column in self.columns])
        self.bound: Mask = np.ones(evaluator.rows, np.bool_) if key.when is None else evaluator.passes(key.when)
        self._gap = key.gap.amount
        if not self.is_position:
            (self._amounts,), (self._largest,) = comparable(self.columns, [self._gap])

    def clusters(self, group: IndexArray, row: IndexArray) -> IndexArray:
        """For each pair, all with a value, the number of its part: pairs of one group without a gap between them."""
        if self.is_position:
            right_ascension, declination = (_radians(column)[column.codes[row]] for column in self.columns)
            return connected_positions(group, right_ascension, declination, float(self._gap) * _ARCSEC)
        codes = self.columns[0].codes[row]
        order = np.lexsort((codes, group))
        amounts, ordered = self._amounts[codes[order]], group[order]
        begins = np.ones(len(order), np.bool_)
        begins[1:] = (ordered[1:] != ordered[:-1]) | (amounts[1:] - amounts[:-1] > self._largest).astype(np.bool_)
        result = np.empty(len(order), np.int64)
        result[order] = np.cumsum(begins) - 1
        return result

    def least(self, group: IndexArray, row: IndexArray, groups: int) -> tuple[CodeArray, tuple[str, ...]]:
        """For each group the code of its least value, and the values of the codes."""
        codes = combine([column.codes for column in self.columns])
        known = distinct(codes[self.defined])[0]
        rows = np.flatnonzero(self.defined)[known]
        texts = ["", *map(self._text, rows.tolist())]
        rank = np.searchsorted(codes[rows], codes) + 1
        undefined = len(texts)
        bound = self.bound[row]
        code = np.where(self.defined[row], rank[row], undefined)[bound]
        least = np.full(groups, undefined + 1, np.int64)
        np.minimum.at(least, group[bound], code)
        least[least == undefined + 1] = UNDEFINED
        if not self.own:
            least[least == undefined] = UNDEFINED
        return least.astype(np.int32), (*texts, "")

    def _text(self, row: int) -> str:
        """The value of an exposure; a position as right ascension and declination in degrees, ``202.47+47.19``."""
        if not self.is_position:
            return self.columns[0][row]
        right_ascension, declination = (column[row] for column in self.columns)
        return f"{right_ascension}{'' if declination.startswith('-') else '+'}{declination}"


_ARCSEC = np.pi / 648_000


def _radians(column: Column) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """The values of a column of angles by code."""
    amounts = column.amounts
    if amounts is None:
        return np.zeros(len(column.values))
    return amounts.integers.astype(np.float64) * 10.0**amounts.exponent * _ARCSEC


def _divided(reading: _Reading, group: IndexArray, row: IndexArray) -> tuple[IndexArray, IndexArray, IndexArray]:
    """The group that each new group is a part of, and the pairs of a new group and an exposure.

    Exposures with a wildcard join every part of their group. Undefined values that are a value of their own form a part.
    """
    bound = reading.bound[row]
    with_value = bound & reading.defined[row]
    alone = bound & ~reading.defined[row] if reading.own else np.zeros(len(row), np.bool_)
    cluster = reading.clusters(group[with_value], row[with_value])
    clusters = int(cluster.max(initial=-1)) + 1
    part = np.full(len(row), -1, np.int64)
    part[with_value] = cluster
    part[alone] = clusters + group[alone]
    fixed = part >= 0
    first, number = distinct(part[fixed])
    part_of = group[fixed][first]
    wild = np.flatnonzero(~fixed)
    pair, joined = join(group[wild], part_of)
    left = wild[~np.isin(group[wild], part_of)]
    own, left_number = distinct(group[left])
    return (
        np.concatenate((part_of, group[left][own])),
        np.concatenate((number, joined, len(part_of) + left_number)),
        np.concatenate((row[fixed], row[wild[pair]], row[left])),
    )
