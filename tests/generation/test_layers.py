"""Rules about products of other rules: which products there are, their values, and in which order associations come."""

from __future__ import annotations

from typing import Any

import pytest
from support.observatory import Content, generated, members, pool, rule, ruleset

from asnforge.generation.engine import generate
from asnforge.generation.result import Generation, RuleCount
from asnforge.grouping.scopes import ScopeChoice

NIGHT = """
FILE PROPOSAL CAMERA FIELD BAND NIGHT
a    7        red    1     g    1
b    7        red    1     g    2
c    7        red    2     r    2
d    8        red    2     r    .
e    8        blue  3     r    5
"""
FIELDS = rule(
    "Fields", group_by={"field": {"column": "FIELD"}}, product="{program}_{field}", product_file="{product}.f"
)


def stack(name: str = "Stack", source: str = "Fields", **blocks: Any) -> Content:
    keys = {"camera": {"column": "CAMERA"}}
    content = {"use": [], "group_by": keys, "product": "{camera}", "asn_type": "deep", **blocks}
    return rule(name, product_of=source, **content)


def made(generation: Generation) -> list[tuple[str, str, list[str]]]:
    """The rule, product and members of each association, in order."""
    return [
        (association.asn_rule, association.products[0].name, [name.split()[0] for name in members(association)])
        for association in generation.associations
    ]


def test_products_of_complete_groups_are_exposures_of_another_rule() -> None:
    assert made(generated(NIGHT, FIELDS, stack())) == [
        ("Fields", "p007_f01", ["a", "b"]),
        ("Fields", "p007_f02", ["c"]),
        ("Fields", "p008_f02", ["d"]),
        ("Fields", "p008_f03", ["e"]),
        ("Stack", "blue", ["p008_f03.f"]),
        ("Stack", "red", ["p007_f01.f", "p007_f02.f", "p008_f02.f"]),
    ]


def test_an_exposure_in_a_product_is_not_an_orphan_and_products_are_counted() -> None:
    generation = generated(NIGHT, FIELDS, stack())
    assert generation.orphans == ()
    assert generation.counts == (RuleCount("Fields", 4, 5), RuleCount("Stack", 2, 0, 4))


def test_incomplete_groups_have_no_product() -> None:
    two = {**FIELDS, "require": {"two": {"members": "science", "at_least": 2}}}
    generation = generated(NIGHT, two, stack())
    assert made(generation) == [("Fields", "p007_f01", ["a", "b"]), ("Stack", "red", ["p007_f01.f"])]
    assert generation.orphans == (4, 5, 6)


@pytest.mark.parametrize(
    ("key", "products"),
    [
        ({"column": "FIELD"}, {"1": "p007_f01", "2": "p007_f02 p008_f02", "3": "p008_f03"}),
        ({"column": "BAND"}, {"g": "p007_f01", "r": "p007_f02 p008_f02 p008_f03"}),
        ({"column": "NIGHT"}, {"2": "p007_f02", "5": "p008_f03"}),
        ({"column": "program"}, {"7": "p007_f01 p007_f02", "8": "p008_f02 p008_f03"}),
        ({"column": "role"}, {"science": "p007_f01 p007_f02 p008_f02 p008_f03"}),
        ({"column": "field_of_view"}, {}),
    ],
    ids=["key's column", "agreed", "not agreed or undefined", "key's name", "derived", "unknown"],
)
def test_a_product_has_the_values_that_its_exposures_agree_on(key: Content, products: dict[str, str]) -> None:
    generation = generated(NIGHT, FIELDS, stack(group_by={"field": key}, product="{field}"))
    found = {product.lstrip("f0"): files for name, product, files in made(generation) if name == "Stack"}
    expected = {value: [f"{product}.f" for product in text.split()] for value, text in products.items()}
    assert found == expected


def test_wildcards_do_not_take_part_in_what_exposures_agree_on() -> None:
    bands = {"band": {"column": "BAND", "optional": "yes"}}
    fields = {**FIELDS, "group_by": bands, "product": "{program}_{light}"}
    table = "FILE PROPOSAL CAMERA BAND\na 7 red g\nb 7 red .\nc 8 red ."
    generation = generated(table, fields, stack(group_by={"band": {"column": "BAND"}}, product="{light}"))
    assert made(generation) == [
        ("Fields", "p007_g", ["a", "b"]),
        ("Fields", "p008_open", ["c"]),
        ("Stack", "g", ["p007_g.f"]),
    ]


def test_products_of_products_of_products_are_made_in_order_of_dependence() -> None:
    chain = [
        {**FIELDS, "rule": "Z"},
        stack("Y", "Z", group_by={"program": {"column": "PROPOSAL"}}, product="{number}", product_file="{product}.f"),
        stack("X", "Y", group_by={}, product="all{slits}", product_file="{product}.f"),
        stack("W", "X", group_by={}, product="twice{slits}"),
    ]
    generation = generated(NIGHT, *chain)
    assert made(generation)[4:] == [
        ("Y", "007", ["p007_f01.f", "p007_f02.f"]),
        ("Y", "008", ["p008_f02.f", "p008_f03.f"]),
        ("X", "all", ["007.f", "008.f"]),
        ("W", "twice", ["all.f"]),
    ]
    files = [association.file_name for association in generation.associations]
    edges = [
        (files.index(edge.source), files.index(edge.target), edge.product_file) for edge in generation.dependence()
    ]
    assert edges == [
        (0, 4, "p007_f01.f"),
        (1, 4, "p007_f02.f"),
        (2, 5, "p008_f02.f"),
        (3, 5, "p008_f03.f"),
        (4, 6, "007.f"),
        (5, 6, "008.f"),
        (6, 7, "all.f"),
    ]


SCOPED = """
FILE PROPOSAL CAMERA FIELD CANDIDATES
a    7        red    1     o1/night
b    7        red    2     o1/night
c    8        red    1     .
"""


def test_products_are_used_in_the_scope_in_which_they_are_made() -> None:
    by_scope = {**FIELDS, "product": "{scope}_{program}_{field}"}
    generation = generated(SCOPED, by_scope, stack(product="{scope}_{camera}"))
    assert made(generation) == [
        ("Fields", "z9_p007_f01", ["a"]),
        ("Fields", "z9_p007_f02", ["b"]),
        ("Fields", "z9_p008_f01", ["c"]),
        ("Stack", "o1_red", ["z9_p007_f01.f", "z9_p007_f02.f"]),
        ("Stack", "z9_red", ["z9_p007_f01.f", "z9_p007_f02.f", "z9_p008_f01.f"]),
    ]


def test_a_dropped_duplicate_is_followed_to_the_association_that_is_kept() -> None:
    other = {**FIELDS, "rule": "Late", "product": "late_{field}_{program}", "product_file": "{product}.g"}
    generation = generated(NIGHT, FIELDS, other, stack())
    assert made(generation)[4:] == [
        ("Stack", "blue", ["late_f03_p008.g"]),
        ("Stack", "red", ["late_f01_p007.g", "late_f02_p007.g", "late_f02_p008.g"]),
    ]


def test_the_association_kept_instead_may_have_no_product_file_of_its_own() -> None:
    other = rule("Late", group_by=FIELDS["group_by"], product="late_{field}_{program}")
    generation = generated(NIGHT, FIELDS, other, stack())
    assert made(generation)[4] == ("Stack", "blue", ["late_f03_p008.f"])
    assert len(generation.dependence()) == 4


LATER = {"product_of": "Fields", "use": [], "group_by": {"program": {"column": "PROPOSAL"}}, "asn_type": "deep"}


def test_an_association_is_not_dropped_in_favor_of_one_of_a_later_rule() -> None:
    table = "FILE PROPOSAL CAMERA FIELD\np007_f01.f 7 red 1"
    generation = generated(table, FIELDS, rule("Stack", **LATER, product="late{number}"))
    assert [(entry.rule, entry.kept_rule) for entry in generation.dropped] == [("Stack", "Fields")]
    assert made(generation) == [("Fields", "p007_f01", ["p007_f01.f"])]


def test_take_as_concerns_products_too() -> None:
    sky = NIGHT.replace("NIGHT", "SKY")
    as_science = {"exptype": "science"}
    fields = {**FIELDS, "take_as": as_science}
    assert [name for name, *_ in made(generated(sky, fields, stack()))][-1] == "Stack"
    generation = generated(sky, fields, stack(take_as=as_science))
    assert made(generation)[-1] == ("Stack", "red", ["p007_f01.f", "p007_f02.f", "p008_f02.f"])


def test_products_with_the_same_file_name_are_reported() -> None:
    generation = generated(NIGHT, {**FIELDS, "product_file": "same.f"}, stack())
    (found,) = [finding for finding in generation.findings if finding.code == "G150"]
    assert str(found).partition("fields.yaml:")[2] == (
        "10:15: G150 warning: 4 products of nights/night.tsv have the same file name same.f, which is a member of others: "
        "p007_f01, p007_f02, p008_f02, p008_f03; change product_file of the rule"
    )


def test_associations_of_a_run_do_not_depend_on_the_order_of_rows() -> None:
    header, *rows = NIGHT.strip().splitlines()
    tables = [[header, *rows], [header, *reversed(rows)], [header, *rows, *rows]]
    results = [generate(pool("\n".join(table)), ruleset(FIELDS, stack())).associations for table in tables]
    assert results[0] == results[1] == results[2]


@pytest.mark.parametrize(
    ("column_type", "bound", "products"),
    [
        ({"type": "number", "unit": "s"}, {"at_least": "1.5", "at_most": "1.5 s"}, ["p007_f01.f"]),
        ({"type": "number", "unit": "s"}, {"is": "2.0"}, ["p007_f02.f"]),
        ({"type": "number", "unit": "s"}, {"above": "4"}, ["p008_f03.f"]),
    ],
    ids=["middle", "agreed", "one exposure"],
)
def test_a_product_has_the_middle_of_the_numbers_of_its_exposures(
    column_type: Content, bound: Content, products: list[str]
) -> None:
    rules = ruleset(FIELDS, stack(select={"night": {"column": "NIGHT", **bound}}), columns={"NIGHT": column_type})
    assert made(generate(pool(NIGHT), rules))[4][2] == products


def test_a_product_has_the_middle_of_the_times_of_its_exposures() -> None:
    table = "FILE PROPOSAL CAMERA FIELD TIME\na 7 red 1 2026-03-10\nb 7 red 1 2026-03-10T01:00:01\nc 7 red 1 2026-03-10"
    by_time = stack(group_by={"field": {"column": "TIME"}}, product="one{slits}")
    rules = ruleset(FIELDS, by_time, columns={"TIME": {"type": "time"}})
    associations = generate(pool(table), rules).associations
    assert associations[1].constraints == "Constraints:\n    field: 2026-03-10T00:30:00.5"


BIAS = rule(
    "Bias",
    select={"bias": {"column": "INTENT", "is": "bias"}},
    take_as={"exptype": "science"},
    group_by={"gain": {"column": "GAIN"}},
    product="bias_{scope}_{gain}",
    product_file="{product}.f",
)
LIGHT = rule(
    "Light",
    select={"light": {"column": "INTENT", "defined": "no"}},
    attach={"bias": {"product_of": "Bias", "match": ["PROPOSAL", "GAIN"]}},
    product="{scope}_{camera}",
)
GAINS: Content = {"names": {"gain": {"key": "gain"}}}
BIASES = """
FILE PROPOSAL CAMERA INTENT GAIN CANDIDATES
a    7        red    .      0    o1/night
b    7        red    .      0    o2/night
c    7        red    .      0    o3/night
p    7        red    bias   0    .
q    7        red    bias   0    o2/night
r    7        red    bias   1    o3/night
"""


def light_members(table: str, *rules: Content, discovered: bool = True) -> dict[str, list[str]]:
    """The members of the associations of the rule Light by product."""
    associations = generate(
        pool(table), ruleset(*rules, **GAINS), choice=ScopeChoice(discovered=discovered)
    ).associations
    return {each.products[0].name: members(each) for each in associations if each.asn_rule == "Light"}


def test_products_of_the_same_scope_are_attached_and_else_those_of_the_whole_pool() -> None:
    assert light_members(BIASES, BIAS, LIGHT) == {
        "o1_red": ["a science", "bias_z9_0.f bias"],
        "o2_red": ["b science", "bias_o2_0.f bias"],
        "o3_red": ["c science", "bias_z9_0.f bias"],
        "z9_red": ["a science", "b science", "c science", "bias_z9_0.f bias"],
    }


def test_products_of_the_whole_pool_are_attached_only_if_it_is_processed() -> None:
    assert light_members(BIASES, BIAS, LIGHT, discovered=False) == {
        "o1_red": ["a science"],
        "o2_red": ["b science", "bias_o2_0.f bias"],
        "o3_red": ["c science"],
    }


@pytest.mark.parametrize(
    ("more", "exptype"), [({}, "bias"), ({"as": "Bias"}, "Bias"), ({"when": {"column": "GAIN", "is": "0"}}, "bias")]
)
def test_an_attached_product_has_the_name_of_the_attachment_as_exptype(more: Content, exptype: str) -> None:
    light = {**LIGHT, "attach": {"bias": {**LIGHT["attach"]["bias"], **more}}}
    assert light_members(BIASES, BIAS, light)["o1_red"] == ["a science", f"bias_z9_0.f {exptype}"]


def test_a_product_that_is_needed_but_missing_makes_the_group_incomplete() -> None:
    light = {**LIGHT, "require": {"bias": {"attached": "bias"}}}
    table = BIASES.replace("bias   0", "bias   1")
    assert light_members(table, BIAS, light) == {}


def test_attachments_of_exposures_do_not_take_products() -> None:
    everything = {"when": {"column": "GAIN", "defined": "yes"}, "match": ["PROPOSAL"], "as": "any"}
    light = {**LIGHT, "attach": {**LIGHT["attach"], "any": everything}}
    assert light_members(BIASES, BIAS, light)["z9_red"] == [
        "a science",
        "b science",
        "c science",
        "p any",
        "q any",
        "r any",
        "bias_z9_0.f bias",
    ]


def test_merged_associations_depend_on_those_that_make_their_products() -> None:
    generation = generated(NIGHT, FIELDS, stack(), merge=True)
    files = [association.file_name for association in generation.associations]
    assert [association.asn_rule for association in generation.associations] == ["Fields", "Fields", "Stack"]
    assert [
        (files.index(edge.source), files.index(edge.target), edge.product_file) for edge in generation.dependence()
    ] == [
        (0, 2, "p007_f01.f"),
        (0, 2, "p007_f02.f"),
        (1, 2, "p008_f02.f"),
        (1, 2, "p008_f03.f"),
    ]


def test_the_product_of_a_group_for_one_entry_of_a_list_has_this_entry() -> None:
    table = "FILE PROPOSAL CAMERA FIELD BAND\na 7 red C2,C1 g\nb 7 red C1 g\nc 7 red C1,C3 r"
    cells = {"field": {"each": "FIELD"}, "band": {"column": "BAND"}}
    tiles = {**FIELDS, "group_by": cells, "product": "{field}_{light}"}
    all_bands = stack(group_by={"field": {"each": "FIELD"}}, require={"bands": {"distinct": "BAND", "at_least": 2}})
    columns = {"FIELD": {"type": "list", "separator": ","}}
    rules = ruleset(tiles, {**all_bands, "product": "{field}"}, columns=columns, duplicates="members_and_product")
    assert made(generate(pool(table), rules))[-1] == ("Stack", "fc1", ["fc1_g.f", "fc1_r.f"])


def test_an_attached_product_can_become_members_with_other_names() -> None:
    made_of_it = [
        {"name": "{root}_map{extension}", "exptype": "map"},
        {"name": "{root}_mask{extension}", "exptype": "mask"},
    ]
    light = {**LIGHT, "attach": {"bias": {"product_of": "Bias", "match": ["GAIN"], "members": made_of_it}}}
    bias = {**BIAS, "product_file": "{product}_raw.f"}
    associations = generate(pool(BIASES), ruleset(bias, light, **GAINS)).associations
    assert members(associations[-1]) == [
        "a science",
        "b science",
        "c science",
        "bias_z9_0_map.f map",
        "bias_z9_0_mask.f mask",
    ]
    assert associations[-1].products[0].needs == ("bias_z9_0_raw.f",)


NIGHTS = """
FILE PROPOSAL CAMERA INTENT GAIN TIME CANDIDATES
a    7        red    .      0    8    o1/night
b    7        red    .      0    1    .
p    7        red    bias   0    2    .
q    7        red    bias   0    4    .
r    7        red    bias   0    9    .
s    7        red    bias   0    9.5  o1/night
"""


def test_the_nearest_product_is_attached_by_the_middle_of_its_exposures() -> None:
    keys = {"gain": {"column": "GAIN"}, "time": {"column": "TIME", "gap": "3"}}
    bias = {**BIAS, "group_by": keys, "product": "bias_{scope}_{time}"}
    attachment = {"product_of": "Bias", "match": ["GAIN"], "nearest": ["TIME"], "at_most": 1}
    light = {
        **LIGHT,
        "attach": {"bias": attachment},
        "group_by": {"time": {"column": "TIME"}},
        "product": "{scope}_{time}",
    }
    blocks: Content = {
        "names": {"gain": {"key": "gain"}, "time": {"key": "time"}},
        "columns": {"TIME": {"type": "number"}},
    }
    header, *rows = NIGHTS.strip().splitlines()
    for order in (rows, [*reversed(rows)], [*rows, *rows]):
        associations = generate(pool("\n".join([header, *order])), ruleset(bias, light, **blocks)).associations
        assert {each.products[0].name: members(each) for each in associations if each.asn_rule == "Light"} == {
            "o1_8": ["a science", "bias_o1_9.5.f bias"],
            "z9_1": ["b science", "bias_z9_2.f bias"],
            "z9_8": ["a science", "bias_z9_9.f bias"],
        }
