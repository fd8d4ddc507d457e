"""The mutants of a rule that its cases do not detect."""

from __future__ import annotations

from dataclasses import replace

from support.mutants import Mutant, mutants

from asnforge.cases.collect import CaseSuite
from asnforge.cases.run_cases import mismatches, trace_case
from asnforge.rules.ruleset import Ruleset


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
