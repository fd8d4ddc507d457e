"""Results of cases for people, and as JSON and JUnit XML."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from textwrap import indent
from typing import Any
from xml.etree import ElementTree

from asnforge.cases.model import CaseResult
from asnforge.findings import Finding, FindingCode, fitted, table_lines, truncated
from asnforge.junit import add_case, add_outcome, document, new_suite

CASE_FAILS = FindingCode(
    "R410",
    "case fails",
    "The rule does not have the result that the case expects. Correct one of the two; the explanation says what the rule did.",
    wrong="One field:\n  exposures: {first: {}, second: {STAR: yes, FIELD: 2}}\n  expect: {together: [[first, second]]}",
    right="One field:\n  exposures: {first: {}, second: {STAR: yes, FIELD: 1}}\n  expect: {together: [[first, second]]}",
)

_LONGEST_CELL = 1000
"""The largest number of characters of a cell that are displayed."""


def failure_text(result: CaseResult, width: int | None = None) -> str:
    """A case that fails: its pool, the expected and the actual result, and an explanation, as lines with escaped values.

    `width` is that of the terminal, if it is one.
    """
    case = result.case
    lines = [f"{case.location.file}:{case.location.line}: {CASE_FAILS.code} {case.name}"]
    lines += indent(table_text(case.table, None if width is None else width - 4), "    ").split("\n")
    for mismatch in result.mismatches:
        lines.append(f"    {mismatch.location.file}:{mismatch.location.line}: {mismatch.what}")
        lines += [f"        expected  {mismatch.expected}", f"        actual    {mismatch.actual}"]
    lines += indent(result.explanation, "    ").split("\n") if result.explanation else []
    return "\n".join(part for line in lines for part in fitted(line, width))


def table_text(rows: Sequence[Sequence[str]], width: int | None = None) -> str:
    """A table with a heading and aligned columns, its cells escaped; `width` is that of the terminal, if it is one."""
    return "\n".join(table_lines([[truncated(cell, _LONGEST_CELL) for cell in row] for row in rows], width=width))


def result_as_dict(result: CaseResult) -> dict[str, Any]:
    """A result as JSON has it."""
    case = result.case
    return {
        "case": case.name,
        "rule": case.rule,
        "file": case.location.file,
        "line": case.location.line,
        "passed": result.passed,
        "seconds": round(result.seconds, 4),
        "mismatches": [
            {
                "what": mismatch.what,
                "line": mismatch.location.line,
                "expected": mismatch.expected,
                "actual": mismatch.actual,
            }
            for mismatch in result.mismatches
        ],
        "explanation": result.explanation,
    }


def junit_xml(results: Iterable[CaseResult], findings: Iterable[Finding] = ()) -> bytes:
    """Results as JUnit XML: a test suite for each file of cases, findings about the files as errors."""
    suites: dict[str, ElementTree.Element] = {}
    for result in results:
        name, rule, at = result.case.name, result.case.rule or "all rules", result.case.location
        suite = suites.setdefault(at.file, new_suite(at.file))
        case = add_case(suite, name, rule, time=f"{result.seconds:.4f}", file=at.file, line=str(at.line))
        if not result.passed:
            message = "; ".join(
                f"{mismatch.what}: expected {mismatch.expected}, actual {mismatch.actual}"
                for mismatch in result.mismatches
            )
            add_outcome(case, "failure", message, text=failure_text(result))
    for finding in findings:
        suite = suites.setdefault(finding.file, new_suite(finding.file))
        add_outcome(add_case(suite, finding.message, finding.code, file=finding.file), "error", str(finding))
    return document(suites.values())
