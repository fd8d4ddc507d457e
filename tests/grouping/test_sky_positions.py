"""Positions on the sphere that are joined by steps."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from asnforge.grouping.sky_positions import connected_positions, unit_vectors

ARCMIN = np.pi / 10_800


def sets(positions: list[tuple[float, float]], distance: float, groups: list[int] | None = None) -> list[int]:
    """The set of each position, numbered in order of appearance."""
    longitude, latitude = (np.radians(np.array(column, float)) for column in zip(*positions, strict=True))
    group = np.array(groups or [0] * len(positions))
    result = connected_positions(group, longitude, latitude, distance).tolist()
    return [list(dict.fromkeys(result)).index(number) for number in result]


def expected(positions: list[tuple[float, float]], distance: float, groups: list[int]) -> list[int]:
    """The same by comparing all pairs."""
    points = unit_vectors(*(np.radians(np.array(column, float)) for column in zip(*positions, strict=True)))
    label = list(range(len(positions)))
    for one in range(len(positions)):
        for other in range(one):
            chord = float(np.sqrt(((points[one] - points[other]) ** 2).sum()))
            if groups[one] == groups[other] and chord <= 2 * np.sin(min(distance, np.pi) / 2) + 1e-12:
                label = [label[other] if each == label[one] else each for each in label]
    return [list(dict.fromkeys(label)).index(number) for number in label]


@pytest.mark.parametrize(
    ("positions", "arcmin", "result"),
    [
        ([(10, 0), (10, 0.1), (10, 0.3)], 10, [0, 0, 1]),
        ([(10, 0), (10, 0.1), (10, 0.2), (10, 0.3)], 6, [0, 0, 0, 0]),
        ([(0, 0), (359.95, 0)], 3.1, [0, 0]),
        ([(0, 0), (359.95, 0)], 2.9, [0, 1]),
        ([(0, 89.99), (180, 89.99)], 2, [0, 0]),
        ([(10, 60), (10.2, 60)], 6.1, [0, 0]),
        ([(10, 0), (10.2, 0)], 6.1, [0, 1]),
        ([(10, 0), (10, 0), (11, 0)], 0, [0, 0, 1]),
        ([(0, 0), (180, 0)], 10_800, [0, 0]),
        ([(0, 0), (90, 0), (180, 0), (0, -90)], 5_400, [0, 0, 0, 0]),
    ],
    ids=[
        "a step that is too long",
        "a chain of exact steps",
        "across zero",
        "too far across zero",
        "across the pole",
        "degrees of right ascension are shorter at a declination of 60 degrees",
        "than at the equator",
        "only the same position",
        "opposite",
        "a quarter of the sphere",
    ],
)
def test_positions_that_are_joined_by_steps(
    positions: list[tuple[float, float]], arcmin: float, result: list[int]
) -> None:
    assert sets(positions, arcmin * ARCMIN) == result


def test_positions_of_different_groups_are_not_joined() -> None:
    assert sets([(10, 0), (10, 0), (10, 0.01)], ARCMIN, [0, 1, 0]) == [0, 1, 0]


@given(
    st.lists(
        st.tuples(st.integers(0, 40), st.integers(-20, 20), st.integers(0, 2), st.sampled_from([0.0, 3e-7])),
        min_size=1,
        max_size=60,
    ),
    st.sampled_from([0.5, 1.0, 2.5, 40.0]),
    st.sampled_from([0.01, 1.0, 4.5]),
)
def test_sets_are_those_of_all_pairs(places: list[tuple[int, int, int, float]], distance: float, scale: float) -> None:
    positions = [(x * scale + shift, y * scale) for x, y, _, shift in places]
    groups = [group for _, _, group, _ in places]
    assert sets(positions, np.radians(distance * scale), groups) == expected(
        positions, np.radians(distance * scale), groups
    )


def test_cells_of_many_positions_are_halved() -> None:
    """Two lines of positions, 1 degree apart or a little more, are compared without all of their pairs."""
    count = 1500
    along = np.linspace(0, 0.4, count)
    longitude = np.radians(np.concatenate((along, along)))
    latitude = np.radians(np.repeat([0.0, 1.0], count))
    group = np.zeros(2 * count, np.int64)
    for distance, result in ((1.0, 1), (0.99, 2)):
        assert connected_positions(group, longitude, latitude, np.radians(distance)).max() == result - 1
