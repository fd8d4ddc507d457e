"""Explanations for programs and notebooks: the rules applied to a pool once, and then questions about its exposures."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import TYPE_CHECKING

from asnforge.explain.exposure import explain_exposure, find_exposure, whereabouts
from asnforge.explain.model import Explanation, Orphans, WhyNot
from asnforge.explain.orphans import find_orphans
from asnforge.explain.trace import Trace, trace_rules
from asnforge.explain.why_not import why_not
from asnforge.findings import html_table, pluralize, wrong_argument
from asnforge.generation.engine import default_scopes
from asnforge.generation.read_anything import PoolSource, as_pool, as_ruleset
from asnforge.grouping.scopes import ScopeChoice
from asnforge.rules.rule_options import with_rule_options
from asnforge.rules.ruleset import Ruleset

if TYPE_CHECKING:
    from asnforge.rules.header_mapping import ProductNames


def explain_pool(
    pool: PoolSource,
    ruleset: Ruleset | str | os.PathLike[str] | None = None,
    *,
    choice: ScopeChoice | None = None,
    combine: Sequence[str] = (),
) -> ExplainedPool:
    """Apply rules to a pool, to ask why an exposure is in an association, or in none.

    Parameters
    ----------
    pool, ruleset, choice, combine
        As for `asnforge.generate`.

    Raises
    ------
    InputError
        As for `asnforge.generate`.
    """
    rules = as_ruleset(ruleset)
    read = as_pool(pool, rules)
    rules = with_rule_options(rules, combine)
    if choice is None:
        choice = default_scopes(rules, is_from_fits=read.files is not None)
    return ExplainedPool(trace_rules(read, rules, choice))


class ExplainedPool:
    """What the rules did with the exposures of a pool; the answers are values, and ``print`` shows them as text.

    Parameters
    ----------
    trace : Trace
        The evaluation of the rules.
    """

    def __init__(self, trace: Trace) -> None:
        self._trace = trace

    def exposure(self, name: str | int, *, every: bool = False) -> Explanation:
        """The outcome for one exposure: the rules that selected it with their associations, and what rejected it.

        Parameters
        ----------
        name : str or int
            The file name of the exposure or of one of its products, in any case and with or without a folder, a pattern that
            only one exposure matches, or its line in the pool.
        every : bool
            All constraints that reject it, not only the first of each rule.

        Raises
        ------
        InputError
            There is no such exposure, or several.
        """
        return explain_exposure(self._trace, self._row(name), every)

    def orphans(self) -> tuple[Orphans, ...]:
        """The exposures that are in no association, by reason, the most frequent first."""
        return find_orphans(self._trace)

    def why_not(self, one: str | int, other: str | int) -> WhyNot:
        """Why two exposures, named as for `exposure`, are in no association together; or in which they are."""
        return why_not(self._trace, self._row(one), self._row(other))

    def _row(self, name: str | int) -> int:
        if not isinstance(name, str | int):
            raise wrong_argument("name", name, "the file name of an exposure, or its line")
        ruleset = self._trace.ruleset
        products: ProductNames | None = ruleset.headers.names if ruleset.headers is not None else None
        return find_exposure(self._trace.pool, ruleset.members.file_name, str(name), products)

    def __repr__(self) -> str:
        """The pool, and the number of exposures that are in no association."""
        return f"<ExplainedPool {self._trace.pool.path}: {self._summary()}>"

    def _summary(self) -> str:
        orphans = sum(len(entry.exposures) for entry in self.orphans())
        return f"{pluralize(len(self._trace.pool), 'exposure')}, {pluralize(orphans, 'orphan')}"

    def _repr_html_(self) -> str:
        """A table of the first exposures with their associations, or why they are in none, for notebooks."""
        pool = self._trace.pool
        rows = ((exposure.line, exposure.file_name, where) for exposure, where in whereabouts(self._trace))
        total = len(pool) + len(pool.faulty_lines)
        return html_table(f"{pool.path}: {self._summary()}", (pool.unit, "exposure", "associations"), rows, total)
