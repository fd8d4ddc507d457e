"""The cases of the shipped rules: all pass, everything in a rule is decisive in one, and every change of a rule fails one."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest
from support.mutants import Mutant, mutants, option_mutants

from asnforge.cases.collect import CaseSuite, load_suite, run_suite
from asnforge.cases.coverage import find_coverage
from asnforge.cases.run_cases import mismatches, trace_case
from asnforge.rulefiles.load import read_ruleset
from asnforge.rulefiles.shipped import CASES_SUFFIX, rule_files, rulesets_folder
from asnforge.rules.ruleset import Ruleset

FOLDERS = sorted(path.parent for path in rulesets_folder().glob("*/ruleset.yaml"))
RULES = [(folder.name, rule.name) for folder in FOLDERS for rule in read_ruleset(folder).rules]


@cache
def suite(folder: str) -> CaseSuite:
    return load_suite(rulesets_folder() / folder)


def fails_a_case(of: CaseSuite, mutant: Mutant) -> bool:
    """Whether a mutant fails a case of its rule, or of a rule that uses its products."""
    name = mutant.rule.name
    tested = {name, *(other.name for other in of.ruleset.rules if name in other.depends_on())}
    rules = (mutant.rule if rule.name == name else rule for rule in of.ruleset.rules)
    changed = replace(of.ruleset, rules=tuple(rules))
    cases = (case for case in of.cases if case.rule in tested)
    return any(True for case in cases for _ in mismatches(case, trace_case(case, changed)))


def survivors(of: CaseSuite, rule_name: str) -> list[Mutant]:
    """The mutants of a rule with which all cases pass."""
    rule = next(rule for rule in of.ruleset.rules if rule.name == rule_name)
    changes = mutants(rule, of.ruleset.names, derived_from_file_names(of.ruleset))
    return [mutant for mutant in changes if not fails_a_case(of, mutant)]


def derived_from_file_names(ruleset: Ruleset) -> frozenset[str]:
    """The columns that are derived from the file name alone, so that every exposure has a value."""
    file_name = ruleset.members.file_name
    return frozenset(
        name
        for name, column in ruleset.derived.items()
        if [(case.when, case.copy) for case in column.cases] == [(None, file_name)]
    )


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
