"""From the rows of a case to a pool: defaults filled in, candidates spelled out, lines those of the file of cases."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from asnforge.grouping.candidates import format_candidates
from asnforge.pool.model import Pool, TextColumn
from asnforge.rules.ruleset import Ruleset

NAME = "name"
"""The first column of a table of exposures; and in braces in a value: the exposure's name."""

Row = Mapping[str, str]


def case_pool(file: str, rows: Mapping[str, tuple[int | None, Row]], defaults: Row, ruleset: Ruleset) -> Pool:
    """The pool of a case.

    Parameters
    ----------
    file : str
        The file of cases.
    rows : mapping of str to (int, mapping of str to str)
        For each exposure by its name the line where it is written, and its values by column in lower case.
    defaults : mapping of str to str
        The values of exposures that do not have their own.
    ruleset : Ruleset
        The rules, for the columns that the pool has in any case.
    """
    written = {*defaults, *(name for _, row in rows.values() for name in row)}
    # A column that the case has only under another name is left to be found under it.
    renamed = {name for name, others in ruleset.other_names.items() if written.intersection(others)} - written
    columns = sorted((ruleset.columns_needed() | written) - renamed)
    given: Row = {ruleset.members.file_name: f"{{{NAME}}}", **defaults}
    texts = {
        column: [_value(column, name, row, given, ruleset) for name, (_, row) in rows.items()] for column in columns
    }
    return Pool(
        path=file,
        name=file.replace("\\", "/").rpartition("/")[2],
        header=tuple(column.upper() for column in columns),
        columns={column: _column(column, values) for column, values in texts.items()},
        lines=np.array([line for line, _ in rows.values()], np.int64),
    )


def shown_table(pool: Pool, names: Sequence[str], ruleset: Ruleset) -> tuple[tuple[str, ...], ...]:
    """The pool as a table for people: the columns whose values are not all the same, and the exposures' names."""
    differing = {name: column for name, column in pool.columns.items() if len(column.values) > 1}
    columns = [column for name, column in differing.items() if name != ruleset.members.file_name]
    head = (NAME, *(column.name for column in columns))
    return (head, *((name, *(column[row] or "." for column in columns)) for row, name in enumerate(names)))


def _value(column: str, name: str, row: Row, defaults: Row, ruleset: Ruleset) -> str:
    text = row.get(column, defaults.get(column, "")).replace(f"{{{NAME}}}", name).strip()
    candidates = ruleset.candidates
    if column == candidates.column and "/" in text and not text.startswith("["):
        pairs = [entry.strip().partition("/") for entry in text.split(",")]
        return format_candidates(tuple((one, kind) for one, _, kind in pairs))
    return text


def _column(name: str, texts: list[str]) -> TextColumn:
    values, codes = np.unique(np.array(texts), return_inverse=True)
    return TextColumn(name.upper(), codes.astype(np.int32), tuple(values.tolist()))
