"""Results of cases for people, and as JSON and JUnit XML."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Any
from xml.etree import ElementTree

from asnforge.cases.codes import FAILED
from asnforge.cases.model import CaseResult, Mismatch
from asnforge.findings import Finding

_NO_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""Letters that XML does not have."""


def failure_text(result: CaseResult) -> str:
    """A failing case: its pool, what was expected and what came, and why."""
    case = result.case
    lines = [f"{case.place.file}:{case.place.line}: {FAILED.code} {case.name}"]
    lines += _indented(table_text(case.shown), 4)
    for mismatch in result.mismatches:
        lines.append(f"    {mismatch.place.file}:{mismatch.place.line}: {mismatch.what}")
        lines += [f"        expected  {mismatch.expected}", f"        actual    {mismatch.actual}"]
    lines += _indented(result.explanation, 4)
    return "\n".join(lines)


def table_text(rows: Sequence[Sequence[str]]) -> str:
    """A table with its columns one under the other."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows
    )


def case_findings(result: CaseResult) -> tuple[Finding, ...]:
    """A finding for each expectation that is not met."""
    return tuple(_finding(result, mismatch) for mismatch in result.mismatches)


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
    root = ElementTree.Element("testsuites", name="asnforge rules test")
    suites: dict[str, list[ElementTree.Element]] = {}
    for result in results:
        case = result.case
        attributes = {"classname": case.rule or "all rules", "name": case.name, "time": f"{result.seconds:.4f}"}
        element = ElementTree.Element("testcase", {**attributes, "file": case.place.file, "line": str(case.place.line)})
        if not result.passed:
            message = "; ".join(
                f"{each.what}: expected {each.expected}, actual {each.actual}" for each in result.mismatches
            )
            ElementTree.SubElement(element, "failure", message=message).text = failure_text(result)
        suites.setdefault(case.place.file, []).append(element)
    for finding in findings:
        element = ElementTree.Element("testcase", classname=finding.code, name=finding.message, file=finding.file)
        ElementTree.SubElement(element, "error", message=str(finding))
        suites.setdefault(finding.file, []).append(element)
    for file, elements in suites.items():
        count = {kind: str(sum(each.find(kind) is not None for each in elements)) for kind in ("failure", "error")}
        totals = {"tests": str(len(elements)), "failures": count["failure"], "errors": count["error"]}
        ElementTree.SubElement(root, "testsuite", {"name": file, **totals}).extend(elements)
    ElementTree.indent(root)
    text = _NO_XML.sub("?", ElementTree.tostring(root, encoding="unicode"))
    return f'<?xml version="1.0" encoding="utf-8"?>\n{text}\n'.encode()


def _finding(result: CaseResult, mismatch: Mismatch) -> Finding:
    place = mismatch.place
    message = f"{result.case.name}: {mismatch.what}: expected {mismatch.expected}, actual {mismatch.actual}"
    return Finding(FAILED.code, message, place.file, place.line, place.column)


def _indented(text: str, by: int) -> list[str]:
    return [" " * by + line for line in text.splitlines()]
