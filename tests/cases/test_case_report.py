"""Results of cases as JSON and as JUnit XML."""

from __future__ import annotations

from pathlib import Path
from xml.etree import ElementTree

from support.cases import results

from asnforge.cases.case_report import junit_xml, result_as_dict, table_text
from asnforge.findings import Finding

TEXT = """
It passes:
  exposures:
    star: {}
    psf: {STAR: yes}
  expect:
    together: [[star, psf]]

It fails:
  exposures:
    star: {FIELD: <1>}
  expect:
    left_out: {star: light}
"""


def test_result_as_json(tmp_path: Path) -> None:
    passed, failed = (result_as_dict(result) for result in results(tmp_path, TEXT))
    file = str(tmp_path / "fields.cases.yaml")
    assert {**passed, "seconds": 0} == {
        "case": "It passes",
        "rule": "Fields",
        "file": file,
        "line": 8,
        "passed": True,
        "seconds": 0,
        "mismatches": [],
        "explanation": "",
    }
    assert failed["mismatches"] == [
        {"what": "left_out star", "line": 19, "expected": "rejected by light", "actual": "selected"}
    ]
    assert failed["explanation"].startswith("line 17, star_raw.fits: in no association")


def test_junit_has_a_suite_for_each_file_and_an_error_for_each_finding(tmp_path: Path) -> None:
    fault = Finding("R402", "the case has no exposure <c>", "other.cases.yaml", 3, 4)
    root = ElementTree.fromstring(junit_xml(results(tmp_path, TEXT), [fault]))
    assert [(suite.get("name"), suite.get("tests"), suite.get("failures"), suite.get("errors")) for suite in root] == [
        (str(tmp_path / "fields.cases.yaml"), "2", "1", "0"),
        ("other.cases.yaml", "1", "0", "1"),
    ]
    passed, failed, broken = root.iter("testcase")
    assert (passed.get("classname"), passed.get("name"), passed.get("line"), list(passed)) == (
        "Fields",
        "It passes",
        "8",
        [],
    )
    (failure,) = failed
    assert failure.get("message") == "left_out star: expected rejected by light, actual selected"
    assert "R410 It fails" in (failure.text or "")
    (error,) = broken
    assert error.get("message") == "other.cases.yaml:3:4: R402 the case has no exposure <c>"


def test_junit_with_control_characters_is_valid(tmp_path: Path) -> None:
    fault = Finding("R402", "a \x00 and a \x1b", "x")
    assert ElementTree.fromstring(junit_xml([], [fault])) is not None


def test_columns_of_a_table_are_aligned() -> None:
    assert (
        table_text([("name", "A", "BAND"), ("star", "long value", "g")])
        == "name  A           BAND\nstar  long value  g"
    )
