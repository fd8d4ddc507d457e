"""The setups of a pool: exposures that an instrument took in the same way, as text that can be compared line by line."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from asnforge.findings import fitted, pluralize, printable, table_lines
from asnforge.pool.model import Pool
from asnforge.rules.displayed_columns import ReportColumns, SetupColumns
from asnforge.rules.ruleset import Ruleset


@dataclass(frozen=True, slots=True)
class Setup:
    """Exposures that were taken in the same way.

    Attributes
    ----------
    values : tuple of (str, str)
        The columns that define the setup and have a value, each with its value.
    exposures : tuple of tuple of str
        For each exposure its name, the cells of the shown columns, and the suffixes of its products, if they are known.
    """

    values: tuple[tuple[str, str], ...]
    exposures: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class PoolOverview:
    """The setups of a pool.

    Attributes
    ----------
    heading : tuple of str
        The titles of an exposure's cells.
    setups : tuple of Setup
        The setups, in the order of their values.
    incomplete : tuple of str
        A sentence for each group that has fewer exposures than it should have.
    """

    heading: tuple[str, ...]
    setups: tuple[Setup, ...]
    incomplete: tuple[str, ...]

    def lines(self, width: int | None = None) -> Iterator[str]:
        """The overview as text: a block for each setup. `width` is that of the terminal, if it is one."""
        for number, setup in enumerate(self.setups, 1):
            yield f"setup {number}: {pluralize(len(setup.exposures), 'exposure')}"
            yield from table_lines(setup.values, heading=False, indent="  ", width=width)
            yield ""
            yield from table_lines([self.heading, *setup.exposures], indent="  ", width=width)
            yield ""
        for line in self.incomplete:
            yield from fitted(line, width)


def overview(
    pool: Pool, ruleset: Ruleset, columns: SetupColumns, products: Sequence[Sequence[str]] | None = None
) -> PoolOverview:
    """The setups of a pool.

    Parameters
    ----------
    pool : Pool
        The pool, with all columns that are shown.
    ruleset : Ruleset
        Which values are undefined, and which column has the file name.
    columns : SetupColumns
        The columns that define a setup.
    products : sequence of sequence of str, or None
        For each exposure the suffixes of its products; None if there are no files.
    """
    shown = _Cells(pool, ruleset)
    by_values: dict[tuple[tuple[str, str], ...], list[tuple[str, ...]]] = {}
    for row in range(len(pool)):
        values = tuple((name, value) for name in columns.setup if (value := shown.cell(name, row)))
        cells = (
            shown.cell(ruleset.members.file_name, row),
            *(shown.cell(name, row) or "-" for name in columns.exposure),
        )
        if products is not None:
            cells = (*cells, " ".join(products[row]))
        by_values.setdefault(values, []).append(cells)
    heading = (ruleset.members.file_name.upper(), *columns.exposure, *(("products",) if products is not None else ()))
    setups = tuple(Setup(values, tuple(sorted(rows))) for values, rows in sorted(by_values.items()))
    return PoolOverview(heading, setups, tuple(_incomplete(shown, len(pool), columns)))


class _Cells:
    """Cells of a pool by column and row; an undefined value is an empty string."""

    def __init__(self, pool: Pool, ruleset: Ruleset) -> None:
        self._pool = pool
        self._ruleset = ruleset
        self._names: dict[str, str | None] = {}

    def cell(self, name: str, row: int) -> str:
        if name not in self._names:
            self._names[name] = self._ruleset.find_column(name.casefold(), self._pool.columns)
        column = self._names[name]
        value = self._pool.columns[column][row] if column is not None else ""
        return "" if value.casefold() in self._ruleset.undefined else value


def _incomplete(shown: _Cells, rows: int, columns: SetupColumns) -> Iterator[str]:
    """The groups of exposures that are fewer than they should be."""
    numbers: dict[tuple[str, ...], set[str]] = {}
    expected: dict[tuple[str, ...], int] = {}
    for row in range(rows if columns.expected else 0):
        key = tuple(shown.cell(name, row) for name in columns.within)
        numbers.setdefault(key, set()).add(shown.cell(columns.counter, row))
        total = shown.cell(columns.expected, row)
        if total.isdecimal():
            expected[key] = max(expected.get(key, 0), int(total))
    for key, total_number in sorted(expected.items()):
        count = len(numbers[key])
        if count < total_number:
            which = ", ".join(f"{name} {printable(value)}" for name, value in zip(columns.within, key, strict=True))
            yield f"{which}: {count} of {total_number} exposures"


def setup_columns(ruleset: Ruleset) -> SetupColumns:
    """The columns that the rule set names in its block ``setup``, or else those by which its rules group."""
    if ruleset.setup is not None:
        return ruleset.setup
    names = dict.fromkeys(column for rule in ruleset.rules for key in rule.group_by for column in key.columns)
    return SetupColumns(tuple(name.upper() for name in names if name not in ruleset.derived))


def report_columns(ruleset: Ruleset) -> ReportColumns:
    """The columns that the rule set names in its block ``report``, or else those of the setup and those with a time."""
    if ruleset.report is not None:
        return ruleset.report
    setup = setup_columns(ruleset)
    times = (name.upper() for name, column in ruleset.column_types.items() if column.kind == "time")
    columns = tuple(dict.fromkeys((*setup.setup, *setup.exposure)))
    return ReportColumns(columns, time=tuple(name for name in times if name.casefold() not in ruleset.derived))


def columns_displayed(ruleset: Ruleset) -> frozenset[str]:
    """All names, in lower case, of the columns that a report displays."""
    names = report_columns(ruleset).every_column()
    return frozenset(other for name in names for other in ruleset.names_of(name))
