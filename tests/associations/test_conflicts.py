"""Conflicts of associations: the same file, an unusable name, the same product name."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from support.command import LYNX, run_main
from support.observatory import Content, pool, pool_text, rule, ruleset, write_ruleset

from asnforge.findings import Finding
from asnforge.generation.engine import generate
from asnforge.generation.files import run_pools
from asnforge.generation.inputs import GenerateOptions
from asnforge.generation.result import Generation

TWO = """
FILE    PROPOSAL CAMERA FIELD
a_raw.f 7        red    1
b_raw.f 7        red    2
c_raw.f 7        blue   1
"""
FIELDS = rule(group_by={"field": {"column": "FIELD"}})
NO_SEQUENCE = {"keywords": {"file_name": "{program}-{camera}"}}
NIGHT = """
FILE    PROPOSAL CAMERA FIELD BAND
a_raw.f 7        red    1     g
b_raw.f 7        red    1     g
c_raw.f 7        red    2     r
d_raw.f 7        red    3     r
"""
BY_FIELD = {"field": {"column": "FIELD"}}
HINT = "run pipelines on them in different folders; in one folder, only the products of the last one remain"


def generation_of(table: str, *rules: Content, **blocks: Any) -> Generation:
    return generate(pool(table), ruleset(*rules, **blocks))


def findings(generation: Generation) -> list[Finding]:
    """The findings, without the one about candidates."""
    return [finding for finding in generation.findings if finding.code != "G112"]


def product_warnings(table: str, *rules: Content, blocks: Content | None = None) -> list[str]:
    """The warnings about product names."""
    warnings = generation_of(table, *rules, **(blocks or {})).findings
    return [str(finding).removeprefix("nights/night.tsv: ") for finding in warnings if finding.code == "G106"]


def test_associations_with_the_same_file_are_not_written() -> None:
    result = generation_of(TWO, FIELDS, **NO_SEQUENCE)
    assert [association.file_name for association in result.associations] == ["p007-blue"]
    assert [str(finding) for finding in findings(result)] == [
        "nights/night.tsv: G113 Image in z9 (product p007-z9_f01_red_open) and Image in z9 (product p007-z9_f02_red_open) "
        "would be the same file p007-red: none of them is written; change file_name of the rule, or of keywords in "
        "ruleset.yaml: {product}, or name parts of the rule, the scope and the sequence, distinguish files"
    ]


def test_files_whose_names_differ_only_in_case_are_the_same() -> None:
    other = rule(
        "Other", group_by={"field": {"column": "FIELD"}}, product="o-{camera}-{field}", file_name="A-{camera}-{field}"
    )
    one = rule(group_by={"field": {"column": "FIELD"}}, file_name="a-{camera}-{field}")
    third = rule("Third", product="t-{camera}")
    result = generation_of(TWO, one, other, third, duplicates="keep")
    assert [str(finding.message) for finding in findings(result)] == [
        f"Other in z9 (product o-{camera}-{field}) and Image in z9 (product p007-z9_{field}_{camera}_open) would be the same "
        f"file A-{camera}-{field} and a-{camera}-{field}, ignoring case: none of them is written"
        for camera, field in (("blue", "f01"), ("red", "f01"), ("red", "f02"))
    ]
    assert {association.asn_rule for association in result.associations} == {"Third"}


def test_files_of_different_rules_can_be_the_same() -> None:
    other = rule(
        "Other", group_by={"field": {"column": "FIELD"}}, product="other-{program}-{camera}-{field}", asn_type="x"
    )
    result = generation_of(TWO, FIELDS, other, duplicates="keep", keywords={"file_name": "{program}-{product}"})
    assert findings(result) == []
    result = generation_of(TWO, FIELDS, other, duplicates="keep", keywords={"file_name": "{program}-{field}-{camera}"})
    assert result.associations == ()
    assert [finding.code for finding in findings(result)] == ["G113"] * 3
    assert "Image in z9" in findings(result)[0].message
    assert "Other in z9" in findings(result)[0].message


def test_rule_can_have_its_own_file_names() -> None:
    own = rule("Own", file_name="{product}-{asn_type}.json", product="own-{camera}")
    names = [association.file_name for association in generation_of(TWO, FIELDS, own, duplicates="keep").associations]
    assert names == [
        "own-blue-stack.json",
        "own-red-stack.json",
        "p007-z9_stack_01_asn.json",
        "p007-z9_stack_02_asn.json",
        "p007-z9_stack_03_asn.json",
    ]


def test_name_part_called_product_takes_precedence() -> None:
    result = generation_of(
        TWO, rule(), keywords={"file_name": "{product}_{sequence}"}, names={"product": {"key": "camera"}}
    )
    assert [association.file_name for association in result.associations] == ["blue_01", "red_01"]


def test_association_with_an_unnamed_product_is_not_written() -> None:
    result = generation_of(
        TWO.replace("blue", "."), rule(group_by={"camera": {"column": "CAMERA", "optional": "yes"}}, product="{field}")
    )
    assert result.associations
    nameless = rule("Nameless", product="{frame}")
    result = generation_of(TWO, FIELDS, nameless, duplicates="keep")
    assert len(result.associations) == 3
    errors = [str(finding) for finding in findings(result) if finding.severity == "error"]
    assert errors == [
        "nights/night.tsv: G108 Nameless in z9 (product ) has a product without a name; change the product template of the rule"
    ]


def test_other_associations_are_written_and_the_pool_fails(tmp_path: Path) -> None:
    (tmp_path / "pool.tsv").write_text(pool_text(TWO))
    settings = GenerateOptions(ruleset(FIELDS, **NO_SEQUENCE))
    (run,) = run_pools([str(tmp_path / "pool.tsv")], tmp_path / "out", settings)
    assert (run.failed, [path.name for path in (tmp_path / "out").iterdir()]) == (True, ["p007-blue"])


@pytest.mark.parametrize("verb", ["generate", "batch"])
def test_exit_status_is_2_and_other_associations_are_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], verb: str
) -> None:
    monkeypatch.chdir(tmp_path)
    write_ruleset(Path("lynx"), FIELDS, **NO_SEQUENCE)
    Path("pool.tsv").write_text(pool_text(TWO))
    ran = run_main(capsys, verb, *LYNX, "pool.tsv", "-o", "out", "--json")
    assert (ran.status, ran.stderr) == (2, "")
    (pool_summary,) = json.loads(ran.stdout)["pools"]
    assert "G113" in [finding["code"] for finding in pool_summary["findings"]]
    assert [path.name for path in Path("out").rglob("p007*")] == ["p007-blue"]


def test_incomplete_batch_is_repeated(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    write_ruleset(Path("lynx"), FIELDS, **NO_SEQUENCE)
    Path("pool.tsv").write_text(pool_text(TWO))
    for _ in range(2):
        ran = run_main(capsys, "batch", *LYNX, "pool.tsv", "-o", "out", "--json")
        (record,) = json.loads(ran.stdout)["pools"]
        assert (ran.status, record["status"], record["skipped"], record["files"]) == (2, "failed", False, 1)


@pytest.mark.parametrize("file_name", ["{product}", "{camera}_{product}", "{camera}-{field}"])
def test_value_that_cannot_be_in_a_file_name_is_reported_by_exposure(file_name: str) -> None:
    result = generation_of(
        "FILE PROPOSAL CAMERA FIELD\na_raw.f 7 red 1\nb_raw.f 7 red 2:3", {**FIELDS, "file_name": file_name}
    )
    assert [finding.code for finding in findings(result)] == ["G102"]
    assert len(result.associations) == 1


def test_files_with_the_same_product_name_are_one_warning_with_their_differences() -> None:
    assert product_warnings(NIGHT, rule(group_by=BY_FIELD, product="{program}-{scope}")) == [
        "G106 warning: 3 associations have the product name p007-z9: p007-z9_stack_01_asn.json (2 members, FIELD 1), "
        f"p007-z9_stack_02_asn.json (1 member, FIELD 2), p007-z9_stack_03_asn.json (1 member, FIELD 3); {HINT}"
    ]


def test_each_product_name_is_a_warning() -> None:
    table = NIGHT + "e_raw.f 8 red 1 g\nf_raw.f 8 red 2 g"
    result = product_warnings(table, rule(group_by=BY_FIELD, product="{program}-{scope}"))
    assert [warning.split()[2:8] for warning in result] == [
        ["2", "associations", "have", "the", "product", "name"],
        ["3", "associations", "have", "the", "product", "name"],
    ]


def test_different_keys_are_named_and_a_wildcard_is_undefined() -> None:
    keys = {**BY_FIELD, "light": {"columns": ["BAND", "GRID"], "optional": "yes"}}
    table = NIGHT.replace("c_raw.f 7        red    2     r", "c_raw.f 7        red    2     .")
    (result,) = product_warnings(table, rule(group_by=keys, product="{program}"))
    assert "_01_asn.json (2 members, FIELD 1, BAND or GRID g), " in result
    assert "_02_asn.json (1 member, FIELD 2, BAND or GRID undefined), " in result


def test_different_rules_and_scopes_are_named() -> None:
    first = rule("First", select={"file": {"column": "FILE", "in": ["a_raw.f", "b_raw.f"]}}, product="{program}")
    second = rule("Second", select={"file": {"column": "FILE", "in": ["b_raw.f", "c_raw.f"]}}, product="{program}")
    (result,) = product_warnings(NIGHT, first, second)
    assert "(2 members, rule First), " in result
    assert "(2 members, rule Second);" in result
    table = """
    FILE    PROPOSAL CAMERA CANDIDATES
    a_raw.f 7        red    o1/night
    b_raw.f 7        red    o2/night
    """
    scopes = rule(require={"scope": {"scope_in": ["night"]}}, product="{program}")
    (result,) = product_warnings(table, scopes)
    assert "(1 member, scope o1), " in result
    assert "(1 member, scope o2);" in result


def test_member_is_named_if_nothing_else_differs() -> None:
    table = """
    FILE    PROPOSAL CAMERA CANDIDATES
    a_raw.f 7        red    o1/night
    b_raw.f 7        red    o1/night+o1/tile
    c_raw.f 7        red    o1/tile
    """
    (result,) = product_warnings(table, rule(require={"scope": {"scope_in": ["night", "tile"]}}))
    assert "(2 members, member a_flat.f), " in result
    assert "(2 members, member c_flat.f);" in result


def test_at_most_twenty_files_are_listed() -> None:
    rows = "\n".join(f"m{number}_raw.f 7 red {number} g" for number in range(30))
    (result,) = product_warnings(
        f"FILE PROPOSAL CAMERA FIELD BAND\n{rows}", rule(group_by=BY_FIELD, product="{program}")
    )
    assert result.startswith("G106 warning: 30 associations have the product name p007: ")
    assert result.count("_asn.json (1 member, FIELD ") == 20
    assert result.endswith(f" and 10 more; {HINT}")


def test_different_product_names_are_not_reported() -> None:
    assert product_warnings(NIGHT, rule(group_by=BY_FIELD)) == []


def test_duplicates_that_are_kept_share_their_product_name() -> None:
    first, second = rule("First"), rule("Second")
    table = "FILE PROPOSAL CAMERA\na_raw.f 7 red"
    assert product_warnings(table, first, second) == []
    (result,) = product_warnings(table, first, second, blocks={"duplicates": "keep"})
    assert result.startswith("G106 warning: 2 associations have the product name p007-z9_f00_red_open: ")
    assert "(1 member, rule First), " in result
    assert "(1 member, rule Second);" in result


def test_associations_that_are_not_written_do_not_share_products() -> None:
    """All would be the same file, which is a separate error."""
    same_file = rule(group_by=BY_FIELD, product="{program}-{scope}", file_name="{program}_asn.json")
    result = generate(pool(NIGHT), ruleset(same_file)).findings
    assert [finding.code for finding in result if finding.code in ("G106", "G113")] == ["G113"]
