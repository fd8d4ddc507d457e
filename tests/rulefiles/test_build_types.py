"""Types of columns in rule files, and values that are not of the column's type."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from support.observatory import Content, rule, ruleset, write_ruleset

from asnforge.lint.check_rules import check_rules
from asnforge.rules.column_types import ColumnType
from asnforge.rules.constraints import AllOf, Bounded, InTable, OneOf

NUMBER: Content = {"FIELD": {"type": "number", "unit": "s"}}
TIME: Content = {"FIELD": {"type": "time"}}


def findings(folder: Path, *rules: Content, **blocks: Any) -> list[str]:
    """The findings of a rule set about types, without their positions."""
    found = check_rules(write_ruleset(folder / "lynx", *rules, **blocks)).findings
    return [str(finding).partition(" ")[2] for finding in found if finding.code in "R260 R261 R262 R263 R264 R107 R108"]


def selecting(**constraint: Any) -> Content:
    return rule(select={"field": {"column": "FIELD", **constraint}})


def test_types_are_by_name_in_lower_case() -> None:
    columns = {"EXPTIME": {"type": "number", "unit": "s"}, "CELLS": {"type": "list"}, "FIELD": {"also": ["F"]}}
    derived = {"Night": {"type": "time", "cases": [{"copy": "DATE"}]}}
    assert ruleset(columns=columns, derived=derived).column_types == {
        "exptime": ColumnType("number", "s"),
        "cells": ColumnType("list", separator=","),
        "night": ColumnType("time"),
    }


@pytest.mark.parametrize(
    ("column", "message"),
    [
        ({"type": "text", "unit": "s"}, "R260 text has no unit; write type: number, or delete the unit"),
        ({"unit": "s"}, "R260 text has no unit; write type: number, or delete the unit"),
        ({"type": "time", "unit": "s"}, "R260 a time has no unit; write type: number, or delete the unit"),
        ({"type": "number", "separator": ","}, "R260 only a list has a separator; write type: list, or delete it"),
        (
            {"type": "number", "unit": "parsnips"},
            "R260 'parsnips' is not a unit that astropy knows; write a unit such as s, min, deg or Jy",
        ),
        ({"type": "angle", "unit": "s"}, "R260 's' is not a unit of angles; write deg, hour, rad, arcmin or arcsec"),
        ({"type": "numbr"}, "R107 invalid value 'numbr' for 'type' of 'FIELD'; did you mean number?"),
    ],
)
def test_a_contradictory_type_is_reported(column: Content, message: str, tmp_path: Path) -> None:
    assert findings(tmp_path, selecting(defined="yes"), columns={"FIELD": column}) == [message]


@pytest.mark.parametrize(
    ("columns", "constraint", "message"),
    [
        (
            NUMBER,
            {"is": "long"},
            "R261 'long' is not a number in s; write a number such as 300 or 3.0e2, with a unit if the column has one",
        ),
        (
            NUMBER,
            {"in": ["1", "2 kg"]},
            "R261 '2 kg' is not a number in s; write a number such as 300 or 3.0e2, with a unit if the column has one",
        ),
        (
            NUMBER,
            {"below": "5 m"},
            "R261 '5 m' is not a number in s; write a number such as 300 or 3.0e2, with a unit if the column has one",
        ),
        (
            TIME,
            {"at_least": "2026-02-30"},
            "R261 '2026-02-30' is not a time; write a time such as 2026-03-14T21:00:00, or a modified Julian date "
            "(JD - 2400000.5)",
        ),
        (
            {},
            {"at_least": "3"},
            "R262 FIELD is text, so its values cannot be compared by size; declare its type, such as number, in the block "
            "columns",
        ),
        (
            {"FIELD": {"type": "list"}},
            {"above": "3"},
            "R262 FIELD is a list separated by ',', so its values cannot be compared by size; declare its type, such as "
            "number, in the block columns",
        ),
    ],
)
def test_a_value_that_is_not_of_the_type_is_reported(
    columns: Content, constraint: Content, message: str, tmp_path: Path
) -> None:
    assert findings(tmp_path, selecting(**constraint), columns=columns or None) == [message]


@pytest.mark.parametrize(
    ("case", "message"),
    [
        (
            {"copy": "FIELD", "minus": "-1 s"},
            "R261 '-1 s' is negative; leave out the minus sign: an amount has no direction",
        ),
        (
            {"copy": "FIELD", "minus": "1 kg"},
            "R261 an amount in kg cannot be compared with a number in s; write the amount in another unit, such as 0.5 s",
        ),
        (
            {"copy": "FIELD", "divide_by": "0"},
            "R261 '0' is not a whole number from 1; values are divided into whole numbers",
        ),
        (
            {"copy": "FIELD", "divide_by": "1.5"},
            "R261 '1.5' is not a whole number from 1; values are divided into whole numbers",
        ),
        (
            {"copy": "FIELD", "divide_by": "CAMERA"},
            "R262 CAMERA is not a number, so nothing can be divided by it; write type: number for it in the block columns",
        ),
        ({"copy": "DATE", "divide_by": "2"}, "R262 DATE is a time, which cannot be divided into whole numbers"),
        ({"copy": "DATE", "plus": "2"}, "R261 '2' has no unit; write it, as in 14 d"),
        (
            {"copy": "CAMERA", "plus": "2"},
            "R262 CAMERA is text, so it cannot be added to or divided; declare its type, such as number, in the block "
            "columns",
        ),
    ],
)
def test_arithmetic_that_cannot_be_done_is_reported(case: Content, message: str, tmp_path: Path) -> None:
    columns = {**NUMBER, "DATE": {"type": "time"}}
    derived = {"result": {"cases": [case]}}
    content = rule(group_by={"result": {"column": "result"}})
    assert findings(tmp_path, content, columns=columns, derived=derived) == [message]


def test_a_list_of_divisors_is_not_empty(tmp_path: Path) -> None:
    derived = {"result": {"cases": [{"copy": "FIELD", "divide_by": []}]}}
    (finding,) = findings(tmp_path, columns=NUMBER, derived=derived)
    assert finding.startswith("R108 'divide_by' of item 1 is empty")


def test_a_number_is_copied_to_a_unit_of_the_same_quantity(tmp_path: Path) -> None:
    mass = {"type": "number", "unit": "kg", "cases": [{"copy": "FIELD"}]}
    content = rule(group_by={"mass": {"column": "mass"}})
    message = "R263 FIELD is a number in s, which cannot be converted to kg"
    assert findings(tmp_path, content, columns=NUMBER, derived={"mass": mass}) == [message]


def test_a_value_that_is_listed_as_undefined_is_reported_as_such(tmp_path: Path) -> None:
    found = check_rules(write_ruleset(tmp_path, selecting(**{"in": ["300", "none"]}), columns=NUMBER)).findings
    assert "R303" in {finding.code for finding in found}
    assert "R261" not in {finding.code for finding in found}


def test_columns_of_which_the_first_is_read_have_one_type(tmp_path: Path) -> None:
    content = rule(group_by={"field": {"columns": ["FIELD", "OTHER"]}})
    hint = "declare the same type for both, in the block columns"
    assert findings(tmp_path, content, columns=NUMBER) == [f"R263 FIELD is a number in s, but OTHER is text; {hint}"]
    minutes = {**NUMBER, "OTHER": {"type": "number", "unit": "min"}}
    assert findings(tmp_path / "units", content, columns=minutes) == [
        f"R263 FIELD is a number in s, but OTHER is a number in min; {hint}"
    ]


@pytest.mark.parametrize("name", ["FILE", "CANDIDATES"])
def test_file_names_and_candidates_are_text(name: str, tmp_path: Path) -> None:
    assert findings(tmp_path, columns={name: {"type": "number"}}) == [
        f"R264 {name} must be text, but is a number; delete its type"
    ]


def test_values_of_rules_are_spelled_like_those_of_the_column() -> None:
    tables = {"pairs": {"rows": [["3.0E2", "Red"], ["5 min", "blue"]]}}
    content = rule(
        select={
            "one": {"column": "FIELD", "in": ["300.0", "5 min", "7"]},
            "pair": {"table": "pairs", "columns": ["FIELD", "CAMERA"]},
            "range": {"column": "FIELD", "above": "1 min", "at_most": "9.5"},
        }
    )
    one, pair, limits = (item.constraint for item in ruleset(content, columns=NUMBER, tables=tables).rules[0].select)
    assert one == OneOf(("field",), ("300", "7"))
    assert isinstance(pair, InTable)
    assert pair.rows == {("300", "red"), ("300", "blue")}
    assert isinstance(limits, AllOf)
    above, at_most = limits.parts
    assert isinstance(above, Bounded)
    assert isinstance(at_most, Bounded)
    assert (above.comparison, above.bound, above.text) == ("above", Decimal(60), "1 min")
    assert (at_most.comparison, str(at_most.bound)) == ("at_most", "9.5")
