"""Values that cannot be part of a name, and the exposures that are rejected because of them."""

from __future__ import annotations

import pytest
from support.observatory import COLUMNS, Content, generated, pool, pool_findings, rule, ruleset

from asnforge.generation.engine import group
from asnforge.grouping.prepared_pool import prepare_pool

HEADER = "FILE PROPOSAL CAMERA CANDIDATES"
IN_FILE = (
    "use letters a-z, digits, '.', '_', '+' and '-', and at most 80 characters; a name begins with a letter or digit"
)
IN_PRODUCT = "use any characters but '/', '\\' and control characters, and at most 80"


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ("a 7X/y red o1/night", "PROPOSAL '7X/y' cannot be part of a file name"),
        ("a 7:8 red o1/night", "PROPOSAL '7:8' cannot be part of a file name"),
        ("a 7é red o1/night", "PROPOSAL '7é' cannot be part of a file name"),
        ("a ../.. red o1/night", "PROPOSAL '../..' cannot be part of a file name"),
        (f"a {'7' * 81} red o1/night", f"PROPOSAL '{'7' * 59}…' cannot be part of a file name"),
        ("a 7 re/d o1/night", "CAMERA 're/d' cannot be part of a product name"),
        ("a 7 re\\d o1/night", "CAMERA 're\\d' cannot be part of a product name"),
        ("a 7 re\x1bd o1/night", "CAMERA 're\\x1bd' cannot be part of a product name"),
    ],
)
def test_value_that_cannot_be_part_of_a_name_rejects_the_exposure(row: str, message: str) -> None:
    table = f"{HEADER}\n{row}\nb 7 red o1/night"
    hint = IN_FILE if "PROPOSAL" in message else IN_PRODUCT
    assert pool_findings(table) == [f"night.tsv:2: G102 warning: {message}, so Image rejects the exposure; {hint}"]
    assert prepare_pool(pool(table), ruleset()).usable.all()


@pytest.mark.parametrize(
    ("file_name", "product", "is_rejected"),
    [
        ("{grid}_asn.json", "{program}", True),
        ("{product}_asn.json", "{grid}", True),
        ("{empty}{grid}_asn.json", "{program}", True),
        ("a{grid}_asn.json", "{program}", False),
        ("{program}-{grid}_asn.json", "{program}", False),
        ("{product}_asn.json", "{program}_{grid}", False),
        ("{product}{grid}_asn.json", "{program}_{camera}", False),
        ("{with_text}_asn.json", "{program}", False),
        ("{program}_{sequence}_asn.json", "{grid}", False),
    ],
)
@pytest.mark.parametrize("value", ["-15", "+2", ".5", "_x"])
def test_only_the_name_of_a_file_has_to_begin_with_a_letter_or_digit(
    file_name: str, product: str, is_rejected: bool, value: str
) -> None:
    rules = ruleset(
        rule(group_by={"grid": {"column": "GRID"}}, product=product),
        keywords={"file_name": file_name},
        names={
            "grid": {"key": "grid"},
            "with_text": {"key": "grid", "before": "g"},
            "empty": {"key": "band", "empty": ""},
        },
    )
    grouping = group(pool(f"{HEADER} GRID\na 7 red . {value}"), rules)
    assert bool(grouping.faults.cells) is is_rejected
    assert len(grouping.results[0].members.groups) == 1 - is_rejected


def test_values_that_cannot_be_part_of_a_name_are_one_finding_per_column() -> None:
    rows = "".join(f"f{number} {'x y'[number % 3]}:{number % 4} red .\n" for number in range(46))
    rules = [rule(f"R{number}") for number in range(5)]
    table = f"{HEADER} FIELD\n" + "\n".join(f"{row} 1" for row in rows.replace(" :", "_:").splitlines())
    assert pool_findings(table, *rules) == [
        "night.tsv:2: G102 warning: PROPOSAL 'x:0', '_:1', 'y:2' and 9 other values cannot be part of a file name in 46 rows "
        f"(lines 2, 3, 4, 5, 6 and 41 more), so R0, R1, R2 and 2 more rules reject these exposures; {IN_FILE}"
    ]


def test_rule_whose_names_do_not_contain_the_value_selects_the_exposure() -> None:
    """Only one rule has the value in its product names, and neither has it in a constraint."""
    named = rule("Named", group_by={"field": {"column": "FIELD"}})
    nameless = rule("Nameless", product="{program}-{camera}", group_by={"field": {"column": "FIELD"}})
    generation = generated(f"{COLUMNS} FIELD\na_raw.f 7 red . x/y\nb_raw.f 7 red . 1", named, nameless)
    assert {association.asn_rule for association in generation.associations} == {"Nameless"}
    assert generation.orphans == ()
    assert [finding.message for finding in generation.findings if finding.code == "G102"] == [
        "FIELD 'x/y' cannot be part of a product name, so Named rejects the exposure"
    ]


@pytest.mark.parametrize(
    ("blocks", "is_rejected"),
    [
        ({"group_by": {"grid": {"column": "GRID"}}}, True),
        ({"group_by": {"grid": {"column": "GRID"}}, "product": "{program}"}, False),
        ({"group_by": {"grid": {"column": "GRID", "optional": "yes"}}}, True),
        ({"group_by": {"grid": {"column": "GRID", "when": {"use": "sky"}}}}, False),
        ({"group_by": {"slit": {"column": "GRID", "when": {"use": "sky"}}}}, True),
        ({"group_by": {"band": {"columns": ["BAND", "GRID"]}}}, True),
        ({"group_by": {"band": {"columns": ["CAMERA", "GRID"]}}}, False),
        ({"group_by": {"band": {"column": "copied"}}}, True),
        ({"select": {"grid": {"column": "GRID", "is": "other"}}, "group_by": {"grid": {"column": "GRID"}}}, False),
        ({"group_by": {"frame": {"column": "GRID"}}}, False),
    ],
    ids=[
        "a key",
        "a key in no name",
        "an optional key",
        "a key that does not bind the exposure",
        "a key whose distinct values are named",
        "the second column",
        "a column after one with a value",
        "a derived column",
        "an exposure that the rule does not select",
        "a value that names omit",
    ],
)
def test_only_values_that_a_name_would_contain_are_reported(blocks: Content, is_rejected: bool) -> None:
    shared = {
        "derived": {"copied": {"cases": [{"copy": "GRID"}]}},
        "names": {"frame": {"key": "frame", "leave_out": ["x/y"], "before": "-"}},
    }
    grouping = group(pool(f"{HEADER} GRID\na 7 red . x/y"), ruleset(rule(**blocks), **shared))
    assert bool(grouping.faults.cells) is is_rejected
    is_grouped = bool(len(grouping.results[0].members.groups))
    assert is_grouped is not (is_rejected or "select" in blocks)
