"""Options of a run that change a rule set: exposures combined that rules keep apart, and the template of products."""

from __future__ import annotations

from typing import Any

import pytest
from support.observatory import Content, members, pool, rule, ruleset

from asnforge import explain_pool, generate
from asnforge.findings import InputError
from asnforge.generation.engine import WHOLE_POOL
from asnforge.grouping.scopes import ScopeChoice
from asnforge.rules.rule_options import with_rule_options

COMBINE: Content = {
    "night": {"about": "Exposures of several nights"},
    "field": {"keys": ["field"], "several": "0"},
    "band": {"keys": ["band"]},
    "proposal": {"keys": ["program"], "compare": {"field": ["FIELD_NAME", "FIELD"]}},
}
IMAGE = rule(group_by={"field": {"column": "FIELD"}, "band": {"column": "BAND", "optional": "yes"}})
LYNX = ruleset(IMAGE, combine=COMBINE)
NIGHT = pool(
    """
FILE       PROPOSAL CAMERA FIELD FIELD_NAME BAND CANDIDATES
a_raw.fits 7        red    1     m51        g    o1/night
b_raw.fits 7        red    2     m101       g    o2/night
c_raw.fits 8        red    1     m101       g    o1/night
d_raw.fits 8        red    2     M51        r    o2/night
"""
)


def products(*combine: str, product: str | None = None, choice: ScopeChoice | None = None) -> list[str]:
    """Each product with its members, one letter for each."""
    generation = generate(NIGHT, LYNX, combine=combine, product=product, choice=choice)
    return [f"{each.products[0].name} {''.join(name[0] for name in members(each))}" for each in generation]


@pytest.mark.parametrize(
    ("combine", "expected"),
    [
        (
            ["night"],
            ["p007-z9_f01_red_g a", "p007-z9_f02_red_g b", "p008-z9_f01_red_g c", "p008-z9_f02_red_r d"],
        ),
        (["field"], ["p007-z9_f00_red_g ab", "p008-z9_f01_red_g c", "p008-z9_f02_red_r d"]),
        (["band"], ["p007-z9_f01_red_g a", "p007-z9_f02_red_g b", "p008-z9_f01_red_g c", "p008-z9_f02_red_r d"]),
        (["proposal"], ["p007-008-z9_fm101_red_g bc", "p007-z9_fm51_red_g a", "p008-z9_fm51_red_r d"]),
        (["Proposal", "FIELD"], ["p007-008-z9_f00_red_g abc", "p008-z9_f02_red_r d"]),
        (["proposal", "band"], ["p007-008-z9_fm101_red_g bc", "p007-008-z9_fm51_red_g-r ad"]),
        (["proposal", "band", "field", "night"], ["p007-008-z9_f00_red_g-r abcd"]),
    ],
)
def test_keys_are_combined_over_the_whole_pool_and_names_have_the_values_of_their_groups(
    combine: list[str], expected: list[str]
) -> None:
    assert sorted(products(*combine)) == expected


@pytest.mark.parametrize(
    ("choice", "expected"),
    [
        (ScopeChoice(ids=("o1",)), ["p007-008-o1_f00_red_g ac"]),
        (WHOLE_POOL, ["p007-008-z9_f00_red_g abc", "p008-z9_f02_red_r d"]),
    ],
)
def test_chosen_scopes_are_combined_as_chosen(choice: ScopeChoice, expected: list[str]) -> None:
    names = products("proposal", "field", choice=choice)
    assert sorted(name.replace("f01", "f00") for name in names) == expected


def test_of_more_than_four_values_names_have_the_first_and_the_last() -> None:
    rows = "\n".join(f"{name}_raw.fits {number} red 1 g o1/night" for number, name in enumerate("abcde", 7))
    night = pool(f"FILE PROPOSAL CAMERA FIELD BAND CANDIDATES\n{rows}")
    (association,) = generate(night, LYNX, combine=["proposal"])
    assert association.file_name == "p007-to-011-z9_stack_01_asn.json"
    assert association.program == "007-to-011"


def test_an_undefined_value_does_not_keep_an_exposure_out_if_the_key_is_combined() -> None:
    night = pool("FILE PROPOSAL CAMERA FIELD BAND\na_raw.fits 7 red 1 g\nb_raw.fits 7 red . g")
    assert [members(each) for each in generate(night, LYNX, choice=WHOLE_POOL)] == [["a_flat.fits science"]]
    assert [members(each) for each in generate(night, LYNX, combine=["field"])] == [
        ["a_flat.fits science", "b_flat.fits science"]
    ]


def test_a_combined_value_that_cannot_be_part_of_a_name_keeps_its_exposure_out() -> None:
    night = pool("FILE PROPOSAL CAMERA FIELD BAND\na_raw.fits 7 red 1 g\nb_raw.fits 8/9 red 1 g")
    generation = generate(night, LYNX, combine=["proposal"])
    assert [members(each) for each in generation] == [["a_flat.fits science"]]
    assert [finding.code for finding in generation.findings] == ["G112", "G102"]
    explanation = explain_pool(night, LYNX, combine=["proposal"]).exposure("b_raw.fits")
    assert explanation.orphan == (
        "rejected by Image: key program requires PROPOSAL to be a value that can be part of a name, found 8/9"
    )


def test_explain_has_the_combined_association() -> None:
    explanation = explain_pool(NIGHT, LYNX, combine=["proposal", "field"]).exposure("c_raw.fits")
    assert "p007-008-z9_stack_01_asn.json" in str(explanation.as_dict())


@pytest.mark.parametrize(
    ("names", "message"),
    [
        (["porposal"], "G128 lynx does not say how to combine by 'porposal'; did you mean proposal?"),
        (["xyz"], "G128 lynx does not say how to combine by 'xyz'; choices are night, field, band, proposal"),
    ],
)
def test_an_unknown_combination_is_an_error(names: list[str], message: str) -> None:
    with pytest.raises(InputError) as caught:
        with_rule_options(LYNX, names)
    assert [str(finding) for finding in caught.value.findings] == [message]


def test_a_combination_without_effect_is_an_error() -> None:
    other = ruleset(IMAGE, rule("Other"), combine=COMBINE).only("Other")
    with pytest.raises(
        InputError, match="G128 no rule that is used groups by field, so --combine field changes nothing"
    ):
        with_rule_options(other, ["field"])


@pytest.mark.parametrize(
    ("template", "expected"),
    [
        ("deep", ["deep a", "deep b", "deep c", "deep d"]),
        ("deep_{field}{light}", ["deep_f01g a", "deep_f01g c", "deep_f02g b", "deep_f02r d"]),
        ("{{deep}}_{scope}", ["{deep}_z9 a", "{deep}_z9 b", "{deep}_z9 c", "{deep}_z9 d"]),
    ],
)
def test_a_template_replaces_that_of_all_rules(template: str, expected: list[str]) -> None:
    assert sorted(products(product=template, choice=WHOLE_POOL)) == expected


def test_of_products_with_equal_names_one_whose_members_another_has_is_dropped_and_others_are_reported() -> None:
    generation = generate(NIGHT, LYNX, product="deep")
    assert len(generation) == 4
    assert [finding.code for finding in generation.findings] == ["G106"]


@pytest.mark.parametrize(
    ("template", "messages"),
    [
        ("deep_{fild}", ["--product:1:6: G129 undefined name part 'fild'; did you mean field?"]),
        ("{light}{", ["--product:1:8: G129 this brace has no partner; write {{ for a literal brace"]),
        ("deep}", ["--product:1:5: G129 this brace has no partner; write }} for a literal brace"]),
        ("a/{field}", ["--product:1:2: G129 '/' cannot be in the name of a product; use letters, digits, - and _"]),
        (
            "{x}\t{field:3}",
            [
                "--product:1:1: G129 undefined name part 'x'; name parts are program, number, scope, version, asn_type, "
                "sequence, field, camera, light, slits, frame",
                "--product:1:5: G129 undefined name part 'field:3'; did you mean field?",
                "--product:1:4: G129 '\\t' cannot be in the name of a product; use letters, digits, - and _",
            ],
        ),
        (
            " ",
            [
                "--product:1:1: G129 a product needs a name; name parts are program, number, scope, version, asn_type, "
                "sequence, field, camera, light, slits, frame"
            ],
        ),
    ],
)
def test_problems_of_a_template_have_their_position_in_the_option(template: str, messages: list[str]) -> None:
    with pytest.raises(InputError) as caught:
        with_rule_options(LYNX, product=template)
    assert [str(finding) for finding in caught.value.findings] == messages


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"combined": "field"}, "P143 combine cannot be 'field'; give a list of names"),
        ({"combined": 3}, "P143 combine cannot be '3' (int); give a list of names"),
        ({"product": 3}, "P143 product cannot be '3' (int); give a template, such as 'deep_{band}'"),
    ],
)
def test_arguments_of_a_wrong_type_are_errors(arguments: dict[str, Any], message: str) -> None:
    with pytest.raises(InputError) as caught:
        with_rule_options(LYNX, **arguments)
    assert [str(finding) for finding in caught.value.findings] == [message]
