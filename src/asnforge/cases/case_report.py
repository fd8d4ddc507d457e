"""Results of cases for people, and as JSON and JUnit XML."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any
from xml.etree import ElementTree

from asnforge.cases.codes import FAILED
from asnforge.cases.model import CaseResult
from asnforge.findings import Finding, printable, truncated
from asnforge.junit import add_case, add_outcome, document, new_suite

_LONGEST_CELL = 1000
"""How many characters of a cell are displayed."""


def failure_text(result: CaseResult) -> str:
    """A failing case: its pool, the expected and the actual result, and why; in lines with their values escaped."""
    case = result.case
    lines = [f"{case.place.file}:{case.place.line}: {FAILED.code} {case.name}"]
    lines += _indented(table_text(case.shown), 4)
    for mismatch in result.mismatches:
        lines.append(f"    {mismatch.place.file}:{mismatch.place.line}: {mismatch.what}")
        lines += [f"        expected  {mismatch.expected}", f"        actual    {mismatch.actual}"]
    lines += _indented(result.explanation, 4)
    return "\n".join(map(printable, lines))


def table_text(rows: Sequence[Sequence[str]]) -> str:
    """A table with aligned columns, its cells escaped."""
    rows = [[truncated(cell, _LONGEST_CELL) for cell in row] for row in rows]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows
    )


def result_as_dict(result: CaseResult) -> dict[str, Any]:
    """A result as JSON has it."""
    case = result.case
    return {
        "case": case.name,
        "rule": case.rule,
        "file": case.place.file,
        "line": case.place.line,
        "passed": result.passed,
        "seconds": round(result.seconds, 4),
        "mismatches": [
            {"what": each.what, "line": each.place.line, "expected": each.expected, "actual": each.actual}
            for each in result.mismatches
        ],
        "explanation": result.explanation,
    }


def junit_xml(results: Iterable[CaseResult], findings: Iterable[Finding] = ()) -> bytes:
    """Results as JUnit XML: a test suite for each file of cases, faults of the files as errors."""
    suites: dict[str, ElementTree.Element] = {}
    for result in results:
        place = result.case.place
        suite = suites.setdefault(place.file, new_suite(place.file))
        seconds, line = f"{result.seconds:.4f}", str(place.line)
        case = add_case(
            suite, result.case.name, result.case.rule or "all rules", time=seconds, file=place.file, line=line
        )
        if not result.passed:
            told = [f"{each.what}: expected {each.expected}, actual {each.actual}" for each in result.mismatches]
            add_outcome(case, "failure", "; ".join(told), text=failure_text(result))
    for finding in findings:
        suite = suites.setdefault(finding.file, new_suite(finding.file))
        add_outcome(add_case(suite, finding.message, finding.code, file=finding.file), "error", str(finding))
    return document(suites.values())


def _indented(text: str, by: int) -> list[str]:
    return [" " * by + line for line in text.split("\n")] if text else []
