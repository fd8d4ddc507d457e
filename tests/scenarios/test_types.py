"""Columns with types, as cases, coverage, mutants and explanations see them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from support.mutants import mutants
from support.observatory import Content, pool, rule, ruleset, write_ruleset

from asnforge.cases.collect import load_suite, run_suite
from asnforge.cases.coverage import find_coverage
from asnforge.cases.run_cases import run_case
from asnforge.explain.explain_report import explanation_text
from asnforge.explain.exposure import explain_exposure
from asnforge.explain.trace import trace_rules
from asnforge.rules.markdown import catalogue

COLUMNS: Content = {"EXPTIME": {"type": "number", "unit": "s"}}
LONG: Content = rule(
    "Long", select={"long": {"column": "EXPTIME", "at_least": "10 s", "below": "1 min"}}, product="{program}_{camera}"
)
EDGES = """
defaults: {FILE: '{name}', PROPOSAL: 7, CAMERA: red, EXPTIME: 30}
cases:
  Exposures from 10 s to less than a minute are together:
    exposures: {usual: {}, least: {EXPTIME: 10.0}, short: {EXPTIME: 9.99}, minute: {EXPTIME: 1 min}}
    expect:
      together: [[usual, least]]
      left_out: {short: long, minute: long}
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    path = write_ruleset(tmp_path / "rules", LONG, columns=COLUMNS)
    (path / "long.cases.yaml").write_text(EDGES, encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("exptime", "reason"),
    [
        ("3", "requires EXPTIME to be at least 10 s, found 3"),
        ("60.0", "requires EXPTIME to be below 1 min, found 60.0"),
        ("3kg", "found undefined (3kg, which cannot be read as a number in s)"),
        (".", "requires EXPTIME to be at least 10 s, found undefined"),
    ],
)
def test_an_explanation_names_the_bound_that_an_exposure_does_not_meet(exptime: str, reason: str) -> None:
    trace = trace_rules(pool(f"FILE PROPOSAL CAMERA EXPTIME\na 7 red {exptime}"), ruleset(LONG, columns=COLUMNS))
    assert reason in explanation_text(explain_exposure(trace, 0))


def test_each_bound_must_be_decided_by_a_case(folder: Path) -> None:
    suite = load_suite(folder)
    assert [result.passed for result in run_suite(suite)] == [True]
    rows = "\n".join(f"f{index} 7 red {time}" for index, time in enumerate(["30", "10.0", "9.99", "1min"]))
    night = pool(f"FILE PROPOSAL CAMERA EXPTIME\n{rows}")
    coverage = find_coverage(suite.ruleset, [trace_rules(night, suite.ruleset)])
    assert [(item.words, item.passed, item.failed, item.decided) for item in coverage.items if item.name == "long"] == [
        ("EXPTIME is at least 10 s and below 1 min", 2, 2, 2),
        ("EXPTIME is at least 10 s", 3, 1, 1),
        ("EXPTIME is below 1 min", 3, 1, 1),
    ]


def test_the_cases_notice_if_a_bound_itself_passes_or_not(folder: Path) -> None:
    suite = load_suite(folder)
    (long,) = suite.ruleset.rules
    bounds = [
        mutant
        for mutant in mutants(long, suite.ruleset.names)
        if " is " in mutant.change and "EXPTIME" in mutant.change
    ]
    assert [
        mutant.change for mutant in bounds if "removed" not in mutant.change and "inverted" not in mutant.change
    ] == [
        "constraint long: at_least is above: EXPTIME is at least 10 s",
        "constraint long: below is at_most: EXPTIME is below 1 min",
    ]
    for mutant in bounds:
        changed = replace(suite.ruleset, rules=(mutant.rule,))
        assert not all(run_case(case, changed).passed for case in suite.cases), mutant.change


def test_the_catalogue_has_the_types() -> None:
    text = catalogue(ruleset(LONG, columns=COLUMNS))
    assert "| EXPTIME | a number in s |" in text
    assert "Columns read: CAMERA, EXPTIME (a number in s) and PROPOSAL." in text
    assert "- **long**: EXPTIME is at least `10 s` and below `1 min`" in text
