"""The outcome for one exposure, and which exposures a user means."""

from __future__ import annotations

from dataclasses import replace

import pytest
from support.night import DUPLICATE, FAULTY, FIELDS, NIGHT, A, B, C, D, S, T
from support.observatory import pool, ruleset

from asnforge.explain import (
    Trace,
    explain_all,
    explain_exposure,
    find_exposures,
    trace_rules,
    whereabouts,
)
from asnforge.explain.explain_report import brief_text, explanation_text
from asnforge.explain.exposure import one_exposure
from asnforge.explain.model import GroupOutcome
from asnforge.findings import Finding, InputError
from asnforge.grouping.scopes import ScopeChoice
from asnforge.rules.header_mapping import ProductNames


@pytest.fixture(scope="module")
def trace() -> Trace:
    return trace_rules(pool(NIGHT), ruleset(FIELDS))


TEXTS = {
    A: """\
line 2, a_raw.fits: in 2 associations
    scopes: c5 (tile), o1 (night), z9 (everything)
    Fields: selected
        c5  science in p007-c5_stack_01_asn.json, product p007-c5_f01_red_open
        o1  science in a duplicate of p007-z9_stack_01_asn.json: Fields in z9 has the same members
        z9  science in p007-z9_stack_01_asn.json, product p007-z9_f01_red_open""",
    C: """\
line 4, c_raw.fits: in 1 association
    scopes: o2 (night), z9 (everything)
    Fields: selected
        o2  science in a group that has no psf member
        z9  science in p007-z9_stack_02_asn.json, product p007-z9_f02_red_open""",
    D: """\
line 5, d_raw.fits: in no association
    why: rejected by Fields: key field requires FIELD to be defined, found undefined
    scopes: o2 (night), z9 (everything)
    not selected by 1 rule:
        Fields  key field requires FIELD to be defined, found undefined""",
    S: """\
line 7, s_raw.fits: in 1 association
    scopes: o1 (night), z9 (everything)
    Fields: selected
        o1  setup, attached by setup in a duplicate of p007-z9_stack_01_asn.json: Fields in z9 has the same members
        z9  setup, attached by setup in p007-z9_stack_01_asn.json, product p007-z9_f01_red_open""",
    T: """\
line 8, t_raw.fits: in no association
    why: supporting exposure (setup), but no group in its scopes has the same OBS
    scopes: o2 (night), z9 (everything)
    not selected by 1 rule:
        Fields  constraint light requires BAND to be one of g, r, found y; and constraint no_setup \
requires role to be other than setup, found setup (as INTENT is setup)""",
    DUPLICATE: """\
line 9, a_raw.fits: in no association
    line 2 has the same file, and is in one
    scopes: c5 (tile), o1 (night), z9 (everything)
    Fields: duplicate row
        c5  line 2 has the same file and is used instead
        o1  line 2 has the same file and is used instead
        z9  line 2 has the same file and is used instead""",
    FAULTY: """\
line 10, y/: in no association
    why: FILE is a directory, not a file name
    scopes: none
    not selected by 1 rule:
        Fields  FILE 'y/' is a directory, not a file name""",
}


@pytest.mark.parametrize(("row", "text"), TEXTS.items())
def test_outcome_for_an_exposure(trace: Trace, row: int, text: str) -> None:
    assert explanation_text(explain_exposure(trace, row, every=True)) == text


def test_group_outcomes_as_values(trace: Trace) -> None:
    (outcome,) = explain_exposure(trace, B).rules
    assert (outcome.verdict, outcome.failures, outcome.why) == ("selected", (), "")
    same = "Fields in z9 has the same members"
    kept = ("p007-z9_stack_01_asn.json", "p007-z9_stack_02_asn.json")
    assert outcome.groups == (
        GroupOutcome("c5", "tile", "psf", "association", "p007-c5_f01_red_open", "p007-c5_stack_01_asn.json"),
        GroupOutcome("o1", "night", "psf", "duplicate", "p007-o1_f01_red_open", kept[0], why=same),
        GroupOutcome("z9", "everything", "psf", "association", "p007-z9_f01_red_open", kept[0]),
        GroupOutcome("z9", "everything", "psf", "association", "p007-z9_f02_red_open", kept[1]),
    )


def test_only_the_first_failure_is_reported_by_default(trace: Trace) -> None:
    assert [failure.name for failure in explain_exposure(trace, T).rules[0].failures] == ["light"]


def test_explanation_as_json(trace: Trace) -> None:
    result = explain_exposure(trace, D).as_dict()
    assert result["exposure"] == {"line": 5, "file_name": "d_raw.fits", "unit": "line", "made_by": ""}
    assert result["orphan"] == "rejected by Fields: key field requires FIELD to be defined, found undefined"
    assert result["rules"][0]["failures"] == (
        {
            "kind": "key",
            "name": "field",
            "constraint": "group by FIELD",
            "readings": (
                {
                    "column": "FIELD",
                    "found": "undefined",
                    "wanted": "defined",
                    "because": "",
                    "conditions": (),
                    "excluded": False,
                },
            ),
            "text": "requires FIELD to be defined, found undefined",
        },
    )


def test_exposure_outside_the_selected_scopes_is_an_orphan() -> None:
    result = explain_exposure(trace_rules(pool(NIGHT), ruleset(FIELDS), ScopeChoice(ids=("o1",))), C)
    assert (result.scopes, result.rules[0].verdict) == ((), "no scope")
    assert result.orphan == result.rules[0].why.replace("the exposure", "it") == "it is in none of the selected scopes"


def test_whereabouts_list_every_exposure(trace: Trace) -> None:
    assert brief_text(whereabouts(trace)).splitlines() == [
        " 2  a_raw.fits  p007-c5_stack_01_asn.json, p007-z9_stack_01_asn.json",
        " 3  b_raw.fits  p007-c5_stack_01_asn.json, p007-z9_stack_01_asn.json, p007-z9_stack_02_asn.json",
        " 4  c_raw.fits  p007-z9_stack_02_asn.json",
        " 5  d_raw.fits  orphan: rejected by Fields: key field requires FIELD to be defined, found undefined",
        " 6  e_raw.fits  orphan: no rule selects it: BAND is y",
        " 7  s_raw.fits  p007-z9_stack_01_asn.json",
        " 8  t_raw.fits  orphan: supporting exposure (setup), but no group in its scopes has the same OBS",
        " 9  a_raw.fits  line 2 has the same file",
        "10  y/          orphan: FILE is a directory, not a file name",
    ]


def test_whereabouts_include_unreadable_rows() -> None:
    short = Finding("P151", "the row has 1 cell", "pool.tsv", 11, severity="warning")
    result = trace_rules(replace(pool(NIGHT), faulty_lines=(11,), findings=(short,)), ruleset(FIELDS))
    why = "the line cannot be read: the row has 1 cell"
    assert brief_text(whereabouts(result)).splitlines()[-1] == f"11{'':14}orphan: {why}"
    unreadable = list(explain_all(result))[-1]
    assert (unreadable.exposure.line, unreadable.orphan, unreadable.rules) == (11, why, ())


NAMES = pool(
    """
FILE
A_raw.fits
b_raw.fits
a_raw.fits
3
b[1].fits
"""
)


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        ("b_raw.fits", (1,)),
        (" B_RAW.FITS ", (1,)),
        ("a_raw.fits", (0, 2)),
        ("2", (0,)),
        ("3", (3,)),
        ("4", (2,)),
        ("*_raw.fits", (0, 1, 2)),
        ("?_RAW*", (0, 1, 2)),
        ("[ab]_raw.fits", (0, 1, 2)),
        ("b[1].fits", (4,)),
        ("*", (0, 1, 2, 3, 4)),
    ],
)
def test_find_exposures_by_name_pattern_or_line(text: str, rows: tuple[int, ...]) -> None:
    assert find_exposures(NAMES, "file", text) == rows


@pytest.mark.parametrize(
    ("text", "finding"),
    [
        ("7", "nights/night.tsv: G201 no exposure 7; the pool's exposures are on lines 2 to 6"),
        ("9" * 30, f"nights/night.tsv: G201 no exposure {'9' * 30}; the pool's exposures are on lines 2 to 6"),
        ("b_raw.fit", "nights/night.tsv: G201 no exposure b_raw.fit; did you mean b_raw.fits?"),
        (
            "*.tsv",
            "nights/night.tsv: G201 no exposure *.tsv; give a file name, a pattern such as '*_00002_*', or a line",
        ),
    ],
)
def test_find_exposures_suggests_a_name_if_there_is_none(text: str, finding: str) -> None:
    with pytest.raises(InputError) as caught:
        find_exposures(NAMES, "file", text)
    assert str(caught.value) == finding


def test_find_exposure_requires_one() -> None:
    assert one_exposure(NAMES, (1,), "b_raw.fits") == 1
    with pytest.raises(InputError) as caught:
        one_exposure(NAMES, find_exposures(NAMES, "file", "a_raw.fits"), "a_raw.fits")
    message = "G202 a_raw.fits matches 2 exposures, but one is required; give one of the lines 2, 4"
    assert str(caught.value) == f"nights/night.tsv: {message}"


@pytest.mark.parametrize("name", ["b_flat.fits", "b", "night/B_flat.fits.gz", "b_c12_spec.fits"])
def test_an_exposure_can_be_named_by_the_file_of_any_product(name: str) -> None:
    products = ProductNames(keyword="", root="[ab]", scope="c[0-9]+")
    assert find_exposures(NAMES, "file", name, products) == (1,)
    with pytest.raises(InputError, match=r"G201 no exposure"):
        find_exposures(NAMES, "file", name)
