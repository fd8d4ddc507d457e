"""The rule that came nearest to taking an exposure that none took.

A rule is near where the exposure has the values that it asks for, the more so the more rules ask for others in the same
columns: an exposure type that only one rule takes says more than a value that all rules want.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from asnforge.explaining.evidence import Check, Evidence, RuleEvidence
from asnforge.rules.constraints import Constraint, InTable, Matches, Not, OneOf, columns_read, parts
from asnforge.rules.model import Key

Columns = tuple[str, ...]


def nearest(evidence: Evidence, row: int) -> tuple[tuple[RuleEvidence, tuple[Check, ...]], ...]:
    """The rules that came nearest to taking an exposure, each with what failed; none where no rule asks for what it has."""
    ranked = ranking(evidence, row)
    if not ranked or not ranked[0][0]:
        return ()
    best = ranked[0][:2]
    return tuple((rule, failed) for score, count, rule, failed in ranked if (score, count) == best)


def ranking(evidence: Evidence, row: int) -> list[tuple[int, int, RuleEvidence, tuple[Check, ...]]]:
    """All rules that left an exposure out, the nearest first: score, minus the count of failed checks, rule, failed checks."""
    asked = [{columns: _any(rule, leaves, row) for columns, leaves in _asked(rule).items()} for rule in evidence.rules]
    others = Counter(columns for answers in asked for columns, passed in answers.items() if not passed)
    found = []
    for rule, answers in zip(evidence.rules, asked, strict=True):
        failed = tuple(check for check in rule.checks if not check.passed[row])
        if failed:
            score = sum(others[columns] for columns, passed in answers.items() if passed)
            found.append((score, -len(failed), rule, failed))
    return sorted(found, key=lambda entry: (-entry[0], -entry[1], entry[2].rule.name))


def read(check: Check) -> frozenset[str]:
    """The columns that a check reads."""
    return frozenset(check.what.columns) if isinstance(check.what, Key) else columns_read(check.what)


def _asked(rule: RuleEvidence) -> dict[Columns, list[Constraint]]:
    """The constraints of a rule that ask for values, by the columns that they read."""
    found: dict[Columns, list[Constraint]] = {}
    for select in rule.rule.select:
        for leaf in _asking(select.constraint):
            found.setdefault(leaf.columns, []).append(leaf)
    return found


def _asking(constraint: Constraint) -> Iterator[OneOf | Matches | InTable]:
    if isinstance(constraint, OneOf | Matches | InTable):
        yield constraint
    elif not isinstance(constraint, Not):
        for part in parts(constraint):
            yield from _asking(part)


def _any(rule: RuleEvidence, leaves: list[Constraint], row: int) -> bool:
    return any(rule.evaluation.passes(leaf)[row] for leaf in leaves)
