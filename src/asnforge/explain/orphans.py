"""Why exposures are in no association: the reason for one exposure, or for many, with one evaluation for similar ones.

The reason names the rules nearest to selecting the exposure. A rule for the exposure's own type is nearer than one for another
type, whatever else they require. Among those for the same type the one with the fewest failed constraints and undefined keys
is the nearest; then one that selected a sibling exposure; then one that requires more of the values that the exposure has and
other rules reject.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from asnforge.columns import UNDEFINED, Mask
from asnforge.explain.blame import failed_leaves
from asnforge.explain.choices import passed_over_reasons
from asnforge.explain.model import Exposure, Orphans
from asnforge.explain.product_failures import listed_unmet, needed_attachment, unmet_with_chain
from asnforge.explain.rule_trace import Criterion, RuleTrace
from asnforge.explain.siblings import Columns, type_columns, value_leaves
from asnforge.explain.trace import Trace
from asnforge.findings import Finding, truncated
from asnforge.grouping.arrays import IndexArray, combine
from asnforge.pool.model import Pool
from asnforge.rules.attachment import plain_columns
from asnforge.rules.constraints import Constraint, Leaf, walk
from asnforge.rules.describe import describe, listed
from asnforge.rules.rule import Key, Requirement, ScopeRequired

_MOST_RULES = 3
"""The largest number of equally near rules that are named."""


@dataclass(frozen=True, slots=True, eq=False)
class Rejection:
    """A rule that rejects an exposure.

    Attributes
    ----------
    failed : tuple of Criterion
        The constraints that failed and the keys that are undefined, at least one.
    other_types : int
        The number of type columns in which the rule selects other values; 0: the rule is for the exposure's type.
    with_sibling : bool
        The rule selected another exposure of the same type and observation.
    score : int
        For the exposure's values that this rule requires: the number of other rules that reject them, over all columns.
    """

    rule: RuleTrace
    failed: tuple[Criterion, ...]
    other_types: int
    with_sibling: bool
    score: int

    @property
    def distance(self) -> tuple[int, int]:
        """How far the rule is from selecting the exposure: the smaller, the nearer."""
        return self.other_types, len(self.failed)


def rejections(trace: Trace, row: int) -> tuple[Rejection, ...]:
    """All rules about exposures, or about products of its kind, that reject an exposure, the nearest first."""
    types = type_columns(trace.ruleset)
    rules = [rule for rule in trace.rules if rule.is_about(row)]
    passed = [{columns: bool(mask[row]) for columns, mask in rule.rows_with_values.items()} for rule in rules]
    rejected = Counter(columns for results in passed for columns, result in results.items() if not result)
    result = []
    for rule, results in zip(rules, passed, strict=True):
        if failed := rule.failed(row):
            other_types = sum(_selects_other_values(rule, failed, columns, row) for columns in types)
            score = sum(rejected[columns] for columns, value_passed in results.items() if value_passed)
            result.append(Rejection(rule, failed, other_types, bool(trace.with_sibling[rule.name][row]), score))
    result.sort(key=lambda entry: (*entry.distance, not entry.with_sibling, -entry.score, entry.rule.name))
    return tuple(result)


def orphan_reason(trace: Trace, row: int) -> str:
    """The reason why an orphan is in no association."""
    if not trace.exposures.usable[row]:
        return trace.fault(row, with_value=False)
    if not trace.in_scope[row]:
        return "it is in none of the selected scopes"
    groups = [(rule, _unmet(rule, row)) for rule in trace.rules if rule.grouped_rows[row]]
    reasons = [_group_reason(trace, rule, row, needs) for rule, needs in groups]
    reasons += [reason for rule in trace.rules for reason in _not_preferred_reasons(rule, row)]
    rejected = rejections(trace, row)
    # A rule for other scopes is less relevant than those that reject the exposure.
    if groups and not all(any(isinstance(need, ScopeRequired) for need in needs) for _, needs in groups):
        return "; ".join([*reasons, *_rejected_by(_by_siblings(rejected), row)])
    supporting = sorted({text for rule in trace.rules for text in _unattached_reasons(trace, rule, row)})
    if not reasons and supporting:
        return "; ".join([*supporting, *_rejected_by(_by_siblings(rejected), row)])
    return "; ".join([*_rejected_by(_nearest(rejected), row), *reasons]) or _no_rule(rejected, row)


def almost_matched(trace: Trace, row: int) -> bool:
    """Whether a group has an orphan, or a rule for its type is near; False if no rule takes exposures of this type."""
    if not trace.exposures.usable[row] or not trace.in_scope[row]:
        return True
    if any(rule.selected_rows[row] or rule.grouped_rows[row] for rule in trace.rules):
        return True
    is_supporting = any(
        rule.can_be_attached(attachment)[row] for rule in trace.rules for attachment in rule.rule.attach
    )
    return is_supporting or bool(_nearest(rejections(trace, row)))


def find_orphans(trace: Trace) -> tuple[Orphans, ...]:
    """The exposures that are in no association, grouped by reason, the most frequent reason first."""
    by_reason: dict[str, list[Exposure]] = defaultdict(list)
    for rows in _rows_by_reason(trace, np.flatnonzero(trace.orphans)):
        by_reason[orphan_reason(trace, int(rows[0]))] += map(trace.exposure, rows.tolist())
    for exposure, why in unreadable(trace.pool):
        by_reason[why].append(exposure)
    return sorted_orphans(by_reason)


def sorted_orphans(by_reason: Mapping[str, Iterable[Exposure]]) -> tuple[Orphans, ...]:
    """Exposures by reason, by line, the most frequent reason first."""
    return ordered_orphans(by_reason)


def ordered_orphans(by_reason: Mapping[str, Iterable[Exposure]]) -> tuple[Orphans, ...]:
    """Orphans by reason, the most frequent reason first, the exposures of each in the order of the pool."""
    result = (
        Orphans(why, tuple(sorted(exposures, key=lambda exposure: exposure.line)))
        for why, exposures in by_reason.items()
    )
    return tuple(sorted(result, key=lambda entry: (-len(entry.exposures), entry.reason)))


def unreadable(pool: Pool) -> Iterator[tuple[Exposure, str]]:
    """The lines of a pool that cannot be read, each an exposure without a name, and why."""
    faulty = set(pool.faulty_lines)
    return unreadable_lines(finding for finding in pool.findings if finding.line in faulty)


def unreadable_lines(findings: Iterable[Finding]) -> Iterator[tuple[Exposure, str]]:
    """The same for the findings of lines that cannot be read."""
    for finding in findings:
        if finding.line is not None:
            yield Exposure(finding.line, ""), f"the line cannot be read: {finding.message}"


def _selects_other_values(rule: RuleTrace, failed: Sequence[Criterion], columns: Columns, row: int) -> bool:
    """Whether a rule rejects an exposure because it selects other values in columns that give a type.

    A value is not another type if the constraint selects it under a further condition, or rejects it only together with
    the value of another column.
    """
    for criterion in failed:
        if isinstance(criterion.test, Key):
            continue
        leaves = list(failed_leaves(criterion.test, rule.evaluator, row))
        own = [required for leaf, required in leaves if leaf.columns == columns]
        selected = any(
            rule.evaluator.passes(leaf)[row] for leaf in value_leaves(criterion.test) if leaf.columns == columns
        )
        if own and not selected and (any(own) or len(own) == len(leaves)):
            return True
    return False


def _nearest(rejected: Sequence[Rejection]) -> tuple[Rejection, ...]:
    """The rejections to name: those by a few of the nearest rules, and by all rules that selected a sibling.

    A rule for other types is not near: if there is no rule for the type of the exposure, none is named.
    """
    near = [entry for entry in rejected if not entry.other_types and entry.distance == rejected[0].distance][
        :_MOST_RULES
    ]
    return (*near, *(entry for entry in _by_siblings(rejected) if entry not in near))


def _by_siblings(rejected: Iterable[Rejection]) -> tuple[Rejection, ...]:
    return tuple(entry for entry in rejected if entry.with_sibling)


def _unmet(rule: RuleTrace, row: int) -> tuple[Requirement, ...]:
    """The requirements that a group of an exposure does not meet, in the order of the rule."""
    groups = rule.groups_of(row)
    needs = zip(rule.rule.require, rule.members.unmet, strict=True)
    return tuple(need for need, unmet in needs if unmet[groups].any())


def _group_reason(trace: Trace, rule: RuleTrace, row: int, needs: tuple[Requirement, ...]) -> str:
    how = "selected" if rule.selected_rows[row] else "attached"
    words = (_unmet_words(trace, rule, row, need) for need in needs)
    return f"{how} by {rule.name}, but the group {listed_unmet(words)}"


def _unmet_words(trace: Trace, rule: RuleTrace, row: int, need: Requirement) -> str:
    groups = rule.groups_of(row)
    unmet = rule.members.unmet[rule.rule.require.index(need)]
    return unmet_with_chain(trace, rule, int(groups[unmet[groups]][0]), need)


def _not_preferred_reasons(rule: RuleTrace, row: int) -> Iterator[str]:
    for preference, mask in zip(rule.rule.prefer, rule.not_preferred, strict=True):
        if mask[row]:
            yield f"selected by {rule.name}, but of its group only exposures where {describe(preference)} are used"


def _unattached_reasons(trace: Trace, rule: RuleTrace, row: int) -> Iterator[str]:
    for attachment in rule.rule.attach:
        if rule.can_be_attached(attachment)[row]:
            index, texts = passed_over_reasons(trace, rule, attachment)
            if passed_over := texts[index[row]]:
                yield f"supporting exposure ({attachment.name}): {passed_over}"
                continue
            columns = plain_columns(attachment)
            same = f"has the same {listed(map(str.upper, columns), 'and')}" if columns else "matches"
            yield f"supporting exposure ({attachment.name}), but no group in its scopes {same}"


def _rejected_by(rejected: Iterable[Rejection], row: int) -> Iterator[str]:
    """The rejections in words, those for the same reason together."""
    rules: dict[str, list[str]] = defaultdict(list)
    for rejection in rejected:
        failures = (rejection.rule.failure(criterion, row) for criterion in rejection.failed)
        rules["; and ".join(map(str, failures))].append(rejection.rule.name)
    for why, names in rules.items():
        yield f"rejected by {listed(names, 'and')}: {why}"


def _no_rule(rejected: Sequence[Rejection], row: int) -> str:
    """The reason if no rule is near: the columns because of which every rule rejects the exposure; else the nearest failure."""
    columns = [frozenset[str]().union(*(criterion.columns() for criterion in entry.failed)) for entry in rejected]
    common = frozenset[str].intersection(*columns) if columns else frozenset[str]()
    if not common or rejected[0].rule.is_kept_out(row):
        return next(_rejected_by(rejected[:1], row))
    values = (rejected[0].rule.reader.read((name,), row) for name in sorted(common))
    return "no rule selects it: " + " and ".join(
        f"{truncated(name)} is {truncated(value)}" for name, value, _ in values
    )


def _rows_by_reason(trace: Trace, rows: IndexArray) -> Iterator[IndexArray]:
    """Split rows into parts whose exposures have the same reason.

    They are split by the criteria that they pass, then by the values of the columns that the reason may name.
    """
    for part in _split(_signatures(trace, rows), rows):
        rejected = rejections(trace, int(part[0]))
        criteria = [criterion for entry in _nearest(rejected) or rejected[:1] for criterion in entry.failed]
        sources = trace.ruleset.with_sources(name for criterion in criteria for name in criterion.columns())
        codes = [_cells(trace, name, part) for name in sorted(sources - trace.ruleset.derived.keys())]
        codes += [
            trace.pool.columns[name].codes[part].astype(np.int64) for name in cells_of_candidates(trace, criteria)
        ]
        yield from _split(combine(codes), part) if codes else (part,)


def cells_of_candidates(trace: Trace, criteria: Iterable[Criterion]) -> frozenset[str]:
    """The column of candidates, if one of these criteria is a key with the candidate, which names its cell."""
    column = trace.ruleset.candidates.column
    is_read = any(isinstance(each.test, Key) and each.test.candidate is not None for each in criteria)
    return frozenset((column,)) if is_read and column is not None and column in trace.pool.columns else frozenset()


def _cells(trace: Trace, name: str, rows: IndexArray) -> IndexArray:
    """For each row a number for its value in a column, or for its cell if equal values have several: reasons name the cell."""
    column, cells = trace.exposures.columns[name], trace.pool.columns.get(name)
    codes = column.codes[rows].astype(np.int64)
    if cells is not None and column.amounts is not None:
        return cells.codes[rows].astype(np.int64)
    return codes if cells is None else np.where(codes == UNDEFINED, len(column.values) + cells.codes[rows], codes)


def _split(codes: IndexArray, rows: IndexArray) -> Iterator[IndexArray]:
    order = np.argsort(codes, kind="stable")
    ends = np.flatnonzero(np.diff(codes[order])) + 1
    yield from (part for part in np.split(rows[order], ends) if len(part))


def _signatures(trace: Trace, rows: IndexArray) -> IndexArray:
    """For each row a number, which is the same for rows with the same results for every rule."""
    if not len(rows):
        return np.empty(0, np.int64)
    bits = np.packbits(np.stack([mask[rows] for mask in _masks(trace)], axis=1), axis=1)
    codes = [combine(list(bits.T))]
    if not trace.exposures.usable.all():
        codes.append(np.where(trace.exposures.usable[rows], 0, rows + 1))
    codes += [texts[rows] for texts in _unmet_texts(trace)]
    codes += [
        passed_over_reasons(trace, rule, attachment)[0][rows] for rule in trace.rules for attachment in rule.rule.attach
    ]
    return combine(codes)


def _unmet_texts(trace: Trace) -> Iterator[IndexArray]:
    """For each requirement of a product, and each row, the number of the text that says why its group has none."""
    for rule in trace.rules:
        for need, unmet in zip(rule.rule.require, rule.members.unmet, strict=True):
            if needed_attachment(need, rule) is None:
                continue
            numbers: dict[str, int] = {}
            texts = np.zeros(len(trace.exposures), np.int64)
            for group in reversed(np.flatnonzero(unmet).tolist()):
                number = numbers.setdefault(unmet_with_chain(trace, rule, group, need), len(numbers) + 1)
                texts[rule.rows_of(group)] = number
                texts[rule.selected_by(group)] = number
            yield texts


def _leaves_of_types(trace: Trace, rule: RuleTrace) -> Iterator[Constraint]:
    """The parts of constraints about types, which decide whether a rule is for the type of an exposure."""
    types = type_columns(trace.ruleset)
    for criterion in rule.criteria:
        if not isinstance(criterion.test, Key):
            leaves = [part for part in walk(criterion.test) if isinstance(part, Leaf)]
            if len(leaves) > 1 and any(leaf.columns in types for leaf in leaves):
                yield from leaves


def _masks(trace: Trace) -> Iterator[Mask]:
    yield trace.in_scope
    yield from trace.with_sibling.values()
    for rule in trace.rules:
        yield rule.selected_rows
        yield rule.complete_rows
        yield rule.grouped_rows
        yield from rule.not_preferred
        yield from (criterion.passed for criterion in rule.criteria)
        yield from (rule.evaluator.passes(leaf) for leaf in _leaves_of_types(trace, rule))
        yield from rule.rows_with_values.values()
        yield from (rule.can_be_attached(attachment) for attachment in rule.rule.attach)
        for unmet in rule.members.unmet:
            mask = np.zeros(len(trace.exposures), np.bool_)
            mask[rule.members.row[unmet[rule.members.group]]] = True
            mask[rule.groups.selected.row[unmet[rule.groups.selected.group]]] = True
            yield mask
