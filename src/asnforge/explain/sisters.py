"""Sister exposures: those of the same type and the same observation, of which a rule selects one and rejects another.

What a type is follows from the rules: it is given by the columns of which most rules ask for certain values. What an
observation is follows from the pool: it is the candidate of an exposure with the fewest exposures.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import numpy as np

from asnforge.grouping.arrays import IndexArray, combine
from asnforge.grouping.evaluate import Evaluator
from asnforge.grouping.prepared_pool import PreparedPool
from asnforge.rules.constraints import Constraint, InTable, Matches, Not, OneOf, parts
from asnforge.rules.rule import Rule
from asnforge.rules.ruleset import Ruleset

Columns = tuple[str, ...]


def values_asked(rule: Rule) -> dict[Columns, tuple[Constraint, ...]]:
    """The parts of a rule's constraints that ask for certain values, by the columns that they read."""
    found: dict[Columns, list[Constraint]] = {}
    for select in rule.select:
        for leaf in values_asked_by(select.constraint):
            found.setdefault(leaf.columns, []).append(leaf)
    return {columns: tuple(leaves) for columns, leaves in found.items()}


def values_asked_by(constraint: Constraint) -> Iterator[OneOf | Matches | InTable]:
    """The parts of a constraint that ask for certain values, those that are negated aside."""
    if isinstance(constraint, OneOf | Matches | InTable):
        yield constraint
    elif not isinstance(constraint, Not):
        for part in parts(constraint):
            yield from values_asked_by(part)


def type_columns(ruleset: Ruleset) -> tuple[Columns, ...]:
    """The columns that give an exposure's type: those of which the most rules ask for values, if at least half of them do.

    Returns
    -------
    tuple of tuple of str
        Sorted; several where as many rules ask for values of each, none where the rules have no such column in common.
    """
    counts = Counter(columns for rule in ruleset.rules for columns in values_asked(rule))
    most = max(counts.values(), default=0)
    return tuple(
        sorted(columns for columns, count in counts.items() if count == most and 2 * count >= len(ruleset.rules))
    )


def sister_codes(exposures: PreparedPool, evaluation: Evaluator, ruleset: Ruleset) -> IndexArray:
    """For each exposure a code, shape (rows,): the same for exposures of the same type and the same observation."""
    types = [evaluation.column(columns).codes for columns in type_columns(ruleset)]
    return combine([_observation(exposures), *types])


def _observation(exposures: PreparedPool) -> IndexArray:
    """For each exposure the number of its smallest candidate; 0 for exposures without one."""
    numbers = {
        candidate: number
        for number, candidate in enumerate(sorted({each for listed in exposures.candidates for each in listed}), 1)
    }
    rows = np.bincount(exposures.candidate_codes, minlength=len(exposures.candidates)).tolist()
    sizes: Counter[int] = Counter()
    for listed, count in zip(exposures.candidates, rows, strict=True):
        sizes.update({numbers[candidate]: count for candidate in listed})
    smallest = [
        min((numbers[candidate] for candidate in listed), key=lambda number: (sizes[number], number), default=0)
        for listed in exposures.candidates
    ]
    return np.array(smallest, np.int64)[exposures.candidate_codes]
