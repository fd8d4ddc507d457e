"""Merging: one association for all products of a rule and scope."""

from __future__ import annotations

from support.observatory import generated, members, pool_of, rule, ruleset

from asnforge.generation.engine import generate
from asnforge.grouping.scopes import ScopeChoice

CANDIDATES = ScopeChoice(discovered=False)
KEYS = {"field": {"column": "FIELD"}, "band": {"column": "BAND", "optional": "yes"}}
NIGHT = """
FILE PROPOSAL CAMERA FIELD BAND TROUBLE CANDIDATES
a    7        red    1     g    .       o1/night
b    7        red    2     g    Door    o1/night
c    7        red    2     r    .       o1/night
d    7        red    1     .    .       o2/night
e    8        red    1     g    .       o1/night
"""


def test_associations_of_a_rule_and_scope_are_merged() -> None:
    result = generated(NIGHT, rule(group_by=KEYS), choice=CANDIDATES, merge=True).associations
    assert [(association.file_name, [product.name for product in association.products]) for association in result] == [
        ("p007-o1_stack_01_asn.json", ["p007-o1_f01_red_g", "p007-o1_f02_red_g", "p007-o1_f02_red_r"]),
        ("p007-o2_stack_01_asn.json", ["p007-o2_f01_red_open"]),
        ("p008-o1_stack_01_asn.json", ["p008-o1_f01_red_g"]),
    ]


def test_different_keywords_are_joined() -> None:
    first, *_ = generated(NIGHT, rule(group_by=KEYS), choice=CANDIDATES, merge=True).associations
    assert (first.asn_rule, first.asn_id, first.program, first.target) == ("Image", "o1", "007", "f01|f02")
    assert first.constraints == ("Constraints:\n    program: 7\n    camera: red\n    field: 1|2\n    band: g|r")


def test_merged_association_is_degraded_if_one_product_is() -> None:
    result = generated(NIGHT, rule(group_by=KEYS), choice=CANDIDATES, merge=True).associations
    assert [association.degraded_status for association in result] == [
        "Not all is well.",
        "All is well.",
        "All is well.",
    ]


def test_products_are_not_changed() -> None:
    single = generated(NIGHT, rule(group_by=KEYS), choice=CANDIDATES).associations
    merged = generated(NIGHT, rule(group_by=KEYS), choice=CANDIDATES, merge=True).associations
    assert {product for association in single for product in association.products} == {
        product for association in merged for product in association.products
    }


def test_products_with_the_same_name_are_not_merged() -> None:
    by_band = rule(group_by={"band": {"column": "BAND"}}, product="{scope}-{camera}-{frame}")
    table = "FILE PROPOSAL CAMERA BAND\na 7 red g\nb 7 red r\nc 7 blue r\nd 7 red z"
    result = generated(table, by_band, merge=True).associations
    assert [(association.file_name, [product.name for product in association.products]) for association in result] == [
        ("p007-z9_stack_01_asn.json", ["z9-blue-", "z9-red-"]),
        ("p007-z9_stack_03_asn.json", ["z9-red-"]),
        ("p007-z9_stack_04_asn.json", ["z9-red-"]),
    ]


def test_rules_of_the_same_type_are_not_merged() -> None:
    other = rule("Other", group_by=KEYS, member_name="{root}-x{extension}", product="x-{scope}-{field}-{light}")
    table = "FILE PROPOSAL CAMERA FIELD\na_raw.f 7 red 1\nb_raw.f 7 red 2"
    result = generated(table, rule(group_by=KEYS), other, merge=True).associations
    assert [(association.file_name, association.asn_rule, members(association)) for association in result] == [
        ("p007-z9_stack_01_asn.json", "Image", ["a_flat.f science", "b_flat.f science"]),
        ("p007-z9_stack_03_asn.json", "Other", ["a-x.f science", "b-x.f science"]),
    ]


def test_values_with_colons_and_line_breaks_are_merged() -> None:
    header = ["FILE", "PROPOSAL", "CAMERA", "FIELD", "NOTE"]
    night = pool_of(header, [["a", "7", "red", "1: x", "g\nh"], ["b", "7", "red", "2", "r:"]])
    keys = {"field": {"column": "FIELD"}, "note": {"column": "NOTE"}}
    (merged,) = generate(night, ruleset(rule(group_by=keys)), merge=True).associations
    assert merged.constraints.splitlines()[3:] == ["    field: 2|1: x", "    note: r:|g", "h"]
