"""Combining and joining integer columns, against the plain meaning of each."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from asnforge.grouping.arrays import combine, distinct, join, offsets, ranges

CODES = st.integers(0, 4)


def array(*numbers: int) -> np.ndarray:
    return np.array(numbers, np.int32)


@given(st.lists(st.tuples(CODES, CODES, CODES), min_size=1, max_size=20))
def test_combined_codes_are_equal_and_ordered_as_the_rows(rows: list[tuple[int, int, int]]) -> None:
    combined = combine([np.array(column, np.int32) for column in zip(*rows, strict=True)]).tolist()
    for (one, left), (other, right) in product(zip(rows, combined, strict=True), repeat=2):
        assert (left < right, left == right) == (one < other, one == other)


def test_columns_of_many_values_are_combined_without_overflow() -> None:
    large = np.array([0, 2**31 - 1, 2**31 - 1, 5], np.int32)
    combined = combine([large, large, large, array(1, 0, 1, 0)]).tolist()
    assert len(set(combined)) == 4
    assert sorted(combined) == [combined[0], combined[3], combined[1], combined[2]]
    assert min(combined) >= 0


def test_nothing_is_combined_to_nothing() -> None:
    assert combine([array(), array()]).tolist() == []


@given(st.lists(CODES, max_size=12))
def test_distinct_codes(codes: list[int]) -> None:
    first, inverse = distinct(np.array(codes, np.int64))
    assert [codes[place] for place in first] == sorted(set(codes))
    assert [codes[first[number]] for number in inverse] == codes


@given(st.lists(CODES, max_size=8), st.lists(CODES, max_size=8))
def test_joining_gives_all_pairs_of_equal_codes(left: list[int], right: list[int]) -> None:
    pairs = zip(*(places.tolist() for places in join(np.array(left, np.int64), np.array(right, np.int64))), strict=True)
    assert list(pairs) == [(i, j) for i, one in enumerate(left) for j, other in enumerate(right) if one == other]


@pytest.mark.parametrize(
    ("start", "counts", "numbers"),
    [((), (), []), ((5,), (0,), []), ((5, 0, 7), (2, 0, 3), [5, 6, 7, 8, 9]), ((3, 3), (1, 2), [3, 3, 4])],
)
def test_ranges(start: tuple[int, ...], counts: tuple[int, ...], numbers: list[int]) -> None:
    assert ranges(array(*start), array(*counts)).tolist() == numbers


@pytest.mark.parametrize(
    ("groups", "count", "starts"),
    [((), 0, [0]), ((), 2, [0, 0, 0]), ((0, 0, 2), 3, [0, 2, 2, 3]), ((1,), 2, [0, 0, 1])],
)
def test_offsets(groups: tuple[int, ...], count: int, starts: list[int]) -> None:
    assert offsets(array(*groups), count).tolist() == starts
