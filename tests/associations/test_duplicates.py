"""Duplicates: which associations are dropped, which are kept, and the warnings."""

from __future__ import annotations

from typing import Any

import pytest
from support.observatory import Content, generated, members, pool, rule, ruleset

from asnforge.associations.duplicates import DroppedAssociation
from asnforge.generation.engine import generate, group
from asnforge.generation.result import Generation


def kept(table: str, *rules: Content) -> list[tuple[str, str, str]]:
    """The associations: rule, scope, files."""
    result = generated(table, *rules).associations
    return [
        (association.asn_rule, association.asn_id, " ".join(member.split()[0] for member in members(association)))
        for association in result
    ]


def dropped(table: str, *rules: Content) -> list[tuple[str, str, str, str, str]]:
    """The associations that are dropped: rule and scope, reason, rule and scope of the one that is kept."""
    return sorted(
        (
            drop.draft.source.rule.name,
            drop.draft.scope[0],
            drop.reason,
            drop.kept_instead.source.rule.name,
            drop.kept_instead.scope[0],
        )
        for drop in group(pool(table), ruleset(*rules)).duplicates
    )


SAME = """
FILE PROPOSAL CAMERA CANDIDATES
a    7        red    o1/night+c1/tile
b    7        red    o1/night+c1/tile
"""


def test_highest_scope_is_kept_of_the_same_members() -> None:
    assert kept(SAME.replace("o1", "a1").replace("z9", "b1"), rule()) == [("Image", "z9", "a b")]
    assert dropped(SAME, rule()) == [
        ("Image", "c1", "same members", "Image", "z9"),
        ("Image", "o1", "same members", "Image", "z9"),
    ]


def test_last_rule_by_name_is_kept_in_one_scope() -> None:
    table = "FILE PROPOSAL CAMERA\na 7 red"
    rules = (rule("Bear", asn_type="x"), rule("Ant"), rule("Cat", asn_type="y"))
    assert kept(table, *rules) == [("Cat", "z9", "a")]
    assert dropped(table, *rules) == [
        ("Ant", "z9", "same members", "Cat", "z9"),
        ("Bear", "z9", "same members", "Cat", "z9"),
    ]


def test_scope_takes_precedence_over_rule() -> None:
    night = rule("Ant", require={"scope": {"scope_in": ["night"]}}, product="x{scope}")
    tile = rule("Cat", require={"scope": {"scope_in": ["tile"]}}, product="y{scope}")
    assert kept(SAME, night, tile) == [("Ant", "o1", "a b")]


def test_same_files_with_other_exptypes_are_different_members() -> None:
    table = "FILE PROPOSAL CAMERA SKY\na 7 red .\nb 7 red yes"
    taking = rule("Taking", take_as={"exptype": "science"}, product="taken-{scope}")
    assert kept(table, rule(), taking) == [("Image", "z9", "a b"), ("Taking", "z9", "a b")]


def test_same_files_with_other_names_are_different_members() -> None:
    table = "FILE PROPOSAL CAMERA\na_raw.f 7 red"
    naming = rule("Naming", member_name="{root}-other{extension}", product="named-{scope}")
    assert kept(table, rule(), naming) == [("Image", "z9", "a_flat.f"), ("Naming", "z9", "a-other.f")]


TWO = """
FILE PROPOSAL CAMERA BAND
a    7        red    g
b    7        red    g
c    7        red    r
"""


def test_subset_with_the_same_product_is_dropped() -> None:
    some = rule("Zebra", select={"band": {"column": "BAND", "is": "g"}})
    assert kept(TWO, rule(), some) == [("Image", "z9", "a b c")]
    assert dropped(TWO, rule(), some) == [("Zebra", "z9", "subset", "Image", "z9")]


def test_subset_with_another_product_is_kept() -> None:
    some = rule("Zebra", select={"band": {"column": "BAND", "is": "g"}}, product="other-{scope}")
    assert kept(TWO, rule(), some) == [("Image", "z9", "a b c"), ("Zebra", "z9", "a b")]


def test_overlapping_members_with_the_same_product_are_kept_with_a_warning() -> None:
    first = rule("First", select={"band": {"column": "FILE", "in": ["a", "b"]}})
    second = rule("Second", select={"band": {"column": "FILE", "in": ["b", "c"]}})
    assert kept(TWO, second, first) == [("First", "z9", "a b"), ("Second", "z9", "b c")]
    findings = [result.message for result in generated(TWO, second, first).findings if result.code == "G106"]
    assert findings == [
        "2 associations have the product name p007-z9_f00_red_open: p007-z9_stack_01_asn.json (2 members, rule First), "
        "p007-z9_stack_02_asn.json (2 members, rule Second)"
    ]


def test_subset_of_one_of_two_kept_associations_is_dropped() -> None:
    first = rule("First", select={"band": {"column": "FILE", "in": ["a", "b"]}})
    second = rule("Second", select={"band": {"column": "FILE", "in": ["b", "c"]}})
    third = rule("Third", select={"band": {"column": "FILE", "in": ["b"]}})
    assert kept(TWO, second, first, third) == [("First", "z9", "a b"), ("Second", "z9", "b c")]
    assert [result for result in dropped(TWO, second, first, third) if result[0] == "Third"] == [
        ("Third", "z9", "subset", "First", "z9")
    ]


def test_invalid_group_drops_nothing() -> None:
    whole = rule("Whole", require={"psf": {"members": "psf"}})
    some = rule("Zebra", select={"band": {"column": "BAND", "is": "g"}})
    assert kept(TWO, whole, some) == [("Zebra", "z9", "a b")]


BOTH = """
FILE PROPOSAL CAMERA CANDIDATES
a    7        red    o1/night
b    7        red    o1/night
"""
RULE = {"rule": {"key": "rule"}}
NIGHTS = rule("Nights", product="nights-{scope}")
WHOLE = rule("Whole", product="whole-{scope}")


def generation_of(table: str, *rules: Content, **blocks: Any) -> Generation:
    """The associations of these rules, with other shared blocks."""
    return generate(pool(table), ruleset(*rules, **blocks))


@pytest.mark.parametrize(
    ("duplicates", "products"),
    [
        (None, ["whole-z9"]),
        ("members", ["whole-z9"]),
        ("members_and_product", ["nights-o1", "nights-z9", "whole-o1", "whole-z9"]),
        ("keep", ["nights-o1", "nights-z9", "whole-o1", "whole-z9"]),
    ],
)
def test_rule_set_decides_which_duplicates_are_dropped(duplicates: str | None, products: list[str]) -> None:
    result = generation_of(BOTH, NIGHTS, WHOLE, duplicates=duplicates)
    assert sorted(association.products[0].name for association in result.associations) == products
    assert len(result.dropped) == 4 - len(products)


@pytest.mark.parametrize(("duplicates", "count"), [("members", 1), ("members_and_product", 1), ("keep", 3)])
def test_same_members_and_product_are_dropped_unless_duplicates_are_kept(duplicates: str, count: int) -> None:
    same = (rule("Ant", product="{camera}"), rule("Bee", product="{camera}"), rule("Cat", product="{camera}"))
    result = generation_of(
        "FILE PROPOSAL CAMERA\na 7 red", *same, duplicates=duplicates, keywords={"file_name": "{rule}"}, names=RULE
    )
    assert [association.asn_rule for association in result.associations] == ["Ant", "Bee", "Cat"][-count:]


@pytest.mark.parametrize(("duplicates", "count"), [("members", 1), ("members_and_product", 1), ("keep", 2)])
def test_subset_with_the_same_product_is_dropped_unless_duplicates_are_kept(duplicates: str, count: int) -> None:
    some = rule("Zebra", select={"band": {"column": "BAND", "is": "g"}})
    assert len(generation_of(TWO, rule(), some, duplicates=duplicates).associations) == count


def test_dropped_associations_are_listed_with_those_kept() -> None:
    assert generation_of(BOTH, NIGHTS, WHOLE).dropped == (
        DroppedAssociation("Nights", "o1", "nights-o1", "Whole", "z9", "whole-z9", "same members"),
        DroppedAssociation("Nights", "z9", "nights-z9", "Whole", "z9", "whole-z9", "same members"),
        DroppedAssociation("Whole", "o1", "whole-o1", "Whole", "z9", "whole-z9", "same members"),
    )


def test_duplicate_of_a_subset_is_listed_with_the_larger_one() -> None:
    some = {"band": {"column": "BAND", "is": "g"}}
    first, second = rule("First", select=some, product="some-{camera}"), rule("Second", select=some, product="{camera}")
    assert generation_of(TWO, first, second, rule("Third", product="{camera}")).dropped == (
        DroppedAssociation("First", "z9", "some-red", "Third", "z9", "red", "subset"),
        DroppedAssociation("Second", "z9", "red", "Third", "z9", "red", "subset"),
    )


def lost(table: str, *rules: Content, **blocks: Any) -> list[str]:
    """The warnings about products that are lost, without their hint."""
    result = generation_of(table, *rules, **blocks).findings
    return [str(finding).partition(";")[0] for finding in result if finding.code == "G121"]


def test_lost_products_are_one_warning_per_pair_of_rules() -> None:
    assert lost(BOTH, NIGHTS, WHOLE, duplicates=None) == [
        "nights/night.tsv: G121 warning: 1 product of Whole is dropped, as others of that rule have the same members: "
        "whole-o1 in o1 in favor of whole-z9 in z9",
        "nights/night.tsv: G121 warning: 2 products of Nights are dropped, as associations of Whole have the same members: "
        "nights-o1 in o1 in favor of whole-z9 in z9, and 1 more",
    ]


def test_product_with_the_same_name_is_not_lost() -> None:
    same = (rule("Ant", product="{camera}"), rule("Bee", product="{camera}"))
    assert lost(BOTH, *same, duplicates=None) == []


@pytest.mark.parametrize("duplicates", ["members", "members_and_product", "keep"])
def test_rule_set_that_decides_on_duplicates_has_no_warning(duplicates: str) -> None:
    assert lost(BOTH, NIGHTS, WHOLE, duplicates=duplicates) == []
