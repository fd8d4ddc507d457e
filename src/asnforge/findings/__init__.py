"""Findings: problems, their positions and how to fix them, as values; and how values are displayed."""

from asnforge.findings.arguments import wrong_argument
from asnforge.findings.display import (
    markdown,
    markdown_code,
    pluralize,
    printable,
    printable_lines,
    quoted,
    truncated,
)
from asnforge.findings.html_table import html_table
from asnforge.findings.layout import fitted, hanging, padded, table_lines, text_width, wrapped
from asnforge.findings.model import (
    Finding,
    FindingCode,
    InputError,
    Severity,
    SourceLocation,
    limit_per_code,
)
from asnforge.findings.suggest import closest_words, did_you_mean, suggestion

__all__ = [
    "Finding",
    "FindingCode",
    "InputError",
    "Severity",
    "SourceLocation",
    "closest_words",
    "did_you_mean",
    "fitted",
    "hanging",
    "html_table",
    "limit_per_code",
    "markdown",
    "markdown_code",
    "padded",
    "pluralize",
    "printable",
    "printable_lines",
    "quoted",
    "suggestion",
    "table_lines",
    "text_width",
    "truncated",
    "wrapped",
    "wrong_argument",
]
