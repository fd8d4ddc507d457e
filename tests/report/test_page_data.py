from __future__ import annotations

import pytest

from asnforge.report.page_data import common_prefix


@pytest.mark.parametrize(
    ("names", "prefix"),
    [
        (["p1-o1_red", "p1-o1_green"], "p1-o1_"),
        (["p1-o1_red", "p1-o2_red"], "p1-"),
        (["red", "green"], ""),
        (["p1_red"], ""),
        ([], ""),
        (["p1_red", "p1_red"], "p1_"),
    ],
)
def test_common_prefix_ends_at_a_delimiter(names: list[str], prefix: str) -> None:
    assert common_prefix(names) == prefix
