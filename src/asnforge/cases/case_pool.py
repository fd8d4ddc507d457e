"""The exposures of a case, written by name or as a text table, and the pool that is made from them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from asnforge.findings import Finding, FindingCode, SourceLocation
from asnforge.grouping.candidate_cells import format_candidates
from asnforge.pool.model import Pool, TextColumn
from asnforge.rulefiles.yaml_document import YamlNode
from asnforge.rules.ruleset import Ruleset

NAME = "name"
"""The first column of a text table of exposures; in braces, as part of a value, the exposure's name."""

DEFAULT = "."
"""A cell of a text table for which the default value is used."""

Row = Mapping[str, str]
"""The values of an exposure, by column in lower case."""

Rows = Mapping[str, tuple[int | None, Row]]
"""The exposures of a case by name, each with its line in the file of cases."""

INVALID_TABLE = FindingCode(
    "R405",
    "invalid table of exposures",
    "The first line names the columns, the first of them 'name'; every other line has as many cells, separated by spaces. "
    "A dot means the default value. If a value contains a space, write the exposures as name: {COLUMN: value}.",
    wrong="One exposure:\n  exposures: |\n    name   BAND  FIELD\n    first  g\n  expect: {together: [[first]]}",
    right="One exposure:\n  exposures: |\n    name   BAND  FIELD\n    first  g     .\n  expect: {together: [[first]]}",
)


def read_exposures(node: YamlNode, findings: list[Finding]) -> Rows:
    """The exposures of a case; for each that cannot be read, a finding is added."""
    if isinstance(node.value, str):
        return _read_table(node, findings)
    return {
        name: (
            row.key_location.line,
            {column.casefold(): str(value) for column, value in (row.value or {}).items()},
        )
        for name, row in node.items()
    }


def table_lines(node: YamlNode) -> list[tuple[int, list[str]]]:
    """The lines of a text table, without empty ones and comments: the number of each in the file, and its cells."""
    first = (node.location.line or 0) + 1
    return [
        (number, line.split())
        for number, line in enumerate(node.value.splitlines(), first)
        if line.strip() and not line.lstrip().startswith("#")
    ]


def _read_table(node: YamlNode, findings: list[Finding]) -> Rows:
    def add(message: str, line: int | None, hint: str, **details: Any) -> None:
        findings.append(INVALID_TABLE.finding(message, SourceLocation(node.document.file, line), hint=hint, **details))

    lines = table_lines(node)
    if not lines or lines[0][1][0].casefold() != NAME:
        line = lines[0][0] if lines else node.location.line
        add("the first line of the table does not begin with 'name'", line, "name the columns there")
        return {}
    columns = [column.casefold() for column in lines[0][1][1:]]
    rows: dict[str, tuple[int, Row]] = {}
    for number, (name, *cells) in lines[1:]:
        if len(cells) != len(columns):
            message = "the row of {exposure} has {values:value}, the table {columns:column}"
            hint = f"write a {DEFAULT} for a default"
            add(message, number, hint, exposure=name, values=len(cells), columns=len(columns))
        elif name in rows:
            message = "duplicate exposure {exposure}, first on line {first_line}"
            add(message, number, "give it another name", exposure=name, first_line=rows[name][0])
        else:
            pairs = zip(columns, cells, strict=True)
            rows[name] = number, {column: cell for column, cell in pairs if cell != DEFAULT}
    return rows


def make_pool(file: str, rows: Rows, defaults: Row, ruleset: Ruleset) -> Pool:
    """The pool of a case in a file, with the columns of its exposures, of the defaults, and those that the rules need."""
    written = {*defaults, *(column for _, row in rows.values() for column in row)}
    # A column that the case has only under another name must be found under that name.
    renamed = {name for name, others in ruleset.other_names.items() if written.intersection(others)} - written
    columns = sorted((ruleset.columns_needed() | written) - renamed)
    defaults = {ruleset.members.file_name: f"{{{NAME}}}", **defaults}
    return Pool(
        path=file,
        name=file.replace("\\", "/").rpartition("/")[2],
        header=tuple(column.upper() for column in columns),
        columns={column: _column(column, rows, defaults, ruleset) for column in columns},
        lines=np.array([line for line, _ in rows.values()], np.int64),
    )


def displayed_table(pool: Pool, names: Sequence[str], ruleset: Ruleset) -> tuple[tuple[str, ...], ...]:
    """The pool as it is displayed: the exposures' names, and the columns whose values are not all the same."""
    differing = {name: column for name, column in pool.columns.items() if len(column.values) > 1}
    columns = [column for name, column in differing.items() if name != ruleset.members.file_name]
    header = (NAME, *(column.name for column in columns))
    return (header, *((name, *(column[row] or DEFAULT for column in columns)) for row, name in enumerate(names)))


def _column(column: str, rows: Rows, defaults: Row, ruleset: Ruleset) -> TextColumn:
    default = defaults.get(column, "")
    cells = [row.get(column, default).replace(f"{{{NAME}}}", name).strip() for name, (_, row) in rows.items()]
    if column == ruleset.candidates.column:
        cells = [_candidates(cell) if "/" in cell and not cell.startswith("[") else cell for cell in cells]
    values, codes = np.unique(np.array(cells), return_inverse=True)
    return TextColumn(column.upper(), codes.astype(np.int32), tuple(values.tolist()))


def _candidates(cell: str) -> str:
    """A list of candidates, written ``o1/night, c5/tile``, as pools have it."""
    pairs = (entry.strip().partition("/") for entry in cell.split(","))
    return format_candidates(tuple((candidate_id, kind) for candidate_id, _, kind in pairs))
