"""Sibling exposures: those of the same type and observation as another one.

The rules determine what a type is: the values of the columns that most rules constrain. The pool determines what an
observation is: the candidate of an exposure that has the fewest exposures, among those that agree in the columns that every
rule needs, such as the program.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator

import numpy as np

from asnforge.grouping.arrays import IndexArray, combine, distinct
from asnforge.grouping.candidate_cells import Candidate
from asnforge.grouping.evaluate import Evaluator
from asnforge.grouping.missing_columns import columns_of_every_rule
from asnforge.grouping.prepared_pool import PreparedPool
from asnforge.rules.constraints import Constraint, Defined, Leaf, Not, parts
from asnforge.rules.rule import Rule
from asnforge.rules.ruleset import Ruleset

Columns = tuple[str, ...]
"""Columns of which the first defined one is read; or the columns of a table, which are read together."""


_NO_CANDIDATE: Candidate = ("", "")


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
    return combine([_observation(exposures, _program(exposures, ruleset)), *types])


def _program(exposures: PreparedPool, ruleset: Ruleset) -> IndexArray:
    """For each exposure a number for its values in the columns that every rule needs, except its own file name."""
    names = sorted(columns_of_every_rule(ruleset) - {ruleset.members.file_name})
    codes = [exposures.columns[name].codes for name in names if name in exposures.columns]
    return distinct(combine(codes))[1] if codes else np.zeros(len(exposures), np.int64)


def _observation(exposures: PreparedPool, program: IndexArray) -> IndexArray:
    """For each exposure the number of its candidate with the fewest exposures of its program, or of those without one."""
    first, pair = distinct(combine([program, exposures.candidate_codes]))
    lists = [exposures.candidates[code] or (_NO_CANDIDATE,) for code in exposures.candidate_codes[first].tolist()]
    programs, counts = program[first].tolist(), np.bincount(pair).tolist()
    numbers: dict[tuple[int, Candidate], int] = {}
    sizes: Counter[int] = Counter()
    for own, listed, count in zip(programs, lists, counts, strict=True):
        for candidate in listed:
            sizes[numbers.setdefault((own, candidate), len(numbers) + 1)] += count
    names = {number: candidate for (_, candidate), number in numbers.items()}
    smallest = [
        min((numbers[own, candidate] for candidate in listed), key=lambda number: (sizes[number], names[number]))
        for own, listed in zip(programs, lists, strict=True)
    ]
    return np.array(smallest, np.int64)[pair]
