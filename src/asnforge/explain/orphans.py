"""Why exposures are in no association, many at once: exposures that all rules see alike are explained once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator

import numpy as np

from asnforge.columns import Mask
from asnforge.explain.model import Exposure, Orphans
from asnforge.explain.nearest import read
from asnforge.explain.orphan_reason import involved, orphan_reason
from asnforge.explain.trace import Evidence
from asnforge.grouping.arrays import IndexArray, combine, distinct
from asnforge.pool.model import Pool


def find_orphans(evidence: Evidence) -> tuple[Orphans, ...]:
    """The exposures that are in no association, grouped by reason, the reason of most first."""
    by_reason: dict[str, list[Exposure]] = defaultdict(list)
    for rows in _alike(evidence, np.flatnonzero(evidence.orphans)):
        by_reason[orphan_reason(evidence, int(rows[0]))] += map(evidence.exposure, rows.tolist())
    for exposure, why in unreadable(evidence.pool):
        by_reason[why].append(exposure)
    found = (
        Orphans(why, tuple(sorted(inside, key=lambda exposure: exposure.line))) for why, inside in by_reason.items()
    )
    return tuple(sorted(found, key=lambda entry: (-len(entry.exposures), entry.reason)))


def unreadable(pool: Pool) -> Iterator[tuple[Exposure, str]]:
    """The lines of a pool that cannot be read, each an exposure without a name, and why."""
    faulty = set(pool.faulty_lines)
    for finding in pool.findings:
        if finding.line in faulty:
            yield Exposure(finding.line or 0, ""), f"the line cannot be read: {finding.message}"


def _alike(evidence: Evidence, rows: IndexArray) -> Iterator[IndexArray]:
    """The rows in parts, those of each with the same reason.

    First by what passed and failed, then by the values of the columns that the reason names.
    """
    for part in _parts(_signatures(evidence, rows), rows):
        names = _columns(evidence, {name for check in involved(evidence, int(part[0])) for name in read(check)})
        codes = [evidence.exposures.columns[name].codes[part] for name in sorted(names)]
        yield from _parts(combine(codes), part) if codes else (part,)


def _parts(codes: IndexArray, rows: IndexArray) -> Iterator[IndexArray]:
    order = np.argsort(codes, kind="stable")
    ends = np.flatnonzero(np.diff(codes[order])) + 1
    yield from (part for part in np.split(rows[order], ends) if len(part))


def _columns(evidence: Evidence, names: Collection[str]) -> frozenset[str]:
    """The pool's columns behind some columns, derived ones among them."""
    found: set[str] = set()
    waiting = list(names)
    while waiting:
        name = waiting.pop()
        derived = evidence.ruleset.derived.get(name)
        if derived is None:
            found.add(name)
        else:
            waiting.extend(derived.columns_read())
    return frozenset(found)


def _signatures(evidence: Evidence, rows: IndexArray) -> IndexArray:
    """For each row a number: the same for rows of which everything passed and failed alike."""
    if not len(rows):
        return np.empty(0, np.int64)
    bits = np.packbits(np.stack([mask[rows] for mask in _masks(evidence)], axis=1), axis=1)
    _, inverse = distinct(bits.view(np.dtype((np.void, bits.shape[1]))).ravel())  # type: ignore[arg-type]
    codes = [inverse]
    if not evidence.exposures.usable.all():
        codes.append(np.where(evidence.exposures.usable[rows], 0, rows + 1))
    return combine(codes)


def _masks(evidence: Evidence) -> Iterable[Mask]:
    size = len(evidence.exposures)
    yield evidence.looked_at
    yield from evidence.with_sister.values()
    for rule in evidence.rules:
        memberships = rule.made.members
        yield rule.own_rows
        yield rule.complete_rows
        yield from (check.passed for check in rule.checks)
        yield from rule.asked.values()
        yield from (rule.evaluation.passes(attachment.when) for attachment in rule.rule.attach)
        for lacking in memberships.unmet:
            mask = np.zeros(size, np.bool_)
            mask[memberships.row[lacking[memberships.group]]] = True
            mask[memberships.groups.selected.row[lacking[memberships.groups.selected.group]]] = True
            yield mask
        yield rule.grouped_rows
