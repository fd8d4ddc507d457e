"""Exposures that share a member name: one member for each product and exptype."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from support.observatory import Content, members, pool, pool_text, rule, ruleset, write_ruleset

from asnforge.asnfiles.validate import validate_file
from asnforge.asnfiles.write import write_associations
from asnforge.findings import Finding
from asnforge.generation.engine import Generation, generate
from asnforge.generation.files import GenerateOptions, run_pools

DETECTORS = """
FILE        PROPOSAL CAMERA CHIP TROUBLE
x_b_raw.fit 7        red    b    .
x_a_raw.fit 7        red    a    bad
y_a_raw.fit 7        red    a    .
"""
CHIPLESS: dict[str, Any] = {
    "members": {"pattern": r"(?P<root>[a-z])_(?P<chip>[a-z])_raw(?P<end>\..+)", "name": "{root}_{level}{end}"}
}

RAW = """
FILE  PROPOSAL CAMERA KIND
s.fit 7        red    sky
b1.fit 7       red    bias
b2.fit 7       red    bias
b3.fit 7       red    bias
"""
MASTER: dict[str, Any] = {
    "members": {"pattern": r"(?P<root>.+)(?P<end>\.fit)", "name": "{root}{end}"},
    "derived": {
        "role": {"cases": [{"when": {"column": "KIND", "is": "bias"}, "value": "bias"}, {"value": "science"}]},
        "master": {"cases": [{"when": {"column": "KIND", "is": "bias"}, "value": "master_bias"}, {"value": "frame"}]},
    },
}
SKY = rule(
    select={"sky": {"column": "KIND", "is": "sky"}},
    attach={"bias": {"when": {"column": "KIND", "is": "bias"}, "match": ["CAMERA"]}},
    member_name="{master}{end}",
)


def made(table: str, *rules: Content, **blocks: Any) -> Generation:
    return generate(pool(table), ruleset(*rules, **blocks))


def told(found: Generation) -> list[Finding]:
    """The findings, without that the pool names no candidates."""
    return [finding for finding in found.findings if finding.code != "G112"]


def test_exposures_with_the_same_member_name_and_exptype_are_one_member() -> None:
    found = made(RAW, SKY, **MASTER)
    (association,) = found.associations
    assert members(association) == ["frame.fit science", "master_bias.fit bias"]
    assert (found.shared_names, found.orphans, found.counts[0].exposures) == (2, (), 4)


def test_the_same_name_under_another_exptype_is_another_member() -> None:
    both = {**SKY, "attach": {**SKY["attach"], "sky": {**SKY["attach"]["bias"], "as": "background"}}}
    both["repeat"] = [{"members": "bias", "as": "again"}]
    (association,) = made(RAW, both, **MASTER).associations
    assert members(association) == ["frame.fit science", "master_bias.fit again", "master_bias.fit bias"]


def test_a_requirement_counts_the_exposures_that_share_a_name() -> None:
    for needed, count in (("3", 1), ("4", 0)):
        some = {**SKY, "require": {"bias": {"members": "bias", "at_least": needed}}}
        assert len(made(RAW, some, **MASTER).associations) == count


def test_supporting_exposures_that_share_a_name_are_no_reason_for_a_warning() -> None:
    assert told(made(RAW, SKY, **MASTER)) == []


def test_science_exposures_that_share_a_name_are_warned_of_once() -> None:
    found = made(DETECTORS, rule(), **CHIPLESS)
    assert members(found.associations[0]) == ["x_flat.fit science", "y_flat.fit science"]
    assert [str(finding) for finding in told(found)] == [
        "nights/night.tsv: G122 warning: 2 science exposures of Image are only 1 member, as they share member names: "
        "x_a_raw.fit and x_b_raw.fit are both x_flat.fit; use everything that distinguishes them in name of members, "
        "or in member_name of the rule"
    ]


def test_a_shared_member_keeps_the_note_of_an_error() -> None:
    (association,) = made(DETECTORS, rule(), **CHIPLESS).associations
    assert [member.exposerr for member in association.products[0].members] == ["bad", None]
    assert association.degraded_status == "Not all is well."


def test_a_changed_name_can_be_that_of_a_file_that_stays_as_it_is() -> None:
    found = made("FILE PROPOSAL CAMERA\na_raw.f 7 red\na_flat.f 7 red", rule())
    assert members(found.associations[0]) == ["a_flat.f science"]
    assert "G122" in [finding.code for finding in found.findings]


def test_associations_that_become_the_same_members_are_duplicates() -> None:
    nights = rule(group_by={"chip": {"column": "CHIP"}}, product="{programme}-{chip}")
    table = DETECTORS.replace("y_a_raw.fit 7        red    a    .", "")
    chips = {"names": {"chip": {"key": "chip"}}}
    found = made(table, nights, **CHIPLESS, **chips)
    assert [members(one) for one in found.associations] == [["x_flat.fit science"]]
    assert [(one.product, one.kept_product) for one in found.dropped] == [("p007-a", "p007-b")]


def test_the_order_of_rows_changes_nothing() -> None:
    header, *rows = RAW.strip().splitlines()
    turned = "\n".join([header, *reversed(rows)])
    assert made(RAW, SKY, **MASTER).associations == made(turned, SKY, **MASTER).associations


def test_the_files_pass_validation(tmp_path: Path) -> None:
    written = write_associations(made(RAW, SKY, **MASTER).associations, tmp_path)
    assert [validate_file(path) for path in written.paths] == [()]


TWO = """
FILE    PROPOSAL CAMERA FIELD
a_raw.f 7        red    1
b_raw.f 7        red    2
c_raw.f 7        blue   1
"""
FIELDS = rule(group_by={"field": {"column": "FIELD"}})
NO_SEQUENCE = {"keywords": {"file_name": "{programme}-{camera}"}}


def test_only_the_associations_with_the_same_file_are_not_written() -> None:
    found = made(TWO, FIELDS, **NO_SEQUENCE)
    assert [one.file_name for one in found.associations] == ["p007-blue"]
    assert [str(finding) for finding in told(found)] == [
        "nights/night.tsv: G113 Image in z9 (product p007-z9_f01_red_open) and Image in z9 (product p007-z9_f02_red_open) "
        "would be the same file p007-red: none of them is written; change file_name of the rule, or of keywords in "
        "ruleset.yaml: {product}, or name parts of the rule, the scope and the sequence, distinguish files"
    ]


def test_files_whose_names_differ_only_in_letter_case_are_the_same() -> None:
    other = rule(
        "Other", group_by={"field": {"column": "FIELD"}}, product="o-{camera}-{field}", file_name="A-{camera}-{field}"
    )
    one = rule(group_by={"field": {"column": "FIELD"}}, file_name="a-{camera}-{field}")
    third = rule("Third", product="t-{camera}")
    found = made(TWO, one, other, third, duplicates="keep")
    assert [str(finding.message) for finding in told(found)] == [
        f"Other in z9 (product o-{camera}-{field}) and Image in z9 (product p007-z9_{field}_{camera}_open) would be the same "
        f"file A-{camera}-{field} and a-{camera}-{field}, ignoring letter case: none of them is written"
        for camera, field in (("blue", "f01"), ("red", "f01"), ("red", "f02"))
    ]
    assert {association.asn_rule for association in found.associations} == {"Third"}


def test_files_of_different_rules_can_be_the_same() -> None:
    other = rule(
        "Other", group_by={"field": {"column": "FIELD"}}, product="other-{programme}-{camera}-{field}", asn_type="x"
    )
    found = made(TWO, FIELDS, other, duplicates="keep", keywords={"file_name": "{programme}-{product}"})
    assert told(found) == []
    found = made(TWO, FIELDS, other, duplicates="keep", keywords={"file_name": "{programme}-{field}-{camera}"})
    assert found.associations == ()
    assert [finding.code for finding in told(found)] == ["G113"] * 3
    assert "Image in z9" in told(found)[0].message
    assert "Other in z9" in told(found)[0].message


def test_a_rule_has_its_own_files() -> None:
    own = rule("Own", file_name="{product}-{asn_type}.json", product="own-{camera}")
    names = [one.file_name for one in made(TWO, FIELDS, own, duplicates="keep").associations]
    assert names == [
        "own-blue-stack.json",
        "own-red-stack.json",
        "p007-z9_stack_01_asn.json",
        "p007-z9_stack_02_asn.json",
        "p007-z9_stack_03_asn.json",
    ]


def test_a_name_part_called_product_goes_first() -> None:
    found = made(TWO, rule(), keywords={"file_name": "{product}_{sequence}"}, names={"product": {"key": "camera"}})
    assert [one.file_name for one in found.associations] == ["blue_01", "red_01"]


def test_a_product_without_a_name_costs_only_its_association() -> None:
    found = made(
        TWO.replace("blue", "."), rule(group_by={"camera": {"column": "CAMERA", "optional": "yes"}}, product="{field}")
    )
    assert found.associations
    nameless = rule("Nameless", product="{frame}")
    found = made(TWO, FIELDS, nameless, duplicates="keep")
    assert len(found.associations) == 3
    errors = [str(finding) for finding in told(found) if finding.severity == "error"]
    assert errors == [
        "nights/night.tsv: G108 Nameless in z9 (product ) has a product without a name; change product of the rule"
    ]


def test_the_others_are_written_and_the_pool_is_incomplete(tmp_path: Path) -> None:
    (tmp_path / "pool.tsv").write_text(pool_text(TWO))
    settings = GenerateOptions(ruleset(FIELDS, **NO_SEQUENCE))
    (run,) = run_pools([str(tmp_path / "pool.tsv")], tmp_path / "out", settings)
    assert (run.failed, [path.name for path in (tmp_path / "out").iterdir()]) == (True, ["p007-blue"])


@pytest.mark.parametrize("verb", ["generate", "batch"])
def test_the_exit_status_is_2_and_the_others_are_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], verb: str
) -> None:
    from support.command import LYNX, run_main

    monkeypatch.chdir(tmp_path)
    write_ruleset(Path("lynx"), FIELDS, **NO_SEQUENCE)
    Path("pool.tsv").write_text(pool_text(TWO))
    ran = run_main(capsys, verb, *LYNX, "pool.tsv", "-o", "out", "--json")
    assert (ran.status, ran.stderr) == (2, "")
    (pool_summary,) = json.loads(ran.stdout)["pools"]
    assert "G113" in [finding["code"] for finding in pool_summary["findings"]]
    assert [path.name for path in Path("out").rglob("p007*")] == ["p007-blue"]


def test_a_batch_that_is_incomplete_is_done_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from support.command import LYNX, run_main

    monkeypatch.chdir(tmp_path)
    write_ruleset(Path("lynx"), FIELDS, **NO_SEQUENCE)
    Path("pool.tsv").write_text(pool_text(TWO))
    for _ in range(2):
        ran = run_main(capsys, "batch", *LYNX, "pool.tsv", "-o", "out", "--json", "--resume")
        (record,) = json.loads(ran.stdout)["pools"]
        assert (ran.status, record["status"], record["skipped"], record["files"]) == (2, "failed", False, 1)


@pytest.mark.parametrize("file_name", ["{product}", "{camera}_{product}", "{camera}-{field}"])
def test_a_value_that_cannot_be_in_a_rules_file_name_is_found_by_its_exposure(file_name: str) -> None:
    found = made("FILE PROPOSAL CAMERA FIELD\na_raw.f 7 red 1\nb_raw.f 7 red 2:3", {**FIELDS, "file_name": file_name})
    assert [finding.code for finding in told(found)] == ["G102"]
    assert len(found.associations) == 1
