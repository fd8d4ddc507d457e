"""Warnings about associations that pipelines cannot use, and exposures that share a member name."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from support.observatory import Content, members, pool, rule, ruleset

from asnforge.asnfiles.validate import validate_file
from asnforge.asnfiles.write import write_associations
from asnforge.findings import Finding
from asnforge.generation.engine import generate
from asnforge.generation.result import Generation

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


def warnings(table: str, *rules: Content, blocks: Content | None = None, **options: Any) -> list[str]:
    """The warnings about pipelines."""
    result = generate(pool(table), ruleset(*rules, **(blocks or {})), **options).findings
    assert all(finding.severity == "warning" for finding in result)
    return [str(finding).removeprefix("nights/night.tsv: ") for finding in result if finding.code in ("G119", "G120")]


@pytest.mark.parametrize(("asn_type", "reported"), [("stack", True), ("other", False), ("unknown", False)])
def test_merged_products_are_reported_if_the_pipeline_makes_only_the_first(asn_type: str, reported: bool) -> None:
    blocks = {"asn_types": {**FACTS, "stack": {"pipeline": "stack_images", "products": "first"}}}
    merging = rule(group_by=BY_FIELD, asn_type=asn_type)
    assert warnings(NIGHT, merging, blocks=blocks) == []
    result = warnings(NIGHT, merging, blocks=blocks, merge=True)
    assert (
        result
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
                "Image makes 4 science members with the suffix flat, which stack_images does not accept; "
                "the suffix must be calibrated"
            ],
        ),
        ({"member_name": "{root}_calibrated{extension}"}, {"asn_types": FACTS}, []),
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
def test_groups_are_checked_by_the_facts_of_their_asn_type(
    changes: Content, blocks: Content, expected: list[str]
) -> None:
    assert warnings(NIGHT, rule(**changes), blocks=blocks) == [f"G119 warning: {text}" for text in expected]


def test_groups_that_do_not_become_associations_are_not_reported() -> None:
    """Only the group of field 1 has too few members, and it does not meet the rule's own requirement."""
    pairs = rule(asn_type="pair", group_by=BY_FIELD, require={"two": {"members": "science", "at_least": 2}})
    assert warnings(NIGHT, pairs, blocks={"asn_types": FACTS}) == []


def test_exposures_that_share_a_member_name_are_counted_as_one_member() -> None:
    shared = rule(asn_type="pair", member_name="all{extension}")
    assert warnings(NIGHT, shared, blocks={"asn_types": FACTS}) == [
        "G119 warning: Image makes 1 pair association with 1 science member, where 2 is the minimum; the pair is not made"
    ]
    same_end = NIGHT.replace("d_raw.f", "d_raw.g")
    assert warnings(same_end, shared, blocks={"asn_types": FACTS}) == []
    flats = rule(member_name="all_flat{extension}")
    assert warnings(same_end, flats, blocks={"asn_types": FACTS}) == [
        "G119 warning: Image makes 2 science members with the suffix flat, which stack_images does not accept; "
        "the suffix must be calibrated"
    ]
    skies = rule(asn_type="other", member_name="all{extension}", repeat=[{"members": "science", "as": "sky"}])
    assert warnings(same_end, skies, blocks={"asn_types": FACTS, "exptypes": EXPTYPES}) == [
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
def test_exptype_with_capital_letters_is_reported_if_the_pipeline_ignores_it(
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
    assert warnings(NIGHT, twice, blocks=blocks) == [f"G119 warning: {text}" for text in expected]


DETECTORS = """
FILE        PROPOSAL CAMERA CHIP TROUBLE
x_b_raw.fit 7        red    b    .
x_a_raw.fit 7        red    a    bad
y_a_raw.fit 7        red    a    .
"""
CHIPLESS: dict[str, Any] = {
    "members": {"name": "{exposure}_{level}{extension}"},
    "derived": {"exposure": {"cases": [{"copy": "FILE", "matching": r"([a-z])_[a-z]_raw\..+"}]}},
}

RAW = """
FILE  PROPOSAL CAMERA KIND
s.fit 7        red    sky
b1.fit 7       red    bias
b2.fit 7       red    bias
b3.fit 7       red    bias
"""
MASTER: dict[str, Any] = {
    "members": {"suffix": None, "extensions": [".fit"], "name": "{root}{extension}"},
    "derived": {
        "role": {"cases": [{"when": {"column": "KIND", "is": "bias"}, "value": "bias"}, {"value": "science"}]},
        "master": {"cases": [{"when": {"column": "KIND", "is": "bias"}, "value": "master_bias"}, {"value": "frame"}]},
    },
}
SKY = rule(
    select={"sky": {"column": "KIND", "is": "sky"}},
    attach={"bias": {"when": {"column": "KIND", "is": "bias"}, "match": ["CAMERA"]}},
    member_name="{master}{extension}",
)


def generation_of(table: str, *rules: Content, **blocks: Any) -> Generation:
    return generate(pool(table), ruleset(*rules, **blocks))


def findings(generation: Generation) -> list[Finding]:
    """The findings, without the one about candidates."""
    return [finding for finding in generation.findings if finding.code != "G112"]


def test_exposures_with_the_same_member_name_and_exptype_are_one_member() -> None:
    result = generation_of(RAW, SKY, **MASTER)
    (association,) = result.associations
    assert members(association) == ["frame.fit science", "master_bias.fit bias"]
    assert (result.shared_names, result.orphans, result.counts[0].exposures) == (2, (), 4)


def test_same_name_with_another_exptype_is_another_member() -> None:
    both = {**SKY, "attach": {**SKY["attach"], "sky": {**SKY["attach"]["bias"], "as": "background"}}}
    both["repeat"] = [{"members": "bias", "as": "again"}]
    (association,) = generation_of(RAW, both, **MASTER).associations
    assert members(association) == ["frame.fit science", "master_bias.fit again", "master_bias.fit bias"]


def test_requirement_counts_exposures_that_share_a_name() -> None:
    for needed, count in (("3", 1), ("4", 0)):
        some = {**SKY, "require": {"bias": {"members": "bias", "at_least": needed}}}
        assert len(generation_of(RAW, some, **MASTER).associations) == count


def test_supporting_exposures_that_share_a_name_are_not_reported() -> None:
    assert findings(generation_of(RAW, SKY, **MASTER)) == []


def test_science_exposures_that_share_a_name_are_one_warning() -> None:
    result = generation_of(DETECTORS, rule(), **CHIPLESS)
    assert members(result.associations[0]) == ["x_flat.fit science", "y_flat.fit science"]
    assert [str(finding) for finding in findings(result)] == [
        "nights/night.tsv: G122 warning: 2 science exposures of Image become only 1 member, as they share member names: "
        "x_a_raw.fit and x_b_raw.fit are both x_flat.fit; use everything that distinguishes them in name of members, "
        "or in member_name of the rule"
    ]


def test_shared_member_keeps_the_note_of_an_error() -> None:
    (association,) = generation_of(DETECTORS, rule(), **CHIPLESS).associations
    assert [member.exposerr for member in association.products[0].members] == ["bad", None]
    assert association.degraded_status == "Not all is well."


def test_changed_name_can_be_that_of_an_unchanged_file() -> None:
    result = generation_of("FILE PROPOSAL CAMERA\na_raw.f 7 red\na_flat.f 7 red", rule())
    assert members(result.associations[0]) == ["a_flat.f science"]
    assert "G122" in [finding.code for finding in result.findings]


def test_associations_with_the_same_shared_members_are_duplicates() -> None:
    nights = rule(group_by={"chip": {"column": "CHIP"}}, product="{program}-{chip}")
    table = DETECTORS.replace("y_a_raw.fit 7        red    a    .", "")
    chips = {"names": {"chip": {"key": "chip"}}}
    result = generation_of(table, nights, **CHIPLESS, **chips)
    assert [members(association) for association in result.associations] == [["x_flat.fit science"]]
    assert [(association.product, association.kept_product) for association in result.dropped] == [("p007-a", "p007-b")]


def test_order_of_rows_does_not_change_shared_members() -> None:
    header, *rows = RAW.strip().splitlines()
    reordered = "\n".join([header, *reversed(rows)])
    assert generation_of(RAW, SKY, **MASTER).associations == generation_of(reordered, SKY, **MASTER).associations


def test_files_with_shared_members_are_valid(tmp_path: Path) -> None:
    written = write_associations(generation_of(RAW, SKY, **MASTER).associations, tmp_path)
    assert [validate_file(path) for path in written.paths] == [()]
