"""Duplicates: what is dropped, what stays, and what is told."""

from __future__ import annotations

from support.observatory import Content, generated, members, pool, rule, ruleset

from asnforge.generation import group


def stay(table: str, *rules: Content) -> list[tuple[str, str, str]]:
    """The associations: rule, scope, files."""
    found = generated(table, *rules).associations
    return [(one.asn_rule, one.asn_id, " ".join(member.split()[0] for member in members(one))) for one in found]


def dropped(table: str, *rules: Content) -> list[tuple[str, str, str, str, str]]:
    """What is dropped: rule and scope, why, rule and scope of the one that stays."""
    return sorted(
        (
            drop.draft.of.rule.name,
            drop.draft.scope[0],
            drop.reason,
            drop.kept.of.rule.name,
            drop.kept.scope[0],
        )
        for drop in group(pool(table), ruleset(*rules)).pruned.dropped
    )


SAME = """
FILE PROPOSAL CAMERA CANDIDATES
a    7        red    o1/night+c1/tile
b    7        red    o1/night+c1/tile
"""


def test_of_the_same_members_the_highest_scope_stays() -> None:
    assert stay(SAME.replace("o1", "a1").replace("z9", "b1"), rule()) == [("Image", "z9", "a b")]
    assert dropped(SAME, rule()) == [
        ("Image", "c1", "same members", "Image", "z9"),
        ("Image", "o1", "same members", "Image", "z9"),
    ]


def test_in_one_scope_the_last_rule_by_name_stays() -> None:
    table = "FILE PROPOSAL CAMERA\na 7 red"
    rules = (rule("Bear", asn_type="x"), rule("Ant"), rule("Cat", asn_type="y"))
    assert stay(table, *rules) == [("Cat", "z9", "a")]
    assert dropped(table, *rules) == [
        ("Ant", "z9", "same members", "Cat", "z9"),
        ("Bear", "z9", "same members", "Cat", "z9"),
    ]


def test_the_scope_goes_before_the_rule() -> None:
    night = rule("Ant", require={"scope": {"scope_in": ["night"]}}, product="x{scope}")
    tile = rule("Cat", require={"scope": {"scope_in": ["tile"]}}, product="y{scope}")
    assert stay(SAME, night, tile) == [("Ant", "o1", "a b")]


def test_the_same_files_as_other_exptypes_are_other_members() -> None:
    table = "FILE PROPOSAL CAMERA SKY\na 7 red .\nb 7 red yes"
    taking = rule("Taking", take_as={"exptype": "science"}, product="taken-{scope}")
    assert stay(table, rule(), taking) == [("Image", "z9", "a b"), ("Taking", "z9", "a b")]


def test_the_same_files_under_other_names_are_other_members() -> None:
    table = "FILE PROPOSAL CAMERA\na_raw.f 7 red"
    naming = rule("Naming", member_name="{root}-other{end}", product="named-{scope}")
    assert stay(table, rule(), naming) == [("Image", "z9", "a_flat.f"), ("Naming", "z9", "a-other.f")]


TWO = """
FILE PROPOSAL CAMERA BAND
a    7        red    g
b    7        red    g
c    7        red    r
"""


def test_of_the_same_product_a_subset_is_dropped() -> None:
    some = rule("Zebra", select={"band": {"column": "BAND", "is": "g"}})
    assert stay(TWO, rule(), some) == [("Image", "z9", "a b c")]
    assert dropped(TWO, rule(), some) == [("Zebra", "z9", "subset", "Image", "z9")]


def test_a_subset_under_another_name_stays() -> None:
    some = rule("Zebra", select={"band": {"column": "BAND", "is": "g"}}, product="other-{scope}")
    assert stay(TWO, rule(), some) == [("Image", "z9", "a b c"), ("Zebra", "z9", "a b")]


def test_where_neither_holds_the_other_both_stay_and_it_is_told() -> None:
    first = rule("First", select={"band": {"column": "FILE", "in": ["a", "b"]}})
    second = rule("Second", select={"band": {"column": "FILE", "in": ["b", "c"]}})
    assert stay(TWO, second, first) == [("First", "z9", "a b"), ("Second", "z9", "b c")]
    findings = [found.message for found in generated(TWO, second, first).findings if found.code == "G106"]
    assert findings == [
        "2 associations have the product name p007-z9_f00_red_open: p007-z9_stack_01_asn.json (2 members, rule First), "
        "p007-z9_stack_02_asn.json (2 members, rule Second)"
    ]


def test_a_subset_of_one_of_two_that_stay_is_dropped() -> None:
    first = rule("First", select={"band": {"column": "FILE", "in": ["a", "b"]}})
    second = rule("Second", select={"band": {"column": "FILE", "in": ["b", "c"]}})
    third = rule("Third", select={"band": {"column": "FILE", "in": ["b"]}})
    assert stay(TWO, second, first, third) == [("First", "z9", "a b"), ("Second", "z9", "b c")]
    assert [found for found in dropped(TWO, second, first, third) if found[0] == "Third"] == [
        ("Third", "z9", "subset", "First", "z9")
    ]


def test_a_group_that_is_not_valid_drops_nothing() -> None:
    whole = rule("Whole", require={"psf": {"members": "psf"}})
    some = rule("Zebra", select={"band": {"column": "BAND", "is": "g"}})
    assert stay(TWO, whole, some) == [("Zebra", "z9", "a b")]
