"""Why an attachment does not take an exposure, or a product that is made from it, for a group that has another one."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from asnforge.explain.choices import passed_over_words
from asnforge.explain.differences import compared_entries, differences
from asnforge.explain.group_outcomes import unmet_words
from asnforge.explain.model import Separation
from asnforge.explain.orphans import rejections
from asnforge.explain.product_failures import listed_unmet
from asnforge.explain.rule_trace import RuleTrace
from asnforge.explain.trace import Trace
from asnforge.findings import truncated
from asnforge.grouping.arrays import IndexArray
from asnforge.grouping.relations import Matcher
from asnforge.rules.attachment import OWN, Attachment
from asnforge.rules.describe import listed
from asnforge.rules.describe_attachments import describe_relation


def not_attached(
    trace: Trace, rule: RuleTrace, attachment: Attachment, selected: int, supporting: int, who: str = ""
) -> Separation:
    """Why an exposure that an attachment can take is not attached to the groups of a selected one; `who` says which it is."""
    who = who or trace.exposure(supporting).position
    group, scope = _group_and_scope(trace, rule, selected, supporting)
    rows = _compared_with(rule, attachment, group)
    if not len(rows):
        names = listed((name.replace("_", " ") for name in attachment.to), "and")
        text = f"{who} would be attached by {attachment.name}, which compares it with {names}, but the group has none"
        return Separation(rule.name, "attachment", (text,))
    found = differences(trace, rule, attachment, scope, rows, supporting)
    if found:
        text = f"{who} would be attached by {attachment.name}, but {listed(map(str, found), 'and')}"
    elif not _matches(trace, rule, attachment, scope, rows, supporting):
        relations = listed(map(describe_relation, attachment.match), "and")
        text = (
            f"{who} would be attached by {attachment.name}, but no exposure of the group alone matches in {relations}"
        )
    elif words := passed_over_words(trace, rule, group, attachment, supporting):
        text = f"{who} matches for {attachment.name}, but is passed over: {words}"
    else:
        text = f"{who} matches for {attachment.name}, but has the file of an exposure that is attached, or of the group itself"
    return Separation(rule.name, "attachment", (text,), found)


def product_not_attached(trace: Trace, rule: RuleTrace, selected: int, within: int) -> Separation | None:
    """Why no product that is made from an exposure is attached to the groups of a selected one.

    None if no attachment of the rule takes products that are made from such exposures.
    """
    parts = [
        part
        for attachment in rule.rule.attach
        if attachment.product_of is not None
        for part in _of_products(trace, rule, attachment, selected, within)
    ]
    texts = tuple(dict.fromkeys(text for part in parts for text in part.reasons))
    found = tuple(dict.fromkeys(each for part in parts for each in part.differences))
    return Separation(rule.name, "attachment", texts, found) if texts else None


def _of_products(
    trace: Trace, rule: RuleTrace, attachment: Attachment, selected: int, within: int
) -> Iterator[Separation]:
    source = next((other for other in trace.rules if other.name == attachment.product_of), None)
    if source is None:
        return
    position = trace.exposure(within).position
    if not source.selected_rows[within]:
        if any(other.selected_rows[within] for other in trace.rules):
            return  # it is for other products
        nearest = rejections(trace, within)[:1]
        if nearest and nearest[0].rule is source and not nearest[0].other_types:
            failures = listed(map(str, source.failures(within)), "and")
            text = f"{attachment.name} takes products of {source.name}, which rejects {position}: {failures}"
            yield Separation(rule.name, "attachment", (text,))
        return
    for group in source.selected_for(within).tolist():
        products = _products_of(trace, source, group)
        for product in products:
            if len(np.intersect1d(rule.groups_of(selected), rule.groups_of(product))):
                continue  # it is attached
            name = truncated(trace.exposure(product).file_name)
            yield not_attached(trace, rule, attachment, selected, product, f"{position} is in {name}, which")
        if not products and (needs := unmet_words(trace, source, group)):
            text = f"{position} is in a group of {source.name} that {listed_unmet(needs)}, so it is in no product"
            yield Separation(rule.name, "attachment", (f"{text} that {attachment.name} could take",))


def _products_of(trace: Trace, source: RuleTrace, group: int) -> list[int]:
    """The row of the product of a group; none if it has none."""
    of_group = np.flatnonzero(trace.exposures.product_groups == group).tolist()
    rows = [product for product in of_group if trace.exposures.products[product] == source.name]
    return [trace.exposures.exposures + product for product in rows]


def _group_and_scope(trace: Trace, rule: RuleTrace, selected: int, supporting: int) -> tuple[int, int]:
    """A group of an exposure, and a scope in which another one can be compared with it; a shared scope if there is one."""
    groups = rule.groups.selected.group[rule.groups.selected.row == selected].tolist()
    scopes = trace.scopes_of(supporting)
    shared = [group for group in groups if int(rule.groups.scope[group]) in scopes]
    if shared:
        return shared[0], int(rule.groups.scope[shared[0]])
    return groups[0], trace.scopes.discovered


def _compared_with(rule: RuleTrace, attachment: Attachment, group: int) -> IndexArray:
    """The exposures of a group with which an attachment compares."""
    names = [other.name for other in rule.rule.attach]
    parts = [
        rule.groups.selected if name == OWN else rule.groups.attached.taken[names.index(name)] for name in attachment.to
    ]
    return np.unique(np.concatenate([part.row[part.group == group] for part in parts])).astype(np.int64)


def _matches(
    trace: Trace, rule: RuleTrace, attachment: Attachment, scope: int, rows: IndexArray, supporting: int
) -> bool:
    own, support = compared_entries(trace, rows, scope), compared_entries(trace, np.array([supporting]), scope)
    matcher = Matcher(attachment.match, own, support, rule.evaluator, trace.scopes)
    return bool(matcher.agrees(np.arange(len(rows)), np.zeros(len(rows), np.int64)).any())
