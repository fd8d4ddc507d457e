"""Reports of a comparison as text, JSON, Markdown and JUnit XML."""

from __future__ import annotations

import json
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from support.runs import association

from asnforge.compare import Options, ReadAssociation, compare
from asnforge.compare.allowlist import AllowlistEntry, apply_allowlist
from asnforge.compare.compare_report import as_json, junit_xml, markdown_report, text_report
from asnforge.compare.load_sides import read_association

A = ("a_1_cal.fits", "a_2_cal.fits")


def read(
    name: str = "product-a", *members: str, number: int = 1, strict: bool = False, **keywords: Any
) -> ReadAssociation:
    data = json.dumps(association(name, *members, **keywords)).encode()
    return read_association(data, f"run_o001_image_{number:05}_asn.json", strict=strict)


def lines(expected: list[ReadAssociation], actual: list[ReadAssociation], *, strict: bool = False) -> list[str]:
    return list(text_report(compare(expected, actual, Options(strict=strict))))


def test_text_report_of_equal_sides_has_a_summary_and_a_verdict() -> None:
    assert lines([read()], [read(number=7)]) == [
        "expected  1  associations",
        "actual    1  associations",
        "the same  1",
        "",
        "expected and actual are the same",
    ]


@pytest.mark.parametrize(
    ("expected", "actual", "shown"),
    [
        (
            [read()],
            [],
            [
                "missing     product-a (image, Rule_Image): expected, not in actual; 1 member, run_o001_image_00001_asn.json",
            ],
        ),
        (
            [],
            [read("p", *A)],
            ["unexpected  p (image, Rule_Image): in actual, not expected; 2 members, run_o001_image_00001_asn.json"],
        ),
        (
            [read()],
            [read(), read(number=2)],
            [
                "duplicate   product-a (image, Rule_Image): in actual again, run_o001_image_00002_asn.json has the members "
                "of run_o001_image_00001_asn.json"
            ],
        ),
        (
            [read("p", *A)],
            [read("q", *A)],
            ["renamed     p (image, Rule_Image)", "            product name: expected p, actual q"],
        ),
        (
            [read("p", *A)],
            [read("q", A[0], number=1), read("r", A[1], number=2)],
            [
                "split       p (image, Rule_Image): one association expected, 2 actual",
                "            actual q: 1 member, run_o001_image_00001_asn.json",
                "            actual r: 1 member, run_o001_image_00002_asn.json",
            ],
        ),
        (
            [read("q", A[0], number=1), read("r", A[1], number=2)],
            [read("p", *A)],
            [
                "merged      p (image, Rule_Image): 2 associations expected, one actual",
                "            expected q: 1 member, run_o001_image_00001_asn.json",
                "            expected r: 1 member, run_o001_image_00002_asn.json",
            ],
        ),
        (
            [read("p", *A, target="t1")],
            [read("p", "a_1_crf.fits", "a_2_crf.fits", "a_3_cal.fits", target="")],
            [
                "changed     p (image, Rule_Image)",
                "            suffix of a_1_cal.fits, a_2_cal.fits: expected cal, actual crf",
                "            only actual: a_3_cal.fits (science)",
                "            target: expected t1, actual empty",
            ],
        ),
        (
            [read("p", *(f"a{i}_cal.fits" for i in range(9)))],
            [read("p", "a0_cal.fits", exptype="psf")],
            [
                "changed     p (image, Rule_Image)",
                "            exptype of a0_cal.fits: expected science, actual psf",
                "            only expected: a1_cal.fits, a2_cal.fits, a3_cal.fits, a4_cal.fits and 4 more (science)",
            ],
        ),
    ],
    ids=["missing", "unexpected", "duplicate", "renamed", "split", "merged", "changed", "many members"],
)
def test_text_report_has_a_few_lines_for_each_difference(
    expected: list[ReadAssociation], actual: list[ReadAssociation], shown: list[str]
) -> None:
    report = lines(expected, actual)
    start = report.index("")
    assert report[start + 1 : -2] == shown
    assert report[-1] == "expected and actual differ: 1 difference"


def test_headlines_of_changed_associations_with_the_same_name_have_their_files() -> None:
    expected = [read("spectrum", f"{root}_cal.fits", number=n) for n, root in enumerate("ab", 1)]
    actual = [read("spectrum", f"{root}_cal.fits", f"{root}2_cal.fits", number=n) for n, root in enumerate("ab", 1)]
    comparison = compare(expected, actual)
    headlines = [
        "spectrum (image, Rule_Image): run_o001_image_00001_asn.json",
        "spectrum (image, Rule_Image): run_o001_image_00002_asn.json",
    ]
    text_lines = [line.removeprefix("changed").strip() for line in text_report(comparison) if ".json" in line]
    markdown_lines = [line.removeprefix("- **changed** ") for line in markdown_report(comparison) if ".json" in line]
    failures = ET.fromstring(junit_xml([("suite", comparison)])).iter("failure")
    assert text_lines == headlines
    assert markdown_lines == headlines
    assert [failure.get("message") for failure in failures] == [f"changed: {line}" for line in headlines]


def test_strict_comparison_reports_every_change() -> None:
    expected = read("p", *A, strict=True, code_version="1", note=[1])
    actual = read("p", *reversed(A), strict=True, number=2, version_id="x")
    assert lines([expected], [actual], strict=True)[5:-2] == [
        "changed     p (image, Rule_Image)",
        "            file name: expected run_o001_image_00001_asn.json, actual run_o001_image_00002_asn.json",
        "            code_version: expected 1, actual absent",
        "            note: expected [1], actual absent",
        '            version_id: expected null, actual "x"',
        "            order of members: expected a_1_cal.fits, a_2_cal.fits, actual a_2_cal.fits, a_1_cal.fits",
    ]


@pytest.mark.parametrize(
    ("ignore", "status"),
    [
        ({"target"}, 1),
        ({"target", "suffix"}, 1),
        ({"target", "suffix", "exptype"}, 0),
        ({"target", "members"}, 0),
        ({"target", "suffix", "exptype", "product_name"}, 0),
    ],
)
def test_ignored_parts_are_not_compared(ignore: set[str], status: int) -> None:
    expected = read("p", *A)
    actual = read("p", "a_1_crf.fits", "a_2_crf.fits", exptype="psf", target="t9")
    assert compare([expected], [actual], Options(ignore=frozenset(ignore))).status == status


@pytest.mark.parametrize(("only", "kinds"), [("image", ["missing"]), ("rule_slit", ["unexpected"]), ("nothing", [])])
def test_only_selects_a_type_or_rule(only: str, kinds: list[str]) -> None:
    slit = read("s", "s_1_cal.fits", asn_type="spectrum", asn_rule="Rule_Slit")
    comparison = compare([read()], [slit], Options(only=frozenset({only})))
    assert [difference.kind for difference in comparison.differences] == kinds


def test_limit_is_the_number_of_differences_shown() -> None:
    run = [read(f"p{number}", f"a{number}_cal.fits") for number in range(5)]
    report = list(text_report(compare(run, []), limit=2))
    assert report[-3:] == [
        "... and 3 more differences; --limit 0 shows all",
        "",
        "expected and actual differ: 5 differences",
    ]
    assert sum(line.startswith("missing     ") for line in text_report(compare(run, []), limit=0)) == 5


def test_control_characters_and_markdown_from_files_are_escaped() -> None:
    report = "\n".join(lines([read("\x1b[31mred\n<b>|")], []))
    assert "\x1b" not in report
    assert "\\x1b[31mred\\n<b>|" in report
    page = "\n".join(markdown_report(compare([read("<b>|a_b")], [])))
    assert "- **missing** \\<b\\>\\|a_b (image, Rule_Image): expected, not in actual" in page


def test_json_has_every_difference_with_both_sides() -> None:
    result = as_json(compare([read("p", *A)], [read("p", A[0])]))
    file = "run_o001_image_00001_asn.json"
    side = {"file": file, "asn_type": "image", "asn_rule": "Rule_Image", "products": ["p"]}
    assert json.loads(json.dumps(result)) == {
        "status": 1,
        "verdict": "expected and actual differ: 1 difference",
        "expected": {"name": "expected", "associations": 1},
        "actual": {"name": "actual", "associations": 1},
        "same": 0,
        "counts": {
            "missing": 0, "unexpected": 0, "changed": 1, "renamed": 0, "split": 0, "merged": 0, "duplicate": 0,
        },
        "differences": [
            {
                "kind": "changed",
                "title": "p",
                "expected": [{**side, "members": 2}],
                "actual": [{**side, "members": 1}],
                "changes": [
                    {"what": "member", "expected": "science", "actual": None, "member": "a_2_cal.fits", "product": None}
                ],
            }
        ],
        "allowed": [],
        "findings": [],
        "skipped": [],
    }  # fmt: skip


def test_junit_has_a_case_for_each_association() -> None:
    comparison = compare([read("same"), read("lost\x01"), read("old", *A)], [read("same"), read("new", *A)])
    comparison = apply_allowlist(comparison, [AllowlistEntry("meant", (("kind", "renamed"),), "allow.yaml", 2)])
    root = ET.fromstring(junit_xml([("a night", comparison)]))
    assert root.attrib == {"name": "asnforge", "tests": "3", "failures": "1", "errors": "0", "skipped": "1"}
    (suite,) = root
    assert suite.get("name") == "a night"
    assert [(case.get("name"), [(part.tag, part.get("type")) for part in case]) for case in suite] == [
        ("same", []),
        ("lost\\x01", [("failure", "missing")]),
        ("old", [("skipped", None)]),
    ]
    assert suite[2][0].get("message") == "meant"


def test_markdown_has_a_table_and_collapsed_differences() -> None:
    page = list(markdown_report(compare([read("p", *A)], [read("p", A[0])])))
    assert page == [
        "### Associations: expected and actual differ: 1 difference",
        "",
        "| | count | |",
        "|---|---:|---|",
        "| expected | 1 | associations |",
        "| actual | 1 | associations |",
        "| the same | 0 |  |",
        "| changed | 1 | member 1 |",
        "",
        "<details><summary>Differences, all</summary>",
        "",
        "- **changed** p (image, Rule_Image)",
        "  - only expected: a_2_cal.fits (science)",
        "",
        "</details>",
    ]
