"""Running cases: what the rules make of each pool, beside what is expected."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import combinations
from time import perf_counter

from asnforge.associations.drafts import Draft
from asnforge.cases.model import CaseResult, Incomplete, Mismatch, Names, RuleCase
from asnforge.explain.explain_report import explanation_text, why_not_text
from asnforge.explain.exposure import explain_exposure
from asnforge.explain.trace import Trace, trace_rules
from asnforge.explain.why_not import why_not
from asnforge.grouping.scopes import ScopeChoice
from asnforge.rules.ruleset import Ruleset
from asnforge.rules.templates import file_name_key


def case_trace(case: RuleCase, ruleset: Ruleset) -> Trace:
    """What the rule of a case, or all rules, make of its pool.

    Raises
    ------
    InputError
        The pool does not have a candidate that is looked at.
    """
    rules = ruleset.only(case.rule) if case.rule else ruleset
    return trace_rules(case.pool, rules, ScopeChoice(ids=case.ids))


def run_case(case: RuleCase, ruleset: Ruleset) -> CaseResult:
    """Run a case; errors as for `case_trace`."""
    started = perf_counter()
    trace = case_trace(case, ruleset)
    found = tuple(mismatches(case, trace))
    explanation = _explanation(case, trace, found) if found else ""
    return CaseResult(case, found, explanation, perf_counter() - started)


def mismatches(case: RuleCase, trace: Trace) -> Iterator[Mismatch]:
    """The expectations of a case that are not met."""
    yield from _associations(case, trace)
    yield from _left_out(case, trace)
    for group in case.expected.incomplete:
        yield from _incomplete(case, trace, group)
    members = [_members(draft, case, trace) for draft in trace.grouping.pruned.kept]
    for key, place, wanted in (("exptypes", 1, case.expected.exptypes), ("members", 2, case.expected.members)):
        actual = {
            name: frozenset(entry[place] for found in members for entry in found if entry[0] == name) for name in wanted
        }
        yield from _by_exposure(case, key, wanted, actual)
    for name, row in case.expected.values.items():
        yield from _values(case, trace, name, row)


def _associations(case: RuleCase, trace: Trace) -> Iterator[Mismatch]:
    expected = case.expected
    kept = trace.grouping.pruned.kept
    inside = [frozenset(case.exposures[row] for row in draft.rows().tolist()) for draft in kept]
    for apart in expected.apart:
        for pair in combinations(sorted(apart), 2):
            if any(set(pair) <= group for group in inside):
                yield Mismatch("apart", case.places["apart"], f"{pair[0]} and {pair[1]} apart", "together", pair)
    asn_types = frozenset(draft.of.rule.asn_type for draft in kept)
    if expected.asn_types not in (frozenset(), asn_types):
        found = _names(asn_types) or "no association"
        concerned = tuple(sorted(frozenset[str]().union(*inside)))
        yield Mismatch("asn_type", case.places["asn_type"], _names(expected.asn_types), found, concerned)
    named = {draft.product: group for draft, group in zip(kept, inside, strict=True)}
    if expected.products is not None:
        found_as = {file_name_key(name): group for name, group in named.items()} | named
        missing = any(
            found_as.get(name, found_as.get(file_name_key(name))) != group for name, group in expected.products.items()
        )
        if missing or (expected.together is None and len(kept) != len(expected.products)):
            names = _concerned([*expected.products.values()], inside)
            yield Mismatch("products", case.places["products"], _products(expected.products), _products(named), names)
            return
    if expected.together is not None:
        wanted = [*expected.together, *(expected.products or {}).values()]
        if sorted(map(sorted, wanted)) != sorted(map(sorted, inside)):
            names = _concerned(wanted, inside)
            yield Mismatch("together", case.places["together"], _groups(wanted), _groups(inside), names)


def _left_out(case: RuleCase, trace: Trace) -> Iterator[Mismatch]:
    for name, wanted in case.expected.left_out.items():
        row = case.exposures.index(name)
        (rule,) = trace.rules
        actual = frozenset(check.label for check in rule.criteria if not check.passed[row])
        if not trace.exposures.usable[row]:
            found = f"cannot be used: {trace.fault(row)}"
        elif actual == wanted:
            continue
        else:
            found = f"left out by {_names(actual)}" if actual else "taken"
        yield Mismatch(f"left_out {name}", case.places["left_out"], f"left out by {_names(wanted)}", found, (name,))


def _incomplete(case: RuleCase, trace: Trace, wanted: Incomplete) -> Iterator[Mismatch]:
    (rule,) = trace.rules
    memberships = rule.result.memberships
    found: dict[str, Names] = {}
    for group, place in enumerate(memberships.groups.scope.tolist()):
        rows = memberships.row[memberships.starts[group] : memberships.starts[group + 1]].tolist()
        scope = trace.grouping.scopes.scopes[place][0]
        if frozenset(case.exposures[row] for row in rows) == wanted.exposures and wanted.scope in ("", scope):
            needs = zip(rule.rule.require, memberships.lacks, strict=True)
            found[scope] = frozenset(need.name for need, lacking in needs if lacking[group])
    if not found or any(lacks != wanted.lacks for lacks in found.values()):
        actual = "; ".join(f"in {scope} lacks {_names(lacks) or 'nothing'}" for scope, lacks in found.items())
        names = tuple(sorted(wanted.exposures))
        expected = f"{_names(wanted.exposures)} a group that lacks {_names(wanted.lacks)}"
        yield Mismatch("incomplete", case.places["incomplete"], expected, actual or "no such group", names)


def _values(case: RuleCase, trace: Trace, name: str, wanted: Mapping[str, str]) -> Iterator[Mismatch]:
    row = case.exposures.index(name)
    evaluation = trace.rules[0].evaluator if case.rule else trace.evaluators.for_rule(None)
    for column, value in wanted.items():
        found = evaluation.column((column,))[row]
        if found != value:
            what = f"{column} of {name}"
            yield Mismatch(what, case.places["values"], value or "undefined", found or "undefined", (name,))


def _by_exposure(
    case: RuleCase, key: str, wanted: Mapping[str, Names], actual: Mapping[str, Names]
) -> Iterator[Mismatch]:
    for name, texts in wanted.items():
        if actual[name] != texts:
            found = _names(actual[name]) or "in no association"
            yield Mismatch(f"{key} of {name}", case.places[key], _names(texts), found, (name,))


def _members(draft: Draft, case: RuleCase, trace: Trace) -> list[tuple[str, str, str]]:
    """The members of an association: the exposure's name, its exptype and its file name there."""
    memberships, forms = draft.of.memberships, draft.of.forms
    return [
        (
            case.exposures[memberships.row[place]],
            memberships.exptypes[memberships.exptype[place]],
            trace.grouping.expnames.name(int(memberships.row[place]), int(forms[place])),
        )
        for place in range(memberships.starts[draft.group], memberships.starts[draft.group + 1])
    ]


def _explanation(case: RuleCase, trace: Trace, found: tuple[Mismatch, ...]) -> str:
    """What decided: for exposures expected together why they are not, for others what the rules did with each."""
    texts: dict[str, None] = {}
    names: dict[str, None] = {}
    for mismatch in found:
        pairs = list(_divided(case, trace)) if mismatch.what in ("together", "products") else []
        for one, other in pairs:
            texts[why_not_text(why_not(trace, case.exposures.index(one), case.exposures.index(other)))] = None
        names.update(dict.fromkeys(() if pairs else mismatch.exposures))
    for name in names:
        texts[explanation_text(explain_exposure(trace, case.exposures.index(name), every=True))] = None
    return "\n".join(texts)


def _divided(case: RuleCase, trace: Trace) -> Iterator[tuple[str, str]]:
    """For each group that was expected one pair that is not together."""
    wanted = [*(case.expected.together or ()), *(case.expected.products or {}).values()]
    kept = trace.grouping.pruned.kept
    inside = [frozenset(case.exposures[row] for row in draft.rows().tolist()) for draft in kept]
    for group in wanted:
        pairs = combinations(sorted(group), 2)
        pair = next((pair for pair in pairs if not any(set(pair) <= other for other in inside)), None)
        if pair is not None:
            yield pair


def _concerned(wanted: list[Names], inside: list[Names]) -> tuple[str, ...]:
    unmet = [*(group for group in wanted if group not in inside), *(group for group in inside if group not in wanted)]
    return tuple(sorted({name for group in unmet for name in group}))


def _names(names: Names) -> str:
    return ", ".join(sorted(names))


def _groups(groups: list[Names]) -> str:
    return "; ".join(sorted(_names(group) for group in groups)) or "no association"


def _products(products: Mapping[str, Names]) -> str:
    return "; ".join(f"{name}: {_names(group)}" for name, group in sorted(products.items())) or "no association"
