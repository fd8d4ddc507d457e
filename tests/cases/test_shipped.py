"""The cases of the shipped rules: all pass, everything in a rule is decisive in one, and every change of a rule fails one."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest
from support.mutants import option_mutants
from support.survivors import fails_a_case, survivors

from asnforge.cases.collect import CaseSuite, load_suite, run_suite
from asnforge.cases.coverage import find_coverage
from asnforge.cases.run_cases import trace_case
from asnforge.rulefiles.load import read_ruleset
from asnforge.rulefiles.shipped import CASES_SUFFIX, rule_files, rulesets_folder

FOLDERS = sorted(path.parent for path in rulesets_folder().glob("*/ruleset.yaml"))
RULES = [(folder.name, rule.name) for folder in FOLDERS for rule in read_ruleset(folder).rules]


@cache
def suite(folder: str) -> CaseSuite:
    return load_suite(rulesets_folder() / folder)


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_every_rule_has_cases(folder: Path) -> None:
    names = {path.name.removesuffix(path.suffix) for path in rule_files(folder)}
    assert {path.name.removesuffix(CASES_SUFFIX) for path in folder.glob(f"*{CASES_SUFFIX}")} - {"ruleset"} == names


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_all_cases_pass(folder: Path) -> None:
    assert suite(folder.name).findings == ()
    assert [result.case.name for result in run_suite(suite(folder.name)) if not result.passed] == []


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_everything_is_decisive_in_a_case(folder: Path) -> None:
    of = suite(folder.name)
    coverage = find_coverage(of.ruleset, (trace_case(case, of.ruleset) for case in of.cases))
    assert [(item.kind, item.name, item.rules) for item in coverage.never_decisive()] == []


@pytest.mark.parametrize(("folder", "rule"), RULES)
def test_every_change_of_a_rule_fails_a_case(folder: str, rule: str) -> None:
    assert [mutant.change for mutant in survivors(suite(folder), rule)] == []


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_every_change_of_an_option_of_a_relation_fails_a_case_of_a_rule_that_has_it(folder: Path) -> None:
    of = suite(folder.name)
    changes = option_mutants(of.ruleset.rules)
    assert [text for text, found in changes if not any(fails_a_case(of, mutant) for mutant in found)] == []


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_files_of_cases_point_editors_to_their_schema(folder: Path) -> None:
    for path in folder.glob(f"*{CASES_SUFFIX}"):
        first = path.read_text(encoding="utf-8").partition("\n")[0]
        prefix = "# yaml-language-server: $schema="
        assert first.startswith(prefix)
        assert (folder / first.removeprefix(prefix)).resolve().name == "cases.schema.json"
        assert (folder / first.removeprefix(prefix)).resolve().is_file()
