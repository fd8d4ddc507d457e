"""Answers for single items that are computed for many items at once, where all of a pool is explained."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Mapping
from typing import Generic, TypeVar

import numpy as np

from asnforge.grouping.arrays import IndexArray

_Answer = TypeVar("_Answer")

_SINGLE = 8
"""The number of items that are answered by themselves before blocks are computed."""
_LARGEST = 512
_COST = 1 << 18
"""The number of items in a block, and its cost."""
_KEPT = 16
"""The number of blocks that are remembered."""


class InBlocks(Generic[_Answer]):
    """Answers for items: the first few are computed one by one, later ones in blocks of neighbors.

    Parameters
    ----------
    order : ndarray of int64, shape (items,)
        The items in the order in which they are likely to be requested.
    compute : callable
        The answers for some items in ascending order, by item.
    cost : callable
        The number of array elements that it took to compute an answer.
    """

    def __init__(
        self,
        order: IndexArray,
        compute: Callable[[IndexArray], Mapping[int, _Answer]],
        cost: Callable[[_Answer], int],
    ) -> None:
        self._order, self._compute, self._cost = order, compute, cost
        self._place = {item: place for place, item in enumerate(order.tolist())}
        self._single: dict[int, _Answer] = {}
        self._blocks: OrderedDict[int, Mapping[int, _Answer]] = OrderedDict()
        self._size = 0

    def __getitem__(self, item: int) -> _Answer:
        """The answer for an item."""
        if item not in self._single and (len(self._single) < _SINGLE or item not in self._place):
            self._single[item] = self._compute(np.array([item], np.int64))[item]
        if item in self._single:
            return self._single[item]
        if not self._size:
            mean = sum(map(self._cost, self._single.values())) // max(len(self._single), 1) + 1
            self._size = min(max(_COST // mean, 1), _LARGEST)
        number = self._place[item] // self._size
        if number not in self._blocks:
            block = self._order[number * self._size : (number + 1) * self._size]
            self._blocks[number] = self._compute(np.sort(block))
            if len(self._blocks) > _KEPT:
                self._blocks.popitem(last=False)
        self._blocks.move_to_end(number)
        return self._blocks[number][item]
