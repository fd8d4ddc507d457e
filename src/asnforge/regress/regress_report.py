"""Results of a suite as text, JSON and JUnit XML."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from typing import Any

from asnforge.compare import compare_report as report
from asnforge.compare.model import Comparison
from asnforge.findings import pluralize, printable
from asnforge.regress.run_suite import EntryResult


def describe_result(result: EntryResult) -> str:
    """The result of an entry in a few words."""
    comparison = result.comparison
    if comparison is None:
        return "cannot be generated or compared"
    if result.new:
        count = comparison.actual_count
        return f"nothing is expected yet, {pluralize(count, 'association')} generated; --accept accepts them"
    allowed = f", {len(comparison.allowed)} allowed" if comparison.allowed else ""
    unread = pluralize(len(comparison.findings), "expected file")
    unreadable = f", {unread} unreadable" if comparison.findings else ""
    same = f"{len(comparison.same)} the same"
    kinds = ", ".join(f"{count} {kind}" for kind, count in comparison.counts.items() if count)
    return (f"differs: {kinds}, {same}" if kinds else same) + allowed + unreadable


def summary(results: Sequence[EntryResult], accepted: Collection[str] = ()) -> str:
    """The last line of a run: the number of entries that are the same, and the names of the others."""
    remaining = [result for result in results if result.entry.name not in accepted]
    same = sum(result.status == 0 for result in remaining)
    parts = [pluralize(len(results), "entry", "entries"), f"{same} the same"]
    for label, names in (
        ("accepted", accepted),
        ("different", [result.entry.name for result in remaining if result.status == 1]),
        ("failed", [result.entry.name for result in remaining if result.status == 2]),
    ):
        if names:
            parts.append(f"{len(names)} {label}: {printable(', '.join(names))}")
    return "; ".join(parts)


def as_json(result: EntryResult) -> dict[str, Any]:
    """A result as JSON."""
    return {
        "name": result.entry.name,
        "pool": result.entry.pool,
        "status": result.status,
        "new": result.new,
        "seconds": round(result.seconds, 4),
        "findings": [finding.as_dict() for finding in result.findings],
        "comparison": None if result.comparison is None else report.as_json(result.comparison),
    }


def junit_xml(results: Sequence[EntryResult]) -> bytes:
    """JUnit XML in UTF-8: a test suite for each entry, in the form of `asnforge.compare.compare_report.junit_xml`."""
    return report.junit_xml((result.entry.name, _with_findings(result)) for result in results)


def _with_findings(result: EntryResult) -> Comparison:
    """The comparison of a result, with the findings of the entry among its own."""
    if result.comparison is None:
        return Comparison(result.entry.expected, result.entry.pool, 0, 0, (), (), findings=result.findings)
    return replace(result.comparison, findings=result.comparison.findings + result.findings)


def failure_message(result: EntryResult) -> str:
    """Why the test of an entry fails; empty if it passes."""
    if result.status == 0:
        return ""
    lines = [f"{printable(result.entry.name)}: {describe_result(result)}", *map(str, result.findings)]
    if result.comparison is not None and not result.new:
        lines += map(str, result.comparison.findings)
        lines += report.difference_lines(result.comparison, 20)
    return "\n".join(map(printable, lines))
