"""Product names of groups."""

from __future__ import annotations

import pytest
from support.observatory import SHARED, Content, generated, members, pool, rule, ruleset

from asnforge.generation.engine import generate
from asnforge.generation.result import Generation

KEYS = {
    "field": {"column": "FIELD", "optional": "yes"},
    "band": {"column": "BAND", "optional": "yes"},
    "grid": {"column": "GRID", "optional": "yes"},
    "slit": {"column": "SLIT", "optional": "yes", "when": {"not": {"column": "SLIT", "in": ["w1", "w2"]}}},
    "frame": {"column": "FRAME", "optional": "yes"},
}
IMAGE = rule(group_by=KEYS)
HEADER = "FILE PROPOSAL CAMERA FIELD BAND GRID SLIT FRAME"


def products(*rows: str) -> list[str]:
    result = generated("\n".join([HEADER, *rows]), IMAGE).associations
    return [product.name for association in result for product in association.products]


@pytest.mark.parametrize(
    ("row", "name"),
    [
        ("a 7 red 1 g . . .", "p007-z9_f01_red_g"),
        ("a 1234 RED 123 G . . .", "p1234-z9_f123_red_g"),
        ("a 7 red . g . . .", "p007-z9_f00_red_g"),
        ("a 7 red 1 . . . .", "p007-z9_f01_red_open"),
        ("a 7 red 1 r fine . .", "p007-z9_f01_red_fine-r"),
        ("a 7 red 1 fine r . .", "p007-z9_f01_red_fine-r"),
        ("a 7 red 1 g . s1 .", "p007-z9_f01_red_g-s1"),
        ("a 7 red 1 g . w2 .", "p007-z9_f01_red_g-w2"),
        ("a 7 red 1 g . . whole", "p007-z9_f01_red_g"),
        ("a 7 red 1 g . . Whole", "p007-z9_f01_red_g"),
        ("a 7 red 1 g . . half", "p007-z9_f01_red_g-half"),
        ("a 7 red 1 g . s1 half", "p007-z9_f01_red_g-s1-half"),
    ],
)
def test_product_name_of_a_group(row: str, name: str) -> None:
    assert products(row) == [name]


def test_values_of_a_key_are_those_of_all_selected_exposures() -> None:
    rows = ("a 7 red 1 g . s2 .", "b 7 red 1 g . w2 .", "c 7 red 1 g . w1 .", "d 7 red 1 g . . .")
    assert products(*rows) == ["p007-z9_f01_red_g-s2-w1-w2"]


def test_scope_is_part_of_the_name() -> None:
    table = "FILE PROPOSAL CAMERA CANDIDATES\na 7 red O1/night\nb 7 red ."
    result = generated(table, rule()).associations
    assert [association.products[0].name for association in result] == ["p007-o1_f00_red_open", "p007-z9_f00_red_open"]


def test_rule_can_have_its_own_template() -> None:
    product = "{program}+{{later}}-{asn_type}-{sequence}!"
    (association,) = generated("FILE PROPOSAL CAMERA\na 7 red", rule(product=product)).associations
    assert association.products[0].name == "p007+{later}-stack-!"


def test_name_part_of_a_key_that_the_rule_does_not_have_is_empty() -> None:
    (association,) = generated("FILE PROPOSAL CAMERA BAND\na 7 red g", rule()).associations
    assert association.products[0].name == "p007-z9_f00_red_open"


def test_values_of_a_key_that_the_rule_does_not_have_are_empty() -> None:
    names = {"slits": {"values_of": "absent", "before": "-", "empty": "!"}}
    (association,) = generate(pool("FILE PROPOSAL CAMERA\na 7 red"), ruleset(rule(), names=names)).associations
    assert association.products[0].name == "p007-z9_f00_red_open!"


def test_template_keeps_its_case_and_values_are_in_lower_case() -> None:
    rules = ruleset(
        rule(product="MASTER_{camera}_{tagged}", file_name="{tagged}_Image{sequence}_asn.json"),
        names={"tagged": {"keys": ["camera"], "before": "Cam-", "after": "-X"}},
    )
    (association,) = generate(pool("FILE PROPOSAL CAMERA CANDIDATES\na_raw.f 7 RED -"), rules).associations
    assert association.products[0].name == "MASTER_red_Cam-red-X"
    assert association.file_name == "Cam-red-X_Image01_asn.json"


PARTS: Content = {
    "both": {"columns": ["BAND", "GRID"], "sort": "yes", "empty": "clear"},
    "kept": {"key": "field", "letter_case": "keep"},
    "dashed": {"key": "field", "replace": {" ": "", ":": "-", "T": "_"}},
    "kept_dashed": {"key": "field", "replace": {"t": "_"}, "letter_case": "keep"},
    "kept_column": {"columns": ["BAND"], "letter_case": "keep"},
}


@pytest.mark.parametrize(
    ("product", "name"),
    [
        ("{both}", "g-w"),
        ("{kept}", "T1:2"),
        ("{dashed}", "_1-2"),
        ("{kept_dashed}", "T1:2"),
        ("Big_{kept_column}", "Big_W"),
    ],
)
def test_parts_read_columns_of_the_first_file_replace_and_keep_case(product: str, name: str) -> None:
    """The exposure with the least file name, b, is the second row."""
    table = "FILE PROPOSAL CAMERA FIELD BAND GRID\nc 7 red T1:2 x y\nb 7 red T1:2 W G"
    own = rule(group_by={"field": {"column": "FIELD"}}, product=product)
    made = generated_with_names(table, own)
    assert [product.name for association in made.associations for product in association.products] == [name]


@pytest.mark.parametrize("bands", [("w", "W"), ("W", "w")])
def test_a_column_is_read_from_the_first_spelling_of_a_file_that_is_listed_twice(bands: tuple[str, str]) -> None:
    table = "\n".join(["FILE PROPOSAL CAMERA BAND", *(f"a 7 red {band}" for band in bands)])
    made = generated_with_names(table, rule(product="Big_{kept_column}"))
    assert [association.products[0].name for association in made.associations] == ["Big_W"]


def generated_with_names(table: str, own: Content) -> Generation:
    names = {**SHARED["names"], **PARTS}
    return generate(pool(table), ruleset(own, names=names))


def test_an_undefined_column_is_left_out() -> None:
    table = "FILE PROPOSAL CAMERA BAND GRID\nb 7 red . ."
    made = generated_with_names(table, rule(product="{both}"))
    assert made.associations[0].products[0].name == "clear"


def test_a_column_that_cannot_be_in_a_name_costs_the_exposure_only_where_a_name_uses_it() -> None:
    table = "FILE PROPOSAL CAMERA BAND GRID\na 7 red x/y .\nb 7 red z ."
    made = generated_with_names(table, rule(product="{both}"))
    assert [members(association) for association in made.associations] == [["b science"]]
    assert [finding.code for finding in made.findings if "BAND" in str(finding)] == ["G102"]
    made = generated_with_names(table, rule(product="{camera}"))
    assert [members(association) for association in made.associations] == [["a science", "b science"]]


def test_a_replacement_makes_a_value_usable() -> None:
    table = "FILE PROPOSAL CAMERA FIELD\na 7 red x/y"
    parts = {"field": {"key": "field", "replace": {"/": "-"}}}
    own = rule(group_by={"field": {"column": "FIELD"}}, product="{field}")
    made = generate(pool(table), ruleset(own, names={**SHARED["names"], **parts}))
    assert made.associations[0].products[0].name == "x-y"
