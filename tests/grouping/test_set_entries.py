"""Sets of supporting exposures are searched as the combinations of their values."""

from __future__ import annotations

import numpy as np
import pytest

from asnforge.grouping.set_entries import SetEntries, set_entries


def _entries(*rows: tuple[int, int, int, int], can_be_combined: bool = True) -> SetEntries:
    """The entries of exposures, each with its set, two codes, and the number of its file."""
    set_of, first, second, file = (np.array(values, np.int64) for values in zip(*rows, strict=True))
    one_class = np.zeros(len(rows), np.int64)
    return set_entries(set_of, one_class, [first, second], [file], can_be_combined=can_be_combined)


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ([(0, 1, 5, 9), (1, 2, 6, 8)], [(0, 1, 5, 9), (1, 2, 6, 8)]),
        ([(0, 1, 5, 9), (0, 1, 5, 4)], [(0, 1, 5, 4), (1, 1, 5, 4)]),
        (
            [(0, 1, 5, 9), (0, 2, 6, 7), (1, 3, 3, 3)],
            [(0, 1, 5, 7), (0, 1, 6, 7), (0, 2, 5, 7), (0, 2, 6, 7), (2, 3, 3, 3)],
        ),
    ],
    ids=["sets of one exposure", "a set with one value", "a set with several values"],
)
def test_entries_are_the_combinations_of_the_values_of_a_set(
    rows: list[tuple[int, int, int, int]], expected: list[tuple[int, int, int, int]]
) -> None:
    entries = _entries(*rows)
    columns = [entries.support, *entries.codes, *entries.last]
    assert sorted(zip(*(values.tolist() for values in columns), strict=True)) == expected
    assert not any(spread.any() for spread in entries.spread)


def test_sets_that_are_not_combined_are_spread() -> None:
    rows = [(0, 1, 5, 9), (0, 2, 5, 7)]
    entries = _entries(*rows, can_be_combined=False)
    assert entries.support.tolist() == [0, 1]
    assert [spread.tolist() for spread in entries.spread] == [[True], [False]]


def test_a_set_with_too_many_combinations_is_spread() -> None:
    entries = _entries(*((0, number, number, number) for number in range(1, 18)))
    assert entries.support.tolist() == list(range(17))
    assert [spread.tolist() for spread in entries.spread] == [[True], [True]]
