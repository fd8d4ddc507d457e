"""Findings: what is wrong, where, and what would be right, as values; and how values are shown to people."""

from asnforge.findings.model import (
    FEW,
    CannotContinue,
    Code,
    Finding,
    Severity,
    closest,
    counted,
    few_of_each,
)
from asnforge.findings.text import markdown, markdown_code, plain, printable, printable_lines, quoted

__all__ = [
    "FEW",
    "CannotContinue",
    "Code",
    "Finding",
    "Severity",
    "closest",
    "counted",
    "few_of_each",
    "markdown",
    "markdown_code",
    "plain",
    "printable",
    "printable_lines",
    "quoted",
]
