"""The rules nearest to selecting an exposure that none selected, or whose groups became no association.

A rule of the exposure's own type is nearer than one of another type, whatever else they ask. Among those of the same type
the one with the fewest failed constraints and undefined keys is the nearest; then one that selected a sister exposure; then
one that asks for more of the values that the exposure has and other rules reject.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from asnforge.explain.blame import blamed
from asnforge.explain.sisters import Columns, type_columns, values_asked_by
from asnforge.explain.trace import Check, Evidence, RuleEvidence
from asnforge.rules.constraints import columns_read
from asnforge.rules.rule import Key

_MOST_NEAREST = 3
"""How many equally near rules are named."""


@dataclass(frozen=True, slots=True, eq=False)
class Rejection:
    """A rule that rejects an exposure.

    Attributes
    ----------
    rule : RuleEvidence
        The rule.
    failed : tuple of Check
        The constraints that failed and the keys that are undefined, at least one.
    other_types : int
        In how many of the columns that give a type the rule selects other values; 0: the rule is for this type.
    with_sister : bool
        The rule selected another exposure of the same type and observation.
    score : int
        How many other rules reject the values that this rule asks for and the exposure has, over all columns.
    """

    rule: RuleEvidence
    failed: tuple[Check, ...]
    other_types: int
    with_sister: bool
    score: int

    @property
    def distance(self) -> tuple[int, int]:
        """How far the rule is from selecting the exposure: the smaller, the nearer."""
        return self.other_types, len(self.failed)


def rejections(evidence: Evidence, row: int) -> tuple[Rejection, ...]:
    """All rules that reject an exposure, the nearest first."""
    types = type_columns(evidence.ruleset)
    passed = [{columns: bool(mask[row]) for columns, mask in rule.asked.items()} for rule in evidence.rules]
    rejected = Counter(columns for answers in passed for columns, answer in answers.items() if not answer)
    found = []
    for rule, answers in zip(evidence.rules, passed, strict=True):
        failed = tuple(check for check in rule.checks if not check.passed[row])
        if failed:
            other_types = sum(_is_for_other_values(rule, failed, columns, row) for columns in types)
            score = sum(rejected[columns] for columns, answer in answers.items() if answer)
            with_sister = bool(evidence.with_sister[rule.rule.name][row])
            found.append(Rejection(rule, failed, other_types, with_sister, score))
    return tuple(
        sorted(found, key=lambda each: (*each.distance, not each.with_sister, -each.score, each.rule.rule.name))
    )


def nearest(found: Sequence[Rejection]) -> tuple[Rejection, ...]:
    """Of the rejections of an exposure those to name: by a few of the nearest rules, and by all that selected a sister.

    A rule for other types is not near: where there is no rule for the type of the exposure, none is named.
    """
    near = [each for each in found if not each.other_types and each.distance == found[0].distance][:_MOST_NEAREST]
    return (*near, *(each for each in of_sisters(found) if each not in near))


def of_sisters(found: Iterable[Rejection]) -> tuple[Rejection, ...]:
    """Of the rejections of an exposure those by rules that selected a sister exposure."""
    return tuple(each for each in found if each.with_sister)


def _is_for_other_values(rule: RuleEvidence, failed: Sequence[Check], columns: Columns, row: int) -> bool:
    """Whether a rule rejects an exposure because it selects others in the columns that give a type.

    A value is not another type where the constraint selects it under a further condition, or rejects it only together with
    the value of another column.
    """
    for check in failed:
        if isinstance(check.what, Key):
            continue
        causes = list(blamed(check.what, rule.evaluation, row))
        own = [wanted for leaf, wanted in causes if leaf.columns == columns]
        selected = any(
            rule.evaluation.passes(leaf)[row] for leaf in values_asked_by(check.what) if leaf.columns == columns
        )
        if not selected and (any(own) or (own and len(own) == len(causes))):
            return True
    return False


def read(check: Check) -> frozenset[str]:
    """The columns that a check reads."""
    return frozenset(check.what.columns) if isinstance(check.what, Key) else columns_read(check.what)
