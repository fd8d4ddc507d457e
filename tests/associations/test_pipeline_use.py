"""What ``generate`` reports of associations that pipelines could not use, or whose products would overwrite each other."""

from __future__ import annotations

from typing import Any

import pytest
from support.observatory import Content, pool, rule, ruleset

from asnforge.findings import Finding
from asnforge.generation.engine import generate

FACTS: Content = {
    "stack": {
        "pipeline": "stack_images",
        "products": "first",
        "suffixes": {"science": {"right": ["calibrated"], "wrong": ["flat"]}},
    },
    "pair": {"require": {"science": {"at_least": 2, "at_most": 3, "otherwise": "the pair is not made"}}},
    "other": {"products": "all"},
}
EXPTYPES: Content = {"science": {}, "psf": {}, "background": {"misspelled_as": ["sky"]}}
NIGHT = """
FILE    PROPOSAL CAMERA FIELD BAND
a_raw.f 7        red    1     g
b_raw.f 7        red    1     g
c_raw.f 7        red    2     r
d_raw.f 7        red    3     r
"""
BY_FIELD = {"field": {"column": "FIELD"}}
HINT = "pipelines that run on all of them in one folder overwrite their products and leave those of the last"


def findings(table: str, *rules: Content, blocks: Content | None = None, **more: Any) -> list[Finding]:
    found = generate(pool(table), ruleset(*rules, **(blocks or {})), **more).findings
    assert all(each.severity == "warning" for each in found)
    return [each for each in found if each.code in ("G106", "G119", "G120")]


def said(table: str, *rules: Content, blocks: Content | None = None, **more: Any) -> list[str]:
    return [str(each).removeprefix("nights/night.tsv: ") for each in findings(table, *rules, blocks=blocks, **more)]


def test_one_warning_names_all_files_of_a_product_name_and_what_distinguishes_them() -> None:
    assert said(NIGHT, rule(group_by=BY_FIELD, product="{programme}-{scope}")) == [
        "G106 warning: 3 associations have the product name p007-z9: p007-z9_stack_01_asn.json (2 members, FIELD 1), "
        f"p007-z9_stack_02_asn.json (1 member, FIELD 2), p007-z9_stack_03_asn.json (1 member, FIELD 3); {HINT}"
    ]


def test_each_product_name_has_a_warning_of_its_own() -> None:
    table = NIGHT + "e_raw.f 8 red 1 g\nf_raw.f 8 red 2 g"
    found = said(table, rule(group_by=BY_FIELD, product="{programme}-{scope}"))
    assert [each.split()[2:8] for each in found] == [
        ["2", "associations", "have", "the", "product", "name"],
        ["3", "associations", "have", "the", "product", "name"],
    ]


def test_keys_that_differ_are_all_named_and_a_wildcard_has_no_value() -> None:
    keys = {**BY_FIELD, "light": {"columns": ["BAND", "GRID"], "optional": "yes"}}
    table = NIGHT.replace("c_raw.f 7        red    2     r", "c_raw.f 7        red    2     .")
    (found,) = said(table, rule(group_by=keys, product="{programme}"))
    assert "_01_asn.json (2 members, FIELD 1, BAND or GRID g), " in found
    assert "_02_asn.json (1 member, FIELD 2, BAND or GRID undefined), " in found


def test_rules_and_scopes_are_named_where_they_differ() -> None:
    first = rule("First", select={"file": {"column": "FILE", "in": ["a_raw.f", "b_raw.f"]}}, product="{programme}")
    second = rule("Second", select={"file": {"column": "FILE", "in": ["b_raw.f", "c_raw.f"]}}, product="{programme}")
    (found,) = said(NIGHT, first, second)
    assert "(2 members, rule First), " in found
    assert "(2 members, rule Second);" in found
    table = """
    FILE    PROPOSAL CAMERA CANDIDATES
    a_raw.f 7        red    o1/night
    b_raw.f 7        red    o2/night
    """
    scopes = rule(require={"scope": {"scope_in": ["night"]}}, product="{programme}")
    (found,) = said(table, scopes)
    assert "(1 member, scope o1), " in found
    assert "(1 member, scope o2);" in found


def test_a_member_is_named_where_nothing_else_differs() -> None:
    table = """
    FILE    PROPOSAL CAMERA CANDIDATES
    a_raw.f 7        red    o1/night
    b_raw.f 7        red    o1/night+o1/tile
    c_raw.f 7        red    o1/tile
    """
    (found,) = said(table, rule(require={"scope": {"scope_in": ["night", "tile"]}}))
    assert "(2 members, member a_flat.f), " in found
    assert "(2 members, member c_flat.f);" in found


def test_of_very_many_files_twenty_are_listed() -> None:
    rows = "\n".join(f"m{number}_raw.f 7 red {number} g" for number in range(30))
    (found,) = said(f"FILE PROPOSAL CAMERA FIELD BAND\n{rows}", rule(group_by=BY_FIELD, product="{programme}"))
    assert found.startswith("G106 warning: 30 associations have the product name p007: ")
    assert found.count("_asn.json (1 member, FIELD ") == 20
    assert found.endswith(f" and 10 more; {HINT}")


def test_different_product_names_are_not_reported() -> None:
    assert said(NIGHT, rule(group_by=BY_FIELD)) == []


@pytest.mark.parametrize(("asn_type", "reported"), [("stack", True), ("other", False), ("unknown", False)])
def test_merged_products_are_reported_where_the_pipeline_makes_only_the_first(asn_type: str, reported: bool) -> None:
    blocks = {"asn_types": {**FACTS, "stack": {"pipeline": "stack_images", "products": "first"}}}
    merging = rule(group_by=BY_FIELD, asn_type=asn_type)
    assert said(NIGHT, merging, blocks=blocks) == []
    found = said(NIGHT, merging, blocks=blocks, merge=True)
    assert (
        found
        == [
            f"G120 warning: 1 {asn_type} association has several products, of which stack_images makes only the first; "
            f"generate without --merge; the first of them is p007-z9_{asn_type}_01_asn.json"
        ]
        * reported
    )


@pytest.mark.parametrize(
    ("changes", "blocks", "expected"),
    [
        (
            {},
            {"asn_types": FACTS},
            [
                "Image makes 4 science members with the suffix flat, which stack_images does not take; "
                "the suffix must be calibrated"
            ],
        ),
        ({"member_name": "{root}_calibrated{end}"}, {"asn_types": FACTS}, []),
        ({"asn_type": "unknown"}, {"asn_types": FACTS}, []),
        ({}, {}, []),
        (
            {"asn_type": "pair", "group_by": BY_FIELD},
            {"asn_types": FACTS},
            ["Image makes 2 pair associations with 1 science member, where 2 is the minimum; the pair is not made"],
        ),
        (
            {"asn_type": "pair"},
            {"asn_types": FACTS},
            ["Image makes 1 pair association with 4 science members, where 3 is the maximum; the pair is not made"],
        ),
        (
            {"asn_type": "other", "repeat": [{"members": "science", "as": "sky"}]},
            {"asn_types": FACTS, "exptypes": EXPTYPES},
            ['Image makes 4 members of the exptype sky, which pipelines do not know; did you mean "background"?'],
        ),
        (
            {"asn_type": "other", "repeat": [{"members": "science", "as": "dome"}]},
            {"asn_types": FACTS, "exptypes": EXPTYPES},
            [
                "Image makes 4 members of the exptype dome, which pipelines do not know; "
                "known exptypes are science, psf, background"
            ],
        ),
        (
            {"asn_type": "unknown", "repeat": [{"members": "science", "as": "dome"}]},
            {"asn_types": FACTS, "exptypes": EXPTYPES},
            [],
        ),
    ],
    ids=[
        "wrong suffix",
        "right suffix",
        "suffix of an undeclared asn_type",
        "nothing declared",
        "too few members",
        "too many members",
        "misspelled exptype",
        "unknown exptype",
        "exptype of an undeclared asn_type",
    ],
)
def test_what_a_rule_makes_is_reported_by_the_facts_of_its_asn_type(
    changes: Content, blocks: Content, expected: list[str]
) -> None:
    assert said(NIGHT, rule(**changes), blocks=blocks) == [f"G119 warning: {each}" for each in expected]


def test_groups_that_do_not_become_associations_are_not_reported() -> None:
    """The group of field 1 alone has too few members, and is not valid by the rule itself."""
    pairs = rule(asn_type="pair", group_by=BY_FIELD, require={"two": {"members": "science", "at_least": 2}})
    assert said(NIGHT, pairs, blocks={"asn_types": FACTS}) == []


def test_exposures_that_share_a_member_name_are_counted_as_the_one_member_that_they_are() -> None:
    one = rule(asn_type="pair", member_name="all{end}")
    assert said(NIGHT, one, blocks={"asn_types": FACTS}) == [
        "G119 warning: Image makes 1 pair association with 1 science member, where 2 is the minimum; the pair is not made"
    ]
    same_end = NIGHT.replace("d_raw.f", "d_raw.g")
    assert said(same_end, one, blocks={"asn_types": FACTS}) == []
    flats = rule(member_name="all_flat{end}")
    assert said(same_end, flats, blocks={"asn_types": FACTS}) == [
        "G119 warning: Image makes 2 science members with the suffix flat, which stack_images does not take; "
        "the suffix must be calibrated"
    ]
    skies = rule(asn_type="other", member_name="all{end}", repeat=[{"members": "science", "as": "sky"}])
    assert said(same_end, skies, blocks={"asn_types": FACTS, "exptypes": EXPTYPES}) == [
        'G119 warning: Image makes 2 members of the exptype sky, which pipelines do not know; did you mean "background"?'
    ]


@pytest.mark.parametrize(
    ("asn_type", "spelling", "expected"),
    [
        (
            "strict",
            "DARK",
            [
                "Image makes 1 strict association with no dark member; nothing is subtracted",
                'Image makes 4 members of the exptype DARK, which strict_stack ignores; write "dark" in the rule set: '
                "strict_stack compares exptype case-sensitively",
            ],
        ),
        ("strict", "dark", []),
        ("tolerant", "DARK", []),
        (
            "tolerant",
            "Dome",
            [
                "Image makes 1 tolerant association with no dark member; nothing is subtracted",
                "Image makes 4 members of the exptype Dome, which pipelines do not know; "
                "known exptypes are science, dark",
            ],
        ),
    ],
)
def test_an_exptype_with_capital_letters_is_reported_where_the_pipeline_ignores_it(
    asn_type: str, spelling: str, expected: list[str]
) -> None:
    facts = {"reads": ["science", "dark"], "require": {"dark": {"at_least": 1, "otherwise": "nothing is subtracted"}}}
    blocks = {
        "asn_types": {
            "strict": {"pipeline": "strict_stack", "exptype_case": "sensitive", **facts},
            "tolerant": {"pipeline": "tolerant_stack", **facts},
        },
        "exptypes": {"science": {}, "dark": {}},
    }
    twice = rule(asn_type=asn_type, repeat=[{"members": "science", "as": spelling}])
    assert said(NIGHT, twice, blocks=blocks) == [f"G119 warning: {each}" for each in expected]


def test_associations_that_are_not_written_have_no_products_to_overwrite() -> None:
    """All are the same file, which is an error of its own."""
    same_file = rule(group_by=BY_FIELD, product="{programme}-{scope}", file_name="{programme}_asn.json")
    found = generate(pool(NIGHT), ruleset(same_file)).findings
    assert [each.code for each in found if each.code in ("G106", "G113")] == ["G113"]


def test_duplicates_that_are_kept_are_listed_for_their_product_name() -> None:
    first, second = rule("First"), rule("Second")
    table = "FILE PROPOSAL CAMERA\na_raw.f 7 red"
    assert said(table, first, second) == []
    (found,) = said(table, first, second, blocks={"duplicates": "keep"})
    assert found.startswith("G106 warning: 2 associations have the product name p007-z9_f00_red_open: ")
    assert "(1 member, rule First), " in found
    assert "(1 member, rule Second);" in found
