"""Rule sets say how pools can be divided into parts without associations in common."""

from __future__ import annotations

import pytest
from support.observatory import rule, ruleset

from asnforge.pieces.partition import find_partition

PROGRAM = {"column": "PROPOSAL"}
ATTACHED = {"when": {"column": "INTENT", "is": "setup"}, "as": "setup"}


def test_a_partition_is_a_key_of_every_rule_that_file_names_begin_with() -> None:
    partition = find_partition(ruleset(rule("One"), rule("Two")))
    assert partition is not None
    assert partition.columns.part == ("proposal",)


@pytest.mark.parametrize(
    ("rules", "blocks"),
    [
        ([rule(group_by={"program": {**PROGRAM, "optional": "yes"}})], {}),
        ([rule(group_by={"program": {**PROGRAM, "when": {"use": "science"}}})], {}),
        ([rule(group_by={"program": {"columns": ["PROPOSAL", "CAMERA"]}})], {}),
        ([rule("One"), rule("Two", group_by={"program": {"column": "CAMERA"}})], {}),
        ([rule(attach={"setup": {**ATTACHED, "match": ["CAMERA"]}})], {}),
        ([rule()], {"keywords": {"file_name": "{scope}-{program}_{asn_type}_{sequence}_asn.json"}}),
        ([rule()], {"keywords": {"file_name": "{program}{scope}_{asn_type}_{sequence}_asn.json"}}),
        ([rule()], {"names": {"program": {"keys": ["program", "camera"]}}}),
        ([rule()], {"names": {"program": {"values_of": "program"}}}),
    ],
    ids=[
        "optional",
        "conditional",
        "several columns",
        "another column in one rule",
        "not matched by supporting exposures",
        "not first in file names",
        "no delimiter after the first part",
        "two keys in one part",
        "distinct values",
    ],
)
def test_rule_sets_without_a_partition(rules: list[dict[str, object]], blocks: dict[str, object]) -> None:
    assert find_partition(ruleset(*rules, **blocks)) is None


def test_supporting_exposures_may_be_matched_by_the_partition_column_and_others() -> None:
    attached = {"setup": {**ATTACHED, "match": ["PROPOSAL", "CAMERA"]}}
    assert find_partition(ruleset(rule(attach=attached))) is not None


@pytest.mark.parametrize(
    ("cell", "part"),
    [
        ("7", "p007"),
        (" 7 ", "p007"),
        ("007", "p007"),
        ("1234", "p1234"),
        ("A7", "p0a7"),
        ("", ""),
        ("-", ""),
        ("NONE", ""),
        ("7-8", None),
        ("7.8", None),
    ],
)
def test_part_of_a_value(cell: str, part: str | None) -> None:
    partition = find_partition(ruleset())
    assert partition is not None
    assert partition.part(cell) == part


def test_a_pool_is_not_cut_if_a_rule_about_products_does_not_group_by_the_partition_column() -> None:
    fields = rule("Fields", product_file="{product}.f")
    across = rule("Across", product_of="Fields", use=[], group_by={"camera": {"column": "CAMERA"}})
    assert find_partition(ruleset(fields, across)) is None
