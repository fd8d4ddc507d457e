"""Pools that are read from bytes, in the current folder."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from asnforge.findings import InputError
from asnforge.pool.model import Pool

Read = Callable[..., Pool]


def rows(pool: Pool) -> list[list[str]]:
    """The cells of a pool by row, columns in the order of the file."""
    return [[column[row] for column in pool.columns.values()] for row in range(len(pool))]


def columns(pool: Pool) -> dict[str, list[str]]:
    """The cells of a pool by column."""
    return {name: [column[row] for row in range(len(pool))] for name, column in pool.columns.items()}


def refusal(read: Callable[..., object], *arguments: Any, **options: Any) -> str:
    """The one finding with which something is refused."""
    with pytest.raises(InputError) as caught:
        read(*arguments, **options)
    (finding,) = caught.value.findings
    return str(finding)
