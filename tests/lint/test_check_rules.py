"""Findings about rule files, with their positions and messages."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml
from support.rule_files import Edit, write_rules

from asnforge.lint.check_rules import check_rules

PROBLEMS = yaml.safe_load((Path(__file__).parents[1] / "support" / "rule_problems.yaml").read_text(encoding="utf-8"))


@pytest.fixture(autouse=True)
def _in_a_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def check(*edits: Edit, cases: bool = True) -> list[str]:
    return [
        str(finding).removeprefix("heron/")
        for finding in check_rules(write_rules(Path("heron"), edits, cases=cases)).findings
    ]


def test_correct_rules_have_no_findings() -> None:
    assert check() == []


@pytest.mark.parametrize("problem", PROBLEMS.values(), ids=PROBLEMS)
def test_problem_is_reported_with_its_position(problem: dict[str, Any]) -> None:
    findings = check((problem["file"], problem["old"], problem["new"]))
    assert len(findings) == len(problem["findings"])
    for finding, expected in zip(findings, problem["findings"], strict=True):
        start, dots, end = expected.partition(" ... ")
        assert finding.startswith(start) and finding.endswith(end) if dots else finding == expected


def test_problems_of_all_files_are_reported_together() -> None:
    assert check(
        ("image.yaml", "{use: calm}", "{use: clam}"),
        ("mosaic.yaml", "title:", "titel:"),
        ("ruleset.yaml", "- [r, west]", "- [r]"),
    ) == [
        "image.yaml:6:15: R201 undefined condition 'clam'; did you mean calm?",
        "mosaic.yaml:2:1: R104 unknown key 'titel'; did you mean title?",
        "ruleset.yaml:70:9: R204 the row has 1 value, but the first row has 2",
    ]


@pytest.mark.parametrize(
    ("duplicates", "product", "is_shadowed"),
    [
        ("", "'tiles-", True),
        ("members", "'tiles-", True),
        ("members_and_product", "'tiles-", False),
        ("members_and_product", "'mosaic-", True),
        ("keep", "'tiles-", False),
        ("keep", "'mosaic-", False),
    ],
)
def test_rule_is_shadowed_only_if_duplicates_are_dropped(duplicates: str, product: str, is_shadowed: bool) -> None:
    rules = Path("heron")
    write_rules(rules)
    if duplicates:
        with (rules / "ruleset.yaml").open("a") as file:
            file.write(f"duplicates: {duplicates}\n")
    mosaic = (rules / "mosaic.yaml").read_text()
    (rules / "twin.yaml").write_text(mosaic.replace("rule: Mosaic", "rule: Tiles").replace("'mosaic-", product))
    (rules / "twin.cases.yaml").write_text("")
    says = "Tiles selects and groups the same exposures as Mosaic, whose associations are always dropped as duplicates"
    assert [str(finding) for finding in check_rules("heron").findings] == (
        [f"heron/mosaic.yaml:1:7: R305 warning: {says}"] if is_shadowed else []
    )


@pytest.mark.parametrize(("fact", "is_shadowed"), [("rule", False), ("asn_type", False), ("target", True)])
def test_rule_is_not_shadowed_if_product_names_include_rule_or_type(fact: str, is_shadowed: bool) -> None:
    rules = Path("heron")
    fact_part = "" if fact == "target" else f"\n  fact: {{key: {fact}}}"
    product = "'{target}" if fact == "target" else "'{fact}-{target}"
    write_rules(
        rules,
        [
            ("ruleset.yaml", "  target: {key: target}", f"  target: {{key: target}}{fact_part}"),
            ("mosaic.yaml", "'mosaic-", product),
        ],
    )
    with (rules / "ruleset.yaml").open("a") as file:
        file.write("duplicates: members_and_product\n")
    mosaic = (rules / "mosaic.yaml").read_text()
    twin = mosaic.replace("rule: Mosaic", "rule: Tiles").replace("asn_type: image", "asn_type: tiles")
    (rules / "twin.yaml").write_text(twin)
    (rules / "twin.cases.yaml").write_text("")
    assert [finding.code for finding in check_rules("heron").findings if finding.code == "R305"] == [
        "R305"
    ] * is_shadowed


def test_rule_without_cases_is_reported() -> None:
    assert check(cases=False) == [
        "image.yaml:1:7: R307 warning: the rule Image has no cases; write image.cases.yaml",
        "mosaic.yaml:1:7: R307 warning: the rule Mosaic has no cases; write mosaic.cases.yaml",
    ]


def test_constraint_of_a_part_is_redundant_only_if_it_is_in_every_rule() -> None:
    narrower = ("mosaic.yaml", "  tile: {column: TILE, defined: yes}", "  guide: {column: KIND, is: guide}")
    assert check(narrower) == []
    both = ("image.yaml", "  calm: {use: calm}", "  calm: {use: calm}\n  guide: {column: KIND, is: guide}")
    assert check(narrower, both) == [
        "ruleset.yaml:59:15: R302 warning: on_sky of rule Image is redundant: 'on sky' is implied by guide, 'KIND is guide'"
    ]


def test_name_part_without_its_key_is_reported() -> None:
    spare = ("ruleset.yaml", "  target: {key: target}", "  target: {key: target}\n  side: {key: side}")
    assert check(spare, ("mosaic.yaml", "'mosaic-{program}", "'mosaic-{side}-{program}")) == [
        "mosaic.yaml:11:10: R308 warning: {side} is always empty: Mosaic does not group by side"
    ]


def test_single_file_is_read_with_the_rest_of_its_folder() -> None:
    write_rules(Path("heron"), [("image.yaml", "{use: calm}", "{use: clam}"), ("mosaic.yaml", "title:", "titel:")])
    checked = check_rules("heron/mosaic.yaml")
    assert [str(finding) for finding in checked.findings] == [
        "heron/mosaic.yaml:2:1: R104 unknown key 'titel'; did you mean title?"
    ]


def test_rules_without_rule_set_use_the_default() -> None:
    Path("mine.yaml").write_text("rule: Mine\ntitle: t\nasn_type: x\nuse: [nowhere]\nproduct: usual\n")
    (finding,) = check_rules("mine.yaml").findings
    assert (finding.code, finding.file, finding.line, finding.column) == ("R201", "mine.yaml", 4, 7)


def test_all_missing_blocks_are_reported() -> None:
    Path("new").mkdir()
    Path("new/ruleset.yaml").write_text("ruleset: new\ntitle: New\nkeyword: {}\nderived: {}\n")
    assert [str(finding).partition(";")[0].removeprefix("new/") for finding in check_rules("new").findings] == [
        "ruleset.yaml:1:1: R105 required key 'members' is missing",
        "ruleset.yaml:1:1: R105 required key 'names' is missing",
        "ruleset.yaml:3:1: R104 unknown key 'keyword'",
    ]


def test_all_missing_keys_of_an_inner_block_are_reported() -> None:
    status = "  degraded_status: {none: Fine., some: Not fine.}\n"
    assert [line.partition(";")[0] for line in check(("ruleset.yaml", "  target: '{target}'\n" + status, ""))] == [
        "ruleset.yaml:17:1: R105 required key 'target' is missing in 'keywords'",
        "ruleset.yaml:17:1: R105 required key 'degraded_status' is missing in 'keywords'",
    ]


def test_unknown_name_part_in_file_name_is_reported() -> None:
    own = ("image.yaml", "product: usual", "product: usual\nfile_name: '{product}-{sequnce}_asn.json'")
    assert check(own) == ["image.yaml:26:12: R201 undefined name part 'sequnce'; did you mean sequence?"]


def test_path_in_file_name_is_reported() -> None:
    own = ("image.yaml", "product: usual", "product: usual\nfile_name: 'a/{product}_asn.json'")
    (finding,) = check(own)
    assert finding.startswith("image.yaml:26:12: R208 'a/{product}_asn.json' contains a path separator")


def test_name_part_of_file_name_without_its_key_is_reported() -> None:
    own = ("mosaic.yaml", "product:", "file_name: '{side}{product}_{sequence}'\nproduct:")
    spare = ("ruleset.yaml", "  target: {key: target}", "  target: {key: target}\n  side: {key: side}")
    assert check(own, spare) == [
        "mosaic.yaml:11:12: R308 warning: {side} is always empty: Mosaic does not group by side"
    ]


def test_name_part_in_file_name_is_used() -> None:
    files = (
        "ruleset.yaml",
        "'{program}-{scope}_{asn_type}_{sequence}_asn.json'",
        "'{program}-{scope}_{asn_type}_asn.json'",
    )
    own = ("image.yaml", "product: usual", "product: usual\nfile_name: '{product}-{sequence}_asn.json'")
    assert check(files, own) == []


def test_exptype_in_two_spellings_is_reported() -> None:
    assert check(("image.yaml", "as: background", "as: PSF")) == [
        "image.yaml:21:28: R314 warning: members have the exptype psf, not PSF; write psf"
    ]
    assert check(("ruleset.yaml", "value: science", "value: Science"))[0].endswith(
        "R314 warning: members have the exptype science, not Science; write science"
    )
