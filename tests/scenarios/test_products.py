"""Products of rules as exposures of other rules, as explanations, cases, coverage and batches see them."""

from __future__ import annotations

from pathlib import Path

import pytest
from support.observatory import Content, pool, rule, ruleset, write_ruleset

from asnforge.cases.collect import load_suite, run_suite
from asnforge.cases.coverage import find_coverage
from asnforge.explain.explain_report import explanation_text, orphans_text, why_not_text
from asnforge.explain.exposure import explain_all, explain_exposure, find_exposures
from asnforge.explain.orphans import find_orphans
from asnforge.explain.trace import Trace, trace_rules
from asnforge.explain.why_not import why_not

NIGHT = """
FILE PROPOSAL CAMERA FIELD
a    7        red    1
b    7        red    1
c    7        red    2
d    8        blue   3
"""
FIELDS: Content = rule(
    "Fields",
    group_by={"field": {"column": "FIELD"}},
    require={"two": {"members": "science", "at_least": 2}},
    product="{program}_{field}",
    product_file="{product}.f",
)
STACK: Content = rule(
    "Stack", use=[], product_of="Fields", group_by={"camera": {"column": "CAMERA"}}, product="{camera}", asn_type="deep"
)
STACK_FILE = "-z9_deep_01_asn.json"


@pytest.fixture(scope="module")
def trace() -> Trace:
    return trace_rules(pool(NIGHT), ruleset(FIELDS, STACK))


def test_an_exposure_is_not_asked_whether_a_rule_about_products_selects_it(trace: Trace) -> None:
    assert explanation_text(explain_exposure(trace, 0)).splitlines() == [
        "line 2, a: in 1 association",
        "    scopes: z9 (everything)",
        "    Fields: selected",
        "        z9  science in p007-z9_stack_01_asn.json, product p007_f01",
        "    not selected by 1 rule:",
        "        Stack  the rule is about products of Fields",
    ]


def test_a_product_is_explained_by_its_file_name(trace: Trace) -> None:
    rows = find_exposures(trace.pool, "file", "P007_f01.f", exposures=trace.exposures.exposures)
    assert [explanation_text(explain_exposure(trace, row)).splitlines() for row in rows] == [
        [
            "product of Fields, p007_f01.f: in 1 association",
            "    made from: line 2, a; line 3, b",
            "    scopes: z9 (everything)",
            "    Stack: selected",
            f"        z9  science in {STACK_FILE}, product red",
            "    not selected by 1 rule:",
            "        Fields  the rule is about exposures",
        ]
    ]


def test_a_line_number_means_the_exposure_and_not_the_product_that_is_made_from_it(trace: Trace) -> None:
    assert find_exposures(trace.pool, "file", "2", exposures=trace.exposures.exposures) == (0,)


def test_every_exposure_of_the_pool_is_explained_and_no_product(trace: Trace) -> None:
    assert [explanation.exposure.file_name for explanation in explain_all(trace)] == ["a", "b", "c", "d"]


def test_orphans_have_reasons_of_rules_about_exposures(trace: Trace) -> None:
    assert orphans_text(find_orphans(trace)).splitlines() == [
        "2 exposures: selected by Fields, but the group has fewer than 2 science members",
        "    4  c",
        "    5  d",
    ]


def test_why_not_names_the_product_through_which_exposures_are_connected(trace: Trace) -> None:
    assert why_not_text(why_not(trace, 0, 4)).splitlines()[3:] == [
        f"    Stack   line 2 is in the product p007_f01.f, which is a member of {STACK_FILE}",
        "    Fields  product of Fields is not selected: the rule is about exposures",
    ]


CASES = """\
defaults: {FILE: '{name}', PROPOSAL: 7, CAMERA: red, FIELD: 1}
cases:
  Two fields of one camera:
    exposures: {a: {}, b: {}, c: {FIELD: 2}, d: {FIELD: 2}}
    expect: {together: [[p007_f01.f, p007_f02.f]], asn_type: deep, exptypes: {p007_f01.f: science}}
  Another field is expected:
    exposures: {a: {}, b: {}}
    expect: {together: [[p007_f01.f, p007_f03.f]]}
"""


def test_cases_name_products_by_their_files(tmp_path: Path) -> None:
    write_ruleset(tmp_path, FIELDS, STACK)
    (tmp_path / "stack.cases.yaml").write_text(CASES)
    suite = load_suite(tmp_path)
    assert suite.findings == ()
    passed, failed = run_suite(suite)
    assert passed.passed
    assert [(item.expected, item.actual) for item in failed.mismatches] == [("p007_f01.f, p007_f03.f", "p007_f01.f")]


def test_coverage_counts_products_for_a_rule_about_products_and_exposures_for_others() -> None:
    rules = ruleset(FIELDS, {**STACK, "select": {"red": {"column": "CAMERA", "is": "red"}}})
    coverage = find_coverage(rules, [trace_rules(pool(NIGHT), rules)])
    counts = {(item.kind, item.name): (item.passed, item.failed, item.decided) for item in coverage.items}
    assert counts["constraint", "red"] == (1, 0, 0)
    assert counts["key", "program"] == (4, 0, 0)
