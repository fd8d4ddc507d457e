"""The story of an exposure, of orphans and of pairs, as values and as text for people."""

from __future__ import annotations

from dataclasses import replace

import pytest
from support.observatory import pool, rule, ruleset

from asnforge.explain import Evidence, explain_all, explain_exposure, find_orphans, gather, places, why_not
from asnforge.explain.explain_report import brief_text, explanation_text, orphans_text, why_not_text
from asnforge.explain.model import Exposure, GroupStory, Orphans
from asnforge.findings import Finding
from asnforge.grouping.scopes import ScopeChoice

FIELDS = rule(
    "Fields",
    select={"light": {"column": "BAND", "in": ["g", "r"]}, "no_setup": {"not": {"use": "setup"}}},
    group_by={"field": {"column": "FIELD", "when": {"not": {"column": "role", "is": "psf"}}}},
    attach={"setup": {"when": {"use": "setup"}, "match": ["OBS"]}},
    require={"psf": {"members": "psf"}, "nights": {"distinct": "OBS", "at_least": 2, "in_scopes": ["tile"]}},
)
NIGHT = """
FILE       PROPOSAL CAMERA FIELD BAND OBS INTENT STAR CANDIDATES
a_raw.fits 7        red    1     g    1   .      .    o1/night+c5/tile
b_raw.fits 7        red    1     g    2   .      yes  o1/night+c5/tile
c_raw.fits 7        red    2     g    3   .      .    o2/night
d_raw.fits 7        red    .     r    3   .      .    o2/night
e_raw.fits 7        red    2     y    3   .      .    o2/night
s_raw.fits 7        red    9     y    1   setup  .    o1/night
t_raw.fits 7        red    9     y    8   setup  .    o2/night
a_raw.fits 7        red    1     g    1   .      .    o1/night+c5/tile
y/         7        red    1     g    1   .      .    o1/night
"""
A, B, C, D, E, S, T, TWIN, FAULTY = range(9)


@pytest.fixture(scope="module")
def evidence() -> Evidence:
    return gather(pool(NIGHT), ruleset(FIELDS))


TEXTS = {
    A: """\
line 2, a_raw.fits: in 2 associations
    scopes: c5 (tile), o1 (night), z9 (everything)
    Fields: taken
        c5  science in p007-c5_stack_01_asn.json, product p007-c5_f01_red_open
        o1  science in a duplicate of p007-z9_stack_01_asn.json: Fields in z9 has the same members
        z9  science in p007-z9_stack_01_asn.json, product p007-z9_f01_red_open""",
    C: """\
line 4, c_raw.fits: in 1 association
    scopes: o2 (night), z9 (everything)
    Fields: taken
        o2  science in a group that has no psf member
        z9  science in p007-z9_stack_02_asn.json, product p007-z9_f02_red_open""",
    D: """\
line 5, d_raw.fits: in no association
    why: Fields rejects it by field: FIELD is undefined, wanted a value, to group by
    scopes: o2 (night), z9 (everything)
    not selected by 1 rule:
        Fields  field: FIELD is undefined, wanted a value, to group by""",
    S: """\
line 7, s_raw.fits: in 1 association
    scopes: o1 (night), z9 (everything)
    Fields: taken
        o1  setup, attached by setup in a duplicate of p007-z9_stack_01_asn.json: Fields in z9 has the same members
        z9  setup, attached by setup in p007-z9_stack_01_asn.json, product p007-z9_f01_red_open""",
    T: """\
line 8, t_raw.fits: in no association
    why: it supports others (setup), but no group of its scopes has its OBS
    scopes: o2 (night), z9 (everything)
    not selected by 1 rule:
        Fields  light: BAND is y, wanted one of g, r; and no_setup: role is setup (as INTENT is setup), wanted not setup""",
    TWIN: """\
line 9, a_raw.fits: in no association
    line 2 has the same file, and is in one
    scopes: c5 (tile), o1 (night), z9 (everything)
    Fields: counted once
        c5  line 2 has the same file and stands for it
        o1  line 2 has the same file and stands for it
        z9  line 2 has the same file and stands for it""",
    FAULTY: """\
line 10, y/: in no association
    why: FILE is a directory, not a file name
    scopes: none
    not selected by 1 rule:
        Fields  FILE 'y/' is a directory, not a file name""",
}


@pytest.mark.parametrize(("row", "text"), TEXTS.items())
def test_the_story_of_an_exposure(evidence: Evidence, row: int, text: str) -> None:
    assert explanation_text(explain_exposure(evidence, row, every=True)) == text


def test_a_group_is_told_as_a_value(evidence: Evidence) -> None:
    (story,) = explain_exposure(evidence, B).rules
    assert (story.verdict, story.failures, story.why) == ("taken", (), "")
    same = "Fields in z9 has the same members"
    kept = ("p007-z9_stack_01_asn.json", "p007-z9_stack_02_asn.json")
    assert story.groups == (
        GroupStory("c5", "tile", "psf", "association", "p007-c5_f01_red_open", "p007-c5_stack_01_asn.json"),
        GroupStory("o1", "night", "psf", "duplicate", "p007-o1_f01_red_open", kept[0], why=same),
        GroupStory("z9", "everything", "psf", "association", "p007-z9_f01_red_open", kept[0]),
        GroupStory("z9", "everything", "psf", "association", "p007-z9_f02_red_open", kept[1]),
    )


def test_the_first_failure_is_told_unless_all_are_asked_for(evidence: Evidence) -> None:
    assert [failure.name for failure in explain_exposure(evidence, T).rules[0].failures] == ["light"]


def test_an_explanation_as_json(evidence: Evidence) -> None:
    found = explain_exposure(evidence, D).as_dict()
    assert found["exposure"] == {"line": 5, "file_name": "d_raw.fits", "unit": "line"}
    assert found["orphan"] == "Fields rejects it by field: FIELD is undefined, wanted a value, to group by"
    assert found["rules"][0]["failures"] == (
        {
            "kind": "key",
            "name": "field",
            "constraint": "group by FIELD",
            "readings": (
                {
                    "column": "FIELD",
                    "found": "undefined",
                    "wanted": "a value, to group by",
                    "because": "",
                    "conditions": (),
                    "excluded": False,
                },
            ),
            "text": "FIELD is undefined, wanted a value, to group by",
        },
    )


def test_outside_of_all_scopes_nothing_is_done() -> None:
    found = explain_exposure(gather(pool(NIGHT), ruleset(FIELDS), ScopeChoice(ids=("o1",))), C)
    assert (found.scopes, found.rules[0].verdict) == ((), "no scope")
    assert found.orphan == found.rules[0].why.replace("the exposure", "it") == "it is in no scope that was looked at"


def test_a_tile_of_one_night_lacks_another() -> None:
    night = NIGHT.replace("2   .      yes", "1   .      yes")
    groups = explain_exposure(gather(pool(night), ruleset(FIELDS)), A).rules[0].groups
    assert [group.lacks for group in groups if group.scope_id == "c5"] == [
        ("has one OBS, 1, needs 2 different ones in a scope of type tile",)
    ]


REQUIRED = {
    "has 1 member, needs 3 or more": {"members": "any", "at_least": 3},
    "has no psf member, needs 2 or more": {"members": "psf", "at_least": 2},
    "has no GRID, needs 2 different ones": {"distinct": "GRID", "at_least": 2},
    "is in a scope of type everything, needs a scope of type night or tile": {"scope_in": ["night", "tile"]},
    "is in a scope of type everything, needs a scope of a type other than everything": {"scope_not_in": ["everything"]},
}


@pytest.mark.parametrize(("text", "need"), REQUIRED.items())
def test_what_a_group_lacks_is_told(text: str, need: dict[str, object]) -> None:
    found = gather(pool("FILE PROPOSAL CAMERA\na 7 red"), ruleset(rule(require={"need": need})))
    (story,) = explain_exposure(found, 0).rules
    assert (story.verdict, story.groups[0].lacks) == ("incomplete", (text,))


def test_orphans_are_grouped_by_reason(evidence: Evidence) -> None:
    assert find_orphans(evidence) == (
        Orphans("FILE is a directory, not a file name", (Exposure(10, "y/"),)),
        Orphans(
            "Fields rejects it by field: FIELD is undefined, wanted a value, to group by", (Exposure(5, "d_raw.fits"),)
        ),
        Orphans("it supports others (setup), but no group of its scopes has its OBS", (Exposure(8, "t_raw.fits"),)),
        Orphans("no rule selects it: BAND is y", (Exposure(6, "e_raw.fits"),)),
    )


PSF = rule("Psf", select={"light": {"column": "BAND", "is": "g"}}, require={"psf": {"members": "psf"}})
ONE = rule("One", select={"light": {"column": "BAND", "is": "r"}, "open": {"column": "GRID", "is": "x"}})
TWO = rule(
    "Two",
    select={
        "light": {"column": "BAND", "is": "r"},
        "open": {"column": "GRID", "is": "x"},
        "f": {"column": "FIELD", "is": "1"},
    },
)
TILES = rule("Tiles", select={"light": {"column": "BAND", "is": "z"}}, require={"tile": {"scope_in": ["tile"]}})


@pytest.mark.parametrize(
    ("cells", "reason"),
    [
        ("g .", "Psf selects it, but the group has no psf member"),
        ("r y", "One and Two reject it by open: GRID is y, wanted x"),
        ("u x", "no rule selects it: BAND is u"),
        ("u .", "no rule selects it: BAND is u"),
        ("z .", "Tiles selects it, but the group is not in a scope of type tile"),
    ],
)
def test_the_rule_that_came_nearest_gives_the_reason(cells: str, reason: str) -> None:
    table = f"FILE PROPOSAL CAMERA BAND GRID FIELD\na 7 red {cells} 1"
    (found,) = find_orphans(gather(pool(table), ruleset(PSF, ONE, TWO, TILES)))
    assert found.reason == reason


PAIRS = {
    (A, B): "are together in p007-c5_stack_01_asn.json, p007-z9_stack_01_asn.json",
    (A, S): "are together in p007-z9_stack_01_asn.json",
    (A, C): "    Fields  field divides them: FIELD is 1 and 2",
    (A, T): "    Fields  line 8 would be attached by setup: OBS is 8, wanted 1 or 2",
    (A, TWIN): "    Fields  they are the same file, which counts once in a group",
    (B, TWIN): "    Fields  line 9 is not in the group: line 2 has the same file and stands for it",
    (C, D): "    Fields  line 5 is rejected by field: FIELD is undefined, wanted a value, to group by",
    (A, FAULTY): "    Fields  line 10: FILE 'y/' is a directory, not a file name",
}


@pytest.mark.parametrize(("pair", "text"), PAIRS.items())
def test_why_two_exposures_are_not_together(evidence: Evidence, pair: tuple[int, int], text: str) -> None:
    one, other = pair
    lines = why_not_text(why_not(evidence, one, other)).splitlines()
    head = [] if text.startswith("are") else ["are together in no association:"]
    assert lines == [str(evidence.exposure(one)), str(evidence.exposure(other)), *head, text]


def test_exposures_of_no_common_scope_are_apart() -> None:
    found = why_not(gather(pool(NIGHT), ruleset(FIELDS), ScopeChoice(discovered=False)), A, C)
    assert [(apart.how, apart.reasons) for apart in found.rules] == [("scope", ("they share no scope: c5 and o1, o2",))]


def test_each_exposure_has_a_line(evidence: Evidence) -> None:
    assert brief_text(places(evidence)).splitlines() == [
        " 2  a_raw.fits  p007-c5_stack_01_asn.json, p007-z9_stack_01_asn.json",
        " 3  b_raw.fits  p007-c5_stack_01_asn.json, p007-z9_stack_01_asn.json, p007-z9_stack_02_asn.json",
        " 4  c_raw.fits  p007-z9_stack_02_asn.json",
        " 5  d_raw.fits  orphan: Fields rejects it by field: FIELD is undefined, wanted a value, to group by",
        " 6  e_raw.fits  orphan: no rule selects it: BAND is y",
        " 7  s_raw.fits  p007-z9_stack_01_asn.json",
        " 8  t_raw.fits  orphan: it supports others (setup), but no group of its scopes has its OBS",
        " 9  a_raw.fits  line 2 has the same file",
        "10  y/          orphan: FILE is a directory, not a file name",
    ]


def test_a_row_that_cannot_be_read_has_a_line_too() -> None:
    short = Finding("P151", "the row has 1 cell", "pool.tsv", 11, severity="warning")
    found = gather(replace(pool(NIGHT), faulty_lines=(11,), findings=(short,)), ruleset(FIELDS))
    why = "the line cannot be read: the row has 1 cell"
    assert brief_text(places(found)).splitlines()[-1] == f"11{'':14}orphan: {why}"
    lost = list(explain_all(found))[-1]
    assert (lost.exposure.line, lost.orphan, lost.rules) == (11, why, ())


def test_long_lists_of_orphans_are_shortened_unless_all_are_asked_for() -> None:
    rows = "\n".join(f"f{number} 7 red" for number in range(12))
    found = find_orphans(
        gather(pool(f"FILE PROPOSAL CAMERA\n{rows}"), ruleset(rule(require={"psf": {"members": "psf"}})))
    )
    short, full = orphans_text(found).splitlines(), orphans_text(found, every=True).splitlines()
    assert short[0] == full[0] == "12 exposures: Image selects it, but the group has no psf member"
    assert (short[1], short[-1], full[-1]) == ("     2  f0", "    and 2 more; --all shows them", "    13  f11")
    assert orphans_text(()) == "no orphans: every exposure is in an association"


def test_text_is_wrapped_to_a_width(evidence: Evidence) -> None:
    lines = explanation_text(explain_exposure(evidence, T, every=True), width=60).splitlines()
    assert lines[1:3] == ["    why: it supports others (setup), but no group of its", "         scopes has its OBS"]
    assert max(map(len, lines)) <= 60
