"""Suites of cases: where they are found, which are selected, and those that cannot be run."""

from __future__ import annotations

from pathlib import Path

import pytest
from support.cases import suite, write_cases

from asnforge.cases.collect import load_suite, run_suite
from asnforge.findings import InputError

CASE = """
{name}:
  exposures:
    a: {{}}
    b: {{}}
  expect:
    apart: [[a]]
"""
GOOD = CASE.format(name="A good one")


def test_unknown_candidate_is_a_finding_at_the_case(tmp_path: Path) -> None:
    loaded = suite(tmp_path, "A case:\n  ids: [o9]\n  exposures: {a: {}}\n  expect: {apart: [[a]]}")
    (result,) = run_suite(loaded)
    (finding,) = result.findings
    assert not result.passed
    assert (finding.code, finding.line, finding.column) == ("R406", 8, 3)


def test_cases_are_found_for_a_folder_a_rule_or_a_file_of_cases(tmp_path: Path) -> None:
    path = write_cases(tmp_path, GOOD)
    paths = [tmp_path, path, tmp_path / "fields.yaml"]
    assert [[case.name for case in load_suite(path).cases] for path in paths] == [["A good one"]] * 3


def test_rule_without_a_rule_set_is_read_with_the_default_one(tmp_path: Path) -> None:
    rule = (
        "{rule: Mine, title: X, asn_type: x, use: [every_rule], select: {x: {column: EXP_TYPE, is: x}}, product: usual}"
    )
    (tmp_path / "mine.yaml").write_text(rule, encoding="utf-8")
    text = "cases: {c: {exposures: {a: {EXP_TYPE: y}}, expect: {left_out: {a: [x, program, instrument]}}}}"
    path = tmp_path / "mine.cases.yaml"
    path.write_text(text, encoding="utf-8")
    for named in (tmp_path, path, tmp_path / "mine.yaml"):
        loaded = load_suite(named)
        assert [result.passed for result in run_suite(loaded)] == [True]
        assert [rule.name for rule in loaded.named_rules().rules] == ["Mine"]


def test_pattern_selects_cases_by_name(tmp_path: Path) -> None:
    write_cases(tmp_path, GOOD + CASE.format(name="A case"))
    assert [case.name for case in load_suite(tmp_path, "GOOD").cases] == ["A good one"]
    assert len(load_suite(tmp_path, "fields").cases) == 2
    (finding,) = load_suite(tmp_path, "nothing").findings
    assert (finding.code, finding.message) == ("R411", "no case has 'nothing' in its name")


def test_missing_cases_are_a_finding(tmp_path: Path) -> None:
    write_cases(tmp_path, GOOD).unlink()
    (finding,) = load_suite(tmp_path).findings
    assert (
        str(finding)
        == f"{tmp_path}: R411 there are no cases; write the cases of NAME.yaml in NAME.cases.yaml next to it"
    )


def test_missing_rules_are_an_input_error(tmp_path: Path) -> None:
    with pytest.raises(InputError):
        load_suite(tmp_path / "absent")
