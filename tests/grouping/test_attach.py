"""What attachments take: who can be attached, relations, and the choice among those that match."""

from __future__ import annotations

from typing import Any

import pytest
from support.observatory import generated, groups, rule, ruleset

TYPES = {
    "DAY": {"type": "number", "unit": "d"},
    "RA": {"type": "angle"},
    "DEC": {"type": "angle"},
    "TOL": {"type": "number"},
}
TABLE = """
FILE PROPOSAL CAMERA INTENT BAND DAY  RA    DEC TOL NIGHT
a    7        red    .      g    10   10.0  0   3   n3
b    7        red    setup  g    7    10.4  0   .   n1
c    7        red    setup  r    9    10.6  0   .   n2
d    7        red    setup  .    10.5 350   0   .   n2
e    7        red    setup  g    13   .     .   .   .
"""


def taken(**attachment: Any) -> str:
    image = rule(select={"science": {"use": "science"}}, attach={"flat": {"when": {"use": "setup"}, **attachment}})
    return groups(TABLE, image, columns=TYPES)[0][3]


@pytest.mark.parametrize(
    ("match", "files"),
    [
        (["BAND"], "b e"),
        ({"band": {"column": "BAND"}}, "b e"),
        ({"band": {"column": "BAND", "optional": "yes"}}, "b d e"),
        ({"band": {"column": "BAND", "differs": "yes"}}, "c"),
        ({"band": {"column": "BAND", "differs": "yes", "optional": "yes"}}, "c d"),
        ({"day": {"column": "DAY", "within": "1 d"}}, "c d"),
        ({"day": {"column": "DAY", "within": "24 h"}}, "c d"),
        ({"day": {"column": "DAY", "within": {"column": "TOL"}}}, "b c d e"),
        ({"day": {"column": "DAY", "apart": "3"}}, "b e"),
        ({"day": {"column": "DAY", "before": "1"}}, "c"),
        ({"day": {"column": "DAY", "before": "any"}}, "b c"),
        ({"day": {"column": "DAY", "before": "1", "after": "any"}}, "c d e"),
        ({"day": {"column": "DAY", "within": "1 d"}, "band": {"column": "BAND", "optional": "yes"}}, "d"),
        ({"place": {"position": ["RA", "DEC"], "within": "30 arcmin"}}, "b"),
        ({"place": {"position": ["RA", "DEC"], "within": "24 arcmin"}}, "b"),
        ({"place": {"position": ["RA", "DEC"], "within": "20 deg"}}, "b c d"),
        ({"night": {"column": "NIGHT", "own": "BAND"}}, ""),
    ],
)
def test_relations(match: Any, files: str) -> None:
    assert taken(match=match) == files


@pytest.mark.parametrize(
    ("choice", "files"),
    [
        ({"nearest": ["DAY"], "at_most": "1"}, "d"),
        ({"nearest": ["DAY"], "at_most": "2"}, "c d"),
        ({"nearest": [{"column": "DAY", "side": "before"}], "at_most": "1"}, "c"),
        ({"nearest": [{"column": "FILE", "side": "after"}], "at_most": "1"}, "b"),
        ({"at_most": "1"}, "b"),
        ({"sets_by": ["NIGHT"], "at_least": "2"}, "c d"),
        ({"prefer": [{"column": "BAND"}]}, "b e"),
        ({"prefer": [{"column": "BAND", "is": "r"}]}, "c"),
        ({"prefer": [{"column": "BAND", "is": "x"}]}, "b c d e"),
        ({"prefer": [{"column": "BAND", "when_more_than": "4"}]}, "b c d e"),
        ({"prefer": [{"column": "BAND", "when_more_than": ["own"]}]}, "b e"),
        ({"prefer": [{"column": "BAND"}, {"column": "DAY", "within": "1"}]}, "b e"),
        ({"prefer": [{"column": "BAND"}], "nearest": ["DAY"], "at_most": "1"}, "b"),
    ],
)
def test_choice(choice: dict[str, Any], files: str) -> None:
    assert taken(match=["PROPOSAL"], **choice) == files


def test_attachments_are_compared_with_what_others_took() -> None:
    flats = {"when": {"use": "setup"}, "match": ["PROPOSAL"], "nearest": ["DAY"], "at_most": "1"}
    near = {"when": {"use": "setup"}, "match": {"day": {"column": "DAY", "within": "1.5"}}, "to": "flat"}
    image = rule(select={"science": {"use": "science"}}, attach={"near": near, "flat": flats})
    assert groups(TABLE, image, columns=TYPES)[0][3] == "c d"


def test_select_and_except() -> None:
    nods = {"from": "select", "except": ["band"], "match": ["PROPOSAL"], "as": "background"}
    image = rule(
        group_by={"file": {"column": "FILE"}}, select={"band": {"column": "BAND", "is": "r"}}, attach={"nods": nods}
    )
    assert groups(TABLE, image, columns=TYPES) == [("z9", "c", "c", "a b d e")]


@pytest.mark.parametrize(
    ("require", "count"),
    [
        ({"attached": "flat"}, 1),
        ({"attached": "flat", "at_least": "3"}, 0),
        ({"attached": "flat", "at_most": "1"}, 0),
        ({"attached": "flat", "exactly": "2"}, 1),
        ({"attached": "flat", "exactly": "1", "in_scopes": ["night"]}, 1),
        ({"members": "lamp", "exactly": "4"}, 1),
    ],
)
def test_requirements_count_what_was_attached(require: dict[str, Any], count: int) -> None:
    becomes = [{"name": "{root}_x{extension}", "exptype": "lamp"}, {"name": "{root}_y{extension}", "exptype": "lamp"}]
    flat = {"when": {"use": "setup"}, "match": ["BAND"], "members": becomes}
    image = rule(select={"science": {"use": "science"}}, attach={"flat": flat}, require={"need": require})
    assert len(generated(TABLE, image).associations) == count


def test_how_preferences_came_out_is_a_constraint_of_the_association() -> None:
    flat = {"when": {"use": "setup"}, "match": ["BAND"], "prefer": [{"column": "BAND"}, {"column": "FILE", "is": "x"}]}
    image = rule(select={"science": {"use": "science"}}, attach={"flat": flat})
    (association,) = generated(TABLE, image).associations
    assert association.constraints.splitlines()[-1] == "    flat_preferences: the same BAND: met; FILE is x: not met"


def test_candidate_as_a_key() -> None:
    table = """
    FILE PROPOSAL CAMERA CANDIDATES
    a    7        red    o1/night+c1/tile
    b    7        red    o1/night
    """
    by_tile = rule(group_by={"tile": {"candidate": {"id": "c.*", "type": "tile"}}})
    assert groups(table, by_tile) == [("c1", "c1", "a", "")]
    assert ruleset(by_tile).rules[0].group_by[-1].columns == ()
