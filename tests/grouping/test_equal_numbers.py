"""Equal numbers that are spelled differently."""

from __future__ import annotations

import pytest
from support.observatory import pool_findings, rule


@pytest.mark.parametrize(
    ("table", "message"),
    [
        (
            "FIELD CANDIDATES\n300 .\n300.0 .\n3.0E2 .",
            "FIELD spells 1 number in several ways ('3.0e2' and '300' and '300.0')",
        ),
        (
            "FIELD CANDIDATES\n1 .\n01 .\n2 .\n2. .",
            "FIELD spells 2 numbers in several ways ('01' and '1'; '2' and '2.')",
        ),
        ("FIELD CANDIDATES\n1 o1/night\n01 o2/night", "FIELD spells 1 number in several ways ('01' and '1')"),
        (
            "FIELD INTENT OBS CANDIDATES\n1 . 1 o1/night\n1 setup 01 o1/night",
            "OBS spells 1 number in several ways ('01' and '1')",
        ),
        ("FIELD OBS CANDIDATES\n1 1 o1/tile\n1 01 o1/tile", "OBS spells 1 number in several ways ('01' and '1')"),
        ("FIELD CANDIDATES\n1e1 .\n10 .\n0a .", None),
        ("FIELD CANDIDATES\n1 .\n2 .", None),
        ("FIELD CANDIDATES\nx .\nX .", None),
        ("FIELD CANDIDATES\n1 o1/night", None),
        ("FIELD OBS CANDIDATES\n1 1 o1/night\n1 01 o1/night", None),
        ("FIELD OBS CANDIDATES\n1 1 o1/tile\n1 01 o1/tile\n1 2 o1/tile", None),
        ("FIELD INTENT OBS CANDIDATES\n1 . 1 o1/night\n1 . 01 o1/night\n1 setup 01 o1/night", None),
    ],
)
def test_spellings_are_reported_if_they_keep_exposures_apart(table: str, message: str | None) -> None:
    header, *rows = table.splitlines()
    whole = "\n".join([f"FILE PROPOSAL CAMERA {header}", *(f"f{place} 7 red {row}" for place, row in enumerate(rows))])
    fields = rule(
        group_by={"field": {"column": "FIELD"}},
        attach={"setup": {"when": {"use": "setup"}, "match": ["PROPOSAL", "OBS"]}},
        select={"not_setup": {"not": {"use": "setup"}}},
        require={"several": {"distinct": "OBS", "at_least": "2", "in_scopes": ["tile"]}},
    )
    end = (
        ", so exposures that differ only in this are treated differently; write type: number for it in the rule set, or "
        "type: text if these are different"
    )
    assert pool_findings(whole, fields) == ([] if message is None else [f"night.tsv:1: G118 warning: {message}{end}"])


def test_numbers_of_different_programs_are_not_compared() -> None:
    by_field = rule(group_by={"field": {"column": "FIELD"}})
    assert pool_findings("FILE PROPOSAL CAMERA CANDIDATES FIELD\na 7 red . 1\nb 8 red . 01", by_field) == []


def test_spellings_are_reported_if_a_constraint_accepts_one_of_them() -> None:
    bright = rule(select={"bright": {"column": "FIELD", "in": ["300", "5"]}})
    table = "FILE PROPOSAL CAMERA CANDIDATES FIELD\na 7 red . 300\nb 7 red . 300.0\nc 7 red . 5\nd 7 red . 9"
    assert "FIELD spells 1 number in several ways ('300' and '300.0')" in pool_findings(table, bright)[0]


@pytest.mark.parametrize("column_type", ["number", "text"])
def test_spellings_of_a_column_with_a_type_are_not_reported(column_type: str) -> None:
    by_field = rule(group_by={"field": {"column": "FIELD"}})
    table = "FILE PROPOSAL CAMERA CANDIDATES FIELD\na 7 red . 1\nb 7 red . 01"
    assert pool_findings(table, by_field, columns={"FIELD": {"type": column_type}}) == []
