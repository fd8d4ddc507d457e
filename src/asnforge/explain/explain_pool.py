"""Explanations for programs and notebooks: the rules applied to a pool once, and then questions about its exposures."""

from __future__ import annotations

from collections.abc import Sequence

from asnforge.explain.exposure import one_exposure
from asnforge.explain.model import Explanation, Orphans, WhyNot
from asnforge.explain.several_rulesets import Traces
from asnforge.explain.trace import trace_rules
from asnforge.findings import html_table, pluralize, wrong_argument
from asnforge.generation.engine import default_scopes
from asnforge.generation.read_anything import PoolSource, RulesetSource, as_pool, as_rulesets
from asnforge.grouping.scopes import ScopeChoice
from asnforge.pool.model import Pool
from asnforge.rules.rule_options import with_rule_options


def explain_pool(
    pool: PoolSource,
    ruleset: RulesetSource = None,
    *,
    choice: ScopeChoice | None = None,
    combine: Sequence[str] = (),
) -> ExplainedPool:
    """Apply rules to a pool, to ask why an exposure is in an association, or in none.

    Parameters
    ----------
    pool : path, sequence of paths, table or Pool
        The exposures, as for `asnforge.generate`.
    ruleset : Ruleset, path, or sequence of them; or None
        The rules, as for `asnforge.generate`; several rule sets are explained together.
    choice : ScopeChoice or None
        The scopes; None for those that `asnforge.generate` uses.
    combine : sequence of str
        What is combined although rules keep it apart, as for `asnforge.generate`.

    Returns
    -------
    ExplainedPool
        Answers questions about exposures.

    Raises
    ------
    InputError
        As for `asnforge.generate`.
    """
    traces = []
    for rules in as_rulesets(ruleset):
        read = as_pool(pool, rules)
        changed = with_rule_options(rules, combine)
        scopes = default_scopes(changed, is_from_fits=read.files is not None) if choice is None else choice
        traces.append(trace_rules(read, changed, scopes))
    return ExplainedPool(Traces(traces))


class ExplainedPool:
    """What the rules did with the exposures of a pool; the answers are values, and ``print`` shows them as text.

    Parameters
    ----------
    traces : Traces
        The evaluation of the rules.
    """

    def __init__(self, traces: Traces) -> None:
        self._traces = traces

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
        named = self._named(name)
        rows = [
            [one_exposure(trace.pool, own, each)] if own else []
            for trace, own, each in zip(self._traces.each, self._traces.find(named), named, strict=True)
        ]
        return next(self._traces.explain(rows, every))

    def orphans(self) -> tuple[Orphans, ...]:
        """The exposures that are in no association, by reason, the most frequent first."""
        return self._traces.orphans()

    def why_not(self, one: str | int, other: str | int) -> WhyNot:
        """Why two exposures, named as for `exposure`, are in no association together; or in which they are.

        Instead of an exposure, the name of a product or association file can be given, for the first exposure of its group.
        """
        return self._traces.why_not(self._named(one), self._named(other))

    def _named(self, name: str | int) -> list[str]:
        if not isinstance(name, str | int):
            raise wrong_argument("name", name, "the file name of an exposure, or its line")
        return [str(name)] * len(self._traces.each)

    def __repr__(self) -> str:
        """The pool, and the number of exposures that are in no association."""
        return f"<ExplainedPool {self._pool.path}: {self._summary()}>"

    @property
    def _pool(self) -> Pool:
        return self._traces.each[0].pool

    def _summary(self) -> str:
        orphans = sum(len(entry.exposures) for entry in self.orphans())
        return f"{pluralize(len(self._pool), 'exposure')}, {pluralize(orphans, 'orphan')}"

    def _repr_html_(self) -> str:
        """A table of the first exposures with their associations, or why they are in none, for notebooks."""
        pool = self._pool
        rows = ((exposure.line, exposure.file_name, where) for exposure, where in self._traces.whereabouts())
        total = len(pool) + len(pool.faulty_lines)
        return html_table(f"{pool.path}: {self._summary()}", (pool.unit, "exposure", "associations"), rows, total)
