"""Why a rule has no product that an attachment could take: the chain from a group to the groups of the rule that it needs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import numpy as np

from asnforge.columns import Mask, coalesce, constant
from asnforge.explain.rule_trace import RuleTrace
from asnforge.explain.trace import Trace
from asnforge.findings import pluralize, truncated
from asnforge.grouping.arrays import IndexArray
from asnforge.grouping.product_rows import ProductRows, product_rows
from asnforge.rules.attachment import Attachment, SameValue
from asnforge.rules.describe import describe_columns, describe_unmet, listed
from asnforge.rules.describe_attachments import describe_relation
from asnforge.rules.rule import AttachedRequired, MembersRequired, Requirement


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
    if source is None or (rule.groups.attached.taken[index].group == group).any():
        return ""
    groups, products = _products_in_reach(trace, source, int(rule.groups.scope[group]))
    if not len(groups):
        return f"there is no group of {source.name}"
    agreeing, where = _agreeing(rule, group, attachment, products)
    have = f" with {listed(where, 'and')}" if where else ""
    if not agreeing.any():
        values = listed(where, "and")
        if len(groups) == 1:
            return f"the only group of {source.name} does not have {values}"
        return f"none of the {len(groups)} groups of {source.name} has {values}"
    found = groups[agreeing].tolist()
    reasons = Counter(_why_not_used(trace, source, each, attachment) for each in found)
    if len(found) == 1:
        return f"the group of {source.name}{have} {next(iter(reasons))}"
    parts = (_counted(reason, count, len(found)) for reason, count in reasons.most_common())
    return f"of {len(found)} groups of {source.name}{have}, {listed(parts, 'and')}"


def unmet_with_chain(trace: Trace, rule: RuleTrace, group: int, need: Requirement) -> str:
    """What a group does not have, as `describe_unmet` says it, and why there is no product for it."""
    attachment = needed_attachment(need, rule)
    why = product_failure(trace, rule, group, attachment) if attachment is not None else ""
    if attachment is None or not why:
        return describe_unmet(need)
    return f"has no {attachment.name.replace('_', ' ')}: {why}"


def _products_in_reach(trace: Trace, source: RuleTrace, scope: int) -> tuple[IndexArray, ProductRows]:
    """The groups of a rule in a scope, or else over the whole pool, and the products that they would have if complete."""
    groups = np.flatnonzero(source.groups.scope == scope)
    if not len(groups):
        scope = trace.scopes.discovered
        groups = np.flatnonzero(source.groups.scope == scope)
    if (source.name, scope) not in trace.possible_products:
        trace.possible_products[source.name, scope] = product_rows(
            source.groups, groups, [""] * len(groups), trace.evaluators.for_rule(None), trace.exposures, trace.ruleset
        )
    return groups, trace.possible_products[source.name, scope]


def _agreeing(rule: RuleTrace, group: int, attachment: Attachment, products: ProductRows) -> tuple[Mask, list[str]]:
    """The products that have the values of a group's exposures in all columns that must agree, and these values in words."""
    count = len(products.group)
    agreeing, where = np.ones(count, np.bool_), []
    own = rule.groups.selected.row[rule.groups.selected.group == group].tolist()
    for relation in attachment.match:
        if not isinstance(relation, SameValue) or relation.differs or relation.when or relation.instead:
            continue
        column = coalesce([products.values.get(name, constant("", count)) for name in relation.columns])
        required = {rule.evaluator.column(relation.own_columns)[row] for row in own}
        accepted = required - ({""} if relation.optional == "no" else set())
        is_free = relation.optional == "yes" and "" in required
        agrees = [
            is_free or value.casefold() in accepted or (relation.optional == "yes" and not value)
            for value in column.values
        ]
        agreeing &= np.array(agrees, np.bool_)[column.codes]
        words = " or ".join(truncated(value or "undefined") for value in sorted(required))
        where.append(f"{describe_columns(relation.columns)} {words}")
    return agreeing, where


def _why_not_used(trace: Trace, source: RuleTrace, group: int, attachment: Attachment) -> str:
    needs = [need for need, unmet in zip(source.rule.require, source.members.unmet, strict=True) if unmet[group]]
    if needs:
        return " and ".join(unmet_with_chain(trace, source, group, need) for need in needs)
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
    several = {"has": "have", "is": "are", "does": "do"}.get(verb, verb)
    if count == total:
        return f"{'both' if total == 2 else f'all {total}'} {several} {rest}"
    return f"{count} {several if count > 1 else verb} {rest}"
