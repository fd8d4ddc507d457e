"""Explanations of several rule sets: one answer for each exposure, with the rule set of each rule."""

from __future__ import annotations

from pathlib import Path

import pytest
from support.night import SHORT_NIGHT
from support.observatory import pool, rule, ruleset

from asnforge.explain import Traces, explain_pool, trace_rules
from asnforge.explain.explain_report import explanation_text, why_not_text
from asnforge.findings import InputError

LYNX = ruleset(rule("Red", select={"red": {"column": "CAMERA", "is": "red"}}, product="{program}-{camera}"))
PUMA = ruleset(
    rule("Band", asn_type="tile", select={"band": {"column": "BAND", "defined": "yes"}}, product="{program}-{light}"),
    ruleset="puma",
    undefined=["x"],
)
RED, TILE = "p007-z9_stack_01_asn.json", "p007-z9_tile_01_asn.json"
D_PUMA = "rejected by Band: key program requires PROPOSAL to be defined, found undefined"
D_LYNX = "rejected by Red: key program requires PROPOSAL to be defined, found undefined"
C_PUMA = "rejected by Band: constraint band requires BAND to be defined, found undefined (x)"
C_LYNX = "no rule selects it: CAMERA is blue"


@pytest.fixture
def traces() -> Traces:
    return Traces([trace_rules(pool(SHORT_NIGHT), each) for each in (LYNX, PUMA)])


def test_each_exposure_has_the_associations_of_all_rule_sets(traces: Traces) -> None:
    assert [(exposure.line, where) for exposure, where in traces.whereabouts()] == [
        (2, f"{RED}, {TILE}"),
        (3, f"{RED}, {TILE}"),
        (4, f"orphan: lynx: {C_LYNX}; puma: {C_PUMA}"),
        (5, f"orphan: lynx: {D_LYNX}; puma: {D_PUMA}"),
    ]


def test_an_orphan_is_one_of_every_rule_set() -> None:
    both = explain_pool(
        pool(SHORT_NIGHT), [LYNX, ruleset(rule("Blue", product="{program}-{camera}"), ruleset="bobcat")]
    )
    assert [[exposure.line for exposure in entry.exposures] for entry in both.orphans()] == [[5]]
    assert repr(both) == "<ExplainedPool nights/night.tsv: 4 exposures, 1 orphan>"


def test_the_text_names_the_rule_set_of_each_rule(traces: Traces) -> None:
    (explanation,) = traces.explain(traces.find(["c_raw.fits"] * 2))
    assert explanation_text(explanation).splitlines() == [
        "line 4, c_raw.fits: in no association",
        f"    why: lynx: {C_LYNX}; puma: {C_PUMA}",
        "    scopes: o2 (night), z9 (everything)",
        "    not selected by 1 rule of lynx:",
        "        Red  constraint red requires CAMERA to be red, found blue",
        "    not selected by 1 rule of puma:",
        "        Band  constraint band requires BAND to be defined, found undefined (x)",
    ]
    (explanation,) = traces.explain(traces.find(["2", "2"]))
    assert [line for line in explanation_text(explanation).splitlines() if line.endswith("selected")] == [
        "    Red of lynx: selected",
        "    Band of puma: selected",
    ]
    assert [rule["ruleset"] for rule in explanation.as_dict()["rules"]] == ["lynx", "puma"]


def test_json_of_one_rule_set_does_not_name_it() -> None:
    explained = explain_pool(pool(SHORT_NIGHT), LYNX)
    assert "ruleset" not in explained.exposure(2).as_dict()["rules"][0]
    assert "ruleset" not in explained.why_not(2, 4).as_dict()["rules"][0]


def test_two_exposures_are_together_if_they_are_for_any_rule_set() -> None:
    apart = ruleset(rule("Band", asn_type="tile", group_by={"band": {"column": "BAND"}}), ruleset="puma")
    both = explain_pool(pool(SHORT_NIGHT), [LYNX, apart])
    assert both.why_not("a_raw.fits", "b_raw.fits").together == (RED,)
    assert why_not_text(both.why_not("a_raw.fits", "c_raw.fits")).splitlines() == [
        "line 2, a_raw.fits",
        "line 4, c_raw.fits",
        "are together in no association:",
        "    Red of lynx   line 4 is rejected: constraint red requires CAMERA to be red, found blue",
        "    Band of puma  key program separates them: PROPOSAL is 7 and 8; key camera separates them: CAMERA is red and "
        "blue; key band separates them: BAND is r and x",
    ]


def test_an_exposure_that_no_rule_set_has_is_an_error(traces: Traces) -> None:
    with pytest.raises(InputError, match=r"G201 no exposure e_raw\.fits; did you mean"):
        traces.find(["e_raw.fits"] * 2)
    with pytest.raises(InputError, match=r"G202 \*_raw\.fits matches 4 exposures"):
        traces.why_not(["*_raw.fits"] * 2, ["2", "2"])


def test_a_line_that_cannot_be_read_has_one_reason(tmp_path: Path) -> None:
    path = tmp_path / "night.tsv"
    path.write_text("FILE\tPROPOSAL\tCAMERA\tBAND\na_raw.fits\t7\tred\tr\nb_raw.fits\t7\n")
    (orphans,) = explain_pool(path, [LYNX, PUMA]).orphans()
    assert [exposure.line for exposure in orphans.exposures] == [3]
    assert orphans.reason.startswith("the line cannot be read: ")
    assert "lynx" not in orphans.reason
