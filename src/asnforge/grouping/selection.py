"""Select exposures of a pool by the values of its columns, before rules are applied: ``--where``."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from asnforge.columns import Column, Mask
from asnforge.findings import Finding, FindingCode, InputError, closest_words, suggestion
from asnforge.grouping.arrays import IndexArray
from asnforge.grouping.typed_columns import typed_column
from asnforge.pool.model import Pool, TextColumn
from asnforge.rules.ruleset import Ruleset

NOT_A_CONDITION = FindingCode(
    "G125",
    "a condition that cannot be used",
    "A condition is a column, = or !=, and a value or several values that are separated by commas. An exposure passes it if "
    "the column has one of the values, or with != none of them. The column is one of the pool, not one that rules derive.",
    wrong="asnforge generate night.tsv --where 'COLOR>5'",
    right="asnforge generate night.tsv --where COLOR=green,red",
)
NO_SUCH_VALUE = FindingCode(
    "G126",
    "a value that no exposure has",
    "A condition compares a column with a value that is not in the pool, so it selects nothing, or excludes nothing. Values "
    "are compared without regard to case, and those of columns with a type as what they are.",
    wrong="asnforge generate night.tsv --where COLOR=gren",
    right="asnforge generate night.tsv --where COLOR=green",
)
NONE_SELECTED = FindingCode(
    "G127",
    "conditions that no exposure passes",
    "No exposure of the pool passes all conditions of --where, so there is nothing to do.",
    wrong="asnforge generate night.tsv --where COLOR=green --where COLOR=red",
    right="asnforge generate night.tsv --where COLOR=green,red",
)

_CONDITION = re.compile(r"\s*([^=!<>~]+?)\s*(!=|==?)(.*)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class ColumnCondition:
    """A condition for the value of a column.

    Attributes
    ----------
    text : str
        The condition as the user wrote it.
    column : str
        The column, in lower case.
    values : tuple of str
        The values, one of which the column must have. An undefined value is written as in the pool, or as nothing.
    is_negated : bool
        Whether the column must have none of them.
    """

    text: str
    column: str
    values: tuple[str, ...]
    is_negated: bool = False


def read_conditions(texts: Iterable[str]) -> tuple[ColumnCondition, ...]:
    """Conditions from texts such as ``FILTER=F770W,F1000W`` or ``BAND!=LONG``; `InputError` for any other text."""
    conditions = []
    for text in texts:
        match = _CONDITION.fullmatch(text)
        if match is None:
            message, hint = (
                "--where {text:quoted} is not a condition",
                "write COLUMN=VALUE, COLUMN=VALUE,VALUE or COLUMN!=VALUE",
            )
            raise InputError(NOT_A_CONDITION.finding(message, hint=hint, text=text))
        column, operator, values = match.groups()
        several = tuple(dict.fromkeys(value.strip() for value in values.split(",")))
        conditions.append(ColumnCondition(text, column.casefold(), several, operator == "!="))
    return tuple(conditions)


def columns_of(conditions: Iterable[ColumnCondition], ruleset: Ruleset) -> frozenset[str]:
    """All names, in lower case, of the columns that conditions read."""
    return frozenset(name for condition in conditions for name in ruleset.names_of(condition.column))


def select_exposures(pool: Pool, conditions: Sequence[ColumnCondition], ruleset: Ruleset) -> tuple[Pool, IndexArray]:
    """The exposures of a pool that pass all conditions.

    Parameters
    ----------
    pool : Pool
        The pool, with the columns that conditions read.
    conditions : sequence of ColumnCondition
        The conditions.
    ruleset : Ruleset
        The names and types of columns, and which values are undefined.

    Returns
    -------
    pool : Pool
        The selected rows, which keep their line numbers, with warnings about values that no exposure has.
    rows : ndarray of int64
        Their rows in the whole pool.

    Raises
    ------
    InputError
        The pool does not have a column, or no exposure passes all conditions.
    """
    rows, absent = find_selected(pool, conditions, ruleset)
    findings = [
        _no_such_value(condition, value, _column(condition, pool, ruleset), pool) for condition, value in absent
    ]
    if not len(rows):
        message = f"no exposure passes {'all of ' if len(conditions) > 1 else ''}{{conditions}}"
        texts = tuple(condition.text for condition in conditions)
        raise InputError(NONE_SELECTED.finding(message, pool.path, conditions=texts), *findings)
    selected = of_rows(pool, rows)
    return replace(selected, findings=(*selected.findings, *findings)), rows


def find_selected(
    pool: Pool, conditions: Sequence[ColumnCondition], ruleset: Ruleset
) -> tuple[IndexArray, tuple[tuple[ColumnCondition, str], ...]]:
    """The exposures of a pool, or of a piece of one, that pass all conditions; parameters as for `select_exposures`.

    Returns
    -------
    rows : ndarray of int64
        Their rows; possibly none.
    absent : tuple of (ColumnCondition, str)
        The values of conditions that no exposure has.

    Raises
    ------
    InputError
        The pool does not have a column.
    """
    passed: Mask = np.ones(len(pool), np.bool_)
    absent = []
    for condition in conditions:
        column = _column(condition, pool, ruleset)
        codes = []
        for value in condition.values:
            code = _code(value, condition.column, column, ruleset)
            if code is None:
                absent.append((condition, value))
            else:
                codes.append(code)
        passed &= np.isin(column.codes, codes) != condition.is_negated
    return np.flatnonzero(passed), tuple(absent)


def of_rows(pool: Pool, rows: IndexArray) -> Pool:
    """Some rows of a pool, which keep their line numbers, with the findings that are about them or about the file."""
    return replace(
        pool,
        columns={name: _of_rows(column, rows) for name, column in pool.columns.items()},
        lines=pool.lines[rows],
        findings=tuple(_of_lines(pool, rows)),
    )


def _column(condition: ColumnCondition, pool: Pool, ruleset: Ruleset) -> Column:
    name = ruleset.find_column(condition.column, pool.columns)
    if name is None:
        known = [name.strip() for name in pool.header]
        hint = suggestion(condition.column, known, "columns")
        if condition.column in ruleset.derived:
            hint = f"{condition.column} is derived by the rule set; {hint}"
        message = "--where {text:quoted}: the pool has no column {column}"
        raise InputError(
            NOT_A_CONDITION.finding(message, pool.path, hint=hint, text=condition.text, column=condition.column.upper())
        )
    if name == ruleset.candidates.column:
        message = "--where {text:quoted}: a cell of {column} lists several candidates"
        raise InputError(
            NOT_A_CONDITION.finding(
                message, pool.path, hint="choose candidates with --ids", text=condition.text, column=name.upper()
            )
        )
    return typed_column(name, ruleset.type_of(condition.column), pool, ruleset.undefined)[0]


def _code(value: str, name: str, column: Column, ruleset: Ruleset) -> int | None:
    """The code of a value; 0 for one that means undefined, None for one that no exposure has."""
    if not value or value.casefold() in ruleset.undefined:
        return 0
    from asnforge.rules.amounts import Unreadable, read_value  # slow to import, and most runs have no condition

    read = read_value(value, ruleset.type_of(name))
    folded = value.casefold() if isinstance(read, Unreadable) else read.casefold()
    try:
        return column.values.index(folded, 1)
    except ValueError:
        return None


def _no_such_value(condition: ColumnCondition, value: str, column: Column, pool: Pool) -> Finding:
    texts = column.text.values if column.text is not None else column.values
    by_value = {text.casefold(): text for text in texts}
    spelled = [by_value.get(known, known) for known in column.values[1:]]
    closest = closest_words(value, spelled)
    hint = f"did you mean {' or '.join(closest)}?" if closest else suggestion(value, spelled, "its values")
    message = "no exposure has {column} {value:quoted}"
    return NO_SUCH_VALUE.finding(
        message, pool.path, hint=hint, severity="warning", column=condition.column.upper(), value=value
    )


def _of_rows(column: TextColumn, rows: IndexArray) -> TextColumn:
    """Some rows of a column, with only the values that they have."""
    codes = column.codes[rows]
    used = np.bincount(codes, minlength=len(column.values)) > 0
    lookup = (np.cumsum(used) - 1).astype(np.int32)
    values = tuple(value for value, is_used in zip(column.values, used.tolist(), strict=True) if is_used)
    return TextColumn(column.name, lookup[codes], values)


def _of_lines(pool: Pool, rows: IndexArray) -> Iterator[Finding]:
    """The findings of a pool, without those of rows that are not selected."""
    lines = set(pool.lines[rows].tolist()) | set(pool.faulty_lines)
    for finding in pool.findings:
        number = finding.line or finding.row
        if number is None or number in lines or number == pool.header_line:
            yield finding
