"""Exposures that rules select and cannot group, as a value cannot be part of a name: one fact for each column."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

import numpy as np

from asnforge.columns import Column, Mask
from asnforge.grouping import codes
from asnforge.grouping.arrays import IndexArray
from asnforge.grouping.evaluate import Evaluator
from asnforge.grouping.groups import Groups
from asnforge.grouping.name_values import FILE_NAME_RULE, PRODUCT_NAME_RULE, NameValues
from asnforge.grouping.pool_faults import CellFault, CellProblem, cell_fault
from asnforge.grouping.prepared_pool import PreparedPool
from asnforge.rules.ruleset import Ruleset

_EFFECT = "so {rules} {leave} {exposures} out"


@dataclass(slots=True)
class _Concerned:
    """The rows and rules that a column keeps apart."""

    column: Column
    mask: Mask
    rules: set[str] = field(default_factory=set)


def unnamed_faults(
    made: Iterable[tuple[Groups, Evaluator]], exposures: PreparedPool, names: NameValues, ruleset: Ruleset
) -> Iterator[CellFault]:
    """The values that keep exposures out of groups, each column once.

    Parameters
    ----------
    made : iterable of (Groups, Evaluator)
        What each rule made, and how it reads the exposures.
    exposures, names, ruleset
        Of what it was made.
    """
    found: dict[str, _Concerned] = {}
    for groups, evaluation in made:
        for key in groups.rule.group_by:
            for name, rows in _by_column(groups.unnamed.get(key.name), key.columns, evaluation):
                if name not in found:
                    found[name] = _Concerned(evaluation.column((name,)), np.zeros(len(exposures), np.bool_))
                found[name].mask[rows] = True
                found[name].rules.add(groups.rule.name)
    for name, concerned in sorted(found.items()):
        is_derived = name in ruleset.derived
        where, hint = ("file", FILE_NAME_RULE) if names.is_in_file_name(name) else ("product", PRODUCT_NAME_RULE)
        shown = name if is_derived else name.upper()
        problem = CellProblem(codes.FAULTY_EXPOSURE, shown, f"cannot be part of a {where} name", _EFFECT, hint)
        column = concerned.column if is_derived else exposures.pool.columns[name]
        yield cell_fault(exposures.pool, column, problem, np.flatnonzero(concerned.mask), concerned.rules)


def _by_column(
    rows: IndexArray | None, columns: tuple[str, ...], evaluation: Evaluator
) -> Iterator[tuple[str, IndexArray]]:
    """The rows by the column that gives each of them its value, the first that is defined."""
    if rows is None:
        return
    for name in columns:
        defined = evaluation.column((name,)).defined()[rows]
        if defined.any():
            yield name, rows[defined]
        rows = rows[~defined]
