"""Derived columns with amounts: sums, quotients, types."""

from __future__ import annotations

from typing import Any

import pytest
from support.observatory import Content, pool_of, rule
from support.observatory import ruleset as lynx

from asnforge.generation.engine import group

COLUMNS: Content = {
    "POINT": {"type": "number"},
    "STEP": {"type": "number"},
    "OTHER": {"type": "number"},
    "EXPTIME": {"type": "number", "unit": "s"},
    "DATE": {"type": "time"},
    "RA": {"type": "angle", "unit": "hour"},
}


def derived(definition: Content, **cells: str) -> str:
    """The value of a derived column for an exposure with these cells."""
    content = rule(group_by={"result": {"column": "result", "optional": "yes"}})
    pool = pool_of(["FILE", "PROPOSAL", "CAMERA", *cells], [["a", "7", "red", *cells.values()]])
    rules = lynx(content, columns=COLUMNS, derived={"result": definition})
    evaluator = group(pool, rules).evaluators.for_rule(None)
    return evaluator.column(("result",))[0]


def case(**content: Any) -> Content:
    return {"cases": [content]}


@pytest.mark.parametrize(
    ("content", "cells", "value"),
    [
        ({"copy": "POINT", "minus": "1"}, {"POINT": "3.0"}, "2"),
        ({"copy": "POINT", "plus": "0.5", "minus": "1"}, {"POINT": "3"}, "2.5"),
        ({"copy": "POINT", "minus": "1"}, {"POINT": "x"}, ""),
        ({"copy": "EXPTIME", "plus": "1 min"}, {"EXPTIME": "30"}, "90"),
        ({"copy": "RA", "plus": "1 h", "minus": "30 arcmin"}, {"RA": "12:00:00"}, "194.5"),
        ({"copy": "DATE", "minus": "11 h"}, {"DATE": "2026-03-14T02:30"}, "2026-03-13t15:30:00"),
        ({"copy": "DATE", "plus_hours": "-11"}, {"DATE": "2026-03-14T02:30"}, "2026-03-13t15:30:00"),
        ({"copy": "DATE", "minus": "11 h"}, {"DATE": "0001-01-01T02:30"}, ""),
        (
            {"copy": "DATE", "minus": "11 h", "matching": r"(\d{4}-\d{2}-\d{2})t.*"},
            {"DATE": "61113.25"},
            "2026-03-13",
        ),
        ({"copy": "POINT", "divide_by": "4"}, {"POINT": "9"}, "2"),
        ({"copy": "POINT", "minus": "1", "divide_by": "4"}, {"POINT": "0"}, "-1"),
        ({"copy": "POINT", "divide_by": "4"}, {"POINT": "9.5"}, ""),
        ({"copy": "POINT", "divide_by": "STEP"}, {"POINT": "9", "STEP": "2.0"}, "4"),
        ({"copy": "POINT", "divide_by": "STEP"}, {"POINT": "9", "STEP": "0"}, ""),
        ({"copy": "POINT", "divide_by": "STEP"}, {"POINT": "9", "STEP": "1.5"}, ""),
        ({"copy": "POINT", "divide_by": "STEP"}, {"POINT": "9", "STEP": ""}, ""),
        ({"copy": "POINT", "divide_by": ["STEP", "OTHER"]}, {"POINT": "9", "STEP": "", "OTHER": "3"}, "3"),
        ({"copy": "POINT", "divide_by": ["STEP", "OTHER"]}, {"POINT": "9", "STEP": "0", "OTHER": "3"}, ""),
        ({"copy": "POINT", "divide_by": "2", "matching": "1(.)"}, {"POINT": "25"}, "2"),
    ],
)
def test_amounts_are_added_then_divided_then_matched(content: Content, cells: dict[str, str], value: str) -> None:
    assert derived(case(**content), **cells) == value


@pytest.mark.parametrize(
    ("definition", "cells", "value"),
    [
        ({"type": "number", **case(copy="NOTE", matching="seeing=(.*)")}, {"NOTE": "seeing=0.80"}, "0.8"),
        ({"type": "number", **case(copy="NOTE", matching="seeing=(.*)")}, {"NOTE": "seeing=bad"}, ""),
        ({"type": "number", **case(value="3.0e2")}, {}, "300"),
        ({"type": "number", "unit": "min", **case(copy="EXPTIME")}, {"EXPTIME": "90"}, "1.5"),
        ({"type": "number", "unit": "s", **case(copy="NOTE")}, {"NOTE": "2 MIN"}, "120"),
        ({"type": "angle", "unit": "hour", **case(value="13:30:00")}, {}, "202.5"),
        ({"type": "angle", "unit": "hour", **case(copy="RA")}, {"RA": "13.5"}, "202.5"),
        ({"type": "list", **case(copy="NOTE")}, {"NOTE": "y, x"}, "x,y"),
        (case(copy="EXPTIME"), {"EXPTIME": "300.0"}, "300"),
        (case(value="3.0e2"), {}, "3.0e2"),
    ],
)
def test_a_derived_column_has_values_of_its_type(definition: Content, cells: dict[str, str], value: str) -> None:
    assert derived(definition, **cells) == value


def test_cases_of_one_type_are_compared_by_amount() -> None:
    definition = {
        "type": "number",
        "cases": [{"when": {"column": "CAMERA", "is": "red"}, "copy": "POINT"}, {"value": "10"}],
    }
    content = rule(
        group_by={"result": {"column": "result"}},
        select={"large": {"column": "result", "at_least": "9.5", "below": "100"}},
    )
    rows = [["a", "7", "red", "9"], ["b", "7", "blue", "9"], ["c", "7", "red", "99.9"], ["d", "7", "red", "100"]]
    pool = pool_of(["FILE", "PROPOSAL", "CAMERA", "POINT"], rows)
    grouping = group(pool, lynx(content, columns=COLUMNS, derived={"result": definition}))
    selected = grouping.results[0].members.groups.selected.row
    assert [pool.columns["file"][row] for row in sorted(selected.tolist())] == ["b", "c"]
