"""Exposures of a pool: what is wrong with a row, and what a pool lacks."""

from __future__ import annotations

import pytest
from support.observatory import Content, pool, rule, ruleset

from asnforge.findings import CannotContinue
from asnforge.grouping.codes import CODES
from asnforge.grouping.exposures import read_exposures

HEADER = "FILE PROPOSAL CAMERA CANDIDATES"


def told(table: str, *rules: Content) -> list[str]:
    """The findings of a pool, without those about columns."""
    exposures = read_exposures(pool(table), ruleset(*rules))
    return [str(finding) for finding in exposures.findings if finding.code != "G112"]


def lacking(table: str, *rules: Content) -> list[str]:
    """The findings about columns that the pool lacks."""
    exposures = read_exposures(pool(table), ruleset(*rules))
    return [finding.message for finding in exposures.findings if finding.code == "G112"]


@pytest.mark.parametrize(
    ("row", "message"),
    [
        (". 7 red o1/night", "FILE is empty"),
        ("none 7 red o1/night", "FILE is empty"),
        ("x/a 7 red o1/night", "FILE 'x/a' has a path in it"),
        ("/A 7 red o1/night", "FILE '/A' has a path in it"),
        ("..\\a 7 red o1/night", "FILE '..\\\\a' has a path in it"),
        (".. 7 red o1/night", "FILE '..' is no file name"),
        ("a\x07b 7 red o1/night", "FILE 'a\\x07b' is no file name"),
        ("a 7X/y red o1/night", "PROPOSAL '7X/y' cannot be part of a file's name"),
        ("a ../.. red o1/night", "PROPOSAL '../..' cannot be part of a file's name"),
        (f"{'a' * 256} 7 red o1/night", f"FILE '{'a' * 60}...' is too long for a file's name"),
        (
            f"a {'7' * 81} red o1/night",
            f"PROPOSAL '{'7' * 60}...' is longer than 80 letters, too long for a part of a name",
        ),
        ("a 7 re/d o1/night", "CAMERA 're/d' cannot be part of a product's name"),
        ("a 7 re\\d o1/night", "CAMERA 're\\\\d' cannot be part of a product's name"),
        ("a 7 re\x1bd o1/night", "CAMERA 're\\x1bd' cannot be part of a product's name"),
        ("a 7 red O1", "CANDIDATES 'O1' cannot be read, it is no list of pairs of texts"),
        ("a 7 red 1/night", "CANDIDATES \"[('1', 'night')]\" cannot be read, '1' is no id of a candidate"),
        (f"a 7 red {'o' * 99}", f"CANDIDATES '{'o' * 60}...' cannot be read, it is no list of pairs of texts"),
    ],
)
def test_a_faulty_row_costs_that_row_alone(row: str, message: str) -> None:
    table = f"{HEADER}\n{row}\nb 7 red o1/night"
    exposures = read_exposures(pool(table), ruleset())
    assert exposures.usable.tolist() == [False, True]
    assert told(table) == [f"nights/night.tsv:2: G102 warning: {message}, so the exposure is left out"]


def test_a_value_that_stands_in_no_name_can_be_anything() -> None:
    by_grid = rule(group_by={"grid": {"column": "GRID"}}, product="{programme}")
    assert told(f"{HEADER} GRID\na 7 re/d o1/night x/y\nb 7 red o1/night {'x' * 99}", by_grid) == []
    with_slits = rule(group_by={"slit": {"column": "SLIT"}})
    assert told(f"{HEADER} SLIT\na 7 red o1/night x/y\nb 7 red o1/night x", with_slits) == [
        "nights/night.tsv:2: G102 warning: SLIT 'x/y' cannot be part of a product's name, so the exposure is left out"
    ]


def test_an_id_that_the_rule_set_allows_but_no_file_can_have() -> None:
    wide = ruleset(rule(), candidates={"column": "CANDIDATES", "id": ".+"})
    table = f"{HEADER}\na 7 red [('..\\\\x','night')]\nb 7 red o1/night"
    exposures = read_exposures(pool(table), wide)
    assert [finding.message for finding in exposures.findings] == [
        "CANDIDATES \"[('..\\\\\\\\x','night')]\" cannot be read, the candidate ..\\x cannot be part of a file's name, "
        "so the exposure is left out"
    ]


def test_a_row_with_several_faults_is_told_once() -> None:
    assert len(told(f"{HEADER}\nx/a ../.. red o1\nb 7 red .")) == 1


def test_files_that_are_listed_twice() -> None:
    assert told(f"{HEADER}\na 7 red o1/night\nA 8 red .\nb 7 red .\na 7 red .\nx/a 7 red .\nx/a 7 red .")[2:] == [
        "nights/night.tsv:3: G103 warning: FILE A is on line 2 already: it counts once in a group",
        "nights/night.tsv:5: G103 warning: FILE a is on line 2 already: it counts once in a group",
    ]


@pytest.mark.parametrize(
    ("header", "message"),
    [
        ("NAME PROPOSAL CAMERA", "no column FILE, which every rule needs; its columns are NAME, PROPOSAL, CAMERA"),
        (
            "FILE PROGRAMME CAMERA",
            "no column PROPOSAL, which every rule needs; its columns are FILE, PROGRAMME, CAMERA",
        ),
        ("X Y CAMERA", "no columns FILE and PROPOSAL, which every rule needs; its columns are X, Y, CAMERA"),
        (
            "A B C D E F G H I J",
            "no columns FILE and CAMERA and PROPOSAL, which every rule needs; its columns are "
            "A, B, C, D, E, F, G, H and 2 more",
        ),
    ],
)
def test_a_pool_without_what_every_rule_needs(header: str, message: str) -> None:
    table = f"{header}\n{' '.join('x' for _ in header.split())}"
    with pytest.raises(CannotContinue) as stop:
        read_exposures(pool(table), ruleset())
    assert str(stop.value) == f"nights/night.tsv:1: G101 the pool has {message}"


def test_what_one_rule_needs_and_others_not_is_no_reason_to_refuse() -> None:
    by_field = rule("Fields", group_by={"field": {"column": "FIELD"}})
    assert lacking(f"{HEADER}\na 7 red .", rule(), by_field) == ["no column FIELD: Fields can make nothing"]


@pytest.mark.parametrize(
    ("blocks", "needs"),
    [
        ({}, None),
        ({"group_by": {"key": {"column": "X"}}}, "X"),
        ({"group_by": {"key": {"columns": ["X", "Y"]}}}, "X or Y"),
        ({"group_by": {"key": {"columns": ["X", "CAMERA"]}}}, None),
        ({"group_by": {"key": {"column": "X", "optional": "yes"}}}, None),
        ({"group_by": {"key": {"column": "X", "when": {"use": "sky"}}}}, None),
        ({"group_by": {"key": {"column": "role"}}}, None),
        ({"select": {"key": {"column": "X", "is": "a"}}}, "X"),
        ({"select": {"key": {"column": "X", "matches": ".*"}}}, "X"),
        ({"select": {"key": {"column": "X", "defined": "yes"}}}, "X"),
        ({"select": {"key": {"column": "X", "defined": "no"}}}, None),
        ({"select": {"key": {"not": {"column": "X", "defined": "no"}}}}, "X"),
        ({"select": {"key": {"not": {"column": "X", "is": "a"}}}}, None),
        ({"select": {"key": {"not": {"not": {"column": "X", "is": "a"}}}}}, "X"),
        ({"select": {"key": {"all": [{"column": "X", "is": "a"}, {"column": "CAMERA", "is": "red"}]}}}, "X"),
        ({"select": {"key": {"any": [{"column": "X", "is": "a"}, {"column": "CAMERA", "is": "red"}]}}}, None),
        ({"select": {"key": {"any": [{"column": "X", "is": "a"}, {"column": "Y", "is": "b"}]}}}, "X or Y"),
        (
            {"select": {"key": {"not": {"any": [{"column": "X", "defined": "no"}, {"column": "CAMERA", "is": "a"}]}}}},
            "X",
        ),
        (
            {"select": {"key": {"not": {"all": [{"column": "X", "defined": "no"}, {"column": "CAMERA", "is": "a"}]}}}},
            None,
        ),
    ],
)
def test_columns_without_which_a_rule_makes_nothing(blocks: Content, needs: str | None) -> None:
    found = lacking(f"{HEADER}\na 7 red .", rule(), rule("Needy", **blocks))
    assert found == ([] if needs is None else [f"no column {needs}: Needy can make nothing"])


def test_a_table_that_needs_a_column() -> None:
    tables = {"lights": {"rows": [["red", "g"]]}}
    needy = rule("Needy", select={"light": {"table": "lights", "columns": ["CAMERA", "BAND"]}})
    exposures = read_exposures(pool(f"{HEADER}\na 7 red ."), ruleset(rule(), needy, tables=tables))
    assert [finding.message for finding in exposures.findings] == ["no column BAND: Needy can make nothing"]


def test_all_rules_that_need_a_column_are_in_one_warning() -> None:
    rules = [rule(f"R{number}", group_by={"field": {"column": "FIELD"}}) for number in range(10)]
    assert lacking(f"{HEADER}\na 7 red .", rule(), *rules) == [
        "no column FIELD: R0, R1, R2, R3, R4, R5, R6, R7 and 2 more can make nothing"
    ]


def test_a_pool_without_candidates_says_so() -> None:
    (finding,) = read_exposures(pool("FILE PROPOSAL CAMERA\na 7 red"), ruleset()).findings
    assert str(finding) == (
        "nights/night.tsv:1: G112 warning: no column CANDIDATES: no exposure names a candidate; "
        "there can only be associations over the whole pool"
    )


def test_codes_are_told_apart() -> None:
    assert [code.code for code in CODES] == [f"G{number}" for number in (*range(101, 117), *range(120, 124))]
