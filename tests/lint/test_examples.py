"""The examples of finding codes: `wrong` has the problem, and `right` does not."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml
from support.observatory import rule, write_ruleset

from asnforge.findings import FindingCode
from asnforge.findings.registry import all_codes
from asnforge.lint.check_rules import check_rules
from asnforge.lint.unused import NO_CASES
from asnforge.rulefiles.load import TWO_RULESETS

RULE_BLOCKS = {
    "rule",
    "product",
    "select",
    "group_by",
    "attach",
    "require",
    "repeat",
    "take_as",
    "product_of",
    "product_file",
}
CODES = [code for code in all_codes() if code.code.startswith("R3") and code not in (NO_CASES, TWO_RULESETS)]


def codes_of(folder: Path, example: str) -> set[str]:
    """The codes of the findings that an example adds to a rule set: shared blocks, blocks of a rule, or several of both."""
    rules: list[dict[str, Any]] = []
    shared: dict[str, Any] = {}
    for content in yaml.load_all(example, Loader=yaml.BaseLoader):
        if content.keys() <= RULE_BLOCKS:
            rules.append(rule(content.pop("rule", "Image"), **content))
        else:
            shared |= content
    before = {finding.message for finding in check_rules(write_ruleset(folder / "before", rule())).findings}
    findings = check_rules(write_ruleset(folder / "after", *(rules or [rule()]), **shared)).findings
    assert [finding for finding in findings if finding.code < "R3"] == []
    return {finding.code for finding in findings if finding.message not in before}


@pytest.mark.parametrize("code", CODES, ids=lambda code: code.code)
def test_wrong_example_has_the_finding_and_right_example_does_not(tmp_path: Path, code: FindingCode) -> None:
    assert code.code in codes_of(tmp_path / "wrong", code.wrong)
    assert code.code not in codes_of(tmp_path / "right", code.right)


@pytest.mark.parametrize(("example", "expected"), [(NO_CASES.wrong, True), (NO_CASES.right, False)])
def test_rule_without_cases(tmp_path: Path, example: str, expected: bool) -> None:
    write_ruleset(tmp_path, rule())
    for name in example.split():
        (tmp_path / name).touch()
    assert (NO_CASES.code in {finding.code for finding in check_rules(tmp_path).findings}) == expected
