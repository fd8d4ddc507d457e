"""Where pools can be cut: a fact of a rule set, and how cells fall into parts."""

from __future__ import annotations

import pytest
from support.observatory import rule, ruleset

from asnforge.batch.dividing import find_division

PROGRAMME = {"column": "PROPOSAL"}
ATTACHED = {"when": {"column": "INTENT", "is": "setup"}, "as": "setup"}


def test_a_rule_set_that_names_files_by_a_key_of_every_rule() -> None:
    division = find_division(ruleset(rule("One"), rule("Two")))
    assert division is not None
    assert division.column == "proposal"


@pytest.mark.parametrize(
    ("rules", "blocks"),
    [
        ([rule(group_by={"programme": {**PROGRAMME, "optional": "yes"}})], {}),
        ([rule(group_by={"programme": {**PROGRAMME, "when": {"use": "science"}}})], {}),
        ([rule(group_by={"programme": {"columns": ["PROPOSAL", "CAMERA"]}})], {}),
        ([rule("One"), rule("Two", group_by={"programme": {"column": "CAMERA"}})], {}),
        ([rule(attach={"setup": {**ATTACHED, "match": ["CAMERA"]}})], {}),
        ([rule()], {"keywords": {"file_name": "{scope}-{programme}_{asn_type}_{sequence}_asn.json"}}),
        ([rule()], {"keywords": {"file_name": "{programme}{scope}_{asn_type}_{sequence}_asn.json"}}),
        ([rule()], {"names": {"programme": {"keys": ["programme", "camera"]}}}),
        ([rule()], {"names": {"programme": {"values_of": "programme"}}}),
    ],
    ids=[
        "optional",
        "conditional",
        "several columns",
        "another column in one rule",
        "not matched by what is attached",
        "not first in file names",
        "nothing between it and the next part",
        "two keys in one part",
        "distinct values",
    ],
)
def test_rule_sets_under_which_nothing_can_be_cut(rules: list[dict[str, object]], blocks: dict[str, object]) -> None:
    assert find_division(ruleset(*rules, **blocks)) is None


def test_what_is_attached_may_be_matched_by_the_dividing_column_and_others() -> None:
    attached = {"setup": {**ATTACHED, "match": ["PROPOSAL", "CAMERA"]}}
    assert find_division(ruleset(rule(attach=attached))) is not None


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
def test_the_part_of_a_cell(cell: str, part: str | None) -> None:
    division = find_division(ruleset())
    assert division is not None
    assert division.of(cell) == part
