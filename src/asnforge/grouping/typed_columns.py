"""Read the columns of a pool that have a type, and report the cells that cannot be read."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace

import numpy as np

from asnforge.columns import NO_AMOUNTS, Column, categorize, from_text
from asnforge.findings import FindingCode
from asnforge.grouping.arrays import IndexArray
from asnforge.grouping.pool_faults import CellFault, CellProblem, cell_fault
from asnforge.pool.model import Pool, TextColumn
from asnforge.rules.column_types import ColumnType
from asnforge.rules.describe import listed
from asnforge.rules.ruleset import Ruleset

UNREADABLE_VALUE = FindingCode(
    "G130",
    "a value cannot be read",
    "The rule set gives the column a type, such as number or time, and these cells are not of this type, or in a unit that "
    "measures something else, so their values are undefined. Correct the cells, or list what is written for an unknown value "
    "in the rule set's block `undefined`.",
    wrong="FILE|PROPOSAL|CAMERA|EXPTIME\na_raw.fits|7|red|3oo",
    right="FILE|PROPOSAL|CAMERA|EXPTIME\na_raw.fits|7|red|300",
)
DATE_ALONE = FindingCode(
    "G131",
    "a date without a time of day is moved",
    "A date without a time of day is its beginning, 00:00:00. A derived column that adds or subtracts a part of a day, for "
    "example to find the night of an exposure, can get the wrong date from it. Use a column with the time of day.",
    wrong="FILE|PROPOSAL|CAMERA|DATE\na_raw.fits|7|red|2026-03-14",
    right="FILE|PROPOSAL|CAMERA|DATE\na_raw.fits|7|red|2026-03-14T21:00:00",
)

_DATE = re.compile(r"\d{4}-\d\d-\d\d")
_NOT_A_NUMBER = "nan"
"""How tables print an undefined number."""


def typed_column(
    name: str, column_type: ColumnType, pool: Pool, undefined: Collection[str]
) -> tuple[Column, CellFault | None]:
    """A column of a pool as values of its type, and the cells that cannot be read, if there are any.

    Parameters
    ----------
    name : str
        The column's name in rules, in lower case.
    column_type : ColumnType
        Its type.
    pool : Pool
        The pool; if it does not have the column, every value is undefined.
    undefined : collection of str
        The values, in lower case, that are undefined.
    """
    text = pool.columns.get(name)
    if text is None or column_type.kind == "text":
        column = from_text(text, len(pool), undefined)
        return (replace(column, amounts=NO_AMOUNTS) if column_type.has_amounts else column), None
    from asnforge.rules.amounts import HINTS, read_texts  # slow to import

    texts = ["" if _is_undefined(value, undefined, column_type) else value for value in text.values]
    reading = read_texts(texts, column_type, text.unit)
    if reading.amounts is None:
        spelled = tuple(sorted(set(reading.values)))
        index_of = {value: index for index, value in enumerate(spelled)}
        codes = np.fromiter(map(index_of.__getitem__, reading.values), np.int32, len(texts))[text.codes]
        column = from_text(TextColumn(text.name, codes, spelled), len(pool), ())
    else:
        column = categorize(reading.values, reading.amounts, text.codes)
    unreadable = [bool(cell and not value) for cell, value in zip(texts, reading.values, strict=True)]
    rows = np.flatnonzero(np.array(unreadable, np.bool_)[text.codes]) if any(unreadable) else np.empty(0, np.int64)
    if not len(rows):
        return column, None
    problem = CellProblem(
        UNREADABLE_VALUE,
        name.upper(),
        f"{f'in {text.unit} ' if text.unit else ''}cannot be read as {column_type}",
        "so it is undefined for {exposures}",
        HINTS[column_type.kind],
    )
    return column, cell_fault(pool, text, problem, rows)


def dates_alone(pool: Pool, ruleset: Ruleset) -> Iterator[CellFault]:
    """Dates without a time of day in columns from which derived columns get other times of the day."""
    moved: dict[str, list[str]] = {}
    for derived in ruleset.derived.values():
        for case in derived.cases:
            if case.copy is None or not case.offset or case.copy not in pool.columns:
                continue
            if ruleset.type_of(case.copy).kind == "time":
                from asnforge.rules.times import SECONDS_PER_DAY

                if case.offset % SECONDS_PER_DAY:
                    moved.setdefault(case.copy, []).append(derived.name)
    for name, derived_names in sorted(moved.items()):
        text = pool.columns[name]
        is_date = np.array([_DATE.fullmatch(value) is not None for value in text.values], np.bool_)
        rows = np.flatnonzero(is_date[text.codes])
        if len(rows):
            problem = "{has} no time of day"
            effect = f"so 00:00:00 is used for {listed(sorted(set(derived_names)), 'and')} of {{exposures}}"
            yield cell_fault(pool, text, CellProblem(DATE_ALONE, name.upper(), problem, effect), rows)


def unreadable_values(
    unreadable: Mapping[tuple[str, str], tuple[ColumnType, Column, IndexArray]], pool: Pool
) -> Iterator[CellFault]:
    """The texts that derived columns copy, but that cannot be read as their type (see `Evaluator.unreadable`)."""
    if not unreadable:
        return
    from asnforge.rules.amounts import HINTS

    for (name, _), (column_type, copied, rows) in sorted(unreadable.items(), key=lambda item: item[0]):
        problem = f"cannot be read as {column_type}"
        effect = "so it is undefined for {exposures}"
        hint = HINTS[column_type.kind]
        yield cell_fault(pool, copied, CellProblem(UNREADABLE_VALUE, name, problem, effect, hint), rows)


def _is_undefined(value: str, undefined: Collection[str], column_type: ColumnType) -> bool:
    folded = value.casefold()
    return folded in undefined or (folded == _NOT_A_NUMBER and column_type.has_amounts)
