"""Rows by the values of several columns, as by comparing each row."""

from __future__ import annotations

import numpy as np
import pytest

from asnforge.columns import recategorize
from asnforge.explain.rows_by_value import RowsByValue, rows_in_all

CAMERA = ("red", "Blue", "", "red", "blue", "green")
GAIN = ("0", "1", "0", "1", "1", "0")


def of(values: tuple[str, ...]) -> RowsByValue:
    return RowsByValue(recategorize(values, np.arange(len(values))))


@pytest.mark.parametrize(
    ("cameras", "gains", "rows"),
    [
        ({"red"}, {"0", "1"}, [0, 3]),
        ({"blue"}, {"1"}, [1, 4]),
        ({"blue", ""}, {"0"}, [2]),
        ({"violet"}, {"0"}, []),
        (set(), {"0"}, []),
        (None, {"0"}, [0, 2, 5]),
        (None, None, [0, 1, 2, 3, 4, 5]),
    ],
)
def test_rows_have_an_accepted_value_in_each_column(
    cameras: set[str] | None, gains: set[str] | None, rows: list[int]
) -> None:
    parts = [
        (column, column.codes_of(values))
        for column, values in ((of(CAMERA), cameras), (of(GAIN), gains))
        if values is not None
    ]
    assert rows_in_all(parts, len(CAMERA)).tolist() == rows
