"""Outcomes of many exposures: those that are the same are made once, and are what each exposure has alone."""

from __future__ import annotations

import pytest
from support.observatory import Content, pool, rule, ruleset

from asnforge.explain import trace_rules
from asnforge.explain.rule_outcomes import RuleOutcomes, rule_outcome

TABLE = """
FILE PROPOSAL CAMERA FIELD INTENT
a    7        red    1     .
b    7        red    1     .
c    7        red    2     .
d    7        red    2     setup
e    7        blue   .     .
f    7        blue   .     .
g    7        blue   none  .
h    7        Blue   .     .
h    7        blue   9     .
"""
FIELDS: Content = {"field": {"column": "FIELD"}}
PREFER: Content = {"prefer": [{"column": "FIELD", "is": "1"}]}


@pytest.mark.parametrize(
    ("rules", "same"),
    [
        ([rule(group_by=FIELDS)], ["ab", "efh"]),
        ([rule(select={"red": {"column": "CAMERA", "is": "red"}})], ["abc", "efgi"]),
        ([rule(select={"setup": {"column": "INTENT", "is": "setup"}})], ["abcefghi"]),
        ([rule(select={"field": {"column": "FIELD", "is": "1"}}, group_by=FIELDS)], ["ab", "cd", "efh"]),
        ([rule(**PREFER)], ["ab", "efg"]),
        ([rule(attach={"setup": {"when": {"use": "setup"}, "match": ["CAMERA"]}}, group_by=FIELDS)], ["ab", "efh"]),
    ],
    ids=["groups", "value", "rejected by one value", "rejected by two values", "preferred", "attached"],
)
@pytest.mark.parametrize("every", [False, True])
def test_exposures_with_the_same_outcome_share_it(rules: list[Content], same: list[str], every: bool) -> None:
    trace = trace_rules(pool(TABLE), ruleset(*rules))
    outcomes = RuleOutcomes(trace, trace.rules[0], every)
    values = [outcomes[row] for row in range(9)]
    assert values == [rule_outcome(trace, trace.rules[0], row, every) for row in range(9)]
    shared = ["".join("abcdefghi"[row] for row in range(9) if values[row] is value) for value in values]
    assert [*dict.fromkeys(names for names in shared if len(names) > 1)] == same
