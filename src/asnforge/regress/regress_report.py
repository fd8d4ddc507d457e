"""Outcomes in words, and as the reports of comparisons have them."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from typing import Any

from asnforge.compare import compare_report as report
from asnforge.compare.model import Comparison
from asnforge.findings import pluralize, printable
from asnforge.regress.run_suite import Outcome


def state(outcome: Outcome) -> str:
    """What came of an entry, in a few words."""
    comparison = outcome.comparison
    if comparison is None:
        return "cannot be generated or compared"
    if outcome.new:
        count = comparison.actual_count
        return f"nothing is expected yet, {pluralize(count, 'association')} generated; --accept takes them"
    allowed = f", {len(comparison.allowed)} allowed" if comparison.allowed else ""
    unread = pluralize(len(comparison.findings), "expected file")
    unreadable = f", {unread} unreadable" if comparison.findings else ""
    same = f"{len(comparison.same)} the same"
    kinds = ", ".join(f"{count} {kind}" for kind, count in comparison.counts.items() if count)
    return (f"differs: {kinds}, {same}" if kinds else same) + allowed + unreadable


def summary(outcomes: Sequence[Outcome], accepted: Collection[str] = ()) -> str:
    """The last line of a run: the entries that are the same by count, the others by name."""
    left = [outcome for outcome in outcomes if outcome.entry.name not in accepted]
    same = sum(outcome.status == 0 for outcome in left)
    parts = [pluralize(len(outcomes), "entry", "entries"), f"{same} the same"]
    for word, names in (
        ("accepted", accepted),
        ("different", [outcome.entry.name for outcome in left if outcome.status == 1]),
        ("failed", [outcome.entry.name for outcome in left if outcome.status == 2]),
    ):
        if names:
            parts.append(f"{len(names)} {word}: {printable(', '.join(names))}")
    return "; ".join(parts)


def as_json(outcome: Outcome) -> dict[str, Any]:
    """An outcome as JSON has it."""
    return {
        "name": outcome.entry.name,
        "pool": outcome.entry.pool,
        "status": outcome.status,
        "new": outcome.new,
        "seconds": round(outcome.seconds, 4),
        "findings": [finding.as_dict() for finding in outcome.findings],
        "comparison": None if outcome.comparison is None else report.as_json(outcome.comparison),
    }


def for_junit(outcome: Outcome) -> Comparison:
    """The outcome as a comparison, with what kept it from being one among its findings."""
    if outcome.comparison is None:
        return Comparison(outcome.entry.expected, outcome.entry.pool, 0, 0, (), (), findings=outcome.findings)
    return replace(outcome.comparison, findings=outcome.comparison.findings + outcome.findings)


def failure(outcome: Outcome) -> str:
    """Why a test of an entry fails; empty where it does not."""
    if outcome.status == 0:
        return ""
    lines = [f"{printable(outcome.entry.name)}: {state(outcome)}", *map(str, outcome.findings)]
    if outcome.comparison is not None and not outcome.new:
        lines += map(str, outcome.comparison.findings)
        lines += report.difference_lines(outcome.comparison, 20)
    return "\n".join(map(printable, lines))
