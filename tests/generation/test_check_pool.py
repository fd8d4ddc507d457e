"""What is most likely not as it was meant in a pool is found before associations are generated."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from support.fits_files import LYNX_HEADERS
from support.observatory import pool, rule, ruleset

from asnforge.findings import FindingCode
from asnforge.generation.check_pool import NO_RULE, TOO_FEW, UNKNOWN_VALUE, check_pool, check_together
from asnforge.generation.engine import ALL_SCOPES
from asnforge.pool import read_pool

KINDS: dict[str, Any] = {"column": "MODE", "in": ["image", "long_slit", "point"]}
SETTINGS: dict[str, Any] = {"column": "SETUP", "in": ["wide-f200", "narrow-f300"]}
RULES = ruleset(
    rule("All", select={"kind": {"any": [KINDS, SETTINGS]}}),
    rule(
        "Fields",
        select={"kind": KINDS},
        require={"fields": {"distinct": "FIELD", "at_least": 2, "in_scopes": ["mosaic"]}},
    ),
    headers=LYNX_HEADERS,
)


def findings(table: str) -> list[str]:
    found = check_pool(pool(table), RULES)
    return [f"{item.line}: {item.code} {item.message}" + f"; {item.hint}" * bool(item.hint) for item in found]


HEADER = "FILE PROPOSAL CAMERA MODE SETUP FIELD CANDIDATES"


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        ("a_raw.fits 7 red image wide-f200 1 o1/night", []),
        (
            "a_raw.fits 7 red imgae wide-f200 1 o1/night",
            ["2: P132 MODE 'imgae' of 1 exposure is not a value that rules know; did you mean image?"],
        ),
        (
            "a_raw.fits 7 red long-slit wide_f200 1 o1/night",
            [
                "2: P132 MODE 'long-slit' of 1 exposure is not a value that rules know; did you mean long_slit?",
                "2: P132 SETUP 'wide_f200' of 1 exposure is not a value that rules know; did you mean wide-f200?",
                "2: P133 no rule takes any of the 1 exposure with MODE long-slit",
            ],
        ),
        ("a_raw.fits 7 red image wide-f210 1 o1/night", []),
        ("a_raw.fits 7 red image wade-f200 1 o1/night", []),
        (
            "a_raw.fits 7 red image wdie-f200 1 o1/night",
            ["2: P132 SETUP 'wdie-f200' of 1 exposure is not a value that rules know; did you mean wide-f200?"],
        ),
        (
            "a_raw.fits 7 red image wie-f200 1 o1/night",
            ["2: P132 SETUP 'wie-f200' of 1 exposure is not a value that rules know; did you mean wide-f200?"],
        ),
        ("a_raw.fits 7 red dark other 1 o1/night", ["2: P133 no rule takes any of the 1 exposure with MODE dark"]),
    ],
)
def test_misspelled_values_and_types_without_rule(row: str, expected: list[str]) -> None:
    assert findings(f"{HEADER}\n{row}") == expected


def test_a_candidate_with_too_few_fields() -> None:
    rules = ruleset(
        rule("Fields", require={"fields": {"distinct": "FIELD", "at_least": 2, "in_scopes": ["mosaic"]}}),
        headers=LYNX_HEADERS,
    )
    night = pool(
        f"""{HEADER}
a_raw.fits 7 red image wide-f200 1 c1/mosaic
b_raw.fits 7 red image wide-f200 1 c1/mosaic
c_raw.fits 7 red image wide-f200 1 c2/mosaic
d_raw.fits 7 red image wide-f200 2 c2/mosaic
"""
    )
    (finding,) = check_pool(night, rules)
    assert (finding.line, finding.message) == (
        2,
        "candidate c1 (mosaic) has no more than 1 FIELD in a group, and Fields needs 2",
    )
    assert finding.details["rules"] == ("Fields",)


@pytest.mark.parametrize(
    ("table", "codes"),
    [
        (
            f"{HEADER}\na_raw.fits 7 red image wide-f200 1 o1/night\na_raw.fits 7 red image wide-f200 1 o1/night",
            ["G103"],
        ),
        (f"{HEADER}\n. 7 red image wide-f200 1 o1/night", ["G102", "P133"]),
        ("FILE PROPOSAL CAMERA MODE SETUP CANDIDATES\na_raw.fits 7 red image wide-f200 o1/night", ["G112"]),
    ],
)
def test_what_grouping_finds_is_reported_as_well(table: str, codes: list[str]) -> None:
    assert [finding.code for finding in check_pool(pool(table), RULES)] == codes


@pytest.mark.parametrize("code", [TOO_FEW, UNKNOWN_VALUE, NO_RULE], ids=lambda code: code.code)
def test_the_wrong_example_of_a_code_has_the_problem_and_the_right_one_does_not(
    code: FindingCode, tmp_path: Path
) -> None:
    fields = {"distinct": "FIELD", "at_least": 2, "in_scopes": ["mosaic"]}
    select = {} if code == TOO_FEW else {"select": {"kind": {"column": "MODE", "is": "image"}}}
    rules = ruleset(rule(require={"fields": fields}, **select), headers=LYNX_HEADERS)
    codes = []
    for number, example in enumerate((code.wrong, code.right)):
        path = tmp_path / f"{number}.txt"
        path.write_text(f"{example}\n", encoding="utf-8")
        codes.append({finding.code for finding in check_pool(read_pool(path), rules)})
    assert (code.code in codes[0], code.code in codes[1]) == (True, False)


@pytest.mark.parametrize(
    ("row", "blocks", "expected"),
    [
        ("a_raw.fits 7 red long-slit other 1 o1/night", {"column": "MODE", "is": "other"}, ["P132", "P133"]),
        ("a_raw.fits 7 red long-slit other 1 o1/night", {"column": "MODE", "is": "long-slit"}, []),
        ("a_raw.fits 7 red spectrum other 1 o1/night", {"column": "MODE", "is": "other"}, ["P133"]),
        ("a_raw.fits 7 red spectrum other 1 o1/night", {"column": "PROPOSAL", "defined": "yes"}, []),
        ("a_raw.fits 7 red spectrum wdie-f200 1 o1/night", {"column": "PROPOSAL", "defined": "yes"}, ["P132"]),
    ],
)
def test_what_another_rule_set_has_a_use_for_is_not_a_problem(
    row: str, blocks: dict[str, Any], expected: list[str]
) -> None:
    other = ruleset(rule("Other", select={"other": blocks}), ruleset="puma", headers=LYNX_HEADERS)
    table = pool(f"{HEADER}\n{row}")
    found = check_together([(table, RULES, ALL_SCOPES), (table, other, ALL_SCOPES)])
    assert [finding.code for finding in found] == expected


def test_a_candidate_with_an_association_of_another_rule_set_does_not_have_too_few_exposures() -> None:
    table = pool(f"{HEADER}\na_raw.fits 7 red image wide-f200 1 c1/mosaic")
    fields = RULES.only("Fields")
    other = ruleset(rule("Other"), ruleset="puma")
    assert [finding.code for finding in check_pool(table, fields)] == [TOO_FEW.code]
    assert check_together([(table, fields, ALL_SCOPES), (table, other, ALL_SCOPES)]) == ()
