"""The exposures of a report: those of one pool, or of the same files as several rule sets read them, in one order."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from asnforge.columns import CodeArray
from asnforge.generation.inputs import Evaluated
from asnforge.generation.rulesets_together import first_lines
from asnforge.grouping.arrays import IndexArray, combine
from asnforge.overview.setups import report_columns
from asnforge.report.footprints import read_footprint
from asnforge.report.model import Region, ShownColumn, ShownExposures
from asnforge.rules.times import LARGEST_MJD, SECONDS_PER_DAY, read_time

SEPARATOR = " / "
"""What separates the columns that together identify an observation, and their values."""


@dataclass(frozen=True, slots=True, eq=False)
class ExposureNumbers:
    """The exposures of a report, and the number of each row of each pool among them.

    Attributes
    ----------
    shown : ShownExposures
        The exposures in the order of the page; lines that cannot be read are the last ones.
    of_rows : tuple of ndarray of int64
        For each pool the numbers of its rows.
    of_lines : mapping of int to int
        The numbers of the lines of the first pool.
    """

    shown: ShownExposures
    of_rows: tuple[IndexArray, ...]
    of_lines: dict[int, int]


def number_exposures(parts: Sequence[Evaluated]) -> ExposureNumbers:
    """The exposures of a pool as each rule set read it."""
    pools = [part.source.pool for part in parts]
    rows = _distinct_rows(parts)
    first = _first_rows(rows)
    cells = _Cells(parts, first)
    settings = [report_columns(part.ruleset) for part in parts]
    names = cells.column("", [part.ruleset.members.file_name for part in parts])
    observation = cells.joined([setting.observation for setting in settings])
    order = _order(observation, names)
    program, _, rest = observation.title.partition(SEPARATOR)
    program = program if rest else ""
    faulty = pools[0].faulty_lines
    lines = np.concatenate([pool.lines[own] for pool, own in zip(pools, first, strict=True)])
    position = np.empty(len(order), np.int64)
    position[order] = np.arange(len(order))
    titles = dict.fromkeys(title for setting in settings for title in (setting.instrument, *setting.columns) if title)
    instrument = next((setting.instrument for setting in settings if setting.instrument), "")
    arranged = _Arranged(order, len(faulty))
    time = cells.first_defined([setting.time for setting in settings])
    footprint = cells.column("footprint", [setting.footprint for setting in settings])
    regions, region_codes = _regions(arranged(footprint))
    shown = ShownExposures(
        names=(*names.cells(order), *(f"{pools[0].unit} {line}" for line in faulty)),
        lines=np.concatenate([lines[order], np.array(faulty, np.int64)]),
        columns=tuple(arranged(cells.column(title, [title] * len(parts))) for title in titles),
        instrument=list(titles).index(instrument) if instrument else -1,
        program=arranged(cells.column(program, [program] * len(parts))) if program else None,
        observation=arranged(observation) if observation.title else None,
        activity=arranged(activity)
        if (activity := cells.joined([setting.activity for setting in settings])).title
        else None,
        times=_times(arranged(time)),
        regions=regions,
        region_codes=region_codes,
    )
    of_lines = dict(zip(pools[0].lines.tolist(), position[rows[0]].tolist(), strict=True))
    of_lines |= {line: len(order) + number for number, line in enumerate(faulty)}
    return ExposureNumbers(shown, tuple(position[own] for own in rows), of_lines)


def _first_rows(rows: Sequence[IndexArray]) -> list[IndexArray]:
    """For each pool the rows of the exposures that no pool before has."""
    result, total = [], 0
    for own in rows:
        numbers, index = np.unique(own, return_index=True)
        result.append(index[numbers >= total].astype(np.int64))
        total = max(total, int(own.max(initial=-1)) + 1)
    return result


def _distinct_rows(parts: Sequence[Evaluated]) -> tuple[IndexArray, ...]:
    """For each pool the numbers of its rows; an exposure that several pools have is the same as in the first of them."""
    pools = [part.source.pool for part in parts]
    numbers: list[IndexArray] = []
    total = 0
    for pool, lines in zip(pools, first_lines(pools, [part.ruleset for part in parts]), strict=True):
        known = dict(zip(pools[0].lines.tolist(), range(len(pools[0])), strict=True)) if numbers else {}
        own = np.array([known.get(lines.get(line, -1), -1) for line in pool.lines.tolist()], np.int64)
        is_new = own < 0
        own[is_new] = total + np.arange(is_new.sum())
        total += int(is_new.sum())
        numbers.append(own)
    return tuple(numbers)


def _values(part: Evaluated, name: str) -> tuple[Sequence[str], CodeArray]:
    """The values of a column of the pool or of a derived one, and for each row the index of its value."""
    pool, ruleset = part.source.pool, part.ruleset
    if name in ruleset.derived:
        column = part.grouping.evaluators.for_rule(None).spelled((name,))
        return column.values, column.codes[: len(pool)]
    found = ruleset.find_column(name, pool.columns)
    if found is None:
        return [""], np.zeros(len(pool), np.int32)
    values: Sequence[str] = pool.columns[found].values
    if name != ruleset.members.file_name:
        values = ["" if value.casefold() in ruleset.undefined else value for value in values]
    return values, pool.columns[found].codes


class _Cells:
    """Columns of the distinct exposures, put together from several pools."""

    def __init__(self, parts: Sequence[Evaluated], rows: Sequence[IndexArray]) -> None:
        self._parts = parts
        self._rows = rows

    def column(self, title: str, names: Sequence[str]) -> ShownColumn:
        """A column by its name in each rule set; undefined where the pool has no such column."""
        words: dict[str, int] = {"": 0}
        codes = []
        for part, rows, name in zip(self._parts, self._rows, names, strict=True):
            values, own = _values(part, name.casefold())
            numbers = np.array([words.setdefault(value, len(words)) for value in values], np.int64)
            codes.append(numbers[own[rows]])
        return ShownColumn(title, tuple(words), np.concatenate(codes))

    def joined(self, names: Sequence[Sequence[str]]) -> ShownColumn:
        """The values of several columns as one, as ``120 / 3``; a first column with one value is left out."""
        longest = max(names, key=len)
        columns = [self.column(title, [title] * len(self._parts)) for title in longest]
        columns = [column for column in columns if len(np.unique(column.codes)) > 1] or columns[-1:]
        if not columns:
            return ShownColumn("", ("",), np.zeros(sum(map(len, self._rows)), np.int64))
        _, first, codes = np.unique(
            combine([column.codes for column in columns]), return_index=True, return_inverse=True
        )
        cells = [column.cells(first) for column in columns]
        words = tuple(SEPARATOR.join(value or "-" for value in values) for values in zip(*cells, strict=True))
        return ShownColumn(SEPARATOR.join(column.title for column in columns), words, codes.astype(np.int64))

    def first_defined(self, names: Sequence[Sequence[str]]) -> ShownColumn:
        """The first of several columns that is defined, exposure by exposure."""
        titles = list(dict.fromkeys(title for own in names for title in own))
        words: dict[str, int] = {"": 0}
        codes = np.zeros(sum(map(len, self._rows)), np.int64)
        for title in titles:
            column = self.column(title, [title] * len(self._parts))
            numbers = np.array([words.setdefault(word, len(words)) for word in column.words], np.int64)
            codes = np.where(codes == 0, numbers[column.codes], codes)
        return ShownColumn(" or ".join(titles), tuple(words), codes)


class _Arranged:
    """Puts columns into the order of the page, with empty cells for lines that cannot be read."""

    def __init__(self, order: IndexArray, faulty: int) -> None:
        self._order = order
        self._faulty = faulty

    def __call__(self, column: ShownColumn) -> ShownColumn:
        words = column.words
        empty = words.index("") if "" in words else len(words)
        codes = np.concatenate([column.codes[self._order], np.full(self._faulty, empty, np.int64)])
        return ShownColumn(column.title, words if empty < len(words) else (*words, ""), codes)


def _order(observation: ShownColumn, names: ShownColumn) -> IndexArray:
    ranks = [_ranks(column.words, key)[column.codes] for column, key in ((names, str), (observation, _natural))]
    return np.lexsort(ranks).astype(np.int64)


def _ranks(words: Sequence[str], key: Callable[[str], object]) -> IndexArray:
    ranks = np.empty(len(words), np.int64)
    ranks[sorted(range(len(words)), key=lambda index: key(words[index]))] = np.arange(len(words))  # type: ignore[arg-type, return-value]
    return ranks


def _natural(word: str) -> list[tuple[bool, int, str]]:
    """A key that sorts numbers by size: 2 before 10."""
    parts = (part.strip() for part in word.split(SEPARATOR))
    return [(not part.isdecimal(), int(part) if part.isdecimal() and len(part) < 19 else 0, part) for part in parts]


def _times(column: ShownColumn) -> NDArray[np.float64] | None:
    values = np.array([_mjd(word) for word in column.words])[column.codes]
    return None if np.isnan(values).all() else values


def _mjd(word: str) -> float:
    """A modified Julian date; NaN if it is neither a number that can be one nor a time."""
    try:
        number = float(word)
    except ValueError:
        exact = read_time(word.strip().casefold())
        return float("nan") if exact is None else exact[0] * 10.0 ** exact[1] / SECONDS_PER_DAY
    return number if 0 < number < LARGEST_MJD else float("nan")


def _regions(column: ShownColumn) -> tuple[tuple[tuple[Region, ...], ...], IndexArray]:
    distinct: dict[tuple[Region, ...], int] = {(): 0}
    codes = [distinct.setdefault(read_footprint(word), len(distinct)) for word in column.words]
    return tuple(distinct), np.array(codes, np.int64)[column.codes]
