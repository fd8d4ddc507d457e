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
from asnforge.findings.text import plain, printable, quoted

__all__ = [
    "FEW",
    "CannotContinue",
    "Code",
    "Finding",
    "Severity",
    "closest",
    "counted",
    "few_of_each",
    "plain",
    "printable",
    "quoted",
]
