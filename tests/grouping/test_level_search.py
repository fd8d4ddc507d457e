"""Supporting exposures in sorted order, and the nearest of them: as by comparing all pairs."""

from __future__ import annotations

import numpy as np
import pytest

from asnforge.grouping.arrays import IndexArray
from asnforge.grouping.choice import BEHIND
from asnforge.grouping.level_search import Agreement, OwnValues, Runs, SortedSupports

CLASSES = [0, 0, 0, 0, 1, 1, 1]
FIRST = [2, 1, 1, 2, 3, 0, 3]
SECOND = [5, 7, 6, 4, 1, 2, 1]
FILES = [6, 5, 4, 3, 2, 1, 0]


def _array(values: list[int]) -> IndexArray:
    return np.array(values, np.int64)


def _supports(*levels: int) -> SortedSupports:
    codes = {level: _array([FIRST, SECOND][level]) for level in levels}
    return SortedSupports(_array(CLASSES), codes, [_array(FILES)])


@pytest.mark.parametrize(
    ("levels", "order"),
    [
        ((0, 1), [2, 1, 3, 0, 5, 6, 4]),
        ((0,), [2, 1, 3, 0, 5, 6, 4]),
        ((1,), [3, 0, 2, 1, 6, 4, 5]),
        ((), [3, 2, 1, 0, 6, 5, 4]),
    ],
)
def test_exposures_are_sorted_by_class_columns_and_files(levels: tuple[int, ...], order: list[int]) -> None:
    assert _supports(*levels).order.tolist() == order


@pytest.mark.parametrize(
    ("level", "start", "code", "position"),
    [
        (0, 0, 0, 0),
        (0, 0, 1, 0),
        (0, 0, 2, 2),
        (0, 0, 3, 4),
        (0, 4, 0, 4),
        (0, 4, 1, 5),
        (0, 4, 9, 7),
        (1, 0, 7, 1),
        (1, 2, 0, 2),
        (1, 2, 5, 3),
        (1, 2, 9, 4),
        (1, 5, -3, 5),
    ],
)
def test_the_first_position_of_a_run_with_at_least_a_code(level: int, start: int, code: int, position: int) -> None:
    assert _supports(0, 1).at_least(level, _array([start]), code).tolist() == [position]


def _own_values(own: list[int], limits: tuple[list[int], list[int]] | None = None) -> OwnValues:
    """One unit that compares the exposures of a group with the second column, in which only equal codes have a distance."""
    level = Agreement(_array(own), _array(SECOND), of_sets=False)
    bounds = None if limits is None else (_array(limits[0]), _array(limits[1]))
    return OwnValues(level, np.zeros(len(own), np.int64), np.arange(len(own)), 1, bounds)


@pytest.mark.parametrize(
    ("own", "width", "found"),
    [
        ([6], 1, [2]),
        ([6, 4], 1, [2, 3]),
        ([6, 6, 7], 4, [1, 2]),
        ([3], 4, []),
        ([3, 5], 1, [0]),
    ],
)
def test_only_exposures_that_agree_are_near(own: list[int], width: int, found: list[int]) -> None:
    supports = _supports(1)
    run, position, distance = _own_values(own).near(supports, 1, Runs(_array([0]), _array([0]), _array([4])), width)
    assert sorted(supports.order[position].tolist()) == found
    assert (run.tolist(), distance.tolist()) == ([0] * len(found), [0] * len(found))


@pytest.mark.parametrize(
    ("own", "codes", "expected"),
    [([6], [5, 6, 7], [False, True, False]), ([4, 6], [0, 6], [False, True])],
)
def test_codes_with_a_distance_are_those_that_agree(own: list[int], codes: list[int], expected: list[bool]) -> None:
    assert _own_values(own).has_distance(np.zeros(len(codes), np.int64), _array(codes)).tolist() == expected


def test_a_run_in_which_some_agree_is_searched_again_without_the_level() -> None:
    run = Runs(_array([0]), _array([0]), _array([4]))
    equal, mixed, counts = _own_values([6]).without_distance(_supports(1), 1, run)
    assert (equal.start.tolist(), mixed.start.tolist(), mixed.stop.tolist()) == ([], [0], [4])
    assert counts.tolist() == [4]


def test_agreement_has_a_distance_for_equal_codes_only() -> None:
    level = Agreement(_array([1, 2]), _array([2]), of_sets=False)
    assert level.of_codes(level.own, level.support[[0, 0]]).tolist() == [BEHIND, 0]
    assert level.size == 3
