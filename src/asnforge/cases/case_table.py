"""The exposures of a case, written as rows by name or as a text table."""

from __future__ import annotations

from asnforge.cases.case_pools import NAME
from asnforge.cases.codes import BROKEN_TABLE
from asnforge.findings import Finding
from asnforge.rulefiles.yaml_document import YamlNode

DEFAULT = "."
"""A cell of a text table that stands for the default."""

Rows = dict[str, tuple[int | None, dict[str, str]]]


def exposure_rows(piece: YamlNode, findings: list[Finding]) -> Rows:
    """The rows of a case: for each exposure by its name the line, and its values by column in lower case."""
    if isinstance(piece.value, str):
        return _table(piece, findings)
    document = piece.document
    return {
        name: (
            document.key_location(*piece.path, name).line,
            {column.casefold(): str(value) for column, value in (row or {}).items()},
        )
        for name, row in piece.value.items()
    }


def table_lines(piece: YamlNode) -> list[tuple[int, list[str]]]:
    """The lines of a text table, without blank ones and comments: the number of each in the file, and its cells."""
    first = (piece.document.location(*piece.path).line or 0) + 1
    return [
        (number, text.split())
        for number, text in enumerate(piece.value.splitlines(), first)
        if text.strip() and not text.lstrip().startswith("#")
    ]


def _table(piece: YamlNode, findings: list[Finding]) -> Rows:
    lines = table_lines(piece)
    if not lines or lines[0][1][0].casefold() != NAME:
        message = f"the first line of the table does not begin with '{NAME}'"
        line = lines[0][0] if lines else piece.document.location(*piece.path).line
        findings.append(_finding(piece, line, message, "name the columns there"))
        return {}
    columns = [column.casefold() for column in lines[0][1][1:]]
    rows: Rows = {}
    for number, (name, *cells) in lines[1:]:
        if len(cells) != len(columns):
            message = f"the row of {name} has {len(cells)} values, the table {len(columns)} columns"
            findings.append(_finding(piece, number, message, f"write a {DEFAULT} for a default"))
        elif name in rows:
            message = f"the exposure {name} is on line {rows[name][0]} already"
            findings.append(_finding(piece, number, message, "give it another name"))
        else:
            cells_given = zip(columns, cells, strict=True)
            rows[name] = (number, {column: cell for column, cell in cells_given if cell != DEFAULT})
    return rows


def _finding(piece: YamlNode, line: int | None, message: str, hint: str) -> Finding:
    return Finding(BROKEN_TABLE.code, message, piece.document.file, line, hint=hint)
