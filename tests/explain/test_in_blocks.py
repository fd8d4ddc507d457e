"""Answers that are computed one by one at first, and later in blocks of neighbors."""

from __future__ import annotations

import numpy as np
import pytest

from asnforge.explain import in_blocks
from asnforge.explain.in_blocks import InBlocks
from asnforge.grouping.arrays import IndexArray


@pytest.fixture(autouse=True)
def _small_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {"_SINGLE": 2, "_LARGEST": 3, "_COST": 100, "_KEPT": 2}.items():
        monkeypatch.setattr(in_blocks, name, value)


@pytest.mark.parametrize(
    ("cost", "requested", "computed"),
    [
        (1, [9, 0], [[9], [0]]),
        (1, [9, 0, 9, 0], [[9], [0]]),
        (1, [9, 0, 8, 7, 6], [[9], [0], [7, 8, 9], [4, 5, 6]]),
        (50, [9, 0, 8, 7, 9], [[9], [0], [8], [7]]),
        (40, [9, 0, 8, 7, 6], [[9], [0], [8, 9], [6, 7]]),
        (1, [9, 0, 8, 5, 2, 8], [[9], [0], [7, 8, 9], [4, 5, 6], [1, 2, 3], [7, 8, 9]]),
        (1, [9, 0, 8, 17, 17], [[9], [0], [7, 8, 9], [17]]),
    ],
)
def test_later_answers_are_computed_in_blocks(cost: int, requested: list[int], computed: list[list[int]]) -> None:
    calls: list[list[int]] = []

    def compute(items: IndexArray) -> dict[int, str]:
        calls.append(items.tolist())
        return {item: f"answer {item}" for item in items.tolist()}

    answers = InBlocks(np.arange(10)[::-1], compute, lambda _: cost)
    assert [answers[item] for item in requested] == [f"answer {item}" for item in requested]
    assert calls == computed
