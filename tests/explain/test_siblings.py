"""The columns that give an exposure's type."""

from __future__ import annotations

import pytest
from support.observatory import Content, rule, ruleset

from asnforge.explain.siblings import type_columns


@pytest.mark.parametrize(
    ("selects", "columns"),
    [
        ([{"a": {"column": "BAND", "is": "g"}}, {"a": {"column": "BAND", "is": "r"}}], (("band",),)),
        ([{"a": {"column": "BAND", "is": "g"}, "b": {"column": "OBS", "is": "1"}}], (("band",), ("obs",))),
        ([{"a": {"column": "BAND", "is": "g"}}, {}], (("band",),)),
        ([{"a": {"column": "BAND", "is": "g"}}, {}, {}], ()),
        ([{"a": {"not": {"column": "BAND", "is": "g"}}}], ()),
        ([{"a": {"columns": ["BAND", "GRID"], "is": "g"}}], (("band", "grid"),)),
    ],
)
def test_type_columns_are_those_of_which_most_rules_require_values(
    selects: list[Content], columns: tuple[tuple[str, ...], ...]
) -> None:
    rules = ruleset(*(rule(name, select=select) for name, select in zip(("Ant", "Bee", "Cat"), selects, strict=False)))
    assert type_columns(rules) == columns
