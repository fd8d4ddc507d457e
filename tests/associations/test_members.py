"""Members of groups: exptypes, one member a file, repeats, and what a group needs to be valid."""

from __future__ import annotations

import pytest
from support.observatory import Content, generated, members, pool, rule, ruleset

from asnforge.generation.engine import group

SETUP = {"setup": {"when": {"use": "setup"}, "match": ["PROPOSAL", "OBS"]}}
NO_SETUP = {"no_setup": {"not": {"use": "setup"}}}

NIGHT = """
FILE  PROPOSAL CAMERA OBS INTENT STAR SKY
d_raw 7        red    1   .      .    .
c_raw 7        red    1   .      yes  .
b_raw 7        red    1   .      .    yes
a_raw 7        red    1   .      .    .
e_raw 7        red    1   setup  .    .
"""


def only(table: str, *rules: Content) -> list[str]:
    """The members of the one association."""
    (association,) = generated(table, *rules).associations
    return members(association)


def test_science_first_then_by_exptype_and_file() -> None:
    image = rule(select=NO_SETUP, attach=SETUP)
    assert only(NIGHT, image) == [
        "a_raw science",
        "d_raw science",
        "b_raw background",
        "c_raw psf",
        "e_raw setup",
    ]


def test_an_attachment_can_give_its_own_exptype() -> None:
    image = rule(select=NO_SETUP, attach={"setup": SETUP["setup"] | {"as": "Aim"}})
    assert only(NIGHT, image)[2:] == ["e_raw Aim", "b_raw background", "c_raw psf"]


def test_a_rule_can_take_all_as_science() -> None:
    image = rule(select=NO_SETUP, attach=SETUP, take_as={"exptype": "science", "except": ["setup"]})
    assert only(NIGHT, image) == ["a_raw science", "b_raw science", "c_raw science", "d_raw science", "e_raw setup"]


def test_a_file_that_is_listed_twice_is_one_member() -> None:
    table = """
    FILE  PROPOSAL CAMERA OBS
    a_raw 7        red    1
    A_RAW 7        red    2
    b_raw 7        red    1
    """
    assert only(table, rule()) == ["A_RAW science", "b_raw science"]


@pytest.mark.parametrize("rows", [("a 7 red yes", "a 7 red ."), ("a 7 red .", "a 7 red yes")])
def test_which_row_of_a_file_counts_does_not_hang_on_their_order(rows: tuple[str, str]) -> None:
    table = "\n".join(["FILE PROPOSAL CAMERA SKY", *rows, "b 7 red ."])
    assert only(table, rule()) == ["a science", "b science"]


def test_own_goes_before_attached() -> None:
    table = "FILE PROPOSAL CAMERA OBS INTENT\na 7 red 1 .\na 7 red 1 setup"
    assert only(table, rule(select=NO_SETUP, attach=SETUP)) == ["a science"]


@pytest.mark.parametrize(
    ("at_least", "files", "found"),
    [
        ("2", "a", ["a science"]),
        ("2", "a b", ["a science", "b science", "a background", "b background"]),
        ("3", "a b", ["a science", "b science"]),
        ("1", "a", ["a science", "a background"]),
    ],
)
def test_members_repeated(at_least: str, files: str, found: list[str]) -> None:
    table = "\n".join(["FILE PROPOSAL CAMERA", *(f"{file} 7 red" for file in files.split())])
    repeat = [{"members": "science", "as": "background", "at_least": at_least}]
    assert only(table, rule(repeat=repeat)) == found


def test_only_members_of_the_exptype_are_repeated() -> None:
    repeat = [{"members": "science", "as": "background"}]
    table = "FILE PROPOSAL CAMERA STAR\na 7 red .\nb 7 red yes"
    assert only(table, rule(repeat=repeat)) == ["a science", "a background", "b psf"]


def unmet(blocks: Content, table: str) -> list[tuple[str, list[str]]]:
    """For each group in the order of scopes, the requirements that it does not meet."""
    grouping = group(pool(table), ruleset(rule(**blocks)))
    found = grouping.results[0].members
    return [
        (
            grouping.scopes.scopes[scope][0],
            [
                need.name
                for need, lacking in zip(found.groups.rule.require, found.unmet, strict=True)
                if lacking[number]
            ],
        )
        for number, scope in enumerate(found.groups.scope.tolist())
    ]


SCOPED = """
FILE PROPOSAL CAMERA OBS STAR CANDIDATES
a    7        red    1   .    o1/night+c1/tile
b    7        red    1   yes  o1/night+c1/tile
c    7        red    2   .    o2/night+c1/tile+d1/pair
d    7        red    .   .    d1/pair
"""


@pytest.mark.parametrize(
    ("need", "lacking"),
    [
        ({"members": "science"}, []),
        ({"members": "science", "at_least": "2"}, ["o1", "o2"]),
        ({"members": "psf"}, ["d1", "o2"]),
        ({"members": "any", "at_least": "2"}, ["o2"]),
        ({"members": "flat"}, ["c1", "d1", "o1", "o2", "z9"]),
        ({"distinct": "OBS", "at_least": "2"}, ["d1", "o1", "o2"]),
        ({"distinct": "OBS", "at_least": "2", "in_scopes": ["tile", "pair"]}, ["d1"]),
        ({"distinct": "ABSENT"}, ["c1", "d1", "o1", "o2", "z9"]),
        ({"scope_in": ["night"]}, ["c1", "d1", "z9"]),
        ({"scope_in": ["NIGHT", "everything"]}, ["c1", "d1"]),
        ({"scope_not_in": ["tile", "pair"]}, ["c1", "d1"]),
    ],
)
def test_what_a_group_lacks(need: Content, lacking: list[str]) -> None:
    found = unmet({"require": {"need": need}}, SCOPED)
    assert [scope for scope, names in found if "need" in names] == lacking
    assert not [scope for scope, names in found if "science" in names]


def test_supporting_exposures_do_not_count_as_different_values() -> None:
    table = """
    FILE PROPOSAL CAMERA OBS INTENT
    a    7        red    1   .
    s    7        red    2   setup
    """
    blocks = {
        "select": NO_SETUP,
        "attach": {"setup": {"when": {"use": "setup"}, "match": ["PROPOSAL"]}},
        "require": {"need": {"distinct": "OBS", "at_least": "2"}},
    }
    assert unmet(blocks, table) == [("z9", ["need"])]


def test_repeats_count_as_members() -> None:
    blocks = {
        "repeat": [{"members": "science", "as": "background"}],
        "require": {"need": {"members": "any", "at_least": "2"}},
    }
    assert unmet(blocks, "FILE PROPOSAL CAMERA\na 7 red") == [("z9", [])]


@pytest.mark.parametrize("require", [{}, {"science": {"members": "any"}}, {"psf": {"members": "psf"}}])
def test_a_rule_that_asks_for_no_science_member_needs_one_all_the_same(require: Content) -> None:
    keys = {"programme": {"column": "PROPOSAL"}, "camera": {"column": "CAMERA"}}
    blocks = {"group_by": keys, "require": require}
    table = "FILE PROPOSAL CAMERA STAR\na 7 red yes\nb 7 red yes\nc 7 blue yes\nd 7 blue ."
    bare = {key: value for key, value in rule(**blocks).items() if key != "use"}
    found = generated(table, bare).associations
    assert [members(association) for association in found] == [["d science", "c psf"]]


def test_no_science_member_no_association() -> None:
    assert generated("FILE PROPOSAL CAMERA STAR\na 7 red yes\nb 7 red yes", rule()).associations == ()
