"""A fault on a line of a rule file: what is said of it, and where."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml
from support.rule_files import Edit, write_rules

from asnforge.lint.runner import check_rules

FAULTS = yaml.safe_load((Path(__file__).parents[1] / "support" / "rule_faults.yaml").read_text(encoding="utf-8"))


@pytest.fixture(autouse=True)
def _in_a_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def found(*edits: Edit, cases: bool = True) -> list[str]:
    return [
        str(finding).removeprefix("heron/")
        for finding in check_rules(write_rules(Path("heron"), edits, cases=cases)).findings
    ]


def test_rules_without_a_fault_have_no_finding() -> None:
    assert found() == []


@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS)
def test_a_fault_is_named_with_its_place(fault: dict[str, Any]) -> None:
    findings = found((fault["file"], fault["text"], fault["becomes"]))
    assert len(findings) == len(fault["says"])
    for finding, said in zip(findings, fault["says"], strict=True):
        start, dots, end = said.partition(" ... ")
        assert finding.startswith(start) and finding.endswith(end) if dots else finding == said


def test_every_fault_of_every_file_is_told_at_once() -> None:
    assert found(
        ("image.yaml", "{use: calm}", "{use: clam}"),
        ("mosaic.yaml", "title:", "titel:"),
        ("ruleset.yaml", "- [r, west]", "- [r]"),
    ) == [
        "image.yaml:6:15: R201 undefined condition 'clam'; did you mean calm?",
        "mosaic.yaml:2:1: R104 unknown key 'titel'; did you mean title?",
        "ruleset.yaml:70:9: R204 the row has 1 value, but the first row has 2",
    ]


@pytest.mark.parametrize(
    ("duplicates", "product", "is_hidden"),
    [
        ("", "'tiles-", True),
        ("members", "'tiles-", True),
        ("members_and_product", "'tiles-", False),
        ("members_and_product", "'mosaic-", True),
        ("keep", "'tiles-", False),
        ("keep", "'mosaic-", False),
    ],
)
def test_a_rule_is_hidden_only_where_the_rule_set_drops_its_associations(
    duplicates: str, product: str, is_hidden: bool
) -> None:
    rules = Path("heron")
    write_rules(rules)
    if duplicates:
        with (rules / "ruleset.yaml").open("a") as file:
            file.write(f"duplicates: {duplicates}\n")
    mosaic = (rules / "mosaic.yaml").read_text()
    (rules / "twin.yaml").write_text(mosaic.replace("rule: Mosaic", "rule: Tiles").replace("'mosaic-", product))
    (rules / "twin.cases.yaml").write_text("")
    says = "the rule Tiles makes the same members of the same exposures, so Mosaic never stays"
    assert [str(finding) for finding in check_rules("heron").findings] == (
        [f"heron/mosaic.yaml:1:7: R305 warning: {says}"] if is_hidden else []
    )


@pytest.mark.parametrize(("fact", "is_hidden"), [("rule", False), ("asn_type", False), ("target", True)])
def test_products_named_by_rule_or_type_are_not_the_same(fact: str, is_hidden: bool) -> None:
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
    assert [finding.code for finding in check_rules("heron").findings if finding.code == "R305"] == ["R305"] * is_hidden


def test_a_rule_without_cases() -> None:
    assert found(cases=False) == [
        "image.yaml:1:7: R307 warning: the rule Image has no cases; write image.cases.yaml beside it",
        "mosaic.yaml:1:7: R307 warning: the rule Mosaic has no cases; write mosaic.cases.yaml beside it",
    ]


def test_a_constraint_of_a_part_is_left_alone_where_it_decides_in_another_rule() -> None:
    narrower = ("mosaic.yaml", "  tile: {column: TILE, defined: yes}", "  guide: {column: KIND, is: guide}")
    assert found(narrower) == []
    both = ("image.yaml", "  calm: {use: calm}", "  calm: {use: calm}\n  guide: {column: KIND, is: guide}")
    assert found(narrower, both) == [
        "ruleset.yaml:59:15: R302 warning: on_sky of rule Image never decides: on sky, as guide asks that KIND is guide"
    ]


def test_a_part_of_a_name_whose_keys_the_rule_lacks() -> None:
    spare = ("ruleset.yaml", "  target: {key: target}", "  target: {key: target}\n  side: {key: side}")
    assert found(spare, ("mosaic.yaml", "'mosaic-{program}", "'mosaic-{side}-{program}")) == [
        "mosaic.yaml:11:10: R308 warning: {side} is always empty: Mosaic does not group by side"
    ]


def test_one_file_is_checked_with_its_neighbours_and_told_of_alone() -> None:
    write_rules(Path("heron"), [("image.yaml", "{use: calm}", "{use: clam}"), ("mosaic.yaml", "title:", "titel:")])
    checked = check_rules("heron/mosaic.yaml")
    assert [str(finding) for finding in checked.findings] == [
        "heron/mosaic.yaml:2:1: R104 unknown key 'titel'; did you mean title?"
    ]


def test_rules_alone_are_read_with_the_default_rule_set() -> None:
    Path("mine.yaml").write_text("rule: Mine\ntitle: t\nasn_type: x\nuse: [nowhere]\nproduct: usual\n")
    (finding,) = check_rules("mine.yaml").findings
    assert (finding.code, finding.file, finding.line, finding.column) == ("R201", "mine.yaml", 4, 7)


def test_all_missing_blocks_are_named_at_once() -> None:
    Path("new").mkdir()
    Path("new/ruleset.yaml").write_text("ruleset: new\ntitle: New\nkeyword: {}\nderived: {}\n")
    assert [str(finding).partition(";")[0].removeprefix("new/") for finding in check_rules("new").findings] == [
        "ruleset.yaml:1:1: R105 required key 'members' is missing",
        "ruleset.yaml:1:1: R105 required key 'names' is missing",
        "ruleset.yaml:3:1: R104 unknown key 'keyword'",
    ]


def test_missing_keys_of_an_inner_block_are_named_at_once() -> None:
    status = "  degraded_status: {none: Fine., some: Not fine.}\n"
    assert [line.partition(";")[0] for line in found(("ruleset.yaml", "  target: '{target}'\n" + status, ""))] == [
        "ruleset.yaml:17:1: R105 required key 'target' is missing in 'keywords'",
        "ruleset.yaml:17:1: R105 required key 'degraded_status' is missing in 'keywords'",
    ]


def test_a_template_of_files_names_parts_that_are_there() -> None:
    own = ("image.yaml", "product: usual", "product: usual\nfile_name: '{product}-{sequnce}_asn.json'")
    assert found(own) == ["image.yaml:26:12: R201 undefined name part 'sequnce'; did you mean sequence?"]


def test_a_template_of_files_has_no_path_in_it() -> None:
    own = ("image.yaml", "product: usual", "product: usual\nfile_name: 'a/{product}_asn.json'")
    (finding,) = found(own)
    assert finding.startswith("image.yaml:26:12: R208 'a/{product}_asn.json' contains a path separator")


def test_a_part_of_a_file_name_whose_keys_the_rule_lacks() -> None:
    own = ("mosaic.yaml", "product:", "file_name: '{side}{product}_{sequence}'\nproduct:")
    spare = ("ruleset.yaml", "  target: {key: target}", "  target: {key: target}\n  side: {key: side}")
    assert found(own, spare) == [
        "mosaic.yaml:11:12: R308 warning: {side} is always empty: Mosaic does not group by side"
    ]


def test_a_name_part_that_only_a_file_name_uses_is_used() -> None:
    files = (
        "ruleset.yaml",
        "'{program}-{scope}_{asn_type}_{sequence}_asn.json'",
        "'{program}-{scope}_{asn_type}_asn.json'",
    )
    own = ("image.yaml", "product: usual", "product: usual\nfile_name: '{product}-{sequence}_asn.json'")
    assert found(files, own) == []


def test_an_exptype_in_two_spellings() -> None:
    assert found(("image.yaml", "as: background", "as: PSF")) == [
        "image.yaml:21:28: R314 warning: members have the exptype psf, not PSF; write psf"
    ]
    assert found(("ruleset.yaml", "value: science", "value: Science"))[0].endswith(
        "R314 warning: members have the exptype science, not Science; write science"
    )
