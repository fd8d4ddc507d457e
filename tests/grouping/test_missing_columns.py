"""Columns that a pool does not have, and what does not work without them."""

from __future__ import annotations

import pytest
from support.observatory import Content, pool, rule, ruleset

from asnforge.findings import InputError
from asnforge.grouping.prepared_pool import prepare_pool

HEADER = "FILE PROPOSAL CAMERA CANDIDATES"
SETUP: Content = {"when": {"use": "setup"}, "match": ["PROPOSAL", "OBS"]}
STAR: Content = {"when": {"column": "STAR", "defined": "yes"}, "match": ["PROPOSAL"]}
TILES: Content = {"distinct": "OBS", "at_least": "2", "in_scopes": ["tile", "pair"]}
OTHER: Content = {
    "columns": {"OBS": {"also": ["OBSERVATION", "OBSNUM"]}, "FILE": {"also": ["NAME"]}, "PROPOSAL": {"also": ["PROG"]}}
}


def missing(table: str, *rules: Content, **blocks: Content) -> list[str]:
    """The findings about columns that the pool does not have."""
    prepared = prepare_pool(pool(table), ruleset(*rules, **blocks))
    return [finding.message for finding in prepared.faults.columns]


@pytest.mark.parametrize(
    ("header", "message"),
    [
        ("NAME PROPOSAL CAMERA", "no column FILE, which every rule needs; its columns are NAME, PROPOSAL, CAMERA"),
        (
            "FILE PROGRAM CAMERA",
            "no column PROPOSAL, which every rule needs; its columns are FILE, PROGRAM, CAMERA",
        ),
        ("X Y CAMERA", "no columns FILE, PROPOSAL, which every rule needs; its columns are X, Y, CAMERA"),
        (
            "A B C D E F G H I J",
            "no columns FILE, CAMERA, PROPOSAL, which every rule needs; its columns are "
            "A, B, C, D, E, F, G, H and 2 more",
        ),
    ],
)
def test_missing_column_that_every_rule_needs_is_an_error(header: str, message: str) -> None:
    table = f"{header}\n{' '.join('x' for _ in header.split())}"
    with pytest.raises(InputError) as stop:
        prepare_pool(pool(table), ruleset())
    assert str(stop.value) == f"nights/night.tsv:1: G101 the pool has {message}"


def test_missing_column_that_one_rule_needs_is_a_warning() -> None:
    by_field = rule("Fields", group_by={"field": {"column": "FIELD"}})
    assert missing(f"{HEADER}\na 7 red .", rule(), by_field) == [
        "missing column FIELD: rule Fields cannot match any exposure"
    ]


@pytest.mark.parametrize(
    ("blocks", "needs"),
    [
        ({}, None),
        ({"group_by": {"key": {"column": "X"}}}, "X"),
        ({"group_by": {"key": {"columns": ["X", "Y"]}}}, "X or Y"),
        ({"group_by": {"key": {"columns": ["X", "CAMERA"]}}}, None),
        ({"group_by": {"key": {"column": "X", "optional": "yes"}}}, None),
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
def test_columns_without_which_a_rule_matches_nothing(blocks: Content, needs: str | None) -> None:
    messages = missing(f"{HEADER}\na 7 red .", rule(), rule("Needy", **blocks))
    assert messages == ([] if needs is None else [f"missing column {needs}: rule Needy cannot match any exposure"])


def test_table_needs_all_its_columns() -> None:
    tables = {"lights": {"rows": [["red", "g"]]}}
    needy = rule("Needy", select={"light": {"table": "lights", "columns": ["CAMERA", "BAND"]}})
    assert missing(f"{HEADER}\na 7 red .", rule(), needy, tables=tables) == [
        "missing column BAND: rule Needy cannot match any exposure"
    ]


@pytest.mark.parametrize(
    ("blocks", "message"),
    [
        ({"require": {"several": TILES}}, "OBS: candidates of type pair and tile give no associations of rule Needy"),
        ({"require": {"several": {"distinct": "OBS"}}}, "OBS: rule Needy cannot match any exposure"),
        ({"attach": {"quick_setup": SETUP}}, "OBS: quick setup are not attached to groups of rule Needy"),
        ({"attach": {"stars": STAR}}, "STAR: stars are not attached to groups of rule Needy"),
        (
            {"group_by": {"field": {"column": "FIELD", "when": {"use": "sky"}}}},
            "FIELD: rule Needy cannot match exposures that need a value for the key field",
        ),
        ({"require": {"psf": {"members": "psf"}}}, "STAR: no exposure becomes psf, which rule Needy requires"),
        (
            {"require": {"psf": {"members": "psf"}}, "attach": {"star": {**SETUP, "match": ["PROPOSAL"], "as": "psf"}}},
            None,
        ),
        ({"require": {"psf": {"members": "psf"}}, "take_as": {"exptype": "psf"}}, None),
        ({"select": {"star": {"column": "kind", "is": "sky"}}}, "SKY: rule Needy cannot match any exposure"),
        ({"select": {"night": {"column": "night", "defined": "yes"}}}, "DATE: rule Needy cannot match any exposure"),
        ({"group_by": {"night": {"column": "night"}}}, "DATE: rule Needy cannot match any exposure"),
    ],
)
def test_warning_says_what_does_not_work(blocks: Content, message: str | None) -> None:
    kinds = {"cases": [{"when": {"column": "SKY", "defined": "yes"}, "value": "sky"}, {"value": "other"}]}
    derived = {"night": {"cases": [{"copy": "DATE", "matching": "(.*)t.*"}]}, "kind": kinds}
    messages = missing(f"{HEADER} INTENT\na 7 red . .", rule(), rule("Needy", **blocks), derived=derived)
    assert messages == ([] if message is None else [f"missing column {message}"])


def test_several_missing_columns_are_one_warning() -> None:
    needy = rule("Needy", select={"one": {"column": "X", "is": "a"}}, require={"several": TILES})
    assert missing(f"{HEADER} INTENT\na 7 red . .", rule(), needy) == [
        "missing columns: OBS: candidates of type pair and tile give no associations of rule Needy; "
        "X: rule Needy cannot match any exposure"
    ]


def test_warning_that_concerns_all_rules_names_none() -> None:
    needy = [rule(name, require={"several": TILES}, attach={"setup": SETUP}) for name in ("A", "B")]
    assert missing(f"{HEADER} INTENT\na 7 red . .", *needy) == [
        "missing column OBS: setup are not attached, and candidates of type pair and tile give no associations"
    ]


def test_missing_column_is_reported_with_its_other_names() -> None:
    (finding,) = prepare_pool(
        pool(f"{HEADER}\na 7 red ."), ruleset(rule(require={"several": TILES}), **OTHER)
    ).faults.columns
    assert finding.hint == "OBS can also be named OBSERVATION or OBSNUM"
    with pytest.raises(InputError) as stop:
        prepare_pool(pool("FIL PROPOSAL CAMERA\na 7 red"), ruleset(**OTHER))
    assert stop.value.findings[0].hint == "FILE can also be named NAME; its columns are FIL, PROPOSAL, CAMERA"


def test_all_rules_that_need_a_column_are_in_one_warning() -> None:
    rules = [rule(f"R{number}", group_by={"field": {"column": "FIELD"}}) for number in range(10)]
    assert missing(f"{HEADER}\na 7 red .", rule(), *rules) == [
        "missing column FIELD: rules R0, R1, R2, R3, R4, R5, R6, R7 and 2 more cannot match any exposure"
    ]


def test_missing_column_of_candidates_is_a_warning() -> None:
    (finding,) = prepare_pool(pool("FILE PROPOSAL CAMERA\na 7 red"), ruleset()).faults.columns
    assert str(finding) == (
        "nights/night.tsv:1: G112 warning: missing column CANDIDATES: no exposure names a candidate, so all associations are "
        "over the whole pool"
    )


def test_a_key_of_the_rule_that_makes_products_is_a_column_of_these_products() -> None:
    fields = rule("Fields", group_by={"part": {"column": "FIELD"}}, product_file="{product}.f")
    stack = rule("Stack", product_of="Fields", group_by={"part": {"column": "part"}, "night": {"column": "NIGHT"}})
    assert missing("FILE PROPOSAL CAMERA FIELD CANDIDATES\na 7 red 1 .", fields, stack) == [
        "missing column NIGHT: rule Stack cannot match any exposure"
    ]


def test_the_exposures_to_which_products_are_attached_need_columns_of_the_pool() -> None:
    fields = rule("Fields", group_by={"part": {"column": "FIELD"}}, product_file="{product}.f")
    match = {"part": {"column": "part", "own": "OWN"}, "other": {"column": "OTHER"}}
    light = rule("Light", attach={"fields": {"product_of": "Fields", "match": match}})
    assert missing("FILE PROPOSAL CAMERA FIELD CANDIDATES\na 7 red 1 .", fields, light) == [
        "missing columns: OTHER: fields are not attached to groups of rule Light; OWN: fields are not attached to groups "
        "of rule Light"
    ]
