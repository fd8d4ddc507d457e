"""Coverage: how often each constraint, key and requirement of rules passed, failed, and decided alone.

A constraint decides alone where the exposure would be treated otherwise if this constraint, and nothing else, came out the
other way: it fails while everything around it that must pass does, or it passes where one of several is enough and no other
does. Constraints come before keys: an exposure that fails one is not asked for the values of keys. What is written once and
used by several rules counts once: shared parts and the insides of conditions.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np

from asnforge.cases.case_pools import case_pool
from asnforge.cases.coverage_counts import Counted, count_derived, count_rule
from asnforge.explain.trace import Trace, trace_rules
from asnforge.rules.ruleset import Ruleset


@dataclass(frozen=True, slots=True)
class Item:
    """Something of a rule set that can decide.

    Attributes
    ----------
    kind : str
        ``constraint``, ``part`` of a constraint, ``condition``: a part of one, ``key``, ``requirement``, ``attachment``,
        ``repeat``, ``derived``.
    name : str
        Its name in the rule or rule set.
    words : str
        What it says.
    rules : tuple of str
        The rules that use it.
    passed, failed, decided : int
        How often; exposures, or groups for what is asked of groups.
    """

    kind: str
    name: str
    words: str
    rules: tuple[str, ...]
    passed: int
    failed: int
    decided: int


@dataclass(frozen=True, slots=True)
class Coverage:
    """All items of a rule set, in the order of its rules."""

    items: tuple[Item, ...]

    def undecided(self) -> tuple[Item, ...]:
        """The items that never decided."""
        return tuple(item for item in self.items if not item.decided)


def find_coverage(ruleset: Ruleset, traces: Iterable[Trace], whole: bool = True) -> Coverage:
    """How often everything in a rule set decided.

    Parameters
    ----------
    ruleset : Ruleset
        The rules; all of their items are listed.
    traces : iterable of Trace
        What some or all of the rules made of pools.
    whole : bool
        Whether derived columns, which all rules share, are counted too.
    """
    everything = trace_rules(case_pool("", {}, {}, ruleset), ruleset)
    rules: dict[tuple[str, str, object], list[str]] = {}
    words: dict[tuple[str, str, object], str] = {}
    totals: dict[tuple[str, str, object], np.ndarray[tuple[int], np.dtype[np.int64]]] = {}
    for rule, pluralize in _counts(everything, whole):
        words.setdefault(pluralize.key, pluralize.words)
        totals.setdefault(pluralize.key, np.zeros(3, np.int64))
        users = rules.setdefault(pluralize.key, [])
        if rule and rule not in users:
            users.append(rule)
    for trace in traces:
        for _, pluralize in _counts(trace, whole):
            if pluralize.key in totals:
                totals[pluralize.key] += pluralize.counts
    return Coverage(
        tuple(Item(key[0], key[1], words[key], tuple(rules[key]), *map(int, counts)) for key, counts in totals.items())
    )


def _counts(trace: Trace, whole: bool) -> Iterator[tuple[str, Counted]]:
    for rule in trace.rules:
        for pluralize in count_rule(rule, trace):
            yield rule.name, pluralize
    for pluralize in count_derived(trace) if whole else ():
        yield "", pluralize
