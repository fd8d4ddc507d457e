"""Why a rule has no product that an attachment could take: the chain from a group to the groups of the rule that it needs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace

import numpy as np

from asnforge.columns import coalesce, constant
from asnforge.explain.rows_by_value import RowsByValue, rows_in_all
from asnforge.explain.rule_trace import RuleTrace
from asnforge.explain.siblings import type_columns
from asnforge.explain.trace import Trace
from asnforge.findings import pluralize, truncated
from asnforge.grouping.arrays import IndexArray
from asnforge.grouping.product_rows import ProductRows, product_rows
from asnforge.rules.attachment import Attachment, SameValue
from asnforge.rules.describe import describe_columns, describe_unmet, listed
from asnforge.rules.describe_attachments import describe_relation
from asnforge.rules.rule import AttachedRequired, MembersRequired, Requirement

_Required = tuple[SameValue, tuple[str, ...]]
"""A relation of equal values, and the values of the exposures of a group."""


def needed_attachment(need: Requirement, rule: RuleTrace) -> Attachment | None:
    """The attachment of products that a requirement counts, directly or by the exptype that it gives; None if there is none."""
    for attachment in rule.rule.attach:
        if attachment.product_of is None:
            continue
        if isinstance(need, AttachedRequired) and need.attachment == attachment.name:
            return attachment
        if isinstance(need, MembersRequired) and need.exptype in tuple(map(str.casefold, attachment.exptypes())):
            return attachment
    return None


def product_failure(trace: Trace, rule: RuleTrace, group: int, attachment: Attachment) -> str:
    """Why no product matches a group, in words; empty if some product is attached, or if the other rule is not applied.

    For example ``of 2 groups of Master_Bias with GAIN 0, both have fewer than 3 science members``.
    """
    source = next((other for other in trace.rules if other.name == attachment.product_of), None)
    index = rule.rule.attach.index(attachment)
    if source is None or np.diff(np.searchsorted(rule.groups.attached.taken[index].group, (group, group + 1)))[0]:
        return ""
    required = _required_values(rule, group, attachment)
    groups, products = _products_in_reach(trace, source, int(rule.groups.scope[group]))
    key = rule.name, attachment.name, products.scope[:1].tobytes(), tuple(required)
    if key not in trace.product_failures:
        trace.product_failures[key] = _failure(trace, attachment, source, required, groups, products)
    return trace.product_failures[key]


def _failure(
    trace: Trace,
    attachment: Attachment,
    source: RuleTrace,
    required: list[_Required],
    groups: IndexArray,
    products: ProductRows,
) -> str:
    """The failure for all groups with the same values."""
    rejected = _rejected_words(trace, source, required)
    if not len(groups):
        return f"there is no group of {source.name}{rejected}"
    agreeing = _agreeing(trace, source, products, required)
    where = [
        f"{describe_columns(relation.columns)} {' or '.join(truncated(value or 'undefined') for value in values)}"
        for relation, values in required
    ]
    have = f" with {listed(where, 'and')}" if where else ""
    if not len(agreeing):
        values = listed(where, "and")
        if len(groups) == 1:
            return f"the only group of {source.name} does not have {values}{rejected}"
        return f"none of the {len(groups)} groups of {source.name} has {values}{rejected}"
    found = groups[agreeing].tolist()
    if len(found) == 1:
        return f"the group of {source.name}{have} {_why_not_used(trace, source, found[0], attachment, is_only=True)}"
    reasons = Counter(_why_not_used(trace, source, each, attachment, is_only=False) for each in found)
    parts = (_counted(reason, count, len(found)) for reason, count in reasons.most_common())
    return f"of {len(found)} groups of {source.name}{have}, {listed(parts, 'and')}"


def unmet_with_chain(trace: Trace, rule: RuleTrace, group: int, need: Requirement, *, in_list: bool = False) -> str:
    """What a group does not have, as `describe_unmet` says it, and why there is no product for it; in parentheses `in_list`."""
    attachment = needed_attachment(need, rule)
    why = product_failure(trace, rule, group, attachment) if attachment is not None else ""
    if attachment is None or not why:
        return describe_unmet(need)
    missing = f"has no {attachment.name.replace('_', ' ')}"
    return f"{missing} ({why})" if in_list else f"{missing}: {why}"


def listed_unmet(reasons: Iterable[str]) -> str:
    """What a group does not have, in one sentence; a chain of products ends before the next."""
    texts = list(reasons)
    return ("; and " if any(": " in text or ", " in text for text in texts) else " and ").join(texts)


def _products_in_reach(trace: Trace, source: RuleTrace, scope: int) -> tuple[IndexArray, ProductRows]:
    """The groups of a rule in a scope, or else over the whole pool, and the products that they would have if complete."""
    if (source.name, scope) not in trace.possible_products:
        groups = np.flatnonzero(source.groups.scope == scope)
        if not len(groups) and scope != trace.scopes.discovered:
            found = _products_in_reach(trace, source, trace.scopes.discovered)
        else:
            evaluator, names = trace.evaluators.for_rule(None), [""] * len(groups)
            found = groups, product_rows(source.groups, groups, names, evaluator, trace.exposures, trace.ruleset)
        trace.possible_products[source.name, scope] = found
    return trace.possible_products[source.name, scope]


def _required_values(rule: RuleTrace, group: int, attachment: Attachment) -> list[_Required]:
    """The relations of equal values, and for each the values of a group's exposures."""
    start, stop = np.searchsorted(rule.groups.selected.group, (group, group + 1))
    own = rule.groups.selected.row[start:stop].tolist()
    return [
        (relation, tuple(sorted({rule.evaluator.column(relation.own_columns)[row] for row in own})))
        for relation in attachment.match
        if isinstance(relation, SameValue) and not relation.differs and not relation.when and not relation.instead
    ]


def _agreeing(trace: Trace, source: RuleTrace, products: ProductRows, required: list[_Required]) -> IndexArray:
    """The products that have the values of a group's exposures in all columns that must agree."""
    count = len(products.group)

    def by_value(relation: SameValue) -> RowsByValue:
        return RowsByValue(coalesce([products.values.get(name, constant("", count)) for name in relation.columns]))

    key = source.name, products.scope[:1].tobytes()
    return _rows_with(trace, key, by_value, required, count, with_undefined=False)


def _rows_with(
    trace: Trace,
    key: tuple[str, bytes],
    by_value: Callable[[SameValue], RowsByValue],
    required: list[_Required],
    count: int,
    *,
    with_undefined: bool,
) -> IndexArray:
    """Of `count` rows those that have the required values; `by_value` is called once for each relation and key."""
    parts = []
    for relation, values in required:
        if (index := trace.rows_by_value.get((*key, relation))) is None:
            index = trace.rows_by_value[(*key, relation)] = by_value(relation)
        if relation.optional == "yes" and "" in values:
            continue
        takes_undefined = with_undefined or relation.optional == "yes" or (relation.optional == "own" and "" in values)
        accepted = {*filter(None, values), *([""] if takes_undefined else [])}
        parts.append((index, index.codes_of(accepted)))
    return rows_in_all(parts, count)


def _rejected_words(trace: Trace, source: RuleTrace, required: list[_Required]) -> str:
    """The exposures from which products with these values could be made if the rule did not reject them, and why it does."""
    rejected = _rejected(trace, source)

    def by_value(relation: SameValue) -> RowsByValue:
        column = source.evaluator.column(relation.columns)
        return RowsByValue(replace(column, codes=column.codes[rejected]))

    rows = rejected[
        _rows_with(trace, (source.name, b"rejected"), by_value, required, len(rejected), with_undefined=True)
    ]
    if not len(rows):
        return ""
    failed = [criterion for criterion in source.criteria if not criterion.passed[rows].all()]
    first = (criterion.passed[rows].argmin() for criterion in failed)
    reasons = [str(source.failure(criterion, int(rows[row]))) for criterion, row in zip(failed, first, strict=True)]
    return f"; {source.name} rejects {pluralize(len(rows), 'exposure')}: {listed(reasons, 'and')}"


def _rejected(trace: Trace, source: RuleTrace) -> IndexArray:
    """The exposures of the type that a rule is about that it rejects, and that no other rule selects."""
    if source.name not in trace.rejected_by:
        types = frozenset(name for columns in type_columns(trace.ruleset) for name in columns)
        is_about = source.candidates & trace.exposures.usable
        fails = np.zeros(len(is_about), np.bool_)
        for criterion in source.criteria:
            if criterion.kind == "constraint" and not types.isdisjoint(criterion.columns()):
                is_about &= criterion.passed
            else:
                fails |= ~criterion.passed
        selected = np.logical_or.reduce([rule.selected_rows for rule in trace.rules])
        trace.rejected_by[source.name] = np.flatnonzero(is_about & fails & ~selected)
    return trace.rejected_by[source.name]


def _why_not_used(trace: Trace, source: RuleTrace, group: int, attachment: Attachment, *, is_only: bool) -> str:
    needs = [need for need, unmet in zip(source.rule.require, source.members.unmet, strict=True) if unmet[group]]
    if needs:
        in_list = not is_only or len(needs) > 1
        return " and ".join(unmet_with_chain(trace, source, group, need, in_list=in_list) for need in needs)
    others = list(_other_conditions(attachment))
    return "is complete, but its product does not match" + (f" ({listed(others, 'and')})" if others else "")


def _other_conditions(attachment: Attachment) -> Iterator[str]:
    for relation in attachment.match:
        if not isinstance(relation, SameValue) or relation.differs or relation.when or relation.instead:
            yield describe_relation(relation)
    if attachment.at_least > 1:
        yield f"sets of {pluralize(attachment.at_least, 'file')} or more"


def _counted(reason: str, count: int, total: int) -> str:
    verb, _, rest = reason.partition(" ")
    if count > 1:
        rest = rest.replace("but its product does not", "but their products do not")
    several = {"has": "have", "is": "are", "does": "do"}.get(verb, verb)
    if count == total:
        return f"{'both' if total == 2 else f'all {total}'} {several} {rest}"
    return f"{count} {several if count > 1 else verb} {rest}"
