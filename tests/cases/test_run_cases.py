"""Expectations of cases that are met, and that are not."""

from __future__ import annotations

from pathlib import Path
from textwrap import dedent, indent

import pytest
import yaml
from support.cases import results
from support.observatory import rule, write_ruleset

from asnforge.cases.case_report import failure_text
from asnforge.cases.collect import load_suite, run_suite

EXPOSURES = """\
star: {}
again: {}
psf: {STAR: yes}
other: {FIELD: 2}
far: {BAND: z}
gone: {FIELD: none, BAND: none}
"""


def case(expect: str, exposures: str = EXPOSURES, more: str = "") -> str:
    return (
        "A case:\n"
        + indent(dedent(more), "  ")
        + "  exposures:\n"
        + indent(exposures, "    ")
        + "  expect:\n"
        + indent(dedent(expect), "    ")
    )


@pytest.mark.parametrize(
    "expect",
    [
        "together: [[star, again, psf]]",
        "products: {p007-z9_f01_red_open: [psf, star, again]}",
        "asn_type: stack",
        "asn_type: [stack]",
        "products: {P007-Z9_F01_RED_OPEN: [psf, star, again]}",
        "apart: [[star, other], [psf, far, gone]]",
        "left_out: {far: light, gone: [light, field, key light]}",
        "incomplete: [{exposures: [other], lacks: psf}]",
        "incomplete: [{exposures: [other], lacks: [psf], scope: Z9}]",
        "exptypes: {star: science, psf: PSF}",
        "members: {star: star_flat.fits, psf: [psf_flat.fits]}",
        "values: {star: {FIELD: 1, GRID: '', role: science}, psf: {role: psf}}",
    ],
)
def test_met_expectation_passes(tmp_path: Path, expect: str) -> None:
    (result,) = results(tmp_path, case(expect))
    assert (result.mismatches, result.explanation) == ((), "")
    assert result.passed


@pytest.mark.parametrize(
    ("expect", "what", "expected", "actual"),
    [
        ("together: [[star, psf]]", "together", "psf, star", "again, psf, star"),
        ("together: []", "together", "no association", "again, psf, star"),
        ("together: [[star, again, psf], [other]]", "together", "again, psf, star; other", "again, psf, star"),
        (
            "products: {x: [star, again, psf]}",
            "products",
            "x: again, psf, star",
            "p007-z9_f01_red_open: again, psf, star",
        ),
        (
            "products: {p007-z9_f01_red_open: [star]}",
            "products",
            "p007-z9_f01_red_open: star",
            "p007-z9_f01_red_open: again, psf, star",
        ),
        ("asn_type: image3", "asn_type", "image3", "stack"),
        ("asn_type: [stack, image3]", "asn_type", "image3, stack", "stack"),
        ("asn_type: STACK", "asn_type", "STACK", "stack"),
        ("apart: [[star, other, psf]]", "apart", "psf and star apart", "together"),
        ("left_out: {far: field}", "left_out far", "rejected by field", "rejected by light"),
        ("left_out: {star: light}", "left_out star", "rejected by light", "selected"),
        ("left_out: {gone: light}", "left_out gone", "rejected by light", "rejected by field, key light, light"),
        (
            "incomplete: [{exposures: [star], lacks: psf}]",
            "incomplete",
            "group of star does not meet psf",
            "no such group",
        ),
        (
            "incomplete: [{exposures: [other], lacks: [psf], scope: c5}]",
            "incomplete",
            "group of other does not meet psf",
            "no such group",
        ),
        (
            "incomplete: [{exposures: [star, again, psf], lacks: psf}]",
            "incomplete",
            "group of again, psf, star does not meet psf",
            "in z9 it meets all requirements",
        ),
        ("exptypes: {star: psf}", "exptypes of star", "psf", "science"),
        ("exptypes: {other: science}", "exptypes of other", "science", "in no association"),
        ("members: {star: star_raw.fits}", "members of star", "star_raw.fits", "star_flat.fits"),
        ("values: {star: {GRID: x}}", "grid of star", "x", "undefined"),
    ],
)
def test_unmet_expectation_is_a_mismatch(tmp_path: Path, expect: str, what: str, expected: str, actual: str) -> None:
    (result,) = results(tmp_path, case(expect))
    assert [(mismatch.what, mismatch.expected, mismatch.actual) for mismatch in result.mismatches] == [
        (what, expected, actual)
    ]
    assert not result.passed


def test_failure_text_has_pool_expectations_and_explanation(tmp_path: Path) -> None:
    (result,) = results(
        tmp_path,
        case("together: [[star, other]]\nleft_out: {far: field}", "star: {}\nother: {FIELD: 2}\nfar: {BAND: z}\n"),
    )
    file = tmp_path / "fields.cases.yaml"
    assert failure_text(result) == (
        f"{file}:8: R410 A case\n"
        "    name   BAND  FIELD\n"
        "    star   g     1\n"
        "    other  g     2\n"
        "    far    z     1\n"
        f"    {file}:14: together\n"
        "        expected  other, star\n"
        "        actual    no association\n"
        f"    {file}:15: left_out far\n"
        "        expected  rejected by field\n"
        "        actual    rejected by light\n"
        "    line 11, other_raw.fits\n"
        "    line 10, star_raw.fits\n"
        "    are together in no association:\n"
        "        Fields  key field separates them: FIELD is 2 and 1\n"
        "    line 12, far_raw.fits: in no association\n"
        "        why: no rule selects it: BAND is z\n"
        "        scopes: z9 (everything)\n"
        "        not selected by 1 rule:\n"
        "            Fields  constraint light requires BAND to be one of g, r, found z"
    )


def test_unusable_exposure_is_not_a_rejected_one(tmp_path: Path) -> None:
    (result,) = results(tmp_path, case("left_out: {star: light}", "star: {FILE: a/}\n"))
    assert result.mismatches[0].actual == "cannot be used: FILE 'a/' is a directory, not a file name"


TABLE = """
A table is a pool, too:
  # the selected bands
  exposures: |
    name   BAND  STAR

    star   .     .
    # a comment
    psf    .     yes
    far    z     .
  expect:
    together: [[star, psf]]
    left_out: {far: light}
"""


def test_exposures_can_be_a_text_table(tmp_path: Path) -> None:
    (result,) = results(tmp_path, TABLE)
    assert result.passed
    assert result.case.pool.lines.tolist() == [13, 15, 16]


def test_short_candidates_are_expanded_and_selected_by_ids(tmp_path: Path) -> None:
    text = """
    Of one night:
      defaults: {CANDIDATES: 'o1/night, c5/tile'}
      ids: [o1]
      exposures:
        star: {}
        psf: {STAR: yes, CANDIDATES: o1/night}
        other: {CANDIDATES: "[('o2', 'night')]"}
      expect:
        products: {p007-o1_f01_red_open: [star, psf]}
    """
    (result,) = results(tmp_path, text)
    assert result.mismatches == ()
    assert result.case.pool.columns["candidates"].values[0] == "[('o1', 'night'), ('c5', 'tile')]"


def test_defaults_of_a_case_override_those_of_the_file(tmp_path: Path) -> None:
    text = """
    One:
      defaults: {FIELD: 3, BAND: r}
      exposures:
        a: {}
        b: {BAND: g}
      expect:
        values: {a: {FIELD: 3, BAND: r}, b: {FIELD: 3, BAND: g}}
    """
    (result,) = results(tmp_path, text)
    assert result.mismatches == ()


def test_cases_of_the_rule_set_apply_all_rules(tmp_path: Path) -> None:
    text = case("values: {psf: {role: psf, level: flat}}\ntogether: [[star, again, psf]]")
    (result,) = results(tmp_path, text, name="ruleset")
    assert result.mismatches == ()
    assert result.case.rule == ""


def test_expected_asn_type_requires_an_association(tmp_path: Path) -> None:
    (result,) = results(tmp_path, case("asn_type: stack", "star: {}\n"))
    (mismatch,) = result.mismatches
    assert (mismatch.what, mismatch.expected, mismatch.actual) == ("asn_type", "stack", "no association")


@pytest.mark.parametrize("name", ["STACK_red", "stack_red", "Stack_RED"])
def test_product_names_are_compared_without_case(tmp_path: Path, name: str) -> None:
    folder = write_ruleset(tmp_path / "lynx", rule(product="STACK_{camera}"))
    content = {
        "defaults": {"PROPOSAL": "7", "CAMERA": "red"},
        "cases": {"one": {"exposures": {"a": {}, "b": {}}, "expect": {"products": {name: ["a", "b"]}}}},
    }
    (folder / "image.cases.yaml").write_text(yaml.safe_dump(content))
    assert [result.passed for result in run_suite(load_suite(folder))] == [True]
