"""Members of groups: exptypes, one member per file, repeated members, and requirements."""

from __future__ import annotations

import pytest
from support.observatory import Content, generated, members, pool, rule, ruleset

from asnforge.generation.engine import generate, group

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


def members_of(table: str, *rules: Content) -> list[str]:
    """The members of the only association."""
    (association,) = generated(table, *rules).associations
    return members(association)


def test_science_members_come_first_then_by_exptype_and_file() -> None:
    image = rule(select=NO_SETUP, attach=SETUP)
    assert members_of(NIGHT, image) == [
        "a_raw science",
        "d_raw science",
        "b_raw background",
        "c_raw psf",
        "e_raw setup",
    ]


def test_attachment_can_set_an_exptype() -> None:
    image = rule(select=NO_SETUP, attach={"setup": SETUP["setup"] | {"as": "Aim"}})
    assert members_of(NIGHT, image)[2:] == ["e_raw Aim", "b_raw background", "c_raw psf"]


@pytest.mark.parametrize(
    ("template", "names"),
    [
        ("{root}_x{extension}", ["e_x.fit setup", "f_x.fit setup"]),
        ("{level}.fits", ["flat.fits setup"]),
        ("{product}_x.fits", ["p007-o1_f00_red_open_x.fits setup"]),
        ("{usual}_x.fits", ["p007-o1_f00_red_open_x.fits setup"]),
        ("{program}_{scope}_{lamp}.fits", ["p007_o1_l-1.fits setup", "p007_o1_l-2.fits setup"]),
        ("{{{camera}}}%{lamp}.fits", ["{red}%l-1.fits setup", "{red}%l-2.fits setup"]),
    ],
)
def test_names_of_what_attached_exposures_become(template: str, names: list[str]) -> None:
    night = """
    FILE      PROPOSAL CAMERA CANDIDATES OBS INTENT LAMP
    a_raw.fit 7        red    o1/night   1   .      .
    e_raw.fit 7        red    o1/night   1   setup  1
    f_raw.fit 7        red    o1/night   1   setup  2
    """
    becomes = {"setup": SETUP["setup"] | {"members": [{"name": template, "exptype": "setup"}]}}
    image = rule(select=NO_SETUP, attach=becomes, require={"night": {"scope_in": ["night"]}})
    lamp = {"columns": ["LAMP"], "before": "l-"}
    (association,) = generate(pool(night), ruleset(image, names={"lamp": lamp})).associations
    assert members(association)[1:] == names


def test_take_as_changes_the_exptype_of_members() -> None:
    image = rule(select=NO_SETUP, attach=SETUP, take_as={"exptype": "science", "except": ["setup"]})
    assert members_of(NIGHT, image) == [
        "a_raw science",
        "b_raw science",
        "c_raw science",
        "d_raw science",
        "e_raw setup",
    ]


def test_file_listed_twice_is_one_member() -> None:
    table = """
    FILE  PROPOSAL CAMERA OBS
    a_raw 7        red    1
    A_RAW 7        red    2
    b_raw 7        red    1
    """
    assert members_of(table, rule()) == ["A_RAW science", "b_raw science"]


@pytest.mark.parametrize("rows", [("a 7 red yes", "a 7 red ."), ("a 7 red .", "a 7 red yes")])
def test_row_used_for_a_file_does_not_depend_on_the_order_of_rows(rows: tuple[str, str]) -> None:
    table = "\n".join(["FILE PROPOSAL CAMERA SKY", *rows, "b 7 red ."])
    assert members_of(table, rule()) == ["a science", "b science"]


@pytest.mark.parametrize("notes", [("Door", "door", "DOOR"), ("door", "DOOR", "Door"), ("DOOR", "Door", "door")])
def test_of_rows_that_differ_in_spelling_only_the_first_in_sort_order_is_used(notes: tuple[str, ...]) -> None:
    table = "\n".join(["FILE PROPOSAL CAMERA TROUBLE", *(f"a 7 red {note}" for note in notes), "b 7 red ."])
    (association,) = generated(table, rule()).associations
    assert [member.exposerr for member in association.products[0].members] == ["DOOR", None]


def test_selected_row_takes_precedence_over_an_attached_one() -> None:
    table = "FILE PROPOSAL CAMERA OBS INTENT\na 7 red 1 .\na 7 red 1 setup"
    assert members_of(table, rule(select=NO_SETUP, attach=SETUP)) == ["a science"]


@pytest.mark.parametrize(
    ("at_least", "files", "result"),
    [
        ("2", "a", ["a science"]),
        ("2", "a b", ["a science", "b science", "a background", "b background"]),
        ("3", "a b", ["a science", "b science"]),
        ("1", "a", ["a science", "a background"]),
    ],
)
def test_members_are_repeated_if_there_are_enough(at_least: str, files: str, result: list[str]) -> None:
    table = "\n".join(["FILE PROPOSAL CAMERA", *(f"{file} 7 red" for file in files.split())])
    repeat = [{"members": "science", "as": "background", "at_least": at_least}]
    assert members_of(table, rule(repeat=repeat)) == result


def test_only_members_of_the_exptype_are_repeated() -> None:
    repeat = [{"members": "science", "as": "background"}]
    table = "FILE PROPOSAL CAMERA STAR\na 7 red .\nb 7 red yes"
    assert members_of(table, rule(repeat=repeat)) == ["a science", "a background", "b psf"]


def unmet(blocks: Content, table: str) -> list[tuple[str, list[str]]]:
    """For each group in the order of scopes, the requirements that it does not meet."""
    grouping = group(pool(table), ruleset(rule(**blocks)))
    result = grouping.results[0].members
    return [
        (
            grouping.scopes.scopes[scope][0],
            [
                need.name
                for need, expected in zip(result.groups.rule.require, result.unmet, strict=True)
                if expected[number]
            ],
        )
        for number, scope in enumerate(result.groups.scope.tolist())
    ]


SCOPED = """
FILE PROPOSAL CAMERA OBS STAR CANDIDATES
a    7        red    1   .    o1/night+c1/tile
b    7        red    1   yes  o1/night+c1/tile
c    7        red    2   .    o2/night+c1/tile+d1/pair
d    7        red    .   .    d1/pair
"""


@pytest.mark.parametrize(
    ("need", "expected"),
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
def test_requirements_that_groups_do_not_meet(need: Content, expected: list[str]) -> None:
    result = unmet({"require": {"need": need}}, SCOPED)
    assert [scope for scope, names in result if "need" in names] == expected
    assert not [scope for scope, names in result if "science" in names]


def test_supporting_exposures_are_not_counted_as_distinct_values() -> None:
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


def test_repeated_members_are_counted() -> None:
    blocks = {
        "repeat": [{"members": "science", "as": "background"}],
        "require": {"need": {"members": "any", "at_least": "2"}},
    }
    assert unmet(blocks, "FILE PROPOSAL CAMERA\na 7 red") == [("z9", [])]


@pytest.mark.parametrize("require", [{}, {"science": {"members": "any"}}, {"psf": {"members": "psf"}}])
def test_every_rule_requires_a_science_member(require: Content) -> None:
    keys = {"program": {"column": "PROPOSAL"}, "camera": {"column": "CAMERA"}}
    blocks = {"group_by": keys, "require": require}
    table = "FILE PROPOSAL CAMERA STAR\na 7 red yes\nb 7 red yes\nc 7 blue yes\nd 7 blue ."
    bare = {key: value for key, value in rule(**blocks).items() if key != "use"}
    result = generated(table, bare).associations
    assert [members(association) for association in result] == [["d science", "c psf"]]


def test_group_without_a_science_member_is_not_an_association() -> None:
    assert generated("FILE PROPOSAL CAMERA STAR\na 7 red yes\nb 7 red yes", rule()).associations == ()
