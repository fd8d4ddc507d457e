"""Columns with a type, read from pools: equal values are one, and cells that cannot be read are reported."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from astropy.table import Column, MaskedColumn, Table
from hypothesis import given
from hypothesis import strategies as st
from support.observatory import Content, pool_findings, pool_of, rule, shown_group
from support.observatory import ruleset as lynx

from asnforge.generation.engine import generate, group
from asnforge.pool.read import read_pool

NUMBER: Content = {"type": "number", "unit": "s"}
BY_TIME = rule(group_by={"time": {"column": "EXPTIME"}})


def groups_of(cells: list[str], content: Content = BY_TIME, **blocks: Any) -> list[tuple[str, str]]:
    """The groups of exposures a, b, c ... with these cells in EXPTIME: the key's value, and the exposures."""
    rows = [[chr(ord("a") + index), "7", "red", "", cell] for index, cell in enumerate(cells)]
    grouping = group(pool_of(["FILE", "PROPOSAL", "CAMERA", "CANDIDATES", "EXPTIME"], rows), lynx(content, **blocks))
    count = len(grouping.results[0].members.groups)
    return [shown_group(grouping, 0, number)[1:3] for number in range(count)]


@pytest.mark.parametrize(
    ("column_type", "cells", "expected"),
    [
        ({}, ["300", "300.0", "9"], [("300", "a"), ("300.0", "b"), ("9", "c")]),
        ({"type": "text"}, ["300", "300.0", "9"], [("300", "a"), ("300.0", "b"), ("9", "c")]),
        ({"type": "number"}, ["300", "300.0", "9", "3E2"], [("9", "c"), ("300", "a b d")]),
        (NUMBER, ["300", "5 min", "9 s", "5 m"], [("9", "c"), ("300", "a b")]),
        (NUMBER, ["nan", "NaN", "-", ""], []),
        (
            {"type": "time"},
            ["2026-03-14", "2026-03-14T00:00", "61113", "2026-03-14T01:00+01:00"],
            [("2026-03-14t00:00:00", "a b c d")],
        ),
        ({"type": "angle", "unit": "hour"}, ["12:00:00", "12", "180 deg", "12 00 00.0"], [("180", "a b c d")]),
        ({"type": "list"}, ["x,y", "Y, x", "y", "x,,y"], [("x,y", "a b"), ("y", "c")]),
        ({"type": "list", "separator": ";"}, ["x;y", "y;x;x", "x,y"], [("x,y", "c"), ("x;y", "a b")]),
    ],
)
def test_equal_values_are_one_group(column_type: Content, cells: list[str], expected: list[tuple[str, str]]) -> None:
    assert groups_of(cells, columns={"EXPTIME": column_type}) == expected


def test_the_next_column_is_used_for_a_value_that_cannot_be_read() -> None:
    content = rule(group_by={"time": {"columns": ["EXPTIME", "EFFTIME"]}})
    rows = [["a", "7", "red", "", "3oo", "30"], ["b", "7", "red", "", "30.0", ""]]
    pool = pool_of(["FILE", "PROPOSAL", "CAMERA", "CANDIDATES", "EXPTIME", "EFFTIME"], rows)
    grouping = group(pool, lynx(content, columns={"EXPTIME": NUMBER, "EFFTIME": NUMBER}))
    assert shown_group(grouping, 0, 0)[1:3] == ("30", "a b")


@pytest.mark.parametrize(
    ("column_type", "cells", "message"),
    [
        (
            NUMBER,
            ["1", "x"],
            "3: G130 warning: FIELD 'x' cannot be read as a number in s, so it is undefined for the exposure",
        ),
        (
            NUMBER,
            ["x", "5kg", "1", "x"],
            "2: G130 warning: FIELD 'x' and '5kg' cannot be read as a number in s in 3 rows (lines 2, 3 and 5), so it is "
            "undefined for these exposures",
        ),
        (
            {"type": "time"},
            ["soon"],
            "2: G130 warning: FIELD 'soon' cannot be read as a time, so it is undefined for the exposure",
        ),
        (
            {"type": "list"},
            ["x,,y"],
            "2: G130 warning: FIELD 'x,,y' cannot be read as a list separated by ',', so it is undefined for the exposure",
        ),
        (
            {"type": "angle"},
            ["up"],
            "2: G130 warning: FIELD 'up' cannot be read as an angle, so it is undefined for the exposure",
        ),
        (NUMBER, ["none", "-", ".", "nan"], None),
    ],
)
def test_cells_that_cannot_be_read_are_one_finding(column_type: Content, cells: list[str], message: str | None) -> None:
    content = rule(select={"field": {"column": "FIELD", "defined": "no"}})
    table = "\n".join(f"f{index} 7 red {cell}" for index, cell in enumerate(cells))
    found = pool_findings(f"FILE PROPOSAL CAMERA FIELD\n{table}", content, columns={"FIELD": column_type})
    assert [finding.partition("; ")[0] for finding in found] == ([] if message is None else [f"night.tsv:{message}"])


def test_three_unreadable_times_of_a_thousand_are_named() -> None:
    content = rule(group_by={"time": {"column": "DATE"}})
    cells = [f"2026-03-14T{hour:02}:{minute:02}" for hour in range(20) for minute in range(50)]
    cells[7] = cells[500] = cells[999] = "2026-03-14T99:99"
    rows = [[f"f{index}", "7", "red", "", cell] for index, cell in enumerate(cells)]
    pool = pool_of(["FILE", "PROPOSAL", "CAMERA", "CANDIDATES", "DATE"], rows)
    generation = generate(pool, lynx(content, columns={"DATE": {"type": "time"}}))
    (finding,) = (finding for finding in generation.findings if finding.code == "G130")
    assert finding.details["rows"] == 3
    assert finding.details["lines"] == (9, 502, 1001)
    assert len(generation.associations) == 997


SPELLINGS = {
    "300": ["300", "300.0", "3.0E2", "5 min", "300 s", "+300", "0.3 ks"],
    "0.5": ["0.5", ".5", "5e-1", "500 ms", "5.0D-1"],
    "60": ["60", "1 min", "60.00"],
}


@given(st.lists(st.sampled_from([(value, cell) for value, cells in SPELLINGS.items() for cell in cells]), min_size=1))
def test_any_spelling_of_an_amount_gives_the_same_groups(cells: list[tuple[str, str]]) -> None:
    cells = cells[:20]
    usual = groups_of([value for value, _ in cells], columns={"EXPTIME": NUMBER})
    assert groups_of([cell for _, cell in cells], columns={"EXPTIME": NUMBER}) == usual


@pytest.mark.parametrize("name", ["pool.fits", "pool.ecsv", "pool.vot"])
def test_columns_of_tables_are_read(name: str, tmp_path: Path) -> None:
    table = Table(
        {
            "FILE": ["a", "b", "c", "d"],
            "PROPOSAL": ["7"] * 4,
            "CAMERA": ["red"] * 4,
            "CANDIDATES": [""] * 4,
            "EXPTIME": MaskedColumn(np.array([300.0, 300.0, 0.1, 5.0]), mask=[False, False, False, True]),
        }
    )
    kinds = {"pool.fits": "fits", "pool.ecsv": "ascii.ecsv", "pool.vot": "votable"}
    table.write(tmp_path / name, format=kinds[name])
    grouping = group(read_pool(tmp_path / name), lynx(BY_TIME, columns={"EXPTIME": {"type": "number"}}))
    count = len(grouping.results[0].members.groups)
    assert [shown_group(grouping, 0, number)[1:3] for number in range(count)] == [("0.1", "c"), ("300", "a b")]
    assert not grouping.faults.cells


def test_the_unit_of_a_table_applies_to_its_numbers(tmp_path: Path) -> None:
    table = Table({"FILE": ["a", "b"], "CAMERA": ["red"] * 2, "PROPOSAL": ["7"] * 2, "CANDIDATES": [""] * 2})
    table["EXPTIME"] = Column([5.0, 0.5], unit="min")
    table["AREA"] = Column([1.0, 2.0], unit="m2")
    table.write(tmp_path / "pool.fits")
    columns = {"EXPTIME": NUMBER, "AREA": NUMBER}
    content = rule(group_by={"time": {"columns": ["AREA", "EXPTIME"]}})
    grouping = group(read_pool(tmp_path / "pool.fits"), lynx(content, columns=columns))
    assert [shown_group(grouping, 0, number)[1:3] for number in (0, 1)] == [("30", "b"), ("300", "a")]
    (finding,) = grouping.faults.findings("pool.fits")
    assert "AREA '1.0' and '2.0' in m2 cannot be read as a number in s in 2 rows" in finding.message


def test_texts_that_a_derived_column_cannot_read_are_reported() -> None:
    seeing = {"type": "number", "cases": [{"copy": "FIELD", "matching": "seeing_(.*)"}]}
    content = rule(group_by={"seeing": {"column": "seeing", "optional": "yes"}})
    table = "FILE PROPOSAL CAMERA FIELD\na 7 red seeing_bad\nb 7 red seeing_0.8\nc 7 red other"
    assert pool_findings(table, content, derived={"seeing": seeing}) == [
        "night.tsv:2: G130 warning: seeing 'seeing_bad' cannot be read as a number, so it is undefined for the exposure; write "
        "a number such as 300 or 3.0e2, with a unit if the column has one"
    ]


@pytest.mark.parametrize(("amount", "reported"), [("11 h", True), ("24 h", False)])
def test_dates_without_a_time_of_day_are_reported_if_a_part_of_a_day_is_subtracted(amount: str, reported: bool) -> None:
    night = {"cases": [{"copy": "FIELD", "minus": amount}]}
    content = rule(group_by={"night": {"column": "night"}})
    table = "FILE PROPOSAL CAMERA FIELD\na 7 red 2026-03-14\nb 7 red 2026-03-14T00:00"
    found = pool_findings(table, content, derived={"night": night}, columns={"FIELD": {"type": "time"}})
    message = "night.tsv:2: G131 warning: FIELD '2026-03-14' has no time of day, so 00:00:00 is used for night of the exposure"
    assert found == [message] * reported


def test_supporting_exposures_match_equal_amounts() -> None:
    flat = {"flat": {"when": {"column": "INTENT", "is": "setup"}, "match": ["PROPOSAL", "EXPTIME"]}}
    content = rule(select={"not_setup": {"not": {"use": "setup"}}}, attach=flat)
    columns = ["FILE", "PROPOSAL", "CAMERA", "CANDIDATES", "INTENT", "EXPTIME"]
    rows = [
        ["own", "7", "red", "", "", "300"],
        ["same", "7", "red", "", "setup", "5.0 min"],
        ["other", "7", "red", "", "setup", "300.1"],
        ["bad", "7", "red", "", "setup", "3oo"],
    ]
    grouping = group(pool_of(columns, rows), lynx(content, columns={"EXPTIME": NUMBER}))
    assert shown_group(grouping, 0, 0)[2:] == ("own", "same")


@pytest.mark.parametrize(("cells", "valid"), [(["300", "300.0"], 0), (["300", "301"], 1), (["300", "x"], 0)])
def test_equal_amounts_are_one_distinct_value(cells: list[str], valid: int) -> None:
    content = rule(require={"several": {"distinct": "EXPTIME", "at_least": "2"}})
    rows = [[f"f{index}", "7", "red", "", cell] for index, cell in enumerate(cells)]
    pool = pool_of(["FILE", "PROPOSAL", "CAMERA", "CANDIDATES", "EXPTIME"], rows)
    assert len(generate(pool, lynx(content, columns={"EXPTIME": NUMBER})).associations) == valid


def test_names_and_constraints_have_the_shortest_decimal() -> None:
    content = rule(
        group_by={"field": {"column": "FIELD"}},
        select={"limit": {"column": "FIELD", "at_least": "1 min", "below": "1 h"}},
    )
    rows = [["a", "7", "red", "", "3.0E2"], ["b", "7", "red", "", "300.0"]]
    pool = pool_of(["FILE", "PROPOSAL", "CAMERA", "CANDIDATES", "FIELD"], rows)
    (association,) = generate(pool, lynx(content, columns={"FIELD": NUMBER})).associations
    assert association.products[0].name == "p007-z9_f300_red_open"
    assert association.target == "f300"
    assert "\n    field: 300\n    limit: FIELD is at least 1 min and below 1 h" in association.constraints
