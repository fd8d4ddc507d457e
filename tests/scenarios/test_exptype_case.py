"""Exptypes with capital letters: compared ignoring case everywhere, written as the rule set spells them."""

from __future__ import annotations

from typing import Any

import pytest
from support.observatory import SHARED, Content, generated, members, pool, rule, ruleset

from asnforge.generation.engine import generate, group

TABLE = """
FILE      PROPOSAL CAMERA KIND
sky.fits  7        red    sky
lamp.fits 7        red    lamp
dark.fits 7        red    dark
"""

LAMPS: Content = {
    "cases": [
        {"when": {"column": "KIND", "is": "LAMP"}, "value": "Lamp"},
        {"when": {"column": "KIND", "is": "dark"}, "value": "DARK"},
        {"value": "science"},
    ]
}
SKY = {"sky": {"column": "KIND", "is": "sky"}}
ATTACH_LAMPS = {"lamps": {"when": {"column": "role", "is": "LAMP"}, "match": ["CAMERA"]}}


def associations(rules: list[Content], role: Content = LAMPS, **blocks: Any) -> list[list[str]]:
    """The members of each association."""
    derived = {"role": role, "level": {"cases": [{"value": "raw"}]}}
    generation = generate(pool(TABLE), ruleset(*rules, derived=derived, **blocks))
    return [members(association) for association in generation.associations]


@pytest.mark.parametrize("spelling", ["Lamp", "lamp", "LAMP"])
def test_requirement_counts_members_of_any_spelling(spelling: str) -> None:
    lit = rule(select=SKY, attach=ATTACH_LAMPS, require={"lamp": {"members": spelling}})
    assert associations([lit]) == [["sky.fits science", "lamp.fits Lamp"]]


@pytest.mark.parametrize(
    "constraint",
    [
        {"column": "light", "is": "lamp"},
        {"column": "light", "in": ["LAMP", "x"]},
        {"column": "light", "matches": "la.p"},
        {"table": "lit", "columns": ["light", "CAMERA"]},
    ],
    ids=["is", "in", "matches", "table"],
)
def test_constraint_ignores_the_case_of_a_derived_value(constraint: Content) -> None:
    one = rule(select={"lamp": constraint}, take_as={"exptype": "science"})
    derived = {"light": LAMPS, "level": {"cases": [{"value": "raw"}]}}
    generation = generate(pool(TABLE), ruleset(one, derived=derived, tables={"lit": {"rows": [["lamp", "Red"]]}}))
    assert [members(association) for association in generation.associations] == [["lamp.fits science"]]


def test_exceptions_of_take_as_ignore_case() -> None:
    taking = rule(take_as={"exptype": "science", "except": ["lamp", "Dark"]})
    assert associations([taking]) == [["sky.fits science", "dark.fits DARK", "lamp.fits Lamp"]]


def test_take_as_spells_the_exptype_of_members() -> None:
    taking = rule(take_as={"exptype": "Calib", "except": ["science"]})
    assert associations([taking]) == [["sky.fits science", "dark.fits Calib", "lamp.fits Calib"]]


def test_repeat_ignores_case_and_spells_the_exptype_as_in_the_rule() -> None:
    nods = rule(
        select=SKY,
        attach=ATTACH_LAMPS,
        repeat=[{"members": "LAMP", "as": "Again"}],
        require={"a": {"members": "again"}},
    )
    assert associations([nods]) == [["sky.fits science", "lamp.fits Again", "lamp.fits Lamp"]]


def test_attachment_spells_the_exptype_of_its_members() -> None:
    attach = {"lamps": {**ATTACH_LAMPS["lamps"], "as": "ARC"}}
    lit = rule(select=SKY, attach=attach, require={"arc": {"members": "Arc"}})
    assert associations([lit]) == [["sky.fits science", "lamp.fits ARC"]]


def test_one_exptype_has_one_spelling_in_all_members() -> None:
    attach = {**ATTACH_LAMPS, "darks": {"when": {"column": "KIND", "is": "dark"}, "match": ["CAMERA"], "as": "LAMP"}}
    both = rule(select=SKY, attach=attach, require={"two": {"members": "lamp", "at_least": 2}})
    assert associations([both]) == [["sky.fits science", "dark.fits Lamp", "lamp.fits Lamp"]]


def test_science_is_always_in_lower_case() -> None:
    role = {"cases": [{"when": {"column": "KIND", "is": "sky"}, "value": "SCIENCE"}, {"value": "other"}]}
    assert associations([rule(select=SKY)], role) == [["sky.fits science"]]


def test_same_members_with_another_spelling_are_duplicates() -> None:
    attach = {name: {**ATTACH_LAMPS["lamps"], "as": name} for name in ("arc", "ARC")}
    one = rule("One", select=SKY, attach={"lamps": attach["arc"]})
    two = rule("Two", select=SKY, attach={"lamps": attach["ARC"]})
    derived = {"role": LAMPS, "level": {"cases": [{"value": "raw"}]}}
    (dropped,) = group(pool(TABLE), ruleset(one, two, derived=derived)).duplicates
    assert (dropped.draft.source.rule.name, dropped.kept_instead.source.rule.name, dropped.reason) == (
        "One",
        "Two",
        "same members",
    )


def test_case_of_the_rule_set_does_not_change_associations() -> None:
    lit = rule(select=SKY, attach=ATTACH_LAMPS, require={"lamp": {"members": "Lamp"}})
    lower = {"cases": [{**case, "value": case["value"].lower()} for case in LAMPS["cases"]]}
    (capital,), (small,) = associations([lit]), associations([lit], lower)
    assert [member.lower() for member in capital] == small


def test_derived_value_and_cell_that_differ_in_case_are_one_group() -> None:
    derived = {
        **SHARED["derived"],
        "light": {"cases": [{"when": {"column": "KIND", "is": "sky"}, "value": "LAMP"}, {"copy": "KIND"}]},
    }
    one = rule(group_by={"light": {"column": "light"}}, select={"lit": {"column": "KIND", "in": ["sky", "lamp"]}})
    (association,) = generate(pool(TABLE), ruleset(one, derived=derived)).associations
    assert members(association) == ["lamp.fits science", "sky.fits science"]


def test_member_name_keeps_the_case_of_derived_values() -> None:
    derived = {"level": {"cases": [{"copy": "inner"}]}, "inner": {"cases": [{"value": "FLT"}]}}
    generation = generate(pool("FILE PROPOSAL CAMERA\na_raw.Fits 7 red"), ruleset(rule(), derived=derived))
    assert members(generation.associations[0]) == ["a_FLT.Fits science"]


def test_exptype_column_of_a_pool_is_compared_ignoring_case() -> None:
    table = "FILE PROPOSAL CAMERA INTENT\na 7 red .\nb 7 red SETUP"
    setups = rule(
        select={"no_setup": {"not": {"use": "setup"}}},
        attach={"setup": {"when": {"use": "setup"}, "match": ["CAMERA"]}},
        require={"setup": {"members": "Setup"}},
    )
    assert [members(association) for association in generated(table, setups).associations] == [["a science", "b setup"]]
