"""The outcome for one exposure or for every exposure, and the search for exposures that a user names."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from fnmatch import translate
from heapq import merge

import numpy as np

from asnforge.explain.model import Explanation, Exposure, RuleOutcome
from asnforge.explain.orphans import find_orphans, orphan_reason, unreadable
from asnforge.explain.rule_outcomes import RuleOutcomes, rule_outcome
from asnforge.explain.trace import Trace
from asnforge.findings import FindingCode, InputError, did_you_mean
from asnforge.grouping.prepared_pool import base_name
from asnforge.pool.model import Pool
from asnforge.rules.header_mapping import ProductNames

NO_SUCH_EXPOSURE = FindingCode(
    "G201",
    "no such exposure",
    "An exposure is named by its file name in the pool, in any case, by a pattern with * and ?, or by its line in the pool. "
    "The header is line 1 of most pools. --why-not takes the name of a product or of an association file as well.",
    wrong="asnforge explain pool.tsv a_wra.fits",
    right="asnforge explain pool.tsv a_raw.fits",
)
SEVERAL_EXPOSURES = FindingCode(
    "G202",
    "several exposures where one is required",
    "--why-not compares two exposures, but a name matches several: it is a pattern, or a file that the pool lists on several "
    "lines. Give the line instead.",
    wrong="asnforge explain pool.tsv --why-not '*_raw.fits' 3",
    right="asnforge explain pool.tsv --why-not 2 3",
)


_FEW = 50
"""The largest number of exposures that are explained one by one."""


def explain_exposure(trace: Trace, row: int, every: bool = False) -> Explanation:
    """The outcome for the exposure of a row, with all failures of each rule (`every`) or only the first."""
    return _explanation(trace, row, tuple(rule_outcome(trace, rule, row, every) for rule in trace.rules))


def explain_all(trace: Trace, every: bool = False) -> Iterator[Explanation]:
    """The outcome for each exposure of a pool, by line; for a line that cannot be read, only the reason."""
    explain, count = Explainer(trace, trace.exposures.exposures, every), trace.exposures.exposures
    not_read = (unreadable_explanation(exposure, why) for exposure, why in unreadable(trace.pool))
    yield from merge(map(explain, range(count)), not_read, key=lambda explanation: explanation.exposure.line)


def unreadable_explanation(exposure: Exposure, why: str) -> Explanation:
    """The outcome for a line that cannot be read."""
    return Explanation(exposure, (), why, None, ())


class Explainer:
    """Explains many exposures of a pool, as `explain_exposure` does for one.

    The outcomes of a rule that are the same for several exposures are one object, as long as they are remembered.

    Parameters
    ----------
    count : int
        The number of exposures that will be explained.
    """

    def __init__(self, trace: Trace, count: int, every: bool = False) -> None:
        self._trace, self._every = trace, every
        self._outcomes = [RuleOutcomes(trace, rule, every) for rule in trace.rules] if count > _FEW else []

    def __call__(self, row: int) -> Explanation:
        """The outcome for the exposure of a row."""
        if not self._outcomes or self._trace.is_product(row):
            return explain_exposure(self._trace, row, self._every)
        return _explanation(self._trace, row, tuple(of_rule[row] for of_rule in self._outcomes))


def _explanation(trace: Trace, row: int, rules: tuple[RuleOutcome, ...]) -> Explanation:
    return Explanation(
        exposure=trace.exposure(row),
        scopes=tuple(trace.scopes.scopes[scope] for scope in trace.scopes_of(row)),
        orphan=orphan_reason(trace, row) if not trace.is_product(row) and trace.orphans[row] else "",
        stand_in=trace.stand_in(row),
        rules=rules,
        made_from=tuple(map(trace.exposure, trace.own_members(row))),
    )


def whereabouts(trace: Trace) -> Iterator[tuple[Exposure, str]]:
    """Each exposure of a pool, by line, with its associations, why it is an orphan, or which line has the same file."""
    orphans = sorted(
        ((exposure, entry.reason) for entry in find_orphans(trace) for exposure in entry.exposures),
        key=lambda orphan: orphan[0].line,
    )
    yield from merge(
        _in_associations(trace),
        ((exposure, f"orphan: {reason}") for exposure, reason in orphans),
        key=lambda entry: entry[0].line,
    )


def find_exposures(
    pool: Pool, column: str, name: str, products: ProductNames | None = None, exposures: int | None = None
) -> tuple[int, ...]:
    """The rows of the exposures that a user names, in the order of the pool; at least one.

    Parameters
    ----------
    pool, column
        The pool, and its column of file names.
    name : str
        A file name in any case, with or without a directory, a pattern with ``*``, ``?`` and ``[]``, or the number of a line.
    products : ProductNames or None
        What names of files say: with it, the name of any product of an exposure, or their common root, names the exposure.
    exposures : int or None
        The number of rows that have a line; those after them are products of rules. None: all.

    Raises
    ------
    InputError
        There is no such exposure.
    """
    files = pool.columns[column]
    folded = base_name(name.strip().casefold())
    matching = [code for code, file in enumerate(files.values) if file.casefold() == folded]
    if not matching and folded.isdecimal() and len(folded) < 19:
        rows = np.flatnonzero(pool.lines[:exposures] == int(folded)).tolist()
        if rows:
            return tuple(rows)
    if not matching and products is not None and (root := _root(folded, products)):
        matching = [code for code, file in enumerate(files.values) if _root(file.casefold(), products) == root]
    if not matching:
        matches = re.compile(translate(folded)).match
        matching = [code for code, file in enumerate(files.values) if matches(file.casefold())]
    if not matching:
        hint = _hint(pool, column, folded)
        raise InputError(NO_SUCH_EXPOSURE.finding("no exposure {exposure}", pool.path, hint=hint, exposure=name))
    return tuple(np.flatnonzero(np.isin(files.codes, matching)).tolist())


def one_exposure(pool: Pool, rows: Sequence[int], name: str) -> int:
    """The row of the one exposure that `find_exposures` found.

    Raises
    ------
    InputError
        There are several.
    """
    if len(rows) > 1:
        lines = ", ".join(str(pool.lines[row]) for row in rows[:5]) + (", ..." if len(rows) > 5 else "")
        raise InputError(
            SEVERAL_EXPOSURES.finding(
                "{exposure} matches {count:exposure}, but one is required",
                pool.path,
                hint=f"give one of the {pool.unit}s {lines}",
                exposure=name,
                count=len(rows),
            )
        )
    return rows[0]


def exposure_of_product(trace: Trace, name: str) -> tuple[int, str] | None:
    """The first exposure of the product or association file that a user names, and the product; None if there is none."""
    folded = base_name(name.strip().casefold())
    for draft in trace.kept:
        if folded in (draft.product.casefold(), trace.file_names[draft].casefold()):
            selected = draft.source.members.groups.selected
            return int(selected.row[selected.group == draft.group].min()), draft.product
    return None


def _root(name: str, products: ProductNames) -> str:
    """The root of a file name; empty if it is not the name of an exposure's product."""
    parts = products.split(name)
    return parts[0] if parts is not None else ""


def _hint(pool: Pool, column: str, name: str) -> str:
    if name.isdecimal():
        if int(name) in pool.faulty_lines:
            return f"this {pool.unit} of the pool cannot be read"
        return f"the pool's exposures are on {pool.unit}s {pool.lines.min()} to {pool.lines.max()}"
    closest = did_you_mean(name, pool.columns[column].values)
    return f"did you mean {closest}?" if closest else "give a file name, a pattern such as '*_00002_*', or a line"


def _in_associations(trace: Trace) -> Iterator[tuple[Exposure, str]]:
    """The exposures that are not orphans, each with its associations or the line that has the same file."""
    files: dict[int, list[str]] = {}
    for draft in trace.kept:
        name = trace.file_names[draft]
        for row in set(draft.rows().tolist()):
            files.setdefault(row, []).append(name)
    for row in np.flatnonzero(~trace.orphans).tolist():
        stand_in = trace.stand_in(row)
        where = ", ".join(sorted(files.get(row, ()))) if stand_in is None else f"{stand_in.position} has the same file"
        yield trace.exposure(row), where
