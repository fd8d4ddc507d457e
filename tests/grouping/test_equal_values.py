"""Supporting exposures with the same values as exposures of a group, compared pair by pair."""

from __future__ import annotations

import numpy as np
import pytest

from asnforge.columns import recategorize
from asnforge.grouping.equal_values import join_equal_values
from asnforge.grouping.evaluate import Evaluator
from asnforge.grouping.scopes import Scopes

ROWS = 6
NIGHT = ("1", "1", "2", "", "2", "1")
CAMERA = ("red", "red", "red", "red", "blue", "blue")


@pytest.mark.parametrize(
    ("names", "supporting", "pairs"),
    [
        (("night",), [1, 2, 4, 5], [(0, 1), (0, 5)]),
        (("night", "camera"), [1, 2, 4, 5], [(0, 1)]),
        (("camera",), [2, 3], [(0, 2), (0, 3), (1, 2), (1, 3)]),
        (("night",), [3], []),
        (("night",), [], []),
        (("camera",), [4], []),
    ],
)
def test_groups_get_exposures_of_their_scope_with_the_same_values(
    names: tuple[str, ...], supporting: list[int], pairs: list[tuple[int, int]]
) -> None:
    columns = {name: recategorize(values, np.arange(ROWS)) for name, values in (("night", NIGHT), ("camera", CAMERA))}
    everywhere = Scopes(
        (("z9", "all"),), np.arange(ROWS + 1), np.zeros(ROWS, np.int32), np.full(ROWS, -1, np.int32), discovered=0
    )
    is_supporting = np.zeros(ROWS, np.bool_)
    is_supporting[supporting] = True
    group, row = join_equal_values(
        names,
        Evaluator(columns, {}, ROWS),
        everywhere,
        (np.array([0, 1]), np.array([0, 3])),
        np.zeros(2, np.int32),
        is_supporting,
    )
    assert sorted(zip(group.tolist(), row.tolist(), strict=True)) == pairs
