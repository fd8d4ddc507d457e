"""Groups: which exposures a rule selects, what divides them, and which supporting exposures join them."""

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
    ("blocks", "result"),
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
        "program and camera",
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
        "select by a missing column",
        "a missing optional key",
    ],
)
def test_groups_of_a_rule(blocks: Content, result: list[tuple[str, str]]) -> None:
    expected = sorted(("z9", key.strip(".").replace("?", "."), own, "") for key, own in result)
    assert groups(TABLE, rule(**blocks)) == expected


def test_derived_column_takes_precedence_over_a_column_of_the_pool() -> None:
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


def test_take_as_changes_the_exptype_that_constraints_read() -> None:
    """Excepted exposures keep their exptype."""
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


SETUP = {"setup": {"when": {"use": "setup"}, "match": ["PROPOSAL", "CAMERA", "OBS"]}}
BY_FIELD = {"field": {"column": "FIELD"}}
NO_SETUP = {"no_setup": {"not": {"use": "setup"}}}
IMAGE = rule(group_by=BY_FIELD, select=NO_SETUP, attach=SETUP)


def test_supporting_exposures_join_groups_with_a_matching_exposure() -> None:
    table = """
    FILE PROPOSAL CAMERA FIELD OBS INTENT
    a    7        red    1     1   .
    b    7        red    1     2   .
    c    7        red    2     2   .
    s    7        red    9     1   setup
    t    7        red    9     2   setup
    u    7        blue   9     2   setup
    v    8        red    9     2   setup
    w    7        red    9     3   setup
    """
    assert groups(table, IMAGE) == [("z9", "1", "a b", "s t"), ("z9", "2", "c", "t")]


def test_undefined_value_matches_nothing() -> None:
    table = """
    FILE PROPOSAL CAMERA FIELD OBS INTENT
    a    7        red    1     .   .
    b    7        red    2     1   .
    s    7        red    9     .   setup
    """
    assert groups(table, IMAGE) == [("z9", "1", "a", ""), ("z9", "2", "b", "")]


def test_missing_column_matches_nothing() -> None:
    assert groups("FILE PROPOSAL CAMERA FIELD INTENT\na 7 red 1 .\ns 7 red 1 setup", IMAGE) == [("z9", "1", "a", "")]


def test_supporting_exposures_join_groups_of_their_scopes() -> None:
    table = """
    FILE PROPOSAL CAMERA FIELD OBS INTENT CANDIDATES
    a    7        red    1     1   .      o1/night+c1/tile
    b    7        red    1     2   .      o2/night+c1/tile
    s    7        red    1     1   setup  o1/night
    t    7        red    1     2   setup  .
    """
    assert groups(table, IMAGE) == [
        ("c1", "1", "a b", ""),
        ("o1", "1", "a", "s"),
        ("o2", "1", "b", ""),
        ("z9", "1", "a b", "s t"),
    ]


def test_selected_exposures_are_not_attached_and_none_is_attached_twice() -> None:
    every = {"when": {"column": "FILE", "defined": "yes"}, "match": ["PROPOSAL"]}
    table = """
    FILE PROPOSAL CAMERA FIELD OBS INTENT
    a    7        red    1     1   .
    b    7        red    2     1   .
    s    7        red    3     1   setup
    """
    both = rule(group_by=BY_FIELD, select=NO_SETUP, attach={**SETUP, "every": every})
    assert groups(table, both) == [("z9", "1", "a", "b s"), ("z9", "2", "b", "a s")]


def test_unusable_exposure_is_not_attached() -> None:
    table = """
    FILE PROPOSAL CAMERA FIELD OBS INTENT
    a    7        red    1     1   .
    s/   7        red    1     1   setup
    """
    assert groups(table, IMAGE) == [("z9", "1", "a", "")]


def test_attachments_match_ignoring_case() -> None:
    table = """
    FILE PROPOSAL CAMERA FIELD OBS INTENT
    a    7        red    1     x1  .
    s    7        RED    1     X1  setup
    """
    assert groups(table, IMAGE) == [("z9", "1", "a", "s")]


@pytest.mark.parametrize(
    ("optional", "result"),
    [
        ("no", [("fine", "b"), ("wide", "c")]),
        ("yes", [("fine", "a b"), ("wide", "a c")]),
        ("own", [(".", "a"), ("fine", "b"), ("wide", "c")]),
    ],
)
def test_an_undefined_value_rejects_is_a_wildcard_or_is_a_value_of_its_own(
    optional: str, result: list[tuple[str, str]]
) -> None:
    table = "FILE PROPOSAL CAMERA GRID\na 7 red .\nb 7 red fine\nc 7 red wide"
    blocks = rule(group_by={"grid": {"column": "GRID", "optional": optional}})
    assert groups(table, blocks) == [("z9", key.strip("?"), files, "") for key, files in result]


def test_a_key_with_a_value_of_its_own_is_a_wildcard_only_for_exposures_that_it_does_not_apply_to() -> None:
    table = """
    FILE PROPOSAL CAMERA GRID SKY
    a    7        red    .    .
    b    7        red    fine .
    c    7        red    .    yes
    """
    grid = {"column": "GRID", "optional": "own", "when": {"not": {"use": "sky"}}}
    assert groups(table, rule(group_by={"grid": grid})) == [("z9", ".", "a c", ""), ("z9", "fine", "b c", "")]


BEST = [{"column": "FILE", "matches": ".*_best"}, {"column": "FILE", "matches": ".*_good"}]


@pytest.mark.parametrize(
    ("prefer", "result"),
    [
        ([], ["a_best a_good a_raw", "b_good b_raw", "c_raw"]),
        (BEST, ["a_best", "b_good", "c_raw"]),
        (BEST[::-1], ["a_good", "b_good", "c_raw"]),
        (BEST[1:], ["a_good", "b_good", "c_raw"]),
        ([{"column": "GRID", "is": "fine"}, *BEST], ["a_raw", "b_good", "c_raw"]),
    ],
    ids=["all", "the best", "the other order", "one", "the first that any passes"],
)
def test_of_each_group_only_the_preferred_exposures_are_used(prefer: list[Content], result: list[str]) -> None:
    table = """
    FILE   PROPOSAL CAMERA FIELD GRID
    a_best 7        red    1     .
    a_good 7        red    1     .
    a_raw  7        red    1     fine
    b_good 7        red    2     .
    b_raw  7        red    2     .
    c_raw  7        red    3     .
    """
    blocks = rule(group_by=BY_FIELD, **({"prefer": prefer} if prefer else {}))
    assert [own for _, _, own, _ in groups(table, blocks)] == result


def test_supporting_exposures_match_the_exposures_that_are_used() -> None:
    table = """
    FILE   PROPOSAL CAMERA FIELD OBS INTENT
    a_best 7        red    1     1   .
    a_raw  7        red    1     2   .
    s      7        red    1     1   setup
    t      7        red    1     2   setup
    """
    assert groups(table, rule(group_by=BY_FIELD, select=NO_SETUP, attach=SETUP, prefer=BEST)) == [
        ("z9", "1", "a_best", "s")
    ]


def test_preferences_of_a_rule_replace_those_of_its_parts() -> None:
    table = "FILE PROPOSAL CAMERA\na_best 7 red\na_good 7 red"
    parts = {"basic": {"group_by": {"program": {"column": "PROPOSAL"}}, "prefer": BEST}}
    assert groups(table, rule(), parts=parts) == [("z9", "", "a_best", "")]
    assert groups(table, rule(prefer=BEST[1:]), parts=parts) == [("z9", "", "a_good", "")]
