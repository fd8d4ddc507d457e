"""Combining and joining integer columns, compared with a plain definition of each operation."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from asnforge.grouping.arrays import IntArray, combine, distinct, join, offsets, ranges, sorted_order, sorted_pairs

CODES = st.integers(0, 4)
ANY_CODES = CODES | st.integers(-3, 2**62)


def array(*numbers: int) -> IntArray:
    return np.array(numbers, np.int32)


@given(st.lists(st.tuples(CODES, CODES, CODES), min_size=1, max_size=20))
def test_combine_keeps_equality_and_order_of_rows(rows: list[tuple[int, int, int]]) -> None:
    combined = combine([np.array(column, np.int32) for column in zip(*rows, strict=True)]).tolist()
    for (left, left_code), (right, right_code) in product(zip(rows, combined, strict=True), repeat=2):
        assert (left_code < right_code, left_code == right_code) == (left < right, left == right)


def test_combine_does_not_overflow() -> None:
    large = np.array([0, 2**31 - 1, 2**31 - 1, 5], np.int32)
    combined = combine([large, large, large, array(1, 0, 1, 0)]).tolist()
    assert len(set(combined)) == 4
    assert sorted(combined) == [combined[0], combined[3], combined[1], combined[2]]
    assert min(combined) >= 0


def test_combine_of_empty_columns_is_empty() -> None:
    assert combine([array(), array()]).tolist() == []


@given(st.lists(CODES, max_size=12) | st.lists(ANY_CODES, max_size=12))
def test_distinct_gives_first_index_and_inverse(codes: list[int]) -> None:
    first, inverse = distinct(np.array(codes, np.int64))
    assert [codes[index] for index in first] == sorted(set(codes))
    assert [codes[first[number]] for number in inverse] == codes


@given(st.lists(ANY_CODES, max_size=12))
def test_sorted_order_keeps_the_order_of_equal_codes(codes: list[int]) -> None:
    assert sorted_order(np.array(codes, np.int64)).tolist() == sorted(range(len(codes)), key=codes.__getitem__)


@given(st.lists(st.tuples(st.integers(0, 2**31 - 1) | CODES, st.integers(0, 2**31 - 1)), max_size=8))
def test_sorted_pairs_are_sorted_by_both_numbers(pairs: list[tuple[int, int]]) -> None:
    left, right = np.array(pairs, np.int32).reshape(-1, 2).T
    assert list(zip(*(numbers.tolist() for numbers in sorted_pairs(left, right)), strict=True)) == sorted(pairs)


@given(st.lists(CODES | ANY_CODES, max_size=8), st.lists(CODES | ANY_CODES, max_size=8))
def test_join_gives_all_pairs_of_equal_codes(left: list[int], right: list[int]) -> None:
    pairs = zip(
        *(indices.tolist() for indices in join(np.array(left, np.int64), np.array(right, np.int64))), strict=True
    )
    assert list(pairs) == [(i, j) for i, code in enumerate(left) for j, other in enumerate(right) if code == other]


@pytest.mark.parametrize(
    ("start", "counts", "numbers"),
    [((), (), []), ((5,), (0,), []), ((5, 0, 7), (2, 0, 3), [5, 6, 7, 8, 9]), ((3, 3), (1, 2), [3, 3, 4])],
)
def test_ranges_are_concatenated(start: tuple[int, ...], counts: tuple[int, ...], numbers: list[int]) -> None:
    assert ranges(array(*start), array(*counts)).tolist() == numbers


@pytest.mark.parametrize(
    ("groups", "count", "starts"),
    [((), 0, [0]), ((), 2, [0, 0, 0]), ((0, 0, 2), 3, [0, 2, 2, 3]), ((1,), 2, [0, 0, 1])],
)
def test_offsets_are_the_starts_and_the_end_of_groups(groups: tuple[int, ...], count: int, starts: list[int]) -> None:
    assert offsets(array(*groups), count).tolist() == starts
