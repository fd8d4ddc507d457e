"""The ranges of values of groups that keys with a gap divide."""

from __future__ import annotations

import numpy as np

from asnforge.columns import UNDEFINED
from asnforge.explain.rule_trace import RuleTrace
from asnforge.rules.rule import Key


def range_of(rule: RuleTrace, key: Key, group: int) -> str:
    """The least and the greatest value of a key with a gap in a group: ``from 10 to 12``; empty if it has none."""
    selected, passed_over = rule.groups.selected, rule.groups.passed_over
    rows = np.union1d(selected.row[selected.group == group], passed_over.row[passed_over.group == group])
    bounds = []
    for column in (rule.evaluator.spelled(names) for names in key.readings):
        codes = column.codes[rows]
        codes = codes[codes != UNDEFINED]
        if not len(codes):
            return ""
        bounds.append((column.values[int(codes.min())], column.values[int(codes.max())]))
    least, greatest = (" ".join(values) for values in zip(*bounds, strict=True))
    return f"from {least} to {greatest}" if least != greatest else f"at {least}"


def ranges(rule: RuleTrace, group: int) -> tuple[str, ...]:
    """For each key with a gap its name and the range of its values in a group: ``night from 10 to 12``."""
    keys = (key for key in rule.rule.group_by if key.gap is not None)
    return tuple(f"{key.name} {words}" for key in keys if (words := range_of(rule, key, group)))
