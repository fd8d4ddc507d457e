"""Which rule an association by hand follows: the one that would combine the science exposures."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence

import numpy as np

from asnforge.columns import UNDEFINED
from asnforge.explain.rule_trace import RuleTrace
from asnforge.explain.trace import Trace
from asnforge.findings import Finding, FindingCode, InputError
from asnforge.rules.rule import Key, ScopeRequired

NO_TYPE = FindingCode(
    "A135",
    "the asn_type of an association by hand cannot be determined",
    "The asn_type is that of the rule that would take the science exposures, and no rule takes all of them, or rules of "
    "different asn_types do. Choose a rule with --rule.",
    wrong="asnforge new a_focus.fits -o x_asn.json",
    right="asnforge new a_focus.fits -o x_asn.json --rule Image",
)
NOT_TAKEN = FindingCode(
    "A136",
    "the rule would not take an exposure",
    "A given exposure does not meet a constraint of the rule, so the pipeline most likely cannot use it. It is an error for a "
    "science exposure, unless --rule names the rule, and a warning for others.",
    wrong="asnforge new a_cal.fits acquisition_cal.fits -o x_asn.json",
    right="asnforge new a_cal.fits --member target_acquisition=acquisition_cal.fits -o x_asn.json",
)


def choose_rule(
    trace: Trace,
    science: Sequence[int],
    others: Sequence[tuple[int, str]],
    hints: Mapping[int, str],
    files: Sequence[str],
) -> RuleTrace:
    """The rule that takes the science exposures, as far as possible in one group and with the other exposures.

    Parameters
    ----------
    trace : Trace
        What all rules do with the exposures.
    science : sequence of int
        The rows of the science exposures.
    others : sequence of (int, str)
        The rows of other exposures, with their exptypes.
    hints : mapping of int to str
        What to do about a science exposure that no rule takes, by its row, if more is known than its constraints.
    files : sequence of str
        A file of each exposure, for messages.

    Raises
    ------
    InputError
        No rule takes all science exposures, or rules of several asn_types do it equally well.
    """
    scores = {rule.name: _score(rule, science, others) for rule in trace.rules}
    best = max(scores.values(), default=(0,))
    chosen = [rule for rule in trace.rules if scores[rule.name] == best]
    if best[0] < len(science) or not chosen:
        raise InputError(*_none_takes(trace, science, hints, files))
    if len({rule.rule.asn_type for rule in chosen}) > 1:
        raise InputError(
            NO_TYPE.finding(
                "several rules take the exposures: {rules}",
                hint="choose one with --rule",
                rules=tuple(f"{rule.name} ({rule.rule.asn_type})" for rule in chosen),
            )
        )
    return chosen[-1]


def differing_keys(rule: RuleTrace, rows: Collection[int]) -> tuple[Key, ...]:
    """The keys of a rule in which exposures differ, so that the rule would put them in several groups."""
    index = np.array(sorted(rows), np.int64)
    differing = []
    for key in rule.rule.group_by:
        bound = index if key.when is None else index[rule.evaluator.passes(key.when)[index]]
        codes = set(rule.evaluator.column(key.columns).codes[bound].tolist())
        if key.optional:
            codes.discard(UNDEFINED)
        if len(codes) > 1 or (UNDEFINED in codes and key.instead is None):
            differing.append(key)
    return tuple(differing)


def not_taken(rule: RuleTrace, row: int, file: str, *, hint: str = "", is_error: bool = False) -> Finding:
    """Why a rule does not take the exposure of a row; `file` is one of its files."""
    failures = tuple(map(str, rule.failures(row)))
    return NOT_TAKEN.finding(
        "{rule} would not take it: " + ("{failures}" if failures else "it belongs to another group"),
        file,
        hint=hint or ("leave it out, or choose a rule with --rule" if is_error else ""),
        severity="error" if is_error else "warning",
        rule=rule.name,
        failures=failures,
    )


def _score(
    rule: RuleTrace, science: Sequence[int], others: Sequence[tuple[int, str]]
) -> tuple[int, int, int, int, int]:
    """How well a rule fits, the most important first: exposures that it takes, groups, requirements."""
    taken = int(rule.selected_rows[list(science)].sum())
    override = rule.rule.take_as
    roles = sum(
        bool(rule.grouped_rows[row]) and (override is None or exptype in override.excepted) for row, exptype in others
    )
    groups = np.unique(np.concatenate([np.empty(0, np.int64), *map(rule.groups_of, science)]))
    unmet_scopes = unmet_others = 0
    for need, unmet in zip(rule.rule.require, rule.members.unmet, strict=True):
        if isinstance(need, ScopeRequired):
            unmet_scopes += bool(unmet[groups].any())
        else:
            unmet_others += bool(unmet[groups].any())
    return taken, roles, -len(groups), -unmet_others, -unmet_scopes


def _none_takes(
    trace: Trace, science: Sequence[int], hints: Mapping[int, str], files: Sequence[str]
) -> Iterator[Finding]:
    """Why no rule takes all science exposures: the rules that take most of them, or the nearest for the first one."""
    counts = {rule.name: int(rule.selected_rows[list(science)].sum()) for rule in trace.rules}
    most = max(counts.values(), default=0)
    if most:
        nearest = next(rule for rule in reversed(trace.rules) if counts[rule.name] == most)
        message = "no rule takes all science exposures; {rule} takes {taken} of {count}"
        yield NO_TYPE.finding(message, rule=nearest.name, taken=most, count=len(science))
        for row in science:
            if not nearest.selected_rows[row]:
                yield not_taken(nearest, row, files[row], hint=hints.get(row, ""), is_error=True)
        return
    row = science[0]
    by_failures = sorted(trace.rules, key=lambda rule: len(rule.failed(row)))
    nearest_rules = tuple(f"{rule.name} {' and '.join(map(str, rule.failures(row)))}" for rule in by_failures[:2])
    yield NO_TYPE.finding(
        "no rule takes the exposure: {nearest}",
        files[row],
        hint=hints.get(row, "") or "choose a rule with --rule",
        nearest=nearest_rules,
    )
