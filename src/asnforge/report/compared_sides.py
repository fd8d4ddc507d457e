"""From a comparison to the values that a report shows: expected and actual associations on one strip, differences first."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from asnforge.compare.compare_report import difference_text
from asnforge.compare.model import KINDS, Comparison, Difference, ReadAssociation
from asnforge.compare.normalize import split_suffix
from asnforge.findings import Finding
from asnforge.grouping.arrays import IndexArray
from asnforge.report.marks import MOST_EXPOSURES, with_marks
from asnforge.report.model import SIDES, Provenance, Report, ShownAssociation, ShownColumn, ShownExposures, Tile
from asnforge.rules.rule import SCIENCE
from asnforge.version import __version__

SAME = "the same on both sides"
"""The heading of associations without a difference."""

_MOST_SAME = 10_000
"""The largest number of associations without a difference that are shown."""

_BOTH, _EXPECTED, _ACTUAL = range(len(SIDES))

_Roots = Mapping[str, str]
"""The exptypes of exposures, by what the names of their products have in common."""


def report_of_comparison(
    comparisons: Sequence[tuple[str, Comparison]], findings: Iterable[Finding] = (), *, command: str = ""
) -> Report:
    """A report of one comparison or of several, such as those of a suite.

    Parameters
    ----------
    comparisons : sequence of (str, Comparison)
        Each comparison with its name.
    findings : iterable of Finding
        Problems besides those of the comparisons.
    command : str
        The command line.
    """
    members = _Members()
    rows = [
        row
        for name, comparison in comparisons
        for difference in comparison.differences
        for row in _difference_rows(name, difference, difference.kind, members)
    ]
    for name, comparison in comparisons:
        for allowed in comparison.allowed:
            rows += _difference_rows(name, allowed.difference, f"allowed: {allowed.reason}", members)
    same = [(name, association) for name, comparison in comparisons for association in comparison.same]
    rows += [
        _row(name, SAME, association, _roots(association), _roots(association), members)
        for name, association in same[:_MOST_SAME]
    ]
    exposures, position = members.exposures()
    notes = [f"{len(same) - _MOST_SAME:,} more associations are the same."] if len(same) > _MOST_SAME else []
    report = Report(
        title=_title(comparisons),
        is_comparison=True,
        tiles=tuple(_tiles([comparison for _, comparison in comparisons])),
        exposures=exposures,
        roles=members.roles(),
        associations=tuple(_placed(row, position) for row in rows),
        provenance=Provenance(command, __version__),
        findings=(
            *findings,
            *(finding for _, comparison in comparisons for finding in comparison.findings + comparison.unused),
        ),
        notes=tuple(notes),
    )
    return with_marks(report, MOST_EXPOSURES)


def _title(comparisons: Sequence[tuple[str, Comparison]]) -> str:
    if len(comparisons) != 1:
        return f"of {len(comparisons)} pools"
    name, comparison = comparisons[0]
    return name or f"{comparison.expected} and {comparison.actual}"


def _tiles(comparisons: Sequence[Comparison]) -> Iterator[Tile]:
    yield Tile(sum(comparison.expected_count for comparison in comparisons), "expected/expected", "associations")
    yield Tile(sum(comparison.actual_count for comparison in comparisons), "actual/actual", "associations")
    yield Tile(sum(len(comparison.same) for comparison in comparisons), "the same/the same", "associations")
    for kind in KINDS:
        if count := sum(comparison.counts[kind] for comparison in comparisons):
            yield Tile(count, f"{kind}/{kind}", "associations", is_problem=True)
    if allowed := sum(len(comparison.allowed) for comparison in comparisons):
        yield Tile(allowed, "allowed/allowed", "associations")


@dataclass(slots=True)
class _Members:
    """The exposures of all sides, and their exptypes, numbered as they are found."""

    _numbers: dict[tuple[str, str], int] = field(default_factory=dict)
    _roles: dict[str, int] = field(default_factory=lambda: {SCIENCE: 0})

    def number(self, comparison: str, root: str) -> int:
        return self._numbers.setdefault((comparison, root), len(self._numbers))

    def role(self, exptype: str) -> int:
        return self._roles.setdefault(exptype, len(self._roles))

    def roles(self) -> tuple[str, ...]:
        return tuple(self._roles)

    def exposures(self) -> tuple[ShownExposures, IndexArray]:
        """The exposures by comparison and name, and for each number the position."""
        keys = sorted(self._numbers)
        position = np.empty(len(keys), np.int64)
        position[[self._numbers[key] for key in keys]] = np.arange(len(keys))
        comparisons = list(dict.fromkeys(comparison for comparison, _ in keys))
        codes = np.array([comparisons.index(comparison) for comparison, _ in keys], np.int64)
        shown = ShownExposures(
            names=tuple(root for _, root in keys),
            lines=np.zeros(len(keys), np.int64),
            observation=ShownColumn("pool", tuple(comparisons), codes) if len(comparisons) > 1 else None,
        )
        return shown, position


def _roots(*associations: ReadAssociation) -> dict[str, str]:
    return {split_suffix(name)[0]: exptype for each in associations for name, exptype in each.members}


def _common(roots: _Roots, others: _Roots) -> _Roots:
    return {root: exptype for root, exptype in roots.items() if root in others}


def _difference_rows(name: str, difference: Difference, heading: str, members: _Members) -> Iterator[ShownAssociation]:
    """A row for the expected association and the actual one; for several on one side a row for each of these."""
    expected, actual = difference.expected, difference.actual
    if difference.kind == "duplicate":
        copy = (expected or actual)[1]
        sides = (_roots(copy), {}) if expected else ({}, _roots(copy))
        yield _row(name, heading, copy, *sides, members, difference_text(difference))
        return
    both = _roots(*expected), _roots(*actual)
    if len(expected) <= 1 and len(actual) <= 1:
        yield _row(name, heading, (expected or actual)[0], *both, members, difference_text(difference))
        return
    for association in expected:
        roots = _roots(association)
        yield _row(name, heading, association, roots, _common(both[1], roots), members, difference_text(difference))
    for association in actual:
        roots = _roots(association)
        yield _row(name, heading, association, _common(both[0], roots), roots, members, difference_text(difference))


def _row(
    name: str,
    heading: str,
    association: ReadAssociation,
    expected: _Roots,
    actual: _Roots,
    members: _Members,
    changes: Iterable[str] = (),
) -> ShownAssociation:
    roots = list(dict.fromkeys((*expected, *actual)))
    sides = [
        _BOTH if root in expected and root in actual else _EXPECTED if root in expected else _ACTUAL for root in roots
    ]
    keywords = association.keywords
    return ShownAssociation(
        heading=heading,
        product=association.title,
        file=association.file or association.file_name,
        asn_type=keywords.get("asn_type", ""),
        rule=keywords.get("asn_rule", ""),
        ruleset=name,
        scope=keywords.get("asn_id", ""),
        scope_type="",
        exposures=np.array([members.number(name, root) for root in roots], np.int64),
        roles=np.array([members.role(expected.get(root, actual.get(root, ""))) for root in roots], np.int64),
        sides=np.array(sides, np.int64),
        constraints=tuple((key, value) for key, value in keywords.items() if key not in ("asn_type", "asn_rule")),
        changes=tuple(changes),
    )


def _placed(row: ShownAssociation, position: IndexArray) -> ShownAssociation:
    """A row with its exposures in the order of the page."""
    exposures = position[row.exposures]
    order = np.argsort(exposures, kind="stable")
    return replace(row, exposures=exposures[order], roles=row.roles[order], sides=row.sides[order])
