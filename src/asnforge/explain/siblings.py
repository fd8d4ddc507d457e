"""Sibling exposures: those of the same type and observation as another one.

The rules determine what a type is: the values of the columns that most rules constrain. The pool determines what an
observation is: the candidate of an exposure that has the fewest exposures.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator

import numpy as np

from asnforge.grouping.arrays import IndexArray, combine
from asnforge.grouping.evaluate import Evaluator
from asnforge.grouping.prepared_pool import PreparedPool
from asnforge.rules.constraints import Constraint, Defined, Leaf, Not, parts
from asnforge.rules.rule import Rule
from asnforge.rules.ruleset import Ruleset

Columns = tuple[str, ...]
"""Columns of which the first defined one is read; or the columns of a table, which are read together."""


def type_columns(ruleset: Ruleset) -> tuple[Columns, ...]:
    """The columns that give an exposure's type: those for which most rules require values, if at least half of the rules do.

    Rules about products of other rules do not count.

    Returns
    -------
    tuple of tuple of str
        Sorted; several if equally many rules require values for each, none if the rules have no such column in common.
    """
    rules = [rule for rule in ruleset.rules if rule.product_of is None]
    counts = Counter(columns for rule in rules for columns in required_values(rule))
    most = max(counts.values(), default=0)
    return tuple(sorted(columns for columns, count in counts.items() if count == most and 2 * count >= len(rules)))


def required_values(rule: Rule) -> dict[Columns, tuple[Constraint, ...]]:
    """The parts of a rule's constraints that require values, by the columns that they read."""
    result: dict[Columns, list[Constraint]] = defaultdict(list)
    for select in rule.select:
        for leaf in value_leaves(select.constraint):
            result[leaf.columns].append(leaf)
    return {columns: tuple(leaves) for columns, leaves in result.items()}


def value_leaves(constraint: Constraint) -> Iterator[Leaf]:
    """The parts of a constraint that require values, except negated ones."""
    if isinstance(constraint, Leaf):
        if not isinstance(constraint, Defined):
            yield constraint
    elif not isinstance(constraint, Not):
        for part in parts(constraint):
            yield from value_leaves(part)


def sibling_codes(exposures: PreparedPool, evaluator: Evaluator, ruleset: Ruleset) -> IndexArray:
    """For each exposure a code, shape (rows,): the same for exposures of the same type and observation."""
    types = [evaluator.column(columns).codes for columns in type_columns(ruleset)]
    return combine([_observation(exposures), *types])


def _observation(exposures: PreparedPool) -> IndexArray:
    """For each exposure the number of its candidate with the fewest exposures; 0 for exposures without a candidate."""
    candidates = sorted({candidate for listed in exposures.candidates for candidate in listed})
    numbers = {candidate: number for number, candidate in enumerate(candidates, 1)}
    rows = np.bincount(exposures.candidate_codes, minlength=len(exposures.candidates)).tolist()
    sizes: Counter[int] = Counter()
    for listed, count in zip(exposures.candidates, rows, strict=True):
        sizes.update({numbers[candidate]: count for candidate in listed})
    smallest = [
        min((numbers[candidate] for candidate in listed), key=lambda number: (sizes[number], number), default=0)
        for listed in exposures.candidates
    ]
    return np.array(smallest, np.int64)[exposures.candidate_codes]
