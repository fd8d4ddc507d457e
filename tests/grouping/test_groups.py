"""Groups: which exposures a rule takes, and what divides them."""

from __future__ import annotations

import pytest
from support.observatory import Content, groups, rule

TABLE = """
FILE PROPOSAL CAMERA FIELD BAND GRID SKY
a    7        red    1     g    .    .
b    7        RED    1     r    fine .
c    7        red    2     g    wide F
d    8        red    1     none .    yes
e    .        red    1     g    .    .
f    7        none   1     g    .    .
"""


@pytest.mark.parametrize(
    ("blocks", "found"),
    [
        ({}, [(".", "a b c"), (".", "d")]),
        ({"group_by": {"field": {"column": "FIELD"}}}, [("1", "a b"), ("1", "d"), ("2", "c")]),
        ({"group_by": {"band": {"column": "BAND"}}}, [("g", "a c"), ("r", "b")]),
        ({"group_by": {"light": {"columns": ["GRID", "BAND"]}}}, [("fine", "b"), ("g", "a"), ("wide", "c")]),
        (
            {"group_by": {"band": {"column": "BAND"}, "field": {"column": "FIELD"}}},
            [("g 1", "a"), ("g 2", "c"), ("r 1", "b")],
        ),
        ({"group_by": {"camera": {"column": "FIELD"}}}, [(".", "a b f"), (".", "c"), (".", "d")]),
        ({"group_by": {"role": {"column": "role"}}}, [("background", "c"), ("background", "d"), ("science", "a b")]),
        ({"select": {"band": {"column": "BAND", "is": "G"}}}, [(".", "a c")]),
        ({"select": {"band": {"column": "BAND", "matches": "[gr]"}}}, [(".", "a b c")]),
        ({"select": {"no_sky": {"not": {"use": "sky"}}}}, [(".", "a b")]),
        ({"select": {"band": {"column": "BAND", "defined": "no"}}}, [(".", "d")]),
        ({"select": {"never": {"column": "ABSENT", "defined": "yes"}}}, []),
        ({"group_by": {"absent": {"column": "ABSENT", "optional": "yes"}}}, [("?", "a b c"), ("?", "d")]),
    ],
    ids=[
        "programme and camera",
        "a key",
        "a key that needs a value",
        "the first column that is defined",
        "two keys",
        "a key of the shared part is replaced",
        "a derived column",
        "select a value",
        "select a pattern",
        "select by a condition",
        "select what is undefined",
        "select by a column that is not there",
        "an optional key that is not there",
    ],
)
def test_the_groups_of_a_rule(blocks: Content, found: list[tuple[str, str]]) -> None:
    expected = sorted(("z9", key.strip(".").replace("?", "."), own, "") for key, own in found)
    assert groups(TABLE, rule(**blocks)) == expected


def test_a_derived_column_goes_before_a_column_of_the_pool() -> None:
    table = "FILE PROPOSAL CAMERA ROLE\na 7 red psf\nb 7 red science"
    assert groups(table, rule(group_by={"role": {"column": "ROLE"}})) == [("z9", "science", "a b", "")]


def test_each_scope_has_its_own_groups() -> None:
    table = """
    FILE PROPOSAL CAMERA BAND CANDIDATES
    a    7        red    g    o1/night+c1/tile
    b    7        red    r    o1/night+c1/tile
    c    7        red    g    o2/night+c1/tile
    """
    assert groups(table, rule(group_by={"band": {"column": "BAND"}})) == [
        ("c1", "g", "a c", ""),
        ("c1", "r", "b", ""),
        ("o1", "g", "a", ""),
        ("o1", "r", "b", ""),
        ("o2", "g", "c", ""),
        ("z9", "g", "a c", ""),
        ("z9", "r", "b", ""),
    ]


def test_a_rule_can_take_every_exposure_as_one_exptype() -> None:
    """What it takes them as holds for its constraints as well; what is excepted stays what it is."""
    table = """
    FILE PROPOSAL CAMERA INTENT SKY
    a    7        red    .      yes
    b    7        red    .      .
    c    7        red    setup  yes
    """
    for_science = {"select": {"what": {"use": "science"}}}
    assert groups(table, rule(**for_science)) == [("z9", "", "b", "")]
    taken = {"exptype": "science", "except": ["setup"]}
    assert groups(table, rule(take_as=taken, **for_science)) == [("z9", "", "a b", "")]
    assert groups(table, rule(take_as={"exptype": "science"}, **for_science)) == [("z9", "", "a b c", "")]
