"""Run cases: apply the rules to each pool and compare the result with the expected one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import combinations
from time import perf_counter

from asnforge.cases.model import CaseResult, IncompleteGroup, Mismatch, Names, RuleCase
from asnforge.explain.explain_report import explanation_text, why_not_text
from asnforge.explain.exposure import explain_exposure
from asnforge.explain.rule_trace import RuleTrace
from asnforge.explain.trace import Trace, trace_rules
from asnforge.explain.why_not import why_not
from asnforge.grouping.scopes import ScopeChoice
from asnforge.rules.ruleset import Ruleset
from asnforge.rules.templates import file_name_key


def trace_case(case: RuleCase, ruleset: Ruleset) -> Trace:
    """The trace of the rule of a case, or of all rules, on its pool.

    Raises
    ------
    InputError
        The pool does not have a selected candidate.
    """
    return trace_rules(case.pool, ruleset.only(case.rule) if case.rule else ruleset, ScopeChoice(ids=case.ids))


def run_case(case: RuleCase, ruleset: Ruleset) -> CaseResult:
    """Run a case; errors as for `trace_case`."""
    started = perf_counter()
    run = _CaseRun(case, trace_case(case, ruleset))
    unmet = tuple(run.mismatches())
    return CaseResult(case, unmet, run.explanation(unmet) if unmet else "", perf_counter() - started)


def mismatches(case: RuleCase, trace: Trace) -> Iterator[Mismatch]:
    """The expectations of a case that are not met."""
    return _CaseRun(case, trace).mismatches()


class _CaseRun:
    """A case and the trace of the rules on its pool; associations are sets of the exposures' names, products by their files."""

    def __init__(self, case: RuleCase, trace: Trace) -> None:
        self.case = case
        self.trace = trace
        self.expected = case.expected
        self.exposures = (*case.exposures, *trace.product_names())
        self.kept = [draft for draft in trace.kept if case.rule in ("", draft.source.rule.name)]
        self.associations = [self._names(draft.rows().tolist()) for draft in self.kept]

    def mismatches(self) -> Iterator[Mismatch]:
        yield from self._apart()
        yield from self._asn_types()
        yield from self._products() or self._together()
        yield from self._rejected()
        for group in self.expected.incomplete:
            yield from self._incomplete(group)
        members = [member for draft in self.kept for member in self.trace.members(draft)]
        exposures = self.exposures
        exptypes = {(exposures[row], exptype) for row, exptype, _ in members}
        files = {(exposures[row], name) for row, _, name in members}
        for key, expected, actual in (
            ("exptypes", self.expected.exptypes, exptypes),
            ("members", self.expected.members, files),
        ):
            for exposure, names in expected.items():
                have = frozenset(name for other, name in actual if other == exposure)
                if have != names:
                    yield self._mismatch(
                        key, f"{key} of {exposure}", _listed(names), _listed(have) or "in no association", exposure
                    )
        yield from self._values()

    def explanation(self, unmet: tuple[Mismatch, ...]) -> str:
        """Why pairs that are expected together are apart; for other mismatches, what the rules did with each exposure."""
        texts: dict[str, None] = {}
        exposures: dict[str, None] = {}
        index = self.exposures.index
        for mismatch in unmet:
            pairs = list(self._separated_pairs()) if mismatch.what in ("together", "products") else []
            for left, right in pairs:
                if left in self.exposures and right in self.exposures:
                    texts[why_not_text(why_not(self.trace, index(left), index(right)))] = None
            exposures.update(dict.fromkeys(() if pairs else mismatch.exposures))
        for exposure in filter(self.exposures.__contains__, exposures):
            texts[explanation_text(explain_exposure(self.trace, index(exposure), every=True))] = None
        return "\n".join(texts)

    def _mismatch(self, key: str, what: str, expected: str, actual: str, *exposures: str) -> Mismatch:
        return Mismatch(what, self.case.locations[key], expected, actual, exposures)

    def _rule(self) -> RuleTrace:
        """The rule of the case; other rules are applied only because it uses their products."""
        return next(rule for rule in self.trace.rules if rule.name == self.case.rule)

    def _names(self, rows: list[int]) -> Names:
        return frozenset(self.exposures[row] for row in rows)

    def _apart(self) -> Iterator[Mismatch]:
        for separate in self.expected.apart:
            for pair in combinations(sorted(separate), 2):
                if any(names.issuperset(pair) for names in self.associations):
                    yield self._mismatch("apart", "apart", f"{pair[0]} and {pair[1]} apart", "together", *pair)

    def _asn_types(self) -> Iterator[Mismatch]:
        actual = frozenset(draft.source.rule.asn_type for draft in self.kept)
        if self.expected.asn_types not in (frozenset(), actual):
            members = sorted(frozenset[str]().union(*self.associations))
            expected = _listed(self.expected.asn_types)
            yield self._mismatch("asn_type", "asn_type", expected, _listed(actual) or "no association", *members)

    def _products(self) -> list[Mismatch]:
        expected = self.expected.products
        if expected is None:
            return []
        named = {draft.product: names for draft, names in zip(self.kept, self.associations, strict=True)}
        by_key = {file_name_key(name): names for name, names in named.items()} | named
        missing = any(by_key.get(name, by_key.get(file_name_key(name))) != names for name, names in expected.items())
        if not missing and (self.expected.together is not None or len(self.associations) == len(expected)):
            return []
        unmet = self._unmet([*expected.values()])
        return [self._mismatch("products", "products", _products(expected), _products(named), *unmet)]

    def _together(self) -> list[Mismatch]:
        if self.expected.together is None:
            return []
        expected = [*self.expected.together, *(self.expected.products or {}).values()]
        if sorted(map(sorted, expected)) == sorted(map(sorted, self.associations)):
            return []
        unmet = self._unmet(expected)
        return [self._mismatch("together", "together", _groups(expected), _groups(self.associations), *unmet)]

    def _unmet(self, expected: list[Names]) -> list[str]:
        """The exposures of associations that are expected or actual, but not both."""
        differing = [names for names in expected if names not in self.associations]
        differing += [names for names in self.associations if names not in expected]
        return sorted(frozenset[str]().union(*differing))

    def _rejected(self) -> Iterator[Mismatch]:
        for exposure, expected in self.expected.left_out.items():
            row = self.exposures.index(exposure)
            rule = self._rule()
            failed = frozenset(criterion.label for criterion in rule.failed(row))
            if not self.trace.exposures.usable[row]:
                actual = f"cannot be used: {self.trace.fault(row)}"
            elif failed == expected:
                continue
            else:
                actual = f"rejected by {_listed(failed)}" if failed else "selected"
            yield self._mismatch(
                "left_out", f"left_out {exposure}", f"rejected by {_listed(expected)}", actual, exposure
            )

    def _incomplete(self, expected: IncompleteGroup) -> Iterator[Mismatch]:
        rule = self._rule()
        unmet: dict[str, Names] = {}
        for group, scope in enumerate(rule.groups.scope.tolist()):
            scope_id = self.trace.scopes.scopes[scope][0]
            if self._names(rule.rows_of(group).tolist()) == expected.exposures and expected.scope in ("", scope_id):
                unmet[scope_id] = frozenset(rule.unmet(group))
        if not unmet or any(names != expected.lacks for names in unmet.values()):
            actual = "; ".join(
                f"in {scope} it does not meet {_listed(names)}" if names else f"in {scope} it meets all requirements"
                for scope, names in unmet.items()
            )
            yield self._mismatch(
                "incomplete",
                "incomplete",
                f"group of {_listed(expected.exposures)} does not meet {_listed(expected.lacks)}",
                actual or "no such group",
                *sorted(expected.exposures),
            )

    def _values(self) -> Iterator[Mismatch]:
        evaluator = self._rule().evaluator if self.case.rule else self.trace.evaluators.for_rule(None)
        for exposure, row in self.expected.values.items():
            for column, expected in row.items():
                actual = evaluator.column((column,))[self.exposures.index(exposure)]
                if actual != expected:
                    what = f"{column} of {exposure}"
                    yield self._mismatch("values", what, expected or "undefined", actual or "undefined", exposure)

    def _separated_pairs(self) -> Iterator[tuple[str, str]]:
        """For each expected association one pair that is not together."""
        for names in [*(self.expected.together or ()), *(self.expected.products or {}).values()]:
            pairs = combinations(sorted(names), 2)
            pair = next(
                (pair for pair in pairs if not any(other.issuperset(pair) for other in self.associations)), None
            )
            if pair is not None:
                yield pair


def _listed(names: Names) -> str:
    return ", ".join(sorted(names))


def _groups(groups: list[Names]) -> str:
    return "; ".join(sorted(_listed(group) for group in groups)) or "no association"


def _products(products: Mapping[str, Names]) -> str:
    return "; ".join(f"{name}: {_listed(group)}" for name, group in sorted(products.items())) or "no association"
