"""Invalid files of cases: each fault is a finding with file, line and column, and the other cases are read."""

from __future__ import annotations

from pathlib import Path

import pytest
from support.cases import DEFAULTS, suite

from asnforge.cases.case_pool import INVALID_TABLE
from asnforge.cases.case_report import CASE_FAILS
from asnforge.cases.collect import CANNOT_APPLY, run_suite
from asnforge.cases.read_cases import NEEDS_ONE_RULE, UNKNOWN_COLUMN, UNKNOWN_CRITERION, UNKNOWN_EXPOSURE
from asnforge.findings import FindingCode

GOOD = """
A good one:
  exposures:
    a: {}
  expect:
    apart: [[a]]
"""


def faults(folder: Path, text: str, **more: str) -> list[str]:
    """The findings of a file of cases, without the folder."""
    result = suite(folder, text, **more).findings
    return [str(finding).removeprefix(f"{folder}/") for finding in result]


CASE = """
A case:
  exposures:
    a: {{}}
    b: {row}
  expect:
    {expect}
"""


@pytest.mark.parametrize(
    ("row", "expect", "fault"),
    [
        ("{BNAD: g}", "apart: [[a]]", "11:11: R403 no rule reads the column BNAD; did you mean BAND?"),
        ("{}", "together: [[a, c]]", "13:22: R402 the case has no exposure c; available: a, b"),
        ("{}", "apart: [[a], [bb]]", "13:21: R402 the case has no exposure bb; did you mean b?"),
        ("{}", "products: {x: [a, c]}", "13:25: R402 the case has no exposure c; available: a, b"),
        ("{}", "left_out: {c: light}", "13:18: R402 the case has no exposure c; available: a, b"),
        ("{}", "exptypes: {c: science}", "13:18: R402 the case has no exposure c; available: a, b"),
        ("{}", "members: {c: c.fits}", "13:17: R402 the case has no exposure c; available: a, b"),
        ("{}", "values: {c: {FIELD: 1}}", "13:16: R402 the case has no exposure c; available: a, b"),
        (
            "{}",
            "incomplete: [{exposures: [c], lacks: psf}]",
            "13:33: R402 the case has no exposure c; available: a, b",
        ),
        ("{}", "left_out: {a: ligth}", "13:21: R404 the rule Fields has no ligth; did you mean light?"),
        ("{}", "left_out: {a: [light, key fild]}", "R404 the rule Fields has no key fild; did you mean field?"),
        (
            "{}",
            "incomplete: [{exposures: [a], lacks: sky}]",
            "R404 the rule Fields has no sky; available: psf, science",
        ),
        ("{}", "togehter: [[a]]", "13:7: R104 unknown key 'togehter'; did you mean together?"),
        ("{}", "together: [a]", "13:18: R106 "),
        ("g", "apart: [[a]]", "11:10: R106 "),
        ("{}", "incomplete: [{exposures: [a]}]", "R105 "),
        ("{}", "apart: []", "R108 "),
    ],
)
def test_finding_has_the_position_of_the_fault(tmp_path: Path, row: str, expect: str, fault: str) -> None:
    (result,) = faults(tmp_path, CASE.format(row=row, expect=expect))
    assert result.startswith("fields.cases.yaml:")
    assert fault in result


TABLE = """
A case:
  exposures: |
    {header}
    a     g
    {row}
  expect:
    apart: [[a]]
"""


@pytest.mark.parametrize(
    ("header", "row", "fault"),
    [
        (
            "file  BAND",
            "b     g",
            "10: R405 the first line of the table does not begin with 'name'; name the columns there",
        ),
        ("name  BAND", "b", "12: R405 the row of b has 0 values, the table 1 column; write a . for a default"),
        ("name  BAND", "b  g  h", "12: R405 the row of b has 2 values, the table 1 column; write a . for a default"),
        ("name  BAND", "a  g", "12: R405 duplicate exposure a, first on line 11; give it another name"),
        ("name  BNAD", "b  g", "10: R403 no rule reads the column BNAD; did you mean BAND?"),
    ],
)
def test_finding_about_a_table_has_its_line(tmp_path: Path, header: str, row: str, fault: str) -> None:
    (result,) = faults(tmp_path, TABLE.format(header=header, row=row))
    assert result == f"fields.cases.yaml:{fault}"


def test_valid_cases_are_read_next_to_invalid_ones(tmp_path: Path) -> None:
    text = CASE.format(row="{BNAD: g}", expect="apart: [[a]]") + GOOD
    loaded = suite(tmp_path, text)
    assert [case.name for case in loaded.cases] == ["A good one"]
    assert len(loaded.findings) == 1


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("cases: {a: 1, a: 2}", "R112"),
        ("cases: [", "R102"),
        ("- a list", "R106"),
        ("defaults: {FIELD: 1}", "R105"),
        ("cases: {}", "R108"),
        ("defaults: {FEILD: 1}\ncases: {c: {exposures: {a: {}}, expect: {apart: [[a]]}}}", "R403"),
    ],
)
def test_invalid_file_is_a_finding(tmp_path: Path, text: str, code: str) -> None:
    result = faults(tmp_path, text, defaults="")
    assert [code in message for message in result] == [True]


def test_cases_need_a_rule_next_to_them(tmp_path: Path) -> None:
    (result,) = faults(tmp_path, GOOD, name="orphan")
    assert result == "orphan.cases.yaml:1:1: R401 there is no rule orphan.yaml next to these cases"


def test_expectations_for_one_rule_are_invalid_in_cases_of_all_rules(tmp_path: Path) -> None:
    (result,) = faults(tmp_path, CASE.format(row="{}", expect="left_out: {a: light}"), name="ruleset")
    assert result == "ruleset.cases.yaml:13:7: R407 left_out applies to the cases of one rule, not of all"


def test_defaults_have_the_line_count_that_these_tests_assume() -> None:
    assert DEFAULTS.count("\n") == 7


def codes(folder: Path, text: str) -> set[str]:
    """The codes of a case that is written to the file that its first line names, or to the usual one."""
    name = "ruleset" if text.startswith("# ruleset") else "fields"
    loaded = suite(folder, text, name=name)
    results = list(run_suite(loaded))
    fails = any(result.mismatches for result in results)
    findings = [*loaded.findings, *(finding for result in results for finding in result.findings)]
    return {finding.code for finding in findings} | ({CASE_FAILS.code} if fails else set())


EXAMPLES = [
    INVALID_TABLE,
    CANNOT_APPLY,
    NEEDS_ONE_RULE,
    UNKNOWN_COLUMN,
    UNKNOWN_CRITERION,
    UNKNOWN_EXPOSURE,
    CASE_FAILS,
]


@pytest.mark.parametrize("code", EXAMPLES, ids=lambda code: code.code)
def test_wrong_example_has_its_finding_and_right_example_does_not(tmp_path: Path, code: FindingCode) -> None:
    assert code.code in codes(tmp_path / "wrong", code.wrong)
    assert code.code not in codes(tmp_path / "right", code.right)
