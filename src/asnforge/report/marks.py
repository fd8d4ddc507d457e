"""Marks for large pools: one represents the exposures of the same observation, activity and set of associations."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from asnforge.grouping.arrays import IndexArray, combine, distinct
from asnforge.report.model import Report, ShownAssociation, ShownColumn, ShownExposures, ShownOrphans

MOST_EXPOSURES = 20_000
"""The largest number of exposures with a mark of their own."""

SEVERAL = "several"
"""The value of a column in which the exposures of a mark differ."""

_SEED = 5


def with_marks(report: Report, most_exposures: int = MOST_EXPOSURES) -> Report:
    """The report with marks in place of exposures, if there are more than `most_exposures`."""
    if len(report.exposures) <= most_exposures:
        return report
    mark = _marks(report)
    first, number = distinct(mark)
    order = np.argsort(first, kind="stable")
    rank = np.empty(len(order), np.int64)
    rank[order] = np.arange(len(order))
    number = rank[number].astype(np.int64)
    exposures = _marked(report.exposures, number, first[order])
    note = (
        f"There are {report.exposures.total():,} exposures, so one mark represents those of the same observation, activity "
        f"and associations: {len(exposures):,} marks. Values in which its exposures differ are shown as '{SEVERAL}'."
    )
    return replace(
        report,
        exposures=exposures,
        associations=tuple(_marked_association(each, number) for each in report.associations),
        orphans=tuple(_marked_orphans(each, number) for each in report.orphans),
        notes=(*report.notes, note),
    )


def _marks(report: Report) -> IndexArray:
    """For each exposure a number that is the same for those with the same mark."""
    exposures, count = report.exposures, len(report.exposures)
    random = np.random.default_rng(_SEED)
    weights = random.integers(1, 2**62, (len(report.associations), max(len(report.roles), 1), 3), np.int64)
    signature = np.zeros(count, np.int64)
    for index, association in enumerate(report.associations):
        np.add.at(signature, association.exposures, weights[index, association.roles, association.sides])
    codes = [np.unique(signature, return_inverse=True)[1].astype(np.int64)]
    codes += [column.codes for column in (exposures.observation, exposures.activity) if column is not None]
    if exposures.instrument >= 0:
        codes.append(exposures.columns[exposures.instrument].codes)
    orphans = np.zeros(count, np.int64)
    for index, entry in enumerate(report.orphans, 1):
        orphans[entry.exposures] = index
    return combine([*codes, orphans])


def _marked(exposures: ShownExposures, number: IndexArray, first: IndexArray) -> ShownExposures:
    """Marks: `number` is that of each exposure's mark, `first` the first exposure of each mark."""
    count = len(first)
    last = np.zeros(count, np.int64)
    last[number] = np.arange(len(number))
    times = None
    if exposures.times is not None:
        known = ~np.isnan(exposures.times)
        totals = np.bincount(number[known], exposures.times[known], count)
        counts = np.bincount(number[known], minlength=count)
        times = np.where(counts > 0, totals / np.maximum(counts, 1), np.nan)
    return ShownExposures(
        names=tuple(exposures.names[row] for row in first.tolist()),
        lines=exposures.lines[first],
        columns=tuple(_marked_column(column, number, first) for column in exposures.columns),
        instrument=exposures.instrument,
        program=exposures.program and _taken(exposures.program, first),
        observation=exposures.observation and _taken(exposures.observation, first),
        activity=exposures.activity and _taken(exposures.activity, first),
        times=times,
        regions=exposures.regions,
        region_codes=None if exposures.region_codes is None else exposures.region_codes[first],
        counts=np.bincount(number, minlength=count).astype(np.int64),
        last_names=tuple(exposures.names[row] for row in last.tolist()),
    )


def _taken(column: ShownColumn, rows: IndexArray) -> ShownColumn:
    return ShownColumn(column.title, column.words, column.codes[rows])


def _marked_column(column: ShownColumn, number: IndexArray, first: IndexArray) -> ShownColumn:
    codes = column.codes[first].copy()
    codes[number[column.codes != codes[number]]] = len(column.words)
    return ShownColumn(column.title, (*column.words, SEVERAL), codes)


def _marked_association(association: ShownAssociation, number: IndexArray) -> ShownAssociation:
    marks = number[association.exposures]
    index = distinct(combine([marks, association.roles, association.sides]))[0]
    through = association.through
    return replace(
        association,
        exposures=marks[index],
        roles=association.roles[index],
        sides=association.sides[index],
        through=None if through is None else np.unique(number[through]),
    )


def _marked_orphans(entry: ShownOrphans, number: IndexArray) -> ShownOrphans:
    return replace(entry, exposures=np.unique(number[entry.exposures]))
